/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <machtype/version.h>

/**
 * machtype_check_version:
 * @major: required major version
 * @minor: required minor version
 * @micro: required micro version
 *
 * Checks whether the library at run time has this version or a newer one; the macro of the same
 * name in capitals checks the headers. Thread-safe.
 *
 * Returns: %TRUE if it has
 * Since: 1.0
 */
gboolean
machtype_check_version (guint major, guint minor, guint micro)
{
  /* Not the macro: compilers warn about its comparisons with 0. */
  const guint mine[] = { MACHTYPE_MAJOR_VERSION, MACHTYPE_MINOR_VERSION, MACHTYPE_MICRO_VERSION };
  const guint wanted[] = { major, minor, micro };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (mine); i++) {
    if (mine[i] != wanted[i])
      return mine[i] > wanted[i];
  }
  return TRUE;
}
