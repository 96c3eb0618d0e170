/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "test.h"

/* The facts in the library's tables, as its functions return them: files of tests/data/facts, of
 * which every row is compared. So a table can be moved, or generated from another file, and a row
 * that changed in the process is detected. With MACHTYPE_TEST_UPDATE set in the environment they
 * are rewritten: read the difference. */

/* Adds a row: tab-separated columns, NULL at the end; an empty column is "-". */
void facts_add (GString *text, ...) G_GNUC_NULL_TERMINATED;

/* Compares with tests/data/facts/NAME, whose leading comments are kept. */
void facts_check (const char *name, const char *text);

/* The first columns of a file of facts, in order. */
char **facts_read_keys (const char *name);

/* "8.1", or "-" if get does not know it. */
typedef gboolean (*FactsGetVersion) (const MachtypeName *name, guint *major, guint *minor);
char *facts_dup_version (const MachtypeName *name, FactsGetVersion get);

/* Architectures in the order of their numbers; MACHTYPE_ARCH_UNKNOWN after the last. */
MachtypeArch facts_next_arch (MachtypeArch arch);

/* "codes, authority: message; remedy | ..." */
char *facts_dup_findings (const GPtrArray *findings);

/* The lines of text that usual does not have, and how many more lines text has. */
char *facts_dup_difference (const char *usual, const char *text);
