/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module that opens libvirt connections. Loaded at the first call that needs one, so that
 * programs that only compare names do not pay for libvirt and its dependencies. */

#include "libvirt/module.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <machtype/version.h>

#include <stdlib.h>
#include <string.h>

static void
store_last_error (char **message)
{
  const virError *last = virGetLastError ();

  *message =
      g_strdup (last != NULL && last->message != NULL ? last->message : "libvirt gave no reason");
}

/* Set in threads whose errors are reported by a return value. A key, because thread-local storage
 * of a module that is loaded late makes LeakSanitizer of gcc 12 crash. */
static GPrivate own_call;

static void
set_own_call (gboolean is_own)
{
  g_private_set (&own_call, GINT_TO_POINTER (is_own));
}

static void
print_error_of_others (void *data, virError *error)
{
  (void)data;
  if (g_private_get (&own_call) == NULL)
    virDefaultErrorFunc (error);
}

static void
keep_quiet (void)
{
  virSetErrorFunc (NULL, print_error_of_others);
}

/* libvirt's event loop runs until the process ends: it cannot be unregistered. */
static gpointer
run_events (gpointer data)
{
  (void)data;
  set_own_call (TRUE);
  while (virEventRunDefaultImpl () == 0)
    ;
  return NULL;
}

static gboolean
run_events_in_thread (char **message)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;

  if (virEventRegisterDefaultImpl () < 0) {
    store_last_error (message);
    return FALSE;
  }
  thread = g_thread_try_new ("machtype-events", run_events, NULL, &error);
  if (thread == NULL) {
    *message = g_strdup (error->message);
    return FALSE;
  }
  g_thread_unref (thread);
  return TRUE;
}

/* Only what succeeded is not repeated. */
static gboolean
start_event_loop (char **message)
{
  static GMutex mutex;
  static gboolean started = FALSE;
  gboolean ok;

  g_mutex_lock (&mutex);
  set_own_call (TRUE);
  if (!started)
    started = run_events_in_thread (message);
  set_own_call (FALSE);
  ok = started;
  g_mutex_unlock (&mutex);
  return ok;
}

/* Errors of connections are reported only by the return value; the default would print them. */
static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

static gpointer
open_connection (const char *uri, gboolean read_only, char **message)
{
  virConnect *connection;

  set_own_call (TRUE);
  connection = read_only ? virConnectOpenReadOnly (uri) : virConnectOpen (uri);
  set_own_call (FALSE);
  if (connection == NULL)
    store_last_error (message);
  else
    virConnSetErrorFunc (connection, NULL, ignore_error);
  return connection;
}

static char *
get_capabilities (gpointer connection, char **message)
{
  char *xml = virConnectGetCapabilities (connection);

  if (xml == NULL)
    store_last_error (message);
  return xml;
}

static char *
get_domain_capabilities (gpointer connection, const char *emulator, const char *arch,
                         const char *machine, const char *domain_type, gboolean *refused,
                         char **message)
{
  char *xml = virConnectGetDomainCapabilities (connection, emulator, arch, machine, domain_type, 0);

  *refused = xml == NULL && virGetLastErrorCode () == VIR_ERR_INVALID_ARG;
  if (xml == NULL)
    store_last_error (message);
  return xml;
}

static char *
get_host_name (gpointer connection, char **message)
{
  char *name = virConnectGetHostname (connection);

  if (name == NULL)
    store_last_error (message);
  return name;
}

static gboolean
get_versions (gpointer connection, guint64 *hypervisor, guint64 *libvirt, char **message)
{
  unsigned long version = 0, lib_version = 0;

  /* Without an emulator there is no version, but everything else is still known. */
  if (virConnectGetVersion (connection, &version) < 0)
    version = 0;
  if (virConnectGetLibVersion (connection, &lib_version) < 0) {
    store_last_error (message);
    return FALSE;
  }
  *hypervisor = version;
  *libvirt = lib_version;
  return TRUE;
}

static gboolean
has_vanished (void)
{
  return virGetLastErrorCode () == VIR_ERR_NO_DOMAIN;
}

/* FALSE: the error is libvirt's last; a domain that no longer exists counts as done. */
static gboolean
hand_over (virDomain *domain, int state, MtLibvirtDomainFunc func, gpointer data)
{
  MtLibvirtDomain handed = { "", state, NULL };
  char *xml = virDomainGetXMLDesc (domain, 0);

  if (xml == NULL)
    return has_vanished ();
  if (virDomainGetUUIDString (domain, handed.uuid) == 0) {
    handed.xml = xml;
    func (&handed, data);
  }
  free (xml);
  return TRUE;
}

static int
get_state (virDomain *domain)
{
  int state = VIR_DOMAIN_NOSTATE;

  return virDomainGetState (domain, &state, NULL, 0) == 0 ? state : VIR_DOMAIN_NOSTATE;
}

/* Two queries for each domain, for drivers that cannot report all states at once. */
static gboolean
list_one_by_one (virConnect *connection, MtLibvirtDomainFunc func, gpointer data, char **message)
{
  virDomain **domains = NULL;
  gboolean ok = TRUE;
  int i, n = virConnectListAllDomains (connection, &domains, 0);

  if (n < 0) {
    store_last_error (message);
    return FALSE;
  }
  for (i = 0; i < n; i++) {
    if (ok && !hand_over (domains[i], get_state (domains[i]), func, data)) {
      store_last_error (message); /* freeing forgets it */
      ok = FALSE;
    }
    virDomainFree (domains[i]);
  }
  free (domains);
  return ok;
}

/* The number of domains that are requested before the first of them is read. */
#define AT_ONCE 64

/* FALSE: the error is libvirt's last. A domain that no longer exists has no XML. */
static gboolean
fetch (virDomainStatsRecord **records, int n, char **xml)
{
  int i;

  for (i = 0; i < n; i++) {
    xml[i] = virDomainGetXMLDesc (records[i]->dom, 0);
    if (xml[i] == NULL && !has_vanished ())
      return FALSE;
  }
  return TRUE;
}

static void
read_fetched (const virDomainStatsRecord *record, const char *xml, MtLibvirtDomainFunc func,
              gpointer data)
{
  MtLibvirtDomain handed = { "", VIR_DOMAIN_NOSTATE, xml };

  virTypedParamsGetInt (record->params, record->nparams, "state.state", &handed.state);
  if (xml != NULL && virDomainGetUUIDString (record->dom, handed.uuid) == 0)
    func (&handed, data);
}

/* All queries first, then their answers: a libvirtd that is idle while we read falls asleep, and
 * waking it takes longer than reading. */
static gboolean
hand_many_over (virDomainStatsRecord **records, int n, MtLibvirtDomainFunc func, gpointer data)
{
  char *xml[AT_ONCE] = { NULL };
  gboolean ok = fetch (records, n, xml);
  int i;

  for (i = 0; i < n; i++) {
    if (ok)
      read_fetched (records[i], xml[i], func, data);
    free (xml[i]);
  }
  return ok;
}

static gboolean
list_domains (gpointer connection, MtLibvirtDomainFunc func, gpointer data, char **message)
{
  virDomainStatsRecord **records = NULL;
  gboolean ok = TRUE;
  int i, n = virConnectGetAllDomainStats (connection, VIR_DOMAIN_STATS_STATE, &records, 0);

  if (n < 0 && virGetLastErrorCode () == VIR_ERR_NO_SUPPORT)
    return list_one_by_one (connection, func, data, message);
  ok = n >= 0;
  for (i = 0; i < n && ok; i += AT_ONCE)
    ok = hand_many_over (records + i, MIN (n - i, AT_ONCE), func, data);
  if (!ok)
    store_last_error (message);
  virDomainStatsRecordListFree (records);
  return ok;
}

/* NULL: *status distinguishes a missing domain from a failure of libvirt. */
static virDomain *
look_up (virConnect *connection, const char *uuid, MtLibvirtStatus *status, char **message)
{
  virDomain *domain = virDomainLookupByUUIDString (connection, uuid);

  *status = MT_LIBVIRT_DONE;
  if (domain == NULL && has_vanished ())
    *status = MT_LIBVIRT_NO_DOMAIN;
  else if (domain == NULL) {
    *status = MT_LIBVIRT_FAILED;
    store_last_error (message);
  }
  return domain;
}

static MtLibvirtStatus
get_domain (gpointer connection, const char *uuid, MtLibvirtDomainFunc func, gpointer data,
            char **message)
{
  MtLibvirtStatus status;
  virDomain *domain = look_up (connection, uuid, &status, message);

  if (domain == NULL)
    return status;
  if (!hand_over (domain, get_state (domain), func, data)) {
    store_last_error (message);
    status = MT_LIBVIRT_FAILED;
  }
  virDomainFree (domain);
  return status;
}

/* A driver that does not support it has none. */
static gboolean
is_unsupported (void)
{
  return virGetLastErrorCode () == VIR_ERR_NO_SUPPORT;
}

/* Domains of which a list of libvirt has all that have something: their UUIDs, sorted. */
typedef struct {
  char (*uuids)[MT_LIBVIRT_UUID_SIZE];
  int n;
} Marked;

/* Which domains have what. */
typedef struct {
  Marked transient, saved, snapshots;
} Marks;

static int
compare_uuids (const void *a, const void *b)
{
  return memcmp (a, b, MT_LIBVIRT_UUID_SIZE);
}

static void
marked_clear (Marked *marked)
{
  g_free (marked->uuids);
}

static void
marks_clear (Marks *marks)
{
  marked_clear (&marks->transient);
  marked_clear (&marks->saved);
  marked_clear (&marks->snapshots);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Marks, marks_clear)

/* One call for all domains, instead of one for each. */
static gboolean
list_marked (virConnect *connection, unsigned int filter, Marked *marked)
{
  virDomain **domains = NULL;
  int i, n = virConnectListAllDomains (connection, &domains, filter);

  if (n < 0)
    return FALSE;
  marked->uuids = g_malloc0_n ((gsize)n + 1, sizeof *marked->uuids);
  marked->n = n;
  for (i = 0; i < n; i++) {
    virDomainGetUUIDString (domains[i], marked->uuids[i]);
    virDomainFree (domains[i]);
  }
  free (domains);
  qsort (marked->uuids, (size_t)n, sizeof *marked->uuids, compare_uuids);
  return TRUE;
}

/* By its UUID, because to ask libvirt for it again takes as long as reading a domain. */
static gboolean
is_marked (const Marked *marked, const char uuid[MT_LIBVIRT_UUID_SIZE])
{
  return marked->n != 0 && bsearch (uuid, marked->uuids, (size_t)marked->n, sizeof *marked->uuids,
                                    compare_uuids) != NULL;
}

static gboolean
read_marks (virConnect *connection, gboolean with_saved, Marks *marks)
{
  return list_marked (connection, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, &marks->transient) &&
         (!with_saved ||
          (list_marked (connection, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, &marks->saved) &&
           list_marked (connection, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, &marks->snapshots)));
}

/* The answers about one domain. */
typedef struct {
  virConnect *connection;
  virDomain *domain;
  MtLibvirtAnswerFunc func;
  gpointer data;
  gboolean is_wanted; /* func wants more answers */
  gboolean is_gone;   /* the domain has disappeared */
  gboolean is_broken; /* the connection is: *message has the reason */
  char **message;
} Asking;

static gboolean
goes_on (const Asking *asking)
{
  return asking->is_wanted && !asking->is_gone && !asking->is_broken;
}

static MtLibvirtStatus
get_last_status (void)
{
  switch (virGetLastErrorCode ()) {
  case VIR_ERR_NO_DOMAIN:
    return MT_LIBVIRT_NO_DOMAIN;
  case VIR_ERR_OPERATION_DENIED: /* by a read-only connection */
  case VIR_ERR_ACCESS_DENIED:
  case VIR_ERR_AUTH_FAILED:
  case VIR_ERR_AUTH_CANCELLED:
  case VIR_ERR_AUTH_UNAVAILABLE:
    return MT_LIBVIRT_DENIED;
  default:
    return MT_LIBVIRT_FAILED;
  }
}

static void
answer (Asking *asking, MtLibvirtPart part, MtLibvirtStatus status, const char *name,
        const char *text)
{
  const MtLibvirtAnswer one = { .part = part, .status = status, .name = name, .text = text };

  asking->is_wanted = asking->func (&one, asking->data);
}

/* libvirt has just failed. If its connection has broken, so will all other calls. Takes ownership
 * of the message. */
static void
answer_failure (Asking *asking, MtLibvirtPart part, const char *name, MtLibvirtStatus status,
                char *message)
{
  if (status == MT_LIBVIRT_NO_DOMAIN)
    asking->is_gone = TRUE;
  else if (virConnectIsAlive (asking->connection) == 1)
    answer (asking, part, status, name, message);
  else {
    asking->is_broken = TRUE;
    *asking->message = g_steal_pointer (&message);
  }
  g_free (message);
}

/* Why libvirt has just failed; the caller frees *message with g_free. */
static MtLibvirtStatus
take_last_error (char **message)
{
  store_last_error (message);
  return get_last_status ();
}

/* Takes ownership of the text; NULL: libvirt has just failed. */
static void
answer_xml (Asking *asking, MtLibvirtPart part, const char *name, char *xml)
{
  char *message = NULL;

  if (xml != NULL)
    answer (asking, part, MT_LIBVIRT_DONE, name, xml);
  else {
    const MtLibvirtStatus status = take_last_error (&message);

    answer_failure (asking, part, name, status, message);
  }
  free (xml);
}

/* A guest that was started in between has no saved RAM any more. */
static void
ask_saved (Asking *asking)
{
  char *xml = virDomainManagedSaveGetXMLDesc (asking->domain, 0), *message = NULL;
  MtLibvirtStatus status;

  if (xml != NULL) {
    answer_xml (asking, MT_LIBVIRT_SAVED, NULL, xml);
    return;
  }
  status = take_last_error (&message);
  if (virDomainHasManagedSaveImage (asking->domain, 0) != 0)
    answer_failure (asking, MT_LIBVIRT_SAVED, NULL, status, message);
  else
    g_free (message);
}

static void
ask_snapshot (Asking *asking, virDomainSnapshot *snapshot)
{
  char *xml = virDomainSnapshotGetXMLDesc (snapshot, 0);

  /* One that was deleted in between. */
  if (xml == NULL && virGetLastErrorCode () == VIR_ERR_NO_DOMAIN_SNAPSHOT)
    return;
  answer_xml (asking, MT_LIBVIRT_SNAPSHOT, virDomainSnapshotGetName (snapshot), xml);
}

static void
ask_snapshots (Asking *asking)
{
  virDomainSnapshot **snapshots = NULL;
  int i, n = virDomainListAllSnapshots (asking->domain, &snapshots, 0);

  if (n < 0)
    answer_xml (asking, MT_LIBVIRT_SNAPSHOTS, NULL, NULL);
  for (i = 0; i < n; i++) {
    if (goes_on (asking))
      ask_snapshot (asking, snapshots[i]);
    virDomainSnapshotFree (snapshots[i]);
  }
  free (snapshots);
}

/* The parts that a domain has. A transient domain has no definition, and a domain without an
 * identifier does not run. */
static void
ask_parts (Asking *asking, const MtLibvirtAnswer *first, gboolean has_snapshots)
{
  virDomain *domain = asking->domain;

  if (first->is_persistent)
    answer_xml (asking, MT_LIBVIRT_DEFINITION, NULL,
                virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_INACTIVE));
  if (goes_on (asking) && first->state != VIR_DOMAIN_SHUTOFF)
    answer_xml (asking, MT_LIBVIRT_LIVE, NULL, virDomainGetXMLDesc (domain, 0));
  if (goes_on (asking) && first->has_saved_state)
    ask_saved (asking);
  if (goes_on (asking) && has_snapshots)
    ask_snapshots (asking);
}

/* FALSE: no more domains. */
static gboolean
ask (Asking *asking, int state, const Marks *marks)
{
  MtLibvirtAnswer first = { .part = MT_LIBVIRT_DOMAIN,
                            .status = MT_LIBVIRT_DONE,
                            .name = virDomainGetName (asking->domain),
                            .state = state };

  virDomainGetUUIDString (asking->domain, first.uuid);
  first.is_persistent = !is_marked (&marks->transient, first.uuid);
  first.has_saved_state = is_marked (&marks->saved, first.uuid);
  asking->is_gone = FALSE;
  asking->is_wanted = asking->func (&first, asking->data);
  if (asking->is_wanted)
    ask_parts (asking, &first, is_marked (&marks->snapshots, first.uuid));
  if (asking->is_wanted && !asking->is_broken)
    answer (asking, MT_LIBVIRT_END, asking->is_gone ? MT_LIBVIRT_NO_DOMAIN : MT_LIBVIRT_DONE, NULL,
            NULL);
  return asking->is_wanted && !asking->is_broken;
}

/* Two queries for each domain, for drivers that cannot report all states at once. */
static gboolean
ask_one_by_one (Asking *asking, const Marks *marks)
{
  virDomain **domains = NULL;
  gboolean go_on = TRUE;
  int i, n = virConnectListAllDomains (asking->connection, &domains, 0);

  if (n < 0)
    return FALSE;
  for (i = 0; i < n; i++) {
    asking->domain = domains[i];
    go_on = go_on && ask (asking, get_state (domains[i]), marks);
    virDomainFree (domains[i]);
  }
  free (domains);
  return TRUE;
}

static gboolean
ask_all (Asking *asking, const Marks *marks)
{
  virDomainStatsRecord **records = NULL;
  int i, n = virConnectGetAllDomainStats (asking->connection, VIR_DOMAIN_STATS_STATE, &records, 0);
  gboolean go_on = TRUE;

  if (n < 0 && virGetLastErrorCode () == VIR_ERR_NO_SUPPORT)
    return ask_one_by_one (asking, marks);
  for (i = 0; i < n && go_on; i++) {
    int state = VIR_DOMAIN_NOSTATE;

    virTypedParamsGetInt (records[i]->params, records[i]->nparams, "state.state", &state);
    asking->domain = records[i]->dom;
    go_on = ask (asking, state, marks);
  }
  virDomainStatsRecordListFree (records);
  return n >= 0;
}

static gboolean
list_answers (gpointer connection, gboolean with_saved, MtLibvirtAnswerFunc func, gpointer data,
              char **message)
{
  Asking asking = { .connection = connection, .func = func, .data = data, .message = message };
  g_auto (Marks) marks = { 0 };

  if (!read_marks (connection, with_saved, &marks) || !ask_all (&asking, &marks)) {
    store_last_error (message);
    return FALSE;
  }
  return !asking.is_broken;
}

/* Marks the domain if it has something; has: -1 is a failure of libvirt. */
static gboolean
mark (virDomain *domain, int has, Marked *marked)
{
  if (has < 0 && !is_unsupported ())
    return FALSE;
  if (has > 0) {
    marked->uuids = g_malloc0 (sizeof *marked->uuids);
    marked->n = 1;
    virDomainGetUUIDString (domain, marked->uuids[0]);
  }
  return TRUE;
}

static gboolean
read_marks_of (virDomain *domain, gboolean with_saved, Marks *marks)
{
  const int persistent = virDomainIsPersistent (domain);

  return mark (domain, persistent < 0 ? -1 : !persistent, &marks->transient) &&
         (!with_saved || (mark (domain, virDomainHasManagedSaveImage (domain, 0), &marks->saved) &&
                          mark (domain, virDomainSnapshotNum (domain, 0), &marks->snapshots)));
}

static MtLibvirtStatus
get_answers (gpointer connection, const char *uuid, gboolean with_saved, MtLibvirtAnswerFunc func,
             gpointer data, char **message)
{
  Asking asking = { .connection = connection, .func = func, .data = data, .message = message };
  g_auto (Marks) marks = { 0 };
  MtLibvirtStatus status;

  asking.domain = look_up (connection, uuid, &status, message);
  if (asking.domain == NULL)
    return status;
  if (!read_marks_of (asking.domain, with_saved, &marks)) {
    status = has_vanished () ? MT_LIBVIRT_NO_DOMAIN : MT_LIBVIRT_FAILED;
    if (status == MT_LIBVIRT_FAILED)
      store_last_error (message);
  } else {
    ask (&asking, get_state (asking.domain), &marks);
    status = asking.is_broken ? MT_LIBVIRT_FAILED
             : asking.is_gone ? MT_LIBVIRT_NO_DOMAIN
                              : MT_LIBVIRT_DONE;
  }
  virDomainFree (asking.domain);
  return status;
}

/* The names are copied: libvirt's are valid only as long as the snapshots. */
static char **
dup_snapshot_names (virDomainSnapshot **snapshots, int n)
{
  char **names = g_new0 (char *, (gsize)n + 1);
  int i;

  for (i = 0; i < n; i++) {
    names[i] = g_strdup (virDomainSnapshotGetName (snapshots[i]));
    virDomainSnapshotFree (snapshots[i]);
  }
  free (snapshots);
  return names;
}

/* libvirt calls a snapshot of a running guest with its RAM "active"; one of its disks alone is
 * another kind. */
static gboolean
read_saved (virDomain *domain, gboolean *has_saved_state, char ***memory_snapshots)
{
  virDomainSnapshot **snapshots = NULL;
  int saved = virDomainHasManagedSaveImage (domain, 0), n;

  if (saved < 0 && !is_unsupported ())
    return FALSE;
  n = virDomainListAllSnapshots (domain, &snapshots, VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE);
  if (n < 0 && !is_unsupported ())
    return FALSE;
  *has_saved_state = saved > 0;
  *memory_snapshots = dup_snapshot_names (snapshots, MAX (n, 0));
  return TRUE;
}

static MtLibvirtStatus
get_saved (gpointer connection, const char *uuid, gboolean *has_saved_state,
           char ***memory_snapshots, char **message)
{
  MtLibvirtStatus status;
  virDomain *domain = look_up (connection, uuid, &status, message);

  if (domain == NULL)
    return status;
  if (!read_saved (domain, has_saved_state, memory_snapshots)) {
    store_last_error (message);
    status = MT_LIBVIRT_FAILED;
  }
  virDomainFree (domain);
  return status;
}

static MtLibvirtStatus
find_domain (gpointer connection, const char *name, char uuid[MT_LIBVIRT_UUID_SIZE], char **message)
{
  virDomain *domain = virDomainLookupByName (connection, name);

  if (domain == NULL && has_vanished ())
    return MT_LIBVIRT_NO_DOMAIN;
  if (domain == NULL) {
    store_last_error (message);
    return MT_LIBVIRT_FAILED;
  }
  virDomainGetUUIDString (domain, uuid);
  virDomainFree (domain);
  return MT_LIBVIRT_DONE;
}

static MtLibvirtStatus
get_definition (gpointer connection, const char *uuid, gboolean secure, gboolean running,
                char **xml, char **message)
{
  MtLibvirtStatus status;
  virDomain *domain = look_up (connection, uuid, &status, message);
  int persistent;

  *xml = NULL;
  if (domain == NULL)
    return status;
  persistent = running ? 1 : virDomainIsPersistent (domain);
  if (persistent > 0)
    *xml = virDomainGetXMLDesc (domain, (running ? 0 : VIR_DOMAIN_XML_INACTIVE) |
                                            (secure ? VIR_DOMAIN_XML_SECURE : 0));
  if (persistent < 0 || (persistent > 0 && *xml == NULL)) {
    store_last_error (message);
    status = MT_LIBVIRT_FAILED;
  }
  virDomainFree (domain);
  return status;
}

static gboolean
define (gpointer connection, const char *xml, char **message)
{
  virDomain *domain = virDomainDefineXML (connection, xml);

  if (domain == NULL) {
    store_last_error (message);
    return FALSE;
  }
  virDomainFree (domain);
  return TRUE;
}

/* Whether libvirt's last error is about the domain, and not about the query itself. */
static gboolean
has_refused (virConnect *connection)
{
  const virError *last = virGetLastError ();
  gboolean refused;

  if (last == NULL)
    return FALSE;
  switch (last->code) {
  case VIR_ERR_NO_SUPPORT: /* by the driver; libvirt's CPU driver uses the same code */
    refused = last->domain == VIR_FROM_CPU;
    break;
  case VIR_ERR_NO_MEMORY:
  case VIR_ERR_SYSTEM_ERROR: /* the host's kernel prevented libvirt from finding out */
  case VIR_ERR_RPC:
  case VIR_ERR_INVALID_CONN:
  case VIR_ERR_OPERATION_DENIED:
  case VIR_ERR_ACCESS_DENIED:
  case VIR_ERR_AUTH_FAILED:
  case VIR_ERR_AUTH_CANCELLED:
  case VIR_ERR_AUTH_UNAVAILABLE:
    refused = FALSE;
    break;
  default:
    refused = last->domain != VIR_FROM_RPC && last->domain != VIR_FROM_REMOTE;
    break;
  }
  /* Checked last: it clears the error. A connection that broke in between can answer anything. */
  return refused && virConnectIsAlive (connection) == 1;
}

/* Parses and validates as defining does, and continues to QEMU's command line: no function of
 * libvirt does the former without the latter and defines nothing. In the process libvirt does what
 * the domain says, such as running scripts: the caller passes only domains that name nothing. */
static MtLibvirtStatus
check_definition (gpointer connection, const char *xml, char **message)
{
  char *command_line = virConnectDomainXMLToNative (connection, "qemu-argv", xml, 0);

  free (command_line);
  if (command_line != NULL)
    return MT_LIBVIRT_DONE;
  store_last_error (message);
  return has_refused (connection) ? MT_LIBVIRT_REFUSED : MT_LIBVIRT_FAILED;
}

static unsigned int
get_affected (virDomain *domain)
{
  unsigned int flags = 0;

  if (virDomainIsActive (domain) > 0)
    flags |= VIR_DOMAIN_AFFECT_LIVE;
  if (virDomainIsPersistent (domain) > 0)
    flags |= VIR_DOMAIN_AFFECT_CONFIG;
  return flags;
}

/* The emulator is the host's own, not that of the guest's host. */
static MtLibvirtStatus
compare_cpu (gpointer connection, const char *arch, const char *machine, const char *domain_type,
             const char *cpu, char **message)
{
  const int result =
      virConnectCompareHypervisorCPU (connection, NULL, arch, machine, domain_type, cpu, 0);
  const virError *error;

  if (result != VIR_CPU_COMPARE_ERROR)
    return result == VIR_CPU_COMPARE_INCOMPATIBLE ? MT_LIBVIRT_REFUSED : MT_LIBVIRT_DONE;
  error = virGetLastError ();
  store_last_error (message);
  if (error != NULL &&
      (error->code == VIR_ERR_NO_SUPPORT || error->code == VIR_ERR_OPERATION_UNSUPPORTED ||
       error->code == VIR_ERR_CONFIG_UNSUPPORTED))
    return MT_LIBVIRT_DENIED;
  return MT_LIBVIRT_FAILED;
}

static MtLibvirtStatus
set_metadata (gpointer connection, const char *uuid, const char *element, const char *prefix,
              const char *uri, char **message)
{
  MtLibvirtStatus status;
  virDomain *domain = look_up (connection, uuid, &status, message);

  if (domain == NULL)
    return status;
  if (virDomainSetMetadata (domain, VIR_DOMAIN_METADATA_ELEMENT, element, prefix, uri,
                            get_affected (domain)) < 0) {
    store_last_error (message);
    status = MT_LIBVIRT_FAILED;
  }
  virDomainFree (domain);
  return status;
}

/* libvirt's texts come from malloc, which g_free need not match. */
static void
free_text (char *text)
{
  free (text);
}

static void
close_connection (gpointer connection)
{
  virConnectClose (connection);
}

__attribute__ ((visibility ("default"))) extern const MtLibvirtModule machtype_libvirt_module;

const MtLibvirtModule machtype_libvirt_module = {
  .head = { .size = sizeof (MtLibvirtModule), .version = MACHTYPE_VERSION_STRING },
  .keep_quiet = keep_quiet,
  .start_event_loop = start_event_loop,
  .open = open_connection,
  .get_capabilities = get_capabilities,
  .get_domain_capabilities = get_domain_capabilities,
  .get_host_name = get_host_name,
  .get_versions = get_versions,
  .list_domains = list_domains,
  .get_domain = get_domain,
  .list_answers = list_answers,
  .get_answers = get_answers,
  .get_saved = get_saved,
  .find_domain = find_domain,
  .get_definition = get_definition,
  .define = define,
  .check_definition = check_definition,
  .compare_cpu = compare_cpu,
  .set_metadata = set_metadata,
  .free_text = free_text,
  .close = close_connection,
};
