#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""schema.py MACHTYPE

Guests that cannot be run without a special host, and all that devices.tsv asks for, are valid in the
schema of the newest libvirt (fetch-schema.sh). What the schema must refuse shows that it looks.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)
# pylint: disable=wrong-import-position
from devices import SECRET, fits, read_table
from tap import end, skip, tell

UEFI = "-p hw_firmware_type=uefi"
ENCRYPTED = UEFI + " -p hw_mem_encryption=yes"
STATELESS = ENCRYPTED + " -p hw_firmware_stateless=yes"
NEWEST = "-p hw_machine_type=pc-q35-11.1 "

# Options of domain-xml, and text that is there.
GUESTS = [
    (NEWEST + ENCRYPTED, "type='sev'"),
    (NEWEST + ENCRYPTED + " -p hw_mem_encryption_model=amd-sev", "0x0033"),
    (NEWEST + ENCRYPTED + " -p hw_mem_encryption_model=amd-sev-es", "0x0037"),
    (NEWEST + STATELESS + " -p hw_mem_encryption_model=amd-sev-snp", "type='sev-snp'"),
    (NEWEST + STATELESS + " -p hw_mem_encryption_model=amd-sev-snp --kernel /k", "kernelHashes='yes'"),
    (NEWEST + STATELESS + " -p hw_mem_encryption_model=intel-tdx -p hw_video_model=none", "type='tdx'"),
    (NEWEST + STATELESS + " -p hw_mem_encryption_model=intel-tdx -p hw_video_model=none"
     " -p os_secure_boot=required --graphics none", "quoteGenerationService"),
    (NEWEST + "-p hw_maxphysaddr_mode=passthrough", "mode='passthrough'"),
    (NEWEST + "-p hw_tpm_version=2.0 --extra-spec hw:tpm_secret_security=host --tpm-secret SECRET",
     "<encryption secret="),
    (NEWEST + UEFI + " -p os_secure_boot=required -p hw_firmware_stateless=yes", "stateless='yes'"),
    ("-p hw_architecture=aarch64 -p os_secure_boot=required", "name='secure-boot'"),
    ("-p hw_architecture=aarch64 -p os_secure_boot=required -p hw_firmware_stateless=yes", "<loader"),
]

# What a valid domain becomes invalid by: a text of it, and another one.
BREAKS = [
    ("type='tdx'", "type='tdy'"),
    ("<quoteGenerationService/>", "<quoteGenerationServices/>"),
    ("readonly='yes'", "readonly='maybe'"),
]


class Schema:
    def __init__(self, path):
        self.path = path

    def check(self, text):
        """What is wrong with a domain; empty: nothing."""
        with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            done = subprocess.run(["xmllint", "--noout", "--relaxng", self.path, file.name],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return "" if done.returncode == 0 else done.stderr.decode()


def generate(program, options):
    words = [word.replace("SECRET", SECRET) for word in shlex.split(options)]
    return subprocess.run([program, "domain-xml", "--host-arch", "x86_64", "--network", "user", *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def check(program, schema, options, text):
    done = generate(program, options)
    xml = done.stdout.decode()
    tell(done.returncode == 0 and text in xml, f"{options}: generated with {text}", done.stderr)
    wrong = schema.check(xml)
    tell(not wrong, f"{options}: valid", wrong)
    return xml


def check_breaks(schema, xml):
    for old, new in BREAKS:
        tell(old in xml and schema.check(xml.replace(old, new)), f"invalid: {new}")


def check_devices(program, schema):
    """Each row with each machine that it is for."""
    for guest in read_table("guests.tsv"):
        base = f"-p hw_architecture={guest['arch']} {guest['options']} --domain-type qemu "
        for device in read_table("devices.tsv"):
            if not fits(device, guest) or not device["options"] or device["since"] == "-":
                continue
            options = device["options"]
            # These depend on others.
            if "usb_ports" in options:
                options += " --graphics spice"
            if "tpm_model" in options:
                options += " -p hw_tpm_version=2.0"
            done = generate(program, base + options)
            if done.returncode == 0:
                wrong = schema.check(done.stdout.decode())
                tell(not wrong, f"{guest['guest']}: {device['device']}: valid", wrong)
            else:
                # Only a newer host has it.
                tell(b"QEMU" in done.stderr or b"libvirt" in done.stderr,
                     f"{guest['guest']}: {device['device']}: it depends on versions", done.stderr)


def main():
    program = sys.argv[1]
    path = os.path.join(os.environ.get("MACHTYPE_TEST_CACHE", "/nonexistent"), "libvirt-schema/domain.rng")
    if not os.path.exists(path):
        skip("MACHTYPE_TEST_CACHE has no libvirt-schema")
    if shutil.which("xmllint") is None:
        skip("there is no xmllint")
    schema = Schema(path)
    xml = [check(program, schema, *guest) for guest in GUESTS]
    check_breaks(schema, next(text for text in xml if "type='tdx'" in text))
    check_devices(program, schema)
    end()


if __name__ == "__main__":
    main()
