/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nova.conf: the one option of it that is used here. */

#include "policy/policy-private.h"

#include <string.h>

#include "error-private.h"

/* A line in oslo.config's dialect (oslo_config/iniparser.py): "[section]", "key = value" or "key:
 * value", a comment, or, with leading blanks, a continuation of the previous value. GKeyFile
 * supports neither ":" nor continuations. What oslo.config refuses is refused: Nova does not start
 * with such a file, so what its operator meant is unknown. */
typedef struct {
  gboolean in_libvirt;
  gboolean in_option; /* lines with leading blanks continue it */
  gboolean is_wanted; /* the option is hw_machine_type */
  GString *value;     /* NULL: hw_machine_type not seen */
} NovaConf;

static gboolean
set_bad_line (guint number, const char *what, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "nova.conf, line %u: %s", number, what);
}

static gboolean
start_section (NovaConf *conf, const char *line, guint number, GError **error)
{
  gsize length = strlen (line);

  if (line[length - 1] != ']')
    return set_bad_line (number, "a section name has no closing bracket at the end", error);
  if (length == 2)
    return set_bad_line (number, "a section has no name", error);
  conf->in_option = FALSE;
  conf->in_libvirt = g_ascii_strcasecmp (line, "[libvirt]") == 0;
  return TRUE;
}

static gboolean
start_option (NovaConf *conf, const char *line, guint number, GError **error)
{
  gsize length = strcspn (line, "=:");
  g_autofree char *key = g_strchomp (g_strndup (line, length));

  if (line[length] == '\0')
    return set_bad_line (number, "neither a section nor an option followed by '=' or ':'", error);
  if (*key == '\0')
    return set_bad_line (number, "an option has no name", error);
  conf->in_option = TRUE;
  conf->is_wanted = conf->in_libvirt && strcmp (key, "hw_machine_type") == 0;
  if (!conf->is_wanted)
    return TRUE;
  /* If repeated, the last one counts: that is how oslo.config reads a list option. */
  if (conf->value == NULL)
    conf->value = g_string_new (NULL);
  g_string_assign (conf->value, line + length + 1);
  return TRUE;
}

static gboolean
continue_option (NovaConf *conf, const char *line, guint number, GError **error)
{
  if (!conf->in_option)
    return set_bad_line (number, "the line is indented, but there is no option to continue", error);
  /* The commas separate entries, not the lines. */
  if (conf->is_wanted)
    g_string_append (conf->value, line);
  return TRUE;
}

/* The line has no trailing blanks, so no carriage return either. */
static gboolean
read_line (NovaConf *conf, const char *line, guint number, GError **error)
{
  switch (*line) {
  case ' ':
  case '\t':
    return continue_option (conf, line, number, error);
  case '[':
    return start_section (conf, line, number, error);
  case '\0':
  case '#':
  case ';':
    conf->in_option = FALSE;
    return TRUE;
  default:
    return start_option (conf, line, number, error);
  }
}

static gboolean
read_lines (NovaConf *conf, char *text, GError **error)
{
  char *line, *next;
  guint number = 0;

  for (line = text; line != NULL; line = next) {
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    if (!read_line (conf, g_strchomp (line), ++number, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mt_nova_conf_read (const char *text, gsize size, char **list, GError **error)
{
  NovaConf conf = { FALSE, FALSE, FALSE, NULL };
  g_autofree char *copy = NULL;
  gboolean ok;

  if (!g_utf8_validate (text, (gssize)size, NULL))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "nova.conf is not valid UTF-8 text");
  copy = g_strndup (text, size);
  /* An editor's byte order mark must not swallow the first section. */
  ok = read_lines (&conf, g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy, error);
  if (conf.value != NULL)
    *list = g_string_free (conf.value, !ok);
  return ok;
}
