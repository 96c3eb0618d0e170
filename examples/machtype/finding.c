/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as text. */

#include "machtype-program.h"

#include <string.h>

/* The text around the message in each form. */
static const struct {
  guint8 severity, code, remedy, authority;
} forms[] = {
  [FINDING_MESSAGE] = { 0, 0, 0, 0 },
  [FINDING_REMEDY] = { 0, 0, 1, 0 },
  [FINDING_CODE] = { 0, 1, 1, 0 },
  [FINDING_ALL] = { 1, 1, 1, 1 },
};

static void
append_authority (GString *text, const MachtypeFinding *finding)
{
  const char *source = machtype_finding_get_source (finding);

  g_string_append_printf (text, " [%s",
                          machtype_authority_to_string (machtype_finding_get_authority (finding)));
  if (source != NULL)
    g_string_append_printf (text, ": %s", source);
  g_string_append_c (text, ']');
}

char *
finding_to_text (const MachtypeFinding *finding, FindingForm form)
{
  GString *text = g_string_new (NULL);
  const char *remedy = machtype_finding_get_remedy (finding);

  if (forms[form].severity)
    g_string_append_printf (
        text, "%s: ", machtype_severity_to_string (machtype_finding_get_severity (finding)));
  if (forms[form].code)
    g_string_append_printf (text, "%s: ", machtype_finding_get_code (finding));
  g_string_append (text, machtype_finding_get_message (finding));
  if (forms[form].remedy && remedy != NULL)
    g_string_append_printf (text, "; %s", remedy);
  if (forms[form].authority)
    append_authority (text, finding);
  return g_string_free (text, FALSE);
}

gboolean
finding_has_code (const MachtypeFinding *finding, const char *code)
{
  return strcmp (machtype_finding_get_code (finding), code) == 0;
}

gboolean
findings_have_code (GPtrArray *findings, const char *code)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (finding_has_code (findings->pdata[i], code))
      return TRUE;
  }
  return FALSE;
}

void
finding_warn (const char *label, const MachtypeFinding *finding, FindingForm form)
{
  g_autofree char *text = finding_to_text (finding, form);

  g_printerr ("%s: %s\n", label, text);
}

void
findings_warn (const char *label, GPtrArray *findings, FindingForm form)
{
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++)
    finding_warn (label, findings->pdata[i], form);
}
