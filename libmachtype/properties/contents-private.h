/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "properties/properties-private.h"

/* What properties consist of, for the two files that read and copy it. */

struct _MachtypePropertiesBuilder {
  gatomicrefcount refs;
  GHashTable *images; /* char * to char *, as given */
  GHashTable *extra_specs;
  char *values[MT_PROPERTY_LAST + 1]; /* validated; NULL: unset */
  MachtypeArch archs[MT_PROPERTY_EMULATION_ARCHITECTURE + 1];
  MachtypeArch own_arch;         /* set by the program, not by a property */
  char *specs[MT_SPEC_LAST + 1]; /* validated; NULL: unset */
  GHashTable *legacy;            /* the names in images that old names set; NULL: none */
  GHashTable *defaults;          /* the names in images that nothing requested; NULL: none */
  /* Most guests request neither: then it need not be searched. */
  gboolean has_features; /* a property or extra spec beyond machine and devices */
  gboolean has_refused;  /* one for which nothing is generated */
  gboolean has_unknown;  /* one that the tables do not have */
  gboolean keeps;        /* while an invalid value is kept */
};

/* The same struct as its builder, which is not used again: the builder becomes read-only. */
struct _MachtypeProperties {
  MachtypePropertiesBuilder contents;
};

/* Sets of names exist only if they have one. */
static inline gboolean
mt_names_have (GHashTable *names, const char *name)
{
  return names != NULL && g_hash_table_contains (names, name);
}

void mt_names_add (GHashTable **names, const char *name);
void mt_names_remove (GHashTable **names, const char *name);

/* Raises MACHTYPE_ERROR_TOO_LARGE. Always FALSE. */
gboolean mt_properties_set_too_many (GError **error);
