#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debian-kept.sh CACHE KIND/NAME SUITE PACKAGE...
#
# Makes CACHE/KIND/NAME, a Debian of SUITE (bookworm, trixie, trixie-backports, sid) with these
# packages, unless it is there. debian-root.sh runs commands in it. Needs root, debootstrap and a
# Debian mirror.

set -eu
umask 022

[ $# -ge 4 ] || {
  echo 'usage: debian-kept.sh CACHE KIND/NAME SUITE PACKAGE...' >&2
  exit 2
}
make=$(cd "$(dirname "$0")" && pwd)/debian-root.sh
kind=${2%/*} name=${2##*/}
mkdir -p "$1/$kind"
cache=$(cd "$1" && pwd)
suite=$3
shift 3
root=$cache/$kind/$name
stamp="$suite $*"

is_there() {
  [ "$(cat "$root/srv/stamp" 2>/dev/null)" = "$stamp" ]
}

# Before and after others may have made it.
! is_there || exit 0
exec 9>"$cache/$kind/.lock"
flock 9
! is_there || exit 0
work=$cache/$kind/.work
log=$cache/$kind/.log
# Nothing is mounted in it, see debian-root.sh.
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
rm -rf --one-file-system "$work"
sh "$make" make "$work" "$cache" "$suite"
echo "== $kind of $name"
sh "$make" run "$work" sh -euc 'suite=$1
  shift
  apt-get -qq update
  apt-get -qq -y --no-install-recommends -t "$suite" install "$@"
  apt-get clean' sh "$suite" "$@" >"$log" 2>&1 </dev/null || {
  tail -n 30 "$log" >&2
  exit 1
}
echo "$stamp" >"$work/srv/stamp"
rm -rf --one-file-system "$root"
mv "$work" "$root"
