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

u() { # NUMBER: a UUID
  printf '6f1d4b5e-0000-4000-8000-%012d' "$1"
}

add() { # NUMBER OPTION...
  number=$1
  shift
  "$program" instance add "$(u "$number")" --store "$store" "$@" >"$dir/out" 2>"$dir/err" ||
    tell 1 "instance add $number"
}

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
t 0 "^Undid the last change of instance $(u 1): machine type is pc-q35-6.2" - undo web --store "$store"
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

end_cases
