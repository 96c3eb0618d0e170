/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many records at once, in each kind of store: more than a server sends in one part. */

#include "test.h"

#include <string.h>

#include "store-kinds.h"

/* More than two parts of 500. */
#define RECORDS 1201u
#define HOSTS 7u

typedef struct {
  char text[40];
} Uuid;

static Uuid
make_uuid (guint i)
{
  Uuid uuid;

  g_snprintf (uuid.text, sizeof uuid.text, "00000000-0000-4000-8000-%012u", i);
  return uuid;
}

static void
add_as (MachtypeStore *store, const char *uuid, guint i)
{
  g_autofree char *name = g_strdup_printf ("guest%u", i);
  g_autofree char *host = g_strdup_printf ("host%u", i % HOSTS);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;
  GError *error = NULL;

  machtype_record_builder_set_name (builder, name, NULL);
  machtype_record_builder_set_host (builder, host, NULL, NULL);
  if (i % 3 == 0)
    machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
}

static void
add (MachtypeStore *store, guint i)
{
  const Uuid uuid = make_uuid (i);

  add_as (store, uuid.text, i);
}

static void
fill (MachtypeStore *store)
{
  GError *error = NULL;
  guint i;

  g_assert_true (machtype_store_begin (store, &error));
  for (i = 0; i < RECORDS; i++)
    add (store, i);
  g_assert_true (machtype_store_commit (store, &error));
  g_assert_no_error (error);
}

static GPtrArray *
read_records (MachtypeStore *store, const char *const *uuids)
{
  GError *error = NULL;
  GPtrArray *records = machtype_store_read_records (store, uuids, &error);

  g_assert_no_error (error);
  return records;
}

/* What is asked, and the numbers of the records that are there; -1 ends both. */
static const struct {
  int asked[8], there[8];
} orders[] = {
  { { -1 }, { -1 } },
  { { 5, -1 }, { 5, -1 } },
  { { 9000, -1 }, { -1 } },
  { { 3, 1, 2, -1 }, { 3, 1, 2, -1 } },
  { { 9001, 3, 9000, 1, -1 }, { 3, 1, -1 } },
  { { 4, 4, 9000, 4, -1 }, { 4, 4, 4, -1 } },
};

static void
assert_is (MachtypeRecord *record, guint i)
{
  const Uuid uuid = make_uuid (i);
  g_autofree char *name = g_strdup_printf ("guest%u", i);
  g_autofree char *host = g_strdup_printf ("host%u", i % HOSTS);

  g_assert_cmpstr (machtype_record_get_uuid (record), ==, uuid.text);
  g_assert_cmpstr (machtype_record_get_name (record), ==, name);
  g_assert_cmpstr (machtype_record_get_host_name (record), ==, host);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, i % 3 == 0 ? "pc-q35-6.2" : NULL);
}

static void
check_order (MachtypeStore *store, gsize row)
{
  Uuid uuids[8];
  const char *texts[9] = { NULL };
  g_autoptr (GPtrArray) records = NULL;
  guint i;

  for (i = 0; orders[row].asked[i] >= 0; i++) {
    uuids[i] = make_uuid ((guint)orders[row].asked[i]);
    texts[i] = uuids[i].text;
  }
  records = read_records (store, texts);
  for (i = 0; orders[row].there[i] >= 0; i++) {
    g_assert_cmpuint (records->len, >, i);
    assert_is (records->pdata[i], (guint)orders[row].there[i]);
  }
  g_assert_cmpuint (records->len, ==, i);
}

static void
test_orders (MachtypeStore *store)
{
  gsize i;

  fill (store);
  for (i = 0; i < G_N_ELEMENTS (orders); i++) {
    ROW ("row %" G_GSIZE_FORMAT, i);
    check_order (store, i);
  }
}

/* All of them backwards, and as many that are not there in between. */
static void
check_all (MachtypeStore *store)
{
  g_autofree Uuid *uuids = g_new (Uuid, 2 * RECORDS);
  g_autofree const char **texts = g_new0 (const char *, 2 * RECORDS + 1);
  g_autoptr (GPtrArray) records = NULL;
  guint i;

  for (i = 0; i < 2 * RECORDS; i++) {
    uuids[i] = make_uuid (i % 2 == 0 ? RECORDS - 1 - i / 2 : 5000 + i);
    texts[i] = uuids[i].text;
  }
  records = read_records (store, texts);
  g_assert_cmpuint (records->len, ==, RECORDS);
  for (i = 0; i < RECORDS; i++)
    assert_is (records->pdata[i], RECORDS - 1 - i);
}

static void
test_all (MachtypeStore *store)
{
  GError *error = NULL;

  fill (store);
  check_all (store);
  g_assert_true (machtype_store_begin_read (store, &error));
  check_all (store);
  machtype_store_end_read (store);
  g_assert_true (machtype_store_begin (store, &error));
  check_all (store);
  add (store, RECORDS);
  machtype_store_rollback (store);
  g_assert_no_error (error);
  check_all (store);
}

static void
test_spelling (MachtypeStore *store)
{
  const char *const upper[] = { "ABCDEF00-0000-4000-8000-000000000001", NULL };
  const char *const invalid[] = { "00000000-0000-4000-8000-000000000001", "nothing", NULL };
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;

  fill (store);
  add_as (store, "abcdef00-0000-4000-8000-000000000001", 0);
  records = read_records (store, upper);
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_null (machtype_store_read_records (store, invalid, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID");
}

/* Every digit at every place. */
static void
test_digits (MachtypeStore *store)
{
  static const char digits[] = "0123456789abcdef";
  guint i, place;

  for (i = 0; i < 16; i++) {
    Uuid uuid = make_uuid (0);
    const char *const uuids[] = { uuid.text, NULL };
    g_autoptr (GPtrArray) records = NULL;

    for (place = 0; uuid.text[place] != '\0'; place++) {
      if (uuid.text[place] != '-')
        uuid.text[place] = digits[(place + i) % 16];
    }
    g_test_message ("%s", uuid.text);
    add_as (store, uuid.text, i);
    records = read_records (store, uuids);
    g_assert_cmpuint (records->len, ==, 1);
    g_assert_cmpstr (machtype_record_get_uuid (records->pdata[0]), ==, uuid.text);
  }
}

/* Listings of more than a part, one in the other, and reads in between. */
typedef struct {
  MachtypeStore *store;
  guint next, n_inner;
} Listing;

static gboolean
count (MachtypeRecord *record, gpointer data)
{
  (void)record;
  ++*(guint *)data;
  return TRUE;
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  Listing *listing = data;
  const char *const uuids[] = { machtype_record_get_uuid (record), NULL };
  GError *error = NULL;

  assert_is (record, listing->next);
  if (listing->next % 300 == 0) {
    g_autoptr (GPtrArray) records = read_records (listing->store, uuids);

    g_assert_cmpuint (records->len, ==, 1);
    g_assert_true (
        machtype_store_foreach (listing->store, NULL, NULL, count, &listing->n_inner, &error));
    g_assert_no_error (error);
  }
  listing->next++;
  return TRUE;
}

static void
test_listings (MachtypeStore *store)
{
  Listing listing = { store, 0, 0 };
  GError *error = NULL;

  fill (store);
  g_assert_true (machtype_store_foreach (store, NULL, NULL, on_record, &listing, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (listing.next, ==, RECORDS);
  g_assert_cmpuint (listing.n_inner, ==, 5 * RECORDS);
}

static gboolean
write_inside (MachtypeRecord *record, gpointer data)
{
  g_autoptr (MachtypeRecord) changed = NULL;
  g_autoptr (MachtypeChange) change = NULL;
  GError *error = NULL;

  change = machtype_change_check (machtype_record_get_machine (record), "pc-q35-7.2",
                                  MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                                  MACHTYPE_CHANGE_FORCE, NULL, &error);
  g_assert_no_error (error);
  changed = machtype_store_update_machine (data, record, change, "op", &error);
  g_assert_null (changed);
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "listed");
  return FALSE;
}

/* Of many records and of few: nothing is written in between. */
static void
test_write_inside (MachtypeStore *store)
{
  static const char *const hosts[] = { NULL, "host3" };
  GError *error = NULL;
  gsize i;

  fill (store);
  for (i = 0; i < G_N_ELEMENTS (hosts); i++)
    g_assert_true (machtype_store_foreach (store, NULL, hosts[i], write_inside, store, &error));
  g_assert_no_error (error);
}

static const StoreBehaviour behaviours[] = {
  { "orders", test_orders }, { "all", test_all },           { "spelling", test_spelling },
  { "digits", test_digits }, { "listings", test_listings },
};

/* Only a server's stores notice it. */
static void
run_write_inside (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    const StoreCase one = { &store_kinds[i], test_write_inside };

    if (g_strcmp0 (store_kinds[i].scheme, POSTGRESQL_SCHEME) == 0)
      store_run_case (&one);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  store_add_behaviours ("store-several", behaviours, G_N_ELEMENTS (behaviours));
  g_test_add_func ("/store-several/write-inside", run_write_inside);
  return g_test_run ();
}
