/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about domain types. */

#include "host/domain-type.h"

#include "string-private.h"

enum {
  RANKED = 1 << 0,  /* it is used for a guest if the host has it */
  QEMU = 1 << 1,    /* the machine types are QEMU's */
  WRITTEN = 1 << 2, /* domain XML is written for it, and converted */
};

/* Best first. Source: libvirt docs/formatdomain.rst, "domain type". kqemu was QEMU's accelerator
 * before KVM: hosts no longer have it, but old definitions name it. nvmm and mshv are untested, so
 * nothing is written for them. */
static const struct {
  char name[8];
  guint8 flags;
} types[] = {
  { "kvm", RANKED | QEMU | WRITTEN },
  { "hvf", RANKED | QEMU | WRITTEN },
  { "nvmm", RANKED | QEMU },
  { "mshv", RANKED | QEMU },
  { "xen", RANKED },
  { "bhyve", RANKED },
  { "vz", RANKED },
  { "qemu", RANKED | QEMU | WRITTEN },
  { "kqemu", QEMU },
};

const char *
mt_domain_type_get_best (guint rank)
{
  if (rank >= G_N_ELEMENTS (types) || (types[rank].flags & RANKED) == 0)
    return NULL;
  return types[rank].name;
}

static gboolean
has (const char *type, guint flag)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    if (mt_is_word (types[i].name, type))
      return (types[i].flags & flag) != 0;
  }
  return FALSE;
}

gboolean
mt_domain_type_is_qemu (const char *type)
{
  return has (type, QEMU);
}

gboolean
mt_domain_type_is_written (const char *type)
{
  return has (type, WRITTEN);
}
