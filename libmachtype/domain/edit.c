/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes an existing domain's XML, and nothing in it but what is to change. */

#include "domain/domain-private.h"

#include <string.h>

#include <machtype/text.h>

#include "error-private.h"
#include "name/name-private.h"
#include "xml-tree.h"

/* Bounds, document type and root element are checked in the code that reads all domains. */
MtXmlTree *
mt_domain_read_tree (const char *xml, gsize size, GError **error)
{
  g_autoptr (MachtypeDomain) checked =
      machtype_domain_new_from_xml (xml, (gssize)size, MACHTYPE_DOMAIN_READ_DEVICES, error);

  return checked != NULL ? mt_xml_tree_read (xml, size, "domain", error) : NULL;
}

/**
 * machtype_domain_xml_with_machine:
 * @xml: the text of a domain's definition, with its secrets if it is to be defined again; must not
 *   be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @machine: the machine type to set; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the machine type in a domain's XML and keeps everything else. Devices are not converted:
 * within a family that is not necessary. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is not a domain or has no `<type>` in `<os>`,
 * %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type name, %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full): the new XML, or %NULL on error
 * Since: 1.0
 */
char *
machtype_domain_xml_with_machine (const char *xml, gssize length, const char *machine,
                                  GError **error)
{
  g_autoptr (MtXmlTree) tree = NULL;
  MtXmlNode *type;
  gsize size;

  g_return_val_if_fail (xml != NULL && machine != NULL, NULL);

  if (!mt_name_check (machine, error) ||
      !mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  tree = mt_domain_read_tree (xml, size, error);
  if (tree == NULL)
    return NULL;
  type = mt_xml_node_find (mt_xml_node_find (mt_xml_tree_get_root (tree), "os"), "type");
  if (type == NULL || !mt_xml_node_set (type, "machine", machine)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_XML,
             "domain: it has no <type> in <os> to set the machine type on");
    return NULL;
  }
  return mt_xml_tree_write (tree, error);
}
