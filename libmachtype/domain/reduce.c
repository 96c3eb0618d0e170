/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of a domain that libvirt can be asked about.
 *
 * libvirt answers by going as far as QEMU's command line, and in the process it runs scripts, opens
 * files and creates devices that the domain names. So it gets another domain, which contains only
 * what is in the table below: names of hardware, numbers and switches. Everything else, such as
 * every path, host and program, is omitted and listed. */

#include "domain/domain-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "host/host-private.h"
#include "string-private.h"
#include "xml-reader.h"
#include "xml-writer.h"

/* The name of every domain that libvirt is asked about. */
#define NAME "machtype-lint"

/* libvirt requires a source for hard disks, and of some versions also for a USB CD-ROM. It does not
 * check that it exists. */
#define NO_FILE "/nonexistent"

/* If there are more elements and attributes than this, the rest is not listed individually. */
#define LEFT_OUT_MAX 256

/* libvirt has no limits here, and works for minutes on numbers that no guest has. */
#define COUNT_MAX 65535
#define INDEX_MAX 255

/* The permitted text of an element or an attribute. With any other text the whole device is omitted
 * or, outside of devices, the element. */
typedef enum {
  NOTHING, /* no text, only elements */
  DROPPED, /* the text is omitted, the element is kept */
  WORD,    /* a name that libvirt knows, such as a model or a bus: letters, digits, - and _ */
  TOKEN,   /* a name that can contain dots: a machine type, a CPU model, a CPU feature */
  NUMBER,  /* decimal, or hexadecimal with 0x */
  COUNT,   /* the same, up to COUNT_MAX: for what libvirt creates in that number */
  INDEX,   /* the same, up to INDEX_MAX: for a controller; libvirt also creates all before it */
  INTEGER, /* decimal, possibly negative */
  LIST,    /* numbers and ranges, such as "0-3,8" */
  PORT,    /* a USB port, such as "1.4" */
  DRIVE,   /* the name of a disk in the guest, such as "sda" */
  WWN,     /* 16 hexadecimal digits */
  VERSION, /* such as "2.0" */
  CHOICE,  /* one of the listed words; another one is omitted, and the element is kept */
  KIND,    /* one of the listed words */
  EMULATOR /* only one that the host lists */
} Value;

/* An element, or one of its attributes, which follow it. */
typedef struct {
  guint8 depth; /* 1: the root; 0: an attribute */
  guint8 value;
  char name[20];
  char words[36];
} Row;

#define E(below, name, value)                                                                      \
  {                                                                                                \
    (below) + 1, value, name, ""                                                                   \
  }
#define A(name, value)                                                                             \
  {                                                                                                \
    0, value, name, ""                                                                             \
  }
#define ONE_OF(name, value, words)                                                                 \
  {                                                                                                \
    0, value, name, words                                                                          \
  }

#define STATE A ("state", WORD)
#define VIRTIO A ("iommu", WORD), A ("ats", WORD), A ("packed", WORD), A ("page_per_vq", WORD)
#define SCALED(depth, name) E (depth, name, NUMBER), A ("unit", WORD)

/* Valid for every device. Its alias is a name that its owner chose. */
#define DEVICE                                                                                     \
  E (3, "address", NOTHING), A ("type", WORD), A ("domain", NUMBER), A ("bus", NUMBER),            \
      A ("slot", NUMBER), A ("function", NUMBER), A ("multifunction", WORD),                       \
      A ("controller", INDEX), A ("target", NUMBER), A ("unit", NUMBER), A ("port", PORT),         \
      A ("reg", NUMBER), A ("cssid", NUMBER), A ("ssid", NUMBER), A ("devno", NUMBER),             \
      A ("iobase", NUMBER), A ("irq", NUMBER), A ("base", NUMBER), E (4, "zpci", NOTHING),         \
      A ("uid", NUMBER), A ("fid", NUMBER), E (3, "acpi", NOTHING), A ("index", NUMBER)
#define VIRTIO_DEVICE DEVICE, E (3, "driver", NOTHING), VIRTIO

/* In the order of a tree. Source: libvirt's schema, domaincommon.rng and cputypes.rng. */
static const Row rows[] = {
  E (0, "domain", NOTHING),
  A ("type", WORD),

  SCALED (1, "memory"),
  SCALED (1, "currentMemory"),
  SCALED (1, "maxMemory"),
  A ("slots", NUMBER),
  E (1, "vcpu", NUMBER),
  ONE_OF ("placement", CHOICE, "static"),
  A ("current", NUMBER),
  E (1, "vcpus", NOTHING),
  E (2, "vcpu", NOTHING),
  A ("id", NUMBER),
  A ("enabled", WORD),
  A ("hotpluggable", WORD),
  A ("order", NUMBER),
  E (1, "iothreads", COUNT),
  E (1, "iothreadids", NOTHING),
  E (2, "iothread", NOTHING),
  A ("id", NUMBER),
  E (1, "genid", DROPPED),

  E (1, "os", NOTHING),
  ONE_OF ("firmware", CHOICE, "efi bios"),
  E (2, "type", WORD),
  A ("arch", WORD),
  A ("machine", TOKEN),
  E (2, "firmware", NOTHING),
  E (3, "feature", NOTHING),
  A ("enabled", WORD),
  A ("name", WORD),
  E (2, "loader", DROPPED),
  A ("readonly", WORD),
  A ("secure", WORD),
  ONE_OF ("type", KIND, "pflash rom"),
  A ("stateless", WORD),
  E (2, "boot", NOTHING),
  A ("dev", WORD),
  E (2, "bootmenu", NOTHING),
  A ("enable", WORD),
  A ("timeout", NUMBER),
  E (2, "smbios", NOTHING),
  ONE_OF ("mode", KIND, "emulate host"),
  E (2, "bios", NOTHING),
  A ("useserial", WORD),
  A ("rebootTimeout", INTEGER),

  E (1, "features", NOTHING),
  E (2, "pae", NOTHING),
  E (2, "apic", NOTHING),
  A ("eoi", WORD),
  E (2, "acpi", NOTHING),
  E (2, "hap", NOTHING),
  STATE,
  E (2, "hyperv", NOTHING),
  A ("mode", WORD),
  E (3, "relaxed", NOTHING),
  STATE,
  E (3, "vapic", NOTHING),
  STATE,
  E (3, "spinlocks", NOTHING),
  STATE,
  A ("retries", NUMBER),
  E (3, "vpindex", NOTHING),
  STATE,
  E (3, "runtime", NOTHING),
  STATE,
  E (3, "synic", NOTHING),
  STATE,
  E (3, "stimer", NOTHING),
  STATE,
  E (4, "direct", NOTHING),
  STATE,
  E (3, "reset", NOTHING),
  STATE,
  E (3, "frequencies", NOTHING),
  STATE,
  E (3, "reenlightenment", NOTHING),
  STATE,
  E (3, "tlbflush", NOTHING),
  STATE,
  E (3, "ipi", NOTHING),
  STATE,
  E (3, "evmcs", NOTHING),
  STATE,
  E (3, "avic", NOTHING),
  STATE,
  E (2, "viridian", NOTHING),
  E (2, "kvm", NOTHING),
  E (3, "hidden", NOTHING),
  STATE,
  E (3, "hint-dedicated", NOTHING),
  STATE,
  E (3, "poll-control", NOTHING),
  STATE,
  E (3, "pv-ipi", NOTHING),
  STATE,
  E (2, "privnet", NOTHING),
  E (2, "pvspinlock", NOTHING),
  STATE,
  E (2, "pmu", NOTHING),
  STATE,
  E (2, "vmport", NOTHING),
  STATE,
  E (2, "ps2", NOTHING),
  STATE,
  E (2, "gic", NOTHING),
  A ("version", WORD),
  E (2, "smm", NOTHING),
  STATE,
  SCALED (3, "tseg"),
  E (2, "ioapic", NOTHING),
  A ("driver", WORD),
  E (2, "hpt", NOTHING),
  A ("resizing", WORD),
  SCALED (3, "maxpagesize"),
  E (2, "vmcoreinfo", NOTHING),
  STATE,
  E (2, "htm", NOTHING),
  STATE,
  E (2, "nested-hv", NOTHING),
  STATE,
  E (2, "msrs", NOTHING),
  A ("unknown", WORD),
  E (2, "ccf-assist", NOTHING),
  STATE,
  E (2, "cfpc", NOTHING),
  A ("value", WORD),
  E (2, "sbbc", NOTHING),
  A ("value", WORD),
  E (2, "ibs", NOTHING),
  A ("value", WORD),
  E (2, "tcg", NOTHING),
  SCALED (3, "tb-cache"),

  E (1, "cpu", NOTHING),
  A ("mode", WORD),
  A ("match", WORD),
  A ("check", WORD),
  A ("migratable", WORD),
  E (2, "model", TOKEN),
  A ("fallback", WORD),
  E (2, "vendor", WORD),
  E (2, "topology", NOTHING),
  A ("sockets", NUMBER),
  A ("dies", NUMBER),
  A ("clusters", NUMBER),
  A ("cores", NUMBER),
  A ("threads", NUMBER),
  E (2, "feature", NOTHING),
  A ("policy", WORD),
  A ("name", TOKEN),
  E (2, "cache", NOTHING),
  A ("level", NUMBER),
  A ("mode", WORD),
  E (2, "maxphysaddr", NOTHING),
  A ("mode", WORD),
  A ("bits", NUMBER),
  E (2, "numa", NOTHING),
  E (3, "cell", NOTHING),
  A ("id", NUMBER),
  A ("cpus", LIST),
  A ("memory", NUMBER),
  A ("unit", WORD),
  A ("memAccess", WORD),
  A ("discard", WORD),
  E (4, "distances", NOTHING),
  E (5, "sibling", NOTHING),
  A ("id", NUMBER),
  A ("value", NUMBER),

  E (1, "clock", NOTHING),
  ONE_OF ("offset", KIND, "utc localtime variable absolute"),
  A ("adjustment", INTEGER),
  A ("basis", WORD),
  A ("start", NUMBER),
  E (2, "timer", NOTHING),
  A ("name", WORD),
  A ("track", WORD),
  A ("tickpolicy", WORD),
  A ("frequency", NUMBER),
  A ("mode", WORD),
  A ("present", WORD),

  E (1, "on_poweroff", WORD),
  E (1, "on_reboot", WORD),
  E (1, "on_crash", WORD),
  E (1, "pm", NOTHING),
  E (2, "suspend-to-mem", NOTHING),
  A ("enabled", WORD),
  E (2, "suspend-to-disk", NOTHING),
  A ("enabled", WORD),
  E (1, "keywrap", NOTHING),
  E (2, "cipher", NOTHING),
  A ("name", WORD),
  STATE,

  E (1, "devices", NOTHING),
  E (2, "emulator", EMULATOR),

  E (2, "disk", NOTHING),
  ONE_OF ("device", KIND, "disk cdrom floppy lun"),
  A ("model", WORD),
  E (3, "target", NOTHING),
  A ("dev", DRIVE),
  A ("bus", WORD),
  A ("tray", WORD),
  A ("removable", WORD),
  A ("rotation_rate", NUMBER),
  E (3, "wwn", WWN),
  E (3, "readonly", NOTHING),
  E (3, "shareable", NOTHING),
  E (3, "boot", NOTHING),
  A ("order", NUMBER),
  E (3, "geometry", NOTHING),
  A ("cyls", NUMBER),
  A ("heads", NUMBER),
  A ("secs", NUMBER),
  A ("trans", WORD),
  E (3, "blockio", NOTHING),
  A ("logical_block_size", NUMBER),
  A ("physical_block_size", NUMBER),
  VIRTIO_DEVICE,
  ONE_OF ("name", CHOICE, "qemu"),
  A ("cache", WORD),
  A ("io", WORD),
  A ("error_policy", WORD),
  A ("rerror_policy", WORD),
  A ("ioeventfd", WORD),
  A ("event_idx", WORD),
  A ("copy_on_read", WORD),
  A ("discard", WORD),
  A ("detect_zeroes", WORD),
  A ("iothread", NUMBER),
  A ("queues", NUMBER),
  A ("queue_size", NUMBER),

  E (2, "controller", NOTHING),
  A ("type", WORD),
  A ("index", INDEX),
  A ("model", WORD),
  A ("ports", NUMBER),
  A ("vectors", NUMBER),
  E (3, "master", NOTHING),
  A ("startport", NUMBER),
  E (3, "model", NOTHING),
  A ("name", WORD),
  E (3, "target", NOTHING),
  A ("chassisNr", NUMBER),
  A ("chassis", NUMBER),
  A ("port", NUMBER),
  A ("busNr", NUMBER),
  A ("index", NUMBER),
  A ("hotplug", WORD),
  E (4, "node", NUMBER),
  SCALED (3, "pcihole64"),
  VIRTIO_DEVICE,
  A ("queues", NUMBER),
  A ("cmd_per_lun", NUMBER),
  A ("max_sectors", NUMBER),
  A ("ioeventfd", WORD),
  A ("iothread", NUMBER),

  E (2, "input", NOTHING),
  ONE_OF ("type", KIND, "mouse tablet keyboard"),
  A ("bus", WORD),
  A ("model", WORD),
  VIRTIO_DEVICE,

  E (2, "hub", NOTHING),
  A ("type", WORD),
  DEVICE,

  E (2, "video", NOTHING),
  E (3, "model", NOTHING),
  A ("type", WORD),
  A ("ram", NUMBER),
  A ("vram", NUMBER),
  A ("vram64", NUMBER),
  A ("vgamem", NUMBER),
  A ("heads", NUMBER),
  A ("primary", WORD),
  A ("blob", WORD),
  E (4, "acceleration", NOTHING),
  A ("accel3d", WORD),
  A ("accel2d", WORD),
  E (4, "resolution", NOTHING),
  A ("x", NUMBER),
  A ("y", NUMBER),
  VIRTIO_DEVICE,
  ONE_OF ("name", KIND, "qemu"),
  A ("vgaconf", WORD),

  E (2, "sound", NOTHING),
  A ("model", WORD),
  E (3, "codec", NOTHING),
  A ("type", WORD),
  DEVICE,

  E (2, "watchdog", NOTHING),
  A ("model", WORD),
  A ("action", WORD),
  DEVICE,

  E (2, "memballoon", NOTHING),
  A ("model", WORD),
  A ("autodeflate", WORD),
  A ("freePageReporting", WORD),
  E (3, "stats", NOTHING),
  A ("period", NUMBER),
  VIRTIO_DEVICE,

  E (2, "rng", NOTHING),
  A ("model", WORD),
  E (3, "backend", DROPPED),
  E (3, "rate", NOTHING),
  A ("bytes", NUMBER),
  A ("period", NUMBER),
  VIRTIO_DEVICE,

  E (2, "tpm", NOTHING),
  A ("model", WORD),
  E (3, "backend", NOTHING),
  ONE_OF ("type", KIND, "emulator"),
  A ("version", VERSION),
  DEVICE,

  E (2, "panic", NOTHING),
  A ("model", WORD),
  DEVICE,

  E (2, "iommu", NOTHING),
  A ("model", WORD),
  DEVICE,
  E (3, "driver", NOTHING),
  A ("intremap", WORD),
  A ("caching_mode", WORD),
  A ("eim", WORD),
  A ("iotlb", WORD),
  A ("aw_bits", NUMBER),
  A ("dma_translation", WORD),
  A ("xtsup", WORD),
  A ("passthrough", WORD),

  E (2, "memory", NOTHING),
  ONE_OF ("model", KIND, "dimm virtio-mem"),
  A ("access", WORD),
  A ("discard", WORD),
  E (3, "target", NOTHING),
  SCALED (4, "size"),
  E (4, "node", NUMBER),
  SCALED (4, "block"),
  SCALED (4, "requested"),
  DEVICE,

  E (2, "serial", NOTHING),
  E (3, "target", NOTHING),
  A ("type", WORD),
  A ("port", NUMBER),
  E (4, "model", NOTHING),
  A ("name", WORD),
  DEVICE,

  E (2, "console", NOTHING),
  E (3, "target", NOTHING),
  A ("type", WORD),
  A ("port", NUMBER),
  E (4, "model", NOTHING),
  A ("name", WORD),
  DEVICE,

  E (2, "parallel", NOTHING),
  E (3, "target", NOTHING),
  A ("port", NUMBER),
  DEVICE,

  E (2, "channel", NOTHING),
  E (3, "target", NOTHING),
  ONE_OF ("type", KIND, "virtio"),
  DEVICE,

  E (2, "nvram", NOTHING),
  DEVICE,
};

/* What is written into an element in place of what was omitted: nothing from the domain. */
static const struct {
  char path[28], device[8]; /* device: of a disk; empty: any */
  char attribute[20];
  char content[36];
} additions[] = {
  { "/domain", "", "", "<name>" NAME "</name>" },
  { "/domain/devices/disk", "disk", " type='file'", "<source file='" NO_FILE "'/>" },
  { "/domain/devices/disk", "lun", " type='block'", "<source dev='" NO_FILE "'/>" },
  { "/domain/devices/disk", "cdrom", " type='file'", "" },
  { "/domain/devices/disk", "floppy", " type='file'", "" },
  { "/domain/devices/serial", "", " type='null'", "" },
  { "/domain/devices/console", "", " type='null'", "" },
  { "/domain/devices/parallel", "", " type='null'", "" },
  { "/domain/devices/channel", "", " type='null'", "" },
  { "/domain/devices/rng/backend", "", " model='builtin'", "" },
};

/* As deep as the table; the root is the first. */
#define DEPTH_MAX 7
#define DEVICE_DEPTH 3

/* An element that is being written. */
typedef struct {
  int row;
  gsize start;       /* where it starts in the output */
  gsize path_length; /* of its path */
} Frame;

typedef struct {
  MtXmlReader *reader;
  MtXmlWriter xml;
  GString *path; /* of the element that is being read */
  Frame frames[DEPTH_MAX + 1];
  guint left_out_depth;              /* of the element that is omitted with its contents; 0: none */
  guint counts[G_N_ELEMENTS (rows)]; /* of devices of each kind */
  gboolean has_firmware;             /* libvirt chooses it */
  gboolean is_drive;                 /* the disk that is being read has a medium, or none */
  MachtypeArch arch;
  char *type, *emulator;    /* NULL: not given */
  gsize first_device;       /* where an emulator can be written; 0: nowhere */
  GPtrArray *left_out;      /* paths, in document order */
  GHashTable *left_out_set; /* the same */
} Reduction;

static void
add_left_out (Reduction *reduction, char *path)
{
  if (reduction->left_out->len < LEFT_OUT_MAX &&
      !g_hash_table_contains (reduction->left_out_set, path)) {
    g_hash_table_add (reduction->left_out_set, path);
    g_ptr_array_add (reduction->left_out, path);
  } else
    g_free (path);
}

/* A name comes from the document, and can be anything. */
static void
add_left_out_part (Reduction *reduction, const char *separator, const char *name)
{
  g_autofree char *shown = mt_escape_for_message (name);

  add_left_out (reduction, g_strconcat (reduction->path->str, separator, shown, NULL));
}

static int
find_element (int parent, guint depth, const char *name)
{
  gsize i;

  for (i = (gsize)(parent + 1); i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].depth != 0 && rows[i].depth < depth)
      return -1;
    if (rows[i].depth == depth && mt_is_word (rows[i].name, name))
      return (int)i;
  }
  return -1;
}

static const Row *
find_attribute (int element, const char *name)
{
  gsize i;

  for (i = (gsize)(element + 1); i < G_N_ELEMENTS (rows) && rows[i].depth == 0; i++) {
    if (mt_is_word (rows[i].name, name))
      return &rows[i];
  }
  return NULL;
}

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static gboolean
consists_of (const char *text, gsize length, const char *characters, gsize most)
{
  gsize i;

  for (i = 0; i < length; i++) {
    if (strchr (characters, text[i]) == NULL || text[i] == '\0')
      return FALSE;
  }
  return length != 0 && length <= most;
}

static gboolean
is_number (const char *text, gsize length)
{
  if (length > 2 && text[0] == '0' && text[1] == 'x')
    return consists_of (text + 2, length - 2, DIGITS "abcdefABCDEF", 16);
  return consists_of (text, length, DIGITS, 20);
}

static gboolean
is_number_up_to (const char *text, gsize length, guint64 most)
{
  g_autofree char *copy = g_strndup (text, length);

  /* Parsed as libvirt does: with a leading 0 they are octal, which is less. */
  return is_number (text, length) && length <= 10 &&
         g_ascii_strtoull (copy, NULL, g_str_has_prefix (copy, "0x") ? 16 : 10) <= most;
}

/* Numbers of two digits between dots: an IP address has longer ones. */
static gboolean
is_port (const char *text, gsize length)
{
  gsize i, digits = 0;

  for (i = 0; i < length; i++) {
    if (text[i] == '.' && digits != 0)
      digits = 0;
    else if (!g_ascii_isdigit (text[i]) || ++digits > 2)
      return FALSE;
  }
  return digits != 0 && length <= 11;
}

/* Source: libvirt src/util/virutil.c, virDiskNameParse. */
static gboolean
is_drive (const char *text, gsize length)
{
  static const char prefixes[][4] = { "fd", "hd", "vd", "sd", "xvd", "ubd" };
  gsize i, n;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    n = strlen (prefixes[i]);
    if (length > n && strncmp (text, prefixes[i], n) == 0)
      return consists_of (text + n, length - n, LOWER, 3);
  }
  return FALSE;
}

static gboolean
is_one_of (const char *text, gsize length, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  char **word;

  for (word = list; *word != NULL; word++) {
    if (mt_is_text (text, length, *word))
      return TRUE;
  }
  return FALSE;
}

static gboolean
fits (const Row *row, const char *text, gsize length)
{
  switch ((Value)row->value) {
  case WORD:
    return consists_of (text, length, DIGITS LOWER UPPER "-_", 32);
  case TOKEN:
    return consists_of (text, length, DIGITS LOWER UPPER "-_.+", MACHTYPE_NAME_MAX_LENGTH) &&
           g_ascii_isalnum (text[0]);
  case NUMBER:
    return is_number (text, length);
  case COUNT:
    return is_number_up_to (text, length, COUNT_MAX);
  case INDEX:
    return is_number_up_to (text, length, INDEX_MAX);
  case INTEGER:
    return length > 1 && text[0] == '-' ? consists_of (text + 1, length - 1, DIGITS, 20)
                                        : consists_of (text, length, DIGITS, 20);
  case LIST:
    return consists_of (text, length, DIGITS ",-^", 128);
  case PORT:
    return is_port (text, length);
  case DRIVE:
    return is_drive (text, length);
  case WWN:
    return length == 16 && consists_of (text, length, DIGITS "abcdefABCDEF", 16);
  case VERSION:
    return length == 3 && is_port (text, length);
  case CHOICE:
  case KIND:
    return is_one_of (text, length, row->words);
  case NOTHING:
  case DROPPED:
  case EMULATOR:
  default:
    return FALSE;
  }
}

static gboolean
is_in_device (const Reduction *reduction, guint depth)
{
  return depth >= DEVICE_DEPTH && mt_is_word (rows[reduction->frames[2].row].name, "devices");
}

/* Discards what was written for the device that is being read; outside of devices, for the element.
 */
static void
leave_out (Reduction *reduction, guint depth)
{
  const Frame *frame;
  guint number;

  reduction->left_out_depth = is_in_device (reduction, depth) ? DEVICE_DEPTH : depth;
  frame = &reduction->frames[reduction->left_out_depth];
  reduction->xml.length = frame->start;
  g_string_truncate (reduction->path, frame->path_length);
  number = reduction->counts[frame->row];
  add_left_out (reduction, number != 0 ? g_strdup_printf ("%s[%u]", reduction->path->str, number)
                                       : g_strdup (reduction->path->str));
}

/* FALSE: libvirt cannot be asked about the element. */
static gboolean
write_attribute (Reduction *reduction, const Row *row, const char *value, gsize length)
{
  if (!fits (row, value, length)) {
    if (row->value != CHOICE)
      return FALSE;
    add_left_out_part (reduction, "/@", row->name);
    return TRUE;
  }
  mt_xml_literal (&reduction->xml, " ");
  mt_xml_word (&reduction->xml, row->name);
  mt_xml_literal (&reduction->xml, "='");
  mt_xml_append (&reduction->xml, value, length);
  mt_xml_literal (&reduction->xml, "'");
  return TRUE;
}

static gboolean
write_attributes (Reduction *reduction, int element, const MtXmlAttributes *attributes)
{
  int i;

  for (i = 0; i < attributes->count; i++) {
    gsize length = 0;
    const char *value, *name = mt_xml_attribute_at (attributes, i, &value, &length);
    const Row *row = name != NULL ? find_attribute (element, name) : NULL;

    if (row != NULL && !write_attribute (reduction, row, value, length))
      return FALSE;
    if (row == NULL)
      add_left_out_part (reduction, "/@", name != NULL ? name : "*");
  }
  return TRUE;
}

/* -1: nothing. */
static int
find_addition (const Reduction *reduction, const MtXmlAttributes *attributes)
{
  gsize i, length = 0;
  const char *device = mt_xml_attribute (attributes, "device", &length);

  if (device == NULL) {
    device = "disk";
    length = strlen (device);
  }
  for (i = 0; i < G_N_ELEMENTS (additions); i++) {
    if (strcmp (additions[i].path, reduction->path->str) == 0 &&
        (additions[i].device[0] == '\0' || mt_is_text (device, length, additions[i].device)))
      return (int)i;
  }
  return -1;
}

/* What is kept of an element when others are read. */
static void
keep_in_mind (Reduction *reduction, const Row *row, const MtXmlAttributes *attributes)
{
  gsize length = 0;
  const char *value;

  if (row->depth == 1) {
    value = mt_xml_attribute (attributes, "type", &length);
    reduction->type = value != NULL ? g_strndup (value, length) : NULL;
  } else if (row->depth == 2 && mt_is_word (row->name, "os"))
    reduction->has_firmware = mt_xml_attribute (attributes, "firmware", &length) != NULL;
  else if (strcmp (reduction->path->str, "/domain/os/type") == 0) {
    value = mt_xml_attribute (attributes, "arch", &length);
    if (value != NULL)
      reduction->arch = mt_arch_find (value, length);
  } else if (row->depth == DEVICE_DEPTH && is_in_device (reduction, row->depth))
    reduction->counts[row - rows]++;
}

/* In place of the medium of a drive, of which libvirt only has to know that there is one. */
static void
write_medium (Reduction *reduction, const char *element, const MtXmlAttributes *attributes)
{
  static const char names[][12] = { "file", "dev", "protocol", "volume" };
  gsize i, length = 0;

  if (!reduction->is_drive || strcmp (element, "source") != 0 ||
      strcmp (reduction->path->str, "/domain/devices/disk") != 0)
    return;
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    if (mt_xml_attribute (attributes, names[i], &length) != NULL) {
      mt_xml_literal (&reduction->xml, "<source file='" NO_FILE "'/>");
      reduction->is_drive = FALSE;
      return;
    }
  }
}

static void
write_element (Reduction *reduction, guint depth, const MtXmlAttributes *attributes)
{
  const Frame *frame = &reduction->frames[depth];
  const Row *row = &rows[frame->row];
  int addition = find_addition (reduction, attributes);

  mt_xml_literal (&reduction->xml, "<");
  mt_xml_word (&reduction->xml, row->name);
  if (addition >= 0)
    mt_xml_word (&reduction->xml, additions[addition].attribute);
  if (!write_attributes (reduction, frame->row, attributes)) {
    leave_out (reduction, depth);
    return;
  }
  mt_xml_literal (&reduction->xml, ">");
  if (addition >= 0)
    mt_xml_word (&reduction->xml, additions[addition].content);
  if (depth == DEVICE_DEPTH)
    reduction->is_drive = addition >= 0 && additions[addition].device[0] != '\0' &&
                          additions[addition].content[0] == '\0';
  if (depth == 2 && mt_is_word (row->name, "devices") && reduction->first_device == 0)
    reduction->first_device = reduction->xml.length;
  if (row->value != NOTHING)
    mt_xml_reader_want_text (reduction->reader);
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reduction *reduction = data;
  int row = -1;

  if (depth == 1 && (strcmp (element, "domain") != 0 || attributes->uri != NULL))
    return mt_xml_set_wrong_root ("domain", element, "domain", error);
  if (reduction->left_out_depth != 0)
    return TRUE;
  /* Whatever is deeper than the table is inside something that is omitted. */
  if (attributes->uri == NULL)
    row = find_element (depth > 1 ? reduction->frames[depth - 1].row : -1, depth, element);
  if (row < 0) {
    /* The prefix can be anything. */
    add_left_out_part (reduction, attributes->uri == NULL ? "/" : "/*:", element);
    write_medium (reduction, element, attributes);
    reduction->left_out_depth = depth;
    return TRUE;
  }
  g_string_append_printf (reduction->path, "/%s", element);
  reduction->frames[depth] = (Frame){ row, reduction->xml.length, reduction->path->len };
  keep_in_mind (reduction, &rows[row], attributes);
  write_element (reduction, depth, attributes);
  return TRUE;
}

/* For an element with text. FALSE: libvirt cannot be asked about it. */
static gboolean
write_text (Reduction *reduction, const Row *row, const char *text)
{
  if (row->value == DROPPED && *text != '\0') {
    add_left_out_part (reduction, "/", "text()");
    /* libvirt checks whether there is firmware, and which one only if it chooses it. */
    if (!reduction->has_firmware && mt_is_word (row->name, "loader"))
      mt_xml_literal (&reduction->xml, NO_FILE);
  }
  if (row->value == NOTHING || row->value == DROPPED || *text == '\0')
    return TRUE;
  if (!fits (row, text, strlen (text)))
    return FALSE;
  mt_xml_word (&reduction->xml, text);
  return TRUE;
}

/* When the last omitted element has ended, the parent is being read again. */
static void
pop (Reduction *reduction, guint depth)
{
  reduction->left_out_depth = 0;
  g_string_truncate (reduction->path, depth > 1 ? reduction->frames[depth - 1].path_length : 0);
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reduction *reduction = data;
  const Frame *frame;
  g_autofree char *stripped = NULL;

  (void)element;
  (void)length;
  if (reduction->left_out_depth != 0) {
    if (reduction->left_out_depth == depth)
      pop (reduction, depth);
    return;
  }
  frame = &reduction->frames[depth];
  stripped = g_strstrip (g_strdup (text != NULL ? text : ""));
  if (rows[frame->row].value == EMULATOR) {
    reduction->xml.length = frame->start;
    if (reduction->emulator == NULL)
      reduction->emulator = g_steal_pointer (&stripped);
  } else if (!write_text (reduction, &rows[frame->row], stripped)) {
    leave_out (reduction, depth);
    if (reduction->left_out_depth != depth)
      return;
  } else {
    mt_xml_literal (&reduction->xml, "</");
    mt_xml_word (&reduction->xml, rows[frame->row].name);
    mt_xml_literal (&reduction->xml, ">");
  }
  pop (reduction, depth);
}

/* The document, with the emulator at the start of the devices if the host lists it. */
static char *
end_document (Reduction *reduction, const MachtypeHost *host)
{
  MtXmlWriter whole;

  if (reduction->emulator != NULL &&
      (reduction->first_device == 0 ||
       !mt_host_lists_emulator (host, reduction->arch, reduction->type, reduction->emulator))) {
    add_left_out (reduction, g_strdup ("/domain/devices/emulator"));
    g_clear_pointer (&reduction->emulator, g_free);
  }
  if (reduction->emulator == NULL)
    return mt_xml_writer_end (&reduction->xml);
  mt_xml_writer_init (&whole);
  mt_xml_append (&whole, reduction->xml.text, reduction->first_device);
  mt_xml_literal (&whole, "<emulator>");
  mt_xml_value (&whole, reduction->emulator);
  mt_xml_literal (&whole, "</emulator>");
  mt_xml_append (&whole, reduction->xml.text + reduction->first_device,
                 reduction->xml.length - reduction->first_device);
  return mt_xml_writer_end (&whole);
}

char *
mt_domain_reduce (const char *xml, const MachtypeHost *host, GPtrArray *left_out, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  Reduction reduction = { .left_out = left_out };
  char *reduced = NULL;
  gsize length;

  if (!mt_check_length ("domain", xml, -1, MACHTYPE_XML_MAX_SIZE, &length, error))
    return NULL;
  mt_xml_writer_init (&reduction.xml);
  reduction.path = g_string_new (NULL);
  reduction.left_out_set = g_hash_table_new (g_str_hash, g_str_equal);
  if (mt_xml_read (xml, length, "domain", &handler, &reduction, &reduction.reader, error))
    reduced = end_document (&reduction, host);
  g_free (reduction.xml.text);
  g_string_free (reduction.path, TRUE);
  g_hash_table_unref (reduction.left_out_set);
  g_free (reduction.type);
  g_free (reduction.emulator);
  return reduced;
}
