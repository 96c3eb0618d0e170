#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# nova-export.sh MACHTYPE mariadb|postgresql|sqlite
#
# From Nova to machtype: a cell whose schema was created by Nova's own migrations, instances that
# Nova's own objects wrote, examples/nova/export-*.sql run as its header says, then machtype import.
# The servers are private: a separate directory and socket, no port.

set -eu

machtype=$(realpath "$1")
database=$2
here=$(cd "$(dirname "$0")" && pwd)
queries=$here/../../examples/nova

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

# Debian's modules are for Debian's python3, which is not always the first one.
python=
for candidate in python3 /usr/bin/python3; do
  if [ -z "$python" ] && $candidate -c 'import nova' 2>/dev/null; then
    python=$candidate
  fi
done
[ -n "$python" ] || skip 'python3-nova is not installed'

# Debian keeps PostgreSQL's server programs, and MariaDB's server, out of a user's PATH.
PATH=$PATH:/usr/sbin
for dir in /usr/lib/postgresql/*/bin; do
  PATH=$PATH:$dir
done
case $database in
mariadb) tools='mariadbd mariadb-install-db mariadb' ;;
postgresql) tools='initdb postgres psql' ;;
sqlite) tools=sqlite3 ;;
*)
  echo "no database $database" >&2
  exit 2
  ;;
esac
for tool in $tools; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# PostgreSQL refuses to run as root.
as_server=
if [ "$database" = postgresql ] && [ "$(id -u)" -eq 0 ]; then
  id postgres >/dev/null 2>&1 || skip 'there is no user postgres'
  as_server='setpriv --reuid=postgres --regid=postgres --clear-groups'
fi

# Short: a server creates its socket below it.
work=$(mktemp -d /tmp/mt.XXXXXX)
server=
stop_server() {
  [ -n "$server" ] || return 0
  # PostgreSQL's fast shutdown; MariaDB does not support it.
  [ "$database" = postgresql ] && signal=INT || signal=TERM
  kill -s "$signal" "$server" 2>/dev/null || true
  wait "$server" || true
  server=
}
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
chmod 711 "$work"
cd "$work"

begin=$(date +%s)
step() {
  echo "== $(($(date +%s) - begin)) s: $*"
}

# Quiet unless it fails.
run() {
  "$@" >"$work/log" 2>&1 || {
    echo "failed: $*" >&2
    tail -n 30 "$work/log" >&2
    exit 1
  }
}

# Repeats COMMAND... until it succeeds, while the server is running.
wait_for() {
  until "$@" >"$work/log" 2>&1; do
    if ! kill -0 "$server" 2>/dev/null; then
      echo 'the server does not start:' >&2
      tail -n 30 "$work/log" "$work/server.log" >&2
      exit 1
    fi
    sleep 0.5
  done
}

# Each start_ sets url, with %s for the name of a database.
start_mariadb() {
  me=$(id -un)
  run mariadb-install-db --no-defaults --auth-root-authentication-method=normal --user="$me" \
    --datadir="$work/data"
  mariadbd --no-defaults --user="$me" --datadir="$work/data" --socket="$work/socket" \
    --skip-networking --pid-file="$work/pid" --innodb-flush-log-at-trx-commit=0 \
    >"$work/server.log" 2>&1 &
  server=$!
  sql='mariadb --no-defaults --user=root --socket=socket'
  # shellcheck disable=SC2086
  wait_for $sql --execute 'SELECT VERSION()'
  $sql --batch --skip-column-names --execute 'SELECT VERSION()'
  for name in api cell0 cell1; do
    $sql --execute "CREATE DATABASE $name"
  done
  url="mysql+pymysql://root@localhost/%s?unix_socket=$work/socket"
}

start_postgresql() {
  mkdir data
  [ -z "$as_server" ] || chown postgres data
  run $as_server initdb --pgdata="$work/data" --username=root --auth=trust --encoding=UTF8 \
    --locale=C --no-sync
  $as_server postgres -D "$work/data" -k "$work/data" -c listen_addresses= -c fsync=off \
    >"$work/server.log" 2>&1 &
  server=$!
  sql="psql -X -q -At -h $work/data -U root"
  # shellcheck disable=SC2086
  wait_for $sql -c 'SELECT version()' postgres
  $sql -c 'SELECT version()' postgres
  for name in api cell0 cell1; do
    $sql -c "CREATE DATABASE $name" postgres
  done
  url="postgresql+psycopg2://root@/%s?host=$work/data"
}

start_sqlite() {
  sqlite3 --version
  url="sqlite:///$work/%s"
}

# Debian has the program in nova-common, with users and services that are not wanted here.
nova_manage() {
  "$python" -c 'import sys; from nova.cmd.manage import main; sys.exit(main())' \
    --config-file nova.conf "$@"
}

# shellcheck disable=SC2059
database_url() {
  printf "$url" "$1"
}

# As the installation guide of Nova says.
make_schema() {
  cat >nova.conf <<END
[DEFAULT]
state_path = $work
log_file = $work/nova.log
[database]
connection = $(database_url cell1)
[api_database]
connection = $(database_url api)
END
  run nova_manage api_db sync
  run nova_manage cell_v2 map_cell0 --database_connection "$(database_url cell0)"
  run nova_manage cell_v2 create_cell --name=cell1 --transport-url=fake:// \
    --database_connection "$(database_url cell1)"
  run nova_manage db sync
}

# As an operator would, but under adverse conditions: a client whose default is Latin-1, and a user
# who can read only two tables.
export_mariadb() {
  $sql cell1 --execute "CREATE USER reader@localhost;
    GRANT SELECT ON cell1.instances TO reader@localhost;
    GRANT SELECT ON cell1.instance_system_metadata TO reader@localhost"
  mariadb --no-defaults --user=reader --socket=socket --default-character-set=latin1 \
    --batch --raw --skip-column-names --quick --init-command="SET @cell = 'cell-1'" \
    cell1 <"$queries/export-mysql.sql"
}

export_postgresql() {
  $sql -c 'CREATE USER reader' -c 'GRANT SELECT ON instances, instance_system_metadata TO reader' \
    cell1
  PGCLIENTENCODING=LATIN1 psql -h "$work/data" -U reader \
    -X -q -At -v ON_ERROR_STOP=1 -v cell=cell-1 -f "$queries/export-postgresql.sql" cell1
}

export_sqlite() {
  sqlite3 -readonly -batch -cmd '.parameter set :cell cell-1' cell1 <"$queries/export-sqlite.sql"
}

instances() {
  "$python" "$here/nova-instances.py" "$@"
}

# What Nova lists is what will be listed, except two kinds of instances that CASES explains.
check_nova_agrees() {
  run instances agree nova.conf
  status=0
  nova_manage libvirt list_unset_machine_type >unset.out 2>log || status=$?
  [ $status -eq 3 ]
  sort unset.out >unset.nova
  instances unset-of-nova | diff -u - unset.nova
}

# Nova accepts control characters in names; they would end up in terminals and in XML, and are
# refused, with their line number.
refused() {
  python3 -c '
import json, sys, unicodedata
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    texts = [record["name"] or ""] + list(record["properties"])
    if any(unicodedata.category(c) == "Cc" for text in texts for c in text):
        print(record["uuid"])
' lines
}

# What both lists contain is omitted from the second.
without() { # LIST
  grep -v -x -F -f "$1" || true
}

check_machtype() {
  refused >refused.out
  status=0
  "$machtype" import --store records.db - <lines 2>import.err || status=$?
  [ $status -eq 1 ] && [ "$(grep '^line ' import.err | grep -c -v ': warning: ')" -eq "$(wc -l <refused.out)" ] || {
    echo "import: exit status $status, not 1:" >&2
    cat import.err >&2
    return 1
  }
  [ -z "$("$machtype" export --store records.db)" ]
  status=0
  "$machtype" import --skip-bad --store records.db - <lines || status=$?
  [ $status -eq 1 ]

  status=0
  "$machtype" list-unset-machine-type --store records.db >unset.out || status=$?
  [ $status -eq 3 ] || {
    echo "list-unset-machine-type: exit status $status, not 3" >&2
    return 1
  }
  sort unset.out >unset.machtype
  instances unset | without refused.out | diff -u - unset.machtype

  instances recorded | grep -v -F -f refused.out >recorded.wanted
  while read -r uuid machine; do
    got=$("$machtype" get-machine-type --store records.db "$uuid")
    [ "$got" = "$machine" ] || {
      echo "$uuid: $got, not $machine" >&2
      return 1
    }
  done <recorded.wanted

  # Glance's old names mean what they mean in Nova.
  instances meanings >meanings.wanted
  while read -r uuid name value; do
    got=$("$machtype" image-property show --store records.db "$uuid" "$name")
    [ "$got" = "$value" ] || {
      echo "$uuid: $name is $got, not $value" >&2
      return 1
    }
  done <meanings.wanted
}

step "a private $database"
start_"$database"
step "Nova's schema"
make_schema
step 'instances, through Nova'
run instances insert nova.conf
step 'Nova reads what is expected'
check_nova_agrees
step 'the query'
export_"$database" >lines
instances check lines cell-1
step 'machtype reads it'
check_machtype
step 'done'
