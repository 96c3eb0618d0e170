-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- The machine types that a Nova cell has recorded, as JSON Lines for "machtype import". On MariaDB
-- (10.5 or later), run it once for each cell except cell0; it only reads:
--
--   mariadb --batch --raw --skip-column-names --quick --init-command="SET @cell = 'cell1'" \
--     nova <export-mysql.sql >cell1.jsonl
--
-- Without --raw, the client escapes the backslashes of the JSON a second time. Without --quick, it
-- keeps the whole result in memory.

-- The cell's name or UUID: set it here, or as above.
SET @cell = COALESCE(@cell, 'cell1');

-- JSON is UTF-8, whatever the client's default.
SET NAMES utf8mb4;

-- Subqueries instead of GROUP BY: the first line comes at once, and nothing is sorted or kept.
-- Nova allows two rows with one key, and also reads soft-deleted ones; the last one counts.
-- BINARY because Nova's property names are case-sensitive, but its columns are not.
SELECT JSON_OBJECT(
  'uuid', i.uuid,
  'name', i.display_name,
  'host', i.host,
  'cell', @cell,
  'arch', COALESCE(
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND CAST(m.`key` AS BINARY) = 'image_hw_emulation_architecture'
      ORDER BY m.id DESC LIMIT 1),
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND CAST(m.`key` AS BINARY) = 'image_hw_architecture'
      ORDER BY m.id DESC LIMIT 1),
    NULLIF(i.architecture, '')),
  'state', i.vm_state,
  'machine',
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND CAST(m.`key` AS BINARY) = 'image_hw_machine_type'
      ORDER BY m.id DESC LIMIT 1),
  -- JSON_EXTRACT: a subquery returns text, which would be quoted.
  'properties', JSON_EXTRACT(COALESCE(
    (SELECT JSON_OBJECTAGG(SUBSTR(m.`key`, 7), m.value) FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND (CAST(LEFT(m.`key`, 9) AS BINARY) IN ('image_hw_', 'image_os_')
          OR CAST(LEFT(m.`key`, 10) AS BINARY) = 'image_img_'
          -- what Glance's images called them before
          OR CAST(m.`key` AS BINARY) IN (
            'image_architecture', 'image_auto_disk_config', 'image_bdm_v2', 'image_bittorrent',
            'image_cache_in_nova', 'image_hypervisor_type', 'image_hypervisor_version_requires',
            'image_ipxe_boot', 'image_owner_id', 'image_root_device_name', 'image_vm_mode',
            'image_vmware_adaptertype', 'image_vmware_disktype', 'image_vmware_image_version',
            'image_vmware_linked_clone', 'image_vmware_ostype', 'image_xenapi_device_id',
            'image_xenapi_image_compression_level', 'image_xenapi_skip_agent_inject_files_at_boot',
            'image_xenapi_skip_agent_inject_ssh', 'image_xenapi_use_agent'))
        -- the first is "machine"; Nova itself skips the others (SM_SKIP_KEYS)
        AND CAST(m.`key` AS BINARY) NOT IN
          ('image_hw_machine_type', 'image_img_mappings', 'image_img_block_device_mapping')
        AND m.value IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM instance_system_metadata n
          WHERE n.instance_uuid = m.instance_uuid AND n.id > m.id
            AND CAST(n.`key` AS BINARY) = CAST(m.`key` AS BINARY))),
    '{}'), '$'))
FROM instances i
WHERE i.deleted = 0
  AND COALESCE(i.vm_state, '') <> 'building'
  -- the other half of a resize between cells; its twin is in the other cell
  AND i.hidden IS NOT TRUE;
