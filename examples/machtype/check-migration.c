/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype check-migration: may guests be moved from one host to another. */

#include "hosts.h"
#include "report.h"

#include <string.h>
#include <unistd.h>

#include "terminal.h"

/* One of both hosts. */
typedef struct {
  const char *text;
  MachtypeConnection *connection; /* NULL: a file, or a platform */
  MachtypeHost *host;
} Side;

typedef struct {
  HostOptions hosts; /* what they share: the architecture of platforms, and the timeout */
  StoreOptions store;
  gboolean json;
  Side source, target;
  Table *table; /* NULL: not for a person */
  Gathering *gathering;
  guint n, n_not_yes;
  gboolean has_note; /* what is said of all guests alike was said */
  gboolean has_failed;
} MigrationOptions;

static void
side_clear (Side *side)
{
  g_clear_pointer (&side->host, machtype_host_unref);
  g_clear_pointer (&side->connection, machtype_connection_unref);
}

/* "qemu:///system", not "ubuntu-26.04/hwe" or "./host.xml". */
static gboolean
is_uri (const char *text)
{
  const char *colon = strchr (text, ':');

  return colon != NULL && colon != text && memchr (text, '/', (gsize)(colon - text)) == NULL;
}

static gboolean
open_side (const MigrationOptions *o, Side *side, const char *text, GError **error)
{
  HostOptions options = { .host_arch = o->hosts.host_arch, .timeout = o->hosts.timeout };
  g_autofree char *copy = g_strdup (text);

  side->text = text;
  if (!check_timeout (options.timeout, error))
    return FALSE;
  if (is_uri (text)) {
    side->connection = open_connection_to_read (text, options.timeout, error);
    if (side->connection != NULL)
      side->host = read_host_of (side->connection, text, error);
    return side->host != NULL;
  }
  if (access (text, F_OK) == 0 || g_str_has_suffix (text, ".xml")) {
    options.capabilities = copy;
    options.host_arch = NULL;
  } else
    options.platform = copy;
  side->host = host_options_open (&options, error);
  return side->host != NULL;
}

static Style
get_style (MachtypeAnswer answer)
{
  return answer == MACHTYPE_ANSWER_YES  ? STYLE_GOOD
         : answer == MACHTYPE_ANSWER_NO ? STYLE_BAD
                                        : STYLE_WARNING;
}

static Guest
get_guest (const MachtypeMigration *migration)
{
  return (Guest){ machtype_migration_get_uuid (migration), machtype_migration_get_name (migration),
                  NULL, machtype_migration_get_machine (migration) };
}

static void
add_row (MigrationOptions *o, const MachtypeMigration *migration, GPtrArray *findings)
{
  const MachtypeAnswer live = machtype_migration_get_live (migration);
  const MachtypeAnswer cold = machtype_migration_get_cold (migration);
  const Guest guest = get_guest (migration);

  table_add (o->table, STYLE_NAME, or_dash (guest.name != NULL ? guest.name : guest.uuid));
  table_add (o->table, STYLE_PLAIN, machtype_migration_is_running (migration) ? "running" : "off");
  table_add (o->table, STYLE_PLAIN, or_dash (guest.machine));
  table_add (o->table, get_style (live), machtype_answer_to_string (live));
  table_add (o->table, get_style (cold), machtype_answer_to_string (cold));
  gathering_add (o->gathering, &guest, findings);
}

static gboolean
is_said (MigrationOptions *o, const MachtypeFinding *finding)
{
  const gboolean was_said = o->has_note;

  if (machtype_finding_get_severity (finding) != MACHTYPE_SEVERITY_NOTE)
    return FALSE;
  o->has_note = TRUE;
  return was_said;
}

static void
print_plain (MigrationOptions *o, const MachtypeMigration *migration, const GPtrArray *findings)
{
  const Guest guest = get_guest (migration);
  const char *const fields[] = {
    guest.name,
    guest.uuid,
    guest.machine,
    machtype_migration_is_running (migration) ? "running" : "off",
    machtype_answer_to_string (machtype_migration_get_live (migration)),
    machtype_answer_to_string (machtype_migration_get_cold (migration)),
  };
  guint i;

  print_fields (fields, G_N_ELEMENTS (fields));
  for (i = 0; i < findings->len; i++) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();

    if (is_said (o, findings->pdata[i]))
      continue;
    g_ptr_array_add (one, findings->pdata[i]);
    guest_warn (&guest, one);
  }
}

static void
take (MigrationOptions *o, const MachtypeMigration *migration)
{
  g_autoptr (GPtrArray) findings = machtype_migration_list_findings (migration);
  const MachtypeAnswer answer = machtype_migration_is_running (migration)
                                    ? machtype_migration_get_live (migration)
                                    : machtype_migration_get_cold (migration);

  o->n++;
  o->n_not_yes += answer != MACHTYPE_ANSWER_YES;
  if (o->json)
    json_print (machtype_migration_to_json (migration));
  else if (o->table != NULL)
    add_row (o, migration, findings);
  else
    print_plain (o, migration, findings);
}

static MachtypeAnswer
compare_cpu (MigrationOptions *o, const char *xml)
{
  g_autoptr (GError) why = NULL;
  MachtypeAnswer answer;

  if (o->target.connection == NULL || xml == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  answer = machtype_connection_compare_cpu (o->target.connection, xml, &why);
  if (why != NULL)
    g_printerr ("warning: %s: the CPU was not compared: %s\n", o->target.text, why->message);
  return answer;
}

static gboolean
check_status (MigrationOptions *o, MachtypeDomainStatus *status, GError **error)
{
  const MachtypeDefinitionFlags flags = machtype_domain_status_get_running (status) != NULL
                                            ? MACHTYPE_DEFINITION_RUNNING
                                            : MACHTYPE_DEFINITION_NONE;
  g_autofree char *xml = machtype_connection_dup_definition (
      o->source.connection, machtype_domain_status_get_uuid (status), flags, error);
  g_autoptr (MachtypeMigration) migration = NULL;

  if (xml == NULL)
    return FALSE;
  migration = machtype_migration_check (status, xml, o->source.host, o->target.host,
                                        compare_cpu (o, xml), error);
  if (migration != NULL)
    take (o, migration);
  return migration != NULL;
}

static gboolean
keep_status (MachtypeDomainStatus *status, gpointer data)
{
  g_ptr_array_add (data, machtype_domain_status_ref (status));
  return TRUE;
}

/* A guest that cannot be read hides nothing of the others. */
static void
report_guest (MigrationOptions *o, const GError *error)
{
  o->has_failed = TRUE;
  host_report_failure (o->source.text, error, o->json);
}

static gboolean
check_all_domains (MigrationOptions *o, GError **error)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_status_unref);
  guint i;

  if (!machtype_connection_foreach_status (o->source.connection, MACHTYPE_DOMAIN_READ_SAVED,
                                           keep_status, all, error))
    return FALSE;
  for (i = 0; i < all->len; i++) {
    g_autoptr (GError) why = NULL;

    if (!check_status (o, all->pdata[i], &why))
      report_guest (o, why);
  }
  return TRUE;
}

static gboolean
check_domain (MigrationOptions *o, const char *name, GError **error)
{
  g_autofree char *uuid =
      g_uuid_string_is_valid (name)
          ? g_ascii_strdown (name, -1)
          : machtype_connection_dup_domain_uuid (o->source.connection, name, error);
  g_autoptr (MachtypeDomainStatus) status = NULL;

  if (uuid != NULL)
    status = machtype_connection_read_status (o->source.connection, uuid,
                                              MACHTYPE_DOMAIN_READ_SAVED, error);
  return status != NULL && check_status (o, status, error);
}

static gboolean
check_record (MachtypeRecord *record, gpointer data)
{
  MigrationOptions *o = data;
  g_autoptr (MachtypeMigration) migration =
      machtype_migration_check_record (record, o->source.host, o->target.host);

  take (o, migration);
  return TRUE;
}

static gboolean
check_records (MigrationOptions *o, char **names, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&o->store, error);

  if (store == NULL)
    return FALSE;
  if (*names == NULL)
    return machtype_store_foreach (store, NULL, NULL, check_record, o, error);
  for (; *names != NULL; names++) {
    g_autoptr (MachtypeRecord) record = find_record_of (store, *names, error);

    if (record == NULL)
      return FALSE;
    check_record (record, o);
  }
  return TRUE;
}

static gboolean
check_guests_of (MigrationOptions *o, char **names, GError **error)
{
  if (o->source.connection == NULL)
    return check_records (o, names, error);
  if (*names == NULL)
    return check_all_domains (o, error);
  for (; *names != NULL; names++) {
    if (!check_domain (o, *names, error))
      return FALSE;
  }
  return TRUE;
}

static void
print_screen (const MigrationOptions *o)
{
  if (table_get_n_rows (o->table) == 0)
    return;
  table_print (o->table, stdout, 0);
  gathering_print (o->gathering, stdout, NULL, 0);
}

static int
check_migration (MigrationOptions *o, char **arguments, GError **error)
{
  static const char *const heads[] = { "NAME", "STATE", "MACHINE TYPE", "LIVE", "COLD", NULL };
  g_autoptr (Table) table = NULL;
  g_autoptr (Gathering) gathering = NULL;

  /* "-" counts as one argument, which is enough elsewhere. */
  if (arguments[1] == NULL) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the target is missing");
    return -1;
  }
  if (!open_side (o, &o->source, arguments[0], error) ||
      !open_side (o, &o->target, arguments[1], error))
    return -1;
  if (!o->json && terminal_is_screen (stdout)) {
    o->table = table = table_new (heads);
    o->gathering = gathering = gathering_new ();
  }
  if (!check_guests_of (o, arguments + 2, error))
    return -1;
  if (o->table != NULL)
    print_screen (o);
  if (o->n == 0 && !o->has_failed)
    g_printerr ("there are no guests to check%s\n",
                o->source.connection == NULL ? ": the store has no records" : "");
  if (o->has_failed)
    return STATUS_BACKEND;
  return o->n_not_yes != 0 ? STATUS_NO : STATUS_DONE;
}

int
command_check_migration (int argc, char **argv)
{
  MigrationOptions o = { .hosts.timeout = DEFAULT_TIMEOUT };
  const GOptionEntry entries[] = {
    { "host-arch", 0, 0, G_OPTION_ARG_STRING, &o.hosts.host_arch,
      "architecture of hosts that are platforms", "ARCH" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &o.hosts.timeout,
      "how long to wait for a host (default: 120)", "SECONDS" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "SOURCE TARGET [NAME...]",
      "Checks whether guests can be migrated from one host to another, live and cold:\n"
      "the machine type, what an alias stands for, saved RAM and snapshots, devices,\n"
      "and the CPU, of which libvirt on the target is asked. Changes nothing. A host\n"
      "is a libvirt URI, a file of capabilities, or a platform. The guests are those\n"
      "of SOURCE or, if that is not a URI, the records of the store.",
      "Exit status: 0 all can be migrated, 1 a guest cannot be migrated as it is\n"
      "(live if it runs, otherwise cold), or it is unknown, 2 bad input or usage,\n"
      "3 libvirt, the store or a file failed.\n\n"
      "Example:\n"
      "  machtype check-migration qemu:///system qemu+ssh://new/system web\n"
      "  machtype check-migration debian-12 debian-13");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &o.store, FALSE);
  options_add_output (context, &o.json, "print JSON, one object per guest");
  if (options_parse (context, &argc, &argv, 2, G_MAXINT, &status)) {
    status = check_migration (&o, argv + 1, &error);
    if (status < 0)
      status = report_answer (error, o.json);
  }
  side_clear (&o.source);
  side_clear (&o.target);
  store_options_clear (&o.store);
  g_free (o.hosts.host_arch);
  return status;
}
