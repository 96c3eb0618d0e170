/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guard URI DOMAIN MACHINE: may this domain get another machine type? Its new definition, or why
 * not.
 *
 * The tool keeps its own connection; libmachtype gets texts and the state as libvirt's number. The
 * new definition is on standard output: pass it to `virsh define`. Warnings and effects on the
 * guest are on standard error. The exit status is 1 if the change is refused, 2 if it cannot be
 * judged.
 *
 *     cc guard.c $(pkg-config --cflags --libs libmachtype libvirt) -o guard
 *     guard qemu:///system web pc-q35-7.2
 */
#include <libvirt/virterror.h>
#include <machtype/machtype.h>
#include <stdio.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virConnect, virConnectClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (virDomain, virDomainFree)

static MachtypeConversion *
judge (virConnect *libvirt, virDomain *dom, const char *machine, GError **error)
{
  g_autofree char *capabilities = virConnectGetCapabilities (libvirt);
  g_autofree char *xml = virDomainGetXMLDesc (dom, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  MachtypeState state;
  int number;

  if (capabilities == NULL || xml == NULL || virDomainGetState (dom, &number, NULL, 0) != 0 ||
      !machtype_host_builder_set_capabilities (builder, capabilities, -1, error))
    return NULL;
  host = machtype_host_builder_end (builder);
  state = virDomainHasManagedSaveImage (dom, 0) == 1 ? MACHTYPE_STATE_SAVED
                                                     : machtype_state_from_libvirt (number, NULL);
  return machtype_domain_convert (xml, -1, machine, state, MACHTYPE_CHANGE_NONE, host, error);
}

static void
print (const char *what, GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    g_printerr ("%s: %s\n", what, machtype_finding_get_message (findings->pdata[i]));
  g_ptr_array_unref (findings);
}

int
main (int argc, char **argv)
{
  g_autoptr (virConnect) libvirt = argc == 4 ? virConnectOpen (argv[1]) : NULL;
  g_autoptr (virDomain) dom = libvirt != NULL ? virDomainLookupByName (libvirt, argv[2]) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeConversion) conversion =
      dom != NULL ? judge (libvirt, dom, argv[3], &error) : NULL;
  const char *xml;

  if (conversion == NULL) {
    g_printerr ("guard: %s\n", error != NULL ? error->message : virGetLastErrorMessage ());
    return 2;
  }
  print ("reason", machtype_change_list_reasons (machtype_conversion_get_change (conversion)));
  print ("warning", machtype_change_list_warnings (machtype_conversion_get_change (conversion)));
  print ("effect", machtype_conversion_list_effects (conversion));
  xml = machtype_conversion_get_xml (conversion);
  return xml != NULL && fputs (xml, stdout) >= 0 ? 0 : 1;
}
