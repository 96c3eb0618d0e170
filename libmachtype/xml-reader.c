/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-reader.h"

#include <machtype/text.h>

#include <libxml/parser.h>
#include <string.h>

#include "error-private.h"
#include "string-private.h"
#include "xml-input.h"
#include "xml-scan.h"

/* The maximum size of the text of one element. */
#define TEXT_MAX (64 * 1024)
#define TEXT_USUAL 256

struct MtXmlReader {
  const MtXmlHandler *handler;
  gpointer data;
  const char *what;
  const MtXmlInput *input;
  xmlParserCtxt *parser;
  GError *error;        /* the first one; parsing then stops */
  gboolean has_ended;   /* the parser reached the end of the document */
  gboolean is_done;     /* the handler has stopped it */
  gboolean has_stopped; /* so it was, or an error did */
  guint depth;
  /* libxml2 searches all namespaces in scope at each element. */
  guint16 n_declared[MACHTYPE_XML_MAX_DEPTH + 1];
  guint n_in_force;
  guint text_depth; /* depth of the element whose text is requested; 0: none */
  GString *text;    /* what it is appended to: own_text, or the handler's string */
  gsize text_start; /* where in it */
  GString *own_text;
};

static void
stop (MtXmlReader *reader)
{
  reader->has_stopped = TRUE;
  if (reader->parser != NULL)
    xmlStopParser (reader->parser);
}

static void
fail (MtXmlReader *reader, MachtypeError code, const char *message)
{
  if (reader->error != NULL)
    return;
  g_set_error (&reader->error, MACHTYPE_ERROR, (int)code, "%s: %s", reader->what, message);
  stop (reader);
}

static void
fail_too_large (MtXmlReader *reader, const char *problem, int limit)
{
  g_autofree char *message = g_strdup_printf ("%s %d", problem, limit);

  fail (reader, MACHTYPE_ERROR_TOO_LARGE, message);
}

static gboolean
enter (MtXmlReader *reader, guint n_namespaces)
{
  if (++reader->depth > MACHTYPE_XML_MAX_DEPTH) {
    fail_too_large (reader, "elements nest deeper than", MACHTYPE_XML_MAX_DEPTH);
    return FALSE;
  }
  reader->n_declared[reader->depth] = (guint16)n_namespaces;
  reader->n_in_force += n_namespaces;
  if (reader->n_in_force > MACHTYPE_XML_MAX_ATTRIBUTES) {
    fail_too_large (reader, "an element has more namespaces than", MACHTYPE_XML_MAX_ATTRIBUTES);
    return FALSE;
  }
  return TRUE;
}

static void
on_start (void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
          int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
          const xmlChar **attributes)
{
  MtXmlReader *reader = user;
  MtXmlAttributes given = { attributes, n_attributes, (const char *)uri, namespaces, n_namespaces };

  (void)prefix;
  (void)n_defaulted;
  if (reader->error != NULL || reader->is_done || !enter (reader, (guint)n_namespaces))
    return;
  if (!reader->handler->start (reader->data, (const char *)name, reader->depth, &given,
                               &reader->error))
    stop (reader);
}

static void
on_end (void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  MtXmlReader *reader = user;
  const char *text = NULL;
  gsize length = 0;

  (void)prefix;
  (void)uri;
  if (reader->error != NULL || reader->is_done)
    return;
  if (reader->text_depth == reader->depth) {
    text = reader->text->str + reader->text_start;
    length = reader->text->len - reader->text_start;
    reader->text_depth = 0;
  }
  reader->handler->end (reader->data, (const char *)name, reader->depth, text, length);
  reader->n_in_force -= reader->n_declared[reader->depth];
  reader->depth--;
}

static void
on_text (void *user, const xmlChar *text, int length)
{
  MtXmlReader *reader = user;
  gsize room;

  if (reader->text_depth == 0 || reader->text_depth != reader->depth)
    return;
  room = TEXT_MAX - (reader->text->len - reader->text_start);
  mt_string_append (reader->text, (const char *)text, MIN ((gsize)length, room));
}

/* Before 2.15, libxml2 treats a NUL as the end of the input, whatever follows. Where it has stopped
 * does not show that: 2.14 has not always read what is after the root, such as a line feed, and 2.9
 * may have freed its input. */
static void
check_nul (MtXmlReader *reader)
{
  if (!reader->is_done && memchr (reader->input->text, '\0', reader->input->length) != NULL)
    fail (reader, MACHTYPE_ERROR_INVALID_XML, "there is a NUL byte after the document");
}

static void
on_end_document (void *user)
{
  MtXmlReader *reader = user;

  reader->has_ended = TRUE;
  check_nul (reader);
}

/* libvirt writes no document type; one is needed only for entities. */
static void
on_doctype (void *user, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
  (void)name;
  (void)external_id;
  (void)system_id;
  fail (user, MACHTYPE_ERROR_INVALID_XML, "a document type declaration is not accepted");
}

static xmlEntity *
on_entity (void *user, const xmlChar *name)
{
  xmlEntity *entity = xmlGetPredefinedEntity (name);

  if (entity == NULL)
    fail (user, MACHTYPE_ERROR_INVALID_XML, "entities are not accepted");
  return entity;
}

/* Read only since libxml2 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError Problem;
#else
typedef xmlError Problem;
#endif

static void
on_error (void *user, Problem *problem)
{
  MtXmlReader *reader = user;
  g_autofree char *message = NULL;

  /* Warnings (a namespace prefix without a declaration, say) do not make a document unreadable. */
  if (reader->error != NULL || reader->is_done || problem->level < XML_ERR_ERROR ||
      problem->domain == XML_FROM_NAMESPACE)
    return;
  /* To 2.15 a NUL is content. */
  if (problem->code == XML_ERR_DOCUMENT_END)
    check_nul (reader);
  if (reader->error != NULL)
    return;
  message = mt_quoting_message (problem->message != NULL ? problem->message : "malformed XML");
  g_set_error (&reader->error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML, "%s, line %d: %s",
               reader->what, problem->line, message);
  /* 2.9 continues after an error, as if it could be repaired. */
  stop (reader);
}

static void
set_handlers (xmlSAXHandler *sax)
{
  memset (sax, 0, sizeof *sax);
  sax->initialized = XML_SAX2_MAGIC;
  sax->startElementNs = on_start;
  sax->endElementNs = on_end;
  sax->endDocument = on_end_document;
  sax->characters = on_text;
  sax->ignorableWhitespace = on_text;
  sax->cdataBlock = on_text;
  sax->internalSubset = on_doctype;
  sax->getEntity = on_entity;
  sax->serror = on_error;
}

/* libxml2 2.9 can stop in the middle of a document when it runs out of memory and report success:
 * only the parser's last error shows it. */
static void
check_end (MtXmlReader *reader)
{
  const xmlError *last = xmlCtxtGetLastError (reader->parser);

  if (reader->error != NULL || reader->is_done)
    return;
  if (!reader->parser->wellFormed || !reader->has_ended || reader->depth != 0)
    fail (reader, MACHTYPE_ERROR_INVALID_XML, "the document is not well-formed");
  else if (last != NULL && last->code == XML_ERR_NO_MEMORY)
    fail (reader, MACHTYPE_ERROR_INVALID_XML, "the parser ran out of memory");
}

/* Nothing is built, so there is no document to free. */
static void
parse (MtXmlReader *reader, const MtXmlInput *input)
{
  MtXmlWatch watch;

  if (!mt_xml_input_check_tags (input, reader->what, &reader->error))
    return;
  mt_xml_watch_begin (&watch);
  reader->parser = xmlNewParserCtxt ();
  if (reader->parser == NULL)
    fail (reader, MACHTYPE_ERROR_INVALID_XML, "the parser ran out of memory");
  else {
    set_handlers (reader->parser->sax);
    reader->parser->userData = reader;
    xmlCtxtReadMemory (reader->parser, input->text, (int)input->length, NULL, NULL,
                       XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    check_end (reader);
    xmlFreeParserCtxt (reader->parser);
  }
  mt_xml_watch_end (&watch);
}

/* Whether nothing is left to read. */
static gboolean
scan (MtXmlReader *reader, const MtXmlInput *input)
{
  xmlSAXHandler sax;

  set_handlers (&sax);
  if (mt_xml_scan (input->text, input->length, &sax, reader, &reader->has_stopped))
    return TRUE;
  reader->depth = 0;
  reader->n_in_force = 0;
  reader->text_depth = 0;
  return FALSE;
}

gboolean
mt_xml_read_plain (const char *text, gsize length, const char *what, const MtXmlHandler *handler,
                   void (*restart) (gpointer data), gpointer data, MtXmlReader **slot,
                   GError **error)
{
  MtXmlInput input;
  MtXmlReader reader = { .handler = handler, .data = data, .what = what, .input = &input };

  if (!mt_xml_input_init (&input, text, length, what, error))
    return FALSE;
  reader.own_text = g_string_sized_new (TEXT_USUAL);
  *slot = &reader;
  if (restart == NULL)
    parse (&reader, &input);
  else if (!scan (&reader, &input)) {
    restart (data);
    parse (&reader, &input);
  }
  *slot = NULL;
  g_string_free (reader.own_text, TRUE);
  mt_xml_input_clear (&input);
  if (reader.error == NULL)
    return TRUE;
  g_propagate_error (error, reader.error);
  return FALSE;
}

gboolean
mt_xml_read (const char *text, gsize length, const char *what, const MtXmlHandler *handler,
             gpointer data, MtXmlReader **slot, GError **error)
{
  return mt_xml_read_plain (text, length, what, handler, NULL, data, slot, error);
}

void
mt_xml_reader_stop (MtXmlReader *reader)
{
  reader->is_done = TRUE;
  stop (reader);
}

void
mt_xml_reader_want_text (MtXmlReader *reader)
{
  reader->own_text->len = 0;
  reader->own_text->str[0] = '\0';
  mt_xml_reader_want_text_in (reader, reader->own_text);
}

void
mt_xml_reader_want_text_in (MtXmlReader *reader, GString *string)
{
  reader->text_depth = reader->depth;
  reader->text = string;
  reader->text_start = string->len;
}

gboolean
mt_xml_declares (const MtXmlAttributes *attributes, const char *uri)
{
  int i;

  for (i = 0; i < attributes->n_namespaces; i++) {
    const guchar *declared = attributes->namespaces[i * 2 + 1];

    if (declared != NULL && strcmp ((const char *)declared, uri) == 0)
      return TRUE;
  }
  return FALSE;
}

const char *
mt_xml_attribute (const MtXmlAttributes *attributes, const char *name, gsize *length)
{
  const char *found, *value;
  int i;

  for (i = 0; i < attributes->count; i++) {
    found = mt_xml_attribute_at (attributes, i, &value, length);
    if (found != NULL && mt_is_word (found, name))
      return value;
  }
  return NULL;
}

gboolean
mt_xml_set_wrong_root (const char *what, const char *element, const char *expected, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (element);

  return mt_fail (error, MACHTYPE_ERROR_INVALID_XML,
                  "%s: the root element is <%s>, not libvirt's <%s>", what, shown, expected);
}
