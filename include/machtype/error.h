/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_ERROR_H
#define MACHTYPE_ERROR_H

#include <machtype/version.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_ERROR:
 *
 * The error domain of the library.
 *
 * Since: 1.0
 */
#define MACHTYPE_ERROR (machtype_error_quark ())

/**
 * MachtypeError:
 * @MACHTYPE_ERROR_INVALID_ARGUMENT: an argument is invalid: unknown flag bits, a value out of
 *   range, text that is not valid UTF-8 or has control characters
 * @MACHTYPE_ERROR_INVALID_NAME: the text is not a valid machine type name
 * @MACHTYPE_ERROR_UNKNOWN_ARCH: the architecture is unknown
 * @MACHTYPE_ERROR_INVALID_PROPERTY: an image property or extra spec has an invalid value
 * @MACHTYPE_ERROR_INVALID_CONFIG: the configuration text cannot be parsed
 * @MACHTYPE_ERROR_INVALID_XML: the XML is malformed, truncated or not the expected document
 * @MACHTYPE_ERROR_TOO_LARGE: the input exceeds a documented size or depth
 * @MACHTYPE_ERROR_NO_DEFAULT: no rule yields a machine type for this guest
 * @MACHTYPE_ERROR_NOT_OFFERED: the host does not offer the machine type, emulator or device
 * @MACHTYPE_ERROR_UNSUPPORTED: the architecture or machine type does not support what was requested
 * @MACHTYPE_ERROR_MODULE: a module of the library cannot be loaded
 * @MACHTYPE_ERROR_LIBVIRT: libvirt refused or failed; the message is libvirt's
 * @MACHTYPE_ERROR_TIMEOUT: there was no answer within the timeout
 * @MACHTYPE_ERROR_NOT_FOUND: the store has no such instance, or there is nothing to undo
 * @MACHTYPE_ERROR_EXISTS: the instance already has a record, or the file to create already exists
 * @MACHTYPE_ERROR_CONFLICT: the record was changed concurrently: read it again
 * @MACHTYPE_ERROR_BUSY: another process kept the store locked for longer than the timeout
 * @MACHTYPE_ERROR_REFUSED: a guard does not permit the change; force may override it
 * @MACHTYPE_ERROR_STORE: the database failed, is damaged, or is not a store of this library
 * @MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT: image property and extra spec contradict each other
 * @MACHTYPE_ERROR_FLAVOR_FORBIDS: an image property requests more than the flavor permits, or
 *   something that only the flavor can request
 * @MACHTYPE_ERROR_CANCELLED: a callback of the caller stopped the operation
 * @MACHTYPE_ERROR_PENDING: a change of this instance was interrupted, and it is not yet known
 *   whether it took effect ([method@Machtype.Updater.settle])
 * @MACHTYPE_ERROR_DENIED: the connection is read-only, or its user may not do this
 *
 * The error codes. The numbers are frozen; new ones are only appended.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_ERROR_INVALID_ARGUMENT = 0,
  MACHTYPE_ERROR_INVALID_NAME = 1,
  MACHTYPE_ERROR_UNKNOWN_ARCH = 2,
  MACHTYPE_ERROR_INVALID_PROPERTY = 3,
  MACHTYPE_ERROR_INVALID_CONFIG = 4,
  MACHTYPE_ERROR_INVALID_XML = 5,
  MACHTYPE_ERROR_TOO_LARGE = 6,
  MACHTYPE_ERROR_NO_DEFAULT = 7,
  MACHTYPE_ERROR_NOT_OFFERED = 8,
  MACHTYPE_ERROR_UNSUPPORTED = 9,
  MACHTYPE_ERROR_MODULE = 10,
  MACHTYPE_ERROR_LIBVIRT = 11,
  MACHTYPE_ERROR_TIMEOUT = 12,
  MACHTYPE_ERROR_NOT_FOUND = 13,
  MACHTYPE_ERROR_EXISTS = 14,
  MACHTYPE_ERROR_CONFLICT = 15,
  MACHTYPE_ERROR_BUSY = 16,
  MACHTYPE_ERROR_REFUSED = 17,
  MACHTYPE_ERROR_STORE = 18,
  MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT = 19,
  MACHTYPE_ERROR_FLAVOR_FORBIDS = 20,
  MACHTYPE_ERROR_CANCELLED = 21,
  MACHTYPE_ERROR_PENDING = 22,
  MACHTYPE_ERROR_DENIED = 23
} MachtypeError;

MACHTYPE_AVAILABLE_IN_1_0
GQuark machtype_error_quark (void);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_error_to_string (int code);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_error_from_string (const char *text, int *code, GError **error);

G_END_DECLS

#endif /* MACHTYPE_ERROR_H */
