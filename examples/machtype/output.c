/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages, exit statuses. */

#include "machtype-program.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"

/* How much of a text from outside a message quotes, in bytes. */
#define SHOWN_MAX 64

int
status_of (const GError *error)
{
  if (error->domain == G_FILE_ERROR)
    return STATUS_BACKEND;
  if (error->domain != MACHTYPE_ERROR)
    return STATUS_USAGE;
  switch ((MachtypeError)error->code) {
  case MACHTYPE_ERROR_LIBVIRT:
  case MACHTYPE_ERROR_TIMEOUT:
  case MACHTYPE_ERROR_MODULE:
  case MACHTYPE_ERROR_STORE:
  case MACHTYPE_ERROR_DENIED:
    return STATUS_BACKEND;
  case MACHTYPE_ERROR_CONFLICT:
  case MACHTYPE_ERROR_BUSY:
  case MACHTYPE_ERROR_PENDING:
    return STATUS_CONFLICT;
  case MACHTYPE_ERROR_NOT_FOUND:
  case MACHTYPE_ERROR_EXISTS:
  case MACHTYPE_ERROR_REFUSED:
  case MACHTYPE_ERROR_NO_DEFAULT:
  case MACHTYPE_ERROR_NOT_OFFERED:
  case MACHTYPE_ERROR_UNSUPPORTED:
    return STATUS_NO;
  default:
    return STATUS_USAGE;
  }
}

gboolean
set_error (GError **error, MachtypeError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, MACHTYPE_ERROR, (int)code, message);
  return FALSE;
}

gboolean
pass_on (GError **error, GError **why)
{
  if (*why == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (why));
  return FALSE;
}

int
report (const GError *error)
{
  g_printerr ("machtype: %s\n", error->message);
  return status_of (error);
}

int
nova_status_of (const GError *error)
{
  int status = status_of (error);

  if (g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) ||
      g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT))
    return NOVA_NOT_FOUND;
  return status == STATUS_CONFLICT ? STATUS_CONFLICT : NOVA_UNEXPECTED;
}

int
join_status (int status, int next)
{
  if (next == STATUS_DONE || status == next)
    return status;
  return status == STATUS_DONE ? next : STATUS_NO;
}

int
report_nova (const GError *error, gboolean json)
{
  if (json)
    json_error (error);
  g_printerr ("machtype: %s\n", error->message);
  return nova_status_of (error);
}

void
print_refusal (gboolean json, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (json)
    g_printerr ("%s\n", line);
  else
    print_line ("%s", line);
}

int
report_answer (const GError *error, gboolean json)
{
  if (json)
    json_error (error);
  return report (error);
}

const char *
code_of (const GError *error)
{
  if (error->domain == MACHTYPE_ERROR)
    return machtype_error_to_string (error->code);
  return error->domain == G_FILE_ERROR ? "file" : "usage";
}

char *
dup_hint (const char *text, const char *const *words)
{
  g_autofree char *similar = machtype_text_dup_similar (text, words);

  return similar != NULL ? g_strdup_printf ("; did you mean '%s'?", similar) : g_strdup ("");
}

char *
dup_shown (const char *text)
{
  return machtype_text_escape (text, -1, SHOWN_MAX);
}

static gboolean is_held;

void
output_hold (void)
{
  static char buffer[64 * 1024];

  setvbuf (stdout, buffer, _IOFBF, sizeof buffer);
  is_held = TRUE;
}

void
output_release (void)
{
  is_held = FALSE;
  fflush (stdout);
}

void
write_output (const char *text)
{
  fputs (text, stdout);
  if (!is_held)
    fflush (stdout);
}

/* Up to the end of a line or a tab. */
static gsize
append_escaped (GString *line, const char *text)
{
  gsize n = strcspn (text, "\n\t");
  g_autofree char *piece = g_strndup (text, n), *escaped = machtype_text_escape_message (piece);

  g_string_append (line, escaped);
  return n;
}

/* A newline or tab here may have been part of a name: code that prints fields escapes them first.
 * At a terminal, where tabs align nothing, each line is laid out. */
static void
print_escaped (const char *text)
{
  gboolean is_screen = terminal_is_screen (stdout);
  g_autoptr (GString) escaped = g_string_new (NULL);

  while (*text != '\0') {
    text += append_escaped (escaped, text);
    if (*text == '\n' && is_screen) {
      terminal_print_line (stdout, escaped->str);
      g_string_truncate (escaped, 0);
    } else if (*text == '\t' && is_screen)
      g_string_append (escaped, "  ");
    else if (*text != '\0')
      g_string_append_c (escaped, *text);
    text += *text != '\0';
  }
  write_output (escaped->str);
}

/* Each message is one line. */
static void
printerr_escaped (const char *text)
{
  gsize length = strlen (text);
  gboolean is_line = length > 0 && text[length - 1] == '\n';
  g_autofree char *line = g_strndup (text, length - (is_line ? 1 : 0)), *escaped = NULL;

  fflush (stdout); /* what was said first stands first where both go */
  if (is_line && terminal_is_screen (stderr)) {
    terminal_print_line (stderr, line);
    return;
  }
  escaped = machtype_text_escape_message (line);
  fprintf (stderr, "%s%s", escaped, is_line ? "\n" : "");
  fflush (stderr);
}

void
print_errors (const char *lines)
{
  fflush (stdout);
  fputs (lines, stderr);
  fflush (stderr);
}

void
escape_output (void)
{
  g_set_print_handler (print_escaped);
  g_set_printerr_handler (printerr_escaped);
}

void
print_line (const char *format, ...)
{
  g_autofree char *line = NULL, *escaped = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  escaped = machtype_text_escape_message (line);
  g_print ("%s\n", escaped);
}

const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

void
print_fields (const char *const *fields, gsize n)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gsize i;

  for (i = 0; i < n; i++) {
    g_autofree char *field = machtype_text_escape_message (or_dash (fields[i]));

    g_string_append_printf (line, "%s%s", i != 0 ? "\t" : "", field);
  }
  g_print ("%s\n", line->str);
}

static const MachtypeStoreOutcome outcomes[N_OUTCOMES] = {
  MACHTYPE_STORE_OUTCOME_ADDED,     MACHTYPE_STORE_OUTCOME_FILLED,
  MACHTYPE_STORE_OUTCOME_REFRESHED, MACHTYPE_STORE_OUTCOME_UNCHANGED,
  MACHTYPE_STORE_OUTCOME_DIFFERS,   MACHTYPE_STORE_OUTCOME_ACCEPTED,
  MACHTYPE_STORE_OUTCOME_RENEWED,
};

/* A later library may have more outcomes: something was done then. */
guint
outcome_find (MachtypeStoreOutcome outcome)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    if (outcomes[i] == outcome)
      return i;
  }
  return 0;
}

gboolean
outcome_writes (guint index)
{
  return outcomes[index] != MACHTYPE_STORE_OUTCOME_UNCHANGED &&
         outcomes[index] != MACHTYPE_STORE_OUTCOME_DIFFERS;
}

const char *
outcome_to_word (guint index)
{
  return machtype_store_outcome_to_string (outcomes[index]);
}
