#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-guests.sh MACHTYPE DATA
#
# Which guests a command is about: by UUID, by name, and by what is known of them. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-guests.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

store=$dir/records.db
MACHTYPE_CONF=
export MACHTYPE_CONF

### A name stands for its UUID, in each command, and prints the same
add 1 --name web --host h1 --arch x86_64 --state stopped --machine pc-q35-6.2 -p hw_disk_bus=sata
add 2 --name db --host h1 --arch x86_64 --state stopped --machine pc-q35-6.2
add 3 --name twin --host h1 --arch x86_64 --state stopped --machine pc-q35-6.2
add 4 --name twin --host h2 --arch x86_64 --state stopped --machine pc-q35-7.2
add 5 --name "$(u 1)" --arch x86_64 --state stopped --machine pc-q35-7.0
add 6 --name 'a*b' --arch x86_64 --state stopped --machine pc-q35-7.1
add 7 --name axb --arch x86_64 --state stopped --machine pc-q35-7.2
t 0 '^pc-q35-6.2$' - get-machine-type web --store "$store"
t 0 '^pc-q35-6.2$' - libvirt get_machine_type web --store "$store"
t 0 'pc-q35-6.2' - history web --store "$store"
t 0 '^sata$' - image-property show web hw_disk_bus --store "$store"
t 0 - - image-property set web -p hw_disk_bus=virtio --store "$store"
t 0 '^virtio$' - image-property show "$(u 1)" hw_disk_bus --store "$store"
t 0 "^Updated instance $(u 1) machine type to pc-q35-7.0" '*' \
  update-machine-type web pc-q35-7.0 --store "$store"
t 0 "^Undid the last change of instance $(u 1): machine type is pc-q35-6.2" '^effect' undo web --store "$store"
t 0 - - instance set web --state shelved --store "$store"
j 0 "\"uuid\":\"$(u 1)\".*\"state\":\"shelved\"" - get-machine-type web --store "$store" --json
t 0 'pc-q35-6.2' '*' resolve --instance web --host-arch x86_64 --store "$store"
t 0 "$(u 1)" '*' domain-xml --instance web --host-arch x86_64 --memory 512 --store "$store"

### A text that is a UUID is never a name, and no name is a pattern
t 0 '^pc-q35-6.2$' - get-machine-type "$(u 1)" --store "$store"
t 2 - "Instance $(u 9) could not be found" get-machine-type "$(u 9)" --store "$store"
t 0 '^pc-q35-7.1$' - get-machine-type 'a*b' --store "$store"
t 2 - "No instance is named 'we?'" get-machine-type 'we?' --store "$store"
t 2 - "No instance is named 'Web'; did you mean 'web'?" get-machine-type Web --store "$store"
t 2 - "No instance is named 'O.Brien; --'\$" get-machine-type "O'Brien; --" --store "$store"
t 2 - 'the name of the instance is empty' get-machine-type '' --store "$store"
t 2 - "No instance is named '00000" get-machine-type "$(printf '%02000d' 0)" --store "$store"

### A name of several: they are listed, nothing is done, and the status is that of "not found"
twins="2 instances are named 'twin': $(u 3) on h1, $(u 4) on h2; name one by its UUID"
t 2 - "$twins" get-machine-type twin --store "$store"
j 2 "\"error\":\"not-found\"" "$twins" get-machine-type twin --store "$store" --json
t 2 - "$twins" update-machine-type twin pc-q35-7.2 --store "$store"
t 2 - "$twins" image-property show twin hw_disk_bus --store "$store"
t 2 - "$twins" image-property set twin -p hw_disk_bus=sata --store "$store"
for command in history undo 'instance delete' 'instance set --state stopped'; do
  # shellcheck disable=SC2086
  t 1 - "$twins" $command twin --store "$store"
done
t 1 - "$twins" resolve --instance twin --host-arch x86_64 --store "$store"
t 0 '^pc-q35-6.2$' - get-machine-type "$(u 3)" --store "$store"
t 0 '^pc-q35-7.2$' - get-machine-type "$(u 4)" --store "$store"
for number in 21 22 23 24 25 26 27 28 29 30 31 32; do add $number --name many; done
t 2 - "12 instances are named 'many': $(u 21), .*$(u 30), and 2 more; name" \
  get-machine-type many --store "$store"

### An unknown name, in each command
for command in 'get-machine-type wbe' 'update-machine-type wbe pc' 'image-property show wbe os_type' \
  'image-property set wbe -p os_type=linux'; do
  # shellcheck disable=SC2086
  t 2 - "No instance is named 'wbe'; did you mean 'web'?" $command --store "$store"
done
for command in 'history wbe' 'undo wbe' 'instance delete wbe' 'instance set wbe --state stopped' \
  'resolve --host-arch x86_64 --instance wbe'; do
  # shellcheck disable=SC2086
  t 1 - "No instance is named 'wbe'; did you mean 'web'?" $command --store "$store"
done
t 1 - "No instance is named 'new'" domain-xml --instance new --record --host-arch x86_64 \
  --memory 512 --store "$store"
t 2 - 'not a valid UUID' instance add new --store "$store"

### Several guests: a line each; the status of all that failed, if it is the same
several=$dir/several.db
fill() { # a new store
  rm -f "$several" "$several-wal" "$several-shm"
  while read -r number name host arch state machine; do
    "$program" instance add "$(u "$number")" --store "$several" --name "$name" --host "$host" \
      --arch "$arch" --state "$state" ${machine:+--machine "$machine"} </dev/null ||
      tell 1 "instance add $number"
  done <<END
1 web h1 x86_64 stopped pc-q35-6.2
2 db h1 x86_64 stopped pc-q35-6.2
3 mail h2 x86_64 stopped pc-q35-7.0
4 busy h2 x86_64 active pc-q35-6.2
5 old h2 x86_64 stopped pc-i440fx-2.4
6 arm h3 aarch64 stopped virt-7.2
7 none h3 x86_64 stopped
8 done h1 x86_64 stopped pc-q35-7.2
END
}

# The names and machine types of all guests, as recorded.
recorded() { # WANTED WHAT
  "$program" list --store "$several" --sort name 2>"$dir/err" | cut -f 1,6 | tr '\t\n' '= ' >"$dir/out"
  [ "$(cat "$dir/out")" = "$1 " ]
  tell $? "$2: $1"
}
before='arm=virt-7.2 busy=pc-q35-6.2 db=pc-q35-6.2 done=pc-q35-7.2 mail=pc-q35-7.0 none=- old=pc-i440fx-2.4 web=pc-q35-6.2'

# A command about several guests: the lines that it prints, with a blank for each tab.
s() { # STATUS LINES ARGUMENT...
  wanted=$1
  printf '%s\n' "$2" >"$dir/expected"
  shift 2
  "$program" "$@" --store "$several" </dev/null >"$dir/out" 2>"$dir/err"
  status=$?
  tr '\t' ' ' <"$dir/out" | diff "$dir/expected" - >>"$dir/err" && [ $status -eq "$wanted" ]
  tell $? "$wanted (is $status): machtype $*"
}

fill
recorded "$before" 'the guests'
s 0 "updated $(u 1) pc-q35-6.2 pc-q35-7.2 web
updated $(u 3) pc-q35-7.0 pc-q35-7.2 mail" update-machine-type web "$(u 3)" web pc-q35-7.2
s 0 "unchanged $(u 1) pc-q35-7.2 pc-q35-7.2 web
updated $(u 2) pc-q35-6.2 pc-q35-7.2 db" update-machine-type web db pc-q35-7.2
s 3 "refused-state $(u 4) pc-q35-6.2 pc-q35-7.2 busy
updated $(u 7) - pc-q35-7.2 none" update-machine-type busy none pc-q35-7.2
s 4 "refused-family $(u 5) pc-i440fx-2.4 pc-q35-7.0 old
refused-downgrade $(u 8) pc-q35-7.2 pc-q35-7.0 done" update-machine-type old done pc-q35-7.0
grep -q 'will notice' "$dir/err"
tell $((1 - $?)) 'a guest that was refused notices nothing'
s 1 "refused-state $(u 4) pc-q35-6.2 pc-q35-7.2 busy
refused-family $(u 5) pc-i440fx-2.4 pc-q35-7.2 old" update-machine-type busy old pc-q35-7.2
s 2 "not-found $(u 99) - - -
unchanged $(u 1) pc-q35-7.2 pc-q35-7.2 web" update-machine-type "$(u 99)" web pc-q35-7.2
s 0 "undone $(u 1) pc-q35-7.2 pc-q35-6.2 web
undone $(u 2) pc-q35-7.2 pc-q35-6.2 db" undo web db
s 1 "not-found $(u 1) pc-q35-6.2 pc-q35-6.2 web
undone $(u 3) pc-q35-7.2 pc-q35-7.0 mail" undo web mail

# A misspelled name changes nothing
fill
t 2 - "No instance is named 'wbe'" update-machine-type web wbe pc-q35-7.2 --store "$several"
t 1 - "No instance is named 'wbe'" undo web wbe --store "$several"
recorded "$before" 'nothing was changed'

### Selected as list selects
s 0 "would be updated $(u 1) pc-q35-6.2 pc-q35-7.2 web
would be updated $(u 2) pc-q35-6.2 pc-q35-7.2 db
unchanged $(u 8) pc-q35-7.2 pc-q35-7.2 done" update-machine-type --dry-run --host h1 pc-q35-7.2
recorded "$before" 'a dry run'
s 0 "updated $(u 1) pc-q35-6.2 pc-q35-7.2 web
updated $(u 2) pc-q35-6.2 pc-q35-7.2 db" \
  update-machine-type --machine 'pc-q35-6.*' --state stopped pc-q35-7.2
s 0 "would be undone $(u 1) pc-q35-7.2 pc-q35-6.2 web
would be undone $(u 2) pc-q35-7.2 pc-q35-6.2 db" undo --name '*b' --dry-run
s 0 "undone $(u 1) pc-q35-7.2 pc-q35-6.2 web
undone $(u 2) pc-q35-7.2 pc-q35-6.2 db" undo --name '*b'
recorded "$before" 'undone'
s 0 "updated $(u 1) pc-q35-6.2 pc-q35-7.0 web
updated $(u 2) pc-q35-6.2 pc-q35-7.0 db
updated $(u 8) pc-q35-7.2 pc-q35-7.0 done" update-machine-type --all --host h1 --force pc-q35-7.0
grep -q 'before 7.1: NVMe' "$dir/err" && grep -q '^3 guests: 3 updated$' "$dir/err"
tell $? 'the effects are reported, and a summary'
fill
# Those of one that fails are reported with its name; the others are changed
s 1 "updated $(u 1) pc-q35-6.2 pc-q35-7.2 web
updated $(u 2) pc-q35-6.2 pc-q35-7.2 db
updated $(u 3) pc-q35-7.0 pc-q35-7.2 mail
refused-state $(u 4) pc-q35-6.2 pc-q35-7.2 busy
refused-family $(u 5) pc-i440fx-2.4 pc-q35-7.2 old
refused-unsupported $(u 6) virt-7.2 pc-q35-7.2 arm
updated $(u 7) - pc-q35-7.2 none
unchanged $(u 8) pc-q35-7.2 pc-q35-7.2 done" update-machine-type --all pc-q35-7.2
grep -q '^8 guests: 4 updated, 1 unchanged, 3 refused or failed$' "$dir/err"
tell $? 'the counts add up'

### Nothing selected, and what cannot be meant
t 2 - 'No guest with a record is selected' update-machine-type --name x pc --store "$several"
t 1 - 'No guest with a record is selected' undo --state paused --store "$several"
t 1 - "Host h9 has no instances. Did you mean 'h1'?" undo --host h9 --store "$several"
t 64 - 'host is empty' update-machine-type --host '' pc --store "$several"
t 2 - 'host is empty' undo --host '' --store "$several"
t 2 - 'machine is empty' undo --all --machine= --store "$several"
t 64 - 'either named or selected' update-machine-type --all web pc-q35-7.2 --store "$several"
t 2 - 'either named or selected' undo --all web --store "$several"
t 64 - 'too few arguments' update-machine-type --store "$several"
t 2 - 'too few arguments' undo --store "$several"
t 2 - 'diff needs --connect' undo web --diff --store "$several"
t 64 - 'diff needs --connect' update-machine-type web pc --diff --store "$several"
t 2 - 'removed-in x: not a version' undo --removed-in x --store "$several"

### One guest: as ever, and a dry run
fill
t 0 "^Would update instance $(u 1) machine type to pc-q35-7.2 (previously pc-q35-6.2)\$" '*' \
  update-machine-type web pc-q35-7.2 --dry-run --store "$several"
j 0 '"verdict":"allowed".*"dry_run":true' '*' \
  update-machine-type web pc-q35-7.2 --dry-run --json --store "$several"
t 4 '^Cannot update machine type pc-q35-7.0 to pc-q35-6.2.$' '*' \
  update-machine-type mail pc-q35-6.2 --dry-run --store "$several"
t 0 "^Would update instance $(u 3) machine type to pc-q35-6.2" 'Would force' \
  update-machine-type mail pc-q35-6.2 --dry-run --force --store "$several"
recorded "$before" 'dry runs'
"$program" update-machine-type web pc-q35-7.2 --store "$several" >"$dir/out" 2>"$dir/err"
t 0 "^Would undo the last change of instance $(u 1): machine type is pc-q35-6.2 (previously pc-q35-7.2)\$" \
  '^effect' undo web --dry-run --store "$several"
j 0 '"old":"pc-q35-7.2","new":"pc-q35-6.2".*"effects":.*"dry_run":true' '^effect' \
  undo web --dry-run --json --store "$several"
t 0 '^pc-q35-7.2$' - get-machine-type web --store "$several"
t 1 - 'no change to undo' undo db --dry-run --store "$several"
"$program" image-property set web -p hw_disk_bus=scsi --store "$several" >"$dir/out" 2>"$dir/err"
t 0 'machine type is pc-q35-7.2 (previously pc-q35-7.2)' \
  '^image property hw_disk_bus: None (previously scsi)$' undo web --dry-run --store "$several"
j 0 '"properties":\["hw_disk_bus"\]' - undo web --json --store "$several"
# Read-only is enough, and stays so
chmod 400 "$several"
sha256sum "$several" >"$dir/sum"
t 0 '^Would update' '*' update-machine-type db pc-q35-7.2 --dry-run --store "$several"
t 0 '^Would undo' '*' undo web --dry-run --store "$several"
sha256sum -c "$dir/sum" >"$dir/out" 2>"$dir/err"
tell $? 'a dry run writes nothing'
chmod 600 "$several"

### Several, of the commands that only read
s 0 "$(u 1) pc-q35-7.2 web
$(u 2) pc-q35-6.2 db" get-machine-type web db
s 3 "$(u 6) virt-7.2 arm
$(u 7) - none" get-machine-type --host h3
s 2 "$(u 1) pc-q35-7.2 web" get-machine-type web "$(u 99)"
s 1 "$(u 7) - none" get-machine-type none "$(u 99)"
j 0 "\"uuid\":\"$(u 1)\"" - get-machine-type web db --json --store "$several"
t 2 - 'No instance is named' get-machine-type web wbe --store "$several"
t 64 - 'too few arguments' get-machine-type --store "$several"
t 0 "^$(u 1)	2	.*	update	pc-q35-6.2	pc-q35-7.2" - history web db --store "$several"
t 0 '^2	.*	update	pc-q35-6.2	pc-q35-7.2' - history web --store "$several"
j 0 "\"action\":\"add\",\"new\":\"pc-q35-6.2\".*\"uuid\":\"$(u 2)\"" - history --host h1 --json --store "$several"
t 1 '*' 'could not be found' history web "$(u 99)" --store "$several"
t 1 - 'No guest with a record is selected' history --arch s390x --store "$several"

### What is selected is only shown, unless --yes says so
s 0 "would be deleted $(u 6) virt-7.2 virt-7.2 arm
would be deleted $(u 7) - - none" instance delete --host h3
grep -q 'nothing was written (--dry-run)$' "$dir/err" && grep -q '^--yes deletes them$' "$dir/err"
tell $? 'it says so'
recorded "arm=virt-7.2 busy=pc-q35-6.2 db=pc-q35-6.2 done=pc-q35-7.2 mail=pc-q35-7.0 none=- old=pc-i440fx-2.4 web=pc-q35-7.2" 'nothing is deleted'
s 0 "deleted $(u 6) virt-7.2 virt-7.2 arm
deleted $(u 7) - - none" instance delete --host h3 --yes
t 0 "^Would delete the record of instance $(u 5)\$" - instance delete old --dry-run --store "$several"
j 0 "\"uuid\":\"$(u 5)\".*\"dry_run\":true" - instance delete old --dry-run --json --store "$several"
s 0 "deleted $(u 5) pc-i440fx-2.4 pc-i440fx-2.4 old
deleted $(u 8) pc-q35-7.2 pc-q35-7.2 done" instance delete old done
t 0 - - instance delete busy --store "$several"
recorded 'db=pc-q35-6.2 mail=pc-q35-7.0 web=pc-q35-7.2' 'deleted'
t 2 - 'host is empty' instance delete --host '' --yes --store "$several"
t 2 - 'too few arguments' instance delete --yes --store "$several"

### Dry runs of what changes one record
t 0 "^Would add the record of instance $(u 9)\$" - instance add "$(u 9)" --name new --dry-run --store "$several"
t 1 - 'already has a record' instance add "$(u 1)" --dry-run --store "$several"
t 2 - 'not a valid machine type' instance add "$(u 9)" --machine 'q 35' --dry-run --store "$several"
t 0 "^Would add" 'does not exist yet' instance add "$(u 9)" --dry-run --store "$dir/none.db"
[ ! -e "$dir/none.db" ]
tell $? 'a dry run creates no store'
t 0 "^Would change the record of instance $(u 1)\$" - instance set web --name www --dry-run --store "$several"
j 0 '"name":"www".*"dry_run":true' - instance set web --name www --dry-run --json --store "$several"
t 0 "^Would change the image properties of instance $(u 1)\$" - \
  image-property set web -p hw_disk_bus=sata --dry-run --store "$several"
j 0 '"hw_disk_bus":"sata".*"dry_run":true' - \
  image-property set web -p hw_disk_bus=sata --dry-run --json --store "$several"
t 6 'hw_disk_bus' '*' image-property set web -p hw_disk_bus=nvme --dry-run --store "$several"
recorded 'db=pc-q35-6.2 mail=pc-q35-7.0 web=pc-q35-7.2' 'dry runs'
t 3 - "Image property hw_disk_bus not found" image-property show web hw_disk_bus --store "$several"

# An import: each line as it would be, from a store that is only read
"$program" export --store "$several" >"$dir/lines" 2>"$dir/err"
printf '{"uuid":"%s","name":"new","machine":"pc"}\n{"uuid":"%s","name":"new","machine":"q35"}\n' \
  "$(u 9)" "$(u 9)" >>"$dir/lines"
printf '{"uuid":"%s","properties":{"os_type":"linux"}}\n' "$(u 2)" >>"$dir/lines"
chmod 400 "$several"
sha256sum "$several" >"$dir/sum"
j 1 '"lines":6,"recorded":1,"filled":1,"refreshed":0,"unchanged":3,"bad":1,"written":false' \
  "line 5: .*is recorded.*\|line 5: .*pc" import "$dir/lines" --dry-run --json --store "$several"
sha256sum -c "$dir/sum" >"$dir/out" 2>"$dir/err"
tell $? 'a dry run of an import writes nothing'
chmod 600 "$several"
t 0 - '6 recorded\|; nothing was written' import - --dry-run --store "$dir/none.db"
[ ! -e "$dir/none.db" ]
tell $? 'and creates no store'

### On a host: its names count, also without a record, and filters select its domains for lint
uri=test:///default
t 0 '*' '*' record --connect $uri --store "$dir/host.db"
t 1 '*' "No instance is named 'tset'; did you mean 'test'?" undo tset --connect $uri --store "$dir/host.db"
t 1 '*' 'no change to undo' undo test --connect $uri --store "$dir/host.db"
"$program" instance set test --name other --store "$dir/host.db" >"$dir/out" 2>"$dir/err"
t 1 '*' 'no change to undo' undo test --connect $uri --store "$dir/host.db"
t 1 - "No instance is named 'test'" undo test --store "$dir/host.db"
t 3 '^test: warning: hypervisor-unknown' '*' lint --connect $uri --arch i686 --store "$dir/host.db"
t 3 '^test: warning: hypervisor-unknown' '*' lint --connect $uri --name 't?st' --all --store "$dir/host.db"
t 2 - 'has no such domains' lint --connect $uri --arch s390x --store "$dir/host.db"
t 2 - 'arch is empty' lint --connect $uri --arch= --store "$dir/host.db"
t 2 - 'need --connect URI' lint --arch i686
t 2 - 'cannot be combined with --domain' lint --connect $uri --arch i686 --domain test
t 2 - 'FILE cannot be combined' lint --connect $uri --arch i686 test.xml

end_cases
