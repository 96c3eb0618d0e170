/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_COMPAT_H
#define MACHTYPE_COMPAT_H

#include <machtype/host.h>
#include <machtype/properties.h>
#include <machtype/record.h>

G_BEGIN_DECLS

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_compat_check (MachtypeProperties *properties, MachtypeArch arch,
                                  const char *domain_type, const char *machine, MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_compat_compare (MachtypeProperties *properties, MachtypeArch arch,
                                    const char *domain_type, const char *old_machine,
                                    MachtypeHost *old_host, const char *new_machine,
                                    MachtypeHost *new_host);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_record_check_host (const MachtypeRecord *record, MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_record_check_machine (const MachtypeRecord *record, MachtypeHost *host);

G_END_DECLS

#endif /* MACHTYPE_COMPAT_H */
