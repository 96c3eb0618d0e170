/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine type QEMU's own arguments name. libvirt appends them to its own, and QEMU takes the
 * last.
 *
 * Sources: QEMU system/vl.c (lookup_opt: one or two dashes, the value is the next argument;
 * -machine: keyval_parse_into), util/keyval.c (the first value can lack its key, the last of a key
 * counts, two commas are one), qemu-options.hx. Tried with QEMU 7.2. */

#include "domain/arguments-private.h"

#include <string.h>

#include "host/domain-type.h"
#include "string-private.h"

typedef enum { EXPECT_OPTION, EXPECT_VALUE, EXPECT_MACHINE } Expect;

/* The options that have no value, of all versions; all others have one. Source:
 * qemu-options.hx, 2.12 to 10.0, the rows without HAS_ARG. */
static const char flags[][20] = {
  "h",
  "help",
  "version",
  "S",
  "s",
  "async-teardown",
  "audio-help",
  "alt-grab",
  "ctrl-grab",
  "curses",
  "daemonize",
  "enable-fips",
  "enable-hax",
  "enable-kvm",
  "enable-sync-profile",
  "full-screen",
  "mem-prealloc",
  "no-acpi",
  "no-fd-bootchk",
  "no-frame",
  "no-hpet",
  "no-kvm",
  "no-quit",
  "no-reboot",
  "no-shutdown",
  "no-user-config",
  "nodefaults",
  "nodefconfig",
  "nographic",
  "old-param",
  "only-migratable",
  "portrait",
  "preconfig",
  "sdl",
  "semihosting",
  "singlestep",
  "snapshot",
  "usb",
  "win2k-hack",
  "xen-attach",
  "xen-domid-restrict",
};

static gboolean
has_value (const char *option)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (flags); i++) {
    if (mt_is_word (flags[i], option))
      return FALSE;
  }
  return TRUE;
}

/* Appends the text up to a comma, and returns what follows; NULL: nothing. Two commas are one. */
static const char *
read_value (const char *text, GString *value)
{
  for (; *text != '\0'; text++) {
    if (*text == ',' && *++text != ',')
      return text;
    g_string_append_c (value, *text);
  }
  return NULL;
}

static void
set_machine (MtQemuArguments *arguments, const char *machine)
{
  if (arguments->machine == NULL)
    arguments->machine = g_string_new (NULL);
  g_string_assign (arguments->machine, machine);
}

/* "q35,accel=kvm", "type=q35", "accel=kvm,type=q35" */
static void
read_machine (MtQemuArguments *arguments, const char *text)
{
  gboolean is_first = TRUE;

  while (text != NULL && *text != '\0') {
    g_autoptr (GString) part = g_string_new (NULL);

    text = read_value (text, part);
    if (g_str_has_prefix (part->str, "type="))
      set_machine (arguments, part->str + strlen ("type="));
    else if (is_first && strchr (part->str, '=') == NULL)
      set_machine (arguments, part->str);
    is_first = FALSE;
  }
}

/* Whether the option and its value are in one argument, which QEMU does not know. */
static gboolean
is_joined (const char *option)
{
  static const char names[][8] = { "machine", "M" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    gsize length = strlen (names[i]);

    if (strncmp (option, names[i], length) == 0 && option[length] != '\0' &&
        strchr ("= \t", option[length]) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
read_option (MtQemuArguments *arguments, const char *argument)
{
  const char *option = argument + 1;

  if (*argument != '-') /* a disk */
    return;
  if (*option == '-')
    option++;
  if (is_joined (option)) {
    if (arguments->unreadable == NULL)
      arguments->unreadable = g_string_new (argument);
  } else if (strcmp (option, "machine") == 0 || strcmp (option, "M") == 0)
    arguments->expects = EXPECT_MACHINE;
  else if (*option != '\0' && has_value (option))
    arguments->expects = EXPECT_VALUE;
}

void
mt_qemu_arguments_add (MtQemuArguments *arguments, const char *argument)
{
  const guint8 expects = arguments->expects;

  arguments->expects = EXPECT_OPTION;
  if (argument == NULL)
    return;
  if (expects == EXPECT_OPTION)
    read_option (arguments, argument);
  else if (expects == EXPECT_MACHINE)
    read_machine (arguments, argument);
}

void
mt_qemu_arguments_clear (MtQemuArguments *arguments)
{
  if (arguments->machine != NULL)
    g_string_free (arguments->machine, TRUE);
  if (arguments->unreadable != NULL)
    g_string_free (arguments->unreadable, TRUE);
  memset (arguments, 0, sizeof *arguments);
}

char *
mt_domain_dup_argument_machine (MtXmlNode *domain)
{
  g_auto (MtQemuArguments) arguments = { 0 };
  MtXmlNode *part, *argument;

  for (part = mt_xml_node_first (domain); part != NULL; part = mt_xml_node_next (part)) {
    if (!mt_xml_node_is (part, MT_QEMU_URI, "commandline"))
      continue;
    for (argument = mt_xml_node_first (part); argument != NULL;
         argument = mt_xml_node_next (argument)) {
      g_autofree char *value = NULL;

      if (!mt_xml_node_is (argument, MT_QEMU_URI, "arg"))
        continue;
      value = mt_xml_node_dup (argument, "value");
      mt_qemu_arguments_add (&arguments, value);
    }
  }
  return arguments.machine != NULL ? g_strdup (arguments.machine->str) : NULL;
}
