/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/resolve.h>

#include "arch-private.h"

/* machtype_resolve with the built-in defaults given: see MtDefaultMachineFunc. */
MachtypeResolution *mt_resolve (MachtypeProperties *properties, MachtypePolicy *policy,
                                MachtypeHost *host, const char *recorded,
                                MtDefaultMachineFunc get_default, GError **error);
