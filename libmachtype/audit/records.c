/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of an audit: over a store. Classes of records are judged before the records. */

#include "audit/run-private.h"

#include <string.h>

#include "error-private.h"
#include "host/host-private.h"
#include "store/store-private.h"

/* uri: of the host that has answered; NULL: none was asked. */
static gboolean
report_record (MtAuditReport *r, const MachtypeRecord *record, const char *uri)
{
  MtAuditGuest guest = { 0 };

  mt_audit_use_record (&guest, record);
  guest.uri = uri;
  guest.targets = r->audit->targets;
  guest.pending = mt_audit_get_pending (r->audit, guest.uuid);
  guest.is_missing = r->audit->n_hosts != 0 && !guest.is_offloaded;
  return mt_audit_report (r, &guest);
}

/* Hosts can have the same name. One whose firmware has no UUID gets a new one at each start of
 * libvirtd: then it is the same if its versions are, unless every machine can have its name. */
static gboolean
is_same_host (const MtAuditAnswer *answer, const MachtypeRecord *record)
{
  const MachtypeHost *host = answer->host;
  const char *uuid = host != NULL ? machtype_host_get_uuid (host) : NULL;

  if (uuid == NULL || record->host_uuid == NULL ||
      g_ascii_strcasecmp (uuid, record->host_uuid) == 0)
    return TRUE;
  return !g_str_has_prefix (answer->name, "localhost") && record->qemu_version != 0 &&
         record->qemu_version == host->qemu_version &&
         record->libvirt_version == host->libvirt_version;
}

/* NULL: it is of another host. */
static const MtAuditAnswer *
find_answer (const MachtypeAudit *audit, const MachtypeRecord *record)
{
  guint i;

  for (i = 0; i < audit->answers->len; i++) {
    const MtAuditAnswer *answer = audit->answers->pdata[i];

    if (mt_ref_string_equal (record->host_name, answer->name) && is_same_host (answer, record))
      return answer;
  }
  return NULL;
}

/* A record of a host that has answered, or of another one of its name. */
static gboolean
on_record_of_host (MachtypeRecord *record, gpointer data)
{
  MtAuditReport *r = data;
  const MtAuditAnswer *answer;

  if (g_hash_table_contains (r->audit->seen, record->uuid.text))
    return TRUE;
  answer = find_answer (r->audit, record);
  return answer == NULL || report_record (r, record, answer->uri);
}

static int
compare_answers (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const MtAuditAnswer *const *)a)->name,
                 (*(const MtAuditAnswer *const *)b)->name);
}

/* Another host of this name, or on its machine, may have what this one has not. */
static gboolean
is_certain (const MachtypeAudit *audit, const MtAuditAnswer *answer)
{
  return !g_hash_table_contains (audit->silent, answer->name) &&
         (answer->machine == NULL || !g_hash_table_contains (audit->failed, answer->machine));
}

/* Each name once, if every host of this name is certain. */
static GPtrArray *
list_names (const MachtypeAudit *audit)
{
  GPtrArray *names = g_ptr_array_new ();
  guint i, j;

  g_ptr_array_sort (audit->answers, compare_answers);
  for (i = 0; i < audit->answers->len; i = j) {
    MtAuditAnswer *answer = audit->answers->pdata[i];
    gboolean is_certain_name = TRUE;

    for (j = i; j < audit->answers->len; j++) {
      const MtAuditAnswer *other = audit->answers->pdata[j];

      if (strcmp (answer->name, other->name) != 0)
        break;
      is_certain_name &= is_certain (audit, other);
    }
    if (is_certain_name)
      g_ptr_array_add (names, answer->name);
  }
  return names;
}

static gboolean
check_hosts (MtAuditReport *r, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (r->audit);
  guint i;

  for (i = 0; i < names->len && !r->has_stopped; i++) {
    if (!machtype_store_foreach (r->audit->store, NULL, names->pdata[i], on_record_of_host, r,
                                 error))
      return FALSE;
  }
  return TRUE;
}

/* Whether records of a class have findings. */
static gboolean
has_findings (const MachtypeAudit *audit, const MachtypeRecordClass *class)
{
  g_autoptr (GPtrArray) findings = NULL;
  const MtAuditGuest guest = {
    .uuid = "",
    .has_record = TRUE,
    .targets = audit->targets,
    .host_name = class->host_name,
    .cell = class->cell,
    .state = class->state,
    .arch = class->arch,
    .recorded = class->machine,
    .properties = class->properties,
    .qemu_version = class->qemu_version,
  };

  findings = mt_audit_judge (&guest, NULL);
  return findings->len != 0;
}

static gboolean
is_same_class (gconstpointer a, gconstpointer b)
{
  return mt_record_class_is_same (a, b);
}

static guint
hash_class (gconstpointer class)
{
  return machtype_record_class_hash (class);
}

static GHashTable *
new_class_table (void)
{
  return g_hash_table_new_full (hash_class, is_same_class,
                                (GDestroyNotify)machtype_record_class_unref, NULL);
}

/* The class of records on any host and in any cell, which are in messages only. */
static MachtypeRecordClass *
dup_without_place (const MachtypeRecordClass *class)
{
  MachtypeRecordClass *copy = mt_record_class_alloc ();

  copy->arch = class->arch;
  copy->state = mt_ref_string_dup (class->state);
  copy->machine = mt_ref_string_dup (class->machine);
  copy->properties = machtype_properties_ref (class->properties);
  copy->qemu_version = class->qemu_version;
  return copy;
}

/* Most classes differ only in their place. */
static gboolean
has_findings_anywhere (const MtAuditReport *r, const MachtypeRecordClass *class)
{
  MachtypeRecordClass *key = dup_without_place (class);
  gpointer known;
  gboolean has;

  if (g_hash_table_lookup_extended (r->judged, key, NULL, &known)) {
    machtype_record_class_unref (key);
    return GPOINTER_TO_INT (known);
  }
  has = has_findings (r->audit, key);
  g_hash_table_insert (r->judged, key, GINT_TO_POINTER (has));
  return has;
}

static gboolean
on_class (MachtypeRecordClass *class, gpointer data)
{
  MtAuditReport *r = data;

  if (has_findings_anywhere (r, class)) {
    g_hash_table_add (r->wanted, machtype_record_class_ref (class));
    r->n_wanted += machtype_record_class_get_count (class);
  }
  return TRUE;
}

static gboolean
is_of_wanted_class (const MtAuditReport *r, const MachtypeRecord *record)
{
  const MachtypeRecordClass class = mt_record_class_view (record);

  return g_hash_table_contains (r->wanted, &class);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  MtAuditReport *r = data;

  if (r->wanted != NULL && mt_audit_get_pending (r->audit, record->uuid.text) == NULL &&
      !is_of_wanted_class (r, record))
    return TRUE;
  return report_record (r, record, NULL);
}

static gboolean
keep_record (MachtypeRecord *record, gpointer data)
{
  g_ptr_array_add (data, machtype_record_ref (record));
  return TRUE;
}

static gboolean
list_wanted (const MtAuditReport *r, GPtrArray *records, GError **error)
{
  GHashTableIter iter;
  gpointer class;

  g_hash_table_iter_init (&iter, r->wanted);
  while (g_hash_table_iter_next (&iter, &class, NULL)) {
    g_autoptr (MachtypeRecordQuery) query = mt_record_query_of_class (r->audit->query, class);

    if (!machtype_store_foreach_matching (r->audit->store, query, keep_record, records, error))
      return FALSE;
  }
  return TRUE;
}

/* What is pending is reported whatever its class is. */
static gboolean
list_pending (const MtAuditReport *r, GPtrArray *records, GError **error)
{
  GHashTableIter iter;
  gpointer uuid;

  g_hash_table_iter_init (&iter, r->audit->pending);
  while (g_hash_table_iter_next (&iter, &uuid, NULL)) {
    g_autoptr (GError) why = NULL;
    g_autoptr (MachtypeRecord) record = mt_audit_find_record (r->audit, uuid, &why);

    if (why != NULL) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    if (record != NULL && !is_of_wanted_class (r, record))
      g_ptr_array_add (records, g_steal_pointer (&record));
  }
  return TRUE;
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(MachtypeRecord *const *)a)->uuid.text,
                 (*(MachtypeRecord *const *)b)->uuid.text);
}

static gboolean
check_wanted (MtAuditReport *r, GError **error)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_unref);
  guint i;

  if (!list_wanted (r, records, error) || !list_pending (r, records, error))
    return FALSE;
  g_ptr_array_sort (records, compare_records);
  for (i = 0; i < records->len && report_record (r, records->pdata[i], NULL); i++)
    ;
  return TRUE;
}

/* More records are not kept until they are sorted, and more classes not looked up one by one: all
 * records are read instead, in their order, which takes time but no memory. */
#define WANTED_MAX 8192
#define WANTED_CLASSES_MAX 1024

/* Very many records are of few classes, and most of these have no findings. */
static gboolean
check_classes (MtAuditReport *r, GError **error)
{
  g_autoptr (GHashTable) wanted = new_class_table (), judged = new_class_table ();
  MachtypeStore *store = r->audit->store;

  r->wanted = wanted;
  r->judged = judged;
  if (!machtype_store_foreach_class (store, r->audit->query, on_class, r, error))
    return FALSE;
  if (g_hash_table_size (wanted) == 0 ||
      (mt_store_finds_classes (store) && r->n_wanted <= WANTED_MAX &&
       g_hash_table_size (wanted) <= WANTED_CLASSES_MAX))
    return check_wanted (r, error);
  return machtype_store_foreach_matching (store, r->audit->query, on_record, r, error);
}

/**
 * machtype_audit_check_records:
 * @audit: an audit; must not be %NULL
 * @func: (nullable) (scope call) (closure user_data): the function to call for each guest, in the
 *   order of UUIDs, of one host after the other; %NULL for none
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Judges records without their domains. If hosts were asked, these are the records of the hosts
 * that have answered, except those whose domain was found on any of them, and those of another host
 * with the same name. If another host of a name, or on a machine, has not answered, no record of
 * that name is reported. Without hosts, they are all records of the store. With
 * %MACHTYPE_AUDIT_FINDINGS_ONLY it looks at classes of records first, and reads only the records of
 * those that have findings, unless they are very many. Without a store there are none.
 *
 * Raises %MACHTYPE_ERROR_STORE and %MACHTYPE_ERROR_BUSY.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_audit_check_records (MachtypeAudit *audit, MachtypeAuditFunc func, gpointer user_data,
                              GError **error)
{
  MtAuditReport r = { .audit = audit, .func = func, .user_data = user_data };

  g_return_val_if_fail (audit != NULL, FALSE);

  if (audit->store == NULL)
    return TRUE;
  if (!mt_audit_read_pending (audit, error))
    return FALSE;
  if (audit->n_hosts != 0)
    return check_hosts (&r, error);
  if ((audit->flags & MACHTYPE_AUDIT_FINDINGS_ONLY) != 0)
    return check_classes (&r, error);
  return machtype_store_foreach_matching (audit->store, audit->query, on_record, &r, error);
}
