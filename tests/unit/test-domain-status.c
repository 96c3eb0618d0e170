/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#define UUID "6f1d4b5e-0000-4000-8000-000000000001"
#define OTHER "6f1d4b5e-0000-4000-8000-000000000002"
#define DOMAIN_OF(element, uuid, machine)                                                          \
  "<" element " type='kvm'><name>a</name><uuid>" uuid                                              \
  "</uuid><os><type arch='x86_64' machine='" machine "'>hvm</type></os></" element ">"
#define DOMAIN(machine) DOMAIN_OF ("domain", UUID, machine)
#define METADATA(content)                                                                          \
  "<domain type='kvm'><name>a</name><metadata>" content                                            \
  "</metadata><os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
#define RECORD(attributes) "<m:record xmlns:m='urn:libmachtype:record:1' " attributes "/>"
#define SNAPSHOT(content) "<domainsnapshot><name>s</name>" content "</domainsnapshot>"
#define RUNS "<state>running</state>"

static MachtypeDomainStatusBuilder *
new_builder (MachtypeDomainReadFlags flags)
{
  GError *error = NULL;
  MachtypeDomainStatusBuilder *builder = machtype_domain_status_builder_new (UUID, flags, &error);

  g_assert_no_error (error);
  return builder;
}

static const char *
or_none (const char *text)
{
  return text != NULL ? text : "-";
}

static const char *
get_machine (const MachtypeDomain *domain)
{
  return domain != NULL ? or_none (machtype_domain_get_machine (domain)) : "-";
}

static void
test_empty (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
  g_autoptr (MachtypeDomainStatus) status = machtype_domain_status_builder_end (builder);
  g_autoptr (GPtrArray) snapshots = machtype_domain_status_list_snapshots (status);
  g_autoptr (GPtrArray) problems = machtype_domain_status_list_problems (status);

  g_assert_cmpstr (machtype_domain_status_get_uuid (status), ==, UUID);
  g_assert_null (machtype_domain_status_get_name (status));
  g_assert_null (machtype_domain_status_get_host_name (status));
  g_assert_null (machtype_domain_status_get_state (status));
  g_assert_cmpint (machtype_domain_status_get_change_state (status), ==, MACHTYPE_STATE_UNKNOWN);
  g_assert_false (machtype_domain_status_is_persistent (status));
  g_assert_false (machtype_domain_status_has_saved_state (status));
  g_assert_null (machtype_domain_status_get_definition (status));
  g_assert_null (machtype_domain_status_get_running (status));
  g_assert_null (machtype_domain_status_get_saved (status));
  g_assert_null (machtype_domain_status_get_metadata (status));
  g_assert_cmpuint (snapshots->len + problems->len, ==, 0);
}

/* Each part is its own. */
static void
test_parts (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
  g_autoptr (MachtypeDomainStatus) status = NULL;
  GError *error = NULL;

  machtype_domain_status_builder_set_host_name (builder, "node1", &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_set_state (builder, "Shut Off", &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_set_definition (builder, DOMAIN ("pc-q35-7.2"), -1, &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_set_running (builder, DOMAIN ("pc-q35-6.2"), -1, &error);
  g_assert_no_error (error);
  status = machtype_domain_status_builder_end (builder);
  g_assert_true (machtype_domain_status_is_persistent (status));
  g_assert_cmpstr (machtype_domain_status_get_name (status), ==, "a");
  g_assert_cmpstr (machtype_domain_status_get_host_name (status), ==, "node1");
  g_assert_cmpstr (machtype_domain_status_get_state (status), ==, "stopped");
  g_assert_cmpint (machtype_domain_status_get_change_state (status), ==, MACHTYPE_STATE_STOPPED);
  g_assert_cmpstr (get_machine (machtype_domain_status_get_definition (status)), ==, "pc-q35-7.2");
  g_assert_cmpstr (get_machine (machtype_domain_status_get_running (status)), ==, "pc-q35-6.2");
  g_assert_null (machtype_domain_status_get_saved (status));
}

/* The builder can be used again, and what it has built does not change. */
static void
test_used_again (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
  g_autoptr (MachtypeDomainStatus) first = NULL, second = NULL, third = NULL;
  GError *error = NULL;

  first = machtype_domain_status_builder_end (builder);
  machtype_domain_status_builder_set_name (builder, "b\x1b[2J", &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_set_saved (builder, DOMAIN ("pc"), -1, &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_add_snapshot (builder, SNAPSHOT (DOMAIN ("pc")), -1, &error);
  g_assert_no_error (error);
  second = machtype_domain_status_builder_end (builder);
  third = machtype_domain_status_builder_end (builder);
  g_assert_null (machtype_domain_status_get_name (first));
  g_assert_cmpstr (machtype_domain_status_get_name (second), ==, "b\x1b[2J");
  g_assert_true (machtype_domain_status_equal (second, third));
  g_assert_false (machtype_domain_status_equal (first, second));
  machtype_domain_status_builder_set_persistent (builder, TRUE);
  g_clear_pointer (&third, machtype_domain_status_unref);
  third = machtype_domain_status_builder_end (builder);
  g_assert_false (machtype_domain_status_is_persistent (second));
  g_assert_true (machtype_domain_status_is_persistent (third));
}

/* A domain with saved RAM must not change while it could otherwise. */
static const struct {
  const char *state;
  gboolean is_saved;
  MachtypeState expected;
} states[] = {
  { NULL, FALSE, MACHTYPE_STATE_UNKNOWN },   { "shutoff", FALSE, MACHTYPE_STATE_STOPPED },
  { "shutoff", TRUE, MACHTYPE_STATE_SAVED }, { "running", FALSE, MACHTYPE_STATE_OTHER },
  { "running", TRUE, MACHTYPE_STATE_OTHER }, { "paused", TRUE, MACHTYPE_STATE_OTHER },
  { "shelved", TRUE, MACHTYPE_STATE_SAVED }, { NULL, TRUE, MACHTYPE_STATE_UNKNOWN },
  { "", FALSE, MACHTYPE_STATE_UNKNOWN },
};

static void
test_states (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
    g_autoptr (MachtypeDomainStatus) status = NULL;
    GError *error = NULL;

    ROW ("%s, saved: %d", or_none (states[i].state), states[i].is_saved);
    machtype_domain_status_builder_set_state (builder, states[i].state, &error);
    g_assert_no_error (error);
    machtype_domain_status_builder_set_has_saved_state (builder, states[i].is_saved);
    status = machtype_domain_status_builder_end (builder);
    g_assert_cmpint (machtype_domain_status_get_change_state (status), ==, states[i].expected);
    g_assert_cmpint (machtype_domain_status_has_saved_state (status), ==, states[i].is_saved);
  }
}

/* "memory machine inactive": what is read of each. Source: libvirt docs/formatsnapshot.rst,
 * src/conf/snapshot_conf.c. */
static const struct {
  const char *xml, *expected;
} snapshots[] = {
  { SNAPSHOT (RUNS "<memory snapshot='internal'/>" DOMAIN ("pc-q35-6.2")), "memory pc-q35-6.2 -" },
  { SNAPSHOT (RUNS "<memory snapshot='external' file='/m'/>" DOMAIN ("pc")), "memory pc -" },
  { SNAPSHOT (RUNS "<memory file='/m'/>" DOMAIN ("pc")), "memory pc -" },
  { SNAPSHOT ("<memory file='/m'/>" DOMAIN ("pc")), "memory pc -" },
  { SNAPSHOT (RUNS "<memory snapshot='no'/>" DOMAIN ("pc")), "disks pc -" },
  { SNAPSHOT ("<memory snapshot='no'/>" DOMAIN ("pc")), "disks pc -" },
  /* libvirt before 1.0.1 */
  { SNAPSHOT (RUNS DOMAIN ("pc")), "memory pc -" },
  { SNAPSHOT ("<state>paused</state>" DOMAIN ("pc")), "memory pc -" },
  { SNAPSHOT ("<state>shutoff</state>" DOMAIN ("pc")), "disks pc -" },
  { SNAPSHOT ("<state>disk-snapshot</state>" DOMAIN ("pc")), "disks pc -" },
  { SNAPSHOT (DOMAIN ("pc")), "disks pc -" },
  /* The definition for the next start, whatever their order. */
  { SNAPSHOT (RUNS DOMAIN ("pc-q35-6.2") DOMAIN_OF ("inactiveDomain", UUID, "pc-q35-7.2")),
    "memory pc-q35-6.2 pc-q35-7.2" },
  { SNAPSHOT (DOMAIN_OF ("inactiveDomain", UUID, "pc-q35-7.2") DOMAIN ("pc-q35-6.2") RUNS),
    "memory pc-q35-6.2 pc-q35-7.2" },
  /* The first of each; none elsewhere, and none in a namespace. */
  { SNAPSHOT (RUNS DOMAIN ("pc") DOMAIN ("q35") "<state>shutoff</state>"), "memory pc -" },
  { SNAPSHOT ("<parent><name>p</name><state>running</state></parent><x:domain xmlns:x='urn:x' "
              "type='kvm'><os><type machine='no'/></os></x:domain>" DOMAIN ("pc")),
    "disks pc -" },
  { SNAPSHOT ("<disks>" DOMAIN ("q35") "</disks>" DOMAIN ("pc")), "disks pc -" },
  /* What is in the domain is not of the snapshot. */
  { SNAPSHOT ("<domain type='kvm'><state>running</state><memory snapshot='internal'/><os><type "
              "machine='pc'/></os></domain>"),
    "disks pc -" },
  { SNAPSHOT ("<domain type='kvm'/>"), "disks - -" },
};

static void
test_snapshots (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (snapshots); i++) {
    g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
    g_autoptr (MachtypeDomainStatus) status = NULL;
    g_autoptr (GPtrArray) list = NULL, problems = NULL;
    const MachtypeDomainSnapshot *snapshot;
    g_autofree char *shown = NULL;
    GError *error = NULL;

    ROW ("%s", snapshots[i].xml);
    machtype_domain_status_builder_add_snapshot (builder, snapshots[i].xml, -1, &error);
    g_assert_no_error (error);
    status = machtype_domain_status_builder_end (builder);
    list = machtype_domain_status_list_snapshots (status);
    problems = machtype_domain_status_list_problems (status);
    g_assert_cmpuint (list->len, ==, 1);
    g_assert_cmpuint (problems->len, ==, 0);
    snapshot = list->pdata[0];
    shown = g_strdup_printf ("%s %s %s",
                             machtype_domain_snapshot_has_memory (snapshot) ? "memory" : "disks",
                             get_machine (machtype_domain_snapshot_get_domain (snapshot)),
                             get_machine (machtype_domain_snapshot_get_inactive (snapshot)));
    g_assert_cmpstr (machtype_domain_snapshot_get_name (snapshot), ==, "s");
    g_assert_cmpstr (shown, ==, snapshots[i].expected);
  }
}

/* libvirt before 0.9.5 wrote only the UUID; the snapshot is there, and still has RAM. */
static void
test_snapshot_without_domain (void)
{
  static const char *const xml[] = {
    SNAPSHOT (RUNS "<domain><uuid>" UUID "</uuid></domain>"),
    SNAPSHOT (RUNS),
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (xml); i++) {
    g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
    g_autoptr (MachtypeDomainStatus) status = NULL;
    g_autoptr (GPtrArray) list = NULL, problems = NULL;
    GError *error = NULL;

    ROW ("%s", xml[i]);
    machtype_domain_status_builder_add_snapshot (builder, xml[i], -1, &error);
    g_assert_no_error (error);
    status = machtype_domain_status_builder_end (builder);
    list = machtype_domain_status_list_snapshots (status);
    problems = machtype_domain_status_list_problems (status);
    g_assert_cmpuint (list->len, ==, 1);
    g_assert_true (machtype_domain_snapshot_has_memory (list->pdata[0]));
    g_assert_null (machtype_domain_snapshot_get_domain (list->pdata[0]));
    g_assert_cmpuint (problems->len, ==, 1);
    g_assert_cmpint (machtype_domain_problem_get_part (problems->pdata[0]), ==,
                     MACHTYPE_DOMAIN_PART_SNAPSHOT);
    g_assert_cmpstr (machtype_domain_problem_get_snapshot (problems->pdata[0]), ==, "s");
    g_assert_error (machtype_domain_problem_get_error (problems->pdata[0]), MACHTYPE_ERROR,
                    MACHTYPE_ERROR_INVALID_XML);
  }
}

typedef gboolean (*SetFunc) (MachtypeDomainStatusBuilder *builder, const char *xml, gssize length,
                             GError **error);

static const struct {
  SetFunc func;
  const char *xml;
  MachtypeError code;
  const char *words;
} bad[] = {
  { machtype_domain_status_builder_set_definition, "<domain", MACHTYPE_ERROR_INVALID_XML,
    "domain" },
  { machtype_domain_status_builder_set_definition, "", MACHTYPE_ERROR_INVALID_XML, "domain" },
  { machtype_domain_status_builder_set_running, "<capabilities/>", MACHTYPE_ERROR_INVALID_XML,
    "capabilities" },
  { machtype_domain_status_builder_set_saved, "<!DOCTYPE domain><domain/>",
    MACHTYPE_ERROR_INVALID_XML, "document type" },
  { machtype_domain_status_builder_set_definition, DOMAIN_OF ("domain", OTHER, "pc"),
    MACHTYPE_ERROR_INVALID_ARGUMENT, OTHER " not " UUID },
  { machtype_domain_status_builder_set_running, DOMAIN_OF ("domain", OTHER, "pc"),
    MACHTYPE_ERROR_INVALID_ARGUMENT, OTHER " not " UUID },
  { machtype_domain_status_builder_set_saved, DOMAIN_OF ("domain", OTHER, "pc"),
    MACHTYPE_ERROR_INVALID_ARGUMENT, OTHER " not " UUID },
  { machtype_domain_status_builder_set_saved, DOMAIN_OF ("domain", "u", "pc"),
    MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID" },
  { machtype_domain_status_builder_add_snapshot, SNAPSHOT (DOMAIN_OF ("domain", OTHER, "pc")),
    MACHTYPE_ERROR_INVALID_ARGUMENT, OTHER " not " UUID },
  { machtype_domain_status_builder_add_snapshot,
    SNAPSHOT (DOMAIN ("pc") DOMAIN_OF ("inactiveDomain", OTHER, "pc")),
    MACHTYPE_ERROR_INVALID_ARGUMENT, OTHER " not " UUID },
  { machtype_domain_status_builder_add_snapshot, DOMAIN ("pc"), MACHTYPE_ERROR_INVALID_XML,
    "domainsnapshot" },
  { machtype_domain_status_builder_add_snapshot, "<domainsnapshot/>", MACHTYPE_ERROR_INVALID_XML,
    "name" },
  { machtype_domain_status_builder_add_snapshot, "<domainsnapshot><name> </name></domainsnapshot>",
    MACHTYPE_ERROR_INVALID_XML, "name" },
  { machtype_domain_status_builder_add_snapshot, "<domainsnapshot><name>s</name>",
    MACHTYPE_ERROR_INVALID_XML, "snapshot" },
  /* A snapshot is read to its end. */
  { machtype_domain_status_builder_add_snapshot, "<domainsnapshot><name>s</name>" DOMAIN ("pc"),
    MACHTYPE_ERROR_INVALID_XML, "snapshot" },
};

static void
test_bad (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
    g_autoptr (MachtypeDomainStatus) before = NULL, after = NULL;
    GError *error = NULL;

    ROW ("%s", bad[i].xml);
    before = machtype_domain_status_builder_end (builder);
    g_assert_false (bad[i].func (builder, bad[i].xml, -1, &error));
    test_assert_error (&error, (int)bad[i].code, bad[i].words);
    after = machtype_domain_status_builder_end (builder);
    g_assert_true (machtype_domain_status_equal (before, after));
  }
}

static void
test_bad_arguments (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_SAVED);
  g_autofree char *long_name = g_strnfill (MACHTYPE_RECORD_MAX_TEXT + 1, 'a');
  g_autoptr (MachtypeDomainStatus) status = NULL;
  GError *error = NULL;

  g_assert_null (machtype_domain_status_builder_new ("u", MACHTYPE_DOMAIN_READ_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID");
  g_assert_null (
      machtype_domain_status_builder_new (UUID, (MachtypeDomainReadFlags)(1 << 2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags");
  g_assert_false (machtype_domain_status_builder_set_name (builder, long_name, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "name");
  g_assert_false (machtype_domain_status_builder_set_host_name (builder, "\xff", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "host UTF-8");
  g_assert_false (machtype_domain_status_builder_set_state (builder, "sleeping", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "sleeping");
  g_assert_false (machtype_domain_status_builder_add_problem (builder, (MachtypeDomainPart)5, NULL,
                                                              MACHTYPE_ERROR_LIBVIRT, "x", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "part 5");
  g_assert_false (machtype_domain_status_builder_add_problem (
      builder, MACHTYPE_DOMAIN_PART_SAVED, NULL, (MachtypeError)(MACHTYPE_ERROR_DENIED + 1), "x",
      &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "code");
  g_assert_false (machtype_domain_status_builder_add_problem (
      builder, MACHTYPE_DOMAIN_PART_SAVED, "s", MACHTYPE_ERROR_LIBVIRT, "x", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "snapshot saved");
  status = machtype_domain_status_builder_end (builder);
  g_assert_null (machtype_domain_status_get_name (status));
  g_assert_false (machtype_domain_status_has_saved_state (status));
}

/* A problem hides nothing of the others. */
static void
test_problems (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
  g_autoptr (MachtypeDomainStatus) status = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  const GError *why;
  GError *error = NULL;

  machtype_domain_status_builder_set_definition (builder, DOMAIN ("pc"), -1, &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_add_problem (builder, MACHTYPE_DOMAIN_PART_SAVED, NULL,
                                              MACHTYPE_ERROR_DENIED, "read\x1b[2J only", &error);
  g_assert_no_error (error);
  machtype_domain_status_builder_add_problem (builder, MACHTYPE_DOMAIN_PART_SNAPSHOT, "s",
                                              MACHTYPE_ERROR_LIBVIRT, "damaged", &error);
  g_assert_no_error (error);
  status = machtype_domain_status_builder_end (builder);
  problems = machtype_domain_status_list_problems (status);
  g_assert_cmpuint (problems->len, ==, 2);
  g_assert_cmpint (machtype_domain_problem_get_part (problems->pdata[0]), ==,
                   MACHTYPE_DOMAIN_PART_SAVED);
  g_assert_null (machtype_domain_problem_get_snapshot (problems->pdata[0]));
  why = machtype_domain_problem_get_error (problems->pdata[0]);
  g_assert_error (why, MACHTYPE_ERROR, MACHTYPE_ERROR_DENIED);
  test_assert_visible (why->message);
  g_assert_cmpstr (machtype_domain_problem_get_snapshot (problems->pdata[1]), ==, "s");
  g_assert_true (machtype_domain_status_has_saved_state (status));
  g_assert_null (machtype_domain_status_get_saved (status));
  g_assert_cmpstr (get_machine (machtype_domain_status_get_definition (status)), ==, "pc");
}

/* "arch machine requested source"; NULL: it is not there, or is a problem. */
static const struct {
  const char *xml, *expected;
  guint problems;
} metadata[] = {
  { METADATA (""), NULL, 0 },
  { METADATA ("<x:record xmlns:x='urn:x' machine='pc'/>"), NULL, 0 },
  { METADATA ("<record machine='pc'/>"), NULL, 0 },
  { METADATA ("<m:other xmlns:m='urn:libmachtype:record:1' machine='pc'/>"), NULL, 0 },
  { METADATA ("<x:x xmlns:x='urn:x'>" RECORD ("machine='pc'") "</x:x>"), NULL, 0 },
  { METADATA (RECORD ("arch='x86_64' machine='pc-q35-7.2' asked='q35' source='image'")),
    "x86_64 pc-q35-7.2 q35 image", 0 },
  { METADATA (RECORD ("machine='pc-q35-7.2'")), "unknown pc-q35-7.2 pc-q35-7.2 import", 0 },
  { METADATA (RECORD ("machine='a'") RECORD ("machine='b'")), "unknown a a import", 0 },
  { METADATA (RECORD ("")), NULL, 1 },
  { METADATA (RECORD ("machine='a b'")), NULL, 1 },
  { METADATA (RECORD ("machine='a' asked='a b'")), NULL, 1 },
  { METADATA (RECORD ("machine='a' arch='z80'")), NULL, 1 },
  { METADATA (RECORD ("machine='a' source='x'")), NULL, 1 },
};

static char *
dup_metadata (const MachtypeRecord *record)
{
  if (record == NULL)
    return NULL;
  return g_strdup_printf (
      "%s %s %s %s", machtype_arch_to_string (machtype_record_get_arch (record)),
      machtype_record_get_machine (record), machtype_record_get_requested (record),
      machtype_source_to_string (machtype_record_get_source (record)));
}

static void
test_metadata (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (metadata); i++) {
    g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
    g_autoptr (MachtypeDomainStatus) status = NULL;
    g_autoptr (GPtrArray) problems = NULL;
    g_autofree char *shown = NULL;
    GError *error = NULL;

    ROW ("%s", metadata[i].xml);
    machtype_domain_status_builder_set_definition (builder, metadata[i].xml, -1, &error);
    g_assert_no_error (error);
    status = machtype_domain_status_builder_end (builder);
    shown = dup_metadata (machtype_domain_status_get_metadata (status));
    problems = machtype_domain_status_list_problems (status);
    g_assert_cmpstr (shown, ==, metadata[i].expected);
    g_assert_cmpuint (problems->len, ==, metadata[i].problems);
    if (problems->len != 0)
      g_assert_cmpint (machtype_domain_problem_get_part (problems->pdata[0]), ==,
                       MACHTYPE_DOMAIN_PART_METADATA);
  }
}

/* A transient domain has it in what runs; otherwise the definition counts. */
static void
test_metadata_place (void)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_NONE);
  g_autoptr (MachtypeDomainStatus) transient = NULL, persistent = NULL;
  GError *error = NULL;

  machtype_domain_status_builder_set_running (builder, METADATA (RECORD ("machine='a'")), -1,
                                              &error);
  g_assert_no_error (error);
  transient = machtype_domain_status_builder_end (builder);
  machtype_domain_status_builder_set_definition (builder, METADATA (RECORD ("machine='b'")), -1,
                                                 &error);
  g_assert_no_error (error);
  persistent = machtype_domain_status_builder_end (builder);
  g_assert_cmpstr (machtype_record_get_machine (machtype_domain_status_get_metadata (transient)),
                   ==, "a");
  g_assert_cmpstr (machtype_record_get_machine (machtype_domain_status_get_metadata (persistent)),
                   ==, "b");
}

/* All members, in the order of the documentation. */
static void
test_json (void)
{
  static const char definition[] = "<domain type='kvm'><name>a\tb</name><metadata>" RECORD (
      "machine='pc-q35-7.2'") "</metadata><os><type arch='x86_64' "
                              "machine='pc-q35-7.2'>hvm</type></os><devices><disk "
                              "device='disk'><target bus='virtio'/></disk></devices></domain>";
  g_autoptr (MachtypeDomainStatusBuilder) builder = new_builder (MACHTYPE_DOMAIN_READ_DEVICES);
  g_autoptr (MachtypeDomainStatus) status = NULL;
  g_autofree char *json = NULL;
  GError *error = NULL;

  machtype_domain_status_builder_set_host_name (builder, "h", &error);
  machtype_domain_status_builder_set_state (builder, "paused", &error);
  machtype_domain_status_builder_set_definition (builder, definition, -1, &error);
  machtype_domain_status_builder_set_running (builder, DOMAIN ("pc"), -1, &error);
  machtype_domain_status_builder_set_saved (builder, "<domain/>", -1, &error);
  machtype_domain_status_builder_add_snapshot (
      builder, SNAPSHOT (RUNS DOMAIN ("pc") DOMAIN_OF ("inactiveDomain", UUID, "q35")), -1, &error);
  machtype_domain_status_builder_add_problem (builder, MACHTYPE_DOMAIN_PART_SNAPSHOT, "t",
                                              MACHTYPE_ERROR_DENIED, "no", &error);
  g_assert_no_error (error);
  status = machtype_domain_status_builder_end (builder);
  json = machtype_domain_status_to_json (status);
  g_assert_cmpstr (
      json, ==,
      "{\"format\":2,\"uuid\":\"" UUID "\",\"name\":\"a\\u0009b\",\"host\":\"h\","
      "\"state\":\"paused\",\"persistent\":true,\"has_saved_state\":true,"
      "\"definition\":{\"arch\":\"x86_64\",\"machine\":\"pc-q35-7.2\",\"domain_type\":\"kvm\","
      "\"devices\":{\"hw_disk_bus\":\"virtio\"}},"
      "\"running\":{\"arch\":\"x86_64\",\"machine\":\"pc\",\"domain_type\":\"kvm\"},"
      "\"saved\":{},\"metadata\":{\"machine\":\"pc-q35-7.2\",\"requested\":\"pc-q35-7.2\","
      "\"source\":\"import\"},"
      "\"snapshots\":[{\"name\":\"s\",\"memory\":true,\"arch\":\"x86_64\",\"machine\":\"pc\","
      "\"domain_type\":\"kvm\",\"inactive\":{\"arch\":\"x86_64\",\"machine\":\"q35\","
      "\"domain_type\":\"kvm\"}}],"
      "\"problems\":[{\"part\":\"snapshot\",\"snapshot\":\"t\",\"error\":\"denied\","
      "\"message\":\"no\"}]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain-status/empty", test_empty);
  g_test_add_func ("/domain-status/parts", test_parts);
  g_test_add_func ("/domain-status/used-again", test_used_again);
  g_test_add_func ("/domain-status/states", test_states);
  g_test_add_func ("/domain-status/snapshots", test_snapshots);
  g_test_add_func ("/domain-status/snapshot-without-domain", test_snapshot_without_domain);
  g_test_add_func ("/domain-status/bad", test_bad);
  g_test_add_func ("/domain-status/bad-arguments", test_bad_arguments);
  g_test_add_func ("/domain-status/problems", test_problems);
  g_test_add_func ("/domain-status/metadata", test_metadata);
  g_test_add_func ("/domain-status/metadata-place", test_metadata_place);
  g_test_add_func ("/domain-status/json", test_json);
  return g_test_run ();
}
