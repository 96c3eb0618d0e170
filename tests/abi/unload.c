/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unload LIBRARY: does what a plugin host does if a plugin links the library. It opens the library,
 * registers types, closes it and opens it again. GObject keeps the types, so the code that they
 * point to has to stay. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 3

static const char *const type_functions[] = {
  "machtype_name_get_type",
  "machtype_connection_get_type",
  "machtype_store_get_type",
  "machtype_verdict_get_type",
};

/* GType of GObject, without linking it. */
typedef size_t (*GetType) (void);

static void
fail (const char *what)
{
  fprintf (stderr, "FAIL: %s\n", what);
  exit (1);
}

static void
register_types (void *library, size_t *types, int round)
{
  const size_t count = sizeof type_functions / sizeof *type_functions;
  size_t i;

  for (i = 0; i < count; i++) {
    void *symbol = dlsym (library, type_functions[i]);
    GetType get_type;

    printf ("round %d: %s\n", round, type_functions[i]);
    fflush (stdout);
    if (symbol == NULL)
      fail (dlerror ());
    *(void **)&get_type = symbol;
    if (round > 0 && types[i] != get_type ())
      fail ("the type is another one than before");
    types[i] = get_type ();
    if (types[i] == 0)
      fail ("there is no type");
  }
}

int
main (int argc, char **argv)
{
  size_t types[sizeof type_functions / sizeof *type_functions] = { 0 };
  int round;

  if (argc != 2)
    fail ("usage: unload LIBRARY");
  for (round = 0; round < ROUNDS; round++) {
    void *library = dlopen (argv[1], RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
      fail (dlerror ());
    register_types (library, types, round);
    dlclose (library);
  }
  puts ("the library can be closed and opened again");
  return 0;
}
