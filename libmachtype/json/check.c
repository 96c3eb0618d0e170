/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that a text is exactly one JSON value (RFC 8259). json-glib 1.6 accepts more than that
 * (comments, other quotes, hexadecimal numbers, a second value after the first), stops a text at an
 * escaped NUL, and parses by recursion without a limit: its input is checked first. */

#include "json/json-private.h"

#include <string.h>

#include "error-private.h"

typedef struct {
  const char *at;
  guint depth;
  guint64 members; /* of all objects together */
  const char *problem;
} Check;

static gboolean
fail (Check *check, const char *problem)
{
  check->problem = problem;
  return FALSE;
}

static void
skip_space (Check *check)
{
  check->at += strspn (check->at, " \t\r\n");
}

static gboolean
take (Check *check, char c)
{
  if (*check->at != c)
    return FALSE;
  check->at++;
  return TRUE;
}

/* The four digits after "\u"; -1: there are not four. */
static int
read_unit (Check *check)
{
  int i, unit = 0;

  for (i = 0; i < 4; i++) {
    if (!g_ascii_isxdigit (check->at[i]))
      return -1;
    unit = unit * 16 + g_ascii_xdigit_value (check->at[i]);
  }
  check->at += 4;
  return unit;
}

/* UTF-16: what is beyond the basic plane is two units. */
static gboolean
check_unit (Check *check)
{
  int unit = read_unit (check);

  if (unit < 0)
    return fail (check, "invalid escape sequence in a string");
  if (unit == 0)
    return fail (check, "NUL in a string");
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  if (unit > 0xdbff || !take (check, '\\') || !take (check, 'u'))
    return fail (check, "half of a character in a string");
  unit = read_unit (check);
  return (unit >= 0xdc00 && unit <= 0xdfff) || fail (check, "half of a character in a string");
}

static gboolean
check_escape (Check *check)
{
  if (take (check, 'u'))
    return check_unit (check);
  if (*check->at == '\0' || strchr ("\"\\/bfnrt", *check->at) == NULL)
    return fail (check, "invalid escape sequence in a string");
  check->at++;
  return TRUE;
}

static gboolean
check_string (Check *check)
{
  if (!take (check, '"'))
    return fail (check, "string expected");
  while (!take (check, '"')) {
    if ((guchar)*check->at < 0x20)
      return fail (check, "control character in a string, or unterminated string");
    if (*check->at++ == '\\' && !check_escape (check))
      return FALSE;
  }
  return TRUE;
}

static gboolean
skip_digits (Check *check)
{
  gsize n = strspn (check->at, "0123456789");

  check->at += n;
  return n != 0;
}

static gboolean
check_number (Check *check)
{
  gboolean ok;

  take (check, '-');
  ok = take (check, '0') || skip_digits (check);
  if (ok && take (check, '.'))
    ok = skip_digits (check);
  if (ok && (*check->at == 'e' || *check->at == 'E')) {
    check->at++;
    if (!take (check, '-'))
      take (check, '+');
    ok = skip_digits (check);
  }
  return ok || fail (check, "invalid number");
}

static gboolean check_value (Check *check);

static gboolean
check_member (Check *check)
{
  skip_space (check);
  if (!check_string (check))
    return FALSE;
  skip_space (check);
  check->members++;
  return take (check, ':') ? check_value (check) : fail (check, "colon expected");
}

static gboolean
check_list (Check *check, char end, gboolean (*check_item) (Check *check))
{
  gboolean ok = TRUE;

  if (++check->depth > MACHTYPE_JSON_MAX_DEPTH)
    return fail (check, "nested too deeply");
  skip_space (check);
  if (!take (check, end)) {
    do
      ok = check_item (check);
    while (ok && take (check, ','));
    if (ok && !take (check, end))
      ok = fail (check, "comma, or end of object or array expected");
  }
  check->depth--;
  return ok;
}

static gboolean
check_word (Check *check)
{
  static const char words[][8] = { "true", "false", "null" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_has_prefix (check->at, words[i])) {
      check->at += strlen (words[i]);
      return TRUE;
    }
  }
  return fail (check, "value expected");
}

static gboolean
check_value (Check *check)
{
  gboolean ok;

  skip_space (check);
  if (take (check, '{'))
    ok = check_list (check, '}', check_member);
  else if (take (check, '['))
    ok = check_list (check, ']', check_value);
  else if (*check->at == '"')
    ok = check_string (check);
  else if (*check->at == '-' || g_ascii_isdigit (*check->at))
    ok = check_number (check);
  else
    ok = check_word (check);
  if (ok)
    skip_space (check);
  return ok;
}

gboolean
mt_json_check (const char *text, guint64 *members, GError **error)
{
  Check check = { text, 0, 0, NULL };

  if (check_value (&check) && *check.at != '\0')
    fail (&check, "text after the value");
  *members = check.members;
  if (check.problem == NULL)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "invalid JSON at byte %" G_GSIZE_FORMAT ": %s", (gsize)(check.at - text) + 1,
                  check.problem);
}
