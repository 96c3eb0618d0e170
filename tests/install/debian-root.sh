#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debian-root.sh make ROOT CACHE [SUITE]
# debian-root.sh run ROOT [--bind FROM TO | --show FROM TO]... COMMAND...
#
# make unpacks a fresh Debian of SUITE (default: this host's release; also trixie-backports and the
# like) into the directory ROOT, which must not exist. It comes from the mirror that this host's apt
# is configured for, once; then from a tarball in CACHE. run executes a command in it as root, with
# /proc and terminals, which are mounted in a separate namespace: they disappear with the command,
# however it ends, and so does every process that it leaves behind. --bind mounts the folder FROM of
# this host as TO (below ROOT) there, --show does so read-only.

set -eu
# Not every user in the new system is root.
umask 022

# The host's: what is built here runs there.
# shellcheck source=/dev/null
host=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
arch=$(dpkg --print-architecture)

usage() {
  sed -n '4,5s/^# /usage: /p' "$0" >&2
  exit 2
}

# The lines of a sources.list: URI SUITE COMPONENT of each part of Debian that the host knows, as they
# are called in the other release.
list_targets() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN) $(CODENAME)' \
    'Created-By: Packages' | sed -n "s/ Debian ${host}[a-z-]*\$//p" | sed "s/ $host/ $release/" |
    known_to_release | sort -u
}

# sid has no updates and no security fixes beside it.
known_to_release() {
  case $release in
  sid) grep ' sid ' || true ;;
  *) cat ;;
  esac
}

find_mirror() {
  targets=$(list_targets)
  [ -n "$targets" ] || {
    apt-get -qq update
    targets=$(list_targets)
  }
  mirror=$(echo "$targets" | sed -n "s/ $release main\$//p" | head -n 1)
  [ -n "$mirror" ] || {
    echo "apt has no source of Debian $host" >&2
    exit 1
  }
  [ "$suite" = "$release" ] || targets="$targets
$mirror $suite main"
}

# How to reach it, as the host does. The rest of the host's configuration is not copied: third
# parties' archives, hooks, credentials.
configure_apt() { # ROOT
  echo "$targets" | sed 's/^/deb /' >"$1/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(https?|Check-Valid-Until|Check-Date|Retries)\b' \
    >"$1/etc/apt/apt.conf.d/90host" || true
  cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
}

make_tarball() { # FILE
  echo "== debootstrap of $release"
  include=''
  case $mirror in
  https:*) include=--include=ca-certificates ;;
  esac
  new=$(mktemp -d "${1%/*}/debootstrap.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$new'" EXIT
  # shellcheck disable=SC2086
  debootstrap --variant=minbase $include "$release" "$new/root" "$mirror" >"$new/log" 2>&1 </dev/null || {
    tail -n 30 "$new/log" >&2
    exit 1
  }
  tar -C "$new/root" --numeric-owner -cJf "$new/tarball" --exclude='./var/cache/apt/archives/*.deb' .
  mv "$new/tarball" "$1"
}

make_root() { # ROOT CACHE SUITE
  suite=$3
  release=${suite%-backports}
  find_mirror
  tarball=$2/debian-$release-$arch.tar.xz
  mkdir -p "$2"
  [ -s "$tarball" ] || make_tarball "$tarball"
  mkdir "$1"
  tar -C "$1" --numeric-owner -xJf "$tarball"
  configure_apt "$1"
}

# In the namespaces: the mounts, then the command.
enter() { # ROOT COMMAND...
  root=$1
  shift
  # Those that make a namespace of their own require that / is a mount.
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
  ln -sf pts/ptmx "$root/dev/ptmx"
  while [ "$1" = --bind ] || [ "$1" = --show ]; do
    mkdir -p "$root$3"
    mount --bind "$2" "$root$3"
    [ "$1" = --bind ] || mount -o remount,bind,ro "$root$3"
    shift 3
  done
  exec chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive "$@"
}

case $#-${1-} in
[34]-make) make_root "$2" "$3" "${4-$host}" ;;
[3-9]-run | [1-9][0-9]*-run)
  shift
  exec unshare --mount --propagation private --pid --fork --kill-child --uts --ipc \
    sh "$0" enter "$@"
  ;;
[3-9]-enter | [1-9][0-9]*-enter)
  shift
  enter "$@"
  ;;
*) usage ;;
esac
