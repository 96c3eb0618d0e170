/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML as libxml2 reads it: what is written or escaped incorrectly is not found. */

#include "test.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <string.h>

static char *
join_nodes (const xmlNodeSet *nodes)
{
  GString *text = g_string_new (NULL);
  int i;

  for (i = 0; i < xmlXPathNodeSetGetLength (nodes); i++) {
    xmlChar *content = xmlNodeGetContent (xmlXPathNodeSetItem (nodes, i));

    g_string_append_printf (text, "%s%s", i != 0 ? "\n" : "", (const char *)content);
    xmlFree (content);
  }
  return g_string_free (text, FALSE);
}

static char *
dup_value (xmlXPathObject *found)
{
  xmlChar *value = NULL;
  char *text;

  if (found->type == XPATH_NODESET)
    return join_nodes (found->nodesetval);
  value = xmlXPathCastToString (found);
  text = g_strdup ((const char *)value);
  xmlFree (value);
  return text;
}

char *
test_find_in_xml (const char *xml, const char *path)
{
  xmlDoc *doc = xmlReadMemory (xml, (int)strlen (xml), NULL, NULL, XML_PARSE_NONET);
  xmlXPathContext *context;
  xmlXPathObject *found;
  char *text;

  g_assert_nonnull (doc);
  context = xmlXPathNewContext (doc);
  found = xmlXPathEvalExpression ((const xmlChar *)path, context);
  g_assert_nonnull (found);
  text = dup_value (found);
  xmlXPathFreeObject (found);
  xmlXPathFreeContext (context);
  xmlFreeDoc (doc);
  return text;
}
