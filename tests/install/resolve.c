/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <machtype/machtype.h>

int
main (void)
{
  MachtypePropertiesBuilder *builder = machtype_properties_builder_new ();
  MachtypeProperties *image;
  MachtypeResolution *r;

  machtype_properties_builder_add_image (builder, "hw_emulation_architecture", "aarch64", NULL);
  image = machtype_properties_builder_end (builder);
  r = machtype_resolve (image, NULL, NULL, NULL, NULL);
  g_print ("%s, because %s\n", machtype_resolution_get_machine (r),
           machtype_resolution_get_explanation (r));
  machtype_resolution_unref (r);
  machtype_properties_unref (image);
  machtype_properties_builder_unref (builder);
  return 0;
}
