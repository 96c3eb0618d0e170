/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/host.h>

#include "libvirt/libvirt-private.h"

/* Reads everything about a host. Blocks. */
MachtypeHost *mt_host_read (const MtLibvirt *libvirt, GError **error);

/* The same without the domain capabilities of each machine: they take as long as about twenty
 * domains. Blocks. */
MachtypeHost *mt_host_read_capabilities (const MtLibvirt *libvirt, GError **error);
