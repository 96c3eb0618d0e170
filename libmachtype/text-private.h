/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/text.h>

#include "string-private.h"

/* Text from outside, made safe for a message: cut, escaped, and ASCII only, because it is repeated
 * to show exactly what it is: similar letters of other scripts can be distinguished. Never NULL. */
char *mt_escape_for_message (const char *text);
char *mt_escape_len_for_message (const char *text, gsize length);

/* "; did you mean 'WORD'?", or an empty text if no word is similar. Never NULL. */
char *mt_dup_similar_hint (const char *text, const char *const *words);

/* The number of typing errors in a text if word was meant; G_MAXUINT: it is not similar. */
guint mt_text_count_errors (const char *text, const char *word);

/* Whether a text is entirely printable ASCII, as nearly all are. */
static inline gboolean
mt_is_plain (const char *text)
{
  return mt_is_plain_len (text, strlen (text));
}

/* Whether a text has nothing but blanks, or nothing at all. */
static inline gboolean
mt_is_blank (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return *text == '\0';
}

/* A message of another library, in the encoding of the locale, converted to UTF-8, escaped, to one
 * line, not too long. Never NULL. */
char *mt_foreign_message (const char *message);

/* The same for a library that writes UTF-8 and quotes its input, as SQLite and libxml2 do: bytes
 * that are not valid UTF-8 then come from the file, whatever the locale. Never NULL. */
char *mt_quoting_message (const char *message);
