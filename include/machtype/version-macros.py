#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""version-macros.py VERSION: writes version-macros.h for this version of the library to stdout.

A block for each minor release since 1.0, so that a release needs no macros written by hand.
"""

import sys

HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by version-macros.py. */
#ifndef MACHTYPE_VERSION_MACROS_H
#define MACHTYPE_VERSION_MACROS_H

#include <glib.h>

#if defined(MACHTYPE_COMPILATION)
#define MACHTYPE_EXTERN __attribute__ ((visibility ("default"))) extern
#else
#define MACHTYPE_EXTERN extern
#endif
"""

CONSTANT = """
/**
 * MACHTYPE_VERSION_1_{minor}:
 *
 * The release 1.{minor}, for %MACHTYPE_VERSION_MIN_REQUIRED and %MACHTYPE_VERSION_MAX_ALLOWED.
 *
 * Since: 1.{minor}
 */
#define MACHTYPE_VERSION_1_{minor} (G_ENCODE_VERSION (1, {minor}))
"""

BOUNDS = """
/**
 * MACHTYPE_VERSION_MIN_REQUIRED:
 *
 * The oldest release that a program wants to work with, such as %MACHTYPE_VERSION_1_0: defined by
 * the program before the first header, or on the compiler's command line. The compiler warns of
 * what was deprecated in that release or before it; what was deprecated later is silent, for there
 * was nothing else to use. When not defined: the release of the headers.
 *
 * Since: 1.0
 */
#ifndef MACHTYPE_VERSION_MIN_REQUIRED
#define MACHTYPE_VERSION_MIN_REQUIRED (MACHTYPE_VERSION_1_{minor})
#endif

/**
 * MACHTYPE_VERSION_MAX_ALLOWED:
 *
 * The newest release whose functions a program may use, such as %MACHTYPE_VERSION_1_0: defined as
 * %MACHTYPE_VERSION_MIN_REQUIRED is. The compiler warns of what came later. When not defined: the
 * release of the headers.
 *
 * Since: 1.0
 */
#ifndef MACHTYPE_VERSION_MAX_ALLOWED
#define MACHTYPE_VERSION_MAX_ALLOWED (MACHTYPE_VERSION_1_{minor})
#endif

#if MACHTYPE_VERSION_MIN_REQUIRED < MACHTYPE_VERSION_1_0
#error "MACHTYPE_VERSION_MIN_REQUIRED must be MACHTYPE_VERSION_1_0 or later"
#endif
#if MACHTYPE_VERSION_MAX_ALLOWED < MACHTYPE_VERSION_MIN_REQUIRED
#error "MACHTYPE_VERSION_MAX_ALLOWED must not be before MACHTYPE_VERSION_MIN_REQUIRED"
#endif
"""

RELEASE = """
/**
 * MACHTYPE_DEPRECATED_IN_1_{minor}_FOR: (skip)
 * @f: what to use instead
 *
 * Stands before the prototype of what release 1.{minor} deprecated.
 *
 * Since: 1.{minor}
 */
#if MACHTYPE_VERSION_MIN_REQUIRED >= MACHTYPE_VERSION_1_{minor}
#define MACHTYPE_DEPRECATED_IN_1_{minor} G_DEPRECATED MACHTYPE_EXTERN
#define MACHTYPE_DEPRECATED_IN_1_{minor}_FOR(f) G_DEPRECATED_FOR (f) MACHTYPE_EXTERN
#else
#define MACHTYPE_DEPRECATED_IN_1_{minor} MACHTYPE_EXTERN
#define MACHTYPE_DEPRECATED_IN_1_{minor}_FOR(f) MACHTYPE_EXTERN
#endif
#if MACHTYPE_VERSION_MAX_ALLOWED < MACHTYPE_VERSION_1_{minor}
#define MACHTYPE_AVAILABLE_IN_1_{minor} G_UNAVAILABLE (1, {minor}) MACHTYPE_EXTERN
#else
#define MACHTYPE_AVAILABLE_IN_1_{minor} MACHTYPE_EXTERN
#endif
"""

TAIL = """
#endif /* MACHTYPE_VERSION_MACROS_H */
"""


def main():
    major, minor = (int(part) for part in sys.argv[1].split(".")[:2])
    # What is there before the first release is what 1.0 will have.
    last = minor if major == 1 else 0
    releases = range(last + 1)
    print(HEAD + "".join(CONSTANT.format(minor=n) for n in releases) + BOUNDS.format(minor=last) +
          "".join(RELEASE.format(minor=n) for n in releases) + TAIL, end="")


main()
