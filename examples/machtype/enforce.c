/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype enforce: whether libvirt's hook lets a guest start. It reads the store, and nothing
 * else; the hook ends it if it does not answer in time, and then the guest starts. */

#include "machtype-program.h"

#include "spool.h"

/* libvirt's hook passes no larger ones. */
#define XML_MAX (8 << 20)

static MachtypeDomainStatus *
read_guest (GError **error)
{
  gsize length = 0;
  g_autofree char *xml = read_input ("-", XML_MAX, &length, error);
  g_autoptr (MachtypeDomain) domain = NULL;
  g_autoptr (MachtypeDomainStatusBuilder) builder = NULL;

  if (xml != NULL)
    domain = machtype_domain_new_from_xml (xml, (gssize)length, MACHTYPE_DOMAIN_READ_NONE, error);
  if (domain == NULL)
    return NULL;
  if (machtype_domain_get_uuid (domain) == NULL) {
    set_error (error, MACHTYPE_ERROR_INVALID_XML, "the domain has no UUID");
    return NULL;
  }
  builder = machtype_domain_status_builder_new (machtype_domain_get_uuid (domain),
                                                MACHTYPE_DOMAIN_READ_NONE, error);
  if (builder == NULL ||
      !machtype_domain_status_builder_set_running (builder, xml, (gssize)length, error))
    return NULL;
  return machtype_domain_status_builder_end (builder);
}

/* Only what is recorded is enforced; whatever else the audit would say does not keep it from
 * starting. NULL: the error is set. */
static MachtypeAuditEntry *
compare (const StoreOptions *options, MachtypeDomainStatus *status, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (MachtypeAudit) audit = NULL;
  g_autofree char *host = spool_dup_host_name ();

  if (store == NULL)
    return NULL;
  audit = machtype_audit_new (store);
  return machtype_audit_begin_host (audit, host != NULL ? host : "localhost", NULL, NULL, error)
             ? machtype_audit_check_domain (audit, status, error)
             : NULL;
}

/* For whoever starts the guest, by virsh or otherwise. */
static void
refuse (const char *guest, const MachtypeAuditEntry *entry)
{
  g_printerr ("machtype: guest %s would start with %s, but %s is recorded for it: define it with "
              "that ('virsh edit'), or take over what is defined ('machtype record --accept "
              "%s')\n",
              guest, machtype_audit_entry_get_running (entry),
              machtype_audit_entry_get_recorded (entry), guest);
}

static int
enforce (const StoreOptions *options, const char *guest, GError **error)
{
  g_autoptr (MachtypeDomainStatus) status = read_guest (error);
  g_autoptr (MachtypeAuditEntry) entry = NULL;

  if (status == NULL)
    return STATUS_USAGE;
  entry = compare (options, status, error);
  if (entry == NULL)
    return STATUS_BACKEND;
  if (!machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING))
    return STATUS_DONE;
  refuse (guest, entry);
  return STATUS_NO;
}

int
command_enforce (int argc, char **argv)
{
  StoreOptions store = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      "GUEST",
      "Reads the XML of a guest that is about to start from standard input, and compares\n"
      "its machine type with the recorded one. It is for libvirt's hook, which calls it\n"
      "if /etc/machtype-hook.conf has the line \"enforce = yes\".",
      "Exit status: 0 the guest may start, 1 its machine type is not the recorded one, 2\n"
      "bad input or usage, 3 the store failed.\n\n"
      "Example:\n"
      "  virsh dumpxml web --inactive | machtype enforce web");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &store, FALSE);
  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status = enforce (&store, argv[1], &error);
  if (error != NULL)
    status = report (error);
  store_options_clear (&store);
  return status == STATUS_NO && error != NULL ? STATUS_BACKEND : status;
}
