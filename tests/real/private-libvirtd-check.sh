#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# private-libvirtd-check.sh
#
# Two private daemons at once, with guests: each sees its own, the machine sees neither, and nothing
# of them is left after stop, not even of one that was killed.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

[ "$(id -u)" -eq 0 ] || skip 'a private libvirtd needs root'
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
for tool in libvirtd virsh unshare nsenter qemu-system-x86_64 qemu-system-s390x; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done
# In some containers even root cannot.
unshare --mount --propagation unchanged true 2>/dev/null || skip 'no mount namespaces here'

# The machine may run its own libvirt: it is observed from a namespace where other processes'
# changes are not visible, and where libvirt's directories are empty.
if [ -z "${MACHTYPE_TEST_INSIDE-}" ]; then
  MACHTYPE_TEST_INSIDE=1 exec unshare --mount --propagation unchanged sh "$0"
fi
# Private, then shared: the machine sees nothing of what happens here, and here it would be seen if the
# daemons' mounts were not kept apart. As to nsenter see private-libvirtd.sh.
for kind in private shared; do
  mount --make-r$kind / 2>/dev/null || nsenter --mount=/proc/self/ns/mnt mount --make-r$kind /
done
folders='/etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt'
for folder in /run $folders; do
  [ ! -d "$folder" ] || mount -t tmpfs -o mode=0755 tmpfs "$folder"
done

work=$(mktemp -d /tmp/mt.XXXXXX)
virtd() { sh "$here/private-libvirtd.sh" "$@"; }
trap 'virtd stop "$work/a"; virtd stop "$work/b"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

fail() { # MESSAGE
  echo "FAIL: $1" >&2
  exit 1
}

# What a libvirtd of the machine would leave, and where a mount would be visible.
machine() {
  for dir in /run $folders; do
    if [ -e "$dir" ]; then
      find "$dir" -printf '%p %i %U:%G %m %s %T@\n' | sort
    else
      echo "no $dir"
    fi
  done
  cut -d ' ' -f 1-6 /proc/self/mountinfo | sort
}

domain() { # NAME ARCH MACHINE
  cat >"$work/$1.xml" <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='$2' machine='$3'>hvm</type></os>
  <devices><controller type='usb' model='none'/><memballoon model='none'/></devices>
</domain>
XML
}

expect() { # URI LINES: each guest and its state
  got=$(virsh -q -c "$1" list --all | awk '{ print $2, $3 }' | sort)
  [ "$got" = "$2" ] || fail "$1 has '$got' instead of '$2'"
}

pids() { # DIR: of the daemon and its guests
  for file in libvirtd.pid libvirt/qemu/paused.pid libvirt/qemu/running.pid; do
    [ ! -e "$1/run/$file" ] || echo "$(cat "$1/run/$file") $file"
  done
}

# The process that adopts the daemon may be slow to reap it, so a zombie counts as terminated.
gone() { # FILE: what pids said
  while read -r pid file; do
    if grep -q '^State:[[:space:]]*[A-WY]' "/proc/$pid/status" 2>/dev/null; then
      fail "process $pid ($file) is left"
    fi
  done <"$1"
}

machine >"$work/before"
a=$(virtd start "$work/a" "$MACHTYPE_LIBVIRT_CACHE")
b=$(virtd start "$work/b" "$MACHTYPE_LIBVIRT_CACHE")

echo '== the warm cache is accepted'
for uri in "$a" "$b"; do
  virsh -q -c "$uri" capabilities >/dev/null
done
asked=$(find "$work/a/cache" "$work/b/cache" -type f -newer "$work/b/warm")
[ -z "$asked" ] || fail "emulators were asked again: $asked"

echo '== guests'
domain running x86_64 q35
# It has nothing to start from, so running it would fail at once.
domain paused s390x s390-ccw-virtio
for name in running paused; do
  virsh -q -c "$a" define "$work/$name.xml"
done
virsh -q -c "$a" start running
virsh -q -c "$a" start --paused paused
expect "$a" 'paused paused
running running'
expect "$b" ''
# The same name, at the same time, with the other daemon.
virsh -q -c "$b" create "$work/running.xml"
expect "$b" 'running running'

echo '== the machine'
machine >"$work/during"
cmp "$work/before" "$work/during" || fail 'it sees something of the daemons'

echo '== stop'
pids "$work/a" >"$work/pids-a"
pids "$work/b" >"$work/pids-b"
[ "$(wc -l <"$work/pids-a")" -eq 3 ] || fail 'not a daemon and two guests'
[ "$(wc -l <"$work/pids-b")" -eq 2 ] || fail 'not a daemon and a guest'
virtd stop "$work/a"
gone "$work/pids-a"
expect "$b" 'running running'
# A daemon that crashes leaves its guests running.
kill -KILL "$(cat "$work/b/run/libvirtd.pid")"
virtd stop "$work/b"
gone "$work/pids-b"

echo '== start again'
a=$(virtd start "$work/a" "$MACHTYPE_LIBVIRT_CACHE")
expect "$a" 'paused shut
running shut'
virsh -q -c "$a" start running
pids "$work/a" >"$work/pids-a"
virtd stop "$work/a"
gone "$work/pids-a"

machine >"$work/after"
cmp "$work/before" "$work/after" || fail 'the daemons left something on the machine'
