/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lint, libvirt and QEMU say about domains: every rule on a real domain of every machine. */

#include "test.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "conditions.h"
#include "differences.h"
#include "guest/guest-private.h"
#include "offered.h"
#include "private-root.h"
#include "snippets.h"

#define TIMEOUT_MS (5 * 60 * 1000)

static PrivateRoot root;
static virConnect *libvirt;
static MachtypeConnection *connection;
static MachtypeHost *host;
static MtVersionRanges here; /* of libvirt and QEMU */
static char *image;          /* of the guest */
static char *other;          /* of what is added: QEMU locks images */

/* The number of cases, and their results. */
typedef struct {
  guint refused, taken, unproven, skipped;
  guint native_same, native_stricter, native_laxer;
} Counts;

static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

static char *
tell_error (const char *label, const char *says, GError *error)
{
  difference (label, says, error->message);
  g_error_free (error);
  return NULL;
}

/* A guest of the library; NULL: it generates none here, which is a difference. */
static char *
generate (const SnippetMachine *machine, const char *label)
{
  g_autofree char *text =
      g_strdup_printf ("hw_architecture=%s hw_machine_type=%s",
                       machtype_arch_to_string (machine->arch), machine->machine);
  g_autoptr (MachtypeProperties) properties = test_make_properties (text);
  g_autoptr (MachtypePolicyBuilder) emulated = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  g_autoptr (MachtypeGuest) guest = NULL;
  GError *error = NULL;

  machtype_policy_builder_set_domain_type (emulated, "qemu", NULL);
  policy = machtype_policy_builder_end (emulated);
  resolution = machtype_resolve (properties, policy, host, NULL, &error);
  if (resolution == NULL)
    return tell_error (label, "is resolved", error);
  builder = machtype_guest_builder_new (resolution, properties, host);
  machtype_guest_builder_set_kernel (builder, image, NULL, NULL, &error);
  machtype_guest_builder_add_disk (builder, image, "raw", NULL, &error);
  machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL, NULL, &error);
  machtype_guest_builder_set_graphics (builder, MACHTYPE_GRAPHICS_TYPE_VNC, &error);
  g_assert_no_error (error);
  guest = machtype_guest_builder_end (builder, &error);
  if (guest == NULL)
    return tell_error (label, "is generated", error);
  return g_strdup (machtype_guest_get_xml (guest));
}

/* libvirt's own XML of a domain, with everything that it fills in; NULL: it refuses, and why. */
static char *
dup_definition (const char *xml, char **refusal)
{
  virDomain *domain = virDomainDefineXMLFlags (libvirt, xml, 0);
  char *text, *copy;

  *refusal = domain == NULL ? g_strdup (virGetLastErrorMessage ()) : NULL;
  if (domain == NULL)
    return NULL;
  text = virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_INACTIVE);
  copy = g_strdup (text);
  free (text);
  g_assert_cmpint (virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_NVRAM), ==, 0);
  virDomainFree (domain);
  return copy;
}

/* Asked once. */
static gboolean
is_offered (MtMachineClass class)
{
  static struct {
    gboolean asked, offered;
  } answers[MT_CLASS_LAST + 1];
  const SnippetMachine *machine = snippet_machine (class);

  if (!answers[class].asked)
    answers[class].offered =
        offered_ask (libvirt, host, machtype_arch_to_string (machine->arch), machine->machine);
  answers[class].asked = TRUE;
  return answers[class].offered;
}

/* The code of a finding, for this host, by one of these authorities (one bit each), that leaves
 * nothing open; NULL: there is none. */
static char *
dup_refusing_code (const char *xml, guint authorities)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, host, &error);
  guint i;

  g_assert_no_error (error);
  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];

    if ((authorities & 1u << machtype_finding_get_authority (finding)) != 0 &&
        machtype_finding_get_severity (finding) == MACHTYPE_SEVERITY_ERROR)
      return g_strdup (machtype_finding_get_code (finding));
  }
  return NULL;
}

static gboolean
is_refused_by (const char *xml, guint authorities)
{
  g_autofree char *code = dup_refusing_code (xml, authorities);

  return code != NULL;
}

/* "define refuses (vcpus)" */
static char *
dup_says (const char *what, const char *code)
{
  return code != NULL ? g_strdup_printf ("%s (%s)", what, code) : NULL;
}

#define BY_DEFINE (1u << MACHTYPE_AUTHORITY_LIBVIRT_DEFINE)
#define BY_QEMU (1u << MACHTYPE_AUTHORITY_QEMU)
#define BY_HOST (1u << MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES)

/* The definition of a guest of the library or, for boards for which it generates none, of the
 * minimal domain; NULL: there is none, which is a difference. */
static char *
dup_real_domain (MtMachineClass class)
{
  const SnippetMachine *machine = snippet_machine (class);
  g_autofree char *label = snippet_dup_label (class), *refusal = NULL;
  g_autofree char *xml = mt_recipe_find (machine->arch, class) != NULL ? generate (machine, label)
                                                                       : snippet_dup_domain (class);
  char *definition = xml != NULL ? dup_definition (xml, &refusal) : NULL;

  if (refusal != NULL && is_refused_by (xml, BY_DEFINE))
    g_test_message ("%s: not here, as lint says: %s", label, refusal);
  else if (refusal != NULL) {
    ROW ("%s", xml);
    difference (label, "is defined", refusal);
  }
  return definition;
}

/* libvirt's message; NULL: it accepts the domain. */
static char *
dup_define_refusal (const char *xml)
{
  char *refusal;

  g_free (dup_definition (xml, &refusal));
  return refusal;
}

static char *
dup_start_refusal (const char *xml)
{
  virDomain *domain = virDomainCreateXML (libvirt, xml, VIR_DOMAIN_START_PAUSED);

  if (domain == NULL)
    return g_strdup (virGetLastErrorMessage ());
  g_assert_cmpint (virDomainDestroy (domain), ==, 0);
  virDomainFree (domain);
  return NULL;
}

static MachtypeDefinitionCheck *
check_definition (const char *xml)
{
  GError *error = NULL;
  MachtypeDefinitionCheck *check =
      machtype_connection_check_definition (connection, xml, MACHTYPE_DEFINE_NONE, &error);

  g_assert_no_error (error);
  return check;
}

static char *
dup_check_refusal (const char *xml)
{
  g_autoptr (MachtypeDefinitionCheck) check = check_definition (xml);

  g_assert_cmpint (machtype_definition_check_get_accepted (check), ==,
                   machtype_definition_check_get_refusal (check) == NULL);
  return g_strdup (machtype_definition_check_get_refusal (check));
}

static gboolean
is_found (const char *xml, const char *code)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);
  guint i;

  g_assert_no_error (error);
  for (i = 0; i < findings->len; i++) {
    if (strcmp (machtype_finding_get_code (findings->pdata[i]), code) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Without notes: libvirt replaces an alias by a type that has an age. */
static char *
dup_codes (const char *xml, MachtypeHost *on)
{
  GError *error = NULL;
  GPtrArray *findings = machtype_domain_lint (xml, -1, on, &error);
  guint i;

  g_assert_no_error (error);
  for (i = findings->len; i-- > 0;) {
    if (machtype_finding_get_severity (findings->pdata[i]) == MACHTYPE_SEVERITY_NOTE)
      g_ptr_array_remove_index (findings, i);
  }
  return test_join_codes (findings);
}

/* libvirt selects firmware when it is defined (9.2), and there is none for this guest among the
 * packages, as lint says for this host. */
static gboolean
lacks_firmware (const char *xml, const char *refusal)
{
  return refusal != NULL && strstr (refusal, "Unable to find 'efi' firmware") != NULL &&
         is_refused_by (xml, BY_HOST);
}

/* What is not available on this machine proves nothing about the rule: a TPM, and UEFI firmware
 * that libvirt accepts. Of Debian 13's for q35 of 32 bits it prefers one with Secure Boot (package
 * ovmf-ia32, 50-edk2-i386-secure.json), and then refuses that. */
static gboolean
is_missing_here (const MtRule *rule, const char *xml, const char *refusal)
{
  g_autofree char *swtpm = g_find_program_in_path ("swtpm");

  if (refusal != NULL && rule->kind == MT_KIND_FIRMWARE &&
      (strstr (refusal, "Secure boot is supported for x86_64 architecture only") != NULL ||
       lacks_firmware (xml, refusal)))
    return TRUE;
  return refusal != NULL &&
         (rule->kind == MT_KIND_TPM_MODEL || rule->kind == MT_KIND_TPM_VERSION) && swtpm == NULL;
}

/* What libvirt is not asked about: interfaces, and disks with names such as nvme0n1. */
static gboolean
is_left_out (const MtRule *rule)
{
  return rule->kind == MT_KIND_VIF_MODEL || strcmp (rule->value, "nvme") == 0;
}

static void
compare_define (const MtRule *rule, MtMachineClass class, const char *xml, const char *label,
                Counts *counts)
{
  const MachtypeAuthority authority = mt_rule_ask (rule, class);
  g_autofree char *refusal = dup_define_refusal (xml), *native = dup_check_refusal (xml);

  ROW ("%s, %s: %s", label, machtype_authority_to_string (authority),
       refusal != NULL  ? refusal
       : native != NULL ? native
                        : "taken");
  if (g_strcmp0 (refusal, native) == 0)
    counts->native_same++;
  else if (refusal == NULL)
    counts->native_stricter++;
  else {
    counts->native_laxer++;
    if (!is_left_out (rule))
      difference (label, "the check accepts it", refusal);
  }
  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE)
    counts->unproven++;
  else if (authority != MACHTYPE_AUTHORITY_LIBVIRT_DEFINE && is_missing_here (rule, xml, refusal))
    counts->skipped++;
  else if ((authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE) != (refusal != NULL))
    difference (label, machtype_authority_to_string (authority), refusal);
  else if (refusal != NULL)
    counts->refused++;
  else
    counts->taken++;
  /* There is also a finding for what libvirt does not start: by this rule, or because of what the
   * host lacks. */
  if (refusal == NULL && native != NULL && !is_refused_by (xml, BY_QEMU | BY_HOST))
    difference (label, "only the check refuses", native);
}

static void
compare_rules (MtMachineClass class, const char *base, Counts *counts)
{
  g_autofree char *machine = snippet_dup_label (class);
  /* What lint knows without a host: the QEMU that has this machine type. */
  g_autofree char *type = test_find_in_xml (base, "string(/domain/os/type/@machine)");
  const MtVersionRanges known = mt_versions_find (NULL, type, snippet_machine (class)->arch);
  gsize i, count;
  const MtRule *rules = mt_rules_get (&count);

  for (i = 0; i < count; i++) {
    const MtVerdict verdict =
        mt_compat_judge ((MtDeviceKind)rules[i].kind, rules[i].value, class, &known);
    g_autofree char *code = NULL, *label = NULL, *xml = NULL;

    if (!snippet_can_show ((MtDeviceKind)rules[i].kind, class) ||
        !mt_versions_apply (&rules[i].versions, &here))
      continue;
    code =
        g_strdup_printf ("%s-%s", mt_kind_get_code ((MtDeviceKind)rules[i].kind), rules[i].value);
    label = g_strdup_printf ("%s, %s", machine, code);
    xml = snippet_add (base, (MtDeviceKind)rules[i].kind, rules[i].value, class, FALSE, other);
    if (is_found (xml, code) != (verdict.authority != MACHTYPE_AUTHORITY_NONE))
      difference (label, machtype_authority_to_string (verdict.authority),
                  verdict.authority != MACHTYPE_AUTHORITY_NONE ? "lint finds nothing"
                                                               : "lint finds it");
    compare_define (&rules[i], class, xml, label, counts);
  }
}

/* Everything below the root that libvirt works on, by name and time. */
static void
list_files (const char *path, GString *list)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    g_string_append_printf (list, "%s\n", child);
    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      list_files (child, list);
  }
}

/* libvirt refuses to define what a rule says that it refuses, accepts everything else, and the
 * check that defines nothing gives the same answers. */
static void
test_define (void)
{
  Counts counts = { 0 };
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    g_autofree char *base = NULL, *codes = NULL,
                    *label = snippet_dup_label ((MtMachineClass) class);

    if (is_offered ((MtMachineClass) class))
      base = dup_real_domain ((MtMachineClass) class);
    if (base == NULL)
      continue;
    ROW ("%s", base);
    codes = dup_codes (base, host);
    if (*codes != '\0')
      difference (label, "lint finds nothing", codes);
    compare_rules ((MtMachineClass) class, base, &counts);
  }
  g_test_message ("define: %u refused and %u taken as the rules say, %u unproven, %u not "
                  "to be decided here, %u otherwise",
                  counts.refused, counts.taken, counts.unproven, counts.skipped,
                  difference_count ());
  g_test_message ("the check that defines nothing: %u as define, %u refused before the start, %u "
                  "laxer",
                  counts.native_same, counts.native_stricter, counts.native_laxer);
  difference_end ();
}

/* No other architecture can be accelerated here. */
static gboolean
is_for_here (const Condition *condition, const char *xml)
{
  return strstr (xml, "type=\"kvm\"") == NULL && is_offered ((MtMachineClass)condition->class);
}

static char *
dup_condition_label (const Condition *condition)
{
  g_autofree char *machine = snippet_dup_label ((MtMachineClass)condition->class);
  g_autoptr (GString) edits = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (condition->edits); i++)
    if (condition->edits[i].fragment != NULL)
      g_string_append_printf (edits, " %s", condition->edits[i].fragment);
  return g_strdup_printf (
      "%s, %s, %s,%s", machine, *condition->codes != '\0' ? condition->codes : "nothing",
      machtype_authority_to_string ((MachtypeAuthority)condition->authority), edits->str);
}

/* What lint says for this host happens: the table says what it says without one. If there is a
 * finding for the domain, there is one for libvirt's definition of it, in which addresses and
 * models are filled in, and without a host there is none for what libvirt fills in. */
static void
compare_condition (const Condition *condition, const char *xml, Counts *counts)
{
  g_autofree char *label = dup_condition_label (condition);
  g_autofree char *refusing = dup_refusing_code (xml, BY_DEFINE);
  g_autofree char *says = dup_says ("define refuses", refusing);
  g_autofree char *refusal = NULL, *found = NULL, *codes = NULL, *open = NULL;
  g_autofree char *definition = dup_definition (xml, &refusal);

  ROW ("%s: %s: %s", label, refusal != NULL ? refusal : "taken", xml);
  if (lacks_firmware (xml, refusal))
    counts->skipped++;
  else if ((says != NULL) != (refusal != NULL))
    difference (label, says != NULL ? says : "define accepts", refusal);
  else if (says != NULL)
    counts->refused++;
  else
    counts->taken++;
  if (definition == NULL)
    return;
  found = dup_codes (xml, host);
  codes = dup_codes (definition, host);
  open = dup_codes (definition, NULL);
  if ((*codes != '\0') != (*found != '\0'))
    difference (label, "lint of libvirt's definition finds the same", codes);
  if (*condition->codes == '\0' && *open != '\0')
    difference (label, "lint of libvirt's definition finds nothing without a host", open);
}

static void
test_conditions (void)
{
  gsize i, count;
  const Condition *conditions = conditions_get (&count);
  Counts counts = { 0 };

  for (i = 0; i < count; i++) {
    g_autofree char *xml = condition_dup_domain (&conditions[i]);

    if (is_for_here (&conditions[i], xml))
      compare_condition (&conditions[i], xml, &counts);
    else
      counts.skipped++;
  }
  g_test_message ("conditions: %u refused and %u taken as lint says, %u not to be decided here, %u "
                  "otherwise",
                  counts.refused, counts.taken, counts.skipped, difference_count ());
  difference_end ();
}

/* Only the guest suffers from it, but other versions of QEMU refuse it. */
static gboolean
is_refused_elsewhere (const Condition *condition)
{
  return strcmp (condition->codes, "acpi-missing") == 0;
}

static gboolean
is_to_be_started (const Condition *condition, const char *xml)
{
  return condition->authority == MACHTYPE_AUTHORITY_QEMU || is_refused_elsewhere (condition) ||
         (condition->authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE &&
          !is_refused_by (xml, BY_DEFINE));
}

/* As in test_start: those that QEMU refuses in the versions that have such a condition, and those
 * that QEMU, or libvirt's define, refuses in others. */
static void
test_start_conditions (void)
{
  gsize i, count;
  const Condition *conditions = conditions_get (&count);
  Counts counts = { 0 };

  for (i = 0; i < count; i++) {
    g_autofree char *xml = condition_dup_domain (&conditions[i]), *bare = NULL, *refusal = NULL;
    g_autofree char *label = dup_condition_label (&conditions[i]);
    g_autofree char *refusing = dup_refusing_code (xml, BY_DEFINE | BY_QEMU);
    g_autofree char *says = dup_says ("start refuses", refusing);

    if (!is_to_be_started (&conditions[i], xml) || !is_for_here (&conditions[i], xml))
      continue;
    bare = snippet_edit (xml, "os", "", "kernel", NULL);
    refusal = dup_start_refusal (bare);
    ROW ("%s: %s: %s", label, refusal != NULL ? refusal : "started", bare);
    if ((says != NULL) != (refusal != NULL))
      difference (label, says != NULL ? says : "it starts", refusal);
    else if (says != NULL)
      counts.refused++;
    else
      counts.taken++;
  }
  g_test_message ("start: %u conditions refused and %u started as lint says, %u otherwise",
                  counts.refused, counts.taken, difference_count ());
  difference_end ();
}

static void
start_one (const MtRule *rule, MtMachineClass class, const char *base, Counts *counts)
{
  const MachtypeAuthority authority = mt_rule_ask (rule, class);
  g_autofree char *xml = NULL, *refusal = NULL, *label = NULL, *machine = NULL;

  if (!snippet_can_show ((MtDeviceKind)rule->kind, class) ||
      !mt_versions_apply (&rule->versions, &here) || authority == MACHTYPE_AUTHORITY_NONE ||
      authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE)
    return;
  machine = snippet_dup_label (class);
  label = g_strdup_printf ("%s, %s-%s, %s", machine, mt_kind_get_code ((MtDeviceKind)rule->kind),
                           rule->value, machtype_authority_to_string (authority));
  xml = snippet_add (base, (MtDeviceKind)rule->kind, rule->value, class, FALSE, other);
  refusal = dup_start_refusal (xml);
  ROW ("%s: %s", label, refusal != NULL ? refusal : "started");
  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE)
    counts->unproven++;
  else if ((authority == MACHTYPE_AUTHORITY_QEMU) != (refusal != NULL))
    difference (label, "start", refusal);
  else if (refusal != NULL)
    counts->refused++;
  else
    counts->taken++;
}

/* What can be defined and is said not to start does not start; what is said to harm the guest or to
 * be ignored does start. What is untested is only shown. Without the kernel, which is not a
 * real one. */
static void
test_start (void)
{
  gsize i, count;
  const MtRule *rules = mt_rules_get (&count);
  Counts counts = { 0 };
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    g_autofree char *whole = NULL, *base = NULL, *refusal = NULL;

    if (is_offered ((MtMachineClass) class))
      whole = dup_real_domain ((MtMachineClass) class);
    if (whole == NULL)
      continue;
    base = snippet_edit (whole, "os", "", "kernel", NULL);
    refusal = dup_start_refusal (base);
    ROW ("%s", base);
    if (refusal != NULL) {
      difference (snippet_machine ((MtMachineClass) class)->machine, "starts", refusal);
      continue;
    }
    for (i = 0; i < count; i++)
      start_one (&rules[i], (MtMachineClass) class, base, &counts);
  }
  g_test_message ("start: %u refused and %u started as the rules say, %u unproven, %u otherwise",
                  counts.refused, counts.taken, counts.unproven, difference_count ());
  difference_end ();
}

/* Nothing is defined or written, not even what define would write. */
static void
test_check_changes_nothing (void)
{
  g_autofree char *base = dup_real_domain (MT_CLASS_AARCH64_VIRT), *xml = NULL, *log = NULL;
  g_autofree char *logged = NULL, *fragment = NULL;
  g_autoptr (GString) before = g_string_new (NULL), after = g_string_new (NULL);
  g_autoptr (MachtypeDefinitionCheck) check = NULL;

  log = g_build_filename (root.dir, "serial.log", NULL);
  fragment = g_strdup_printf ("<serial type='file'><source path='%s'/></serial>", log);
  xml = snippet_edit (base, "os", "@firmware=efi", NULL, NULL);
  logged = snippet_edit (xml, "devices", fragment, "serial", NULL);
  list_files (root.dir, before);
  check = check_definition (logged);
  g_assert_true (machtype_definition_check_get_accepted (check));
  list_files (root.dir, after);
  g_assert_cmpstr (before->str, ==, after->str);
  g_assert_cmpint (virConnectNumOfDefinedDomains (libvirt), ==, 0);
  g_assert_cmpint (virConnectNumOfDomains (libvirt), ==, 0);
}

/* libvirt is not asked about an impossible interface, and the answer lists it. */
static void
test_check_leaves_out (void)
{
  g_autofree char *base = snippet_dup_domain (MT_CLASS_ISAPC), *refusal = NULL;
  g_autofree char *xml = snippet_edit (
      base, "devices", "<interface type='user'><model type='virtio'/></interface>", NULL, NULL);
  g_autoptr (MachtypeDefinitionCheck) check = check_definition (xml);
  g_auto (GStrv) not_asked = machtype_definition_check_dup_unchecked (check);

  refusal = dup_define_refusal (xml);
  g_assert_nonnull (refusal);
  g_assert_cmpstr (machtype_definition_check_get_refusal (check), ==, NULL);
  g_assert_true (g_strv_contains ((const char *const *)not_asked, "/domain/devices/interface"));
}

static void
test_check_errors (void)
{
  g_autofree char *refusal = dup_check_refusal ("<domain/>");
  GError *error = NULL;
  MachtypeConnection *wrong;

  g_assert_nonnull (strstr (refusal, "type"));
  g_assert_null (
      machtype_connection_check_definition (connection, "", MACHTYPE_DEFINE_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "empty");
  wrong = machtype_connection_open ("test:///default", MACHTYPE_CONNECTION_OPEN_NONE, TIMEOUT_MS,
                                    &error);
  g_assert_no_error (error);
  g_assert_null (
      machtype_connection_check_definition (wrong, "<domain/>", MACHTYPE_DEFINE_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "support");
  machtype_connection_unref (wrong);
}

static char *
make_image (const char *name)
{
  char *path = g_build_filename (root.dir, name, NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, 1024 * 1024), ==, 0);
  return path;
}

static void
open_all (void)
{
  GError *error = NULL;

  image = make_image ("image.raw");
  other = make_image ("other.raw");
  connection =
      machtype_connection_open (root.uri, MACHTYPE_CONNECTION_OPEN_EVENT_LOOP, TIMEOUT_MS, &error);
  g_assert_no_error (error);
  host = machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, &error);
  g_assert_no_error (error);
  here = mt_versions_find (host, NULL, MACHTYPE_ARCH_UNKNOWN);
  virSetErrorFunc (NULL, ignore_error);
  libvirt = virConnectOpen (root.uri);
  g_assert_nonnull (libvirt);
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("LIBVIRT_DEBUG", "4", FALSE);
  g_test_init (&argc, &argv, NULL);
  if (!private_root_init (&root))
    return g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL ? 1 : 77;
  open_all ();
  g_test_add_func ("/lint/define", test_define);
  g_test_add_func ("/lint/conditions", test_conditions);
  g_test_add_func ("/lint/check-changes-nothing", test_check_changes_nothing);
  g_test_add_func ("/lint/check-errors", test_check_errors);
  g_test_add_func ("/lint/check-leaves-out", test_check_leaves_out);
  if (g_test_slow ()) {
    g_test_add_func ("/lint/start/conditions", test_start_conditions);
    g_test_add_func ("/lint/start/rules", test_start);
  }
  status = g_test_run ();
  g_assert_cmpint (virConnectClose (libvirt), ==, 0);
  machtype_host_unref (host);
  machtype_connection_unref (connection);
  g_free (image);
  g_free (other);
  private_root_clear (&root);
  return status;
}
