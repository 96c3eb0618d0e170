/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype list: the guests, what is recorded of each, and what each really has. */

#include "list.h"

#include <string.h>

#include "terminal.h"

typedef const char *(*TextFunc) (const MachtypeAuditEntry *entry);

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
  return compare_texts (guest_get_arch, a, b);
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

static void
add_forecast_fields (GPtrArray *fields, const MachtypeAuditEntry *entry)
{
  g_ptr_array_add (fields, g_strdup (guest_get_end (entry)));
  g_ptr_array_add (fields, g_strdup (guest_get_date (entry)));
  g_ptr_array_add (fields, g_strdup (guest_get_unsure (entry)));
  g_ptr_array_add (fields, g_strdup (machtype_audit_entry_get_newest (entry)));
}

/* The number of targets grows with --on, so that theirs come last. */
static void
print_plain (const ListOptions *o, const MachtypeAuditEntry *entry)
{
  const guint n_targets = machtype_audit_entry_get_n_targets (entry);
  g_autofree char *removed = guest_dup_removed_in (entry), *codes = guest_dup_codes (entry);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  const char *const known[] = {
    machtype_audit_entry_get_name (entry),
    machtype_audit_entry_get_uuid (entry),
    machtype_audit_entry_get_host_name (entry),
    machtype_audit_entry_get_state (entry),
    guest_get_arch (entry),
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
  if (o->guests.forecast)
    add_forecast_fields (fields, entry);
  print_fields ((const char *const *)fields->pdata, fields->len);
}

static void
print_entry (const ListOptions *o, const MachtypeAuditEntry *entry)
{
  if (o->guests.json)
    json_print (machtype_audit_entry_to_json (entry));
  else
    print_plain (o, entry);
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
  list_print_screen (o);
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
    { "forecast", 0, 0, G_OPTION_ARG_NONE, &o.guests.forecast,
      "until which release each guest starts", NULL },
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
                   "  machtype list --on debian-13 --on debian-sid\n"
                   "  machtype list --forecast --on rhel-9.6");
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
