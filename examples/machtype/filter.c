/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which guests are wanted. */

#include "filter.h"

#include <string.h>

#define SECONDS_A_DAY (24 * 60 * 60)

/* What has two names. Help shows one of them. */
static void
add_current (GOptionContext *context, GuestFilter *o)
{
  const int flags = o->only_current ? 0 : G_OPTION_FLAG_HIDDEN;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_STRING, &o->state, "only in this state", "STATE" },
    { "machine", 0, 0, G_OPTION_ARG_STRING, &o->machine,
      "only with a type like this, such as 'pc*'", "PATTERN" },
    { "current-state", 0, flags, G_OPTION_ARG_STRING, &o->state, "only in this state", "STATE" },
    { "current-machine", 0, flags, G_OPTION_ARG_STRING, &o->machine,
      "only with a type like this, such as 'pc*'", "PATTERN" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Selection", o->only_current ? entries + 2 : entries);
}

static void
add_all (GOptionContext *context, GuestFilter *o)
{
  const GOptionEntry entries[] = {
    { "unpinned", 0, 0, G_OPTION_ARG_NONE, &o->unpinned, "only without a recorded version", NULL },
    { "differs", 0, 0, G_OPTION_ARG_NONE, &o->differs, "only with another type than recorded",
      NULL },
    { "unrecorded", 0, 0, G_OPTION_ARG_NONE, &o->unrecorded, "only without a recorded type", NULL },
    { "deprecated", 0, 0, G_OPTION_ARG_NONE, &o->deprecated, "only with a deprecated type", NULL },
    { "removed-in", 0, 0, G_OPTION_ARG_STRING, &o->removed_in,
      "only with a type that this QEMU lacks", "VERSION" },
    { "not-seen", 0, 0, G_OPTION_ARG_INT, &o->not_seen, "only not seen for so long", "DAYS" },
    { "arch", 0, 0, G_OPTION_ARG_STRING, &o->arch, "only of this architecture", "ARCH" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "only on this host", "NAME" },
    { "cell", 0, 0, G_OPTION_ARG_STRING, &o->cell, "only of this cell", "CELL" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name, "only with a name like this", "PATTERN" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  o->not_seen = -1;
  options_add_group (context, "Selection", entries);
  add_current (context, o);
}

void
filter_add (GOptionContext *context, GuestFilter *o)
{
  add_all (context, o);
}

void
filter_add_current (GOptionContext *context, GuestFilter *o)
{
  o->only_current = TRUE;
  add_all (context, o);
}

void
filter_clear (GuestFilter *o)
{
  g_free (o->removed_in);
  g_free (o->arch);
  g_free (o->host);
  g_free (o->cell);
  g_free (o->state);
  g_free (o->machine);
  g_free (o->name);
}

gboolean
filter_is_set (const GuestFilter *o)
{
  return o->unpinned || o->differs || o->unrecorded || o->deprecated || o->removed_in != NULL ||
         o->not_seen != -1 || o->arch != NULL || o->host != NULL || o->cell != NULL ||
         o->state != NULL || o->machine != NULL || o->name != NULL;
}

gboolean
filter_check_given (const GuestFilter *o, GError **error)
{
  const struct {
    const char *name, *value;
  } texts[] = {
    { "removed-in", o->removed_in },
    { "arch", o->arch },
    { "host", o->host },
    { "cell", o->cell },
    { o->only_current ? "current-state" : "state", o->state },
    { o->only_current ? "current-machine" : "machine", o->machine },
    { "name", o->name },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].value != NULL && *texts[i].value == '\0')
      return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--%s is empty", texts[i].name);
  }
  return TRUE;
}

static gboolean
is_number (const char *text, guint64 least, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, least, 999, &value, NULL))
    return FALSE;
  *number = (guint)value;
  return TRUE;
}

/* "10.1"; "10" is 10.0, and a third number changes no machine type. */
static gboolean
read_version (const char *text, guint *major, guint *minor, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 4);
  const guint n = g_strv_length (parts);
  g_autofree char *shown = NULL;
  guint micro;

  *minor = 0;
  if (n >= 1 && n <= 3 && is_number (parts[0], 1, major) &&
      (n < 2 || is_number (parts[1], 0, minor)) && (n < 3 || is_number (parts[2], 0, &micro)))
    return TRUE;
  shown = dup_shown (text);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--removed-in %s: not a version of QEMU, such as 10.1", shown);
}

static gboolean
set_filters (MachtypeRecordQueryBuilder *builder, const GuestFilter *o, GError **error)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  if (o->arch != NULL) {
    arch = machtype_arch_from_string (o->arch, error);
    if (arch == MACHTYPE_ARCH_UNKNOWN ||
        !machtype_record_query_builder_set_arch (builder, arch, error))
      return FALSE;
  }
  if (o->not_seen >= 0)
    machtype_record_query_builder_set_seen_before (
        builder, g_get_real_time () / G_TIME_SPAN_SECOND - (gint64)o->not_seen * SECONDS_A_DAY);
  return machtype_record_query_builder_set_cell (builder, o->cell, error) &&
         machtype_record_query_builder_set_host (builder, o->host, error) &&
         machtype_record_query_builder_set_state (builder, o->state, error) &&
         machtype_record_query_builder_set_machine_pattern (builder, o->machine, error) &&
         machtype_record_query_builder_set_name_pattern (builder, o->name, error);
}

MachtypeRecordQuery *
filter_read (GuestFilter *o, GError **error)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();

  if (o->not_seen < -1) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "--not-seen: the number of days cannot be negative");
    return NULL;
  }
  if (o->removed_in != NULL &&
      !read_version (o->removed_in, &o->removed_major, &o->removed_minor, error))
    return NULL;
  return set_filters (builder, o, error) ? machtype_record_query_builder_end (builder) : NULL;
}

/* Without a version: nothing recorded, an alias, or a board. A name of an unknown vendor can have
 * one. */
static gboolean
is_unpinned (const MachtypeAuditEntry *entry)
{
  const char *recorded = machtype_audit_entry_get_recorded (entry);
  g_autoptr (MachtypeName) name = NULL;

  if (recorded == NULL)
    return TRUE;
  name = machtype_name_new (recorded, machtype_audit_entry_get_arch (entry), NULL);
  if (name == NULL || machtype_name_get_kind (name) == MACHTYPE_NAME_KIND_VERSIONED)
    return name == NULL;
  return machtype_name_get_kind (name) != MACHTYPE_NAME_KIND_UNKNOWN ||
         strchr (recorded, '.') == NULL;
}

static gboolean
is_removed (const GuestFilter *o, const MachtypeAuditEntry *entry)
{
  guint major, minor;

  return machtype_audit_entry_get_removed_in (entry, &major, &minor) &&
         (major < o->removed_major || (major == o->removed_major && minor <= o->removed_minor));
}

gboolean
filter_wants (const GuestFilter *o, const MachtypeAuditEntry *entry)
{
  return (!o->unpinned || is_unpinned (entry)) &&
         (!o->unrecorded || machtype_audit_entry_get_recorded (entry) == NULL) &&
         (!o->differs || machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS) ||
          machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING)) &&
         (!o->deprecated ||
          machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DEPRECATED)) &&
         (o->removed_in == NULL || is_removed (o, entry));
}
