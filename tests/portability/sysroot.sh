#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# sysroot.sh CACHE_DIR ARCH
#
# Creates CACHE_DIR/ARCH: the headers and libraries of another architecture (Debian's name: i386,
# s390x), for a cross compiler's --sysroot. Nothing of it is installed and no code of it runs, so
# that the host's dpkg is not affected.

set -eu
umask 022
export LC_ALL=C

# libc-bin has the locale C.UTF-8.
packages='libc6-dev libc-bin libglib2.0-dev libxml2-dev libjson-glib-dev libsqlite3-dev libvirt-dev libpq-dev'

say () {
  echo "sysroot: $*" >&2
}

die () {
  say "$*"
  exit 1
}

# Debian 12 and 13 have merged /usr, some packages still name /lib. Programs are omitted: meson puts
# the sysroot's directories before PATH.
unpack () {
  for package in "$work"/apt/var/cache/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$work/all"
  done
  mkdir -p "$work/root/usr/share"
  mv "$work/all/usr/lib" "$work/all/usr/include" "$work/root/usr/"
  mv "$work/all/usr/share/pkgconfig" "$work/root/usr/share/"
  [ ! -d "$work/all/lib" ] || cp -a "$work/all/lib/." "$work/root/usr/lib/"
  ln -s usr/lib "$work/root/lib"
}

# A linker follows links as the host does: "/lib/..." would leave the directory.
relink () {
  find "$work/root/usr/lib" -type l -lname '/*' | while read -r link; do
    target=$work/root$(readlink "$link")
    [ ! -e "$target" ] || ln -sfr "$target" "$link"
  done
}

if [ $# -ne 2 ]; then
  echo 'usage: sysroot.sh CACHE_DIR ARCH' >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/private-apt.sh
. "$here/../private-apt.sh"
mkdir -p "$1"
cache=$(cd "$1" && pwd)
deb=$2
# The host's: its cross compiler knows that C library.
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
sum="$suite $(cksum <"$here/sysroot.sh" | cut -d ' ' -f 1)"

exec 9>"$cache/.lock"
flock 9
[ "$(cat "$cache/$deb/stamp" 2>/dev/null)" != "$sum" ] || exit 0
work=$cache/.work
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
rm -rf "$work"
mkdir "$work"
find_archive
say "$deb: fetching $packages and what they need"
private_update "$suite"
# shellcheck disable=SC2086
private apt-get install -y --download-only --no-install-recommends $packages >&2
unpack
relink
echo "$sum" >"$work/root/stamp"
rm -rf "${cache:?}/$deb"
mv "$work/root" "$cache/$deb"
say "$deb: $(du -sm "$cache/$deb" | cut -f 1) MiB"
