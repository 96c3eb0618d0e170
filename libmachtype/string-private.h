/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* Appends bytes in place if there is room: GString's own function is a call that handles the
 * general case. */
static inline void
mt_string_append (GString *string, const char *text, gsize length)
{
  if (string->allocated_len - string->len <= length) {
    g_string_append_len (string, text, (gssize)length);
    return;
  }
  memcpy (string->str + string->len, text, length);
  string->len += length;
  string->str[string->len] = '\0';
}

static inline gboolean
mt_is_printable (char c)
{
  return c >= 0x20 && c < 0x7f;
}

/* The same byte eight times. */
#define MT_EIGHT(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))

/* Whether eight bytes are printable ASCII without quotation marks and backslashes. Each expression
 * sets the high bit of the first byte that is not, if there is one; and perhaps of later ones. */
static inline gboolean
mt_are_plain (const char *text)
{
  guint64 bytes, quotes, backslashes, wrong;

  memcpy (&bytes, text, sizeof bytes);
  quotes = bytes ^ MT_EIGHT ('"');
  backslashes = bytes ^ MT_EIGHT ('\\');
  wrong = (bytes - MT_EIGHT (0x20)) | (bytes + MT_EIGHT (1)) | bytes | (quotes - MT_EIGHT (1)) |
          (backslashes - MT_EIGHT (1));
  return (wrong & MT_EIGHT (0x80)) == 0;
}

/* The number of printable ASCII bytes at the beginning, up to a byte that the caller escapes: a
 * quotation mark and a backslash, or '\0' for one that it keeps. */
static inline gsize
mt_count_plain (const char *text, gsize length, char quote, char backslash)
{
  gsize n = 0;

  while (n < length && mt_is_printable (text[n]) && text[n] != quote && text[n] != backslash)
    n += length - n >= 8 && mt_are_plain (text + n) ? 8 : 1;
  return n;
}

/* Whether a text of this length is entirely printable ASCII. */
static inline gboolean
mt_is_plain_len (const char *text, gsize length)
{
  return mt_count_plain (text, length, '\0', '\0') == length;
}

/* Whether a text, which need not be NUL-terminated, is this word. */
static inline gboolean
mt_is_text (const char *text, gsize length, const char *word)
{
  return strlen (word) == length && memcmp (text, word, length) == 0;
}

/* strcmp, but most of the compared words differ in their first byte. */
static inline gboolean
mt_is_word (const char *word, const char *wanted)
{
  return word[0] == wanted[0] && strcmp (word, wanted) == 0;
}

/* The word for a value of an enumeration, from an array of words; "unknown" for a number that is
 * not in it. */
#define MT_WORD(words, value) ((gsize)(value) < G_N_ELEMENTS (words) ? (words)[(value)] : "unknown")

/* The number of a word in an array of words of this size; -1: it is not in it. */
static inline int
mt_word_find (const char *words, gsize n, gsize size, const char *wanted)
{
  gsize i;

  for (i = 0; i < n; i++) {
    if (mt_is_word (words + i * size, wanted))
      return (int)i;
  }
  return -1;
}
