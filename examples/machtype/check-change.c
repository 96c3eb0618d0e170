/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

/* One change to judge. */
typedef struct {
  const char *old_type, *new_type;
  MachtypeArch arch;
  MachtypeState state;
  gboolean force;
} Case;

typedef struct {
  gboolean json, force, pin, require_offered, verbose;
  char *arch, *state;
  GuestOptions guest; /* only its properties */
  MachtypeProperties *properties;
  MachtypeHost *host;
} CheckOptions;

static void
print_json (const MachtypeChange *change, GPtrArray *broken)
{
  GString *json = json_begin_with (machtype_change_to_json (change));

  json_findings (json, "incompatible", broken);
  json_end (json);
}

static void
print_findings_of (const MachtypeChange *change)
{
  g_autoptr (GPtrArray) warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);

  change_report (change, warnings, effects);
}

/* NULL: reported instead of the answer. */
static MachtypeChange *
judge (const Case *c, const CheckOptions *options, GError **error)
{
  guint flags = MACHTYPE_CHANGE_NONE;

  if (c->force)
    flags |= MACHTYPE_CHANGE_FORCE;
  if (options->pin)
    flags |= MACHTYPE_CHANGE_PIN;
  if (options->require_offered)
    flags |= MACHTYPE_CHANGE_REQUIRE_OFFERED;
  if (options->verbose)
    flags |= MACHTYPE_CHANGE_PROPERTIES;
  return machtype_change_check (c->old_type, c->new_type, c->arch, NULL, c->state,
                                (MachtypeChangeFlags)flags, options->host, error);
}

/* What is given for it, otherwise for the guest, otherwise for the host. */
static MachtypeArch
get_arch (const Case *c, const CheckOptions *options)
{
  if (c->arch != MACHTYPE_ARCH_UNKNOWN)
    return c->arch;
  return machtype_properties_get_guest_arch (
      options->properties,
      options->host != NULL ? machtype_host_get_arch (options->host) : MACHTYPE_ARCH_UNKNOWN);
}

/* The properties that the change would break. If the type does not change, as for a new QEMU, those
 * that the given host does not support. */
static GPtrArray *
find_broken (const Case *c, const CheckOptions *options)
{
  gboolean changes = c->old_type != NULL && strcmp (c->old_type, c->new_type) != 0;

  return list_broken (options->properties, get_arch (c, options), changes ? c->old_type : NULL,
                      c->new_type, options->host);
}

static gboolean
read_arch (const char *text, MachtypeArch *arch, GError **error)
{
  *arch = MACHTYPE_ARCH_UNKNOWN;
  if (text == NULL || *text == '\0')
    return TRUE;
  *arch = machtype_arch_from_string (text, error);
  return *arch != MACHTYPE_ARCH_UNKNOWN;
}

static void
answer_error (const GError *error, const CheckOptions *options)
{
  const char *const invalid[] = { "invalid", error->message };

  if (options->json)
    json_error (error);
  else
    print_fields (invalid, G_N_ELEMENTS (invalid));
}

static void
answer_bad (const char *why, gpointer data)
{
  g_autoptr (GError) error =
      g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, why);

  answer_error (error, data);
}

static gboolean
read_fields (char **fields, const CheckOptions *options, Case *c, GError **error)
{
  guint n = g_strv_length (fields);

  if (n < 2 || n > 5) {
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "the line is not OLD, NEW, STATE, force or -, ARCH, separated by tabs");
  }
  c->old_type = fields[0];
  c->new_type = fields[1];
  if (n > 3 && strcmp (fields[3], "force") != 0 && strcmp (fields[3], "-") != 0) {
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "the fourth field must be force or -");
  }
  c->force = options->force || (n > 3 && strcmp (fields[3], "force") == 0);
  return read_state (n > 2 ? fields[2] : options->state, &c->state, error) &&
         read_arch (n > 4 ? fields[4] : options->arch, &c->arch, error);
}

static void
warn_of_names (const Case *c, const CheckOptions *options)
{
  warn_of_impossible ("warning", c->old_type, get_arch (c, options), options->host);
  warn_of_impossible ("warning", c->new_type, get_arch (c, options), options->host);
}

static void
answer_line (const char *line, gpointer data)
{
  const CheckOptions *options = data;
  g_auto (GStrv) fields = g_strsplit (line, "\t", 6);
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (GPtrArray) broken = NULL;
  g_autoptr (GError) error = NULL;
  Case c = { 0 };

  if (read_fields (fields, options, &c, &error))
    change = judge (&c, options, &error);
  if (change == NULL)
    answer_error (error, options);
  else if (options->json) {
    broken = find_broken (&c, options);
    print_json (change, broken);
  } else
    g_print ("%s\n", machtype_verdict_to_string (machtype_change_get_verdict (change)));
  if (change != NULL)
    warn_of_names (&c, options);
}

static int
check_one (const char *old_type, const char *new_type, const CheckOptions *options)
{
  Case c = { old_type, new_type, MACHTYPE_ARCH_UNKNOWN, MACHTYPE_STATE_STOPPED, options->force };
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (GPtrArray) broken = NULL;
  g_autoptr (GError) error = NULL;

  if (read_state (options->state, &c.state, &error) && read_arch (options->arch, &c.arch, &error))
    change = judge (&c, options, &error);
  if (change == NULL)
    return report_answer (error, options->json);
  warn_of_names (&c, options);
  broken = find_broken (&c, options);
  if (options->json)
    print_json (change, broken);
  else if (terminal_is_screen (stdout))
    change_print (stdout, change);
  else
    g_print ("%s\n", machtype_verdict_to_string (machtype_change_get_verdict (change)));
  if (!options->json)
    print_findings_of (change);
  warn_of_broken (broken);
  return machtype_change_is_permitted (change) ? STATUS_DONE : STATUS_NO;
}

static int
run (int argc, char **argv, HostOptions *host, CheckOptions *options)
{
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &options->arch, "the guest's architecture", "ARCH" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &options->state,
      "the instance's state (default: stopped)", "STATE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options->force, "override refusals", NULL },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &options->pin,
      "allow replacing an alias with what it resolves to", NULL },
    { "require-offered", 0, 0, G_OPTION_ARG_NONE, &options->require_offered,
      "refuse what the host does not offer", NULL },
    { "property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options->guest.properties,
      "an image property to check; can be repeated", "NAME=VALUE" },
    { "extra-spec", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->guest.extra_specs,
      "a flavor extra spec to check; can be repeated", "NAME=VALUE" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose,
      "list compatibility properties as well", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context =
      options_new ("OLD NEW|-",
                   "Checks whether a guest can change its machine type from OLD to NEW. An empty\n"
                   "OLD means that none is recorded. With -, reads cases from standard input, one\n"
                   "per line: OLD, NEW, STATE, force or -, ARCH, separated by tabs.",
                   "Exit status: 0 allowed, noop or forced, 1 refused, 2 bad input or usage, 3\n"
                   "libvirt or a file failed.\n\n"
                   "Example:\n"
                   "  machtype check-change pc-q35-6.2 pc-q35-7.2");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_host (context, host);
  options_add_output (context, &options->json, "print JSON, one object per line");
  if (!options_parse (context, &argc, &argv, 2, 2, &status))
    return status;
  options->host = host_options_open (host, &error);
  if (error == NULL)
    options->properties = guest_options_get_properties (&options->guest, &error);
  if (error != NULL)
    return report_answer (error, options->json);
  warn_of_unknown_names ("warning", options->properties);
  if (argc == 2)
    return for_each_line (options->json, answer_line, answer_bad, options);
  return check_one (argv[1], argv[2], options);
}

int
command_check_change (int argc, char **argv)
{
  CheckOptions options = { 0 };
  HostOptions host = { 0 };
  int status = run (argc, argv, &host, &options);

  machtype_host_unref (options.host);
  machtype_properties_unref (options.properties);
  guest_options_clear (&options.guest);
  g_free (options.arch);
  g_free (options.state);
  host_options_clear (&host);
  return status;
}
