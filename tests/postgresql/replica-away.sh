#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# replica-away.sh MACHTYPE
#
# What operators get from a host with a replica, while the server answers and while it is away. Run
# by cluster.sh.

set -eu

machtype=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
uuid=00000000-0000-4000-8000-000000000001
other=00000000-0000-4000-8000-000000000002
psql -Xq -c 'CREATE DATABASE away'
server=postgresql:dbname=away
both="$work/replica.db, $server"
status=0

expect() { # STATUS WORDS COMMAND...
  wanted=$1 words=$2
  shift 2
  code=0
  "$machtype" "$@" --store "$both" >"$work/out" 2>&1 || code=$?
  if [ $code -eq "$wanted" ] && grep -q "$words" "$work/out"; then
    echo "ok - $*"
  else
    echo "not ok - $*: $code, $(cat "$work/out")"
    status=1
  fi
}

record() { # UUID NAME STORE
  printf '{"format":2,"uuid":"%s","name":"%s","arch":"x86_64","state":"stopped","machine":"pc-q35-6.2","source":"domain"}\n' \
    "$1" "$2" | "$machtype" import - --store "$3" 2>/dev/null
}

record $uuid web "$both"
record $other db $server
for where in there away; do
  echo "# the server is $where"
  [ $where = there ] || "$MACHTYPE_TEST_POSTGRESQL/ctl" -m fast stop >"$work/log"
  expect 0 pc-q35-6.2 get-machine-type $uuid
  expect 0 pc-q35-6.2 history $uuid
  expect 0 pc-q35-6.2 resolve --instance $uuid
  if [ $where = there ]; then
    expect 0 db list
    expect 0 pc-q35-6.2 get-machine-type $other
  else
    expect 3 connecting list
    expect 1 "is not in $work/replica.db" get-machine-type $other
    expect 1 connecting update-machine-type $uuid pc-q35-7.2
  fi
done
"$MACHTYPE_TEST_POSTGRESQL/ctl" start >"$work/log"
expect 0 Updated update-machine-type --force $uuid pc-q35-7.2
expect 0 pc-q35-7.2 get-machine-type $uuid
exit $status
