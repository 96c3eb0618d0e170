/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a machine type can exist, whether it ends, and what guests can be updated to. */

#include "compat/compat-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "lifecycle-private.h"

gboolean
mt_compat_is_impossible (const char *machine, MachtypeArch arch, char **intended)
{
  g_autoptr (MachtypeName) name = machtype_name_new (machine, arch, NULL);
  const MtName *parsed;

  *intended = NULL;
  if (name == NULL)
    return TRUE;
  *intended = machtype_name_dup_intended (name);
  parsed = mt_name_get_parsed (name);
  return *intended != NULL ||
         (parsed->kind == MACHTYPE_NAME_KIND_VERSIONED && !mt_lifecycle_may_exist (parsed) &&
          !mt_lifecycle_is_future (parsed));
}

gboolean
mt_compat_is_deprecated (const MachtypeHost *host, MachtypeArch arch, const char *machine)
{
  const MtMachine *info = mt_host_find_machine (host, arch, NULL, machine);
  g_autoptr (MachtypeName) name = NULL;
  MtQemuVersion qemu;
  guint major, minor;

  if (info != NULL && info->deprecated != MACHTYPE_ANSWER_UNKNOWN)
    return info->deprecated == MACHTYPE_ANSWER_YES;
  name = machtype_name_new (machine, arch, NULL);
  if (name == NULL)
    return FALSE;
  if (machtype_lifecycle_get_deprecated (name, &major, &minor)) {
    qemu = mt_host_find_qemu (host, arch);
    return qemu.major > major || (qemu.major == major && qemu.minor >= minor);
  }
  return mt_lifecycle_get_vendor_deprecated (mt_name_get_parsed (name), &major) &&
         mt_host_find_release (host, arch, (MachtypeVendor)mt_name_get_parsed (name)->vendor)
                 .major >= major;
}

/* Whether the host that the guest is on can have it: it may be known only by what was recorded. */
static gboolean
is_possible_now (const MachtypeHost *own, guint64 qemu_version, MachtypeArch arch,
                 const MtName *name, const char *machine)
{
  MtQemuVersion base;

  if (own != NULL)
    return machtype_host_offers (own, arch, NULL, machine) != MACHTYPE_ANSWER_NO;
  if (qemu_version == 0 || !mt_name_upstream_base (name, &base))
    return TRUE;
  return mt_qemu_version_encode (base) <= qemu_version + 999;
}

static gboolean
is_newer_of_line (const MtName *name, const MtName *than)
{
  return mt_name_line (name) != 0 && mt_name_line (name) == mt_name_line (than) &&
         mt_name_key (name) > mt_name_key (than) && mt_variant_find_different (name, than) == NULL;
}

const char *
mt_compat_find_successor (const MachtypeHost *host, const MachtypeHost *own, guint64 qemu_version,
                          MachtypeArch arch, const char *machine, gboolean with_deprecated)
{
  g_autoptr (GArray) shown = NULL;
  const char *best = NULL;
  MtName old, best_name;
  guint i;

  if (host == NULL || !mt_name_parse (machine, strlen (machine), arch, &old))
    return NULL;
  shown = mt_host_list_shown (host, arch, NULL);
  for (i = 0; i < shown->len; i++) {
    const MtMachine *info = g_array_index (shown, const MtMachine *, i);
    const char *text = mt_host_text (host, info->name);
    MtName name;

    if (!mt_name_parse (text, strlen (text), arch, &name) || !is_newer_of_line (&name, &old) ||
        !is_possible_now (own, qemu_version, arch, &name, text) ||
        (!with_deprecated && mt_compat_is_deprecated (host, arch, text)))
      continue;
    if (best == NULL || mt_name_key (&name) > mt_name_key (&best_name)) {
      best = text;
      best_name = name;
    }
  }
  return best;
}
