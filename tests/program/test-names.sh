#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-names.sh MACHTYPE DATA
#
# Machine types that only a host knows, that it does not offer, and that no QEMU can have, in every
# command. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-names.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
hosts=$2/hosts
caps=$hosts/x86_64.xml
vendor=$hosts/vendor.xml
redhat=$hosts/rhel10.xml

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

MACHTYPE_CONF=
export MACHTYPE_CONF
store=$dir/records.db

domain() { # MACHINE: with a CD-ROM drive on IDE
  printf "<domain type='kvm'><name>d</name><memory>1048576</memory><os><type arch='x86_64' machine='%s'>hvm</type></os>
<features><acpi/></features><devices><disk type='file' device='cdrom'><source file='/a.iso'/>
<target dev='hda' bus='ide'/></disk></devices></domain>\n" "$1" >"$dir/domain.xml"
}

### A vendor's name, of the family of the alias that stands for it on the host
t 0 "machine='pc-i440fx-house-2.1'" - domain-xml --capabilities "$vendor"
t 0 "machine='box-3'" - domain-xml --capabilities "$vendor" -p hw_machine_type=q35
t 0 "machine='box-3'" - domain-xml --capabilities "$vendor" -p hw_machine_type=house
t 0 "machine='pc-i440fx-house-2.0'" - domain-xml --capabilities "$vendor" -p hw_machine_type=pc-i440fx-house-2.0
t 0 "machine='house'" - domain-xml --capabilities "$vendor" -p hw_machine_type=house --follow
t 1 - 'cannot have disk bus ide' domain-xml --capabilities "$vendor" -p hw_machine_type=q35 -p hw_disk_bus=ide
t 0 "bus='ide'" - domain-xml --capabilities "$vendor" -p hw_disk_bus=ide --disk /a.img
t 1 - 'cannot generate' domain-xml --capabilities "$vendor" -p hw_machine_type=virt-house
t 0 "machine='house-virt-2'" '*' domain-xml --capabilities "$vendor" -p hw_architecture=riscv64 --kernel /k
t 0 '^canonical: *box-3$' 'disk bus ide: libvirt refuses' resolve --capabilities "$vendor" -p hw_machine_type=q35 \
  -p hw_disk_bus=ide
domain box-3
t 1 'error: cdrom-bus-ide' - lint "$dir/domain.xml" --capabilities "$vendor"
t 1 'warning: machine-unknown' - lint "$dir/domain.xml"
domain pc-i440fx-house-2.1
t 0 - - lint "$dir/domain.xml" --capabilities "$vendor"
t 0 "bus=\"sata\"" '*' convert "$dir/domain.xml" -m q35 --force --pin --capabilities "$vendor"
t 0 "machine=\"box-3\"" '*' convert "$dir/domain.xml" -m house --force --pin --capabilities "$vendor"
t 1 '^refused-alias$' 'use --pin to write box-3' check-change box-3 q35 --capabilities "$vendor"
t 0 '^allowed$' - check-change q35 box-3 --pin --capabilities "$vendor"
t 0 '^allowed$' - check-change house q35 --pin --capabilities "$vendor"
t 1 '^refused-family$' 'different machines' check-change box-3 pc-i440fx-house-2.0 --capabilities "$vendor"
t 1 '^refused-vendor$' 'not known which of pc-i440fx-house-2.0 and pc-i440fx-house-2.1 is newer' \
  check-change pc-i440fx-house-2.0 pc-i440fx-house-2.1 --capabilities "$vendor"
t 1 '^refused-vendor$' 'box-3 is from an unknown vendor' check-change pc-q35-9.0 box-3 --capabilities "$vendor"
printf 'q35\tbox-3\nbox-3\tpc\n' >"$dir/in"
t 0 '*' - check-change - --pin --capabilities "$vendor"
printf 'allowed\nrefused-family\n' >"$dir/expected"
same 'check-change -: what the host knows'
: >"$dir/in"
"$program" instance add "$(u 1)" --machine box-3 --arch x86_64 --state stopped --store "$store" --host here
t 6 'cannot have disk bus ide' '*' image-property set "$(u 1)" -p hw_disk_bus=ide --store "$store" --capabilities "$vendor"
t 0 - '*' image-property set "$(u 1)" -p hw_disk_bus=sata --store "$store" --capabilities "$vendor"
t 0 Success - upgrade-check --store "$store" --capabilities "$vendor"
t 4 'Cannot update machine type box-3 to pc' 'different machines' update-machine-type "$(u 1)" pc --store "$store" \
  --capabilities "$vendor"
t 0 'Updated' '*' update-machine-type "$(u 1)" pc-q35-9.0 --force --store "$store" --capabilities "$vendor"

### An alias that is recorded is pinned by its own name
"$program" instance add "$(u 2)" --machine q35 --arch x86_64 --state stopped --store "$store" --host here
t 0 'to pc-q35-7.2 (previously q35)' '*' update-machine-type "$(u 2)" q35 --pin --store "$store" --capabilities "$caps"
t 0 '^pc-q35-7.2$' - get-machine-type "$(u 2)" --store "$store"
"$program" instance add "$(u 3)" --machine q35 --arch x86_64 --state stopped --store "$store" --host here
t 0 'to q35 (previously q35)' '*' update-machine-type "$(u 3)" q35 --follow --store "$store" --capabilities "$caps"
t 0 '^q35$' - get-machine-type "$(u 3)" --store "$store"
t 0 '^allowed$' - check-change q35 q35 --pin --capabilities "$caps"
t 0 '^noop$' - check-change q35 q35 --capabilities "$caps"

### What a host does not offer: why, and what is near
for pair in \
  'pc-q35-10.1 it needs QEMU 10.1, which is newer than the host.s 7.2; it offers: pc-q35-7.2, pc-q35-6.2, pc-q35-5.2, q35$' \
  'pc-q35-99.0 no release of QEMU has it yet; it is newer than the host.s 7.2; it offers: pc-q35-7.2' \
  'pc-q35-7.3 no release of QEMU ever had it; it offers: pc-q35-7.2' \
  'pc-q35-2.3 QEMU 2.6 removed it, and the host has 7.2; it offers: pc-q35-5.2' \
  'pc-q35-rhel8.6.0 it is one of the types of Red Hat, and the host offers none of these; it offers: pc-q35-6.2,' \
  'pc-q35 no QEMU has a machine type of this name (did you mean .q35.?); it offers: pc-q35-7.2' \
  'q53 domain type kvm; it offers: q35$' \
  'pc_q35_7.2 domain type kvm; it offers: pc-q35-7.2,' \
  'none-such domain type kvm; it offers: '; do
  name=${pair%% *} why=${pair#* }
  t 1 - "does not offer machine type $name .*$why" resolve --capabilities "$caps" -p "hw_machine_type=$name"
  t 1 - "does not offer machine type $name .*$why" domain-xml --capabilities "$caps" -p "hw_machine_type=$name"
  why=$(printf '%s' "$why" | sed 's/^domain type kvm//; s/; it offers: .*//')
  t 1 '*' "not-offered: the host does not offer $name.*$why.*; it offers: " check-change '' "$name" --require-offered \
    --capabilities "$caps"
  domain "$name"
  t 1 "machine-not-offered: .*does not offer machine type $name .*$why.*; possible: " '*' lint "$dir/domain.xml" \
    --capabilities "$caps"
done
"$program" instance add "$(u 4)" --machine pc-q35-10.1 --arch x86_64 --store "$dir/newer.db" --host here
t 2 Failure 'does not offer machine type pc-q35-10.1: it needs QEMU 10.1' upgrade-check --store "$dir/newer.db" \
  --capabilities "$caps"

### The built-in default is missing
t 1 - 'no type of the family pc-i440fx; it offers: q35, .*operator.s default for x86_64, for example to q35; .*--default x86_64=q35$' \
  resolve --capabilities "$redhat"
t 1 - '--default x86_64=q35$' domain-xml --capabilities "$redhat"
t 1 - '--default x86_64=q35$' resolve --capabilities "$redhat" --instance "$(u 5)" --store "$dir/none.db" --operation spawn \
  --record
t 0 'machine: *q35' - resolve --capabilities "$redhat" --default x86_64=q35
t 1 - 'it offers: q35, pc-q35-rhel10.0.0' resolve --capabilities "$redhat" --default x86_64=pc
grep -q -e --default "$dir/err"
[ $? -ne 0 ]
tell $? "an operator's own default: no other is proposed"

### Names that no QEMU can have, in every command
meant="no QEMU has a machine type pc-q35; did you mean 'q35'?"
domain pc-q35
t 1 "error: impossible-name: .*no QEMU has a machine type pc-q35; machine='q35'" - lint "$dir/domain.xml"
t 1 "impossible-name.*pc-q35; machine='q35'" '*' lint "$dir/domain.xml" --capabilities "$caps"
t 1 '*' "^warning: $meant" convert "$dir/domain.xml" -m q35
domain pc
t 1 '*' "^warning: $meant" convert "$dir/domain.xml" -m pc-q35
t 1 - "^warning: $meant" domain-xml --host-arch x86_64 -p hw_machine_type=pc-q35
printf 'pc-q35\n' >"$dir/in"
t 0 '*' "^warning: $meant" parse -
j 0 '*' "^warning: $meant" parse --json -
printf 'pc-q35\tq35\n' >"$dir/in"
t 0 '*' "^warning: $meant" compare -
t 0 '*' "^warning: $meant" check-change -
j 0 '*' "^warning: $meant" check-change - --json
printf '{"properties":{"hw_machine_type":"pc-q35"},"host_arch":"x86_64"}\n' >"$dir/in"
j 0 "$meant" - resolve -
printf '{"uuid":"%s","machine":"q35"}\n{"uuid":"%s","machine":"pc-q35"}\n' "$(u 6)" "$(u 7)" >"$dir/in"
t 0 '*' "^line 2: warning: $meant" import - --store "$dir/import.db"
: >"$dir/in"
t 5 'Machine type pc-q35 is not supported' "^warning: $meant" update-machine-type "$(u 3)" pc-q35 --store "$store"
sed 's/>isapc</>pc-q35</' "$caps" >"$dir/pc-q35.xml"
t 0 '*' - check-change '' pc-q35 --capabilities "$dir/pc-q35.xml"
domain pc-q35
t 1 'warning: machine-unknown' - lint "$dir/domain.xml" --capabilities "$dir/pc-q35.xml"

### Deprecation: the host's own mark
t 0 '^  pc-q35-rhel9.2.0, deprecated since RHEL 10, last seen in RHEL 10.0$' - host --capabilities "$redhat" --arch x86_64
t 0 '^  pc-q35-rhel9.4.0, last seen in RHEL 10.0$' - host --capabilities "$redhat" --arch x86_64
t 0 '^allowed$' '*' check-change '' pc-q35-rhel9.4.0 --capabilities "$redhat"
grep -q deprecated "$dir/err"
[ $? -ne 0 ]
tell $? 'a type that the host does not mark is not called deprecated'
t 0 '^allowed$' 'is deprecated on this host' check-change '' pc-q35-rhel9.2.0 --capabilities "$redhat"

### loongarch64: as many vCPUs as the host says, as little memory as QEMU 9.1 needs
t 0 "placement='static'>256<" '*' domain-xml --host-arch loongarch64 --vcpus 256 --memory 128
t 1 - 'at most 256 vCPUs' domain-xml --host-arch loongarch64 --vcpus 257
sed "s/maxCpus='256'/maxCpus='4'/" "$hosts/loongarch64.xml" >"$dir/four.xml"
t 1 - 'at most 4 vCPUs' domain-xml --capabilities "$dir/four.xml" -p hw_architecture=loongarch64 --vcpus 5
t 1 - "at least 1024 MiB of memory with the host's QEMU" domain-xml --capabilities "$hosts/loongarch64.xml" \
  -p hw_architecture=loongarch64 --memory 1023
t 0 '<domain' '*' domain-xml --capabilities "$hosts/loongarch64.xml" -p hw_architecture=loongarch64

### A path that is empty
for command in "get-machine-type $(u 1)" "history $(u 1)" export list-unset-machine-type upgrade-check "instance add $(u 1)" \
  "instance delete $(u 1)" 'import -' "resolve --instance $(u 1)" 'record --dry-run --connect test:///default'; do
  # shellcheck disable=SC2086
  "$program" $command --store '' <"$dir/in" >"$dir/out" 2>"$dir/err"
  [ $? -ne 0 ] && grep -q 'path.* empty' "$dir/err"
  tell $? "--store '': $command"
done

end_cases
