#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh CACHE GUESTS PLATFORM [SUITE...]
#
# Runs suites of meson's tests on another platform: those of a library that decides what machines can
# have, unless others are named ("real", or "slow/real-start" for one test of a suite). The platform
# is made by root.sh and not changed: the sources are shown to it read-only, and the build is
# build/PLATFORM. There, differences has each of the answers of libvirt and QEMU that were not as
# the library's tables say, and meson-logs/PLATFORM.json the results. GUESTS has the guests' kernels.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# -ge 3 ] || {
  echo 'usage: run.sh CACHE GUESTS PLATFORM [SUITE...]' >&2
  exit 2
}
cache=$1 guests=$2 platform=$3
shift 3
# shellcheck source=tests/platforms/row.sh
. "$here/row.sh"
read_row "$platform"
[ $# -ne 0 ] || set -- unit program real platforms slow/real-start slow/real-lint-start boot

sh "$here/root.sh" "$cache" "$platform"
cache=$(cd "$cache" && pwd)
guests=$(cd "$guests" && pwd)
build=$top/build/$platform
logs=$build/meson-logs
mkdir -p "$build"
rm -f "$logs"/*.json "$logs"/*.txt

status=0
sh "$here/../install/debian-root.sh" run "$cache/platforms/$platform" \
  --show "$top" /srv/source --bind "$build" /srv/build --show "$guests" /srv/guests \
  sh /srv/source/tests/platforms/inside.sh "$platform" "$libvirt" "$qemu" "$@" || status=$?

sh "$here/collect.sh" "$logs" >"$build/differences"
[ ! -s "$build/differences" ] || {
  echo "== $platform: $(wc -l <"$build/differences") differences, in build/$platform/differences:"
  cat "$build/differences"
}
exit $status
