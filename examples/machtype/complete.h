/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* A command line as far as it is written, and what of its last word is being asked for. */
typedef struct {
  const Command *command;
  GArray *options;    /* of GOptionEntry: those that the command has */
  GPtrArray *given;   /* of Given, borrowed words */
  GPtrArray *others;  /* the words before the last that are no options, borrowed */
  char *before;       /* what of the last word stands before the value, as "--connect=" */
  const char *value;  /* the rest of it: what is told starts so */
  gboolean no_option; /* "--" was there */
  GHashTable *offered;
  guint n_offered;

  gboolean has_asked; /* the host, once */
  MachtypeHost *host; /* NULL: the line names none, or it does not answer */
} Line;

/* The last value that an option was given; NULL: none. */
const char *line_get (const Line *line, const char *option);

/* Of the option --property: the last value of this image property. */
const char *line_get_property (const Line *line, const char *name);

/* Prints what the value may be, if that starts as it is written. description may be NULL. */
void line_offer (Line *line, const char *value, const char *description);

/* The same for "NAME=VALUE": what comes behind the equals sign is asked for next time. */
void line_offer_name (Line *line, const char *name, const char *description);

/* What stands up to here is settled. */
void line_advance (Line *line, gsize n);

/* Paths are what shells can do best: has them complete the value as one. */
void line_offer_files (Line *line, const char *kind);

/* complete-values.c: what an option, or an argument of a command, takes. option may be NULL. */
void offer_values (Line *line, const char *option, const char *metavariable);
