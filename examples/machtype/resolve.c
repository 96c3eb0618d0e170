/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  gboolean json, explain;
  GuestOptions guest;
  HostOptions host;
  StoreOptions store;
} ResolveOptions;

static GPtrArray *
list_incompatible_with (const MachtypeResolution *r, MachtypeProperties *properties,
                        MachtypeHost *host)
{
  return list_incompatible (properties, machtype_resolution_get_arch (r),
                            machtype_resolution_get_machine_to_record (r), host);
}

static void
print_json (const MachtypeResolution *r, GPtrArray *incompatible)
{
  GString *json = json_begin_with (machtype_resolution_to_json (r));

  json_findings (json, "incompatible", incompatible);
  json_end (json);
}

static void
print_resolution (const MachtypeResolution *r, gboolean explain)
{
  const char *canonical = machtype_resolution_get_canonical (r);
  const char *const *step;

  print_line ("arch:        %s", machtype_arch_to_string (machtype_resolution_get_arch (r)));
  print_line ("machine:     %s", machtype_resolution_get_machine (r));
  if (canonical != NULL)
    print_line ("canonical:   %s", canonical);
  print_line ("source:      %s", machtype_source_to_string (machtype_resolution_get_source (r)));
  print_line ("domain type: %s", machtype_resolution_get_domain_type (r));
  if (!explain)
    return;
  print_line ("because:     %s", machtype_resolution_get_explanation (r));
  for (step = machtype_resolution_get_steps (r); *step != NULL; step++)
    print_line ("  - %s", *step);
}

/* A step in its columns: "WHAT: SAID". */
static void
add_step (Table *table, const char *mark, Style style, const char *number, const char *step)
{
  const char *colon = strstr (step, ": ");
  g_autofree char *what = colon != NULL ? g_strndup (step, (gsize)(colon - step)) : NULL;

  table_add (table, STYLE_GOOD, mark);
  table_add (table, STYLE_DIM, number);
  table_add (table, style, what);
  table_add (table, style, colon != NULL ? colon + 2 : step);
}

/* How many sources were asked, in the order in which they are: the last one had the answer. */
static guint
count_asked (const MachtypeResolution *r)
{
  switch (machtype_resolution_get_source (r)) {
  case MACHTYPE_SOURCE_RECORDED:
    return 1;
  case MACHTYPE_SOURCE_IMAGE:
    return 2;
  case MACHTYPE_SOURCE_CONFIG:
    return 3;
  default:
    return 4;
  }
}

/* The steps: the architecture, the sources that were asked, and what follows from the answer. */
static void
print_steps (const MachtypeResolution *r)
{
  static const char *const heads[] = { "", "", "", "", NULL };
  const char *const *steps = machtype_resolution_get_steps (r);
  guint asked = count_asked (r), i;
  g_autoptr (Table) sources = table_new (heads), others = table_new (heads);

  for (i = 1; i <= asked; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i);

    add_step (sources, i == asked ? ">" : NULL, i == asked ? STYLE_NAME : STYLE_PLAIN, number,
              steps[i]);
  }
  add_step (others, NULL, STYLE_PLAIN, NULL, steps[0]);
  for (; steps[i] != NULL; i++)
    add_step (others, NULL, STYLE_PLAIN, NULL, steps[i]);
  terminal_print_heading (stdout, "Sources, in order");
  table_print (sources, stdout, 0);
  terminal_print_heading (stdout, "Result");
  table_print (others, stdout, 2);
}

/* The answer first, then why. */
static void
print_explanation (const MachtypeResolution *r)
{
  const char *machine = machtype_resolution_get_machine (r);
  const char *canonical = machtype_resolution_get_canonical (r);
  g_autoptr (Text) answer = text_new ();

  text_add (answer, STYLE_NAME, "%s", canonical != NULL ? canonical : machine);
  text_add (answer, STYLE_PLAIN, " for %s guests of domain type %s",
            machtype_arch_to_string (machtype_resolution_get_arch (r)),
            machtype_resolution_get_domain_type (r));
  text_print (answer, stdout, 0, 2, machtype_source_to_string (machtype_resolution_get_source (r)));
  print_steps (r);
}

static int
resolve_one (ResolveOptions *options, GError **error)
{
  g_autoptr (MachtypeProperties) properties = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (GPtrArray) incompatible = NULL, warnings = NULL;

  resolution =
      options_resolve (&options->guest, &options->host, &options->store, &properties, &host, error);
  if (resolution == NULL ||
      !store_options_record (&options->store, resolution, NULL, properties, error))
    return STATUS_USAGE;
  incompatible = list_incompatible_with (resolution, properties, host);
  if (options->json)
    print_json (resolution, incompatible);
  else if (options->explain && terminal_is_screen (stdout))
    print_explanation (resolution);
  else
    print_resolution (resolution, options->explain);
  warnings = machtype_resolution_list_warnings (resolution);
  findings_warn ("warning", warnings, FINDING_MESSAGE);
  warn_of_broken (incompatible);
  return STATUS_DONE;
}

/* Shared by all cases of a run over standard input. */
typedef struct {
  const ResolveOptions *options;
  MachtypeHost *host; /* NULL: only the architecture, of each case */
  MachtypePolicy *policy;
} Run;

static MachtypeProperties *
read_properties (GVariant *object, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  if (!add_members (builder, machtype_properties_builder_add_image, object, "properties", error) ||
      !add_members (builder, machtype_properties_builder_add_extra_spec, object, "extra_specs",
                    error))
    return NULL;
  return machtype_properties_builder_end (builder);
}

static gboolean
read_defaults (MachtypePolicyBuilder *builder, GVariant *defaults, GError **error)
{
  gsize i, n;

  if (!g_variant_is_of_type (defaults, G_VARIANT_TYPE ("av")))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "defaults must be a JSON array of strings");
  n = g_variant_n_children (defaults);
  for (i = 0; i < n; i++) {
    g_autoptr (GVariant) item = NULL;

    g_variant_get_child (defaults, i, "v", &item);
    if (!g_variant_is_of_type (item, G_VARIANT_TYPE_STRING))
      return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                        "defaults must be a JSON array of strings");
    machtype_policy_builder_add_default (builder, g_variant_get_string (item, NULL));
  }
  return TRUE;
}

static MachtypePolicy *
read_policy (GVariant *object, const Run *run, GError **error)
{
  g_autoptr (MachtypePolicyBuilder) builder = NULL;
  g_autoptr (GVariant) defaults = find_member (object, "defaults");

  if (defaults == NULL)
    return machtype_policy_ref (run->policy);
  builder = machtype_policy_builder_new ();
  machtype_policy_builder_set_pinning (builder, machtype_policy_get_pinning (run->policy));
  if (!machtype_policy_builder_set_domain_type (
          builder, machtype_policy_get_domain_type (run->policy), error) ||
      !read_defaults (builder, defaults, error))
    return NULL;
  return machtype_policy_builder_end (builder);
}

static MachtypeHost *
read_host (GVariant *object, const Run *run, const MachtypeProperties *properties, GError **error)
{
  const char *arch;

  if (!read_string (object, "host_arch", &arch, error))
    return NULL;
  if (arch == NULL || host_options_have_host (&run->options->host))
    return machtype_host_ref (run->host);
  return host_new_of_arch (arch, properties, error);
}

/* *properties and *incompatible are set to what was used, and what is not supported. */
static MachtypeResolution *
resolve_case (GVariant *object, const Run *run, MachtypeProperties **properties,
              GPtrArray **incompatible, GError **error)
{
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  static const char *const known[] = { "properties", "extra_specs", "defaults",
                                       "host_arch",  "recorded",    NULL };
  MachtypeResolution *resolution;
  const char *recorded;

  if (check_members (object, known, error))
    *properties = read_properties (object, error);
  if (*properties != NULL)
    policy = read_policy (object, run, error);
  if (policy != NULL)
    host = read_host (object, run, *properties, error);
  if (host == NULL || !read_string (object, "recorded", &recorded, error))
    return NULL;
  resolution = machtype_resolve (*properties, policy, host, recorded, error);
  if (resolution != NULL)
    *incompatible = list_incompatible_with (resolution, *properties, host);
  return resolution;
}

static void
answer_bad (const char *why, gpointer data)
{
  g_autoptr (GError) error =
      g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, why);

  (void)data;
  json_error (error);
}

static void
answer_line (const char *line, gpointer data)
{
  const Run *run = data;
  g_autoptr (GVariant) object = NULL;
  g_autoptr (MachtypeProperties) properties = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (GPtrArray) incompatible = NULL;
  g_autoptr (GError) error = NULL;

  object = parse_object (line, &error);
  if (object != NULL)
    resolution = resolve_case (object, run, &properties, &incompatible, &error);
  if (resolution == NULL)
    json_error (error);
  else
    print_json (resolution, incompatible);
}

static int
resolve_lines (const ResolveOptions *options, GError **error)
{
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  Run run;

  if (options->guest.properties != NULL || options->guest.extra_specs != NULL ||
      options->guest.recorded != NULL || options->store.instance != NULL) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "--property, --extra-spec, --recorded and --instance cannot be combined with -, "
               "which reads them from standard input");
    return STATUS_USAGE;
  }
  policy = guest_options_get_policy (&options->guest, error);
  if (policy != NULL)
    host = host_options_open_or_local (&options->host, error);
  if (host == NULL)
    return STATUS_USAGE;
  run.options = options;
  run.host = host;
  run.policy = policy;
  return for_each_line (TRUE, answer_line, answer_bad, &run);
}

int
command_resolve (int argc, char **argv)
{
  ResolveOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "explain", 0, 0, G_OPTION_ARG_NONE, &options.explain, "show every source that was asked",
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "[-]",
      "Shows which machine type a guest gets, and why. With -, reads cases from\n"
      "standard input, one JSON object per line, with any of these members:\n"
      "{\"properties\":{},\"extra_specs\":{},\"defaults\":[],\"host_arch\":\"x86_64\",\n"
      "\"recorded\":null}\n" OPERATIONS_HELP,
      "Exit status: 0 done, 1 not possible, 2 bad input or usage, 3 libvirt, the store\n"
      "or a file failed, 75 changed concurrently.\n\n"
      "Example:\n"
      "  machtype resolve --explain --property hw_emulation_architecture=s390x");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_guest (context, &options.guest);
  options_add_host (context, &options.host);
  options_add_store (context, &options.store, TRUE);
  options_add_output (context, &options.json, "print JSON, one object per line");
  if (options_parse (context, &argc, &argv, 0, 1, &status)) {
    if (argc == 2 && strcmp (argv[1], "-") != 0)
      set_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "the only argument that resolve takes is -");
    else
      status = argc == 2 ? resolve_lines (&options, &error) : resolve_one (&options, &error);
  }
  if (error != NULL)
    status = report_answer (error, options.json);
  guest_options_clear (&options.guest);
  host_options_clear (&options.host);
  store_options_clear (&options.store);
  return status;
}
