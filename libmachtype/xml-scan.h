/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <libxml/parser.h>

/* The beginning of a document, without libxml2, whose parser takes ten times as long to be made and
 * to read it. Only what is certain, as libvirt writes it: tags and text in ASCII without
 * references, comments, instructions, CDATA, a default namespace or attributes in one. Calls the
 * functions of sax for the start and end of elements and for text, as libxml2 does, but equal names
 * are not the same pointer. Ends when *has_stopped is set, or before anything else: the document
 * may be malformed there. */
void mt_xml_scan (const char *text, gsize length, const xmlSAXHandler *sax, void *user,
                  const gboolean *has_stopped);
