/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeRecordQueryBuilder: the conditions of a query, validated. */

#include "store/store-private.h"

#include "arch-private.h"
#include "error-private.h"

struct _MachtypeRecordQueryBuilder {
  gatomicrefcount refs;
  MachtypeRecordQuery *query; /* not shared: private to the builder */
};

G_DEFINE_BOXED_TYPE (MachtypeRecordQueryBuilder, machtype_record_query_builder,
                     machtype_record_query_builder_ref, machtype_record_query_builder_unref)

/**
 * machtype_record_query_builder_new:
 *
 * Creates a builder without conditions.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypeRecordQueryBuilder *
machtype_record_query_builder_new (void)
{
  MachtypeRecordQueryBuilder *builder = g_new (MachtypeRecordQueryBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  builder->query = g_new0 (MachtypeRecordQuery, 1);
  g_atomic_ref_count_init (&builder->query->refs);
  return builder;
}

/**
 * machtype_record_query_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypeRecordQueryBuilder *
machtype_record_query_builder_ref (MachtypeRecordQueryBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_record_query_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_query_builder_unref (MachtypeRecordQueryBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  machtype_record_query_unref (builder->query);
  g_free (builder);
}

/* NULL and the empty string remove the condition. */
static gboolean
check_and_set (char **slot, const char *what, const char *text, GError **error)
{
  char *copy = NULL;

  if (text != NULL && *text != '\0') {
    if (!mt_check_text (what, text, MACHTYPE_RECORD_MAX_TEXT, error))
      return FALSE;
    copy = g_ref_string_new (text);
  }
  mt_ref_string_set (slot, copy);
  if (copy != NULL)
    g_ref_string_release (copy);
  return TRUE;
}

/**
 * machtype_record_query_builder_set_cell:
 * @builder: a builder; must not be %NULL
 * @cell: (nullable): the cell, copied; %NULL or an empty string for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of one cell.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text with control characters or that is not valid
 * UTF-8, %MACHTYPE_ERROR_TOO_LARGE for more than %MACHTYPE_RECORD_MAX_TEXT bytes.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_cell (MachtypeRecordQueryBuilder *builder, const char *cell,
                                        GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return check_and_set (&builder->query->cell, "the cell", cell, error);
}

/**
 * machtype_record_query_builder_set_host:
 * @builder: a builder; must not be %NULL
 * @name: (nullable): the name of the host, copied; %NULL or an empty string for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of instances that were last seen on one host.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text with control characters or that is not valid
 * UTF-8, %MACHTYPE_ERROR_TOO_LARGE for more than %MACHTYPE_RECORD_MAX_TEXT bytes.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_host (MachtypeRecordQueryBuilder *builder, const char *name,
                                        GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return check_and_set (&builder->query->host, "the host's name", name, error);
}

/**
 * machtype_record_query_builder_set_arch:
 * @builder: a builder; must not be %NULL
 * @arch: the architecture of the guests; %MACHTYPE_ARCH_UNKNOWN for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of guests of one architecture.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid architecture.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_arch (MachtypeRecordQueryBuilder *builder, MachtypeArch arch,
                                        GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (!mt_arch_check (arch, error))
    return FALSE;
  builder->query->arch = arch;
  return TRUE;
}

/**
 * machtype_record_query_builder_set_state:
 * @builder: a builder; must not be %NULL
 * @state: (nullable): the state by Nova's or libvirt's name, in any case; %NULL or an empty string
 *   for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of instances in one state.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown state.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_state (MachtypeRecordQueryBuilder *builder, const char *state,
                                         GError **error)
{
  MachtypeState ignored;

  g_return_val_if_fail (builder != NULL, FALSE);

  if (state != NULL && *state != '\0') {
    if (machtype_state_from_string (state, error) == MACHTYPE_STATE_UNKNOWN)
      return FALSE;
    state = mt_state_find (state, &ignored);
  }
  return check_and_set (&builder->query->state, "the state", state, error);
}

/**
 * machtype_record_query_builder_set_machine_pattern:
 * @builder: a builder; must not be %NULL
 * @pattern: (nullable): a pattern of names, copied; %NULL or an empty string for any, and for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records whose machine type matches a pattern as a whole: `*` is any number of
 * characters, `?` one, and every other character itself. A record without a machine type matches no
 * pattern.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text with control characters or that is not valid
 * UTF-8, %MACHTYPE_ERROR_TOO_LARGE for more than %MACHTYPE_RECORD_MAX_TEXT bytes.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_machine_pattern (MachtypeRecordQueryBuilder *builder,
                                                   const char *pattern, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return check_and_set (&builder->query->machine_pattern, "the pattern of machine types", pattern,
                        error);
}

/**
 * machtype_record_query_builder_set_name_pattern:
 * @builder: a builder; must not be %NULL
 * @pattern: (nullable): a pattern of names, copied; %NULL or an empty string for any, and for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of instances whose name matches a pattern as a whole: `*` is any number of
 * characters, `?` one, and every other character itself. A record without a name matches no
 * pattern.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text with control characters or that is not valid
 * UTF-8, %MACHTYPE_ERROR_TOO_LARGE for more than %MACHTYPE_RECORD_MAX_TEXT bytes.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_name_pattern (MachtypeRecordQueryBuilder *builder,
                                                const char *pattern, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return check_and_set (&builder->query->name_pattern, "the pattern of names", pattern, error);
}

/**
 * machtype_record_query_builder_set_name:
 * @builder: a builder; must not be %NULL
 * @name: (nullable): the name of an instance, copied; %NULL or an empty string for any, and for
 *   none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Wants only the records of instances with exactly this name. Names can occur more than once: of
 * guests on different hosts, for example. An SQLite store has an index for it.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text with control characters or that is not valid
 * UTF-8, %MACHTYPE_ERROR_TOO_LARGE for more than %MACHTYPE_RECORD_MAX_TEXT bytes.
 *
 * Returns: %TRUE, or %FALSE on error; the builder is then unchanged
 * Since: 1.0
 */
gboolean
machtype_record_query_builder_set_name (MachtypeRecordQueryBuilder *builder, const char *name,
                                        GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return check_and_set (&builder->query->name, "the name", name, error);
}

/**
 * machtype_record_query_builder_set_seen_before:
 * @builder: a builder; must not be %NULL
 * @seconds: seconds since 1970-01-01 00:00 UTC; 0 for any time
 *
 * Wants only the records of instances that were last seen before a time, which includes those of
 * which it is unknown when.
 *
 * Since: 1.0
 */
void
machtype_record_query_builder_set_seen_before (MachtypeRecordQueryBuilder *builder, gint64 seconds)
{
  g_return_if_fail (builder != NULL);
  builder->query->seen_before = seconds;
}

/**
 * machtype_record_query_builder_set_class:
 * @builder: a builder; must not be %NULL
 * @record_class: (nullable): the class; %NULL for any
 *
 * Wants only the records of one class.
 *
 * Since: 1.0
 */
void
machtype_record_query_builder_set_class (MachtypeRecordQueryBuilder *builder,
                                         MachtypeRecordClass *record_class)
{
  g_return_if_fail (builder != NULL);

  if (record_class != NULL)
    machtype_record_class_ref (record_class);
  machtype_record_class_unref (builder->query->record_class);
  builder->query->record_class = record_class;
}

/**
 * machtype_record_query_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the query. The builder keeps its contents and can be used again.
 *
 * Returns: (transfer full): the query
 * Since: 1.0
 */
MachtypeRecordQuery *
machtype_record_query_builder_end (MachtypeRecordQueryBuilder *builder)
{
  MachtypeRecordQuery *query;

  g_return_val_if_fail (builder != NULL, NULL);

  query = g_new (MachtypeRecordQuery, 1);
  *query = *builder->query;
  g_atomic_ref_count_init (&query->refs);
  mt_ref_string_dup (query->cell);
  mt_ref_string_dup (query->host);
  mt_ref_string_dup (query->state);
  mt_ref_string_dup (query->machine_pattern);
  mt_ref_string_dup (query->name_pattern);
  mt_ref_string_dup (query->name);
  if (query->record_class != NULL)
    machtype_record_class_ref (query->record_class);
  return query;
}
