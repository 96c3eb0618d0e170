/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nova.conf: the options of it that are used here. */

#include "policy/policy-private.h"

#include <string.h>

#include "error-private.h"

/* A line in oslo.config's dialect (oslo_config/iniparser.py): "[section]", "key = value" or "key:
 * value", a comment, or, with leading blanks, a continuation of the previous value. GKeyFile
 * supports neither ":" nor continuations. What oslo.config refuses is refused: Nova does not start
 * with such a file, so what its operator meant is unknown. */
typedef struct {
  gboolean in_libvirt;
  gboolean in_option;                /* lines with leading blanks continue it */
  int option;                        /* the one that is being read; negative: another one */
  GString *values[MT_NOVA_LAST + 1]; /* NULL: not seen */
} NovaConf;

/* All in section [libvirt]. */
static const char option_names[][16] = {
  [MT_NOVA_MACHINE_TYPE] = "hw_machine_type",
  [MT_NOVA_TB_CACHE_SIZE] = "tb_cache_size",
};

static int
find_option (const char *name)
{
  int i = MT_NOVA_LAST;

  while (i >= 0 && strcmp (option_names[i], name) != 0)
    i--;
  return i;
}

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
  conf->option = conf->in_libvirt ? find_option (key) : -1;
  if (conf->option < 0)
    return TRUE;
  /* If repeated, the last one counts: that is how oslo.config reads them. */
  if (conf->values[conf->option] == NULL)
    conf->values[conf->option] = g_string_new (NULL);
  g_string_assign (conf->values[conf->option], line + length + 1);
  return TRUE;
}

static gboolean
continue_option (NovaConf *conf, const char *line, guint number, GError **error)
{
  if (!conf->in_option)
    return set_bad_line (number, "the line is indented, but there is no option to continue", error);
  /* The commas separate entries, not the lines. */
  if (conf->option >= 0)
    g_string_append (conf->values[conf->option], line);
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
mt_nova_conf_read (const char *text, gsize size, char *values[MT_NOVA_LAST + 1], GError **error)
{
  NovaConf conf = { .option = -1 };
  g_autofree char *copy = NULL;
  gboolean ok;
  int i;

  if (!g_utf8_validate (text, (gssize)size, NULL))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "nova.conf is not valid UTF-8 text");
  copy = g_strndup (text, size);
  /* An editor's byte order mark must not swallow the first section. */
  ok = read_lines (&conf, g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy, error);
  for (i = 0; i <= MT_NOVA_LAST; i++)
    values[i] = conf.values[i] != NULL ? g_string_free (conf.values[i], !ok) : NULL;
  return ok;
}
