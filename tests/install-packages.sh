#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# install-packages.sh run|test|full [--list [RELEASE]]
#
# Installs the missing packages that the quickstart (run), the test suite (test) or also its slow part
# (full) needs on Debian 12 and 13, and starts no daemon. Without root it only says what is missing.
# --list prints the packages of this release, or of RELEASE: debian12, debian12-backports, debian13,
# debian (sid).

set -eu
# What apt makes for others to read has to be readable.
umask 022
PATH=$PATH:/usr/sbin:/sbin

# The packages of one release that the other one has not, or not under this name.
# shellcheck source=/dev/null
release=${3:-$(. /etc/os-release && echo "${ID-}${VERSION_ID-}")}
case $release in
debian12)
  # With QEMU from backports, parts of the emulators are packages of their own, too.
  case $(dpkg-query -W -f='${Version}' qemu-system-common 2>/dev/null || true) in
  '' | 1:7.2*) ;;
  *) [ $# -gt 2 ] || release=debian12-backports ;;
  esac
  ;;
esac
# Parts of the emulators, with newer QEMU.
run_more='qemu-system-riscv qemu-system-s390x'
case $release in
debian13)
  # What was part of the daemon and the emulators on Debian 12, and firmware that is new. clang-format:
  # see tests/static/fetch-clang-format.sh
  test_more='libvirt-daemon-driver-secret qemu-system-modules-spice
    qemu-efi-arm ovmf-ia32 qemu-efi-riscv64 qemu-efi-loongarch64 postgresql-17'
  ;;
debian | debian14)
  # sid has no firmware for 32 bits any more.
  test_more='libvirt-daemon-driver-secret qemu-system-modules-spice
    qemu-efi-riscv64 qemu-efi-loongarch64 postgresql-18'
  ;;
debian12-backports)
  test_more='clang-format libvirt-daemon-driver-secret qemu-system-modules-spice postgresql-15'
  ;;
*)
  run_more=
  test_more='clang-format postgresql-15'
  ;;
esac

build='gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libxml2-dev libjson-glib-dev
  libsqlite3-dev libvirt-dev libpq-dev'
# libvirt's embedded driver, two foreign emulators, and what tests/boot/fetch-guests.sh takes
run='libvirt-daemon-driver-qemu qemu-system-misc qemu-system-mips ipxe-qemu seabios
  cpio kmod xz-utils
  debian-archive-keyring'
test='libvirt-daemon clang g++ valgrind strace libclang-rt-dev libvirt-clients
  libxml2-utils python3
  qemu-system-arm qemu-system-ppc qemu-system-x86 qemu-efi-aarch64 ovmf swtpm swtpm-tools git
  ca-certificates gobject-introspection libgirepository1.0-dev python3-gi python3-jsonschema mypy
  valac gjs abigail-tools gi-docgen bash-completion zsh fish mandoc groff
  locales libvirt-l10n strace pciutils'
# Nova, and the databases it runs on: servers that the tests start themselves
full='python3-nova mariadb-server-core mariadb-client-core sqlite3'
# Debian packages, and a fresh Debian to install them in
full="$full debhelper dpkg-dev lintian debootstrap"
# What decodes what guests see
full="$full dmidecode acpica-tools device-tree-compiler"
# Guests that others start, what units need, and what alerts
full="$full virtinst systemd prometheus"
# Other architectures
full="$full gcc-i686-linux-gnu gcc-s390x-linux-gnu qemu-user"

case ${1-} in
run) wanted="$build $run $run_more" ;;
test) wanted="$build $run $run_more $test $test_more" ;;
full) wanted="$build $run $run_more $test $test_more $full" ;;
*)
  echo 'usage: install-packages.sh run|test|full [--list [RELEASE]]' >&2
  exit 2
  ;;
esac
if [ "${2-}" = --list ]; then
  # shellcheck disable=SC2086
  printf '%s\n' $wanted
  exit 0
fi

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done

# Run as root, Debian's libvirt looks up this user. On Debian 12 only libvirt-daemon-system adds it,
# and that package would also start a daemon.
needs_user() {
  [ "$(id -u)" -eq 0 ] && ! id libvirt-qemu >/dev/null 2>&1
}

add_user() {
  useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin libvirt-qemu
}

# Packages start what they bring, and want it started at each boot. While policy-rc.d is there, they
# start nothing; and of libvirt's units the new ones are left switched off.
policy=/usr/sbin/policy-rc.d
log=
clean() {
  [ -z "$log" ] || rm -f "$log"
  ! grep -qs 'libmachtype: nothing is started' $policy || rm -f $policy
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

list_units() {
  find /usr/lib/systemd/system /lib/systemd/system \( -name 'libvirt*.service' -o \
    -name 'libvirt*.socket' -o -name 'virt*.service' -o -name 'virt*.socket' \) \
    -printf '%f\n' 2>/dev/null | sort -u
}

forbid_starts() {
  [ -e $policy ] || [ -L $policy ] || {
    printf '#!/bin/sh\n# libmachtype: nothing is started\nexit 101\n' >$policy
    chmod 755 $policy
  }
}

disable_new_units() { # UNITS-BEFORE
  command -v systemctl >/dev/null || return 0
  for unit in $(list_units); do
    case " $1 " in
    *" $unit "*) ;;
    *) systemctl --quiet disable "$unit" >/dev/null 2>&1 || true ;;
    esac
  done
}

install_missing() {
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
  log=$(mktemp)
  units=$(list_units | tr '\n' ' ')
  forbid_starts
  apt-get -qq update
  # shellcheck disable=SC2086
  apt-get -qq -y --no-install-recommends install $missing </dev/null >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    exit 1
  }
  disable_new_units "$units"
}

if [ "$(id -u)" -ne 0 ]; then
  [ -z "$missing" ] || {
    echo "please install:$missing" >&2
    exit 1
  }
  exit 0
fi
[ -z "$missing" ] || install_missing
# The packages may have added it.
! needs_user || add_user
