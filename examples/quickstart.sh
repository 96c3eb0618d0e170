#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shows the main job of libmachtype from end to end on a fresh Debian 12 or 13, as root: installs
# missing packages, builds, and boots a guest each from two images of other architectures and their
# properties. It uses libvirt's embedded QEMU driver: no daemon, and nothing is left running.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}
build=$top/build/quickstart
cd "$top"

title() {
  printf '\n== %s\n' "$*"
}

# Shows a command, then runs it. A refusal (status 1) is an answer, not a failure.
show() {
  printf '\n$ machtype %s\n' "$*"
  "$machtype" "$@" || [ $? -eq 1 ]
}

title 'Installing missing packages (apt)'
sh tests/install-packages.sh run

title 'Building'
[ -d "$build" ] || meson setup "$build" >/dev/null
ninja -C "$build" examples/machtype/machtype libmachtype/libmachtype-libvirt.so \
  libmachtype/libmachtype-sqlite.so tests/boot/boot-domain >"$build/quickstart.log" || { cat "$build/quickstart.log"; exit 1; }
machtype=$build/examples/machtype/machtype
MACHTYPE_MODULE_DIR=$build/libmachtype LIBVIRT_DEBUG=4
export MACHTYPE_MODULE_DIR LIBVIRT_DEBUG
"$machtype" --version

title 'Fetching a kernel and busybox for each guest architecture (apt)'
mkdir -p "$cache"
sh tests/boot/fetch-guests.sh "$cache/guests" s390x riscv64

title 'Probing every emulator through libvirt (about a minute; the result is cached)'
sh tests/boot/warm-libvirt.sh "$build/tests/boot/boot-domain" "$cache/libvirt"
# Short: libvirt creates sockets below it.
root=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM
uri=$(sh tests/boot/embed-root.sh "$root/r" "$cache/libvirt")
echo done

# ARCH CONSOLE OLD NEW
main_job() {
  arch=$1 console=$2 old=$3 new=$4
  cp "$cache/guests/media/disk1.raw" "$root/$arch.raw"

  title "Which machine type does an image with hw_emulation_architecture=$arch get, and why?"
  show resolve --connect "$uri" --property "hw_emulation_architecture=$arch" --explain

  title "Checking a change that is refused: $old to $new"
  show check-change "$old" "$new" --arch "$arch" --connect "$uri"

  title "Writing the domain XML and recording the machine type"
  uuid=$(cat /proc/sys/kernel/random/uuid)
  set -- domain-xml --connect "$uri" --instance "$uuid" --record --store "$root/records.db" --property "hw_emulation_architecture=$arch" \
    --name "quickstart-$arch" --memory 512 --disk "$root/$arch.raw" --network user \
    --kernel "$cache/guests/$arch/kernel" --initrd "$cache/guests/$arch/initrd.gz" \
    --cmdline "console=$console boot.net=1 boot.write=vda" --console-log "$root/$arch.log"
  show "$@" >"$root/$arch.xml"
  sed -n '/^</,$p' "$root/$arch.xml" >"$root/$arch.domain"
  cat "$root/$arch.xml"

  title "Booting a kernel with that XML (some seconds); what the guest saw"
  "$build/tests/boot/boot-domain" --connect "$uri" --console-log "$root/$arch.log" --timeout 3600 \
    --print "$root/$arch.domain" >"$root/$arch.facts"
  grep -E '^(GUEST-|FACT (arch|kernel|machine|virtio|ccw|block|rng|net|dhcp|write) )' \
    "$root/$arch.facts"
}

# The record wins over what an operation brings: here, a rescue image of another architecture.
keep_for_life() {
  title "A rescue with an x86_64 image: the record of the $arch guest wins"
  show get-machine-type "$uuid" --store "$root/records.db"
  show resolve --store "$root/records.db" --instance "$uuid" --operation rescue --connect "$uri" \
    --property hw_emulation_architecture=x86_64 --property hw_machine_type=q35
}

main_job s390x ttysclp0 s390-ccw-virtio-7.2 s390-ccw-virtio-6.2
keep_for_life
main_job riscv64 ttyS0 virt sifive_u

title 'Done. Next: doc/start.md, or machtype --help'
echo "The program: $machtype (MACHTYPE_MODULE_DIR=$MACHTYPE_MODULE_DIR)"
