/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interrupted changes of record and definition: a command that can reach the host settles them, and
 * one that cannot reports them. */

#include "machtype-program.h"

#include <string.h>

static const char *
or_none (const char *machine)
{
  return machine != NULL ? machine : "no machine type";
}

static void
report_settlement (MachtypeSettlement *settlement, gpointer data)
{
  MachtypeIntention *intention = machtype_settlement_get_intention (settlement);
  const char *uuid = machtype_intention_get_uuid (intention);
  const char *old = or_none (machtype_intention_get_old_machine (intention));
  const char *new = machtype_intention_get_new_machine (intention);
  const char *defined = machtype_settlement_get_definition (settlement);

  (void)data;
  switch (machtype_settlement_get_outcome (settlement)) {
  case MACHTYPE_SETTLEMENT_OUTCOME_FINISHED:
    g_printerr (
        "settled: completed the interrupted change of instance %s from %s to %s: the domain "
        "was already defined with %s\n",
        uuid, old, new, defined);
    break;
  case MACHTYPE_SETTLEMENT_OUTCOME_EDITED:
    g_printerr ("warning: settled: completed the interrupted change of instance %s from %s to %s: "
                "the domain was already defined with %s, and was edited since; undoing the change "
                "needs --force, and loses the edit\n",
                uuid, old, new, defined);
    break;
  case MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK:
    g_printerr ("settled: undid the interrupted change of instance %s from %s to %s: the "
                "domain is still defined with %s\n",
                uuid, old, new, defined);
    break;
  case MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN:
    g_printerr ("warning: settled: dropped the interrupted change of instance %s from %s to %s: "
                "%s%s; the record keeps %s\n",
                uuid, old, new,
                defined != NULL ? "the domain has since been defined with "
                                : "the domain no longer exists",
                defined != NULL ? defined : "", old);
    break;
  default: /* pending_warn reports them */
    break;
  }
}

gboolean
pending_settle_alone (MachtypeStore *store, MachtypeConnection *connection, GError **error)
{
  g_autoptr (MachtypeUpdater) updater = machtype_updater_new (store, connection);
  g_autoptr (GPtrArray) settlements = machtype_updater_settle (updater, error);

  if (settlements == NULL)
    return FALSE;
  g_ptr_array_foreach (settlements, (GFunc)report_settlement, NULL);
  return TRUE;
}

gboolean
pending_settle (MachtypeStore *store, MachtypeConnection *connection, GError **error)
{
  return pending_settle_alone (store, connection, error) && pending_warn (store, NULL, error);
}

/* The command itself reports a store that cannot be opened. */
static gboolean
has_pending (const StoreOptions *options)
{
  g_autofree char *path = store_options_dup_path (options, NULL);
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (GPtrArray) intentions = NULL;

  if (path == NULL || !store_may_exist (path))
    return FALSE;
  store = store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, NULL);
  if (store != NULL)
    intentions = machtype_store_list_intentions (store, NULL);
  return intentions != NULL && intentions->len != 0;
}

static gboolean
settle_on (const StoreOptions *options, const HostOptions *host, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open (options, MACHTYPE_STORE_OPEN_NONE, error);
  g_autoptr (MachtypeConnection) connection = NULL;

  if (store != NULL)
    connection = open_connection (host->connect, host->timeout, error);
  return connection != NULL && pending_settle (store, connection, error);
}

/* A command that only reads may not have permission to write, and continues. */
void
pending_settle_on (const StoreOptions *options, const HostOptions *host)
{
  g_autoptr (GError) error = NULL;

  if (host->connect == NULL || !has_pending (options) || settle_on (options, host, &error))
    return;
  g_printerr ("warning: pending: cannot settle the interrupted changes: %s\n", error->message);
}

static void
print_pending (const MachtypeIntention *intention)
{
  g_autofree char *since = dup_time (machtype_intention_get_started_at (intention));

  g_printerr (
      "warning: pending: a change of instance %s was interrupted (%s): %s is recorded, and "
      "the domain may be defined with %s; to settle it, run 'machtype record --connect %s'\n",
      machtype_intention_get_uuid (intention), since,
      or_none (machtype_intention_get_old_machine (intention)),
      machtype_intention_get_new_machine (intention), machtype_intention_get_uri (intention));
}

static gboolean
warn_of_one (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) intention = machtype_store_find_intention (store, uuid, &why);

  if (intention != NULL)
    print_pending (intention);
  return pass_on (error, &why);
}

gboolean
pending_warn (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GPtrArray) intentions = NULL;
  guint i;

  if (uuid != NULL)
    return warn_of_one (store, uuid, error);
  intentions = machtype_store_list_intentions (store, error);
  for (i = 0; intentions != NULL && i < intentions->len; i++)
    print_pending (intentions->pdata[i]);
  return intentions != NULL;
}

gboolean
pending_check (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) intention = machtype_store_find_intention (store, uuid, &why);

  if (intention == NULL)
    return pass_on (error, &why);
  return set_error (error, MACHTYPE_ERROR_PENDING,
                    "a change of instance %s from %s to %s is pending; to settle it, run "
                    "'machtype record --connect %s'",
                    machtype_intention_get_uuid (intention),
                    or_none (machtype_intention_get_old_machine (intention)),
                    machtype_intention_get_new_machine (intention),
                    machtype_intention_get_uri (intention));
}

gboolean
json_pending (GString *json, MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) intention = machtype_store_find_intention (store, uuid, &why);
  g_autofree char *started = NULL;

  if (intention == NULL)
    return pass_on (error, &why);
  started = dup_time (machtype_intention_get_started_at (intention));
  json_open (json, "pending", '{');
  json_text (json, "old", machtype_intention_get_old_machine (intention));
  json_text (json, "new", machtype_intention_get_new_machine (intention));
  json_text (json, "host", machtype_intention_get_host_name (intention));
  json_text (json, "uri", machtype_intention_get_uri (intention));
  json_text (json, "started_at", started);
  json_text (json, "author", machtype_intention_get_author (intention));
  json_close (json, '}');
  return TRUE;
}
