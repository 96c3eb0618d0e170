/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads machine type and devices of an existing domain (https://libvirt.org/formatdomain.html). */

#include "domain/domain-private.h"

#include <machtype/text.h>

#include <string.h>

#include "arch-private.h"
#include "change-private.h"
#include "domain/arguments-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"
#include "json/json-private.h"
#include "properties/properties-private.h"
#include "record/record-private.h"
#include "string-private.h"
#include "xml-reader.h"

struct _MachtypeDomain {
  gatomicrefcount refs;
  MachtypeArch arch;
  char *type;                  /* NULL: not given */
  char *name;                  /* NULL: not given */
  char *uuid;                  /* NULL: not given */
  char *machine;               /* NULL: not given */
  char *argument_machine;      /* in QEMU's own arguments; NULL: none */
  const char *state;           /* Nova's word; NULL: unknown */
  gboolean has_saved_state;    /* known only if it was requested */
  char **memory_snapshots;     /* NULL: none, or not requested */
  MachtypeProperties *devices; /* NULL: not read */
  GError *problem;             /* NULL: none */
  char *xml;                   /* NULL: not kept */
};

typedef enum { WANT_NOTHING, WANT_NAME, WANT_UUID } Wanted;

/* The position in the document: elements that have children of interest. */
typedef enum { IN_NOTHING, IN_OS, IN_DEVICES, IN_COMMAND_LINE } Section;
typedef enum { IN_NO_DEVICE, IN_DISK, IN_CDROM, IN_INTERFACE, IN_VIDEO } Device;

typedef struct {
  MachtypeDomain *domain;
  MtXmlReader *reader;
  MachtypePropertiesBuilder *devices; /* NULL: only the machine type is read */
  guint seen;                         /* one bit for each MtProperty: the first of a kind counts */
  Wanted wanted;
  Section section;
  Device device;
  gboolean has_qemu; /* it declares the namespace of QEMU's own arguments */
  MtQemuArguments arguments;
} Reading;

G_DEFINE_BOXED_TYPE (MachtypeDomain, machtype_domain, machtype_domain_ref, machtype_domain_unref)

static char *
dup_attribute (const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  return value != NULL && length != 0 ? g_strndup (value, length) : NULL;
}

static void
read_type (Reading *reading, const MtXmlAttributes *attributes)
{
  g_autofree char *arch = dup_attribute (attributes, "arch");

  if (arch != NULL)
    reading->domain->arch = mt_arch_find (arch, strlen (arch));
  g_free (reading->domain->machine);
  reading->domain->machine = dup_attribute (attributes, "machine");
}

/* Values for which Nova has no word, such as those of devices that libvirt added, are ignored. */
static void
see (Reading *reading, MtProperty property, const char *value)
{
  if (value == NULL || (reading->seen & (1u << property)) != 0)
    return;
  if (machtype_properties_builder_add_image (reading->devices, mt_property_name (property), value,
                                             NULL))
    reading->seen |= 1u << property;
}

/* Nova calls a USB tablet usbtablet. */
static void
see_input (Reading *reading, const MtXmlAttributes *attributes)
{
  g_autofree char *type = dup_attribute (attributes, "type");
  g_autofree char *bus = dup_attribute (attributes, "bus");

  if (g_strcmp0 (type, "tablet") != 0)
    return;
  see (reading, MT_PROPERTY_INPUT_BUS, bus);
  if (g_strcmp0 (bus, "usb") == 0)
    see (reading, MT_PROPERTY_POINTER_MODEL, "usbtablet");
}

static void
start_device (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  reading->device = IN_NO_DEVICE;
  if (mt_is_word (element, "disk")) {
    g_autofree char *kind = dup_attribute (attributes, "device");

    if (kind == NULL || strcmp (kind, "disk") == 0)
      reading->device = IN_DISK;
    else if (strcmp (kind, "cdrom") == 0)
      reading->device = IN_CDROM;
  } else if (mt_is_word (element, "interface"))
    reading->device = IN_INTERFACE;
  else if (mt_is_word (element, "video"))
    reading->device = IN_VIDEO;
  else if (mt_is_word (element, "input"))
    see_input (reading, attributes);
}

static void
start_part (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  gboolean drive = reading->device == IN_DISK || reading->device == IN_CDROM;
  g_autofree char *value = NULL;

  if (drive && mt_is_word (element, "target")) {
    value = dup_attribute (attributes, "bus");
    see (reading, reading->device == IN_DISK ? MT_PROPERTY_DISK_BUS : MT_PROPERTY_CDROM_BUS, value);
  } else if (!drive && mt_is_word (element, "model")) {
    value = dup_attribute (attributes, "type");
    see (reading, reading->device == IN_VIDEO ? MT_PROPERTY_VIDEO_MODEL : MT_PROPERTY_VIF_MODEL,
         value);
  }
}

/* Elements in another namespace do not matter, except QEMU's arguments. */
static void
start_foreign (Reading *reading, const char *element, guint depth,
               const MtXmlAttributes *attributes)
{
  const gboolean qemu = strcmp (attributes->uri, MT_QEMU_URI) == 0;

  if (depth == 2)
    reading->section = qemu && mt_is_word (element, "commandline") ? IN_COMMAND_LINE : IN_NOTHING;
  else if (depth == 3)
    reading->device = IN_NO_DEVICE;
  if (depth == 3 && qemu && reading->section == IN_COMMAND_LINE && mt_is_word (element, "arg")) {
    g_autofree char *value = dup_attribute (attributes, "value");

    mt_qemu_arguments_add (&reading->arguments, value);
  }
}

static void
start_section (Reading *reading, const char *element)
{
  reading->section = IN_NOTHING;
  if (mt_is_word (element, "os"))
    reading->section = IN_OS;
  else if (mt_is_word (element, "devices") && reading->devices != NULL)
    reading->section = IN_DEVICES;
  else if (mt_is_word (element, "name"))
    reading->wanted = WANT_NAME;
  else if (mt_is_word (element, "uuid"))
    reading->wanted = WANT_UUID;
  if (reading->wanted != WANT_NOTHING)
    mt_xml_reader_want_text (reading->reader);
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;

  if (depth == 1) {
    if (strcmp (element, "domain") != 0) {
      return mt_xml_set_wrong_root ("domain", element, "domain", error);
    }
    reading->domain->type = dup_attribute (attributes, "type");
    reading->has_qemu = mt_xml_declares (attributes, MT_QEMU_URI);
  } else if (attributes->uri != NULL)
    start_foreign (reading, element, depth, attributes);
  else if (depth == 2)
    start_section (reading, element);
  else if (depth == 3 && reading->section == IN_OS && strcmp (element, "type") == 0)
    read_type (reading, attributes);
  else if (depth == 3 && reading->section == IN_DEVICES)
    start_device (reading, element, attributes);
  else if (depth == 4 && reading->section == IN_DEVICES && reading->device != IN_NO_DEVICE)
    start_part (reading, element, attributes);
  return TRUE;
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reading *reading = data;
  char **slot;

  /* libvirt writes name and uuid before <os>, so that nothing after <type> is needed; in a document
   * with another order they are unknown. Not at the start of the element: libxml2 reports it before
   * it has seen the end of its tag. libvirt declares the namespace of QEMU's arguments if there are
   * any; they can name another machine type. */
  if (depth == 3 && !reading->has_qemu && reading->section == IN_OS && reading->devices == NULL &&
      strcmp (element, "type") == 0)
    mt_xml_reader_stop (reading->reader);
  if (text == NULL)
    return;
  slot = reading->wanted == WANT_NAME ? &reading->domain->name : &reading->domain->uuid;
  if (*slot == NULL && length != 0)
    *slot = g_strndup (text, length);
  reading->wanted = WANT_NOTHING;
}

static MachtypeDomain *
domain_new (void)
{
  MachtypeDomain *domain = g_new0 (MachtypeDomain, 1);

  g_atomic_ref_count_init (&domain->refs);
  return domain;
}

MachtypeDomain *
mt_domain_new_problem (const char *uuid, GError *problem)
{
  MachtypeDomain *domain = domain_new ();

  domain->uuid = g_strdup (uuid);
  domain->problem = problem;
  return domain;
}

static MachtypeDomain *
read_domain (const char *xml, gssize length, MachtypePropertiesBuilder *devices, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  g_autoptr (MachtypeDomain) domain = NULL;
  Reading reading = { 0 };
  gboolean is_read;
  gsize size;

  if (!mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  domain = domain_new ();
  reading.domain = domain;
  reading.devices = devices;
  is_read = mt_xml_read (xml, size, "domain", &handler, &reading, &reading.reader, error);
  if (reading.arguments.machine != NULL)
    domain->argument_machine = g_strdup (reading.arguments.machine->str);
  mt_qemu_arguments_clear (&reading.arguments);
  if (!is_read)
    return NULL;
  if (devices != NULL)
    domain->devices = machtype_properties_builder_end (devices);
  return g_steal_pointer (&domain);
}

/**
 * machtype_domain_new_from_xml:
 * @xml: the text of a domain's definition (`virsh dumpxml`); must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @flags: what to read
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads a domain's machine type from its XML: up to `</type>` in `<os>`, and no further, so that
 * very many domains can be read quickly. The rest is not read, and can be malformed. With
 * %MACHTYPE_DOMAIN_READ_DEVICES, or if the root element declares the namespace of QEMU's own
 * arguments, all of it is read. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is malformed or truncated before that point, is
 * not a domain or has a document type; %MACHTYPE_ERROR_TOO_LARGE beyond
 * [const@Machtype.XML_MAX_SIZE] or [const@Machtype.XML_MAX_DEPTH]; %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for unknown flags.
 *
 * Returns: (transfer full): the domain, or %NULL on error
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_new_from_xml (const char *xml, gssize length, MachtypeDomainReadFlags flags,
                              GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) devices = NULL;

  g_return_val_if_fail (xml != NULL, NULL);

  if (!mt_check_flags ("reading a domain", flags, MACHTYPE_DOMAIN_READ_DEVICES, error))
    return NULL;
  if ((flags & MACHTYPE_DOMAIN_READ_DEVICES) != 0)
    devices = machtype_properties_builder_new ();
  return read_domain (xml, length, devices, error);
}

MachtypeDomain *
mt_domain_new_unread (const char *uuid, const char *xml)
{
  MachtypeDomain *domain = domain_new ();

  domain->uuid = g_strdup (uuid);
  domain->xml = g_strdup (xml);
  return domain;
}

MachtypeDomain *
mt_domain_read (const MachtypeDomain *unread, MachtypeDomainReadFlags flags, GError **error)
{
  MachtypeDomain *domain = machtype_domain_new_from_xml (unread->xml, -1, flags, error);

  if (domain != NULL)
    domain->state = unread->state;
  return domain;
}

void
mt_domain_set_state (MachtypeDomain *domain, const char *state)
{
  domain->state = state;
}

void
mt_domain_set_saved (MachtypeDomain *domain, gboolean has_saved_state, char **memory_snapshots)
{
  domain->has_saved_state = has_saved_state;
  g_strfreev (domain->memory_snapshots);
  domain->memory_snapshots = memory_snapshots;
}

/**
 * machtype_domain_ref:
 * @domain: a domain; must not be %NULL
 *
 * Increases the reference count of @domain. Thread-safe.
 *
 * Returns: (transfer full): @domain
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_ref (MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);

  g_atomic_ref_count_inc (&domain->refs);
  return domain;
}

/**
 * machtype_domain_unref:
 * @domain: (transfer full) (nullable): a domain; %NULL does nothing
 *
 * Decreases the reference count of @domain; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_unref (MachtypeDomain *domain)
{
  if (domain == NULL || !g_atomic_ref_count_dec (&domain->refs))
    return;
  g_free (domain->type);
  g_free (domain->name);
  g_free (domain->uuid);
  g_free (domain->machine);
  g_free (domain->argument_machine);
  machtype_properties_unref (domain->devices);
  g_clear_error (&domain->problem);
  g_strfreev (domain->memory_snapshots);
  g_free (domain->xml);
  g_free (domain);
}

/**
 * machtype_domain_get_domain_type:
 * @domain: a domain; must not be %NULL
 *
 * Gets libvirt's domain type, such as `kvm`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @domain; %NULL if the XML has
 *   none
 * Since: 1.0
 */
const char *
machtype_domain_get_domain_type (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->type;
}

/**
 * machtype_domain_get_name:
 * @domain: a domain; must not be %NULL
 *
 * Gets the domain's name. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @domain; %NULL if it is not
 *   before `<os>`
 * Since: 1.0
 */
const char *
machtype_domain_get_name (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->name;
}

/**
 * machtype_domain_get_uuid:
 * @domain: a domain; must not be %NULL
 *
 * Gets the domain's UUID as it is written in the XML. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @domain; %NULL if it is not
 *   before `<os>`
 * Since: 1.0
 */
const char *
machtype_domain_get_uuid (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->uuid;
}

/**
 * machtype_domain_get_arch:
 * @domain: a domain; must not be %NULL
 *
 * Gets the architecture of the guest. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if it is missing or unknown
 * Since: 1.0
 */
MachtypeArch
machtype_domain_get_arch (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, MACHTYPE_ARCH_UNKNOWN);
  return domain->arch;
}

/**
 * machtype_domain_get_machine:
 * @domain: a domain; must not be %NULL
 *
 * Gets the machine type of the definition. libvirt replaces an alias by its canonical name when it
 * defines a domain. If QEMU's own arguments (`<qemu:commandline>`) name another one, that one runs:
 * [func@Machtype.Domain.lint] reports it. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @domain; %NULL if the XML
 *   has none
 * Since: 1.0
 */
const char *
machtype_domain_get_machine (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->machine;
}

const char *
mt_domain_get_argument_machine (const MachtypeDomain *domain)
{
  return domain->argument_machine;
}

/**
 * machtype_domain_get_state:
 * @domain: a domain; must not be %NULL
 *
 * Gets the domain's state by Nova's name (`active`, `stopped`). It is known only if the domain was
 * read through a [struct@Machtype.Connection]: XML does not contain it. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, a constant string; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_domain_get_state (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->state;
}

/**
 * machtype_domain_has_saved_state:
 * @domain: a domain; must not be %NULL
 *
 * Checks whether the domain's RAM is saved (`virsh managedsave`): at its next start the guest
 * resumes on the machine type that it was saved with. This is known only if the domain was read
 * with %MACHTYPE_DOMAIN_READ_SAVED. Thread-safe.
 *
 * Returns: %TRUE if it is saved
 * Since: 1.0
 */
gboolean
machtype_domain_has_saved_state (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, FALSE);
  return domain->has_saved_state;
}

/**
 * machtype_domain_dup_memory_snapshots:
 * @domain: a domain; must not be %NULL
 *
 * Gets the names of the snapshots that contain the guest's RAM: reverting to one restores the
 * machine type that the guest had then. They are known only if the domain was read with
 * %MACHTYPE_DOMAIN_READ_SAVED. Thread-safe.
 *
 * Returns: (transfer full): the names; empty if there are none
 * Since: 1.0
 */
char **
machtype_domain_dup_memory_snapshots (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->memory_snapshots != NULL ? g_strdupv (domain->memory_snapshots)
                                          : g_new0 (char *, 1);
}

/**
 * machtype_domain_list_saved:
 * @domain: a domain; must not be %NULL
 *
 * Lists the saved state and snapshots of the domain that would restore an earlier machine type.
 * Codes: `saved-state`, `memory-snapshots`. They are known only if the domain was read with
 * %MACHTYPE_DOMAIN_READ_SAVED. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings; empty if there are
 *   none
 * Since: 1.0
 */
GPtrArray *
machtype_domain_list_saved (const MachtypeDomain *domain)
{
  g_autofree char *names = NULL, *shown = NULL;
  GPtrArray *findings;

  g_return_val_if_fail (domain != NULL, NULL);

  findings = mt_findings_new ();
  if (domain->has_saved_state)
    mt_change_add_saved_state (findings);
  if (domain->memory_snapshots == NULL || *domain->memory_snapshots == NULL)
    return findings;
  names = g_strjoinv (", ", domain->memory_snapshots);
  shown = machtype_text_escape_message (names);
  g_ptr_array_add (findings,
                   mt_finding_new ("memory-snapshots",
                                   g_strdup_printf ("reverting to a memory snapshot restores the "
                                                    "machine type that the guest had then: %s",
                                                    shown),
                                   NULL));
  return findings;
}

/**
 * machtype_domain_get_change_state:
 * @domain: a domain; must not be %NULL
 *
 * Gets the domain's state, reduced to what matters for a change of its machine type. Thread-safe.
 *
 * Returns: the state; %MACHTYPE_STATE_UNKNOWN if it is unknown
 * Since: 1.0
 */
MachtypeState
machtype_domain_get_change_state (const MachtypeDomain *domain)
{
  MachtypeState state = MACHTYPE_STATE_UNKNOWN;

  g_return_val_if_fail (domain != NULL, MACHTYPE_STATE_UNKNOWN);

  if (domain->state != NULL)
    mt_state_find (domain->state, &state);
  return domain->has_saved_state && mt_state_may_change (state) ? MACHTYPE_STATE_SAVED : state;
}

/**
 * machtype_domain_get_devices:
 * @domain: a domain; must not be %NULL
 *
 * Gets the devices that are recorded with a machine type, as the image properties that would
 * request them: `hw_disk_bus` and `hw_cdrom_bus` of the first drive of the kind, `hw_input_bus` and
 * `hw_pointer_model` of the tablet, `hw_video_model`, `hw_vif_model`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the properties, valid as long as @domain; %NULL if devices
 *   were not read
 * Since: 1.0
 */
MachtypeProperties *
machtype_domain_get_devices (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->devices;
}

/**
 * machtype_domain_get_error:
 * @domain: a domain; must not be %NULL
 *
 * Gets the reason why a domain that a host lists could not be read. Only the UUID and the state of
 * such a domain are known. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the error, valid as long as @domain; %NULL if there is none
 * Since: 1.0
 */
const GError *
machtype_domain_get_error (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, NULL);
  return domain->problem;
}

static void
write_texts (GString *json, const char *name, char *const *texts)
{
  if (texts == NULL || *texts == NULL)
    return;
  mt_json_begin (json, name, '[');
  for (; *texts != NULL; texts++)
    mt_json_text (json, NULL, *texts);
  mt_json_end (json, ']');
}

/**
 * machtype_domain_to_json:
 * @domain: a domain; must not be %NULL
 *
 * Writes what was read of a domain as a JSON object on one line. `doc/json.md` documents the
 * members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_domain_to_json (const MachtypeDomain *domain)
{
  GString *json;

  g_return_val_if_fail (domain != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "uuid", domain->uuid);
  mt_json_text (json, "name", domain->name);
  mt_json_text (json, "domain_type", domain->type);
  if (domain->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (domain->arch));
  mt_json_text (json, "machine", domain->machine);
  mt_json_text (json, "state", domain->state);
  if (domain->has_saved_state)
    mt_json_boolean (json, "has_saved_state", TRUE);
  write_texts (json, "memory_snapshots", domain->memory_snapshots);
  if (domain->devices != NULL)
    mt_properties_write (json, "devices", domain->devices);
  if (domain->problem != NULL) {
    mt_json_text (json, "error", machtype_error_to_string (domain->problem->code));
    mt_json_text (json, "message", domain->problem->message);
  }
  return mt_json_end_value (json);
}
