/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kind of store that a server keeps for all hosts, with a replica in a file: what this host has
 * recorded can be read while the server is away.
 *
 * One record is read from the replica, and from the server if the replica does not have it. What
 * lists records asks the server: the replica does not have those of other hosts. Everything is
 * written to the server, which decides; then the replica gets what the server has.
 *
 * A replica never has a record that is older than what this host has written. Before the server
 * commits, what the transaction has changed is removed from the replica, and marked as changing;
 * afterwards it is read from the server again, while the file is locked. Until then no other
 * process puts that record into the replica, because it may have read the server before the commit.
 * The server has locked the record in the meantime, so that marks and commits of different
 * processes come in the same order. A process that ends in between leaves only its mark: the server
 * is asked until a change of that record follows. */

#include "store/store-private.h"

#include "error-private.h"
#include "store/open-private.h"
#include "store/replica-private.h"

#define MT_TYPE_REPLICA_STORE (mt_replica_store_get_type ())
G_DECLARE_FINAL_TYPE (MtReplicaStore, mt_replica_store, MT, REPLICA_STORE, MachtypeStore)

struct _MtReplicaStore {
  MachtypeStore parent_instance;
  MachtypeStore *replica; /* NULL: there is none yet, or it cannot be read */
  MachtypeStore *server;  /* NULL: it was not asked yet */
  char *path, *place;     /* of both */
  MachtypeStoreOpenFlags flags;
  int timeout_ms;
  /* Of the transaction that writes: from the UUID of each record that it has read or changed to the
   * record as it was read; to NULL if there was none, or it was changed. */
  GHashTable *seen;
  char *token; /* of this transaction: distinguishes its changes from those of others */
  gboolean is_writing, is_reading;
  gboolean replica_is_reading, server_is_reading;
};

G_DEFINE_FINAL_TYPE (MtReplicaStore, mt_replica_store, MACHTYPE_TYPE_STORE)

static MtReplicaStore *
store_of (MachtypeStore *base)
{
  return MT_REPLICA_STORE (base);
}

/* Connects when it is first needed: what the replica can answer does not wait for a server. */
static MachtypeStore *
get_server (MachtypeStore *base, GError **error)
{
  MtReplicaStore *store = store_of (base);

  if (store->server == NULL)
    store->server = mt_postgresql_store_open (store->place, store->flags, store->timeout_ms, error);
  if (store->server == NULL)
    return NULL;
  if (store->is_reading && !store->server_is_reading) {
    if (!machtype_store_begin_read (store->server, error))
      return NULL;
    store->server_is_reading = TRUE;
  }
  return store->server;
}

/* The record, if it can be read from the replica; NULL: ask the server. */
static MachtypeRecord *
get_from_replica (const MtReplicaStore *store, const char *uuid)
{
  return store->replica != NULL && !store->is_writing ? mt_store_get (store->replica, uuid, NULL)
                                                      : NULL;
}

static MachtypeStore *
get_server_for (MachtypeStore *base, const char *uuid, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  if (server == NULL)
    g_prefix_error (error, "instance %s is not in %s: ", uuid, store_of (base)->path);
  return server;
}

/* The store that answers for one record. */
static MachtypeStore *
find_store (MachtypeStore *base, const char *uuid, GError **error)
{
  const MtReplicaStore *store = store_of (base);
  g_autoptr (MachtypeRecord) record = get_from_replica (store, uuid);

  return record != NULL ? store->replica : get_server_for (base, uuid, error);
}

static void
note (MtReplicaStore *store, const char *uuid, MachtypeRecord *record)
{
  if (store->is_writing)
    g_hash_table_insert (store->seen, g_strdup (uuid),
                         record != NULL ? machtype_record_ref (record) : NULL);
}

/* What this transaction has changed is still to be read again, whatever is read later. */
static gboolean
is_changed (const MtReplicaStore *store, const char *uuid)
{
  gpointer record = NULL;

  return g_hash_table_lookup_extended (store->seen, uuid, NULL, &record) && record == NULL;
}

static MachtypeRecord *
replica_get (MachtypeStore *base, const char *uuid, GError **error)
{
  MtReplicaStore *store = store_of (base);
  MachtypeRecord *record = get_from_replica (store, uuid);
  MachtypeStore *server = record == NULL ? get_server_for (base, uuid, error) : NULL;

  if (server == NULL)
    return record;
  record = mt_store_get (server, uuid, error);
  if (!is_changed (store, uuid))
    note (store, uuid, record);
  return record;
}

static gboolean
is_read_only (const MtReplicaStore *store)
{
  return (store->flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0;
}

/* What writes must know what is pending now. */
static MachtypeIntention *
replica_get_intention (MachtypeStore *base, const char *uuid, GError **error)
{
  MachtypeStore *store = is_read_only (store_of (base)) ? find_store (base, uuid, error)
                                                        : get_server_for (base, uuid, error);

  return store != NULL ? mt_store_get_intention (store, uuid, error) : NULL;
}

static gboolean
replica_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                         gpointer user_data, GError **error)
{
  MachtypeStore *store = find_store (base, uuid, error);

  return store != NULL && mt_store_foreach_history (store, uuid, func, user_data, error);
}

static gboolean
replica_begin_read (MachtypeStore *base, GError **error)
{
  MtReplicaStore *store = store_of (base);

  (void)error;
  store->is_reading = TRUE;
  store->replica_is_reading =
      store->replica != NULL && machtype_store_begin_read (store->replica, NULL);
  return TRUE;
}

static void
replica_end_read (MachtypeStore *base)
{
  MtReplicaStore *store = store_of (base);

  if (store->replica_is_reading)
    machtype_store_end_read (store->replica);
  if (store->server_is_reading)
    machtype_store_end_read (store->server);
  store->is_reading = store->replica_is_reading = store->server_is_reading = FALSE;
}

static gboolean
replica_foreach (MachtypeStore *base, const char *cell, const char *host, MachtypeRecordFunc func,
                 gpointer user_data, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_foreach (server, cell, host, func, user_data, error);
}

static gboolean
replica_foreach_unset (MachtypeStore *base, const char *cell, const char *host,
                       MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_foreach_unset (server, cell, host, func, user_data, error);
}

static gboolean
replica_foreach_matching (MachtypeStore *base, MachtypeRecordQuery *query, MachtypeRecordFunc func,
                          gpointer user_data, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_foreach_matching (server, query, func, user_data, error);
}

static gboolean
replica_foreach_class (MachtypeStore *base, MachtypeRecordQuery *query,
                       MachtypeRecordClassFunc func, gpointer user_data, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_foreach_class (server, query, func, user_data, error);
}

/* One that only reads warns of those that it knows. */
static gboolean
replica_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func, gpointer user_data,
                           GError **error)
{
  const MtReplicaStore *store = store_of (base);
  g_autoptr (GError) why = NULL;
  MachtypeStore *server = get_server (base, &why);

  if (server == NULL && is_read_only (store) && store->replica != NULL)
    server = store->replica;
  if (server != NULL)
    return mt_store_foreach_intention (server, func, user_data, error);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
replica_backup (MachtypeStore *base, const char *path, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_backup (server, path, error);
}

static gboolean
replica_find_problems (MachtypeStore *base, GPtrArray *problems, GError **error)
{
  const MtReplicaStore *store = store_of (base);
  MachtypeStore *server = get_server (base, error);

  return server != NULL && mt_store_check (server, problems, error) &&
         (store->replica == NULL || mt_store_check (store->replica, problems, error));
}

static MachtypeStoreInfo *
replica_read_info (MachtypeStore *base, GError **error)
{
  MachtypeStore *server = get_server (base, error);

  return server != NULL ? mt_store_read_info (server, error) : NULL;
}

static gboolean
replica_begin (MachtypeStore *base, GError **error)
{
  MtReplicaStore *store = store_of (base);
  MachtypeStore *server = get_server (base, error);

  g_free (store->token);
  store->token = g_uuid_string_random ();
  store->is_writing = server != NULL && machtype_store_begin (server, error);
  return store->is_writing;
}

/* Notes a change. If the server refuses it, the replica may be out of date. */
static MachtypeStore *
change_server (MachtypeStore *base, const char *uuid)
{
  MtReplicaStore *store = store_of (base);

  note (store, uuid, NULL);
  return store->server;
}

static gboolean
replica_insert (MachtypeStore *base, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                GError **error)
{
  return mt_store_insert (change_server (base, record->uuid.text), record, entry, error);
}

static gboolean
replica_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
              MachtypeHistoryEntry *entry, GError **error)
{
  return mt_store_swap (change_server (base, record->uuid.text), old_record, record, entry, error);
}

static gboolean
replica_remove (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  return mt_store_remove (change_server (base, record->uuid.text), record, error);
}

static gboolean
replica_add_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  return mt_store_add_intention (change_server (base, intention->uuid.text), intention, error);
}

static gboolean
replica_remove_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  return mt_store_remove_intention (change_server (base, intention->uuid.text), intention, error);
}

/* Inside a transaction of the replica. */
static gboolean
forget (MachtypeStore *replica, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeRecord) record = mt_store_get (replica, uuid, &why);
  g_autoptr (MachtypeIntention) intention = NULL;

  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return TRUE;
  if (record != NULL)
    intention = mt_store_get_intention (replica, uuid, &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  return (intention == NULL || mt_store_remove_intention (replica, intention, error)) &&
         mt_store_remove (replica, record, error);
}

static gboolean
forget_changed (MtReplicaStore *store, GError **error)
{
  GHashTableIter i;
  gpointer uuid, record;
  gboolean ok = TRUE;

  if (!machtype_store_begin (store->replica, error))
    return FALSE;
  g_hash_table_iter_init (&i, store->seen);
  while (ok && g_hash_table_iter_next (&i, &uuid, &record))
    ok = record != NULL || (forget (store->replica, uuid, error) &&
                            mt_sqlite_begin_change (store->replica, uuid, store->token, error));
  if (ok)
    return machtype_store_commit (store->replica, error);
  machtype_store_rollback (store->replica);
  return FALSE;
}

/* Inside a transaction of the replica, so that no other process of this host writes what it has
 * read before. */
static gboolean
read_again (MtReplicaStore *store, const char *uuid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  gboolean is_last;

  if (!mt_sqlite_end_change (store->replica, uuid, store->token, &is_last, NULL))
    return FALSE;
  if (!is_last)
    return TRUE;
  if (!forget (store->replica, uuid, NULL))
    return FALSE;
  record = mt_store_get (store->server, uuid, &error);
  if (record == NULL)
    return g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND);
  /* What this release cannot copy, only the server has. */
  return mt_store_copy_record (store->server, store->replica, record, &error) ||
         g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED);
}

static gboolean
is_up_to_date (const MtReplicaStore *store, const char *uuid, const MachtypeRecord *record)
{
  g_autoptr (MachtypeRecord) there = NULL;
  g_autoptr (MachtypeIntention) pending = NULL;

  if (record == NULL)
    return FALSE;
  there = mt_store_get (store->replica, uuid, NULL);
  pending = mt_store_get_intention (store->replica, uuid, NULL);
  return there != NULL && pending == NULL && machtype_record_equal (there, record);
}

/* A failure is not an error: what the transaction has changed is on the server, and the replica
 * does not have it. */
static void
refresh (MtReplicaStore *store)
{
  GHashTableIter i;
  gpointer uuid, record;
  gboolean ok = TRUE;

  g_hash_table_iter_init (&i, store->seen);
  while (g_hash_table_iter_next (&i, &uuid, &record)) {
    if (is_up_to_date (store, uuid, record))
      g_hash_table_iter_remove (&i);
  }
  if (g_hash_table_size (store->seen) == 0 || !machtype_store_begin (store->replica, NULL))
    return;
  g_hash_table_iter_init (&i, store->seen);
  while (ok && g_hash_table_iter_next (&i, &uuid, NULL))
    ok = read_again (store, uuid);
  if (ok)
    machtype_store_commit (store->replica, NULL);
  else
    machtype_store_rollback (store->replica);
}

static void
end_writing (MtReplicaStore *store)
{
  store->is_writing = FALSE;
  g_hash_table_remove_all (store->seen);
}

/* What made a change conflict with the server is read again, so that the next try has it. */
static void
replica_rollback (MachtypeStore *base)
{
  MtReplicaStore *store = store_of (base);

  machtype_store_rollback (store->server);
  refresh (store);
  end_writing (store);
}

static gboolean
replica_commit (MachtypeStore *base, GError **error)
{
  MtReplicaStore *store = store_of (base);
  gboolean ok = forget_changed (store, error);

  if (!ok)
    machtype_store_rollback (store->server);
  ok = ok && machtype_store_commit (store->server, error);
  if (ok)
    refresh (store);
  end_writing (store);
  return ok;
}

static void
mt_replica_store_finalize (GObject *object)
{
  MtReplicaStore *store = MT_REPLICA_STORE (object);

  g_clear_object (&store->replica);
  g_clear_object (&store->server);
  g_hash_table_unref (store->seen);
  g_free (store->path);
  g_free (store->place);
  g_free (store->token);
  G_OBJECT_CLASS (mt_replica_store_parent_class)->finalize (object);
}

static void
mt_replica_store_class_init (MtReplicaStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mt_replica_store_finalize;
  store->begin = replica_begin;
  store->commit = replica_commit;
  store->rollback = replica_rollback;
  store->get = replica_get;
  store->insert = replica_insert;
  store->swap = replica_swap;
  store->remove = replica_remove;
  store->foreach = replica_foreach;
  store->foreach_unset = replica_foreach_unset;
  store->foreach_matching = replica_foreach_matching;
  store->foreach_class = replica_foreach_class;
  store->foreach_history = replica_foreach_history;
  store->begin_read = replica_begin_read;
  store->end_read = replica_end_read;
  store->add_intention = replica_add_intention;
  store->remove_intention = replica_remove_intention;
  store->get_intention = replica_get_intention;
  store->foreach_intention = replica_foreach_intention;
  store->backup = replica_backup;
  store->find_problems = replica_find_problems;
  store->read_info = replica_read_info;
}

static void
record_free (gpointer record)
{
  machtype_record_unref (record);
}

static void
mt_replica_store_init (MtReplicaStore *store)
{
  store->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, record_free);
}

/* A connection string can have a password in it, which does not belong into the file. */
static char *
dup_mark (const char *place)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, place, -1);
}

/* Without a replica everything can be read, as long as the server answers. */
static gboolean
open_to_read (MtReplicaStore *store, const char *mark, GError **error)
{
  store->replica = mt_sqlite_store_open (store->path, store->flags, store->timeout_ms, NULL);
  if (store->replica != NULL && !mt_sqlite_is_replica_of (store->replica, mark))
    g_clear_object (&store->replica);
  return store->replica != NULL || get_server (MACHTYPE_STORE (store), error) != NULL;
}

static gboolean
open_to_write (MtReplicaStore *store, const char *mark, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (get_server (MACHTYPE_STORE (store), error) == NULL)
    return FALSE;
  store->replica =
      mt_sqlite_store_open (store->path, MACHTYPE_STORE_OPEN_CREATE, store->timeout_ms, &why);
  if (store->replica != NULL)
    return mt_sqlite_claim_replica (store->replica, mark, error);
  /* Removing it would not help against a missing module. */
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE))
    g_prefix_error (&why, "the replica, which is made again if you remove it: ");
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
check_path (const char *path, GError **error)
{
  return mt_store_check_place (path, error) &&
         (mt_store_scheme_length (path) == 0 || mt_store_set_uri (path, error));
}

MachtypeStore *
mt_replica_store_open (const char *place, MachtypeStoreOpenFlags flags, int timeout_ms,
                       GError **error)
{
  g_autoptr (MtReplicaStore) store = g_object_new (MT_TYPE_REPLICA_STORE, NULL);
  g_autofree char *mark = NULL;
  gsize length = 0;

  store->place = g_strdup (mt_store_find_server (place, &length));
  store->path = g_strndup (place, length);
  store->flags = flags;
  store->timeout_ms = timeout_ms;
  mark = dup_mark (store->place);
  if (!check_path (store->path, error) ||
      !(is_read_only (store) ? open_to_read (store, mark, error)
                             : open_to_write (store, mark, error)))
    return NULL;
  return MACHTYPE_STORE (g_steal_pointer (&store));
}
