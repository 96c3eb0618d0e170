# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For the shell scripts to read in (.): packages of a foreign architecture, from the archive that
# this host installs from. The caller has the functions say and die.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

host_archive () {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(COMPONENT) $(ORIGIN) $(LABEL) $(REPO_URI)' \
    'Created-By: Packages' | sed -n 's/^main Debian Debian //p' | head -n 1
}

# Sets archive to the one that this host installs from, whose mirror apt knows how to reach.  The
# origin is in the package lists, which a fresh system does not have yet.
find_archive () {
  [ -z "${archive-}" ] || return 0
  [ -r "$keyring" ] || die "$keyring is missing (package debian-archive-keyring)"
  archive=$(host_archive)
  if [ -z "$archive" ] && [ "$(id -u)" -eq 0 ]; then
    apt-get -qq update
    archive=$(host_archive)
  fi
  [ -n "$archive" ] || die "apt has no lists of a Debian archive (run apt-get update)"
}

# An apt tool with separate state, so that the host is not affected by a foreign architecture: $work
# is its directory, $deb Debian's name of the architecture.
private () {
  tool=$1
  shift
  "$tool" -qq -o Dir="$work/apt" -o Dir::State::status="$work/apt/status" \
    -o APT::Architecture="$deb" -o APT::Architectures="$deb" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

# Creates that state, for suite $1, in which nothing is installed.
private_update () {
  mkdir -p "$work/apt/etc/apt/preferences.d" "$work/apt/var/lib/apt/lists/partial" \
    "$work/apt/var/cache/apt/archives/partial"
  : >"$work/apt/status"
  echo "deb [signed-by=$keyring] $archive $1 main" >"$work/apt/etc/apt/sources.list"
  private apt-get update -o APT::Update::Error-Mode=any >&2 ||
    die "no package lists for $deb in $1"
}
