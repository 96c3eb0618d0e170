/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/finding.h>

/* Takes ownership of message and remedy; remedy can be NULL. */
MachtypeFinding *mt_finding_new (const char *code, char *message, char *remedy);

/* The same, about a subject: an image property, an extra spec, an element. source: where the rule
 * is documented, copied; NULL: nowhere. */
MachtypeFinding *mt_finding_new_of (const char *code, char *message, char *remedy,
                                    const char *subject, MachtypeAuthority authority,
                                    const char *source);

/* For a finding that is not shared yet: it matters less than its authority's findings usually do.
 * Returns the finding. */
MachtypeFinding *mt_finding_lower (MachtypeFinding *finding, MachtypeSeverity severity);

/* The same: it matters as much as this. */
void mt_finding_set_severity (MachtypeFinding *finding, MachtypeSeverity severity);

/* An array of findings that owns them. */
GPtrArray *mt_findings_new (void);

/* A list for the caller: the array is new, the elements are shared. */
GPtrArray *mt_findings_copy (const GPtrArray *findings);

/* A member of a JSON object: an array of findings. */
void mt_findings_write (GString *json, const char *name, const GPtrArray *findings);
