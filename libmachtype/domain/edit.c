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

static MtXmlTree *
read_bounded (const char *xml, gssize length, GError **error)
{
  gsize size;

  return mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error)
             ? mt_domain_read_tree (xml, size, error)
             : NULL;
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

  g_return_val_if_fail (xml != NULL && machine != NULL, NULL);

  if (!mt_name_check (machine, error))
    return NULL;
  tree = read_bounded (xml, length, error);
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

/**
 * machtype_domain_xml_with_name:
 * @xml: the text of a domain's definition, with its secrets if it is to be defined again; must not
 *   be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @name: the domain's name; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name in a domain's XML and keeps everything else. libvirt does not define a domain of a
 * known UUID under another name than it has: use it for a definition that is older than the last
 * `virsh domrename`. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is not a domain or has no `<name>`,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for a name that is empty, has control characters, or is not
 * valid UTF-8, %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full): the new XML, or %NULL on error
 * Since: 1.0
 */
char *
machtype_domain_xml_with_name (const char *xml, gssize length, const char *name, GError **error)
{
  g_autoptr (MtXmlTree) tree = NULL;
  MtXmlNode *node;

  g_return_val_if_fail (xml != NULL && name != NULL, NULL);

  if (!mt_check_text ("the domain's name", name, MACHTYPE_RECORD_MAX_TEXT, error))
    return NULL;
  if (*name == '\0') {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the domain's name is empty");
    return NULL;
  }
  tree = read_bounded (xml, length, error);
  if (tree == NULL)
    return NULL;
  node = mt_xml_node_find (mt_xml_tree_get_root (tree), "name");
  if (node == NULL || !mt_xml_node_set_text (node, name)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "domain: it has no <name>");
    return NULL;
  }
  return mt_xml_tree_write (tree, error);
}
