#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# valgrind.sh SCRIPT ARGUMENT...
#
# Runs a Python script under valgrind: ownership is correct on both sides of the bindings. Nothing
# may leak, and no invalid memory may be read.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
command -v valgrind >/dev/null || skip 'valgrind is not installed'

# Python's own allocator hides each object from valgrind, and so do GLib's slices.
PYTHONMALLOC=malloc G_SLICE=always-malloc
export PYTHONMALLOC G_SLICE
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
  --show-leak-kinds=definite --num-callers=40 \
  --suppressions=/usr/share/glib-2.0/valgrind/glib.supp --suppressions="$here/pygobject.supp" \
  /usr/bin/python3 "$@"
