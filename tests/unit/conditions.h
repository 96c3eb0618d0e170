/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "snippets.h"

/* A change of a domain, as snippet_edit makes it. */
typedef struct {
  const char *parent, *fragment, *replaced, *attribute;
} Edit;

/* The least domain of a class, changed, and what is found of it: a condition of several things. */
typedef struct {
  const char *codes; /* "a b": what is found, and nothing else */
  guint8 authority;  /* MachtypeAuthority of the first */
  guint8 class;      /* MtMachineClass */
  Edit edits[3];
} Condition;

const Condition *conditions_get (gsize *count);
char *condition_dup_domain (const Condition *condition);
