/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/config.h>

struct _MachtypeConfig {
  gatomicrefcount refs;
  MachtypePolicy *policy;
  char *store; /* never NULL: the default one if none is configured */
  gboolean has_store;
  char *host, *cell;   /* NULL: not configured */
  GPtrArray *hosts;    /* of char *, ended by NULL */
  GPtrArray *files;    /* the same: those that were read */
  GPtrArray *warnings; /* of MachtypeFinding */
};

/* Reads one file: what it sets replaces what was read before. A file that does not exist is an
 * error, unless it is optional. */
gboolean mt_config_read (MachtypeConfig *config, const char *path, gboolean is_optional,
                         GError **error);

/* Appends a file that no other user can write to the text. Sets *found to FALSE, without an error,
 * for an optional file that does not exist. */
gboolean mt_config_read_text (const char *path, gboolean is_optional, GString *text,
                              gboolean *found, GError **error);

/* Where a configuration is: each can be NULL. */
typedef struct {
  const char *file;
  const char *drop_ins; /* a directory */
  const char *own;
  gboolean is_optional; /* whether file need not exist */
} MtConfigPlaces;

MachtypeConfig *mt_config_load_from (const MtConfigPlaces *places, GError **error);
