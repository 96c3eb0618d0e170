/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_TEXT_H
#define MACHTYPE_TEXT_H

#include <machtype/version.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_XML_MAX_SIZE:
 *
 * The largest XML document read, in bytes.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_SIZE (64 * 1024 * 1024)

/**
 * MACHTYPE_XML_MAX_DEPTH:
 *
 * How deep the elements of an XML document may nest. Capabilities of real hosts nest 8 deep.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_DEPTH 128

/**
 * MACHTYPE_XML_MAX_ATTRIBUTES:
 *
 * How many attributes a start tag of an XML document may have, namespaces included, and how many
 * namespaces may be declared around one element. None of libvirt's elements has more than 40.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_ATTRIBUTES 256

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape (const char *text, gssize length, gsize max) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape_message (const char *message) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_text_is_visible (gunichar character);

G_END_DECLS

#endif /* MACHTYPE_TEXT_H */
