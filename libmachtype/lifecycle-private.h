/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "name/name-private.h"

/* FALSE: a version that no release has, or will have within a year. */
gboolean mt_lifecycle_may_exist (const MtName *name);
