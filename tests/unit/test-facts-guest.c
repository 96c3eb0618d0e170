/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The defaults of guests of every recipe, and their limits: each limit is found by requesting the
 * limit and one more. */

#include "facts.h"

#include <string.h>

#include "guest/guest-private.h"

/* One for each recipe. */
static struct {
  const char *arch, *machine;
} * recipes;
static gsize n_recipes;

static void
find_recipes (void)
{
  g_autofree char *list = mt_recipe_dup_list ();
  g_auto (GStrv) names = g_strsplit (list, ", ", -1);
  gsize i;

  n_recipes = g_strv_length (names);
  recipes = g_malloc0_n (n_recipes, sizeof *recipes);
  for (i = 0; i < n_recipes; i++) {
    char *space = strchr (names[i], ' ');

    *space = '\0';
    recipes[i].arch = g_intern_string (names[i]);
    recipes[i].machine = g_intern_string (space + 1);
  }
}

static const char types[][8] = { "qemu", "kvm" };

/* The one with which every guest is generated here. */
#define MEMORY_MIB 2048

/* A guest to generate: memory and vCPUs of 0 mean what every recipe accepts. */
typedef struct {
  gsize recipe;
  const char *type;
  const char *properties; /* NULL: none */
  guint64 memory;
  guint vcpus, disks, cdroms, floppies, interfaces;
  const char *bus; /* of disks; NULL: not given */
  gboolean is_full;
} Wanted;

static MachtypeResolution *
resolve (const Wanted *wanted)
{
  g_autofree char *text =
      g_strdup_printf ("hw_architecture=%s hw_machine_type=%s", recipes[wanted->recipe].arch,
                       recipes[wanted->recipe].machine);
  g_autoptr (MachtypeProperties) properties = test_make_properties (text);
  g_autoptr (MachtypeHost) host = test_make_host (recipes[wanted->recipe].arch);
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  MachtypeResolution *resolution;

  machtype_policy_builder_set_domain_type (builder, wanted->type, &error);
  g_assert_no_error (error);
  policy = machtype_policy_builder_end (builder);
  resolution = machtype_resolve (properties, policy, host, NULL, &error);
  g_assert_no_error (error);
  return resolution;
}

static gboolean
add_drives (MachtypeGuestBuilder *builder, const Wanted *wanted, GError **error)
{
  gboolean done = TRUE;
  guint i;

  for (i = 0; done && i < wanted->disks; i++)
    done = machtype_guest_builder_add_disk (builder, i == 1 ? "/dev/b" : "/a.qcow2",
                                            i == 1 ? "raw" : NULL, wanted->bus, error);
  for (i = 0; done && i < wanted->cdroms; i++)
    done = machtype_guest_builder_add_cdrom (builder, "/c.iso", error);
  for (i = 0; done && i < wanted->floppies; i++)
    done = machtype_guest_builder_add_floppy (builder, "/f.img", error);
  for (i = 0; done && i < wanted->interfaces; i++)
    done = machtype_guest_builder_add_interface (
        builder, i == 0 ? MACHTYPE_INTERFACE_TYPE_BRIDGE : MACHTYPE_INTERFACE_TYPE_USER,
        i == 0 ? "br0" : NULL, NULL, error);
  return done;
}

static gboolean
set_full (MachtypeGuestBuilder *builder, GError **error)
{
  machtype_guest_builder_set_metadata (builder, TRUE);
  return machtype_guest_builder_set_name (builder, "full", error) &&
         machtype_guest_builder_set_uuid (builder, "12345678-9abc-4def-8123-456789abcdef", error) &&
         machtype_guest_builder_set_kernel (builder, "/vmlinuz", "/initrd", "quiet", error) &&
         machtype_guest_builder_set_console_log (builder, "/console.log", error) &&
         machtype_guest_builder_set_rng_device (builder, "/dev/hwrng", error);
}

/* NULL: it is refused. */
static MachtypeGuest *
make (const Wanted *wanted, GError **error)
{
  g_autoptr (MachtypeResolution) resolution = resolve (wanted);
  g_autoptr (MachtypeProperties) properties = test_make_properties (wanted->properties);
  g_autoptr (MachtypeGuestBuilder) builder =
      machtype_guest_builder_new (resolution, properties, NULL);

  if (!machtype_guest_builder_set_memory (
          builder, wanted->memory != 0 ? wanted->memory : MEMORY_MIB, error) ||
      !machtype_guest_builder_set_vcpus (builder, wanted->vcpus != 0 ? wanted->vcpus : 1, error) ||
      !add_drives (builder, wanted, error) ||
      !machtype_guest_builder_set_graphics (builder, MACHTYPE_GRAPHICS_TYPE_VNC, error) ||
      (wanted->is_full && !set_full (builder, error)))
    return NULL;
  return machtype_guest_builder_end (builder, error);
}

static gboolean
is_possible (const Wanted *wanted)
{
  g_autoptr (MachtypeGuest) guest = make (wanted, NULL);

  return guest != NULL;
}

/* The maximum of a number, of which low is possible and high is not. */
static guint64
find_most (Wanted *wanted, void (*set) (Wanted *wanted, guint64 number), guint64 low, guint64 high)
{
  while (high - low > 1) {
    const guint64 middle = low + (high - low) / 2;

    set (wanted, middle);
    if (is_possible (wanted))
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void
set_memory (Wanted *wanted, guint64 number)
{
  wanted->memory = number;
}

static void
set_vcpus (Wanted *wanted, guint64 number)
{
  wanted->vcpus = (guint)number;
}

/* The reverse: the minimum of a number. */
static void
set_less_memory (Wanted *wanted, guint64 number)
{
  wanted->memory = MEMORY_MIB - number;
}

static void
add_limit (GString *text, const Wanted *wanted, const char *what, guint64 number)
{
  g_autofree char *label =
      g_strdup_printf ("%s %s", recipes[wanted->recipe].arch, recipes[wanted->recipe].machine);
  g_autofree char *limit = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  facts_add (text, label, wanted->type, what, limit, NULL);
}

/* The refusal of one more is part of the fact. */
static void
add_refusal (GString *text, const Wanted *wanted, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeGuest) guest = make (wanted, &error);
  g_autofree char *label =
      g_strdup_printf ("%s %s", recipes[wanted->recipe].arch, recipes[wanted->recipe].machine);

  facts_add (text, label, wanted->type, what, guest != NULL ? "" : error->message, NULL);
}

static void
add_size_limits (GString *text, gsize recipe, const char *type)
{
  Wanted wanted = { .recipe = recipe, .type = type };
  guint64 most;

  most = find_most (&wanted, set_vcpus, 1, 100000);
  add_limit (text, &wanted, "vCPUs", most);
  set_vcpus (&wanted, most + 1);
  add_refusal (text, &wanted, "one vCPU more");
  wanted.vcpus = 0;
  most = find_most (&wanted, set_memory, MEMORY_MIB, G_GUINT64_CONSTANT (1) << 40);
  add_limit (text, &wanted, "most MiB", most);
  set_memory (&wanted, most + 1);
  add_refusal (text, &wanted, "one MiB more");
  add_limit (text, &wanted, "least MiB",
             MEMORY_MIB - find_most (&wanted, set_less_memory, 0, MEMORY_MIB));
}

/* Numbers above this are not tried. */
#define MANY 40

static void
add_count (GString *text, Wanted *wanted, guint *number, const char *what)
{
  g_autofree char *more = g_strconcat ("one more ", what, NULL);

  for (*number = 1; *number < MANY && is_possible (wanted); ++*number)
    ;
  add_limit (text, wanted, what, *number < MANY ? *number - 1 : MANY);
  if (*number < MANY)
    add_refusal (text, wanted, more);
  *number = 0;
}

static void
add_disk_counts (GString *text, gsize recipe)
{
  static const char buses[][8] = { "virtio", "scsi", "sata", "ide", "usb" };
  static const char models[][12] = { "virtio-scsi", "lsilogic",   "ibmvscsi",
                                     "lsisas1068",  "lsisas1078", "vmpvscsi" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (buses); i++) {
    g_autofree char *what = g_strdup_printf ("disks on %s", buses[i]);
    Wanted wanted = { .recipe = recipe, .type = "qemu", .bus = buses[i] };

    add_count (text, &wanted, &wanted.disks, what);
  }
  for (i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *what = g_strdup_printf ("disks on %s", models[i]);
    g_autofree char *properties = g_strdup_printf ("hw_scsi_model=%s", models[i]);
    Wanted wanted = { .recipe = recipe, .type = "qemu", .bus = "scsi", .properties = properties };

    add_count (text, &wanted, &wanted.disks, what);
  }
}

static void
add_counts (GString *text, gsize recipe)
{
  Wanted wanted = { .recipe = recipe, .type = "qemu" };
  guint ports;

  add_disk_counts (text, recipe);
  add_count (text, &wanted, &wanted.disks, "disks");
  add_count (text, &wanted, &wanted.cdroms, "CD-ROMs");
  add_count (text, &wanted, &wanted.floppies, "floppies");
  add_count (text, &wanted, &wanted.interfaces, "interfaces");
  for (ports = 1; ports < MANY; ports++) {
    g_autofree char *properties = g_strdup_printf ("hw_serial_port_count=%u", ports);

    wanted.properties = properties;
    if (is_possible (&wanted))
      continue;
    add_limit (text, &wanted, "serial ports", ports - 1);
    add_refusal (text, &wanted, "one more serial port");
    return;
  }
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < n_recipes; i++) {
    for (k = 0; k < G_N_ELEMENTS (types); k++)
      add_size_limits (text, i, types[k]);
    add_counts (text, i);
  }
  facts_check ("guest-limits.tsv", text->str);
}

/* The range that a video model takes: every power of two and its neighbors. */
static void
add_video_ram (GString *text, gsize recipe, const char *model)
{
  guint power;
  int step;

  for (power = 0; power <= 13; power++) {
    for (step = -1; step <= 1; step++) {
      g_autofree char *what = g_strdup_printf ("%s %d MiB", model, (1 << power) + step);
      g_autofree char *properties =
          g_strdup_printf ("hw_video_model=%s hw_video_ram=%d hw_video:ram_max_mb=100000", model,
                           (1 << power) + step);
      Wanted wanted = { .recipe = recipe, .type = "qemu", .properties = properties };

      add_refusal (text, &wanted, what);
    }
  }
}

static void
test_video_ram (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  static const char models[][8] = { "virtio", "vga", "cirrus", "bochs", "qxl", "vmvga", "none" };
  gsize i, q35;

  for (q35 = 0; strcmp (recipes[q35].machine, "q35") != 0; q35++)
    ;
  for (i = 0; i < G_N_ELEMENTS (models); i++)
    add_video_ram (text, q35, models[i]);
  facts_check ("video-ram.tsv", text->str);
}

/* The queues that a network card supports, one for each vCPU. */
static void
test_queues (void)
{
  static const guint vcpus[] = { 1, 2, 8, 255, 256, 257, 512 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vcpus); i++) {
    Wanted wanted = { .recipe = 0,
                      .type = "qemu",
                      .properties = "hw_vif_multiqueue_enabled=yes",
                      .vcpus = vcpus[i],
                      .interfaces = 1 };
    g_autoptr (MachtypeGuest) guest = make (&wanted, NULL);
    g_autofree char *queues = test_find_in_xml (machtype_guest_get_xml (guest),
                                                "string(/domain/devices/interface/driver/@queues)");
    g_autofree char *expected =
        vcpus[i] == 1 ? g_strdup ("") : g_strdup_printf ("%u", MIN (vcpus[i], 256u));

    ROW ("%u vCPUs", vcpus[i]);
    g_assert_cmpstr (queues, ==, expected);
  }
}

/* Everything that a guest of the machine supports is in the full one. */
static const char *const extras[] = {
  "hw_firmware_type=uefi",
  "hw_cdrom_bus=usb",
  "hw_scsi_model=virtio-scsi",
  "hw_input_bus=virtio",
  "hw_video_ram=16 hw_video:ram_max_mb=16",
  "hw_qemu_guest_agent=yes",
  "hw_boot_menu=yes",
  "hw_time_hpet=yes",
  "hw_pmu=no",
  "hw_vif_multiqueue_enabled=yes",
  "hw_watchdog_action=reset",
  "hw_rng:rate_bytes=2048",
  "hw_serial_port_count=3",
  "hw_cpu_sockets=1 hw_cpu_cores=2",
  "hw_cpu_threads=2",
  "hw:mem_page_size=2MB hw:locked_memory=yes",
  "hw:cpu_realtime=yes hw:cpu_realtime_mask=^0",
  "hw_viommu_model=auto",
  "hw_tpm_version=2.0",
  "img_hide_hypervisor_id=yes",
  "os_type=windows",
};

static char *
choose_extras (Wanted *wanted)
{
  GString *chosen = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (extras); i++) {
    const gsize before = chosen->len;

    g_string_append_printf (chosen, "%s%s", chosen->len != 0 ? " " : "", extras[i]);
    wanted->properties = chosen->str;
    if (!is_possible (wanted))
      g_string_truncate (chosen, before);
  }
  wanted->properties = NULL;
  return g_string_free (chosen, FALSE);
}

static void
add_guest (GString *text, const Wanted *wanted, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeGuest) guest = make (wanted, &error);
  g_autoptr (GPtrArray) warnings = NULL;
  g_autofree char *said = NULL;

  g_assert_no_error (error);
  warnings = machtype_guest_list_warnings (guest);
  said = facts_dup_findings (warnings);
  g_string_append_printf (text, "== %s %s, %s, %s: %s\n%s\n", recipes[wanted->recipe].arch,
                          recipes[wanted->recipe].machine, wanted->type, what,
                          machtype_guest_get_console_device (guest), said);
  if (wanted->properties != NULL)
    g_string_append_printf (text, "%s\n", wanted->properties);
  g_string_append (text, machtype_guest_get_xml (guest));
}

static void
add_guests (GString *text, gsize recipe, const char *type)
{
  Wanted bare = { .recipe = recipe, .type = type };
  Wanted usual = { .recipe = recipe, .type = type, .disks = 2, .cdroms = 1, .interfaces = 2 };
  Wanted full = { .recipe = recipe,
                  .type = type,
                  .vcpus = 2,
                  .memory = 2047,
                  .disks = 7,
                  .cdroms = 2,
                  .floppies = 1,
                  .interfaces = 3,
                  .is_full = TRUE };
  g_autofree char *properties = NULL;

  if (!is_possible (&full))
    full.vcpus = 0;
  if (!is_possible (&full))
    full.floppies = 0;
  if (full.vcpus == 0) {
    full.vcpus = 2;
    if (!is_possible (&full))
      full.vcpus = 0;
  }
  properties = choose_extras (&full);
  full.properties = properties;
  add_guest (text, &bare, "bare");
  add_guest (text, &usual, "usual");
  add_guest (text, &full, "full");
}

/* How drives are attached to each SCSI controller that a machine has. */
static void
add_scsi_drives (GString *text, gsize recipe)
{
  static const char models[][12] = { "virtio-scsi", "lsilogic",   "ibmvscsi",
                                     "lsisas1068",  "lsisas1078", "vmpvscsi" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *properties = g_strdup_printf ("hw_scsi_model=%s", models[i]);
    const Wanted wanted = {
      .recipe = recipe, .type = "qemu", .disks = 3, .bus = "scsi", .properties = properties
    };

    g_autoptr (MachtypeGuest) guest = make (&wanted, NULL);
    g_autofree char *last = NULL;

    if (guest == NULL)
      continue;
    last =
        test_find_in_xml (machtype_guest_get_xml (guest),
                          "concat(//disk[3]/target/@dev, ' ', //disk[3]/address/@controller, ' ',"
                          " //disk[3]/address/@target, ' ', //disk[3]/address/@unit)");
    g_string_append_printf (text, "== %s, third drive (controller, target, unit): %s\n", models[i],
                            last);
  }
}

/* Drives on other buses, and guests whose memory is encrypted, if a machine supports them. */
static void
add_others (GString *text, gsize recipe)
{
  const Wanted others[] = {
    { .recipe = recipe, .type = "qemu", .disks = 13, .bus = "sata" },
    { .recipe = recipe,
      .type = "qemu",
      .disks = 7,
      .bus = "scsi",
      .properties = "hw_scsi_model=lsisas1068" },
    { .recipe = recipe,
      .type = "qemu",
      .disks = 7,
      .bus = "scsi",
      .properties = "hw_scsi_model=ibmvscsi hw_vif_model=spapr-vlan",
      .interfaces = 2 },
    { .recipe = recipe, .type = "qemu", .disks = 3, .cdroms = 1, .bus = "ide" },
    { .recipe = recipe,
      .type = "qemu",
      .disks = 2,
      .bus = "usb",
      .properties = "hw_video_model=none hw_watchdog_action=poweroff hw_rng:allowed=no" },
    { .recipe = recipe,
      .type = "kvm",
      .disks = 2,
      .cdroms = 1,
      .interfaces = 1,
      .is_full = TRUE,
      .properties = "hw_firmware_type=uefi hw_mem_encryption=yes os_secure_boot=required "
                    "hw_input_bus=virtio hw:mem_page_size=large" },
    { .recipe = recipe,
      .type = "kvm",
      .disks = 1,
      .vcpus = 2,
      .properties =
          "hw_firmware_type=uefi hw_viommu_model=intel hw_tpm_version=2.0 hw_tpm_model=tpm-crb" },
    { .recipe = recipe, .type = "kvm", .properties = "hw:cpu_realtime=yes hw_pmu=yes", .vcpus = 4 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *what = g_strdup_printf ("other %u", (guint)i + 1);

    if (is_possible (&others[i]))
      add_guest (text, &others[i], what);
    else
      add_refusal (text, &others[i], what);
  }
}

static void
test_guests (void)
{
  gsize i, k;

  for (i = 0; i < n_recipes; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *name =
        g_strdup_printf ("guest-%s-%s.txt", recipes[i].arch, recipes[i].machine);

    for (k = 0; k < G_N_ELEMENTS (types); k++)
      add_guests (text, i, types[k]);
    add_others (text, i);
    add_scsi_drives (text, i);
    facts_check (name, text->str);
  }
}

/* They are recorded with the guest, so the properties have to take them. */
static void
test_words (void)
{
  gsize i, k;

  for (i = 0; i < n_recipes; i++) {
    const MachtypeArch arch = machtype_arch_from_string (recipes[i].arch, NULL);
    const MtRecipe *recipe = mt_recipe_find (arch, mt_class_find (arch, recipes[i].machine));
    const char *const words[][2] = {
      { "hw_disk_bus", recipe->disk_bus }, { "hw_cdrom_bus", recipe->cdrom_bus },
      { "hw_input_bus", recipe->input },   { "hw_video_model", recipe->video },
      { "hw_vif_model", recipe->network },
    };
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    GError *error = NULL;

    for (k = 0; k < G_N_ELEMENTS (words); k++) {
      ROW ("%s %s: %s=%s", recipes[i].arch, recipes[i].machine, words[k][0], words[k][1]);
      if (words[k][1][0] != '\0')
        machtype_properties_builder_add_image (builder, words[k][0], words[k][1], &error);
      g_assert_no_error (error);
    }
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  find_recipes ();
  g_test_add_func ("/facts/recipe-words", test_words);
  g_test_add_func ("/facts/guest-limits", test_limits);
  g_test_add_func ("/facts/video-ram", test_video_ram);
  g_test_add_func ("/facts/queues", test_queues);
  g_test_add_func ("/facts/guests", test_guests);
  status = g_test_run ();
  g_free (recipes);
  return status;
}
