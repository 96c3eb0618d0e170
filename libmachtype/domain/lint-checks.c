/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions of more than one thing, which no rule of compat can tell: each a small function in a
 * table. Measured with libvirt 9.0 and QEMU 7.2: what authority define and qemu say is asked again
 * by the suites real and slow, what guests say was seen when they were booted. */

#include "domain/lint-private.h"

#include <string.h>

#include "compat/class-sets.h"
#include "error-private.h"
#include "finding-private.h"
#include "guest/guest-private.h"

/* Where libvirt adds no USB controller of its own. */
#define NO_USB_CONTROLLER (ARM | B (RISCV_VIRT) | B (LOONGARCH_VIRT))

#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define GUEST MACHTYPE_AUTHORITY_GUEST

static gboolean
has_feature (const MtLintDomain *domain, const char *feature)
{
  return mt_lint_has (domain, MT_KIND_FEATURE, feature);
}

static gboolean
has_firmware (const MtLintDomain *domain, const char *firmware)
{
  return mt_lint_has (domain, MT_KIND_FIRMWARE, firmware);
}

static gboolean
has_uefi (const MtLintDomain *domain)
{
  return has_firmware (domain, "efi") || has_firmware (domain, "pflash");
}

static gboolean
is_emulated (const MtLintDomain *domain)
{
  return g_strcmp0 (domain->type, "qemu") == 0;
}

static gboolean
is_in (const MtLintDomain *domain, guint32 classes)
{
  return (MT_CLASS_BIT (domain->class) & classes) != 0;
}

/* The first device of a kind that fits; type NULL: of any. */
static const MtLintDevice *
find_device (const MtLintDomain *domain, MtLintElement element, const char *type)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element == element && (type == NULL || g_strcmp0 (device->type, type) == 0))
      return device;
  }
  return NULL;
}

static char *
find_acpi_without_uefi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!has_feature (domain, "acpi") || has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/features/acpi");
}

static char *
find_uefi_without_acpi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return has_uefi (domain) && !has_feature (domain, "acpi") ? g_strdup ("/domain/os") : NULL;
}

/* With a loader that is named, libvirt does not switch it on by itself. */
static char *
find_secure_without_smm (const MtLintDomain *domain, char **detail)
{
  const gboolean smm = has_feature (domain, "smm") && !domain->smm_off;

  (void)detail;
  if (!has_firmware (domain, "secure-boot") || has_firmware (domain, "efi") || smm)
    return NULL;
  return g_strdup ("/domain/os/loader/@secure");
}

static char *
find_secure_with_smm_off (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!has_firmware (domain, "secure-boot") || !has_firmware (domain, "efi") || !domain->smm_off)
    return NULL;
  return g_strdup ("/domain/features/smm");
}

static char *
find_no_acpi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  /* With UEFI libvirt refuses it: another check. */
  if (has_feature (domain, "acpi") || has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/features");
}

static char *
find_iommu_without_acpi (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *iommu = find_device (domain, MT_LINT_IOMMU, NULL);

  (void)detail;
  if (iommu == NULL || g_strcmp0 (iommu->model, "virtio") != 0 || has_feature (domain, "acpi"))
    return NULL;
  return mt_lint_dup_subject (iommu);
}

/* Without a version libvirt takes 2 for guests that are emulated. */
static char *
find_gic_vcpus (const MtLintDomain *domain, char **detail)
{
  const gboolean unset = domain->gic == NULL || *domain->gic == '\0';

  if (domain->vcpus <= 8)
    return NULL;
  if (!(unset && is_emulated (domain)) && g_strcmp0 (domain->gic, "2") != 0)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT, domain->vcpus);
  return g_strdup ("/domain/vcpu");
}

static const MtRecipe *
get_recipe (const MtLintDomain *domain)
{
  return mt_recipe_find (domain->arch, domain->machine);
}

/* How many the host's emulator allows; 0: not known. */
static guint
get_host_vcpus (const MtLintDomain *domain)
{
  const MtMachine *machine = NULL;

  if (domain->host != NULL)
    machine = mt_host_find_machine (domain->host, domain->arch, domain->type, domain->machine);
  return machine != NULL ? machine->max_cpus : 0;
}

/* More than 255 are possible on q35 with a vIOMMU that maps their interrupts: then the host knows.
 */
static char *
find_vcpus (const MtLintDomain *domain, char **detail)
{
  const MtRecipe *recipe = get_recipe (domain);
  guint limit = recipe != NULL && !domain->has_eim ? recipe->max_vcpus : 0;
  const guint host_limit = get_host_vcpus (domain);

  if (host_limit != 0 && (limit == 0 || host_limit < limit))
    limit = host_limit;
  if (limit == 0 || domain->vcpus <= limit)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT "; at most %u", domain->vcpus, limit);
  return g_strdup ("/domain/vcpu");
}

/* libvirt's own limit of malta, far above what a guest survives. */
static char *
find_vcpus_malta (const MtLintDomain *domain, char **detail)
{
  return domain->vcpus > 16 ? NULL : find_vcpus (domain, detail);
}

static char *
find_vcpus_malta_define (const MtLintDomain *domain, char **detail)
{
  return domain->vcpus <= 16 ? NULL : find_vcpus (domain, detail);
}

static char *
find_memory_over (const MtLintDomain *domain, char **detail)
{
  const MtRecipe *recipe = get_recipe (domain);

  if (recipe == NULL || recipe->max_memory_mib == 0 ||
      domain->memory_kib <= (guint64)recipe->max_memory_mib * 1024)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT " MiB; at most %u", domain->memory_kib / 1024,
                             recipe->max_memory_mib);
  return g_strdup ("/domain/memory");
}

static char *
find_memory_under (const MtLintDomain *domain, char **detail)
{
  const MtRecipe *recipe = get_recipe (domain);

  if (recipe == NULL || domain->memory_kib == 0 ||
      domain->memory_kib >= (guint64)recipe->min_memory_mib * 1024)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT " MiB; at least %u", domain->memory_kib / 1024,
                             recipe->min_memory_mib);
  return g_strdup ("/domain/memory");
}

/* libvirt writes QEMU's default, cortex-a15, into the definition of a domain that names none: what
 * is written counts for as little. Source: QEMU hw/arm/virt.c, valid_cpus, those of 32 bits. */
static char *
find_cpu_32 (const MtLintDomain *domain, char **detail)
{
  const char *model = domain->qemu_cpu != NULL ? domain->qemu_cpu : domain->cpu_model;
  gboolean custom = domain->cpu_mode == NULL || strcmp (domain->cpu_mode, "custom") == 0;

  if (!is_emulated (domain) || (domain->qemu_cpu == NULL && !custom))
    return NULL;
  if (model != NULL && strcmp (model, "cortex-a15") != 0 && strcmp (model, "cortex-a7") != 0)
    return NULL;
  *detail = g_strdup (model != NULL ? model : "cortex-a15 without one");
  return g_strdup ("/domain/cpu");
}

/* The default of MIPS64, 20Kc, is older than the kernels that distributions build; what would do is
 * what guests of the library are given. */
static char *
find_no_qemu_cpu (const MtLintDomain *domain, char **detail)
{
  const MtRecipe *recipe = get_recipe (domain);

  if (recipe == NULL || recipe->qemu_cpu[0] == '\0' || domain->qemu_cpu != NULL ||
      !is_emulated (domain))
    return NULL;
  *detail = g_strdup (recipe->qemu_cpu);
  return g_strdup ("/domain");
}

static char *
find_host_passthrough (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!is_emulated (domain) || g_strcmp0 (domain->cpu_mode, "host-passthrough") != 0)
    return NULL;
  return g_strdup ("/domain/cpu/@mode");
}

/* Which architectures are foreign only a host can tell. */
static char *
find_host_model (const MtLintDomain *domain, char **detail)
{
  MachtypeArch own;

  (void)detail;
  if (domain->host == NULL || !is_emulated (domain) ||
      g_strcmp0 (domain->cpu_mode, "host-model") != 0)
    return NULL;
  own = machtype_host_get_arch (domain->host);
  if (own == MACHTYPE_ARCH_UNKNOWN || machtype_arch_can_accelerate (domain->arch, own))
    return NULL;
  return g_strdup ("/domain/cpu/@mode");
}

static char *
find_gic_host (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!is_emulated (domain) || g_strcmp0 (domain->gic, "host") != 0)
    return NULL;
  return g_strdup ("/domain/features/gic");
}

static char *
find_threads (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return is_emulated (domain) && domain->threads > 1 ? g_strdup ("/domain/cpu/topology") : NULL;
}

static char *
find_numa (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_numa ? g_strdup ("/domain/cpu/numa") : NULL;
}

static char *
find_max_memory (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_max_memory && !domain->has_numa ? g_strdup ("/domain/maxMemory") : NULL;
}

static char *
find_dimm_without_acpi (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *memory = find_device (domain, MT_LINT_MEMORY, NULL);

  (void)detail;
  if (memory == NULL || g_strcmp0 (memory->model, "dimm") != 0 || has_feature (domain, "acpi"))
    return NULL;
  return mt_lint_dup_subject (memory);
}

static char *
find_hotplug_vcpus (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_hotplug_vcpus ? g_strdup ("/domain/vcpus") : NULL;
}

/* hda to hdd are the first controller's, in the order that libvirt numbers them. */
static gboolean
is_on_second_ide (const MtLintDomain *domain, const MtLintDevice *device)
{
  const char *bus;

  (void)domain;
  if (device->element == MT_LINT_CONTROLLER)
    return g_strcmp0 (device->type, "ide") == 0 && device->index > 0;
  bus = device->element == MT_LINT_DISK ? mt_lint_get_bus (device) : NULL;
  if (g_strcmp0 (bus, "ide") != 0)
    return FALSE;
  if (device->controller >= 0)
    return device->controller > 0;
  return device->target != NULL && strlen (device->target) == 3 && device->target[2] > 'd';
}

/* What libvirt calls sclp-serial is the same console. */
static gboolean
is_sclp (const MtLintDevice *device)
{
  return (device->element == MT_LINT_CONSOLE && g_strcmp0 (device->target_type, "sclp") == 0) ||
         (device->element == MT_LINT_SERIAL &&
          (device->target_type == NULL || strcmp (device->target_type, "sclp-serial") == 0));
}

static char *
find_second_sclp (const MtLintDomain *domain, char **detail)
{
  gboolean seen = FALSE;
  guint i;

  (void)detail;
  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (!is_sclp (device))
      continue;
    if (seen)
      return mt_lint_dup_subject (device);
    seen = TRUE;
  }
  return NULL;
}

static gboolean
is_usb (const MtLintDevice *device)
{
  switch ((MtLintElement)device->element) {
  case MT_LINT_DISK:
    return g_strcmp0 (mt_lint_get_bus (device), "usb") == 0;
  case MT_LINT_INPUT:
  case MT_LINT_REDIRDEV:
    return g_strcmp0 (device->bus, "usb") == 0;
  case MT_LINT_HOSTDEV:
  case MT_LINT_HUB:
    return g_strcmp0 (device->type, "usb") == 0;
  case MT_LINT_SMARTCARD: /* its reader */
    return TRUE;
  case MT_LINT_SOUND:
    return g_strcmp0 (device->model, "usb") == 0;
  case MT_LINT_SERIAL:
    return g_strcmp0 (device->target_type, "usb-serial") == 0;
  default:
    return FALSE;
  }
}

/* Those of which no rule of compat speaks. */
static gboolean
is_usb_without_rule (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return is_usb (device) &&
         (device->element == MT_LINT_REDIRDEV || device->element == MT_LINT_HOSTDEV ||
          device->element == MT_LINT_HUB || device->element == MT_LINT_SMARTCARD);
}

static gboolean
is_ps2_tablet (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->element == MT_LINT_INPUT && g_strcmp0 (device->type, "tablet") == 0 &&
         g_strcmp0 (device->bus, "ps2") == 0;
}

static gboolean
is_transitional (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->model != NULL && g_str_has_prefix (device->model, "virtio-") &&
         g_str_has_suffix (device->model, "-transitional");
}

static gboolean
is_shmem (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->element == MT_LINT_SHMEM;
}

static char *
find_smbios (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_smbios ? g_strdup ("/domain/os/smbios") : NULL;
}

static char *
find_bios_serial (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_bios_serial ? g_strdup ("/domain/os/bios") : NULL;
}

static const MtLintDevice *
find_usb_device (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (is_usb (device))
      return device;
  }
  return NULL;
}

static char *
find_usb_switched_off (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *controller = find_device (domain, MT_LINT_CONTROLLER, "usb");
  const MtLintDevice *device = find_usb_device (domain);

  (void)detail;
  if (controller == NULL || device == NULL || g_strcmp0 (controller->model, "none") != 0)
    return NULL;
  return mt_lint_dup_subject (device);
}

static char *
find_usb_without_controller (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *device = find_usb_device (domain);

  (void)detail;
  if (device == NULL || find_device (domain, MT_LINT_CONTROLLER, "usb") != NULL)
    return NULL;
  return mt_lint_dup_subject (device);
}

/* It is function 7 of its slot: a guest sees it only if there is a function 0. */
static char *
find_lone_ehci (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *ehci = NULL;
  guint i;

  (void)detail;
  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element != MT_LINT_CONTROLLER || device->model == NULL)
      continue;
    if (strcmp (device->model, "ich9-uhci1") == 0)
      return NULL;
    if (strcmp (device->model, "ich9-ehci1") == 0)
      ehci = device;
  }
  return ehci != NULL ? mt_lint_dup_subject (ehci) : NULL;
}

static char *
find_no_kernel (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (domain->has_kernel || domain->has_loader || has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/os");
}

/* Of the boards without PCI: what libvirt adds unless it is told not to. */
static char *
find_implied_pci (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *balloon = find_device (domain, MT_LINT_MEMBALLOON, NULL);
  const MtLintDevice *usb = find_device (domain, MT_LINT_CONTROLLER, "usb");

  if (balloon == NULL || (balloon->address == NULL && g_strcmp0 (balloon->model, "none") != 0))
    *detail = g_strdup ("<memballoon model='none'/>");
  else if (!is_in (domain, B (ISAPC)) && usb == NULL)
    *detail = g_strdup ("<controller type='usb' model='none'/>");
  return *detail != NULL ? g_strdup ("/domain/devices") : NULL;
}

/* Controllers that sit on PCI. */
static gboolean
is_pci_controller (const MtLintDevice *device)
{
  static const char types[][16] = { "scsi", "sata", "virtio-serial" };
  gsize i;

  if (g_strcmp0 (device->type, "usb") == 0)
    return g_strcmp0 (device->model, "none") != 0;
  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_strcmp0 (device->type, types[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_pci_sound (const MtLintDevice *device)
{
  static const char models[][8] = { "ich6", "ich9", "ac97", "es1370" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (models); i++) {
    if (g_strcmp0 (device->model, models[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether a device of malta needs an interrupt of the PCI bus. Displays do not. */
static gboolean
needs_slot (const MtLintDevice *device)
{
  switch ((MtLintElement)device->element) {
  case MT_LINT_DISK:
    return g_strcmp0 (mt_lint_get_bus (device), "virtio") == 0;
  case MT_LINT_CONTROLLER:
    return is_pci_controller (device);
  case MT_LINT_INTERFACE:
    return g_strcmp0 (device->model, "ne2k_isa") != 0;
  case MT_LINT_INPUT:
    return g_strcmp0 (device->bus, "virtio") == 0;
  case MT_LINT_SOUND:
    return is_pci_sound (device);
  case MT_LINT_MEMBALLOON:
    return g_strcmp0 (device->model, "none") != 0;
  case MT_LINT_RNG:
  case MT_LINT_FILESYSTEM:
  case MT_LINT_VSOCK:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
has_no_slot (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return needs_slot (device) && device->slot < 0 &&
         (device->address == NULL || strcmp (device->address, "pci") == 0);
}

/* Source: Linux arch/mips/pci/fixup-malta.c, irq_tab. */
static gboolean
is_in_dead_slot (const MtLintDomain *domain, const MtLintDevice *device)
{
  const int slot = device->slot;

  (void)domain;
  if (!needs_slot (device) || slot < 0)
    return FALSE;
  return device->pci_bus > 0 || !(slot == 0x0b || slot == 0x0c || (slot >= 0x12 && slot <= 0x15));
}

static gboolean
has_virtio_channel (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if ((device->element == MT_LINT_CHANNEL || device->element == MT_LINT_CONSOLE) &&
        g_strcmp0 (device->target_type, "virtio") == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_scsi_disk (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element == MT_LINT_DISK && g_strcmp0 (mt_lint_get_bus (device), "scsi") == 0)
      return TRUE;
  }
  return FALSE;
}

/* What libvirt adds to malta, in slots without an interrupt. */
static char *
find_implied_slot (const MtLintDomain *domain, char **detail)
{
  if (find_device (domain, MT_LINT_MEMBALLOON, NULL) == NULL)
    *detail = g_strdup ("memballoon");
  else if (find_usb_device (domain) != NULL &&
           find_device (domain, MT_LINT_CONTROLLER, "usb") == NULL)
    *detail = g_strdup ("USB controller");
  else if (has_scsi_disk (domain) && find_device (domain, MT_LINT_CONTROLLER, "scsi") == NULL)
    *detail = g_strdup ("SCSI controller");
  else if (has_virtio_channel (domain) &&
           find_device (domain, MT_LINT_CONTROLLER, "virtio-serial") == NULL)
    *detail = g_strdup ("virtio-serial controller");
  return *detail != NULL ? g_strdup ("/domain/devices") : NULL;
}

#define VALIDATE "libvirt src/qemu/qemu_validate.c"
#define HW_VIRT "QEMU hw/arm/virt.c"
#define MALTA_SLOTS "Linux arch/mips/pci/fixup-malta.c"
#define GIVE_SLOT "give it <address type='pci' bus='0x00' slot='0x12'/>, or 0x13 to 0x15"

static const MtLintCheck checks[] = {
  { "acpi-without-uefi", B (AARCH64_VIRT), DEFINE, "libvirt wants UEFI for ACPI here",
    "leave <acpi/> away, or write <os firmware='efi'>", VALIDATE, find_acpi_without_uefi, NULL },
  { "acpi-without-uefi", B (ARM_VIRT), MACHTYPE_AUTHORITY_IGNORED, "ACPI without UEFI is ignored",
    "leave <acpi/> away", "libvirt src/qemu/qemu_command.c", find_acpi_without_uefi, NULL },
  { "uefi-without-acpi", X86, DEFINE, "libvirt wants ACPI for UEFI here", "add <acpi/>", VALIDATE,
    find_uefi_without_acpi, NULL },
  { "secure-boot-without-smm", Q35S, DEFINE, "secure boot needs System Management Mode",
    "add <smm state='on'/>", VALIDATE, find_secure_without_smm, NULL },
  { "secure-boot-without-smm", Q35S, QEMU, "secure boot needs System Management Mode",
    "leave <smm state='off'/> away", "libvirt src/qemu/qemu_firmware.c", find_secure_with_smm_off,
    NULL },
  { "acpi-missing", I440FXS, GUEST, "without ACPI the guest never powers off", "add <acpi/>",
    "guests booted without it", find_no_acpi, NULL },
  { "iommu-without-acpi", Q35S | ARM, DEFINE, "libvirt wants ACPI for this vIOMMU",
    "add <acpi/>, which wants UEFI on Arm", VALIDATE, find_iommu_without_acpi, NULL },
  { "gic-vcpus", ARM, QEMU, "GIC version 2 serves 8 vCPUs", "<gic version='3'/> (64 bits only)",
    HW_VIRT, find_gic_vcpus, NULL },
  { "gic-host", ARM, QEMU, "the host's GIC cannot be had without KVM", "<gic version='3'/>",
    HW_VIRT, find_gic_host, NULL },
  { "vcpus", ~(B (ARM_VIRT) | MALTAS) & ALL, DEFINE, "more vCPUs than the machine has",
    "give it fewer vCPUs", "libvirt src/qemu/qemu_validate.c; -smp of QEMU", find_vcpus, NULL },
  { "vcpus", MALTAS, DEFINE, "more vCPUs than the machine has", "give it one vCPU", VALIDATE,
    find_vcpus_malta_define, NULL },
  { "vcpus", MALTAS, GUEST, "with more than one vCPU the guest hangs", "give it one vCPU",
    "guests booted with more", find_vcpus_malta, NULL },
  { "memory", MALTAS, QEMU, "more memory than the board takes", "give it less memory",
    "QEMU hw/mips/malta.c", find_memory_over, NULL },
  { "memory", B (ARM_VIRT), GUEST, "more memory than the guest's kernel survives",
    "give it less memory", "guests booted with more", find_memory_over, NULL },
  { "memory-too-little", ALL, QEMU, "less memory than the board wants", "give it more memory",
    "QEMU hw/loongarch/virt.c", find_memory_under, NULL },
  { "cpu-32-bit", B (AARCH64_VIRT), GUEST, "a 64-bit kernel hangs on a CPU of 32 bits",
    "<cpu mode='custom'><model>cortex-a57</model></cpu>", HW_VIRT, find_cpu_32, NULL },
  { "cpu-too-old", MALTAS, GUEST, "QEMU's default CPU hangs kernels of today; name another one",
    "<qemu:commandline> with -cpu MIPS64R2-generic", "guests booted without it", find_no_qemu_cpu,
    NULL },
  { "cpu-host-passthrough", ~NO_CPU_DRIVER &ALL, QEMU,
    "the host's CPU cannot be passed through without KVM", "name a CPU model, or use type='kvm'",
    VALIDATE, find_host_passthrough, NULL },
  { "cpu-host-model", ~NO_CPU_DRIVER &ALL, QEMU, "the host's CPU is of another architecture",
    "name a CPU model", VALIDATE, find_host_model, NULL },
  { "cpu-threads", B (S390X) | B (PSERIES), QEMU, "a core has one thread when it is emulated",
    "threads='1'", "QEMU hw/ppc/spapr.c, hw/s390x/s390-virtio-ccw.c", find_threads, NULL },
  { "numa", B (S390X), QEMU, "the machine has no NUMA", "leave <numa> away",
    "QEMU hw/s390x/s390-virtio-ccw.c", find_numa, NULL },
  { "max-memory-without-numa", ~B (PSERIES) & ALL, DEFINE, "libvirt wants NUMA for <maxMemory>",
    "leave <maxMemory> away, or add <numa>", VALIDATE, find_max_memory, NULL },
  { "dimm-without-acpi", PCS | ARM, QEMU, "memory is plugged in by ACPI",
    "add <acpi/>, which wants UEFI on Arm", "QEMU hw/i386/pc.c, hw/arm/virt.c",
    find_dimm_without_acpi, NULL },
  { "vcpus-hotpluggable", ARM | MALTAS | B (RISCV_VIRT), QEMU, "vCPUs cannot be plugged in here",
    "hotpluggable='no'", "QEMU query-hotpluggable-cpus", find_hotplug_vcpus, NULL },
  { "ide-second-controller", I440FXS | MALTAS, DEFINE,
    "there is one IDE controller, for four drives", "use hda to hdd, or another bus", VALIDATE,
    NULL, is_on_second_ide },
  { "sclp-second-console", B (S390X), QEMU, "there can be one SCLP console",
    "use <console> with <target type='virtio'/>, or sclplm", "QEMU hw/char/sclpconsole.c",
    find_second_sclp, NULL },
  { "usb-switched-off", ~(B (S390X) | NO_PCI) & ALL, DEFINE,
    "USB is switched off by controller model 'none'",
    "write <controller type='usb' model='qemu-xhci'/>", VALIDATE, find_usb_switched_off, NULL },
  { "usb-without-controller", NO_USB_CONTROLLER, DEFINE, "libvirt adds no USB controller here",
    "write <controller type='usb' model='qemu-xhci'/>", "libvirt src/qemu/qemu_domain.c",
    find_usb_without_controller, NULL },
  { "usb-unavailable", B (S390X) | NO_PCI, DEFINE, "there is no USB on this machine",
    "leave the device away", VALIDATE, NULL, is_usb_without_rule },
  { "ps2-tablet", X86 | MALTAS | B (PSERIES), DEFINE, "PS/2 has no tablets",
    "bus='usb' or 'virtio'", "libvirt src/conf/domain_conf.c", NULL, is_ps2_tablet },
  { "virtio-transitional", B (S390X), QEMU, "there are no generations of virtio on CCW",
    "model='virtio'", "QEMU hw/virtio/virtio-pci.h", NULL, is_transitional },
  { "shmem", B (S390X), DEFINE, "QEMU has no ivshmem here", "leave the shared memory away",
    VALIDATE, NULL, is_shmem },
  { "smbios", ~(X86 | ARM | B (LOONGARCH_VIRT)) & ALL, QEMU, "the machine has no SMBIOS",
    "leave <smbios> away", "QEMU qemu-options.hx, -smbios", find_smbios, NULL },
  { "bios-serial", ~X86 &ALL, DEFINE, "only the BIOS of x86 has a serial console",
    "leave useserial away", VALIDATE, find_bios_serial, NULL },
  { "usb-ehci-alone", Q35S | ARM | B (RISCV_VIRT), GUEST,
    "ich9-ehci1 without ich9-uhci1 is function 7 without function 0: no guest sees it",
    "use model qemu-xhci", "libvirt src/qemu/qemu_domain_address.c", find_lone_ehci, NULL },
  { "kernel-missing", MALTAS | ARM | B (RISCV_VIRT) | B (LOONGARCH_VIRT) | B (M68K_VIRT), GUEST,
    "the board has no firmware: nothing boots without a kernel or a loader",
    "write <kernel>, or <os firmware='efi'> where there is one", "guests started without one",
    find_no_kernel, NULL },
  { "pci-implied", NO_PCI, DEFINE, "libvirt adds devices for which the board has no bus",
    "switch them off", "libvirt src/qemu/qemu_domain.c", find_implied_pci, NULL },
  { "pci-slot-implied", MALTAS, GUEST, "libvirt adds a device in a slot without interrupt",
    "write it, with an address in slot 0x12 to 0x15", MALTA_SLOTS, find_implied_slot, NULL },
  { "pci-slot-missing", MALTAS, GUEST, "libvirt's choice of slot has no interrupt", GIVE_SLOT,
    MALTA_SLOTS, NULL, has_no_slot },
  { "pci-slot-dead", MALTAS, GUEST, "the slot has no interrupt", GIVE_SLOT, MALTA_SLOTS, NULL,
    is_in_dead_slot },
};

const MtLintCheck *
mt_lint_checks_get (gsize *count)
{
  *count = G_N_ELEMENTS (checks);
  return checks;
}

static void
report (const MtLintCheck *check, const char *subject, const char *detail, GPtrArray *findings)
{
  g_autofree char *shown = detail != NULL ? mt_shown (detail) : NULL;
  char *message =
      g_strdup_printf ("%s: %s%s%s%s", subject, check->message, shown != NULL ? " (" : "",
                       shown != NULL ? shown : "", shown != NULL ? ")" : "");

  g_ptr_array_add (findings,
                   mt_finding_new_of (check->code, message, g_strdup (check->remedy), subject,
                                      (MachtypeAuthority)check->authority, check->source));
}

static void
run_on_devices (const MtLintCheck *check, const MtLintDomain *domain, GPtrArray *findings)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);
    g_autofree char *subject = NULL;

    if (!check->find_device (domain, device))
      continue;
    subject = mt_lint_dup_subject (device);
    report (check, subject, NULL, findings);
  }
}

void
mt_lint_check_run (const MtLintCheck *check, const MtLintDomain *domain, GPtrArray *findings)
{
  g_autofree char *subject = NULL, *detail = NULL;

  if (!is_in (domain, check->classes))
    return;
  if (check->find_device != NULL) {
    run_on_devices (check, domain, findings);
    return;
  }
  subject = check->find (domain, &detail);
  if (subject != NULL)
    report (check, subject, detail, findings);
}
