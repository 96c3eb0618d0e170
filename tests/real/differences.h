/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* For tests that ask libvirt and QEMU many questions, and have to say about each of them where the
 * answer is not as expected: on another platform, all of these count, not only the first. */

/* Prints "# DIFFERS: SUITE: WHERE: SAYS: HAPPENS", which tests/platforms collects. where: what was
 * asked, such as "x86_64 q35, watchdog-ib700"; says: what the library or its tables say; happens:
 * libvirt's message; NULL: it accepts. */
void difference (const char *where, const char *says, const char *happens);

/* The number of differences in this test so far. */
guint difference_count (void);

/* Fails the test if there was one, and starts again from 0. */
void difference_end (void);
