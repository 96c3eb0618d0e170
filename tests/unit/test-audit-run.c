/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of an audit: what is pending, which guests are wanted, what an entry has, misuse. */

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "audit-run.h"
#include "audit/audit-private.h"
#include "store/store-private.h"

/* A change whose command was killed. */
static void
interrupt_change (MachtypeStore *store, MachtypeRecord *record, const char *machine)
{
  const MtIntentionPlace where = { "a", NULL, "qemu:///system", SAME };
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeChange) change =
      machtype_change_check (machtype_record_get_machine (record), machine, X86, NULL,
                             MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, &error);
  MtStoreChange made = { 0 };
  g_autoptr (MachtypeRecord) changed = mt_store_make_update (record, change, &made, &error);
  g_autoptr (MachtypeIntention) intention = mt_intention_new (record, changed, &made, &where);

  g_assert_true (mt_store_intend (store, record, intention, &error));
  g_assert_no_error (error);
}

typedef struct {
  MachtypeAuditFlags flags;
  gboolean with_host;
  const char *other; /* the machine type of another record */
  guint n_entries;
} PendingRow;

static const PendingRow pending[] = {
  { MACHTYPE_AUDIT_NONE, FALSE, SAME, 2 },
  { MACHTYPE_AUDIT_NONE, TRUE, SAME, 1 },
  { MACHTYPE_AUDIT_FINDINGS_ONLY, FALSE, SAME, 1 },
  { MACHTYPE_AUDIT_FINDINGS_ONLY, FALSE, "q35", 2 }, /* its class is read, too */
};

static void
test_pending (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pending); i++) {
    const PendingRow *row = &pending[i];
    g_autoptr (MachtypeRecord) record = NULL;
    g_autofree char *codes = NULL, *words = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT, i);
    run_init (&run);
    record = run_add_record (run.store, &(Stored){ .arch = X86, .machine = SAME, .host = "a" });
    run_store_record (run.store,
                      &(Stored){ .uuid = OTHER_UUID, .arch = X86, .machine = row->other });
    interrupt_change (run.store, record, "pc-q35-8.0");
    g_assert_true (machtype_audit_set_flags (run.audit, row->flags, &error));
    if (row->with_host) {
      run_begin (&run, "a");
      run_check_found (&run, &(Found){ .defined = SAME });
    } else
      run_check_records (&run);
    g_assert_cmpuint (run.entries->len, ==, row->n_entries);
    codes = entry_dup_codes (run.entries->pdata[0]);
    words = entry_dup_words (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, "pending");
    assert_words (words, "from " SAME " to pc-q35-8.0|'machtype record --connect qemu:///system'");
  }
}

/* Of a record that had no machine type. */
static void
test_pending_first (void)
{
  g_autoptr (MachtypeRecord) record = NULL;
  g_autofree char *codes = NULL, *words = NULL;
  g_auto (Run) run;

  run_init (&run);
  record = run_add_record (run.store, &(Stored){ .arch = X86, .host = "a" });
  interrupt_change (run.store, record, SAME);
  run_check_records (&run);
  codes = entry_dup_codes (run.entries->pdata[0]);
  words = entry_dup_words (run.entries->pdata[0]);
  g_assert_cmpstr (codes, ==, "unrecorded pending");
  assert_words (words, "from no machine type to " SAME);
}

typedef struct {
  const char *key, *value; /* of the query */
  const char *uuids;       /* the ends of those that are reported: "35 36" */
} QueryRow;

static const QueryRow queries[] = {
  { NULL, NULL, "35 36" },      { "host", "a", "35 36" },        { "host", "b", "" },
  { "name", "we*", "35" },      { "name", "*b", "35 36" },       { "name", "x*", "" },
  { "machine", "q*", "36" },    { "machine", "pc-q35-*", "35" }, { "state", "active", "35" },
  { "state", "shelved", "36" }, { "arch", "x86_64", "35 36" },   { "arch", "s390x", "" },
  { "cell", "c", "" },          { "seen", "150", "36" },         { "seen", "50", "" },
  { "named", "web", "35" },     { "named", "we*", "" },          { "class", SAME, "35" },
  { "class", "q35", "36" },     { "class", "pc", "" },
};

/* The class of what test_queries stores with this machine type. */
static MachtypeRecordClass *
make_class (const char *machine)
{
  const Stored stored = { .host = "a",
                          .state = strcmp (machine, SAME) == 0 ? "active" : "shelved",
                          .arch = X86,
                          .machine = machine };
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeRecord) record = run_add_record (store, &stored);

  return machtype_record_class_new (record, 1);
}

static MachtypeRecordQuery *
make_query (const QueryRow *row)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (MachtypeRecordClass) class =
      g_strcmp0 (row->key, "class") == 0 ? make_class (row->value) : NULL;
  g_autoptr (GError) error = NULL;

  if (class != NULL)
    machtype_record_query_builder_set_class (builder, class);
  else if (g_strcmp0 (row->key, "host") == 0)
    machtype_record_query_builder_set_host (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "name") == 0)
    machtype_record_query_builder_set_name_pattern (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "named") == 0)
    machtype_record_query_builder_set_name (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "machine") == 0)
    machtype_record_query_builder_set_machine_pattern (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "state") == 0)
    machtype_record_query_builder_set_state (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "cell") == 0)
    machtype_record_query_builder_set_cell (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "arch") == 0)
    machtype_record_query_builder_set_arch (builder, machtype_arch_from_string (row->value, NULL),
                                            &error);
  else if (row->key != NULL)
    machtype_record_query_builder_set_seen_before (builder, atoi (row->value));
  g_assert_no_error (error);
  return machtype_record_query_builder_end (builder);
}

/* The same guests are wanted whether the store answers or, of a host, the audit: one with a domain,
 * and one without. */
static void
test_queries (void)
{
  gsize i;

  for (i = 0; i < 2 * G_N_ELEMENTS (queries); i++) {
    const QueryRow *row = &queries[i / 2];
    g_autoptr (MachtypeRecordQuery) query = make_query (row);
    g_autoptr (GString) uuids = g_string_new (NULL);
    g_auto (Run) run;
    guint k;

    ROW ("%s: %s %s", i % 2 == 0 ? "store" : "host", row->key, row->value);
    run_init (&run);
    run_store_record (run.store, &(Stored){ NULL, "web", "a", "active", X86, SAME, NULL, 0, 200 });
    run_store_record (run.store,
                      &(Stored){ OTHER_UUID, "db", "a", "shelved", X86, "q35", NULL, 0, 100 });
    machtype_audit_set_query (run.audit, query);
    if (i % 2 != 0) {
      run_begin (&run, "a");
      machtype_audit_end_host (run.audit);
    }
    run_check_records (&run);
    for (k = 0; k < run.entries->len; k++) {
      const char *uuid = machtype_audit_entry_get_uuid (run.entries->pdata[k]);

      g_string_append_printf (uuids, "%s%s", k != 0 ? " " : "", uuid + strlen (uuid) - 2);
    }
    g_assert_cmpstr (uuids->str, ==, row->uuids);
  }
}

/* A guest with a domain has the name and state of that, and was seen now. */
static void
test_query_of_domain (void)
{
  static const struct {
    const char *key, *value;
    gboolean is_wanted;
  } rows[] = {
    { "name", "new", TRUE },       { "name", "old", FALSE }, { "state", "active", TRUE },
    { "state", "stopped", FALSE }, { "seen", "500", FALSE }, { "machine", SAME, TRUE },
    { "class", SAME, FALSE }, /* without a record, it is of no class */
  };
  const Found found = { .name = "new", .defined = OLD, .running = OLD };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const QueryRow row = { rows[i].key, rows[i].value, NULL };
    g_autoptr (MachtypeRecordQuery) query = make_query (&row);
    const MtAuditGuest guest = {
      .uuid = UUID,
      .name = found.name,
      .state = "active",
      .arch = X86,
      .host_name = "a",
      .seen_at = 100,
      .has_record = TRUE,
      .recorded = SAME,
      .has_domain = TRUE,
      .defined = found.defined,
      .running = found.running,
    };

    ROW ("%s %s", row.key, row.value);
    g_assert_cmpint (mt_audit_matches (&guest, query), ==, rows[i].is_wanted);
  }
}

static void
test_entry (void)
{
  const Stored stored = { NULL, "old", "b", "stopped", X86, SAME, NULL, 7002000, 1700000000 };
  g_autoptr (MachtypeAuditEntry) again = NULL;
  g_autofree char *json = NULL;
  MachtypeAuditEntry *entry;
  guint major = 0, minor = 0;
  g_auto (Run) run;

  run_init (&run);
  run_store_record (run.store, &stored);
  g_assert_true (machtype_audit_begin_host (run.audit, "a", "test:", NULL, NULL));
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD, .running = SAME });
  entry = run.entries->pdata[0];
  json = machtype_audit_entry_to_json (entry);
  ROW ("%s", json);
  g_assert_true (g_str_has_prefix (
      json, "{\"format\":2,\"uuid\":\"" UUID "\",\"name\":\"new\",\"host\":\"a\","
            "\"uri\":\"test:\",\"state\":\"active\",\"arch\":\"x86_64\",\"seen_at\":\"2023-11-"
            "14T22:13:20Z\","
            "\"recorded\":\"" SAME "\",\"defined\":\"" OLD "\",\"running\":\"" SAME "\","
            "\"removed_in\":\"13.2\",\"findings\":[{\"code\":\"differs\",\"severity\":\"error\""));
  g_assert_cmpstr (machtype_audit_entry_get_machine (entry), ==, SAME);
  g_assert_cmpint (machtype_audit_entry_get_seen_at (entry), ==, 1700000000);
  g_assert_null (machtype_audit_entry_get_cell (entry));
  g_assert_true (machtype_audit_entry_get_removed_in (entry, &major, &minor));
  g_assert_cmpuint (major, ==, 13);
  g_assert_cmpuint (minor, ==, 2);
  g_assert_true (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS));
  g_assert_false (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING));
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD, .running = SAME });
  again = machtype_audit_entry_ref (run.entries->pdata[1]);
  g_assert_true (machtype_audit_entry_equal (entry, again));
  g_assert_cmpuint (machtype_audit_entry_hash (entry), ==, machtype_audit_entry_hash (again));
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD });
  g_assert_false (machtype_audit_entry_equal (entry, run.entries->pdata[2]));
}

static void
test_stops (void)
{
  g_auto (Run) run;

  run_init (&run);
  run_store_record (run.store, &(Stored){ .arch = X86, .machine = "q35" });
  run_store_record (run.store, &(Stored){ .uuid = OTHER_UUID, .arch = X86, .machine = "pc" });
  run.stop_after = 1;
  run_check_records (&run);
  g_assert_cmpuint (run.entries->len, ==, 1);
}

static void
test_misuse (void)
{
  g_autoptr (MachtypeDomainStatus) status = found_make_status (&(Found){ .defined = SAME });
  g_autoptr (MachtypeAudit) without = machtype_audit_new (NULL);
  g_autoptr (MachtypeAuditEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;

  run_init (&run);
  g_assert_null (machtype_audit_check_domain (run.audit, status, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "begin_host");
  g_assert_false (machtype_audit_begin_host (run.audit, "a\nb", NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "host");
  g_assert_false (machtype_audit_begin_host (run.audit, "a", "\xff", NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI");
  g_assert_false (machtype_audit_set_flags (run.audit, (MachtypeAuditFlags)2, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "audit");

  /* Without a store, all guests are unrecorded. */
  g_assert_true (machtype_audit_begin_host (without, "a", NULL, NULL, &error));
  entry = machtype_audit_check_domain (without, status, &error);
  g_assert_true (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_UNRECORDED));
  machtype_audit_end_host (without);
  g_assert_true (machtype_audit_check_records (without, run_on_entry, &run, &error));
  g_assert_cmpuint (run.entries->len, ==, 0);
}

#define N_MANY 2000

/* Of very many records, only those of classes with findings are read: the others have none. */
static void
test_many (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;
  guint i;

  run_init (&run);
  for (i = 0; i < N_MANY; i++) {
    g_autofree char *uuid = g_strdup_printf ("00000000-0000-4000-8000-%012x", i);

    run_store_record (run.store, &(Stored){ .uuid = uuid,
                                            .arch = X86,
                                            .machine = i % 100 == 7   ? "q35"
                                                       : i % 100 == 9 ? "pc"
                                                                      : SAME });
  }
  machtype_audit_set_flags (run.audit, MACHTYPE_AUDIT_FINDINGS_ONLY, &error);
  run_check_records (&run);
  g_assert_cmpuint (run.entries->len, ==, N_MANY / 100 * 2);
  for (i = 1; i < run.entries->len; i++)
    g_assert_cmpstr (machtype_audit_entry_get_uuid (run.entries->pdata[i - 1]), <,
                     machtype_audit_entry_get_uuid (run.entries->pdata[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit-run/pending", test_pending);
  g_test_add_func ("/audit-run/pending-first", test_pending_first);
  g_test_add_func ("/audit-run/queries", test_queries);
  g_test_add_func ("/audit-run/query-of-domain", test_query_of_domain);
  g_test_add_func ("/audit-run/entry", test_entry);
  g_test_add_func ("/audit-run/stops", test_stops);
  g_test_add_func ("/audit-run/misuse", test_misuse);
  g_test_add_func ("/audit-run/many", test_many);
  return g_test_run ();
}
