/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which records are wanted. */

#include "store/store-private.h"

#include "json/json-private.h"

G_DEFINE_BOXED_TYPE (MachtypeRecordQuery, machtype_record_query, machtype_record_query_ref,
                     machtype_record_query_unref)

/**
 * machtype_record_query_ref:
 * @query: a query; must not be %NULL
 *
 * Increases the reference count of @query. Thread-safe.
 *
 * Returns: (transfer full): @query
 * Since: 1.0
 */
MachtypeRecordQuery *
machtype_record_query_ref (MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);

  g_atomic_ref_count_inc (&query->refs);
  return query;
}

/**
 * machtype_record_query_unref:
 * @query: (transfer full) (nullable): a query; %NULL does nothing
 *
 * Decreases the reference count of @query; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_query_unref (MachtypeRecordQuery *query)
{
  if (query == NULL || !g_atomic_ref_count_dec (&query->refs))
    return;
  mt_ref_string_set (&query->cell, NULL);
  mt_ref_string_set (&query->host, NULL);
  mt_ref_string_set (&query->state, NULL);
  mt_ref_string_set (&query->machine_pattern, NULL);
  mt_ref_string_set (&query->name_pattern, NULL);
  mt_ref_string_set (&query->name, NULL);
  machtype_record_class_unref (query->record_class);
  g_free (query);
}

MachtypeRecordQuery *
mt_record_query_of_class (const MachtypeRecordQuery *query, MachtypeRecordClass *record_class)
{
  MachtypeRecordQuery *copy = g_new0 (MachtypeRecordQuery, 1);

  if (query != NULL) {
    *copy = *query;
    mt_ref_string_dup (copy->cell);
    mt_ref_string_dup (copy->host);
    mt_ref_string_dup (copy->state);
    mt_ref_string_dup (copy->machine_pattern);
    mt_ref_string_dup (copy->name_pattern);
    mt_ref_string_dup (copy->name);
  }
  g_atomic_ref_count_init (&copy->refs);
  copy->record_class = machtype_record_class_ref (record_class);
  return copy;
}

/**
 * machtype_record_query_equal:
 * @a: a query; must not be %NULL
 * @b: another query, or the same; must not be %NULL
 *
 * Checks whether two queries have equal conditions. The number of records in a class that was set
 * does not matter. Thread-safe.
 *
 * Returns: %TRUE if they have
 * Since: 1.0
 */
gboolean
machtype_record_query_equal (const MachtypeRecordQuery *a, const MachtypeRecordQuery *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->arch != b->arch || a->seen_before != b->seen_before ||
      !mt_ref_string_equal (a->cell, b->cell) || !mt_ref_string_equal (a->host, b->host) ||
      !mt_ref_string_equal (a->state, b->state) ||
      !mt_ref_string_equal (a->machine_pattern, b->machine_pattern) ||
      !mt_ref_string_equal (a->name_pattern, b->name_pattern) ||
      !mt_ref_string_equal (a->name, b->name))
    return FALSE;
  if (a->record_class == NULL || b->record_class == NULL)
    return a->record_class == b->record_class;
  return mt_record_class_is_same (a->record_class, b->record_class);
}

/**
 * machtype_record_query_to_json:
 * @query: a query; must not be %NULL
 *
 * Writes the conditions of a query as a JSON object on one line. `doc/json.md` documents the
 * members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_record_query_to_json (const MachtypeRecordQuery *query)
{
  GString *json;

  g_return_val_if_fail (query != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "cell", query->cell);
  mt_json_text (json, "host", query->host);
  if (query->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (query->arch));
  mt_json_text (json, "state", query->state);
  mt_json_text (json, "machine_pattern", query->machine_pattern);
  mt_json_text (json, "name_pattern", query->name_pattern);
  mt_json_text (json, "name", query->name);
  if (query->seen_before != 0)
    mt_json_time (json, "seen_before", query->seen_before);
  if (query->record_class != NULL) {
    mt_json_begin (json, "class", '{');
    mt_record_class_write (json, query->record_class);
    mt_json_end (json, '}');
  }
  return mt_json_end_value (json);
}

/* What is unknown is equal to nothing, and matches no pattern. */
static gboolean
is_wanted (const char *wanted, const char *text)
{
  return wanted == NULL || mt_ref_string_equal (wanted, text);
}

static gboolean
matches_pattern (const char *pattern, const char *text)
{
  return pattern == NULL || (text != NULL && mt_pattern_matches (pattern, text));
}

/**
 * machtype_record_query_matches:
 * @query: a query; must not be %NULL
 * @record: a record; must not be %NULL
 *
 * Checks whether a record meets all conditions of a query. Thread-safe.
 *
 * Returns: %TRUE if it does
 * Since: 1.0
 */
gboolean
machtype_record_query_matches (const MachtypeRecordQuery *query, const MachtypeRecord *record)
{
  g_return_val_if_fail (query != NULL && record != NULL, FALSE);

  return (query->arch == MACHTYPE_ARCH_UNKNOWN || query->arch == record->arch) &&
         (query->seen_before == 0 || record->seen_at < query->seen_before) &&
         is_wanted (query->cell, record->cell) && is_wanted (query->host, record->host_name) &&
         is_wanted (query->state, record->state) &&
         matches_pattern (query->machine_pattern, record->machine) &&
         matches_pattern (query->name_pattern, record->name) &&
         is_wanted (query->name, record->name) &&
         (query->record_class == NULL ||
          machtype_record_class_contains (query->record_class, record));
}

/**
 * machtype_record_query_get_cell:
 * @query: a query; must not be %NULL
 *
 * Gets the wanted cell. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the cell, valid as long as @query; %NULL for any
 * Since: 1.0
 */
const char *
machtype_record_query_get_cell (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->cell;
}

/**
 * machtype_record_query_get_host:
 * @query: a query; must not be %NULL
 *
 * Gets the name of the wanted host. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @query; %NULL for any
 * Since: 1.0
 */
const char *
machtype_record_query_get_host (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->host;
}

/**
 * machtype_record_query_get_arch:
 * @query: a query; must not be %NULL
 *
 * Gets the wanted architecture. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN for any
 * Since: 1.0
 */
MachtypeArch
machtype_record_query_get_arch (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, MACHTYPE_ARCH_UNKNOWN);
  return query->arch;
}

/**
 * machtype_record_query_get_state:
 * @query: a query; must not be %NULL
 *
 * Gets the wanted state, by Nova's name. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, valid as long as @query; %NULL for any
 * Since: 1.0
 */
const char *
machtype_record_query_get_state (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->state;
}

/**
 * machtype_record_query_get_machine_pattern:
 * @query: a query; must not be %NULL
 *
 * Gets the pattern of the wanted machine types. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the pattern, valid as long as @query; %NULL for any, and for
 *   none
 * Since: 1.0
 */
const char *
machtype_record_query_get_machine_pattern (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->machine_pattern;
}

/**
 * machtype_record_query_get_name_pattern:
 * @query: a query; must not be %NULL
 *
 * Gets the pattern of the wanted names of instances. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the pattern, valid as long as @query; %NULL for any, and for
 *   none
 * Since: 1.0
 */
const char *
machtype_record_query_get_name_pattern (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->name_pattern;
}

/**
 * machtype_record_query_get_name:
 * @query: a query; must not be %NULL
 *
 * Gets the wanted name of instances. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @query; %NULL for any, and for
 *   none
 * Since: 1.0
 */
const char *
machtype_record_query_get_name (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->name;
}

/**
 * machtype_record_query_get_seen_before:
 * @query: a query; must not be %NULL
 *
 * Gets the time before which the wanted instances were last seen. Thread-safe.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC; 0 for any time
 * Since: 1.0
 */
gint64
machtype_record_query_get_seen_before (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, 0);
  return query->seen_before;
}

/**
 * machtype_record_query_get_class:
 * @query: a query; must not be %NULL
 *
 * Gets the wanted class. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the class, valid as long as @query; %NULL for any
 * Since: 1.0
 */
MachtypeRecordClass *
machtype_record_query_get_class (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, NULL);
  return query->record_class;
}

/**
 * machtype_record_query_hash:
 * @query: a query; must not be %NULL
 *
 * Computes a hash of a query, for hash tables: equal queries have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_record_query_hash (const MachtypeRecordQuery *query)
{
  g_return_val_if_fail (query != NULL, 0);
  return (guint)query->arch * 31 +
         (query->machine_pattern != NULL ? g_str_hash (query->machine_pattern) : 0) * 7 +
         (query->state != NULL ? g_str_hash (query->state) : 0);
}
