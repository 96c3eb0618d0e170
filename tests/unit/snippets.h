/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "compat/compat-private.h"

/* A machine class with what represents it in tests. */
typedef struct {
  MtMachineClass class;
  MachtypeArch arch;
  const char *machine;
} SnippetMachine;

/* One for each class, in order. */
const SnippetMachine *snippet_machine (MtMachineClass class);

/* "x86_64 pc" */
char *snippet_dup_label (MtMachineClass class);

/* The minimal domain of a class without findings. */
char *snippet_dup_domain (MtMachineClass class);

/* Whether rules of a kind are about domains of a class. Not those of a CPU topology, which are
 * about properties: machines refuse <cpu> as a whole. Those of versions of the TPM only if there is
 * a TPM. */
gboolean snippet_can_show (MtDeviceKind kind, MtMachineClass class);

/* The domain with one more thing, in place of what it excludes. of_rules: nothing is added that has
 * its own rules; otherwise everything that libvirt requires with it. image: a file for drives. */
char *snippet_add (const char *xml, MtDeviceKind kind, const char *value, MtMachineClass class,
                   gboolean of_rules, const char *image);

/* The domain with a fragment in the element at a path below <domain> ("devices", "os", "" for
 * itself), which is created if it does not exist; replaced: children with that name ("controller")
 * and that attribute ("type=usb"), or all of them, are removed; NULL: none. A fragment
 * "@name=value" is an attribute, "@name=" removes it. */
char *snippet_edit (const char *xml, const char *parent, const char *fragment, const char *replaced,
                    const char *attribute);
