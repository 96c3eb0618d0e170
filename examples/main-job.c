/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main-job IMAGE_PROPERTY=VALUE...: decide, check, record, change and write one guest.
 *
 * Everything that happens to a guest, in one program. The folders python, vala, javascript and
 * cplusplus have the same program, with the same output.
 *
 *     main-job hw_emulation_architecture=aarch64
 */
#include <machtype/machtype.h>

#include <locale.h>
#include <string.h>

#define UUID "6f1d4b5e-0000-4000-8000-000000000001"

static MachtypeProperties *
read_image (char **arguments, GError **error)
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

/* machtype_host_open ("qemu:///system", ...) would ask libvirt; here, only the CPU architecture is
 * known. */
static MachtypeHost *
read_host (GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

  if (!machtype_host_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, error))
    return NULL;
  return machtype_host_builder_end (builder);
}

static MachtypeRecord *
record (MachtypeStore *store, const MachtypeResolution *resolution, const MachtypeGuest *guest,
        GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, error);
  g_autoptr (MachtypeRecord) unkept = NULL;

  if (builder == NULL || !machtype_record_builder_set_resolution (builder, resolution, error) ||
      !machtype_record_builder_set_guest (builder, guest, error) ||
      !machtype_record_builder_set_state (builder, "stopped", error))
    return NULL;
  unkept = machtype_record_builder_end (builder);
  return machtype_store_add (store, unkept, NULL, error);
}

static gboolean
print_change (const MachtypeRecord *kept, MachtypeHost *host, GError **error)
{
  g_autoptr (MachtypeChange) change = machtype_change_check (
      machtype_record_get_machine (kept), "pc-q35-9.0", machtype_record_get_arch (kept), NULL,
      MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, host, error);
  g_autoptr (GPtrArray) reasons = NULL;
  guint i;

  if (change == NULL)
    return FALSE;
  g_print ("%s\n", machtype_verdict_to_string (machtype_change_get_verdict (change)));
  reasons = machtype_change_list_reasons (change);
  for (i = 0; i < reasons->len; i++)
    g_print ("%s\n", machtype_finding_get_message (g_ptr_array_index (reasons, i)));
  return TRUE;
}

/* The line of the domain XML with the machine type. */
static void
print_type (const MachtypeGuest *guest)
{
  g_auto (GStrv) lines = g_strsplit (machtype_guest_get_xml (guest), "\n", 0);
  char **line = lines;

  while (strstr (*line, "<type ") == NULL)
    line++;
  g_print ("%s\n", g_strstrip (*line));
}

static gboolean
keep (const MachtypeResolution *resolution, MachtypeGuest *guest, MachtypeHost *host,
      GError **error)
{
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeRecord) kept = record (store, resolution, guest, error);

  return kept != NULL && print_change (kept, host, error);
}

static gboolean
run (MachtypeProperties *image, int *status, GError **error)
{
  g_autoptr (MachtypeHost) host = read_host (error);
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  g_autoptr (MachtypeGuest) guest = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  const char *machine;

  if (host != NULL)
    resolution = machtype_resolve (image, NULL, host, NULL, error);
  if (resolution == NULL)
    return FALSE;
  machine = machtype_resolution_get_machine_to_record (resolution);
  g_print ("%s, because %s\n", machine, machtype_resolution_get_explanation (resolution));

  findings =
      machtype_compat_check (image, machtype_resolution_get_arch (resolution), NULL, machine, host);
  if (findings->len > 0) {
    const MachtypeFinding *first = g_ptr_array_index (findings, 0);

    g_print ("%s; %s\n", machtype_finding_get_message (first), machtype_finding_get_remedy (first));
    *status = 1;
    return TRUE;
  }

  builder = machtype_guest_builder_new (resolution, image, host);
  guest = machtype_guest_builder_end (builder, error);
  if (guest == NULL)
    return FALSE;
  print_type (guest);
  return keep (resolution, guest, host, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (MachtypeProperties) image = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  (void)argc;
  setlocale (LC_ALL, "");
  image = read_image (argv + 1, &error);
  if (image == NULL || !run (image, &status, &error)) {
    g_printerr ("main-job: %s\n", error->message);
    return 1;
  }
  return status;
}
