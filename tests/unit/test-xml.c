/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads hostile XML, and writes XML that means what was intended. */

#include "test.h"

#include <libxml/parser.h>
#include <string.h>

#include "xml-reader.h"
#include "xml-writer.h"

/* What a handler has seen: "<1 a b=[c]", "[text]", ">1 a". */
typedef struct {
  MtXmlReader *reader;
  GString *events;
  GString *lent;       /* where the text goes; NULL: the reader's own */
  const char *fail_at; /* element at whose start to stop */
} Seen;

static gboolean
give_up (GError **error)
{
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED, "given up");
  return FALSE;
}

static gboolean
see_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
           GError **error)
{
  Seen *seen = data;
  int i;

  g_string_append_printf (seen->events, "<%u %s", depth, element);
  for (i = 0; i < attributes->count; i++) {
    const guchar **attribute = attributes->list + i * 5;

    g_string_append_printf (seen->events, " %s=[%.*s]", (const char *)attribute[0],
                            (int)(attribute[4] - attribute[3]), (const char *)attribute[3]);
  }
  if (g_strcmp0 (seen->fail_at, element) == 0)
    return give_up (error);
  if (g_str_has_prefix (element, "no"))
    return TRUE;
  if (seen->lent != NULL)
    mt_xml_reader_want_text_in (seen->reader, seen->lent);
  else
    mt_xml_reader_want_text (seen->reader);
  return TRUE;
}

static void
see_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Seen *seen = data;

  if (text != NULL)
    g_assert_cmpuint (strlen (text), ==, length);
  if (text != NULL && *text != '\0')
    g_string_append_printf (seen->events, "[%s]", text);
  g_string_append_printf (seen->events, ">%u %s", depth, element);
}

static const MtXmlHandler seeing = { see_start, see_end };

static gboolean
read_seen_in (const char *text, gsize length, const char *fail_at, GString *lent, GString *events,
              GError **error)
{
  Seen seen = { NULL, events, lent, fail_at };
  gboolean ok;

  g_string_truncate (events, 0);
  ok = mt_xml_read (text, length, "paper", &seeing, &seen, &seen.reader, error);
  g_assert_null (seen.reader);
  return ok;
}

static gboolean
read_seen (const char *text, gsize length, const char *fail_at, GString *events, GError **error)
{
  return read_seen_in (text, length, fail_at, NULL, events, error);
}

static const struct {
  const char *text;
  const char *events;
} good[] = {
  { "<a/>", "<1 a>1 a" },
  { "<a></a>", "<1 a>1 a" },
  { "<a b='c' d=\"e\"/>", "<1 a b=[c] d=[e]>1 a" },
  { "<a>t</a>", "<1 a[t]>1 a" },
  { "<a><b>x</b><b>y</b></a>", "<1 a<2 b[x]>2 b<2 b[y]>2 b>1 a" },
  { "<no>x<b>y</b>z</no>", "<1 no<2 b[y]>2 b>1 no" },
  /* For one element at a time. */
  { "<a>x<b>y</b>z</a>", "<1 a<2 b[y]>2 b>1 a" },
  /* Only what is directly in the element. */
  { "<a>x<no>y</no>z</a>", "<1 a<2 no>2 no[xz]>1 a" },
  { "<a>&lt;&gt;&amp;&apos;&quot;</a>", "<1 a[<>&'\"]>1 a" },
  { "<a b='&lt;&#65;&#x42;'/>", "<1 a b=[<AB]>1 a" },
  { "<a>&#8364;\xe2\x82\xac</a>", "<1 a[\xe2\x82\xac\xe2\x82\xac]>1 a" },
  { "<a>x<![CDATA[<b>&amp;]]>y</a>", "<1 a[x<b>&amp;y]>1 a" },
  { "<a>x<!-- <b/> -->y</a>", "<1 a[xy]>1 a" },
  { "<!-- c --><a/><!-- c -->", "<1 a>1 a" },
  { "<?xml version='1.0'?><?pi x?><a><?pi y?></a>\n", "<1 a>1 a" },
  { "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a/>", "<1 a>1 a" },
  { "\xef\xbb\xbf<a/>", "<1 a>1 a" },
  { "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "<1 a[\xc3\xa9]>1 a" },
  { "<a xmlns='urn:x'><b/></a>", "<1 a<2 b>2 b>1 a" },
  { "<q:a xmlns:q='urn:x' q:b='1' c='2'/>", "<1 a b=[1] c=[2]>1 a" },
  { "<a>\r\nx\ry</a>", "<1 a[\nx\ny]>1 a" },
  { "<a b='x\n\ty'/>", "<1 a b=[x  y]>1 a" },
  { "<a b=''/>", "<1 a b=[]>1 a" },
  { "<a> \n </a>", "<1 a[ \n ]>1 a" },
  { "<a>]]</a>", "<1 a[]]]>1 a" },
};

static void
test_good (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (good); i++) {
    GError *error = NULL;

    test_row_text (good[i].text);
    g_assert_true (read_seen (good[i].text, strlen (good[i].text), NULL, events, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (events->str, ==, good[i].events);
  }
}

/* Appended to the contents of the handler's string, which are kept. */
static void
test_lent (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  g_autoptr (GString) lent = g_string_new ("before");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (good); i++) {
    GError *error = NULL;

    test_row_text (good[i].text);
    g_assert_true (read_seen_in (good[i].text, strlen (good[i].text), NULL, lent, events, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (events->str, ==, good[i].events);
    g_assert_true (g_str_has_prefix (lent->str, "before"));
  }
  g_assert_cmpuint (lent->len, >, strlen ("before"));
}

#define DTD "document type"

static const struct {
  const char *text;
  const char *words; /* next to "paper" */
} bad[] = {
  { "", "empty" },
  { " ", "" },
  { "x", "line 1" },
  { "<", "line 1" },
  { "<a", "line 1" },
  { "<a>", "line 1" },
  { "<a>\n<b>\n</a>", "line 3" },
  { "<a/><b/>", "line 1" },
  { "<a/>x", "line 1" },
  { "</a>", "line 1" },
  { "<a b/>", "line 1" },
  { "<a b=c/>", "line 1" },
  { "<a b='1' b='2'/>", "line 1" },
  { "<a b='<'/>", "line 1" },
  { "<a>&</a>", "line 1" },
  { "<a>&lt</a>", "line 1" },
  { "<a>&nbsp;</a>", "entities" },
  { "<a b='&nbsp;'/>", "entities" },
  { "<a>&#0;</a>", "line 1" },
  { "<a>&#1;</a>", "line 1" },
  { "<a>&#xFFFE;</a>", "line 1" },
  { "<a>&#x110000;</a>", "line 1" },
  { "<a>\x01</a>", "line 1" },
  { "<a>\xff</a>", "line 1" },
  { "<a>\xc3</a>", "line 1" },
  { "<a>]]></a>", "line 1" },
  { "<a><!-- -- --></a>", "line 1" },
  { "<a><![CDATA[x</a>", "line 1" },
  { "\n<?xml version='1.0'?><a/>", "line" },
  { "<?xml version='1.0' encoding='martian'?><a/>", "" },
  { "<!DOCTYPE a><a/>", DTD },
  { "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", DTD },
  { "<!DOCTYPE a PUBLIC '-//x' 'http://192.0.2.1/x.dtd'><a/>", DTD },
  { "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", DTD },
  { "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", DTD },
  { "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://192.0.2.1/'> %x;]><a/>", DTD },
  { "<!DOCTYPE a [<!ENTITY a '&b;&b;'><!ENTITY b '&c;&c;'><!ENTITY c '&a;'>]><a>&a;</a>", DTD },
  { "<!DOCTYPE a [<!ATTLIST a b CDATA 'default'>]><a/>", DTD },
};

static void
test_bad (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *words = g_strconcat ("paper ", bad[i].words, NULL);
    GError *error = NULL;

    test_row_text (bad[i].text);
    g_assert_false (read_seen (bad[i].text, strlen (bad[i].text), NULL, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, words);
    g_assert_null (strstr (events->str, "root:"));
    g_assert_false (read_seen (bad[i].text, strlen (bad[i].text), NULL, events, NULL));
  }
}

/* Ten entities, each ten of the one before: 10^9 laughs. */
static void
test_billion_laughs (void)
{
  g_autoptr (GString) text = g_string_new ("<!DOCTYPE a [<!ENTITY l0 'ha'>"), events = NULL;
  GError *error = NULL;
  guint i, j;

  events = g_string_new (NULL);
  for (i = 1; i < 10; i++) {
    g_string_append_printf (text, "<!ENTITY l%u '", i);
    for (j = 0; j < 10; j++)
      g_string_append_printf (text, "&l%u;", i - 1);
    g_string_append (text, "'>");
  }
  g_string_append (text, "]><a>&l9;</a>");
  g_assert_false (read_seen (text->str, text->len, NULL, events, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, DTD);
  g_assert_cmpstr (events->str, ==, "");
}

static const char document[] = "<?xml version='1.0' encoding='UTF-8'?>\n"
                               "<!-- c -->\n"
                               "<capabilities a='b' q:c=\"&lt;\" xmlns:q='urn:q'>\n"
                               "  <host><uuid>x&#65;</uuid></host>\n"
                               "  <guest><![CDATA[<y>]]>\xc3\xa9</guest><q:e/>\n"
                               "</capabilities>";

/* A truncated document is an error wherever it ends. */
static void
test_truncated (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  GError *error = NULL;
  gsize length;

  for (length = 0; length < sizeof document - 1; length++) {
    /* A copy of exactly this size: valgrind and the sanitizers detect a read after it. */
    g_autofree char *copy = g_memdup2 (document, MAX (length, 1));

    ROW ("%u bytes", (guint)length);
    g_assert_false (read_seen (copy, length, NULL, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "paper");
  }
  g_assert_true (read_seen (document, length, NULL, events, &error));
  g_assert_no_error (error);
}

/* Any byte changed to any other: the result is an error or success, never a crash. */
static void
test_changed (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  guint i;

  for (i = 0; i < 5000; i++) {
    g_autofree char *copy = g_memdup2 (document, sizeof document);
    GError *error = NULL;

    copy[g_test_rand_int_range (0, sizeof document - 1)] = (char)g_test_rand_int_range (0, 256);
    if (read_seen (copy, sizeof document - 1, NULL, events, &error))
      g_assert_no_error (error);
    else
      g_assert_nonnull (error);
    g_clear_error (&error);
  }
}

/* A NUL within the length is not the end of the document. */
static void
test_nul (void)
{
  static const char *const texts[] = { "<a/>\0", "<a/>\0<b/>", "<a>\0</a>", "<a b='\0'/>",
                                       "\0<a/>" };
  static const gsize lengths[] = { 5, 9, 8, 9, 5 };
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    GError *error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_false (read_seen (texts[i], lengths[i], NULL, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "paper");
  }
}

static char *
nest (guint depth)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < depth; i++)
    g_string_append (text, "<a>");
  for (i = 0; i < depth; i++)
    g_string_append (text, "</a>");
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const guint depths[] = { 127, 128, 129, 256, 257, 100000 };
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (depths); i++) {
    g_autofree char *text = nest (depths[i]);
    GError *error = NULL;

    ROW ("depth %u", depths[i]);
    g_assert_cmpint (read_seen (text, strlen (text), NULL, events, &error), ==,
                     depths[i] <= MACHTYPE_XML_MAX_DEPTH);
    if (depths[i] > MACHTYPE_XML_MAX_DEPTH)
      test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "paper deeper 128");
    g_assert_no_error (error);
  }
}

/* A tag of n attributes, or what looks like one, and what surrounds it. */
typedef struct {
  const char *before, *attribute, *after;
  gboolean counts; /* refused above the limit */
} Crowd;

static const Crowd crowds[] = {
  { "<no><no", " a%u='1'", "/></no>", TRUE },
  { "<no><no", "\n\ta%u =\r\n \"1\"", " ></no></no>", TRUE },
  { "<no><no", " a%u='\"'", "/></no>", TRUE },
  { "<no><no", " a%u=\"'>=\"", "/></no>", TRUE },
  { "<no><no", " xmlns:a%u='urn:%u'", "/></no>", TRUE },
  { "<?xml version='1.0' encoding='UTF-8'?><!-- < ' -->\n<no x='\"'><?p <a '?><no", " a%u=''",
    "/></no>", TRUE },
  { "<no><![CDATA[<no a=']]]><no", " a%u=''", "/></no>", TRUE },
  { "\xef\xbb\xbf<no", " a%u=''", "/>", TRUE },
  { "<no x='1' y='", " a%u=", "'/>", FALSE },
  { "<no x=\"", " a%u=''", "\"/>", FALSE },
  { "<no>", " a%u=''", "</no>", FALSE },
  { "<no><!-- <a", " a%u=''", "--></no>", FALSE },
  { "<no><![CDATA[<a", " a%u=''", "]]></no>", FALSE },
  { "<no><?p <a", " a%u=''", "?></no>", FALSE },
  { "<no>", "<no a%u='' b='='>=</no>", "</no>", FALSE },
  { "<no>", "<no a%u='' />\n\n", "</no>", FALSE },
};

static char *
make_crowd (const Crowd *crowd, guint n)
{
  g_autoptr (GString) text = g_string_new (crowd->before), attribute = g_string_new (NULL);
  guint i;

  for (i = 0; i < n; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i);

    g_string_assign (attribute, crowd->attribute);
    g_string_replace (attribute, "%u", number, 0);
    g_string_append (text, attribute->str);
  }
  g_string_append (text, crowd->after);
  return g_strdup (text->str);
}

static void
assert_crowd (const char *text, gsize length, gboolean refused)
{
  g_autoptr (GString) events = g_string_new (NULL);
  GError *error = NULL;

  g_assert_cmpint (read_seen (text, length, NULL, events, &error), ==, !refused);
  if (!refused) {
    g_assert_no_error (error);
    return;
  }
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "paper line more than 256 attributes");
  g_assert_cmpstr (events->str, ==, ""); /* not even the elements before */
}

static void
test_attribute_limit (void)
{
  static const guint counts[] = { 255, 256, 257, 1000, 20000 };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (crowds); i++) {
    for (k = 0; k < G_N_ELEMENTS (counts); k++) {
      g_autofree char *text = make_crowd (&crowds[i], counts[k]);

      ROW ("crowd %u, %u", (guint)i, counts[k]);
      assert_crowd (text, strlen (text), crowds[i].counts && counts[k] > 256);
    }
  }
}

/* Truncated within the tag, and malformed after it: still refused. */
static void
test_attribute_limit_malformed (void)
{
  static const char *const ends[] = { "", " b", " b=", " b='", "<", "></no>", "\xff", " a0=''/>" };
  const Crowd same = { "<a", " a=''", "/>", TRUE };
  g_autofree char *shortest = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ends); i++) {
    const Crowd crowd = { "<no", " a%u=''", ends[i], TRUE };
    g_autofree char *text = make_crowd (&crowd, 20000);

    ROW ("%u", (guint)i);
    assert_crowd (text, strlen (text), TRUE);
  }
  /* As short as possible, although all are the same. */
  shortest = make_crowd (&same, MACHTYPE_XML_MAX_ATTRIBUTES + 1);
  assert_crowd (shortest, strlen (shortest), TRUE);
}

/* No encoding circumvents it. */
static void
test_attribute_limit_encoded (void)
{
  static const char *const names[] = { "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1" };
  static const guint counts[] = { 256, 257 };
  gsize i, k, length;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *before = g_strdup_printf ("<?xml version='1.0' encoding='%s'?><no", names[i]);
    const Crowd crowd = { before, " a%u='\xc3\xa9'", "/>", TRUE };

    for (k = 0; k < G_N_ELEMENTS (counts); k++) {
      g_autofree char *text = make_crowd (&crowd, counts[k]), *converted = NULL;

      ROW ("%s, %u", names[i], counts[k]);
      converted = g_convert (text, -1, names[i], "UTF-8", NULL, &length, NULL);
      g_assert_nonnull (converted);
      assert_crowd (converted, length, counts[k] > 256);
    }
  }
}

/* Encodings in which "<" can be written differently. */
static void
test_other_encodings (void)
{
  static const struct {
    const char *text;
    gsize length;
    const char *words;
  } others[] = {
    { "<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-", 50, "UTF-7 not supported UTF-8" },
    { "<?xml version=\"1.0\"\n encoding = \"ISO-2022-JP\" ?><a/>", 53, "ISO-2022-JP supported" },
    { "<?xml version='1.0' encoding='\x1b[31m'?><a/>", 45, "\\033 not supported" },
    { "\x4c\x6f\xa7\x94\x93\x40", 6, "EBCDIC not supported" },
    { "\xff\xfe\0\0<\0\0\0", 8, "UCS-4 not supported" },
    { "\0\0\0<\0\0\0a", 8, "UCS-4 not supported" },
    { "<\0a\0/\0>", 7, "UTF-16LE not in the encoding" },
    { "<?xml version='1.0' encoding='UTF-16'?><a/>x", 43, "UTF-16 not in the encoding" },
  };
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    GError *error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_false (read_seen (others[i].text, others[i].length, NULL, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, others[i].words);
  }
}

/* In scope are those of an element and of all around it. */
static void
test_namespace_limit (void)
{
  static const struct {
    guint outer, inner, n_inner;
    gboolean refused;
  } nests[] = {
    { 256, 0, 1, FALSE },   { 255, 1, 1, FALSE },  { 256, 1, 1, TRUE },
    { 128, 128, 9, FALSE }, { 128, 129, 1, TRUE }, { 0, 256, 9, FALSE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (nests); i++) {
    const Crowd outer = { "<no", " xmlns:o%u='urn:o'", ">", TRUE };
    const Crowd inner = { "<no", " xmlns:i%u='urn:i'", "/>", TRUE };
    g_autofree char *start = make_crowd (&outer, nests[i].outer);
    g_autofree char *child = make_crowd (&inner, nests[i].inner);
    g_autoptr (GString) text = g_string_new (start), events = g_string_new (NULL);
    GError *error = NULL;
    guint k;

    ROW ("row %u", (guint)i);
    for (k = 0; k < nests[i].n_inner; k++)
      g_string_append (text, child);
    g_string_append (text, "</no>");
    g_assert_cmpint (read_seen (text->str, text->len, NULL, events, &error), ==, !nests[i].refused);
    if (nests[i].refused)
      test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "paper namespaces more than 256");
    g_assert_no_error (error);
  }
}

/* Siblings are not depth. */
static void
test_wide (void)
{
  g_autoptr (GString) text = g_string_new ("<no>"), events = g_string_new (NULL);
  GError *error = NULL;
  guint i;

  for (i = 0; i < 10000; i++)
    g_string_append (text, "<no/>");
  g_string_append (text, "</no>");
  g_assert_true (read_seen (text->str, text->len, NULL, events, &error));
  g_assert_no_error (error);
}

/* Under valgrind these take a minute each; they cover nothing that the others do not. */
static gboolean
is_slow (void)
{
  if (!test_is_short ())
    return FALSE;
  g_test_skip ("too slow here");
  return TRUE;
}

/* A document filled up to a size by repeating what is between start and end. */
static char *
fill (const char *start, const char *filler, const char *end, gsize size)
{
  gsize at = strlen (start), n = strlen (filler);
  char *text = g_malloc (size + 1);

  memcpy (text, start, at);
  for (; at + n + strlen (end) <= size; at += n)
    memcpy (text + at, filler, n);
  memset (text + at, ' ', size - at - strlen (end));
  memcpy (text + size - strlen (end), end, strlen (end) + 1);
  return text;
}

static gboolean
nothing_starts (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
                GError **error)
{
  (void)element;
  (void)depth;
  (void)attributes;
  (void)error;
  ++*(guint *)data;
  return TRUE;
}

static void
nothing_ends (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  (void)data;
  (void)element;
  (void)depth;
  g_assert_null (text);
  g_assert_cmpuint (length, ==, 0);
}

static const MtXmlHandler counting = { nothing_starts, nothing_ends };

static void
test_size (void)
{
  const gsize sizes[] = { MACHTYPE_XML_MAX_SIZE, MACHTYPE_XML_MAX_SIZE + 1, 65 * 1024 * 1024 };
  MtXmlReader *reader = NULL;
  gsize i;

  if (is_slow ())
    return;
  for (i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *text = fill ("<a>", "<b c='0123456789'>0123456789</b>\n", "</a>", sizes[i]);
    GError *error = NULL;
    guint n = 0;

    ROW ("%u bytes", (guint)sizes[i]);
    g_assert_cmpint (mt_xml_read (text, sizes[i], "paper", &counting, &n, &reader, &error), ==,
                     sizes[i] <= MACHTYPE_XML_MAX_SIZE);
    if (sizes[i] > MACHTYPE_XML_MAX_SIZE) {
      test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "paper 64 MiB");
      g_assert_cmpuint (n, ==, 0);
    }
    g_assert_no_error (error);
  }
}

/* One thing of 60 MiB, or, for the fast loop, beyond libxml2's 10 million bytes: accepted or
 * refused, never hanging. */
static void
test_one_large_thing (void)
{
  static const char *const shapes[][2] = {
    { "<a>", "</a>" },        { "<a b='", "'/>" },
    { "<a><!--", "--></a>" }, { "<a><![CDATA[", "]]></a>" },
    { "<a><?p ", "?></a>" },  { "<a", "/>" },
  };
  const gsize size = (g_test_slow () ? 60 : 10) * 1024 * 1024;
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  if (is_slow ())
    return;
  for (i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *text = fill (shapes[i][0], "xxxxxxxx", shapes[i][1], size);
    GError *error = NULL;

    ROW ("%s%s", shapes[i][0], shapes[i][1]);
    if (!read_seen (text, size, NULL, events, &error))
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "paper");
  }
}

/* The text of an element is cut at 64 KiB, as xml-reader.h says. */
static void
test_text_limit (void)
{
  const gsize limit = 64 * 1024;
  const gsize lengths[] = { limit - 1, limit, limit + 1, 10 * limit };
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autofree char *filler = g_strnfill (lengths[i], 'x');
    g_autofree char *text = g_strconcat ("<a>", filler, "</a>", NULL);
    GError *error = NULL;

    ROW ("%u bytes", (guint)lengths[i]);
    g_assert_true (read_seen (text, strlen (text), NULL, events, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (events->len, ==, strlen ("<1 a[]>1 a") + MIN (lengths[i], limit));
  }
}

/* The handler's own error is returned, and nothing follows it. */
static void
test_handler_error (void)
{
  static const struct {
    const char *at, *events;
  } stops[] = {
    { "a", "<1 a" },
    { "b", "<1 a<2 b" },
    { "c", "<1 a<2 b[x]>2 b<2 c" },
  };
  static const char text[] = "<a><b>x</b><c/></a>";
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (stops); i++) {
    GError *error = NULL;

    ROW ("%s", stops[i].at);
    g_assert_false (read_seen (text, strlen (text), stops[i].at, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "given up");
    g_assert_cmpstr (events->str, ==, stops[i].events);
  }
}

static const char *const encodings[] = { "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1" };

static void
test_encodings (void)
{
  g_autoptr (GString) events = g_string_new (NULL);
  gsize i, length;

  for (i = 0; i < G_N_ELEMENTS (encodings); i++) {
    g_autofree char *text = NULL, *converted = NULL;
    GError *error = NULL;

    ROW ("%s", encodings[i]);
    text = g_strdup_printf ("<?xml version='1.0' encoding='%s'?><a b='\xc3\xa9'>\xc3\xbc</a>",
                            encodings[i]);
    converted = g_convert (text, -1, encodings[i], "UTF-8", NULL, &length, &error);
    g_assert_no_error (error);
    g_assert_true (read_seen (converted, length, NULL, events, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (events->str, ==, "<1 a b=[\xc3\xa9][\xc3\xbc]>1 a");
    /* Cut within a character of two or four bytes. */
    g_assert_false (read_seen (converted, length - 1, NULL, events, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "paper");
  }
}

#define DOMAIN                                                                                     \
  "<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-6.2'>hvm</type></os></domain>"

/* libxml2 2.15 advises against them; older callers have them. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS
static void
read_defaults (int *load, int *substitute)
{
  *load = xmlLoadExtDtdDefaultValue;
  *substitute = xmlSubstituteEntitiesDefaultValue;
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* The caller's libxml2 is unchanged: its handlers, and its last error. */
static void
test_no_side_effects (void)
{
  g_autoptr (MachtypeConversion) conversion = NULL;
  g_autoptr (GString) events = g_string_new (NULL);
  xmlStructuredErrorFunc structured = xmlStructuredError;
  xmlGenericErrorFunc generic = xmlGenericError;
  int load[2], substitute[2];

  read_defaults (&load[0], &substitute[0]);
  g_assert_false (read_seen ("<a>", 3, NULL, events, NULL));
  g_assert_true (read_seen ("<a/>", 4, NULL, events, NULL));
  conversion = machtype_domain_convert (DOMAIN, -1, "pc-q35-7.2", MACHTYPE_STATE_STOPPED,
                                        MACHTYPE_CHANGE_FORCE, NULL, NULL);
  g_assert_nonnull (conversion);
  g_assert_true (xmlStructuredError == structured);
  g_assert_true (xmlGenericError == generic);
  read_defaults (&load[1], &substitute[1]);
  g_assert_cmpint (load[0], ==, load[1]);
  g_assert_cmpint (substitute[0], ==, substitute[1]);
}

static gboolean
look_up (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
         GError **error)
{
  gsize length = 99;

  (void)data;
  (void)element;
  (void)depth;
  (void)error;
  g_assert_nonnull (mt_xml_attribute (attributes, "b", &length));
  g_assert_cmpuint (length, ==, 3);
  g_assert_nonnull (mt_xml_attribute (attributes, "e", &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (mt_xml_attribute (attributes, "q:c", &length));
  g_assert_null (mt_xml_attribute (attributes, "c", &length));
  g_assert_null (mt_xml_attribute (attributes, "", &length));
  return TRUE;
}

/* The first address of every name. */
static gboolean
look_again (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
            GError **error)
{
  GHashTable *addresses = data;
  const char *names[] = { element, (const char *)attributes->list[0] };
  gsize i;

  (void)depth;
  (void)error;
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *first = g_hash_table_lookup (addresses, names[i]);

    if (first == NULL)
      g_hash_table_insert (addresses, (gpointer)(guintptr)names[i], (gpointer)(guintptr)names[i]);
    else
      g_assert_true (first == names[i]);
  }
  return TRUE;
}

static void
test_addresses (void)
{
  g_autoptr (GHashTable) addresses = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) text = g_string_new ("<a a='1'>");
  const MtXmlHandler looking = { look_again, nothing_ends };
  MtXmlReader *reader = NULL;
  GError *error = NULL;
  guint i;

  for (i = 0; i < 20000; i++)
    g_string_append_printf (text, "<b%u c%u='x'/>", i % 5000, i % 7000);
  g_string_append (text, "</a>");
  g_assert_true (mt_xml_read (text->str, text->len, "paper", &looking, addresses, &reader, &error));
  g_assert_no_error (error);
}

static void
test_attributes (void)
{
  static const char text[] = "<a q:b='no' b='yes' q:c='x' e='' xmlns:q='urn:q'/>";
  const MtXmlHandler looking = { look_up, nothing_ends };
  MtXmlReader *reader = NULL;
  GError *error = NULL;

  g_assert_true (mt_xml_read (text, strlen (text), "paper", &looking, NULL, &reader, &error));
  g_assert_no_error (error);
}

static const struct {
  const char *value, *written;
} escapes[] = {
  { "", "" },
  { "plain", "plain" },
  { "&", "&amp;" },
  { "&amp;", "&amp;amp;" },
  { "a<b>c", "a&lt;b&gt;c" },
  { "'\"", "&apos;&quot;" },
  { "\t\n\r", "&#9;&#10;&#13;" },
  { "]]>", "]]&gt;" },
  { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7" },
  { "<&>", "&lt;&amp;&gt;" },
  /* What a terminal would interpret, or not show. */
  { "a\xc2\x85\xc2\x9b", "a&#x85;&#x9b;" },
  { "\xe2\x80\xaegnp\xe2\x80\x8b", "&#x202e;gnp&#x200b;" },
  { "\xef\xbb\xbf\xf3\xa0\x81\x81", "&#xfeff;&#xe0041;" },
  { "\xc2\xa0\xe6\x97\xa5", "\xc2\xa0\xe6\x97\xa5" },
};

static const struct {
  const char *text, *visible;
} documents[] = {
  { "<a/>", "<a/>" },
  { "<a>\xc3\xa9 \xe6\x97\xa5\n\t</a>", "<a>\xc3\xa9 \xe6\x97\xa5\n\t</a>" },
  { "<a>x\xe2\x80\xaey\x7f</a>", "<a>x&#x202e;y&#x7f;</a>" },
  { "<a b='\xc2\x9b' c=\"'\xc2\x9b\"/>\xc2\x85", "<a b='&#x9b;' c=\"'&#x9b;\"/>&#x85;" },
  { "<a b='>\xc2\x9b'>\xc2\x9b'</a>", "<a b='>&#x9b;'>&#x9b;'</a>" },
  { "<!-- ?> ' \xc2\x9b --><a>\xc2\x9b</a>", "<!-- ?> ' \\u{9b} --><a>&#x9b;</a>" },
  { "<?p --> \" \xc2\x9b ?><a>\xc2\x9b</a>", "<?p --> \" \\u{9b} ?><a>&#x9b;</a>" },
  { "<!----><a>\xc2\x9b</a>", "<!----><a>&#x9b;</a>" },
  { "<a><![CDATA[<b c='\xc2\x9b]]>\xc2\x9b</a>",
    "<a><![CDATA[<b c=']]>&#x9b;<![CDATA[]]>&#x9b;</a>" },
  { "<a\xe2\x80\x8d>\xe2\x80\x8d</a\xe2\x80\x8d>", "<a\xe2\x80\x8d>&#x200d;</a\xe2\x80\x8d>" },
};

static void
test_make_visible (void)
{
  g_autoptr (GString) before = g_string_new (NULL), after = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *visible = mt_xml_make_visible (g_strdup (documents[i].text));

    ROW ("row %u", (guint)i);
    g_assert_cmpstr (visible, ==, documents[i].visible);
    if (g_str_has_suffix (documents[i].text, "\x85"))
      continue; /* not a document */
    g_assert_true (read_seen (documents[i].text, strlen (documents[i].text), NULL, before, NULL));
    g_assert_true (read_seen (visible, strlen (visible), NULL, after, NULL));
    g_assert_cmpstr (before->str, ==, after->str);
  }
}

static char *
write_value (const char *value)
{
  MtXmlWriter writer;

  mt_xml_writer_init (&writer);
  mt_xml_value (&writer, value);
  return mt_xml_writer_end (&writer);
}

static void
test_escapes (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (escapes); i++) {
    g_autofree char *written = write_value (escapes[i].value);

    ROW ("row %u", (guint)i);
    g_assert_cmpstr (written, ==, escapes[i].written);
  }
}

/* A character is written alike at every place of values of up to three words of the processor. */
static void
test_places (void)
{
  static const char filling[] = "xxxxxxxxxxxxxxxxxxxxxxxx";
  int length, before;
  guint c;

  for (c = 1; c < 256; c++) {
    char character[6];
    g_autofree char *alone = NULL;

    character[g_unichar_to_utf8 (c, character)] = '\0';
    alone = write_value (character);
    for (length = 0; length < (int)sizeof filling; length++) {
      for (before = 0; before <= length; before++) {
        const char *after = filling + sizeof filling - 1 - (length - before);
        g_autofree char *value = g_strdup_printf ("%.*s%s%s", before, filling, character, after);
        g_autofree char *expected = g_strdup_printf ("%.*s%s%s", before, filling, alone, after);
        g_autofree char *written = write_value (value);

        ROW ("character %u after %d of %d", c, before, length);
        g_assert_cmpstr (written, ==, expected);
      }
    }
  }
}

/* libxml2 reads what was written: as an attribute, and as text. */
static void
assert_round_trip (const char *value)
{
  g_autofree char *text = NULL;
  xmlChar *attribute, *content;
  MtXmlWriter writer;
  xmlDoc *doc;

  mt_xml_writer_init (&writer);
  mt_xml_literal (&writer, "<a");
  mt_xml_attribute_value (&writer, "b", value);
  mt_xml_literal (&writer, ">");
  mt_xml_element (&writer, "  ", "c", value);
  mt_xml_literal (&writer, "</a>");
  text = mt_xml_writer_end (&writer);
  doc = xmlReadMemory (text, (int)strlen (text), NULL, "UTF-8", XML_PARSE_NONET);
  g_assert_nonnull (doc);
  attribute = xmlGetProp (xmlDocGetRootElement (doc), (const xmlChar *)"b");
  content = xmlNodeGetContent (xmlFirstElementChild (xmlDocGetRootElement (doc)));
  g_assert_cmpstr ((const char *)attribute, ==, value);
  g_assert_cmpstr ((const char *)content, ==, value);
  xmlFree (attribute);
  xmlFree (content);
  xmlFreeDoc (doc);
}

/* Every byte that can be a character by itself and is legal in XML, alone and among others; then
 * the bytes above as the characters with the same number. */
static void
test_round_trip (void)
{
  char value[16];
  guint c;

  for (c = 1; c < 256; c++) {
    char character[6];

    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
      continue;
    character[g_unichar_to_utf8 (c, character)] = '\0';
    ROW ("character %u", c);
    assert_round_trip (character);
    g_snprintf (value, sizeof value, "x%s%sy", character, character);
    assert_round_trip (value);
  }
  for (c = 0; c < G_N_ELEMENTS (escapes); c++)
    assert_round_trip (escapes[c].value);
}

/* Around every size at which the buffer doubles. */
static void
test_growth (void)
{
  gsize size, delta;

  for (size = MT_XML_WRITER_INITIAL; size <= 8 * MT_XML_WRITER_INITIAL; size *= 2) {
    for (delta = 0; delta < 8; delta++) {
      g_autofree char *value = g_strnfill (size - 4 + delta, 'x');
      g_autofree char *written = write_value (value);

      g_assert_cmpstr (written, ==, value);
    }
  }
}

static void
test_growth_by_bytes (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  MtXmlWriter writer;
  guint i;

  mt_xml_writer_init (&writer);
  for (i = 0; i < 20000; i++) {
    mt_xml_value (&writer, "<");
    g_string_append (all, "&lt;");
  }
  g_assert_cmpuint (writer.length, ==, all->len);
  text = mt_xml_writer_end (&writer);
  g_assert_cmpstr (text, ==, all->str);
}

static const guint64 numbers[] = { 0, 1, 9, 10, 99, 100, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 };

static void
test_uint (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *expected = g_strdup_printf ("%" G_GUINT64_FORMAT, numbers[i]), *text = NULL;
    MtXmlWriter writer;

    mt_xml_writer_init (&writer);
    mt_xml_uint (&writer, numbers[i]);
    text = mt_xml_writer_end (&writer);
    g_assert_cmpstr (text, ==, expected);
  }
}

static void
test_element (void)
{
  g_autofree char *text = NULL, *empty = NULL, *again = NULL;
  MtXmlWriter writer;

  mt_xml_writer_init (&writer);
  mt_xml_element (&writer, "", "a", "x");
  mt_xml_element (&writer, "    ", "b", "<");
  mt_xml_element (&writer, "                ", "c", "");
  mt_xml_append (&writer, "", 0);
  text = mt_xml_writer_end (&writer);
  g_assert_cmpstr (text, ==, "<a>x</a>\n    <b>&lt;</b>\n                <c></c>\n");
  /* After it is ended, a writer is empty, and can be used again. */
  empty = mt_xml_writer_end (&writer);
  g_assert_cmpstr (empty, ==, "");
  mt_xml_literal (&writer, "<d/>");
  again = mt_xml_writer_end (&writer);
  g_assert_cmpstr (again, ==, "<d/>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/reader/good", test_good);
  g_test_add_func ("/xml/reader/lent", test_lent);
  g_test_add_func ("/xml/reader/addresses", test_addresses);
  g_test_add_func ("/xml/reader/bad", test_bad);
  g_test_add_func ("/xml/reader/billion-laughs", test_billion_laughs);
  g_test_add_func ("/xml/reader/truncated", test_truncated);
  g_test_add_func ("/xml/reader/changed", test_changed);
  g_test_add_func ("/xml/reader/nul", test_nul);
  g_test_add_func ("/xml/reader/depth", test_depth);
  g_test_add_func ("/xml/reader/attribute-limit", test_attribute_limit);
  g_test_add_func ("/xml/reader/attribute-limit/malformed", test_attribute_limit_malformed);
  g_test_add_func ("/xml/reader/attribute-limit/encoded", test_attribute_limit_encoded);
  g_test_add_func ("/xml/reader/other-encodings", test_other_encodings);
  g_test_add_func ("/xml/reader/namespace-limit", test_namespace_limit);
  g_test_add_func ("/xml/reader/wide", test_wide);
  g_test_add_func ("/xml/reader/size", test_size);
  g_test_add_func ("/xml/reader/one-large-thing", test_one_large_thing);
  g_test_add_func ("/xml/reader/text-limit", test_text_limit);
  g_test_add_func ("/xml/reader/handler-error", test_handler_error);
  g_test_add_func ("/xml/reader/encodings", test_encodings);
  g_test_add_func ("/xml/reader/no-side-effects", test_no_side_effects);
  g_test_add_func ("/xml/reader/attributes", test_attributes);
  g_test_add_func ("/xml/writer/escapes", test_escapes);
  g_test_add_func ("/xml/writer/places", test_places);
  g_test_add_func ("/xml/writer/round-trip", test_round_trip);
  g_test_add_func ("/xml/writer/make-visible", test_make_visible);
  g_test_add_func ("/xml/writer/growth", test_growth);
  g_test_add_func ("/xml/writer/growth-by-bytes", test_growth_by_bytes);
  g_test_add_func ("/xml/writer/uint", test_uint);
  g_test_add_func ("/xml/writer/element", test_element);
  return g_test_run ();
}
