#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# cluster.sh COMMAND...
#
# Runs a command with a PostgreSQL server of its own, which is stopped and removed afterwards: on a
# unix socket in PGHOST, in a folder of its own, as another user than root. The superuser is
# "postgres", whom it trusts. In MACHTYPE_TEST_POSTGRESQL is its folder: data, log and, for who stops
# it or makes it write to disk, the programs in bin.
#
# Without a server the test is skipped, as TAP says it; where nothing may be skipped
# (MACHTYPE_TEST_REQUIRE) it fails.

set -eu

bin=
for folder in /usr/lib/postgresql/*/bin; do
  [ ! -x "$folder/initdb" ] || bin=$folder
done
[ -n "$bin" ] || {
  echo '1..0 # SKIP there is no PostgreSQL server'
  [ -z "${MACHTYPE_TEST_REQUIRE-}" ] || exit 1
  exit 0
}

# PostgreSQL does not run as root.
as_user() (
  cd "$work"
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
  else
    "$@"
  fi
)

work=$(mktemp -d /tmp/mt-pg.XXXXXX)
[ "$(id -u)" -ne 0 ] || chown postgres:postgres "$work"
stop() {
  as_user "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

ln -s "$bin" "$work/bin"
as_user "$bin/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
  >"$work/initdb.log" 2>&1 || {
  cat "$work/initdb.log" >&2
  exit 1
}
cat >>"$work/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
logging_collector = off
CONF
as_user "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w start >/dev/null || {
  cat "$work/log" >&2
  exit 1
}
chmod 755 "$work"
export MACHTYPE_TEST_POSTGRESQL="$work" PGHOST="$work" PGUSER=postgres PGDATABASE=postgres
status=0
"$@" || status=$?
exit $status
