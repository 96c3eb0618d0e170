#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run.sh OLD NEW [OPTION...]
#
# Asks two builds of the program, build/NAME/examples/machtype/machtype each, the same questions;
# they have to give the same answers: standard output, standard error, exit status, and afterwards
# the contents of their stores and of libvirt. --help lists the options. The part "daemon" needs
# root, libvirtd and MACHTYPE_LIBVIRT_CACHE; --without-daemon omits it.

set -eu

here=$(cd "$(dirname "$0")" && pwd)

# Nothing of the environment leaks into the answers.
exec env -i PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C.UTF-8 TZ=UTC \
  ${TMPDIR+"TMPDIR=$TMPDIR"} \
  ${MACHTYPE_LIBVIRT_CACHE+"MACHTYPE_LIBVIRT_CACHE=$MACHTYPE_LIBVIRT_CACHE"} \
  ${MACHTYPE_SAME_FILES+"MACHTYPE_SAME_FILES=$MACHTYPE_SAME_FILES"} \
  PYTHONDONTWRITEBYTECODE=1 python3 "$here/same.py" "$@"
