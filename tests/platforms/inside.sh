#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# inside.sh PLATFORM LIBVIRT QEMU SUITE...
#
# Run by run.sh inside the platform: builds with its own libraries, then runs suites of meson's tests
# ("real"), or tests of one ("slow/real-start"). The sources are in /srv/source, the build, with its
# logs, is /srv/build, the guests' kernels are in /srv/guests, and what libvirt keeps is in
# /srv/libvirt.

set -eu

platform=$1 libvirt=$2 qemu=$3
shift 3
cd /srv/source

# What a machine has, and a chroot has not: /sys, without which libvirt starts no guest, and a name
# that resolves.
prepare_machine() {
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /run
  hostname "$platform"
  echo "127.0.0.1 localhost $platform" >/etc/hosts
  # Nothing is missing, except what packages do not bring.
  sh tests/install-packages.sh test
}

check_versions() {
  echo "== $platform: $(sh tests/platforms/versions.sh)"
  sh tests/platforms/versions.sh "$libvirt" "$qemu" >/dev/null || {
    echo "tests/platforms/platforms.tsv says libvirt $libvirt, QEMU $qemu" >&2
    exit 1
  }
}

build() {
  [ -f /srv/build/build.ninja ] ||
    meson setup /srv/build -Dwerror=true -Dintrospection=enabled >/srv/build/setup.log || {
    cat /srv/build/setup.log
    exit 1
  }
  ninja -k0 -C /srv/build >/dev/null || ninja -k0 -C /srv/build
}

# Each leaves a log of its own.
run_one() { # SUITE[/TEST]
  test=
  case $1 in
  */*) test=${1#*/} ;;
  esac
  name=$(echo "$1" | tr / -)
  echo "== $platform: $1"
  # shellcheck disable=SC2086
  meson test -C /srv/build --no-rebuild --logbase "$name" --suite "${1%%/*}" $test || failed=1
}

export MACHTYPE_TEST_REQUIRE=1
prepare_machine
check_versions
build
sh tests/boot/warm-libvirt.sh /srv/build/tests/boot/boot-domain /srv/libvirt
MACHTYPE_GUESTS=/srv/guests MACHTYPE_LIBVIRT_CACHE=/srv/libvirt
export MACHTYPE_GUESTS MACHTYPE_LIBVIRT_CACHE
failed=0
for suite in "$@"; do
  run_one "$suite"
done
exit $failed
