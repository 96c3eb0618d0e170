#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# versions.sh [LIBVIRT QEMU]
#
# Prints the versions of this host's libvirt and QEMU; the status says whether they are these, of
# which only the beginning is given (10.0 for 10.0.13), or "-" for any.

set -eu

is_version() { # FOUND WANTED
  case $1 in
  "$2" | "$2".*) return 0 ;;
  esac
  [ "$2" = - ]
}

libvirt=$(pkg-config --modversion libvirt)
qemu=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
echo "libvirt $libvirt, QEMU $qemu"
is_version "$libvirt" "${1--}" && is_version "$qemu" "${2--}"
