#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# list.sh
# list.sh --reported PLATFORM
#
# Lists the platforms, or says by its status whether what differs on one is only reported.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/platforms/row.sh
. "$here/row.sh"
if [ $# -eq 0 ]; then
  list_platforms
else
  read_row "$2"
  [ "$failure" = reported ]
fi
