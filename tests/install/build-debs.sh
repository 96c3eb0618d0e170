#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# build-debs.sh [--older] [--tarball FILE] OUTPUT
#
# Builds Debian packages into the directory OUTPUT, with their source package: `meson dist` creates
# the tarball of the last commit (or FILE is one), tests/install/debian is put into it, and
# dpkg-buildpackage does the rest. DEBFULLNAME and DEBEMAIL, if set, become the maintainer,
# DEB_BUILD_OPTIONS and DEB_BUILD_PROFILES are dpkg's own, and SOURCE_DATE_EPOCH is kept.
#
# The version is the one of meson.build. Before a release it sorts below the future version: 0.9.0
# gives 1.0.0~0.9.0, because the symbols promise 1.0.0. The revision 0local1 sorts below a
# distribution's own -1. --older builds the same with a version that sorts below, to upgrade from.

set -eu

usage() {
  echo 'usage: build-debs.sh [--older] [--tarball FILE] OUTPUT' >&2
  exit 2
}

older='' tarball=''
while [ $# -gt 0 ]; do
  case $1 in
  --older) older='~0' ;;
  --tarball)
    [ $# -gt 1 ] || usage
    tarball=$2
    shift
    ;;
  -*) usage ;;
  *) break ;;
  esac
  shift
done
[ $# -eq 1 ] || usage
mkdir -p "$1"
output=$(cd "$1" && pwd)

# Nothing of the environment leaks into a build: debhelper and meson would both use it.
unset CC CXX CPP CFLAGS CPPFLAGS CXXFLAGS LDFLAGS DESTDIR MACHTYPE_CORPUS MACHTYPE_MODULE_DIR \
  MACHTYPE_TEST_REQUIRE MACHTYPE_TEST_UPDATE

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /var/tmp/machtype-debs.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# Neither the owner of the clone nor the owner's git configuration matters.
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$work/gitconfig
export GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL
printf '[safe]\n\tdirectory = *\n' >"$GIT_CONFIG_GLOBAL"

# Runs quietly; shows the output if it fails.
quietly() { # COMMAND...
  "$@" >"$work/log" 2>&1 </dev/null || {
    cat "$work/log" >&2
    exit 1
  }
}

# A clone, so that neither uncommitted changes nor build products are included.
make_tarball() {
  quietly git clone -q "$top" "$work/clone"
  quietly meson setup "$work/dist" "$work/clone" -Dauto_features=disabled -Dtests=false \
    -Dlibvirt=disabled -Dpostgresql=disabled -Dprograms=disabled
  quietly meson dist -C "$work/dist" --no-tests --formats xztar
  tarball=$(echo "$work"/dist/meson-dist/*.tar.xz)
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$work/clone" log -1 --format=%ct)}
}

[ -n "$tarball" ] || make_tarball
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$tarball")}
export SOURCE_DATE_EPOCH

mkdir "$work/source"
tar -xJf "$tarball" -C "$work/source" --strip-components=1
debian=$work/source/debian
cp -r "$work/source/tests/install/debian" "$debian"

version=$(meson introspect --projectinfo "$work/source/meson.build" |
  sed 's/.*"version": "\([0-9.]*\)".*/\1/')
# The version that the newest symbol promises.
promised=$(awk '/@LIBMACHTYPE_/ { print $2 }' "$debian/libmachtype0.symbols" | sort -uV | tail -n 1)
if dpkg --compare-versions "$version" lt "$promised"; then
  version=$promised$version
fi
version=$version$older

maintainer=$(sed -n 's/^Maintainer: //p' "$debian/control")
if [ -n "${DEBEMAIL-}" ]; then
  maintainer="${DEBFULLNAME:-$DEBEMAIL} <$DEBEMAIL>"
  sed -i "s|^Maintainer: .*|Maintainer: $maintainer|" "$debian/control"
fi
cat >"$debian/changelog" <<EOF
libmachtype ($version-0local1) unstable; urgency=medium

  * Built from the project's own tree; see NEWS.md for what changed.

 -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
EOF

cp "$tarball" "$work/libmachtype_$version.orig.tar.xz"
cd "$work/source"
quietly nice dpkg-buildpackage --unsigned-source --unsigned-changes
cd "$work"
rm -f "$output"/libmachtype_*.changes
cp ./*.deb ./*.dsc ./*.debian.tar.* ./*.orig.tar.xz ./*.buildinfo ./*.changes "$output/"
