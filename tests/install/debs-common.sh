# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced by what debs.sh runs in a fresh Debian, as root.

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

apt() { # APT-GET-ARGUMENT...
  apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >/tmp/apt.log 2>&1 </dev/null || {
    tail -n 30 /tmp/apt.log >&2
    fail "apt-get $*"
  }
}

use_archive() { # NAME
  echo "deb [trusted=yes] file:/srv/$1 ./" >/etc/apt/sources.list.d/machtype.list
  apt update
}
