/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-tree.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "error-private.h"

struct MtXmlTree {
  xmlDoc *document;
};

static gboolean
set_error (const char *what, const char *doing, GError **error)
{
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML, "%s: it cannot be %s", what,
               doing);
  return FALSE;
}

MtXmlTree *
mt_xml_tree_read (const char *text, gsize length, const char *what, GError **error)
{
  /* Nobody's handler may print, and nothing is fetched. Memory that runs out can leave a document
   * that is cut off: then it is not well-formed. */
  xmlParserCtxt *context = xmlNewParserCtxt ();
  xmlDoc *document = NULL;
  MtXmlTree *tree;

  if (context != NULL)
    document = xmlCtxtReadMemory (context, text, (int)length, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (document != NULL && (context->wellFormed == 0 || context->errNo == XML_ERR_NO_MEMORY))
    g_clear_pointer (&document, xmlFreeDoc);
  xmlFreeParserCtxt (context);
  if (document == NULL) {
    set_error (what, "read", error);
    return NULL;
  }
  tree = g_new (MtXmlTree, 1);
  tree->document = document;
  return tree;
}

void
mt_xml_tree_free (MtXmlTree *tree)
{
  if (tree == NULL)
    return;
  xmlFreeDoc (tree->document);
  g_free (tree);
}

MtXmlNode *
mt_xml_tree_get_root (MtXmlTree *tree)
{
  return xmlDocGetRootElement (tree->document);
}

char *
mt_xml_tree_write (MtXmlTree *tree, GError **error)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  char *text = NULL;

  if (buffer != NULL && xmlNodeDump (buffer, tree->document, mt_xml_tree_get_root (tree), 0, 0) > 0)
    text = g_strconcat ((const char *)xmlBufferContent (buffer), "\n", NULL);
  else
    set_error ("the document", "written", error);
  xmlBufferFree (buffer);
  return text;
}

MtXmlNode *
mt_xml_node_find (MtXmlNode *node, const char *name)
{
  xmlNode *child = node != NULL ? xmlFirstElementChild (node) : NULL;

  for (; child != NULL; child = xmlNextElementSibling (child)) {
    if (child->ns == NULL && strcmp ((const char *)child->name, name) == 0)
      return child;
  }
  return NULL;
}

gboolean
mt_xml_node_set (MtXmlNode *node, const char *attribute, const char *value)
{
  return xmlSetProp (node, (const xmlChar *)attribute, (const xmlChar *)value) != NULL;
}
