/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* A command line as written so far, and which part of its last word is to be completed. */
typedef struct {
  const Command *command;
  GArray *options;    /* of GOptionEntry: those of the command */
  GPtrArray *given;   /* of Given, borrowed words */
  GPtrArray *others;  /* the words before the last that are not options, borrowed */
  char *before;       /* the part of the last word before the value, such as "--connect=" */
  const char *value;  /* the rest of it: candidates start with it */
  gboolean no_option; /* "--" was given */
  GHashTable *offered;
  guint n_offered;

  gboolean has_asked;    /* the host, opened once */
  MachtypeHost *host;    /* NULL: the line names none, or it does not answer */
  MachtypeFamily family; /* that of the machine types that are offered; none: any */
} Line;

gboolean line_has (const Line *line, const char *option);

/* The last value given for an option; NULL: none. */
const char *line_get (const Line *line, const char *option);

/* For the option --property: the last value of this image property. */
const char *line_get_property (const Line *line, const char *name);

/* Prints a candidate for the value, if it starts with what is written. description can be NULL. */
void line_offer (Line *line, const char *value, const char *description);

/* The same for "NAME=VALUE": the part after the equals sign is completed next time. */
void line_offer_name (Line *line, const char *name, const char *description);

/* Fixes the part of the word before the value. */
void line_advance (Line *line, gsize n);

/* Shells complete paths best: makes them complete the value as one. */
void line_offer_files (Line *line, const char *kind);

/* complete-values.c: the values of an option, or of an argument of a command. option can be NULL.
 */
void offer_values (Line *line, const char *option, const char *metavariable);
