/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Reads XML from outside, event by event. Together with xml-writer the only code that knows what
 * markup is. No network, no document type, no entity except the five predefined ones; size, depth
 * and attributes are limited (MACHTYPE_XML_MAX_SIZE, MACHTYPE_XML_MAX_DEPTH,
 * MACHTYPE_XML_MAX_ATTRIBUTES). */

typedef struct MtXmlReader MtXmlReader;

/* Attributes of the element that starts: pairs as libxml2 returns them. */
typedef struct {
  const guchar **list; /* localname, prefix, URI, value, end of value */
  int count;
  const char *uri; /* the namespace of the element; NULL: none, as for all of libvirt's elements */
  const guchar **namespaces; /* that the element declares: prefix, URI */
  int n_namespaces;
} MtXmlAttributes;

typedef struct {
  /* depth: 1 for the root. Returning FALSE with the error set stops parsing. Equal names of
   * elements are the same pointer, and so are those of attributes, until the end or a restart. */
  gboolean (*start) (gpointer data, const char *element, guint depth,
                     const MtXmlAttributes *attributes, GError **error);
  /* text: all character data directly in the element, NUL-terminated; collected only for elements
   * for which the start function called mt_xml_reader_want_text, otherwise NULL. */
  void (*end) (gpointer data, const char *element, guint depth, const char *text, gsize length);
} MtXmlHandler;

/* Parses text of length bytes. what names it in messages ("capabilities"). The handler gets data,
 * and the reader for mt_xml_reader_want_text is stored in *reader during parsing. */
gboolean mt_xml_read (const char *text, gsize length, const char *what, const MtXmlHandler *handler,
                      gpointer data, MtXmlReader **reader, GError **error);

/* The same, but without libxml2's parser, which takes longer, as long as the document is plain,
 * like most that libvirt writes. At anything else, restart is called, and everything read once more
 * with the parser: it takes back what the handler has done. NULL: only the parser reads. */
gboolean mt_xml_read_plain (const char *text, gsize length, const char *what,
                            const MtXmlHandler *handler, void (*restart) (gpointer data),
                            gpointer data, MtXmlReader **reader, GError **error);

/* Stops parsing successfully: everything of interest was found. The rest of the document is not
 * parsed, and can be anything, except for libxml2's parser a start tag with too many attributes. */
void mt_xml_reader_stop (MtXmlReader *reader);

/* Raises INVALID_XML: the root element of the document is not the expected one. Always FALSE. */
gboolean mt_xml_set_wrong_root (const char *what, const char *element, const char *expected,
                                GError **error);

/* Requests the text of the element that starts. One at a time: if requested again for an element
 * inside it, the outer one ends without text. Text longer than 64 KiB is cut: no element that we
 * read has as much. */
void mt_xml_reader_want_text (MtXmlReader *reader);

/* The same, but the text is appended to the string, which must not be changed until the element
 * ends. If the element ends without text, a part of it may be left in the string. */
void mt_xml_reader_want_text_in (MtXmlReader *reader, GString *string);

/* The name of attribute i, and its value: not terminated. NULL for one in a namespace, because we
 * know none. */
static inline const char *
mt_xml_attribute_at (const MtXmlAttributes *attributes, int i, const char **value, gsize *length)
{
  const guchar **attribute = attributes->list + (gsize)i * 5;

  *value = (const char *)attribute[3];
  *length = (gsize)(attribute[4] - attribute[3]);
  return attribute[1] == NULL ? (const char *)attribute[0] : NULL;
}

/* Whether the element declares a namespace. */
gboolean mt_xml_declares (const MtXmlAttributes *attributes, const char *uri);

/* The value of an attribute: not terminated; NULL if it does not exist. */
const char *mt_xml_attribute (const MtXmlAttributes *attributes, const char *name, gsize *length);
