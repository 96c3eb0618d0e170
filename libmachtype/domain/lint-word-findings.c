/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about words that libvirt does not know, and attributes that it requires. */

#include "domain/lint-private.h"

#include "finding-private.h"
#include "text-private.h"

static void
report (const MtLintDevice *device, const MtWrongWord *wrong, GPtrArray *findings)
{
  const MtWordRow *row = mt_lint_words_get (wrong->row);
  const gboolean missing = wrong->value == NULL;
  const char *part = row->part;
  g_autofree char *owner = mt_lint_dup_subject (device);
  g_autofree char *subject =
      g_strdup_printf ("%s%s%s/@%s", owner, *part != '\0' ? "/" : "", part, row->attribute);
  g_autofree char *shown = missing ? NULL : mt_escape_for_message (wrong->value);
  g_autofree char *code = g_strconcat (row->code, missing ? "-missing" : "-unknown", NULL);

  g_ptr_array_add (
      findings,
      mt_finding_new_of (
          code,
          missing
              ? g_strdup_printf ("%s: it is missing: libvirt refuses to define the domain", subject)
              : g_strdup_printf ("%s: libvirt does not know %s: it refuses to define the domain",
                                 subject, shown),
          NULL, subject, MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "libvirt src/conf/domain_conf.c"));
}

/* A host that lists its libvirt's words knows better: its libvirt may be newer. */
static gboolean
is_left_to_host (const MtWrongWord *wrong, const MachtypeHost *host,
                 const MtDomainCapabilities *caps)
{
  const MtWordRow *row = mt_lint_words_get (wrong->row);
  MachtypeAnswer answer;

  if (wrong->value == NULL || caps == NULL || row->device[0] == '\0')
    return FALSE;
  answer = mt_host_ask_domain_capabilities (host, caps, row->device, row->name, wrong->value);
  return answer == MACHTYPE_ANSWER_YES ||
         (answer == MACHTYPE_ANSWER_NO && (row->flags & MT_WORD_RULED) != 0);
}

void
mt_lint_words_check (const MtLintDomain *domain, const MtDomainCapabilities *caps,
                     GPtrArray *findings)
{
  const GArray *wrongs = domain->words.wrong;
  guint i;

  for (i = 0; i < wrongs->len; i++) {
    const MtWrongWord *wrong = &g_array_index (wrongs, MtWrongWord, i);

    if (!is_left_to_host (wrong, domain->host, caps))
      report (&g_array_index (domain->devices, MtLintDevice, wrong->device), wrong, findings);
  }
}
