/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* workload NAME N
 *
 * Does N operations of one hot path, in an order that is the same on every run. callgrind collects
 * what bench_work does, and nothing else. */

#include "fixtures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name/name-private.h"

typedef struct {
  const char *name;
  void (*set_up) (void);
  void (*operate) (guint i);
} Workload;

void bench_work (const Workload *workload, guint count);

static FixturePair pairs[FIXTURE_PAIRS];
static struct {
  MachtypeName *a, *b;
} parsed[FIXTURE_PAIRS];
static MachtypeHost *host;
static MachtypePolicy *policy;
static FixtureImage images[FIXTURE_IMAGES];
static MachtypeProperties *properties[FIXTURE_IMAGES];
static MachtypeGuestBuilder *guest_builder;
static char *document;
static volatile guint sink;

static gboolean
is_comparable (const char *a, const char *b)
{
  return machtype_name_compare_strings (a, b, MACHTYPE_ARCH_UNKNOWN) != MACHTYPE_ORDER_INCOMPARABLE;
}

static void
set_up_pairs (void)
{
  guint i;

  fixture_pairs (pairs, is_comparable);
  for (i = 0; i < FIXTURE_PAIRS; i++) {
    parsed[i].a = machtype_name_new (pairs[i].a, MACHTYPE_ARCH_UNKNOWN, NULL);
    parsed[i].b = machtype_name_new (pairs[i].b, MACHTYPE_ARCH_UNKNOWN, NULL);
  }
}

static void
set_up_images (void)
{
  guint i;

  host = fixture_host ();
  policy = fixture_policy ();
  fixture_images (images, host, policy);
  for (i = 0; i < FIXTURE_IMAGES; i++)
    properties[i] = fixture_properties (&images[i]);
}

static void
set_up_guest (void)
{
  guest_builder = fixture_guest_builder ();
}

static void
set_up_document (void)
{
  document = fixture_capabilities ();
}

static void
set_up_domain (void)
{
  MachtypeGuestBuilder *builder = fixture_guest_builder ();
  g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (builder, NULL);

  document = g_strdup (machtype_guest_get_xml (guest));
  machtype_guest_builder_unref (builder);
}

/* A record of a later release: its members must not cost the square of their number. */
static void
set_up_record (void)
{
  GString *text = g_string_new ("{\"uuid\":\"6d5a5a4e-6f0f-4a3b-9c1e-2f6f0e7b1a11\"");
  guint i;

  for (i = 0; i < 1000; i++)
    g_string_append_printf (text, ",\"later%u\":%u", i, i);
  g_string_append_c (text, '}');
  document = g_string_free (text, FALSE);
}

static void
compare_strings (guint i)
{
  const FixturePair *pair = &pairs[i % FIXTURE_PAIRS];

  sink += (guint)machtype_name_compare_strings (pair->a, pair->b, MACHTYPE_ARCH_UNKNOWN);
}

static void
compare_parsed (guint i)
{
  sink += (guint)machtype_name_compare (parsed[i % FIXTURE_PAIRS].a, parsed[i % FIXTURE_PAIRS].b);
}

static void
parse (guint i)
{
  const char *text = pairs[i % FIXTURE_PAIRS].a;
  MtName name;

  sink += (guint)mt_name_parse (text, strlen (text), MACHTYPE_ARCH_UNKNOWN, &name);
}

static void
make_name (guint i)
{
  machtype_name_unref (machtype_name_new (pairs[i % FIXTURE_PAIRS].a, MACHTYPE_ARCH_UNKNOWN, NULL));
}

static void
resolve (guint i)
{
  machtype_resolution_unref (
      machtype_resolve (properties[i % FIXTURE_IMAGES], policy, host, NULL, NULL));
}

static void
resolve_pairs (guint i)
{
  const FixtureImage *image = &images[i % FIXTURE_IMAGES];
  const char *machine =
      machtype_resolve_pairs (image->pairs, image->count, policy, host, NULL, NULL, NULL, NULL);

  sink += (guint)machine[0];
}

static void
build_properties (guint i)
{
  machtype_properties_unref (fixture_properties (&images[i % FIXTURE_IMAGES]));
}

static void
write_xml (guint i)
{
  (void)i;
  machtype_guest_unref (machtype_guest_builder_end (guest_builder, NULL));
}

static void
read_capabilities (guint i)
{
  MachtypeHostBuilder *builder = machtype_host_builder_new ();

  (void)i;
  sink += (guint)machtype_host_builder_set_capabilities (builder, document, -1, NULL);
  machtype_host_builder_unref (builder);
}

static void
read_domain (guint i)
{
  (void)i;
  machtype_domain_unref (
      machtype_domain_new_from_xml (document, -1, MACHTYPE_DOMAIN_READ_NONE, NULL));
}

static void
read_record (guint i)
{
  g_autoptr (GError) error = NULL;
  MachtypeRecord *record =
      machtype_record_new_from_json (document, -1, MACHTYPE_JSON_READ_NONE, &error);

  (void)i;
  if (record == NULL)
    g_error ("%s", error->message);
  machtype_record_unref (record);
}

static const Workload workloads[] = {
  { "compare-strings", set_up_pairs, compare_strings },
  { "compare-parsed", set_up_pairs, compare_parsed },
  { "parse", set_up_pairs, parse },
  { "name-new", set_up_pairs, make_name },
  { "resolve", set_up_images, resolve },
  { "resolve-pairs", set_up_images, resolve_pairs },
  { "properties", set_up_images, build_properties },
  { "xml", set_up_guest, write_xml },
  { "capabilities", set_up_document, read_capabilities },
  { "domain", set_up_domain, read_domain },
  { "record-json", set_up_record, read_record },
};

/* callgrind recognizes the start by this name. */
G_GNUC_NO_INLINE void
bench_work (const Workload *workload, guint count)
{
  guint i;

  for (i = 0; i < count; i++)
    workload->operate (i);
}

int
main (int argc, char **argv)
{
  gsize i;

  for (i = 0; argc == 3 && i < G_N_ELEMENTS (workloads); i++) {
    if (strcmp (argv[1], workloads[i].name) == 0) {
      workloads[i].set_up ();
      /* Once before, so that one-time work is not counted. */
      workloads[i].operate (0);
      bench_work (&workloads[i], (guint)atoi (argv[2]));
      return 0;
    }
  }
  fprintf (stderr, "usage: workload NAME N\n");
  return 2;
}
