/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Changes XML: read as a tree, and written again with everything that was not changed. With
 * xml-reader and xml-writer the only code that knows what markup is. */

typedef struct MtXmlTree MtXmlTree;
typedef struct _xmlNode MtXmlNode;

/* For text that mt_xml_read has already read completely: that call refuses what is invalid. Until
 * the tree is freed, in the same thread, our handler of libxml2's errors replaces the thread's. */
MtXmlTree *mt_xml_tree_read (const char *text, gsize length, const char *what, GError **error);
void mt_xml_tree_free (MtXmlTree *tree);
MtXmlNode *mt_xml_tree_get_root (MtXmlTree *tree);

/* UTF-8, without the declaration; comments around the root element are kept. Also fails if memory
 * ran out in any previous call: a change must not be done by half. */
char *mt_xml_tree_write (MtXmlTree *tree, GError **error);

/* A document of its own: an element with all in it, which gets another name. NULL: out of memory,
 * then, or in any previous call. */
char *mt_xml_node_write (MtXmlNode *node, const char *name, GError **error);

/* The first child element with a name, in no namespace; NULL: there is none. node can be NULL. */
MtXmlNode *mt_xml_node_find (MtXmlNode *node, const char *name);

/* Iterates over child elements, of any name and namespace; NULL: no more. node can be NULL. */
MtXmlNode *mt_xml_node_first (MtXmlNode *node);
MtXmlNode *mt_xml_node_next (MtXmlNode *node);
MtXmlNode *mt_xml_node_get_parent (MtXmlNode *node);

/* Whether it is an element of this name; uri NULL: in no namespace; name NULL: of any. */
gboolean mt_xml_node_is (const MtXmlNode *node, const char *uri, const char *name);

/* Whether it has an attribute in no namespace. node can be NULL: FALSE. */
gboolean mt_xml_node_has (MtXmlNode *node, const char *attribute);

/* The value of an attribute in no namespace, and the text of an element; NULL: there is none. node
 * can be NULL. */
char *mt_xml_node_dup (MtXmlNode *node, const char *attribute);
char *mt_xml_node_dup_text (MtXmlNode *node);

/* FALSE: out of memory. */
gboolean mt_xml_node_set (MtXmlNode *node, const char *attribute, const char *value);
gboolean mt_xml_node_add_text (MtXmlNode *node, const char *text);
gboolean mt_xml_node_set_text (MtXmlNode *node, const char *text); /* instead of all in it */
void mt_xml_node_unset (MtXmlNode *node, const char *attribute);

/* Including its indentation. */
void mt_xml_node_remove (MtXmlNode *node);

/* A new, empty element: directly after another one, or as the last in one; indented like its
 * neighbors. NULL: out of memory. after and parent can be NULL: nothing is done. */
MtXmlNode *mt_xml_node_add_after (MtXmlNode *after, const char *name);
MtXmlNode *mt_xml_node_add_in (MtXmlNode *parent, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtXmlTree, mt_xml_tree_free)
