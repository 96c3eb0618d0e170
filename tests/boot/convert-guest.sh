#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# convert-guest.sh MACHTYPE BOOT_DOMAIN CASE
#
# A guest with disk and CD-ROM boots; libvirt's version of its XML, with every controller and
# address filled in, is converted; it boots again, and reports its hardware before and after.

set -eu

machtype=$1 boot_domain=$2 case=$3
here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ -n "${MACHTYPE_GUESTS-}" ] || skip 'MACHTYPE_GUESTS names no folder of guest kernels'
[ -s "$MACHTYPE_GUESTS/x86_64/kernel" ] || skip "no kernel for x86_64 below $MACHTYPE_GUESTS"
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
command -v virsh >/dev/null || skip 'virsh is not installed'

# What only the old machine and only the new one show; what both do. Controllers by class: 0101 is
# IDE, 0106 AHCI, 0c0300 UHCI, 0c0330 xHCI.
before='' after=''
case $case in
pc-to-q35)
  old=pc-i440fx-7.2 new=pc-q35-7.2 bus=ide disk=hda cd=hdc flags=--force
  before='machine .*i440FX.*pc-i440fx-7.2|pci .* class=0101.*driver=ata_piix|pci .* class=0c0300'
  after='machine .*Q35.*pc-q35-7.2|pci .* class=0106.*driver=ahci|pci .* class=0c0330.*driver=xhci'
  ;;
q35-to-pc)
  old=pc-q35-7.2 new=pc-i440fx-7.2 bus=sata disk=sda cd=sdb flags=--force
  before='machine .*Q35.*pc-q35-7.2|pci .* class=0106.*driver=ahci'
  after='machine .*i440FX.*pc-i440fx-7.2|pci .* class=0106.*driver=ahci'
  ;;
q35-step)
  old=pc-q35-6.2 new=pc-q35-7.2 bus=sata disk=sda cd=sdb flags=
  before='machine .*pc-q35-6.2|pci .* class=0106.*driver=ahci'
  after='machine .*pc-q35-7.2|pci .* class=0106.*driver=ahci'
  ;;
*)
  echo "unknown case $case" >&2
  exit 2
  ;;
esac
always='block sda .*mark=MARK-DISK-1|block vda .*mark=MARK-DISK-2|block sr0 .*mark=MARK-CD-1'
always="$always|write sda written-by-x86_64|dhcp eth0 10\\."

# Short: libvirt creates sockets below it.
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export LIBVIRT_DEBUG=4
uri=$(sh "$here/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")
cp "$MACHTYPE_GUESTS/media/disk1.raw" "$MACHTYPE_GUESTS/media/disk2.raw" "$work/"

cat >"$work/hand.xml" <<XML
<domain type='qemu'>
  <name>converted</name>
  <uuid>6f1d4b5e-0000-4000-8000-00000000c0de</uuid>
  <memory unit='MiB'>512</memory>
  <os>
    <type arch='x86_64' machine='$old'>hvm</type>
    <kernel>$MACHTYPE_GUESTS/x86_64/kernel</kernel>
    <initrd>$MACHTYPE_GUESTS/x86_64/initrd.gz</initrd>
    <cmdline>console=ttyS0 boot.net=1 boot.write=sda</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <devices>
    <disk type='file' device='disk'>
      <source file='$work/disk1.raw'/>
      <target dev='$disk' bus='$bus'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='$MACHTYPE_GUESTS/media/cd.raw'/>
      <target dev='$cd' bus='$bus'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='$work/disk2.raw'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='file'><source path='$work/console'/></serial>
  </devices>
</domain>
XML

# libvirt's version of a domain.
define() { # XML WRITTEN
  virsh -q -c "$uri" "define --validate $1; dumpxml converted; undefine converted" >"$2"
}

# Boots it, and checks the guest's report.
boot() { # XML EXPECTED
  status=0
  "$boot_domain" --connect "$uri" --console-log "$work/console" --timeout "${BOOT_TIMEOUT:-3600}" \
    --print "$1" >"$work/facts" || status=$?
  cat "$work/facts"
  [ $status -eq 0 ] || exit 1
  old_ifs=$IFS
  IFS='|'
  for fact in $2; do
    grep -q "^FACT $fact" "$work/facts" || {
      echo "NOT SEEN: $fact"
      status=1
    }
  done
  IFS=$old_ifs
  [ $status -eq 0 ] || exit 1
}

define "$work/hand.xml" "$work/old.xml"
boot "$work/old.xml" "$before|$always"
# shellcheck disable=SC2086
"$machtype" convert "$work/old.xml" --machine $new $flags >"$work/converted.xml"
define "$work/converted.xml" "$work/new.xml"
boot "$work/new.xml" "$after|$always"
