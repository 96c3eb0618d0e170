/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether one machine type can become another: the verdict, all reasons, and the effects on the
 * guest. */

#include "change-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "effect-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "json/json-private.h"
#include "lifecycle-private.h"
#include "name/name-private.h"
#include "record/record-private.h"
#include "string-private.h"

struct _MachtypeChange {
  gatomicrefcount refs;
  MachtypeVerdict verdict;
  char *old_machine; /* NULL: nothing was recorded */
  char *new_machine;
  char *canonical;    /* the new one's, on the host; NULL: unknown, or not to be pinned */
  GPtrArray *reasons; /* of MachtypeFinding; the first one decides */
  GPtrArray *warnings;
  GPtrArray *effects;
};

G_DEFINE_BOXED_TYPE (MachtypeChange, machtype_change, machtype_change_ref, machtype_change_unref)

/* One side of a change. */
typedef struct {
  const char *text; /* NULL: nothing is recorded; for an invalid name, a form for display */
  MtName parsed;
  gboolean valid;
} Side;

typedef struct {
  Side old_side, new_side;
  MachtypeArch arch;
  const char *domain_type; /* NULL: the host's best */
  MachtypeState state;
  MachtypeChangeFlags flags;
  const MachtypeHost *host; /* NULL: none */
  MachtypeChange *change;
} Check;

static const char verdicts[][24] = {
  [MACHTYPE_VERDICT_ALLOWED] = "allowed",
  [MACHTYPE_VERDICT_NOOP] = "noop",
  [MACHTYPE_VERDICT_FORCED] = "forced",
  [MACHTYPE_VERDICT_REFUSED_INVALID] = "refused-invalid",
  [MACHTYPE_VERDICT_REFUSED_STATE] = "refused-state",
  [MACHTYPE_VERDICT_REFUSED_UNSUPPORTED] = "refused-unsupported",
  [MACHTYPE_VERDICT_REFUSED_FAMILY] = "refused-family",
  [MACHTYPE_VERDICT_REFUSED_VENDOR] = "refused-vendor",
  [MACHTYPE_VERDICT_REFUSED_ALIAS] = "refused-alias",
  [MACHTYPE_VERDICT_REFUSED_VARIANT] = "refused-variant",
  [MACHTYPE_VERDICT_REFUSED_DOWNGRADE] = "refused-downgrade",
  [MACHTYPE_VERDICT_REFUSED_NOT_OFFERED] = "refused-not-offered",
};

/**
 * machtype_verdict_to_string:
 * @verdict: a verdict
 *
 * Gets the word for a verdict, such as `refused-family`; the code of a reason is the same word.
 * Thread-safe.
 *
 * Returns: (transfer none): a constant string
 * Since: 1.0
 */
const char *
machtype_verdict_to_string (MachtypeVerdict verdict)
{
  return MT_WORD (verdicts, verdict);
}

/**
 * machtype_verdict_from_string:
 * @text: the word for a verdict; must not be %NULL
 * @verdict: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a verdict by its word, as machtype_verdict_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @verdict is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_verdict_from_string (const char *text, MachtypeVerdict *verdict, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (verdicts, "verdict", text, error);
  if (found >= 0 && verdict != NULL)
    *verdict = (MachtypeVerdict)found;
  return found >= 0;
}

G_GNUC_PRINTF (3, 4)
static void
add (GPtrArray *findings, const char *code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (findings, mt_finding_new (code, g_strdup_vprintf (format, arguments), NULL));
  va_end (arguments);
}

/* If the saved RAM is discarded, so is the machine type that it was saved with. Source:
 * virDomainManagedSave in libvirt's libvirt-domain.c: the next virDomainCreate restores what was
 * saved. */
#define SAVED_STATE                                                                                \
  "the guest has a managed save image: at its next start it resumes on the machine type it was "   \
  "saved with"
#define SAVED_STATE_REMEDY                                                                         \
  "start the guest and shut it down, or discard the image with 'virsh managedsave-remove DOMAIN'"

gboolean
mt_change_set_saved_state (GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  MT_CODE_SAVED_STATE ": " SAVED_STATE "; " SAVED_STATE_REMEDY);
}

void
mt_change_add_saved_state (GPtrArray *findings)
{
  g_ptr_array_add (findings, mt_finding_new (MT_CODE_SAVED_STATE, g_strdup (SAVED_STATE),
                                             g_strdup (SAVED_STATE_REMEDY)));
}

GPtrArray *
mt_change_get_warnings (MachtypeChange *change)
{
  return change->warnings;
}

GPtrArray *
mt_change_get_effects (MachtypeChange *change)
{
  return change->effects;
}

void
mt_change_refuse (MachtypeChange *change, GPtrArray *reasons)
{
  GPtrArray *all = mt_findings_copy (reasons);

  g_ptr_array_extend_and_steal (all, change->reasons);
  change->reasons = all;
  change->verdict = MACHTYPE_VERDICT_REFUSED_UNSUPPORTED;
}

void
mt_change_set_remedy (MachtypeChange *change, MachtypeVerdict code, const char *remedy)
{
  const char *word = machtype_verdict_to_string (code);
  guint i;

  for (i = 0; i < change->reasons->len; i++) {
    MachtypeFinding *finding = change->reasons->pdata[i];

    if (strcmp (machtype_finding_get_code (finding), word) != 0 ||
        machtype_finding_get_remedy (finding) != NULL)
      continue;
    change->reasons->pdata[i] =
        mt_finding_new (word, g_strdup (machtype_finding_get_message (finding)), g_strdup (remedy));
    machtype_finding_unref (finding);
  }
}

static gboolean
has_code (const MachtypeFinding *finding, const char *code)
{
  return strcmp (machtype_finding_get_code (finding), code) == 0;
}

static MachtypeFinding *
find_reason (const MachtypeChange *change, const char *code)
{
  guint i;

  for (i = 0; i < change->reasons->len; i++) {
    if (has_code (change->reasons->pdata[i], code))
      return machtype_finding_ref (change->reasons->pdata[i]);
  }
  return NULL;
}

void
mt_change_keep_refused (MachtypeChange *change, MachtypeVerdict code)
{
  MachtypeFinding *reason = find_reason (change, machtype_verdict_to_string (code));
  guint i;

  if (change->verdict != MACHTYPE_VERDICT_FORCED || reason == NULL) {
    machtype_finding_unref (reason);
    return;
  }
  change->verdict = code;
  g_ptr_array_set_size (change->reasons, 0);
  g_ptr_array_add (change->reasons, reason);
  for (i = change->warnings->len; i-- > 0;) {
    if (has_code (change->warnings->pdata[i], "forced"))
      g_ptr_array_remove_index (change->warnings, i);
  }
}

/* Reasons come in the order of the rules, so the first one decides. */
#define REFUSE_WITH_REMEDY(check, kind, remedy, ...)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if ((check)->change->reasons->len == 0)                                                        \
      (check)->change->verdict = MACHTYPE_VERDICT_REFUSED_##kind;                                  \
    g_ptr_array_add ((check)->change->reasons,                                                     \
                     mt_finding_new (machtype_verdict_to_string (MACHTYPE_VERDICT_REFUSED_##kind), \
                                     g_strdup_printf (__VA_ARGS__), remedy));                      \
  }                                                                                                \
  G_STMT_END

#define REFUSE(check, kind, ...) REFUSE_WITH_REMEDY (check, kind, NULL, __VA_ARGS__)

static MachtypeAnswer
ask_host (const Check *j, const char *machine)
{
  if (j->host == NULL || j->arch == MACHTYPE_ARCH_UNKNOWN)
    return MACHTYPE_ANSWER_UNKNOWN;
  return machtype_host_offers (j->host, j->arch, j->domain_type, machine);
}

/* An alias stands for the same type whatever accelerates the guest, also on a host without that. */
static const char *
get_canonical (const Check *j, const char *machine)
{
  const char *canonical;

  if (j->host == NULL || j->arch == MACHTYPE_ARCH_UNKNOWN)
    return NULL;
  canonical = machtype_host_get_canonical (j->host, j->arch, j->domain_type, machine);
  return canonical != NULL ? canonical
                           : machtype_host_get_canonical (j->host, j->arch, NULL, machine);
}

static gboolean
is_recognised (const Check *j, const Side *side)
{
  return (side->valid && side->parsed.kind != MACHTYPE_NAME_KIND_UNKNOWN) ||
         ask_host (j, side->text) == MACHTYPE_ANSWER_YES;
}

static void
check_state (const Check *j)
{
  if (j->state == MACHTYPE_STATE_SAVED) {
    j->change->verdict = MACHTYPE_VERDICT_REFUSED_STATE;
    mt_change_add_saved_state (j->change->reasons);
  } else if (!mt_state_may_change (j->state))
    REFUSE (j, STATE,
            "the machine type can change only while the instance is stopped, shelved or "
            "shelved_offloaded");
}

static void
check_supported (const Check *j)
{
  const char *arch = machtype_arch_to_string (j->arch);

  if (is_recognised (j, &j->new_side)) {
    if (!mt_lifecycle_may_exist (&j->new_side.parsed) &&
        ask_host (j, j->new_side.text) != MACHTYPE_ANSWER_YES)
      REFUSE (
          j, UNSUPPORTED,
          "no release has machine type %s, and none that is expected within a year will have it",
          j->new_side.text);
    return;
  }
  if (j->new_side.parsed.arches != 0)
    REFUSE (j, UNSUPPORTED, "machine type %s does not exist for %s guests", j->new_side.text, arch);
  else if (j->arch != MACHTYPE_ARCH_UNKNOWN)
    REFUSE (j, UNSUPPORTED, "unknown machine type %s for %s guests", j->new_side.text, arch);
  else
    REFUSE (j, UNSUPPORTED, "unknown machine type %s", j->new_side.text);
}

static gboolean
is_board (const Side *side)
{
  return side->parsed.family == MACHTYPE_FAMILY_NONE;
}

static const char *
get_family_label (const Side *side)
{
  const MtFamily *info = mt_family_info ((MachtypeFamily)side->parsed.family);

  return info != NULL ? info->label : side->text;
}

static void
check_family (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;

  if (!is_recognised (j, a))
    REFUSE (j, FAMILY, "machine type '%s' is unknown, so a change from it cannot be judged",
            a->text);
  else if (a->parsed.family != b->parsed.family || is_board (a))
    REFUSE (j, FAMILY, "%s and %s are different machines: %s, %s", a->text, b->text,
            get_family_label (a), get_family_label (b));
}

/* A name of a vendor that the tables do not know, and whose family the host knows. */
static gboolean
is_foreign (const Side *side)
{
  return side->parsed.kind == MACHTYPE_NAME_KIND_UNKNOWN && !is_board (side);
}

/* An upstream alias does not belong to a vendor: pc is Red Hat's type on RHEL. */
static gboolean
has_vendor (const Side *side)
{
  return side->parsed.kind == MACHTYPE_NAME_KIND_VERSIONED || is_foreign (side) ||
         (side->parsed.vendor != MACHTYPE_VENDOR_UPSTREAM &&
          side->parsed.vendor != MACHTYPE_VENDOR_UNKNOWN);
}

static const MtVendor *
get_vendor (const Side *side)
{
  return mt_vendor_info (side->parsed.vendor);
}

static gboolean
are_of_one_line (const Side *a, const Side *b)
{
  return get_vendor (a)->counts_as == get_vendor (b)->counts_as;
}

/* Types of one line, with versions. */
static gboolean
are_comparable (const Side *a, const Side *b)
{
  return a->parsed.kind == MACHTYPE_NAME_KIND_VERSIONED &&
         b->parsed.kind == MACHTYPE_NAME_KIND_VERSIONED && a->parsed.family == b->parsed.family &&
         are_of_one_line (a, b);
}

static void
check_vendor (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;
  MtQemuVersion x, y;

  if (is_board (a) || is_board (b) || !has_vendor (a) || !has_vendor (b))
    return;
  if (is_foreign (a) && is_foreign (b)) {
    REFUSE (j, VENDOR,
            "it is not known which of %s and %s is newer: their vendor is not one that libmachtype "
            "knows",
            a->text, b->text);
    return;
  }
  if (are_of_one_line (a, b))
    return;
  if (mt_name_upstream_base (&a->parsed, &x) && mt_name_upstream_base (&b->parsed, &y))
    REFUSE (j, VENDOR,
            "%s is from %s (based on QEMU %u.%u), %s is from %s (based on QEMU %u.%u): types of "
            "different vendors differ even on the same base",
            a->text, get_vendor (a)->label, x.major, x.minor, b->text, get_vendor (b)->label,
            y.major, y.minor);
  else
    REFUSE (j, VENDOR, "%s is from %s, %s is from %s", a->text, get_vendor (a)->label, b->text,
            get_vendor (b)->label);
}

static gboolean
is_alias (const Side *side)
{
  return side->parsed.kind == MACHTYPE_NAME_KIND_ALIAS;
}

/* What to do instead; NULL: nothing, as they are different machines anyway. */
static char *
dup_alias_remedy (const Check *j, const char *text)
{
  const gboolean same = j->old_side.parsed.family == j->new_side.parsed.family;

  return same ? g_strdup (text) : NULL;
}

/* The host knows what the alias is. */
static void
refuse_alias_on_host (const Check *j, const Side *alias, const Side *other, const char *canonical)
{
  const gboolean unpins = alias == &j->new_side;
  g_autofree char *remedy = NULL;

  if (strcmp (canonical, other->text) != 0) {
    remedy = g_strdup_printf (
        unpins ? "request %s by its name" : "pin the guest to %s first, with --pin", canonical);
    REFUSE_WITH_REMEDY (j, ALIAS, dup_alias_remedy (j, remedy),
                        "on this host %s is an alias for %s, not for %s", alias->text, canonical,
                        other->text);
  } else if (unpins) {
    remedy = g_strdup_printf ("use --pin to write %s instead of the alias", canonical);
    REFUSE_WITH_REMEDY (j, ALIAS, dup_alias_remedy (j, remedy),
                        "%s is an alias, on this host for %s: the change would unpin the guest, "
                        "which gets another machine type with the next QEMU",
                        alias->text, canonical);
  } else
    REFUSE_WITH_REMEDY (j, ALIAS, g_strdup ("use --pin"),
                        "%s is an alias, on this host for %s: the change would pin the guest",
                        alias->text, canonical);
}

static void
check_alias (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;
  const Side *alias = is_alias (b) ? b : a, *other = is_alias (b) ? a : b;
  const char *canonical;

  if (!is_alias (a) && !is_alias (b))
    return;
  if (is_alias (a) && is_alias (b) && a->parsed.family != b->parsed.family)
    return; /* pc and q35: the family is enough */
  canonical = get_canonical (j, alias->text);
  if (canonical != NULL && strcmp (canonical, alias->text) != 0)
    refuse_alias_on_host (j, alias, other, canonical);
  else
    REFUSE_WITH_REMEDY (j, ALIAS,
                        dup_alias_remedy (j, "use --pin, with a host that says what the alias is"),
                        "%s is an alias whose meaning depends on the QEMU version, so it cannot be "
                        "compared with %s",
                        alias->text, other->text);
}

/* A setting such as Ubuntu's -hpb is not lost or gained with a version. */
static void
check_variant (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;
  const MtVariant *variant = mt_variant_find_different (&a->parsed, &b->parsed);

  if (variant == NULL || !are_comparable (a, b))
    return;
  REFUSE (j, VARIANT, "only one of %s and %s is the variant %s (%s): a guest keeps its variant",
          a->text, b->text, variant->name, variant->meaning);
}

static void
check_order (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;

  if (!are_comparable (a, b))
    return;
  switch (mt_name_order (&a->parsed, &b->parsed, FALSE)) {
  case MACHTYPE_ORDER_GT:
    REFUSE (j, DOWNGRADE, "%s is older than %s", b->text, a->text);
    break;
  case MACHTYPE_ORDER_INCOMPARABLE:
    if (mt_variant_find_different (&a->parsed, &b->parsed) == NULL)
      REFUSE (j, VARIANT, "%s and %s are variants of the same version", a->text, b->text);
    break;
  default:
    break;
  }
}

/* With pinning, a name can become what it resolves to on the host. */
static gboolean
is_pinned (const Check *j)
{
  const char *a, *b;

  if ((j->flags & MACHTYPE_CHANGE_PIN) == 0)
    return FALSE;
  a = get_canonical (j, j->old_side.text);
  b = get_canonical (j, j->new_side.text);
  return a != NULL && b != NULL && strcmp (a, b) == 0;
}

static void
check_offered (const Check *j)
{
  g_autofree char *near = NULL, *why = NULL;

  if (ask_host (j, j->new_side.text) != MACHTYPE_ANSWER_NO)
    return;
  near = mt_host_dup_near (j->host, j->arch, j->domain_type, j->new_side.text);
  why = mt_host_dup_why_absent (j->host, j->arch, j->domain_type, j->new_side.text);
  if ((j->flags & MACHTYPE_CHANGE_REQUIRE_OFFERED) != 0)
    REFUSE (j, NOT_OFFERED, "the host does not offer %s%s; it offers: %s", j->new_side.text, why,
            near != NULL ? near : "none");
  else
    add (j->change->warnings, "not-offered", "the host does not offer %s%s; it offers: %s",
         j->new_side.text, why, near != NULL ? near : "none");
}

/* What the host says about it comes before the tables; NULL: the host does not offer it. */
static const MtMachine *
find_on_host (const Check *j)
{
  if (j->host == NULL || j->arch == MACHTYPE_ARCH_UNKNOWN)
    return NULL;
  return mt_host_find_machine (j->host, j->arch, j->domain_type, j->new_side.text);
}

static void
warn_of_age (const Check *j)
{
  g_autoptr (MachtypeName) name = machtype_name_new (j->new_side.text, j->arch, NULL);
  const MtMachine *machine = find_on_host (j);
  const gboolean denied =
      machine != NULL && mt_host_denies_deprecation (j->host, j->arch, machine, name);
  g_autofree char *text = mt_lifecycle_dup_text (name, !denied);
  guint deprecated[2], removed[2];

  if (machine != NULL && mt_host_ask_deprecated (j->host, machine) == MACHTYPE_ANSWER_YES)
    add (j->change->warnings, "lifecycle", "%s is deprecated on this host%s%s", j->new_side.text,
         text != NULL ? "; " : "", text != NULL ? text : "");
  else if (!denied && machtype_lifecycle_get_deprecated (name, &deprecated[0], &deprecated[1]) &&
           machtype_lifecycle_get_removed (name, &removed[0], &removed[1]))
    add (j->change->warnings, "lifecycle",
         "%s is deprecated as of QEMU %u.%u and removed in QEMU %u.%u", j->new_side.text,
         deprecated[0], deprecated[1], removed[0], removed[1]);
  else if (text != NULL)
    add (j->change->warnings, "lifecycle", "%s: %s", j->new_side.text, text);
}

static void
list_effects (const Check *j)
{
  const Side *a = &j->old_side, *b = &j->new_side;

  if (a->parsed.family != b->parsed.family || is_board (a)) {
    add (j->change->effects, "board",
         "the machine changes from %s to %s: every device gets a new address, disks may need "
         "another bus, network interfaces may be renamed, Windows may require reactivation",
         get_family_label (a), get_family_label (b));
    return;
  }
  mt_effects_add (j->change->effects, &a->parsed, &b->parsed, j->arch);
  if ((j->flags & MACHTYPE_CHANGE_PROPERTIES) != 0)
    mt_compat_properties_add (j->change->effects, &a->parsed, &b->parsed);
}

static void
force (const Check *j)
{
  const char *from = j->old_side.text != NULL ? j->old_side.text : "none";

  j->change->verdict = MACHTYPE_VERDICT_FORCED;
  add (j->change->warnings, "forced",
       "forcing the machine type from %s to %s will likely break the guest ABI: the guest may not "
       "boot, or may see different devices at different addresses",
       from, j->new_side.text);
  if (j->state == MACHTYPE_STATE_SAVED)
    mt_change_add_saved_state (j->change->warnings);
}

/* To pin an alias that is recorded is a change, although its name is given again. */
static gboolean
is_noop (const Check *j)
{
  if (j->old_side.text == NULL || strcmp (j->old_side.text, j->new_side.text) != 0)
    return FALSE;
  return j->change->canonical == NULL || strcmp (j->change->canonical, j->old_side.text) == 0;
}

static void
check (const Check *j)
{
  if (!j->new_side.valid) {
    g_autofree char *shown = mt_escape_for_message (j->new_side.text);

    REFUSE (j, INVALID, "'%s' is not a valid machine type name", shown);
    return;
  }
  if (is_noop (j)) {
    j->change->verdict = MACHTYPE_VERDICT_NOOP;
    return;
  }
  check_state (j);
  check_supported (j);
  if (j->old_side.text != NULL && !is_pinned (j)) {
    check_family (j);
    check_vendor (j);
    check_alias (j);
    check_variant (j);
    check_order (j);
    list_effects (j);
  }
  check_offered (j);
  warn_of_age (j);
  if (j->change->reasons->len != 0 && (j->flags & MACHTYPE_CHANGE_FORCE) != 0)
    force (j);
}

static void
set_side (const Check *j, Side *side, const char *text, MachtypeArch arch)
{
  const gsize length = text != NULL ? strnlen (text, MACHTYPE_NAME_MAX_LENGTH + 1) : 0;

  side->text = text;
  side->valid = text != NULL && mt_name_parse (text, length, arch, &side->parsed);
  /* Guessed, the architecture is good enough for a name that means nothing without the host. */
  if (side->valid &&
      (arch != MACHTYPE_ARCH_UNKNOWN || side->parsed.kind == MACHTYPE_NAME_KIND_UNKNOWN))
    mt_host_parse_name (j->host, j->arch, j->domain_type, text, length, &side->parsed);
}

/* Without an architecture a host cannot be asked: then it is the host's own if that can have the
 * new type at all, otherwise the first for which the host offers the type. */
static MachtypeArch
guess_arch (const MachtypeHost *host, const char *domain_type, const char *machine)
{
  MtName parsed;
  int i;

  if (host == NULL || !mt_name_parse (machine, strnlen (machine, MACHTYPE_NAME_MAX_LENGTH + 1),
                                      MACHTYPE_ARCH_UNKNOWN, &parsed))
    return MACHTYPE_ARCH_UNKNOWN;
  if (host->arch == MACHTYPE_ARCH_UNKNOWN || parsed.arches == 0 ||
      (parsed.arches & mt_arch_bit (host->arch)) != 0)
    return host->arch;
  for (i = 1; i <= MT_ARCH_LAST; i++) {
    if ((parsed.arches & MT_ARCH_BIT (i)) != 0 &&
        machtype_host_get_canonical (host, (MachtypeArch)i, domain_type, machine) != NULL)
      return (MachtypeArch)i;
  }
  return MACHTYPE_ARCH_UNKNOWN;
}

static gboolean
check_arguments (MachtypeArch arch, MachtypeState state, MachtypeChangeFlags flags, GError **error)
{
  const guint known = MACHTYPE_CHANGE_FORCE | MACHTYPE_CHANGE_PIN |
                      MACHTYPE_CHANGE_REQUIRE_OFFERED | MACHTYPE_CHANGE_PROPERTIES;

  if (!mt_check_flags ("a change", flags, known, error))
    return FALSE;
  if (!mt_arch_check (arch, error))
    return FALSE;
  if ((guint)state > MACHTYPE_STATE_SAVED)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown state %u", (guint)state);
  return TRUE;
}

/**
 * machtype_change_check:
 * @old_machine: (nullable): the recorded machine type; %NULL or empty if there is none
 * @new_machine: the requested machine type; must not be %NULL
 * @arch: the architecture of the guest; %MACHTYPE_ARCH_UNKNOWN to guess it from @host and the name
 * @domain_type: (nullable): libvirt's domain type of the guest, such as `kvm`, which determines
 *   what the host offers; %NULL for the one that the host would use
 * @state: the state of the instance
 * @flags: how to judge
 * @host: (nullable): the host, or %NULL for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Judges a change of a machine type. All reasons against it are listed; the first one is the
 * verdict. A refusal is an answer, not an error. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags, states and architectures.
 *
 * Returns: (transfer full): the judgment, or %NULL on error
 * Since: 1.0
 */
MachtypeChange *
machtype_change_check (const char *old_machine, const char *new_machine, MachtypeArch arch,
                       const char *domain_type, MachtypeState state, MachtypeChangeFlags flags,
                       MachtypeHost *host, GError **error)
{
  g_autofree char *shown = NULL;
  Check j = { 0 };

  g_return_val_if_fail (new_machine != NULL, NULL);

  if (!check_arguments (arch, state, flags, error))
    return NULL;
  j.arch = arch != MACHTYPE_ARCH_UNKNOWN ? arch : guess_arch (host, domain_type, new_machine);
  j.domain_type = domain_type;
  j.state = state;
  j.flags = flags;
  j.host = host;
  set_side (&j, &j.old_side, old_machine != NULL && *old_machine != '\0' ? old_machine : NULL,
            arch);
  set_side (&j, &j.new_side, new_machine, arch);
  if (j.old_side.text != NULL && !j.old_side.valid)
    j.old_side.text = shown = mt_escape_for_message (old_machine);
  j.change = g_new0 (MachtypeChange, 1);
  g_atomic_ref_count_init (&j.change->refs);
  j.change->reasons = mt_findings_new ();
  j.change->warnings = mt_findings_new ();
  j.change->effects = mt_findings_new ();
  j.change->old_machine =
      g_strdup (old_machine != NULL && *old_machine != '\0' ? old_machine : NULL);
  j.change->new_machine = g_strdup (new_machine);
  if (host != NULL && (flags & MACHTYPE_CHANGE_PIN) != 0 && j.arch != MACHTYPE_ARCH_UNKNOWN)
    j.change->canonical = g_strdup (get_canonical (&j, new_machine));
  check (&j);
  return j.change;
}

/**
 * machtype_change_ref:
 * @change: a judgment; must not be %NULL
 *
 * Increases the reference count of @change. Thread-safe.
 *
 * Returns: (transfer full): @change
 * Since: 1.0
 */
MachtypeChange *
machtype_change_ref (MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);

  g_atomic_ref_count_inc (&change->refs);
  return change;
}

/**
 * machtype_change_unref:
 * @change: (transfer full) (nullable): a judgment; %NULL does nothing
 *
 * Decreases the reference count of @change; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_change_unref (MachtypeChange *change)
{
  if (change == NULL || !g_atomic_ref_count_dec (&change->refs))
    return;
  g_ptr_array_unref (change->reasons);
  g_ptr_array_unref (change->warnings);
  g_ptr_array_unref (change->effects);
  g_free (change->old_machine);
  g_free (change->new_machine);
  g_free (change->canonical);
  g_free (change);
}

/**
 * machtype_change_get_verdict:
 * @change: a judgment; must not be %NULL
 *
 * Gets the verdict. Thread-safe.
 *
 * Returns: the verdict
 * Since: 1.0
 */
MachtypeVerdict
machtype_change_get_verdict (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, MACHTYPE_VERDICT_REFUSED_INVALID);
  return change->verdict;
}

/**
 * machtype_change_is_permitted:
 * @change: a judgment; must not be %NULL
 *
 * Checks whether the change is permitted: allowed, nothing to do, or forced. Thread-safe.
 *
 * Returns: %TRUE if it is permitted
 * Since: 1.0
 */
gboolean
machtype_change_is_permitted (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, FALSE);
  return change->verdict <= MACHTYPE_VERDICT_FORCED;
}

/**
 * machtype_change_get_old_machine:
 * @change: a judgment; must not be %NULL
 *
 * Gets the recorded machine type that was judged. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @change; %NULL for none
 * Since: 1.0
 */
const char *
machtype_change_get_old_machine (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return change->old_machine;
}

/**
 * machtype_change_get_new_machine:
 * @change: a judgment; must not be %NULL
 *
 * Gets the requested machine type that was judged. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @change
 * Since: 1.0
 */
const char *
machtype_change_get_new_machine (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return change->new_machine;
}

/**
 * machtype_change_get_machine_to_record:
 * @change: a judgment; must not be %NULL
 *
 * Gets the name to record if the change is made: the name that the requested alias resolves to, if
 * it was judged with %MACHTYPE_CHANGE_PIN and a host that resolves it; otherwise the requested
 * name. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @change
 * Since: 1.0
 */
const char *
machtype_change_get_machine_to_record (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return change->canonical != NULL ? change->canonical : change->new_machine;
}

/**
 * machtype_change_list_reasons:
 * @change: a judgment; must not be %NULL
 *
 * Lists all reasons against the change, the deciding one first. The codes are verdicts, except
 * `saved-state`, which makes the verdict `refused-state`, and those that only a conversion has
 * ([method@Machtype.Conversion.get_change]). A forced change lists them as well. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the reasons, in the order in which
 *   the rules are applied
 * Since: 1.0
 */
GPtrArray *
machtype_change_list_reasons (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return mt_findings_copy (change->reasons);
}

/**
 * machtype_change_list_warnings:
 * @change: a judgment; must not be %NULL
 *
 * Lists what is not a reason against the change but should be known. Codes: `not-offered`,
 * `lifecycle`, `forced`, `saved-state` if that was overridden, and `live-xml` of a conversion.
 * Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in the order of these
 *   codes
 * Since: 1.0
 */
GPtrArray *
machtype_change_list_warnings (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return mt_findings_copy (change->warnings);
}

/**
 * machtype_change_list_effects:
 * @change: a judgment; must not be %NULL
 *
 * Lists the known effects on the guest. Codes: `board`, `version`, `property` if requested, and
 * those of a conversion ([method@Machtype.Conversion.list_effects]). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the effects, a board first, then by
 *   version, the oldest first, then the properties
 * Since: 1.0
 */
GPtrArray *
machtype_change_list_effects (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, NULL);
  return mt_findings_copy (change->effects);
}

/* A refused change records nothing. */
void
mt_change_write (GString *json, const MachtypeChange *change)
{
  mt_json_text (json, "old", change->old_machine);
  mt_json_text (json, "new", change->new_machine);
  if (machtype_change_is_permitted (change))
    mt_json_text (json, "record", machtype_change_get_machine_to_record (change));
  mt_json_text (json, "verdict", machtype_verdict_to_string (change->verdict));
  mt_findings_write (json, "reasons", change->reasons);
  mt_findings_write (json, "warnings", change->warnings);
  mt_findings_write (json, "effects", change->effects);
}

/**
 * machtype_change_to_json:
 * @change: a change; must not be %NULL
 *
 * Writes a change as a JSON object on one line. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_change_to_json (const MachtypeChange *change)
{
  GString *json;

  g_return_val_if_fail (change != NULL, NULL);

  json = mt_json_begin_value ();
  mt_change_write (json, change);
  return mt_json_end_value (json);
}

/**
 * machtype_change_equal:
 * @a: a change; must not be %NULL
 * @b: another change, or the same; must not be %NULL
 *
 * Checks whether two changes are equal: machine types, verdict and all findings. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_change_equal (const MachtypeChange *a, const MachtypeChange *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_json_equal (machtype_change_to_json (a), machtype_change_to_json (b));
}

/**
 * machtype_change_hash:
 * @change: a change; must not be %NULL
 *
 * Computes a hash of a change, for hash tables: equal changes have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_change_hash (const MachtypeChange *change)
{
  g_return_val_if_fail (change != NULL, 0);
  return mt_json_hash (machtype_change_to_json (change));
}
