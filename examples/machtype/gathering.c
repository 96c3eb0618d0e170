/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of many guests, for a person: what is said of several is said once. */

#include "machtype-program.h"

#include <string.h>

#include "finding-layout.h"

/* The number of guests that are listed before the others are only counted. */
#define GUESTS_MAX 12

/* Below a finding, like its remedy. */
#define GUEST_INDENT (FINDING_INDENT + 2)

/* Between columns. */
#define GAP 2

/* A statement about guests, in the same words but for their UUIDs. */
typedef struct {
  MachtypeFinding *finding; /* about one of them */
  char *uuid;               /* whose */
  GPtrArray *guests;        /* of Kept: the first ones, in order */
  guint n;
} Cause;

struct Gathering {
  GPtrArray *causes; /* of Cause, in the order of their first occurrence */
  GHashTable *texts; /* the same, by their text */
};

/* A guest, with its texts. */
typedef struct {
  Guest guest;
  char *uuid, *name, *host, *machine;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->uuid);
  g_free (kept->name);
  g_free (kept->host);
  g_free (kept->machine);
  g_free (kept);
}

static Kept *
kept_new (const Guest *guest)
{
  Kept *kept = g_new (Kept, 1);

  kept->uuid = g_strdup (guest->uuid);
  kept->name = g_strdup (guest->name);
  kept->host = g_strdup (guest->host);
  kept->machine = g_strdup (guest->machine);
  kept->guest = (Guest){ kept->uuid, kept->name, kept->host, kept->machine };
  return kept;
}

static void
cause_free (gpointer data)
{
  Cause *cause = data;

  machtype_finding_unref (cause->finding);
  g_ptr_array_unref (cause->guests);
  g_free (cause->uuid);
  g_free (cause);
}

Gathering *
gathering_new (void)
{
  Gathering *gathering = g_new (Gathering, 1);

  gathering->causes = g_ptr_array_new_with_free_func (cause_free);
  gathering->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return gathering;
}

void
gathering_free (Gathering *gathering)
{
  if (gathering == NULL)
    return;
  g_hash_table_unref (gathering->texts);
  g_ptr_array_unref (gathering->causes);
  g_free (gathering);
}

/* For all guests alike. */
static char *
dup_general (const char *text, const char *uuid)
{
  GString *general = g_string_new (text);

  if (uuid != NULL)
    g_string_replace (general, uuid, "UUID", 0);
  return g_string_free (general, FALSE);
}

static Cause *
find_cause (Gathering *gathering, MachtypeFinding *finding, const char *uuid)
{
  g_autofree char *text = finding_to_text (finding, FINDING_ALL);
  g_autofree char *general = dup_general (text, uuid);
  Cause *cause = g_hash_table_lookup (gathering->texts, general);

  if (cause == NULL) {
    cause = g_new (Cause, 1);
    cause->finding = machtype_finding_ref (finding);
    cause->uuid = g_strdup (uuid);
    cause->guests = g_ptr_array_new_with_free_func (kept_free);
    cause->n = 0;
    g_ptr_array_add (gathering->causes, cause);
    g_hash_table_insert (gathering->texts, g_steal_pointer (&general), cause);
  }
  return cause;
}

/* What is not known comes last, as in list. */
static int
compare_texts (const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return (a == NULL) - (b == NULL);
  return strcmp (a, b);
}

/* By name: libvirt's order is that of a hash table. Guests without UUIDs stay as they came. */
static int
compare_guests (const Guest *a, const Guest *b)
{
  int order;

  if (a->uuid == NULL || b->uuid == NULL)
    return 0;
  order = compare_texts (a->name, b->name);
  if (order == 0)
    order = compare_texts (a->host, b->host);
  return order != 0 ? order : strcmp (a->uuid, b->uuid);
}

/* Keeps only those that can be listed: a fleet has thousands. */
static void
add_guest (Cause *cause, const Guest *guest)
{
  guint i = cause->guests->len;

  while (i > 0 && compare_guests (guest, cause->guests->pdata[i - 1]) < 0)
    i--;
  if (i == GUESTS_MAX)
    return;
  if (cause->guests->len == GUESTS_MAX)
    g_ptr_array_remove_index (cause->guests, GUESTS_MAX - 1);
  g_ptr_array_insert (cause->guests, (int)i, kept_new (guest));
}

void
gathering_add (Gathering *gathering, const Guest *guest, GPtrArray *findings)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    Cause *cause = find_cause (gathering, findings->pdata[i], guest->uuid);

    add_guest (cause, guest);
    cause->n++;
  }
}

/* The number of guests that are listed: never all but one. */
static guint
count_shown (const Cause *cause)
{
  return cause->n > GUESTS_MAX ? GUESTS_MAX - 1 : cause->n;
}

static char *
dup_names (const Cause *cause)
{
  const guint shown = count_shown (cause);
  GString *list = g_string_new (NULL);
  guint i;

  for (i = 0; i < shown; i++)
    g_string_append_printf (list, "%s%s", i != 0 ? ", " : "",
                            ((const Guest *)cause->guests->pdata[i])->name);
  if (shown < cause->n)
    g_string_append_printf (list, " and %u more", cause->n - shown);
  return g_string_free (list, FALSE);
}

/* NULL: the message says it. */
static const char *
get_machine (const Cause *cause, const Guest *guest)
{
  const char *message = machtype_finding_get_message (cause->finding);

  return guest->machine != NULL && strstr (message, guest->machine) == NULL ? guest->machine : NULL;
}

#define N_COLUMNS 4

static void
get_cells (const Cause *cause, const Guest *guest, const char *cells[N_COLUMNS])
{
  cells[0] = or_dash (guest->name);
  cells[1] = get_machine (cause, guest);
  cells[2] = guest->host;
  cells[3] = guest->uuid;
}

static const Style styles[N_COLUMNS] = { STYLE_NAME, STYLE_PLAIN, STYLE_PLAIN, STYLE_DIM };

static gboolean
has_room (const Cause *cause, FILE *stream)
{
  guint widths[N_COLUMNS] = { 0 }, sum = GUEST_INDENT, i, k;

  for (i = 0; i < count_shown (cause); i++) {
    const char *cells[N_COLUMNS];

    get_cells (cause, cause->guests->pdata[i], cells);
    for (k = 0; k < N_COLUMNS; k++)
      widths[k] = MAX (widths[k], cells[k] != NULL ? terminal_count_columns (cells[k]) + GAP : 0);
  }
  for (k = 0; k < N_COLUMNS; k++)
    sum += widths[k];
  return sum - GAP <= terminal_get_width (stream);
}

static void
print_columns (const Cause *cause, FILE *stream)
{
  static const char *const heads[N_COLUMNS + 1] = { "", "", "", "", NULL };
  g_autoptr (Table) table = table_new (heads);
  guint i, k;

  for (i = 0; i < count_shown (cause); i++) {
    const char *cells[N_COLUMNS];

    get_cells (cause, cause->guests->pdata[i], cells);
    for (k = 0; k < N_COLUMNS; k++)
      table_add (table, styles[k], cells[k]);
  }
  table_print (table, stream, GUEST_INDENT);
}

/* Without room for columns, the UUID is in a line of its own, so that it can be copied. */
static void
print_lines (const Cause *cause, const Guest *guest, FILE *stream)
{
  const guint width = terminal_get_width (stream), n = terminal_count_columns (guest->uuid);
  const char *cells[N_COLUMNS];
  g_autoptr (Text) line = text_new (), uuid = text_new ();
  guint k;

  get_cells (cause, guest, cells);
  for (k = 0; k < N_COLUMNS - 1; k++) {
    if (cells[k] != NULL)
      text_add (line, styles[k], "%s%s", k != 0 ? "  " : "", cells[k]);
  }
  text_print (line, stream, GUEST_INDENT, GUEST_INDENT + 2, NULL);
  text_add (uuid, STYLE_DIM, "%s", guest->uuid);
  text_print (uuid, stream, width > n ? MIN (width - n, GUEST_INDENT + 2) : 0, 0, NULL);
}

static void
print_guests (const Cause *cause, FILE *stream)
{
  const guint shown = count_shown (cause);
  g_autoptr (Text) more = text_new ();
  guint i;

  if (has_room (cause, stream))
    print_columns (cause, stream);
  else
    for (i = 0; i < shown; i++)
      print_lines (cause, cause->guests->pdata[i], stream);
  if (shown == cause->n)
    return;
  text_add (more, STYLE_PLAIN, "and %u more, which --json lists", cause->n - shown);
  text_print (more, stream, GUEST_INDENT, GUEST_INDENT + 2, NULL);
}

static void
print_cause (const Cause *cause, FILE *stream, char mark)
{
  const Guest *first = cause->guests->pdata[0];
  const char *remedy = machtype_finding_get_remedy (cause->finding);
  const char *code = machtype_finding_get_code (cause->finding);
  g_autofree char *names = first->uuid == NULL ? dup_names (cause) : NULL;
  g_autofree char *general =
      remedy != NULL ? dup_general (remedy, cause->n > 1 ? cause->uuid : NULL) : NULL;
  g_autoptr (Text) text = text_new ();

  finding_add_mark (cause->finding, mark, text);
  text_add (text, STYLE_PLAIN, "%s", machtype_finding_get_message (cause->finding));
  text_print (text, stream, FINDING_INDENT - 2, FINDING_INDENT,
              names == NULL && general == NULL ? code : NULL);
  if (names != NULL)
    finding_print_below (stream, "in", STYLE_NAME, names, general == NULL ? code : NULL);
  if (general != NULL)
    finding_print_below (stream, "do", STYLE_PLAIN, general, code);
  if (names == NULL)
    print_guests (cause, stream);
}

/* The most severe first, and what has the same code together: of guests by what is said, as these
 * come in any order. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const Cause *left = *(Cause *const *)a, *right = *(Cause *const *)b;
  const MachtypeFinding *x = left->finding, *y = right->finding;
  const MachtypeSeverity p = machtype_finding_get_severity (x);
  const MachtypeSeverity q = machtype_finding_get_severity (y);
  int order;

  if (p != q)
    return p > q ? -1 : 1;
  order = strcmp (machtype_finding_get_code (x), machtype_finding_get_code (y));
  if (order != 0 || left->uuid == NULL || right->uuid == NULL)
    return order;
  return strcmp (machtype_finding_get_message (x), machtype_finding_get_message (y));
}

void
gathering_print (const Gathering *gathering, FILE *stream, const char *heading, char mark)
{
  guint i;

  if (heading != NULL && gathering->causes->len != 0)
    terminal_print_heading (stream, heading);
  if (mark == '\0')
    g_ptr_array_sort (gathering->causes, compare);
  for (i = 0; i < gathering->causes->len; i++)
    print_cause (gathering->causes->pdata[i], stream, mark);
}

void
guest_warn (const Guest *guest, GPtrArray *findings)
{
  g_autofree char *name = guest->name != NULL ? dup_shown (guest->name) : NULL;
  guint i;

  for (i = 0; i < findings->len; i++) {
    const char *message = machtype_finding_get_message (findings->pdata[i]);
    const char *machine = guest->machine;
    GString *label = g_string_new (guest->uuid);

    if (name != NULL)
      g_string_append_printf (label, " (%s)", name);
    if (machine != NULL && strstr (message, machine) == NULL)
      g_string_append_printf (label, ", %s", machine);
    finding_warn (label->str, findings->pdata[i], FINDING_REMEDY);
    g_string_free (label, TRUE);
  }
}
