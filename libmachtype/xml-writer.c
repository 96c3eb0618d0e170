/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-writer.h"

#include <string.h>

/* What becomes of a byte: 0, copied as it is; else a row of references[]. Both kinds of quotes are
 * escaped, so that one table serves text and attributes. */
enum { AMP = 1, LT, GT, APOS, QUOT, TAB, LF, CR };

static const guint8 escape[256] = {
  ['&'] = AMP,  ['<'] = LT,   ['>'] = GT,  ['\''] = APOS,
  ['"'] = QUOT, ['\t'] = TAB, ['\n'] = LF, ['\r'] = CR,
};

static const char references[][8] = {
  [AMP] = "&amp;",   [LT] = "&lt;",  [GT] = "&gt;",  [APOS] = "&apos;",
  [QUOT] = "&quot;", [TAB] = "&#9;", [LF] = "&#10;", [CR] = "&#13;",
};

void
mt_xml_writer_init (MtXmlWriter *writer)
{
  writer->text = g_malloc (MT_XML_WRITER_INITIAL);
  writer->length = 0;
  writer->size = MT_XML_WRITER_INITIAL;
}

/* What is written is bounded by the limits on every value, so the doubling cannot overflow. */
void
mt_xml_grow (MtXmlWriter *writer, gsize length)
{
  gsize needed = writer->length + length + 1;

  /* No size: the writer was ended before and is used again. */
  writer->size = MAX (writer->size, MT_XML_WRITER_INITIAL);
  while (writer->size < needed)
    writer->size *= 2;
  writer->text = g_realloc (writer->text, writer->size);
}

/* Room for the worst is made beforehand, so that the loop need not look; what was too much is given
 * back. Long values are taken in pieces, for the worst is six times the length. */
#define PIECE 64

static const char *
append_piece (MtXmlWriter *writer, const char *value)
{
  char *start = mt_xml_room (writer, PIECE * sizeof references[0]), *to = start;
  const char *end = value + PIECE;

  for (; value < end && *value != '\0'; value++) {
    guint8 reference = escape[(guchar)*value];

    if (G_LIKELY (reference == 0))
      *to++ = *value;
    else
      to = g_stpcpy (to, references[reference]);
  }
  writer->length -= PIECE * sizeof references[0] - (gsize)(to - start);
  return value;
}

void
mt_xml_value (MtXmlWriter *writer, const char *value)
{
  while (*value != '\0')
    value = append_piece (writer, value);
}

void
mt_xml_uint (MtXmlWriter *writer, guint64 value)
{
  char digits[20]; /* of 2^64 - 1 */
  gsize at = sizeof digits;

  if (value < 10) { /* most numbers in a domain are */
    *mt_xml_room (writer, 1) = (char)('0' + value);
    return;
  }
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  mt_xml_append (writer, digits + at, sizeof digits - at);
}

char *
mt_xml_writer_end (MtXmlWriter *writer)
{
  char *text;

  mt_xml_room (writer, 0);
  text = writer->text;
  text[writer->length] = '\0';
  writer->text = NULL;
  writer->length = writer->size = 0;
  return text;
}
