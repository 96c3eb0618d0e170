#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debian-symbols.sh MAP SYMBOLS
#
# The symbols file of the Debian package lists what the map lists, each symbol with the release of
# its node. Otherwise a package would not build; this test reports it when the map changes. With
# MACHTYPE_TEST_UPDATE set the file is rewritten.

set -eu

map=$1 symbols=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
  sed '/^ /d' "$symbols"
  # The tilde lets a pre-release and a backport of the release satisfy it.
  awk '/^LIBMACHTYPE_/ { node = $1; since = $1; sub (/.*_/, "", since); name = node }
    /^ *machtype_[a-z0-9_]*;/ { name = $1; sub (/;/, "", name) }
    name != "" { print " " name "@" node " " since ".0~"; name = "" }' "$map" | LC_ALL=C sort
} >"$work/wanted"
[ "$(grep -c '^ machtype_' "$work/wanted")" -gt 0 ] || { echo "$map lists no symbol"; exit 1; }

if [ -n "${MACHTYPE_TEST_UPDATE-}" ]; then
  cp "$work/wanted" "$symbols"
elif ! diff "$symbols" "$work/wanted"; then
  echo "$symbols (<) and the map (>) differ: see CONTRIBUTING.md for how to update"
  exit 1
fi
