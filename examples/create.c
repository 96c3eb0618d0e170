/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* create URI NAME UUID ARCH: records a guest, then defines it, over a libvirt connection of its
 * own.
 *
 * The record is on disk before libvirt is called. So there is no guest without a record, and the
 * store is not locked while libvirt works. After an interruption run the same again: what is
 * recorded decides, even if the operator has changed the default in between. If libvirt refuses the
 * guest, the record is removed again.
 *
 *     cc create.c $(pkg-config --cflags --libs libmachtype libvirt) -o create
 *     create qemu:///system web 6f1d4b5e-0000-4000-8000-000000000001 x86_64
 */
#include <libvirt/virterror.h>
#include <machtype/machtype.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virConnect, virConnectClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (virDomain, virDomainFree)

static MachtypeGuest *
make_guest (virConnect *libvirt, char **argv, MachtypeRecord *there, GError **error)
{
  g_autofree char *capabilities = virConnectGetCapabilities (libvirt), *devices = NULL;
  g_autoptr (MachtypeHostBuilder) known = machtype_host_builder_new (), more = NULL;
  g_autoptr (MachtypeConfig) config = machtype_config_load (NULL, error);
  g_autoptr (MachtypeProperties) asked = NULL, all = NULL;
  g_autoptr (MachtypeHost) host = NULL, full = NULL;
  g_autoptr (MachtypeResolution) chosen = NULL;
  g_autoptr (MachtypeGuestBuilder) guest = NULL;

  if (config == NULL || capabilities == NULL ||
      !machtype_host_builder_set_capabilities (known, capabilities, -1, error))
    return NULL;
  host = machtype_host_builder_end (known);
  asked = machtype_properties_new_for_arch (machtype_arch_from_string (argv[4], NULL), error);
  if (asked == NULL ||
      (chosen = machtype_record_resolve (there, MACHTYPE_OPERATION_SPAWN, asked,
                                         machtype_config_get_policy (config), host, error)) == NULL)
    return NULL;
  devices = virConnectGetDomainCapabilities (libvirt, NULL, argv[4],
                                             machtype_resolution_get_machine (chosen),
                                             machtype_resolution_get_domain_type (chosen), 0);
  more = machtype_host_builder_new_from (host);
  if (devices != NULL && !machtype_host_builder_add_domain_capabilities (more, devices, -1, error))
    return NULL;
  full = machtype_host_builder_end (more);
  all = machtype_record_dup_guest_properties (there, MACHTYPE_OPERATION_SPAWN, asked, NULL);
  guest = machtype_guest_builder_new (chosen, all, full);
  if (!machtype_guest_builder_set_name (guest, argv[2], error) ||
      !machtype_guest_builder_set_uuid (guest, argv[3], error))
    return NULL;
  return machtype_guest_builder_end (guest, error);
}

static gboolean
create (virConnect *libvirt, MachtypeStore *store, char **argv, GError **error)
{
  g_autoptr (MachtypeRecord) there = machtype_store_read_record (store, argv[3], NULL), kept = NULL;
  g_autoptr (MachtypeGuest) guest = make_guest (libvirt, argv, there, error);
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (virDomain) domain = NULL;

  if (guest == NULL || (builder = machtype_record_builder_new (argv[3], error)) == NULL ||
      !machtype_record_builder_set_name (builder, argv[2], error) ||
      !machtype_record_builder_set_guest (builder, guest, error))
    return FALSE;
  record = machtype_record_builder_end (builder);
  kept = machtype_store_record (store, record, g_get_user_name (), NULL, error);
  domain = kept != NULL ? virDomainDefineXML (libvirt, machtype_guest_get_xml (guest)) : NULL;
  if (kept == NULL || domain != NULL)
    return domain != NULL;
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT, virGetLastErrorMessage ());
  if (there == NULL && (domain = virDomainLookupByUUIDString (libvirt, argv[3])) == NULL &&
      virGetLastErrorCode () == VIR_ERR_NO_DOMAIN)
    machtype_store_remove (store, kept, NULL); /* refused: there is no guest to record */
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (virConnect) libvirt = argc == 5 ? virConnectOpen (argv[1]) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeStore) store =
      machtype_store_open_default (MACHTYPE_STORE_OPEN_CREATE, 60000, &error);

  if (store != NULL && libvirt != NULL && create (libvirt, store, argv, &error))
    return 0;
  g_printerr ("create URI NAME UUID ARCH: %s\n",
              error != NULL ? error->message : virGetLastErrorMessage ());
  return 1;
}
