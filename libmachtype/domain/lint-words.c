/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes of devices for which libvirt knows a few words: it refuses all others, and some have
 * to be there, whatever the machine. Source: libvirt src/conf/domain_conf.c; each row was measured
 * with libvirt 9.0 and 12.8, and a word that one of them knows is in the table. */

#include "domain/lint-private.h"

#include <string.h>

#include "string-private.h"

#define CHARACTER_DEVICES                                                                          \
  "null vc pty dev file pipe stdio udp tcp unix spicevmc spiceport nmdm qemu-vdagent dbus"

#define NONE 0
#define REQUIRED MT_WORD_REQUIRED
#define EMPTY MT_WORD_EMPTY
#define RULED MT_WORD_RULED

/* Those of an element are together. */
static const MtWordRow rows[] = {
  { MT_LINT_DISK, NONE, "", "type", "disk-type",
    "file block dir network volume nvme vhostuser vhostvdpa ctl", "", "" },
  { MT_LINT_DISK, NONE, "", "device", "disk-device", "disk cdrom floppy lun", "disk",
    "diskDevice" },
  { MT_LINT_DISK, NONE, "", "model", "disk-model",
    "default virtio virtio-transitional virtio-non-transitional usb-storage usb-bot", "disk",
    "model" },
  { MT_LINT_DISK, RULED, "target", "bus", "disk-bus",
    "ide fdc scsi virtio xen usb uml sata sd nvme", "disk", "bus" },
  { MT_LINT_INTERFACE, NONE, "", "type", "interface-type",
    "user ethernet server client mcast network bridge internal direct hostdev udp vdpa null vds "
    "vhostuser",
    "", "" },
  { MT_LINT_VIDEO, EMPTY | RULED, "model", "type", "video-model",
    "default vga cirrus vmvga xen vbox qxl parallels virtio gop none bochs ramfb", "video",
    "modelType" },
  { MT_LINT_INPUT, REQUIRED, "", "type", "input-type", "mouse tablet keyboard passthrough evdev",
    "", "" },
  { MT_LINT_INPUT, NONE, "", "bus", "input-bus", "ps2 usb xen parallels virtio none", "", "" },
  { MT_LINT_INPUT, NONE, "", "model", "input-model",
    "virtio virtio-transitional virtio-non-transitional", "", "" },
  { MT_LINT_WATCHDOG, REQUIRED, "", "model", "watchdog-model", "i6300esb ib700 diag288 itco", "",
    "" },
  { MT_LINT_TPM, RULED, "", "model", "tpm-model", "tpm-tis tpm-crb tpm-spapr spapr-tpm-proxy",
    "tpm", "model" },
  { MT_LINT_TPM, REQUIRED, "backend", "type", "tpm-backend", "passthrough emulator external", "tpm",
    "backendModel" },
  { MT_LINT_TPM, NONE, "backend", "version", "tpm-version", "1.2 2.0", "tpm", "backendVersion" },
  { MT_LINT_IOMMU, REQUIRED, "", "model", "iommu-model", "intel smmuv3 virtio amd", "", "" },
  { MT_LINT_SOUND, REQUIRED, "", "model", "sound-model",
    "sb16 es1370 pcspk ac97 ich6 ich7 ich9 usb virtio", "", "" },
  { MT_LINT_PANIC, NONE, "", "model", "panic-model", "default isa pseries hyperv s390 pvpanic",
    "panic", "model" },
  { MT_LINT_SERIAL, NONE, "", "type", "serial-source", CHARACTER_DEVICES, "", "" },
  { MT_LINT_SERIAL, NONE, "target", "type", "serial-target",
    "none isa-serial usb-serial pci-serial spapr-vio-serial system-serial sclp-serial isa-debug",
    "", "" },
  { MT_LINT_SERIAL, EMPTY, "target/model", "name", "serial-target-model",
    "none isa-serial usb-serial pci-serial spapr-vty pl011 sclpconsole sclplmconsole 16550a "
    "isa-debugcon",
    "", "" },
  { MT_LINT_CONSOLE, NONE, "", "type", "console-source", CHARACTER_DEVICES, "console", "type" },
  { MT_LINT_CONSOLE, NONE, "target", "type", "console-target",
    "none serial xen uml virtio lxc openvz sclp sclplm", "", "" },
  { MT_LINT_PARALLEL, NONE, "", "type", "parallel-source", CHARACTER_DEVICES, "", "" },
  { MT_LINT_CHANNEL, NONE, "", "type", "channel-source", CHARACTER_DEVICES, "channel", "type" },
  { MT_LINT_CHANNEL, REQUIRED, "target", "type", "channel-target", "none guestfwd virtio xen", "",
    "" },
  { MT_LINT_MEMORY, REQUIRED, "", "model", "memory-model",
    "dimm nvdimm virtio-pmem virtio-mem sgx-epc", "", "" },
  { MT_LINT_MEMBALLOON, REQUIRED, "", "model", "memballoon-model",
    "virtio xen none virtio-transitional virtio-non-transitional", "", "" },
  { MT_LINT_RNG, REQUIRED, "", "model", "rng-model",
    "virtio virtio-transitional virtio-non-transitional", "rng", "model" },
  { MT_LINT_RNG, REQUIRED, "backend", "model", "rng-backend", "random egd builtin", "rng",
    "backendModel" },
  { MT_LINT_REDIRDEV, NONE, "", "bus", "redirdev-bus", "usb", "redirdev", "bus" },
  { MT_LINT_REDIRDEV, REQUIRED, "", "type", "redirdev-source", CHARACTER_DEVICES, "", "" },
  { MT_LINT_HUB, REQUIRED, "", "type", "hub-type", "usb", "", "" },
  { MT_LINT_SMARTCARD, REQUIRED, "", "mode", "smartcard-mode", "host host-certificates passthrough",
    "", "" },
  { MT_LINT_FILESYSTEM, NONE, "", "type", "filesystem-type",
    "mount block file template ram bind volume", "", "" },
  { MT_LINT_FILESYSTEM, NONE, "", "model", "filesystem-model",
    "virtio virtio-transitional virtio-non-transitional", "", "" },
  { MT_LINT_VSOCK, NONE, "", "model", "vsock-model",
    "default virtio virtio-transitional virtio-non-transitional", "", "" },
  { MT_LINT_SHMEM, NONE, "model", "type", "shmem-model", "ivshmem ivshmem-plain ivshmem-doorbell",
    "", "" },
};

/* One bit for each row. */
G_STATIC_ASSERT (G_N_ELEMENTS (rows) <= 64);

static gboolean
is_known (const char *words, const char *value, gsize length)
{
  gsize size;

  for (; *words != '\0'; words += size + (words[size] != '\0')) {
    size = strcspn (words, " ");
    if (size == length && memcmp (words, value, length) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
read_row (MtLintWords *words, gsize row, guint device, const MtXmlAttributes *attributes)
{
  MtWrongWord wrong = { device, (guint8)row, NULL };
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, rows[row].attribute, &length);

  if (value == NULL ? (rows[row].flags & REQUIRED) == 0
                    : is_known (rows[row].words, value, length) ||
                          (length == 0 && (rows[row].flags & EMPTY) != 0))
    return;
  if (value != NULL)
    wrong.value = g_string_chunk_insert_len (words->strings, value, (gssize)length);
  g_array_append_val (words->wrong, wrong);
}

/* Of elements that are there twice, libvirt does not read every one. */
static void
read_part (MtLintWords *words, const GArray *devices, const char *part,
           const MtXmlAttributes *attributes)
{
  const guint8 element = g_array_index (devices, MtLintDevice, devices->len - 1).element;
  gsize row;

  for (row = words->first; row < G_N_ELEMENTS (rows) && rows[row].element == element; row++) {
    const guint64 bit = G_GUINT64_CONSTANT (1) << row;

    if ((words->read & bit) != 0 || !mt_is_word (rows[row].part, part))
      continue;
    words->read |= bit;
    read_row (words, row, devices->len - 1, attributes);
  }
}

/* The number of rows: there is none. */
static gsize
find_first (const GArray *devices)
{
  const guint8 element = g_array_index (devices, MtLintDevice, devices->len - 1).element;
  gsize row;

  for (row = 0; row < G_N_ELEMENTS (rows) && rows[row].element != element; row++)
    ;
  return row;
}

void
mt_lint_words_read (MtLintWords *words, const GArray *devices, guint depth, const char *element,
                    const MtXmlAttributes *attributes)
{
  if (depth == 3) {
    words->read = 0;
    words->first = find_first (devices);
    read_part (words, devices, "", attributes);
  } else if (depth == 4) {
    words->in_target = attributes->uri == NULL && mt_is_word (element, "target");
    if (attributes->uri == NULL)
      read_part (words, devices, element, attributes);
  } else if (depth == 5 && words->in_target && attributes->uri == NULL &&
             mt_is_word (element, "model"))
    read_part (words, devices, "target/model", attributes);
}

void
mt_lint_words_init (MtLintWords *words, GStringChunk *strings)
{
  words->strings = strings;
  words->wrong = g_array_new (FALSE, FALSE, sizeof (MtWrongWord));
}

void
mt_lint_words_clear (MtLintWords *words)
{
  g_array_unref (words->wrong);
}

const MtWordRow *
mt_lint_words_get (gsize i)
{
  return i < G_N_ELEMENTS (rows) ? &rows[i] : NULL;
}
