/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settling changes that were interrupted: the domain's definition decides. */

#include "updater/updater-private.h"

#include <stdlib.h>
#include <string.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "record/mirror.h"
#include "record/record-private.h"
#include "updater/settlement-private.h"

char *
mt_updater_dup_machine (const char *xml, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, error);

  if (domain == NULL)
    return NULL;
  if (machtype_domain_get_machine (domain) != NULL)
    return g_strdup (machtype_domain_get_machine (domain));
  mt_fail (error, MACHTYPE_ERROR_LIBVIRT, "libvirt's definition of the domain has no machine type");
  return NULL;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* As libvirt writes it: an element of its own line. */
static gboolean
is_mirror (const char *line)
{
  static const char start[] = "<" MT_MIRROR_PREFIX ":" MT_MIRROR_ELEMENT " ";

  line += strspn (line, " ");
  return g_str_has_prefix (line, start) && g_str_has_suffix (line, "/>") &&
         strstr (line, MT_MIRROR_URI) != NULL;
}

static gboolean
is_line (const char *line, const char *text)
{
  return line != NULL && strcmp (line + strspn (line, " "), text) == 0;
}

static void
remove_lines (char **lines, guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    g_free (lines[i]);
  memmove (lines, lines + n, (g_strv_length (lines + n) + 1) * sizeof *lines);
}

/* And <metadata>, if there is nothing else in it. */
static void
remove_mirror (char **lines)
{
  char **line = lines;

  while (*line != NULL && !is_mirror (*line))
    line++;
  if (*line == NULL)
    return;
  if (line > lines && is_line (line[-1], "<metadata>") && is_line (line[1], "</metadata>"))
    remove_lines (line - 1, 3);
  else
    remove_lines (line, 1);
}

/* As libvirt writes it: before everything else that could have a name. NULL: there is none. */
static char **
find_name (char **lines)
{
  for (; *lines != NULL; lines++) {
    if (g_str_has_prefix (*lines + strspn (*lines, " "), "<name>"))
      return lines;
  }
  return NULL;
}

static void
take_name (char **lines, const char *named)
{
  g_auto (GStrv) others = g_strsplit (named, "\n", -1);
  char **name = find_name (lines), **other = find_name (others);

  if (name == NULL || other == NULL)
    return;
  g_free (*name);
  *name = g_strdup (*other);
}

char *
mt_updater_compute_checksum (const char *xml, const char *named)
{
  g_auto (GStrv) lines = g_strsplit (xml, "\n", -1);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  char **line;

  remove_mirror (lines);
  take_name (lines, named);
  qsort (lines, g_strv_length (lines), sizeof *lines, compare_lines);
  for (line = lines; *line != NULL; line++) {
    g_checksum_update (checksum, (const guchar *)*line, -1);
    g_checksum_update (checksum, (const guchar *)"\n", 1);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

char *
mt_updater_read_changed (MachtypeConnection *connection, MachtypeIntention *intention,
                         GError **error)
{
  g_autofree char *checksum = NULL;
  g_autofree char *xml = machtype_connection_dup_definition (connection, intention->uuid.text,
                                                             MACHTYPE_DEFINITION_NONE, error);

  if (xml == NULL)
    return NULL;
  if (intention->old_xml != NULL)
    checksum = mt_updater_compute_checksum (xml, intention->old_xml);
  mt_ref_string_assign (&intention->new_definition, checksum);
  return mt_updater_dup_machine (xml, error);
}

char *
mt_updater_read_defined (MachtypeConnection *connection, const char *uuid, GError **error)
{
  g_autofree char *xml =
      machtype_connection_dup_definition (connection, uuid, MACHTYPE_DEFINITION_NONE, error);

  return xml != NULL ? mt_updater_dup_machine (xml, error) : NULL;
}

static MachtypeHost *
need_host (MachtypeUpdater *updater, GError **error)
{
  if (updater->host == NULL)
    updater->host =
        machtype_connection_read_host (updater->connection, MACHTYPE_HOST_READ_NONE, error);
  return updater->host;
}

/* Whether a domain is defined with this machine type, or with what it resolves to on the host. */
gboolean
mt_updater_is_defined_with (MachtypeUpdater *updater, const char *defined, MachtypeArch arch,
                            const char *machine, gboolean *answer, GError **error)
{
  const char *canonical;

  *answer = strcmp (defined, machine) == 0;
  if (*answer)
    return TRUE;
  if (need_host (updater, error) == NULL)
    return FALSE;
  canonical = machtype_host_get_canonical (updater->host, arch, NULL, machine);
  *answer = g_strcmp0 (canonical, defined) == 0;
  return TRUE;
}

gboolean
mt_updater_is_intended (MachtypeUpdater *updater, const MachtypeIntention *intention,
                        const char *defined, gboolean *answer, GError **error)
{
  return mt_updater_is_defined_with (updater, defined, intention->arch, intention->machine, answer,
                                     error);
}

/* The old definition, converted as it was then: the intention does not keep the result. If that
 * fails, everything counts as edited. */
static char *
dup_converted (MachtypeUpdater *updater, const MachtypeIntention *intention, const char *machine)
{
  g_autoptr (MachtypeConversion) conversion =
      machtype_domain_convert (intention->old_xml, -1, machine, MACHTYPE_STATE_STOPPED,
                               MACHTYPE_CHANGE_FORCE, updater->host, NULL);
  const char *xml = conversion != NULL ? machtype_conversion_get_xml (conversion) : NULL;

  return g_strdup (xml != NULL ? xml : intention->old_xml);
}

/* Whether it is the same but for what libvirt adds. */
static gboolean
is_equivalent (const char *a, const char *b)
{
  g_autofree char *comparable_a = mt_domain_dup_comparable (a, NULL);
  g_autofree char *comparable_b = mt_domain_dup_comparable (b, NULL);
  g_autofree char *checksum_a = NULL, *checksum_b = NULL;

  if (comparable_a == NULL || comparable_b == NULL)
    return FALSE;
  checksum_a = mt_updater_compute_checksum (comparable_a, comparable_a);
  checksum_b = mt_updater_compute_checksum (comparable_b, comparable_a);
  return strcmp (checksum_a, checksum_b) == 0;
}

/* What was edited since would be lost without a word if the change were undone: then the history
 * keeps the checksum of what was intended, which undoing does not find. */
static gboolean
find_edit (MachtypeUpdater *updater, MachtypeIntention *intention, gboolean *is_edited,
           GError **error)
{
  g_autofree char *converted = NULL, *checksum = NULL, *machine = NULL;
  g_autofree char *xml = NULL;

  *is_edited = FALSE;
  if (intention->old_xml == NULL)
    return TRUE;
  xml = machtype_connection_dup_definition (updater->connection, intention->uuid.text,
                                            MACHTYPE_DEFINITION_NONE, error);
  machine = xml != NULL ? mt_updater_dup_machine (xml, error) : NULL;
  if (machine == NULL || need_host (updater, error) == NULL)
    return FALSE;
  converted = dup_converted (updater, intention, machine);
  *is_edited = !is_equivalent (converted, xml);
  checksum = mt_updater_compute_checksum (*is_edited ? converted : xml, intention->old_xml);
  mt_ref_string_assign (&intention->new_definition, checksum);
  return TRUE;
}

/* Inside a transaction: the definition decides. */
static gboolean
settle_inside (MachtypeUpdater *updater, MachtypeIntention *intention, const char *defined,
               MachtypeSettlementOutcome *outcome, GError **error)
{
  g_autoptr (MachtypeRecord) record = NULL;
  gboolean intended = FALSE, is_edited = FALSE;

  if (defined != NULL && !mt_updater_is_intended (updater, intention, defined, &intended, error))
    return FALSE;
  if (intended) {
    if (!find_edit (updater, intention, &is_edited, error))
      return FALSE;
    *outcome =
        is_edited ? MACHTYPE_SETTLEMENT_OUTCOME_EDITED : MACHTYPE_SETTLEMENT_OUTCOME_FINISHED;
    record = mt_store_fulfil (updater->store, intention, error);
    return record != NULL;
  }
  *outcome = g_strcmp0 (defined, intention->definition) == 0
                 ? MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK
                 : MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN;
  return mt_store_remove_intention (updater->store, intention, error);
}

/* The host on which the instance was recorded since, if it is another one than that of the change.
 * NULL: it is not known to have moved. */
static char *
dup_new_host (const MachtypeUpdater *updater, const MachtypeIntention *intention)
{
  g_autoptr (MachtypeRecord) record = mt_store_get (updater->store, intention->uuid.text, NULL);

  if (record == NULL || record->host_uuid == NULL || intention->host_uuid == NULL ||
      strcmp (record->host_uuid, intention->host_uuid) == 0)
    return NULL;
  return g_strdup (record->host_uuid);
}

/* Whether the domain no longer exists, and is not merely elsewhere: several drivers of libvirt can
 * run on one host, and another host may have it now. */
static gboolean
is_gone (const MachtypeUpdater *updater, const MachtypeIntention *intention, const GError *why)
{
  g_autofree char *new_host = dup_new_host (updater, intention);

  return g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) && new_host == NULL &&
         strcmp (machtype_connection_get_uri (updater->connection), intention->uri) == 0;
}

/* Inside a transaction, so that another process that is still working is not disturbed. NULL
 * without an error: another process has settled it. */
static MachtypeSettlement *
settle_one (MachtypeUpdater *updater, MachtypeIntention *intention, GError **error)
{
  MachtypeSettlementOutcome outcome = MACHTYPE_SETTLEMENT_OUTCOME_PENDING;
  g_autofree char *defined = NULL;
  g_autoptr (GError) why = NULL;

  if (!mt_store_check_intention (updater->store, intention, &why)) {
    if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT))
      g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  defined = mt_updater_read_defined (updater->connection, intention->uuid.text, &why);
  if (defined == NULL && !is_gone (updater, intention, why)) {
    if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) ||
        g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED))
      return mt_settlement_new (intention, outcome, NULL);
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  return settle_inside (updater, intention, defined, &outcome, error)
             ? mt_settlement_new (intention, outcome, defined)
             : NULL;
}

/* One transaction. */
MachtypeSettlement *
mt_updater_settle_alone (MachtypeUpdater *updater, MachtypeIntention *intention, GError **error)
{
  g_autoptr (MachtypeSettlement) settlement = NULL;

  if (!machtype_store_begin (updater->store, error))
    return NULL;
  settlement = settle_one (updater, intention, error);
  if (settlement == NULL) {
    machtype_store_rollback (updater->store);
    return NULL;
  }
  return machtype_store_commit (updater->store, error) ? g_steal_pointer (&settlement) : NULL;
}

/* The identity of the host: its name alone can be that of many. */
const char *
mt_updater_need_host_uuid (MachtypeUpdater *updater, GError **error)
{
  if (updater->host_uuid == NULL)
    updater->host_uuid = mt_connection_read_host_uuid (updater->connection, error);
  return updater->host_uuid;
}

/* The target of a URI, without its transport: "qemu:/system?socket=s" for
 * "qemu+unix:///system?socket=s" (https://libvirt.org/uri.html). */
static char *
dup_driver (const char *uri)
{
  gsize scheme = strcspn (uri, ":");
  const char *path = uri[scheme] != '\0' ? uri + scheme + 1 : uri + scheme;

  if (g_str_has_prefix (path, "//"))
    path += 2 + strcspn (path + 2, "/");
  return g_strdup_printf ("%.*s:%s", (int)MIN (scheme, strcspn (uri, "+")), uri, path);
}

/* A host whose firmware provides no UUID gets a new one at each start of libvirtd (libvirt's
 * src/util/viruuid.c, virUUIDGenerate): then the same URI identifies the host. One host can have
 * several drivers, and in each a domain with this UUID. */
static gboolean
is_same_driver (const MachtypeUpdater *updater, const MachtypeIntention *intention)
{
  const MachtypeConnection *connection = updater->connection;
  g_autofree char *here = dup_driver (machtype_connection_get_uri (connection));
  g_autofree char *there = dup_driver (intention->uri);

  return strcmp (machtype_connection_get_host_name (connection), intention->host_name) == 0 &&
         (strcmp (machtype_connection_get_uri (connection), intention->uri) == 0 ||
          (g_strcmp0 (updater->host_uuid, intention->host_uuid) == 0 && strcmp (here, there) == 0));
}

static gboolean
is_here (const MachtypeUpdater *updater, const MachtypeIntention *intention)
{
  g_autofree char *new_host = NULL;

  if (is_same_driver (updater, intention))
    return TRUE;
  new_host = dup_new_host (updater, intention);
  return new_host != NULL && strcmp (new_host, updater->host_uuid) == 0;
}

/* NULL without an error: it is another host's, or another process has settled it. */
static MachtypeSettlement *
settle_here (MachtypeUpdater *updater, MachtypeIntention *intention, GError **error)
{
  g_autoptr (GError) why = NULL;
  MachtypeSettlement *settlement;

  if (!is_here (updater, intention))
    return NULL;
  settlement = mt_updater_settle_alone (updater, intention, &why);
  if (why == NULL)
    return settlement;
  if (!mt_error_ends_run (why))
    return mt_settlement_new (intention, MACHTYPE_SETTLEMENT_OUTCOME_PENDING, NULL);
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

/**
 * machtype_updater_settle:
 * @updater: an updater; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Settles the pending changes of this host: finishes those of domains that are defined with the new
 * machine type, and takes back those of domains that are defined with the old one. If a definition
 * that was converted was edited since, undoing that needs %MACHTYPE_CHANGE_FORCE. Call it before
 * anything else is done with the host. It waits for a change that another process is making, up to
 * the timeout that the store was opened with. If nothing is pending, libvirt is not contacted. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_STORE, %MACHTYPE_ERROR_LIBVIRT,
 * %MACHTYPE_ERROR_TIMEOUT. Changes that were already settled remain settled.
 *
 * Returns: (transfer container) (element-type MachtypeSettlement): the settlement of each change,
 *   in the order of their UUIDs; empty if nothing was pending; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_updater_settle (MachtypeUpdater *updater, GError **error)
{
  g_autoptr (GPtrArray) intentions = NULL, settlements = NULL;
  guint i;

  g_return_val_if_fail (updater != NULL, NULL);

  intentions = machtype_store_list_intentions (updater->store, error);
  if (intentions == NULL ||
      (intentions->len != 0 && mt_updater_need_host_uuid (updater, error) == NULL))
    return NULL;
  settlements = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_settlement_unref);
  for (i = 0; i < intentions->len; i++) {
    g_autoptr (GError) why = NULL;
    MachtypeSettlement *settlement;

    settlement = settle_here (updater, intentions->pdata[i], &why);
    if (settlement != NULL)
      g_ptr_array_add (settlements, settlement);
    if (why == NULL)
      continue;
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  return g_steal_pointer (&settlements);
}
