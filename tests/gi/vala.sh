#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# vala.sh SOURCE BUILD
#
# Compiles the Vala example against the VAPI, as a user would, and compares its output with that of
# the other languages' examples.

set -eu
# What is built here is executed, also by other users.
umask 022

source=$1 build=$2
# shellcheck source=tests/skip.sh
. "$source/tests/skip.sh"
command -v valac >/dev/null || skip 'valac is not installed'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# -w: warnings about valac's own temporaries do not concern us.
valac --vapidir "$build/libmachtype" --pkg libmachtype -X "-I$source/include" \
  -X "-I$build/include" -X "-L$build/libmachtype" -X -lmachtype -X -w -o "$work/main-job" \
  "$source/examples/vala/main-job.vala"
sh "$source/tests/examples/main-job.sh" "$source/tests/examples/main-job.txt" "$work/main-job"
