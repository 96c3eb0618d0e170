/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An existing domain, as a value. */

#include "domain/domain-private.h"

#include <machtype/text.h>

#include <string.h>

#include "change-private.h"
#include "domain/read-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "json/json-private.h"
#include "properties/properties-private.h"
#include "record/record-private.h"

G_DEFINE_BOXED_TYPE (MachtypeDomain, machtype_domain, machtype_domain_ref, machtype_domain_unref)

MachtypeDomain *
mt_domain_new_problem (const char *uuid, GError *problem)
{
  MachtypeDomain *domain = mt_domain_new ();

  domain->uuid = g_strdup (uuid);
  domain->problem = problem;
  return domain;
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  if (depth == 1 && strcmp (element, "domain") != 0)
    return mt_xml_set_wrong_root ("domain", element, "domain", error);
  mt_domain_reading_start (data, element, depth, attributes);
  return TRUE;
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  MtDomainReading *reading = data;

  mt_domain_reading_end (reading, element, depth, text, length);
  if (reading->is_complete)
    mt_xml_reader_stop (reading->reader);
}

static void
restart (gpointer data)
{
  MtDomainReading *reading = data;
  MtXmlReader *reader = reading->reader;
  const MachtypeDomainReadFlags flags =
      reading->devices != NULL ? MACHTYPE_DOMAIN_READ_DEVICES : MACHTYPE_DOMAIN_READ_NONE;

  machtype_domain_unref (mt_domain_reading_finish (reading));
  *reading = (MtDomainReading){ .reader = reader };
  mt_domain_reading_begin (reading, flags);
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
  static const MtXmlHandler handler = { on_start, on_end };
  g_autoptr (MachtypeDomain) domain = NULL;
  MtDomainReading reading = { 0 };
  gboolean is_read;
  gsize size;

  g_return_val_if_fail (xml != NULL, NULL);

  if (!mt_check_flags ("reading a domain", flags, MACHTYPE_DOMAIN_READ_DEVICES, error) ||
      !mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  mt_domain_reading_begin (&reading, flags);
  is_read =
      mt_xml_read_plain (xml, size, "domain", &handler, restart, &reading, &reading.reader, error);
  domain = mt_domain_reading_finish (&reading);
  return is_read ? g_steal_pointer (&domain) : NULL;
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

static void
mirror_free (MtDomainMirror *mirror)
{
  if (mirror == NULL)
    return;
  g_free (mirror->arch);
  g_free (mirror->machine);
  g_free (mirror->requested);
  g_free (mirror->source);
  g_free (mirror);
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
  mirror_free (domain->mirror);
  g_clear_error (&domain->problem);
  g_strfreev (domain->memory_snapshots);
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

gboolean
mt_domain_is_live (const MachtypeDomain *domain)
{
  return domain->is_live;
}

const MtDomainMirror *
mt_domain_get_mirror (const MachtypeDomain *domain)
{
  return domain->mirror;
}

const char *
mt_domain_get_argument_machine (const MachtypeDomain *domain)
{
  return domain->argument_machine;
}

const char *
mt_domain_get_qemu_machine (const MachtypeDomain *domain)
{
  if (domain == NULL)
    return NULL;
  return domain->argument_machine != NULL ? domain->argument_machine : domain->machine;
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
 * Returns: (transfer full): the names, in the order of libvirt; empty if there are none
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
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, in the order of these
 *   codes; empty if there are none
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

/* All members, without the end. */
static GString *
begin_json (const MachtypeDomain *domain)
{
  GString *json = mt_json_begin_value ();

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
  return json;
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

  json = begin_json (domain);
  return mt_json_end_value (json);
}

/* Also what is not written for others. */
static char *
dup_all (const MachtypeDomain *domain)
{
  GString *json = begin_json (domain);

  mt_json_text (json, "argument_machine", domain->argument_machine);
  return mt_json_end_value (json);
}

/**
 * machtype_domain_equal:
 * @a: a domain; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two domains are equal: everything that was read of them. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_domain_equal (const MachtypeDomain *a, const MachtypeDomain *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_json_equal (dup_all (a), dup_all (b));
}

/**
 * machtype_domain_hash:
 * @domain: a domain; must not be %NULL
 *
 * Computes a hash of a domain, for hash tables: equal domains have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_domain_hash (const MachtypeDomain *domain)
{
  g_return_val_if_fail (domain != NULL, 0);
  return mt_json_hash (dup_all (domain));
}
