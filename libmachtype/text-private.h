/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/text.h>

/* Text from outside, fit for a message: cut, escaped, and ASCII alone, for what it repeats is meant
 * to be: letters of other scripts that look the same are told apart. Never NULL. */
char *mt_escape_for_message (const char *text);
char *mt_escape_len_for_message (const char *text, gsize length);

/* Whether a text is printable ASCII from end to end, as nearly all are. */
static inline gboolean
mt_is_plain (const char *text)
{
  while (*text >= 0x20 && *text < 0x7f)
    text++;
  return *text == '\0';
}

/* What another library says, in the encoding of the locale: UTF-8, escaped, one line, not too long.
 * Never NULL. */
char *mt_foreign_message (const char *message);

/* The same of a library that writes UTF-8 and quotes what it reads, as SQLite and libxml2 do: bytes
 * that are not UTF-8 are then the file's, whatever the locale. Never NULL. */
char *mt_quoting_message (const char *message);
