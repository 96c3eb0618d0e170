#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh BUILD [JSON [OPTION...]]
#
# Runs the benchmarks of a build directory, except bench-growth and million.py, prints one table, and
# writes one JSON array to JSON (default: BUILD/bench.json). Options are passed to each program:
# --seed N; --rounds N, instead of its own number, which is between 25 and 800. Exit status 1: a goal
# is missed.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
json=${2-$build/bench.json}
shift
[ $# -eq 0 ] || shift

ninja -C "$build" >/dev/null
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
trap 'exit 1' INT TERM

status=0
# store and audit load SQLite's module; the last two one for libvirt's test driver, and one for a
# server that it starts.
for name in compare parse resolve xml capabilities domain whole store audit start status postgresql; do
  program=$build/tests/bench/bench-$name
  if [ ! -x "$program" ]; then
    echo "# $name: not built"
    continue
  fi
  code=0
  MACHTYPE_MODULE_DIR=$build/libmachtype "$program" --json "$parts/$name.json" "$@" || code=$?
  # Anything except a missed goal is not a measurement.
  [ $code -le 1 ] || exit $code
  [ $code -eq 0 ] || status=1
  echo
done

# It has its own host.
if [ -x "$build/tests/bench/bench-record" ]; then
  code=0
  MACHTYPE_MODULE_DIR=$build/libmachtype sh "$here/record.sh" "$build/tests/bench/bench-record" \
    "$build/examples/machtype/machtype" --json "$parts/record.json" "$@" || code=$?
  case $code in
  0 | 77) ;;
  1) status=1 ;;
  *) exit $code ;;
  esac
fi

if [ -x "$build/examples/machtype/machtype" ]; then
  MACHTYPE_MODULE_DIR=$build/libmachtype python3 "$here/complete.py" "$build/examples/machtype/machtype" "$here/../data" || status=1
fi

if [ -x "$build/tests/hook/test-hook" ]; then
  python3 "$here/hook.py" "$build/tests/hook/test-hook" "$build/tests/hook/place" "$build/tests/bench/bench-copy" ||
    status=1
fi

if [ -e "$build/libmachtype/libmachtype-libvirt.so" ] && [ -x "$build/examples/machtype/machtype" ]; then
  MACHTYPE_MODULE_DIR=$build/libmachtype python3 "$here/hosts.py" "$build/examples/machtype/machtype" ||
    status=1
fi

separator='['
for part in "$parts"/*.json; do
  echo "$separator"
  cat "$part"
  separator=,
done >"$json"
echo ']' >>"$json"
echo "# $json"
exit $status
