/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For each condition of several things that lint finds, a domain with it, and one that almost has
 * it. */

#include "conditions.h"

#define FEATURES(fragment)                                                                         \
  {                                                                                                \
    "features", fragment, NULL, NULL                                                               \
  }
#define NO_ACPI                                                                                    \
  {                                                                                                \
    "features", "", "acpi", NULL                                                                   \
  }
#define DEVICE(fragment)                                                                           \
  {                                                                                                \
    "devices", fragment, NULL, NULL                                                                \
  }
#define INSTEAD(name, attribute, fragment)                                                         \
  {                                                                                                \
    "devices", fragment, name, attribute                                                           \
  }
#define TOP(name, fragment)                                                                        \
  {                                                                                                \
    "", fragment, name, NULL                                                                       \
  }
#define OS(fragment)                                                                               \
  {                                                                                                \
    "os", fragment, NULL, NULL                                                                     \
  }
#define USB(model) INSTEAD ("controller", "type=usb", "<controller type='usb' model='" model "'/>")
#define SLOT(slot, function)                                                                       \
  "<address type='pci' bus='0x00' slot='" slot "' function='" function "'/>"
#define FILE_OF(rest)                                                                              \
  "<disk type='file'><driver name='qemu' type='raw'/><source file='/images/a'/>" rest "</disk>"
#define DISK(target, bus) FILE_OF ("<target dev='" target "' bus='" bus "'/>")
#define NVME(name, serial) FILE_OF ("<target dev='nvme" name "' bus='nvme'/>" serial)
#define RNG(address) "<rng model='virtio'><backend model='builtin'/>" address "</rng>"
#define SECURE "<loader type='pflash' readonly='yes' secure='yes'>/firmware/code.fd</loader>"
#define SMBIOS                                                                                     \
  "<sysinfo type='smbios'><system><entry name='manufacturer'>a</entry></system></sysinfo>"
#define MMIO "<address type='virtio-mmio'/>"
#define THREADS(n)                                                                                 \
  TOP ("vcpu", "<vcpu>" n "</vcpu><cpu><topology sockets='1' cores='1' threads='" n "'/></cpu>")
#define NUMA "<cpu><numa><cell id='0' cpus='0' memory='1280' unit='MiB'/></numa></cpu>"
#define MAX_MEMORY "<maxMemory slots='4' unit='GiB'>4</maxMemory>"
#define DIMM                                                                                       \
  "<memory model='dimm'><target><size unit='MiB'>256</size><node>0</node></target></memory>"
#define VCPUS(hotpluggable)                                                                        \
  "<vcpu>2</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"                            \
  "<vcpu id='1' enabled='yes' hotpluggable='" hotpluggable "'/></vcpus>"

#define EIM "<iommu model='intel'><driver intremap='on' eim='on'/></iommu>"
#define X2APIC(policy)                                                                             \
  "<cpu mode='custom'><model>qemu64</model><feature policy='" policy "' name='x2apic'/></cpu>"

#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define GUEST MACHTYPE_AUTHORITY_GUEST

static const Condition conditions[] = {
  { "acpi-without-uefi", DEFINE, MT_CLASS_AARCH64_VIRT, { FEATURES ("<acpi/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { FEATURES ("<acpi/>"), OS ("@firmware=efi") } },
  { "",
    0,
    MT_CLASS_AARCH64_VIRT,
    { FEATURES ("<acpi/>"), OS ("<loader type='pflash'>f</loader>") } },
  { "acpi-without-uefi",
    DEFINE,
    MT_CLASS_AARCH64_VIRT,
    { FEATURES ("<acpi/>"), OS ("<loader type='rom'>f</loader>") } },
  { "acpi-without-uefi", MACHTYPE_AUTHORITY_IGNORED, MT_CLASS_ARM_VIRT, { FEATURES ("<acpi/>") } },
  { "", 0, MT_CLASS_ARM_VIRT, { FEATURES ("<acpi/>"), OS ("@firmware=efi") } },
  { "uefi-without-acpi", DEFINE, MT_CLASS_Q35, { NO_ACPI, OS ("@firmware=efi") } },
  { "uefi-without-acpi", DEFINE, MT_CLASS_I440FX, { NO_ACPI, OS ("@firmware=efi") } },
  { "", 0, MT_CLASS_Q35, { OS ("@firmware=efi") } },
  { "secure-boot-without-smm",
    DEFINE,
    MT_CLASS_Q35,
    { FEATURES ("<smm state='off'/>"), OS (SECURE) } },
  { "secure-boot-without-smm", DEFINE, MT_CLASS_Q35, { OS (SECURE) } },
  { "secure-boot-without-smm",
    QEMU,
    MT_CLASS_Q35,
    { OS ("@firmware=efi"), OS ("<loader secure='yes'/>"), FEATURES ("<smm state='off'/>") } },
  { "", 0, MT_CLASS_Q35, { OS ("@firmware=efi"), OS ("<loader secure='yes'/>") } },
  { "", 0, MT_CLASS_Q35, { FEATURES ("<smm state='on'/>"), OS (SECURE) } },
  { "acpi-missing", GUEST, MT_CLASS_I440FX, { NO_ACPI } },
  { "", 0, MT_CLASS_Q35, { NO_ACPI } },
  { "iommu-without-acpi", DEFINE, MT_CLASS_Q35, { NO_ACPI, DEVICE ("<iommu model='virtio'/>") } },
  { "iommu-without-acpi", DEFINE, MT_CLASS_ARM_VIRT, { DEVICE ("<iommu model='virtio'/>") } },
  { "", 0, MT_CLASS_Q35, { DEVICE ("<iommu model='virtio'/>") } },
  { "", 0, MT_CLASS_Q35, { NO_ACPI, DEVICE ("<iommu model='intel'/>") } },
  { "gic-vcpus", QEMU, MT_CLASS_AARCH64_VIRT, { TOP ("vcpu", "<vcpu>9</vcpu>") } },
  { "gic-vcpus",
    QEMU,
    MT_CLASS_ARM_VIRT,
    { TOP ("vcpu", "<vcpu>16</vcpu>"), FEATURES ("<gic version='2'/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { TOP ("vcpu", "<vcpu>8</vcpu>") } },
  { "",
    0,
    MT_CLASS_AARCH64_VIRT,
    { TOP ("vcpu", "<vcpu>9</vcpu>"), FEATURES ("<gic version='3'/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { TOP ("vcpu", "<vcpu>9</vcpu>"), TOP (NULL, "@type=kvm") } },
  { "gic-host", QEMU, MT_CLASS_AARCH64_VIRT, { FEATURES ("<gic version='host'/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { FEATURES ("<gic version='host'/>"), TOP (NULL, "@type=kvm") } },
  { "gic-host", QEMU, MT_CLASS_ARM_VIRT, { FEATURES ("<gic version='host'/>") } },
  { "gic-vcpus", QEMU, MT_CLASS_ARM_VIRT, { TOP ("vcpu", "<vcpu>9</vcpu>") } },
  { "", 0, MT_CLASS_ARM_VIRT, { TOP ("vcpu", "<vcpu>8</vcpu>"), FEATURES ("<gic version='2'/>") } },
  { "vcpus", DEFINE, MT_CLASS_I440FX, { TOP ("vcpu", "<vcpu>256</vcpu>") } },
  { "", 0, MT_CLASS_I440FX, { TOP ("vcpu", "<vcpu>255</vcpu>") } },
  { "vcpus vcpus-x2apic", DEFINE, MT_CLASS_Q35, { TOP ("vcpu", "<vcpu>256</vcpu>") } },
  { "",
    0,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu>"), DEVICE (EIM), TOP (NULL, "@type=kvm") } },
  { "vcpus-x2apic",
    QEMU,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu>"), DEVICE (EIM), FEATURES ("<ioapic driver='qemu'/>") } },
  { "vcpus-x2apic",
    QEMU,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu>" X2APIC ("require")), DEVICE (EIM),
      FEATURES ("<ioapic driver='qemu'/>") } },
  { "vcpus-x2apic",
    QEMU,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu>" X2APIC ("disable")), DEVICE (EIM),
      FEATURES ("<ioapic driver='qemu'/>") } },
  { "vcpus-x2apic",
    QEMU,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu><cpu mode='maximum'/>"), DEVICE (EIM),
      FEATURES ("<ioapic driver='qemu'/>") } },
  { "vcpus vcpus-x2apic",
    DEFINE,
    MT_CLASS_Q35,
    { TOP ("vcpu", "<vcpu>256</vcpu>"), DEVICE ("<iommu model='intel'/>") } },
  { "gic-vcpus vcpus", QEMU, MT_CLASS_AARCH64_VIRT, { TOP ("vcpu", "<vcpu>513</vcpu>") } },
  { "vcpus",
    DEFINE,
    MT_CLASS_AARCH64_VIRT,
    { TOP ("vcpu", "<vcpu>513</vcpu>"), FEATURES ("<gic version='3'/>") } },
  { "vcpus", DEFINE, MT_CLASS_S390X, { TOP ("vcpu", "<vcpu>249</vcpu>") } },
  { "vcpus", GUEST, MT_CLASS_MALTA, { TOP ("vcpu", "<vcpu>2</vcpu>") } },
  { "vcpus", GUEST, MT_CLASS_MALTA_64EL, { TOP ("vcpu", "<vcpu>16</vcpu>") } },
  { "vcpus", DEFINE, MT_CLASS_MALTA, { TOP ("vcpu", "<vcpu>17</vcpu>") } },
  { "memory", QEMU, MT_CLASS_MALTA, { TOP ("memory", "<memory unit='MiB'>2049</memory>") } },
  { "", 0, MT_CLASS_MALTA, { TOP ("memory", "<memory unit='GiB'>2</memory>") } },
  { "", 0, MT_CLASS_MALTA, { TOP ("memory", "<memory>2097152</memory>") } },
  { "memory", GUEST, MT_CLASS_ARM_VIRT, { TOP ("memory", "<memory>4194304</memory>") } },
  { "", 0, MT_CLASS_ARM_VIRT, { TOP ("memory", "<memory unit='G'>3</memory>") } },
  { "", 0, MT_CLASS_LOONGARCH_VIRT, { TOP ("memory", "<memory unit='MiB'>128</memory>") } },
  { "cpu-32-bit", GUEST, MT_CLASS_AARCH64_VIRT, { TOP ("cpu", "") } },
  { "cpu-32-bit",
    GUEST,
    MT_CLASS_AARCH64_VIRT,
    { TOP ("cpu", "<cpu><model>\n cortex-a15 </model></cpu>") } },
  { "cpu-32-bit",
    GUEST,
    MT_CLASS_AARCH64_VIRT,
    { TOP ("cpu", "<cpu><topology sockets='1' cores='1' threads='1'/></cpu>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { TOP ("cpu", "<cpu mode='maximum'/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { TOP ("cpu", ""), TOP (NULL, "@type=kvm") } },
  { "cpu-too-old", GUEST, MT_CLASS_MALTA_64EL, { TOP ("commandline", "") } },
  { "", 0, MT_CLASS_MALTA, { TOP ("commandline", "") } },
  { "cpu-host-passthrough", QEMU, MT_CLASS_Q35, { TOP ("cpu", "<cpu mode='host-passthrough'/>") } },
  { "",
    0,
    MT_CLASS_Q35,
    { TOP ("cpu", "<cpu mode='host-passthrough'/>"), TOP (NULL, "@type=kvm") } },
  { "cpu-threads", QEMU, MT_CLASS_PSERIES, { THREADS ("2") } },
  { "cpu-threads", QEMU, MT_CLASS_S390X, { THREADS ("2") } },
  { "", 0, MT_CLASS_Q35, { THREADS ("2") } },
  { "", 0, MT_CLASS_PSERIES, { THREADS ("1") } },
  { "", 0, MT_CLASS_PSERIES, { THREADS ("8"), TOP (NULL, "@type=kvm") } },
  { "numa", QEMU, MT_CLASS_S390X, { TOP ("cpu", NUMA) } },
  { "", 0, MT_CLASS_PSERIES, { TOP ("cpu", NUMA) } },
  { "max-memory-without-numa", DEFINE, MT_CLASS_Q35, { TOP (NULL, MAX_MEMORY) } },
  { "", 0, MT_CLASS_PSERIES, { TOP (NULL, MAX_MEMORY) } },
  { "", 0, MT_CLASS_Q35, { TOP (NULL, MAX_MEMORY), TOP ("cpu", NUMA) } },
  { "dimm-without-acpi",
    QEMU,
    MT_CLASS_Q35,
    { NO_ACPI, DEVICE (DIMM), TOP (NULL, MAX_MEMORY NUMA) } },
  { "", 0, MT_CLASS_Q35, { DEVICE (DIMM), TOP (NULL, MAX_MEMORY NUMA) } },
  { "dimm-without-acpi",
    QEMU,
    MT_CLASS_AARCH64_VIRT,
    { DEVICE (DIMM), TOP ("cpu", MAX_MEMORY "<cpu mode='maximum'><numa><cell id='0' cpus='0' "
                                            "memory='1280' unit='MiB'/></numa></cpu>") } },
  { "", 0, MT_CLASS_PSERIES, { DEVICE (DIMM), TOP (NULL, MAX_MEMORY NUMA) } },
  { "vcpus-hotpluggable", QEMU, MT_CLASS_RISCV_VIRT, { TOP ("vcpu", VCPUS ("yes")) } },
  { "", 0, MT_CLASS_RISCV_VIRT, { TOP ("vcpu", VCPUS ("no")) } },
  { "", 0, MT_CLASS_S390X, { TOP ("vcpu", VCPUS ("yes")) } },
  { "ide-second-controller",
    DEFINE,
    MT_CLASS_I440FX,
    { DEVICE ("<controller type='ide' index='1'/>") } },
  { "ide-second-controller", DEFINE, MT_CLASS_MALTA, { DEVICE (FILE_OF ("<target dev='hde'/>")) } },
  { "ide-second-controller",
    DEFINE,
    MT_CLASS_I440FX,
    { DEVICE (FILE_OF ("<target dev='hda' bus='ide'/><address type='drive' controller='1'/>")) } },
  { "",
    0,
    MT_CLASS_I440FX,
    { DEVICE ("<controller type='ide' index='0'/>"),
      DEVICE (DISK ("hdd", "ide") DISK ("sde", "scsi")) } },
  { "sclp-second-console",
    QEMU,
    MT_CLASS_S390X,
    { DEVICE ("<console><target type='sclp'/></console>"),
      DEVICE ("<serial><target type='sclp-serial'/></serial>") } },
  { "",
    0,
    MT_CLASS_S390X,
    { DEVICE ("<console><target type='sclp'/></console>"),
      DEVICE ("<console><target type='sclplm'/></console>"
              "<console><target type='virtio'/></console>") } },
  { "",
    0,
    MT_CLASS_S390X,
    { DEVICE ("<serial><target type='sclp-serial'/></serial>"),
      DEVICE ("<console><target type='serial'/></console>") } },
  { "",
    0,
    MT_CLASS_S390X,
    { DEVICE ("<serial type='null'/><serial type='null'><target type='sclp-serial'>"
              "<model name='sclplmconsole'/></target></serial>") } },
  { "sclp-second-console",
    QEMU,
    MT_CLASS_S390X,
    { DEVICE ("<serial type='null'/><serial type='null'><target type='sclp-serial'>"
              "<model name='sclpconsole'/></target></serial>") } },
  { "sclp-second-console",
    QEMU,
    MT_CLASS_S390X,
    { DEVICE ("<serial type='null'/><serial type='null'><target type='sclp-serial'/>"
              "<model name='sclplmconsole'/></serial>") } },
  { "usb-switched-off", DEFINE, MT_CLASS_Q35, { DEVICE ("<input type='tablet' bus='usb'/>") } },
  { "", 0, MT_CLASS_Q35, { DEVICE ("<input type='tablet' bus='usb'/>"), USB ("qemu-xhci") } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE ("<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product "
              "id='0xbeef'/></source></hostdev>"),
      INSTEAD ("controller", "type=usb", "") } },
  { "usb-without-controller",
    DEFINE,
    MT_CLASS_AARCH64_VIRT,
    { DEVICE ("<input type='keyboard'/>"), INSTEAD ("controller", "type=usb", "") } },
  { "usb-without-controller",
    DEFINE,
    MT_CLASS_RISCV_VIRT,
    { DEVICE (DISK ("sda", "usb")), INSTEAD ("controller", "type=usb", "") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { DEVICE ("<hub type='usb'/>"), USB ("qemu-xhci") } },
  { "usb-unavailable", DEFINE, MT_CLASS_S390X, { DEVICE ("<hub type='usb'/>") } },
  { "usb-unavailable", DEFINE, MT_CLASS_S390X, { DEVICE ("<smartcard mode='host'/>") } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { DEVICE ("<hub type='usb'/>"), USB ("qemu-xhci") } },
  { "usb-without-controller",
    DEFINE,
    MT_CLASS_AARCH64_VIRT,
    { DEVICE ("<smartcard mode='host'/>"), INSTEAD ("controller", "type=usb", "") } },
  { "ps2-tablet", DEFINE, MT_CLASS_Q35, { DEVICE ("<input type='tablet' bus='ps2'/>") } },
  { "", 0, MT_CLASS_Q35, { DEVICE ("<input type='mouse' bus='ps2'/>") } },
  { "ps2-tablet", DEFINE, MT_CLASS_ISAPC, { DEVICE ("<input type='tablet' bus='ps2'/>") } },
  { "virtio-transitional",
    QEMU,
    MT_CLASS_S390X,
    { DEVICE ("<rng model='virtio-transitional'><backend model='builtin'/></rng>") } },
  { "virtio-transitional",
    QEMU,
    MT_CLASS_S390X,
    { DEVICE ("<interface type='user'><model type='virtio-non-transitional'/></interface>") } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE ("<rng model='virtio-transitional'><backend model='builtin'/></rng>") } },
  { "input-transitional",
    DEFINE,
    MT_CLASS_Q35,
    { DEVICE ("<input type='keyboard' bus='virtio' model='virtio-transitional'/>") } },
  { "input-transitional",
    DEFINE,
    MT_CLASS_AARCH64_VIRT,
    { DEVICE ("<input type='tablet' bus='virtio' model='virtio-non-transitional'/>") } },
  { "", 0, MT_CLASS_Q35, { DEVICE ("<input type='tablet' bus='virtio' model='virtio'/>") } },
  { "disk-bus-nvme nvme-serial", DEFINE, MT_CLASS_Q35, { DEVICE (NVME ("0n1", "")) } },
  { "disk-bus-nvme disk-bus-nvme nvme-serials",
    DEFINE,
    MT_CLASS_Q35,
    { DEVICE (NVME ("0n1", "<serial>1</serial>") NVME ("0n2", "<serial>2</serial>")) } },
  { "disk-wwn",
    DEFINE,
    MT_CLASS_Q35,
    { DEVICE (FILE_OF ("<target dev='sda' bus='sata'/><wwn>5000c50015ea71ad</wwn>")) } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE (FILE_OF ("<target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn>")) } },
  { "disk-geometry",
    DEFINE,
    MT_CLASS_Q35,
    { DEVICE (FILE_OF ("<target dev='sda' bus='sata'/><geometry cyls='16383' heads='16' secs='63' "
                       "trans='lba'/>")) } },
  { "",
    0,
    MT_CLASS_I440FX,
    { DEVICE (FILE_OF ("<target dev='hda' bus='ide'/><geometry cyls='16383' heads='16' secs='63' "
                       "trans='lba'/>")) } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE (FILE_OF (
        "<target dev='sda' bus='sata'/><geometry cyls='16383' heads='16' secs='63'/>")) } },
  { "disk-readonly",
    DEFINE,
    MT_CLASS_Q35,
    { DEVICE (FILE_OF ("<target dev='sda' bus='sata'/><readonly/>")) } },
  { "disk-readonly",
    DEFINE,
    MT_CLASS_I440FX,
    { DEVICE (FILE_OF ("<target dev='hda' bus='ide'/><readonly/>")) } },
  { "", 0, MT_CLASS_Q35, { DEVICE (FILE_OF ("<target dev='vda' bus='virtio'/><readonly/>")) } },
  { "shmem",
    DEFINE,
    MT_CLASS_S390X,
    { DEVICE ("<shmem name='a'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>") } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE ("<shmem name='a'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>") } },
  { "smbios", QEMU, MT_CLASS_PSERIES, { OS ("<smbios mode='sysinfo'/>"), TOP (NULL, SMBIOS) } },
  { "", 0, MT_CLASS_Q35, { OS ("<smbios mode='sysinfo'/>"), TOP (NULL, SMBIOS) } },
  { "", 0, MT_CLASS_PSERIES, { OS ("<smbios mode='emulate'/>") } },
  { "bios-serial",
    DEFINE,
    MT_CLASS_PSERIES,
    { OS ("<bios useserial='yes'/>"), DEVICE ("<serial type='null'/>") } },
  { "", 0, MT_CLASS_Q35, { OS ("<bios useserial='yes'/>"), DEVICE ("<serial type='null'/>") } },
  { "", 0, MT_CLASS_S390X, { FEATURES ("<vmcoreinfo state='off'/><hap state='off'/>") } },
  { "usb-ehci-alone", GUEST, MT_CLASS_Q35, { USB ("ich9-ehci1") } },
  { "",
    0,
    MT_CLASS_Q35,
    { USB ("ich9-ehci1"), DEVICE ("<controller type='usb' model='ich9-uhci1'/>") } },
  { "kernel-missing", GUEST, MT_CLASS_MALTA, { { "os", "", "kernel", NULL } } },
  { "kernel-missing", GUEST, MT_CLASS_RISCV_VIRT, { { "os", "", "kernel", NULL } } },
  { "kernel-missing", GUEST, MT_CLASS_AARCH64_VIRT, { { "os", "", "kernel", NULL } } },
  { "",
    0,
    MT_CLASS_RISCV_VIRT,
    { { "os", "<loader type='rom'>u-boot</loader>", "kernel", NULL } } },
  { "", 0, MT_CLASS_AARCH64_VIRT, { { "os", "@firmware=efi", "kernel", NULL } } },
  { "pci-implied", DEFINE, MT_CLASS_ISAPC, { INSTEAD ("memballoon", NULL, "") } },
  { "pci-implied", DEFINE, MT_CLASS_MICROVM, { INSTEAD ("controller", NULL, "") } },
  { "pci-implied", DEFINE, MT_CLASS_M68K_VIRT, { INSTEAD ("memballoon", NULL, "") } },
  { "", 0, MT_CLASS_ISAPC, { INSTEAD ("controller", NULL, "") } },
  { "",
    0,
    MT_CLASS_MICROVM,
    { DEVICE (FILE_OF ("<target dev='vda' bus='virtio'/>" MMIO)),
      DEVICE ("<interface type='user'><model type='virtio'/>" MMIO "</interface>"),
      INSTEAD ("memballoon", NULL, "<memballoon model='virtio'>" MMIO "</memballoon>") } },
  { "",
    0,
    MT_CLASS_M68K_VIRT,
    { DEVICE (FILE_OF ("<target dev='vda' bus='virtio'/>" MMIO)),
      DEVICE ("<input type='mouse' bus='virtio'>" MMIO "</input>") } },
  { "pci-slot-implied", GUEST, MT_CLASS_MALTA, { INSTEAD ("memballoon", NULL, "") } },
  { "pci-slot-implied",
    GUEST,
    MT_CLASS_MALTA,
    { DEVICE ("<input type='tablet' bus='usb'/>"), INSTEAD ("controller", NULL, "") } },
  { "pci-slot-implied", GUEST, MT_CLASS_MALTA, { DEVICE (DISK ("sda", "scsi")) } },
  { "pci-slot-implied",
    GUEST,
    MT_CLASS_MALTA,
    { DEVICE ("<channel type='unix'><target type='virtio' name='a'/></channel>") } },
  { "",
    0,
    MT_CLASS_Q35,
    { DEVICE ("<channel type='unix'><target type='virtio' name='a'/></channel>") } },
  { "pci-slot-missing pci-slot-missing",
    GUEST,
    MT_CLASS_MALTA,
    { DEVICE (RNG ("<address type='pci'/>")), DEVICE (DISK ("vda", "virtio")) } },
  { "", 0, MT_CLASS_Q35, { DEVICE (RNG ("")) } },
  { "",
    0,
    MT_CLASS_MALTA,
    { DEVICE (RNG (SLOT ("0x12", "0x0"))), DEVICE ("<video><model type='vga'/></video>") } },
  { "pci-slot-dead",
    GUEST,
    MT_CLASS_MALTA_64EL,
    { DEVICE (
        "<interface type='user'><model type='virtio'/>" SLOT ("0x11", "0x0") "</interface>") } },
  { "pci-slot-dead",
    GUEST,
    MT_CLASS_MALTA,
    { DEVICE (RNG ("<address type='pci' bus='0x01' slot='0x12'/>")) } },
  { "",
    0,
    MT_CLASS_MALTA,
    { DEVICE (
        "<interface type='user'><model type='virtio'/>" SLOT ("0x15", "0x7") "</interface>") } },
};

const Condition *
conditions_get (gsize *count)
{
  *count = G_N_ELEMENTS (conditions);
  return conditions;
}

char *
condition_dup_domain (const Condition *condition)
{
  char *xml = snippet_dup_domain ((MtMachineClass)condition->class);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (condition->edits); i++) {
    const Edit *edit = &condition->edits[i];
    char *edited;

    if (edit->parent == NULL)
      continue;
    edited = snippet_edit (xml, edit->parent, edit->fragment, edit->replaced, edit->attribute);
    g_free (xml);
    xml = edited;
  }
  return xml;
}
