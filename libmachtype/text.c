/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from outside, on its way to a terminal, a log or an error message. */

#include "text-private.h"

#include <string.h>

/* How much of a hostile text, and of a message of another library, a message repeats, in bytes. */
#define SHOWN_MAX 64
#define FOREIGN_MAX 4096

/* What is escaped in addition to characters that are not visible. */
typedef enum {
  BACKSLASHES = 1 << 0, /* so that the text can be recovered from it */
  QUOTES = 1 << 1,
  OTHER_SCRIPTS = 1 << 2, /* everything that is not ASCII */
} Also;

/* Characters that leave no mark although Unicode classifies them as letters, marks or symbols
 * (DerivedCoreProperties.txt, Default_Ignorable_Code_Point; and the blank pattern of Braille). */
static const struct {
  gunichar first, last;
} invisible[] = {
  { 0x034f, 0x034f },   /* combining grapheme joiner */
  { 0x115f, 0x1160 },   /* Hangul fillers */
  { 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
  { 0x180b, 0x180f },   /* Mongolian variation selectors */
  { 0x2800, 0x2800 },   /* Braille without a dot */
  { 0x3164, 0x3164 },   /* another Hangul filler */
  { 0xfe00, 0xfe0f },   /* variation selectors */
  { 0xffa0, 0xffa0 },   /* a halfwidth Hangul filler */
  { 0xe0000, 0xe0fff }, /* tags, more variation selectors */
};

/**
 * machtype_text_is_visible:
 * @character: a character
 *
 * Checks whether a character can be written to a terminal unchanged. Not visible are control
 * characters, characters that change the direction of the surrounding text, that have no width or
 * leave no mark (joiners, fillers, variation selectors, tags), line and paragraph separators,
 * surrogates, private-use characters, and those that GLib's version of Unicode does not know.
 * Spaces are visible. For programs that write other formats than machtype_text_escape() does.
 * Thread-safe.
 *
 * Returns: %TRUE if the character is visible
 * Since: 1.0
 */
gboolean
machtype_text_is_visible (gunichar character)
{
  gsize i;

  if (character < 0x80)
    return character >= 0x20 && character != 0x7f;
  switch (g_unichar_type (character)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
    return FALSE;
  default:
    break;
  }
  for (i = 0; i < G_N_ELEMENTS (invisible); i++) {
    if (character >= invisible[i].first && character <= invisible[i].last)
      return FALSE;
  }
  return TRUE;
}

/* The number of bytes that are unchanged: most texts are entirely. */
static gsize
count_plain (const char *text, gsize length, guint also)
{
  return mt_count_plain (text, length, (also & QUOTES) != 0 ? '"' : '\0',
                         (also & BACKSLASHES) != 0 ? '\\' : '\0');
}

/* As C and g_strescape() spell it. */
static void
append_byte (GString *escaped, char c)
{
  static const char letters[] = "\b\f\n\r\t\v\\\"", names[] = "bfnrtv\\\"";
  const char *found = c != '\0' ? strchr (letters, c) : NULL;

  if (found != NULL)
    g_string_append_printf (escaped, "\\%c", names[found - letters]);
  else
    g_string_append_printf (escaped, "\\%03o", (guint)(guchar)c);
}

/* A character that is not ASCII. Returns its number of bytes. */
static gsize
append_character (GString *escaped, const char *at, gsize left, guint also)
{
  gunichar character = g_utf8_get_char_validated (at, (gssize)left);
  gsize n;

  if (character == (gunichar)-1 || character == (gunichar)-2) {
    append_byte (escaped, *at);
    return 1;
  }
  n = (gsize)g_utf8_skip[(guchar)*at];
  if ((also & OTHER_SCRIPTS) == 0 && machtype_text_is_visible (character))
    g_string_append_len (escaped, at, (gssize)n);
  else
    g_string_append_printf (escaped, "\\u{%x}", character);
  return n;
}

/* A character that would be cut in two is removed completely. */
static gsize
cut (const char *text, gsize length, gsize max)
{
  gsize end = max;

  if (max == 0 || length <= max)
    return length;
  while (end > 0 && max - end < 3 && ((guchar)text[end] & 0xc0) == 0x80)
    end--;
  return ((guchar)text[end] & 0xc0) != 0x80 ? end : max;
}

static char *
escape (const char *text, gsize length, gsize max, guint also)
{
  gsize shown = cut (text, length, max), i = 0, plain = count_plain (text, shown, also);
  GString *escaped;

  if (plain == length)
    return g_strndup (text, length);
  escaped = g_string_sized_new (shown + 1);
  for (; i < shown; plain = count_plain (text + i, shown - i, also)) {
    g_string_append_len (escaped, text + i, (gssize)plain);
    i += plain;
    if (i < shown && (guchar)text[i] < 0x80)
      append_byte (escaped, text[i++]);
    else if (i < shown)
      i += append_character (escaped, text + i, shown - i, also);
  }
  if (shown < length)
    g_string_append (escaped, "...");
  return g_string_free (escaped, FALSE);
}

/**
 * machtype_text_escape:
 * @text: a text from outside, of any bytes
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @max: the maximum number of its bytes to use; 0 for all
 *
 * Escapes a text from any source so that it can be used in a message, or as a field of a line: the
 * result is valid UTF-8, one line, and shows everything that is in the text.
 *
 * ASCII control characters and bytes that are not valid UTF-8 are escaped as in C (`\n`, `\t`,
 * `\033`, `\377`), a backslash is doubled, and other characters that are not visible (see
 * [func@text_is_visible]) become `\u{202e}` and the like. Everything else is unchanged. So the text
 * can be recovered from the result, unless it was cut: then "..." follows, and no character is cut
 * in two. Thread-safe.
 *
 * Returns: (transfer full): the text, escaped
 * Since: 1.0
 */
char *
machtype_text_escape (const char *text, gssize length, gsize max)
{
  gsize n;

  g_return_val_if_fail (text != NULL, NULL);

  if (length >= 0)
    n = (gsize)length;
  else
    n = max == 0 ? strlen (text) : strnlen (text, max + 1);
  return escape (text, n, max, BACKSLASHES);
}

/**
 * machtype_text_escape_message:
 * @message: a message, parts of which can be from outside
 *
 * Escapes a whole one-line message as machtype_text_escape() does, but keeps backslashes, because
 * parts of it may already be escaped: escaping a message twice changes nothing. Messages of this
 * library (of a `GError` of `MACHTYPE_ERROR`, of a `MachtypeFinding`, and the steps of a
 * resolution) do not need it; names, and messages of others, do. Thread-safe.
 *
 * Returns: (transfer full): the message, escaped
 * Since: 1.0
 */
char *
machtype_text_escape_message (const char *message)
{
  g_return_val_if_fail (message != NULL, NULL);

  return escape (message, strlen (message), 0, 0);
}

/* Longer texts are not typing errors. */
#define SIMILAR_MAX_LENGTH 64

static guchar
fold (char c)
{
  return c == '_' ? '-' : (guchar)g_ascii_tolower (c);
}

/* The number of letters to insert, remove, replace or swap with their neighbor until a is b, each
 * letter at most once (Damerau-Levenshtein, restricted). Both have at most SIMILAR_MAX_LENGTH
 * bytes.
 */
static guint
count_edits (const char *a, const char *b)
{
  guint rows[3][SIMILAR_MAX_LENGTH + 1];
  guint *before = rows[0], *above = rows[1], *row = rows[2], *spare;
  gsize n = strlen (b), i, j;

  for (j = 0; j <= n; j++)
    row[j] = (guint)j;
  for (i = 0; a[i] != '\0'; i++) {
    spare = before;
    before = above;
    above = row;
    row = spare;
    row[0] = (guint)i + 1;
    for (j = 0; j < n; j++) {
      row[j + 1] = MIN (above[j] + (fold (a[i]) != fold (b[j])), MIN (above[j + 1], row[j]) + 1);
      if (i > 0 && j > 0 && fold (a[i]) == fold (b[j - 1]) && fold (a[i - 1]) == fold (b[j]))
        row[j + 1] = MIN (row[j + 1], before[j - 1] + 1);
    }
  }
  return row[n];
}

guint
mt_text_count_errors (const char *text, const char *word)
{
  const gsize length = strnlen (text, SIMILAR_MAX_LENGTH + 1);
  const gsize size = strnlen (word, SIMILAR_MAX_LENGTH + 1);
  const guint most = (guint)MIN ((length + 2) / 3, 3);
  guint edits;

  if (length > SIMILAR_MAX_LENGTH || size > SIMILAR_MAX_LENGTH || size + most < length ||
      length + most < size)
    return G_MAXUINT;
  edits = count_edits (text, word);
  /* Not all of it can be wrong. */
  return edits <= most && edits < MAX (length, size) ? edits : G_MAXUINT;
}

/**
 * machtype_text_dup_similar:
 * @text: what was written
 * @words: (array zero-terminated=1): the words that can be meant
 *
 * Finds the word that was probably meant: the one with the fewest letters inserted, removed,
 * replaced or swapped, of several the first. Lower and upper case, and underscore and dash, are the
 * same letter. One error in three letters is similar, but not more than three errors. For messages:
 * "did you mean 'record'?". Thread-safe.
 *
 * Returns: (transfer full) (nullable): a copy of the word; %NULL: none is similar
 * Since: 1.0
 */
char *
machtype_text_dup_similar (const char *text, const char *const *words)
{
  const char *similar = NULL;
  guint fewest = G_MAXUINT;

  g_return_val_if_fail (text != NULL && words != NULL, NULL);

  for (; *words != NULL; words++) {
    const guint errors = mt_text_count_errors (text, *words);

    if (errors < fewest) {
      similar = *words;
      fewest = errors;
    }
  }
  return g_strdup (similar);
}

char *
mt_dup_similar_hint (const char *text, const char *const *words)
{
  g_autofree char *similar = machtype_text_dup_similar (text, words);

  return similar != NULL ? g_strdup_printf ("; did you mean '%s'?", similar) : g_strdup ("");
}

char *
mt_escape_len_for_message (const char *text, gsize length)
{
  return escape (text, length, SHOWN_MAX, BACKSLASHES | QUOTES | OTHER_SCRIPTS);
}

char *
mt_escape_for_message (const char *text)
{
  return mt_escape_len_for_message (text, strnlen (text, SHOWN_MAX + 1));
}

char *
mt_foreign_message (const char *message)
{
  g_autofree char *converted = NULL;

  if (!g_utf8_validate (message, -1, NULL))
    converted = g_locale_to_utf8 (message, -1, NULL, NULL, NULL);
  return mt_quoting_message (converted != NULL ? converted : message);
}

char *
mt_quoting_message (const char *message)
{
  gsize length = strnlen (message, FOREIGN_MAX + 1);

  while (length > 0 && g_ascii_isspace (message[length - 1]))
    length--; /* libvirt's and libxml2's messages sometimes end with a newline */
  return escape (message, length, FOREIGN_MAX, 0);
}
