#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# instructions.sh WORKLOAD [--update]
#
# Counts the instructions of an operation of each hot path with callgrind, and compares them with
# instructions.json. Fails above +15 %; --update rewrites the file.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
file=$here/instructions.json
# The same code of the C library on every processor.
GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-EVEX,-SSE4_1,-SSE4_2,-SSSE3,-ERMS,-FSRM
export GLIBC_TUNABLES
# meson makes the allocator fill memory, which takes instructions.
MALLOC_PERTURB_=0
export MALLOC_PERTURB_
unset G_SLICE G_DEBUG
workload=$1
update=${2-}
limit=15 # percent

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
command -v valgrind >/dev/null || skip 'valgrind is not installed'
MACHTYPE_MODULE_DIR=$(dirname "$workload")/../../libmachtype
export MACHTYPE_MODULE_DIR
new=$(mktemp)
trap 'rm -f "$new"' EXIT
trap 'exit 1' INT TERM

count() { # NAME N
  valgrind --tool=callgrind --collect-atstart=no --toggle-collect=bench_work \
    --callgrind-out-file=/dev/null "$workload" "$1" "$2" 2>&1 |
    awk -v n="$2" '/Collected/ { printf "%.0f\n", $4 / n; found = 1 } END { exit !found }'
}

recorded() { # NAME
  sed -n "s/^ *\"$1\": *\([0-9]*\),*\$/\1/p" "$file" 2>/dev/null || true
}

status=0
separator='{'
# A run over every pair or image, so that each weighs the same.
for work in compare-strings:1000 compare-parsed:1000 parse:1000 name-new:1000 resolve:256 \
  resolve-pairs:256 properties:256 xml:20 capabilities:3 domain:20 record-json:3; do
  name=${work%:*}
  now=$(count "$name" "${work#*:}")
  before=$(recorded "$name")
  printf '%s\n  "%s": %s' "$separator" "$name" "$now" >>"$new"
  separator=,
  printf '%-16s %9d, recorded %9d\n' "$name" "$now" "${before:-0}"
  [ "$update" != --update ] || continue
  if [ -z "$before" ] || [ $((now * 100)) -gt $((before * (100 + limit))) ]; then
    echo "$name: more than $limit % above, or not recorded"
    status=1
  fi
done
if [ "$update" = --update ]; then
  printf '\n}\n' >>"$new"
  cat "$new" >"$file"
fi
exit $status
