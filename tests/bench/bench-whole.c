/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with the whole of a domain of 3 KB: lint beside reading it, and a conversion beside
 * parsing and serializing it with libxml2. Both floors do less. */

#include "bench.h"

#include <machtype/machtype.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

static char *document;
static gsize length;

static gsize
lint (void)
{
  g_autoptr (GPtrArray) findings = machtype_domain_lint (document, (gssize)length, NULL, NULL);

  return findings->len;
}

/* All that there is to find in the golden guest is the age of its machine type. */
static char *
answer_lint (guint i)
{
  g_autoptr (GPtrArray) findings = machtype_domain_lint (document, (gssize)length, NULL, NULL);
  g_auto (GStrv) words = g_strsplit (machtype_finding_get_message (findings->pdata[0]), " ", 3);

  (void)i;
  return g_strdup (words[1]); /* after where it is */
}

static char *
answer_read (guint i)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (document, (gssize)length, MACHTYPE_DOMAIN_READ_DEVICES, NULL);

  (void)i;
  return g_strdup (machtype_domain_get_machine (domain));
}

static gsize
read_whole (void)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (document, (gssize)length, MACHTYPE_DOMAIN_READ_DEVICES, NULL);

  return (gsize)machtype_domain_get_machine (domain)[0];
}

static gsize
convert (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeConversion) conversion = machtype_domain_convert (
      document, (gssize)length, "pc", MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, &error);

  if (conversion == NULL || machtype_conversion_get_xml (conversion) == NULL)
    g_error ("not converted: %s", error != NULL ? error->message : "refused");
  return strlen (machtype_conversion_get_xml (conversion));
}

static gsize
serialize (void)
{
  xmlDoc *doc = xmlReadMemory (document, (int)length, NULL, NULL, XML_PARSE_NONET);
  xmlChar *text = NULL;
  int size = 0;

  xmlDocDumpMemory (doc, &text, &size);
  xmlFree (text);
  xmlFreeDoc (doc);
  return (gsize)size;
}

BENCH_RUN (run_lint, lint ())
BENCH_RUN (run_read, read_whole ())
BENCH_RUN (run_convert, convert ())
BENCH_RUN (run_serialize, serialize ())

static const BenchContestant contestants[] = {
  { .name = "machtype_domain_lint", .run = run_lint, .answer = answer_lint },
  { .name = "machtype_domain_new_from_xml", .run = run_read, .answer = answer_read, .limit = 3 },
  { .name = "machtype_domain_convert", .run = run_convert },
  { .name = "libxml2, parsed and serialized",
    .run = run_serialize,
    .subject = "machtype_domain_convert",
    .limit = 2 },
};

static const Bench bench = { "whole", 1, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  if (!g_file_get_contents (BENCH_DOMAIN, &document, &length, NULL))
    g_error ("%s cannot be read", BENCH_DOMAIN);
  g_print ("# %" G_GSIZE_FORMAT " bytes\n", length);
  return bench_main (&bench, argc, argv);
}
