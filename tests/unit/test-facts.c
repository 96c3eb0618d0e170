/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row of the tables of architectures, names, lifecycles, states and effects. */

#include "facts.h"

#include <string.h>

#include "arch-private.h"
#include "record/record-private.h"

static const char *const families[] = { "pc-i440fx",       "pc-q35",  "virt",
                                        "s390-ccw-virtio", "pseries", "xenfv" };

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

static void
append_word (GString *list, const char *word)
{
  g_string_append_printf (list, "%s%s", list->len != 0 ? " " : "", word);
}

/* The hosts whose KVM runs these guests. */
static char *
dup_kvm_hosts (MachtypeArch guest)
{
  GString *list = g_string_new (NULL);
  MachtypeArch host = MACHTYPE_ARCH_UNKNOWN;

  while ((host = facts_next_arch (host)) != MACHTYPE_ARCH_UNKNOWN) {
    if (machtype_arch_can_accelerate (guest, host))
      append_word (list, machtype_arch_to_string (host));
  }
  return g_string_free (list, FALSE);
}

static const char *
spell (MachtypeArch arch, MachtypeArchNaming naming)
{
  return or_nothing (machtype_arch_get_name (arch, naming));
}

static void
test_archs (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  while ((arch = facts_next_arch (arch)) != MACHTYPE_ARCH_UNKNOWN) {
    g_autofree char *number = g_strdup_printf ("%u", (guint)arch), *kvm = dup_kvm_hosts (arch);

    facts_add (text, machtype_arch_to_string (arch), number,
               spell (arch, MACHTYPE_ARCH_NAMING_LIBVIRT),
               spell (arch, MACHTYPE_ARCH_NAMING_GLANCE), spell (arch, MACHTYPE_ARCH_NAMING_UNAME),
               spell (arch, MACHTYPE_ARCH_NAMING_DEBIAN), spell (arch, MACHTYPE_ARCH_NAMING_QEMU),
               or_nothing (machtype_arch_get_default_machine (arch)),
               or_nothing (mt_arch_get_emulator_package (arch)),
               or_nothing (mt_arch_get_firmware_package (arch)), kvm, NULL);
  }
  facts_check ("archs.tsv", text->str);
}

/* The file lists the spellings. */
static void
test_spellings (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("spellings.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++) {
    const MachtypeArch arch = machtype_arch_from_string (keys[i], NULL);

    facts_add (text, keys[i], arch != MACHTYPE_ARCH_UNKNOWN ? machtype_arch_to_string (arch) : "",
               NULL);
  }
  facts_check ("spellings.tsv", text->str);
}

/* The architectures that have a machine of this name. */
static char *
dup_archs (const char *name)
{
  GString *list = g_string_new (NULL);
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  while ((arch = facts_next_arch (arch)) != MACHTYPE_ARCH_UNKNOWN) {
    g_autoptr (MachtypeName) parsed = machtype_name_new (name, arch, NULL);

    if (machtype_name_get_kind (parsed) != MACHTYPE_NAME_KIND_UNKNOWN)
      append_word (list, machtype_arch_to_string (arch));
  }
  return g_string_free (list, FALSE);
}

static const char *
get_kind (const MachtypeName *name)
{
  static const char words[][12] = { "unknown", "alias", "versioned", "board" };

  return words[machtype_name_get_kind (name)];
}

static const char *
get_vendor (const MachtypeName *name)
{
  const MachtypeVendor vendor = machtype_name_get_vendor (name);

  return vendor == MACHTYPE_VENDOR_UNKNOWN ? "" : machtype_vendor_to_string (vendor);
}

static const char *
get_family (const MachtypeName *name)
{
  const MachtypeFamily family = machtype_name_get_family (name);

  return family == MACHTYPE_FAMILY_NONE ? "" : families[family - 1];
}

static char *
dup_numbers (const MachtypeName *name)
{
  guint major = 0, minor = 0, micro = 0;
  const guint revision = machtype_name_get_revision (name);
  GString *text = g_string_new (NULL);

  if (machtype_name_get_version (name, &major, &minor, &micro))
    g_string_append_printf (text, "%u.%u.%u", major, minor, micro);
  if (revision != 0)
    g_string_append_printf (text, " revision %u", revision);
  return g_string_free (text, FALSE);
}

static void
add_name (GString *rows, const char *key)
{
  g_autoptr (MachtypeName) name = machtype_name_new (key, MACHTYPE_ARCH_UNKNOWN, NULL);
  g_autofree char *archs = dup_archs (key), *numbers = dup_numbers (name);
  g_autofree char *base = machtype_name_dup_upstream_base (name);
  g_autofree char *introduced = facts_dup_version (name, machtype_lifecycle_get_introduced);
  g_autofree char *deprecated = facts_dup_version (name, machtype_lifecycle_get_deprecated);
  g_autofree char *removed = facts_dup_version (name, machtype_lifecycle_get_removed);
  g_autofree char *text = machtype_lifecycle_dup_text (name);

  facts_add (rows, key, get_kind (name), get_family (name), get_vendor (name), numbers,
             or_nothing (machtype_name_get_tag (name)), or_nothing (base), introduced, deprecated,
             removed, archs, or_nothing (text), NULL);
}

/* Those of the survey: the file contains them all, and so every board and every alias. */
static void
test_boards (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *survey = test_read ("machine-names.tsv", NULL);
  g_auto (GStrv) lines = g_strsplit (survey, "\n", -1);
  gsize i;

  for (i = 0; lines[i] != NULL; i++) {
    lines[i][strcspn (lines[i], "\t")] = '\0';
    if (lines[i][0] != '\0' && lines[i][0] != '#')
      add_name (text, lines[i]);
  }
  facts_check ("names.tsv", text->str);
}

/* Every version of QEMU, past or possible, of every family, and some others. */
static const struct {
  guint major, first, last;
} versions[] = {
  { 0, 9, 16 }, { 1, 0, 8 },  { 2, 0, 13 }, { 3, 0, 2 },  { 4, 0, 3 },   { 5, 0, 3 },
  { 6, 0, 3 },  { 7, 0, 3 },  { 8, 0, 3 },  { 9, 0, 3 },  { 10, 0, 3 },  { 11, 0, 3 },
  { 12, 0, 3 }, { 13, 0, 3 }, { 16, 0, 2 }, { 99, 0, 0 }, { 250, 0, 0 }, { 255, 0, 255 },
};

/* Calls the function with "5.1" for each. */
typedef void (*EachVersion) (const char *version, gpointer data);

static void
each_version (EachVersion call, gpointer data)
{
  gsize i;
  guint minor;

  for (i = 0; i < G_N_ELEMENTS (versions); i++) {
    for (minor = versions[i].first; minor <= versions[i].last; minor += minor < 17 ? 1 : 238) {
      g_autofree char *version = g_strdup_printf ("%u.%u", versions[i].major, minor);

      call (version, data);
    }
  }
}

static void
add_upstream (const char *version, gpointer data)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *name = g_strdup_printf ("%s-%s", families[i], version);

    add_name (data, name);
  }
}

static void
add_legacy (const char *version, gpointer data)
{
  g_autofree char *name = g_strdup_printf ("pc-%s", version);

  add_name (data, name);
}

static void
test_versions (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  each_version (add_upstream, text);
  each_version (add_legacy, text);
  facts_check ("versions.tsv", text->str);
}

static void
add_rhel (GString *text, guint major, guint minor)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *name = g_strdup_printf ("%s-rhel%u.%u.0", families[i], major, minor);

    add_name (text, name);
  }
}

static void
add_ubuntu (GString *text, const char *codename)
{
  static const char suffixes[][16] = { "", "-hpb", "-maxcpus", "-sxxm", "-v2", "-hpb-maxcpus-v3" };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    for (k = 0; k < G_N_ELEMENTS (suffixes); k++) {
      g_autofree char *name = g_strdup_printf ("%s-%s%s", families[i], codename, suffixes[k]);

      add_name (text, name);
    }
  }
}

/* Every release of a vendor, past or possible, of every family. */
static void
test_vendors (void)
{
  static const char codenames[][12] = {
    "warty",  "precise", "quantal",  "raring",  "saucy",    "trusty",   "utopic",   "vivid",
    "wily",   "xenial",  "yakkety",  "zesty",   "artful",   "bionic",   "cosmic",   "disco",
    "eoan",   "focal",   "groovy",   "hirsute", "impish",   "jammy",    "kinetic",  "lunar",
    "mantic", "noble",   "oracular", "plucky",  "questing", "resolute", "stonking",
  };
  g_autoptr (GString) text = g_string_new (NULL);
  guint major, minor;
  gsize i;

  for (major = 4; major <= 11; major++) {
    for (minor = 0; minor <= 10; minor++)
      add_rhel (text, major, minor);
  }
  for (i = 0; i < G_N_ELEMENTS (codenames); i++)
    add_ubuntu (text, codenames[i]);
  facts_check ("vendors.tsv", text->str);
}

static char *
dup_effects (const char *old, const char *new)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (old, new, MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                             MACHTYPE_CHANGE_NONE, NULL, NULL);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);

  return facts_dup_findings (effects);
}

typedef struct {
  GString *text;
  const char *family;
  char *last;
} Steps;

/* From the previous version, so that a step is at exactly the version that introduced it. */
static void
add_step (const char *version, gpointer data)
{
  Steps *steps = data;
  g_autofree char *name = g_strdup_printf ("%s-%s", steps->family, version), *effects = NULL;

  if (steps->last != NULL) {
    effects = dup_effects (steps->last, name);
    facts_add (steps->text, steps->last, name, effects, NULL);
  }
  g_free (steps->last);
  steps->last = g_steal_pointer (&name);
}

static void
test_effects (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    Steps steps = { text, families[i], NULL };
    g_autofree char *first = g_strdup_printf ("%s-0.9", families[i]), *effects = NULL;

    each_version (add_step, &steps);
    effects = dup_effects (first, steps.last);
    facts_add (text, first, steps.last, effects, NULL);
    g_free (steps.last);
  }
  facts_check ("effects.tsv", text->str);
}

static void
add_change (GString *text, const char *old, const char *new)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (old, new, MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                             MACHTYPE_CHANGE_NONE, NULL, NULL);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  g_autofree char *why = facts_dup_findings (reasons);
  g_autofree char *more = test_join_codes (g_ptr_array_ref (warnings));
  g_autofree char *notice = test_join_codes (g_ptr_array_ref (effects));

  facts_add (text, old, new, machtype_verdict_to_string (machtype_change_get_verdict (change)), why,
             more, notice, NULL);
}

/* All pairs: labels of families and vendors, bases, order. */
static void
test_changes (void)
{
  static const char names[][32] = {
    "pc",
    "q35",
    "ubuntu",
    "isapc",
    "no-such-board",
    "pc-1.0-qemu-kvm",
    "pc-i440fx-2.11",
    "pc-i440fx-9.0",
    "pc-q35-6.1",
    "pc-q35-8.1+pve1",
    "pc-i440fx-rhel7.6.0",
    "pc-q35-rhel9.4.0",
    "pc-q35-rhel8.2.0",
    "pc-i440fx-focal",
    "pc-q35-lunar",
    "pc-q35-jammy-hpb",
    "pc-q35-jammy-v2",
    "virt-8.0",
    "s390-ccw-virtio-jammy",
    "pseries-2.7-sxxm",
    "pseries-9.0",
    "xenfv-4.2",
  };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    for (k = 0; k < G_N_ELEMENTS (names); k++)
      add_change (text, names[i], names[k]);
  }
  facts_check ("changes.tsv", text->str);
}

/* The messages if a host is given. */
static void
add_change_on_host (GString *text, const char *old, const char *new, MachtypeState state,
                    guint flags, MachtypeHost *host)
{
  static const char words[][8] = { "", "force", "pin", "", "require" };
  g_autoptr (MachtypeChange) change = machtype_change_check (
      old, new, MACHTYPE_ARCH_X86_64, NULL, state, (MachtypeChangeFlags)flags, host, NULL);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  g_autofree char *why = facts_dup_findings (reasons), *more = facts_dup_findings (warnings);
  g_autofree char *notice = facts_dup_findings (effects);

  facts_add (text, or_nothing (old), new, words[flags],
             state == MACHTYPE_STATE_STOPPED ? "stopped" : "saved",
             machtype_verdict_to_string (machtype_change_get_verdict (change)),
             or_nothing (machtype_change_get_machine_to_record (change)), why, more,
             flags == 0 ? notice : "", NULL);
}

static void
test_changes_on_host (void)
{
  static const char *const names[] = { NULL,          "pc",         "q35",   "pc-q35-7.2",
                                       "pc-q35-5.2",  "pc-q35-9.9", "isapc", "pc-i440fx-2.5",
                                       "pc-q35-jammy" };
  static const guint flags[] = { 0, MACHTYPE_CHANGE_PIN, MACHTYPE_CHANGE_REQUIRE_OFFERED };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  gsize i, k, l;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    for (k = 1; k < G_N_ELEMENTS (names); k++) {
      for (l = 0; l < G_N_ELEMENTS (flags); l++)
        add_change_on_host (text, names[i], names[k], MACHTYPE_STATE_STOPPED, flags[l], host);
      add_change_on_host (text, names[i], names[k], MACHTYPE_STATE_SAVED, MACHTYPE_CHANGE_FORCE,
                          host);
    }
  }
  facts_check ("changes-on-host.tsv", text->str);
}

/* The file lists the words. */
static void
test_states (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("states.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++) {
    MachtypeState state = MACHTYPE_STATE_UNKNOWN;
    const char *nova = mt_state_find (keys[i], &state);
    g_autofree char *number = g_strdup_printf ("%d", state);

    facts_add (text, keys[i], or_nothing (nova), number,
               mt_state_may_change (state) ? "may change" : "", NULL);
  }
  facts_check ("states.tsv", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/archs", test_archs);
  g_test_add_func ("/facts/spellings", test_spellings);
  g_test_add_func ("/facts/boards", test_boards);
  g_test_add_func ("/facts/versions", test_versions);
  g_test_add_func ("/facts/vendors", test_vendors);
  g_test_add_func ("/facts/effects", test_effects);
  g_test_add_func ("/facts/changes", test_changes);
  g_test_add_func ("/facts/changes-on-host", test_changes_on_host);
  g_test_add_func ("/facts/states", test_states);
  return g_test_run ();
}
