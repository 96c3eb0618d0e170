#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh [--full]
#
# Installs what is missing (as root, on Debian 12), builds with gcc, clang and sanitizers, and runs
# every suite. --full adds valgrind, the slow tests, those with other people's programs and those on
# other architectures. Kernels, libvirt's answers and the libraries of other architectures are kept
# in MACHTYPE_TEST_CACHE (default: ~/.cache/libmachtype) from run to run. No suite is skipped here:
# one that lacks its tool fails.

set -eu

full=no
case ${1-} in
--full) full=yes ;;
'') ;;
*)
  echo 'usage: run.sh [--full]' >&2
  exit 2
  ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
cache=${MACHTYPE_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libmachtype}
started=$(date +%s)

say() {
  echo "== $(($(date +%s) - started)) s: $*"
}

cd "$top"
say 'packages'
sh tests/install-packages.sh "$([ $full = yes ] && echo full || echo test)"

# meson takes its compiler from the environment; nothing else of it may leak into the builds.
unset CC CFLAGS LDFLAGS MACHTYPE_MODULE_DIR

configure() { # NAME COMPILER OPTION...
  name=$1 compiler=$2
  shift 2
  [ -d "build/$name" ] || CC=$compiler meson setup "build/$name" -Dwerror=true "$@" >/dev/null
}

failed=
results=
runs=0

# A run that leaves a log in a build; a failure is remembered and the others go on.
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

say 'build with gcc'
configure gcc gcc -Dintrospection=enabled -Dvapi=enabled -Ddocumentation=enabled
ninja -C build/gcc >/dev/null || ninja -C build/gcc
say 'build with clang'
configure clang clang -Dintrospection=disabled
ninja -C build/clang >/dev/null || ninja -C build/clang
say 'build with AddressSanitizer and UndefinedBehaviorSanitizer'
configure asan gcc -Db_sanitize=address,undefined -Dintrospection=disabled
ninja -C build/asan >/dev/null || ninja -C build/asan

run_suites gcc unit-gcc --suite unit --suite program --suite examples --suite abi --suite doc \
  --suite static
run_suites gcc pages --suite man --suite completion
run_suites gcc gi --suite gi
run_suites clang unit-clang --suite unit --suite program --suite examples
ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1 \
  run_suites asan unit-asan --suite unit --suite program --suite examples

# What takes longer in a locale is done with the long tests.
ninja -C build/gcc locales >/dev/null || ninja -C build/gcc locales
for locale in tr_TR de_DE latin1; do
  # shellcheck disable=SC2046
  run_suites gcc $locale --setup $locale --suite unit --suite locale \
    $([ $full = no ] || echo --suite program)
done

say 'kernels for the boot suite'
mkdir -p "$cache"
sh tests/boot/fetch-guests.sh "$cache/guests" \
  aarch64 armv7l i686 mips64el mipsel ppc64le riscv64 s390x x86_64

say 'libvirt: every emulator answers once (about 50 s), then it is kept'
sh tests/boot/warm-libvirt.sh build/gcc/tests/boot/boot-domain "$cache/libvirt"

MACHTYPE_GUESTS=$cache/guests MACHTYPE_LIBVIRT_CACHE=$cache/libvirt
export MACHTYPE_GUESTS MACHTYPE_LIBVIRT_CACHE
run_suites gcc real --suite real
run_suites gcc boot --suite boot
run_suites gcc install --suite install

if [ $full = yes ]; then
  run_suites gcc valgrind --setup valgrind --suite unit
  run_suites gcc slow --suite slow
  run_suites gcc interop --suite interop
  run_suites gcc packages --suite packages
  for arch in i386 s390x; do
    run $arch $arch sh tests/portability/run.sh $arch
  done
fi

# Every run's counts, then the sum in the form that machines read.
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
