/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xml-reader.h"

/* Attributes of devices for which libvirt knows a few words. */

enum {
  MT_WORD_REQUIRED = 1 << 0, /* if the element is there */
  MT_WORD_EMPTY = 1 << 1,    /* an older libvirt accepts it empty */
  MT_WORD_RULED = 1 << 2     /* what the host's domain capabilities do not list is found by rules */
};

typedef struct {
  guint8 element; /* MtLintElement */
  guint8 flags;
  char part[14]; /* within the device; empty: the device itself */
  char attribute[8];
  char code[28];
  char words[112];           /* separated by spaces */
  char device[10], name[16]; /* where domain capabilities list them; empty: nowhere */
} MtWordRow;

typedef struct {
  guint device; /* its place in the array of devices */
  guint8 row;
  const char *value; /* NULL: it is missing */
} MtWrongWord;

typedef struct {
  GStringChunk *strings; /* where values are kept */
  GArray *wrong;         /* MtWrongWord */
  gsize first;           /* row of this device's element */
  guint64 read;          /* the rows that were read, of this device */
  gboolean in_target;
} MtLintWords;

void mt_lint_words_init (MtLintWords *words, GStringChunk *strings);
void mt_lint_words_clear (MtLintWords *words);

/* Reads an element in the last of the devices (MtLintDevice), or the device itself. */
void mt_lint_words_read (MtLintWords *words, const GArray *devices, guint depth,
                         const char *element, const MtXmlAttributes *attributes);

/* Row i of the table; NULL: there are no more. */
const MtWordRow *mt_lint_words_get (gsize i);
