/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of resolving. Nothing is allocated unless there is an error. */

#include "resolve/resolve-private.h"

#include <string.h>

#include "error-private.h"
#include "host/host-private.h"
#include "name/name-private.h"
#include "properties/properties-private.h"

static gboolean
decide_arch (const MtResolveInput *in, MtDecision *out, GError **error)
{
  out->arch = mt_choose_guest_arch (in->own_arch, in->emulation_arch, in->image_arch,
                                    in->host != NULL ? in->host->arch : MACHTYPE_ARCH_UNKNOWN,
                                    &out->arch_from);
  if (out->arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNKNOWN_ARCH,
                  "the guest's architecture is unknown: neither hw_emulation_architecture nor "
                  "hw_architecture is set, and the host's architecture is unknown");
}

static const char *
get_config (const MtResolveInput *in, MachtypeArch arch)
{
  return in->policy != NULL ? machtype_policy_get_default (in->policy, arch) : NULL;
}

static gboolean
decide_machine (const MtResolveInput *in, MtDecision *out, GError **error)
{
  if (in->recorded != NULL) {
    out->source = MACHTYPE_SOURCE_RECORDED;
    out->machine = in->recorded;
  } else if ((out->machine = in->machine_type) != NULL)
    out->source = MACHTYPE_SOURCE_IMAGE;
  else if ((out->machine = get_config (in, out->arch)) != NULL)
    out->source = MACHTYPE_SOURCE_CONFIG;
  else {
    out->source = MACHTYPE_SOURCE_BUILTIN;
    out->machine = in->get_default (out->arch);
  }
  if (out->machine != NULL)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_NO_DEFAULT,
                  "%s has no default machine type: set the image property hw_machine_type or the "
                  "operator's default for %s",
                  machtype_arch_to_string (out->arch), machtype_arch_to_string (out->arch));
}

/* A name that exists only for other architectures, as virt does for mipsel. */
static gboolean
check_arch (const MtResolveInput *in, const MtDecision *out, GError **error)
{
  g_autofree char *foreign = NULL;
  MtName parsed;

  if (!mt_name_parse (out->machine, strlen (out->machine), out->arch, &parsed)) {
    mt_name_set_invalid (out->machine, error);
    return FALSE;
  }
  foreign = mt_name_dup_foreign (&parsed, out->machine, out->arch, in->get_default (out->arch));
  return foreign == NULL || mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED, "%s", foreign);
}

/* The operator's preference, if guests of this architecture can have it. */
static const char *
get_preferred_type (const MtResolveInput *in, MachtypeArch arch)
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
fail_for_emulator (const MtResolveInput *in, MachtypeArch arch, GError **error)
{
  const char *refusal = in->host != NULL ? mt_host_get_refusal (in->host, arch) : NULL;
  g_autofree char *remedy = mt_host_dup_emulator_remedy (in->host, arch);

  if (refusal != NULL)
    return mt_fail (error, MACHTYPE_ERROR_NOT_OFFERED,
                    "the host cannot run %s guests: libvirt refuses its emulator for them: %s",
                    machtype_arch_to_string (arch), refusal);
  return mt_fail (error, MACHTYPE_ERROR_NOT_OFFERED,
                  "the host cannot run %s guests: it has no emulator for them%s%s",
                  machtype_arch_to_string (arch), remedy != NULL ? "; " : "",
                  remedy != NULL ? remedy : "");
}

static gboolean
decide_domain_type (const MtResolveInput *in, MtDecision *out, GError **error)
{

  out->domain_type = get_preferred_type (in, out->arch);
  out->prefers_type = out->domain_type != NULL;
  if (out->domain_type == NULL)
    out->domain_type =
        in->host != NULL ? machtype_host_get_domain_type (in->host, out->arch) : "qemu";
  if (out->domain_type != NULL)
    return TRUE;
  return fail_for_emulator (in, out->arch, error);
}

/* The operator did not choose the built-in default: what the guest can have instead. */
static char *
dup_way_out (const MtDecision *out, const char *near)
{
  g_autofree char *first = near != NULL ? g_strndup (near, strcspn (near, ",")) : NULL;

  if (out->source != MACHTYPE_SOURCE_BUILTIN || first == NULL)
    return g_strdup ("");
  return g_strdup_printf ("; set the image property hw_machine_type or the operator's default for "
                          "%s, for example to %s",
                          machtype_arch_to_string (out->arch), first);
}

static gboolean
check_offered (const MtResolveInput *in, const MtDecision *out, GError **error)
{
  g_autofree char *near = NULL, *why = NULL, *way_out = NULL;

  if (in->host == NULL || machtype_host_offers (in->host, out->arch, out->domain_type,
                                                out->machine) == MACHTYPE_ANSWER_UNKNOWN)
    return TRUE;
  near = mt_host_dup_near (in->host, out->arch, out->domain_type, out->machine);
  why = mt_host_dup_why_absent (in->host, out->arch, out->domain_type, out->machine);
  way_out = dup_way_out (out, near);
  mt_fail (
      error, MACHTYPE_ERROR_NOT_OFFERED,
      "the host does not offer machine type %s for %s guests of domain type %s%s; it offers: %s%s",
      out->machine, machtype_arch_to_string (out->arch), out->domain_type, why,
      near != NULL ? near : "none", way_out);
  return FALSE;
}

/* What the host offers is trusted, without looking at the name; for everything else the tables
 * decide. */
gboolean
mt_decide (const MtResolveInput *in, MtDecision *out, GError **error)
{
  if (!decide_arch (in, out, error) || !decide_machine (in, out, error) ||
      !decide_domain_type (in, out, error))
    return FALSE;
  if (in->host != NULL)
    out->canonical =
        machtype_host_get_canonical (in->host, out->arch, out->domain_type, out->machine);
  return out->canonical != NULL || (check_arch (in, out, error) && check_offered (in, out, error));
}

static gboolean
read_arch (const MachtypePair *pair, MachtypeArch *arch, GError **error)
{
  *arch = mt_arch_find (pair->value, strlen (pair->value));
  return *arch != MACHTYPE_ARCH_UNKNOWN || mt_property_check (pair->name, pair->value, error);
}

/* The three properties that matter, out of any number. Their names share "hw_" and differ after it,
 * so that most others are skipped after comparing one byte. */
static gboolean
pick (const MachtypePair *pair, MtResolveInput *in, GError **error)
{
  const char *name = pair->name;

  if (name[0] != 'h' || name[1] != 'w' || name[2] != '_')
    return TRUE;
  switch (name[3]) {
  case 'm':
    if (strcmp (name, mt_property_name (MT_PROPERTY_MACHINE_TYPE)) == 0)
      in->machine_type = !mt_is_blank (pair->value) ? pair->value : NULL;
    return TRUE;
  case 'a':
    return strcmp (name, mt_property_name (MT_PROPERTY_ARCHITECTURE)) != 0 ||
           read_arch (pair, &in->image_arch, error);
  case 'e':
    return strcmp (name, mt_property_name (MT_PROPERTY_EMULATION_ARCHITECTURE)) != 0 ||
           read_arch (pair, &in->emulation_arch, error);
  default:
    return TRUE;
  }
}

/**
 * machtype_resolve_pairs: (skip)
 * @image: (array length=n_image): image properties; can be %NULL if there are none
 * @n_image: the number of image properties
 * @policy: (nullable): the operator's defaults, or %NULL for none, and to pin
 * @host: (nullable): the host, or %NULL if nothing is known about it
 * @recorded: (nullable): the machine type recorded for the instance; %NULL or empty for a new one
 * @arch: (out) (optional): the architecture of the guest, or %NULL
 * @source: (out) (optional): the rule that decided, or %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides as [func@Machtype.resolve] does, by the same rules, but without allocating memory: for
 * programs that resolve large numbers of guests. If a property is given twice, the last one is
 * used; properties that do not affect the machine type are ignored. Thread-safe.
 *
 * Raises the same errors, and %MACHTYPE_ERROR_INVALID_PROPERTY for an invalid architecture.
 *
 * Returns: (transfer none): the name to record
 *   ([method@Machtype.Resolution.get_machine_to_record]); it belongs to @image, @policy, @host or
 *   @recorded, or is a constant; %NULL on error
 * Since: 1.0
 */
const char *
machtype_resolve_pairs (const MachtypePair *image, gsize n_image, const MachtypePolicy *policy,
                        MachtypeHost *host, const char *recorded, MachtypeArch *arch,
                        MachtypeSource *source, GError **error)
{
  MtResolveInput in = { .policy = policy,
                        .host = host,
                        .get_default = machtype_arch_get_default_machine };
  MtDecision out = { 0 };
  gsize i;

  g_return_val_if_fail (image != NULL || n_image == 0, NULL);

  if (recorded != NULL && *recorded != '\0')
    in.recorded = recorded;
  for (i = 0; i < n_image; i++) {
    if (!pick (&image[i], &in, error))
      return NULL;
  }
  if (!mt_decide (&in, &out, error))
    return NULL;
  if (arch != NULL)
    *arch = out.arch;
  if (source != NULL)
    *source = out.source;
  return mt_decision_get_record (&in, &out);
}
