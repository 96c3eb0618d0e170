/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host, as after an upgrade of QEMU, has and can carry what is recorded. */

#include "machtype-program.h"

typedef struct {
  MachtypeHost *host;
  JsonBuilder *json; /* NULL: findings go to standard error */
  NextHostCount count;
} NextHost;

static void
tell_text (const char *uuid, GPtrArray *findings, const char *problem)
{
  guint i;

  if (problem != NULL)
    g_printerr ("%s: %s\n", uuid, problem);
  for (i = 0; findings != NULL && i < findings->len; i++) {
    g_autofree char *told = dup_told (findings->pdata[i]);

    g_printerr ("%s: %s\n", uuid, told);
  }
}

static void
tell (const NextHost *next, const char *uuid, GPtrArray *findings, const char *problem)
{
  if (next->json == NULL) {
    tell_text (uuid, findings, problem);
    return;
  }
  json_builder_begin_object (next->json);
  json_text (next->json, "uuid", uuid);
  json_text (next->json, "problem", problem);
  json_findings (next->json, "incompatible", findings);
  json_builder_end_object (next->json);
}

/* What no machine of the kind could ever carry is no matter of this host. */
static GPtrArray *
find_broken (const MachtypeRecord *record, MachtypeHost *host)
{
  const char *machine = machtype_record_get_machine (record);

  return machtype_compat_compare (machtype_record_get_properties (record),
                                  machtype_record_get_arch (record), NULL, machine, NULL, machine,
                                  host);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  NextHost *next = data;
  const char *machine = machtype_record_get_machine (record);
  const char *uuid = machtype_record_get_uuid (record);
  MachtypeArch arch = machtype_record_get_arch (record);
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *problem = NULL;

  if (machine == NULL)
    return TRUE;
  if (arch == MACHTYPE_ARCH_UNKNOWN) {
    next->count.unjudged++;
    tell (next, uuid, NULL, "its architecture is not recorded: it was not checked");
    return TRUE;
  }
  if (machtype_host_offers (next->host, arch, NULL, machine) == MACHTYPE_ANSWER_NO)
    problem = g_strdup_printf ("the host does not offer machine type %s", machine);
  findings = find_broken (record, next->host);
  if (problem != NULL || findings->len != 0) {
    next->count.bad++;
    tell (next, uuid, findings, problem);
  }
  return TRUE;
}

gboolean
check_next_host (MachtypeStore *store, const char *cell, const char *name, MachtypeHost *host,
                 JsonBuilder *json, NextHostCount *count, GError **error)
{
  NextHost next = { host, json, { 0, 0 } };
  gboolean done;

  if (json != NULL) {
    json_builder_set_member_name (json, "instances");
    json_builder_begin_array (json);
  }
  done = machtype_store_foreach (store, cell, name, on_record, &next, error);
  if (json != NULL)
    json_builder_end_array (json);
  *count = next.count;
  return done;
}
