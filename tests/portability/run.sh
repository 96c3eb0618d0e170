#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh ARCH [MACHTYPE]
#
# Runs the suites unit, program and portability on another architecture, by Debian's name: i386 (32
# bit; x86_64 runs it) or s390x (big endian, plain char is unsigned; QEMU emulates it). Fetches
# headers and libraries into MACHTYPE_TEST_CACHE, cross-compiles into build/ARCH and leaves the log
# in build/ARCH/meson-logs/ARCH.json. MACHTYPE is the program of this host's own build, to compare
# with (default: build/gcc/examples/machtype/machtype).

set -eu

# Debian's name, GNU's name, meson's cpu_family and endian, QEMU's program.
table='
i386  i686-linux-gnu  i386-linux-gnu  x86   little -
s390x s390x-linux-gnu s390x-linux-gnu s390x big    qemu-s390x
'

row=$(echo "$table" | sed -n "s/^${1:--}  *//p")
if [ $# -gt 2 ] || [ -z "$row" ]; then
  echo 'usage: run.sh i386|s390x [MACHTYPE]' >&2
  exit 2
fi
arch=$1
read -r gnu multiarch family endian qemu <<ROW
$row
ROW
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
native=${2:-$top/build/gcc/examples/machtype/machtype}
build=$top/build/$arch
sysroots=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}/sysroots

[ "$qemu" != - ] || qemu=
for tool in "$gnu-gcc" meson $qemu; do
  command -v "$tool" >/dev/null || {
    echo "run.sh: $tool is missing (see tests/install-packages.sh)" >&2
    exit 1
  }
done
sh "$here/sysroot.sh" "$sysroots" "$arch"
root=$(cd "$sysroots/$arch" && pwd)

# What this host's kernel runs itself finds its libraries by the path in it; QEMU gets their path.
# RPATH, not RUNPATH: it also applies to what libraries and modules need.
if [ -z "$qemu" ]; then
  launcher=
  link="'-Wl,--dynamic-linker=$root/lib/ld-linux.so.2',
  '-Wl,--disable-new-dtags,-rpath,$root/usr/lib/$multiarch'"
  # XML in UTF-16 requires a module of libc's.
  GCONV_PATH=$root/usr/lib/$multiarch/gconv
  export GCONV_PATH
else
  # With its path: a test that starts itself again does not search for it.
  launcher="exe_wrapper = ['$(command -v "$qemu")', '-L', '$root']"
  link=
fi

cross_file () {
  cat <<INI
[binaries]
c = ['$gnu-gcc', '--sysroot=$root']
ar = '$gnu-ar'
strip = '$gnu-strip'
pkgconfig = 'pkg-config'
glib-mkenums = 'glib-mkenums'
INI
  echo "$launcher"
  cat <<INI
[built-in options]
c_link_args = [$link]
[properties]
sys_root = '$root'
pkg_config_libdir = '$root/usr/lib/$multiarch/pkgconfig:$root/usr/share/pkgconfig'
needs_exe_wrapper = $([ -n "$launcher" ] && echo true || echo false)
[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$family'
endian = '$endian'
INI
}

unset CC CFLAGS LDFLAGS MACHTYPE_MODULE_DIR
mkdir -p "$top/build"
cross_file >"$build.ini.new"
# Another cache is another sysroot: what was configured for the old one cannot be used.
cmp -s "$build.ini.new" "$build.ini" || rm -rf "$build"
mv "$build.ini.new" "$build.ini"
cd "$top"
[ -d "$build" ] ||
  meson setup "$build" --cross-file "$build.ini" -Dwerror=true -Dintrospection=disabled >/dev/null
ninja -C "$build" >/dev/null || ninja -C "$build"

MACHTYPE_TEST_NATIVE=$native
export MACHTYPE_TEST_NATIVE
rm -f "$build/meson-logs/$arch.json"
meson test -C "$build" --no-rebuild --print-errorlogs --logbase "$arch" \
  --suite unit --suite program --suite portability
