/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs as text and as the bytes that stores keep. */

#include "record/record-private.h"

#include <string.h>

#include "error-private.h"
#include "string-private.h"

#define DIGITS (2 * MT_UUID_BYTES)

/* The digits without the dashes. */
static void
gather (const char *text, char digits[DIGITS])
{
  memcpy (digits, text, 8);
  memcpy (digits + 8, text + 9, 4);
  memcpy (digits + 12, text + 14, 4);
  memcpy (digits + 16, text + 19, 4);
  memcpy (digits + 20, text + 24, 12);
}

/* The reverse. */
static void
spread (const char digits[DIGITS], MtUuid *uuid)
{
  memcpy (uuid->text, digits, 8);
  memcpy (uuid->text + 9, digits + 8, 4);
  memcpy (uuid->text + 14, digits + 12, 4);
  memcpy (uuid->text + 19, digits + 16, 4);
  memcpy (uuid->text + 24, digits + 20, 12);
  uuid->text[8] = uuid->text[13] = uuid->text[18] = uuid->text[23] = '-';
  uuid->text[MT_UUID_LENGTH] = '\0';
}

/* Of eight bytes below 0x80, side by side, the high bit of each that is from first to last. */
static inline guint64
find_range (guint64 bytes, guint first, guint last)
{
  return (bytes + MT_EIGHT (0x80 - first)) & ~(bytes + MT_EIGHT (0x7f - last));
}

/* Makes eight digits lower case: sets the bit that is unset in capital letters, and set in digits.
 * FALSE: not all are digits. */
static gboolean
lower (char *digits)
{
  guint64 bytes, small, valid;

  memcpy (&bytes, digits, sizeof bytes);
  small = bytes | MT_EIGHT (0x20);
  memcpy (digits, &small, sizeof small);
  if ((bytes & MT_EIGHT (0x80)) != 0)
    return FALSE;
  valid = find_range (bytes, '0', '9') | find_range (small, 'a', 'f');
  return (valid & MT_EIGHT (0x80)) == MT_EIGHT (0x80);
}

static gboolean
read_text (const char *text, MtUuid *uuid)
{
  char digits[DIGITS];
  gsize i;

  if (strlen (text) != MT_UUID_LENGTH || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
      text[23] != '-')
    return FALSE;
  gather (text, digits);
  for (i = 0; i < DIGITS; i += 8) {
    if (!lower (digits + i))
      return FALSE;
  }
  spread (digits, uuid);
  return TRUE;
}

gboolean
mt_uuid_parse (const char *text, MtUuid *uuid, GError **error)
{
  g_autofree char *shown = NULL;

  if (read_text (text, uuid))
    return TRUE;
  shown = mt_escape_for_message (text);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid UUID", shown);
}

/* The four bytes of eight digits in lower case, side by side: letters have a bit that digits do not
 * have, and count from nine. */
static void
unspell (const char *digits, guint8 *bytes)
{
  guint32 word;
  guint64 x;

  memcpy (&x, digits, sizeof x);
  x = GUINT64_FROM_BE (x);
  x = (x & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f)) +
      ((x >> 6) & G_GUINT64_CONSTANT (0x0101010101010101)) * 9;
  x = (x >> 4 | x) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  x = (x >> 8 | x) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  x = (x >> 16 | x) & G_GUINT64_CONSTANT (0x00000000ffffffff);
  word = GUINT32_TO_BE ((guint32)x);
  memcpy (bytes, &word, sizeof word);
}

void
mt_uuid_to_bytes (const MtUuid *uuid, guint8 *bytes)
{
  char digits[DIGITS];
  gsize i;

  gather (uuid->text, digits);
  for (i = 0; i < MT_UUID_BYTES; i += 4)
    unspell (digits + 2 * i, bytes + i);
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
  char digits[DIGITS];
  gsize i;

  for (i = 0; i < MT_UUID_BYTES; i += 4)
    spell (bytes + i, digits + 2 * i);
  spread (digits, uuid);
}
