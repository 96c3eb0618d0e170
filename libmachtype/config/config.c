/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration of this host: which files it consists of. */

#include "config/config-private.h"

#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "finding-private.h"

#define FILE_NAME "machtype.conf"
#define DROP_INS MACHTYPE_SYSCONFDIR "/" FILE_NAME ".d"
#define SUFFIX ".conf"

#define SYSTEM_STORE "/var/lib/machtype/records.db"

/* Another file instead of all others, or none at all if it is empty. Ignored if the caller's
 * environment must not be trusted. */
#define FILE_VARIABLE "MACHTYPE_CONF"

G_DEFINE_BOXED_TYPE (MachtypeConfig, machtype_config, machtype_config_ref, machtype_config_unref)

/* Of root, the host's; of others, their own. */
static char *
dup_default_store (void)
{
  return geteuid () == 0
             ? g_strdup (SYSTEM_STORE)
             : g_build_filename (g_get_user_data_dir (), "machtype", "records.db", NULL);
}

static GPtrArray *
new_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (list, NULL);
  return list;
}

static MachtypeConfig *
config_new (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  MachtypeConfig *config = g_new0 (MachtypeConfig, 1);

  g_atomic_ref_count_init (&config->refs);
  config->policy = machtype_policy_builder_end (builder);
  config->hosts = new_list ();
  config->files = new_list ();
  config->warnings = mt_findings_new ();
  return config;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names: the last one counts. A directory that cannot be read has none. */
static GPtrArray *
list_drop_ins (const char *folder)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (*name != '.' && g_str_has_suffix (name, SUFFIX))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  }
  g_ptr_array_sort (paths, compare_paths);
  return g_steal_pointer (&paths);
}

MachtypeConfig *
mt_config_load_from (const MtConfigPlaces *places, GError **error)
{
  g_autoptr (MachtypeConfig) config = config_new ();
  g_autoptr (GPtrArray) drop_ins = NULL;
  guint i;

  if (places->file != NULL && !mt_config_read (config, places->file, places->is_optional, error))
    return NULL;
  if (places->drop_ins != NULL)
    drop_ins = list_drop_ins (places->drop_ins);
  for (i = 0; drop_ins != NULL && i < drop_ins->len; i++) {
    if (!mt_config_read (config, drop_ins->pdata[i], TRUE, error))
      return NULL;
  }
  if (places->own != NULL && !mt_config_read (config, places->own, TRUE, error))
    return NULL;
  if (config->store == NULL)
    config->store = dup_default_store ();
  return g_steal_pointer (&config);
}

/**
 * machtype_config_load:
 * @path: (nullable): a file to read instead of the host's, an empty text for no file at all; %NULL
 *   for the host's
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads what the operator of this host has configured: `/etc/machtype.conf` (below the directory
 * that the library was built for), then the files `/etc/machtype.conf.d/` `*.conf` in the order of
 * their names, then, unless the user is root, `machtype/machtype.conf` in the user's own
 * configuration directory. What a later file sets replaces what an earlier one has set; of the
 * defaults, those of the same architecture. A file that does not exist is skipped. The environment
 * variable `MACHTYPE_CONF` names one file instead; it is ignored in a program that runs with other
 * rights than its caller's.
 *
 * An unknown key, and a value that is not valid, are warnings
 * ([method@Machtype.Config.list_warnings]) and have no effect. Reads files: may block. Thread-safe,
 * unless another thread changes the environment.
 *
 * Raises %MACHTYPE_ERROR_INVALID_CONFIG for a file that cannot be read, is not a regular file,
 * belongs to neither the user nor root, is writable by everyone, is too large, or is not a key
 * file; and if @path or the variable names a file that does not exist.
 *
 * Returns: (transfer full): the configuration, or %NULL on error
 * Since: 1.0
 */
MachtypeConfig *
machtype_config_load (const char *path, GError **error)
{
  const gboolean is_trusted = getauxval (AT_SECURE) == 0;
  g_autofree char *own = NULL;
  MtConfigPlaces places = { MACHTYPE_SYSCONFDIR "/" FILE_NAME, DROP_INS, NULL, TRUE };

  if (path == NULL && is_trusted)
    path = g_getenv (FILE_VARIABLE);
  if (path != NULL) {
    places = (MtConfigPlaces){ *path != '\0' ? path : NULL, NULL, NULL, FALSE };
  } else if (is_trusted && geteuid () != 0) {
    own = g_build_filename (g_get_user_config_dir (), "machtype", FILE_NAME, NULL);
    places.own = own;
  }
  return mt_config_load_from (&places, error);
}

/**
 * machtype_config_ref:
 * @config: a configuration; must not be %NULL
 *
 * Increases the reference count of @config. Thread-safe.
 *
 * Returns: (transfer full): @config
 * Since: 1.0
 */
MachtypeConfig *
machtype_config_ref (MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);

  g_atomic_ref_count_inc (&config->refs);
  return config;
}

/**
 * machtype_config_unref:
 * @config: (transfer full) (nullable): a configuration; %NULL does nothing
 *
 * Decreases the reference count of @config; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_config_unref (MachtypeConfig *config)
{
  if (config == NULL || !g_atomic_ref_count_dec (&config->refs))
    return;
  machtype_policy_unref (config->policy);
  g_free (config->store);
  g_free (config->host);
  g_free (config->cell);
  g_ptr_array_unref (config->hosts);
  g_ptr_array_unref (config->files);
  g_ptr_array_unref (config->warnings);
  g_free (config);
}

/**
 * machtype_config_get_policy:
 * @config: a configuration; must not be %NULL
 *
 * Gets the operator's decisions about new guests: `defaults` and `pin`. Thread-safe.
 *
 * Returns: (transfer none): the policy, valid as long as @config
 * Since: 1.0
 */
MachtypePolicy *
machtype_config_get_policy (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return config->policy;
}

/**
 * machtype_config_get_store:
 * @config: a configuration; must not be %NULL
 *
 * Gets where records are kept: `store`, by default `/var/lib/machtype/records.db` for root, and
 * `machtype/records.db` in the user's data directory for others. Thread-safe.
 *
 * Returns: (transfer none): the place, for machtype_store_open(), valid as long as @config
 * Since: 1.0
 */
const char *
machtype_config_get_store (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return config->store;
}

/**
 * machtype_config_get_host:
 * @config: a configuration; must not be %NULL
 *
 * Gets the name under which this host's guests are recorded: `host`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @config; %NULL if it is not
 *   configured
 * Since: 1.0
 */
const char *
machtype_config_get_host (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return config->host;
}

/**
 * machtype_config_get_cell:
 * @config: a configuration; must not be %NULL
 *
 * Gets the cell of this host's guests: `cell`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the cell, valid as long as @config; %NULL if it is not
 *   configured
 * Since: 1.0
 */
const char *
machtype_config_get_cell (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return config->cell;
}

/**
 * machtype_config_get_hosts:
 * @config: a configuration; must not be %NULL
 *
 * Gets the libvirt URIs of the hosts that this one is responsible for: `hosts`. Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): the URIs, in the order of the file, valid as
 *   long as @config; empty if none are configured
 * Since: 1.0
 */
const char *const *
machtype_config_get_hosts (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return (const char *const *)config->hosts->pdata;
}

/**
 * machtype_config_get_files:
 * @config: a configuration; must not be %NULL
 *
 * Gets the files that were read, in the order in which they were read. Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): the paths, valid as long as @config
 * Since: 1.0
 */
const char *const *
machtype_config_get_files (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return (const char *const *)config->files->pdata;
}

/**
 * machtype_config_list_warnings:
 * @config: a configuration; must not be %NULL
 *
 * Lists what has no effect, each with file and line: `unknown-key`, `unknown-group`, `bad-value`.
 * Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in the order of the
 *   files; of one file unknown groups first, then unknown keys, then invalid values, each in its
 *   order; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_config_list_warnings (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, NULL);
  return mt_findings_copy (config->warnings);
}

/**
 * machtype_config_equal:
 * @a: a configuration; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two configurations are equal: the policy, the store, and the names; from which
 * files they come ([method@Machtype.Config.get_files]) does not matter. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_config_equal (const MachtypeConfig *a, const MachtypeConfig *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return machtype_policy_equal (a->policy, b->policy) && strcmp (a->store, b->store) == 0 &&
         g_strcmp0 (a->host, b->host) == 0 && g_strcmp0 (a->cell, b->cell) == 0 &&
         g_strv_equal (machtype_config_get_hosts (a), machtype_config_get_hosts (b));
}

/**
 * machtype_config_hash:
 * @config: a configuration; must not be %NULL
 *
 * Computes a hash of a configuration, for hash tables: equal configurations have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_config_hash (const MachtypeConfig *config)
{
  g_return_val_if_fail (config != NULL, 0);
  return machtype_policy_hash (config->policy) * 31 + g_str_hash (config->store);
}
