#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# record.sh BENCH_RECORD MACHTYPE [OPTION...]
#
# Runs bench-record on a private libvirtd with fifty domains, defined, not running. Options are
# passed to bench-record.

set -eu

bench=$1
machtype=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
daemon=$here/../real/private-libvirtd.sh
domains=50

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
[ "$(id -u)" -eq 0 ] || skip 'a private libvirtd needs root'
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'
PATH=$PATH:/usr/sbin:/sbin
for tool in libvirtd virsh unshare nsenter; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done

work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'sh "$daemon" stop "$work/d"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
uri=$(sh "$daemon" start "$work/d" "$MACHTYPE_LIBVIRT_CACHE")

"$machtype" domain-xml --connect "$uri" --domain-type qemu --name NAME --memory 512 \
  --disk /var/tmp/none.qcow2 --cdrom /var/tmp/none.iso --network user --mirror >"$work/xml"
i=0
while [ $i -lt $domains ]; do
  sed "s/NAME/bench-$i/" "$work/xml" >"$work/$i.xml"
  echo "define $work/$i.xml"
  i=$((i + 1))
done >"$work/commands"
virsh -q -c "$uri" <"$work/commands" >"$work/log" 2>&1 || {
  cat "$work/log" >&2
  exit 2
}

"$bench" --uri "$uri" --domains $domains "$@"
