/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing an existing domain's XML, and nothing in it but what is to change. */

#include "domain/domain-private.h"

#include <machtype/host.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "error-private.h"
#include "name/name-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (xmlDoc, xmlFreeDoc)

static xmlNode *
find_child (xmlNode *parent, const char *name)
{
  xmlNode *child;

  for (child = xmlFirstElementChild (parent); child != NULL;
       child = xmlNextElementSibling (child)) {
    if (child->ns == NULL && strcmp ((const char *)child->name, name) == 0)
      return child;
  }
  return NULL;
}

/* What machtype_domain_new_with_devices has found well is read again as a tree. */
static xmlDoc *
parse (const char *xml, gsize size, GError **error)
{
  g_autoptr (MachtypeDomain) checked = machtype_domain_new_with_devices (xml, (gssize)size, error);
  xmlDoc *document;

  if (checked == NULL)
    return NULL;
  document =
      xmlReadMemory (xml, (int)size, NULL, NULL,
                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
  if (document == NULL)
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML, "domain: it cannot be read");
  return document;
}

/* The root alone: what stands around it, libvirt does not keep. */
static char *
dump (xmlDoc *document, GError **error)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  char *text = NULL;

  if (buffer != NULL && xmlNodeDump (buffer, document, xmlDocGetRootElement (document), 0, 0) > 0)
    text = g_strconcat ((const char *)xmlBufferContent (buffer), "\n", NULL);
  else
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML, "domain: it cannot be written");
  xmlBufferFree (buffer);
  return text;
}

/**
 * machtype_domain_xml_with_machine:
 * @xml: the text of a domain's definition, with its secrets if it is to be defined again; must not
 *   be %NULL
 * @length: its length in bytes, or -1 up to its NUL
 * @machine: the machine type to set; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the machine type in a domain's XML; everything else stays as it is. Devices are not adapted:
 * within a family they need not be. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for text that is no domain or has no `<type>` in `<os>`,
 * %MACHTYPE_ERROR_INVALID_NAME for a machine type that can be none, %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full): the new XML, or %NULL on error
 * Since: 1.0
 */
char *
machtype_domain_xml_with_machine (const char *xml, gssize length, const char *machine,
                                  GError **error)
{
  g_autoptr (xmlDoc) document = NULL;
  xmlNode *os, *type = NULL;
  gsize size;

  g_return_val_if_fail (xml != NULL && machine != NULL, NULL);

  if (!mt_name_check (machine, error) ||
      !mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  document = parse (xml, size, error);
  if (document == NULL)
    return NULL;
  os = find_child (xmlDocGetRootElement (document), "os");
  if (os != NULL)
    type = find_child (os, "type");
  if (type == NULL ||
      xmlSetProp (type, (const xmlChar *)"machine", (const xmlChar *)machine) == NULL) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML,
                 "domain: it has no <type> in <os> to set a machine type on");
    return NULL;
  }
  return dump (document, error);
}
