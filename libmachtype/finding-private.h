/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/finding.h>

/* Takes over message and remedy; remedy may be NULL. */
MachtypeFinding *mt_finding_new (const char *code, char *message, char *remedy);

/* The same, on what somebody says of a subject: an image property, an extra spec, an element.
 * source: where that stands, copied; NULL: nowhere. */
MachtypeFinding *mt_finding_new_of (const char *code, char *message, char *remedy,
                                    const char *subject, MachtypeAuthority authority,
                                    const char *source);

/* An array of findings that owns them. */
GPtrArray *mt_findings_new (void);

/* A list for the caller: elements shared, the array its own. */
GPtrArray *mt_findings_copy (const GPtrArray *findings);
