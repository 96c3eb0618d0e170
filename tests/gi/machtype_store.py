# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores in Python: what a subclass of Machtype.Store has to implement."""

import json

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
        return self.load(self.records[uuid])

    def do_insert(self, record, entry):
        if record.get_uuid() in self.records:
            raise make_error(Machtype.Error.EXISTS, f"there is an instance {record.get_uuid()}")
        self.records[record.get_uuid()] = self.save(record)
        if entry is not None:
            self.history[record.get_uuid()] = [self.save_entry(None, record, entry)]
        return True

    def check(self, record):
        """The stored record must be what the caller has seen."""
        if not self.do_get(record.get_uuid()).equal(record):
            raise make_error(Machtype.Error.CONFLICT, "changed by another process meanwhile")

    def do_swap(self, old, record, entry):
        self.check(old)
        self.records[record.get_uuid()] = self.save(record)
        if entry is not None:
            kept = self.save_entry(old, record, entry)
            self.history.setdefault(record.get_uuid(), []).append(kept)
        return True

    def do_remove(self, record):
        self.check(record)
        del self.records[record.get_uuid()]
        self.history.pop(record.get_uuid(), None)
        return True

    def do_foreach(self, cell, host, func, *_):
        for uuid in sorted(self.records):
            record = self.load(self.records[uuid])
            if cell in (None, record.get_cell()) and host in (None, record.get_host_name()):
                if not func(record):
                    break
        return True

    def do_foreach_history(self, uuid, func, *_):
        for kept in self.history.get(uuid, []):
            if not func(self.load_entry(kept)):
                break
        return True

    def save(self, record):
        return record

    def load(self, kept):
        return kept

    def save_entry(self, _old, _record, entry):
        return entry

    def load_entry(self, kept):
        return kept


class TextStore(DictStore):
    """Keeps no objects of the library, only JSON: what a database outside the process gets."""

    def save(self, record):
        properties = record.get_properties()
        return json.dumps({
            "uuid": record.get_uuid(), "name": record.get_name(), "cell": record.get_cell(),
            "host": [record.get_host_name(), record.get_host_uuid()],
            "versions": [record.get_qemu_version(), record.get_libvirt_version()],
            "arch": int(record.get_arch()), "state": record.get_state(),
            "machine": [record.get_machine(), record.get_requested(), int(record.get_source())],
            "revision": record.get_revision(),
            "times": [record.get_recorded_at(), record.get_seen_at()],
            "transient": record.is_transient(),
            "properties": {name: properties.get_image(name)
                           for name in properties.dup_image_names()},
        })

    def load(self, kept):
        told = json.loads(kept)
        builder = Machtype.RecordBuilder.new(told["uuid"])
        builder.set_name(told["name"])
        builder.set_cell(told["cell"])
        builder.set_host(*told["host"])
        builder.set_versions(*told["versions"])
        builder.set_arch(told["arch"])
        builder.set_state(told["state"])
        builder.set_machine(*told["machine"])
        builder.set_revision(told["revision"])
        builder.set_recorded_at(told["times"][0])
        builder.set_seen_at(told["times"][1])
        builder.set_transient(told["transient"])
        for name, value in told["properties"].items():
            builder.set_property(name, value)
        return builder.end()

    def save_entry(self, old, record, entry):
        return json.dumps({
            "old": old and self.save(old), "new": self.save(record), "action": int(entry.get_action()),
            "forced": entry.get_forced(), "who": entry.get_author(), "at": entry.get_changed_at(),
            "undoes": entry.get_undoes(),
        })

    def load_entry(self, kept):
        told = json.loads(kept)
        return Machtype.HistoryEntry.new(
            told["old"] and self.load(told["old"]), self.load(told["new"]),
            Machtype.HistoryAction(told["action"]), told["forced"], told["who"], told["at"],
            told["undoes"])


class CountingStore(DictStore):
    """Selects and counts records itself, as a database would."""

    def find(self, query):
        for uuid in sorted(self.records):
            if query is None or query.matches(self.records[uuid]):
                yield self.records[uuid]

    def do_foreach_matching(self, query, func, *_):
        for record in self.find(query):
            if not func(record):
                break
        return True

    def do_foreach_class(self, query, func, *_):
        counts = {}
        for record in self.find(query):
            one = Machtype.RecordClass.new(record, 0)
            first, n = counts.get(one.to_json(), (record, 0))
            counts[one.to_json()] = first, n + 1
        for record, n in counts.values():
            if not func(Machtype.RecordClass.new(record, n)):
                break
        return True
