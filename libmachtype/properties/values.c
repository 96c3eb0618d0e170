/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a value is valid for its image property or extra spec. */

#include "properties/properties-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "name/name-private.h"
#include "text-private.h"

/* What is validated: an image property or an extra spec. */
typedef struct {
  const char *what, *name; /* for messages */
  MtValueType type;
  const char *words;
  const char *exception; /* Nova's, for messages; empty: it has no name */
} Rule;

/* The word's spelling in libvirt, or NULL if it is not one of them. */
static char *
find_word (const char *words, const char *value)
{
  gsize wanted = strlen (value);
  const char *word;

  for (word = words; *word != '\0'; word += strspn (word, " ")) {
    gsize all = strcspn (word, " ");

    if (*word == *value && strcspn (word, " =") == wanted && memcmp (word, value, wanted) == 0)
      return wanted != all ? g_strndup (word + wanted + 1, all - wanted - 1) : g_strdup (value);
    word += all;
  }
  return NULL;
}

/* The words for a message, without libvirt's spellings, and which of them is similar. */
static char *
dup_allowed (const char *words, const char *value)
{
  g_auto (GStrv) list = mt_words_dup (words);
  g_autofree char *joined = g_strjoinv (", ", list);
  g_autofree char *hint = mt_dup_similar_hint (value, (const char *const *)list);

  return g_strconcat ("it must be one of: ", joined, hint, NULL);
}

static gboolean
set_invalid (const Rule *rule, const char *value, const char *allowed, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (value);

  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY, "%s%s%s %s cannot be '%s'; %s",
                  rule->exception, *rule->exception != '\0' ? ": " : "", rule->what, rule->name,
                  shown, allowed);
}

static gboolean
check_word (const Rule *rule, const char *value, char **checked, GError **error)
{
  g_autofree char *folded = rule->type == MT_VALUE_FOLDED_ENUM ? g_ascii_strdown (value, -1) : NULL;
  const char *wanted = folded != NULL ? folded : value;
  g_autofree char *allowed = NULL;

  *checked = find_word (rule->words, wanted);
  if (*checked != NULL)
    return TRUE;
  allowed = dup_allowed (rule->words, wanted);
  return set_invalid (rule, value, allowed, error);
}

static gboolean
check_arch (const Rule *rule, const char *value, MachtypeArch *arch, GError **error)
{
  g_autofree char *hint = NULL, *allowed = NULL;

  *arch = mt_arch_find (value, strlen (value));
  if (*arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  hint = mt_arch_dup_hint (value);
  allowed = g_strconcat (
      "it must be an architecture, such as x86_64, aarch64, s390x, ppc64le, mipsel", hint, NULL);
  return set_invalid (rule, value, allowed, error);
}

static gboolean
check_machine (const Rule *rule, const char *value, GError **error)
{
  MtName parsed;

  if (mt_name_parse (value, strlen (value), MACHTYPE_ARCH_UNKNOWN, &parsed))
    return TRUE;
  return set_invalid (rule, value, "it must be a machine type, such as q35 or pc-q35-5.2", error);
}

/* Nova treats every other word as false, and so disables what was meant to be enabled. */
char *
mt_boolean_dup_checked (const char *value)
{
  static const char words[] =
      "1=yes t=yes true=yes on=yes y=yes yes 0=no f=no false=no off=no n=no no";
  g_autofree char *folded = g_strstrip (g_ascii_strdown (value, -1));

  return find_word (words, folded);
}

static gboolean
check_boolean (const Rule *rule, const char *value, char **checked, GError **error)
{
  static const char *const words[] = { "yes", "no", "true", "false", NULL };
  g_autofree char *hint = NULL, *allowed = NULL;

  *checked = mt_boolean_dup_checked (value);
  if (*checked != NULL)
    return TRUE;
  hint = mt_dup_similar_hint (value, words);
  allowed = g_strconcat ("it must be yes or no", hint, NULL);
  return set_invalid (rule, value, allowed, error);
}

/* Parsed as Python's int () does, which Nova uses: with blanks around it and a sign. */
static gboolean
check_integer (const Rule *rule, const char *value, gint64 least, gint64 most, char **checked,
               GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value));
  gint64 number;

  if (!g_ascii_string_to_signed (stripped, 10, least, most, &number, NULL))
    return set_invalid (rule, value,
                        most != G_MAXINT ? "it must be a whole number, 0 to 15"
                        : least < 0      ? "it must be a whole number"
                        : least == 0     ? "it must be a whole number, 0 or more"
                                         : "it must be a whole number, 1 or more",
                        error);
  *checked = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  return TRUE;
}

static gboolean
check (const Rule *rule, const char *value, char **checked, MachtypeArch *arch, GError **error)
{
  switch (rule->type) {
  case MT_VALUE_ARCH:
    if (!check_arch (rule, value, arch, error))
      return FALSE;
    break;
  case MT_VALUE_MACHINE:
    if (!check_machine (rule, value, error))
      return FALSE;
    break;
  case MT_VALUE_BOOLEAN:
    return check_boolean (rule, value, checked, error);
  case MT_VALUE_INTEGER:
    return check_integer (rule, value, G_MININT, G_MAXINT, checked, error);
  case MT_VALUE_UNSIGNED:
    return check_integer (rule, value, 0, G_MAXINT, checked, error);
  case MT_VALUE_POSITIVE:
    return check_integer (rule, value, 1, G_MAXINT, checked, error);
  case MT_VALUE_USB_PORTS:
    return check_integer (rule, value, 0, MT_NOVA_USB_PORTS, checked, error);
  case MT_VALUE_TEXT:
    break;
  default:
    return check_word (rule, value, checked, error);
  }
  *checked = g_strdup (value);
  return TRUE;
}

gboolean
mt_schema_check (int row, const char *value, char **checked, MachtypeArch *arch, GError **error)
{
  const MtSchema *schema = mt_schema_get (row);
  const Rule rule = { "image property", schema->image, (MtValueType)schema->type, schema->words,
                      "" };

  return check (&rule, value, checked, arch, error);
}

gboolean
mt_spec_check (MtSpec spec, const char *value, char **checked, GError **error)
{
  const MtSchema *schema = mt_spec_get (spec);
  const Rule rule = { "extra spec", mt_spec_name (spec), mt_schema_get_spec_type (schema),
                      schema->words, schema->invalid };
  MachtypeArch unused;

  return check (&rule, value, checked, &unused, error);
}

gboolean
mt_value_check (const char *spec, MtValueType type, const char *words, const char *value,
                GError **error)
{
  g_autofree char *shown = mt_escape_for_message (spec);
  const Rule rule = { "extra spec", shown, type, words, "" };
  g_autofree char *checked = NULL;
  MachtypeArch unused;

  return check (&rule, value, &checked, &unused, error);
}

gboolean
mt_property_check (const char *name, const char *value, GError **error)
{
  g_autofree char *checked = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  int row = mt_schema_find (name);

  return row < 0 || mt_schema_check (row, value, &checked, &arch, error);
}
