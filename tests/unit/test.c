/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

void
test_row_text (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  ROW ("\"%s\"", escaped);
}

gboolean
test_is_short (void)
{
  return g_getenv ("MACHTYPE_TEST_SHORT") != NULL;
}

/* Not with machtype_text_is_visible (): the assertion must not use what is tested. */
void
test_assert_visible (const char *message)
{
  static const gunichar hidden[][2] = {
    { 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },     { 0x61c, 0x61c },
    { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xe000, 0xf8ff },
    { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0x10ffff },
  };
  const char *at;
  gsize i;

  test_row_text (message);
  g_assert_true (g_utf8_validate (message, -1, NULL));
  for (at = message; *at != '\0'; at += g_utf8_skip[(guchar)*at]) {
    for (i = 0; i < G_N_ELEMENTS (hidden); i++)
      g_assert_false (g_utf8_get_char (at) >= hidden[i][0] && g_utf8_get_char (at) <= hidden[i][1]);
  }
}

void
test_assert_error (GError **error, int code, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gsize i;

  g_assert_nonnull (*error);
  test_assert_visible ((*error)->message);
  ROW ("error %d: %s", (*error)->code, (*error)->message);
  g_assert_error (*error, MACHTYPE_ERROR, code);
  for (i = 0; list[i] != NULL; i++) {
    if (strstr ((*error)->message, list[i]) == NULL)
      g_error ("the message '%s' does not say '%s'", (*error)->message, list[i]);
  }
  g_clear_error (error);
}

char *
test_read (const char *name, gsize *length)
{
  g_autofree char *path = test_data (name);
  GError *error = NULL;
  char *text;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

void
test_assert_golden (const char *name, const char *text)
{
  g_autofree char *path = test_data (name), *expected = NULL;
  GError *error = NULL;

  if (g_getenv ("MACHTYPE_TEST_UPDATE") != NULL) {
    g_file_set_contents (path, text, -1, &error);
    g_assert_no_error (error);
    return;
  }
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  ROW ("golden %s", name);
  g_assert_cmpstr (text, ==, expected);
}

MachtypeHost *
test_read_host (const char *file, const char *domain_capabilities)
{
  g_autofree char *name = g_build_filename ("hosts", file, NULL), *xml = NULL;
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (GError) error = NULL;
  gsize length;

  xml = test_read (name, &length);
  machtype_host_builder_set_capabilities (builder, xml, (gssize)length, &error);
  g_assert_no_error (error);
  if (domain_capabilities != NULL) {
    g_autofree char *other = g_build_filename ("hosts", domain_capabilities, NULL);
    g_autofree char *text = test_read (other, &length);

    machtype_host_builder_add_domain_capabilities (builder, text, (gssize)length, &error);
    g_assert_no_error (error);
  }
  return machtype_host_builder_end (builder);
}

char *
test_join_codes (GPtrArray *findings)
{
  GString *codes = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];

    ROW ("  %s:", machtype_finding_get_code (finding));
    test_assert_visible (machtype_finding_get_message (finding));
    g_string_append_printf (codes, "%s%s", i != 0 ? " " : "", machtype_finding_get_code (finding));
  }
  g_ptr_array_unref (findings);
  return g_string_free (codes, FALSE);
}

MachtypeProperties *
test_make_properties (const char *text)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_auto (GStrv) pairs = NULL;
  g_autoptr (GError) error = NULL;
  gsize i;

  if (text == NULL)
    return NULL;
  pairs = g_strsplit (text, " ", -1);
  for (i = 0; pairs[i] != NULL; i++) {
    gboolean is_default = *pairs[i] == '?';
    char *value = strchr (pairs[i], '='), *name = pairs[i] + is_default;

    *value++ = '\0';
    if (strchr (name, ':') != NULL || strcmp (name, "hide_hypervisor_id") == 0)
      machtype_properties_builder_add_extra_spec (builder, name, value, &error);
    else
      machtype_properties_builder_add_image (builder, name, value, &error);
    g_assert_no_error (error);
    g_assert_true (!is_default || machtype_properties_builder_mark_default (builder, name));
  }
  return machtype_properties_builder_end (builder);
}

MachtypeHost *
test_make_host (const char *text)
{
  g_autoptr (MachtypeHostBuilder) builder = NULL;

  if (text == NULL)
    return NULL;
  if (g_str_has_suffix (text, ".xml"))
    return test_read_host (text, NULL);
  builder = machtype_host_builder_new ();
  machtype_host_builder_set_arch (builder, machtype_arch_from_string (text, NULL), NULL);
  return machtype_host_builder_end (builder);
}
