/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

/* Entries of [libvirt] hw_machine_type, as read by Nova (nova/virt/libvirt/utils.py,
 * get_default_machine_type) and by this library: what Nova silently drops (its defect 32) is
 * understood, or yields a warning. expected: for arch; NULL: none. */
typedef struct {
  const char *entry;
  const char *arch;
  const char *expected;
  const char *warning; /* words of it; NULL: none */
} Row;

static const Row rows[] = {
  { "x86_64=q35", "x86_64", "q35", NULL },
  { "x86_64=q35", "i686", NULL, NULL },
  { "X86_64=q35", "x86_64", "q35", NULL },
  { "amd64=q35", "x86_64", "q35", NULL },
  { "AMD64=q35", "x86_64", "q35", NULL },
  { "i386=pc", "i686", "pc", NULL },
  { "x86_64 =q35", "x86_64", "q35", NULL },
  { " x86_64=q35", "x86_64", "q35", NULL },
  { "x86_64= q35", "x86_64", "q35", NULL },
  { "\tx86_64\t=\tq35\t", "x86_64", "q35", NULL },
  { "x86_64=q35\r\n", "x86_64", "q35", NULL },
  { "arm64=virt-6.2", "aarch64", "virt-6.2", NULL },
  { "riscv64=virt", "riscv64", "virt", NULL },
  { "x86_64=my-own_board.1+x", "x86_64", "my-own_board.1+x", NULL },
  { "x86_64=Q35", "x86_64", "Q35", NULL },
  { "x86_64=q35=pc", "x86_64", NULL, "'x86_64=q35=pc' machine type" },
  { "x86_64", "x86_64", NULL, "'x86_64' ARCH=TYPE" },
  { "x86_64=", "x86_64", NULL, "'x86_64=' no valid machine type" },
  { "x86_64=  ", "x86_64", NULL, "no valid machine type" },
  { "bogus", "x86_64", NULL, "'bogus' ARCH=TYPE" },
  { "", "x86_64", NULL, "ARCH=TYPE" },
  { " ", "x86_64", NULL, "ARCH=TYPE" },
  { "=q35", "x86_64", NULL, "'=q35' architecture" },
  { "=", "x86_64", NULL, "architecture" },
  { "z80=q35", "x86_64", NULL, "'z80=q35' architecture" },
  { "x86_64=a b", "x86_64", NULL, "machine type" },
  { "x86_64=q35\nx", "x86_64", NULL, "'x86_64=q35\\nx' machine type" },
  { "x86_64=<q35/>", "x86_64", NULL, "machine type" },
  { "x86_64=%s%n", "x86_64", NULL, "machine type" },
  { "x86_64=\xff", "x86_64", NULL, "\\377 machine type" },
  { "x86_64=$my_type", "x86_64", NULL, "machine type" },
};

static guint
count_warnings (const MachtypePolicy *policy)
{
  g_autoptr (GPtrArray) warnings = machtype_policy_list_warnings (policy);

  return warnings->len;
}

static void
assert_warning (const MachtypePolicy *policy, guint i, const char *code, const char *words)
{
  g_autoptr (GPtrArray) warnings = machtype_policy_list_warnings (policy);
  MachtypeFinding *warning = warnings->pdata[i];
  GError *error = g_error_new_literal (MACHTYPE_ERROR, 0, machtype_finding_get_message (warning));

  g_assert_cmpstr (machtype_finding_get_code (warning), ==, code);
  test_assert_error (&error, 0, words);
}

static MachtypeArch
arch_of (const char *text)
{
  return machtype_arch_from_string (text, NULL);
}

static void
test_entries (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
    g_autoptr (MachtypePolicy) policy = NULL;

    test_row_text (rows[i].entry);
    machtype_policy_builder_add_default (builder, rows[i].entry);
    policy = machtype_policy_builder_end (builder);
    g_assert_cmpstr (machtype_policy_get_default (policy, arch_of (rows[i].arch)), ==,
                     rows[i].expected);
    g_assert_cmpuint (count_warnings (policy), ==, rows[i].warning != NULL);
    if (rows[i].warning != NULL)
      assert_warning (policy, 0, "default-skipped", rows[i].warning);
  }
}

/* The first entry of an architecture counts, in whatever spelling; an invalid one does not. */
static void
test_first_counts (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;

  machtype_policy_builder_add_default (builder, "x86_64=");
  machtype_policy_builder_add_default (builder, "x86_64=pc");
  machtype_policy_builder_add_default (builder, "amd64=q35");
  policy = machtype_policy_builder_end (builder);
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, "pc");
  g_assert_cmpuint (count_warnings (policy), ==, 2);
  assert_warning (policy, 1, "default-skipped", "'amd64=q35' already pc");
}

static void
test_many_warnings (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL, second = NULL;
  guint i;

  for (i = 0; i < 1000; i++)
    machtype_policy_builder_add_default (builder, "bogus");
  machtype_policy_builder_add_default (builder, "x86_64=q35");
  policy = machtype_policy_builder_end (builder);
  g_assert_cmpuint (count_warnings (policy), ==, 101);
  assert_warning (policy, 100, "defaults-skipped", "900 more");
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, "q35");
  second = machtype_policy_builder_end (builder);
  g_assert_cmpuint (count_warnings (second), ==, 0);
}

/* Sources of the dialect: oslo_config/iniparser.py (BaseParser) and oslo_config/types.py (List). */
static const struct {
  const char *conf;
  const char *x86_64, *aarch64;
  guint n_warnings;
} conf_rows[] = {
  { "", NULL, NULL, 0 },
  { "\n\n# nothing\n; nothing\n", NULL, NULL, 0 },
  { "[libvirt]\nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = x86_64=q35", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type=x86_64=q35,aarch64=virt-6.2\n", "q35", "virt-6.2", 0 },
  { "[libvirt]\nhw_machine_type = x86_64=q35 , aarch64=virt\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type: x86_64=q35\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = X86_64 = q35\n", "q35", NULL, 0 },
  { "[LibVirt]\nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
  { "[libvirt]\nHW_MACHINE_TYPE = x86_64=q35\n", NULL, NULL, 0 },
  { "[libvirt]\nhw_machine_types = x86_64=q35\n", NULL, NULL, 0 },
  { "hw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  { "[DEFAULT]\nhw_machine_type = x86_64=q35\n[libvirt]\nvirt_type = kvm\n", NULL, NULL, 0 },
  { "[libvirt]\n[other]\nhw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  { "[libvirtx]\nhw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  { "[ libvirt ]\nhw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  { "[libvirt]\n#hw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  { "[libvirt]\n;hw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  /* If repeated, the last one counts, even in a section that occurs twice. */
  { "[libvirt]\nhw_machine_type = x86_64=pc\nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = x86_64=pc,aarch64=virt\n[a]\n[libvirt]\n"
    "hw_machine_type = x86_64=q35\n",
    "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = x86_64=pc\nhw_machine_type =\n", NULL, NULL, 0 },
  /* Quotes around an entry, and around all. */
  { "[libvirt]\nhw_machine_type = \"x86_64=q35\"\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = 'x86_64=q35, aarch64=virt'\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type = \"x86_64=q35\", 'aarch64=virt'\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type = \"x86_64=q35\",\"aarch64=virt\"\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type = \"x86_64=q35\n", NULL, NULL, 1 },
  { "[libvirt]\nhw_machine_type = \"\n", NULL, NULL, 1 },
  { "[libvirt]\nhw_machine_type = \"\"\n", NULL, NULL, 0 },
  /* Continuation: leading blanks; an empty line ends it. */
  { "[libvirt]\nhw_machine_type = x86_64=q35,\n  aarch64=virt\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type =\n\tx86_64=q35,\n\taarch64=virt\n", "q35", "virt", 0 },
  { "[libvirt]\nhw_machine_type = x86_64=q35\n  aarch64=virt\n", NULL, NULL, 1 },
  { "[libvirt]\nhw_machine_type = x86_64=q35,\n#, x\nimages_type = a\n  b\n", "q35", NULL, 0 },
  { "[libvirt]\nimages_type = a\n  hw_machine_type = x86_64=q35\n", NULL, NULL, 0 },
  /* Trailing commas add no entry, empty entries are entries. */
  { "[libvirt]\nhw_machine_type = x86_64=q35,\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = x86_64=q35,,,\n", "q35", NULL, 0 },
  { "[libvirt]\nhw_machine_type = ,x86_64=q35\n", "q35", NULL, 1 },
  { "[libvirt]\nhw_machine_type = ,\n", NULL, NULL, 0 },
  { "[libvirt]\nhw_machine_type = bogus,x86_64=q35,x86_64=pc\n", "q35", NULL, 2 },
  /* Other systems' line ends and byte order marks. */
  { "[libvirt]\r\nhw_machine_type = x86_64=q35,\r\n  aarch64=virt\r\n", "q35", "virt", 0 },
  { "[libvirt]\r\nhw_machine_type = x86_64=q35\r\n\r\n[x]\r\n", "q35", NULL, 0 },
  { "\xef\xbb\xbf[libvirt]\nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
  { "[libvirt]   \nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
  { "[DEFAULT]\nlog = \xc3\xa9\n[libvirt]\nhw_machine_type = x86_64=q35\n", "q35", NULL, 0 },
};

static MachtypePolicy *
read_conf (const char *conf, gssize length)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  GError *error = NULL;

  g_assert_true (machtype_policy_builder_add_nova_conf (builder, conf, length, &error));
  g_assert_no_error (error);
  return machtype_policy_builder_end (builder);
}

static void
test_nova_conf (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (conf_rows); i++) {
    g_autoptr (MachtypePolicy) policy = NULL;

    test_row_text (conf_rows[i].conf);
    policy = read_conf (conf_rows[i].conf, -1);
    g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==,
                     conf_rows[i].x86_64);
    g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_AARCH64), ==,
                     conf_rows[i].aarch64);
    g_assert_cmpuint (count_warnings (policy), ==, conf_rows[i].n_warnings);
  }
}

/* Source: nova/conf/libvirt.py, IntOpt with min=0. */
static void
test_tb_cache (void)
{
  static const struct {
    const char *conf;
    guint mib, n_warnings;
  } cases[] = {
    { "[libvirt]\ntb_cache_size = 64\n", 64, 0 },
    { "[libvirt]\ntb_cache_size: 2147483647\nhw_machine_type = x86_64=q35\n", 2147483647, 0 },
    { "[libvirt]\ntb_cache_size = 64\ntb_cache_size = 32\n", 32, 0 },
    { "[libvirt]\ntb_cache_size =\n  16\n", 16, 0 },
    { "[libvirt]\ntb_cache_size = '8'\n", 8, 0 },
    { "[libvirt]\ntb_cache_size = 0\n", 0, 0 },
    { "[libvirt]\n", 0, 0 },
    { "tb_cache_size = 64\n[libvirt]\n[a]\ntb_cache_size = 64\n", 0, 0 },
    { "[libvirt]\ntb_cache_size = -1\n", 0, 1 },
    { "[libvirt]\ntb_cache_size = 2147483648\n", 0, 1 },
    { "[libvirt]\ntb_cache_size = 64 MiB\n", 0, 1 },
    { "[libvirt]\ntb_cache_size =\n", 0, 0 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
    g_autoptr (MachtypePolicy) policy = NULL, copy = NULL;

    test_row_text (cases[i].conf);
    policy = read_conf (cases[i].conf, -1);
    g_assert_cmpuint (machtype_policy_get_tb_cache (policy), ==, cases[i].mib);
    g_assert_cmpuint (count_warnings (policy), ==, cases[i].n_warnings);
    machtype_policy_builder_add_policy (builder, policy);
    copy = machtype_policy_builder_end (builder);
    g_assert_cmpuint (machtype_policy_get_tb_cache (copy), ==, cases[i].mib);
  }
}

#define BEFORE "[libvirt]\nhw_machine_type = x86_64=q35\n"

/* What oslo.config refuses, with the line number. */
static const struct {
  const char *conf;
  const char *words;
} bad_rows[] = {
  { BEFORE "[libvirt\n", "line 3 bracket" },
  { BEFORE "[\n", "line 3 bracket" },
  { BEFORE "[libvirt] # mine\n", "line 3 bracket" },
  { BEFORE "[]\n", "line 3 name" },
  { BEFORE "\n  aarch64=virt\n", "line 4 continue" },
  { "  [libvirt]\n", "line 1 continue" },
  { BEFORE "[x]\n  a = b\n", "line 4 continue" },
  { BEFORE "what is this\n", "line 3 '='" },
  { BEFORE "= value\n", "line 3 name" },
  { BEFORE ": value\n", "line 3 name" },
  { BEFORE "\xff\xfe\n", "UTF-8" },
  { "\x7f"
    "ELF\x02\x01\x01",
    "line 1" },
  { "\xff\xfe[\0l\0", "UTF-8" },
};

static void
test_bad_nova_conf (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad_rows); i++) {
    g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
    g_autoptr (MachtypePolicy) policy = NULL;
    GError *error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_false (machtype_policy_builder_add_nova_conf (builder, bad_rows[i].conf, -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, bad_rows[i].words);
    policy = machtype_policy_builder_end (builder);
    g_assert_null (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64));
    g_assert_cmpuint (count_warnings (policy), ==, 0);
  }
}

/* A length ends the text, and a NUL before that is not part of a text. */
static void
test_length (void)
{
  static const char conf[] = "[libvirt]\nhw_machine_type=x86_64=q35\nhw_machine_type=x86_64=pc\n";
  static const char binary[] = "[libvirt]\nhw_machine_type=x86_64=q35\n\0\nx";
  g_autoptr (MachtypePolicy) policy = read_conf (conf, 37), empty = read_conf (conf, 0);
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  GError *error = NULL;

  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, "q35");
  g_assert_null (machtype_policy_get_default (empty, MACHTYPE_ARCH_X86_64));
  g_assert_false (
      machtype_policy_builder_add_nova_conf (builder, binary, sizeof binary - 1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, "UTF-8");
}

static void
assert_too_large (const char *text, gssize length)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  GError *error = NULL;

  g_assert_false (machtype_policy_builder_add_nova_conf (builder, text, length, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "nova.conf 4194304");
}

/* The permitted maximum of what costs most: lines, entries, continuation. */
static void
test_large (void)
{
  static const char *const starts[] = {
    "",
    "[libvirt]\nhw_machine_type = x86_64=q35,",
    "[libvirt]\nhw_machine_type = x86_64=q35,\n ",
  };
  static const char fillers[] = { '\n', ',', 'x', ' ', '#' };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (starts) * G_N_ELEMENTS (fillers); i++) {
    g_autofree char *text = g_strnfill (MACHTYPE_CONFIG_MAX_SIZE + 1, fillers[i % 5]);
    g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();

    ROW ("start %u, filler %u", (guint)(i / 5), (guint)(i % 5));
    memcpy (text, starts[i / 5], strlen (starts[i / 5]));
    assert_too_large (text, -1);
    assert_too_large (text, MACHTYPE_CONFIG_MAX_SIZE + 1);
    text[MACHTYPE_CONFIG_MAX_SIZE] = '\0';
    machtype_policy_builder_add_nova_conf (builder, text, -1, NULL);
  }
}

/* Entries from before an error and from before a file are kept and count first. */
static void
test_mixed (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;

  machtype_policy_builder_add_default (builder, "x86_64=pc");
  machtype_policy_builder_set_pinning (builder, MACHTYPE_PINNING_FOLLOW);
  g_assert_false (machtype_policy_builder_add_nova_conf (builder, BEFORE "[", -1, NULL));
  g_assert_true (machtype_policy_builder_add_nova_conf (builder, BEFORE, -1, NULL));
  policy = machtype_policy_builder_end (builder);
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, "pc");
  g_assert_cmpuint (count_warnings (policy), ==, 1);
  g_assert_cmpint (machtype_policy_get_pinning (policy), ==, MACHTYPE_PINNING_FOLLOW);
}

static const struct {
  const char *text;
  gboolean ok;
} domain_types[] = {
  { NULL, TRUE },
  { "kvm", TRUE },
  { "qemu", TRUE },
  { "xen", TRUE },
  { "hvf", TRUE },
  { "", FALSE },
  { "k vm", FALSE },
  { "kvm ", FALSE },
  { "a'b", FALSE },
  { "\xc3\xa9", FALSE },
  { "a/b", FALSE },
  { "kvm\n", FALSE },
  { "12345678901234567890123456789012", TRUE },
  { "123456789012345678901234567890123", FALSE },
};

static void
test_domain_type (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (domain_types); i++) {
    g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
    g_autoptr (MachtypePolicy) policy = NULL;
    GError *error = NULL;

    test_row_text (domain_types[i].text != NULL ? domain_types[i].text : "(null)");
    g_assert_true (machtype_policy_builder_set_domain_type (builder, "lxc", NULL));
    g_assert_cmpint (
        machtype_policy_builder_set_domain_type (builder, domain_types[i].text, &error), ==,
        domain_types[i].ok);
    if (!domain_types[i].ok)
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "domain type kvm");
    g_assert_no_error (error);
    policy = machtype_policy_builder_end (builder);
    g_assert_cmpstr (machtype_policy_get_domain_type (policy), ==,
                     domain_types[i].ok ? domain_types[i].text : "lxc");
  }
}

static void
test_empty (void)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) first = NULL, second = NULL;
  int arch;

  machtype_policy_builder_add_default (builder, "x86_64=q35");
  machtype_policy_builder_set_pinning (builder, MACHTYPE_PINNING_FOLLOW);
  first = machtype_policy_builder_end (builder);
  second = machtype_policy_builder_end (builder);
  for (arch = -1; arch < 100; arch++)
    g_assert_null (machtype_policy_get_default (second, (MachtypeArch)arch));
  g_assert_cmpint (machtype_policy_get_pinning (second), ==, MACHTYPE_PINNING_PIN);
  g_assert_null (machtype_policy_get_domain_type (second));
  g_assert_cmpstr (machtype_policy_get_default (first, MACHTYPE_ARCH_X86_64), ==, "q35");
  g_assert_null (machtype_policy_get_default (first, (MachtypeArch)-1));
}

static void
test_references (void)
{
  MachtypePolicyBuilder *builder = machtype_policy_builder_new ();
  MachtypePolicy *policy;

  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_POLICY_BUILDER, builder) == builder);
  g_boxed_free (MACHTYPE_TYPE_POLICY_BUILDER, builder);
  /* A builder with contents that is never ended. */
  machtype_policy_builder_add_default (builder, "x86_64=q35");
  machtype_policy_builder_add_default (builder, "bogus");
  policy = machtype_policy_builder_end (builder);
  machtype_policy_builder_add_default (builder, "x86_64=q35");
  machtype_policy_builder_unref (builder);
  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_POLICY, policy) == policy);
  g_boxed_free (MACHTYPE_TYPE_POLICY, policy);
  machtype_policy_unref (policy);
  machtype_policy_builder_unref (NULL);
  machtype_policy_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/entries", test_entries);
  g_test_add_func ("/policy/first-counts", test_first_counts);
  g_test_add_func ("/policy/many-warnings", test_many_warnings);
  g_test_add_func ("/policy/nova-conf", test_nova_conf);
  g_test_add_func ("/policy/nova-conf/tb-cache", test_tb_cache);
  g_test_add_func ("/policy/nova-conf/bad", test_bad_nova_conf);
  g_test_add_func ("/policy/nova-conf/length", test_length);
  g_test_add_func ("/policy/nova-conf/large", test_large);
  g_test_add_func ("/policy/nova-conf/mixed", test_mixed);
  g_test_add_func ("/policy/domain-type", test_domain_type);
  g_test_add_func ("/policy/empty", test_empty);
  g_test_add_func ("/policy/references", test_references);
  return g_test_run ();
}
