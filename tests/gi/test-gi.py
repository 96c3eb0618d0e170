#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-gi.py GIR: the library through its introspection data, from Python.

The main job, errors, a store in Python, and every function of the GIR with None for each of its
arguments: nullable arguments accept it, for others it is refused before the call. Criticals are fatal
(G_DEBUG), so that an annotation that promises too much is detected.
"""

import contextlib
import os
import sqlite3
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

from machtype_samples import (DOMAIN, UUID, GLib, Machtype, check_change, make_host, make_properties,
                              make_audit, make_record, make_status)
from machtype_store import CountingStore, DictStore, TextStore

CORE = "{http://www.gtk.org/introspection/core/1.0}"
GIR = sys.argv.pop(1)


class MainJob(unittest.TestCase):
    def test_resolve_check_generate(self):
        properties = make_properties(hw_emulation_architecture="s390x", hw_watchdog_action="reset")
        host = make_host()
        resolution = Machtype.resolve(properties, None, host, None)
        self.assertEqual(resolution.get_machine(), "s390-ccw-virtio")
        self.assertEqual(resolution.get_source(), Machtype.Source.BUILTIN)
        self.assertEqual(Machtype.compat_check(properties, resolution.get_arch(), None,
                                               resolution.get_machine(), None), [])
        guest = Machtype.GuestBuilder.new(resolution, properties, host).end()
        domain = ET.fromstring(guest.get_xml())
        self.assertEqual(domain.find("devices/watchdog").get("model"), "diag288")
        self.assertEqual(Machtype.domain_lint(guest.get_xml(), -1, None), [])

    def test_findings(self):
        findings = Machtype.compat_check(make_properties(hw_disk_bus="ide"), Machtype.Arch.X86_64, None,
                                         "pc-q35-7.2", None)
        self.assertEqual([f.get_code() for f in findings], ["disk-bus-ide"])
        self.assertEqual(findings[0].get_authority(), Machtype.Authority.LIBVIRT_DEFINE)
        self.assertEqual(findings[0].get_subject(), "hw_disk_bus")

    def test_convert(self):
        conversion = Machtype.domain_convert(DOMAIN, -1, "pc-q35-7.2", Machtype.State.STOPPED,
                                             Machtype.ChangeFlags.NONE, None)
        self.assertIn('machine="pc-q35-7.2"', conversion.get_xml().replace("'", '"'))

    def test_convert_refused(self):
        """A refusal is an answer, for a tool like that to a change."""
        conversion = Machtype.domain_convert(DOMAIN, -1, "pc-i440fx-7.2", Machtype.State.STOPPED,
                                             Machtype.ChangeFlags.NONE, None)
        change = conversion.get_change()
        self.assertIsNone(conversion.get_xml())
        self.assertFalse(change.is_permitted())
        self.assertEqual(change.get_verdict(), Machtype.Verdict.REFUSED_FAMILY)
        self.assertEqual([f.get_code() for f in change.list_reasons()], ["refused-family"])
        self.assertIn("saved-state", [f.get_code() for f in conversion.list_effects()])

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            make_properties(hw_disk_bus="nvme")
        self.assertTrue(caught.exception.matches(Machtype.error_quark(),
                                                 Machtype.Error.INVALID_PROPERTY))
        self.assertIn("hw_disk_bus", caught.exception.message)


    def test_hostile_database(self):
        """SQLite quotes text that is not valid UTF-8: the result is still a GLib.Error that Python
        can read."""
        names = {"CAST (x'fffefdfc' AS TEXT)": r"\377\376\375\374", "char (27, 91, 8238)": r"\033[\u{202e}"}
        for name, shown in names.items():
            with self.subTest(name=name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "records.db")
                Machtype.Store.open(path, Machtype.StoreOpenFlags.CREATE, 100).run_dispose()
                with contextlib.closing(sqlite3.connect(path)) as database:
                    database.execute("PRAGMA writable_schema = ON")
                    database.execute("INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) "
                                     f"VALUES ('index', {name}, 'record', 2, 'XXXATE INDEX')")
                    database.commit()
                with self.assertRaises(GLib.Error) as caught:
                    Machtype.Store.open(path, Machtype.StoreOpenFlags.NONE, 100)
                self.assertTrue(caught.exception.matches(Machtype.error_quark(), Machtype.Error.STORE))
                self.assertIn(shown, caught.exception.message)

    def test_text(self):
        self.assertEqual(Machtype.text_escape("a\u202e\n\\", -1, 0), r"a\u{202e}\n\\")
        self.assertEqual(Machtype.text_escape_message("\x1b\\"), "\\033\\")
        self.assertFalse(Machtype.text_is_visible("\u202e"))
        self.assertTrue(Machtype.text_is_visible("\u00e9"))


class OwnStore(unittest.TestCase):
    """A subclass behaves like the library's own memory store."""

    def play(self, store):
        log = []
        store.add(make_record(), None)
        record = store.read_record(UUID)
        updated = store.update_machine(record, check_change("pc-q35-6.2", "pc-q35-7.2"), "me")
        log.append((updated.get_machine(), updated.get_revision()))
        try:
            store.update_machine(record, check_change("pc-q35-6.2", "pc-q35-8.0"), "you")
        except GLib.Error as error:
            log.append(error.code)
        try:
            store.add(record, None)
        except GLib.Error as error:
            log.append(error.code)
        undone = store.undo(updated, Machtype.ChangeFlags.NONE, "me")
        log.append((undone.get_machine(), undone.get_revision(), undone.get_source(),
                    undone.equal(store.read_record(UUID)), undone.equal(record)))
        log.append([(entry.get_old_machine(), entry.get_new_machine(), entry.get_author())
                    for entry in store.list_history(UUID)])
        store.foreach(None, None, lambda one: (log.append(one.get_uuid()), True)[1])
        log.append(self.list_classes(store))
        try:
            store.read_record(UUID[:-1] + "9")
        except GLib.Error as error:
            log.append(error.code)
        return log

    def list_classes(self, store):
        """Of four records of three classes, by query, with the records of each class."""
        for i, (machine, host) in enumerate((("pc", "h1"), ("q35", "h1"), ("pc", "h1"), ("pc", "h2"))):
            builder = Machtype.RecordBuilder.new(f"{UUID[:-1]}{i + 2}")
            builder.set_host(host, None)
            builder.set_machine(machine, None, Machtype.Source.IMPORT)
            store.add(builder.end(), None)
        log = []
        for pattern in (None, "p?", "pc-*", "none"):
            wanted = Machtype.RecordQueryBuilder.new()
            wanted.set_machine_pattern(pattern)
            for one in store.list_classes(wanted.end()):
                members = Machtype.RecordQueryBuilder.new()
                members.set_class(one)
                found = []
                store.foreach_matching(members.end(), lambda record: found.append(record) or True)
                log.append((pattern, one.to_json(), [record.get_uuid() for record in found]))
                self.assertEqual(len(found), one.get_count())
        self.assertEqual(sum(pattern is None for pattern, *_ in log), 4)
        self.assertEqual(len(log), 7)
        return log

    def test_like_memory(self):
        expected = self.play(Machtype.Store.open_memory())
        self.assertEqual(expected[0][0], "pc-q35-7.2")
        self.assertEqual(expected[1], Machtype.Error.CONFLICT)
        self.assertEqual(expected[-1], Machtype.Error.NOT_FOUND)
        for kind in (DictStore, TextStore, CountingStore):
            with self.subTest(kind.__name__):
                self.assertEqual(self.play(kind()), expected)


def sample(kind):
    """A value of a type of the GIR that is valid in most cases; None: there is none."""
    resolution = Machtype.resolve(make_properties(), None, make_host(), None)
    properties = make_properties()
    return {
        "utf8": lambda: "pc-q35-7.2", "filename": lambda: "/nonexistent",
        "gssize": lambda: -1, "guint": lambda: 1, "guint32": lambda: 1, "gint": lambda: 1,
        "guint64": lambda: 1, "gint64": lambda: 1, "gboolean": lambda: False,
        "Properties": lambda: properties, "PropertiesBuilder": Machtype.PropertiesBuilder.new,
        "Host": make_host, "HostBuilder": Machtype.HostBuilder.new,
        "Policy": lambda: Machtype.PolicyBuilder.new().end(),
        "PolicyBuilder": Machtype.PolicyBuilder.new,
        "Resolution": lambda: resolution,
        "Guest": lambda: Machtype.GuestBuilder.new(resolution, properties, None).end(),
        "GuestBuilder": lambda: Machtype.GuestBuilder.new(resolution, properties, None),
        "Name": lambda: Machtype.Name.new("pc-q35-7.2", Machtype.Arch.X86_64),
        "Record": make_record,
        "RecordClass": lambda: Machtype.RecordClass.new(make_record(), 1),
        "RecordQuery": lambda: Machtype.RecordQueryBuilder.new().end(),
        "RecordQueryBuilder": Machtype.RecordQueryBuilder.new,
        "RecordBuilder": lambda: Machtype.RecordBuilder.new(UUID),
        "Change": lambda: check_change("pc-q35-6.2", "pc-q35-7.2"),
        "Store": Machtype.Store.open_memory,
        "Domain": lambda: Machtype.Domain.new_from_xml(DOMAIN, -1, Machtype.DomainReadFlags.DEVICES),
        "DomainStatus": lambda: make_status().end(), "DomainStatusBuilder": make_status,
        "DomainSnapshot": lambda: make_status().end().list_snapshots()[0],
        "DomainProblem": lambda: make_status().end().list_problems()[0],
        "Audit": make_audit,
        "AuditEntry": lambda: make_audit().check_domain(make_status().end()),
        "Finding": lambda: Machtype.domain_lint(DOMAIN.replace("q35", "xyz"), -1, None)[0],
        "ContainedDomain": lambda: Machtype.domain_list_contained(DOMAIN, -1)[0],
        "Conversion": lambda: Machtype.domain_convert(
            DOMAIN, -1, "pc-q35-7.2", Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, None),
    }.get(kind, lambda: None)()


# They open connections and databases, need threads of their own, or end the object's life.
LEFT_OUT = ("unref", "ref", "free", "host_open", "connection_open", "store_open", "recorder_new")


class Annotations(unittest.TestCase):
    def callables(self):
        for owner in ET.parse(GIR).iter():
            for tag in ("function", "method", "constructor"):
                for node in owner.findall(CORE + tag):
                    yield owner.get("name"), node

    def find(self, owner, node):
        scope = getattr(Machtype, owner, None) if owner != "Machtype" else Machtype
        return getattr(scope, node.get("name"), None)

    def arguments(self, owner, node):
        """Type, nullable, is a pointer: for the instance and each input argument."""
        if node.tag == CORE + "method":
            yield owner, False, True
        for argument in node.iterfind(f"{CORE}parameters/{CORE}parameter"):
            kind = argument.find(CORE + "type")
            name = kind.get("name") if kind is not None else None
            declared = kind.get("{http://www.gtk.org/introspection/c/1.0}type", "") \
                if kind is not None else ""
            if argument.get("direction") == "out":
                continue
            yield name, argument.get("nullable") == "1", declared.endswith("*")

    def test_none_for_every_argument(self):
        tried, nullable = 0, 0
        for owner, node in self.callables():
            symbol = node.get("{http://www.gtk.org/introspection/c/1.0}identifier", "")
            function = self.find(owner, node)
            arguments = list(self.arguments(owner, node))
            if function is None or symbol.endswith(LEFT_OUT) or node.get("introspectable") == "0":
                continue
            values = [sample(kind) if kind != "utf8" else sample("utf8") for kind, *_ in arguments]
            values = [self.enum(kind) if value is None else value
                      for value, (kind, *_) in zip(values, arguments)]
            for i, (kind, may, pointer) in enumerate(arguments):
                if not pointer or kind is None or values.count(None) > 0:
                    continue
                given = list(values)
                given[i] = None
                with self.subTest(symbol=symbol, argument=i):
                    tried += 1
                    nullable += may
                    if may:
                        self.call(function, given)
                    else:
                        with self.assertRaises(TypeError):
                            function(*given)
        print(f"{tried} arguments tried, {nullable} of them nullable")
        self.assertGreater(tried, 200)
        self.assertGreater(nullable, 20)

    def enum(self, kind):
        try:
            found = getattr(Machtype, kind or "", None)
        except NotImplementedError:  # a callback
            return None
        return found(0) if isinstance(found, type) and issubclass(found, int) else None

    def call(self, function, given):
        """An error of the library is an answer; a critical would have ended the process."""
        try:
            function(*given)
        except GLib.Error:
            pass


if __name__ == "__main__":
    unittest.main()
