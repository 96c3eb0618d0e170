/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xml-tree.h"

/* QEMU's own arguments (<qemu:commandline>), read one after the other as QEMU reads them. Start
 * with all members 0. */
typedef struct {
  guint8 expects;      /* of what the next argument is the value */
  GString *machine;    /* NULL: the arguments name no machine type, libvirt's own counts */
  GString *unreadable; /* a machine type in a form that QEMU refuses; NULL: none */
} MtQemuArguments;

/* The next argument; NULL: an element without a value. */
void mt_qemu_arguments_add (MtQemuArguments *arguments, const char *argument);
void mt_qemu_arguments_clear (MtQemuArguments *arguments);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MtQemuArguments, mt_qemu_arguments_clear)

/* The machine type that QEMU runs because of its own arguments, whatever <os> says; NULL: they name
 * none. domain: the root element. */
char *mt_domain_dup_argument_machine (MtXmlNode *domain);
