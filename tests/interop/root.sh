#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# root.sh CACHE SUITE
#
# Makes CACHE/nova/SUITE, a Debian of SUITE (bookworm, trixie, sid) with its Nova, and what Nova's own
# unit tests need to run, unless it is there.

set -eu

[ $# -eq 2 ] || {
  echo 'usage: root.sh CACHE SUITE' >&2
  exit 2
}
exec sh "$(dirname "$0")/../install/debian-kept.sh" "$1" "nova/$2" "$2" \
  python3-nova python3-ddt python3-oslotest python3-testtools python3-wsgi-intercept \
  python3-requests-mock python3-placement
