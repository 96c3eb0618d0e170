/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host, as after an upgrade of QEMU, has and can carry what is recorded. */

#include "machtype-program.h"

#include <string.h>

typedef struct {
  MachtypeHost *host;
  JsonBuilder *json; /* NULL: findings go to standard error */
  guint64 bad;
} NextHost;

static void
tell_text (const char *uuid, GPtrArray *findings, const char *missing)
{
  guint i;

  if (missing != NULL)
    g_printerr ("%s: the host does not offer machine type %s\n", uuid, missing);
  for (i = 0; findings != NULL && i < findings->len; i++)
    g_printerr ("%s: %s\n", uuid, machtype_finding_get_message (findings->pdata[i]));
}

static void
tell (NextHost *next, const char *uuid, GPtrArray *findings, const char *missing)
{
  next->bad++;
  if (next->json == NULL) {
    tell_text (uuid, findings, missing);
    return;
  }
  json_builder_begin_object (next->json);
  json_text (next->json, "uuid", uuid);
  json_text (next->json, "not_offered", missing);
  json_findings (next->json, "incompatible", findings);
  json_builder_end_object (next->json);
}

/* What no machine of the kind could ever carry is no matter of this host. */
static GPtrArray *
find_broken (const MachtypeRecord *record, MachtypeHost *host, GError **error)
{
  const char *machine = machtype_record_get_machine (record);

  return machtype_compat_compare (machtype_record_get_properties (record),
                                  machtype_record_get_arch (record), machine, NULL, machine, host,
                                  error);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  NextHost *next = data;
  const char *machine = machtype_record_get_machine (record), *missing = NULL;
  MachtypeArch arch = machtype_record_get_arch (record);
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) why = NULL;

  if (machine == NULL || arch == MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  if (machtype_host_offers (next->host, arch, NULL, machine) == MACHTYPE_ANSWER_NO)
    missing = machine;
  findings = find_broken (record, next->host, &why);
  if (findings == NULL)
    g_printerr ("warning: %s: %s\n", machtype_record_get_uuid (record), why->message);
  if (missing != NULL || (findings != NULL && findings->len != 0))
    tell (next, machtype_record_get_uuid (record), findings, missing);
  return TRUE;
}

gboolean
check_next_host (MachtypeStore *store, const char *cell, const char *name, MachtypeHost *host,
                 JsonBuilder *json, guint64 *bad, GError **error)
{
  NextHost next = { host, json, 0 };
  gboolean done;

  if (json != NULL) {
    json_builder_set_member_name (json, "instances");
    json_builder_begin_array (json);
  }
  done = machtype_store_foreach (store, cell, name, on_record, &next, error);
  if (json != NULL)
    json_builder_end_array (json);
  *bad = next.bad;
  return done;
}
