/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"
#include "terminal.h"

/* Where the text of a finding starts, after its mark. */
#define FINDING_INDENT 4

/* The mark of a finding: '\0' for that of its severity. */
void finding_add_mark (const MachtypeFinding *finding, char mark, Text *text);

/* What is below a message. The code, which can be NULL, is at the end of the last line. */
void finding_print_below (FILE *stream, const char *word, Style style, const char *what,
                          const char *code);
