/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/error.h>

/* Text from outside, fit for a message: cut, and escaped where it is not plain. Never NULL. */
char *mt_shown (const char *text);
char *mt_shown_len (const char *text, gsize length);

/* What a library says that speaks in the encoding of the locale; errors are UTF-8. Never NULL. */
char *mt_locale_to_utf8 (const char *text);

/* Whether text from outside can stand in XML and in messages: UTF-8, no control characters, not
 * longer than max. Raises MACHTYPE_ERROR_INVALID_ARGUMENT (or TOO_LARGE) that names what. */
gboolean mt_check_text (const char *what, const char *text, gsize max, GError **error);

/* The same, but control characters may be in it: text that goes nowhere. */
gboolean mt_check_utf8 (const char *what, const char *text, gsize max, GError **error);

/* Raise INVALID_ARGUMENT for bits that are not known, and for a timeout that is none. */
gboolean mt_check_flags (const char *what, guint flags, guint known, GError **error);
gboolean mt_check_timeout (int timeout_ms, GError **error);

/* The length of a text given with a length, -1 meaning up to its NUL, and its bound. */
gboolean mt_check_length (const char *what, const char *text, gssize length, gsize max, gsize *out,
                          GError **error);
