/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host has guests that were forgotten, or that are not as recorded, before an upgrade. */

#include "hosts.h"

typedef struct {
  GString *json; /* NULL: findings go to standard error */
  GuestCount *count;
} Check;

/* What the other checks of an upgrade do not see. */
static const MachtypeAuditCode codes[] = {
  MACHTYPE_AUDIT_CODE_UNRECORDED,  MACHTYPE_AUDIT_CODE_NO_DOMAIN,
  MACHTYPE_AUDIT_CODE_DIFFERS,     MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING,
  MACHTYPE_AUDIT_CODE_SAVED_STATE, MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE,
  MACHTYPE_AUDIT_CODE_NOT_CHECKED,
};

static gboolean
is_wanted (const MachtypeFinding *finding)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    if (finding_has_code (finding, machtype_audit_code_to_string (codes[i])))
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *
list_wanted (const MachtypeAuditEntry *entry)
{
  GPtrArray *findings = machtype_audit_entry_list_findings (entry);
  guint i;

  for (i = findings->len; i > 0; i--) {
    if (!is_wanted (findings->pdata[i - 1]))
      g_ptr_array_remove_index (findings, i - 1);
  }
  return findings;
}

static void
print_guest (const Check *check, const MachtypeAuditEntry *entry, GPtrArray *findings)
{
  const Guest guest = {
    .uuid = machtype_audit_entry_get_uuid (entry),
    .name = machtype_audit_entry_get_name (entry),
    .host = machtype_audit_entry_get_host_name (entry),
    .machine = machtype_audit_entry_get_machine (entry),
  };

  if (check->count->gathering != NULL)
    gathering_add (check->count->gathering, &guest, findings);
  else if (check->json == NULL)
    guest_warn (&guest, findings);
  else {
    json_open (check->json, NULL, '{');
    json_text (check->json, "uuid", guest.uuid);
    json_text (check->json, "name", guest.name);
    json_text (check->json, "recorded", machtype_audit_entry_get_recorded (entry));
    json_text (check->json, "defined", machtype_audit_entry_get_defined (entry));
    json_text (check->json, "running", machtype_audit_entry_get_running (entry));
    json_findings (check->json, "findings", findings);
    json_close (check->json, '}');
  }
}

static gboolean
on_guest (MachtypeAuditEntry *entry, gpointer data)
{
  const Check *check = data;
  g_autoptr (GPtrArray) findings = list_wanted (entry);
  MachtypeSeverity severity = MACHTYPE_SEVERITY_NONE;
  guint i;

  for (i = 0; i < findings->len; i++)
    severity = MAX (severity, machtype_finding_get_severity (findings->pdata[i]));
  if (findings->len == 0)
    return TRUE;
  if (severity == MACHTYPE_SEVERITY_ERROR)
    check->count->n_failures++;
  else if (findings_have_code (findings,
                               machtype_audit_code_to_string (MACHTYPE_AUDIT_CODE_UNRECORDED)))
    check->count->n_unrecorded++;
  else
    check->count->n_warnings++;
  print_guest (check, entry, findings);
  return TRUE;
}

/* The host's name is that of its records, if it is configured. */
static gboolean
check_connection (MachtypeAudit *audit, const HostOptions *host, MachtypeAuditFunc func,
                  gpointer data, GError **error)
{
  const MachtypeConfig *config = config_get (error);
  g_autoptr (MachtypeConnection) connection = NULL;

  if (config != NULL)
    connection = open_connection_to_read (host->connect, host->timeout, error);
  return connection != NULL &&
         machtype_audit_check_connection (audit, connection, machtype_config_get_host (config),
                                          func, data, error);
}

gboolean
check_guests (MachtypeStore *store, const HostOptions *host, GString *json, GuestCount *count,
              GError **error)
{
  g_autoptr (MachtypeAudit) audit = machtype_audit_new (store);
  Check check = { json, count };
  gboolean done;

  if (json != NULL)
    json_open (json, "instances", '[');
  done = machtype_audit_set_flags (audit, MACHTYPE_AUDIT_FINDINGS_ONLY, error) &&
         check_connection (audit, host, on_guest, &check, error) &&
         machtype_audit_check_records (audit, on_guest, &check, error);
  if (json != NULL)
    json_close (json, ']');
  return done;
}

typedef struct {
  MachtypeAudit *audit;
  MachtypeStore *store;
  const char *name; /* of the only host, as it is configured; NULL: what each calls itself */
  gboolean json;
  MachtypeUuidFunc func;
  gpointer data;
  gboolean *has_failed;
} Forgotten;

/* What has a record without a machine type is in the store's own list. */
static gboolean
on_forgotten (MachtypeAuditEntry *entry, gpointer data)
{
  const Forgotten *forgotten = data;
  const char *uuid = machtype_audit_entry_get_uuid (entry);
  g_autoptr (MachtypeRecord) record = NULL;

  if (!machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_UNRECORDED))
    return TRUE;
  record = machtype_store_read_record (forgotten->store, uuid, NULL);
  return record != NULL || forgotten->func (uuid, forgotten->data);
}

static void
list_forgotten (const char *uri, MachtypeConnection *connection, const GError *error, gpointer data)
{
  Forgotten *forgotten = data;
  g_autoptr (GError) why = NULL;

  if (connection == NULL)
    host_report_failure (uri, error, forgotten->json);
  else if (!machtype_audit_check_connection (forgotten->audit, connection, forgotten->name,
                                             on_forgotten, forgotten, &why))
    host_report_failure (uri, why, forgotten->json);
  else
    return;
  *forgotten->has_failed = TRUE;
}

gboolean
foreach_forgotten (MachtypeStore *store, const HostsOptions *hosts, char **uris, gboolean json,
                   MachtypeUuidFunc func, gpointer data, gboolean *has_failed, GError **error)
{
  static const HostsQuestion question = { TRUE, MACHTYPE_READ_AHEAD_HOST,
                                          MACHTYPE_DOMAIN_READ_SAVED };
  const MachtypeConfig *config = config_get (error);
  g_autoptr (MachtypeAudit) audit = machtype_audit_new (store);
  Forgotten forgotten = { audit, store, NULL, json, func, data, has_failed };

  if (config == NULL)
    return FALSE;
  if (uris[0] != NULL && uris[1] == NULL)
    forgotten.name = machtype_config_get_host (config);
  return hosts_ask (hosts, uris, &question, list_forgotten, &forgotten, error);
}
