#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# layout.sh SOURCE
#
# The layout of every source in C and C++ is that of clang-format 14: MACHTYPE_CLANG_FORMAT, or the
# installed one. Other versions format differently, so their results do not matter;
# fetch-clang-format.sh provides this one where Debian no longer has it.

set -eu

cd "$1"
# shellcheck source=tests/skip.sh
. tests/skip.sh
for program in "${MACHTYPE_CLANG_FORMAT-}" clang-format-14 clang-format; do
  ! "$program" --version 2>/dev/null | grep 'version 14\.' || break
  program=
done
[ -n "$program" ] || skip 'there is no clang-format 14 (tests/static/fetch-clang-format.sh)'
# shellcheck disable=SC2046
"$program" --dry-run --Werror $(find include libmachtype examples tests -name '*.[ch]' -o -name '*.cc') || {
  echo 'run clang-format -i'
  exit 1
}
