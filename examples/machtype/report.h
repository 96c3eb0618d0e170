/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"
#include "terminal.h"

/* The report of what was done with several guests: a line for each, what was found of them once,
 * and a summary. */
typedef struct Report Report;

/* words: what the command does, as "updated"; they are constant. */
Report *report_new (gboolean json, gboolean dry_run, const char *done, const char *would);
void report_free (Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

/* A guest with which it was done (status 0), or could be, or refused: done is then the reason in a
 * word. Without a change of the machine type both are the same; NULL: none. With JSON the object is
 * the command's. */
void report_add (Report *report, const MachtypeRecord *record, const char *done,
                 const char *old_machine, const char *new_machine, int status);

/* A guest with which nothing is to be done. */
void report_add_unchanged (Report *report, const MachtypeRecord *record, const char *machine);

/* A guest that failed. record: NULL if it could not be read. */
void report_add_error (Report *report, const char *uuid, const MachtypeRecord *record,
                       const GError *error, int status);

/* Whether the others are not to be tried: a host or store that does not answer would be waited for
 * again and again. */
gboolean report_ends_run (const GError *error);

/* The hosts that could not be asked, which may have had guests: their statuses count. */
void report_add_silent (Report *report, const Instance *instance,
                        int (*get_status) (const GError *error));

/* What is said of a guest, for the end of the report. findings can be NULL. */
typedef enum { REPORT_REASONS, REPORT_EFFECTS, REPORT_WARNINGS, N_REPORT_PARTS } ReportPart;
void report_findings (Report *report, const MachtypeRecord *record, ReportPart part,
                      GPtrArray *findings);

/* Prints the rest; left: how many guests were not reached. The exit status: that of all that
 * failed, if it is the same, otherwise 1. */
int report_end (Report *report, guint left);
