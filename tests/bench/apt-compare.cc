// SPDX-License-Identifier: LGPL-2.1-or-later
// libapt-pkg's comparison of versions, for C.

#include <apt-pkg/debversion.h>

extern "C" int bench_apt_compare (const char *a, const char *b);

int
bench_apt_compare (const char *a, const char *b)
{
  return debVS.CmpVersion (a, b);
}
