/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operator's decisions: default machine types, pin or follow. */

#include "policy/policy-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "name/name-private.h"
#include "string-private.h"

/* More warnings are not helpful, and a hostile file could contain a million invalid entries. */
#define WARNINGS_MAX 100

/* The longest domain type, in bytes; libvirt's longest is 9. */
#define DOMAIN_TYPE_MAX 32

typedef struct {
  char *defaults[MT_ARCH_LAST + 1]; /* by architecture; NULL: none */
  MachtypePinning pinning;
  char *domain_type;   /* NULL: the best */
  guint tb_cache_mib;  /* 0: QEMU's default */
  GPtrArray *warnings; /* of MachtypeFinding */
  guint n_unsaid;      /* number of warnings beyond WARNINGS_MAX */
} Contents;

struct _MachtypePolicyBuilder {
  gatomicrefcount refs;
  Contents contents;
};

struct _MachtypePolicy {
  gatomicrefcount refs;
  Contents contents;
};

G_DEFINE_BOXED_TYPE (MachtypePolicyBuilder, machtype_policy_builder, machtype_policy_builder_ref,
                     machtype_policy_builder_unref)
G_DEFINE_BOXED_TYPE (MachtypePolicy, machtype_policy, machtype_policy_ref, machtype_policy_unref)

static void
init_contents (Contents *contents)
{
  memset (contents, 0, sizeof *contents);
  contents->warnings = mt_findings_new ();
}

static void
clear_contents (Contents *contents)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (contents->defaults); i++)
    g_free (contents->defaults[i]);
  g_free (contents->domain_type);
  g_ptr_array_unref (contents->warnings);
}

/**
 * machtype_policy_builder_new:
 *
 * Creates a builder for a policy without defaults, which pins aliases.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypePolicyBuilder *
machtype_policy_builder_new (void)
{
  MachtypePolicyBuilder *builder = g_new0 (MachtypePolicyBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  init_contents (&builder->contents);
  return builder;
}

/**
 * machtype_policy_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypePolicyBuilder *
machtype_policy_builder_ref (MachtypePolicyBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_policy_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_policy_builder_unref (MachtypePolicyBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  clear_contents (&builder->contents);
  g_free (builder);
}

static void
add_skipped (Contents *contents, const char *code, const char *what, const char *entry,
             const char *why)
{
  g_autofree char *shown = mt_escape_for_message (entry);

  g_ptr_array_add (contents->warnings,
                   mt_finding_new_of (code,
                                      g_strdup_printf ("%s '%s' is skipped: %s", what, shown, why),
                                      NULL, shown, MACHTYPE_AUTHORITY_NONE, NULL));
}

G_GNUC_PRINTF (3, 4)
static void
warn (Contents *contents, const char *entry, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  if (contents->warnings->len >= WARNINGS_MAX) {
    contents->n_unsaid++;
    return;
  }
  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  add_skipped (contents, "default-skipped", "default machine type", entry, why);
}

/**
 * machtype_policy_builder_add_default:
 * @builder: a builder; must not be %NULL
 * @entry: `ARCH=TYPE`, as in Nova's `[libvirt] hw_machine_type`; must not be %NULL
 *
 * Adds a default machine type for an architecture. Blanks around both parts are ignored, the
 * architecture can be in any spelling and case, and the type is everything after the first `=`. If
 * an architecture is added twice, the first entry is used. An invalid entry is skipped with a
 * warning ([method@Machtype.Policy.list_warnings]), because a typing error in one line must not
 * stop a fleet.
 *
 * Since: 1.0
 */
void
machtype_policy_builder_add_default (MachtypePolicyBuilder *builder, const char *entry)
{
  g_autofree char *key = NULL, *value = NULL;
  Contents *contents;
  const char *equals;
  MachtypeArch arch;
  MtName parsed;

  g_return_if_fail (builder != NULL && entry != NULL);

  contents = &builder->contents;
  equals = strchr (entry, '=');
  if (equals == NULL) {
    warn (contents, entry, "it is not in the form ARCH=TYPE, such as aarch64=virt-6.2");
    return;
  }
  key = g_strstrip (g_strndup (entry, (gsize)(equals - entry)));
  value = g_strstrip (g_strdup (equals + 1));
  arch = mt_arch_find (key, strlen (key));
  if (arch == MACHTYPE_ARCH_UNKNOWN)
    warn (contents, entry, "the architecture before the '=' is unknown");
  else if (!mt_name_parse (value, strlen (value), arch, &parsed))
    warn (contents, entry, "what follows the '=' is not a valid machine type name");
  else if (contents->defaults[arch] != NULL)
    warn (contents, entry, "%s already has the default %s", machtype_arch_to_string (arch),
          contents->defaults[arch]);
  else
    contents->defaults[arch] = g_steal_pointer (&value);
}

/**
 * machtype_policy_builder_add_policy:
 * @builder: a builder; must not be %NULL
 * @policy: a policy; must not be %NULL
 *
 * Adds another policy: its defaults for architectures that have none yet, its domain type and its
 * translation cache if none is set, and its pinning. Its warnings are not added. Set what overrides
 * its pinning afterwards.
 *
 * Since: 1.0
 */
void
machtype_policy_builder_add_policy (MachtypePolicyBuilder *builder, const MachtypePolicy *policy)
{
  Contents *contents;
  gsize i;

  g_return_if_fail (builder != NULL && policy != NULL);

  contents = &builder->contents;
  for (i = 0; i < G_N_ELEMENTS (contents->defaults); i++) {
    if (contents->defaults[i] == NULL)
      contents->defaults[i] = g_strdup (policy->contents.defaults[i]);
  }
  if (contents->domain_type == NULL)
    contents->domain_type = g_strdup (policy->contents.domain_type);
  if (contents->tb_cache_mib == 0)
    contents->tb_cache_mib = policy->contents.tb_cache_mib;
  contents->pinning = policy->contents.pinning;
}

/* Without the surrounding quotes, unless there are more of them inside: those belong to entries. */
static char *
unquote (char *text)
{
  gsize length = strlen (text);

  if (length < 2 || (*text != '"' && *text != '\'') ||
      strchr (text + 1, *text) != text + length - 1)
    return text;
  text[length - 1] = '\0';
  return text + 1;
}

/* oslo.config's list: commas separate entries, blanks around an entry are removed, and so are
 * quotes around it or around the whole; a trailing comma does not add an entry. */
static void
add_list (MachtypePolicyBuilder *builder, char *list)
{
  char *entry, *next;
  gsize length;

  list = g_strstrip (unquote (g_strstrip (list)));
  for (length = strlen (list); length > 0 && list[length - 1] == ','; length--)
    list[length - 1] = '\0';
  if (*list == '\0')
    return;
  for (entry = list; entry != NULL; entry = next) {
    next = strchr (entry, ',');
    if (next != NULL)
      *next++ = '\0';
    machtype_policy_builder_add_default (builder, unquote (g_strstrip (entry)));
  }
}

/* Nova's type is an integer of at least 0, and empty is unset; Nova does not start with another
 * value. */
static void
set_tb_cache (Contents *contents, char *text)
{
  guint64 mib;

  text = unquote (g_strstrip (text));
  if (*text == '\0')
    return;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &mib, NULL)) {
    contents->tb_cache_mib = (guint)mib;
    return;
  }
  add_skipped (contents, "tb-cache-skipped", "tb_cache_size", text,
               "it must be a whole number of MiB, 0 or more");
}

/**
 * machtype_policy_builder_add_nova_conf:
 * @builder: a builder; must not be %NULL
 * @text: the text of a `nova.conf`; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds the defaults of `hw_machine_type` in section `[libvirt]` of a `nova.conf`, and its
 * `tb_cache_size`, parsed as oslo.config does. Invalid entries are skipped with a warning.
 *
 * Raises %MACHTYPE_ERROR_INVALID_CONFIG for text that oslo.config would refuse, with the line,
 * %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.CONFIG_MAX_SIZE]. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_policy_builder_add_nova_conf (MachtypePolicyBuilder *builder, const char *text,
                                       gssize length, GError **error)
{
  char *values[MT_NOVA_LAST + 1] = { NULL };
  gsize size;
  int i;

  g_return_val_if_fail (builder != NULL && text != NULL, FALSE);

  if (!mt_check_length ("nova.conf", text, length, MACHTYPE_CONFIG_MAX_SIZE, &size, error) ||
      !mt_nova_conf_read (text, size, values, error))
    return FALSE;
  if (values[MT_NOVA_MACHINE_TYPE] != NULL)
    add_list (builder, values[MT_NOVA_MACHINE_TYPE]);
  if (values[MT_NOVA_TB_CACHE_SIZE] != NULL)
    set_tb_cache (&builder->contents, values[MT_NOVA_TB_CACHE_SIZE]);
  for (i = 0; i <= MT_NOVA_LAST; i++)
    g_free (values[i]);
  return TRUE;
}

/**
 * machtype_policy_builder_set_pinning:
 * @builder: a builder; must not be %NULL
 * @pinning: pin or follow
 *
 * Sets what is recorded if the requested name is an alias.
 *
 * Since: 1.0
 */
void
machtype_policy_builder_set_pinning (MachtypePolicyBuilder *builder, MachtypePinning pinning)
{
  g_return_if_fail (builder != NULL);
  g_return_if_fail (pinning == MACHTYPE_PINNING_PIN || pinning == MACHTYPE_PINNING_FOLLOW);

  builder->contents.pinning = pinning;
}

/**
 * machtype_policy_builder_set_domain_type:
 * @builder: a builder; must not be %NULL
 * @domain_type: (nullable): libvirt's domain type, such as `qemu`, copied; %NULL for the best
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the preferred domain type, like Nova's `[libvirt] virt_type`: `qemu` where acceleration is
 * available but does not work. Guests of an architecture that does not support it get the best one
 * available.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid domain type: with characters other than
 * letters and digits, or longer than 32 bytes. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_policy_builder_set_domain_type (MachtypePolicyBuilder *builder, const char *domain_type,
                                         GError **error)
{
  const char *p;

  g_return_val_if_fail (builder != NULL, FALSE);

  for (p = domain_type; p != NULL && g_ascii_isalnum (*p) && p - domain_type < DOMAIN_TYPE_MAX; p++)
    ;
  if (p != NULL && (p == domain_type || *p != '\0')) {
    g_autofree char *shown = mt_escape_for_message (domain_type);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "'%s' is not a valid domain type, such as kvm or qemu", shown);
  }
  g_free (builder->contents.domain_type);
  builder->contents.domain_type = g_strdup (domain_type);
  return TRUE;
}

/**
 * machtype_policy_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the policy. The builder is empty afterwards and can be used again.
 *
 * Returns: (transfer full): the policy
 * Since: 1.0
 */
MachtypePolicy *
machtype_policy_builder_end (MachtypePolicyBuilder *builder)
{
  MachtypePolicy *policy;

  g_return_val_if_fail (builder != NULL, NULL);

  policy = g_new0 (MachtypePolicy, 1);
  g_atomic_ref_count_init (&policy->refs);
  policy->contents = builder->contents;
  if (policy->contents.n_unsaid > 0)
    g_ptr_array_add (policy->contents.warnings,
                     mt_finding_new ("defaults-skipped",
                                     g_strdup_printf ("%u more default machine types are skipped",
                                                      policy->contents.n_unsaid),
                                     NULL));
  init_contents (&builder->contents);
  return policy;
}

/**
 * machtype_policy_ref:
 * @policy: a policy; must not be %NULL
 *
 * Increases the reference count of @policy. Thread-safe.
 *
 * Returns: (transfer full): @policy
 * Since: 1.0
 */
MachtypePolicy *
machtype_policy_ref (MachtypePolicy *policy)
{
  g_return_val_if_fail (policy != NULL, NULL);

  g_atomic_ref_count_inc (&policy->refs);
  return policy;
}

/**
 * machtype_policy_unref:
 * @policy: (transfer full) (nullable): a policy; %NULL does nothing
 *
 * Decreases the reference count of @policy; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_policy_unref (MachtypePolicy *policy)
{
  if (policy == NULL || !g_atomic_ref_count_dec (&policy->refs))
    return;
  clear_contents (&policy->contents);
  g_free (policy);
}

/**
 * machtype_policy_get_default:
 * @policy: a policy; must not be %NULL
 * @arch: an architecture
 *
 * Gets the operator's default machine type for an architecture. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @policy; %NULL if the
 *   operator has set none
 * Since: 1.0
 */
const char *
machtype_policy_get_default (const MachtypePolicy *policy, MachtypeArch arch)
{
  g_return_val_if_fail (policy != NULL, NULL);
  return mt_arch_is_valid (arch) ? policy->contents.defaults[arch] : NULL;
}

/**
 * machtype_policy_get_pinning:
 * @policy: a policy; must not be %NULL
 *
 * Gets whether aliases are pinned or followed. Thread-safe.
 *
 * Returns: pin or follow
 * Since: 1.0
 */
MachtypePinning
machtype_policy_get_pinning (const MachtypePolicy *policy)
{
  g_return_val_if_fail (policy != NULL, MACHTYPE_PINNING_PIN);
  return policy->contents.pinning;
}

/**
 * machtype_policy_get_domain_type:
 * @policy: a policy; must not be %NULL
 *
 * Gets the domain type that the operator prefers. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @policy; %NULL for the best
 * Since: 1.0
 */
const char *
machtype_policy_get_domain_type (const MachtypePolicy *policy)
{
  g_return_val_if_fail (policy != NULL, NULL);
  return policy->contents.domain_type;
}

/**
 * machtype_policy_get_tb_cache:
 * @policy: a policy; must not be %NULL
 *
 * Gets the size of the translation cache of emulated guests, Nova's `tb_cache_size`. Thread-safe.
 *
 * Returns: the size in MiB; 0 for QEMU's default
 * Since: 1.0
 */
guint
machtype_policy_get_tb_cache (const MachtypePolicy *policy)
{
  g_return_val_if_fail (policy != NULL, 0);
  return policy->contents.tb_cache_mib;
}

/**
 * machtype_policy_list_warnings:
 * @policy: a policy; must not be %NULL
 *
 * Lists the entries that were skipped, and why (`default-skipped`, which names the entry): the
 * first hundred, and the number of the others (`defaults-skipped`); and an invalid `tb_cache_size`
 * (`tb-cache-skipped`). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in the order in which
 *   the entries were added; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_policy_list_warnings (const MachtypePolicy *policy)
{
  g_return_val_if_fail (policy != NULL, NULL);
  return mt_findings_copy (policy->contents.warnings);
}

const GPtrArray *
mt_policy_get_warnings (const MachtypePolicy *policy)
{
  return policy->contents.warnings;
}

static const char pinnings[][8] = {
  [MACHTYPE_PINNING_PIN] = "pin",
  [MACHTYPE_PINNING_FOLLOW] = "follow",
};

/**
 * machtype_pinning_to_string:
 * @pinning: pin or follow
 *
 * Gets the word for what is recorded for an alias: `pin`, `follow`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_pinning_to_string (MachtypePinning pinning)
{
  return MT_WORD (pinnings, pinning);
}

/**
 * machtype_pinning_from_string:
 * @text: the word for a pinning; must not be %NULL
 * @pinning: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a pinning by its word, as machtype_pinning_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @pinning is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_pinning_from_string (const char *text, MachtypePinning *pinning, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (pinnings, "pinning", text, error);
  if (found >= 0 && pinning != NULL)
    *pinning = (MachtypePinning)found;
  return found >= 0;
}

static gboolean
has_same_defaults (const Contents *a, const Contents *b)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (a->defaults); i++) {
    if (g_strcmp0 (a->defaults[i], b->defaults[i]) != 0)
      return FALSE;
  }
  return TRUE;
}

/**
 * machtype_policy_equal:
 * @a: a policy; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two policies are equal: what they decide; what was skipped
 * ([method@Machtype.Policy.list_warnings]) does not matter. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_policy_equal (const MachtypePolicy *a, const MachtypePolicy *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return has_same_defaults (&a->contents, &b->contents) &&
         a->contents.pinning == b->contents.pinning &&
         g_strcmp0 (a->contents.domain_type, b->contents.domain_type) == 0 &&
         a->contents.tb_cache_mib == b->contents.tb_cache_mib;
}

/**
 * machtype_policy_to_string:
 * @policy: a policy; must not be %NULL
 *
 * Describes a policy on one line, for logs and debuggers: defaults by architecture, pin or follow,
 * domain type, translation cache. It is not meant to be read again. Thread-safe.
 *
 * Returns: (transfer full): the description
 * Since: 1.0
 */
char *
machtype_policy_to_string (const MachtypePolicy *policy)
{
  const Contents *contents;
  GString *text;
  gsize i;

  g_return_val_if_fail (policy != NULL, NULL);

  contents = &policy->contents;
  text = g_string_new (machtype_pinning_to_string (contents->pinning));
  for (i = 0; i < G_N_ELEMENTS (contents->defaults); i++) {
    if (contents->defaults[i] != NULL)
      g_string_append_printf (text, " %s=%s", machtype_arch_to_string ((MachtypeArch)i),
                              contents->defaults[i]);
  }
  if (contents->domain_type != NULL)
    g_string_append_printf (text, " domain_type=%s", contents->domain_type);
  if (contents->tb_cache_mib != 0)
    g_string_append_printf (text, " tb_cache=%u", contents->tb_cache_mib);
  return g_string_free (text, FALSE);
}

/**
 * machtype_policy_hash:
 * @policy: a policy; must not be %NULL
 *
 * Computes a hash of a policy, for hash tables: equal policies have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_policy_hash (const MachtypePolicy *policy)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (policy != NULL, 0);

  text = machtype_policy_to_string (policy);
  return g_str_hash (text);
}
