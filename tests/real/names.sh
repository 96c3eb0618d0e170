#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# names.sh MACHTYPE
#
# Every machine type of this host's emulators is known by name.

set -eu

machtype=$1
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$here/../boot/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")

"$machtype" host --connect "$uri" --json >"$work/host"
python3 -c '
import json, sys
for line in sys.stdin:
    for machine in json.loads(line)["machines"]:
        print(machine["name"])' <"$work/host" >"$work/names"
"$machtype" parse - <"$work/names" >"$work/parsed"
count=$(wc -l <"$work/names")
echo "$count names"
[ "$count" -ge 100 ]
[ "$(wc -l <"$work/parsed")" -eq "$count" ]
if cut -f 1,2 "$work/parsed" | grep -E '	(unknown|invalid)$'; then
  echo 'these are unknown' >&2
  exit 1
fi
