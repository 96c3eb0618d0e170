/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit finds, in the text format of OpenMetrics, which Prometheus' node exporter reads,
 * too (textfile collector). Labels of machine types are those of the exporter for libvirt, so that
 * they can be joined: os_type_arch, os_type_machine. */

#include "openmetrics.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The codes of the audit; there are fewer than bits in its set. */
#define N_CODES 64

/* The guests of a host with one machine type. */
typedef struct {
  guint64 n_guests, n_deprecated, n_removed;
} Type;

/* The guests of a host by what is found. */
typedef struct {
  char *host;
  guint64 counts[N_CODES];
} Findings;

struct _Metrics {
  GHashTable *types;    /* of Type, by its labels */
  GHashTable *findings; /* of Findings, by host */
};

static void
findings_free (gpointer data)
{
  g_free (((Findings *)data)->host);
  g_free (data);
}

Metrics *
metrics_new (void)
{
  Metrics *metrics = g_new0 (Metrics, 1);

  metrics->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  metrics->findings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, findings_free);
  return metrics;
}

void
metrics_free (Metrics *metrics)
{
  if (metrics == NULL)
    return;
  g_hash_table_unref (metrics->types);
  g_hash_table_unref (metrics->findings);
  g_free (metrics);
}

/* Source: OpenMetrics 1.0, "escaped-string": a backslash, a quote and a newline are escaped; and no
 * text of a record has a newline. */
static char *
dup_label (const char *value)
{
  GString *text = g_string_new (NULL);
  const char *c;

  for (c = value; *c != '\0'; c++) {
    if (*c == '\\' || *c == '"')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *c);
  }
  return g_string_free (text, FALSE);
}

/* The series of a machine type: an alias counts as what it stands for. */
static Type *
need_type (Metrics *metrics, const char *host, const MachtypeAuditEntry *entry)
{
  const char *arch = machtype_arch_to_string (machtype_audit_entry_get_arch (entry));
  const char *machine = machtype_audit_entry_get_canonical (entry);
  g_autofree char *host_label = dup_label (host);
  g_autofree char *machine_label = dup_label (machine != NULL ? machine : "");
  g_autofree char *labels = g_strdup_printf (
      "{host=\"%s\",os_type_arch=\"%s\",os_type_machine=\"%s\"}", host_label, arch, machine_label);
  Type *type;

  type = g_hash_table_lookup (metrics->types, labels);
  if (type != NULL)
    return type;
  type = g_new0 (Type, 1);
  g_hash_table_insert (metrics->types, g_steal_pointer (&labels), type);
  return type;
}

static Findings *
need_findings (Metrics *metrics, const char *host)
{
  Findings *findings = g_hash_table_lookup (metrics->findings, host);

  if (findings != NULL)
    return findings;
  findings = g_new0 (Findings, 1);
  findings->host = g_strdup (host);
  g_hash_table_insert (metrics->findings, findings->host, findings);
  return findings;
}

void
metrics_add (Metrics *metrics, const MachtypeAuditEntry *entry)
{
  const char *host = machtype_audit_entry_get_host_name (entry);
  Findings *findings = need_findings (metrics, host != NULL ? host : "");
  Type *type = need_type (metrics, host != NULL ? host : "", entry);
  const gboolean is_gone = machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_REMOVED) ||
                           machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_NOT_OFFERED);
  guint code;

  type->n_guests++;
  type->n_removed += is_gone;
  /* One that is removed was deprecated before, and no less a reason to alert. */
  type->n_deprecated +=
      is_gone || machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DEPRECATED);
  for (code = 0; code < N_CODES; code++)
    findings->counts[code] += machtype_audit_entry_has_code (entry, (MachtypeAuditCode)code);
}

static void
add_head (GString *text, const char *name, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

typedef guint64 (*TypeFunc) (const Type *type);

static guint64
count_guests (const Type *type)
{
  return type->n_guests;
}

static guint64
is_deprecated (const Type *type)
{
  return type->n_deprecated != 0;
}

static guint64
is_removed (const Type *type)
{
  return type->n_removed != 0;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_sorted (GHashTable *table)
{
  GPtrArray *keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort (keys, compare_texts);
  return keys;
}

static void
add_types (GString *text, const Metrics *metrics, const char *name, const char *help, TypeFunc func)
{
  g_autoptr (GPtrArray) keys = list_sorted (metrics->types);
  guint i;

  add_head (text, name, help);
  for (i = 0; i < keys->len; i++)
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT "\n", name, (char *)keys->pdata[i],
                            func (g_hash_table_lookup (metrics->types, keys->pdata[i])));
}

/* Zeros, too: what is mended is not absent. */
static void
add_findings (GString *text, const Metrics *metrics)
{
  static const char name[] = "machtype_findings";
  g_autoptr (GPtrArray) hosts = list_sorted (metrics->findings);
  guint i, code;

  add_head (text, name, "Guests by what the audit finds.");
  for (i = 0; i < hosts->len; i++) {
    const Findings *findings = g_hash_table_lookup (metrics->findings, hosts->pdata[i]);
    g_autofree char *host = dup_label (findings->host);

    for (code = 0; code < N_CODES; code++) {
      const MachtypeAuditCode one = (MachtypeAuditCode)code;
      const char *word = machtype_audit_code_to_string (one);

      if (!machtype_audit_code_from_string (word, NULL, NULL))
        break;
      g_string_append_printf (
          text, "%s{host=\"%s\",code=\"%s\",severity=\"%s\"} %" G_GUINT64_FORMAT "\n", name, host,
          word, machtype_severity_to_string (machtype_audit_code_get_severity (one)),
          findings->counts[code]);
    }
  }
}

static void
add_value (GString *text, const char *name, const char *help, gint64 value)
{
  add_head (text, name, help);
  g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", name, value);
}

/* The node exporter, another user, reads it. It must never see half of it. */
static gboolean
replace_file (const char *path, const GString *text, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (g_file_set_contents_full (path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                0644, &why) &&
      chmod (path, 0644) == 0)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_STORE, "--openmetrics: %s",
                    why != NULL ? why->message : g_strerror (errno));
}

gboolean
metrics_write (Metrics *metrics, const char *path, guint n_hosts, guint n_failed, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  add_types (text, metrics, "machtype_guests", "Guests by machine type.", count_guests);
  add_types (text, metrics, "machtype_machine_type_deprecated",
             "Whether the machine type is deprecated, removed or not offered.", is_deprecated);
  add_types (text, metrics, "machtype_machine_type_removed",
             "Whether the machine type is removed, or not offered.", is_removed);
  add_findings (text, metrics);
  add_value (text, "machtype_audit_hosts", "Hosts that have answered.", n_hosts);
  add_value (text, "machtype_audit_failed_hosts", "Hosts and stores that could not be asked.",
             n_failed);
  add_value (text, "machtype_audit_timestamp_seconds", "When the audit ended.",
             g_get_real_time () / G_TIME_SPAN_SECOND);
  g_string_append (text, "# EOF\n");
  if (strcmp (path, "-") != 0)
    return replace_file (path, text, error);
  write_output (text->str);
  return TRUE;
}
