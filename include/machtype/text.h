/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_TEXT_H
#define MACHTYPE_TEXT_H

#include <machtype/version.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_XML_MAX_SIZE:
 *
 * The maximum size of an XML document, in bytes.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_SIZE (64 * 1024 * 1024)

/**
 * MACHTYPE_XML_MAX_DEPTH:
 *
 * The maximum depth of nested elements in an XML document. Capabilities of real hosts are 8 deep.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_DEPTH 128

/**
 * MACHTYPE_XML_MAX_ATTRIBUTES:
 *
 * The maximum number of attributes of a start tag, namespaces included, and of namespaces in scope
 * of an element. No element of libvirt's has more than 40.
 *
 * Since: 1.0
 */
#define MACHTYPE_XML_MAX_ATTRIBUTES 256

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape (const char *text, gssize length, gsize max) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape_message (const char *message) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_dup_similar (const char *text,
                                 const char *const *words) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_text_is_visible (gunichar character);

G_END_DECLS

#endif /* MACHTYPE_TEXT_H */
