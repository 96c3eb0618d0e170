#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-platforms.sh MACHTYPE DATA
#
# Hosts as platforms will be. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-platforms.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
data=$2

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

store=$dir/records.db
MACHTYPE_CONF=
export MACHTYPE_CONF

### The list
t 0 '^debian-13: QEMU 10.0, libvirt 11.3, until 2030-06-30, run$' - platforms
t 0 '^table of 20' - platforms
t 0 '^opensuse-tumbleweed: QEMU unknown, libvirt unknown, read$' - platforms
j 0 '"platform":"rhel-10.2".*"vendor":"rhel".*"evidence":"read"' - platforms --json
t 0 'PLATFORM.*QEMU.*LIBVIRT' - platforms --color=always

### A host in every command that takes one
t 0 '^x86_64 (the host.s own): domain types qemu, kvm; [0-9]* machine types; debian-13$' - \
  host --on debian-13 --arch x86_64
t 0 '^  q35 -> pc-q35-10.0$' - host --on debian-13 --arch x86_64
t 0 '^  virt -> virt-rhel10.2.0$' - host --on rhel-10 --host-arch aarch64 --arch aarch64
t 0 'the host has no emulator for s390x guests$' - host --on rhel-10 --arch s390x
t 0 "libvirt refuses the host's emulator for mipsel guests: architecture from emulator 'mips' doesn't match" - \
  host --on debian-13/backports --arch mipsel
t 0 '^canonical:  *pc-q35-10.0$' - resolve --on debian-13 -p hw_machine_type=q35
t 1 - 'pc-q35-11.0.* needs QEMU 11.0, which is newer than the host.s 10.0' \
  resolve --on debian-13 -p hw_machine_type=pc-q35-11.0
t 0 '^allowed' '*' check-change pc-q35-7.2 pc-q35-10.0 --on debian-13
t 0 '^allowed' 'not-offered: .* needs QEMU 10.0' check-change pc-q35-7.2 pc-q35-10.0 --on debian-12
t 0 '*' '*' domain-xml --on debian-13 --memory 512
sed 's/pc-q35-[0-9.]*/pc-q35-2.12/' "$data/guests/q35.xml" >"$dir/old.xml"
t 1 'machine-not-offered' '*' lint --on qemu-11.1 "$dir/old.xml"
t 0 '*' '*' convert --on debian-13 --machine pc-q35-10.0 "$data/guests/q35.xml"

### What hosts have in common
t 0 '^x86_64: 50 machine types in common$' - host --common --on debian-12 --on debian-13
t 0 '^  pc-q35-7.2,' - host --common --on debian-12 --on debian-13 --arch x86_64
if "$program" host --common --on debian-12 --on debian-13 --arch x86_64 2>&1 | grep -q 'pc-q35-8.0\|^  q35'; then
  false
fi
tell $? 'neither a type that one lacks, nor an alias that stands for two'
t 0 '^  q35 -> pc-q35-10.0' - host --common --on debian-13 --on debian-12/backports --arch x86_64
t 0 '^x86_64: 0 machine types in common$' - host --common --on debian-13 --on rhel-10 --arch x86_64
t 0 '^x86_64: [1-9]' - host --common --on debian-12 --capabilities "$data/hosts/x86_64.xml" --arch x86_64
j 0 '"arch":"s390x","common":\["s390-ccw-virtio-7.2",' - \
  host --common --on debian-12 --on debian-13 --arch s390x --json
t 2 - '--common needs several' host --common --on debian-13
t 2 - 'several hosts need --common' host --on debian-12 --on debian-13

### What is not known is not refused
t 0 '*' '*' resolve --on ubuntu-24.04 -p hw_machine_type=pc-q35-noble-v2
t 0 '*' '*' resolve --on opensuse-tumbleweed -p hw_machine_type=q35

### What list and audit judge against
printf '{"uuid":"%s","name":"web","arch":"x86_64","state":"stopped","machine":"pc-q35-2.12"}\n' \
  "$(u 1)" >"$dir/in"
t 0 - '^1 lines: 1 recorded' import - --store "$store"
: >"$dir/in"
t 0 - - audit --store "$store" --on qemu-9.0
t 1 'deprecated' - audit --store "$store" --on debian-13
t 2 'removed' - audit --store "$store" --on debian-13/backports
t 0 'removed' - list --store "$store" --on debian-13/backports
t 1 '^warning	not-checked	.*	it is unknown whether opensuse-leap-15.6 offers the recorded machine type pc-q35-2.12' - \
  audit --store "$store" --on opensuse-leap-15.6

### Several platforms
two='--on debian-13 --on debian-13/backports'
# shellcheck disable=SC2086
t 0 '	10.1	deprecated, removed	deprecated	removed$' - list --store "$store" $two
# shellcheck disable=SC2086
t 2 '^warning	deprecated	.*deprecated on debian-13 (.*
error	removed	.*the QEMU of debian-13/backports does not have' - audit --store "$store" $two
# shellcheck disable=SC2086
j 0 '"targets":\[{"platform":"debian-13","offers":"yes","deprecated":"yes","codes":\["deprecated"\]},{"platform":"debian-13/backports","offers":"no","deprecated":"unknown","codes":\["removed"\]}\]' \
  - list --store "$store" $two --json
t 0 '	unknown$' - list --store "$store" --on opensuse-tumbleweed
t 0 '	removed	removed$' - list --store "$store" --on rhel-10 --on rhel-10.2 --on qemu-11.1
t 2 - "unknown platform 'debain-13'" list --store "$store" --on debian-13 --on debain-13

### Forecast
t 0 '	10.1	-	debian-sid	-	-	pc-q35-7.2$' - list --store "$store" --forecast --on debian-12
t 0 '	-	debian-13/backports	-	-	pc-q35-11.1$' - \
  list --store "$store" --forecast --on debian-13/backports
t 0 '	unknown	-	-	-$' 'what the hosts of these records run is unknown; name it with --on' \
  list --store "$store" --forecast
j 0 '"forecast":{"platform":"ubuntu-24.04","ends_on":"ubuntu-25.10","date":"2025-10-09","newest":"pc-q35-8.2"}' - \
  list --store "$store" --forecast --on ubuntu-24.04 --json
t 0 '^web	.*	unknown	-	-	-$' - list --store "$store" --forecast --on opensuse-leap-15.6
t 2 - '--host-arch cannot be combined with --forecast' list --store "$store" --forecast --on rhel-9 --host-arch aarch64
t 2 - '--forecast takes one --on' list --store "$store" --forecast --on debian-12 --on debian-13
t 2 - "unknown platform 'debain-13'" list --store "$store" --forecast --on debain-13
# This machine: by its os-release, if that is in the table.
# shellcheck disable=SC1091
here=$(. /etc/os-release && echo "$ID-${VERSION_ID-sid}")
if [ ! -e /usr/bin/pveversion ] && "$program" host --on "$here" >/dev/null 2>&1; then
  j 0 "\"forecast\":{\"platform\":\"$here\"" '*' list --store "$dir/none.db" --forecast -c test:///default --json
else
  t 0 '*' 'name it with --on' list --store "$dir/none.db" --forecast -c test:///default
fi

### Migration
t 1 '^web	.*	pc-q35-2.12	off	no	no$' 'QEMU 10.1 removed it.*update-machine-type .* pc-q35-7.2' \
  check-migration debian-12 debian-13/backports web --store "$store"
t 0 '^web	.*	pc-q35-2.12	off	yes	yes$' 'the CPU was not checked' \
  check-migration debian-12 debian-13 --store "$store"
t 1 '	unknown	unknown$' 'it is unknown whether the target offers' \
  check-migration debian-12 opensuse-tumbleweed --store "$store"
t 1 '	no	no$' 'the same host to libvirt' \
  check-migration "$data/hosts/x86_64.xml" "$data/hosts/x86_64.xml" --store "$store"
j 1 '"running":false,"live":"no","cold":"no","findings":\[{"code":"not-offered","severity":"error"' - \
  check-migration debian-12 rhel-10 --store "$store" --json
t 1 '^test	.*	running	unknown	unknown$' 'its machine type is unknown' \
  check-migration test:///default debian-13 --store "$store"
# What a vendor does not support may work.
printf '{"uuid":"0b6f7c1a-52f4-4a0e-9c55-1f0e2a7d9b05","name":"web","arch":"x86_64","state":"stopped","machine":"pc-q35-6.2"}\n' \
  >"$dir/in"
t 0 - '^1 lines: 1 recorded' import - --store "$dir/web.db"
: >"$dir/in"
t 0 '^web	.*	pc-q35-6.2	off	yes	yes$' 'Ubuntu does not support live migration from ubuntu-24.04 to ubuntu-22.04 (source: ' \
  check-migration ubuntu-24.04 ubuntu-22.04 --store "$dir/web.db"
j 0 '"code":"vendor-unsupported","severity":"warning","message":"Proxmox VE does not support' - \
  check-migration proxmox-9.2 proxmox-8.4 --store "$dir/web.db" --json
j 0 '"findings":\[{"code":"cpu-not-checked"' - \
  check-migration ubuntu-22.04 ubuntu-24.04 --store "$dir/web.db" --json
t 1 'LIVE' '*' check-migration debian-12 debian-13/backports --store "$store" --color=always
t 2 - "unknown platform 'debain-13'" check-migration debian-12 debain-13 --store "$store"
t 2 - 'the target is missing' check-migration -
t 2 - 'too few arguments' check-migration debian-12
t 3 - '*' check-migration debian-12 "$dir/none.xml" --store "$store"
t 1 - "there is no domain 'tset'" check-migration test:///default debian-13 tset
t 1 - "No instance is named 'wbe'" check-migration debian-12 debian-13 wbe --store "$store"
t 0 - 'there are no guests to check' check-migration debian-12 debian-13 --store :memory:

### A live host against its row
t 0 '^test:///default is as qemu-10.0 says$' - host -c test:///default --on qemu-10.0
t 1 '^libvirt: debian-11 says 7.0, the host has ' - host -c test:///default --on debian-11
j 1 '"platform":"debian-11","uri":"test:///default","differences":\[{"what":"libvirt","host":"[0-9.]*","platform":"7.0"}\]' - \
  host -c test:///default --compare --on debian-11 --json
t 2 - '--compare needs one live host' host --compare --on debian-11 --on debian-12
t 2 - "unknown platform 'debain-13'" host -c test:///default --on debain-13
t 3 - '*' host --compare -c test:///none

### Mistakes
t 2 - "unknown platform 'debain-13'; did you mean 'debian-13'" host --on debain-13
t 2 - 'there is no such release of QEMU, or it is older than 4.0' host --on qemu-99.1
t 2 - '--on cannot be combined with --connect or --capabilities' resolve --on debian-13 -c test:///default
t 2 - '--on cannot be combined with --connect or --capabilities' \
  resolve --on debian-13 --capabilities "$data/hosts/x86_64.xml"
t 2 - 'the version of its QEMU is unknown' host --on opensuse-tumbleweed
t 2 - 'unknown architecture' host --on debian-13 --host-arch x86_65
t 2 - '--on cannot be combined with --target' list --on debian-13 --target test:///default --store "$store"
t 2 - '--host-arch needs --on' list --host-arch aarch64 --store "$store"
t 64 - '--on cannot be combined with --connect' \
  update-machine-type web pc-q35-7.2 --apply -c test:///default --on debian-13 --store "$store"

end_cases
