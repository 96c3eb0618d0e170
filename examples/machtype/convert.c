/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "convert.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal.h"

MachtypeChangeFlags
convert_get_flags (const ConvertOptions *options)
{
  guint flags = MACHTYPE_CHANGE_NONE;

  if (options->force)
    flags |= MACHTYPE_CHANGE_FORCE;
  if (options->pin)
    flags |= MACHTYPE_CHANGE_PIN;
  if (options->require_offered)
    flags |= MACHTYPE_CHANGE_REQUIRE_OFFERED;
  return (MachtypeChangeFlags)flags;
}

/* The shell has truncated the file before the program starts. What is left must not be replaced. */
static gboolean
check_standard_output (const char *input, GError **error)
{
  gboolean is_stdin = strcmp (input, "-") == 0;
  struct stat in, out;

  if ((is_stdin ? fstat (STDIN_FILENO, &in) : stat (input, &in)) != 0 ||
      fstat (STDOUT_FILENO, &out) != 0 || !S_ISREG (in.st_mode) || in.st_dev != out.st_dev ||
      in.st_ino != out.st_ino)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "%s: standard output is this file; use --output FILE, which can be the same",
                    is_stdin ? "standard input" : input);
}

/* A device or pipe. */
static gboolean
write_directly (const char *path, const char *text, GError **error)
{
  FILE *stream = fopen (path, "we");
  gboolean ok = stream != NULL && fputs (text, stream) >= 0;
  int why = errno;

  if (stream != NULL && fclose (stream) != 0 && ok) {
    ok = FALSE;
    why = errno;
  }
  if (!ok)
    g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (why), "%s: %s", path,
                 g_strerror (why));
  return ok;
}

/* All of it or nothing: a temporary file takes the place of an existing file, with its mode. A
 * symbolic link stays one. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autofree char *resolved = realpath (path, NULL);
  const char *target = resolved != NULL ? resolved : path;
  struct stat file;
  gboolean exists = stat (target, &file) == 0, ok;
  int mode = exists ? (int)(file.st_mode & 07777) : 0666;

  if (exists && !S_ISREG (file.st_mode))
    return write_directly (target, text, error);
  signals_delay ();
  ok = g_file_set_contents_full (
      target, text, -1,
      (GFileSetContentsFlags)(G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE), mode,
      error);
  if (ok && exists)
    g_chmod (target, mode); /* without the umask */
  signals_deliver ();
  return ok;
}

gboolean
convert_write_xml (const ConvertOptions *options, const MachtypeConversion *conversion,
                   GError **error)
{
  const char *xml = machtype_conversion_get_xml (conversion);

  if (xml == NULL) /* refused */
    return TRUE;
  if (options->output != NULL && strcmp (options->output, "-") != 0)
    return write_file (options->output, xml, error);
  if (!options->json)
    write_output (xml);
  return TRUE;
}

void
convert_print (const MachtypeConversion *conversion, GPtrArray *warnings)
{
  MachtypeChange *change = machtype_conversion_get_change (conversion);
  g_autoptr (GPtrArray) effects = machtype_conversion_list_effects (conversion);

  if (terminal_is_screen (stderr))
    change_print (stderr, change);
  else if (!machtype_change_is_permitted (change))
    g_printerr ("machtype: %s\n",
                machtype_verdict_to_string (machtype_change_get_verdict (change)));
  change_report (change, warnings, effects);
}

void
convert_warn_of_names (const ConvertOptions *options, const char *xml, MachtypeHost *host)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, NULL);
  const char *machine = domain != NULL ? machtype_domain_get_machine (domain) : NULL;
  MachtypeArch arch = domain != NULL ? machtype_domain_get_arch (domain) : MACHTYPE_ARCH_UNKNOWN;

  if (machine != NULL)
    warn_of_impossible ("warning", machine, arch, host);
  warn_of_impossible ("warning", options->machine, arch, host);
}

static MachtypeConversion *
convert (const char *path, const ConvertOptions *options, GError **error)
{
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GError) why = NULL;
  g_autofree char *xml = NULL;
  MachtypeState state;
  gsize length = 0;

  if (!read_state (options->state, &state, error) || !check_standard_output (path, error))
    return NULL;
  host = host_options_open (&options->hosts.host, &why);
  if (why == NULL)
    xml = read_input (path, MACHTYPE_XML_MAX_SIZE, &length, &why);
  if (xml == NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  convert_warn_of_names (options, xml, host);
  return machtype_domain_convert (xml, (gssize)length, options->machine, state,
                                  convert_get_flags (options), host, error);
}

static void
add_entries (GOptionContext *context, ConvertOptions *options)
{
  const GOptionEntry entries[] = {
    { "machine", 'm', 0, G_OPTION_ARG_STRING, &options->machine, "the new machine type (required)",
      "TYPE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
      "write the XML to this file, even the input", "FILE" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &options->state, "the guest's state (default: stopped)",
      "STATE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options->force,
      "override refusals; required for another family", NULL },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &options->pin,
      "allow replacing an alias with what it resolves to", NULL },
    { "domain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->domains,
      "convert this one of the host; can be repeated", "NAME" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run,
      "report what --apply would do, write nothing", NULL },
    { "diff", 0, 0, G_OPTION_ARG_NONE, &options->diff, "show what changes, without passwords",
      NULL },
    { "apply", 0, 0, G_OPTION_ARG_NONE, &options->apply, "define the domain, and record it", NULL },
    { "require-offered", 0, 0, G_OPTION_ARG_NONE, &options->require_offered,
      "refuse what the host does not offer", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  selection_add_current (context, &options->selection);
  guest_hosts_add (context, &options->hosts);
  options_add_store (context, &options->store, FALSE);
  options_add_output (context, &options->json, "print JSON, one object per guest");
}

static gboolean
has_guests (const ConvertOptions *options)
{
  return options->domains != NULL || selection_is_set (&options->selection);
}

/* What does not fit guests of a host; NULL: nothing. */
static const char *
find_misfit_of_guests (const ConvertOptions *options, int argc)
{
  const gboolean changes = options->apply || options->dry_run;

  if (argc > 1)
    return "FILE cannot be combined with --domain, --all or filters";
  if (options->hosts.host.connect == NULL)
    return "--domain, --all and filters need --connect URI, the host that has the domains";
  if (options->state != NULL)
    return "--state cannot be combined with --domain, --all or filters: the host knows it; "
           "--current-state STATE selects guests by it";
  if (!changes && options->hosts.uris != NULL)
    return "several hosts need --dry-run, which shows what would be done, or --apply, which does "
           "it";
  if (!changes && (selection_is_set (&options->selection) || options->domains[1] != NULL))
    return "several guests need --dry-run, which shows what would be done, or --apply, which does "
           "it";
  if (options->output != NULL && (changes || options->diff))
    return "--output cannot be combined with --apply, --dry-run and --diff";
  if (options->json && options->diff)
    return "--diff cannot be combined with --json";
  return NULL;
}

static const char *
find_misfit_of_file (const ConvertOptions *options, int argc)
{
  if (options->hosts.uris != NULL)
    return "FILE cannot be combined with several hosts";
  if (options->apply || options->diff || options->dry_run)
    return "--apply, --dry-run and --diff need --domain NAME, --all or filters, for domains of the "
           "host of --connect";
  return argc < 2 ? "too few arguments: name a FILE, or use --domain NAME, --all or filters with "
                    "--connect URI"
                  : NULL;
}

/* Errors in which document or guests are meant, and in what happens to them. */
static gboolean
check_source (const ConvertOptions *options, int argc, GError **error)
{
  const int n_named = options->domains != NULL ? (int)g_strv_length (options->domains) : 0;
  const char *message = options->machine == NULL ? "no machine type given; use --machine TYPE"
                        : has_guests (options)   ? find_misfit_of_guests (options, argc)
                                                 : find_misfit_of_file (options, argc);

  if (message != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
  return selection_check (&options->selection, n_named, error);
}

static void
print_file (const MachtypeConversion *conversion)
{
  g_autoptr (GPtrArray) warnings =
      machtype_change_list_warnings (machtype_conversion_get_change (conversion));

  convert_print (conversion, warnings);
}

static int
convert_file (const ConvertOptions *options, const char *path, GError **error)
{
  g_autoptr (MachtypeConversion) conversion = convert (path, options, error);

  if (conversion == NULL || !convert_write_xml (options, conversion, error))
    return report_answer (*error, options->json);
  if (options->json)
    json_print (machtype_conversion_to_json (conversion));
  else
    print_file (conversion);
  return machtype_change_is_permitted (machtype_conversion_get_change (conversion)) ? STATUS_DONE
                                                                                    : STATUS_NO;
}

int
command_convert (int argc, char **argv)
{
  ConvertOptions options = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      "[FILE|-]",
      "Rewrites a domain's XML for another machine type, and reports what the guest\n"
      "will notice. Nothing is defined. FILE is the output of virsh dumpxml --inactive\n"
      "--security-info of a guest that is shut off; with -, it is standard input.\n"
      "\n"
      "With --domain, the XML is that of a domain of the host. --apply defines and\n"
      "records it, if it is shut off; 'machtype undo' brings the old definition back.\n"
      "Several --domain, --all and filters convert several guests, with one report. If\n"
      "one that is named is unknown, nothing is changed; one that is refused does not\n"
      "keep the others from being converted.",
      "Exit status: 0 done, 1 refused, 2 bad input or usage, 3 libvirt, the store or a\n"
      "file failed, 75 changed concurrently, or a change is pending; of several guests\n"
      "that of all that failed, if it is the same, otherwise 1.\n\n"
      "Example:\n"
      "  machtype convert web.xml --machine pc-q35-7.2 --force --output new.xml\n"
      "  machtype convert --domain web -c qemu:///system -m pc-q35-7.2 --force --diff\n"
      "  machtype convert --domain web -c qemu:///system -m pc-q35-7.2 --force --apply\n"
      "  machtype convert --current-machine 'pc-i440fx-*' -c qemu:///system \\\n"
      "      -m pc-q35-7.2 --force --dry-run");
  g_autoptr (GError) error = NULL;
  int status;

  add_entries (context, &options);
  if (options_parse (context, &argc, &argv, 0, 1, &status)) {
    if (!guest_hosts_read (&options.hosts, &error) || !check_source (&options, argc, &error))
      status = report_answer (error, options.json);
    else if (has_guests (&options))
      status = convert_domains (&options, &error);
    else
      status = convert_file (&options, argv[1], &error);
  }
  guest_hosts_clear (&options.hosts);
  store_options_clear (&options.store);
  g_free (options.machine);
  g_free (options.output);
  g_free (options.state);
  g_strfreev (options.domains);
  selection_clear (&options.selection);
  return status;
}
