# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For the scripts of this folder to source (.), with here set to it.
# shellcheck disable=SC2154

list_platforms() {
  sed -n '/^#/d; /^platform	/d; s/	.*//p' "$here/platforms.tsv"
}

# Sets suite, packages, libvirt, qemu and failure of a platform.
read_row() { # PLATFORM
  row=$(sed -n "s/^$1	//p" "$here/platforms.tsv")
  [ -n "$row" ] || {
    echo "there is no platform '$1'; there are: $(list_platforms | tr '\n' ' ')" >&2
    exit 2
  }
  # The last ones are for those who source this.
  # shellcheck disable=SC2034
  read -r suite packages libvirt qemu failure <<ROW
$row
ROW
}
