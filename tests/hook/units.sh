#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# units.sh BUILT SOURCE PROGRAM: the units of systemd are valid, say what the program accepts, and
# give it little.

set -eu

# shellcheck source=tests/skip.sh
. "$(dirname "$0")/../skip.sh"
command -v systemd-analyze >/dev/null || skip 'systemd-analyze is not installed'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
fail() {
  echo "FAIL: $1" >&2
  exit 1
}

cp "$1"/*.service "$2"/*.timer "$2"/*.path "$work"
[ "$(find "$work" -type f | wc -l)" -eq 8 ] || fail 'there are not eight units'
program=$(realpath "$3")
# The program and its manual are not installed yet.
sed -i "s,^ExecStart=[^ ]*/machtype ,ExecStart=$program ,;/^Documentation=man/d" "$work"/*.service \
  "$work"/*.timer "$work"/*.path

echo '== verify'
systemd-analyze verify "$work"/*.service "$work"/*.timer "$work"/*.path >"$work/log" 2>&1 || fail "$(cat "$work/log")"
grep "^$work\|machtype-" "$work/log" && fail 'verify has complained'

echo '== at most 3.0 of 10 exposed'
for unit in "$work"/*.service; do
  # Or it says why not: one runs a program of the administrator's.
  case $unit in
  */machtype-notify@.service) grep '^# Not sandboxed' "$unit" || fail "$unit does not say why" ;;
  *)
    systemd-analyze security --offline=true --threshold=30 "$unit" >"$work/log" || fail "$(tail -n 1 "$work/log")"
    tail -n 1 "$work/log"
    ;;
  esac
done

echo '== what they start exists'
for line in $(sed -n "s,^ExecStart=$program ,,p" "$work"/*.service | tr ' ' '+'); do
  # shellcheck disable=SC2046
  set -- $(echo "$line" | tr '+' ' ')
  command=$1
  shift
  for word; do
    case $word in
    --*) "$program" "$command" --help | grep -q -- " $word\b" || fail "machtype $command has no $word" ;;
    esac
  done
done

echo '== nothing starts by itself'
for unit in "$work"/*.service; do
  ! grep -q '^\[Install\]' "$unit" || fail "$unit"
done
for unit in "$work"/*.timer "$work"/*.path; do
  grep -q '^WantedBy=' "$unit" || fail "$unit"
  [ -e "${unit%.*}.service" ] || fail "$unit starts nothing"
done
