/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls to the virtual functions of a store. A subclass in another language may fail without
 * setting an error, such as one in Python whose method raises anything but a GLib error: that must
 * not count as success. */

#include "store/store-private.h"

#include "error-private.h"

/* Passes on the result of a virtual function. Takes ownership of why. */
static gboolean
answer (MachtypeStore *store, gboolean ok, GError *why, const char *what, GError **error)
{
  if (ok) {
    g_clear_error (&why);
    return TRUE;
  }
  if (why == NULL)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "a store of type %s failed to %s without setting an error",
                    G_OBJECT_TYPE_NAME (store), what);
  g_propagate_error (error, why);
  return FALSE;
}

gboolean
mt_store_begin (MachtypeStore *store, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->begin (store, &why);

  return answer (store, ok, why, "begin a transaction", error);
}

gboolean
mt_store_commit (MachtypeStore *store, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->commit (store, &why);

  return answer (store, ok, why, "commit a transaction", error);
}

gboolean
mt_store_begin_read (MachtypeStore *store, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->begin_read (store, &why);

  return answer (store, ok, why, "begin to read", error);
}

MachtypeRecord *
mt_store_get (MachtypeStore *store, const char *uuid, GError **error)
{
  GError *why = NULL;
  MachtypeRecord *record = MACHTYPE_STORE_GET_CLASS (store)->get (store, uuid, &why);

  return answer (store, record != NULL, why, "look up a record", error) ? record : NULL;
}

GPtrArray *
mt_store_get_several (MachtypeStore *store, const char *const *uuids, GError **error)
{
  GError *why = NULL;
  GPtrArray *records = MACHTYPE_STORE_GET_CLASS (store)->get_several (store, uuids, &why);

  return answer (store, records != NULL, why, "look up records", error) ? records : NULL;
}

gboolean
mt_store_insert (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                 GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->insert (store, record, entry, &why);

  return answer (store, ok, why, "add a record", error);
}

gboolean
mt_store_swap (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
               MachtypeHistoryEntry *entry, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->swap (store, old_record, record, entry, &why);

  return answer (store, ok, why, "change a record", error);
}

gboolean
mt_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->remove (store, record, &why);

  return answer (store, ok, why, "remove a record", error);
}

gboolean
mt_store_foreach (MachtypeStore *store, const char *cell, const char *host, MachtypeRecordFunc func,
                  gpointer user_data, GError **error)
{
  GError *why = NULL;
  gboolean ok =
      MACHTYPE_STORE_GET_CLASS (store)->foreach (store, cell, host, func, user_data, &why);

  return answer (store, ok, why, "list records", error);
}

gboolean
mt_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                        MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  GError *why = NULL;
  gboolean ok =
      MACHTYPE_STORE_GET_CLASS (store)->foreach_unset (store, cell, host, func, user_data, &why);

  return answer (store, ok, why, "list instances", error);
}

gboolean
mt_store_foreach_matching (MachtypeStore *store, MachtypeRecordQuery *query,
                           MachtypeRecordFunc func, gpointer user_data, GError **error)
{
  GError *why = NULL;
  gboolean ok =
      MACHTYPE_STORE_GET_CLASS (store)->foreach_matching (store, query, func, user_data, &why);

  return answer (store, ok, why, "list records", error);
}

gboolean
mt_store_foreach_class (MachtypeStore *store, MachtypeRecordQuery *query,
                        MachtypeRecordClassFunc func, gpointer user_data, GError **error)
{
  GError *why = NULL;
  gboolean ok =
      MACHTYPE_STORE_GET_CLASS (store)->foreach_class (store, query, func, user_data, &why);

  return answer (store, ok, why, "list classes of records", error);
}

gboolean
mt_store_foreach_history (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                          gpointer user_data, GError **error)
{
  GError *why = NULL;
  gboolean ok =
      MACHTYPE_STORE_GET_CLASS (store)->foreach_history (store, uuid, func, user_data, &why);

  return answer (store, ok, why, "list a history", error);
}

gboolean
mt_store_add_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->add_intention (store, intention, &why);

  return answer (store, ok, why, "keep an intention", error);
}

gboolean
mt_store_remove_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->remove_intention (store, intention, &why);

  return answer (store, ok, why, "remove an intention", error);
}

MachtypeIntention *
mt_store_get_intention (MachtypeStore *store, const char *uuid, GError **error)
{
  return MACHTYPE_STORE_GET_CLASS (store)->get_intention (store, uuid, error);
}

gboolean
mt_store_foreach_intention (MachtypeStore *store, MachtypeIntentionFunc func, gpointer user_data,
                            GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->foreach_intention (store, func, user_data, &why);

  return answer (store, ok, why, "list intentions", error);
}

gboolean
mt_store_backup (MachtypeStore *store, const char *path, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->backup (store, path, &why);

  return answer (store, ok, why, "make a backup", error);
}

gboolean
mt_store_check (MachtypeStore *store, GPtrArray *problems, GError **error)
{
  GError *why = NULL;
  gboolean ok = MACHTYPE_STORE_GET_CLASS (store)->find_problems (store, problems, &why);

  return answer (store, ok, why, "check its contents", error);
}

MachtypeStoreInfo *
mt_store_read_info (MachtypeStore *store, GError **error)
{
  GError *why = NULL;
  MachtypeStoreInfo *info = MACHTYPE_STORE_GET_CLASS (store)->read_info (store, &why);

  return answer (store, info != NULL, why, "describe itself", error) ? info : NULL;
}
