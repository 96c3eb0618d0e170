/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One configuration file: a key file with one group.
 *
 *   [machtype]
 *   store = /var/lib/machtype/records.db
 *   pin = true
 *   defaults = x86_64=q35; aarch64=virt
 *   host = compute-1
 *   cell = cell1
 *   hosts = qemu+ssh://compute-1/system; qemu+ssh://compute-2/system
 */

#include "config/config-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <machtype/record.h>

#include "error-private.h"
#include "finding-private.h"
#include "policy/policy-private.h"
#include "string-private.h"

#define GROUP "machtype"

/* Separates the entries of a list. */
#define SEPARATORS ";,"

typedef struct {
  MachtypeConfig *config;
  const char *path;
  const char *text;
  GKeyFile *keys;
} File;

/* It names the store and the defaults of new guests: no other user may control that for the caller.
 */
static gboolean
check_trust (const char *path, int fd, GError **error)
{
  uid_t user = geteuid ();
  struct stat file;

  if (fstat (fd, &file) != 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  if (!S_ISREG (file.st_mode))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: not a regular file", path);
  if (file.st_uid != user && file.st_uid != 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG,
                    "%s: owned by user %u instead of %s; check it, then run chown %u", path,
                    (guint)file.st_uid, user != 0 ? "you or to root" : "root", (guint)user);
  if ((file.st_mode & S_IWOTH) == 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG,
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
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  return text->len <= MACHTYPE_CONFIG_MAX_SIZE ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: larger than %d bytes", path,
                  MACHTYPE_CONFIG_MAX_SIZE);
}

gboolean
mt_config_read_text (const char *path, gboolean is_optional, GString *text, gboolean *found,
                     GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gboolean ok;

  *found = fd >= 0;
  if (fd < 0)
    return (is_optional && errno == ENOENT) ||
           mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, g_strerror (errno));
  ok = check_trust (path, fd, error) && read_all (path, fd, text, error);
  close (fd);
  return ok;
}

static void
trim (const char **text, gsize *length)
{
  while (*length > 0 && g_ascii_isspace (**text)) {
    (*text)++;
    (*length)--;
  }
  while (*length > 0 && g_ascii_isspace ((*text)[*length - 1]))
    (*length)--;
}

/* Where a group is begun, or (key is not NULL) a key is set in it: the last place, which counts for
 * GKeyFile. Lines are numbered from 1; 0: nowhere. */
static guint
find_line (const char *text, const char *group, const char *key)
{
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  gboolean is_inside = FALSE;
  guint number, found = 0;

  for (number = 1; *text != '\0'; number++) {
    const gsize all = strcspn (text, "\n");
    const char *line = text, *equals;
    gsize length = all;

    trim (&line, &length);
    equals = memchr (line, '=', length);
    if (length > 0 && *line == '[') {
      is_inside = mt_is_text (line, length, header);
      found = is_inside && key == NULL ? number : found;
    } else if (is_inside && key != NULL && equals != NULL) {
      length = (gsize)(equals - line);
      trim (&line, &length);
      found = mt_is_text (line, length, key) ? number : found;
    }
    text += all + (text[all] == '\n');
  }
  return found;
}

G_GNUC_PRINTF (4, 5)
static void
warn (const File *file, const char *code, const char *key, const char *format, ...)
{
  const guint line = find_line (file->text, GROUP, key);
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (file->config->warnings,
                   mt_finding_new_of (code, g_strdup_printf ("%s:%u: %s", file->path, line, what),
                                      NULL, key, MACHTYPE_AUTHORITY_NONE, NULL));
}

/* A misspelled key would have no effect, silently. */
static void
warn_of_unknown_keys (const File *file)
{
  static const char known[][12] = { "store", "pin", "defaults", "host", "cell", "hosts" };
  const char *words[G_N_ELEMENTS (known) + 1] = { NULL };
  g_auto (GStrv) keys = g_key_file_get_keys (file->keys, GROUP, NULL, NULL);
  char **key;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (known); i++)
    words[i] = known[i];
  for (key = keys; key != NULL && *key != NULL; key++) {
    g_autofree char *hint = mt_dup_similar_hint (*key, words);

    if (!g_strv_contains (words, *key))
      warn (file, "unknown-key", *key, "unknown key '%s'%s", *key, hint);
  }
}

static void
warn_of_unknown_groups (const File *file)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file->keys, NULL);
  char **group;

  for (group = groups; *group != NULL; group++) {
    if (strcmp (*group, GROUP) != 0)
      g_ptr_array_add (
          file->config->warnings,
          mt_finding_new_of ("unknown-group",
                             g_strdup_printf ("%s:%u: unknown group [%s]; only [" GROUP "] is read",
                                              file->path, find_line (file->text, *group, NULL),
                                              *group),
                             NULL, *group, MACHTYPE_AUTHORITY_NONE, NULL));
  }
}

/* NULL: it is not set, or empty. */
static char *
dup_value (const File *file, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file->keys, GROUP, key, NULL);

  return text != NULL && *g_strstrip (text) != '\0' ? g_steal_pointer (&text) : NULL;
}

static void
read_name (const File *file, const char *key, char **name)
{
  g_autofree char *text = dup_value (file, key);
  g_autoptr (GError) why = NULL;

  if (text == NULL)
    return;
  if (!mt_check_text (key, text, MACHTYPE_RECORD_MAX_TEXT, &why)) {
    warn (file, "bad-value", key, "%s; it is ignored", why->message);
    return;
  }
  g_free (*name);
  *name = g_steal_pointer (&text);
}

static void
read_store (const File *file)
{
  g_autofree char *store = dup_value (file, "store");

  if (store == NULL)
    return;
  g_free (file->config->store);
  file->config->store = g_steal_pointer (&store);
  file->config->has_store = TRUE;
}

static void
read_hosts (const File *file)
{
  g_autofree char *list = dup_value (file, "hosts");
  g_auto (GStrv) entries = list != NULL ? g_strsplit_set (list, SEPARATORS, -1) : NULL;
  GPtrArray *hosts = file->config->hosts;
  char **entry;

  if (entries == NULL)
    return;
  g_ptr_array_set_size (hosts, 0);
  for (entry = entries; *entry != NULL; entry++) {
    if (*g_strstrip (*entry) != '\0')
      g_ptr_array_add (hosts, g_strdup (*entry));
  }
  g_ptr_array_add (hosts, NULL);
}

static void
read_pin (const File *file, MachtypePolicyBuilder *builder)
{
  g_autofree char *text = dup_value (file, "pin");
  g_autoptr (GError) why = NULL;
  gboolean pin;

  if (text == NULL)
    return;
  pin = g_key_file_get_boolean (file->keys, GROUP, "pin", &why);
  if (why != NULL)
    warn (file, "bad-value", "pin", "pin must be true or false; it is ignored");
  else
    machtype_policy_builder_set_pinning (builder,
                                         pin ? MACHTYPE_PINNING_PIN : MACHTYPE_PINNING_FOLLOW);
}

static MachtypePolicy *
read_defaults (const File *file)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autofree char *list = dup_value (file, "defaults");
  g_auto (GStrv) entries = list != NULL ? g_strsplit_set (list, SEPARATORS, -1) : NULL;
  char **entry;

  for (entry = entries; entry != NULL && *entry != NULL; entry++) {
    if (*g_strstrip (*entry) != '\0')
      machtype_policy_builder_add_default (builder, *entry);
  }
  return machtype_policy_builder_end (builder);
}

/* The defaults of this file, then for other architectures those that were read before. */
static void
read_policy (const File *file)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) before = file->config->policy, own = read_defaults (file);
  const GPtrArray *warnings = mt_policy_get_warnings (own);
  guint i;

  for (i = 0; i < warnings->len; i++)
    warn (file, "bad-value", "defaults", "%s", machtype_finding_get_message (warnings->pdata[i]));
  machtype_policy_builder_add_policy (builder, own);
  machtype_policy_builder_add_policy (builder, before);
  read_pin (file, builder);
  file->config->policy = machtype_policy_builder_end (builder);
}

static void
read_values (const File *file)
{
  warn_of_unknown_groups (file);
  warn_of_unknown_keys (file);
  read_store (file);
  read_name (file, "host", &file->config->host);
  read_name (file, "cell", &file->config->cell);
  read_hosts (file);
  read_policy (file);
}

gboolean
mt_config_read (MachtypeConfig *config, const char *path, gboolean is_optional, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) why = NULL;
  gboolean found;
  File file;

  if (!mt_config_read_text (path, is_optional, text, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  /* GLib reports an empty file as an error. */
  if (text->len != 0 &&
      !g_key_file_load_from_data (keys, text->str, text->len, G_KEY_FILE_NONE, &why))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: %s", path, why->message);
  g_ptr_array_insert (config->files, (int)config->files->len - 1, g_strdup (path));
  file = (File){ config, path, text->str, keys };
  read_values (&file);
  return TRUE;
}
