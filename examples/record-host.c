/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* record-host URI STORE: records the machine type of every domain of a host, for life.
 *
 * Run it when a host has booted. A domain that has a record keeps it, and the report says if the
 * guest differs from it; one that has none is recorded as it runs or is defined. Everything is one
 * transaction. The store is an SQLite database, and is created if it does not exist. What is
 * printed was committed.
 *
 *     record-host qemu:///system records.db
 */
#include <machtype/machtype.h>

#include <locale.h>

#define TIMEOUT_MS 120000

typedef struct {
  GString *told;
  guint failed;
} Report;

static const char *
describe (MachtypeStoreOutcome outcome)
{
  switch (outcome) {
  case MACHTYPE_STORE_OUTCOME_ADDED:
    return "recorded";
  case MACHTYPE_STORE_OUTCOME_FILLED:
    return "filled in";
  case MACHTYPE_STORE_OUTCOME_REFRESHED:
    return "brought up to date";
  case MACHTYPE_STORE_OUTCOME_DIFFERS:
    return "differs from the guest";
  default:
    return "unchanged";
  }
}

/* Called inside the transaction, which can still fail, so it only collects what to print. */
static gboolean
on_domain (MachtypeRecordResult *result, gpointer user_data)
{
  const MachtypeRecord *record = machtype_record_result_get_record (result);
  const GError *error = machtype_record_result_get_error (result);
  Report *report = user_data;

  g_string_append_printf (
      report->told, "%u of %u: %s: ", machtype_record_result_get_n_done (result),
      machtype_record_result_get_n_total (result), machtype_record_result_get_uuid (result));
  if (error != NULL) {
    g_string_append_printf (report->told, "failed: %s\n", error->message);
    report->failed++;
  } else
    g_string_append_printf (report->told, "%s: %s, from %s\n",
                            describe (machtype_record_result_get_outcome (result)),
                            machtype_record_get_machine (record),
                            machtype_source_to_string (machtype_record_get_source (record)));
  return TRUE;
}

static gboolean
record_host (const char *uri, const char *path, Report *report, GError **error)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeConnection) connection = NULL;
  g_autoptr (MachtypeRecorder) recorder = NULL;

  connection = machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_NONE, TIMEOUT_MS, error);
  if (connection == NULL)
    return FALSE;
  store = machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, TIMEOUT_MS, error);
  if (store == NULL)
    return FALSE;
  recorder = machtype_recorder_new (store, NULL);
  return machtype_recorder_set_author (recorder, g_get_user_name (), error) &&
         machtype_recorder_run (recorder, connection, on_domain, report, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Report report = { told, 0 };

  setlocale (LC_ALL, "");
  if (argc != 3) {
    g_printerr ("usage: record-host URI STORE\n");
    return 2;
  }
  if (!record_host (argv[1], argv[2], &report, &error)) {
    g_printerr ("record-host: %s\n", error->message);
    return 1;
  }
  g_print ("%s", told->str);
  return report.failed == 0 ? 0 : 1;
}
