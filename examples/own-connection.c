/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* own-connection URI: lints every domain, in a tool that talks to libvirt itself.
 *
 * The tool keeps its own virConnectPtr: libmachtype opens no connection here, and does not load its
 * libvirt module. It gets the capabilities, the domain capabilities for each domain's machine type
 * and the domains' XML as text, and returns machine types and findings. The exit status is 1 if
 * there are any. The connection is read-write, because libvirt returns domain capabilities to no
 * other.
 *
 *     cc own-connection.c $(pkg-config --cflags --libs libmachtype libvirt) -o own-connection
 *     own-connection qemu:///system
 */
#include <machtype/machtype.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <locale.h>
#include <stdlib.h>

/* libvirt returns memory from malloc(). */
typedef char LibvirtText;

static void
libvirt_text_free (LibvirtText *text)
{
  free (text);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LibvirtText, libvirt_text_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (virConnect, virConnectClose)

static void
set_libvirt_error (GError **error)
{
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT, virGetLastErrorMessage ());
}

/* Errors are handled where they occur; by default, libvirt also prints each of them. */
static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

static gboolean
add_text (virDomain *domain, GPtrArray *texts, GError **error)
{
  g_autoptr (LibvirtText) xml = virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_INACTIVE);

  if (xml != NULL)
    g_ptr_array_add (texts, g_strdup (xml));
  /* It can have been undefined since it was listed. */
  else if (virGetLastErrorCode () != VIR_ERR_NO_DOMAIN) {
    set_libvirt_error (error);
    return FALSE;
  }
  return TRUE;
}

/* The XML of every domain, or NULL on error. */
static GPtrArray *
read_domains (virConnect *connection, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  virDomain **domains = NULL;
  gboolean well = TRUE;
  int i, n = virConnectListAllDomains (connection, &domains, 0);

  if (n < 0) {
    set_libvirt_error (error);
    return NULL;
  }
  for (i = 0; i < n; i++) {
    well = well && add_text (domains[i], texts, error);
    virDomainFree (domains[i]);
  }
  free (domains);
  return well ? g_steal_pointer (&texts) : NULL;
}

/* A driver can lack domain capabilities, or those of this machine type. Then lint finds less, and
 * the user should know that. */
static void
warn_of_less (const MachtypeDomain *domain)
{
  const char *name = machtype_domain_get_name (domain);

  g_printerr ("own-connection: %s: no domain capabilities, so less is found: %s\n",
              name != NULL ? name : "a domain", virGetLastErrorMessage ());
}

static gboolean
add_machine_of (virConnect *connection, const char *text, MachtypeHostBuilder *builder,
                GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (text, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  g_autoptr (LibvirtText) xml = NULL;

  if (domain == NULL)
    return FALSE;
  xml = virConnectGetDomainCapabilities (
      connection, NULL, machtype_arch_to_string (machtype_domain_get_arch (domain)),
      machtype_domain_get_machine (domain), machtype_domain_get_domain_type (domain), 0);
  if (xml == NULL) {
    warn_of_less (domain);
    return TRUE;
  }
  return machtype_host_builder_add_domain_capabilities (builder, xml, -1, error);
}

static MachtypeHost *
read_host (virConnect *connection, GPtrArray *texts, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (LibvirtText) xml = virConnectGetCapabilities (connection);
  guint i;

  if (xml == NULL) {
    set_libvirt_error (error);
    return NULL;
  }
  if (!machtype_host_builder_set_capabilities (builder, xml, -1, error))
    return NULL;
  for (i = 0; i < texts->len; i++) {
    if (!add_machine_of (connection, g_ptr_array_index (texts, i), builder, error))
      return NULL;
  }
  return machtype_host_builder_end (builder);
}

static gboolean
print_domain (const char *text, MachtypeHost *host, guint *found, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (text, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  g_autoptr (GPtrArray) findings = NULL;
  g_autofree char *shown = NULL;
  const char *machine, *name;
  guint i;

  if (domain != NULL)
    findings = machtype_domain_lint (text, -1, host, error);
  if (findings == NULL)
    return FALSE;
  machine = machtype_domain_get_machine (domain);
  /* Users choose the names of guests: the terminal must not interpret them. */
  name = machtype_domain_get_name (domain);
  shown = machtype_text_escape_message (name != NULL ? name : "-");
  g_print ("%s: %s\n", shown, machine != NULL ? machine : "-");
  for (i = 0; i < findings->len; i++)
    g_print ("  %s\n", machtype_finding_get_message (g_ptr_array_index (findings, i)));
  *found += findings->len;
  return TRUE;
}

static gboolean
print_domains (virConnect *connection, guint *found, GError **error)
{
  g_autoptr (GPtrArray) texts = read_domains (connection, error);
  g_autoptr (MachtypeHost) host = NULL;
  guint i;

  if (texts != NULL)
    host = read_host (connection, texts, error);
  if (host == NULL)
    return FALSE;
  for (i = 0; i < texts->len; i++) {
    if (!print_domain (g_ptr_array_index (texts, i), host, found, error))
      return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (virConnect) connection = NULL;
  g_autoptr (GError) error = NULL;
  guint found = 0;

  setlocale (LC_ALL, "");
  if (argc != 2) {
    g_printerr ("usage: own-connection URI\n");
    return 2;
  }
  virSetErrorFunc (NULL, ignore_error);
  connection = virConnectOpen (argv[1]);
  if (connection == NULL)
    set_libvirt_error (&error);
  if (connection == NULL || !print_domains (connection, &found, &error)) {
    g_printerr ("own-connection: %s\n", error->message);
    return 2;
  }
  return found == 0 ? 0 : 1;
}
