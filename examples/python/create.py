#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""create.py URI NAME UUID ARCH: records a guest, then defines it.

The record is on disk before libvirt is called. So there is no guest without a record, and the store
is not locked while libvirt works. After an interruption run the same again: what is recorded decides,
even if the operator has changed the default in between. If libvirt refuses the guest, the record is
removed again.
"""

import sys

import gi

gi.require_version("Machtype", "1.0")
from gi.repository import GLib, Machtype  # noqa: E402

TIMEOUT_MS = 60000
SPAWN = Machtype.Operation.SPAWN


def is_missing(error):
    return error.matches(Machtype.Error.quark(), Machtype.Error.NOT_FOUND)


def find(read, uuid, *arguments):
    """What a function reads; None if there is none."""
    try:
        return read(uuid, *arguments)
    except GLib.Error as error:
        if not is_missing(error):
            raise
        return None


def make_guest(host, there, name, uuid, arch):
    builder = Machtype.PropertiesBuilder.new()
    builder.set_arch(Machtype.Arch.from_string(arch))
    properties, policy = builder.end(), Machtype.Config.load(None).get_policy()
    if there is None:
        resolution = Machtype.resolve(properties, policy, host, None)
    else:
        resolution = there.resolve(SPAWN, properties, policy, host)
        properties = there.dup_guest_properties(SPAWN, properties)
    guest = Machtype.GuestBuilder.new(resolution, properties, host)
    guest.set_name(name)
    guest.set_uuid(uuid)
    return guest.end()


def make_record(guest, name, uuid):
    builder = Machtype.RecordBuilder.new(uuid)
    builder.set_name(name)
    builder.set_guest(guest)
    return builder.end()


def main(uri, name, uuid, arch):
    store = Machtype.Store.open_default(Machtype.StoreOpenFlags.CREATE, TIMEOUT_MS)
    connection = Machtype.Connection.open(uri, Machtype.ConnectionOpenFlags.NONE, TIMEOUT_MS)
    host = connection.read_host(Machtype.HostReadFlags.NONE)
    there = find(store.read_record, uuid)
    guest = make_guest(host, there, name, uuid, arch)
    kept, _ = store.record(make_record(guest, name, uuid), GLib.get_user_name())
    try:
        connection.define(guest.get_xml(), Machtype.DefineFlags.NONE)
    except GLib.Error:
        if there is None and not find(connection.read_domain, uuid, Machtype.DomainReadFlags.NONE):
            store.remove(kept)
        raise


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("usage: create.py URI NAME UUID ARCH")
    try:
        main(*sys.argv[1:])
    except GLib.Error as failure:
        sys.exit(f"create.py: {failure.message}")
