/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"

/* Frozen: programs and bindings were compiled with these numbers. */
static const struct {
  const char *nick;
  int code;
} codes[] = {
  { "invalid-argument", 0 },
  { "invalid-name", 1 },
  { "unknown-arch", 2 },
  { "invalid-property", 3 },
  { "invalid-config", 4 },
  { "invalid-xml", 5 },
  { "too-large", 6 },
  { "no-default", 7 },
  { "not-offered", 8 },
  { "unsupported", 9 },
  { "module", 10 },
  { "libvirt", 11 },
  { "timeout", 12 },
  { "not-found", 13 },
  { "exists", 14 },
  { "conflict", 15 },
  { "busy", 16 },
  { "refused", 17 },
  { "store", 18 },
  { "flavor-image-conflict", 19 },
  { "flavor-forbids", 20 },
  { "cancelled", 21 },
  { "pending", 22 },
  { "denied", 23 },
};

static void
test_codes (void)
{
  GEnumClass *enumeration = g_type_class_ref (MACHTYPE_TYPE_ERROR);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (codes); i++) {
    const GEnumValue *value = g_enum_get_value_by_nick (enumeration, codes[i].nick);

    ROW ("%s", codes[i].nick);
    g_assert_nonnull (value);
    g_assert_cmpint (value->value, ==, codes[i].code);
  }
  g_assert_cmpuint (enumeration->n_values, ==, G_N_ELEMENTS (codes));
  g_assert_cmpstr (g_quark_to_string (MACHTYPE_ERROR), ==, "machtype-error-quark");
  g_type_class_unref (enumeration);
}

/* Everything that is put into a message, once. */
static const struct {
  const char *text;
  const char *message;
} message_rows[] = {
  { "a.xml", "the file a.xml: 7" },
  { "\x1b[31m", "the file \\033[31m: 7" },
  { "\\033[31m", "the file \\033[31m: 7" },
  { "\xff\n", "the file \\377\\n: 7" },
  { "\xe2\x80\xae", "the file \\u{202e}: 7" },
};

static void
test_set_error (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (message_rows); i++) {
    g_autoptr (GError) error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_false (
        mt_fail (&error, MACHTYPE_ERROR_STORE, "the file %s: %d", message_rows[i].text, 7));
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE);
    g_assert_cmpstr (error->message, ==, message_rows[i].message);
    g_assert_false (mt_fail (NULL, MACHTYPE_ERROR_STORE, "%s", message_rows[i].text));
  }
}

#define OK -1
#define BAD MACHTYPE_ERROR_INVALID_ARGUMENT
#define LARGE MACHTYPE_ERROR_TOO_LARGE

static const struct {
  const char *text;
  int code;
} text_rows[] = {
  { "", OK },
  { "12345678", OK },
  { "123456789", LARGE },
  { "\xc3\xa9\xe2\x82\xac", OK },
  { "\xf0\x9f\x90\xa7", OK },
  { "a\tb", BAD },
  { "a\nb", BAD },
  { "a\x01", BAD },
  { "\x1f", BAD },
  { " ", OK },
  { "~", OK },
  { "\x7f", BAD },
  { "\xc2\x80", BAD }, /* the C1 controls: U+0080 to U+009F */
  { "\xc2\x9b", BAD },
  { "\xc2\x9f", BAD },
  { "\xc2\xa0", OK },
  { "\xef\xbf\xbd", OK },
  { "\xef\xbf\xbe", BAD }, /* U+FFFE and U+FFFF: not in XML */
  { "\xef\xbf\xbf", BAD },
  { "\xff", BAD },
  { "\xc3", BAD },
  { "\xc0\x80", BAD },          /* NUL, overlong */
  { "\xed\xa0\x80", BAD },      /* a surrogate */
  { "\xf4\x90\x80\x80", BAD },  /* beyond U+10FFFF */
  { "1234567\xc3\xa9", LARGE }, /* cut within a character */
};

static void
test_check_text (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (text_rows); i++) {
    GError *error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_cmpint (mt_check_text ("the thing", text_rows[i].text, 8, &error), ==,
                     text_rows[i].code == OK);
    if (text_rows[i].code == OK)
      g_assert_no_error (error);
    else
      test_assert_error (&error, text_rows[i].code, "the thing");
    /* An error can be ignored. */
    g_assert_cmpint (mt_check_text ("the thing", text_rows[i].text, 8, NULL), ==,
                     text_rows[i].code == OK);
  }
}

static const struct {
  gssize length;
  gboolean ok;
  gsize out;
} length_rows[] = {
  { -1, TRUE, 3 }, { -2, TRUE, 3 }, { 0, TRUE, 0 },           { 3, TRUE, 3 },
  { 4, TRUE, 4 },  { 5, FALSE, 0 }, { G_MAXSSIZE, FALSE, 0 },
};

static void
test_check_length (void)
{
  GError *error = NULL;
  gsize i, out;

  for (i = 0; i < G_N_ELEMENTS (length_rows); i++) {
    ROW ("length %" G_GSSIZE_FORMAT, length_rows[i].length);
    g_assert_cmpint (mt_check_length ("it", "abc\0d", length_rows[i].length, 4, &out, &error), ==,
                     length_rows[i].ok);
    if (length_rows[i].ok)
      g_assert_cmpuint (out, ==, length_rows[i].out);
    else
      test_assert_error (&error, LARGE, "it larger 4");
  }
  g_assert_false (mt_check_length ("it", "abcde", -1, 4, &out, &error));
  test_assert_error (&error, LARGE, "it larger 4");
}

static void
test_finding (void)
{
  MachtypeFinding *bare = mt_finding_new ("code", g_strdup ("message"), NULL);
  g_autoptr (MachtypeFinding) finding =
      mt_finding_new ("code-2", g_strdup ("message 2"), g_strdup ("remedy"));
  MachtypeFinding *boxed = g_boxed_copy (MACHTYPE_TYPE_FINDING, bare);
  g_autoptr (MachtypeFinding) hostile = NULL;

  g_assert_true (boxed == bare);
  g_boxed_free (MACHTYPE_TYPE_FINDING, boxed);
  g_assert_cmpstr (machtype_finding_get_code (bare), ==, "code");
  g_assert_cmpstr (machtype_finding_get_message (bare), ==, "message");
  g_assert_null (machtype_finding_get_remedy (bare));
  g_assert_cmpstr (machtype_finding_get_remedy (finding), ==, "remedy");
  hostile = mt_finding_new ("code-3", g_strdup ("\xff\x1b"), g_strdup ("\xe2\x80\xae"));
  g_assert_cmpstr (machtype_finding_get_message (hostile), ==, "\\377\\033");
  g_assert_cmpstr (machtype_finding_get_remedy (hostile), ==, "\\u{202e}");
  g_assert_true (machtype_finding_ref (finding) == finding);
  machtype_finding_unref (finding);
  machtype_finding_unref (bare);
  machtype_finding_unref (NULL);
}

static void
test_findings_copy (void)
{
  g_autoptr (GPtrArray) list = mt_findings_new (), copy = NULL;
  const MachtypeFinding *finding;

  g_ptr_array_add (list, mt_finding_new ("code", g_strdup ("message"), NULL));
  copy = mt_findings_copy (list);
  g_assert_cmpuint (copy->len, ==, 1);
  /* The list belongs to the caller, its elements outlive the original. */
  g_ptr_array_set_size (list, 0);
  finding = g_ptr_array_index (copy, 0);
  g_assert_cmpstr (machtype_finding_get_message (finding), ==, "message");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/codes", test_codes);
  g_test_add_func ("/error/set", test_set_error);
  g_test_add_func ("/error/check-text", test_check_text);
  g_test_add_func ("/error/check-length", test_check_length);
  g_test_add_func ("/finding/value", test_finding);
  g_test_add_func ("/finding/copy", test_findings_copy);
  return g_test_run ();
}
