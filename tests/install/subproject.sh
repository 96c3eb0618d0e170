#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# subproject.sh SOURCE
#
# A project that has the library as a subproject gets the library, shared or static, and neither
# tests nor programs; dependency('libmachtype') finds it.

set -eu

source=$1
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset CC CFLAGS CPPFLAGS LDFLAGS DESTDIR PKG_CONFIG_PATH

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

mkdir -p "$work/parent/subprojects"
ln -s "$source" "$work/parent/subprojects/libmachtype"
cp "$source/examples/sort-names.c" "$work/parent"
cat >"$work/parent/meson.build" <<'PARENT'
project('parent', 'c')
executable('sort-names', 'sort-names.c', dependencies: dependency('libmachtype', fallback: 'libmachtype'))
PARENT

for kind in shared static; do
  echo "== $kind"
  build=$work/$kind
  {
    meson setup "$build" "$work/parent" -Ddefault_library="$kind" && ninja -C "$build"
  } >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "$kind: meson"
  }
  "$build/sort-names" pc-q35-7.2 pc-q35-2.10 >"$work/$kind.out" 2>"$work/err" || {
    cat "$work/err" >&2
    fail "$kind: the program"
  }
  [ "$(meson introspect "$build" --tests)" = '[]' ] || fail "$kind: the parent has our tests"
  [ -e "$build/subprojects/libmachtype/libmachtype/libmachtype-sqlite.so" ] || fail "$kind: stores have no module"
  for absent in examples/machtype/machtype libmachtype/libmachtype-libvirt.so libmachtype/libmachtype-postgresql.so \
    libmachtype/Machtype-1.0.gir; do
    [ ! -e "$build/subprojects/libmachtype/$absent" ] || fail "$kind: $absent is built"
  done
done
cmp "$work/shared.out" "$work/static.out"
