/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first use of libxml2, by several threads at once: it is initialized in one of them, once, and
 * before any creates a parser. A separate program, because there is only one first use in a
 * process. */

#include "test.h"

#include <dlfcn.h>
#include <libxml/parser.h>
#include <string.h>

#include "xml-reader.h"

#define N_THREADS 8

/* Replaces libxml2's functions: it calls the first one itself, which does not count. */
static int n_inits;  /* called by us, begun */
static int is_ready; /* the first has returned */
static int n_early;  /* parsers created before that */

static gboolean
are_in_one_object (void *one, void *other)
{
  Dl_info first, second;

  return dladdr (one, &first) != 0 && dladdr (other, &second) != 0 &&
         first.dli_fbase == second.dli_fbase;
}

void
xmlInitParser (void)
{
  void (*real) (void) = NULL;
  gboolean ours;

  *(void **)&real = dlsym (RTLD_NEXT, "xmlInitParser");
  ours = !are_in_one_object (__builtin_return_address (0), *(void **)&real);
  if (ours)
    g_atomic_int_inc (&n_inits);
  real ();
  if (ours)
    g_atomic_int_set (&is_ready, 1);
}

xmlParserCtxt *
xmlNewParserCtxt (void)
{
  xmlParserCtxt *(*real) (void) = NULL;

  *(void **)&real = dlsym (RTLD_NEXT, "xmlNewParserCtxt");
  if (g_atomic_int_get (&is_ready) == 0)
    g_atomic_int_inc (&n_early);
  return real ();
}

static gpointer
use (gpointer data)
{
  static const char xml[] =
      "<domain type='kvm'><os><type arch='x86_64' machine='pc'>hvm</type></os>"
      "</domain>";
  guint n = GPOINTER_TO_UINT (data);
  g_autoptr (MachtypeConversion) conversion = NULL;
  g_autoptr (MachtypeDomain) domain = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  GError *error = NULL;

  if (n % 3 == 0)
    domain = machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, &error);
  else if (n % 3 == 1)
    findings = machtype_domain_lint (xml, -1, NULL, &error);
  else
    conversion = machtype_domain_convert (xml, -1, "pc-i440fx-7.2", MACHTYPE_STATE_STOPPED,
                                          MACHTYPE_CHANGE_FORCE, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_first_use (void)
{
  GThread *threads[N_THREADS];
  guint i;

  for (i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("user", use, GUINT_TO_POINTER (i));
  for (i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (n_early, ==, 0);
  g_assert_cmpint (n_inits, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml-threads/first-use", test_first_use);
  return g_test_run ();
}
