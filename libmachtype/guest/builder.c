/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeGuestBuilder: what a guest is made of, decided and checked against its machine. */

#include "guest/guest-private.h"

#include <string.h>

#include "error-private.h"
#include "host/host-private.h"
#include "properties/properties-private.h"

/* Bounds of what goes into XML, in bytes. */
#define NAME_MAX_LENGTH 255
#define PATH_MAX_LENGTH 4096
#define CMDLINE_MAX_LENGTH 65536
#define SOURCE_MAX_LENGTH 255

#define DEFAULT_NAME "guest"
#define DEFAULT_MEMORY_MIB 1024
/* 16 EiB would overflow libvirt's count in KiB; nobody has a PiB. */
#define MEMORY_MAX_MIB (G_GUINT64_CONSTANT (1) << 30)

/* Places on a board's only IDE controller. */
#define IDE_PLACES 4

struct _MachtypeGuestBuilder {
  gatomicrefcount refs;
  MtGuestPlan plan;
};

struct _MachtypeGuest {
  gatomicrefcount refs;
  char *xml;
  const char *console_device; /* of a recipe */
  GPtrArray *warnings;        /* of char *, ended by NULL */
  const MtRecipe *recipe;
  MachtypeResolution *resolution;
  MachtypeProperties *properties; /* NULL: none */
};

G_DEFINE_BOXED_TYPE (MachtypeGuestBuilder, machtype_guest_builder, machtype_guest_builder_ref,
                     machtype_guest_builder_unref)
G_DEFINE_BOXED_TYPE (MachtypeGuest, machtype_guest, machtype_guest_ref, machtype_guest_unref)

static void
disk_free (gpointer data)
{
  MtDisk *disk = data;

  g_free (disk->path);
  g_free (disk->format);
  g_free (disk);
}

static void
interface_free (gpointer data)
{
  MtInterface *interface = data;

  g_free (interface->source);
  g_free (interface);
}

/**
 * machtype_guest_can_generate:
 * @arch: architecture of the guest
 * @machine: (nullable): a machine type, or %NULL for the built-in default of @arch
 *
 * Tells whether domain XML can be generated for an architecture and machine type. Thread-safe.
 *
 * Returns: %TRUE if it can
 * Since: 1.0
 */
gboolean
machtype_guest_can_generate (MachtypeArch arch, const char *machine)
{
  if (machine == NULL)
    machine = machtype_arch_get_default_machine (arch);
  return machine != NULL && mt_recipe_find (arch, machine) != NULL;
}

/**
 * machtype_guest_builder_new:
 * @resolution: the machine type; must not be %NULL
 * @properties: (nullable): image properties and extra specs, or %NULL for none
 * @host: (nullable): the host, for emulator and devices, or %NULL if nothing is known of it
 *
 * Starts a guest: named `guest`, 1024 MiB, one vCPU, VNC, no disks, no network.
 *
 * Returns: (transfer full): a builder
 * Since: 1.0
 */
MachtypeGuestBuilder *
machtype_guest_builder_new (MachtypeResolution *resolution, MachtypeProperties *properties,
                            MachtypeHost *host)
{
  MachtypeGuestBuilder *builder;
  MtGuestPlan *plan;

  g_return_val_if_fail (resolution != NULL, NULL);

  builder = g_new0 (MachtypeGuestBuilder, 1);
  g_atomic_ref_count_init (&builder->refs);
  plan = &builder->plan;
  plan->resolution = machtype_resolution_ref (resolution);
  plan->properties = properties != NULL ? machtype_properties_ref (properties) : NULL;
  plan->host = host != NULL ? machtype_host_ref (host) : NULL;
  plan->name = g_strdup (DEFAULT_NAME);
  plan->memory_mib = DEFAULT_MEMORY_MIB;
  plan->vcpus = 1;
  plan->graphics = MACHTYPE_GRAPHICS_VNC;
  plan->disks = g_ptr_array_new_with_free_func (disk_free);
  plan->interfaces = g_ptr_array_new_with_free_func (interface_free);
  return builder;
}

/**
 * machtype_guest_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypeGuestBuilder *
machtype_guest_builder_ref (MachtypeGuestBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_guest_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_guest_builder_unref (MachtypeGuestBuilder *builder)
{
  MtGuestPlan *plan;

  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  plan = &builder->plan;
  machtype_resolution_unref (plan->resolution);
  machtype_properties_unref (plan->properties);
  machtype_host_unref (plan->host);
  g_free (plan->name);
  g_free (plan->uuid);
  g_free (plan->kernel);
  g_free (plan->initrd);
  g_free (plan->cmdline);
  g_free (plan->console_log);
  g_ptr_array_unref (plan->disks);
  g_ptr_array_unref (plan->interfaces);
  g_free (builder);
}

static void
replace (char **slot, const char *value)
{
  g_free (*slot);
  *slot = g_strdup (value);
}

static gboolean
set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

static gboolean
check_path (const char *what, const char *path, GError **error)
{
  g_autofree char *shown = NULL;

  if (!mt_check_text (what, path, PATH_MAX_LENGTH, error))
    return FALSE;
  if (g_path_is_absolute (path))
    return TRUE;
  shown = mt_shown (path);
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "%s must be an absolute path, which '%s' is not", what, shown);
  return FALSE;
}

/**
 * machtype_guest_builder_set_name:
 * @builder: a builder; must not be %NULL
 * @name: the domain's name, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Names the domain. libvirt takes no `/` and no empty name.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_name (MachtypeGuestBuilder *builder, const char *name, GError **error)
{
  g_return_val_if_fail (builder != NULL && name != NULL, FALSE);

  if (!mt_check_text ("the name of the domain", name, NAME_MAX_LENGTH, error))
    return FALSE;
  if (*name == '\0' || strchr (name, '/') != NULL)
    return set_invalid (error, "the name of the domain must not be empty or have a '/' in it");
  replace (&builder->plan.name, name);
  return TRUE;
}

/**
 * machtype_guest_builder_set_uuid:
 * @builder: a builder; must not be %NULL
 * @uuid: (nullable): the domain's UUID, copied; %NULL to let libvirt choose one
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the domain's UUID.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a text that is no UUID. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_uuid (MachtypeGuestBuilder *builder, const char *uuid, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (uuid != NULL && !g_uuid_string_is_valid (uuid)) {
    g_autofree char *shown = mt_shown (uuid);

    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is no UUID", shown);
    return FALSE;
  }
  replace (&builder->plan.uuid, uuid);
  return TRUE;
}

/**
 * machtype_guest_builder_set_memory:
 * @builder: a builder; must not be %NULL
 * @mib: memory in MiB
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the guest's memory.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for none, and for more than 2^30 MiB. The builder is then
 * as it was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_memory (MachtypeGuestBuilder *builder, guint64 mib, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (mib == 0 || mib > MEMORY_MAX_MIB)
    return set_invalid (error, "the memory of a guest is between 1 and 2^30 MiB");
  builder->plan.memory_mib = mib;
  return TRUE;
}

/**
 * machtype_guest_builder_set_vcpus:
 * @builder: a builder; must not be %NULL
 * @vcpus: number of virtual CPUs
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the number of virtual CPUs; [method@Machtype.GuestBuilder.end] checks it against the
 * machine.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for none. The builder is then as it was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_vcpus (MachtypeGuestBuilder *builder, guint vcpus, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (vcpus == 0)
    return set_invalid (error, "a guest has at least one vCPU");
  builder->plan.vcpus = vcpus;
  return TRUE;
}

/**
 * machtype_guest_builder_set_kernel:
 * @builder: a builder; must not be %NULL
 * @kernel: absolute path of the kernel on the host, copied; must not be %NULL
 * @initrd: (nullable): absolute path of the initial RAM disk, or %NULL for none
 * @cmdline: (nullable): kernel command line, or %NULL for none;
 *   [method@Machtype.Guest.get_console_device] tells the console's name
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Boots the guest from a kernel of the host.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_kernel (MachtypeGuestBuilder *builder, const char *kernel,
                                   const char *initrd, const char *cmdline, GError **error)
{
  g_return_val_if_fail (builder != NULL && kernel != NULL, FALSE);

  if (!check_path ("the kernel", kernel, error) ||
      (initrd != NULL && !check_path ("the initrd", initrd, error)) ||
      (cmdline != NULL &&
       !mt_check_text ("the kernel command line", cmdline, CMDLINE_MAX_LENGTH, error)))
    return FALSE;
  replace (&builder->plan.kernel, kernel);
  replace (&builder->plan.initrd, initrd);
  replace (&builder->plan.cmdline, cmdline);
  return TRUE;
}

static gboolean
has_word (const char *words, const char *word)
{
  gsize length = strlen (word);
  const char *at;

  if (length == 0 || strchr (word, ' ') != NULL)
    return FALSE;
  for (at = words; (at = strstr (at, word)) != NULL; at += length) {
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
      return TRUE;
  }
  return FALSE;
}

/* Words are known: they stand in a recipe or were looked up in a list. */
static void
set_word (MtWord *word, const char *text)
{
  g_strlcpy (word->text, text, sizeof word->text);
}

static gboolean
add_drive (MachtypeGuestBuilder *builder, gboolean is_cdrom, const char *path, const char *format,
           const char *bus, GError **error)
{
  MtDisk *disk;

  if (!check_path (is_cdrom ? "the CD-ROM's image" : "the disk", path, error))
    return FALSE;
  if (builder->plan.disks->len >= MACHTYPE_GUEST_MAX_DEVICES) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TOO_LARGE,
                 "a guest has at most %d disks and CD-ROMs", MACHTYPE_GUEST_MAX_DEVICES);
    return FALSE;
  }
  disk = g_new0 (MtDisk, 1);
  disk->path = g_strdup (path);
  disk->format = g_strdup (format);
  if (bus != NULL)
    set_word (&disk->asked_bus, bus);
  disk->is_cdrom = is_cdrom;
  g_ptr_array_add (builder->plan.disks, disk);
  return TRUE;
}

/**
 * machtype_guest_builder_add_disk:
 * @builder: a builder; must not be %NULL
 * @path: absolute path of the image or, below `/dev/`, of the block device, copied; must not be
 *   %NULL
 * @format: (nullable): `raw`, `qcow2`, `qed`, `vdi`, `vhdx`, `vmdk` or `vpc`; %NULL for raw
 * @bus: (nullable): `virtio`, `scsi`, `sata`, `ide` or `usb`; %NULL for the image property
 *   `hw_disk_bus`, else the machine's best
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a disk; [method@Machtype.GuestBuilder.end] checks its bus against the machine.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_disk (MachtypeGuestBuilder *builder, const char *path,
                                 const char *format, const char *bus, GError **error)
{
  g_return_val_if_fail (builder != NULL && path != NULL, FALSE);

  if (format != NULL && !has_word ("raw qcow2 qed vdi vhdx vmdk vpc", format))
    return set_invalid (error, "a disk's format is one of raw, qcow2, qed, vdi, vhdx, vmdk, vpc");
  if (bus != NULL && !has_word ("virtio scsi sata ide usb", bus))
    return set_invalid (error, "a disk's bus is one of virtio, scsi, sata, ide, usb");
  return add_drive (builder, FALSE, path, format != NULL ? format : "raw", bus, error);
}

/**
 * machtype_guest_builder_add_cdrom:
 * @builder: a builder; must not be %NULL
 * @path: absolute path of the image, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a CD-ROM drive with an image, on the bus of the image property `hw_cdrom_bus`, else the
 * machine's best.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_cdrom (MachtypeGuestBuilder *builder, const char *path, GError **error)
{
  g_return_val_if_fail (builder != NULL && path != NULL, FALSE);
  return add_drive (builder, TRUE, path, "raw", NULL, error);
}

/**
 * machtype_guest_builder_add_network:
 * @builder: a builder; must not be %NULL
 * @kind: what it is connected to
 * @source: (nullable): name of the network or bridge, copied; %NULL for
 *   %MACHTYPE_NETWORK_USER
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a network interface, of the model of the image property `hw_vif_model`, else the machine's
 * best.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_network (MachtypeGuestBuilder *builder, MachtypeNetwork kind,
                                    const char *source, GError **error)
{
  MtInterface *interface;

  g_return_val_if_fail (builder != NULL, FALSE);

  if ((guint)kind > MACHTYPE_NETWORK_BRIDGE)
    return set_invalid (error, "unknown kind of network");
  if ((kind == MACHTYPE_NETWORK_USER) != (source == NULL) || (source != NULL && *source == '\0'))
    return set_invalid (error, "a network or bridge has a name, a user network has none");
  if (source != NULL &&
      !mt_check_text ("the name of the network", source, SOURCE_MAX_LENGTH, error))
    return FALSE;
  if (builder->plan.interfaces->len >= MACHTYPE_GUEST_MAX_DEVICES) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TOO_LARGE,
                 "a guest has at most %d network interfaces", MACHTYPE_GUEST_MAX_DEVICES);
    return FALSE;
  }
  interface = g_new0 (MtInterface, 1);
  interface->kind = kind;
  interface->source = g_strdup (source);
  g_ptr_array_add (builder->plan.interfaces, interface);
  return TRUE;
}

/**
 * machtype_guest_builder_set_console_log:
 * @builder: a builder; must not be %NULL
 * @path: (nullable): absolute path of a file on the host that takes what the console prints,
 *   copied; %NULL for a pseudo terminal
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sends the console into a file.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it
 * was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_console_log (MachtypeGuestBuilder *builder, const char *path,
                                        GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (path != NULL && !check_path ("the console log", path, error))
    return FALSE;
  replace (&builder->plan.console_log, path);
  return TRUE;
}

/**
 * machtype_guest_builder_set_graphics:
 * @builder: a builder; must not be %NULL
 * @graphics: the graphical console
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Chooses the graphical console. Without one the guest has no video, pointer and keyboard either.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a number that is none. The builder is then as it was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_graphics (MachtypeGuestBuilder *builder, MachtypeGraphics graphics,
                                     GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if ((guint)graphics > MACHTYPE_GRAPHICS_SPICE)
    return set_invalid (error, "unknown kind of graphics");
  builder->plan.graphics = graphics;
  return TRUE;
}

/**
 * machtype_guest_builder_set_mirror:
 * @builder: a builder; must not be %NULL
 * @mirror: whether to write it
 *
 * Decides whether the resolution is mirrored in the domain's metadata (namespace
 * `urn:libmachtype:record:1`). The mirror is a hint for people; nothing is ever decided by it.
 *
 * Since: 1.0
 */
void
machtype_guest_builder_set_mirror (MachtypeGuestBuilder *builder, gboolean mirror)
{
  g_return_if_fail (builder != NULL);
  builder->plan.mirror = mirror;
}

G_GNUC_PRINTF (2, 3)
static gboolean
set_unsupported (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED, message);
  return FALSE;
}

static const char *
get_machine (const MtGuestPlan *plan)
{
  return machtype_resolution_get_machine_to_record (plan->resolution);
}

static const char *
get_arch_name (const MtGuestPlan *plan)
{
  return machtype_arch_to_string (machtype_resolution_get_arch (plan->resolution));
}

/* What libvirt's domain capabilities deny is not written; what they do not speak of is. */
static gboolean
check_host (const MtGuestPlan *plan, const char *device, const char *name, const char *value,
            GError **error)
{
  if (plan->capabilities == NULL ||
      mt_host_ask_domain_capabilities (plan->host, plan->capabilities, device, name, value) !=
          MACHTYPE_ANSWER_NO)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_OFFERED,
               "the host has no %s of %s %s for %s guests on %s", device, name, value,
               get_arch_name (plan), get_machine (plan));
  return FALSE;
}

/* The first word of a list, the default; the empty word of an empty list. */
static void
set_first_word (MtWord *word, const char *words)
{
  gsize length = 0;

  while (words[length] != '\0' && words[length] != ' ')
    length++;
  memcpy (word->text, words, length);
  word->text[length] = '\0';
}

/* A property's value where it is set and the machine can have it, else the machine's default; NULL
 * where the machine has none of the kind. */
static gboolean
choose (const MtGuestPlan *plan, MtProperty property, const char *words, MtWord *chosen,
        GError **error)
{
  const char *value = mt_properties_get (plan->properties, property);

  if (value == NULL) {
    set_first_word (chosen, words);
    return TRUE;
  }
  if (has_word (words, value)) {
    set_word (chosen, value);
    return TRUE;
  }
  return set_unsupported (error, "image property %s=%s: %s guests on %s cannot have that; %s%s",
                          mt_property_name (property), value, get_arch_name (plan),
                          get_machine (plan), *words != '\0' ? "possible: " : "they have none",
                          words);
}

static gboolean
plan_recipe (MtGuestPlan *plan, GError **error)
{
  const char *type = machtype_resolution_get_domain_type (plan->resolution);
  g_autofree char *list = NULL;

  plan->recipe =
      mt_recipe_find (machtype_resolution_get_arch (plan->resolution), get_machine (plan));
  if (plan->recipe == NULL) {
    list = mt_recipe_dup_list ();
    return set_unsupported (error, "domain XML is not generated for %s guests on %s; it is for: %s",
                            get_arch_name (plan), get_machine (plan), list);
  }
  if (!has_word ("qemu kvm hvf", type))
    return set_unsupported (error,
                            "domain XML is not generated for domain type %s, only for qemu, "
                            "kvm and hvf",
                            type);
  return TRUE;
}

static guint
get_host_limit (const MtGuestPlan *plan)
{
  const MtMachine *info = NULL;

  if (plan->host != NULL)
    info = mt_host_find_machine (plan->host, machtype_resolution_get_arch (plan->resolution),
                                 machtype_resolution_get_domain_type (plan->resolution),
                                 get_machine (plan));
  return info != NULL ? info->max_cpus : 0;
}

static gboolean
plan_size (MtGuestPlan *plan, GError **error)
{
  guint limit = get_host_limit (plan), memory = plan->recipe->max_memory_mib;

  /* The board's limit is what works; the host's may be lower for an old version. */
  limit = limit != 0 ? MIN (limit, plan->recipe->max_vcpus) : plan->recipe->max_vcpus;
  if (plan->vcpus > limit)
    return set_unsupported (error, "%s guests on %s have at most %u vCPU%s, not %u",
                            get_arch_name (plan), get_machine (plan), limit, limit == 1 ? "" : "s",
                            plan->vcpus);
  if (memory != 0 && plan->memory_mib > memory)
    return set_unsupported (error,
                            "%s guests on %s have at most %u MiB of memory, not %" G_GUINT64_FORMAT,
                            get_arch_name (plan), get_machine (plan), memory, plan->memory_mib);
  if (plan->memory_mib < plan->recipe->min_memory_mib)
    return set_unsupported (
        error, "%s guests on %s have at least %u MiB of memory, not %" G_GUINT64_FORMAT,
        get_arch_name (plan), get_machine (plan), plan->recipe->min_memory_mib, plan->memory_mib);
  return TRUE;
}

static gboolean
plan_firmware (MtGuestPlan *plan, GError **error)
{
  const char *wanted = mt_properties_get (plan->properties, MT_PROPERTY_FIRMWARE_TYPE);
  const char *package =
      machtype_arch_get_firmware_package (machtype_resolution_get_arch (plan->resolution));
  g_autoptr (GError) why = NULL;

  plan->uefi = wanted != NULL ? mt_is_word (wanted, "uefi") : plan->recipe->uefi == MT_UEFI_DEFAULT;
  if (plan->uefi && plan->recipe->uefi == MT_UEFI_NEVER)
    return set_unsupported (error,
                            "image property hw_firmware_type=uefi: %s guests on %s have no "
                            "UEFI; leave the property away",
                            get_arch_name (plan), get_machine (plan));
  if (!plan->uefi || check_host (plan, "os", "firmware", "efi", &why))
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_OFFERED, "%s%s%s", why->message,
               package != NULL ? "; install package " : "", package != NULL ? package : "");
  return FALSE;
}

static void
set_target (MtDisk *disk, const char *prefix, guint index)
{
  char letters[8];
  gsize at = sizeof letters;

  letters[--at] = '\0';
  for (index++; index != 0; index = (index - 1) / 26)
    letters[--at] = (char)('a' + (index - 1) % 26);
  memcpy (disk->target, prefix, 2);
  memcpy (disk->target + 2, letters + at, sizeof letters - at);
}

/* How many places a bus has; 0: enough for every guest. */
static guint
get_places (const MtGuestPlan *plan, const char *bus)
{
  if (mt_is_word (bus, "ide"))
    return IDE_PLACES;
  if (mt_is_word (bus, "scsi"))
    return mt_scsi_find (plan->scsi.text)->places;
  if (mt_is_word (bus, "virtio") && plan->recipe->slots.disk[0] != 0)
    return 2 * 8; /* two slots of eight functions */
  return 0;
}

/* Counters by the prefix of a disk's target: scsi, sata and usb share "sd". */
typedef struct {
  guint units[5];   /* by bus */
  guint targets[3]; /* by prefix */
} Counters;

static gboolean
place_disk (MtGuestPlan *plan, MtDisk *disk, Counters *counters, GError **error)
{
  static const struct {
    char bus[8], prefix[4];
    guint8 target;
  } buses[] = { { "virtio", "vd", 0 },
                { "scsi", "sd", 1 },
                { "sata", "sd", 1 },
                { "usb", "sd", 1 },
                { "ide", "hd", 2 } };
  guint places = get_places (plan, disk->bus.text);
  gsize i;

  for (i = 0; !mt_is_word (buses[i].bus, disk->bus.text); i++)
    ;
  disk->unit = counters->units[i]++;
  set_target (disk, buses[i].prefix, counters->targets[buses[i].target]++);
  if (places != 0 && disk->unit >= places)
    return set_unsupported (error, "%s guests on %s have at most %u drives on bus %s",
                            get_arch_name (plan), get_machine (plan), places, disk->bus.text);
  plan->needs_scsi |= mt_is_word (disk->bus.text, "scsi");
  plan->needs_usb |= mt_is_word (disk->bus.text, "usb");
  return check_host (plan, "disk", "bus", disk->bus.text, error);
}

static gboolean
plan_disk_bus (MtGuestPlan *plan, MtDisk *disk, GError **error)
{
  const char *words = disk->is_cdrom ? plan->recipe->cdrom_buses : plan->recipe->disk_buses;

  if (disk->asked_bus.text[0] == '\0')
    return choose (plan, disk->is_cdrom ? MT_PROPERTY_CDROM_BUS : MT_PROPERTY_DISK_BUS, words,
                   &disk->bus, error);
  disk->bus = disk->asked_bus;
  if (has_word (words, disk->bus.text))
    return TRUE;
  return set_unsupported (error, "%s guests on %s cannot have a disk on bus %s; possible: %s",
                          get_arch_name (plan), get_machine (plan), disk->bus.text, words);
}

static gboolean
plan_disks (MtGuestPlan *plan, GError **error)
{
  Counters counters = { 0 };
  guint i;

  for (i = 0; i < plan->disks->len; i++) {
    if (!plan_disk_bus (plan, plan->disks->pdata[i], error) ||
        !place_disk (plan, plan->disks->pdata[i], &counters, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
plan_interfaces (MtGuestPlan *plan, GError **error)
{
  const guint places = plan->recipe->slots.network != 0 ? 8 : 0;

  if (places != 0 && plan->interfaces->len > places)
    return set_unsupported (error, "%s guests on %s have at most %u network interfaces",
                            get_arch_name (plan), get_machine (plan), places);
  return TRUE;
}

static gboolean
plan_graphics (MtGuestPlan *plan, GError **error)
{
  const char *pointer = mt_properties_get (plan->properties, MT_PROPERTY_POINTER_MODEL);
  const char *bus = mt_properties_get (plan->properties, MT_PROPERTY_INPUT_BUS);

  if (plan->graphics == MACHTYPE_GRAPHICS_NONE)
    return TRUE;
  if (plan->graphics == MACHTYPE_GRAPHICS_SPICE &&
      !check_host (plan, "graphics", "type", "spice", error))
    return FALSE;
  if (bus == NULL && pointer != NULL && !has_word (plan->recipe->inputs, "usb"))
    return set_unsupported (error,
                            "image property hw_pointer_model=%s: %s guests on %s have no "
                            "USB; use hw_input_bus=virtio",
                            pointer, get_arch_name (plan), get_machine (plan));
  plan->needs_usb |= mt_is_word (plan->input.text, "usb") ||
                     (plan->recipe->features & MT_FEATURE_USB_DISPLAY) != 0;
  return mt_is_word (plan->video.text, "none") ||
         check_host (plan, "video", "modelType", plan->video.text, error);
}

/* Properties are checked even where nothing comes of them, so that a wrong one is found before the
 * guest gets its first CD-ROM. */
static gboolean
plan_models (MtGuestPlan *plan, GError **error)
{
  const MtRecipe *recipe = plan->recipe;
  MtWord unused;

  return choose (plan, MT_PROPERTY_DISK_BUS, recipe->disk_buses, &unused, error) &&
         choose (plan, MT_PROPERTY_CDROM_BUS, recipe->cdrom_buses, &unused, error) &&
         choose (plan, MT_PROPERTY_SCSI_MODEL, recipe->scsi_models, &plan->scsi, error) &&
         choose (plan, MT_PROPERTY_VIF_MODEL, recipe->networks, &plan->network, error) &&
         choose (plan, MT_PROPERTY_VIDEO_MODEL, recipe->videos, &plan->video, error) &&
         choose (plan, MT_PROPERTY_INPUT_BUS, recipe->inputs, &plan->input, error);
}

static void
add_warnings (const MtGuestPlan *plan, GPtrArray *warnings)
{
  gboolean firmware = plan->uefi || (plan->recipe->uefi != MT_UEFI_DEFAULT &&
                                     (plan->recipe->features & MT_FEATURE_NO_BOOT) == 0);

  if (plan->kernel == NULL && !firmware)
    g_ptr_array_add (warnings,
                     g_strdup_printf ("%s guests on %s have no firmware here: without a kernel "
                                      "this one boots nothing, silently",
                                      get_arch_name (plan), get_machine (plan)));
}

static gboolean
make_plan (MtGuestPlan *plan, GError **error)
{
  plan->needs_scsi = plan->needs_usb = FALSE;
  plan->capabilities = NULL;
  if (plan->host != NULL)
    plan->capabilities = mt_host_find_domain_capabilities (
        plan->host, machtype_resolution_get_arch (plan->resolution),
        machtype_resolution_get_domain_type (plan->resolution), get_machine (plan));
  return plan_recipe (plan, error) && plan_size (plan, error) && plan_firmware (plan, error) &&
         plan_models (plan, error) && plan_disks (plan, error) && plan_interfaces (plan, error) &&
         plan_graphics (plan, error);
}

/**
 * machtype_guest_builder_end:
 * @builder: a builder; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides all that was left open, checks everything against the machine and, where there are domain
 * capabilities, the host, and writes the domain XML. The builder stays as it is and can be used
 * again.
 *
 * Raises %MACHTYPE_ERROR_UNSUPPORTED for what this machine cannot have, and for machines that no
 * guests are made of; %MACHTYPE_ERROR_NOT_OFFERED for what the host lacks.
 *
 * Returns: (transfer full): the guest, or %NULL on error
 * Since: 1.0
 */
MachtypeGuest *
machtype_guest_builder_end (MachtypeGuestBuilder *builder, GError **error)
{
  MachtypeGuest *guest;

  g_return_val_if_fail (builder != NULL, NULL);

  if (!make_plan (&builder->plan, error))
    return NULL;
  guest = g_new0 (MachtypeGuest, 1);
  g_atomic_ref_count_init (&guest->refs);
  guest->xml = mt_guest_write (&builder->plan);
  guest->resolution = machtype_resolution_ref (builder->plan.resolution);
  guest->recipe = builder->plan.recipe;
  if (builder->plan.properties != NULL)
    guest->properties = machtype_properties_ref (builder->plan.properties);
  guest->console_device = builder->plan.recipe->console_device;
  guest->warnings = g_ptr_array_new_with_free_func (g_free);
  add_warnings (&builder->plan, guest->warnings);
  g_ptr_array_add (guest->warnings, NULL);
  return guest;
}

MachtypeProperties *
mt_guest_dup_defaults (const MachtypeGuest *guest)
{
  return mt_recipe_dup_defaults (guest->recipe, guest->properties);
}

const MachtypeResolution *
mt_guest_get_resolution (const MachtypeGuest *guest)
{
  return guest->resolution;
}

/**
 * machtype_guest_ref:
 * @guest: a guest; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @guest
 * Since: 1.0
 */
MachtypeGuest *
machtype_guest_ref (MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, NULL);

  g_atomic_ref_count_inc (&guest->refs);
  return guest;
}

/**
 * machtype_guest_unref:
 * @guest: (transfer full) (nullable): a guest; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_guest_unref (MachtypeGuest *guest)
{
  if (guest == NULL || !g_atomic_ref_count_dec (&guest->refs))
    return;
  g_free (guest->xml);
  machtype_resolution_unref (guest->resolution);
  machtype_properties_unref (guest->properties);
  g_ptr_array_unref (guest->warnings);
  g_free (guest);
}

/**
 * machtype_guest_get_xml:
 * @guest: a guest; must not be %NULL
 *
 * Tells the domain XML, for libvirt's `virDomainDefineXML`. Thread-safe.
 *
 * Returns: (transfer none): the XML, valid as long as @guest
 * Since: 1.0
 */
const char *
machtype_guest_get_xml (const MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, NULL);
  return guest->xml;
}

/**
 * machtype_guest_get_console_device:
 * @guest: a guest; must not be %NULL
 *
 * Tells what Linux in the guest calls the console, for `console=` on the kernel command line:
 * `ttyS0`, `ttyAMA0`, `ttysclp0`, `hvc0`. Thread-safe.
 *
 * Returns: (transfer none): a constant string
 * Since: 1.0
 */
const char *
machtype_guest_get_console_device (const MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, NULL);
  return guest->console_device;
}

/**
 * machtype_guest_get_warnings:
 * @guest: a guest; must not be %NULL
 *
 * Lists what is possible and probably not meant: a machine without firmware and no kernel.
 * Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): messages, valid as long as @guest
 * Since: 1.0
 */
const char *const *
machtype_guest_get_warnings (const MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, NULL);
  return (const char *const *)guest->warnings->pdata;
}
