/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host by its libvirt URI, or over an open connection. */

#include "host/open-private.h"

#include "arch-private.h"
#include "error-private.h"
#include "host/host-private.h"

typedef struct {
  const MtLibvirt *libvirt;
  MachtypeHostBuilder *builder;
  gboolean is_answered[MT_ARCH_LAST + 1]; /* for at least one machine type */
  char *refusals[MT_ARCH_LAST + 1];       /* libvirt's messages; NULL: none */
} Asking;

/* If the domain capabilities of a machine type are not available, they are omitted without an
 * error: the others are still useful. */
static void
add_domain_capabilities (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                         const MtMachine *machine, gpointer data)
{
  Asking *asking = data;
  const MtLibvirt *libvirt = asking->libvirt;
  g_autofree char *message = NULL;
  gboolean refused = FALSE;
  char *xml = libvirt->module->get_domain_capabilities (
      libvirt->handle, machtype_host_get_emulator (host, arch, domain_type),
      machtype_arch_to_string (arch), mt_host_text (host, machine->name), domain_type, &refused,
      &message);

  if (refused && asking->refusals[arch] == NULL)
    asking->refusals[arch] = g_steal_pointer (&message);
  if (xml == NULL)
    return;
  asking->is_answered[arch] = TRUE;
  machtype_host_builder_add_domain_capabilities (asking->builder, xml, -1, NULL);
  libvirt->module->free_text (xml);
}

/* It would define such guests neither. */
static void
set_refusals (Asking *asking)
{
  int arch;

  for (arch = 1; arch <= MT_ARCH_LAST; arch++) {
    if (asking->refusals[arch] != NULL && !asking->is_answered[arch])
      machtype_host_builder_set_refusal (asking->builder, (MachtypeArch)arch,
                                         asking->refusals[arch]);
    g_free (asking->refusals[arch]);
  }
}

/* Without an answer they are unknown. */
static void
ask_versions (const MtLibvirt *libvirt, MachtypeHostBuilder *builder)
{
  g_autofree char *message = NULL;
  guint64 qemu = 0, version = 0;

  if (libvirt->module->get_versions (libvirt->handle, &qemu, &version, &message))
    machtype_host_builder_set_versions (builder, qemu, version);
}

/* A builder with the capabilities, or NULL. */
static MachtypeHostBuilder *
ask_capabilities (const MtLibvirt *libvirt, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  char *xml = mt_libvirt_get_capabilities (libvirt, error);
  gboolean is_read;

  if (xml == NULL)
    return NULL;
  is_read = machtype_host_builder_set_capabilities (builder, xml, -1, error);
  libvirt->module->free_text (xml);
  if (!is_read)
    return NULL;
  ask_versions (libvirt, builder);
  return g_steal_pointer (&builder);
}

MachtypeHost *
mt_host_read_capabilities (const MtLibvirt *libvirt, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = ask_capabilities (libvirt, error);

  return builder != NULL ? machtype_host_builder_end (builder) : NULL;
}

MachtypeHost *
mt_host_read (const MtLibvirt *libvirt, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = ask_capabilities (libvirt, error);
  Asking asking = { .libvirt = libvirt, .builder = builder };

  if (builder == NULL)
    return NULL;
  mt_host_foreach_wanted (mt_host_builder_peek (builder), add_domain_capabilities, &asking);
  set_refusals (&asking);
  return machtype_host_builder_end (builder);
}

static gpointer
read_and_close (MtLibvirt *libvirt, GError **error)
{
  MachtypeHost *host = mt_host_read (libvirt, error);

  mt_libvirt_close (libvirt);
  return host;
}

/**
 * machtype_host_open:
 * @uri: a libvirt URI, such as `qemu:///system`; must not be %NULL
 * @flags: how to open it
 * @timeout_ms: how long to wait, in milliseconds; -1 to wait indefinitely; 0 to not wait at all, so
 *   that there is never an answer
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads a host's capabilities through libvirt, and the domain capabilities of the machine types
 * that guests usually have. The connection is closed before the call returns.
 *
 * Blocks: usually for some milliseconds, but for about a minute if libvirt has to query many
 * emulators for the first time. A host that does not answer in time ties up a thread until libvirt
 * gives up. Thread-safe. A program that has its own connection passes the texts that it reads to a
 * [struct@Machtype.HostBuilder].
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT with libvirt's message, %MACHTYPE_ERROR_TIMEOUT,
 * %MACHTYPE_ERROR_MODULE if the libvirt module is not installed, %MACHTYPE_ERROR_INVALID_XML for an
 * answer that is not a capabilities document, %MACHTYPE_ERROR_INVALID_ARGUMENT for a URI that is
 * empty, is not valid UTF-8 or has control characters, unknown flags and a timeout below -1.
 *
 * Returns: (transfer full): the host, or %NULL on error
 * Since: 1.0
 */
MachtypeHost *
machtype_host_open (const char *uri, MachtypeHostOpenFlags flags, int timeout_ms, GError **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  if (!mt_libvirt_check_uri (uri, timeout_ms, error) ||
      !mt_check_flags ("opening a host", flags, MACHTYPE_HOST_OPEN_EVENT_LOOP, error))
    return NULL;
  return mt_libvirt_open (uri, (MtLibvirtOpenFlags)flags, timeout_ms, read_and_close,
                          (GDestroyNotify)machtype_host_unref, error);
}
