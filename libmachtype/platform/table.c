/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of platforms: data/platforms.tsv, compiled in as text, so that a newer one is read by
 * the same code. */

#include "platform/table-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "string-private.h"

/* Of the table as a whole. A later release that changes the meaning of a column increases it. */
#define FORMAT 1

#define COLUMNS_MAX 16

/* The sections of the table, by their names. */
typedef enum {
  SECTION_TABLE,
  SECTION_DISTRIBUTIONS,
  SECTION_PLATFORMS,
  SECTION_REVISIONS,
  SECTION_ABSENT,
  SECTION_MIGRATIONS,
  SECTION_OTHER /* of a later release */
} Section;

static const char sections[][16] = { "table",     "distributions", "platforms",
                                     "revisions", "absent",        "migrations" };

/* Where the reading is. */
typedef struct {
  MtPlatformTable *table;
  GHashTable *sources;              /* key to text */
  const char *columns[COLUMNS_MAX]; /* of the section; the first is NULL before the line of names */
  Section section;
  char **cells; /* of the row */
  gboolean has_section;
  guint line;
} Reading;

G_GNUC_PRINTF (3, 4)
static gboolean
fail (const Reading *reading, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s:%u: %s", reading->table->where,
                  reading->line, message);
}

/* A cell of the row; NULL: "-", or there is no such column. */
static const char *
get (const Reading *reading, const char *column)
{
  guint i;

  for (i = 0; i < COLUMNS_MAX && reading->columns[i] != NULL; i++) {
    if (strcmp (reading->columns[i], column) == 0)
      return strcmp (reading->cells[i], "-") != 0 ? reading->cells[i] : NULL;
  }
  return NULL;
}

static gboolean
need (const Reading *reading, const char *column, const char **value, GError **error)
{
  *value = get (reading, column);
  return *value != NULL || fail (reading, error, "column '%s' is empty", column);
}

static gboolean
read_number (const char **text, guint max, guint *number)
{
  guint64 value = 0;
  const char *start = *text;

  while (g_ascii_isdigit (**text) && *text - start < 6)
    value = value * 10 + (guint64)(*(*text)++ - '0');
  *number = (guint)value;
  return *text != start && value <= max;
}

/* 0.0 for an empty cell. */
static gboolean
read_version (const Reading *reading, const char *column, MtQemuVersion *version, GError **error)
{
  const char *text = get (reading, column), *at = text;
  guint major, minor;

  *version = (MtQemuVersion){ 0, 0 };
  if (text == NULL)
    return TRUE;
  if (!read_number (&at, G_MAXUINT8, &major) || *at++ != '.' ||
      !read_number (&at, G_MAXUINT8, &minor) || *at != '\0')
    return fail (reading, error, "column '%s': '%s' is not a version, such as 7.2", column, text);
  *version = (MtQemuVersion){ (guint8)major, (guint8)minor };
  return TRUE;
}

/* Dates are compared as texts, so every digit has its place. */
static gboolean
is_date (const char *text)
{
  const gsize length = strlen (text);
  GDate date;
  guint year, month, day = 1;

  if ((length != strlen ("2025-08") && length != strlen ("2025-08-09")) || text[4] != '-' ||
      (text[7] != '\0' && text[7] != '-'))
    return FALSE;
  if (!read_number (&text, 9999, &year) || *text++ != '-' || !read_number (&text, 12, &month))
    return FALSE;
  if (*text == '-') {
    text++;
    if (!read_number (&text, 31, &day))
      return FALSE;
  }
  g_date_clear (&date, 1);
  return *text == '\0' && year >= 2000 && month != 0 &&
         g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

/* NULL for an empty cell. */
static gboolean
read_date (const Reading *reading, const char *column, const char **date, GError **error)
{
  *date = get (reading, column);
  return *date == NULL || is_date (*date) ||
         fail (reading, error, "column '%s': '%s' is not a date, such as 2025-08 or 2025-08-09",
               column, *date);
}

static gboolean
read_head (Reading *reading, GError **error)
{
  const char *format;

  if (!need (reading, "format", &format, error) ||
      !need (reading, "date", &reading->table->date, error) ||
      !read_date (reading, "date", &reading->table->date, error))
    return FALSE;
  return g_ascii_strtoull (format, NULL, 10) == FORMAT ||
         fail (reading, error,
               "format '%s' is not the one that this release of libmachtype reads, %d", format,
               FORMAT);
}

static gboolean
read_vendor (const Reading *reading, const char *column, MachtypeVendor *vendor, GError **error)
{
  const char *word;
  int i;

  if (!need (reading, column, &word, error))
    return FALSE;
  for (i = MACHTYPE_VENDOR_UPSTREAM; i <= MT_VENDOR_LAST; i++) {
    if (strcmp (mt_vendor_info ((guint)i)->word, word) == 0) {
      *vendor = (MachtypeVendor)i;
      return TRUE;
    }
  }
  return fail (reading, error, "column '%s': unknown vendor '%s'", column, word);
}

/* "all", "native" or architectures, one bit each. */
static gboolean
read_arches (const Reading *reading, const char *column, guint64 *arches, GError **error)
{
  const char *text;
  g_auto (GStrv) words = NULL;
  guint i;

  if (!need (reading, column, &text, error))
    return FALSE;
  *arches = 0;
  if (strcmp (text, "all") == 0 || strcmp (text, "native") == 0) {
    *arches = G_MAXUINT64;
    return TRUE;
  }
  words = g_strsplit (text, " ", -1);
  for (i = 0; words[i] != NULL; i++) {
    const MachtypeArch arch = mt_arch_find (words[i], strlen (words[i]));

    if (arch == MACHTYPE_ARCH_UNKNOWN)
      return fail (reading, error, "column '%s': unknown architecture '%s'", column, words[i]);
    *arches |= mt_arch_bit (arch);
  }
  return TRUE;
}

static const MtDistribution *
find_distribution (const MtPlatformTable *table, const char *id)
{
  guint i;

  for (i = 0; i < table->distributions->len; i++) {
    const MtDistribution *row = table->distributions->pdata[i];

    if (strcmp (row->id, id) == 0)
      return row;
  }
  return NULL;
}

static gboolean
read_distribution_of (const Reading *reading, const MtDistribution **distribution, GError **error)
{
  const char *id;

  if (!need (reading, "distribution", &id, error))
    return FALSE;
  *distribution = find_distribution (reading->table, id);
  return *distribution != NULL || fail (reading, error, "section 'distributions' has no '%s'", id);
}

static gboolean
read_distribution (Reading *reading, GError **error)
{
  MtDistribution row = { NULL, NULL, MACHTYPE_VENDOR_UNKNOWN, 0, FALSE };

  if (!need (reading, "distribution", &row.id, error) ||
      !need (reading, "label", &row.label, error) ||
      !read_vendor (reading, "types", &row.vendor, error) ||
      !read_arches (reading, "archs", &row.arches, error))
    return FALSE;
  row.is_native = g_strcmp0 (get (reading, "archs"), "native") == 0;
  g_ptr_array_add (reading->table->distributions, g_memdup2 (&row, sizeof row));
  return TRUE;
}

static char *
dup_name (const MtPlatformRow *row)
{
  return g_strconcat (row->distribution->id, row->release != NULL ? "-" : "",
                      row->release != NULL ? row->release : "", row->stack != NULL ? "/" : "",
                      row->stack, NULL);
}

/* "debian-13: packages qemu-system-x86, ...; ..." for the keys of the row. */
static gboolean
read_sources (const Reading *reading, char **source, GError **error)
{
  const char *keys = get (reading, "source");
  g_auto (GStrv) words = g_strsplit (keys != NULL ? keys : "", " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  guint i;

  for (i = 0; words[i] != NULL; i++) {
    const char *one = g_hash_table_lookup (reading->sources, words[i]);

    if (one == NULL)
      return fail (reading, error, "column 'source': unknown source '%s'", words[i]);
    g_string_append_printf (text, "%s%s", text->len != 0 ? "; " : "", one);
  }
  *source = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

static void
platform_row_free (gpointer data)
{
  MtPlatformRow *row = data;

  g_free (row->name);
  g_free (row->source);
  g_free (row);
}

static gboolean
has_platform (const MtPlatformTable *table, const char *name)
{
  guint i;

  for (i = 0; i < table->platforms->len; i++) {
    if (strcmp (((const MtPlatformRow *)table->platforms->pdata[i])->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_platform (Reading *reading, GError **error)
{
  static const char evidences[][8] = { "run", "read" };
  MtPlatformRow row = { .distribution = NULL };

  row.release = get (reading, "release");
  row.stack = get (reading, "stack");
  if (g_strcmp0 (row.stack, "base") == 0)
    row.stack = NULL;
  if (!read_distribution_of (reading, &row.distribution, error) ||
      !read_version (reading, "qemu", &row.qemu, error) ||
      !read_version (reading, "libvirt", &row.libvirt, error) ||
      !read_date (reading, "released", &row.released, error) ||
      !read_date (reading, "end", &row.end, error) ||
      !need (reading, "evidence", &row.evidence, error))
    return FALSE;
  if (mt_word_find (&evidences[0][0], G_N_ELEMENTS (evidences), sizeof evidences[0], row.evidence) <
      0)
    return fail (reading, error, "column 'evidence': '%s' is neither run nor read", row.evidence);
  if (!read_sources (reading, &row.source, error))
    return FALSE;
  row.name = dup_name (&row);
  if (has_platform (reading->table, row.name)) {
    fail (reading, error, "'%s' is there twice", row.name);
    g_free (row.name);
    g_free (row.source);
    return FALSE;
  }
  g_ptr_array_add (reading->table->platforms, g_memdup2 (&row, sizeof row));
  return TRUE;
}

static gboolean
read_revision (Reading *reading, GError **error)
{
  MtRevisionRow row = { MACHTYPE_VENDOR_UNKNOWN, { 0, 0 }, 0 };
  const char *last;

  if (!read_vendor (reading, "vendor", &row.vendor, error) ||
      !read_version (reading, "version", &row.version, error) ||
      !need (reading, "last", &last, error))
    return FALSE;
  if (!read_number (&last, 9999, &row.last) || *last != '\0')
    return fail (reading, error, "column 'last' is not a number");
  g_ptr_array_add (reading->table->revisions, g_memdup2 (&row, sizeof row));
  return TRUE;
}

static gboolean
read_absent (Reading *reading, GError **error)
{
  MtAbsentRow row = { NULL, { 0, 0 }, { 0, 0 }, 0, NULL, FALSE };
  const char *answer;

  if (get (reading, "distribution") != NULL &&
      !read_distribution_of (reading, &row.distribution, error))
    return FALSE;
  if (!read_version (reading, "first", &row.first, error) ||
      !read_version (reading, "last", &row.last, error) ||
      !read_arches (reading, "archs", &row.arches, error) ||
      !need (reading, "machine", &row.machine, error) || !need (reading, "answer", &answer, error))
    return FALSE;
  row.is_unknown = strcmp (answer, "no") != 0;
  g_ptr_array_add (reading->table->absent, g_memdup2 (&row, sizeof row));
  return TRUE;
}

/* A release of the distribution; NULL: any. */
static gboolean
read_release (const Reading *reading, const char *column, const MtDistribution *distribution,
              const char **release, GError **error)
{
  const GPtrArray *platforms = reading->table->platforms;
  guint i;

  *release = get (reading, column);
  for (i = 0; *release != NULL && i < platforms->len; i++) {
    const MtPlatformRow *row = platforms->pdata[i];

    if (row->distribution == distribution && g_strcmp0 (row->release, *release) == 0)
      return TRUE;
  }
  return *release == NULL ||
         fail (reading, error, "section 'platforms' has no '%s-%s'", distribution->id, *release);
}

/* The same, or how new it is. */
static gboolean
read_target (const Reading *reading, MtMigrationRow *row, GError **error)
{
  const char *to = get (reading, "to");

  row->order = g_strcmp0 (to, "newer") == 0 ? 1 : g_strcmp0 (to, "older") == 0 ? -1 : 0;
  return row->order != 0 || read_release (reading, "to", row->distribution, &row->to, error);
}

static void
migration_row_free (gpointer data)
{
  MtMigrationRow *row = data;

  g_free (row->source);
  g_free (row);
}

static gboolean
read_migration (Reading *reading, GError **error)
{
  MtMigrationRow row = { .distribution = NULL };
  const char *stack = get (reading, "stack"), *answer, *sources;

  if (!read_distribution_of (reading, &row.distribution, error) ||
      !read_release (reading, "from", row.distribution, &row.from, error) ||
      !read_target (reading, &row, error) || !need (reading, "answer", &answer, error) ||
      !need (reading, "source", &sources, error))
    return FALSE;
  if (stack != NULL && strcmp (stack, "base") != 0)
    return fail (reading, error, "column 'stack': '%s' is neither base nor -", stack);
  row.is_base = stack != NULL;
  row.is_supported = strcmp (answer, "supported") == 0;
  if (!row.is_supported && strcmp (answer, "unsupported") != 0)
    return fail (reading, error, "column 'answer': '%s' is neither supported nor unsupported",
                 answer);
  if (!read_sources (reading, &row.source, error))
    return FALSE;
  g_ptr_array_add (reading->table->migrations, g_memdup2 (&row, sizeof row));
  return TRUE;
}

static gboolean
read_row (Reading *reading, GError **error)
{
  switch (reading->section) {
  case SECTION_TABLE:
    return read_head (reading, error);
  case SECTION_DISTRIBUTIONS:
    return read_distribution (reading, error);
  case SECTION_PLATFORMS:
    return read_platform (reading, error);
  case SECTION_REVISIONS:
    return read_revision (reading, error);
  case SECTION_ABSENT:
    return read_absent (reading, error);
  case SECTION_MIGRATIONS:
    return read_migration (reading, error);
  case SECTION_OTHER:
    break;
  }
  return TRUE;
}

static void
begin_section (Reading *reading, const char *name)
{
  const int found =
      mt_word_find (&sections[0][0], G_N_ELEMENTS (sections), sizeof sections[0], name);

  reading->section = found >= 0 ? (Section)found : SECTION_OTHER;
  reading->columns[0] = NULL;
  reading->has_section = TRUE;
}

/* "#: KEY TEXT", and "#:" with two blanks continues it. */
static void
read_source (Reading *reading, const char *line, char **key)
{
  g_auto (GStrv) parts = NULL;
  const char *old;

  if (g_str_has_prefix (line, "  ") && *key != NULL) {
    old = g_hash_table_lookup (reading->sources, *key);
    g_hash_table_replace (reading->sources, g_strdup (*key),
                          g_strconcat (old, " ", line + strspn (line, " "), NULL));
    return;
  }
  parts = g_strsplit (line + strspn (line, " "), " ", 2);
  if (parts[0] == NULL || parts[1] == NULL)
    return;
  g_free (*key);
  *key = g_strdup (parts[0]);
  g_hash_table_replace (reading->sources, g_strdup (parts[0]), g_strdup (g_strchug (parts[1])));
}

/* The names of the columns, and then rows. */
static gboolean
read_cells (Reading *reading, GError **error)
{
  const guint columns = g_strv_length (reading->cells);
  guint i;

  if (columns > COLUMNS_MAX - 1)
    return fail (reading, error, "more than %d columns", COLUMNS_MAX - 1);
  if (reading->columns[0] != NULL) {
    for (i = 0; reading->columns[i] != NULL; i++)
      ;
    return i == columns ? read_row (reading, error)
                        : fail (reading, error, "%u cells, %u columns", columns, i);
  }
  for (i = 0; i < columns; i++)
    reading->columns[i] = reading->cells[i];
  reading->columns[i] = NULL;
  return TRUE;
}

/* The table keeps the texts of the row's cells. */
static gboolean
read_line (Reading *reading, const char *line, char **key, GError **error)
{
  if (g_str_has_prefix (line, "#:")) {
    read_source (reading, line + 2, key);
    return TRUE;
  }
  if (*line == '\0' || *line == '#')
    return TRUE;
  if (*line == '%') {
    begin_section (reading, line + 1);
    return TRUE;
  }
  if (!reading->has_section)
    return fail (reading, error, "a row before the name of its section");
  if (reading->section == SECTION_OTHER)
    return TRUE;
  reading->cells = g_strsplit (line, "\t", -1);
  g_ptr_array_add (reading->table->lines, reading->cells);
  return read_cells (reading, error);
}

static MtPlatformTable *
table_new (const char *where)
{
  MtPlatformTable *table = g_new0 (MtPlatformTable, 1);

  g_atomic_ref_count_init (&table->refs);
  table->where = g_strdup (where);
  table->lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  table->distributions = g_ptr_array_new_with_free_func (g_free);
  table->platforms = g_ptr_array_new_with_free_func (platform_row_free);
  table->revisions = g_ptr_array_new_with_free_func (g_free);
  table->absent = g_ptr_array_new_with_free_func (g_free);
  table->migrations = g_ptr_array_new_with_free_func (migration_row_free);
  return table;
}

MtPlatformTable *
mt_platform_table_ref (MtPlatformTable *table)
{
  g_atomic_ref_count_inc (&table->refs);
  return table;
}

void
mt_platform_table_unref (MtPlatformTable *table)
{
  if (table == NULL || !g_atomic_ref_count_dec (&table->refs))
    return;
  g_ptr_array_unref (table->distributions);
  g_ptr_array_unref (table->platforms);
  g_ptr_array_unref (table->revisions);
  g_ptr_array_unref (table->absent);
  g_ptr_array_unref (table->migrations);
  g_ptr_array_unref (table->lines);
  g_free (table->where);
  g_free (table);
}

static gboolean
check_whole (const Reading *reading, GError **error)
{
  if (reading->table->date == NULL)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: section 'table' has no row",
                    reading->table->where);
  return reading->table->platforms->len != 0 ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: section 'platforms' has no row",
                  reading->table->where);
}

MtPlatformTable *
mt_platform_table_read (const char *text, gsize length, const char *where, GError **error)
{
  g_autoptr (MtPlatformTable) table = table_new (where);
  g_autoptr (GHashTable) sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *copy = g_strndup (text, length), *key = NULL;
  g_auto (GStrv) lines = NULL;
  Reading reading = { .table = table, .sources = sources };

  if (!g_utf8_validate (text, (gssize)length, NULL)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_CONFIG, "%s: not valid UTF-8", where);
    return NULL;
  }
  lines = g_strsplit (copy, "\n", -1);
  for (reading.line = 1; lines[reading.line - 1] != NULL; reading.line++) {
    if (!read_line (&reading, lines[reading.line - 1], &key, error))
      return NULL;
  }
  return check_whole (&reading, error) ? g_steal_pointer (&table) : NULL;
}
