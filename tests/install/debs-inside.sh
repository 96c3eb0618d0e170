#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debs-inside.sh
#
# The part of debs.sh that runs in the fresh Debian, as root: /srv/new and /srv/old are archives of
# the packages and of the same with an older version, /srv/source is the unpacked source package.

set -eu

# shellcheck source=tests/install/debs-common.sh
. "${0%/*}/debs-common.sh"

module=$(echo /usr/lib/*/libc.so.6)
module=${module%/libc.so.6}/libmachtype/libmachtype-libvirt.so
records=/var/lib/machtype/records.db

is_installed() { # PACKAGE
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

version_of() { # PACKAGE
  dpkg-query -W -f '${Version}' "$1"
}

list_ours() {
  dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' '*machtype*' 2>/dev/null | awk '$1 != "un" { print $NF }'
}

verify() {
  # shellcheck disable=SC2046
  changed=$(dpkg -V $(list_ours)) || true
  [ -z "$changed" ] || fail "dpkg -V: $changed"
}

# What may remain of the packages: only the archives, apt's own notes, and the operator's records.
check_nothing_left() {
  # shellcheck disable=SC2046
  apt purge $(list_ours)
  apt autoremove --purge
  [ -z "$(list_ours)" ] || fail "not purged: $(list_ours)"
  left=$(find / -xdev \( -path /srv -o -path /var/lib/apt -o -path /var/cache/apt -o -path /var/log \
    -o -path /etc/apt/sources.list.d/machtype.list -o -path "${records%/*}" \) -prune -o \
    -iname '*machtype*' -print)
  [ -z "$left" ] || fail "left behind: $left"
}

# Each test with the packages that it names and their dependencies.
run_tests() { # TEST...
  for test in "$@"; do
    needs=$(awk -v test="$test" '/^[^ ]/ { field = $1 }
      field == "Tests:" { here = $2 == test }
      here && field == "Depends:" { sub (/^Depends:/, ""); gsub (/,/, ""); printf "%s", $0 }' \
      debian/tests/control)
    [ -n "$needs" ] || fail "debian/tests/control has no $test"
    echo "== test $test, with$needs"
    # shellcheck disable=SC2086
    apt install --no-install-recommends $needs
    debian/tests/"$test" || fail "test $test"
    verify
  done
}

# The program alone does everything that does not need libvirt; the rest reports what is missing.
check_without_module() {
  apt install --no-install-recommends machtype
  ! is_installed libmachtype0-libvirt || fail 'the module is a dependency'
  ! is_installed libvirt0 || fail 'libvirt is a dependency'
  [ "$(machtype compare virt-6.2 virt-7.2)" = lt ] || fail compare
  machtype resolve --property hw_emulation_architecture=s390x | grep '^machine:'
  for command in host resolve; do
    status=0
    machtype $command --connect test:///default >/tmp/out 2>/tmp/err || status=$?
    cat /tmp/err
    [ $status -eq 3 ] || fail "$command --connect without its module: status $status"
    grep -q "cannot load libmachtype's libvirt module: .*$module" /tmp/err ||
      fail "$command does not say what is missing"
  done
  apt install --no-install-recommends libmachtype0-libvirt
  for command in host resolve; do
    machtype $command --connect test:///default || fail "$command --connect with its module"
  done
}

# An operator's records, their history, and the program's output about them.
record() {
  machtype record --connect test:///default
  machtype instance add 6f1d4b5e-0000-4000-8000-000000000001 --machine pc-q35-6.2 --arch x86_64 \
    --state stopped
  machtype update-machine-type 6f1d4b5e-0000-4000-8000-000000000001 pc-q35-7.2
}
show_records() {
  machtype export
  machtype history 6f1d4b5e-0000-4000-8000-000000000001
}

check_upgrade() {
  use_archive old
  apt install machtype
  is_installed libmachtype0-libvirt || fail 'the module is not recommended'
  old=$(version_of libmachtype0)
  record
  show_records >/tmp/before
  cat /tmp/before
  use_archive new
  # apt would also take the other packages of the source; another archive's machtype stays.
  apt install --only-upgrade -o APT::Get::Upgrade-By-Source-Package=false libmachtype0
  new=$(version_of libmachtype0)
  dpkg --compare-versions "$old" lt "$new" || fail "no upgrade: $old, $new"
  [ "$(version_of libmachtype0-libvirt)" = "$new" ] || fail 'library and module differ'
  [ "$(version_of machtype)" = "$old" ] || fail 'the program was upgraded with the library'
  show_records | diff /tmp/before - || fail 'the program of before and the new library'
  apt upgrade
  [ "$(version_of machtype)" = "$new" ] || fail 'the program was not upgraded'
  show_records | diff /tmp/before - || fail 'records changed'
  machtype record --connect test:///default
  verify
  echo "$old became $new"
}

cd /srv/source
use_archive new
run_tests bindings
for other in machtype libmachtype0-libvirt libmachtype-dev; do
  ! is_installed $other || fail "bindings brought $other"
done
echo '== purged'
check_nothing_left

echo '== without the libvirt module'
check_without_module
check_nothing_left

echo '== an upgrade in place'
check_upgrade

run_tests program pages completion library
echo '== purged'
check_nothing_left
[ -s "$records" ] || fail "purging took the operator's records"
