/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "test.h"

/* The facts of the library's tables, as its functions give them: files of tests/data/facts, of
 * which every row is compared. So a table can be moved, or made from another file, and a row that
 * changed on the way is found. With MACHTYPE_TEST_UPDATE set in the environment they are written
 * anew: read the difference. */

/* Adds a row: columns with a tab between, NULL at the end; an empty column is "-". */
void facts_add (GString *text, ...) G_GNUC_NULL_TERMINATED;

/* Compares with tests/data/facts/NAME, whose comments at the head are kept. */
void facts_check (const char *name, const char *text);

/* The first columns of a file of facts, in their order. */
char **facts_read_keys (const char *name);

/* "8.1", or "-" where get does not know it. */
typedef gboolean (*FactsGetVersion) (const MachtypeName *name, guint *major, guint *minor);
char *facts_dup_version (const MachtypeName *name, FactsGetVersion get);

/* Architectures in the order of their numbers; MACHTYPE_ARCH_UNKNOWN behind the last. */
MachtypeArch facts_next_arch (MachtypeArch arch);

/* "codes, who says so: message; remedy | ..." */
char *facts_dup_findings (const GPtrArray *findings);

/* The lines of text that usual has not, and how many more lines text has. */
char *facts_dup_difference (const char *usual, const char *text);
