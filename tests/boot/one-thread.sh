#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# one-thread.sh ARGUMENT...
#
# An emulator of x86_64 for libvirt, with one thread for all CPUs of a guest, for which libvirt has no
# option. Where each has its own, on a busy host, QEMU 10.0 sometimes loses the timer of one of them,
# and the guest hangs: "Possible timer handling issue on cpu=3" on its console.

for word; do
  shift
  [ "$word" != tcg ] || word=tcg,thread=single
  set -- "$@" "$word"
done
exec qemu-system-x86_64 "$@"
