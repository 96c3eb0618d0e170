/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test.h"

#include <string.h>

#define UUID "0b6f7c1a-52f4-4a0e-9c55-1f0e2a7d9b01"
#define X86 MACHTYPE_ARCH_X86_64
#define YES MACHTYPE_ANSWER_YES
#define NO MACHTYPE_ANSWER_NO
#define MAYBE MACHTYPE_ANSWER_UNKNOWN

/* One guest between two platforms, or with MACHTYPE_ANSWER_YES for its CPU unless a row says so. */
typedef struct {
  const char *source, *target; /* NULL: unknown; of the target never */
  const char *arch, *machine;
  const char *domain_type;
  const char *devices;
  gboolean is_running, has_saved;
  guint n_snapshots;
  MachtypeAnswer cpu, live, cold;
  const char *codes;
  const char *words; /* in the remedies; NULL: any */
} Row;

static const Row rows[] = {
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, YES, YES, YES, "",
    NULL },
  { "debian-13", "debian-12", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, YES, YES, YES, "",
    NULL },
  { "debian-13", "debian-12", "x86_64", "pc-q35-10.0", "kvm", "", TRUE, FALSE, 0, YES, NO, NO,
    "not-offered", "use a host that offers it" },
  { "debian-12", "debian-13/backports", "x86_64", "pc-q35-2.12", "qemu", "", TRUE, FALSE, 0, YES,
    NO, NO, "not-offered", "update-machine-type " UUID " pc-q35-7.2" },
  { NULL, "debian-13/backports", "x86_64", "pc-q35-2.12", "qemu", "", FALSE, FALSE, 0, YES, NO, NO,
    "not-offered", "pc-q35-11.1" },
  /* A type that only the target has does not help */
  { "proxmox-8.4", "proxmox-9.2", "x86_64", "pc-q35-2.12", "kvm", "", TRUE, FALSE, 0, YES, NO, NO,
    "not-offered", "update-machine-type " UUID " pc-q35-9.2" },
  /* Vendors */
  { "rhel-9.6", "fedora-43", "x86_64", "pc-q35-rhel9.6.0", "kvm", "", TRUE, FALSE, 0, YES, NO, NO,
    "not-offered vendor-differs", NULL },
  { "fedora-43", "rhel-10", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, YES, NO, NO,
    "not-offered vendor-differs", NULL },
  { "debian-12", "ubuntu-24.04", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, YES, YES, YES,
    "vendor-differs", NULL },
  { "ubuntu-24.04", "ubuntu-26.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES, YES,
    YES, "", NULL },
  { "rhel-9.6", "rocky-9.6", "x86_64", "pc-q35-rhel9.6.0", "kvm", "", TRUE, FALSE, 0, YES, YES, YES,
    "", NULL },
  /* What the vendor publishes of two releases: a remark */
  { "ubuntu-26.04", "ubuntu-24.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES, YES,
    YES, "vendor-unsupported", "migrate it cold\n" },
  { "ubuntu-24.04", "ubuntu-25.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES, YES,
    YES, "vendor-unsupported", "migrate it cold, or migrate it live by way of ubuntu-24.10\n" },
  { "ubuntu-26.04", "ubuntu-26.04/hwe", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES,
    YES, YES, "", NULL },
  { "ubuntu-24.04", "ubuntu-24.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES, YES,
    YES, "", NULL },
  { "ubuntu-26.04", "ubuntu-25.10", "x86_64", "pc-q35-resolute", "kvm", "", TRUE, FALSE, 0, YES, NO,
    NO, "not-offered vendor-unsupported", "\ndo what the other reasons say, then" },
  { "proxmox-8.4", "proxmox-9.2", "x86_64", "pc-q35-9.2+pve1", "kvm", "", TRUE, FALSE, 0, YES, YES,
    YES, "", NULL },
  { "proxmox-9.2", "proxmox-8.4", "x86_64", "pc-q35-9.2+pve1", "kvm", "", FALSE, FALSE, 0, YES, YES,
    YES, "vendor-unsupported", "migrate it cold\n" },
  { "sles-15.7", "sles-15.6", "x86_64", "pc-q35-7.1", "kvm", "", TRUE, FALSE, 0, YES, MAYBE, MAYBE,
    "offer-unknown vendor-unsupported", "\ndo what the other reasons say, then" },
  { "ubuntu-26.04", "ubuntu-24.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, NO, NO, NO,
    "cpu-incompatible vendor-unsupported", "\ndo what the other reasons say, then" },
  { "rhel-9.6", "rhel-9.4", "x86_64", "pc-q35-rhel9.4.0", "kvm", "", TRUE, FALSE, 0, YES, YES, YES,
    "", NULL },
  { NULL, "ubuntu-24.04", "x86_64", "pc-q35-noble", "kvm", "", TRUE, FALSE, 0, YES, YES, YES, "",
    NULL },
  /* Nothing is known */
  { "debian-12", "opensuse-tumbleweed", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, YES,
    MAYBE, MAYBE, "offer-unknown", "ask the target itself" },
  /* An alias, as only other tools leave it */
  { "debian-12", "debian-13", "x86_64", "q35", "qemu", "", FALSE, FALSE, 0, YES, NO, NO,
    "alias-differs", UUID " pc-q35-7.2 --pin" },
  { "debian-13", "debian-12/backports", "x86_64", "q35", "qemu", "", FALSE, FALSE, 0, YES, YES, YES,
    "", NULL },
  { NULL, "debian-13", "x86_64", "q35", "qemu", "", FALSE, FALSE, 0, YES, MAYBE, MAYBE,
    "alias-unknown", "--pin" },
  /* What is saved */
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "qemu", "", FALSE, TRUE, 0, YES, YES, NO,
    "saved-state", "managedsave-remove " UUID },
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "qemu", "", TRUE, FALSE, 2, YES, NO, NO,
    "snapshots", "snapshot-delete " UUID },
  /* Devices: of both hosts, of one, and of the host itself */
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "qemu",
    "<disk type='file' device='disk'><source file='/a'/><target dev='hda' bus='ide'/></disk>",
    FALSE, FALSE, 0, YES, YES, YES, "", NULL },
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "kvm",
    "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='0' "
    "function='0'/></source></hostdev>",
    TRUE, FALSE, 0, YES, MAYBE, YES, "host-bound", "migrate cold" },
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "kvm",
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source>"
    "</hostdev>",
    TRUE, FALSE, 0, YES, YES, YES, "", NULL },
  /* libvirt moves its own watchdog of q35 only with another action */
  { "debian-13", "debian-12", "x86_64", "pc-q35-7.2", "qemu",
    "<watchdog model='itco' action='reset'/>", TRUE, FALSE, 0, YES, YES, YES, "", NULL },
  { "debian-13", "debian-12", "x86_64", "pc-q35-7.2", "qemu",
    "<watchdog model='itco' action='poweroff'/>", TRUE, FALSE, 0, YES, NO, NO, "device", NULL },
  /* The CPU */
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, NO, NO, NO,
    "cpu-incompatible", "hypervisor-cpu-baseline" },
  { "debian-12", "debian-13", "x86_64", "pc-q35-7.2", "kvm", "", TRUE, FALSE, 0, MAYBE, YES, YES,
    "cpu-not-checked", NULL },
  /* What is emulated by another QEMU is not loaded */
  { "debian-12", "debian-13", "aarch64", "virt-7.2", "qemu", "", TRUE, FALSE, 0, YES, NO, YES,
    "emulation-differs", "migrate it cold" },
  { "debian-12/backports", "debian-12", "armv7l", "virt-7.2", "qemu", "", FALSE, FALSE, 0, YES, NO,
    YES, "emulation-differs", NULL },
  { "debian-13", "debian-13/backports", "aarch64", "virt-7.2", "qemu", "", TRUE, FALSE, 0, YES,
    MAYBE, YES, "emulation-unknown", "migrate it cold" },
  { NULL, "debian-13", "aarch64", "virt-7.2", "qemu", "", TRUE, FALSE, 0, YES, MAYBE, YES,
    "emulation-unknown", NULL },
  { "debian-13", "debian-12/backports", "aarch64", "virt-7.2", "qemu", "", TRUE, FALSE, 0, YES, YES,
    YES, "", NULL },
  { "debian-12", "debian-13", "aarch64", "virt-7.2", "kvm", "", TRUE, FALSE, 0, YES, NO, NO,
    "not-offered", NULL },
  { "debian-12", "debian-13", "riscv64", "virt", "qemu", "", TRUE, FALSE, 0, YES, NO, YES,
    "emulation-differs", NULL },
  { "debian-13", "debian-12", "ppc64le", "pseries-7.2", "qemu", "", TRUE, FALSE, 0, YES, NO, YES,
    "emulation-differs", NULL },
  { "debian-12", "debian-13", "ppc64le", "pseries-7.2", "qemu", "", TRUE, FALSE, 0, YES, MAYBE, YES,
    "emulation-unknown", NULL },
  { "debian-12", "debian-13", "s390x", "s390-ccw-virtio-7.2", "qemu", "", TRUE, FALSE, 0, YES, YES,
    YES, "", NULL },
  /* Several at once: no is not unknown again */
  { "debian-12", "debian-13/backports", "x86_64", "pc-q35-2.12", "kvm",
    "<hostdev mode='subsystem' type='pci'/>", TRUE, FALSE, 1, NO, NO, NO,
    "not-offered snapshots host-bound cpu-incompatible", NULL },
};

static char *
make_xml (const Row *row)
{
  return g_strdup_printf ("<domain type='%s'><name>web</name><uuid>" UUID "</uuid>"
                          "<memory>1048576</memory><os><type arch='%s' machine='%s'>hvm</type></os>"
                          "<devices>%s</devices></domain>",
                          row->domain_type, row->arch, row->machine, row->devices);
}

static MachtypeDomainStatus *
make_status (const Row *row, const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeDomainStatusBuilder) builder =
      machtype_domain_status_builder_new (UUID, MACHTYPE_DOMAIN_READ_NONE, &error);
  guint i;

  g_assert_no_error (error);
  machtype_domain_status_builder_set_definition (builder, xml, -1, &error);
  g_assert_no_error (error);
  if (row->is_running)
    machtype_domain_status_builder_set_running (builder, xml, -1, &error);
  machtype_domain_status_builder_set_has_saved_state (builder, row->has_saved);
  for (i = 0; i < row->n_snapshots; i++) {
    g_autofree char *snapshot =
        g_strdup_printf ("<domainsnapshot><name>s%u</name>%s</domainsnapshot>", i, xml);

    machtype_domain_status_builder_add_snapshot (builder, snapshot, -1, &error);
  }
  g_assert_no_error (error);
  return machtype_domain_status_builder_end (builder);
}

static MachtypeHost *
make_host (const char *platform)
{
  g_autoptr (GError) error = NULL;
  MachtypeHost *host =
      platform != NULL ? machtype_host_new_for_platform (platform, X86, &error) : NULL;

  g_assert_no_error (error);
  return host;
}

static char *
join_remedies (const MachtypeMigration *migration)
{
  g_autoptr (GPtrArray) findings = machtype_migration_list_findings (migration);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const char *remedy = machtype_finding_get_remedy (findings->pdata[i]);

    g_assert_nonnull (remedy);
    g_string_append_printf (text, "%s\n", remedy);
  }
  return g_string_free (text, FALSE);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    g_autofree char *xml = make_xml (row), *codes = NULL, *remedies = NULL;
    g_autoptr (MachtypeDomainStatus) status = make_status (row, xml);
    g_autoptr (MachtypeHost) source = make_host (row->source), target = make_host (row->target);
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeMigration) migration =
        machtype_migration_check (status, xml, source, target, row->cpu, &error);

    ROW ("%" G_GSIZE_FORMAT ": %s from %s to %s", i, row->machine, row->source, row->target);
    g_assert_no_error (error);
    codes = test_join_codes (machtype_migration_list_findings (migration));
    g_assert_cmpstr (codes, ==, row->codes);
    g_assert_cmpint (machtype_migration_get_live (migration), ==, row->live);
    g_assert_cmpint (machtype_migration_get_cold (migration), ==, row->cold);
    g_assert_cmpint (machtype_migration_is_running (migration), ==, row->is_running);
    g_assert_cmpstr (machtype_migration_get_machine (migration), ==, row->machine);
    remedies = join_remedies (migration);
    if (row->words != NULL)
      g_assert_nonnull (strstr (remedies, row->words));
  }
}

static MachtypeHost *
make_version (const char *arch, guint64 qemu)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = g_strdup_printf (
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
      "<arch name='%s'><emulator>/usr/bin/qemu-system</emulator>"
      "<machine>virt-7.2</machine><domain type='qemu'/></arch></guest></capabilities>",
      arch);

  machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
  machtype_host_builder_set_versions (builder, qemu, 9000000);
  return machtype_host_builder_end (builder);
}

/* Fixes of one release matter, too, and of some architectures the direction. */
static void
test_emulation (void)
{
  static const struct {
    char arch[12];
    guint64 source, target;
    MachtypeAnswer live;
  } pairs[] = {
    { "aarch64", 10000002, 10000002, YES },
    { "aarch64", 10000002, 10000013, MAYBE },
    { "aarch64", 7002022, 10000013, NO },
    { "aarch64", 10000013, 7002022, NO },
    { "aarch64", 11001003, 7002022, NO },
    { "aarch64", 11001003, 10000013, NO },
    { "aarch64", 7002022, 11001003, MAYBE },
    { "aarch64", 0, 10000013, NO }, /* by its types, it is 7.2 */
    { "riscv64", 7002022, 11001003, NO },
    { "riscv64", 8002000, 9000000, MAYBE },
    { "mips64el", 11001003, 10000002, NO },
    { "ppc64", 7002022, 10000002, NO },
    { "ppc64", 7002022, 10000013, MAYBE },
    { "ppc64", 10000013, 10000002, NO },
    { "ppc64", 10000002, 10000013, MAYBE },
    { "ppc64", 11001003, 10000002, NO },
    /* A platform's version: which fix it has is open. */
    { "ppc64", 10000000, 10000000, MAYBE },
    { "ppc64", 10000002, 10000002, YES },
    { "ppc64", 11001000, 11001000, YES },
    { "aarch64", 10000000, 10000000, YES },
    { "s390x", 7002022, 11001003, YES },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pairs); i++) {
    const Row row = {
      .arch = pairs[i].arch, .machine = "virt-7.2", .domain_type = "qemu", .devices = ""
    };
    g_autofree char *xml = make_xml (&row);
    g_autoptr (MachtypeDomainStatus) status = make_status (&row, xml);
    g_autoptr (MachtypeHost) source = make_version (row.arch, pairs[i].source);
    g_autoptr (MachtypeHost) target = make_version (row.arch, pairs[i].target);
    g_autoptr (MachtypeMigration) migration =
        machtype_migration_check (status, NULL, source, target, YES, NULL);

    ROW ("%s: %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, row.arch, pairs[i].source,
         pairs[i].target);
    g_assert_cmpint (machtype_migration_get_live (migration), ==, pairs[i].live);
    g_assert_cmpint (machtype_migration_get_cold (migration), ==, YES);
  }
}

static MachtypeHost *
make_real (const char *uuid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = g_strdup_printf (
      "<capabilities><host><uuid>%s</uuid><cpu><arch>x86_64</arch></cpu></host><guest>"
      "<os_type>hvm</os_type><arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator>"
      "<machine>pc-q35-7.2</machine><domain type='qemu'/></arch></guest></capabilities>",
      uuid);

  machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
  return machtype_host_builder_end (builder);
}

/* Who publishes it stands in the message, for people, and in the source. */
static void
test_support (void)
{
  const Row row = {
    .arch = "x86_64", .machine = "pc-q35-noble", .domain_type = "kvm", .devices = ""
  };
  g_autofree char *xml = make_xml (&row);
  g_autoptr (MachtypeDomainStatus) status = make_status (&row, xml);
  g_autoptr (MachtypeHost) source = make_host ("ubuntu-26.04"), target = make_host ("ubuntu-24.04");
  g_autoptr (MachtypeMigration) migration =
      machtype_migration_check (status, xml, source, target, YES, NULL);
  g_autoptr (GPtrArray) findings = machtype_migration_list_findings (migration);
  const MachtypeFinding *finding = findings->pdata[0];

  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpint (machtype_finding_get_severity (finding), ==, MACHTYPE_SEVERITY_WARNING);
  g_assert_cmpstr (machtype_finding_get_source (finding), ==,
                   "Ubuntu's wiki, page QemuKVMMigration, Support matrix; read 2026-12-02");
  g_assert_cmpstr (
      machtype_finding_get_message (finding), ==,
      "Ubuntu does not support live migration from ubuntu-26.04 to ubuntu-24.04 "
      "(source: Ubuntu's wiki, page QemuKVMMigration, Support matrix; read 2026-12-02)");
}

/* libvirt compares the UUIDs of hosts, whatever they are called. */
static void
test_same_host (void)
{
  const Row row = {
    .arch = "x86_64", .machine = "pc-q35-7.2", .domain_type = "qemu", .devices = ""
  };
  g_autofree char *xml = make_xml (&row), *codes = NULL;
  g_autoptr (MachtypeDomainStatus) status = make_status (&row, xml);
  g_autoptr (MachtypeHost) a = make_real (UUID), b = make_real (UUID);
  g_autoptr (MachtypeHost) c = make_real ("0b6f7c1a-52f4-4a0e-9c55-1f0e2a7d9b02");
  g_autoptr (MachtypeMigration) same = machtype_migration_check (status, xml, a, b, YES, NULL);
  g_autoptr (MachtypeMigration) other = machtype_migration_check (status, xml, a, c, YES, NULL);

  codes = test_join_codes (machtype_migration_list_findings (same));
  g_assert_cmpstr (codes, ==, "same-host");
  g_assert_cmpint (machtype_migration_get_live (same), ==, NO);
  g_assert_cmpint (machtype_migration_get_live (other), ==, YES);
  g_assert_false (machtype_migration_equal (same, other));
  g_assert_true (machtype_migration_equal (other, other));
  g_assert_cmpuint (machtype_migration_hash (other), ==, machtype_migration_hash (other));
}

/* kvm is not everywhere, whatever the machine type is. */
static void
test_domain_type (void)
{
  const Row row = { .arch = "x86_64",
                    .machine = "pc-q35-7.2",
                    .domain_type = "kvm",
                    .devices = "",
                    .is_running = TRUE };
  g_autofree char *xml = make_xml (&row), *codes = NULL;
  g_autoptr (MachtypeDomainStatus) status = make_status (&row, xml);
  g_autoptr (MachtypeHost) target = make_real (UUID);
  g_autoptr (MachtypeMigration) migration =
      machtype_migration_check (status, xml, NULL, target, YES, NULL);

  codes = test_join_codes (machtype_migration_list_findings (migration));
  g_assert_nonnull (strstr (codes, "not-offered"));
  g_assert_cmpint (machtype_migration_get_live (migration), ==, NO);
}

static void
test_errors (void)
{
  static const char *const texts[] = { "", "<domain", "<network/>", "<!DOCTYPE domain><domain/>" };
  const Row row = {
    .arch = "x86_64", .machine = "pc-q35-7.2", .domain_type = "kvm", .devices = ""
  };
  g_autofree char *xml = make_xml (&row);
  g_autoptr (MachtypeDomainStatus) status = make_status (&row, xml);
  g_autoptr (MachtypeHost) target = make_host ("debian-13");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    ROW ("%s", texts[i]);
    g_assert_null (machtype_migration_check (status, texts[i], NULL, target, YES, &error));
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
  }
}

static void
test_json (void)
{
  g_autofree char *xml = make_xml (&rows[2]), *json = NULL;
  g_autoptr (MachtypeDomainStatus) status = make_status (&rows[2], xml);
  g_autoptr (MachtypeHost) target = make_host ("debian-12");
  g_autoptr (MachtypeMigration) migration =
      machtype_migration_check (status, NULL, NULL, target, YES, NULL);

  json = machtype_migration_to_json (migration);
  g_assert_nonnull (strstr (
      json, "\"uuid\":\"" UUID "\",\"name\":\"web\",\"machine\":\"pc-q35-10.0\",\"running\":true,"
            "\"live\":\"no\",\"cold\":\"no\",\"findings\":[{\"code\":"
            "\"not-offered\",\"severity\":\"error\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migration/rows", test_rows);
  g_test_add_func ("/migration/emulation", test_emulation);
  g_test_add_func ("/migration/support", test_support);
  g_test_add_func ("/migration/same-host", test_same_host);
  g_test_add_func ("/migration/domain-type", test_domain_type);
  g_test_add_func ("/migration/errors", test_errors);
  g_test_add_func ("/migration/json", test_json);
  return g_test_run ();
}
