/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Until when a guest can stay as it is: the releases that come after the one of its host. */

#include "audit/audit-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "compat/compat-private.h"
#include "platform/platform-private.h"

/* The releases as hosts of one architecture. */
typedef struct {
  MachtypeArch arch;
  GPtrArray *hosts; /* of MachtypeHost, the present release and the later ones */
  GHashTable *ends; /* of End, by guest architecture and machine type */
} Releases;

typedef struct {
  MachtypePlatform *end, *unsure; /* NULL: none; end is owned */
} End;

struct MtAuditForecast {
  GPtrArray *platforms; /* of MachtypePlatform, the present one first */
  GPtrArray *releases;  /* of Releases: hosts have few architectures */
};

static void
releases_free (gpointer data)
{
  Releases *releases = data;

  g_ptr_array_unref (releases->hosts);
  g_hash_table_unref (releases->ends);
  g_free (releases);
}

static void
end_free (gpointer data)
{
  End *end = data;

  machtype_platform_unref (end->end);
  g_free (end);
}

MtAuditForecast *
mt_audit_forecast_new (MachtypePlatform *platform)
{
  MtAuditForecast *forecast = g_new0 (MtAuditForecast, 1);

  forecast->platforms = mt_platform_list_later (platform);
  g_ptr_array_insert (forecast->platforms, 0, machtype_platform_ref (platform));
  forecast->releases = g_ptr_array_new_with_free_func (releases_free);
  return forecast;
}

void
mt_audit_forecast_free (MtAuditForecast *forecast)
{
  if (forecast == NULL)
    return;
  g_ptr_array_unref (forecast->platforms);
  g_ptr_array_unref (forecast->releases);
  g_free (forecast);
}

/* Of a record alone, the host is one that accelerates the guest. */
static MachtypeArch
get_host_arch (const MtAuditGuest *guest)
{
  if (guest->own != NULL && machtype_host_get_arch (guest->own) != MACHTYPE_ARCH_UNKNOWN)
    return machtype_host_get_arch (guest->own);
  return machtype_arch_can_accelerate (guest->arch, MACHTYPE_ARCH_X86_64) ? MACHTYPE_ARCH_X86_64
                                                                          : guest->arch;
}

static Releases *
get_releases (MtAuditForecast *forecast, MachtypeArch arch)
{
  Releases *releases;
  guint i;

  for (i = 0; i < forecast->releases->len; i++) {
    releases = forecast->releases->pdata[i];
    if (releases->arch == arch)
      return releases;
  }
  releases = g_new0 (Releases, 1);
  releases->arch = arch;
  releases->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_host_unref);
  releases->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, end_free);
  for (i = 0; i < forecast->platforms->len; i++)
    g_ptr_array_add (releases->hosts, mt_platform_make_host (forecast->platforms->pdata[i], arch));
  g_ptr_array_add (forecast->releases, releases);
  return releases;
}

/* A release of QEMU has no list of those that come after it, but a rule. */
static MachtypePlatform *
find_qemu_end (const MachtypePlatform *platform, MachtypeArch arch, const char *machine)
{
  g_autoptr (MachtypeName) name = machtype_name_new (machine, arch, NULL);
  guint major, minor;

  if (platform->row != &platform->own || name == NULL ||
      !machtype_lifecycle_get_removed (name, &major, &minor))
    return NULL;
  return mt_platform_new_for_qemu (platform->table,
                                   (MtQemuVersion){ (guint8)major, (guint8)minor });
}

static End *
find_end (const MtAuditForecast *forecast, const Releases *releases, MachtypeArch arch,
          const char *machine)
{
  End *end = g_new0 (End, 1);
  guint i;

  for (i = 0; i < releases->hosts->len; i++) {
    const MachtypeAnswer offers =
        machtype_host_offers (releases->hosts->pdata[i], arch, NULL, machine);

    if (offers == MACHTYPE_ANSWER_NO) {
      end->end = machtype_platform_ref (forecast->platforms->pdata[i]);
      return end;
    }
    if (offers == MACHTYPE_ANSWER_UNKNOWN && end->unsure == NULL && i != 0)
      end->unsure = forecast->platforms->pdata[i];
  }
  end->end = find_qemu_end (forecast->platforms->pdata[0], arch, machine);
  return end;
}

static const End *
get_end (MtAuditForecast *forecast, Releases *releases, MachtypeArch arch, const char *machine)
{
  g_autofree char *key = g_strdup_printf ("%d %s", arch, machine);
  End *end = g_hash_table_lookup (releases->ends, key);

  if (end == NULL) {
    end = find_end (forecast, releases, arch, machine);
    g_hash_table_insert (releases->ends, g_steal_pointer (&key), end);
  }
  return end;
}

MtAuditFuture
mt_audit_forecast_get (MtAuditForecast *forecast, const MtAuditGuest *guest)
{
  const char *machine = mt_audit_get_machine (guest);
  MtAuditFuture future = { forecast->platforms->pdata[0], NULL, NULL, NULL };
  MachtypeHost *own;
  Releases *releases;
  const End *end;

  if (machine == NULL || guest->arch == MACHTYPE_ARCH_UNKNOWN)
    return future;
  releases = get_releases (forecast, get_host_arch (guest));
  end = get_end (forecast, releases, guest->arch, machine);
  own = guest->own != NULL ? guest->own : releases->hosts->pdata[0];
  future.end = end->end;
  future.unsure = end->unsure;
  future.newest =
      mt_compat_find_successor (own, own, guest->qemu_version, guest->arch, machine, FALSE);
  return future;
}
