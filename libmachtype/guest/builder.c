/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeGuestBuilder: the settings of a guest, completed and checked against its machine type. */

#include "guest/guest-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "properties/properties-private.h"
#include "resolve/resolve-private.h"
#include "string-private.h"
#include "text-private.h"

/* Limits on what is written to XML, in bytes. */
#define NAME_MAX_LENGTH 255
#define PATH_MAX_LENGTH 4096
#define CMDLINE_MAX_LENGTH 65536
#define SOURCE_MAX_LENGTH 255

#define DEFAULT_NAME "guest"
#define DEFAULT_MEMORY_MIB 1024
/* 16 EiB would overflow libvirt's count in KiB; no host has a PiB. */
#define MEMORY_MAX_MIB (G_GUINT64_CONSTANT (1) << 30)

struct _MachtypeGuestBuilder {
  gatomicrefcount refs;
  MtGuestRequest request;
};

struct _MachtypeGuest {
  gatomicrefcount refs;
  char *xml;
  const char *console_device; /* of a recipe */
  GPtrArray *warnings;        /* of MachtypeFinding */
  const MtRecipe *recipe;
  MachtypeResolution *resolution;
  MachtypeProperties *properties; /* NULL: none */
  guint present;                  /* the devices it has: one bit for each MtProperty */
};

G_DEFINE_BOXED_TYPE (MachtypeGuestBuilder, machtype_guest_builder, machtype_guest_builder_ref,
                     machtype_guest_builder_unref)
G_DEFINE_BOXED_TYPE (MachtypeGuest, machtype_guest, machtype_guest_ref, machtype_guest_unref)

static void
disk_free (gpointer data)
{
  MtDisk *disk = data;

  g_free (disk->head.text);
  g_free (disk);
}

static void
interface_free (gpointer data)
{
  MtInterface *interface = data;

  g_free (interface->head.text);
  g_free (interface->model);
  g_free (interface);
}

/**
 * machtype_guest_can_generate:
 * @arch: architecture of the guest
 * @machine: (nullable): a machine type, or %NULL for the built-in default of @arch
 *
 * Checks whether domain XML can be generated for an architecture and machine type. Thread-safe.
 *
 * Returns: %TRUE if it can be generated
 * Since: 1.0
 */
gboolean
machtype_guest_can_generate (MachtypeArch arch, const char *machine)
{
  if (machine == NULL)
    machine = machtype_arch_get_default_machine (arch);
  return machine != NULL && mt_recipe_find (arch, mt_class_find (arch, machine)) != NULL;
}

/**
 * machtype_guest_builder_new:
 * @resolution: the machine type; must not be %NULL
 * @properties: (nullable): image properties and extra specs, or %NULL for none
 * @host: (nullable): the host, for emulator and devices, or %NULL if nothing is known about it
 *
 * Creates a builder for a guest named `guest`, with 1024 MiB, one vCPU, VNC, no disks and no
 * network.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypeGuestBuilder *
machtype_guest_builder_new (MachtypeResolution *resolution, MachtypeProperties *properties,
                            MachtypeHost *host)
{
  MachtypeGuestBuilder *builder;
  MtGuestRequest *request;

  g_return_val_if_fail (resolution != NULL, NULL);

  builder = g_new0 (MachtypeGuestBuilder, 1);
  g_atomic_ref_count_init (&builder->refs);
  request = &builder->request;
  request->resolution = machtype_resolution_ref (resolution);
  request->properties = properties != NULL ? machtype_properties_ref (properties) : NULL;
  request->host = host != NULL ? machtype_host_ref (host) : NULL;
  request->name = g_strdup (DEFAULT_NAME);
  request->memory_mib = DEFAULT_MEMORY_MIB;
  request->vcpus = 1;
  request->tb_cache_mib = mt_resolution_get_tb_cache (resolution);
  request->tb_cache_is_default = TRUE;
  request->graphics = MACHTYPE_GRAPHICS_TYPE_VNC;
  request->disks = g_ptr_array_new_with_free_func (disk_free);
  request->interfaces = g_ptr_array_new_with_free_func (interface_free);
  return builder;
}

/**
 * machtype_guest_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
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
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_guest_builder_unref (MachtypeGuestBuilder *builder)
{
  MtGuestRequest *request;

  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  request = &builder->request;
  machtype_resolution_unref (request->resolution);
  machtype_properties_unref (request->properties);
  machtype_host_unref (request->host);
  g_free (request->name);
  g_free (request->uuid);
  g_free (request->kernel);
  g_free (request->initrd);
  g_free (request->cmdline);
  g_free (request->console_log);
  g_free (request->rng_device);
  g_free (request->tpm_secret);
  g_clear_pointer (&request->tcp, g_ptr_array_unref);
  g_ptr_array_unref (request->disks);
  g_ptr_array_unref (request->interfaces);
  g_free (builder);
}

static void
replace (char **slot, const char *value)
{
  g_free (*slot);
  *slot = g_strdup (value);
}

static gboolean
check_path (const char *what, const char *path, GError **error)
{
  g_autofree char *shown = NULL;

  if (!mt_check_text (what, path, PATH_MAX_LENGTH, error))
    return FALSE;
  if (g_path_is_absolute (path))
    return TRUE;
  shown = mt_escape_for_message (path);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s must be an absolute path, not '%s'",
                  what, shown);
}

/**
 * machtype_guest_builder_set_name:
 * @builder: a builder; must not be %NULL
 * @name: the domain's name, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name of the domain. libvirt accepts neither `/` nor an empty name.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
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
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the name of the domain must not be empty or contain a '/'");
  replace (&builder->request.name, name);
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
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_uuid (MachtypeGuestBuilder *builder, const char *uuid, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (uuid != NULL && !g_uuid_string_is_valid (uuid)) {
    g_autofree char *shown = mt_escape_for_message (uuid);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid UUID", shown);
  }
  replace (&builder->request.uuid, uuid);
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
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for 0, and for more than 2^30 MiB. On error the builder
 * is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_memory (MachtypeGuestBuilder *builder, guint64 mib, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (mib == 0 || mib > MEMORY_MAX_MIB)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a guest's memory must be between 1 and 2^30 MiB");
  builder->request.memory_mib = mib;
  return TRUE;
}

/**
 * machtype_guest_builder_set_vcpus:
 * @builder: a builder; must not be %NULL
 * @vcpus: number of virtual CPUs
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the number of virtual CPUs; [method@Machtype.GuestBuilder.end] checks it against the machine
 * type.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for 0. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_vcpus (MachtypeGuestBuilder *builder, guint vcpus, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (vcpus == 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "a guest must have at least one vCPU");
  builder->request.vcpus = vcpus;
  return TRUE;
}

/**
 * machtype_guest_builder_set_kernel:
 * @builder: a builder; must not be %NULL
 * @kernel: absolute path of the kernel on the host, copied; must not be %NULL
 * @initrd: (nullable): absolute path of the initial RAM disk, or %NULL for none
 * @cmdline: (nullable): kernel command line, or %NULL for none;
 *   [method@Machtype.Guest.get_console_device] returns the name of the console
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Boots the guest from a kernel on the host.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
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
  replace (&builder->request.kernel, kernel);
  replace (&builder->request.initrd, initrd);
  replace (&builder->request.cmdline, cmdline);
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

static gboolean
add_drive (MachtypeGuestBuilder *builder, MtDrive kind, const char *path, const char *format,
           const char *bus, GError **error)
{
  static const char labels[][20] = { "the disk", "the CD-ROM's image", "the floppy's image" };
  MtDisk *disk;

  if (!check_path (labels[kind], path, error))
    return FALSE;
  if (builder->request.disks->len >= MACHTYPE_GUEST_MAX_DEVICES)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE,
                    "a guest can have at most %d disks, CD-ROMs and floppies",
                    MACHTYPE_GUEST_MAX_DEVICES);
  disk = g_new0 (MtDisk, 1);
  disk->head = mt_guest_write_disk_head (kind, path, format);
  if (bus != NULL) /* one of a list */
    g_strlcpy (disk->bus, bus, sizeof disk->bus);
  disk->kind = kind;
  g_ptr_array_add (builder->request.disks, disk);
  return TRUE;
}

/**
 * machtype_guest_builder_add_disk:
 * @builder: a builder; must not be %NULL
 * @path: absolute path of the image or, below `/dev/`, of the block device, copied; must not be
 *   %NULL
 * @format: (nullable): `raw`, `qcow2`, `qed`, `vdi`, `vhdx`, `vmdk` or `vpc`; %NULL for raw
 * @bus: (nullable): `virtio`, `scsi`, `sata`, `ide` or `usb`; %NULL for the image property
 *   `hw_disk_bus` or, without it, the machine type's default
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a disk; [method@Machtype.GuestBuilder.end] checks its bus against the machine type.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
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
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a disk's format must be one of raw, qcow2, qed, vdi, vhdx, vmdk, vpc");
  if (bus != NULL && !has_word ("virtio scsi sata ide usb", bus))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a disk's bus must be one of virtio, scsi, sata, ide, usb");
  return add_drive (builder, MT_DRIVE_DISK, path, format != NULL ? format : "raw", bus, error);
}

/**
 * machtype_guest_builder_add_cdrom:
 * @builder: a builder; must not be %NULL
 * @path: absolute path of the image, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a CD-ROM drive with an image, on the bus of the image property `hw_cdrom_bus` or, without
 * it, the machine type's default.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_cdrom (MachtypeGuestBuilder *builder, const char *path, GError **error)
{
  g_return_val_if_fail (builder != NULL && path != NULL, FALSE);
  return add_drive (builder, MT_DRIVE_CDROM, path, "raw", NULL, error);
}

/**
 * machtype_guest_builder_add_floppy:
 * @builder: a builder; must not be %NULL
 * @path: absolute path of the image, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a floppy drive with an image, on the bus of the image property `hw_floppy_bus` or, without
 * it, the floppy controller. [method@Machtype.GuestBuilder.end] refuses it if the machine type has
 * none.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_floppy (MachtypeGuestBuilder *builder, const char *path, GError **error)
{
  g_return_val_if_fail (builder != NULL && path != NULL, FALSE);
  return add_drive (builder, MT_DRIVE_FLOPPY, path, "raw", NULL, error);
}

/* Six bytes in hexadecimal digits. An odd first byte makes it a multicast address, which libvirt
 * refuses (src/conf/domain_conf.c, "expected unicast mac address"). */
static gboolean
is_mac (const char *text)
{
  gsize i;

  for (i = 0; i < 17; i++) {
    if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  }
  return text[17] == '\0' && g_ascii_xdigit_value (text[1]) % 2 == 0;
}

/* A value of the image property hw_vif_model, as libvirt spells it. */
static char *
dup_interface_model (const char *model, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *list = NULL, *shown = NULL, *hint = NULL;
  char *checked = NULL;

  if (mt_schema_check (MT_PROPERTY_VIF_MODEL, model, &checked, NULL, NULL))
    return checked;
  words = machtype_image_property_dup_values ("hw_vif_model");
  list = g_strjoinv (", ", words);
  shown = mt_escape_for_message (model);
  hint = mt_dup_similar_hint (model, (const char *const *)words);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
           "'%s' is not a valid network interface model; use one of %s%s", shown, list, hint);
  return NULL;
}

static gboolean
check_interface (const MachtypeGuestBuilder *builder, MachtypeInterfaceType type,
                 const char *source, const char *mac, GError **error)
{
  if ((guint)type > MACHTYPE_INTERFACE_TYPE_BRIDGE)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown interface type");
  if ((type == MACHTYPE_INTERFACE_TYPE_USER) != (source == NULL) ||
      (source != NULL && *source == '\0'))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a network or bridge needs a name, a user network must not have one");
  if (source != NULL &&
      !mt_check_text ("the name of the network", source, SOURCE_MAX_LENGTH, error))
    return FALSE;
  if (mac != NULL && !is_mac (mac))
    return mt_fail (
        error, MACHTYPE_ERROR_INVALID_ARGUMENT,
        "a MAC address must be six bytes, such as 52:54:00:12:34:56, and not a multicast address");
  return builder->request.interfaces->len < MACHTYPE_GUEST_MAX_DEVICES ||
         mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "a guest can have at most %d network interfaces",
                  MACHTYPE_GUEST_MAX_DEVICES);
}

/**
 * machtype_guest_builder_add_interface:
 * @builder: a builder; must not be %NULL
 * @type: what it is connected to
 * @source: (nullable): name of the network or bridge, copied; %NULL for
 *   %MACHTYPE_INTERFACE_TYPE_USER
 * @mac: (nullable): its MAC address, such as `52:54:00:12:34:56`, copied; %NULL to let libvirt
 *   generate one when the domain is defined
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a network interface, of the model of the image property `hw_vif_model` or, without it, the
 * machine type's default.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, also for a multicast MAC address, which libvirt refuses;
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_interface (MachtypeGuestBuilder *builder, MachtypeInterfaceType type,
                                      const char *source, const char *mac, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return machtype_guest_builder_add_interface_of_model (builder, type, source, mac, NULL, error);
}

/**
 * machtype_guest_builder_add_interface_of_model:
 * @builder: a builder; must not be %NULL
 * @type: what it is connected to
 * @source: (nullable): name of the network or bridge, copied; %NULL for
 *   %MACHTYPE_INTERFACE_TYPE_USER
 * @mac: (nullable): its MAC address, copied; %NULL to let libvirt generate one
 * @model: (nullable): its model, a value of the image property `hw_vif_model` such as `e1000`;
 * %NULL for the model of that property or, without it, the machine type's default
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a network interface, as machtype_guest_builder_add_interface() does, of a given model;
 * [method@Machtype.GuestBuilder.end] checks it against the machine type.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_interface_of_model (MachtypeGuestBuilder *builder,
                                               MachtypeInterfaceType type, const char *source,
                                               const char *mac, const char *model, GError **error)
{
  g_autofree char *checked = NULL;
  MtInterface *interface;

  g_return_val_if_fail (builder != NULL, FALSE);

  if (!check_interface (builder, type, source, mac, error))
    return FALSE;
  if (model != NULL) {
    checked = dup_interface_model (model, error);
    if (checked == NULL)
      return FALSE;
  }
  interface = g_new0 (MtInterface, 1);
  interface->head = mt_guest_write_interface_head (type, source, mac);
  interface->type = type;
  interface->model = g_steal_pointer (&checked);
  g_ptr_array_add (builder->request.interfaces, interface);
  return TRUE;
}

/**
 * machtype_guest_builder_set_console_log:
 * @builder: a builder; must not be %NULL
 * @path: (nullable): absolute path of a file on the host to which the console is written, copied;
 *   %NULL for a pseudo terminal
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Writes the console to a file.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
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
  replace (&builder->request.console_log, path);
  return TRUE;
}

/**
 * machtype_guest_builder_set_rng_device:
 * @builder: a builder; must not be %NULL
 * @path: (nullable): absolute path of the host's random number generator, copied; %NULL for
 *   `/dev/urandom`
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the source of the guest's random number generator. QEMU checks that it exists, on its host,
 * when the guest starts.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_rng_device (MachtypeGuestBuilder *builder, const char *path,
                                       GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (path != NULL && !check_path ("the random number generator", path, error))
    return FALSE;
  replace (&builder->request.rng_device, path);
  return TRUE;
}

/**
 * machtype_guest_builder_set_tpm_secret:
 * @builder: a builder; must not be %NULL
 * @uuid: (nullable): UUID of a libvirt secret with the passphrase, copied; %NULL for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Encrypts the state of the guest's TPM on the host. A flavor that decides who may read the secret
 * (`hw:tpm_secret_security`) requires one: [method@Machtype.GuestBuilder.end] refuses to write a
 * TPM that is not encrypted then, and a secret without a TPM.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT. On error the builder is unchanged.
 *
 * Source: libvirt docs/formatdomain.rst, TPM device.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_tpm_secret (MachtypeGuestBuilder *builder, const char *uuid,
                                       GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (uuid != NULL && !g_uuid_string_is_valid (uuid)) {
    g_autofree char *shown = mt_escape_for_message (uuid);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the TPM's secret: '%s' is not a valid "
                    "UUID",
                    shown);
  }
  replace (&builder->request.tpm_secret, uuid);
  return TRUE;
}

/**
 * machtype_guest_builder_set_tb_cache:
 * @builder: a builder; must not be %NULL
 * @mib: size of the cache, in MiB; 0 for QEMU's default, which is up to 1 GiB
 *
 * Sets the memory that QEMU uses for the code that it translates for an emulated guest: Nova's
 * `tb_cache_size`. Until this is called, it is that of the resolution's policy
 * ([method@Machtype.Policy.get_tb_cache]), for emulated guests only.
 * [method@Machtype.GuestBuilder.end] refuses another one for an accelerated guest, which has none.
 *
 * Source: libvirt docs/formatdomain.rst, `tb-cache`.
 *
 * Since: 1.0
 */
void
machtype_guest_builder_set_tb_cache (MachtypeGuestBuilder *builder, guint mib)
{
  g_return_if_fail (builder != NULL);
  builder->request.tb_cache_mib = mib;
  builder->request.tb_cache_is_default = FALSE;
}

static void
tcp_port_free (gpointer data)
{
  MtTcpPort *port = data;

  g_free (port->host);
  g_free (port);
}

/**
 * machtype_guest_builder_add_tcp_console:
 * @builder: a builder; must not be %NULL
 * @host: address or name of the host's interface, such as `127.0.0.1`, copied; must not be %NULL
 * @port: the TCP port, from 1
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Makes a serial port of the guest listen on TCP instead of a pseudo terminal: the first call is
 * for the first port, which is the console, and each further call for the next one, of as many as
 * `hw_serial_port_count` and `hw:serial_port_count` request. Whoever can connect controls the
 * console.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is
 * unchanged.
 *
 * Source: nova/virt/libvirt/driver.py, `_create_serial_consoles`.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_add_tcp_console (MachtypeGuestBuilder *builder, const char *host, guint port,
                                        GError **error)
{
  MtTcpPort *tcp;

  g_return_val_if_fail (builder != NULL && host != NULL, FALSE);

  if (*host == '\0' || port == 0 || port > G_MAXUINT16)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a serial console on TCP needs an address and a port between 1 and 65535");
  if (!mt_check_text ("the address of the serial console", host, SOURCE_MAX_LENGTH, error))
    return FALSE;
  if (builder->request.tcp != NULL && builder->request.tcp->len >= MT_NOVA_SERIAL_PORTS)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "a guest can have at most %d serial ports",
                    MT_NOVA_SERIAL_PORTS);
  if (builder->request.tcp == NULL)
    builder->request.tcp = g_ptr_array_new_with_free_func (tcp_port_free);
  tcp = g_new0 (MtTcpPort, 1);
  tcp->host = g_strdup (host);
  tcp->port = port;
  g_ptr_array_add (builder->request.tcp, tcp);
  return TRUE;
}

/**
 * machtype_guest_builder_set_graphics:
 * @builder: a builder; must not be %NULL
 * @graphics: the graphical console
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the graphical console. Without one the guest has no video, pointer or keyboard either. With
 * SPICE it has the channel of SPICE's agent.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid value. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_guest_builder_set_graphics (MachtypeGuestBuilder *builder, MachtypeGraphicsType graphics,
                                     GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if ((guint)graphics > MACHTYPE_GRAPHICS_TYPE_SPICE)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown graphics type");
  builder->request.graphics = graphics;
  return TRUE;
}

/**
 * machtype_guest_builder_set_metadata:
 * @builder: a builder; must not be %NULL
 * @mirror: %TRUE to write it
 *
 * Sets whether the resolution is copied to the domain's metadata (namespace
 * `urn:libmachtype:record:1`). The copy is a hint for people; the library never decides by it.
 *
 * Since: 1.0
 */
void
machtype_guest_builder_set_metadata (MachtypeGuestBuilder *builder, gboolean mirror)
{
  g_return_if_fail (builder != NULL);
  builder->request.mirror = mirror;
}

static MachtypeGuest *
make_guest (const MtGuestRequest *request, GError **error)
{
  g_auto (MtGuestPlan) plan;
  MachtypeGuest *guest;

  if (!mt_guest_plan (request, &plan, error))
    return NULL;
  guest = g_new0 (MachtypeGuest, 1);
  g_atomic_ref_count_init (&guest->refs);
  guest->xml = mt_guest_write (&plan);
  guest->resolution = machtype_resolution_ref (request->resolution);
  guest->recipe = plan.recipe;
  if (plan.properties != NULL)
    guest->properties = machtype_properties_ref (plan.properties);
  guest->present = mt_guest_plan_find_present (&plan);
  guest->console_device = plan.recipe->console_device;
  guest->warnings = mt_findings_new ();
  mt_guest_add_warnings (&plan, guest->warnings);
  return guest;
}

/**
 * machtype_guest_builder_end:
 * @builder: a builder; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides everything that was left open, checks it against the machine type and, if domain
 * capabilities are known, against the host, and writes the domain XML. The builder is unchanged and
 * can be used again.
 *
 * Raises %MACHTYPE_ERROR_UNSUPPORTED for what this machine type does not support, and for machine
 * types for which guests cannot be generated; %MACHTYPE_ERROR_NOT_OFFERED for what the host does
 * not offer; and what [method@Machtype.Properties.check] raises.
 *
 * Returns: (transfer full): the guest, or %NULL on error
 * Since: 1.0
 */
MachtypeGuest *
machtype_guest_builder_end (MachtypeGuestBuilder *builder, GError **error)
{
  g_return_val_if_fail (builder != NULL, NULL);
  return make_guest (&builder->request, error);
}

MachtypeProperties *
mt_guest_dup_devices (const MachtypeGuest *guest)
{
  return mt_recipe_dup_devices (guest->recipe, guest->properties, guest->present);
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
 * Increases the reference count of @guest. Thread-safe.
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
 * Decreases the reference count of @guest; frees it when the count reaches zero. Thread-safe.
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
 * Gets the domain XML, for libvirt's `virDomainDefineXML`. Thread-safe.
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
 * Gets Linux's name of the console, for `console=` on the kernel command line: `ttyS0`, `ttyAMA0`,
 * `ttysclp0`, `hvc0`. Thread-safe.
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
 * machtype_guest_list_warnings:
 * @guest: a guest; must not be %NULL
 *
 * Lists what is possible but probably not intended: a machine type without firmware and without a
 * kernel (`no-firmware`), a processor topology that the machine type does not take
 * (`topology-ignored`, which names the property), a TPM without a version (`tpm-without-version`),
 * a property that depends on another one (`property-ignored`). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in the order of these
 *   codes; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_guest_list_warnings (const MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, NULL);
  return mt_findings_copy (guest->warnings);
}

/**
 * machtype_guest_equal:
 * @a: a guest; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two guests are equal: the domain XML, and what is recorded of them. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_guest_equal (const MachtypeGuest *a, const MachtypeGuest *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return strcmp (a->xml, b->xml) == 0 && machtype_resolution_equal (a->resolution, b->resolution);
}

/**
 * machtype_guest_hash:
 * @guest: a guest; must not be %NULL
 *
 * Computes a hash of a guest, for hash tables: equal guests have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_guest_hash (const MachtypeGuest *guest)
{
  g_return_val_if_fail (guest != NULL, 0);
  return g_str_hash (guest->xml);
}
