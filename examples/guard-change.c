/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guard-change OLD NEW [STATE]: can the machine type of a guest change from OLD to NEW?
 *
 * Prints the verdict, the reasons, warnings, and what the guest would notice. STATE is the guest's
 * state in libvirt's or Nova's words (`shut off`, `running`, `shelved`). The exit status is 0 if
 * the change is allowed, 1 if it is refused, and 2 for invalid arguments.
 *
 *     guard-change pc-q35-6.2 pc-q35-7.2 && echo go on
 */
#include <machtype/machtype.h>

#include <locale.h>

static MachtypeChange *
check (char **arguments, GError **error)
{
  const char *state_text = arguments[2] != NULL ? arguments[2] : "stopped";
  MachtypeState state = machtype_state_from_string (state_text, error);

  if (state == MACHTYPE_STATE_UNKNOWN)
    return NULL;
  /* Without a host and an architecture, only the names are checked. */
  return machtype_change_check (arguments[0], arguments[1], MACHTYPE_ARCH_UNKNOWN, NULL, state,
                                MACHTYPE_CHANGE_NONE, NULL, error);
}

static void
print_findings (const char *what, GPtrArray *findings)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = g_ptr_array_index (findings, i);

    g_print ("%s: %s\n", what, machtype_finding_get_message (finding));
  }
}

static void
print_change (const MachtypeChange *change)
{
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);

  g_print ("%s\n", machtype_verdict_to_string (machtype_change_get_verdict (change)));
  print_findings ("reason", reasons);
  print_findings ("warning", warnings);
  print_findings ("effect", effects);
}

int
main (int argc, char **argv)
{
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (argc < 3 || argc > 4) {
    g_printerr ("usage: guard-change OLD NEW [STATE]\n");
    return 2;
  }
  change = check (argv + 1, &error);
  if (change == NULL) {
    g_printerr ("guard-change: %s\n", error->message);
    return 2;
  }
  print_change (change);
  return machtype_change_is_permitted (change) ? 0 : 1;
}
