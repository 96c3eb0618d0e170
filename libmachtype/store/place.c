/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The place of a store: a path or a URI. */

#include "store/store-private.h"

#include <limits.h>
#include <string.h>

#include "error-private.h"

#define AFTER_SCHEME "://"

gboolean
mt_store_check_place (const char *place, GError **error)
{
  if (*place == '\0')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the path of the store must not be empty");
  return mt_check_text ("the path of the store", place, PATH_MAX, error);
}

gsize
mt_store_scheme_length (const char *place)
{
  const char *end = strstr (place, AFTER_SCHEME);

  if (g_str_has_prefix (place, MT_POSTGRESQL_SCHEME))
    return strlen (MT_POSTGRESQL_SCHEME);
  return end != NULL ? (gsize)(end - place) + strlen (AFTER_SCHEME) : 0;
}

/* A connection string can have commas, too. */
const char *
mt_store_find_server (const char *place, gsize *path_length)
{
  const char *comma = g_str_has_prefix (place, MT_POSTGRESQL_SCHEME) ? NULL : strchr (place, ',');

  for (; comma != NULL; comma = strchr (comma + 1, ',')) {
    const char *server = comma + 1 + strspn (comma + 1, " \t"), *end = comma;

    if (!g_str_has_prefix (server, MT_POSTGRESQL_SCHEME))
      continue;
    while (end > place && (end[-1] == ' ' || end[-1] == '\t'))
      end--;
    *path_length = (gsize)(end - place);
    return server;
  }
  return NULL;
}

gboolean
mt_store_set_uri (const char *place, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (place);

  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "'%s' is a URI; use the path of the store, or postgresql://HOST/DATABASE", shown);
}
