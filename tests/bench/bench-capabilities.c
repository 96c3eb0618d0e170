/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a host's capabilities: 24 guests, 624 machine types. */

#include "bench.h"
#include "fixtures.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>
#include <string.h>

static char *document;
static gsize length;

/* What a reader must have parsed, in a form that does not depend on order. The peers only add it
 * up, and keep nothing. */
static guint64
digest (const char *arch, const char *canonical, const char *name)
{
  guint64 sum = (guint64)g_str_hash (arch) << 32;

  return (sum ^ g_str_hash (name)) * 31 + (canonical != NULL ? g_str_hash (canonical) : 0);
}

/* ---- The library ---- */

static gsize
read_host (void)
{
  MachtypeHostBuilder *builder = machtype_host_builder_new ();
  gboolean done = machtype_host_builder_set_capabilities (builder, document, (gssize)length, NULL);

  machtype_host_builder_unref (builder);
  return (gsize)done;
}

static guint64
digest_host (void)
{
  g_autoptr (MachtypeHost) host = fixture_host ();
  guint64 sum = 0;
  guint arch, i;

  for (arch = MACHTYPE_ARCH_AARCH64; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, (MachtypeArch)arch, NULL);

    for (i = 0; i < machines->len; i++) {
      const char *name = machtype_machine_get_name (machines->pdata[i]);
      const char *canonical = machtype_machine_get_canonical (machines->pdata[i]);

      if (g_strcmp0 (name, canonical) == 0)
        canonical = NULL;
      sum += digest (machtype_arch_to_string ((MachtypeArch)arch), canonical, name);
    }
  }
  return sum;
}

/* ---- libxml2's SAX2 with nothing to do: the floor ---- */

static void
on_start (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
          int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
          const xmlChar **attributes)
{
  (void)data;
  (void)name;
  (void)prefix;
  (void)uri;
  (void)n_namespaces;
  (void)namespaces;
  (void)n_attributes;
  (void)n_defaulted;
  (void)attributes;
}

static void
on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  (void)data;
  (void)name;
  (void)prefix;
  (void)uri;
}

static void
on_text (void *data, const xmlChar *text, int text_length)
{
  (void)data;
  (void)text;
  (void)text_length;
}

static gsize
walk_sax (void)
{
  xmlParserCtxt *parser = xmlNewParserCtxt ();
  gsize done;

  memset (parser->sax, 0, sizeof *parser->sax);
  parser->sax->initialized = XML_SAX2_MAGIC;
  parser->sax->startElementNs = on_start;
  parser->sax->endElementNs = on_end;
  parser->sax->characters = on_text;
  parser->sax->ignorableWhitespace = on_text;
  xmlCtxtReadMemory (parser, document, (int)length, NULL, NULL, XML_PARSE_NONET);
  done = (gsize)parser->wellFormed;
  xmlFreeParserCtxt (parser);
  return done;
}

/* ---- xmlReader ---- */

static guint64
read_machine (xmlTextReader *reader, const char *arch)
{
  xmlChar *canonical = xmlTextReaderGetAttribute (reader, (const xmlChar *)"canonical");
  xmlChar *name = xmlTextReaderReadString (reader);
  guint64 sum = digest (arch, (const char *)canonical, (const char *)name);

  xmlFree (canonical);
  xmlFree (name);
  return sum;
}

static guint64
walk_reader (void)
{
  xmlTextReader *reader = xmlReaderForMemory (document, (int)length, NULL, NULL, XML_PARSE_NONET);
  xmlChar *arch = NULL;
  guint64 sum = 0;

  while (xmlTextReaderRead (reader) == 1) {
    const char *element = (const char *)xmlTextReaderConstName (reader);

    if (xmlTextReaderNodeType (reader) != XML_READER_TYPE_ELEMENT)
      continue;
    if (strcmp (element, "arch") == 0) {
      xmlFree (arch);
      arch = xmlTextReaderGetAttribute (reader, (const xmlChar *)"name");
    } else if (strcmp (element, "machine") == 0)
      sum += read_machine (reader, (const char *)arch);
  }
  xmlFree (arch);
  xmlFreeTextReader (reader);
  return sum;
}

/* ---- A tree ---- */

static const xmlNode *
next_element (const xmlNode *node, const char *name)
{
  while (node != NULL &&
         (node->type != XML_ELEMENT_NODE || strcmp ((const char *)node->name, name) != 0))
    node = node->next;
  return node;
}

static guint64
walk_arch (const xmlNode *arch)
{
  xmlChar *name = xmlGetProp (arch, (const xmlChar *)"name");
  const xmlNode *machine = next_element (arch->children, "machine");
  guint64 sum = 0;

  for (; machine != NULL; machine = next_element (machine->next, "machine")) {
    xmlChar *canonical = xmlGetProp (machine, (const xmlChar *)"canonical");

    sum += digest ((const char *)name, (const char *)canonical,
                   (const char *)machine->children->content);
    xmlFree (canonical);
  }
  xmlFree (name);
  return sum;
}

static guint64
walk_tree (void)
{
  xmlDoc *doc = xmlReadMemory (document, (int)length, NULL, NULL, XML_PARSE_NONET);
  const xmlNode *guest = next_element (xmlDocGetRootElement (doc)->children, "guest");
  guint64 sum = 0;

  for (; guest != NULL; guest = next_element (guest->next, "guest"))
    sum += walk_arch (next_element (guest->children, "arch"));
  xmlFreeDoc (doc);
  return sum;
}

/* ---- The comparison ---- */

#define ANSWER(function, expression)                                                               \
  static char *function (guint i)                                                                  \
  {                                                                                                \
    (void)i;                                                                                       \
    return g_strdup_printf ("%" G_GUINT64_FORMAT, expression);                                     \
  }

ANSWER (answer_host, digest_host ())
ANSWER (answer_reader, walk_reader ())
ANSWER (answer_tree, walk_tree ())

BENCH_RUN (run_host, read_host ())
BENCH_RUN (run_sax, walk_sax ())
BENCH_RUN (run_reader, walk_reader ())
BENCH_RUN (run_tree, walk_tree ())

static const BenchContestant contestants[] = {
  { .name = "host builder, set_capabilities, unref", .run = run_host, .answer = answer_host },
  { .name = "SAX2, empty handlers", .run = run_sax, .limit = 1.15 },
  { .name = "xmlReader, machines read", .run = run_reader, .answer = answer_reader },
  { .name = "DOM, machines read", .run = run_tree, .answer = answer_tree, .limit = 1 / 2.4 },
};

static const Bench bench = { "capabilities", 1, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  document = fixture_capabilities ();
  length = strlen (document);
  g_print ("# %" G_GSIZE_FORMAT " bytes\n", length);
  if (read_host () != 1 || walk_sax () != 1)
    g_error ("the document is not well-formed");
  return bench_main (&bench, argc, argv);
}
