#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# embed-root.sh DIR [WARM_CACHE_DIR]
#
# Prepares DIR as root of libvirt's embedded QEMU driver and prints its connection URI.  If
# WARM_CACHE_DIR exists (the cache/ of an earlier root), libvirt need not query every emulator
# again. BOOT_PORT_MIN sets the first of the 32 ports for displays.

set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo 'usage: embed-root.sh DIR [WARM_CACHE_DIR]' >&2
  exit 2
fi
mkdir -p "$1/etc"
dir=$(cd "$1" && pwd)

# libvirt adds up to 79 bytes for the socket of a guest agent; an address holds 107.
longest=28
if [ ${#dir} -gt $longest ]; then
  echo "embed-root: $dir is too long for sockets below it ($longest characters at most)" >&2
  exit 1
fi

# Run as root, Debian's libvirt looks this user up although the configuration names another.
if [ "$(id -u)" -eq 0 ] && command -v dpkg >/dev/null && ! id libvirt-qemu >/dev/null 2>&1; then
  echo 'embed-root: no user libvirt-qemu, libvirt will refuse (see README.md)' >&2
fi

# Roots do not know each other's displays.  The kernel itself assigns only higher ports.
hash=$(printf %s "$dir" | cksum | cut -d ' ' -f 1)
port=${BOOT_PORT_MIN:-$((6000 + hash % 800 * 32))}

# A separate user and security labels need the set-up of a system daemon, as do control groups,
# namespaces and virtlogd; remembering owners needs extended attributes.
cat >"$dir/etc/qemu.conf" <<CONF
user = "root"
group = "root"
swtpm_user = "root"
swtpm_group = "root"
security_driver = "none"
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
remote_display_port_min = $port
remote_display_port_max = $((port + 31))
CONF

# -p: libvirt drops entries that are older than the emulator
if [ -d "${2-}" ] && [ ! -e "$dir/cache" ]; then
  cp -Rp "$2" "$dir/cache"
fi
echo "qemu:///embed?root=$dir"
