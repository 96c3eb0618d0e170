/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vendors call their versions, and which QEMU each was made from. */

#include "name/name-private.h"

#include <string.h>

/* Sources: release dates from Debian's distro-info-data (ubuntu.csv); bases parsed from
 * debian/patches/ubuntu/define-ubuntu-machine-types.patch of the packages of 16.04 to 24.10, later
 * ones from Ubuntu's server documentation. The base is not always the QEMU of the release: cosmic,
 * eoan, focal and kinetic differ by family. wily is a mix of
 * 2.3 and 2.4; of questing's i440fx types the documentation says both 10.0 and 10.1. 0.0: there is
 * no such type. */
typedef struct {
  char codename[10];
  guint8 year, month;
  MtQemuVersion i440fx, q35, pseries, s390;
} UbuntuRelease;

static const UbuntuRelease ubuntu[] = {
  { "trusty", 14, 4, { 2, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "utopic", 14, 10, { 2, 1 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "vivid", 15, 4, { 2, 3 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "wily", 15, 10, { 2, 3 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "xenial", 16, 4, { 2, 5 }, { 2, 5 }, { 2, 5 }, { 2, 5 } },
  { "yakkety", 16, 10, { 2, 6 }, { 2, 6 }, { 2, 6 }, { 2, 6 } },
  { "zesty", 17, 4, { 2, 8 }, { 2, 8 }, { 2, 8 }, { 2, 8 } },
  { "artful", 17, 10, { 2, 10 }, { 2, 10 }, { 2, 10 }, { 2, 10 } },
  { "bionic", 18, 4, { 2, 11 }, { 2, 11 }, { 2, 11 }, { 2, 11 } },
  { "cosmic", 18, 10, { 2, 12 }, { 2, 11 }, { 2, 12 }, { 2, 12 } },
  { "disco", 19, 4, { 3, 1 }, { 3, 1 }, { 3, 1 }, { 3, 1 } },
  { "eoan", 19, 10, { 4, 0 }, { 4, 0 }, { 4, 0 }, { 3, 1 } },
  { "focal", 20, 4, { 4, 0 }, { 4, 2 }, { 4, 2 }, { 4, 2 } },
  { "groovy", 20, 10, { 5, 0 }, { 5, 0 }, { 5, 0 }, { 5, 0 } },
  { "hirsute", 21, 4, { 5, 2 }, { 5, 2 }, { 5, 2 }, { 5, 2 } },
  { "impish", 21, 10, { 6, 0 }, { 6, 0 }, { 6, 0 }, { 6, 0 } },
  { "jammy", 22, 4, { 6, 2 }, { 6, 2 }, { 6, 2 }, { 6, 2 } },
  { "kinetic", 22, 10, { 7, 0 }, { 7, 0 }, { 6, 2 }, { 6, 2 } },
  { "lunar", 23, 4, { 7, 2 }, { 7, 2 }, { 7, 2 }, { 7, 2 } },
  { "mantic", 23, 10, { 8, 0 }, { 8, 0 }, { 8, 0 }, { 8, 0 } },
  { "noble", 24, 4, { 8, 2 }, { 8, 2 }, { 8, 2 }, { 8, 2 } },
  { "oracular", 24, 10, { 9, 0 }, { 9, 0 }, { 9, 0 }, { 9, 0 } },
  { "plucky", 25, 4, { 9, 2 }, { 9, 2 }, { 9, 2 }, { 9, 2 } },
  { "questing", 25, 10, { 10, 1 }, { 10, 1 }, { 10, 1 }, { 10, 1 } },
  { "resolute", 26, 4, { 10, 2 }, { 10, 2 }, { 10, 2 }, { 10, 2 } },
  { "stonking", 26, 10, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } },
};

/* Two -hpb types were made from another base than their sisters. Source: the same patches. */
typedef struct {
  guint8 family;
  guint8 year, month;
  MtQemuVersion base;
} UbuntuHpb;

static const UbuntuHpb ubuntu_hpb[] = {
  { MACHTYPE_FAMILY_PC_Q35, 18, 10, { 2, 12 } },
  { MACHTYPE_FAMILY_PC_I440FX, 21, 4, { 5, 1 } },
};

/* Source: the comments of the compat tables in Red Hat's qemu-kvm packages ("hw_compat_rhel_8_2
 * from hw_compat_4_2", "From pc_i440fx_2_5_machine_options"), el7.2 to c10s; 9.8 and 10.2 from the
 * version of the package alone. rhel5 and rhel6 have one base each. */
typedef struct {
  guint8 major, minor;
  MtQemuVersion base;
} RhelRelease;

static const RhelRelease rhel[] = {
  { 7, 0, { 1, 5 } },  { 7, 1, { 2, 1 } },   { 7, 2, { 2, 3 } },  { 7, 3, { 2, 6 } },
  { 7, 4, { 2, 9 } },  { 7, 5, { 2, 10 } },  { 7, 6, { 2, 12 } }, { 8, 0, { 3, 1 } },
  { 8, 1, { 4, 1 } },  { 8, 2, { 4, 2 } },   { 8, 3, { 5, 1 } },  { 8, 4, { 5, 2 } },
  { 8, 5, { 6, 0 } },  { 8, 6, { 6, 2 } },   { 9, 0, { 6, 2 } },  { 9, 1, { 7, 0 } },
  { 9, 2, { 7, 2 } },  { 9, 4, { 8, 2 } },   { 9, 6, { 9, 1 } },  { 9, 8, { 10, 1 } },
  { 10, 0, { 9, 1 } }, { 10, 2, { 10, 1 } },
};

gboolean
mt_ubuntu_find (const char *codename, gsize length, guint16 version[3])
{
  gsize i;

  if (length >= sizeof ubuntu[0].codename)
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (ubuntu); i++) {
    if (strncmp (ubuntu[i].codename, codename, length) == 0 && ubuntu[i].codename[length] == '\0') {
      version[0] = ubuntu[i].year;
      version[1] = ubuntu[i].month;
      version[2] = 0;
      return TRUE;
    }
  }
  return FALSE;
}

static MtQemuVersion
ubuntu_base (const MtName *name, const UbuntuRelease *release)
{
  const MtQemuVersion none = { 0, 0 };

  switch (name->family) {
  case MACHTYPE_FAMILY_PC_I440FX:
    return release->i440fx;
  case MACHTYPE_FAMILY_PC_Q35:
    return release->q35;
  case MACHTYPE_FAMILY_PSERIES:
    return release->pseries;
  case MACHTYPE_FAMILY_S390_CCW_VIRTIO:
    return release->s390;
  default:
    return none;
  }
}

static MtQemuVersion
find_ubuntu_base (const MtName *name)
{
  const MtQemuVersion none = { 0, 0 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ubuntu_hpb) && (name->variant & MT_VARIANT_HPB) != 0; i++) {
    if (ubuntu_hpb[i].family == name->family && ubuntu_hpb[i].year == name->version[0] &&
        ubuntu_hpb[i].month == name->version[1])
      return ubuntu_hpb[i].base;
  }
  for (i = 0; i < G_N_ELEMENTS (ubuntu); i++) {
    if (ubuntu[i].year == name->version[0] && ubuntu[i].month == name->version[1])
      return ubuntu_base (name, &ubuntu[i]);
  }
  return none;
}

static MtQemuVersion
find_rhel_base (const MtName *name)
{
  const MtQemuVersion none = { 0, 0 }, rhel5 = { 0, 9 }, rhel6 = { 0, 12 };
  gsize i;

  if (name->version[0] == 5)
    return rhel5;
  if (name->version[0] == 6)
    return rhel6;
  for (i = 0; i < G_N_ELEMENTS (rhel); i++) {
    if (rhel[i].major == name->version[0] && rhel[i].minor == name->version[1])
      return rhel[i].base;
  }
  return none;
}

gboolean
mt_name_upstream_base (const MtName *name, MtQemuVersion *base)
{
  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED)
    return FALSE;
  switch (name->vendor) {
  case MACHTYPE_VENDOR_RHEL:
    *base = find_rhel_base (name);
    break;
  case MACHTYPE_VENDOR_UBUNTU:
    *base = find_ubuntu_base (name);
    break;
  default:
    if (name->version[0] > G_MAXUINT8 || name->version[1] > G_MAXUINT8)
      return FALSE;
    base->major = (guint8)name->version[0];
    base->minor = (guint8)name->version[1];
  }
  return base->major != 0 || base->minor != 0;
}
