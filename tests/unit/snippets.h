/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "compat/compat-private.h"

/* A machine class with what stands for it in tests, and whether libvirt 9.0 knows it. */
typedef struct {
  MtMachineClass class;
  MachtypeArch arch;
  const char *machine;
  gboolean in_libvirt;
} SnippetMachine;

/* One for each class, in their order. */
const SnippetMachine *snippet_machine (MtMachineClass class);

/* "x86_64 pc" */
char *snippet_dup_label (MtMachineClass class);

/* The least domain of a class that is clean. */
char *snippet_dup_domain (MtMachineClass class);

/* Whether rules of a kind speak of domains of a class. Not of a CPU topology, which is one of
 * properties: what machines have against it they have against <cpu> as such. Of versions of the TPM
 * only where there is a TPM. */
gboolean snippet_can_show (MtDeviceKind kind, MtMachineClass class);

/* The domain with one thing more, in place of what it excludes. of_rules: nothing is added that
 * rules of its own would speak of; else all that libvirt wants to see beside it. image: a file that
 * drives show. */
char *snippet_add (const char *xml, MtDeviceKind kind, const char *value, MtMachineClass class,
                   gboolean of_rules, const char *image);

/* The domain with a fragment in the element of a path below <domain> ("devices", "os", "" for
 * itself), which is made if it is not there; replaced: children of that name ("controller") with
 * that attribute ("type=usb") go, or all of them; NULL: none. A fragment "@name=value" is an
 * attribute, "@name=" takes it away. */
char *snippet_edit (const char *xml, const char *parent, const char *fragment, const char *replaced,
                    const char *attribute);
