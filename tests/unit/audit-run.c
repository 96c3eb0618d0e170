/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests for tests of an audit. */

#include "audit-run.h"

#include "test.h"

#include <string.h>

void
run_init (Run *run)
{
  run->store = machtype_store_open_memory ();
  run->audit = machtype_audit_new (run->store);
  run->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_audit_entry_unref);
  run->stop_after = 0;
}

void
run_clear (Run *run)
{
  machtype_audit_unref (run->audit);
  g_object_unref (run->store);
  g_ptr_array_unref (run->entries);
}

gboolean
run_on_entry (MachtypeAuditEntry *entry, gpointer data)
{
  Run *run = data;

  g_ptr_array_add (run->entries, machtype_audit_entry_ref (entry));
  return run->entries->len != run->stop_after;
}

MachtypeRecord *
run_add_record (MachtypeStore *store, const Stored *stored)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeRecordBuilder) builder =
      machtype_record_builder_new (stored->uuid != NULL ? stored->uuid : UUID, &error);
  g_autoptr (MachtypeProperties) properties = test_make_properties (stored->properties);
  g_autoptr (MachtypeRecord) record = NULL;
  MachtypeRecord *added;

  g_assert_no_error (error);
  machtype_record_builder_set_versions (builder, stored->qemu, 0);
  machtype_record_builder_set_seen_at (builder, stored->seen_at);
  if (stored->properties != NULL)
    g_assert_true (machtype_record_builder_set_properties (builder, properties, &error));
  g_assert_true (machtype_record_builder_set_name (builder, stored->name, &error) &&
                 machtype_record_builder_set_host (builder, stored->host, NULL, &error) &&
                 machtype_record_builder_set_state (builder, stored->state, &error) &&
                 machtype_record_builder_set_arch (builder, stored->arch, &error) &&
                 machtype_record_builder_set_machine (
                     builder, stored->machine, stored->machine,
                     stored->machine != NULL ? MACHTYPE_SOURCE_IMPORT : MACHTYPE_SOURCE_NONE,
                     &error));
  g_assert_no_error (error);
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
  return added;
}

void
run_store_record (MachtypeStore *store, const Stored *stored)
{
  machtype_record_unref (run_add_record (store, stored));
}

static char *
make_xml (const Found *found, const char *machine)
{
  const MachtypeArch arch = found->arch != MACHTYPE_ARCH_UNKNOWN ? found->arch : X86;

  return g_markup_printf_escaped (
      "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>%s</name>"
      "<uuid>%s</uuid><os><type arch='%s' machine='%s'>hvm</type></os><q:commandline>"
      "<q:arg value='%s'/><q:arg value='%s'/></q:commandline></domain>",
      found->name != NULL ? found->name : "web", found->uuid != NULL ? found->uuid : UUID,
      machtype_arch_to_string (arch), machine, found->argument != NULL ? "-M" : "-nodefaults",
      found->argument != NULL ? found->argument : "-S");
}

static void
add_snapshot (MachtypeDomainStatusBuilder *builder, const Found *found, const char *name,
              const char *machine, gboolean has_memory)
{
  g_autofree char *domain = NULL, *xml = NULL;
  g_autoptr (GError) error = NULL;

  if (machine == NULL)
    return;
  domain = make_xml (found, machine);
  xml = g_strdup_printf ("<domainsnapshot><name>%s</name><memory snapshot='%s'/>%s"
                         "</domainsnapshot>",
                         name, has_memory ? "internal" : "no", domain);
  machtype_domain_status_builder_add_snapshot (builder, xml, -1, &error);
  g_assert_no_error (error);
}

/* As libvirt before 0.9.5 wrote them. */
static void
add_bare_snapshot (MachtypeDomainStatusBuilder *builder, const char *name)
{
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    return;
  xml = g_strdup_printf ("<domainsnapshot><name>%s</name><state>running</state></domainsnapshot>",
                         name);
  machtype_domain_status_builder_add_snapshot (builder, xml, -1, &error);
  g_assert_no_error (error);
}

typedef gboolean (*SetFunc) (MachtypeDomainStatusBuilder *builder, const char *xml, gssize length,
                             GError **error);

static void
set_part (MachtypeDomainStatusBuilder *builder, const Found *found, SetFunc func,
          const char *machine)
{
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;

  if (machine == NULL)
    return;
  xml = make_xml (found, machine);
  func (builder, xml, -1, &error);
  g_assert_no_error (error);
}

MachtypeDomainStatus *
found_make_status (const Found *found)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeDomainStatusBuilder) builder = machtype_domain_status_builder_new (
      found->uuid != NULL ? found->uuid : UUID, MACHTYPE_DOMAIN_READ_NONE, &error);

  g_assert_no_error (error);
  g_assert_true (machtype_domain_status_builder_set_name (
      builder, found->name != NULL ? found->name : "web", &error));
  g_assert_true (machtype_domain_status_builder_set_state (builder,
                                                           found->state != NULL     ? found->state
                                                           : found->running != NULL ? "running"
                                                                                    : "shut off",
                                                           &error));
  set_part (builder, found, machtype_domain_status_builder_set_definition, found->defined);
  set_part (builder, found, machtype_domain_status_builder_set_running, found->running);
  set_part (builder, found, machtype_domain_status_builder_set_saved, found->saved);
  if (found->has_unknown_saved)
    machtype_domain_status_builder_set_has_saved_state (builder, TRUE);
  add_snapshot (builder, found, "before", found->snapshot, TRUE);
  add_snapshot (builder, found, "offline", found->offline, FALSE);
  add_bare_snapshot (builder, found->bare);
  if (found->broken != NULL)
    g_assert_true (machtype_domain_status_builder_add_problem (
        builder, found->part, NULL, MACHTYPE_ERROR_INVALID_XML, found->broken, &error));
  return machtype_domain_status_builder_end (builder);
}

void
run_check_found (Run *run, const Found *found)
{
  g_autoptr (MachtypeDomainStatus) status = found_make_status (found);
  g_autoptr (GError) error = NULL;
  MachtypeAuditEntry *entry = machtype_audit_check_domain (run->audit, status, &error);

  g_assert_no_error (error);
  g_ptr_array_add (run->entries, entry);
}

void
run_begin (Run *run, const char *host)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (machtype_audit_begin_host (run->audit, host, NULL, NULL, &error));
  g_assert_no_error (error);
}

void
run_check_records (Run *run)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (machtype_audit_check_records (run->audit, run_on_entry, run, &error));
  g_assert_no_error (error);
}

char *
entry_dup_codes (const MachtypeAuditEntry *entry)
{
  return test_join_codes (machtype_audit_entry_list_findings (entry));
}

char *
entry_dup_words (const MachtypeAuditEntry *entry)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const char *remedy = machtype_finding_get_remedy (findings->pdata[i]);

    g_string_append_printf (text, "%s; %s\n", machtype_finding_get_message (findings->pdata[i]),
                            remedy != NULL ? remedy : "no remedy");
  }
  return g_string_free (text, FALSE);
}

void
assert_words (const char *text, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);
  char **word;

  for (word = list; *word != NULL; word++) {
    ROW ("  '%s' in: %s", *word, text);
    g_assert_nonnull (strstr (text, *word));
  }
}
