#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# fetch-clang-format.sh CACHE_DIR
#
# Prints the path of clang-format 14, which determines the layout: each version formats differently.
# An installed one is used; where Debian no longer has it (13), that of Debian 12 is kept in
# CACHE_DIR, with its libraries. Nothing of it is installed.

set -eu
umask 022
export LC_ALL=C

say () {
  echo "fetch-clang-format: $*" >&2
}

die () {
  say "$*"
  exit 1
}

is_14 () { # PROGRAM
  "$1" --version 2>/dev/null | grep -q 'version 14\.'
}

[ $# -eq 1 ] || {
  echo 'usage: fetch-clang-format.sh CACHE_DIR' >&2
  exit 2
}
for program in clang-format-14 clang-format; do
  if is_14 $program; then
    command -v $program
    exit 0
  fi
done

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/private-apt.sh
. "$here/../private-apt.sh"
mkdir -p "$1"
cache=$(cd "$1" && pwd)
program=$cache/clang-format
exec 9>"$cache/.lock"
flock 9
if ! is_14 "$program"; then
  work=$cache/.work
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  rm -rf "$work" "$cache/root"
  mkdir -p "$work/debs" "$work/root"
  deb=$(dpkg --print-architecture)
  find_archive
  say 'fetching that of Debian 12'
  private_update bookworm
  (cd "$work/debs" && private apt-get download clang-format-14 libclang-cpp14 libllvm14 >&2) ||
    die 'cannot download it'
  for package in "$work"/debs/*.deb; do
    dpkg-deb -x "$package" "$work/root"
  done
  mv "$work/root" "$cache/root"
  libraries=$(dirname "$(find "$cache/root/usr/lib" -name 'libLLVM-14.so.1' | head -n 1)")
  cat >"$program" <<SCRIPT
#!/bin/sh
LD_LIBRARY_PATH='$libraries' exec '$cache/root/usr/bin/clang-format-14' "\$@"
SCRIPT
  chmod 755 "$program"
  is_14 "$program" || die "it does not start: $("$program" --version 2>&1)"
fi
echo "$program"
