/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each value in a domain by itself: what the rules of compat say of it, and what the host offers.
 */

#include "domain/lint-places-private.h"
#include "domain/lint-private.h"

#include <string.h>

#include "arch-private.h"
#include "finding-private.h"
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

/* What the host's domain capabilities say of a value. */
static MachtypeAnswer
ask_host (const MtLint *lint, MtDeviceKind kind, const char *value)
{
  const char *device, *name;

  if (lint->caps == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  if (kind == MT_KIND_CPU_MODE)
    return mt_host_ask_domain_capabilities (lint->host, lint->caps, "mode", value, "yes");
  /* For firmware they list how libvirt chooses it; "pflash" and "secure-boot" are elsewhere. */
  if (!mt_kind_get_capability (kind, &device, &name) ||
      (kind == MT_KIND_FIRMWARE && !mt_is_word ("efi", value)))
    return MACHTYPE_ANSWER_UNKNOWN;
  return mt_host_ask_domain_capabilities (lint->host, lint->caps, device, name, value);
}

/* Values are used in codes and messages. */
static gboolean
is_word (const char *value)
{
  const gsize size = sizeof (((MtRule *)NULL)->value);
  gsize n = 0;

  while (n < size && (g_ascii_islower (value[n]) || g_ascii_isdigit (value[n]) || value[n] == '-' ||
                      value[n] == '_' || value[n] == '.'))
    n++;
  return n < size && value[n] == '\0';
}

/* With a PCI root, libvirt 9.0 defines what needs a bus, and QEMU does not start. */
static gboolean
is_only_on_pci (const MtLintDomain *domain, const MtRule *rule)
{
  return domain->has_pci_root && !mt_class_has (domain->class, MT_HAS_PCI) &&
         (rule->define & MT_CLASS_BIT (domain->class)) == 0;
}

/* The rules, and what the host says: its own word is better than a rule that may be for another
 * version, and values that no rule and no enumeration can have are left to libvirt. */
static MtVerdict
judge (const MtLint *lint, MtDeviceKind kind, const char *value)
{
  const MachtypeAnswer listed = ask_host (lint, kind, value);
  MtVerdict verdict = mt_compat_judge (kind, value, lint->domain->class, &lint->domain->versions);

  if (verdict.authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE &&
      is_only_on_pci (lint->domain, verdict.rule))
    verdict.authority = MACHTYPE_AUTHORITY_QEMU;
  if (verdict.rule != NULL && !verdict.is_partial)
    return verdict;
  if (listed == MACHTYPE_ANSWER_NO)
    verdict.authority = MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES;
  else if (listed == MACHTYPE_ANSWER_YES)
    verdict.authority = MACHTYPE_AUTHORITY_NONE;
  if (listed != MACHTYPE_ANSWER_UNKNOWN) {
    verdict.is_partial = FALSE;
    verdict.is_known = TRUE;
  }
  return verdict;
}

/* Those that exist as devices of their own. */
static gboolean
is_virtio (const char *value)
{
  return g_str_has_prefix (value, "virtio");
}

/* A virtio device with an address that needs no PCI: rules for boards without PCI do not apply. The
 * address has its own rule. */
static gboolean
is_on_mmio (const MtLintDevice *device, MtDeviceKind kind, const char *value)
{
  return g_strcmp0 (device->address, "virtio-mmio") == 0 && is_virtio (value) &&
         (kind == MT_KIND_DISK_BUS || kind == MT_KIND_SCSI_MODEL || kind == MT_KIND_VIF_MODEL ||
          kind == MT_KIND_VIDEO_MODEL || kind == MT_KIND_INPUT_BUS);
}

/* A value that is to be replaced. */
typedef struct {
  const MtLint *lint;
  MtDeviceKind kind;
  const char *value;
} Replaced;

/* Whether the guest can have it instead: neither a rule nor the host nor another part of the domain
 * refuses it. */
static gboolean
can_replace (const MtRule *rule, gconstpointer data)
{
  const Replaced *replaced = data;
  const MtLint *lint = replaced->lint;
  const MtLintDomain *domain = lint->domain;

  if (mt_is_word (rule->value, replaced->value) ||
      judge (lint, replaced->kind, rule->value).authority != MACHTYPE_AUTHORITY_NONE)
    return FALSE;
  if ((rule->uefi & MT_CLASS_BIT (domain->class)) != 0 && !mt_lint_has_uefi (domain))
    return FALSE;
  if (replaced->kind == MT_KIND_CPU_MODE)
    return mt_lint_can_have_cpu_mode (domain, rule->value);
  return !mt_is_word (rule->value, "usb") || mt_lint_can_have_usb (domain);
}

/* A package may provide what a host lacks; virtio needs no PCI on some boards; otherwise another
 * value may fit. */
static char *
dup_remedy (const MtLint *lint, const MtVerdict *verdict)
{
  const MtLintDomain *domain = lint->domain;
  const Replaced replaced = { lint, verdict->kind, verdict->value };
  const char *package = mt_arch_get_firmware_package (domain->arch);

  if (verdict->authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES &&
      verdict->kind == MT_KIND_FIRMWARE && package != NULL)
    return mt_package_dup_remedy (package);
  if (!mt_class_has (domain->class, MT_HAS_PCI) &&
      mt_class_has (domain->class, MT_HAS_VIRTIO_MMIO) && is_virtio (verdict->value) &&
      verdict->kind != MT_KIND_IOMMU_MODEL)
    return g_strdup ("add <address type='virtio-mmio'/>");
  return mt_compat_dup_remedy_of (verdict->kind, domain->class, can_replace, &replaced);
}

/* What libvirt does not know either has its own finding. */
static gboolean
is_reported (const MtLint *lint, const char *code, const char *subject)
{
  guint i;

  for (i = 0; i < lint->findings->len; i++) {
    if (strcmp (machtype_finding_get_code (lint->findings->pdata[i]), code) == 0 &&
        g_str_has_prefix (machtype_finding_get_subject (lint->findings->pdata[i]), subject))
      return TRUE;
  }
  return FALSE;
}

/* Nothing is known of it: neither a rule nor the host says whether the machine supports it. */
static void
note_unknown (MtLint *lint, MtDeviceKind kind, const char *value, const char *subject)
{
  g_autofree char *code = g_strconcat (mt_kind_get_code (kind), "-unknown", NULL);
  char *message;

  if (is_reported (lint, code, subject))
    return;
  message = g_strdup_printf ("%s: not checked, because nothing is known about %s %s", subject,
                             mt_kind_get_label (kind), value);
  g_ptr_array_add (
      lint->findings,
      mt_finding_lower (mt_finding_new_of (code, message, NULL, subject, MACHTYPE_AUTHORITY_NONE,
                                           "libmachtype/compat/rules.c"),
                        MACHTYPE_SEVERITY_NOTE));
}

/* libvirt's words for a virtio device that old drivers know, and for one that they do not. */
static const char *
get_base (MtDeviceKind kind, const char *value)
{
  if (!mt_is_word ("virtio-transitional", value) && !mt_is_word ("virtio-non-transitional", value))
    return value;
  return kind == MT_KIND_SCSI_MODEL ? "virtio-scsi" : "virtio";
}

/* device NULL: subject is given. */
static void
check (MtLint *lint, MtDeviceKind kind, const char *value, const MtLintDevice *device,
       const char *subject)
{
  g_autofree char *path = NULL;
  const MtJudgedMachine machine = { lint->domain->arch, lint->domain->machine,
                                    lint->domain->class };
  MtVerdict verdict;

  value = value != NULL ? get_base (kind, value) : NULL;
  if (value == NULL || !is_word (value) || (device != NULL && is_on_mmio (device, kind, value)))
    return;
  verdict = judge (lint, kind, value);
  if (verdict.is_known && verdict.authority == MACHTYPE_AUTHORITY_NONE)
    return;
  if (device != NULL)
    subject = path = mt_lint_dup_subject (device);
  if (verdict.authority != MACHTYPE_AUTHORITY_NONE)
    g_ptr_array_add (lint->findings, mt_verdict_new_finding (&verdict, subject, &machine,
                                                             dup_remedy (lint, &verdict)));
  else if (mt_kind_is_complete (kind))
    note_unknown (lint, kind, value, subject);
}

/* QEMU's usb-bot has a real CD-ROM drive, for which only the bus has to exist. Source: libvirt
 * docs/formatdomain.rst, the model of a disk; QEMU hw/usb/dev-storage-bot.c. */
static gboolean
is_real_drive (const MtLintDevice *disk)
{
  return g_strcmp0 (mt_lint_get_bus (disk), "usb") == 0 && g_strcmp0 (disk->model, "usb-bot") == 0;
}

static void
check_disk (MtLint *lint, const MtLintDevice *disk)
{
  MtDeviceKind kind = MT_KIND_DISK_BUS;

  if (g_strcmp0 (disk->device, "cdrom") == 0 && !is_real_drive (disk))
    kind = MT_KIND_CDROM_BUS;
  else if (g_strcmp0 (disk->device, "floppy") == 0)
    kind = MT_KIND_FLOPPY_BUS;
  check (lint, kind, mt_lint_get_bus (disk), disk, NULL);
}

static void
check_controller (MtLint *lint, const MtLintDevice *controller)
{
  const char *type = controller->type, *model = controller->model;

  if (type == NULL)
    return;
  if (mt_is_word ("scsi", type))
    check (lint, MT_KIND_SCSI_MODEL, model, controller, NULL);
  else if (mt_is_word ("usb", type) && g_strcmp0 (model, "none") != 0)
    check (lint, MT_KIND_USB_CONTROLLER, model, controller, NULL);
  else if (mt_is_word ("ide", type) || mt_is_word ("sata", type))
    check (lint, MT_KIND_DISK_BUS, type, controller, NULL);
  else if (mt_is_word ("pci", type) && model != NULL && g_str_has_suffix (model, "-root"))
    check (lint, MT_KIND_PCI_ROOT, model, controller, NULL);
  else if (mt_is_word ("pci", type))
    check (lint, MT_KIND_PCI_CONTROLLER, model, controller, NULL);
}

/* The word that a device's kind judges; NULL: it takes more than one. */
static const char **
find_word (MtLintDevice *device)
{
  const MtKindPlace *place = mt_kind_get_place ((MtDeviceKind)device->kind);

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
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    word = find_word (device);
    if (word != NULL && *word == NULL)
      *word = get_default (domain, device);
  }
}

static void
check_device (MtLint *lint, MtLintDevice *device)
{
  const char **word = find_word (device);

  if (word != NULL) {
    const guint before = lint->findings->len;

    check (lint, (MtDeviceKind)device->kind, *word, device, NULL);
    /* If there is no such TPM, nothing else matters. */
    if (lint->findings->len == before)
      check (lint, MT_KIND_TPM_VERSION, device->version, device, NULL);
  } else if (device->element == MT_LINT_DISK)
    check_disk (lint, device);
  else if (device->element == MT_LINT_CONTROLLER)
    check_controller (lint, device);
  if (device->address != NULL && !mt_lint_is_board_controller (lint->domain, device) &&
      mt_place_is_address_kept (device))
    check (lint, MT_KIND_ADDRESS_TYPE, device->address, device, NULL);
}

void
mt_lint_check_values (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  guint i;

  fill_in_defaults (lint->domain);
  for (i = 0; i < domain->things->len; i++) {
    const MtLintThing *thing = &g_array_index (domain->things, MtLintThing, i);

    check (lint, (MtDeviceKind)thing->kind, thing->value, NULL, thing->subject);
  }
  for (i = 0; i < domain->devices->len; i++)
    check_device (lint, &g_array_index (domain->devices, MtLintDevice, i));
}
