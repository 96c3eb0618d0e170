/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "compat/compat-private.h"

/* Sets of machine classes, in short words for tables: for .c files alone. */
#define B(name) MT_CLASS_BIT (MT_CLASS_##name)
#define ALL ((MT_CLASS_BIT (MT_CLASS_LAST + 1) - 1) & ~1u)
#define NOT(classes) (ALL & ~(classes))
#define I440FXS (B (I440FX) | B (I440FX_32))
#define Q35S (B (Q35) | B (Q35_32))
#define PCS (I440FXS | Q35S)
#define X86 (PCS | B (ISAPC) | B (MICROVM))
#define ARM (B (AARCH64_VIRT) | B (ARM_VIRT))
#define S390X B (S390X)
#define PSERIES B (PSERIES)
#define MALTAS (B (MALTA) | B (MALTA_64EL))
#define RISCV B (RISCV_VIRT)
#define LOONG B (LOONGARCH_VIRT)
#define M68K B (M68K_VIRT)
#define PCIE (Q35S | ARM | RISCV | LOONG)
/* Boards on which libvirt finds no PCI root: whatever needs PCI is refused. */
#define NO_PCI (B (ISAPC) | B (MICROVM) | M68K)
/* Boards without an ISA bus. */
#define NO_ISA (ARM | S390X | PSERIES | RISCV | LOONG | M68K)
#define NO_CPU_DRIVER (MALTAS | RISCV | M68K)
