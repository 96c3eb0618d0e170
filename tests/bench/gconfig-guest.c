/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gconfig-guest.h"

#include <libvirt-gconfig/libvirt-gconfig.h>

#include "fixtures.h"

static void
add_device (GVirConfigDomain *domain, gpointer device)
{
  gvir_config_domain_add_device (domain, GVIR_CONFIG_DOMAIN_DEVICE (device));
  g_object_unref (device);
}

static void
set_os (GVirConfigDomain *domain)
{
  GVirConfigDomainOs *os = gvir_config_domain_os_new ();
  GList *boot = NULL;

  boot = g_list_append (boot, GINT_TO_POINTER (GVIR_CONFIG_DOMAIN_OS_BOOT_DEVICE_HD));
  boot = g_list_append (boot, GINT_TO_POINTER (GVIR_CONFIG_DOMAIN_OS_BOOT_DEVICE_CDROM));
  gvir_config_domain_os_set_os_type (os, GVIR_CONFIG_DOMAIN_OS_TYPE_HVM);
  gvir_config_domain_os_set_arch (os, "x86_64");
  gvir_config_domain_os_set_machine (os, fixture_guest.machine);
  gvir_config_domain_os_set_boot_devices (os, boot);
  gvir_config_domain_set_os (domain, os);
  g_list_free (boot);
  g_object_unref (os);
}

static void
add_timer (GVirConfigDomainClock *clock, gpointer timer)
{
  gvir_config_domain_clock_add_timer (clock, timer);
  g_object_unref (timer);
}

static void
set_clock (GVirConfigDomain *domain)
{
  GVirConfigDomainClock *clock = gvir_config_domain_clock_new ();
  gpointer rtc = gvir_config_domain_timer_rtc_new ();
  gpointer pit = gvir_config_domain_timer_pit_new ();
  gpointer hpet = gvir_config_domain_timer_hpet_new ();

  gvir_config_domain_clock_set_offset (clock, GVIR_CONFIG_DOMAIN_CLOCK_UTC);
  gvir_config_domain_timer_set_tick_policy (rtc, GVIR_CONFIG_DOMAIN_TIMER_TICK_POLICY_CATCHUP);
  gvir_config_domain_timer_set_tick_policy (pit, GVIR_CONFIG_DOMAIN_TIMER_TICK_POLICY_DELAY);
  gvir_config_domain_timer_set_present (hpet, FALSE);
  add_timer (clock, rtc);
  add_timer (clock, pit);
  add_timer (clock, hpet);
  gvir_config_domain_set_clock (domain, clock);
  g_object_unref (clock);
}

static void
set_lifecycles (GVirConfigDomain *domain)
{
  gvir_config_domain_set_lifecycle (domain, GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_POWEROFF,
                                    GVIR_CONFIG_DOMAIN_LIFECYCLE_DESTROY);
  gvir_config_domain_set_lifecycle (domain, GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_REBOOT,
                                    GVIR_CONFIG_DOMAIN_LIFECYCLE_RESTART);
  gvir_config_domain_set_lifecycle (domain, GVIR_CONFIG_DOMAIN_LIFECYCLE_ON_CRASH,
                                    GVIR_CONFIG_DOMAIN_LIFECYCLE_DESTROY);
}

static void
set_head (GVirConfigDomain *domain)
{
  GVirConfigDomainCpu *cpu = gvir_config_domain_cpu_new ();
  char acpi[] = "acpi", apic[] = "apic";
  char *features[] = { acpi, apic, NULL };

  gvir_config_domain_set_virt_type (domain, GVIR_CONFIG_DOMAIN_VIRT_KVM);
  gvir_config_domain_set_name (domain, fixture_guest.name);
  gvir_config_domain_set_uuid (domain, fixture_guest.uuid);
  gvir_config_domain_set_memory (domain, (guint64)fixture_guest.memory_mib * 1024);
  gvir_config_domain_set_vcpus (domain, fixture_guest.vcpus);
  set_os (domain);
  gvir_config_domain_set_features (domain, features);
  gvir_config_domain_cpu_set_mode (cpu, GVIR_CONFIG_DOMAIN_CPU_MODE_HOST_MODEL);
  gvir_config_domain_set_cpu (domain, cpu);
  g_object_unref (cpu);
  set_clock (domain);
  set_lifecycles (domain);
}

static void
add_disk (GVirConfigDomain *domain, const char *path, const char *target, gboolean is_cdrom)
{
  GVirConfigDomainDisk *disk = gvir_config_domain_disk_new ();
  GVirConfigDomainDiskDriver *driver = gvir_config_domain_disk_driver_new ();

  gvir_config_domain_disk_driver_set_name (driver, "qemu");
  gvir_config_domain_disk_driver_set_format (
      driver, is_cdrom ? GVIR_CONFIG_DOMAIN_DISK_FORMAT_RAW : GVIR_CONFIG_DOMAIN_DISK_FORMAT_QCOW2);
  gvir_config_domain_disk_set_type (disk, GVIR_CONFIG_DOMAIN_DISK_FILE);
  gvir_config_domain_disk_set_guest_device_type (
      disk, is_cdrom ? GVIR_CONFIG_DOMAIN_DISK_GUEST_DEVICE_CDROM
                     : GVIR_CONFIG_DOMAIN_DISK_GUEST_DEVICE_DISK);
  gvir_config_domain_disk_set_driver (disk, driver);
  gvir_config_domain_disk_set_source (disk, path);
  gvir_config_domain_disk_set_target_dev (disk, target);
  gvir_config_domain_disk_set_target_bus (disk, is_cdrom ? GVIR_CONFIG_DOMAIN_DISK_BUS_SATA
                                                         : GVIR_CONFIG_DOMAIN_DISK_BUS_VIRTIO);
  if (is_cdrom)
    gvir_config_domain_disk_set_readonly (disk, TRUE);
  g_object_unref (driver);
  add_device (domain, disk);
}

static void
add_interface (GVirConfigDomain *domain, const char *bridge)
{
  gpointer interface = gvir_config_domain_interface_bridge_new ();

  gvir_config_domain_interface_bridge_set_source (interface, bridge);
  gvir_config_domain_interface_set_model (interface, "virtio");
  add_device (domain, interface);
}

static void
add_others (GVirConfigDomain *domain)
{
  gpointer pty = gvir_config_domain_chardev_source_pty_new ();
  gpointer serial = gvir_config_domain_serial_new ();
  gpointer tablet = gvir_config_domain_input_new ();
  gpointer vnc = gvir_config_domain_graphics_vnc_new ();
  gpointer video = gvir_config_domain_video_new ();
  gpointer balloon = gvir_config_domain_memballoon_new ();

  gvir_config_domain_chardev_set_source (serial, pty);
  g_object_unref (pty);
  add_device (domain, serial);
  gvir_config_domain_input_set_device_type (tablet, GVIR_CONFIG_DOMAIN_INPUT_DEVICE_TABLET);
  gvir_config_domain_input_set_bus (tablet, GVIR_CONFIG_DOMAIN_INPUT_BUS_USB);
  add_device (domain, tablet);
  gvir_config_domain_graphics_vnc_set_port (vnc, -1);
  gvir_config_domain_graphics_vnc_set_autoport (vnc, TRUE);
  add_device (domain, vnc);
  gvir_config_domain_video_set_model (video, GVIR_CONFIG_DOMAIN_VIDEO_MODEL_VIRTIO);
  add_device (domain, video);
  gvir_config_domain_memballoon_set_model (balloon, GVIR_CONFIG_DOMAIN_MEMBALLOON_MODEL_VIRTIO);
  add_device (domain, balloon);
}

char *
bench_write_by_gconfig (void)
{
  static const char targets[][4] = { "vda", "vdb", "vdc", "vdd" };
  GVirConfigDomain *domain = gvir_config_domain_new ();
  char *xml;
  gsize i;

  set_head (domain);
  for (i = 0; i < G_N_ELEMENTS (fixture_guest.disks); i++)
    add_disk (domain, fixture_guest.disks[i], targets[i], FALSE);
  add_disk (domain, fixture_guest.cdrom, "sda", TRUE);
  for (i = 0; i < G_N_ELEMENTS (fixture_guest.bridges); i++)
    add_interface (domain, fixture_guest.bridges[i]);
  add_others (domain);
  xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (domain));
  g_object_unref (domain);
  return xml;
}
