/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a domain: a snapshot, and a part that could not be read. */

#include "domain-status/domain-status-private.h"

#include "error-private.h"
#include "string-private.h"

static const char parts[][12] = {
  [MACHTYPE_DOMAIN_PART_DEFINITION] = "definition", [MACHTYPE_DOMAIN_PART_RUNNING] = "running",
  [MACHTYPE_DOMAIN_PART_SAVED] = "saved",           [MACHTYPE_DOMAIN_PART_SNAPSHOT] = "snapshot",
  [MACHTYPE_DOMAIN_PART_METADATA] = "metadata",
};

G_DEFINE_BOXED_TYPE (MachtypeDomainSnapshot, machtype_domain_snapshot, machtype_domain_snapshot_ref,
                     machtype_domain_snapshot_unref)
G_DEFINE_BOXED_TYPE (MachtypeDomainProblem, machtype_domain_problem, machtype_domain_problem_ref,
                     machtype_domain_problem_unref)

gboolean
mt_domain_part_is_valid (MachtypeDomainPart part)
{
  return (gsize)part < G_N_ELEMENTS (parts);
}

/**
 * machtype_domain_part_to_string:
 * @part: a part of a domain
 *
 * Gets the word for a part of a domain: `definition`, `running`, `saved`, `snapshot`, `metadata`.
 * Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_domain_part_to_string (MachtypeDomainPart part)
{
  return MT_WORD (parts, part);
}

/**
 * machtype_domain_part_from_string:
 * @text: the word for a part of a domain; must not be %NULL
 * @part: (out) (optional): return location for the part; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a part of a domain by its word, as machtype_domain_part_to_string() returns it.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @part is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_part_from_string (const char *text, MachtypeDomainPart *part, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (parts, "part of a domain", text, error);
  if (found >= 0 && part != NULL)
    *part = (MachtypeDomainPart)found;
  return found >= 0;
}

MachtypeDomainSnapshot *
mt_domain_snapshot_new (MtDomainSnapshot *read)
{
  MachtypeDomainSnapshot *snapshot = g_new0 (MachtypeDomainSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->read = *read;
  return snapshot;
}

GPtrArray *
mt_domain_snapshots_copy (const GPtrArray *snapshots)
{
  GPtrArray *copy =
      g_ptr_array_new_full (snapshots->len, (GDestroyNotify)machtype_domain_snapshot_unref);
  guint i;

  for (i = 0; i < snapshots->len; i++)
    g_ptr_array_add (copy, machtype_domain_snapshot_ref (snapshots->pdata[i]));
  return copy;
}

/**
 * machtype_domain_snapshot_ref:
 * @snapshot: a snapshot; must not be %NULL
 *
 * Increases the reference count of @snapshot. Thread-safe.
 *
 * Returns: (transfer full): @snapshot
 * Since: 1.0
 */
MachtypeDomainSnapshot *
machtype_domain_snapshot_ref (MachtypeDomainSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  g_atomic_ref_count_inc (&snapshot->refs);
  return snapshot;
}

/**
 * machtype_domain_snapshot_unref:
 * @snapshot: (transfer full) (nullable): a snapshot; %NULL does nothing
 *
 * Decreases the reference count of @snapshot; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_snapshot_unref (MachtypeDomainSnapshot *snapshot)
{
  if (snapshot == NULL || !g_atomic_ref_count_dec (&snapshot->refs))
    return;
  mt_domain_snapshot_clear (&snapshot->read);
  g_free (snapshot);
}

/**
 * machtype_domain_snapshot_get_name:
 * @snapshot: a snapshot; must not be %NULL
 *
 * Gets the name of the snapshot: text from outside. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @snapshot
 * Since: 1.0
 */
const char *
machtype_domain_snapshot_get_name (const MachtypeDomainSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);
  return snapshot->read.name;
}

/**
 * machtype_domain_snapshot_has_memory:
 * @snapshot: a snapshot; must not be %NULL
 *
 * Checks whether the snapshot contains the guest's RAM, in its disk image or in a file of its own:
 * reverting to it resumes the guest on the machine type that it had then. Thread-safe.
 *
 * Returns: %TRUE if it does
 * Since: 1.0
 */
gboolean
machtype_domain_snapshot_has_memory (const MachtypeDomainSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, FALSE);
  return snapshot->read.has_memory;
}

/**
 * machtype_domain_snapshot_get_domain:
 * @snapshot: a snapshot; must not be %NULL
 *
 * Gets the domain as it was when the snapshot was taken: what ran, or the definition of a domain
 * that did not run. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the domain, valid as long as @snapshot; %NULL if the
 *   snapshot does not contain it: libvirt before 0.9.5 wrote only the UUID
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_snapshot_get_domain (const MachtypeDomainSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);
  return snapshot->read.domain;
}

/**
 * machtype_domain_snapshot_get_inactive:
 * @snapshot: a snapshot; must not be %NULL
 *
 * Gets the definition for the next start that a running domain had when the snapshot was taken
 * (`<inactiveDomain>`). Reverting restores it. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the definition, valid as long as @snapshot; %NULL if it was
 *   not another one than [method@Machtype.DomainSnapshot.get_domain]
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_snapshot_get_inactive (const MachtypeDomainSnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);
  return snapshot->read.inactive;
}

MachtypeDomainProblem *
mt_domain_problem_new (MachtypeDomainPart part, const char *snapshot, GError *error)
{
  MachtypeDomainProblem *problem = g_new0 (MachtypeDomainProblem, 1);

  g_atomic_ref_count_init (&problem->refs);
  problem->part = part;
  problem->snapshot = g_strdup (snapshot);
  problem->error = error;
  return problem;
}

GPtrArray *
mt_domain_problems_copy (const GPtrArray *problems)
{
  GPtrArray *copy =
      g_ptr_array_new_full (problems->len, (GDestroyNotify)machtype_domain_problem_unref);
  guint i;

  for (i = 0; i < problems->len; i++)
    g_ptr_array_add (copy, machtype_domain_problem_ref (problems->pdata[i]));
  return copy;
}

/**
 * machtype_domain_problem_ref:
 * @problem: a problem; must not be %NULL
 *
 * Increases the reference count of @problem. Thread-safe.
 *
 * Returns: (transfer full): @problem
 * Since: 1.0
 */
MachtypeDomainProblem *
machtype_domain_problem_ref (MachtypeDomainProblem *problem)
{
  g_return_val_if_fail (problem != NULL, NULL);

  g_atomic_ref_count_inc (&problem->refs);
  return problem;
}

/**
 * machtype_domain_problem_unref:
 * @problem: (transfer full) (nullable): a problem; %NULL does nothing
 *
 * Decreases the reference count of @problem; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_problem_unref (MachtypeDomainProblem *problem)
{
  if (problem == NULL || !g_atomic_ref_count_dec (&problem->refs))
    return;
  g_free (problem->snapshot);
  g_error_free (problem->error);
  g_free (problem);
}

/**
 * machtype_domain_problem_get_part:
 * @problem: a problem; must not be %NULL
 *
 * Gets the part that could not be read. Thread-safe.
 *
 * Returns: the part
 * Since: 1.0
 */
MachtypeDomainPart
machtype_domain_problem_get_part (const MachtypeDomainProblem *problem)
{
  g_return_val_if_fail (problem != NULL, MACHTYPE_DOMAIN_PART_DEFINITION);
  return problem->part;
}

/**
 * machtype_domain_problem_get_snapshot:
 * @problem: a problem; must not be %NULL
 *
 * Gets the name of the snapshot that could not be read: text from outside. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @problem; %NULL for another part,
 *   and if the snapshots could not be listed
 * Since: 1.0
 */
const char *
machtype_domain_problem_get_snapshot (const MachtypeDomainProblem *problem)
{
  g_return_val_if_fail (problem != NULL, NULL);
  return problem->snapshot;
}

/**
 * machtype_domain_problem_get_error:
 * @problem: a problem; must not be %NULL
 *
 * Gets the reason why the part could not be read: %MACHTYPE_ERROR_DENIED if the connection may not
 * read it, %MACHTYPE_ERROR_INVALID_XML and %MACHTYPE_ERROR_TOO_LARGE for XML that cannot be read,
 * and for a snapshot without its domain, %MACHTYPE_ERROR_INVALID_ARGUMENT for the XML of another
 * domain, %MACHTYPE_ERROR_LIBVIRT with libvirt's message for anything else. Thread-safe.
 *
 * Returns: (transfer none): the error, valid as long as @problem
 * Since: 1.0
 */
const GError *
machtype_domain_problem_get_error (const MachtypeDomainProblem *problem)
{
  g_return_val_if_fail (problem != NULL, NULL);
  return problem->error;
}
