/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries and classes of records: on each kind of store, and on a subclass that implements neither
 * and so has the default. */

#include "test.h"

#include <string.h>

#include "store-kinds.h"
#include "store/store-private.h"

/* A subclass that implements only what it must. */
typedef struct {
  MachtypeStore parent_instance;
  MachtypeStore *kept;
} PlainStore;

typedef struct {
  MachtypeStoreClass parent_class;
} PlainStoreClass;

GType plain_store_get_type (void);
G_DEFINE_TYPE (PlainStore, plain_store, MACHTYPE_TYPE_STORE)

static gboolean
plain_begin (MachtypeStore *store, GError **error)
{
  (void)store;
  (void)error;
  return TRUE;
}

static MachtypeRecord *
plain_get (MachtypeStore *store, const char *uuid, GError **error)
{
  return machtype_store_read_record (((PlainStore *)store)->kept, uuid, error);
}

static gboolean
plain_insert (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
              GError **error)
{
  const char *author = entry != NULL ? machtype_history_entry_get_author (entry) : NULL;
  g_autoptr (MachtypeRecord) added =
      machtype_store_add (((PlainStore *)store)->kept, record, author, error);

  return added != NULL;
}

static gboolean
plain_swap (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
            MachtypeHistoryEntry *entry, GError **error)
{
  MachtypeStore *kept = ((PlainStore *)store)->kept;

  return machtype_store_remove (kept, old_record, error) &&
         plain_insert (store, record, entry, error);
}

static gboolean
plain_remove (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  return machtype_store_remove (((PlainStore *)store)->kept, record, error);
}

static gboolean
plain_foreach (MachtypeStore *store, const char *cell, const char *host, MachtypeRecordFunc func,
               gpointer user_data, GError **error)
{
  return machtype_store_foreach (((PlainStore *)store)->kept, cell, host, func, user_data, error);
}

static void
plain_store_finalize (GObject *object)
{
  g_object_unref (((PlainStore *)object)->kept);
  G_OBJECT_CLASS (plain_store_parent_class)->finalize (object);
}

static void
plain_store_class_init (PlainStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = plain_store_finalize;
  store->begin = store->commit = plain_begin;
  store->get = plain_get;
  store->insert = plain_insert;
  store->swap = plain_swap;
  store->remove = plain_remove;
  store->foreach = plain_foreach;
}

static void
plain_store_init (PlainStore *store)
{
  store->kept = machtype_store_open_memory ();
}

/* The stores of a test: one of each kind, and the subclass. */
#define N_STORES (G_N_ELEMENTS (store_kinds) + 1)

typedef struct {
  char *dirs[N_STORES];
  MachtypeStore *stores[N_STORES];
} Stores;

static const char *
get_store_name (gsize i)
{
  return i < G_N_ELEMENTS (store_kinds) ? store_kinds[i].name : "subclass";
}

static void
open_stores (Stores *all)
{
  gsize i;

  for (i = 0; i < N_STORES; i++) {
    all->dirs[i] = store_dir_make ();
    all->stores[i] = i < G_N_ELEMENTS (store_kinds)
                         ? store_kind_open (&store_kinds[i], all->dirs[i])
                         : g_object_new (plain_store_get_type (), NULL);
  }
}

static void
close_stores (Stores *all)
{
  gsize i;

  for (i = 0; i < N_STORES; i++) {
    g_object_unref (all->stores[i]);
    store_dir_remove (all->dirs[i]);
    g_free (all->dirs[i]);
  }
}

typedef struct {
  const char *name, *host, *host_uuid, *cell, *state, *machine, *properties;
  MachtypeArch arch;
  guint64 qemu, libvirt;
  gint64 seen_at;
} Row;

static MachtypeRecord *
make_record (guint number, const Row *row)
{
  g_autofree char *uuid = g_strdup_printf ("00000000-0000-4000-8000-%012u", number);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  g_autoptr (MachtypeProperties) properties = test_make_properties (row->properties);
  GError *error = NULL;

  g_assert_true (machtype_record_builder_set_name (builder, row->name, &error));
  g_assert_true (machtype_record_builder_set_host (builder, row->host, row->host_uuid, &error));
  g_assert_true (machtype_record_builder_set_cell (builder, row->cell, &error));
  g_assert_true (machtype_record_builder_set_state (builder, row->state, &error));
  g_assert_true (machtype_record_builder_set_arch (builder, row->arch, &error));
  g_assert_true (machtype_record_builder_set_machine (builder, row->machine, NULL,
                                                      MACHTYPE_SOURCE_IMAGE, &error));
  if (properties != NULL)
    g_assert_true (machtype_record_builder_set_properties (builder, properties, &error));
  g_assert_no_error (error);
  machtype_record_builder_set_versions (builder, row->qemu, row->libvirt);
  machtype_record_builder_set_recorded_at (builder, 1800000000);
  machtype_record_builder_set_seen_at (builder, row->seen_at);
  return machtype_record_builder_end (builder);
}

static void
add (MachtypeStore *store, MachtypeRecord *record)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) added = machtype_store_add (store, record, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (added);
}

/* "*" is any number of characters, "?" one; of UTF-8. */
static void
test_patterns (void)
{
  static const struct {
    const char *pattern, *text;
    gboolean matches;
  } rows[] = {
    { "pc", "pc", TRUE },
    { "pc", "PC", FALSE },
    { "pc", "pcx", FALSE },
    { "pcx", "pc", FALSE },
    { "*", "", TRUE },
    { "*", "anything", TRUE },
    { "?", "", FALSE },
    { "?", "a", TRUE },
    { "?", "ab", FALSE },
    { "?", "\xc3\xa9", TRUE },
    { "??", "\xc3\xa9", FALSE },
    { "*?", "\xe2\x82\xac", TRUE },
    { "*\xac", "\xe2\x82\xac", FALSE },
    { "pc-q35-*", "pc-q35-7.2", TRUE },
    { "pc-q35-*", "pc-q35-", TRUE },
    { "pc-q35-*", "pc-q35", FALSE },
    { "*.2", "pc-q35-7.2", TRUE },
    { "*.2", "pc-q35-7.2.2", TRUE },
    { "*.2", "pc-q35-7.2.1", FALSE },
    { "*q35*7*", "pc-q35-7.2", TRUE },
    { "*7*q35*", "pc-q35-7.2", FALSE },
    { "a*b*c", "aXbXbXc", TRUE },
    { "a*b*c", "aXbXbXcd", FALSE },
    { "**a**", "xax", TRUE },
    { "a**", "a", TRUE },
    { "*?*?*", "a", FALSE },
    { "*?*?*", "ab", TRUE },
    /* Not special, as they are in a shell. */
    { "[ab]", "a", FALSE },
    { "[ab]", "[ab]", TRUE },
    { "\\*", "*", FALSE },
    { "\\*", "\\*", TRUE },
    { "\\*", "\\x", TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    /* A pattern can be half of a character. */
    g_autofree char *shown = g_strescape (rows[i].pattern, NULL);

    ROW ("%s against %s", shown, rows[i].text);
    g_assert_cmpint (mt_pattern_matches (rows[i].pattern, rows[i].text), ==, rows[i].matches);
  }
}

/* What would take exponential time by trying everything. */
static void
test_patient_pattern (void)
{
  char text[MACHTYPE_RECORD_MAX_TEXT + 1], pattern[MACHTYPE_RECORD_MAX_TEXT + 1];
  gsize i;

  memset (text, 'a', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  for (i = 0; i < sizeof pattern - 1; i++)
    pattern[i] = i % 2 == 0 ? '*' : 'a';
  pattern[sizeof pattern - 2] = 'b';
  pattern[sizeof pattern - 1] = '\0';
  g_assert_false (mt_pattern_matches (pattern, text));
  pattern[sizeof pattern - 2] = 'a';
  g_assert_true (mt_pattern_matches (pattern, text));
}

typedef struct {
  const char *cell, *host, *state, *machine, *name;
  MachtypeArch arch;
  gint64 seen_before;
  const char *exact_name;
} Conditions;

static MachtypeRecordQuery *
make_query (const Conditions *conditions, MachtypeRecordClass *record_class)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  GError *error = NULL;

  g_assert_true (machtype_record_query_builder_set_cell (builder, conditions->cell, &error));
  g_assert_true (machtype_record_query_builder_set_host (builder, conditions->host, &error));
  g_assert_true (machtype_record_query_builder_set_state (builder, conditions->state, &error));
  g_assert_true (
      machtype_record_query_builder_set_machine_pattern (builder, conditions->machine, &error));
  g_assert_true (
      machtype_record_query_builder_set_name_pattern (builder, conditions->name, &error));
  g_assert_true (machtype_record_query_builder_set_name (builder, conditions->exact_name, &error));
  g_assert_true (machtype_record_query_builder_set_arch (builder, conditions->arch, &error));
  g_assert_no_error (error);
  machtype_record_query_builder_set_seen_before (builder, conditions->seen_before);
  machtype_record_query_builder_set_class (builder, record_class);
  return machtype_record_query_builder_end (builder);
}

static gboolean
append_digit (MachtypeRecord *record, gpointer data)
{
  g_string_append_c (data, machtype_record_get_uuid (record)[35]);
  return TRUE;
}

#define X86 MACHTYPE_ARCH_X86_64
#define ARM MACHTYPE_ARCH_AARCH64
#define ANY MACHTYPE_ARCH_UNKNOWN

static const Row some_rows[] = {
  { "web-1", "h1", NULL, "c1", "active", "pc-q35-7.2", NULL, X86, 0, 0, 1000 },
  { "web-2", "h1", NULL, "c1", "active", "pc-q35-7.2", NULL, X86, 0, 0, 2000 },
  { "db", "h2", NULL, "c1", "stopped", "pc-i440fx-6.2", "hw_disk_bus=scsi", X86, 0, 0, 2000 },
  { "arm", "h2", NULL, "c2", "active", "virt-7.2", NULL, ARM, 0, 0, 3000 },
  { NULL, NULL, NULL, NULL, NULL, NULL, NULL, ANY, 0, 0, 0 },
  { "%_'; --", "h'1", NULL, "c1", "error", "q35", NULL, X86, 0, 0, G_MAXINT64 },
  { "\xc3\xa9t\xc3\xa9", "h1", NULL, "c2", "shelved_offloaded", "pc", NULL, X86, 0, 0, 2000 },
};

/* The numbers of the records that each condition wants. */
static const struct {
  Conditions conditions;
  const char *wanted;
} some_queries[] = {
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, NULL }, "0123456" },
  { { "", "", "", "", "", ANY, 0, NULL }, "0123456" },
  { { "c1", NULL, NULL, NULL, NULL, ANY, 0, NULL }, "0125" },
  { { "c", NULL, NULL, NULL, NULL, ANY, 0, NULL }, "" },
  { { "c*", NULL, NULL, NULL, NULL, ANY, 0, NULL }, "" },
  { { NULL, "h1", NULL, NULL, NULL, ANY, 0, NULL }, "016" },
  { { NULL, "h'1", NULL, NULL, NULL, ANY, 0, NULL }, "5" },
  { { NULL, "h1' OR 1=1 --", NULL, NULL, NULL, ANY, 0, NULL }, "" },
  { { "c2", "h2", NULL, NULL, NULL, ANY, 0, NULL }, "3" },
  { { NULL, NULL, "active", NULL, NULL, ANY, 0, NULL }, "013" },
  { { NULL, NULL, "RUNNING", NULL, NULL, ANY, 0, NULL }, "013" },
  { { NULL, NULL, "shut off", NULL, NULL, ANY, 0, NULL }, "2" },
  { { NULL, NULL, "deleted", NULL, NULL, ANY, 0, NULL }, "" },
  { { NULL, NULL, NULL, "pc-q35-*", NULL, ANY, 0, NULL }, "01" },
  { { NULL, NULL, NULL, "*q35*", NULL, ANY, 0, NULL }, "015" },
  { { NULL, NULL, NULL, "*", NULL, ANY, 0, NULL }, "012356" },
  { { NULL, NULL, NULL, "pc", NULL, ANY, 0, NULL }, "6" },
  { { NULL, NULL, NULL, "PC", NULL, ANY, 0, NULL }, "" },
  { { NULL, NULL, NULL, "??", NULL, ANY, 0, NULL }, "6" },
  { { NULL, NULL, NULL, "%", NULL, ANY, 0, NULL }, "" },
  { { NULL, NULL, NULL, NULL, "web-?", ANY, 0, NULL }, "01" },
  { { NULL, NULL, NULL, NULL, "*", ANY, 0, NULL }, "012356" },
  { { NULL, NULL, NULL, NULL, "\xc3\xa9?\xc3\xa9", ANY, 0, NULL }, "6" },
  { { NULL, NULL, NULL, NULL, "%_'; --", ANY, 0, NULL }, "5" },
  { { NULL, NULL, NULL, NULL, "%", ANY, 0, NULL }, "" },
  { { NULL, NULL, NULL, NULL, NULL, X86, 0, NULL }, "01256" },
  { { NULL, NULL, NULL, NULL, NULL, ARM, 0, NULL }, "3" },
  { { NULL, NULL, NULL, NULL, NULL, MACHTYPE_ARCH_S390X, 0, NULL }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 2000, NULL }, "04" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 2001, NULL }, "01246" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 1, NULL }, "4" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, -1, NULL }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, G_MAXINT64, NULL }, "012346" },
  { { "c1", "h1", "active", "pc-q35-*", "web*", X86, 2000, NULL }, "0" },
  { { "c1", "h1", "active", "pc-q35-*", "web*", ARM, 2000, NULL }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "" }, "0123456" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "web-1" }, "0" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "Web-1" }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "web-?" }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "web" }, "" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "%_'; --" }, "5" },
  { { NULL, NULL, NULL, NULL, NULL, ANY, 0, "\xc3\xa9t\xc3\xa9" }, "6" },
  { { "c1", "h1", "active", "pc-q35-*", "web*", X86, 3000, "web-2" }, "1" },
  { { "c2", NULL, NULL, NULL, NULL, ANY, 0, "web-2" }, "" },
};

static void
test_queries (void)
{
  Stores all;
  gsize i, j;

  open_stores (&all);
  for (j = 0; j < N_STORES; j++) {
    for (i = G_N_ELEMENTS (some_rows); i-- > 0;) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &some_rows[i]);

      add (all.stores[j], record);
    }
  }
  for (i = 0; i < G_N_ELEMENTS (some_queries); i++) {
    g_autoptr (MachtypeRecordQuery) query = make_query (&some_queries[i].conditions, NULL);
    g_autofree char *json = machtype_record_query_to_json (query);

    for (j = 0; j < N_STORES; j++) {
      g_autoptr (GString) found = g_string_new (NULL);
      GError *error = NULL;

      ROW ("%s: %s", get_store_name (j), json);
      g_assert_true (
          machtype_store_foreach_matching (all.stores[j], query, append_digit, found, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (found->str, ==, some_queries[i].wanted);
    }
  }
  close_stores (&all);
}

/* The setters of a builder, by what they set. */
typedef gboolean (*SetText) (MachtypeRecordQueryBuilder *builder, const char *text, GError **error);

static const struct {
  const char *name;
  SetText set;
  const char *good;
  const char *shown; /* the member for it */
} setters[] = {
  { "cell", machtype_record_query_builder_set_cell, "c1", "\"cell\":\"c1\"" },
  { "host", machtype_record_query_builder_set_host, "h1", "\"host\":\"h1\"" },
  { "state", machtype_record_query_builder_set_state, "SHUTOFF", "\"state\":\"stopped\"" },
  { "machine", machtype_record_query_builder_set_machine_pattern, "pc*",
    "\"machine_pattern\":\"pc*\"" },
  { "name", machtype_record_query_builder_set_name_pattern, "w?b", "\"name_pattern\":\"w?b\"" },
  { "name", machtype_record_query_builder_set_name, "w?b", "\"name\":\"w?b\"" },
};

/* What is refused changes nothing. */
static void
test_setters (void)
{
  g_autofree char *longest = g_strnfill (MACHTYPE_RECORD_MAX_TEXT, 'a');
  g_autofree char *too_long = g_strnfill (MACHTYPE_RECORD_MAX_TEXT + 1, 'a');
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (setters); i++) {
    g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
    g_autoptr (MachtypeRecordQuery) set = NULL, unset = NULL;
    g_autofree char *json = NULL, *empty = NULL;
    gboolean is_state = strcmp (setters[i].name, "state") == 0;
    GError *error = NULL;

    ROW ("%s", setters[i].name);
    g_assert_true (setters[i].set (builder, setters[i].good, &error));
    g_assert_no_error (error);
    g_assert_false (setters[i].set (builder, "a\nb", &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, setters[i].name);
    g_assert_false (setters[i].set (builder, "\xff", &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, setters[i].name);
    g_assert_false (setters[i].set (builder, too_long, &error));
    test_assert_error (&error,
                       is_state ? MACHTYPE_ERROR_INVALID_ARGUMENT : MACHTYPE_ERROR_TOO_LARGE, "");
    set = machtype_record_query_builder_end (builder);
    json = machtype_record_query_to_json (set);
    g_assert_nonnull (strstr (json, setters[i].shown));
    if (!is_state)
      g_assert_true (setters[i].set (builder, longest, &error));
    g_assert_true (setters[i].set (builder, NULL, &error));
    unset = machtype_record_query_builder_end (builder);
    empty = machtype_record_query_to_json (unset);
    g_assert_cmpstr (empty, ==, "{\"format\":2}");
    g_assert_false (machtype_record_query_equal (set, unset));
  }
}

static void
test_invalid_arch (void)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (MachtypeRecordQuery) query = NULL;
  GError *error = NULL;

  g_assert_true (machtype_record_query_builder_set_arch (builder, ARM, &error));
  g_assert_false (machtype_record_query_builder_set_arch (builder, (MachtypeArch)9999, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "9999");
  query = machtype_record_query_builder_end (builder);
  g_assert_cmpint (machtype_record_query_get_arch (query), ==, ARM);
}

/* A query with everything, read back. */
static void
test_query_parts (void)
{
  const Conditions conditions = { "c1", "h1", "stopped", "pc*", "w*", X86, 86400, "web" };
  const Conditions others[] = {
    { "c2", "h1", "stopped", "pc*", "w*", X86, 86400, "web" },
    { "c1", "h2", "stopped", "pc*", "w*", X86, 86400, "web" },
    { "c1", "h1", "active", "pc*", "w*", X86, 86400, "web" },
    { "c1", "h1", "stopped", "pc", "w*", X86, 86400, "web" },
    { "c1", "h1", "stopped", "pc*", "w", X86, 86400, "web" },
    { "c1", "h1", "stopped", "pc*", "w*", ARM, 86400, "web" },
    { "c1", "h1", "stopped", "pc*", "w*", X86, 86401, "web" },
    { "c1", "h1", "stopped", "pc*", "w*", X86, 86400, "Web" },
    { "c1", "h1", "stopped", "pc*", "w*", X86, 86400, NULL },
  };
  g_autoptr (MachtypeRecord) record = make_record (1, &some_rows[0]);
  g_autoptr (MachtypeRecordClass) class = machtype_record_class_new (record, 7);
  g_autoptr (MachtypeRecordClass) same = machtype_record_class_new (record, 8);
  g_autoptr (MachtypeRecordQuery) query = make_query (&conditions, class);
  g_autoptr (MachtypeRecordQuery) again = make_query (&conditions, same);
  g_autoptr (MachtypeRecordQuery) without = make_query (&conditions, NULL);
  g_autofree char *json = machtype_record_query_to_json (query);
  gsize i;

  g_assert_cmpstr (
      json, ==,
      "{\"format\":2,\"cell\":\"c1\",\"host\":\"h1\",\"arch\":\"x86_64\","
      "\"state\":\"stopped\",\"machine_pattern\":\"pc*\",\"name_pattern\":\"w*\","
      "\"name\":\"web\",\"seen_before\":\"1970-01-02T00:00:00Z\",\"class\":{\"host\":\"h1\","
      "\"cell\":\"c1\",\"arch\":\"x86_64\",\"state\":\"active\","
      "\"machine\":\"pc-q35-7.2\",\"count\":7}}");
  g_assert_cmpstr (machtype_record_query_get_cell (query), ==, "c1");
  g_assert_cmpstr (machtype_record_query_get_host (query), ==, "h1");
  g_assert_cmpstr (machtype_record_query_get_state (query), ==, "stopped");
  g_assert_cmpstr (machtype_record_query_get_machine_pattern (query), ==, "pc*");
  g_assert_cmpstr (machtype_record_query_get_name_pattern (query), ==, "w*");
  g_assert_cmpstr (machtype_record_query_get_name (query), ==, "web");
  g_assert_cmpint (machtype_record_query_get_arch (query), ==, X86);
  g_assert_cmpint (machtype_record_query_get_seen_before (query), ==, 86400);
  g_assert_true (machtype_record_query_get_class (query) == class);
  g_assert_true (machtype_record_query_equal (query, query));
  g_assert_true (machtype_record_query_equal (query, again));
  g_assert_false (machtype_record_query_equal (query, without));
  g_assert_false (machtype_record_query_equal (without, query));
  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (MachtypeRecordQuery) other = make_query (&others[i], class);

    ROW ("other %" G_GSIZE_FORMAT, i);
    g_assert_false (machtype_record_query_equal (query, other));
  }
}

/* Each of these makes a class of its own; the first is the class that they are compared with. */
static const Row kinds_of_rows[] = {
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h2", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", NULL, NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", "00000000-0000-4000-8000-000000000099", "c1", "active", "pc", "hw_disk_bus=scsi",
    X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c2", "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, NULL, "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "stopped", "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", NULL, "pc", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "q35", "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", NULL, "hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=sata", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi a=b", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "?hw_disk_bus=scsi", X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", NULL, X86, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", ARM, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", ANY, 7002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 8002000, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 0, 9000000, 5 },
  { "a", "h1", NULL, "c1", "active", "pc", "hw_disk_bus=scsi", X86, 7002000, 10000000, 5 },
};

/* Each part of a class distinguishes it, and nothing else does. */
static void
test_class_parts (void)
{
  const Row elsewhere = { "b", "h1",    NULL,    "c1", "active", "pc", "hw_disk_bus=scsi",
                          X86, 7002000, 9000000, 6 };
  g_autoptr (MachtypeRecord) first = make_record (0, &kinds_of_rows[0]);
  g_autoptr (MachtypeRecord) other = make_record (1, &elsewhere);
  g_autoptr (MachtypeRecordClass) class = machtype_record_class_new (first, 2);
  g_autoptr (MachtypeRecordClass) same = machtype_record_class_new (other, 2);
  g_autoptr (MachtypeRecordClass) fewer = machtype_record_class_new (other, 1);
  g_autofree char *json = machtype_record_class_to_json (class);
  gsize i;

  g_assert_cmpstr (json, ==,
                   "{\"format\":2,\"host\":\"h1\",\"cell\":\"c1\",\"arch\":\"x86_64\","
                   "\"state\":\"active\",\"machine\":\"pc\",\"qemu_version\":\"7.2.0\","
                   "\"libvirt_version\":\"9.0.0\",\"properties\":{\"hw_disk_bus\":\"scsi\"},"
                   "\"count\":2}");
  g_assert_true (machtype_record_class_contains (class, other));
  g_assert_true (machtype_record_class_equal (class, same));
  g_assert_false (machtype_record_class_equal (class, fewer));
  g_assert_cmpuint (machtype_record_class_hash (class), ==, machtype_record_class_hash (fewer));
  for (i = 1; i < G_N_ELEMENTS (kinds_of_rows); i++) {
    g_autoptr (MachtypeRecord) record = make_record (2, &kinds_of_rows[i]);
    g_autoptr (MachtypeRecordClass) its = machtype_record_class_new (record, 2);

    ROW ("row %" G_GSIZE_FORMAT, i);
    g_assert_false (machtype_record_class_contains (class, record));
    g_assert_false (machtype_record_class_equal (class, its));
    g_assert_true (machtype_record_class_contains (its, record));
  }
}

static gboolean
keep_one (MachtypeRecord *record, gpointer data)
{
  g_assert_null (*(MachtypeRecord **)data);
  *(MachtypeRecord **)data = machtype_record_ref (record);
  return TRUE;
}

/* A query for a class finds its records, and not those of a class that differs in one part. */
static void
test_class_members (void)
{
  Stores all;
  gsize i, j;

  open_stores (&all);
  for (j = 0; j < N_STORES; j++) {
    for (i = 0; i < G_N_ELEMENTS (kinds_of_rows); i++) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &kinds_of_rows[i]);

      add (all.stores[j], record);
    }
    for (i = 0; i < G_N_ELEMENTS (kinds_of_rows); i++) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &kinds_of_rows[i]), found = NULL;
      g_autoptr (MachtypeRecordClass) class = machtype_record_class_new (record, 1);
      g_autoptr (MachtypeRecordQuery) query = make_query (&(Conditions){ 0 }, class);
      g_autoptr (GPtrArray) classes = NULL;
      GError *error = NULL;

      ROW ("%s: row %" G_GSIZE_FORMAT, get_store_name (j), i);
      machtype_store_foreach_matching (all.stores[j], query, keep_one, &found, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (machtype_record_get_uuid (found), ==, machtype_record_get_uuid (record));
      classes = machtype_store_list_classes (all.stores[j], query, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (classes->len, ==, 1);
      g_assert_true (machtype_record_class_equal (classes->pdata[0], class));
    }
  }
  close_stores (&all);
}

static void
test_class_getters (void)
{
  const Row row = { "a",
                    "h1",
                    "00000000-0000-4000-8000-000000000099",
                    "c1",
                    "saved",
                    "pc",
                    "hw_disk_bus=scsi",
                    X86,
                    7002022,
                    9000001,
                    5 };
  g_autoptr (MachtypeRecord) record = make_record (0, &row), nothing = make_record (1, &(Row){ 0 });
  g_autoptr (MachtypeRecordClass) class = machtype_record_class_new (record, G_MAXUINT64);
  g_autoptr (MachtypeRecordClass) empty = machtype_record_class_new (nothing, 0);
  g_autofree char *json = machtype_record_class_to_json (empty);

  g_assert_cmpuint (machtype_record_class_get_count (class), ==, G_MAXUINT64);
  g_assert_cmpstr (machtype_record_class_get_host_name (class), ==, "h1");
  g_assert_cmpstr (machtype_record_class_get_host_uuid (class), ==, row.host_uuid);
  g_assert_cmpstr (machtype_record_class_get_cell (class), ==, "c1");
  g_assert_cmpstr (machtype_record_class_get_state (class), ==, machtype_record_get_state (record));
  g_assert_cmpint (machtype_record_class_get_change_state (class), ==,
                   machtype_record_get_change_state (record));
  g_assert_cmpstr (machtype_record_class_get_machine (class), ==, "pc");
  g_assert_cmpint (machtype_record_class_get_arch (class), ==, X86);
  g_assert_cmpuint (machtype_record_class_get_qemu_version (class), ==, 7002022);
  g_assert_cmpuint (machtype_record_class_get_libvirt_version (class), ==, 9000001);
  g_assert_cmpstr (
      machtype_properties_get_image (machtype_record_class_get_properties (class), "hw_disk_bus"),
      ==, "scsi");
  g_assert_cmpstr (json, ==, "{\"format\":2,\"count\":0}");
  g_assert_null (machtype_record_class_get_host_name (empty));
  g_assert_null (machtype_record_class_get_host_uuid (empty));
  g_assert_null (machtype_record_class_get_cell (empty));
  g_assert_null (machtype_record_class_get_state (empty));
  g_assert_null (machtype_record_class_get_machine (empty));
  g_assert_cmpint (machtype_record_class_get_change_state (empty), ==, MACHTYPE_STATE_UNKNOWN);
  g_assert_nonnull (machtype_record_class_get_properties (empty));
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Classes as text, without their order. */
static char *
join_classes (GPtrArray *classes)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < classes->len; i++)
    g_ptr_array_add (texts, machtype_record_class_to_json (classes->pdata[i]));
  g_ptr_array_sort (texts, compare_strings);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv ("\n", (char **)texts->pdata);
}

/* What the stores must find, from the records alone and as simply as possible. */

static gboolean
append_json (MachtypeRecord *record, gpointer data)
{
  g_autofree char *json = machtype_record_to_json (record);

  g_string_append_printf (data, "%s\n", json);
  return TRUE;
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  return strcmp (machtype_record_get_uuid (*(MachtypeRecord *const *)a),
                 machtype_record_get_uuid (*(MachtypeRecord *const *)b));
}

static char *
expect_records (GPtrArray *records, MachtypeRecordQuery *query)
{
  GString *text = g_string_new (NULL);
  guint i;

  g_ptr_array_sort (records, compare_records);
  for (i = 0; i < records->len; i++) {
    if (query == NULL || machtype_record_query_matches (query, records->pdata[i]))
      append_json (records->pdata[i], text);
  }
  return g_string_free (text, FALSE);
}

static gboolean
is_first_of_class (GPtrArray *records, MachtypeRecordQuery *query,
                   const MachtypeRecordClass *record_class, guint at)
{
  guint i;

  for (i = 0; i < at; i++) {
    if (machtype_record_class_contains (record_class, records->pdata[i]) &&
        (query == NULL || machtype_record_query_matches (query, records->pdata[i])))
      return FALSE;
  }
  return TRUE;
}

static guint64
count_members (GPtrArray *records, MachtypeRecordQuery *query,
               const MachtypeRecordClass *record_class)
{
  guint64 n = 0;
  guint i;

  for (i = 0; i < records->len; i++) {
    n += machtype_record_class_contains (record_class, records->pdata[i]) &&
         (query == NULL || machtype_record_query_matches (query, records->pdata[i]));
  }
  return n;
}

static char *
expect_classes (GPtrArray *records, MachtypeRecordQuery *query)
{
  g_autoptr (GPtrArray) classes = NULL;
  guint i;

  classes = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_class_unref);
  for (i = 0; i < records->len; i++) {
    MachtypeRecord *record = records->pdata[i];
    g_autoptr (MachtypeRecordClass) one = machtype_record_class_new (record, 1);

    if ((query == NULL || machtype_record_query_matches (query, record)) &&
        is_first_of_class (records, query, one, i))
      g_ptr_array_add (classes,
                       machtype_record_class_new (record, count_members (records, query, one)));
  }
  return join_classes (classes);
}

/* Every store finds what was expected. */
static void
assert_found (const Stores *all, GPtrArray *records, MachtypeRecordQuery *query)
{
  g_autofree char *wanted = expect_records (records, query);
  g_autofree char *wanted_classes = expect_classes (records, query);
  gsize i;

  for (i = 0; i < N_STORES; i++) {
    g_autoptr (GString) found = g_string_new (NULL);
    g_autoptr (GPtrArray) classes = NULL;
    g_autofree char *joined = NULL;
    GError *error = NULL;

    ROW ("%s", get_store_name (i));
    g_assert_true (
        machtype_store_foreach_matching (all->stores[i], query, append_json, found, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (found->str, ==, wanted);
    classes = machtype_store_list_classes (all->stores[i], query, &error);
    g_assert_no_error (error);
    joined = join_classes (classes);
    g_assert_cmpstr (joined, ==, wanted_classes);
  }
}

/* Random records and queries: few values of each kind, so that classes have several records. */
static const char *const hosts[] = { NULL, "h1", "h2", "h" };
static const char *const host_uuids[] = { NULL, NULL, "00000000-0000-4000-8000-0000000000aa" };
static const char *const cells[] = { NULL, "c1", "h1" };
static const char *const states[] = { NULL, "active", "stopped", "building" };
static const char *const machine_names[] = { NULL, "pc", "q35", "pc-q35-7.2", "h1", "Q35" };
static const char *const names[] = { NULL, "web", "web-1", "pc", "\xc3\xa9" };
static const char *const property_sets[] = { NULL,  "hw_disk_bus=scsi",     "hw_disk_bus=sata",
                                             "a=b", "a=b hw_disk_bus=scsi", "?hw_disk_bus=scsi" };
static const char *const patterns[] = { NULL, "*", "pc*", "?35", "*-*", "web?1", "h1", "?" };
static const MachtypeArch archs[] = { ANY, X86, ARM };
static const guint64 versions[] = { 0, 7002000, 10000000 };

#define PICK(random, list) ((list)[g_rand_int_range ((random), 0, G_N_ELEMENTS (list))])

static MachtypeRecord *
make_random_record (GRand *random, guint number)
{
  const Row row = {
    .name = PICK (random, names),
    .host = PICK (random, hosts),
    .host_uuid = PICK (random, host_uuids),
    .cell = PICK (random, cells),
    .state = PICK (random, states),
    .machine = PICK (random, machine_names),
    .properties = PICK (random, property_sets),
    .arch = PICK (random, archs),
    .qemu = PICK (random, versions),
    .libvirt = PICK (random, versions),
    .seen_at = g_rand_int_range (random, 0, 4),
  };

  return make_record (number, &row);
}

/* Each condition is set half of the time, and a class a quarter of it. */
static MachtypeRecordQuery *
make_random_query (GRand *random, GPtrArray *records)
{
  const gboolean few = g_rand_boolean (random);
  const Conditions conditions = {
    .cell = g_rand_boolean (random) ? PICK (random, cells) : NULL,
    .host = g_rand_boolean (random) ? PICK (random, hosts) : NULL,
    .state = g_rand_boolean (random) ? NULL
             : few                   ? PICK (random, states)
                                     : NULL,
    .machine = g_rand_boolean (random) ? PICK (random, patterns) : NULL,
    .name = few && g_rand_boolean (random) ? PICK (random, patterns) : NULL,
    .arch = few && g_rand_boolean (random) ? PICK (random, archs) : ANY,
    .seen_before = g_rand_boolean (random) ? g_rand_int_range (random, -1, 5) : 0,
    .exact_name = g_rand_int_range (random, 0, 4) == 0 ? PICK (random, names) : NULL,
  };
  g_autoptr (MachtypeRecordClass) record_class = NULL;

  if (records->len != 0 && g_rand_int_range (random, 0, 4) == 0) {
    MachtypeRecord *record = records->pdata[g_rand_int_range (random, 0, (gint32)records->len)];
    const Conditions none = { 0 };

    record_class = machtype_record_class_new (record, 1);
    return make_query (few ? &none : &conditions, record_class);
  }
  return make_query (&conditions, NULL);
}

/* Adds, replaces and removes at random, the same in each store and in the array. */
static void
change_at_random (const Stores *all, GPtrArray *records, GRand *random)
{
  const guint n = (guint)g_rand_int_range (random, 0, 3);
  guint at = records->len != 0 ? (guint)g_rand_int_range (random, 0, (gint32)records->len) : 0;
  g_autoptr (MachtypeRecord) old = NULL, new = NULL;
  GError *error = NULL;
  gsize i;

  if (records->len == 0 || n == 0)
    return;
  old = machtype_record_ref (records->pdata[at]);
  g_ptr_array_remove_index_fast (records, at);
  if (n == 2) {
    const char *uuid = machtype_record_get_uuid (old);

    new = make_random_record (random, (guint)g_ascii_strtoull (uuid + 24, NULL, 10));
  }
  for (i = 0; i < N_STORES; i++) {
    g_assert_true (machtype_store_remove (all->stores[i], old, &error));
    g_assert_no_error (error);
    if (new != NULL)
      add (all->stores[i], new);
  }
  if (new != NULL)
    g_ptr_array_add (records, mt_record_as_revision (new, 1));
}

static void
fill_at_random (const Stores *all, GPtrArray *records, GRand *random)
{
  const guint n = (guint)g_rand_int_range (random, 0, 60);
  guint i;
  gsize j;

  for (i = 0; i < n; i++) {
    g_autoptr (MachtypeRecord) record = make_random_record (random, i);

    for (j = 0; j < N_STORES; j++)
      add (all->stores[j], record);
    g_ptr_array_add (records, mt_record_as_revision (record, 1));
  }
}

static void
test_random (void)
{
  const guint rounds = test_is_short () ? 2 : 20;
  guint round, i;

  for (round = 0; round < rounds; round++) {
    g_autoptr (GPtrArray) records = NULL;
    GRand *random = g_rand_new_with_seed (round);
    Stores all;

    records = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_unref);
    open_stores (&all);
    fill_at_random (&all, records, random);
    assert_found (&all, records, NULL);
    for (i = 0; i < 30; i++) {
      g_autoptr (MachtypeRecordQuery) query = make_random_query (random, records);
      g_autofree char *json = machtype_record_query_to_json (query);

      ROW ("round %u, query %u: %s", round, i, json);
      assert_found (&all, records, query);
      change_at_random (&all, records, random);
    }
    close_stores (&all);
    g_rand_free (random);
  }
}

/* In a transaction, what was written in it counts; after a rollback it does not. */
static void
test_transaction (void)
{
  Stores all;
  gsize i;

  open_stores (&all);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    g_autoptr (MachtypeRecord) first = make_record (1, &some_rows[0]);
    g_autoptr (MachtypeRecord) second = make_record (2, &some_rows[1]);
    g_autoptr (GPtrArray) inside = NULL, after = NULL;
    GError *error = NULL;

    ROW ("%s", get_store_name (i));
    add (all.stores[i], first);
    g_assert_true (machtype_store_begin (all.stores[i], &error));
    add (all.stores[i], second);
    inside = machtype_store_list_classes (all.stores[i], NULL, &error);
    machtype_store_rollback (all.stores[i]);
    after = machtype_store_list_classes (all.stores[i], NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (inside->len, ==, 1);
    g_assert_cmpuint (machtype_record_class_get_count (inside->pdata[0]), ==, 2);
    g_assert_cmpuint (after->len, ==, 1);
    g_assert_cmpuint (machtype_record_class_get_count (after->pdata[0]), ==, 1);
  }
  close_stores (&all);
}

/* In which order they are listed: the numbers of these rows. */
static const Row ordered_rows[] = {
  { NULL, NULL, NULL, NULL, NULL, NULL, NULL, ANY, 0, 0, 0 },
  { NULL, "h1", NULL, NULL, "active", "pc", NULL, X86, 0, 0, 0 },
  { NULL, "h1", NULL, "c1", NULL, "pc", NULL, X86, 0, 0, 0 },
  { NULL, "h1", NULL, "c1", "active", "pc", NULL, X86, 0, 0, 0 },
  { NULL, "h1", NULL, "c1", "stopped", "pc", NULL, X86, 0, 0, 0 },
  { NULL, "h1", NULL, "c1", "active", "q35", NULL, X86, 0, 0, 0 },
  { NULL, "h2", NULL, "c1", "active", "pc", NULL, X86, 0, 0, 0 },
  { NULL, "h1", NULL, "c2", "active", "pc", NULL, X86, 0, 0, 0 },
};

static void
test_order (void)
{
  Stores all;
  gsize i, j;

  open_stores (&all);
  for (j = 0; j < N_STORES; j++) {
    g_autoptr (GPtrArray) classes = NULL;
    GError *error = NULL;

    ROW ("%s", get_store_name (j));
    for (i = G_N_ELEMENTS (ordered_rows); i-- > 0;) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &ordered_rows[i]);

      add (all.stores[j], record);
    }
    classes = machtype_store_list_classes (all.stores[j], NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (classes->len, ==, G_N_ELEMENTS (ordered_rows));
    for (i = 0; i < classes->len; i++) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &ordered_rows[i]);

      ROW ("place %" G_GSIZE_FORMAT, i);
      g_assert_true (machtype_record_class_contains (classes->pdata[i], record));
    }
  }
  close_stores (&all);
}

static gboolean
stop_at_second (MachtypeRecordClass *record_class, gpointer data)
{
  (void)record_class;
  return ++*(guint *)data < 2;
}

static gboolean
stop_at_second_record (MachtypeRecord *record, gpointer data)
{
  (void)record;
  return ++*(guint *)data < 2;
}

static void
test_stop (void)
{
  g_autoptr (MachtypeRecordQuery) query = make_query (&(Conditions){ .cell = "c1" }, NULL);
  Stores all;
  gsize i, j;

  open_stores (&all);
  for (j = 0; j < N_STORES; j++) {
    guint classes = 0, records = 0;
    GError *error = NULL;

    ROW ("%s", get_store_name (j));
    for (i = 0; i < G_N_ELEMENTS (ordered_rows); i++) {
      g_autoptr (MachtypeRecord) record = make_record ((guint)i, &ordered_rows[i]);

      add (all.stores[j], record);
    }
    g_assert_true (
        machtype_store_foreach_class (all.stores[j], query, stop_at_second, &classes, &error));
    g_assert_true (machtype_store_foreach_matching (all.stores[j], query, stop_at_second_record,
                                                    &records, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (classes, ==, 2);
    g_assert_cmpuint (records, ==, 2);
  }
  close_stores (&all);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-listing/patterns", test_patterns);
  g_test_add_func ("/store-listing/patient-pattern", test_patient_pattern);
  g_test_add_func ("/store-listing/queries", test_queries);
  g_test_add_func ("/store-listing/setters", test_setters);
  g_test_add_func ("/store-listing/invalid-arch", test_invalid_arch);
  g_test_add_func ("/store-listing/query-parts", test_query_parts);
  g_test_add_func ("/store-listing/class-parts", test_class_parts);
  g_test_add_func ("/store-listing/class-members", test_class_members);
  g_test_add_func ("/store-listing/class-getters", test_class_getters);
  g_test_add_func ("/store-listing/random", test_random);
  g_test_add_func ("/store-listing/transaction", test_transaction);
  g_test_add_func ("/store-listing/order", test_order);
  g_test_add_func ("/store-listing/stop", test_stop);
  return g_test_run ();
}
