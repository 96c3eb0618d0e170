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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-status/rows", test_rows);
  g_test_add_func ("/connection-status/one", test_one);
  g_test_add_func ("/connection-status/stop", test_stop);
  g_test_add_func ("/connection-status/hangs", test_hangs);
  return g_test_run ();
}
