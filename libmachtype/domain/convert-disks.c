/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives of a domain that is converted to another family: those on a bus that it does not have move
 * to SATA, which both pc and q35 support. Drives that are on SATA stay there, although pc has IDE:
 * it takes only four drives, and the guest would need another driver to boot. */

#include "domain/convert-private.h"

#include <string.h>

#include "error-private.h"
#include "string-private.h"

#define NEW_BUS "sata"
#define NEW_PREFIX "sd"

/* How <boot dev='...'/> counts a <disk device='...'> (libvirt src/qemu/qemu_process.c,
 * qemuProcessPrepareDeviceBootorder): the first of each boots. */
typedef struct {
  char device[8];
  char boot[8];
} BootKind;

static const BootKind boot_kinds[] = {
  { "disk", "hd" },
  { "lun", "hd" },
  { "cdrom", "cdrom" },
  { "floppy", "fd" },
};

/* The bus of a target that does not name it (libvirt src/conf/domain_conf.c,
 * virDomainDiskDefParseXML and virDiskNameToIndex). */
static const struct {
  char prefix[4], bus[8];
} prefixes[] = {
  { "hd", "ide" }, { "sd", "scsi" }, { "vd", "virtio" }, { "fd", "fdc" }, { "xvd", "xen" },
};

typedef struct {
  MtXmlNode *node, *target;
  char *dev; /* never NULL */
  char *bus; /* NULL: unknown */
  const BootKind *kind;
  gboolean has_moved;
} Drive;

typedef struct {
  const MtConversion *move;
  GPtrArray *drives;  /* of Drive, in document order */
  GHashTable *names;  /* of targets */
  GHashTable *places; /* on SATA: controller and port */
  guint next_letter, next_place;
} Drives;

static void
drive_free (gpointer data)
{
  Drive *drive = data;

  g_free (drive->dev);
  g_free (drive->bus);
  g_free (drive);
}

static char *
guess_bus (const char *dev)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (g_str_has_prefix (dev, prefixes[i].prefix))
      return g_strdup (prefixes[i].bus);
  }
  return NULL;
}

static const BootKind *
find_boot_kind (MtXmlNode *disk)
{
  g_autofree char *device = mt_xml_node_dup (disk, "device");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (boot_kinds); i++) {
    if (strcmp (device != NULL ? device : "disk", boot_kinds[i].device) == 0)
      return &boot_kinds[i];
  }
  return NULL;
}

/* The letters of a target as a number; -1: it has none. Limited to what a guest's disks can need.
 */
static int
get_index (const char *dev)
{
  gsize i;
  int index = 0;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (g_str_has_prefix (dev, prefixes[i].prefix))
      break;
  }
  if (i == G_N_ELEMENTS (prefixes))
    return -1;
  for (dev += strlen (prefixes[i].prefix); g_ascii_islower (*dev) && index < 1000000; dev++)
    index = index * 26 + (*dev - 'a') + 1;
  return index - 1;
}

static guint
get_number (MtXmlNode *node, const char *attribute)
{
  g_autofree char *text = mt_xml_node_dup (node, attribute);

  return text != NULL ? (guint)(g_ascii_strtoull (text, NULL, 10) & 0xffff) : 0;
}

/* Without an address libvirt derives it from the target's letters. */
static guint
get_place (const Drive *drive)
{
  MtXmlNode *address = mt_xml_node_find (drive->node, "address");
  int index = get_index (drive->dev);

  if (address != NULL)
    return get_number (address, "controller") * MT_AHCI_PORTS + get_number (address, "unit");
  return (guint)MAX (index, 0);
}

static void
read_drive (Drives *all, MtXmlNode *disk)
{
  Drive *drive = g_new0 (Drive, 1);

  drive->node = disk;
  drive->target = mt_xml_node_find (disk, "target");
  drive->dev = mt_xml_node_dup (drive->target, "dev");
  if (drive->dev == NULL)
    drive->dev = g_strdup ("");
  drive->bus = mt_xml_node_dup (drive->target, "bus");
  if (drive->bus == NULL)
    drive->bus = guess_bus (drive->dev);
  drive->kind = find_boot_kind (disk);
  g_ptr_array_add (all->drives, drive);
  g_hash_table_add (all->names, g_strdup (drive->dev));
  if (g_strcmp0 (drive->bus, NEW_BUS) == 0)
    g_hash_table_add (all->places, GUINT_TO_POINTER (get_place (drive)));
}

static char *
make_name (guint index)
{
  char letters[8];
  gsize at = sizeof letters;

  letters[--at] = '\0';
  for (index++; index != 0; index = (index - 1) / 26)
    letters[--at] = (char)('a' + (index - 1) % 26);
  return g_strconcat (NEW_PREFIX, letters + at, NULL);
}

/* The same letter if it is free: hdc becomes sdc. */
static char *
choose_name (Drives *all, const char *dev)
{
  char *name = make_name ((guint)MAX (get_index (dev), 0));

  g_hash_table_remove (all->names, dev);
  while (g_hash_table_contains (all->names, name)) {
    g_free (name);
    name = make_name (all->next_letter++);
  }
  g_hash_table_add (all->names, g_strdup (name));
  return name;
}

/* libvirt would derive the place from the letter, but it may be taken. */
static void
set_place (Drives *all, Drive *drive)
{
  MtXmlNode *address = mt_xml_node_find (drive->node, "address");
  g_autofree char *controller = NULL, *unit = NULL;

  while (!g_hash_table_add (all->places, GUINT_TO_POINTER (all->next_place)))
    all->next_place++;
  controller = g_strdup_printf ("%u", all->next_place / MT_AHCI_PORTS);
  unit = g_strdup_printf ("%u", all->next_place % MT_AHCI_PORTS);
  if (address == NULL)
    address = mt_xml_node_add_in (drive->node, "address");
  if (address == NULL)
    return;
  mt_xml_node_set (address, "type", "drive");
  mt_xml_node_set (address, "controller", controller);
  mt_xml_node_set (address, "bus", "0");
  mt_xml_node_set (address, "target", "0");
  mt_xml_node_set (address, "unit", unit);
}

static gboolean
is_stranded (const Drives *all, const Drive *drive)
{
  MtDeviceKind kind = MT_KIND_DISK_BUS;

  if (drive->target == NULL || drive->bus == NULL || drive->kind == NULL)
    return FALSE;
  if (mt_is_word (drive->kind->boot, "cdrom"))
    kind = MT_KIND_CDROM_BUS;
  else if (mt_is_word (drive->kind->boot, "fd"))
    return FALSE; /* both support floppies */
  /* On USB a CD-ROM appears to the guest as a hard disk, on both machines. */
  return strcmp (drive->bus, "usb") != 0 && mt_conversion_is_unfit (all->move, kind, drive->bus);
}

/* What disks on IDE can have and disks on SATA cannot. Source: libvirt src/qemu/qemu_validate.c,
 * qemuValidateDomainDeviceDefDiskFrontend. */
static void
remove_setting (const MtConversion *move, MtXmlNode *node, const char *dev)
{
  g_autofree char *text = NULL, *shown = NULL;

  if (mt_xml_node_is (node, NULL, "wwn")) {
    text = mt_xml_node_dup_text (node);
    shown = mt_escape_for_message (text != NULL ? g_strstrip (text) : "");
    mt_conversion_add_effect (move, "disk-wwn", "use names by UUID, label or serial number",
                              "%s loses its WWN %s, which disks on %s cannot have: "
                              "/dev/disk/by-id/wwn-... no longer exists",
                              dev, shown, NEW_BUS);
    mt_xml_node_remove (node);
  } else if (mt_xml_node_is (node, NULL, "geometry")) {
    text = mt_xml_node_dup (node, "trans");
    if (text == NULL)
      return;
    shown = mt_escape_for_message (text);
    mt_conversion_add_effect (move, "disk-geometry", NULL,
                              "%s loses the BIOS translation %s of its geometry, which disks on %s "
                              "cannot have",
                              dev, shown, NEW_BUS);
    mt_xml_node_unset (node, "trans");
  }
}

static void
remove_settings (const MtConversion *move, const Drive *drive, const char *dev)
{
  MtXmlNode *node, *next;

  for (node = mt_xml_node_first (drive->node); node != NULL; node = next) {
    next = mt_xml_node_next (node);
    remove_setting (move, node, dev);
  }
}

static void
move_drive (Drives *all, Drive *drive)
{
  g_autofree char *dev = choose_name (all, drive->dev), *shown = mt_escape_for_message (drive->dev);

  mt_conversion_add_effect (all->move, "disk-bus", NULL,
                            "%s %s on %s becomes %s on %s: names by controller or path change, "
                            "names by UUID or label do not",
                            mt_is_word (drive->kind->boot, "hd") ? "disk" : "CD-ROM", shown,
                            drive->bus, dev, NEW_BUS);
  remove_settings (all->move, drive, dev);
  mt_xml_node_set (drive->target, "dev", dev);
  mt_xml_node_set (drive->target, "bus", NEW_BUS);
  set_place (all, drive);
  g_free (drive->dev);
  drive->dev = g_steal_pointer (&dev);
  g_free (drive->bus);
  drive->bus = g_strdup (NEW_BUS);
  drive->has_moved = TRUE;
}

/* The first drive of each kind, in libvirt's order after it has parsed the document
 * (virDomainDiskInsert): buses in the order in which they first appear, and within a bus by
 * letters. */
static void
find_first (const Drives *all, const Drive *first[G_N_ELEMENTS (boot_kinds)])
{
  g_autoptr (GHashTable) ranks = g_hash_table_new (g_str_hash, g_str_equal);
  guint best[G_N_ELEMENTS (boot_kinds)] = { 0 }, i;

  for (i = 0; i < all->drives->len; i++) {
    const Drive *drive = all->drives->pdata[i];
    const BootKind *kind = drive->kind;
    char *bus = drive->bus;
    guint rank, at;

    if (bus == NULL || kind == NULL)
      continue;
    if (!g_hash_table_contains (ranks, bus))
      g_hash_table_insert (ranks, bus, GUINT_TO_POINTER (g_hash_table_size (ranks)));
    rank = GPOINTER_TO_UINT (g_hash_table_lookup (ranks, bus));
    /* A disk of the host (lun) boots like any other. */
    at = (guint)((mt_is_word (kind->device, "lun") ? boot_kinds : kind) - boot_kinds);
    if (first[at] != NULL &&
        (rank > best[at] ||
         (rank == best[at] && get_index (drive->dev) >= get_index (first[at]->dev))))
      continue;
    first[at] = drive;
    best[at] = rank;
  }
}

static gboolean
has_own_order (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL);

  while (device != NULL && mt_xml_node_find (device, "boot") == NULL)
    device = mt_conversion_next_device (move, device);
  return device != NULL;
}

/* The device that <boot dev='...'/> refers to; NULL: there is none. */
static MtXmlNode *
find_booted (const MtConversion *move, const char *boot, const Drive *const *first)
{
  MtXmlNode *device = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (boot_kinds); i++) {
    if (first[i] != NULL && mt_is_word (boot_kinds[i].boot, boot))
      return first[i]->node;
  }
  if (strcmp (boot, "network") != 0)
    return NULL;
  do
    device = mt_conversion_next_device (move, device);
  while (device != NULL && !mt_xml_node_is (device, NULL, "interface"));
  return device;
}

static void
set_order (MtXmlNode *device, guint order)
{
  g_autofree char *text = g_strdup_printf ("%u", order);
  MtXmlNode *boot = NULL;

  if (device != NULL && mt_xml_node_find (device, "boot") == NULL)
    boot = mt_xml_node_add_in (device, "boot");
  if (boot != NULL)
    mt_xml_node_set (boot, "order", text);
}

/* Sets on each device the boot order that <os> gave by kind of device. */
static void
write_order (const MtConversion *move, const Drive *const *first)
{
  MtXmlNode *os = mt_xml_node_find (move->root, "os"), *node, *next;
  guint order = 0;

  for (node = mt_xml_node_first (os); node != NULL; node = next) {
    g_autofree char *boot = NULL;

    next = mt_xml_node_next (node);
    if (!mt_xml_node_is (node, NULL, "boot"))
      continue;
    boot = mt_xml_node_dup (node, "dev");
    if (boot != NULL)
      set_order (find_booted (move, boot, first), ++order);
    mt_xml_node_remove (node);
  }
  if (order == 0) /* libvirt's default */
    set_order (find_booted (move, "hd", first), 1);
  mt_conversion_add_effect (move, "boot-order", NULL,
                            "the boot order is now set per device, because the first drive on %s "
                            "would be a different one",
                            NEW_BUS);
}

static gboolean
is_same_first (const Drive *const *before, const Drive *const *after)
{
  return memcmp (before, after, G_N_ELEMENTS (boot_kinds) * sizeof *before) == 0;
}

static void
move_drives (Drives *all)
{
  const Drive *before[G_N_ELEMENTS (boot_kinds)] = { NULL };
  const Drive *after[G_N_ELEMENTS (boot_kinds)] = { NULL };
  gboolean disks = FALSE;
  guint i;

  find_first (all, before);
  for (i = 0; i < all->drives->len; i++) {
    Drive *drive = all->drives->pdata[i];

    if (!is_stranded (all, drive))
      continue;
    move_drive (all, drive);
    disks |= mt_is_word (drive->kind->boot, "hd");
  }
  find_first (all, after);
  if (!is_same_first (before, after) && !has_own_order (all->move))
    write_order (all->move, before);
  if (disks)
    mt_conversion_add_effect (
        all->move, "boot-driver",
        "before the conversion, run dracut --force --add-drivers ahci, or boot Windows once with "
        "any SATA "
        "drive",
        "to boot, the guest needs the AHCI driver early: in its initramfs (Linux), or as a "
        "boot-start driver (Windows, which otherwise stops with 0x7B)");
}

void
mt_convert_disks (const MtConversion *move)
{
  g_autoptr (GPtrArray) drives = g_ptr_array_new_with_free_func (drive_free);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  Drives all = { move, drives, names, places, 0, 0 };
  MtXmlNode *device = mt_conversion_next_device (move, NULL);

  for (; device != NULL; device = mt_conversion_next_device (move, device)) {
    if (mt_xml_node_is (device, NULL, "disk"))
      read_drive (&all, device);
  }
  move_drives (&all);
}
