#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh [--full [SUITE] | --full platforms PLATFORM | --build BUILD]
#
# Installs what is missing (as root, on Debian 12 or 13), builds with gcc, clang and sanitizers, and
# runs every suite. --full adds valgrind, the slow tests, those with other people's programs and
# those on other architectures; with a name, it runs only that one of them, and of "platforms" only
# one. --build makes only one of the builds, and runs those of its suites that need no live libvirt.
# Kernels, libvirt's answers, other releases' emulators, the libraries of other architectures and
# whole platforms are kept in MACHTYPE_TEST_CACHE (default: ~/.cache/libmachtype) between runs. No
# suite is skipped here: one that lacks its tool fails.

set -eu

slow_suites='locales valgrind slow hook postgresql refusals interop packages emulators effects devices
  migration i386 s390x platforms'
builds='gcc clang asan'

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
platforms=$(sh "$here/platforms/list.sh")

is_in() { # WORD LIST
  for word in $2; do
    [ "$word" != "$1" ] || return 0
  done
  return 1
}

usage() {
  [ $# -eq 0 ] || echo "run.sh: $1" >&2
  echo 'usage: run.sh [--full [SUITE] | --full platforms PLATFORM | --build BUILD]' >&2
  # shellcheck disable=SC2086
  echo 'the suites of --full:' $slow_suites >&2
  # shellcheck disable=SC2086
  echo 'the platforms:' $platforms >&2
  echo "the builds: $builds" >&2
  exit 2
}

full=no only=
only_platform=
only_build=
case $#-${1-} in
0-) ;;
1---full) full=yes ;;
2---full)
  full=yes only=$2
  is_in "$only" "$slow_suites" || usage "there is no suite '$only'"
  ;;
3---full)
  full=yes only=$2 only_platform=$3
  [ "$only" = platforms ] || usage
  is_in "$only_platform" "$platforms" || usage "there is no platform '$only_platform'"
  ;;
2---build)
  only_build=$2
  is_in "$only_build" "$builds" || usage "there is no build '$only_build'"
  ;;
*) usage ;;
esac

# Nothing of the environment leaks into builds and tests, except what is meant to.
if [ -z "${MACHTYPE_TEST_CLEAN-}" ]; then
  set -- sh "$0" "$@"
  for name in HOME TZ LANG LC_ALL TERM TMPDIR XDG_CACHE_HOME MACHTYPE_TEST_CACHE MACHTYPE_CORPUS \
    MACHTYPE_DOMAINS APT_CONFIG http_proxy https_proxy ftp_proxy all_proxy no_proxy; do
    eval "value=\${$name-}"
    # shellcheck disable=SC2154
    [ -z "$value" ] || set -- "$name=$value" "$@"
  done
  exec env -i MACHTYPE_TEST_CLEAN=1 PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" "$@"
fi

MACHTYPE_TEST_CACHE=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}
export MACHTYPE_TEST_CACHE
cache=$MACHTYPE_TEST_CACHE
started=$(date +%s)

say() {
  echo "== $(($(date +%s) - started)) s: $*"
}

configure() { # NAME COMPILER OPTION...
  name=$1 compiler=$2
  shift 2
  [ -d "build/$name" ] || CC=$compiler meson setup "build/$name" -Dwerror=true "$@" >/dev/null
}

# Quiet, unless there is an error.
make() { # NAME [TARGET]
  ninja -C "build/$1" ${2+"$2"} >/dev/null || ninja -C "build/$1" ${2+"$2"}
}

failed=
results=
runs=0

# A run that leaves a log in a build; a failure is recorded and the others continue.
run() { # BUILD NAME-OF-RUN COMMAND...
  build=$1 run=$2
  shift 2
  say "$run"
  runs=$((runs + 1))
  rm -f "build/$build/meson-logs/$run.json" "build/$build/meson-logs/$run-$run.json"
  MACHTYPE_TEST_REQUIRE=1 "$@" || failed="$failed $run"
  # meson appends the name of a set-up to the log's.
  for log in "build/$build/meson-logs/$run.json" "build/$build/meson-logs/$run-$run.json"; do
    [ ! -e "$log" ] || results="$results $log"
  done
}

run_suites() { # BUILD NAME-OF-RUN MESON-TEST-OPTION...
  build=$1 run=$2
  shift 2
  run "$build" "$run" meson test -C "build/$build" --no-rebuild --print-errorlogs \
    --logbase "$run" "$@"
}

build() { # NAME
  say "build: $1"
  case $1 in
  gcc) configure gcc gcc -Dintrospection=enabled -Dvapi=enabled -Ddocumentation=enabled ;;
  clang) configure clang clang -Dintrospection=disabled ;;
  asan) configure asan gcc -Db_sanitize=address,undefined -Dintrospection=disabled ;;
  esac
  make "$1"
}

prepare_kernels() {
  say 'kernels for the boot suite'
  mkdir -p "$cache"
  sh tests/boot/fetch-guests.sh "$cache/guests" \
    aarch64 armv7l i686 mips64el mipsel ppc64le riscv64 s390x x86_64
}

# What the tests on a live libvirt need: kernels, and a libvirt that knows its emulators.
prepare_libvirt() {
  prepare_kernels
  say 'libvirt: every emulator answers once (about 50 s), then it is kept'
  sh tests/boot/warm-libvirt.sh build/gcc/tests/boot/boot-domain "$cache/libvirt"
  MACHTYPE_GUESTS=$cache/guests MACHTYPE_LIBVIRT_CACHE=$cache/libvirt
  export MACHTYPE_GUESTS MACHTYPE_LIBVIRT_CACHE
}

# Guests' kernels, and the emulators that this release does not have.
prepare_effects() {
  [ -n "${MACHTYPE_GUESTS-}" ] || prepare_libvirt
  for suite in bookworm trixie trixie-backports; do
    sh tests/emulators/root.sh "$cache" $suite
  done
}

# Guests' kernels, a newer libvirt and QEMU, and what Secure Boot starts.
prepare_devices() {
  [ -n "${MACHTYPE_GUESTS-}" ] || prepare_libvirt
  sh tests/emulators/root.sh "$cache" trixie trixie-libvirt \
    libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-driver-secret libvirt-clients \
    qemu-system-modules-spice qemu-efi-aarch64 qemu-efi-arm ovmf-ia32 swtpm swtpm-tools \
    python3-gi gir1.2-spiceclientglib-2.0
  sh tests/devices/fetch.sh "$cache"
}

# Nova 26, 31 and 34, and what their unit tests need.
prepare_interop() {
  for suite in bookworm trixie sid; do
    sh tests/interop/root.sh "$cache" $suite
  done
}

# What differs on a platform that is being worked on is only reported.
run_platform() { # PLATFORM
  if sh tests/platforms/list.sh --reported "$1"; then
    say "$1"
    sh tests/platforms/run.sh "$cache" "$cache/guests" "$1" ||
      echo "reported: $1 differs, see above"
  else
    run "$1" "$1" sh tests/platforms/run.sh "$cache" "$cache/guests" "$1"
  fi
}

run_locales() { # MESON-TEST-OPTION...
  make gcc locales
  for locale in tr_TR de_DE latin1; do
    run_suites gcc $locale --setup $locale --suite unit --suite locale "$@"
  done
}

# What needs no live libvirt.
run_build() { # NAME
  case $1 in
  gcc)
    MACHTYPE_CLANG_FORMAT=$(sh tests/static/fetch-clang-format.sh "$cache/clang-format")
    export MACHTYPE_CLANG_FORMAT
    run_suites gcc unit-gcc --suite unit --suite program --suite examples --suite abi --suite doc \
      --suite static
    run_suites gcc pages --suite man --suite completion
    run_suites gcc gi --suite gi
    ;;
  clang) run_suites clang unit-clang --suite unit --suite program --suite examples ;;
  asan)
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1 \
      run_suites asan unit-asan --suite unit --suite program --suite examples
    ;;
  esac
}

run_quick() {
  for name in $builds; do
    run_build "$name"
  done
  # What takes longer in a locale is run with the slow suites.
  [ $full = yes ] || run_locales
  prepare_libvirt
  run_suites gcc real --suite real
  run_suites gcc boot --suite boot
  run_suites gcc install --suite install
}

# This host's server, and that of Debian 13.
run_postgresql() {
  run_suites gcc postgresql --suite postgresql
  sh tests/install/debian-kept.sh "$cache" servers/postgresql-17 trixie postgresql-17
  MACHTYPE_TEST_POSTGRESQL_ROOT=$cache/servers/postgresql-17
  export MACHTYPE_TEST_POSTGRESQL_ROOT
  run_suites gcc postgresql-17 --suite postgresql
  unset MACHTYPE_TEST_POSTGRESQL_ROOT
}

run_slow() { # SUITE
  case $1 in
  locales) run_locales --suite program ;;
  valgrind) run_suites gcc valgrind --setup valgrind --suite unit ;;
  effects)
    prepare_effects
    run_suites gcc effects --suite effects
    ;;
  devices)
    prepare_devices
    run_suites gcc devices --suite devices
    ;;
  migration)
    [ -n "${MACHTYPE_GUESTS-}" ] || prepare_libvirt
    sh tests/platforms/root.sh "$cache" debian-12-backports
    run_suites gcc migration --suite migration
    ;;
  emulators) run_suites gcc emulators --suite emulators ;;
  postgresql) run_postgresql ;;
  interop)
    prepare_interop
    run_suites gcc interop --suite interop
    ;;
  platforms)
    prepare_kernels
    for platform in ${only_platform:-$platforms}; do
      run_platform "$platform"
    done
    ;;
  i386 | s390x) run "$1" "$1" sh tests/portability/run.sh "$1" ;;
  *)
    [ -n "${MACHTYPE_GUESTS-}" ] || prepare_libvirt
    run_suites gcc "$1" --suite "$1"
    ;;
  esac
}

cd "$top"
say 'packages'
sh tests/install-packages.sh "$([ $full = yes ] && echo full || echo test)"
if [ -n "$only_build" ]; then
  build "$only_build"
  run_build "$only_build"
elif [ -n "$only" ]; then
  # Platforms have their own.
  [ "$only" = platforms ] || build gcc
else
  for name in $builds; do
    build "$name"
  done
  run_quick
fi
if [ $full = yes ]; then
  for suite in ${only:-$slow_suites}; do
    run_slow "$suite"
  done
fi

# Every run's counts, then the sum in machine-readable form.
say 'summary'
# shellcheck disable=SC2086
python3 "$here/summary.py" $results || failed="$failed summary"
# shellcheck disable=SC2086
set -- $results
[ $# -eq $runs ] || failed="$failed runs-without-a-log"
if [ -n "$failed" ]; then
  echo "failed:$failed"
  exit 1
fi
