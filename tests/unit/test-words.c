/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The word for each value of each enumeration. They are used in JSON and in what the program
 * prints, so none can change. */

#include "test.h"

/* The word for a number without a value. */
#define BEYOND "unknown"

#define TO_STRING(name, Type)                                                                      \
  static const char *name##_word (int value)                                                       \
  {                                                                                                \
    return machtype_##name##_to_string ((Machtype##Type)value);                                    \
  }

#define FROM_STRING(name, Type)                                                                    \
  static gboolean name##_value (const char *word, int *value, GError **error)                      \
  {                                                                                                \
    Type found = (Type)*value;                                                                     \
    gboolean ok = machtype_##name##_from_string (word, &found, error);                             \
                                                                                                   \
    g_assert_cmpint (machtype_##name##_from_string (word, NULL, NULL), ==, ok);                    \
    *value = (int)found;                                                                           \
    return ok;                                                                                     \
  }

#define WORD_OF(name, Type)                                                                        \
  TO_STRING (name, Type)                                                                           \
  FROM_STRING (name, Machtype##Type)

/* Those that existed before the others returned whether there is such a word: 0 is unknown. */
#define WORD_OF_RESULT(name, Type)                                                                 \
  TO_STRING (name, Type)                                                                           \
  static gboolean name##_value (const char *word, int *value, GError **error)                      \
  {                                                                                                \
    const int found = (int)machtype_##name##_from_string (word, error);                            \
                                                                                                   \
    *value = found != 0 ? found : *value;                                                          \
    return found != 0;                                                                             \
  }

WORD_OF (arch_naming, ArchNaming)
WORD_OF (answer, Answer)
WORD_OF (audit_code, AuditCode)
WORD_OF (authority, Authority)
WORD_OF (domain_part, DomainPart)
TO_STRING (error, Error)
FROM_STRING (error, int)
WORD_OF (family, Family)
WORD_OF (graphics_type, GraphicsType)
WORD_OF (history_action, HistoryAction)
WORD_OF (interface_type, InterfaceType)
WORD_OF (name_kind, NameKind)
WORD_OF_RESULT (operation, Operation)
WORD_OF (order, Order)
WORD_OF (pinning, Pinning)
WORD_OF (settlement_outcome, SettlementOutcome)
WORD_OF (severity, Severity)
WORD_OF (source, Source)
WORD_OF_RESULT (state, State)
WORD_OF (store_outcome, StoreOutcome)
WORD_OF (value_type, ValueType)
WORD_OF (vendor, Vendor)
WORD_OF (verdict, Verdict)
WORD_OF_RESULT (arch, Arch)

typedef struct {
  int value;
  const char *word;
} Word;

static const Word arch_naming_words[] = {
  { MACHTYPE_ARCH_NAMING_LIBVIRT, "libvirt" }, { MACHTYPE_ARCH_NAMING_GLANCE, "glance" },
  { MACHTYPE_ARCH_NAMING_UNAME, "uname" },     { MACHTYPE_ARCH_NAMING_DEBIAN, "debian" },
  { MACHTYPE_ARCH_NAMING_QEMU, "qemu" },
};

static const Word answer_words[] = {
  { MACHTYPE_ANSWER_UNKNOWN, "unknown" },
  { MACHTYPE_ANSWER_NO, "no" },
  { MACHTYPE_ANSWER_YES, "yes" },
};

static const Word audit_code_words[] = {
  { MACHTYPE_AUDIT_CODE_UNRECORDED, "unrecorded" },
  { MACHTYPE_AUDIT_CODE_NO_DOMAIN, "no-domain" },
  { MACHTYPE_AUDIT_CODE_DIFFERS, "differs" },
  { MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING, "differs-running" },
  { MACHTYPE_AUDIT_CODE_SAVED_STATE, "saved-state" },
  { MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE, "snapshot-state" },
  { MACHTYPE_AUDIT_CODE_PENDING, "pending" },
  { MACHTYPE_AUDIT_CODE_ALIAS, "alias" },
  { MACHTYPE_AUDIT_CODE_UNVERSIONED, "unversioned" },
  { MACHTYPE_AUDIT_CODE_DEPRECATED, "deprecated" },
  { MACHTYPE_AUDIT_CODE_REMOVED, "removed" },
  { MACHTYPE_AUDIT_CODE_NOT_OFFERED, "not-offered" },
  { MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT, "property-unfit" },
  { MACHTYPE_AUDIT_CODE_TWICE, "twice" },
  { MACHTYPE_AUDIT_CODE_NOT_CHECKED, "not-checked" },
  { MACHTYPE_AUDIT_CODE_HOOK_SILENT, "hook-silent" },
};

static const Word authority_words[] = {
  { MACHTYPE_AUTHORITY_NONE, "none" },
  { MACHTYPE_AUTHORITY_LIBMACHTYPE, "libmachtype" },
  { MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, "domain-capabilities" },
  { MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "libvirt-define" },
  { MACHTYPE_AUTHORITY_QEMU, "qemu" },
  { MACHTYPE_AUTHORITY_GUEST, "guest" },
  { MACHTYPE_AUTHORITY_IGNORED, "ignored" },
};

static const Word domain_part_words[] = {
  { MACHTYPE_DOMAIN_PART_DEFINITION, "definition" }, { MACHTYPE_DOMAIN_PART_RUNNING, "running" },
  { MACHTYPE_DOMAIN_PART_SAVED, "saved" },           { MACHTYPE_DOMAIN_PART_SNAPSHOT, "snapshot" },
  { MACHTYPE_DOMAIN_PART_METADATA, "metadata" },
};

static const Word error_words[] = {
  { MACHTYPE_ERROR_INVALID_ARGUMENT, "invalid-argument" },
  { MACHTYPE_ERROR_INVALID_NAME, "invalid-name" },
  { MACHTYPE_ERROR_UNKNOWN_ARCH, "unknown-arch" },
  { MACHTYPE_ERROR_INVALID_PROPERTY, "invalid-property" },
  { MACHTYPE_ERROR_INVALID_CONFIG, "invalid-config" },
  { MACHTYPE_ERROR_INVALID_XML, "invalid-xml" },
  { MACHTYPE_ERROR_TOO_LARGE, "too-large" },
  { MACHTYPE_ERROR_NO_DEFAULT, "no-default" },
  { MACHTYPE_ERROR_NOT_OFFERED, "not-offered" },
  { MACHTYPE_ERROR_UNSUPPORTED, "unsupported" },
  { MACHTYPE_ERROR_MODULE, "module" },
  { MACHTYPE_ERROR_LIBVIRT, "libvirt" },
  { MACHTYPE_ERROR_TIMEOUT, "timeout" },
  { MACHTYPE_ERROR_NOT_FOUND, "not-found" },
  { MACHTYPE_ERROR_EXISTS, "exists" },
  { MACHTYPE_ERROR_CONFLICT, "conflict" },
  { MACHTYPE_ERROR_BUSY, "busy" },
  { MACHTYPE_ERROR_REFUSED, "refused" },
  { MACHTYPE_ERROR_STORE, "store" },
  { MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT, "flavor-image-conflict" },
  { MACHTYPE_ERROR_FLAVOR_FORBIDS, "flavor-forbids" },
  { MACHTYPE_ERROR_CANCELLED, "cancelled" },
  { MACHTYPE_ERROR_PENDING, "pending" },
  { MACHTYPE_ERROR_DENIED, "denied" },
};

static const Word family_words[] = {
  { MACHTYPE_FAMILY_NONE, "none" },
  { MACHTYPE_FAMILY_PC_I440FX, "pc-i440fx" },
  { MACHTYPE_FAMILY_PC_Q35, "pc-q35" },
  { MACHTYPE_FAMILY_VIRT, "virt" },
  { MACHTYPE_FAMILY_S390_CCW_VIRTIO, "s390-ccw-virtio" },
  { MACHTYPE_FAMILY_PSERIES, "pseries" },
  { MACHTYPE_FAMILY_XENFV, "xenfv" },
};

static const Word graphics_type_words[] = {
  { MACHTYPE_GRAPHICS_TYPE_NONE, "none" },
  { MACHTYPE_GRAPHICS_TYPE_VNC, "vnc" },
  { MACHTYPE_GRAPHICS_TYPE_SPICE, "spice" },
};

static const Word history_action_words[] = {
  { MACHTYPE_HISTORY_ACTION_RECORD, "record" },
  { MACHTYPE_HISTORY_ACTION_UPDATE, "update" },
  { MACHTYPE_HISTORY_ACTION_PROPERTIES, "properties" },
  { MACHTYPE_HISTORY_ACTION_UNDO, "undo" },
  { MACHTYPE_HISTORY_ACTION_REBUILD, "rebuild" },
  { MACHTYPE_HISTORY_ACTION_ACCEPT, "accept" },
};

static const Word interface_type_words[] = {
  { MACHTYPE_INTERFACE_TYPE_USER, "user" },
  { MACHTYPE_INTERFACE_TYPE_NETWORK, "network" },
  { MACHTYPE_INTERFACE_TYPE_BRIDGE, "bridge" },
};

static const Word name_kind_words[] = {
  { MACHTYPE_NAME_KIND_UNKNOWN, "unknown" },
  { MACHTYPE_NAME_KIND_ALIAS, "alias" },
  { MACHTYPE_NAME_KIND_VERSIONED, "versioned" },
  { MACHTYPE_NAME_KIND_BOARD, "board" },
};

static const Word operation_words[] = {
  { MACHTYPE_OPERATION_UNKNOWN, "unknown" },
  { MACHTYPE_OPERATION_SPAWN, "spawn" },
  { MACHTYPE_OPERATION_HARD_REBOOT, "hard-reboot" },
  { MACHTYPE_OPERATION_RESIZE, "resize" },
  { MACHTYPE_OPERATION_REVERT_RESIZE, "revert-resize" },
  { MACHTYPE_OPERATION_COLD_MIGRATE, "cold-migrate" },
  { MACHTYPE_OPERATION_LIVE_MIGRATE, "live-migrate" },
  { MACHTYPE_OPERATION_EVACUATE, "evacuate" },
  { MACHTYPE_OPERATION_RESCUE, "rescue" },
  { MACHTYPE_OPERATION_UNRESCUE, "unrescue" },
  { MACHTYPE_OPERATION_SHELVE, "shelve" },
  { MACHTYPE_OPERATION_UNSHELVE, "unshelve" },
  { MACHTYPE_OPERATION_REBUILD, "rebuild" },
};

static const Word order_words[] = {
  { MACHTYPE_ORDER_LT, "lt" },           { MACHTYPE_ORDER_EQ, "eq" },
  { MACHTYPE_ORDER_GT, "gt" },           { MACHTYPE_ORDER_INCOMPARABLE, "incomparable" },
  { MACHTYPE_ORDER_INVALID, "invalid" },
};

static const Word pinning_words[] = {
  { MACHTYPE_PINNING_PIN, "pin" },
  { MACHTYPE_PINNING_FOLLOW, "follow" },
};

static const Word settlement_outcome_words[] = {
  { MACHTYPE_SETTLEMENT_OUTCOME_NONE, "none" },
  { MACHTYPE_SETTLEMENT_OUTCOME_FINISHED, "finished" },
  { MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK, "taken-back" },
  { MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN, "overtaken" },
  { MACHTYPE_SETTLEMENT_OUTCOME_PENDING, "pending" },
  { MACHTYPE_SETTLEMENT_OUTCOME_EDITED, "edited" },
};

static const Word severity_words[] = {
  { MACHTYPE_SEVERITY_NONE, "none" },
  { MACHTYPE_SEVERITY_NOTE, "note" },
  { MACHTYPE_SEVERITY_WARNING, "warning" },
  { MACHTYPE_SEVERITY_ERROR, "error" },
};

static const Word source_words[] = {
  { MACHTYPE_SOURCE_NONE, "none" },         { MACHTYPE_SOURCE_RECORDED, "recorded" },
  { MACHTYPE_SOURCE_IMAGE, "image" },       { MACHTYPE_SOURCE_CONFIG, "config" },
  { MACHTYPE_SOURCE_BUILTIN, "builtin" },   { MACHTYPE_SOURCE_DOMAIN, "domain" },
  { MACHTYPE_SOURCE_OPERATOR, "operator" }, { MACHTYPE_SOURCE_IMPORT, "import" },
};

static const Word state_words[] = {
  { MACHTYPE_STATE_UNKNOWN, "unknown" }, { MACHTYPE_STATE_STOPPED, "stopped" },
  { MACHTYPE_STATE_SHELVED, "shelved" }, { MACHTYPE_STATE_SHELVED_OFFLOADED, "shelved_offloaded" },
  { MACHTYPE_STATE_OTHER, "other" },     { MACHTYPE_STATE_SAVED, "saved" },
};

static const Word store_outcome_words[] = {
  { MACHTYPE_STORE_OUTCOME_NONE, "none" },
  { MACHTYPE_STORE_OUTCOME_UNCHANGED, "unchanged" },
  { MACHTYPE_STORE_OUTCOME_ADDED, "recorded" },
  { MACHTYPE_STORE_OUTCOME_FILLED, "filled" },
  { MACHTYPE_STORE_OUTCOME_REFRESHED, "refreshed" },
  { MACHTYPE_STORE_OUTCOME_DIFFERS, "differs" },
  { MACHTYPE_STORE_OUTCOME_ACCEPTED, "accepted" },
  { MACHTYPE_STORE_OUTCOME_RENEWED, "renewed" },
};

static const Word value_type_words[] = {
  { MACHTYPE_VALUE_TYPE_UNKNOWN, "unknown" }, { MACHTYPE_VALUE_TYPE_WORD, "word" },
  { MACHTYPE_VALUE_TYPE_BOOLEAN, "boolean" }, { MACHTYPE_VALUE_TYPE_INTEGER, "integer" },
  { MACHTYPE_VALUE_TYPE_TEXT, "text" },       { MACHTYPE_VALUE_TYPE_ARCH, "arch" },
  { MACHTYPE_VALUE_TYPE_MACHINE, "machine" },
};

/* Those that were there first; the words of later ones are their names in the enumeration. */
static const Word vendor_words[] = {
  { MACHTYPE_VENDOR_UNKNOWN, "unknown" }, { MACHTYPE_VENDOR_UPSTREAM, "upstream" },
  { MACHTYPE_VENDOR_RHEL, "rhel" },       { MACHTYPE_VENDOR_UBUNTU, "ubuntu" },
  { MACHTYPE_VENDOR_PROXMOX, "proxmox" },
};

static const Word verdict_words[] = {
  { MACHTYPE_VERDICT_ALLOWED, "allowed" },
  { MACHTYPE_VERDICT_NOOP, "noop" },
  { MACHTYPE_VERDICT_FORCED, "forced" },
  { MACHTYPE_VERDICT_REFUSED_INVALID, "refused-invalid" },
  { MACHTYPE_VERDICT_REFUSED_STATE, "refused-state" },
  { MACHTYPE_VERDICT_REFUSED_UNSUPPORTED, "refused-unsupported" },
  { MACHTYPE_VERDICT_REFUSED_FAMILY, "refused-family" },
  { MACHTYPE_VERDICT_REFUSED_VENDOR, "refused-vendor" },
  { MACHTYPE_VERDICT_REFUSED_ALIAS, "refused-alias" },
  { MACHTYPE_VERDICT_REFUSED_VARIANT, "refused-variant" },
  { MACHTYPE_VERDICT_REFUSED_DOWNGRADE, "refused-downgrade" },
  { MACHTYPE_VERDICT_REFUSED_NOT_OFFERED, "refused-not-offered" },
};

static const Word arch_words[] = {
  { MACHTYPE_ARCH_UNKNOWN, "unknown" },
  { MACHTYPE_ARCH_AARCH64, "aarch64" },
  { MACHTYPE_ARCH_ALPHA, "alpha" },
  { MACHTYPE_ARCH_ARMV6L, "armv6l" },
  { MACHTYPE_ARCH_ARMV7B, "armv7b" },
  { MACHTYPE_ARCH_ARMV7L, "armv7l" },
  { MACHTYPE_ARCH_AVR, "avr" },
  { MACHTYPE_ARCH_CRIS, "cris" },
  { MACHTYPE_ARCH_I686, "i686" },
  { MACHTYPE_ARCH_IA64, "ia64" },
  { MACHTYPE_ARCH_LM32, "lm32" },
  { MACHTYPE_ARCH_LOONGARCH64, "loongarch64" },
  { MACHTYPE_ARCH_M68K, "m68k" },
  { MACHTYPE_ARCH_MICROBLAZE, "microblaze" },
  { MACHTYPE_ARCH_MICROBLAZEEL, "microblazeel" },
  { MACHTYPE_ARCH_MIPS, "mips" },
  { MACHTYPE_ARCH_MIPSEL, "mipsel" },
  { MACHTYPE_ARCH_MIPS64, "mips64" },
  { MACHTYPE_ARCH_MIPS64EL, "mips64el" },
  { MACHTYPE_ARCH_NIOS2, "nios2" },
  { MACHTYPE_ARCH_OPENRISC, "or32" },
  { MACHTYPE_ARCH_PARISC, "parisc" },
  { MACHTYPE_ARCH_PARISC64, "parisc64" },
  { MACHTYPE_ARCH_PPC, "ppc" },
  { MACHTYPE_ARCH_PPCLE, "ppcle" },
  { MACHTYPE_ARCH_PPC64, "ppc64" },
  { MACHTYPE_ARCH_PPC64LE, "ppc64le" },
  { MACHTYPE_ARCH_PPCEMB, "ppcemb" },
  { MACHTYPE_ARCH_RISCV32, "riscv32" },
  { MACHTYPE_ARCH_RISCV64, "riscv64" },
  { MACHTYPE_ARCH_RX, "rx" },
  { MACHTYPE_ARCH_S390, "s390" },
  { MACHTYPE_ARCH_S390X, "s390x" },
  { MACHTYPE_ARCH_SH4, "sh4" },
  { MACHTYPE_ARCH_SH4EB, "sh4eb" },
  { MACHTYPE_ARCH_SPARC, "sparc" },
  { MACHTYPE_ARCH_SPARC64, "sparc64" },
  { MACHTYPE_ARCH_TRICORE, "tricore" },
  { MACHTYPE_ARCH_UNICORE32, "unicore32" },
  { MACHTYPE_ARCH_X86_64, "x86_64" },
  { MACHTYPE_ARCH_XTENSA, "xtensa" },
  { MACHTYPE_ARCH_XTENSAEB, "xtensaeb" },
};

#define ROW_OF(name)                                                                               \
  {                                                                                                \
#name, machtype_##name##_get_type, name##_word, name##_value, name##_words,                    \
        G_N_ELEMENTS(name##_words)                                                                 \
  }

static const struct {
  const char *name;
  GType (*get_type) (void);
  const char *(*to_string) (int value);
  gboolean (*from_string) (const char *word, int *value, GError **error);
  const Word *words;
  gsize n_words;
} rows[] = {
  ROW_OF (arch_naming),    ROW_OF (answer),        ROW_OF (audit_code),
  ROW_OF (authority),      ROW_OF (domain_part),   ROW_OF (error),
  ROW_OF (family),         ROW_OF (graphics_type), ROW_OF (history_action),
  ROW_OF (interface_type), ROW_OF (name_kind),     ROW_OF (operation),
  ROW_OF (order),          ROW_OF (pinning),       ROW_OF (settlement_outcome),
  ROW_OF (severity),       ROW_OF (source),        ROW_OF (state),
  ROW_OF (store_outcome),  ROW_OF (value_type),    ROW_OF (vendor),
  ROW_OF (verdict),        ROW_OF (arch),
};

static void
test_words (void)
{
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GEnumClass) values = g_type_class_ref (rows[i].get_type ());

    ROW ("%s", rows[i].name);
    if (rows[i].words != vendor_words)
      g_assert_cmpuint (rows[i].n_words, ==, values->n_values);
    for (j = rows[i].n_words; j < values->n_values; j++)
      g_assert_cmpstr (rows[i].to_string (values->values[j].value), ==,
                       values->values[j].value_nick);
    for (j = 0; j < rows[i].n_words; j++) {
      ROW ("%s %d", rows[i].name, rows[i].words[j].value);
      g_assert_cmpint (rows[i].words[j].value, ==, values->values[j].value);
      g_assert_cmpstr (rows[i].to_string (rows[i].words[j].value), ==, rows[i].words[j].word);
    }
    g_assert_cmpstr (rows[i].to_string (values->maximum + 1), ==, BEYOND);
    g_assert_cmpstr (rows[i].to_string (values->minimum - 1), ==, BEYOND);
    g_assert_cmpstr (rows[i].to_string (G_MAXINT), ==, BEYOND);
    g_assert_cmpstr (rows[i].to_string (G_MININT), ==, BEYOND);
  }
}

/* What three enumerations call unknown is not a state, an operation or an architecture that a text
 * can name. */
static gboolean
is_result (gsize row, int value)
{
  return value == 0 && (rows[row].words == operation_words || rows[row].words == state_words ||
                        rows[row].words == arch_words);
}

static void
test_from_string (void)
{
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GEnumClass) values = g_type_class_ref (rows[i].get_type ());

    for (j = 0; j < values->n_values; j++) {
      const int wanted = values->values[j].value;
      const char *word = rows[i].to_string (wanted);
      int value = G_MAXINT;
      GError *error = NULL;

      /* Only in states, this is a word for several states of Nova. */
      if (is_result (i, wanted) || strcmp (word, "other") == 0)
        continue;
      ROW ("%s %s", rows[i].name, word);
      g_assert_true (rows[i].from_string (word, &value, &error));
      g_assert_no_error (error);
      g_assert_cmpint (value, ==, wanted);
    }
  }
}

static void
test_unknown_words (void)
{
  static const char *const unknown[] = { "", "nonsense", "\033[1m", "invalid argument" };
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (j = 0; j < G_N_ELEMENTS (unknown); j++) {
      int value = rows[i].words[0].value, before = value;
      GError *error = NULL;

      ROW ("%s '%s'", rows[i].name, unknown[j]);
      g_assert_false (rows[i].from_string (unknown[j], &value, &error));
      g_assert_cmpint (value, ==, before);
      g_assert_null (strchr (error->message, '\033'));
      test_assert_error (&error,
                         rows[i].words == arch_words ? MACHTYPE_ERROR_UNKNOWN_ARCH
                                                     : MACHTYPE_ERROR_INVALID_ARGUMENT,
                         "'");
    }
  }
}

/* The words that could have been meant are listed, the nearest at the end. */
static void
test_message (void)
{
  GError *error = NULL;

  g_assert_false (machtype_severity_from_string ("warnin", NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                     "'warnin' severity none, warning, error mean 'warning'");
}

static const struct {
  int number;
  const char *word;
  MachtypeState state;
} libvirt_states[] = {
  { -1, NULL, MACHTYPE_STATE_UNKNOWN },       { 0, "active", MACHTYPE_STATE_OTHER },
  { 1, "active", MACHTYPE_STATE_OTHER },      { 2, "active", MACHTYPE_STATE_OTHER },
  { 3, "paused", MACHTYPE_STATE_OTHER },      { 4, "active", MACHTYPE_STATE_OTHER },
  { 5, "stopped", MACHTYPE_STATE_STOPPED },   { 6, "error", MACHTYPE_STATE_OTHER },
  { 7, "suspended", MACHTYPE_STATE_OTHER },   { 8, NULL, MACHTYPE_STATE_UNKNOWN },
  { G_MAXINT, NULL, MACHTYPE_STATE_UNKNOWN }, { G_MININT, NULL, MACHTYPE_STATE_UNKNOWN },
};

static void
test_libvirt_states (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (libvirt_states); i++) {
    const char *word = "unset";

    ROW ("%d", libvirt_states[i].number);
    g_assert_cmpint (machtype_state_from_libvirt (libvirt_states[i].number, &word), ==,
                     libvirt_states[i].state);
    g_assert_cmpstr (word, ==, libvirt_states[i].word);
    g_assert_cmpint (machtype_state_from_libvirt (libvirt_states[i].number, NULL), ==,
                     libvirt_states[i].state);
    if (word != NULL)
      g_assert_cmpint (machtype_state_from_string (word, NULL), ==, libvirt_states[i].state);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/of-values", test_words);
  g_test_add_func ("/words/from-string", test_from_string);
  g_test_add_func ("/words/unknown", test_unknown_words);
  g_test_add_func ("/words/message", test_message);
  g_test_add_func ("/words/libvirt-states", test_libvirt_states);
  return g_test_run ();
}
