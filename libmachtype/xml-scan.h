/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <libxml/parser.h>

/* Reads a document without libxml2, whose parser takes two to four times as long. Only what is
 * certain, as libvirt writes it: tags and text in ASCII without references, comments, instructions,
 * CDATA, a default namespace or attributes in one. Calls the functions of sax for the start and end
 * of elements and for text, as libxml2 does. Ends when *has_stopped is set, or before anything
 * else: the document may be malformed there. Returns whether it has stopped, or has read all of the
 * document. */
gboolean mt_xml_scan (const char *text, gsize length, const xmlSAXHandler *sax, void *user,
                      const gboolean *has_stopped);
