/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's XML for another machine type: within a family only the type changes; for another
 * family, everything that would not fit. */

#include "domain/convert-private.h"

#include <string.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"
#include "name/name-private.h"
#include "record/mirror.h"

/* No domain has so many. The data kept for each takes many times the size of its text: for 64 MiB
 * of them, more than 32 bits can address. */
#define DEVICES_MAX 100000

struct _MachtypeConversion {
  gatomicrefcount refs;
  MachtypeChange *change;
  char *xml;
  GPtrArray *effects; /* of MachtypeFinding */
};

G_DEFINE_BOXED_TYPE (MachtypeConversion, machtype_conversion, machtype_conversion_ref,
                     machtype_conversion_unref)

/* A document that is being converted. */
typedef struct {
  MtXmlTree *tree;
  MtXmlNode *type; /* <type> in <os> */
  char *machine;
  char *domain_type; /* NULL: not given */
  MachtypeArch arch; /* the host's, if the document does not contain one */
} Document;

static void
document_clear (Document *document)
{
  mt_xml_tree_free (document->tree);
  g_free (document->machine);
  g_free (document->domain_type);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

static gboolean
set_bad_document (GError **error, const char *message)
{
  return mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "domain: %s", message);
}

static gboolean
read_document (Document *document, const char *xml, gsize size, MachtypeHost *host, GError **error)
{
  g_autofree char *arch = NULL;

  document->tree = mt_domain_read_tree (xml, size, error);
  if (document->tree == NULL)
    return FALSE;
  document->type =
      mt_xml_node_find (mt_xml_node_find (mt_xml_tree_get_root (document->tree), "os"), "type");
  document->machine = mt_xml_node_dup (document->type, "machine");
  if (document->machine == NULL || document->machine[0] == '\0')
    return set_bad_document (error,
                             "it has no <type machine='...'> in <os>, so the current machine type "
                             "is unknown; use libvirt's definition of the domain, which has one");
  document->domain_type = mt_xml_node_dup (mt_xml_tree_get_root (document->tree), "type");
  arch = mt_xml_node_dup (document->type, "arch");
  if (arch != NULL)
    document->arch = mt_arch_find (arch, strlen (arch));
  else if (host != NULL)
    document->arch = machtype_host_get_arch (host);
  return TRUE;
}

/* Unknown types of vendors are recognized by their family's name. */
static guint8
get_family (const char *machine, MachtypeArch arch)
{
  const MtFamily *prefix = mt_family_of_prefix (machine, strlen (machine));
  MtName parsed;
  guint8 family;

  if (mt_name_parse (machine, strlen (machine), arch, &parsed) &&
      parsed.family != MACHTYPE_FAMILY_NONE)
    return parsed.family;
  for (family = MACHTYPE_FAMILY_NONE; prefix != NULL; family++) {
    if (mt_family_info ((MachtypeFamily)family) == prefix)
      return family;
  }
  return MACHTYPE_FAMILY_NONE;
}

static gboolean
is_same_family (const char *old_machine, const char *new_machine, MachtypeArch arch)
{
  guint8 family = get_family (new_machine, arch);

  return family != MACHTYPE_FAMILY_NONE && get_family (old_machine, arch) == family;
}

/* Force does not help if the guest would need another processor. */
static gboolean
check_arch (const char *machine, const Document *document, MachtypeHost *host, GError **error)
{
  MtName parsed;

  if (document->arch == MACHTYPE_ARCH_UNKNOWN ||
      !mt_name_parse (machine, strlen (machine), document->arch, &parsed) ||
      parsed.kind != MACHTYPE_NAME_KIND_UNKNOWN || parsed.arches == 0 ||
      (host != NULL && machtype_host_offers (host, document->arch, document->domain_type,
                                             machine) == MACHTYPE_ANSWER_YES))
    return TRUE;
  mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
           "machine type %s does not exist for %s guests, and a conversion does not change the "
           "architecture",
           machine, machtype_arch_to_string (document->arch));
  return FALSE;
}

static gboolean
check_permitted (const MachtypeChange *change, GError **error)
{
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);

  if (machtype_change_is_permitted (change))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_REFUSED, "%s: %s; use force to convert it anyway",
                  machtype_verdict_to_string (machtype_change_get_verdict (change)),
                  machtype_finding_get_message (reasons->pdata[0]));
}

/* A mirror that still names the old machine type would be wrong. */
static void
update_mirror (MtXmlNode *root, const MachtypeChange *change)
{
  MtXmlNode *node = mt_xml_node_first (mt_xml_node_find (root, "metadata"));

  for (; node != NULL; node = mt_xml_node_next (node)) {
    if (!mt_xml_node_is (node, MT_MIRROR_URI, MT_MIRROR_ELEMENT))
      continue;
    mt_xml_node_set (node, "machine", machtype_change_get_machine_to_record (change));
    mt_xml_node_set (node, "asked", machtype_change_get_new_machine (change));
  }
}

static void
warn_of_arguments (const MtConversion *move)
{
  MtXmlNode *node = mt_xml_node_first (move->root);

  for (; node != NULL; node = mt_xml_node_next (node)) {
    if (mt_xml_node_is (node, MT_QEMU_URI, "commandline") ||
        mt_xml_node_is (node, MT_QEMU_URI, "override"))
      mt_conversion_add_effect (move, "qemu-arguments", "review and adapt them by hand",
                                "<qemu:%s> is passed to QEMU unchanged: buses, devices and "
                                "properties it names may not exist on the new machine",
                                mt_xml_node_is (node, MT_QEMU_URI, "override") ? "override"
                                                                               : "commandline");
  }
}

static gboolean
set_crowded (GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "domain: there are more than %d devices",
                  DEVICES_MAX);
}

static gboolean
is_crowded (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL);
  guint n = 0;

  while (device != NULL && n <= DEVICES_MAX) {
    device = mt_conversion_next_device (move, device);
    n++;
  }
  return n > DEVICES_MAX;
}

static gboolean
plan_move (MtConversion *move, const Document *document, const char *machine, GError **error)
{
  if (document->arch == MACHTYPE_ARCH_UNKNOWN)
    return set_bad_document (error, "its <type> has no known architecture");
  move->root = mt_xml_tree_get_root (document->tree);
  move->to = mt_class_find (document->arch, machine);
  move->recipe = mt_recipe_find (document->arch, machine);
  if (is_crowded (move))
    return set_crowded (error);
  if (move->recipe != NULL && mt_conversion_is_target (move->to))
    return mt_conversion_check (move, error);
  mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
           "cannot convert a domain of another family to %s, only to pc or q35 of x86 guests",
           machine);
  return FALSE;
}

static gboolean
move_family (const Document *document, const char *machine, GPtrArray *effects, GError **error)
{
  MtConversion move = { .effects = effects };

  if (!plan_move (&move, document, machine, error))
    return FALSE;
  mt_convert_disks (&move);
  mt_convert_devices (&move);
  warn_of_arguments (&move);
  return TRUE;
}

static char *
convert_document (const Document *document, const MachtypeChange *change, GPtrArray *effects,
                  GError **error)
{
  const char *machine = machtype_change_get_machine_to_record (change);

  if (!is_same_family (document->machine, machine, document->arch) &&
      !move_family (document, machine, effects, error))
    return NULL;
  mt_xml_node_set (document->type, "machine", machine);
  update_mirror (mt_xml_tree_get_root (document->tree), change);
  return mt_xml_tree_write (document->tree, error);
}

/* Unchanged, unless it is in another encoding. */
static char *
dup_document (const Document *document, const char *xml, gsize size, GError **error)
{
  if (g_utf8_validate (xml, (gssize)size, NULL))
    return g_strndup (xml, size);
  return mt_xml_tree_write (document->tree, error);
}

static MachtypeConversion *
conversion_new (MachtypeChange *change)
{
  MachtypeConversion *conversion = g_new0 (MachtypeConversion, 1);

  g_atomic_ref_count_init (&conversion->refs);
  conversion->change = change;
  conversion->effects = machtype_change_list_effects (change);
  return conversion;
}

/**
 * machtype_domain_convert:
 * @xml: the text of a domain's definition, with its secrets if it is to be defined again; must not
 *   be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @machine: the requested machine type; must not be %NULL
 * @flags: how to judge the change. With %MACHTYPE_CHANGE_PIN and a host that resolves it, an alias
 *   is replaced by its canonical name
 * @host: (nullable): the host, or %NULL for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Converts a domain that is shut off to another machine type. The change is judged as
 * [func@Machtype.Change.check] does. Within a family only the type changes (and the copy of a
 * record in the metadata). For another family, which requires %MACHTYPE_CHANGE_FORCE, PCI
 * controllers and addresses, buses of drives and the devices that the new machine type does not
 * have change as well; the rest of the document is kept. The supported targets in other families
 * are `pc` and `q35`. The result is UTF-8; if the domain has the type already, it is @xml byte for
 * byte, provided that is UTF-8. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_REFUSED with the verdict if the change requires force;
 * %MACHTYPE_ERROR_UNSUPPORTED for a machine type of another architecture or one that is not a
 * supported target, and for a guest that the new machine type cannot run at all: with Secure Boot
 * on `pc`, or with too many vCPUs; %MACHTYPE_ERROR_INVALID_XML for XML that is not a domain or has
 * no machine type; %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type name;
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags; %MACHTYPE_ERROR_TOO_LARGE beyond
 * [const@Machtype.XML_MAX_SIZE], [const@Machtype.XML_MAX_DEPTH] or, for another family, a hundred
 * thousand devices.
 *
 * Returns: (transfer full): the conversion, or %NULL on error
 * Since: 1.0
 */
MachtypeConversion *
machtype_domain_convert (const char *xml, gssize length, const char *machine,
                         MachtypeChangeFlags flags, MachtypeHost *host, GError **error)
{
  g_autoptr (MachtypeConversion) conversion = NULL;
  g_auto (Document) document = { 0 };
  MachtypeChange *change;
  gsize size;

  g_return_val_if_fail (xml != NULL && machine != NULL, NULL);

  if (!mt_name_check (machine, error) ||
      !mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error) ||
      !read_document (&document, xml, size, host, error) ||
      !check_arch (machine, &document, host, error))
    return NULL;
  change = machtype_change_check (document.machine, machine, document.arch, document.domain_type,
                                  MACHTYPE_STATE_STOPPED, flags, host, error);
  if (change == NULL)
    return NULL;
  conversion = conversion_new (change);
  if (!check_permitted (change, error))
    return NULL;
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP)
    conversion->xml = dup_document (&document, xml, size, error);
  else
    conversion->xml = convert_document (&document, change, conversion->effects, error);
  return conversion->xml != NULL ? g_steal_pointer (&conversion) : NULL;
}

/**
 * machtype_conversion_ref:
 * @conversion: a conversion; must not be %NULL
 *
 * Increases the reference count of @conversion. Thread-safe.
 *
 * Returns: (transfer full): @conversion
 * Since: 1.0
 */
MachtypeConversion *
machtype_conversion_ref (MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, NULL);

  g_atomic_ref_count_inc (&conversion->refs);
  return conversion;
}

/**
 * machtype_conversion_unref:
 * @conversion: (transfer full) (nullable): a conversion; %NULL does nothing
 *
 * Decreases the reference count of @conversion; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_conversion_unref (MachtypeConversion *conversion)
{
  if (conversion == NULL || !g_atomic_ref_count_dec (&conversion->refs))
    return;
  machtype_change_unref (conversion->change);
  g_ptr_array_unref (conversion->effects);
  g_free (conversion->xml);
  g_free (conversion);
}

/**
 * machtype_conversion_get_change:
 * @conversion: a conversion; must not be %NULL
 *
 * Gets the judgment on the change of the machine type: verdict, reasons, warnings. Thread-safe.
 *
 * Returns: (transfer none): the judgment, valid as long as @conversion
 * Since: 1.0
 */
MachtypeChange *
machtype_conversion_get_change (const MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, NULL);
  return conversion->change;
}

/**
 * machtype_conversion_get_xml:
 * @conversion: a conversion; must not be %NULL
 *
 * Gets the new domain XML, for libvirt's `virDomainDefineXML`. Thread-safe.
 *
 * Returns: (transfer none): the XML, valid as long as @conversion
 * Since: 1.0
 */
const char *
machtype_conversion_get_xml (const MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, NULL);
  return conversion->xml;
}

/**
 * machtype_conversion_list_effects:
 * @conversion: a conversion; must not be %NULL
 *
 * Lists the effects on the guest: first those of the machine types
 * ([method@Machtype.Change.list_effects]), then those of the conversion. Codes: `board`, `version`;
 * `disk-bus`, `boot-order`, `boot-driver`, `pci-controllers`, `pci-hotplug`, `pci-addresses`,
 * `network-name`, `virtio-1`, `usb-controller`, `passthrough`, `firmware`, `saved-state`,
 * `qemu-arguments`, `smm`; for devices that are replaced or removed, `video-model`, `input-bus`,
 * `watchdog-model`, `iommu-model`, `panic-model`, `tpm-model`, `sound-model`. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the effects
 * Since: 1.0
 */
GPtrArray *
machtype_conversion_list_effects (const MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, NULL);
  return mt_findings_copy (conversion->effects);
}
