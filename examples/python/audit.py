#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""audit.py URI: the domains of a host that are not what is recorded, or that it does not offer.

The store is that of machtype.conf. The exit status is 1 if there are any.

    audit.py qemu:///system
"""

import sys

import gi

gi.require_version("Machtype", "1.0")
from gi.repository import Machtype  # noqa: E402

connection = Machtype.Connection.open(sys.argv[1], Machtype.ConnectionOpenFlags.NONE, 60000)
host = connection.read_host(Machtype.HostReadFlags.NONE)
store = Machtype.Store.open_default(Machtype.StoreOpenFlags.READ_ONLY, 60000)
records, status = {}, 0
store.foreach(None, None, lambda record: records.update({record.get_uuid(): record}))
for domain in connection.list_domains(Machtype.DomainReadFlags.NONE):
    name, machine = Machtype.text_escape_message(domain.get_name()), domain.get_machine()
    recorded = records[domain.get_uuid()].get_machine() if domain.get_uuid() in records else None
    offered = host.offers(domain.get_arch(), domain.get_domain_type(), machine)
    if recorded != machine or offered == Machtype.Answer.NO:
        print(f"{name}: {machine}; recorded: {recorded}; offered: {offered}")
        status = 1
sys.exit(status)
