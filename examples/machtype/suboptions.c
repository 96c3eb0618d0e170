/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows the first part of an option's argument: "PATH,bus=virtio,format=raw". A misspelled
 * suboption must not become part of a path or name. */

#include "machtype-program.h"

#include <string.h>

/* Where it would begin a suboption. */
#define ESCAPE "a comma in the %s is written ',,'"

static char **
find_value (const Suboption *known, const char *name, gsize length)
{
  for (; known->name != NULL; known++) {
    if (strlen (known->name) == length && memcmp (known->name, name, length) == 0)
      return known->value;
  }
  return NULL;
}

static char **
dup_names (const Suboption *known)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (; known->name != NULL; known++)
    g_strv_builder_add (names, known->name);
  return g_strv_builder_end (names);
}

static gboolean
set_unknown (const char *option, const char *what, const Suboption *known, const char *name,
             GError **error)
{
  g_auto (GStrv) names = dup_names (known);
  g_autofree char *shown = dup_shown (name), *list = g_strjoinv (", ", names);
  g_autofree char *hint = dup_hint (name, (const char *const *)names);

  if (*list == '\0')
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "%s takes no suboptions, such as '%s'; " ESCAPE, option, shown, what);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "%s: unknown suboption '%s'; known: %s; " ESCAPE "%s", option, shown, list,
                    what, hint);
}

/* One suboption, "NAME=VALUE". */
static gboolean
take (const char *option, const char *what, const Suboption *known, const char *piece,
      GError **error)
{
  gsize length = strcspn (piece, "=");
  g_autofree char *name = g_strndup (piece, length);
  char **value = find_value (known, piece, length);

  if (value == NULL)
    return set_unknown (option, what, known, name, error);
  if (piece[length] == '\0')
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s: %s needs a value: ,%s=VALUE",
                      option, name, name);
  if (*value != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s: %s is given twice", option,
                      name);
  *value = g_strdup (piece + length + 1);
  return TRUE;
}

/* "readonly" and "qcow2", but not "b.img" or "y". */
static gboolean
is_word (const char *piece)
{
  return g_ascii_islower (piece[0]) && piece[1] != '\0' &&
         piece[strspn (piece, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

/* Paths can contain commas: what follows the last one is a suboption if it looks like one. */
static gboolean
looks_like_suboption (const Suboption *known, const char *piece)
{
  gsize length = strcspn (piece, "=");
  gboolean is_known = find_value (known, piece, length) != NULL;
  const char *slash = strchr (piece, '/');

  if (piece[length] == '\0')
    return length == 0 || is_known || is_word (piece);
  if (slash == NULL)
    return TRUE;
  return slash == piece + length + 1 && !is_known;
}

gboolean
suboptions_take_from_path (const char *option, char *path, const Suboption *known, GError **error)
{
  char *comma;

  while ((comma = strrchr (path, ',')) != NULL && looks_like_suboption (known, comma + 1)) {
    if (comma > path && comma[-1] == ',') {
      memmove (comma, comma + 1, strlen (comma));
      return TRUE;
    }
    if (!take (option, "path", known, comma + 1, error))
      return FALSE;
    *comma = '\0';
  }
  return TRUE;
}

/* Up to the next comma that is not written twice. */
static char *
dup_piece (const char **rest)
{
  GString *piece = g_string_new (NULL);
  const char *at = *rest;

  for (; *at != '\0' && (*at != ',' || at[1] == ','); at++) {
    g_string_append_c (piece, *at);
    if (*at == ',')
      at++;
  }
  *rest = *at == ',' ? at + 1 : NULL;
  return g_string_free (piece, FALSE);
}

gboolean
suboptions_take_all (const char *option, const char *argument, const Suboption *known,
                     GError **error)
{
  const char *rest = argument;

  while (rest != NULL) {
    g_autofree char *piece = dup_piece (&rest);

    if (!take (option, "name", known, piece, error))
      return FALSE;
  }
  return TRUE;
}
