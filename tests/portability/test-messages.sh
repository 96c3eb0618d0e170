#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-messages.sh MACHTYPE DATA
#
# The program in the locale MACHTYPE_TEST_LOCALE (a set-up of meson, see meson.build): messages of
# the C library are in its language, as UTF-8 whatever the locale's encoding, and no answer differs
# from those without a locale. Prints TAP.

if [ $# -ne 2 ]; then
  echo 'usage: test-messages.sh MACHTYPE DATA' >&2
  exit 2
fi
program=$1
data=$2

# shellcheck source=tests/skip.sh
. "$(dirname "$0")/../skip.sh"
# shellcheck source=tests/program/cases.sh
. "$(dirname "$0")/../program/cases.sh"

# A word that only this language has, with a letter that is not ASCII.
case ${MACHTYPE_TEST_LOCALE-} in
tr_*) word='aygıt' ;;
de_*) word='Gerät' ;;
*) skip 'MACHTYPE_TEST_LOCALE is not set: meson test --setup tr_TR --suite locale' ;;
esac
[ -e "/usr/share/locale/${MACHTYPE_TEST_LOCALE%%_*}/LC_MESSAGES/libc.mo" ] ||
  skip "no messages of the C library in this language (package locales)"

MACHTYPE_CONF=
export MACHTYPE_CONF
unset LANGUAGE

mkdir "$dir/Grün"
# A file that cannot be opened, for a reason with that word.
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$dir/socket"

# The language is that of LC_ALL, which setlocale (3) sets completely or not at all: with this word,
# its comma and its letters are in effect as well.
t 3 - "socket: .*$word" host --capabilities "$dir/socket"
j 3 '"error":"file","message":".*'"$word" "$word" resolve --json --capabilities "$dir/socket"
t 3 - "Grün/.*$word" lint "$dir/socket" --capabilities "$dir/Grün/../socket"
t 2 - '.' domain-xml --host-arch x86_64 --name "$(printf 'Gr\374n')"

# Answers do not differ by a byte: order, letters, numbers, encoding.
answers() {
  cut -f 1 "$data/machine-names.tsv" | "$program" parse --json -
  "$program" host --json --capabilities "$data/hosts/x86_64.xml"
  "$program" domain-xml --host-arch I686 --name 'İIıi Grüße' -p hw_boot_menu=TRUE --mirror
  "$program" domain-xml --host-arch x86_64 -p hw_disk_bus=VIRTIO
  "$program" resolve --json --host-arch I686 -p hw_firmware_type=BIOS
  "$program" check-change --json --state PAUSED pc-i440fx-6.2 pc-i440fx-7.2
  "$program" lint --json "$data"/guests/*.xml
}
answers >"$dir/out" 2>&1
(
  LC_ALL=C
  export LC_ALL
  answers
) >"$dir/expected" 2>&1
same 'the same answers as without a locale'
[ "$(wc -c <"$dir/out")" -gt 160000 ]
tell $? 'which are many'

end_cases
