/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeHostBuilder: a host from XML documents. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "text-private.h"

/* Beyond this no document is read: strings are found by 32-bit offsets, and the largest document
 * adds a quarter of what these reach. */
#define STRINGS_MAX (G_MAXUINT32 / 2)

struct _MachtypeHostBuilder {
  gatomicrefcount refs;
  MachtypeHost *host; /* not returned to the caller yet */
};

G_DEFINE_BOXED_TYPE (MachtypeHostBuilder, machtype_host_builder, machtype_host_builder_ref,
                     machtype_host_builder_unref)

static MachtypeHost *
host_new (void)
{
  MachtypeHost *host = g_new0 (MachtypeHost, 1);

  g_atomic_ref_count_init (&host->refs);
  host->strings = g_string_sized_new (4096);
  g_string_append_c (host->strings, '\0'); /* offset 0: the empty string */
  host->machines = g_array_new (FALSE, FALSE, sizeof (MtMachine));
  host->domains = g_array_new (FALSE, FALSE, sizeof (MtDomainType));
  host->guests = g_array_new (FALSE, FALSE, sizeof (MtGuestInfo));
  host->offers = g_array_new (FALSE, FALSE, sizeof (MtOffer));
  host->domain_capabilities = g_array_new (FALSE, FALSE, sizeof (MtDomainCapabilities));
  return host;
}

/**
 * machtype_host_builder_new:
 *
 * Creates a builder for a host about which nothing is known.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypeHostBuilder *
machtype_host_builder_new (void)
{
  MachtypeHostBuilder *builder = g_new0 (MachtypeHostBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  builder->host = host_new ();
  return builder;
}

/* Without its index: the copy can grow. */
static MachtypeHost *
host_copy (const MachtypeHost *from)
{
  MachtypeHost *host = g_memdup2 (from, sizeof *from);

  g_atomic_ref_count_init (&host->refs);
  host->strings = g_string_new_len (from->strings->str, (gssize)from->strings->len);
  host->machines = g_array_copy (from->machines);
  host->domains = g_array_copy (from->domains);
  host->guests = g_array_copy (from->guests);
  host->offers = g_array_copy (from->offers);
  host->domain_capabilities = g_array_copy (from->domain_capabilities);
  host->index = NULL;
  if (host->origin != NULL)
    host->ref_origin (host->origin);
  return host;
}

/**
 * machtype_host_builder_new_from:
 * @host: a host; must not be %NULL
 *
 * Creates a builder with everything that is known about a host, to add domain capabilities to it:
 * which machine type is of interest is often known only after [func@Machtype.resolve], which takes
 * a host.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypeHostBuilder *
machtype_host_builder_new_from (const MachtypeHost *host)
{
  MachtypeHostBuilder *builder;

  g_return_val_if_fail (host != NULL, NULL);

  builder = g_new0 (MachtypeHostBuilder, 1);
  g_atomic_ref_count_init (&builder->refs);
  builder->host = host_copy (host);
  return builder;
}

/**
 * machtype_host_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypeHostBuilder *
machtype_host_builder_ref (MachtypeHostBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_host_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_host_builder_unref (MachtypeHostBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  machtype_host_unref (builder->host);
  g_free (builder);
}

const MachtypeHost *
mt_host_builder_peek (const MachtypeHostBuilder *builder)
{
  return builder->host;
}

MachtypeHost *
mt_host_builder_get (MachtypeHostBuilder *builder)
{
  return builder->host;
}

/**
 * machtype_host_builder_set_arch:
 * @builder: a builder; must not be %NULL
 * @arch: the host's architecture, %MACHTYPE_ARCH_UNKNOWN for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the host's architecture, for use without capabilities. The last call wins: this one, or
 * capabilities that name a processor.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid value.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_host_builder_set_arch (MachtypeHostBuilder *builder, MachtypeArch arch, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);

  if (!mt_arch_check (arch, error))
    return FALSE;
  builder->host->arch = arch;
  return TRUE;
}

/**
 * machtype_host_builder_set_versions:
 * @builder: a builder; must not be %NULL
 * @qemu: the version of QEMU, as `virConnectGetVersion` returns it; 0 if it is not known
 * @libvirt: the version of libvirt, as `virConnectGetLibVersion` returns it; 0 if it is not known
 *
 * Sets the versions of the host's QEMU and libvirt, which decide what guests can be given. Without
 * them, QEMU is as new as the host's newest machine type.
 *
 * Since: 1.0
 */
void
machtype_host_builder_set_versions (MachtypeHostBuilder *builder, guint64 qemu, guint64 libvirt)
{
  g_return_if_fail (builder != NULL);
  builder->host->qemu_version = qemu;
  builder->host->libvirt_version = libvirt;
}

/**
 * machtype_host_builder_set_refusal:
 * @builder: a builder; must not be %NULL
 * @arch: architecture of the guests
 * @message: libvirt's message; must not be %NULL
 *
 * Sets that libvirt refuses the emulator that the capabilities list for guests of an architecture:
 * the host then offers none of them, and [method@Machtype.Host.list_missing] has the message. That
 * is so if for none of its machine types `virConnectGetDomainCapabilities` has an answer, and the
 * error is `VIR_ERR_INVALID_ARG`: libvirt 12.9 takes qemu-system-mipsel of QEMU 11.1 for an
 * emulator of mips, and would not define such a guest either. [func@Machtype.Host.open] does this.
 * Call it after [method@Machtype.HostBuilder.set_capabilities]; of an architecture that these do
 * not list, it changes nothing.
 *
 * Since: 1.0
 */
void
machtype_host_builder_set_refusal (MachtypeHostBuilder *builder, MachtypeArch arch,
                                   const char *message)
{
  g_autofree char *shown = NULL;
  guint i;

  g_return_if_fail (builder != NULL && message != NULL);

  shown = mt_foreign_message (message);
  for (i = 0; i < builder->host->guests->len; i++) {
    MtGuestInfo *guest = MT_ROW (builder->host->guests, MtGuestInfo, i);

    if (guest->arch == arch && arch != MACHTYPE_ARCH_UNKNOWN)
      guest->refusal = mt_host_add_text (builder->host, shown, strlen (shown));
  }
}

typedef gboolean (*ReadFunc) (MachtypeHost *host, const char *xml, gsize length, GError **error);

static gboolean
read_into (MachtypeHost *host, ReadFunc read, const char *what, const char *xml, gssize length,
           GError **error)
{
  MtHostMark before;
  gsize size;

  if (!mt_check_length (what, xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return FALSE;
  if (host->strings->len > STRINGS_MAX)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "%s: too many for one host", what);
  mt_host_mark (host, &before);
  if (read (host, xml, size, error))
    return TRUE;
  mt_host_roll_back (host, &before);
  return FALSE;
}

/**
 * machtype_host_builder_set_capabilities:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh capabilities`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads a host's capabilities, of any libvirt version, with or without QEMU. Unknown elements and
 * architectures are skipped. Capabilities can be read only once.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if capabilities were already read,
 * %MACHTYPE_ERROR_INVALID_XML for XML that is malformed, truncated, not capabilities, or has a
 * document type; %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.XML_MAX_SIZE] or
 * [const@Machtype.XML_MAX_DEPTH]. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_host_builder_set_capabilities (MachtypeHostBuilder *builder, const char *xml,
                                        gssize length, GError **error)
{
  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);
  if (builder->host->has_capabilities)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the host already has capabilities");
  return read_into (builder->host, mt_capabilities_read, "capabilities", xml, length, error);
}

/**
 * machtype_host_builder_add_domain_capabilities:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh domcapabilities`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads the domain capabilities of one machine type, in addition to those that were read before;
 * [method@Machtype.Host.list_wanted] lists for which to ask. libvirt returns them
 * (`virConnectGetDomainCapabilities`) only over read-write connections.
 *
 * Raises the same errors as [method@Machtype.HostBuilder.set_capabilities]. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_host_builder_add_domain_capabilities (MachtypeHostBuilder *builder, const char *xml,
                                               gssize length, GError **error)
{
  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);
  return read_into (builder->host, mt_domain_capabilities_read, "domain capabilities", xml, length,
                    error);
}

/**
 * machtype_host_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the host. The builder is empty afterwards and can be used again.
 *
 * Returns: (transfer full): the host
 * Since: 1.0
 */
MachtypeHost *
machtype_host_builder_end (MachtypeHostBuilder *builder)
{
  MachtypeHost *host;

  g_return_val_if_fail (builder != NULL, NULL);

  host = builder->host;
  builder->host = host_new ();
  mt_host_index_new (host);
  return host;
}
