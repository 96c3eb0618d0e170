/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests of list, laid out for a person. */

#include "list.h"

#include "terminal.h"

static void
append_other (GString *text, const char *word, const char *machine, const char *usual)
{
  if (machine != NULL && g_strcmp0 (machine, usual) != 0)
    g_string_append_printf (text, "%s%s %s", text->len != 0 ? ", " : "", word, machine);
}

/* "=": as recorded. NULL: it is not known. */
static char *
dup_domain (const MachtypeAuditEntry *entry)
{
  const char *recorded = machtype_audit_entry_get_recorded (entry);
  const char *defined = machtype_audit_entry_get_defined (entry);
  const char *usual = defined != NULL ? defined : recorded;
  GString *text = g_string_new (NULL);

  if (defined != NULL)
    g_string_append (text, g_strcmp0 (defined, recorded) == 0 ? "=" : defined);
  append_other (text, "runs", machtype_audit_entry_get_running (entry), usual);
  append_other (text, "saved", machtype_audit_entry_get_saved (entry), usual);
  return g_string_free (text, text->len == 0);
}

static Style
get_style (const MachtypeAuditEntry *entry)
{
  switch (machtype_audit_entry_get_severity (entry)) {
  case MACHTYPE_SEVERITY_ERROR:
    return STYLE_BAD;
  case MACHTYPE_SEVERITY_WARNING:
    return STYLE_WARNING;
  default:
    return STYLE_DIM;
  }
}

/* The targets that are platforms, of every entry. */
static guint
count_platforms (const ListOptions *o)
{
  return o->guests.platforms != NULL ? machtype_audit_entry_get_n_targets (o->entries->pdata[0])
                                     : 0;
}

static Style
get_style_on (const MachtypeAuditEntry *entry, guint target)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_target_findings (entry, target);
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (machtype_finding_get_severity (findings->pdata[i]) == MACHTYPE_SEVERITY_ERROR)
      return STYLE_BAD;
  }
  return machtype_audit_entry_get_target_deprecated (entry, target) == MACHTYPE_ANSWER_YES
             ? STYLE_WARNING
             : STYLE_PLAIN;
}

/* named: by the platform, too. */
static void
add_answers (const ListOptions *o, Table *table, const MachtypeAuditEntry *entry, gboolean named)
{
  guint i;

  for (i = 0; i < count_platforms (o); i++) {
    const char *platform = machtype_audit_entry_get_target_platform (entry, i);
    g_autofree char *answer = guest_dup_answer (entry, i);
    g_autofree char *text = named ? g_strdup_printf ("%s: %s", platform, answer) : NULL;

    table_add (table, get_style_on (entry, i), named ? text : answer);
  }
}

static void
add_forecast_cell (Table *table, Style style, const char *name, const char *value)
{
  g_autofree char *text = name != NULL ? g_strdup_printf ("%s %s", name, value) : NULL;

  table_add (table, style, value == NULL || name == NULL ? value : text);
}

static void
add_forecast (Table *table, const MachtypeAuditEntry *entry, gboolean named)
{
  const gboolean has_end = machtype_audit_entry_get_end (entry) != NULL;

  add_forecast_cell (table, has_end ? STYLE_WARNING : STYLE_PLAIN,
                     !named    ? NULL
                     : has_end ? "ends on"
                               : "end",
                     guest_get_end (entry));
  add_forecast_cell (table, STYLE_PLAIN, named ? "released" : NULL, guest_get_date (entry));
  add_forecast_cell (table, STYLE_PLAIN, named ? "perhaps on" : NULL, guest_get_unsure (entry));
  add_forecast_cell (table, STYLE_PLAIN, named ? "can have" : NULL,
                     machtype_audit_entry_get_newest (entry));
}

static void
add_row (const ListOptions *o, Table *table, const MachtypeAuditEntry *entry, gboolean named)
{
  g_autofree char *removed = guest_dup_removed_in (entry), *domain = dup_domain (entry);
  g_autofree char *codes =
      count_platforms (o) != 0 ? guest_dup_other_codes (entry) : guest_dup_codes (entry);

  table_add (table, STYLE_NAME, or_dash (machtype_audit_entry_get_name (entry)));
  table_add (table, STYLE_DIM, o->wide ? machtype_audit_entry_get_uuid (entry) : NULL);
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_host_name (entry)));
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_state (entry)));
  table_add (table, STYLE_PLAIN, or_dash (guest_get_arch (entry)));
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_recorded (entry)));
  table_add (table, STYLE_PLAIN, domain);
  table_add (table, STYLE_PLAIN, removed);
  add_answers (o, table, entry, named);
  if (o->guests.forecast)
    add_forecast (table, entry, named);
  table_add (table, get_style (entry), codes);
}

/* One column more for each platform. */
static Table *
new_table (const ListOptions *o)
{
  static const char *const first[] = { "NAME", "UUID",     "HOST",   "STATE",
                                       "ARCH", "RECORDED", "DOMAIN", ">REMOVED" };
  static const char *const forecast[] = { "ENDS ON", "RELEASED", "PERHAPS ON", "CAN HAVE" };
  g_autoptr (GPtrArray) heads = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (heads, g_strdup (first[i]));
  for (i = 0; i < count_platforms (o); i++) {
    const char *platform = machtype_audit_entry_get_target_platform (o->entries->pdata[0], i);

    g_ptr_array_add (heads, g_ascii_strup (platform, -1));
  }
  for (i = 0; o->guests.forecast && i < G_N_ELEMENTS (forecast); i++)
    g_ptr_array_add (heads, g_strdup (forecast[i]));
  g_ptr_array_add (heads, g_strdup ("FINDINGS"));
  g_ptr_array_add (heads, NULL);
  return table_new ((const char *const *)heads->pdata);
}

static Table *
fill_table (const ListOptions *o, gboolean named)
{
  Table *table = new_table (o);
  guint i;

  for (i = 0; i < o->entries->len; i++)
    add_row (o, table, o->entries->pdata[i], named);
  return table;
}

static void
print_table (const ListOptions *o)
{
  g_autoptr (Table) table = NULL;

  if (o->entries->len == 0)
    return;
  table = fill_table (o, FALSE);
  if ((count_platforms (o) != 0 || o->guests.forecast) && !table_has_heads (table, stdout, 0)) {
    table_free (table);
    table = fill_table (o, TRUE);
  }
  table_print (table, stdout, 0);
}

/* "5 guests: 1 with an error, 2 with a warning" */
static void
print_summary (const ListOptions *o)
{
  guint n_errors = 0, n_warnings = 0, i;
  g_autoptr (Text) text = text_new ();

  for (i = 0; i < o->entries->len; i++) {
    const MachtypeSeverity severity = machtype_audit_entry_get_severity (o->entries->pdata[i]);

    n_errors += severity == MACHTYPE_SEVERITY_ERROR;
    n_warnings += severity == MACHTYPE_SEVERITY_WARNING;
  }
  text_add (text, STYLE_PLAIN, "%u guest%s", o->entries->len, o->entries->len == 1 ? "" : "s");
  if (n_errors != 0) {
    text_add (text, STYLE_PLAIN, ", ");
    text_add (text, STYLE_BAD, "%u with failures", n_errors);
  }
  if (n_warnings != 0) {
    text_add (text, STYLE_PLAIN, ", ");
    text_add (text, STYLE_WARNING, "%u with warnings", n_warnings);
  }
  if (n_errors + n_warnings != 0)
    text_add (text, STYLE_PLAIN, "; 'machtype audit' says what to do");
  text_print (text, stderr, 0, 2, NULL);
}

void
list_print_screen (const ListOptions *o)
{
  print_table (o);
  if (o->entries->len != 0)
    print_summary (o);
}
