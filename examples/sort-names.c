/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sort-names NAME...: sorts machine types for people, and compares neighbors.
 *
 * These are two different questions. machtype_name_collate() is a total order, for lists.
 * machtype_name_compare() returns which of two machine types is newer. Often they are incomparable,
 * which is an answer, not an error.
 *
 *     sort-names pc-q35-9.0 pc-q35-10.0 pc-q35-rhel8.6.0 q35
 */
#include <machtype/machtype.h>

#include <locale.h>

static GPtrArray *
parse_names (char **texts, GError **error)
{
  g_autoptr (GPtrArray) names =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_name_unref);

  for (; *texts != NULL; texts++) {
    MachtypeName *name = machtype_name_new (*texts, MACHTYPE_ARCH_UNKNOWN, error);

    if (name == NULL)
      return NULL;
    g_ptr_array_add (names, name);
  }
  return g_steal_pointer (&names);
}

/* GLib passes pointers to the elements, which are pointers themselves. */
static int
collate (gconstpointer a, gconstpointer b)
{
  return machtype_name_collate (*(MachtypeName *const *)a, *(MachtypeName *const *)b);
}

static const char *
describe (MachtypeOrder order)
{
  switch (order) {
  case MACHTYPE_ORDER_LT:
    return "older than";
  case MACHTYPE_ORDER_EQ:
    return "the same as";
  case MACHTYPE_ORDER_GT:
    return "newer than";
  default:
    return "not comparable with";
  }
}

static void
print_names (GPtrArray *names)
{
  guint i;

  for (i = 0; i < names->len; i++) {
    const MachtypeName *name = g_ptr_array_index (names, i);
    const MachtypeName *before = i > 0 ? g_ptr_array_index (names, i - 1) : NULL;

    g_print ("%s", machtype_name_get_text (name));
    if (before != NULL)
      g_print (": %s %s", describe (machtype_name_compare (name, before)),
               machtype_name_get_text (before));
    g_print ("\n");
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (argc < 2) {
    g_printerr ("usage: sort-names NAME...\n");
    return 2;
  }
  names = parse_names (argv + 1, &error);
  if (names == NULL) {
    g_printerr ("sort-names: %s\n", error->message);
    return 1;
  }
  g_ptr_array_sort (names, collate);
  print_names (names);
  return 0;
}
