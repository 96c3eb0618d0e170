#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-audit.sh MACHTYPE DATA
#
# list and audit of a store alone: filters, order, forms of output, exit statuses. What hosts are
# asked is in tests/real. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-audit.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
hosts=$2/hosts

# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/cases.sh"

store=$dir/records.db
MACHTYPE_CONF=
export MACHTYPE_CONF

fresh() {
  rm -f "$store" "$store-wal" "$store-shm"
}

# The guests that list prints, by the last digit of their UUIDs.
lists() { # WANTED OPTION...
  wanted=$1
  shift
  "$program" list --store "$store" "$@" >"$dir/out" 2>"$dir/err"
  status=$?
  found=$(cut -f 2 "$dir/out" | sed 's/.*\(.\)$/\1/' | tr -d '\n')
  [ $status -eq 0 ] && [ "$found" = "$wanted" ]
  tell $? "list $* is '$wanted' (is '$found', $status)"
}

# The codes that audit prints, in order.
audits() { # STATUS WANTED OPTION...
  wanted_status=$1 wanted=$2
  shift 2
  "$program" audit --store "$store" "$@" >"$dir/out" 2>"$dir/err"
  status=$?
  found=$(cut -f 2 "$dir/out" | tr '\n' ' ' | sed 's/ $//')
  [ $status -eq "$wanted_status" ] && [ "$found" = "$wanted" ]
  tell $? "audit $* is $wanted_status, '$wanted' (is $status, '$found')"
}

### Usage: 2 of list, 64 of audit
t 0 '^  machtype list \[OPTION' - list --help
t 0 '^  machtype audit \[OPTION' - audit --help
t 2 - 'nknown option' list --frobnicate
t 64 - 'nknown option' audit --frobnicate
t 2 - 'too many' list a
t 64 - 'too many' audit a
t 2 - '--sort size: possible: name, uuid, host' list --store "$store" --sort size
t 64 - 'fail-on: .alien. is not a valid audit code; use one of unrecorded' audit --store "$store" \
  --fail-on alien
t 64 - 'fail-on: .. is not' audit --store "$store" --fail-on alias,
for version in x 10.x -1 0 '' 10.0.x; do
  t 2 - 'not a version of QEMU' list --store "$store" --removed-in="$version"
done
t 2 - 'days cannot be negative' list --store "$store" --not-seen=-2
t 2 - 'architecture' list --store "$store" --arch sparrow
t 2 - 'is empty' list --store "$store" --connect ''
t 64 - 'is empty' audit --store "$store" --connect ''
t 2 - 'cannot be combined' list --store "$store" --target a --capabilities b
t 2 - 'domain-capabilities needs --capabilities' list --store "$store" --domain-capabilities x

### What cannot be read
t 3 - 'no/such' list --store "$dir/no/such/records.db"
t 3 - 'no/such' audit --store "$dir/no/such/records.db"
t 3 - 'no/such' audit --store "$store" --capabilities "$dir/no/such"
echo 'not a store' >"$dir/bad.db"
chmod 600 "$dir/bad.db"
t 3 - 'bad.db' list --store "$dir/bad.db"
t 3 - 'bad.db' audit --store "$dir/bad.db"
j 3 '"error":"store"' 'bad.db' audit --store "$dir/bad.db" --json
t 64 - 'line 1' audit --store "$store" --capabilities "$dir/bad.db"

### Nothing there: an empty answer says how a host is asked
t 0 - "the store .*does not exist.*record" list --store "$store"
t 0 - "list --connect URI" list --store "$store"
t 0 - "list --connect URI" audit --store "$store"
add 1 --name web --host h1 --cell c1 --arch x86_64 --state active --machine pc-q35-7.2
t 0 - 'is of such a guest; --connect URI' list --store "$store" --state paused
t 0 - - audit --store "$store"
LIBVIRT_DEFAULT_URI=test:///default "$program" list --store "$store" >"$dir/out" 2>"$dir/err"
[ "$(wc -l <"$dir/out")" -eq 1 ] && grep -q web "$dir/out"
tell $? 'LIBVIRT_DEFAULT_URI is not asked'

### Filters and order
add 2 --name db --host h2 --cell c1 --arch x86_64 --state stopped --machine q35
add 3 --name mips --host h2 --cell c2 --arch mipsel --state active --machine malta
add 4 --name old --host h1 --arch x86_64 --state shelved_offloaded --machine pc-i440fx-2.5
add 5 --name new --arch x86_64 --state 'shut off'
add 6 --name vz --arch x86_64 --state paused --machine pc-i440fx-vz7.12.0
lists 123456
lists 235 --unpinned
lists 5 --unrecorded
lists '' --differs
lists '' --removed-in 10.0
lists 4 --removed-in 10.1
lists 4 --removed-in 13.1
lists 14 --removed-in 13.2
lists 14 --removed-in 14
lists 123456 --not-seen 0
lists 12456 --arch x86_64
lists 12456 --arch amd64
lists 14 --host h1
lists 12 --cell c1
lists 13 --state active
lists 13 --state running
lists 25 --state stopped
lists 25 --state 'shut off'
lists 25 --current-state stopped
lists 46 --machine 'pc-i440fx*'
lists 1 --machine 'pc-q35-7.?'
lists 46 --current-machine 'pc-i440fx*'
lists 1 --current-machine 'pc-q35-7.?'
lists '' --name '[w]*'
lists 1 --name 'w*'
lists '' --name 'W*'
lists 2 --unpinned --host h2 --arch x86_64
lists 235461 --sort name
lists 123456 --sort uuid
lists 412356 --sort host
lists 316425 --sort state
lists 256341 --sort findings
lists 412356 --sort removed-in
t 0 '^web	6f1d4b5e-0000-4000-8000-000000000001	h1	active	x86_64	pc-q35-7.2	-	-	-	13.2	-$' - \
  list --store "$store" --name web

### A misspelled host or cell is not an empty one
add 7 --name far --host compute-17 --cell east --arch x86_64 --state active --machine pc-q35-7.2
for place in "--host compute-17" "--host h1" "--cell east" "--host h1 --state paused"; do
  # shellcheck disable=SC2086
  t 0 '*' '*' list --store "$store" $place
done
t 2 - '^machtype: Host compte-17 has no instances. Did you mean .compute-17.?$' list --store "$store" \
  --host compte-17
t 64 - 'Host compte-17 has no instances. Did you mean .compute-17.?$' audit --store "$store" \
  --host compte-17
t 2 - 'Host storage has no instances.$' list --store "$store" --host storage
t 2 - 'Cell eats has no mapping. Did you mean .east.?$' list --store "$store" --cell eats
t 2 - 'Did you mean .compute-17.?$' list-unset-machine-type --store "$store" --host compute-71
t 255 - 'Did you mean .compute-17.?$' upgrade-check --store "$store" --host Compute-17
t 2 - 'Did you mean .compute-17.?$' export --store "$store" --host compute_17
t 2 - 'Did you mean .east.?$' export --store "$store" --cell est
j 2 '"error":"not-found","message":"Host compte-17 has no instances. Did you mean .compute-17.?"' '*' \
  list --store "$store" --host compte-17 --json
j 64 '"error":"not-found"' '*' audit --store "$store" --host compte-17 --json
printf '[machtype]\nhost = storage-3\n' >"$dir/machtype.conf"
MACHTYPE_CONF=$dir/machtype.conf
t 0 - '*' audit --store "$store" --host storage-3
t 64 - 'Did you mean .storage-3.?$' audit --store "$store" --host storage3
MACHTYPE_CONF=
"$program" instance delete "$(u 7)" --store "$store" >"$dir/out" 2>&1

### Findings
audits 1 'alias unversioned unrecorded not-checked'
audits 0 unversioned --arch mipsel
audits 2 unversioned --arch mipsel --fail-on unversioned
audits 2 unversioned --arch mipsel --fail-on alias,unversioned
audits 0 unversioned --arch mipsel --fail-on alias
audits 2 alias --machine q35 --fail-on alias
audits 0 '' --name web
audits 0 '' --name web --fail-on alias
t 1 "^warning	alias	$(u 2)	db	h2	q35	.*q35 is an alias.*	.*--pin" - \
  audit --store "$store" --name db
j 0 '"recorded":"pc-q35-7.2","removed_in":"13.2","findings":\[\]' \
  - list --store "$store" --name web --json
j 1 '"code":"alias","severity":"warning"' - audit --store "$store" --json

### Against a host: operator.md's and the peers' cases, of QEMU 10.0
audits 2 'alias unversioned deprecated unrecorded not-offered' --capabilities "$hosts/x86_64-10.0.xml"
t 1 'on the target it becomes pc-q35-10.0' - audit --store "$store" --name db \
  --capabilities "$hosts/x86_64-10.0.xml"
t 1 'Result: Warning' 'machine type q35 is an alias' upgrade-check --store "$store"
t 2 'Result: Failure' 'on this host it is pc-q35-10.0' upgrade-check --store "$store" \
  --capabilities "$hosts/x86_64-10.0.xml"
fresh
add 1 --name a --arch x86_64 --state stopped --machine pc-q35-5.0
add 2 --name b --arch x86_64 --state stopped --machine pc-q35-6.2
add 3 --name c --arch x86_64 --state stopped --machine pc-i440fx-2.5
audits 0 ''
audits 1 'deprecated deprecated deprecated' --capabilities "$hosts/x86_64-10.0.xml"
t 1 'pc-i440fx-2.5 is deprecated.*removed in QEMU 10.1.*pc-i440fx-10.0' - audit --store "$store" \
  --name c --capabilities "$hosts/x86_64-10.0.xml"
t 1 'Result: Warning' 'pc-i440fx-2.5.*removed in QEMU 10.1' upgrade-check --store "$store" \
  --capabilities "$hosts/x86_64-10.0.xml"
lists 123 --deprecated --capabilities "$hosts/x86_64-10.0.xml"
lists '' --deprecated
audits 2 not-offered --capabilities "$hosts/x86_64.xml" --name a

### A name that no QEMU can have
fresh
echo '{"uuid":"'"$(u 1)"'","name":"harvester","arch":"x86_64","state":"stopped","machine":"pc-q35"}' \
  >"$dir/in"
t 0 - '*' import --store "$store" -
audits 2 not-offered
audits 2 not-offered --capabilities "$hosts/x86_64-10.0.xml"
t 1 'Result: Warning' 'no QEMU has the recorded machine type pc-q35' upgrade-check --store "$store"
t 2 'Result: Failure' 'pc-q35' upgrade-check --store "$store" --capabilities "$hosts/x86_64-10.0.xml"

### A device that the board alone does not support: Nova's transcripts
fresh
add 1 --name forced --arch x86_64 --state stopped --machine pc-i440fx-7.2 \
  --property hw_cdrom_bus=ide
audits 0 ''
"$program" update-machine-type "$(u 1)" pc-q35-7.2 --force --store "$store" >"$dir/out" 2>"$dir/err"
audits 2 property-unfit
audits 2 property-unfit --capabilities "$hosts/x86_64.xml"
t 2 'Result: Failure' 'hw_cdrom_bus=ide' upgrade-check --store "$store" \
  --capabilities "$hosts/x86_64.xml"
t 2 "hw_cdrom_bus=ide.*image-property set $(u 1) --property hw_cdrom_bus=scsi" - audit \
  --store "$store"
fresh
add 1 --name added --arch x86_64 --state stopped --machine pc-q35-7.2 --property hw_disk_bus=ide
audits 2 property-unfit

### Hostile names stay one field
fresh
printf '%s\n' '{"uuid":"'"$(u 1)"'","name":"a\u202eb\\t","host":"h\u2028","arch":"x86_64","machine":"q35"}' \
  >"$dir/in"
t 0 '*' '*' import --store "$store" -
: >"$dir/in"
for command in list audit; do
  status=0
  [ $command = list ] || status=1
  "$program" $command --store "$store" >"$dir/out" 2>"$dir/err"
  [ "$(wc -l <"$dir/out")" -eq 1 ] && [ "$(tr -cd '\t' <"$dir/out" | wc -c)" -ge 7 ] &&
    grep -q 'a.u{202e}b' "$dir/out" && ! LC_ALL=C grep -q '[^ -~	]' "$dir/out"
  tell $? "one field: $command"
  j $status 'a.u202eb' - $command --store "$store" --json
done

end_cases
