/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/json.h>

/* Writing JSON: members and items are appended to an object or array that was begun; commas are put
 * where they belong. name is NULL for an item of an array and for the outermost value. What is
 * absent (a NULL, a version of 0) is not written. */
void mt_json_begin (GString *json, const char *name, char bracket);
void mt_json_end (GString *json, char bracket);
void mt_json_text (GString *json, const char *name, const char *value);
void mt_json_uint (GString *json, const char *name, guint64 value);
void mt_json_boolean (GString *json, const char *name, gboolean value);
/* ISO 8601 in UTC, as seconds since 1970; a number for years that it cannot express. */
void mt_json_time (GString *json, const char *name, gint64 seconds);
/* major * 1000000 + minor * 1000 + micro, as "7.2.22" */
void mt_json_version (GString *json, const char *name, guint64 version);
/* What machtype_json_parse() returned. */
void mt_json_variant (GString *json, const char *name, GVariant *value);
/* The members of an object that is JSON text already, without space between them. What is not
 * visible in it is escaped: another release can have another opinion. */
void mt_json_members (GString *json, const char *object);

/* The outermost object, with the number of the form. */
GString *mt_json_begin_value (void);
char *mt_json_end_value (GString *json);

/* Whether two values are the same text. Takes ownership of both. */
gboolean mt_json_equal (char *a, char *b);

/* The hash of such a text. Takes ownership of it. */
guint mt_json_hash (char *value);

/* An object that was parsed, with its members in an array: GVariant makes a new value of each
 * member that it passes in a search. */
typedef struct MtJsonObject MtJsonObject;

/* The text is an object; otherwise raises MACHTYPE_ERROR_INVALID_ARGUMENT. */
MtJsonObject *mt_json_parse_object (const char *text, gssize length, GError **error);
void mt_json_object_free (MtJsonObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtJsonObject, mt_json_object_free)

/* Reading the members of an object. A member that is missing or null is TRUE and leaves *value
 * alone; another type raises MACHTYPE_ERROR_INVALID_ARGUMENT. Texts are borrowed from the object.
 */
gboolean mt_json_get_text (const MtJsonObject *object, const char *name, const char **value,
                           GError **error);
gboolean mt_json_get_uint (const MtJsonObject *object, const char *name, guint64 *value,
                           GError **error);
gboolean mt_json_get_boolean (const MtJsonObject *object, const char *name, gboolean *value,
                              GError **error);
/* Also seconds, as format 1 had it. */
gboolean mt_json_get_time (const MtJsonObject *object, const char *name, gint64 *seconds,
                           GError **error);
/* Also a number, as format 1 had it. */
gboolean mt_json_get_version (const MtJsonObject *object, const char *name, guint64 *version,
                              GError **error);
/* *value is a new reference. */
gboolean mt_json_get_object (const MtJsonObject *object, const char *name, GVariant **value,
                             GError **error);
/* An array in which every item is a text; *value is a new reference. */
gboolean mt_json_get_texts (const MtJsonObject *object, const char *name, GVariant **value,
                            GError **error);

/* The members that an object can have. Not pointers: they would be relocations. */
typedef struct {
  const char *first;
  gsize n, stride;
} MtJsonNames;

/* Checks the flags, the number of the form, and the members of a value. Sets *unknown to those that
 * are not known, as an object in JSON text in the order of their names; NULL: all are known. */
gboolean mt_json_check_value (const MtJsonObject *object, const MtJsonNames *known,
                              MachtypeJsonReadFlags flags, char **unknown, GError **error);

/* The members of two objects in JSON text, in the order of their names; of those that are in both,
 * the first one's. NULL: the error is set. */
char *mt_json_merge_members (const char *first, const char *second, GError **error);

/* Whether this is exactly one JSON value; members counts those of all objects in it. Raises
 * MACHTYPE_ERROR_INVALID_ARGUMENT. */
gboolean mt_json_check (const char *text, guint64 *members, GError **error);
