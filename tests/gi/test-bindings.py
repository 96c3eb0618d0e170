#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-bindings.py GIR: how the library behaves in Python.

Wrong types are a TypeError and never a crash, the result of a call outlives the object that it came
from, callbacks can raise, enumerations and errors have their names.
"""

import contextlib
import gc
import os
import sys
import unittest
import xml.etree.ElementTree as ET

from machtype_samples import (DOMAIN, UUID, GLib, Machtype, check_change, make_host, make_properties,
                              make_record)
from machtype_store import DictStore

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C_NAME = "{http://www.gtk.org/introspection/c/1.0}identifier"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
GIR = ET.parse(sys.argv.pop(1))
CAPABILITIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "hosts",
                            "x86_64.xml")
ANYTHING = object()


def read_host():
    builder = Machtype.HostBuilder.new()
    with open(CAPABILITIES, encoding="utf-8") as capabilities:
        builder.set_capabilities(capabilities.read(), -1)
    return builder.end()


def make_store(count):
    store = Machtype.Store.open_memory()
    for i in range(count):
        store.add(make_record(uuid=f"{UUID[:-1]}{i}"), None)
    return store


@contextlib.contextmanager
def raised_inside():
    """What was raised where it could not be caught: PyGObject prints it."""
    kinds, hook = [], sys.excepthook
    sys.excepthook = lambda kind, *_: kinds.append(kind)
    try:
        yield kinds
    finally:
        sys.excepthook = hook


class WrongTypes(unittest.TestCase):
    def callables(self):
        """Name, function and number of arguments, including the instance, of every callable."""
        namespace = GIR.find(CORE + "namespace")
        for owner in [namespace, *namespace.findall(CORE + "record"),
                      *namespace.findall(CORE + "class")]:
            scope = Machtype if owner is namespace else getattr(Machtype, owner.get("name"), None)
            for tag in ("function", "method", "constructor"):
                for node in owner.findall(CORE + tag):
                    function = getattr(scope, node.get("name"), None)
                    wanted = [one for one in node.iterfind(f"{CORE}parameters/{CORE}parameter")
                              if one.get("direction") != "out" and self.is_shown(node, one)]
                    if function is not None and node.get("introspectable") != "0":
                        yield node.get(C_NAME), function, len(wanted) + (tag == "method")

    def is_shown(self, node, argument):
        """The user data of a callback is not an argument in Python."""
        closures = [one.get("closure") for one in node.iter(CORE + "parameter")]
        every = node.findall(f"{CORE}parameters/{CORE}parameter")
        return str(every.index(argument)) not in closures

    def test_anything_for_every_argument(self):
        tried = 0
        for name, function, count in self.callables():
            if count == 0:
                continue
            with self.subTest(symbol=name), self.assertRaises(TypeError):
                function(*[ANYTHING] * count)
            with self.subTest(symbol=name, surplus=1), self.assertRaises(TypeError):
                function(*[None] * (count + 1))
            tried += 1
        print(f"{tried} functions called with arguments of no type they know")
        self.assertGreater(tried, 180)

    def test_one_of_ours_for_another(self):
        for wrong in (Machtype.PropertiesBuilder.new(), make_host(), make_record()):
            for call in (lambda: Machtype.resolve(wrong, None, None, None),
                         lambda: Machtype.Name.get_text(wrong),
                         lambda: Machtype.Store.read_record(wrong, UUID),
                         lambda: Machtype.Store.open_memory().add(make_properties(), None),
                         lambda: Machtype.domain_lint(DOMAIN, -1, make_properties()),
                         lambda: Machtype.GuestBuilder.new(wrong, None, None)):
                with self.assertRaises(TypeError):
                    call()

    def test_texts(self):
        arch = Machtype.Arch.X86_64
        for wrong in (5, 1.5, b"pc", ["pc"], None):
            with self.subTest(text=wrong), self.assertRaises(TypeError):
                Machtype.Name.new(wrong, arch)
        with self.assertRaises(UnicodeEncodeError):
            Machtype.Name.new("pc\udc80", arch)

    def test_numbers(self):
        builder = Machtype.GuestBuilder.new(Machtype.resolve(None, None, make_host(), None), None,
                                            None)
        for wrong in (-1, 1 << 64):
            with self.subTest(number=wrong), self.assertRaises(OverflowError):
                builder.set_memory(wrong)
        for wrong in ("x", None):
            with self.subTest(number=wrong), self.assertRaises(TypeError):
                builder.set_memory(wrong)

    def test_enumerations(self):
        for wrong in ("x86_64", None, -1, 9999, 1 << 40):
            with self.subTest(arch=wrong), self.assertRaises(TypeError):
                Machtype.Name.new("pc", wrong)
        with self.assertRaises(TypeError):
            Machtype.Change.check("pc", "pc", Machtype.Arch.X86_64, None, Machtype.State.STOPPED, 9999,
                                  None)

    def test_nothing_is_made_without_a_constructor(self):
        for node in GIR.iter(CORE + "record"):
            kind = getattr(Machtype, node.get("name"), None)
            if kind is None or node.get(GLIB + "get-type") is None:
                continue
            with self.subTest(type=node.get("name")):
                try:
                    self.assertIsInstance(kind(), kind)  # new() takes no arguments
                except TypeError:
                    pass
        with self.assertRaises(TypeError):
            Machtype.Store()


class Names(unittest.TestCase):
    """Every member of every enumeration has its name and its number."""

    def test_members(self):
        members = 0
        for node in [*GIR.iter(CORE + "enumeration"), *GIR.iter(CORE + "bitfield")]:
            kind = getattr(Machtype, node.get("name"))
            for member in node.findall(CORE + "member"):
                with self.subTest(member=member.get(C_NAME)):
                    value = getattr(kind, member.get("name").upper())
                    self.assertIsInstance(value, kind)
                    self.assertEqual(int(value), int(member.get("value")))
                    self.assert_c_name(value, member.get(C_NAME))
                    members += 1
        self.assertGreater(members, 130)

    def test_words(self):
        """Every enumeration has a word for each of its members."""
        for node in GIR.iter(CORE + "enumeration"):
            functions = {function.get("name"): function.get(C_NAME)
                         for function in node.findall(CORE + "function")}
            kind = getattr(Machtype, node.get("name"))
            with self.subTest(enumeration=node.get("name")):
                to_string = getattr(Machtype, functions["to_string"].removeprefix("machtype_"))
                words = [to_string(getattr(kind, member.get("name").upper()))
                         for member in node.findall(CORE + "member")]
                self.assertEqual(len(set(words)), len(words))
                self.assertNotIn("", words)

    def assert_c_name(self, value, name):
        if hasattr(value, "value_name"):
            self.assertEqual(value.value_name, name)
        else:
            self.assertIn(name, value.value_names)

    def test_flags_combine(self):
        both = Machtype.ChangeFlags.FORCE | Machtype.ChangeFlags.PIN
        self.assertIsInstance(both, Machtype.ChangeFlags)
        change = Machtype.Change.check("q35", "pc-q35-7.2", Machtype.Arch.X86_64, None,
                                       Machtype.State.STOPPED, both, read_host())
        self.assertEqual(change.get_verdict(), Machtype.Verdict.ALLOWED)

    def test_several_results(self):
        name = Machtype.Name.new("pc-q35-7.2", Machtype.Arch.X86_64)
        self.assertEqual(tuple(name.get_version()), (True, 7, 2, 0))
        state = Machtype.state_from_string("shut off")
        self.assertIs(type(state), Machtype.State)
        self.assertEqual(state, Machtype.State.STOPPED)


class Errors(unittest.TestCase):
    def provoke(self):
        """A call for each code that needs neither libvirt nor a broken disk."""
        x86, store = Machtype.Arch.X86_64, make_store(1)
        record, host = store.read_record(f"{UUID[:-1]}0"), read_host()
        builder, error = Machtype.PropertiesBuilder.new(), Machtype.Error
        change = check_change("pc-q35-6.2", "pc-q35-6.1")
        newer = check_change("pc-q35-6.2", "pc-q35-7.2")
        alpha = make_properties(hw_emulation_architecture="alpha")
        return {
            error.INVALID_ARGUMENT: lambda: store.read_record("x"),
            error.INVALID_NAME: lambda: Machtype.Name.new("a b", x86),
            error.UNKNOWN_ARCH: lambda: Machtype.arch_from_string("z80"),
            error.INVALID_PROPERTY: lambda: builder.add_image("hw_disk_bus", "nvme"),
            error.INVALID_CONFIG: lambda: Machtype.PolicyBuilder.new().add_nova_conf("x" * 9, -1),
            error.INVALID_XML: lambda: Machtype.Domain.new_from_xml(
                "<domain>", -1, Machtype.DomainReadFlags.NONE),
            error.TOO_LARGE: lambda: builder.add_image("x", "x" * 70000),
            error.NOT_OFFERED: lambda: Machtype.resolve(alpha, None, host, None),
            error.UNSUPPORTED: lambda: Machtype.GuestBuilder.new(
                Machtype.resolve(alpha, None, None, None), None, None).end(),
            error.NOT_FOUND: lambda: store.read_record(UUID[:-1] + "9"),
            error.EXISTS: lambda: store.add(record, None),
            error.CONFLICT: lambda: (store.update_machine(record, newer, None),
                                     store.update_machine(record, newer, None)),
            error.REFUSED: lambda: store.update_machine(record, change, None),
            error.STORE: lambda: Machtype.Store.open(CAPABILITIES, 0, 100),
        }

    def test_domain_and_code(self):
        calls = self.provoke()
        # CONFLICT changes the record that REFUSED is about.
        for code in sorted(calls, key=lambda code: code == Machtype.Error.CONFLICT):
            with self.subTest(code=code.value_nick):
                with self.assertRaises(GLib.Error) as caught:
                    calls[code]()
                error = caught.exception
                self.assertEqual(error.domain, "machtype-error-quark")
                self.assertTrue(error.matches(Machtype.error_quark(), code), error)
                self.assertEqual(Machtype.Error(error.code), code)
                self.assertTrue(error.message)


class Ownership(unittest.TestCase):
    """The result of a call belongs to the caller, whatever happens to the object that it came from.
    """

    def keep(self, call):
        kept = call()
        gc.collect()
        return kept

    def test_lists_outlive_the_parent(self):
        x86 = Machtype.Arch.X86_64
        machines = self.keep(lambda: read_host().list_machines(x86, "kvm"))
        self.assertIn(("q35", "pc-q35-7.2"),
                      [(one.get_name(), one.get_canonical()) for one in machines])
        reasons = self.keep(lambda: check_change("pc-q35-6.2", "pc-i440fx-6.2").list_reasons())
        self.assertEqual([one.get_code() for one in reasons], ["refused-family"])
        effects = self.keep(lambda: Machtype.domain_convert(
            DOMAIN, -1, "pc-q35-7.2", Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, None).list_effects())
        self.assertTrue(all(one.get_message() for one in effects))

    def test_elements_outlive_the_list(self):
        def first():
            return read_host().list_machines(Machtype.Arch.X86_64, "kvm")[0]
        self.assertEqual(self.keep(first).get_name(), "pc-i440fx-7.2")

    def test_arrays_outlive_the_parent(self):
        types = self.keep(lambda: read_host().dup_domain_types(Machtype.Arch.X86_64))
        self.assertEqual(types, ["qemu", "kvm"])
        steps = self.keep(lambda: Machtype.resolve(None, None, make_host(), None).get_steps())
        self.assertTrue(any("built-in default" in step for step in steps))

    def test_parts_outlive_the_whole(self):
        change = self.keep(lambda: Machtype.domain_convert(
            DOMAIN, -1, "pc-q35-7.2", Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, None).get_change())
        self.assertEqual(change.get_new_machine(), "pc-q35-7.2")
        devices = self.keep(lambda: Machtype.Domain.new_from_xml(DOMAIN, -1, Machtype.DomainReadFlags.DEVICES).get_devices())
        self.assertIsInstance(devices, Machtype.Properties)
        self.assertIsNone(devices.get_image("hw_disk_bus"))

    def test_changed_lists_are_copies(self):
        change = check_change("pc-q35-6.2", "pc-i440fx-6.2")
        change.list_reasons().clear()
        self.assertEqual(len(change.list_reasons()), 1)

    def test_builders_do_not_reach_back(self):
        builder = Machtype.PropertiesBuilder.new()
        builder.add_image("hw_disk_bus", "scsi")
        properties = builder.end()
        with contextlib.suppress(GLib.Error):
            builder.add_image("hw_disk_bus", "virtio")
        del builder
        gc.collect()
        self.assertEqual(properties.get_image("hw_disk_bus"), "scsi")

    def test_history_outlives_the_store(self):
        def change_once():
            store = make_store(1)
            uuid = f"{UUID[:-1]}0"
            store.update_machine(store.read_record(uuid), check_change("pc-q35-6.2", "pc-q35-7.2"),
                                 "me")
            return store.list_history(uuid)
        entry, = self.keep(change_once)
        self.assertEqual((entry.get_new_machine(), entry.get_author()), ("pc-q35-7.2", "me"))

    def test_references_by_hand(self):
        """Python does not need them; calling them does not release what others hold."""
        host = make_host()
        other = host.ref()
        host.unref()
        host.unref()
        del host
        gc.collect()
        self.assertEqual(other.get_arch(), Machtype.Arch.X86_64)


class Callbacks(unittest.TestCase):
    def test_records_outlive_the_call(self):
        kept, store = [], make_store(3)
        store.foreach(None, None, lambda record: kept.append(record) or True)
        del store
        gc.collect()
        self.assertEqual([record.get_uuid()[-1] for record in kept], ["0", "1", "2"])

    def test_user_data(self):
        seen = []
        make_store(1).foreach(None, None, lambda record, *data: seen.append(data), "a", 1)
        self.assertEqual(seen, [("a", 1)])

    def test_raising_stops(self):
        def fail(record):
            seen.append(record)
            raise ValueError("no more")
        for store in (make_store(3), self.make_own(3)):
            seen = []
            with self.subTest(store=type(store).__name__), raised_inside() as kinds:
                store.foreach(None, None, fail)
                self.assertEqual(len(seen), 1)
                self.assertEqual(kinds, [ValueError])
                self.assertEqual(store.read_record(f"{UUID[:-1]}2").get_machine(), "pc-q35-6.2")

    def test_wrong_results(self):
        for answer in (None, False, 0, ""):
            seen = []
            make_store(3).foreach(None, None, lambda record: seen.append(record) or answer)
            self.assertEqual(len(seen), 1)

    def test_no_function(self):
        for wrong in (None, 5, "f"):
            with self.assertRaises(TypeError):
                make_store(1).foreach(None, None, wrong)

    def test_a_store_that_raises(self):
        """A GLib.Error is passed to the caller unchanged; a bug is printed, and nothing is added.
        """
        class Broken(DictStore):
            def do_insert(self, record, entry):
                raise self.mistake
        store = Broken()
        store.mistake = GLib.Error.new_literal(Machtype.error_quark(), "full", Machtype.Error.STORE)
        with self.assertRaises(GLib.Error) as caught:
            store.add(make_record(), None)
        self.assertTrue(caught.exception.matches(Machtype.error_quark(), Machtype.Error.STORE))
        self.assertEqual(caught.exception.message, "full")
        store.mistake = ZeroDivisionError()
        with raised_inside() as kinds, self.assertRaises(GLib.Error) as caught:
            store.add(make_record(), None)
        self.assertTrue(caught.exception.matches(Machtype.error_quark(), Machtype.Error.STORE))
        self.assertIn("without setting an error", caught.exception.message)
        self.assertEqual(kinds, [ZeroDivisionError])
        self.assertEqual(store.records, {})

    def make_own(self, count):
        store = DictStore()
        for i in range(count):
            store.add(make_record(uuid=f"{UUID[:-1]}{i}"), None)
        return store


if __name__ == "__main__":
    unittest.main()
