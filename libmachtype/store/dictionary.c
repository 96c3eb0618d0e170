/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of shared values, for those that a store has seen. */

#include "store/dictionary-private.h"

#include <string.h>

/* How much of it is kept in memory: a database can contain any number. */
#define TEXTS_MAX 65536
#define PROPERTIES_MAX 4096

static void
release (gpointer text)
{
  g_ref_string_release (text);
}

static void
host_free (gpointer data)
{
  MtDictionaryHost *host = data;

  mt_ref_string_set (&host->name, NULL);
  mt_ref_string_set (&host->uuid, NULL);
  g_free (host);
}

static MtDictionaryHost *
host_copy (const MtDictionaryHost *host)
{
  MtDictionaryHost *copy = g_new (MtDictionaryHost, 1);

  *copy = *host;
  copy->name = mt_ref_string_dup (host->name);
  copy->uuid = mt_ref_string_dup (host->uuid);
  return copy;
}

static guint
host_hash (gconstpointer data)
{
  const MtDictionaryHost *host = data;

  return (host->name != NULL ? g_str_hash (host->name) : 0) * 31 + (guint)host->qemu_version;
}

static gboolean
host_equal (gconstpointer a, gconstpointer b)
{
  const MtDictionaryHost *x = a, *y = b;

  return x->qemu_version == y->qemu_version && x->libvirt_version == y->libvirt_version &&
         mt_ref_string_equal (x->name, y->name) && mt_ref_string_equal (x->uuid, y->uuid);
}

gboolean
mt_dictionary_can_hold (gint64 id)
{
  return (gint64)(gsize)id == id;
}

/* Nothing is stored for 0. */
static gpointer
key_of (gint64 id)
{
  return mt_dictionary_can_hold (id) ? GSIZE_TO_POINTER ((gsize)id) : NULL;
}

static gint64
id_of (GHashTable *ids, gconstpointer what)
{
  return (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (ids, what));
}

void
mt_dictionary_init (MtDictionary *dictionary)
{
  dictionary->texts = g_hash_table_new_full (NULL, NULL, NULL, release);
  dictionary->text_ids = g_hash_table_new (g_str_hash, g_str_equal);
  dictionary->hosts = g_hash_table_new_full (NULL, NULL, NULL, host_free);
  dictionary->host_ids = g_hash_table_new (host_hash, host_equal);
  dictionary->properties =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)machtype_properties_unref);
  dictionary->property_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  dictionary->object_ids = g_hash_table_new (NULL, NULL);
}

static void
forget_texts (MtDictionary *dictionary)
{
  g_hash_table_remove_all (dictionary->text_ids);
  g_hash_table_remove_all (dictionary->texts);
}

static void
forget_hosts (MtDictionary *dictionary)
{
  g_hash_table_remove_all (dictionary->host_ids);
  g_hash_table_remove_all (dictionary->hosts);
}

static void
forget_properties (MtDictionary *dictionary)
{
  g_clear_pointer (&dictionary->last_properties, machtype_properties_unref);
  g_hash_table_remove_all (dictionary->object_ids);
  g_hash_table_remove_all (dictionary->property_ids);
  g_hash_table_remove_all (dictionary->properties);
}

void
mt_dictionary_forget (MtDictionary *dictionary)
{
  forget_texts (dictionary);
  forget_hosts (dictionary);
  forget_properties (dictionary);
}

void
mt_dictionary_clear (MtDictionary *dictionary)
{
  mt_dictionary_forget (dictionary);
  g_hash_table_unref (dictionary->texts);
  g_hash_table_unref (dictionary->text_ids);
  g_hash_table_unref (dictionary->hosts);
  g_hash_table_unref (dictionary->host_ids);
  g_hash_table_unref (dictionary->properties);
  g_hash_table_unref (dictionary->property_ids);
  g_hash_table_unref (dictionary->object_ids);
}

gint64
mt_dictionary_find_text_id (const MtDictionary *dictionary, const char *text)
{
  return id_of (dictionary->text_ids, text);
}

gint64
mt_dictionary_find_host_id (const MtDictionary *dictionary, const MtDictionaryHost *host)
{
  return id_of (dictionary->host_ids, host);
}

gint64
mt_dictionary_find_encoded_id (const MtDictionary *dictionary, const char *encoded)
{
  return id_of (dictionary->property_ids, encoded);
}

gint64
mt_dictionary_find_object_id (const MtDictionary *dictionary, const MachtypeProperties *properties)
{
  if (properties == dictionary->last_properties)
    return dictionary->last_properties_id;
  return id_of (dictionary->object_ids, properties);
}

char *
mt_dictionary_find_text (const MtDictionary *dictionary, gint64 id)
{
  return g_hash_table_lookup (dictionary->texts, key_of (id));
}

const MtDictionaryHost *
mt_dictionary_find_host (const MtDictionary *dictionary, gint64 id)
{
  return g_hash_table_lookup (dictionary->hosts, key_of (id));
}

MachtypeProperties *
mt_dictionary_find_properties (const MtDictionary *dictionary, gint64 id)
{
  return g_hash_table_lookup (dictionary->properties, key_of (id));
}

gboolean
mt_dictionary_keep_text (MtDictionary *dictionary, gint64 id, char *text)
{
  if (g_hash_table_contains (dictionary->texts, key_of (id)))
    return FALSE;
  if (g_hash_table_size (dictionary->texts) >= TEXTS_MAX)
    forget_texts (dictionary);
  g_hash_table_replace (dictionary->text_ids, text, key_of (id));
  g_hash_table_replace (dictionary->texts, key_of (id), g_ref_string_acquire (text));
  return TRUE;
}

gboolean
mt_dictionary_keep_host (MtDictionary *dictionary, gint64 id, const MtDictionaryHost *host)
{
  MtDictionaryHost *kept;

  if (g_hash_table_contains (dictionary->hosts, key_of (id)))
    return FALSE;
  if (g_hash_table_size (dictionary->hosts) >= TEXTS_MAX)
    forget_hosts (dictionary);
  kept = host_copy (host);
  g_hash_table_replace (dictionary->host_ids, kept, key_of (id));
  g_hash_table_replace (dictionary->hosts, key_of (id), kept);
  return TRUE;
}

void
mt_dictionary_keep_properties (MtDictionary *dictionary, gint64 id, MachtypeProperties *properties,
                               const char *encoded)
{
  if (g_hash_table_contains (dictionary->properties, key_of (id)))
    return;
  if (g_hash_table_size (dictionary->properties) >= PROPERTIES_MAX)
    forget_properties (dictionary);
  g_hash_table_replace (dictionary->property_ids, g_strdup (encoded), key_of (id));
  g_hash_table_replace (dictionary->object_ids, properties, key_of (id));
  g_hash_table_replace (dictionary->properties, key_of (id), machtype_properties_ref (properties));
}

/* It is kept alive, because another one at the same address would be mistaken for it. */
void
mt_dictionary_remember_object (MtDictionary *dictionary, MachtypeProperties *properties, gint64 id)
{
  machtype_properties_ref (properties);
  machtype_properties_unref (dictionary->last_properties);
  dictionary->last_properties = properties;
  dictionary->last_properties_id = id;
}
