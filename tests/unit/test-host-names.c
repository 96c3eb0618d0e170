/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host says about names: of what it offers, and of what it lacks. */

#include "test.h"

#include <string.h>

#include "host/host-private.h"

#define YES MACHTYPE_ANSWER_YES
#define NO MACHTYPE_ANSWER_NO
#define UNKNOWN MACHTYPE_ANSWER_UNKNOWN

/* A message has room for only a few names: the nearest version first, the family's alias last. */
static void
test_near (void)
{
  static const struct {
    const char *machine, *near;
  } rows[] = {
    { "pc-q35-6.1", "pc-q35-6.2, pc-q35-6.0, pc-q35-7.1, pc-q35-7.2, pc-q35-2.7, q35" },
    { "pc-q35-2.3", "pc-q35-2.4, pc-q35-2.5, pc-q35-2.6, pc-q35-2.7, pc-q35-6.0, q35" },
    { "pc-q35-10.1", "pc-q35-7.2, pc-q35-7.1, pc-q35-6.2, pc-q35-6.0, pc-q35-2.7, q35" },
    /* Another vendor's: by the QEMU that it was made from, here 6.2; unknown: the newest first. */
    { "pc-q35-rhel8.6.0", "pc-q35-6.2, pc-q35-6.0, pc-q35-7.1, pc-q35-7.2, pc-q35-2.7, q35" },
    { "pc-q35-stonking", "pc-q35-7.2, pc-q35-7.1, pc-q35-6.2, pc-q35-6.0, pc-q35-2.7, q35" },
    { "pc-i440fx-6.2", "pc" },
    /* A family without a version, a misspelled name, and one that is similar to none. */
    { "pc-q35", "pc-q35-7.2, pc-q35-7.1, pc-q35-6.2, pc-q35-6.0, pc-q35-2.7, q35" },
    { "q53", "q35" },
    { "pc_q35_7.2", "pc-q35-7.2, pc-q35-7.1, pc-q35-6.2, pc-q35-6.0, pc-q35-2.7, q35" },
    { "our-own-board", "q35, pc, pc-q35-7.2, pc-q35-7.1, pc-q35-6.2, pc-q35-6.0" },
  };
  static const char capabilities[] =
      "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'>"
      "<machine>pc-q35-7.2</machine><machine canonical='pc-q35-7.2'>q35</machine>"
      "<machine>pc-q35-7.1</machine><machine>pc-q35-2.4</machine><machine>pc-q35-2.5</machine>"
      "<machine>pc-q35-2.6</machine><machine>pc-q35-2.7</machine><machine>pc-q35-6.0</machine>"
      "<machine>pc-q35-6.2</machine><machine>pc</machine>"
      "<domain type='qemu'/></arch></guest></capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  gsize i;

  g_assert_true (machtype_host_builder_set_capabilities (builder, capabilities, -1, NULL));
  host = machtype_host_builder_end (builder);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *near = mt_host_dup_near (host, MACHTYPE_ARCH_X86_64, NULL, rows[i].machine);

    ROW ("%s", rows[i].machine);
    g_assert_cmpstr (near, ==, rows[i].near);
  }
}

/* With QEMU 7.2: q35 is pc-q35-7.2. */
static const struct {
  const char *recorded, *machine;
  gboolean with_host, without;
} agreements[] = {
  { "pc-q35-7.2", "pc-q35-7.2", TRUE, TRUE },
  { "pc-q35-7.2", "pc-q35-6.2", FALSE, FALSE },
  { "pc-q35-6.2", "pc-i440fx-6.2", FALSE, FALSE },
  { "own-board", "own-board", TRUE, TRUE },
  { "own-board", "own-board-2", FALSE, FALSE },
  /* A recorded alias: of every QEMU. */
  { "q35", "pc-q35-7.2", TRUE, TRUE },
  { "q35", "pc-q35-6.2", TRUE, TRUE },
  { "q35", "q35", TRUE, TRUE },
  { "q35", "pc-i440fx-7.2", FALSE, FALSE },
  { "q35", "pc", FALSE, FALSE },
  { "pc", "pc-i440fx-2.4", TRUE, TRUE },
  { "virt", "pc-q35-7.2", FALSE, FALSE },
  /* A defined alias: of this QEMU, if it is known. */
  { "pc-q35-7.2", "q35", TRUE, TRUE },
  { "pc-q35-6.2", "q35", FALSE, TRUE },
  { "pc-i440fx-7.2", "q35", FALSE, FALSE },
};

static void
test_is_recorded (void)
{
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (agreements); i++) {
    ROW ("%s, %s", agreements[i].recorded, agreements[i].machine);
    g_assert_cmpint (mt_host_is_recorded (host, MACHTYPE_ARCH_X86_64, agreements[i].recorded,
                                          agreements[i].machine),
                     ==, agreements[i].with_host);
    g_assert_cmpint (mt_host_is_recorded (NULL, MACHTYPE_ARCH_X86_64, agreements[i].recorded,
                                          agreements[i].machine),
                     ==, agreements[i].without);
  }
}

/* A name that the tables do not know has the family of the alias that stands for it on the host. */
static void
test_known (void)
{
  static const struct {
    const char *file; /* NULL: no host */
    MachtypeArch arch;
    const char *machine, *known;
    MtMachineClass class;
    MachtypeNameKind kind;
    MachtypeFamily family;
  } rows[] = {
#define X86 MACHTYPE_ARCH_X86_64
#define KIND(kind) MACHTYPE_NAME_KIND_##kind
#define FAMILY(family) MACHTYPE_FAMILY_##family
    { "vendor.xml", X86, "pc", "pc", MT_CLASS_I440FX, KIND (ALIAS), FAMILY (PC_I440FX) },
    { "vendor.xml", X86, "pc-i440fx-house-2.1", "pc", MT_CLASS_I440FX, KIND (UNKNOWN),
      FAMILY (PC_I440FX) },
    /* Not what an alias stands for: the family that its name begins with. */
    { "vendor.xml", X86, "pc-i440fx-house-2.0", "pc", MT_CLASS_I440FX, KIND (UNKNOWN),
      FAMILY (PC_I440FX) },
    { "vendor.xml", X86, "box-3", "q35", MT_CLASS_Q35, KIND (UNKNOWN), FAMILY (PC_Q35) },
    { "vendor.xml", X86, "house", "q35", MT_CLASS_Q35, KIND (ALIAS), FAMILY (PC_Q35) },
    { "vendor.xml", X86, "pc-q35-9.0", "pc-q35-9.0", MT_CLASS_Q35, KIND (VERSIONED),
      FAMILY (PC_Q35) },
    /* No x86 machine is of the family virt. */
    { "vendor.xml", X86, "virt-house", "virt-house", MT_CLASS_NONE, KIND (UNKNOWN), FAMILY (NONE) },
    /* Boards have no family, but a class. */
    { "vendor.xml", MACHTYPE_ARCH_RISCV64, "house-virt-2", "virt", MT_CLASS_RISCV_VIRT,
      KIND (UNKNOWN), FAMILY (NONE) },
    /* What the host does not offer, and what no host is asked about. */
    { "vendor.xml", X86, "pc-i440fx-house-3.0", "pc-i440fx-house-3.0", MT_CLASS_NONE,
      KIND (UNKNOWN), FAMILY (NONE) },
    { "vendor.xml", MACHTYPE_ARCH_I686, "box-3", "box-3", MT_CLASS_NONE, KIND (UNKNOWN),
      FAMILY (NONE) },
    { NULL, X86, "box-3", "box-3", MT_CLASS_NONE, KIND (UNKNOWN), FAMILY (NONE) },
    { NULL, X86, "q35", "q35", MT_CLASS_Q35, KIND (ALIAS), FAMILY (PC_Q35) },
    /* Old capabilities list some types only as what an alias stands for. */
    { "alias-only.xml", X86, "pc-q35-rhel7.1.0", "pc-q35-rhel7.1.0", MT_CLASS_Q35, KIND (VERSIONED),
      FAMILY (PC_Q35) },
#undef FAMILY
#undef KIND
#undef X86
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHost) host =
        rows[i].file != NULL ? test_read_host (rows[i].file, NULL) : NULL;
    const char *machine = rows[i].machine;
    MtName name;

    ROW ("%s: %s", rows[i].file != NULL ? rows[i].file : "no host", machine);
    g_assert_cmpstr (mt_host_get_known_name (host, rows[i].arch, NULL, machine), ==, rows[i].known);
    g_assert_cmpint (mt_host_get_class (host, rows[i].arch, NULL, machine), ==, rows[i].class);
    g_assert_true (mt_host_parse_name (host, rows[i].arch, NULL, machine, strlen (machine), &name));
    g_assert_cmpint (name.kind, ==, rows[i].kind);
    g_assert_cmpint (name.family, ==, rows[i].family);
  }
}

/* Capabilities can contain anything: what is not a name is not a known machine. */
static void
test_no_name (void)
{
  static const char capabilities[] =
      "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'>"
      "<machine canonical='box 3'>q35</machine><domain type='qemu'/></arch></guest>"
      "</capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;

  g_assert_true (machtype_host_builder_set_capabilities (builder, capabilities, -1, NULL));
  host = machtype_host_builder_end (builder);
  g_assert_cmpstr (machtype_host_get_canonical (host, MACHTYPE_ARCH_X86_64, NULL, "q35"), ==,
                   "box 3");
  g_assert_cmpint (mt_host_get_class (host, MACHTYPE_ARCH_X86_64, NULL, "q35"), ==, MT_CLASS_Q35);
  g_assert_cmpint (mt_host_get_class (host, MACHTYPE_ARCH_X86_64, NULL, "box 3"), ==,
                   MT_CLASS_NONE);
}

/* The domain capabilities of a family are those of a vendor's type as well. */
static void
test_known_capabilities (void)
{
  g_autoptr (MachtypeHost) host = test_read_host ("vendor.xml", "domcaps-q35.xml");

  g_assert_nonnull (mt_host_find_domain_capabilities (host, MACHTYPE_ARCH_X86_64, NULL, "box-3"));
  g_assert_null (
      mt_host_find_domain_capabilities (host, MACHTYPE_ARCH_X86_64, NULL, "pc-i440fx-house-2.1"));
}

static const struct {
  const char *file;
  MachtypeArch arch;
  const char *machine, *why;
} absences[] = {
#define X86 MACHTYPE_ARCH_X86_64
  /* Too new: by one release; not released; never to be released. */
  { "x86_64.xml", X86, "pc-q35-8.0", ": it needs QEMU 8.0, which is newer than the host's 7.2" },
  { "x86_64.xml", MACHTYPE_ARCH_AARCH64, "virt-10.1",
    ": it needs QEMU 10.1, which is newer than the host's 7.2" },
  { "x86_64.xml", X86, "pc-q35-13.0",
    ": no release of QEMU has it yet; it is newer than the host's 7.2" },
  { "x86_64.xml", X86, "pc-q35-7.3", ": no release of QEMU ever had it" },
  { "x86_64.xml", X86, "pc-q35-2.13", ": no release of QEMU ever had it" },
  { "x86_64.xml", X86, "pc-q35-7.2.1", ": no release of QEMU ever had it" },
  { "x86_64.xml", X86, "pc-q35-4.0.1", ": the host's QEMU 7.2 was built without it" },
  { "x86_64.xml", X86, "pc-q35-4.0.2", ": no release of QEMU ever had it" },
  /* Removed, by the rule and by an exception. */
  { "x86_64.xml", X86, "pc-q35-2.3", ": QEMU 2.6 removed it, and the host has 7.2" },
  { "x86_64.xml", X86, "pc-1.3", ": QEMU 6.0 removed it, and the host has 7.2" },
  { "x86_64.xml", X86, "pc-q35-7.1", ": the host's QEMU 7.2 was built without it" },
  { "x86_64.xml", MACHTYPE_ARCH_ARMV7L, "virt-8.0",
    ": it needs QEMU 8.0, which is newer than the host's 7.2" },
  /* Another vendor's, and an older or newer one of the same. */
  { "x86_64.xml", X86, "pc-q35-rhel8.6.0",
    ": it is one of the types of Red Hat, and the host offers none of these" },
  { "x86_64.xml", X86, "pc-q35-6.1+pve1",
    ": it is one of the types of Proxmox, and the host offers none of these" },
  { "rhel10.xml", X86, "pc-q35-9.0",
    ": it is one of the types of QEMU itself, and the host offers none of these" },
  { "rhel10.xml", X86, "pc-q35-rhel10.2.0",
    ": it is newer than the newest type of Red Hat that the host offers, pc-q35-rhel10.0.0" },
  { "rhel10.xml", X86, "pc-q35-rhel7.6.0", ": RHEL 10 removed it" },
  { "rhel10.xml", X86, "pc-q35-rhel9.0.0", "" },
  { "rhel10.xml", X86, "pc-q35-rhel12.0.0", ": no release of RHEL has it yet" },
  { "rhel10.xml", X86, "pc-q35-rhel8.11.0", ": no release of RHEL ever had it" },
  /* Skipped by Red Hat: from the first to the last, and not those around it. */
  { "rhel10.xml", X86, "pc-i440fx-rhel7.7.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-i440fx-rhel9.8.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-q35-rhel8.6.0", ": RHEL 10 removed it" },
  { "rhel10.xml", X86, "pc-q35-rhel8.7.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-q35-rhel8.9.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-q35-rhel8.10.0", "" },
  { "rhel10.xml", X86, "pc-q35-rhel9.1.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-q35-rhel9.7.0", ": no release of RHEL ever had it" },
  { "rhel10.xml", X86, "pc-q35-rhel10.1.0", ": no release of RHEL ever had it" },
  /* Before the family's first version, and that version. */
  { "x86_64.xml", X86, "pc-q35-1.3", ": no release of QEMU ever had it" },
  { "x86_64.xml", X86, "pc-q35-1.4", ": QEMU 2.6 removed it, and the host has 7.2" },
  { "x86_64.xml", MACHTYPE_ARCH_S390X, "s390-ccw-virtio-2.3", ": no release of QEMU ever had it" },
  { "x86_64.xml", MACHTYPE_ARCH_AARCH64, "virt-2.5", ": no release of QEMU ever had it" },
  /* A family that is missing, or not. */
  { "rhel10.xml", X86, "pc", ": it offers no type of the family pc-i440fx" },
  { "rhel10.xml", X86, "ubuntu-q35", "" },
  /* No type at all. */
  { "x86_64.xml", X86, "pc-q35",
    ": no QEMU has a machine type of this name (did you mean 'q35'?)" },
  { "x86_64.xml", X86, "virt", ": it does not exist for x86_64 guests" },
  { "x86_64.xml", X86, "our-own-board", "" },
  { "x86_64.xml", X86, "no name", "" },
  /* Boards. */
  { "x86_64.xml", MACHTYPE_ARCH_RISCV64, "malta", ": it does not exist for riscv64 guests" },
  { "x86_64.xml", MACHTYPE_ARCH_RISCV64, "sifive_u", ": the host's QEMU 7.2 was built without it" },
  { "x86_64.xml", MACHTYPE_ARCH_RISCV64, "spike_v1.10",
    ": QEMU 5.1 removed it, and the host has 7.2" },
  { "x86_64.xml", MACHTYPE_ARCH_AARCH64, "raspi4b",
    ": it needs QEMU 9.0, which is newer than the host's 7.2" },
  { "rhel10.xml", X86, "isapc", "" },
  /* Without any version, nothing is known about the release. */
  { "xen.xml", X86, "pc-q35-8.0",
    ": it is one of the types of QEMU itself, and the host offers none of these" },
#undef X86
};

/* Why a host does not offer a type. */
static void
test_absence (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (absences); i++) {
    g_autoptr (MachtypeHost) host = test_read_host (absences[i].file, NULL);
    g_autofree char *why =
        mt_host_dup_why_absent (host, absences[i].arch, NULL, absences[i].machine);

    ROW ("%s: %s", absences[i].file, absences[i].machine);
    g_assert_cmpstr (why, ==, absences[i].why);
  }
}

/* What libvirt says about QEMU comes before what its types show. */
static void
test_absence_by_version (void)
{
  static const struct {
    const char *file;
    guint64 qemu;
    const char *machine, *why;
  } rows[] = {
    { "rhel10.xml", 0, "isapc", "" },
    { "rhel10.xml", 9001000, "isapc", ": the host's QEMU 9.1 was built without it" },
    { "rhel10.xml", 9001000, "nitro", ": it needs QEMU 11.0, which is newer than the host's 9.1" },
    { "rhel10.xml", 11000000, "nitro", ": the host's QEMU 11.0 was built without it" },
    /* From 9.1 on, QEMU_DELETE_MACHINES=1 deletes the types of six years. */
    { "x86_64.xml", 9000000, "pc-q35-2.12", ": the host's QEMU 9.0 was built without it" },
    { "x86_64.xml", 9001000, "pc-q35-3.1",
      ": QEMU removes it from 10.1 on, and the host's 9.1 does so already" },
    { "x86_64.xml", 10000000, "pc-q35-4.0.1",
      ": QEMU removes it from 10.1 on, and the host's 10.0 does so already" },
    { "x86_64.xml", 10000000, "pc-q35-4.1", ": the host's QEMU 10.0 was built without it" },
    { "x86_64.xml", 10001000, "pc-q35-4.1", ": QEMU 10.1 removed it, and the host has 10.1" },
    { "rhel10.xml", 10000000, "pc-q35-3.1",
      ": it is one of the types of QEMU itself, and the host offers none of these" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autofree char *path = g_build_filename ("hosts", rows[i].file, NULL);
    g_autofree char *xml = test_read (path, NULL), *why = NULL;
    g_autoptr (MachtypeHost) host = NULL;

    g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, NULL));
    machtype_host_builder_set_versions (builder, rows[i].qemu, 0);
    host = machtype_host_builder_end (builder);
    why = mt_host_dup_why_absent (host, MACHTYPE_ARCH_X86_64, NULL, rows[i].machine);
    ROW ("%s", rows[i].machine);
    g_assert_cmpstr (why, ==, rows[i].why);
  }
}

/* A family that has no versions yet on the host. */
static void
test_absence_of_versions (void)
{
#define MACHINES(machines)                                                                         \
  "<capabilities><guest><os_type>hvm</os_type><arch name='loongarch64'>" machines                  \
  "<domain type='qemu'/></arch></guest></capabilities>"
  static const char bare[] = MACHINES ("<machine>virt</machine>");
  static const char versioned[] = MACHINES ("<machine canonical='virt-11.1'>virt</machine>");
  static const char other[] = MACHINES ("<machine>none-such</machine>");
  static const struct {
    const char *xml, *machine;
    guint64 qemu;
    const char *why;
  } rows[] = {
    { bare, "virt-11.1", 0,
      ": it needs QEMU 11.1, which is newer than the host's, whose virt has no version" },
    { bare, "virt-11.1", 9000000, ": it needs QEMU 11.1, which is newer than the host's 9.0" },
    { bare, "virt-13.0", 0, ": no release of QEMU has it yet" },
    { versioned, "virt-11.2", 0,
      ": it is one of the types of QEMU itself, and the host offers none of these" },
    { other, "virt-11.1", 0,
      ": it is one of the types of QEMU itself, and the host offers none of these" },
  };
#undef MACHINES
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autofree char *why = NULL;

    g_assert_true (machtype_host_builder_set_capabilities (builder, rows[i].xml, -1, NULL));
    machtype_host_builder_set_versions (builder, rows[i].qemu, 0);
    host = machtype_host_builder_end (builder);
    why = mt_host_dup_why_absent (host, MACHTYPE_ARCH_LOONGARCH64, NULL, rows[i].machine);
    ROW ("%s", rows[i].machine);
    g_assert_cmpstr (why, ==, rows[i].why);
  }
}

/* A document that is refused marks nothing. */
static void
test_deprecation_rolled_back (void)
{
  static const char refused[] = "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'>"
                                "<machine deprecated='yes'>pc-i440fx-2.4</machine></arch></guest>";
  static const char accepted[] =
      "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'>"
      "<machine>pc-q35-6.2</machine><domain type='qemu'/></arch></guest></capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GPtrArray) machines = NULL;

  g_assert_false (machtype_host_builder_set_capabilities (builder, refused, -1, NULL));
  g_assert_true (machtype_host_builder_set_capabilities (builder, accepted, -1, NULL));
  host = machtype_host_builder_end (builder);
  machines = machtype_host_list_machines (host, MACHTYPE_ARCH_X86_64, NULL);
  g_assert_cmpuint (machines->len, ==, 1);
  g_assert_cmpint (machtype_machine_get_deprecated (machines->pdata[0]), ==, UNKNOWN);
}

/* A limit that newer releases do not have. */
static void
test_least_memory (void)
{
  static const struct {
    const char *machine; /* of x86_64, which shows the release; NULL: no host */
    MtMachineClass class;
    guint least;
  } rows[] = {
    { "pc-q35-9.0", MT_CLASS_LOONGARCH_VIRT, 1024 },
    { "pc-q35-9.1", MT_CLASS_LOONGARCH_VIRT, 0 },
    { "isapc", MT_CLASS_LOONGARCH_VIRT, 0 },
    { "pc-q35-rhel9.0.0", MT_CLASS_LOONGARCH_VIRT, 0 },
    { NULL, MT_CLASS_LOONGARCH_VIRT, 0 },
    { "pc-q35-9.0", MT_CLASS_AARCH64_VIRT, 0 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (
        "<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'><machine>%s</machine>"
        "<domain type='qemu'/></arch></guest></capabilities>",
        rows[i].machine);
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;

    ROW ("%s", rows[i].machine != NULL ? rows[i].machine : "no host");
    g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, NULL));
    host = machtype_host_builder_end (builder);
    g_assert_cmpuint (mt_host_get_least_memory (rows[i].machine != NULL ? host : NULL,
                                                rows[i].class, MACHTYPE_ARCH_LOONGARCH64, NULL),
                      ==, rows[i].least);
  }
}

static const struct {
  const char *machines, *machine;
  MachtypeAnswer deprecated;
  const char *since, *lifecycle;
} deprecations[] = {
#define OLD "<machine deprecated='yes'>pc-i440fx-2.4</machine>"
  { OLD "<machine>pc-i440fx-10.0</machine>", "pc-i440fx-2.4", YES, "9.1",
    "deprecated since QEMU 9.1, removed in QEMU 10.1" },
  { OLD "<machine>pc-i440fx-10.0</machine><machine>pc-q35-6.2</machine>", "pc-q35-6.2", NO, NULL,
    "removed in QEMU 12.2" },
  /* What is still to come. */
  { OLD "<machine>pc-i440fx-9.1</machine><machine>pc-q35-6.2</machine>", "pc-q35-6.2", NO, "9.2",
    "deprecated in QEMU 9.2, removed in QEMU 12.2" },
  { OLD "<machine>pc-i440fx-9.2</machine><machine>pc-q35-6.2</machine>", "pc-q35-6.2", NO, NULL,
    "removed in QEMU 12.2" },
  /* A host that marks none says nothing. */
  { "<machine>pc-i440fx-10.0</machine><machine>pc-q35-6.2</machine>", "pc-q35-6.2", UNKNOWN, "9.2",
    "deprecated in QEMU 9.2, removed in QEMU 12.2" },
  /* A vendor's releases. */
  { OLD "<machine>pc-q35-rhel10.0.0</machine><machine>pc-q35-rhel9.4.0</machine>",
    "pc-q35-rhel9.4.0", NO, NULL, "last seen in RHEL 10.0" },
  { OLD "<machine>pc-q35-rhel9.6.0</machine><machine>pc-q35-rhel9.4.0</machine>",
    "pc-q35-rhel9.4.0", NO, NULL, "deprecated in RHEL 10, last seen in RHEL 10.0" },
  { "<machine deprecated='yes'>pc-q35-rhel9.4.0</machine>", "pc-q35-rhel9.4.0", YES, NULL,
    "deprecated since RHEL 10, last seen in RHEL 10.0" },
  /* What only the host knows. */
  { "<machine deprecated='yes'>box-3</machine>", "box-3", YES, NULL, "deprecated" },
  { "<machine deprecated='yes'>pc-q35-2.3</machine>", "pc-q35-2.3", YES, NULL,
    "deprecated, removed in QEMU 2.6" },
  { OLD "<machine>box-3</machine>", "box-3", NO, NULL, NULL },
#undef OLD
};

/* Where a host marks deprecated types, it contradicts the tables about those that it does not mark,
 * as far as its own release goes. */
static void
test_deprecation (void)
{
  gsize i;
  guint k;

  for (i = 0; i < G_N_ELEMENTS (deprecations); i++) {
    g_autofree char *xml =
        g_strdup_printf ("<capabilities><guest><os_type>hvm</os_type><arch name='x86_64'>%s"
                         "<domain type='qemu'/></arch></guest></capabilities>",
                         deprecations[i].machines);
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (GPtrArray) machines = NULL;
    gboolean is_seen = FALSE;

    g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, NULL));
    host = machtype_host_builder_end (builder);
    machines = machtype_host_list_machines (host, MACHTYPE_ARCH_X86_64, NULL);
    for (k = 0; k < machines->len; k++) {
      const MachtypeMachine *machine = machines->pdata[k];
      g_autofree char *lifecycle = machtype_machine_dup_lifecycle (machine), *since = NULL;
      guint major, minor;

      if (strcmp (machtype_machine_get_name (machine), deprecations[i].machine) != 0)
        continue;
      ROW ("%s of %s", deprecations[i].machine, deprecations[i].machines);
      if (machtype_machine_get_deprecated_in (machine, &major, &minor))
        since = g_strdup_printf ("%u.%u", major, minor);
      g_assert_cmpint (machtype_machine_get_deprecated (machine), ==, deprecations[i].deprecated);
      g_assert_cmpstr (since, ==, deprecations[i].since);
      g_assert_cmpstr (lifecycle, ==, deprecations[i].lifecycle);
      is_seen = TRUE;
    }
    g_assert_true (is_seen);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-names/near", test_near);
  g_test_add_func ("/host-names/is-recorded", test_is_recorded);
  g_test_add_func ("/host-names/known", test_known);
  g_test_add_func ("/host-names/known-capabilities", test_known_capabilities);
  g_test_add_func ("/host-names/absence", test_absence);
  g_test_add_func ("/host-names/no-name", test_no_name);
  g_test_add_func ("/host-names/absence-by-version", test_absence_by_version);
  g_test_add_func ("/host-names/absence-of-versions", test_absence_of_versions);
  g_test_add_func ("/host-names/deprecation-rolled-back", test_deprecation_rolled_back);
  g_test_add_func ("/host-names/least-memory", test_least_memory);
  g_test_add_func ("/host-names/deprecation", test_deprecation);
  return g_test_run ();
}
