/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype list: the guests, what is recorded of each, and what each really has. */

#include "guests.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  GuestsOptions guests;
  char *sort;
  gboolean wide;
  gboolean is_screen;
  GPtrArray *entries; /* of MachtypeAuditEntry, to be sorted and laid out; NULL: printed at once */
} ListOptions;

typedef const char *(*TextFunc) (const MachtypeAuditEntry *entry);

static const char *
get_arch (const MachtypeAuditEntry *entry)
{
  const MachtypeArch arch = machtype_audit_entry_get_arch (entry);

  return arch != MACHTYPE_ARCH_UNKNOWN ? machtype_arch_to_string (arch) : NULL;
}

static int
compare_texts (TextFunc func, const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  const char *x = func (a), *y = func (b);

  /* What is not known comes last. */
  if (x == NULL || y == NULL)
    return (x == NULL) - (y == NULL);
  return strcmp (x, y);
}

static int
by_name (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return compare_texts (machtype_audit_entry_get_name, a, b);
}

static int
by_uuid (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return compare_texts (machtype_audit_entry_get_uuid, a, b);
}

static int
by_host (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return compare_texts (machtype_audit_entry_get_host_name, a, b);
}

static int
by_state (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return compare_texts (machtype_audit_entry_get_state, a, b);
}

static int
by_arch (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return compare_texts (get_arch, a, b);
}

static int
by_machine (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  const char *x = machtype_audit_entry_get_machine (a), *y = machtype_audit_entry_get_machine (b);
  g_autoptr (MachtypeName) x_name = x != NULL ? machtype_name_new (x, 0, NULL) : NULL;
  g_autoptr (MachtypeName) y_name = y != NULL ? machtype_name_new (y, 0, NULL) : NULL;

  if (x_name == NULL || y_name == NULL)
    return compare_texts (machtype_audit_entry_get_machine, a, b);
  return machtype_name_collate (x_name, y_name);
}

/* The soonest first. */
static int
by_removal (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  guint a_major = G_MAXUINT, a_minor = 0, b_major = G_MAXUINT, b_minor = 0;

  machtype_audit_entry_get_removed_in (a, &a_major, &a_minor);
  machtype_audit_entry_get_removed_in (b, &b_major, &b_minor);
  if (a_major != b_major)
    return a_major < b_major ? -1 : 1;
  return (a_minor > b_minor) - (a_minor < b_minor);
}

/* The most severe first. */
static int
by_findings (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  return (int)machtype_audit_entry_get_severity (b) - (int)machtype_audit_entry_get_severity (a);
}

typedef int (*CompareFunc) (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b);

static const struct {
  char word[12];
  CompareFunc func;
} keys[] = {
  { "name", by_name },          { "uuid", by_uuid },         { "host", by_host },
  { "state", by_state },        { "arch", by_arch },         { "machine", by_machine },
  { "removed-in", by_removal }, { "findings", by_findings },
};

static CompareFunc
find_key (const char *word)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (strcmp (keys[i].word, word) == 0)
      return keys[i].func;
  }
  return NULL;
}

/* What is equal by the key is ordered by name and, as names can be equal, by UUID. */
static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const MachtypeAuditEntry *x = *(MachtypeAuditEntry *const *)a;
  const MachtypeAuditEntry *y = *(MachtypeAuditEntry *const *)b;
  const CompareFunc funcs[] = { *(CompareFunc *)data, by_name, by_host, by_uuid };
  gsize i;
  int order = 0;

  for (i = 0; i < G_N_ELEMENTS (funcs) && order == 0; i++)
    order = funcs[i](x, y);
  return order;
}

/* The number of targets grows with --on, so that theirs come last. */
static void
print_plain (const MachtypeAuditEntry *entry)
{
  const guint n_targets = machtype_audit_entry_get_n_targets (entry);
  g_autofree char *removed = guest_dup_removed_in (entry), *codes = guest_dup_codes (entry);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  const char *const known[] = {
    machtype_audit_entry_get_name (entry),
    machtype_audit_entry_get_uuid (entry),
    machtype_audit_entry_get_host_name (entry),
    machtype_audit_entry_get_state (entry),
    get_arch (entry),
    machtype_audit_entry_get_recorded (entry),
    machtype_audit_entry_get_defined (entry),
    machtype_audit_entry_get_running (entry),
    machtype_audit_entry_get_saved (entry),
    removed,
    codes,
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (known); i++)
    g_ptr_array_add (fields, g_strdup (known[i]));
  for (i = 0; i < n_targets; i++)
    g_ptr_array_add (fields, guest_dup_answer (entry, i));
  print_fields ((const char *const *)fields->pdata, fields->len);
}

static void
print_entry (const ListOptions *o, const MachtypeAuditEntry *entry)
{
  if (o->guests.json)
    json_print (machtype_audit_entry_to_json (entry));
  else
    print_plain (entry);
}

static void
on_guest (MachtypeAuditEntry *entry, gpointer data)
{
  const ListOptions *o = data;

  if (o->entries != NULL)
    g_ptr_array_add (o->entries, machtype_audit_entry_ref (entry));
  else
    print_entry (o, entry);
}

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

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
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
add_row (const ListOptions *o, Table *table, const MachtypeAuditEntry *entry, gboolean named)
{
  g_autofree char *removed = guest_dup_removed_in (entry), *domain = dup_domain (entry);
  g_autofree char *codes =
      count_platforms (o) != 0 ? guest_dup_other_codes (entry) : guest_dup_codes (entry);

  table_add (table, STYLE_NAME, or_dash (machtype_audit_entry_get_name (entry)));
  table_add (table, STYLE_DIM, o->wide ? machtype_audit_entry_get_uuid (entry) : NULL);
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_host_name (entry)));
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_state (entry)));
  table_add (table, STYLE_PLAIN, or_dash (get_arch (entry)));
  table_add (table, STYLE_PLAIN, or_dash (machtype_audit_entry_get_recorded (entry)));
  table_add (table, STYLE_PLAIN, domain);
  table_add (table, STYLE_PLAIN, removed);
  add_answers (o, table, entry, named);
  table_add (table, get_style (entry), codes);
}

/* One column more for each platform. */
static Table *
new_table (const ListOptions *o)
{
  static const char *const first[] = { "NAME", "UUID",     "HOST",   "STATE",
                                       "ARCH", "RECORDED", "DOMAIN", ">REMOVED" };
  g_autoptr (GPtrArray) heads = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (heads, g_strdup (first[i]));
  for (i = 0; i < count_platforms (o); i++) {
    const char *platform = machtype_audit_entry_get_target_platform (o->entries->pdata[0], i);

    g_ptr_array_add (heads, g_ascii_strup (platform, -1));
  }
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
  if (count_platforms (o) != 0 && !table_has_heads (table, stdout, 0)) {
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

static void
print_all (ListOptions *o)
{
  CompareFunc func = find_key (o->sort != NULL ? o->sort : "name");
  guint i;

  g_ptr_array_sort_with_data (o->entries, compare, &func);
  if (!o->is_screen) {
    for (i = 0; i < o->entries->len; i++)
      print_entry (o, o->entries->pdata[i]);
    return;
  }
  print_table (o);
  if (o->entries->len != 0)
    print_summary (o);
}

static gboolean
check_sort (const ListOptions *o, GError **error)
{
  g_autofree char *shown = NULL;

  if (o->sort == NULL || find_key (o->sort) != NULL)
    return TRUE;
  shown = dup_shown (o->sort);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--sort %s: possible: name, uuid, host, state, arch, machine, removed-in, "
                    "findings",
                    shown);
}

static int
list (ListOptions *o, GError **error)
{
  GuestsResult result = { 0 };

  if (!check_sort (o, error))
    return STATUS_USAGE;
  o->is_screen = !o->guests.json && terminal_is_screen (stdout);
  if (o->is_screen || o->sort != NULL)
    o->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_audit_entry_unref);
  if (guests_run (&o->guests, MACHTYPE_AUDIT_NONE, on_guest, o, &result, error) &&
      o->entries != NULL)
    print_all (o);
  g_clear_pointer (&o->entries, g_ptr_array_unref);
  return result.has_failed ? STATUS_BACKEND : STATUS_DONE;
}

int
command_list (int argc, char **argv)
{
  ListOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "sort", 0, 0, G_OPTION_ARG_STRING, &o.sort, "name, host, machine, removed-in, findings, ...",
      "KEY" },
    { "wide", 0, 0, G_OPTION_ARG_NONE, &o.wide, "on a terminal, show UUIDs, too", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context =
      options_new (NULL,
                   "Lists guests: what is recorded of each, what its domain is defined with, runs\n"
                   "with and would resume, when QEMU removes that, and what an audit finds. The\n"
                   "guests are those of the hosts of --connect or, without it, of machtype.conf\n"
                   "(hosts); if that names none, the records of the store.",
                   "Exit status: 0 done, 2 bad input or usage, 3 a host or the store could not be\n"
                   "asked.\n\n"
                   "Example:\n"
                   "  machtype list --connect qemu:///system --unpinned\n"
                   "  machtype list --on debian-13 --on debian-sid");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  guests_options_add (context, &o.guests);
  options_add_output (context, &o.guests.json, "print JSON, one object per guest");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = list (&o, &error);
  if (error != NULL) {
    report_answer (error, o.guests.json);
    status = STATUS_USAGE;
  }
  g_free (o.sort);
  guests_options_clear (&o.guests);
  return status;
}
