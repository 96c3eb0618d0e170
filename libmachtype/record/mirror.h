/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/record.h>

#include "xml-writer.h"

/* What is recorded, in a domain's <metadata>: a hint for people and tools that see only the XML.
 * With the prefix it is <machtype:record xmlns:machtype='urn:libmachtype:record:1' .../>. */
#define MT_MIRROR_PREFIX "machtype"
#define MT_MIRROR_URI "urn:libmachtype:record:1"
#define MT_MIRROR_ELEMENT "record"

/* Writes the element's attributes and ends it. */
void mt_mirror_write_attributes (MtXmlWriter *xml, MachtypeArch arch, const char *machine,
                                 const char *requested, MachtypeSource source);
