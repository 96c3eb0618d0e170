/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked into every test program as a whole, so that none can omit it: sets the locale of the
 * environment, before main (). */

#include <ctype.h>
#include <glib.h>
#include <locale.h>
#include <stdlib.h>

/* Each uses a comma where C has a point; in Turkish, "I" is not the capital of "i". */
static gboolean
is_in_force (const char *name)
{
  return g_strcmp0 (setlocale (LC_ALL, NULL), name) == 0 && strtod ("1,5", NULL) == 1.5 &&
         (toupper ('i') == 'I') == !g_str_has_prefix (name, "tr_");
}

/* MACHTYPE_TEST_LOCALE: the one without which a run would prove nothing. */
__attribute__ ((constructor)) static void
take_locale (void)
{
  const char *wanted = g_getenv ("MACHTYPE_TEST_LOCALE");

  setlocale (LC_ALL, "");
  if (wanted != NULL && !is_in_force (wanted))
    g_error ("the locale %s is not in force: ninja locales makes it", wanted);
}
