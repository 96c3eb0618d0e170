/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finding: a code for programs, a message for people, a remedy. */

#include "finding-private.h"

struct _MachtypeFinding {
  gatomicrefcount refs;
  char *code;    /* never NULL */
  char *message; /* never NULL */
  char *remedy;  /* NULL: none known */
};

G_DEFINE_BOXED_TYPE (MachtypeFinding, machtype_finding, machtype_finding_ref,
                     machtype_finding_unref)

MachtypeFinding *
mt_finding_new (const char *code, char *message, char *remedy)
{
  MachtypeFinding *finding = g_new0 (MachtypeFinding, 1);

  g_atomic_ref_count_init (&finding->refs);
  finding->code = g_strdup (code);
  finding->message = message;
  finding->remedy = remedy;
  return finding;
}

GPtrArray *
mt_findings_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_finding_unref);
}

GPtrArray *
mt_findings_copy (const GPtrArray *findings)
{
  GPtrArray *copy = mt_findings_new ();
  guint i;

  for (i = 0; i < findings->len; i++)
    g_ptr_array_add (copy, machtype_finding_ref (findings->pdata[i]));
  return copy;
}

/**
 * machtype_finding_ref:
 * @finding: a finding; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @finding
 * Since: 1.0
 */
MachtypeFinding *
machtype_finding_ref (MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);

  g_atomic_ref_count_inc (&finding->refs);
  return finding;
}

/**
 * machtype_finding_unref:
 * @finding: (transfer full) (nullable): a finding; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_finding_unref (MachtypeFinding *finding)
{
  if (finding == NULL || !g_atomic_ref_count_dec (&finding->refs))
    return;
  g_free (finding->code);
  g_free (finding->message);
  g_free (finding->remedy);
  g_free (finding);
}

/**
 * machtype_finding_get_code:
 * @finding: a finding; must not be %NULL
 *
 * Tells the code of a finding: a word for programs that stays the same from release to release.
 * Thread-safe.
 *
 * Returns: (transfer none): the code, valid as long as @finding
 * Since: 1.0
 */
const char *
machtype_finding_get_code (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->code;
}

/**
 * machtype_finding_get_message:
 * @finding: a finding; must not be %NULL
 *
 * Tells what was found, for people. Thread-safe.
 *
 * Returns: (transfer none): the message, valid as long as @finding
 * Since: 1.0
 */
const char *
machtype_finding_get_message (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->message;
}

/**
 * machtype_finding_get_remedy:
 * @finding: a finding; must not be %NULL
 *
 * Tells what would help: a package to install, another value. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the remedy, valid as long as @finding; %NULL if none is
 *   known
 * Since: 1.0
 */
const char *
machtype_finding_get_remedy (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->remedy;
}
