/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which properties a machine and a host do not support, on whose authority, and what would fit. */

#include "compat/compat-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "string-private.h"

/* libvirt's TPM emulator is a separate program (Debian's packages). */
#define SWTPM "install packages swtpm and swtpm-tools"

#define CONTRADICTION "contradiction"

/* What is checked. */
typedef struct {
  const MtDeviceRequests *requests;
  const MachtypeProperties *properties;
  const MtFeatures *features;
  MachtypeArch arch;
  const char *machine;
  MtMachineClass class;
  const MachtypeHost *host;         /* NULL: none */
  const MtDomainCapabilities *caps; /* NULL: none */
  GPtrArray **findings;             /* created when there is one */
} Check;

/* The exception that Nova raises for it, if any. Sources: nova/exception.py,
 * nova/virt/libvirt/driver.py, blockinfo.py (is_disk_bus_valid_for_virt), vif.py
 * (is_vif_model_valid_for_virt). */
typedef struct {
  guint8 kind;
  char value[12];   /* empty: any */
  guint32 machines; /* 0: any */
  char name[28];    /* empty: nothing */
} Exception;

#define UNSUPPORTED_BUS(kind)                                                                      \
  { MT_KIND_##kind, "xen", 0, "UnsupportedHardware" },                                             \
      { MT_KIND_##kind, "lxc", 0, "UnsupportedHardware" },                                         \
  {                                                                                                \
    MT_KIND_##kind, "uml", 0, "UnsupportedHardware"                                                \
  }

/* The first that fits. */
static const Exception exceptions[] = {
  { MT_KIND_FIRMWARE, "efi", 0, "UEFINotSupported" },
  { MT_KIND_FIRMWARE, "secure-boot", 0, "SecureBootNotSupported" },
  UNSUPPORTED_BUS (DISK_BUS),
  UNSUPPORTED_BUS (CDROM_BUS),
  UNSUPPORTED_BUS (FLOPPY_BUS),
  { MT_KIND_VIF_MODEL, "netfront", 0, "UnsupportedHardware" },
  { MT_KIND_VIF_MODEL, "sriov", 0, "UnsupportedHardware" },
  { MT_KIND_VIF_MODEL, "vmxnet", 0, "UnsupportedHardware" },
  /* For a vIOMMU Nova checks only the machine type, and only on x86 and aarch64. */
  { MT_KIND_IOMMU_MODEL, "", MT_ON_Q35S | MT_ON (AARCH64_VIRT), "" },
  { MT_KIND_IOMMU_MODEL, "", MT_ON_X86, "InvalidVIOMMUMachineType" },
  { MT_KIND_IOMMU_MODEL, "", 0, "InvalidVIOMMUArchitecture" },
};

static const char *
get_exception (const Check *j, const MtDeviceRequest *request)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    const Exception *row = &exceptions[i];

    if (row->kind == request->kind &&
        (row->value[0] == '\0' || mt_is_word (row->value, request->wanted)) &&
        (row->machines == 0 || (row->machines & MT_CLASS_BIT (j->class)) != 0))
      return row->name[0] != '\0' ? row->name : NULL;
  }
  return NULL;
}

/* "image property hw_disk_bus=ide" */
static char *
dup_requested (const char *name, const char *value)
{
  if (name == NULL)
    return g_strdup ("by default");
  return g_strdup_printf ("%s %s%s%s", mt_schema_find (name) >= 0 ? "image property" : "extra spec",
                          name, value != NULL ? "=" : "", value != NULL ? value : "");
}

static void
add (const Check *j, MachtypeFinding *finding)
{
  if (*j->findings == NULL)
    *j->findings = mt_findings_new ();
  g_ptr_array_add (*j->findings, finding);
}

/* The same, with Nova's exception before it. */
static char *
dup_requested_by (const Check *j, const MtDeviceRequest *request)
{
  const char *exception = request->name != NULL ? get_exception (j, request) : NULL;
  g_autofree char *requested = dup_requested (request->name, request->value);

  return g_strdup_printf ("%s%s%s", exception != NULL ? exception : "",
                          exception != NULL ? ": " : "", requested);
}

/* Takes ownership of remedy. */
static void
add_own (const Check *j, const char *code, const char *name, MachtypeAuthority authority,
         char *remedy, const char *source, const char *message)
{
  add (j, mt_finding_new_of (code, g_strdup (message), remedy, name, authority, source));
}

static MachtypeAnswer
ask_capabilities (const Check *j, const MtDeviceRequest *request)
{
  const char *device, *name;

  if (j->caps == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  if (mt_is_word (request->wanted, "secure-boot"))
    return mt_host_ask_domain_capabilities (j->host, j->caps, "loader", "secure", "yes");
  if (!mt_kind_get_capability (request->kind, &device, &name))
    return MACHTYPE_ANSWER_UNKNOWN;
  return mt_host_ask_domain_capabilities (j->host, j->caps, device, name, request->wanted);
}

/* Whether the property that requests it can have a given value. */
static gboolean
can_say (const char *name, const char *value)
{
  g_autofree char *checked = NULL;
  MtSpec spec = mt_spec_find (name);

  return spec != MT_SPEC_NONE ? mt_spec_check (spec, value, &checked, NULL)
                              : mt_property_check (name, value, NULL);
}

static gboolean
is_listed (const Check *j, MtDeviceKind kind, const char *value)
{
  const char *device, *name;

  if (j->caps == NULL || !mt_kind_get_capability (kind, &device, &name))
    return TRUE;
  return mt_host_ask_domain_capabilities (j->host, j->caps, device, name, value) !=
         MACHTYPE_ANSWER_NO;
}

/* The values that the property could have instead, which the machine supports and the host lists;
 * NULL: none. */
static char *
dup_possible (const Check *j, MtDeviceKind kind, const char *name)
{
  GString *list = g_string_new (NULL);
  const MtRule *rule;
  gsize n, at = 0;
  const MtRule *rules = mt_rules_get (&n);

  while ((rule = mt_rule_next (rules, n, &at, kind, NULL)) != NULL) {
    if (mt_rule_ask (rule, j->class) == MACHTYPE_AUTHORITY_NONE &&
        (j->requests->uefi || (rule->uefi & MT_CLASS_BIT (j->class)) == 0) &&
        can_say (name, rule->value) && is_listed (j, kind, rule->value))
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", rule->value);
  }
  return g_string_free (list, list->len == 0);
}

/* A package may provide what a host lacks; otherwise another value may fit. */
static char *
dup_remedy (const Check *j, const MtDeviceRequest *request, MachtypeAuthority authority)
{
  const char *name = request->name, *package = mt_arch_get_firmware_package (j->arch);
  const char *best = mt_compat_get_best (request->kind, j->class, j->requests->uefi);
  gboolean pointer = name == mt_property_name (MT_PROPERTY_POINTER_MODEL);
  g_autofree char *possible = NULL;

  /* Not even the usual one is listed: the program that emulates them is missing. */
  if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && request->kind == MT_KIND_TPM_MODEL &&
      best != NULL && !is_listed (j, request->kind, best))
    return g_strdup (SWTPM);
  if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && request->kind == MT_KIND_FIRMWARE &&
      package != NULL)
    return mt_package_dup_remedy (package);
  if (pointer) /* another property sets the bus */
    name = mt_property_name (MT_PROPERTY_INPUT_BUS);
  if (name != NULL && mt_kind_is_choice (request->kind))
    possible = dup_possible (j, request->kind, name);
  if (possible != NULL)
    return g_strdup_printf ("%s%s",
                            pointer ? "possible for hw_input_bus: " : "possible: ", possible);
  return request->name != NULL ? g_strdup_printf ("remove %s", request->name) : NULL;
}

/* If libvirt or QEMU refuses it, report what the domain capabilities say: they disagree. */
static void
add_finding (const Check *j, const MtDeviceRequest *request, MachtypeAuthority authority,
             MachtypeAnswer listed)
{
  g_autofree char *requested = dup_requested_by (j, request);
  const char *more = "";

  if (authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && listed == MACHTYPE_ANSWER_YES)
    more = ", although the host's domain capabilities list it";
  else if (authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && listed == MACHTYPE_ANSWER_NO)
    more = ", and the host's domain capabilities do not list it";
  add (j, mt_compat_new_finding_of (request->kind, request->wanted, authority, request->name,
                                    requested, j->arch, j->machine, more,
                                    dup_remedy (j, request, authority)));
}

/* A package would help. */
static void
add_missing_firmware (const Check *j, const MtDeviceRequest *request)
{
  const char *package = mt_arch_get_firmware_package (j->arch);
  g_autofree char *requested = dup_requested_by (j, request);
  g_autofree char *message =
      g_strdup_printf ("%s: the host has no UEFI firmware for %s guests on %s", requested,
                       machtype_arch_to_string (j->arch), j->machine);

  add_own (j, "firmware-efi", request->name, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES,
           mt_package_dup_remedy (package), "virConnectGetDomainCapabilities", message);
}

static void
check_request (const Check *j, const MtDeviceRequest *request)
{
  const MtRule *rule = mt_rule_find (request->kind, request->wanted);
  MachtypeAuthority authority = mt_compat_ask (request->kind, request->wanted, j->class);
  MachtypeAnswer listed = ask_capabilities (j, request);

  if (authority == MACHTYPE_AUTHORITY_NONE && rule != NULL && !j->requests->uefi &&
      (rule->uefi & MT_CLASS_BIT (j->class)) != 0)
    authority = MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  /* If it is untested, the host's refusal is the stronger statement; a value that does not exist at
   * all does not concern the host. */
  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE && rule != NULL && listed == MACHTYPE_ANSWER_NO)
    authority = MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES;
  if (authority != MACHTYPE_AUTHORITY_NONE && authority != MACHTYPE_AUTHORITY_IGNORED)
    add_finding (j, request, authority, listed);
  else if (listed == MACHTYPE_ANSWER_NO && mt_is_word (request->wanted, "efi"))
    add_missing_firmware (j, request);
  else if (listed == MACHTYPE_ANSWER_NO)
    add_finding (j, request, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, listed);
}

/* swtpm is a separate program. */
static void
judge_tpm_backend (const Check *j)
{
  const char *model = mt_device_requests_get (j->requests, MT_KIND_TPM_MODEL);
  const char *by = j->features->requested[MT_PROPERTY_TPM_MODEL].by;
  g_autofree char *requested = NULL, *message = NULL;

  if (model == NULL || j->caps == NULL || !is_listed (j, MT_KIND_TPM_MODEL, model) ||
      mt_host_ask_domain_capabilities (j->host, j->caps, "tpm", "backendModel", "emulator") !=
          MACHTYPE_ANSWER_NO)
    return;
  requested = dup_requested (by, NULL);
  message = g_strdup_printf ("%s: the host has no TPM emulator for %s guests on %s", requested,
                             machtype_arch_to_string (j->arch), j->machine);
  add_own (j, "tpm-emulator", by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, g_strdup (SWTPM),
           "virConnectGetDomainCapabilities", message);
}

/* Firmware that is not present cannot check what it boots; Nova boots silently. */
static void
judge_secure_boot (const Check *j)
{
  const MtRequested *secure_boot = &j->features->requested[MT_PROPERTY_SECURE_BOOT];
  g_autofree char *requested = NULL, *message = NULL;

  if (j->requests->uefi || !mt_features_has (j->features, MT_PROPERTY_SECURE_BOOT, "required"))
    return;
  requested = dup_requested (secure_boot->by, secure_boot->value);
  message =
      g_strdup_printf ("SecureBootNotSupported: %s: the guest has no UEFI firmware", requested);
  add_own (j, "secure-boot-without-uefi", secure_boot->by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup ("set image property hw_firmware_type=uefi"), "UEFI specification, Secure Boot",
           message);
}

/* Source: libvirt docs/kbase/launch_security_sev.rst; nova/virt/hardware.py requires q35. */
static void
check_encryption (const Check *j)
{
  const char *by = j->features->requested[MT_PROPERTY_MEM_ENCRYPTION].by;
  g_autofree char *requested = NULL, *message = NULL;

  if (!mt_features_has (j->features, MT_PROPERTY_MEM_ENCRYPTION, "yes"))
    return;
  requested = dup_requested (by, "yes");
  if (!mt_class_can_encrypt (j->class)) {
    message =
        g_strdup_printf ("InvalidMachineType: %s: %s guests on %s do not support memory encryption",
                         requested, machtype_arch_to_string (j->arch), j->machine);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
             g_strdup ("use an x86_64 guest on q35"), "libvirt docs/kbase/launch_security_sev.rst",
             message);
  } else if (j->caps != NULL &&
             mt_host_ask_domain_capabilities (j->host, j->caps, "sev", "supported", "yes") !=
                 MACHTYPE_ANSWER_YES) {
    message = g_strdup_printf ("%s: the host does not support memory encryption", requested);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, NULL,
             "virConnectGetDomainCapabilities", message);
  }
}

/* Source: QEMU hw/char/sclpconsole.c, "Multiple VT220 operator consoles are not supported". */
static void
judge_serial_ports (const Check *j)
{
  const char *by = j->features->requested[MT_PROPERTY_SERIAL_PORT_COUNT].by;
  g_autofree char *requested = NULL, *message = NULL;

  if (j->features->serial_ports <= mt_class_get_serial_ports (j->class))
    return;
  requested = dup_requested (by, NULL);
  message =
      g_strdup_printf ("%s=%u: %s guests on %s have only one serial console", requested,
                       j->features->serial_ports, machtype_arch_to_string (j->arch), j->machine);
  add_own (j, "serial-port-count", by, MACHTYPE_AUTHORITY_QEMU, g_strdup ("request one"),
           "QEMU hw/char/sclpconsole.c", message);
}

static void
check_refused (const Check *j)
{
  MtRefused refused;
  g_autofree char *message = NULL;

  if (!mt_properties_find_refused (j->properties, &refused))
    return;
  message = g_strdup_printf ("%s %s: libmachtype does not generate %s",
                             refused.is_spec ? "extra spec" : "image property", refused.name,
                             refused.why);
  add_own (j, "not-generated", refused.name, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup_printf ("remove %s", refused.name), "libmachtype/properties/specs.c", message);
}

void
mt_device_requests_check (const MtDeviceRequests *requests, const MachtypeProperties *properties,
                          const MtFeatures *features, MachtypeArch arch, const char *machine,
                          const MachtypeHost *host, const MtDomainCapabilities *caps,
                          GPtrArray **findings)
{
  const Check j = { requests, properties, features, arch, machine, mt_class_find (arch, machine),
                    host,     caps,       findings };
  guint i;

  check_refused (&j);
  judge_secure_boot (&j);
  for (i = 0; i < requests->count; i++)
    check_request (&j, &requests->list[i]);
  judge_tpm_backend (&j);
  check_encryption (&j);
  judge_serial_ports (&j);
}

static void
add_unknown (GPtrArray *findings, MachtypeArch arch, const char *machine)
{
  char *message =
      arch != MACHTYPE_ARCH_UNKNOWN
          ? g_strdup_printf ("it is not known which devices %s guests on %s support",
                             machtype_arch_to_string (arch), machine)
          : g_strdup_printf (
                "which devices guests on %s support is not known without their architecture",
                machine);

  g_ptr_array_add (findings, mt_finding_new ("machine-unknown", message, NULL));
}

/* Properties that contradict each other request nothing in particular. */
static gboolean
decide (const MachtypeProperties *properties, MtFeatures *features, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  gboolean multiqueue;

  if (mt_features_decide (properties, FALSE, features, &error) &&
      mt_features_decide_queues (properties, &multiqueue, &error))
    return TRUE;
  g_ptr_array_add (findings,
                   mt_finding_new_of (CONTRADICTION, g_strdup (error->message), NULL, NULL,
                                      MACHTYPE_AUTHORITY_LIBMACHTYPE, "nova/virt/hardware.py"));
  return FALSE;
}

/**
 * machtype_compat_check:
 * @properties: image properties and extra specs; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): libvirt's domain type of the guest, such as `kvm`; %NULL for the one
 *   that the host would use
 * @machine: its machine type; must not be %NULL
 * @host: (nullable): the host, whose domain capabilities are consulted as well; %NULL for any
 *
 * Lists the properties that a machine type does not support. Each finding names the property
 * ([method@Machtype.Finding.get_subject]), the authority ([method@Machtype.Finding.get_authority])
 * and what to use instead. Authorities disagree: libvirt can refuse to define what the domain
 * capabilities list, and QEMU can lack what libvirt defines; the message says so where they do.
 *
 * Codes are the kind and the value, such as `disk-bus-ide`; `machine-unknown` if nothing is known
 * about the board; `contradiction` for what [method@Machtype.Properties.check] would raise, in
 * which case nothing else is listed. What a flavor would have to permit is not checked, because the
 * extra specs of a stored image are often unknown. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what does not fit; empty if all
 *   does
 * Since: 1.0
 */
GPtrArray *
machtype_compat_check (MachtypeProperties *properties, MachtypeArch arch, const char *domain_type,
                       const char *machine, MachtypeHost *host)
{
  const MtDomainCapabilities *caps = NULL;
  MtFeatures features;
  MtDeviceRequests requests;
  GPtrArray *findings;
  MtMachineClass class;

  g_return_val_if_fail (properties != NULL && machine != NULL, NULL);

  findings = mt_findings_new ();
  if (!decide (properties, &features, findings))
    return findings;
  class = mt_class_find (arch, machine);
  if (class == MT_CLASS_NONE) {
    add_unknown (findings, arch, machine);
    return findings;
  }
  if (host != NULL)
    caps = mt_host_find_domain_capabilities (host, arch, domain_type, machine);
  mt_device_requests_collect (&features, class, &requests);
  mt_device_requests_check (&requests, properties, &features, arch, machine, host, caps, &findings);
  return findings;
}

static gboolean
is_same (const MachtypeFinding *a, const MachtypeFinding *b)
{
  return strcmp (machtype_finding_get_code (a), machtype_finding_get_code (b)) == 0 &&
         strcmp (machtype_finding_get_code (a), CONTRADICTION) != 0 &&
         machtype_finding_get_authority (a) == machtype_finding_get_authority (b) &&
         g_strcmp0 (machtype_finding_get_subject (a), machtype_finding_get_subject (b)) == 0;
}

static gboolean
has_finding (const GPtrArray *findings, const MachtypeFinding *finding)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (is_same (findings->pdata[i], finding))
      return TRUE;
  }
  return FALSE;
}

/**
 * machtype_compat_compare:
 * @properties: image properties and extra specs; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): libvirt's domain type of the guest, such as `kvm`; %NULL for the one
 *   that each host would use
 * @old_machine: (nullable): its current machine type; %NULL for none
 * @old_host: (nullable): the host that it runs on; %NULL if nothing is known about it
 * @new_machine: its future machine type; must not be %NULL
 * @new_host: (nullable): the host that it will run on; %NULL if nothing is known about it
 *
 * Lists the properties that would break: those that the new machine type on the new host does not
 * support ([func@Machtype.compat_check]) and the old machine type on the old host does. For a
 * change of the machine type the hosts are the same; for an upgrade of QEMU the machine types are.
 * A contradiction is always listed: such a guest cannot be created. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the properties that would break;
 *   empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_compat_compare (MachtypeProperties *properties, MachtypeArch arch, const char *domain_type,
                         const char *old_machine, MachtypeHost *old_host, const char *new_machine,
                         MachtypeHost *new_host)
{
  g_autoptr (GPtrArray) old_findings = NULL, new_findings = NULL;
  GPtrArray *broken;
  guint i;

  g_return_val_if_fail (properties != NULL && new_machine != NULL, NULL);

  new_findings = machtype_compat_check (properties, arch, domain_type, new_machine, new_host);
  if (old_machine == NULL)
    return g_steal_pointer (&new_findings);
  old_findings = machtype_compat_check (properties, arch, domain_type, old_machine, old_host);
  broken = mt_findings_new ();
  for (i = 0; i < new_findings->len; i++) {
    if (!has_finding (old_findings, new_findings->pdata[i]))
      g_ptr_array_add (broken, machtype_finding_ref (new_findings->pdata[i]));
  }
  return broken;
}
