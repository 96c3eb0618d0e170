/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the table of addresses and controllers, and makes domains of it. */

#include "places.h"

#include <string.h>

static const char *
get_word (const char *column)
{
  return strcmp (column, "-") == 0 ? "" : column;
}

static char *
dup_domain (char **columns, guint number)
{
  g_auto (GStrv) machine = g_strsplit (columns[0], " ", 2);
  const char *rest = get_word (columns[4]);
  const gboolean x86 = strcmp (machine[0], "x86_64") == 0 && strstr (rest, "<features>") == NULL;

  return g_strdup_printf (
      "<domain type='qemu'><name>place%u</name><memory unit='MiB'>512</memory><vcpu>1</vcpu><os>"
      "<type arch='%s' machine='%s'>hvm</type></os>%s%s<devices>%s</devices></domain>",
      number, machine[0], machine[1], x86 ? "<features><acpi/></features>" : "", rest,
      get_word (columns[3]));
}

static void
clear_place (gpointer data)
{
  Place *place = data;

  g_free (place->machine);
  g_free (place->codes);
  g_free (place->xml);
}

GArray *
places_read (const char *text)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint i;

  g_array_set_clear_func (places, clear_place);
  for (i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);
    Place place;

    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    if (g_strv_length (columns) != 5)
      g_error ("places.tsv, line %u: %u columns", i + 1, g_strv_length (columns));
    place.machine = g_strdup (columns[0]);
    place.refused = strcmp (columns[1], "refused") == 0;
    place.codes = g_strdup (get_word (columns[2]));
    place.xml = dup_domain (columns, places->len);
    g_array_append_val (places, place);
  }
  return places;
}
