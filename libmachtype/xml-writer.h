/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* Writes XML: an append-only buffer. Literal markup is appended unchanged, values are escaped by a
 * table. Values are UTF-8 without control characters (mt_check_text); the few that libvirt's own
 * XML can contain (tab, line feed, carriage return) are written as references. */

typedef struct {
  char *text;
  gsize length, size;
} MtXmlWriter;

#define MT_XML_WRITER_INITIAL 8192

void mt_xml_writer_init (MtXmlWriter *writer);

/* Makes room for length bytes and a NUL; see mt_xml_room. */
void mt_xml_grow (MtXmlWriter *writer, gsize length);

/* Where the next length bytes go; they count as written. */
static inline char *
mt_xml_room (MtXmlWriter *writer, gsize length)
{
  char *room;

  if (writer->size - writer->length <= length)
    mt_xml_grow (writer, length);
  room = writer->text + writer->length;
  writer->length += length;
  return room;
}

static inline void
mt_xml_append (MtXmlWriter *writer, const char *text, gsize length)
{
  memcpy (mt_xml_room (writer, length), text, length);
}

/* Literal markup; its length is known at compile time, so that it becomes a few moves. */
#define mt_xml_literal(writer, literal) mt_xml_append (writer, "" literal "", sizeof (literal) - 1)

void mt_xml_value (MtXmlWriter *writer, const char *value);
void mt_xml_uint (MtXmlWriter *writer, guint64 value);

/* A word of our own tables: nothing in it needs escaping. */
static inline void
mt_xml_word (MtXmlWriter *writer, const char *word)
{
  mt_xml_append (writer, word, strlen (word));
}

/* A short word of our own with its length: it is copied as a whole, in two moves. */
typedef struct {
  char text[15];
  guint8 length;
} MtXmlShort;

static inline void
mt_xml_short (MtXmlWriter *writer, const MtXmlShort *word)
{
  memcpy (mt_xml_room (writer, sizeof word->text), word->text, sizeof word->text);
  writer->length -= sizeof word->text - word->length;
}

/* name='value', with a blank before; the name is a literal. */
#define mt_xml_attribute_value(writer, name, value)                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    mt_xml_literal (writer, " " name "='");                                                        \
    mt_xml_value (writer, value);                                                                  \
    mt_xml_literal (writer, "'");                                                                  \
  }                                                                                                \
  G_STMT_END
#define mt_xml_attribute_word(writer, name, word)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    mt_xml_literal (writer, " " name "='");                                                        \
    mt_xml_word (writer, word);                                                                    \
    mt_xml_literal (writer, "'");                                                                  \
  }                                                                                                \
  G_STMT_END

/* <name>value</name> on its own line; indentation and name are literals. */
#define mt_xml_element(writer, indentation, name, value)                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    mt_xml_literal (writer, indentation "<" name ">");                                             \
    mt_xml_value (writer, value);                                                                  \
    mt_xml_literal (writer, "</" name ">\n");                                                      \
  }                                                                                                \
  G_STMT_END

/* The text, NUL-terminated, owned by the caller; the writer is empty afterwards. */
char *mt_xml_writer_end (MtXmlWriter *writer);

/* A part that is the same whatever is decided later: written once, and appended to each document.
 */
typedef struct {
  char *text; /* owned */
  gsize length;
} MtXmlPart;

/* As mt_xml_writer_end, without memory to spare. */
MtXmlPart mt_xml_writer_end_part (MtXmlWriter *writer);

static inline void
mt_xml_part (MtXmlWriter *writer, const MtXmlPart *part)
{
  mt_xml_append (writer, part->text, part->length);
}

/* A well-formed UTF-8 document with the same meaning, without invisible characters: they become
 * references, and in comments and processing instructions, which have no meaning, "\u{202e}". Takes
 * ownership of the text. */
char *mt_xml_make_visible (char *text);
