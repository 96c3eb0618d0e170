# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store of one's own, in Python: what a subclass of Machtype.Store has to do."""

import gi

gi.require_version("Machtype", "1.0")
from gi.repository import GLib, Machtype  # noqa: E402


def make_error(code, message):
    return GLib.Error.new_literal(Machtype.error_quark(), message, code)


class DictStore(Machtype.Store):
    """Keeps records in a dictionary."""

    def __init__(self):
        super().__init__()
        self.records, self.history, self.saved = {}, {}, None

    def do_begin(self):
        self.saved = dict(self.records), {uuid: list(all) for uuid, all in self.history.items()}
        return True

    def do_commit(self):
        self.saved = None
        return True

    def do_rollback(self):
        self.records, self.history = self.saved
        self.saved = None

    def do_get(self, uuid):
        if uuid not in self.records:
            raise make_error(Machtype.Error.NOT_FOUND, f"no instance {uuid}")
        return self.records[uuid]

    def do_insert(self, record):
        self.records[record.get_uuid()] = record
        return True

    def check(self, record):
        """What is there must be what the caller has seen."""
        if self.do_get(record.get_uuid()).get_revision() != record.get_revision():
            raise make_error(Machtype.Error.CONFLICT, "changed by somebody else meanwhile")

    def do_swap(self, old, record, entry):
        self.check(old)
        self.records[record.get_uuid()] = record
        if entry is not None:
            self.history.setdefault(record.get_uuid(), []).append(entry)
        return True

    def do_remove(self, record):
        self.check(record)
        del self.records[record.get_uuid()]
        self.history.pop(record.get_uuid(), None)
        return True

    def do_foreach(self, cell, host, func, *data):
        for uuid in sorted(self.records):
            record = self.records[uuid]
            if cell in (None, record.get_cell()) and host in (None, record.get_host_name()):
                if not func(record, *data):
                    break
        return True

    def do_list_history(self, uuid):
        return self.history.get(uuid, [])
