/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Equality and hashes of all values: two that are made alike are equal; one that differs in a
 * single part is not. */

#include "test.h"

#include <glib/gstdio.h>

#include <string.h>

#include "connection/connection-private.h"
#include "properties/properties-private.h"
#include "store/store-private.h"
#include "updater/settlement-private.h"

#define ID "6f1d4b5e-0000-4000-8000-000000000001"
#define OTHER "6f1d4b5e-0000-4000-8000-000000000002"

/* Each makes a value of a text; NULL: there are no more. */

static gpointer
make_name (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", 2);

  return machtype_name_new (
      parts[0],
      parts[1] != NULL ? machtype_arch_from_string (parts[1], NULL) : MACHTYPE_ARCH_UNKNOWN, NULL);
}

static gpointer
make_properties (const char *text)
{
  const char *arch = strstr (text, "arch:");
  g_autofree char *pairs = g_strndup (text, arch != NULL ? (gsize)(arch - text) : strlen (text));
  g_autoptr (MachtypeProperties) plain = test_make_properties (g_strstrip (pairs));
  g_autoptr (MachtypePropertiesBuilder) builder = mt_properties_builder_new_from (plain, NULL);

  if (arch != NULL)
    machtype_properties_builder_set_arch (
        builder, machtype_arch_from_string (arch + strlen ("arch:"), NULL), NULL);
  return machtype_properties_builder_end (builder);
}

static gpointer
make_policy (const char *text)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  char **word;

  for (word = words; *word != NULL; word++) {
    g_autofree char *conf = g_strdup_printf ("[libvirt]\n%s\n", *word);

    if (strcmp (*word, "follow") == 0)
      machtype_policy_builder_set_pinning (builder, MACHTYPE_PINNING_FOLLOW);
    else if (strcmp (*word, "qemu") == 0)
      machtype_policy_builder_set_domain_type (builder, *word, NULL);
    else if (g_str_has_prefix (*word, "tb_cache"))
      machtype_policy_builder_add_nova_conf (builder, conf, -1, NULL);
    else
      machtype_policy_builder_add_default (builder, *word);
  }
  return machtype_policy_builder_end (builder);
}

/* A file, domain capabilities, and "versions". */
static gpointer
make_host (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  const gboolean has_more = words[1] != NULL && strcmp (words[1], "-") != 0;
  g_autoptr (MachtypeHost) host = test_read_host (words[0], has_more ? words[1] : NULL);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);

  if (words[1] != NULL && words[2] != NULL)
    machtype_host_builder_set_versions (builder, 7002000, 9000000);
  return machtype_host_builder_end (builder);
}

/* A machine of the file x86_64.xml: architecture, domain type, name. */
static gpointer
make_machine (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);
  g_autoptr (GPtrArray) machines =
      machtype_host_list_machines (host, machtype_arch_from_string (words[0], NULL), words[1]);
  guint i;

  for (i = 0; i < machines->len; i++) {
    if (strcmp (machtype_machine_get_name (machines->pdata[i]), words[2]) == 0)
      return machtype_machine_ref (machines->pdata[i]);
  }
  g_assert_not_reached ();
}

static gpointer
make_domain (const char *text)
{
  return machtype_domain_new_from_xml (
      text, -1, strstr (text, "<devices>") != NULL ? MACHTYPE_DOMAIN_READ_DEVICES : 0, NULL);
}

#define PLAIN                                                                                      \
  "<domain type='qemu'><name>a</name><os><type arch='x86_64' machine='pc-q35-7.0'>hvm</type></os>" \
  "<devices/></domain>"

static gpointer
make_conversion (const char *text)
{
  return machtype_domain_convert (PLAIN, -1, text, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE,
                                  NULL, NULL);
}

static gpointer
make_change (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);

  return machtype_change_check (words[0], words[1], MACHTYPE_ARCH_X86_64, NULL,
                                MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, NULL);
}

static gpointer
make_finding (const char *text)
{
  g_autoptr (MachtypeChange) change = make_change (text);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);

  return machtype_finding_ref (reasons->pdata[0]);
}

static gpointer
make_resolution (const char *text)
{
  g_autoptr (MachtypeProperties) properties = make_properties (text);

  return machtype_resolve (properties, NULL, NULL, NULL, NULL);
}

static gpointer
make_guest (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autoptr (MachtypeProperties) properties = make_properties (words[0]);
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (properties, NULL, NULL, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) builder =
      machtype_guest_builder_new (resolution, properties, NULL);

  machtype_guest_builder_set_name (builder, words[1], NULL);
  return machtype_guest_builder_end (builder, NULL);
}

static gpointer
make_contained (const char *text)
{
  g_autoptr (GPtrArray) list = machtype_domain_list_contained (text, -1, NULL);

  return machtype_contained_domain_ref (list->pdata[list->len - 1]);
}

static gpointer
make_record (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (words[0], NULL);

  machtype_record_builder_set_recorded_at (builder, 1700000000);
  machtype_record_builder_set_machine (builder, words[1], NULL, MACHTYPE_SOURCE_IMAGE, NULL);
  return machtype_record_builder_end (builder);
}

static gpointer
make_entry (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autoptr (MachtypeRecord) old_record = make_record (ID " pc-q35-6.2");
  g_autoptr (MachtypeRecord) record = make_record (ID " pc-q35-7.2");

  return machtype_history_entry_new (old_record, record, MACHTYPE_HISTORY_ACTION_UPDATE,
                                     strcmp (words[1], "forced") == 0, words[0], 1700000000, 0,
                                     NULL);
}

static gpointer
make_intention (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  MachtypeIntention *intention = mt_intention_alloc ();

  g_assert_true (mt_uuid_parse (words[0], &intention->uuid, NULL));
  intention->revision = g_ascii_strtoull (words[1], NULL, 10);
  intention->token = g_ascii_strtoull (words[2], NULL, 10);
  intention->properties = make_properties ("");
  return intention;
}

static gpointer
make_settlement (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  g_autofree char *given = g_strdup_printf ("%s 1 1", words[0]);
  g_autoptr (MachtypeIntention) intention = make_intention (given);
  MachtypeSettlementOutcome outcome;

  g_assert_true (machtype_settlement_outcome_from_string (words[1], &outcome, NULL));
  return mt_settlement_new (intention, outcome, "pc");
}

static gpointer
make_check (const char *text)
{
  return mt_definition_check_new (*text != '-' ? g_strdup (text) : NULL,
                                  g_strsplit (text, " ", -1));
}

/* A file with these keys, which is not kept. */
static gpointer
make_config (const char *text)
{
  g_autofree char *path = NULL, *file = g_strdup_printf ("[machtype]\n%s\n", text);
  MachtypeConfig *config;
  int fd = g_file_open_tmp ("machtype-XXXXXX.conf", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, file, -1, NULL));
  config = machtype_config_load (path, NULL);
  g_remove (path);
  return config;
}

#define VALUE(snake, make)                                                                         \
  make, (GDestroyNotify)machtype_##snake##_unref, (GEqualFunc)machtype_##snake##_equal,            \
      (GHashFunc)machtype_##snake##_hash

/* Of each kind of value some that all differ. */
static const struct {
  gpointer (*make) (const char *text);
  GDestroyNotify unref;
  GEqualFunc equal;
  GHashFunc hash;
  const char *texts[8];
} values[] = {
  { VALUE (name, make_name), { "q35", "pc", "q35 x86_64", "pc-q35-7.2" } },
  { VALUE (properties, make_properties),
    { "", "os_type=linux", "os_type=windows", "os_type=linux hw_disk_bus=ide",
      "os_type=linux hw:boot_menu=yes", "os_type=linux arch:s390x", "arch:s390x" } },
  { VALUE (policy, make_policy),
    { "pin", "x86_64=q35", "x86_64=pc", "aarch64=virt x86_64=q35", "x86_64=q35 follow",
      "x86_64=q35 qemu", "x86_64=q35 tb_cache_size=64" } },
  { VALUE (host, make_host),
    { "x86_64.xml", "x86_64.xml domcaps-q35.xml", "x86_64.xml domcaps-virt.xml",
      "x86_64.xml - versions", "alias-first.xml", "empty.xml", "lxc.xml" } },
  { VALUE (machine, make_machine),
    { "x86_64 kvm pc", "x86_64 qemu pc", "x86_64 kvm q35", "x86_64 kvm pc-q35-7.2",
      "aarch64 qemu virt", "riscv64 qemu virt" } },
  { VALUE (domain, make_domain),
    { "<domain type='qemu'><name>a</name><os><type arch='x86_64' machine='pc'/></os></domain>",
      "<domain type='kvm'><name>a</name><os><type arch='x86_64' machine='pc'/></os></domain>",
      "<domain type='qemu'><name>b</name><os><type arch='x86_64' machine='pc'/></os></domain>",
      "<domain type='qemu'><name>a</name><uuid>" ID
      "</uuid><os><type arch='x86_64' machine='pc'/></os></domain>",
      "<domain type='qemu'><name>a</name><os><type arch='x86_64' machine='q35'/></os></domain>",
      "<domain type='qemu'><name>a</name><os><type arch='i686' machine='pc'/></os></domain>",
      "<domain type='qemu'><name>a</name><os><type arch='x86_64' machine='pc'/></os><devices><disk>"
      "<target bus='ide'/></disk></devices></domain>",
      "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>"
      "<os><type arch='x86_64' machine='pc'/></os><qemu:commandline><qemu:arg "
      "value='-M'/><qemu:arg "
      "value='q35'/></qemu:commandline></domain>" } },
  { VALUE (conversion, make_conversion), { "pc-q35-7.2", "pc-q35-7.1", "pc-q35-6.2", "virt" } },
  { VALUE (change, make_change),
    { "pc-q35-6.2 pc-q35-7.2", "pc-q35-6.2 pc-q35-7.1", "pc-q35-6.2 pc", "pc pc" } },
  { VALUE (finding, make_finding),
    { "pc-q35-6.2 pc", "pc-q35-7.2 pc-q35-6.2", "pc-q35-7.2 pc-q35-6.1" } },
  { VALUE (resolution, make_resolution),
    { "arch:s390x", "arch:x86_64", "hw_machine_type=q35 arch:x86_64", "hw_architecture=s390x" } },
  { VALUE (guest, make_guest), { "arch:s390x a", "arch:s390x b", "arch:x86_64 a" } },
  { VALUE (contained_domain, make_contained),
    { "<domainsnapshot><name>s</name>" PLAIN "</domainsnapshot>",
      "<domainsnapshot><name>t</name>" PLAIN "</domainsnapshot>",
      "<domstatus state='running'>" PLAIN "</domstatus>",
      "<domainsnapshot><name>s</name><domain type='kvm'><name>a</name><os><type arch='x86_64' "
      "machine='pc'>hvm</type></os></domain></domainsnapshot>" } },
  { VALUE (record, make_record), { ID " pc-q35-7.2", ID " pc-q35-6.2", OTHER " pc-q35-7.2" } },
  { VALUE (history_entry, make_entry), { "alice -", "bob -", "alice forced" } },
  { VALUE (intention, make_intention), { ID " 1 1", OTHER " 1 1", ID " 2 1", ID " 1 2" } },
  { VALUE (settlement, make_settlement), { ID " finished", ID " pending", OTHER " finished" } },
  { VALUE (definition_check, make_check), { "-", "refused", "refused otherwise" } },
  { VALUE (config, make_config),
    { "store = /a", "store = /b", "store = /a\nhost = h", "store = /a\ncell = c",
      "store = /a\nhosts = qemu:///system", "store = /a\npin = false",
      "store = /a\ndefaults = x86_64=q35" } },
};

static void
test_equal (void)
{
  gsize i, j, k;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    for (j = 0; j < G_N_ELEMENTS (values[i].texts) && values[i].texts[j] != NULL; j++) {
      gpointer a = values[i].make (values[i].texts[j]);

      g_assert_nonnull (a);
      for (k = 0; k < G_N_ELEMENTS (values[i].texts) && values[i].texts[k] != NULL; k++) {
        gpointer b = values[i].make (values[i].texts[k]);

        ROW ("%" G_GSIZE_FORMAT ": '%s' and '%s'", i, values[i].texts[j], values[i].texts[k]);
        g_assert_cmpint (values[i].equal (a, b), ==, j == k);
        if (j == k)
          g_assert_cmpuint (values[i].hash (a), ==, values[i].hash (b));
        values[i].unref (b);
      }
      g_assert_true (values[i].equal (a, a));
      values[i].unref (a);
    }
    g_assert_cmpuint (j, >, 1);
  }
}

/* The order in which properties are added does not matter. */
static void
test_order (void)
{
  g_autoptr (MachtypeProperties) a =
      make_properties ("os_type=linux hw_disk_bus=ide hw_vif_model=e1000 hw:boot_menu=yes");
  g_autoptr (MachtypeProperties) b =
      make_properties ("hw:boot_menu=yes hw_vif_model=e1000 os_type=linux hw_disk_bus=ide");

  g_assert_true (machtype_properties_equal (a, b));
  g_assert_cmpuint (machtype_properties_hash (a), ==, machtype_properties_hash (b));
}

static char *
describe_properties (const char *text)
{
  g_autoptr (MachtypeProperties) properties = make_properties (text);

  return machtype_properties_to_string (properties);
}

static char *
describe_policy (const char *text)
{
  g_autoptr (MachtypePolicy) policy = make_policy (text);

  return machtype_policy_to_string (policy);
}

static void
test_texts (void)
{
  static const struct {
    char *(*describe) (const char *text);
    const char *text, *expected;
  } rows[] = {
    { describe_properties, "", "" },
    { describe_properties, "os_type=linux hw_disk_bus=ide hw:boot_menu=yes",
      "hw_disk_bus=\"ide\" os_type=\"linux\" hw:boot_menu=\"yes\"" },
    { describe_properties, "os_type=linux arch:s390x", "s390x os_type=\"linux\"" },
    { describe_properties, "own=\"\x1b", "own=\"\\\"\\u001b\"" },
    { describe_policy, "pin", "pin" },
    { describe_policy, "x86_64=q35 aarch64=virt follow qemu tb_cache_size=64",
      "follow aarch64=virt x86_64=q35 domain_type=qemu tb_cache=64" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = rows[i].describe (rows[i].text);

    test_row_text (rows[i].text);
    g_assert_cmpstr (text, ==, rows[i].expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/equal/values", test_equal);
  g_test_add_func ("/equal/order", test_order);
  g_test_add_func ("/equal/texts", test_texts);
  return g_test_run ();
}
