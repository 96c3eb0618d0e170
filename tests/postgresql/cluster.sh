#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# cluster.sh [--small SIZE] COMMAND...
#
# Runs a command with a PostgreSQL server of its own, which is stopped and removed afterwards: on a
# unix socket in PGHOST, in a folder of its own, as another user than root. The superuser is
# "postgres", whom it trusts. In MACHTYPE_TEST_POSTGRESQL is its folder, with ctl, which stops and
# starts it: "ctl stop -m immediate".
#
# The server is this host's or, with MACHTYPE_TEST_POSTGRESQL_ROOT, that of another Debian, which
# debian-kept.sh has made (as root). With --small there is a file system of
# that size in its folder "small", if this is root. Without a server the test is skipped, as TAP says it; where
# nothing may be skipped (MACHTYPE_TEST_REQUIRE) it fails.

set -eu

small=
[ "$1" != --small ] || {
  small=$2
  shift 2
}
root=${MACHTYPE_TEST_POSTGRESQL_ROOT-}
bin=
for folder in "$root"/usr/lib/postgresql/*/bin; do
  [ ! -x "$folder/initdb" ] || bin=${folder#"$root"}
done
[ -n "$bin" ] || {
  echo '1..0 # SKIP there is no PostgreSQL server'
  [ -z "${MACHTYPE_TEST_REQUIRE-}" ] || exit 1
  exit 0
}

work=$(mktemp -d /tmp/mt-pg.XXXXXX)

# PostgreSQL does not run as root. In the other Debian it sees our /tmp.
if [ -n "$root" ]; then
  run="unshare --mount sh -c 'mount --rbind /tmp \"\$0/tmp\" && mount --rbind /dev \"\$0/dev\" &&
    exec chroot --userspec=postgres:postgres \"\$0\" \"\$@\"' '$root'"
  user=$(chroot "$root" id -u postgres):$(chroot "$root" id -g postgres)
elif [ "$(id -u)" -eq 0 ]; then
  run='setpriv --reuid=postgres --regid=postgres --clear-groups'
  user=postgres:postgres
else
  run= user=
fi
[ -z "$user" ] || chown "$user" "$work"

write_script() { # NAME COMMAND
  printf '#!/bin/sh\ncd "%s"\nexec %s %s "$@"\n' "$work" "$run" "$2" >"$work/$1"
  chmod 755 "$work/$1"
}

stop() {
  "$work/ctl" -m immediate stop >/dev/null 2>&1 || true
  ! mountpoint -q "$work/small" || umount "$work/small"
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

write_script init "$bin/initdb -D $work/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
write_script ctl "$bin/pg_ctl -D $work/data -l $work/log -w"
if [ -n "$small" ] && [ "$(id -u)" -eq 0 ]; then
  mkdir "$work/small"
  mount -t tmpfs -o "size=$small,mode=700" tmpfs "$work/small"
  chown "$user" "$work/small"
fi
"$work/init" >"$work/init.log" 2>&1 || {
  cat "$work/init.log" >&2
  exit 1
}
cat >>"$work/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
logging_collector = off
CONF
"$work/ctl" start >/dev/null || {
  cat "$work/log" >&2
  exit 1
}
chmod 755 "$work"
export MACHTYPE_TEST_POSTGRESQL="$work" PGHOST="$work" PGUSER=postgres PGDATABASE=postgres
status=0
"$@" || status=$?
exit $status
