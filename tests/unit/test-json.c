/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "domain/domain-private.h"

#define UUID "6f1d4b5e-0000-4000-8000-000000000001"

static const struct {
  const char *text, *json;
} quotes[] = {
  { "", "\"\"" },
  { "pc-q35-7.2", "\"pc-q35-7.2\"" },
  { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
  { "\b\t\n\r\x01\x1f\x7f", "\"\\u0008\\u0009\\u000a\\u000d\\u0001\\u001f\\u007f\"" },
  { "\033]0;owned\007", "\"\\u001b]0;owned\\u0007\"" },
  { "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"" },
  { "\xe6\xbc\xa2\xf0\x9f\x92\xbe", "\"\xe6\xbc\xa2\xf0\x9f\x92\xbe\"" },
  /* A C1 control, an override of the writing direction, a tag beyond the basic plane. */
  { "\xc2\x9b", "\"\\u009b\"" },
  { "\xe2\x80\xae", "\"\\u202e\"" },
  { "\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"" },
  { "a\xff\xfe"
    "b\xc3",
    "\"a\\ufffd\\ufffdb\\ufffd\"" },
};

static void
test_quote (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (quotes); i++) {
    g_autofree char *json = NULL;

    test_row_text (quotes[i].text);
    json = machtype_json_quote (quotes[i].text);
    g_assert_cmpstr (json, ==, quotes[i].json);
  }
}

/* Texts are read in groups of eight bytes: each byte reads as it does alone, wherever it stands. */
static void
test_quote_everywhere (void)
{
  guint byte, at;

  for (byte = 1; byte <= 0xff; byte++) {
    const char alone[] = { (char)byte, '\0' };
    g_autofree char *quoted = machtype_json_quote (alone);

    for (at = 0; at < 19; at++) {
      char text[] = "Zz~ !#[]^09azAZ~~  ";
      g_autofree char *json = NULL, *wanted = NULL;

      g_test_message ("byte 0x%02x at %u", byte, at);
      text[at] = (char)byte;
      json = machtype_json_quote (text);
      wanted = g_strdup_printf ("\"%.*s%.*s%s\"", (int)at, text, (int)strlen (quoted) - 2,
                                quoted + 1, text + at + 1);
      g_assert_cmpstr (json, ==, wanted);
    }
  }
}

/* What is read, as GVariant prints it. */
static const struct {
  const char *json, *value;
} values[] = {
  { "{}", "@a{sv} {}" },
  { " [ ] ", "@av []" },
  { "\"a\"", "'a'" },
  { "\"\\u00fc\\ud83d\\udcbe\"", "'\xc3\xbc\xf0\x9f\x92\xbe'" },
  { "0", "int64 0" },
  { "-7", "int64 -7" },
  { "9223372036854775807", "int64 9223372036854775807" },
  { "1.5", "1.5" },
  { "1e3", "1000.0" },
  { "true", "true" },
  { "[1,\"b\",false,[],{}]", "[<int64 1>, <'b'>, <false>, <@av []>, <@a{sv} {}>]" },
  { "{\"a\":{\"b\":[1]},\"c\":2}", "{'a': <{'b': <[<int64 1>]>}>, 'c': <int64 2>}" },
  /* A null is a member, too: one that is misspelled can be seen. */
  { "null", "@mv nothing" },
  { "{\"a\":null}", "{'a': <@mv nothing>}" },
  { "[null,1]", "[<@mv nothing>, <int64 1>]" },
};

static void
test_parse (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GVariant) value = NULL;
    g_autofree char *text = NULL, *longer = g_strconcat (values[i].json, "x", NULL);
    GError *error = NULL;

    ROW ("%s", values[i].json);
    value = machtype_json_parse (values[i].json, -1, &error);
    g_assert_no_error (error);
    g_assert_false (g_variant_is_floating (value));
    text = g_variant_print (value, TRUE);
    g_assert_cmpstr (text, ==, values[i].value);
    g_clear_pointer (&value, g_variant_unref);
    value = machtype_json_parse (longer, (gssize)strlen (values[i].json), &error);
    g_assert_no_error (error);
    g_assert_null (machtype_json_parse (longer, -1, NULL));
  }
}

static const struct {
  const char *json, *words;
} broken[] = {
  { "", "byte 1 value expected" },
  { "nul", "byte 1 value expected" },
  { "nulls", "byte 5 text after" },
  { "{", "byte 2 string expected" },
  { "{\"a\"}", "byte 5 colon expected" },
  { "{\"a\":1,}", "byte 8 string expected" },
  { "[1 2]", "byte 4 comma end" },
  { "[1]2", "byte 4 text after" },
  { "{} // comment", "byte 4 text after" },
  { "'a'", "byte 1 value expected" },
  { "0x10", "byte 2 text after" },
  { "01", "byte 2 text after" },
  { "1.", "byte 3 invalid number" },
  { "-", "byte 2 invalid number" },
  { "\"a", "byte 3 unterminated string" },
  { "\"a\nb\"", "byte 3 control character" },
  { "\"\\x41\"", "invalid escape sequence" },
  { "\"\\u12\"", "invalid escape sequence" },
  { "\"\\u0000\"", "NUL in a string" },
  { "\"\\ud800\"", "byte 8 half of a character" },
  { "\"\\ud83dx\"", "half of a character" },
  { "\"\\ud83d\\u0041\"", "half of a character" },
  { "\"\\udcbe\"", "half of a character" },
  { "{\"\\ud800\":1}", "half of a character" },
  { "\"\xff\"", "not valid UTF-8" },
  { "{\"a\":1,\"a\":2}", "duplicate member" },
  { "{\"a\":1,\"a\":null}", "duplicate member" },
  { "[{\"a\":{\"b\":1,\"b\":1}}]", "duplicate member" },
};

static void
test_broken (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (broken); i++) {
    GError *error = NULL;

    test_row_text (broken[i].json);
    g_assert_null (machtype_json_parse (broken[i].json, -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, broken[i].words);
  }
}

static char *
make_nested (guint depth)
{
  GString *json = g_string_new (NULL);
  guint i;

  for (i = 0; i < depth; i++)
    g_string_append_c (json, '[');
  for (i = 0; i < depth; i++)
    g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

static void
test_bounds (void)
{
  g_autofree char *deepest = make_nested (MACHTYPE_JSON_MAX_DEPTH);
  g_autofree char *too_deep = make_nested (MACHTYPE_JSON_MAX_DEPTH + 1);
  g_autofree char *large = g_strnfill (MACHTYPE_JSON_MAX_SIZE + 1, ' ');
  g_autoptr (GVariant) value = NULL;
  GError *error = NULL;

  value = machtype_json_parse (deepest, -1, &error);
  g_assert_no_error (error);
  g_assert_null (machtype_json_parse (too_deep, -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "nested too deeply");
  g_assert_null (machtype_json_parse (large, -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "JSON text");
  g_assert_null (machtype_json_parse (large, MACHTYPE_JSON_MAX_SIZE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "value expected");
  g_assert_null (machtype_json_parse ("\"a\0b\"", 5, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "UTF-8");
}

/* Everything that a record can have, in the documented order. */
#define FULL                                                                                       \
  "{\"format\":2,\"uuid\":\"" UUID "\",\"name\":\"web\",\"host\":\"compute-1\","                   \
  "\"host_uuid\":\"6f1d4b5e-0000-4000-8000-00000000000a\",\"cell\":\"cell1\","                     \
  "\"arch\":\"x86_64\",\"state\":\"stopped\",\"machine\":\"pc-q35-7.2\",\"requested\":\"q35\","    \
  "\"source\":\"image\",\"qemu_version\":\"7.2.22\",\"libvirt_version\":\"9.0.0\","                \
  "\"recorded_at\":\"2026-11-30T22:30:00Z\",\"seen_at\":\"2026-11-30T23:59:59Z\","                 \
  "\"revision\":3,\"properties\":{\"hw_disk_bus\":\"sata\",\"hw_machine_type\":\"q35\"}}"

#define UNSET "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":\"1970-01-01T00:00:00Z\"}"

static const struct {
  const char *read, *written; /* written is NULL: the same */
} records[] = {
  { FULL, NULL },
  { UNSET, NULL },
  { " {\"uuid\" : \"" UUID "\", \"recorded_at\":0}\n", UNSET },
  { "{\"uuid\":\"" UUID "\",\"recorded_at\":0,\"name\":null,\"properties\":{},\"revision\":0}",
    UNSET },
  { "{\"uuid\":\"" UUID "\",\"recorded_at\":0,\"format\":null,\"machine\":null,\"source\":null,"
    "\"arch\":null,\"seen_at\":null,\"qemu_version\":null,\"revision\":null,"
    "\"properties\":{\"hw_disk_bus\":null}}",
    UNSET },
  { "{\"uuid\":\"" UUID "\",\"recorded_at\":0,\"properties\":null}", UNSET },
  /* Format 1: other names, seconds, numbers. */
  { "{\"format\":1,\"uuid\":\"" UUID "\",\"name\":\"web\",\"host\":\"compute-1\","
    "\"host_uuid\":\"6f1d4b5e-0000-4000-8000-00000000000a\",\"cell\":\"cell1\",\"arch\":\"x86_64\","
    "\"state\":\"stopped\",\"machine\":\"pc-q35-7.2\",\"asked\":\"q35\",\"source\":\"image\","
    "\"qemu_version\":7002022,\"libvirt_version\":9000000,\"recorded_at\":1796077800,"
    "\"seen_at\":1796083199,\"revision\":3,"
    "\"properties\":{\"hw_machine_type\":\"q35\",\"hw_disk_bus\":\"sata\"}}",
    FULL },
  /* Only a current name of a property that is there makes a default. */
  { "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":0,\"defaults\":[\"hw_vif_model\","
    "\"hw_cdrom_bus\",\"hw_cdrom_bus\",\"os_x\",\"architecture\"],"
    "\"properties\":{\"hw_cdrom_bus\":\"sata\",\"hw_vif_model\":\"e1000\",\"hw_disk_bus\":"
    "\"sata\",\"architecture\":\"x86_64\"}}",
    "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":\"1970-01-01T00:00:00Z\","
    "\"properties\":{\"hw_architecture\":\"x86_64\",\"hw_cdrom_bus\":\"sata\",\"hw_disk_bus\":"
    "\"sata\",\"hw_vif_model\":\"e1000\"},\"defaults\":[\"hw_cdrom_bus\",\"hw_vif_model\"]}" },
  /* Another time zone. */
  { "{\"uuid\":\"" UUID "\",\"recorded_at\":\"1970-01-01T01:00:00+01:00\"}", UNSET },
  { "{\"uuid\":\"" UUID "\",\"recorded_at\":0,\"machine\":\"q35\"}",
    "{\"format\":2,\"uuid\":\"" UUID "\",\"machine\":\"q35\",\"requested\":\"q35\",\"source\":"
    "\"import\",\"recorded_at\":\"1970-01-01T00:00:00Z\"}" },
  /* Of a later release: in the order of their names. */
  { "{\"format\":2,\"uuid\":\"" UUID "\",\"z\":[1,{\"a\":-1.5}],\"recorded_at\":0,"
    "\"b\":{\"c\":\"\\u001b\",\"d\":true}}",
    "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":\"1970-01-01T00:00:00Z\","
    "\"b\":{\"c\":\"\\u001b\",\"d\":true},\"z\":[1,{\"a\":-1.5}]}" },
  { "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":0,\"z\":[null],\"b\":null}",
    "{\"format\":2,\"uuid\":\"" UUID "\",\"recorded_at\":\"1970-01-01T00:00:00Z\","
    "\"b\":null,\"z\":[null]}" },
};

static void
test_records (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (records); i++) {
    const char *wanted = records[i].written != NULL ? records[i].written : records[i].read;
    g_autoptr (MachtypeRecord) record = NULL;
    g_autofree char *json = NULL;
    GError *error = NULL;

    ROW ("%s", records[i].read);
    record = machtype_record_new_from_json (records[i].read, -1, MACHTYPE_JSON_READ_NONE, &error);
    g_assert_no_error (error);
    json = machtype_record_to_json (record);
    g_assert_cmpstr (json, ==, wanted);
  }
}

#define BAD(member) "{\"uuid\":\"" UUID "\"," member "}"

static const struct {
  const char *json;
  int code;
  const char *words;
} bad_records[] = {
  { "[]", MACHTYPE_ERROR_INVALID_ARGUMENT, "not an object" },
  { "{}", MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID" },
  { "{\"uuid\":1}", MACHTYPE_ERROR_INVALID_ARGUMENT, "uuid JSON string" },
  { "{\"uuid\":\"x\"}", MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID" },
  { BAD ("\"name\":1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "name JSON string" },
  { BAD ("\"name\":\"a\\u001bb\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "control" },
  { BAD ("\"arch\":\"z80\""), MACHTYPE_ERROR_UNKNOWN_ARCH, "z80" },
  { BAD ("\"state\":\"asleep\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "asleep" },
  { BAD ("\"machine\":\"a b\""), MACHTYPE_ERROR_INVALID_NAME, "'a b'" },
  { BAD ("\"machine\":\"pc\",\"source\":\"guess\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "guess" },
  { BAD ("\"revision\":-1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "revision non-negative" },
  { BAD ("\"revision\":\"1\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "revision integer" },
  { BAD ("\"format\":true"), MACHTYPE_ERROR_INVALID_ARGUMENT, "format integer" },
  { BAD ("\"recorded_at\":\"yesterday\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "recorded_at time" },
  /* Local time would depend on the host. */
  { BAD ("\"seen_at\":\"2026-11-30T22:30:00\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "seen_at time" },
  { BAD ("\"seen_at\":-1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "seen_at 1970" },
  { BAD ("\"recorded_at\":\"1969-12-31T23:59:59Z\""), MACHTYPE_ERROR_INVALID_ARGUMENT,
    "recorded_at 1970" },
  { BAD ("\"seen_at\":1.5"), MACHTYPE_ERROR_INVALID_ARGUMENT, "seen_at time" },
  { BAD ("\"qemu_version\":\"7.x\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "qemu_version version" },
  { BAD ("\"qemu_version\":\"7.1000\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "qemu_version" },
  { BAD ("\"qemu_version\":\"7.2.22.1\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "qemu_version" },
  { BAD ("\"qemu_version\":\"\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "qemu_version" },
  { BAD ("\"libvirt_version\":-9"), MACHTYPE_ERROR_INVALID_ARGUMENT, "libvirt_version" },
  { BAD ("\"properties\":[]"), MACHTYPE_ERROR_INVALID_ARGUMENT, "properties JSON object" },
  { BAD ("\"properties\":{\"hw_disk_bus\":1}"), MACHTYPE_ERROR_INVALID_ARGUMENT, "JSON string" },
  { BAD ("\"defaults\":\"hw_disk_bus\""), MACHTYPE_ERROR_INVALID_ARGUMENT,
    "defaults array strings" },
  { BAD ("\"defaults\":{}"), MACHTYPE_ERROR_INVALID_ARGUMENT, "defaults array strings" },
  { BAD ("\"defaults\":[\"hw_disk_bus\",1]"), MACHTYPE_ERROR_INVALID_ARGUMENT,
    "defaults array strings" },
};

static void
test_bad_records (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad_records); i++) {
    GError *error = NULL;

    ROW ("%s", bad_records[i].json);
    g_assert_null (
        machtype_record_new_from_json (bad_records[i].json, -1, MACHTYPE_JSON_READ_NONE, &error));
    test_assert_error (&error, bad_records[i].code, bad_records[i].words);
  }
}

static void
test_strict (void)
{
  static const char json[] = BAD ("\"machin\":\"pc\"");
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  record = machtype_record_new_from_json (FULL, -1, MACHTYPE_JSON_READ_STRICT, &error);
  g_assert_no_error (error);
  g_assert_null (machtype_record_new_from_json (json, -1, MACHTYPE_JSON_READ_STRICT, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                     "'machin' member format, mean 'machine'");
  g_assert_null (machtype_record_new_from_json (BAD ("\"machin\":null"), -1,
                                                MACHTYPE_JSON_READ_STRICT, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'machin' mean 'machine'");
  g_assert_null (machtype_record_new_from_json (json, -1, (MachtypeJsonReadFlags)(1 << 1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown");
}

#define PICK(list) list[g_test_rand_int_range (0, G_N_ELEMENTS (list))]

static MachtypeRecord *
make_random_record (void)
{
  static const char *const texts[] = { NULL, "web", "\xe6\xbc\xa2", "a\"b\\c", "<&>'", " " };
  static const char *const machines[] = { NULL, "pc-q35-7.2", "q35", "custom.board" };
  static const char *const states[] = { NULL, "stopped", "shut off", "saved", "running" };
  static const char *const names[] = { "hw_disk_bus", "hw_cdrom_bus", "hw_vif_model", "os_type" };
  static const char *const words[] = { "virtio", "scsi", "e1000", "linux", "sata" };
  static const gint64 times[] = { 0, 1, 1796077800, 253402300799, 253402300800, G_MAXINT64 };
  static const guint64 versions[] = { 0, 1, 7002022, 11001003, 999999, 1000000 };
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  const char *machine = PICK (machines);
  guint i, n = (guint)g_test_rand_int_range (0, 4);

  machtype_record_builder_set_name (builder, PICK (texts), NULL);
  machtype_record_builder_set_host (builder, PICK (texts), g_test_rand_bit () ? UUID : NULL, NULL);
  machtype_record_builder_set_cell (builder, PICK (texts), NULL);
  machtype_record_builder_set_state (builder, PICK (states), NULL);
  machtype_record_builder_set_arch (
      builder, (MachtypeArch)g_test_rand_int_range (0, MACHTYPE_ARCH_XTENSAEB + 1), NULL);
  machtype_record_builder_set_machine (
      builder, machine, machine != NULL ? PICK (machines) : NULL,
      (MachtypeSource)g_test_rand_int_range (MACHTYPE_SOURCE_RECORDED, MACHTYPE_SOURCE_IMPORT + 1),
      NULL);
  machtype_record_builder_set_versions (builder, PICK (versions), PICK (versions));
  machtype_record_builder_set_recorded_at (builder, PICK (times));
  machtype_record_builder_set_seen_at (builder, PICK (times));
  machtype_record_builder_set_revision (builder, (guint64)PICK (times));
  for (i = 0; i < n; i++) {
    if (g_test_rand_bit ())
      machtype_record_builder_set_property (builder, PICK (names), PICK (words), NULL);
    else
      machtype_record_builder_set_default (builder, PICK (names), PICK (words), NULL);
  }
  return machtype_record_builder_end (builder);
}

static void
test_random_records (void)
{
  guint i, n = test_is_short () ? 50 : 2000;

  for (i = 0; i < n; i++) {
    g_autoptr (MachtypeRecord) record = make_random_record (), read = NULL;
    g_autofree char *json = machtype_record_to_json (record), *again = NULL;
    GError *error = NULL;

    ROW ("%s", json);
    read = machtype_record_new_from_json (json, -1, MACHTYPE_JSON_READ_STRICT, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_record_equal (record, read));
    g_assert_cmpint (machtype_record_get_recorded_at (record), ==,
                     machtype_record_get_recorded_at (read));
    again = machtype_record_to_json (read);
    g_assert_cmpstr (json, ==, again);
  }
}

static MachtypeHistoryEntry *
make_random_entry (void)
{
  static const gint64 times[] = { 0, 1, 1796077800, 253402300799, 253402300800, G_MAXINT64 };
  static const char *const authors[] = { NULL, "alice", "\xe6\xbc\xa2 (uid 0)", "a\"b\\c" };
  g_autoptr (MachtypeRecord) a = make_random_record (), b = make_random_record ();
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (a);
  g_autoptr (MachtypeRecord) changed = NULL;
  GError *error = NULL;
  MachtypeHistoryEntry *entry;

  machtype_record_builder_set_machine (builder, machtype_record_get_machine (b),
                                       machtype_record_get_requested (b),
                                       machtype_record_get_source (b), NULL);
  machtype_record_builder_set_properties (builder, machtype_record_get_properties (b), NULL);
  changed = machtype_record_builder_end (builder);
  entry = machtype_history_entry_new (
      a, changed,
      (MachtypeHistoryAction)g_test_rand_int_range (MACHTYPE_HISTORY_ACTION_RECORD,
                                                    MACHTYPE_HISTORY_ACTION_ACCEPT + 1),
      g_test_rand_bit (), PICK (authors), PICK (times), (guint64)PICK (times), &error);
  g_assert_no_error (error);
  return entry;
}

static void
test_random_entries (void)
{
  guint i, n = test_is_short () ? 50 : 2000;

  for (i = 0; i < n; i++) {
    g_autoptr (MachtypeHistoryEntry) entry = make_random_entry (), read = NULL;
    g_autofree char *json = machtype_history_entry_to_json (entry), *again = NULL;
    GError *error = NULL;

    ROW ("%s", json);
    read = machtype_history_entry_new_from_json (json, -1, MACHTYPE_JSON_READ_STRICT, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_history_entry_equal (entry, read));
    g_assert_cmpint (machtype_history_entry_get_changed_at (entry), ==,
                     machtype_history_entry_get_changed_at (read));
    again = machtype_history_entry_to_json (read);
    g_assert_cmpstr (json, ==, again);
  }
}

/* Members of a later release belong to the record: they are compared, and stay in what is made from
 * it. */
static void
test_unknown_members (void)
{
  static const char with[] = BAD ("\"recorded_at\":0,\"future\":\"a\"");
  static const char other[] = BAD ("\"recorded_at\":0,\"future\":\"b\"");
  static const char without[] = BAD ("\"recorded_at\":0");
  g_autoptr (MachtypeRecord) a = machtype_record_new_from_json (with, -1, 0, NULL);
  g_autoptr (MachtypeRecord) b = machtype_record_new_from_json (other, -1, 0, NULL);
  g_autoptr (MachtypeRecord) c = machtype_record_new_from_json (without, -1, 0, NULL);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (a);
  g_autoptr (MachtypeRecord) copy = machtype_record_builder_end (builder);
  g_autofree char *json = machtype_record_to_json (copy);

  g_assert_true (machtype_record_equal (a, copy));
  g_assert_false (machtype_record_equal (a, b));
  g_assert_false (machtype_record_equal (a, c));
  g_assert_nonnull (strstr (json, ",\"future\":\"a\"}"));
}

/* All of them, in the order of their names. What they cost is counted in tests/bench (record-json).
 */
static void
test_many_unknown_members (void)
{
  const guint n = 1000;
  g_autoptr (GString) text = g_string_new ("{\"uuid\":\"6d5a5a4e-6f0f-4a3b-9c1e-2f6f0e7b1a11\"");
  g_autoptr (GString) sorted = g_string_new (NULL);
  g_autoptr (MachtypeRecord) record = NULL;
  g_autofree char *json = NULL;
  GError *error = NULL;
  guint i;

  for (i = 0; i < n; i++) {
    g_string_append_printf (text, ",\"m%06u\":%u", n - 1 - i, n - 1 - i);
    g_string_append_printf (sorted, ",\"m%06u\":%u", i, i);
  }
  g_string_append_c (text, '}');
  g_string_append_c (sorted, '}');
  record = machtype_record_new_from_json (text->str, -1, 0, &error);
  g_assert_no_error (error);
  json = machtype_record_to_json (record);
  g_assert_true (g_str_has_suffix (json, sorted->str));
}

#define ENTRY                                                                                      \
  "{\"format\":2,\"revision\":4,\"changed_at\":\"2026-11-30T22:30:00Z\",\"action\":\"update\","    \
  "\"old\":\"pc-q35-6.2\",\"new\":\"pc-q35-7.2\",\"author\":\"alice\",\"forced\":true,"            \
  "\"undoes\":2,\"old_requested\":\"q35\",\"old_source\":\"image\",\"old_arch\":\"x86_64\","       \
  "\"old_properties\":{\"hw_disk_bus\":\"sata\"}}"
#define FIRST                                                                                      \
  "{\"format\":2,\"revision\":2,\"changed_at\":\"1970-01-01T00:00:00Z\",\"action\":\"record\","    \
  "\"new\":\"pc-q35-7.2\",\"forced\":false}"

static const struct {
  const char *read, *written; /* written is NULL: the same */
} entries[] = {
  { ENTRY, NULL },
  { FIRST, NULL },
  { "{\"revision\":2,\"action\":\"record\",\"new\":\"pc-q35-7.2\",\"old\":null}", FIRST },
  { "{\"format\":3,\"later\":1,\"revision\":2,\"action\":\"record\",\"new\":\"pc-q35-7.2\"}",
    "{\"format\":2,\"revision\":2,\"changed_at\":\"1970-01-01T00:00:00Z\",\"action\":\"record\","
    "\"new\":\"pc-q35-7.2\",\"forced\":false,\"later\":1}" },
  { "{\"format\":2,\"revision\":2,\"changed_at\":\"1970-01-01T00:00:00Z\",\"action\":"
    "\"properties\","
    "\"forced\":false,\"old_properties\":{\"hw_cdrom_bus\":\"sata\",\"hw_disk_bus\":\"sata\"},"
    "\"old_defaults\":[\"hw_cdrom_bus\"]}",
    NULL },
};

static void
test_entries (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (entries); i++) {
    g_autoptr (MachtypeHistoryEntry) entry = NULL, again = NULL;
    g_autofree char *json = NULL;
    GError *error = NULL;

    ROW ("%s", entries[i].read);
    entry =
        machtype_history_entry_new_from_json (entries[i].read, -1, MACHTYPE_JSON_READ_NONE, &error);
    g_assert_no_error (error);
    json = machtype_history_entry_to_json (entry);
    g_assert_cmpstr (json, ==, entries[i].written != NULL ? entries[i].written : entries[i].read);
    again = machtype_history_entry_new_from_json (json, -1, MACHTYPE_JSON_READ_NONE, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_history_entry_equal (entry, again));
  }
}

#define BAD_ENTRY(member) "{\"action\":\"update\"," member "}"

static const struct {
  const char *json;
  int code;
  const char *words;
} bad_entries[] = {
  { "7", MACHTYPE_ERROR_INVALID_ARGUMENT, "not an object" },
  { "{}", MACHTYPE_ERROR_INVALID_ARGUMENT, "'' action of the history" },
  { "{\"action\":\"guess\"}", MACHTYPE_ERROR_INVALID_ARGUMENT, "'guess' undo" },
  { BAD_ENTRY ("\"old\":\"a b\""), MACHTYPE_ERROR_INVALID_NAME, "'a b'" },
  { BAD_ENTRY ("\"new\":\"\""), MACHTYPE_ERROR_INVALID_NAME, "empty" },
  { BAD_ENTRY ("\"old_requested\":1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "old_requested string" },
  { BAD_ENTRY ("\"old_source\":\"guess\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "'guess' source" },
  { BAD_ENTRY ("\"old_arch\":\"z80\""), MACHTYPE_ERROR_UNKNOWN_ARCH, "z80" },
  { BAD_ENTRY ("\"forced\":1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "forced true or false" },
  { BAD_ENTRY ("\"undoes\":-1"), MACHTYPE_ERROR_INVALID_ARGUMENT, "undoes non-negative" },
  { BAD_ENTRY ("\"author\":\"a\\u001b\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "operator control" },
  { BAD_ENTRY ("\"old_properties\":\"\""), MACHTYPE_ERROR_INVALID_ARGUMENT, "JSON object" },
  { BAD_ENTRY ("\"old_defaults\":[1]"), MACHTYPE_ERROR_INVALID_ARGUMENT, "old_defaults strings" },
};

static void
test_bad_entries (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad_entries); i++) {
    GError *error = NULL;

    ROW ("%s", bad_entries[i].json);
    g_assert_null (machtype_history_entry_new_from_json (bad_entries[i].json, -1,
                                                         MACHTYPE_JSON_READ_NONE, &error));
    test_assert_error (&error, bad_entries[i].code, bad_entries[i].words);
  }
  g_assert_null (machtype_history_entry_new_from_json ("{\"action\":\"undo\",\"who\":\"a\"}", -1,
                                                       MACHTYPE_JSON_READ_STRICT, NULL));
}

/* An entry that a store has made says all that the library knows of it. */
static void
test_entry_of_store (void)
{
  g_autoptr (MachtypeRecord) a = machtype_record_new_from_json (FULL, -1, 0, NULL);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (a);
  g_autoptr (MachtypeRecord) b = NULL;
  g_autoptr (MachtypeHistoryEntry) entry = NULL, read = NULL, other = NULL;
  g_autofree char *json = NULL;

  machtype_record_builder_set_machine (builder, "pc-q35-8.0", NULL, MACHTYPE_SOURCE_OPERATOR, NULL);
  b = machtype_record_builder_end (builder);
  entry = machtype_history_entry_new (a, b, MACHTYPE_HISTORY_ACTION_UPDATE, TRUE, "alice",
                                      1796077800, 2, NULL);
  other = machtype_history_entry_new (a, b, MACHTYPE_HISTORY_ACTION_UPDATE, FALSE, "alice",
                                      1796077800, 2, NULL);
  json = machtype_history_entry_to_json (entry);
  read = machtype_history_entry_new_from_json (json, -1, MACHTYPE_JSON_READ_STRICT, NULL);
  g_assert_true (machtype_history_entry_equal (entry, read));
  g_assert_false (machtype_history_entry_equal (entry, other));
  g_assert_cmpstr (machtype_history_entry_get_old_machine (read), ==, "pc-q35-7.2");
  g_assert_cmpint (machtype_history_entry_get_old_source (read), ==, MACHTYPE_SOURCE_IMAGE);
}

static const struct {
  const char *name;
  MachtypeArch arch;
  const char *json;
} names[] = {
  { "pc-q35-7.2", MACHTYPE_ARCH_X86_64,
    "{\"format\":2,\"name\":\"pc-q35-7.2\",\"arch\":\"x86_64\",\"kind\":\"versioned\","
    "\"family\":\"pc-q35\",\"vendor\":\"upstream\",\"version\":\"7.2\",\"upstream_base\":\"7.2\","
    "\"introduced_in\":\"7.2\",\"deprecated_in\":\"10.2\",\"removed_in\":\"13.2\","
    "\"lifecycle\":\"deprecated in QEMU 10.2, removed in QEMU 13.2\"}" },
  { "q35", MACHTYPE_ARCH_UNKNOWN,
    "{\"format\":2,\"name\":\"q35\",\"kind\":\"alias\",\"family\":\"pc-q35\","
    "\"vendor\":\"upstream\"}" },
  { "custom.board", MACHTYPE_ARCH_UNKNOWN,
    "{\"format\":2,\"name\":\"custom.board\",\"kind\":\"unknown\"}" },
};

static void
test_names (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (names[i].name, names[i].arch, NULL);
    g_autofree char *json = machtype_name_to_json (name);

    ROW ("%s", names[i].name);
    g_assert_cmpstr (json, ==, names[i].json);
  }
}

static const struct {
  const char *a, *b;
  MachtypeArch a_arch, b_arch;
  gboolean equal;
} pairs[] = {
  { "q35", "q35", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, TRUE },
  { "q35", "q35", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_I686, FALSE },
  { "q35", "pc", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, FALSE },
  { "pc-q35-2.9", "pc-q35-2.10", MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_UNKNOWN, FALSE },
};

static void
test_name_equality (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (MachtypeName) a = machtype_name_new (pairs[i].a, pairs[i].a_arch, NULL);
    g_autoptr (MachtypeName) b = machtype_name_new (pairs[i].b, pairs[i].b_arch, NULL);

    ROW ("%s %s", pairs[i].a, pairs[i].b);
    g_assert_cmpint (machtype_name_equal (a, b), ==, pairs[i].equal);
    g_assert_true (machtype_name_equal (a, a));
    if (pairs[i].equal)
      g_assert_cmpuint (machtype_name_hash (a), ==, machtype_name_hash (b));
  }
}

/* Changes, with their findings. */
static const struct {
  const char *old_type, *new_type;
  MachtypeChangeFlags flags;
  const char *json;
} changes[] = {
  { "pc-q35-7.2", "pc-q35-7.2", MACHTYPE_CHANGE_NONE,
    "{\"format\":2,\"old\":\"pc-q35-7.2\",\"new\":\"pc-q35-7.2\",\"record\":\"pc-q35-7.2\","
    "\"verdict\":\"noop\",\"reasons\":[],\"warnings\":[],\"effects\":[]}" },
  { NULL, "a b", MACHTYPE_CHANGE_NONE,
    "{\"format\":2,\"new\":\"a b\",\"verdict\":\"refused-invalid\","
    "\"reasons\":[{\"code\":\"refused-invalid\",\"severity\":\"warning\",\"message\":" },
};

static MachtypeChange *
check (const char *old_type, const char *new_type, MachtypeChangeFlags flags)
{
  GError *error = NULL;
  MachtypeChange *change = machtype_change_check (old_type, new_type, MACHTYPE_ARCH_X86_64, NULL,
                                                  MACHTYPE_STATE_STOPPED, flags, NULL, &error);

  g_assert_no_error (error);
  return change;
}

static void
test_changes (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (MachtypeChange) change =
        check (changes[i].old_type, changes[i].new_type, changes[i].flags);
    g_autoptr (MachtypeChange) same =
        check (changes[i].old_type, changes[i].new_type, changes[i].flags);
    g_autoptr (MachtypeChange) other = check ("pc-q35-7.2", "pc-q35-8.0", MACHTYPE_CHANGE_NONE);
    g_autofree char *json = machtype_change_to_json (change);

    ROW ("%s", json);
    g_assert_true (g_str_has_prefix (json, changes[i].json));
    g_assert_true (machtype_change_equal (change, same));
    g_assert_false (machtype_change_equal (change, other));
  }
}

static void
test_findings (void)
{
  g_autoptr (MachtypeChange) change = check ("pc-q35-8.0", "pc-q35-7.2", MACHTYPE_CHANGE_NONE);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  g_autofree char *json = machtype_finding_to_json (reasons->pdata[0]);
  g_autoptr (GVariant) object = NULL;
  const char *code, *severity;

  ROW ("%s", json);
  object = machtype_json_parse (json, -1, NULL);
  g_assert_true (g_variant_lookup (object, "code", "&s", &code));
  g_assert_true (g_variant_lookup (object, "severity", "&s", &severity));
  g_assert_cmpstr (code, ==, "refused-downgrade");
  g_assert_cmpstr (severity, ==, "warning");
  g_assert_true (machtype_finding_equal (reasons->pdata[0], reasons->pdata[0]));
  g_assert_false (machtype_finding_equal (reasons->pdata[0], effects->pdata[0]));
}

static MachtypeResolution *
resolve (const char *properties_text)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (properties_text);
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  GError *error = NULL;
  MachtypeResolution *resolution = machtype_resolve (properties, NULL, host, NULL, &error);

  g_assert_no_error (error);
  return resolution;
}

static gsize
count (const char *const *texts)
{
  gsize n = 0;

  while (texts[n] != NULL)
    n++;
  return n;
}

static void
test_resolutions (void)
{
  g_autoptr (MachtypeResolution) a = resolve ("hw_machine_type=q35"), b = resolve ("");
  g_autofree char *json = machtype_resolution_to_json (a);
  g_autoptr (GVariant) object = machtype_json_parse (json, -1, NULL), steps = NULL;
  const char *machine, *source;

  ROW ("%s", json);
  g_assert_true (g_variant_lookup (object, "machine", "&s", &machine));
  g_assert_true (g_variant_lookup (object, "source", "&s", &source));
  g_assert_cmpstr (machine, ==, "q35");
  g_assert_cmpstr (source, ==, "image");
  steps = g_variant_lookup_value (object, "steps", G_VARIANT_TYPE ("av"));
  g_assert_cmpuint (g_variant_n_children (steps), ==, count (machtype_resolution_get_steps (a)));
  g_assert_true (machtype_resolution_equal (a, a));
  g_assert_false (machtype_resolution_equal (a, b));
}

/* What is read of domains. */
static const struct {
  const char *xml;
  MachtypeDomainReadFlags flags;
  const char *json;
} domains[] = {
  { "<domain><os><type>hvm</type></os></domain>", MACHTYPE_DOMAIN_READ_NONE, "{\"format\":2}" },
  { "<domain type='kvm'><name>web</name><uuid>" UUID "</uuid><os>"
    "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices><disk device='disk'>"
    "<target dev='sda' bus='sata'/></disk></devices></domain>",
    MACHTYPE_DOMAIN_READ_DEVICES,
    "{\"format\":2,\"uuid\":\"" UUID "\",\"name\":\"web\",\"domain_type\":\"kvm\","
    "\"arch\":\"x86_64\",\"machine\":\"pc-q35-7.2\",\"devices\":{\"hw_disk_bus\":\"sata\"}}" },
  { "<domain type='qemu'><name>a&quot;b</name><os><type arch='z80' machine='q35'>hvm</type></os>"
    "</domain>",
    MACHTYPE_DOMAIN_READ_DEVICES,
    "{\"format\":2,\"name\":\"a\\\"b\",\"domain_type\":\"qemu\",\"machine\":\"q35\"}" },
};

static void
test_domains (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (domains); i++) {
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain =
        machtype_domain_new_from_xml (domains[i].xml, -1, domains[i].flags, &error);
    g_autofree char *json = NULL;

    ROW ("%s", domains[i].xml);
    g_assert_no_error (error);
    json = machtype_domain_to_json (domain);
    g_assert_cmpstr (json, ==, domains[i].json);
  }
}

/* What only a host knows, and a domain that cannot be read. */
static void
test_domain_states (void)
{
  g_autoptr (MachtypeDomain) saved = machtype_domain_new_from_xml (
      "<domain><uuid>" UUID "</uuid></domain>", -1, MACHTYPE_DOMAIN_READ_NONE, NULL);
  g_autoptr (MachtypeDomain) bad = mt_domain_new_problem (
      UUID, g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_TOO_LARGE, "it is \"large\""));
  char **snapshots = g_strsplit ("before one", " ", -1);
  g_autofree char *json = NULL, *problem = NULL;

  mt_domain_set_state (saved, "stopped");
  mt_domain_set_saved (saved, TRUE, snapshots);
  json = machtype_domain_to_json (saved);
  g_assert_cmpstr (json, ==,
                   "{\"format\":2,\"uuid\":\"" UUID "\",\"state\":\"stopped\","
                   "\"has_saved_state\":true,\"memory_snapshots\":[\"before\",\"one\"]}");
  mt_domain_set_state (bad, "active");
  problem = machtype_domain_to_json (bad);
  g_assert_cmpstr (problem, ==,
                   "{\"format\":2,\"uuid\":\"" UUID "\",\"state\":\"active\","
                   "\"error\":\"too-large\",\"message\":\"it is \\\"large\\\"\"}");
}

#define GUEST(arch, emulator, rest)                                                                \
  "<guest><os_type>hvm</os_type><arch name='" arch "'>" emulator rest "</arch></guest>"
#define KVM "<domain type='qemu'/><domain type='kvm'/>"
#define QEMU(name) "<emulator>/usr/bin/qemu-system-" name "</emulator>"

/* What hosts offer. */
static const struct {
  const char *guests; /* NULL: without capabilities */
  const char *json;
} hosts[] = {
  { NULL, "{\"format\":2,\"arch\":\"x86_64\",\"archs\":[]}" },
  { "", "{\"format\":2,\"arch\":\"x86_64\",\"uuid\":\"" UUID "\",\"qemu_version\":\"7.2.22\","
        "\"libvirt_version\":\"9.0.0\",\"archs\":[]}" },
  /* The best domain type; the order of display; what only some machines have. */
  { GUEST ("aarch64", QEMU ("aarch64"),
           "<machine maxCpus='1'>unknown-9</machine><machine maxCpus='512'>virt-7.1</machine>"
           "<machine canonical='virt-7.2' maxCpus='512'>virt</machine><machine>virt-7.2</machine>"
           "<domain type='qemu'/>"),
    "{\"format\":2,\"arch\":\"x86_64\",\"uuid\":\"" UUID "\",\"qemu_version\":\"7.2.22\","
    "\"libvirt_version\":\"9.0.0\",\"archs\":[{\"arch\":\"aarch64\",\"domain_types\":[\"qemu\"],"
    "\"domain_type\":\"qemu\",\"emulator\":\"/usr/bin/qemu-system-aarch64\",\"machines\":["
    "{\"name\":\"virt-7.2\",\"deprecated_in\":\"10.2\",\"removed_in\":\"13.2\","
    "\"lifecycle\":\"deprecated in QEMU 10.2, removed in QEMU 13.2\"},"
    "{\"name\":\"virt\",\"canonical\":\"virt-7.2\",\"max_cpus\":512},"
    "{\"name\":\"virt-7.1\",\"max_cpus\":512,\"deprecated_in\":\"10.1\",\"removed_in\":\"13.1\","
    "\"lifecycle\":\"deprecated in QEMU 10.1, removed in QEMU 13.1\"},"
    "{\"name\":\"unknown-9\",\"max_cpus\":1}],\"missing\":[]}]}" },
  /* It marks one, so that all others are not deprecated. */
  { GUEST ("s390x", QEMU ("s390x"),
           "<machine deprecated='yes'>s390-ccw-virtio-2.9</machine>"
           "<machine>s390-ccw-virtio-7.2</machine>" KVM),
    "{\"format\":2,\"arch\":\"x86_64\",\"uuid\":\"" UUID "\",\"qemu_version\":\"7.2.22\","
    "\"libvirt_version\":\"9.0.0\",\"archs\":[{\"arch\":\"s390x\",\"domain_types\":[\"qemu\","
    "\"kvm\"],"
    "\"domain_type\":\"kvm\",\"emulator\":\"/usr/bin/qemu-system-s390x\",\"machines\":["
    "{\"name\":\"s390-ccw-virtio-7.2\",\"deprecated\":false,\"deprecated_in\":\"10.2\","
    "\"removed_in\":\"13.2\",\"lifecycle\":\"deprecated in QEMU 10.2, removed in QEMU 13.2\"},"
    "{\"name\":\"s390-ccw-virtio-2.9\",\"deprecated\":true,\"deprecated_in\":\"9.1\",\"removed_"
    "in\":\"10.1\",\"lifecycle\":\"deprecated since QEMU 9.1, removed in QEMU 10.1\"}],"
    "\"missing\":[]}]}" },
};

static MachtypeHost *
make_host (const char *guests)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  GError *error = NULL;

  if (guests == NULL)
    machtype_host_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, &error);
  else {
    g_autofree char *xml = g_strconcat ("<capabilities><host><uuid>" UUID "</uuid><cpu><arch>"
                                        "x86_64</arch></cpu></host>",
                                        guests, "</capabilities>", NULL);

    machtype_host_builder_set_versions (builder, 7002022, 9000000);
    machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  }
  g_assert_no_error (error);
  return machtype_host_builder_end (builder);
}

static void
test_hosts (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (MachtypeHost) host = make_host (hosts[i].guests);
    g_autofree char *json = machtype_host_to_json (host);

    ROW ("%s", hosts[i].guests != NULL ? hosts[i].guests : "(none)");
    g_assert_cmpstr (json, ==, hosts[i].json);
  }
}

/* One architecture has the members that it has within its host. */
static void
test_host_archs (void)
{
  gsize i;

  for (i = 2; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (MachtypeHost) host = make_host (hosts[i].guests);
    const MachtypeArch arch =
        strstr (hosts[i].json, "s390x") ? MACHTYPE_ARCH_S390X : MACHTYPE_ARCH_AARCH64;
    g_autofree char *json = machtype_host_arch_to_json (host, arch);
    const char *members = strstr (hosts[i].json, "[{\"arch\":") + 2;
    const char *prefix = "{\"format\":2,\"host_arch\":\"x86_64\",";

    ROW ("%s", json);
    g_assert_true (g_str_has_prefix (json, prefix));
    g_assert_cmpmem (json + strlen (prefix), strlen (json) - strlen (prefix), members,
                     strlen (members) - strlen ("]}"));
  }
}

static void
test_arch_not_offered (void)
{
  g_autoptr (MachtypeHost) host = make_host ("");
  g_autofree char *json = machtype_host_arch_to_json (host, MACHTYPE_ARCH_S390X);

  g_assert_true (g_str_has_prefix (json,
                                   "{\"format\":2,\"host_arch\":\"x86_64\",\"arch\":\"s390x\","
                                   "\"domain_types\":[],\"machines\":[],\"missing\":["
                                   "{\"code\":\"emulator-missing\","));
}

/* The members of the judgment, and the XML unless it is refused. */
static const struct {
  const char *machine;
  gboolean permitted;
} conversions[] = {
  { "pc-q35-8.0", TRUE },
  { "pc-q35-2.4", FALSE },
};

static void
test_conversions (void)
{
  static const char xml[] = "<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-7.2'>hvm"
                            "</type></os></domain>";
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (conversions); i++) {
    g_autoptr (MachtypeConversion) conversion = machtype_domain_convert (
        xml, -1, conversions[i].machine, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, NULL);
    g_autofree char *json = machtype_conversion_to_json (conversion);
    g_autofree char *change = machtype_change_to_json (machtype_conversion_get_change (conversion));
    g_autoptr (GVariant) object = machtype_json_parse (json, -1, NULL);
    const char *written = NULL;

    ROW ("%s", json);
    g_assert_true (strncmp (json, change, strlen (change) - 1) == 0);
    g_assert_cmpint (g_variant_lookup (object, "xml", "&s", &written), ==,
                     conversions[i].permitted);
    g_assert_cmpstr (written, ==, machtype_conversion_get_xml (conversion));
    g_assert_cmpint (g_variant_lookup (object, "record", "&s", &written), ==,
                     conversions[i].permitted);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/quote", test_quote);
  g_test_add_func ("/json/quote-everywhere", test_quote_everywhere);
  g_test_add_func ("/json/parse", test_parse);
  g_test_add_func ("/json/broken", test_broken);
  g_test_add_func ("/json/bounds", test_bounds);
  g_test_add_func ("/json/records", test_records);
  g_test_add_func ("/json/bad-records", test_bad_records);
  g_test_add_func ("/json/strict", test_strict);
  g_test_add_func ("/json/random-records", test_random_records);
  g_test_add_func ("/json/random-entries", test_random_entries);
  g_test_add_func ("/json/unknown-members", test_unknown_members);
  g_test_add_func ("/json/many-unknown-members", test_many_unknown_members);
  g_test_add_func ("/json/entries", test_entries);
  g_test_add_func ("/json/bad-entries", test_bad_entries);
  g_test_add_func ("/json/entry-of-store", test_entry_of_store);
  g_test_add_func ("/json/names", test_names);
  g_test_add_func ("/json/name-equality", test_name_equality);
  g_test_add_func ("/json/changes", test_changes);
  g_test_add_func ("/json/findings", test_findings);
  g_test_add_func ("/json/resolutions", test_resolutions);
  g_test_add_func ("/json/domains", test_domains);
  g_test_add_func ("/json/domain-states", test_domain_states);
  g_test_add_func ("/json/hosts", test_hosts);
  g_test_add_func ("/json/host-archs", test_host_archs);
  g_test_add_func ("/json/arch-not-offered", test_arch_not_offered);
  g_test_add_func ("/json/conversions", test_conversions);
  return g_test_run ();
}
