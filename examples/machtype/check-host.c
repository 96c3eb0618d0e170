/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host, for example after an upgrade of QEMU, offers and supports what is recorded. */

#include "machtype-program.h"

typedef struct {
  MachtypeHost *host;
  GString *json; /* NULL: findings go to standard error */
  NextHostCount count;
  GPtrArray *(*judge) (const MachtypeRecord *record, MachtypeHost *host);
} NextHost;

/* Findings about the instance itself come before those about its properties. */
static gboolean
is_problem (const MachtypeFinding *finding)
{
  return finding_has_code (finding, "not-offered") ||
         finding_has_code (finding, "arch-not-recorded");
}

static void
print_json (GString *json, const Guest *guest, GPtrArray *findings)
{
  g_autoptr (MachtypeFinding) problem = NULL;

  if (is_problem (findings->pdata[0]))
    problem = g_ptr_array_steal_index (findings, 0);
  json_open (json, NULL, '{');
  json_text (json, "uuid", guest->uuid);
  json_text (json, "name", guest->name);
  json_text (json, "recorded", guest->machine);
  if (problem != NULL) {
    json_text (json, "problem", machtype_finding_get_message (problem));
    json_text (json, "remedy", machtype_finding_get_remedy (problem));
  }
  json_findings (json, "incompatible", findings);
  json_close (json, '}');
}

static void
print_findings (const NextHost *next, const MachtypeRecord *record, GPtrArray *findings)
{
  const Guest guest = {
    .uuid = machtype_record_get_uuid (record),
    .name = machtype_record_get_name (record),
    .host = machtype_record_get_host_name (record),
    .machine = machtype_record_get_machine (record),
  };

  if (next->count.gathering != NULL)
    gathering_add (next->count.gathering, &guest, findings);
  else if (next->json != NULL)
    print_json (next->json, &guest, findings);
  else
    guest_warn (&guest, findings);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  NextHost *next = data;
  g_autoptr (GPtrArray) findings = next->judge (record, next->host);

  if (findings->len == 0)
    return TRUE;
  if (finding_has_code (findings->pdata[0], "arch-not-recorded"))
    next->count.unjudged++;
  else
    next->count.bad++;
  print_findings (next, record, findings);
  return TRUE;
}

static gboolean
check_all (MachtypeStore *store, const char *cell, const char *name, NextHost *next,
           NextHostCount *count, GError **error)
{
  gboolean done;

  if (next->json != NULL)
    json_open (next->json, "instances", '[');
  done = machtype_store_foreach (store, cell, name, on_record, next, error);
  if (next->json != NULL)
    json_close (next->json, ']');
  *count = next->count;
  return done;
}

gboolean
check_next_host (MachtypeStore *store, const char *cell, const char *name, MachtypeHost *host,
                 GString *json, NextHostCount *count, GError **error)
{
  NextHost next = { host, json, *count, machtype_record_check_host };

  return check_all (store, cell, name, &next, count, error);
}

gboolean
check_machines (MachtypeStore *store, const char *cell, const char *name, MachtypeHost *host,
                GString *json, NextHostCount *count, GError **error)
{
  NextHost next = { host, json, *count, machtype_record_check_machine };

  return check_all (store, cell, name, &next, count, error);
}
