/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The source of a machine type. */

#include "record/record-private.h"

#include "error-private.h"
#include "string-private.h"

static const char sources[][12] = {
  [MACHTYPE_SOURCE_NONE] = "none",         [MACHTYPE_SOURCE_RECORDED] = "recorded",
  [MACHTYPE_SOURCE_IMAGE] = "image",       [MACHTYPE_SOURCE_CONFIG] = "config",
  [MACHTYPE_SOURCE_BUILTIN] = "builtin",   [MACHTYPE_SOURCE_DOMAIN] = "domain",
  [MACHTYPE_SOURCE_OPERATOR] = "operator", [MACHTYPE_SOURCE_IMPORT] = "import",
};

/**
 * machtype_source_to_string:
 * @source: a source
 *
 * Gets the word for a source: `none`, `recorded`, `image`, `config`, `builtin`, `domain`,
 * `operator`, `import`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_source_to_string (MachtypeSource source)
{
  return MT_WORD (sources, source);
}

/**
 * machtype_source_from_string:
 * @text: the word for a source; must not be %NULL
 * @source: (out) (optional): return location for the source; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a source by its word, as machtype_source_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @source is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_source_from_string (const char *text, MachtypeSource *source, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (sources, "source", text, error);
  if (found >= 0 && source != NULL)
    *source = (MachtypeSource)found;
  return found >= 0;
}
