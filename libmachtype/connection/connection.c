/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A libvirt connection to a host: its domains and their definitions. */

#include "connection/connection-private.h"

#include <string.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "host/open-private.h"
#include "record/mirror.h"
#include "record/record-private.h"

/* The data of one call. */
typedef struct {
  MtSharedConnection *shared;
  guint flags; /* of the call */
  char *uuid;
  char *text; /* XML, or a name */
} Work;

G_DEFINE_BOXED_TYPE (MachtypeConnection, machtype_connection, machtype_connection_ref,
                     machtype_connection_unref)

MtSharedConnection *
mt_shared_connection_ref (MtSharedConnection *shared)
{
  g_atomic_ref_count_inc (&shared->refs);
  return shared;
}

void
mt_shared_connection_unref (gpointer data)
{
  MtSharedConnection *shared = data;

  if (shared == NULL || !g_atomic_ref_count_dec (&shared->refs))
    return;
  mt_libvirt_close_in_time (shared->libvirt);
  machtype_host_unref (shared->host);
  g_free (shared->host_name);
  g_free (shared);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  mt_shared_connection_unref (work->shared);
  g_free (work->uuid);
  g_free (work->text);
  g_free (work);
}

gboolean
mt_connection_check (const MachtypeConnection *connection, GError **error)
{
  return !connection->hangs ||
         mt_fail (error, MACHTYPE_ERROR_TIMEOUT, "%s did not answer an earlier call",
                  connection->shared->libvirt->uri);
}

void
mt_connection_see (MachtypeConnection *connection, const GError *error)
{
  connection->hangs = g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT);
}

/* Runs func on the connection, within the timeout. */
static gpointer
call (MachtypeConnection *connection, MtCallFunc func, const char *uuid, const char *text,
      guint flags, GDestroyNotify free_result, GError **error)
{
  const MtLibvirt *libvirt = connection->shared->libvirt;
  g_autoptr (GError) why = NULL;
  gpointer result;
  Work *work;

  if (!mt_connection_check (connection, error))
    return NULL;
  work = g_new0 (Work, 1);
  work->shared = mt_shared_connection_ref (connection->shared);
  work->uuid = g_strdup (uuid);
  work->text = g_strdup (text);
  work->flags = flags;
  result = mt_call_with_timeout (func, work, work_free, free_result, libvirt->timeout_ms,
                                 libvirt->uri, &why);
  mt_connection_see (connection, why);
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return result;
}

static gboolean
ask_host (MtSharedConnection *shared, GError **error)
{
  const MtLibvirt *libvirt = shared->libvirt;
  char *message = NULL;
  char *name = libvirt->module->get_host_name (libvirt->handle, &message);

  if (name == NULL)
    return mt_libvirt_set_error (message, "getting the host's name", error);
  shared->host_name = g_strdup (name);
  libvirt->module->free_text (name);
  return libvirt->module->get_versions (libvirt->handle, &shared->qemu_version,
                                        &shared->libvirt_version, &message) ||
         mt_libvirt_set_error (message, "getting versions", error);
}

static gpointer
shared_connection_new (MtLibvirt *libvirt, GError **error)
{
  MtSharedConnection *shared = g_new0 (MtSharedConnection, 1);

  g_atomic_ref_count_init (&shared->refs);
  shared->libvirt = libvirt;
  if (ask_host (shared, error))
    return shared;
  mt_shared_connection_unref (shared);
  return NULL;
}

/**
 * machtype_connection_open:
 * @uri: a libvirt URI, such as `qemu:///system`; must not be %NULL
 * @flags: how to open it
 * @timeout_ms: how long this call, every later call and closing can each wait, in milliseconds; -1
 *   to wait indefinitely; 0 to not wait at all, so that no connection is ever opened
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Opens a connection to a host. A host that does not answer in time ties up a thread until libvirt
 * gives up. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT with libvirt's message, %MACHTYPE_ERROR_TIMEOUT,
 * %MACHTYPE_ERROR_MODULE if the libvirt module is not installed, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for a URI that is not valid UTF-8 or has control characters, unknown flags and a timeout below
 * -1.
 *
 * Returns: (transfer full): the connection, or %NULL on error
 * Since: 1.0
 */
MachtypeConnection *
machtype_connection_open (const char *uri, MachtypeConnectionOpenFlags flags, int timeout_ms,
                          GError **error)
{
  MachtypeConnection *connection;
  MtSharedConnection *shared;

  g_return_val_if_fail (uri != NULL, NULL);

  if (!mt_libvirt_check_uri (uri, timeout_ms, error) ||
      !mt_check_flags ("opening a connection", flags,
                       MACHTYPE_CONNECTION_OPEN_EVENT_LOOP | MACHTYPE_CONNECTION_OPEN_READ_ONLY,
                       error))
    return NULL;
  shared = mt_libvirt_open (uri, (MtLibvirtOpenFlags)flags, timeout_ms, shared_connection_new,
                            mt_shared_connection_unref, error);
  if (shared == NULL)
    return NULL;
  connection = g_new0 (MachtypeConnection, 1);
  g_atomic_ref_count_init (&connection->refs);
  connection->shared = shared;
  connection->flags = flags;
  return connection;
}

MachtypeConnection *
mt_connection_open_again (const MachtypeConnection *connection, GError **error)
{
  const MtLibvirt *libvirt = connection->shared->libvirt;

  return machtype_connection_open (libvirt->uri, connection->flags, libvirt->timeout_ms, error);
}

/**
 * machtype_connection_ref:
 * @connection: a connection; must not be %NULL
 *
 * Increases the reference count of @connection. Thread-safe.
 *
 * Returns: (transfer full): @connection
 * Since: 1.0
 */
MachtypeConnection *
machtype_connection_ref (MachtypeConnection *connection)
{
  g_return_val_if_fail (connection != NULL, NULL);

  g_atomic_ref_count_inc (&connection->refs);
  return connection;
}

/**
 * machtype_connection_unref:
 * @connection: (transfer full) (nullable): a connection; %NULL does nothing
 *
 * Decreases the reference count of @connection; closes it when the count reaches zero. Closing
 * waits for the host, but no longer than the timeout that @connection was opened with; a host that
 * hangs ties up a thread until libvirt gives up. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_connection_unref (MachtypeConnection *connection)
{
  if (connection == NULL || !g_atomic_ref_count_dec (&connection->refs))
    return;
  mt_ahead_clear (connection);
  mt_shared_connection_unref (connection->shared);
  g_free (connection);
}

/**
 * machtype_connection_get_uri:
 * @connection: a connection; must not be %NULL
 *
 * Gets the URI that it was opened with. Thread-safe.
 *
 * Returns: (transfer none): the URI, valid as long as @connection
 * Since: 1.0
 */
const char *
machtype_connection_get_uri (const MachtypeConnection *connection)
{
  g_return_val_if_fail (connection != NULL, NULL);
  return connection->shared->libvirt->uri;
}

/**
 * machtype_connection_get_host_name:
 * @connection: a connection; must not be %NULL
 *
 * Gets the name of the host, as the host reports it. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @connection
 * Since: 1.0
 */
const char *
machtype_connection_get_host_name (const MachtypeConnection *connection)
{
  g_return_val_if_fail (connection != NULL, NULL);
  return connection->shared->host_name;
}

/**
 * machtype_connection_get_qemu_version:
 * @connection: a connection; must not be %NULL
 *
 * Gets the version of the host's hypervisor. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro; 0 if libvirt does not report it
 * Since: 1.0
 */
guint64
machtype_connection_get_qemu_version (const MachtypeConnection *connection)
{
  g_return_val_if_fail (connection != NULL, 0);
  return connection->shared->qemu_version;
}

/**
 * machtype_connection_get_libvirt_version:
 * @connection: a connection; must not be %NULL
 *
 * Gets the version of the host's libvirt. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro
 * Since: 1.0
 */
guint64
machtype_connection_get_libvirt_version (const MachtypeConnection *connection)
{
  g_return_val_if_fail (connection != NULL, 0);
  return connection->shared->libvirt_version;
}

static gpointer
do_read_host (gpointer data, GError **error)
{
  const Work *work = data;

  return mt_host_read (work->shared->libvirt, error);
}

/**
 * machtype_connection_read_host:
 * @connection: a connection; must not be %NULL
 * @flags: what to read
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads what the host offers, as [func@Machtype.Host.open] does.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT, %MACHTYPE_ERROR_INVALID_XML,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags.
 *
 * Returns: (transfer full): the host, or %NULL on error
 * Since: 1.0
 */
MachtypeHost *
machtype_connection_read_host (MachtypeConnection *connection, MachtypeHostReadFlags flags,
                               GError **error)
{
  MachtypeHost *host = NULL;

  g_return_val_if_fail (connection != NULL, NULL);

  if (!mt_check_flags ("reading a host", flags, MACHTYPE_HOST_READ_NONE, error))
    return NULL;
  if (mt_ahead_take_host (connection, &host, error))
    return host;
  return call (connection, do_read_host, NULL, NULL, 0, (GDestroyNotify)machtype_host_unref, error);
}

/* Domains in the order in which they are found. */
typedef struct {
  GPtrArray *list;
  MachtypeDomainReadFlags flags;
} Listing;

static void
set_state (MachtypeDomain *domain, int number)
{
  const char *word;

  machtype_state_from_libvirt (number, &word);
  mt_domain_set_state (domain, word);
}

static void
add_domain (const MtLibvirtDomain *found, gpointer data)
{
  const Listing *listing = data;
  GError *problem = NULL;
  MachtypeDomain *domain = machtype_domain_new_from_xml (found->xml, -1, listing->flags, &problem);

  if (domain == NULL)
    domain = mt_domain_new_problem (found->uuid, problem);
  set_state (domain, found->state);
  g_ptr_array_add (listing->list, domain);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_unref);
}

static gpointer
list_domains (const Work *work, MtLibvirtDomainFunc func, GError **error)
{
  const MtLibvirt *libvirt = work->shared->libvirt;
  g_autoptr (GPtrArray) list = new_list ();
  Listing listing = { list, (MachtypeDomainReadFlags)work->flags };
  char *message = NULL;

  if (libvirt->module->list_domains (libvirt->handle, func, &listing, &message))
    return g_steal_pointer (&list);
  mt_libvirt_set_error (message, "listing domains", error);
  return NULL;
}

static gpointer
do_list_domains (gpointer data, GError **error)
{
  return list_domains (data, add_domain, error);
}

static gboolean
check_read_flags (MachtypeDomainReadFlags flags, GError **error)
{
  return mt_check_flags ("reading domains", flags, MACHTYPE_DOMAIN_READ_DEVICES, error);
}

/**
 * machtype_connection_list_domains:
 * @connection: a connection; must not be %NULL
 * @flags: what to read of each domain
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the host's domains, running and not, with their state; a running domain is listed with the
 * machine type and devices that it runs with. A domain that disappears in the meantime is omitted;
 * one that cannot be read is listed with its UUID and the error
 * ([method@Machtype.Domain.get_error]).
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags, %MACHTYPE_ERROR_LIBVIRT,
 * %MACHTYPE_ERROR_TIMEOUT.
 *
 * Returns: (transfer container) (element-type MachtypeDomain): the domains, in the order of
 *   libvirt, or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_connection_list_domains (MachtypeConnection *connection, MachtypeDomainReadFlags flags,
                                  GError **error)
{
  g_return_val_if_fail (connection != NULL, NULL);

  if (!check_read_flags (flags, error))
    return NULL;
  return call (connection, do_list_domains, NULL, NULL, flags, (GDestroyNotify)g_ptr_array_unref,
               error);
}

/* Only capabilities contain it. */
static gpointer
do_read_host_uuid (gpointer data, GError **error)
{
  const Work *work = data;
  g_autoptr (MachtypeHost) host = mt_host_read_capabilities (work->shared->libvirt, error);
  const char *uuid;
  MtUuid parsed;

  if (host == NULL)
    return NULL;
  uuid = machtype_host_get_uuid (host);
  return g_strdup (uuid != NULL && mt_uuid_parse (uuid, &parsed, NULL) ? parsed.text : "");
}

char *
mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error)
{
  char *uuid = mt_ahead_dup_host_uuid (connection);

  return uuid != NULL ? uuid : call (connection, do_read_host_uuid, NULL, NULL, 0, g_free, error);
}

/* libvirt's answer about one domain. */
static gboolean
check_status (const Work *work, MtLibvirtStatus status, char *message, const char *doing,
              GError **error)
{
  if (status == MT_LIBVIRT_DONE)
    return TRUE;
  if (status == MT_LIBVIRT_FAILED)
    return mt_libvirt_set_error (message, doing, error);
  mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "there is no domain %s on host %s", work->uuid,
           work->shared->host_name);
  return FALSE;
}

static gboolean
read_saved (const Work *work, MachtypeDomain *domain, GError **error)
{
  const MtLibvirt *libvirt = work->shared->libvirt;
  gboolean has_saved_state = FALSE;
  char **memory_snapshots = NULL, *message = NULL;
  MtLibvirtStatus status = libvirt->module->get_saved (
      libvirt->handle, work->uuid, &has_saved_state, &memory_snapshots, &message);

  if (!check_status (work, status, message, "getting saved states", error))
    return FALSE;
  mt_domain_set_saved (domain, has_saved_state, memory_snapshots);
  return TRUE;
}

static gpointer
do_get_domain (gpointer data, GError **error)
{
  const Work *work = data;
  const MtLibvirt *libvirt = work->shared->libvirt;
  const guint xml_flags = work->flags & ~(guint)MACHTYPE_DOMAIN_READ_SAVED;
  g_autoptr (GPtrArray) list = new_list ();
  Listing listing = { list, (MachtypeDomainReadFlags)xml_flags };
  const GError *problem;
  char *message = NULL;
  MtLibvirtStatus status =
      libvirt->module->get_domain (libvirt->handle, work->uuid, add_domain, &listing, &message);

  if (!check_status (work, status, message, "reading a domain", error))
    return NULL;
  if (list->len == 0) {
    check_status (work, MT_LIBVIRT_NO_DOMAIN, NULL, "", error);
    return NULL;
  }
  problem = machtype_domain_get_error (list->pdata[0]);
  if (problem != NULL) {
    g_propagate_error (error, g_error_copy (problem));
    return NULL;
  }
  if (xml_flags != work->flags && !read_saved (work, list->pdata[0], error))
    return NULL;
  return machtype_domain_ref (list->pdata[0]);
}

/**
 * machtype_connection_read_domain:
 * @connection: a connection; must not be %NULL
 * @uuid: the domain's UUID; must not be %NULL
 * @flags: what to read of it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads one domain and its state.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the host has no such domain, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for an invalid UUID and unknown flags, %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT, and what
 * [ctor@Machtype.Domain.new_from_xml] raises.
 *
 * Returns: (transfer full): the domain, or %NULL on error
 * Since: 1.0
 */
MachtypeDomain *
machtype_connection_read_domain (MachtypeConnection *connection, const char *uuid,
                                 MachtypeDomainReadFlags flags, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (connection != NULL && uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error) ||
      !mt_check_flags ("reading a domain", flags,
                       MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED, error))
    return NULL;
  return call (connection, do_get_domain, parsed.text, NULL, flags,
               (GDestroyNotify)machtype_domain_unref, error);
}

static gpointer
do_dup_domain_uuid (gpointer data, GError **error)
{
  const Work *work = data;
  const MtLibvirt *libvirt = work->shared->libvirt;
  char uuid[MT_LIBVIRT_UUID_SIZE] = "", *message = NULL;
  MtLibvirtStatus status =
      libvirt->module->find_domain (libvirt->handle, work->text, uuid, &message);

  if (status == MT_LIBVIRT_DONE)
    return g_ascii_strdown (uuid, -1);
  if (status == MT_LIBVIRT_FAILED)
    mt_libvirt_set_error (message, "finding a domain", error);
  else {
    g_autofree char *shown = mt_escape_for_message (work->text);

    mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "there is no domain '%s' on host %s", shown,
             work->shared->host_name);
  }
  return NULL;
}

/**
 * machtype_connection_dup_domain_uuid:
 * @connection: a connection; must not be %NULL
 * @name: the domain's name; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a domain of the host by its name.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the host has no such domain, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for a name that is not valid UTF-8, %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_LIBVIRT,
 * %MACHTYPE_ERROR_TIMEOUT.
 *
 * Returns: (transfer full): its UUID, in lower case, or %NULL on error
 * Since: 1.0
 */
char *
machtype_connection_dup_domain_uuid (MachtypeConnection *connection, const char *name,
                                     GError **error)
{
  g_return_val_if_fail (connection != NULL && name != NULL, NULL);

  if (!mt_check_utf8 ("the domain's name", name, MACHTYPE_RECORD_MAX_TEXT, error))
    return NULL;
  return call (connection, do_dup_domain_uuid, NULL, name, 0, g_free, error);
}

static gpointer
do_dup_definition (gpointer data, GError **error)
{
  const Work *work = data;
  const MtLibvirt *libvirt = work->shared->libvirt;
  char *message = NULL, *xml = NULL, *copy;
  MtLibvirtStatus status = libvirt->module->get_definition (
      libvirt->handle, work->uuid, (work->flags & MACHTYPE_DEFINITION_SECURE) != 0,
      (work->flags & MACHTYPE_DEFINITION_RUNNING) != 0, &xml, &message);

  if (!check_status (work, status, message, "reading a definition", error))
    return NULL;
  if (xml == NULL) {
    mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
             "domain %s is transient: it has no definition to change", work->uuid);
    return NULL;
  }
  copy = g_strdup (xml);
  libvirt->module->free_text (xml);
  return copy;
}

/**
 * machtype_connection_dup_definition:
 * @connection: a connection; must not be %NULL
 * @uuid: the domain's UUID; must not be %NULL
 * @flags: how to read it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads the persistent definition of a domain, which takes effect at its next start. With
 * %MACHTYPE_DEFINITION_SECURE it can be changed and defined again; a domain that is defined without
 * it loses its secrets. With %MACHTYPE_DEFINITION_RUNNING it is what runs, if the domain runs.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the host has no such domain, %MACHTYPE_ERROR_UNSUPPORTED for
 * a transient domain without %MACHTYPE_DEFINITION_RUNNING, %MACHTYPE_ERROR_INVALID_ARGUMENT for an
 * invalid UUID and unknown flags, %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT.
 *
 * Returns: (transfer full): the XML, or %NULL on error
 * Since: 1.0
 */
char *
machtype_connection_dup_definition (MachtypeConnection *connection, const char *uuid,
                                    MachtypeDefinitionFlags flags, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (connection != NULL && uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error) ||
      !mt_check_flags ("reading a definition", flags,
                       MACHTYPE_DEFINITION_SECURE | MACHTYPE_DEFINITION_RUNNING, error))
    return NULL;
  return call (connection, do_dup_definition, parsed.text, NULL, flags, g_free, error);
}

/* A call returns a pointer: this one means "done". */
static char done[] = "";

static void
free_nothing (gpointer data)
{
  (void)data;
}

static gpointer
do_define (gpointer data, GError **error)
{
  const Work *work = data;
  const MtLibvirt *libvirt = work->shared->libvirt;
  char *message = NULL;

  if (libvirt->module->define (libvirt->handle, work->text, &message))
    return done;
  mt_libvirt_set_error (message, "defining the domain", error);
  return NULL;
}

static gboolean
check_define_flags (MachtypeDefineFlags flags, GError **error)
{
  return mt_check_flags ("defining a domain", flags, MACHTYPE_DEFINE_NONE, error);
}

/**
 * machtype_connection_define:
 * @connection: a connection; must not be %NULL
 * @xml: the domain's XML; must not be %NULL
 * @flags: how to define it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Defines a domain, or replaces the definition of an existing one, which takes effect at its next
 * start.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT with libvirt's message, %MACHTYPE_ERROR_TIMEOUT, after which the
 * domain may still be defined; %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_connection_define (MachtypeConnection *connection, const char *xml,
                            MachtypeDefineFlags flags, GError **error)
{
  g_return_val_if_fail (connection != NULL && xml != NULL, FALSE);
  mt_ahead_clear (connection);
  return check_define_flags (flags, error) &&
         call (connection, do_define, NULL, xml, flags, free_nothing, error) != NULL;
}

/* What the host offers does not change while it is in use: it is read once. */
static const MachtypeHost *
get_capabilities (MtSharedConnection *shared, GError **error)
{
  if (shared->host == NULL)
    shared->host = mt_host_read_capabilities (shared->libvirt, error);
  return shared->host;
}

static gpointer
ask_about (const Work *work, const char *reduced, GPtrArray *not_asked, GError **error)
{
  const MtLibvirt *libvirt = work->shared->libvirt;
  char *message = NULL, *refusal = NULL;
  MtLibvirtStatus status = libvirt->module->check_definition (libvirt->handle, reduced, &message);

  if (status == MT_LIBVIRT_REFUSED) {
    refusal = mt_foreign_message (message);
    g_free (message);
  } else if (status != MT_LIBVIRT_DONE) {
    mt_libvirt_set_error (message, "checking the definition", error);
    return NULL;
  }
  return mt_definition_check_new (refusal, g_strdupv ((char **)not_asked->pdata));
}

static gpointer
do_check_definition (gpointer data, GError **error)
{
  const Work *work = data;
  g_autoptr (GPtrArray) not_asked = g_ptr_array_new_with_free_func (g_free);
  const MachtypeHost *host = get_capabilities (work->shared, error);
  g_autofree char *reduced = NULL;

  if (host != NULL)
    reduced = mt_domain_reduce (work->text, host, not_asked, error);
  if (reduced == NULL)
    return NULL;
  g_ptr_array_add (not_asked, NULL);
  return ask_about (work, reduced, not_asked, error);
}

/**
 * machtype_connection_check_definition:
 * @connection: a connection; must not be %NULL
 * @xml: the domain's XML; must not be %NULL
 * @flags: how it would be defined
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Asks libvirt whether it would accept a domain, without defining it. libvirt reads and checks it
 * as it does for [method@Machtype.Connection.define], and continues up to the emulator's command
 * line (`virConnectDomainXMLToNative`). So the check refuses what libvirt refuses to define, and
 * also what libvirt defines but refuses to start before it runs the emulator, such as an unknown
 * CPU model; it does not refuse what only the emulator refuses.
 *
 * In the process libvirt runs scripts, opens files and creates devices that a domain names.
 * Therefore libvirt is not given @xml but a new document that consists only of names of hardware,
 * numbers and switches: architecture, machine type, domain type, vCPUs, memory, features, CPU,
 * clock, controllers, and the buses, models and addresses of devices. Nothing that @xml names is
 * executed, opened, created or contacted. Names, paths, hosts, sockets, scripts, arguments for QEMU
 * and metadata are never copied. Disks have no image, serial ports and channels no backend; network
 * interfaces, host devices, graphics and file systems are omitted. An emulator that the host's
 * capabilities do not list is omitted; libvirt then uses its default. The result lists what libvirt
 * was not asked about ([method@Machtype.DefinitionCheck.dup_unchecked]). Whether another domain has
 * the same name or UUID is not checked.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT if libvirt cannot be asked, for example over a connection to
 * another hypervisor than QEMU, %MACHTYPE_ERROR_TIMEOUT, %MACHTYPE_ERROR_INVALID_XML for XML that
 * is malformed, is not a domain or has a document type, %MACHTYPE_ERROR_TOO_LARGE,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags.
 *
 * Returns: (transfer full): the result of the check, or %NULL on error
 * Since: 1.0
 */
MachtypeDefinitionCheck *
machtype_connection_check_definition (MachtypeConnection *connection, const char *xml,
                                      MachtypeDefineFlags flags, GError **error)
{
  g_return_val_if_fail (connection != NULL && xml != NULL, NULL);

  if (!check_define_flags (flags, error))
    return NULL;
  return call (connection, do_check_definition, NULL, xml, flags,
               (GDestroyNotify)machtype_definition_check_unref, error);
}

static gpointer
do_set_mirror (gpointer data, GError **error)
{
  const Work *work = data;
  const MtLibvirt *libvirt = work->shared->libvirt;
  char *message = NULL;
  MtLibvirtStatus status = libvirt->module->set_metadata (
      libvirt->handle, work->uuid, work->text, MT_MIRROR_PREFIX, MT_MIRROR_URI, &message);

  return check_status (work, status, message, "writing metadata", error) ? done : NULL;
}

/**
 * machtype_connection_write_metadata:
 * @connection: a connection; must not be %NULL
 * @record: the record of a domain of the host, with a machine type; must not be %NULL
 * @flags: how to write it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Writes the recorded machine type into the domain's `<metadata>` as well, in the namespace
 * `urn:libmachtype:record:1`: a hint for people and tools that see only the XML. The store remains
 * authoritative.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the host has no such domain, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for a record without a machine type and unknown flags, %MACHTYPE_ERROR_LIBVIRT,
 * %MACHTYPE_ERROR_TIMEOUT.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_connection_write_metadata (MachtypeConnection *connection, MachtypeRecord *record,
                                    MachtypeDefineFlags flags, GError **error)
{
  g_autofree char *element = NULL;
  MtXmlWriter xml;

  g_return_val_if_fail (connection != NULL && record != NULL, FALSE);

  if (!check_define_flags (flags, error))
    return FALSE;
  if (record->machine == NULL)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "instance %s has no machine type recorded", record->uuid.text);
  mt_xml_writer_init (&xml);
  mt_xml_literal (&xml, "<" MT_MIRROR_ELEMENT);
  mt_mirror_write_attributes (&xml, record->arch, record->machine, record->requested,
                              record->source);
  element = mt_xml_writer_end (&xml);
  mt_ahead_clear (connection);
  return call (connection, do_set_mirror, record->uuid.text, element, 0, free_nothing, error) !=
         NULL;
}
