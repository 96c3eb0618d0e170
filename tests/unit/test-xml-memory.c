/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that runs out while XML is read: libxml2 2.9.14 can then return a truncated document and
 * report it as well-formed. A separate program, because libxml2 takes its allocator only once,
 * before anything else has used it. */

#include "test.h"

#include <libxml/parser.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

#include "xml-reader.h"
#include "xml-tree.h"

/* For the sanitizers, what tests/libxml2.supp is for valgrind: a leak of libxml2's own. They cannot
 * see further up, because libxml2 is built without frame pointers. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:xmlBufCreateSize\n";
}

/* The allocation that fails, counted from 1; 0: none. All after it fail as well if persistent. */
static guint fail_at, n_allocations;
static gboolean persistent;

static gboolean
is_out (void)
{
  n_allocations++;
  return fail_at != 0 && (persistent ? n_allocations >= fail_at : n_allocations == fail_at);
}

static void *
failing_malloc (size_t size)
{
  return is_out () ? NULL : malloc (size);
}

static void *
failing_realloc (void *block, size_t size)
{
  return is_out () ? NULL : realloc (block, size);
}

static char *
failing_strdup (const char *text)
{
  return is_out () ? NULL : strdup (text);
}

/* What libxml2 would write to standard error. */
static guint n_printed;

G_GNUC_PRINTF (2, 3)
static void
note_printed (void *context, const char *format, ...)
{
  (void)context;
  (void)format;
  n_printed++;
}

static gboolean
note_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
            GError **error)
{
  GString *events = data;
  int i;

  (void)error;
  g_string_append_printf (events, "<%u %s", depth, element);
  for (i = 0; i < attributes->count; i++) {
    const char *name = (const char *)attributes->list[i * 5];
    const char *value = (const char *)attributes->list[i * 5 + 3];
    const char *end = (const char *)attributes->list[i * 5 + 4];

    g_string_append_printf (events, " %s=[%.*s]", name, (int)(end - value), value);
  }
  return TRUE;
}

/* The reader collects text in GLib's memory, which aborts on failure: here the text of every
 * element is requested, to check that none of it is lost. */
typedef struct {
  GString *events;
  MtXmlReader *reader;
} Noted;

static gboolean
note_start_text (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
                 GError **error)
{
  Noted *noted = data;

  mt_xml_reader_want_text (noted->reader);
  return note_start (noted->events, element, depth, attributes, error);
}

static void
note_end_text (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Noted *noted = data;

  g_string_append_printf (noted->events, "[%.*s]>%u %s", (int)length, text != NULL ? text : "",
                          depth, element);
}

static const MtXmlHandler noting = { note_start_text, note_end_text };

static gboolean
read_noted (const char *document, gsize length, GString *events, GError **error)
{
  Noted noted = { events, NULL };

  g_string_truncate (events, 0);
  n_allocations = 0;
  return mt_xml_read (document, length, "memory", &noting, &noted, &noted.reader, error);
}

/* With a long value, long text, many names and namespaces, so that the buffers of the parser have
 * to grow. Not with more than ten attributes in one element: libxml2 2.9.14 (xmlCtxtGrowAttrs)
 * itself crashes if the second of the two arrays cannot grow. */
static char *
make_document (void)
{
  GString *text = g_string_new ("<?xml version='1.0' encoding='UTF-8'?>\n<!-- c --><?pi x?><root");
  g_autofree char *filler = g_strnfill (5000, 'x');
  guint i;

  for (i = 0; i < 9; i++)
    g_string_append_printf (text, " a%u='&lt;%u&#65;'", i, i);
  g_string_append_printf (text, " long='%s&amp;%s'>", filler, filler);
  for (i = 0; i < 30; i++)
    g_string_append_printf (text, "<n%u xmlns:p%u='urn:%u' p%u:q='1'>t&gt;%u<![CDATA[<%u>]]>", i, i,
                            i, i, i, i);
  g_string_append_printf (text, "%s&#x20ac;%s", filler, filler);
  for (i = 30; i > 0; i--)
    g_string_append_printf (text, "</n%u>", i - 1);
  g_string_append (text, "<end/></root>\n");
  return g_string_free (text, FALSE);
}

/* Fails every allocation in turn, until a run needs none of the failing ones. */
static void
fail_each (const char *document, gsize length)
{
  g_autoptr (GString) whole = g_string_new (NULL), events = g_string_new (NULL);
  GError *error = NULL;
  guint n_refused = 0, n_total;

  fail_at = 0;
  g_assert_true (read_noted (document, length, whole, &error));
  g_assert_no_error (error);
  n_total = n_allocations;
  for (fail_at = 1; fail_at <= n_total; fail_at++) {
    ROW ("allocation %u of %u fails%s", fail_at, n_total, persistent ? ", and all behind it" : "");
    if (read_noted (document, length, events, &error)) {
      g_assert_no_error (error);
      g_assert_true (strcmp (events->str, whole->str) == 0);
      continue;
    }
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
    g_clear_error (&error);
    n_refused++;
  }
  fail_at = 0;
  ROW ("%u of %u refused", n_refused, n_total);
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_cmpuint (n_printed, ==, 0);
  /* Nothing is left behind that affects the next document. */
  g_assert_true (read_noted (document, length, events, &error));
  g_assert_true (strcmp (events->str, whole->str) == 0);
}

static void
test_utf8 (gconstpointer data)
{
  g_autofree char *document = make_document ();

  persistent = GPOINTER_TO_INT (data);
  fail_each (document, strlen (document));
}

/* Another encoding uses separate buffers. */
static void
test_converted (gconstpointer data)
{
  g_autofree char *text = make_document (), *converted = NULL;
  g_autoptr (GString) document = g_string_new (text);
  GError *error = NULL;
  gsize length;

  persistent = GPOINTER_TO_INT (data);
  g_string_replace (document, "UTF-8", "UTF-16", 1);
  converted = g_convert (document->str, -1, "UTF-16", "UTF-8", NULL, &length, &error);
  g_assert_no_error (error);
  fail_each (converted, length);
}

/* A conversion is complete or an error, wherever memory ran out: never a document of which half is
 * for the old machine. */
static void
test_convert (gconstpointer data)
{
  g_autofree char *xml = test_read ("convert/odd.xml", NULL);
  g_autoptr (MachtypeConversion) whole = NULL;
  guint n_refused = 0, n_total;

  persistent = GPOINTER_TO_INT (data);
  fail_at = n_allocations = 0;
  whole = machtype_domain_convert (xml, -1, "q35", MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE,
                                   NULL, NULL);
  g_assert_nonnull (whole);
  n_total = n_allocations;
  for (fail_at = 1; fail_at <= n_total; fail_at++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    GError *error = NULL;

    ROW ("allocation %u of %u fails%s", fail_at, n_total, persistent ? ", and all behind it" : "");
    n_allocations = 0;
    conversion = machtype_domain_convert (xml, -1, "q35", MACHTYPE_STATE_STOPPED,
                                          MACHTYPE_CHANGE_FORCE, NULL, &error);
    if (conversion != NULL) {
      g_assert_cmpstr (machtype_conversion_get_xml (conversion), ==,
                       machtype_conversion_get_xml (whole));
      continue;
    }
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
    g_clear_error (&error);
    n_refused++;
  }
  fail_at = 0;
  ROW ("%u of %u refused", n_refused, n_total);
  g_assert_cmpuint (n_refused, >, n_total / 2);
  g_assert_cmpuint (n_printed, ==, 0);
}

/* The domains of a document: all of them, as they are, or an error. */
static void
test_contained (gconstpointer data)
{
  g_autofree char *xml = test_read ("convert/odd.xml", NULL), *document = NULL;
  g_autoptr (GPtrArray) whole = NULL;
  guint n_refused = 0, n_total;

  persistent = GPOINTER_TO_INT (data);
  document = g_strconcat ("<domainsnapshot><name>a</name>", strstr (xml, "<domain "),
                          "<inactiveDomain type='kvm'/></domainsnapshot>", NULL);
  fail_at = n_allocations = 0;
  whole = machtype_domain_list_contained (document, -1, NULL);
  g_assert_nonnull (whole);
  n_total = n_allocations;
  for (fail_at = 1; fail_at <= n_total; fail_at++) {
    g_autoptr (GPtrArray) domains = NULL;
    GError *error = NULL;
    guint i;

    ROW ("allocation %u of %u fails%s", fail_at, n_total, persistent ? ", and all behind it" : "");
    n_allocations = 0;
    domains = machtype_domain_list_contained (document, -1, &error);
    for (i = 0; domains != NULL && i < MAX (whole->len, domains->len); i++) {
      g_assert_cmpuint (domains->len, ==, whole->len);
      g_assert_cmpstr (machtype_contained_domain_get_document_name (domains->pdata[i]), ==, "a");
      g_assert_cmpstr (machtype_contained_domain_get_xml (domains->pdata[i]), ==,
                       machtype_contained_domain_get_xml (whole->pdata[i]));
    }
    if (domains == NULL) {
      g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
      g_clear_error (&error);
      n_refused++;
    }
  }
  fail_at = 0;
  ROW ("%u of %u refused", n_refused, n_total);
  g_assert_cmpuint (n_refused, >, n_total / 2);
  g_assert_cmpuint (n_printed, ==, 0);
}

/* A start tag with too many attributes is refused before libxml2 does anything. */
static void
test_refused (void)
{
  g_autoptr (GString) text = g_string_new ("<a"), events = g_string_new (NULL);
  g_autoptr (MtXmlTree) tree = NULL;
  GError *error = NULL;
  guint i;

  for (i = 0; i <= MACHTYPE_XML_MAX_ATTRIBUTES; i++)
    g_string_append_printf (text, " a%u=''", i);
  g_string_append (text, "/>");
  g_assert_false (read_noted (text->str, text->len, events, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "memory 256 attributes");
  tree = mt_xml_tree_read (text->str, text->len, "memory", &error);
  g_assert_null (tree);
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "memory 256 attributes");
  g_assert_cmpuint (n_allocations, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (xmlMemSetup (free, failing_malloc, failing_realloc, failing_strdup), ==, 0);
  xmlInitParser ();
  xmlSetGenericErrorFunc (NULL, note_printed);
  g_test_add_func ("/xml-memory/refused", test_refused);
  g_test_add_data_func ("/xml-memory/utf-8/one", GINT_TO_POINTER (FALSE), test_utf8);
  g_test_add_data_func ("/xml-memory/utf-8/all", GINT_TO_POINTER (TRUE), test_utf8);
  g_test_add_data_func ("/xml-memory/utf-16/one", GINT_TO_POINTER (FALSE), test_converted);
  g_test_add_data_func ("/xml-memory/utf-16/all", GINT_TO_POINTER (TRUE), test_converted);
  g_test_add_data_func ("/xml-memory/convert/one", GINT_TO_POINTER (FALSE), test_convert);
  g_test_add_data_func ("/xml-memory/convert/all", GINT_TO_POINTER (TRUE), test_convert);
  g_test_add_data_func ("/xml-memory/contained/one", GINT_TO_POINTER (FALSE), test_contained);
  g_test_add_data_func ("/xml-memory/contained/all", GINT_TO_POINTER (TRUE), test_contained);
  return g_test_run ();
}
