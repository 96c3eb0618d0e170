/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine type in QEMU's own arguments, as QEMU reads them: each row was tried with QEMU 7.2.
 */

#include "test.h"

#include <string.h>

#include "domain/arguments-private.h"
#include "domain/domain-private.h"

#define START                                                                                      \
  "<domain type='qemu' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name><os>"    \
  "<type arch='x86_64' machine='pc'>hvm</type></os>"

/* arguments: separated by spaces; "_" is a space in one of them. */
static const struct {
  const char *arguments, *machine, *unreadable;
} rows[] = {
  { "", NULL, NULL },
  { "-machine q35", "q35", NULL },
  { "--machine q35", "q35", NULL },
  { "-M q35", "q35", NULL },
  { "--M type=q35", "q35", NULL },
  { "-machine type=pc-q35-3.1,accel=kvm,vmport=off", "pc-q35-3.1", NULL },
  { "-machine q35,accel=tcg", "q35", NULL },
  { "-machine accel=tcg,type=q35", "q35", NULL },
  { "-machine q35,type=pc", "pc", NULL },
  { "-machine q,,35", "q,35", NULL },
  { "-machine type=q35,", "q35", NULL },
  /* Only the first value can lack its key. */
  { "-machine accel=tcg,q35", NULL, NULL },
  /* No machine type. */
  { "-machine accel=kvm", NULL, NULL },
  { "-machine usb=off,mem-merge=off", NULL, NULL },
  { "-machine _", " ", NULL },
  { "-machine", NULL, NULL },
  { "-machine-x q35", NULL, NULL },
  /* The last counts; what says no type changes none. */
  { "-M q35 -machine pc", "pc", NULL },
  { "-M q35 -machine type=pc-i440fx-7.2 -machine accel=tcg", "pc-i440fx-7.2", NULL },
  /* The value of another option is not an option. */
  { "-append -machine -M q35", "q35", NULL },
  { "-append -machine q35", NULL, NULL },
  { "-cpu -M pc", NULL, NULL },
  { "-device intel-iommu -machine q35", "q35", NULL },
  { "-snapshot -machine q35", "q35", NULL },
  { "--nodefaults -S -machine q35", "q35", NULL },
  { "-usb -usbdevice -M q35", NULL, NULL },
  { "disk.img -machine q35", "q35", NULL },
  { "- -machine q35", "q35", NULL },
  /* QEMU knows no such options. */
  { "-machine=q35", NULL, "-machine=q35" },
  { "-machine_q35 -M pc", "pc", "-machine_q35" },
  { "--M=q35", NULL, "--M=q35" },
  { "-Mq35 -M pc", NULL, NULL },
};

static void
test_rows (void)
{
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (MtQemuArguments) arguments = { 0 };
    g_auto (GStrv) list = g_strsplit (rows[i].arguments, " ", -1);
    g_autofree char *unreadable = NULL;

    ROW ("%s", rows[i].arguments);
    for (j = 0; list[j] != NULL; j++)
      mt_qemu_arguments_add (&arguments, g_strdelimit (list[j], "_", ' '));
    g_assert_cmpstr (arguments.machine != NULL ? arguments.machine->str : NULL, ==,
                     rows[i].machine);
    if (rows[i].unreadable != NULL)
      unreadable = g_strdelimit (g_strdup (rows[i].unreadable), "_", ' ');
    g_assert_cmpstr (arguments.unreadable != NULL ? arguments.unreadable->str : NULL, ==,
                     unreadable);
  }
}

/* The rest of a domain, and the machine type in its arguments. */
static const struct {
  const char *rest, *machine;
} documents[] = {
  { "", NULL },
  { "<q:commandline/>", NULL },
  { "<q:commandline><q:arg value='-M'/><q:arg value='q35'/></q:commandline>", "q35" },
  { "<q:commandline><q:env name='-M' value='q35'/><q:arg value='-M'/><q:arg value='type=q35'/>"
    "</q:commandline>",
    "q35" },
  { "<q:commandline><q:arg value='-M'/><q:arg/></q:commandline>", NULL },
  { "<q:commandline><q:arg value='-M'/></q:commandline><q:commandline><q:arg value='q35'/>"
    "</q:commandline>",
    "q35" },
  { "<commandline><arg value='-M'/><arg value='q35'/></commandline>", NULL },
  { "<q:commandline><arg value='-M'/><arg value='q35'/></q:commandline>", NULL },
  { "<q:override><q:arg value='-M'/><q:arg value='q35'/></q:override>", NULL },
  { "<metadata><q:commandline><q:arg value='-M'/><q:arg value='q35'/></q:commandline></metadata>",
    NULL },
  { "<devices/><q:commandline><q:arg value='-M'/><q:arg value='q35'/></q:commandline><devices/>",
    "q35" },
};

static void
test_documents (void)
{
  static const MachtypeDomainReadFlags flags[] = { MACHTYPE_DOMAIN_READ_NONE,
                                                   MACHTYPE_DOMAIN_READ_DEVICES };
  GError *error = NULL;
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *xml = g_strconcat (START, documents[i].rest, "</domain>", NULL);
    g_autofree char *machine = NULL;
    g_autoptr (MtXmlTree) tree = mt_domain_read_tree (xml, strlen (xml), &error);

    ROW ("%s", xml);
    g_assert_no_error (error);
    machine = mt_domain_dup_argument_machine (mt_xml_tree_get_root (tree));
    g_assert_cmpstr (machine, ==, documents[i].machine);
    for (j = 0; j < G_N_ELEMENTS (flags); j++) {
      g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (xml, -1, flags[j], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (mt_domain_get_argument_machine (domain), ==, documents[i].machine);
      g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "pc");
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arguments/rows", test_rows);
  g_test_add_func ("/arguments/documents", test_documents);
  return g_test_run ();
}
