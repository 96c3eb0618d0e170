#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# symbols.sh LIBRARY SOURCE BUILD
#
# The ELF file's exports, the map and the declarations in the headers agree, in every direction, and
# each symbol is in the node of its release.

set -eu
LC_ALL=C
export LC_ALL

library=$1 source=$2 build=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only --with-symbol-versions "$library" | awk '$2 != "A" { print $3 }' |
  sed 's/@@/ /' | sort >"$work/elf"
awk '/^LIBMACHTYPE_/ { node = $1 } /^ *machtype_[a-z0-9_]*;/ { sub (/;/, "", $1); print $1, node }' \
  "$source/libmachtype/libmachtype.map" | sort >"$work/map"
# A declaration is a line with MACHTYPE_AVAILABLE_IN_x_y alone, then the prototype.
cat "$source"/include/machtype/*.h "$build"/include/machtype/*.h |
  awk '/^MACHTYPE_AVAILABLE_IN_/ { node = $1; sub (/MACHTYPE_AVAILABLE_IN_/, "LIBMACHTYPE_", node)
         sub (/_[0-9]*$/, "", node); major = $1; gsub (/[^0-9_]/, "", major)
         split ($1, part, "_"); wanted = "LIBMACHTYPE_" part[4] "." part[5]; next }
       wanted != "" && /^G_DECLARE_DERIVABLE_TYPE/ {
         sub (/,$/, "", $3); print $3 "_get_type", wanted; wanted = "" }
       wanted != "" && match ($0, /machtype_[a-z0-9_]* \(/) {
         print substr ($0, RSTART, RLENGTH - 2), wanted; wanted = "" }' | sort >"$work/headers"

status=0
for other in map headers; do
  if ! diff "$work/elf" "$work/$other" >"$work/diff"; then
    echo "exported (<) and in the $other (>) differ:"
    cat "$work/diff"
    status=1
  fi
done
echo "$(wc -l <"$work/elf") symbols"
[ -s "$work/elf" ] || status=1
exit $status
