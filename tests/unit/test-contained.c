/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#define DOMAIN "<domain type='qemu'><os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
#define INACTIVE                                                                                   \
  "<inactiveDomain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type></os>"               \
  "</inactiveDomain>"
#define QEMU_URI "http://libvirt.org/schemas/domain/qemu/1.0"

/* Each domain as "document element [name] type machine"; several are separated by commas. */
static const struct {
  const char *xml, *domains;
} rows[] = {
  { DOMAIN, "domain domain [-] qemu pc" },
  { "<?xml version='1.0'?>\n<!-- WARNING -->\n" DOMAIN "\n", "domain domain [-] qemu pc" },
  { "<domain/>", "domain domain [-] - -" },
  { "<domainsnapshot><name>before &amp; after</name>" DOMAIN "</domainsnapshot>",
    "domainsnapshot domain [before & after] qemu pc" },
  { "<domainsnapshot><name> a\n</name>" DOMAIN INACTIVE "<active>1</active></domainsnapshot>",
    "domainsnapshot domain [a] qemu pc, domainsnapshot inactiveDomain [a] kvm q35" },
  /* Whatever their order in the document. */
  { "<domainsnapshot>" INACTIVE DOMAIN "<name>a</name></domainsnapshot>",
    "domainsnapshot domain [a] qemu pc, domainsnapshot inactiveDomain [a] kvm q35" },
  /* libvirt before 0.9.5 wrote only the UUID. */
  { "<domainsnapshot><domain><uuid>u</uuid></domain>" INACTIVE "</domainsnapshot>",
    "domainsnapshot inactiveDomain [-] kvm q35" },
  { "<domaincheckpoint><name>c</name><parent><name>p</name></parent>" DOMAIN "</domaincheckpoint>",
    "domaincheckpoint domain [c] qemu pc" },
  { "<domaincheckpoint>" DOMAIN INACTIVE "</domaincheckpoint>",
    "domaincheckpoint domain [-] qemu pc" },
  { "<domstatus state='running' pid='1'><taint flag='a'/>" DOMAIN "</domstatus>",
    "domstatus domain [-] qemu pc" },
  /* The first of each, as for libvirt; none elsewhere, and none in a namespace. */
  { "<domstatus>" DOMAIN "<domain type='kvm'/></domstatus>", "domstatus domain [-] qemu pc" },
  { "<domstatus><a><domain type='kvm'/></a><x:domain xmlns:x='urn:x' type='kvm'/>" DOMAIN
    "</domstatus>",
    "domstatus domain [-] qemu pc" },
  { "<domstatus><name/>" DOMAIN "</domstatus>", "domstatus domain [-] qemu pc" },
};

static const char *
or_none (const char *text)
{
  return text != NULL ? text : "-";
}

static char *
dup_shown (GPtrArray *domains)
{
  GString *shown = g_string_new (NULL);
  guint i;

  for (i = 0; i < domains->len; i++) {
    const MachtypeContainedDomain *contained = domains->pdata[i];
    g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (
        machtype_contained_domain_get_xml (contained), -1, MACHTYPE_DOMAIN_READ_DEVICES, NULL);

    g_assert_nonnull (domain);
    g_string_append_printf (shown, "%s%s %s [%s] %s %s", i != 0 ? ", " : "",
                            machtype_contained_domain_get_document (contained),
                            machtype_contained_domain_get_element (contained),
                            or_none (machtype_contained_domain_get_document_name (contained)),
                            or_none (machtype_domain_get_domain_type (domain)),
                            or_none (machtype_domain_get_machine (domain)));
  }
  return g_string_free (shown, FALSE);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    g_autoptr (GPtrArray) domains = machtype_domain_list_contained (rows[i].xml, -1, &error);
    g_autofree char *shown = NULL;

    ROW ("%s", rows[i].xml);
    g_assert_no_error (error);
    shown = dup_shown (domains);
    g_assert_cmpstr (shown, ==, rows[i].domains);
  }
}

/* A domain is not written anew. */
static void
test_unchanged (void)
{
  static const char xml[] = "<?xml version='1.0'?>\n<domain  type = \"qemu\" ></domain>\n\n";
  g_autoptr (GPtrArray) domains = machtype_domain_list_contained (xml, -1, NULL);
  g_autoptr (MachtypeContainedDomain) domain = machtype_contained_domain_ref (domains->pdata[0]);

  g_assert_cmpstr (machtype_contained_domain_get_xml (domain), ==, xml);
}

/* A namespace that only the document declares still applies to the domain: the machine type in
 * QEMU's own arguments is the one that runs. */
static void
test_namespaces (void)
{
  static const char *const namespaces[][2] = {
    { " xmlns:qemu='" QEMU_URI "'", "" },
    { "", " xmlns:qemu='" QEMU_URI "'" },
    { " xmlns:qemu='urn:x'", " xmlns:qemu='" QEMU_URI "'" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (namespaces); i++) {
    g_autofree char *xml = g_strdup_printf (
        "<domainsnapshot%s><domain type='qemu'%s><os><type arch='x86_64' machine='pc'/></os>"
        "<qemu:commandline><qemu:arg value='-M'/><qemu:arg value='q35'/></qemu:commandline>"
        "</domain></domainsnapshot>",
        namespaces[i][0], namespaces[i][1]);
    g_autoptr (GPtrArray) domains = NULL, findings = NULL;
    GError *error = NULL;

    ROW ("%s", xml);
    domains = machtype_domain_list_contained (xml, -1, &error);
    g_assert_no_error (error);
    findings = machtype_domain_lint (machtype_contained_domain_get_xml (domains->pdata[0]), -1,
                                     NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (findings->len, >, 0);
    g_assert_cmpstr (machtype_finding_get_code (findings->pdata[0]), ==, "machine-argument");
  }
}

static void
test_bad (void)
{
  static const struct {
    const char *xml, *words;
  } bad[] = {
    { "", "domain empty" },
    { "<pool type='dir'/>", "pool domain" },
    { "<inactiveDomain type='kvm'/>", "inactiveDomain domain" },
    { "<x:domain xmlns:x='urn:x'/>", "domain" },
    { "<domainsnapshot xmlns='urn:x'>" DOMAIN "</domainsnapshot>", "domainsnapshot <domain>" },
    { "<domainsnapshot/>", "<domainsnapshot> no domain snapshot-dumpxml" },
    { "<domainsnapshot><domain><uuid>u</uuid></domain></domainsnapshot>", "no domain" },
    { "<domaincheckpoint>" INACTIVE "</domaincheckpoint>",
      "<domaincheckpoint> no domain checkpoint-dumpxml --no-domain" },
    { "<domstatus/>", "<domstatus> no domain dumpxml" },
    { "<domainbackup mode='push'>" DOMAIN "</domainbackup>",
      "<domainbackup> no domain only disks dumpxml" },
    { "<domainsnapshot>" DOMAIN "</domainsnapshot>x", "domain" },
    { "<domainsnapshot>" DOMAIN "<a></domainsnapshot>", "domain line" },
    { "<!DOCTYPE a [<!ENTITY a 'b'>]><domainsnapshot>" DOMAIN "</domainsnapshot>",
      "document type" },
    { "<domainsnapshot><name>&a;</name>" DOMAIN "</domainsnapshot>", "entit" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%s", bad[i].xml);
    g_assert_null (machtype_domain_list_contained (bad[i].xml, -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, bad[i].words);
  }
}

/* Bounded like all XML. */
static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new ("<domainsnapshot><domain type='qemu'>");
  g_autofree char *large = g_malloc (MACHTYPE_XML_MAX_SIZE + 2);
  GError *error = NULL;
  guint i;

  for (i = 0; i < MACHTYPE_XML_MAX_DEPTH; i++)
    g_string_append (deep, "<a>");
  g_assert_null (machtype_domain_list_contained (deep->str, -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "deeper");
  memset (large, ' ', MACHTYPE_XML_MAX_SIZE + 1);
  g_assert_null (machtype_domain_list_contained (large, MACHTYPE_XML_MAX_SIZE + 1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "domain larger");
}

/* Truncated anywhere: an error, and nothing worse. */
static void
test_truncated (void)
{
  static const char xml[] =
      "<domainsnapshot><name>a</name>" DOMAIN INACTIVE "<active>1</active></domainsnapshot>";
  gsize i;

  for (i = 0; i < strlen (xml); i++) {
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT " bytes", i);
    g_assert_null (machtype_domain_list_contained (xml, (gssize)i, &error));
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contained/rows", test_rows);
  g_test_add_func ("/contained/unchanged", test_unchanged);
  g_test_add_func ("/contained/namespaces", test_namespaces);
  g_test_add_func ("/contained/bad", test_bad);
  g_test_add_func ("/contained/bounds", test_bounds);
  g_test_add_func ("/contained/truncated", test_truncated);
  return g_test_run ();
}
