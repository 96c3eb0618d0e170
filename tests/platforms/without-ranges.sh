#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# without-ranges.sh CACHE GUESTS PLATFORM
#
# Shows that the ranges of versions in the rules of lint matter, and that the tests of a platform
# notice each: runs these tests with a copy of the sources that has no ranges, and prints which rules
# they name, and which they do not. The status says whether they name all that define and start can
# show.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# -eq 3 ] || {
  echo 'usage: without-ranges.sh CACHE GUESTS PLATFORM' >&2
  exit 2
}

# What only a booted guest shows, what no single element is, and what is untested with some versions:
# iommu-model-amd is named where libvirt is 11.5 or newer. Where the serial numbers of NVMe do not
# matter, libvirt has no such disks at all, so another rule refuses them.
unseen='cdrom-bus-usb
cpu-topology-topology
tpm-model-tpm-tis
tpm-version-1.2
video-model-vmvga
nvme-serial
nvme-serials
iommu-model-amd'

copy=$top/build/without-ranges
rm -rf "$copy"
mkdir -p "$copy"
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' INT TERM
tar -C "$top" --exclude ./build --exclude ./.git -cf - . | tar -C "$copy" -xf -
python3 "$here/without-ranges.py" "$copy" >"$copy/codes"

status=0
sh "$copy/tests/platforms/run.sh" "$1" "$2" "$3" real/real-lint slow/real-lint-start || status=$?
found=$copy/build/$3/differences
[ -e "$copy/build/$3/meson-logs/$3.json" ] || exit 1
[ $status -ne 0 ] || {
  echo "nothing differs without ranges" >&2
  exit 1
}

missed=0
while read -r code; do
  if grep -q "[ (]${code}[,: )]" "$found"; then
    echo "named: $code"
  elif echo "$unseen" | grep -qx "$code"; then
    echo "not to be seen here: $code"
  else
    echo "NOT NAMED: $code"
    missed=1
  fi
done <"$copy/codes"
exit $missed
