#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tree.sh SOURCE
#
# What every file of the tree keeps to: layout by clang-format, a licence line, no file too long,
# no markup outside the two files that know it.

set -eu

cd "$1"
status=0
complain() {
  echo "$1"
  status=1
}

sources=$(find include libmachtype examples tests -name '*.[ch]' | sort)
# shellcheck disable=SC2086
clang-format --dry-run --Werror $sources || complain 'layout: run clang-format -i'

for file in $sources $(find . -path ./build -prune -o \( -name '*.sh' -o -name meson.build -o \
  -name '*.py' \) -print); do
  head -n 5 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' ||
    complain "$file: no licence line"
done
for file in $sources; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 1200 ] || complain "$file: $lines lines, split it"
done
if grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources; then
  complain 'left-over markers'
fi
if grep -ln 'libxml/' $(find libmachtype -name '*.[ch]') | grep -v '^libmachtype/xml-'; then
  complain 'libxml2 outside xml-reader and xml-writer'
fi
if grep -rn '\.\./libmachtype\|-private\.h' examples; then
  complain 'a program sees private headers'
fi
exit $status
