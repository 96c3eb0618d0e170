/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt says of a domain that it has not defined. */

#include "connection/connection-private.h"

struct _MachtypeDefinitionCheck {
  gatomicrefcount refs;
  char *refusal; /* NULL: it would be defined */
  char **not_asked;
};

G_DEFINE_BOXED_TYPE (MachtypeDefinitionCheck, machtype_definition_check,
                     machtype_definition_check_ref, machtype_definition_check_unref)

MachtypeDefinitionCheck *
mt_definition_check_new (char *refusal, char **not_asked)
{
  MachtypeDefinitionCheck *check = g_new0 (MachtypeDefinitionCheck, 1);

  g_atomic_ref_count_init (&check->refs);
  check->refusal = refusal;
  check->not_asked = not_asked;
  return check;
}

/**
 * machtype_definition_check_ref:
 * @check: what libvirt says of a domain; must not be %NULL
 *
 * Increases the reference count. Thread-safe.
 *
 * Returns: (transfer full): @check
 * Since: 1.0
 */
MachtypeDefinitionCheck *
machtype_definition_check_ref (MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, NULL);

  g_atomic_ref_count_inc (&check->refs);
  return check;
}

/**
 * machtype_definition_check_unref:
 * @check: (transfer full) (nullable): what libvirt says of a domain; %NULL does nothing
 *
 * Decreases the reference count; the last reference frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_definition_check_unref (MachtypeDefinitionCheck *check)
{
  if (check == NULL || !g_atomic_ref_count_dec (&check->refs))
    return;
  g_free (check->refusal);
  g_strfreev (check->not_asked);
  g_free (check);
}

/**
 * machtype_definition_check_get_accepted:
 * @check: what libvirt says of a domain; must not be %NULL
 *
 * Gets whether libvirt would define what it was asked about. It may still refuse the domain for
 * what it was not asked about ([method@Machtype.DefinitionCheck.dup_unchecked]). Thread-safe.
 *
 * Returns: %TRUE if it would, %FALSE if it refuses
 * Since: 1.0
 */
gboolean
machtype_definition_check_get_accepted (const MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, FALSE);
  return check->refusal == NULL;
}

/**
 * machtype_definition_check_get_refusal:
 * @check: what libvirt says of a domain; must not be %NULL
 *
 * Gets why libvirt refuses the domain, in its own words. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the message, valid as long as @check; %NULL if it does not
 *   refuse
 * Since: 1.0
 */
const char *
machtype_definition_check_get_refusal (const MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, NULL);
  return check->refusal;
}

/**
 * machtype_definition_check_dup_unchecked:
 * @check: what libvirt says of a domain; must not be %NULL
 *
 * Lists the parts of the domain that libvirt was not asked about, each once, in the order of the
 * document: paths of elements and attributes as XPath has them, `/domain/devices/interface` or
 * `/domain/devices/disk/source`. Where others of its kind were not left out, the path of a device
 * has its number: `/domain/devices/input[2]`. What is in an element that is listed was left out,
 * too. Of a document with more than 256 such things the first 256 are listed. Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): the paths
 * Since: 1.0
 */
char **
machtype_definition_check_dup_unchecked (const MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, NULL);
  return g_strdupv (check->not_asked);
}
