/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host by its libvirt URI, through modules/libvirt. */

#include "host/host-private.h"

#include "arch-private.h"
#include "connection/connection-private.h"
#include "error-private.h"
#include "name/name-private.h"

/* libvirt URIs are short; a longer text is none. */
#define URI_MAX 4096

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

static char *
get_capabilities (const MtLibvirtModule *module, gpointer connection, GError **error)
{
  char *message = NULL;
  char *xml = module->get_capabilities (connection, &message);

  if (xml == NULL)
    mt_libvirt_set_error (message, "asking for the capabilities", error);
  return xml;
}

MachtypeHost *
mt_libvirt_read_host (const MtLibvirtModule *module, gpointer connection, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  char *xml = get_capabilities (module, connection, error);
  gboolean ok;

  if (xml == NULL)
    return NULL;
  ok = machtype_host_builder_set_capabilities (builder, xml, -1, error);
  module->free_text (xml);
  if (!ok)
    return NULL;
  add_all_domain_capabilities (module, connection, builder);
  return machtype_host_builder_end (builder);
}

/* What is asked for, with a life of its own. */
typedef struct {
  char *uri;
  gboolean event_loop;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->uri);
  g_free (wanted);
}

static gpointer
ask (gpointer data, GError **error)
{
  const Wanted *wanted = data;
  const MtLibvirtModule *module = mt_libvirt_load (error);
  gpointer connection = NULL;
  MachtypeHost *host;

  if (module != NULL)
    connection = mt_libvirt_open (module, wanted->uri, wanted->event_loop, error);
  if (connection == NULL)
    return NULL;
  host = mt_libvirt_read_host (module, connection, error);
  module->close (connection);
  return host;
}

gboolean
mt_host_check_open (const char *uri, int timeout_ms, GError **error)
{
  return mt_check_text ("the URI", uri, URI_MAX, error) && mt_check_timeout (timeout_ms, error);
}

/**
 * machtype_host_open:
 * @uri: a libvirt URI, as `qemu:///system`; must not be %NULL
 * @flags: how to open it
 * @timeout_ms: how long to wait, in milliseconds; -1 for as long as it takes; 0 not at all, so
 *   that nothing is ever answered
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
 * answer that is no capabilities, %MACHTYPE_ERROR_INVALID_ARGUMENT for a URI that is no text,
 * unknown flags and a timeout below -1.
 *
 * Returns: (transfer full): the host, or %NULL on error
 * Since: 1.0
 */
MachtypeHost *
machtype_host_open (const char *uri, MachtypeHostOpenFlags flags, int timeout_ms, GError **error)
{
  Wanted *wanted;

  g_return_val_if_fail (uri != NULL, NULL);

  if (!mt_host_check_open (uri, timeout_ms, error) ||
      !mt_check_flags ("opening a host", flags, MACHTYPE_HOST_OPEN_EVENT_LOOP, error))
    return NULL;
  wanted = g_new (Wanted, 1);
  wanted->uri = g_strdup (uri);
  wanted->event_loop = (flags & MACHTYPE_HOST_OPEN_EVENT_LOOP) != 0;
  return mt_call (ask, wanted, wanted_free, (GDestroyNotify)machtype_host_unref, timeout_ms, uri,
                  error);
}
