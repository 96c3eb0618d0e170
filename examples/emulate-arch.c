/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emulate-arch ARCH DISK [CAPABILITIES-FILE]: the domain XML of a guest of another architecture.
 *
 * Writes libvirt domain XML for an image with hw_emulation_architecture: with a machine type,
 * firmware and devices that this architecture supports. With the host's capabilities
 * (`virsh capabilities`), the XML also has the emulator and the canonical name of the machine type.
 *
 *     emulate-arch s390x /srv/guest.qcow2 host.xml >guest.xml && virsh define guest.xml
 */
#include <machtype/machtype.h>

#include <locale.h>
#include <stdio.h>

static MachtypeProperties *
make_image (const char *arch, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  if (!machtype_properties_builder_add_image (builder, "hw_emulation_architecture", arch, error))
    return NULL;
  return machtype_properties_builder_end (builder);
}

/* Without a file, nothing is known of the host. That is not an error. */
static gboolean
read_host (const char *path, MachtypeHost **host, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = NULL;
  gsize length;

  *host = NULL;
  if (path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &xml, &length, error) ||
      !machtype_host_builder_set_capabilities (builder, xml, (gssize)length, error))
    return FALSE;
  *host = machtype_host_builder_end (builder);
  return TRUE;
}

static MachtypeGuest *
make_guest (const char *arch, const char *disk, const char *path, GError **error)
{
  g_autoptr (MachtypeProperties) image = make_image (arch, error);
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;

  if (image == NULL || !read_host (path, &host, error))
    return NULL;
  resolution = machtype_resolve (image, NULL, host, NULL, error);
  if (resolution == NULL)
    return NULL;
  builder = machtype_guest_builder_new (resolution, image, host);
  if (!machtype_guest_builder_set_name (builder, arch, error) ||
      !machtype_guest_builder_set_memory (builder, 512, error) ||
      !machtype_guest_builder_add_disk (builder, disk, "qcow2", NULL, error) ||
      !machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL, NULL,
                                             error) ||
      !machtype_guest_builder_set_graphics (builder, MACHTYPE_GRAPHICS_TYPE_NONE, error))
    return NULL;
  return machtype_guest_builder_end (builder, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (MachtypeGuest) guest = NULL;
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (GError) error = NULL;
  guint i;

  setlocale (LC_ALL, "");
  if (argc < 3 || argc > 4) {
    g_printerr ("usage: emulate-arch ARCH DISK [CAPABILITIES-FILE]\n");
    return 2;
  }
  guest = make_guest (argv[1], argv[2], argv[3], &error);
  if (guest == NULL) {
    g_printerr ("emulate-arch: %s\n", error->message);
    return 1;
  }
  warnings = machtype_guest_list_warnings (guest);
  for (i = 0; i < warnings->len; i++)
    g_printerr ("warning: %s\n", machtype_finding_get_message (warnings->pdata[i]));
  /* Not g_print(), which converts to the encoding of the locale: XML is UTF-8. */
  return fputs (machtype_guest_get_xml (guest), stdout) >= 0 && fflush (stdout) == 0 ? 0 : 1;
}
