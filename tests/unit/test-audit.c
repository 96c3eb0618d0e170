/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records against domains, and both against hosts. */

#include "test.h"

#include <stdlib.h>
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

static char *
dup_codes (const MachtypeAuditEntry *entry)
{
  return test_join_codes (machtype_audit_entry_list_findings (entry));
}

/* All messages and remedies. */
static char *
dup_words (const MachtypeAuditEntry *entry)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const char *remedy = machtype_finding_get_remedy (findings->pdata[i]);

    g_string_append_printf (text, "%s; %s\n", machtype_finding_get_message (findings->pdata[i]),
                            remedy != NULL ? remedy : "no remedy");
  }
  return g_string_free (text, FALSE);
}

static void
assert_words (const char *text, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);
  char **word;

  for (word = list; *word != NULL; word++) {
    ROW ("  '%s' in: %s", *word, text);
    g_assert_nonnull (strstr (text, *word));
  }
}

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
    codes = dup_codes (run.entries->pdata[0]);
    words = dup_words (run.entries->pdata[0]);
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
    codes = dup_codes (run.entries->pdata[0]);
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

#define SAME "pc-q35-7.2"
#define OLD "pc-q35-6.2"

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
    " --connect " URI "'|update-machine-type " UUID " " OLD " --record-only --connect " URI
    " --force'" },
  { OLD,
    NOW,
    { .defined = SAME },
    "differs",
    FAILURE,
    UUID " " OLD " --connect " URI " --force'|" UUID " " SAME " --record-only --connect " URI "'" },
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
    { .defined = SAME, .broken = "no such thing" },
    "not-checked",
    WARNING,
    "definition|no such thing" },

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
  { "q35", NULL, { .defined = OLD }, "alias", WARNING, UUID " " OLD " --pin" },
  { "q35", NOW, { .defined = "pc-i440fx-7.2" }, "differs alias", FAILURE, "pc-i440fx-7.2" },
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
    " --connect " URI " --force'|" UUID " " SAME " --record-only --connect " URI "'|" UUID " " OLD
    " --pin --connect " URI " --force'" },
  { OLD, NULL, { .defined = "q35" }, "alias", WARNING, UUID " " OLD " --pin --connect " URI "'" },
  { NULL, NOW, { .defined = "q35" }, "unrecorded alias", WARNING, "" },
  { "pc", NOW, { .defined = SAME }, "differs alias", FAILURE, "" },

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
    codes = dup_codes (entry);
    words = dup_words (entry);
    g_assert_cmpstr (codes, ==, row->codes);
    g_assert_cmpint (machtype_audit_entry_get_severity (entry), ==, row->severity);
    g_assert_cmpstr (machtype_audit_entry_get_recorded (entry), ==, row->recorded);
    g_assert_cmpstr (machtype_audit_entry_get_defined (entry), ==, row->found.defined);
    g_assert_cmpstr (machtype_audit_entry_get_running (entry), ==, row->found.running);
    g_assert_cmpstr (machtype_audit_entry_get_saved (entry), ==, row->found.saved);
    assert_words (words, row->words);
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

static void
test_missing (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (missing); i++) {
    const MissingRow *row = &missing[i];
    const Stored stored = {
      .arch = X86, .machine = SAME, .host = row->recorded_on, .state = row->state
    };
    g_auto (GStrv) hosts = g_strsplit (row->hosts, " ", -1);
    g_autofree char *codes = NULL;
    g_auto (Run) run;
    char **host;

    ROW ("%" G_GSIZE_FORMAT ": on %s, recorded on %s, %s", i, row->domain_on, row->recorded_on,
         row->state);
    run_init (&run);
    run_store_record (run.store, &stored);
    if (row->silent != NULL) {
      run_begin (&run, row->silent);
      if (g_strcmp0 (row->domain_on, row->silent) == 0)
        run_check_found (&run, &(Found){ .defined = SAME });
    }
    for (host = hosts; *host != NULL; host++) {
      run_begin (&run, *host);
      if (g_strcmp0 (row->domain_on, *host) == 0)
        run_check_found (&run, &(Found){ .defined = SAME });
      machtype_audit_end_host (run.audit);
    }
    run_check_records (&run);
    g_assert_cmpuint (run.entries->len, ==, row->codes != NULL ? 1 : 0);
    if (row->codes == NULL)
      continue;
    codes = dup_codes (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

typedef struct {
  const char *first, *first_on, *second, *second_on;
  const char *codes; /* of the second */
} TwiceRow;

static const TwiceRow twice[] = {
  { SAME, "a", SAME, "b", "" },
  { SAME, "a", OLD, "b", "differs twice" },
  { OLD, "a", SAME, "b", "twice" },
  { OLD, "a", SAME, "a", "twice" }, /* two daemons of one machine */
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
    run_begin (&run, row->first_on);
    run_check_found (&run, &(Found){ .defined = row->first });
    /* The same host again: it was redefined in the meantime. */
    run_check_found (&run, &(Found){ .defined = row->first });
    g_ptr_array_remove_index (run.entries, 0);
    machtype_audit_end_host (run.audit);
    run_begin (&run, row->second_on);
    run_check_found (&run, &(Found){ .defined = row->second });
    codes = dup_codes (run.entries->pdata[1]);
    words = dup_words (run.entries->pdata[1]);
    g_assert_cmpstr (codes, ==, row->codes);
    if (strstr (row->codes, "twice") != NULL)
      assert_words (words, "host a has|undefine " UUID);
  }
}

/* A change whose command was killed. */
static void
interrupt_change (MachtypeStore *store, MachtypeRecord *record, const char *machine)
{
  const MtIntentionPlace where = { "a", NULL, "qemu:///system", SAME };
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeChange) change =
      machtype_change_check (machtype_record_get_machine (record), machine, X86, NULL,
                             MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, &error);
  MtStoreChange made = { 0 };
  g_autoptr (MachtypeRecord) changed = mt_store_make_update (record, change, &made, &error);
  g_autoptr (MachtypeIntention) intention = mt_intention_new (record, changed, &made, &where);

  g_assert_true (mt_store_intend (store, record, intention, &error));
  g_assert_no_error (error);
}

typedef struct {
  MachtypeAuditFlags flags;
  gboolean with_host;
  const char *other; /* the machine type of another record */
  guint n_entries;
} PendingRow;

static const PendingRow pending[] = {
  { MACHTYPE_AUDIT_NONE, FALSE, SAME, 2 },
  { MACHTYPE_AUDIT_NONE, TRUE, SAME, 1 },
  { MACHTYPE_AUDIT_FINDINGS_ONLY, FALSE, SAME, 1 },
  { MACHTYPE_AUDIT_FINDINGS_ONLY, FALSE, "q35", 2 }, /* its class is read, too */
};

static void
test_pending (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pending); i++) {
    const PendingRow *row = &pending[i];
    g_autoptr (MachtypeRecord) record = NULL;
    g_autofree char *codes = NULL, *words = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (Run) run;

    ROW ("%" G_GSIZE_FORMAT, i);
    run_init (&run);
    record = run_add_record (run.store, &(Stored){ .arch = X86, .machine = SAME, .host = "a" });
    run_store_record (run.store,
                      &(Stored){ .uuid = OTHER_UUID, .arch = X86, .machine = row->other });
    interrupt_change (run.store, record, "pc-q35-8.0");
    g_assert_true (machtype_audit_set_flags (run.audit, row->flags, &error));
    if (row->with_host) {
      run_begin (&run, "a");
      run_check_found (&run, &(Found){ .defined = SAME });
    } else
      run_check_records (&run);
    g_assert_cmpuint (run.entries->len, ==, row->n_entries);
    codes = dup_codes (run.entries->pdata[0]);
    words = dup_words (run.entries->pdata[0]);
    g_assert_cmpstr (codes, ==, "pending");
    assert_words (words, "from " SAME " to pc-q35-8.0|'machtype record --connect qemu:///system'");
  }
}

typedef struct {
  const char *key, *value; /* of the query */
  const char *uuids;       /* the ends of those that are reported: "35 36" */
} QueryRow;

static const QueryRow queries[] = {
  { NULL, NULL, "35 36" },      { "host", "a", "35 36" },        { "host", "b", "" },
  { "name", "we*", "35" },      { "name", "*b", "35 36" },       { "name", "x*", "" },
  { "machine", "q*", "36" },    { "machine", "pc-q35-*", "35" }, { "state", "active", "35" },
  { "state", "shelved", "36" }, { "arch", "x86_64", "35 36" },   { "arch", "s390x", "" },
  { "cell", "c", "" },          { "seen", "150", "36" },         { "seen", "50", "" },
  { "named", "web", "35" },     { "named", "we*", "" },
};

static MachtypeRecordQuery *
make_query (const QueryRow *row)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (row->key, "host") == 0)
    machtype_record_query_builder_set_host (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "name") == 0)
    machtype_record_query_builder_set_name_pattern (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "named") == 0)
    machtype_record_query_builder_set_name (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "machine") == 0)
    machtype_record_query_builder_set_machine_pattern (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "state") == 0)
    machtype_record_query_builder_set_state (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "cell") == 0)
    machtype_record_query_builder_set_cell (builder, row->value, &error);
  else if (g_strcmp0 (row->key, "arch") == 0)
    machtype_record_query_builder_set_arch (builder, machtype_arch_from_string (row->value, NULL),
                                            &error);
  else if (row->key != NULL)
    machtype_record_query_builder_set_seen_before (builder, atoi (row->value));
  g_assert_no_error (error);
  return machtype_record_query_builder_end (builder);
}

/* The same guests are wanted whether the store answers or, of a host, the audit: one with a domain,
 * and one without. */
static void
test_queries (void)
{
  gsize i;

  for (i = 0; i < 2 * G_N_ELEMENTS (queries); i++) {
    const QueryRow *row = &queries[i / 2];
    g_autoptr (MachtypeRecordQuery) query = make_query (row);
    g_autoptr (GString) uuids = g_string_new (NULL);
    g_auto (Run) run;
    guint k;

    ROW ("%s: %s %s", i % 2 == 0 ? "store" : "host", row->key, row->value);
    run_init (&run);
    run_store_record (run.store, &(Stored){ NULL, "web", "a", "active", X86, SAME, NULL, 0, 200 });
    run_store_record (run.store,
                      &(Stored){ OTHER_UUID, "db", "a", "shelved", X86, "q35", NULL, 0, 100 });
    machtype_audit_set_query (run.audit, query);
    if (i % 2 != 0) {
      run_begin (&run, "a");
      machtype_audit_end_host (run.audit);
    }
    run_check_records (&run);
    for (k = 0; k < run.entries->len; k++) {
      const char *uuid = machtype_audit_entry_get_uuid (run.entries->pdata[k]);

      g_string_append_printf (uuids, "%s%s", k != 0 ? " " : "", uuid + strlen (uuid) - 2);
    }
    g_assert_cmpstr (uuids->str, ==, row->uuids);
  }
}

/* A guest with a domain has the name and state of that, and was seen now. */
static void
test_query_of_domain (void)
{
  static const struct {
    const char *key, *value;
    gboolean is_wanted;
  } rows[] = {
    { "name", "new", TRUE },       { "name", "old", FALSE }, { "state", "active", TRUE },
    { "state", "stopped", FALSE }, { "seen", "500", FALSE }, { "machine", SAME, TRUE },
  };
  const Found found = { .name = "new", .defined = OLD, .running = OLD };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const QueryRow row = { rows[i].key, rows[i].value, NULL };
    g_autoptr (MachtypeRecordQuery) query = make_query (&row);
    const MtAuditGuest guest = {
      .uuid = UUID,
      .name = found.name,
      .state = "active",
      .arch = X86,
      .host_name = "a",
      .seen_at = 100,
      .has_record = TRUE,
      .recorded = SAME,
      .has_domain = TRUE,
      .defined = found.defined,
      .running = found.running,
    };

    ROW ("%s %s", row.key, row.value);
    g_assert_cmpint (mt_audit_matches (&guest, query), ==, rows[i].is_wanted);
  }
}

static void
test_entry (void)
{
  const Stored stored = { NULL, "old", "b", "stopped", X86, SAME, NULL, 7002000, 1700000000 };
  g_autoptr (MachtypeAuditEntry) again = NULL;
  g_autofree char *json = NULL;
  MachtypeAuditEntry *entry;
  guint major = 0, minor = 0;
  g_auto (Run) run;

  run_init (&run);
  run_store_record (run.store, &stored);
  run_begin (&run, "a");
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD, .running = SAME });
  entry = run.entries->pdata[0];
  json = machtype_audit_entry_to_json (entry);
  ROW ("%s", json);
  g_assert_true (g_str_has_prefix (
      json, "{\"format\":2,\"uuid\":\"" UUID "\",\"name\":\"new\",\"host\":\"a\","
            "\"state\":\"active\",\"arch\":\"x86_64\",\"seen_at\":\"2023-11-14T22:13:20Z\","
            "\"recorded\":\"" SAME "\",\"defined\":\"" OLD "\",\"running\":\"" SAME "\","
            "\"removed_in\":\"13.2\",\"findings\":[{\"code\":\"differs\",\"severity\":\"error\""));
  g_assert_cmpstr (machtype_audit_entry_get_machine (entry), ==, SAME);
  g_assert_cmpint (machtype_audit_entry_get_seen_at (entry), ==, 1700000000);
  g_assert_null (machtype_audit_entry_get_cell (entry));
  g_assert_true (machtype_audit_entry_get_removed_in (entry, &major, &minor));
  g_assert_cmpuint (major, ==, 13);
  g_assert_cmpuint (minor, ==, 2);
  g_assert_true (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS));
  g_assert_false (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING));
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD, .running = SAME });
  again = machtype_audit_entry_ref (run.entries->pdata[1]);
  g_assert_true (machtype_audit_entry_equal (entry, again));
  g_assert_cmpuint (machtype_audit_entry_hash (entry), ==, machtype_audit_entry_hash (again));
  run_check_found (&run, &(Found){ .name = "new", .defined = OLD });
  g_assert_false (machtype_audit_entry_equal (entry, run.entries->pdata[2]));
}

static void
test_stops (void)
{
  g_auto (Run) run;

  run_init (&run);
  run_store_record (run.store, &(Stored){ .arch = X86, .machine = "q35" });
  run_store_record (run.store, &(Stored){ .uuid = OTHER_UUID, .arch = X86, .machine = "pc" });
  run.stop_after = 1;
  run_check_records (&run);
  g_assert_cmpuint (run.entries->len, ==, 1);
}

static void
test_misuse (void)
{
  g_autoptr (MachtypeDomainStatus) status = found_make_status (&(Found){ .defined = SAME });
  g_autoptr (MachtypeAudit) without = machtype_audit_new (NULL);
  g_autoptr (MachtypeAuditEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;

  run_init (&run);
  g_assert_null (machtype_audit_check_domain (run.audit, status, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "begin_host");
  g_assert_false (machtype_audit_begin_host (run.audit, "a\nb", NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "host");
  g_assert_false (machtype_audit_begin_host (run.audit, "a", "\xff", NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI");
  g_assert_false (machtype_audit_set_flags (run.audit, (MachtypeAuditFlags)2, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "audit");

  /* Without a store, all guests are unrecorded. */
  g_assert_true (machtype_audit_begin_host (without, "a", NULL, NULL, &error));
  entry = machtype_audit_check_domain (without, status, &error);
  g_assert_true (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_UNRECORDED));
  machtype_audit_end_host (without);
  g_assert_true (machtype_audit_check_records (without, run_on_entry, &run, &error));
  g_assert_cmpuint (run.entries->len, ==, 0);
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

#define N_MANY 2000

/* Of very many records, only those of classes with findings are read: the others have none. */
static void
test_many (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;
  guint i;

  run_init (&run);
  for (i = 0; i < N_MANY; i++) {
    g_autofree char *uuid = g_strdup_printf ("00000000-0000-4000-8000-%012x", i);

    run_store_record (run.store, &(Stored){ .uuid = uuid,
                                            .arch = X86,
                                            .machine = i % 100 == 7   ? "q35"
                                                       : i % 100 == 9 ? "pc"
                                                                      : SAME });
  }
  machtype_audit_set_flags (run.audit, MACHTYPE_AUDIT_FINDINGS_ONLY, &error);
  run_check_records (&run);
  g_assert_cmpuint (run.entries->len, ==, N_MANY / 100 * 2);
  for (i = 1; i < run.entries->len; i++)
    g_assert_cmpstr (machtype_audit_entry_get_uuid (run.entries->pdata[i - 1]), <,
                     machtype_audit_entry_get_uuid (run.entries->pdata[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit/machines", test_machines);
  g_test_add_func ("/audit/findings-only", test_findings_only);
  g_test_add_func ("/audit/domains", test_domains);
  g_test_add_func ("/audit/missing", test_missing);
  g_test_add_func ("/audit/twice", test_twice);
  g_test_add_func ("/audit/pending", test_pending);
  g_test_add_func ("/audit/queries", test_queries);
  g_test_add_func ("/audit/query-of-domain", test_query_of_domain);
  g_test_add_func ("/audit/entry", test_entry);
  g_test_add_func ("/audit/stops", test_stops);
  g_test_add_func ("/audit/misuse", test_misuse);
  g_test_add_func ("/audit/hostile", test_hostile);
  g_test_add_func ("/audit/codes", test_codes);
  g_test_add_func ("/audit/many", test_many);
  return g_test_run ();
}
