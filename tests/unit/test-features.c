/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What image properties and extra specs request together, and the resulting domain. */

#include "test.h"

#include "properties/properties-private.h"

#include <string.h>

#define Q35 "hw_architecture=x86_64 hw_machine_type=pc-q35-7.2 "
#define KVM "hw_machine_type=q35 "
#define PC "hw_architecture=x86_64 hw_machine_type=pc-i440fx-7.2 "
#define ARM "hw_architecture=aarch64 "
#define BIOS "hw_firmware_type=bios "
#define UEFI "hw_firmware_type=uefi "
#define ARM32 "hw_architecture=armv7l "
#define IBM_Z "hw_architecture=s390x "
#define POWER "hw_architecture=ppc64le "
#define MIPS "hw_architecture=mipsel "
#define RISCV "hw_architecture=riscv64 "
#define X86_32 "hw_architecture=i686 "

#define SEV_Q35 "hw_architecture=x86_64 hw_machine_type=pc-q35-9.1 "
#define SNP                                                                                        \
  UEFI "hw_mem_encryption=yes hw_mem_encryption_model=amd-sev-snp hw_firmware_stateless=yes "

#define TDX_Q35 "hw_architecture=x86_64 hw_machine_type=pc-q35-10.1 "
#define TDX                                                                                        \
  UEFI "hw_mem_encryption=yes hw_mem_encryption_model=intel-tdx hw_firmware_stateless=yes "        \
       "hw_video_model=none "

#define HOST "x86_64.xml"

/* NULL: the error. */
static MachtypeGuest *
make_guest (const char *text, const char *host_file, guint vcpus, GError **error)
{
  g_autofree char *stripped = g_strchomp (g_strdup (text));
  g_autoptr (MachtypeProperties) properties = test_make_properties (stripped);
  g_autoptr (MachtypeHost) host = test_make_host (host_file);
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  GError *trouble = NULL;

  resolution = machtype_resolve (properties, NULL, host, NULL, &trouble);
  g_assert_no_error (trouble);
  builder = machtype_guest_builder_new (resolution, properties, host);
  machtype_guest_builder_set_vcpus (builder, vcpus != 0 ? vcpus : 1, &trouble);
  machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_BRIDGE, "br0", NULL,
                                        &trouble);
  machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL, NULL,
                                        &trouble);
  machtype_guest_builder_add_disk (builder, "/disk", NULL, NULL, &trouble);
  g_assert_no_error (trouble);
  return machtype_guest_builder_end (builder, error);
}

/* Most rows do not set the last fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct {
  guint defect; /* of Nova's; 0: none */
  const char *properties;
  const char *path, *expected;
  guint vcpus;
  const char *host;
} FeatureRow;

static const FeatureRow features[] = {
  /* The guest agent. */
  { 0, Q35, "count(//channel)", "0" },
  { 0, Q35 "hw_qemu_guest_agent=yes", "//channel/@type | //channel/target/@*",
    "unix\nvirtio\norg.qemu.guest_agent.0" },
  { 0, Q35 "hw_qemu_guest_agent=1", "count(//controller[@type='virtio-serial'])", "1" },
  { 0, Q35 "hw_qemu_guest_agent=no", "count(//channel)", "0" },
  { 0, MIPS "hw_qemu_guest_agent=yes",
    "//controller[@type='virtio-serial']/address/@slot | "
    "//controller[@type='virtio-serial']/address/@function",
    "0x13\n0x7" },
  { 0, IBM_Z "hw_qemu_guest_agent=yes", "count(//channel/target[@type='virtio'])", "1" },

  /* The watchdog: image over flavor. */
  { 0, Q35, "count(//watchdog)", "0" },
  { 0, Q35 "hw_watchdog_action=reset", "//watchdog/@*", "i6300esb\nreset" },
  { 0, Q35 "hw:watchdog_action=pause", "//watchdog/@*", "i6300esb\npause" },
  { 0, Q35 "hw:watchdog_action=pause hw_watchdog_action=poweroff", "//watchdog/@action",
    "poweroff" },
  { 0, Q35 "hw:watchdog_action=pause hw_watchdog_action=disabled", "count(//watchdog)", "0" },
  { 0, Q35 "hw:watchdog_action=disabled", "count(//watchdog)", "0" },
  { 0, Q35 "hw_watchdog_action=none", "//watchdog/@action", "none" },
  { 10, IBM_Z "hw_watchdog_action=reset", "//watchdog/@*", "diag288\nreset" },
  { 0, MIPS "hw_watchdog_action=reset", "//watchdog/@model | //watchdog/address/@slot",
    "i6300esb\n0x0b" },

  /* The random number generator. */
  { 0, Q35, "//rng/@model | //rng/backend", "virtio\n/dev/urandom" },
  { 0, Q35 "hw_rng:allowed=no", "count(//rng)", "0" },
  { 0, Q35 "hw_rng:allowed=True hw_rng_model=virtio", "count(//rng)", "1" },
  { 0, Q35, "count(//rng/rate)", "0" },
  { 31, Q35 "hw_rng:rate_bytes=2048", "//rng/rate/@*", "2048\n1000" },
  { 0, Q35 "hw_rng:rate_bytes=2048 hw_rng:rate_period=500", "//rng/rate/@*", "2048\n500" },
  { 0, Q35 "hw_rng:rate_bytes=2048 hw_rng:rate_period=0", "//rng/rate/@*", "2048\n1000" },
  { 0, Q35 "hw_rng:rate_period=500", "count(//rng/rate)", "0" },
  { 0, Q35 "hw_rng:rate_bytes=0", "count(//rng/rate)", "0" },

  /* The PMU: unset leaves it to QEMU. */
  { 0, Q35, "count(//pmu)", "0" },
  { 0, Q35 "hw_pmu=yes", "//features/pmu/@state", "on" },
  { 0, Q35 "hw:pmu=no", "//features/pmu/@state", "off" },
  { 0, Q35 "hw:pmu=0 hw_pmu=false", "//features/pmu/@state", "off" },
  { 0, ARM "hw_pmu=no", "//features/pmu/@state", "off" },
  { 0, POWER "hw_pmu=yes", "//features/pmu/@state", "on" },

  /* The hidden hypervisor: a yes of the image or the flavor is enough. */
  { 0, Q35, "count(//kvm)", "0" },
  { 0, Q35 "img_hide_hypervisor_id=yes", "//features/kvm/hidden/@state", "on" },
  { 0, Q35 "hw:hide_hypervisor_id=yes", "//features/kvm/hidden/@state", "on" },
  { 0, Q35 "hide_hypervisor_id=yes", "//features/kvm/hidden/@state", "on" },
  { 0, Q35 "hw:hide_hypervisor_id=no img_hide_hypervisor_id=yes", "count(//kvm)", "1" },
  { 0, Q35 "hw:hide_hypervisor_id=no hide_hypervisor_id=yes", "count(//kvm)", "1" },
  { 0, Q35 "hide_hypervisor_id=no img_hide_hypervisor_id=yes", "count(//kvm)", "1" },
  { 0, Q35 "hw:hide_hypervisor_id=no hide_hypervisor_id=no img_hide_hypervisor_id=no",
    "count(//kvm)", "0" },
  { 0, Q35 "hide_hypervisor_id=yes img_hide_hypervisor_id=no", "count(//kvm)", "1" },
  { 0, ARM "img_hide_hypervisor_id=no", "count(//kvm)", "0" },

  /* Windows: enlightenments require KVM. */
  { 0, KVM, "count(//hyperv)", "0", 1, HOST },
  { 0, KVM "os_type=windows", "count(//hyperv/*[@state='on'])", "10", 1, HOST },
  { 0, KVM "os_type=windows", "count(//hyperv/vendor_id)", "0", 1, HOST },
  { 0, KVM "os_type=windows img_hide_hypervisor_id=yes", "//hyperv/vendor_id/@value",
    "1234567890ab", 1, HOST },
  { 0, KVM "img_hide_hypervisor_id=yes", "count(//hyperv)", "0", 1, HOST },
  { 0, KVM "os_type=windows", "//timer[@name='hypervclock']/@present", "yes", 1, HOST },
  { 0, Q35 "os_type=windows img_hide_hypervisor_id=yes",
    "count(//hyperv) + count(//timer[@name='hypervclock'])", "0" },
  { 0, Q35 "os_type=windows", "//clock/@offset", "localtime" },
  { 0, Q35 "os_type=linux", "//clock/@offset", "utc" },
  { 0, ARM, "//features/vmcoreinfo/@state", "on" },
  { 0, ARM BIOS, "//features/vmcoreinfo/@state", "on" },
  { 0, ARM32, "count(//vmcoreinfo)", "0" },
  { 0, ARM "os_type=windows", "count(//hyperv) + count(//clock[@offset='localtime'])", "1" },

  /* Locked memory and pages. */
  { 0, Q35, "count(//memoryBacking)", "0" },
  { 0, Q35 "hw_locked_memory=yes hw:mem_page_size=small", "count(//memoryBacking/locked)", "1" },
  { 0, Q35 "hw:locked_memory=yes hw_locked_memory=1 hw:mem_page_size=small",
    "count(//memoryBacking/*)", "1" },
  { 0, Q35 "hw:locked_memory=no", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:mem_page_size=small", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:mem_page_size=any", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:mem_page_size=4", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:mem_page_size=4KiB", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:mem_page_size=large", "count(//memoryBacking/hugepages[not(page)])", "1" },
  { 0, Q35 "hw:mem_page_size=2048", "//hugepages/page/@*", "2048\nKiB" },
  { 0, Q35 "hw:mem_page_size=2MB", "//hugepages/page/@size", "2048" },
  { 0, Q35 "hw:mem_page_size=1GiB", "//hugepages/page/@size", "1048576" },
  { 0, Q35 "hw:mem_page_size=16Mbit", "//hugepages/page/@size", "2048" },
  { 0, Q35 "hw:mem_page_size=any hw_mem_page_size=2048", "//hugepages/page/@size", "2048" },
  { 0, Q35 "hw:mem_page_size=large hw_mem_page_size=1GB", "//hugepages/page/@size", "1048576" },
  { 0, Q35 "hw:mem_page_size=large hw_mem_page_size=small", "count(//memoryBacking)", "0" },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=^0",
    "count(//memoryBacking/locked) + count(//memoryBacking/nosharepages)", "2", 4 },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=^0", "//vcpusched/@vcpus", "1,2,3", 4 },
  { 0, Q35 "hw:cpu_realtime=yes hw_cpu_realtime_mask=0-2,^1 hw:cpu_realtime_mask=3",
    "//vcpusched/@vcpus", "0,2", 4 },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=^0,0-3", "//vcpusched/@vcpus", "1,2,3", 4 },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=0-3,^0,", "//vcpusched/@vcpus", "1,2,3", 4 },
  { 0, Q35 "hw:cpu_realtime=yes hw_cpu_realtime_mask= hw:cpu_realtime_mask=^1",
    "//vcpusched/@vcpus", "0,2,3", 4 },
  { 0, Q35 "hw:cpu_realtime=yes", "//vcpusched/@vcpus", "0,1", 2 },
  { 0, Q35 "hw:cpu_realtime=no hw:cpu_realtime_mask=^0", "count(//cputune)", "0", 4 },
  { 0, Q35 UEFI "hw_mem_encryption=yes", "count(//memoryBacking/locked)", "1" },
  { 0, Q35 UEFI "hw:mem_encryption=yes", "//launchSecurity/@type | //launchSecurity/policy",
    "sev\n0x0033" },
  { 0, Q35 UEFI "hw:mem_encryption=yes hw_qemu_guest_agent=yes",
    "count(//driver[@iommu]) + count(//vmcoreinfo)", "0" },
  { 0, Q35 UEFI "hw_mem_encryption=no", "count(//vmcoreinfo) + count(//launchSecurity)", "1" },
  { 0, Q35 UEFI "hw_mem_encryption_model=amd-sev-es hw:mem_encryption_model=amd-sev",
    "count(//vmcoreinfo) + count(//launchSecurity) + count(//locked)", "1" },
  { 0, Q35 UEFI "hw_mem_encryption=yes hw:mem_encryption_model=amd-sev", "//launchSecurity/policy",
    "0x0033" },
  { 0, SEV_Q35 UEFI "hw_mem_encryption=yes hw_mem_encryption_model=amd-sev-es",
    "//launchSecurity/@type | //launchSecurity/policy", "sev\n0x0037" },
  { 0, SEV_Q35 UEFI "hw_mem_encryption=yes hw_mem_encryption_model=amd-sev-es",
    "count(//locked) + count(//vmcoreinfo)", "1" },
  { 0, SEV_Q35 SNP, "//launchSecurity/@* | //launchSecurity/policy",
    "sev-snp\nno\nyes\nno\n0x00030000" },
  { 0, SEV_Q35 SNP, "count(//memoryBacking) + count(//vmcoreinfo)", "0" },
  { 0, SEV_Q35 SNP, "//loader/@*", "no\nyes" },
  { 0, TDX_Q35 TDX, "//launchSecurity/@*", "tdx" },
  { 0, TDX_Q35 TDX, "count(//launchSecurity/*) + count(//quoteGenerationService[not(@*)])", "2" },
  { 0, TDX_Q35 TDX, "count(//memoryBacking) + count(//vmcoreinfo)", "0" },
  { 0, TDX_Q35 TDX, "//loader/@readonly | //loader/@stateless", "yes\nyes" },
  { 0, TDX_Q35 TDX, "count(//loader/@*) + count(//feature[@enabled='yes'])", "2" },
  { 0, TDX_Q35 TDX "os_secure_boot=required", "//firmware/feature/@enabled", "yes\nyes" },
  { 0, TDX_Q35 TDX "os_secure_boot=required", "count(//loader/@*) + count(//smm)", "2" },
  { 0, TDX_Q35 TDX, "//cpu/@mode", "host-passthrough", .host = "x86_64" },

  /* Serial ports: the image can request fewer. */
  { 0, Q35, "count(//serial)", "1" },
  { 0, Q35 "hw:serial_port_count=3", "count(//serial)", "3" },
  { 0, Q35 "hw:serial_port_count=3 hw_serial_port_count=2", "count(//serial)", "2" },
  { 0, Q35 "hw_serial_port_count=2", "//serial/target/@port", "0\n1" },
  { 0, Q35 "hw:serial_port_count=0 hw_serial_port_count=0", "count(//serial)", "1" },
  { 0, ARM "hw_serial_port_count=2", "//serial/target/@type", "system-serial\npci-serial" },
  { 0, POWER "hw_serial_port_count=2", "//serial/target/@type",
    "spapr-vio-serial\nspapr-vio-serial" },
  { 0, IBM_Z "hw_serial_port_count=1", "count(//serial) + count(//console)", "1" },

  /* Boot menu, hpet, video RAM. */
  { 0, Q35, "count(//bootmenu)", "0" },
  { 0, Q35 "hw_boot_menu=yes", "//os/bootmenu/@enable", "yes" },
  { 0, Q35 "hw:boot_menu=yes", "//os/bootmenu/@enable", "yes" },
  { 0, Q35 "hw:boot_menu=yes hw_boot_menu=no", "count(//bootmenu)", "0" },
  { 0, Q35, "//timer[@name='hpet']/@present", "no" },
  { 0, Q35 "hw_time_hpet=yes", "//timer[@name='hpet']/@present", "yes" },
  { 0, Q35 "hw_time_hpet=no", "//timer[@name='hpet']/@present", "no" },
  { 0, ARM "hw_time_hpet=no", "count(//timer)", "0" },
  { 0, Q35 "hw_video_model=vga hw_video_ram=32 hw_video:ram_max_mb=64", "//video/model/@*",
    "vga\n32768" },
  { 0, Q35 "hw_video_ram=0 hw_video:ram_max_mb=64", "count(//video/model/@vram)", "0" },
  { 0, Q35 "hw_video_model=none hw_video_ram=32 hw_video:ram_max_mb=64",
    "count(//video/model/@vram)", "0" },

  /* Firmware and Secure Boot. */
  { 0, Q35 UEFI "os_secure_boot=required", "//os/@firmware | //os/loader/@secure | //smm/@state",
    "efi\nyes\non" },
  { 0, Q35 UEFI "os_secure_boot=required", "//os/firmware/feature/@enabled", "yes\nyes" },
  { 28, Q35 UEFI "os:secure_boot=optional os_secure_boot=optional", "count(//loader)", "0" },
  { 0, Q35 UEFI "os:secure_boot=disabled", "//os/firmware/feature/@enabled", "no\nno" },
  { 0, ARM "os_secure_boot=required", "//os/@firmware | //os/firmware/feature/@*",
    "efi\nyes\nenrolled-keys\nyes\nsecure-boot" },
  { 0, ARM "os_secure_boot=required", "count(//loader) + count(//smm)", "0" },
  { 0, ARM "os_secure_boot=optional", "//os/firmware/feature/@enabled", "no\nno" },
  { 0, ARM UEFI "os_secure_boot=required hw_firmware_stateless=yes",
    "count(//loader/@secure) + count(//loader[@stateless='yes'])", "1" },
  { 0, Q35 UEFI "hw_firmware_stateless=yes", "//loader/@secure | //loader/@stateless", "no\nyes" },
  { 0, Q35 UEFI "hw_firmware_stateless=yes os_secure_boot=required",
    "//loader/@secure | //loader/@stateless", "yes\nyes" },
  { 0, Q35 UEFI "hw_firmware_stateless=no", "count(//loader)", "0" },
  { 0, Q35 "hw_firmware_stateless=yes", "count(//loader)", "0" },

  /* Sound, USB. */
  { 0, Q35, "count(//sound) + count(//redirdev)", "0" },
  { 0, Q35 "hw_sound_model=ich9", "//sound/@model", "ich9" },
  { 0, Q35 "hw:sound_model=ac97", "//sound/@model", "ac97" },
  { 0, Q35 "hw:sound_model=usb hw_sound_model=usb hw_input_bus=virtio",
    "//sound/@model | //controller[@type='usb']/@model", "qemu-xhci\nusb" },
  { 0, SEV_Q35 "hw_sound_model=virtio", "//sound/@model", "virtio" },
  { 0, MIPS "hw_sound_model=ich6", "//sound/address/@slot", "0x0c" },
  { 0, MIPS "hw_sound_model=usb", "count(//sound/address)", "0" },
  { 0, Q35 "hw_input_bus=virtio", "//controller[@type='usb']/@model", "none" },
  { 0, Q35 "hw_input_bus=virtio hw_usb_model=nec-xhci", "//controller[@type='usb']/@model",
    "nec-xhci" },
  { 0, Q35 "hw_input_bus=virtio hw_usb_model=none", "//controller[@type='usb']/@model", "none" },
  { 0, Q35 "hw:usb_model=nec-xhci", "//controller[@type='usb']/@model", "nec-xhci" },
  { 0, Q35 "hw_usb_model=none", "//controller[@type='usb']/@model", "qemu-xhci" },

  /* Packed rings: network interfaces of virtio alone. */
  { 0, Q35, "count(//interface/driver)", "0" },
  { 0, Q35 "hw_virtio_packed_ring=yes", "//interface/driver/@*", "on\non" },
  { 0, Q35 "hw:virtio_packed_ring=yes hw_vif_multiqueue_enabled=yes",
    "//interface[@type='bridge']/driver/@*", "vhost\n2\non", 2 },
  { 0, Q35 "hw:virtio_packed_ring=yes hw_vif_model=e1000", "count(//@packed)", "0" },
  { 0, Q35 "hw:virtio_packed_ring=no hw_virtio_packed_ring=no", "count(//@packed)", "0" },

  /* The width of physical addresses. */
  { 0, Q35, "count(//maxphysaddr)", "0" },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=42", "//maxphysaddr/@*",
    "emulate\n42" },
  { 0, Q35 "hw:maxphysaddr_mode=emulate hw_maxphysaddr_bits=42 hw:maxphysaddr_bits=46",
    "//maxphysaddr/@*", "emulate\n46" },
  { 0, Q35 "hw_maxphysaddr_mode=passthrough hw:maxphysaddr_bits=0", "//maxphysaddr/@*",
    "passthrough" },
  { 0, Q35 "hw_maxphysaddr_bits=42", "count(//maxphysaddr)", "0" },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=32", "//maxphysaddr/@bits", "32" },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=52", "//maxphysaddr/@bits", "52" },
  { 0, X86_32 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=36", "//cpu/*/@*", "emulate\n36",
    .host = HOST },

  /* Every guest. */
  { 0, Q35, "//iothreads | //memballoon/@* | //memballoon/stats/@*", "1\nvirtio\non\non\n10" },
  { 0, MIPS, "count(//memballoon[stats][address])", "1" },
  { 0, PC UEFI "os_secure_boot=optional", "count(//loader)", "0" },
  { 0, Q35 "os_secure_boot=optional", "count(//os/@firmware)", "0" },

  /* The vIOMMU: the flavor wins. */
  { 0, Q35, "count(//iommu)", "0" },
  { 0, Q35 "hw_viommu_model=intel", "//iommu/@model | //ioapic/@driver", "qemu\nintel" },
  { 0, Q35 "hw_viommu_model=intel", "//iommu/driver/@*", "on\non\non\n48" },
  { 0, Q35 "hw_viommu_model=intel hw:viommu_model=virtio", "//iommu/@model", "virtio" },
  { 0, Q35 "hw_viommu_model=auto", "//iommu/@model", "virtio" },
  { 12, Q35 "hw_viommu_model=virtio", "count(//ioapic) + count(//iommu/driver)", "0" },
  { 0, ARM "hw_viommu_model=auto", "//iommu/@model", "virtio" },
  { 0, ARM BIOS "hw_viommu_model=auto", "//iommu/@model", "smmuv3" },
  { 12, ARM "hw_viommu_model=smmuv3", "count(//iommu) + count(//ioapic)", "1" },
  { 0, "hw_machine_type=q35 hw_viommu_model=intel", "//iommu/driver/@eim", "on", 1, HOST },

  /* The TPM. */
  { 0, Q35, "count(//tpm)", "0" },
  { 0, Q35 "hw_tpm_version=2.0", "//tpm/@model | //tpm/backend/@*", "tpm-tis\nemulator\n2.0" },
  { 0, Q35 "hw:tpm_version=2.0 hw:tpm_model=tpm-crb", "//tpm/@model", "tpm-crb" },
  { 0, Q35 "hw:tpm_version=2.0 hw_tpm_model=tpm-crb hw_tpm_version=2.0", "//tpm/@model",
    "tpm-crb" },
  { 0, Q35 "hw_tpm_version=1.2", "//tpm/backend/@version", "1.2" },
  { 0, Q35 "hw_tpm_model=tpm-tis", "count(//tpm)", "0" },
  { 34, POWER "hw_tpm_version=2.0", "//tpm/@model", "tpm-spapr" },
  { 0, ARM "hw_tpm_version=2.0", "//tpm/@model", "tpm-tis" },

  /* The topology: most sockets, fewest threads. */
  { 0, Q35, "count(//topology)", "0", 4 },
  { 0, Q35 "hw_cpu_cores=2", "//topology/@*", "2\n2\n1", 4 },
  { 0, Q35 "hw_cpu_sockets=1", "//topology/@*", "1\n4\n1", 4 },
  { 0, Q35 "hw_cpu_threads=2", "//topology/@*", "2\n1\n2", 4 },
  { 0, Q35 "hw_cpu_threads=2 hw_cpu_sockets=1", "//topology/@*", "1\n2\n2", 4 },
  { 0, Q35 "hw_cpu_max_sockets=1", "//topology/@*", "1\n4\n1", 4 },
  { 27, Q35 "hw:cpu_max_sockets=1", "//topology/@*", "1\n4\n1", 4 },
  { 27, Q35 "hw:max_cpu_sockets=1", "//topology/@*", "1\n4\n1", 4 },
  { 0, Q35 "hw:cpu_sockets=1 hw_cpu_cores=2", "//topology/@*", "2\n2\n1", 4 },
  { 0, Q35 "hw:cpu_sockets=4 hw_cpu_max_sockets=2", "//topology/@*", "2\n2\n1", 4 },
  { 0, Q35 "hw:cpu_sockets=4 hw:cpu_threads=2 hw_cpu_max_sockets=2", "//topology/@*", "2\n2\n1",
    4 },
  { 0, Q35 "hw_cpu_cores=3", "//topology/@*", "4\n1\n1", 4 },
  { 0, Q35 "hw_cpu_cores=2 hw_cpu_threads=3", "//topology/@*", "2\n2\n1", 4 },
  { 0, IBM_Z "hw_cpu_cores=2", "//cpu/topology/@cores", "2", 4 },
  { 0, ARM "hw_cpu_cores=2", "//cpu/model | //cpu/topology/@cores", "cortex-a57\n2", 4 },

  { 0, MIPS "hw_cpu_cores=2 hw:cpu_max_sockets=2", "count(//cpu)", "0" },
  { 0, RISCV "hw:cpu_max_sockets=2", "count(//cpu)", "0", 2 },
  { 0, Q35 "resources:VGPU=0 hw:emulator_threads_policy=share", "//name", "guest" },

  /* Queues. */
  { 0, Q35 "hw_vif_multiqueue_enabled=yes", "count(//interface/driver)", "0" },
  { 0, Q35 "hw_vif_multiqueue_enabled=yes", "//interface/driver/@*", "vhost\n4", 4 },
  { 0, Q35 "hw:vif_multiqueue_enabled=yes", "count(//interface[@type='user']/driver)", "0", 4 },
  { 0, Q35 "hw:vif_multiqueue_enabled=yes hw_vif_model=e1000", "count(//interface/driver)", "0",
    4 },

  { 0, Q35 "hw:vif_multiqueue_enabled=no hw_vif_multiqueue_enabled=yes",
    "count(//interface/driver)", "0" },

  /* Buses and controllers that are named are present. */
  { 0, Q35, "count(//input[@type='keyboard']) + count(//controller[@type='scsi'])", "0" },
  { 0, Q35 "hw_input_bus=virtio", "//input[@bus='virtio']/@type", "tablet\nkeyboard" },
  { 0, Q35 "hw_scsi_model=lsilogic", "//controller[@type='scsi']/@model", "lsilogic" },
  { 0, Q35 "hw_tpm_model=tpm-tis hw:tpm_model=tpm-crb", "count(//tpm)", "0" },
  { 0, Q35 "hw_vm_mode=hv", "//os/type", "hvm" },

  /* What requests nothing that requires a placement. */
  { 0, Q35 "hw_cpu_policy=shared hw:cpu_policy=shared hw_ephemeral_encryption=False", "//name",
    "guest" },
};

static void
test_features (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (features); i++) {
    const FeatureRow *row = &features[i];
    g_autoptr (MachtypeGuest) guest = NULL;
    g_autofree char *found = NULL;
    GError *error = NULL;

    ROW ("%s: %s, defect %u", row->properties, row->path, row->defect);
    guest = make_guest (row->properties, row->host, row->vcpus, &error);
    g_assert_no_error (error);
    found = test_find_in_xml (machtype_guest_get_xml (guest), row->path);
    g_assert_cmpstr (found, ==, row->expected);
  }
}

typedef struct {
  guint defect;
  const char *properties;
  int code;
  const char *words;
  guint vcpus;
  gboolean by_properties_alone; /* machtype_properties_check says the same */
} RefusalRow;

#define CONFLICT MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT
#define FORBIDS MACHTYPE_ERROR_FLAVOR_FORBIDS
#define INVALID MACHTYPE_ERROR_INVALID_PROPERTY
#define UNSUPPORTED MACHTYPE_ERROR_UNSUPPORTED

static const RefusalRow refusals[] = {
  /* Flavor against image. */
  { 0, Q35 "hw:pmu=yes hw_pmu=no", CONFLICT, "FlavorImageConflict hw:pmu=yes hw_pmu=no", 1, TRUE },
  { 0, Q35 "hw:vif_multiqueue_enabled=no hw_vif_multiqueue_enabled=yes", CONFLICT,
    "FlavorImageConflict hw:vif_multiqueue_enabled=no hw_vif_multiqueue_enabled=yes", 2, TRUE },
  { 0, Q35 "hw:locked_memory=yes hw_locked_memory=no hw:mem_page_size=large", CONFLICT,
    "FlavorImageLockedMemoryConflict hw:locked_memory=yes hw_locked_memory=no", 1, TRUE },
  { 0, Q35 "hw:locked_memory=yes", FORBIDS, "LockMemoryForbidden hw:locked_memory hw:mem_page_size",
    1, TRUE },
  { 0, Q35 "hw_locked_memory=yes", FORBIDS, "LockMemoryForbidden hw_locked_memory hw:mem_page_size",
    1, TRUE },
  { 35, Q35 "hw_locked_memory=yes hw_mem_page_size=large", FORBIDS,
    "MemoryPageSizeForbidden hw_mem_page_size=large unset", 1, TRUE },
  { 0, Q35 "hw_mem_page_size=2048 hw:mem_page_size=2048", FORBIDS,
    "MemoryPageSizeForbidden hw_mem_page_size=2048", 1, TRUE },
  { 0, Q35 "hw_mem_page_size=2048 hw:mem_page_size=small", FORBIDS, "MemoryPageSizeForbidden small",
    1, TRUE },
  { 0, Q35 "hw:mem_page_size=huge", INVALID, "MemoryPageSizeInvalid huge large 2MB", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=-1", INVALID, "MemoryPageSizeInvalid -1", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=0", INVALID, "MemoryPageSizeInvalid 0", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=2M", INVALID, "MemoryPageSizeInvalid 2M", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=99999999999999999999", INVALID, "MemoryPageSizeInvalid", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=1099511627775TB", INVALID, "MemoryPageSizeInvalid", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=1023B", INVALID, "MemoryPageSizeInvalid", 1, TRUE },
  { 0, Q35 "hw:mem_page_size=9999999999999TB", INVALID, "MemoryPageSizeInvalid", 1, TRUE },
  { 0, Q35 UEFI "os:secure_boot=disabled os_secure_boot=required", CONFLICT,
    "FlavorImageConflict os:secure_boot=disabled os_secure_boot=required", 1, TRUE },
  { 0, Q35 "hw_tpm_version=1.2 hw:tpm_version=2.0", CONFLICT, "FlavorImageConflict hw:tpm_version",
    1, TRUE },
  { 0, Q35 "hw_tpm_version=2.0 hw_tpm_model=tpm-tis hw:tpm_model=tpm-crb", CONFLICT,
    "FlavorImageConflict hw:tpm_model=tpm-crb", 1, TRUE },
  { 0, Q35 "hw_tpm_version=1.2 hw_tpm_model=tpm-crb", INVALID, "hw_tpm_model=tpm-crb 2.0 1.2", 1,
    TRUE },
  { 0, Q35 "hw_serial_port_count=3 hw:serial_port_count=2", FORBIDS,
    "ImageSerialPortNumberExceedFlavorValue hw_serial_port_count=3 hw:serial_port_count=2", 1,
    TRUE },
  { 0, Q35 "hw_serial_port_count=4", INVALID, "SerialPortNumberLimitExceeded 4 3", 1, TRUE },
  { 0, Q35 "hw_serial_port_count=-1", INVALID, "hw_serial_port_count -1", 1, TRUE },
  { 0, Q35 "hw_video_ram=65 hw_video:ram_max_mb=64", FORBIDS,
    "RequestedVRamTooHigh hw_video_ram=65 hw_video:ram_max_mb 64", 1, TRUE },
  { 0, Q35 "hw_video_ram=1", FORBIDS, "RequestedVRamTooHigh hw_video:ram_max_mb 0", 1, TRUE },
  { 0, Q35 "hw_cpu_max_cores=4 hw:cpu_max_cores=2", FORBIDS,
    "ImageVCPULimitsRangeExceeded hw_cpu_max_cores=4 2 hw:cpu_max_cores", 4, TRUE },
  { 0, Q35 "hw_cpu_cores=4 hw:cpu_max_cores=2", FORBIDS, "ImageVCPUTopologyRangeExceeded", 4,
    TRUE },
  { 0, Q35 "hw:cpu_max_sockets=1 hw:cpu_max_cores=1 hw:cpu_max_threads=1", FORBIDS,
    "ImageVCPULimitsRangeImpossible 4", 4, FALSE },
  { 0, Q35 "hw:mem_encryption=no hw_mem_encryption=yes " UEFI, CONFLICT,
    "FlavorImageConflict hw:mem_encryption=no hw_mem_encryption=yes", 1, TRUE },
  { 0, Q35 "hw_mem_encryption=yes", CONFLICT, "hw_mem_encryption hw_firmware_type=uefi", 1, TRUE },
  { 0,
    Q35 UEFI "hw_mem_encryption=yes hw_mem_encryption_model=amd-sev-es "
             "hw:mem_encryption_model=amd-sev",
    CONFLICT, "FlavorImageConflict hw:mem_encryption_model=amd-sev", 1, TRUE },
  { 0, Q35 UEFI "hw_mem_encryption=yes hw:mem_encryption_model=amd-sev-snp", CONFLICT,
    "StatelessFirmwareRequired hw:mem_encryption_model=amd-sev-snp hw_firmware_stateless=yes", 1,
    TRUE },
  { 0, TDX_Q35 UEFI "hw_mem_encryption=yes hw_mem_encryption_model=intel-tdx hw_video_model=none",
    CONFLICT, "StatelessFirmwareRequired hw_mem_encryption_model=intel-tdx", 1, TRUE },
  { 0,
    TDX_Q35 UEFI "hw_mem_encryption=yes hw:mem_encryption_model=intel-tdx "
                 "hw_firmware_stateless=yes",
    CONFLICT, "InvalidVideoMode hw:mem_encryption_model=intel-tdx hw_video_model=none", 1, TRUE },
  { 0,
    TDX_Q35 UEFI "hw_mem_encryption=yes hw:mem_encryption_model=intel-tdx "
                 "hw_firmware_stateless=yes hw_video_model=virtio",
    CONFLICT, "InvalidVideoMode hw_video_model=none", 1, TRUE },
  { 0, Q35 "hw_sound_model=ich9 hw:sound_model=ac97", CONFLICT,
    "FlavorImageConflict hw:sound_model=ac97 hw_sound_model=ich9", 1, TRUE },
  { 0, Q35 "hw_usb_model=none hw:usb_model=qemu-xhci", CONFLICT, "FlavorImageConflict hw:usb_model",
    1, TRUE },
  { 0, Q35 "hw_virtio_packed_ring=yes hw:virtio_packed_ring=no", CONFLICT,
    "FlavorImageConflict hw:virtio_packed_ring=no hw_virtio_packed_ring=yes", 1, TRUE },
  { 0, Q35 "hw_maxphysaddr_mode=passthrough hw:maxphysaddr_mode=emulate hw_maxphysaddr_bits=40",
    CONFLICT, "FlavorImageConflict hw:maxphysaddr_mode=emulate", 1, TRUE },
  { 0, Q35 "hw_redirected_usb_ports=2 hw:redirected_usb_ports=3", CONFLICT,
    "FlavorImageConflict hw:redirected_usb_ports=3 hw_redirected_usb_ports=2", 1, TRUE },
  { 0, Q35 "hw_redirected_usb_ports=16", INVALID, "hw_redirected_usb_ports=16 15", 1, TRUE },
  { 0, Q35 "hw_redirected_usb_ports=-3", INVALID, "hw_redirected_usb_ports -3", 1, TRUE },
  { 0, Q35 "hw_maxphysaddr_mode=emulate", INVALID, "hw_maxphysaddr_mode=emulate bits", 1, TRUE },
  { 0, Q35 "hw:maxphysaddr_mode=passthrough hw:maxphysaddr_bits=42", INVALID,
    "hw:maxphysaddr_bits=42 hw:maxphysaddr_mode=passthrough host", 1, TRUE },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=31", INVALID, "31 32 52", 1, TRUE },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=53", INVALID, "53 32 52", 1, TRUE },
  { 0, Q35 "hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=-1", INVALID, "hw_maxphysaddr_bits -1",
    1, TRUE },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=7", INVALID,
    "RealtimeMaskNotFoundOrInvalid 7 4", 4, FALSE },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=^0-3", INVALID,
    "RealtimeMaskNotFoundOrInvalid", 4, FALSE },
  { 0, Q35 "hw:cpu_realtime=yes hw:cpu_realtime_mask=what", INVALID,
    "RealtimeMaskNotFoundOrInvalid hw:cpu_realtime_mask=what ^0", 4, TRUE },

  /* What the machine does not support. */
  { 34, Q35 "hw_floppy_bus=scsi", UNSUPPORTED, "hw_floppy_bus=scsi fdc" },
  { 34, ARM "hw_floppy_bus=fdc", UNSUPPORTED, "hw_floppy_bus=fdc aarch64 virt not start" },
  { 29, Q35 "os_secure_boot=required", UNSUPPORTED,
    "SecureBootNotSupported UEFI hw_firmware_type=uefi" },
  { 0, PC UEFI "os_secure_boot=required", UNSUPPORTED,
    "os_secure_boot=required pc-i440fx-7.2 secure-boot q35" },
  { 0, ARM32 UEFI "os:secure_boot=required", UNSUPPORTED, "os:secure_boot=required armv7l q35" },
  { 0, Q35 "hw_redirected_usb_ports=1", UNSUPPORTED, "hw_redirected_usb_ports=1 SPICE vnc" },
  { 0, Q35 "hw:tpm_secret_security=user hw_tpm_version=2.0", UNSUPPORTED,
    "Invalid hw:tpm_secret_security=user secret" },
  { 0, ARM "hw_maxphysaddr_mode=passthrough", UNSUPPORTED, "hw_maxphysaddr_mode aarch64" },
  { 34, IBM_Z "hw_tpm_version=2.0", UNSUPPORTED, "hw_tpm_version=2.0 s390x TPM remove" },
  { 34, MIPS "hw_tpm_version=2.0", UNSUPPORTED, "hw_tpm_version=2.0 mipsel TPM" },
  { 34, POWER "hw_tpm_version=2.0 hw_tpm_model=tpm-crb", UNSUPPORTED,
    "hw_tpm_model=tpm-crb ppc64le remove" },
  { 34, ARM "hw_tpm_version=2.0 hw_tpm_model=tpm-crb", UNSUPPORTED, "tpm-crb aarch64 tpm-tis" },
  { 12, PC "hw_viommu_model=intel", UNSUPPORTED, "hw_viommu_model=intel pc-i440fx-7.2 vIOMMU" },
  { 12, PC "hw_viommu_model=auto", UNSUPPORTED, "hw_viommu_model=auto vIOMMU" },
  { 12, ARM "hw_viommu_model=intel", UNSUPPORTED, "intel aarch64 virtio smmuv3" },
  { 12, ARM BIOS "hw_viommu_model=virtio", UNSUPPORTED, "virtio aarch64 ACPI" },
  { 0, IBM_Z "hw:viommu_model=smmuv3", UNSUPPORTED, "hw:viommu_model=smmuv3 s390x" },
  { 0, IBM_Z "hw_pmu=yes", UNSUPPORTED, "hw_pmu=yes s390x pmu" },
  { 0, MIPS "hw:pmu=no", UNSUPPORTED, "hw:pmu=no mipsel pmu" },
  { 0, POWER "hw_pmu=no", UNSUPPORTED, "hw_pmu=no ppc64le define" },
  { 0, ARM "img_hide_hypervisor_id=yes", UNSUPPORTED, "img_hide_hypervisor_id=yes aarch64 x86" },
  { 0, ARM "hw_time_hpet=yes", UNSUPPORTED, "hw_time_hpet=yes aarch64 hpet" },
  { 10, IBM_Z "hw_serial_port_count=2", UNSUPPORTED, "hw_serial_port_count=2 s390x one" },
  { 0, RISCV "hw_cpu_cores=2", UNSUPPORTED, "hw_cpu_cores riscv64 topology", 2 },
  { 0, X86_32 "hw_maxphysaddr_mode=emulate hw:maxphysaddr_bits=40", UNSUPPORTED,
    "hw_maxphysaddr_mode i686 emulated 64-bit" },
  { 0, POWER "hw_cpu_threads=2", UNSUPPORTED, "ppc64le thread 2", 4 },
  { 0, IBM_Z "hw:cpu_threads=2", UNSUPPORTED, "s390x thread 2", 4 },
  { 0, PC UEFI "hw_mem_encryption=yes", UNSUPPORTED, "hw_mem_encryption=yes q35" },

  /* What is not generated. */
  { 0, Q35 "hw_video_model=bochs hw_video_ram=2 hw_video:ram_max_mb=9", UNSUPPORTED,
    "hw_video_ram=2 bochs 4 256" },
  { 0, Q35 "hw_video_model=bochs hw_video_ram=257 hw_video:ram_max_mb=257", UNSUPPORTED, "256" },
  { 0, Q35 "hw_video_ram=2147483647 hw_video:ram_max_mb=2147483647", UNSUPPORTED,
    "hw_video_ram=2147483647 virtio 2048" },
  { 0, PC "hw_viommu_model=auto", UNSUPPORTED, "remove hw_viommu_model" },
  { 0, POWER "hw_tpm_version=2.0 hw_tpm_model=tpm-tis", UNSUPPORTED, "remove hw_tpm_model" },
  { 0, ARM BIOS "hw_viommu_model=virtio", UNSUPPORTED, "possible: smmuv3" },
  { 0, Q35 "hw_numa_cpus.0=0", UNSUPPORTED, "image property hw_numa_cpus.0 NUMA" },
  { 0, Q35 "hw_numa_nodes=2", UNSUPPORTED, "hw_numa_nodes NUMA" },
  { 0, Q35 "hw:numa_mem.0=512", UNSUPPORTED, "hw:numa_mem.0 NUMA" },
  { 0, Q35 "hw_cpu_policy=dedicated", UNSUPPORTED, "hw_cpu_policy pinning" },
  { 0, Q35 "hw:cpu_thread_policy=isolate", UNSUPPORTED, "hw:cpu_thread_policy pinning" },
  { 0, Q35 "pci_passthrough:alias=gpu:1", UNSUPPORTED, "pci_passthrough:alias PCI passthrough" },
  { 0, Q35 "resources1:VGPU=1", UNSUPPORTED, "resources1:VGPU vGPU" },
  { 0, Q35 "hw_vm_mode=xen", UNSUPPORTED, "hw_vm_mode mode" },
  { 12, ARM32 "hw_viommu_model=auto", UNSUPPORTED,
    "InvalidVIOMMUArchitecture hw_viommu_model=auto armv7l" },
  { 0, PC UEFI "os_secure_boot=required", UNSUPPORTED, "SecureBootNotSupported" },
  { 0, IBM_Z UEFI, UNSUPPORTED, "UEFINotSupported hw_firmware_type=uefi" },
  { 0, PC "hw_disk_bus=xen", UNSUPPORTED, "UnsupportedHardware hw_disk_bus=xen" },
  { 0, PC "hw_viommu_model=intel", UNSUPPORTED,
    "InvalidVIOMMUMachineType hw_viommu_model=intel remove" },
  { 0, Q35 "hw:pmem=6GB", UNSUPPORTED, "hw:pmem persistent memory" },
  { 0, Q35 SNP, UNSUPPORTED, "hw_mem_encryption_model=amd-sev-snp QEMU 9.1" },
  { 0, SEV_Q35 TDX, UNSUPPORTED, "hw_mem_encryption_model=intel-tdx QEMU 10.1 libvirt 11.6" },
  { 0, PC TDX, UNSUPPORTED, "InvalidMachineType hw_mem_encryption=yes q35" },
  { 0, Q35 "hw_ephemeral_encryption=yes", UNSUPPORTED, "hw_ephemeral_encryption" },
};

static void
assert_alone (const RefusalRow *row)
{
  g_autofree char *stripped = g_strchomp (g_strdup (row->properties));
  g_autoptr (MachtypeProperties) properties = test_make_properties (stripped);
  GError *error = NULL;

  g_assert_cmpint (machtype_properties_check (properties, &error), ==, !row->by_properties_alone);
  if (row->by_properties_alone)
    test_assert_error (&error, row->code, row->words);
  g_assert_no_error (error);
}

static void
test_refusals (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    GError *error = NULL;

    ROW ("%s: %s, defect %u", refusals[i].properties, refusals[i].words, refusals[i].defect);
    g_assert_null (make_guest (refusals[i].properties, NULL, refusals[i].vcpus, &error));
    test_assert_error (&error, refusals[i].code, refusals[i].words);
    assert_alone (&refusals[i]);
  }
}

/* An invalid value of an extra spec is detected when it is added. */
static void
test_values (void)
{
  static const struct {
    guint defect;
    const char *name, *value, *words;
  } rows[] = {
    { 0, "hw:watchdog_action", "Reset", "extra spec hw:watchdog_action Reset poweroff" },
    { 0, "hw:watchdog_action", "", "hw:watchdog_action" },
    { 30, "hw:pmu", "perhaps", "extra spec hw:pmu perhaps yes no" },
    { 30, "hw:hide_hypervisor_id", "2", "hw:hide_hypervisor_id" },
    { 30, "hide_hypervisor_id", "maybe", "extra spec hide_hypervisor_id maybe" },
    { 0, "hw_rng:rate_bytes", "-1", "hw_rng:rate_bytes -1 0 more" },
    { 0, "hw_rng:rate_bytes", "1k", "hw_rng:rate_bytes 1k" },
    { 0, "hw:cpu_sockets", "0", "hw:cpu_sockets 1 more" },
    { 0, "os:secure_boot", "yes", "os:secure_boot required optional" },
    { 0, "hw:tpm_model", "tpm-spapr", "hw:tpm_model tpm-tis" },
    { 0, "hw:serial_port_count", "x", "hw:serial_port_count" },
    { 0, "hw:sound_model", "ich7", "hw:sound_model ich7 ich9" },
    { 0, "hw:usb_model", "piix3-uhci", "hw:usb_model nec-xhci" },
    { 0, "hw:tpm_secret_security", "foo", "hw:tpm_secret_security user host deployment" },
    { 0, "hw:redirected_usb_ports", "16", "hw:redirected_usb_ports 16 0 15" },
    { 0, "hw:redirected_usb_ports", "-1", "hw:redirected_usb_ports -1 0 15" },
    { 0, "hw:mem_encryption_model", "sev", "hw:mem_encryption_model amd-sev" },
    { 0, "hw:maxphysaddr_mode", "host", "hw:maxphysaddr_mode emulate passthrough" },
    { 0, "hw:cpu_policy", "pinned", "hw:cpu_policy dedicated mixed" },
    { 0, "hw:numa_nodes", "0", "hw:numa_nodes 1 more" },
    { 0, "hw:numa_mem.0", "x", "hw:numa_mem.0 number" },
    { 0, "hw:numa_mem.x", "512", "ValidationError hw:numa_mem.x" },
    { 0, "hw:numa_mem.", "512", "ValidationError hw:numa_mem." },
    { 0, "quota:cpu_shares", "-1", "quota:cpu_shares 0 more" },
    { 0, "trait:HW_CPU_X86_AVX", "yes", "trait:HW_CPU_X86_AVX required forbidden" },
    { 0, "resources2:VCPU", "many", "resources2:VCPU number" },
    { 0, "hw:new_thing", "1", "ValidationError hw:new_thing" },
    { 0, "hw:watchdog_actoin", "reset", "ValidationError mean hw:watchdog_action" },
    { 0, "hw_rng:alowed", "yes", "ValidationError mean hw_rng:allowed" },
    { 0, "hw_video:x", "1", "ValidationError hw_video:x" },
    { 0, "os:x", "1", "ValidationError os:x" },
    { 0, "accel:x", "1", "ValidationError accel:x" },
    { 0, "pci_passthrough:x", "1", "ValidationError pci_passthrough:x" },
    { 0, "quota:x", "1", "ValidationError quota:x" },
    { 0, "vmware:x", "1", "ValidationError vmware:x" },
    { 0, "hw:", "1", "ValidationError hw:" },
    { 0, "group_policy", "any", "group_policy isolate none" },
  };
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    ROW ("%s=%s, defect %u", rows[i].name, rows[i].value, rows[i].defect);
    g_assert_false (
        machtype_properties_builder_add_extra_spec (builder, rows[i].name, rows[i].value, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, rows[i].words);
  }
}

/* Names of Nova and of other programs, with valid values. */
static void
test_other_specs (void)
{
  static const struct {
    const char *name, *value;
    gboolean is_known;
  } rows[] = {
    { "hw:cpu_policy", "mixed", TRUE },
    { "hw:numa_cpus.0", "0-1", TRUE },
    { "hw:numa_mem.12", "512", TRUE },
    { "hw:ephemeral_encryption", "True", TRUE },
    { "resources:CUSTOM_GOLD", "1", TRUE },
    { "resources_a:VGPU", "0", TRUE },
    { "trait:HW_CPU_X86_AVX", "required", TRUE },
    { "trait1:CUSTOM_X", "forbidden", TRUE },
    { "capabilities:cpu_info:vendor", "AMD", TRUE },
    { "aggregate_instance_extra_specs:ssd", "true", TRUE },
    { "quota:vif_reservation", "-5", TRUE },
    { "quota:memory_shares_level", "high", TRUE },
    { "accel:device_profile", "gpu", TRUE },
    { "vmware:hw_version", "13", TRUE },
    { "group_policy", "isolate", TRUE },
    { "hw:max_cpu_cores", "2", TRUE },
    { "resources", "x", FALSE },
    { "hardware:new", "x", FALSE },
    { "hwx:new", "x", FALSE },
    { "h:new", "x", FALSE },
    { "hw", "x", FALSE },
    { "mine", "x", FALSE },
    { "vendor:thing", "x", FALSE },
  };
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    ROW ("%s=%s", rows[i].name, rows[i].value);
    machtype_properties_builder_add_extra_spec (builder, rows[i].name, rows[i].value, &error);
    g_assert_no_error (error);
    g_assert_cmpint (machtype_extra_spec_is_known (rows[i].name), ==, rows[i].is_known);
  }
}

/* What the host lacks is reported, not emitted; what is optional is enabled if the host supports
 * it. */
static void
test_host (void)
{
  static const struct {
    const char *properties, *domain_capabilities;
    int code;          /* -1: none */
    const char *words; /* of the error; otherwise how often there is a secure loader */
  } rows[] = {
    { "hw_tpm_version=2.0", "domcaps-q35.xml", MACHTYPE_ERROR_NOT_OFFERED, "TPM swtpm" },
    { UEFI "os_secure_boot=optional", "domcaps-q35.xml", -1, "0" },
    { UEFI "os_secure_boot=required", "domcaps-q35.xml", MACHTYPE_ERROR_NOT_OFFERED,
      "os_secure_boot=required secure-boot install package ovmf" },
    { UEFI "os_secure_boot=optional", "domcaps-q35-secure.xml", -1, "1" },
    { UEFI "os_secure_boot=required", "domcaps-q35-secure.xml", -1, "1" },
    { UEFI "os_secure_boot=disabled", "domcaps-q35-secure.xml", -1, "0" },
    { UEFI "hw_pmu=yes", "domcaps-q35-secure.xml", -1, "0" },
    { BIOS "os_secure_boot=optional", "domcaps-q35-secure.xml", -1, "0" },
    { "hw_tpm_version=2.0", "domcaps-q35-secure.xml", -1, "0" },
    { "hw_tpm_version=2.0 hw_tpm_model=tpm-crb", "domcaps-q35-secure.xml",
      MACHTYPE_ERROR_NOT_OFFERED, "tpm-crb tpm-tis" },
    { UEFI "hw_mem_encryption=yes", "domcaps-q35-secure.xml", -1, "0" },
    { UEFI "hw_mem_encryption=yes", "domcaps-q35.xml", MACHTYPE_ERROR_NOT_OFFERED,
      "hw_mem_encryption host encrypt" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strconcat ("hw_machine_type=q35 ", rows[i].properties, NULL);
    g_autoptr (MachtypeProperties) properties = test_make_properties (text);
    g_autoptr (MachtypeHost) host = test_read_host (HOST, rows[i].domain_capabilities);
    g_autoptr (MachtypeResolution) resolution =
        machtype_resolve (properties, NULL, host, NULL, NULL);
    g_autoptr (MachtypeGuestBuilder) builder =
        machtype_guest_builder_new (resolution, properties, host);
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    ROW ("%s, %s", rows[i].properties, rows[i].domain_capabilities);
    guest = machtype_guest_builder_end (builder, &error);
    if (rows[i].code >= 0)
      test_assert_error (&error, rows[i].code, rows[i].words);
    else {
      g_autofree char *found = NULL;

      g_assert_no_error (error);
      found = test_find_in_xml (machtype_guest_get_xml (guest), "count(//loader[@secure='yes'])");
      g_assert_cmpstr (found, ==, rows[i].words);
    }
  }
}

static void
test_rng_device (void)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties ("hw_architecture=s390x");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (properties, NULL, NULL, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) builder =
      machtype_guest_builder_new (resolution, properties, NULL);
  g_autoptr (MachtypeGuest) guest = NULL;
  g_autofree char *found = NULL;
  GError *error = NULL;

  g_assert_false (machtype_guest_builder_set_rng_device (builder, "hwrng", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "random absolute hwrng");
  g_assert_true (machtype_guest_builder_set_rng_device (builder, "/dev/hw<rng>", &error));
  guest = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  found = test_find_in_xml (machtype_guest_get_xml (guest), "//rng/backend");
  g_assert_cmpstr (found, ==, "/dev/hw<rng>");
}

static void
test_floppy (void)
{
  static const struct {
    const char *properties;
    const char *expected; /* NULL: refused */
  } rows[] = {
    { Q35, "fda\nfdb" }, { PC, "fda\nfdb" }, { MIPS, "fda\nfdb" }, { ARM, NULL },
    { IBM_Z, NULL },     { POWER, NULL },    { RISCV, NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *stripped = g_strchomp (g_strdup (rows[i].properties));
    g_autoptr (MachtypeProperties) properties = test_make_properties (stripped);
    g_autoptr (MachtypeResolution) resolution =
        machtype_resolve (properties, NULL, NULL, NULL, NULL);
    g_autoptr (MachtypeGuestBuilder) builder =
        machtype_guest_builder_new (resolution, properties, NULL);
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    ROW ("%s", rows[i].properties);
    g_assert_true (machtype_guest_builder_add_floppy (builder, "/a", NULL));
    g_assert_true (machtype_guest_builder_add_floppy (builder, "/b", NULL));
    guest = machtype_guest_builder_end (builder, &error);
    if (rows[i].expected != NULL) {
      g_autofree char *found = test_find_in_xml (
          machtype_guest_get_xml (guest), "//disk[@device='floppy']/target[@bus='fdc']/@dev");

      g_assert_cmpstr (found, ==, rows[i].expected);
      g_assert_true (machtype_guest_builder_add_floppy (builder, "/c", NULL));
      g_assert_null (machtype_guest_builder_end (builder, &error));
    }
    test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "fdc");
  }
}

static gboolean
has_name (const char *column, const char *name)
{
  g_autofree char *quoted = g_strdup_printf ("`%s`", name);

  return strstr (column, quoted) != NULL;
}

/* Which wins for the properties that a row names, which are noted. */
static char *
dup_winners (const char *names, gboolean *noted)
{
  GString *winners = g_string_new (NULL);
  int i;

  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    const MtSchema *row = mt_schema_get (i);
    const char *label = mt_winner_get_label ((MtWinner)row->winner);

    if (row->winner == MT_WINNER_NONE || !has_name (names, row->image))
      continue;
    ROW ("%s", row->image);
    g_assert_true (has_name (names, row->flavor.name));
    noted[i] = TRUE;
    if (strstr (winners->str, label) == NULL)
      g_string_append_printf (winners, "%s%s", winners->len != 0 ? "; " : "", label);
  }
  return g_string_free (winners, FALSE);
}

/* Rows for those that no table names, to be described by hand. */
static char *
dup_missing_rows (const gboolean *noted)
{
  GString *rows = g_string_new (NULL);
  int i;

  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    const MtSchema *row = mt_schema_get (i);

    if (row->winner != MT_WINNER_NONE && !noted[i])
      g_string_append_printf (rows, "\n| `%s`, `%s` | %s | |", row->image, row->flavor.name,
                              mt_winner_get_label ((MtWinner)row->winner));
  }
  return g_string_free (rows, FALSE);
}

/* The column "who wins" of doc/features.md is made from the table of properties, and no property is
 * left out: its row is added to the last table. The tables are the only ones with three columns. */
static void
test_who_wins (void)
{
  g_autofree char *text = test_read ("../../doc/features.md", NULL), *made = NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *missing = NULL, *last_line = NULL;
  gboolean noted[MT_PROPERTY_LAST + 1] = { FALSE };
  int i, last = 0;

  for (i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "|", -1);
    g_autofree char *winners = NULL;

    if (g_strv_length (columns) != 5 || strchr (lines[i], '`') == NULL)
      continue;
    last = i;
    winners = dup_winners (columns[1], noted);
    g_free (columns[2]);
    columns[2] = g_strdup_printf (*winners != '\0' ? " %s " : " %s", winners);
    g_free (lines[i]);
    lines[i] = g_strjoinv ("|", columns);
  }
  missing = dup_missing_rows (noted);
  last_line = lines[last];
  lines[last] = g_strconcat (last_line, missing, NULL);
  made = g_strjoinv ("\n", lines);
  test_assert_golden ("../../doc/features.md", made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/features/features", test_features);
  g_test_add_func ("/features/refusals", test_refusals);
  g_test_add_func ("/features/values", test_values);
  g_test_add_func ("/features/other-specs", test_other_specs);
  g_test_add_func ("/features/host", test_host);
  g_test_add_func ("/features/rng-device", test_rng_device);
  g_test_add_func ("/features/floppy", test_floppy);
  g_test_add_func ("/features/who-wins", test_who_wins);
  return g_test_run ();
}
