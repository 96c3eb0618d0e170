/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-tree.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "error-private.h"
#include "xml-input.h"
#include "xml-writer.h"

struct MtXmlTree {
  xmlDoc *document;   /* its _private is the tree */
  gboolean is_broken; /* an allocation has failed */
  MtXmlWatch watch;   /* as long as the tree exists: each change of it may allocate memory */
};

static gboolean
set_error (const char *what, const char *doing, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "%s: the document cannot be %s", what, doing);
}

static xmlDoc *
parse (xmlParserCtxt *context, const MtXmlInput *input)
{
  xmlDoc *document = xmlCtxtReadMemory (context, input->text, (int)input->length, NULL, NULL,
                                        XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);

  if ((context->wellFormed == 0 || context->errNo == XML_ERR_NO_MEMORY) && document != NULL)
    g_clear_pointer (&document, xmlFreeDoc);
  return document;
}

static xmlDoc *
read_document (const MtXmlInput *input)
{
  xmlParserCtxt *context;
  xmlDoc *document = NULL;
  MtXmlWatch watch;

  mt_xml_watch_begin (&watch);
  context = xmlNewParserCtxt ();
  if (context != NULL)
    document = parse (context, input);
  xmlFreeParserCtxt (context);
  if (!mt_xml_watch_end (&watch) && document != NULL)
    g_clear_pointer (&document, xmlFreeDoc);
  return document;
}

MtXmlTree *
mt_xml_tree_read (const char *text, gsize length, const char *what, GError **error)
{
  MtXmlInput input;
  xmlDoc *document;
  MtXmlTree *tree;

  if (!mt_xml_input_init (&input, text, length, what, error))
    return NULL;
  if (!mt_xml_input_check_tags (&input, what, error)) {
    mt_xml_input_clear (&input);
    return NULL;
  }
  document = read_document (&input);
  mt_xml_input_clear (&input);
  if (document == NULL) {
    set_error (what, "read", error);
    return NULL;
  }
  tree = g_new0 (MtXmlTree, 1);
  tree->document = document;
  document->_private = tree;
  mt_xml_watch_begin (&tree->watch);
  return tree;
}

void
mt_xml_tree_free (MtXmlTree *tree)
{
  if (tree == NULL)
    return;
  xmlFreeDoc (tree->document);
  mt_xml_watch_end (&tree->watch);
  g_free (tree);
}

MtXmlNode *
mt_xml_tree_get_root (MtXmlTree *tree)
{
  return xmlDocGetRootElement (tree->document);
}

static gboolean
set_broken (MtXmlNode *node)
{
  MtXmlTree *tree = node->doc->_private;

  tree->is_broken = TRUE;
  return FALSE;
}

static int
append (void *context, const char *bytes, int length)
{
  g_string_append_len (context, bytes, length);
  return length;
}

/* Copied into GLib's memory: libxml2's own buffer is freed twice if an allocation fails (2.9.14,
 * xmlBufBackToBuffer). */
static gboolean
write_nodes (xmlNode *node, const xmlNode *end, GString *text)
{
  xmlOutputBuffer *buffer;
  MtXmlWatch watch;
  gboolean done;

  mt_xml_watch_begin (&watch);
  buffer = xmlOutputBufferCreateIO (append, NULL, text, NULL);
  for (; buffer != NULL && node != end; node = node->next) {
    xmlNodeDumpOutput (buffer, node->doc, node, 0, 0, NULL);
    xmlOutputBufferWriteString (buffer, "\n");
  }
  done = buffer != NULL && xmlOutputBufferClose (buffer) >= 0;
  return mt_xml_watch_end (&watch) && done;
}

char *
mt_xml_tree_write (MtXmlTree *tree, GError **error)
{
  GString *text = g_string_new (NULL);

  if (!tree->is_broken && !tree->watch.is_memory_gone &&
      write_nodes (tree->document->children, NULL, text))
    return mt_xml_make_visible (g_string_free (text, FALSE));
  set_error ("the document", "written", error);
  g_string_free (text, TRUE);
  return NULL;
}

/* Declares on an element what elements around it declare: it is to be a document of its own. Not
 * xmlDocCopyNode, which leaks if an allocation fails (2.9.14). */
static gboolean
declare_namespaces (xmlNode *node)
{
  xmlNs **all, **ns, *own;
  MtXmlWatch watch;

  mt_xml_watch_begin (&watch);
  all = xmlGetNsList (node->doc, node);
  for (ns = all; ns != NULL && *ns != NULL; ns++) {
    for (own = node->nsDef; own != NULL && !xmlStrEqual (own->prefix, (*ns)->prefix);)
      own = own->next;
    if (own == NULL)
      xmlNewNs (node, (*ns)->href, (*ns)->prefix);
  }
  xmlFree (all);
  return mt_xml_watch_end (&watch);
}

static gboolean
write_node (xmlNode *node, const char *name, GString *text)
{
  MtXmlWatch watch;

  mt_xml_watch_begin (&watch);
  xmlNodeSetName (node, (const xmlChar *)name);
  return mt_xml_watch_end (&watch) && declare_namespaces (node) &&
         write_nodes (node, node->next, text);
}

char *
mt_xml_node_write (MtXmlNode *node, const char *name, GError **error)
{
  const MtXmlTree *tree = node->doc->_private;
  GString *text = g_string_new (NULL);

  if (!tree->is_broken && !tree->watch.is_memory_gone && write_node (node, name, text))
    return mt_xml_make_visible (g_string_free (text, FALSE));
  set_error ("the document", "written", error);
  g_string_free (text, TRUE);
  return NULL;
}

gboolean
mt_xml_node_is (const MtXmlNode *node, const char *uri, const char *name)
{
  if ((uri != NULL) != (node->ns != NULL) ||
      (name != NULL && strcmp ((const char *)node->name, name) != 0))
    return FALSE;
  return uri == NULL || g_strcmp0 ((const char *)node->ns->href, uri) == 0;
}

MtXmlNode *
mt_xml_node_first (MtXmlNode *node)
{
  return node != NULL ? xmlFirstElementChild (node) : NULL;
}

MtXmlNode *
mt_xml_node_next (MtXmlNode *node)
{
  return xmlNextElementSibling (node);
}

MtXmlNode *
mt_xml_node_get_parent (MtXmlNode *node)
{
  return node->parent;
}

MtXmlNode *
mt_xml_node_find (MtXmlNode *node, const char *name)
{
  MtXmlNode *child = mt_xml_node_first (node);

  while (child != NULL && !mt_xml_node_is (child, NULL, name))
    child = mt_xml_node_next (child);
  return child;
}

/* Takes ownership of libxml2's copy; NULL only if out of memory. */
static char *
take_copy (MtXmlNode *node, xmlChar *text)
{
  char *copy = g_strdup ((const char *)text);

  if (text == NULL)
    set_broken (node);
  xmlFree (text);
  return copy;
}

gboolean
mt_xml_node_has (MtXmlNode *node, const char *attribute)
{
  return node != NULL && xmlHasNsProp (node, (const xmlChar *)attribute, NULL) != NULL;
}

char *
mt_xml_node_dup (MtXmlNode *node, const char *attribute)
{
  if (!mt_xml_node_has (node, attribute))
    return NULL;
  return take_copy (node, xmlGetNoNsProp (node, (const xmlChar *)attribute));
}

char *
mt_xml_node_dup_text (MtXmlNode *node)
{
  return node != NULL ? take_copy (node, xmlNodeGetContent (node)) : NULL;
}

gboolean
mt_xml_node_set (MtXmlNode *node, const char *attribute, const char *value)
{
  xmlAttr *set = xmlSetProp (node, (const xmlChar *)attribute, (const xmlChar *)value);

  /* Out of memory may affect only a part: then it has no name, or is empty, which our values never
   * are. */
  return (set != NULL && set->name != NULL && set->children != NULL &&
          set->children->content != NULL) ||
         set_broken (node);
}

gboolean
mt_xml_node_add_text (MtXmlNode *node, const char *text)
{
  xmlNode *last;

  xmlNodeAddContent (node, (const xmlChar *)text);
  last = node->last;
  return *text == '\0' || (last != NULL && last->content != NULL) || set_broken (node);
}

gboolean
mt_xml_node_set_text (MtXmlNode *node, const char *text)
{
  xmlNodeSetContent (node, NULL);
  return mt_xml_node_add_text (node, text);
}

void
mt_xml_node_unset (MtXmlNode *node, const char *attribute)
{
  xmlUnsetProp (node, (const xmlChar *)attribute);
}

/* The white space before a node, if there is nothing else; NULL: there is none. */
static xmlNode *
get_indentation (MtXmlNode *node)
{
  return node->prev != NULL && xmlIsBlankNode (node->prev) ? node->prev : NULL;
}

static void
drop (xmlNode *node)
{
  xmlUnlinkNode (node);
  xmlFreeNode (node);
}

void
mt_xml_node_remove (MtXmlNode *node)
{
  xmlNode *indentation = get_indentation (node), *parent = node->parent;

  if (indentation != NULL)
    drop (indentation);
  drop (node);
  /* The white space before the end tag of an element that is now empty. */
  if (parent->children != NULL && parent->children->next == NULL &&
      xmlIsBlankNode (parent->children))
    drop (parent->children);
}

static MtXmlNode *
add_node (MtXmlNode *neighbour, const char *name,
          xmlNode *(*add) (xmlNode *neighbour, xmlNode *node))
{
  xmlNode *node = xmlNewDocNode (neighbour->doc, NULL, (const xmlChar *)name, NULL);

  if (node == NULL)
    set_broken (neighbour);
  return node != NULL ? add (neighbour, node) : NULL;
}

static void
indent_as (MtXmlNode *node, MtXmlNode *model)
{
  xmlNode *indentation = get_indentation (model);
  xmlNode *copy = indentation != NULL ? xmlDocCopyNode (indentation, model->doc, 1) : NULL;

  if (copy != NULL)
    xmlAddPrevSibling (node, copy);
  if (indentation != NULL && (copy == NULL || copy->content == NULL))
    set_broken (node);
}

MtXmlNode *
mt_xml_node_add_after (MtXmlNode *after, const char *name)
{
  MtXmlNode *node = after != NULL ? add_node (after, name, xmlAddNextSibling) : NULL;

  if (node != NULL)
    indent_as (node, after);
  return node;
}

MtXmlNode *
mt_xml_node_add_in (MtXmlNode *parent, const char *name)
{
  MtXmlNode *last = parent != NULL ? xmlLastElementChild (parent) : NULL;

  if (last != NULL)
    return mt_xml_node_add_after (last, name);
  return parent != NULL ? add_node (parent, name, xmlAddChild) : NULL;
}
