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
unattended=$pages/unattended.html
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
  # A chroot has no /dev of its own that libvirt could copy for each guest, and no cgroups.
  printf 'namespaces = [ ]\ncgroup_controllers = [ ]\n' >>/etc/libvirt/qemu.conf
  # It has the output of each guest that runs.
  virtlogd --daemon
  unshare --net libvirtd --daemon
  trap 'kill "$(cat /run/libvirtd.pid)"' EXIT
  virsh --quiet --connect qemu:///system uri
}

# The rest of each line of a guide that begins so.
read_guide() { # PAGE BEGINNING
  sed 's/<[^>]*>//g' "$1" | sed -n "s/^$2 //p" | sed 's/ *#.*//'
}

# With what the packages recommend: the guide does not tell a reader to leave it out.
install_as_the_guide_says() {
  apt install machtype-doc
  packages=$(read_guide "$operating" 'apt install')
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

# What a unit starts, as it is written there, and with no more of root than the unit gives it: nothing
# else starts units here.
run_unit() { # UNIT
  line=$(sed -n 's/^ExecStart=//p' "/usr/lib/systemd/system/$1")
  [ -n "$line" ] || fail "there is no $1"
  grep -q '^CapabilityBoundingSet=$' "/usr/lib/systemd/system/$1" || fail "$1 has capabilities"
  echo "== $line"
  # shellcheck disable=SC2086
  setpriv --no-new-privs --bounding-set=-all --inh-caps=-all $line
}

# As virsh alone makes it.
start_guest() { # NAME
  virsh --quiet define /dev/stdin <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
</domain>
XML
  virsh --quiet start --paused "$1"
}

is_silent() { # NAME
  run_unit machtype-audit.service >/tmp/audit || [ $? -eq 1 ] || fail 'the audit'
  grep -q "hook-silent.*$1" /tmp/audit
}

# What unattended.html says to type; but there is no systemd that would reload and start.
switch_on() {
  packages=$(read_guide "$unattended" 'apt install')
  # shellcheck disable=SC2086
  apt install --no-install-recommends $packages
  find /etc/systemd -name '*machtype*' | grep . && fail 'a unit was enabled'
  [ "$(stat -c %a /var/lib/machtype/spool)" = 700 ] || fail 'there is no spool for root alone'
  start_guest early
  is_silent early || fail 'a host that was not reloaded is not noticed'
  [ "$(read_guide "$unattended" 'systemctl reload')" = libvirtd ] || fail "$unattended reloads nothing"
  kill -HUP "$(cat /run/libvirtd.pid)"
  units=$(read_guide "$unattended" 'systemctl enable --now')
  # shellcheck disable=SC2086
  systemctl enable $units
  for unit in $units; do
    find /etc/systemd/system -name "$unit" | grep . || fail "$unit was not enabled"
  done
}

# What Debian's profile lets libvirtd do, as unattended.html says; no kernel here has it loaded.
check_profile() {
  for rule in '/etc/libvirt/hooks/** rmix,' '/usr/bin/* PUx,' '/usr/sbin/* PUx,'; do
    grep -F "$rule" /etc/apparmor.d/usr.sbin.libvirtd || fail "the profile of libvirtd has no '$rule'"
  done
}

# A guest that virsh alone has made and started is recorded.
check_hook() {
  echo '== the hook and the units'
  switch_on
  start_guest hooked
  machine=$(virsh qemu-monitor-command hooked \
    '{"execute":"qom-get","arguments":{"path":"/machine","property":"type"}}' |
    sed 's/.*"return":"\([^"]*\)-machine".*/\1/')
  ls /var/lib/machtype/spool/*.prepare.xml || fail 'the hook has kept nothing'
  run_unit machtype-record.service || fail 'recording'
  ! ls /var/lib/machtype/spool/*.xml 2>/dev/null || fail 'the spool was not taken'
  machtype list | tee /tmp/hooked
  grep -q "hooked.*$machine" /tmp/hooked || fail "machtype list does not show $machine"
  ! is_silent hooked || fail 'the hook is said to be silent'
  mkdir -p /var/lib/prometheus/node-exporter
  run_unit machtype-metrics.service || [ $? -le 2 ] || fail 'metrics'
  grep "os_type_machine=\"$machine\"} 2" /var/lib/prometheus/node-exporter/machtype.prom || fail 'no metrics'
}

# With "enforce = yes": another type does not start, and virsh says why.
check_enforce() {
  echo 'enforce = yes' >/etc/machtype-hook.conf
  virsh --quiet destroy hooked
  virsh --quiet start --paused hooked || fail 'an unchanged guest does not start'
  ls /var/lib/machtype/spool/*.prepare.xml || fail 'the hook has kept nothing'
  machtype record --connect qemu:///system
  ! ls /var/lib/machtype/spool/*.xml 2>/dev/null || fail 'the usual spool was not taken'
  virsh --quiet destroy hooked
  virsh dumpxml hooked --inactive | sed "s/machine='[^']*'/machine='pc-q35-5.2'/" >/tmp/changed.xml
  virsh --quiet define /tmp/changed.xml
  ! virsh --quiet start --paused hooked 2>/tmp/refused || fail 'a changed guest starts'
  cat /tmp/refused
  grep -q "machtype: guest hooked would start with pc-q35-5.2, but $machine is recorded" /tmp/refused ||
    fail 'virsh does not say why'
  rm /etc/machtype-hook.conf
}

# The hook is remembered, and not there any more.
check_purged() {
  apt purge machtype-hook machtype-systemd
  [ ! -e /etc/libvirt/hooks/qemu.d/50-machtype ] || fail 'the hook stays after its package'
  find /etc/systemd -name '*machtype*' | grep . && fail 'a unit is still enabled'
  virsh --quiet start --paused hooked || fail 'a guest does not start without the package'
  for guest in early hooked; do
    virsh --quiet destroy $guest
  done
  forget_all
}

use_archive new
forget_the_source
install_libvirt
install_as_the_guide_says
# The program that types is a Python program; so is the report.
apt install --no-install-recommends python3
check_profile
check_hook
check_enforce
check_purged
type_guides
make_report
