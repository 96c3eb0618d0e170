/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domain of an instance, on the host that --connect names: its state, its definition, and the
 * change of both its record and its definition. */

#include "machtype-program.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "diff.h"
#include "guest-hosts.h"
#include "terminal.h"

struct Apply {
  MachtypeStore *store;
  gboolean record_only, dry_run;
  MachtypeConnection *connection;
  MachtypeUpdater *updater;
  MachtypeDomain *domain; /* NULL: the host has none */
  MachtypeHost *host;     /* NULL: not read yet */
  char *uuid;
};

gboolean
apply_check (gboolean apply, gboolean record_only, const HostOptions *host, GError **error)
{
  const char *message = NULL;

  if (apply && record_only)
    message = "--apply and --record-only are mutually exclusive";
  else if (apply && host->connect == NULL)
    message = "--apply needs --connect URI, the host on which the domain is defined";
  else if (apply && host->capabilities != NULL)
    message = "--apply cannot be combined with --capabilities: it asks the host itself";
  if (message == NULL)
    return host_options_check (host, error);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
}

void
apply_free (Apply *apply)
{
  if (apply == NULL)
    return;
  g_clear_object (&apply->store);
  machtype_updater_unref (apply->updater);
  machtype_connection_unref (apply->connection);
  machtype_domain_unref (apply->domain);
  machtype_host_unref (apply->host);
  g_free (apply->uuid);
  g_free (apply);
}

/* The store may not know what happened on the host: libvirt's state counts. */
static gboolean
refresh_state (const Apply *apply, MachtypeRecord **record, GError **error)
{
  MachtypeRecord *stored;

  if (apply->dry_run)
    return TRUE;
  stored = machtype_updater_refresh (apply->updater, *record, apply->domain, error);
  if (stored == NULL)
    return FALSE;
  machtype_record_unref (*record);
  *record = stored;
  return TRUE;
}

/* Without a domain on this host only the record can change, as for an instance that is
 * shelved_offloaded. */
static gboolean
read_domain (Apply *apply, MachtypeRecord **record, GError **error)
{
  g_autoptr (GError) why = NULL;

  apply->domain = machtype_connection_read_domain (apply->connection, apply->uuid,
                                                   MACHTYPE_DOMAIN_READ_SAVED, &why);
  if (apply->domain != NULL)
    return refresh_state (apply, record, error);
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (!apply->record_only) {
    return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                      "%s; use --record-only to change only the record", why->message);
  }
  g_printerr ("warning: no-domain: %s; using the state in the record\n", why->message);
  return TRUE;
}

Apply *
apply_new (const ApplyOptions *options, MachtypeStore *store, MachtypeConnection *connection,
           GError **error)
{
  g_autoptr (Apply) apply = g_new0 (Apply, 1);
  g_autofree char *author = dup_author ();

  apply->store = g_object_ref (store);
  apply->record_only = options->record_only;
  apply->dry_run = options->dry_run;
  apply->connection = machtype_connection_ref (connection);
  apply->updater = machtype_updater_new (store, apply->connection);
  machtype_updater_set_record_only (apply->updater, options->record_only);
  return machtype_updater_set_author (apply->updater, author, error) ? g_steal_pointer (&apply)
                                                                     : NULL;
}

/* A dry run writes nothing, so it only reports what is pending. */
Apply *
apply_connect (const ApplyOptions *options, MachtypeStore *store, GError **error)
{
  g_autoptr (MachtypeConnection) connection =
      open_connection (options->host->connect, options->host->timeout, error);

  if (connection == NULL || !(options->dry_run ? pending_warn (store, NULL, error)
                                               : pending_settle (store, connection, error)))
    return NULL;
  return apply_new (options, store, connection, error);
}

gboolean
apply_read (Apply *apply, const char *text, MachtypeRecord **record, GError **error)
{
  g_clear_pointer (&apply->uuid, g_free);
  g_clear_pointer (&apply->domain, machtype_domain_unref);
  apply->uuid = find_instance (apply->store, apply->connection, text, error);
  *record =
      apply->uuid != NULL ? machtype_store_read_record (apply->store, apply->uuid, error) : NULL;
  return *record != NULL && read_domain (apply, record, error);
}

gboolean
apply_is_record_only (const Apply *apply)
{
  return apply->record_only;
}

MachtypeConnection *
apply_get_connection (const Apply *apply)
{
  return apply != NULL ? apply->connection : NULL;
}

gboolean
instance_connect (Instance *instance, const StoreOptions *store, const ApplyOptions *options,
                  GError **error)
{
  const MachtypeStoreOpenFlags flags =
      options->dry_run ? MACHTYPE_STORE_OPEN_READ_ONLY : MACHTYPE_STORE_OPEN_NONE;

  instance->store = store_options_open (store, flags, error);
  if (instance->store == NULL || options->host->connect == NULL)
    return instance->store != NULL;
  if (options->several != NULL)
    return instance_connect_several (instance, options, error);
  instance->apply = apply_connect (options, instance->store, error);
  return instance->apply != NULL;
}

gboolean
instance_read (Instance *instance, const char *text, GError **error)
{
  g_clear_pointer (&instance->record, machtype_record_unref);
  if (instance->applies != NULL)
    return instance_read_several (instance, text, error);
  if (instance->apply != NULL)
    return apply_read (instance->apply, text, &instance->record, error);
  instance->record = find_record_of (instance->store, text, error);
  return instance->record != NULL;
}

gboolean
instance_open (Instance *instance, const StoreOptions *store, const ApplyOptions *options,
               const char *text, GError **error)
{
  return instance_connect (instance, store, options, error) &&
         instance_read (instance, text, error);
}

void
instance_clear (Instance *instance)
{
  g_clear_object (&instance->store);
  machtype_record_unref (instance->record);
  if (instance->applies == NULL)
    apply_free (instance->apply);
  g_clear_pointer (&instance->applies, g_ptr_array_unref);
  g_clear_pointer (&instance->silent, g_ptr_array_unref);
}

MachtypeRecord *
instance_dup_current (const Instance *instance, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (instance->record);
  const char *state = apply_get_domain_state (instance->apply);

  if (state != NULL && !machtype_record_builder_set_state (builder, state, error))
    return NULL;
  return machtype_record_builder_end (builder);
}

MachtypeState
apply_get_state (const Apply *apply, const MachtypeRecord *record)
{
  return apply != NULL && apply->domain != NULL ? machtype_domain_get_change_state (apply->domain)
                                                : machtype_record_get_change_state (record);
}

const char *
apply_get_domain_state (const Apply *apply)
{
  return apply != NULL && apply->domain != NULL ? machtype_domain_get_state (apply->domain) : NULL;
}

const char *
apply_get_state_word (const Apply *apply, const MachtypeRecord *record)
{
  const char *word = machtype_record_get_state (record);

  if (apply_get_state (apply, record) == MACHTYPE_STATE_SAVED)
    return "saved";
  /* A dry run has not updated the record. */
  if (apply != NULL && apply->dry_run && apply_get_domain_state (apply) != NULL)
    return apply_get_domain_state (apply);
  return word != NULL ? word : "None";
}

MachtypeUpdater *
apply_get_updater (const Apply *apply)
{
  return apply->updater;
}

MachtypeHost *
apply_get_host (Apply *apply, GError **error)
{
  if (apply->host == NULL)
    apply->host =
        read_host_of (apply->connection, machtype_connection_get_uri (apply->connection), error);
  return apply->host;
}

char *
apply_dup_definition (Apply *apply, GError **error)
{
  return machtype_connection_dup_definition (apply->connection, apply->uuid,
                                             MACHTYPE_DEFINITION_NONE, error);
}

char *
apply_dup_defined (Apply *apply, GError **error)
{
  g_autofree char *xml = NULL;
  g_autoptr (MachtypeDomain) domain = NULL;

  if (apply->domain == NULL)
    return NULL;
  xml = apply_dup_definition (apply, error);
  if (xml != NULL)
    domain = machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  return domain != NULL ? g_strdup (machtype_domain_get_machine (domain)) : NULL;
}

/* libvirt quotes attributes with apostrophes, and the library with quotation marks: a line that
 * does not change is as libvirt writes it, and one that does has its quotes. old_text and new_text
 * were written by the library. */
static char *
dup_as_libvirt (const char *xml, const char *old_text, const char *new_text)
{
  g_auto (GStrv) lines = g_strsplit (xml, "\n", -1);
  g_auto (GStrv) old_lines = g_strsplit (old_text, "\n", -1);
  g_auto (GStrv) new_lines = g_strsplit (new_text, "\n", -1);
  const guint n = g_strv_length (lines);
  guint i;

  if (g_strv_length (old_lines) != n || g_strv_length (new_lines) != n)
    return g_strdup (new_text);
  for (i = 0; i < n; i++) {
    const gboolean is_same = strcmp (old_lines[i], new_lines[i]) == 0;

    if (!is_same && strchr (new_lines[i], '\'') == NULL)
      g_strdelimit (new_lines[i], "\"", '\'');
    if (is_same) {
      g_free (new_lines[i]);
      new_lines[i] = g_strdup (lines[i]);
    }
  }
  return g_strjoinv ("\n", new_lines);
}

typedef char *(*RewriteFunc) (const char *xml, gssize length, const char *value, GError **error);

/* now: what the definition has; NULL: nothing that can be rewritten. */
static char *
dup_rewritten (const char *xml, RewriteFunc rewrite, const char *now, const char *value,
               GError **error)
{
  g_autofree char *same = NULL, *other = NULL;

  if (now == NULL || value == NULL || strcmp (now, value) == 0)
    return g_strdup (xml);
  same = rewrite (xml, -1, now, error);
  if (same != NULL)
    other = rewrite (xml, -1, value, error);
  return other != NULL ? dup_as_libvirt (xml, same, other) : NULL;
}

/* The definition with another machine type. One that is brought back keeps the name that the domain
 * has now. */
static char *
dup_changed (const char *before, const char *machine, const char *restored, const char *name,
             GError **error)
{
  const char *xml = restored != NULL ? restored : before;
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, error);

  if (domain == NULL)
    return NULL;
  if (restored != NULL)
    return dup_rewritten (xml, machtype_domain_xml_with_name, machtype_domain_get_name (domain),
                          name, error);
  return dup_rewritten (xml, machtype_domain_xml_with_machine, machtype_domain_get_machine (domain),
                        machine, error);
}

gboolean
apply_print_diff (Apply *apply, const MachtypeRecord *record, const char *machine,
                  const char *definition, GError **error)
{
  const char *name = machtype_record_get_name (record);
  g_autofree char *before = NULL, *after = NULL, *diff = NULL, *old_label = NULL, *new_label = NULL;

  if (apply->domain == NULL)
    return TRUE;
  before = apply_dup_definition (apply, error);
  if (before != NULL)
    after =
        dup_changed (before, machine, definition, machtype_domain_get_name (apply->domain), error);
  if (after == NULL)
    return FALSE;
  if (name == NULL)
    name = apply->uuid;
  old_label = g_strdup_printf ("%s, as defined", name);
  new_label = g_strdup_printf ("%s, with %s", name, machine);
  diff = diff_new_unified (before, old_label, after, new_label);
  terminal_print_diff (diff);
  return TRUE;
}

GPtrArray *
apply_list_saved (const Apply *apply)
{
  return apply != NULL && apply->domain != NULL ? machtype_domain_list_saved (apply->domain)
                                                : g_ptr_array_new ();
}

GPtrArray *
apply_list_warnings (const Apply *apply, const MachtypeChange *change)
{
  GPtrArray *warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) saved = apply_list_saved (apply);
  guint i;

  for (i = 0; i < saved->len; i++) {
    const char *code = machtype_finding_get_code (saved->pdata[i]);

    if (!findings_have_code (warnings, code) && !findings_have_code (reasons, code))
      g_ptr_array_add (warnings, machtype_finding_ref (saved->pdata[i]));
  }
  return warnings;
}

void
apply_warn_of_definition (const char *defined, const char *machine)
{
  if (defined != NULL && g_strcmp0 (defined, machine) != 0)
    g_printerr ("warning: definition-differs: only the record was changed; the domain is still "
                "defined with %s\n",
                defined);
}

/* The signals that interrupt a command. */
static const int delayed_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static struct sigaction old_actions[G_N_ELEMENTS (delayed_signals)];
static volatile sig_atomic_t delayed_signal;

static void
remember_signal (int number)
{
  delayed_signal = number;
}

/* A handler instead of a mask: libvirt's existing threads would take the signal. An ignored one, as
 * under nohup, remains ignored. */
void
signals_delay (void)
{
  struct sigaction action = { 0 };
  gsize i;

  action.sa_handler = remember_signal;
  action.sa_flags = SA_RESTART;
  delayed_signal = 0;
  for (i = 0; i < G_N_ELEMENTS (delayed_signals); i++) {
    sigaction (delayed_signals[i], NULL, &old_actions[i]);
    if (old_actions[i].sa_handler != SIG_IGN)
      sigaction (delayed_signals[i], &action, NULL);
  }
}

void
signals_deliver (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (delayed_signals); i++)
    sigaction (delayed_signals[i], &old_actions[i], NULL);
  if (delayed_signal == 0)
    return;
  fflush (NULL);
  raise (delayed_signal);
}
