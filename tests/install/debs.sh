#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debs.sh [NEW OLD]
#
# The Debian packages, from the last commit to a removed one: builds them twice, which must give the
# same bytes, and once more as an older version; asks lintian; then installs, uses, upgrades and
# purges them in a fresh Debian of this host's release (debs-inside.sh), and types the guides in
# another one (debs-guides.sh). With two folders that build-debs.sh has filled (OLD with --older)
# nothing is built. Needs root. The fresh Debian is kept in MACHTYPE_TEST_CACHE (default:
# ~/.cache/libmachtype).

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
cache=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}

for tool in dpkg-buildpackage dh lintian debootstrap unshare; do
  command -v $tool >/dev/null || skip "there is no $tool"
done
[ "$(id -u)" -eq 0 ] || skip 'a chroot needs root'
[ $# -eq 2 ] || [ -e "$here/../../.git" ] || skip 'this is not a git clone'

work=$(mktemp -d /var/tmp/machtype-packages.XXXXXX)
# Nothing is mounted in it: debian-root.sh does that where it cannot be seen from here.
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' INT TERM

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

# The second time in another time zone and language, by other umask and without the tests: none of
# it may be seen in a package.
build() {
  echo '== building'
  sh "$here/build-debs.sh" "$work/new"
  echo '== building again'
  (
    umask 027
    TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS=nocheck \
      sh "$here/build-debs.sh" "$work/again"
  )
  count=0
  for deb in "$work"/new/*.deb; do
    cmp "$deb" "$work/again/${deb##*/}" || fail "${deb##*/} differs from build to build"
    count=$((count + 1))
  done
  echo "$count packages are the same, byte by byte"
  [ $count -ge 6 ] || fail 'packages are missing'
  echo '== building an older version'
  DEB_BUILD_OPTIONS='nocheck noautodbgsym' sh "$here/build-debs.sh" --older "$work/old"
}

# dpkg would notice it only of packages that are installed together.
check_owners() {
  for deb in "$work"/new/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -t | grep -v '/$'
  done | sort | uniq -d >"$work/twice"
  cat "$work/twice"
  [ ! -s "$work/twice" ] || fail 'these are in two packages'
}

# An archive for apt in the chroot.
publish() { # ROOT NAME
  mkdir -p "$1/srv/$2"
  cp "$work/$2"/*.deb "$1/srv/$2/"
  (cd "$1/srv/$2" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
}

# The script finds in /srv the archives of both versions, and the unpacked source package.
run_in_fresh_debian() { # SCRIPT [OPTION-OF-DEBIAN-ROOT...]
  script=$1
  shift
  echo "== a fresh Debian: $script"
  root=$work/${script%.sh}
  sh "$here/debian-root.sh" make "$root" "$cache"
  publish "$root" new
  publish "$root" old
  cp -r "$work/source" "$root/srv/"
  cp "$here/$script" "$here/debs-common.sh" "$root/srv/"
  sh "$here/debian-root.sh" run "$root" "$@" sh "/srv/$script"
}

if [ $# -eq 2 ]; then
  cp -r "$1" "$work/new"
  cp -r "$2" "$work/old"
else
  build
fi

echo '== each file in one package'
check_owners

echo '== lintian'
lintian --allow-root --display-info --pedantic --display-experimental \
  --fail-on error,warning,info,pedantic,experimental "$work"/new/*.changes ||
  fail 'lintian complains'

dpkg-source --no-check --extract "$work"/new/*.dsc "$work/source" >/dev/null
run_in_fresh_debian debs-inside.sh
# libvirt starts no guest without /sys.
run_in_fresh_debian debs-guides.sh --show /sys /sys
echo '== well'
