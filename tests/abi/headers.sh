#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# headers.sh SOURCE-INCLUDE BUILD-INCLUDE
#
# Every public header compiles alone, as strict C99 and as C++11; all of them together in later
# standards, and with clang.

set -eu

source=$1 build=$2
flags="-pedantic-errors -Wall -Wextra -Werror -fsyntax-only -I$source -I$build"
flags="$flags $(pkg-config --cflags glib-2.0 gobject-2.0)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

for header in "$source"/machtype/*.h "$build"/machtype/*.h; do
  name=$(basename "$header")
  echo "#include <machtype/$name>" >"$work/alone.c"
  cp "$work/alone.c" "$work/alone.cc"
  echo "$name"
  # shellcheck disable=SC2086
  ${C_COMPILER:-gcc} -std=c99 $flags "$work/alone.c"
  # shellcheck disable=SC2086
  ${CXX_COMPILER:-g++} -std=c++11 $flags "$work/alone.cc"
  count=$((count + 1))
done
for standard in gcc:c11 gcc:c2x clang:c99 clang:c11 g++:c++20 clang++:c++17; do
  compiler=${standard%%:*} file=$work/all.c
  case $compiler in *++) file=$work/all.cc ;; esac
  echo '#include <machtype/machtype.h>' >"$file"
  command -v "$compiler" >/dev/null || {
    [ -z "${MACHTYPE_TEST_REQUIRE-}" ] || exit 1
    echo "SKIP: $compiler is not installed"
    continue
  }
  echo "all, $standard"
  # shellcheck disable=SC2086
  "$compiler" "-std=${standard#*:}" $flags "$file"
done
echo "$count headers"
[ $count -ge 14 ]
