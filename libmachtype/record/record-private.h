/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/record.h>

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */
#define MT_UUID_LENGTH 36
#define MT_UUID_BYTES 16

#define MT_SOURCE_LAST MACHTYPE_SOURCE_IMPORT

typedef struct {
  char text[MT_UUID_LENGTH + 1]; /* lower case: one instance, one spelling */
} MtUuid;

/* Raises MACHTYPE_ERROR_INVALID_ARGUMENT for a text that is no UUID. */
gboolean mt_uuid_parse (const char *text, MtUuid *uuid, GError **error);
void mt_uuid_to_bytes (const MtUuid *uuid, guint8 *bytes);
void mt_uuid_from_bytes (const guint8 *bytes, MtUuid *uuid);

/* All texts are GRefStrings: a store has few machines, hosts, cells and states for very many
 * records, and lends each of them to all. NULL: not known. */
struct _MachtypeRecord {
  gatomicrefcount refs;
  MachtypeRecord *lender; /* whose texts and properties these are; NULL: its own */
  MtUuid uuid;
  MachtypeArch arch;
  MachtypeSource source;
  char *name;
  char *host_name, *host_uuid;
  char *cell;
  char *state;
  char *machine, *requested;
  MachtypeProperties *properties; /* never NULL */
  guint64 qemu_version, libvirt_version;
  guint64 revision;
  gint64 recorded_at, seen_at;
};

/* Finds a state by Nova's or libvirt's word, in any case. Returns Nova's word for it; NULL if it is
 * none. */
const char *mt_state_find (const char *text, MachtypeState *state);
gboolean mt_state_may_change (MachtypeState state);

/* Sets what a guest was given where nobody asked: each counts only where the builder has no such
 * property. defaults may be NULL. On error the builder is as it was. */
gboolean mt_record_builder_set_defaults (MachtypeRecordBuilder *builder,
                                         MachtypeProperties *defaults, GError **error);

MachtypeRecord *mt_record_new (void);
MachtypeRecord *mt_record_copy (const MachtypeRecord *record);

/* Whether the image properties of one instance are not too large together. */
gboolean mt_record_check_properties (MachtypeProperties *properties, GError **error);

/* The same as another revision, for good: unlike a copy it must not be changed any more. It borrows
 * all texts at once, for a reference to each takes longer than all else that adding it does. */
MachtypeRecord *mt_record_as_revision (MachtypeRecord *record, guint64 revision);

/* Whether what a change was judged by is still so; where the instance is does not matter for that.
 */
gboolean mt_record_is_same_choice (const MachtypeRecord *a, const MachtypeRecord *b);
gboolean mt_record_is_same_place (const MachtypeRecord *a, const MachtypeRecord *b);

/* Replaces a GRefString by another reference to one. */
void mt_ref_string_set (char **slot, char *text);

static inline char *
mt_ref_string_dup (char *text)
{
  return text != NULL ? g_ref_string_acquire (text) : NULL;
}

/* NULL equals NULL only. */
static inline gboolean
mt_ref_string_equal (const char *a, const char *b)
{
  return a == b || (a != NULL && b != NULL && strcmp (a, b) == 0);
}
