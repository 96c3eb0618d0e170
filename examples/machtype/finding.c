/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as text. */

#include "machtype-program.h"

#include <string.h>

#include "finding-layout.h"

/* The text around the message in each form. */
static const struct {
  guint8 severity, code, remedy, authority;
} forms[] = {
  [FINDING_MESSAGE] = { 0, 0, 0, 0 },
  [FINDING_REMEDY] = { 0, 0, 1, 0 },
  [FINDING_CODE] = { 0, 1, 1, 0 },
  [FINDING_ALL] = { 1, 1, 1, 1 },
};

static char *
dup_authority (const MachtypeFinding *finding)
{
  const char *authority = machtype_authority_to_string (machtype_finding_get_authority (finding));
  const char *source = machtype_finding_get_source (finding);

  return source != NULL ? g_strdup_printf ("%s: %s", authority, source) : g_strdup (authority);
}

static void
append (GString *text, const char *first, const char *second)
{
  g_string_append (text, first);
  g_string_append (text, second);
}

static void
append_finding (GString *text, const MachtypeFinding *finding, FindingForm form)
{
  const char *remedy = machtype_finding_get_remedy (finding);

  if (forms[form].severity)
    append (text, machtype_severity_to_string (machtype_finding_get_severity (finding)), ": ");
  if (forms[form].code)
    append (text, machtype_finding_get_code (finding), ": ");
  g_string_append (text, machtype_finding_get_message (finding));
  if (forms[form].remedy && remedy != NULL)
    append (text, "; ", remedy);
  if (forms[form].authority) {
    g_autofree char *authority = dup_authority (finding);

    g_string_append_printf (text, " [%s]", authority);
  }
}

char *
finding_to_text (const MachtypeFinding *finding, FindingForm form)
{
  GString *text = g_string_new (NULL);

  append_finding (text, finding, form);
  return g_string_free (text, FALSE);
}

gboolean
finding_has_code (const MachtypeFinding *finding, const char *code)
{
  return strcmp (machtype_finding_get_code (finding), code) == 0;
}

gboolean
findings_have_code (GPtrArray *findings, const char *code)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (finding_has_code (findings->pdata[i], code))
      return TRUE;
  }
  return FALSE;
}

/* The number of similar findings that are shown before the others are only counted. */
#define ALIKE_MAX 6

/* The maximum width of a label at the head of a column. */
#define LABEL_MAX 12

#define INDENT FINDING_INDENT

/* The order of effects on a guest: whether it boots, then the network, then disks, then the rest.
 */
static const char first_effects[][16] = {
  "board",    "boot-driver",   "boot-order", "firmware",  "smm",        "network-name",
  "virtio-1", "pci-addresses", "disk-bus",   "cdrom-bus", "floppy-bus",
};

static guint
get_rank (const MachtypeFinding *finding)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (first_effects); i++) {
    if (finding_has_code (finding, first_effects[i]))
      break;
  }
  return i;
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  guint x = get_rank (*(MachtypeFinding *const *)a), y = get_rank (*(MachtypeFinding *const *)b);

  return x < y ? -1 : x > y;
}

/* The message of a finding in two parts: its subject, and the statement about it. */
typedef struct {
  const MachtypeFinding *finding;
  char *head;        /* up to a colon, or a short form of the subject; NULL: it has no such part */
  gboolean is_label; /* a subject, or short enough to head a column */
  const char *rest;
} Part;

static void
part_clear (gpointer data)
{
  g_free (((Part *)data)->head);
}

/* "/domain/devices/rng[1]" is rng[1]: readers know where that is. */
static char *
dup_short (const char *subject)
{
  static const char *const known[] = { "/domain/devices/", "/domain/" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_has_prefix (subject, known[i]))
      return g_strdup (subject + strlen (known[i]));
  }
  return g_strdup (subject);
}

static void
take_apart (const MachtypeFinding *finding, Part *part)
{
  const char *subject = machtype_finding_get_subject (finding);
  const char *message = machtype_finding_get_message (finding), *colon = strstr (message, ": ");

  *part = (Part){ finding, NULL, FALSE, message };
  if (colon == NULL)
    return;
  part->head = g_strndup (message, (gsize)(colon - message));
  part->rest = colon + 2;
  if (g_strcmp0 (part->head, subject) == 0) {
    g_free (part->head);
    part->head = dup_short (subject);
    part->is_label = TRUE;
  } else
    part->is_label = terminal_count_columns (part->head) <= LABEL_MAX;
}

/* Whether two findings make the same statement about different things. */
static gboolean
is_alike (const Part *a, const Part *b)
{
  return a->head != NULL && b->head != NULL && !a->is_label && !b->is_label &&
         strcmp (a->rest, b->rest) == 0 &&
         finding_has_code (a->finding, machtype_finding_get_code (b->finding)) &&
         g_strcmp0 (machtype_finding_get_remedy (a->finding),
                    machtype_finding_get_remedy (b->finding)) == 0;
}

/* A list of findings that is laid out for a terminal. */
typedef struct {
  FILE *stream;
  FindingForm form;
  char mark;     /* '\0': by severity */
  GArray *parts; /* of Part */
  guint label_columns;
} Listing;

static const Part *
get_part (const Listing *listing, guint i)
{
  return &g_array_index (listing->parts, Part, i);
}

void
finding_add_mark (const MachtypeFinding *finding, char mark, Text *text)
{
  Style style = STYLE_PLAIN;

  if (mark == '\0')
    mark = "--!x"[machtype_finding_get_severity (finding)];
  if (mark != '-')
    style = mark == 'x' ? STYLE_BAD : STYLE_WARNING;
  text_add (text, style, "%c", mark);
  text_add (text, STYLE_PLAIN, " ");
}

void
finding_print_below (FILE *stream, const char *word, Style style, const char *what,
                     const char *code)
{
  g_autoptr (Text) text = text_new ();

  text_add (text, STYLE_DIM, "%s  ", word);
  text_add (text, style, "%s", what);
  text_print (text, stream, INDENT + 2, INDENT + 6, code);
}

/* A message and what is below it. code is NULL if it is not shown. */
static void
print_finding (const Listing *listing, const MachtypeFinding *finding, const Text *text,
               guint indent, guint hang, const char *code)
{
  const char *remedy = machtype_finding_get_remedy (finding);
  gboolean has_authority = forms[listing->form].authority;
  g_autofree char *authority = NULL;

  text_print (text, listing->stream, indent, hang, remedy == NULL && !has_authority ? code : NULL);
  if (remedy != NULL)
    finding_print_below (listing->stream, "do", STYLE_PLAIN, remedy, has_authority ? NULL : code);
  if (!has_authority)
    return;
  authority = dup_authority (finding);
  finding_print_below (listing->stream, "by", STYLE_DIM, authority, code);
}

/* Similar findings: what differs on separate lines, then the common statement. */
static void
print_alike (const Listing *listing, guint first, guint n, const char *code)
{
  const Part *part = get_part (listing, first);
  guint i, shown = n > ALIKE_MAX ? ALIKE_MAX - 1 : n;
  g_autoptr (Text) rest = text_new ();

  for (i = 0; i < shown; i++) {
    g_autoptr (Text) text = text_new ();

    if (i == 0)
      finding_add_mark (part->finding, listing->mark, text);
    text_add (text, STYLE_PLAIN, "%s", get_part (listing, first + i)->head);
    text_print (text, listing->stream, i == 0 ? INDENT - 2 : INDENT, INDENT + 2, NULL);
  }
  if (shown < n) {
    g_autoptr (Text) text = text_new ();

    text_add (text, STYLE_PLAIN, "and %u more", n - shown);
    text_print (text, listing->stream, INDENT, INDENT + 2, NULL);
  }
  text_add (rest, STYLE_PLAIN, "%s", part->rest);
  print_finding (listing, part->finding, rest, INDENT + 2, INDENT + 2, code);
}

static void
print_single (const Listing *listing, const Part *part, const char *code)
{
  g_autoptr (Text) text = text_new ();
  guint hang = INDENT, n;

  finding_add_mark (part->finding, listing->mark, text);
  if (part->is_label) {
    n = terminal_count_columns (part->head);
    text_add (text, STYLE_NAME, "%s", part->head);
    text_add (text, STYLE_PLAIN, "%*s  %s",
              n < listing->label_columns ? (int)(listing->label_columns - n) : 0, "", part->rest);
    hang += n <= listing->label_columns ? listing->label_columns + 2 : 2;
  } else
    text_add (text, STYLE_PLAIN, "%s", machtype_finding_get_message (part->finding));
  print_finding (listing, part->finding, text, INDENT - 2, hang, code);
}

/* The code of the group that ends before this one; NULL if that has the same: it is shown once. */
static const char *
get_code (const Listing *listing, const Part *part, guint next)
{
  const char *code = machtype_finding_get_code (part->finding);

  if (next < listing->parts->len && !forms[listing->form].authority &&
      finding_has_code (get_part (listing, next)->finding, code))
    return NULL;
  return code;
}

static void
listing_fill (Listing *listing, GPtrArray *findings)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  guint i;

  g_ptr_array_extend (sorted, findings, NULL, NULL);
  if (listing->mark == '-')
    g_ptr_array_sort (sorted, compare_ranks);
  for (i = 0; i < sorted->len; i++) {
    guint n;
    Part part;

    take_apart (sorted->pdata[i], &part);
    n = part.is_label ? terminal_count_columns (part.head) : 0;
    if (n <= LABEL_MAX)
      listing->label_columns = MAX (listing->label_columns, n);
    g_array_append_val (listing->parts, part);
  }
}

void
findings_print (FILE *stream, const char *heading, GPtrArray *findings, FindingForm form, char mark)
{
  Listing listing = { stream, form, mark, g_array_new (FALSE, FALSE, sizeof (Part)), 0 };
  guint i, next;

  g_array_set_clear_func (listing.parts, part_clear);
  listing_fill (&listing, findings);
  if (heading != NULL && findings->len != 0)
    terminal_print_heading (stream, heading);
  for (i = 0; i < listing.parts->len; i = next) {
    const Part *part = get_part (&listing, i);

    for (next = i + 1; next < listing.parts->len && is_alike (part, get_part (&listing, next));)
      next++;
    if (next > i + 1)
      print_alike (&listing, i, next - i, get_code (&listing, part, next));
    else
      print_single (&listing, part, get_code (&listing, part, next));
  }
  g_array_unref (listing.parts);
}

void
finding_warn (const char *label, const MachtypeFinding *finding, FindingForm form)
{
  g_autofree char *text = finding_to_text (finding, form);

  g_printerr ("%s: %s\n", label, text);
}

void
findings_warn (const char *label, GPtrArray *findings, FindingForm form)
{
  g_autoptr (GString) text = NULL, lines = NULL;
  guint i;

  if (findings == NULL || findings->len == 0)
    return;
  if (terminal_is_screen (stderr)) {
    findings_print (stderr, strcmp (label, "warning") == 0 ? "Warnings" : label, findings, form,
                    '!');
    return;
  }
  text = g_string_sized_new (256);
  lines = g_string_sized_new (4096);
  for (i = 0; i < findings->len; i++) {
    g_autofree char *escaped = NULL;

    append_finding (g_string_truncate (text, 0), findings->pdata[i], form);
    escaped = machtype_text_escape_message (text->str);
    append (lines, label, ": ");
    append (lines, escaped, "\n");
  }
  print_errors (lines->str);
}

/* "OLD -> NEW: refused (refused-family)": the verdict is also a code. */
void
change_print (FILE *stream, const MachtypeChange *change)
{
  MachtypeVerdict verdict = machtype_change_get_verdict (change);
  const char *word = machtype_verdict_to_string (verdict);
  const char *old_type = machtype_change_get_old_machine (change);
  gsize n = strcspn (word, "-");
  Style style = machtype_change_is_permitted (change) ? STYLE_GOOD : STYLE_BAD;
  g_autoptr (Text) text = text_new ();

  text_add (text, STYLE_NAME, "%s",
            old_type != NULL && *old_type != '\0' ? old_type : "none recorded");
  text_add (text, STYLE_PLAIN, " -> ");
  text_add (text, STYLE_NAME, "%s", machtype_change_get_new_machine (change));
  text_add (text, STYLE_PLAIN, ": ");
  text_add (text, verdict == MACHTYPE_VERDICT_FORCED ? STYLE_WARNING : style, "%.*s", (int)n, word);
  text_print (text, stream, 0, 2, word[n] != '\0' ? word : NULL);
}

void
change_report (const MachtypeChange *change, GPtrArray *warnings, GPtrArray *effects)
{
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);

  if (terminal_is_screen (stderr)) {
    gboolean permitted = machtype_change_is_permitted (change);

    findings_print (stderr, permitted ? "Forced despite" : "Refused because", reasons, FINDING_CODE,
                    'x');
    findings_print (stderr, permitted ? "The guest will notice" : "The guest would notice", effects,
                    FINDING_CODE, '-');
    findings_print (stderr, "Warnings", warnings, FINDING_CODE, '!');
    return;
  }
  findings_warn ("reason", reasons, FINDING_CODE);
  findings_warn ("warning", warnings, FINDING_CODE);
  findings_warn ("effect", effects, FINDING_CODE);
}
