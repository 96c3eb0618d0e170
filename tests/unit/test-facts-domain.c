/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings about every part of a domain on every machine, its conversion to another one, and
 * what libvirt is asked about. */

#include "facts.h"

#include <string.h>

#include "domain/domain-private.h"
#include "snippets.h"

/* One of each class. */
static struct {
  const char *arch, *machine;
} machines[MT_CLASS_LAST];

static void
find_machines (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    const SnippetMachine *machine = snippet_machine ((MtMachineClass)(i + 1));

    machines[i].arch = machtype_arch_to_string (machine->arch);
    machines[i].machine = machine->machine;
  }
}

/* A minimal domain; what is added goes where it belongs. */
typedef struct {
  const char *type, *top, *os, *features, *cpu, *clock, *devices; /* NULL: nothing */
} Parts;

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

static char *
dup_section (const char *name, const char *content)
{
  return content != NULL ? g_strdup_printf ("<%s>%s</%s>", name, content, name) : g_strdup ("");
}

static char *
dup_domain (gsize machine, const Parts *parts)
{
  g_autofree char *features = dup_section ("features", parts->features);
  g_autofree char *cpu = dup_section ("cpu", parts->cpu);
  g_autofree char *clock = dup_section ("clock", parts->clock);

  return g_strdup_printf (
      "<domain type='%s'>%s<os><type arch='%s' machine='%s'>hvm</type>%s</os>%s%s%s<devices>%s"
      "</devices></domain>",
      parts->type != NULL ? parts->type : "qemu",
      parts->top != NULL ? parts->top : "<memory unit='MiB'>1280</memory><vcpu>1</vcpu>",
      machines[machine].arch, machines[machine].machine,
      parts->os != NULL ? parts->os : "<kernel>/k</kernel>", features, cpu, clock,
      or_nothing (parts->devices));
}

static char *
dup_codes (const char *xml)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);
  GString *codes = g_string_new (NULL);
  guint i;

  g_assert_no_error (error);
  for (i = 0; i < findings->len; i++)
    g_string_append_printf (
        codes, "%s%s (%s)", i != 0 ? ", " : "", machtype_finding_get_code (findings->pdata[i]),
        machtype_authority_to_string (machtype_finding_get_authority (findings->pdata[i])));
  return g_string_free (codes, FALSE);
}

static char *
dup_label (gsize machine)
{
  return g_strdup_printf ("%s %s", machines[machine].arch, machines[machine].machine);
}

/* The numbers from which the findings change: "1: a; 9: b". */
static void
add_changes (GString *text, gsize machine, const char *what, const char *format,
             const guint *numbers, gsize count, Parts parts)
{
  g_autofree char *last = NULL, *label = dup_label (machine);
  g_autoptr (GString) changes = g_string_new (NULL);
  gsize i;

  for (i = 0; i < count; i++) {
    g_auto (GStrv) pieces = g_strsplit (format, "%", -1);
    g_autofree char *number = g_strdup_printf ("%u", numbers[i]), *xml = NULL, *codes = NULL;
    g_autofree char *top = g_strjoinv (number, pieces);

    parts.top = top;
    xml = dup_domain (machine, &parts);
    codes = dup_codes (xml);
    if (g_strcmp0 (codes, last) != 0)
      g_string_append_printf (changes, "%s%u: %s", changes->len != 0 ? "; " : "", numbers[i],
                              codes);
    g_free (last);
    last = g_steal_pointer (&codes);
  }
  facts_add (text, label, what, changes->str, NULL);
}

static const guint vcpus[] = {
  1,   2,   3,    4,    5,    7,    8,    9,    15,   16,   17,   32,    33,    64,  65,
  123, 124, 247,  248,  249,  254,  255,  256,  257,  287,  288,  289,   511,   512, 513,
  710, 711, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097, 65535, 65536,
};

static const guint mebibytes[] = { 1,    2,    512,  1023, 1024, 1025, 1026, 2047,
                                   2048, 2049, 3071, 3072, 3073, 4096, 65536 };

/* Limits to the KiB: 2048, and 3072 MiB. */
static const guint kibibytes[] = { 2097151, 2097152, 2097153, 3145727, 3145728, 3145729 };

#define IOMMU(attributes) "<iommu model='intel'><driver " attributes "/></iommu>"
#define MEMORY "<memory unit='MiB'>1280</memory>"

static void
test_limits (void)
{
  static const struct {
    const char *label;
    Parts parts;
  } variants[] = {
    { "vCPUs", { .devices = "" } },
    { "vCPUs, KVM", { .type = "kvm" } },
    { "vCPUs, GIC 2", { .features = "<gic version='2'/>" } },
    { "vCPUs, GIC 3", { .features = "<gic version='3'/>" } },
    { "vCPUs, GIC, KVM", { .type = "kvm", .features = "<gic/>" } },
    { "vCPUs, EIM", { .devices = IOMMU ("eim='on'") } },
    { "vCPUs, no EIM", { .devices = IOMMU ("eim='off'") } },
  };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    const Parts nothing = { .devices = "" };

    for (k = 0; k < G_N_ELEMENTS (variants); k++)
      add_changes (text, i, variants[k].label, MEMORY "<vcpu>%</vcpu>", vcpus, G_N_ELEMENTS (vcpus),
                   variants[k].parts);
    add_changes (text, i, "MiB", "<memory unit='MiB'>%</memory>", mebibytes,
                 G_N_ELEMENTS (mebibytes), nothing);
    add_changes (text, i, "KiB", "<memory>%</memory>", kibibytes, G_N_ELEMENTS (kibibytes),
                 nothing);
    add_changes (text, i, "threads", MEMORY "<cpu><topology threads='%'/></cpu>", vcpus, 4,
                 nothing);
  }
  facts_check ("lint-limits.tsv", text->str);
}

/* How much of a unit malta takes: the smallest number that is too much. */
static void
test_units (void)
{
  static const char units[][8] = { "b",    "bytes", "KB", "k", "KiB", "MB",  "M",   "MiB", "GB",
                                   "G",    "GiB",   "TB", "T", "TiB", "PB",  "kib", "mB",  "BYTES",
                                   "byte", "K",     "B",  "",  "KI",  "EiB", "zork" };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, malta;

  for (malta = 0; strcmp (machines[malta].machine, "malta") != 0; malta++)
    ;
  for (i = 0; i < G_N_ELEMENTS (units); i++) {
    guint64 low = 0, high = G_GUINT64_CONSTANT (1) << 33;
    g_autofree char *number = NULL;

    while (high - low > 1) {
      const guint64 middle = low + (high - low) / 2;
      g_autofree char *top =
          g_strdup_printf ("<memory unit='%s'>%" G_GUINT64_FORMAT "</memory>", units[i], middle);
      const Parts parts = { .top = top, .os = "<kernel/>" };
      g_autofree char *xml = dup_domain (malta, &parts), *codes = dup_codes (xml);

      *(strstr (codes, "memory (") != NULL ? &high : &low) = middle;
    }
    number = g_strdup_printf ("%" G_GUINT64_FORMAT, low);
    facts_add (text, units[i], number, NULL);
  }
  facts_check ("units.tsv", text->str);
}

/* The file lists the input: a part's name, a colon, and its contents. */
static gboolean
set_part (Parts *parts, const char *key, gchar **name)
{
  const char *content = strstr (key, ": ");

  g_assert_nonnull (content);
  *name = g_strndup (key, (gsize)(content - key));
  content += 2;
  if (strcmp (*name, "os") == 0)
    parts->os = content;
  else if (strcmp (*name, "features") == 0)
    parts->features = content;
  else if (strcmp (*name, "cpu") == 0)
    parts->cpu = content;
  else if (strcmp (*name, "clock") == 0)
    parts->clock = content;
  else if (strcmp (*name, "devices") == 0)
    parts->devices = content;
  else if (strcmp (*name, "top") == 0)
    parts->top = content;
  else
    return FALSE;
  return TRUE;
}

/* The findings with the part and not without it, and, with a minus, those that disappear. */
static char *
dup_news (gsize machine, const Parts *parts)
{
  const Parts bare = { .type = parts->type };
  g_autofree char *xml = dup_domain (machine, parts), *without = dup_domain (machine, &bare);
  g_autofree char *codes = dup_codes (xml), *usual = dup_codes (without);
  g_auto (GStrv) now = g_strsplit (codes, ", ", -1), before = g_strsplit (usual, ", ", -1);
  GString *news = g_string_new (NULL);
  gsize i;

  for (i = 0; now[i] != NULL; i++) {
    if (!g_strv_contains ((const char *const *)before, now[i]))
      g_string_append_printf (news, "%s%s", news->len != 0 ? ", " : "", now[i]);
  }
  for (i = 0; before[i] != NULL; i++) {
    if (!g_strv_contains ((const char *const *)now, before[i]))
      g_string_append_printf (news, "%s-%s", news->len != 0 ? ", " : "", before[i]);
  }
  return g_string_free (news, FALSE);
}

/* A column for the findings, with the machines that have them. */
static void
add_part (GString *text, const char *key)
{
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) news = g_ptr_array_new_with_free_func (g_free);
  Parts parts = { .type = "qemu" };
  guint i, k;

  g_assert_true (set_part (&parts, key, &name));
  for (i = 0; i < G_N_ELEMENTS (machines); i++)
    g_ptr_array_add (news, dup_news (i, &parts));
  g_string_append (text, key);
  for (i = 0; i < news->len; i++) {
    const char *separator = "\t";

    for (k = 0; k < i && strcmp (news->pdata[k], news->pdata[i]) != 0; k++)
      ;
    if (k < i || *(const char *)news->pdata[i] == '\0')
      continue;
    for (k = i; k < news->len; k++) {
      if (strcmp (news->pdata[k], news->pdata[i]) != 0)
        continue;
      g_string_append_printf (text, "%s%s %s", separator, machines[k].arch, machines[k].machine);
      separator = ", ";
    }
    g_string_append_printf (text, ": %s", (const char *)news->pdata[i]);
  }
  g_string_append_c (text, '\n');
}

static void
test_parts (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("lint-parts.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++)
    add_part (text, keys[i]);
  facts_check ("lint-parts.tsv", text->str);
}

static MachtypeConversion *
convert (gsize machine, const Parts *parts, const char *to, GError **error)
{
  g_autofree char *xml = dup_domain (machine, parts);

  return machtype_domain_convert (xml, -1, to, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL,
                                  error);
}

/* One element or text per line. */
static char *
dup_lines (const MachtypeConversion *conversion)
{
  GString *xml = g_string_new (machtype_conversion_get_xml (conversion));

  g_string_replace (xml, "><", ">\n<", 0);
  return g_string_free (xml, FALSE);
}

/* The findings, as lines. */
static char *
dup_told (const MachtypeConversion *conversion)
{
  g_autoptr (GPtrArray) effects = machtype_conversion_list_effects (conversion);
  g_autofree char *all = facts_dup_findings (effects);
  GString *lines = g_string_new (all);

  g_string_replace (lines, " | ", "\n", 0);
  return g_string_free (lines, FALSE);
}

/* The same parts on a machine of another family: what a domain without them does not have. */
static void
add_conversion (GString *text, const char *key, const char *from, const char *to)
{
  const Parts bare = { .type = "kvm" };
  g_autofree char *name = NULL, *told = NULL, *usual_told = NULL, *xml = NULL, *usual_xml = NULL;
  g_autofree char *findings = NULL, *changes = NULL;
  g_autoptr (MachtypeConversion) conversion = NULL, usual = NULL;
  g_autoptr (GError) error = NULL;
  Parts parts = bare;
  gsize i;

  for (i = 0; strcmp (machines[i].machine, from) != 0; i++)
    ;
  g_assert_true (set_part (&parts, key, &name));
  usual = convert (i, &bare, to, NULL);
  conversion = convert (i, &parts, to, &error);
  g_assert_no_error (error);
  if (machtype_conversion_get_xml (conversion) == NULL) {
    findings = facts_dup_findings (
        machtype_change_list_reasons (machtype_conversion_get_change (conversion)));
    facts_add (text, key, to, findings, NULL);
    return;
  }
  told = dup_told (conversion), usual_told = dup_told (usual);
  xml = dup_lines (conversion), usual_xml = dup_lines (usual);
  findings = facts_dup_difference (usual_told, told);
  changes = facts_dup_difference (usual_xml, xml);
  facts_add (text, key, to, findings, changes, NULL);
}

static void
test_conversions (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("lint-parts.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++) {
    if (!g_str_has_prefix (keys[i], "devices: ") && !g_str_has_prefix (keys[i], "features: <smm"))
      continue;
    add_conversion (text, keys[i], "pc", "q35");
    add_conversion (text, keys[i], "q35", "pc");
  }
  facts_check ("conversions.tsv", text->str);
}

/* The values that are tried for every text and attribute that libvirt can be asked about. */
static const char *const probes[] = {
  "virtio",
  "A-b_1",
  "a.b+c",
  ".a",
  "a/b",
  "/usr/bin/qemu-system-x86_64",
  "7",
  "0x1f",
  "0xg",
  "-7",
  "-",
  "0-3,^8",
  "0-3;8",
  "1.4",
  "1.100",
  "sda",
  "xvdabc",
  "sdabcd",
  "zda",
  "0123456789abcdef",
  "0123456789abcdeg",
  "0123456789abcde",
  "2.0",
  "255",
  "256",
  "65535",
  "65536",
  "4294967296",
  "12345678901234567890",
  "123456789012345678901",
  "abcdefghijabcdefghijabcdefghij12",
  "abcdefghijabcdefghijabcdefghij123",
  "static",
  "auto",
  "efi",
  "bios",
  "pflash",
  "rom",
  "emulate",
  "host",
  "sysinfo",
  "utc",
  "localtime",
  "variable",
  "absolute",
  "timezone",
  "disk",
  "cdrom",
  "floppy",
  "lun",
  "emulator",
  "passthrough",
  "mouse",
  "tablet",
  "keyboard",
  "evdev",
  "dimm",
  "nvdimm",
  "guestfwd",
  "xen",
  "random",
  "builtin",
  "user",
  "bridge",
  "unix",
  "null",
  "pty",
  "spice",
  "vnc",
  "none",
};

/* "<a><b x='1'>" and what closes it again. */
static char *
dup_document (const char *path, const char *probe)
{
  g_auto (GStrv) names = g_strsplit (path + 1, "/", -1);
  GString *text = g_string_new (NULL);
  g_autoptr (GString) end = g_string_new (NULL);
  gsize i;

  for (i = 0; names[i] != NULL && names[i][0] != '@'; i++) {
    const char *attribute = names[i + 1];

    g_string_append_printf (text, "<%s", names[i]);
    if (attribute != NULL && attribute[0] == '@')
      g_string_append_printf (text, " %s='%s'", attribute + 1, probe);
    g_string_append (text, ">");
    g_string_prepend (end, ">");
    g_string_prepend (end, names[i]);
    g_string_prepend (end, "</");
  }
  if (names[i] == NULL)
    g_string_append (text, probe);
  g_string_append (text, end->str);
  return g_string_free (text, FALSE);
}

/* What remains of it; NULL: something was omitted. */
static char *
dup_reduced (const char *path, const char *probe, MachtypeHost *host)
{
  g_autofree char *xml = dup_document (path, probe), *reduced = NULL;
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;

  reduced = mt_domain_reduce (xml, host, left_out, &error);
  g_assert_no_error (error);
  return left_out->len == 0 ? g_steal_pointer (&reduced) : NULL;
}

/* The name of a set of texts; its first use has a row. */
static char *
dup_set (GString *text, const char *kept, GHashTable *sets)
{
  char *name = *kept != '\0' ? g_strdup_printf ("set-%08x", g_str_hash (kept)) : g_strdup ("");

  if (*kept != '\0' && g_hash_table_add (sets, g_strdup (name)))
    facts_add (text, name, kept, NULL);
  return name;
}

static void
add_path (GString *text, const char *path, MachtypeHost *host, GHashTable *sets)
{
  g_autoptr (GString) kept = g_string_new (NULL);
  const gboolean is_attribute = strchr (path, '@') != NULL;
  g_autofree char *empty = is_attribute ? g_strdup ("-") : dup_reduced (path, "", host);
  g_autofree char *set = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (probes); i++) {
    g_autofree char *reduced = dup_reduced (path, probes[i], host);

    /* Text of elements that have none does not matter. */
    if (reduced != NULL && (is_attribute || strcmp (reduced, or_nothing (empty)) != 0))
      g_string_append_printf (kept, "%s%s", kept->len != 0 ? " " : "", probes[i]);
  }
  set = dup_set (text, kept->str, sets);
  facts_add (text, path, is_attribute ? "" : or_nothing (empty), set, NULL);
}

/* The file lists the elements and attributes. */
static void
test_reduced (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) sets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  g_auto (GStrv) keys = facts_read_keys ("reduced.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++) {
    if (keys[i][0] == '/')
      add_path (text, keys[i], host, sets);
  }
  facts_check ("reduced.tsv", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  find_machines ();
  g_test_add_func ("/facts/lint-limits", test_limits);
  g_test_add_func ("/facts/units", test_units);
  g_test_add_func ("/facts/lint-parts", test_parts);
  g_test_add_func ("/facts/conversions", test_conversions);
  g_test_add_func ("/facts/reduced", test_reduced);
  return g_test_run ();
}
