// SPDX-License-Identifier: LGPL-2.1-or-later
#include <machtype/machtype.h>

#include <cstdio>
#include <memory>

int
main ()
{
  std::unique_ptr<MachtypePropertiesBuilder, decltype (&machtype_properties_builder_unref)>
      builder (machtype_properties_builder_new (), machtype_properties_builder_unref);
  machtype_properties_builder_add_image (builder.get (), "hw_emulation_architecture", "arm64",
                                         nullptr);
  std::unique_ptr<MachtypeProperties, decltype (&machtype_properties_unref)> image (
      machtype_properties_builder_end (builder.get ()), machtype_properties_unref);
  std::unique_ptr<MachtypeResolution, decltype (&machtype_resolution_unref)> r (
      machtype_resolve (image.get (), nullptr, nullptr, nullptr, nullptr),
      machtype_resolution_unref);
  std::printf ("%s, because %s\n", machtype_resolution_get_machine (r.get ()),
               machtype_resolution_get_explanation (r.get ()));
}
