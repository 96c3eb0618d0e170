/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns of names, as a shell has them. */

#include "store/store-private.h"

/* The next character of UTF-8. Other bytes are taken one by one: a database can have them. */
static const char *
skip_character (const char *text)
{
  do
    text++;
  while ((*text & 0xc0) == 0x80);
  return text;
}

/* Only the last star that was met is tried again. An earlier one took as little as possible: taking
 * more would leave less text for the rest of the pattern. */
gboolean
mt_pattern_matches (const char *pattern, const char *text)
{
  const char *star = NULL, *taken = NULL; /* after the last '*', and where its rest is tried */

  while (*text != '\0') {
    if (*pattern == '*') {
      star = ++pattern;
      taken = text;
    } else if (*pattern == '?') {
      pattern++;
      text = skip_character (text);
    } else if (*pattern == *text) {
      pattern++;
      text++;
    } else if (star != NULL) {
      pattern = star;
      text = taken = skip_character (taken);
    } else
      return FALSE;
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}
