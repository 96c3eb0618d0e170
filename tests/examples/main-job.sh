#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# main-job.sh EXPECTED COMMAND...
#
# Runs an example program with some images and compares its output and its exit statuses with a
# file: the same for every language. MACHTYPE_TEST_UPDATE=1 writes the file.

set -u

expected=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for image in hw_emulation_architecture=aarch64 'hw_machine_type=q35 hw_disk_bus=ide' hw_disk_bus=nvme hw_disk_bus; do
  echo "== $image"
  # shellcheck disable=SC2086
  "$@" $image 2>&1
  echo "= $?"
done >"$work/out"
[ -z "${MACHTYPE_TEST_UPDATE-}" ] || cp "$work/out" "$expected"
diff -u "$expected" "$work/out"
