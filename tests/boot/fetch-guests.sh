#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# fetch-guests.sh CACHE_DIR [ARCH...]
#
# Creates CACHE_DIR/ARCH/kernel and CACHE_DIR/ARCH/initrd.gz, a guest that reports its hardware, for
# each architecture (libvirt's names), and marked images in CACHE_DIR/media.  See README.md.

set -eu
umask 022
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

default_archs='aarch64 s390x ppc64le mipsel x86_64'

# Architecture of libvirt; Debian's name, suite and kernel.  bookworm is the last with mipsel,
# mips64el and an i386 kernel; riscv64 starts with trixie.  Without LPAE, machine virt has no PCI.
table='
aarch64  arm64    bookworm linux-image-arm64
armv7l   armhf    bookworm linux-image-armmp-lpae
i686     i386     bookworm linux-image-686
mips64el mips64el bookworm linux-image-5kc-malta
mipsel   mipsel   bookworm linux-image-4kc-malta
ppc64le  ppc64el  bookworm linux-image-powerpc64le
riscv64  riscv64  trixie   linux-image-riscv64
s390x    s390x    bookworm linux-image-s390x
x86_64   amd64    bookworm linux-image-amd64
'

say () {
  echo "fetch-guests: $*" >&2
}

die () {
  say "$*"
  exit 1
}

# Sets deb, suite and meta for architecture $1.
look_up () {
  row=$(echo "$table" | sed -n "s/^$1  *//p")
  [ -n "$row" ] || die "unknown architecture '$1'"
  read -r deb suite meta <<ROW
$row
ROW
}

install_tools () {
  missing=
  command -v cpio >/dev/null || missing="$missing cpio"
  command -v depmod >/dev/null || missing="$missing kmod"
  command -v xz >/dev/null || missing="$missing xz-utils"
  [ -n "$missing" ] || return 0
  [ "$(id -u)" -eq 0 ] || die "please install:$missing"
  say "installing:$missing"
  apt-get -qq update
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null
}

# Unpacks a kernel below $work/kernel and busybox below $work/busybox.
fetch () {
  mkdir -p "$work/debs"
  private_update "$suite"
  package=$(private apt-cache show --no-all-versions "$meta" |
    sed -n 's/^Depends:.*\(linux-image-[0-9][^ ,(]*\).*/\1/p')
  [ -n "$package" ] || die "$arch: $meta depends on no kernel"
  (cd "$work/debs" && private apt-get download "$package" busybox-static >&2) ||
    die "$arch: cannot download $package and busybox-static"
  dpkg-deb -x "$work"/debs/linux-image-*.deb "$work/kernel"
  dpkg-deb -x "$work"/debs/busybox-static_*.deb "$work/busybox"
}

# Deletes what modules.list neither names nor needs; modules.dep reads "a/b.ko: c/d.ko e/f.ko".
prune_modules () {
  depmod -b "$root" "$release"
  sed 's/#.*//' "$here/modules.list" | tr -s ' \t' '\n' | tr - _ >"$work/wanted"
  awk 'NR == FNR { wanted[$1]; next }
    { sub(/:/, "", $1); name = $1; gsub(/.*\/|\.ko.*/, "", name); gsub(/-/, "_", name); all[$1] }
    name in wanted { for (i = 1; i <= NF; i++) keep[$i] }
    END { for (file in all) if (!(file in keep)) print file }' \
    "$work/wanted" "$modules/modules.dep" >"$work/unwanted"
  (cd "$modules" && xargs rm -f <"$work/unwanted")
  # busybox loads no compressed modules
  find "$modules" -name '*.ko.xz' -exec xz -d {} +
  rm -rf "$modules/build" "$modules/source"
  depmod -b "$root" "$release"
}

# An archive of directory $1; times and order are fixed, so that equal input yields equal bytes.
pack () {
  find "$1" -exec touch -h -d @0 {} +
  (cd "$1" && find . -mindepth 1 | sort | cpio --quiet --reproducible -o -H newc -R 0:0) \
    >"$work/cpio"
  gzip -9n <"$work/cpio"
}

# The kernel, and all of the initramfs except init: the expensive part, which needs the network.
build_base () {
  install_tools
  find_archive
  say "$arch: fetching $meta ($deb, $suite)"
  fetch
  modules=$(find "$work/kernel" -path '*/lib/modules/*' -prune)
  release=${modules##*/}
  [ -n "$release" ] || die "$arch: $package has no modules"
  root=$work/root
  mkdir -p "$root/lib/modules"
  (cd "$root" && mkdir bin sbin dev proc sys tmp)
  mv "$modules" "$root/lib/modules/"
  modules=$root/lib/modules/$release
  prune_modules
  find "$work/busybox" -path '*bin/busybox' -exec cp {} "$root/bin/" \;
  ln -s busybox "$root/bin/sh"
  ln -s ../bin/busybox "$root/sbin/modprobe"
  pack "$root" >"$work/base"
  cat "$work"/kernel/boot/vmlinu[xz]-"$release" >"$work/vmlinux"
  rm -f "$out"/base-*
  mv "$work/vmlinux" "$out/kernel"
  mv "$work/base" "$base"
}

# The kernel unpacks any number of archives in a row, so that a new init costs no network.
build () {
  arch=$1
  look_up "$arch"
  out=$cache/$arch
  base=$out/base-$base_sum.gz
  [ "$(cat "$out/stamp" 2>/dev/null)" != "$base_sum $init_sum" ] || return 0
  work=$cache/.work
  rm -rf "$work"
  mkdir -p "$out" "$work/init"
  [ -s "$base" ] || build_base
  cp "$here/init" "$work/init/init"
  chmod 755 "$work/init/init"
  pack "$work/init" >"$work/tail"
  cat "$base" "$work/tail" >"$work/initrd"
  mv "$work/initrd" "$out/initrd.gz"
  echo "$base_sum $init_sum" >"$out/stamp"
  rm -rf "$work"
  size=$(du -ck "$out/kernel" "$out/initrd.gz" | tail -n 1 | cut -f 1)
  say "$arch: built, $size KiB"
}

# A disk that starts with its name, so that the guest can recognize it.
mark () {
  [ ! -e "$cache/media/$1" ] || return 0
  printf %s "$2" >"$cache/media/$1.new"
  truncate -s 8M "$cache/media/$1.new"
  mv "$cache/media/$1.new" "$cache/media/$1"
}

case ${1--} in
-*)
  echo 'usage: fetch-guests.sh CACHE_DIR [ARCH...]' >&2
  exit 2
  ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/private-apt.sh
. "$here/../private-apt.sh"
mkdir -p "$1/media"
cache=$(cd "$1" && pwd)
shift
archs=${*:-$default_archs}
for arch in $archs; do
  look_up "$arch"
done
base_sum=$(cat "$here/modules.list" "$here/fetch-guests.sh" | cksum | cut -d ' ' -f 1)
init_sum=$(cksum <"$here/init" | cut -d ' ' -f 1)

exec 9>"$cache/.lock"
flock -n 9 || {
  say "waiting for another run on $cache"
  flock 9
}
trap 'rm -rf "$cache/.work"' EXIT
trap 'exit 1' HUP INT TERM
mark disk1.raw MARK-DISK-1
mark disk2.raw MARK-DISK-2
mark cd.raw MARK-CD-1
for arch in $archs; do
  build "$arch"
done
