/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine type itself, the architecture, and what a host offers of both. */

#include "domain/lint-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"
#include "host/host-private.h"
#include "lifecycle-private.h"
#include "string-private.h"

#define MACHINE "/domain/os/type/@machine"
#define ARGUMENTS "/domain/qemu:commandline"

static void
report_not_offered (MtLint *lint, const char *type)
{
  const MtLintDomain *domain = lint->domain;
  g_autofree char *shown = mt_escape_for_message (domain->machine);
  g_autofree char *near = mt_host_dup_near (lint->host, domain->arch, type, domain->machine);
  g_autofree char *reason =
      mt_host_dup_why_absent (lint->host, domain->arch, type, domain->machine);

  mt_lint_add (lint, "machine-not-offered", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, MACHINE,
               "virConnectGetCapabilities",
               g_strdup_printf (MACHINE ": the host does not offer machine type %s for %s guests%s",
                                shown, machtype_arch_to_string (domain->arch), reason),
               near != NULL ? g_strconcat ("possible: ", near, NULL) : NULL);
}

/* Findings about the machine type itself on the host, for guests of this domain type (NULL: its
 * best). */
static void
check_offered (MtLint *lint, const char *type)
{
  const MtLintDomain *domain = lint->domain;
  g_autofree char *shown = mt_escape_for_message (domain->machine);
  const MtMachine *machine;

  if (machtype_host_offers (lint->host, domain->arch, type, domain->machine) == MACHTYPE_ANSWER_NO)
    report_not_offered (lint, type);
  machine = mt_host_find_machine (lint->host, domain->arch, type, domain->machine);
  if (machine != NULL && machine->deprecated == MACHTYPE_ANSWER_YES)
    mt_lint_add (lint, "machine-deprecated", MACHTYPE_AUTHORITY_NONE, MACHINE,
                 "virConnectGetCapabilities",
                 g_strdup_printf (MACHINE ": %s is deprecated on this host", shown),
                 g_strdup ("choose a newer machine type while the guest can still be changed"));
}

static void
check_emulator (MtLint *lint)
{
  const MachtypeArch arch = lint->domain->arch;
  g_autofree char *why = mt_host_dup_no_emulator (lint->host, arch);

  mt_lint_add (lint, mt_host_get_no_emulator_code (lint->host, arch),
               MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/os/type/@arch",
               "virConnectGetCapabilities", g_strdup_printf ("/domain/os/type/@arch: %s", why),
               mt_host_dup_emulator_remedy (lint->host, arch));
}

/* It may still be a QEMU binary, but to find out, libvirt has to run it. */
static void
judge_own_emulator (MtLint *lint, const char *type)
{
  const MtLintDomain *domain = lint->domain;
  const char *listed = machtype_host_get_emulator (lint->host, domain->arch, type);
  g_autofree char *shown = NULL;

  if (domain->emulator == NULL || listed == NULL ||
      mt_host_lists_emulator (lint->host, domain->arch, type, domain->emulator))
    return;
  shown = mt_escape_for_message (domain->emulator);
  mt_lint_add (
      lint, "emulator-not-listed", MACHTYPE_AUTHORITY_NONE, "/domain/devices/emulator",
      "virConnectGetCapabilities",
      g_strdup_printf ("/domain/devices/emulator: the host's capabilities do not list %s for %s "
                       "guests; libvirt would run it to probe it",
                       shown, machtype_arch_to_string (domain->arch)),
      g_strconcat ("possible: ", listed, NULL));
}

static gboolean
can_have_type (const MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  g_auto (GStrv) types = NULL;
  MachtypeArch own;

  if (machtype_host_has_capabilities (lint->host)) {
    types = machtype_host_dup_domain_types (lint->host, domain->arch);
    return types[0] == NULL || g_strv_contains ((const char *const *)types, domain->type);
  }
  own = machtype_host_get_arch (lint->host);
  return own == MACHTYPE_ARCH_UNKNOWN || strcmp (domain->type, "qemu") == 0 ||
         machtype_arch_can_accelerate (domain->arch, own);
}

static void
check_type (MtLint *lint)
{
  const char *best = machtype_host_get_domain_type (lint->host, lint->domain->arch);
  g_autofree char *shown = mt_escape_for_message (lint->domain->type);

  mt_lint_add (lint, "domain-type-not-offered", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/@type",
               "virConnectGetCapabilities",
               g_strdup_printf ("/domain/@type: the host cannot run %s guests of domain type %s",
                                machtype_arch_to_string (lint->domain->arch), shown),
               best != NULL ? g_strdup_printf ("type='%s'", best) : NULL);
}

void
mt_lint_check_host (MtLint *lint)
{
  const MachtypeHost *host = lint->host;
  const char *type = lint->domain->type;

  if (host == NULL)
    return;
  if (machtype_host_has_capabilities (host) &&
      mt_host_find_guest (host, lint->domain->arch) == NULL) {
    check_emulator (lint);
    return;
  }
  if (type != NULL && !can_have_type (lint)) {
    check_type (lint);
    type = NULL; /* if the host lacks one, one finding is enough */
  }
  judge_own_emulator (lint, type);
  if (lint->domain->machine != NULL)
    check_offered (lint, type);
}

/* libvirt's default for a domain without a machine type: it differs between releases, and a guest
 * can rarely run on it. */
static void
judge_no_machine (MtLint *lint)
{
  MtLintDomain *domain = lint->domain;
  const char *arch = machtype_arch_to_string (domain->arch);
  const char *usual = machtype_arch_get_default_machine (domain->arch);

  mt_lint_add (lint, "machine-missing", MACHTYPE_AUTHORITY_LIBMACHTYPE, MACHINE,
               "libvirt src/qemu/qemu_capabilities.c",
               g_strdup_printf (MACHINE ": no machine type is set, and libvirt's default "
                                        "for %s guests changes between releases",
                                arch),
               usual != NULL ? g_strdup_printf ("machine='%s'", usual) : NULL);
}

/* A name that no QEMU can have, and that the host does not have, either. */
static gboolean
judge_impossible (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  g_autoptr (MachtypeName) name = machtype_name_new (domain->machine, domain->arch, NULL);
  g_autofree char *intended = name != NULL ? machtype_name_dup_intended (name) : NULL;

  if (intended == NULL ||
      (lint->host != NULL && machtype_host_offers (lint->host, domain->arch, domain->type,
                                                   domain->machine) == MACHTYPE_ANSWER_YES))
    return FALSE;
  mt_lint_add (lint, "impossible-name", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, MACHINE,
               "libvirt src/qemu/qemu_validate.c",
               g_strdup_printf (MACHINE ": no QEMU has a machine type %s", domain->machine),
               g_strdup_printf ("machine='%s'", intended));
  return TRUE;
}

/* A host says itself what it does not offer, and why. */
static void
judge_unreleased (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  g_autoptr (MachtypeName) name = machtype_name_new (domain->machine, domain->arch, NULL);

  if (name == NULL || lint->host != NULL || mt_lifecycle_may_exist (mt_name_get_parsed (name)))
    return;
  mt_lint_add (lint, "unreleased-version", MACHTYPE_AUTHORITY_NONE, MACHINE, NULL,
               g_strdup_printf (MACHINE ": no release has machine type %s, and none that is "
                                        "expected within a year will have it",
                                domain->machine),
               NULL);
}

/* Explains why nothing can be checked. */
static void
check_unknown (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  g_autofree char *machine = mt_escape_for_message (domain->machine);

  mt_lint_add (lint, "machine-unknown", MACHTYPE_AUTHORITY_NONE, MACHINE, NULL,
               g_strdup_printf (MACHINE
                                ": not checked, because nothing is known about %s for %s guests",
                                machine, machtype_arch_to_string (domain->arch)),
               NULL);
}

/* What no host can change is an error; the words are those of resolving. */
static gboolean
report_foreign (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  g_autofree char *reason = NULL;
  const char *usual = machtype_arch_get_default_machine (domain->arch);
  MtName name;

  if (mt_name_parse (domain->machine, strlen (domain->machine), domain->arch, &name))
    reason = mt_name_dup_foreign (&name, domain->machine, domain->arch, usual);
  if (reason == NULL)
    return FALSE;
  mt_lint_add (lint, "machine-of-other-arch", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, MACHINE,
               "QEMU's -machine help of each architecture",
               g_strdup_printf (MACHINE ": %s", reason),
               usual != NULL ? g_strdup_printf ("machine='%s'", usual) : NULL);
  return TRUE;
}

/* Takes ownership of what. */
static void
note_age (MtLint *lint, const char *code, const char *source, char *what)
{
  MachtypeFinding *finding = mt_finding_new_of (
      code, g_strdup_printf (MACHINE ": %s %s", lint->domain->machine, what),
      g_strdup ("choose a newer machine type while the guest can still be changed"), MACHINE,
      MACHTYPE_AUTHORITY_NONE, source);

  g_ptr_array_add (lint->findings, mt_finding_lower (finding, MACHTYPE_SEVERITY_NOTE));
  g_free (what);
}

static void
note_upstream (MtLint *lint, const MachtypeName *name)
{
  static const char source[] = "QEMU include/hw/boards.h";
  guint major, minor;

  if (machtype_lifecycle_get_removed (name, &major, &minor) &&
      mt_lifecycle_is_released (major, minor))
    note_age (lint, "machine-removed", source,
              g_strdup_printf ("was removed in QEMU %u.%u", major, minor));
  else if (machtype_lifecycle_get_deprecated (name, &major, &minor) &&
           mt_lifecycle_is_released (major, minor))
    note_age (lint, "machine-deprecated", source,
              g_strdup_printf ("is deprecated since QEMU %u.%u", major, minor));
}

/* By the vendor's own releases. */
static void
note_vendor (MtLint *lint, const MtName *name, gboolean is_denied)
{
  static const char source[] = "hw/ of CentOS Stream's QEMU, and a survey of releases";
  const char *product = mt_vendor_info (name->vendor)->product;
  const char *until = mt_lifecycle_get_end_of_support (name);
  guint major;

  if (mt_lifecycle_get_vendor_removed (name, &major) &&
      mt_lifecycle_is_vendor_released (name, major))
    note_age (lint, "machine-removed", source,
              g_strdup_printf ("was removed in %s %u", product, major));
  else if (!is_denied && mt_lifecycle_get_vendor_deprecated (name, &major) &&
           mt_lifecycle_is_vendor_released (name, major))
    note_age (lint, "machine-deprecated", source,
              g_strdup_printf ("is deprecated since %s %u", product, major));
  else if (until != NULL)
    note_age (lint, "machine-end-of-support", "Debian's distro-info-data",
              g_strdup_printf ("is of %s %u.%02u, which is supported until %s", product,
                               name->version[0], name->version[1], until));
}

/* Of QEMU's own types the host knows more; of a vendor's types it knows only whether its own
 * release deprecates them, not whether the next one still has them. */
void
mt_lint_note_lifecycle (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;
  const MtMachine *machine = NULL;
  g_autoptr (MachtypeName) name = NULL;
  const MtName *parsed;

  if (domain->machine != NULL)
    name = machtype_name_new (domain->machine, domain->arch, NULL);
  if (name == NULL)
    return;
  if (lint->host != NULL) {
    machine = mt_host_find_machine (lint->host, domain->arch, domain->type, domain->machine);
    if (machine == NULL || machine->deprecated == MACHTYPE_ANSWER_YES)
      return;
  } else
    note_upstream (lint, name);
  parsed = mt_name_get_parsed (name);
  if (parsed->kind == MACHTYPE_NAME_KIND_VERSIONED && mt_lifecycle_may_exist (parsed))
    note_vendor (lint, parsed,
                 machine != NULL &&
                     mt_host_ask_deprecated (lint->host, machine) == MACHTYPE_ANSWER_NO);
}

void
mt_lint_check_machine (MtLint *lint)
{
  MtLintDomain *domain = lint->domain;

  if (domain->machine == NULL) {
    judge_no_machine (lint);
    return;
  }
  domain->class = mt_host_get_class (lint->host, domain->arch, domain->type, domain->machine);
  if (domain->class == MT_CLASS_NONE && !judge_impossible (lint) && !report_foreign (lint))
    check_unknown (lint);
  judge_unreleased (lint);
}

static void
judge_no_arch (MtLint *lint)
{
  const char *text = lint->domain->arch_text;
  g_autofree char *shown = text != NULL ? mt_escape_for_message (text) : NULL;

  if (text == NULL)
    mt_lint_add (lint, "arch-missing", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@arch", NULL,
                 g_strdup ("/domain/os/type/@arch: no architecture is set"),
                 g_strdup ("add arch='x86_64', or the guest's own architecture"));
  else
    mt_lint_add (lint, "arch-unknown", MACHTYPE_AUTHORITY_NONE, "/domain/os/type/@arch", NULL,
                 g_strdup_printf ("/domain/os/type/@arch: unknown architecture %s", shown), NULL);
}

/* Only libvirt's own spelling is accepted, and only in lower case. */
static void
judge_arch_spelling (MtLint *lint)
{
  const char *spelling = machtype_arch_to_string (lint->domain->arch);
  g_autofree char *shown = NULL;

  if (strcmp (lint->domain->arch_text, spelling) == 0)
    return;
  shown = mt_escape_for_message (lint->domain->arch_text);
  mt_lint_add (
      lint, "arch-spelling", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "/domain/os/type/@arch",
      "libvirt src/util/virarch.c",
      g_strdup_printf ("/domain/os/type/@arch: libvirt does not accept the spelling %s", shown),
      g_strdup_printf ("arch='%s'", spelling));
}

void
mt_lint_check_hypervisor (MtLint *lint)
{
  g_autofree char *shown = mt_escape_for_message (lint->domain->type);

  mt_lint_add (
      lint, "hypervisor-unknown", MACHTYPE_AUTHORITY_NONE, "/domain/@type", NULL,
      g_strdup_printf ("/domain/@type: only QEMU guests can be checked, not %s guests", shown),
      NULL);
}

gboolean
mt_lint_check_arch (MtLint *lint)
{
  if (lint->domain->arch == MACHTYPE_ARCH_UNKNOWN)
    judge_no_arch (lint);
  else
    judge_arch_spelling (lint);
  return lint->domain->arch != MACHTYPE_ARCH_UNKNOWN;
}

/* The host may say that both are the same. */
static gboolean
is_same_machine (const MtLint *lint, const char *machine)
{
  const MtLintDomain *domain = lint->domain;
  const char *own = domain->machine;

  if (own == NULL || strcmp (own, machine) == 0 || lint->host == NULL)
    return own != NULL && strcmp (own, machine) == 0;
  return g_strcmp0 (
             machtype_host_get_canonical (lint->host, domain->arch, domain->type, own),
             machtype_host_get_canonical (lint->host, domain->arch, domain->type, machine)) == 0 &&
         machtype_host_get_canonical (lint->host, domain->arch, domain->type, own) != NULL;
}

/* QEMU's own arguments can name another machine type, which libvirt does not see. */
void
mt_lint_check_arguments (MtLint *lint)
{
  const MtLintDomain *domain = lint->domain;

  if (domain->unread_argument != NULL)
    mt_lint_add (
        lint, "machine-argument", MACHTYPE_AUTHORITY_QEMU, ARGUMENTS, "QEMU system/vl.c",
        g_strdup_printf (ARGUMENTS ": QEMU does not know the option '%s'", domain->unread_argument),
        g_strdup ("give the machine type in an argument of its own"));
  if (domain->qemu_machine == NULL || is_same_machine (lint, domain->qemu_machine))
    return;
  mt_lint_add (lint, "machine-argument", MACHTYPE_AUTHORITY_GUEST, ARGUMENTS, "QEMU system/vl.c",
               g_strdup_printf (ARGUMENTS
                                ": the arguments name another machine type: the guest runs on %s, "
                                "not on %s",
                                domain->qemu_machine,
                                domain->machine != NULL ? domain->machine : "libvirt's default"),
               g_strdup ("remove it from the arguments, and set the machine type in <os>"));
}
