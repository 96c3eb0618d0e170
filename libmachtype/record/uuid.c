/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs as text and as the bytes that stores keep. */

#include "record/record-private.h"

#include <string.h>

#include "error-private.h"

/* Where the digits of each byte are. */
static const guint8 places[MT_UUID_BYTES] = { 0,  2,  4,  6,  9,  11, 14, 16,
                                              19, 21, 24, 26, 28, 30, 32, 34 };

static gboolean
is_dash (gsize at)
{
  return at == 8 || at == 13 || at == 18 || at == 23;
}

gboolean
mt_uuid_parse (const char *text, MtUuid *uuid, GError **error)
{
  gsize i;

  for (i = 0; i < MT_UUID_LENGTH; i++) {
    if (is_dash (i) ? text[i] != '-' : !g_ascii_isxdigit (text[i]))
      break;
    /* The bit that is unset in capital letters, and set in digits and dashes. */
    uuid->text[i] = text[i] | 0x20;
  }
  if (i == MT_UUID_LENGTH && text[i] == '\0') {
    uuid->text[i] = '\0';
    return TRUE;
  } else {
    g_autofree char *shown = mt_escape_for_message (text);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid UUID", shown);
  }
}

/* Of a digit in lower case. */
static guint
digit (char c)
{
  return ((guint)c & 15) + ((guint)c >> 6) * 9;
}

void
mt_uuid_to_bytes (const MtUuid *uuid, guint8 *bytes)
{
  gsize i;

  for (i = 0; i < MT_UUID_BYTES; i++) {
    const char *at = uuid->text + places[i];

    bytes[i] = (guint8)(digit (at[0]) << 4 | digit (at[1]));
  }
}

/* The eight digits of four bytes, side by side: a nibble goes into each byte, and those above nine
 * get what the letters are further up. */
static void
spell (const guint8 *bytes, char *digits)
{
  guint32 word;
  guint64 x;

  memcpy (&word, bytes, sizeof word);
  x = GUINT32_FROM_BE (word);
  x = (x << 16 | x) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  x = (x << 8 | x) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  x = (x << 4 | x) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);
  x += G_GUINT64_CONSTANT (0x3030303030303030) +
       (((x + G_GUINT64_CONSTANT (0x0606060606060606)) >> 4) &
        G_GUINT64_CONSTANT (0x0101010101010101)) *
           ('a' - '0' - 10);
  x = GUINT64_TO_BE (x);
  memcpy (digits, &x, sizeof x);
}

void
mt_uuid_from_bytes (const guint8 *bytes, MtUuid *uuid)
{
  char digits[2 * MT_UUID_BYTES];
  gsize i;

  for (i = 0; i < MT_UUID_BYTES; i += 4)
    spell (bytes + i, digits + 2 * i);
  memcpy (uuid->text, digits, 8);
  memcpy (uuid->text + 9, digits + 8, 4);
  memcpy (uuid->text + 14, digits + 12, 4);
  memcpy (uuid->text + 19, digits + 16, 4);
  memcpy (uuid->text + 24, digits + 20, 12);
  uuid->text[8] = uuid->text[13] = uuid->text[18] = uuid->text[23] = '-';
  uuid->text[MT_UUID_LENGTH] = '\0';
}
