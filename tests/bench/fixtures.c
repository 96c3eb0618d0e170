/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixtures.h"

#include <string.h>

#define SEED 1
#define MACHINES 624

enum { NAME, ARCHES, FAMILY, VENDOR, KIND };

/* The emulators of Debian's QEMU 7.2, approximately. */
static const char emulators[][16] = {
  "aarch64", "alpha",  "armv7l", "cris",     "i686",  "m68k",   "microblaze", "microblazeel",
  "mips",    "mipsel", "mips64", "mips64el", "ppc",   "ppc64",  "ppc64le",    "riscv32",
  "riscv64", "s390x",  "sh4",    "sh4eb",    "sparc", "x86_64", "xtensa",     "xtensaeb",
};

const FixtureGuest fixture_guest = {
  .name = "instance-0000001a",
  .uuid = "6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11",
  .machine = "pc-q35-7.2",
  .emulator = "/usr/bin/qemu-system-x86_64",
  .cdrom = "/var/lib/nova/instances/6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11/disk.config",
  .memory_mib = 8192,
  .vcpus = 4,
  .disks = { "/var/lib/nova/instances/6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11/disk",
             "/var/lib/nova/instances/6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11/disk.eph0",
             "/var/lib/nova/instances/6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11/disk.r&d",
             "/var/lib/nova/instances/6d1b7e9e-2c1f-4f3b-9a57-1f0f3d0c2a11/disk.swap" },
  .bridges = { "qbr2a4f01d1-aa", "qbr2a4f01d1-bb", "qbr2a4f01d1-cc", "qbr2a4f01d1-dd" },
};

const char *
fixture_name_text (const FixtureName *name)
{
  return name->columns[NAME];
}

static gboolean
is_column (const FixtureName *name, guint column, const char *text)
{
  return strcmp (name->columns[column], text) == 0;
}

static GPtrArray *
read_names (void)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize i;

  if (!g_file_get_contents (BENCH_DATA "/machine-names.tsv", &text, NULL, &error))
    g_error ("%s", error->message);
  lines = g_strsplit (text, "\n", -1);
  for (i = 0; lines[i] != NULL; i++) {
    FixtureName *name;

    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    name = g_new0 (FixtureName, 1);
    name->columns = g_strsplit (lines[i], "\t", -1);
    name->arches = g_strsplit (name->columns[ARCHES], ";", -1);
    g_ptr_array_add (names, name);
  }
  return names;
}

/* Read once, and kept while the program runs. */
static GPtrArray *
get_names (void)
{
  static GPtrArray *names;

  if (names == NULL)
    names = read_names ();
  return names;
}

GPtrArray *
fixture_versioned_names (void)
{
  GPtrArray *all = get_names (), *versioned = g_ptr_array_new ();
  guint i;

  for (i = 0; i < all->len; i++) {
    if (is_column (all->pdata[i], KIND, "versioned"))
      g_ptr_array_add (versioned, all->pdata[i]);
  }
  return versioned;
}

void
fixture_pairs (FixturePair pairs[FIXTURE_PAIRS], FixtureAgreed agreed)
{
  g_autoptr (GPtrArray) names = fixture_versioned_names ();
  GRand *random = g_rand_new_with_seed (SEED);
  guint n = 0;

  while (n < FIXTURE_PAIRS) {
    const FixtureName *a = names->pdata[g_rand_int_range (random, 0, (gint32)names->len)];
    const FixtureName *b = names->pdata[g_rand_int_range (random, 0, (gint32)names->len)];

    if (a == b || !is_column (a, FAMILY, b->columns[FAMILY]) ||
        !is_column (a, VENDOR, b->columns[VENDOR]) || !agreed (a->columns[NAME], b->columns[NAME]))
      continue;
    pairs[n++] = (FixturePair){ a->columns[NAME], b->columns[NAME] };
  }
  g_rand_free (random);
}

/* The next upstream name of an architecture that its emulator does not have yet: from the end of
 * the table, which has the newer ones. */
static FixtureName *
next_machine (GPtrArray *machines, const char *arch, guint *at)
{
  GPtrArray *names = get_names ();

  for (; *at < names->len; (*at)++) {
    FixtureName *name = names->pdata[names->len - 1 - *at];
    gboolean known = FALSE;
    guint i;

    for (i = 0; i < machines->len; i++)
      known |= is_column (machines->pdata[i], NAME, name->columns[NAME]);
    if (!known && is_column (name, VENDOR, "upstream") && !is_column (name, KIND, "unknown") &&
        g_strv_contains ((const char *const *)name->arches, arch))
      return name;
  }
  return NULL;
}

/* One for each emulator in turn, until there are enough: those with few names run out, and the
 * large ones get about 70. */
static void
deal_machines (GPtrArray *machines[G_N_ELEMENTS (emulators)])
{
  guint at[G_N_ELEMENTS (emulators)] = { 0 };
  guint total = 0, i;

  for (i = 0; i < G_N_ELEMENTS (emulators); i++)
    machines[i] = g_ptr_array_new ();
  while (total < MACHINES) {
    for (i = 0; i < G_N_ELEMENTS (emulators) && total < MACHINES; i++) {
      FixtureName *name = next_machine (machines[i], emulators[i], &at[i]);

      if (name == NULL)
        continue;
      g_ptr_array_add (machines[i], name);
      total++;
    }
  }
}

/* What an alias resolves to: the newest of its family. */
static const char *
find_canonical (const GPtrArray *machines, const FixtureName *alias)
{
  guint i;

  if (!is_column (alias, KIND, "alias") || is_column (alias, FAMILY, "-"))
    return NULL;
  for (i = 0; i < machines->len; i++) {
    const FixtureName *name = machines->pdata[i];

    if (is_column (name, KIND, "versioned") && is_column (name, FAMILY, alias->columns[FAMILY]))
      return name->columns[NAME];
  }
  return NULL;
}

static void
write_guest (GString *xml, const char *arch, const GPtrArray *machines)
{
  gboolean is_native = strcmp (arch, "x86_64") == 0 || strcmp (arch, "i686") == 0;
  guint i;

  g_string_append_printf (xml,
                          "  <guest>\n    <os_type>hvm</os_type>\n    <arch name='%s'>\n"
                          "      <wordsize>64</wordsize>\n"
                          "      <emulator>/usr/bin/qemu-system-%s</emulator>\n",
                          arch, arch);
  for (i = 0; i < machines->len; i++) {
    const char *canonical = find_canonical (machines, machines->pdata[i]);

    g_string_append (xml, "      <machine ");
    if (canonical != NULL)
      g_string_append_printf (xml, "canonical='%s' ", canonical);
    g_string_append_printf (xml, "maxCpus='%d'>%s</machine>\n", i % 2 != 0 ? 288 : 255,
                            fixture_name_text (machines->pdata[i]));
  }
  g_string_append (xml, "      <domain type='qemu'/>\n");
  if (is_native)
    g_string_append (xml, "      <domain type='kvm'/>\n");
  g_string_append (xml, "    </arch>\n    <features>\n      <acpi default='on' toggle='yes'/>\n"
                        "      <cpuselection/>\n      <deviceboot/>\n"
                        "      <disksnapshot default='on' toggle='no'/>\n"
                        "    </features>\n  </guest>\n\n");
}

static void
write_host (GString *xml)
{
  guint i;

  g_string_append (xml, "  <host>\n    <uuid>00000000-0000-4000-8000-000000000000</uuid>\n"
                        "    <cpu>\n      <arch>x86_64</arch>\n      <model>kvm64</model>\n");
  for (i = 0; i < 80; i++)
    g_string_append_printf (xml, "      <feature name='feature-%u'/>\n", i);
  g_string_append (xml, "      <pages unit='KiB' size='4'/>\n    </cpu>\n"
                        "    <power_management/>\n    <iommu support='no'/>\n  </host>\n\n");
}

char *
fixture_capabilities (void)
{
  GPtrArray *machines[G_N_ELEMENTS (emulators)];
  GString *xml = g_string_new ("<capabilities>\n\n");
  gsize i;

  deal_machines (machines);
  write_host (xml);
  for (i = 0; i < G_N_ELEMENTS (emulators); i++) {
    write_guest (xml, emulators[i], machines[i]);
    g_ptr_array_unref (machines[i]);
  }
  g_string_append (xml, "</capabilities>\n");
  return g_string_free (xml, FALSE);
}

MachtypeHost *
fixture_host (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = fixture_capabilities ();
  g_autoptr (GError) error = NULL;

  if (!machtype_host_builder_set_capabilities (builder, xml, -1, &error))
    g_error ("%s", error->message);
  return machtype_host_builder_end (builder);
}

MachtypePolicy *
fixture_policy (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();

  machtype_policy_builder_add_default (builder, "x86_64=q35");
  machtype_policy_builder_add_default (builder, "aarch64=virt");
  return machtype_policy_builder_end (builder);
}

/* A machine type that the host offers for an architecture. */
static const char *
pick_machine (GRand *random, MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, arch, NULL);

  return machtype_machine_get_name (
      machines->pdata[g_rand_int_range (random, 0, (gint32)machines->len)]);
}

static gboolean
has_default (MachtypeHost *host, MachtypePolicy *policy, MachtypeArch arch)
{
  const char *machine = machtype_policy_get_default (policy, arch);

  if (machine == NULL)
    machine = machtype_arch_get_default_machine (arch);
  return machine != NULL && machtype_host_get_canonical (host, arch, NULL, machine) != NULL;
}

static void
add_property (GRand *random, FixtureImage *image, const char *name, const char *value)
{
  guint at = (guint)g_rand_int_range (random, 0, (gint32)image->count + 1);

  /* Anywhere among the others: callers use any order. */
  image->pairs[image->count] = image->pairs[at];
  image->pairs[at].name = name;
  image->pairs[at].value = value;
  image->count++;
}

static void
fill_image (GRand *random, FixtureImage *image, MachtypeHost *host, MachtypePolicy *policy)
{
  static const char *const others[][2] = {
    { "hw_cdrom_bus", "sata" },     { "hw_disk_bus", "virtio" },
    { "hw_input_bus", "usb" },      { "hw_pointer_model", "usbtablet" },
    { "hw_video_model", "virtio" }, { "hw_vif_model", "virtio" },
    { "hw_rng_model", "virtio" },   { "hw_qemu_guest_agent", "yes" },
    { "os_type", "linux" },         { "hw_firmware_type", "uefi" },
  };
  const char *name = emulators[g_rand_int_range (random, 0, G_N_ELEMENTS (emulators))];
  MachtypeArch arch;
  gsize i;

  if (g_rand_boolean (random))
    name = "x86_64";
  arch = machtype_arch_from_string (name, NULL);
  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    if (g_rand_int_range (random, 0, 4) != 0)
      add_property (random, image, others[i][0], others[i][1]);
  }
  add_property (random, image, "hw_architecture", name);
  if (g_rand_boolean (random) || !has_default (host, policy, arch))
    add_property (random, image, "hw_machine_type", pick_machine (random, host, arch));
}

void
fixture_images (FixtureImage images[FIXTURE_IMAGES], MachtypeHost *host, MachtypePolicy *policy)
{
  GRand *random = g_rand_new_with_seed (SEED);
  guint i;

  memset (images, 0, sizeof images[0] * FIXTURE_IMAGES);
  for (i = 0; i < FIXTURE_IMAGES; i++)
    fill_image (random, &images[i], host, policy);
  g_rand_free (random);
}

MachtypeProperties *
fixture_properties (const FixtureImage *image)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (GError) error = NULL;
  guint i;

  for (i = 0; i < image->count; i++) {
    if (!machtype_properties_builder_add_image (builder, image->pairs[i].name,
                                                image->pairs[i].value, &error))
      g_error ("%s", error->message);
  }
  return machtype_properties_builder_end (builder);
}

static gboolean
describe_guest (MachtypeGuestBuilder *builder, GError **error)
{
  const FixtureGuest *guest = &fixture_guest;
  gsize i;

  if (!machtype_guest_builder_set_name (builder, guest->name, error) ||
      !machtype_guest_builder_set_uuid (builder, guest->uuid, error) ||
      !machtype_guest_builder_set_memory (builder, guest->memory_mib, error) ||
      !machtype_guest_builder_set_vcpus (builder, guest->vcpus, error))
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (guest->disks); i++) {
    if (!machtype_guest_builder_add_disk (builder, guest->disks[i], "qcow2", "virtio", error))
      return FALSE;
  }
  for (i = 0; i < G_N_ELEMENTS (guest->bridges); i++) {
    if (!machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_BRIDGE,
                                               guest->bridges[i], NULL, error))
      return FALSE;
  }
  return machtype_guest_builder_add_cdrom (builder, guest->cdrom, error);
}

MachtypeGuestBuilder *
fixture_guest_builder (void)
{
  g_autoptr (MachtypeHost) host = fixture_host ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeResolution) resolution =
      machtype_resolve (NULL, NULL, host, fixture_guest.machine, &error);
  MachtypeGuestBuilder *builder;

  if (resolution == NULL)
    g_error ("%s", error->message);
  builder = machtype_guest_builder_new (resolution, NULL, host);
  if (!describe_guest (builder, &error))
    g_error ("%s", error->message);
  return builder;
}
