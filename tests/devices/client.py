#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""client.py URI FILE

A client of SPICE that connects a USB CD-ROM drive of its own to a guest, until it is stopped. It needs
libspice-client-glib 0.40.
"""

import sys

import gi
gi.require_version("SpiceClientGLib", "2.0")
# pylint: disable=wrong-import-position
from gi.repository import GLib, GObject, SpiceClientGLib

LOOP = GLib.MainLoop()


def fail(why):
    print(f"client: {why}", file=sys.stderr)
    LOOP.quit()


def connected(manager, result):
    try:
        manager.connect_device_finish(result)
        print("# connected", flush=True)
    except GLib.Error as error:
        fail(error.message)


class Client:
    def __init__(self, uri, path):
        self.path, self.shared = path, False
        self.session = SpiceClientGLib.Session()
        self.session.set_property("uri", uri)
        self.manager = SpiceClientGLib.UsbDeviceManager.get(self.session)
        GObject.Object.connect(self.manager, "device-added", self.add)
        GObject.Object.connect(self.session, "channel-new", self.open)
        GObject.Object.connect(self.session, "disconnected", lambda _: fail("the connection ended"))
        SpiceClientGLib.Session.connect(self.session)

    def open(self, _, channel):
        """A channel for each redirected port: the drive takes the first."""
        if not isinstance(channel, SpiceClientGLib.UsbredirChannel) or self.shared:
            return
        self.shared = True
        GLib.idle_add(self.share)

    def share(self):
        try:
            self.manager.create_shared_cd_device(self.path)
        except GLib.Error as error:
            fail(error.message)
        return False

    def add(self, manager, device):
        manager.connect_device_async(device, None, connected)


CLIENT = Client(*sys.argv[1:])
LOOP.run()
