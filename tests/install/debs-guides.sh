#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# debs-guides.sh
#
# The part of debs.sh that types the guides in a fresh Debian, as root, from the pages that
# machtype-doc brings, with what the operator's guide says to install. Nothing stands for what the
# reader has: it is the system's libvirt, /etc/machtype.conf and /var/lib/machtype. /srv/new is an
# archive of the packages; /srv/source/tests has the program that types.

set -eu

# shellcheck source=tests/install/debs-common.sh
. "${0%/*}/debs-common.sh"

pages=/usr/share/doc/libmachtype
operating=$pages/operating.html
report=/usr/share/doc/machtype/examples/report/machtype-report

# What the packages lack must not come from elsewhere.
forget_the_source() {
  find /srv/source -mindepth 1 -maxdepth 1 ! -name tests -exec rm -r {} +
}

# A host as a reader has it. There is no init that would start libvirt; and what is started must not
# find the network and the packet filter of the machine outside.
install_libvirt() {
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  apt install --no-install-recommends libvirt-daemon-system qemu-system-x86
  unshare --net libvirtd --daemon
  trap 'kill "$(cat /run/libvirtd.pid)"' EXIT
  virsh --quiet --connect qemu:///system uri
}

# With what the packages recommend: the guide does not tell a reader to leave it out.
install_as_the_guide_says() {
  apt install machtype-doc
  packages=$(sed 's/<[^>]*>//g' "$operating" | sed -n 's/^apt install //p')
  [ -n "$packages" ] || fail "$operating does not say what to install"
  echo "== installing $packages"
  # shellcheck disable=SC2086
  apt install $packages
}

# Each guide begins on a host without guests, records and configuration.
forget_all() {
  for guest in $(virsh list --all --name); do
    virsh --quiet undefine "$guest"
  done
  rm -rf /etc/machtype.conf /var/lib/machtype
}

type_guides() {
  count=0 wrong=''
  # shellcheck disable=SC2013
  for page in $(grep -l '<span class="gp">\$ ' "$pages"/*.html); do
    python3 /srv/source/tests/doc/console.py --installed "$page" || wrong="$wrong ${page##*/}"
    count=$((count + 1))
    forget_all
  done
  echo "$count guides were typed"
  [ -z "$wrong" ] || fail "not as shown:$wrong"
  [ $count -ge 12 ] || fail 'pages are missing'
}

# Of a guest, as which-guests.html says.
make_report() {
  machtype domain-xml --connect qemu:///system --property hw_machine_type=q35 --name web >/tmp/web.xml
  virsh --quiet define /tmp/web.xml
  machtype list --connect qemu:///system --json >/tmp/guests.json
  machtype audit --connect qemu:///system --json >/tmp/audit.json || [ $? -eq 1 ]
  "$report" /tmp/guests.json /tmp/audit.json --output /tmp/report.html
  grep '<title>' /tmp/report.html
  forget_all
}

use_archive new
forget_the_source
install_libvirt
install_as_the_guide_says
# The program that types is a Python program; so is the report.
apt install --no-install-recommends python3
type_guides
make_report
