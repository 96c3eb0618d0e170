#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# define.sh MACHTYPE
#
# The operator's way: the program's XML through virt-xml-validate and virsh define, for each
# architecture, then libvirt's own XML compared: it must keep the machine type that was resolved.

set -eu

machtype=$1
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
for tool in virsh virt-xml-validate; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done

work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$here/../boot/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")
export LIBVIRT_DEBUG=4

for arch in aarch64 armv6l armv7l i686 mips mips64 mips64el mipsel ppc64 ppc64le riscv64 s390x x86_64; do
  echo "== $arch"
  virsh -q -c "$uri" domcapabilities --virttype qemu --arch "$arch" >"$work/answer" 2>&1 || true
  if grep "doesn't match given architecture" "$work/answer"; then
    ! "$machtype" resolve --connect "$uri" --domain-type qemu -p "hw_emulation_architecture=$arch" || {
      echo 'libvirt has no such guests' >&2
      exit 1
    }
    continue
  fi
  "$machtype" domain-xml --connect "$uri" --domain-type qemu \
    --property "hw_emulation_architecture=$arch" --name "define-$arch" --memory 512 \
    --disk /var/tmp/none.qcow2 --cdrom /var/tmp/none.iso --network user --mirror >"$work/$arch.xml"
  virt-xml-validate "$work/$arch.xml" domain
  virsh -q -c "$uri" "define --validate $work/$arch.xml; dumpxml define-$arch" >"$work/$arch.out"
  machine=$("$machtype" resolve --connect "$uri" --domain-type qemu \
    --property "hw_emulation_architecture=$arch" --json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["canonical"])')
  grep -q "machine='$machine'" "$work/$arch.out" || {
    echo "libvirt does not keep machine type $machine:" >&2
    grep machine= "$work/$arch.out" >&2
    exit 1
  }
  grep -q 'urn:libmachtype:record:1' "$work/$arch.out"

  # What Nova has had since Zed, on every machine that can have it.
  more='-p hw_virtio_packed_ring=yes --tb-cache 64 --tcp-console 127.0.0.1:4555 --graphics spice'
  case $arch in
  s390x) ;;
  *) more="$more -p hw_sound_model=ich9 -p hw_usb_model=nec-xhci -p hw_redirected_usb_ports=2" ;;
  esac
  case $arch in
  aarch64) more="$more -p os_secure_boot=required" ;;
  x86_64) more="$more -p hw_maxphysaddr_mode=emulate -p hw_maxphysaddr_bits=40" ;;
  esac
  # shellcheck disable=SC2086
  "$machtype" domain-xml --connect "$uri" --domain-type qemu --name "more-$arch" --memory 512 \
    --property "hw_emulation_architecture=$arch" --network user $more >"$work/$arch.xml"
  virt-xml-validate "$work/$arch.xml" domain
  virsh -q -c "$uri" define --validate "$work/$arch.xml"
done
