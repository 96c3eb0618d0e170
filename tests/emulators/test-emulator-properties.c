/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat.tsv and effects.tsv against what real emulators tell of each version (recorded.h). */

#include "recorded.h"

#include <stdio.h>
#include <string.h>

static const char *const families[] = { "pc-i440fx", "pc-q35", "virt", "pseries",
                                        "s390-ccw-virtio" };

/* The cells of compat-X.Y.tsv and facts-X.Y.tsv. */
enum { VERSION, TEXT, FAMILIES, EMULATORS, N_CELLS };

static gboolean
has_word (const char *words, const char *word)
{
  const gsize length = strlen (word);
  const char *at;

  for (at = words; (at = strstr (at, word)) != NULL; at += length) {
    if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
      return TRUE;
  }
  return FALSE;
}

static char *
dup_version (guint version)
{
  return g_strdup_printf ("%u.%u", version >> 8, version & 0xff);
}

/* NULL: this QEMU does not tell it. */
static GPtrArray *
read_table (const Qemu *qemu, const char *kind)
{
  g_autofree char *folder = recorded_dup_folder ();
  g_autofree char *version = dup_version (qemu->version);
  g_autofree char *name = g_strdup_printf ("%s-%s.tsv", kind, version);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? recorded_read_rows (path, N_CELLS) : NULL;
}

/* QEMU has had up to 13 minor releases. */
static guint
add_one (guint version)
{
  return (version & 0xff) < 15 ? version + 1 : (version | 0xff) + 1;
}

/* The next newer type of the family; 0: none. */
static guint
find_newer (GHashTable *machines, const char *family, guint version)
{
  while ((version = add_one (version)) < V (20, 0)) {
    g_autofree char *text = dup_version (version);
    g_autofree char *name = g_strdup_printf ("%s-%s", family, text);

    if (g_hash_table_contains (machines, name))
      return version;
  }
  return 0;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static char *
join_sorted (GPtrArray *lines)
{
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

/* What a type has, and newer ones do not: "PROPERTY (types up to X.Y)", as the library says it. */
static char *
dup_real (GPtrArray *rows, const char *emulator, const char *family, const char *last)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < rows->len; i++) {
    char **row = rows->pdata[i];

    if (g_str_equal (row[VERSION], last) && has_word (row[FAMILIES], family) &&
        has_word (row[EMULATORS], emulator))
      g_ptr_array_add (lines,
                       g_strdup_printf ("no longer set: %s (types up to %s)", row[TEXT], last));
  }
  return join_sorted (lines);
}

/* The effects with a code that a step has. */
static char *
dup_said (const char *family, const char *old, const char *new, const char *code)
{
  g_autofree char *from = g_strdup_printf ("%s-%s", family, old);
  g_autofree char *to = g_strdup_printf ("%s-%s", family, new);
  g_autoptr (MachtypeChange) change =
      machtype_change_check (from, to, MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                             MACHTYPE_CHANGE_FORCE | MACHTYPE_CHANGE_PROPERTIES, NULL, NULL);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < effects->len; i++) {
    if (g_str_equal (machtype_finding_get_code (effects->pdata[i]), code))
      g_ptr_array_add (lines, g_strdup (machtype_finding_get_message (effects->pdata[i])));
  }
  return join_sorted (lines);
}

/* One step of a family in an emulator. */
typedef struct {
  GPtrArray *rows;
  const char *emulator, *family, *old, *new;
} Step;

typedef void (*StepFunc) (const Step *step);

static void
assert_properties (const Step *step)
{
  g_autofree char *real = dup_real (step->rows, step->emulator, step->family, step->old);
  g_autofree char *said = dup_said (step->family, step->old, step->new, "property");

  g_assert_cmpstr (said, ==, real);
}

/* What the effects say of a fact of query-machines. %s: its value, in capitals and up to "_". */
static const struct {
  const char *fact, *effect;
} facts[] = {
  { "cpu-max=", "up to %s vCPUs" },
  { "default-cpu-type=", "without a CPU model, the guest's CPU becomes %s" },
  { "hotpluggable-cpus=", "CPUs can be hot-plugged" },
  { "numa-mem-supported=", "NUMA nodes need a memory backend each" },
};

/* NULL: the fact does not change there. */
static char *
find_value (const Step *step, const char *fact)
{
  guint i;

  for (i = 0; i < step->rows->len; i++) {
    char **row = step->rows->pdata[i];

    if (g_str_equal (row[VERSION], step->new) && g_str_has_prefix (row[TEXT], fact) &&
        has_word (row[FAMILIES], step->family) && has_word (row[EMULATORS], step->emulator)) {
      const char *value = row[TEXT] + strlen (fact);

      return g_ascii_strup (value, (gssize)strcspn (value, "_"));
    }
  }
  return NULL;
}

static void
assert_facts (const Step *step)
{
  g_autofree char *said = dup_said (step->family, step->old, step->new, "version");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (facts); i++) {
    g_autofree char *value = find_value (step, facts[i].fact);
    g_auto (GStrv) parts = g_strsplit (facts[i].effect, "%s", -1);
    g_autofree char *place = g_strdup_printf ("since %s: %s", step->new, parts[0]);
    const char *at = strstr (said, place);

    ROW ("%s%s", facts[i].fact, value != NULL ? value : " is as before");
    g_assert_true ((at != NULL) == (value != NULL));
    if (value != NULL && parts[1] != NULL) {
      g_assert_true (g_str_has_prefix (at + strlen (place), value));
      g_assert_true (g_str_has_prefix (at + strlen (place) + strlen (value), parts[1]));
    }
  }
}

/* Every step of a family in an emulator; their number. */
static guint
compare_steps (GPtrArray *rows, const char *emulator, GHashTable *machines, const char *family,
               StepFunc func)
{
  guint version = find_newer (machines, family, 0), newer, n = 0;

  for (; version != 0 && (newer = find_newer (machines, family, version)) != 0; version = newer) {
    g_autofree char *old = dup_version (version);
    g_autofree char *new = dup_version (newer);
    const Step step = { rows, emulator, family, old, new };

    ROW ("qemu-system-%s: %s-%s to %s", emulator, family, old, new);
    func (&step);
    n++;
  }
  return n;
}

static void
compare_all (const char *kind, StepFunc func)
{
  g_autoptr (GPtrArray) all = recorded_read_all ();
  guint i, n = 0;
  gsize k;

  for (i = 0; i < all->len; i++) {
    const Qemu *qemu = all->pdata[i];
    g_autoptr (GPtrArray) rows = read_table (qemu, kind);
    GHashTableIter iter;
    gpointer emulator, machines;

    g_hash_table_iter_init (&iter, qemu->emulators);
    while (rows != NULL && g_hash_table_iter_next (&iter, &emulator, &machines)) {
      for (k = 0; k < G_N_ELEMENTS (families); k++)
        n += compare_steps (rows, emulator, machines, families[k], func);
    }
  }
  g_test_message ("%u steps", n);
}

static void
test_properties (void)
{
  compare_all ("compat", assert_properties);
}

static void
test_facts (void)
{
  compare_all ("facts", assert_facts);
}

/* The cells of effects.tsv, first part. */
enum { E_FAMILIES, E_SINCE, E_UNTIL, E_EFFECT, E_SOURCE, N_EFFECT_CELLS };

/* A QEMU whose emulator has a family's types before and from a version on. */
typedef struct {
  GPtrArray *rows;
  const char *emulator;
  guint before;
} Place;

static gboolean
find_in (const Qemu *qemu, const char *family, guint version, Place *place)
{
  GHashTableIter iter;
  gpointer emulator, machines;
  guint at;

  g_hash_table_iter_init (&iter, qemu->emulators);
  while (g_hash_table_iter_next (&iter, &emulator, &machines)) {
    for (at = find_newer (machines, family, 0); at != 0; at = find_newer (machines, family, at)) {
      if (find_newer (machines, family, at) == version) {
        place->emulator = emulator;
        place->before = at;
        return TRUE;
      }
    }
  }
  return FALSE;
}

static gboolean
find_place (GPtrArray *all, GPtrArray *tables, const char *family, guint version, Place *place)
{
  guint i;

  for (i = 0; i < all->len; i++) {
    place->rows = tables->pdata[i];
    if (place->rows != NULL && find_in (all->pdata[i], family, version, place))
      return TRUE;
  }
  return FALSE;
}

/* Whether the family has a step there that the source names: of pc alone, one that s390x has not.
 */
static gboolean
has_step (const Place *place, const char *family, const char *source)
{
  g_autofree char *last = dup_version (place->before);
  g_autofree char *own = dup_real (place->rows, place->emulator, family, last);
  g_autofree char *others = dup_real (place->rows, "s390x", "s390-ccw-virtio", last);
  g_auto (GStrv) lines = g_strsplit (own, "\n", -1);
  g_auto (GStrv) other_lines = g_strsplit (others, "\n", -1);
  guint i;

  if (has_word (source, "hw"))
    return *own != '\0';
  for (i = 0; lines[i] != NULL; i++) {
    if (!g_strv_contains ((const char *const *)other_lines, lines[i]))
      return TRUE;
  }
  return FALSE;
}

/* One end of an effect; the number of families of which it could be checked. */
static guint
check_end (GPtrArray *all, GPtrArray *tables, char **row, const char *end)
{
  g_auto (GStrv) names = g_strsplit (row[E_FAMILIES], " ", -1);
  guint major, minor, i, n = 0;
  char rest;

  if (sscanf (end, "%u.%u%c", &major, &minor, &rest) != 2)
    return 0;
  for (i = 0; names[i] != NULL; i++) {
    Place place = { NULL, NULL, 0 };

    names[i][strcspn (names[i], ":")] = '\0';
    if (!find_place (all, tables, names[i], V (major, minor), &place))
      continue;
    ROW ("%s %s: %s", names[i], end, row[E_EFFECT]);
    g_assert_true (has_step (&place, names[i], row[E_SOURCE]));
    n++;
  }
  return n;
}

/* What effects.tsv has from a table of properties begins and ends where one has a step. */
static void
test_effects (void)
{
  g_autoptr (GPtrArray) all = recorded_read_all ();
  g_autoptr (GPtrArray) tables = g_ptr_array_new ();
  g_autofree char *path = test_data ("..", "..", "libmachtype", "data", "effects.tsv");
  g_autoptr (GPtrArray) rows = recorded_read_part (path, "%effects", N_EFFECT_CELLS);
  guint i, n = 0, n_tables = 0;

  for (i = 0; i < all->len; i++) {
    g_ptr_array_add (tables, read_table (all->pdata[i], "compat"));
    n_tables += tables->pdata[i] != NULL;
  }
  for (i = 0; i < rows->len; i++) {
    char **row = rows->pdata[i];

    if (!has_word (row[E_SOURCE], "hw") && !has_word (row[E_SOURCE], "pc"))
      continue;
    n += check_end (all, tables, row, row[E_SINCE]);
    n += check_end (all, tables, row, row[E_UNTIL]);
  }
  g_test_message ("%u beginnings and ends", n);
  g_assert_true (n_tables == 0 || n > 0);
  for (i = 0; i < tables->len; i++)
    g_clear_pointer ((GPtrArray **)&tables->pdata[i], g_ptr_array_unref);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emulators/properties/steps", test_properties);
  g_test_add_func ("/emulators/properties/facts", test_facts);
  g_test_add_func ("/emulators/properties/effects", test_effects);
  return g_test_run ();
}
