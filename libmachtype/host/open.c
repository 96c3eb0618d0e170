/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host by its libvirt URI, through modules/libvirt. */

#include "host/host-private.h"

#include <gmodule.h>
#include <string.h>
#include <sys/auxv.h>

#include "arch-private.h"
#include "error-private.h"
#include "modules/libvirt-module.h"
#include "name/name-private.h"

/* libvirt URIs are short; a longer text is none. */
#define URI_MAX 4096

/* Where modules are looked for instead of MACHTYPE_MODULE_DIR, for a tree that is not installed.
 * Ignored where the caller's environment must not be trusted. */
#define MODULE_DIR_VARIABLE "MACHTYPE_MODULE_DIR"

/* One attempt to ask a host, shared by the caller and the thread that asks: libvirt's calls cannot
 * be interrupted, so a caller whose time is up leaves the thread behind, and the last of the two
 * frees this. */
typedef struct {
  gatomicrefcount refs;
  GMutex mutex;
  GCond done_condition;
  gboolean done;
  char *uri;
  gboolean event_loop;
  MachtypeHost *host;
  GError *error;
} Attempt;

static void
attempt_unref (Attempt *attempt)
{
  if (!g_atomic_ref_count_dec (&attempt->refs))
    return;
  g_mutex_clear (&attempt->mutex);
  g_cond_clear (&attempt->done_condition);
  g_free (attempt->uri);
  machtype_host_unref (attempt->host);
  g_clear_error (&attempt->error);
  g_free (attempt);
}

static const char *
get_module_dir (void)
{
  const char *override = getauxval (AT_SECURE) == 0 ? g_getenv (MODULE_DIR_VARIABLE) : NULL;

  return override != NULL && *override != '\0' ? override : MACHTYPE_MODULE_DIR;
}

static const MtLibvirtModule *
load_module (GError **error)
{
  const MtLibvirtModule *vtable = NULL;
  g_autofree char *path = NULL;
  GModule *module;
  gpointer symbol = NULL;

  path = g_build_filename (get_module_dir (), "libmachtype-libvirt.so", NULL);
  module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (module == NULL) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE,
                 "the libvirt module of libmachtype cannot be loaded: %s", g_module_error ());
    return NULL;
  }
  /* libvirt starts threads and registers atexit functions: its code must stay. */
  g_module_make_resident (module);
  if (g_module_symbol (module, MT_LIBVIRT_MODULE_SYMBOL, &symbol))
    vtable = symbol;
  if (vtable == NULL || vtable->size != sizeof *vtable ||
      strcmp (vtable->version, MACHTYPE_VERSION_STRING) != 0) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE,
                 "the module %s is not of this build of libmachtype (%s)", path,
                 MACHTYPE_VERSION_STRING);
    return NULL;
  }
  return vtable;
}

/* libvirt's own words, with what was being done. */
static gboolean
set_libvirt_error (char *message, const char *doing, GError **error)
{
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT, "%s: %s", doing,
               message != NULL ? message : "unknown error");
  g_free (message);
  return FALSE;
}

/* A machine type whose domain capabilities are not to be had leaves a gap and no error: the others
 * are worth knowing all the same. */
static void
add_domain_capabilities (const MtLibvirtModule *module, gpointer connection,
                         MachtypeHostBuilder *builder, MachtypeArch arch, const char *machine)
{
  const MachtypeHost *host = mt_host_builder_peek (builder);
  const char *domain_type = machtype_host_get_domain_type (host, arch);
  g_autofree char *message = NULL;
  char *xml;

  if (machine == NULL || domain_type == NULL ||
      machtype_host_get_canonical (host, arch, domain_type, machine) == NULL)
    return;
  xml = module->get_domain_capabilities (
      connection, machtype_host_get_emulator (host, arch, domain_type),
      machtype_arch_to_string (arch), machine, domain_type, &message);
  if (xml == NULL)
    return;
  machtype_host_builder_add_domain_capabilities (builder, xml, -1, NULL);
  module->free_text (xml);
}

/* For each architecture the machines that guests are made of: every family's newest, and the
 * default where that is a board. */
static void
add_all_domain_capabilities (const MtLibvirtModule *module, gpointer connection,
                             MachtypeHostBuilder *builder)
{
  int arch, family;

  for (arch = 1; arch <= MT_ARCH_LAST; arch++) {
    const char *machine = machtype_arch_get_default_machine ((MachtypeArch)arch);

    for (family = MACHTYPE_FAMILY_PC_I440FX; family <= MACHTYPE_FAMILY_XENFV; family++) {
      const MtFamily *info = mt_family_info ((MachtypeFamily)family);

      if ((info->arches & MT_ARCH_BIT (arch)) == 0)
        continue;
      add_domain_capabilities (module, connection, builder, (MachtypeArch)arch, info->alias);
      if (g_strcmp0 (machine, info->alias) == 0)
        machine = NULL;
    }
    add_domain_capabilities (module, connection, builder, (MachtypeArch)arch, machine);
  }
}

static gboolean
read_host (const MtLibvirtModule *module, gpointer connection, MachtypeHost **host, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  char *message = NULL;
  gboolean ok;
  char *xml;

  xml = module->get_capabilities (connection, &message);
  if (xml == NULL)
    return set_libvirt_error (message, "asking for the capabilities", error);
  ok = machtype_host_builder_set_capabilities (builder, xml, -1, error);
  module->free_text (xml);
  if (!ok)
    return FALSE;
  add_all_domain_capabilities (module, connection, builder);
  *host = machtype_host_builder_end (builder);
  return TRUE;
}

static gboolean
ask (Attempt *attempt, MachtypeHost **host, GError **error)
{
  const MtLibvirtModule *module = load_module (error);
  char *message = NULL;
  gpointer connection;
  gboolean ok;

  if (module == NULL)
    return FALSE;
  if (attempt->event_loop && !module->start_event_loop (&message))
    return set_libvirt_error (message, "registering an event loop", error);
  connection = module->open (attempt->uri, &message);
  if (connection == NULL) {
    g_autofree char *shown = mt_shown (attempt->uri);
    g_autofree char *doing = g_strdup_printf ("opening %s", shown);

    return set_libvirt_error (message, doing, error);
  }
  ok = read_host (module, connection, host, error);
  module->close (connection);
  return ok;
}

static gpointer
ask_in_thread (gpointer data)
{
  Attempt *attempt = data;
  MachtypeHost *host = NULL;
  GError *error = NULL;

  ask (attempt, &host, &error);
  g_mutex_lock (&attempt->mutex);
  attempt->host = host;
  attempt->error = error;
  attempt->done = TRUE;
  g_cond_signal (&attempt->done_condition);
  g_mutex_unlock (&attempt->mutex);
  attempt_unref (attempt);
  return NULL;
}

static GThread *
start (Attempt *attempt, GError **error)
{
  g_autoptr (GError) why = NULL;
  GThread *thread;

  g_atomic_ref_count_inc (&attempt->refs);
  thread = g_thread_try_new ("machtype-libvirt", ask_in_thread, attempt, &why);
  if (thread != NULL)
    return thread;
  attempt_unref (attempt);
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT,
               "no thread can be started to ask libvirt: %s", why->message);
  return NULL;
}

static MachtypeHost *
wait_for (Attempt *attempt, GThread *thread, guint timeout_ms, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64)timeout_ms * G_TIME_SPAN_MILLISECOND;
  MachtypeHost *host = NULL;
  gboolean in_time = TRUE;

  g_mutex_lock (&attempt->mutex);
  while (!attempt->done && in_time) {
    if (timeout_ms == 0)
      g_cond_wait (&attempt->done_condition, &attempt->mutex);
    else
      in_time = g_cond_wait_until (&attempt->done_condition, &attempt->mutex, end);
  }
  if (attempt->done) {
    host = g_steal_pointer (&attempt->host);
    if (attempt->error != NULL)
      g_propagate_error (error, g_steal_pointer (&attempt->error));
  } else {
    g_autofree char *shown = mt_shown (attempt->uri);

    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT,
                 "%s did not answer within %u ms; libvirt asks every emulator once after an "
                 "upgrade, which can take a minute",
                 shown, timeout_ms);
  }
  in_time = attempt->done;
  g_mutex_unlock (&attempt->mutex);
  /* One that has answered ends at once; what it leaves behind per thread, as libvirt and the
   * dynamic linker do, is then gone. One that has not is left to itself. */
  if (in_time)
    g_thread_join (thread);
  else
    g_thread_unref (thread);
  return host;
}

/**
 * machtype_host_open:
 * @uri: a libvirt URI, as `qemu:///system`; must not be %NULL
 * @flags: how to open it
 * @timeout_ms: how long to wait, in milliseconds; 0 for as long as it takes
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Asks a host through libvirt for its capabilities, and for the domain capabilities of the machine
 * types that guests are usually made of. The connection is closed before the call returns.
 *
 * Blocks: usually some milliseconds, but about a minute when libvirt has to ask many emulators for
 * the first time. A host that does not answer in time costs a thread until libvirt gives up.
 * Thread-safe. A program with a connection of its own hands over the texts it gave
 * ([struct@Machtype.HostBuilder]).
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT with libvirt's message, %MACHTYPE_ERROR_TIMEOUT,
 * %MACHTYPE_ERROR_MODULE if the libvirt module is not installed, %MACHTYPE_ERROR_INVALID_XML for an
 * answer that is no capabilities, %MACHTYPE_ERROR_INVALID_ARGUMENT for a URI that is no text or
 * unknown flags.
 *
 * Returns: (transfer full): the host, or %NULL on error
 * Since: 1.0
 */
MachtypeHost *
machtype_host_open (const char *uri, MachtypeHostOpenFlags flags, guint timeout_ms, GError **error)
{
  MachtypeHost *host = NULL;
  Attempt *attempt;
  GThread *thread;

  g_return_val_if_fail (uri != NULL, NULL);

  if (!mt_check_text ("the URI", uri, URI_MAX, error))
    return NULL;
  if (((guint)flags & ~(guint)MACHTYPE_HOST_OPEN_EVENT_LOOP) != 0) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "unknown flags 0x%x for opening a host", (guint)flags);
    return NULL;
  }
  attempt = g_new0 (Attempt, 1);
  g_atomic_ref_count_init (&attempt->refs);
  g_mutex_init (&attempt->mutex);
  g_cond_init (&attempt->done_condition);
  attempt->uri = g_strdup (uri);
  attempt->event_loop = (flags & MACHTYPE_HOST_OPEN_EVENT_LOOP) != 0;
  thread = start (attempt, error);
  if (thread != NULL)
    host = wait_for (attempt, thread, timeout_ms, error);
  attempt_unref (attempt);
  return host;
}
