#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the suite "platforms" consists of, without a chroot: this host is one of the platforms, with
# the versions that the table says, and no difference that a test found is lost.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
# shellcheck source=tests/platforms/row.sh
. "$here/row.sh"

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

echo '== every row is complete'
count=0
for platform in $(list_platforms); do
  read_row "$platform"
  case $failure in
  fails | reported) ;;
  *) fail "$platform: failure is '$failure'" ;;
  esac
  [ -n "$suite" ] && [ -n "$packages" ] && [ -n "$libvirt" ] && [ -n "$qemu" ]
  count=$((count + 1))
done
[ $count -ge 5 ]
! (read_row debian-11) 2>"$work/unknown" || fail 'debian-11 is known'
grep -q "no platform 'debian-11'; there are: debian-12 " "$work/unknown"

echo '== what tests find is collected, once, and so are results'
mkdir -p "$work/debian-0/meson-logs"
cd "$work/debian-0/meson-logs"
echo '{"name": "one", "result": "OK"}' >one.json
echo '{"name": "two", "result": "FAIL"}' >two.json
printf '%s\n' 'ok 1' '# DIFFERS: /b: pc, x: none: refused' '# a DIFFERS: no' >one.txt
printf '%s\n' '# DIFFERS: /a: q35, y: qemu: accepted' '# DIFFERS: /b: pc, x: none: refused' >two.txt
sh "$here/collect.sh" "$work/debian-0/meson-logs" >"$work/differences"
printf '%s\n' '/a: q35, y: qemu: accepted' '/b: pc, x: none: refused' | diff - "$work/differences"
[ "$(ls -- *.json)" = debian-0.json ]
! python3 "$here/../summary.py" debian-0.json >"$work/summary" || fail 'a failure is lost'
grep -q '^1 passed, 1 failed, 0 skipped$' "$work/summary"

echo '== this host is in the table'
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "${ID-}-${VERSION_ID-sid}")
list_platforms | grep -q "^$release\(-backports\)\?\$" || skip "$release is not a platform of the table"
sh "$here/versions.sh" >"$work/versions"
cat "$work/versions"
for platform in $release $release-backports; do
  read_row "$platform"
  ! sh "$here/versions.sh" "$libvirt" "$qemu" >/dev/null || exit 0
done
fail "tests/platforms/platforms.tsv has no $release with these versions"
