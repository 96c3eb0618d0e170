/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records against domains, and both against hosts. */

#include "test.h"

#include <string.h>

#include "audit-run.h"
#include "audit/audit-private.h"
#include "store/store-private.h"

#define URI "qemu+unix:///system?socket=/run/a.sock"

#define NOW "x86_64.xml"
#define NEXT "x86_64-10.0.xml"

#define MIPS MACHTYPE_ARCH_MIPSEL
#define NO_ARCH MACHTYPE_ARCH_UNKNOWN
#define NOTE MACHTYPE_SEVERITY_NOTE
#define WARNING MACHTYPE_SEVERITY_WARNING
#define FAILURE MACHTYPE_SEVERITY_ERROR
#define CLEAN MACHTYPE_SEVERITY_NONE

typedef struct {
  const char *machine;
  MachtypeArch arch;
  const char *properties;
  guint64 qemu; /* of the record's host */
  const char *target;
  const char *codes;
  MachtypeSeverity severity;
  const char *words; /* in messages and remedies, separated by | */
} MachineRow;

/* One record without its domain. */
static const MachineRow machines[] = {
  /* Without a target: its name, and the QEMU that was recorded with it. */
  { "pc-q35-7.2", X86, NULL, 0, NULL, "", CLEAN, "" },
  { "pc-q35-7.2", X86, NULL, 10001999, NULL, "", CLEAN, "" },
  { "pc-q35-7.2", X86, NULL, 10002000, NULL, "deprecated", WARNING,
    "removed in QEMU 13.2|no remedy" },
  { "q35", X86, NULL, 0, NULL, "alias", WARNING,
    "q35 is an alias|'machtype update-machine-type " UUID " TYPE --pin --connect URI'" },
  { "malta", MIPS, NULL, 0, NULL, "unversioned", NOTE, "malta has no versions|no remedy" },
  { "isapc", X86, NULL, 0, NULL, "unversioned", NOTE, "isapc" },
  { "pc-q35", X86, NULL, 0, NULL, "not-offered", FAILURE,
    "no QEMU has|pc-q35|update-machine-type " UUID " q35 --connect URI --force'" },
  { "pc-q35-7.3", X86, NULL, 0, NULL, "not-offered", FAILURE,
    "no QEMU has|pc-q35-7.3|update-machine-type " UUID " TYPE --connect URI --force'" },
  { "pc-q35-90.0", X86, NULL, 0, NULL, "", CLEAN, "" },
  { "pc-i440fx-vz7.12.0", X86, NULL, 0, NULL, "not-checked", WARNING, "nothing is known" },
  { "q35", NO_ARCH, NULL, 0, NULL, "alias", WARNING, "q35" },
  { "pc-q35-7.2", X86, "hw_disk_bus=ide", 0, NULL, "property-unfit", FAILURE,
    "hw_disk_bus=ide|image-property set " UUID " --property hw_disk_bus=virtio'" },
  { "pc-q35-7.2", X86, "hw_disk_bus=virtio hw_video_model=vga", 0, NULL, "", CLEAN, "" },
  { "pc-q35-7.2", NO_ARCH, "hw_disk_bus=ide", 0, NULL, "", CLEAN, "" },
  { "pc-q35-7.2", X86, "os_secure_boot=required", 0, NULL, "property-unfit", WARNING, "UEFI" },
  { NULL, X86, NULL, 0, NULL, "unrecorded", WARNING,
    "no machine type|'machtype update-machine-type " UUID " TYPE'" },

  /* On a host with QEMU 7.2. */
  { "pc-q35-7.2", X86, NULL, 0, NOW, "", CLEAN, "" },
  { "pc-q35-8.0", X86, NULL, 0, NOW, "not-offered", FAILURE,
    "needs QEMU 8.0|; use a host that offers it" },
  { "pc-q35-4.2", X86, NULL, 0, NOW, "not-offered", FAILURE,
    "the target does not offer|update-machine-type " UUID " pc-q35-7.2 " },
  { "q35", X86, NULL, 0, NOW, "alias", WARNING, "on the target it becomes pc-q35-7.2" },
  { "pc-q35-7.2", NO_ARCH, NULL, 0, NOW, "not-checked", WARNING, "architecture is not recorded" },

  /* On a host with QEMU 10.0. */
  { "pc-q35-7.2", X86, NULL, 0, NEXT, "", CLEAN, "" },
  { "q35", X86, NULL, 0, NEXT, "alias", WARNING, "on the target it becomes pc-q35-10.0" },
  { "pc", X86, NULL, 0, NEXT, "alias", WARNING, "on the target it becomes pc-i440fx-10.0" },
  { "pc-q35-6.2", X86, NULL, 0, NEXT, "deprecated", WARNING,
    "pc-q35-6.2 is deprecated on the target|removed in QEMU 12.2|" UUID " pc-q35-10.0 " },
  { "pc-q35-6.2", X86, NULL, 7002000, NEXT, "deprecated", WARNING, UUID " pc-q35-7.2 " },
  { "pc-q35-6.2", X86, NULL, 9002050, NEXT, "deprecated", WARNING, UUID " pc-q35-9.2 " },
  { "pc-q35-6.2", X86, NULL, 9001000, NEXT, "deprecated", WARNING, UUID " pc-q35-7.2 " },
  { "pc-i440fx-2.5", X86, NULL, 0, NEXT, "deprecated", WARNING,
    "removed in QEMU 10.1|pc-i440fx-10.0" },
  { "pc-i440fx-2.3", X86, NULL, 0, NEXT, "removed", FAILURE,
    "does not have|pc-i440fx-2.3|removed in QEMU 9.1|pc-i440fx-10.0" },
  { "pc-i440fx-2.3", X86, NULL, 6002000, NEXT, "removed", FAILURE, UUID " pc-i440fx-6.2 " },
  { "pc-q35-10.1", X86, NULL, 0, NEXT, "not-offered", FAILURE,
    "needs QEMU 10.1|; use a host that offers it" },
  { "pc-q35-rhel9.6.0", X86, NULL, 0, NEXT, "not-offered", FAILURE,
    "Red Hat|; use a host that offers it" },
  { "malta", MIPS, NULL, 0, NEXT, "unversioned", NOTE, "" },
  { "pc-q35", X86, NULL, 0, NEXT, "not-offered", FAILURE, "did you mean" },
  { "s390-ccw-virtio-7.2", MACHTYPE_ARCH_S390X, NULL, 0, NEXT, "not-offered", FAILURE, "" },
  { "pc-q35-6.2", X86, "hw_disk_bus=ide", 0, NEXT, "deprecated property-unfit", FAILURE,
    "hw_disk_bus" },

  /* A vendor's release deprecates and removes its own. */
  { "pc-q35-rhel9.2.0", X86, NULL, 0, "rhel10.xml", "deprecated", WARNING,
    "pc-q35-rhel9.2.0|RHEL|" UUID " pc-q35-rhel10.0.0 " },
  { "pc-q35-rhel10.0.0", X86, NULL, 0, "rhel10.xml", "", CLEAN, "" },
  { "pc-q35-rhel8.6.0", X86, NULL, 0, "rhel10.xml", "removed", FAILURE,
    "removed in RHEL 10|pc-q35-rhel10.0.0" },
};

static void
test_machines (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    const MachineRow *row = &machines[i];
    const Stored stored = {
      .arch = row->arch, .machine = row->machine, .properties = row->properties, .qemu = row->qemu
    };
    g_autoptr (MachtypeHost) target = test_make_host (row->target);
    g_autoptr (GError) error = NULL;
    g_autofree char *codes = NULL, *words = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT ": %s on %s", i, row->machine, row->target);
    run_init (&run);
    run_store_record (run.store, &stored);
    machtype_audit_set_target (run.audit, target);
    g_assert_true (machtype_audit_check_records (run.audit, run_on_entry, &run, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (run.entries->len, ==, 1);
    codes = entry_dup_codes (run.entries->pdata[0]);
    words = entry_dup_words (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, row->codes);
    g_assert_cmpint (machtype_audit_entry_get_severity (run.entries->pdata[0]), ==, row->severity);
    assert_words (words, row->words);
  }
}

/* Whether only what has findings is reported, as by the classes of records. */
static void
test_findings_only (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    const MachineRow *row = &machines[i];
    const Stored stored = {
      .arch = row->arch, .machine = row->machine, .properties = row->properties, .qemu = row->qemu
    };
    const Stored clean = { .uuid = OTHER_UUID, .arch = X86, .machine = "pc-q35-7.2" };
    g_autoptr (MachtypeHost) target = test_make_host (row->target);
    g_autoptr (GError) error = NULL;
    g_autofree char *codes = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT ": %s on %s", i, row->machine, row->target);
    run_init (&run);
    run_store_record (run.store, &stored);
    if (row->target == NULL || strcmp (row->target, "rhel10.xml") != 0)
      run_store_record (run.store, &clean);
    machtype_audit_set_target (run.audit, target);
    g_assert_true (machtype_audit_set_flags (run.audit, MACHTYPE_AUDIT_FINDINGS_ONLY, &error));
    g_assert_true (machtype_audit_check_records (run.audit, run_on_entry, &run, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (run.entries->len, ==, *row->codes != '\0' ? 1 : 0);
    if (run.entries->len == 0)
      continue;
    g_assert_cmpstr (machtype_audit_entry_get_uuid (run.entries->pdata[0]), ==, UUID);
    codes = entry_dup_codes (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

typedef struct {
  const char *recorded; /* NULL: no record */
  const char *host;
  Found found;
  const char *codes;
  MachtypeSeverity severity;
  const char *words;
} DomainRow;

static const DomainRow domains[] = {
  { SAME, NULL, { .defined = SAME }, "", CLEAN, "" },
  { SAME, NOW, { .defined = SAME, .running = SAME, .saved = NULL }, "", CLEAN, "" },
  { SAME, NOW, { .defined = SAME, .saved = SAME, .snapshot = SAME }, "", CLEAN, "" },
  { SAME, NOW, { .running = SAME }, "", CLEAN, "" },
  { NULL,
    NOW,
    { .defined = SAME },
    "unrecorded",
    WARNING,
    "has no record|'machtype record --connect " URI "'" },
  { NULL, NOW, { .running = SAME }, "unrecorded", WARNING, "" },
  { NULL, NEXT, { .defined = "malta", .arch = MIPS }, "unrecorded unversioned", WARNING, "" },
  { SAME,
    NOW,
    { .defined = OLD },
    "differs",
    FAILURE,
    "defined with " OLD ", but " SAME
    " is recorded|restore the recorded type with 'machtype update-machine-type " UUID " " SAME
    " --connect " URI "'|'machtype record --connect " URI " --accept " UUID "'" },
  { OLD,
    NOW,
    { .defined = SAME },
    "differs",
    FAILURE,
    UUID " " OLD " --connect " URI " --force'|record --connect " URI " --accept " UUID "'" },
  /* Saved RAM does not run. */
  { SAME,
    NOW,
    { .defined = OLD, .saved = SAME },
    "differs",
    FAILURE,
    "; restore the recorded type" },
  { SAME,
    NOW,
    { .defined = OLD, .running = OLD },
    "differs differs-running",
    FAILURE,
    "shut the guest down, then restore|'virsh -c " URI " shutdown " UUID "'" },
  { SAME,
    NOW,
    { .defined = SAME, .running = OLD },
    "differs-running",
    FAILURE,
    "runs with " OLD ", but " SAME " is recorded" },
  { SAME, NOW, { .running = OLD }, "differs-running", FAILURE, "" },
  { NULL,
    NOW,
    { .defined = SAME, .running = OLD },
    "unrecorded differs-running",
    FAILURE,
    SAME " is defined" },
  { SAME,
    NOW,
    { .defined = SAME, .saved = OLD },
    "saved-state",
    WARNING,
    "of " OLD "|'virsh -c " URI " managedsave-remove " UUID "'" },
  { NULL,
    NOW,
    { .defined = SAME, .saved = OLD },
    "unrecorded saved-state",
    WARNING,
    SAME " is defined" },
  { SAME,
    NOW,
    { .defined = SAME, .has_unknown_saved = TRUE },
    "not-checked",
    WARNING,
    "managed save image" },
  { SAME,
    NOW,
    { .defined = SAME, .snapshot = OLD },
    "snapshot-state",
    WARNING,
    "'before'|" OLD "|'virsh -c " URI " snapshot-delete " UUID " before'" },
  { SAME, NOW, { .defined = SAME, .offline = OLD }, "", CLEAN, "" },
  { SAME,
    NOW,
    { .defined = SAME, .bare = "ancient" },
    "not-checked",
    WARNING,
    "snapshot 'ancient'" },
  { SAME,
    NOW,
    { .defined = SAME, .broken = "why" },
    "not-checked",
    WARNING,
    "its definition |: why" },
  { SAME,
    NOW,
    { .defined = SAME, .broken = "why", .part = MACHTYPE_DOMAIN_PART_RUNNING },
    "not-checked",
    WARNING,
    "its running domain could" },
  { SAME,
    NOW,
    { .defined = SAME,
      .has_unknown_saved = TRUE,
      .broken = "why",
      .part = MACHTYPE_DOMAIN_PART_SAVED },
    "not-checked",
    WARNING,
    "its managed save image could not be read: why" },
  { SAME,
    NOW,
    { .defined = SAME, .broken = "why", .part = MACHTYPE_DOMAIN_PART_SNAPSHOT },
    "not-checked",
    WARNING,
    "its snapshots could" },
  { SAME,
    NOW,
    { .defined = SAME, .broken = "why", .part = MACHTYPE_DOMAIN_PART_METADATA },
    "not-checked",
    WARNING,
    "its metadata could" },

  /* An alias is every type that it can stand for. */
  { "q35",
    NOW,
    { .defined = SAME, .running = SAME },
    "alias",
    WARNING,
    "on its host it becomes " SAME "|shut the guest down, then pin it|" UUID " " SAME
    " --pin --connect " URI "'" },
  { "q35",
    NOW,
    { .defined = OLD, .saved = SAME },
    "alias",
    WARNING,
    UUID " " OLD " --pin --connect " URI " --force'" },
  { "q35", NULL, { .defined = OLD }, "alias", WARNING, UUID " " OLD " --pin --connect " URI "'" },
  { "q35", NOW, { .defined = "pc-i440fx-7.2" }, "differs alias", FAILURE, UUID " " SAME " --pin" },
  { "q35", NOW, { .defined = "q35" }, "alias", WARNING, "the recorded machine type q35" },
  { SAME,
    NOW,
    { .defined = "q35" },
    "alias",
    WARNING,
    "the defined machine type q35|" UUID " " SAME " --pin" },
  /* A defined alias is what it is on its host, as for record. */
  { OLD,
    NOW,
    { .defined = "q35" },
    "differs alias",
    FAILURE,
    "defined with q35, which is " SAME " on its host, but " OLD " is recorded|" UUID " " OLD
    " --connect " URI " --force'|record --connect " URI " --accept " UUID "'|" UUID " " OLD
    " --pin --connect " URI " --force'" },
  { OLD, NULL, { .defined = "q35" }, "alias", WARNING, UUID " " OLD " --pin --connect " URI "'" },
  { NULL, NOW, { .defined = "q35" }, "unrecorded alias", WARNING, "" },
  { "pc", NOW, { .defined = SAME }, "differs alias", FAILURE, "" },

  /* A state that Nova has before there is a domain. */
  { NULL, NOW, { .defined = SAME, .state = "building" }, "unrecorded", WARNING, "" },

  /* Not a name at all. */
  { NULL,
    NOW,
    { .defined = "pc q35" },
    "unrecorded not-offered",
    FAILURE,
    "no QEMU can have the defined machine type 'pc q35'" },

  /* Its own host is the target. */
  { "pc-q35-8.0", NOW, { .defined = "pc-q35-8.0" }, "not-offered", FAILURE, "its host" },
  { "pc-i440fx-1.7",
    NOW,
    { .defined = "pc-i440fx-1.7" },
    "deprecated",
    WARNING,
    "on its host|" UUID " pc-i440fx-7.2 --connect " URI },
  { NULL, NOW, { .defined = "pc-i440fx-1.7" }, "unrecorded deprecated", WARNING, "the defined" },
};

static void
test_domains (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (domains); i++) {
    const DomainRow *row = &domains[i];
    const Stored stored = { .arch = X86, .machine = row->recorded };
    g_autoptr (MachtypeHost) host = test_make_host (row->host);
    g_autoptr (MachtypeDomainStatus) status = found_make_status (&row->found);
    g_autoptr (MachtypeAuditEntry) entry = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *codes = NULL, *words = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT ": recorded %s, defined %s", i, row->recorded, row->found.defined);
    run_init (&run);
    if (row->recorded != NULL)
      run_store_record (run.store, &stored);
    g_assert_true (machtype_audit_begin_host (run.audit, "a", URI, host, &error));
    entry = machtype_audit_check_domain (run.audit, status, &error);
    g_assert_no_error (error);
    codes = entry_dup_codes (entry);
    words = entry_dup_words (entry);
    g_assert_cmpstr (codes, ==, row->codes);
    g_assert_cmpint (machtype_audit_entry_get_severity (entry), ==, row->severity);
    g_assert_cmpstr (machtype_audit_entry_get_recorded (entry), ==, row->recorded);
    g_assert_cmpstr (machtype_audit_entry_get_defined (entry), ==, row->found.defined);
    g_assert_cmpstr (machtype_audit_entry_get_running (entry), ==, row->found.running);
    g_assert_cmpstr (machtype_audit_entry_get_saved (entry), ==, row->found.saved);
    g_assert_cmpint (g_strcmp0 (machtype_audit_entry_get_state (entry), "saved") == 0, ==,
                     row->found.saved != NULL || row->found.has_unknown_saved);
    assert_words (words, row->words);
  }
}

/* The machine type that counts. */
static void
test_machine (void)
{
  static const struct {
    const char *recorded;
    Found found;
    const char *machine;
  } rows[] = {
    { OLD, { .defined = SAME, .running = SAME }, OLD },
    { NULL, { .defined = SAME, .running = OLD }, SAME },
    { NULL, { .running = OLD }, OLD },
    { NULL, { .saved = OLD }, NULL },
    /* What QEMU's own arguments say runs. */
    { NULL, { .defined = SAME, .argument = OLD }, OLD },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Stored stored = { .arch = X86, .machine = rows[i].recorded };
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT, i);
    run_init (&run);
    if (rows[i].recorded != NULL)
      run_store_record (run.store, &stored);
    run_begin (&run, "a");
    run_check_found (&run, &rows[i].found);
    g_assert_cmpstr (machtype_audit_entry_get_machine (run.entries->pdata[0]), ==, rows[i].machine);
  }
}

/* On another host than its own. What the guest is updated to, its own one must have, too. */
static void
test_target (void)
{
  static const struct {
    const char *recorded, *defined, *codes, *words;
  } rows[] = {
    { SAME, SAME, "", "" },
    { "q35", SAME, "alias", "on the target it becomes pc-q35-10.0|" UUID " " SAME " --pin" },
    { OLD, OLD, "deprecated", "on the target|" UUID " " SAME " --connect" },
    { "pc-i440fx-2.3", "pc-i440fx-2.3", "removed", "QEMU of the target|" UUID " pc-i440fx-7.2 " },
  };
  g_autoptr (MachtypeHost) own = test_make_host (NOW), target = test_make_host (NEXT);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Found found = { .defined = rows[i].defined };
    g_autofree char *codes = NULL, *words = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (Run) run;

    ROW ("%s", rows[i].recorded);
    run_init (&run);
    run_store_record (run.store, &(Stored){ .arch = X86, .machine = rows[i].recorded });
    machtype_audit_set_target (run.audit, target);
    g_assert_true (machtype_audit_begin_host (run.audit, "a", URI, own, &error));
    run_check_found (&run, &found);
    codes = entry_dup_codes (run.entries->pdata[0]);
    words = entry_dup_words (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, rows[i].codes);
    assert_words (words, rows[i].words);
  }
}

/* Which of several targets a finding is of. */
static const struct {
  const char *recorded, *codes, *words;
  MachtypeAnswer offers[2], deprecated[2];
  const char *codes_on[2];
} on_targets[] = {
  { "pc-q35-2.12",
    "deprecated removed",
    "deprecated on qemu-10.0|the QEMU of qemu-11.1 does not have",
    { MACHTYPE_ANSWER_YES, MACHTYPE_ANSWER_NO },
    { MACHTYPE_ANSWER_YES, MACHTYPE_ANSWER_UNKNOWN },
    { "deprecated", "removed" } },
  { SAME,
    "deprecated",
    "deprecated on qemu-11.1",
    { MACHTYPE_ANSWER_YES, MACHTYPE_ANSWER_YES },
    { MACHTYPE_ANSWER_NO, MACHTYPE_ANSWER_YES },
    { "", "deprecated" } },
  /* The same words of both are one finding. */
  { "microvm",
    "unversioned",
    "microvm",
    { MACHTYPE_ANSWER_YES, MACHTYPE_ANSWER_YES },
    { MACHTYPE_ANSWER_NO, MACHTYPE_ANSWER_NO },
    { "unversioned", "unversioned" } },
  { "q35",
    "alias alias",
    "on qemu-10.0 it becomes pc-q35-10.0|on qemu-11.1 it becomes",
    { MACHTYPE_ANSWER_YES, MACHTYPE_ANSWER_YES },
    { MACHTYPE_ANSWER_NO, MACHTYPE_ANSWER_NO },
    { "alias", "alias" } },
};

static void
test_targets (void)
{
  static const char *const names[] = { "qemu-10.0", "qemu-11.1" };
  gsize i;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (on_targets); i++) {
    g_autofree char *codes = NULL, *words = NULL;
    g_autoptr (GError) error = NULL;
    MachtypeAuditEntry *entry;
    g_auto (Run) run;

    ROW ("%s", on_targets[i].recorded);
    run_init (&run);
    run_store_record (run.store, &(Stored){ .arch = X86, .machine = on_targets[i].recorded });
    for (j = 0; j < G_N_ELEMENTS (names); j++) {
      g_autoptr (MachtypeHost) target = machtype_host_new_for_platform (names[j], X86, &error);

      g_assert_no_error (error);
      machtype_audit_add_target (run.audit, target);
    }
    g_assert_true (machtype_audit_check_records (run.audit, run_on_entry, &run, &error));
    entry = run.entries->pdata[0];
    codes = entry_dup_codes (entry);
    words = entry_dup_words (entry);
    g_assert_cmpstr (codes, ==, on_targets[i].codes);
    assert_words (words, on_targets[i].words);
    g_assert_cmpuint (machtype_audit_entry_get_n_targets (entry), ==, G_N_ELEMENTS (names));
    for (j = 0; j < G_N_ELEMENTS (names); j++) {
      g_autofree char *there =
          test_join_codes (machtype_audit_entry_list_target_findings (entry, j));

      g_assert_cmpstr (machtype_audit_entry_get_target_platform (entry, j), ==, names[j]);
      g_assert_cmpint (machtype_audit_entry_get_target_offers (entry, j), ==,
                       on_targets[i].offers[j]);
      g_assert_cmpint (machtype_audit_entry_get_target_deprecated (entry, j), ==,
                       on_targets[i].deprecated[j]);
      g_assert_cmpstr (there, ==, on_targets[i].codes_on[j]);
    }
    g_assert_null (machtype_audit_entry_get_target_platform (entry, j));
    g_assert_cmpint (machtype_audit_entry_get_target_offers (entry, j), ==,
                     MACHTYPE_ANSWER_UNKNOWN);
  }
}

/* Until when a guest can stay as it is. */
static void
test_forecast (void)
{
  static const struct {
    const char *platform, *recorded;
    MachtypeArch arch;
    const char *end, *date, *unsure, *newest; /* NULL: none */
  } rows[] = {
    { "debian-12", "pc-q35-2.12", X86, "debian-sid", NULL, NULL, SAME },
    { "debian-12", "pc-i440fx-2.3", X86, "debian-13", "2025-08-09", NULL, "pc-i440fx-7.2" },
    { "debian-12", SAME, X86, NULL, NULL, NULL, NULL },
    { "debian-12", "pc-q35-9.0", X86, "debian-12", "2023-06-10", NULL, NULL },
    { "debian-13/backports", "pc-q35-2.12", X86, "debian-13/backports", NULL, NULL, "pc-q35-11.1" },
    { "debian-sid", SAME, X86, NULL, NULL, NULL, "pc-q35-11.1" },
    { "ubuntu-24.04", "pc-q35-2.12", X86, "ubuntu-25.10", "2025-10-09", NULL, "pc-q35-8.2" },
    { "ubuntu-22.04", "q35", X86, NULL, NULL, "ubuntu-24.04", NULL },
    { "rhel-9.6", "pc-q35-rhel8.6.0", X86, "rhel-10.0", "2025-05-20", NULL, "pc-q35-rhel9.6.0" },
    { "rhel-9.6", "virt-rhel9.0.0", MACHTYPE_ARCH_AARCH64, NULL, NULL, "rhel-10.1",
      "virt-rhel9.6.0" },
    { "rhel-9.6", "pc-q35-rhel9.6.0", X86, NULL, NULL, "rhel-10.1", NULL },
    { "proxmox-8.2", "pc-q35-2.12", X86, "proxmox-9.1", "2025-11-19", NULL, "pc-q35-8.1" },
    /* Later minor releases of a major one, not those whose packages it has already. */
    { "proxmox-9", "pc-q35-2.12", X86, "proxmox-9.1", "2025-11-19", NULL, "pc-q35-10.0+pve1" },
    { "proxmox-9/latest", "pc-q35-11.0", X86, NULL, NULL, NULL, "pc-q35-11.0+pve2" },
    { "proxmox-9/latest", "pc-q35-11.0+pve2", X86, NULL, NULL, NULL, NULL },
    { "proxmox-8/latest", "pc-q35-9.2+pve1", X86, NULL, NULL, NULL, NULL },
    { "arch", SAME, X86, NULL, NULL, NULL, "pc-q35-11.1" },
    { "opensuse-leap-15.6", SAME, X86, NULL, NULL, NULL, NULL },
    { "opensuse-leap-15.5", SAME, X86, NULL, NULL, "opensuse-leap-15.6", NULL },
    { "qemu-7.2", SAME, X86, "qemu-13.2", NULL, NULL, NULL },
    { "qemu-7.2", "s390-ccw-virtio-2.4", MACHTYPE_ARCH_S390X, "qemu-10.0", NULL, NULL,
      "s390-ccw-virtio-7.2" },
    { "debian-12", SAME, MACHTYPE_ARCH_UNKNOWN, NULL, NULL, NULL, NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypePlatform) platform = machtype_platform_new (rows[i].platform, &error);
    const MachtypeAuditEntry *entry;
    const MachtypePlatform *end, *unsure;
    g_auto (Run) run;

    ROW ("%s on %s", rows[i].recorded, rows[i].platform);
    g_assert_no_error (error);
    run_init (&run);
    run_store_record (run.store, &(Stored){ .arch = rows[i].arch, .machine = rows[i].recorded });
    machtype_audit_set_platform (run.audit, platform);
    g_assert_true (machtype_audit_check_records (run.audit, run_on_entry, &run, &error));
    entry = run.entries->pdata[0];
    end = machtype_audit_entry_get_end (entry);
    unsure = machtype_audit_entry_get_unsure (entry);
    g_assert_cmpstr (machtype_platform_get_name (machtype_audit_entry_get_platform (entry)), ==,
                     rows[i].platform);
    g_assert_cmpstr (end != NULL ? machtype_platform_get_name (end) : NULL, ==, rows[i].end);
    g_assert_cmpstr (end != NULL ? machtype_platform_get_released (end) : NULL, ==, rows[i].date);
    g_assert_cmpstr (unsure != NULL ? machtype_platform_get_name (unsure) : NULL, ==,
                     rows[i].unsure);
    g_assert_cmpstr (machtype_audit_entry_get_newest (entry), ==, rows[i].newest);
  }
}

typedef struct {
  const char *hosts;     /* that are asked, and answer */
  const char *silent;    /* that is asked, and does not answer completely */
  const char *domain_on; /* where the domain is; NULL: nowhere */
  const char *recorded_on;
  const char *state;
  const char *codes; /* NULL: the record is not reported */
} MissingRow;

static const MissingRow missing[] = {
  { "a", NULL, NULL, "a", "active", "no-domain" },
  { "a", NULL, NULL, "a", NULL, "no-domain" },
  { "a", NULL, NULL, "a", "shelved", "no-domain" },
  { "a", NULL, NULL, "a", "shelved_offloaded", "" },
  { "a", NULL, NULL, "a", "building", "" },
  { "a", NULL, NULL, "a", "deleted", "" },
  { "a", NULL, NULL, "b", "active", NULL },
  { "a", NULL, NULL, NULL, "active", NULL },
  { "a", NULL, "a", "a", "active", "" },
  { "a b", NULL, "b", "a", "active", "" },
  { "a b", NULL, "a", "b", "active", "" },
  { "a b", NULL, NULL, "b", "active", "no-domain" },
  { "b", "a", NULL, "a", "active", NULL },
  { "b", "a", NULL, "b", "active", "no-domain" },
  { "b", "a", "a", "b", "active", "" },
  { "a", "a", NULL, "a", "active", NULL }, /* two daemons of one machine */
};

/* The hosts of a row answer, after the one that does not. */
static void
ask_hosts (Run *run, const MissingRow *row)
{
  g_auto (GStrv) hosts = g_strsplit (row->hosts, " ", -1);
  char **host;

  if (row->silent != NULL) {
    run_begin (run, row->silent);
    if (g_strcmp0 (row->domain_on, row->silent) == 0)
      run_check_found (run, &(Found){ .defined = SAME });
  }
  for (host = hosts; *host != NULL; host++) {
    run_begin (run, *host);
    if (g_strcmp0 (row->domain_on, *host) == 0)
      run_check_found (run, &(Found){ .defined = SAME });
    machtype_audit_end_host (run->audit);
  }
}

static void
test_missing (void)
{
  gsize i;

  for (i = 0; i < 2 * G_N_ELEMENTS (missing); i++) {
    const MissingRow *row = &missing[i / 2];
    const gboolean only = i % 2 != 0;
    const Stored stored = {
      .arch = X86, .machine = SAME, .host = row->recorded_on, .state = row->state
    };
    const gboolean is_reported = row->codes != NULL && (!only || *row->codes != '\0');
    g_autofree char *codes = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT "%s: on %s, recorded on %s, %s", i / 2, only ? ", findings" : "",
         row->domain_on, row->recorded_on, row->state);
    run_init (&run);
    run_store_record (run.store, &stored);
    g_assert_true (machtype_audit_set_flags (
        run.audit, only ? MACHTYPE_AUDIT_FINDINGS_ONLY : MACHTYPE_AUDIT_NONE, &error));
    ask_hosts (&run, row);
    /* What was checked is returned even without findings. */
    if (only)
      g_ptr_array_set_size (run.entries, 0);
    run_check_records (&run);
    g_assert_cmpuint (run.entries->len, ==, is_reported ? 1 : 0);
    if (!is_reported)
      continue;
    codes = entry_dup_codes (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

/* A record without a machine type whose domain is gone: there is nothing to record. */
static void
test_missing_unset (void)
{
  static const struct {
    const char *state, *codes, *words;
  } rows[] = {
    { "active", "no-domain",
      "host a has no domain|'machtype prune --connect URI --older-than 30 --yes'|'machtype "
      "instance delete " UUID "'" },
    { "shelved_offloaded", "unrecorded",
      "; record it with 'machtype update-machine-type " UUID " TYPE'" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Stored stored = { .arch = X86, .host = "a", .state = rows[i].state };
    g_autofree char *codes = NULL, *words = NULL;
    g_auto (Run) run;

    ROW ("%s", rows[i].state);
    run_init (&run);
    run_store_record (run.store, &stored);
    run_begin (&run, "a");
    machtype_audit_end_host (run.audit);
    run_check_records (&run);
    g_assert_cmpuint (run.entries->len, ==, 1);
    codes = entry_dup_codes (run.entries->pdata[0]);
    words = entry_dup_words (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, rows[i].codes);
    assert_words (words, rows[i].words);
  }
}

typedef struct {
  const char *first, *first_on, *second, *second_on;
  const char *codes; /* of the second */
  const char *uri;   /* of the first host */
} TwiceRow;

static const TwiceRow twice[] = {
  { SAME, "a", SAME, "b", "", NULL },
  { SAME, "a", OLD, "b", "differs twice", NULL },
  { OLD, "a", SAME, "b", "twice", NULL },
  { OLD, "a", SAME, "a", "twice", "test:///one" }, /* two daemons of one machine */
};

static void
test_twice (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (twice); i++) {
    const TwiceRow *row = &twice[i];
    g_autofree char *codes = NULL, *words = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT ": %s on %s, %s on %s", i, row->first, row->first_on, row->second,
         row->second_on);
    run_init (&run);
    run_store_record (run.store, &(Stored){ .arch = X86, .machine = SAME });
    machtype_audit_begin_host (run.audit, row->first_on, row->uri, NULL, NULL);
    run_check_found (&run, &(Found){ .defined = "pc-q35-7.0" });
    /* The same host again: it was redefined in the meantime. */
    run_check_found (&run, &(Found){ .defined = row->first });
    g_assert_false (
        machtype_audit_entry_has_code (run.entries->pdata[1], MACHTYPE_AUDIT_CODE_TWICE));
    g_ptr_array_remove_index (run.entries, 0);
    machtype_audit_end_host (run.audit);
    run_begin (&run, row->second_on);
    run_check_found (&run, &(Found){ .defined = row->second });
    codes = entry_dup_codes (run.entries->pdata[1]);
    words = entry_dup_words (run.entries->pdata[1]);
    g_assert_cmpstr (codes, ==, row->codes);
    if (strstr (row->codes, "twice") != NULL)
      assert_words (words, row->uri != NULL ? "host test:///one has" : "host a has|undefine " UUID);
  }
}

/* A remedy is made for a shell: what would mean something else there is not repeated. */
static void
test_hostile (void)
{
  static const char *const values[] = { "a b",  "a'b", "$(x)", "`x`",  "a;b",      "-x", "",
                                        "a\nb", "a&b", "x|y",  "a\"b", "\xc3\xa4", "~x", "*" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    const MtAuditGuest guest = { .uuid = UUID, .uri = values[i], .has_domain = TRUE };
    const MtAuditValues given = { .snapshot = values[i] };
    g_autofree char *remedy =
        mt_audit_dup_remedy (MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE, &guest, &given);

    test_row_text (values[i]);
    assert_words (remedy, "'virsh -c URI snapshot-delete " UUID " SNAPSHOT'");
  }
}

static void
test_codes (void)
{
  g_autoptr (GString) text = g_string_new (
      "# Audit: the codes\n\nEvery code that `machtype list` and `machtype audit` report, and "
      "what to do. In a remedy, a\nword in capitals stands for a value. The unit test `audit` "
      "writes this page\n(MACHTYPE_TEST_UPDATE=1) from `libmachtype/audit/codes.c`.\n\n"
      "| code | counts as | what it means | what to do |\n| --- | --- | --- | --- |\n");
  static const char *const counts[] = { "-", "note", "warning", "failure" };
  int code;

  for (code = 0; code <= MT_AUDIT_CODE_LAST; code++) {
    const MtAuditGuest guest = { .has_domain = TRUE, .is_off = TRUE };
    const MtAuditRow *row = mt_audit_row ((MachtypeAuditCode)code);
    g_autofree char *remedy = mt_audit_dup_remedy ((MachtypeAuditCode)code, &guest, NULL);

    ROW ("%s", row->word);
    g_assert_cmpint (machtype_audit_code_get_severity ((MachtypeAuditCode)code), ==, row->severity);
    g_assert_cmpstr (machtype_audit_code_get_meaning ((MachtypeAuditCode)code), ==, row->meaning);
    g_string_append_printf (text, "| `%s` | %s | %s | %s |\n", row->word, counts[row->severity],
                            row->meaning, remedy != NULL ? remedy : "");
  }
  g_assert_cmpint (machtype_audit_code_get_severity ((MachtypeAuditCode)code), ==, CLEAN);
  g_assert_null (machtype_audit_code_get_meaning ((MachtypeAuditCode)code));
  test_assert_golden ("../../doc/audit-codes.md", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit/machines", test_machines);
  g_test_add_func ("/audit/findings-only", test_findings_only);
  g_test_add_func ("/audit/domains", test_domains);
  g_test_add_func ("/audit/machine", test_machine);
  g_test_add_func ("/audit/target", test_target);
  g_test_add_func ("/audit/targets", test_targets);
  g_test_add_func ("/audit/forecast", test_forecast);
  g_test_add_func ("/audit/missing", test_missing);
  g_test_add_func ("/audit/missing-unset", test_missing_unset);
  g_test_add_func ("/audit/twice", test_twice);
  g_test_add_func ("/audit/hostile", test_hostile);
  g_test_add_func ("/audit/codes", test_codes);
  return g_test_run ();
}
