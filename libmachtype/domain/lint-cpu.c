/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions of CPUs, their number, and memory. Sources as in lint-checks.c. */

#include "domain/lint-private.h"

#include <string.h>

#include "guest/guest-private.h"

#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define GUEST MACHTYPE_AUTHORITY_GUEST

/* As in compat/rules.c. */
#define BEFORE(what, major, minor) .versions = { .what = { .before = { major, minor } } }
#define AS_OF_QEMU_7_2 BEFORE (qemu, 8, 0)

#define VALIDATE "libvirt src/qemu/qemu_validate.c"
#define HW_VIRT "QEMU hw/arm/virt.c"

/* If it is not given, libvirt uses 2 for emulated guests. */
static char *
find_gic_vcpus (const MtLintDomain *domain, char **detail)
{
  const gboolean unset = domain->gic == NULL || *domain->gic == '\0';
  const gboolean is_2 = unset ? mt_lint_is_emulated (domain) : strcmp (domain->gic, "2") == 0;

  if (!is_2 || domain->vcpus <= MT_GIC2_VCPUS)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT, domain->vcpus);
  return g_strdup ("/domain/vcpu");
}

static const MtRecipe *
get_recipe (const MtLintDomain *domain)
{
  return mt_recipe_find (domain->arch, domain->class);
}

/* The limits of a machine for which guests can be generated; NULL: unknown. */
static const MtClassFacts *
get_limits (const MtLintDomain *domain)
{
  return get_recipe (domain) != NULL ? mt_class_get (domain->class) : NULL;
}

/* The limit of the host's emulator; 0: unknown. */
static guint
get_host_vcpus (const MtLintDomain *domain)
{
  const MtMachine *machine = NULL;

  if (domain->host != NULL)
    machine = mt_host_find_machine (domain->host, domain->arch, domain->type, domain->machine);
  return machine != NULL ? machine->max_cpus : 0;
}

/* The host's limit counts as well. */
static char *
find_vcpus (const MtLintDomain *domain, char **detail)
{
  const MtClassFacts *limits = get_limits (domain);
  guint limit = limits != NULL ? limits->max_vcpus : 0;
  const guint host_limit = get_host_vcpus (domain);

  if (host_limit != 0 && (limit == 0 || host_limit < limit))
    limit = host_limit;
  if (limit == 0 || domain->vcpus <= limit)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT "; at most %u", domain->vcpus, limit);
  return g_strdup ("/domain/vcpu");
}

/* AMD's vIOMMU has another switch for it. */
static char *
find_vcpus_eim (const MtLintDomain *domain, char **detail)
{
  const guint host_limit = get_host_vcpus (domain);

  if (domain->has_eim || domain->vcpus <= mt_class_get (domain->class)->max_vcpus ||
      (host_limit != 0 && domain->vcpus > host_limit))
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT, domain->vcpus);
  return g_strdup ("/domain/vcpu");
}

static char *
find_emulated_vcpus (const MtLintDomain *domain, gboolean has_x2apic, char **detail)
{
  const gboolean is_in_cpu = domain->has_x2apic || domain->qemu_cpu != NULL ||
                             g_strcmp0 (domain->cpu_mode, "maximum") == 0;

  if (!mt_lint_is_emulated (domain) || is_in_cpu != has_x2apic ||
      domain->vcpus <= mt_class_get (domain->class)->max_vcpus)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT, domain->vcpus);
  return g_strdup ("/domain/vcpu");
}

/* QEMU's own default lacks it, the best model has it. */
static char *
find_vcpus_without_x2apic (const MtLintDomain *domain, char **detail)
{
  return find_emulated_vcpus (domain, FALSE, detail);
}

static char *
find_vcpus_with_x2apic (const MtLintDomain *domain, char **detail)
{
  return find_emulated_vcpus (domain, TRUE, detail);
}

/* More than 255 are possible with a vIOMMU that remaps their interrupts: then only the host's limit
 * counts. */
static char *
find_vcpus_host (const MtLintDomain *domain, char **detail)
{
  const guint limit = get_host_vcpus (domain);

  if (limit == 0 || domain->vcpus <= limit)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT "; at most %u", domain->vcpus, limit);
  return g_strdup ("/domain/vcpu");
}

/* libvirt's limit can be far above what works in a guest. */
static char *
find_vcpus_guest (const MtLintDomain *domain, char **detail)
{
  return domain->vcpus > mt_class_get (domain->class)->define_vcpus ? NULL
                                                                    : find_vcpus (domain, detail);
}

static char *
find_vcpus_define (const MtLintDomain *domain, char **detail)
{
  return domain->vcpus <= mt_class_get (domain->class)->define_vcpus ? NULL
                                                                     : find_vcpus (domain, detail);
}

static char *
find_memory_over (const MtLintDomain *domain, char **detail)
{
  const MtClassFacts *limits = get_limits (domain);

  if (limits == NULL || limits->max_memory_mib == 0 ||
      domain->memory_kib <= (guint64)limits->max_memory_mib * 1024)
    return NULL;
  *detail = g_strdup_printf ("%" G_GUINT64_FORMAT " MiB; at most %u", domain->memory_kib / 1024,
                             limits->max_memory_mib);
  return g_strdup ("/domain/memory");
}

static char *
find_memory_under (const MtLintDomain *domain, char **detail)
{
  const guint least =
      mt_host_get_least_memory (domain->host, domain->class, domain->arch, domain->type);

  if (domain->memory_kib == 0 || domain->memory_kib >= (guint64)least * 1024)
    return NULL;
  *detail =
      g_strdup_printf ("%" G_GUINT64_FORMAT " MiB; at least %u", domain->memory_kib / 1024, least);
  return g_strdup ("/domain/memory");
}

static gboolean
is_narrow (const MtClassFacts *facts, const char *model)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (facts->narrow_cpus); i++) {
    if (strcmp (facts->narrow_cpus[i], model) == 0)
      return TRUE;
  }
  return FALSE;
}

/* If a domain does not name one, libvirt writes QEMU's default into the definition, so a written
 * default means as little as none. */
static char *
find_cpu_32 (const MtLintDomain *domain, char **detail)
{
  const MtClassFacts *facts = mt_class_get (domain->class);
  const char *model = domain->qemu_cpu != NULL ? domain->qemu_cpu : domain->cpu_model;
  gboolean custom = domain->cpu_mode == NULL || strcmp (domain->cpu_mode, "custom") == 0;

  if (!mt_lint_is_emulated (domain) || (domain->qemu_cpu == NULL && !custom))
    return NULL;
  if (model != NULL && !is_narrow (facts, model))
    return NULL;
  *detail =
      model != NULL ? g_strdup (model) : g_strconcat (facts->narrow_cpus[0], " without one", NULL);
  return g_strdup ("/domain/cpu");
}

/* The default of MIPS64, 20Kc, is older than the kernels that distributions build; the remedy is
 * the library's default for guests. */
static char *
find_no_qemu_cpu (const MtLintDomain *domain, char **detail)
{
  const MtRecipe *recipe = get_recipe (domain);

  if (recipe == NULL || recipe->qemu_cpu[0] == '\0' || domain->qemu_cpu != NULL ||
      !mt_lint_is_emulated (domain))
    return NULL;
  *detail = g_strdup (recipe->qemu_cpu);
  return g_strdup ("/domain");
}

/* Only a host determines which architectures are foreign. */
static gboolean
is_foreign (const MtLintDomain *domain)
{
  const MachtypeArch own =
      domain->host != NULL ? machtype_host_get_arch (domain->host) : MACHTYPE_ARCH_UNKNOWN;

  return own != MACHTYPE_ARCH_UNKNOWN && !machtype_arch_can_accelerate (domain->arch, own);
}

gboolean
mt_lint_can_have_cpu_mode (const MtLintDomain *domain, const char *mode)
{
  if (!mt_lint_is_emulated (domain))
    return TRUE;
  if (strcmp (mode, "host-model") == 0)
    return !is_foreign (domain);
  return strcmp (mode, "host-passthrough") != 0;
}

static char *
find_cpu_mode (const MtLintDomain *domain, const char *mode)
{
  if (g_strcmp0 (domain->cpu_mode, mode) != 0 || mt_lint_can_have_cpu_mode (domain, mode))
    return NULL;
  return g_strdup ("/domain/cpu/@mode");
}

static char *
find_host_passthrough (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return find_cpu_mode (domain, "host-passthrough");
}

static char *
find_host_model (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return find_cpu_mode (domain, "host-model");
}

/* With acceleration, if the host has it. */
static char *
dup_cpu_remedy (const MtLintDomain *domain)
{
  g_auto (GStrv) types = NULL;
  gboolean can = !is_foreign (domain);

  if (domain->host != NULL && machtype_host_has_capabilities (domain->host)) {
    types = machtype_host_dup_domain_types (domain->host, domain->arch);
    can = g_strv_contains ((const char *const *)types, "kvm");
  }
  if (!mt_class_has (domain->class, MT_HAS_CPU_DRIVER))
    return g_strdup (can ? "remove <cpu>, or use type='kvm'" : "remove <cpu>");
  return g_strdup (can ? "specify a CPU model, or use type='kvm'" : "specify a CPU model");
}

static char *
find_gic_host (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!mt_lint_is_emulated (domain) || g_strcmp0 (domain->gic, "host") != 0)
    return NULL;
  return g_strdup ("/domain/features/gic");
}

static char *
find_threads (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return mt_lint_is_emulated (domain) && domain->threads > 1 ? g_strdup ("/domain/cpu/topology")
                                                             : NULL;
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
  const MtLintDevice *memory = mt_lint_find_device (domain, MT_LINT_MEMORY, NULL);

  (void)detail;
  if (memory == NULL || g_strcmp0 (memory->model, "dimm") != 0 ||
      mt_lint_has (domain, MT_KIND_FEATURE, "acpi"))
    return NULL;
  return mt_lint_dup_subject (memory);
}

static char *
find_hotplug_vcpus (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_hotplug_vcpus ? g_strdup ("/domain/vcpus") : NULL;
}

static const MtLintCheck checks[] = {
  { "gic-vcpus", .on = MT_ON (AARCH64_VIRT), .authority = QEMU,
    .message = "GIC version 2 supports at most 8 vCPUs", .remedy = "use <gic version='3'/>",
    .source = HW_VIRT, .find = find_gic_vcpus },
  /* libvirt passes no version to the emulator of 32-bit guests, and newer QEMU chooses 3. */
  { "gic-vcpus", .on = MT_ON (ARM_VIRT), AS_OF_QEMU_7_2, .authority = QEMU,
    .message = "GIC version 2 supports at most 8 vCPUs", .remedy = "use at most 8 vCPUs",
    .source = HW_VIRT, .find = find_gic_vcpus },
  { "gic-host", .on = MT_ON (AARCH64_VIRT), .authority = QEMU,
    .message = "the host's GIC is available only with KVM", .remedy = "use <gic version='3'/>",
    .source = HW_VIRT, .find = find_gic_host },
  { "gic-host", .on = MT_ON (ARM_VIRT), .authority = QEMU,
    .message = "the host's GIC is available only with KVM", .remedy = "use <gic version='2'/>",
    .source = HW_VIRT, .find = find_gic_host },
  { "vcpus", .on = MT_ON_Q35S, BEFORE (libvirt, 10, 10), .authority = DEFINE,
    .message = "more than 255 vCPUs require a vIOMMU with extended interrupt mode (EIM)",
    .remedy = "use <iommu model='intel'><driver intremap='on' eim='on'/></iommu> and <ioapic "
              "driver='qemu'/>",
    .source = VALIDATE, .find = find_vcpus_eim },
  { "vcpus", .on = MT_ON_Q35S, .authority = DEFINE,
    .message = "more vCPUs than the machine supports", .remedy = "use fewer vCPUs",
    .source = "-smp of QEMU", .find = find_vcpus_host },
  { "vcpus-x2apic", .on = MT_ON_Q35S, .authority = QEMU,
    .message = "more than 255 vCPUs require x2APIC, which the emulated CPU lacks",
    .remedy = "use <cpu mode='maximum'/>, or add <feature policy='require' name='x2apic'/>",
    .source = "QEMU hw/intc/apic_common.c", .find = find_vcpus_without_x2apic },
  { "vcpus-x2apic", .on = MT_ON_Q35S, BEFORE (qemu, 9, 0), .authority = QEMU,
    .message = "more than 255 vCPUs require x2APIC, which is not emulated",
    .remedy = "use fewer vCPUs, or type='kvm'", .source = "QEMU hw/i386/x86.c at 8.2",
    .find = find_vcpus_with_x2apic },
  { "vcpus", .on = MT_ON_I440FXS, .authority = DEFINE,
    .message = "more vCPUs than the machine supports", .remedy = "use fewer vCPUs, or q35",
    .source = VALIDATE, .find = find_vcpus },
  { "vcpus", .lacks = MT_HAS_NEVER, .not_on = MT_ON (ARM_VIRT) | MT_ON_MALTAS | MT_ON_PCS,
    .authority = DEFINE, .message = "more vCPUs than the machine supports",
    .remedy = "use fewer vCPUs", .source = "libvirt src/qemu/qemu_validate.c; -smp of QEMU",
    .find = find_vcpus },
  { "vcpus", .on = MT_ON_MALTAS, .authority = DEFINE,
    .message = "more vCPUs than the machine supports", .remedy = "use one vCPU", .source = VALIDATE,
    .find = find_vcpus_define },
  { "vcpus", .on = MT_ON_MALTAS, .authority = GUEST,
    .message = "with more than one vCPU, the guest hangs", .remedy = "use one vCPU",
    .source = "guests booted with more", .find = find_vcpus_guest },
  { "memory", .on = MT_ON_MALTAS, .authority = QEMU,
    .message = "more memory than the machine supports", .remedy = "use less memory",
    .source = "QEMU hw/mips/malta.c", .find = find_memory_over },
  { "memory", .on = MT_ON (ARM_VIRT), .authority = GUEST,
    .message = "more memory than the guest's kernel can handle", .remedy = "use less memory",
    .source = "guests booted with more", .find = find_memory_over },
  { "memory-too-little", .lacks = MT_HAS_NEVER, .authority = QEMU,
    .message = "less memory than the machine requires with the host's QEMU",
    .remedy = "use more memory", .source = "QEMU hw/loongarch/virt.c", .find = find_memory_under },
  { "cpu-32-bit", .on = MT_ON (AARCH64_VIRT), .authority = GUEST,
    .message = "a 64-bit kernel hangs on a 32-bit CPU",
    .remedy = "use <cpu mode='custom'><model>cortex-a57</model></cpu>", .source = HW_VIRT,
    .find = find_cpu_32 },
  { "cpu-too-old", .on = MT_ON_MALTAS, .authority = GUEST,
    .message = "current kernels hang on QEMU's default CPU",
    .remedy = "use <qemu:commandline> with -cpu MIPS64R2-generic",
    .source = "guests booted without it", .find = find_no_qemu_cpu },
  { "cpu-host-passthrough", .has = MT_HAS_CPU_DRIVER, .on = MT_ON (NONE), .authority = QEMU,
    .message = "the CPU mode host-passthrough requires acceleration (KVM)", .source = VALIDATE,
    .find = find_host_passthrough, .dup_remedy = dup_cpu_remedy },
  { "cpu-host-model", .has = MT_HAS_CPU_DRIVER, .on = MT_ON (NONE), .authority = QEMU,
    .message = "the CPU mode host-model requires a host of the guest's architecture",
    .source = VALIDATE, .find = find_host_model, .dup_remedy = dup_cpu_remedy },
  { "cpu-threads", .on = MT_ON (S390X), .authority = QEMU,
    .message = "an emulated core has only one thread", .remedy = "use threads='1'",
    .source = "QEMU hw/s390x/s390-virtio-ccw.c", .find = find_threads },
  { "cpu-threads", .on = MT_ON (PSERIES), BEFORE (qemu, 8, 1), .authority = QEMU,
    .message = "an emulated core has only one thread", .remedy = "use threads='1'",
    .source = "QEMU hw/ppc/spapr.c", .find = find_threads },
  { "numa", .on = MT_ON (S390X), .authority = QEMU, .message = "the machine does not support NUMA",
    .remedy = "remove <numa>", .source = "QEMU hw/s390x/s390-virtio-ccw.c", .find = find_numa },
  { "max-memory-without-numa", .lacks = MT_HAS_PAPR, BEFORE (libvirt, 9, 6), .authority = DEFINE,
    .message = "libvirt requires NUMA for <maxMemory>",
    .remedy = "remove <maxMemory>, or add <numa>", .source = VALIDATE, .find = find_max_memory },
  { "dimm-without-acpi", .on = MT_ON_PCS, .authority = QEMU,
    .message = "memory devices require ACPI", .remedy = "add <acpi/>",
    .source = "QEMU hw/i386/pc.c", .find = find_dimm_without_acpi },
  { "dimm-without-acpi", .on = MT_ON_ARM, .authority = QEMU,
    .message = "memory devices require ACPI", .remedy = "add <acpi/>, which requires UEFI",
    .source = HW_VIRT, .find = find_dimm_without_acpi },
  { "vcpus-hotpluggable", .on = MT_ON_ARM | MT_ON_MALTAS | MT_ON (RISCV_VIRT), .authority = QEMU,
    .message = "the machine does not support vCPU hot-plug", .remedy = "use hotpluggable='no'",
    .source = "QEMU query-hotpluggable-cpus", .find = find_hotplug_vcpus },
};

const MtLintCheck *
mt_lint_cpu_checks_get (gsize *count)
{
  *count = G_N_ELEMENTS (checks);
  return checks;
}
