-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- The machine types that a Nova cell has recorded, as JSON Lines for "machtype import". On SQLite
-- (3.38 or later), run it once for each cell except cell0; it only reads:
--
--   sqlite3 -readonly -batch -cmd ".parameter set :cell cell1" nova.sqlite \
--     <export-sqlite.sql >cell1.jsonl

-- Subqueries instead of GROUP BY: the first line comes at once, and nothing is sorted or kept.
-- Nova allows two rows with one key, and also reads soft-deleted ones; the last one counts.
SELECT json_object(
  'uuid', i.uuid,
  'name', i.display_name,
  'host', i.host,
  -- The cell's name or UUID: set it here, or as above.
  'cell', coalesce(:cell, 'cell1'),
  'arch', coalesce(
    (SELECT nullif(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_emulation_architecture'
      ORDER BY m.id DESC LIMIT 1),
    (SELECT nullif(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_architecture'
      ORDER BY m.id DESC LIMIT 1),
    nullif(i.architecture, '')),
  'state', i.vm_state,
  'machine',
    (SELECT nullif(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_machine_type'
      ORDER BY m.id DESC LIMIT 1),
  -- json(): SQLite does not guarantee that the result of a subquery is not quoted as text.
  'properties', json(
    (SELECT json_group_object(substr(m.key, 7), m.value) FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND (substr(m.key, 1, 9) IN ('image_hw_', 'image_os_')
          OR substr(m.key, 1, 10) = 'image_img_'
          -- what Glance's images called them before
          OR m.key IN (
            'image_architecture', 'image_auto_disk_config', 'image_bdm_v2', 'image_bittorrent',
            'image_cache_in_nova', 'image_hypervisor_type', 'image_hypervisor_version_requires',
            'image_ipxe_boot', 'image_owner_id', 'image_root_device_name', 'image_vm_mode',
            'image_vmware_adaptertype', 'image_vmware_disktype', 'image_vmware_image_version',
            'image_vmware_linked_clone', 'image_vmware_ostype', 'image_xenapi_device_id',
            'image_xenapi_image_compression_level', 'image_xenapi_skip_agent_inject_files_at_boot',
            'image_xenapi_skip_agent_inject_ssh', 'image_xenapi_use_agent'))
        -- the first is "machine"; Nova itself skips the others (SM_SKIP_KEYS)
        AND m.key NOT IN
          ('image_hw_machine_type', 'image_img_mappings', 'image_img_block_device_mapping')
        AND m.value IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM instance_system_metadata n
          WHERE n.instance_uuid = m.instance_uuid AND n.id > m.id AND n.key = m.key))))
FROM instances i
WHERE i.deleted = 0
  AND i.vm_state IS NOT 'building'
  -- the other half of a resize between cells; its twin is in the other cell
  AND i.hidden IS NOT TRUE;
