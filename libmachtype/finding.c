/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finding: a code for programs, a message for people, a remedy. */

#include "finding-private.h"

#include <string.h>

#include "error-private.h"
#include "json/json-private.h"
#include "string-private.h"
#include "text-private.h"

/* What the library refuses or libvirt ignores may work elsewhere; what the others refuse was seen
 * to fail. */
static const struct {
  char word[20];
  guint8 severity; /* MachtypeSeverity */
} authorities[] = {
  [MACHTYPE_AUTHORITY_NONE] = { "none", MACHTYPE_SEVERITY_WARNING },
  [MACHTYPE_AUTHORITY_LIBMACHTYPE] = { "libmachtype", MACHTYPE_SEVERITY_WARNING },
  [MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES] = { "domain-capabilities", MACHTYPE_SEVERITY_ERROR },
  [MACHTYPE_AUTHORITY_LIBVIRT_DEFINE] = { "libvirt-define", MACHTYPE_SEVERITY_ERROR },
  [MACHTYPE_AUTHORITY_QEMU] = { "qemu", MACHTYPE_SEVERITY_ERROR },
  [MACHTYPE_AUTHORITY_GUEST] = { "guest", MACHTYPE_SEVERITY_ERROR },
  [MACHTYPE_AUTHORITY_IGNORED] = { "ignored", MACHTYPE_SEVERITY_WARNING },
};

struct _MachtypeFinding {
  gatomicrefcount refs;
  char *code;    /* never NULL */
  char *message; /* never NULL */
  char *remedy;  /* NULL: none known */
  char *subject; /* NULL: none */
  char *source;  /* NULL: none */
  MachtypeAuthority authority;
  MachtypeSeverity severity;
};

G_DEFINE_BOXED_TYPE (MachtypeFinding, machtype_finding, machtype_finding_ref,
                     machtype_finding_unref)

/* The text is for people, whoever has chosen the names in it. */
static char *
take_message (char *message)
{
  char *escaped;

  if (message == NULL || mt_is_plain (message))
    return message;
  escaped = machtype_text_escape_message (message);
  g_free (message);
  return escaped;
}

MachtypeFinding *
mt_finding_new (const char *code, char *message, char *remedy)
{
  MachtypeFinding *finding = g_new0 (MachtypeFinding, 1);

  g_atomic_ref_count_init (&finding->refs);
  finding->code = g_strdup (code);
  finding->message = take_message (message);
  finding->remedy = take_message (remedy);
  finding->severity = (MachtypeSeverity)authorities[MACHTYPE_AUTHORITY_NONE].severity;
  return finding;
}

MachtypeFinding *
mt_finding_new_of (const char *code, char *message, char *remedy, const char *subject,
                   MachtypeAuthority authority, const char *source)
{
  MachtypeFinding *finding = mt_finding_new (code, message, remedy);

  finding->subject = g_strdup (subject);
  finding->authority = authority;
  finding->severity = (MachtypeSeverity)authorities[authority].severity;
  finding->source = g_strdup (source);
  return finding;
}

MachtypeFinding *
mt_finding_lower (MachtypeFinding *finding, MachtypeSeverity severity)
{
  finding->severity = MIN (finding->severity, severity);
  return finding;
}

void
mt_finding_set_severity (MachtypeFinding *finding, MachtypeSeverity severity)
{
  finding->severity = severity;
}

GPtrArray *
mt_findings_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_finding_unref);
}

GPtrArray *
mt_findings_copy (const GPtrArray *findings)
{
  GPtrArray *copy = mt_findings_new ();
  guint i;

  for (i = 0; i < findings->len; i++)
    g_ptr_array_add (copy, machtype_finding_ref (findings->pdata[i]));
  return copy;
}

/**
 * machtype_finding_ref:
 * @finding: a finding; must not be %NULL
 *
 * Increases the reference count of @finding. Thread-safe.
 *
 * Returns: (transfer full): @finding
 * Since: 1.0
 */
MachtypeFinding *
machtype_finding_ref (MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);

  g_atomic_ref_count_inc (&finding->refs);
  return finding;
}

/**
 * machtype_finding_unref:
 * @finding: (transfer full) (nullable): a finding; %NULL does nothing
 *
 * Decreases the reference count of @finding; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_finding_unref (MachtypeFinding *finding)
{
  if (finding == NULL || !g_atomic_ref_count_dec (&finding->refs))
    return;
  g_free (finding->code);
  g_free (finding->message);
  g_free (finding->remedy);
  g_free (finding->subject);
  g_free (finding->source);
  g_free (finding);
}

/**
 * machtype_finding_get_code:
 * @finding: a finding; must not be %NULL
 *
 * Gets the code of a finding: a word for programs that does not change between releases.
 * Thread-safe.
 *
 * Returns: (transfer none): the code, valid as long as @finding
 * Since: 1.0
 */
const char *
machtype_finding_get_code (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->code;
}

/**
 * machtype_finding_get_message:
 * @finding: a finding; must not be %NULL
 *
 * Gets the message for people. Thread-safe.
 *
 * Returns: (transfer none): the message, valid as long as @finding
 * Since: 1.0
 */
const char *
machtype_finding_get_message (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->message;
}

/**
 * machtype_finding_get_remedy:
 * @finding: a finding; must not be %NULL
 *
 * Gets the remedy: a package to install, another value. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the remedy, valid as long as @finding; %NULL if none is
 *   known
 * Since: 1.0
 */
const char *
machtype_finding_get_remedy (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->remedy;
}

/**
 * machtype_finding_get_subject:
 * @finding: a finding; must not be %NULL
 *
 * Gets the subject of a finding: the name of an image property or extra spec, or an element of
 * domain XML. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the subject, valid as long as @finding; %NULL if it has none
 * Since: 1.0
 */
const char *
machtype_finding_get_subject (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->subject;
}

/**
 * machtype_finding_get_authority:
 * @finding: a finding; must not be %NULL
 *
 * Gets the authority for a finding. Thread-safe.
 *
 * Returns: the authority; %MACHTYPE_AUTHORITY_NONE if there is none in particular
 * Since: 1.0
 */
MachtypeAuthority
machtype_finding_get_authority (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, MACHTYPE_AUTHORITY_NONE);
  return finding->authority;
}

/**
 * machtype_finding_get_source:
 * @finding: a finding; must not be %NULL
 *
 * Gets the source of a rule, so that it can be checked: a file of libvirt or QEMU, or a query that
 * one of them answers. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the source, valid as long as @finding; %NULL if there is
 *   none
 * Since: 1.0
 */
const char *
machtype_finding_get_source (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, NULL);
  return finding->source;
}

/**
 * machtype_finding_get_severity:
 * @finding: a finding; must not be %NULL
 *
 * Gets the severity of a finding, which depends on its authority: what domain capabilities do not
 * list, libvirt refuses, QEMU does not start, or is dead in the guest is an error; everything else
 * is a warning. What only some versions of libvirt or QEMU refuse is a warning if it is not known
 * which of them the guest has. A note is only worth knowing. Thread-safe.
 *
 * Returns: the severity; never %MACHTYPE_SEVERITY_NONE
 * Since: 1.0
 */
MachtypeSeverity
machtype_finding_get_severity (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, MACHTYPE_SEVERITY_NONE);
  return finding->severity;
}

/**
 * machtype_authority_to_string:
 * @authority: an authority
 *
 * Gets the word for an authority, such as `domain-capabilities`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_authority_to_string (MachtypeAuthority authority)
{
  return (gsize)authority < G_N_ELEMENTS (authorities) ? authorities[authority].word : "unknown";
}

/**
 * machtype_authority_from_string:
 * @text: the word for an authority; must not be %NULL
 * @authority: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an authority by its word, as machtype_authority_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @authority is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_authority_from_string (const char *text, MachtypeAuthority *authority, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = mt_word_value (authorities[0].word, G_N_ELEMENTS (authorities), sizeof authorities[0],
                         "authority", text, error);
  if (found >= 0 && authority != NULL)
    *authority = (MachtypeAuthority)found;
  return found >= 0;
}

static const char severities[][8] = {
  [MACHTYPE_SEVERITY_NONE] = "none",
  [MACHTYPE_SEVERITY_NOTE] = "note",
  [MACHTYPE_SEVERITY_WARNING] = "warning",
  [MACHTYPE_SEVERITY_ERROR] = "error",
};

/**
 * machtype_severity_to_string:
 * @severity: a severity
 *
 * Gets the word for a severity: `none`, `note`, `warning`, `error`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_severity_to_string (MachtypeSeverity severity)
{
  return MT_WORD (severities, severity);
}

/**
 * machtype_severity_from_string:
 * @text: the word for a severity; must not be %NULL
 * @severity: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a severity by its word, as machtype_severity_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @severity is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_severity_from_string (const char *text, MachtypeSeverity *severity, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (severities, "severity", text, error);
  if (found >= 0 && severity != NULL)
    *severity = (MachtypeSeverity)found;
  return found >= 0;
}

static void
write_members (GString *json, const MachtypeFinding *finding)
{
  mt_json_text (json, "code", finding->code);
  mt_json_text (json, "severity",
                machtype_severity_to_string (machtype_finding_get_severity (finding)));
  mt_json_text (json, "message", finding->message);
  mt_json_text (json, "remedy", finding->remedy);
  mt_json_text (json, "subject", finding->subject);
  mt_json_text (json, "authority", machtype_authority_to_string (finding->authority));
  mt_json_text (json, "source", finding->source);
}

void
mt_findings_write (GString *json, const char *name, const GPtrArray *findings)
{
  guint i;

  mt_json_begin (json, name, '[');
  for (i = 0; i < findings->len; i++) {
    mt_json_begin (json, NULL, '{');
    write_members (json, findings->pdata[i]);
    mt_json_end (json, '}');
  }
  mt_json_end (json, ']');
}

/**
 * machtype_finding_to_json:
 * @finding: a finding; must not be %NULL
 *
 * Writes a finding as a JSON object on one line. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_finding_to_json (const MachtypeFinding *finding)
{
  GString *json;

  g_return_val_if_fail (finding != NULL, NULL);

  json = mt_json_begin_value ();
  write_members (json, finding);
  return mt_json_end_value (json);
}

/**
 * machtype_finding_equal:
 * @a: a finding; must not be %NULL
 * @b: another finding, or the same; must not be %NULL
 *
 * Checks whether two findings are equal: code, authority, and all texts. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_finding_equal (const MachtypeFinding *a, const MachtypeFinding *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->authority == b->authority && strcmp (a->code, b->code) == 0 &&
         strcmp (a->message, b->message) == 0 && g_strcmp0 (a->remedy, b->remedy) == 0 &&
         g_strcmp0 (a->subject, b->subject) == 0 && g_strcmp0 (a->source, b->source) == 0;
}

/**
 * machtype_finding_hash:
 * @finding: a finding; must not be %NULL
 *
 * Computes a hash of a finding, for hash tables: equal findings have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_finding_hash (const MachtypeFinding *finding)
{
  g_return_val_if_fail (finding != NULL, 0);
  return mt_json_hash (machtype_finding_to_json (finding));
}
