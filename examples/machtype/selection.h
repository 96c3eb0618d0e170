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

/* The UUIDs of the guests that are named: each once, in this order. One that does not exist is an
 * error for all of them, so that a typing mistake changes nothing. connection can be NULL. */
GPtrArray *selection_find (MachtypeStore *store, MachtypeConnection *connection, char **names,
                           int n, GError **error);

/* The UUIDs of the guests with a record that are selected: of the host or (connection is NULL) of
 * the store. Raises MACHTYPE_ERROR_NOT_FOUND if there is none. */
GPtrArray *selection_list (Selection *selection, MachtypeStore *store,
                           MachtypeConnection *connection, GError **error);

/* Either. */
GPtrArray *selection_read (Selection *selection, MachtypeStore *store,
                           MachtypeConnection *connection, char **names, int n, GError **error);
