#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# tree.sh SOURCE BUILD
#
# Rules for every file in the tree, in addition to its layout (layout.sh): a license line, no file
# too long, no markup outside the files that know it.

set -eu

cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
complain() {
  echo "$1"
  status=1
}

sources=$(find include libmachtype examples tests -name '*.[ch]' -o -name '*.cc' | sort)

for file in $sources $(find . -path ./build -prune -o \( -name '*.sh' -o -name meson.build -o \
  -name '*.py' -o -name '*.js' -o -name '*.vala' -o -name '*.tsv' \) -print); do
  head -n 5 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' ||
    complain "$file: no licence line"
done
for file in $sources; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 1200 ] || complain "$file: $lines lines, split it"
done
# Some run only where other people's programs are.
for file in $(grep -rIlE '^#!/bin/sh' .ci examples tests); do
  sh -n "$file" || complain "$file: not a shell script"
done
if grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources; then
  complain 'left-over markers'
fi
# A signed field of one bit holds 0 and -1; clang before 16 does not say so.
if grep -nE '^ *(gboolean|g?int|long) [^;?]*\w : 1[,;]' $sources; then
  complain 'a field of one bit that is signed: guint'
fi
# A text that fills its array to the last byte has no NUL and continues into the next column. C
# permits it, and gcc 12 warns only for C++.
flags="-fsyntax-only -Wc++-compat -D_GNU_SOURCE -Iinclude -Ilibmachtype -I$2/include -I$2/libmachtype"
flags="$flags $(pkg-config --cflags glib-2.0 gobject-2.0)"
for file in $(find libmachtype -name '*.c' ! -path '*/modules/*'); do
  # shellcheck disable=SC2086
  if gcc $flags -DMACHTYPE_MODULE_DIR='""' "$file" 2>&1 | grep 'initializer-string.*too long'; then
    complain "$file: a column has no room for its NUL"
  fi
done
if grep -ln 'libxml/' $(find libmachtype -name '*.[ch]') | grep -v '^libmachtype/xml-'; then
  complain 'libxml2 outside the xml-* files'
fi
if grep -rn '\.\./libmachtype\|-private\.h' examples; then
  complain 'a program sees private headers'
fi
# The README shows a program that is compiled and run: identical, except for its head.
sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' >"$work/readme"
sed -n '/^#include/,$p' examples/first.c >"$work/first"
[ -s "$work/first" ] || complain 'examples/first.c has no #include'
diff "$work/readme" "$work/first" || complain "README.md: the program is not that of examples/first.c"
exit $status
