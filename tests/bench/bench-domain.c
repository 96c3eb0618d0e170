/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the machine type from one domain's XML. */

#include "bench.h"
#include "fixtures.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

static char *document;
static gsize length;

/* What a reader must have found. */
typedef struct {
  char machine[64];
} Found;

/* ---- The library ---- */

static gsize
read_domain (void)
{
  MachtypeDomain *domain =
      machtype_domain_new_from_xml (document, (gssize)length, MACHTYPE_DOMAIN_READ_NONE, NULL);
  gsize first = (gsize)machtype_domain_get_machine (domain)[0];

  machtype_domain_unref (domain);
  return first;
}

static char *
answer_domain (guint i)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (document, (gssize)length, MACHTYPE_DOMAIN_READ_NONE, NULL);

  (void)i;
  return g_strdup (machtype_domain_get_machine (domain));
}

/* ---- libxml2's SAX2, stopped when the type is complete: the floor ---- */

typedef struct {
  xmlParserCtxt *parser;
  Found found;
} Sax;

static void
on_start (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
          int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
          const xmlChar **attributes)
{
  Sax *sax = data;
  int i;

  (void)prefix;
  (void)uri;
  (void)n_namespaces;
  (void)namespaces;
  (void)n_defaulted;
  if (strcmp ((const char *)name, "type") != 0)
    return;
  for (i = 0; i < n_attributes; i++) {
    const xmlChar **attribute = attributes + (gsize)i * 5;

    if (strcmp ((const char *)attribute[0], "machine") == 0)
      g_strlcpy (sax->found.machine, (const char *)attribute[3],
                 MIN (sizeof sax->found.machine, (gsize)(attribute[4] - attribute[3]) + 1));
  }
}

static void
on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  Sax *sax = data;

  (void)prefix;
  (void)uri;
  if (strcmp ((const char *)name, "type") == 0)
    xmlStopParser (sax->parser);
}

/* Without handlers for text libxml2 takes a slower path through it. */
static void
on_text (void *data, const xmlChar *text, int text_length)
{
  (void)data;
  (void)text;
  (void)text_length;
}

static Found
walk_sax (void)
{
  Sax sax = { xmlNewParserCtxt (), { "" } };

  memset (sax.parser->sax, 0, sizeof *sax.parser->sax);
  sax.parser->sax->initialized = XML_SAX2_MAGIC;
  sax.parser->sax->startElementNs = on_start;
  sax.parser->sax->endElementNs = on_end;
  sax.parser->sax->characters = on_text;
  sax.parser->sax->ignorableWhitespace = on_text;
  sax.parser->userData = &sax;
  xmlCtxtReadMemory (sax.parser, document, (int)length, NULL, NULL, XML_PARSE_NONET);
  xmlFreeParserCtxt (sax.parser);
  return sax.found;
}

/* ---- A tree ---- */

static const xmlNode *
find_child (const xmlNode *node, const char *name)
{
  for (node = node->children; node != NULL; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && strcmp ((const char *)node->name, name) == 0)
      return node;
  }
  return NULL;
}

static Found
walk_tree (void)
{
  xmlDoc *doc = xmlReadMemory (document, (int)length, NULL, NULL, XML_PARSE_NONET);
  const xmlNode *type = find_child (find_child (xmlDocGetRootElement (doc), "os"), "type");
  xmlChar *machine = xmlGetProp (type, (const xmlChar *)"machine");
  Found found = { "" };

  g_strlcpy (found.machine, (const char *)machine, sizeof found.machine);
  xmlFree (machine);
  xmlFreeDoc (doc);
  return found;
}

#define ANSWER(function, walk)                                                                     \
  static char *function (guint i)                                                                  \
  {                                                                                                \
    (void)i;                                                                                       \
    return g_strdup (walk ().machine);                                                             \
  }

ANSWER (answer_sax, walk_sax)
ANSWER (answer_tree, walk_tree)

BENCH_RUN (run_domain, read_domain ())
BENCH_RUN (run_sax, (gsize)walk_sax ().machine[0])
BENCH_RUN (run_tree, (gsize)walk_tree ().machine[0])

static const BenchContestant contestants[] = {
  { .name = "machtype_domain_new_from_xml, unref", .run = run_domain, .answer = answer_domain },
  { .name = "SAX2, stopped", .run = run_sax, .answer = answer_sax, .limit = 1.3 },
  { .name = "DOM", .run = run_tree, .answer = answer_tree },
};

static const Bench bench = { "domain", 1, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

/* The golden q35 guest of the unit tests: libvirt's own output is longer, and identical up to the
 * machine type. */
int
main (int argc, char **argv)
{
  if (!g_file_get_contents (BENCH_DOMAIN, &document, &length, NULL))
    g_error ("%s cannot be read", BENCH_DOMAIN);
  g_print ("# %" G_GSIZE_FORMAT " bytes\n", length);
  return bench_main (&bench, argc, argv);
}
