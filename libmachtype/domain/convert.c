/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's XML for another machine type: within a family only the type changes; for another
 * family, everything that would not fit. */

#include "domain/convert-private.h"

#include <string.h>

#include "arch-private.h"
#include "change-private.h"
#include "domain/arguments-private.h"
#include "domain/domain-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"
#include "json/json-private.h"
#include "name/name-private.h"
#include "record/mirror.h"

/* No domain has so many. The data kept for each takes many times the size of its text: for 64 MiB
 * of them, more than 32 bits can address. */
#define DEVICES_MAX 100000

struct _MachtypeConversion {
  gatomicrefcount refs;
  MachtypeChange *change;
  char *original; /* what was converted */
  char *xml;      /* NULL: refused */
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
  gboolean is_live;  /* of a running guest */
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
  g_autofree char *arch = NULL, *id = NULL;

  document->tree = mt_domain_read_tree (xml, size, error);
  if (document->tree == NULL)
    return FALSE;
  document->type =
      mt_xml_node_find (mt_xml_node_find (mt_xml_tree_get_root (document->tree), "os"), "type");
  document->machine = mt_xml_node_dup (document->type, "machine");
  if (document->type != NULL && document->machine == NULL) /* but the one that runs can be known */
    document->machine = mt_domain_dup_argument_machine (mt_xml_tree_get_root (document->tree));
  if (document->machine == NULL || document->machine[0] == '\0')
    return set_bad_document (error,
                             "it has no <type machine='...'> in <os>, so the current machine type "
                             "is unknown; use libvirt's definition of the domain, which has one");
  document->domain_type = mt_xml_node_dup (mt_xml_tree_get_root (document->tree), "type");
  id = mt_xml_node_dup (mt_xml_tree_get_root (document->tree), "id");
  document->is_live = id != NULL;
  arch = mt_xml_node_dup (document->type, "arch");
  if (arch != NULL)
    document->arch = mt_arch_find (arch, strlen (arch));
  else if (host != NULL)
    document->arch = machtype_host_get_arch (host);
  return TRUE;
}

/* A name of the same machine by which its family and its class are known: what the host says or,
 * without a host, the alias of the family whose name it starts with; otherwise the name itself. */
static const char *
get_known_name (const Document *document, const char *machine, const MachtypeHost *host)
{
  const char *known = mt_host_get_known_name (host, document->arch, document->domain_type, machine);
  const MtFamily *family = mt_family_of_prefix (known, strlen (known));
  MtName parsed;

  if (family != NULL && (family->arches & mt_arch_bit (document->arch)) != 0 &&
      mt_name_parse (known, strlen (known), document->arch, &parsed) &&
      parsed.kind == MACHTYPE_NAME_KIND_UNKNOWN)
    return family->alias;
  return known;
}

static guint8
get_family (const char *known, MachtypeArch arch)
{
  MtName parsed;

  if (!mt_name_parse (known, strlen (known), arch, &parsed))
    return MACHTYPE_FAMILY_NONE;
  return parsed.family;
}

static gboolean
is_same_family (const Document *document, const char *known, MachtypeHost *host)
{
  const char *old_known = get_known_name (document, document->machine, host);
  const guint8 family = get_family (known, document->arch);

  return family != MACHTYPE_FAMILY_NONE && get_family (old_known, document->arch) == family;
}

/* Whether only guests of other architectures have it. */
static gboolean
is_foreign (const Document *document, const char *machine, MachtypeHost *host)
{
  MtName parsed;

  if (document->arch == MACHTYPE_ARCH_UNKNOWN ||
      !mt_name_parse (machine, strlen (machine), document->arch, &parsed) ||
      parsed.kind != MACHTYPE_NAME_KIND_UNKNOWN || parsed.arches == 0)
    return FALSE;
  return host == NULL || machtype_host_offers (host, document->arch, document->domain_type,
                                               machine) != MACHTYPE_ANSWER_YES;
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

/* What no force helps against. FALSE: an error. known: the new machine type, by a name by which its
 * family is known. */
static gboolean
check_move (MtConversion *move, const Document *document, const char *known, GError **error)
{
  if (is_crowded (move))
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "domain: there are more than %d devices",
                    DEVICES_MAX);
  if (document->arch == MACHTYPE_ARCH_UNKNOWN) {
    mt_conversion_refuse (move, "architecture", "set arch='...' in <type>, or specify a host",
                          "the domain has no known architecture, so what the new machine supports "
                          "is unknown");
    return TRUE;
  }
  if (document->domain_type != NULL && !mt_domain_type_is_written (document->domain_type)) {
    mt_conversion_refuse (move, "domain-type", NULL,
                          "only QEMU guests (type qemu, kvm, hvf) can be converted");
    return TRUE;
  }
  move->to = mt_class_find (document->arch, known);
  move->recipe = mt_recipe_find (document->arch, move->to);
  if (move->recipe != NULL && mt_conversion_is_target (move->to))
    mt_conversion_check (move);
  else
    mt_conversion_refuse (move, "target", NULL,
                          "a domain of another family can become only a pc or q35 of x86 guests");
  return TRUE;
}

/* QEMU takes the last machine type, and libvirt's own arguments come first. */
static void
check_arguments (const MtConversion *move, const char *machine)
{
  g_autofree char *runs = mt_domain_dup_argument_machine (move->root), *shown = NULL;

  if (runs == NULL || strcmp (runs, machine) == 0)
    return;
  shown = mt_escape_for_message (runs);
  mt_conversion_refuse (move, "machine-argument", "remove -machine from <qemu:commandline> first",
                        "QEMU's own arguments name machine type %s, which runs whatever <os> says, "
                        "also after a conversion",
                        shown);
}

static gboolean
check (MtConversion *move, const Document *document, const char *machine, MachtypeHost *host,
       GError **error)
{
  const char *known;

  if (!mt_name_check (machine, NULL))
    return TRUE; /* the change is refused */
  check_arguments (move, machine);
  if (strcmp (machine, document->machine) == 0)
    return TRUE;
  if (is_foreign (document, machine, host)) {
    mt_conversion_refuse (move, "architecture", NULL,
                          "%s is a machine of other architectures, and a conversion does not "
                          "change that of a guest",
                          machine);
    return TRUE;
  }
  known = get_known_name (document, machine, host);
  move->to_other_family = !is_same_family (document, known, host);
  return !move->to_other_family || check_move (move, document, known, error);
}

static void
warn_of_live (GPtrArray *warnings)
{
  g_ptr_array_add (
      warnings,
      mt_finding_new ("live-xml",
                      g_strdup ("this is the XML of a running guest: what it has only while it "
                                "runs would become a part of its definition, and what changes at "
                                "its next start is not in it"),
                      g_strdup ("shut the guest off, and use the output of virsh dumpxml "
                                "--inactive --security-info")));
}

/* The judgment on the change and on the conversion. */
static MachtypeChange *
judge (MtConversion *move, const Document *document, const char *machine, MachtypeState state,
       MachtypeChangeFlags flags, MachtypeHost *host, GError **error)
{
  g_autoptr (GPtrArray) reasons = mt_findings_new ();
  MachtypeChange *change;

  move->root = mt_xml_tree_get_root (document->tree);
  move->reasons = reasons;
  if (!check (move, document, machine, host, error))
    return NULL;
  if (reasons->len != 0) /* nothing is forced then */
    flags = (MachtypeChangeFlags)((guint)flags & ~(guint)MACHTYPE_CHANGE_FORCE);
  change = machtype_change_check (document->machine, machine, document->arch, document->domain_type,
                                  state, flags, host, error);
  if (change == NULL)
    return NULL;
  mt_change_keep_refused (change, MACHTYPE_VERDICT_REFUSED_NOT_OFFERED);
  if (reasons->len != 0)
    mt_change_refuse (change, reasons);
  else if (!machtype_change_is_permitted (change))
    mt_change_set_remedy (change, MACHTYPE_VERDICT_REFUSED_FAMILY,
                          "use force to convert it anyway");
  if (document->is_live)
    warn_of_live (mt_change_get_warnings (change));
  move->reasons = NULL;
  move->effects = mt_change_get_effects (change);
  return change;
}

/* Also if it is refused, for the effects that it would have. */
static void
convert_document (const MtConversion *move, const Document *document, const MachtypeChange *change)
{
  if (move->to_other_family && move->recipe != NULL) {
    mt_convert_disks (move);
    mt_convert_devices (move);
    warn_of_arguments (move);
  }
  mt_xml_node_set (document->type, "machine", machtype_change_get_machine_to_record (change));
  update_mirror (move->root, change);
}

/* If nothing changes it is the same text, unless it is in another encoding. */
static char *
write_document (const Document *document, const MachtypeChange *change, const char *xml, gsize size,
                GError **error)
{
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP &&
      g_utf8_validate (xml, (gssize)size, NULL))
    return g_strndup (xml, size);
  return mt_xml_tree_write (document->tree, error);
}

static MachtypeConversion *
conversion_new (MachtypeChange *change)
{
  MachtypeConversion *conversion = g_new0 (MachtypeConversion, 1);

  g_atomic_ref_count_init (&conversion->refs);
  conversion->change = change;
  return conversion;
}

/**
 * machtype_domain_convert:
 * @xml: the text of a domain's definition, with its secrets if it is to be defined again; must not
 *   be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @machine: the requested machine type; must not be %NULL
 * @state: the state of the domain, %MACHTYPE_STATE_STOPPED if it is shut off
 * @flags: how to judge the change. With %MACHTYPE_CHANGE_PIN and a host that resolves it, an alias
 *   is replaced by its canonical name
 * @host: (nullable): the host, or %NULL for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Converts a domain to another machine type. The change is judged as [func@Machtype.Change.check]
 * does. Within a family only the type changes (and the copy of a record in the metadata). For
 * another family, which requires %MACHTYPE_CHANGE_FORCE, PCI controllers and addresses, buses of
 * drives and the devices that the new machine type does not have change as well; the rest of the
 * document is kept. The supported targets in other families are `pc` and `q35`. An unknown machine
 * type belongs to the family of the alias that stands for it on the host, or whose name it starts
 * with. The result is UTF-8; if the domain has the type already, it is @xml byte for byte, provided
 * that is UTF-8. Thread-safe.
 *
 * A refusal is an answer, not an error: a conversion without XML, with the reasons and the effects
 * that it would have. No force helps against a machine type of another architecture or one that is
 * not a supported target, nor for a guest that the new machine type cannot run at all, nor, with
 * %MACHTYPE_CHANGE_REQUIRE_OFFERED, against one that the host does not offer: see
 * [method@Machtype.Conversion.get_change].
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is not a domain or has no machine type;
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags and states; %MACHTYPE_ERROR_TOO_LARGE beyond
 * [const@Machtype.XML_MAX_SIZE], [const@Machtype.XML_MAX_DEPTH] or, for another family, a hundred
 * thousand devices.
 *
 * Returns: (transfer full): the conversion, or %NULL on error
 * Since: 1.0
 */
MachtypeConversion *
machtype_domain_convert (const char *xml, gssize length, const char *machine, MachtypeState state,
                         MachtypeChangeFlags flags, MachtypeHost *host, GError **error)
{
  g_autoptr (MachtypeConversion) conversion = NULL;
  g_auto (Document) document = { 0 };
  MtConversion move = { 0 };
  MachtypeChange *change;
  gsize size;

  g_return_val_if_fail (xml != NULL && machine != NULL, NULL);

  if (!mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error) ||
      !read_document (&document, xml, size, host, error))
    return NULL;
  change = judge (&move, &document, machine, state, flags, host, error);
  if (change == NULL)
    return NULL;
  conversion = conversion_new (change);
  conversion->original = g_strndup (xml, size);
  convert_document (&move, &document, change);
  conversion->xml = write_document (&document, change, xml, size, error);
  if (conversion->xml == NULL)
    return NULL;
  if (!machtype_change_is_permitted (change))
    g_clear_pointer (&conversion->xml, g_free);
  return g_steal_pointer (&conversion);
}

const char *
mt_conversion_get_original (const MachtypeConversion *conversion)
{
  return conversion->original;
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
  g_free (conversion->original);
  g_free (conversion->xml);
  g_free (conversion);
}

/**
 * machtype_conversion_get_change:
 * @conversion: a conversion; must not be %NULL
 *
 * Gets the judgment on the conversion: the verdict, all reasons against it, the warnings and the
 * effects on the guest. Compared with [func@Machtype.Change.check] for the same machine types it
 * has the effects of the conversion as well ([method@Machtype.Conversion.list_effects]); the
 * warning `live-xml` if the XML is that of a running guest; and more reasons, which come first,
 * make the verdict %MACHTYPE_VERDICT_REFUSED_UNSUPPORTED, and cannot be overridden by force. Their
 * codes: `architecture`, a machine type of another architecture, or a domain without a known one;
 * `target`, another family that is not a supported target; `domain-type`, a domain of another
 * hypervisor than QEMU; `machine-argument`, another machine type in QEMU's own arguments;
 * `secure-boot` and `vcpus`, what a guest on `pc` cannot have. Thread-safe.
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
 * Returns: (transfer none) (nullable): the XML, valid as long as @conversion; %NULL if the
 *   conversion is refused ([method@Machtype.Change.is_permitted])
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
 * Lists the effects on the guest, also if it is refused: first those of the machine types
 * ([func@Machtype.Change.check]), then those of the conversion. Codes: `board`, `version`;
 * `disk-bus`, `disk-wwn`, `disk-geometry`, `boot-order`, `boot-driver`, `pci-controllers`,
 * `pci-hotplug`, `pci-addresses`, `network-name`, `virtio-1`, `usb-controller`, `passthrough`,
 * `firmware`, `acpi-missing`, `saved-state`, `qemu-arguments`, `smm`; for devices that are replaced
 * or removed, `video-model`, `input-bus`, `watchdog-model`, `iommu-model`, `panic-model`,
 * `tpm-model`, `sound-model`. Those of its judgment are the same. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the effects
 * Since: 1.0
 */
GPtrArray *
machtype_conversion_list_effects (const MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, NULL);
  return machtype_change_list_effects (conversion->change);
}

/**
 * machtype_conversion_to_json:
 * @conversion: a conversion; must not be %NULL
 *
 * Writes a conversion as a JSON object on one line: the members of its judgment
 * ([method@Machtype.Change.to_json]), and the new domain XML unless it is refused. `doc/json.md`
 * documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_conversion_to_json (const MachtypeConversion *conversion)
{
  GString *json;

  g_return_val_if_fail (conversion != NULL, NULL);

  json = mt_json_begin_value ();
  mt_change_write (json, conversion->change);
  mt_json_text (json, "xml", conversion->xml);
  return mt_json_end_value (json);
}

/**
 * machtype_conversion_equal:
 * @a: a conversion; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two conversions are equal: the judgment and the XML. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_conversion_equal (const MachtypeConversion *a, const MachtypeConversion *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_json_equal (machtype_conversion_to_json (a), machtype_conversion_to_json (b));
}

/**
 * machtype_conversion_hash:
 * @conversion: a conversion; must not be %NULL
 *
 * Computes a hash of a conversion, for hash tables: equal conversions have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_conversion_hash (const MachtypeConversion *conversion)
{
  g_return_val_if_fail (conversion != NULL, 0);
  return mt_json_hash (machtype_conversion_to_json (conversion));
}
