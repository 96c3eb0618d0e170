/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_H
#define MACHTYPE_H

#include <machtype/version.h>
#include <machtype/text.h>
#include <machtype/error.h>
#include <machtype/json.h>
#include <machtype/finding.h>
#include <machtype/arch.h>
#include <machtype/name.h>
#include <machtype/lifecycle.h>
#include <machtype/properties.h>
#include <machtype/policy.h>
#include <machtype/host.h>
#include <machtype/record.h>
#include <machtype/config.h>
#include <machtype/platform.h>
#include <machtype/resolve.h>
#include <machtype/change.h>
#include <machtype/compat.h>
#include <machtype/guest.h>
#include <machtype/domain.h>
#include <machtype/domain-status.h>
#include <machtype/migration.h>
#include <machtype/store.h>
#include <machtype/connection.h>
#include <machtype/recorder.h>
#include <machtype/updater.h>
#include <machtype/audit.h>
#include <machtype/enum-types.h>

#endif /* MACHTYPE_H */
