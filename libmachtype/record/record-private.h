/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/record.h>

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */
#define MT_UUID_LENGTH 36
#define MT_UUID_BYTES 16

#define MT_SOURCE_LAST MACHTYPE_SOURCE_IMPORT

typedef struct {
  char text[MT_UUID_LENGTH + 1]; /* lower case: one spelling for each instance */
} MtUuid;

/* Raises MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID. */
gboolean mt_uuid_parse (const char *text, MtUuid *uuid, GError **error);
void mt_uuid_to_bytes (const MtUuid *uuid, guint8 *bytes);
void mt_uuid_from_bytes (const guint8 *bytes, MtUuid *uuid);

/* All strings are GRefStrings: a store has few machine types, hosts, cells and states for very many
 * records, and shares each of them. NULL: unknown. */
struct _MachtypeRecord {
  gatomicrefcount refs;
  MachtypeRecord *lender; /* the record that owns these strings and properties; NULL: itself */
  MtUuid uuid;
  MachtypeArch arch;
  MachtypeSource source;
  char *name;
  char *host_name, *host_uuid;
  char *cell;
  char *state;
  char *machine, *requested;
  char *unknown_members;          /* of the JSON that it was read from, as an object; NULL: none */
  MachtypeProperties *properties; /* never NULL */
  guint64 qemu_version, libvirt_version;
  guint64 revision;
  gint64 recorded_at, seen_at;
  gboolean is_transient; /* the domain, when it was last seen */
  /* What a newer release has written, in a store that keeps words: the words themselves, and what
   * it has added. Such a record is kept, and not changed. NULL: nothing. */
  char *source_word, *arch_word, *newer;
};

/* Whether a newer release has written what this one does not know. */
static inline gboolean
mt_record_is_newer (const MachtypeRecord *record)
{
  return record->source_word != NULL || record->arch_word != NULL || record->newer != NULL;
}

/* Finds a state by Nova's or libvirt's word, in any case. Returns Nova's word for it; NULL if it is
 * unknown. */
const char *mt_state_find (const char *text, MachtypeState *state);
gboolean mt_state_may_change (MachtypeState state);

/* Sets what a guest was given: each counts only if the builder does not have the property, or only
 * as a default. devices can be NULL. On error the builder is unchanged. */
gboolean mt_record_builder_set_devices (MachtypeRecordBuilder *builder, MachtypeProperties *devices,
                                        GError **error);

/* The same, of the caller: each replaces the property of its name. */
gboolean mt_record_builder_add_properties (MachtypeRecordBuilder *builder,
                                           MachtypeProperties *properties, GError **error);

/* To change several things or none: a copy is changed, and swapped with the builder. */
MachtypeRecordBuilder *mt_record_builder_copy (const MachtypeRecordBuilder *builder);
void mt_record_builder_swap (MachtypeRecordBuilder *a, MachtypeRecordBuilder *b);
const char *mt_record_builder_get_uuid (const MachtypeRecordBuilder *builder);

MachtypeRecord *mt_record_new (void);
MachtypeRecord *mt_record_copy (const MachtypeRecord *record);

/* What machtype_record_builder_set_machine does, to a record that is not shared. */
gboolean mt_record_set_machine (MachtypeRecord *record, const char *machine, const char *requested,
                                MachtypeSource source, GError **error);

/* Checks that the image properties of one instance are not too large together. */
gboolean mt_record_check_properties (MachtypeProperties *properties, GError **error);

/* The same record with another revision, permanently: unlike a copy it must not be changed any
 * more. It borrows all strings at once, because a reference to each takes longer than everything
 * else in adding it. */
MachtypeRecord *mt_record_as_revision (MachtypeRecord *record, guint64 revision);

/* Whether the input of a judgment is unchanged; where the instance is does not matter for it. */
gboolean mt_record_is_same_choice (const MachtypeRecord *a, const MachtypeRecord *b);
gboolean mt_record_is_same_place (const MachtypeRecord *a, const MachtypeRecord *b);

/* Replaces a GRefString by another reference to one. */
void mt_ref_string_set (char **slot, char *text);

/* The same by a copy of any text, which can be NULL. */
void mt_ref_string_assign (char **slot, const char *text);

static inline char *
mt_ref_string_dup (char *text)
{
  return text != NULL ? g_ref_string_acquire (text) : NULL;
}

/* NULL is equal only to NULL. */
static inline gboolean
mt_ref_string_equal (const char *a, const char *b)
{
  return a == b || (a != NULL && b != NULL && strcmp (a, b) == 0);
}
