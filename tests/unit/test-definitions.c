/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions that a change replaced: how they are kept, and the secrets that are not. */

#include "test.h"

#include "domain/domain-private.h"
#include "store-kinds.h"
#include "store-place.h"
#include "store/store-private.h"

#define UUID "00000000-0000-4000-8000-000000000001"
#define XML "<domain type='kvm'>\n  <name>a &amp; b</name>\n</domain>\n"
#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static MachtypeRecord *
add (MachtypeStore *store)
{
  GError *error = NULL;
  MachtypeRecord *record;

  g_assert_true (place_add (store, UUID, "pc-i440fx-7.2", &error));
  record = machtype_store_read_record (store, UUID, &error);
  g_assert_no_error (error);
  return record;
}

/* As the updater does it: an intention, which is then fulfilled. */
static MachtypeRecord *
convert (MachtypeStore *store, MachtypeRecord *record)
{
  const MtIntentionPlace place = { "host-1", NULL, "qemu:///system", "pc-i440fx-7.2" };
  const MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_UPDATE,
                                 .forced = TRUE,
                                 .old_definition = XML };
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (record);
  g_autoptr (MachtypeRecord) changed = NULL;
  g_autoptr (MachtypeIntention) intention = NULL, stored = NULL;
  GError *error = NULL;
  MachtypeRecord *written;

  machtype_record_builder_set_machine (builder, "pc-q35-7.2", NULL, MACHTYPE_SOURCE_OPERATOR, NULL);
  changed = machtype_record_builder_end (builder);
  intention = mt_intention_new (record, changed, &change, &place);
  g_assert_true (mt_store_intend (store, record, intention, &error));
  stored = machtype_store_find_intention (store, UUID, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stored->old_xml, ==, XML);
  mt_ref_string_assign (&stored->new_definition, SUM);
  g_assert_true (machtype_store_begin (store, &error));
  written = mt_store_fulfil (store, stored, &error);
  g_assert_true (machtype_store_commit (store, &error));
  g_assert_no_error (error);
  return written;
}

static MachtypeHistoryEntry *
get_last (MachtypeStore *store)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) history = machtype_store_list_history (store, UUID, &error);

  g_assert_no_error (error);
  return machtype_history_entry_ref (history->pdata[history->len - 1]);
}

/* In the history, and as JSON; another release's store has none. */
static void
test_keep (gconstpointer kind)
{
  g_autofree char *dir = store_dir_make (), *json = NULL;
  g_autoptr (MachtypeStore) store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) record = add (store), converted = convert (store, record);
  g_autoptr (MachtypeHistoryEntry) entry = get_last (store), read = NULL;
  GError *error = NULL;

  g_assert_cmpstr (machtype_record_get_machine (converted), ==, "pc-q35-7.2");
  g_assert_cmpstr (machtype_history_entry_get_old_definition (entry), ==, XML);
  g_assert_cmpstr (entry->new_definition, ==, SUM);
  json = machtype_history_entry_to_json (entry);
  read = machtype_history_entry_new_from_json (json, -1, MACHTYPE_JSON_READ_STRICT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_history_entry_get_old_definition (read), ==, XML);
  g_assert_true (machtype_history_entry_equal (entry, read));
  g_clear_object (&store);
  store_dir_remove (dir);
}

/* Each with its effect, and also if it was not forced. */
static void
test_refusals (gconstpointer kind)
{
  static const struct {
    const char *state, *codes;
  } rows[] = {
    { "shutoff", "definition-replaced" },
    { "running", "refused-state definition-replaced" },
  };
  g_autofree char *dir = store_dir_make ();
  g_autoptr (MachtypeStore) store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) record = add (store), converted = NULL;
  g_autoptr (GPtrArray) none = NULL;
  gsize i;

  none = machtype_store_list_undo_refusals (store, record, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  converted = convert (store, record);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (converted);
    g_autoptr (MachtypeRecord) now = NULL;
    g_autoptr (GPtrArray) refusals = NULL;
    g_autofree char *codes = NULL;

    ROW ("%s", rows[i].state);
    g_assert_true (machtype_record_builder_set_state (builder, rows[i].state, NULL));
    now = machtype_record_builder_end (builder);
    refusals = machtype_store_list_undo_refusals (store, now, NULL);
    codes = test_join_codes (g_steal_pointer (&refusals));
    g_assert_cmpstr (codes, ==, rows[i].codes);
  }
  g_clear_object (&store);
  store_dir_remove (dir);
}

/* The record alone must not go back by mistake. */
static void
test_undo (gconstpointer kind)
{
  g_autofree char *dir = store_dir_make ();
  g_autoptr (MachtypeStore) store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) record = add (store), converted = convert (store, record);
  g_autoptr (MachtypeRecord) undone = NULL;
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  GError *error = NULL;

  entry = machtype_store_find_undoable (store, UUID, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_history_entry_get_old_definition (entry), ==, XML);
  g_clear_pointer (&entry, machtype_history_entry_unref);
  g_assert_null (machtype_store_preview_undo (store, converted, MACHTYPE_CHANGE_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_REFUSED, "definition connection force");
  g_assert_null (machtype_store_undo (store, converted, MACHTYPE_CHANGE_NONE, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_REFUSED, "definition connection force");
  undone = machtype_store_undo (store, converted, MACHTYPE_CHANGE_FORCE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (undone), ==, "pc-i440fx-7.2");
  entry = get_last (store);
  g_assert_null (machtype_history_entry_get_old_definition (entry));
  g_assert_true (machtype_history_entry_get_forced (entry));
  g_assert_null (machtype_store_find_undoable (store, UUID, &error));
  g_assert_no_error (error);
  g_clear_object (&store);
  store_dir_remove (dir);
}

static const struct {
  const char *what;
  const char *before, *after;
  int code; /* -1: fine */
} checks[] = {
  { "neither", NULL, NULL, -1 },
  { "both", XML, SUM, -1 },
  { "no checksum", XML, NULL, MACHTYPE_ERROR_INVALID_ARGUMENT },
  { "no definition", NULL, SUM, MACHTYPE_ERROR_INVALID_ARGUMENT },
  { "not UTF-8", "<domain>\xff</domain>", SUM, MACHTYPE_ERROR_INVALID_ARGUMENT },
  { "one digit less", XML, "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    MACHTYPE_ERROR_INVALID_ARGUMENT },
  { "one more", XML, SUM "0", MACHTYPE_ERROR_INVALID_ARGUMENT },
  { "upper case", XML, "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
    MACHTYPE_ERROR_INVALID_ARGUMENT },
};

static void
test_checks (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (checks); i++) {
    GError *error = NULL;

    ROW ("%s", checks[i].what);
    g_assert_cmpint (mt_history_check_definitions (checks[i].before, checks[i].after, &error), ==,
                     checks[i].code < 0);
    if (checks[i].code >= 0)
      test_assert_error (&error, (MachtypeError)checks[i].code, "definition");
  }
}

static void
test_size (void)
{
  g_autofree char *text = g_strnfill (MT_DEFINITION_MAX_SIZE + 1, 'x');
  GError *error = NULL;

  g_assert_false (mt_history_check_definitions (text, SUM, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "definition 1048576");
  text[MT_DEFINITION_MAX_SIZE] = '\0';
  g_assert_true (mt_history_check_definitions (text, SUM, &error));
}

static const char *const damages[] = {
  "UPDATE history SET new_definition = NULL",
  "UPDATE history SET old_definition = NULL",
  "UPDATE history SET new_definition = 'x'",
  "UPDATE history SET old_definition = CAST (x'ff' AS TEXT)",
};

static void
test_damaged (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", damages[i]);
    place_init (&place);
    store = place_create (&place);
    {
      g_autoptr (MachtypeRecord) record = add (store), converted = convert (store, record);

      g_assert_nonnull (converted);
    }
    place_run_sql (&place, damages[i]);
    g_assert_null (machtype_store_list_history (store, UUID, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "definition");
    g_clear_object (&store);
    place_clear (&place);
  }
}

#define DOMAIN(devices) "<domain type='kvm'><devices>" devices "</devices></domain>"
#define DISK(cookies)                                                                              \
  "<disk type='network'><source protocol='https' name='/x' query='a=b'>"                           \
  "<host name='h' port='443'/>" cookies "</source></disk>"
#define COOKIES "<cookies><cookie name='a'>1 &lt; 2</cookie><cookie name='b'>2</cookie></cookies>"

static const struct {
  const char *what, *xml, *secure, *result;
} secrets[] = {
  { "a password", DOMAIN ("<graphics type='vnc'/>"),
    DOMAIN ("<graphics type='vnc' passwd='x&quot;'/>"),
    DOMAIN ("<graphics type=\"vnc\" passwd=\"x&quot;\"/>") },
  { "of the display of this type", DOMAIN ("<graphics type='vnc'/><graphics type='spice'/>"),
    DOMAIN ("<graphics type='spice' passwd='s'/><graphics type='vnc' passwd='v'/>"),
    DOMAIN ("<graphics type=\"vnc\" passwd=\"v\"/><graphics type=\"spice\" passwd=\"s\"/>") },
  { "of the second", DOMAIN ("<graphics type='vnc'/><graphics type='vnc'/>"),
    DOMAIN ("<graphics type='vnc'/><graphics type='vnc' passwd='v'/>"),
    DOMAIN ("<graphics type=\"vnc\"/><graphics type=\"vnc\" passwd=\"v\"/>") },
  { "cookies", DOMAIN (DISK ("")), DOMAIN (DISK (COOKIES)),
    "<domain type=\"kvm\"><devices><disk type=\"network\">"
    "<source protocol=\"https\" name=\"/x\" query=\"a=b\"><host name=\"h\" port=\"443\"/>"
    "<cookies><cookie name=\"a\">1 &lt; 2</cookie><cookie name=\"b\">2</cookie></cookies>"
    "</source></disk></devices></domain>" },
  { "not of another source", DOMAIN ("<disk><source protocol='https' name='/y'/></disk>"),
    DOMAIN (DISK (COOKIES)), DOMAIN ("<disk><source protocol=\"https\" name=\"/y\"/></disk>") },
  { "of one of two disks with the same source", DOMAIN (DISK ("") DISK ("")),
    DOMAIN (DISK (COOKIES) DISK ("")), DOMAIN (DISK (COOKIES) DISK ("")) },
  { "of the other one", DOMAIN (DISK ("") DISK ("")), DOMAIN (DISK ("") DISK (COOKIES)),
    DOMAIN (DISK ("") DISK (COOKIES)) },
  { "no display any more", DOMAIN (""), DOMAIN ("<graphics type='vnc' passwd='v'/>"),
    "<domain type=\"kvm\"><devices/></domain>" },
};

/* Quotes and white space between elements are the writer's. */
static char *
normalize (const char *xml)
{
  g_auto (GStrv) lines = g_strsplit (xml, "\n", -1);
  g_autofree char *joined = g_strjoinv ("", lines);
  g_auto (GStrv) quotes = g_strsplit (joined, "'", -1);

  return g_strjoinv ("\"", quotes);
}

static void
test_secrets (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (secrets); i++) {
    GError *error = NULL;
    g_autofree char *result = mt_domain_put_secrets (secrets[i].xml, secrets[i].secure, &error);
    g_autofree char *got = NULL, *wanted = normalize (secrets[i].result);

    ROW ("%s", secrets[i].what);
    g_assert_no_error (error);
    got = normalize (result);
    g_assert_cmpstr (got, ==, wanted);
  }
}

int
main (int argc, char **argv)
{
  gsize i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    g_autofree char *keep = g_strdup_printf ("/definitions/%s/keep", store_kinds[i].name);
    g_autofree char *undo = g_strdup_printf ("/definitions/%s/undo", store_kinds[i].name);
    g_autofree char *refusals = g_strdup_printf ("/definitions/%s/refusals", store_kinds[i].name);

    g_test_add_data_func (keep, &store_kinds[i], test_keep);
    g_test_add_data_func (undo, &store_kinds[i], test_undo);
    g_test_add_data_func (refusals, &store_kinds[i], test_refusals);
  }
  g_test_add_func ("/definitions/checks", test_checks);
  g_test_add_func ("/definitions/size", test_size);
  g_test_add_func ("/definitions/damaged", test_damaged);
  g_test_add_func ("/definitions/secrets", test_secrets);
  return g_test_run ();
}
