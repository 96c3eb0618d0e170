/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>

/* The domains that the library generates: each choice of properties, on each machine, in each
 * shape. */

/* What is set in addition to the property. */
typedef struct {
  const char *label;
  guint disks, cdroms, networks;
  MachtypeGraphicsType graphics;
  const char *scsi_bus; /* of the second disk; NULL: like the others */
} GeneratedShape;

typedef struct {
  const char *arch, *machine;
} GeneratedMachine;

extern const char generated_choices[][64];
extern const GeneratedShape generated_shapes[];
extern const GeneratedMachine generated_machines[];
extern const guint n_generated_choices, n_generated_shapes, n_generated_machines;

/* The first ones choose models; the last ones need what a machine may not have: huge pages, the
 * right to lock memory. */
#define N_MODELS 41
#define N_STARTABLE (n_generated_choices - 5)

/* Existing images, for guests that are to be started. */
void generated_set_images (const char *disk, const char *format, const char *cdrom);

/* NULL: the library refuses it. */
MachtypeGuest *generated_try_guest (MachtypeHost *host, MachtypePolicy *policy,
                                    const GeneratedMachine *machine, const char *choice,
                                    const GeneratedShape *shape, GError **error);

/* NULL: refused, and the message was checked: it names the property. */
MachtypeGuest *generated_make_guest (MachtypeHost *host, MachtypePolicy *policy,
                                     const GeneratedMachine *machine, const char *choice,
                                     const GeneratedShape *shape);
