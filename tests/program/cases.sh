# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154
#
# Sourced by the tests of the program, with its path in $program. A case is one line: what the
# program prints, where, and its exit status. Prints TAP.

set -u

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=0
failed=0

# For a program of another architecture, meson names the emulator.
if [ -n "${MESON_EXE_WRAPPER-}" ]; then
  printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$MESON_EXE_WRAPPER" "$(realpath "$program")" \
    >"$dir/launch"
  chmod +x "$dir/launch"
  program=$dir/launch
fi

tell() { # STATUS WHAT
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $count - $2"
    return
  fi
  failed=$((failed + 1))
  echo "not ok $count - $2"
  sed 's/^/# stdout: /' "$dir/out" | head -n 20
  sed 's/^/# stderr: /' "$dir/err" | head -n 20
}

# Whether a file has the expected content: - nothing, * anything, otherwise a match of the expression.
fits() { # WANTED FILE
  case $1 in
  -) [ ! -s "$2" ] ;;
  '*') : ;;
  *) grep -q -e "$1" "$2" ;;
  esac
}

# Runs a case. Standard input is the file "in" of the folder.
t() { # STATUS STDOUT STDERR ARGUMENT...
  wanted=$1 out=$2 err=$3
  shift 3
  "$program" "$@" <"$dir/in" >"$dir/out" 2>"$dir/err"
  status=$?
  [ $status -eq "$wanted" ] && fits "$out" "$dir/out" && fits "$err" "$dir/err"
  tell $? "$wanted (is $status): machtype $(printf '%s ' "$@" | LC_ALL=C tr -c ' -~' ' ' | cut -c 1-100)"
}

# Like t, and standard output must be JSON objects of this format, one per line.
j() { # STATUS STDOUT STDERR ARGUMENT...
  t "$@"
  python3 -c '
import json, sys
lines = open(sys.argv[1], "rb").read().decode("utf-8").splitlines()
assert lines and all(json.loads(line)["format"] == 2 for line in lines)
' "$dir/out" 2>>"$dir/err"
  tell $? 'its output is JSON'
}

# Whether standard output of the previous case is the file "expected".
same() { # WHAT
  diff "$dir/expected" "$dir/out" >"$dir/err" 2>&1
  tell $? "$1"
}

: >"$dir/in"

end_cases() {
  echo "1..$count"
  [ $failed -eq 0 ]
}

u() { # NUMBER: a UUID
  printf '6f1d4b5e-0000-4000-8000-%012d' "$1"
}

# Adds an instance to $store; counts as a case only if it fails.
add() { # NUMBER OPTION...
  number=$1
  shift
  "$program" instance add "$(u "$number")" --store "$store" "$@" >"$dir/out" 2>"$dir/err" ||
    tell 1 "instance add $number"
}
