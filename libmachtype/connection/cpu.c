/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's CPU against what a host provides. */

#include "connection/connection-private.h"

#include <string.h>

#include "domain/domain-private.h"
#include "xml-tree.h"

/* The call can still run after its caller has gone. */
typedef struct {
  MtSharedConnection *shared;
  char *arch, *machine, *domain_type, *cpu;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  mt_shared_connection_unref (asked->shared);
  g_free (asked->arch);
  g_free (asked->machine);
  g_free (asked->domain_type);
  g_free (asked->cpu);
  g_free (asked);
}

/* What depends on the host, or is not named, has nothing to compare. */
static char *
dup_cpu (MtXmlTree *tree)
{
  MtXmlNode *cpu = mt_xml_node_find (mt_xml_tree_get_root (tree), "cpu");
  g_autofree char *mode = cpu != NULL ? mt_xml_node_dup (cpu, "mode") : NULL;

  if (cpu == NULL || mt_xml_node_find (cpu, "model") == NULL ||
      (mode != NULL && strcmp (mode, "custom") != 0))
    return NULL;
  return mt_xml_node_write (cpu, "cpu", NULL);
}

static gpointer
do_compare (gpointer data, GError **error)
{
  const Asked *asked = data;
  const MtLibvirt *libvirt = asked->shared->libvirt;
  char *message = NULL;
  MachtypeAnswer *answer = g_new (MachtypeAnswer, 1);

  *answer = MACHTYPE_ANSWER_UNKNOWN;
  switch (libvirt->module->compare_cpu (libvirt->handle, asked->arch, asked->machine,
                                        asked->domain_type, asked->cpu, &message)) {
  case MT_LIBVIRT_DONE:
    *answer = MACHTYPE_ANSWER_YES;
    break;
  case MT_LIBVIRT_REFUSED:
    *answer = MACHTYPE_ANSWER_NO;
    break;
  case MT_LIBVIRT_FAILED:
    g_free (answer);
    mt_libvirt_set_error (message, "compare a CPU", error);
    return NULL;
  default:
    break;
  }
  g_free (message);
  return answer;
}

static Asked *
asked_new (const MachtypeConnection *connection, MtXmlTree *tree, char *cpu)
{
  MtXmlNode *root = mt_xml_tree_get_root (tree);
  MtXmlNode *os = mt_xml_node_find (root, "os");
  MtXmlNode *type = os != NULL ? mt_xml_node_find (os, "type") : NULL;
  Asked *asked = g_new0 (Asked, 1);

  asked->shared = mt_shared_connection_ref (connection->shared);
  asked->cpu = cpu;
  asked->domain_type = mt_xml_node_dup (root, "type");
  if (type != NULL) {
    asked->arch = mt_xml_node_dup (type, "arch");
    asked->machine = mt_xml_node_dup (type, "machine");
  }
  return asked;
}

/**
 * machtype_connection_compare_cpu:
 * @connection: a connection to the host that is to run the guest; must not be %NULL
 * @xml: the domain XML of the guest; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Asks libvirt on a host whether its hypervisor provides the CPU of a guest, as
 * `virsh hypervisor-cpu-compare` does. A guest without a named CPU model has nothing to compare,
 * and libvirt does not compare the CPUs of every architecture. May block.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT, %MACHTYPE_ERROR_INVALID_XML,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Source: libvirt, virConnectCompareHypervisorCPU.
 *
 * Returns: %MACHTYPE_ANSWER_YES or %MACHTYPE_ANSWER_NO; %MACHTYPE_ANSWER_UNKNOWN if it was not
 *   compared, also on error
 * Since: 1.0
 */
MachtypeAnswer
machtype_connection_compare_cpu (MachtypeConnection *connection, const char *xml, GError **error)
{
  g_autoptr (MtXmlTree) tree = NULL;
  g_autofree MachtypeAnswer *answer = NULL;
  g_autoptr (GError) why = NULL;
  const MtLibvirt *libvirt;
  char *cpu;

  g_return_val_if_fail (connection != NULL && xml != NULL, MACHTYPE_ANSWER_UNKNOWN);

  tree = mt_domain_read_tree (xml, strlen (xml), error);
  if (tree == NULL || !mt_connection_check (connection, error))
    return MACHTYPE_ANSWER_UNKNOWN;
  cpu = dup_cpu (tree);
  if (cpu == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  libvirt = connection->shared->libvirt;
  answer = mt_call_with_timeout (do_compare, asked_new (connection, tree, cpu), asked_free, g_free,
                                 libvirt->timeout_ms, libvirt->uri, &why);
  mt_connection_see (connection, why);
  if (answer != NULL)
    return *answer;
  g_propagate_error (error, g_steal_pointer (&why));
  return MACHTYPE_ANSWER_UNKNOWN;
}
