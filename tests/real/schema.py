#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""schema.py TEST-REDUCE CAPABILITIES

Every place in libvirt's own schema of a domain, each attribute and each text, filled with names of a
file, a host, a program or anything else: none of it is in the document that libvirt is asked about.
Permitted there are words where the schema has a list of words, numbers, and the few names below.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import virt

SCHEMAS = '/usr/share/libvirt/schemas'
NS = '{http://relaxng.org/ns/structure/1.0}'
HOOKS = {'http://libvirt.org/schemas/domain/qemu/1.0': 'qemu'}

# What a domain could contain. The last three are only names and numbers.
CANARIES = {
    'path': '/canary/17',
    'relative': '../canary',
    'url': 'canary://17/x',
    'port': 'canary.example:17',
    'address': '127.6.5.4',
    'address6': '::17',
    'shell': 'canary;17',
    'blank': 'canary 17',
    'option': 'canary,file=17',
    'utf8': 'c\u00e4nary',
    'host': 'canary.example',
    'word': 'canary17',
    'number': '1797531',
}

# Where the schema permits any text, and libvirt accepts a name of its own, or a number.
NAMES = {
    '/domain/os/type/@machine': {'word', 'host', 'address', 'number'},
    '/domain/cpu/model': {'word', 'host', 'address', 'number'},
    '/domain/cpu/feature/@name': {'word', 'host', 'address', 'number'},
    '/domain/cpu/vendor': {'word', 'number'},
}
NUMBERS = re.compile('/domain/devices/[a-z]+/(target/@port|address/@(iobase|irq)|master/@startport)$')


class Schema:
    """A place, and the texts that the schema permits there: a list of words, or any that match a
    pattern."""

    def __init__(self):
        self.defines = {}
        self.places = {}
        self.loaded = set()
        self.load('domain.rng')
        self.walk(self.start, '', ())

    def load(self, name):
        if name in self.loaded:
            return
        self.loaded.add(name)
        root = ElementTree.parse(os.path.join(SCHEMAS, name)).getroot()
        for include in root.iter(NS + 'include'):
            self.load(include.get('href'))
        for define in root.iter(NS + 'define'):
            self.defines.setdefault(define.get('name'), []).append(define)
        if root.find(NS + 'start') is not None and name == 'domain.rng':
            self.start = root.find(NS + 'start')

    @staticmethod
    def name_of(node):
        name = node.get('name')
        if name is None and node.find(NS + 'name') is not None:
            name = node.find(NS + 'name').text
        uri = node.get('ns')
        return (HOOKS[uri] + ':' if uri in HOOKS else '') + (name or 'any')

    def put(self, place, node):
        """A value, a pattern, or anything: None."""
        patterns = self.places.setdefault(place, [])
        if node is None or node.tag == NS + 'text':
            patterns.append(None)
        elif node.tag == NS + 'value':
            patterns.append(re.escape(node.text or ''))
        elif node.get('type') in ('string', 'NCName', 'token', 'anyURI'):
            params = [p.text for p in node.iter(NS + 'param') if p.get('name') == 'pattern']
            patterns.append(params[0] if params else None)
        else:
            patterns.append('-?[0-9]+')

    def attribute(self, node, place, stack):
        found = False
        for child in node:
            if child.tag in (NS + 'value', NS + 'data', NS + 'text'):
                self.put(place, child)
                found = True
            elif child.tag == NS + 'ref' and child.get('name') not in stack:
                for define in self.defines.get(child.get('name'), []):
                    found |= self.attribute(define, place, stack + (child.get('name'),))
            elif child.tag not in (NS + 'name', NS + 'ref'):
                found |= self.attribute(child, place, stack)
        return found

    def walk(self, node, path, stack):
        for child in node:
            if child.tag == NS + 'element':
                self.places.setdefault(path + '/' + self.name_of(child), [])
                self.walk(child, path + '/' + self.name_of(child), stack)
            elif child.tag == NS + 'attribute':
                place = path + '/@' + self.name_of(child)
                if not self.attribute(child, place, ()):
                    self.put(place, None)
            elif child.tag == NS + 'ref':
                # A disk can be nested behind a disk, without end; once is enough.
                if child.get('name') not in stack:
                    for define in self.defines.get(child.get('name'), []):
                        self.walk(define, path, stack + (child.get('name'),))
            elif child.tag in (NS + 'value', NS + 'data', NS + 'text'):
                self.put(path, child)
            else:
                self.walk(child, path, stack)


def document(place, text):
    """A domain with nothing but this."""
    path, _, attribute = place.partition('/@')
    names = path.strip('/').split('/')
    bottom = ElementTree.Element(names[-1])
    if attribute:
        bottom.set(attribute, text)
    else:
        bottom.text = text
    for name in reversed(names[:-1]):
        parent = ElementTree.Element(name)
        parent.append(bottom)
        bottom = parent
    xml = ElementTree.tostring(bottom, encoding='unicode')
    if 'qemu:' in xml:
        xml = xml.replace('<domain', "<domain xmlns:qemu='{}'".format(next(iter(HOOKS))), 1)
    return xml


def is_any_text(patterns):
    """Whether the schema permits arbitrary text that could do harm."""
    for pattern in patterns:
        if pattern is None:
            return True
        try:
            if any(re.fullmatch(pattern, text) for name, text in CANARIES.items()
                   if name != 'number'):
                return True
        except re.error:
            return True
    return False


def is_allowed(place, patterns, canary):
    if place in NAMES:
        return canary in NAMES[place]
    if canary == 'number' and (NUMBERS.match(place) or not is_any_text(patterns)):
        return True
    return canary == 'word' and not is_any_text(patterns)


def is_told(place, left_out):
    """Whether the place, or something that contains it, is listed as omitted."""
    place = place.replace('qemu:', '*:')
    return any(place == told or place.startswith(told + '/') or told == place + '/text()'
               for told in (re.sub(r'\[\d+\]', '', told) for told in left_out))


def main():
    if not os.path.isdir(SCHEMAS):
        virt.skip('libvirt has no schemas here')
    places = Schema().places
    rows = [(place, canary) for place in sorted(places) for canary in CANARIES]
    documents = ''.join(document(place, CANARIES[canary]) + '\n' for place, canary in rows)
    done = subprocess.run(sys.argv[1:3], input=documents.encode(), capture_output=True, check=True)
    lines = done.stdout.decode().split('\n')
    passed, wrong = set(), 0
    for number, (place, canary) in enumerate(rows):
        reduced, left_out = lines[2 * number], lines[2 * number + 1].split()
        passes = CANARIES[canary] in reduced
        if passes and not is_allowed(place, places[place], canary):
            print('{}: {} passes: {}'.format(place, canary, reduced))
            wrong += 1
        # An element without text is not a place for text.
        if not passes and (places[place] or '@' in place) and not is_told(place, left_out):
            print('{}: {} is left out, which is not told: {}'.format(place, canary, left_out))
            wrong += 1
        if passes:
            passed.add(place)
    print('{} places, {} documents; {} places are asked about'.format(len(places), len(rows),
                                                                      len(passed)))
    # A walk that finds nothing would prove nothing.
    if wrong or len(places) < 2000 or len(passed) < 200 or not set(NAMES) <= passed:
        sys.exit('FAIL: {} wrong'.format(wrong))


main()
