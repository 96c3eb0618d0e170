#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# private-libvirtd.sh start DIR [WARM_CACHE_DIR]
# private-libvirtd.sh stop DIR
#
# start: a libvirtd (drivers of QEMU and secrets) with all of its configuration, state and sockets below DIR;
# prints its connection URI.  If WARM_CACHE_DIR exists (the cache/ of a root that embed-root.sh
# made), it need not query every emulator again.  Existing definitions in DIR are kept.
# stop: ends it and all of its guests, and waits until they have ended; DIR is kept, for its
# libvirtd.log.  If there is nothing to end it does nothing, so it can be used in a trap.
#
# libvirtd's directories are compiled in.  So it gets a separate mount namespace, in which they are
# below DIR; no other process sees these mounts, and they end with its last process.  Only the
# sockets are in DIR itself, as the URI says.  That namespace needs root.
#
# If there is a DIR/firmware, its descriptors of firmware are used instead of the machine's.
#
# HOST_UUID sets the UUID of the host, without which guests cannot be migrated to another one on
# this machine.
#
# BOOT_PORT_MIN sets the first of the 32 ports for displays, as for embed-root.sh.

set -eu

# Whole parents, because the libvirt directories below them may not exist and nothing can be created
# there.  As /run is covered too, libvirtd finds no bus, and thus no polkit, machined or firewalld.
covered='run:/run lib:/var/lib cache:/var/cache log:/var/log etc:/etc/libvirt'

die() { # MESSAGE
  echo "private-libvirtd: $1" >&2
  exit 1
}

usage() {
  echo 'usage: private-libvirtd.sh start DIR [WARM_CACHE_DIR] | stop DIR' >&2
  exit 2
}

# The processes of DIR: those for which /run is DIR/run.  A pid in a file may belong to another
# process by now, and so may the number of a namespace; what a process sees cannot.
members() {
  mark=$(stat -L -c %d:%i "$dir/run" 2>/dev/null) || return 0
  # Processes end in between, so errors are expected.
  stat -L -c '%d:%i %n' /proc/[0-9]*/root/run 2>/dev/null |
    sed -n "s,^$mark /proc/\([0-9]*\)/root/run\$,\1,p"
}

# The daemon first, with SIGTERM, so that it leaves no incomplete file and sees no guest die; what
# it leaves are guests, and emulators that it was querying. Only one that hangs is killed, after
# minutes.
end_all() {
  tries=0
  while pids=$(members) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086
    set -- $pids
    [ $tries -lt 12000 ] || die "of $dir there is no end to processes $*"
    daemons=
    for pid; do
      [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != libvirtd ] || daemons="$daemons $pid"
    done
    # shellcheck disable=SC2086
    if [ -z "$daemons" ] || [ $tries -ge 6000 ]; then
      kill -KILL "$@" 2>/dev/null || true
    elif [ $tries -eq 0 ]; then
      kill -TERM $daemons 2>/dev/null || true
    fi
    tries=$((tries + 1))
    sleep 0.05
  done
}

write_config() {
  # Roots do not know each other's displays.  The kernel itself assigns only higher ports.
  hash=$(printf %s "$dir" | cksum | cut -d ' ' -f 1)
  port=${BOOT_PORT_MIN:-$((6000 + hash % 800 * 32))}

  # As in embed-root.sh.  Besides, libvirtd would create a directory in every hugetlbfs of the
  # machine.
  cat >"$dir/etc/qemu.conf" <<CONF
user = "root"
group = "root"
swtpm_user = "root"
swtpm_group = "root"
security_driver = "none"
remember_owner = 0
cgroup_controllers = [ ]
namespaces = [ ]
hugetlbfs_mount = [ ]
stdio_handler = "file"
remote_display_port_min = $port
remote_display_port_max = $((port + 31))
CONF

  # Debian's default is to ask polkit, and to log to the journal.
  cat >"$dir/etc/libvirtd.conf" <<CONF
unix_sock_dir = "$dir/sock"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
audit_level = 0
log_outputs = "3:file:$dir/libvirtd.log"
CONF
  [ -z "${HOST_UUID-}" ] || echo "host_uuid = \"$HOST_UUID\"" >>"$dir/etc/libvirtd.conf"
}

# The one for secrets, which has its files below DIR, too, if it is there; the others would access the
# machine's network, devices and packet filter.
choose_drivers() {
  for driver in /usr/lib/*/libvirt/connection-driver /usr/lib*/libvirt/connection-driver; do
    [ -e "$driver/libvirt_driver_qemu.so" ] || continue
    mkdir -p "$dir/drivers"
    ln -sf "$driver/libvirt_driver_qemu.so" "$dir/drivers/"
    [ ! -e "$driver/libvirt_driver_secret.so" ] ||
      ln -sf "$driver/libvirt_driver_secret.so" "$dir/drivers/"
    return 0
  done
  die 'libvirt has no QEMU driver here (libvirt-daemon-driver-qemu)'
}

# An entry contains the time of the last change of the libvirt that wrote it, which for the embedded
# driver is that of the driver, for the daemon the latest of all its drivers' and its own. dpkg may
# unpack them a second apart, or install the driver for secrets later; it is still the same libvirt, if
# the entry was written with this driver.
warm() { # WARM_CACHE_DIR
  if [ ! -d "$1" ] || [ -e "$dir/cache/libvirt/qemu" ]; then
    return 0
  fi
  mkdir -p "$dir/cache/libvirt"
  # -p: libvirt drops entries that are older than the emulator.
  cp -Rp "$1/." "$dir/cache/libvirt"
  theirs=$(stat -L -c %Z "$dir/drivers/libvirt_driver_qemu.so")
  ours=$(stat -L -c %Z "$libvirtd" "$dir"/drivers/*.so | sort -n | tail -n 1)
  for entry in "$dir"/cache/libvirt/qemu/capabilities/*.xml; do
    [ -e "$entry" ] || continue
    made=$(sed -n 's,.*<selfctime>\([0-9]*\)</selfctime>.*,\1,p;/<selfctime>/q' "$entry")
    if [ "${made:-0}" -ge "$theirs" ] && [ "$made" -lt "$ours" ]; then
      sed -i "s,<selfctime>$made</selfctime>,<selfctime>$ours</selfctime>," "$entry"
    fi
  done
  # Newer entries were queried again.
  touch "$dir/warm"
}

# Runs in the new namespace.
inside() {
  # Slave, not private: what is unmounted outside is unmounted here too.  In a chroot whose / is not
  # a mount point that cannot be set from within, and without it the mounts below would be the
  # machine's; entering the namespace again leads to its real root.
  mount --make-rslave / 2>/dev/null ||
    nsenter --mount=/proc/self/ns/mnt mount --make-rslave / ||
    die 'the mounts cannot be kept apart'
  for pair in $covered; do
    mount --bind "$dir/${pair%%:*}" "${pair#*:}"
  done
  [ ! -d "$dir/firmware" ] || mount --bind "$dir/firmware" /usr/share/qemu/firmware
  # By its whole path: libvirtd inspects its own file.  It must not hold the caller's locks and
  # pipes.
  exec env -i PATH="$PATH" LC_ALL=C LIBVIRT_DRIVER_DIR="$dir/drivers" \
    "$libvirtd" --daemon --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirtd.pid \
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

start() { # WARM_CACHE_DIR
  [ "$(id -u)" -eq 0 ] || die 'only root can start it'
  [ -n "$libvirtd" ] || die 'no libvirtd (libvirt-daemon)'
  for tool in unshare nsenter virsh; do
    command -v $tool >/dev/null || die "no $tool"
  done
  # Debian's libvirt looks this user up although the configuration names another.
  if command -v dpkg >/dev/null && ! id libvirt-qemu >/dev/null 2>&1; then
    die 'no user libvirt-qemu (tests/install-packages.sh adds it)'
  fi

  for pair in $covered; do
    [ -d "${pair#*:}" ] || die "no directory ${pair#*:} to cover"
    case $dir/ in
    "$(realpath "${pair#*:}")"/*) die "$dir would be covered by what it gives to libvirtd" ;;
    esac
  done
  for pair in $covered; do
    mkdir -p "$dir/${pair%%:*}"
  done
  [ -z "$(members)" ] || die "$dir has one already"
  mkdir -p "$dir/sock"
  write_config
  choose_drivers
  warm "$1"

  # It returns when the daemon listens.  But if a driver fails the daemon ends afterwards, and until
  # then it does not answer: hence virsh.
  uri="qemu+unix:///system?socket=$dir/sock/libvirt-sock"
  if ! {
    unshare --mount --propagation unchanged sh "$0" inside "$dir" &&
      virsh -q -c "$uri" uri
  } </dev/null >"$dir/start.log" 2>&1; then
    end_all
    cat "$dir/start.log" "$dir/libvirtd.log" >&2 2>/dev/null || true
    die 'libvirtd does not start'
  fi
  echo "$uri"
}

[ $# -ge 2 ] || usage
dir=$(realpath -m "$2")

# It is used in a URI and in configuration; and an address of a socket holds 107 bytes.
case $dir in
*[!A-Za-z0-9/._-]*) die "only letters, digits and /._- may be in $dir" ;;
esac
longest=83
[ ${#dir} -le $longest ] ||
  die "$dir is too long for sockets below it ($longest characters at most)"

# Debian's PATH for users lacks it.
PATH=$PATH:/usr/sbin:/sbin
libvirtd=$(command -v libvirtd || true)

case $1:$# in
start:2 | start:3) start "${3-}" ;;
inside:2) inside ;;
stop:2) end_all ;;
*) usage ;;
esac
