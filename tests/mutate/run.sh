#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh [SEED] [COUNT]
# run.sh --named
#
# Breaks the library on purpose and checks whether a test notices: COUNT (40) mutations that SEED
# (1) decides, half of them in tables. Those of equivalent.tsv are drawn again. --named tries those
# of named.tsv, which once survived. Works in a clone of the last commit, which is created in a
# temporary directory or kept in MACHTYPE_MUTATE_WORK. MACHTYPE_MUTATE_ALL=1 includes the rooms that
# only the suite real covers.
#
# Exit status: 0 all were killed; 1 some survived, their differences are shown; 2 an error.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
exec python3 "$here/mutate.py" "$@"
