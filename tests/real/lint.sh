#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lint.sh MACHTYPE
#
# The operator program with a live libvirt: libvirt's answers about a domain, and the resulting
# findings.

set -eu

here=$(dirname "$0")
program=$1
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'

dir=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$dir"' EXIT
uri=$(sh "$here/../boot/embed-root.sh" "$dir/r" "$MACHTYPE_LIBVIRT_CACHE")

domain() { # ARCH MACHINE DEVICES FEATURES
  printf "<domain type='qemu'><name>a</name><memory unit='MiB'>512</memory><vcpu>1</vcpu><os>"
  printf "<type arch='%s' machine='%s'>hvm</type></os><features>%s</features><devices>%s</devices>" \
    "$1" "$2" "$4" "$3"
  printf '</domain>'
}

t() { # STATUS PATTERN FILE...
  wanted=$1 pattern=$2
  shift 2
  status=0
  "$program" lint --connect "$uri" "$@" >"$dir/out" 2>"$dir/err" || status=$?
  if [ $status -ne "$wanted" ] || ! grep -q -e "$pattern" "$dir/out"; then
    echo "FAIL: status $status, wanted $wanted and '$pattern'"
    cat "$dir/out" "$dir/err"
    exit 1
  fi
}

domain s390x s390-ccw-virtio '' '' >"$dir/clean.xml"
domain s390x s390-ccw-virtio "<disk><source file='/a'/><target dev='hda' bus='ide'/></disk>" '' \
  >"$dir/ide.xml"
domain s390x s390-ccw-virtio "<watchdog model='i6300esb'/>" '' >"$dir/watchdog.xml"
domain s390x s390-ccw-virtio '<disk><target/></disk>' '' >"$dir/odd.xml"
domain x86_64 pc-q35-99.0 '' '<acpi/>' >"$dir/new.xml"
domain x86_64 pc '' '' >"$dir/acpi.xml"

t 0 'clean.xml: libvirt agrees: it would define what it checked$' "$dir/clean.xml"
t 1 'ide.xml: libvirt refuses it, too: .*IDE controllers are unsupported' "$dir/ide.xml"
t 1 'watchdog.xml: libvirt would define what it checked anyway$' "$dir/watchdog.xml"
t 1 'odd.xml: libvirt refuses it, although lint found nothing: ' "$dir/odd.xml"
t 1 'new.xml: libvirt refuses it, too: .*pc-q35-99.0' "$dir/new.xml"
# Both refuse it, but not for the same reason.
domain s390x s390-ccw-virtio "<watchdog model='i6300esb'/><disk><target/></disk>" '' >"$dir/both.xml"
t 1 'both.xml: libvirt refuses it for another reason: ' "$dir/both.xml"
t 1 '"libvirt":"refuses"' --json "$dir/both.xml"
t 1 '"libvirt":"agrees"' --json "$dir/ide.xml"
# Then libvirt's message is a finding of its own.
t 1 'both.xml: error: libvirt: .*\[libvirt-define: virConnectDomainXMLToNative\]$' "$dir/both.xml"
t 1 '"findings":\[{"code":"watchdog.*{"code":"libvirt","severity":"error","message":"[^"]*","authority":"libvirt-define"' \
  --json "$dir/both.xml"
t 1 '"findings":\[{"code":"libvirt",' --json "$dir/odd.xml"
for file in ide acpi clean; do
  "$program" lint --connect "$uri" --json "$dir/$file.xml" >"$dir/out" || true
  if grep -q '"code":"libvirt"' "$dir/out"; then
    echo "FAIL: $file.xml: libvirt's message is not a finding of its own"
    exit 1
  fi
done
t 1 'acpi.xml: libvirt would define what it checked anyway$' "$dir/acpi.xml"
t 1 '"libvirt":"refuses","libvirt_message":"' --json "$dir/odd.xml"
t 0 '"libvirt":"agrees","libvirt_not_asked":' --json "$dir/clean.xml"
t 0 '"libvirt_not_asked":\["/domain/name"\]' --json "$dir/clean.xml"
t 0 'clean.xml: libvirt did not check: /domain/name$' "$dir/clean.xml"
t 1 'clean.xml: libvirt agrees: it would' "$dir/ide.xml" "$dir/clean.xml"

# Who may make no tap device gets the same answer, for libvirt is not asked about interfaces. What is
# wrong with them does not contradict it.
domain s390x s390-ccw-virtio "<interface type='user'><model type='virtio'/></interface>" '' \
  >"$dir/network.xml"
sed "s,<interface,<disk><source file='/a'/><target dev='hda' bus='ide'/></disk>&," \
  "$dir/network.xml" >"$dir/network-ide.xml"
domain x86_64 isapc "<controller type='usb' model='none'/><memballoon model='none'/><interface \
  type='user'><model type='virtio'/></interface>" '' >"$dir/network-isa.xml"
as_is() {
  t 0 'network.xml: libvirt agrees: ' "$dir/network.xml"
  t 1 'network-ide.xml: libvirt refuses it, too: .*IDE' "$dir/network-ide.xml"
  t 1 'network-isa.xml: error: vif-model-virtio' "$dir/network-isa.xml"
  t 1 'network-isa.xml: libvirt agrees: it would define what it checked' "$dir/network-isa.xml"
  t 1 'libvirt did not check: /domain/name, /domain/devices/interface$' "$dir/network-isa.xml"
}
as_is
if [ "$(id -u)" -eq 0 ]; then
  machtype=$program
  program=$dir/as-nobody
  printf '#!/bin/sh\nexec setpriv --bounding-set=-net_admin "%s" "$@"\n' "$machtype" >"$program"
  chmod +x "$program"
  as_is
  program=$machtype
fi

# An emulator that the host does not list is not run, and one that it lists is asked about.
domain s390x s390-ccw-virtio '<emulator>/nonexistent/qemu</emulator>' '' >"$dir/emulator.xml"
domain s390x s390-ccw-virtio "<emulator>$(command -v qemu-system-s390x)</emulator>" '' \
  >"$dir/own.xml"
t 1 'warning: emulator-not-listed: .* do not list /nonexistent/qemu .*; possible: /' "$dir/emulator.xml"
t 1 'libvirt did not check: /domain/name, /domain/devices/emulator$' "$dir/emulator.xml"
t 0 'libvirt did not check: /domain/name$' "$dir/own.xml"

# A driver that cannot be asked is not a refusal by libvirt.
status=0
"$program" lint --connect test:///default "$dir/clean.xml" >"$dir/out" 2>"$dir/err" || status=$?
if [ $status -ne 3 ] || ! grep -q 'support' "$dir/err"; then
  echo "FAIL: test:///default: status $status, wanted 3"
  cat "$dir/out" "$dir/err"
  exit 1
fi
echo 'lint and libvirt: all as it should be'
