/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the domain XML of a guest (https://libvirt.org/formatdomain.html) from its plan. Nothing
 * is decided here. */

#include "guest/guest-private.h"

#include <string.h>

#include "host/domain-type.h"
#include "record/mirror.h"

/* Pages of this size are the default on every host. */
#define SMALL_PAGE_KIB 4

static gboolean
has_feature (const MtGuestWriter *w, guint feature)
{
  return (w->recipe->features & feature) != 0;
}

static void
write_metadata (MtGuestWriter *w)
{
  const MachtypeResolution *r = w->request->resolution;

  if (!w->request->mirror)
    return;
  mt_xml_literal (&w->xml, "  <metadata>\n"
                           "    <" MT_MIRROR_PREFIX ":" MT_MIRROR_ELEMENT " xmlns:" MT_MIRROR_PREFIX
                           "='" MT_MIRROR_URI "'");
  mt_mirror_write_attributes (
      &w->xml, machtype_resolution_get_arch (r), machtype_resolution_get_machine_to_record (r),
      machtype_resolution_get_machine (r), machtype_resolution_get_source (r));
  mt_xml_literal (&w->xml, "\n  </metadata>\n");
}

/* Whether guests on the machine support a feature of the table. */
static gboolean
has_class_feature (const MtGuestWriter *w, const char *feature)
{
  return mt_compat_ask (MT_KIND_FEATURE, feature, (MtMachineClass)w->recipe->class) ==
         MACHTYPE_AUTHORITY_NONE;
}

static gboolean
has_qemu_cpu (const MtGuestWriter *w)
{
  return w->recipe->qemu_cpu[0] != '\0' && !mt_guest_is_accelerated (w->plan);
}

static void
write_huge_pages (MtGuestWriter *w)
{
  const MtFeatures *features = &w->plan->features;

  if (features->pages == MT_PAGES_LARGE)
    mt_xml_literal (&w->xml, "    <hugepages/>\n");
  if (features->pages != MT_PAGES_SIZE || features->page_kib <= SMALL_PAGE_KIB)
    return;
  mt_xml_literal (&w->xml, "    <hugepages>\n      <page size='");
  mt_xml_uint (&w->xml, features->page_kib);
  mt_xml_literal (&w->xml, "' unit='KiB'/>\n    </hugepages>\n");
}

static void
write_memory_backing (MtGuestWriter *w)
{
  const MtFeatures *features = &w->plan->features;
  gsize before = w->xml.length, inside;

  mt_xml_literal (&w->xml, "  <memoryBacking>\n");
  inside = w->xml.length;
  write_huge_pages (w);
  if (mt_features_has (features, MT_PROPERTY_CPU_REALTIME, "yes"))
    mt_xml_literal (&w->xml, "    <nosharepages/>\n");
  if (features->locked_memory)
    mt_xml_literal (&w->xml, "    <locked/>\n");
  if (w->xml.length == inside)
    w->xml.length = before; /* nothing to write */
  else
    mt_xml_literal (&w->xml, "  </memoryBacking>\n");
}

static void
write_realtime (MtGuestWriter *w)
{
  if (w->plan->realtime_cpus == NULL)
    return;
  mt_xml_literal (&w->xml, "  <cputune>\n    <vcpusched");
  mt_xml_attribute_word (&w->xml, "vcpus", w->plan->realtime_cpus);
  mt_xml_literal (&w->xml, " scheduler='fifo' priority='1'/>\n  </cputune>\n");
}

static void
write_head (MtGuestWriter *w)
{
  const MtGuestRequest *request = w->request;

  mt_xml_literal (&w->xml, "<domain");
  if (has_qemu_cpu (w))
    mt_xml_literal (&w->xml, " xmlns:qemu='" MT_QEMU_URI "'");
  mt_xml_attribute_word (&w->xml, "type",
                         machtype_resolution_get_domain_type (request->resolution));
  mt_xml_literal (&w->xml, ">\n");
  mt_xml_element (&w->xml, "  ", "name", request->name);
  if (request->uuid != NULL)
    mt_xml_element (&w->xml, "  ", "uuid", request->uuid);
  write_metadata (w);
  mt_xml_literal (&w->xml, "  <memory unit='MiB'>");
  mt_xml_uint (&w->xml, request->memory_mib);
  mt_xml_literal (&w->xml, "</memory>\n");
  write_memory_backing (w);
  mt_xml_literal (&w->xml, "  <vcpu placement='static'>");
  mt_xml_uint (&w->xml, request->vcpus);
  mt_xml_literal (&w->xml, "</vcpu>\n"
                           "  <iothreads>1</iothreads>\n");
  write_realtime (w);
}

static gboolean
has_rom (const MtGuestWriter *w)
{
  return w->plan->features.encryption != NULL && w->plan->features.encryption->is_rom;
}

/* Where System Management Mode protects the firmware, libvirt requires it of such a loader. */
static gboolean
has_secure_loader (const MtGuestWriter *w)
{
  return w->plan->secure_boot && !has_rom (w) &&
         !mt_class_boots_signed ((MtMachineClass)w->recipe->class);
}

static void
write_loader (MtGuestWriter *w)
{
  if (!has_secure_loader (w) && !w->plan->stateless && !w->plan->flash_loader)
    return;
  mt_xml_literal (&w->xml, "    <loader");
  if (has_rom (w))
    mt_xml_literal (&w->xml, " readonly='yes'");
  else if (has_secure_loader (w))
    mt_xml_literal (&w->xml, " secure='yes'");
  else if (!w->plan->secure_boot && w->plan->insecure_loader)
    mt_xml_literal (&w->xml, " secure='no'");
  if (w->plan->flash_loader)
    mt_xml_literal (&w->xml, " type='pflash'");
  if (w->plan->stateless)
    mt_xml_literal (&w->xml, " stateless='yes'");
  mt_xml_literal (&w->xml, "/>\n");
}

/* Both are written: otherwise libvirt may choose firmware with Secure Boot and enrolled keys, which
 * silently refuses an unsigned kernel. */
static void
write_firmware (MtGuestWriter *w)
{
  if (!w->plan->uefi)
    return;
  if (w->plan->secure_boot)
    mt_xml_literal (&w->xml, "    <firmware>\n"
                             "      <feature enabled='yes' name='enrolled-keys'/>\n"
                             "      <feature enabled='yes' name='secure-boot'/>\n"
                             "    </firmware>\n");
  else
    mt_xml_literal (&w->xml, "    <firmware>\n"
                             "      <feature enabled='no' name='enrolled-keys'/>\n"
                             "      <feature enabled='no' name='secure-boot'/>\n"
                             "    </firmware>\n");
  write_loader (w);
}

static void
write_os (MtGuestWriter *w)
{
  const MtGuestRequest *request = w->request;
  const MtGuestPlan *plan = w->plan;

  mt_xml_literal (&w->xml, "  <os");
  if (plan->uefi)
    mt_xml_attribute_word (&w->xml, "firmware", "efi");
  mt_xml_literal (&w->xml, ">\n    <type");
  mt_xml_attribute_word (
      &w->xml, "arch",
      machtype_arch_to_string (machtype_resolution_get_arch (request->resolution)));
  mt_xml_attribute_word (&w->xml, "machine",
                         machtype_resolution_get_machine_to_record (request->resolution));
  mt_xml_literal (&w->xml, ">hvm</type>\n");
  write_firmware (w);
  if (request->kernel != NULL)
    mt_xml_element (&w->xml, "    ", "kernel", request->kernel);
  if (request->initrd != NULL)
    mt_xml_element (&w->xml, "    ", "initrd", request->initrd);
  if (request->cmdline != NULL)
    mt_xml_element (&w->xml, "    ", "cmdline", request->cmdline);
  if (request->kernel == NULL && request->disks->len != 0)
    mt_xml_literal (&w->xml, "    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n");
  if (request->kernel == NULL && plan->has_floppy)
    mt_xml_literal (&w->xml, "    <boot dev='fd'/>\n");
  if (mt_features_has (&plan->features, MT_PROPERTY_BOOT_MENU, "yes"))
    mt_xml_literal (&w->xml, "    <bootmenu enable='yes'/>\n");
  mt_xml_literal (&w->xml, "  </os>\n");
}

static gboolean
has_enlightenments (const MtGuestWriter *w)
{
  return mt_features_has (&w->plan->features, MT_PROPERTY_OS_TYPE, "windows") &&
         mt_guest_is_accelerated (w->plan) && has_class_feature (w, "hyperv");
}

/* Nova's settings for Windows, without the two features that it has removed since (reenlightenment
 * and evmcs, which not every host supports). They require KVM: emulated guests with vpindex do not
 * start. Source: nova/virt/libvirt/driver.py. */
static void
write_hyperv (MtGuestWriter *w)
{
  if (!has_enlightenments (w))
    return;
  mt_xml_literal (&w->xml, "    <hyperv>\n"
                           "      <relaxed state='on'/>\n"
                           "      <vapic state='on'/>\n"
                           "      <spinlocks state='on' retries='8191'/>\n"
                           "      <vpindex state='on'/>\n"
                           "      <runtime state='on'/>\n"
                           "      <synic state='on'/>\n"
                           "      <reset state='on'/>\n");
  if (mt_features_has (&w->plan->features, MT_PROPERTY_HIDE_HYPERVISOR, "yes"))
    mt_xml_literal (&w->xml, "      <vendor_id state='on' value='1234567890ab'/>\n");
  mt_xml_literal (&w->xml, "      <frequencies state='on'/>\n"
                           "      <tlbflush state='on'/>\n"
                           "      <ipi state='on'/>\n"
                           "    </hyperv>\n");
}

static void
write_switches (MtGuestWriter *w)
{
  const MtFeatures *features = &w->plan->features;
  const char *iommu = mt_device_requests_get (&w->plan->device_requests, MT_KIND_IOMMU_MODEL);

  write_hyperv (w);
  if (mt_features_has (features, MT_PROPERTY_HIDE_HYPERVISOR, "yes"))
    mt_xml_literal (&w->xml, "    <kvm>\n      <hidden state='on'/>\n    </kvm>\n");
  if (mt_features_has (features, MT_PROPERTY_PMU, "yes"))
    mt_xml_literal (&w->xml, "    <pmu state='on'/>\n");
  else if (mt_features_has (features, MT_PROPERTY_PMU, "no"))
    mt_xml_literal (&w->xml, "    <pmu state='off'/>\n");
  if (has_secure_loader (w))
    mt_xml_literal (&w->xml, "    <smm state='on'/>\n");
  if (iommu != NULL && mt_is_word (iommu, "intel"))
    mt_xml_literal (&w->xml, "    <ioapic driver='qemu'/>\n");
}

static void
write_tb_cache (MtGuestWriter *w)
{
  if (w->request->tb_cache_mib == 0 || mt_guest_is_accelerated (w->plan))
    return;
  mt_xml_literal (&w->xml, "    <tcg>\n      <tb-cache unit='MiB'>");
  mt_xml_uint (&w->xml, w->request->tb_cache_mib);
  mt_xml_literal (&w->xml, "</tb-cache>\n    </tcg>\n");
}

static void
write_features (MtGuestWriter *w)
{
  gsize before = w->xml.length, inside;

  mt_xml_literal (&w->xml, "  <features>\n");
  inside = w->xml.length;
  if (w->plan->acpi)
    mt_xml_literal (&w->xml, "    <acpi/>\n");
  if (has_feature (w, MT_FEATURE_APIC))
    mt_xml_literal (&w->xml, "    <apic/>\n");
  if (has_feature (w, MT_FEATURE_PAE))
    mt_xml_literal (&w->xml, "    <pae/>\n");
  if (has_feature (w, MT_FEATURE_GIC3) && !mt_guest_is_accelerated (w->plan))
    mt_xml_literal (&w->xml, "    <gic version='3'/>\n");
  /* Its DMA crashes a guest whose memory is encrypted: Nova's bug 2117170. */
  if (has_feature (w, MT_FEATURE_VMCOREINFO) && w->plan->features.encryption == NULL)
    mt_xml_literal (&w->xml, "    <vmcoreinfo state='on'/>\n");
  write_switches (w);
  write_tb_cache (w);
  if (w->xml.length == inside)
    w->xml.length = before; /* nothing to write */
  else
    mt_xml_literal (&w->xml, "  </features>\n");
}

/* NULL: not requested. */
static const char *
get_address_mode (const MtGuestWriter *w)
{
  const MtFeatures *features = &w->plan->features;

  return features->last == MT_PROPERTY_LAST
             ? features->requested[MT_PROPERTY_MAXPHYSADDR_MODE].value
             : NULL;
}

static void
write_topology (MtGuestWriter *w)
{
  const MtTopology *topology = &w->plan->topology;

  if (topology->sockets == 0)
    return;
  mt_xml_literal (&w->xml, "    <topology sockets='");
  mt_xml_uint (&w->xml, topology->sockets);
  mt_xml_literal (&w->xml, "' cores='");
  mt_xml_uint (&w->xml, topology->cores);
  mt_xml_literal (&w->xml, "' threads='");
  mt_xml_uint (&w->xml, topology->threads);
  mt_xml_literal (&w->xml, "'/>\n");
}

static void
write_address_bits (MtGuestWriter *w)
{
  const char *mode = get_address_mode (w);

  if (mode == NULL)
    return;
  mt_xml_literal (&w->xml, "    <maxphysaddr");
  mt_xml_attribute_word (&w->xml, "mode", mode);
  if (w->plan->features.address_bits != 0) {
    mt_xml_literal (&w->xml, " bits='");
    mt_xml_uint (&w->xml, w->plan->features.address_bits);
    mt_xml_literal (&w->xml, "'");
  }
  mt_xml_literal (&w->xml, "/>\n");
}

static const char *
get_cpu_mode (const MtGuestWriter *w)
{
  const MtEncryption *encryption = w->plan->features.encryption;

  if (!mt_guest_is_accelerated (w->plan))
    return w->recipe->cpu_mode;
  return encryption != NULL && encryption->cpu_mode[0] != '\0' ? encryption->cpu_mode
                                                               : w->recipe->kvm_cpu_mode;
}

static void
write_cpu (MtGuestWriter *w)
{
  const char *mode = get_cpu_mode (w);
  gboolean custom = mt_is_word (mode, "custom");
  gboolean more = w->plan->topology.sockets != 0 || get_address_mode (w) != NULL;

  if (*mode == '\0' && !more)
    return;
  mt_xml_literal (&w->xml, "  <cpu");
  if (*mode != '\0')
    mt_xml_attribute_word (&w->xml, "mode", mode);
  if (!custom && !more) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  if (custom) {
    mt_xml_literal (&w->xml, " match='exact' check='none'>\n    <model fallback='forbid'>");
    mt_xml_value (&w->xml, w->recipe->cpu_model);
    mt_xml_literal (&w->xml, "</model>\n");
  } else
    mt_xml_literal (&w->xml, ">\n");
  write_topology (w);
  write_address_bits (w);
  mt_xml_literal (&w->xml, "  </cpu>\n");
}

/* Windows keeps local time in the hardware clock. */
static void
write_clock (MtGuestWriter *w)
{
  gboolean windows = mt_features_has (&w->plan->features, MT_PROPERTY_OS_TYPE, "windows");

  mt_xml_literal (&w->xml, "  <clock offset=");
  if (windows)
    mt_xml_literal (&w->xml, "'localtime'");
  else
    mt_xml_literal (&w->xml, "'utc'");
  if (!has_feature (w, MT_FEATURE_X86_TIMERS))
    mt_xml_literal (&w->xml, "/>\n");
  else {
    mt_xml_literal (&w->xml, ">\n"
                             "    <timer name='rtc' tickpolicy='catchup'/>\n"
                             "    <timer name='pit' tickpolicy='delay'/>\n"
                             "    <timer name='hpet' present='");
    mt_xml_word (&w->xml,
                 mt_features_has (&w->plan->features, MT_PROPERTY_HPET, "yes") ? "yes" : "no");
    mt_xml_literal (&w->xml, "'/>\n");
    if (has_enlightenments (w))
      mt_xml_literal (&w->xml, "    <timer name='hypervclock' present='yes'/>\n");
    mt_xml_literal (&w->xml, "  </clock>\n");
  }
  mt_xml_literal (&w->xml, "  <on_poweroff>destroy</on_poweroff>\n"
                           "  <on_reboot>restart</on_reboot>\n"
                           "  <on_crash>destroy</on_crash>\n");
}

/* The policies are Nova's: no debugging, no key sharing, the platform's version; with SEV-ES
 * encrypted registers; with SEV-SNP threads of a core. libvirt fills in the bit positions. TDX has
 * QEMU's policy, and libvirt's socket of the service that makes quotes for attestation.
 * Sources: libvirt docs/kbase/launch_security_sev.rst, docs/formatdomain.rst; nova/virt/libvirt/
 * config.py. */
static void
write_launch_security (MtGuestWriter *w)
{
  const MtEncryption *encryption = w->plan->features.encryption;

  if (encryption == NULL)
    return;
  if (encryption->type == MT_ENCRYPTION_TDX) {
    mt_xml_literal (&w->xml, "  <launchSecurity type='tdx'>\n"
                             "    <quoteGenerationService/>\n"
                             "  </launchSecurity>\n");
    return;
  }
  if (encryption->type != MT_ENCRYPTION_SEV_SNP) {
    mt_xml_literal (&w->xml, "  <launchSecurity type='sev'>\n    <policy>");
    mt_xml_word (&w->xml, encryption->type == MT_ENCRYPTION_SEV_ES ? "0x0037" : "0x0033");
    mt_xml_literal (&w->xml, "</policy>\n  </launchSecurity>\n");
    return;
  }
  mt_xml_literal (&w->xml, "  <launchSecurity type='sev-snp' authorKey='no' vcek='yes'");
  mt_xml_attribute_word (&w->xml, "kernelHashes", w->request->kernel != NULL ? "yes" : "no");
  mt_xml_literal (&w->xml, ">\n"
                           "    <policy>0x00030000</policy>\n"
                           "  </launchSecurity>\n");
}

static void
write_qemu_cpu (MtGuestWriter *w)
{
  if (!has_qemu_cpu (w))
    return;
  mt_xml_literal (&w->xml, "  <qemu:commandline>\n    <qemu:arg value='-cpu'/>\n    <qemu:arg");
  mt_xml_attribute_word (&w->xml, "value", w->recipe->qemu_cpu);
  mt_xml_literal (&w->xml, "/>\n  </qemu:commandline>\n");
}

char *
mt_guest_write (const MtGuestPlan *plan)
{
  MtGuestWriter w;

  mt_xml_writer_init (&w.xml);
  w.request = plan->request;
  w.plan = plan;
  w.recipe = plan->recipe;
  write_head (&w);
  write_os (&w);
  write_features (&w);
  write_cpu (&w);
  write_clock (&w);
  mt_guest_write_devices (&w);
  write_launch_security (&w);
  write_qemu_cpu (&w);
  mt_xml_literal (&w.xml, "</domain>\n");
  return mt_xml_writer_end (&w.xml);
}
