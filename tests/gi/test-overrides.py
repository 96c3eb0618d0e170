#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-overrides.py: values in Python, with gi/overrides/Machtype.py."""

import json
import unittest

from machtype_samples import UUID, Machtype, check_change, make_record

# Name, operator, name, what it is; None: it raises TypeError.
PAIRS = (
    ("pc-q35-2.9", "<", "pc-q35-2.10", True), ("pc-q35-2.9", "<=", "pc-q35-2.10", True),
    ("pc-q35-2.9", ">", "pc-q35-2.10", False), ("pc-q35-2.9", ">=", "pc-q35-2.10", False),
    ("pc-q35-2.10", ">", "pc-q35-2.9", True), ("pc-q35-2.9", "<=", "pc-q35-2.9", True),
    ("pc-q35-2.9", "<", "pc-q35-2.9", False), ("pc-q35-2.9", ">=", "pc-q35-2.9", True),
    ("pc-q35-2.9", "==", "pc-q35-2.9", True), ("pc-q35-2.9", "!=", "pc-q35-2.10", True),
    ("q35", "==", "pc", False), ("q35", "<", "pc-q35-7.2", None), ("q35", ">=", "pc-q35-7.2", None),
    ("pc-q35-7.2", ">", "pc-i440fx-7.2", None),
)
OPERATORS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}
WORDS = (
    (Machtype.Verdict.REFUSED_FAMILY, "refused-family"), (Machtype.State.SHELVED_OFFLOADED, "shelved_offloaded"),
    (Machtype.Order.LT, "lt"), (Machtype.Arch.X86_64, "x86_64"), (Machtype.Source.NONE, "none"),
    (Machtype.StoreOutcome.ADDED, "recorded"), (Machtype.Error.NOT_FOUND, "not-found"),
)


def name(text):
    return Machtype.Name.new(text, Machtype.Arch.X86_64)


class Names(unittest.TestCase):
    def test_operators(self):
        for a, operator, b, wanted in PAIRS:
            with self.subTest(a=a, operator=operator, b=b):
                if wanted is None:
                    with self.assertRaisesRegex(TypeError, "incomparable"):
                        OPERATORS[operator](name(a), name(b))
                else:
                    self.assertIs(OPERATORS[operator](name(a), name(b)), wanted)

    def test_other_types(self):
        self.assertNotEqual(name("q35"), "q35")
        self.assertNotEqual(name("q35"), None)
        with self.assertRaises(TypeError):
            name("q35") < "q35"  # pylint: disable=expression-not-assigned

    def test_hash_and_text(self):
        self.assertEqual({name("q35"), name("q35"), name("pc")}, {name("pc"), name("q35")})
        self.assertEqual((str(name("q35")), repr(name("q35"))), ("q35", "<Machtype.Name q35>"))
        self.assertIn(name("q35"), [name("pc"), name("q35")])

    def test_sorted(self):
        texts = "pc-q35-7.2 pc-q35-6.1 pc-q35-2.9 q35 pc-q35-2.10".split()
        found = [str(n) for n in sorted(map(name, texts), key=Machtype.Name.sort_key)]
        self.assertEqual(found, "q35 pc-q35-2.9 pc-q35-2.10 pc-q35-6.1 pc-q35-7.2".split())


class Values(unittest.TestCase):
    def test_words(self):
        for value, word in WORDS:
            with self.subTest(word=word):
                self.assertEqual((str(value), f"{value}", f"{value:>20}"), (word, word, word.rjust(20)))

    def test_every_enumeration_has_words(self):
        found = 0
        for cls in (getattr(Machtype, each) for each in dir(Machtype)):
            for number, value in getattr(cls, "__enum_values__", {}).items():
                with self.subTest(cls=cls.__name__, number=number):
                    self.assertRegex(str(value), "^[a-z0-9_-]+$")
                    found += 1
        self.assertGreater(found, 150)

    def test_equal(self):
        a, b = check_change("pc-q35-6.2", "pc-q35-7.2"), check_change("pc-q35-6.2", "pc-q35-7.2")
        other = check_change("pc-q35-6.2", "pc-q35-7.1")
        self.assertEqual(a, b)
        self.assertEqual(hash(a), hash(b))
        self.assertNotEqual(a, other)
        self.assertNotEqual(a, 1)
        self.assertEqual(json.loads(str(a))["verdict"], "allowed")
        self.assertEqual(a.list_effects(), b.list_effects())

    def test_equal_records_have_one_hash(self):
        builder = Machtype.RecordBuilder.new(UUID)
        builder.set_recorded_at(1)
        first = builder.end()
        builder.set_recorded_at(2)
        second = builder.end()
        self.assertEqual(first, second)
        self.assertEqual(hash(first), hash(second))


XML = ("<domain type='kvm'><name>a</name><os><type arch='x86_64' machine='pc-q35-7.2'/></os>"
       "</domain>")
READ = Machtype.DomainReadFlags.NONE
# Called without a length, and with one, by position and by name.
LENGTHS = (
    lambda *n, **k: str(Machtype.Domain.new_from_xml(XML, *n, READ, **k)),
    lambda *n, **k: Machtype.Domain.xml_with_machine(XML, *n, "pc-q35-8.0", **k),
    lambda *n, **k: Machtype.Domain.xml_with_name(XML, *n, "b", **k),
    lambda *n, **k: [str(f) for f in Machtype.Domain.lint(XML, *n, None, **k)],
    lambda *n, **k: len(Machtype.Domain.list_contained(XML, *n, **k)),
    lambda *n, **k: str(Machtype.Domain.convert(XML, *n, "pc-q35-8.0", Machtype.State.STOPPED,
                                                Machtype.ChangeFlags.NONE, None, **k)),
    lambda *n, **k: Machtype.PolicyBuilder.new().add_nova_conf("[libvirt]\n", *n, **k),
    lambda *n, **k: Machtype.HostBuilder.new().set_capabilities("<capabilities/>", *n, **k),
    lambda *n, **k: str(Machtype.json_parse("[1]", *n, **k)),
    lambda *n, **k: Machtype.text_escape("a\x1b", *n, 80, **k),
)


def make_properties(value):
    builder = Machtype.PropertiesBuilder.new()
    builder.add_image("os_type", value)
    return builder.end()


def read_host(xml):
    builder = Machtype.HostBuilder.new()
    builder.set_capabilities(xml)
    return builder.end()


# Made alike they are equal; the third differs. And the text.
EQUAL = (
    (make_properties, "linux", "windows", 'os_type="linux"'),
    (lambda machine: Machtype.Domain.new_from_xml(XML.replace("pc-q35-7.2", machine), READ),
     "pc", "q35", '"machine":"pc"'),
    (read_host, "<capabilities/>", "<capabilities><host><uuid>u</uuid></host></capabilities>",
     '"archs":[]'),
)


class More(unittest.TestCase):
    def test_lengths(self):
        for call in LENGTHS:
            with self.subTest(call(-1)):
                self.assertEqual(call(), call(-1))

    def test_length_by_name(self):
        self.assertEqual(Machtype.text_escape("abc", length=2, max=80), "ab")
        self.assertEqual(Machtype.text_escape("abc", max=80), "abc")
        self.assertEqual(Machtype.text_escape("abc", 2, 80), "ab")
        with self.assertRaises(TypeError):
            Machtype.text_escape("abc")

    def test_equal(self):
        for make, one, other, text in EQUAL:
            with self.subTest(text):
                self.assertEqual(make(one), make(one))
                self.assertEqual(hash(make(one)), hash(make(one)))
                self.assertNotEqual(make(one), make(other))
                self.assertNotEqual(make(one), text)
                self.assertEqual(len({make(one), make(one), make(other)}), 2)
                self.assertIn(text, str(make(one)))
                self.assertIn(text, repr(make(one)))


class Stores(unittest.TestCase):
    def setUp(self):
        self.store = Machtype.Store.open_memory()

    def list(self):
        found = []
        self.store.foreach(None, None, found.append)
        return found

    def test_transaction(self):
        with self.store.transaction() as store:
            store.add(make_record(), None)
        self.assertEqual(len(self.list()), 1)

    def test_rollback(self):
        with self.assertRaises(KeyError), self.store.transaction():
            self.store.add(make_record(), None)
            raise KeyError
        self.assertEqual(self.list(), [])
        with self.store.transaction():  # it was ended
            self.store.add(make_record(), None)

    def test_foreach_stops(self):
        for number in range(3):
            self.store.add(Machtype.RecordBuilder.new(f"{UUID[:-1]}{number}").end(), None)
        found = []

        def first(record):
            found.append(record)
            return False

        self.store.foreach(None, None, first)
        self.assertEqual(len(found), 1)
        unset = []
        self.store.foreach_unset(None, None, unset.append)
        self.assertEqual(len(unset), 3)


unittest.main()
