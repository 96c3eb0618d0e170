#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# paths.sh PREFIX ELF-FILES FORBIDDEN-FOLDER...
#
# No installed file contains one of these folders, neither as text nor in what a program loads, and
# no program or library has a run path. Debug information (DWARF) is ignored, and so are the places
# of assertions, which are relative to the build folder (../). There are at least ELF-FILES programs
# and libraries.

set -eu

prefix=$1 least=$2
shift 2
LC_ALL=C
export LC_ALL
bare=$(mktemp)
trap 'rm -f "$bare"' EXIT
trap 'exit 1' INT TERM
status=0
elf=0 text=0

complain() { # FILE WHAT
  echo "$1: $2"
  status=1
}

for file in $(find "$prefix" -type f); do
  if [ "$(head -c 4 "$file" | tr -d '\177')" = ELF ]; then
    elf=$((elf + 1))
    objcopy --strip-debug "$file" "$bare"
    if readelf -d "$file" | grep -E 'RPATH|RUNPATH'; then
      complain "$file" 'has a run path'
    fi
  else
    text=$((text + 1))
    cp "$file" "$bare"
  fi
  for folder; do
    if tr '\0' '\n' <"$bare" | grep -aqE "(^|[^.])$folder"; then
      complain "$file" "names $folder"
    fi
  done
done
echo "$elf ELF files, $text others"
[ $elf -ge "$least" ] && [ $text -ge 20 ] || complain "$prefix" 'holds too little to be the installed tree'
exit $status
