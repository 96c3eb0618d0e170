#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# installed-tree.sh SOURCE
#
# Installs into a prefix of its own and uses nothing but that: a C and a C++ program through
# pkg-config, the operator program, and the libvirt module from where it was compiled to be.

set -eu

source=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset MACHTYPE_MODULE_DIR

fail() {
  echo "$1" >&2
  exit 1
}

echo '== install'
meson setup "$work/build" "$source" --prefix "$work/prefix" --libdir lib -Dtests=false >"$work/log" ||
  { cat "$work/log"; exit 1; }
meson install -C "$work/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig LD_LIBRARY_PATH=$work/prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH

echo '== pkg-config'
pkg-config --print-requires libmachtype
pkg-config --print-requires libmachtype | grep -q libvirt && fail 'libvirt is required of every user'

echo '== man pages and completion, where they are looked for'
for file in man/man1/machtype.1 man/man3/libmachtype.3 man/man5/machtype.conf.5 \
  bash-completion/completions/machtype zsh/site-functions/_machtype \
  fish/vendor_completions.d/machtype.fish; do
  [ -s "$work/prefix/share/$file" ] || fail "there is no share/$file"
done
grep -q "$work/prefix/etc/machtype.conf" "$work/prefix/share/man/man1/machtype.1" ||
  fail 'the man page names another machtype.conf'

echo '== a C program outside the tree'
cp "$here/resolve.c" "$here/resolve.cc" "$work/"
cd "$work"
# shellcheck disable=SC2046
gcc -std=c99 -Wall -Wextra -Werror resolve.c -o resolve-c $(pkg-config --cflags --libs libmachtype)
# shellcheck disable=SC2046
g++ -std=c++11 -Wall -Wextra -Werror resolve.cc -o resolve-cc \
  $(pkg-config --cflags --libs libmachtype)
for program in ./resolve-c ./resolve-cc; do
  $program
  [ "$($program)" = 'virt, because it is the built-in default for aarch64' ] ||
    fail "$program said something else"
  if ldd $program | grep -E 'libvirt|libpq'; then
    fail "$program links libvirt or libpq"
  fi
done

echo '== the operator program'
machtype=$work/prefix/bin/machtype
[ "$($machtype compare pc-q35-4.0.1 pc-q35-9.2)" = lt ] || fail 'compare'
if LD_DEBUG=libs $machtype compare pc-q35-4.0.1 pc-q35-9.2 2>&1 | grep -E 'libvirt|libpq'; then
  fail 'an offline command loads libvirt or libpq'
fi

echo '== the libvirt module, from its compiled-in path'
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || fail 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
uri=$(sh "$source/tests/boot/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")
$machtype resolve --connect "$uri" --property hw_emulation_architecture=aarch64 | tee "$work/out"
grep -q '^canonical: *virt-[0-9]' "$work/out" || fail 'no canonical name'

# A program that runs with more rights than its caller must not load the caller's modules.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  echo '== the override of the module path is ignored under AT_SECURE'
  chmod 755 "$work" "$work/prefix"
  gcc -std=c99 "$here/open-host.c" -o open-host $(pkg-config --cflags --libs libmachtype) \
    -Wl,-rpath,"$work/prefix/lib"
  chgrp daemon open-host
  chmod 2755 open-host
  mkdir -p nowhere
  MACHTYPE_MODULE_DIR=$work/nowhere setpriv --reuid nobody --regid nogroup --clear-groups \
    ./open-host 2>&1 | tee "$work/out"
  grep -q "$work/prefix/lib/libmachtype" "$work/out" && fail 'the module was not found'
  grep -q nowhere "$work/out" && fail 'the override was honoured'
fi
echo '== well'
