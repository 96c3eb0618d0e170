/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error domain, and what every room needs to report errors in text from outside. */

#include "error-private.h"
#include "string-private.h"

#include <string.h>

/**
 * machtype_error_quark:
 *
 * Gets the error domain of the library. Thread-safe.
 *
 * Returns: the quark
 * Since: 1.0
 */
GQuark
machtype_error_quark (void)
{
  /* Not G_DEFINE_QUARK: clang-format treats the dashes in its argument as subtractions. */
  return g_quark_from_static_string ("machtype-error-quark");
}

gboolean
mt_fail (GError **error, MachtypeError code, const char *format, ...)
{
  g_autofree char *message = NULL, *escaped = NULL;
  va_list arguments;

  if (error == NULL)
    return FALSE;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  escaped = machtype_text_escape_message (message);
  g_set_error_literal (error, MACHTYPE_ERROR, (int)code, escaped);
  return FALSE;
}

/* GLib's own wide-character control tests would need decoding; in UTF-8 the C0 controls and DEL are
 * single bytes, the C1 controls (some terminals obey them) are 0xc2 and a byte up to 0x9f,
 * and U+FFFE and U+FFFF, which XML forbids as well, have one encoding each. */
static gboolean
has_forbidden_character (const char *text)
{
  const guchar *p;

  for (p = (const guchar *)text; *p != '\0'; p++) {
    if (*p < 0x20 || *p == 0x7f)
      return TRUE;
    if (p[0] == 0xc2 && p[1] < 0xa0)
      return TRUE;
    if (p[0] == 0xef && p[1] == 0xbf && (p[2] == 0xbe || p[2] == 0xbf))
      return TRUE;
  }
  return FALSE;
}

gboolean
mt_check_utf8 (const char *what, const char *text, gsize max, GError **error)
{
  gsize length = strnlen (text, max + 1);

  if (length > max)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "%s is longer than %" G_GSIZE_FORMAT " bytes",
                    what, max);
  if (!mt_is_plain_len (text, length) && !g_utf8_validate (text, (gssize)length, NULL))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not valid UTF-8", what);
  return TRUE;
}

/* Most texts are names in ASCII. */
static gboolean
is_printable_ascii (const char *text, gsize max)
{
  gsize length = strnlen (text, max + 1);

  return length <= max && mt_is_plain_len (text, length);
}

gboolean
mt_check_text (const char *what, const char *text, gsize max, GError **error)
{
  if (is_printable_ascii (text, max))
    return TRUE;
  if (!mt_check_utf8 (what, text, max, error))
    return FALSE;
  if (has_forbidden_character (text)) {
    g_autofree char *shown = mt_escape_for_message (text);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s contains a control character: '%s'",
                    what, shown);
  }
  return TRUE;
}

gboolean
mt_error_ends_run (const GError *error)
{
  static const int codes[] = { MACHTYPE_ERROR_STORE, MACHTYPE_ERROR_BUSY, MACHTYPE_ERROR_LIBVIRT,
                               MACHTYPE_ERROR_TIMEOUT };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    if (g_error_matches (error, MACHTYPE_ERROR, codes[i]))
      return TRUE;
  }
  return FALSE;
}

gboolean
mt_check_flags (const char *what, guint flags, guint known, GError **error)
{
  if ((flags & ~known) == 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown flags 0x%x for %s",
                  flags & ~known, what);
}

gboolean
mt_check_timeout (int timeout_ms, GError **error)
{
  if (timeout_ms >= -1)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "invalid timeout of %d ms: it must be -1 (wait forever) or more", timeout_ms);
}

gboolean
mt_check_length (const char *what, const char *text, gssize length, gsize max, gsize *out,
                 GError **error)
{
  *out = length < 0 ? strnlen (text, max + 1) : (gsize)length;
  if (*out <= max)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "%s is larger than %" G_GSIZE_FORMAT " bytes",
                  what, max);
}

int
mt_word_value (const char *first, gsize n, gsize stride, const char *what, const char *text,
               GError **error)
{
  g_autofree const char **words = NULL;
  g_autofree char *shown = NULL, *hint = NULL, *list = NULL;
  gsize i, used = 0;
  int value = *text != '\0' ? mt_word_find (first, n, stride, text) : -1;

  if (value >= 0)
    return value;
  words = g_new0 (const char *, n + 1);
  for (i = 0; i < n; i++) {
    if (first[i * stride] != '\0')
      words[used++] = first + i * stride;
  }
  shown = mt_escape_for_message (text);
  list = g_strjoinv (", ", (char **)(gpointer)words);
  hint = mt_dup_similar_hint (text, words);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid %s; use one of %s%s", shown,
           what, list, hint);
  return -1;
}

static const char codes[][24] = {
  [MACHTYPE_ERROR_INVALID_ARGUMENT] = "invalid-argument",
  [MACHTYPE_ERROR_INVALID_NAME] = "invalid-name",
  [MACHTYPE_ERROR_UNKNOWN_ARCH] = "unknown-arch",
  [MACHTYPE_ERROR_INVALID_PROPERTY] = "invalid-property",
  [MACHTYPE_ERROR_INVALID_CONFIG] = "invalid-config",
  [MACHTYPE_ERROR_INVALID_XML] = "invalid-xml",
  [MACHTYPE_ERROR_TOO_LARGE] = "too-large",
  [MACHTYPE_ERROR_NO_DEFAULT] = "no-default",
  [MACHTYPE_ERROR_NOT_OFFERED] = "not-offered",
  [MACHTYPE_ERROR_UNSUPPORTED] = "unsupported",
  [MACHTYPE_ERROR_MODULE] = "module",
  [MACHTYPE_ERROR_LIBVIRT] = "libvirt",
  [MACHTYPE_ERROR_TIMEOUT] = "timeout",
  [MACHTYPE_ERROR_NOT_FOUND] = "not-found",
  [MACHTYPE_ERROR_EXISTS] = "exists",
  [MACHTYPE_ERROR_CONFLICT] = "conflict",
  [MACHTYPE_ERROR_BUSY] = "busy",
  [MACHTYPE_ERROR_REFUSED] = "refused",
  [MACHTYPE_ERROR_STORE] = "store",
  [MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT] = "flavor-image-conflict",
  [MACHTYPE_ERROR_FLAVOR_FORBIDS] = "flavor-forbids",
  [MACHTYPE_ERROR_CANCELLED] = "cancelled",
  [MACHTYPE_ERROR_PENDING] = "pending",
  [MACHTYPE_ERROR_DENIED] = "denied",
};

/**
 * machtype_error_to_string:
 * @code: the code of a `GError` of `MACHTYPE_ERROR`: a [error@Machtype.Error]
 *
 * Gets the word for an error: the name of its code in lower case, such as `invalid-argument`.
 * Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_error_to_string (int code)
{
  return MT_WORD (codes, code);
}

/**
 * machtype_error_from_string:
 * @text: the word for a code of an error; must not be %NULL
 * @code: (out) (optional): return location for the code; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a code of an error by its word, as machtype_error_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @code is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_error_from_string (const char *text, int *code, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (codes, "error code", text, error);
  if (found >= 0 && code != NULL)
    *code = found;
  return found >= 0;
}
