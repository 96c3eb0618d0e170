/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "snippets.h"

/* An edit of a domain, as done by snippet_edit. */
typedef struct {
  const char *parent, *fragment, *replaced, *attribute;
} Edit;

/* The minimal domain of a class, edited, and the findings about it: a condition of several things.
 */
typedef struct {
  const char *codes; /* "a b": the findings, and no others */
  guint8 authority;  /* MachtypeAuthority of the first */
  guint8 class;      /* MtMachineClass */
  Edit edits[3];
} Condition;

const Condition *conditions_get (gsize *count);
char *condition_dup_domain (const Condition *condition);
