#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# fetch.sh CACHE
#
# Makes, unless it is there, and without any effect on the host:
#   CACHE/libvirt-schema    the schema of Debian's newest libvirt (suite sid)
#   CACHE/signed/ARCH       shim.efi and grub.efi, signed for Secure Boot, for aarch64 and x86_64

set -eu
umask 022
export LC_ALL=C

say () {
  echo "fetch: $*" >&2
}

die () {
  say "$*"
  exit 1
}

# Unpacks packages of architecture $1 and suite $2 into $work/root.
fetch () {
  deb=$1
  suite=$2
  shift 2
  rm -rf "$work"
  mkdir -p "$work/debs"
  find_archive
  private_update "$suite"
  (cd "$work/debs" && private apt-get download "$@" >&2) || die "cannot download $*"
  for package in "$work"/debs/*.deb; do
    dpkg-deb -x "$package" "$work/root"
  done
}

fetch_schema () {
  say 'the schema of the newest libvirt'
  fetch "$(dpkg --print-architecture)" sid libvirt-common
  mv "$work/root/usr/share/libvirt/schemas" "$cache/libvirt-schema"
}

# The GRUB of bookworm crashes on the firmware of trixie.
signed_suite=trixie

# Architecture of libvirt, Debian's, and UEFI's suffix of names.
fetch_signed () {
  [ "$(cat "$cache/signed/$1/suite" 2>/dev/null)" != $signed_suite ] || return 0
  say "what firmware with Secure Boot starts on $1"
  fetch "$2" $signed_suite shim-signed "grub-efi-$2-signed"
  mkdir -p "$work/signed"
  find "$work/root" -name "shim$3.efi.signed" -exec cp {} "$work/signed/shim.efi" \;
  find "$work/root" -name "grub$3.efi.signed" -exec cp {} "$work/signed/grub.efi" \;
  [ -s "$work/signed/shim.efi" ] && [ -s "$work/signed/grub.efi" ] || die "$1: nothing is signed"
  echo $signed_suite >"$work/signed/suite"
  mkdir -p "$cache/signed"
  rm -rf "$cache/signed/$1"
  mv "$work/signed" "$cache/signed/$1"
}

[ $# -eq 1 ] || {
  echo 'usage: fetch.sh CACHE' >&2
  exit 2
}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/private-apt.sh
. "$here/../private-apt.sh"
mkdir -p "$1"
cache=$(cd "$1" && pwd)
exec 9>"$cache/.devices-lock"
flock 9
work=$cache/.devices
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
[ -d "$cache/libvirt-schema" ] || fetch_schema
fetch_signed aarch64 arm64 aa64
fetch_signed x86_64 amd64 x64
