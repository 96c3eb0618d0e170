/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two names of one family: which is older? */

#include "bench.h"
#include "fixtures.h"

#include <string.h>

#ifdef HAVE_APT
int bench_apt_compare (const char *a, const char *b);
#endif

static FixturePair pairs[FIXTURE_PAIRS];
static struct {
  MachtypeName *a, *b;
  guint64 key_a, key_b;
  guint64 *boxed_a, *boxed_b; /* each in its own memory, as the library's values are */
} parsed[FIXTURE_PAIRS];

/* The least that makes an answer correct: one version of one family on both sides, the number that
 * differs found in one pass, and nothing after the version. No table is used. */
static int
scan (const char *a, const char *b)
{
  const char *p = a, *q = b, *version;
  guint x = 0, y = 0;

  for (; *p == *q; p++, q++) {
    if (*p == '\0')
      return 0;
  }
  for (version = p; version > a && (g_ascii_isdigit (version[-1]) || version[-1] == '.'); version--)
    ;
  if (version == a || (version[-1] != '-' && version[-1] != 'l'))
    return MACHTYPE_ORDER_INCOMPARABLE;
  for (; p > version && p[-1] != '.'; p--, q--)
    ;
  for (; g_ascii_isdigit (*p); p++)
    x = x * 10 + (guint)(*p - '0');
  for (; g_ascii_isdigit (*q); q++)
    y = y * 10 + (guint)(*q - '0');
  for (; g_ascii_isdigit (*p) || *p == '.'; p++)
    ;
  for (; g_ascii_isdigit (*q) || *q == '.'; q++)
    ;
  return *p != '\0' || *q != '\0' ? MACHTYPE_ORDER_INCOMPARABLE : (x > y) - (x < y);
}

static int
compare_strings (const char *a, const char *b)
{
  return machtype_name_compare_strings (a, b, MACHTYPE_ARCH_UNKNOWN);
}

/* -1, 0, 1, or that they are incomparable. */
static int
to_sign (int order)
{
  return order == MACHTYPE_ORDER_INCOMPARABLE ? order : (order > 0) - (order < 0);
}

static guint64
get_key (const MachtypeName *name)
{
  guint major = 0, minor = 0, micro = 0;

  machtype_name_get_version (name, &major, &minor, &micro);
  return (guint64)major << 32 | minor << 16 | micro;
}

static int
compare_keys (guint64 a, guint64 b)
{
  return (a > b) - (a < b);
}

/* Revisions and variants are not part of a version, and only the library knows code names: pairs
 * that need them are omitted. */
static gboolean
is_agreed (const char *a, const char *b)
{
  g_autoptr (MachtypeName) x = machtype_name_new (a, MACHTYPE_ARCH_UNKNOWN, NULL);
  g_autoptr (MachtypeName) y = machtype_name_new (b, MACHTYPE_ARCH_UNKNOWN, NULL);
  int sign = to_sign (compare_strings (a, b));

  return sign == to_sign (strverscmp (a, b)) && sign == to_sign (scan (a, b)) &&
#ifdef HAVE_APT
         sign == to_sign (bench_apt_compare (a, b)) &&
#endif
         sign == compare_keys (get_key (x), get_key (y));
}

/* A contestant and its answer, as one expression in i. */
#define CONTEST(contestant, expression)                                                            \
  BENCH_RUN (run_##contestant, expression)                                                         \
  static char *answer_##contestant (guint i)                                                       \
  {                                                                                                \
    return g_strdup_printf ("%d", to_sign (expression));                                           \
  }

CONTEST (strings, compare_strings (pairs[i].a, pairs[i].b))
CONTEST (verscmp, strverscmp (pairs[i].a, pairs[i].b))
CONTEST (scan, scan (pairs[i].a, pairs[i].b))
CONTEST (parsed, machtype_name_compare (parsed[i].a, parsed[i].b))
CONTEST (keys, compare_keys (parsed[i].key_a, parsed[i].key_b))
CONTEST (boxed, compare_keys (*parsed[i].boxed_a, *parsed[i].boxed_b))
#ifdef HAVE_APT
CONTEST (apt, bench_apt_compare (pairs[i].a, pairs[i].b))
#endif

static const BenchContestant contestants[] = {
  { .name = "machtype_name_compare_strings",
    .run = run_strings,
    .answer = answer_strings,
    .no_allocations = TRUE },
  { .name = "strverscmp", .run = run_verscmp, .answer = answer_verscmp, .limit = 1.5 },
#ifdef HAVE_APT
  { .name = "CmpVersion of libapt", .run = run_apt, .answer = answer_apt },
#else
  { .name = "CmpVersion of libapt", .note = "no libapt-pkg-dev" },
#endif
  { .name = "bare checked scan", .run = run_scan, .answer = answer_scan },
  { .name = "machtype_name_compare",
    .run = run_parsed,
    .answer = answer_parsed,
    .no_allocations = TRUE },
  { .name = "64-bit compare",
    .run = run_keys,
    .answer = answer_keys,
    .subject = "machtype_name_compare" },
  /* Values are accessed through pointers, and so must the floor's, or it measures the cache. */
  { .name = "64-bit compare, behind pointers",
    .run = run_boxed,
    .answer = answer_boxed,
    .subject = "machtype_name_compare",
    .limit = 3 },
};

static const Bench bench = { "compare", FIXTURE_PAIRS, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  guint i;

  fixture_pairs (pairs, is_agreed);
  for (i = 0; i < FIXTURE_PAIRS; i++) {
    parsed[i].a = machtype_name_new (pairs[i].a, MACHTYPE_ARCH_UNKNOWN, NULL);
    parsed[i].b = machtype_name_new (pairs[i].b, MACHTYPE_ARCH_UNKNOWN, NULL);
    parsed[i].key_a = get_key (parsed[i].a);
    parsed[i].key_b = get_key (parsed[i].b);
    parsed[i].boxed_a = g_memdup2 (&parsed[i].key_a, sizeof parsed[i].key_a);
    parsed[i].boxed_b = g_memdup2 (&parsed[i].key_b, sizeof parsed[i].key_b);
  }
  return bench_main (&bench, argc, argv);
}
