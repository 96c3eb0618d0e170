/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the machine of an existing domain (https://libvirt.org/formatdomain.html). */

#include <machtype/domain.h>
#include <machtype/host.h>

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "xml-reader.h"

struct _MachtypeDomain {
  gatomicrefcount refs;
  MachtypeArch arch;
  char *type;    /* NULL: not said */
  char *name;    /* NULL: not said */
  char *uuid;    /* NULL: not said */
  char *machine; /* NULL: not said */
};

typedef enum { WANT_NOTHING, WANT_NAME, WANT_UUID } Wanted;

typedef struct {
  MachtypeDomain *domain;
  MtXmlReader *reader;
  Wanted wanted;
  gboolean in_os;
} Reading;

G_DEFINE_BOXED_TYPE (MachtypeDomain, machtype_domain, machtype_domain_ref, machtype_domain_unref)

static char *
dup_attribute (const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  return value != NULL && length != 0 ? g_strndup (value, length) : NULL;
}

static void
read_type (Reading *reading, const MtXmlAttributes *attributes)
{
  g_autofree char *arch = dup_attribute (attributes, "arch");

  if (arch != NULL)
    reading->domain->arch = mt_arch_find (arch, strlen (arch));
  g_free (reading->domain->machine);
  reading->domain->machine = dup_attribute (attributes, "machine");
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;

  if (depth == 1) {
    if (strcmp (element, "domain") != 0) {
      g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML,
                   "domain: the document is a <%.64s>, not libvirt's <domain>", element);
      return FALSE;
    }
    reading->domain->type = dup_attribute (attributes, "type");
  } else if (depth == 2) {
    reading->in_os = strcmp (element, "os") == 0;
    if (strcmp (element, "name") == 0)
      reading->wanted = WANT_NAME;
    else if (strcmp (element, "uuid") == 0)
      reading->wanted = WANT_UUID;
    if (reading->wanted != WANT_NOTHING)
      mt_xml_reader_want_text (reading->reader);
  } else if (depth == 3 && reading->in_os && strcmp (element, "type") == 0)
    read_type (reading, attributes);
  return TRUE;
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reading *reading = data;
  char **slot;

  /* libvirt writes name and uuid before <os>, so that nothing behind <type> is needed; in a
   * document of another order they stay unknown. Not at its start: libxml2 tells of an element
   * before it has seen that its tag is whole. */
  if (depth == 3 && reading->in_os && strcmp (element, "type") == 0)
    mt_xml_reader_stop (reading->reader);
  if (text == NULL)
    return;
  slot = reading->wanted == WANT_NAME ? &reading->domain->name : &reading->domain->uuid;
  if (*slot == NULL && length != 0)
    *slot = g_strndup (text, length);
  reading->wanted = WANT_NOTHING;
}

/**
 * machtype_domain_new_from_xml:
 * @xml: the text of a domain's definition (`virsh dumpxml`); must not be %NULL
 * @length: its length in bytes, or -1 up to its NUL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads what a domain's XML says of its machine: up to `</type>` in `<os>`, and no further, for
 * that is all that is wanted of very many domains. What stands behind it is not looked at, and may
 * be malformed. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for text that is malformed or cut off before that, is no
 * domain or has a document type; %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.XML_MAX_SIZE] or
 * [const@Machtype.XML_MAX_DEPTH].
 *
 * Returns: (transfer full): the domain, or %NULL on error
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_new_from_xml (const char *xml, gssize length, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  g_autoptr (MachtypeDomain) domain = NULL;
  Reading reading = { 0 };
  gsize size;

  g_return_val_if_fail (xml != NULL, NULL);

  if (!mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  domain = g_new0 (MachtypeDomain, 1);
  g_atomic_ref_count_init (&domain->refs);
  reading.domain = domain;
  if (!mt_xml_read (xml, size, "domain", &handler, &reading, &reading.reader, error))
    return NULL;
  return g_steal_pointer (&domain);
}

/**
 * machtype_domain_ref:
 * @domain: a domain; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @domain
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_ref (MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);

  g_atomic_ref_count_inc (&domain->refs);
  return domain;
}

/**
 * machtype_domain_unref:
 * @domain: (transfer full) (nullable): a domain; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_unref (MachtypeDomain *domain)
{
  if (domain == NULL || !g_atomic_ref_count_dec (&domain->refs))
    return;
  g_free (domain->type);
  g_free (domain->name);
  g_free (domain->uuid);
  g_free (domain->machine);
  g_free (domain);
}

/**
 * machtype_domain_get_domain_type:
 * @domain: a domain; must not be %NULL
 *
 * Tells libvirt's domain type, as `kvm`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @domain; %NULL where it is not
 * said Since: 1.0
 */
const char *
machtype_domain_get_domain_type (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->type;
}

/**
 * machtype_domain_get_name:
 * @domain: a domain; must not be %NULL
 *
 * Tells the domain's name. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @domain; %NULL where it does not
 *   stand before `<os>`
 * Since: 1.0
 */
const char *
machtype_domain_get_name (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->name;
}

/**
 * machtype_domain_get_uuid:
 * @domain: a domain; must not be %NULL
 *
 * Tells the domain's UUID as it is written. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @domain; %NULL where it does not
 *   stand before `<os>`
 * Since: 1.0
 */
const char *
machtype_domain_get_uuid (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->uuid;
}

/**
 * machtype_domain_get_arch:
 * @domain: a domain; must not be %NULL
 *
 * Tells the architecture of the guest. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN where it is not said, or nobody knows it
 * Since: 1.0
 */
MachtypeArch
machtype_domain_get_arch (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, MACHTYPE_ARCH_UNKNOWN);
  return domain->arch;
}

/**
 * machtype_domain_get_machine:
 * @domain: a domain; must not be %NULL
 *
 * Tells the machine type. libvirt replaces an alias by what it stands for when it takes a domain.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @domain; %NULL where it
 * is not said Since: 1.0
 */
const char *
machtype_domain_get_machine (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->machine;
}
