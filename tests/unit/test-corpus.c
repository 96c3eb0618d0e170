/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities of real hosts: what tests/data/corpus.json says about them, and what happens if they
 * are damaged. The files are other people's and stay in the directory that MACHTYPE_CORPUS names;
 * without it, only our own hosts are damaged. */

#include "test.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "host/host-private.h"

#define CAPABILITIES "capabilities"
#define DOMAIN_CAPABILITIES "domaincapabilities"

typedef gboolean (*ReadFunc) (MachtypeHostBuilder *builder, const char *xml, gssize length,
                              GError **error);

/* NULL: there is none, and the test is skipped. */
static const char *
find_corpus (void)
{
  const char *corpus = g_getenv ("MACHTYPE_CORPUS");

  if (corpus == NULL)
    g_test_skip ("MACHTYPE_CORPUS does not name a folder of real capabilities");
  return corpus;
}

static JsonParser *
read_manifest (void)
{
  JsonParser *parser = json_parser_new ();
  g_autofree char *text = test_read ("corpus.json", NULL);
  GError *error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return parser;
}

static JsonArray *
get_files (JsonParser *manifest, const char *folder)
{
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (manifest)),
                                       folder);
}

/* The text of a file in the manifest, which must be exactly the one from which the facts were read.
 * NULL: it is missing, which is a failure only if all files are required. */
static char *
read_listed (const char *folder, JsonObject *listed, gsize *length)
{
  const char *file = json_object_get_string_member (listed, "file");
  g_autofree char *path = g_build_filename (g_getenv ("MACHTYPE_CORPUS"), folder, file, NULL);
  g_autofree char *sum = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  ROW ("%s", path);
  if (!g_file_get_contents (path, &text, length, &error)) {
    if (g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL)
      g_error ("%s", error->message);
    g_test_skip (error->message);
    return NULL;
  }
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, *length);
  g_assert_cmpstr (sum, ==, json_object_get_string_member (listed, "sha256"));
  return text;
}

static MachtypeHost *
make_host (ReadFunc read, const char *xml, gsize length)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  GError *error = NULL;

  g_assert_true (read (builder, xml, (gssize)length, &error));
  g_assert_no_error (error);
  return machtype_host_builder_end (builder);
}

static MachtypeMachine *
find_machine (GPtrArray *machines, const char *name)
{
  guint i;

  for (i = 0; i < machines->len; i++) {
    if (strcmp (machtype_machine_get_name (machines->pdata[i]), name) == 0)
      return machines->pdata[i];
  }
  return NULL;
}

/* Every machine in order, in the form of the manifest; libvirt writes deprecated='yes' only. */
static char *
make_digest (GPtrArray *machines)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  guint i;

  for (i = 0; i < machines->len; i++) {
    const MachtypeMachine *m = machines->pdata[i];
    const char *canonical = machtype_machine_get_canonical (m);

    g_string_append_printf (lines, "%s|%s|%u|%s\n", machtype_machine_get_name (m),
                            canonical != NULL ? canonical : "", machtype_machine_get_max_cpus (m),
                            machtype_machine_get_deprecated (m) == MACHTYPE_ANSWER_YES ? "yes"
                                                                                       : "");
  }
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, lines->str, (gssize)lines->len);
}

/* ---- facts of capabilities ---- */

/* The contents of one <arch>. */
typedef struct {
  MachtypeHost *host;
  MachtypeArch arch;
  JsonObject *facts;
  MachtypeAnswer unmarked; /* whether a type without a mark is deprecated */
} Guest;

static const char *
get_text (JsonObject *object, const char *name)
{
  return json_object_get_null_member (object, name) ? NULL
                                                    : json_object_get_string_member (object, name);
}

static void
check_offer (const Guest *guest, const char *domain_type, const char *machine,
             const char *canonical)
{
  ROW ("  %s %s: %s is %s", machtype_arch_to_string (guest->arch),
       domain_type != NULL ? domain_type : "best", machine,
       canonical != NULL ? canonical : "not offered");
  g_assert_cmpint (machtype_host_offers (guest->host, guest->arch, domain_type, machine), ==,
                   canonical != NULL ? MACHTYPE_ANSWER_YES : MACHTYPE_ANSWER_NO);
  g_assert_cmpstr (machtype_host_get_canonical (guest->host, guest->arch, domain_type, machine), ==,
                   canonical);
}

static void
check_aliases (const Guest *guest, const char *domain_type, GPtrArray *machines)
{
  JsonObject *aliases = json_object_get_object_member (guest->facts, "aliases");
  JsonArray *alone = json_object_get_array_member (guest->facts, "alias_only");
  g_autoptr (GList) names = json_object_get_members (aliases);
  guint i, n = 0, n_alone = 0;
  GList *item;

  for (item = names; item != NULL; item = item->next) {
    const char *canonical = json_object_get_string_member (aliases, item->data);
    MachtypeMachine *alias = find_machine (machines, item->data);

    check_offer (guest, domain_type, item->data, canonical);
    check_offer (guest, domain_type, canonical, canonical);
    g_assert_nonnull (alias);
    g_assert_cmpstr (machtype_machine_get_canonical (alias), ==, canonical);
    n_alone += find_machine (machines, canonical) == NULL;
  }
  for (i = 0; i < machines->len; i++)
    n += machtype_machine_get_canonical (machines->pdata[i]) != NULL;
  g_assert_cmpuint (n, ==, g_list_length (names));
  g_assert_cmpuint (n_alone, ==, json_array_get_length (alone));
  for (i = 0; i < n_alone; i++) {
    const char *name = json_array_get_string_element (alone, i);

    g_assert_null (find_machine (machines, json_object_get_string_member (aliases, name)));
  }
}

static void
check_marks (const Guest *guest, GPtrArray *machines)
{
  JsonObject *max_cpus = json_object_get_object_member (guest->facts, "max_cpus");
  JsonArray *deprecated = json_object_get_array_member (guest->facts, "deprecated");
  g_autoptr (GList) names = json_object_get_members (max_cpus);
  guint i, n = 0, n_unmarked = 0;
  GList *item;

  for (item = names; item != NULL; item = item->next) {
    ROW ("  CPUs of %s", (const char *)item->data);
    g_assert_cmpint (machtype_machine_get_max_cpus (find_machine (machines, item->data)), ==,
                     json_object_get_int_member (max_cpus, item->data));
  }
  for (i = 0; i < machines->len; i++) {
    n += machtype_machine_get_deprecated (machines->pdata[i]) == MACHTYPE_ANSWER_YES;
    n_unmarked += machtype_machine_get_deprecated (machines->pdata[i]) == guest->unmarked;
  }
  g_assert_cmpuint (n, ==, json_array_get_length (deprecated));
  g_assert_cmpuint (n_unmarked, ==, machines->len - n);
  for (i = 0; i < n; i++) {
    const char *name = json_array_get_string_element (deprecated, i);

    ROW ("  %s is deprecated", name);
    g_assert_cmpint (machtype_machine_get_deprecated (find_machine (machines, name)), ==,
                     MACHTYPE_ANSWER_YES);
  }
}

/* A host that lists no machines for guests that it runs has not said that there are none. */
static void
check_not_offered (const Guest *guest, const char *domain_type, guint n_machines)
{
  JsonArray *names = json_object_get_array_member (guest->facts, "not_offered");
  guint i;

  for (i = 0; i < json_array_get_length (names); i++)
    check_offer (guest, domain_type, json_array_get_string_element (names, i), NULL);
  if (n_machines != 0)
    check_offer (guest, domain_type, "", NULL);
  else
    g_assert_cmpint (machtype_host_offers (guest->host, guest->arch, domain_type, "pc"), ==,
                     MACHTYPE_ANSWER_UNKNOWN);
}

/* Domain type NULL: the best. */
static void
check_domain_type (const Guest *guest, const char *domain_type)
{
  const char *type =
      domain_type != NULL ? domain_type : json_object_get_string_member (guest->facts, "best");
  JsonObject *own = json_object_get_object_member (guest->facts, "own_machines");
  g_autoptr (GPtrArray) machines =
      machtype_host_list_machines (guest->host, guest->arch, domain_type);
  g_autofree char *digest = make_digest (machines);
  gint64 n = json_object_has_member (own, type)
                 ? json_object_get_int_member (own, type)
                 : json_object_get_int_member (guest->facts, "machines");

  ROW (" %s, %s", machtype_arch_to_string (guest->arch), type);
  g_assert_cmpint (machines->len, ==, n);
  g_assert_cmpstr (machtype_host_get_emulator (guest->host, guest->arch, domain_type), ==,
                   json_object_get_string_member (
                       json_object_get_object_member (guest->facts, "emulators"), type));
  g_assert_cmpstr (n != 0 ? machtype_machine_get_name (machines->pdata[0]) : NULL, ==,
                   get_text (guest->facts, "first"));
  check_aliases (guest, domain_type, machines);
  check_marks (guest, machines);
  check_not_offered (guest, domain_type, machines->len);
  g_assert_cmpstr (digest, ==,
                   json_object_get_string_member (
                       json_object_get_object_member (guest->facts, "digests"), type));
}

static void
check_guest (const Guest *guest)
{
  g_auto (GStrv) types = machtype_host_dup_domain_types (guest->host, guest->arch);
  JsonArray *expected = json_object_get_array_member (guest->facts, "domain_types");
  g_autoptr (GPtrArray) missing = machtype_host_list_missing (guest->host, guest->arch);
  guint i;

  g_assert_cmpuint (g_strv_length (types), ==, json_array_get_length (expected));
  for (i = 0; types[i] != NULL; i++)
    g_assert_cmpstr (types[i], ==, json_array_get_string_element (expected, i));
  g_assert_cmpstr (machtype_host_get_domain_type (guest->host, guest->arch), ==,
                   json_object_get_string_member (guest->facts, "best"));
  g_assert_cmpuint (missing->len, ==, 0);
  for (i = 0; types[i] != NULL; i++)
    check_domain_type (guest, types[i]);
  check_domain_type (guest, NULL);
}

/* About domain types of another architecture the public interface returns nothing. */
static void
check_row (const Guest *guest, guint i)
{
  const MtGuestInfo *row = MT_ROW (guest->host->guests, MtGuestInfo, i);

  g_assert_cmpint (row->arch, ==, guest->arch);
  g_assert_cmpstr (mt_host_text (guest->host, row->os_type), ==,
                   json_object_get_string_member (guest->facts, "os_type"));
  g_assert_cmpint (row->machines.count, ==, json_object_get_int_member (guest->facts, "machines"));
  g_assert_cmpint (
      row->domains.count, ==,
      json_array_get_length (json_object_get_array_member (guest->facts, "domain_types")));
}

/* Architectures whose guests the host does not run. */
static void
check_no_guests (MachtypeHost *host, JsonArray *archs)
{
  guint i;

  for (i = 0; i < json_array_get_length (archs); i++) {
    MachtypeArch arch = machtype_arch_from_string (json_array_get_string_element (archs, i), NULL);
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, arch, NULL);
    g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, arch);
    g_auto (GStrv) types = machtype_host_dup_domain_types (host, arch);

    ROW (" no %s", machtype_arch_to_string (arch));
    g_assert_cmpint (arch, !=, MACHTYPE_ARCH_UNKNOWN);
    g_assert_cmpuint (machines->len, ==, 0);
    g_assert_cmpuint (missing->len, ==, 1);
    g_assert_cmpuint (g_strv_length (types), ==, 0);
    g_assert_null (machtype_host_get_domain_type (host, arch));
    g_assert_null (machtype_host_get_emulator (host, arch, NULL));
    g_assert_cmpint (machtype_host_offers (host, arch, NULL, "virt"), ==, MACHTYPE_ANSWER_NO);
  }
}

/* A host that marks some types says of the others that they are not deprecated. */
static MachtypeAnswer
get_unmarked (JsonArray *guests)
{
  guint i;

  for (i = 0; i < json_array_get_length (guests); i++) {
    JsonObject *guest = json_array_get_object_element (guests, i);

    if (json_object_get_boolean_member (guest, "answers") &&
        json_array_get_length (json_object_get_array_member (guest, "deprecated")) != 0)
      return MACHTYPE_ANSWER_NO;
  }
  return MACHTYPE_ANSWER_UNKNOWN;
}

static void
check_capabilities (MachtypeHost *host, JsonObject *facts)
{
  JsonArray *guests = json_object_get_array_member (facts, "guests");
  guint i;

  g_assert_true (machtype_host_has_capabilities (host));
  g_assert_cmpstr (machtype_arch_to_string (machtype_host_get_arch (host)), ==,
                   json_object_get_string_member (facts, "host_arch"));
  g_assert_cmpuint (host->guests->len, ==, json_array_get_length (guests));
  for (i = 0; i < json_array_get_length (guests); i++) {
    JsonObject *object = json_array_get_object_element (guests, i);
    const char *name = json_object_get_string_member (object, "arch");
    Guest guest = { host, machtype_arch_from_string (name, NULL), object, get_unmarked (guests) };

    ROW (" %s", name);
    check_row (&guest, i);
    if (json_object_get_boolean_member (object, "answers"))
      check_guest (&guest);
  }
  check_no_guests (host, json_object_get_array_member (facts, "no_guests"));
}

/* Every file of a directory is what the manifest says about it. */
static void
check_files (const char *folder, ReadFunc read,
             void (*check) (MachtypeHost *host, JsonObject *facts))
{
  g_autoptr (JsonParser) manifest = NULL;
  JsonArray *files;
  guint i;

  if (find_corpus () == NULL)
    return;
  manifest = read_manifest ();
  files = get_files (manifest, folder);
  for (i = 0; i < json_array_get_length (files); i++) {
    JsonObject *facts = json_array_get_object_element (files, i);
    g_autoptr (MachtypeHost) host = NULL;
    g_autofree char *xml = NULL;
    gsize length;

    xml = read_listed (folder, facts, &length);
    if (xml == NULL)
      continue;
    host = make_host (read, xml, length);
    check (host, facts);
  }
}

static void
test_capabilities (void)
{
  check_files (CAPABILITIES, machtype_host_builder_set_capabilities, check_capabilities);
}

/* ---- facts of domain capabilities ---- */

static MachtypeAnswer
parse_answer (const char *word)
{
  if (strcmp (word, "yes") == 0)
    return MACHTYPE_ANSWER_YES;
  if (strcmp (word, "no") == 0)
    return MACHTYPE_ANSWER_NO;
  g_assert_cmpstr (word, ==, "unknown");
  return MACHTYPE_ANSWER_UNKNOWN;
}

/* "device name value answer". The file is about one machine type, and only its architecture. */
static void
check_fact (const MachtypeHost *host, MachtypeArch arch, const char *machine, const char *fact)
{
  g_auto (GStrv) words = g_strsplit (fact, " ", -1);
  MachtypeAnswer answer;

  ROW (" %s", fact);
  g_assert_cmpuint (g_strv_length (words), ==, 4);
  answer = parse_answer (words[3]);
  g_assert_cmpint (machtype_host_supports (host, arch, NULL, NULL, words[0], words[1], words[2]),
                   ==, answer);
  if (machine != NULL)
    g_assert_cmpint (
        machtype_host_supports (host, arch, NULL, machine, words[0], words[1], words[2]), ==,
        answer);
  g_assert_cmpint (
      machtype_host_supports (host, arch, NULL, "no-such-board", words[0], words[1], words[2]), ==,
      MACHTYPE_ANSWER_UNKNOWN);
  g_assert_cmpint (
      machtype_host_supports (host, MACHTYPE_ARCH_M68K, NULL, NULL, words[0], words[1], words[2]),
      ==, MACHTYPE_ANSWER_UNKNOWN);
}

static void
check_domain_capabilities (MachtypeHost *host, JsonObject *facts)
{
  MachtypeArch arch =
      machtype_arch_from_string (json_object_get_string_member (facts, "arch"), NULL);
  const MtDomainCapabilities *row = MT_ROW (host->domain_capabilities, MtDomainCapabilities, 0);
  JsonArray *list = json_object_get_array_member (facts, "facts");
  const char *machine = get_text (facts, "machine");
  g_autofree char *efi =
      g_strdup_printf ("os firmware efi %s", json_object_get_string_member (facts, "efi"));
  guint i;

  g_assert_false (machtype_host_has_capabilities (host));
  g_assert_cmpint (arch, !=, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpint (row->arch, ==, arch);
  g_assert_cmpstr (mt_host_text (host, row->machine), ==, machine != NULL ? machine : "");
  g_assert_cmpstr (mt_host_text (host, row->domain_type), ==,
                   json_object_get_string_member (facts, "domain_type"));
  check_fact (host, arch, machine, efi);
  for (i = 0; i < json_array_get_length (list); i++)
    check_fact (host, arch, machine, json_array_get_string_element (list, i));
}

static void
test_domain_capabilities (void)
{
  check_files (DOMAIN_CAPABILITIES, machtype_host_builder_add_domain_capabilities,
               check_domain_capabilities);
}

/* A file without facts is a file that was not read. */
static void
test_listed (void)
{
  static const char *const folders[] = { CAPABILITIES, DOMAIN_CAPABILITIES };
  const char *corpus = find_corpus ();
  g_autoptr (JsonParser) manifest = NULL;
  gsize i;
  guint j;

  if (corpus == NULL)
    return;
  manifest = read_manifest ();
  for (i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (corpus, folders[i], NULL);
    g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    JsonArray *files = get_files (manifest, folders[i]);
    const char *name;

    for (j = 0; j < json_array_get_length (files); j++) {
      JsonObject *facts = json_array_get_object_element (files, j);

      g_hash_table_add (listed, g_strdup (json_object_get_string_member (facts, "file")));
    }
    ROW ("%s", path);
    g_assert_nonnull (dir);
    while ((name = g_dir_read_name (dir)) != NULL) {
      if (g_str_has_suffix (name, ".xml") && !g_hash_table_contains (listed, name))
        g_error ("%s has no facts in tests/data/corpus.json", name);
    }
  }
}

/* ---- a scanner that shares nothing with the library, for whole elements ---- */

typedef struct {
  gsize start, end;     /* of the element, with its tags */
  gsize text, text_end; /* of its contents */
  guint parent;         /* index; the root is its own */
  const char *name;     /* in the document */
  gsize name_length;
} Element;

#define ELEMENT(array, i) (&g_array_index (array, Element, i))

static gboolean
is_named (const Element *element, const char *name)
{
  return strlen (name) == element->name_length &&
         memcmp (element->name, name, element->name_length) == 0;
}

/* Skips what starts with a mark and is not an element; NULL: it is an element. */
static const char *
skip_other (const char *at)
{
  static const struct {
    char open[10], close[4];
  } marks[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (marks); i++) {
    if (g_str_has_prefix (at, marks[i].open))
      return strstr (at, marks[i].close) + strlen (marks[i].close);
  }
  return NULL;
}

/* After the ">" of a tag, whatever ">" its attributes contain. */
static const char *
skip_tag (const char *at)
{
  char quote = '\0';

  for (; quote != '\0' || *at != '>'; at++) {
    if (quote != '\0' ? *at == quote : *at == '\'' || *at == '"')
      quote = quote != '\0' ? '\0' : *at;
    g_assert_cmpint (*at, !=, '\0');
  }
  return at + 1;
}

static guint
open_element (GArray *elements, guint parent, const char *xml, const char *at, const char *after)
{
  Element element = { .parent = parent, .name = at + 1 };

  element.start = (gsize)(at - xml);
  element.text = element.text_end = element.end = (gsize)(after - xml);
  element.name_length = strcspn (element.name, " \t\r\n/>");
  g_array_append_val (elements, element);
  return elements->len - 1;
}

/* Every element of a well-formed document in order; a self-closing one has an empty text. */
static GArray *
scan (const char *xml)
{
  GArray *elements = g_array_new (FALSE, FALSE, sizeof (Element));
  guint open = 0, depth = 0;
  const char *at = xml;

  while ((at = strchr (at, '<')) != NULL) {
    const char *after = skip_other (at);

    if (after == NULL) {
      after = skip_tag (at);
      if (at[1] == '/') {
        ELEMENT (elements, open)->text_end = (gsize)(at - xml);
        ELEMENT (elements, open)->end = (gsize)(after - xml);
        open = ELEMENT (elements, open)->parent;
        depth--;
      } else {
        guint i = open_element (elements, open, xml, at, after);

        if (after[-2] != '/') {
          open = i;
          depth++;
        }
      }
    }
    at = after;
  }
  g_assert_cmpuint (depth, ==, 0);
  return elements;
}

static char *
dup_text (const char *xml, const Element *element)
{
  return g_strndup (xml + element->text, element->text_end - element->text);
}

/* NULL: there is no such attribute. In all files a blank precedes each one. */
static char *
dup_attribute (const char *xml, const Element *element, const char *name)
{
  g_autofree char *tag = g_strndup (xml + element->start, element->text - element->start);
  g_autofree char *start = g_strdup_printf (" %s=", name);
  const char *value = strstr (tag, start);

  if (value == NULL)
    return NULL;
  value += strlen (start);
  return g_strndup (value + 1, (gsize)(strchr (value + 1, *value) - value - 1));
}

static void
test_scanner (void)
{
  static const char xml[] = "<?x <y>?><!-- <z> --><a b='>' c=\"/'>\"><d e='1' f='22'/>"
                            "<g><![CDATA[<h>]]>i</g ></a>\n";
  g_autoptr (GArray) elements = scan (xml);
  g_autofree char *text = dup_text (xml, ELEMENT (elements, 2));
  g_autofree char *f = dup_attribute (xml, ELEMENT (elements, 1), "f");
  g_autofree char *none = dup_attribute (xml, ELEMENT (elements, 2), "f");

  g_assert_cmpuint (elements->len, ==, 3);
  g_assert_true (is_named (ELEMENT (elements, 0), "a"));
  g_assert_true (is_named (ELEMENT (elements, 1), "d"));
  g_assert_true (is_named (ELEMENT (elements, 2), "g"));
  g_assert_cmpuint (ELEMENT (elements, 0)->end, ==, strlen (xml) - 1);
  g_assert_cmpuint (ELEMENT (elements, 1)->end, ==, ELEMENT (elements, 2)->start);
  g_assert_cmpuint (ELEMENT (elements, 2)->parent, ==, 0);
  g_assert_cmpstr (text, ==, "<![CDATA[<h>]]>i");
  g_assert_cmpstr (f, ==, "22");
  g_assert_null (none);
}

/* ---- damage ---- */

/* A document, and what a damaged copy can yield. */
typedef struct {
  const char *label;
  const char *xml;
  gsize length;
  ReadFunc read;
  GArray *elements;
  GPtrArray *keys; /* one for each element, NULL for most: see make_key */
  guint n_machines;
  /* Texts that are composed of several, enumerations that are too deep or contradictory: the
   * scanner knows too little to check more than that it does not crash. */
  gboolean is_odd;
} Subject;

typedef void (*DamageFunc) (const Subject *subject);

/* For a <machine>: "architecture name canonical", where a name that stands for itself is not an
 * alias; for an <enum>'s <value>: "device name value". */
static char *
make_key (const char *xml, GArray *elements, const Element *element)
{
  const Element *parent = ELEMENT (elements, element->parent);
  g_autofree char *text = dup_text (xml, element), *other = NULL, *name = NULL;

  if (is_named (element, "machine")) {
    while (!is_named (parent, "arch") && parent->parent != 0)
      parent = ELEMENT (elements, parent->parent);
    name = dup_attribute (xml, parent, "name");
    other = dup_attribute (xml, element, "canonical");
    if (name == NULL)
      return NULL;
    return g_strdup_printf ("%d %s %s", (int)machtype_arch_from_string (name, NULL), text,
                            other != NULL && strcmp (other, text) != 0 ? other : "");
  }
  if (!is_named (element, "value") || !is_named (parent, "enum"))
    return NULL;
  name = dup_attribute (xml, parent, "name");
  parent = ELEMENT (elements, parent->parent);
  other = g_strndup (parent->name, parent->name_length);
  return g_strdup_printf ("%s %s %s", other, name != NULL ? name : "", text);
}

/* What all architectures offer for their best domain types. */
static guint
count_machines (MachtypeHost *host)
{
  guint n = 0;
  int arch;

  for (arch = 1; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, (MachtypeArch)arch, NULL);

    n += machines->len;
  }
  return n;
}

static void
damage (const char *path, DamageFunc function)
{
  g_autofree char *xml = NULL, *label = g_path_get_basename (path);
  Subject subject = { .label = label, .is_odd = g_str_has_suffix (path, "odd.xml") };
  g_autoptr (MachtypeHost) host = NULL;
  guint i;

  g_assert_true (g_file_get_contents (path, &xml, &subject.length, NULL));
  subject.xml = xml;
  subject.elements = scan (xml);
  subject.read = is_named (ELEMENT (subject.elements, 0), "capabilities")
                     ? machtype_host_builder_set_capabilities
                     : machtype_host_builder_add_domain_capabilities;
  host = make_host (subject.read, xml, subject.length);
  subject.n_machines = count_machines (host);
  subject.keys = g_ptr_array_new_with_free_func (g_free);
  for (i = 0; i < subject.elements->len; i++)
    g_ptr_array_add (subject.keys, make_key (xml, subject.elements, ELEMENT (subject.elements, i)));
  function (&subject);
  g_ptr_array_unref (subject.keys);
  g_array_unref (subject.elements);
}

static void
damage_folder (const char *folder, DamageFunc function)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (!g_str_has_suffix (name, ".xml"))
      continue;
    damage (path, function);
    n++;
  }
  g_assert_cmpuint (n, >, 0);
}

static void
damage_own (gconstpointer data)
{
  const DamageFunc *function = data;
  g_autofree char *folder = test_data ("hosts");

  damage_folder (folder, *function);
}

static void
damage_corpus (gconstpointer data)
{
  const DamageFunc *function = data;
  const char *corpus = find_corpus ();
  g_autofree char *capabilities = NULL, *domain_capabilities = NULL;

  if (corpus == NULL)
    return;
  capabilities = g_build_filename (corpus, CAPABILITIES, NULL);
  domain_capabilities = g_build_filename (corpus, DOMAIN_CAPABILITIES, NULL);
  damage_folder (capabilities, *function);
  damage_folder (domain_capabilities, *function);
}

/* From one place to truncate to the next: every one with -m slow, otherwise at least 300 of a file.
 */
static gsize
get_stride (gsize length)
{
  if (test_is_short ())
    return MAX (1, length / 15);
  return g_test_slow () ? 1 : MAX (1, length / 300);
}

/* Everything about a host, on one line. */
static char *
describe (MachtypeHost *host)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int arch;

  for (arch = 1; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, (MachtypeArch)arch, NULL);
    g_autofree char *digest = make_digest (machines);
    const char *type = machtype_host_get_domain_type (host, (MachtypeArch)arch);

    g_string_append_printf (text, "%s %s ", type != NULL ? type : "-", digest);
  }
  g_string_append_printf (text, "%d %u %u %u", (int)machtype_host_get_arch (host),
                          host->guests->len, host->domains->len,
                          host->machines->len + host->offers->len);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Truncated anywhere before the root has ended. Nothing of it may remain in the builder. */
static void
truncate_everywhere (const Subject *subject)
{
  const gsize length = ELEMENT (subject->elements, 0)->end;
  const gsize stride = get_stride (length);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) whole = make_host (subject->read, subject->xml, subject->length);
  g_autoptr (MachtypeHost) host = NULL;
  g_autofree char *expected = describe (whole), *found = NULL;
  gsize cut, next;

  ROW ("%s, every %" G_GSIZE_FORMAT " bytes of %" G_GSIZE_FORMAT, subject->label, stride, length);
  for (cut = 0; cut < length; cut = next) {
    /* A copy without a byte after it, so that reading too far is detected. */
    g_autofree char *part = g_memdup2 (subject->xml, cut != 0 ? cut : 1);
    g_autoptr (GError) error = NULL;

    /* The last byte matters most. */
    next = cut + stride < length || cut == length - 1 ? cut + stride : length - 1;
    if (subject->read (builder, part, (gssize)cut, &error))
      g_error ("%s: %" G_GSIZE_FORMAT " bytes of it are taken for the whole", subject->label, cut);
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
  }
  g_assert_true (subject->read (builder, subject->xml, (gssize)length, NULL));
  host = machtype_host_builder_end (builder);
  found = describe (host);
  g_assert_cmpstr (found, ==, expected);
}

static char *
remove_range (const Subject *subject, gsize start, gsize end, gsize *length)
{
  char *xml = g_malloc (subject->length - (end - start) + 1);

  memcpy (xml, subject->xml, start);
  memcpy (xml + start, subject->xml + end, subject->length - end + 1);
  *length = subject->length - (end - start);
  return xml;
}

/* The keys of what is not in the removed element, with their architecture or device. */
static GHashTable *
collect_keys (const Subject *subject, const Element *removed)
{
  GHashTable *keys = g_hash_table_new (g_str_hash, g_str_equal);
  guint i;

  for (i = 0; i < subject->elements->len; i++) {
    const Element *element = ELEMENT (subject->elements, i);

    if (subject->keys->pdata[i] != NULL &&
        (element->start < removed->start || element->start >= removed->end))
      g_hash_table_add (keys, subject->keys->pdata[i]);
  }
  return keys;
}

static void
check_machines (MachtypeHost *host, MachtypeArch arch, const char *domain_type, GHashTable *keys,
                const char *xml)
{
  g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, arch, domain_type);
  char key[512];
  guint i;

  for (i = 0; i < machines->len; i++) {
    const char *name = machtype_machine_get_name (machines->pdata[i]);
    const char *canonical = machtype_machine_get_canonical (machines->pdata[i]);

    g_snprintf (key, sizeof key, "%d %s %s", (int)arch, name, canonical != NULL ? canonical : "");
    if (!g_hash_table_contains (keys, key))
      g_error ("%s: no such machine is left in %s", key, xml);
  }
}

/* No machine is invented, for any architecture and domain type. None is lost, either, unless it was
 * removed, or what decides which of several lists applies. */
static void
check_host (MachtypeHost *host, const Subject *subject, const Element *removed, GHashTable *keys,
            const char *xml)
{
  int arch;
  guint i, n = 0;

  for (arch = 1; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_auto (GStrv) types = machtype_host_dup_domain_types (host, (MachtypeArch)arch);

    check_machines (host, (MachtypeArch)arch, NULL, keys, xml);
    for (i = 0; types[i] != NULL; i++)
      check_machines (host, (MachtypeArch)arch, types[i], keys, xml);
  }
  for (i = 0; i < subject->keys->len; i++)
    n += subject->keys->pdata[i] != NULL &&
         ELEMENT (subject->elements, i)->start >= removed->start &&
         ELEMENT (subject->elements, i)->end <= removed->end;
  if (n == 0 && !is_named (removed, "os_type") && !is_named (removed, "domain") &&
      !is_named (removed, "arch"))
    g_assert_cmpuint (count_machines (host), ==, subject->n_machines);
}

/* What domain capabilities still list is present, what they no longer list is not. */
static void
check_values (const MachtypeHost *host, const Subject *subject, const Element *removed,
              GHashTable *keys, gsize stride)
{
  const MachtypeArch arch = MT_ROW (host->domain_capabilities, MtDomainCapabilities, 0)->arch;
  gsize i;

  for (i = removed->start % stride; i < subject->keys->len; i += stride) {
    const char *key = subject->keys->pdata[i];
    g_auto (GStrv) words = key != NULL ? g_strsplit (key, " ", 3) : NULL;
    MachtypeAnswer answer;

    if (key == NULL || arch == MACHTYPE_ARCH_UNKNOWN)
      continue;
    answer = machtype_host_supports (host, arch, NULL, NULL, words[0], words[1], words[2]);
    if ((answer == MACHTYPE_ANSWER_YES) != g_hash_table_contains (keys, key))
      g_error ("%s without <%.*s>: %s is answered %d", subject->label, (int)removed->name_length,
               removed->name, key, (int)answer);
  }
}

static void
remove_element (const Subject *subject, guint i)
{
  const Element *removed = ELEMENT (subject->elements, i);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (GHashTable) keys = collect_keys (subject, removed);
  g_autoptr (MachtypeHost) host = NULL;
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  xml = remove_range (subject, removed->start, removed->end, &length);
  if (i == 0) {
    g_assert_false (subject->read (builder, xml, (gssize)length, &error));
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
    return;
  }
  subject->read (builder, xml, (gssize)length, &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (builder);
  if (subject->is_odd)
    return;
  if (machtype_host_has_capabilities (host))
    check_host (host, subject, removed, keys, xml);
  else
    check_values (host, subject, removed, keys, g_test_slow () ? 1 : 5);
}

/* The rest is still a document, about which less is known. */
static void
remove_everything (const Subject *subject)
{
  guint i;

  ROW ("%s, each of %u elements", subject->label, subject->elements->len);
  for (i = 0; i < subject->elements->len; i += test_is_short () ? 20 : 1)
    remove_element (subject, i);
}

/* Every name must be in the text, unless it spans several lines: its element then is one that a
 * changed byte has wrapped around others, whose texts are omitted from it. */
static gboolean
is_made_up (const char *name, const char *xml)
{
  return strchr (name, '\n') == NULL && strstr (xml, name) == NULL;
}

static void
check_names (MachtypeHost *host, const char *xml)
{
  int arch;
  guint i;

  for (arch = 1; arch <= MACHTYPE_ARCH_XTENSAEB; arch++) {
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, (MachtypeArch)arch, NULL);

    for (i = 0; i < machines->len; i++) {
      const char *name = machtype_machine_get_name (machines->pdata[i]);
      const char *canonical = machtype_machine_get_canonical (machines->pdata[i]);

      if (is_made_up (name, xml) || (canonical != NULL && is_made_up (canonical, xml)))
        g_error ("%s (%s) is made up", name, canonical != NULL ? canonical : "");
    }
  }
}

/* Other bytes at random, a few at a time; GLib prints the seed, and --seed repeats it. */
static void
change_bytes (const Subject *subject)
{
  static const char bytes[] = "<>/='\"&;! -aZ09\x80\xff";
  const guint rounds = test_is_short () ? 5 : g_test_slow () ? 5000 : 200;
  guint i;
  int j;

  ROW ("%s, %u times", subject->label, rounds);
  for (i = 0; i < rounds; i++) {
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autofree char *xml = g_memdup2 (subject->xml, subject->length + 1);
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (GError) error = NULL;

    for (j = g_test_rand_int_range (1, 4); j > 0; j--)
      xml[g_test_rand_int_range (0, (gint32)subject->length)] =
          bytes[g_test_rand_int_range (0, (gint32)sizeof bytes - 1)];
    if (!subject->read (builder, xml, (gssize)subject->length, &error)) {
      g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      continue;
    }
    host = machtype_host_builder_end (builder);
    if (!subject->is_odd)
      check_names (host, xml);
  }
}

int
main (int argc, char **argv)
{
  static const DamageFunc truncated = truncate_everywhere, removed = remove_everything,
                          changed = change_bytes;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corpus/capabilities", test_capabilities);
  g_test_add_func ("/corpus/domain-capabilities", test_domain_capabilities);
  g_test_add_func ("/corpus/listed", test_listed);
  g_test_add_func ("/damage/scanner", test_scanner);
  g_test_add_data_func ("/damage/own/truncated", &truncated, damage_own);
  g_test_add_data_func ("/damage/own/removed", &removed, damage_own);
  g_test_add_data_func ("/damage/own/changed", &changed, damage_own);
  g_test_add_data_func ("/damage/corpus/truncated", &truncated, damage_corpus);
  g_test_add_data_func ("/damage/corpus/removed", &removed, damage_corpus);
  g_test_add_data_func ("/damage/corpus/changed", &changed, damage_corpus);
  return g_test_run ();
}
