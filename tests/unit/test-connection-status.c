/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status of a host's domains, from the answers of fake-libvirt.c. */

#include "test.h"

#include <string.h>

#define UUID(n) "6f1d4b5e-0000-4000-8000-00000000000" n

/* What is read of each domain: "uuid name state persistent defined running saved", then snapshots
 * and problems. error: of the whole; 0: none. */
static const struct {
  const char *uri, *expected;
  int error;
} rows[] = {
  { "fake:none", "", 0 },
  { "fake:parts", UUID ("1") " a paused 1 pc-q35-7.2 pc-q35-6.2 pc-q35-5.2 [s pc-q35-4.2]\n", 0 },
  { "fake:stopped", UUID ("1") " a active 1 pc-q35-7.2 - -\n", 0 },
  { "fake:denied",
    UUID ("1") " a stopped 1 - - - (definition - denied forbidden) (running - denied forbidden) "
               "(saved - denied forbidden) (snapshot - denied forbidden) "
               "(snapshot s denied forbidden)\n",
    0 },
  { "fake:failed",
    UUID ("1") " a stopped 1 pc - - (saved - libvirt a\\033[2J\\377) "
               "(snapshot s libvirt why)\n",
    0 },
  { "fake:bad-xml",
    UUID ("1") " a active 1 - - - (definition - invalid-xml) (running - invalid-xml) "
               "(saved - invalid-argument) (snapshot - invalid-xml)\n",
    0 },
  { "fake:gone", UUID ("1") " a stopped 1 pc - -\n" UUID ("3") " a stopped 1 pc - -\n", 0 },
  { "fake:broken", UUID ("1") " a stopped 1 pc - -\n", MACHTYPE_ERROR_LIBVIRT },
  { "fake:odd", UUID ("1") " c\td - 0 - pc -\n", 0 },
};

static const char *
or_none (const char *text)
{
  return text != NULL ? text : "-";
}

static const char *
get_machine (const MachtypeDomain *domain)
{
  return or_none (domain != NULL ? machtype_domain_get_machine (domain) : NULL);
}

/* The messages of our own reader have tests of their own. */
static void
show_problem (GString *shown, const MachtypeDomainProblem *problem)
{
  const GError *error = machtype_domain_problem_get_error (problem);
  const gboolean is_foreign =
      error->code == MACHTYPE_ERROR_LIBVIRT || error->code == MACHTYPE_ERROR_DENIED;

  g_string_append_printf (
      shown, " (%s %s %s%s%s)",
      machtype_domain_part_to_string (machtype_domain_problem_get_part (problem)),
      or_none (machtype_domain_problem_get_snapshot (problem)),
      machtype_error_to_string (error->code), is_foreign ? " " : "",
      is_foreign ? error->message : "");
}

static gboolean
show_status (MachtypeDomainStatus *status, gpointer data)
{
  GString *shown = data;
  g_autoptr (GPtrArray) snapshots = machtype_domain_status_list_snapshots (status);
  g_autoptr (GPtrArray) problems = machtype_domain_status_list_problems (status);
  guint i;

  g_assert_cmpstr (machtype_domain_status_get_host_name (status), ==, "node1");
  g_string_append_printf (shown, "%s %s %s %d %s %s %s", machtype_domain_status_get_uuid (status),
                          or_none (machtype_domain_status_get_name (status)),
                          or_none (machtype_domain_status_get_state (status)),
                          machtype_domain_status_is_persistent (status),
                          get_machine (machtype_domain_status_get_definition (status)),
                          get_machine (machtype_domain_status_get_running (status)),
                          get_machine (machtype_domain_status_get_saved (status)));
  for (i = 0; i < snapshots->len; i++)
    g_string_append_printf (
        shown, " [%s %s]", machtype_domain_snapshot_get_name (snapshots->pdata[i]),
        get_machine (machtype_domain_snapshot_get_domain (snapshots->pdata[i])));
  for (i = 0; i < problems->len; i++)
    show_problem (shown, problems->pdata[i]);
  g_string_append_c (shown, '\n');
  return TRUE;
}

/* Only a host that hangs needs the time limit. */
static MachtypeConnection *
open_fake (const char *uri)
{
  GError *error = NULL;
  MachtypeConnection *connection = machtype_connection_open (
      uri, MACHTYPE_CONNECTION_OPEN_READ_ONLY, strcmp (uri, "fake:hangs") == 0 ? 500 : -1, &error);

  g_assert_no_error (error);
  return connection;
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConnection) connection = open_fake (rows[i].uri);
    g_autoptr (GString) shown = g_string_new (NULL);
    GError *error = NULL;
    gboolean ok;

    ROW ("%s", rows[i].uri);
    ok = machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_SAVED, show_status,
                                             shown, &error);
    g_assert_cmpint (ok, ==, rows[i].error == 0);
    g_assert_cmpstr (shown->str, ==, rows[i].expected);
    if (rows[i].error == 0)
      g_assert_no_error (error);
    else
      test_assert_error (&error, rows[i].error, "");
  }
}

/* One domain gives the same as all of them. */
static void
test_one (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:parts");
  g_autoptr (MachtypeDomainStatus) status = NULL;
  g_autoptr (GString) shown = g_string_new (NULL);
  GError *error = NULL;

  status =
      machtype_connection_read_status (connection, UUID ("1"), MACHTYPE_DOMAIN_READ_SAVED, &error);
  g_assert_no_error (error);
  show_status (status, shown);
  g_assert_cmpstr (shown->str, ==, rows[1].expected);
  g_assert_null (
      machtype_connection_read_status (connection, UUID ("2"), MACHTYPE_DOMAIN_READ_SAVED, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID ("2") " node1");
  g_assert_null (
      machtype_connection_read_status (connection, "x", MACHTYPE_DOMAIN_READ_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID");
  g_assert_null (machtype_connection_read_status (connection, UUID ("1"),
                                                  (MachtypeDomainReadFlags)(1 << 2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags");
  g_assert_false (machtype_connection_foreach_status (connection, (MachtypeDomainReadFlags)(1 << 2),
                                                      show_status, shown, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags");
}

static gboolean
stop (MachtypeDomainStatus *status, gpointer data)
{
  guint *n = data;

  g_assert_nonnull (status);
  ++*n;
  return FALSE;
}

/* An error of the rest does not matter then. */
static void
test_stop (void)
{
  static const char uris[][16] = { "fake:gone", "fake:broken" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (uris); i++) {
    g_autoptr (MachtypeConnection) connection = open_fake (uris[i]);
    GError *error = NULL;
    guint n = 0;

    ROW ("%s", uris[i]);
    g_assert_true (machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_NONE, stop,
                                                       &n, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (n, ==, 1);
  }
}

/* A host that did not answer is not asked again. */
static void
test_hangs (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:hangs");
  g_autoptr (GString) shown = g_string_new (NULL);
  GError *error = NULL;

  g_assert_false (machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_NONE,
                                                      show_status, shown, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "fake:hangs 500");
  g_assert_null (
      machtype_connection_read_status (connection, UUID ("1"), MACHTYPE_DOMAIN_READ_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "earlier");
}

/* Reads ahead everything, and counts the domains. */
static guint
read_ahead (MachtypeConnection *connection, GError **error)
{
  guint n = 99;

  machtype_connection_read_ahead (connection, MACHTYPE_READ_AHEAD_HOST, MACHTYPE_DOMAIN_READ_SAVED,
                                  &n, error);
  return n;
}

static gboolean
foreach_saved (MachtypeConnection *connection, GString *shown, GError **error)
{
  return machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_SAVED, show_status,
                                             shown, error);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* The same domains, and the same failure, as without it. */
static void
test_ahead_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConnection) connection = open_fake (rows[i].uri);
    g_autoptr (GString) shown = g_string_new (NULL);
    GError *first = NULL, *second = NULL;

    ROW ("%s", rows[i].uri);
    g_assert_cmpuint (read_ahead (connection, &first), ==, count_lines (rows[i].expected));
    g_assert_cmpint (foreach_saved (connection, shown, &second), ==, rows[i].error == 0);
    g_assert_cmpstr (shown->str, ==, rows[i].expected);
    g_assert_cmpint (first != NULL, ==, rows[i].error != 0);
    if (rows[i].error == 0) {
      g_assert_no_error (second);
      continue;
    }
    g_assert_cmpstr (first->message, ==, second->message);
    test_assert_error (&first, rows[i].error, "");
    test_assert_error (&second, rows[i].error, "");
  }
}

/* What happens to a host that answers once, between reading ahead and asking. */
typedef enum { NOTHING, OTHER_FLAGS, ASKED, READ_AHEAD, DEFINED, METADATA } Between;

static void
do_between (MachtypeConnection *connection, Between between)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID ("1"), NULL);
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  switch (between) {
  case OTHER_FLAGS:
    g_assert_false (machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_NONE,
                                                        show_status, shown, &error));
    test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "asked again");
    break;
  case ASKED:
    g_assert_true (foreach_saved (connection, shown, NULL));
    host = machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, NULL);
    g_assert_cmpstr (machtype_host_get_uuid (host), ==, UUID ("9"));
    break;
  case READ_AHEAD:
    g_assert_cmpuint (read_ahead (connection, &error), ==, 0);
    test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "asked again");
    break;
  case DEFINED:
    g_assert_true (
        machtype_connection_define (connection, "<domain/>", MACHTYPE_DEFINE_NONE, NULL));
    break;
  case METADATA:
    g_assert_true (
        machtype_record_builder_set_machine (builder, "pc", NULL, MACHTYPE_SOURCE_DOMAIN, NULL));
    record = machtype_record_builder_end (builder);
    g_assert_true (
        machtype_connection_write_metadata (connection, record, MACHTYPE_DEFINE_NONE, NULL));
    break;
  default:
    break;
  }
}

/* Used once, with the same flags, and not after a change. */
static void
test_ahead_once (void)
{
  static const struct {
    Between between;
    gboolean is_kept;
  } cases[] = { { NOTHING, TRUE },     { OTHER_FLAGS, TRUE }, { ASKED, FALSE },
                { READ_AHEAD, FALSE }, { DEFINED, FALSE },    { METADATA, FALSE } };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypeConnection) connection = open_fake ("fake:once");
    g_autoptr (GString) shown = g_string_new (NULL);
    g_autoptr (MachtypeHost) host = NULL;
    GError *error = NULL;

    ROW ("%d", cases[i].between);
    g_assert_cmpuint (read_ahead (connection, NULL), ==, 1);
    do_between (connection, cases[i].between);
    host = machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, &error);
    g_assert_cmpint (host != NULL, ==, cases[i].is_kept);
    if (!cases[i].is_kept)
      test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "asked again");
    g_assert_cmpint (foreach_saved (connection, shown, &error), ==, cases[i].is_kept);
    if (!cases[i].is_kept)
      test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "asked again");
  }
}

/* A host that does not say what it offers is not asked for its domains; what was not read is asked
 * for. */
static void
test_ahead_no_host (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:no-host");
  g_autoptr (GString) shown = g_string_new (NULL);
  GError *error = NULL;

  g_assert_cmpuint (read_ahead (connection, &error), ==, 0);
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "no capabilities");
  g_assert_null (machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "no capabilities");
  g_assert_true (foreach_saved (connection, shown, &error));
  g_assert_cmpuint (count_lines (shown->str), ==, 1);
}

/* Without what the host offers, only its UUID is read. */
static void
test_ahead_uuid (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:once");
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeRecorder) recorder = machtype_recorder_new (store, NULL);
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  g_assert_true (machtype_connection_read_ahead (connection, MACHTYPE_READ_AHEAD_NONE,
                                                 MACHTYPE_DOMAIN_READ_DEVICES, NULL, &error));
  g_assert_null (machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "asked again");
  g_assert_true (machtype_recorder_run (recorder, connection, NULL, NULL, &error));
  g_assert_no_error (error);
  record = machtype_store_read_record (store, UUID ("1"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_host_uuid (record), ==, UUID ("9"));
}

static void
test_ahead_hangs (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:hangs");
  g_autoptr (GString) shown = g_string_new (NULL);
  GError *error = NULL;

  g_assert_cmpuint (read_ahead (connection, &error), ==, 1);
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "fake:hangs 500");
  g_assert_false (foreach_saved (connection, shown, &error));
  g_assert_cmpuint (count_lines (shown->str), ==, 1);
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "fake:hangs 500");
  g_assert_false (foreach_saved (connection, shown, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "earlier");
}

static void
test_ahead_flags (void)
{
  g_autoptr (MachtypeConnection) connection = open_fake ("fake:once");
  GError *error = NULL;
  guint n = 99;

  g_assert_false (machtype_connection_read_ahead (connection, (MachtypeReadAheadFlags)(1 << 1),
                                                  MACHTYPE_DOMAIN_READ_NONE, &n, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags");
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (machtype_connection_read_ahead (connection, MACHTYPE_READ_AHEAD_NONE,
                                                  (MachtypeDomainReadFlags)(1 << 2), &n, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-status/rows", test_rows);
  g_test_add_func ("/connection-status/one", test_one);
  g_test_add_func ("/connection-status/stop", test_stop);
  g_test_add_func ("/connection-status/hangs", test_hangs);
  g_test_add_func ("/connection-status/ahead-rows", test_ahead_rows);
  g_test_add_func ("/connection-status/ahead-once", test_ahead_once);
  g_test_add_func ("/connection-status/ahead-no-host", test_ahead_no_host);
  g_test_add_func ("/connection-status/ahead-uuid", test_ahead_uuid);
  g_test_add_func ("/connection-status/ahead-hangs", test_ahead_hangs);
  g_test_add_func ("/connection-status/ahead-flags", test_ahead_flags);
  return g_test_run ();
}
