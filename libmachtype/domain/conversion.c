/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by all steps of a conversion: finding elements in the domain, asking what the new machine
 * supports, recording the effects on the guest. */

#include "domain/convert-private.h"

#include <string.h>

#include "finding-private.h"

void
mt_conversion_add_effect (const MtConversion *move, const char *code, const char *remedy,
                          const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (move->effects,
                   mt_finding_new (code, g_strdup_vprintf (format, arguments), g_strdup (remedy)));
  va_end (arguments);
}

void
mt_conversion_refuse (const MtConversion *move, const char *code, const char *remedy,
                      const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (move->reasons,
                   mt_finding_new (code, g_strdup_vprintf (format, arguments), g_strdup (remedy)));
  va_end (arguments);
}

gboolean
mt_conversion_is_unfit (const MtConversion *move, MtDeviceKind kind, const char *value)
{
  MachtypeAuthority authority = mt_compat_ask (kind, value, move->to);

  /* That it is untested is not a reason to remove it from a guest that uses it. */
  return authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE || authority == MACHTYPE_AUTHORITY_QEMU ||
         authority == MACHTYPE_AUTHORITY_GUEST;
}

/* The first element with a name, or any, in no namespace, starting at one. */
static MtXmlNode *
find_from (MtXmlNode *node, const char *name)
{
  while (node != NULL && !mt_xml_node_is (node, NULL, name))
    node = mt_xml_node_next (node);
  return node;
}

MtXmlNode *
mt_conversion_next_device (const MtConversion *move, MtXmlNode *device)
{
  MtXmlNode *section, *next;

  if (device != NULL) {
    next = find_from (mt_xml_node_next (device), NULL);
    section = mt_xml_node_next (mt_xml_node_get_parent (device));
  } else {
    next = NULL;
    section = mt_xml_node_first (move->root);
  }
  while (next == NULL && (section = find_from (section, "devices")) != NULL) {
    next = find_from (mt_xml_node_first (section), NULL);
    section = mt_xml_node_next (section);
  }
  return next;
}

gboolean
mt_xml_node_has_value (MtXmlNode *node, const char *attribute, const char *value)
{
  g_autofree char *said = mt_xml_node_dup (node, attribute);

  return g_strcmp0 (said, value) == 0;
}

gboolean
mt_xml_node_is_controller (MtXmlNode *device, const char *type)
{
  return mt_xml_node_is (device, NULL, "controller") &&
         mt_xml_node_has_value (device, "type", type);
}

void
mt_xml_node_remove_children (MtXmlNode *node, const char *kept)
{
  MtXmlNode *child, *next;

  for (child = mt_xml_node_first (node); child != NULL; child = next) {
    next = mt_xml_node_next (child);
    if (!mt_xml_node_is (child, NULL, kept))
      mt_xml_node_remove (child);
  }
}
