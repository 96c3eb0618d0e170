#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# disks.sh MACHTYPE
#
# Stores and their backups on disks that are full or read-only, and in directories where the user
# cannot write; and backups that are interrupted by a signal. In a separate mount namespace.

set -eu

here=$(cd "$(dirname "$0")" && pwd)

# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

if [ -z "${MACHTYPE_TEST_UNSHARED-}" ]; then
  [ "$(id -u)" = 0 ] || skip 'only root can mount'
  unshare -m --propagation unchanged true 2>/dev/null || skip 'no mount namespace can be made'
  MACHTYPE_TEST_UNSHARED=1 exec unshare -m --propagation unchanged sh "$0" "$@"
fi

machtype=$(realpath "$1")
work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'cd /; umount "$work/disk" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# In a chroot / need not be a mount point: then what is mounted here is visible to no other process.
mount --make-rprivate / 2>/dev/null || :
mkdir "$work/disk" "$work/copies" "$work/backups"
# That user cannot read root's home, where the tree may be.
mkdir "$work/bin"
cp -L "$machtype" "$work/bin/"
ldd "$machtype" | awk '/libmachtype/ { print $3 }' | while read -r library; do
  cp -L "$library" "$work/bin/"
done
machtype=$work/bin/$(basename "$machtype")
LD_LIBRARY_PATH=$work/bin
export LD_LIBRARY_PATH
chmod -R go+rX "$work"
chmod 755 "$work"
chown 65534 "$work/backups"
MACHTYPE_CONF=
export MACHTYPE_CONF
uuid=6f1d4b5e-0000-4000-8000-0000000000

fail() {
  echo "not as it should be: $1" >&2
  sed 's/^/  /' "$work/out" "$work/err" >&2
  ls -la "$work/disk" >&2
  exit 1
}

# Runs the program, and asserts its exit status and a word of its output.
expect() { # STATUS WORDS ARGUMENT...
  wanted=$1 words=$2
  shift 2
  status=0
  echo "machtype $* -> $wanted $words"
  "$machtype" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
  [ $status = "$wanted" ] || fail "exit status $status"
  cat "$work/out" "$work/err" | grep -q -e "$words" || fail "$words"
}

# As a user who owns nothing.
expect_nobody() { # STATUS WORDS ARGUMENT...
  wanted=$1 words=$2
  shift 2
  status=0
  echo "user nobody: machtype $* -> $wanted $words"
  setpriv --reuid 65534 --regid 65534 --clear-groups "$machtype" "$@" >"$work/out" 2>"$work/err" \
    </dev/null || status=$?
  [ $status = "$wanted" ] || fail "exit status $status"
  cat "$work/out" "$work/err" | grep -q -e "$words" || fail "$words"
}

# With a size, and a store in it.
new_disk() { # SIZE
  umount "$work/disk" 2>/dev/null || :
  mount -t tmpfs -o "size=$1,mode=755" none "$work/disk"
  for i in 01 02 03; do
    "$machtype" instance add "$uuid$i" --machine pc-q35-6.2 --state stopped --store "$store"
  done >/dev/null
}

fill_disk() {
  dd if=/dev/zero of="$work/disk/filler" bs=4096 2>/dev/null || :
  if dd if=/dev/zero of="$work/disk/more" bs=1 count=1 2>/dev/null; then
    echo 'the disk is not full' >&2
    exit 1
  fi
  rm -f "$work/disk/more"
}

store=$work/disk/records.db

### Backups: complete, or not there
new_disk 1m
cp "$store" "$work/records.db"
chmod 600 "$work/records.db"
fill_disk
expect 3 'copy.db: No space left on device' store backup "$work/disk/copy.db" --store "$work/records.db"
[ "$(ls "$work/disk")" = 'filler
records.db' ] || fail 'something is left of the backup'
truncate -s -20480 "$work/disk/filler"
expect 3 'copy.db: No space left on device' store backup "$work/disk/copy.db" --store "$work/records.db"
[ "$(ls "$work/disk")" = 'filler
records.db' ] || fail 'something is left of the backup'

### Reading where nothing can be written
# A log that was not written back yet, as a crash leaves it.
leave_log() {
  mkdir "$work/saved"
  python3 - "$store" "$work/saved" <<'PYTHON'
import shutil, sqlite3, sys
store, saved = sys.argv[1:]
db = sqlite3.connect(store)
db.execute("PRAGMA journal_mode = WAL")
db.execute("UPDATE record SET name = 'in the log'")
db.commit()
for suffix in "", "-wal", "-shm":
    shutil.copy(store + suffix, saved)
PYTHON
  cp "$work/saved/records.db"* "$work/disk/"
  chmod 644 "$work/disk/records.db"*
  rm -r "$work/saved"
  [ -s "$store-wal" ]
}

# What its tables were before they had the last step of the migrations.
make_older() {
  python3 - "$store" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
version = db.execute("PRAGMA user_version").fetchone()[0]
for table, column in ("history", "old_definition"), ("history", "new_definition"), ("intention", "old_xml"):
    db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
db.execute(f"PRAGMA user_version = {version - 1}")
db.commit()
PYTHON
}

# By every command that only reads: a word of the answer, and the arguments.
expect_readable() {
  guest="--host-arch x86_64 --instance ${uuid}02 --operation hard_reboot"
  while read -r word command; do
    # shellcheck disable=SC2086
    $as "$word" $command --store "$store"
  done <<COMMANDS
${uuid}02 export
instances list-unset-machine-type
pc-q35-6.2 history ${uuid}02
pc-q35-6.2 get-machine-type ${uuid}02
pc-q35-6.2 image-property show ${uuid}02 hw_machine_type
recorded resolve $guest
machine='pc-q35-6.2' domain-xml $guest
Success upgrade-check
complete store backup $work/backups/copy.db
COMMANDS
  $as "${uuid}02" export --store "$work/backups/copy.db"
  rm "$work/backups/copy.db"
}

# On a full or read-only disk, or as a user who can only read, with the logs that a process leaves
# that is killed, and with tables of an older release.
for left in nothing log log-alone older; do
  for disk in full readonly other-user read-only-mode; do
      echo "# $disk, $left"
      new_disk 1m
      chmod 644 "$store"
      case $left in
      log) leave_log ;;
      log-alone) leave_log && rm "$store-shm" ;;
      older) make_older ;;
      esac
      as='expect 0'
      case $disk in
      full) fill_disk ;;
      readonly) mount -o remount,ro "$work/disk" ;;
      other-user) as='expect_nobody 0' ;;
      read-only-mode) chmod 444 "$store"* && as='expect_nobody 0' ;;
      esac
      expect_readable
      case $left in
      log*)
        $as 'in the log' export --store "$store"
        [ -s "$store-wal" ] || fail 'the log is gone'
        ;;
      esac
      as2=${as% 0}
      case $disk in
      full) reason='No space left on device\|disk is full' ;;
      readonly) reason='Read-only file system' ;;
      other-user | read-only-mode) reason='Permission denied' ;;
      esac
      $as2 3 "$reason" instance set "${uuid}01" --state active --store "$store"
  done
done
umount "$work/disk"

command -v strace >/dev/null || skip 'strace is not installed'
for signal in INT TERM HUP KILL; do
  for call in pwrite64 fsync renameat2; do
    for when in 1 2; do
      status=0
      strace -o /dev/null -e trace="$call" -e inject="$call:signal=$signal:when=$when" "$machtype" \
        store backup "$work/copies/copy.db" --store "$work/records.db" >"$work/out" 2>"$work/err" ||
        status=$?
      echo "$signal at $call $when: $status, $(ls "$work/copies")"
      left=$(ls "$work/copies")
      if [ $signal != KILL ]; then
        [ "$left" = copy.db ] || [ $call = pwrite64 ] || fail 'the signal did not wait'
        [ -z "${left#copy.db}" ] || fail 'something is left of the backup'
      fi
      [ ! -e "$work/copies/copy.db" ] ||
        expect 0 "${uuid}03" export --store "$work/copies/copy.db"
      rm -f "$work/copies/"*
    done
  done
done
