/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

/* Values that very many records share are stored once and referred to by number: machine types,
 * cells, states, hosts with their versions, sets of image properties. A dictionary contains those
 * that a store has seen. Numbers are the database's, counted from 1, and never change; 0 means "not
 * seen". */

/* One host as records were written on it: another QEMU version is another row. */
typedef struct {
  char *name, *uuid; /* GRefStrings; NULL: unknown */
  guint64 qemu_version, libvirt_version;
} MtDictionaryHost;

/* Values by their numbers. Most records share a few, which a store has seen first: low numbers are
 * found in an array. */
typedef struct {
  gpointer low[256];
  GHashTable *all;
} MtDictionaryValues;

/* A text of the dictionary, which is alive as long as that keeps it: the same address is the same
 * text. */
typedef struct {
  const char *text; /* NULL: none */
  gint64 id;
} MtDictionarySeenText;

typedef struct {
  MtDictionaryValues texts;            /* of GRefString */
  GHashTable *text_ids;                /* text to number */
  MtDictionarySeenText seen_texts[64]; /* by their address */
  MtDictionaryValues hosts;            /* of MtDictionaryHost */
  GHashTable *host_ids;                /* MtDictionaryHost to number */
  const MtDictionaryHost *last_host;   /* one of hosts; NULL: none yet */
  gint64 last_host_id;
  MtDictionaryValues properties;       /* of MachtypeProperties */
  GHashTable *property_ids;            /* encoded to number */
  GHashTable *object_ids;              /* MachtypeProperties, those of properties, to number */
  MachtypeProperties *last_properties; /* of a caller; NULL: none yet */
  gint64 last_properties_id;
} MtDictionary;

void mt_dictionary_init (MtDictionary *dictionary);
void mt_dictionary_clear (MtDictionary *dictionary);

/* After a rollback, numbers that were assigned in it can be assigned again, to something else. */
void mt_dictionary_forget (MtDictionary *dictionary);

/* Whether a pointer can hold a number, which on 32 bits is not always so: a truncated one would be
 * another string's. */
gboolean mt_dictionary_can_hold (gint64 id);

/* A text that a record was read with is found by its address, without inspecting it; so is the host
 * of the last record. */
gint64 mt_dictionary_find_text_id (MtDictionary *dictionary, const char *text);
gint64 mt_dictionary_find_host_id (MtDictionary *dictionary, const MtDictionaryHost *host);
gint64 mt_dictionary_find_encoded_id (const MtDictionary *dictionary, const char *encoded);

/* Looks up an object without inspecting it: most records share a few objects, those that were read
 * from this store or the one that a caller uses for all. */
gint64 mt_dictionary_find_object_id (const MtDictionary *dictionary,
                                     const MachtypeProperties *properties);

/* The value for a number, borrowed; NULL: not seen. */
char *mt_dictionary_find_text (const MtDictionary *dictionary, gint64 id);
const MtDictionaryHost *mt_dictionary_find_host (const MtDictionary *dictionary, gint64 id);
MachtypeProperties *mt_dictionary_find_properties (const MtDictionary *dictionary, gint64 id);

/* Add what was found, taking a reference. FALSE: the number already has another value, so the table
 * was not written by us: it was changed so that it treats different strings as equal. */
gboolean mt_dictionary_keep_text (MtDictionary *dictionary, gint64 id, char *text);
gboolean mt_dictionary_keep_host (MtDictionary *dictionary, gint64 id,
                                  const MtDictionaryHost *host);

void mt_dictionary_keep_properties (MtDictionary *dictionary, gint64 id,
                                    MachtypeProperties *properties, const char *encoded);

/* The properties that a caller uses, possibly for all records. */
void mt_dictionary_remember_object (MtDictionary *dictionary, MachtypeProperties *properties,
                                    gint64 id);
