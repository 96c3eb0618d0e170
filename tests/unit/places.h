/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A row of tests/data/places.tsv. */
typedef struct {
  char *machine; /* "x86_64 q35" */
  gboolean refused;
  char *codes; /* "a b"; empty: none */
  char *xml;   /* of the domain */
} Place;

/* An array of Place that owns them. */
GArray *places_read (const char *text);
