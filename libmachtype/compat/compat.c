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

/* The versions on which everything was tested. */
static const MtVersions tested = { { 7, 2 }, { 9, 0 } };

/* What is checked. */
typedef struct {
  const MtDeviceRequests *requests;
  const MachtypeProperties *properties;
  const MtFeatures *features;
  const MtJudgedMachine *machine;
  const MachtypeHost *host;         /* NULL: none */
  const MtDomainCapabilities *caps; /* NULL: none */
  const MtVersions *versions;
  GPtrArray **findings; /* created when there is one */
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
        (row->machines == 0 || (row->machines & MT_CLASS_BIT (j->machine->class)) != 0))
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

/* Not all hosts list firmware that needs no System Management Mode, but its file has a name of its
 * own. Source: Debian's package qemu-efi-aarch64. */
static MachtypeAnswer
ask_firmware_files (const MachtypeHost *host, const MtDomainCapabilities *caps)
{
  static const char marks[][12] = { ".ms.", ".secboot." };
  g_autofree char *files = mt_host_dup_listed (host, caps, "loader", "value");
  gsize i;

  for (i = 0; files != NULL && i < G_N_ELEMENTS (marks); i++) {
    if (strstr (files, marks[i]) != NULL)
      return MACHTYPE_ANSWER_YES;
  }
  return MACHTYPE_ANSWER_UNKNOWN;
}

MachtypeAnswer
mt_compat_ask_secure_boot (const MachtypeHost *host, const MtDomainCapabilities *caps,
                           MtMachineClass class)
{
  MachtypeAnswer listed =
      mt_host_ask_domain_capabilities (host, caps, "firmwareFeatures", "secureBoot", "yes");

  if (caps == NULL || listed != MACHTYPE_ANSWER_UNKNOWN)
    return listed;
  return mt_class_boots_signed (class)
             ? ask_firmware_files (host, caps)
             : mt_host_ask_domain_capabilities (host, caps, "loader", "secure", "yes");
}

static gboolean
is_known (const MachtypeHost *host)
{
  return host != NULL && host->has_capabilities;
}

/* A machine type of a version exists only where QEMU is as new; its libvirt may be, too. */
MtVersions
mt_compat_find_versions (const MachtypeHost *host, MachtypeArch arch, const MtMachineFound *found)
{
  MtVersions versions = tested;
  MtQemuVersion base;

  if (is_known (host)) {
    versions.qemu = mt_host_find_qemu (host, arch);
    versions.libvirt = mt_host_get_libvirt (host);
    if (host->qemu_version != 0)
      return versions;
  }
  if (!found->is_valid || !mt_name_upstream_base (&found->name, &base) ||
      MT_QEMU_NUMBER (base) <= MT_QEMU_NUMBER (versions.qemu))
    return versions;
  versions.qemu = base;
  if (!is_known (host))
    versions.libvirt = (MtQemuVersion){ 0, 0 };
  return versions;
}

char *
mt_compat_dup_missing (const MtVersionRange *qemu, const MtVersionRange *libvirt,
                       const MtVersions *versions)
{
  if (mt_version_is_within (versions->qemu, qemu) &&
      mt_version_is_within (versions->libvirt, libvirt))
    return NULL;
  if (qemu->from.major == 0)
    return g_strdup_printf ("libvirt %u.%u", libvirt->from.major, libvirt->from.minor);
  return g_strdup_printf ("QEMU %u.%u and libvirt %u.%u", qemu->from.major, qemu->from.minor,
                          libvirt->from.major, libvirt->from.minor);
}

static MachtypeAnswer
ask_capabilities (const Check *j, const MtDeviceRequest *request)
{
  const char *device, *name;

  if (j->caps == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  if (mt_is_word (request->wanted, "secure-boot"))
    return mt_compat_ask_secure_boot (j->host, j->caps, j->machine->class);
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
    if (mt_rule_ask (rule, j->machine->class) == MACHTYPE_AUTHORITY_NONE &&
        !mt_rule_is_new (rule) &&
        (j->requests->uefi || (rule->uefi & MT_CLASS_BIT (j->machine->class)) == 0) &&
        can_say (name, rule->value) && is_listed (j, kind, rule->value))
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", rule->value);
  }
  return g_string_free (list, list->len == 0);
}

/* A package may provide what a host lacks; otherwise another value may fit. */
static char *
dup_remedy (const Check *j, const MtDeviceRequest *request, MachtypeAuthority authority)
{
  const char *name = request->name, *package = mt_arch_get_firmware_package (j->machine->arch);
  const char *best = mt_compat_get_best (request->kind, j->machine->class, j->requests->uefi);
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

/* "QEMU before 8.0", if the machine supports it with others; NULL otherwise. */
static char *
dup_refusing_versions (const Check *j, const MtDeviceRequest *request, const MtRule *rule)
{
  static const MtVersionRanges any = { { { 0, 0 }, { 0, 0 } }, { { 0, 0 }, { 0, 0 } } };

  MtVerdict verdict;

  if (rule == NULL)
    return NULL;
  verdict = mt_compat_judge (request->kind, request->wanted, j->machine->class, &any);
  return verdict.is_partial ? mt_versions_dup_text (&verdict.versions) : NULL;
}

/* If libvirt or QEMU refuses it, report what the domain capabilities say: they disagree. */
static void
add_finding (const Check *j, const MtDeviceRequest *request, const MtRule *rule,
             MachtypeAuthority authority, MachtypeAnswer listed)
{
  g_autofree char *requested = dup_requested_by (j, request);
  g_autofree char *versions = NULL, *more = NULL;
  const char *said = "";

  if (authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES) {
    if (authority != MACHTYPE_AUTHORITY_LIBMACHTYPE)
      versions = dup_refusing_versions (j, request, rule);
    if (listed == MACHTYPE_ANSWER_YES)
      said = ", although the host's domain capabilities list it";
    else if (listed == MACHTYPE_ANSWER_NO)
      said = ", and the host's domain capabilities do not list it";
  }
  more =
      g_strconcat (versions != NULL ? " with " : "", versions != NULL ? versions : "", said, NULL);
  add (j,
       mt_compat_new_finding_of (rule, request->kind, request->wanted, authority, request->name,
                                 requested, j->machine, more, dup_remedy (j, request, authority)));
}

/* ", and the host has QEMU 7.2 and libvirt 9.0", as far as that is known. */
static char *
dup_present (const MtVersions *versions, const MachtypeHost *host)
{
  GString *text = g_string_new (NULL);

  if (!is_known (host))
    return g_string_free (text, FALSE);
  g_string_append (text, ", and the host has");
  if (versions->qemu.major != 0)
    g_string_append_printf (text, " QEMU %u.%u", versions->qemu.major, versions->qemu.minor);
  if (versions->libvirt.major != 0)
    g_string_append_printf (text, "%s libvirt %u.%u", versions->qemu.major != 0 ? " and" : "",
                            versions->libvirt.major, versions->libvirt.minor);
  return g_string_free (text, FALSE);
}

/* Where the host is not known. */
static const char *
get_advice (const MtVersionRange *qemu)
{
  return mt_qemu_version_is_set (qemu->from)
             ? "name a host that has them, or a machine type of that version of QEMU"
             : "name a host that has it, or a machine type of a newer QEMU";
}

/* The remedy is for a known host; otherwise one may have what is needed. Takes ownership of it. */
static void
check_versions (const Check *j, const char *name, const char *value, const char *code,
                const MtVersionRange *qemu, const MtVersionRange *libvirt, const char *source,
                char *remedy)
{
  g_autofree char *owned = remedy, *missing = NULL, *message = NULL;
  g_autofree char *requested = NULL, *present = NULL;

  missing = mt_compat_dup_missing (qemu, libvirt, j->versions);
  if (missing == NULL)
    return;
  requested = dup_requested (name, value);
  present = dup_present (j->versions, j->host);
  message = g_strdup_printf ("%s: it needs %s%s", requested, missing, present);
  add_own (j, code, name, MACHTYPE_AUTHORITY_QEMU,
           is_known (j->host) ? g_steal_pointer (&owned) : g_strdup (get_advice (qemu)), source,
           message);
}

/* Something other than a device, and what it needs. */
typedef struct {
  guint8 property;
  char value[12]; /* empty: any */
  guint32 needs;  /* MT_HAS_* */
  char code[24];
  MtVersionRange qemu, libvirt;
  char source[44];
} Demand;

static const Demand demands[] = {
  { MT_PROPERTY_FIRMWARE_STATELESS, "yes", .code = "firmware-stateless",
    .libvirt = { .from = { 8, 6 } }, .source = "libvirt NEWS, 8.6.0" },
  { MT_PROPERTY_PACKED_RING, "yes", .code = "virtio-packed-ring", .qemu = { .from = { 4, 2 } },
    .libvirt = { .from = { 6, 3 } }, .source = "libvirt NEWS, 6.3.0" },
  { MT_PROPERTY_MAXPHYSADDR_MODE, "", .needs = MT_HAS_X86, .code = "maxphysaddr",
    .libvirt = { .from = { 8, 7 } }, .source = "libvirt src/qemu/qemu_validate.c" },
  { MT_PROPERTY_REDIRECTED_USB_PORTS, "", .needs = MT_HAS_USB, .code = "usb-unavailable",
    .source = "libvirt src/qemu/qemu_validate.c" },
};

static void
check_demand (const Check *j, const Demand *demand)
{
  const MtRequested *requested = &j->features->requested[demand->property];
  g_autofree char *what = NULL, *message = NULL;

  if (requested->value == NULL ||
      (demand->value[0] != '\0' && !mt_is_word (demand->value, requested->value)))
    return;
  if (mt_class_has (j->machine->class, demand->needs)) {
    check_versions (j, requested->by, requested->value, demand->code, &demand->qemu,
                    &demand->libvirt, demand->source, g_strdup_printf ("remove %s", requested->by));
    return;
  }
  what = dup_requested (requested->by, requested->value);
  message = g_strdup_printf ("%s: libvirt refuses to define it for %s guests on %s", what,
                             machtype_arch_to_string (j->machine->arch), j->machine->name);
  add_own (j, demand->code, requested->by, MACHTYPE_AUTHORITY_LIBVIRT_DEFINE,
           g_strdup_printf ("remove %s", requested->by), demand->source, message);
}

static void
check_demands (const Check *j)
{
  gsize i;

  if (j->features->last != MT_PROPERTY_LAST)
    return;
  for (i = 0; i < G_N_ELEMENTS (demands); i++)
    check_demand (j, &demands[i]);
}

/* A package would help. */
static void
add_missing_firmware (const Check *j, const MtDeviceRequest *request)
{
  const char *package = mt_arch_get_firmware_package (j->machine->arch);
  g_autofree char *requested = dup_requested_by (j, request);
  g_autofree char *message =
      g_strdup_printf ("%s: the host has no UEFI firmware for %s guests on %s", requested,
                       machtype_arch_to_string (j->machine->arch), j->machine->name);

  add_own (j, "firmware-efi", request->name, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES,
           mt_package_dup_remedy (package), "virConnectGetDomainCapabilities", message);
}

static void
check_request (const Check *j, const MtDeviceRequest *request)
{
  const MtRule *rule = mt_rule_choose (request->kind, request->wanted, j->versions);
  MachtypeAuthority authority =
      rule != NULL ? mt_rule_ask (rule, j->machine->class) : MACHTYPE_AUTHORITY_LIBMACHTYPE;
  MachtypeAnswer listed = ask_capabilities (j, request);

  if (authority == MACHTYPE_AUTHORITY_NONE && rule != NULL && !j->requests->uefi &&
      (rule->uefi & MT_CLASS_BIT (j->machine->class)) != 0)
    authority = MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  /* If it is untested, the host's refusal is the stronger statement; a value that does not exist at
   * all does not concern the host. */
  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE && rule != NULL && listed == MACHTYPE_ANSWER_NO)
    authority = MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES;
  if (authority != MACHTYPE_AUTHORITY_NONE && authority != MACHTYPE_AUTHORITY_IGNORED)
    add_finding (j, request, rule, authority, listed);
  else if (listed == MACHTYPE_ANSWER_NO && mt_is_word (request->wanted, "efi"))
    add_missing_firmware (j, request);
  else if (listed == MACHTYPE_ANSWER_NO)
    add_finding (j, request, rule, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, listed);
  else if (rule != NULL && mt_rule_is_new (rule)) {
    g_autofree char *code =
        g_strdup_printf ("%s-%s", mt_kind_get_code (request->kind), request->wanted);

    check_versions (j, request->name, request->value, code, &rule->versions.qemu,
                    &rule->versions.libvirt, rule->source,
                    dup_remedy (j, request, MACHTYPE_AUTHORITY_QEMU));
  }
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
                             machtype_arch_to_string (j->machine->arch), j->machine->name);
  add_own (j, "tpm-emulator", by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, g_strdup (SWTPM),
           "virConnectGetDomainCapabilities", message);
}

static void
add_missing_keys (const Check *j, const MtRequested *secure_boot)
{
  const char *package = mt_arch_get_firmware_package (j->machine->arch);
  g_autofree char *requested = dup_requested (secure_boot->by, secure_boot->value);
  g_autofree char *message = g_strdup_printf (
      "SecureBootNotSupported: %s: the host has no firmware with Secure Boot for %s guests on %s",
      requested, machtype_arch_to_string (j->machine->arch), j->machine->name);

  add_own (j, "firmware-secure-boot", secure_boot->by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES,
           package != NULL ? mt_package_dup_remedy (package) : NULL,
           "virConnectGetDomainCapabilities", message);
}

/* Firmware that is not present cannot check what it boots; Nova boots silently. */
static void
judge_secure_boot (const Check *j)
{
  const MtRequested *secure_boot = &j->features->requested[MT_PROPERTY_SECURE_BOOT];
  g_autofree char *requested = NULL, *message = NULL;

  if (!mt_features_has (j->features, MT_PROPERTY_SECURE_BOOT, "required"))
    return;
  if (j->requests->uefi && mt_class_boots_signed (j->machine->class) &&
      mt_compat_ask_secure_boot (j->host, j->caps, j->machine->class) == MACHTYPE_ANSWER_NO)
    add_missing_keys (j, secure_boot);
  if (j->requests->uefi)
    return;
  requested = dup_requested (secure_boot->by, secure_boot->value);
  message =
      g_strdup_printf ("SecureBootNotSupported: %s: the guest has no UEFI firmware", requested);
  add_own (j, "secure-boot-without-uefi", secure_boot->by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup ("set image property hw_firmware_type=uefi"), "UEFI specification, Secure Boot",
           message);
}

/* The names of the encryptions in domain capabilities, and from which versions on there are these.
 * Sources: libvirt docs/formatdomaincaps.rst; libvirt NEWS, 10.5.0 and 11.6.0; QEMU docs/about/,
 * 9.1 and 10.1; nova/virt/libvirt/host.py has the QEMU of SEV-ES. */
static const struct {
  char type[8], element[4];
  MtVersionRange qemu, libvirt;
} encryption_needs[] = {
  [MT_ENCRYPTION_SEV] = { "sev", "sev", { .from = { 0, 0 } }, { .from = { 0, 0 } } },
  [MT_ENCRYPTION_SEV_ES] = { "sev", "sev", { .from = { 8, 0 } }, { .from = { 8, 0 } } },
  [MT_ENCRYPTION_SEV_SNP] = { "sev-snp", "sev", { .from = { 9, 1 } }, { .from = { 10, 5 } } },
  [MT_ENCRYPTION_TDX] = { "tdx", "tdx", { .from = { 10, 1 } }, { .from = { 11, 6 } } },
};

static gboolean
host_encrypts (const Check *j)
{
  const guint8 type = j->features->encryption->type;
  MachtypeAnswer listed = mt_host_ask_domain_capabilities (j->host, j->caps, "launchSecurity",
                                                           "sectype", encryption_needs[type].type);

  if (listed != MACHTYPE_ANSWER_UNKNOWN)
    return listed == MACHTYPE_ANSWER_YES;
  return mt_host_ask_domain_capabilities (j->host, j->caps, encryption_needs[type].element,
                                          "supported", "yes") == MACHTYPE_ANSWER_YES;
}

static void
check_encryption_model (const Check *j)
{
  const MtRequested *model = &j->features->requested[MT_PROPERTY_MEM_ENCRYPTION_MODEL];
  const guint8 type = j->features->encryption->type;

  if (model->value != NULL)
    check_versions (j, model->by, model->value, "memory-encryption", &encryption_needs[type].qemu,
                    &encryption_needs[type].libvirt,
                    "nova/virt/libvirt/host.py; libvirt NEWS, 10.5.0 and 11.6.0",
                    g_strdup_printf ("remove %s", model->by));
}

/* Source: libvirt docs/kbase/launch_security_sev.rst; nova/virt/hardware.py requires q35. */
static void
check_encryption (const Check *j)
{
  const char *by = j->features->requested[MT_PROPERTY_MEM_ENCRYPTION].by;
  g_autofree char *requested = NULL, *message = NULL;

  if (j->features->encryption == NULL)
    return;
  requested = dup_requested (by, "yes");
  if (!mt_class_can_encrypt (j->machine->class)) {
    message =
        g_strdup_printf ("InvalidMachineType: %s: %s guests on %s do not support memory encryption",
                         requested, machtype_arch_to_string (j->machine->arch), j->machine->name);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
             g_strdup ("use an x86_64 guest on q35"), "libvirt docs/kbase/launch_security_sev.rst",
             message);
  } else if (j->caps != NULL && !host_encrypts (j)) {
    message = g_strdup_printf ("%s: the host does not support memory encryption", requested);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, NULL,
             "virConnectGetDomainCapabilities", message);
  } else
    check_encryption_model (j);
}

/* Source: QEMU hw/char/sclpconsole.c, "Multiple VT220 operator consoles are not supported". */
static void
judge_serial_ports (const Check *j)
{
  const char *by = j->features->requested[MT_PROPERTY_SERIAL_PORT_COUNT].by;
  g_autofree char *requested = NULL, *message = NULL;

  if (j->features->serial_ports <= mt_class_get_serial_ports (j->machine->class))
    return;
  requested = dup_requested (by, NULL);
  message = g_strdup_printf ("%s=%u: %s guests on %s have only one serial console", requested,
                             j->features->serial_ports, machtype_arch_to_string (j->machine->arch),
                             j->machine->name);
  add_own (j, "serial-port-count", by, MACHTYPE_AUTHORITY_QEMU, g_strdup ("request one"),
           "QEMU hw/char/sclpconsole.c", message);
}

/* A record has it, for example from a later release. */
static void
add_kept (const Check *j, const char *name)
{
  g_autofree char *value =
      mt_escape_for_message (machtype_properties_get_image (j->properties, name));
  g_autofree char *message = g_strdup_printf (
      "image property %s=%s: this release of libmachtype does not know the value", name, value);

  add_own (j, "not-generated", name, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup_printf ("use a later release, or remove %s", name),
           "libmachtype/properties/schema.c", message);
}

static void
check_refused (const Check *j)
{
  MtRefused refused;
  g_autofree char *message = NULL;

  if (!mt_properties_find_refused (j->properties, &refused))
    return;
  if (refused.why == NULL) {
    add_kept (j, refused.name);
    return;
  }
  message = g_strdup_printf ("%s %s: libmachtype does not generate %s",
                             refused.is_spec ? "extra spec" : "image property", refused.name,
                             refused.why);
  add_own (j, "not-generated", refused.name, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup_printf ("remove %s", refused.name), "libmachtype/properties/specs.c", message);
}

void
mt_device_requests_check (const MtDeviceRequests *requests, const MachtypeProperties *properties,
                          const MtFeatures *features, const MtJudgedMachine *machine,
                          const MachtypeHost *host, const MtDomainCapabilities *caps,
                          const MtVersions *versions, GPtrArray **findings)
{
  const Check j = { requests, properties, features, machine, host, caps, versions, findings };
  guint i;

  check_refused (&j);
  judge_secure_boot (&j);
  for (i = 0; i < requests->count; i++)
    check_request (&j, &requests->list[i]);
  check_demands (&j);
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

/* host and namer can be NULL. namer says what machine it is, if the tables do not know its name. */
static GPtrArray *
check_machine (MachtypeProperties *all, MachtypeArch arch, const char *domain_type,
               const char *name, const MachtypeHost *host, const MachtypeHost *namer)
{
  g_autoptr (MachtypeProperties) properties = mt_properties_dup_requested (all);
  MtJudgedMachine machine = { arch, name, MT_CLASS_NONE };
  const MtDomainCapabilities *caps = NULL;
  GPtrArray *findings = mt_findings_new ();
  MtMachineFound found;
  MtFeatures features;
  MtDeviceRequests requests;
  MtVersions versions;

  if (!decide (properties, &features, findings))
    return findings;
  mt_host_look_up (namer, arch, domain_type, name, &found);
  machine.class = found.class;
  if (machine.class == MT_CLASS_NONE) {
    add_unknown (findings, arch, name);
    return findings;
  }
  versions = mt_compat_find_versions (host, arch, &found);
  if (host != NULL)
    caps = mt_host_find_domain_capabilities (host, arch, domain_type, name);
  mt_device_requests_collect (&features, machine.class, &requests);
  mt_device_requests_check (&requests, properties, &features, &machine, host, caps, &versions,
                            &findings);
  return findings;
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
 * Lists the properties that a machine type does not support, except for those that are only
 * defaults
 * ([method@Machtype.Properties.is_default]): the guest has no such device. Each finding names the
 * property
 * ([method@Machtype.Finding.get_subject]), the authority ([method@Machtype.Finding.get_authority])
 * and what to use instead. Authorities disagree: libvirt can refuse to define what the domain
 * capabilities list, and QEMU can lack what libvirt defines; the message says so where they do.
 *
 * Codes are the kind and the value, such as `disk-bus-ide`; `machine-unknown` if nothing is known
 * about the board; `contradiction` for what [method@Machtype.Properties.check] would raise, in
 * which case nothing else is listed. What a flavor would have to permit is not checked, because the
 * extra specs of a stored image are often unknown. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what does not fit, in the order in
 *   which a guest's devices are decided, always the same; empty if all does
 * Since: 1.0
 */
GPtrArray *
machtype_compat_check (MachtypeProperties *properties, MachtypeArch arch, const char *domain_type,
                       const char *machine, MachtypeHost *host)
{
  g_return_val_if_fail (properties != NULL && machine != NULL, NULL);

  return check_machine (properties, arch, domain_type, machine, host, host);
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
 * Returns: (transfer container) (element-type MachtypeFinding): the properties that would break, in
 *   the order of [func@Machtype.compat_check]; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_compat_compare (MachtypeProperties *properties, MachtypeArch arch, const char *domain_type,
                         const char *old_machine, MachtypeHost *old_host, const char *new_machine,
                         MachtypeHost *new_host)
{
  const MachtypeHost *old_namer = old_host != NULL ? old_host : new_host;
  const MachtypeHost *new_namer = new_host != NULL ? new_host : old_host;
  g_autoptr (GPtrArray) old_findings = NULL, new_findings = NULL;
  GPtrArray *broken;
  guint i;

  g_return_val_if_fail (properties != NULL && new_machine != NULL, NULL);

  new_findings = check_machine (properties, arch, domain_type, new_machine, new_host, new_namer);
  if (old_machine == NULL)
    return g_steal_pointer (&new_findings);
  old_findings = check_machine (properties, arch, domain_type, old_machine, old_host, old_namer);
  broken = mt_findings_new ();
  for (i = 0; i < new_findings->len; i++) {
    if (!has_finding (old_findings, new_findings->pdata[i]))
      g_ptr_array_add (broken, machtype_finding_ref (new_findings->pdata[i]));
  }
  return broken;
}
