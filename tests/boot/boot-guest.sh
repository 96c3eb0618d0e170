#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# boot-guest.sh MACHTYPE BOOT_DOMAIN GUEST
#
# Generates a guest with the operator program, boots it on the embedded driver, and checks what the
# guest saw against a table. GUEST-features has every feature that the machine supports.

set -eu

machtype=$1 boot_domain=$2 guest=$3
here=$(cd "$(dirname "$0")" && pwd)
arch=${guest%%-*}

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ -n "${MACHTYPE_GUESTS-}" ] || skip 'MACHTYPE_GUESTS names no folder of guest kernels'
[ -s "$MACHTYPE_GUESTS/$arch/kernel" ] || skip "no kernel for $arch below $MACHTYPE_GUESTS"
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'

# Guest, console device, options of domain-xml; then what the guest must have seen. If Debian's
# kernel lacks a driver (virtio-gpu on s390x), nothing is expected.
options="-p hw_emulation_architecture=$arch"
case ${guest%-features} in
aarch64)
  console=ttyAMA0 uname=aarch64
  expect='machine .*virt-[0-9]|firmware .*efi|firmware .*acpi|input .*[Tt]ablet|display '
  ;;
aarch64-bios)
  console=ttyAMA0 uname=aarch64 options="$options -p hw_firmware_type=bios"
  expect='machine .*dummy-virt|firmware .*devicetree|input .*[Tt]ablet'
  ;;
mipsel)
  console=ttyS0 uname=mips
  expect='machine .*[Mm]alta|input .*[Tt]ablet|display '
  ;;
ppc64le)
  console=hvc0 uname=ppc64le
  expect='machine .*pSeries|input .*[Tt]ablet|display '
  ;;
s390x)
  console=ttysclp0 uname=s390x
  expect='machine .*QEMU|ccw .*virtio_ccw|input .*[Tt]ablet'
  ;;
armv7l)
  console=ttyAMA0 uname=armv7l
  expect='machine .*dummy-virt|firmware .*devicetree|input .*[Tt]ablet'
  ;;
i686)
  console=ttyS0 uname=i686
  expect='machine .*i440FX|firmware .*acpi|input .*[Tt]ablet|display '
  ;;
mips64el)
  console=ttyS0 uname=mips64
  expect='machine .*[Mm]alta|input .*[Tt]ablet|display '
  ;;
riscv64)
  console=ttyS0 uname=riscv64
  expect='machine .*riscv-virtio|firmware .*devicetree|input .*[Tt]ablet|display '
  ;;
x86_64)
  console=ttyS0 uname=x86_64
  expect='machine .*i440FX|firmware .*acpi|input .*[Tt]ablet|display '
  ;;
x86_64-q35)
  console=ttyS0 uname=x86_64 options="$options -p hw_machine_type=q35"
  expect='machine .*Q35|firmware .*acpi|input .*[Tt]ablet|display '
  ;;
*)
  echo "unknown guest $guest" >&2
  exit 2
  ;;
esac

# What must not be present, and how the features are recognized. Debian's kernels have i6300esb's
# driver only for x86 and Arm: elsewhere the device must be there. The same applies to the TPM on
# Arm.
refuse='there is nothing of this name'
features='-p hw_qemu_guest_agent=yes -p hw_watchdog_action=reset -p hw_boot_menu=yes
  --extra-spec hw_rng:rate_bytes=65536'
seen='vport .*org\.qemu\.guest_agent\.0'
esb='pci .* 8086:25ab '
case $guest in
aarch64-features)
  features="$features -p hw_pmu=no -p hw_tpm_version=2.0 -p hw_viommu_model=auto
    -p hw_serial_port_count=2 -p hw_cpu_cores=2 --vcpus 2"
  seen="$seen|watchdog .*i6300ESB|tpm-node MSFT0101|virtio .* iommu "
  seen="$seen|serial .*:16550A|topology packages=1"
  refuse='pmu .*armv8'
  ;;
aarch64-bios-features)
  features="$features -p hw_pmu=yes -p hw_tpm_version=2.0 -p hw_viommu_model=smmuv3
    -p hw_serial_port_count=3 -p hw_cpu_sockets=2 --vcpus 2"
  seen="$seen|watchdog .*i6300ESB|tpm-node tpm|pmu .*armv8_pmuv3|iommu .*smmu"
  seen="$seen|serial .*:16550A .*:16550A|topology packages=2"
  ;;
armv7l-features)
  features="$features -p hw_tpm_version=2.0 -p hw_serial_port_count=2"
  seen="$seen|$esb|tpm-node tpm|serial .*:16550A"
  ;;
i686-features)
  features="$features -p hw_tpm_version=2.0 -p hw_time_hpet=yes -p hw_serial_port_count=2"
  seen="$seen|watchdog .*i6300ESB|tpm tpm0 2|clocks .*hpet|serial .*0:.* 1:"
  ;;
mipsel-features | mips64el-features)
  features="$features -p hw_serial_port_count=2"
  seen="$seen|$esb|serial .*0:.* 1:"
  ;;
ppc64le-features)
  features="$features -p hw_tpm_version=2.0 -p hw_pmu=yes -p hw_serial_port_count=2
    -p hw_cpu_cores=2 --vcpus 2"
  seen="$seen|$esb|tpm tpm0 2|serial .*vty.*vty"
  ;;
riscv64-features)
  features="$features -p hw_serial_port_count=2"
  seen="$seen|$esb|serial .*:16550A .*:16550A"
  ;;
s390x-features)
  features="$features -p hw_cpu_cores=2 --vcpus 2"
  seen="$seen|watchdog .*"
  ;;
x86_64-features)
  features="$features -p hw_tpm_version=2.0 -p hw_time_hpet=yes -p hw_serial_port_count=3
    -p hw_cpu_sockets=1 --vcpus 4 -p img_hide_hypervisor_id=yes -p hw_pmu=no"
  seen="$seen|watchdog .*i6300ESB|tpm tpm0 2|clocks .*hpet|serial .*0:.* 1:.* 2:"
  seen="$seen|topology packages=1"
  ;;
x86_64-q35-features)
  features="$features -p hw_firmware_type=uefi -p hw_tpm_version=2.0 -p hw_tpm_model=tpm-crb
    -p hw_viommu_model=intel -p hw_serial_port_count=2 -p hw_cpu_sockets=2 --vcpus 4"
  seen="$seen|watchdog .*i6300ESB|tpm tpm0 2|iommu .*dmar|serial .*0:.* 1:|firmware .*efi"
  seen="$seen|topology packages=2 threads=0"
  refuse='clocks .*hpet'
  # Emulated on a busy host, the kernel's clock may not advance ten ticks while it waits for them.
  # With a vIOMMU that is a panic; under KVM Linux does not check, either.
  BOOT_CMDLINE="no_timer_check ${BOOT_CMDLINE-}"
  ;;
*) features='' seen='arch ' ;;
esac
options="$options $features" expect="$expect|$seen"
expect="$expect|arch $uname|virtio .* block .*driver=virtio_blk|virtio .* net .*driver=virtio_net"
expect="$expect|virtio .* scsi .*driver=virtio_scsi|virtio .* rng .*driver=virtio_rng"
expect="$expect|virtio .* balloon .*driver=virtio_balloon|block vda .*mark=MARK-DISK-1"
expect="$expect|block sd[a-z] .*mark=MARK-DISK-2|block sr0 .*mark=MARK-CD-1|rng .*read=16"
expect="$expect|dhcp eth0 10\\.|write vda written-by-$uname"

# Short: libvirt creates sockets below it.
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$here/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")
cp "$MACHTYPE_GUESTS/media/disk1.raw" "$MACHTYPE_GUESTS/media/disk2.raw" "$work/"

# libvirt 12.9 takes qemu-system-mipsel of QEMU 11.1 for one of mips. Such a guest is not generated.
virsh -q -c "$uri" domcapabilities --virttype qemu --arch "$arch" >"$work/answer" 2>&1 || true
if grep "doesn't match given architecture" "$work/answer"; then
  ! "$machtype" domain-xml --connect "$uri" --domain-type qemu -p "hw_emulation_architecture=$arch" || {
    echo 'libvirt has no such guests'
    exit 1
  }
  exit 0
fi

# qemu, not the best: on a host that can accelerate x86_64 the guest must be the same everywhere.
# shellcheck disable=SC2086
"$machtype" domain-xml --connect "$uri" --domain-type qemu $options \
  --name "$guest" --memory 768 \
  --disk "$work/disk1.raw" --disk "$work/disk2.raw,bus=scsi" \
  --cdrom "$MACHTYPE_GUESTS/media/cd.raw" --network user \
  --kernel "$MACHTYPE_GUESTS/$arch/kernel" --initrd "$MACHTYPE_GUESTS/$arch/initrd.gz" \
  --cmdline "console=$console boot.input=tablet boot.net=1 boot.write=vda ${BOOT_CMDLINE-}" \
  --console-log "$work/console" >"$work/domain.xml"

# A guest that boots has no findings, and libvirt agrees.
"$machtype" lint "$work/domain.xml" --connect "$uri" || {
  echo 'lint finds something in a domain that is to boot'
  exit 1
}

case $arch$options in
x86_64*--vcpus*)
  sed "s|<emulator>.*</emulator>|<emulator>$here/one-thread.sh</emulator>|" "$work/domain.xml" >"$work/booted.xml"
  grep -q one-thread "$work/booted.xml" || {
    echo 'the domain names no emulator'
    exit 1
  }
  ;;
*) cp "$work/domain.xml" "$work/booted.xml" ;;
esac

status=0
"$boot_domain" --connect "$uri" --console-log "$work/console" --timeout "${BOOT_TIMEOUT:-3600}" --print \
  "$work/booted.xml" >"$work/facts" || status=$?
cat "$work/facts"
[ $status -eq 0 ] || exit 1

missed=0
old_ifs=$IFS
IFS='|'
for fact in $expect; do
  if ! grep -q "^FACT $fact" "$work/facts"; then
    echo "NOT SEEN: $fact"
    missed=1
  fi
done
IFS=$old_ifs
if grep "^FACT $refuse" "$work/facts"; then
  echo 'SEEN, and must not be'
  missed=1
fi
exit $missed
