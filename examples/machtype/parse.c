/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

typedef struct {
  gboolean json;
  MachtypeArch arch;
} ParseOptions;

static char *
dup_version (const MachtypeName *name)
{
  guint major, minor, micro;

  if (!machtype_name_get_version (name, &major, &minor, &micro))
    return NULL;
  if (machtype_name_get_vendor (name) == MACHTYPE_VENDOR_UBUNTU)
    return g_strdup_printf ("%u.%02u", major, minor);
  if (micro == 0 && machtype_name_get_vendor (name) != MACHTYPE_VENDOR_RHEL)
    return g_strdup_printf ("%u.%u", major, minor);
  return g_strdup_printf ("%u.%u.%u", major, minor, micro);
}

typedef gboolean (*LifecycleFunc) (const MachtypeName *name, guint *major, guint *minor);

static char *
dup_release (const MachtypeName *name, LifecycleFunc func)
{
  guint major, minor;

  return func (name, &major, &minor) ? g_strdup_printf ("%u.%u", major, minor) : NULL;
}

/* The fields of a name, in the order in which they are printed. */
typedef struct {
  const char *label;
  char *value; /* NULL: none */
} Field;

#define N_FIELDS 11

/* A line of many has those that programs know by their position, not the last one. */
#define N_LINE_FIELDS 10

static void
get_fields (const MachtypeName *name, Field fields[N_FIELDS])
{
  guint revision = machtype_name_get_revision (name);
  const char *family = machtype_family_to_string (machtype_name_get_family (name));
  const char *vendor = machtype_vendor_to_string (machtype_name_get_vendor (name));
  const Field all[N_FIELDS] = {
    { "name", g_strdup (machtype_name_get_text (name)) },
    { "kind", g_strdup (machtype_name_kind_to_string (machtype_name_get_kind (name))) },
    { "family", strcmp (family, "none") != 0 ? g_strdup (family) : NULL },
    { "vendor", strcmp (vendor, "unknown") != 0 ? g_strdup (vendor) : NULL },
    { "version", dup_version (name) },
    { "revision", revision != 0 ? g_strdup_printf ("%u", revision) : NULL },
    { "tag", g_strdup (machtype_name_get_tag (name)) },
    { "upstream_base", machtype_name_dup_upstream_base (name) },
    { "deprecated_in", dup_release (name, machtype_lifecycle_get_deprecated) },
    { "removed_in", dup_release (name, machtype_lifecycle_get_removed) },
    { "lifecycle", machtype_lifecycle_dup_text (name) },
  };

  memcpy (fields, all, sizeof all);
}

static void
print_fields_of (const Field fields[N_FIELDS])
{
  const char *values[N_LINE_FIELDS];
  gsize i;

  for (i = 0; i < N_LINE_FIELDS; i++)
    values[i] = fields[i].value;
  print_fields (values, N_LINE_FIELDS);
}

static void
print_all (const Field fields[N_FIELDS])
{
  gsize i;

  for (i = 0; i < N_FIELDS; i++) {
    /* QEMU's releases have been shown by then. */
    if (i == N_LINE_FIELDS && (fields[i - 1].value != NULL || fields[i - 2].value != NULL))
      continue;
    if (fields[i].value != NULL)
      g_print ("%-14s %s\n", fields[i].label, fields[i].value);
  }
}

static void
print_text (const MachtypeName *name, gboolean in_line)
{
  Field fields[N_FIELDS];
  gsize i;

  get_fields (name, fields);
  if (in_line)
    print_fields_of (fields);
  else
    print_all (fields);
  for (i = 0; i < N_FIELDS; i++)
    g_free (fields[i].value);
}

static void
print_name (const MachtypeName *name, const ParseOptions *options, gboolean in_line)
{
  if (options->json)
    json_print (machtype_name_to_json (name));
  else
    print_text (name, in_line);
  warn_of_impossible ("warning", machtype_name_get_text (name), options->arch, NULL);
}

static void
answer_bad (const char *why, gpointer data)
{
  const char *const invalid[] = { NULL, "invalid", why };
  const ParseOptions *options = data;
  g_autoptr (GError) error = g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_NAME, why);

  if (options->json)
    json_error (error);
  else
    print_fields (invalid, G_N_ELEMENTS (invalid));
}

static void
answer_line (const char *line, gpointer data)
{
  const ParseOptions *options = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeName) name = machtype_name_new (line, options->arch, &error);

  if (name == NULL)
    answer_bad (error->message, data);
  else
    print_name (name, options, TRUE);
}

static int
parse_one (const char *text, const ParseOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeName) name = machtype_name_new (text, options->arch, &error);

  if (name == NULL) {
    report_answer (error, options->json);
    return STATUS_NO;
  }
  print_name (name, options, FALSE);
  return STATUS_DONE;
}

int
command_parse (int argc, char **argv)
{
  g_autofree char *arch = NULL;
  ParseOptions options = { FALSE, MACHTYPE_ARCH_UNKNOWN };
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &arch, "the guest's architecture", "ARCH" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "NAME|-",
      "Shows the parts of a machine type name: kind, family, vendor, version, and when\n"
      "QEMU deprecates and removes it. With -, reads names from standard input, one\n"
      "per line.",
      "Exit status: 0 done, 1 invalid name, 2 usage.\n\n"
      "Example:\n"
      "  machtype parse pc-q35-7.2");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_output (context, &options.json, "print JSON, one object per line");
  if (!options_parse (context, &argc, &argv, 1, 1, &status))
    return status;
  if (arch != NULL) {
    options.arch = machtype_arch_from_string (arch, &error);
    if (error != NULL)
      return report_answer (error, options.json);
  }
  if (strcmp (argv[1], "-") == 0)
    return for_each_line (options.json, answer_line, answer_bad, &options);
  return parse_one (argv[1], &options);
}
