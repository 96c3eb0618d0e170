/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* XML that is changed: read as a tree, written again with everything that was not touched. With
 * xml-reader and xml-writer the only place that knows what markup is. */

typedef struct MtXmlTree MtXmlTree;
typedef struct _xmlNode MtXmlNode;

/* For text that mt_xml_read has read to its end before: the bounds are checked there. */
MtXmlTree *mt_xml_tree_read (const char *text, gsize length, const char *what, GError **error);
void mt_xml_tree_free (MtXmlTree *tree);
MtXmlNode *mt_xml_tree_get_root (MtXmlTree *tree);

/* The root element alone: what stands around it is left out. */
char *mt_xml_tree_write (MtXmlTree *tree, GError **error);

/* The first child element of a name, in no namespace; NULL: there is none. node may be NULL. */
MtXmlNode *mt_xml_node_find (MtXmlNode *node, const char *name);

/* FALSE: memory is gone. */
gboolean mt_xml_node_set (MtXmlNode *node, const char *attribute, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtXmlTree, mt_xml_tree_free)
