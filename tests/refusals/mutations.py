# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domains with one fault: one attribute or element changed, removed, doubled or moved.

It knows XML, the values that occur in the domains, and the words of libvirt's schema, but none of
the rules of lint: it was written before them. The same SEED makes the same faults.
"""

import collections
import copy
import random
import re
import xml.etree.ElementTree as ET

SEED = 20260116

for _prefix, _uri in (("qemu", "http://libvirt.org/schemas/domain/qemu/1.0"),
                      ("machtype", "urn:libmachtype:record:1")):
    ET.register_namespace(_prefix, _uri)

RNG = "{http://relaxng.org/ns/structure/1.0}"
NUMBER = re.compile(r"(0x)?[0-9a-fA-F]{1,16}$")
# Limits of what attributes count: slots, functions, buses, ports, bytes, sizes.
LIMITS = (-1, 0, 1, 2, 7, 8, 30, 31, 32, 63, 64, 127, 128, 254, 255, 256, 65535, 65536, 2 ** 32)
# libvirt runs what an emulator's path names, so that only those that occur are used.
NEVER_MADE_UP = {"emulator"}

Fault = collections.namedtuple("Fault", "key way node name")


def read_schema_words(path):
    """The values that libvirt's schema lists for an attribute, by the attribute's name."""
    words = collections.defaultdict(set)
    for attribute in ET.parse(path).getroot().iter(RNG + "attribute"):
        for value in attribute.iter(RNG + "value"):
            if attribute.get("name") and value.text:
                words[attribute.get("name")].add(value.text)
    return {name: sorted(values) for name, values in words.items()}


class Document:
    """A domain, its elements in order, and the paths and parents of each."""

    def __init__(self, name, text):
        self.name = name
        self.root = ET.fromstring(text)
        self.paths, self.parents, self.nodes = {}, {}, []
        self._walk(self.root, None, "")

    def _walk(self, node, parent, path):
        self.nodes.append(node)
        self.parents[node] = parent
        # Devices of one kind differ by their type.
        kind = f"[{node.get('type')}]" if path == "/domain/devices" and node.get("type") else ""
        self.paths[node] = f"{path}/{node.tag}{kind}"
        for child in node:
            self._walk(child, node, self.paths[node])

    @property
    def board(self):
        kind = self.root.find("os/type")
        machine = re.sub(r"-[0-9.]+$", "", kind.get("machine", ""))
        return f"{kind.get('arch')} {machine}"


class Corpus:
    """What values occur: of an attribute of an element, and of an attribute's name anywhere."""

    def __init__(self, documents, schema_words):
        seen, named = collections.defaultdict(set), collections.defaultdict(set)
        for document in documents:
            for node in document.nodes:
                for name, value in node.attrib.items():
                    seen[node.tag, name].add(value)
                    named[name].add(value)
                if node.text and node.text.strip():
                    seen[node.tag, None].add(node.text)
        self.seen = {key: sorted(values) for key, values in seen.items()}
        self.named = {key: sorted(values) for key, values in named.items()}
        self.schema = schema_words


def neighbours(text):
    """Off by one, and limits, in the same notation."""
    base = 16 if text.startswith("0x") else 10
    try:
        number = int(text, base)
    except ValueError:
        return []
    write = (lambda n: f"0x{n:02x}" if n >= 0 else str(n)) if base == 16 else str
    return [write(n) for n in (number - 1, number + 1, number * 2) + LIMITS if n != number]


class Generator:
    """Makes faults; those of a kind that was made least come first."""

    def __init__(self, corpus, seed=SEED):
        self.corpus = corpus
        self.dice = random.Random(seed)
        self.made = collections.Counter()

    def list_faults(self, document):
        for node in document.nodes:
            path = document.paths[node]
            for name in node.attrib:
                for way in ("remove", "move", "double"):
                    yield Fault((document.board, way, path, name), way, node, name)
            # Of a value there are many wrong ones.
            for name in [*node.attrib] + [None] * bool(node.text and node.text.strip()):
                for turn in range(4):
                    yield Fault((document.board, turn, path, name), "change", node, name)
            if document.parents[node] is not None:
                for way in ("remove", "move", "double"):
                    yield Fault((document.board, way, path, ""), way, node, "")

    def choose(self, document, count):
        """As many faults of different kinds, those that were chosen least often first."""
        faults = list(self.list_faults(document))
        self.dice.shuffle(faults)
        faults.sort(key=lambda fault: self.made[fault.key])
        chosen = faults[:count]
        for fault in chosen:
            self.made[fault.key] += 1
        return chosen

    def make(self, text, count):
        """Yields descriptions and texts of domains with one fault."""
        plain = Document("", text)
        for fault in self.choose(plain, count):
            broken = Document("", text)
            node = broken.nodes[plain.nodes.index(fault.node)]
            what = getattr(self, fault.way)(broken, node, fault.name)
            if what is not None:
                yield (f"{fault.way} {plain.paths[fault.node]}"
                       f"{'/@' + fault.name if fault.name else ''}: {what}"
                       , ET.tostring(broken.root, encoding="unicode"))

    # Each way returns what it did, or None if there is nothing to do.

    def _pick_value(self, tag, name, old):
        pools = [self.corpus.seen.get((tag, name), [])]
        if tag not in NEVER_MADE_UP:
            if name is not None:
                pools += [self.corpus.named.get(name, []), self.corpus.schema.get(name, [])]
            pools.append(neighbours(old) if NUMBER.match(old) else [old + "x"])
        pools = [[value for value in pool if value != old] for pool in pools]
        pools = [pool for pool in pools if pool]
        return self.dice.choice(self.dice.choice(pools)) if pools else None

    def change(self, _document, node, name):
        old = node.text if name is None else node.get(name)
        new = self._pick_value(node.tag, name, old)
        if new is None:
            return None
        if name is None:
            node.text = new
        else:
            node.set(name, new)
        return f"{old!r} becomes {new!r}"

    @staticmethod
    def remove(document, node, name):
        if name:
            return f"{node.attrib.pop(name)!r}"
        document.parents[node].remove(node)
        return "element"

    def _pick_other(self, document, node):
        """An element of the same kind, if there is one, half of the time."""
        same = [n for n in document.nodes if n.tag == node.tag and n is not node]
        others = [n for n in document.nodes if n is not node]
        return self.dice.choice(same if same and self.dice.random() < 0.7 else others)

    def _pick_parent(self, document, node):
        """Another parent that does not belong to the element itself: of a kind that has such
        children or, seldom, any."""
        inside = set(node.iter())
        parent = document.parents[node]
        free = [n for n in document.nodes if n not in inside and n is not parent]
        alike = [n for n in free if n.tag == parent.tag or n.find(node.tag) is not None]
        siblings = [n for n in free if document.parents[n] is document.parents[parent]]
        pools = [pool for pool in (alike, siblings, free) if pool]
        return self.dice.choice(self.dice.choice(pools)) if pools else None

    def _put(self, document, node, name, moved):
        """An attribute or element on another one, in the place of what is there."""
        if name:
            other = self._pick_other(document, node)
            old, value = other.get(name), node.get(name)
            if old == value:
                return None
            if moved:
                del node.attrib[name]
                # Two that have it exchange it.
                if old is not None:
                    node.set(name, old)
            other.set(name, value)
            return f"{value!r} to {document.paths[other]}, which had {old!r}"
        parent = self._pick_parent(document, node)
        if parent is None:
            return None
        there = parent.find(node.tag)
        if there is not None and self.dice.random() < 0.7:
            parent.remove(there)
        if moved:
            document.parents[node].remove(node)
        parent.append(node if moved else copy.deepcopy(node))
        return f"element to {document.paths[parent]}"

    def move(self, document, node, name):
        return self._put(document, node, name, True)

    def double(self, document, node, name):
        if name or self.dice.random() < 0.3:
            return self._put(document, node, name, False)
        parent = document.parents[node]
        parent.insert(list(parent).index(node) + 1, copy.deepcopy(node))
        return "element"
