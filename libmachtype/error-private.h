/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/error.h>

#include "text-private.h"

/* Sets the error and returns FALSE. Text from outside in the message is escaped if it was not. */
gboolean mt_fail (GError **error, MachtypeError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Whether it is a failure of the store or of libvirt: then the other domains would fail as well. */
gboolean mt_error_ends_run (const GError *error);

/* Checks whether text from outside can be used in XML and in messages: UTF-8, no control
 * characters, not longer than max. Raises MACHTYPE_ERROR_INVALID_ARGUMENT (or TOO_LARGE) that names
 * what. */
gboolean mt_check_text (const char *what, const char *text, gsize max, GError **error);

/* The same, but control characters are permitted: for text that is not passed on. */
gboolean mt_check_utf8 (const char *what, const char *text, gsize max, GError **error);

/* The number of a word in an array of n words, stride bytes apart; empty ones are omitted. -1 if it
 * is not there: raises INVALID_ARGUMENT that names what, and lists the words. */
int mt_word_value (const char *first, gsize n, gsize stride, const char *what, const char *text,
                   GError **error);
#define MT_WORD_VALUE(words, what, text, error)                                                    \
  mt_word_value (&(words)[0][0], G_N_ELEMENTS (words), sizeof (words)[0], what, text, error)

/* Raise INVALID_ARGUMENT for unknown bits, and for an invalid timeout. */
gboolean mt_check_flags (const char *what, guint flags, guint known, GError **error);
gboolean mt_check_timeout (int timeout_ms, GError **error);

/* The length of a text given with a length, -1 meaning NUL-terminated, and its bound. */
gboolean mt_check_length (const char *what, const char *text, gssize length, gsize max, gsize *out,
                          GError **error);
