/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs as text and as the bytes that stores keep. */

#include "record/record-private.h"

#include "error-private.h"

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
    uuid->text[i] = g_ascii_tolower (text[i]);
  }
  if (i == MT_UUID_LENGTH && text[i] == '\0') {
    uuid->text[i] = '\0';
    return TRUE;
  } else {
    g_autofree char *shown = mt_shown (text);

    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is no UUID", shown);
    return FALSE;
  }
}

static guint
digit (char c)
{
  return (guint)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void
mt_uuid_to_bytes (const MtUuid *uuid, guint8 *bytes)
{
  const char *text = uuid->text;
  gsize i;

  for (i = 0; i < MT_UUID_BYTES; i++) {
    text += *text == '-';
    bytes[i] = (guint8)(digit (text[0]) << 4 | digit (text[1]));
    text += 2;
  }
}

void
mt_uuid_from_bytes (const guint8 *bytes, MtUuid *uuid)
{
  static const char digits[] = "0123456789abcdef";
  char *text = uuid->text;
  gsize i;

  for (i = 0; i < MT_UUID_BYTES; i++) {
    if (is_dash ((gsize)(text - uuid->text)))
      *text++ = '-';
    *text++ = digits[bytes[i] >> 4];
    *text++ = digits[bytes[i] & 15];
  }
  *text = '\0';
}
