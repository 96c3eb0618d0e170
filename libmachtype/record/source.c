/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a machine type comes from. */

#include "record/record-private.h"

/**
 * machtype_source_to_string:
 * @source: a source
 *
 * Tells the word for a source: `none`, `recorded`, `image`, `config`, `builtin`, `domain`,
 * `operator`, `import`. Thread-safe.
 *
 * Returns: (transfer none): a constant string
 * Since: 1.0
 */
const char *
machtype_source_to_string (MachtypeSource source)
{
  switch (source) {
  case MACHTYPE_SOURCE_NONE:
    return "none";
  case MACHTYPE_SOURCE_RECORDED:
    return "recorded";
  case MACHTYPE_SOURCE_IMAGE:
    return "image";
  case MACHTYPE_SOURCE_CONFIG:
    return "config";
  case MACHTYPE_SOURCE_BUILTIN:
    return "builtin";
  case MACHTYPE_SOURCE_DOMAIN:
    return "domain";
  case MACHTYPE_SOURCE_OPERATOR:
    return "operator";
  case MACHTYPE_SOURCE_IMPORT:
    return "import";
  default:
    return "unknown";
  }
}
