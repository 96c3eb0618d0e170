#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# version-macros.sh GENERATOR
#
# The compiler's warnings about functions that were added or deprecated in 1.2, with the headers of
# a future 1.3, made by the generator of the current headers.

set -eu

generator=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$generator" 1.3.0 >"$work/version-macros.h"
cat >"$work/program.c" <<'END'
#include "version-macros.h"
MACHTYPE_AVAILABLE_IN_1_0 void first (void);
MACHTYPE_AVAILABLE_IN_1_2 void later (void);
MACHTYPE_DEPRECATED_IN_1_2_FOR (later) void old (void);
MACHTYPE_DEPRECATED_IN_1_3 void older (void);
void use (void);
void
use (void)
{
  first ();
  later ();
  old ();
  older ();
}
END
# shellcheck disable=SC2046
said() { # MIN MAX: the warnings, one per line
  gcc -std=c99 -fsyntax-only -Wdeprecated-declarations $(pkg-config --cflags glib-2.0) \
    ${1:+-DMACHTYPE_VERSION_MIN_REQUIRED=$1} ${2:+-DMACHTYPE_VERSION_MAX_ALLOWED=$2} \
    "$work/program.c" 2>&1 | sed -n 's/.*\(warning\|error\): //p' |
    sed "s/'//g; s/ \[-W.*//" | sort | tr '\n' ';'
}

status=0
expect() { # MIN MAX WARNINGS
  got=$(said "$1" "$2")
  echo "min ${1:--} max ${2:--}: ${got:-silent}"
  [ "$got" = "$3" ] || {
    echo "  expected: ${3:-silent}"
    status=1
  }
}

LC_ALL=C
export LC_ALL
v=MACHTYPE_VERSION
expect '' '' 'old is deprecated: Use later instead;older is deprecated;'
expect ${v}_1_2 '' 'old is deprecated: Use later instead;'
expect ${v}_1_1 '' ''
expect ${v}_1_0 ${v}_1_2 ''
expect ${v}_1_0 ${v}_1_1 'later is deprecated: Not available before 1.2;'
expect ${v}_1_2 ${v}_1_1 \
  '#error "MACHTYPE_VERSION_MAX_ALLOWED must not be before MACHTYPE_VERSION_MIN_REQUIRED";later is deprecated: Not available before 1.2;old is deprecated: Use later instead;'
exit $status
