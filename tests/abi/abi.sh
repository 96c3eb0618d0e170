#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# abi.sh LIBRARY BASELINE HEADER-DIRECTORY...
#
# Checks the library against the ABI of the last release, as abidiff sees both from the debugging
# information. Nothing may be removed or changed; additions are for the next release. At a release,
# and only then, MACHTYPE_TEST_UPDATE=1 writes the baseline. It is for x86_64. What abidiff cannot
# see (numbers of errors, const, annotations) is checked by api.py.

set -eu

library=$1 baseline=$2
shift 2
# shellcheck source=tests/skip.sh
. "$(dirname "$0")/../skip.sh"
command -v abidiff >/dev/null || skip 'abidiff (abigail-tools) is not installed'
case $(uname -m) in x86_64) ;; *) skip 'the baseline is that of x86_64' ;; esac
readelf -SW "$library" | grep -q '\.debug_info' || skip 'the library has no debugging information'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Types that no header defines are private; GLib's are part of our interface as well. Without its
# headers a guint that becomes a guint64 would not be noticed.
for directory in $(pkg-config --cflags-only-I glib-2.0 | sed 's/-I//g'); do
  set -- "$@" "$directory"
done
mkdir "$work/headers"
for directory in "$@"; do
  find "$directory" -name '*.h' -exec cp -n {} "$work/headers" \;
done
common="--drop-private-types --exported-interfaces-only"
# Without paths of the build, so that the baseline is the same everywhere.
if [ -n "${MACHTYPE_TEST_UPDATE-}" ]; then
  # shellcheck disable=SC2086
  abidw --headers-dir "$work/headers" $common --no-show-locs --no-comp-dir-path --no-corpus-path \
    --no-elf-needed --type-id-style hash "$library" |
    sed "s/ path='[^']*\(libmachtype\/[^']*\)'/ path='\1'/" >"$baseline"
fi
# shellcheck disable=SC2086
abidiff --headers-dir2 "$work/headers" $common --no-added-syms --fail-no-debug-info \
  "$baseline" "$library" || {
  echo "the ABI is no longer that of the last release (abidiff: $?)"
  exit 1
}
grep -c '<function-decl' "$baseline" | sed 's/$/ functions are as they were/'
