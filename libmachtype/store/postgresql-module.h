/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "module-private.h"

/* The interface between the library and its PostgreSQL module. */

/* The length of an SQLSTATE. */
#define MT_PG_STATE_LENGTH 5

/* What did not work. Initialized with zeros; the caller frees the message with g_free. */
typedef struct {
  char *message;                      /* NULL: nothing failed */
  char state[MT_PG_STATE_LENGTH + 1]; /* of the server; "": it is libpq's message, or ours */
  gboolean is_lost;                   /* the connection cannot be used any more */
} MtPgFailure;

/* One statement with its parameters, as text; NULL is null. */
typedef struct {
  const char *name; /* under which it is prepared; NULL: it is used once */
  const char *sql;  /* NULL: it was prepared */
  int n_values;
  const char *const *values;
} MtPgStatement;

/* Every call that takes a timeout waits at most so many milliseconds for the server, -1 meaning
 * without an end; after a timeout the connection is lost. */
typedef struct {
  MtModuleHead head;
  /* How messages name the database: without a password. NULL: the connection string is invalid. The
   * caller frees it with g_free. */
  char *(*describe) (const char *conninfo, MtPgFailure *failure);
  gpointer (*open) (const char *conninfo, int timeout_ms, MtPgFailure *failure);
  void (*close) (gpointer connection);
  /* FALSE: the server has gone away since, so that nothing that is sent now would be done. */
  gboolean (*is_alive) (gpointer connection);
  /* Runs statements, several of them without waiting for one another's results (in a pipeline), up
   * to the first one that fails. Each has a result, which the caller frees. */
  gboolean (*run) (gpointer connection, const MtPgStatement *statements, int n, gpointer *results,
                   int timeout_ms, MtPgFailure *failure);
  /* Sends a statement without waiting for its result, which is received next. */
  gboolean (*send) (gpointer connection, const char *sql, MtPgFailure *failure);
  gpointer (*receive) (gpointer connection, int timeout_ms, MtPgFailure *failure);
  /* Runs COPY ... FROM STDIN with all its data. */
  gboolean (*copy) (gpointer connection, const char *sql, const char *data, gsize length,
                    int timeout_ms, MtPgFailure *failure);
  int (*get_n_rows) (gpointer result);
  /* NULL: null. Borrowed from the result. */
  const char *(*get_value) (gpointer result, int row, int column);
  /* What the server says that it has done: "UPDATE 1". */
  const char *(*get_tag) (gpointer result);
  void (*free_result) (gpointer result);
} MtPgModule;
