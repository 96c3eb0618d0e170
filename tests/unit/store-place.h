/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>

/* A private directory with a store in it. */
typedef struct {
  char *dir;
  char *path; /* of the store */
} Place;

void place_init (Place *place);

/* Removes the directory and the files in it. */
void place_clear (Place *place);

/* Opens the store, and waits 200 ms for others. */
MachtypeStore *place_open (const Place *place, MachtypeStoreOpenFlags flags, GError **error);
MachtypeStore *place_create (const Place *place);

/* Creates the store, with one record: UUID (1) on pc-q35-6.2. */
void place_fill (const Place *place);

/* Adds a record of an instance that is stopped. */
gboolean place_add (MachtypeStore *store, const char *uuid, const char *machine, GError **error);

void place_assert_machine (MachtypeStore *store, const char *uuid, const char *machine);

/* Runs SQL on the file. */
void place_run_sql (const Place *place, const char *sql);
