#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# minimal.sh SOURCE
#
# The minimal build: without libvirt, programs, bindings and tests. It installs, a program links and
# runs, a store opens, and a call that needs a module that is not there reports that.

set -eu
# What is built here is executed, also by other users.
umask 022

source=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# meson reads these. With SUDO_UID it would change the owner of files.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR SUDO_UID SUDO_GID MACHTYPE_MODULE_DIR

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

echo '== install'
prefix=$work/prefix
{
  meson setup "$work/build" "$source" --prefix "$prefix" --libdir lib -Dtests=false \
    -Dlibvirt=disabled -Dpostgresql=disabled -Djson=disabled -Dprograms=disabled \
    -Dintrospection=disabled -Dvapi=disabled &&
    meson install -C "$work/build"
} >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  fail 'meson'
}
sh "$here/paths.sh" "$prefix" 2 "$source" "$work/build"
rm -rf "$work/build"
[ "$(ls "$prefix/lib/libmachtype")" = libmachtype-sqlite.so ] || fail 'other modules than that of stores'
for absent in "$prefix/bin/machtype" "$prefix/share/gir-1.0" \
  "$prefix/lib/girepository-1.0" "$prefix/share/vala"; do
  [ ! -e "$absent" ] || fail "$absent is there"
done

echo '== a program'
PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
cp "$source"/examples/*.c "$work"
cd "$work"
for name in first resolve-image main-job; do
  # shellcheck disable=SC2046
  gcc -Wall -Wextra -Werror $name.c -o $name $(pkg-config --cflags --libs libmachtype)
done
sh "$source/tests/examples/transcript.sh" "$source/tests/examples/resolve-image.txt" \
  ./resolve-image
sh "$source/tests/examples/main-job.sh" "$source/tests/examples/main-job.txt" ./main-job
if ./first test:///default 2>"$work/out"; then
  fail 'a connection without the module'
fi
cat "$work/out"
grep -q "cannot load libmachtype's .* module" "$work/out" || fail 'first: another error'

echo '== a store'
# shellcheck disable=SC2046
gcc -Wall -Wextra -Werror "$here/open-store.c" -o open-store $(pkg-config --cflags --libs libmachtype)
./open-store "$work/records.db" || fail 'a store'
rm "$prefix/lib/libmachtype/libmachtype-sqlite.so"
if ./open-store "$work/records.db" 2>"$work/out"; then
  fail 'a store without its module'
fi
cat "$work/out"
grep -q "cannot load libmachtype's sqlite module" "$work/out" || fail 'open-store: another error'
echo '== well'
