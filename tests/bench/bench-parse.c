/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing one name. */

#include "bench.h"
#include "fixtures.h"

#include <stdio.h>
#include <string.h>

#include "name/name-private.h"

#define NAMES_MAX 1024

static struct {
  const char *text;
  gsize length;
} names[NAMES_MAX];

static char *
dup_version (guint major, guint minor, guint micro)
{
  return g_strdup_printf ("%u.%u.%u", major, minor, micro);
}

static guint
parse (guint i)
{
  MtName name;

  mt_name_parse (names[i].text, names[i].length, MACHTYPE_ARCH_UNKNOWN, &name);
  return name.version[1];
}

static char *
answer_parse (guint i)
{
  MtName name;

  mt_name_parse (names[i].text, names[i].length, MACHTYPE_ARCH_UNKNOWN, &name);
  return dup_version (name.version[0], name.version[1], name.version[2]);
}

static guint
make_value (guint i)
{
  MachtypeName *name = machtype_name_new (names[i].text, MACHTYPE_ARCH_UNKNOWN, NULL);
  guint vendor = machtype_name_get_vendor (name);

  machtype_name_unref (name);
  return vendor;
}

static char *
answer_value (guint i)
{
  g_autoptr (MachtypeName) name = machtype_name_new (names[i].text, MACHTYPE_ARCH_UNKNOWN, NULL);
  guint major = 0, minor = 0, micro = 0;

  machtype_name_get_version (name, &major, &minor, &micro);
  return dup_version (major, minor, micro);
}

/* The numbers behind the last "-" that a digit follows, up to three; nothing is checked. */
static void
scan (const char *at, guint version[3])
{
  const char *dash = at;
  guint part;

  for (; *at != '\0'; at++) {
    if (*at == '-' && g_ascii_isdigit (at[1]))
      dash = at;
  }
  version[0] = version[1] = version[2] = 0;
  for (part = 0, at = dash + 1; part < 3; part++, at++) {
    for (; g_ascii_isdigit (*at); at++)
      version[part] = version[part] * 10 + (guint)(*at - '0');
    if (*at != '.')
      return;
  }
}

static guint
scan_name (guint i)
{
  guint version[3];

  scan (names[i].text, version);
  return version[0] + version[1] + version[2];
}

static char *
answer_scan (guint i)
{
  guint version[3];

  scan (names[i].text, version);
  return dup_version (version[0], version[1], version[2]);
}

BENCH_RUN (run_parse, parse (i))
BENCH_RUN (run_value, make_value (i))
BENCH_RUN (run_scan, scan_name (i))

static const BenchContestant contestants[] = {
  { .name = "mt_name_parse (private)",
    .run = run_parse,
    .answer = answer_parse,
    .no_allocations = TRUE },
  { .name = "bare scan of the numbers", .run = run_scan, .answer = answer_scan },
  { .name = "machtype_name_new, and unref", .run = run_value, .answer = answer_value },
};

/* Upstream names, which others can parse as well. */
static guint
read_names (void)
{
  g_autoptr (GPtrArray) all = fixture_versioned_names ();
  guint i, n = 0;

  for (i = 0; i < all->len && n < NAMES_MAX; i++) {
    const char *text = fixture_name_text (all->pdata[i]);
    g_autoptr (MachtypeName) name = machtype_name_new (text, MACHTYPE_ARCH_UNKNOWN, NULL);

    if (machtype_name_get_vendor (name) != MACHTYPE_VENDOR_UPSTREAM)
      continue;
    names[n].text = text;
    names[n++].length = strlen (text);
  }
  return n;
}

int
main (int argc, char **argv)
{
  const Bench bench = { "parse", read_names (), .contestants = contestants,
                        .n_contestants = G_N_ELEMENTS (contestants) };

  return bench_main (&bench, argc, argv);
}
