/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of a machine, and its features. */

#include "test.h"

#include "guest/guest-private.h"
#include "machine-class-private.h"

static void
test_classes (void)
{
  static const struct {
    MachtypeArch arch;
    const char *machine;
    MtMachineClass class;
  } rows[] = {
    { MACHTYPE_ARCH_X86_64, "pc", MT_CLASS_I440FX },
    { MACHTYPE_ARCH_X86_64, "pc-1.0", MT_CLASS_I440FX },
    { MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.2.0", MT_CLASS_Q35 },
    { MACHTYPE_ARCH_X86_64, "pc-q35-jammy-hpb", MT_CLASS_Q35 },
    { MACHTYPE_ARCH_I686, "q35", MT_CLASS_Q35_32 },
    { MACHTYPE_ARCH_X86_64, "isapc", MT_CLASS_ISAPC },
    { MACHTYPE_ARCH_X86_64, "microvm", MT_CLASS_MICROVM },
    { MACHTYPE_ARCH_X86_64, "xenfv", MT_CLASS_NONE },
    { MACHTYPE_ARCH_AARCH64, "virt-2.6", MT_CLASS_AARCH64_VIRT },
    { MACHTYPE_ARCH_ARMV6L, "virt", MT_CLASS_ARM_VIRT },
    { MACHTYPE_ARCH_AARCH64, "raspi3b", MT_CLASS_NONE },
    { MACHTYPE_ARCH_RISCV64, "virt", MT_CLASS_RISCV_VIRT },
    { MACHTYPE_ARCH_M68K, "virt", MT_CLASS_M68K_VIRT },
    { MACHTYPE_ARCH_MIPS64EL, "malta", MT_CLASS_MALTA_64EL },
    { MACHTYPE_ARCH_MIPS64EL, "boston", MT_CLASS_NONE },
    { MACHTYPE_ARCH_PPC64LE, "pseries-2.1", MT_CLASS_PSERIES },
    { MACHTYPE_ARCH_X86_64, "no such machine", MT_CLASS_NONE },
    { MACHTYPE_ARCH_X86_64, "", MT_CLASS_NONE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%s %s", machtype_arch_to_string (rows[i].arch), rows[i].machine);
    g_assert_cmpint (mt_class_find (rows[i].arch, rows[i].machine), ==, rows[i].class);
  }
}

/* Slots that guests get, or that texts name, have an interrupt. */
static void
test_slots (void)
{
  static const MachtypeArch archs[] = { MACHTYPE_ARCH_MIPS, MACHTYPE_ARCH_MIPSEL,
                                        MACHTYPE_ARCH_MIPS64, MACHTYPE_ARCH_MIPS64EL };
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (archs); i++) {
    const MtRecipe *recipe = mt_recipe_find (archs[i], mt_class_find (archs[i], "malta"));
    const guint32 interrupts = mt_class_get ((MtMachineClass)recipe->class)->interrupt_slots;
    const guint slots[] = { recipe->slots.fixed,   recipe->slots.network,  recipe->slots.disk[0],
                            recipe->slots.disk[1], recipe->slots.watchdog, MT_MALTA_SLOT,
                            MT_MALTA_NEXT_SLOT,    MT_MALTA_LAST_SLOT };

    g_assert_cmphex (interrupts, ==, 0x3c1800);
    for (j = 0; j < G_N_ELEMENTS (slots); j++) {
      ROW ("%s: slot 0x%02x", machtype_arch_to_string (archs[i]), slots[j]);
      g_assert_cmphex (interrupts & 1u << slots[j], !=, 0);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine-class/classes", test_classes);
  g_test_add_func ("/machine-class/slots", test_slots);
  return g_test_run ();
}
