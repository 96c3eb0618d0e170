/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether everything in a store can be read, and belongs together. */

#include "store/check-private.h"

#include "error-private.h"
#include "finding-private.h"

/* A copy that was made before the damage has everything; what can still be read, an export has. */
#define RESTORE                                                                                    \
  "restore a backup that 'machtype store backup' has made, or save what can be read: 'machtype "   \
  "export >FILE', then 'machtype import --store NEW FILE'"

/* A new store has only what belongs to records. */
#define COPY                                                                                       \
  "make a store without it: 'machtype export >FILE', then 'machtype import --store NEW FILE'"

static const struct {
  char word[20];
  guint8 severity; /* MachtypeSeverity */
  char remedy[160];
} rows[] = {
  [MT_STORE_DAMAGED] = { "damaged", MACHTYPE_SEVERITY_ERROR, RESTORE },
  [MT_STORE_UNREADABLE] = { "unreadable", MACHTYPE_SEVERITY_ERROR, RESTORE },
  [MT_STORE_SCHEMA] = { "schema", MACHTYPE_SEVERITY_ERROR, COPY },
  [MT_STORE_ORPHAN] = { "orphan", MACHTYPE_SEVERITY_WARNING, COPY },
  [MT_STORE_REVISION] = { "revision", MACHTYPE_SEVERITY_WARNING, RESTORE },
  [MT_STORE_OLD_VERSION] = { "old-version", MACHTYPE_SEVERITY_NOTE, "" },
};

void
mt_store_add_problem (GPtrArray *problems, MtStoreProblem problem, const char *uuid, char *message)
{
  const char *remedy = rows[problem].remedy;
  MachtypeFinding *finding =
      mt_finding_new_of (rows[problem].word, message, *remedy != '\0' ? g_strdup (remedy) : NULL,
                         uuid, MACHTYPE_AUTHORITY_NONE, NULL);

  mt_finding_set_severity (finding, (MachtypeSeverity)rows[problem].severity);
  g_ptr_array_add (problems, finding);
}

/* What is being checked. */
typedef struct {
  MachtypeStore *store;
  GPtrArray *problems;
  const MachtypeRecord *record;
  GError *error; /* the store does not answer any more */
} Check;

static gboolean
check_entry (MachtypeHistoryEntry *entry, gpointer data)
{
  Check *check = data;

  if (entry->revision > check->record->revision)
    mt_store_add_problem (
        check->problems, MT_STORE_REVISION, check->record->uuid.text,
        g_strdup_printf ("the history has a change that made revision %" G_GUINT64_FORMAT
                         ", but the record has revision %" G_GUINT64_FORMAT,
                         entry->revision, check->record->revision));
  return TRUE;
}

/* FALSE: others use the store. A subclass may have no histories. Takes ownership of why. */
static gboolean
take_problem (Check *check, const char *uuid, GError *why)
{
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_BUSY)) {
    if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED))
      mt_store_add_problem (check->problems, MT_STORE_UNREADABLE, uuid, g_strdup (why->message));
    g_error_free (why);
    return TRUE;
  }
  check->error = why;
  return FALSE;
}

static gboolean
check_history (MachtypeRecord *record, gpointer data)
{
  Check *check = data;
  GError *why = NULL;

  check->record = record;
  return mt_store_foreach_history (check->store, record->uuid.text, check_entry, check, &why) ||
         take_problem (check, record->uuid.text, why);
}

gboolean
mt_store_check_record (MachtypeStore *store, const char *uuid, GPtrArray *problems, GError **error)
{
  Check check = { store, problems, NULL, NULL };
  GError *why = NULL;
  g_autoptr (MachtypeRecord) record = mt_store_get (store, uuid, &why);

  if (record != NULL ? check_history (record, &check) : take_problem (&check, uuid, why))
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}

static gboolean
check_pending (MachtypeIntention *intention, gpointer data)
{
  Check *check = data;
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeRecord) record = mt_store_get (check->store, intention->uuid.text, &why);

  if (record == NULL && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    mt_store_add_problem (check->problems, MT_STORE_ORPHAN, intention->uuid.text,
                          g_strdup ("a change is pending of an instance that has no record"));
  return TRUE;
}

gboolean
mt_store_check_intentions (MachtypeStore *store, GPtrArray *problems, GError **error)
{
  Check check = { store, problems, NULL, NULL };
  GError *why = NULL;

  if (mt_store_foreach_intention (store, check_pending, &check, &why) ||
      take_problem (&check, NULL, why))
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}

gboolean
mt_store_check_slowly (MachtypeStore *store, GPtrArray *problems, GError **error)
{
  Check check = { store, problems, NULL, NULL };
  GError *why = NULL;

  if ((mt_store_foreach (store, NULL, NULL, check_history, &check, &why) && check.error == NULL) ||
      (check.error == NULL && take_problem (&check, NULL, why)))
    return mt_store_check_intentions (store, problems, error);
  g_propagate_error (error, check.error);
  return FALSE;
}
