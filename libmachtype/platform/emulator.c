/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine types the emulators of a QEMU release have: by the rules and tables of names and
 * lifecycles, and by data/emulators.tsv. The suite "emulators" asks real ones. */

#include <machtype/lifecycle.h>

#include <string.h>

#include "arch-private.h"
#include "lifecycle-private.h"
#include "platform/platform-private.h"

/* An architecture, and the first release without an emulator of its own; 0.0: all have one. And the
 * release whose emulator says that it has another one; 0.0: none. */
typedef struct {
  guint8 arch;
  MtQemuVersion gone, misnamed;
  char taken_as[8];
} Guest;

/* A versioned type with a variant. */
typedef struct {
  char name[MT_TAGGED_NAME_SIZE];
} Tagged;

/* The alias of a family that was a machine itself before the family had versions. */
typedef struct {
  guint8 family;
  guint64 arches;
  MtQemuVersion first;
} Bare;

/* A board that some architectures got in another release than others. */
typedef struct {
  char name[MT_BOARD_NAME_SIZE];
  guint64 arches;
  MtQemuVersion first;
} Added;

/* What the alias of a board stands for in some releases; empty: it was a machine itself. */
typedef struct {
  char alias[MT_BOARD_NAME_SIZE];
  MtQemuVersion first, last;
  char machine[MT_BOARD_NAME_SIZE];
} StandsFor;

/* A deprecation that a later release took back. */
typedef struct {
  char name[MT_BOARD_NAME_SIZE];
  guint64 arches;
  MtQemuVersion first, last;
} Lapsed;

#include "data/emulators.inc"

/* Not a machine that guests can have: libvirt leaves it out of its capabilities.
 * Source: libvirt src/qemu/qemu_capabilities.c, virQEMUCapsProbeQMPMachineTypes. */
#define NO_MACHINE "none"

typedef struct {
  MtQemuVersion qemu;
  MachtypeArch arch;
  MtEmulatorFunc func;
  gpointer data;
} Emulator;

static const Guest *
find_guest (MachtypeArch arch)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (guests); i++) {
    if (guests[i].arch == arch)
      return &guests[i];
  }
  return NULL;
}

gboolean
mt_emulator_exists (MtQemuVersion qemu, MachtypeArch arch)
{
  const Guest *guest = find_guest (arch);

  return guest != NULL &&
         (!mt_qemu_version_is_set (guest->gone) || mt_qemu_version_compare (qemu, guest->gone) < 0);
}

const char *
mt_emulator_find_misnomer (MtQemuVersion qemu, MachtypeArch arch, gboolean *is_sure)
{
  const Guest *guest = find_guest (arch);

  if (guest == NULL || !mt_qemu_version_is_set (guest->misnamed) ||
      mt_qemu_version_compare (qemu, guest->misnamed) < 0)
    return NULL;
  *is_sure = mt_qemu_version_compare (qemu, guest->misnamed) == 0;
  return guest->taken_as;
}

typedef gboolean (*GetReleaseFunc) (const MachtypeName *name, guint *major, guint *minor);

/* Whether this has happened to a type in the release; not if it is unknown when it does. */
static gboolean
has_happened (const Emulator *emulator, const MachtypeName *name, GetReleaseFunc get)
{
  guint major, minor;

  return get (name, &major, &minor) &&
         (major < emulator->qemu.major ||
          (major == emulator->qemu.major && minor <= emulator->qemu.minor));
}

static gboolean
is_within (const Emulator *emulator, MtQemuVersion first, MtQemuVersion last)
{
  return mt_qemu_version_compare (first, emulator->qemu) <= 0 &&
         mt_qemu_version_compare (emulator->qemu, last) <= 0;
}

/* A versioned type that the release has, parsed; NULL: it has none of this name. */
static MachtypeName *
find_type (const Emulator *emulator, const char *text)
{
  g_autoptr (MachtypeName) name = machtype_name_new (text, emulator->arch, NULL);
  const MtName *parsed = name != NULL ? mt_name_get_parsed (name) : NULL;
  MtQemuVersion base;

  if (parsed == NULL || parsed->kind != MACHTYPE_NAME_KIND_VERSIONED ||
      !mt_lifecycle_may_exist (parsed) || !mt_name_upstream_base (parsed, &base) ||
      mt_qemu_version_compare (base, emulator->qemu) > 0 ||
      has_happened (emulator, name, machtype_lifecycle_get_removed))
    return NULL;
  return g_steal_pointer (&name);
}

static gboolean
call_for_type (const Emulator *emulator, const MachtypeName *name, gpointer data)
{
  MtEmulatorMachine machine = { machtype_name_get_text (name), NULL, FALSE, FALSE };

  (void)data;
  machine.is_deprecated = has_happened (emulator, name, machtype_lifecycle_get_deprecated);
  emulator->func (&machine, emulator->data);
  return FALSE;
}

static void
call_for_tagged (const Emulator *emulator, const char *text)
{
  g_autoptr (MachtypeName) name = find_type (emulator, text);

  if (name != NULL)
    call_for_type (emulator, name, NULL);
}

static MachtypeName *
find_version (const Emulator *emulator, const MtFamily *family, int version, guint micro)
{
  g_autofree char *text =
      micro != 0
          ? g_strdup_printf ("%s-%d.%d.%u", family->name, version >> 8, version & 0xff, micro)
          : g_strdup_printf ("%s-%d.%d", family->name, version >> 8, version & 0xff);

  return find_type (emulator, text);
}

typedef gboolean (*TypeFunc) (const Emulator *emulator, const MachtypeName *name, gpointer data);

/* Calls func for each type of a family that the release has, the newest first, until it returns
 * TRUE. */
static void
foreach_type (const Emulator *emulator, const MtFamily *family, TypeFunc func, gpointer data)
{
  g_autoptr (GPtrArray) names =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_name_unref);
  int version;

  for (version = MT_QEMU_NUMBER (emulator->qemu); version >= MT_QEMU_NUMBER (family->first);
       version--) {
    MachtypeName *name;

    while ((name = find_version (emulator, family, version, names->len)) != NULL)
      g_ptr_array_add (names, name);
    for (; names->len > 0; g_ptr_array_set_size (names, (int)names->len - 1)) {
      if (func (emulator, names->pdata[names->len - 1], data))
        return;
    }
  }
}

static gboolean
keep_first (const Emulator *emulator, const MachtypeName *name, gpointer data)
{
  char **newest = data;

  (void)emulator;
  *newest = g_strdup (machtype_name_get_text (name));
  return TRUE;
}

static gboolean
was_bare (const Emulator *emulator, MachtypeFamily family)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bare_types); i++) {
    if (bare_types[i].family == family &&
        (bare_types[i].arches & mt_arch_bit (emulator->arch)) != 0 &&
        mt_qemu_version_compare (bare_types[i].first, emulator->qemu) <= 0)
      return TRUE;
  }
  return FALSE;
}

/* The alias stands for the newest: no variant, and no type that a later release of an older version
 * added. */
static void
call_for_family (const Emulator *emulator, MachtypeFamily which)
{
  const MtFamily *family = mt_family_info (which);
  g_autofree char *newest = NULL;
  MtEmulatorMachine alias = { family->alias, NULL, FALSE, FALSE };

  if ((family->arches & mt_arch_bit (emulator->arch)) == 0)
    return;
  foreach_type (emulator, family, keep_first, &newest);
  alias.stands_for = newest;
  alias.is_unsure = newest != NULL && !family->age_rule; /* Xen's stands for an old one */
  if (newest != NULL || was_bare (emulator, which))
    emulator->func (&alias, emulator->data);
  foreach_type (emulator, family, call_for_type, NULL);
}

static gboolean
is_on (const Emulator *emulator, guint64 arches)
{
  return (arches & mt_arch_bit (emulator->arch)) != 0;
}

/* 0.0: before QEMU's releases had numbers that matter here. */
static MtQemuVersion
get_introduced (const Emulator *emulator, const MtBoard *board)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (added_boards); i++) {
    if (is_on (emulator, added_boards[i].arches) && strcmp (added_boards[i].name, board->name) == 0)
      return added_boards[i].first;
  }
  return board->introduced;
}

static gboolean
is_deprecated (const Emulator *emulator, const MtBoard *board)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (lapsed_deprecations); i++) {
    const Lapsed *lapsed = &lapsed_deprecations[i];

    if (is_on (emulator, lapsed->arches) && strcmp (lapsed->name, board->name) == 0 &&
        is_within (emulator, lapsed->first, lapsed->last))
      return TRUE;
  }
  return mt_qemu_version_is_set (board->deprecated) &&
         mt_qemu_version_compare (board->deprecated, emulator->qemu) <= 0;
}

/* Some stand for two in one release: QEMU lists both. */
static void
call_for_alias (const Emulator *emulator, MtEmulatorMachine *alias)
{
  gboolean is_found = FALSE;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (stands_for); i++) {
    const StandsFor *row = &stands_for[i];

    if (strcmp (row->alias, alias->name) != 0 || !is_within (emulator, row->first, row->last))
      continue;
    is_found = TRUE;
    alias->stands_for = row->machine[0] != '\0' ? row->machine : NULL;
    emulator->func (alias, emulator->data);
  }
  if (is_found)
    return;
  alias->is_unsure = TRUE;
  emulator->func (alias, emulator->data);
}

static void
call_for_board (const Emulator *emulator, const MtBoard *board)
{
  const MtQemuVersion introduced = get_introduced (emulator, board);
  MtEmulatorMachine machine = { board->name, NULL, is_deprecated (emulator, board), FALSE };

  if (board->vendor != MACHTYPE_VENDOR_UPSTREAM || !is_on (emulator, board->arches) ||
      strcmp (board->name, NO_MACHINE) == 0 ||
      mt_qemu_version_compare (introduced, emulator->qemu) > 0 ||
      (mt_qemu_version_is_set (board->removed) &&
       mt_qemu_version_compare (board->removed, emulator->qemu) <= 0))
    return;
  /* Of a release to come it is known which types it has, and not which boards. */
  machine.is_unsure = !mt_lifecycle_is_released (emulator->qemu.major, emulator->qemu.minor);
  if (board->is_alias)
    call_for_alias (emulator, &machine);
  else
    emulator->func (&machine, emulator->data);
}

void
mt_emulator_foreach (MtQemuVersion qemu, MachtypeArch arch, MtEmulatorFunc func, gpointer data)
{
  const Emulator emulator = { qemu, arch, func, data };
  gsize count, i;
  const MtBoard *boards = mt_boards_get (&count);
  int family;

  for (family = MACHTYPE_FAMILY_NONE + 1; family <= MT_FAMILY_LAST; family++)
    call_for_family (&emulator, (MachtypeFamily)family);
  for (i = 0; i < G_N_ELEMENTS (tagged_types); i++)
    call_for_tagged (&emulator, tagged_types[i].name);
  for (i = 0; i < count; i++)
    call_for_board (&emulator, &boards[i]);
}
