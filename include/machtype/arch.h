/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_ARCH_H
#define MACHTYPE_ARCH_H

#include <machtype/error.h>

G_BEGIN_DECLS

/**
 * MachtypeArch:
 * @MACHTYPE_ARCH_UNKNOWN: no architecture, or an unknown one
 * @MACHTYPE_ARCH_AARCH64: 64-bit Arm
 * @MACHTYPE_ARCH_ALPHA: DEC Alpha
 * @MACHTYPE_ARCH_ARMV6L: 32-bit Arm, version 6
 * @MACHTYPE_ARCH_ARMV7B: 32-bit Arm, version 7, big-endian
 * @MACHTYPE_ARCH_ARMV7L: 32-bit Arm, version 7
 * @MACHTYPE_ARCH_AVR: 8-bit AVR
 * @MACHTYPE_ARCH_CRIS: Axis CRIS
 * @MACHTYPE_ARCH_I686: 32-bit x86
 * @MACHTYPE_ARCH_IA64: Itanium
 * @MACHTYPE_ARCH_LM32: LatticeMico32
 * @MACHTYPE_ARCH_LOONGARCH64: 64-bit LoongArch
 * @MACHTYPE_ARCH_M68K: Motorola 68000
 * @MACHTYPE_ARCH_MICROBLAZE: MicroBlaze, big-endian
 * @MACHTYPE_ARCH_MICROBLAZEEL: MicroBlaze, little-endian
 * @MACHTYPE_ARCH_MIPS: 32-bit MIPS, big-endian
 * @MACHTYPE_ARCH_MIPSEL: 32-bit MIPS, little-endian
 * @MACHTYPE_ARCH_MIPS64: 64-bit MIPS, big-endian
 * @MACHTYPE_ARCH_MIPS64EL: 64-bit MIPS, little-endian
 * @MACHTYPE_ARCH_NIOS2: Nios II
 * @MACHTYPE_ARCH_OPENRISC: OpenRISC; libvirt's name is `or32`
 * @MACHTYPE_ARCH_PARISC: 32-bit PA-RISC
 * @MACHTYPE_ARCH_PARISC64: 64-bit PA-RISC
 * @MACHTYPE_ARCH_PPC: 32-bit PowerPC, big-endian
 * @MACHTYPE_ARCH_PPCLE: 32-bit PowerPC, little-endian
 * @MACHTYPE_ARCH_PPC64: 64-bit POWER, big-endian
 * @MACHTYPE_ARCH_PPC64LE: 64-bit POWER, little-endian
 * @MACHTYPE_ARCH_PPCEMB: embedded PowerPC
 * @MACHTYPE_ARCH_RISCV32: 32-bit RISC-V
 * @MACHTYPE_ARCH_RISCV64: 64-bit RISC-V
 * @MACHTYPE_ARCH_RX: Renesas RX
 * @MACHTYPE_ARCH_S390: 31-bit S/390
 * @MACHTYPE_ARCH_S390X: IBM Z
 * @MACHTYPE_ARCH_SH4: SuperH 4, little-endian
 * @MACHTYPE_ARCH_SH4EB: SuperH 4, big-endian
 * @MACHTYPE_ARCH_SPARC: 32-bit SPARC
 * @MACHTYPE_ARCH_SPARC64: 64-bit SPARC
 * @MACHTYPE_ARCH_TRICORE: Infineon TriCore
 * @MACHTYPE_ARCH_UNICORE32: UniCore-32
 * @MACHTYPE_ARCH_X86_64: 64-bit x86
 * @MACHTYPE_ARCH_XTENSA: Xtensa, little-endian
 * @MACHTYPE_ARCH_XTENSAEB: Xtensa, big-endian
 *
 * A guest architecture: every one that libvirt, QEMU or Nova has a name for. The numbers are
 * frozen; new ones are only appended. [func@Machtype.Arch.to_string] returns libvirt's name.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_ARCH_UNKNOWN = 0,
  MACHTYPE_ARCH_AARCH64 = 1,
  MACHTYPE_ARCH_ALPHA = 2,
  MACHTYPE_ARCH_ARMV6L = 3,
  MACHTYPE_ARCH_ARMV7B = 4,
  MACHTYPE_ARCH_ARMV7L = 5,
  MACHTYPE_ARCH_AVR = 6,
  MACHTYPE_ARCH_CRIS = 7,
  MACHTYPE_ARCH_I686 = 8,
  MACHTYPE_ARCH_IA64 = 9,
  MACHTYPE_ARCH_LM32 = 10,
  MACHTYPE_ARCH_LOONGARCH64 = 11,
  MACHTYPE_ARCH_M68K = 12,
  MACHTYPE_ARCH_MICROBLAZE = 13,
  MACHTYPE_ARCH_MICROBLAZEEL = 14,
  MACHTYPE_ARCH_MIPS = 15,
  MACHTYPE_ARCH_MIPSEL = 16,
  MACHTYPE_ARCH_MIPS64 = 17,
  MACHTYPE_ARCH_MIPS64EL = 18,
  MACHTYPE_ARCH_NIOS2 = 19,
  MACHTYPE_ARCH_OPENRISC = 20,
  MACHTYPE_ARCH_PARISC = 21,
  MACHTYPE_ARCH_PARISC64 = 22,
  MACHTYPE_ARCH_PPC = 23,
  MACHTYPE_ARCH_PPCLE = 24,
  MACHTYPE_ARCH_PPC64 = 25,
  MACHTYPE_ARCH_PPC64LE = 26,
  MACHTYPE_ARCH_PPCEMB = 27,
  MACHTYPE_ARCH_RISCV32 = 28,
  MACHTYPE_ARCH_RISCV64 = 29,
  MACHTYPE_ARCH_RX = 30,
  MACHTYPE_ARCH_S390 = 31,
  MACHTYPE_ARCH_S390X = 32,
  MACHTYPE_ARCH_SH4 = 33,
  MACHTYPE_ARCH_SH4EB = 34,
  MACHTYPE_ARCH_SPARC = 35,
  MACHTYPE_ARCH_SPARC64 = 36,
  MACHTYPE_ARCH_TRICORE = 37,
  MACHTYPE_ARCH_UNICORE32 = 38,
  MACHTYPE_ARCH_X86_64 = 39,
  MACHTYPE_ARCH_XTENSA = 40,
  MACHTYPE_ARCH_XTENSAEB = 41
} MachtypeArch;

/**
 * MachtypeArchNaming:
 * @MACHTYPE_ARCH_NAMING_LIBVIRT: the name in libvirt's domain XML
 * @MACHTYPE_ARCH_NAMING_GLANCE: the name in the image properties of Glance and Nova
 * @MACHTYPE_ARCH_NAMING_UNAME: the name that `uname -m` prints on Linux
 * @MACHTYPE_ARCH_NAMING_DEBIAN: the name of Debian's port
 * @MACHTYPE_ARCH_NAMING_QEMU: the suffix of `qemu-system-`
 *
 * A naming scheme for architectures.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_ARCH_NAMING_LIBVIRT = 0,
  MACHTYPE_ARCH_NAMING_GLANCE = 1,
  MACHTYPE_ARCH_NAMING_UNAME = 2,
  MACHTYPE_ARCH_NAMING_DEBIAN = 3,
  MACHTYPE_ARCH_NAMING_QEMU = 4
} MachtypeArchNaming;

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_arch_from_string (const char *text, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_arch_to_string (MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_arch_get_name (MachtypeArch arch, MachtypeArchNaming naming);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_arch_get_default_machine (MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_arch_can_accelerate (MachtypeArch guest, MachtypeArch host);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_arch_naming_to_string (MachtypeArchNaming naming);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_arch_naming_from_string (const char *text, MachtypeArchNaming *naming,
                                           GError **error);

G_END_DECLS

#endif /* MACHTYPE_ARCH_H */
