#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# collect.sh FOLDER
#
# Puts the results of the runs of meson's tests in FOLDER into one, named after the build, and prints
# the differences that the tests found: "/lint/define: x86_64 q35, watchdog-ib700: none: ..."

set -eu

logs=$1
name=$(basename "$(dirname "$logs")")
cat "$logs"/*.json >"$logs/.all" 2>/dev/null || true
rm -f "$logs"/*.json
mv "$logs/.all" "$logs/$name.json"
sed -n 's/^# DIFFERS: //p' "$logs"/*.txt 2>/dev/null | sort -u
