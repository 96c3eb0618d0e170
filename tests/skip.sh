# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For the shell tests to source (.): a test that lacks its tool is skipped, with the reason; where
# nothing may be skipped (MACHTYPE_TEST_REQUIRE) it fails.

skip() { # REASON
  echo "SKIP: $1"
  [ -z "${MACHTYPE_TEST_REQUIRE-}" ] || exit 1
  exit 77
}
