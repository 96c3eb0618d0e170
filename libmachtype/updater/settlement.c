/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settlement of an interrupted change. */

#include "updater/settlement-private.h"

#include "error-private.h"
#include "string-private.h"

struct _MachtypeSettlement {
  gatomicrefcount refs;
  MachtypeSettlementOutcome outcome;
  MachtypeIntention *intention;
  char *definition; /* NULL: not read */
};

G_DEFINE_BOXED_TYPE (MachtypeSettlement, machtype_settlement, machtype_settlement_ref,
                     machtype_settlement_unref)

MachtypeSettlement *
mt_settlement_new (MachtypeIntention *intention, MachtypeSettlementOutcome outcome,
                   const char *definition)
{
  MachtypeSettlement *settlement = g_new0 (MachtypeSettlement, 1);

  g_atomic_ref_count_init (&settlement->refs);
  settlement->outcome = outcome;
  settlement->intention = machtype_intention_ref (intention);
  settlement->definition = g_strdup (definition);
  return settlement;
}

/**
 * machtype_settlement_ref:
 * @settlement: a settlement; must not be %NULL
 *
 * Increases the reference count of @settlement. Thread-safe.
 *
 * Returns: (transfer full): @settlement
 * Since: 1.0
 */
MachtypeSettlement *
machtype_settlement_ref (MachtypeSettlement *settlement)
{
  g_return_val_if_fail (settlement != NULL, NULL);

  g_atomic_ref_count_inc (&settlement->refs);
  return settlement;
}

/**
 * machtype_settlement_unref:
 * @settlement: (transfer full) (nullable): a settlement; %NULL does nothing
 *
 * Decreases the reference count of @settlement; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_settlement_unref (MachtypeSettlement *settlement)
{
  if (settlement == NULL || !g_atomic_ref_count_dec (&settlement->refs))
    return;
  machtype_intention_unref (settlement->intention);
  g_free (settlement->definition);
  g_free (settlement);
}

/**
 * machtype_settlement_get_outcome:
 * @settlement: a settlement; must not be %NULL
 *
 * Gets the outcome. Thread-safe.
 *
 * Returns: the outcome
 * Since: 1.0
 */
MachtypeSettlementOutcome
machtype_settlement_get_outcome (const MachtypeSettlement *settlement)
{
  g_return_val_if_fail (settlement != NULL, MACHTYPE_SETTLEMENT_OUTCOME_NONE);
  return settlement->outcome;
}

/**
 * machtype_settlement_get_intention:
 * @settlement: a settlement; must not be %NULL
 *
 * Gets the change that was interrupted. Thread-safe.
 *
 * Returns: (transfer none): the intention, valid as long as @settlement
 * Since: 1.0
 */
MachtypeIntention *
machtype_settlement_get_intention (const MachtypeSettlement *settlement)
{
  g_return_val_if_fail (settlement != NULL, NULL);
  return settlement->intention;
}

/**
 * machtype_settlement_get_definition:
 * @settlement: a settlement; must not be %NULL
 *
 * Gets the machine type that the domain is defined with. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @settlement; %NULL if the domain
 *   no longer exists, or its definition could not be read
 * Since: 1.0
 */
const char *
machtype_settlement_get_definition (const MachtypeSettlement *settlement)
{
  g_return_val_if_fail (settlement != NULL, NULL);
  return settlement->definition;
}

static const char settlement_outcomes[][12] = {
  [MACHTYPE_SETTLEMENT_OUTCOME_NONE] = "none",
  [MACHTYPE_SETTLEMENT_OUTCOME_FINISHED] = "finished",
  [MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK] = "taken-back",
  [MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN] = "overtaken",
  [MACHTYPE_SETTLEMENT_OUTCOME_PENDING] = "pending",
  [MACHTYPE_SETTLEMENT_OUTCOME_EDITED] = "edited",
};

/**
 * machtype_settlement_outcome_to_string:
 * @outcome: an outcome of settling
 *
 * Gets the word for the outcome of settling an interrupted change: `none`, `finished`,
 * `taken-back`, `overtaken`, `pending`, `edited`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_settlement_outcome_to_string (MachtypeSettlementOutcome outcome)
{
  return MT_WORD (settlement_outcomes, outcome);
}

/**
 * machtype_settlement_outcome_from_string:
 * @text: the word for an outcome of settling; must not be %NULL
 * @outcome: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an outcome of settling by its word, as machtype_settlement_outcome_to_string() returns it.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @outcome is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_settlement_outcome_from_string (const char *text, MachtypeSettlementOutcome *outcome,
                                         GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (settlement_outcomes, "outcome of settling", text, error);
  if (found >= 0 && outcome != NULL)
    *outcome = (MachtypeSettlementOutcome)found;
  return found >= 0;
}

/**
 * machtype_settlement_equal:
 * @a: a settlement; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two settlements are equal: the intention, and how it was settled. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_settlement_equal (const MachtypeSettlement *a, const MachtypeSettlement *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a->outcome == b->outcome && machtype_intention_equal (a->intention, b->intention) &&
         g_strcmp0 (a->definition, b->definition) == 0;
}

/**
 * machtype_settlement_hash:
 * @settlement: a settlement; must not be %NULL
 *
 * Computes a hash of a settlement, for hash tables: equal settlements have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_settlement_hash (const MachtypeSettlement *settlement)
{
  g_return_val_if_fail (settlement != NULL, 0);
  return machtype_intention_hash (settlement->intention);
}
