/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt leaves out of a domain's XML unless it is asked for security-sensitive information:
 * the passwords of displays and the cookies of network disks (libvirt src/conf/domain_conf.c,
 * VIR_DOMAIN_DEF_FORMAT_SECURE). A definition is stored without them, and gets back those that the
 * domain has when it is used. */

#include "domain/domain-private.h"

#include <string.h>

#include "xml-tree.h"

#include "error-private.h"

/* A walk through a document. */
typedef struct Walk Walk;

struct Walk {
  GHashTable *secrets; /* what an element's secrets belong to -> GPtrArray of strings */
  GHashTable *seen;    /* the same without its number -> how many were seen */
  void (*visit) (const Walk *walk, MtXmlNode *node, const char *key);
};

/* A display is recognized by its type. */
static char *
dup_display (MtXmlNode *node)
{
  g_autofree char *type = mt_xml_node_dup (node, "type");

  return type != NULL ? g_strdup_printf ("display %s", type) : NULL;
}

/* A source on the network by where it is. */
static char *
dup_source (MtXmlNode *node)
{
  g_autofree char *protocol = mt_xml_node_dup (node, "protocol");
  g_autofree char *name = mt_xml_node_dup (node, "name"), *query = mt_xml_node_dup (node, "query");
  g_autofree char *host = mt_xml_node_dup (mt_xml_node_find (node, "host"), "name");
  g_autofree char *port = mt_xml_node_dup (mt_xml_node_find (node, "host"), "port");

  if (protocol == NULL)
    return NULL;
  return g_strdup_printf ("source %s://%s:%s/%s?%s", protocol, host != NULL ? host : "",
                          port != NULL ? port : "", name != NULL ? name : "",
                          query != NULL ? query : "");
}

/* And by its place among those that are alike. NULL: it has no secrets. */
static char *
dup_key (const Walk *walk, MtXmlNode *node)
{
  char *what = NULL, *key;
  guint n;

  if (mt_xml_node_is (node, NULL, "graphics"))
    what = dup_display (node);
  else if (mt_xml_node_is (node, NULL, "source"))
    what = dup_source (node);
  if (what == NULL)
    return NULL;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (walk->seen, what));
  key = g_strdup_printf ("%u %s", n, what);
  g_hash_table_insert (walk->seen, what, GUINT_TO_POINTER (n + 1));
  return key;
}

/* The reader has bounded the depth. */
static void
walk_through (const Walk *walk, MtXmlNode *node)
{
  for (; node != NULL; node = mt_xml_node_next (node)) {
    g_autofree char *key = dup_key (walk, node);

    if (key != NULL)
      walk->visit (walk, node, key);
    walk_through (walk, mt_xml_node_first (node));
  }
}

static void
find_secrets (const Walk *walk, MtXmlNode *node, const char *key)
{
  MtXmlNode *cookie = mt_xml_node_first (mt_xml_node_find (node, "cookies"));
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);

  if (mt_xml_node_has (node, "passwd"))
    g_ptr_array_add (found, mt_xml_node_dup (node, "passwd"));
  for (; cookie != NULL; cookie = mt_xml_node_next (cookie)) {
    g_ptr_array_add (found, mt_xml_node_dup (cookie, "name"));
    g_ptr_array_add (found, mt_xml_node_dup_text (cookie));
  }
  g_hash_table_insert (walk->secrets, g_strdup (key), found);
}

static void
add_cookies (MtXmlNode *source, const GPtrArray *found)
{
  MtXmlNode *cookies = mt_xml_node_add_in (source, "cookies");
  guint i;

  for (i = 0; i + 1 < found->len; i += 2) {
    MtXmlNode *cookie = mt_xml_node_add_in (cookies, "cookie");

    if (cookie == NULL || found->pdata[i] == NULL || found->pdata[i + 1] == NULL)
      continue;
    mt_xml_node_set (cookie, "name", found->pdata[i]);
    mt_xml_node_add_text (cookie, found->pdata[i + 1]);
  }
}

static void
put_secrets (const Walk *walk, MtXmlNode *node, const char *key)
{
  const GPtrArray *found = g_hash_table_lookup (walk->secrets, key);

  if (found == NULL || found->len == 0)
    return;
  if (mt_xml_node_is (node, NULL, "source") && mt_xml_node_find (node, "cookies") == NULL)
    add_cookies (node, found);
  else if (mt_xml_node_is (node, NULL, "graphics") && found->pdata[0] != NULL)
    mt_xml_node_set (node, "passwd", found->pdata[0]);
}

static gboolean
walk_document (const char *xml, GHashTable *secrets,
               void (*visit) (const Walk *walk, MtXmlNode *node, const char *key), char **result,
               GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const Walk walk = { secrets, seen, visit };
  g_autoptr (MtXmlTree) tree = mt_domain_read_tree (xml, strlen (xml), error);

  if (tree == NULL)
    return FALSE;
  walk_through (&walk, mt_xml_tree_get_root (tree));
  if (result != NULL)
    *result = mt_xml_tree_write (tree, error);
  return result == NULL || *result != NULL;
}

char *
mt_domain_put_secrets (const char *xml, const char *secure, GError **error)
{
  g_autoptr (GHashTable) secrets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  char *result = NULL;

  if (!walk_document (secure, secrets, find_secrets, NULL, error) ||
      !walk_document (xml, secrets, put_secrets, &result, error))
    return NULL;
  return result;
}
