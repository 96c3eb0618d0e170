/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that image properties had in Glance before Nova gave them a prefix. */

#include "properties/properties-private.h"

#include "string-private.h"

/* Source: nova/objects/image_meta.py, _legacy_property_map, without those whose values are lists of
 * objects (mappings, block_device_mapping). */
static const struct {
  char old[40], name[36];
} names[] = {
  { "architecture", "hw_architecture" },
  { "auto_disk_config", "hw_auto_disk_config" },
  { "bdm_v2", "img_bdm_v2" },
  { "bittorrent", "img_bittorrent" },
  { "cache_in_nova", "img_cache_in_nova" },
  { "hypervisor_type", "img_hv_type" },
  { "hypervisor_version_requires", "img_hv_requested_version" },
  { "ipxe_boot", "hw_ipxe_boot" },
  { "owner_id", "img_owner_id" },
  { "root_device_name", "img_root_device_name" },
  { "vm_mode", "hw_vm_mode" },
  { "vmware_disktype", "hw_disk_type" },
  { "vmware_image_version", "img_version" },
  { "vmware_linked_clone", "img_linked_clone" },
  { "vmware_ostype", "os_distro" },
  { "xenapi_device_id", "hw_device_id" },
  { "xenapi_image_compression_level", "img_compression_level" },
  { "xenapi_skip_agent_inject_files_at_boot", "os_skip_agent_inject_files_at_boot" },
  { "xenapi_skip_agent_inject_ssh", "os_skip_agent_inject_ssh" },
  { "xenapi_use_agent", "img_use_agent" },
};

/* The controller of a disk, in one name. Source: the same, _set_attr_from_legacy_names. */
#define ADAPTER "vmware_adaptertype"

gboolean
mt_legacy_find (const char *name, const char *value, MtLegacy meanings[MT_LEGACY_MAX])
{
  gsize i;

  meanings[0] = meanings[1] = (MtLegacy){ NULL, NULL };
  if (mt_is_word (ADAPTER, name)) {
    gboolean ide = mt_is_word ("ide", value);

    if (*value != '\0')
      meanings[0] = (MtLegacy){ mt_property_name (MT_PROPERTY_DISK_BUS), ide ? "ide" : "scsi" };
    if (*value != '\0' && !ide)
      meanings[1] = (MtLegacy){ mt_property_name (MT_PROPERTY_SCSI_MODEL), value };
    return TRUE;
  }
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    if (!mt_is_word (names[i].old, name))
      continue;
    meanings[0] = (MtLegacy){ names[i].name, value };
    return TRUE;
  }
  return FALSE;
}
