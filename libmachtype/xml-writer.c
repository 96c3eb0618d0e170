/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-writer.h"

#include <machtype/text.h>

#include <glib/gprintf.h>
#include <string.h>

/* How a byte is written: 0, copied unchanged; otherwise a row of references[]. Both kinds of quotes
 * are escaped, so that one table serves text and attributes. */
enum { AMP = 1, LT, GT, APOS, QUOT, TAB, LF, CR, LONG, END };

/* LONG is the start of a character that is not ASCII: whether it is visible has to be looked up. */
static const guint8 escape[256] = {
  ['\0'] = END, ['&'] = AMP,  ['<'] = LT,  ['>'] = GT,  ['\''] = APOS,
  ['"'] = QUOT, ['\t'] = TAB, ['\n'] = LF, ['\r'] = CR, [0xc2 ... 0xf4] = LONG,
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

/* The size is limited by the limits on every value, so the doubling cannot overflow. */
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

/* Room for the worst case is reserved in advance, so that the loop need not check; the excess is
 * returned. Long values are written in pieces, because the worst case is six times the length. */
#define PIECE 64

/* Copies a character, or its reference: a terminal must not interpret the contents of a value. n is
 * set to its number of bytes. Returns where it ends in the copy. */
static char *
append_long (char *to, const char *at, gsize *n)
{
  gunichar character = g_utf8_get_char_validated (at, -1);

  *n = g_utf8_skip[(guchar)*at];
  if (character == (gunichar)-1 || character == (gunichar)-2)
    *n = 1; /* text that is not valid UTF-8 is refused on input */
  else if (!machtype_text_is_visible (character))
    return to + g_sprintf (to, "&#x%x;", character);
  memcpy (to, at, *n);
  return to + *n;
}

static const char *
append_piece (MtXmlWriter *writer, const char *value)
{
  char *start = mt_xml_room (writer, PIECE * sizeof references[0]), *to = start;
  const char *end = value + PIECE;

  while (value < end && *value != '\0') {
    guint8 reference = escape[(guchar)*value];

    if (reference == 0)
      *to++ = *value++;
    else if (reference != LONG) {
      to = g_stpcpy (to, references[reference]);
      value++;
    } else {
      gsize n;

      to = append_long (to, value, &n);
      value += n;
    }
  }
  writer->length -= PIECE * sizeof references[0] - (gsize)(to - start);
  return value;
}

/* A flag in each byte that is not certainly copied unchanged: of '&', quotes and '#', which
 * differ in the same bits, '<', '>', control characters, and the first byte of all that
 * is not ASCII. */
static inline guint64
find_doubtful (const char *value)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  guint64 bytes, quotes, angles;

  memcpy (&bytes, value, sizeof bytes);
  quotes = (bytes & ~(ones * 0x05)) ^ ones * 0x22;
  angles = (bytes & ~(ones * 0x02)) ^ ones * 0x3c;
  return ((quotes - ones) | (angles - ones) | (bytes - ones * 0x20)) & ones * 0x80;
}

/* Most values have nothing to escape. Eight bytes at a time; the last eight can overlap. */
static gboolean
is_plain (const char *value, gsize length)
{
  gsize i;

  if (length < sizeof (guint64))
    return FALSE;
  for (i = 0; i + sizeof (guint64) <= length; i += sizeof (guint64)) {
    if (find_doubtful (value + i) != 0)
      return FALSE;
  }
  return find_doubtful (value + length - sizeof (guint64)) == 0;
}

void
mt_xml_value (MtXmlWriter *writer, const char *value)
{
  gsize length = strlen (value);

  if (is_plain (value, length)) {
    mt_xml_append (writer, value, length);
    return;
  }
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

MtXmlPart
mt_xml_writer_end_part (MtXmlWriter *writer)
{
  const gsize length = writer->length;
  char *text = mt_xml_writer_end (writer);

  return (MtXmlPart){ g_realloc (text, length + 1), length };
}

/* Where a character is, which decides how it can be written. */
typedef enum { IN_CONTENT, IN_TAG, IN_VALUE, IN_COMMENT, IN_PI, IN_CDATA } Context;

static void
append_invisible (GString *shown, gunichar character, Context context)
{
  switch (context) {
  case IN_CONTENT:
  case IN_VALUE:
    g_string_append_printf (shown, "&#x%x;", character);
    return;
  case IN_CDATA:
    g_string_append_printf (shown, "]]>&#x%x;<![CDATA[", character);
    return;
  case IN_COMMENT: /* neither has a meaning */
  case IN_PI:
    g_string_append_printf (shown, "\\u{%x}", character);
    return;
  case IN_TAG: /* names can contain joiners, and there is no other way to write them */
  default:
    g_string_append_unichar (shown, character);
    return;
  }
}

/* In a well-formed document. quote is that of the value, if it is one. */
static Context
find_context (const char *at, Context context, char *quote)
{
  switch (context) {
  case IN_CONTENT:
    if (*at != '<')
      return IN_CONTENT;
    if (at[1] == '?')
      return IN_PI;
    if (g_str_has_prefix (at, "<!--"))
      return IN_COMMENT;
    return g_str_has_prefix (at, "<![CDATA[") ? IN_CDATA : IN_TAG;
  case IN_TAG:
    if (*at == '"' || *at == '\'') {
      *quote = *at;
      return IN_VALUE;
    }
    return *at == '>' ? IN_CONTENT : IN_TAG;
  case IN_VALUE:
    return *at == *quote ? IN_TAG : IN_VALUE;
  case IN_COMMENT:
    return g_str_has_prefix (at, "-->") ? IN_TAG : IN_COMMENT;
  case IN_PI:
    return g_str_has_prefix (at, "?>") ? IN_TAG : IN_PI;
  case IN_CDATA:
  default:
    return g_str_has_prefix (at, "]]>") ? IN_TAG : IN_CDATA;
  }
}

static gboolean
is_all_visible (const char *text)
{
  while (*text != '\0' && *text != 0x7f && (guchar)*text < 0x80)
    text++;
  return *text == '\0';
}

char *
mt_xml_make_visible (char *text)
{
  Context context = IN_CONTENT;
  GString *shown;
  const char *at;
  char quote = 0;

  if (is_all_visible (text))
    return text;
  shown = g_string_sized_new (strlen (text));
  for (at = text; *at != '\0'; at += g_utf8_skip[(guchar)*at]) {
    gunichar character = g_utf8_get_char (at);

    if (character >= 0x7f && !machtype_text_is_visible (character))
      append_invisible (shown, character, context);
    else
      g_string_append_len (shown, at, g_utf8_skip[(guchar)*at]);
    context = find_context (at, context, &quote);
  }
  g_free (text);
  return g_string_free (shown, FALSE);
}
