/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* resolve-image HOST [PROPERTY=VALUE...]: the machine type of a new guest, and why.
 *
 * Reads image properties, resolves them against a host, and prints the name to record, each rule
 * that was applied, and warnings. HOST is a libvirt URI or, to need no connection, a file with the
 * output of `virsh capabilities`.
 *
 *     virsh -c qemu:///system capabilities >host.xml
 *     resolve-image host.xml hw_machine_type=q35
 *     resolve-image qemu:///system hw_emulation_architecture=aarch64
 */
#include <machtype/machtype.h>

#include <locale.h>
#include <string.h>

/* Two minutes: a newly installed libvirt first probes every emulator. */
#define TIMEOUT_MS 120000

static MachtypeProperties *
read_properties (char **arguments, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  for (; *arguments != NULL; arguments++) {
    g_auto (GStrv) pair = g_strsplit (*arguments, "=", 2);
    const char *value = g_strv_length (pair) == 2 ? pair[1] : "";

    if (!machtype_properties_builder_add_image (builder, pair[0], value, error))
      return NULL;
  }
  return machtype_properties_builder_end (builder);
}

static MachtypeHost *
read_capabilities (const char *path, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = NULL;
  gsize length;

  if (!g_file_get_contents (path, &xml, &length, error) ||
      !machtype_host_builder_set_capabilities (builder, xml, (gssize)length, error))
    return NULL;
  return machtype_host_builder_end (builder);
}

static MachtypeHost *
open_host (const char *text, GError **error)
{
  if (strstr (text, "://") != NULL)
    return machtype_host_open (text, MACHTYPE_HOST_OPEN_NONE, TIMEOUT_MS, error);
  return read_capabilities (text, error);
}

static MachtypeResolution *
resolve (const char *host_text, char **arguments, GError **error)
{
  g_autoptr (MachtypeProperties) image = read_properties (arguments, error);
  g_autoptr (MachtypeHost) host = NULL;

  if (image == NULL)
    return NULL;
  host = open_host (host_text, error);
  return host != NULL ? machtype_resolve (image, NULL, host, NULL, error) : NULL;
}

static void
print_resolution (const MachtypeResolution *resolution)
{
  g_autoptr (GPtrArray) warnings = machtype_resolution_list_warnings (resolution);
  const char *const *step;
  guint i;

  g_print ("%s, because %s\n", machtype_resolution_get_machine_to_record (resolution),
           machtype_resolution_get_explanation (resolution));
  for (step = machtype_resolution_get_steps (resolution); *step != NULL; step++)
    g_print ("  %s\n", *step);
  for (i = 0; i < warnings->len; i++)
    g_print ("warning: %s\n", machtype_finding_get_message (warnings->pdata[i]));
}

int
main (int argc, char **argv)
{
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (argc < 2) {
    g_printerr ("usage: resolve-image URI|CAPABILITIES-FILE [PROPERTY=VALUE...]\n");
    return 2;
  }
  resolution = resolve (argv[1], argv + 2, &error);
  if (resolution == NULL) {
    g_printerr ("resolve-image: %s\n", error->message);
    return 1;
  }
  print_resolution (resolution);
  return 0;
}
