/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <libxml/xmlerror.h>

/* The input of libxml2, and the checks before it. Shared by xml-reader and xml-tree, which have no
 * other access to libxml2's parser. */

/* Text as libxml2 gets it: UTF-8, whatever its declaration says (XML_PARSE_IGNORE_ENC). */
typedef struct {
  const char *text;
  gsize length;
  char *converted; /* NULL: it was already UTF-8 */
} MtXmlInput;

/* Initializes libxml2, which requires that in one thread before others use it: also for libvirt,
 * whose drivers use it in each thread that opens a connection. */
void mt_xml_start (void);

/* Checks size and encoding of a document from outside, and initializes libxml2. Raises INVALID_XML,
 * and TOO_LARGE for one that is larger than MACHTYPE_XML_MAX_SIZE. The text is borrowed. */
gboolean mt_xml_input_init (MtXmlInput *input, const char *text, gsize length, const char *what,
                            GError **error);
void mt_xml_input_clear (MtXmlInput *input);

/* To be called before libxml2 reads it: raises TOO_LARGE if a start tag has more attributes than
 * MACHTYPE_XML_MAX_ATTRIBUTES. */
gboolean mt_xml_input_check_tags (const MtXmlInput *input, const char *what, GError **error);

/* libxml2 reports a failed allocation of a node or a buffer only to the thread's error handler, and
 * without one it writes to standard error. Between begin and end, in this thread only, our handler
 * replaces it. */
typedef struct {
  xmlStructuredErrorFunc func;
  void *data;
  gboolean is_memory_gone;
} MtXmlWatch;

void mt_xml_watch_begin (MtXmlWatch *watch);

/* Whether all allocations succeeded. */
gboolean mt_xml_watch_end (const MtXmlWatch *watch);
