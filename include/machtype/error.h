/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_ERROR_H
#define MACHTYPE_ERROR_H

#include <machtype/version.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_ERROR:
 *
 * The one error domain of the library.
 *
 * Since: 1.0
 */
#define MACHTYPE_ERROR (machtype_error_quark ())

/**
 * MachtypeError:
 * @MACHTYPE_ERROR_INVALID_ARGUMENT: an argument is outside what the call takes: unknown flag bits,
 *   a value out of range, text that is no UTF-8 or has control characters
 * @MACHTYPE_ERROR_INVALID_NAME: a text that can be no machine type name
 * @MACHTYPE_ERROR_UNKNOWN_ARCH: an architecture nobody has heard of
 * @MACHTYPE_ERROR_INVALID_PROPERTY: an image property or extra spec has a value it cannot have
 * @MACHTYPE_ERROR_INVALID_CONFIG: configuration text that cannot be read at all
 * @MACHTYPE_ERROR_INVALID_XML: XML that is malformed, truncated or not the expected document
 * @MACHTYPE_ERROR_TOO_LARGE: input beyond a documented size or depth
 * @MACHTYPE_ERROR_NO_DEFAULT: no rule gives a machine type for this guest
 * @MACHTYPE_ERROR_NOT_OFFERED: the host has no such machine type, emulator or device
 * @MACHTYPE_ERROR_UNSUPPORTED: this architecture or machine cannot have what was asked for
 * @MACHTYPE_ERROR_MODULE: a module of the library cannot be loaded
 * @MACHTYPE_ERROR_LIBVIRT: libvirt refused or failed; the message is its own
 * @MACHTYPE_ERROR_TIMEOUT: no answer within the time allowed
 * @MACHTYPE_ERROR_NOT_FOUND: the store has no such instance, or nothing to take back
 * @MACHTYPE_ERROR_EXISTS: the instance has a record already, or a file that was to be made exists
 * @MACHTYPE_ERROR_CONFLICT: the record was changed by somebody else meanwhile: read it again
 * @MACHTYPE_ERROR_BUSY: somebody else kept the store locked for longer than the time allowed
 * @MACHTYPE_ERROR_REFUSED: a guard does not permit this change; force might
 * @MACHTYPE_ERROR_STORE: the database failed, is damaged, or is none of ours
 * @MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT: image property and extra spec contradict each other
 * @MACHTYPE_ERROR_FLAVOR_FORBIDS: an image property asks for more than the flavor permits, or for
 *   what the flavor would have to ask for itself
 * @MACHTYPE_ERROR_CANCELLED: a function that the caller had given has ended the work
 * @MACHTYPE_ERROR_PENDING: a change of this instance was interrupted, and it is not known yet
 *   whether it was made ([method@Machtype.Updater.settle])
 *
 * What went wrong. The numbers are frozen; new ones are only appended.
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
  MACHTYPE_ERROR_PENDING = 22
} MachtypeError;

MACHTYPE_AVAILABLE_IN_1_0
GQuark machtype_error_quark (void);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_error_to_string (int code);

G_END_DECLS

#endif /* MACHTYPE_ERROR_H */
