/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain's architecture and machine type do not support. */

#include "domain/lint-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"
#include "host/host-private.h"
#include "string-private.h"

/* libvirt's defaults for what the document does not contain; the first row that fits. Source:
 * libvirt src/qemu/qemu_domain.c and src/conf/domain_postparse.c. */
static const struct {
  guint32 has; /* for machines that have this; 0: for all */
  guint8 element;
  char type[12]; /* of the device; empty: any */
  char value[16];
} defaults[] = {
  { MT_HAS_PAPR, MT_LINT_PANIC, "", "pseries" },
  { MT_HAS_CHANNELS, MT_LINT_PANIC, "", "s390" },
  { 0, MT_LINT_PANIC, "", "isa" },
  { MT_HAS_PAPR, MT_LINT_TPM, "", "tpm-spapr" },
  { 0, MT_LINT_TPM, "", "tpm-tis" },
  { MT_HAS_CHANNELS, MT_LINT_INPUT, "", "virtio" },
  { MT_HAS_X86, MT_LINT_INPUT, "mouse", "ps2" },
  { MT_HAS_X86, MT_LINT_INPUT, "keyboard", "ps2" },
  { 0, MT_LINT_INPUT, "mouse", "usb" },
  { 0, MT_LINT_INPUT, "keyboard", "usb" },
  { 0, MT_LINT_INPUT, "tablet", "usb" },
  { 0, MT_LINT_PARALLEL, "", "isa-parallel" },
};

typedef struct {
  MtLintDomain *domain;
  MachtypeHost *host;               /* NULL: none */
  const MtDomainCapabilities *caps; /* NULL: none */
  GPtrArray *findings;
} Check;

static void
add (Check *judging, const char *code, MachtypeAuthority authority, const char *subject,
     const char *source, char *message, char *remedy)
{
  g_ptr_array_add (judging->findings,
                   mt_finding_new_of (code, message, remedy, subject, authority, source));
}

/* The host may not support what the rules accept. Values that no rule and no enumeration can have
 * are left to libvirt. */
static gboolean
is_lacking (const Check *judging, MtDeviceKind kind, const char *value)
{
  const char *device, *name;

  if (judging->caps == NULL)
    return FALSE;
  if (kind == MT_KIND_CPU_MODE)
    return mt_host_ask_domain_capabilities (judging->host, judging->caps, "mode", value, "yes") ==
           MACHTYPE_ANSWER_NO;
  /* For firmware they list how libvirt chooses it; "pflash" and "secure-boot" are elsewhere. */
  if (!mt_kind_get_capability (kind, &device, &name) ||
      (kind == MT_KIND_FIRMWARE && !mt_is_word ("efi", value)))
    return FALSE;
  return mt_host_ask_domain_capabilities (judging->host, judging->caps, device, name, value) ==
         MACHTYPE_ANSWER_NO;
}

/* Values are used in codes and messages. */
static gboolean
is_word (const char *value)
{
  return strlen (value) < sizeof (((MtRule *)NULL)->value) &&
         strspn (value, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen (value);
}

/* With a PCI root, libvirt 9.0 defines what needs a bus, and QEMU does not start. */
static gboolean
is_only_on_pci (const MtLintDomain *domain, const MtRule *rule)
{
  return domain->has_pci_root && !mt_class_has (domain->class, MT_HAS_PCI) &&
         (rule->define & MT_CLASS_BIT (domain->class)) == 0;
}

static MachtypeAuthority
ask (const Check *judging, MtDeviceKind kind, const char *value)
{
  const MtRule *rule = mt_rule_find (kind, value);
  MachtypeAuthority authority = MACHTYPE_AUTHORITY_NONE;

  if (rule != NULL)
    authority = mt_rule_ask (rule, judging->domain->class);
  if (authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE && is_only_on_pci (judging->domain, rule))
    authority = MACHTYPE_AUTHORITY_QEMU;
  /* That it is untested is not an error in an operator's domain. */
  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE)
    authority = MACHTYPE_AUTHORITY_NONE;
  if (authority == MACHTYPE_AUTHORITY_NONE && is_lacking (judging, kind, value))
    authority = MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES;
  return authority;
}

/* A virtio device with an address that needs no PCI: rules for boards without PCI do not apply. The
 * address has its own rule. */
static gboolean
is_on_mmio (const MtLintDevice *device, MtDeviceKind kind, const char *value)
{
  return g_strcmp0 (device->address, "virtio-mmio") == 0 && g_str_has_prefix (value, "virtio") &&
         (kind == MT_KIND_DISK_BUS || kind == MT_KIND_SCSI_MODEL || kind == MT_KIND_VIF_MODEL ||
          kind == MT_KIND_VIDEO_MODEL || kind == MT_KIND_INPUT_BUS);
}

/* device NULL: subject is given. */
static void
check (Check *judging, MtDeviceKind kind, const char *value, const MtLintDevice *device,
       const char *subject)
{
  const MtJudgedMachine machine = { judging->domain->arch, judging->domain->machine,
                                    judging->domain->class };
  g_autofree char *path = NULL;
  MachtypeAuthority authority;

  if (value == NULL || !is_word (value) || (device != NULL && is_on_mmio (device, kind, value)))
    return;
  authority = ask (judging, kind, value);
  if (authority == MACHTYPE_AUTHORITY_NONE)
    return;
  if (device != NULL)
    subject = path = mt_lint_dup_subject (device);
  g_ptr_array_add (judging->findings,
                   mt_compat_new_finding (kind, value, authority, subject, &machine));
}

static void
check_disk (Check *judging, const MtLintDevice *disk)
{
  MtDeviceKind kind = MT_KIND_DISK_BUS;

  if (g_strcmp0 (disk->device, "cdrom") == 0)
    kind = MT_KIND_CDROM_BUS;
  else if (g_strcmp0 (disk->device, "floppy") == 0)
    kind = MT_KIND_FLOPPY_BUS;
  check (judging, kind, mt_lint_get_bus (disk), disk, NULL);
}

static void
check_controller (Check *judging, const MtLintDevice *controller)
{
  const char *type = controller->type, *model = controller->model;

  if (type == NULL)
    return;
  if (mt_is_word ("scsi", type))
    check (judging, MT_KIND_SCSI_MODEL, model, controller, NULL);
  else if (mt_is_word ("usb", type) && g_strcmp0 (model, "none") != 0)
    check (judging, MT_KIND_USB_CONTROLLER, model, controller, NULL);
  else if (mt_is_word ("ide", type) || mt_is_word ("sata", type))
    check (judging, MT_KIND_DISK_BUS, type, controller, NULL);
  else if (mt_is_word ("pci", type) && model != NULL && g_str_has_suffix (model, "-root"))
    check (judging, MT_KIND_PCI_ROOT, model, controller, NULL);
  else if (mt_is_word ("pci", type))
    check (judging, MT_KIND_PCI_CONTROLLER, model, controller, NULL);
}

/* The word that decides the kind and value of a device; NULL: it takes more than one. */
static const char **
find_word (MtLintDevice *device, MtDeviceKind *kind)
{
  const MtKindPlace *place;

  *kind = mt_kind_of_element (mt_lint_get_element (device));
  place = mt_kind_get_place (*kind);
  if (place == NULL)
    return NULL;
  if (mt_is_word (place->part, "target"))
    return &device->target_type;
  return mt_is_word (place->attribute, "bus") ? &device->bus : &device->model;
}

static const char *
get_default (const MtLintDomain *domain, const MtLintDevice *device)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (defaults); i++) {
    if (defaults[i].element == device->element && mt_class_has (domain->class, defaults[i].has) &&
        (defaults[i].type[0] == '\0' || g_strcmp0 (device->type, defaults[i].type) == 0))
      return defaults[i].value;
  }
  return NULL;
}

static void
fill_in_defaults (MtLintDomain *domain)
{
  const char **word;
  MtDeviceKind kind;
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    word = find_word (device, &kind);
    if (word != NULL && *word == NULL)
      *word = get_default (domain, device);
  }
}

static void
check_device (Check *judging, MtLintDevice *device)
{
  MtDeviceKind kind;
  const char **word = find_word (device, &kind);

  if (word != NULL) {
    const guint before = judging->findings->len;

    check (judging, kind, *word, device, NULL);
    /* If there is no such TPM, nothing else matters. */
    if (judging->findings->len == before)
      check (judging, MT_KIND_TPM_VERSION, device->version, device, NULL);
  } else if (device->element == MT_LINT_DISK)
    check_disk (judging, device);
  else if (device->element == MT_LINT_CONTROLLER)
    check_controller (judging, device);
  if (!mt_lint_is_board_controller (judging->domain, device))
    check (judging, MT_KIND_ADDRESS_TYPE, device->address, device, NULL);
}

static void
check_all (Check *judging)
{
  const MtLintDomain *domain = judging->domain;
  const MtLintCheck *checks;
  gsize count;
  guint i;

  fill_in_defaults (judging->domain);
  for (i = 0; i < domain->things->len; i++) {
    const MtLintThing *thing = &g_array_index (domain->things, MtLintThing, i);

    check (judging, (MtDeviceKind)thing->kind, thing->value, NULL, thing->subject);
  }
  for (i = 0; i < domain->devices->len; i++)
    check_device (judging, &g_array_index (domain->devices, MtLintDevice, i));
  checks = mt_lint_checks_get (&count);
  for (i = 0; i < count; i++)
    mt_lint_check_run (&checks[i], domain, judging->findings);
}

/* Findings about the machine type itself on the host, for guests of this domain type (NULL: its
 * best). */
static void
check_machine (Check *judging, const char *type)
{
  const MtLintDomain *domain = judging->domain;
  g_autofree char *shown = mt_escape_for_message (domain->machine), *near = NULL, *why = NULL;
  const MtMachine *machine;

  if (machtype_host_offers (judging->host, domain->arch, type, domain->machine) ==
      MACHTYPE_ANSWER_NO) {
    near = mt_host_dup_near (judging->host, domain->arch, type, domain->machine);
    why = mt_host_dup_why_absent (judging->host, domain->arch, type, domain->machine);
    add (judging, "machine-not-offered", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE,
         "/domain/os/type/@machine", "virConnectGetCapabilities",
         g_strdup_printf (
             "/domain/os/type/@machine: the host does not offer machine type %s for %s guests%s",
             shown, machtype_arch_to_string (domain->arch), why),
         near != NULL ? g_strconcat ("possible: ", near, NULL) : NULL);
  }
  machine = mt_host_find_machine (judging->host, domain->arch, type, domain->machine);
  if (machine != NULL && machine->deprecated == MACHTYPE_ANSWER_YES)
    add (judging, "machine-deprecated", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@machine",
         "virConnectGetCapabilities",
         g_strdup_printf ("/domain/os/type/@machine: %s is deprecated on this host", shown),
         g_strdup ("choose a newer machine type while the guest can still be changed"));
}

static void
check_emulator (Check *judging)
{
  const char *arch = machtype_arch_to_string (judging->domain->arch);

  add (judging, "emulator-missing", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/os/type/@arch",
       "virConnectGetCapabilities",
       g_strdup_printf ("/domain/os/type/@arch: the host has no emulator for %s guests", arch),
       mt_arch_dup_emulator_remedy (judging->domain->arch));
}

/* It may still be a QEMU binary, but to find out, libvirt has to run it. */
static void
judge_own_emulator (Check *judging, const char *type)
{
  const MtLintDomain *domain = judging->domain;
  const char *listed = machtype_host_get_emulator (judging->host, domain->arch, type);
  g_autofree char *shown = NULL;

  if (domain->emulator == NULL || listed == NULL ||
      mt_host_lists_emulator (judging->host, domain->arch, type, domain->emulator))
    return;
  shown = mt_escape_for_message (domain->emulator);
  add (judging, "emulator-not-listed", MACHTYPE_AUTHORITY_NONE, "/domain/devices/emulator",
       "virConnectGetCapabilities",
       g_strdup_printf ("/domain/devices/emulator: the host's capabilities do not list %s for %s "
                        "guests; libvirt would run it to probe it",
                        shown, machtype_arch_to_string (domain->arch)),
       g_strconcat ("possible: ", listed, NULL));
}

static gboolean
can_have_type (const Check *judging)
{
  const MtLintDomain *domain = judging->domain;
  g_auto (GStrv) types = NULL;
  MachtypeArch own;

  if (machtype_host_has_capabilities (judging->host)) {
    types = machtype_host_dup_domain_types (judging->host, domain->arch);
    return types[0] == NULL || g_strv_contains ((const char *const *)types, domain->type);
  }
  own = machtype_host_get_arch (judging->host);
  return own == MACHTYPE_ARCH_UNKNOWN || strcmp (domain->type, "qemu") == 0 ||
         machtype_arch_can_accelerate (domain->arch, own);
}

static void
check_type (Check *judging)
{
  const char *best = machtype_host_get_domain_type (judging->host, judging->domain->arch);
  g_autofree char *shown = mt_escape_for_message (judging->domain->type);

  add (judging, "domain-type-not-offered", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/@type",
       "virConnectGetCapabilities",
       g_strdup_printf ("/domain/@type: the host cannot run %s guests of domain type %s",
                        machtype_arch_to_string (judging->domain->arch), shown),
       best != NULL ? g_strdup_printf ("type='%s'", best) : NULL);
}

static void
check_host (Check *judging)
{
  const MachtypeHost *host = judging->host;
  const char *type = judging->domain->type;

  if (host == NULL)
    return;
  if (machtype_host_has_capabilities (host) &&
      mt_host_find_guest (host, judging->domain->arch) == NULL) {
    check_emulator (judging);
    return;
  }
  if (type != NULL && !can_have_type (judging)) {
    check_type (judging);
    type = NULL; /* if the host lacks one, one finding is enough */
  }
  judge_own_emulator (judging, type);
  if (judging->domain->machine != NULL)
    check_machine (judging, type);
}

/* libvirt's default for a domain without a machine type: it differs between releases, and a guest
 * can rarely run on it. */
static void
judge_no_machine (Check *judging)
{
  MtLintDomain *domain = judging->domain;
  const char *arch = machtype_arch_to_string (domain->arch);
  const char *usual = machtype_arch_get_default_machine (domain->arch);

  add (judging, "machine-missing", MACHTYPE_AUTHORITY_LIBMACHTYPE, "/domain/os/type/@machine",
       "libvirt src/qemu/qemu_capabilities.c",
       g_strdup_printf ("/domain/os/type/@machine: no machine type is set, and libvirt's default "
                        "for %s guests changes between releases",
                        arch),
       usual != NULL ? g_strdup_printf ("machine='%s'", usual) : NULL);
}

/* A name that no QEMU can have, and that the host does not have, either. */
static gboolean
judge_impossible (Check *judging)
{
  const MtLintDomain *domain = judging->domain;
  g_autoptr (MachtypeName) name = machtype_name_new (domain->machine, domain->arch, NULL);
  g_autofree char *intended = name != NULL ? machtype_name_dup_intended (name) : NULL;

  if (intended == NULL ||
      (judging->host != NULL && machtype_host_offers (judging->host, domain->arch, domain->type,
                                                      domain->machine) == MACHTYPE_ANSWER_YES))
    return FALSE;
  add (judging, "impossible-name", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/os/type/@machine",
       "libvirt src/qemu/qemu_validate.c",
       g_strdup_printf ("/domain/os/type/@machine: no QEMU has a machine type %s; did you mean "
                        "'%s'?",
                        domain->machine, intended),
       g_strdup_printf ("machine='%s'", intended));
  return TRUE;
}

/* Explains why nothing can be checked. */
static void
check_unknown (Check *judging)
{
  const MtLintDomain *domain = judging->domain;
  g_autofree char *machine = mt_escape_for_message (domain->machine);

  if (judge_impossible (judging))
    return;
  add (judging, "machine-unknown", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@machine", NULL,
       g_strdup_printf (
           "/domain/os/type/@machine: not checked, because nothing is known about %s for %s guests",
           machine, machtype_arch_to_string (domain->arch)),
       NULL);
}

static void
judge_no_arch (Check *judging)
{
  const char *text = judging->domain->arch_text;
  g_autofree char *shown = text != NULL ? mt_escape_for_message (text) : NULL;

  if (text == NULL)
    add (judging, "arch-missing", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@arch", NULL,
         g_strdup ("/domain/os/type/@arch: no architecture is set"),
         g_strdup ("add arch='x86_64', or the guest's own architecture"));
  else
    add (judging, "arch-unknown", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@arch", NULL,
         g_strdup_printf ("/domain/os/type/@arch: unknown architecture %s", shown), NULL);
}

/* Only libvirt's own spelling is accepted, and only in lower case. */
static void
judge_arch_spelling (Check *judging)
{
  const char *spelling = machtype_arch_to_string (judging->domain->arch);
  g_autofree char *shown = NULL;

  if (strcmp (judging->domain->arch_text, spelling) == 0)
    return;
  shown = mt_escape_for_message (judging->domain->arch_text);
  add (judging, "arch-spelling", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/os/type/@arch",
       "libvirt src/util/virarch.c",
       g_strdup_printf ("/domain/os/type/@arch: libvirt does not accept the spelling %s", shown),
       g_strdup_printf ("arch='%s'", spelling));
}

static void
check_hypervisor (Check *judging)
{
  g_autofree char *shown = mt_escape_for_message (judging->domain->type);

  add (judging, "hypervisor-unknown", MACHTYPE_AUTHORITY_NONE, "/domain/@type", NULL,
       g_strdup_printf ("/domain/@type: only QEMU guests can be checked, not %s guests", shown),
       NULL);
}

static void
check_domain (Check *judging)
{
  MtLintDomain *domain = judging->domain;

  if (domain->type != NULL && !mt_domain_type_is_qemu (domain->type)) {
    check_hypervisor (judging);
    return;
  }
  mt_lint_words_check (domain, judging->caps, judging->findings);
  if (domain->arch == MACHTYPE_ARCH_UNKNOWN) {
    judge_no_arch (judging);
    return;
  }
  judge_arch_spelling (judging);
  check_host (judging);
  if (domain->machine == NULL) {
    judge_no_machine (judging);
    return;
  }
  domain->class = mt_host_get_class (judging->host, domain->arch, domain->type, domain->machine);
  if (domain->class == MT_CLASS_NONE)
    check_unknown (judging);
  else
    check_all (judging);
  mt_lint_places_check (domain, judging->findings);
}

/**
 * machtype_domain_lint:
 * @xml: the text of a domain's definition (`virsh dumpxml`), or of a planned one; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @host: (nullable): the host that is to run it, or %NULL to check only what does not depend on the
 *   host
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the devices and settings of a domain that its architecture or machine type does not
 * support, each with the authority ([method@Machtype.Finding.get_authority]) and what to do
 * instead; the subject of a finding is an XPath. libvirt is not contacted:
 * [method@Machtype.Connection.check_definition] returns what libvirt says about the domain.
 * Thread-safe.
 *
 * The code of a single unsupported value is its kind, a dash and the value: `disk-bus-ide`,
 * `watchdog-model-i6300esb`, `feature-acpi`. Combinations have their own codes:
 * `acpi-without-uefi`, `vcpus`, `pci-slot-dead`. Codes for the machine: `machine-unknown` (nothing
 * is known about it, so nothing else is checked), `machine-missing`, `arch-missing`,
 * `arch-unknown`, `arch-spelling`, `hypervisor-unknown`, `impossible-name`; with a host,
 * `machine-not-offered`, `machine-deprecated`, `domain-type-not-offered`, `emulator-missing`,
 * `emulator-not-listed`.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is malformed, is not a domain or has a document
 * type; %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.XML_MAX_SIZE],
 * [const@Machtype.XML_MAX_DEPTH] or ten thousand devices.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, empty if there are
 *   none; or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_domain_lint (const char *xml, gssize length, MachtypeHost *host, GError **error)
{
  g_autoptr (MtLintDomain) domain = NULL;
  Check judging = { 0 };

  g_return_val_if_fail (xml != NULL, NULL);

  domain = mt_lint_read (xml, length, error);
  if (domain == NULL)
    return NULL;
  domain->host = host;
  judging.domain = domain;
  judging.host = host;
  judging.findings = mt_findings_new ();
  if (host != NULL && domain->arch != MACHTYPE_ARCH_UNKNOWN && domain->machine != NULL)
    judging.caps =
        mt_host_find_domain_capabilities (host, domain->arch, domain->type, domain->machine);
  check_domain (&judging);
  return judging.findings;
}
