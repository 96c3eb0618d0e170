/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of which records an audit says that their host has no domain: hosts that could not be opened, and
 * hosts that have one name. */

#include "test.h"

#include "audit-run.h"

/* A host that could not be opened has no name; but its URI names a machine. */
static void
test_failed (void)
{
  static const struct {
    const char *answered, *also, *failed; /* URIs; NULL: none, or not known */
    gboolean is_missing;
  } rows[] = {
    { "qemu:///system", NULL, NULL, TRUE },
    { "qemu:///system", NULL, "qemu:///session", FALSE },
    { "qemu+unix:///system?socket=/a@b", NULL, "test:///default", FALSE },
    { "qemu:///system", NULL, "qemu+ssh://b/system", TRUE },
    { "qemu+ssh://b/system", NULL, "qemu:///system", TRUE },
    { "qemu+ssh://root@b:22/system", NULL, "qemu+tls://b/system", FALSE },
    { "qemu+ssh://root@b:22/system", NULL, "qemu+tls://b2/system", TRUE },
    { "qemu+ssh://[fe80::1]:22/system", NULL, "qemu+ssh://[fe80::1]/session", FALSE },
    { "qemu+ssh://[fe80::1]:22/system", NULL, "qemu+ssh://[fe80::2]/session", TRUE },
    { NULL, NULL, "qemu:///system", TRUE },
    { "qemu+ssh://b/system", "qemu:///system", "qemu:///session", FALSE },
    { "qemu:///system", "qemu+ssh://b/system", "qemu:///session", FALSE },
    { "qemu:///system", "qemu+ssh://b/system", "qemu+ssh://c/system", TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Stored stored = { .arch = X86, .machine = SAME, .host = "a", .state = "active" };
    GError *error = NULL;
    g_auto (Run) run;

    ROW ("%s, %s, failed %s", rows[i].answered, rows[i].also, rows[i].failed);
    run_init (&run);
    run_store_record (run.store, &stored);
    g_assert_true (machtype_audit_begin_host (run.audit, "a", rows[i].answered, NULL, &error));
    machtype_audit_end_host (run.audit);
    if (rows[i].also != NULL) {
      g_assert_true (machtype_audit_begin_host (run.audit, "a", rows[i].also, NULL, &error));
      machtype_audit_end_host (run.audit);
    }
    if (rows[i].failed != NULL)
      machtype_audit_add_failure (run.audit, rows[i].failed);
    run_check_records (&run);
    g_assert_no_error (error);
    g_assert_cmpuint (run.entries->len, ==, rows[i].is_missing);
  }
}

#define HOST_UUID "9b4f5f2e-5a4b-4f0e-8d3c-0a1b2c3d4e5f"
#define OTHER_HOST_UUID "11111111-5a4b-4f0e-8d3c-0a1b2c3d4e5f"

static MachtypeHost *
make_identified (const char *uuid)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *identity =
      uuid != NULL ? g_strdup_printf ("<uuid>%s</uuid>", uuid) : g_strdup ("");
  g_autofree char *xml = g_strdup_printf (
      "<capabilities><host>%s<cpu><arch>x86_64</arch></cpu></host></capabilities>", identity);
  MachtypeHost *host;
  GError *error = NULL;

  g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, &error));
  machtype_host_builder_set_versions (builder, 7002022, 9000000);
  host = machtype_host_builder_end (builder);
  g_assert_no_error (error);
  return host;
}

/* Hosts can have one name. Without a UUID in its firmware, one has a new UUID at each start of
 * libvirtd: then its versions say whether it is the same. */
static void
test_namesake (void)
{
  static const struct {
    const char *name, *recorded, *asked; /* UUIDs; NULL: not known */
    guint64 qemu;
    gboolean is_missing;
  } rows[] = {
    { "a", HOST_UUID, HOST_UUID, 6002000, TRUE },
    { "a", HOST_UUID, "9B4F5F2E-5A4B-4F0E-8D3C-0A1B2C3D4E5F", 6002000, TRUE },
    { "a", NULL, HOST_UUID, 6002000, TRUE },
    { "a", HOST_UUID, NULL, 6002000, TRUE },
    { "a", OTHER_HOST_UUID, HOST_UUID, 6002000, FALSE },
    { "a", OTHER_HOST_UUID, HOST_UUID, 7002022, TRUE },
    { "a", OTHER_HOST_UUID, HOST_UUID, 0, FALSE },
    { "localhost", OTHER_HOST_UUID, HOST_UUID, 7002022, FALSE },
    { "localhost.localdomain", HOST_UUID, HOST_UUID, 7002022, TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, NULL);
    g_autoptr (MachtypeHost) host = make_identified (rows[i].asked);
    g_autoptr (MachtypeRecord) record = NULL, added = NULL;
    GError *error = NULL;
    g_auto (Run) run;

    ROW ("%s: %s, %s, %" G_GUINT64_FORMAT, rows[i].name, rows[i].recorded, rows[i].asked,
         rows[i].qemu);
    run_init (&run);
    g_assert_true (
        machtype_record_builder_set_host (builder, rows[i].name, rows[i].recorded, &error));
    machtype_record_builder_set_versions (builder, rows[i].qemu, 9000000);
    machtype_record_builder_set_machine (builder, SAME, NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
    record = machtype_record_builder_end (builder);
    added = machtype_store_add (run.store, record, NULL, &error);
    g_assert_true (
        machtype_audit_begin_host (run.audit, rows[i].name, "qemu:///system", host, &error));
    machtype_audit_end_host (run.audit);
    run_check_records (&run);
    g_assert_no_error (error);
    g_assert_cmpuint (run.entries->len, ==, rows[i].is_missing);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit-hosts/failed", test_failed);
  g_test_add_func ("/audit-hosts/namesake", test_namesake);
  return g_test_run ();
}
