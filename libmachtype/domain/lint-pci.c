/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PCI addresses that libvirt refuses: what the board has itself, slots that a bus lacks, buses that
 * do not exist, and controllers where they cannot be. Sources: libvirt src/conf/domain_addr.c,
 * virDomainPCIAddressBusSetModel, virDomainPCIAddressSetGrow; src/qemu/qemu_domain_address.c. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "arch-private.h"
#include "name/name-private.h"
#include "string-private.h"

#define BUSES 256
#define LAST_SLOT 0x1f

/* What a bus accepts; a bit for the model of a controller, or for any other device. */
#define ACCEPT(model) (1u << MT_##model)
#define ENDPOINTS (1u << MT_PCI_MODELS | ACCEPT (PCI_BRIDGE))

static const struct {
  guint32 accepts;
  guint8 min_slot, max_slot;
} models[MT_PCI_MODELS] = {
  [MT_PCI_ROOT] = { ENDPOINTS | ACCEPT (PCI_EXPANDER), 1, LAST_SLOT },
  [MT_PCIE_ROOT] = { ENDPOINTS | ACCEPT (PCIE_ROOT_PORT) | ACCEPT (DMI_TO_PCI_BRIDGE) |
                         ACCEPT (PCIE_EXPANDER),
                     1, LAST_SLOT },
  [MT_PCI_BRIDGE] = { ENDPOINTS, 1, LAST_SLOT },
  [MT_DMI_TO_PCI_BRIDGE] = { ENDPOINTS, 0, LAST_SLOT },
  [MT_PCIE_TO_PCI_BRIDGE] = { ENDPOINTS, 1, LAST_SLOT },
  [MT_PCIE_ROOT_PORT] = { ENDPOINTS | ACCEPT (PCIE_UPSTREAM) | ACCEPT (PCIE_TO_PCI_BRIDGE), 0, 0 },
  [MT_PCIE_UPSTREAM] = { ACCEPT (PCIE_DOWNSTREAM), 0, LAST_SLOT },
  [MT_PCIE_DOWNSTREAM] = { ENDPOINTS | ACCEPT (PCIE_UPSTREAM) | ACCEPT (PCIE_TO_PCI_BRIDGE), 0, 0 },
  [MT_PCI_EXPANDER] = { ENDPOINTS, 0, LAST_SLOT },
  [MT_PCIE_EXPANDER] = { ACCEPT (PCIE_ROOT_PORT) | ACCEPT (DMI_TO_PCI_BRIDGE), 0, LAST_SLOT },
};

/* The functions of the chipsets on bus 0. controller: which controller they are, if they are one
 * that a domain can have; else MT_CONTROLLER_UNKNOWN. Source: libvirt
 * src/qemu/qemu_domain_address.c, qemuDomainValidateDevicePCISlotsPIIX3 and ...Q35. */
static const struct {
  guint32 has; /* for machines that have all of these */
  guint8 slot, function, controller;
  gboolean always; /* and not only if the domain has such a controller or drive */
  char what[24];
} board[] = {
  { MT_HAS_X86 | MT_HAS_IDE, 0x01, 0, MT_CONTROLLER_UNKNOWN, TRUE, "the ISA bridge" },
  { MT_HAS_X86 | MT_HAS_IDE, 0x01, 1, MT_CONTROLLER_IDE, FALSE, "the IDE controller" },
  { MT_HAS_X86 | MT_HAS_IDE, 0x01, 2, MT_CONTROLLER_USB, FALSE, "the USB controller" },
  { MT_HAS_X86 | MT_HAS_IDE, 0x01, 3, MT_CONTROLLER_UNKNOWN, TRUE, "power management" },
  { MT_HAS_ICH9, 0x1f, 0, MT_CONTROLLER_UNKNOWN, TRUE, "the ISA bridge" },
  { MT_HAS_ICH9, 0x1f, 2, MT_CONTROLLER_SATA, TRUE, "the SATA controller" },
  { MT_HAS_ICH9, 0x1f, 3, MT_CONTROLLER_UNKNOWN, TRUE, "the SMBus controller" },
};

/* On pseries these are on the virtual I/O bus, whatever their address says. */
static const struct {
  guint8 element;
  guint16 offset;
  char value[20]; /* of the word there; empty: any */
  gboolean or_none;
} vio[] = {
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "spapr-vlan", FALSE },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, model), "ibmvscsi", FALSE },
  { MT_LINT_SERIAL, G_STRUCT_OFFSET (MtLintDevice, target_type), "spapr-vio-serial", TRUE },
  { MT_LINT_SERIAL, G_STRUCT_OFFSET (MtLintDevice, target_type), "isa-serial", FALSE },
  { MT_LINT_TPM, G_STRUCT_OFFSET (MtLintDevice, model), "", TRUE },
  { MT_LINT_NVRAM, G_STRUCT_OFFSET (MtLintDevice, model), "", TRUE },
};

/* Whether a device is one of PCI Express: it decides which controller libvirt adds for it. */
typedef enum { UNKNOWN, CONVENTIONAL, EXPRESS } Flavor;

typedef struct {
  guint8 models[BUSES];   /* MtPciModel */
  guint count;            /* of the buses that controllers provide, without a gap */
  guint grown;            /* libvirt can add more, for devices: one more than the last */
  Flavor beyond;          /* of all devices on those; UNKNOWN: they differ */
  gboolean beyond_differ; /* or it is not known */
} Buses;

static const char *
get_word (const MtLintDevice *device, guint16 offset)
{
  return *(const char *const *)((const char *)device + offset);
}

static gboolean
is_on_vio (const MtPlacing *placing, const MtLintDevice *device)
{
  gsize i;

  if (!mt_class_has (placing->domain->class, MT_HAS_PAPR))
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (vio); i++) {
    const char *word = get_word (device, vio[i].offset);

    if (vio[i].element == device->element &&
        (vio[i].value[0] == '\0' || (word == NULL && vio[i].or_none) ||
         g_strcmp0 (word, vio[i].value) == 0))
      return TRUE;
  }
  return FALSE;
}

/* Whether it has an address of its own that libvirt heeds. */
static gboolean
is_placed (const MtPlacing *placing, const MtLintDevice *device)
{
  const guint32 *numbers = device->at.numbers;

  if (device->at.kind != MT_ADDRESS_PCI || !mt_place_is_placed (device) ||
      is_on_vio (placing, device))
    return FALSE;
  return (numbers[MT_PCI_DOMAIN] | numbers[MT_PCI_BUS] | numbers[MT_PCI_SLOT]) != 0;
}

static gboolean
is_pci_controller (const MtLintDevice *device)
{
  return device->element == MT_LINT_CONTROLLER && device->settings.kind == MT_CONTROLLER_PCI &&
         device->settings.model >= 0;
}

/* The model of a controller, or MT_PCI_MODELS for any other device. */
static guint
get_model (const MtLintDevice *device)
{
  return is_pci_controller (device) ? (guint)device->settings.model : MT_PCI_MODELS;
}

/* Models that decide it, before what is usual for the element. libvirt takes network cards that it
 * does not know for Express: ne2k_pci and pcnet. Source: libvirt src/qemu/qemu_domain_address.c,
 * qemuDomainDeviceCalculatePCIConnectFlags. */
static const struct {
  char model[16];
  guint8 flavor;
} flavors[] = {
  { "e1000", CONVENTIONAL },
  { "rtl8139", CONVENTIONAL },
  { "ne2k_pci", EXPRESS },
  { "pcnet", EXPRESS },
  { "vmxnet3", CONVENTIONAL },
  { "e1000e", EXPRESS },
  { "igb", EXPRESS },
  { "virtio", EXPRESS },
  { "qemu-xhci", EXPRESS },
  { "nec-xhci", EXPRESS },
  { "virtio-scsi", EXPRESS },
  { "bochs", EXPRESS },
  { "vga", CONVENTIONAL },
  { "qxl", CONVENTIONAL },
  { "cirrus", CONVENTIONAL },
  { "vmvga", CONVENTIONAL },
  { "ich6", CONVENTIONAL },
  { "ich9", CONVENTIONAL },
  { "ac97", CONVENTIONAL },
  { "es1370", CONVENTIONAL },
  { "i6300esb", CONVENTIONAL },
  { "lsilogic", CONVENTIONAL },
  { "ehci", CONVENTIONAL },
  { "ich9-ehci1", CONVENTIONAL },
  { "ich9-uhci1", CONVENTIONAL },
  { "piix3-uhci", CONVENTIONAL },
};

static const struct {
  guint8 element, flavor;
} usual[] = {
  { MT_LINT_DISK, EXPRESS },       { MT_LINT_RNG, EXPRESS },
  { MT_LINT_MEMBALLOON, EXPRESS }, { MT_LINT_FILESYSTEM, EXPRESS },
  { MT_LINT_VSOCK, EXPRESS },      { MT_LINT_INPUT, EXPRESS },
  { MT_LINT_HOSTDEV, EXPRESS },    { MT_LINT_SERIAL, CONVENTIONAL },
  { MT_LINT_SHMEM, CONVENTIONAL },
};

static Flavor
get_flavor (const MtLintDevice *device)
{
  const char *model = device->model;
  gsize i;

  if (get_model (device) != MT_PCI_MODELS)
    return get_model (device) == MT_PCIE_UPSTREAM ? EXPRESS : UNKNOWN;
  if (model != NULL && g_str_has_suffix (model, "-non-transitional"))
    return EXPRESS;
  if (model != NULL && g_str_has_suffix (model, "-transitional"))
    return CONVENTIONAL;
  for (i = 0; model != NULL && i < G_N_ELEMENTS (flavors); i++) {
    if (mt_is_word (flavors[i].model, model))
      return (Flavor)flavors[i].flavor;
  }
  for (i = 0; i < G_N_ELEMENTS (usual); i++) {
    if (usual[i].element == device->element)
      return (Flavor)usual[i].flavor;
  }
  return UNKNOWN;
}

static guint8
get_gap_model (const MtPlacing *placing)
{
  if (mt_class_has (placing->domain->class, MT_HAS_PAPR))
    return MT_PCI_ROOT;
  return mt_class_has (placing->domain->class, MT_HAS_PCIE) ? MT_PCIE_ROOT_PORT : MT_PCI_BRIDGE;
}

static void
collect_controllers (const MtPlacing *placing, Buses *buses)
{
  guint i;

  memset (buses->models, get_gap_model (placing), sizeof buses->models);
  buses->count = 1;
  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);
    const int index = device->settings.index;

    if (!is_pci_controller (device) || index < 0 || index >= BUSES)
      continue;
    buses->models[index] = (guint8)device->settings.model;
    buses->count = MAX (buses->count, (guint)index + 1);
  }
  buses->models[0] =
      mt_class_has (placing->domain->class, MT_HAS_PCIE) ? MT_PCIE_ROOT : MT_PCI_ROOT;
}

static void
collect_beyond (const MtPlacing *placing, Buses *buses)
{
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);
    const guint32 bus = device->at.numbers[MT_PCI_BUS];
    const Flavor flavor = get_flavor (device);

    if (!is_placed (placing, device) || bus < buses->count)
      continue;
    if (flavor == UNKNOWN || (buses->beyond != UNKNOWN && buses->beyond != flavor))
      buses->beyond_differ = TRUE;
    buses->beyond = flavor;
    if (get_model (device) == MT_PCI_MODELS)
      buses->grown = MAX (buses->grown, bus + 2);
  }
}

static gboolean
is_at (const MtLintAddress *address, guint slot, guint function)
{
  return address->numbers[MT_PCI_BUS] == 0 && address->numbers[MT_PCI_SLOT] == slot &&
         address->numbers[MT_PCI_FUNCTION] == function;
}

/* The row of the board for a controller; -1: it is not the board's. */
static int
find_own_row (const MtLintDomain *domain, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  gsize i;

  if (device->element != MT_LINT_CONTROLLER || controller->index > 0)
    return -1;
  if (controller->kind == MT_CONTROLLER_USB && controller->model >= 0 &&
      controller->model != MT_USB_PIIX3)
    return -1;
  for (i = 0; i < G_N_ELEMENTS (board); i++) {
    if (board[i].controller == controller->kind && mt_class_has (domain->class, board[i].has))
      return (int)i;
  }
  return -1;
}

gboolean
mt_lint_is_board_controller (const MtLintDomain *domain, const MtLintDevice *device)
{
  return find_own_row (domain, device) >= 0;
}

/* Whether the domain uses the board's controller, written or added by libvirt. */
static gboolean
is_in_use (const MtPlacing *placing, gsize row)
{
  const MtControllerKind kind = (MtControllerKind)board[row].controller;
  const MtLintDevice *controller = mt_place_find_controller (placing, kind, 0);
  guint i;

  if (board[row].always || controller != NULL)
    return board[row].always || find_own_row (placing->domain, controller) == (int)row;
  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    /* Model 'none' has no index that counts. */
    if (kind == MT_CONTROLLER_USB && device->element == MT_LINT_CONTROLLER &&
        device->settings.kind == MT_CONTROLLER_USB && device->settings.index == 0)
      return FALSE;
    if (kind == MT_CONTROLLER_IDE && device->element == MT_LINT_DISK &&
        g_strcmp0 (mt_lint_get_bus (device), "ide") == 0)
      return TRUE;
  }
  return kind == MT_CONTROLLER_USB;
}

/* Whether a finding is added. */
static gboolean
check_board (const MtPlacing *placing, const MtLintDevice *device)
{
  const int own = find_own_row (placing->domain, device);
  gsize i;

  if (own >= 0 && !is_at (&device->at, board[own].slot, board[own].function)) {
    g_autofree char *detail = g_strdup_printf ("00:%02x.%x", board[own].slot, board[own].function);

    mt_place_report (placing, MT_PLACE_PCI_OWN, device, detail);
    return TRUE;
  }
  for (i = 0; own < 0 && i < G_N_ELEMENTS (board); i++) {
    g_autofree char *detail = NULL;

    if (!mt_class_has (placing->domain->class, board[i].has) ||
        !is_at (&device->at, board[i].slot, board[i].function) || !is_in_use (placing, i))
      continue;
    detail = g_strdup_printf ("00:%02x.%x: %s", board[i].slot, board[i].function, board[i].what);
    mt_place_report (placing, MT_PLACE_PCI_BOARD, device, detail);
    return TRUE;
  }
  return FALSE;
}

static void
check_slot (const MtPlacing *placing, const MtLintDevice *device, guint model)
{
  const guint32 slot = device->at.numbers[MT_PCI_SLOT];
  g_autofree char *detail = NULL;

  if (slot >= models[model].min_slot && slot <= models[model].max_slot)
    return;
  detail = g_strdup_printf ("slot 0x%02x on %s: %s 0x%02x", slot, mt_place_get_pci_model (model),
                            slot < models[model].min_slot ? "at least" : "at most",
                            slot < models[model].min_slot ? models[model].min_slot
                                                          : models[model].max_slot);
  mt_place_report (placing, MT_PLACE_PCI_SLOT, device, detail);
}

/* A bus that libvirt adds for the device. */
static void
check_beyond (const MtPlacing *placing, const Buses *buses, const MtLintDevice *device)
{
  const gboolean express = mt_class_has (placing->domain->class, MT_HAS_PCIE);

  if (get_model (device) != MT_PCI_MODELS && get_model (device) != MT_PCIE_UPSTREAM) {
    if (device->at.numbers[MT_PCI_BUS] >= buses->grown)
      mt_place_report (placing, MT_PLACE_PCI_BUS_MISSING, device, NULL);
  } else if (!express)
    check_slot (placing, device, get_gap_model (placing));
  else if (!buses->beyond_differ)
    check_slot (placing, device,
                buses->beyond == EXPRESS ? MT_PCIE_ROOT_PORT : MT_PCIE_TO_PCI_BRIDGE);
}

static void
check_plug (const MtPlacing *placing, const Buses *buses, const MtLintDevice *device)
{
  const guint32 bus = device->at.numbers[MT_PCI_BUS];
  const guint model = get_model (device), there = buses->models[bus];
  g_autofree char *detail = NULL;

  if ((models[there].accepts & 1u << model) != 0) {
    check_slot (placing, device, there);
    return;
  }
  detail = g_strdup_printf ("a %s on bus 0x%02x, a %s", mt_place_get_pci_model (model), bus,
                            mt_place_get_pci_model (there));
  mt_place_report (placing, MT_PLACE_PCI_PLUG, device, detail);
}

static void
check_device (const MtPlacing *placing, const Buses *buses, const MtLintDevice *device)
{
  const guint32 *numbers = device->at.numbers;

  if (numbers[MT_PCI_DOMAIN] != 0)
    mt_place_report (placing, MT_PLACE_PCI_DOMAIN, device, NULL);
  else if (device->element == MT_LINT_IOMMU && numbers[MT_PCI_BUS] != 0)
    mt_place_report (placing, MT_PLACE_PCI_INTEGRATED, device, NULL);
  else if (check_board (placing, device))
    return;
  else if (numbers[MT_PCI_BUS] >= buses->count)
    check_beyond (placing, buses, device);
  else
    check_plug (placing, buses, device);
  if (get_model (device) == MT_PCI_BRIDGE && device->settings.index > 0 &&
      (guint32)device->settings.index <= numbers[MT_PCI_BUS])
    mt_place_report (placing, MT_PLACE_PCI_BRIDGE_INDEX, device, NULL);
}

static char *
describe (const MtPlaceKey *key)
{
  return g_strdup_printf ("%02x:%02x.%x", (guint)key->minor >> 8, (guint)key->minor >> 3 & 0x1f,
                          (guint)key->minor & 7);
}

static void
check_doubles (const MtPlacing *placing)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (MtPlaceKey));
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);
    const guint32 *numbers = device->at.numbers;
    MtPlaceKey key = { 0, 0, i };

    if (!is_placed (placing, device) || numbers[MT_PCI_DOMAIN] != 0)
      continue;
    key.minor = numbers[MT_PCI_BUS] << 8 | numbers[MT_PCI_SLOT] << 3 | numbers[MT_PCI_FUNCTION];
    g_array_append_val (keys, key);
  }
  mt_place_report_twins (placing, keys, MT_PLACE_PCI_DOUBLE, describe);
}

/* Devices that need PCI, unless they have another address. */
static const struct {
  guint8 element;
  guint16 offset;
  char value[16]; /* of the word there; empty: any, also none */
  char not [12];  /* a word of the model that does not need it */
} users[] = {
  { MT_LINT_DISK, G_STRUCT_OFFSET (MtLintDevice, bus), "virtio", "" },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, type), "sata", "" },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, type), "scsi", "ncr53c90" },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, type), "virtio-serial", "" },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, type), "usb", "none" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "virtio", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "e1000", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "e1000e", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "igb", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "rtl8139", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "ne2k_pci", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "pcnet", "" },
  { MT_LINT_INTERFACE, G_STRUCT_OFFSET (MtLintDevice, model), "vmxnet3", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "virtio", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "vga", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "cirrus", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "bochs", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "qxl", "" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "vmvga", "" },
  { MT_LINT_INPUT, G_STRUCT_OFFSET (MtLintDevice, bus), "virtio", "" },
  { MT_LINT_SOUND, G_STRUCT_OFFSET (MtLintDevice, model), "ich6", "" },
  { MT_LINT_SOUND, G_STRUCT_OFFSET (MtLintDevice, model), "ich9", "" },
  { MT_LINT_SOUND, G_STRUCT_OFFSET (MtLintDevice, model), "ac97", "" },
  { MT_LINT_SOUND, G_STRUCT_OFFSET (MtLintDevice, model), "es1370", "" },
  { MT_LINT_MEMBALLOON, G_STRUCT_OFFSET (MtLintDevice, type), "", "none" },
  { MT_LINT_RNG, G_STRUCT_OFFSET (MtLintDevice, type), "", "" },
  { MT_LINT_FILESYSTEM, G_STRUCT_OFFSET (MtLintDevice, type), "", "" },
  { MT_LINT_VSOCK, G_STRUCT_OFFSET (MtLintDevice, type), "", "" },
  { MT_LINT_WATCHDOG, G_STRUCT_OFFSET (MtLintDevice, model), "i6300esb", "" },
  { MT_LINT_SERIAL, G_STRUCT_OFFSET (MtLintDevice, target_type), "pci-serial", "" },
  { MT_LINT_HOSTDEV, G_STRUCT_OFFSET (MtLintDevice, type), "pci", "" },
  { MT_LINT_SHMEM, G_STRUCT_OFFSET (MtLintDevice, type), "", "" },
};

static gboolean
needs_pci (const MtLintDevice *device)
{
  gsize i;

  if (device->at.kind == MT_ADDRESS_PCI)
    return TRUE;
  if (device->at.kind != MT_ADDRESS_NONE)
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (users); i++) {
    const char *word = users[i].element == MT_LINT_DISK ? mt_lint_get_bus (device)
                                                        : get_word (device, users[i].offset);

    if (users[i].element == device->element &&
        (users[i].value[0] == '\0' || g_strcmp0 (word, users[i].value) == 0))
      return users[i].not [0] == '\0' || g_strcmp0 (device->model, users[i].not ) != 0;
  }
  return FALSE;
}

#define ARCH(name) MT_ARCH_BIT (MACHTYPE_ARCH_##name)
#define ARMS (ARCH (ARMV6L) | ARCH (ARMV7L) | ARCH (AARCH64))
#define MIPSES (ARCH (MIPS) | ARCH (MIPSEL) | ARCH (MIPS64) | ARCH (MIPS64EL))
#define OTHERS                                                                                     \
  (ARCH (M68K) | ARCH (MICROBLAZE) | ARCH (MICROBLAZEEL) | ARCH (XTENSA) | ARCH (XTENSAEB) | MIPSES)

/* Boards that no class describes and that have no PCI in libvirt; the first row that fits. Source:
 * libvirt src/qemu/qemu_domain.c, qemuDomainSupportsPCI and qemuDomainDefAddDefaultDevices. */
static const struct {
  guint64 archs;
  char prefix[16];
  guint8 code;       /* MT_PLACE_FINE: it has PCI */
  gboolean has_mmio; /* libvirt puts virtio there if nothing else is written */
  gboolean implies;  /* libvirt adds devices */
} boards[] = {
  { ARCH (ARMV6L), "versatilepb", MT_PLACE_FINE, FALSE, FALSE },
  { ARMS, "versatilepb", MT_PLACE_NO_PCI_VERSATILE, FALSE, FALSE },
  { ARMS, "realview-eb", MT_PLACE_NO_PCI_VERSATILE, FALSE, FALSE },
  { ARMS, "vexpress-", MT_PLACE_NO_PCI, TRUE, FALSE },
  { ARMS, "virt", MT_PLACE_FINE, FALSE, FALSE },
  { ARMS, "", MT_PLACE_NO_PCI, FALSE, FALSE },
  { ARCH (RISCV32) | ARCH (RISCV64), "", MT_PLACE_NO_PCI, FALSE, FALSE },
  { ARCH (MIPS64EL), "loongson3-virt", MT_PLACE_FINE, FALSE, FALSE },
  { OTHERS, "", MT_PLACE_NO_PCI_DEFINE, FALSE, TRUE },
};

static int
find_board (const MtLintDomain *domain)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (boards); i++) {
    if ((boards[i].archs & mt_arch_bit (domain->arch)) != 0 &&
        g_str_has_prefix (domain->machine, boards[i].prefix))
      return (int)i;
  }
  return -1;
}

static gboolean
is_virtio (const MtLintDevice *device)
{
  const char *word = device->element == MT_LINT_DISK    ? mt_lint_get_bus (device)
                     : device->element == MT_LINT_INPUT ? device->bus
                                                        : device->model;

  return device->element == MT_LINT_RNG || device->element == MT_LINT_MEMBALLOON ||
         device->element == MT_LINT_CONTROLLER || g_strcmp0 (word, "virtio") == 0;
}

/* Rules of compat say it about others. */
static gboolean
has_no_rule (const MtLintDevice *device)
{
  switch (device->element) {
  case MT_LINT_RNG:
  case MT_LINT_FILESYSTEM:
  case MT_LINT_VSOCK:
  case MT_LINT_SHMEM:
    return device->at.kind == MT_ADDRESS_NONE;
  case MT_LINT_HOSTDEV:
    return device->at.kind == MT_ADDRESS_NONE && g_strcmp0 (device->type, "pci") == 0;
  case MT_LINT_CONTROLLER:
    return device->model == NULL && device->at.kind == MT_ADDRESS_NONE &&
           device->settings.kind != MT_CONTROLLER_SATA;
  default:
    return FALSE;
  }
}

/* With a PCI root, libvirt 9.0 accepts it, and QEMU does not start. */
static MtPlaceCode
choose_code (MtPlaceCode code, const MtLintDevice *device, gboolean written)
{
  if (code == MT_PLACE_NO_PCI_DEFINE && !written && device->element == MT_LINT_CONTROLLER &&
      device->settings.kind == MT_CONTROLLER_USB)
    return MT_PLACE_USB_UNAVAILABLE;
  if (code == MT_PLACE_NO_PCI && device->at.kind == MT_ADDRESS_PCI && !written)
    return MT_PLACE_NO_PCI_DEFINE;
  return code == MT_PLACE_NO_PCI_DEFINE && written ? MT_PLACE_NO_PCI : code;
}

static void
check_class_without_pci (const MtPlacing *placing)
{
  const gboolean written = placing->domain->has_pci_root;
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    if (needs_pci (device) && has_no_rule (device))
      mt_place_report (placing, choose_code (MT_PLACE_NO_PCI_DEFINE, device, written), device,
                       NULL);
  }
}

/* Other names are another finding. */
static gboolean
is_known (const MtLintDomain *domain)
{
  const MtBoard *known = mt_board_find (domain->machine, strlen (domain->machine));

  return known != NULL && (known->arches & mt_arch_bit (domain->arch)) != 0;
}

/* What libvirt adds unless it is disabled: a memory balloon, and USB. */
static gboolean
is_added (const MtPlacing *placing)
{
  gboolean no_balloon = FALSE, no_usb = FALSE;
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    no_balloon |= device->element == MT_LINT_MEMBALLOON;
    no_usb |= device->element == MT_LINT_CONTROLLER && device->settings.kind == MT_CONTROLLER_USB;
  }
  return !no_balloon || !no_usb;
}

/* Boards that no class describes. */
static void
check_board_without_pci (const MtPlacing *placing, gsize row)
{
  const gboolean written = placing->domain->has_pci_root;
  const MtPlaceCode code = (MtPlaceCode)boards[row].code;
  gboolean usb = FALSE;
  guint i;

  if (boards[row].implies && !written && is_known (placing->domain) && is_added (placing))
    mt_place_report_at (placing, MT_PLACE_NO_PCI_IMPLIED, "/domain/devices", NULL);
  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    usb |= device->element == MT_LINT_CONTROLLER && device->settings.kind == MT_CONTROLLER_USB;
    if (!needs_pci (device) ||
        (device->at.kind == MT_ADDRESS_NONE && boards[row].has_mmio && is_virtio (device)))
      continue;
    mt_place_report (placing, choose_code (code, device, written), device, NULL);
  }
  for (i = 0; !usb && code == MT_PLACE_NO_PCI && i < placing->domain->devices->len; i++) {
    if (mt_place_is_usb (mt_place_get_device (placing, i)))
      mt_place_report (placing, MT_PLACE_USB_MISSING, mt_place_get_device (placing, i), NULL);
  }
}

void
mt_place_check_pci (const MtPlacing *placing)
{
  Buses buses;
  guint i;

  if (placing->domain->class == MT_CLASS_NONE) {
    const int row = find_board (placing->domain);

    if (row >= 0 && boards[row].code != MT_PLACE_FINE)
      check_board_without_pci (placing, (gsize)row);
    check_doubles (placing);
    return;
  }
  if (!mt_class_has (placing->domain->class, MT_HAS_PCI)) {
    check_class_without_pci (placing);
    return;
  }
  buses.grown = 0;
  buses.beyond = UNKNOWN;
  buses.beyond_differ = FALSE;
  collect_controllers (placing, &buses);
  collect_beyond (placing, &buses);
  for (i = 0; i < placing->domain->devices->len; i++) {
    if (is_placed (placing, mt_place_get_device (placing, i)))
      check_device (placing, &buses, mt_place_get_device (placing, i));
  }
  check_doubles (placing);
}
