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

static void
init (MtDictionaryValues *values, GDestroyNotify free_value)
{
  memset (values->low, 0, sizeof values->low);
  values->all = g_hash_table_new_full (NULL, NULL, NULL, free_value);
}

static gpointer
find (const MtDictionaryValues *values, gint64 id)
{
  if (id >= 0 && id < (gint64)G_N_ELEMENTS (values->low))
    return values->low[id];
  return g_hash_table_lookup (values->all, key_of (id));
}

static void
keep (MtDictionaryValues *values, gint64 id, gpointer value)
{
  if (id >= 0 && id < (gint64)G_N_ELEMENTS (values->low))
    values->low[id] = value;
  g_hash_table_replace (values->all, key_of (id), value);
}

static void
forget (MtDictionaryValues *values)
{
  memset (values->low, 0, sizeof values->low);
  g_hash_table_remove_all (values->all);
}

static gint64
id_of_key (gconstpointer key)
{
  return (gint64)GPOINTER_TO_SIZE (key);
}

static gint64
id_of (GHashTable *ids, gconstpointer what)
{
  return id_of_key (g_hash_table_lookup (ids, what));
}

void
mt_dictionary_init (MtDictionary *dictionary)
{
  init (&dictionary->texts, release);
  dictionary->text_ids = g_hash_table_new (g_str_hash, g_str_equal);
  init (&dictionary->hosts, host_free);
  dictionary->host_ids = g_hash_table_new (host_hash, host_equal);
  init (&dictionary->properties, (GDestroyNotify)machtype_properties_unref);
  dictionary->property_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  dictionary->object_ids = g_hash_table_new (NULL, NULL);
}

static void
forget_texts (MtDictionary *dictionary)
{
  memset (dictionary->seen_texts, 0, sizeof dictionary->seen_texts);
  g_hash_table_remove_all (dictionary->text_ids);
  forget (&dictionary->texts);
}

static void
forget_hosts (MtDictionary *dictionary)
{
  dictionary->last_host = NULL;
  g_hash_table_remove_all (dictionary->host_ids);
  forget (&dictionary->hosts);
}

static void
forget_properties (MtDictionary *dictionary)
{
  g_clear_pointer (&dictionary->last_properties, machtype_properties_unref);
  g_hash_table_remove_all (dictionary->object_ids);
  g_hash_table_remove_all (dictionary->property_ids);
  forget (&dictionary->properties);
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
  g_hash_table_unref (dictionary->texts.all);
  g_hash_table_unref (dictionary->text_ids);
  g_hash_table_unref (dictionary->hosts.all);
  g_hash_table_unref (dictionary->host_ids);
  g_hash_table_unref (dictionary->properties.all);
  g_hash_table_unref (dictionary->property_ids);
  g_hash_table_unref (dictionary->object_ids);
}

static MtDictionarySeenText *
get_seen (MtDictionary *dictionary, const char *text)
{
  return &dictionary
              ->seen_texts[(GPOINTER_TO_SIZE (text) >> 4) % G_N_ELEMENTS (dictionary->seen_texts)];
}

gint64
mt_dictionary_find_text_id (MtDictionary *dictionary, const char *text)
{
  MtDictionarySeenText *seen = get_seen (dictionary, text);
  gpointer kept, key;

  if (seen->text == text)
    return seen->id;
  if (!g_hash_table_lookup_extended (dictionary->text_ids, text, &kept, &key))
    return 0;
  if (kept == text)
    *seen = (MtDictionarySeenText){ text, id_of_key (key) };
  return id_of_key (key);
}

gint64
mt_dictionary_find_host_id (MtDictionary *dictionary, const MtDictionaryHost *host)
{
  gpointer kept, key;

  if (dictionary->last_host != NULL && host_equal (dictionary->last_host, host))
    return dictionary->last_host_id;
  if (!g_hash_table_lookup_extended (dictionary->host_ids, host, &kept, &key))
    return 0;
  dictionary->last_host = kept;
  dictionary->last_host_id = id_of_key (key);
  return dictionary->last_host_id;
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
  return find (&dictionary->texts, id);
}

const MtDictionaryHost *
mt_dictionary_find_host (const MtDictionary *dictionary, gint64 id)
{
  return find (&dictionary->hosts, id);
}

MachtypeProperties *
mt_dictionary_find_properties (const MtDictionary *dictionary, gint64 id)
{
  return find (&dictionary->properties, id);
}

gboolean
mt_dictionary_keep_text (MtDictionary *dictionary, gint64 id, char *text)
{
  if (find (&dictionary->texts, id) != NULL)
    return FALSE;
  if (g_hash_table_size (dictionary->texts.all) >= TEXTS_MAX)
    forget_texts (dictionary);
  g_hash_table_replace (dictionary->text_ids, text, key_of (id));
  keep (&dictionary->texts, id, g_ref_string_acquire (text));
  return TRUE;
}

gboolean
mt_dictionary_keep_host (MtDictionary *dictionary, gint64 id, const MtDictionaryHost *host)
{
  MtDictionaryHost *kept;

  if (find (&dictionary->hosts, id) != NULL)
    return FALSE;
  if (g_hash_table_size (dictionary->hosts.all) >= TEXTS_MAX)
    forget_hosts (dictionary);
  kept = host_copy (host);
  g_hash_table_replace (dictionary->host_ids, kept, key_of (id));
  keep (&dictionary->hosts, id, kept);
  return TRUE;
}

void
mt_dictionary_keep_properties (MtDictionary *dictionary, gint64 id, MachtypeProperties *properties,
                               const char *encoded)
{
  if (find (&dictionary->properties, id) != NULL)
    return;
  if (g_hash_table_size (dictionary->properties.all) >= PROPERTIES_MAX)
    forget_properties (dictionary);
  g_hash_table_replace (dictionary->property_ids, g_strdup (encoded), key_of (id));
  g_hash_table_replace (dictionary->object_ids, properties, key_of (id));
  keep (&dictionary->properties, id, machtype_properties_ref (properties));
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
