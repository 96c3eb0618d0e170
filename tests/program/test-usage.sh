#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-usage.sh MACHTYPE DATA
#
# What people write on the command line: misspelled words, suboptions, URIs that are missing, lines
# from other systems, files that are replaced. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-usage.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
hosts=$2/hosts
caps=$hosts/x86_64.xml

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

MACHTYPE_CONF=
export MACHTYPE_CONF
store=$dir/records.db
uuid=6f1d4b5e-0000-4000-8000-000000000001

### Commands
t 2 - "unknown command 'recrod'; did you mean 'record'?" recrod
t 2 - "did you mean 'record'?" rekord --connect qemu:///system
t 2 - "did you mean 'upgrade-check'?" upgrade-chekc
t 2 - "did you mean 'check-change'?" check_chage pc q35
t 2 - "did you mean 'resolve'?" RESOLV
t 2 - "did you mean 'instance add'?" instnace add "$uuid"
t 2 - "unknown command 'instance ad'; did you mean 'instance add'?" instance ad "$uuid"
t 2 - "did you mean 'image-property set'?" image-property sett "$uuid"
t 2 - "did you mean 'store backup'?" store bakup
t 2 - "did you mean 'instance add'?" instance-add
t 2 - "did you mean 'record'?" help recrod
t 2 - "unknown command 'instance frobnicate'" help instance frobnicate
t 2 - "unknown command 'frobnicate'; see 'machtype --help'" frobnicate
t 2 - "options follow the command" --store x export
t 2 - 'unknown command' "$(printf 'recr\033od')"

### A first word alone
for word in instance image-property image_property store libvirt upgrade; do
  t 0 '^Usage: machtype [a-z-]* COMMAND' - $word
  cp "$dir/out" "$dir/expected"
  t 0 '*' - $word --help
  same "$word --help"
  t 0 '*' - help $word
  same "help $word"
done
t 0 '^  instance add  *add a record$' - instance
t 0 '^  instance delete ' - instance
t 0 '^  upgrade check  *the same as upgrade-check$' - upgrade
t 0 '^machtype [0-9]' - -V
t 0 'machtype record \[OPTION' - help record
t 0 '--dry-run' - help record
for word in help --help -h; do
  t 0 '^Usage: machtype COMMAND' - help $word
done

### Options
t 2 - 'nknown option --conect; did you mean --connect?' host --conect qemu:///system
t 2 - 'did you mean --capabilities?' host "--capabilites=$caps"
t 2 - 'did you mean --property?' resolve --propery hw_machine_type=q35
t 2 - 'did you mean --color?' resolve --colour always
t 2 - 'nknown option --frobnicate$' resolve --frobnicate
t 64 - 'did you mean --store?' get-machine-type "$uuid" --stroe x

### Properties
t 0 '^machine: *pc$' "hw_machinetype is not a known image property; did you mean 'hw_machine_type'?" \
  resolve --host-arch x86_64 -p hw_machinetype=q35
t 0 '^machine: *pc$' 'hw_fancy is not a known image property$' resolve --host-arch x86_64 -p hw_fancy=1
t 2 - "ValidationError: Nova has no extra spec hw:cpu_polcy; did you mean 'hw:cpu_policy'?" \
  resolve --host-arch x86_64 --extra-spec hw:cpu_polcy=dedicated
j 0 "hw_disk_buss is not a known image property; did you mean 'hw_disk_bus'?" '*' \
  resolve --json --host-arch x86_64 -p hw_disk_buss=ide
echo '{"host_arch":"x86_64","properties":{"hw_disk_buss":"ide"}}' >"$dir/in"
j 0 "hw_disk_buss is not a known image property; did you mean 'hw_disk_bus'?" - resolve -
t 0 '<domain' "hw_disk_buss has no effect on the domain; did you mean 'hw_disk_bus'?" \
  domain-xml --host-arch x86_64 -p hw_disk_buss=ide
! grep -q 'not a known' "$dir/err"
tell $? 'domain-xml warns of it once'
t 0 '^allowed$' "^warning: hw_disk_buss is not a known image property; did you mean 'hw_disk_bus'?" \
  check-change pc-q35-6.2 pc-q35-7.2 -p hw_disk_buss=ide --arch x86_64
t 0 - "^warning: hw_disk_buss is not a known image property; did you mean 'hw_disk_bus'?" \
  instance add "$uuid" --store "$dir/typo.db" -p hw_disk_buss=ide
t 0 '^machine: *pc$' '^warning: pc is an alias' resolve --host-arch x86_64 -p description=mine -p owner_specified.x=1 \
  -p os_distro=debian
[ "$(wc -l <"$dir/err")" -eq 1 ]
tell $? 'what other programs and Nova keep in images is not reported'
t 0 '^machine: *pc$' '^warning: pc is an alias' resolve --host-arch x86_64 --extra-spec quota:cpu_shares=1 \
  --extra-spec trait:CUSTOM_A=required --extra-spec hw:pmem=a --extra-spec aggregate_instance_extra_specs:a=b
! grep -q 'not a known' "$dir/err"
tell $? 'nor what is in flavors'
t 0 '<domain' "hw_disk_buss has no effect on the domain; did you mean 'hw_disk_bus'?" \
  domain-xml --capabilities "$caps" -p hw_disk_buss=ide
t 0 '^allowed' "did you mean 'hw_disk_bus'?" check-change pc-q35-6.2 pc-q35-7.2 -p hw_disk_buss=ide --host-arch x86_64

### Values
t 2 - "'virtoi'; it must be one of: .*; did you mean 'virtio'?" resolve -p hw_disk_bus=virtoi
t 2 - "'ture'; it must be yes or no; did you mean 'true'?" resolve -p hw_pmu=ture
t 2 - "did you mean 'aarch64'?" resolve --host-arch aarch46
t 2 - "unknown architecture 'arm'.*; did you mean one of armv6l, armv7b, armv7l?" parse --arch arm virt
t 2 - "did you mean one of armv6l, armv7b, armv7l?" resolve --host-arch x86_64 -p hw_architecture=arm
t 2 - "did you mean 'x86_64'?" resolve --host-arch x86-46
t 2 - "did you mean 'stopped'?" check-change pc pc --state stoped
t 2 - "did you mean 'hard-reboot'?" resolve --instance "$uuid" --store "$store" --operation hard-rebot
t 2 - "did you mean 'spice'?" domain-xml --host-arch x86_64 --graphics spcie
echo '{"propertes":{}}' >"$dir/in"
j 0 "unknown member 'propertes'; .*; did you mean 'properties'?" - resolve -
: >"$dir/in"
printf '[machtype]\nstroe = x\n' >"$dir/machtype.conf"
chmod 600 "$dir/machtype.conf"
MACHTYPE_CONF=$dir/machtype.conf
t 0 '*' "unknown key 'stroe'; did you mean 'store'?" resolve --capabilities "$caps"
MACHTYPE_CONF=

### Names that no QEMU can have
for pair in 'pc-q35 q35' 'Q35 q35' 'pc-i440fx pc' 'i440fx pc' 'I440FX pc' 'PC pc' 'PC-Q35-7.2 pc-q35-7.2' 'Malta malta'; do
  name=${pair% *} meant=${pair#* }
  t 0 "^machine: *$name\$" "no QEMU has a machine type $name; did you mean '$meant'?" \
    resolve --host-arch x86_64 -p "hw_machine_type=$name"
  t 1 - "no QEMU has a machine type $name; did you mean '$meant'?" resolve --host-arch x86_64 \
    -p "hw_machine_type=$name" --record --instance "$uuid" --store "$dir/names.db"
  t 1 - "did you mean '$meant'?" instance add "$uuid" --machine "$name" --store "$dir/names.db"
  t 0 '*' "did you mean '$meant'?" parse "$name"
  t 0 '*' "did you mean '$meant'?" compare "$name" pc
  t 1 '^refused' "did you mean '$meant'?" check-change pc-q35-6.2 "$name"
done
j 0 "no QEMU has a machine type pc-q35; did you mean 'q35'?" '*' resolve --json --host-arch x86_64 -p hw_machine_type=pc-q35
for name in pc-q35-acme1.2 pc-i440fx-vz7.12.0 foo virt s390-ccw-virtio; do
  t 0 '*' - parse $name
done
sed 's/>isapc</>pc-q35</' "$caps" >"$dir/pc-q35.xml"
t 0 '^canonical: *pc-q35$' - resolve --capabilities "$dir/pc-q35.xml" -p hw_machine_type=pc-q35 --record --instance "$uuid" \
  --store "$dir/offered.db"

### Suboptions
x() { # STATUS STDOUT STDERR ARGUMENT...
  wanted_status=$1 wanted_out=$2 wanted_err=$3
  shift 3
  t "$wanted_status" "$wanted_out" "$wanted_err" domain-xml --capabilities "$caps" "$@"
}
for disk in /a.qcow2,bsu=virtio /a.qcow2,size=10 /a,bus=virtio,cache=none /a,cache=none,bus=virtio /a,BSU=virtio \
  '/a, bus=virtio' /a,=x /a, /a,bus /a,bus=virtio,format /a,backing_store=/b /a,bus=scsi,bus=scsi; do
  x 2 - '^machtype: --disk: ' --disk "$disk"
done
x 2 - "unknown suboption 'bsu'; known: bus, format; a comma in the path is written ',,'; did you mean 'bus'?" --disk /a.qcow2,bsu=virtio
x 2 - "unknown suboption 'bsu'; .*; did you mean 'bus'?" --disk /a.qcow2,bsu
x 2 - "unknown suboption 'readonly'; known: bus, format; a comma in the path is written ',,'\$" --disk /a.qcow2,readonly
x 2 - "unknown suboption 'qcow2'" --disk /a,bus=virtio,qcow2
x 0 "source file='/a,old'" - --disk /a,,old
x 2 - "bus needs a value: ,bus=VALUE" --disk /a,bus
x 2 - "bus is given twice" --disk /a,bus=scsi,bus=virtio
x 2 - "takes no suboptions, such as 'bus'" --cdrom /c.iso,bus=sata
x 2 - "takes no suboptions, such as 'bus'" --floppy /f.img,bus=fdc
x 0 "source file='/a,b,c.img'" - --disk '/a,b,c.img'
x 0 "source file='/a,b=c/d.img'" - --disk '/a,b=c/d.img'
x 0 "source file='/a,b=c.img'" - --disk '/a,,b=c.img'
x 0 "source file='/a,b=c.img'" - --disk '/a,,b=c.img,bus=scsi'
x 0 "source file='/c,x=y.iso'" - --cdrom '/c,,x=y.iso'
x 0 "source file='/a.raw'" - --disk path=/a.raw,bus=virtio
for network in bridge=br0,modle=e1000 network=default,modle=e1000 user,modle=e1000 bridge=br0,e1000 network=default, \
  user, user,user bridge=br0,target=vnet0 bridge=br0,model=e1000,model=e1000 bridge=br0,network=default \
  user,bridge=br0 model=e1000 bridge=br0,model type=bridge,source=br0; do
  x 2 - '^machtype: --network' --network "$network"
done
x 2 - "unknown suboption 'modle'; known: network, bridge, mac, model; .*; did you mean 'model'?" --network user,modle=e1000
x 2 - "user, network=NAME or bridge=NAME.*; did you mean 'user'?" --network usre
x 2 - "'e100' is not a valid network interface model; .*; did you mean 'e1000'?" --network bridge=br0,model=e100
x 2 - 'is not a valid network interface model' --network bridge=br0,model=
for network in bridge=br0,model=e1000 network=default,model=e1000 user,model=e1000 model=e1000,bridge=br0 \
  bridge=br0,model=e1000,mac=52:54:00:12:34:56 network=default,mac=52:54:00:12:34:56,model=e1000; do
  x 0 "<model type='e1000'/>" - --network "$network"
done
x 0 "<source network='a,b'/>" - --network 'network=a,,b,model=e1000'
x 0 "<source bridge='br0'/>" - --network bridge=br0,model=E1000
x 0 "<model type='virtio'/>" - --network bridge=br0,model=e1000 --network bridge=br1
x 0 "<model type='e1000'/>" - --network bridge=br0,model=e1000 --network bridge=br1 -p hw_vif_model=virtio
x 1 - 'cannot have a network interface of model vmxnet; possible: virtio' --network bridge=br0,model=vmxnet
x 1 - 'cannot have a network interface of model spapr-vlan' --network user,model=spapr-vlan
x 2 - '--graphics must be none, vnc or spice, without suboptions' --graphics vnc,listen=0.0.0.0
x 0 "<memory unit='MiB'>512</memory>" - --memory 0512
x 0 "<vcpu placement='static'>8</vcpu>" - --vcpus 08

### URIs
cp "$hosts/../guests/q35.xml" "$dir/guest.xml"
t 2 - 'the URI is empty' host --connect ''
t 2 - 'the URI is empty' record --connect '' --store "$store"
t 2 - 'the URI is empty' record --connect test:///default --connect '' --store "$store"
t 2 - 'the URI is empty' resolve --connect ''
t 2 - 'the URI is empty' domain-xml -c ''
t 2 - 'the URI is empty' check-change pc q35 --connect=
t 2 - 'the URI is empty' lint --connect '' "$dir/guest.xml"
t 2 - 'the URI is empty' convert --connect '' -m q35 "$dir/guest.xml"
t 2 - 'the URI is empty' undo "$uuid" --connect '' --store "$store"
t 64 - 'the URI is empty' update-machine-type "$uuid" pc --connect '' --store "$store"
t 64 - 'the URI is empty' image-property set "$uuid" -p os_type=linux --connect '' --store "$store"
t 64 - 'the URI is empty' upgrade-check --connect '' --store "$store"
[ ! -e "$store" ]
tell $? 'an empty URI: nothing was created'
# The address cannot be resolved or opened; the message names it.
LIBVIRT_DEFAULT_URI=$(printf 'qemu://\033/')
export LIBVIRT_DEFAULT_URI
t 2 - 'control character' host
j 2 'control character' '*' host --json --arch x86_64
t 2 - 'control character' record --dry-run --store "$store"
t 0 '*' - host --capabilities "$caps"
t 2 - 'needs --capabilities' host --domain-capabilities "$hosts/domcaps-virt.xml"
t 0 '^machine: *pc$' '*' resolve --host-arch x86_64
t 0 '<domain' '*' domain-xml --host-arch x86_64
t 0 'note: machine-deprecated: .* pc-q35-7.2 is deprecated since QEMU 10.2' - lint "$dir/guest.xml"
t 0 '*' '*' convert "$dir/guest.xml" -m pc-q35-9.0
t 0 '^allowed$' '*' check-change pc-q35-5.2 pc-q35-7.2
t 0 'Success' '*' upgrade-check --store "$store"
t 3 - 'No such file' undo "$uuid" --store "$store"
LIBVIRT_DEFAULT_URI=

### Empty names of files
t 2 - 'name of a file is empty' resolve --capabilities ''
t 2 - 'name of a file is empty' resolve --host-arch x86_64 --config ''
t 2 - 'name of a file is empty' lint ''

### loongarch64
t 0 'missing: .*libvirt before 10.1 does not know loongarch64; use a newer one, and install package' - \
  host --capabilities "$caps" --arch loongarch64
t 1 - 'libvirt before 10.1 does not know loongarch64' resolve --capabilities "$caps" -p hw_architecture=loongarch64
t 1 - 'libvirt before 10.1 does not know loongarch64' domain-xml --capabilities "$caps" -p hw_architecture=loongarch64
sed "s/arch='x86_64' machine='[^']*'/arch='loongarch64' machine='virt'/" "$dir/guest.xml" >"$dir/loong.xml"
t 1 'emulator-missing.*libvirt before 10.1 does not know loongarch64' - lint "$dir/loong.xml" --capabilities "$caps"
t 1 - 'it has no emulator for them; install package qemu-system-arm$' resolve --capabilities "$caps" -p hw_architecture=armv7l

### Lines of other systems
printf 'pc-q35-7.2\r\n\r\nq35\n\nvirt\r\n' >"$dir/in"
t 0 '*' - parse -
cut -f 1,2 "$dir/out" | tr '\t' ' ' >"$dir/fields" && mv "$dir/fields" "$dir/out"
printf 'pc-q35-7.2 versioned\n\nq35 alias\n\nvirt alias\n' >"$dir/expected"
same 'parse: an empty line has an empty answer'
j 0 '"kind":"versioned"' - parse --json -
[ "$(wc -l <"$dir/out")" -eq 3 ]
tell $? 'parse --json: an empty line has none'
printf 'pc\tpc\r\n\r\npc-q35-2.9\tpc-q35-2.10\r\n' >"$dir/in"
printf 'eq\n\nlt\n' >"$dir/expected"
t 0 '*' - compare -
same 'compare: CRLF'
printf 'pc-q35-5.2\tpc-q35-7.2\r\n\npc-q35-5.2\tpc-q35-7.2\tstopped\t-\tx86_64\r\n' >"$dir/in"
printf 'allowed\n\nallowed\n' >"$dir/expected"
t 0 '*' - check-change -
same 'check-change: CRLF'
printf '{"host_arch":"s390x"}\r\n\r\n{"host_arch":"aarch64"}\r\n' >"$dir/in"
j 0 '"machine":"virt"' - resolve -
[ "$(wc -l <"$dir/out")" -eq 2 ]
tell $? 'resolve: CRLF'
printf '\r\n{"uuid":"%s","name":"web","arch":"x86_64","host":"h1","state":"stopped","machine":"pc-q35-7.2"}\r\n\r\n\n' \
  "$uuid" >"$dir/in"
t 0 - '1 recorded, .* 0 bad$' import --store "$dir/lines.db" -
t 0 - '1 recorded, .* 0 bad$' import --store "$dir/file.db" "$dir/in"
: >"$dir/in"

### convert: where the result goes
domain=$2/convert/pc-libvirt.xml
"$program" convert "$domain" -m q35 --force >"$dir/expected" 2>"$dir/err"
t 0 - '^warning: forced' convert "$domain" -m q35 --force -o "$dir/new.xml"
cp "$dir/new.xml" "$dir/out"
same 'convert -o FILE'
cp "$domain" "$dir/x.xml"
chmod 640 "$dir/x.xml"
ln -s x.xml "$dir/link.xml"
t 0 - '*' convert "$dir/x.xml" -m q35 --force --output "$dir/link.xml"
cp "$dir/x.xml" "$dir/out"
same 'convert -o the input, through a link'
[ -L "$dir/link.xml" ] && [ "$(stat -c %a "$dir/x.xml")" = 640 ]
tell $? 'convert -o: the link is one still, and the file has its mode'
j 0 '"verdict":"forced"' - convert "$domain" -m q35 --force --json -o "$dir/json.xml"
cp "$dir/json.xml" "$dir/out"
same 'convert --json -o FILE'
t 0 '<domain' '*' convert "$domain" -m q35 --force -o -
t 0 - '*' convert "$domain" -m q35 --force -o /dev/null
[ -c /dev/null ]
tell $? 'convert -o: a device is written, not replaced'
t 3 - 'none' convert "$domain" -m q35 --force -o "$dir/none/new.xml"
cp "$domain" "$dir/x.xml"
t 1 - 'refused-family' convert "$dir/x.xml" -m q35 -o "$dir/x.xml"
cmp -s "$domain" "$dir/x.xml" && ! ls "$dir"/.x.xml* >"$dir/out" 2>"$dir/err"
tell $? 'convert -o: refused, nothing was written, nothing is left'
"$program" convert "$dir/x.xml" -m q35 --force 1<>"$dir/x.xml" 2>"$dir/err"
[ $? -eq 2 ] && grep -q 'standard output is this file; use --output' "$dir/err" && cmp -s "$domain" "$dir/x.xml"
tell $? 'convert x 1<>x is refused, and x is what it was'
"$program" convert - -m q35 --force <"$dir/x.xml" >>"$dir/x.xml" 2>"$dir/err"
[ $? -eq 2 ] && cmp -s "$domain" "$dir/x.xml"
tell $? 'convert - <x >>x is refused'
"$program" convert "$dir/x.xml" -m q35 --force >"$dir/x.xml" 2>"$dir/err"
[ $? -eq 2 ] && grep -q 'standard output is this file; use --output' "$dir/err"
tell $? 'convert x >x says what happened'

### A fresh installation
none=$dir/none.db
t 0 '^No instances found without hw_machine_type set.$' 'does not exist yet' list-unset-machine-type --store "$none"
t 0 '^| Result: Success  *|$' 'does not exist yet' upgrade-check --store "$none"
t 0 'Success' '*' upgrade-check --store "$none" --capabilities "$caps"
j 0 '"result":"Success"' '*' upgrade-check --json --store "$none"
[ ! -e "$none" ]
tell $? 'reading does not create a store'
HOME=$dir/home XDG_DATA_HOME=$dir/home t 0 '^No instances found' '*' list-unset-machine-type --store "$none"
t 1 - 'No such file' list-unset-machine-type --store "$dir/no/folder.db"
t 255 - 'No such file' upgrade-check --store "$dir/no/folder.db"
printf '[machtype]\nstore = %s/no/folder.db\n' "$dir" >"$dir/machtype.conf"
MACHTYPE_CONF=$dir/machtype.conf
t 0 '^No instances found' 'does not exist yet' list-unset-machine-type
MACHTYPE_CONF=

### Hosts without a record
t 0 - - instance add "$uuid" --store "$store" --arch x86_64 --host h1 --cell c1 --state stopped --machine pc-q35-7.2 --name web
t 0 '"name":"web"' - export --store "$store" --host h1
t 2 - '^machtype: Host h2 has no instances. Did you mean .h1.?$' export --store "$store" --host h2
t 2 - '^machtype: Cell c2 has no mapping. Did you mean .c1.?$' export --store "$store" --cell c2
t 2 - '^Host h2 has no instances. Did you mean .h1.?$' list-unset-machine-type --store "$store" --host h2
t 255 - 'Host h2 has no instances. Did you mean .h1.?$' upgrade-check --store "$store" --host h2
t 2 - 'Host h2 has no instances.$' list-unset-machine-type --store "$none" --host h2
t 255 - 'Host h2 has no instances.$' upgrade-check --store "$none" --host h2

### The name of an instance
x 0 '<name>web</name>' - --instance "$uuid" --store "$store"
x 0 '<name>other</name>' - --instance "$uuid" --store "$store" --name other
t 0 - - instance set "$uuid" --store "$store" --name 'a/b'
x 0 '<name>guest</name>' "cannot have the instance's name 'a/b'" --instance "$uuid" --store "$store"
for command in domain-xml resolve; do
  t 0 'record.* for spawn and rebuild; all other operations record' - $command --help
done

### Small
t 0 '^machine: *s390-ccw-virtio$' '*' resolve --host-arch pdp11 -p hw_architecture=s390x
t 0 "arch='s390x'" '*' domain-xml --host-arch pdp11 -p hw_architecture=s390x
t 2 - "unknown architecture 'pdp11'" resolve --host-arch pdp11
t 2 - "unknown architecture 'pdp11'" resolve --host-arch pdp11 --capabilities "$caps" -p hw_architecture=s390x
sed 's,<arch>x86_64</arch>\(.*<model\),<arch>sw_64</arch>\1,; 0,/<arch>x86_64</s//<arch>sw_64</' "$caps" >"$dir/sw64.xml"
t 0 '^machine: *virt' '*' resolve --capabilities "$dir/sw64.xml" -p hw_architecture=aarch64
echo '{"host_arch":"pdp11","properties":{"hw_architecture":"s390x"}}' >"$dir/in"
j 0 '"machine":"s390-ccw-virtio"' - resolve -
: >"$dir/in"
for blank in '' ' ' "$(printf ' \t ')"; do
  t 0 '^source: *builtin$' '*' resolve --host-arch x86_64 -p "hw_machine_type=$blank"
  t 0 '^source: *config$' '*' resolve --host-arch x86_64 --default x86_64=q35 -p "hw_machine_type=$blank"
done
t 2 - 'hw_machine_type' resolve --host-arch x86_64 -p 'hw_machine_type= q35'
t 0 - - instance add 6f1d4b5e-0000-4000-8000-000000000002 --store "$store" --arch x86_64 --state stopped -p 'hw_machine_type= '
t 2 - 'No machine type given' update-machine-type 6f1d4b5e-0000-4000-8000-000000000002 --store "$store"

### Nova's refusals are on standard output, unless that is JSON
t 4 '^Cannot update machine type pc-q35-7.2 to pc.$' '^reason: ' update-machine-type "$uuid" pc --store "$store"
t 5 '^Machine type nonsense is not supported.$' '^reason: ' update-machine-type "$uuid" nonsense --store "$store"
j 4 '"verdict":"refused-family"' '^Cannot update machine type' update-machine-type "$uuid" pc --store "$store" --json
t 5 "^Invalid image property name hw_disk_buss. Did you mean 'hw_disk_bus'?\$" - image-property set "$uuid" -p hw_disk_buss=ide --store "$store"
t 4 '^--property should use the format key=value$' - image-property set "$uuid" -p hw_disk_bus --store "$store"
t 6 '^image property hw_disk_bus=ide: ' - image-property set "$uuid" -p hw_disk_bus=ide --store "$store"
t 3 - "^Image property hw_disk_buss not found for instance $uuid. Did you mean 'hw_disk_bus'?\$" \
  image-property show "$uuid" hw_disk_buss --store "$store"
t 0 - - instance set "$uuid" --store "$store" --state active
t 3 "^Instance $uuid in vm_state active. Cannot update" '^reason: ' update-machine-type "$uuid" pc-q35-8.0 --store "$store"

end_cases
