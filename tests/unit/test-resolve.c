/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "resolve/resolve-private.h"

/* The input of a decision. */
typedef struct {
  const char *properties; /* "name=value name=value"; NULL: none given */
  const char *defaults;   /* the operator's, separated by ";"; NULL: no policy given, "": empty */
  gboolean follow;
  const char *prefer; /* the operator's domain type; NULL: the best */
  const char *host;   /* a file of tests/data/hosts, or an architecture; NULL: none */
  const char *recorded;
} Case;

/* defect: the number of Nova's defect that the row guards against; 0: none. */
typedef struct {
  guint defect;
  Case given;
  MachtypeArch arch;
  MachtypeSource source;
  const char *machine, *canonical, *record, *domain_type;
  const char *warning; /* in the only one's message; NULL: there is none */
} Row;

#define X86 MACHTYPE_ARCH_X86_64
#define ARM MACHTYPE_ARCH_AARCH64
#define RECORDED MACHTYPE_SOURCE_RECORDED
#define IMAGE MACHTYPE_SOURCE_IMAGE
#define CONFIG MACHTYPE_SOURCE_CONFIG
#define BUILTIN MACHTYPE_SOURCE_BUILTIN
#define HOST "x86_64.xml"
#define ALIAS "alias no host resolved"

static const Row rows[] = {
  /* Precedence. */
  { 0,
    { "hw_machine_type=pc-q35-6.2", "x86_64=pc-i440fx-6.2", FALSE, NULL, HOST, "pc-q35-5.2" },
    X86,
    RECORDED,
    "pc-q35-5.2",
    "pc-q35-5.2",
    "pc-q35-5.2",
    "kvm",
    NULL },
  { 0,
    { "hw_machine_type=pc-q35-6.2", "x86_64=pc-i440fx-6.2", FALSE, NULL, HOST, NULL },
    X86,
    IMAGE,
    "pc-q35-6.2",
    "pc-q35-6.2",
    "pc-q35-6.2",
    "kvm",
    NULL },
  { 0,
    { "hw_disk_bus=scsi", "x86_64=pc-i440fx-6.2", FALSE, NULL, HOST, NULL },
    X86,
    CONFIG,
    "pc-i440fx-6.2",
    "pc-i440fx-6.2",
    "pc-i440fx-6.2",
    "kvm",
    NULL },
  { 0,
    { NULL, "aarch64=virt-6.2", FALSE, NULL, HOST, NULL },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  { 0,
    { NULL, NULL, FALSE, NULL, HOST, NULL },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  /* Empty is unset, for the recorded type and for the image. */
  { 26,
    { "hw_machine_type=", NULL, FALSE, NULL, HOST, "" },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  /* The recorded type remains, whatever the image or the operator now says: resize, rescue,
   * unshelve, the start of a service. */
  { 1,
    { "hw_machine_type=q35", "x86_64=q35", FALSE, NULL, HOST, "pc-i440fx-6.2" },
    X86,
    RECORDED,
    "pc-i440fx-6.2",
    "pc-i440fx-6.2",
    "pc-i440fx-6.2",
    "kvm",
    NULL },
  { 4,
    { NULL, "x86_64=q35", FALSE, NULL, HOST, "pc" },
    X86,
    RECORDED,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  /* Pin and follow. */
  { 5,
    { "hw_machine_type=q35", NULL, FALSE, NULL, HOST, NULL },
    X86,
    IMAGE,
    "q35",
    "pc-q35-7.2",
    "pc-q35-7.2",
    "kvm",
    NULL },
  { 0,
    { "hw_machine_type=q35", "", TRUE, NULL, HOST, NULL },
    X86,
    IMAGE,
    "q35",
    "pc-q35-7.2",
    "q35",
    "kvm",
    NULL },
  { 5,
    { "hw_machine_type=q35", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "q35",
    NULL,
    "q35",
    "kvm",
    ALIAS },
  { 0,
    { "hw_machine_type=q35", "", TRUE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "q35",
    NULL,
    "q35",
    "kvm",
    NULL },
  { 0,
    { "hw_machine_type=pc-q35-5.2", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "pc-q35-5.2",
    NULL,
    "pc-q35-5.2",
    "kvm",
    NULL },
  /* The architecture: emulation before image before host. */
  { 8,
    { "hw_architecture=x86_64 hw_emulation_architecture=aarch64", NULL, FALSE, NULL, HOST, NULL },
    ARM,
    BUILTIN,
    "virt",
    "virt-7.2",
    "virt-7.2",
    "qemu",
    NULL },
  { 8,
    { "hw_emulation_architecture=aarch64", "aarch64=virt-6.2;x86_64=q35", FALSE, NULL, HOST, NULL },
    ARM,
    CONFIG,
    "virt-6.2",
    "virt-6.2",
    "virt-6.2",
    "qemu",
    NULL },
  { 0,
    { "hw_architecture=aarch64", NULL, FALSE, NULL, HOST, NULL },
    ARM,
    BUILTIN,
    "virt",
    "virt-7.2",
    "virt-7.2",
    "qemu",
    NULL },
  { 0,
    { "hw_architecture=ARM64", NULL, FALSE, NULL, NULL, NULL },
    ARM,
    BUILTIN,
    "virt",
    NULL,
    "virt",
    "qemu",
    ALIAS },
  { 23,
    { "hw_architecture=riscv64", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ARCH_RISCV64,
    BUILTIN,
    "virt",
    "virt",
    "virt",
    "qemu",
    NULL },
  { 23,
    { "hw_architecture=loongarch64", NULL, FALSE, NULL, "x86_64", NULL },
    MACHTYPE_ARCH_LOONGARCH64,
    BUILTIN,
    "virt",
    NULL,
    "virt",
    "qemu",
    ALIAS },
  { 23,
    { NULL, NULL, FALSE, NULL, "odd.xml", NULL },
    MACHTYPE_ARCH_LOONGARCH64,
    BUILTIN,
    "virt",
    "virt",
    "virt",
    "accelerator-of-2031",
    NULL },
  { 11,
    { "hw_architecture=mipsel", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ARCH_MIPSEL,
    BUILTIN,
    "malta",
    "malta",
    "malta",
    "qemu",
    NULL },
  { 24,
    { "hw_architecture=ppc64le", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ARCH_PPC64LE,
    BUILTIN,
    "pseries",
    "pseries-7.2",
    "pseries-7.2",
    "qemu",
    NULL },
  { 0,
    { "hw_architecture=s390x", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ARCH_S390X,
    BUILTIN,
    "s390-ccw-virtio",
    "s390-ccw-virtio-7.2",
    "s390-ccw-virtio-7.2",
    "qemu",
    NULL },
  /* The domain type: from the capabilities; without any, what the architectures allow. */
  { 20,
    { "hw_architecture=i686", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ARCH_I686,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  { 20,
    { "hw_architecture=i686 hw_machine_type=pc-i440fx-7.2", NULL, FALSE, NULL, "x86_64", NULL },
    MACHTYPE_ARCH_I686,
    IMAGE,
    "pc-i440fx-7.2",
    NULL,
    "pc-i440fx-7.2",
    "kvm",
    NULL },
  { 22,
    { "hw_architecture=x86_64", NULL, FALSE, NULL, "hvf.xml", "pc-q35-8.0" },
    X86,
    RECORDED,
    "pc-q35-8.0",
    "pc-q35-8.0",
    "pc-q35-8.0",
    "qemu",
    NULL },
  { 0,
    { NULL, NULL, FALSE, NULL, "hvf.xml", NULL },
    ARM,
    BUILTIN,
    "virt",
    "virt-8.0",
    "virt-8.0",
    "hvf",
    NULL },
  { 0,
    { NULL, "", FALSE, "qemu", HOST, NULL },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "qemu",
    NULL },
  { 0,
    { "hw_architecture=aarch64", "", FALSE, "kvm", HOST, NULL },
    ARM,
    BUILTIN,
    "virt",
    "virt-7.2",
    "virt-7.2",
    "qemu",
    NULL },
  { 0,
    { NULL, "", FALSE, "qemu", "x86_64", "pc-q35-5.2" },
    X86,
    RECORDED,
    "pc-q35-5.2",
    NULL,
    "pc-q35-5.2",
    "qemu",
    NULL },
  { 0,
    { "hw_architecture=aarch64", "", FALSE, "kvm", "x86_64", "virt-6.2" },
    ARM,
    RECORDED,
    "virt-6.2",
    NULL,
    "virt-6.2",
    "qemu",
    NULL },
  /* Machines differ by domain type on old libvirt. */
  { 0,
    { NULL, "", FALSE, "qemu", "domain-machines.xml", NULL },
    MACHTYPE_ARCH_I686,
    BUILTIN,
    "pc",
    "pc-0.11",
    "pc-0.11",
    "qemu",
    NULL },
  { 0,
    { NULL, NULL, FALSE, NULL, "domain-machines.xml", NULL },
    MACHTYPE_ARCH_I686,
    BUILTIN,
    "pc",
    "pc-0.12",
    "pc-0.12",
    "kvm",
    NULL },
  /* A host that lists no machines decides nothing; one that knows a name is trusted. */
  { 0,
    { "hw_machine_type=pc-q35-5.2", NULL, FALSE, NULL, "lxc.xml", NULL },
    X86,
    IMAGE,
    "pc-q35-5.2",
    NULL,
    "pc-q35-5.2",
    "lxc",
    NULL },
  { 0,
    { NULL, NULL, FALSE, NULL, "bhyve.xml", NULL },
    X86,
    BUILTIN,
    "pc",
    NULL,
    "pc",
    "bhyve",
    ALIAS },
  { 0,
    { "hw_machine_type=none", NULL, FALSE, NULL, "odd.xml", NULL },
    MACHTYPE_ARCH_LOONGARCH64,
    IMAGE,
    "none",
    "none",
    "none",
    "accelerator-of-2031",
    NULL },
  { 0,
    { "hw_machine_type=our-own-board", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "our-own-board",
    NULL,
    "our-own-board",
    "kvm",
    NULL },
  /* The operator's entries: spelling, the first "=", invalid ones, the first of two. */
  { 32,
    { NULL, " AMD64 = pc-q35-6.2 ", FALSE, NULL, HOST, NULL },
    X86,
    CONFIG,
    "pc-q35-6.2",
    "pc-q35-6.2",
    "pc-q35-6.2",
    "kvm",
    NULL },
  { 32,
    { NULL, "x68_64=q35", FALSE, NULL, HOST, "pc-q35-6.2" },
    X86,
    RECORDED,
    "pc-q35-6.2",
    "pc-q35-6.2",
    "pc-q35-6.2",
    "kvm",
    "x68_64 skipped" },
  { 0,
    { NULL, "x86_64=q35=pc", FALSE, NULL, HOST, NULL },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-7.2",
    "pc-i440fx-7.2",
    "kvm",
    "q35=pc skipped" },
  { 0,
    { NULL, "x86_64=pc-q35-6.2;x86_64=pc-q35-5.2", FALSE, NULL, HOST, NULL },
    X86,
    CONFIG,
    "pc-q35-6.2",
    "pc-q35-6.2",
    "pc-q35-6.2",
    "kvm",
    "x86_64=pc-q35-5.2 already" },
  /* Deprecated by the host, even if only the alias is listed. */
  { 0,
    { "hw_machine_type=pc-i440fx-1.7", NULL, FALSE, NULL, HOST, NULL },
    X86,
    IMAGE,
    "pc-i440fx-1.7",
    "pc-i440fx-1.7",
    "pc-i440fx-1.7",
    "kvm",
    "pc-i440fx-1.7 deprecated host" },
/* A version that no QEMU has, or will have soon; what a host offers exists. */
#define NO_RELEASE "no release pc-q35-"
  { 0,
    { "hw_machine_type=pc-q35-99.0", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "pc-q35-99.0",
    NULL,
    "pc-q35-99.0",
    "kvm",
    NO_RELEASE "99.0" },
  { 0,
    { "hw_machine_type=pc-q35-7.3", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "pc-q35-7.3",
    NULL,
    "pc-q35-7.3",
    "kvm",
    NO_RELEASE "7.3" },
  { 0,
    { "hw_machine_type=pc-q35", NULL, FALSE, NULL, "x86_64", NULL },
    X86,
    IMAGE,
    "pc-q35",
    NULL,
    "pc-q35",
    "kvm",
    "no QEMU pc-q35 'q35'" },
#undef NO_RELEASE
  /* Names that only the host knows. */
  { 0,
    { "hw_machine_type=house", NULL, FALSE, NULL, "vendor.xml", NULL },
    X86,
    IMAGE,
    "house",
    "box-3",
    "box-3",
    "kvm",
    NULL },
  { 0,
    { NULL, NULL, FALSE, NULL, "alias-only.xml", NULL },
    X86,
    BUILTIN,
    "pc",
    "pc-i440fx-rhel7.1.0",
    "pc-i440fx-rhel7.1.0",
    "kvm",
    "pc-i440fx-rhel7.1.0 deprecated" },
  { 0,
    { NULL, NULL, FALSE, NULL, "alias-only.xml", "pc-i440fx-rhel7.1.0" },
    X86,
    RECORDED,
    "pc-i440fx-rhel7.1.0",
    "pc-i440fx-rhel7.1.0",
    "pc-i440fx-rhel7.1.0",
    "kvm",
    "pc-i440fx-rhel7.1.0 deprecated" },
};

static MachtypePolicy *
make_policy (const Case *given)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_auto (GStrv) entries = NULL;
  gsize i;

  if (given->defaults == NULL)
    return NULL;
  entries = g_strsplit (given->defaults, ";", -1);
  for (i = 0; entries[i] != NULL && *given->defaults != '\0'; i++)
    machtype_policy_builder_add_default (builder, entries[i]);
  if (given->follow)
    machtype_policy_builder_set_pinning (builder, MACHTYPE_PINNING_FOLLOW);
  g_assert_true (machtype_policy_builder_set_domain_type (builder, given->prefer, NULL));
  return machtype_policy_builder_end (builder);
}

static MachtypeResolution *
resolve (const Case *given, MtDefaultMachineFunc get_default, GError **error)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (given->properties);
  g_autoptr (MachtypePolicy) policy = make_policy (given);
  g_autoptr (MachtypeHost) host = test_make_host (given->host);

  if (get_default == NULL)
    return machtype_resolve (properties, policy, host, given->recorded, error);
  return mt_resolve (properties, policy, host, given->recorded, get_default, error);
}

/* The call that does not allocate, on the same case; the name is copied, because its owners are
 * freed. */
static char *
resolve_pairs (const Case *given, MachtypeArch *arch, MachtypeSource *source, GError **error)
{
  g_autoptr (MachtypePolicy) policy = make_policy (given);
  g_autoptr (MachtypeHost) host = test_make_host (given->host);
  g_auto (GStrv) list = g_strsplit (given->properties != NULL ? given->properties : "", " ", -1);
  MachtypePair pairs[16];
  gsize i, n = 0;

  for (i = 0; list[i] != NULL; i++) {
    char *equals = strchr (list[i], '=');

    if (equals == NULL)
      continue;
    *equals = '\0';
    g_assert_cmpuint (n, <, G_N_ELEMENTS (pairs));
    pairs[n].name = list[i];
    pairs[n++].value = equals + 1;
  }
  return g_strdup (
      machtype_resolve_pairs (pairs, n, policy, host, given->recorded, arch, source, error));
}

static const char *
shown (const char *text)
{
  return text != NULL ? text : "none";
}

static void
print_row (gsize i, const Case *c)
{
  ROW ("%" G_GSIZE_FORMAT ": properties %s, defaults %s, host %s, recorded %s", i,
       shown (c->properties), shown (c->defaults), shown (c->host), shown (c->recorded));
}

static void
assert_words (const char *text, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gsize i;

  ROW ("  %s", text);
  for (i = 0; list[i] != NULL; i++)
    g_assert_nonnull (strstr (text, list[i]));
}

static void
assert_warning (const MachtypeResolution *r, const char *words)
{
  g_autoptr (GPtrArray) warnings = machtype_resolution_list_warnings (r);

  g_assert_cmpuint (warnings->len, ==, words != NULL);
  if (words != NULL)
    assert_words (machtype_finding_get_message (warnings->pdata[0]), words);
}

/* Misspelled properties are warnings, before the others; those of other programs are not. */
static void
test_unknown_names (void)
{
  static const struct {
    const char *name, *words; /* words: NULL: no warning */
    gboolean is_spec;
  } cases[] = {
    { "hw_machinetype", "hw_machinetype 'hw_machine_type'?", FALSE },
    { "hw_fancy", "hw_fancy not", FALSE },
    { "img_fancy", "img_fancy not", FALSE },
    { "os_tipe", "os_tipe 'os_type'?", FALSE },
    { "hide_hypervisr_id", "hide_hypervisr_id extra 'hide_hypervisor_id'?", TRUE },
    { "hw_numa_cpus.1", NULL, FALSE },
    { "hw_numa_mem.12", NULL, FALSE },
    { "hw_numa_mem.", "hw_numa_mem. not", FALSE },
    { "hw_numa_cpus.one", "hw_numa_cpus.one not", FALSE },
    { "trait:CUSTOM_A", NULL, FALSE },
    { "architecture", NULL, FALSE },
    { "img_hv_type", NULL, FALSE },
    { "description", NULL, FALSE },
    { "hw:pmem", NULL, TRUE },
    { "other:spec", NULL, TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    g_autoptr (MachtypeResolution) resolution = NULL;
    g_autoptr (GPtrArray) warnings = NULL;
    const char *value = strstr (cases[i].name, "hv_type") != NULL ? "kvm" : "x86_64";
    GError *error = NULL;

    ROW ("%s", cases[i].name);
    machtype_properties_builder_add_image (builder, "hw_emulation_architecture", "s390x", &error);
    g_assert_no_error (error);
    (cases[i].is_spec
         ? machtype_properties_builder_add_extra_spec
         : machtype_properties_builder_add_image) (builder, cases[i].name, value, &error);
    g_assert_no_error (error);
    properties = machtype_properties_builder_end (builder);
    resolution = machtype_resolve (properties, NULL, NULL, "s390-ccw-virtio-7.2", &error);
    g_assert_no_error (error);
    warnings = machtype_resolution_list_warnings (resolution);
    g_assert_cmpuint (warnings->len, ==, cases[i].words != NULL);
    if (cases[i].words == NULL)
      continue;
    assert_words (machtype_finding_get_message (warnings->pdata[0]), cases[i].words);
    g_assert_cmpstr (machtype_finding_get_code (warnings->pdata[0]), ==, "property-unknown");
    g_assert_cmpstr (machtype_finding_get_subject (warnings->pdata[0]), ==, cases[i].name);
  }
}

static void
assert_answer (const MachtypeResolution *r, const Row *row)
{
  g_assert_cmpint (machtype_resolution_get_arch (r), ==, row->arch);
  g_assert_cmpstr (machtype_source_to_string (machtype_resolution_get_source (r)), ==,
                   machtype_source_to_string (row->source));
  g_assert_cmpstr (machtype_resolution_get_machine (r), ==, row->machine);
  g_assert_cmpstr (machtype_resolution_get_canonical (r), ==, row->canonical);
  g_assert_cmpstr (machtype_resolution_get_machine_to_record (r), ==, row->record);
  g_assert_cmpstr (machtype_resolution_get_domain_type (r), ==, row->domain_type);
}

/* Both ways use the same code. */
static void
assert_pairs (const Row *row)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  MachtypeSource source = BUILTIN;
  g_autoptr (GError) error = NULL;
  g_autofree char *record = resolve_pairs (&row->given, &arch, &source, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (record, ==, row->record);
  g_assert_cmpint (arch, ==, row->arch);
  g_assert_cmpint (source, ==, row->source);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeResolution) r = NULL;

    print_row (i, &rows[i].given);
    r = resolve (&rows[i].given, NULL, &error);
    g_assert_no_error (error);
    assert_answer (r, &rows[i]);
    assert_warning (r, rows[i].warning);
    assert_pairs (&rows[i]);
  }
}

#define PICK(list) list[g_test_rand_int_range (0, G_N_ELEMENTS (list))]

/* GLib prints the seed, and --seed repeats it. Invalid values of properties are in errors[]: the
 * builder refuses them. */
static char *
make_random_properties (void)
{
  static const char *const list[] = {
    "hw_architecture=x86_64",
    "hw_architecture=amd64",
    "hw_architecture=mipsel",
    "hw_architecture=avr",
    "hw_emulation_architecture=aarch64",
    "hw_emulation_architecture=s390x",
    "hw_emulation_architecture=ppc64el",
    "hw_machine_type=pc",
    "hw_machine_type=q35",
    "hw_machine_type=virt",
    "hw_machine_type=malta",
    "hw_machine_type=pc-q35-6.2",
    "hw_machine_type=pc-q35-",
    "hw_virt_type=qemu",
    "hw_virt_type=kvm",
    "os_type=linux",
    "hw_firmware_type=uefi",
  };
  GString *text = g_string_new (PICK (list));
  int count;

  for (count = g_test_rand_int_range (0, 5); count > 0; count--)
    g_string_append_printf (text, " %s", PICK (list));
  return g_string_free (text, FALSE);
}

static void
compare_roads (const Case *given)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  MachtypeSource source = BUILTIN;
  g_autoptr (GError) error = NULL, pairs_error = NULL;
  g_autoptr (MachtypeResolution) r = resolve (given, NULL, &error);
  g_autofree char *record = resolve_pairs (given, &arch, &source, &pairs_error);

  if (r == NULL) {
    g_assert_error (pairs_error, MACHTYPE_ERROR, error->code);
    g_assert_cmpstr (pairs_error->message, ==, error->message);
    return;
  }
  g_assert_no_error (pairs_error);
  g_assert_cmpstr (record, ==, machtype_resolution_get_machine_to_record (r));
  g_assert_cmpint (arch, ==, machtype_resolution_get_arch (r));
  g_assert_cmpint (source, ==, machtype_resolution_get_source (r));
}

static void
test_random (void)
{
  static const char *const defaults[] = { NULL, "", "x86_64=q35",
                                          "x86_64=pc-q35-6.2;aarch64=virt-6.2",
                                          "mipsel=malta;s390x=nonsense" };
  static const char *const hosts[] = { NULL, HOST, "alias-only.xml" };
  static const char *const records[] = { NULL, NULL, NULL, "pc-q35-6.2", "virt", "no such" };
  guint i;

  for (i = 0; i < 2000; i++) {
    g_autofree char *properties = make_random_properties ();
    const Case given = { properties, PICK (defaults), g_test_rand_bit (),
                         NULL,       PICK (hosts),    PICK (records) };

    print_row (i, &given);
    compare_roads (&given);
  }
}

typedef struct {
  guint defect;
  Case given;
  int code;
  const char *words;
} ErrorRow;

static const ErrorRow errors[] = {
  { 0,
    { NULL, NULL, FALSE, NULL, NULL, NULL },
    MACHTYPE_ERROR_UNKNOWN_ARCH,
    "hw_emulation_architecture hw_architecture" },
  { 0, { NULL, NULL, FALSE, NULL, NULL, "pc" }, MACHTYPE_ERROR_UNKNOWN_ARCH, "architecture" },
  { 24,
    { "hw_architecture=avr", NULL, FALSE, NULL, "x86_64", NULL },
    MACHTYPE_ERROR_NO_DEFAULT,
    "avr hw_machine_type default" },
  { 0, { NULL, NULL, FALSE, NULL, HOST, "q 35" }, MACHTYPE_ERROR_INVALID_NAME, "q 35" },
  { 19, { NULL, NULL, FALSE, NULL, HOST, "q35\n" }, MACHTYPE_ERROR_INVALID_NAME, "q35\\n" },
  { 0, { NULL, NULL, FALSE, NULL, NULL, "\x1b[1m" }, MACHTYPE_ERROR_UNKNOWN_ARCH, "known" },
  /* What does not exist for the architecture, with what does exist. */
  { 11,
    { "hw_architecture=mipsel hw_machine_type=virt", NULL, FALSE, NULL, "x86_64", NULL },
    MACHTYPE_ERROR_UNSUPPORTED,
    "virt mipsel aarch64 malta" },
  { 13,
    { "hw_architecture=mipsel hw_machine_type=virt", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_UNSUPPORTED,
    "virt mipsel aarch64 malta" },
  { 13,
    { "hw_architecture=aarch64 hw_machine_type=pc", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_UNSUPPORTED,
    "pc aarch64 x86_64 virt" },
  { 0,
    { "hw_architecture=x86_64 hw_machine_type=s390-ccw-virtio-2.4", NULL, FALSE, NULL, NULL, NULL },
    MACHTYPE_ERROR_UNSUPPORTED,
    "s390-ccw-virtio-2.4 x86_64 s390x pc" },
  { 1,
    { NULL, NULL, FALSE, NULL, HOST, "virt-6.2" },
    MACHTYPE_ERROR_UNSUPPORTED,
    "virt-6.2 x86_64 aarch64" },
  /* What the host lacks, with what it offers; and the release that removed it. */
  { 0,
    { "hw_machine_type=pc-q35-7.1", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "pc-q35-7.1 x86_64 kvm built pc-q35-7.2 q35 pc-q35-6.2 7.2" },
  { 0,
    { "hw_machine_type=pc-q35-rhel9.2.0", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "pc-q35-rhel9.2.0 pc-q35-7.2" },
  { 0,
    { "hw_machine_type=pc-q35-2.3", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "pc-q35-2.3 2.6 pc-q35-7.2" },
  { 0,
    { "hw_machine_type=our-own-board", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "our-own-board pc-i440fx-7.2" },
  { 0,
    { "hw_architecture=mipsel hw_machine_type=our-own-board", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "our-own-board mipsel malta mipssim" },
  { 0,
    { NULL, NULL, FALSE, NULL, "domain-machines.xml", "isapc" },
    MACHTYPE_ERROR_NOT_OFFERED,
    "isapc kvm pc-0.12" },
  { 0, { NULL, NULL, FALSE, NULL, "xen.xml", NULL }, MACHTYPE_ERROR_NOT_OFFERED, "pc xenfv" },
  { 0,
    { "hw_machine_type=pc-q35-10.1", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "10.1 newer 7.2" },
  /* The built-in default, which the operator did not choose. */
  { 0,
    { NULL, NULL, FALSE, NULL, "rhel10.xml", NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "pc family q35 hw_machine_type operator default x86_64" },
  /* No emulator: the package to install. */
  { 0,
    { "hw_architecture=armv7l", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "armv7l emulator install package qemu-system-arm" },
  { 23,
    { "hw_architecture=loongarch64", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "loongarch64 qemu-system-misc" },
  { 0,
    { NULL, NULL, FALSE, NULL, "empty.xml", NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "x86_64 qemu-system-x86" },
  { 0,
    { "hw_architecture=ia64 hw_machine_type=x", NULL, FALSE, NULL, HOST, NULL },
    MACHTYPE_ERROR_NOT_OFFERED,
    "ia64 emulator" },
};

static void
test_errors (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (errors); i++) {
    GError *error = NULL;

    print_row (i, &errors[i].given);
    g_assert_null (resolve (&errors[i].given, NULL, &error));
    test_assert_error (&error, errors[i].code, errors[i].words);
    g_assert_null (resolve (&errors[i].given, NULL, NULL));
    g_assert_null (resolve_pairs (&errors[i].given, NULL, NULL, &error));
    test_assert_error (&error, errors[i].code, errors[i].words);
  }
}

static void
test_pairs (void)
{
  static const MachtypePair none = { "hw_machine_type", "" };
  static const MachtypePair blank[] = { { "hw_machine_type", " \t" },
                                        { "hw_architecture", "s390x" } };
  static const MachtypePair wrong = { "hw_architecture", "pdp11" };
  static const MachtypePair twice[] = { { "hw_architecture", "s390x" },
                                        { "hw_architecture", "amd64" },
                                        { "description", "two\nlines" } };
  GError *error = NULL;

  g_assert_cmpstr (machtype_resolve_pairs (blank, 2, NULL, NULL, NULL, NULL, NULL, &error), ==,
                   "s390-ccw-virtio");
  g_assert_no_error (error);
  g_assert_null (machtype_resolve_pairs (NULL, 0, NULL, NULL, NULL, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNKNOWN_ARCH, "hw_architecture");
  g_assert_null (machtype_resolve_pairs (&none, 1, NULL, NULL, NULL, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNKNOWN_ARCH, "hw_architecture");
  g_assert_null (machtype_resolve_pairs (&wrong, 1, NULL, NULL, "pc", NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_architecture pdp11 x86_64");
  g_assert_cmpstr (machtype_resolve_pairs (twice, 3, NULL, NULL, NULL, NULL, NULL, &error), ==,
                   "pc");
  g_assert_no_error (error);
}

static const char *
get_other_default (MachtypeArch arch)
{
  return arch == MACHTYPE_ARCH_X86_64 ? "pc-q35-6.2" : NULL;
}

/* The built-in defaults are data: if a type is recorded, requested or configured, another table
 * changes nothing. */
static void
test_swapped_defaults (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Case *given = &rows[i].given;
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeResolution) r = resolve (given, get_other_default, &error);

    print_row (i, given);
    if (rows[i].source != BUILTIN) {
      g_assert_no_error (error);
      assert_answer (r, &rows[i]);
    } else if (rows[i].arch == X86 && g_strcmp0 (given->host, HOST) == 0)
      g_assert_cmpstr (machtype_resolution_get_machine (r), ==, "pc-q35-6.2");
    else if (rows[i].arch != X86)
      g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NO_DEFAULT);
  }
}

/* Recorded today, resolved tomorrow: the same, whatever happened to defaults and aliases. */
static void
test_record_round_trip (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    Case again = rows[i].given;
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeResolution) r = NULL;

    again.recorded = rows[i].record;
    print_row (i, &again);
    r = resolve (&again, get_other_default, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_resolution_get_machine (r), ==, rows[i].record);
    g_assert_cmpstr (machtype_resolution_get_machine_to_record (r), ==, rows[i].record);
    g_assert_cmpint (machtype_resolution_get_source (r), ==, RECORDED);
  }
}

static const struct {
  Case given;
  const char *explanation, *steps;
} explained[] = {
  { { "hw_machine_type=q35", NULL, FALSE, NULL, HOST, NULL },
    "it is set by the image property hw_machine_type",
    "architecture: x86_64, the host's own\nrecorded: nothing\nimage property hw_machine_type: "
    "q35\ndomain type: kvm, the best in the host's capabilities for x86_64\ncanonical name: "
    "pc-q35-7.2 on this host\nto be recorded: pc-q35-7.2 (policy pin)" },
  { { "hw_emulation_architecture=aarch64", "x86_64=q35", TRUE, NULL, "x86_64", NULL },
    "it is the built-in default for aarch64",
    "architecture: aarch64, from image property hw_emulation_architecture; the host's is "
    "x86_64\nrecorded: nothing\nimage property hw_machine_type: not set\noperator's default for "
    "aarch64: none\nbuilt-in default for aarch64: virt\ndomain type: qemu, from the architectures; "
    "no capabilities were given\ncanonical name: unknown, no host resolved it\nto be recorded: "
    "virt (policy follow)" },
  { { "hw_architecture=x86_64", "x86_64=pc-q35-6.2", FALSE, "qemu", HOST, NULL },
    "it is the operator's default for x86_64",
    "architecture: x86_64, from image property hw_architecture; the host's is x86_64\nrecorded: "
    "nothing\nimage property hw_machine_type: not set\noperator's default for x86_64: "
    "pc-q35-6.2\ndomain type: qemu, preferred by the operator\ncanonical name: pc-q35-6.2 on this "
    "host\nto be recorded: pc-q35-6.2 (policy pin)" },
  { { "hw_machine_type=q35", NULL, FALSE, NULL, HOST, "pc-q35-5.2" },
    "it was recorded for this instance",
    "architecture: x86_64, the host's own\nrecorded: pc-q35-5.2\ndomain type: kvm, the best in the "
    "host's capabilities for x86_64\ncanonical name: pc-q35-5.2 on this host\nto be recorded: "
    "pc-q35-5.2 (policy pin)" },
  { { "hw_architecture=mipsel", NULL, FALSE, NULL, NULL, NULL },
    "it is the built-in default for mipsel",
    "architecture: mipsel, from image property hw_architecture; the host's is unknown\nrecorded: "
    "nothing\nimage property hw_machine_type: not set\noperator's default for mipsel: no policy "
    "given\nbuilt-in default for mipsel: malta\ndomain type: qemu, from the architectures; no "
    "capabilities were given\ncanonical name: unknown, no host resolved it\nto be recorded: malta "
    "(policy pin)" },
};

static char *
join_lines (const char *const *lines)
{
  GString *text = g_string_new (*lines);

  while (*++lines != NULL)
    g_string_append_printf (text, "\n%s", *lines);
  return g_string_free (text, FALSE);
}

static void
test_explained (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (explained); i++) {
    g_autoptr (MachtypeResolution) r = resolve (&explained[i].given, NULL, NULL);
    g_autofree char *steps = NULL;

    print_row (i, &explained[i].given);
    g_assert_nonnull (r);
    steps = join_lines (machtype_resolution_get_steps (r));
    g_assert_cmpstr (machtype_resolution_get_explanation (r), ==, explained[i].explanation);
    g_assert_cmpstr (steps, ==, explained[i].steps);
  }
}

/* Every architecture that has a default gets it, and it exists for the architecture. */
static void
test_every_default (void)
{
  int i;

  for (i = 1; i <= MT_ARCH_LAST; i++) {
    const char *arch = machtype_arch_to_string ((MachtypeArch)i);
    const char *machine = machtype_arch_get_default_machine ((MachtypeArch)i);
    g_autofree char *properties = g_strdup_printf ("hw_architecture=%s", arch);
    const Case given = { properties, NULL, FALSE, NULL, NULL, NULL };
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeResolution) r = resolve (&given, NULL, &error);

    ROW ("%s: %s", arch, shown (machine));
    if (machine != NULL) {
      g_assert_no_error (error);
      g_assert_cmpstr (machtype_resolution_get_machine (r), ==, machine);
    } else
      g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NO_DEFAULT);
  }
}

/* Arguments of the call are borrowed, the result is owned by itself. */
static void
test_outlives_arguments (void)
{
  char *recorded = g_strdup ("pc-q35-5.2");
  MachtypeHost *host = test_read_host (HOST, NULL);
  g_autoptr (MachtypeResolution) r = machtype_resolve (NULL, NULL, host, recorded, NULL);
  g_autoptr (MachtypeResolution) again = machtype_resolution_ref (r);

  g_free (recorded);
  machtype_host_unref (host);
  g_assert_cmpstr (machtype_resolution_get_canonical (again), ==, "pc-q35-5.2");
  g_assert_cmpstr (machtype_resolution_get_domain_type (again), ==, "kvm");
}

static void
test_long_record (void)
{
  g_autofree char *recorded = g_strnfill (5000000, 'q');
  g_autoptr (MachtypeHost) host = test_read_host (HOST, NULL);
  GError *error = NULL;

  g_assert_null (machtype_resolve (NULL, NULL, host, recorded, &error));
  g_assert_cmpuint (strlen (error->message), <, 300);
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_NAME, "qqq... longer 128");
}

/* A host can report anything. */
static void
test_hostile_host (void)
{
  static const char xml[] =
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
      "<arch name='x86_64'><emulator>/q</emulator><machine canonical='pc-x&#10;y&#x202e;&#x9b;'>pc"
      "</machine><domain type='kvm'/></arch></guest></capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) r = NULL;
  const char *const *step;
  gboolean seen = FALSE;
  GError *error = NULL;

  machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (builder);
  r = machtype_resolve (NULL, NULL, host, NULL, &error);
  g_assert_no_error (error);
  for (step = machtype_resolution_get_steps (r); *step != NULL; step++) {
    test_assert_visible (*step);
    seen |= strstr (*step, "pc-x\\ny\\u{202e}\\u{9b}") != NULL;
  }
  g_assert_true (seen);
  test_assert_visible (machtype_resolution_get_explanation (r));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolve/rows", test_rows);
  g_test_add_func ("/resolve/errors", test_errors);
  g_test_add_func ("/resolve/unknown-names", test_unknown_names);
  g_test_add_func ("/resolve/pairs", test_pairs);
  g_test_add_func ("/resolve/random", test_random);
  g_test_add_func ("/resolve/swapped-defaults", test_swapped_defaults);
  g_test_add_func ("/resolve/record-round-trip", test_record_round_trip);
  g_test_add_func ("/resolve/explained", test_explained);
  g_test_add_func ("/resolve/hostile-host", test_hostile_host);
  g_test_add_func ("/resolve/every-default", test_every_default);
  g_test_add_func ("/resolve/outlives-arguments", test_outlives_arguments);
  g_test_add_func ("/resolve/long-record", test_long_record);
  return g_test_run ();
}
