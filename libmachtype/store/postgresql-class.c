/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes of records in a PostgreSQL database: what very many records have in common is stored
 * once, and is read once. The id of a class is made from its contents, so it needs no round trip.
 */

#include "store/postgresql-private.h"

#include <string.h>

#include "arch-private.h"
#include "properties/properties-private.h"
#include "store/encoding-private.h"

/* More are forgotten between transactions. */
#define CLASSES_MAX 20000

void
mt_pg_class_free (gpointer data)
{
  MtPgClass *class = data;

  machtype_record_class_unref (class->record_class);
  mt_ref_string_set (&class->arch_word, NULL);
  g_free (class);
}

static void
add_text (GChecksum *sum, const char *text)
{
  const guint32 length = text != NULL ? GUINT32_TO_BE ((guint32)strlen (text) + 1) : 0;

  g_checksum_update (sum, (const guchar *)&length, sizeof length);
  if (text != NULL)
    g_checksum_update (sum, (const guchar *)text, (gssize)strlen (text));
}

static void
add_number (GChecksum *sum, guint64 number)
{
  const guint64 bytes = GUINT64_TO_BE (number);

  g_checksum_update (sum, (const guchar *)&bytes, sizeof bytes);
}

static const char *
get_arch_word (MachtypeArch arch, const char *arch_word)
{
  return arch_word != NULL ? arch_word : machtype_arch_to_string (arch);
}

static void
make_id (const MachtypeRecordClass *one, const char *arch_word, const char *properties, MtUuid *id)
{
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  add_text (sum, one->host_name);
  add_text (sum, one->host_uuid);
  add_number (sum, one->qemu_version);
  add_number (sum, one->libvirt_version);
  add_text (sum, one->machine);
  add_text (sum, get_arch_word (one->arch, arch_word));
  add_text (sum, one->state);
  add_text (sum, one->cell);
  add_text (sum, properties);
  g_checksum_get_digest (sum, digest, &length);
  mt_uuid_from_bytes (digest, id);
  g_checksum_free (sum);
}

void
mt_pg_make_class_id (const MachtypeRecordClass *record_class, const char *arch_word, MtUuid *id)
{
  g_autofree char *properties = mt_properties_encode (record_class->properties);

  make_id (record_class, arch_word, properties, id);
}

static void
add_values (MtPgValues *values, const MtPgClass *class, const char *properties)
{
  const MachtypeRecordClass *one = class->record_class;

  values->n = 0;
  mt_pg_add_text (values, class->id.text);
  mt_pg_add_text (values, one->host_name);
  mt_pg_add_text (values, one->host_uuid);
  mt_pg_add_int (values, (gint64)one->qemu_version);
  mt_pg_add_int (values, (gint64)one->libvirt_version);
  mt_pg_add_text (values, one->machine);
  mt_pg_add_text (values, get_arch_word (one->arch, class->arch_word));
  mt_pg_add_text (values, one->state);
  mt_pg_add_text (values, one->cell);
  mt_pg_add_text (values, properties);
}

static void
keep (MtPgStore *store, MtPgClass *class)
{
  g_hash_table_replace (store->class_ids, class->id.text, class);
  if (class->arch_word == NULL)
    g_hash_table_replace (store->classes, class->record_class, class);
}

static void
forget_if_many (const MtPgStore *store)
{
  if (g_hash_table_size (store->class_ids) < CLASSES_MAX || store->is_writing)
    return;
  g_hash_table_remove_all (store->classes);
  g_hash_table_remove_all (store->class_ids);
}

static MtPgClass *
make_class (MtPgStore *store, const MachtypeRecord *record, const MachtypeRecordClass *view)
{
  g_autofree char *properties = mt_properties_encode (record->properties);
  MtPgClass *class;
  MtUuid id;

  make_id (view, record->arch_word, properties, &id);
  class = g_hash_table_lookup (store->class_ids, id.text);
  if (class != NULL)
    return class;
  class = g_new0 (MtPgClass, 1);
  class->id = id;
  class->record_class = mt_record_class_copy (view);
  class->arch_word = mt_ref_string_dup (record->arch_word);
  keep (store, class);
  return class;
}

MtPgClass *
mt_pg_get_class_of (MtPgStore *store, const MachtypeRecord *record, MtPgBatch *batch,
                    MtPgValues *values)
{
  const MachtypeRecordClass view = mt_record_class_view (record);
  MtPgClass *class = NULL;

  forget_if_many (store);
  if (record->arch_word == NULL)
    class = g_hash_table_lookup (store->classes, &view);
  if (class == NULL)
    class = make_class (store, record, &view);
  if (class->is_stored || class->is_added)
    return class;
  g_free (store->new_properties);
  store->new_properties = mt_properties_encode (record->properties);
  add_values (values, class, store->new_properties);
  mt_pg_batch_add (batch, MT_PG_ADD_CLASS, values);
  class->is_added = TRUE;
  g_ptr_array_add (store->new_classes, class);
  return class;
}

static gboolean
read_arch (MtPgClass *class, const char *word)
{
  if (strcmp (word, machtype_arch_to_string (MACHTYPE_ARCH_UNKNOWN)) == 0)
    return TRUE;
  class->record_class->arch = machtype_arch_from_string (word, NULL);
  return class->record_class->arch != MACHTYPE_ARCH_UNKNOWN ||
         mt_pg_take_text (&class->arch_word, word);
}

/* A row of MT_PG_GET_CLASSES. */
static gboolean
read_class (const MtPgStore *store, gpointer result, int row, MtPgClass *class)
{
  const MtPgModule *module = store->module;
  MachtypeRecordClass *one = class->record_class;

  one->properties = mt_properties_decode (module->get_value (result, row, 8));
  one->qemu_version = g_ascii_strtoull (module->get_value (result, row, 2), NULL, 10);
  one->libvirt_version = g_ascii_strtoull (module->get_value (result, row, 3), NULL, 10);
  return one->properties != NULL &&
         mt_pg_take_text (&one->host_name, module->get_value (result, row, 0)) &&
         mt_pg_take_text (&one->host_uuid, module->get_value (result, row, 1)) &&
         mt_pg_take_text (&one->machine, module->get_value (result, row, 4)) &&
         read_arch (class, module->get_value (result, row, 5)) &&
         mt_pg_take_text (&one->state, module->get_value (result, row, 6)) &&
         mt_pg_take_text (&one->cell, module->get_value (result, row, 7));
}

static gboolean
keep_row (MtPgStore *store, gpointer result, int row, GError **error)
{
  MtPgClass *class = g_new0 (MtPgClass, 1);

  g_strlcpy (class->id.text, store->module->get_value (result, row, 9), sizeof class->id.text);
  class->record_class = mt_record_class_alloc ();
  if (read_class (store, result, row, class)) {
    /* It may be of this very transaction. */
    class->is_stored = !store->is_writing;
    keep (store, class);
    return TRUE;
  }
  mt_pg_class_free (class);
  return mt_pg_set_damaged (store, "invalid class of records", error);
}

static gboolean
fetch (MtPgStore *store, const char *const *ids, guint n, GError **error)
{
  g_autofree char *array = mt_pg_make_array (ids, n);
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok;
  int i;

  mt_pg_add_text (&values, array);
  mt_pg_batch_add (&batch, MT_PG_GET_CLASSES, &values);
  ok = mt_pg_run (store, &batch, "reading classes of records", error);
  for (i = 0; ok && i < store->module->get_n_rows (batch.results[0]); i++)
    ok = keep_row (store, batch.results[0], i, error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

gboolean
mt_pg_learn_classes (MtPgStore *store, gpointer result, int column, GError **error)
{
  const int n_rows = store->module->get_n_rows (result);
  g_autofree const char **ids = g_new (const char *, (gsize)n_rows);
  const char *last = "";
  guint n = 0;
  int i;

  for (i = 0; i < n_rows; i++) {
    const char *id = store->module->get_value (result, i, column);

    if (strcmp (id, last) != 0 && !g_hash_table_contains (store->class_ids, id))
      ids[n++] = id;
    last = id;
  }
  return n == 0 || fetch (store, ids, n, error);
}

MtPgClass *
mt_pg_find_class (MtPgStore *store, const char *id, GError **error)
{
  MtPgClass *class = g_hash_table_lookup (store->class_ids, id);

  if (class != NULL)
    return class;
  if (!fetch (store, &id, 1, error))
    return NULL;
  class = g_hash_table_lookup (store->class_ids, id);
  if (class == NULL)
    mt_pg_set_damaged (store, "invalid class of records", error);
  return class;
}
