/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* first [URI]: the machine type of an s390x image on this host, and why.
 *
 * The smallest program that asks a host. Every object is a g_autoptr, and the error is checked
 * once, at the end: a call that is skipped leaves NULL. The README shows this program.
 *
 *     cc first.c $(pkg-config --cflags --libs libmachtype) -o first && ./first
 */
#include <machtype/machtype.h>

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "qemu:///system";
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) image = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) r = NULL;
  g_autoptr (GError) error = NULL;

  if (machtype_properties_builder_add_image (builder, "hw_emulation_architecture", "s390x", &error))
    host = machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, 120000, &error);
  if (host != NULL) {
    image = machtype_properties_builder_end (builder);
    r = machtype_resolve (image, NULL, host, NULL, &error);
  }
  if (r == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("%s, because %s\n", machtype_resolution_get_machine_to_record (r),
           machtype_resolution_get_explanation (r));
  return 0;
}
