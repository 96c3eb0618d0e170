/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An index of machines, so that lists need not be searched: built once, when a host is complete. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"

/* One name in one run of machines. */
typedef struct {
  guint32 hash;
  guint32 run;     /* where the run starts in MachtypeHost.machines */
  guint32 machine; /* 1 + index; 0: the slot is free */
  MtText name;
} Slot;

struct MtHostIndex {
  const MtGuestInfo *guests[MT_ARCH_LAST + 1]; /* NULL: no guests of this architecture */
  const char *domain_types[MT_ARCH_LAST + 1];  /* the best; NULL: none */
  MtRun machines[MT_ARCH_LAST + 1];            /* those of the best */
  gint qemu[MT_ARCH_LAST + 1]; /* 1 + the number of its QEMU, once it was asked for; 0: not yet */
  guint mask;                  /* of the number of slots, a power of two */
  Slot slots[];
};

/* Names of one family differ at their end: the last eight bytes and the length distinguish them. */
static inline guint32
get_hash (const char *name, gsize length)
{
  guint64 tail = 0;
  guint32 first, last;

  if (length >= sizeof tail)
    memcpy (&tail, name + length - sizeof tail, sizeof tail); /* one move */
  else if (length >= sizeof first) {
    memcpy (&first, name, sizeof first);
    memcpy (&last, name + length - sizeof last, sizeof last);
    tail = (guint64)first << 32 | last;
  } else if (length != 0)
    tail = (guint)(guchar)name[0] << 16 | (guint)(guchar)name[length / 2] << 8 |
           (guchar)name[length - 1];
  return (guint32)(((tail ^ length) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 32);
}

/* The slot of a name, or the free one where it would be inserted. */
static inline guint
find_slot (const MtHostIndex *index, const MachtypeHost *host, guint32 run, const char *name,
           gsize length)
{
  guint32 hash = get_hash (name, length), at = (hash ^ run) & index->mask;

  for (;; at = (at + 1) & index->mask) {
    const Slot *slot = &index->slots[at];

    if (slot->machine == 0 || (slot->hash == hash && slot->run == run &&
                               strcmp (mt_host_text (host, slot->name), name) == 0))
      return at;
  }
}

static void
add_name (MtHostIndex *index, const MachtypeHost *host, MtRun run, MtText name, guint machine)
{
  const char *text = mt_host_text (host, name);
  gsize length = strlen (text);
  Slot *slot = &index->slots[find_slot (index, host, run.first, text, length)];

  if (slot->machine != 0)
    return;
  slot->hash = get_hash (text, length);
  slot->run = run.first;
  slot->name = name;
  slot->machine = machine + 1;
}

/* Entries first; then what is only the target of an alias, for which the last alias counts. */
static void
add_run (MtHostIndex *index, const MachtypeHost *host, MtRun run)
{
  guint i;

  for (i = run.first; i < run.first + run.count; i++)
    add_name (index, host, run, MT_ROW (host->machines, MtMachine, i)->name, i);
  for (i = run.first + run.count; i-- > run.first;) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, i);

    if (info->canonical != 0)
      add_name (index, host, run, info->canonical, i);
  }
}

/* What is asked for most often: the best domain type, and its machines. */
static void
add_guest (MtHostIndex *index, const MachtypeHost *host, MachtypeArch arch)
{
  const MtGuestInfo *guest = mt_host_scan_guest (host, arch);
  const char *type = guest != NULL ? mt_host_scan_domain_type (host, guest) : NULL;

  index->guests[arch] = guest;
  index->domain_types[arch] = type;
  if (type != NULL)
    index->machines[arch] = mt_host_choose_run (guest, mt_host_scan_domain (host, guest, type));
}

static guint
count_names (const MachtypeHost *host)
{
  /* Every machine, and every target; runs do not share machines. */
  return 2 * host->machines->len;
}

void
mt_host_index_new (MachtypeHost *host)
{
  guint size = 16, i;
  MtHostIndex *index;
  int arch;

  while (size < 2 * count_names (host))
    size *= 2;
  index = g_malloc0 (sizeof *index + size * sizeof (Slot));
  index->mask = size - 1;
  for (i = 0; i < host->guests->len; i++)
    add_run (index, host, MT_ROW (host->guests, MtGuestInfo, i)->machines);
  for (i = 0; i < host->domains->len; i++)
    add_run (index, host, MT_ROW (host->domains, MtDomainType, i)->machines);
  for (arch = 1; arch <= MT_ARCH_LAST; arch++)
    add_guest (index, host, (MachtypeArch)arch);
  host->index = index;
}

const MtGuestInfo *
mt_host_index_get_guest (const MtHostIndex *index, MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? index->guests[arch] : NULL;
}

const char *
mt_host_index_get_domain_type (const MtHostIndex *index, MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? index->domain_types[arch] : NULL;
}

gboolean
mt_host_index_get_machines (const MtHostIndex *index, MachtypeArch arch, const char *domain_type,
                            MtRun *run)
{
  if (domain_type == NULL || !mt_arch_is_valid (arch) || index->domain_types[arch] != domain_type)
    return FALSE;
  *run = index->machines[arch];
  return TRUE;
}

static int
get_number (const MachtypeHost *host, MtText name)
{
  const char *text = mt_host_text (host, name);
  MtQemuVersion base;
  MtName parsed;

  return mt_name_parse (text, strlen (text), MACHTYPE_ARCH_UNKNOWN, &parsed) &&
                 mt_name_upstream_base (&parsed, &base)
             ? MT_QEMU_NUMBER (base)
             : 0;
}

static int
find_newest (const MachtypeHost *host, MtRun run)
{
  int newest = 0;
  guint i;

  for (i = run.first; i < run.first + run.count; i++) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, i);

    newest = MAX (newest, get_number (host, info->name));
    if (info->canonical != 0)
      newest = MAX (newest, get_number (host, info->canonical));
  }
  return newest;
}

static int
get_release (const MachtypeHost *host, MtText name, MachtypeVendor vendor)
{
  const char *text = mt_host_text (host, name);
  MtName parsed;

  return mt_name_parse (text, strlen (text), MACHTYPE_ARCH_UNKNOWN, &parsed) &&
                 parsed.vendor == vendor && parsed.kind == MACHTYPE_NAME_KIND_VERSIONED
             ? (int)(MIN (parsed.version[0], G_MAXUINT8) << 8 | MIN (parsed.version[1], G_MAXUINT8))
             : 0;
}

MtQemuVersion
mt_host_find_release (const MachtypeHost *host, MachtypeArch arch, MachtypeVendor vendor)
{
  const MtGuestInfo *guest = mt_host_index_get_guest (host->index, arch);
  int newest = 0;
  guint i;

  for (i = 0; guest != NULL && i < guest->machines.count; i++)
    newest =
        MAX (newest,
             get_release (host, MT_ROW (host->machines, MtMachine, guest->machines.first + i)->name,
                          vendor));
  return (MtQemuVersion){ (guint8)(newest >> 8), (guint8)(newest & 0xff) };
}

MtQemuVersion
mt_host_get_libvirt (const MachtypeHost *host)
{
  return mt_qemu_version_decode (host->libvirt_version);
}

/* Threads that ask at the same time get the same answer. */
MtQemuVersion
mt_host_find_qemu (const MachtypeHost *host, MachtypeArch arch)
{
  const MtGuestInfo *guest = mt_host_index_get_guest (host->index, arch);
  int number;
  guint i;

  if (host->qemu_version != 0)
    return mt_qemu_version_decode (host->qemu_version);
  if (guest == NULL)
    return (MtQemuVersion){ 0, 0 };
  number = g_atomic_int_get (&host->index->qemu[arch]) - 1;
  if (number < 0) {
    number = find_newest (host, guest->machines);
    for (i = guest->domains.first; i < guest->domains.first + guest->domains.count; i++)
      number = MAX (number, find_newest (host, MT_ROW (host->domains, MtDomainType, i)->machines));
    g_atomic_int_set (&host->index->qemu[arch], number + 1);
  }
  return (MtQemuVersion){ (guint8)(number >> 8), (guint8)(number & 0xff) };
}

const MtMachine *
mt_host_index_find (const MachtypeHost *host, MtRun run, const char *machine)
{
  guint at = find_slot (host->index, host, run.first, machine, strlen (machine));
  guint found = host->index->slots[at].machine;

  return run.count != 0 && found != 0 ? MT_ROW (host->machines, MtMachine, found - 1) : NULL;
}
