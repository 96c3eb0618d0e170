#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# root.sh CACHE PLATFORM
#
# Makes CACHE/platforms/PLATFORM, a Debian with everything that the tests need, unless it is there.
# Needs root, debootstrap and a Debian mirror.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 2 ] || {
  echo 'usage: root.sh CACHE PLATFORM' >&2
  exit 2
}
# shellcheck source=tests/platforms/row.sh
. "$here/row.sh"
read_row "$2"
wanted=$(sh "$here/../install-packages.sh" test --list "$packages")
# shellcheck disable=SC2086
exec sh "$here/../install/debian-kept.sh" "$1" "platforms/$2" "$suite" $wanted
