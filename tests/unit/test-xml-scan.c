/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whoever reads a document, by the scan or by libxml2: both see the same, up to wherever they stop,
 * and fail alike. */

#include "test.h"

#include <string.h>

#include "xml-reader.h"

/* What a handler has seen, and when it stops. */
typedef struct {
  MtXmlReader *reader;
  GString *events;
  guint n, stop_at;
  guint restarts;
} Seen;

static void
see (Seen *seen)
{
  if (++seen->n == seen->stop_at)
    mt_xml_reader_stop (seen->reader);
}

static gboolean
see_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
           GError **error)
{
  Seen *seen = data;
  int i;

  (void)error;
  g_string_append_printf (seen->events, "<%u %s|%s", depth, element,
                          attributes->uri != NULL ? attributes->uri : "");
  for (i = 0; i < attributes->n_namespaces; i++)
    g_string_append_printf (seen->events, " %s:%s", (const char *)attributes->namespaces[i * 2],
                            (const char *)attributes->namespaces[i * 2 + 1]);
  for (i = 0; i < attributes->count; i++) {
    const guchar **attribute = attributes->list + i * 5;

    g_string_append_printf (seen->events, " %s=[%.*s]", (const char *)attribute[0],
                            (int)(attribute[4] - attribute[3]), (const char *)attribute[3]);
  }
  mt_xml_reader_want_text (seen->reader);
  see (seen);
  return TRUE;
}

static void
see_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Seen *seen = data;

  g_string_append_printf (seen->events, "[%.*s]>%u %s", (int)length, text != NULL ? text : "",
                          depth, element);
  see (seen);
}

static void
restart (gpointer data)
{
  Seen *seen = data;

  g_string_truncate (seen->events, 0);
  seen->n = 0;
  seen->restarts++;
}

/* What was seen, and how it ended. */
static char *
read_with (void (*func) (gpointer), const char *text, gsize length, guint stop_at, guint *restarts)
{
  static const MtXmlHandler handler = { see_start, see_end };
  Seen seen = { NULL, g_string_new (NULL), 0, stop_at, 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok =
      mt_xml_read_plain (text, length, "paper", &handler, func, &seen, &seen.reader, &error);

  g_assert_true (ok == (error == NULL));
  g_string_append (seen.events, ok ? " done" : error->message);
  *restarts = seen.restarts;
  return g_string_free (seen.events, FALSE);
}

/* Whether the scan was enough. */
static gboolean
compare (const char *text, gsize length, guint stop_at)
{
  guint restarts, ignored;
  g_autofree char *scanned = read_with (restart, text, length, stop_at, &restarts);
  g_autofree char *parsed = read_with (NULL, text, length, stop_at, &ignored);

  ROW ("stop at %u, %u restarts: %.*s", stop_at, restarts, (int)MIN (length, 200), text);
  g_assert_cmpstr (scanned, ==, parsed);
  return restarts == 0;
}

/* The scan can be certain of all of it. */
#define ALL 99

/* The number of the last event of which the scan can be certain. */
static const struct {
  char text[100];
  guint last;
} rows[] = {
  { "<a/>", ALL },
  { "<a b='c' d=\"'e'>\"\n\tf = 'g' />", ALL },
  { "<a><b>x</b> y\n<b.-_1>z</b.-_1 ></a>", ALL },
  { "<a:b xmlns:a='urn:x'><a:c d='e'/></a:b>", ALL },
  { "<q xmlns:a='urn:x'><a:b xmlns:a='urn:y'/><a:b/></q>", ALL },
  { "<q><a:b xmlns:a='urn:x' xmlns:b='urn:y'/><c/></q>", ALL },
  { "<a><b/>&lt;<c/></a>", 3 },
  { "<a><b/>]]><c/></a>", 3 },
  { "<a><b/>\r\n<c/></a>", 3 },
  { "<a><b/>\xc3\xbc<c/></a>", 3 },
  { "<a><b/>\x7f<c/></a>", 3 },
  { "<a><b/>\x01<c/></a>", 3 },
  { "<a><b/><!-- c --><c/></a>", 3 },
  { "<a><b/><?c d?><c/></a>", 3 },
  { "<a><b/><![CDATA[c]]><c/></a>", 3 },
  { "<a><b/></c></a>", 3 },
  { "<a><b></a></b>", 2 },
  { "<a><b/><c", 3 },
  { "<a><b/>c", 3 },
  { "<a><b/></a", 3 },
  { "<a><b/><c d='e", 3 },
  { "<a><b/><c d='<'/></a>", 3 },
  { "<a><b/><c d='&amp;'/></a>", 3 },
  { "<a><b/><c d='e\nf'/></a>", 3 },
  { "<a><b/><c d=e/></a>", 3 },
  { "<a><b/><c d/></a>", 3 },
  { "<a><b/><c d='e'f='g'/></a>", 3 },
  { "<a><b/><c d='e' d='f'/></a>", 3 },
  { "<a><b/><c / ></a>", 3 },
  { "<a><b/>< c/></a>", 3 },
  { "<a><b/></ a>", 3 },
  { "<a><b/><1/></a>", 3 },
  { "<a><b/><c:d/></a>", 3 },
  { "<a xmlns:c='urn:x'><b/><c:1/></a>", 3 },
  { "<a xmlns:c='urn:x'><b/><c:d:e/></a>", 3 },
  { "<a xmlns:c='urn:x'><b/><c:d></c:e></a>", 4 },
  { "<a xmlns:c='urn:x'><b/><d c:e='f'/></a>", 3 },
  { "<a><b/><d xml:lang='f'/></a>", 3 },
  { "<a><b xmlns:c='urn:x'/><c:d/></a>", 3 },
  { "<a><b/><c xmlns='urn:x'/></a>", 3 },
  { "<a><b/><c xmlns:d=''/></a>", 3 },
  { "<a><b/><c xmlns:d='urn:x' xmlns:d='urn:y'/></a>", 3 },
  { "<a><b/><c xmlns:xml='http://www.w3.org/XML/1998/namespace'/></a>", 3 },
  { "<a><b/><c xmlns:d='http://www.w3.org/2000/xmlns/'/></a>", 3 },
  { "<a><b/><c xmlns:xml='urn:x'/></a>", 3 },
  { "<a><b/><c xmlns:xmlns='urn:x'/></a>", 3 },
  { "<a></a>", ALL },
  { "<a></a>\n\t \n", ALL },
  { "<a><b/><bb/><b/></a\n>\n", ALL },
  { "<a><baaaaaaaaaaaaaX/><b/></a>", ALL }, /* these have the same hash */
  { "<a/><b/>", 2 },
  { "<a/>b", 2 },
  { "<a/>\r\n", 2 },
  { "<a/> <!-- b -->", 2 },
  { "<a/>\n<?b?>", 2 },
  { "<a/></a>", 2 },
  { "<a><b/></a2>", 3 },
  { "<a2><b/></a>", 3 },
  { "<a><b/></A>", 3 },
  { " <a/>", 0 },
  { "a", 0 },
  { "<?xml version='1.0'?><a/>", 0 },
  { "<!-- b --><a/>", 0 },
  { "</a>", 0 },
};

static void
test_rows (void)
{
  gsize i;
  guint stop;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (stop = 1; stop < 10; stop++)
      g_assert_true (compare (rows[i].text, strlen (rows[i].text), stop) == (stop <= rows[i].last));
  }
}

/* Documents beyond each limit of the scan, at which it must stop, not overflow. '#' is a number. */
static const char *const large[][3] = {
  { "<a>", "<b>", "" },
  { "<a ", "b#='' ", "/>" },
  { "<a ", "xmlns:b#='urn:x' ", "/>" },
  { "<a b='", "#", "'/>" },
  { "<a>", "#", "</a>" },
  { "<a", "#", "/>" },
  { "<a xmlns:b='", "urn:#", "'/>" },
  { "<a>", "<b# xmlns:c='urn:x'>", "" },
  { "<a>", "<b#/>", "</a>" },
  { "<a>", "<long-long-long-long-long-long-long-long-long-long-name-#/>", "</a>" },
};

static void
append_many (GString *text, const char *each, guint n)
{
  g_auto (GStrv) parts = g_strsplit (each, "#", 2);
  guint i;

  for (i = 0; i < n; i++) {
    g_string_append (text, parts[0]);
    if (parts[1] != NULL)
      g_string_append_printf (text, "%05u%s", i, parts[1]);
  }
}

static void
test_limits (void)
{
  static const guint counts[] = { 1, 15, 16, 17, 30, 31, 32, 33, 200, 500, 2000, 4000 };
  gsize i, j;
  guint stop;

  for (i = 0; i < G_N_ELEMENTS (large); i++) {
    for (j = 0; j < G_N_ELEMENTS (counts); j++) {
      g_autoptr (GString) text = g_string_new (large[i][0]);

      append_many (text, large[i][1], counts[j]);
      g_string_append (text, large[i][2]);
      for (stop = 1; stop < 40; stop += 6)
        compare (text->str, text->len, stop);
      compare (text->str, text->len, G_MAXUINT);
    }
  }
}

/* libxml2 refuses attributes of more than ten million bytes, but not text. */
static const char *const long_parts[][2] = { { "<a b='", "'/>" }, { "<a>", "</a>" } };

static void
test_long (void)
{
  static const gsize lengths[] = { 4094, 4095, 4096, 4097, 9999999, 10000001, 20000000 };
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (long_parts); i++) {
    for (j = 0; j < G_N_ELEMENTS (lengths); j++) {
      g_autofree char *middle = g_strnfill (lengths[j], 'x');
      g_autofree char *text = g_strconcat (long_parts[i][0], middle, long_parts[i][1], NULL);

      ROW ("%" G_GSIZE_FORMAT " bytes", lengths[j]);
      compare (text, strlen (text), G_MAXUINT);
    }
  }
}

static const char *const documents[] = {
  "guests/q35.xml",           "guests/aarch64-uefi.xml", "guests/s390x.xml",
  "guests/i686.xml",          "hosts/loongarch64.xml",   "hosts/x86_64-10.0.xml",
  "hosts/domcaps-i440fx.xml", "hosts/domcaps-virt.xml",
};

/* A byte somewhere is another one: in the beginning, or after all that is read. */
static void
test_changed (void)
{
  static const char others[] = "<>&'\"/= :\n\r\t]-!?a1\x7f\xc3";
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gsize i;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    gsize length;
    g_autofree char *text = test_read (documents[i], &length);

    for (j = 0; j < 2000; j++) {
      const guint stop = j % 8 == 0 ? G_MAXUINT : (guint)g_rand_int_range (random, 1, 40);
      const gsize limit = stop == G_MAXUINT ? length : MIN (length, 1200);
      const gsize at = (gsize)g_rand_int_range (random, 0, (gint32)limit);
      const char before = text[at];

      text[at] = others[g_rand_int_range (random, 0, sizeof others)];
      compare (text, length, stop);
      text[at] = before;
    }
  }
}

/* The document ends at any byte. */
static void
test_cut (void)
{
  gsize length, i;
  g_autofree char *text = test_read ("guests/s390x.xml", &length);

  for (i = 1; i < length; i++) {
    g_autofree char *cut = g_memdup2 (text, i);

    ROW ("%" G_GSIZE_FORMAT " bytes", i);
    compare (cut, i, G_MAXUINT);
  }
}

/* What libvirt writes is read without libxml2: of a guest, up to its machine type. */
static void
test_enough (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *text = test_read (documents[i], NULL);

    g_assert_true (
        compare (text, strlen (text), g_str_has_prefix (documents[i], "hosts/") ? G_MAXUINT : 8));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/scan/rows", test_rows);
  g_test_add_func ("/xml/scan/limits", test_limits);
  g_test_add_func ("/xml/scan/long", test_long);
  g_test_add_func ("/xml/scan/changed", test_changed);
  g_test_add_func ("/xml/scan/cut", test_cut);
  g_test_add_func ("/xml/scan/enough", test_enough);
  return g_test_run ();
}
