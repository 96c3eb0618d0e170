/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "module-private.h"

/* The interface between the library and its JSON module. */
typedef struct {
  MtModuleHead head;
  /* Returns what machtype_json_parse() documents, and counts the members of all objects in it;
   * NULL, and the reason in *message, which the caller frees with g_free. */
  GVariant *(*parse) (const char *text, guint64 *members, char **message);
} MtJsonModule;
