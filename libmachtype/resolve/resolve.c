/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machine type, and why: the first source that has a value wins. */

#include "resolve/resolve-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "lifecycle-private.h"
#include "json/json-private.h"
#include "name/name-private.h"
#include "policy/policy-private.h"
#include "properties/properties-private.h"
#include "text-private.h"

struct _MachtypeResolution {
  gatomicrefcount refs;
  MachtypeArch arch;
  MachtypeSource source;
  char *machine;
  char *canonical; /* NULL: unknown */
  gboolean pinned;
  char *domain_type;
  guint tb_cache_mib; /* the policy's */
  char *explanation;
  GPtrArray *steps;    /* of char *, ended by NULL */
  GPtrArray *warnings; /* of MachtypeFinding */
};

G_DEFINE_BOXED_TYPE (MachtypeResolution, machtype_resolution, machtype_resolution_ref,
                     machtype_resolution_unref)

G_GNUC_PRINTF (2, 3)
static void
add (GPtrArray *texts, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (texts, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* The rules that were tried, down to the one that decided. */
static void
explain_rules (MachtypeResolution *resolution, const MtResolveInput *in)
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
explain (MachtypeResolution *resolution, const MtResolveInput *in, const MtDecision *out)
{
  GPtrArray *steps = resolution->steps;
  const char *host_arch = in->host != NULL ? machtype_arch_to_string (in->host->arch) : "unknown";

  if (out->arch_from != NULL && *out->arch_from == '\0')
    add (steps, "architecture: %s, set by the program; the host's is %s",
         machtype_arch_to_string (out->arch), host_arch);
  else if (out->arch_from != NULL)
    add (steps, "architecture: %s, from image property %s; the host's is %s",
         machtype_arch_to_string (out->arch), out->arch_from, host_arch);
  else
    add (steps, "architecture: %s, the host's own", machtype_arch_to_string (out->arch));
  explain_rules (resolution, in);
  if (!out->prefers_type && in->policy != NULL &&
      machtype_policy_get_domain_type (in->policy) != NULL)
    add (steps, "the operator prefers domain type %s, which is not available for %s guests here",
         machtype_policy_get_domain_type (in->policy), machtype_arch_to_string (out->arch));
  if (out->prefers_type)
    add (steps, "domain type: %s, preferred by the operator", out->domain_type);
  else if (in->host != NULL && in->host->has_capabilities)
    add (steps, "domain type: %s, the best in the host's capabilities for %s", out->domain_type,
         machtype_arch_to_string (out->arch));
  else
    add (steps, "domain type: %s, from the architectures; no capabilities were given",
         out->domain_type);
  if (out->canonical == NULL)
    add (steps, "canonical name: unknown, no host resolved it");
  else
    add (steps, "canonical name: %s on this host", out->canonical);
  add (steps, "to be recorded: %s (policy %s)",
       machtype_resolution_get_machine_to_record (resolution),
       resolution->pinned ? "pin" : "follow");
}

/* Machine types were parsed, but the canonical name and the domain type are whatever the host
 * reports. */
static void
escape_steps (GPtrArray *steps, const MtDecision *out)
{
  guint i;

  if (mt_is_plain (out->domain_type) && (out->canonical == NULL || mt_is_plain (out->canonical)))
    return;
  for (i = 0; i < steps->len; i++) {
    char *step = steps->pdata[i];

    steps->pdata[i] = machtype_text_escape_message (step);
    g_free (step);
  }
}

static char *
dup_explanation (const MtDecision *out)
{
  const char *arch = machtype_arch_to_string (out->arch);

  switch (out->source) {
  case MACHTYPE_SOURCE_RECORDED:
    return g_strdup ("it was recorded for this instance");
  case MACHTYPE_SOURCE_IMAGE:
    return g_strdup ("it is set by the image property hw_machine_type");
  case MACHTYPE_SOURCE_CONFIG:
    return g_strdup_printf ("it is the operator's default for %s", arch);
  default:
    return g_strdup_printf ("it is the built-in default for %s", arch);
  }
}

static gboolean
is_deprecated_here (const MtResolveInput *in, const MtDecision *out)
{
  const MtMachine *info;

  if (in->host == NULL || out->canonical == NULL)
    return FALSE;
  info = mt_host_find_machine (in->host, out->arch, out->domain_type, out->canonical);
  return info != NULL && info->deprecated == MACHTYPE_ANSWER_YES;
}

G_GNUC_PRINTF (3, 4)
static void
warn (MachtypeResolution *resolution, const char *code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (resolution->warnings,
                   mt_finding_new (code, g_strdup_vprintf (format, arguments), NULL));
  va_end (arguments);
}

/* What a host offers exists, whatever its name is. */
static void
add_impossible (MachtypeResolution *resolution, const MtDecision *out)
{
  g_autoptr (MachtypeName) name =
      out->canonical == NULL ? machtype_name_new (out->machine, out->arch, NULL) : NULL;
  g_autofree char *intended = name != NULL ? machtype_name_dup_intended (name) : NULL;

  if (intended != NULL)
    warn (resolution, "impossible-name", "no QEMU has a machine type %s; did you mean '%s'?",
          out->machine, intended);
  else if (name != NULL && !mt_lifecycle_may_exist (mt_name_get_parsed (name)))
    warn (resolution, "unreleased-version",
          "no release has machine type %s, and none that is expected within a year will have it",
          out->machine);
}

static void
add_warnings (MachtypeResolution *resolution, const MtResolveInput *in, const MtDecision *out)
{
  const GPtrArray *policy = in->policy != NULL ? mt_policy_get_warnings (in->policy) : NULL;
  MtName parsed;
  guint i;

  for (i = 0; policy != NULL && i < policy->len; i++)
    g_ptr_array_add (resolution->warnings, machtype_finding_ref (policy->pdata[i]));
  add_impossible (resolution, out);
  if (is_deprecated_here (in, out))
    warn (resolution, "machine-deprecated", "machine type %s is deprecated on this host",
          out->canonical);
  if (resolution->pinned && out->canonical == NULL &&
      mt_name_parse (out->machine, strlen (out->machine), out->arch, &parsed) &&
      parsed.kind == MACHTYPE_NAME_KIND_ALIAS)
    warn (resolution, "alias-not-pinned",
          "%s is an alias that no host resolved: the guest's machine type may change when QEMU is "
          "upgraded",
          out->machine);
}

static void
add_unknown_names (MachtypeResolution *resolution, const MachtypeProperties *properties)
{
  g_autoptr (GPtrArray) unknown = NULL;
  guint i;

  if (!mt_properties_has_unknown (properties))
    return;
  unknown = machtype_properties_list_unknown (properties);
  for (i = 0; i < unknown->len; i++)
    g_ptr_array_add (resolution->warnings, machtype_finding_ref (unknown->pdata[i]));
}

static MachtypeResolution *
resolution_new (const MtResolveInput *in, const MtDecision *out,
                const MachtypeProperties *properties)
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
  resolution->tb_cache_mib = in->policy != NULL ? machtype_policy_get_tb_cache (in->policy) : 0;
  resolution->explanation = dup_explanation (out);
  resolution->steps = g_ptr_array_new_with_free_func (g_free);
  resolution->warnings = mt_findings_new ();
  explain (resolution, in, out);
  escape_steps (resolution->steps, out);
  add_unknown_names (resolution, properties);
  add_warnings (resolution, in, out);
  g_ptr_array_add (resolution->steps, NULL);
  return resolution;
}

MachtypeResolution *
mt_resolve (MachtypeProperties *properties, MachtypePolicy *policy, MachtypeHost *host,
            const char *recorded, MtDefaultMachineFunc get_default, GError **error)
{
  MtResolveInput in = { 0 };
  MtDecision out = { 0 };

  in.own_arch = mt_properties_get_own_arch (properties);
  in.emulation_arch = mt_properties_get_arch (properties, MT_PROPERTY_EMULATION_ARCHITECTURE);
  in.image_arch = mt_properties_get_arch (properties, MT_PROPERTY_ARCHITECTURE);
  in.machine_type = mt_properties_get (properties, MT_PROPERTY_MACHINE_TYPE);
  in.policy = policy;
  in.host = host;
  in.recorded = recorded != NULL && *recorded != '\0' ? recorded : NULL;
  in.get_default = get_default;
  if (!mt_properties_check_deciding (properties, in.recorded != NULL, error))
    return NULL;
  return mt_decide (&in, &out, error) ? resolution_new (&in, &out, properties) : NULL;
}

/**
 * machtype_resolve:
 * @properties: (nullable): image properties and extra specs, or %NULL for none
 * @policy: (nullable): the operator's defaults, or %NULL for none, and to pin
 * @host: (nullable): the host, or %NULL if nothing is known about it
 * @recorded: (nullable): the machine type recorded for the instance; %NULL or empty for a new one
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides the machine type of a guest. The first source that has a value wins: the recorded machine
 * type, the image property `hw_machine_type`, the operator's default for the guest's architecture,
 * the built-in default. The architecture is that of
 * [method@Machtype.PropertiesBuilder.set_arch], otherwise `hw_emulation_architecture`, otherwise
 * `hw_architecture`, otherwise the host's. If capabilities are known, the result is checked against
 * what the host offers for that architecture and domain type. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_UNKNOWN_ARCH if the architecture is not known,
 * %MACHTYPE_ERROR_INVALID_PROPERTY for an architecture or machine type that was kept although this
 * release does not know it ([method@Machtype.PropertiesBuilder.keep_image]),
 * %MACHTYPE_ERROR_NO_DEFAULT
 * if no source has a value, %MACHTYPE_ERROR_INVALID_NAME if @recorded is not a valid name,
 * %MACHTYPE_ERROR_UNSUPPORTED for a machine type that exists only for other architectures,
 * %MACHTYPE_ERROR_NOT_OFFERED for one that the host does not offer; the message lists similar ones
 * that it offers.
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
 * Increases the reference count of @resolution. Thread-safe.
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
 * Decreases the reference count of @resolution; frees it when the count reaches zero. Thread-safe.
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
 * Gets the architecture of the guest. Thread-safe.
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
 * Gets the machine type as it was requested, possibly an alias. Thread-safe.
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
 * Gets the canonical name of the machine type on the host: `pc-q35-7.2` for `q35`. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @resolution; %NULL if no host
 *   resolved it
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
 * Gets the name to record and to use in the domain XML: the canonical one if the policy is to pin
 * and a host resolved it, otherwise the requested one. Thread-safe.
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
 * Gets the rule that decided. Thread-safe.
 *
 * Returns: the source
 * Since: 1.0
 */
MachtypeSource
machtype_resolution_get_source (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, MACHTYPE_SOURCE_NONE);
  return resolution->source;
}

/**
 * machtype_resolution_get_domain_type:
 * @resolution: a resolution; must not be %NULL
 *
 * Gets libvirt's domain type: `kvm` if the host accelerates guests of this architecture, otherwise
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
 * Gets the reason, as half a sentence that can follow "because". Thread-safe.
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
 * Gets the reasons step by step: every rule that was tried, and its result. Thread-safe.
 *
 * Returns: (transfer none) (array zero-terminated=1): lines, in the order in which the rules were
 *   tried, valid as long as @resolution
 * Since: 1.0
 */
const char *const *
machtype_resolution_get_steps (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return (const char *const *)resolution->steps->pdata;
}

guint
mt_resolution_get_tb_cache (const MachtypeResolution *resolution)
{
  return resolution->tb_cache_mib;
}

/**
 * machtype_resolution_list_warnings:
 * @resolution: a resolution; must not be %NULL
 *
 * Lists what the operator should know: misspelled image properties and extra specs
 * (`property-unknown`), the warnings of the policy, a name that no QEMU can have
 * (`impossible-name`), a version that no release has (`unreleased-version`), a deprecated type
 * (`machine-deprecated`), an alias that cannot be pinned (`alias-not-pinned`). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in this order, of
 *   several properties sorted by name; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_resolution_list_warnings (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, NULL);
  return mt_findings_copy (resolution->warnings);
}

/**
 * machtype_resolution_to_json:
 * @resolution: a resolution; must not be %NULL
 *
 * Writes a resolution as a JSON object on one line. `doc/json.md` documents the members.
 * Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_resolution_to_json (const MachtypeResolution *resolution)
{
  GString *json;
  guint i;

  g_return_val_if_fail (resolution != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "arch", machtype_arch_to_string (resolution->arch));
  mt_json_text (json, "machine", resolution->machine);
  mt_json_text (json, "canonical", resolution->canonical);
  mt_json_text (json, "record", machtype_resolution_get_machine_to_record (resolution));
  mt_json_text (json, "source", machtype_source_to_string (resolution->source));
  mt_json_text (json, "domain_type", resolution->domain_type);
  mt_json_text (json, "explanation", resolution->explanation);
  mt_findings_write (json, "warnings", resolution->warnings);
  mt_json_begin (json, "steps", '[');
  for (i = 0; i + 1 < resolution->steps->len; i++)
    mt_json_text (json, NULL, resolution->steps->pdata[i]);
  mt_json_end (json, ']');
  return mt_json_end_value (json);
}

/**
 * machtype_resolution_equal:
 * @a: a resolution; must not be %NULL
 * @b: another resolution, or the same; must not be %NULL
 *
 * Checks whether two resolutions are equal, explanation and warnings included. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_resolution_equal (const MachtypeResolution *a, const MachtypeResolution *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_json_equal (machtype_resolution_to_json (a), machtype_resolution_to_json (b));
}

/**
 * machtype_resolution_hash:
 * @resolution: a resolution; must not be %NULL
 *
 * Computes a hash of a resolution, for hash tables: equal resolutions have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_resolution_hash (const MachtypeResolution *resolution)
{
  g_return_val_if_fail (resolution != NULL, 0);
  return mt_json_hash (machtype_resolution_to_json (resolution));
}
