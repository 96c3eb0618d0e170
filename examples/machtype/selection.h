/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "filter.h"

/* The guests that a command is about: named one by one, or selected by the filters of list. */
typedef struct {
  gboolean all;
  GuestFilter filter;
} Selection;

void selection_add (GOptionContext *context, Selection *selection);
void selection_add_current (GOptionContext *context, Selection *selection); /* see filter.h */
void selection_clear (Selection *selection);

/* Whether guests are selected, and not named. */
gboolean selection_is_set (const Selection *selection);

/* Errors in the options; names: how many guests are named. */
gboolean selection_check (const Selection *selection, int names, GError **error);

/* The same, and guests have to be named or selected. */
gboolean selection_check_needed (const Selection *selection, int names, GError **error);

/* The UUIDs of the guests with a record that are named or selected. Those that are named come each
 * once, in this order; one that does not exist is an error for all of them, so that a typing
 * mistake changes nothing. Those that are selected are in the order of UUIDs: of the hosts of the
 * instance or, without any, of the store, and of hosts that could not be asked those that are
 * recorded for them. Raises MACHTYPE_ERROR_NOT_FOUND if there is none, unless a host could not be
 * asked. */
GPtrArray *selection_read (Selection *selection, Instance *instance, char **names, int n,
                           GError **error);
