/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libvirt/libvirt.h>
#include <machtype/machtype.h>

/* Whether this libvirt and its emulators have a machine. It is a difference if the library says
 * otherwise: what libvirt has no domain capabilities of cannot be defined, and is not offered. */
gboolean offered_ask (virConnect *libvirt, const MachtypeHost *host, const char *arch,
                      const char *machine);
