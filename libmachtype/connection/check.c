/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of asking libvirt about a domain that it has not defined. */

#include "connection/connection-private.h"
#include "finding-private.h"

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
 * @check: the result of a check; must not be %NULL
 *
 * Increases the reference count of @check. Thread-safe.
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
 * @check: (transfer full) (nullable): the result of a check; %NULL does nothing
 *
 * Decreases the reference count of @check; frees it when the count reaches zero. Thread-safe.
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
 * @check: the result of a check; must not be %NULL
 *
 * Checks whether libvirt would define what it was asked about. It can still refuse the domain
 * because of what it was not asked about ([method@Machtype.DefinitionCheck.dup_unchecked]).
 * Thread-safe.
 *
 * Returns: %TRUE if libvirt would define it, %FALSE if libvirt refuses
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
 * @check: the result of a check; must not be %NULL
 *
 * Gets the message with which libvirt refuses the domain. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the message, valid as long as @check; %NULL if libvirt does
 *   not refuse
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
 * @check: the result of a check; must not be %NULL
 *
 * Lists the parts of the domain that libvirt was not asked about, each once, in document order:
 * paths of elements and attributes in XPath notation, such as `/domain/devices/interface` or
 * `/domain/devices/disk/source`. If other devices of the same kind were not omitted, the path
 * includes the device's number: `/domain/devices/input[2]`. Everything inside a listed element was
 * omitted as well. If there are more than 256, the first 256 are listed. Thread-safe.
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

/**
 * machtype_definition_check_dup_finding:
 * @check: the result of a check; must not be %NULL
 *
 * Gets libvirt's refusal as a finding, for a list with those of [func@Machtype.Domain.lint]: its
 * code is `libvirt`, its message is libvirt's, and it has no subject. Thread-safe.
 *
 * Returns: (transfer full) (nullable): the finding; %NULL if libvirt does not refuse
 * Since: 1.0
 */
MachtypeFinding *
machtype_definition_check_dup_finding (const MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, NULL);

  if (check->refusal == NULL)
    return NULL;
  return mt_finding_new_of ("libvirt", g_strdup (check->refusal), NULL, NULL,
                            MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "virConnectDomainXMLToNative");
}

/**
 * machtype_definition_check_equal:
 * @a: a check; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two checks are equal: what libvirt says, and what it was not asked. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_definition_check_equal (const MachtypeDefinitionCheck *a, const MachtypeDefinitionCheck *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return g_strcmp0 (a->refusal, b->refusal) == 0 &&
         g_strv_equal ((const char *const *)a->not_asked, (const char *const *)b->not_asked);
}

/**
 * machtype_definition_check_hash:
 * @check: a check; must not be %NULL
 *
 * Computes a hash of a check, for hash tables: equal checks have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_definition_check_hash (const MachtypeDefinitionCheck *check)
{
  g_return_val_if_fail (check != NULL, 0);
  return g_str_hash (check->refusal != NULL ? check->refusal : "");
}
