/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "host/host-private.h"

static gboolean
set_file (MachtypeHostBuilder *builder, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename ("hosts", file, NULL), *xml = NULL;
  gsize length;

  xml = test_read (path, &length);
  return machtype_host_builder_set_capabilities (builder, xml, (gssize)length, error);
}

static gboolean
add_file (MachtypeHostBuilder *builder, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename ("hosts", file, NULL), *xml = NULL;
  gsize length;

  xml = test_read (path, &length);
  return machtype_host_builder_add_domain_capabilities (builder, xml, (gssize)length, error);
}

/* What a host offers for an architecture, on one line: domain types, the best of them, its
 * emulator, then "name=canonical:max CPUs!", where "!" means deprecated and "+" that the host says
 * it is not. */
static char *
describe (MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  static const char marks[][2] = { "", "+", "!" };
  g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, arch, domain_type);
  g_auto (GStrv) types = machtype_host_dup_domain_types (host, arch);
  g_autofree char *joined = g_strjoinv (",", types);
  const char *best = machtype_host_get_domain_type (host, arch);
  const char *emulator = machtype_host_get_emulator (host, arch, domain_type);
  GString *text = g_string_new (NULL);
  guint i;

  g_string_printf (text, "%s>%s|%s|", joined, best != NULL ? best : "-",
                   emulator != NULL ? emulator : "-");
  for (i = 0; i < machines->len; i++) {
    const MachtypeMachine *m = machines->pdata[i];
    const char *canonical = machtype_machine_get_canonical (m);

    g_string_append_printf (text, "%s%s%s%s:%u%s", i != 0 ? " " : "", machtype_machine_get_name (m),
                            canonical != NULL ? "=" : "", canonical != NULL ? canonical : "",
                            machtype_machine_get_max_cpus (m),
                            marks[machtype_machine_get_deprecated (m)]);
  }
  return g_string_free (text, FALSE);
}

typedef struct {
  const char *file;
  MachtypeArch host_arch, arch;
  const char *domain_type; /* NULL: the best */
  const char *expected;
} ShapeRow;

static const ShapeRow shapes[] = {
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL,
    "qemu,kvm>kvm|/usr/bin/qemu-system-x86_64|pc-i440fx-7.2:255+ pc=pc-i440fx-7.2:255+ "
    "pc-q35-7.2:288+ q35=pc-q35-7.2:288+ pc-q35-6.2:288+ pc-q35-5.2:288+ pc-i440fx-6.2:255+ "
    "pc-i440fx-1.7:255! isapc:1+ microvm:288+" },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_AARCH64, NULL,
    "qemu>qemu|/usr/bin/qemu-system-aarch64|virt-7.2:512+ virt=virt-7.2:512+ virt-6.2:512+ "
    "raspi3b:4+" },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_RISCV64, NULL,
    "qemu>qemu|/usr/bin/qemu-system-riscv64|virt:512+ spike:8+" },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_ARMV7L, NULL, ">-|-|" },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_UNKNOWN, NULL, ">-|-|" },
  { "alias-only.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL,
    "qemu,kvm>kvm|/usr/libexec/qemu-kvm|pc-i440fx-rhel7.0.0:240+ pc=pc-i440fx-rhel7.1.0:240! "
    "q35=pc-q35-rhel7.1.0:8+ rhel6.6.0:240+" },
  { "alias-first.xml", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_S390X, NULL,
    "qemu,kvm>kvm|/usr/bin/qemu-kvm|s390-ccw-virtio=s390-ccw-virtio-2.12:248 "
    "s390-ccw-virtio-2.12:248 s390-ccw-virtio-2.4:248" },
  { "alias-first.xml", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_S390X, "qemu",
    "qemu,kvm>kvm|/usr/bin/qemu-system-s390x|s390-ccw-virtio=s390-ccw-virtio-2.12:248 "
    "s390-ccw-virtio-2.12:248 s390-ccw-virtio-2.4:248" },
  { "bare.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL,
    "kvm>kvm|/usr/libexec/qemu-kvm|rhel6.5.0:0 pc=rhel6.5.0:0 rhel6.4.0:0 rhel6.3.0:0 "
    "rhel6.2.0:0 rhel5.5.0:4294967295" },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, MACHTYPE_ARCH_I686, NULL,
    "qemu,kqemu,kvm>kvm|/usr/bin/kvm|pc-0.12:0 pc=pc-0.12:0 pc-0.10:0" },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, MACHTYPE_ARCH_I686, "kqemu",
    "qemu,kqemu,kvm>kvm|/usr/bin/qemu|pc-0.11:0 pc=pc-0.11:0 isapc:0" },
  { "powernv.xml", MACHTYPE_ARCH_PPC64LE, MACHTYPE_ARCH_PPC64LE, NULL,
    "qemu,kvm>kvm|/usr/bin/qemu-system-ppc64|pseries-9.0:4096 pseries=pseries-9.0:4096 "
    "powernv10:2048 powernv=powernv10:2048 powernv10-rainier:2048 "
    "powernv=powernv10-rainier:2048" },
  { "xen.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL,
    "xen>xen|/usr/lib/xen/bin/qemu-hvm|xenfv:0" },
  { "xen.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_I686, NULL,
    "xen>xen|/usr/lib/xen/bin/qemu-pv|xenpv:0" },
  { "lxc.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL,
    "lxc>lxc|/usr/libexec/libvirt_lxc|" },
  { "bhyve.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL, "bhyve>bhyve|/usr/sbin/bhyve|" },
  { "hvf.xml", MACHTYPE_ARCH_AARCH64, MACHTYPE_ARCH_AARCH64, NULL,
    "qemu,hvf>hvf|/opt/homebrew/bin/qemu-system-aarch64|virt-8.0:512 virt=virt-8.0:512" },
  { "hvf.xml", MACHTYPE_ARCH_AARCH64, MACHTYPE_ARCH_X86_64, NULL,
    "qemu>qemu|/opt/homebrew/bin/qemu-system-x86_64|pc-q35-8.0:288 q35=pc-q35-8.0:288" },
  { "empty.xml", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, NULL, ">-|-|" },
  { "odd.xml", MACHTYPE_ARCH_LOONGARCH64, MACHTYPE_ARCH_LOONGARCH64, NULL,
    "accelerator-of-2031>accelerator-of-2031|/usr/bin/qemu & co|virt:256+ none:4" },
  { "odd.xml", MACHTYPE_ARCH_LOONGARCH64, MACHTYPE_ARCH_ALPHA, NULL, ">-|-|" },
  { "odd.xml", MACHTYPE_ARCH_LOONGARCH64, MACHTYPE_ARCH_M68K, NULL, ">-|-|" },
};

static void
test_shapes (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const ShapeRow *row = &shapes[i];
    g_autoptr (MachtypeHost) host = test_read_host (row->file, NULL);
    g_autofree char *found = describe (host, row->arch, row->domain_type);

    ROW ("%s, %s", row->file, machtype_arch_to_string (row->arch));
    g_assert_true (machtype_host_has_capabilities (host));
    g_assert_cmpint (machtype_host_get_arch (host), ==, row->host_arch);
    g_assert_cmpstr (found, ==, row->expected);
  }
}

typedef struct {
  const char *file;
  MachtypeArch arch;
  const char *domain_type, *machine;
  const char *canonical; /* NULL: not offered */
  MachtypeAnswer answer;
} OfferRow;

#define YES MACHTYPE_ANSWER_YES
#define NO MACHTYPE_ANSWER_NO
#define UNKNOWN MACHTYPE_ANSWER_UNKNOWN

static const OfferRow offers[] = {
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "q35", "pc-q35-7.2", YES },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "pc-q35-7.2", "pc-q35-7.2", YES },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "pc-q35-7.0", NULL, NO },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "Q35", NULL, NO },
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "", NULL, NO },
  /* Nova's defect 13: one architecture's types are not another's. */
  { "x86_64.xml", MACHTYPE_ARCH_X86_64, NULL, "virt", NULL, NO },
  { "x86_64.xml", MACHTYPE_ARCH_MIPSEL, NULL, "virt", NULL, NO },
  { "x86_64.xml", MACHTYPE_ARCH_I686, NULL, "isapc", NULL, NO },
  { "x86_64.xml", MACHTYPE_ARCH_RISCV64, NULL, "virt", "virt", YES },
  { "x86_64.xml", MACHTYPE_ARCH_ARMV7L, NULL, "virt", NULL, NO },
  { "alias-only.xml", MACHTYPE_ARCH_X86_64, NULL, "pc-i440fx-rhel7.1.0", "pc-i440fx-rhel7.1.0",
    YES },
  { "alias-only.xml", MACHTYPE_ARCH_X86_64, NULL, "pc", "pc-i440fx-rhel7.1.0", YES },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, NULL, "pc", "pc-0.12", YES },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, "kvm", "isapc", NULL, NO },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, "qemu", "pc", "pc-0.11", YES },
  { "domain-machines.xml", MACHTYPE_ARCH_I686, "qemu", "isapc", "isapc", YES },
  { "powernv.xml", MACHTYPE_ARCH_PPC64LE, NULL, "powernv", "powernv10", YES },
  { "powernv.xml", MACHTYPE_ARCH_PPC64LE, NULL, "powernv10-rainier", "powernv10-rainier", YES },
  { "lxc.xml", MACHTYPE_ARCH_X86_64, NULL, "pc", NULL, UNKNOWN },
  { "bhyve.xml", MACHTYPE_ARCH_X86_64, NULL, "pc", NULL, UNKNOWN },
  { "empty.xml", MACHTYPE_ARCH_X86_64, NULL, "pc", NULL, NO },
};

static void
test_offers (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (offers); i++) {
    const OfferRow *row = &offers[i];
    g_autoptr (MachtypeHost) host = test_read_host (row->file, NULL);

    ROW ("%s, %s on %s", row->file, row->machine, machtype_arch_to_string (row->arch));
    g_assert_cmpstr (machtype_host_get_canonical (host, row->arch, row->domain_type, row->machine),
                     ==, row->canonical);
    g_assert_cmpint (machtype_host_offers (host, row->arch, row->domain_type, row->machine), ==,
                     row->answer);
  }
}

typedef struct {
  const char *file;
  MachtypeArch arch;
  const char *machine, *device, *name, *value;
  MachtypeAnswer answer;
} SupportRow;

static const SupportRow supports[] = {
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "disk", "bus", "sata", YES },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "disk", "bus", "ide", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "disk", "model", "virtio", UNKNOWN },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "rng", "model", "virtio", UNKNOWN },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "tpm", "supported", "yes", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "tpm", "model", "tpm-tis", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "video", "supported", "yes", YES },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "loader", "type", "pflash", YES },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "loader", "value",
    "/usr/share/OVMF/OVMF_CODE.fd", YES },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "mode", "host-passthrough", "yes", YES },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "mode", "maximum", "yes", NO },
  /* The type that the alias resolves to, another version of the family, any machine; not another
   * family. */
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "q35", "disk", "bus", "ide", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc-q35-5.2", "disk", "bus", "ide", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, NULL, "disk", "bus", "ide", NO },
  { "domcaps-q35.xml", MACHTYPE_ARCH_X86_64, "pc", "disk", "bus", "ide", UNKNOWN },
  { "domcaps-q35.xml", MACHTYPE_ARCH_I686, "pc-q35-7.2", "disk", "bus", "ide", UNKNOWN },
  { "domcaps-virt.xml", MACHTYPE_ARCH_AARCH64, "virt", "os", "firmware", "efi", NO },
  { "domcaps-virt.xml", MACHTYPE_ARCH_AARCH64, "virt", "loader", "type", "rom", NO },
  { "domcaps-virt.xml", MACHTYPE_ARCH_AARCH64, "raspi3b", "os", "firmware", "efi", UNKNOWN },
  { "domcaps-bhyve.xml", MACHTYPE_ARCH_X86_64, NULL, "os", "supported", "yes", YES },
  { "domcaps-bhyve.xml", MACHTYPE_ARCH_X86_64, NULL, "os", "firmware", "efi", UNKNOWN },
  { "domcaps-bhyve.xml", MACHTYPE_ARCH_X86_64, "q35", "os", "supported", "yes", UNKNOWN },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "memoryBacking", "sourceType", "memfd", YES },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "hostdev", "mode", "subsystem", NO },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "teleporter", "range", "far", YES },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "teleporter", "range", "near", NO },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "redirdev", "bus", "usb", NO },
  { "domcaps-odd.xml", MACHTYPE_ARCH_S390X, NULL, "g", "deep", "down", UNKNOWN },
};

static void
test_supports (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (supports); i++) {
    const SupportRow *row = &supports[i];
    g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", row->file);

    ROW ("%s, %s: %s %s %s", row->file, row->machine != NULL ? row->machine : "any", row->device,
         row->name, row->value);
    g_assert_cmpint (machtype_host_supports (host, row->arch, NULL, row->machine, row->device,
                                             row->name, row->value),
                     ==, row->answer);
  }
}

/* Nova's defect 37: one failed answer does not discard the others. */
static void
test_several_domain_capabilities (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;

  set_file (builder, "x86_64.xml", &error);
  add_file (builder, "domcaps-q35.xml", &error);
  g_assert_no_error (error);
  g_assert_false (machtype_host_builder_add_domain_capabilities (
      builder, "<domainCapabilities><arch>x86_64</arch><machine>", -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "domain capabilities");
  add_file (builder, "domcaps-virt.xml", &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (builder);
  g_assert_cmpint (
      machtype_host_supports (host, MACHTYPE_ARCH_X86_64, NULL, "q35", "disk", "bus", "sata"), ==,
      YES);
  g_assert_cmpint (machtype_host_supports (host, MACHTYPE_ARCH_AARCH64, NULL, "virt", "video",
                                           "modelType", "ramfb"),
                   ==, YES);
}

static void
test_missing (void)
{
  static const struct {
    MachtypeArch arch;
    const char *domain_capabilities, *code, *remedy;
  } rows[] = {
    { MACHTYPE_ARCH_ARMV7L, NULL, "emulator-missing", "install package qemu-system-arm" },
    { MACHTYPE_ARCH_LOONGARCH64, NULL, "emulator-missing",
      "libvirt before 10.1 does not know loongarch64; use a newer one, and install package "
      "qemu-system-misc" },
    { MACHTYPE_ARCH_IA64, NULL, "emulator-missing", NULL },
    { MACHTYPE_ARCH_AARCH64, "domcaps-virt.xml", "firmware-missing",
      "install package qemu-efi-aarch64" },
    { MACHTYPE_ARCH_AARCH64, NULL, NULL, NULL },
    { MACHTYPE_ARCH_X86_64, "domcaps-q35.xml", NULL, NULL },
    { MACHTYPE_ARCH_S390X, NULL, NULL, NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", rows[i].domain_capabilities);
    g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, rows[i].arch);

    ROW ("%s", machtype_arch_to_string (rows[i].arch));
    g_assert_cmpuint (missing->len, ==, rows[i].code != NULL ? 1 : 0);
    if (rows[i].code == NULL)
      continue;
    g_assert_cmpstr (machtype_finding_get_code (missing->pdata[0]), ==, rows[i].code);
    g_assert_cmpstr (machtype_finding_get_remedy (missing->pdata[0]), ==, rows[i].remedy);
  }
}

static int
collate (gconstpointer a, gconstpointer b)
{
  return machtype_machine_collate (*(MachtypeMachine *const *)a, *(MachtypeMachine *const *)b);
}

/* Whatever order libvirt lists them in. */
static void
test_collate (void)
{
  static const struct {
    MachtypeArch arch;
    const char *listed, *sorted;
  } rows[] = {
    /* An alias follows the type that it resolves to; if there is none it comes first in its family.
     */
    { MACHTYPE_ARCH_X86_64,
      "isapc pc-q35-6.2 q35=pc-q35-7.2 pc=pc-i440fx-7.2 pc-q35-7.2 pc-q35-6.10",
      "pc pc-q35-7.2 q35 pc-q35-6.10 pc-q35-6.2 isapc" },
    { MACHTYPE_ARCH_X86_64, "q35 pc-q35-2.4 pc-q35-10.0 pc-1.3 pc-i440fx-2.9 pc",
      "pc pc-i440fx-2.9 pc-1.3 q35 pc-q35-10.0 pc-q35-2.4" },
    /* Two aliases of one type, and lines of two vendors. */
    { MACHTYPE_ARCH_X86_64,
      "ubuntu=pc-i440fx-noble pc=pc-i440fx-noble pc-i440fx-8.2 pc-i440fx-noble pc-i440fx-jammy",
      "pc-i440fx-8.2 pc-i440fx-noble pc ubuntu pc-i440fx-jammy" },
    /* A board of RISC-V, an alias of Arm. */
    { MACHTYPE_ARCH_RISCV64, "virt spike sifive_u", "sifive_u spike virt" },
    { MACHTYPE_ARCH_AARCH64, "virt spike virt-9.0 sbsa-ref", "virt virt-9.0 sbsa-ref spike" },
    /* Invalid names come last. */
    { MACHTYPE_ARCH_X86_64, "{b} zzz {a} pc-q35-7.2", "pc-q35-7.2 zzz {a} {b}" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) names = g_strsplit (rows[i].listed, " ", -1);
    g_autoptr (GString) xml = g_string_new ("<capabilities><guest><os_type>hvm</os_type>");
    g_autoptr (GString) sorted = g_string_new (NULL);
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (GPtrArray) machines = NULL;
    guint j;

    ROW ("%s", rows[i].listed);
    g_string_append_printf (xml, "<arch name='%s'>", machtype_arch_to_string (rows[i].arch));
    for (j = 0; names[j] != NULL; j++) {
      g_auto (GStrv) pair = g_strsplit (names[j], "=", 2);

      g_string_append_printf (xml, "<machine%s%s%s>%s</machine>",
                              pair[1] != NULL ? " canonical='" : "", pair[1] != NULL ? pair[1] : "",
                              pair[1] != NULL ? "'" : "", pair[0]);
    }
    g_string_append (xml, "<domain type='qemu'/></arch></guest></capabilities>");
    g_assert_true (machtype_host_builder_set_capabilities (builder, xml->str, -1, NULL));
    host = machtype_host_builder_end (builder);
    machines = machtype_host_list_machines (host, rows[i].arch, NULL);
    g_assert_cmpint (collate (&machines->pdata[0], &machines->pdata[0]), ==, 0);
    g_ptr_array_sort (machines, collate);
    for (j = 0; j < machines->len; j++)
      g_string_append_printf (sorted, "%s%s", j != 0 ? " " : "",
                              machtype_machine_get_name (machines->pdata[j]));
    g_assert_cmpstr (sorted->str, ==, rows[i].sorted);
  }
}

/* About which nothing, or only the architecture, is known. */
static void
test_nothing_known (void)
{
  static const struct {
    MachtypeArch host, guest;
    const char *domain_type;
  } rows[] = {
    { MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, "kvm" },
    { MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_I686, "kvm" }, /* Nova's defect 20 */
    { MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_AARCH64, "qemu" },
    { MACHTYPE_ARCH_I686, MACHTYPE_ARCH_X86_64, "qemu" },
    { MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_X86_64, "qemu" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (GPtrArray) missing = NULL;

    ROW ("%s on %s", machtype_arch_to_string (rows[i].guest),
         machtype_arch_to_string (rows[i].host));
    machtype_host_builder_set_arch (builder, rows[i].host, NULL);
    host = machtype_host_builder_end (builder);
    missing = machtype_host_list_missing (host, rows[i].guest);
    g_assert_false (machtype_host_has_capabilities (host));
    g_assert_cmpint (machtype_host_get_arch (host), ==, rows[i].host);
    g_assert_cmpstr (machtype_host_get_domain_type (host, rows[i].guest), ==, rows[i].domain_type);
    g_assert_cmpint (machtype_host_offers (host, rows[i].guest, NULL, "pc"), ==, UNKNOWN);
    g_assert_cmpuint (missing->len, ==, 0);
  }
}

/* "arch/machine/domain type/emulator" of each. */
static char *
describe_wanted (GPtrArray *machines)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < machines->len; i++) {
    const MachtypeMachine *m = machines->pdata[i];

    g_string_append_printf (text, "%s%s/%s/%s/%s", i != 0 ? " " : "",
                            machtype_arch_to_string (machtype_machine_get_arch (m)),
                            machtype_machine_get_name (m), machtype_machine_get_domain_type (m),
                            machtype_machine_get_emulator (m));
  }
  return g_string_free (text, FALSE);
}

/* What libvirt answers, without devices. */
static void
answer (MachtypeHostBuilder *builder, const MachtypeMachine *machine)
{
  const char *canonical = machtype_machine_get_canonical (machine);
  g_autofree char *xml =
      g_strdup_printf ("<domainCapabilities><domain>%s</domain><machine>%s</machine><arch>%s</arch>"
                       "</domainCapabilities>",
                       machtype_machine_get_domain_type (machine),
                       canonical != NULL ? canonical : machtype_machine_get_name (machine),
                       machtype_arch_to_string (machtype_machine_get_arch (machine)));
  GError *error = NULL;

  machtype_host_builder_add_domain_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
}

/* Those that are known are not wanted again; in the end none is. */
static void
test_wanted (void)
{
  static const struct {
    const char *file, *domain_capabilities, *wanted;
  } rows[] = {
    { "x86_64.xml", NULL,
      "aarch64/virt/qemu//usr/bin/qemu-system-aarch64 i686/pc/kvm//usr/bin/qemu-system-i386 "
      "i686/q35/kvm//usr/bin/qemu-system-i386 mipsel/malta/qemu//usr/bin/qemu-system-mipsel "
      "ppc64le/pseries/qemu//usr/bin/qemu-system-ppc64le "
      "riscv64/virt/qemu//usr/bin/qemu-system-riscv64 "
      "s390x/s390-ccw-virtio/qemu//usr/bin/qemu-system-s390x "
      "x86_64/pc/kvm//usr/bin/qemu-system-x86_64 x86_64/q35/kvm//usr/bin/qemu-system-x86_64" },
    { "x86_64.xml", "domcaps-q35.xml",
      "aarch64/virt/qemu//usr/bin/qemu-system-aarch64 i686/pc/kvm//usr/bin/qemu-system-i386 "
      "i686/q35/kvm//usr/bin/qemu-system-i386 mipsel/malta/qemu//usr/bin/qemu-system-mipsel "
      "ppc64le/pseries/qemu//usr/bin/qemu-system-ppc64le "
      "riscv64/virt/qemu//usr/bin/qemu-system-riscv64 "
      "s390x/s390-ccw-virtio/qemu//usr/bin/qemu-system-s390x "
      "x86_64/pc/kvm//usr/bin/qemu-system-x86_64" },
    { "powernv.xml", NULL, "ppc64le/pseries/kvm//usr/bin/qemu-system-ppc64" },
    { "domain-machines.xml", NULL, "i686/pc/kvm//usr/bin/kvm" },
    { "alias-only.xml", NULL,
      "x86_64/pc/kvm//usr/libexec/qemu-kvm x86_64/q35/kvm//usr/libexec/qemu-kvm" },
    { "xen.xml", NULL, "x86_64/xenfv/xen//usr/lib/xen/bin/qemu-hvm" },
    { "lxc.xml", NULL, "" },
    { "empty.xml", NULL, "" },
  };
  gsize i;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHost) host = test_read_host (rows[i].file, rows[i].domain_capabilities);
    g_autoptr (MachtypeHost) all = NULL;
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);
    g_autoptr (GPtrArray) wanted = machtype_host_list_wanted (host), rest = NULL, again = NULL;
    g_autofree char *text = describe_wanted (wanted);

    ROW ("%s, %s", rows[i].file, rows[i].domain_capabilities);
    g_assert_cmpstr (text, ==, rows[i].wanted);
    for (j = 0; j < wanted->len; j++)
      answer (builder, wanted->pdata[j]);
    all = machtype_host_builder_end (builder);
    rest = machtype_host_list_wanted (all);
    g_assert_cmpuint (rest->len, ==, 0);
    again = machtype_host_list_wanted (host);
    g_assert_cmpuint (again->len, ==, wanted->len);
  }
}

/* A builder from a host adds to a copy of it. */
static void
test_new_from (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (shapes); i++) {
    const ShapeRow *row = &shapes[i];
    g_autoptr (MachtypeHost) host = test_read_host (row->file, NULL), grown = NULL;
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);
    g_autofree char *text = NULL, *old = NULL;
    GError *error = NULL;

    ROW ("%s, %s", row->file, machtype_arch_to_string (row->arch));
    g_assert_false (
        machtype_host_builder_set_capabilities (builder, "<capabilities/>", -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already capabilities");
    add_file (builder, "domcaps-q35.xml", &error);
    g_assert_no_error (error);
    machtype_host_builder_set_versions (builder, 7002000, 9000000);
    grown = machtype_host_builder_end (builder);
    machtype_host_unref (machtype_host_builder_end (builder));
    text = describe (grown, row->arch, row->domain_type);
    g_assert_cmpstr (text, ==, row->expected);
    g_assert_cmpstr (machtype_host_get_uuid (grown), ==, machtype_host_get_uuid (host));
    g_assert_cmpint (machtype_host_supports (grown, MACHTYPE_ARCH_X86_64, "kvm", "pc-q35-7.2",
                                             "disk", "bus", "sata"),
                     ==, YES);
    g_assert_cmpint (machtype_host_supports (host, MACHTYPE_ARCH_X86_64, "kvm", "pc-q35-7.2",
                                             "disk", "bus", "sata"),
                     ==, UNKNOWN);
    old = describe (host, row->arch, row->domain_type);
    g_assert_cmpstr (old, ==, row->expected);
  }
}

/* A machine holds a reference to its host. */
static void
test_machine_outlives_host (void)
{
  MachtypeHost *host = test_read_host ("x86_64.xml", NULL);
  g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, MACHTYPE_ARCH_S390X, NULL);
  g_autoptr (MachtypeMachine) machine = machtype_machine_ref (machines->pdata[0]);

  machtype_host_unref (host);
  g_ptr_array_set_size (machines, 0);
  g_assert_cmpstr (machtype_machine_get_name (machine), ==, "s390-ccw-virtio-7.2");
}

typedef gboolean (*ReadFunc) (MachtypeHostBuilder *builder, const char *xml, gssize length,
                              GError **error);

/* The sizes of everything in a builder, which must not change if a document is refused. */
static char *
fingerprint (const MachtypeHostBuilder *builder)
{
  const MachtypeHost *host = mt_host_builder_peek (builder);

  return g_strdup_printf ("%d %d %" G_GSIZE_FORMAT " %u %u %u %u %u", host->arch,
                          host->has_capabilities, host->strings->len, host->machines->len,
                          host->domains->len, host->guests->len, host->offers->len,
                          host->domain_capabilities->len);
}

static void
assert_refused (MachtypeHostBuilder *builder, ReadFunc read, const char *xml, gssize length,
                int code, const char *words)
{
  g_autofree char *before = fingerprint (builder), *after = NULL;
  GError *error = NULL;

  g_assert_false (read (builder, xml, length, &error));
  test_assert_error (&error, code, words);
  after = fingerprint (builder);
  g_assert_cmpstr (after, ==, before);
  g_assert_false (read (builder, xml, length, NULL));
}

static void
test_truncated (void)
{
  static const struct {
    const char *file;
    ReadFunc read;
  } rows[] = {
    { "hosts/xen.xml", machtype_host_builder_set_capabilities },
    { "hosts/odd.xml", machtype_host_builder_set_capabilities },
    { "hosts/domcaps-q35.xml", machtype_host_builder_add_domain_capabilities },
  };
  gsize i, cut;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *xml = NULL;
    gsize length;

    xml = g_strchomp (test_read (rows[i].file, &length));
    length = strlen (xml);
    for (cut = 0; cut < length; cut++) {
      /* A copy without a byte after it, so that reading too far is detected. */
      g_autofree char *part = g_memdup2 (xml, cut != 0 ? cut : 1);

      ROW ("%s, %" G_GSIZE_FORMAT " bytes of it", rows[i].file, cut);
      assert_refused (builder, rows[i].read, part, (gssize)cut, MACHTYPE_ERROR_INVALID_XML,
                      "capabilities");
    }
    g_assert_true (rows[i].read (builder, xml, (gssize)length, &error));
    g_assert_no_error (error);
  }
}

/* Everything that was parsed can be queried: every run is within its array. */
static void
ask_everything (MachtypeHostBuilder *builder)
{
  g_autoptr (MachtypeHost) host = machtype_host_builder_end (builder);
  int arch;

  for (arch = 0; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_autofree char *any = describe (host, (MachtypeArch)arch, NULL);
    g_autofree char *none = describe (host, (MachtypeArch)arch, "xen");
    g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, (MachtypeArch)arch);

    g_assert_true (any != NULL && none != NULL && missing != NULL);
    machtype_host_offers (host, (MachtypeArch)arch, NULL, "virt");
    machtype_host_supports (host, (MachtypeArch)arch, NULL, "virt", "os", "firmware", "efi");
  }
}

static void
read_and_ask (ReadFunc read, const GString *xml)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

  if (read (builder, xml->str, (gssize)xml->len, NULL))
    ask_everything (builder);
}

static const struct {
  const char *file;
  ReadFunc read;
} mutants[] = {
  { "hosts/xen.xml", machtype_host_builder_set_capabilities },
  { "hosts/odd.xml", machtype_host_builder_set_capabilities },
  { "hosts/domcaps-odd.xml", machtype_host_builder_add_domain_capabilities },
};

static void
test_changed_bytes (void)
{
  static const char bytes[] = "<'/&";
  gsize i, k, at;

  for (i = 0; i < G_N_ELEMENTS (mutants); i++) {
    g_autoptr (GString) xml = g_string_new (NULL);
    g_autofree char *text = test_read (mutants[i].file, &at);

    g_string_assign (xml, text);
    ROW ("%s", mutants[i].file);
    for (at = 0; at < xml->len; at++) {
      for (k = 0; bytes[k] != '\0'; k++) {
        xml->str[at] = bytes[k];
        read_and_ask (mutants[i].read, xml);
      }
      xml->str[at] = text[at];
    }
  }
}

/* Every stretch from one tag to another repeated: often still well-formed, but never written by
 * libvirt, such as two <arch> in one <guest>. */
static void
test_repeated_parts (void)
{
  gsize i, length;

  for (i = 0; i < G_N_ELEMENTS (mutants); i++) {
    g_autofree char *text = test_read (mutants[i].file, &length);
    const char *from, *to;

    for (from = strchr (text, '<'); from != NULL; from = strchr (from + 1, '<')) {
      for (to = strchr (from + 1, '<'); to != NULL; to = strchr (to + 1, '<')) {
        g_autoptr (GString) xml = g_string_new (text);

        g_string_insert_len (xml, to - text, from, to - from);
        read_and_ask (mutants[i].read, xml);
      }
    }
  }
}

typedef struct {
  const char *label, *xml;
  int code;
  const char *words;
} BadRow;

#define DOCTYPE_ENTITIES                                                                           \
  "<!DOCTYPE capabilities [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"                         \
  "<capabilities><host><cpu><arch>&b;</arch></cpu></host></capabilities>"
#define DOCTYPE_EXTERNAL                                                                           \
  "<!DOCTYPE capabilities [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"                            \
  "<capabilities><host><cpu><arch>&x;</arch></cpu></host></capabilities>"

static const BadRow bad[] = {
  { "empty", "", MACHTYPE_ERROR_INVALID_XML, "capabilities: empty" },
  { "blanks", " \n\t ", MACHTYPE_ERROR_INVALID_XML, "capabilities" },
  { "text", "error: failed to connect to the hypervisor", MACHTYPE_ERROR_INVALID_XML,
    "capabilities, line 1" },
  { "domain", "<domain type='kvm'/>", MACHTYPE_ERROR_INVALID_XML, "<domain> libvirt's" },
  { "HTML", "<html><body>404</body></html>", MACHTYPE_ERROR_INVALID_XML, "<html>" },
  { "two roots", "<capabilities/><capabilities/>", MACHTYPE_ERROR_INVALID_XML, "line 1" },
  { "crossed", "<capabilities>\n<host></capabilities>\n</host>", MACHTYPE_ERROR_INVALID_XML,
    "line 2 host" },
  { "bad UTF-8", "<capabilities><host>\xff\xfe</host></capabilities>", MACHTYPE_ERROR_INVALID_XML,
    "capabilities, line 1" },
  { "control character", "<capabilities>\x01</capabilities>", MACHTYPE_ERROR_INVALID_XML,
    "line 1" },
  { "unknown encoding", "<?xml version='1.0' encoding='nonsense'?><capabilities/>",
    MACHTYPE_ERROR_INVALID_XML, "nonsense" },
  { "attribute twice", "<capabilities a='1' a='2'/>", MACHTYPE_ERROR_INVALID_XML, "line 1" },
  { "doctype", "<!DOCTYPE capabilities><capabilities/>", MACHTYPE_ERROR_INVALID_XML,
    "document type" },
  { "external doctype", "<!DOCTYPE capabilities SYSTEM 'http://127.0.0.1:9/x'><capabilities/>",
    MACHTYPE_ERROR_INVALID_XML, "document type" },
  { "entities", DOCTYPE_ENTITIES, MACHTYPE_ERROR_INVALID_XML, "document type" },
  { "external entity", DOCTYPE_EXTERNAL, MACHTYPE_ERROR_INVALID_XML, "document type" },
  { "undeclared entity", "<capabilities><host>&x;</host></capabilities>",
    MACHTYPE_ERROR_INVALID_XML, "entities" },
  /* Reads a large part before it finds the error. */
  { "bad end",
    "<capabilities><guest><os_type>hvm</os_type><arch name='i686'><machine>pc</machine>"
    "<domain type='qemu'/></arch></guest><oops></capabilities>",
    MACHTYPE_ERROR_INVALID_XML, "oops" },
};

static void
test_bad (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

    ROW ("%s", bad[i].label);
    assert_refused (builder, machtype_host_builder_set_capabilities, bad[i].xml, -1, bad[i].code,
                    bad[i].words);
    set_file (builder, "empty.xml", NULL);
    assert_refused (builder, machtype_host_builder_add_domain_capabilities, bad[i].xml, -1,
                    bad[i].code,
                    strcmp (bad[i].label, "domain") == 0 ? "<domain>" : "capabilities");
  }
}

static void
test_nul (void)
{
  static const char xml[] = "<capabilities>\0</capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

  assert_refused (builder, machtype_host_builder_set_capabilities, xml, sizeof xml - 1,
                  MACHTYPE_ERROR_INVALID_XML, "capabilities");
}

/* Fails in the last byte, after every array has grown. */
static void
test_rollback (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = NULL;
  gsize length;

  set_file (builder, "x86_64.xml", NULL);
  add_file (builder, "domcaps-virt.xml", NULL);
  xml = g_strchomp (test_read ("hosts/domcaps-q35.xml", &length));
  assert_refused (builder, machtype_host_builder_add_domain_capabilities, xml,
                  (gssize)strlen (xml) - 1, MACHTYPE_ERROR_INVALID_XML, "domain capabilities");
}

static void
test_twice (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;

  set_file (builder, "hvf.xml", NULL);
  assert_refused (builder, machtype_host_builder_set_capabilities, "<capabilities/>", -1,
                  MACHTYPE_ERROR_INVALID_ARGUMENT, "already");
  host = machtype_host_builder_end (builder);
  /* The builder is as if new. */
  g_assert_true (machtype_host_builder_set_capabilities (builder, "<capabilities/>", -1, NULL));
}

/* 65 MiB of blanks before a document; the cost would be memory, not time. */
static void
test_large (void)
{
  const gsize length = 65 * 1024 * 1024;
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = g_malloc (length + 1);

  memset (xml, ' ', length);
  xml[length] = '\0';
  memcpy (xml, "<capabilities/>", strlen ("<capabilities/>"));
  assert_refused (builder, machtype_host_builder_set_capabilities, xml, (gssize)length,
                  MACHTYPE_ERROR_TOO_LARGE, "capabilities larger");
  assert_refused (builder, machtype_host_builder_set_capabilities, xml, -1,
                  MACHTYPE_ERROR_TOO_LARGE, "capabilities larger");
  assert_refused (builder, machtype_host_builder_add_domain_capabilities, xml, -1,
                  MACHTYPE_ERROR_TOO_LARGE, "domain capabilities larger");
}

static void
test_depth (void)
{
  static const struct {
    guint levels;
    gboolean ok;
  } rows[] = { { 127, TRUE }, { 128, FALSE }, { 100000, FALSE } };
  gsize i;
  guint level;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (GString) xml = g_string_new ("<capabilities>");

    ROW ("%u levels below the root", rows[i].levels);
    for (level = 0; level < rows[i].levels; level++)
      g_string_append (xml, "<a>");
    for (level = 0; level < rows[i].levels; level++)
      g_string_append (xml, "</a>");
    g_string_append (xml, "</capabilities>");
    if (rows[i].ok)
      g_assert_true (machtype_host_builder_set_capabilities (builder, xml->str, -1, NULL));
    else
      assert_refused (builder, machtype_host_builder_set_capabilities, xml->str, -1,
                      MACHTYPE_ERROR_TOO_LARGE, "capabilities deeper 128");
  }
}

/* Text beyond 64 KiB is cut; it is then not a machine type, and not an error. */
static void
test_long_text (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *name = g_strnfill (200000, 'a'), *xml = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GPtrArray) machines = NULL;

  xml = g_strdup_printf ("<capabilities><guest><os_type>hvm</os_type><arch name='%s'/></guest>"
                         "<guest><os_type>hvm</os_type><arch name='i686'><machine>%s</machine>"
                         "<domain type='kvm'/></arch></guest></capabilities>",
                         name, name);
  g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, NULL));
  host = machtype_host_builder_end (builder);
  machines = machtype_host_list_machines (host, MACHTYPE_ARCH_I686, NULL);
  g_assert_cmpuint (machines->len, ==, 1);
  g_assert_cmpuint (strlen (machtype_machine_get_name (machines->pdata[0])), ==, 64 * 1024);
}

static void
test_open_bad (void)
{
  static const struct {
    const char *uri;
    guint flags;
    int code;
    const char *words;
  } rows[] = {
    { "qemu:///system", MACHTYPE_HOST_OPEN_NONE, MACHTYPE_ERROR_MODULE, "libvirt module" },
    { "qemu:///system", 1u << 7, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown flags 0x80" },
    { "qemu:///sys\ntem", MACHTYPE_HOST_OPEN_NONE, MACHTYPE_ERROR_INVALID_ARGUMENT,
      "URI control character" },
    { "", MACHTYPE_HOST_OPEN_NONE, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI must not be empty" },
    { "qemu:///\x1b[31m", MACHTYPE_HOST_OPEN_NONE, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI \\033" },
    { "qemu:///\xff", MACHTYPE_HOST_OPEN_NONE, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI UTF-8" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    g_assert_null (
        machtype_host_open (rows[i].uri, (MachtypeHostOpenFlags)rows[i].flags, 10000, &error));
    test_assert_error (&error, rows[i].code, rows[i].words);
  }
}

/* A host without KVM offers nothing to a guest that requires it. */
static void
test_lacking_domain_type (void)
{
  static const struct {
    const char *domain_type;
    MachtypeAnswer answer;
  } rows[] = { { NULL, YES }, { "qemu", YES }, { "kvm", NO }, { "bogus", NO } };
  static const char text[] =
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
      "<arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator>"
      "<machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>"
      "<machine maxCpus='288'>pc-q35-7.2</machine><domain type='qemu'/></arch></guest>"
      "</capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;
  gsize i;

  machtype_host_builder_set_capabilities (builder, text, -1, &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (builder);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *type = rows[i].domain_type;
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, MACHTYPE_ARCH_X86_64, type);
    g_autoptr (MachtypeChange) change =
        machtype_change_check (NULL, "q35", MACHTYPE_ARCH_X86_64, type, MACHTYPE_STATE_STOPPED,
                               MACHTYPE_CHANGE_REQUIRE_OFFERED, host, &error);

    ROW ("%s", type != NULL ? type : "-");
    g_assert_no_error (error);
    g_assert_cmpint (machtype_host_offers (host, MACHTYPE_ARCH_X86_64, type, "q35"), ==,
                     rows[i].answer);
    g_assert_cmpuint (machines->len, ==, rows[i].answer == YES ? 2 : 0);
    g_assert_cmpint (machtype_host_get_emulator (host, MACHTYPE_ARCH_X86_64, type) != NULL, ==,
                     rows[i].answer == YES);
    g_assert_cmpint (machtype_change_is_permitted (change), ==, rows[i].answer == YES);
  }
}

static void
test_open_timeout (void)
{
  GError *error = NULL;

  g_assert_null (machtype_host_open ("qemu:///system", MACHTYPE_HOST_OPEN_NONE, -2, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "timeout -2 -1");
}

static void
test_bad_arch (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;

  g_assert_true (machtype_host_builder_set_arch (builder, MACHTYPE_ARCH_S390X, &error));
  g_assert_false (machtype_host_builder_set_arch (builder, (MachtypeArch)9999, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "architecture 9999");
  host = machtype_host_builder_end (builder);
  g_assert_cmpint (machtype_host_get_arch (host), ==, MACHTYPE_ARCH_S390X);
}

/* Capabilities with an error after the host's UUID leave nothing behind. */
static void
test_bad_after_uuid (void)
{
  static const char text[] = "<capabilities><host><uuid>6f1d4b5e-0000-4000-8000-000000000001</uuid>"
                             "<cpu><arch>x86_64</arch></cpu></host><guest></capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;

  g_assert_false (machtype_host_builder_set_capabilities (builder, text, -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "");
  host = machtype_host_builder_end (builder);
  g_assert_null (machtype_host_get_uuid (host));
}

static void
test_open_long (void)
{
  g_autofree char *uri = g_strnfill (5000, 'q');
  GError *error = NULL;

  g_assert_null (machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, 1000, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "URI 4096");
}

/* Every file of one directory of the corpus; returns their number. */
static guint
read_folder (const char *corpus, const char *folder, ReadFunc read)
{
  g_autofree char *path = g_build_filename (corpus, folder, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autofree char *file = g_build_filename (path, name, NULL), *xml = NULL;
    gsize length;

    if (!g_str_has_suffix (name, ".xml"))
      continue;
    ROW ("%s", file);
    g_assert_true (g_file_get_contents (file, &xml, &length, NULL));
    read (builder, xml, (gssize)length, &error);
    g_assert_no_error (error);
    n++;
  }
  return n;
}

static void
test_corpus (void)
{
  const char *corpus = g_getenv ("MACHTYPE_CORPUS");

  if (corpus == NULL) {
    g_test_skip ("MACHTYPE_CORPUS does not name a folder of real capabilities");
    return;
  }
  g_assert_cmpuint (read_folder (corpus, "capabilities", machtype_host_builder_set_capabilities), >,
                    0);
  g_assert_cmpuint (
      read_folder (corpus, "domaincapabilities", machtype_host_builder_add_domain_capabilities), >,
      0);
}

int
main (int argc, char **argv)
{
  g_autofree char *no_module = NULL;

  g_test_init (&argc, &argv, NULL);
  /* Before there are threads: a directory without the libvirt module, so that none is ever used. */
  no_module = test_data ("hosts");
  g_setenv ("MACHTYPE_MODULE_DIR", no_module, TRUE);
  g_test_add_func ("/host/shapes", test_shapes);
  g_test_add_func ("/host/offers", test_offers);
  g_test_add_func ("/host/supports", test_supports);
  g_test_add_func ("/host/several-domain-capabilities", test_several_domain_capabilities);
  g_test_add_func ("/host/missing", test_missing);
  g_test_add_func ("/host/collate", test_collate);
  g_test_add_func ("/host/nothing-known", test_nothing_known);
  g_test_add_func ("/host/wanted", test_wanted);
  g_test_add_func ("/host/new-from", test_new_from);
  g_test_add_func ("/host/machine-outlives-host", test_machine_outlives_host);
  g_test_add_func ("/host/truncated", test_truncated);
  g_test_add_func ("/host/changed-bytes", test_changed_bytes);
  g_test_add_func ("/host/repeated-parts", test_repeated_parts);
  g_test_add_func ("/host/bad", test_bad);
  g_test_add_func ("/host/nul", test_nul);
  g_test_add_func ("/host/rollback", test_rollback);
  g_test_add_func ("/host/twice", test_twice);
  g_test_add_func ("/host/large", test_large);
  g_test_add_func ("/host/depth", test_depth);
  g_test_add_func ("/host/long-text", test_long_text);
  g_test_add_func ("/host/open-bad", test_open_bad);
  g_test_add_func ("/host/open-long", test_open_long);
  g_test_add_func ("/host/open/timeout", test_open_timeout);
  g_test_add_func ("/host/lacking-domain-type", test_lacking_domain_type);
  g_test_add_func ("/host/bad-arch", test_bad_arch);
  g_test_add_func ("/host/bad-after-uuid", test_bad_after_uuid);
  g_test_add_func ("/host/corpus", test_corpus);
  return g_test_run ();
}
