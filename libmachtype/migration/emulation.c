/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which QEMU loads what which QEMU saves of an emulated CPU. Of most architectures that is what
 * QEMU emulates just then, whatever the machine type is: registers that came with a release, or the
 * model that stands for "power9". */

#include "migration/migration-private.h"

#include "arch-private.h"

#define BIT(arch) MT_ARCH_BIT (MACHTYPE_ARCH_##arch)
#define ARM (BIT (AARCH64) | BIT (ARMV6L) | BIT (ARMV7B) | BIT (ARMV7L))
#define PPC64 (BIT (PPC64) | BIT (PPC64LE))

/* Those that QEMU keeps the same, by a machine type and a model, in both directions. */
#define STABLE (BIT (X86_64) | BIT (I686) | BIT (S390X))

/* A release with all of its fixes, and one of them alone. */
#define RELEASE(major, minor)                                                                      \
  {                                                                                                \
    major * 1000000 + minor * 1000, major * 1000000 + minor * 1000 + 999                           \
  }
#define FIX(major, minor, micro)                                                                   \
  {                                                                                                \
    major * 1000000 + minor * 1000 + micro, major * 1000000 + minor * 1000 + micro                 \
  }

typedef struct {
  guint32 first, last;
} Releases;

/* Tried with paused guests and 7.2.22, 10.0.2, 10.0.13 and 11.1.3, each with each other:
 * cortex-a15, cortex-a57 and max; power8, power9 and the default; rv64; malta's default. What
 * depends on the model or the fix, and what was not tried, is unknown. x86_64, i686 and s390x
 * always arrived. */
static const struct {
  guint64 archs;
  Releases from, to;
} refused[] = {
  { ARM | BIT (RISCV64) | BIT (MIPS64EL), RELEASE (7, 2), RELEASE (10, 0) },
  { ARM | BIT (RISCV64) | BIT (MIPS64EL) | PPC64, RELEASE (10, 0), RELEASE (7, 2) },
  { ARM | BIT (RISCV64) | BIT (MIPS64EL) | PPC64, RELEASE (11, 1), RELEASE (7, 2) },
  { ARM | BIT (RISCV64) | BIT (MIPS64EL), RELEASE (11, 1), RELEASE (10, 0) },
  { BIT (RISCV64) | BIT (MIPS64EL), RELEASE (7, 2), RELEASE (11, 1) },
  { PPC64, RELEASE (7, 2), FIX (10, 0, 2) },
  { PPC64, FIX (10, 0, 13), FIX (10, 0, 2) },
  { PPC64, RELEASE (11, 1), FIX (10, 0, 2) },
};

static gboolean
is_in (guint64 version, Releases releases)
{
  return version >= releases.first && version <= releases.last;
}

static gboolean
overlap (Releases a, Releases b)
{
  return a.first <= b.last && b.first <= a.last;
}

/* The version of a platform has no fix: two such hosts may have different ones. */
static gboolean
may_differ (guint64 bit, guint64 version)
{
  const Releases fixes = { (guint32)version, (guint32)version + 999 };
  gsize i;

  for (i = 0; version % 1000 == 0 && i < G_N_ELEMENTS (refused); i++) {
    if ((refused[i].archs & bit) != 0 && overlap (refused[i].from, fixes) &&
        overlap (refused[i].to, fixes))
      return TRUE;
  }
  return FALSE;
}

MachtypeAnswer
mt_emulation_loads (MachtypeArch arch, guint64 from, guint64 to)
{
  const guint64 bit = mt_arch_bit (arch);
  gsize i;

  if ((bit & STABLE) != 0)
    return MACHTYPE_ANSWER_YES;
  if (from == to && from != 0)
    return may_differ (bit, from) ? MACHTYPE_ANSWER_UNKNOWN : MACHTYPE_ANSWER_YES;
  for (i = 0; i < G_N_ELEMENTS (refused); i++) {
    if ((refused[i].archs & bit) != 0 && is_in (from, refused[i].from) && is_in (to, refused[i].to))
      return MACHTYPE_ANSWER_NO;
  }
  return MACHTYPE_ANSWER_UNKNOWN;
}
