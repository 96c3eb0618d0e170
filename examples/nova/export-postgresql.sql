-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- The machine types that a Nova cell has recorded, as JSON Lines for "machtype import". On
-- PostgreSQL (psql 10 or later), run it once for each cell except cell0; it only reads:
--
--   psql -X -q -At -v ON_ERROR_STOP=1 -v cell=cell1 -f export-postgresql.sql nova >cell1.jsonl

-- The cell's name or UUID: set it here, or as above.
\if :{?cell}
\else
\set cell cell1
\endif

-- Without it, psql keeps the whole result in memory. It needs a statement that begins with SELECT.
\set FETCH_COUNT 1000

-- JSON is UTF-8, whatever the client's locale.
SET client_encoding TO 'UTF8';

-- Subqueries instead of GROUP BY: the first line comes at once, and nothing is sorted or kept.
-- Nova allows two rows with one key, and also reads soft-deleted ones; the last one counts:
-- jsonb keeps the last value of a key.
SELECT jsonb_build_object(
  'uuid', i.uuid,
  'name', i.display_name,
  'host', i.host,
  'cell', :'cell'::text,
  'arch', COALESCE(
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_emulation_architecture'
      ORDER BY m.id DESC LIMIT 1),
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_architecture'
      ORDER BY m.id DESC LIMIT 1),
    NULLIF(i.architecture, '')),
  'state', i.vm_state,
  'machine',
    (SELECT NULLIF(m.value, '') FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid AND m.key = 'image_hw_machine_type'
      ORDER BY m.id DESC LIMIT 1),
  'properties', COALESCE(
    (SELECT jsonb_strip_nulls(jsonb_object_agg(substr(m.key, 7), m.value ORDER BY m.id))
      FROM instance_system_metadata m
      WHERE m.instance_uuid = i.uuid
        AND (left(m.key, 9) IN ('image_hw_', 'image_os_') OR left(m.key, 10) = 'image_img_'
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
          ('image_hw_machine_type', 'image_img_mappings', 'image_img_block_device_mapping')),
    '{}'))
FROM instances i
WHERE i.deleted = 0
  AND i.vm_state IS DISTINCT FROM 'building'
  -- the other half of a resize between cells; its twin is in the other cell
  AND i.hidden IS NOT TRUE;
