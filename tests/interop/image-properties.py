#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""image-properties.py MACHTYPE

Every image property that Nova has, with valid and invalid values: image-property set agrees with Nova's
own objects. It differs on purpose in two points: a word that is not a boolean is refused, where Nova
treats it as false [30], and a machine type is not set this way [25].
"""

import os
import subprocess
import sys
import tempfile

try:
    from nova.objects import fields, image_meta
except ImportError:
    print('SKIP: python3-nova is not installed')
    sys.exit(1 if os.environ.get('MACHTYPE_TEST_REQUIRE') else 77)

UUID = '6f1d4b5e-0000-4000-8000-000000000001'
VALUES = ['yes', ' OFF ', 'maybe', '4', ' 64 ', '-1', '64.5', '0x40', 'some text', 'nonsense',
          'VIRTIO', 'Linux', 'amd64', 'AARCH64']
# Not written as one text, so that a command could set it.
COMPOUND = ['hw_numa_cpus', 'hw_numa_mem', 'img_mappings', 'traits_required',
            'img_block_device_mapping']
# Checked by its meaning, not by its form.
FORMS = ['img_hv_requested_version', 'img_signature_certificate_uuid']
BOOLEANS = ['1', 't', 'true', 'on', 'y', 'yes', '0', 'f', 'false', 'off', 'n', 'no']


def nova_takes(name, field, value):
    if isinstance(field, fields.FlexibleBooleanField):
        return value.strip().lower() in BOOLEANS
    try:
        image_meta.ImageMetaProps(**{name: value})
    except ValueError:
        return False
    return True


def main():
    program, checked, wrong = sys.argv[1], 0, 0
    env = dict(os.environ, MACHTYPE_CONF='')
    with tempfile.TemporaryDirectory() as folder:
        store = ['--store', os.path.join(folder, 'records.db')]
        subprocess.run([program, 'instance', 'add', UUID, '--state', 'stopped'] + store, env=env,
                       check=True)
        for name, field in sorted(image_meta.ImageMetaProps.fields.items()):
            if name in COMPOUND + FORMS + ['hw_machine_type']:
                continue
            values = list(getattr(field, 'valid_values', None) or []) + VALUES
            for value in values:
                status = subprocess.run([program, 'image-property', 'set', UUID, '--property',
                                         '{}={}'.format(name, value)] + store, env=env,
                                        capture_output=True, check=False).returncode
                wanted = 0 if nova_takes(name, field, value) else 6
                checked += 1
                if status != wanted:
                    wrong += 1
                    print('{}={!r}: status {}, Nova says {}'.format(name, value, status, wanted))
    print('{} values checked, {} differ'.format(checked, wrong))
    assert checked > 1000 and wrong == 0


if __name__ == '__main__':
    main()
