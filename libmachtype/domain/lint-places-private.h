/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "domain/lint-private.h"

/* Shared by the checks of places: lint-place-report.c has the table, lint-places.c what one device
 * alone shows, lint-controllers.c the controllers, lint-pci.c the PCI buses, lint-usb.c the ports
 * of USB, lint-doubles.c all other addresses that exist once. */

typedef struct {
  MtLintDomain *domain;
  GPtrArray *findings;
  GHashTable *controllers; /* by type and index */
} MtPlacing;

/* A row of the table. */
typedef struct {
  char code[28];
  guint8 authority;
  /* For machines that have this, and lack one of that (MT_HAS_*). */
  guint32 has, lacks;
  char message[100];
  char remedy[104];
  char source[96];
} MtPlaceRule;

/* Adds a finding; detail is for the reader, or NULL. */
void mt_place_report (const MtPlacing *placing, MtPlaceCode code, const MtLintDevice *device,
                      const char *detail);

/* The same about an element other than a device. */
void mt_place_report_at (const MtPlacing *placing, MtPlaceCode code, const char *subject,
                         const char *detail);

/* The rule of a code, for tests and the documentation. */
const MtPlaceRule *mt_place_rule_get (MtPlaceCode code);

static inline MtLintDevice *
mt_place_get_device (const MtPlacing *placing, guint i)
{
  return &g_array_index (placing->domain->devices, MtLintDevice, i);
}

/* Whether libvirt keeps its address: it drops or replaces that of what has another place, and then
 * does not check even its type. */
gboolean mt_place_is_address_kept (const MtLintDevice *device);

/* Whether its address takes a place on a bus: libvirt keeps it, and it is not that of a console
 * that is a second name for a serial port, which libvirt writes twice. */
gboolean mt_place_is_placed (const MtLintDevice *device);

/* The index that libvirt gives to controllers without one, and what it refuses about them. */
void mt_place_check_controllers (const MtPlacing *placing);

void mt_place_check_pci (const MtPlacing *placing);
void mt_place_check_doubles (const MtPlacing *placing);
void mt_place_check_usb (const MtPlacing *placing);

/* Whether it is a device on USB. */
gboolean mt_place_is_usb (const MtLintDevice *device);

/* The controller of a type with this index; NULL: none. */
const MtLintDevice *mt_place_find_controller (const MtPlacing *placing, MtControllerKind kind,
                                              int index);

/* One address, to find those that exist twice. */
typedef struct {
  guint64 major, minor;
  guint device; /* its number */
} MtPlaceKey;

/* Sorts the keys, and reports every device that has the address of an earlier one. */
void mt_place_report_twins (const MtPlacing *placing, GArray *keys, MtPlaceCode code,
                            char *(*describe) (const MtPlaceKey *key));
