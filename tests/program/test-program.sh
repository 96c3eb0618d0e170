#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-program.sh MACHTYPE DATA
#
# The operator program's contract: what it prints, where, and its exit status. One case per line.
# Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-program.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
hosts=$2/hosts
caps=$hosts/x86_64.xml

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"
esc=$(printf '\033')

### The program itself
t 2 - 'no command' 
t 0 'Usage: machtype' - --help
t 0 'check-change' - -h
t 0 '^machtype [0-9]' - --version
t 2 - "unknown command 'frobnicate'" frobnicate
t 2 - 'unknown command' --frobnicate
t 2 - 'unknown command' ''
for command in list parse compare check-change resolve domain-xml host convert lint record import export \
  history undo 'instance add' 'instance set' 'instance delete'; do
  # shellcheck disable=SC2086
  t 0 "^  machtype $command \[OPTION" - $command --help
  # shellcheck disable=SC2086
  t 2 - 'nknown option' $command --frobnicate
  # shellcheck disable=SC2086
  t 2 - 'nknown option' $command -Z
done

### Help: by task, in 79 columns, the same with "help"
for title in Guests Hosts 'New guests' Names Store "Nova's names"; do
  t 0 "^$title\$" - help
done
[ "$(grep -c '^  [a-z]' "$dir/out")" -eq 31 ] && ! grep -q '^  complete' "$dir/out"
tell $? 'help: the commands, without what only shells call'
"$program" --help >"$dir/all" 2>"$dir/err"
grep -o '^  [a-z][a-z-]*\( [a-z]*\)\?  ' "$dir/all" >"$dir/commands"
echo complete >>"$dir/commands"
while read -r command; do
  # shellcheck disable=SC2086
  t 0 "^  machtype $command \[OPTION\.\.\.\]" - $command --help
  cp "$dir/out" "$dir/expected"
  cat "$dir/out" >>"$dir/all"
  grep -q '^Exit status: 0 ' "$dir/out" && grep -A 1 '^Example:$' "$dir/out" | grep -q "^  machtype $command"
  tell $? "help of $command: exit statuses, an example"
  # shellcheck disable=SC2086
  t 0 'show this help' - help $command
  same "help $command"
  # shellcheck disable=SC2086
  t 0 'show this help' - $command -h
done <"$dir/commands"
awk 'length > 79' "$dir/all" >"$dir/out"
[ "$(wc -l <"$dir/all")" -gt 300 ] && [ ! -s "$dir/out" ]
tell $? 'no line of help is longer than 79 columns'
for title in Options Guest Instance Host Store Output; do
  t 0 "^$title:\$" - domain-xml --help
done
t 0 'get-machine-type \[OPTION' - help libvirt get_machine_type
t 2 - "unknown command 'frobnicate'" help frobnicate
"$program" parse --help >/dev/full 2>"$dir/err"
[ $? -eq 3 ]
tell $? 'help to a full disk'

### parse
t 0 '^family  *pc-q35$' - parse pc-q35-7.2
t 0 '^version  *7\.2$' - parse pc-q35-7.2
t 0 '^removed_in  *13\.2$' - parse pc-q35-7.2
t 0 '^vendor  *ubuntu$' - parse pc-i440fx-jammy-hpb
t 0 '^kind  *alias$' - parse virt
t 0 '^kind  *board$' - parse --arch riscv64 virt
t 0 '^kind  *unknown$' - parse unknown-type
t 0 '^kind  *unknown$' - parse -- -x
t 1 - 'empty' parse ''
t 1 - 'not a valid machine type name' parse 'q 35'
t 1 - '\\033' parse "${esc}[31m"
t 1 - 'longer than 128' parse "$(printf '%0200d' 0)"
t 2 - 'too few' parse
t 2 - 'too many' parse pc q35
t 2 - 'unknown architecture' parse --arch pdp11 pc
t 2 - '\-\-arch' parse --arch
j 0 '"family":"pc-q35"' - parse --json pc-q35-7.2
j 0 '"kind":"alias","family":"pc-q35","vendor":"upstream"}$' - parse --json q35
j 1 '"error":"invalid-name"' 'not a valid machine type name' parse --json "$(printf 'a\377')"

### Lines
head -c 9000000 /dev/zero | tr '\0' q >"$dir/in"
echo >>"$dir/in"
echo q35 >>"$dir/in"
t 0 'q35.*alias' - parse -
t 0 'invalid.*too long' - parse -
head -c 140000000 /dev/zero >"$dir/in"
t 2 - 'standard input: a line is longer than 128 MiB' parse -
# Also of a file that never ends, which is not read any further.
t 2 - '/dev/zero: a line is longer than' import --store "$dir/zero.db" /dev/zero
: >"$dir/in"

### compare
t 0 '^lt$' - compare pc-q35-2.9 pc-q35-2.10
t 0 '^gt$' - compare pc-q35-10.0 pc-q35-9.2
t 0 '^eq$' - compare pc pc
t 0 '^incomparable$' - compare pc q35
t 0 '^incomparable$' - compare -- -a -b
t 0 '^incomparable$' - compare pc -- -b
t 1 '^invalid$' - compare pc ''
t 1 '^invalid$' - compare 'q 35' 'q 35'
t 2 - 'too few' compare pc
t 2 - 'too few' compare
t 2 - 'too many' compare pc pc pc
t 2 - 'unknown architecture' compare --arch '' pc pc
j 0 '"order":"lt"' - compare --json pc-1.3 pc-i440fx-2.0
j 0 '"a_upstream_base":"4.2"' - compare --json pc-q35-rhel8.2.0 pc-q35-4.2
j 1 '"order":"invalid"' - compare --json "$(printf '\377')" pc

### check-change
t 0 '^allowed$' '^warning: lifecycle' check-change pc-q35-5.2 pc-q35-7.2
t 0 '^noop$' - check-change pc pc --state active
t 0 '^allowed$' '*' check_change pc-q35-5.2 pc-q35-7.2
t 0 '^allowed$' - check-change '' q35
t 0 '^forced$' 'warning: forced' check-change pc q35 --force
t 0 '^allowed$' '*' check-change pc pc-i440fx-7.2 --pin --capabilities "$caps"
t 0 '^allowed$' 'warning: not-offered' check-change pc-q35-5.2 pc-q35-7.1 --capabilities "$caps"
t 1 '^refused-not-offered$' 'pc-q35-7.2' check-change pc-q35-5.2 pc-q35-7.1 --require-offered --capabilities "$caps"
t 1 '^refused-state$' 'reason: refused-state' check-change pc-q35-5.2 pc-q35-7.2 --state RUNNING
t 1 '^refused-family$' '^effect: board' check-change pc q35
t 1 '^refused-alias$' '*' check-change pc pc-i440fx-7.2
t 1 '^refused-vendor$' '*' check-change pc-q35-4.2 pc-q35-rhel8.2.0
t 1 '^refused-variant$' '*' check-change pc-q35-jammy pc-q35-jammy-hpb
t 1 '^refused-downgrade$' '*' check-change pc-q35-7.2 pc-q35-6.2
t 1 '^refused-unsupported$' '*' check-change pc-q35-7.2 pc-q35-7.2.1.1
t 1 '^refused-unsupported$' '*' check-change '' virt --arch mipsel
t 1 '^refused-invalid$' '*' check-change pc '' --force
t 1 '^refused-family$' '\\033' check-change "${esc}[31m" pc
t 2 - 'not a valid instance state' check-change pc q35 --state sleeping
t 2 - 'unknown architecture' check-change pc q35 --arch pdp11
t 2 - 'too few' check-change pc
t 2 - 'too many' check-change pc q35 pc
j 1 '"verdict":"refused-family"' - check-change --json pc q35
j 2 '"error":"invalid-argument"' 'not a valid instance state' check-change --json pc q35 --state sleeping
j 0 '"verdict":"forced"' - check-change --json --force pc q35
j 1 '^{"format":2,"new":"q35' - check-change --json '' "$(printf 'q35\n\377')"
j 1 '"verdict":"refused-family"' - check-change --json "$(printf 'q\377')" pc

### resolve
t 0 '^canonical: *pc-i440fx-7.2$' - resolve --capabilities "$caps"
t 0 '^machine: *virt$' 'alias' resolve --host-arch x86_64 -p hw_architecture=aarch64
t 0 '^source: *builtin$' - resolve --host-arch riscv64
t 0 '^source: *recorded$' - resolve --capabilities "$caps" --recorded pc-q35-5.2
t 0 '^source: *image$' - resolve --capabilities "$caps" -p hw_machine_type=q35
t 0 '^source: *config$' - resolve --capabilities "$caps" --default AMD64=q35
t 0 '^  - to be recorded: pc-q35-7.2' - resolve --capabilities "$caps" -p hw_machine_type=q35 --explain
t 0 '^  - to be recorded: q35 (policy follow)' - resolve --capabilities "$caps" -p hw_machine_type=q35 --explain --follow
t 0 '^domain type: *qemu$' - resolve --capabilities "$caps" --domain-type qemu
t 0 '^domain type: *kvm$' - resolve --capabilities "$caps" -p hw_architecture=i686
t 0 '^machine:' 'skipped' resolve --capabilities "$caps" --default pc --extra-spec hw:cpu_policy=dedicated
t 1 - 'malta' resolve --capabilities "$caps" -p hw_architecture=mipsel -p hw_machine_type=virt
t 1 - 'pc-q35-7.2' resolve --capabilities "$caps" --recorded pc-q35-7.1
t 1 - 'install package qemu-system-arm' resolve --capabilities "$caps" -p hw_architecture=armv7l
t 1 - 'no default machine type' resolve --host-arch x86_64 -p hw_architecture=avr
t 2 - 'hw_architecture' resolve -p hw_architecture=pdp11
t 2 - 'hw_disk_bus.*virtio' resolve -p hw_disk_bus=nvme
t 2 - 'NAME=VALUE' resolve -p hw_disk_bus
t 2 - 'NAME=VALUE' resolve --extra-spec hw
t 2 - 'not a valid machine type name' resolve --host-arch x86_64 --recorded 'q 35'
t 2 - 'mutually exclusive' resolve --pin --follow
t 2 - 'domain type' resolve --domain-type 'k v m'
t 2 - 'unknown architecture' resolve --host-arch pdp11
t 0 '^arch: *x86_64$' - resolve --host-arch amd64 --capabilities "$caps"
t 2 - "the host's architecture is x86_64" resolve --host-arch s390x --capabilities "$caps"
t 2 - 'only argument that resolve takes is -' resolve pc
t 2 - 'too many' resolve - -
t 2 - 'cannot be combined with -,' resolve - --property hw_machine_type=q35
t 2 - 'cannot be combined with -,' resolve - --recorded q35
j 1 '"error":"unsupported"' 'malta' resolve --json --host-arch mipsel -p hw_machine_type=virt
j 0 '"canonical":"pc-q35-7.2"' - resolve --json --capabilities "$caps" -p hw_machine_type=q35
j 0 '"steps":\[' - resolve --json --explain --host-arch s390x --recorded s390-ccw-virtio-7.2

printf '[DEFAULT]\nhw_machine_type = aarch64=x\n[libvirt]\n' >"$dir/nova.conf"
printf 'hw_machine_type = "x86_64=pc-q35-6.2", bad,\n  aarch64=virt-6.2\n' >>"$dir/nova.conf"
t 0 '^machine: *pc-q35-6.2$' "'bad' is skipped" resolve --capabilities "$caps" --config "$dir/nova.conf"
t 0 '^machine: *virt-6.2$' '*' resolve --capabilities "$caps" --config "$dir/nova.conf" -p hw_architecture=aarch64
# The translation cache, of emulated guests only; the option overrides it.
printf '[libvirt]\ntb_cache_size = 64\n' >"$dir/cache.conf"
t 0 "<tb-cache unit='MiB'>64</tb-cache>" '*' domain-xml --host-arch x86_64 --config "$dir/cache.conf" \
  -p hw_emulation_architecture=s390x
t 0 "<tb-cache unit='MiB'>32</tb-cache>" '*' domain-xml --host-arch x86_64 --config "$dir/cache.conf" \
  -p hw_emulation_architecture=s390x --tb-cache 32
t 0 '<domain' '*' domain-xml --host-arch x86_64 --config "$dir/cache.conf" \
  -p hw_emulation_architecture=s390x --tb-cache 0
! grep -q 'tb-cache' "$dir/out"
tell $? 'no cache, as requested'
t 0 "<domain type='kvm'" '*' domain-xml --capabilities "$caps" --config "$dir/cache.conf"
! grep -q 'tb-cache' "$dir/out"
tell $? 'an accelerated guest has no cache'
t 2 - 'tb-cache must not be negative' domain-xml --host-arch x86_64 --tb-cache -1
printf '[libvirt\nhw_machine_type=x' >"$dir/bad.conf"
t 2 - 'nova.conf, line 1' resolve --config "$dir/bad.conf"
printf '[libvirt]\nhw_machine_type=\377' >"$dir/bad.conf"
t 2 - 'UTF-8' resolve --config "$dir/bad.conf"
t 3 - 'absent' resolve --config "$dir/absent"

### host
t 0 '^x86_64 (the host.s own): domain types qemu, kvm; 10 machine types; /usr/bin/qemu' - host --capabilities "$caps"
t 0 'q35 -> pc-q35-7.2' - host --capabilities "$caps"
t 0 'pc-i440fx-1.7, deprecated' - host --capabilities "$caps" --arch x86_64
# Whatever order libvirt lists them in: newest first, an alias after its canonical name, boards
# last.
printf '  %s\n' pc-i440fx-7.2 'pc -> pc-i440fx-7.2' pc-i440fx-6.2 pc-i440fx-1.7 pc-q35-7.2 'q35 -> pc-q35-7.2' \
  pc-q35-6.2 pc-q35-5.2 isapc microvm >"$dir/expected"
t 0 '*' - host --capabilities "$caps" --arch x86_64
sed -n 's/^\(  [^,]*\).*/\1/p' "$dir/out" >"$dir/sorted"
mv "$dir/sorted" "$dir/out"
same 'the order of machine types'
t 0 'install package qemu-system-arm' - host --capabilities "$caps" --arch armv7l
t 0 'install package qemu-efi-aarch64' - host --capabilities "$caps" --domain-capabilities "$hosts/domcaps-virt.xml"
t 0 'powernv -> powernv10-rainier' - host --capabilities "$hosts/powernv.xml"
t 0 'lxc; 0 machine types' - host --capabilities "$hosts/lxc.xml"
t 2 - 'unknown architecture' host --capabilities "$caps" --arch pdp11
t 2 - 'cannot be combined' host --capabilities "$caps" --connect qemu:///system
t 2 - 'needs --capabilities' host --domain-capabilities "$hosts/domcaps-virt.xml"
t 2 - '1 and 86400' host --capabilities "$caps" --timeout 0
t 2 - 'timeout' host --capabilities "$caps" --timeout soon
t 2 - 'domain capabilities' host --capabilities "$caps" --domain-capabilities "$caps"
t 2 - 'domcaps-q35.xml.*<domainCapabilities>' host --capabilities "$hosts/domcaps-q35.xml"
t 2 - 'too many' host x86_64
t 3 - 'absent' host --capabilities "$dir/absent"
t 3 - "$dir" host --capabilities "$dir"
j 0 '"missing":\[{"code":"emulator-missing"' - host --json --capabilities "$caps" --arch armv7l
j 0 '"name":"pc-i440fx-1.7".*"deprecated":true' - host --json --capabilities "$caps"
j 3 '"error":"file"' 'absent' host --json --capabilities "$dir/absent"
j 0 '"emulator":"/usr/bin/qemu & co"' - host --json --capabilities "$hosts/odd.xml"
head -c 68157440 /dev/zero | tr '\0' ' ' >"$dir/large"
t 2 - 'larger than' host --capabilities "$dir/large"
t 2 - 'larger than' resolve --config "$dir/large"
rm "$dir/large"
: >"$dir/empty"
t 2 - 'empty' host --capabilities "$dir/empty"
mkfifo "$dir/fifo"
cat "$caps" >"$dir/fifo" &
t 0 'q35 -> pc-q35-7.2' - host --capabilities "$dir/fifo"
json_module=$MACHTYPE_MODULE_DIR/libmachtype-json.so
sqlite_module=$MACHTYPE_MODULE_DIR/libmachtype-sqlite.so
MACHTYPE_MODULE_DIR=$dir
export MACHTYPE_MODULE_DIR
# Not a line is bad then.
echo '{"uuid":"6f1d4b5e-0000-4000-8000-000000000001"}' >"$dir/line"
t 3 - "^machtype: .*sqlite module" import --store "$dir/absent.db" "$dir/line"
t 3 - "^machtype: .*sqlite module" instance add 6f1d4b5e-0000-4000-8000-000000000001 --store "$dir/absent.db"
ln -s "$sqlite_module" "$dir"
t 3 - "^machtype: .*json module" import --store "$dir/absent.db" "$dir/line"
ln -s "$json_module" "$dir"
t 3 - 'module' host --connect qemu:///system
t 3 - 'module' resolve -c qemu:///system
t 3 - 'module' check-change pc q35 -c qemu:///system
t 2 - 'control character' host --connect "qemu://$esc/"

t 0 '^allowed$' 'warning: .*hw_disk_bus=ide' check-change '' pc-q35-7.2 -p hw_disk_bus=ide --host-arch x86_64
t 0 '^allowed$' 'the image properties were not checked' check-change '' pc-q35-7.2 -p hw_disk_bus=ide
j 0 '"code":"contradiction"' '*' resolve --json --host-arch x86_64 -p hw_pmu=yes --extra-spec hw:pmu=no

### domain-xml
x() { # STATUS STDOUT STDERR ARGUMENT...
  wanted_status=$1 wanted_out=$2 wanted_err=$3
  shift 3
  t "$wanted_status" "$wanted_out" "$wanted_err" domain-xml --capabilities "$caps" "$@"
}
x 0 "machine='pc-i440fx-7.2'" -
x 0 "<name>a&amp;b</name>" - --name 'a&b'
x 0 "<name>Grüße</name>" - --name 'Grüße'
x 0 "<memory unit='MiB'>2048</memory>" - --memory 2048
x 0 "<vcpu placement='static'>2</vcpu>" - --vcpus 2
x 0 "<uuid>12345678-9abc-4def-8123-456789abcdef</uuid>" - --uuid 12345678-9abc-4def-8123-456789abcdef
x 0 "source file='/a,b,c.img'" - --disk '/a,b,c.img'
x 0 "source file='/bus=x,y'" - --disk '/bus=x,y'
x 0 "source file='/a,bus=/x'" - --disk '/a,bus=/x'
x 0 "target dev='sda' bus='scsi'" - --disk '/a,b.img,bus=scsi'
x 0 "target dev='sda' bus='sata'" - --disk '/a,format=qcow2,bus=sata'
x 0 "driver name='qemu' type='qcow2'" - --disk '/a,bus=sata,format=qcow2'
x 0 "driver name='qemu' type='qcow2'" - --disk '/a.qcow2'
x 0 "driver name='qemu' type='raw'" - --disk '/a.qcow2,format=raw'
x 0 "source dev='/dev/vg/a'" - --disk /dev/vg/a
x 0 "source file='/ü.img'" - --disk /ü.img
x 0 "device='cdrom'" - --cdrom /cd.iso
x 0 "<interface type='user'>" - --network user
x 0 "source network='default'" - --network network=default
x 0 "source bridge='br0'" - --network bridge=br0
x 0 "<cmdline>a &lt; b</cmdline>" - --kernel /k --initrd /i --cmdline 'a < b'
x 0 "source path='/log'" - --console-log /log
x 0 "graphics type='spice'" - --graphics spice
x 0 'urn:libmachtype:record:1' - --mirror
x 0 '<domain' 'warning: hw_fancy has no effect' -p hw_fancy=1
x 0 '<domain' 'warning: .*does not boot' -p hw_architecture=mipsel
x 1 - 'hw_firmware_type=uefi' -p hw_architecture=s390x -p hw_firmware_type=uefi
x 1 - 'at most 1 vCPU' -p hw_architecture=mipsel --vcpus 2
x 1 - 'possible:' -p hw_machine_type=q35 --disk /a,bus=ide
x 1 - 'cannot generate' -p hw_machine_type=isapc
x 2 - 'absolute' --disk a.img
x 2 - 'bus must be one of' --disk /a,bus=
x 2 - 'bus must be one of' --disk /a,bus=xen
x 2 - 'bus must be one of' --disk '/a,bus=virtio scsi'
x 2 - 'format must be one of' --disk /a,format=qcow
x 2 - 'user, network=NAME' --network default
x 2 - 'name' --network bridge=
x 2 - 'must be none, vnc or spice' --graphics sdl
x 2 - 'memory' --memory 0
x 2 - 'positive' --memory -1
x 2 - 'memory' --memory 1GiB
x 0 "<memory unit='MiB'>512</memory>" - --memory 0512
for option in memory vcpus timeout; do
  for value in 0x10 ' 1' '1 ' +1 1.0 1e3 '' "$esc" 99999999999999999999; do
    x 2 - "--$option: .*\(is not a decimal number\|is out of range\)" "--$option" "$value"
  done
done
x 2 - '--timeout: 2147483648 is out of range' --timeout 2147483648
x 2 - 'vCPU' --vcpus 0
x 2 - 'positive' --vcpus -3
x 2 - 'need --kernel' --cmdline quiet
x 2 - 'UUID' --uuid 1234
x 2 - "'/'" --name a/b
x 2 - 'control character' --name "$(printf 'a\nb')"
x 2 - '*' --name "$(printf 'a\377')"
x 2 - 'UTF-8' --disk "$(printf '/a\377')"
x 2 - 'too many' more
j 0 '"console_device":"ttyS0"' - domain-xml --json --capabilities "$caps"
j 1 '"error":"unsupported"' 'isapc' domain-xml --json --capabilities "$caps" -p hw_machine_type=isapc

### convert
domain=$2/convert/pc-libvirt.xml
t 0 "<type arch=\"x86_64\" machine=\"pc-q35-7.2\">" '^effect: disk-bus: disk hda on ide becomes sda' convert "$domain" --machine pc-q35-7.2 --force
t 0 '<target dev="sdc" bus="sata"/>' '^warning: forced' convert "$domain" -m q35 --force
t 0 'machine="pc-i440fx-9.0"' '*' convert "$domain" --machine pc-i440fx-9.0
t 0 'machine="pc-q35-7.2"' '*' convert "$domain" --machine q35 --force --pin --capabilities "$caps"
t 1 - '^reason: refused-family: .*use force' convert "$domain" --machine pc-q35-7.2
t 1 - '^machtype: refused-family$' convert "$domain" --machine pc-q35-7.2
t 1 - '^effect: disk-bus: ' convert "$domain" --machine pc-q35-7.2
t 1 - '^reason: refused-state: ' convert "$domain" --machine pc-i440fx-9.0 --state running
t 1 - '^reason: saved-state: ' convert "$domain" --machine pc-i440fx-9.0 --state SAVED
t 0 'machine="pc-i440fx-9.0"' '^reason: refused-state: ' convert "$domain" --machine pc-i440fx-9.0 --state running --force
t 0 'machine="pc-i440fx-9.0"' '*' convert "$domain" --machine pc-i440fx-9.0 --state 'shut off'
t 0 'machine="pc-i440fx-9.0"' '*' convert "$domain" --machine pc-i440fx-9.0 --state ''
t 2 - "'runing' is not a valid instance state" convert "$domain" --machine pc-i440fx-9.0 --state runing
t 1 - 'refused-not-offered' convert "$domain" --machine pc-i440fx-9.0 --require-offered --capabilities "$caps"
t 1 - '^reason: architecture: virt' convert "$domain" --machine virt --force
t 1 - 'microvm' convert "$domain" --machine microvm --force
echo "<domain><os><type arch='x86_64' machine='q35'/><loader secure='yes'/></os></domain>" >"$dir/in"
t 1 - '^reason: secure-boot: ' convert - --machine pc --force
sed 's/<domain /<domain id="3" /' "$domain" >"$dir/in"
t 0 'machine="pc-i440fx-9.0"' '^warning: live-xml: ' convert - --machine pc-i440fx-9.0
echo "<domain><os><type arch='x86_64' machine='pc'/></os></domain>" >"$dir/in"
t 0 'machine="pc-i440fx-7.2"' '*' convert - --machine pc-i440fx-7.2 --pin --capabilities "$caps"
t 0 'machine="pc-i440fx-7.2"' '*' convert - --machine pc --pin --capabilities "$caps"
t 1 - '^reason: refused-alias: .*use --pin' convert - --machine pc-i440fx-7.2 --capabilities "$caps"
: >"$dir/in"
t 2 - 'no machine type given; use --machine' convert "$domain"
t 1 - '^reason: refused-invalid: ' convert "$domain" --machine 'q 35' --force
t 2 - 'too few' convert --machine q35
t 2 - 'not libvirt' convert "$caps" --machine q35
t 2 - 'empty' convert /dev/null --machine q35
t 3 - 'No such file' convert "$dir/none.xml" --machine q35
t 3 - 'No such file' convert "$domain" --machine q35 --capabilities "$dir/none.xml"
# Guests of a host: which, and what happens to them.
for selector in '--all' '--domain web' '--name w*' '--current-state stopped' '--current-machine pc*'; do
  # shellcheck disable=SC2086
  t 2 - 'needs* --connect URI' convert $selector -m q35 --apply
  # shellcheck disable=SC2086
  t 2 - 'FILE cannot be combined' convert $selector -m q35 -c test:///default --apply "$domain"
  # shellcheck disable=SC2086
  t 2 - 'current-state STATE selects' convert $selector -m q35 -c test:///default --apply --state stopped
done
for change in --apply --dry-run --diff; do
  t 2 - 'need --domain NAME, --all or filters' convert -m q35 "$domain" $change
done
t 2 - 'several guests need --dry-run.* or --apply' convert -m q35 -c test:///default --all
t 2 - 'several guests need --dry-run.* or --apply' convert -m q35 -c test:///default --domain a --domain b --diff
t 2 - 'named or selected, not both' convert -m q35 -c test:///default --domain a --all --apply
t 2 - 'output cannot be combined' convert -m q35 -c test:///default --domain a --dry-run -o -
j 2 '"error":"invalid-argument"' 'diff cannot be combined with --json' convert -m q35 -c test:///default --all --dry-run --diff --json
t 2 - 'current-machine is empty' convert -m q35 -c test:///default --current-machine '' --apply
t 2 - 'current-state is empty' convert -m q35 -c test:///default --current-state '' --apply
t 0 '*' - convert "$domain" --machine pc-i440fx-7.2
cp "$domain" "$dir/expected"
same 'the same type: the same bytes'
cp "$domain" "$dir/in"
t 0 'pcie-root-port' '*' convert - --machine pc-q35-7.2 --force
cp "$2/convert/pc-to-q35.xml" "$dir/expected"
same 'convert reads standard input'
j 0 '"verdict":"forced".*"code":"usb-controller".*"xml":"<domain' - convert "$domain" --machine q35 --force --json
j 1 '"verdict":"refused-family","reasons":.."code":"refused-family".*"effects":.."code":"board".*]}$' - convert "$domain" --machine q35 --json
j 1 '"verdict":"refused-unsupported","reasons":.."code":"target"' - convert "$domain" --machine microvm --json --force
j 2 '"error":"invalid-xml"' '*' convert "$caps" --machine q35 --json
: >"$dir/in"

### lint
guests=$hosts/../guests
cat >"$dir/bad.xml" <<'XML'
<domain type='qemu'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>
<features><acpi/></features><devices><disk><target dev='hda' bus='ide'/></disk>
<watchdog model='i6300esb'/></devices></domain>
XML
printf '<domain><devices></domain>' >"$dir/torn.xml"
sed 's/pc-q35-7.2/pc-q35-99.0/' "$guests/q35.xml" >"$dir/new.xml"
t 0 - - lint "$guests/s390x.xml"
t 0 - - lint "$guests/s390x.xml" "$guests/mipsel.xml"
t 0 'note: machine-deprecated: ' - lint "$guests/s390x.xml" "$guests/q35.xml"
t 0 - - lint "$guests/q35.xml" --capabilities "$caps"
t 1 "disk-bus-ide: /domain/devices/disk\[target/@dev='hda'\]: .*; possible: virtio, scsi \[libvirt-define: libvirt src" - lint "$dir/bad.xml"
t 1 'bad.xml: error: watchdog-model-i6300esb: .*; possible: diag288 \[qemu: ' - lint "$dir/bad.xml"
t 1 'bad.xml: warning: feature-acpi: /domain/features/acpi: .*\[ignored: ' - lint "$dir/bad.xml"
[ "$(wc -l <"$dir/out")" -eq 3 ]
tell $? 'lint: three findings, three lines'
t 1 'bad.xml: warning: feature-acpi' - lint "$guests/s390x.xml" "$dir/bad.xml"
sed -e 's/pc-q35-7.2/pc-q35-rhel8.6.0/' -e '/<emulator>/d' "$guests/q35.xml" >"$dir/rhel.xml"
t 0 'note: machine-removed: .* pc-q35-rhel8.6.0 was removed in RHEL 10; ' - lint "$dir/rhel.xml"
t 0 'note: machine-removed: ' - lint "$dir/rhel.xml" --capabilities "$hosts/rhel9.xml"
sed 's/pc-q35-7.2/pc-q35-jammy/' "$guests/q35.xml" >"$dir/jammy.xml"
t 0 'note: machine-end-of-support: .* is of Ubuntu 22.04, which is supported until 2027-06; ' - lint "$dir/jammy.xml"
t 1 'machine-not-offered: .* pc-q35-99.0 .*; possible: pc-q35' - lint "$dir/new.xml" --capabilities "$caps"
t 2 - 'torn.xml: domain, line 1' lint "$dir/torn.xml"
t 2 'feature-acpi' 'torn.xml' lint "$dir/bad.xml" "$dir/torn.xml"
t 3 - "^machtype: $dir/nowhere.xml: No such file" lint "$dir/nowhere.xml"
t 3 - "^machtype: $dir: Is a directory" lint "$dir"
t 3 'feature-acpi' 'nowhere.xml' lint "$dir/nowhere.xml" "$dir/bad.xml"
t 2 - 'too few' lint
t 2 - 'need --connect' lint --all
t 2 - 'need --connect' lint --domain web --capabilities "$caps"
t 2 - 'cannot be combined with --domain' lint --connect test:///default --all --domain web
t 2 - 'FILE cannot be combined' lint --connect test:///default --all "$dir/bad.xml"
t 2 - 'FILE cannot be combined' lint --connect test:///default --domain web -
t 2 - 'cannot be combined' lint "$dir/bad.xml" --connect test:///default --capabilities "$caps"
t 3 - 'nowhere' lint "$dir/bad.xml" --capabilities "$dir/nowhere.xml"
j 1 '"authority":"qemu"' - lint --json "$dir/bad.xml"
j 0 '"findings":\[\]}$' - lint --json "$guests/s390x.xml"
j 2 '"error":"invalid-xml"' 'torn.xml' lint --json "$dir/torn.xml" "$guests/s390x.xml"
[ "$(wc -l <"$dir/out")" -eq 2 ]
tell $? 'lint --json: two files, two objects'
cp "$dir/bad.xml" "$dir/in"
t 1 '^-: error: disk-bus-ide' - lint -
printf '<domain type="qemu"/>\0' >"$dir/in"
t 2 - 'NUL' lint -
: >"$dir/in"
t 2 - 'empty' lint -

# Domains in other documents of libvirt: each is linted, and named.
sed -e 's/<domain/<domainsnapshot><name>a <b><\/name>&/;s/<b>/\&#10;b/' -e '$s/$/<\/domainsnapshot>/' "$dir/bad.xml" >"$dir/one.xml"
sed "s/<.domainsnapshot>/<inactiveDomain type='qemu'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm<\/type><\/os><\/inactiveDomain>&/" "$dir/one.xml" >"$dir/two.xml"
sed -n 's/domainsnapshot/domstatus/g;s/<name>.*<.name>//;p' "$dir/one.xml" >"$dir/status.xml"
t 1 'one.xml (snapshot a .*b): error: disk-bus-ide: /domain/devices/disk' - lint "$dir/one.xml"
t 1 'two.xml (snapshot a .*b, active): error: disk-bus-ide: /domain/devices/disk' - lint "$dir/two.xml"
grep -q 'inactive' "$dir/out"
[ $? -eq 1 ]
tell $? 'lint: nothing is wrong with the inactive domain of the snapshot'
t 1 'status.xml (status): error: disk-bus-ide: /domain/devices/disk' - lint "$dir/status.xml"
j 1 '"document":"domainsnapshot","document_name":"a.*b","element":"inactiveDomain","findings":\[\]' - lint --json "$dir/two.xml"
[ "$(wc -l <"$dir/out")" -eq 2 ]
tell $? 'lint --json: two domains, two objects'
j 1 '"document":"domain","element":"domain","findings":\[{' - lint --json "$dir/bad.xml"
printf '<domainbackup><disks/></domainbackup>' >"$dir/backup.xml"
t 2 - 'backup.xml: domain: this <domainbackup> contains no domain: .*virsh dumpxml' lint "$dir/backup.xml"
t 2 'disk-bus-ide' 'backup.xml' lint "$dir/two.xml" "$dir/backup.xml"
j 2 '"error":"invalid-xml"' 'backup.xml' lint --json "$dir/backup.xml"
printf '<pool/>' >"$dir/pool.xml"
t 2 - 'pool.xml: domain: the root element is <pool>' lint "$dir/pool.xml"

### Standard input: each line is answered, in order
lines() { # WHAT ARGUMENT...
  what=$1
  shift
  "$program" "$@" <"$dir/in" >"$dir/out" 2>"$dir/err"
  status=$?
  [ $status -eq 0 ]
  tell $? "$what: exit status 0, whatever was answered (is $status)"
  [ ! -s "$dir/err" ]
  tell $? "$what: nothing on standard error"
}

printf 'pc\tpc\nno tab\n\t\n\nq35\tpc-q35-7.2\tmore\n\377\tpc\npc-q35-2.9\tpc-q35-2.10' >"$dir/in"
printf 'eq\ninvalid\ninvalid\n\ninvalid\ninvalid\nlt\n' >"$dir/expected"
lines 'compare' compare -
same 'compare: seven lines, seven answers'
j 0 '"order":"lt"' - compare --json -
[ "$(wc -l <"$dir/out")" -eq 6 ]
tell $? 'compare --json: six answers, none to the empty line'

printf 'pc\0x\tpc\npc\tpc\r\n-\t-\n' >"$dir/in"
printf 'invalid\neq\neq\n' >"$dir/expected"
lines 'compare, NUL and CR' compare -
same 'compare: a NUL byte and a carriage return'

: >"$dir/in"
: >"$dir/expected"
lines 'compare, no input' compare -
same 'compare: no line, no answer'

{
  printf 'pc-q35-5.2\tpc-q35-7.2\n'
  printf 'pc-q35-5.2\tpc-q35-7.2\tstopped\t-\tx86_64\n'
  printf 'pc-q35-5.2\tpc-q35-7.2\tACTIVE\t-\n'
  printf 'pc-q35-5.2\tpc-q35-7.2\tACTIVE\tforce\n'
  printf '\tq35\t\t-\n'
  printf 'pc\tq35\n'
  printf 'pc\t\tstopped\tforce\n'
} >"$dir/in"
printf '%s\n' allowed allowed refused-state forced allowed refused-family refused-invalid \
  >"$dir/expected"
lines 'check-change' check-change -
same 'check-change: seven verdicts'
j 0 '"verdict":"forced"' - check-change --json -

printf 'pc\npc\tpc\tasleep\npc\tpc\t\tmaybe\npc\tpc\t\t-\tpdp11\npc\tpc\t\t-\t\tmore\n\377\n' >"$dir/in"
lines 'check-change, bad lines' check-change -
cut -f 1 "$dir/out" >"$dir/first" && mv "$dir/first" "$dir/out"
printf 'invalid\ninvalid\ninvalid\ninvalid\ninvalid\ninvalid\n' >"$dir/expected"
same 'check-change: six bad lines, six answers'
j 0 '"error":"invalid-argument"' - check-change --json -

printf 'pc-q35-7.2\n\nq 35\n\033[1m\n\377\nvirt\n' >"$dir/in"
lines 'parse' parse -
cut -f 1,2 "$dir/out" >"$dir/first" && mv "$dir/first" "$dir/out"
printf 'pc-q35-7.2\tversioned\n\n-\tinvalid\n-\tinvalid\n-\tinvalid\nvirt\talias\n' \
  >"$dir/expected"
same 'parse: six lines, six answers'
j 0 '"error":"invalid-name"' - parse --json -

cat >"$dir/in" <<'CASES'
{"properties":{"hw_machine_type":"q35"},"extra_specs":{},"defaults":[],"host_arch":"x86_64","recorded":null}
{}
{"host_arch":"s390x","recorded":"s390-ccw-virtio-7.2"}
{"host_arch":"x86_64","defaults":["x86_64=q35","bad"]}
{"host_arch":"pdp11"}
{"properties":{"hw_disk_bus":"nvme"}}
{"properties":{"hw_disk_bus":5}}
{"properties":[]}
{"defaults":"x86_64=q35"}
{"defaults":[5]}
{"recorded":5}
{"record":null}
{"defaults":[null]}
{"properties":{"hw_disk_bus":null}}
{"properties":null,"extra_specs":null,"defaults":null,"host_arch":null,"recorded":null}
{"recorded":"q 35","host_arch":"x86_64"}
[]
"text"
not JSON

{"host_arch":"mipsel","properties":{"hw_machine_type":"virt"}}
CASES
head -c 1000000 /dev/zero | tr '\0' '[' >>"$dir/in"
j 0 '"machine":"q35"' - resolve - --host-arch x86_64
LC_ALL=C sed 's/.*"error":"\([a-z-]*\)".*/\1/; s/.*"source":"\([a-z]*\)".*/\1/' "$dir/out" >"$dir/first"
mv "$dir/first" "$dir/out"
cat >"$dir/expected" <<'ANSWERS'
image
builtin
recorded
config
unknown-arch
invalid-property
invalid-argument
invalid-argument
invalid-argument
invalid-argument
invalid-argument
invalid-argument
invalid-argument
invalid-argument
builtin
invalid-name
invalid-argument
invalid-argument
invalid-argument
unsupported
invalid-argument
ANSWERS
same 'resolve: twenty-one lines, none to the empty one'

# A line of 65 MiB must not take 65 MiB of memory; the next line is answered.
(
  head -c 68157440 /dev/zero | tr '\0' 'a'
  printf '\npc\tpc\n'
) >"$dir/in"
limit=400000
# A sanitizer reserves terabytes. Not POSIX, but every shell on Linux has it.
# shellcheck disable=SC3045
(ulimit -v $limit && "$program" --version) >"$dir/out" 2>&1 || limit=unlimited
# shellcheck disable=SC3045
(
  ulimit -v $limit
  "$program" compare - <"$dir/in" >"$dir/out" 2>"$dir/err"
)
tell $? '65 MiB on one line'
printf 'invalid\neq\n' >"$dir/expected"
same 'the line after 65 MiB'

### Where output goes
: >"$dir/in"
: >"$dir/out"
"$program" parse pc >/dev/full 2>"$dir/err"
[ $? -eq 3 ] && fits 'standard output' "$dir/err"
tell $? 'a full disk is an error'
for language in '' en; do
  LANGUAGE=$language LC_ALL=C "$program" domain-xml --host-arch x86_64 --name 'Grüße' >"$dir/out" 2>"$dir/err"
  fits '<name>Grüße</name>' "$dir/out"
  tell $? "UTF-8 stays UTF-8 without a locale: LANGUAGE=$language"
done

end_cases
