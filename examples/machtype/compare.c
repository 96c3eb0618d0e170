/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

typedef struct {
  gboolean json;
  MachtypeArch arch;
} CompareOptions;

static void
add_base (GString *json, const char *label, const char *text, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name = machtype_name_new (text, arch, NULL);
  g_autofree char *base = name != NULL ? machtype_name_dup_upstream_base (name) : NULL;

  json_text (json, label, base);
}

static MachtypeOrder
answer (const char *a, const char *b, const CompareOptions *options)
{
  MachtypeOrder order = machtype_name_compare_strings (a, b, options->arch);
  const char *word = machtype_order_to_string (order);
  GString *json;

  warn_of_impossible ("warning", a, options->arch, NULL);
  warn_of_impossible ("warning", b, options->arch, NULL);
  if (!options->json) {
    g_print ("%s\n", word);
    return order;
  }
  json = json_begin ();
  json_text (json, "a", a);
  json_text (json, "b", b);
  json_text (json, "order", word);
  add_base (json, "a_upstream_base", a, options->arch);
  add_base (json, "b_upstream_base", b, options->arch);
  json_end (json);
  return order;
}

static void
answer_bad (const char *why, gpointer data)
{
  const CompareOptions *options = data;
  g_autoptr (GError) error = g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_NAME, why);

  if (options->json)
    json_error (error);
  else
    g_print ("invalid\n");
}

static void
answer_line (const char *line, gpointer data)
{
  const char *tab = strchr (line, '\t');
  g_autofree char *a = NULL;

  if (tab == NULL) {
    answer_bad ("the line is not two names separated by a tab", data);
    return;
  }
  a = g_strndup (line, (gsize)(tab - line));
  answer (a, tab + 1, data);
}

int
command_compare (int argc, char **argv)
{
  g_autofree char *arch = NULL;
  CompareOptions options = { FALSE, MACHTYPE_ARCH_UNKNOWN };
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &arch, "the guests' architecture", "ARCH" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context =
      options_new ("A B|-",
                   "Shows the order of A relative to B: lt, eq, gt, incomparable or invalid. With\n"
                   "-, reads pairs from standard input, one per line, separated by a tab.",
                   "Exit status: 0 done, 1 invalid name, 2 usage.\n\n"
                   "Example:\n"
                   "  machtype compare pc-q35-2.9 pc-q35-2.10");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_output (context, &options.json, "print JSON, one object per line");
  if (!options_parse (context, &argc, &argv, 2, 2, &status))
    return status;
  if (arch != NULL) {
    options.arch = machtype_arch_from_string (arch, &error);
    if (error != NULL)
      return report_answer (error, options.json);
  }
  if (argc == 2)
    return for_each_line (options.json, answer_line, answer_bad, &options);
  return answer (argv[1], argv[2], &options) == MACHTYPE_ORDER_INVALID ? STATUS_NO : STATUS_DONE;
}
