#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# root.sh CACHE SUITE [NAME PACKAGE...]
#
# Makes CACHE/emulators/NAME (default: SUITE), a Debian of SUITE (bookworm, trixie, trixie-backports)
# with all of its QEMU's emulators, and more packages, unless it is there.
# tests/install/debian-root.sh runs commands in it. Needs root, debootstrap and a Debian mirror.

set -eu
umask 022

# The firmware that guests are started with.
packages='qemu-system seabios ovmf ipxe-qemu'

[ $# -ge 2 ] || {
  echo 'usage: root.sh CACHE SUITE [NAME PACKAGE...]' >&2
  exit 2
}
here=$(cd "$(dirname "$0")" && pwd)
make=$here/../install/debian-root.sh
mkdir -p "$1/emulators"
cache=$(cd "$1" && pwd)
suite=$2
name=${3:-$2}
if [ $# -gt 3 ]; then
  shift 3
  packages="$packages $*"
fi
root=$cache/emulators/$name
stamp="$suite $packages"

exec 9>"$cache/emulators/.lock"
flock 9
[ "$(cat "$root/srv/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
work=$cache/emulators/.work
log=$cache/emulators/.log
# Nothing is mounted in it, see debian-root.sh.
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
rm -rf --one-file-system "$work"
sh "$make" make "$work" "$cache" "$suite"
echo "== emulators of $name"
# shellcheck disable=SC2086
sh "$make" run "$work" sh -euc 'suite=$1
  shift
  apt-get -qq update
  apt-get -qq -y --no-install-recommends -t "$suite" install "$@"
  apt-get clean' sh "$suite" $packages >"$log" 2>&1 </dev/null || {
  tail -n 30 "$log" >&2
  exit 1
}
echo "$stamp" >"$work/srv/stamp"
rm -rf --one-file-system "$root"
mv "$work" "$root"
