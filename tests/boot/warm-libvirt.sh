#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# warm-libvirt.sh BOOT_DOMAIN CACHE
#
# Makes libvirt query every emulator, which takes about a minute for all of them, and keeps the
# answers in CACHE for embed-root.sh; if CACHE is still valid it takes a moment.

set -eu

boot_domain=$1 cache=$2
here=$(cd "$(dirname "$0")" && pwd)

# Short: libvirt creates sockets below it.
root=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$root" "$cache.$$"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$here/embed-root.sh" "$root/r" "$cache")
"$boot_domain" --connect "$uri" --warm
# -p: libvirt drops entries that are older than the emulator.
cp -Rp "$root/r/cache" "$cache.$$"
rm -rf "$cache"
mv "$cache.$$" "$cache"
