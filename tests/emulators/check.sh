#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check.sh TEST... -- [SUITE...]
#
# Runs the programs of meson.build on what the emulators of this host list, or on those of Debian's
# suites, in roots that are kept in MACHTYPE_TEST_CACHE. The answers of a suite must also be those in
# tests/data/emulators; with MACHTYPE_TEST_UPDATE, they are written there instead.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
tests=
while [ "$1" != -- ]; do
  tests="$tests $1"
  shift
done
shift
recorded=$here/../data/emulators
cache=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}
work=$(mktemp -d /tmp/machtype-emulators.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

check() { # NAME
  echo "== $1"
  for test in $tests; do
    MACHTYPE_EMULATORS=$work/$1 "$test"
  done
}

if [ $# -eq 0 ]; then
  command -v qemu-system-x86_64 >/dev/null || skip 'there is no QEMU'
  mkdir "$work/host"
  python3 "$here/record.py" "$work/host"
  check host
  exit 0
fi

for tool in debootstrap unshare; do
  command -v $tool >/dev/null || skip "there is no $tool"
done
[ "$(id -u)" -eq 0 ] || skip 'a chroot needs root'
for suite; do
  sh "$here/root.sh" "$cache" "$suite"
  mkdir "$work/$suite"
  python3 "$here/record.py" "$work/$suite" "$cache/emulators/$suite"
done
if [ -n "${MACHTYPE_TEST_UPDATE-}" ]; then
  rm "$recorded"/*.tsv
  cp "$work"/*/*.tsv "$recorded/"
fi
for suite; do
  check "$suite"
  for file in "$work/$suite"/*.tsv; do
    diff -u "$recorded/${file##*/}" "$file"
  done
done
