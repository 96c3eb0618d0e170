/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guests URI FOLDER: writes every domain that the library generates for this host. */

#include "test.h"

#include <string.h>

#include "generated.h"

#define TIMEOUT_MS (5 * 60 * 1000)

static void
write_guest (const char *folder, const char *label, MachtypeGuest *guest)
{
  g_autofree char *name = g_strdup (label), *path = NULL;
  GError *error = NULL;

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-", '-');
  path = g_strdup_printf ("%s/%s.xml", folder, name);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_error ("two domains are named %s", name);
  if (!g_file_set_contents (path, machtype_guest_get_xml (guest), -1, &error))
    g_error ("%s", error->message);
}

static void
write_all (MachtypeHost *host, MachtypePolicy *policy, const GeneratedMachine *machine,
           const char *folder)
{
  guint choice, shape;

  for (choice = 0; choice < n_generated_choices; choice++) {
    for (shape = 0; shape < n_generated_shapes; shape++) {
      g_autofree char *label =
          g_strdup_printf ("%s-%s-%s-%s", machine->arch, machine->machine,
                           generated_choices[choice], generated_shapes[shape].label);
      g_autoptr (MachtypeGuest) guest = generated_try_guest (
          host, policy, machine, generated_choices[choice], &generated_shapes[shape], NULL);

      if (guest != NULL)
        write_guest (folder, label, guest);
    }
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;
  guint machine;

  if (argc != 3)
    return 2;
  machtype_policy_builder_set_domain_type (builder, "qemu", &error);
  g_assert_no_error (error);
  policy = machtype_policy_builder_end (builder);
  host = machtype_host_open (argv[1], MACHTYPE_HOST_OPEN_EVENT_LOOP, TIMEOUT_MS, &error);
  g_assert_no_error (error);
  for (machine = 0; machine < n_generated_machines; machine++)
    write_all (host, policy, &generated_machines[machine], argv[2]);
  return 0;
}
