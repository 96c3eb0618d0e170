/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine type, and why: the first rule that speaks wins. */

#include "resolve-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "error-private.h"
#include "host/host-private.h"
#include "name/name-private.h"
#include "properties-private.h"

/* What was decided, before it is put into words: all texts are borrowed. */
typedef struct {
  MachtypeArch arch;
  const char *arch_from; /* for people: where arch comes from */
  const char *machine;
  MachtypeSource source;
  const char *canonical; /* NULL: no host told it */
  const char *domain_type;
  gboolean prefers_type; /* the operator said so */
} Decision;

/* What there is to decide from. */
typedef struct {
  const MachtypeProperties *properties; /* NULL: none */
  const MachtypePolicy *policy;         /* NULL: none */
  MachtypeHost *host;                   /* NULL: nothing known */
  const char *recorded;                 /* NULL: nothing */
  MtDefaultMachineFunc get_default;
} Input;

struct _MachtypeResolution {
  gatomicrefcount refs;
  MachtypeArch arch;
  MachtypeSource source;
  char *machine;
  char *canonical; /* NULL: not known */
  gboolean pinned;
  char *domain_type;
  char *explanation;
  GPtrArray *steps; /* of char *, ended by NULL */
  GPtrArray *warnings;
};

G_DEFINE_BOXED_TYPE (MachtypeResolution, machtype_resolution, machtype_resolution_ref,
                     machtype_resolution_unref)

/**
 * machtype_source_to_string:
 * @source: a source
 *
 * Tells the word for a source: `recorded`, `image`, `config`, `builtin`. Thread-safe.
 *
 * Returns: (transfer none): a constant string
 * Since: 1.0
 */
const char *
machtype_source_to_string (MachtypeSource source)
{
  switch (source) {
  case MACHTYPE_SOURCE_RECORDED:
    return "recorded";
  case MACHTYPE_SOURCE_IMAGE:
    return "image";
  case MACHTYPE_SOURCE_CONFIG:
    return "config";
  case MACHTYPE_SOURCE_BUILTIN:
    return "builtin";
  default:
    return "unknown";
  }
}

static gboolean
decide_arch (const Input *in, Decision *out, GError **error)
{
  static const MtProperty properties[] = { MT_PROPERTY_EMULATION_ARCHITECTURE,
                                           MT_PROPERTY_ARCHITECTURE };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (properties); i++) {
    out->arch = mt_properties_get_arch (in->properties, properties[i]);
    out->arch_from = mt_property_name (properties[i]);
    if (out->arch != MACHTYPE_ARCH_UNKNOWN)
      return TRUE;
  }
  out->arch = in->host != NULL ? in->host->arch : MACHTYPE_ARCH_UNKNOWN;
  out->arch_from = NULL;
  if (out->arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNKNOWN_ARCH,
               "the architecture of the guest is not known: neither hw_emulation_architecture nor "
               "hw_architecture is set, and nothing tells the host's");
  return FALSE;
}

static const char *
get_config (const Input *in, MachtypeArch arch)
{
  return in->policy != NULL ? machtype_policy_get_default (in->policy, arch) : NULL;
}

static gboolean
decide_machine (const Input *in, Decision *out, GError **error)
{
  if (in->recorded != NULL) {
    out->source = MACHTYPE_SOURCE_RECORDED;
    out->machine = in->recorded;
  } else if ((out->machine = mt_properties_get (in->properties, MT_PROPERTY_MACHINE_TYPE)) != NULL)
    out->source = MACHTYPE_SOURCE_IMAGE;
  else if ((out->machine = get_config (in, out->arch)) != NULL)
    out->source = MACHTYPE_SOURCE_CONFIG;
  else {
    out->source = MACHTYPE_SOURCE_BUILTIN;
    out->machine = in->get_default (out->arch);
  }
  if (out->machine != NULL)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NO_DEFAULT,
               "%s has no default machine type: set the image property hw_machine_type, or the "
               "operator's default for %s",
               machtype_arch_to_string (out->arch), machtype_arch_to_string (out->arch));
  return FALSE;
}

static char *
dup_arch_names (guint64 arches)
{
  GString *list = g_string_new (NULL);
  int i;

  for (i = 1; i <= MT_ARCH_LAST; i++) {
    if ((arches & MT_ARCH_BIT (i)) != 0)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "",
                              machtype_arch_to_string ((MachtypeArch)i));
  }
  return g_string_free (list, FALSE);
}

/* A name that belongs to other architectures, as virt does for mipsel. What the host offers is
 * believed; without one the tables speak. */
static gboolean
check_arch (const Input *in, const Decision *out, GError **error)
{
  g_autofree char *arches = NULL, *hint = NULL;
  const char *arch = machtype_arch_to_string (out->arch);
  const char *usual;
  MtName parsed;

  if (!mt_name_parse (out->machine, strlen (out->machine), out->arch, &parsed)) {
    mt_name_set_invalid (out->machine, error);
    return FALSE;
  }
  if (parsed.arches == 0 || (parsed.arches & MT_ARCH_BIT (out->arch)) != 0)
    return TRUE;
  if (in->host != NULL && machtype_host_offers (in->host, out->arch, out->domain_type,
                                                out->machine) == MACHTYPE_ANSWER_YES)
    return TRUE;
  arches = dup_arch_names (parsed.arches);
  usual = in->get_default (out->arch);
  hint = usual != NULL ? g_strdup_printf ("; for %s it is usually %s", arch, usual) : g_strdup ("");
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED,
               "machine type %s does not exist for %s guests, only for %s%s", out->machine, arch,
               arches, hint);
  return FALSE;
}

/* The operator's preference, where guests of this architecture can have it. */
static const char *
get_preferred_type (const Input *in, MachtypeArch arch)
{
  const char *wanted = in->policy != NULL ? machtype_policy_get_domain_type (in->policy) : NULL;
  g_auto (GStrv) types = NULL;

  if (wanted == NULL || in->host == NULL)
    return NULL;
  if (!in->host->has_capabilities)
    return strcmp (wanted, "qemu") == 0 || machtype_arch_can_accelerate (arch, in->host->arch)
               ? wanted
               : NULL;
  types = machtype_host_dup_domain_types (in->host, arch);
  return g_strv_contains ((const char *const *)types, wanted) ? wanted : NULL;
}

static gboolean
decide_domain_type (const Input *in, Decision *out, GError **error)
{
  const char *arch = machtype_arch_to_string (out->arch);
  const char *package = machtype_arch_get_emulator_package (out->arch);
  g_autofree char *hint = NULL;

  out->domain_type = get_preferred_type (in, out->arch);
  out->prefers_type = out->domain_type != NULL;
  if (out->domain_type == NULL)
    out->domain_type =
        in->host != NULL ? machtype_host_get_domain_type (in->host, out->arch) : "qemu";
  if (out->domain_type != NULL)
    return TRUE;
  hint = package != NULL ? g_strdup_printf ("; install package %s", package) : g_strdup ("");
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_OFFERED,
               "the host runs no %s guests: it has no emulator for them%s", arch, hint);
  return FALSE;
}

static char *
dup_removal_note (const char *machine, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name = machtype_name_new (machine, arch, NULL);
  guint major, minor;

  if (name == NULL || !machtype_lifecycle_get_removed (name, &major, &minor))
    return g_strdup ("");
  return g_strdup_printf (" (QEMU %u.%u and later do not have it)", major, minor);
}

static gboolean
check_offered (const Input *in, Decision *out, GError **error)
{
  g_autofree char *near = NULL, *note = NULL;

  if (in->host == NULL || machtype_host_offers (in->host, out->arch, out->domain_type,
                                                out->machine) == MACHTYPE_ANSWER_UNKNOWN)
    return TRUE;
  out->canonical =
      machtype_host_get_canonical (in->host, out->arch, out->domain_type, out->machine);
  if (out->canonical != NULL)
    return TRUE;
  near = mt_host_dup_near (in->host, out->arch, out->domain_type, out->machine);
  note = dup_removal_note (out->machine, out->arch);
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_OFFERED,
               "the host does not offer machine type %s for %s guests of domain type %s%s; it has: "
               "%s",
               out->machine, machtype_arch_to_string (out->arch), out->domain_type, note,
               near != NULL ? near : "none");
  return FALSE;
}

static gboolean
decide (const Input *in, Decision *out, GError **error)
{
  return decide_arch (in, out, error) && decide_machine (in, out, error) &&
         decide_domain_type (in, out, error) && check_arch (in, out, error) &&
         check_offered (in, out, error);
}

G_GNUC_PRINTF (2, 3)
static void
add (GPtrArray *texts, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (texts, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* The rules that were asked, down to the one that spoke. */
static void
explain_rules (MachtypeResolution *resolution, const Input *in)
{
  const char *arch = machtype_arch_to_string (resolution->arch);

  if (resolution->source == MACHTYPE_SOURCE_RECORDED) {
    add (resolution->steps, "recorded: %s", resolution->machine);
    return;
  }
  add (resolution->steps, "recorded: nothing");
  if (resolution->source == MACHTYPE_SOURCE_IMAGE) {
    add (resolution->steps, "image property hw_machine_type: %s", resolution->machine);
    return;
  }
  add (resolution->steps, "image property hw_machine_type: not set");
  if (resolution->source == MACHTYPE_SOURCE_CONFIG) {
    add (resolution->steps, "operator's default for %s: %s", arch, resolution->machine);
    return;
  }
  add (resolution->steps, "operator's default for %s: %s", arch,
       in->policy != NULL ? "none" : "no policy given");
  add (resolution->steps, "built-in default for %s: %s", arch, resolution->machine);
}

static void
explain (MachtypeResolution *resolution, const Input *in, const Decision *out)
{
  GPtrArray *steps = resolution->steps;
  const char *host_arch = in->host != NULL ? machtype_arch_to_string (in->host->arch) : "not known";

  if (out->arch_from != NULL)
    add (steps, "architecture: %s, by image property %s; the host's is %s",
         machtype_arch_to_string (out->arch), out->arch_from, host_arch);
  else
    add (steps, "architecture: %s, the host's own", machtype_arch_to_string (out->arch));
  explain_rules (resolution, in);
  if (!out->prefers_type && in->policy != NULL &&
      machtype_policy_get_domain_type (in->policy) != NULL)
    add (steps, "the operator prefers domain type %s, which %s guests cannot have here",
         machtype_policy_get_domain_type (in->policy), machtype_arch_to_string (out->arch));
  if (out->prefers_type)
    add (steps, "domain type: %s, as the operator prefers", out->domain_type);
  else if (in->host != NULL && in->host->has_capabilities)
    add (steps, "domain type: %s, the best that the host's capabilities list for %s",
         out->domain_type, machtype_arch_to_string (out->arch));
  else
    add (steps, "domain type: %s, by the architectures; no capabilities were given",
         out->domain_type);
  if (out->canonical == NULL)
    add (steps, "canonical name: not known, no host told it");
  else
    add (steps, "canonical name: %s on this host", out->canonical);
  add (steps, "to be recorded: %s (policy %s)",
       machtype_resolution_get_machine_to_record (resolution),
       resolution->pinned ? "pin" : "follow");
}

static char *
dup_explanation (const Decision *out)
{
  const char *arch = machtype_arch_to_string (out->arch);

  switch (out->source) {
  case MACHTYPE_SOURCE_RECORDED:
    return g_strdup ("it was recorded for this instance");
  case MACHTYPE_SOURCE_IMAGE:
    return g_strdup ("the image property hw_machine_type says so");
  case MACHTYPE_SOURCE_CONFIG:
    return g_strdup_printf ("the operator's default for %s says so", arch);
  default:
    return g_strdup_printf ("it is the built-in default for %s", arch);
  }
}

static gboolean
is_deprecated_here (const Input *in, const Decision *out)
{
  const MtMachine *info;

  if (in->host == NULL || out->canonical == NULL)
    return FALSE;
  info = mt_host_find_machine (in->host, out->arch, out->domain_type, out->canonical);
  return info != NULL && info->deprecated == MACHTYPE_ANSWER_YES;
}

static void
add_warnings (MachtypeResolution *resolution, const Input *in, const Decision *out)
{
  const char *const *policy = in->policy != NULL ? machtype_policy_get_warnings (in->policy) : NULL;
  MtName parsed;

  for (; policy != NULL && *policy != NULL; policy++)
    add (resolution->warnings, "%s", *policy);
  if (is_deprecated_here (in, out))
    add (resolution->warnings, "machine type %s is deprecated on this host", out->canonical);
  if (resolution->pinned && out->canonical == NULL &&
      mt_name_parse (out->machine, strlen (out->machine), out->arch, &parsed) &&
      parsed.kind == MACHTYPE_NAME_KIND_ALIAS)
    add (resolution->warnings,
         "%s is an alias and no host tells what it stands for: the guest's board would change with "
         "QEMU",
         out->machine);
}

static MachtypeResolution *
resolution_new (const Input *in, const Decision *out)
{
  MachtypeResolution *resolution = g_new0 (MachtypeResolution, 1);

  g_atomic_ref_count_init (&resolution->refs);
  resolution->arch = out->arch;
  resolution->source = out->source;
  resolution->machine = g_strdup (out->machine);
  resolution->canonical = g_strdup (out->canonical);
  resolution->pinned =
      in->policy == NULL || machtype_policy_get_pinning (in->policy) == MACHTYPE_PINNING_PIN;
  resolution->domain_type = g_strdup (out->domain_type);
  resolution->explanation = dup_explanation (out);
  resolution->steps = g_ptr_array_new_with_free_func (g_free);
  resolution->warnings = g_ptr_array_new_with_free_func (g_free);
  explain (resolution, in, out);
  add_warnings (resolution, in, out);
  g_ptr_array_add (resolution->steps, NULL);
  g_ptr_array_add (resolution->warnings, NULL);
  return resolution;
}

MachtypeResolution *
mt_resolve (MachtypeProperties *properties, MachtypePolicy *policy, MachtypeHost *host,
            const char *recorded, MtDefaultMachineFunc get_default, GError **error)
{
  Input in = { properties, policy, host, NULL, get_default };
  Decision out = { 0 };

  if (recorded != NULL && *recorded != '\0')
    in.recorded = recorded;
  return decide (&in, &out, error) ? resolution_new (&in, &out) : NULL;
}

/**
 * machtype_resolve:
 * @properties: (nullable): image properties and extra specs, or %NULL for none
 * @policy: (nullable): the operator's defaults, or %NULL for none, and pin
 * @host: (nullable): the host, or %NULL if nothing is known of it
 * @recorded: (nullable): the machine type recorded for the instance; %NULL or empty for a new one
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides the machine type of a guest. The first that speaks wins: what is recorded, the image
 * property `hw_machine_type`, the operator's default for the guest's architecture, the built-in
 * default. The architecture is `hw_emulation_architecture`, else `hw_architecture`, else the
 * host's. With capabilities the answer is checked against what the host offers for that
 * architecture and domain type. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_UNKNOWN_ARCH if nothing tells the architecture, %MACHTYPE_ERROR_NO_DEFAULT
 * if no rule speaks, %MACHTYPE_ERROR_INVALID_NAME for a recorded text that is no name,
 * %MACHTYPE_ERROR_UNSUPPORTED for a machine type of other architectures,
 * %MACHTYPE_ERROR_NOT_OFFERED for one that the host lacks, with the near ones it has.
 *
 * Returns: (transfer full): the resolution, or %NULL on error
 * Since: 1.0
 */
MachtypeResolution *
machtype_resolve (MachtypeProperties *properties, MachtypePolicy *policy, MachtypeHost *host,
                  const char *recorded, GError **error)
{
  return mt_resolve (properties, policy, host, recorded, machtype_arch_get_default_machine, error);
}

/**
 * machtype_resolution_ref:
 * @resolution: a resolution; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @resolution
 * Since: 1.0
 */
MachtypeResolution *
machtype_resolution_ref (MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);

  g_atomic_ref_count_inc (&resolution->refs);
  return resolution;
}

/**
 * machtype_resolution_unref:
 * @resolution: (transfer full) (nullable): a resolution; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_resolution_unref (MachtypeResolution *resolution)
{
  if (resolution == NULL || !g_atomic_ref_count_dec (&resolution->refs))
    return;
  g_free (resolution->machine);
  g_free (resolution->canonical);
  g_free (resolution->domain_type);
  g_free (resolution->explanation);
  g_ptr_array_unref (resolution->steps);
  g_ptr_array_unref (resolution->warnings);
  g_free (resolution);
}

/**
 * machtype_resolution_get_arch:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells the architecture of the guest. Thread-safe.
 *
 * Returns: the architecture
 * Since: 1.0
 */
MachtypeArch
machtype_resolution_get_arch (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, MACHTYPE_ARCH_UNKNOWN);
  return resolution->arch;
}

/**
 * machtype_resolution_get_machine:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells the machine type as it was asked for: perhaps an alias. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @resolution
 * Since: 1.0
 */
const char *
machtype_resolution_get_machine (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return resolution->machine;
}

/**
 * machtype_resolution_get_canonical:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells what the machine type is called in full on the host: `pc-q35-7.2` for `q35`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @resolution; %NULL where no host
 *   told it
 * Since: 1.0
 */
const char *
machtype_resolution_get_canonical (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return resolution->canonical;
}

/**
 * machtype_resolution_get_machine_to_record:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells the name to record and to put into the domain XML: the canonical one where the policy is to
 * pin and a host told it, else the one asked for. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @resolution
 * Since: 1.0
 */
const char *
machtype_resolution_get_machine_to_record (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return resolution->pinned && resolution->canonical != NULL ? resolution->canonical
                                                             : resolution->machine;
}

/**
 * machtype_resolution_get_source:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells which rule decided. Thread-safe.
 *
 * Returns: the source
 * Since: 1.0
 */
MachtypeSource
machtype_resolution_get_source (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, MACHTYPE_SOURCE_BUILTIN);
  return resolution->source;
}

/**
 * machtype_resolution_get_domain_type:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells libvirt's domain type: `kvm` where the host accelerates guests of this architecture, else
 * usually `qemu`. Thread-safe.
 *
 * Returns: (transfer none): the type, valid as long as @resolution
 * Since: 1.0
 */
const char *
machtype_resolution_get_domain_type (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return resolution->domain_type;
}

/**
 * machtype_resolution_get_explanation:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells why, in half a sentence that can follow "because". Thread-safe.
 *
 * Returns: (transfer none): the explanation, valid as long as @resolution
 * Since: 1.0
 */
const char *
machtype_resolution_get_explanation (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return resolution->explanation;
}

/**
 * machtype_resolution_get_steps:
 * @resolution: a resolution; must not be %NULL
 *
 * Tells why, step by step: every rule that was asked and what it said. Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): lines, valid as long as @resolution
 * Since: 1.0
 */
const char *const *
machtype_resolution_get_steps (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return (const char *const *)resolution->steps->pdata;
}

/**
 * machtype_resolution_get_warnings:
 * @resolution: a resolution; must not be %NULL
 *
 * Lists what the operator should know: skipped defaults, a deprecated type, an alias that cannot be
 * pinned. Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): messages, valid as long as @resolution
 * Since: 1.0
 */
const char *const *
machtype_resolution_get_warnings (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return (const char *const *)resolution->warnings->pdata;
}
