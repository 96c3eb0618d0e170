#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# install-packages.sh run|test|full
#
# Installs what the quickstart (run), the test suite (test) or also its slow part (full) needs on
# Debian 12, if it is not there yet. As somebody else than root it only says what is missing.

set -eu

build='gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libxml2-dev libjson-glib-dev
  libsqlite3-dev libvirt-dev'
# libvirt's embedded driver, two foreign emulators, and what tests/boot/fetch-guests.sh takes
run='libvirt-daemon libvirt-daemon-driver-qemu qemu-system-misc qemu-system-mips ipxe-qemu seabios
  cpio kmod xz-utils
  debian-archive-keyring'
test='clang clang-format g++ valgrind libclang-rt-dev libvirt-clients libxml2-utils python3
  qemu-system-arm qemu-system-ppc qemu-system-x86 qemu-efi-aarch64 ovmf swtpm swtpm-tools git
  ca-certificates gobject-introspection libgirepository1.0-dev python3-gi
  valac gjs abigail-tools gi-docgen bash-completion zsh fish mandoc groff
  locales libvirt-l10n'
# Nova, and the databases it runs on: servers that the tests start themselves
full='python3-nova mariadb-server-core mariadb-client-core postgresql-15 sqlite3'
# Debian packages, and a fresh Debian to install them in
full="$full debhelper dpkg-dev lintian debootstrap"
# Other architectures
full="$full gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user"

case ${1-} in
run) wanted="$build $run" ;;
test) wanted="$build $run $test" ;;
full) wanted="$build $run $test $full" ;;
*)
  echo 'usage: install-packages.sh run|test|full' >&2
  exit 2
  ;;
esac

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done

# Run as root, Debian's libvirt looks up a user that only libvirt-daemon-system adds, and that
# package would also start a daemon.
needs_user=no
if [ "$(id -u)" -eq 0 ] && ! id libvirt-qemu >/dev/null 2>&1; then
  needs_user=yes
fi

if [ -z "$missing" ] && [ $needs_user = no ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "please install:$missing" >&2
  exit 1
fi
if [ -n "$missing" ]; then
  echo "== installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  # The package would make a cluster and start a server.
  case $missing in
  *postgresql*)
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    ;;
  esac
  apt-get -qq update
  # shellcheck disable=SC2086
  apt-get -qq -y --no-install-recommends install $missing </dev/null >/tmp/install-packages.$$ 2>&1 || {
    tail -n 30 /tmp/install-packages.$$ >&2
    exit 1
  }
  rm -f /tmp/install-packages.$$
fi
if [ $needs_user = yes ]; then
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin libvirt-qemu
fi
