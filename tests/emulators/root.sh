#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# root.sh CACHE SUITE [NAME PACKAGE...]
#
# Makes CACHE/emulators/NAME (default: SUITE), a Debian of SUITE (bookworm, trixie, trixie-backports)
# with all of its QEMU's emulators, the firmware that guests are started with, and more packages,
# unless it is there.

set -eu

[ $# -ge 2 ] || {
  echo 'usage: root.sh CACHE SUITE [NAME PACKAGE...]' >&2
  exit 2
}
cache=$1 suite=$2 name=${3:-$2}
shift $(($# > 2 ? 3 : 2))
exec sh "$(dirname "$0")/../install/debian-kept.sh" "$cache" "emulators/$name" "$suite" \
  qemu-system seabios ovmf ipxe-qemu "$@"
