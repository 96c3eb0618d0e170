/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shortest way from one list of lines to another: E. Myers, "An O(ND) Difference Algorithm and
 * Its Variations", 1986. */

#include "diff.h"

#include <string.h>

#define CONTEXT 3

/* Differences that are searched for: the memory grows with its square, up to 16 MiB. */
#define MAX_DIFFERENCES 2000

typedef struct {
  const char *text;
  gsize length; /* with the newline */
  guint id;     /* equal lines have the same */
} Line;

/* A line of the result: ' ', '-' or '+'. */
typedef struct {
  char mark;
  const Line *line;
} Edit;

typedef struct {
  const Line *old_lines, *new_lines;
  int n_old, n_new;
  GPtrArray *rounds; /* of int *: how far each diagonal was reached with 0, 1, ... differences */
} Search;

static GArray *
split (const char *text, GHashTable *ids)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));

  while (*text != '\0') {
    const char *end = strchr (text, '\n');
    Line line = { text, end != NULL ? (gsize)(end - text) + 1 : strlen (text), 0 };
    g_autofree char *key = g_strndup (text, line.length);

    line.id = GPOINTER_TO_UINT (g_hash_table_lookup (ids, key));
    if (line.id == 0) {
      line.id = g_hash_table_size (ids) + 1;
      g_hash_table_insert (ids, g_steal_pointer (&key), GUINT_TO_POINTER (line.id));
    }
    g_array_append_val (lines, line);
    text += line.length;
  }
  return lines;
}

/* Round d, from diagonal -d to d. */
static const int *
get_round (const Search *search, int d)
{
  return (const int *)search->rounds->pdata[d] + d;
}

/* Whether the furthest way to diagonal k adds a line last, and does not remove one. */
static gboolean
ends_with_addition (const int *before, int d, int k)
{
  return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

/* Where that way arrives in the old lines, before equal lines are followed. */
static int
get_start (const Search *search, int d, int k)
{
  const int *before = d > 0 ? get_round (search, d - 1) : NULL;

  if (before == NULL)
    return 0;
  return ends_with_addition (before, d, k) ? before[k + 1] : before[k - 1] + 1;
}

/* How far one gets with d differences; TRUE: to the end. */
static gboolean
search_round (Search *search, int d)
{
  int *reached = g_new0 (int, 2 * (gsize)d + 1);
  int k;

  g_ptr_array_add (search->rounds, reached);
  for (k = -d; k <= d; k += 2) {
    int x = get_start (search, d, k);

    while (x < search->n_old && x - k < search->n_new &&
           search->old_lines[x].id == search->new_lines[x - k].id)
      x++;
    reached[k + d] = x;
    if (x >= search->n_old && x - k >= search->n_new)
      return TRUE;
  }
  return FALSE;
}

static void
add_edit (GArray *edits, char mark, const Line *line)
{
  const Edit edit = { mark, line };

  g_array_append_val (edits, edit);
}

/* From the end to the beginning. */
static void
trace_back (const Search *search, int differences, GArray *edits)
{
  int x = search->n_old, y = search->n_new, d;

  for (d = differences; d >= 0; d--) {
    const int k = x - y, start = get_start (search, d, k);

    for (; x > start; y--)
      add_edit (edits, ' ', &search->old_lines[--x]);
    if (d > 0 && ends_with_addition (get_round (search, d - 1), d, k))
      add_edit (edits, '+', &search->new_lines[--y]);
    else if (d > 0)
      add_edit (edits, '-', &search->old_lines[--x]);
  }
}

static void
replace_all (const Search *search, GArray *edits)
{
  int i;

  for (i = search->n_new; i > 0; i--)
    add_edit (edits, '+', &search->new_lines[i - 1]);
  for (i = search->n_old; i > 0; i--)
    add_edit (edits, '-', &search->old_lines[i - 1]);
}

static void
reverse (GArray *edits)
{
  guint i;

  for (i = 0; i < edits->len / 2; i++) {
    Edit *left = &g_array_index (edits, Edit, i);
    Edit *right = &g_array_index (edits, Edit, edits->len - 1 - i), kept = *left;

    *left = *right;
    *right = kept;
  }
}

static GArray *
find_edits (const GArray *old_lines, const GArray *new_lines)
{
  g_autoptr (GPtrArray) rounds = g_ptr_array_new_with_free_func (g_free);
  Search search = { (const Line *)(const void *)old_lines->data,
                    (const Line *)(const void *)new_lines->data, (int)old_lines->len,
                    (int)new_lines->len, rounds };
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  int d = 0;

  while (d < MAX_DIFFERENCES && !search_round (&search, d))
    d++;
  if (d < MAX_DIFFERENCES)
    trace_back (&search, d, edits);
  else
    replace_all (&search, edits);
  reverse (edits);
  return edits;
}

static const Edit *
get_edit (const GArray *edits, guint i)
{
  return &g_array_index (edits, Edit, i);
}

/* The edit after the hunk that begins at this one: two changes that share their context are in one
 * hunk. */
static guint
find_hunk_end (const GArray *edits, guint first_change)
{
  guint end = first_change, i;

  for (i = first_change; i < edits->len && i - end <= 2 * CONTEXT; i++) {
    if (get_edit (edits, i)->mark != ' ')
      end = i + 1;
  }
  return MIN (end + CONTEXT, edits->len);
}

/* "12,3": a start and a length, as patch(1) wants them. */
static void
add_range (GString *diff, char mark, guint before, guint length)
{
  g_string_append_printf (diff, "%c%u", mark, length == 0 ? before : before + 1);
  if (length != 1)
    g_string_append_printf (diff, ",%u", length);
}

static void
add_hunk (GString *diff, const GArray *edits, guint start, guint end, const guint before[2])
{
  guint lengths[2] = { 0, 0 }, i;

  for (i = start; i < end; i++) {
    lengths[0] += get_edit (edits, i)->mark != '+';
    lengths[1] += get_edit (edits, i)->mark != '-';
  }
  g_string_append (diff, "@@ ");
  add_range (diff, '-', before[0], lengths[0]);
  g_string_append_c (diff, ' ');
  add_range (diff, '+', before[1], lengths[1]);
  g_string_append (diff, " @@\n");
  for (i = start; i < end; i++) {
    const Line *line = get_edit (edits, i)->line;

    g_string_append_c (diff, get_edit (edits, i)->mark);
    g_string_append_len (diff, line->text, (gssize)line->length);
    if (line->text[line->length - 1] != '\n')
      g_string_append (diff, "\n\\ No newline at end of file\n");
  }
}

static void
add_hunks (GString *diff, const GArray *edits)
{
  guint before[2] = { 0, 0 }, done = 0, i = 0;

  while (i < edits->len) {
    guint start, end;

    if (get_edit (edits, i)->mark == ' ') {
      i++;
      continue;
    }
    start = MAX (done, i > CONTEXT ? i - CONTEXT : 0);
    end = find_hunk_end (edits, i);
    for (; done < start; done++) /* equal lines */
      before[0]++, before[1]++;
    add_hunk (diff, edits, start, end, before);
    for (; done < end; done++) {
      before[0] += get_edit (edits, done)->mark != '+';
      before[1] += get_edit (edits, done)->mark != '-';
    }
    i = end;
  }
}

char *
diff_new_unified (const char *old_text, const char *old_label, const char *new_text,
                  const char *new_label)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) old_lines = split (old_text, ids), new_lines = split (new_text, ids);
  g_autoptr (GArray) edits = NULL;
  GString *diff = g_string_new (NULL);

  if (strcmp (old_text, new_text) != 0) {
    edits = find_edits (old_lines, new_lines);
    g_string_append_printf (diff, "--- %s\n+++ %s\n", old_label, new_label);
    add_hunks (diff, edits);
  }
  return g_string_free (diff, FALSE);
}
