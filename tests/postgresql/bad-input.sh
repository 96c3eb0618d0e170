#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bad-input.sh MACHTYPE ROLES
#
# Run by cluster.sh: the errors that an operator gets for the server, the database and the place, and that nothing is written then; and that the roles of roles.sql can do what they are for,
# and no more.

set -eu

machtype=$1 roles=$2
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
folder=$MACHTYPE_TEST_POSTGRESQL

fail() {
  echo "FAIL: $1" >&2
  cat "$work/out" "$work/err" >&2
  exit 1
}

sql() { # DATABASE STATEMENT
  psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}

# The exit status, and a pattern in what it says; a password never is.
t() { # STATUS PATTERN COMMAND...
  status=$1 pattern=$2
  shift 2
  got=0
  "$machtype" "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
  [ "$got" -eq "$status" ] || fail "$*: status $got, not $status"
  [ -z "$pattern" ] || grep -q -- "$pattern" "$work/out" "$work/err" || fail "$*: does not say '$pattern'"
  ! grep -q sesame "$work/out" "$work/err" || fail "$*: shows the password"
  [ "$status" -eq 0 ] || [ "$(grep -c "^machtype:" "$work/err")" -le 1 ] || fail "$*: says it on several lines"
}

guest='{"uuid":"00000000-0000-4000-8000-000000000001","name":"web","machine":"pc-q35-6.2"}'
guest2='{"uuid":"00000000-0000-4000-8000-000000000002","name":"db","machine":"pc-q35-6.2"}'
echo "$guest" >"$work/guest"
echo "$guest2" >"$work/guest2"

echo '== invalid places'
t 2 'connection option "colour"' store info --store 'postgresql:colour=red'
t 2 'use postgresql://HOST/DATABASE' store info --store 'postgresql:host'
t 2 'IPv6' store info --store 'postgresql://u:sesame@[bad/x'
t 2 "percent-encoded" store info --store 'postgresql://u:sesame@h/%zz'
t 2 'is a URI; use the path' store info --store 'postgresqlx://h/d'
t 2 'control character' store info --store "postgresql:dbname=a$(printf '\001')"
t 3 'definition of service "nowhere" not found' store info --store postgresql:service=nowhere

echo '== no server there'
t 3 'No such file or directory' store info --store "postgresql:host=$work"
t 3 'Connection refused' store info --store 'postgresql://u:sesame@127.0.0.1:1/d'
t 3 'invalid port number' store info --store 'postgresql://h:99999999/d'
t 3 'database "nowhere" does not exist' store info --store 'postgresql:dbname=nowhere'

echo '== a database without a store'
sql postgres 'CREATE DATABASE fleet'
t 3 'does not exist yet' list --store postgresql:dbname=fleet
[ -z "$(sql fleet "SELECT 1 FROM pg_namespace WHERE nspname = 'machtype'")" ] || fail 'a reader has made a schema'

echo '== another program'
sql postgres 'CREATE DATABASE other'
sql other 'CREATE SCHEMA machtype'
sql other 'CREATE TABLE machtype.record (id int)'
t 3 "is not libmachtype's" import --store postgresql:dbname=other "$work/guest"
sql other 'CREATE TABLE machtype.store (program text, version int, oldest int)'
sql other "INSERT INTO machtype.store VALUES ('theirs', 1, 1)"
t 3 "is not libmachtype's" import --store postgresql:dbname=other "$work/guest"
sql other 'TRUNCATE machtype.store'
t 3 "is not libmachtype's" import --store postgresql:dbname=other "$work/guest"
[ "$(sql other 'SELECT count(*) FROM machtype.record')" = 0 ] || fail "another program's table was written"

echo '== another character set'
sql postgres "CREATE DATABASE latin ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
t 3 'encoding LATIN1; create one with UTF8' import --store postgresql:dbname=latin "$work/guest"

echo '== roles'
psql -Xq -d fleet -f "$roles" 2>"$work/err"
t 0 '1 recorded' import --store postgresql:dbname=fleet "$work/guest"
psql -Xq -d fleet -f "$roles" 2>"$work/err"
sql fleet 'CREATE ROLE host17 LOGIN IN ROLE fleet_recorder'
sql fleet 'CREATE ROLE report LOGIN IN ROLE fleet_reader'
sql fleet 'CREATE ROLE stranger LOGIN'
at() { # ROLE
  echo "postgresql:dbname=fleet user=$1"
}
t 0 '1 recorded' import --store "$(at host17)" "$work/guest2"
t 0 'Updated' update-machine-type --force --store "$(at host17)" web pc-q35-7.2
t 0 'Undid' undo --force --store "$(at host17)" web
t 0 '' instance delete --store "$(at host17)" db
t 0 web list --store "$(at report)"
t 0 'whole' store check --store "$(at report)"
t 1 'permission denied.*rights that doc/fleet.md' update-machine-type --force --store "$(at report)" web pc-q35-7.2
t 3 'permission denied' instance delete --store "$(at report)" web
t 3 'permission denied' list --store "$(at stranger)"
t 0 'pc-q35-6.2' get-machine-type --store "$(at report)" web
for statement in 'DROP TABLE machtype.record' 'ALTER TABLE machtype.record ADD x int' \
  'UPDATE machtype.store SET version = 9' 'CREATE TABLE machtype.mine (x int)' \
  'CREATE FUNCTION machtype.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'; do
  ! psql -XAtq -v ON_ERROR_STOP=1 -U host17 -d fleet -c "$statement" >"$work/out" 2>"$work/err" ||
    fail "a host may $statement"
done
! psql -XAtq -v ON_ERROR_STOP=1 -U report -d fleet -c 'DELETE FROM machtype.record' >"$work/out" 2>"$work/err" ||
  fail 'a reader may delete'

echo '== a wrong password'
sql fleet "ALTER ROLE host17 PASSWORD 'open'"
cp "$folder/data/pg_hba.conf" "$work/hba"
printf 'local all host17 scram-sha-256\nlocal all all trust\n' >"$folder/data/pg_hba.conf"
sql fleet 'SELECT pg_reload_conf()' >/dev/null
t 3 'password authentication failed' list --store "$(at host17) password=sesame"
t 3 'no password supplied' list --store "$(at host17)"
echo '*:*:*:host17:open' >"$work/pass"
chmod 600 "$work/pass"
printf '[machtype-test]\ndbname=fleet\nuser=host17\npassfile=%s\n' "$work/pass" >"$work/service"
PGSERVICEFILE=$work/service t 0 web list --store postgresql:service=machtype-test
cat "$work/hba" >"$folder/data/pg_hba.conf"
sql fleet 'SELECT pg_reload_conf()' >/dev/null

echo '== a newer libmachtype'
sql fleet 'UPDATE machtype.store SET version = 7'
t 0 web list --store postgresql:dbname=fleet
sql fleet 'UPDATE machtype.store SET oldest = 7'
t 3 'newer libmachtype (table version 7' list --store postgresql:dbname=fleet
sql fleet 'UPDATE machtype.store SET version = 1, oldest = 1'

echo '== words and columns of a newer libmachtype'
sql fleet "UPDATE machtype.record SET source = 'fleet'"
t 0 '"source":"fleet"' export --store postgresql:dbname=fleet
t 1 "newer libmachtype has recorded the source 'fleet'" \
  update-machine-type --force --store postgresql:dbname=fleet web pc-q35-7.2
t 1 "newer libmachtype" instance delete --store postgresql:dbname=fleet web
[ "$(sql fleet 'SELECT source FROM machtype.record')" = fleet ] || fail 'the word is lost'
t 0 '' instance set --store postgresql:dbname=fleet web --state active
[ "$(sql fleet 'SELECT source FROM machtype.record')" = fleet ] || fail 'the word is lost'
sql fleet "UPDATE machtype.record SET source = 'domain'"
sql fleet "ALTER TABLE machtype.record ADD zone text"
t 0 'Updated' update-machine-type --force --store postgresql:dbname=fleet web pc-q35-7.2
sql fleet "UPDATE machtype.record SET zone = 'east'"
t 1 "newer libmachtype has recorded the column 'zone'" \
  update-machine-type --force --store postgresql:dbname=fleet web pc-q35-8.0
t 0 '' instance set --store postgresql:dbname=fleet web --state stopped
[ "$(sql fleet 'SELECT zone, revision FROM machtype.record')" = 'east|4' ] || fail 'the column is lost'
sql fleet "ALTER TABLE machtype.record DROP zone"

echo '== what no libmachtype has written'
sql fleet "UPDATE machtype.record SET name = E'a\\nb'"
t 3 'is damaged: invalid record' list --store postgresql:dbname=fleet
t 1 'unreadable' store check --store postgresql:dbname=fleet
sql fleet "UPDATE machtype.record SET name = 'web', class = '00000000-0000-4000-8000-000000000009'"
t 3 'is damaged: invalid class' list --store postgresql:dbname=fleet
sql fleet 'DELETE FROM machtype.record; DELETE FROM machtype.history'

echo '== a server that can only read'
sql fleet 'ALTER DATABASE fleet SET default_transaction_read_only = on'
t 0 '' list --store postgresql:dbname=fleet
sql postgres 'ALTER DATABASE fleet RESET default_transaction_read_only'

echo '== a server that is stopped'
"$folder/ctl" stop -m immediate >/dev/null
t 3 'No such file or directory' list --store postgresql:dbname=fleet

echo '== a host records while the server is away'
cat >"$work/host.xml" <<XML
<node><domain type='qemu'><name>far</name><uuid>00000000-0000-4000-8000-00000000000f</uuid>
<memory>1024</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-6.2'>hvm</type></os></domain></node>
XML
mkdir -m 700 "$work/spool"
away() {
  got=0
  "$machtype" record --connect "test://$work/host.xml" --spool "$work/spool" \
    --store postgresql:dbname=fleet >"$work/out" 2>"$work/err" || got=$?
}
away
[ $got -eq 3 ] && grep -q "1 guest is kept in $work/spool" "$work/err" || fail 'record does not go on'
[ "$(ls "$work/spool" | grep -c '^[0-9]*\.[0-9]\{9\}-[0-9]*\.json$')" = 1 ] || fail 'the spool'
"$folder/ctl" start >/dev/null
t 0 '' record --spool "$work/spool" --store postgresql:dbname=fleet
t 0 'far.*pc-q35-6.2' list --store postgresql:dbname=fleet
[ -z "$(find "$work/spool" -name '*.json')" ] || fail 'it is still in the spool'
t 0 '1 recorded' import --store postgresql:dbname=fleet "$work/guest"
echo '== well'
