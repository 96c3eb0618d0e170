/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_JSON_H
#define MACHTYPE_JSON_H

#include <machtype/version.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_JSON_FORMAT:
 *
 * The number of the JSON form that this release writes: the member `format` of every object. A
 * later release only adds members to a form; a form with another number is another form.
 *
 * Since: 1.0
 */
#define MACHTYPE_JSON_FORMAT 2

/**
 * MACHTYPE_JSON_MAX_SIZE:
 *
 * The maximum size of a JSON text, in bytes.
 *
 * Since: 1.0
 */
#define MACHTYPE_JSON_MAX_SIZE (64 * 1024 * 1024)

/**
 * MACHTYPE_JSON_MAX_DEPTH:
 *
 * The maximum depth of nested objects and arrays in a JSON text.
 *
 * Since: 1.0
 */
#define MACHTYPE_JSON_MAX_DEPTH 32

/**
 * MachtypeJsonReadFlags:
 * @MACHTYPE_JSON_READ_NONE: keep members that this release does not know
 * @MACHTYPE_JSON_READ_STRICT: refuse them
 *
 * How a value is read from JSON.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_JSON_READ_NONE = 0,
  MACHTYPE_JSON_READ_STRICT = 1 << 0
} MachtypeJsonReadFlags;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_json_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
GVariant *machtype_json_parse (const char *text, gssize length, GError **error);

G_END_DECLS

#endif /* MACHTYPE_JSON_H */
