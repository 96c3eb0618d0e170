/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of an audit: over hosts. */

#include "audit/run-private.h"

#include <string.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "store/store-private.h"

/* Where a domain was seen in this run. Strings are GRefStrings. Hosts can have the same name: two
 * daemons on one machine. */
typedef struct {
  guint host; /* its number in this run */
  char *host_name;
  char *uri;     /* NULL: not known */
  char *machine; /* NULL: not known */
} Seen;

G_DEFINE_BOXED_TYPE (MachtypeAudit, machtype_audit, machtype_audit_ref, machtype_audit_unref)

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  mt_ref_string_set (&seen->host_name, NULL);
  mt_ref_string_set (&seen->uri, NULL);
  mt_ref_string_set (&seen->machine, NULL);
  g_free (seen);
}

static void
answer_free (gpointer data)
{
  MtAuditAnswer *answer = data;

  g_free (answer->name);
  g_free (answer->uri);
  g_free (answer->machine);
  machtype_host_unref (answer->host);
  g_free (answer);
}

/* The machine that a URI names, without user and port: "" for this one
 * (https://libvirt.org/uri.html). */
static char *
dup_machine_of (const char *uri)
{
  const char *start = strstr (uri, "://"), *end, *user;

  if (start == NULL)
    return g_strdup ("");
  start += 3;
  end = start + strcspn (start, "/?");
  user = g_strrstr_len (start, end - start, "@");
  if (user != NULL)
    start = user + 1;
  if (*start == '[')
    return g_strndup (start, strcspn (start, "]/?"));
  return g_strndup (start, MIN ((gsize)(end - start), strcspn (start, ":")));
}

/**
 * machtype_audit_new:
 * @store: (nullable): the store with the records; %NULL for none: then every guest is unrecorded
 *
 * Creates an audit.
 *
 * Returns: (transfer full): the audit
 * Since: 1.0
 */
MachtypeAudit *
machtype_audit_new (MachtypeStore *store)
{
  MachtypeAudit *audit;

  g_return_val_if_fail (store == NULL || MACHTYPE_IS_STORE (store), NULL);

  audit = g_new0 (MachtypeAudit, 1);
  g_atomic_ref_count_init (&audit->refs);
  g_set_object (&audit->store, store);
  audit->targets = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_host_unref);
  audit->answers = g_ptr_array_new_with_free_func (answer_free);
  audit->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  audit->silent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  audit->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, seen_free);
  return audit;
}

/**
 * machtype_audit_ref:
 * @audit: an audit; must not be %NULL
 *
 * Increases the reference count of @audit. Thread-safe.
 *
 * Returns: (transfer full): @audit
 * Since: 1.0
 */
MachtypeAudit *
machtype_audit_ref (MachtypeAudit *audit)
{
  g_return_val_if_fail (audit != NULL, NULL);

  g_atomic_ref_count_inc (&audit->refs);
  return audit;
}

static void
add_answer (MachtypeAudit *audit)
{
  MtAuditAnswer *answer = g_new0 (MtAuditAnswer, 1);

  answer->name = g_strdup (audit->host_name);
  answer->uri = g_strdup (audit->uri);
  answer->machine = audit->uri != NULL ? dup_machine_of (audit->uri) : NULL;
  answer->host = audit->host != NULL ? machtype_host_ref (audit->host) : NULL;
  g_ptr_array_add (audit->answers, answer);
}

static void
stop_asking (MachtypeAudit *audit, gboolean has_answered)
{
  if (audit->is_asking && has_answered)
    add_answer (audit);
  else if (audit->is_asking)
    g_hash_table_add (audit->silent, g_strdup (audit->host_name));
  audit->is_asking = FALSE;
  mt_ref_string_set (&audit->host_name, NULL);
  mt_ref_string_set (&audit->uri, NULL);
  g_clear_pointer (&audit->host, machtype_host_unref);
}

/**
 * machtype_audit_unref:
 * @audit: (transfer full) (nullable): an audit; %NULL does nothing
 *
 * Decreases the reference count of @audit; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_audit_unref (MachtypeAudit *audit)
{
  if (audit == NULL || !g_atomic_ref_count_dec (&audit->refs))
    return;
  stop_asking (audit, FALSE);
  g_clear_object (&audit->store);
  g_ptr_array_unref (audit->targets);
  machtype_record_query_unref (audit->query);
  mt_audit_forecast_free (audit->forecast);
  mt_audit_hook_free (audit->hook);
  g_ptr_array_unref (audit->answers);
  g_hash_table_unref (audit->failed);
  g_hash_table_unref (audit->silent);
  g_hash_table_unref (audit->seen);
  g_clear_pointer (&audit->pending, g_hash_table_unref);
  g_free (audit);
}

/**
 * machtype_audit_set_flags:
 * @audit: an audit; must not be %NULL
 * @flags: what to report
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets what the audit reports.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_audit_set_flags (MachtypeAudit *audit, MachtypeAuditFlags flags, GError **error)
{
  g_return_val_if_fail (audit != NULL, FALSE);

  if (!mt_check_flags ("audit", flags, MACHTYPE_AUDIT_FINDINGS_ONLY, error))
    return FALSE;
  audit->flags = flags;
  return TRUE;
}

/**
 * machtype_audit_set_target:
 * @audit: an audit; must not be %NULL
 * @target: (nullable): the host that guests are judged against, such as the one after an upgrade;
 *   %NULL for each guest's own host
 *
 * Sets the host on which machine types and image properties are judged, in place of all that were
 * set and added. Without it, a record alone
 * is judged by its names: whether they are aliases, have no versions, or cannot exist.
 *
 * Since: 1.0
 */
void
machtype_audit_set_target (MachtypeAudit *audit, MachtypeHost *target)
{
  g_return_if_fail (audit != NULL);

  g_ptr_array_set_size (audit->targets, 0);
  if (target != NULL)
    machtype_audit_add_target (audit, target);
}

/**
 * machtype_audit_add_target:
 * @audit: an audit; must not be %NULL
 * @target: a host that guests are judged against; must not be %NULL
 *
 * Adds a host to those on which machine types and image properties are judged
 * ([method@Machtype.Audit.set_target]): each guest is judged on all of them, and its entry says
 * what was found on which. Findings name a host that is a platform by the name of the platform.
 *
 * Since: 1.0
 */
void
machtype_audit_add_target (MachtypeAudit *audit, MachtypeHost *target)
{
  g_return_if_fail (audit != NULL && target != NULL);
  g_ptr_array_add (audit->targets, machtype_host_ref (target));
}

/**
 * machtype_audit_set_platform:
 * @audit: an audit; must not be %NULL
 * @platform: (nullable): what hosts run now; %NULL if that is unknown
 *
 * Sets which platform the hosts run that are asked from now on, and the hosts of the records
 * without one. The entries then say which later release of it is the first that does not start the
 * guest ([method@Machtype.AuditEntry.get_end]), and which newer machine type the guest can already
 * have ([method@Machtype.AuditEntry.get_newest]).
 *
 * Since: 1.0
 */
void
machtype_audit_set_platform (MachtypeAudit *audit, MachtypePlatform *platform)
{
  g_return_if_fail (audit != NULL);

  mt_audit_forecast_free (audit->forecast);
  audit->forecast = platform != NULL ? mt_audit_forecast_new (platform) : NULL;
}

/**
 * machtype_audit_set_query:
 * @audit: an audit; must not be %NULL
 * @query: (nullable): which guests are wanted; %NULL for all
 *
 * Sets which guests are reported. A guest with a domain has the name, host, architecture and state
 * of its domain, and was seen now.
 *
 * Since: 1.0
 */
void
machtype_audit_set_query (MachtypeAudit *audit, MachtypeRecordQuery *query)
{
  g_return_if_fail (audit != NULL);

  if (query != NULL)
    machtype_record_query_ref (query);
  machtype_record_query_unref (audit->query);
  audit->query = query;
}

/**
 * machtype_audit_set_hook:
 * @audit: an audit; must not be %NULL
 * @hook: (nullable) (type filename): libvirt's hook that keeps guests in a spool, such as
 *   `/etc/libvirt/hooks/qemu.d/50-machtype`, copied; %NULL for none
 * @spool: (nullable) (type filename): that spool, such as `/var/lib/machtype/spool`, copied; %NULL
 *   for none
 * @runtime: (nullable) (type filename): where libvirt has a file for each guest that runs, such as
 *   `/run/libvirt/qemu`, copied; %NULL for none
 *
 * Sets where this machine has the hook. Of guests of its system's QEMU (`qemu:///system`) that have
 * started since it is there, the audit then says if the hook has kept nothing of that
 * (%MACHTYPE_AUDIT_CODE_HOOK_SILENT): libvirt does not call it, or it cannot write. Nothing is said
 * of other hosts, and if there is no such hook, or its spool cannot be read. Without this call, and
 * if one of the three is %NULL, no file is looked at.
 *
 * Since: 1.0
 */
void
machtype_audit_set_hook (MachtypeAudit *audit, const char *hook, const char *spool,
                         const char *runtime)
{
  g_return_if_fail (audit != NULL);

  mt_audit_hook_free (audit->hook);
  audit->hook = hook != NULL && spool != NULL && runtime != NULL
                    ? mt_audit_hook_new (hook, spool, runtime)
                    : NULL;
}

/**
 * machtype_audit_begin_host:
 * @audit: an audit; must not be %NULL
 * @host_name: the name of the host, as in its records, copied; must not be %NULL
 * @uri: (nullable): its libvirt URI, for remedies, copied; %NULL if unknown
 * @host: (nullable): what it offers; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Begins a host: the domains that follow are its domains ([method@Machtype.Audit.check_domain]).
 * A host that was begun before and not ended has not answered completely.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_audit_begin_host (MachtypeAudit *audit, const char *host_name, const char *uri,
                           MachtypeHost *host, GError **error)
{
  g_return_val_if_fail (audit != NULL && host_name != NULL, FALSE);

  if (!mt_check_text ("the host's name", host_name, MACHTYPE_RECORD_MAX_TEXT, error) ||
      (uri != NULL && !mt_check_utf8 ("the URI", uri, G_MAXUINT16, error)))
    return FALSE;
  stop_asking (audit, FALSE);
  audit->is_asking = TRUE;
  audit->n_hosts++;
  audit->host_name = g_ref_string_new (host_name);
  audit->uri = uri != NULL ? g_ref_string_new (uri) : NULL;
  if (host != NULL)
    audit->host = machtype_host_ref (host);
  return TRUE;
}

/**
 * machtype_audit_end_host:
 * @audit: an audit; must not be %NULL
 *
 * Ends the host that was begun: it has answered, and has no other domains. Only of such a host does
 * the audit say that it has no domain for a record.
 *
 * Since: 1.0
 */
void
machtype_audit_end_host (MachtypeAudit *audit)
{
  g_return_if_fail (audit != NULL);

  stop_asking (audit, TRUE);
}

/**
 * machtype_audit_add_failure:
 * @audit: an audit; must not be %NULL
 * @uri: the libvirt URI of a host that could not be opened, copied; must not be %NULL
 *
 * Says that a host could not be asked, whose name is therefore not known. Several drivers of
 * libvirt can run on one machine, under one name: of no host on the machine that @uri names does
 * the audit say that it has no domain for a record.
 *
 * Since: 1.0
 */
void
machtype_audit_add_failure (MachtypeAudit *audit, const char *uri)
{
  g_return_if_fail (audit != NULL && uri != NULL);
  g_hash_table_add (audit->failed, dup_machine_of (uri));
}

gboolean
mt_audit_read_pending (MachtypeAudit *audit, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  guint i;

  if (audit->pending != NULL || audit->store == NULL)
    return TRUE;
  list = machtype_store_list_intentions (audit->store, error);
  if (list == NULL)
    return FALSE;
  audit->pending = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify)machtype_intention_unref);
  for (i = 0; i < list->len; i++) {
    MachtypeIntention *intention = list->pdata[i];

    g_hash_table_insert (audit->pending, intention->uuid.text, machtype_intention_ref (intention));
  }
  return TRUE;
}

const MachtypeIntention *
mt_audit_get_pending (const MachtypeAudit *audit, const char *uuid)
{
  return audit->pending != NULL ? g_hash_table_lookup (audit->pending, uuid) : NULL;
}

MachtypeRecord *
mt_audit_find_record (MachtypeAudit *audit, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  MachtypeRecord *record;

  if (audit->store == NULL)
    return NULL;
  record = machtype_store_read_record (audit->store, uuid, &why);
  if (record == NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&why));
  return record;
}

void
mt_audit_use_record (MtAuditGuest *guest, const MachtypeRecord *record)
{
  guest->has_record = TRUE;
  guest->record = record;
  guest->uuid = record->uuid.text;
  guest->name = record->name;
  guest->host_name = record->host_name;
  guest->cell = record->cell;
  guest->state = record->state;
  guest->arch = record->arch;
  guest->seen_at = record->seen_at;
  guest->is_offloaded =
      machtype_record_get_change_state (record) == MACHTYPE_STATE_SHELVED_OFFLOADED;
  guest->recorded = record->machine;
  guest->properties = record->properties;
  guest->qemu_version = record->qemu_version;
}

static GArray *
list_snapshots (const GPtrArray *snapshots)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (MtAuditSnapshot));
  guint i;

  for (i = 0; i < snapshots->len; i++) {
    const MachtypeDomainSnapshot *snapshot = snapshots->pdata[i];
    const MtAuditSnapshot item = { machtype_domain_snapshot_get_name (snapshot),
                                   mt_domain_get_qemu_machine (
                                       machtype_domain_snapshot_get_domain (snapshot)) };

    if (machtype_domain_snapshot_has_memory (snapshot))
      g_array_append_val (list, item);
  }
  return list;
}

/* What the host says of a domain counts, and not what was recorded of it. */
static void
use_status (MtAuditGuest *guest, const MachtypeDomainStatus *status)
{
  const MachtypeDomain *definition = machtype_domain_status_get_definition (status);
  const MachtypeDomain *running = machtype_domain_status_get_running (status);
  const MachtypeDomain *domain = definition != NULL ? definition : running;
  const char *state = machtype_domain_status_get_state (status);
  MachtypeState reduced = machtype_domain_status_get_change_state (status);

  guest->has_domain = TRUE;
  guest->uuid = machtype_domain_status_get_uuid (status);
  if (machtype_domain_status_get_name (status) != NULL)
    guest->name = machtype_domain_status_get_name (status);
  if (state != NULL)
    guest->state = reduced == MACHTYPE_STATE_SAVED ? machtype_state_to_string (reduced) : state;
  guest->is_off = reduced == MACHTYPE_STATE_STOPPED || reduced == MACHTYPE_STATE_SAVED;
  if (domain != NULL && machtype_domain_get_arch (domain) != MACHTYPE_ARCH_UNKNOWN)
    guest->arch = machtype_domain_get_arch (domain);
  guest->defined = mt_domain_get_qemu_machine (definition);
  guest->running = mt_domain_get_qemu_machine (running);
  guest->has_saved = machtype_domain_status_has_saved_state (status);
  guest->saved = mt_domain_get_qemu_machine (machtype_domain_status_get_saved (status));
}

/* The system's QEMU on this machine, and not that of a user (https://libvirt.org/drvqemu.html). */
static gboolean
is_system_here (const char *uri)
{
  g_autofree char *machine = dup_machine_of (uri);
  const char *path = strstr (uri, "://");

  if (path == NULL || *machine != '\0')
    return FALSE;
  path += 3 + strcspn (path + 3, "/?");
  return (g_str_has_prefix (uri, "qemu:") || g_str_has_prefix (uri, "qemu+")) &&
         g_str_has_prefix (path, "/system") && strchr ("?#", path[strlen ("/system")]) != NULL;
}

static gboolean
is_hook_silent (const MachtypeAudit *audit, const MtAuditGuest *guest)
{
  return audit->hook != NULL && audit->uri != NULL && !guest->is_off && guest->name != NULL &&
         is_system_here (audit->uri) &&
         mt_audit_hook_is_silent (audit->hook, guest->name, guest->uuid);
}

static void
use_host (const MachtypeAudit *audit, const Seen *before, MtAuditGuest *guest)
{
  const char *machine = guest->defined != NULL ? guest->defined : guest->running;

  guest->host_name = audit->host_name;
  guest->uri = audit->uri;
  guest->own = audit->host;
  guest->targets = audit->targets;
  guest->pending = mt_audit_get_pending (audit, guest->uuid);
  guest->is_hook_silent = is_hook_silent (audit, guest);
  if (before != NULL && before->machine != NULL && machine != NULL &&
      strcmp (before->machine, machine) != 0 && before->host != audit->n_hosts) {
    guest->twice_on = before->uri != NULL ? before->uri : before->host_name;
    guest->twice_machine = before->machine;
  }
}

/* Hosts have few machine types for very many domains. */
static void
remember (MachtypeAudit *audit, const MtAuditGuest *guest)
{
  const char *machine = guest->defined != NULL ? guest->defined : guest->running;
  Seen *seen = g_new0 (Seen, 1);

  seen->host = audit->n_hosts;
  seen->host_name = g_ref_string_acquire (audit->host_name);
  seen->uri = mt_ref_string_dup (audit->uri);
  if (machine != NULL)
    seen->machine = g_ref_string_new_intern (machine);
  g_hash_table_insert (audit->seen, g_strdup (guest->uuid), seen);
}

/* NULL: it was not seen before. */
static Seen *
take_seen (MachtypeAudit *audit, const char *uuid)
{
  gpointer key = NULL, seen = NULL;

  if (g_hash_table_steal_extended (audit->seen, uuid, &key, &seen))
    g_free (key);
  return seen;
}

/* What is known of a domain, and what it is borrowed from. */
typedef struct {
  MtAuditGuest guest;
  MachtypeRecord *record; /* NULL: none */
  Seen *before;           /* where it was seen before; NULL: nowhere */
  GPtrArray *snapshots, *problems;
  GArray *with_memory;
} Found;

static void
found_clear (Found *found)
{
  machtype_record_unref (found->record);
  g_clear_pointer (&found->before, seen_free);
  g_clear_pointer (&found->snapshots, g_ptr_array_unref);
  g_clear_pointer (&found->problems, g_ptr_array_unref);
  g_clear_pointer (&found->with_memory, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static gboolean
find (MachtypeAudit *audit, const MachtypeDomainStatus *status, Found *found, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (!mt_audit_read_pending (audit, error))
    return FALSE;
  found->record = mt_audit_find_record (audit, machtype_domain_status_get_uuid (status), &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (found->record != NULL)
    mt_audit_use_record (&found->guest, found->record);
  use_status (&found->guest, status);
  found->snapshots = machtype_domain_status_list_snapshots (status);
  found->guest.snapshots = found->with_memory = list_snapshots (found->snapshots);
  found->guest.unread = found->problems = machtype_domain_status_list_problems (status);
  found->before = take_seen (audit, found->guest.uuid);
  use_host (audit, found->before, &found->guest);
  remember (audit, &found->guest);
  return TRUE;
}

static MachtypeAuditEntry *
new_entry (MachtypeAudit *audit, const MtAuditGuest *guest, GPtrArray *findings, GPtrArray *targets)
{
  MtAuditFuture future;

  if (audit->forecast == NULL)
    return mt_audit_entry_new (guest, findings, targets, NULL);
  future = mt_audit_forecast_get (audit->forecast, guest);
  return mt_audit_entry_new (guest, findings, targets, &future);
}

/**
 * machtype_audit_check_domain:
 * @audit: an audit; must not be %NULL
 * @status: what the domain is; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Compares a domain of the host that was begun ([method@Machtype.Audit.begin_host]) with its
 * record, and both with the target. The entry is returned even if it has no findings, or its guest
 * is not one that is wanted.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if no host was begun, %MACHTYPE_ERROR_STORE and
 * %MACHTYPE_ERROR_BUSY.
 *
 * Returns: (transfer full): what there is to say; %NULL on error
 * Since: 1.0
 */
MachtypeAuditEntry *
machtype_audit_check_domain (MachtypeAudit *audit, MachtypeDomainStatus *status, GError **error)
{
  g_auto (Found) found = { 0 };
  GPtrArray *findings, *targets;

  g_return_val_if_fail (audit != NULL && status != NULL, NULL);

  if (!audit->is_asking) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "the host of the domain is not known: machtype_audit_begin_host() comes first");
    return NULL;
  }
  if (!find (audit, status, &found, error))
    return NULL;
  targets = mt_audit_targets_new ();
  findings = mt_audit_judge (&found.guest, targets);
  return new_entry (audit, &found.guest, findings, targets);
}

gboolean
mt_audit_report (MtAuditReport *r, const MtAuditGuest *guest)
{
  g_autoptr (MachtypeAuditEntry) entry = NULL;
  g_autoptr (GPtrArray) findings = NULL, targets = NULL;

  if (r->func == NULL || !mt_audit_matches (guest, r->audit->query))
    return TRUE;
  targets = mt_audit_targets_new ();
  findings = mt_audit_judge (guest, targets);
  if ((r->audit->flags & MACHTYPE_AUDIT_FINDINGS_ONLY) != 0 && findings->len == 0)
    return TRUE;
  entry = new_entry (r->audit, guest, g_steal_pointer (&findings), g_steal_pointer (&targets));
  r->has_stopped = !r->func (entry, r->user_data);
  return !r->has_stopped;
}

static gboolean
on_status (MachtypeDomainStatus *status, gpointer data)
{
  MtAuditReport *r = data;
  g_auto (Found) found = { 0 };

  return find (r->audit, status, &found, &r->error) && mt_audit_report (r, &found.guest);
}

/**
 * machtype_audit_check_connection:
 * @audit: an audit; must not be %NULL
 * @connection: the host; must not be %NULL
 * @host_name: (nullable): the name of the host, as in its records; %NULL for the one that it
 * reports
 * @func: (nullable) (scope call) (closure user_data): the function to call for each guest; %NULL
 *   for none
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Compares each domain of a host with its record, and both with the target. If the host does not
 * answer, or only in part, other hosts can still be asked. May block.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT and %MACHTYPE_ERROR_TIMEOUT if the host does not answer,
 * %MACHTYPE_ERROR_STORE and %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid
 * name of the host.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_audit_check_connection (MachtypeAudit *audit, MachtypeConnection *connection,
                                 const char *host_name, MachtypeAuditFunc func, gpointer user_data,
                                 GError **error)
{
  g_autoptr (MachtypeHost) host = NULL;
  MtAuditReport r = { .audit = audit, .func = func, .user_data = user_data };

  g_return_val_if_fail (audit != NULL && connection != NULL, FALSE);

  host = machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, error);
  if (host_name == NULL)
    host_name = machtype_connection_get_host_name (connection);
  if (host == NULL)
    g_hash_table_add (audit->silent, g_strdup (host_name));
  if (host == NULL || !machtype_audit_begin_host (
                          audit, host_name, machtype_connection_get_uri (connection), host, error))
    return FALSE;
  if (!machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_SAVED, on_status, &r,
                                           error)) {
    stop_asking (audit, FALSE);
    return FALSE;
  }
  if (r.error != NULL) {
    stop_asking (audit, FALSE);
    g_propagate_error (error, r.error);
    return FALSE;
  }
  if (r.has_stopped)
    stop_asking (audit, FALSE);
  else
    machtype_audit_end_host (audit);
  return TRUE;
}
