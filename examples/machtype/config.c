/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/machtype.conf: the decisions of a host's operator. A key file:
 *
 *   [machtype]
 *   store = /var/lib/machtype/records.db
 *   pin = true
 *   defaults = x86_64=q35; aarch64=virt
 *   host = compute-1
 *   cell = cell1
 */

#include "machtype-program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "machtype"

/* Another file, or none if it is empty. */
#define CONFIG_VARIABLE "MACHTYPE_CONF"

/* It names the store and the defaults of new guests: no other user may control that for the caller.
 */
static gboolean
check_trust (const char *path, int fd, GError **error)
{
  uid_t user = geteuid ();
  struct stat file;

  if (fstat (fd, &file) != 0)
    return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  if (!S_ISREG (file.st_mode))
    return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: not a regular file", path);
  if (file.st_uid != user && file.st_uid != 0)
    return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG,
                      "%s: owned by user %u instead of %s; check it, then run chown %u", path,
                      (guint)file.st_uid, user != 0 ? "you or to root" : "root", (guint)user);
  if ((file.st_mode & S_IWOTH) == 0)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG,
                    "%s: world-writable (mode %04o); check it, then run chmod o-w", path,
                    file.st_mode & 07777);
}

static gboolean
read_all (const char *path, int fd, GString *text, GError **error)
{
  char block[4096];
  gssize n;

  while ((n = read (fd, block, sizeof block)) > 0 && text->len <= MACHTYPE_CONFIG_MAX_SIZE)
    g_string_append_len (text, block, n);
  if (n < 0)
    return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  return text->len <= MACHTYPE_CONFIG_MAX_SIZE ||
         set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: larger than %d bytes", path,
                    MACHTYPE_CONFIG_MAX_SIZE);
}

static gboolean
load_from (GKeyFile *file, const char *path, int fd, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) why = NULL;

  if (!check_trust (path, fd, error) || !read_all (path, fd, text, error))
    return FALSE;
  /* GLib reports an empty file as an error. */
  if (text->len == 0 ||
      g_key_file_load_from_data (file, text->str, text->len, G_KEY_FILE_NONE, &why))
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, why->message);
}

static gboolean
load (GKeyFile *file, GError **error)
{
  const char *named = g_getenv (CONFIG_VARIABLE);
  const char *path = named != NULL ? named : MACHTYPE_SYSCONFDIR "/machtype.conf";
  gboolean ok;
  int fd;

  if (*path == '\0')
    return TRUE;
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return (named == NULL && errno == ENOENT) ||
           set_error (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  ok = load_from (file, path, fd, error);
  close (fd);
  return ok;
}

/* A misspelled key would have no effect, silently. */
static void
warn_of_unknown (GKeyFile *file)
{
  static const char *const known[] = { "store", "pin", "defaults", "host", "cell", NULL };
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  char **name;

  for (name = keys; name != NULL && *name != NULL; name++) {
    g_autofree char *hint = dup_hint (*name, known);

    if (!g_strv_contains (known, *name))
      g_printerr ("warning: machtype.conf: unknown key '%s'%s\n", *name, hint);
  }
  for (name = groups; *name != NULL; name++) {
    if (strcmp (*name, GROUP) != 0)
      g_printerr ("warning: machtype.conf: unknown group [%s]; only [" GROUP "] is read\n", *name);
  }
}

static char *
get_text (GKeyFile *file, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, key, NULL);

  if (text == NULL || *g_strstrip (text) == '\0')
    return NULL;
  return g_steal_pointer (&text);
}

static gboolean
read_pin (GKeyFile *file, Config *config, GError **error)
{
  g_autoptr (GError) why = NULL;

  config->has_pin = g_key_file_has_key (file, GROUP, "pin", NULL);
  if (!config->has_pin)
    return TRUE;
  config->pin = g_key_file_get_boolean (file, GROUP, "pin", &why);
  if (why == NULL)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_CONFIG,
                    "machtype.conf: pin must be true or false");
}

static gboolean
read_config (Config *config, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *defaults = NULL;

  if (!load (file, error) || !read_pin (file, config, error))
    return FALSE;
  warn_of_unknown (file);
  config->store = get_text (file, "store");
  config->host = get_text (file, "host");
  config->cell = get_text (file, "cell");
  defaults = get_text (file, "defaults");
  if (defaults != NULL)
    config->defaults = g_strsplit_set (defaults, ";,", -1);
  return TRUE;
}

static Config the_config;

static void
forget (void)
{
  g_free (the_config.store);
  g_free (the_config.host);
  g_free (the_config.cell);
  g_strfreev (the_config.defaults);
}

const Config *
config_get (GError **error)
{
  static gboolean has_read = FALSE;

  if (!has_read) {
    if (!read_config (&the_config, error))
      return NULL;
    has_read = TRUE;
    atexit (forget);
  }
  return &the_config;
}
