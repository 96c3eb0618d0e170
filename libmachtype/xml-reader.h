/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Reading XML from outside, event by event. Together with xml-writer the only place that knows
 * what markup is. No network, no document type, no entity but the five predefined ones; size,
 * depth and attributes bounded (MACHTYPE_XML_MAX_SIZE, MACHTYPE_XML_MAX_DEPTH,
 * MACHTYPE_XML_MAX_ATTRIBUTES). */

typedef struct MtXmlReader MtXmlReader;

/* Attributes of the element that starts now: pairs as libxml2 hands them out. */
typedef struct {
  const guchar **list; /* localname, prefix, URI, value, end of value */
  int count;
  const char *uri; /* the namespace of the element; NULL: none, as all of libvirt's own have */
} MtXmlAttributes;

typedef struct {
  /* depth: 1 for the root. Returning FALSE with the error set stops the parse. While it runs, equal
   * names of elements are the same pointer: they come from libxml2's dictionary; those of
   * attributes, too. */
  gboolean (*start) (gpointer data, const char *element, guint depth,
                     const MtXmlAttributes *attributes, GError **error);
  /* text: all character data directly in the element, NUL-terminated; only collected for elements
   * that the start function asked for with mt_xml_reader_want_text, else NULL. */
  void (*end) (gpointer data, const char *element, guint depth, const char *text, gsize length);
} MtXmlHandler;

/* Parses text of length bytes. what names it in messages ("capabilities"). The handler gets data,
 * and the reader for mt_xml_reader_want_text is stored in *reader while the parse runs. */
gboolean mt_xml_read (const char *text, gsize length, const char *what, const MtXmlHandler *handler,
                      gpointer data, MtXmlReader **reader, GError **error);

/* Ends the parse in success: what was wanted has been seen. The rest of the document is not parsed,
 * and may be anything but a start tag with too many attributes. */
void mt_xml_reader_stop (MtXmlReader *reader);

/* Raises INVALID_XML: of what, the document has another root element. Always FALSE. */
gboolean mt_xml_set_wrong_root (const char *what, const char *element, const char *expected,
                                GError **error);

/* Asks for the text of the element that starts now. Of one at a time: asked again for an element
 * within it, the outer one ends without text. Text longer than 64 KiB is cut off: no element that
 * we read holds as much. */
void mt_xml_reader_want_text (MtXmlReader *reader);

/* The same, but the text is put behind what is in the string, which nobody else may change until
 * the element ends. Of an element that ends without text, a part of it may be left there. */
void mt_xml_reader_want_text_in (MtXmlReader *reader, GString *string);

/* The name of attribute i, and its value: not terminated. NULL for one of somebody's own namespace,
 * which is not one that we know. */
static inline const char *
mt_xml_attribute_at (const MtXmlAttributes *attributes, int i, const char **value, gsize *length)
{
  const guchar **attribute = attributes->list + (gsize)i * 5;

  *value = (const char *)attribute[3];
  *length = (gsize)(attribute[4] - attribute[3]);
  return attribute[1] == NULL ? (const char *)attribute[0] : NULL;
}

/* The value of an attribute: not terminated; NULL if it is not there. */
const char *mt_xml_attribute (const MtXmlAttributes *attributes, const char *name, gsize *length);
