/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The namespace in which domain XML passes arguments to QEMU.
 * https://libvirt.org/drvqemu.html#pass-through-of-arbitrary-qemu-commands */
#define MT_QEMU_URI "http://libvirt.org/schemas/domain/qemu/1.0"

/* The domain types that accelerate, best first, and emulation last. NULL: no more. */
const char *mt_domain_type_get_best (guint rank);

/* Whether QEMU runs such guests, so that their machine types are QEMU's. */
gboolean mt_domain_type_is_qemu (const char *type);

/* Whether domain XML is written for such guests, and converted. Fewer than QEMU's: the defaults of
 * guests were tested with these. */
gboolean mt_domain_type_is_written (const char *type);
