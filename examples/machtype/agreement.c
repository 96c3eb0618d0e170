/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether libvirt's message is about what a finding is about. */

#include "agreement.h"

#include <string.h>

/* In lower case, with one space between words and around them. */
static char *
dup_words (const char *text)
{
  GString *words = g_string_new (" ");

  for (; *text != '\0'; text++) {
    if (g_ascii_isalnum (*text))
      g_string_append_c (words, g_ascii_tolower (*text));
    else if (words->str[words->len - 1] != ' ')
      g_string_append_c (words, ' ');
  }
  if (words->str[words->len - 1] != ' ')
    g_string_append_c (words, ' ');
  return g_string_free (words, FALSE);
}

static gboolean
has_word (const char *words, const char *word)
{
  g_autofree char *whole = dup_words (word);

  return strcmp (whole, " ") != 0 && strstr (words, whole) != NULL;
}

/* Words of codes that say nothing about what is wrong. */
static gboolean
is_general (const char *word)
{
  static const char *const general[] = {
    "address", "alone",   "bus",     "controller", "device", "disk",   "domain",  "feature",
    "machine", "missing", "model",   "mode",       "not",    "of",     "offered", "other",
    "root",    "second",  "slot",    "target",     "timer",  "type",   "unknown", "version",
    "with",    "without", "implied", "option",     "too",    "little", "pci",     NULL,
  };

  return g_strv_contains (general, word);
}

/* What libvirt says of the same, if the code has no word of it. */
static const struct {
  char code[20], message[40]; /* at the start of the code; in that of the finding; empty: any */
  char words[28];             /* of libvirt */
} same_words[] = {
  { "machine-", "", "not support machine type" },
  { "domain-type-", "", "domain type" },
  { "", "finds no PCI bus", "no pci buses available" },
  { "pci-", "", "pci" },
  { "vcpus", "", "maximum cpus" },
  { "vcpus", "", "vcpus" },
};

/* The device's own name: "/domain/devices/disk[target/@dev='hda']". */
static gboolean
names_target (const MachtypeFinding *finding, const char *refusal)
{
  const char *subject = machtype_finding_get_subject (finding);
  const char *start = subject != NULL ? strstr (subject, "@dev='") : NULL;
  g_autofree char *name = NULL;

  if (start == NULL)
    return FALSE;
  start += strlen ("@dev='");
  name = g_strndup (start, strcspn (start, "'"));
  return has_word (refusal, name);
}

gboolean
finding_is_same_refusal (const MachtypeFinding *finding, const char *message)
{
  g_autofree char *refusal = dup_words (message);
  const char *code = machtype_finding_get_code (finding);
  g_auto (GStrv) parts = g_strsplit (code, "-", -1);
  gsize i;

  for (i = 0; parts[i] != NULL; i++) {
    if (!is_general (parts[i]) && has_word (refusal, parts[i]))
      return TRUE;
  }
  for (i = 0; i < G_N_ELEMENTS (same_words); i++) {
    if (g_str_has_prefix (code, same_words[i].code) &&
        strstr (machtype_finding_get_message (finding), same_words[i].message) != NULL &&
        has_word (refusal, same_words[i].words))
      return TRUE;
  }
  return names_target (finding, refusal);
}
