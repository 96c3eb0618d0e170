/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "guests.h"

typedef struct {
  GuestsOptions guests;
  char *sort;
  gboolean wide;
  gboolean is_screen;
  GPtrArray *entries; /* of MachtypeAuditEntry, to be sorted and laid out; NULL: printed at once */
} ListOptions;

/* list-screen.c: all entries, for a person. */
void list_print_screen (const ListOptions *options);
