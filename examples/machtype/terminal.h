/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>
#include <stdio.h>

/* Output for a person: wrapped at the width of the terminal, aligned, in few colors. A program that
 * reads a pipe gets none of this. */

/* Color is never the only information: what it marks also has a word or a mark. */
typedef enum {
  STYLE_PLAIN,
  STYLE_NAME,    /* bold */
  STYLE_DIM,     /* codes, UUIDs, heads of columns */
  STYLE_GOOD,    /* green */
  STYLE_BAD,     /* red */
  STYLE_WARNING, /* yellow */
} Style;

/* --color: "auto" (the default), "always" or "never". */
gboolean terminal_set_color (const char *when, GError **error);

/* Whether a person reads the stream: it is a terminal, or --color=always is given. */
gboolean terminal_is_screen (FILE *stream);

/* The maximum number of columns of a line. */
guint terminal_get_width (FILE *stream);

/* The number of columns of a text. */
guint terminal_count_columns (const char *text);

/* The text of a line with its styles. What is added is escaped. */
typedef struct Text Text;

Text *text_new (void);
void text_free (Text *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Text, text_free)

void text_add (Text *text, Style style, const char *format, ...) G_GNUC_PRINTF (3, 4);
guint text_get_columns (const Text *text);

/* Prints it in lines: the first after indent columns, the others after hang. The tail, which can be
 * NULL, is dim, and is right-aligned on the last line, or on an additional one. */
void text_print (const Text *text, FILE *stream, guint indent, guint hang, const char *tail);

/* Prints it in one line, however long, for what patch and other programs read. */
void text_print_line (const Text *text, FILE *stream);

/* A unified diff to standard output: on a terminal in colors, escaped, and no line is broken. */
void terminal_print_diff (const char *diff);

/* Lines with columns. */
typedef struct Table Table;

/* Heads end with NULL. A column whose head begins with '>' is aligned to the right. */
Table *table_new (const char *const *heads);
void table_free (Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

/* The next cell of the row; NULL: an empty one. The row ends with its last column. */
void table_add (Table *table, Style style, const char *text);
guint table_get_n_rows (const Table *table);

/* Empty columns are omitted; the last one is wrapped. If that is not enough, each row is printed as
 * text. */
void table_print (const Table *table, FILE *stream, guint indent);

/* Whether it is wide enough for columns, below their heads: text has none, so that what a cell
 * means must be in it. */
gboolean table_has_heads (const Table *table, FILE *stream, guint indent);

void terminal_print_heading (FILE *stream, const char *heading);

/* Prints a line that is already laid out, as usage and messages are: if it is too long it is
 * wrapped, with a hanging indent at its second column. */
void terminal_print_line (FILE *stream, const char *line);
