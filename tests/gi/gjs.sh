#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# gjs.sh COMMAND...
#
# Runs a command that needs gjs.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
command -v gjs >/dev/null || skip 'gjs is not installed'
exec "$@"
