/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeDomainStatusBuilder: the status of a domain from XML. */

#include "domain-status/domain-status-private.h"

#include "arch-private.h"
#include "error-private.h"

struct _MachtypeDomainStatusBuilder {
  gatomicrefcount refs;
  MachtypeDomainReadFlags flags;
  MachtypeDomainStatus *status; /* not shared: private to the builder */
  gboolean is_persistence_set;
};

G_DEFINE_BOXED_TYPE (MachtypeDomainStatusBuilder, machtype_domain_status_builder,
                     machtype_domain_status_builder_ref, machtype_domain_status_builder_unref)

/**
 * machtype_domain_status_builder_new:
 * @uuid: the domain's UUID; must not be %NULL
 * @flags: what to read of each part: its devices as well, or not
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Creates a builder for the status of a domain about which nothing but its UUID is known.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID and unknown flags;
 * %MACHTYPE_DOMAIN_READ_SAVED is ignored: what is saved is what the builder is given.
 *
 * Returns: (transfer full): the builder, or %NULL on error
 * Since: 1.0
 */
MachtypeDomainStatusBuilder *
machtype_domain_status_builder_new (const char *uuid, MachtypeDomainReadFlags flags, GError **error)
{
  MachtypeDomainStatusBuilder *builder;
  MtUuid parsed;

  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error) ||
      !mt_check_flags ("reading a domain", flags,
                       MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED, error))
    return NULL;
  builder = g_new0 (MachtypeDomainStatusBuilder, 1);
  g_atomic_ref_count_init (&builder->refs);
  builder->flags = flags & MACHTYPE_DOMAIN_READ_DEVICES;
  builder->status = mt_domain_status_new (&parsed);
  return builder;
}

/**
 * machtype_domain_status_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypeDomainStatusBuilder *
machtype_domain_status_builder_ref (MachtypeDomainStatusBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_domain_status_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_status_builder_unref (MachtypeDomainStatusBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  machtype_domain_status_unref (builder->status);
  g_free (builder);
}

/* Names are text from outside: XML can contain any, so any is kept. */
static gboolean
set_name (char **slot, const char *what, const char *name, GError **error)
{
  if (name != NULL && !mt_check_utf8 (what, name, MACHTYPE_RECORD_MAX_TEXT, error))
    return FALSE;
  g_free (*slot);
  *slot = name != NULL && *name != '\0' ? g_strdup (name) : NULL;
  return TRUE;
}

/**
 * machtype_domain_status_builder_set_name:
 * @builder: a builder; must not be %NULL
 * @name: (nullable): the domain's name, copied; %NULL or empty if it is that of the XML
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name of the domain.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_name (MachtypeDomainStatusBuilder *builder, const char *name,
                                         GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return set_name (&builder->status->name, "the domain's name", name, error);
}

/**
 * machtype_domain_status_builder_set_host_name:
 * @builder: a builder; must not be %NULL
 * @host_name: (nullable): the host's name (`virConnectGetHostname`), copied; %NULL or empty if
 *   unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name of the host that the domain is on.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_host_name (MachtypeDomainStatusBuilder *builder,
                                              const char *host_name, GError **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  return set_name (&builder->status->host_name, "the host's name", host_name, error);
}

/**
 * machtype_domain_status_builder_set_state:
 * @builder: a builder; must not be %NULL
 * @state: (nullable): the state by Nova's or libvirt's name, in any case (`stopped`, `shut off`,
 *   `ACTIVE`), such as [func@Machtype.State.from_libvirt] returns it; %NULL or empty if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the state of the domain.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown state. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_state (MachtypeDomainStatusBuilder *builder, const char *state,
                                          GError **error)
{
  MachtypeState ignored;

  g_return_val_if_fail (builder != NULL, FALSE);

  if (state == NULL || *state == '\0') {
    builder->status->state = NULL;
    return TRUE;
  }
  if (machtype_state_from_string (state, error) == MACHTYPE_STATE_UNKNOWN)
    return FALSE;
  builder->status->state = mt_state_find (state, &ignored);
  return TRUE;
}

/**
 * machtype_domain_status_builder_set_persistent:
 * @builder: a builder; must not be %NULL
 * @is_persistent: whether it is persistent (`virDomainIsPersistent`)
 *
 * Sets whether the domain has a definition that remains when it is shut off. Unless this is called,
 * it has one if [method@Machtype.DomainStatusBuilder.set_definition] is called.
 *
 * Since: 1.0
 */
void
machtype_domain_status_builder_set_persistent (MachtypeDomainStatusBuilder *builder,
                                               gboolean is_persistent)
{
  g_return_if_fail (builder != NULL);
  builder->status->is_persistent = is_persistent != FALSE;
  builder->is_persistence_set = TRUE;
}

/* libvirt refuses the saved RAM and snapshots of another domain. */
static gboolean
check_uuid (const MachtypeDomainStatusBuilder *builder, const MachtypeDomain *domain,
            GError **error)
{
  const char *text = domain != NULL ? machtype_domain_get_uuid (domain) : NULL;
  MtUuid uuid;

  if (text == NULL)
    return TRUE;
  if (!mt_uuid_parse (text, &uuid, error))
    return FALSE;
  return strcmp (uuid.text, builder->status->uuid.text) == 0 ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the XML is that of domain %s, not of %s",
                  uuid.text, builder->status->uuid.text);
}

/* Takes ownership of the domain. */
static void
take_domain (MachtypeDomain **slot, MachtypeDomain *domain)
{
  machtype_domain_unref (*slot);
  *slot = domain;
}

static gboolean
set_domain (MachtypeDomainStatusBuilder *builder, MachtypeDomain **slot, const char *xml,
            gssize length, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, length, builder->flags, error);

  if (domain == NULL || !check_uuid (builder, domain, error))
    return FALSE;
  take_domain (slot, g_steal_pointer (&domain));
  return TRUE;
}

gboolean
mt_domain_status_builder_set_live (MachtypeDomainStatusBuilder *builder, const char *xml,
                                   GError **error)
{
  g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (xml, -1, builder->flags, error);

  if (domain == NULL || !check_uuid (builder, domain, error))
    return FALSE;
  if (mt_domain_is_live (domain))
    take_domain (&builder->status->running, g_steal_pointer (&domain));
  return TRUE;
}

/**
 * machtype_domain_status_builder_set_definition:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh dumpxml --inactive`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads the definition of the domain, and the record in its metadata.
 *
 * Raises what [ctor@Machtype.Domain.new_from_xml] raises, and %MACHTYPE_ERROR_INVALID_ARGUMENT for
 * the XML of another domain. On error the builder is unchanged;
 * [method@Machtype.DomainStatusBuilder.add_problem] keeps the reason in the status.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_definition (MachtypeDomainStatusBuilder *builder,
                                               const char *xml, gssize length, GError **error)
{
  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);
  return set_domain (builder, &builder->status->definition, xml, length, error);
}

/**
 * machtype_domain_status_builder_set_running:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh dumpxml` of a running domain; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads what runs.
 *
 * Raises what [method@Machtype.DomainStatusBuilder.set_definition] raises.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_running (MachtypeDomainStatusBuilder *builder, const char *xml,
                                            gssize length, GError **error)
{
  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);
  return set_domain (builder, &builder->status->running, xml, length, error);
}

/**
 * machtype_domain_status_builder_set_has_saved_state:
 * @builder: a builder; must not be %NULL
 * @has_saved_state: whether its RAM is saved (`virDomainHasManagedSaveImage`)
 *
 * Sets whether the domain's RAM is saved, for an image that cannot be read.
 *
 * Since: 1.0
 */
void
machtype_domain_status_builder_set_has_saved_state (MachtypeDomainStatusBuilder *builder,
                                                    gboolean has_saved_state)
{
  g_return_if_fail (builder != NULL);
  builder->status->has_saved_state = has_saved_state != FALSE;
}

/**
 * machtype_domain_status_builder_set_saved:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh managedsave-dumpxml`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads the domain as it was when its RAM was saved.
 *
 * Raises what [method@Machtype.DomainStatusBuilder.set_definition] raises.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_set_saved (MachtypeDomainStatusBuilder *builder, const char *xml,
                                          gssize length, GError **error)
{
  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);

  if (!set_domain (builder, &builder->status->saved, xml, length, error))
    return FALSE;
  builder->status->has_saved_state = TRUE;
  return TRUE;
}

static void
add_problem (MachtypeDomainStatus *status, MachtypeDomainPart part, const char *snapshot,
             GError *error)
{
  g_ptr_array_add (status->problems, mt_domain_problem_new (part, snapshot, error));
}

static gboolean
check_snapshot (const MachtypeDomainStatusBuilder *builder, const MtDomainSnapshot *snapshot,
                GError **error)
{
  if (snapshot->name == NULL || *snapshot->name == '\0')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "snapshot: it has no name");
  return check_uuid (builder, snapshot->domain, error) &&
         check_uuid (builder, snapshot->inactive, error);
}

/**
 * machtype_domain_status_builder_add_snapshot:
 * @builder: a builder; must not be %NULL
 * @xml: the text of `virsh snapshot-dumpxml`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a snapshot of the domain. One that does not contain its domain is added, too, and is one of
 * the problems.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is malformed, is not a snapshot with a name or
 * has a document type, %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_INVALID_ARGUMENT for a snapshot
 * of another domain. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_add_snapshot (MachtypeDomainStatusBuilder *builder, const char *xml,
                                             gssize length, GError **error)
{
  MtDomainSnapshot snapshot;

  g_return_val_if_fail (builder != NULL && xml != NULL, FALSE);

  if (!mt_domain_read_snapshot (xml, length, builder->flags, &snapshot, error))
    return FALSE;
  if (!check_snapshot (builder, &snapshot, error)) {
    mt_domain_snapshot_clear (&snapshot);
    return FALSE;
  }
  if (snapshot.domain == NULL)
    add_problem (builder->status, MACHTYPE_DOMAIN_PART_SNAPSHOT, snapshot.name,
                 g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML,
                                      "the snapshot does not contain its domain, as libvirt before "
                                      "0.9.5 wrote it: its machine type is not known"));
  g_ptr_array_add (builder->status->snapshots, mt_domain_snapshot_new (&snapshot));
  return TRUE;
}

/**
 * machtype_domain_status_builder_add_problem:
 * @builder: a builder; must not be %NULL
 * @part: the part that could not be read
 * @snapshot: (nullable): the name of the snapshot that could not be read, copied; %NULL for another
 *   part, and if the snapshots could not be listed
 * @code: the reason
 * @message: the reason for people, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a part that could not be read. If it is the saved RAM, it is saved.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid part or reason, and for a snapshot's name
 * with another part. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_domain_status_builder_add_problem (MachtypeDomainStatusBuilder *builder,
                                            MachtypeDomainPart part, const char *snapshot,
                                            MachtypeError code, const char *message, GError **error)
{
  GError *why = NULL;

  g_return_val_if_fail (builder != NULL && message != NULL, FALSE);

  if (!mt_domain_part_is_valid (part))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown part %d of a domain",
                    (int)part);
  if (strcmp (machtype_error_to_string ((int)code), "unknown") == 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown error code %d", (int)code);
  if (snapshot != NULL && part != MACHTYPE_DOMAIN_PART_SNAPSHOT)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the name of a snapshot, but the part is %s",
                    machtype_domain_part_to_string (part));
  if (part == MACHTYPE_DOMAIN_PART_SAVED)
    builder->status->has_saved_state = TRUE;
  mt_fail (&why, code, "%s", message);
  add_problem (builder->status, part, snapshot, why);
  return TRUE;
}

/* A hint, which anybody can edit. */
static MachtypeRecord *
read_mirror (const MtUuid *uuid, const MtDomainMirror *mirror, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) record = machtype_record_builder_new (uuid->text, error);
  MachtypeSource source = MACHTYPE_SOURCE_IMPORT;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  if (mirror->machine == NULL) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "the record has no machine type");
    return NULL;
  }
  if (mirror->arch != NULL) {
    arch = machtype_arch_from_string (mirror->arch, error);
    if (arch == MACHTYPE_ARCH_UNKNOWN)
      return NULL;
  }
  if ((mirror->source != NULL && !machtype_source_from_string (mirror->source, &source, error)) ||
      !machtype_record_builder_set_arch (record, arch, error) ||
      !machtype_record_builder_set_machine (record, mirror->machine, mirror->requested, source,
                                            error))
    return NULL;
  machtype_record_builder_set_recorded_at (record, 0);
  return machtype_record_builder_end (record);
}

/* The record is written into the definition and into what runs. */
static void
read_metadata (MachtypeDomainStatus *status)
{
  const MachtypeDomain *domain = status->definition != NULL ? status->definition : status->running;
  const MtDomainMirror *mirror = domain != NULL ? mt_domain_get_mirror (domain) : NULL;
  GError *error = NULL;

  if (mirror == NULL)
    return;
  status->metadata = read_mirror (&status->uuid, mirror, &error);
  if (status->metadata == NULL)
    add_problem (status, MACHTYPE_DOMAIN_PART_METADATA, NULL, error);
}

static MachtypeDomain *
ref_domain (MachtypeDomain *domain)
{
  return domain != NULL ? machtype_domain_ref (domain) : NULL;
}

static const char *
get_xml_name (const MachtypeDomainStatus *status)
{
  MachtypeDomain *const domains[] = { status->definition, status->running, status->saved };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (domains); i++) {
    if (domains[i] != NULL && machtype_domain_get_name (domains[i]) != NULL)
      return machtype_domain_get_name (domains[i]);
  }
  return NULL;
}

/**
 * machtype_domain_status_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the status. The builder keeps its contents and can be used again.
 *
 * Returns: (transfer full): the status
 * Since: 1.0
 */
MachtypeDomainStatus *
machtype_domain_status_builder_end (MachtypeDomainStatusBuilder *builder)
{
  const MachtypeDomainStatus *from;
  MachtypeDomainStatus *status;

  g_return_val_if_fail (builder != NULL, NULL);

  from = builder->status;
  status = mt_domain_status_new (&from->uuid);
  status->name = g_strdup (from->name != NULL ? from->name : get_xml_name (from));
  status->host_name = g_strdup (from->host_name);
  status->state = from->state;
  status->is_persistent =
      builder->is_persistence_set ? from->is_persistent : from->definition != NULL;
  status->has_saved_state = from->has_saved_state;
  status->definition = ref_domain (from->definition);
  status->running = ref_domain (from->running);
  status->saved = ref_domain (from->saved);
  g_ptr_array_unref (status->snapshots);
  status->snapshots = mt_domain_snapshots_copy (from->snapshots);
  g_ptr_array_unref (status->problems);
  status->problems = mt_domain_problems_copy (from->problems);
  read_metadata (status);
  return status;
}

MachtypeDomainStatus *
mt_domain_status_builder_finish (MachtypeDomainStatusBuilder *builder)
{
  MachtypeDomainStatus *status = g_steal_pointer (&builder->status);

  if (status->name == NULL)
    status->name = g_strdup (get_xml_name (status));
  if (!builder->is_persistence_set)
    status->is_persistent = status->definition != NULL;
  read_metadata (status);
  machtype_domain_status_builder_unref (builder);
  return status;
}
