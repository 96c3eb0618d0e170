/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text for people at a terminal: width, wrapping, colors, tables. */

#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machtype-program.h"

/* Longer lines are hard to read, however wide the terminal is. */
#define WIDTH_MAX 100
#define WIDTH_MIN 20
#define WIDTH_USUAL 80

/* The gap between columns. */
#define GAP 2

/* The minimum width to which the last column of a table is wrapped. */
#define COLUMN_MIN 16

/* The maximum hanging indent: it leaves room for some words. */
#define HANG_MAX(width) ((width) > 44 ? (width)-22 : (width) / 2)

typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } Color;

static Color color = COLOR_AUTO;

gboolean
terminal_set_color (const char *when, GError **error)
{
  static const char *const words[] = { "auto", "always", "never" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (when, words[i]) == 0) {
      color = (Color)i;
      return TRUE;
    }
  }
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--color takes auto, always or never");
}

/* Determined once, so that a line costs no additional system call. */
static gboolean
is_terminal (FILE *stream)
{
  static gint8 known[STDERR_FILENO + 1]; /* 0: unknown yet; 1: no; 2: yes */
  int number = fileno (stream);

  if (known[number] == 0)
    known[number] = isatty (number) == 1 ? 2 : 1;
  return known[number] == 2;
}

gboolean
terminal_is_screen (FILE *stream)
{
  return color == COLOR_ALWAYS || is_terminal (stream);
}

/* https://no-color.org: set, and not empty. */
static gboolean
has_color (FILE *stream)
{
  const char *no_color = g_getenv ("NO_COLOR"), *term = g_getenv ("TERM");

  if (color != COLOR_AUTO)
    return color == COLOR_ALWAYS;
  return (no_color == NULL || *no_color == '\0') && term != NULL && *term != '\0' &&
         strcmp (term, "dumb") != 0 && is_terminal (stream);
}

/* One column stays free: some terminals start a new line when the last one is written. */
guint
terminal_get_width (FILE *stream)
{
  const char *columns = g_getenv ("COLUMNS");
  struct winsize size = { 0 };
  guint64 width = 0;

  if (columns == NULL || !g_ascii_string_to_unsigned (columns, 10, 1, G_MAXUINT, &width, NULL))
    width = ioctl (fileno (stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  if (width == 0)
    width = WIDTH_USUAL;
  return (guint)CLAMP (width, WIDTH_MIN, WIDTH_MAX) - 1;
}

static guint
get_columns (gunichar character)
{
  if (g_unichar_iszerowidth (character))
    return 0;
  return g_unichar_iswide (character) ? 2 : 1;
}

/* The number of bytes of the character at text. g_utf8_next_char () drops const. */
static gsize
get_size (const char *text)
{
  return (gsize)g_utf8_skip[(guchar)*text];
}

static guint
count_columns (const char *text, gsize length)
{
  const char *at;
  guint n = 0;

  for (at = text; at < text + length; at += get_size (at))
    n += get_columns (g_utf8_get_char (at));
  return n;
}

guint
terminal_count_columns (const char *text)
{
  return count_columns (text, strlen (text));
}

/* The bytes of a text, and a style for each. */
struct Text {
  GString *bytes, *styles;
};

Text *
text_new (void)
{
  Text *text = g_new (Text, 1);

  text->bytes = g_string_new (NULL);
  text->styles = g_string_new (NULL);
  return text;
}

void
text_free (Text *text)
{
  if (text == NULL)
    return;
  g_string_free (text->bytes, TRUE);
  g_string_free (text->styles, TRUE);
  g_free (text);
}

/* The text is already escaped. */
static void
append (Text *text, Style style, const char *bytes, gsize length)
{
  gsize i;

  g_string_append_len (text->bytes, bytes, (gssize)length);
  for (i = 0; i < length; i++)
    g_string_append_c (text->styles, (char)style);
}

void
text_add (Text *text, Style style, const char *format, ...)
{
  g_autofree char *message = NULL, *escaped = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  escaped = machtype_text_escape_message (message);
  append (text, style, escaped, strlen (escaped));
}

guint
text_get_columns (const Text *text)
{
  return terminal_count_columns (text->bytes->str);
}

static void
write_spaces (FILE *stream, guint n)
{
  fprintf (stream, "%*s", (int)n, "");
}

/* Writes a part of a line, with an escape sequence where the style changes. */
static void
write_styled (FILE *stream, gboolean colored, const Text *text, gsize start, gsize end)
{
  static const char sequences[][8] = {
    [STYLE_PLAIN] = "\033[0m", [STYLE_NAME] = "\033[1m", [STYLE_DIM] = "\033[2m",
    [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARNING] = "\033[33m",
  };
  char style = STYLE_PLAIN;
  gsize i;

  for (i = start; i < end; i++) {
    char next = text->styles->str[i];

    if (colored && next != style) {
      if (style != STYLE_PLAIN)
        fputs (sequences[STYLE_PLAIN], stream);
      if (next != STYLE_PLAIN)
        fputs (sequences[(guchar)next], stream);
      style = next;
    }
    putc (text->bytes->str[i], stream);
  }
  if (style != STYLE_PLAIN && colored)
    fputs (sequences[STYLE_PLAIN], stream);
}

/* The end of a line that begins at start and has the given number of columns: before a space if
 * there is one, otherwise within a word. *next is the start of the next line. */
static gsize
find_end (const Text *text, gsize start, guint room, gsize *next)
{
  const char *bytes = text->bytes->str;
  gsize at = start, space = start, end;
  guint n = 0;

  while (bytes[at] != '\0') {
    if (bytes[at] == ' ' && at != start && bytes[at - 1] != ' ')
      space = at;
    n += get_columns (g_utf8_get_char (bytes + at));
    if (n > room)
      break;
    at += get_size (bytes + at);
  }
  if (bytes[at] == '\0')
    end = at;
  else if (space != start)
    end = space;
  else /* at least one character, so that this terminates */
    end = at != start ? at : at + get_size (bytes + at);
  for (*next = end; bytes[*next] == ' ';)
    (*next)++;
  return end;
}

static void
write_tail (FILE *stream, gboolean colored, const char *tail, guint spaces)
{
  g_autoptr (Text) text = text_new ();

  write_spaces (stream, spaces);
  text_add (text, STYLE_DIM, "(%s)", tail);
  write_styled (stream, colored, text, 0, text->bytes->len);
}

/* Aligned to the right end of a line with the given number of columns, or of the next one. */
static void
print_tail (FILE *stream, gboolean colored, const char *tail, guint used, guint hang, guint width)
{
  guint n = terminal_count_columns (tail) + 2;

  if (used + GAP + n <= width) {
    write_tail (stream, colored, tail, width - used - n);
    return;
  }
  putc ('\n', stream);
  if (hang + n <= width)
    write_tail (stream, colored, tail, width - n);
  else {
    g_autoptr (Text) text = text_new ();

    text_add (text, STYLE_DIM, "(%s)", tail);
    text_print (text, stream, 0, 0, NULL);
  }
}

void
text_print (const Text *text, FILE *stream, guint indent, guint hang, const char *tail)
{
  gboolean colored = has_color (stream);
  guint width = terminal_get_width (stream), before = MIN (indent, HANG_MAX (width)), used;
  gsize start = 0, end, next;

  hang = MIN (hang, HANG_MAX (width));
  for (;; start = next, before = hang) {
    end = find_end (text, start, width - before, &next);
    used = before + count_columns (text->bytes->str + start, end - start);
    if (end != start)
      write_spaces (stream, before);
    write_styled (stream, colored, text, start, end);
    if (text->bytes->str[next] == '\0')
      break;
    putc ('\n', stream);
  }
  if (tail != NULL)
    print_tail (stream, colored, tail, used, hang, width);
  putc ('\n', stream);
  fflush (stream);
}

void
text_print_line (const Text *text, FILE *stream)
{
  write_styled (stream, has_color (stream), text, 0, text->bytes->len);
  putc ('\n', stream);
  fflush (stream);
}

void
terminal_print_diff (const char *diff)
{
  g_auto (GStrv) lines = g_strsplit (diff, "\n", -1);
  char **line;

  if (!terminal_is_screen (stdout)) {
    write_output (diff);
    return;
  }
  for (line = lines; *line != NULL && (line[1] != NULL || **line != '\0'); line++) {
    g_autoptr (Text) text = text_new ();

    text_add (text,
              **line == '-'   ? STYLE_BAD
              : **line == '+' ? STYLE_GOOD
                              : STYLE_PLAIN,
              "%s", *line);
    text_print_line (text, stdout);
  }
}

void
terminal_print_heading (FILE *stream, const char *heading)
{
  g_autoptr (Text) text = text_new ();

  text_add (text, STYLE_NAME, "%s", heading);
  text_print (text, stream, 0, 2, NULL);
}

struct Table {
  GPtrArray *cells; /* of Text: the heads first, row by row */
  guint n_columns;
  GString *right; /* for each column, whether it is aligned to the right */
};

Table *
table_new (const char *const *heads)
{
  Table *table = g_new0 (Table, 1);

  table->cells = g_ptr_array_new_with_free_func ((GDestroyNotify)text_free);
  table->right = g_string_new (NULL);
  for (; *heads != NULL; heads++) {
    gboolean right = **heads == '>';

    g_string_append_c (table->right, (char)right);
    table_add (table, STYLE_DIM, *heads + right);
    table->n_columns++;
  }
  return table;
}

void
table_free (Table *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->cells);
  g_string_free (table->right, TRUE);
  g_free (table);
}

void
table_add (Table *table, Style style, const char *text)
{
  Text *cell = text_new ();

  if (text != NULL)
    text_add (cell, style, "%s", text);
  g_ptr_array_add (table->cells, cell);
}

guint
table_get_n_rows (const Table *table)
{
  return table->cells->len / table->n_columns - 1;
}

static const Text *
get_cell (const Table *table, guint row, guint column)
{
  return table->cells->pdata[row * table->n_columns + column];
}

/* The widths of columns; 0: empty. Returns their sum including the gaps. */
static guint
measure (const Table *table, guint *widths)
{
  guint row, column, sum = 0;

  for (column = 0; column < table->n_columns; column++) {
    widths[column] = 0;
    for (row = 1; row <= table_get_n_rows (table); row++)
      widths[column] = MAX (widths[column], text_get_columns (get_cell (table, row, column)));
    if (widths[column] != 0)
      widths[column] = MAX (widths[column], text_get_columns (get_cell (table, 0, column)));
    if (widths[column] != 0)
      sum += widths[column] + (sum != 0 ? GAP : 0);
  }
  return sum;
}

static void
append_spaces (Text *text, guint n)
{
  g_autofree char *spaces = g_strnfill (n, ' ');

  append (text, STYLE_PLAIN, spaces, n);
}

static void
append_text (Text *text, const Text *more)
{
  g_string_append_len (text->bytes, more->bytes->str, (gssize)more->bytes->len);
  g_string_append_len (text->styles, more->styles->str, (gssize)more->styles->len);
}

/* A row in its columns; the last one can be too wide for the line. */
static void
print_row (const Table *table, guint row, const guint *widths, FILE *stream, guint indent)
{
  g_autoptr (Text) line = text_new ();
  guint column, at = 0, hang = 0, missing = 0;

  for (column = 0; column < table->n_columns; column++) {
    const Text *cell = get_cell (table, row, column);
    guint n = text_get_columns (cell);

    if (widths[column] == 0)
      continue;
    hang = at;
    at += widths[column] + GAP;
    if (n == 0) {
      missing += widths[column] + GAP;
      continue;
    }
    append_spaces (line, missing + (table->right->str[column] ? widths[column] - n : 0));
    append_text (line, cell);
    missing = GAP + (table->right->str[column] ? 0 : widths[column] - n);
  }
  if (line->bytes->len != 0)
    text_print (line, stream, indent, indent + hang, NULL);
}

/* A row as text, if there is no room for columns. */
static void
print_as_text (const Table *table, guint row, FILE *stream, guint indent)
{
  g_autoptr (Text) line = text_new ();
  guint column;

  for (column = 0; column < table->n_columns; column++) {
    const Text *cell = get_cell (table, row, column);

    if (cell->bytes->len == 0)
      continue;
    append_spaces (line, line->bytes->len != 0 ? GAP : 0);
    append_text (line, cell);
  }
  text_print (line, stream, indent, indent + 4, NULL);
}

/* How much room the last column needs at least: it can be folded, but a UUID in it is to be copied
 * as one word. */
static guint
find_least (const Table *table, guint column, guint width)
{
  guint row;

  for (row = 1; row <= table_get_n_rows (table); row++) {
    if (g_uuid_string_is_valid (get_cell (table, row, column)->bytes->str))
      return width;
  }
  return MIN (width, COLUMN_MIN);
}

static gboolean
fits (const Table *table, FILE *stream, guint indent, guint *widths)
{
  guint width = terminal_get_width (stream), sum = indent + measure (table, widths), last = 0;
  guint least = 0, column;

  for (column = 0; column < table->n_columns; column++) {
    if (widths[column] == 0)
      continue;
    last = widths[column];
    least = find_least (table, column, last);
  }
  if (sum > width && sum - last > HANG_MAX (width))
    return FALSE;
  /* The columns before the last one, and the width that is left for it. */
  return sum <= width || sum - last + least <= width;
}

gboolean
table_has_heads (const Table *table, FILE *stream, guint indent)
{
  g_autofree guint *widths = g_new (guint, table->n_columns);

  return fits (table, stream, indent, widths);
}

void
table_print (const Table *table, FILE *stream, guint indent)
{
  g_autofree guint *widths = g_new (guint, table->n_columns);
  const gboolean has_heads = fits (table, stream, indent, widths);
  guint row;

  for (row = has_heads ? 0 : 1; row <= table_get_n_rows (table); row++) {
    if (has_heads)
      print_row (table, row, widths, stream, indent);
    else
      print_as_text (table, row, stream, indent);
  }
}

/* The indent of the lines after the first one: its second column, which follows two spaces. */
static guint
find_hang (const char *line, guint indent, guint width)
{
  const char *gap = strstr (line, "  ");
  guint hang;

  if (gap == NULL)
    return indent + 2;
  while (*gap == ' ')
    gap++;
  hang = indent + count_columns (line, (gsize)(gap - line));
  return hang <= HANG_MAX (width) ? hang : MIN (indent + 6, HANG_MAX (width));
}

void
terminal_print_line (FILE *stream, const char *line)
{
  static const char warning[] = "warning:";
  guint indent = (guint)strspn (line, " ");
  g_autoptr (Text) text = text_new ();

  line += indent;
  if (indent == 0 && g_str_has_prefix (line, warning)) {
    text_add (text, STYLE_WARNING, "%s", warning);
    text_add (text, STYLE_PLAIN, "%s", line + strlen (warning));
  } else
    text_add (text, STYLE_PLAIN, "%s", line);
  text_print (text, stream, indent, find_hang (line, indent, terminal_get_width (stream)), NULL);
}
