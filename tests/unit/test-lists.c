/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of lists, as their documentation says it. */

#include "test.h"

#include <glib/gstdio.h>

#include <string.h>

/* The codes of findings, and for one that is about something its subject: "a b:c". Takes ownership.
 */
static char *
join (GPtrArray *findings)
{
  g_autoptr (GPtrArray) list = findings;
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < list->len; i++) {
    const char *subject = machtype_finding_get_subject (list->pdata[i]);

    g_string_append_printf (text, "%s%s%s%s", i != 0 ? " " : "",
                            machtype_finding_get_code (list->pdata[i]), subject != NULL ? ":" : "",
                            subject != NULL ? subject : "");
  }
  return g_string_free (text, FALSE);
}

static MachtypeChange *
check_change (const char *old_machine, const char *new_machine, MachtypeState state,
              MachtypeChangeFlags flags)
{
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);

  return machtype_change_check (old_machine, new_machine, MACHTYPE_ARCH_X86_64, NULL, state, flags,
                                host, NULL);
}

static char *
list_change_reasons (void)
{
  g_autoptr (MachtypeChange) change =
      check_change ("pc-q35-7.2", "pc-i440fx-2.4", MACHTYPE_STATE_OTHER, MACHTYPE_CHANGE_NONE);

  return join (machtype_change_list_reasons (change));
}

static char *
list_change_warnings (void)
{
  g_autoptr (MachtypeChange) change =
      check_change ("pc-q35-7.2", "pc-q35-2.4", MACHTYPE_STATE_SAVED, MACHTYPE_CHANGE_FORCE);

  return join (machtype_change_list_warnings (change));
}

/* "since 6.0" of each effect. */
static char *
list_change_effects (void)
{
  g_autoptr (MachtypeChange) change =
      check_change ("pc-q35-4.2", "pc-q35-6.2", MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *last = g_strdup ("");
  guint i;

  for (i = 0; i < effects->len; i++) {
    const char *message = machtype_finding_get_message (effects->pdata[i]);
    g_autofree char *step = g_strndup (message, strcspn (message, ":"));

    if (strcmp (step, last) != 0)
      g_string_append_printf (text, "%s%s", text->len != 0 ? ", " : "", step);
    g_free (last);
    last = g_steal_pointer (&step);
  }
  return g_strdup (text->str);
}

static char *
list_misfits (void)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (
      "hw_watchdog_action=reset hw_disk_bus=ide hw_vif_model=ne2k_pci hw_cdrom_bus=ide "
      "hw_video_model=qxl");

  return join (
      machtype_compat_check (properties, MACHTYPE_ARCH_S390X, NULL, "s390-ccw-virtio-7.2", NULL));
}

static char *
list_lint (void)
{
  static const char xml[] =
      "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>"
      "<memory unit='MiB'>64</memory><os><type arch='x86_64' machine='pc-q35-2.4'>hvm</type></os>"
      "<devices><disk type='file' device='disk'><target dev='hda' bus='ide'/></disk>"
      "<disk type='file' device='floppy'><target dev='fda' bus='nonsense'/></disk></devices>"
      "<qemu:commandline><qemu:arg value='-M'/><qemu:arg value='pc'/></qemu:commandline></domain>";

  return join (machtype_domain_lint (xml, -1, NULL, NULL));
}

static char *
list_resolution_warnings (void)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (
      "hw_machin_type=a hw_architecture=x86_64 hw_a=b hw_machine_type=pc-q35");
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypePolicy) policy = NULL;

  machtype_policy_builder_add_default (builder, "nonsense");
  machtype_policy_builder_add_default (builder, "x86_64=");
  policy = machtype_policy_builder_end (builder);
  resolution = machtype_resolve (properties, policy, NULL, NULL, NULL);
  return join (machtype_resolution_list_warnings (resolution));
}

static char *
list_steps (void)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties ("hw_architecture=x86_64");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (properties, NULL, NULL, NULL, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *const *step;

  for (step = machtype_resolution_get_steps (resolution); *step != NULL; step++)
    g_string_append_printf (text, "%s%.*s", text->len != 0 ? ", " : "", (int)strcspn (*step, ":"),
                            *step);
  return g_strdup (text->str);
}

static char *
list_guest_warnings (void)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (
      "hw_emulation_architecture=mipsel hw_cpu_sockets=1 hw_tpm_model=tpm-tis");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (properties, NULL, NULL, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) builder =
      machtype_guest_builder_new (resolution, properties, NULL);
  g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (builder, NULL);

  return join (machtype_guest_list_warnings (guest));
}

static char *
list_record_warnings (void)
{
  g_autoptr (MachtypeHost) host = test_read_host ("alias-only.xml", NULL);
  g_autoptr (MachtypeRecordBuilder) builder =
      machtype_record_builder_new ("6f1d4b5e-0000-4000-8000-000000000001", NULL);
  g_autoptr (MachtypeRecord) record = NULL;

  machtype_record_builder_set_machine (builder, "pc", NULL, MACHTYPE_SOURCE_IMAGE, NULL);
  machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL);
  record = machtype_record_builder_end (builder);
  return join (machtype_record_check_machine (record, host));
}

/* The hosts, then the warnings. */
static char *
list_config (void)
{
  static const char text[] = "[machtype]\nhosts = qemu:///b; qemu:///a\nzebra = 1\npin = maybe\n"
                             "apple = 2\n[other]\n";
  g_autoptr (MachtypeConfig) config = NULL;
  g_autoptr (GString) hosts = g_string_new (NULL);
  g_autofree char *path = NULL, *warnings = NULL;
  const char *const *host;
  int fd = g_file_open_tmp ("machtype-XXXXXX.conf", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  config = machtype_config_load (path, NULL);
  g_remove (path);
  for (host = machtype_config_get_hosts (config); *host != NULL; host++)
    g_string_append_printf (hosts, "%s ", *host);
  warnings = join (machtype_config_list_warnings (config));
  return g_strconcat (hosts->str, "| ", warnings, NULL);
}

static char *
list_values (void)
{
  g_auto (GStrv) images = machtype_image_property_dup_values ("hw_cdrom_bus");
  g_auto (GStrv) specs = machtype_extra_spec_dup_values ("hw:watchdog_action");
  g_auto (GStrv) archs = machtype_image_property_dup_values ("hw_architecture");
  g_autofree char *image = g_strjoinv (" ", images), *spec = g_strjoinv (" ", specs);

  return g_strdup_printf ("%s | %s | %s %s", image, spec, archs[0], archs[1]);
}

static const struct {
  char *(*list) (void);
  const char *order;
} lists[] = {
  { list_change_reasons, "refused-state refused-family" },
  { list_change_warnings, "not-offered lifecycle forced saved-state" },
  { list_change_effects, "since 5.0, since 5.1, since 5.2, since 6.0, since 6.1, since 6.2" },
  { list_misfits,
    "disk-bus-ide:hw_disk_bus cdrom-bus-ide:hw_cdrom_bus vif-model-ne2k_pci:hw_vif_model "
    "video-model-qxl:hw_video_model" },
  { list_lint, "disk-bus-unknown:/domain/devices/disk[target/@dev='fda']/target/@bus "
               "machine-argument:/domain/qemu:commandline "
               "disk-bus-ide:/domain/devices/disk[target/@dev='hda'] "
               "floppy-bus-unknown:/domain/devices/disk[target/@dev='fda'] "
               "machine-removed:/domain/os/type/@machine" },
  { list_resolution_warnings,
    "property-unknown:hw_a property-unknown:hw_machin_type default-skipped:nonsense "
    "default-skipped:x86_64= impossible-name" },
  { list_steps,
    "architecture, recorded, image property hw_machine_type, operator's default for x86_64, "
    "built-in default for x86_64, domain type, canonical name, to be recorded" },
  { list_guest_warnings, "no-firmware topology-ignored:hw_cpu_sockets tpm-without-version" },
  { list_record_warnings, "machine-alias machine-deprecated" },
  { list_config,
    "qemu:///b qemu:///a | unknown-group:other unknown-key:zebra unknown-key:apple bad-value:pin" },
  { list_values, "virtio scsi ide sata usb fdc xen lxc uml | none pause poweroff reset disabled | "
                 "aarch64 alpha" },
};

static void
test_order (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *text = lists[i].list (), *again = lists[i].list ();

    ROW ("%" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (text, ==, lists[i].order);
    g_assert_cmpstr (again, ==, text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lists/order", test_order);
  return g_test_run ();
}
