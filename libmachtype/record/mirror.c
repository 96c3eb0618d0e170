/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/mirror.h"

void
mt_mirror_write_attributes (MtXmlWriter *xml, MachtypeArch arch, const char *machine,
                            const char *requested, MachtypeSource source)
{
  if (arch != MACHTYPE_ARCH_UNKNOWN)
    mt_xml_attribute_word (xml, "arch", machtype_arch_to_string (arch));
  mt_xml_attribute_value (xml, "machine", machine);
  mt_xml_attribute_value (xml, "asked", requested);
  mt_xml_attribute_word (xml, "source", machtype_source_to_string (source));
  mt_xml_literal (xml, "/>");
}
