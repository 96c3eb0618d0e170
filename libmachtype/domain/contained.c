/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the domains in libvirt's other documents: snapshots, checkpoints, the status of a running
 * domain. */

#include <machtype/domain.h>

#include <string.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "string-private.h"
#include "xml-reader.h"
#include "xml-tree.h"

#define DOMAINS_MAX 2

/* Which elements directly in the root are domains. libvirt reads the first of each, and ignores
 * one without a type: before 0.9.5 it wrote only the UUID into snapshots. Sources: libvirt
 * src/conf/snapshot_conf.c (virDomainSnapshotDefParse), checkpoint_conf.c, backup_conf.c,
 * domain_conf.c (virDomainObjParseXML), docs/formatsnapshot.rst, docs/formatbackup.rst. */
typedef struct {
  char root[20];
  char domains[DOMAINS_MAX][16]; /* empty: no more */
  char advice[120];              /* if there is none */
} Document;

static const Document documents[] = {
  { "domainsnapshot",
    { "domain", "inactiveDomain" },
    "virsh snapshot-dumpxml prints it with the domain" },
  { "domaincheckpoint",
    { "domain" },
    "virsh checkpoint-dumpxml without --no-domain prints it with the domain" },
  { "domstatus", { "domain" }, "virsh dumpxml prints the domain" },
  { "domainbackup", { "" }, "a backup job lists only disks; virsh dumpxml prints the domain" },
};

struct _MachtypeContainedDomain {
  gatomicrefcount refs;
  const char *document, *element; /* constants */
  char *name;                     /* NULL: none */
  char *xml;
};

G_DEFINE_BOXED_TYPE (MachtypeContainedDomain, machtype_contained_domain,
                     machtype_contained_domain_ref, machtype_contained_domain_unref)

typedef struct {
  const Document *document; /* NULL: it is a domain itself */
  MtXmlReader *reader;
} Reading;

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;
  gsize i;

  if (depth != 1 || (strcmp (element, "domain") == 0 && attributes->uri == NULL))
    return TRUE;
  for (i = 0; i < G_N_ELEMENTS (documents) && attributes->uri == NULL; i++) {
    if (strcmp (element, documents[i].root) == 0) {
      reading->document = &documents[i];
      return TRUE;
    }
  }
  return mt_xml_set_wrong_root ("domain", element, "domain", error);
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  (void)data;
  (void)element;
  (void)depth;
  (void)text;
  (void)length;
}

/* Takes ownership of name and xml. */
static void
add (GPtrArray *domains, const char *document, const char *element, char *name, char *xml)
{
  MachtypeContainedDomain *domain = g_new0 (MachtypeContainedDomain, 1);

  g_atomic_ref_count_init (&domain->refs);
  domain->document = document;
  domain->element = element;
  domain->name = name;
  domain->xml = xml;
  g_ptr_array_add (domains, domain);
}

static gboolean
add_contained (GPtrArray *domains, const Document *document, MtXmlNode *root, GError **error)
{
  g_autofree char *text = mt_xml_node_dup_text (mt_xml_node_find (root, "name"));
  const char *name = text != NULL && *g_strstrip (text) != '\0' ? text : NULL;
  gsize i;

  for (i = 0; i < DOMAINS_MAX && document->domains[i][0] != '\0'; i++) {
    MtXmlNode *node = mt_xml_node_find (root, document->domains[i]);
    char *xml;

    if (!mt_xml_node_has (node, "type"))
      continue;
    xml = mt_xml_node_write (node, "domain", error);
    if (xml == NULL)
      return FALSE;
    add (domains, document->root, document->domains[i], g_strdup (name), xml);
  }
  return domains->len != 0 ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "domain: this <%s> contains no domain: %s",
                  document->root, document->advice);
}

/**
 * machtype_domain_list_contained:
 * @xml: the text of a document of libvirt; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the domains in a document: a domain's own definition; that of a snapshot (`virsh
 * snapshot-dumpxml`: `<domain>`, and `<inactiveDomain>` if the definition for the next start was
 * another one), of a checkpoint (`virsh checkpoint-dumpxml`), or of the status that libvirt keeps
 * of a running domain (`<domstatus>`). Each can be given to [func@Machtype.Domain.lint] and all
 * other functions that read domains. The whole document is read. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is malformed, is none of these documents, has a
 * document type, or contains no domain: a `<domainbackup>` never does;
 * %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.XML_MAX_SIZE] or
 * [const@Machtype.XML_MAX_DEPTH].
 *
 * Source: libvirt `docs/formatsnapshot.rst`, `docs/formatcheckpoint.rst`,
 * `src/conf/domain_conf.c`.
 *
 * Returns: (transfer container) (element-type MachtypeContainedDomain): the domains, at least one,
 *   in the order of libvirt's documents; or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_domain_list_contained (const char *xml, gssize length, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  g_autoptr (GPtrArray) domains = NULL;
  g_autoptr (MtXmlTree) tree = NULL;
  Reading reading = { 0 };
  gsize size;

  g_return_val_if_fail (xml != NULL, NULL);

  if (!mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error) ||
      !mt_xml_read (xml, size, "domain", &handler, &reading, &reading.reader, error))
    return NULL;
  domains = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_contained_domain_unref);
  if (reading.document == NULL) {
    add (domains, "domain", "domain", NULL, g_strndup (xml, size));
    return g_steal_pointer (&domains);
  }
  tree = mt_xml_tree_read (xml, size, "domain", error);
  if (tree == NULL ||
      !add_contained (domains, reading.document, mt_xml_tree_get_root (tree), error))
    return NULL;
  return g_steal_pointer (&domains);
}

/**
 * machtype_contained_domain_ref:
 * @domain: a contained domain; must not be %NULL
 *
 * Increases the reference count of @domain. Thread-safe.
 *
 * Returns: (transfer full): @domain
 * Since: 1.0
 */
MachtypeContainedDomain *
machtype_contained_domain_ref (MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);

  g_atomic_ref_count_inc (&domain->refs);
  return domain;
}

/**
 * machtype_contained_domain_unref:
 * @domain: (transfer full) (nullable): a contained domain; %NULL does nothing
 *
 * Decreases the reference count of @domain; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_contained_domain_unref (MachtypeContainedDomain *domain)
{
  if (domain == NULL || !g_atomic_ref_count_dec (&domain->refs))
    return;
  g_free (domain->name);
  g_free (domain->xml);
  g_free (domain);
}

/**
 * machtype_contained_domain_get_document:
 * @domain: a contained domain; must not be %NULL
 *
 * Gets the name of the root element of the document: `domain`, `domainsnapshot`,
 * `domaincheckpoint` or `domstatus`. Thread-safe.
 *
 * Returns: (transfer none): the name, a constant string
 * Since: 1.0
 */
const char *
machtype_contained_domain_get_document (const MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->document;
}

/**
 * machtype_contained_domain_get_element:
 * @domain: a contained domain; must not be %NULL
 *
 * Gets the name of the domain's element in the document: `domain`, or `inactiveDomain` in a
 * snapshot of a running domain: the definition for its next start. Thread-safe.
 *
 * Returns: (transfer none): the name, a constant string
 * Since: 1.0
 */
const char *
machtype_contained_domain_get_element (const MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->element;
}

/**
 * machtype_contained_domain_get_document_name:
 * @domain: a contained domain; must not be %NULL
 *
 * Gets the name of the snapshot or checkpoint: text from outside. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @domain; %NULL if the document
 *   has none
 * Since: 1.0
 */
const char *
machtype_contained_domain_get_document_name (const MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->name;
}

/**
 * machtype_contained_domain_get_xml:
 * @domain: a contained domain; must not be %NULL
 *
 * Gets the domain as a document of its own, whose root element is `<domain>`. If the document is a
 * domain itself, this is its text. Thread-safe.
 *
 * Returns: (transfer none): the XML, valid as long as @domain
 * Since: 1.0
 */
const char *
machtype_contained_domain_get_xml (const MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->xml;
}

/**
 * machtype_contained_domain_equal:
 * @a: a contained domain; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two are equal: the document and the XML. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_contained_domain_equal (const MachtypeContainedDomain *a, const MachtypeContainedDomain *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return strcmp (a->document, b->document) == 0 && strcmp (a->element, b->element) == 0 &&
         g_strcmp0 (a->name, b->name) == 0 && strcmp (a->xml, b->xml) == 0;
}

/**
 * machtype_contained_domain_hash:
 * @domain: a contained domain; must not be %NULL
 *
 * Computes a hash of a contained domain, for hash tables: equal ones have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_contained_domain_hash (const MachtypeContainedDomain *domain)
{
  g_return_val_if_fail (domain != NULL, 0);
  return g_str_hash (domain->xml);
}
