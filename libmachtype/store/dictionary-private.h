/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

/* What very many records share is kept once and named by number: machine types, cells, states,
 * hosts with their versions, sets of image properties. A dictionary has, of those, what a store has
 * met. Numbers are the database's, counted from 1, and never change; 0 is "not met". */

/* One host as records were made on it: another QEMU is another row. */
typedef struct {
  char *name, *uuid; /* GRefStrings; NULL: not known */
  guint64 qemu_version, libvirt_version;
} MtDictionaryHost;

typedef struct {
  GHashTable *texts;                   /* number to GRefString */
  GHashTable *text_ids;                /* text to number */
  GHashTable *hosts;                   /* number to MtDictionaryHost */
  GHashTable *host_ids;                /* MtDictionaryHost to number */
  GHashTable *properties;              /* number to MachtypeProperties */
  GHashTable *property_ids;            /* encoded to number */
  GHashTable *object_ids;              /* MachtypeProperties, those of properties, to number */
  MachtypeProperties *last_properties; /* of a caller; NULL: none yet */
  gint64 last_properties_id;
} MtDictionary;

void mt_dictionary_init (MtDictionary *dictionary);
void mt_dictionary_clear (MtDictionary *dictionary);

/* After a rollback numbers that were given in it may be given again, to something else. */
void mt_dictionary_forget (MtDictionary *dictionary);

/* Whether a pointer holds a number, which on 32 bits it need not: one that was cut off would be
 * another text's. */
gboolean mt_dictionary_can_hold (gint64 id);

gint64 mt_dictionary_find_text_id (const MtDictionary *dictionary, const char *text);
gint64 mt_dictionary_find_host_id (const MtDictionary *dictionary, const MtDictionaryHost *host);
gint64 mt_dictionary_find_encoded_id (const MtDictionary *dictionary, const char *encoded);

/* Looks an object up without looking into it: most records share few of them, those that were read
 * from this store or the one that a caller has for all. */
gint64 mt_dictionary_find_object_id (const MtDictionary *dictionary,
                                     const MachtypeProperties *properties);

/* What a number stands for, borrowed; NULL: not met. */
char *mt_dictionary_find_text (const MtDictionary *dictionary, gint64 id);
const MtDictionaryHost *mt_dictionary_find_host (const MtDictionary *dictionary, gint64 id);
MachtypeProperties *mt_dictionary_find_properties (const MtDictionary *dictionary, gint64 id);

/* Keep what was found, a reference of their own. FALSE: the number stands for another one already,
 * so that nothing that we have written stands there: the table was changed so that it takes
 * different texts for the same. */
gboolean mt_dictionary_keep_text (MtDictionary *dictionary, gint64 id, char *text);
gboolean mt_dictionary_keep_host (MtDictionary *dictionary, gint64 id,
                                  const MtDictionaryHost *host);

void mt_dictionary_keep_properties (MtDictionary *dictionary, gint64 id,
                                    MachtypeProperties *properties, const char *encoded);

/* The properties that a caller has, perhaps for all. */
void mt_dictionary_remember_object (MtDictionary *dictionary, MachtypeProperties *properties,
                                    gint64 id);
