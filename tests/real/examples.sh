#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# examples.sh EXAMPLES-FOLDER
#
# The example programs one after the other on a private libvirtd: an image of a foreign architecture
# becomes domain XML, libvirt defines it, it is recorded, and a tool with its own connection finds
# nothing wrong with it.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
examples=$1
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ "$(id -u)" -eq 0 ] || skip 'a private libvirtd needs root'
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
for tool in virsh unshare nsenter; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

# Short: libvirt creates sockets below it.
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'sh "$here/private-libvirtd.sh" stop "$work/d"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$here/private-libvirtd.sh" start "$work/d" "$MACHTYPE_LIBVIRT_CACHE")

echo '== first'
"$examples/first" "$uri" | tee "$work/out"
grep -q '^s390-ccw-virtio-[0-9.]*, because it is the built-in default' "$work/out" || fail 'first'
machine=$(cut -d , -f 1 "$work/out")

echo '== resolve-image'
"$examples/resolve-image" "$uri" hw_emulation_architecture=s390x | tee "$work/out"
grep -q "^$machine, because" "$work/out" || fail 'resolve-image'

echo '== emulate-arch'
virsh -c "$uri" capabilities >"$work/host.xml"
"$examples/emulate-arch" s390x "$work/disk.qcow2" "$work/host.xml" >"$work/guest.xml"
virsh -q -c "$uri" define --validate "$work/guest.xml"

echo '== own-connection: nothing found, and no module is loaded'
MACHTYPE_MODULE_DIR=/nonexistent "$examples/own-connection" "$uri" | tee "$work/out"
[ "$(cat "$work/out")" = "s390x: $machine" ] || fail 'own-connection'

echo '== record-host'
"$examples/record-host" "$uri" "$work/records.db" | tee "$work/out"
grep -q "^1 of 1: .*: recorded: $machine, from domain\$" "$work/out" || fail 'record-host'

echo '== own-connection: a guest that cannot be'
# libvirt defines what no emulator of s390x has: it does not check domain capabilities.
sed 's,<name>s390x,<name>wrong,; s,<memballoon,<watchdog model="i6300esb"/>\n&,' "$work/guest.xml" \
  >"$work/wrong.xml"
virsh -q -c "$uri" define "$work/wrong.xml"
status=0
"$examples/own-connection" "$uri" >"$work/out" || status=$?
cat "$work/out"
[ $status -eq 1 ] || fail "own-connection: status $status"
grep -q '^  .*i6300esb' "$work/out" || fail 'own-connection finds no watchdog'

echo '== own-connection: what only domain capabilities tell, which only who may write gets'
cat >"$work/cpu.xml" <<XML
<domain type='qemu'>
  <name>cpu</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <features><acpi/></features>
  <cpu mode='host-passthrough'/>
</domain>
XML
virsh -q -c "$uri" undefine wrong
virsh -q -c "$uri" define "$work/cpu.xml"
status=0
"$examples/own-connection" "$uri" >"$work/out" 2>"$work/err" || status=$?
cat "$work/out" "$work/err"
[ $status -eq 1 ] || fail "own-connection: status $status"
[ ! -s "$work/err" ] || fail 'own-connection: a call failed'
[ "$(grep -c '^  /domain/cpu' "$work/out")" -eq 2 ] || fail 'own-connection: two findings'
