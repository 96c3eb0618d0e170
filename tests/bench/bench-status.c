/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status of all domains of a host: through the library, and by a bare loop of the same libvirt
 * calls that reads nothing of what they return. On libvirt's test driver, in this process: next to
 * a daemon's answers, which take longer, reading would weigh less. */

#include "turns.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <machtype/connection.h>

#define TEST_NAMESPACE "http://libvirt.org/schemas/domain/test/1.0"

/* One domain in so many runs, and has a snapshot with RAM. */
#define RUNS_EACH 4
#define SNAPSHOT_EACH 50

static char *folder, *uri;
static guint n_domains;
static virConnect *bare;
static MachtypeConnection *connection;

/* What is found, in the order of libvirt; NULL: it is not asked. */
static GString *found;

static void
add_devices (GString *xml)
{
  guint i;

  g_string_append (xml, "<devices>");
  for (i = 0; i < 3; i++)
    g_string_append_printf (xml,
                            "<disk type='file' device='disk'><source file='/var/lib/libvirt/images/"
                            "disk%u.img'/><target dev='vd%c' bus='virtio'/></disk>",
                            i, 'a' + (int)i);
  for (i = 0; i < 2; i++)
    g_string_append_printf (xml,
                            "<interface type='network'><mac address='52:54:00:00:00:%02x'/><source "
                            "network='default'/><model type='virtio'/></interface>",
                            i);
  g_string_append (xml, "<console type='pty'/><input type='tablet' bus='usb'/><graphics "
                        "type='vnc' port='-1'/><video><model type='vga'/></video><memballoon "
                        "model='virtio'/></devices>");
}

static void
add_body (GString *xml, guint i, const char *machine)
{
  g_string_append_printf (xml,
                          "<name>guest%u</name><uuid>6f1d4b5e-0000-4000-8000-%012u</uuid><metadata>"
                          "<m:record xmlns:m='urn:libmachtype:record:1' machine='pc-q35-7.2' "
                          "arch='x86_64' asked='q35' source='image'/></metadata><memory "
                          "unit='MiB'>512</memory><vcpu>2</vcpu><os><type arch='x86_64' "
                          "machine='%s'>hvm</type></os><features><acpi/><apic/></features>",
                          i, i, machine);
  add_devices (xml);
}

static void
add_domain (GString *node, guint i)
{
  g_string_append_printf (node, "<domain type='test' xmlns:test='" TEST_NAMESPACE "'>");
  add_body (node, i, i % 3 == 0 ? "pc-i440fx-6.2" : "pc-q35-7.2");
  g_string_append_printf (node, "<test:runstate>%d</test:runstate>",
                          i % RUNS_EACH == 0 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF);
  if (i % SNAPSHOT_EACH == 0) {
    g_string_append (node, "<test:domainsnapshot><name>before</name><state>running</state>"
                           "<creationTime>1</creationTime><memory snapshot='internal'/><domain "
                           "type='test'>");
    add_body (node, i, "pc-q35-6.2");
    g_string_append (node, "</domain><active>0</active></test:domainsnapshot>");
  }
  g_string_append (node, "</domain>");
}

static void
add_found (const char *what, const MachtypeDomain *domain)
{
  if (found != NULL && domain != NULL)
    g_string_append_printf (found, " %s %s", what, machtype_domain_get_machine (domain));
}

static gboolean
on_status (MachtypeDomainStatus *status, gpointer data)
{
  g_autoptr (GPtrArray) snapshots = NULL;
  guint *n = data, i;

  ++*n;
  if (found == NULL)
    return TRUE;
  g_string_append_printf (found, "\n%s %d", machtype_domain_status_get_uuid (status),
                          machtype_domain_status_is_persistent (status));
  add_found ("defined", machtype_domain_status_get_definition (status));
  add_found ("running", machtype_domain_status_get_running (status));
  snapshots = machtype_domain_status_list_snapshots (status);
  for (i = 0; i < snapshots->len; i++)
    add_found (machtype_domain_snapshot_get_name (snapshots->pdata[i]),
               machtype_domain_snapshot_get_domain (snapshots->pdata[i]));
  return TRUE;
}

static void
run_library (gpointer data)
{
  GError *error = NULL;
  guint n = 0;

  (void)data;
  if (!machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_SAVED, on_status, &n,
                                           &error))
    g_error ("%s", error->message);
  g_assert (n == n_domains);
}

static int
count_all (unsigned int filter)
{
  virDomain **domains = NULL;
  int i, n = virConnectListAllDomains (bare, &domains, filter);

  g_assert (n >= 0);
  for (i = 0; i < n; i++)
    virDomainFree (domains[i]);
  free (domains);
  return n;
}

/* Reads it only for the check. */
static void
take_xml (const char *what, char *xml)
{
  g_autoptr (GPtrArray) contained = NULL;
  g_autoptr (MachtypeDomain) domain = NULL;

  g_assert (xml != NULL);
  if (found != NULL) {
    contained = machtype_domain_list_contained (xml, -1, NULL);
    domain = machtype_domain_new_from_xml (machtype_contained_domain_get_xml (contained->pdata[0]),
                                           -1, MACHTYPE_DOMAIN_READ_NONE, NULL);
    add_found (what, domain);
  }
  free (xml);
}

static void
take_snapshots (virDomain *domain)
{
  virDomainSnapshot **snapshots = NULL;
  int i, n = virDomainListAllSnapshots (domain, &snapshots, 0);

  g_assert (n > 0);
  for (i = 0; i < n; i++) {
    take_xml (virDomainSnapshotGetName (snapshots[i]),
              virDomainSnapshotGetXMLDesc (snapshots[i], 0));
    virDomainSnapshotFree (snapshots[i]);
  }
  free (snapshots);
}

static void
take_domain (virDomain *domain, int state)
{
  char uuid[VIR_UUID_STRING_BUFLEN];

  g_assert (virDomainGetUUIDString (domain, uuid) == 0);
  if (found != NULL)
    g_string_append_printf (found, "\n%s 1", uuid);
  take_xml ("defined", virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_INACTIVE));
  if (state != VIR_DOMAIN_SHUTOFF)
    take_xml ("running", virDomainGetXMLDesc (domain, 0));
  if (strtoul (virDomainGetName (domain) + strlen ("guest"), NULL, 10) % SNAPSHOT_EACH == 0)
    take_snapshots (domain);
}

static void
take_one_by_one (void)
{
  virDomain **domains = NULL;
  int i, n = virConnectListAllDomains (bare, &domains, 0);

  g_assert (n == (int)n_domains);
  for (i = 0; i < n; i++) {
    int state = VIR_DOMAIN_NOSTATE;

    virDomainGetState (domains[i], &state, NULL, 0);
    take_domain (domains[i], state);
    virDomainFree (domains[i]);
  }
  free (domains);
}

static void
run_bare (gpointer data)
{
  virDomainStatsRecord **records = NULL;
  int i, n;

  (void)data;
  g_assert (count_all (VIR_CONNECT_LIST_DOMAINS_TRANSIENT) == 0);
  g_assert (count_all (VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE) == 0);
  g_assert (count_all (VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT) > 0);
  n = virConnectGetAllDomainStats (bare, VIR_DOMAIN_STATS_STATE, &records, 0);
  if (n < 0) {
    take_one_by_one ();
    return;
  }
  g_assert (n == (int)n_domains);
  for (i = 0; i < n; i++) {
    int state = VIR_DOMAIN_NOSTATE;

    virTypedParamsGetInt (records[i]->params, records[i]->nparams, "state.state", &state);
    take_domain (records[i]->dom, state);
  }
  virDomainStatsRecordListFree (records);
}

static char *
dup_found (void (*run) (gpointer))
{
  char *text;

  found = g_string_new (NULL);
  run (NULL);
  text = g_string_free (found, FALSE);
  found = NULL;
  return text;
}

static void
check_equal (void)
{
  g_autofree char *library = dup_found (run_library), *loop = dup_found (run_bare);

  if (strcmp (library, loop) != 0)
    g_error ("unequal work: %.200s\n%.200s", library, loop);
  g_assert (strstr (library, "before pc-q35-6.2") != NULL);
}

static void
set_up (void)
{
  g_autoptr (GString) node = g_string_new ("<node>");
  g_autofree char *path = NULL;
  GError *error = NULL;
  guint i;

  folder = g_dir_make_tmp ("bench-status-XXXXXX", &error);
  path = g_build_filename (folder, "node.xml", NULL);
  for (i = 0; i < n_domains; i++)
    add_domain (node, i);
  g_string_append (node, "</node>");
  if (!g_file_set_contents (path, node->str, -1, &error))
    g_error ("%s", error->message);
  uri = g_strconcat ("test://", path, NULL);
  connection = machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_NONE, 60000, &error);
  if (connection == NULL)
    g_error ("%s", error->message);
  bare = virConnectOpen (uri);
  g_assert (bare != NULL);
  g_unlink (path);
}

static void
tear_down (void)
{
  virConnectClose (bare);
  machtype_connection_unref (connection);
  g_rmdir (folder);
  g_free (folder);
  g_free (uri);
}

/* The test driver does not implement everything: that is not of interest here. */
static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

int
main (int argc, char **argv)
{
  gint domains = 5000;
  const GOptionEntry entries[] = { { "domains", 0, 0, G_OPTION_ARG_INT, &domains,
                                     "how many the host has", "N" },
                                   G_OPTION_ENTRY_NULL };
  BenchTable *table = bench_table_new ("status", 100, entries, argc, argv);
  BenchTurn turns[] = { { .run = run_library }, { .run = run_bare } };

  n_domains = bench_table_is_verified (table) ? 100 : (guint)domains;
  turns[0].operations = turns[1].operations = n_domains;
  virSetErrorFunc (NULL, ignore_error);
  set_up ();
  check_equal ();
  bench_take_turns (table, turns, G_N_ELEMENTS (turns), (guint)bench_table_get_rounds (table));
  bench_table_add (table, "foreach_status", &turns[0], NULL, 0);
  bench_table_add (table, "  bare loop of the same calls", &turns[1], &turns[0], 1.2);
  tear_down ();
  return bench_table_end (table);
}
