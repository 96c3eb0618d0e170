#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# valgrind.sh SCRIPT ARGUMENT...
#
# Runs a Python script under valgrind: who owns what is right on both sides of the bindings. Nothing
# may be lost, and nothing read that is not there.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
command -v valgrind >/dev/null || skip 'valgrind is not installed'

# Python's own allocator hides each object from valgrind, GLib's slices too.
PYTHONMALLOC=malloc G_SLICE=always-malloc
export PYTHONMALLOC G_SLICE
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
  --show-leak-kinds=definite --num-callers=40 \
  --suppressions=/usr/share/glib-2.0/valgrind/glib.supp --suppressions="$here/pygobject.supp" \
  /usr/bin/python3 "$@"
