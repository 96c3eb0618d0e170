/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the properties a machine and a host cannot carry, who says so, and what would fit. */

#include "compat/compat-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "string-private.h"

/* libvirt's TPM emulator is a program of its own (Debian's packages). */
#define SWTPM "install packages swtpm and swtpm-tools"

/* What is judged. */
typedef struct {
  const MtWishes *wishes;
  const MachtypeProperties *properties;
  const MtFeatures *features;
  MachtypeArch arch;
  const char *machine;
  MtClass class;
  const MachtypeHost *host;         /* NULL: none */
  const MtDomainCapabilities *caps; /* NULL: none */
  GPtrArray **findings;             /* made when there is one */
} Judgement;

/* What Nova raises for it, where it does. Sources: nova/exception.py, nova/virt/libvirt/driver.py,
 * blockinfo.py, vif.py. */
typedef struct {
  guint8 kind;
  gboolean is_unknown; /* of values that no machine has, alone */
  char value[12];      /* empty: any */
  char name[28];
} Exception;

static const Exception exceptions[] = {
  { MT_KIND_FIRMWARE, FALSE, "efi", "UEFINotSupported" },
  { MT_KIND_FIRMWARE, FALSE, "secure-boot", "SecureBootNotSupported" },
  { MT_KIND_DISK_BUS, TRUE, "", "UnsupportedHardware" },
  { MT_KIND_CDROM_BUS, TRUE, "", "UnsupportedHardware" },
  { MT_KIND_FLOPPY_BUS, TRUE, "", "UnsupportedHardware" },
  { MT_KIND_VIF_MODEL, TRUE, "", "UnsupportedHardware" },
};

/* The two architectures that Nova gives a vIOMMU at all. */
#define IOMMU_CLASSES                                                                              \
  (MT_CLASS_BIT (MT_CLASS_I440FX) | MT_CLASS_BIT (MT_CLASS_Q35) |                                  \
   MT_CLASS_BIT (MT_CLASS_I440FX_32) | MT_CLASS_BIT (MT_CLASS_Q35_32) |                            \
   MT_CLASS_BIT (MT_CLASS_AARCH64_VIRT))

static const char *
get_exception (const Judgement *j, const MtWish *wish)
{
  gsize i;

  if (wish->kind == MT_KIND_IOMMU_MODEL)
    return (MT_CLASS_BIT (j->class) & IOMMU_CLASSES) != 0 ? "InvalidVIOMMUMachineType"
                                                          : "InvalidVIOMMUArchitecture";
  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    if (exceptions[i].kind == wish->kind &&
        (exceptions[i].value[0] == '\0' || mt_is_word (exceptions[i].value, wish->wanted)) &&
        (!exceptions[i].is_unknown || mt_rule_find (wish->kind, wish->wanted) == NULL))
      return exceptions[i].name;
  }
  return NULL;
}

/* "image property hw_disk_bus=ide" */
static char *
dup_asked (const char *name, const char *value)
{
  if (name == NULL)
    return g_strdup ("by default");
  return g_strdup_printf ("%s %s%s%s", mt_schema_find (name) >= 0 ? "image property" : "extra spec",
                          name, value != NULL ? "=" : "", value != NULL ? value : "");
}

static void
add (const Judgement *j, MachtypeFinding *finding)
{
  if (*j->findings == NULL)
    *j->findings = mt_findings_new ();
  g_ptr_array_add (*j->findings, finding);
}

/* The same, with what Nova raises before it. */
static char *
dup_asked_by (const Judgement *j, const MtWish *wish)
{
  const char *exception = wish->name != NULL ? get_exception (j, wish) : NULL;
  g_autofree char *asked = dup_asked (wish->name, wish->value);

  return g_strdup_printf ("%s%s%s", exception != NULL ? exception : "",
                          exception != NULL ? ": " : "", asked);
}

/* remedy is taken over. */
static void
add_own (const Judgement *j, const char *code, const char *name, MachtypeAuthority authority,
         char *remedy, const char *source, const char *message)
{
  add (j, mt_finding_new_of (code, g_strdup (message), remedy, name, authority, source));
}

static MachtypeAnswer
ask_capabilities (const Judgement *j, const MtWish *wish)
{
  const char *device, *name;

  if (j->caps == NULL)
    return MACHTYPE_ANSWER_UNKNOWN;
  if (mt_is_word (wish->wanted, "secure-boot"))
    return mt_host_ask_domain_capabilities (j->host, j->caps, "loader", "secure", "yes");
  if (!mt_kind_get_capability (wish->kind, &device, &name))
    return MACHTYPE_ANSWER_UNKNOWN;
  return mt_host_ask_domain_capabilities (j->host, j->caps, device, name, wish->wanted);
}

/* What the host lists of what the machine can have. */
static char *
dup_listed (const Judgement *j, MtKind kind)
{
  g_autofree char *possible = mt_compat_dup_possible (kind, j->class);
  g_auto (GStrv) values = g_strsplit (possible != NULL ? possible : "", ", ", -1);
  GString *listed = g_string_new (NULL);
  const char *device, *name;
  char **value;

  mt_kind_get_capability (kind, &device, &name);
  for (value = values; *value != NULL; value++) {
    if (mt_host_ask_domain_capabilities (j->host, j->caps, device, name, *value) ==
        MACHTYPE_ANSWER_YES)
      g_string_append_printf (listed, "%s%s", listed->len != 0 ? ", " : "possible: ", *value);
  }
  return g_string_free (listed, listed->len == 0);
}

/* What a host lacks a package may bring. */
static char *
dup_host_remedy (const Judgement *j, const MtWish *wish)
{
  if (wish->kind == MT_KIND_TPM_MODEL)
    return g_strdup (SWTPM);
  return wish->kind == MT_KIND_FIRMWARE ? NULL : dup_listed (j, wish->kind);
}

/* Where libvirt or QEMU say no, what the domain capabilities say is worth knowing: they disagree.
 */
static void
add_finding (const Judgement *j, const MtWish *wish, MachtypeAuthority authority,
             MachtypeAnswer listed)
{
  g_autofree char *asked = dup_asked_by (j, wish);
  const char *more = "";
  char *remedy = NULL;

  /* Another property says the bus. */
  if (wish->name == mt_property_name (MT_PROPERTY_POINTER_MODEL))
    remedy = g_strdup_printf ("set image property %s=%s", mt_property_name (MT_PROPERTY_INPUT_BUS),
                              mt_compat_get_best (wish->kind, j->class, FALSE));
  else if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES)
    remedy = dup_host_remedy (j, wish);

  if (authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && listed == MACHTYPE_ANSWER_YES)
    more = ", although the host's domain capabilities list it";
  else if (authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && listed == MACHTYPE_ANSWER_NO)
    more = ", and the host's domain capabilities do not list it";
  add (j, mt_compat_new_finding_of (wish->kind, wish->wanted, authority, wish->name, asked, j->arch,
                                    j->machine, more, remedy));
}

/* A package would help. */
static void
add_missing_firmware (const Judgement *j, const MtWish *wish)
{
  const char *package = machtype_arch_get_firmware_package (j->arch);
  g_autofree char *asked = dup_asked (wish->name, wish->value);
  g_autofree char *message =
      g_strdup_printf ("%s: the host has no firmware efi for %s guests on %s", asked,
                       machtype_arch_to_string (j->arch), j->machine);

  add_own (j, "firmware-efi", wish->name, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES,
           package != NULL ? g_strdup_printf ("install package %s", package) : NULL,
           "virConnectGetDomainCapabilities", message);
}

static void
judge_wish (const Judgement *j, const MtWish *wish)
{
  const MtRule *rule = mt_rule_find (wish->kind, wish->wanted);
  MachtypeAuthority authority = mt_compat_ask (wish->kind, wish->wanted, j->class);
  MachtypeAnswer listed = ask_capabilities (j, wish);

  if (authority == MACHTYPE_AUTHORITY_NONE && rule != NULL && !j->wishes->uefi &&
      (rule->uefi & MT_CLASS_BIT (j->class)) != 0)
    authority = MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  if (authority != MACHTYPE_AUTHORITY_NONE && authority != MACHTYPE_AUTHORITY_IGNORED)
    add_finding (j, wish, authority, listed);
  else if (listed == MACHTYPE_ANSWER_NO && mt_is_word (wish->wanted, "efi"))
    add_missing_firmware (j, wish);
  else if (listed == MACHTYPE_ANSWER_NO)
    add_finding (j, wish, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, listed);
}

/* swtpm is a program of its own. */
static void
judge_tpm_backend (const Judgement *j)
{
  g_autofree char *asked = dup_asked (j->features->tpm_by, NULL);
  g_autofree char *message = NULL;

  if (j->wishes->tpm == NULL || j->caps == NULL ||
      mt_host_ask_domain_capabilities (j->host, j->caps, "tpm", "backendModel", "emulator") !=
          MACHTYPE_ANSWER_NO)
    return;
  message = g_strdup_printf ("%s: the host has no TPM emulator for %s guests on %s", asked,
                             machtype_arch_to_string (j->arch), j->machine);
  add_own (j, "tpm-emulator", j->features->tpm_by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES,
           g_strdup (SWTPM), "virConnectGetDomainCapabilities", message);
}

/* Firmware that is not there cannot check what it boots; Nova boots without a word. */
static void
judge_secure_boot (const Judgement *j)
{
  const MtFeatures *features = j->features;
  g_autofree char *asked = NULL, *message = NULL;

  if (j->wishes->uefi || features->secure_boot == NULL ||
      !mt_is_word (features->secure_boot, "required"))
    return;
  asked = dup_asked (features->secure_boot_by, features->secure_boot);
  message = g_strdup_printf ("SecureBootNotSupported: %s: the guest has no UEFI", asked);
  add_own (j, "secure-boot-without-uefi", features->secure_boot_by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup ("set image property hw_firmware_type=uefi"), "UEFI specification, Secure Boot",
           message);
}

/* Source: libvirt docs/kbase/launch_security_sev.rst; nova/virt/hardware.py wants q35. */
static void
judge_encryption (const Judgement *j)
{
  const char *by = j->features->encryption_by;
  g_autofree char *asked = NULL, *message = NULL;

  if (!j->features->encryption)
    return;
  asked = dup_asked (by, "yes");
  if (j->class != MT_CLASS_Q35) {
    message =
        g_strdup_printf ("InvalidMachineType: %s: %s guests on %s cannot have encrypted memory",
                         asked, machtype_arch_to_string (j->arch), j->machine);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_LIBMACHTYPE,
             g_strdup ("x86_64 guests on q35 can"), "libvirt docs/kbase/launch_security_sev.rst",
             message);
  } else if (j->caps != NULL &&
             mt_host_ask_domain_capabilities (j->host, j->caps, "sev", "supported", "yes") !=
                 MACHTYPE_ANSWER_YES) {
    message = g_strdup_printf ("%s: the host cannot encrypt the memory of guests", asked);
    add_own (j, "memory-encryption", by, MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, NULL,
             "virConnectGetDomainCapabilities", message);
  }
}

/* Source: QEMU hw/char/sclpconsole.c, "Multiple VT220 operator consoles are not supported". */
static void
judge_serial_ports (const Judgement *j)
{
  const char *by = j->features->serial_ports_by;
  g_autofree char *asked = NULL, *message = NULL;

  if (j->features->serial_ports < 2 || j->class != MT_CLASS_S390X)
    return;
  asked = dup_asked (by, NULL);
  message =
      g_strdup_printf ("%s=%u: %s guests on %s have one serial console", asked,
                       j->features->serial_ports, machtype_arch_to_string (j->arch), j->machine);
  add_own (j, "serial-port-count", by, MACHTYPE_AUTHORITY_QEMU, g_strdup ("ask for one"),
           "QEMU hw/char/sclpconsole.c", message);
}

static void
judge_refused (const Judgement *j)
{
  const char *name, *value, *why;
  g_autofree char *asked = NULL, *message = NULL;

  if (!mt_properties_find_refused (j->properties, &name, &value, &why))
    return;
  asked = dup_asked (name, NULL);
  message = g_strdup_printf ("%s: %s is not generated", asked, why);
  add_own (j, "not-generated", name, MACHTYPE_AUTHORITY_LIBMACHTYPE,
           g_strdup_printf ("leave %s away", name), "libmachtype/properties/specs.c", message);
}

void
mt_wishes_judge (const MtWishes *wishes, const MachtypeProperties *properties,
                 const MtFeatures *features, MachtypeArch arch, const char *machine,
                 const MachtypeHost *host, const MtDomainCapabilities *caps, GPtrArray **findings)
{
  const Judgement j = { wishes, properties, features, arch, machine, mt_class_find (arch, machine),
                        host,   caps,       findings };
  guint i;

  judge_refused (&j);
  judge_secure_boot (&j);
  for (i = 0; i < wishes->count; i++)
    judge_wish (&j, &wishes->list[i]);
  judge_tpm_backend (&j);
  judge_encryption (&j);
  judge_serial_ports (&j);
}

static void
add_unknown (GPtrArray *findings, MachtypeArch arch, const char *machine)
{
  char *message = g_strdup_printf ("what %s guests on %s can carry is not known",
                                   machtype_arch_to_string (arch), machine);

  g_ptr_array_add (findings, mt_finding_new ("machine-unknown", message, NULL));
}

/**
 * machtype_compat_check:
 * @properties: image properties and extra specs; must not be %NULL
 * @arch: architecture of the guest
 * @machine: its machine type; must not be %NULL
 * @host: (nullable): the host, whose domain capabilities are asked, too; %NULL for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists what of the properties a machine cannot carry: each finding names the property
 * ([method@Machtype.Finding.get_subject]), who says so ([method@Machtype.Finding.get_authority])
 * and what would fit. They disagree: what the domain capabilities list libvirt may refuse to
 * define, and what libvirt defines QEMU may lack; the message says it where they do.
 *
 * Codes are the kind and the value, as `disk-bus-ide`; `machine-unknown` where nothing is known of
 * the board. Thread-safe.
 *
 * Raises what [method@Machtype.Properties.check] does of contradictions and impossible values:
 * properties that contradict one another ask for nothing in particular. What a flavor would have to
 * permit is not asked for, since the extra specs of a stored image are often not known.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what does not fit; empty if all
 *   does; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_compat_check (MachtypeProperties *properties, MachtypeArch arch, const char *machine,
                       MachtypeHost *host, GError **error)
{
  const MtDomainCapabilities *caps = NULL;
  MtFeatures features;
  MtWishes wishes;
  GPtrArray *findings;
  MtClass class;

  g_return_val_if_fail (properties != NULL && machine != NULL, NULL);

  if (!mt_features_decide (properties, FALSE, &features, error))
    return NULL;
  findings = mt_findings_new ();
  class = mt_class_find (arch, machine);
  if (class == MT_CLASS_NONE) {
    add_unknown (findings, arch, machine);
    return findings;
  }
  if (host != NULL)
    caps = mt_host_find_domain_capabilities (host, arch, NULL, machine);
  mt_wishes_collect (properties, &features, class, &wishes);
  mt_wishes_judge (&wishes, properties, &features, arch, machine, host, caps, &findings);
  return findings;
}

static gboolean
is_same (const MachtypeFinding *a, const MachtypeFinding *b)
{
  return strcmp (machtype_finding_get_code (a), machtype_finding_get_code (b)) == 0 &&
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
 * @old_machine: (nullable): the machine type that it has; %NULL for none
 * @old_host: (nullable): the host that it runs on; %NULL if nothing is known of it
 * @new_machine: the machine type that it is to have; must not be %NULL
 * @new_host: (nullable): the host that it is to run on; %NULL if nothing is known of it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the properties that would break: those that the new machine on the new host cannot carry
 * ([func@Machtype.compat_check]) and the old machine on the old host could. For a change of the
 * machine type the hosts are the same; for an upgrade of QEMU the machines are. Thread-safe.
 *
 * Raises what [func@Machtype.compat_check] does.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what would break; empty if nothing;
 *   %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_compat_compare (MachtypeProperties *properties, MachtypeArch arch, const char *old_machine,
                         MachtypeHost *old_host, const char *new_machine, MachtypeHost *new_host,
                         GError **error)
{
  g_autoptr (GPtrArray) old_findings = NULL, new_findings = NULL;
  GPtrArray *broken;
  guint i;

  g_return_val_if_fail (properties != NULL && new_machine != NULL, NULL);

  new_findings = machtype_compat_check (properties, arch, new_machine, new_host, error);
  if (new_findings == NULL)
    return NULL;
  if (old_machine == NULL)
    return g_steal_pointer (&new_findings);
  old_findings = machtype_compat_check (properties, arch, old_machine, old_host, error);
  if (old_findings == NULL)
    return NULL;
  broken = mt_findings_new ();
  for (i = 0; i < new_findings->len; i++) {
    if (!has_finding (old_findings, new_findings->pdata[i]))
      g_ptr_array_add (broken, machtype_finding_ref (new_findings->pdata[i]));
  }
  return broken;
}
