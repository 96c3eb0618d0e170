/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The minimum of a process linked to the operator program's libraries: bench-start's floor. The
 * linker is made to keep libraries that nothing here calls. */

#include <stdio.h>
#include <string.h>

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  puts (strverscmp (argv[1], argv[2]) < 0 ? "lt" : "gt");
  return 0;
}
