#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-records.sh MACHTYPE DATA
#
# The commands that record: Nova's exit statuses and messages (nova/cmd/manage.py, status.py), ours,
# and what must not happen. Numbers in brackets are defects of Nova that must not be ours
# (doc/where-the-documents-are-wrong.md lists them). Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-records.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
hosts=$2/hosts

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

store=$dir/records.db
next=$dir/next.db
MACHTYPE_CONF=
export MACHTYPE_CONF

# The same, to another store.
add_next() { # NUMBER OPTION...
  number=$1
  shift
  "$program" instance add "$(u "$number")" --store "$next" --arch x86_64 --state stopped "$@" \
    >"$dir/out" 2>"$dir/err" || tell 1 "instance add $number"
}

# An instance has this machine type ("-": none).
has() { # NUMBER TYPE
  "$program" get-machine-type "$(u "$1")" --store "$store" >"$dir/out" 2>"$dir/err"
  if [ "$2" = - ]; then [ ! -s "$dir/out" ]; else [ "$(cat "$dir/out")" = "$2" ]; fi
  tell $? "instance $1 has $2"
}

### Usage: 64 where 2 means "not found"
for command in get-machine-type update-machine-type list-unset-machine-type upgrade-check \
  'image-property show' 'image-property set'; do
  # shellcheck disable=SC2086
  t 0 "^  machtype $command \[OPTION" - $command --help
  # shellcheck disable=SC2086
  t 64 - 'nknown option' $command --frobnicate
done
t 64 - 'too few' get-machine-type
t 64 - 'too many' image-property show a b c
t 64 - 'too few' update-machine-type
t 64 - 'too few' image-property show "$(u 1)"
t 64 - 'nothing to set' image-property set "$(u 1)"
t 2 - 'unknown command' libvirt frobnicate

### A missing store
t 1 - 'No such file' get-machine-type "$(u 1)" --store "$store"
t 1 - 'No such file' update-machine-type "$(u 1)" pc --store "$store"
t 1 - 'No such file' image-property show "$(u 1)" hw_disk_bus --store "$store"
t 1 - 'No such file' image-property set "$(u 1)" -p hw_disk_bus=ide --store "$store"
t 3 - 'No such file' export --store "$store"
t 3 - 'No such file' history "$(u 1)" --store "$store"
[ ! -e "$store" ]
tell $? 'reading does not create a store'

### instance add, set, delete
t 0 - - instance add "$(u 1)" --store "$store" --name web --host h1 --cell c1 --arch x86_64 \
  --state 'shut off' --machine pc-q35-6.2 --property hw_disk_bus=sata
t 1 - 'already has a record' instance add "$(u 1)" --store "$store" --machine pc
t 2 - 'not a valid UUID' instance add "no uuid" --store "$store"
t 2 - 'not a valid UUID' instance add "'; DROP TABLE record; --" --store "$store"
t 2 - 'not a valid machine type name' instance add "$(u 2)" --store "$store" --machine 'q 35'
t 2 - 'not a valid instance state' instance add "$(u 2)" --store "$store" --state asleep
t 2 - 'unknown architecture' instance add "$(u 2)" --store "$store" --arch pdp11
t 2 - 'nvme' instance add "$(u 2)" --store "$store" --property hw_disk_bus=nvme
t 2 - 'NAME=VALUE' instance add "$(u 2)" --store "$store" --property hw_disk_bus
t 2 - 'control character' instance add "$(u 2)" --store "$store" --name "$(printf 'a\nb')"
t 2 - 'UTF-8\|byte sequence' instance add "$(u 2)" --store "$store" --name "$(printf 'a\377')"
t 2 - 'longer than 1024' instance add "$(u 2)" --store "$store" --name "$(printf '%02000d' 0)"
t 2 - 'not a valid UUID' instance add "$(u 2)" --store "$store" --host h --host-uuid x
t 0 - - instance add "$(u 2)" --store "$store" --name "O'Brien \"; -- <&>" --host "h'1" --cell 'c"1'
j 0 '"name":"web","host":"h1"' - get-machine-type "$(u 1)" --store "$store" --json
j 3 'O.Brien ..; -- <&>' 'No machine type registered' get-machine-type "$(u 2)" --store "$store" --json
t 0 - - instance set "$(u 2)" --store "$store" --state running --host h2 --name db
j 3 '"name":"db","host":"h2".*"state":"active"' '*' get-machine-type "$(u 2)" --store "$store" --json
t 0 - - instance set "$(u 2)" --store "$store" --host-uuid "$(u 88)"
j 3 "\"host\":\"h2\",\"host_uuid\":\"$(u 88)\"" '*' get-machine-type "$(u 2)" --store "$store" --json
t 0 - - instance set "$(u 2)" --store "$store" --host h3
j 3 '"host":"h3","cell"' '*' get-machine-type "$(u 2)" --store "$store" --json
t 1 - 'could not be found' instance set "$(u 9)" --store "$store" --state stopped
t 2 - 'nknown option' instance set "$(u 1)" --store "$store" --machine q35
t 0 - - instance delete "$(u 2)" --store "$store"
t 1 - 'could not be found' instance delete "$(u 2)" --store "$store"
t 1 - 'could not be found' history "$(u 2)" --store "$store"

### get-machine-type
t 0 '^pc-q35-6.2$' - get-machine-type "$(u 1)" --store "$store"
t 0 '^pc-q35-6.2$' - libvirt get_machine_type "$(u 1)" --store "$store"
t 0 '^pc-q35-6.2$' - get_machine_type 6F1D4B5E-0000-4000-8000-000000000001 --store "$store"
t 2 - 'Instance .* could not be found' get-machine-type "$(u 9)" --store "$store"
t 2 - "No instance is named 'none'" get-machine-type none --store "$store"
add 3 --state stopped
t 3 - "No machine type registered for instance $(u 3)" get-machine-type "$(u 3)" --store "$store"

### update-machine-type
t 0 "Updated instance $(u 1) machine type to pc-q35-7.2 (previously pc-q35-6.2)" '*' \
  libvirt update_machine_type "$(u 1)" pc-q35-7.2 --store "$store"
t 0 '(previously pc-q35-7.2)' - update-machine-type "$(u 1)" pc-q35-7.2 --store "$store"
t 4 '^Cannot update machine type pc-q35-7.2 to pc-q35-6.2.$' '*' \
  update-machine-type "$(u 1)" pc-q35-6.2 --store "$store"
t 4 'Cannot update machine type pc-q35-7.2 to q35.' '*' update-machine-type "$(u 1)" q35 --store "$store"
t 4 'Cannot update machine type pc-q35-7.2 to pc.' '*' update-machine-type "$(u 1)" pc --store "$store"
t 5 'Machine type nonsense is not supported.' '*' update-machine-type "$(u 1)" nonsense --store "$store"
t 5 'is not supported' '*' update-machine-type "$(u 1)" "$(printf 'q35\n\n.')" --store "$store"
t 5 'is not supported' '*' update-machine-type "$(u 1)" "$(printf 'q35\377')" --store "$store" --force
t 5 'is not supported' '*' update-machine-type "$(u 1)" '' --store "$store"
t 2 - 'could not be found' update-machine-type "$(u 9)" pc --store "$store"
t 2 - 'No machine type given' update-machine-type "$(u 1)" --store "$store"
has 1 pc-q35-7.2
t 0 '(previously None)' '*' update-machine-type "$(u 3)" pc-i440fx-7.2 --store "$store"
has 3 pc-i440fx-7.2
add 4 --state active --machine pc-q35-6.2
t 3 "^Instance $(u 4) in vm_state active. Cannot update machine type while" '*' \
  update-machine-type "$(u 4)" pc-q35-7.2 --store "$store"
t 0 'machine type to pc-q35-6.2' - update-machine-type "$(u 4)" pc-q35-6.2 --store "$store"
# [39] The warning that the specification requires.
t 0 'Updated' 'Forcing update of machine type.' update-machine-type "$(u 4)" pc-q35-7.2 --store "$store" --force
t 0 'Updated' "will likely break the guest ABI" update-machine-type "$(u 4)" pc --store "$store" --force
has 4 pc
# Each vm_state of Nova: three permit the update.
number=20
for state in active building paused suspended rescued resized soft-delete deleted error; do
  number=$((number + 1))
  add $number --state $state --machine pc-q35-6.2
  t 3 "vm_state $state" '*' update-machine-type "$(u "$number")" pc-q35-7.2 --store "$store"
done
for state in stopped shelved shelved_offloaded SHUTOFF; do
  number=$((number + 1))
  add $number --state $state --machine pc-q35-6.2
  t 0 'Updated' '*' update-machine-type "$(u "$number")" pc-q35-7.2 --store "$store"
done
add 34 --machine pc-q35-6.2
t 3 'vm_state None' '*' update-machine-type "$(u 34)" pc-q35-7.2 --store "$store"
# The stored property first, as the specification says for shelved instances.
add 35 --state shelved --property hw_machine_type=pc-q35-5.2
has 35 -
t 0 'machine type to pc-q35-5.2 (previously None)' '*' update-machine-type "$(u 35)" --store "$store"
has 35 pc-q35-5.2
# Pin: an alias is recorded as what it resolves to on the host [5]; follow: as it is.
add 36 --state stopped --arch x86_64
t 0 'machine type to pc-q35-7.2' '*' update-machine-type "$(u 36)" q35 --store "$store" --capabilities "$hosts/x86_64.xml"
has 36 pc-q35-7.2
add 37 --state stopped --arch x86_64
t 0 'machine type to q35' '*' update-machine-type "$(u 37)" q35 --store "$store" --capabilities "$hosts/x86_64.xml" --follow
has 37 q35
t 5 'not supported' '*' update-machine-type "$(u 36)" pc-q35-9.0 --store "$store" --capabilities "$hosts/x86_64.xml" --require-offered
j 5 '"verdict":"refused-not-offered"' '*' update-machine-type "$(u 36)" pc-q35-9.0 --json --store "$store" --capabilities "$hosts/x86_64.xml" --require-offered
j 0 '"verdict":"allowed"' '*' update-machine-type "$(u 36)" pc-q35-9.0 --json --store "$store"
t 64 - 'apply needs --connect' update-machine-type "$(u 36)" pc-q35-9.1 --store "$store" --apply
t 64 - 'mutually exclusive' update-machine-type "$(u 36)" pc-q35-9.1 --store "$store" --pin --follow
t 64 - 'cannot be combined' update-machine-type "$(u 36)" pc --store "$store" --connect x: --capabilities y
t 64 - 'unknown architecture' update-machine-type "$(u 36)" pc --store "$store" --host-arch bogus
t 64 - 'needs --capabilities' image-property set "$(u 36)" -p os_type=linux --store "$store" --domain-capabilities x
t 64 - 'between 1 and' update-machine-type "$(u 36)" pc-q35-9.1 --store "$store" --timeout 0

# [6] Families that Nova does not list cannot be changed.
# [7] A downgrade is one, even with a suffix or in three parts. [17] Names that Nova does not support.
# [18] Its IndexError. [19] Names that are malformed.
while read -r old new status; do
  number=$((number + 100))
  add $number --state stopped --machine "$old"
  t "$status" '*' '*' update-machine-type "$(u "$number")" "$new" --store "$store"
done <<'ROWS'
pseries-6.2 pc-q35-7.2 4
pseries-6.2 pseries-7.2 0
pseries-7.2 pseries-6.2 4
virt-rhel8.6.0 q35 4
pc-i440fx-jammy pc-q35-7.2 4
pc-i440fx-jammy pc-i440fx-focal 4
pc-i440fx-focal pc-i440fx-jammy 0
pc-q35-rhel8.6.0 pc-q35-rhel8.5.0 4
pc-q35-rhel9.2.0 pc-q35-rhel10.0.0 0
s390-ccw-virtio-rhel8.6.0 s390-ccw-virtio-rhel9.0.0 0
pc-q35-4.0.1 pc-q35-4.0 4
pc-q35-4.0.1 pc-q35-4.1 0
pc-q35-6.2 pc-q35 5
pc-1.3 pc-i440fx-2.0 0
pc-q35-6.2 pc-100 5
virt-6.1 virt-6.2rc1 5
pc-q35-2.9 pc-q35-2.10 0
ROWS

### list-unset-machine-type, upgrade-check
list=$dir/list.db
t 0 - - instance add "$(u 1)" --store "$list" --cell c1 --host h1 --state active
t 0 - - instance add "$(u 2)" --store "$list" --cell c2 --host h2 --state building
t 0 - - instance add "$(u 3)" --store "$list" --cell c2 --host h2 --state deleted
t 0 - - instance add "$(u 4)" --store "$list" --cell c2 --host h2 --state error --machine pc-i440fx-7.2
t 3 "^$(u 1)\$" - list-unset-machine-type --store "$list"
t 3 "^$(u 1)\$" - libvirt list_unset_machine_type --store "$list"
t 3 "^$(u 1)\$" - list-unset-machine-type --store "$list" --cell c1
# [15] One cell is one cell.
t 0 '^No instances found without hw_machine_type set.$' - list-unset-machine-type --store "$list" --cell-uuid c2
t 0 '^No instances found' - list-unset-machine-type --store "$list" --host h2
t 2 - '^Cell c3 has no mapping. Did you mean .c[12].?$' list-unset-machine-type --store "$list" --cell c3
t 2 - '^Host h3 has no instances. Did you mean .h[12].?$' list-unset-machine-type --store "$list" --host h3
t 255 - 'Host h3 has no instances' upgrade-check --store "$list" --host h3
t 1 '^| Result: Warning  *|$' - upgrade-check --store "$list"
# [39] The command that it names exists.
t 1 'list-unset-machine-type' - upgrade check --store "$list"
t 0 '^| Result: Success  *|$' - upgrade-check --store "$list" --cell c2
t 255 - 'Cell c3 has no mapping' upgrade-check --store "$list" --cell c3
j 1 '"result":"Warning"' - upgrade-check --store "$list" --json
t 0 - - instance delete "$(u 1)" --store "$list"
t 0 '^| Details: None  *|$' - upgrade-check --store "$list"
t 0 '^No instances' - list-unset-machine-type --store "$list"

### image-property
add 40 --state stopped --machine pc-q35-7.2 --arch x86_64 --property own=1
t 0 - - image-property set "$(u 40)" --store "$store" --property hw_disk_bus=sata -p hw_pmu=off
t 0 '^sata$' - image_property show "$(u 40)" hw_disk_bus --store "$store"
# [14] show answers.
t 0 '^pc-q35-7.2$' - image_property show "$(u 40)" hw_machine_type --store "$store"
t 3 - "^Image property hw_vif_model not found for instance $(u 40)" image-property show "$(u 40)" hw_vif_model --store "$store"
t 2 - 'could not be found' image-property show "$(u 9)" hw_disk_bus --store "$store"
t 2 - 'could not be found' image-property set "$(u 9)" --property hw_disk_bus=ide --store "$store"
t 3 'in vm_state active. Cannot image_property set (must be STOPPED' - \
  image-property set "$(u 21)" --property hw_disk_bus=ide --store "$store"
t 4 '^--property should use the format key=value$' - image-property set "$(u 40)" --property hw_disk_bus --store "$store"
t 4 'key=value' - image-property set "$(u 40)" --property =ide --store "$store"
t 5 "^Invalid image property name hw_disk_buss. Did you mean 'hw_disk_bus'?\$" - image-property set "$(u 40)" --property hw_disk_buss=ide --store "$store"
t 5 'Invalid image property name' - image-property set "$(u 40)" --property "$(printf 'hw\n')=1" --store "$store"
# [25] No way around the update; split at the first "=" only; an invalid boolean; it can be unset.
t 5 'update-machine-type' - image-property set "$(u 40)" --property hw_machine_type=pc --store "$store"
has 40 pc-q35-7.2
t 0 - - image-property set "$(u 40)" --property os_command_line=a=b=c --store "$store"
t 0 '^a=b=c$' - image-property show "$(u 40)" os_command_line --store "$store"
t 6 'hw_pmu' - image-property set "$(u 40)" --property hw_pmu=maybe --store "$store"
t 6 'nvme' - image-property set "$(u 40)" --property hw_disk_bus=nvme --store "$store"
t 6 'whole number' - image-property set "$(u 40)" --property hw_video_ram=64.5 --store "$store"
t 0 - - image-property set "$(u 40)" --unset hw_pmu --store "$store"
t 3 - 'not found' image-property show "$(u 40)" hw_pmu --store "$store"
# All or nothing.
t 6 'nvme' - image-property set "$(u 40)" -p hw_vif_model=e1000 -p hw_cdrom_bus=nvme --store "$store"
t 3 - 'not found' image-property show "$(u 40)" hw_vif_model --store "$store"
# What the recorded machine type does not support [34].
t 6 'hw_disk_bus=ide: x86_64 guests on pc-q35-7.2 cannot have disk bus ide' - \
  image-property set "$(u 40)" -p hw_disk_bus=ide --store "$store" --capabilities "$hosts/x86_64.xml"
t 0 - - image-property set "$(u 40)" -p hw_disk_bus=virtio --store "$store" --capabilities "$hosts/x86_64.xml"
big=$(head -c 70000 /dev/zero | tr '\0' x)
t 6 'longer than' - image-property set "$(u 40)" -p "os_command_line=$big" --store "$store"

### history, undo
t 0 '^1	[0-9T:Z-]*	add (operator)	-	pc-q35-7.2	.* (uid [0-9]*)$' - history "$(u 40)" --store "$store"
t 0 'properties	pc-q35-7.2	pc-q35-7.2	.* (uid [0-9]*)$' - history "$(u 40)" --store "$store"
j 0 '"action":"properties"' - history "$(u 40)" --store "$store" --json
j 0 '"action":"add".*"author":".* (uid [0-9]*)"' - history "$(u 40)" --store "$store" --json
t 0 'update (forced)	pc-q35-7.2	pc' - history "$(u 4)" --store "$store"
t 1 - 'is active' undo "$(u 4)" --store "$store"
t 0 'machine type is pc-q35-7.2 (previously pc)' '^effect: board' undo "$(u 4)" --store "$store" --force
has 4 pc-q35-7.2
t 0 'machine type is pc-q35-6.2' '^effect: version: since 7.2 (reverted)' undo "$(u 4)" --store "$store" --force
t 1 - 'no change to undo' undo "$(u 4)" --store "$store" --force
t 1 - 'could not be found' undo "$(u 9)" --store "$store"
t 2 - 'between 1 and' undo "$(u 4)" --store "$store" --apply --connect test:///default --timeout -1
t 2 - 'cannot be combined with --capabilities' undo "$(u 4)" --store "$store" --apply --connect test:///default --capabilities x
t 2 - 'apply needs --connect' undo "$(u 4)" --store "$store" --apply

### resolve and domain-xml with a record: every operation but rebuild keeps it [1] [2] [3]
add 50 --state stopped --machine pc-i440fx-6.2 --arch x86_64 --property hw_disk_bus=ide
for operation in spawn hard-reboot resize revert-resize cold-migrate live-migrate evacuate rescue \
  unrescue shelve unshelve; do
  t 0 'pc-i440fx-6.2' - resolve --store "$store" --instance "$(u 50)" --operation $operation \
    --host-arch x86_64 --default x86_64=q35 --property hw_disk_bus=virtio
done
t 0 '^machine: *q35$' '*' resolve --store "$store" --instance "$(u 50)" --operation rebuild --host-arch x86_64 --default x86_64=q35
has 50 pc-i440fx-6.2
t 0 "<uuid>$(u 50)</uuid>" - domain-xml --store "$store" --instance "$(u 50)" --operation rescue \
  --host-arch x86_64 --property hw_disk_bus=virtio --disk /x.qcow2
fits "machine='pc-i440fx-6.2'" "$dir/out" && fits "bus='ide'" "$dir/out"
tell $? 'a rescue keeps machine and disk bus'
t 1 - 'could not be found' resolve --store "$store" --instance "$(u 51)" --operation resize --host-arch x86_64
t 2 - 'not a valid operation' resolve --store "$store" --instance "$(u 50)" --operation migrate --host-arch x86_64
t 2 - 'recorded cannot be combined with --instance' resolve --store "$store" --instance "$(u 50)" --recorded pc --host-arch x86_64
t 2 - 'need --instance' resolve --operation resize --host-arch x86_64
# A first start records for life; a rebuild starts a new record.
t 0 '^machine: *pc$' 'has no record' resolve --store "$store" --instance "$(u 51)" --host-arch x86_64
t 2 - 'could not be found' get-machine-type "$(u 51)" --store "$store"
t 0 'machine=.pc-q35-7.2' '*' domain-xml --store "$store" --instance "$(u 51)" --record --domain-type qemu \
  --property hw_machine_type=q35 --capabilities "$hosts/x86_64.xml"
has 51 pc-q35-7.2
t 0 '^usbtablet$' - image-property show "$(u 51)" hw_pointer_model --store "$store"
t 0 'pc-q35-7.2' '*' domain-xml --store "$store" --instance "$(u 51)" --record --host-arch x86_64 --default x86_64=pc
# The image of an operation is not recorded [2].
t 2 - 'rescue records nothing' domain-xml --store "$store" --instance "$(u 51)" --operation rescue --record \
  --host-arch x86_64 -p hw_firmware_type=uefi -p hw_machine_type=pc
t 3 - 'not found' image-property show "$(u 51)" hw_firmware_type --store "$store"
has 51 pc-q35-7.2
t 0 'machine=.pc-i440fx-7.2' '*' domain-xml --store "$store" --instance "$(u 51)" --operation rebuild --record \
  --domain-type qemu --capabilities "$hosts/x86_64.xml"
has 51 pc-i440fx-7.2
t 0 'rebuild	pc-q35-7.2	pc-i440fx-7.2' - history "$(u 51)" --store "$store"

### export and import
t 0 '*' - export --store "$store"
cp "$dir/out" "$dir/export"
python3 - "$dir/export" <<'PYTHON' 2>"$dir/err"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]
assert len(lines) > 30 and all(line['format'] == 2 for line in lines)
assert [line['uuid'] for line in lines] == sorted(line['uuid'] for line in lines)
PYTHON
tell $? 'an export is JSON, by UUID'
t 0 - ' recorded, 0 filled, 0 refreshed, 0 unchanged, 0 bad$' import "$dir/export" --store "$dir/copy.db"
t 0 - ' 0 recorded, 0 filled, 0 refreshed, .* unchanged, 0 bad$' import "$dir/export" --store "$dir/copy.db"
"$program" export --store "$dir/copy.db" | sed 's/"revision":[0-9]*/"revision":1/' >"$dir/out"
sed 's/"revision":[0-9]*/"revision":1/' "$dir/export" >"$dir/expected"
same 'what was imported is what was exported'
cat >"$dir/in" <<LINES
{"uuid":"$(u 60)","machine":"pc-q35-6.2","state":"ACTIVE","arch":"AMD64","properties":{"hw_disk_bus":"ide"}}
{"uuid":"no uuid"}
{"machine":"pc"}
not JSON
[]
{"uuid":"$(u 61)","machin":"pc"}
{"uuid":"$(u 61)","machine":5}
{"uuid":"$(u 61)","properties":{"hw_disk_bus":5}}
{"uuid":"$(u 61)","properties":[]}
{"uuid":"$(u 61)","recorded_at":-1}
{"uuid":"$(u 61)","name":"a\nb"}
{"uuid":"$(u 61)","source":"magic"}
{"uuid":"$(u 40)","machine":"virt-7.2"}

{"uuid":"$(u 62)"}
LINES
printf '{"uuid":"%s","name":"\377"}\n' "$(u 63)" >>"$dir/in"
printf '{"uuid":"%s","name":"a\\\\\\u0000b"}\n{"uuid":"%s","name":"a\\\\u0000b"}\n' "$(u 64)" "$(u 65)" >>"$dir/in"
head -c 100000 /dev/zero | tr '\0' '[' >>"$dir/in"
t 1 - '; nothing was written$' import - --store "$store"
fits '^line 13: .* has machine type pc-q35-7.2 recorded, not virt-7.2$' "$dir/err"
tell $? 'a contradiction is reported with its line'
cut -d : -f 1 <"$dir/err" | grep -c '^line [0-9]*$' >"$dir/out"
echo 15 >"$dir/expected"
same 'fifteen bad lines, by number'
t 2 - 'could not be found' get-machine-type "$(u 60)" --store "$store"
t 1 - '19 lines: 3 recorded, .* 15 bad$' import - --skip-bad --store "$store"
has 60 pc-q35-6.2
has 40 pc-q35-7.2
j 0 '"arch":"x86_64","state":"active".*"source":"import"' - get-machine-type "$(u 60)" --json --store "$store"
: >"$dir/empty-file.db"
t 0 '^would be recorded' ' 1 would be recorded, .* nothing was written' \
  record --dry-run --connect test:///default --store "$dir/new.db"
[ ! -e "$dir/new.db" ]
tell $? 'a dry run makes no store'
t 0 - '; nothing was written$' import "$dir/export" --dry-run --store "$dir/dry.db"
t 3 - 'No such file' import /nonexistent --store "$store"
# A line is one object without duplicate members.
cat >"$dir/in" <<LINES
{"uuid":"$(u 70)"}{"uuid":"$(u 71)"}
{"uuid":"$(u 70)","machine":"pc","machine":"q35"}
{"uuid":"$(u 70)","properties":{"own":"1","own":"2"}}
{"uuid":"$(u 70)","seen_at":0x10}
{'uuid':'$(u 70)'}
{"uuid":"$(u 70)"} // nothing
{"uuid":"$(u 70)",}
[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
LINES
head -c 6000000 /dev/zero | tr '\0' '[' >>"$dir/in"
t 1 - '^9 lines: 0 recorded, .* 9 bad; nothing was written$' import - --store "$dir/odd.db"
# An old export changes no existing record, and nothing is half written.
t 0 - - instance set "$(u 40)" --store "$store" --state stopped --host hB --name new
t 0 - ' 0 refreshed, ' import "$dir/export" --skip-bad --store "$dir/copy.db"
"$program" import "$dir/export" --skip-bad --store "$store" >"$dir/out" 2>"$dir/err"
j 0 '"name":"new","host":"hB"' - get-machine-type "$(u 40)" --json --store "$store"
echo '{"uuid":"'"$(u 40)"'","machine":"pc-i440fx-8.0","host":"EVIL","properties":{"hw_firmware_type":"uefi"}}' >"$dir/in"
t 1 - ' 1 bad$' import - --skip-bad --store "$store"
j 0 '"host":"hB"' - get-machine-type "$(u 40)" --json --store "$store"
t 3 - 'not found' image-property show "$(u 40)" hw_firmware_type --store "$store"
# Every export can be imported, whatever is in it.
python3 - "$(u 72)" >"$dir/in" <<'PYTHON'
import json, sys
print(json.dumps({'uuid': sys.argv[1], 'name': 'a"b\\c', 'properties': {
    'own': '[{' * 3000, 'a=b\\': '\\n\n=', 'empty': '', 'big': '\1' * 60000,
    'escapes': '\\u0000 \u2028 \x85'}}))
PYTHON
t 0 - ' 1 recorded' import - --store "$dir/odd.db"
"$program" export --store "$dir/odd.db" >"$dir/export1"
t 0 - ' 1 recorded' import "$dir/export1" --store "$dir/odd2.db"
"$program" export --store "$dir/odd2.db" >"$dir/out"
cp "$dir/export1" "$dir/expected"
same 'odd properties come over'
# [26] An empty machine type counts as unset in every command.
echo '{"uuid":"'"$(u 66)"'","machine":"","state":"stopped","properties":{"hw_machine_type":""}}' >"$dir/in"
t 0 - ' 1 recorded' import - --store "$dir/empty.db"
t 3 - 'No machine type registered' get-machine-type "$(u 66)" --store "$dir/empty.db"
t 3 "^$(u 66)\$" - list-unset-machine-type --store "$dir/empty.db"
t 0 '^source: *builtin$' '*' resolve --store "$dir/empty.db" --instance "$(u 66)" --operation resize --host-arch x86_64
t 2 - 'No machine type given' update-machine-type "$(u 66)" --store "$dir/empty.db"
# [16] A value that this release does not know is kept, and does not hide the instance. No guest is
# made without what it requests, and it does not stop other properties from being set.
printf '{"uuid":"%s","arch":"x86_64","state":"stopped","properties":{"hw_pmu":"perhaps","hw_disk_buss":"ide"}}\n{"uuid":"%s"}\n' \
  "$(u 67)" "$(u 68)" >"$dir/in"
t 0 - "^line 1: warning: .*hw_pmu.*'perhaps'.*; the value is kept\$" import - --store "$dir/kept.db"
t 0 - "^line 1: warning: hw_disk_buss is not a known image property; did you mean 'hw_disk_bus'?\$" \
  import - --dry-run --store "$dir/kept.db"
t 3 "^$(u 67)\$" - list-unset-machine-type --store "$dir/kept.db"
t 3 "^$(u 68)\$" - list-unset-machine-type --store "$dir/kept.db"
t 0 '^perhaps$' '*' image-property show "$(u 67)" hw_pmu --store "$dir/kept.db"
t 0 '"hw_pmu":"perhaps"' - export --store "$dir/kept.db"
t 1 - 'image property hw_pmu=perhaps: this release of libmachtype does not know the value' \
  domain-xml --store "$dir/kept.db" --instance "$(u 67)" --operation hard-reboot --host-arch x86_64
t 0 '^Updated ' 'hw_pmu=perhaps' update-machine-type "$(u 67)" q35 --store "$dir/kept.db"
t 0 - '*' image-property set "$(u 67)" --property hw_disk_bus=sata --store "$dir/kept.db"
t 6 'hw_pmu' - image-property set "$(u 67)" --property hw_pmu=maybe --store "$dir/kept.db"
t 0 '^perhaps$' '*' image-property show "$(u 67)" hw_pmu --store "$dir/kept.db"
t 0 - '*' image-property set "$(u 67)" --property hw_pmu=true --store "$dir/kept.db"
t 0 '<domain' '*' \
  domain-xml --store "$dir/kept.db" --instance "$(u 67)" --operation hard-reboot --host-arch x86_64
# What decides the machine is never replaced by a default.
printf '{"uuid":"%s","properties":{"hw_architecture":"later"}}\n' "$(u 69)" >"$dir/in"
t 0 - "^line 1: warning: .*hw_architecture.*'later'" import - --store "$dir/kept.db"
t 2 - "hw_architecture.*'later'" \
  resolve --store "$dir/kept.db" --instance "$(u 69)" --operation resize --host-arch x86_64
: >"$dir/in"

### Whether the store is whole, and what is in it
t 0 - 'is whole$' store check --store "$store"
t 0 '^table version' - store info --store "$store"
t 0 "^path  *$store\$" - store info --store "$store"
t 3 - 'No such file' store check --store "$dir/nowhere.db"
t 3 - 'No such file' store info --store "$dir/nowhere.db"
t 2 - 'too many arguments' store info more --store "$store"
# Read-only, and nothing is changed.
cp "$store" "$dir/whole.db"
chmod 0444 "$dir/whole.db"
cksum <"$dir/whole.db" >"$dir/expected"
t 0 - 'is whole$' store check --store "$dir/whole.db"
t 0 '^records' - store info --store "$dir/whole.db"
cksum <"$dir/whole.db" >"$dir/out"
same 'the checked store is unchanged'
# Damage: bytes, a row that was deleted behind the library, half a file.
if command -v sqlite3 >/dev/null; then
  cp "$dir/whole.db" "$dir/damaged.db"
  chmod 0600 "$dir/damaged.db"
  sqlite3 "$dir/damaged.db" "DELETE FROM record WHERE uuid = x'$(u 40 | tr -d -)'"
  t 1 "^warning	orphan	$(u 40)	" 'has 1 finding$' store check --store "$dir/damaged.db"
  j 1 '"clean":false,"findings":\[{"code":"orphan"' - store check --json --store "$dir/damaged.db"
  # The remedy is a command.
  "$program" export --store "$dir/damaged.db" >"$dir/rows"
  "$program" import --store "$dir/mended.db" "$dir/rows"
  t 0 - 'is whole$' store check --store "$dir/mended.db"
fi
head -c 6000 "$dir/whole.db" >"$dir/half.db"
t 3 - 'half.db.*malformed' store check --store "$dir/half.db"
printf 'not a database, not a database, not a database, not a database, not a database, not a' \
  >"$dir/text.db"
t 3 - 'text.db' store check --store "$dir/text.db"

### A backup, and the store from it
"$program" export --store "$store" >"$dir/expected"
"$program" history "$(u 40)" --store "$store" >"$dir/history"
t 0 "^The backup is complete: $dir/backup.db\$" - store backup "$dir/backup.db" --store "$store"
t 1 - 'backup.db already exists' store backup "$dir/backup.db" --store "$store"
t 1 - 'records.db already exists' store backup "$store" --store "$store"
ln -s "$dir/nowhere.db" "$dir/link.db"
t 1 - 'link.db already exists' store backup "$dir/link.db" --store "$store"
t 3 - 'nowhere/backup.db: No such file' store backup "$dir/nowhere/backup.db" --store "$store"
t 3 - 'No such file' store backup "$dir/other.db" --store "$dir/nowhere.db"
t 2 - "few arguments" store backup --store "$store"
t 0 '*' '*' export --store "$dir/backup.db"
same 'the backup has every record'
"$program" instance delete "$(u 40)" --store "$store"
rm -f "$store-wal" "$store-shm"
cp "$dir/backup.db" "$store"
t 0 '*' '*' export --store "$store"
same 'the store is as it was'
t 0 '*' '*' history "$(u 40)" --store "$store"
cp "$dir/history" "$dir/expected"
same 'and so are the histories'

### machtype.conf
cat >"$dir/conf" <<CONF
[machtype]
store = $store
pin = false
defaults = x86_64=q35; aarch64=virt-6.2
CONF
MACHTYPE_CONF=$dir/conf
t 0 '^pc-q35-7.2$' - get-machine-type "$(u 40)"
t 0 '^machine: *q35$' '*' resolve --host-arch x86_64
t 0 '"record":"q35"' '*' resolve --json --capabilities "$hosts/x86_64.xml"
t 0 '"record":"pc-q35-7.2"' '*' resolve --json --pin --capabilities "$hosts/x86_64.xml"
t 0 '^machine: *pc-q35-5.2$' '*' resolve --host-arch x86_64 --default x86_64=pc-q35-5.2
echo 'colour = blue' >>"$dir/conf"
t 0 '*' "conf:5: unknown key 'colour'" resolve --host-arch x86_64
echo 'pin = perhaps' >"$dir/conf"
t 2 - 'machtype\|group' resolve --host-arch x86_64
printf '[machtype]\npin = perhaps\n' >"$dir/conf"
t 0 '*' 'conf:2: pin must be true or false' resolve --host-arch x86_64
rm "$dir/conf"
t 2 - 'No such file' resolve --host-arch x86_64

# Which files are trusted: mode, owner, status and message. Only root can change the owner.
while read -r mode owner status words; do
  [ "$owner" = 0 ] || [ "$(id -u)" = 0 ] || continue
  printf '[machtype]\ndefaults = x86_64=pc-q35-4.2\n' >"$dir/conf"
  chmod "$mode" "$dir/conf"
  [ "$(id -u)" != 0 ] || chown "$owner" "$dir/conf"
  if [ "$status" = 0 ]; then
    t 0 '^machine: *pc-q35-4.2$' '*' resolve --host-arch x86_64
  else
    t "$status" - "$words" resolve --host-arch x86_64
    t "$status" - "$words" export
  fi
done <<'ROWS'
0600 0 0
0644 0 0
0664 0 0
0666 0 2 world-writable.*0666.*chmod o-w
0602 0 2 world-writable.*0602.*chmod o-w
0600 65534 2 owned by user 65534 instead of root.*chown 0
0644 65534 2 owned by user 65534 instead of root.*chown 0
ROWS
rm -f "$dir/conf"
: >"$dir/conf"
t 0 '^machine: *pc$' '*' resolve --host-arch x86_64
MACHTYPE_CONF=$dir
t 2 - 'not a regular file' resolve --host-arch x86_64
MACHTYPE_CONF=/dev/null
t 2 - 'not a regular file' resolve --host-arch x86_64
MACHTYPE_CONF=

### A store of another user
while read -r mode owner words; do
  [ "$owner" = 0 ] || [ "$(id -u)" = 0 ] || continue
  "$program" export --store "$store" >"$dir/all"
  rm -f "$dir/trust.db"
  "$program" import --store "$dir/trust.db" "$dir/all" >/dev/null
  chmod "$mode" "$dir/trust.db"
  [ "$(id -u)" != 0 ] || chown "$owner" "$dir/trust.db"
  t 3 - "$words" export --store "$dir/trust.db"
  t 3 - "$words" instance set "$(u 40)" --state stopped --store "$dir/trust.db"
done <<'ROWS'
0666 0 writable by all users .*0666.*chmod o-w
0600 65534 owned by user 65534.*root.*chown 0
ROWS
rm -f "$dir/trust.db"

### A full disk is an error
for command in "get-machine-type $(u 40)" list-unset-machine-type "image-property show $(u 40) os_command_line"; do
  # shellcheck disable=SC2086
  "$program" $command --store "$store" >/dev/full 2>"$dir/err"
  [ $? -eq 1 ]
  tell $? "$command to a full disk"
done
"$program" upgrade-check --store "$store" >/dev/full 2>"$dir/err"
[ $? -eq 255 ]
tell $? 'upgrade-check to a full disk'

### Machine types without domain XML
add 73 --state stopped --machine raspi3b --arch aarch64
t 0 - 'is not known' image-property set "$(u 73)" -p os_type=linux --store "$store" --host-arch x86_64

### What the new machine type does not support
add 74 --state stopped --machine pc-i440fx-7.1 --arch x86_64 --property hw_disk_bus=ide
t 0 'Updated instance' 'warning: image property hw_disk_bus=ide: x86_64 guests on pc-q35-7.2 .*possible: virtio' \
  update-machine-type "$(u 74)" pc-q35-7.2 --force --store "$store"
j 0 '"incompatible":\[\]' '*' update-machine-type "$(u 74)" pc-i440fx-7.2 --force --json --store "$store"
add 75 --state stopped --machine s390-ccw-virtio-7.2 --arch s390x
t 6 'hw_tpm_version=2.0: s390x' - image-property set "$(u 75)" -p hw_tpm_version=2.0 --store "$store"
t 0 - - image-property set "$(u 75)" -p hw_locked_memory=yes -p hw_video_ram=64 -p hw_mem_page_size=large --store "$store"
t 6 'MemoryPageSizeInvalid' - image-property set "$(u 75)" -p hw_mem_page_size=huge --store "$store"

# What domain-xml does not write, the machine may support.
add 89 --state stopped --machine pc-q35-7.2 --arch x86_64
for property in hw_numa_nodes=2 hw_cpu_policy=dedicated hw_cpu_thread_policy=require \
  hw_pci_numa_affinity_policy=preferred hw_mem_encryption_model=amd-sev-es hw_ephemeral_encryption=yes hw_vm_mode=xen \
  hw_maxphysaddr_mode=emulate; do
  t 0 - - image-property set "$(u 89)" -p $property --store "$store"
done
t 6 'needs libvirt 9.6; name a host' - image-property set "$(u 89)" -p hw_sound_model=pcspk --store "$store"

# One property after the other.
add 78 --state stopped --machine pc-q35-6.2 --arch x86_64 --property hw_video_model=gop --property hw_disk_bus=ide
t 0 - 'warning: .*hw_disk_bus=ide' image-property set "$(u 78)" --unset hw_video_model --store "$store"
t 6 '^image property hw_cdrom_bus=ide' '^warning: .*hw_disk_bus=ide' image-property set "$(u 78)" -p hw_cdrom_bus=ide --store "$store"
t 0 - - image-property set "$(u 78)" --unset hw_disk_bus --store "$store"

### The type of the image that is kept, if none is recorded
add 84 --state shelved_offloaded --arch x86_64 --property hw_machine_type=pc-q35-6.2
t 4 'Cannot update machine type pc-q35-6.2 to pc-i440fx-7.2' '*' update-machine-type "$(u 84)" pc-i440fx-7.2 --store "$store"
t 4 'Cannot update machine type pc-q35-6.2 to pc-q35-5.2' '*' update-machine-type "$(u 84)" pc-q35-5.2 --store "$store"
t 0 'to pc-q35-7.2 (previously None)' '*' update-machine-type "$(u 84)" pc-q35-7.2 --store "$store"
add 85 --state shelved_offloaded --arch x86_64 --property hw_machine_type=pc-q35-6.2
t 0 'to pc-i440fx-7.2 (previously None)' 'Forcing update' update-machine-type "$(u 85)" pc-i440fx-7.2 --force --store "$store"
add 86 --state shelved_offloaded --arch x86_64 --property hw_machine_type=pc-q35-6.2
t 0 'to pc-q35-6.2 (previously None)' '*' update-machine-type "$(u 86)" --store "$store"
add 87 --state active --arch x86_64 --property hw_machine_type=pc-q35-6.2
t 3 'in vm_state active' '*' update-machine-type "$(u 87)" pc-q35-7.2 --store "$store"
add 88 --state stopped --arch x86_64 --property 'hw_machine_type= '
t 0 'previously None' '*' update-machine-type "$(u 88)" pc-q35-7.2 --store "$store"

### An image's own word for its architecture, under its old name
echo "{\"uuid\":\"$(u 90)\",\"state\":\"stopped\",\"properties\":{\"architecture\":\"aarch64\"}}" >"$dir/old.jsonl"
t 0 - '1 recorded' import --store "$dir/old.db" "$dir/old.jsonl"
t 0 '"arch":"aarch64".*"hw_architecture":"aarch64"' - export --store "$dir/old.db"
echo "{\"uuid\":\"$(u 91)\",\"arch\":\"x86_64\",\"properties\":{\"architecture\":\"aarch64\"}}" >"$dir/old.jsonl"
t 0 - '1 recorded' import --store "$dir/old.db" "$dir/old.jsonl"
t 0 '"arch":"x86_64".*"hw_architecture":"aarch64"' - export --store "$dir/old.db"
t 5 "Did you mean 'hw_architecture'" - image-property set "$(u 90)" -p architecture=x86_64 --store "$dir/old.db"

### The next host
add_next 76 --machine pc-q35-7.2 --property hw_video_model=qxl
t 0 'Success' - upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
t 2 'Failure' 'qxl.*domain capabilities' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml" \
  --domain-capabilities "$hosts/domcaps-q35.xml"
j 2 '"subject":"hw_video_model"' '*' upgrade-check --json --store "$next" --capabilities "$hosts/x86_64.xml" \
  --domain-capabilities "$hosts/domcaps-q35.xml"
t 2 '*' 'possible: virtio' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml" \
  --domain-capabilities "$hosts/domcaps-q35.xml"
add_next 81 --machine pc-q35-7.2 --name boxed --property hw_disk_bus=ide
t 2 'Failure' '81 (boxed): image property hw_disk_bus=ide: .* on pc-q35-7.2 .*; possible: virtio' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
"$program" instance delete "$(u 81)" --store "$next" >/dev/null
add_next 82 --machine q35 --name al
t 1 'aliases and deprecated machine types.*' '82 (al): the recorded machine type q35 is an alias.*update-machine-type [^ ]*82 TYPE --pin' \
  upgrade-check --store "$next"
t 1 '1 instance is recorded' 'on this host it is pc-q35-7.2' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
j 1 '"instances":\[{"uuid":"[^"]*82","name":"al","recorded":"q35","incompatible":\[{.*"code":"machine-alias"' '*' upgrade-check --json --store "$next"
"$program" instance delete "$(u 82)" --store "$next" >/dev/null
add_next 83 --machine pc-i440fx-1.7 --name old
t 1 'Warning' '83 (old): .* deprecated on this host: pc-i440fx-1.7.*update-machine-type [^ ]*83 pc-i440fx-7.2' \
  upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
t 0 'Success' - upgrade-check --store "$next"
"$program" instance delete "$(u 83)" --store "$next" >/dev/null
add_next 79 --machine pc-q35-7.2 --property hw_serial_port_count=9
t 2 'Failure' 'SerialPortNumberLimitExceeded' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
"$program" instance delete "$(u 79)" --store "$next" >/dev/null
"$program" instance add "$(u 80)" --store "$next" --machine pc-q35-99.9 >/dev/null
t 1 'Warning' '80: machine type pc-q35-99.9 is not checked: .*not recorded; .*machtype record' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
add_next 77 --machine pc-q35-2.4 --name web
t 2 '1 instance' '77 (web): .* machine type pc-q35-2.4: .*; update it with .*-type [^ ]*77 pc-q35-7.2' upgrade-check --store "$next" --capabilities "$hosts/x86_64.xml"
j 2 '77","name":"web","recorded":"pc-q35-2.4","problem":"the host [^"]*","remedy":"update [^"]*","incompatible":\[\]' '*' \
  upgrade-check --json --store "$next" --capabilities "$hosts/x86_64.xml"
j 2 '"problem":"machine type pc-q35-99.9 is not checked: [^"]*","remedy":"record it [^"]*","incompatible":\[\]' '*' \
  upgrade-check --json --store "$next" --capabilities "$hosts/x86_64.xml"

### Invalid stores
ln -s "$store" "$dir/link.db"
t 1 - 'symbolic link' get-machine-type "$(u 40)" --store "$dir/link.db"
echo 'no database' >"$dir/text.db"
t 1 - 'not a database' get-machine-type "$(u 40)" --store "$dir/text.db"
t 3 - 'not a database' instance add "$(u 70)" --store "$dir/text.db"
head -c 5000 "$store" >"$dir/cut.db"
t 1 - 'malformed\|not a database\|damaged' get-machine-type "$(u 40)" --store "$dir/cut.db"
t 3 - 'regular file' export --store /dev/null

### A user without an entry, as in containers
if unshare --user --map-user=12345 true 2>/dev/null; then
  known=$program
  printf '#!/bin/sh\nexec unshare --user --map-user=12345 "%s" "$@"\n' "$(realpath "$known")" \
    >"$dir/as-unknown"
  chmod 755 "$dir/as-unknown"
  program=$dir/as-unknown
  t 0 - - image-property set "$(u 40)" -p os_command_line=quiet --store "$store"
  program=$known
  t 0 '	unknown (uid 12345)$' - history "$(u 40)" --store "$store"
fi

# One line, by the program alone, which names the host once.
t 3 - '^machtype: opening nonsense:///: ' record --connect nonsense:/// --store "$store"
[ "$(wc -l <"$dir/err")" -eq 1 ] || false
tell $? 'record: one line of a host that cannot be opened'
t 3 - '^machtype: opening nonsense:///: ' host --connect nonsense:///
[ "$(wc -l <"$dir/err")" -eq 1 ] || false
tell $? 'host: one line of a host that cannot be opened'

end_cases
