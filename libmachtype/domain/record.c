/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records an existing domain. */

#include "domain/domain-private.h"

#include <string.h>

#include "error-private.h"
#include "record/record-private.h"

static gboolean
check_uuid (const MachtypeRecordBuilder *builder, const MachtypeDomain *domain, GError **error)
{
  const char *uuid = machtype_domain_get_uuid (domain);
  MtUuid parsed;

  if (uuid == NULL)
    return TRUE;
  if (!mt_uuid_parse (uuid, &parsed, error))
    return FALSE;
  return strcmp (parsed.text, mt_record_builder_get_uuid (builder)) == 0 ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "the domain is of instance %s, but the record of %s", parsed.text,
                  mt_record_builder_get_uuid (builder));
}

/* A domain without a machine type keeps what was resolved for it. */
static gboolean
set_machine (MachtypeRecordBuilder *builder, const MachtypeDomain *domain, GError **error)
{
  const char *machine = mt_domain_get_qemu_machine (domain);

  return machine == NULL || machtype_record_builder_set_machine (builder, machine, NULL,
                                                                 MACHTYPE_SOURCE_DOMAIN, error);
}

static gboolean
set_known (MachtypeRecordBuilder *builder, const MachtypeDomain *domain, GError **error)
{
  const MachtypeArch arch = machtype_domain_get_arch (domain);
  const char *name = machtype_domain_get_name (domain);
  const char *state = machtype_domain_get_state (domain);

  return (name == NULL || machtype_record_builder_set_name (builder, name, error)) &&
         (arch == MACHTYPE_ARCH_UNKNOWN ||
          machtype_record_builder_set_arch (builder, arch, error)) &&
         (state == NULL || machtype_record_builder_set_state (builder, state, error));
}

static gboolean
set_devices (MachtypeRecordBuilder *builder, const MachtypeDomain *domain, GError **error)
{
  MachtypeProperties *devices = machtype_domain_get_devices (domain);

  return devices == NULL || mt_record_builder_add_properties (builder, devices, error);
}

/**
 * machtype_record_builder_set_domain:
 * @builder: a builder; must not be %NULL
 * @domain: a domain; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets what a domain is: its name, architecture and machine type, and the devices that are recorded
 * with it, if it was read with %MACHTYPE_DOMAIN_READ_DEVICES; its state, if it was read from a
 * host. Image properties that the domain does not decide are kept, and so is what it does not say.
 * For programs that write domain XML of their own; those that use a [struct@Machtype.GuestBuilder]
 * have [method@Machtype.RecordBuilder.set_guest].
 *
 * The source of the machine type is %MACHTYPE_SOURCE_DOMAIN. If it was resolved for the domain,
 * call [method@Machtype.RecordBuilder.set_resolution] afterwards, which also says why it was
 * chosen. If QEMU's own arguments name a machine type, it is the one that runs, and that is
 * recorded.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if the domain has another UUID than the builder, and for
 * a name that cannot be recorded; %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type name,
 * %MACHTYPE_ERROR_TOO_LARGE; the domain's own error, if it could not be read
 * ([method@Machtype.Domain.get_error]). On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_domain (MachtypeRecordBuilder *builder, MachtypeDomain *domain,
                                    GError **error)
{
  g_autoptr (MachtypeRecordBuilder) changed = NULL;

  g_return_val_if_fail (builder != NULL && domain != NULL, FALSE);

  if (machtype_domain_get_error (domain) != NULL) {
    g_propagate_error (error, g_error_copy (machtype_domain_get_error (domain)));
    return FALSE;
  }
  changed = mt_record_builder_copy (builder);
  if (!check_uuid (builder, domain, error) || !set_known (changed, domain, error) ||
      !set_machine (changed, domain, error) || !set_devices (changed, domain, error))
    return FALSE;
  mt_record_builder_swap (builder, changed);
  return TRUE;
}
