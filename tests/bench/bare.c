/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The minimum of a process: bench-start's floors, linked to GObject, libxml2 and SQLite, or to
 * libmachtype, which loads SQLite only for stores. The linker is made to keep libraries that
 * nothing here calls. */

#ifdef BENCH_LINKED
#include <machtype/machtype.h>
#endif
#include <stdio.h>
#include <string.h>

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
#ifdef BENCH_LINKED
  if (!machtype_check_version (MACHTYPE_MAJOR_VERSION, 0, 0))
    return 2;
#endif
  puts (strverscmp (argv[1], argv[2]) < 0 ? "lt" : "gt");
  return 0;
}
