/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "text-private.h"

/* As a field, from which the text can be recovered, and in a message, where backslashes are kept.
 */
static const struct {
  const char *text;
  const char *field;
  const char *message;
} rows[] = {
  { "", "", "" },
  { "pc-q35-5.2", "pc-q35-5.2", "pc-q35-5.2" },
  { "a b'\"%s%n", "a b'\"%s%n", "a b'\"%s%n" },
  { "a\\b", "a\\\\b", "a\\b" },
  { "\\033", "\\\\033", "\\033" },
  { "\b\f\n\r\t\v", "\\b\\f\\n\\r\\t\\v", "\\b\\f\\n\\r\\t\\v" },
  { "\x01\x1b[31m\x1f", "\\001\\033[31m\\037", "\\001\\033[31m\\037" },
  { "~\x7f", "~\\177", "~\\177" },
  /* Other scripts are legible. */
  { "\xc3\xa9\xe2\x82\xac\xe6\x97\xa5\xf0\x9f\x90\xa7",
    "\xc3\xa9\xe2\x82\xac\xe6\x97\xa5\xf0\x9f\x90\xa7",
    "\xc3\xa9\xe2\x82\xac\xe6\x97\xa5\xf0\x9f\x90\xa7" },
  { "\xd7\x90\xc2\xa0\xe3\x80\x80", "\xd7\x90\xc2\xa0\xe3\x80\x80",
    "\xd7\x90\xc2\xa0\xe3\x80\x80" },
  /* C1: NEL, CSI. */
  { "\xc2\x80\xc2\x85\xc2\x9b\xc2\x9f", "\\u{80}\\u{85}\\u{9b}\\u{9f}",
    "\\u{80}\\u{85}\\u{9b}\\u{9f}" },
  /* Bytes that are not valid UTF-8: alone, truncated, overlong, a surrogate, beyond the last. */
  { "\xff\xfe", "\\377\\376", "\\377\\376" },
  { "\x9b[31m", "\\233[31m", "\\233[31m" },
  { "a\xe2\x82", "a\\342\\202", "a\\342\\202" },
  { "\xe2\x82z\xc3\xa9", "\\342\\202z\xc3\xa9", "\\342\\202z\xc3\xa9" },
  { "\xc0\x80", "\\300\\200", "\\300\\200" },
  { "\xed\xa0\x80", "\\355\\240\\200", "\\355\\240\\200" },
  { "\xf4\x90\x80\x80", "\\364\\220\\200\\200", "\\364\\220\\200\\200" },
};

static void
test_escape (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *field = machtype_text_escape (rows[i].text, -1, 0);
    g_autofree char *counted =
        machtype_text_escape (rows[i].text, (gssize)strlen (rows[i].text), 0);
    g_autofree char *message = machtype_text_escape_message (rows[i].text);
    g_autofree char *again = machtype_text_escape_message (message);
    g_autofree char *foreign = mt_foreign_message (rows[i].text);

    test_row_text (rows[i].text);
    g_assert_cmpstr (field, ==, rows[i].field);
    g_assert_cmpstr (counted, ==, rows[i].field);
    g_assert_cmpstr (message, ==, rows[i].message);
    g_assert_cmpstr (again, ==, rows[i].message);
    g_assert_true (g_utf8_validate (foreign, -1, NULL));
  }
}

/* Each of them, alone and among others. */
static const struct {
  gunichar first, last;
  gboolean visible;
} characters[] = {
  { 0x00, 0x1f, FALSE },       { 0x20, 0x7e, TRUE },          { 0x7f, 0x9f, FALSE },
  { 0xa0, 0xac, TRUE },        { 0xad, 0xad, FALSE }, /* soft hyphen */
  { 0xae, 0x17f, TRUE },       { 0x34f, 0x34f, FALSE },       { 0x61c, 0x61c, FALSE },
  { 0x115f, 0x1160, FALSE },   { 0x180b, 0x180f, FALSE },     { 0x2000, 0x200a, TRUE }, /* spaces */
  { 0x200b, 0x200f, FALSE },                              /* zero width, marks of direction */
  { 0x2010, 0x2027, TRUE },    { 0x2028, 0x202e, FALSE }, /* separators, embeddings, overrides */
  { 0x2060, 0x206f, FALSE },                              /* word joiner, isolates */
  { 0x2800, 0x2800, FALSE },   { 0x2801, 0x2801, TRUE },      { 0x3164, 0x3164, FALSE },
  { 0xac00, 0xac10, TRUE },    { 0xd800, 0xdfff, FALSE },     { 0xe000, 0xf8ff, FALSE },
  { 0xfdd0, 0xfdef, FALSE },   { 0xfe00, 0xfe0f, FALSE },     { 0xfeff, 0xfeff, FALSE },
  { 0xffa0, 0xffa0, FALSE },   { 0xfff0, 0xfffb, FALSE },     { 0xfffc, 0xfffd, TRUE },
  { 0xfffe, 0xffff, FALSE },   { 0x1bca0, 0x1bca3, FALSE }, /* shorthand format controls */
  { 0x1d173, 0x1d17a, FALSE },                              /* format controls of music */
  { 0x1f427, 0x1f427, TRUE },  { 0xe0000, 0xe0fff, FALSE }, /* tags, variation selectors */
  { 0xf0000, 0xf0010, FALSE }, { 0x10fffe, 0x110000, FALSE },
};

static void
test_visible (void)
{
  gunichar c;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (characters); i++) {
    for (c = characters[i].first; c <= characters[i].last; c++) {
      char text[16] = "a";
      g_autofree char *spelled = g_strdup_printf ("a\\u{%x}b", c), *message = NULL;

      ROW ("U+%04X", c);
      g_assert_cmpint (machtype_text_is_visible (c), ==, characters[i].visible);
      if (c < 0x80 || !g_unichar_validate (c))
        continue;
      text[1 + g_unichar_to_utf8 (c, text + 1)] = 'b';
      message = machtype_text_escape_message (text);
      g_assert_cmpstr (message, ==, characters[i].visible ? text : spelled);
    }
  }
}

#define LENGTH 19

/* Texts are read in groups of eight bytes: each byte reads as it does alone, wherever it stands. */
static void
test_everywhere (void)
{
  guint byte, at;

  for (byte = 1; byte <= 0xff; byte++) {
    const char alone[] = { (char)byte, '\0' };
    g_autofree char *field = machtype_text_escape (alone, -1, 0);
    g_autofree char *message = machtype_text_escape_message (alone);

    for (at = 0; at < LENGTH; at++) {
      char text[] = "Zz~ !#[]^09azAZ~~  ";
      g_autofree char *seen = NULL, *heard = NULL, *wanted = NULL, *told = NULL;

      g_test_message ("byte 0x%02x at %u", byte, at);
      text[at] = (char)byte;
      seen = machtype_text_escape (text, -1, 0);
      heard = machtype_text_escape_message (text);
      wanted = g_strdup_printf ("%.*s%s%s", (int)at, text, field, text + at + 1);
      told = g_strdup_printf ("%.*s%s%s", (int)at, text, message, text + at + 1);
      g_assert_cmpstr (seen, ==, wanted);
      g_assert_cmpstr (heard, ==, told);
      g_assert_cmpint (mt_is_plain (text), ==, byte >= 0x20 && byte < 0x7f);
    }
  }
}

static const struct {
  const char *text;
  gssize length;
  gsize max;
  const char *field;
} cut_rows[] = {
  { "abc", -1, 0, "abc" },
  { "abc", -1, 3, "abc" },
  { "abcd", -1, 3, "abc..." },
  { "abcd", 4, 3, "abc..." },
  { "abcd", 2, 3, "ab" },
  { "abcd", 0, 3, "" },
  { "a\0b", 3, 0, "a\\000b" },
  { "a\0b", -1, 0, "a" },
  { "ab\xc3\xa9", -1, 3, "ab..." },
  { "ab\xc3\xa9", -1, 4, "ab\xc3\xa9" },
  { "ab\xc3\xa9z", -1, 4, "ab\xc3\xa9..." },
  { "\xe2\x82\xac\xe2\x82\xac", -1, 5, "\xe2\x82\xac..." },
  { "\xf0\x9f\x90\xa7z", -1, 3, "..." },
  { "\xe2\x80\xaez", -1, 3, "\\u{202e}..." },
  { "\x80\x80\x80\x80\x80\x80\x80\x80", -1, 6, "\\200\\200\\200\\200\\200\\200..." },
};

static void
test_cut (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cut_rows); i++) {
    g_autofree char *field =
        machtype_text_escape (cut_rows[i].text, cut_rows[i].length, cut_rows[i].max);

    ROW ("row %u", (guint)i);
    g_assert_cmpstr (field, ==, cut_rows[i].field);
  }
}

static const struct {
  const char *text;
  const char *word; /* NULL: none is similar */
} similar_rows[] = {
  { "record", "record" },
  { "recrod", "record" },
  { "recod", "record" },
  { "reecord", "record" },
  { "rekord", "record" },
  { "RECORD", "record" },
  { "vcn", "vnc" },
  { "pv", "pc" },
  { "hw_machinetype", "hw_machine_type" },
  { "hw-machine-typ", "hw_machine_type" },
  { "hw_mashin_tipe", "hw_machine_type" },
  { "hw_mashin_tip", NULL }, /* four errors */
  { "vm", NULL },
  { "x", NULL },
  { "", NULL },
  { "frobnicate", NULL },
  { "hw_machine_type_hw_machine_type_hw_machine_type_hw_machine_type_x", NULL },
};

static void
test_similar (void)
{
  static const char *const words[] = { "record", "vnc", "pc", "p", "", "hw_machine_type", NULL };
  static const char *const none[] = { NULL };
  g_autofree char *large = g_strnfill (1000000, 'a');
  const char *const larges[] = { large, "aaab", NULL };
  g_autofree char *nothing = machtype_text_dup_similar ("record", none);
  g_autofree char *of_large = machtype_text_dup_similar ("aaaa", larges);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (similar_rows); i++) {
    g_autofree char *word = machtype_text_dup_similar (similar_rows[i].text, words);

    ROW ("row %u", (guint)i);
    g_assert_cmpstr (word, ==, similar_rows[i].word);
  }
  g_assert_null (nothing);
  g_assert_cmpstr (of_large, ==, "aaab");
  g_assert_null (machtype_text_dup_similar (large, words));
}

/* Messages of libxml2, libvirt and SQLite. */
static void
test_foreign (void)
{
  static const char *const said[][2] = {
    { "no such file\n", "no such file" },
    { "one\ntwo\n\n", "one\\ntwo" },
    { "\n", "" },
    { "a\\b", "a\\b" },
    { "\xff", NULL }, /* depends on the locale: some text */
  };
  g_autofree char *large = g_strnfill (100000, 'a'), *shown = mt_foreign_message (large);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (said); i++) {
    g_autofree char *message = mt_foreign_message (said[i][0]);

    ROW ("row %u", (guint)i);
    g_assert_true (g_utf8_validate (message, -1, NULL));
    if (said[i][1] != NULL)
      g_assert_cmpstr (message, ==, said[i][1]);
  }
  g_assert_cmpuint (strlen (shown), ==, 4096 + 3);
}

static const struct {
  const char *text;
  const char *shown;
} shown_rows[] = {
  { "", "" },
  { "pc-q35-5.2", "pc-q35-5.2" },
  { "a b", "a b" },
  { "a\nb\t\r", "a\\nb\\t\\r" },
  { "\x1b[31m", "\\033[31m" },
  { "\x7f", "\\177" },
  { "'\"\\", "'\\\"\\\\" },
  { "%s%n", "%s%n" },
  { "\xc3\xa9", "\\u{e9}" },
  { "\xff", "\\377" },
};

static void
test_shown (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (shown_rows); i++) {
    g_autofree char *shown = mt_escape_for_message (shown_rows[i].text);
    g_autofree char *counted =
        mt_escape_len_for_message (shown_rows[i].text, strlen (shown_rows[i].text));

    ROW ("row %u", (guint)i);
    g_assert_cmpstr (shown, ==, shown_rows[i].shown);
    g_assert_cmpstr (counted, ==, shown_rows[i].shown);
  }
}

static void
test_shown_cut (void)
{
  gsize lengths[] = { 63, 64, 65, 66, 100000 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autofree char *text = g_strnfill (lengths[i], 'a');
    g_autofree char *shown = mt_escape_for_message (text);
    g_autofree char *counted = mt_escape_len_for_message (text, lengths[i]);

    ROW ("%u bytes", (guint)lengths[i]);
    g_assert_cmpint (g_str_has_suffix (shown, "..."), ==, lengths[i] > 64);
    g_assert_cmpuint (strspn (shown, "a"), ==, MIN (lengths[i], 64));
    g_assert_cmpstr (counted, ==, shown);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/escape", test_escape);
  g_test_add_func ("/text/visible", test_visible);
  g_test_add_func ("/text/everywhere", test_everywhere);
  g_test_add_func ("/text/cut", test_cut);
  g_test_add_func ("/text/similar", test_similar);
  g_test_add_func ("/text/foreign", test_foreign);
  g_test_add_func ("/text/shown", test_shown);
  g_test_add_func ("/text/shown/cut", test_shown_cut);
  return g_test_run ();
}
