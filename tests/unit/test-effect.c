/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest notices when its machine type passes a version, and the page that lists it. */

#include "test.h"

#include <string.h>

/* "ANY: place: text" of each effect, one a line. */
static char *
dup_effects (const char *old, const char *new, MachtypeArch arch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeChange) change = machtype_change_check (
      old, new, arch, NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, &error);
  g_autoptr (GPtrArray) effects = NULL;
  GString *text = g_string_new ("");
  guint i;

  g_assert_no_error (error);
  effects = machtype_change_list_effects (change);
  for (i = 0; i < effects->len; i++)
    g_string_append_printf (text, "%s\n", machtype_finding_get_message (effects->pdata[i]));
  return g_string_free (text, FALSE);
}

typedef struct {
  const char *old, *new;
  MachtypeArch arch;
  const char *has;   /* separated by "|"; NULL: nothing */
  const char *lacks; /* the same */
} Case;

#define ANY MACHTYPE_ARCH_UNKNOWN

static const Case cases[] = {
  /* The SMBIOS entry point is 3.x at 8.1 and 8.2 alone, on either board. */
  { "pc-i440fx-8.0", "pc-i440fx-8.1", ANY, "since 8.1: the SMBIOS entry point is 3.x", "reverted" },
  { "pc-q35-8.0", "pc-q35-8.2", ANY, "since 8.1: the SMBIOS entry point is 3.x", "reverted" },
  { "pc-i440fx-8.0", "pc-i440fx-9.0", ANY, "since 8.1: virtio-mem", "SMBIOS" },
  { "pc-i440fx-8.2", "pc-i440fx-9.0", ANY, "reverted in 9.0", "virtio-mem" },
  { "pc-q35-6.2", "pc-q35-9.0", ANY, "since 9.0", "SMBIOS" },
  { "pc-q35-8.1", "pc-q35-8.2", ANY, "since 8.2", "SMBIOS" },
  { "pc-q35-8.2", "pc-q35-9.0", ANY, "reverted in 9.0: the SMBIOS entry point is 3.x",
    "since 8.1" },
  { "pc-q35-9.0", "pc-q35-8.2", ANY, "before 9.0: the SMBIOS|since 9.0 (reverted): up to 4096",
    "since 8." },
  { "pc-q35-8.1", "pc-q35-8.0", ANY, "since 8.1 (reverted): the SMBIOS", "since 9.0" },
  { "pc-q35-9.0", "pc-q35-8.0", ANY, "since 9.0 (reverted): up to 4096", "SMBIOS entry" },
  { "xenfv-3.1", "xenfv-4.2", ANY, NULL, "" },
  /* hw_compat_9_2 keeps types up to 9.2: what it names is new in 10.0. Of intel-iommu and the SMI
   * timers pc_compat_9_1 is the last: the emulators say so. */
  { "pc-q35-9.1", "pc-q35-9.2", ANY,
    "extended tags|since 9.2: intel-iommu|since 9.2: the chipset has software", "MSI-X" },
  { "pc-q35-9.2", "pc-q35-10.0", ANY,
    "since 10.0: virtio-balloon has MSI-X|since 10.0: virtio-mem has MSI-X",
    "extended tags|intel-iommu|SMI" },
  /* No version between has one of its own, either. */
  { "pc-i440fx-2.1", "pc-i440fx-2.2", ANY, "USB 2.0|standard VGA has revision 2|intel-hda", "" },
  { "pc-i440fx-2.2", "pc-i440fx-2.3", ANY, "VME", "USB|VGA" },
  { "pc-i440fx-2.4", "pc-i440fx-2.5", ANY, "since 2.5: CPU models Haswell|SCSI commands", "" },
  { "pc-q35-2.6", "pc-q35-2.7", ANY, "VMXNET3", "" },
  { "pc-q35-3.1", "pc-q35-4.0", ANY, "virtio-balloon has a larger", "" },
  { "pc-q35-4.0.1", "pc-q35-4.1", ANY, "reverted in 4.1: virtio-balloon", "" },
  { "pc-q35-9.0", "pc-q35-9.1", ANY, "SMBIOS", "D3" },
  { "pc-i440fx-2.5", "pc-i440fx-2.6", ANY, "since 2.6", "CPU" },
  { "pc-q35-6.2", "pc-q35-7.0", ANY, "since 7.0: virtio-mem", "" },
  { "pc-q35-7.1", "pc-q35-7.2", ANY, "since 7.2", "virtio-mem" },
  { "pc-i440fx-9.2", "pc-i440fx-10.0", ANY, "since 10.0: virtio-balloon", "intel-iommu" },
  { "pc-i440fx-10.0", "pc-i440fx-10.1", ANY, "since 10.1: AMD CPUs no longer report arch-cap",
    "10.2" },
  { "pc-i440fx-10.1", "pc-i440fx-10.2", ANY, "since 10.2: virtio-net offers", "10.1|TSEG" },
  { "pc-q35-10.1", "pc-q35-10.2", ANY, "since 10.2: the firmware has 64 MiB", "10.1" },
  { "pc-q35-10.2", "pc-q35-11.0", ANY, NULL, "" },
  { "pc-q35-11.1", "pc-q35-11.2", ANY, NULL, "" },
  /* A step that a stable release undid. */
  { "pc-q35-3.1", "pc-q35-4.0", ANY, "split irqchip", "" },
  { "pc-q35-4.0", "pc-q35-4.0.1", ANY, "reverted in 4.0.1: KVM", "since 4.0:" },
  { "pc-q35-3.1", "pc-q35-4.0.1", ANY, "PVH", "split irqchip" },
  { "pc-i440fx-3.1", "pc-i440fx-4.0", ANY, "PVH", "split irqchip|Root port" },
  { "pc-q35-2.8", "pc-q35-2.9", ANY, "since 2.9: PCI bridges have no SHPC", "" },
  { "pc-q35-2.8", "pc-q35-2.10", ANY, "TSEG", "SHPC" },
  { "pc-q35-6.0", "pc-q35-6.2", ANY, "hot-plug uses ACPI", "do not offer native" },
  { "pc-q35-6.0", "pc-q35-7.1", ANY, "1 TiB", "EUI-64" },
  /* Virt of one architecture is not that of another. */
  { "virt-6.1", "virt-6.2", MACHTYPE_ARCH_AARCH64, "ITS|sockets, cores", "" },
  { "virt-6.1", "virt-6.2", MACHTYPE_ARCH_M68K, "SEQPACKET", "ITS|sockets, cores|NVMe" },
  { "virt-6.2", "virt-7.0", MACHTYPE_ARCH_ARMV7L, "LPA2", "" },
  { "virt-6.2", "virt-7.0", MACHTYPE_ARCH_M68K, NULL, "" },
  { "virt-8.2", "virt-9.0", MACHTYPE_ARCH_AARCH64, "EL2 virtual timer", "" },
  { "virt-9.1", "virt-9.2", MACHTYPE_ARCH_AARCH64, "nested", "" },
  { "virt-5.1", "virt-5.2", MACHTYPE_ARCH_AARCH64, "host stole", "" },
  { "virt-11.1", "virt-11.2", MACHTYPE_ARCH_LOONGARCH64, NULL, "" },
  { "s390-ccw-virtio-2.11", "s390-ccw-virtio-2.12", ANY, "zEC12", "z13" },
  { "s390-ccw-virtio-6.2", "s390-ccw-virtio-7.0", ANY, "z15", "z14." },
  { "s390-ccw-virtio-7.1", "s390-ccw-virtio-7.2", ANY, "interpreted", "MSI-X" },
  { "s390-ccw-virtio-8.1", "s390-ccw-virtio-8.2", ANY, "books and drawers|USO", "" },
  { "s390-ccw-virtio-9.2", "s390-ccw-virtio-10.0", ANY, "translation tables", "balloon" },
  { "s390-ccw-virtio-2.11", "s390-ccw-virtio-2.12", ANY, "SCLP event masks", "" },
  { "s390-ccw-virtio-11.0", "s390-ccw-virtio-11.1", ANY, "virtio 1.0 alone", "virtio-mmio" },
  { "virt-11.0", "virt-11.1", MACHTYPE_ARCH_M68K, "virtio-mmio", "SMMU|TPM" },
  { "pseries-2.12", "pseries-4.0", ANY, "POWER9|workarounds", "POWER8" },
  { "pseries-11.0", "pseries-11.1", ANY, "since 11.1: without a CPU model", "POWER10" },
  /* A vendor's revisions: Proxmox's later versions keep them, Ubuntu's do not. */
  { "pc-q35-9.2", "pc-q35-9.2+pve1", ANY, "since 9.2+pve1: ACPI", "" },
  { "pc-q35-9.2+pve0", "pc-q35-10.0+pve0", ANY, "since 9.2+pve1: ACPI", "host_mtu|MTU" },
  { "pc-q35-9.2+pve1", "pc-q35-10.0+pve0", ANY, "since 10.0: virtio-balloon", "S3" },
  { "pc-q35-9.2+pve1", "pc-q35-9.2", ANY, "since 9.2+pve1 (reverted)", "" },
  { "pc-q35-9.2", "pc-q35-10.0", ANY, "since 10.0", "S3|pve" },
  { "pc-q35-10.0", "pc-q35-10.0+pve1", ANY, "MTU", "S3" },
  { "virt-9.2", "virt-9.2+pve1", ANY, NULL, "" },
  { "pc-q35-noble", "pc-q35-noble-v2", ANY, "since noble-v2: AMD CPUs", "since 10.1" },
  { "pc-q35-noble-v2", "pc-q35-noble-v3", ANY, NULL, "" },
  { "pc-q35-noble-v2", "pc-q35-plucky", ANY, "since noble-v2 (reverted): AMD", "" },
  { "pc-q35-noble-v2", "pc-q35-resolute", ANY, "since 10.1: SCSI", "AMD CPUs" },
  { "pc-q35-noble", "pc-q35-resolute", ANY, "since 10.1: AMD CPUs", "noble" },
  { "pc-i440fx-questing", "pc-i440fx-questing-v2", ANY, "since 10.1: AMD CPUs", "10.2" },
  { "pc-q35-rhel9.2.0", "pc-q35-rhel9.6.0", ANY, "since 8.2", "SMBIOS entry" },
};

static void
test_cases (void)
{
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autofree char *effects = dup_effects (c->old, c->new, c->arch);
    g_auto (GStrv) has = g_strsplit (c->has != NULL ? c->has : "", "|", -1);
    g_auto (GStrv) lacks = g_strsplit (c->lacks, "|", -1);

    ROW ("%s to %s: %s", c->old, c->new, effects);
    g_assert_cmpint (*effects != '\0', ==, c->has != NULL);
    for (k = 0; has[k] != NULL; k++)
      g_assert_nonnull (strstr (effects, has[k]));
    for (k = 0; lacks[k] != NULL; k++)
      g_assert_null (strstr (effects, lacks[k]));
  }
}

/* Up and down again is nothing, and each step is found between the versions on its sides. */
static void
test_there_and_back (void)
{
  static const char *const versions[] = { "2.12", "3.1", "4.0", "4.0.1", "5.2", "6.1",
                                          "6.2",  "7.1", "8.0", "8.2",   "9.2", "11.1" };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (versions); i++) {
    for (k = 0; k < i; k++) {
      g_autofree char *low = g_strdup_printf ("pc-q35-%s", versions[k]);
      g_autofree char *high = g_strdup_printf ("pc-q35-%s", versions[i]);
      g_autofree char *up = dup_effects (low, high, ANY), *down = dup_effects (high, low, ANY);
      g_auto (GStrv) one = g_strsplit (up, "\n", -1), other = g_strsplit (down, "\n", -1);
      gsize l;

      ROW ("%s %s", low, high);
      g_assert_cmpuint (g_strv_length (one), ==, g_strv_length (other));
      for (l = 0; one[l] != NULL && one[l][0] != '\0'; l++)
        g_assert_true ((strstr (one[l], "reverted") != NULL) !=
                       (strstr (other[l], "reverted") != NULL));
    }
  }
}

/* What QEMU sets for types up to a version: on request alone, and in both directions. */
static void
test_properties (void)
{
  static const struct {
    const char *old, *new, *has;
  } pairs[] = {
    { "pc-q35-9.2", "pc-q35-10.0",
      "no longer set: virtio-balloon-pci.vectors=0 (types up to 9.2)" },
    { "pc-q35-10.0", "pc-q35-9.2", "set: virtio-mem-pci.vectors=0 (types up to 9.2)" },
    { "pc-q35-9.2", "pc-q35-9.1", "set: intel-iommu.aw-bits=39 (types up to 9.1)" },
    { "s390-ccw-virtio-11.0", "s390-ccw-virtio-11.1",
      "no longer set: virtio-pci.disable-legacy=off (types up to 11.0)" },
    { "pseries-5.0", "pseries-5.1",
      "no longer set: spapr-pci-host-bridge.pre-5.1-associativity=on (types up to 5.0)" },
    { "pc-q35-3.1", "pc-q35-4.0", "no longer set: intel-iommu.dma-drain=off (types up to 3.1)" },
    { "pc-q35-4.0.1", "pc-q35-4.1", "no longer set: VGA.edid=false (types up to 4.0)" },
    { "virt-11.0", "virt-11.1", "no longer set: tpm-tis-device.ppi=off (types up to 11.0)" },
    { "pc-q35-noble", "pc-q35-plucky", "virtio-iommu-pci.granule=4k" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *effects = dup_effects (pairs[i].old, pairs[i].new, ANY);
    g_autoptr (MachtypeChange) change =
        machtype_change_check (pairs[i].old, pairs[i].new, ANY, NULL, MACHTYPE_STATE_STOPPED,
                               MACHTYPE_CHANGE_FORCE | MACHTYPE_CHANGE_PROPERTIES, NULL, NULL);
    g_autoptr (GPtrArray) all = machtype_change_list_effects (change);
    gboolean found = FALSE;
    guint k;

    ROW ("%s to %s", pairs[i].old, pairs[i].new);
    g_assert_null (strstr (effects, pairs[i].has));
    for (k = 0; k < all->len; k++)
      found |= g_str_equal (machtype_finding_get_code (all->pdata[k]), "property") &&
               strstr (machtype_finding_get_message (all->pdata[k]), pairs[i].has) != NULL;
    g_assert_true (found);
  }
}

/* The page. */

typedef struct {
  char *table;         /* of the file: its name */
  GHashTable *sources; /* by key */
  GPtrArray *rows;     /* of cells, and the table in front */
} Tables;

static void
read_source (const Tables *tables, char **last, const char *line)
{
  g_autofree char *key = NULL;
  const char *text = line + 1;

  if (g_str_has_prefix (line, "  ")) { /* goes on */
    const char *old = g_hash_table_lookup (tables->sources, *last);

    text += strspn (text, " ");
    g_hash_table_insert (tables->sources, g_strdup (*last), g_strconcat (old, " ", text, NULL));
    return;
  }
  key = g_strndup (text, strcspn (text, " "));
  text += strlen (key);
  text += strspn (text, " ");
  g_hash_table_insert (tables->sources, g_strdup (key), g_strdup (text));
  g_free (*last);
  *last = g_steal_pointer (&key);
}

static Tables
read_tables (void)
{
  Tables tables = { NULL, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                    g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev) };
  g_autofree char *text = test_read ("../../libmachtype/data/effects.tsv", NULL), *last = NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean is_head = FALSE;
  gsize i;

  for (i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "#:"))
      read_source (&tables, &last, lines[i] + 2);
    else if (lines[i][0] == '%') {
      g_free (tables.table);
      tables.table = g_strdup (lines[i] + 1);
      is_head = TRUE;
    } else if (lines[i][0] != '\0' && lines[i][0] != '#') {
      g_autofree char *row = g_strconcat (tables.table, "\t", lines[i], NULL);

      if (!is_head)
        g_ptr_array_add (tables.rows, g_strsplit (row, "\t", -1));
      is_head = FALSE;
    }
  }
  return tables;
}

static void
free_tables (Tables *tables)
{
  g_free (tables->table);
  g_hash_table_unref (tables->sources);
  g_ptr_array_unref (tables->rows);
}

static gboolean
is_of_family (const char *families, const char *family)
{
  g_auto (GStrv) words = g_strsplit (families, " ", -1);
  gsize i;

  for (i = 0; words[i] != NULL; i++) {
    words[i][strcspn (words[i], ":")] = '\0';
    if (g_str_equal (words[i], family))
      return TRUE;
  }
  return FALSE;
}

/* virt without the Arm restriction is also that of other architectures. */
static const char *
get_remark (const char *families, const char *family)
{
  return g_str_equal (family, "virt") && strstr (families, "virt:") == NULL ? " (all `virt`)" : "";
}

/* The steps that tests/effects boots guests on both sides of. */
static GPtrArray *
read_steps (void)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autofree char *text = test_read ("../effects/steps.tsv", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize i;

  for (i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);

    if (g_strv_length (cells) == 7 && strcmp (cells[0], "guest") != 0)
      g_ptr_array_add (steps, g_steal_pointer (&cells));
  }
  return steps;
}

static gboolean
is_step_of (char **step, char **cells, const char *family)
{
  const gsize length = strlen (family);
  const char *machine = step[2];

  return g_str_has_prefix (machine, family) && machine[length] == '-' &&
         (strcmp (machine + length + 1, cells[2]) == 0 ||
          strcmp (machine + length + 1, cells[3]) == 0) &&
         strstr (cells[4], step[3]) != NULL;
}

/* How many of the steps are this row's. */
static guint
count_steps (GPtrArray *steps, char **cells, const char *family)
{
  guint i, count = 0;

  for (i = 0; i < steps->len; i++)
    count += is_step_of (steps->pdata[i], cells, family);
  return count;
}

/* Each step is that of one row. */
static void
test_steps (void)
{
  static const char families[][16] = { "pc-i440fx", "pc-q35", "virt", "s390-ccw-virtio",
                                       "pseries" };
  Tables tables = read_tables ();
  g_autoptr (GPtrArray) steps = read_steps ();
  guint i, k, found;
  gsize l;

  g_assert_cmpuint (steps->len, >, 0);
  for (i = 0; i < steps->len; i++) {
    char **step = steps->pdata[i];

    ROW ("%s to %s: %s", step[1], step[2], step[3]);
    for (found = 0, k = 0; k < tables.rows->len; k++) {
      char **cells = tables.rows->pdata[k];

      for (l = 0; l < G_N_ELEMENTS (families); l++)
        found += g_str_equal (cells[0], "effects") && is_of_family (cells[1], families[l]) &&
                 is_step_of (step, cells, families[l]);
    }
    g_assert_cmpuint (found, ==, 1);
  }
  free_tables (&tables);
}

static void
append_family (GString *page, const Tables *tables, GPtrArray *steps, const char *family)
{
  guint i;

  g_string_append_printf (page,
                          "\n## %s\n\n| from | until | what the guest notices | seen | source |\n"
                          "| --- | --- | --- | --- | --- |\n",
                          family);
  for (i = 0; i < tables->rows->len; i++) {
    char **cells = tables->rows->pdata[i];

    if (g_str_equal (cells[0], "effects") && is_of_family (cells[1], family))
      g_string_append_printf (page, "| %s | %s | %s%s | %s | %s |\n", cells[2],
                              g_str_equal (cells[3], "-") ? "" : cells[3], cells[4],
                              get_remark (cells[1], family),
                              count_steps (steps, cells, family) > 0 ? "yes" : "", cells[5]);
  }
}

static void
append_revisions (GString *page, const Tables *tables)
{
  guint i;

  g_string_append (page, "\n## Revisions of vendors\n\n| vendor | machine types | from | what the "
                         "guest notices | source |\n| --- | --- | --- | --- | --- |\n");
  for (i = 0; i < tables->rows->len; i++) {
    char **cells = tables->rows->pdata[i];
    g_auto (GStrv) words = g_strsplit (cells[2], " ", -1);
    g_autofree char *families = g_strjoinv (", ", words);

    if (!g_str_equal (cells[0], "revisions"))
      continue;
    g_string_append_printf (page, "| %s | %s | %s%s | %s | %s |\n", cells[1], families, cells[3],
                            g_str_equal (cells[4], "yes") ? "" : ", this version alone", cells[5],
                            cells[6]);
  }
}

static void
append_sources (GString *page, const Tables *tables)
{
  g_autoptr (GList) keys = g_hash_table_get_keys (tables->sources);
  GList *l;

  g_string_append (page, "\n## Sources\n\n| source | |\n| --- | --- |\n");
  keys = g_list_sort (keys, (GCompareFunc)strcmp);
  for (l = keys; l != NULL; l = l->next)
    g_string_append_printf (page, "| %s | %s |\n", (char *)l->data,
                            (char *)g_hash_table_lookup (tables->sources, l->data));
}

/* The page is written by this test. */
static void
test_documented (void)
{
  static const char families[][16] = { "pc-i440fx", "pc-q35", "virt", "s390-ccw-virtio",
                                       "pseries" };
  Tables tables = read_tables ();
  g_autoptr (GString) page = g_string_new (
      "# Effects of a machine type\n\n"
      "What a guest notices when its machine type passes a version: what `machtype check-change`,\n"
      "`update-machine-type` and `convert` list as effects. A row applies to the types of its\n"
      "version and to later ones, up to the version in \"until\". A change to an older version\n"
      "takes effects back. Types of vendors have the effects of the QEMU that they are based on,\n"
      "as a hint: vendors add and leave out changes of their own. The table for `virt` is that\n"
      "of Arm; rows with \"all `virt`\" apply to m68k and LoongArch as well. What is marked as "
      "seen,\n"
      "a Linux guest saw that the tests booted on both sides of the step.\n\n"
      "The unit test `effect` writes this page (MACHTYPE_TEST_UPDATE=1) from\n"
      "`libmachtype/data/effects.tsv`, and `tests/effects/steps.tsv` for what was seen.\n");
  g_autoptr (GPtrArray) steps = read_steps ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (families); i++)
    append_family (page, &tables, steps, families[i]);
  append_revisions (page, &tables);
  append_sources (page, &tables);
  test_assert_golden ("../../doc/effects.md", page->str);
  free_tables (&tables);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/effect/cases", test_cases);
  g_test_add_func ("/effect/there-and-back", test_there_and_back);
  g_test_add_func ("/effect/properties", test_properties);
  g_test_add_func ("/effect/steps", test_steps);
  g_test_add_func ("/effect/documented", test_documented);
  return g_test_run ();
}
