/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages, JSON objects, exit statuses. */

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
report_nova (const GError *error)
{
  int status = status_of (error);

  g_printerr ("machtype: %s\n", error->message);
  if (g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) ||
      g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT))
    return NOVA_NOT_FOUND;
  return status == STATUS_CONFLICT ? STATUS_CONFLICT : NOVA_UNEXPECTED;
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

JsonBuilder *
json_begin (void)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, JSON_FORMAT);
  return builder;
}

/* Arguments can be any bytes; JSON is UTF-8. */
void
json_text (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

void
json_texts (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; *values != NULL; values++) {
    g_autofree char *valid = g_utf8_make_valid (*values, -1);

    json_builder_add_string_value (builder, valid);
  }
  json_builder_end_array (builder);
}

void
json_messages (JsonBuilder *builder, const char *name, GPtrArray *findings)
{
  guint i;

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (i = 0; i < findings->len; i++)
    json_builder_add_string_value (builder, machtype_finding_get_message (findings->pdata[i]));
  json_builder_end_array (builder);
}

void
json_findings (JsonBuilder *builder, const char *name, GPtrArray *findings)
{
  guint i;

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (i = 0; findings != NULL && i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];

    json_builder_begin_object (builder);
    json_text (builder, "code", machtype_finding_get_code (finding));
    json_text (builder, "severity",
               machtype_severity_to_string (machtype_finding_get_severity (finding)));
    json_text (builder, "message", machtype_finding_get_message (finding));
    json_text (builder, "remedy", machtype_finding_get_remedy (finding));
    json_text (builder, "subject", machtype_finding_get_subject (finding));
    json_text (builder, "authority",
               machtype_authority_to_string (machtype_finding_get_authority (finding)));
    json_text (builder, "source", machtype_finding_get_source (finding));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* In UTF-16, as JSON requires. */
static void
append_json_escape (GString *json, gunichar character)
{
  if (character > 0xffff) {
    g_string_append_printf (json, "\\u%04x", 0xd7c0 + (character >> 10));
    character = 0xdc00 + (character & 0x3ff);
  }
  g_string_append_printf (json, "\\u%04x", character);
}

/* json-glib escapes only ASCII control characters. What is not visible can only be inside a string:
 * outside of strings JSON is ASCII. */
static char *
escape_json (const char *text)
{
  GString *json = g_string_sized_new (strlen (text) + 2);
  gsize n;

  for (; *text != '\0'; text += n) {
    gunichar character = g_utf8_get_char (text);

    n = (gsize)g_utf8_skip[(guchar)*text];
    if (machtype_text_is_visible (character))
      g_string_append_len (json, text, (gssize)n);
    else
      append_json_escape (json, character);
  }
  g_string_append_c (json, '\n');
  return g_string_free (json, FALSE);
}

void
json_end (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL, *escaped = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  escaped = escape_json (text);
  write_output (escaped);
  g_object_unref (builder);
}

void
json_error (const GError *error)
{
  JsonBuilder *builder = json_begin ();

  json_text (builder, "error", code_of (error));
  json_text (builder, "message", error->message);
  json_end (builder);
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

void
write_output (const char *text)
{
  fputs (text, stdout);
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

  if (is_line && terminal_is_screen (stderr)) {
    terminal_print_line (stderr, line);
    return;
  }
  escaped = machtype_text_escape_message (line);
  fprintf (stderr, "%s%s", escaped, is_line ? "\n" : "");
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

void
print_fields (const char *const *fields, gsize n)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gsize i;

  for (i = 0; i < n; i++) {
    g_autofree char *field = machtype_text_escape_message (fields[i] != NULL ? fields[i] : "-");

    g_string_append_printf (line, "%s%s", i != 0 ? "\t" : "", field);
  }
  g_print ("%s\n", line->str);
}

static const MachtypeStoreOutcome outcomes[N_OUTCOMES] = {
  MACHTYPE_STORE_OUTCOME_ADDED,
  MACHTYPE_STORE_OUTCOME_FILLED,
  MACHTYPE_STORE_OUTCOME_REFRESHED,
  MACHTYPE_STORE_OUTCOME_UNCHANGED,
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

const char *
outcome_to_word (guint index)
{
  return machtype_store_outcome_to_string (outcomes[index]);
}
