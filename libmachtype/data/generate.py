#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""generate.py SOURCE OUTPUT

Generates the C tables of libmachtype in the folder OUTPUT from SOURCE/*.tsv, and checks every row on
the way: an error is reported with FILE:LINE, and nothing is written. tables.h has what more than one
file needs, *.inc the tables of one file each. Their types are in those files.

A file contains a table, or several that start with a line "%NAME". A table has a line with the names of
its columns, then rows, all tab-separated. "-" is an empty cell. "#" starts a comment; "#: KEY TEXT"
names a source for the column "source" (continued by "#:" and two blanks). The order of rows matters
only where a comment says so.
"""

import pathlib
import re
import sys

LAST_NUMBER = 9999  # of the grammar


class Wrong(Exception):
    """Something that a table must not contain."""


# What a cell may be: functions from its text to its value.

def word(cell):
    if not re.fullmatch(r"[A-Za-z0-9._+-]+", cell):
        raise Wrong(f"'{cell}' is not a word")
    return cell


def text(cell):
    if not re.fullmatch(r"[ !#-\[\]-~]+", cell):
        raise Wrong("a text is printable ASCII without quotes and backslashes")
    return cell


def words(cell):
    return [word(one) for one in cell.split(" ")]


def number(cell):
    if not re.fullmatch(r"[1-9][0-9]?", cell):
        raise Wrong(f"'{cell}' is not a number from 1 to 99")
    return int(cell)


def whole(cell):
    if not re.fullmatch(r"0|[1-9]\d?", cell):
        raise Wrong(f"'{cell}' is not a number from 0 to 99")
    return int(cell)


def month(cell):
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", cell):
        raise Wrong(f"'{cell}' is not a month, as 2029-05 is")
    return cell


def version(cell):
    """Of QEMU: two numbers that fit into a byte each."""
    match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)", cell)
    if not match or any(int(n) > 255 for n in match.groups()) or cell == "0.0":
        raise Wrong(f"'{cell}' is not a version of QEMU, as 7.2 is")
    return tuple(map(int, match.groups()))


def micro_version(cell):
    """Of QEMU, and of a stable one if three numbers are given."""
    match = re.fullmatch(r"(\d+\.\d+)(?:\.([1-9]\d*))?", cell)
    if not match or int(match[2] or 0) > 255:
        raise Wrong(f"'{cell}' is not a version of QEMU, as 7.2 or 4.0.1 are")
    return *version(match[1]), int(match[2] or 0)


def revision(cell):
    """A vendor's revision, as it ends a name."""
    match = re.fullmatch(r"(\d+\.\d+)\+pve([1-9]\d*)|([a-z]+)-v([1-9]\d*)", cell)
    if not match:
        raise Wrong(f"'{cell}' is not a revision, as 9.2+pve1 and noble-v2 are")
    return cell, match[1] or match[3], int(match[2] or match[4])


def families_on(cell):
    """Families, each with the set of architectures that it is restricted to."""
    pairs = [one.partition(":") for one in cell.split(" ")]
    return [(word(family), word(archs) if colon else "any") for family, colon, archs in pairs]


def release(cell):
    """Of a vendor: the second number may have a leading zero, as months have, or be any."""
    match = re.fullmatch(r"([1-9]\d{0,3})\.(\d{1,4}|\*)", cell)
    if not match:
        raise Wrong(f"'{cell}' is not a version of a vendor, as 9.4, 22.04 and 5.* are")
    return int(match[1]), None if match[2] == "*" else int(match[2])


def one_of(*values):
    def parse(cell):
        if cell not in values:
            raise Wrong(f"'{cell}' is none of: {', '.join(values)}")
        return cell
    return parse


def flag(cell):
    return one_of("yes", "no")(cell) == "yes"


def setting(cell):
    if not re.fullmatch(r"[A-Za-z0-9_.+-]+=[A-Za-z0-9_.+ -]*", cell):
        raise Wrong(f"'{cell}' is not DRIVER.PROPERTY=VALUE")
    return cell


def optional(parse, empty=None):
    return lambda cell: empty if cell == "-" else parse(cell)


# Columns of each table of each file, and which of them name a row: together they are unique.
FILES = {
    "archs": {
        "archs": (["arch"], {
            "arch": word, "libvirt": word, "glance": optional(word, ""), "uname": optional(word, ""),
            "debian": optional(word, ""), "qemu": optional(word, ""), "aliases": optional(words, []),
            "sets": optional(words, []), "machine": optional(word, ""),
            "package": optional(word, ""), "firmware_package": optional(word, ""),
            "kvm_on": optional(words, []), "libvirt_from": optional(word, "")}),
    },
    "boards": {
        "boards": (["name"], {
            "name": word, "archs": optional(words, []), "kind": one_of("board", "alias"),
            "vendor": word, "introduced": optional(version), "deprecated": optional(version),
            "removed": optional(version)}),
    },
    "emulators": {
        "guests": (["arch"], {"arch": word, "gone": optional(version),
                              "misnamed": optional(version), "taken_as": optional(word, "")}),
        "tagged": (["name"], {"name": word}),
        "bare": (["family", "arch"], {"family": word, "arch": word, "first": version}),
        "added": (["board", "archs"], {"board": word, "archs": words, "first": version}),
        "stands_for": (["alias", "first", "stands_for"], {
            "alias": word, "first": version, "last": optional(version, (255, 255)),
            "stands_for": optional(word, "")}),
        "lapsed": (["board", "archs"], {"board": word, "archs": words, "first": version,
                                        "last": version}),
    },
    "families": {
        "families": (["family"], {
            "family": word, "name": word, "alias": word, "label": text, "first": version,
            "archs": words, "age_rule": flag}),
        "later": (["family", "arch"], {"family": word, "arch": word, "first": version}),
    },
    "aliases": {
        "aliases": (["alias"], {"alias": word, "family": word, "vendor": word}),
    },
    "vendors": {
        "vendors": (["vendor"], {
            "vendor": word, "label": text, "product": optional(text, ""), "counts_as": word, "age_rule": flag,
            "base": one_of("version", "releases")}),
        "variants": (["variant"], {"variant": word, "meaning": text, "kept": flag}),
        "forms": (["vendor", "families", "form"], {
            "vendor": word, "families": words, "form": text, "version": optional(release)}),
        "releases": (["vendor", "version", "families", "variant", "revision"], {
            "vendor": word, "version": release, "codename": optional(word, ""),
            "families": optional(words, []), "variant": optional(word, ""),
            "revision": optional(number, 0), "base": optional(version)}),
    },
    "lifecycles": {
        "rules": (["event"], {"event": one_of("deprecated", "removed"), "years": number,
                              "since": version}),
        "exceptions": (["family", "first"], {
            "family": word, "first": version, "last": version, "deprecated": optional(version),
            "removed": version}),
        "majors": (["vendor", "major"], {"vendor": word, "major": whole, "last": whole}),
        "micros": (["vendor", "version"], {
            "vendor": word, "families": words, "version": version, "last": number}),
        "skipped": (["vendor", "families", "first"], {
            "vendor": word, "families": words, "first": version, "last": version}),
        "vendor_rules": (["vendor"], {"vendor": word, "first": version, "years": number,
                                      "keeps": number}),
        "vendor_types": (["vendor", "families", "first"], {
            "vendor": word, "families": words, "first": version, "last": version,
            "deprecated": optional(version), "last_seen": version, "removed": optional(version)}),
        "end_of_life": (["vendor", "version"], {"vendor": word, "version": release,
                                                "until": month}),
    },
    "effects": {
        "effects": (["families", "since", "effect"], {
            "families": families_on, "since": micro_version, "until": optional(micro_version),
            "effect": text}),
        "revisions": (["vendor", "families", "release", "effect"], {
            "vendor": word, "families": families_on, "release": revision, "later": flag,
            "effect": text}),
    },
    "compat": {
        "compat": (["families", "last", "property"], {"families": words, "last": version,
                                                      "property": setting}),
    },
    "states": {
        "states": (["word"], {
            "word": text, "nova": word,
            "state": one_of("stopped", "shelved", "shelved-offloaded", "other", "saved")}),
    },
}


class Row:
    """A row's values as attributes, and its position."""

    def __init__(self, place, values):
        self.place = place
        self.__dict__.update(values)


class Problems:
    def __init__(self):
        self.lines = []

    def add(self, place, message):
        self.lines.append(f"{place}: {message}")


class Reader:
    """One file, read line by line."""

    def __init__(self, path, tables, problems):
        self.path, self.tables, self.problems = path, tables, problems
        self.rows = {name: [] for name in tables}
        self.sources, self.used, self.seen = {}, set(), {}
        self.table = next(iter(tables)) if len(tables) == 1 else None
        self.columns = None

    def read(self):
        content = self.path.read_text(encoding="utf-8")
        for n, line in enumerate(content.splitlines(), 1):
            place = f"{self.path.name}:{n}"
            try:
                self.read_line(place, line)
            except Wrong as wrong:
                self.problems.add(place, wrong)
        for key, place in self.sources.items():
            if key not in self.used:
                self.problems.add(place, f"no row has the source '{key}'")
        for name, rows in self.rows.items():
            if not rows:
                self.problems.add(self.path.name, f"no rows in table '{name}'")
        return self.rows

    def read_line(self, place, line):
        if line.startswith("#:"):
            self.add_source(place, line[2:])
        elif line.startswith("%"):
            self.begin(line[1:])
        elif line != "" and not line.startswith("#"):
            if self.table is None:
                raise Wrong("a row before the name of its table")
            self.add_row(place, line.split("\t"))

    def add_source(self, place, line):
        if line.startswith("  "):
            return
        match = re.fullmatch(r" (\S+) +(\S.*)", line)
        if not match:
            raise Wrong("a source is '#: KEY TEXT'")
        if match[1] in self.sources:
            raise Wrong(f"source '{match[1]}' is there already, at {self.sources[match[1]]}")
        self.sources[match[1]] = place

    def begin(self, name):
        self.table = None
        self.columns = None
        if name not in self.tables:
            raise Wrong(f"unknown table '{name}'; known are: {', '.join(self.tables)}")
        self.table = name

    def set_columns(self, cells):
        known = list(self.tables[self.table][1]) + ["source"]
        self.columns = cells
        for cell in cells:
            if cell not in known:
                raise Wrong(f"unknown column '{cell}'; known are: {', '.join(known)}")
            if cells.count(cell) > 1:
                raise Wrong(f"column '{cell}' is there twice")
        for name in known:
            if name not in cells:
                raise Wrong(f"no column '{name}'")

    def add_row(self, place, cells):
        key, parsers = self.tables[self.table]
        if self.columns is None:
            self.set_columns(cells)
            return
        if len(cells) != len(self.columns):
            raise Wrong(f"{len(cells)} cells, {len(self.columns)} columns")
        texts = dict(zip(self.columns, cells))
        values = {}
        for name, cell in texts.items():
            values[name] = self.parse(name, cell, parsers.get(name))
        identity = (self.table, *(texts[name] for name in key))
        if identity in self.seen:
            raise Wrong(f"'{' '.join(identity[1:])}' is there already, at {self.seen[identity]}")
        self.seen[identity] = place
        self.rows[self.table].append(Row(place, values))

    def parse(self, name, cell, parser):
        if cell == "" or cell != cell.strip():
            raise Wrong(f"column '{name}' is empty or has blanks around it; '-' is for nothing")
        if parser is not None:
            try:
                return parser(cell)
            except Wrong as wrong:
                raise Wrong(f"column '{name}': {wrong}") from None
        keys = cell.split(" ")
        for key in keys:
            if key not in self.sources:
                raise Wrong(f"'{key}' is not a source that this file names with '#: {key} TEXT'")
        self.used.update(keys)
        return keys


# References between tables.

class Facts:
    """All tables, checked against each other."""

    def __init__(self, tables, problems):
        self.__dict__.update(tables)
        self.problems = problems
        self.arch_names = {row.arch: [row.arch] for row in self.archs}
        self.add_sets()
        self.family_names = [row.family for row in self.families]
        self.vendor_names = [row.vendor for row in self.vendors]
        self.variant_names = [row.variant for row in self.variants]
        for rows, name, known in (
                (self.aliases, "family", self.family_names),
                (self.aliases, "vendor", self.vendor_names),
                (self.vendors, "counts_as", self.vendor_names),
                (self.forms, "vendor", self.vendor_names),
                (self.releases, "vendor", self.vendor_names),
                (self.releases, "variant", self.variant_names + [""]),
                (self.exceptions, "family", self.family_names),
                (self.later, "family", self.family_names),
                (self.majors, "vendor", self.vendor_names),
                (self.micros, "vendor", self.vendor_names),
                (self.skipped, "vendor", self.vendor_names),
                (self.vendor_rules, "vendor", self.vendor_names),
                (self.vendor_types, "vendor", self.vendor_names),
                (self.end_of_life, "vendor", self.vendor_names),
                (self.later, "arch", list(self.arch_names))):
            self.refer(rows, name, known)
        for rows in (self.forms, self.releases, self.micros, self.skipped, self.vendor_types, self.compat):
            self.refer(rows, "families", self.family_names + ["any"])
        for row in self.effects + self.revisions:
            row.parts, row.archs = map(list, zip(*row.families))
        self.refer(self.effects + self.revisions, "parts", self.family_names)
        self.refer(self.effects + self.revisions, "archs", [*self.arch_names, "any"])
        self.refer(self.revisions + self.boards, "vendor", self.vendor_names)
        for rows, name in ((self.boards, "archs"), (self.families, "archs"), (self.archs, "kvm_on"),
                           (self.guests, "arch"), (self.bare, "arch"), (self.added, "archs"),
                           (self.lapsed, "archs")):
            self.refer(rows, name, [*self.arch_names, "any"])
        self.refer(self.bare, "family", self.family_names)
        boards = [row.name for row in self.boards]
        for rows, name in ((self.added, "board"), (self.lapsed, "board"), (self.stands_for, "alias")):
            self.refer(rows, name, boards)
        self.refer(self.stands_for, "stands_for", [*boards, ""])
        if len(self.variants) > 8:
            problems.add(self.variants[8].place, "there is room for 8 variants")
        if {row.event for row in self.rules} != {"deprecated", "removed"}:
            problems.add(self.rules[-1].place, "there are two rules: deprecated and removed")
        self.check_releases()
        self.check_effects()

    def refer(self, rows, name, known):
        for row in rows:
            value = getattr(row, name)
            for one in value if isinstance(value, list) else [value]:
                if one not in known:
                    self.problems.add(row.place, f"column '{name}': unknown '{one}'")

    def add_sets(self):
        sets = {}
        for row in self.archs:
            for name in row.sets:
                if name in self.arch_names:
                    self.problems.add(row.place, f"set '{name}' is an architecture")
                sets.setdefault(name, []).append(row.arch)
        self.arch_names.update(sets)

    def check_releases(self):
        meanings = {}
        for row in self.releases:
            if (row.base is None) != (row.families == []):
                self.problems.add(row.place, "a base is of families, and families have a base")
            if row.codename and not re.fullmatch("[a-z]{2,}", row.codename):
                self.problems.add(row.place, "a code name has lower-case letters alone, two at least")
            if row.codename and row.version[1] is None:
                self.problems.add(row.place, "a code name stands for one version")
            meaning = (row.vendor, row.version)
            if meanings.setdefault(row.codename or meaning, meaning) != meaning:
                self.problems.add(row.place, f"'{row.codename}' is another version above")

    def check_effects(self):
        codenames = {row.codename: row.version for row in self.releases}
        for row in self.effects:
            if row.until and row.until <= row.since:
                self.problems.add(row.place, "column 'until' is not after column 'since'")
        for row in self.revisions:
            label, of, number = row.release
            if "+" in label:
                row.release = label, version(of), number
            elif of in codenames:
                row.release = label, codenames[of], number
            else:
                self.problems.add(row.place, f"unknown code name '{of}'")


# The grammar.

class Form:
    """A form of names, as name/parse.c reads it: an optional part begins with its length, a tag
    ends with the number of its variant, limits are separate."""

    TOKEN = re.compile(r"(?P<literal>[a-z0-9.+-])|(?P<number>[XYZR])(?:\{(?P<low>\d+)(?:-(?P<high>\d+))?\})?"
                       r"|(?P<codename>C)|(?P<open>\[)|(?P<close>\])|<(?P<tag>[a-z-]+)>")

    def __init__(self, row, facts):
        self.row = row
        self.whole = not row.form.startswith("FAMILY-")
        self.rest = row.form if self.whole else row.form[len("FAMILY-"):]
        self.letters, self.limits, self.depth, self.seen = [], {}, 0, set()
        at = 0
        while at < len(self.rest):
            match = self.TOKEN.match(self.rest, at)
            if not match:
                raise Wrong(f"column 'form': cannot read '{self.rest[at:]}'")
            self.add(match, facts.variant_names)
            at = match.end()
        self.check()

    def add(self, match, variants):
        kind = match.lastgroup
        if match["number"]:
            self.add_number(match)
        elif match["tag"]:
            if match["tag"] not in variants:
                raise Wrong(f"column 'form': unknown variant '{match['tag']}'")
            self.letters += ["<", *match["tag"], f"\\{variants.index(match['tag']) + 1:03o}"]
        else:
            self.depth += {"open": 1, "close": -1}.get(kind, 0)
            if self.depth not in (0, 1):
                raise Wrong("column 'form': [ and ] do not match, or are nested")
            self.seen.add("C" if kind == "codename" else "")
            if kind == "close":
                start = len(self.letters) - self.letters[::-1].index("[")
                self.letters.insert(start, f"\\{len(self.letters) - start + 1:03o}")
            self.letters.append(match[0])

    def add_number(self, match):
        name = match["number"]
        if name in self.seen:
            raise Wrong(f"column 'form': {name} is there twice")
        self.seen.add(name)
        self.letters.append(name)
        low = int(match["low"] or 0)
        high = int(match["high"] or match["low"] or LAST_NUMBER)
        if low > high or high > LAST_NUMBER:
            raise Wrong("column 'form': the limits of a number are wrong")
        self.limits[name] = (low, high)

    def check(self):
        if self.depth != 0:
            raise Wrong("column 'form': [ and ] do not match, or are nested")
        if not ({"X", "Y"} <= self.seen or "C" in self.seen or self.row.version):
            raise Wrong("column 'form': no X.Y, no C and no version: which version is it?")
        if self.whole and (len(self.row.families) != 1 or self.row.families == ["any"]):
            raise Wrong("column 'families': a name without FAMILY is of one family")
        if self.row.version and self.row.version[1] is None:
            raise Wrong("column 'version': which one?")

    @property
    def begins_with_number(self):
        return self.rest[0] in "XYZR0123456789"

    def plain(self):
        """The literal before the numbers, and whether there are always three; None if it is more
        complex."""
        match = re.fullmatch(r"([a-z]*)X\.Y(\.Z|\[\.Z\])", self.rest)
        if self.whole or not match or self.row.families != ["any"]:
            return None
        return match[1], match[2] == ".Z"


# Finding a text: slots, each with the number of a row from 1 on or 0, filled in order, starting at
# the text's own. The factors are tried until they distribute the texts well.

def slot_of(key, factors, size):
    data, length = key.encode(), len(key)
    picked = (data[0], data[length // 2], data[length - 2], data[length - 1], length)
    return sum(f * p for f, p in zip(factors, picked)) % size


def random_factors():
    """The same ones in every run."""
    state = 1
    while True:
        factors = []
        for _ in range(5):
            state = (state * 1103515245 + 12345) % 2 ** 31
            factors.append(1 + (state >> 16) % 127)
        yield factors


def fill_slots(keys, factors, size):
    """The slots, and how many were skipped to fill them."""
    slots, passed = [0] * size, 0
    for row, key in enumerate(keys, 1):
        at = slot_of(key, factors, size)
        while slots[at] != 0:
            at = (at + 1) % size
            passed += 1
        slots[at] = row
    return slots, passed


def scatter(keys, tries=400):
    size = 1
    while size < 2 * len(keys):
        size *= 2
    best = None
    for _, factors in zip(range(tries), random_factors()):
        slots, passed = fill_slots(keys, factors, size)
        if best is None or passed < best[0]:
            best = (passed, factors, slots)
        if passed == 0:
            break
    return best[1], best[2]


def finder(name, keys):
    """The slots of a table, and the function for the first slot of a text of two bytes or more."""
    factors, slots = scatter(keys)
    kind = "guint8" if len(keys) < 256 else "guint16"
    places = ("p[0]", "p[length / 2]", "p[length - 2]", "p[length - 1]", "(guint)length")
    total = " + ".join(f"{place} * {factor}u" for place, factor in zip(places, factors))
    lines = ["", f"static const {kind} {name}_slots[{len(slots)}] = {{"]
    lines += ["  " + " ".join(f"{slot}," for slot in slots[i:i + 16])
              for i in range(0, len(slots), 16)]
    lines += ["};", "", "static inline guint", f"{name}_slot (const char *text, gsize length)", "{",
              "  const guchar *p = (const guchar *)text;", "",
              f"  return ({total}) % {len(slots)}u;", "}"]
    return lines


# C.

def arch_bits(names, facts):
    if "any" in names:
        return "G_MAXUINT64"
    archs = sorted({arch for name in names for arch in facts.arch_names[name]})
    return " | ".join(f"MT_ARCH_BIT ({arch_enum(arch)})" for arch in archs) or "0"


def arch_enum(name):
    return "MACHTYPE_ARCH_" + name.upper()


def family_enum(name):
    return "MACHTYPE_FAMILY_" + name.upper().replace("-", "_")


def vendor_enum(name):
    return "MACHTYPE_VENDOR_" + name.upper().replace("-", "_")


def family_bits(names):
    if "any" in names:
        return "G_MAXUINT32"
    return " | ".join(f"1u << {family_enum(name)}" for name in names) or "0"


def variant_bit(name, facts):
    return f"1u << {facts.variant_names.index(name)}" if name else "0"


def pair(numbers):
    return f"{{ {numbers[0]}, {numbers[1]} }}"


def fields(**values):
    """An initializer; empty fields are omitted."""
    shown = []
    for name, value in values.items():
        if isinstance(value, tuple):
            value = pair(value)
        elif isinstance(value, bool):
            value = "TRUE" if value else ""
        if value not in (None, "", "0", '""'):
            shown.append(f".{name} = {value}")
    return f"{{ {', '.join(shown)} }}"


def quote(value):
    return f'"{value}"'


def array(declaration, rows, notes=None):
    if notes:
        rows = [f"{row}, /* {note} */" for row, note in zip(rows, notes)]
    else:
        rows = [f"{row}," for row in rows]
    return ["", f"static const {declaration}[] = {{", *(f"  {row}" for row in rows), "};"]


def size_of(texts):
    return max(len(one) for one in texts) + 1


def discriminating_byte(names):
    """The position at which no two names have the same byte."""
    for at in range(min(map(len, names))):
        if len({name[at] for name in names}) == len(names):
            return at
    sys.exit("generate.py: no byte distinguishes the families: mt_family_of_prefix needs another way")


def make_header(facts, forms):
    prefixes = {row.family: row.name + "-" for row in facts.families}
    at = discriminating_byte(list(prefixes.values()))
    plain = dict.fromkeys(form.plain() for form in forms if form.plain())
    sizes = {
        "ARCH_NAME": [key for key, _ in spellings(facts)] +
                     [name for row in facts.archs for name in (row.uname, row.qemu)],
        "MACHINE_NAME": [row.machine for row in facts.archs],
        "PACKAGE_NAME": [name for row in facts.archs for name in (row.package, row.firmware_package)],
        "BOARD_NAME": [row.name for row in facts.boards],
        "TAGGED_NAME": [row.name for row in facts.tagged],
        "FAMILY_NAME": [name for row in facts.families for name in (row.name, row.alias)],
        "FAMILY_LABEL": [row.label for row in facts.families],
        "ALIAS_NAME": [key for key, *_ in aliases(facts)],
        "VARIANT_NAME": facts.variant_names,
        "VARIANT_MEANING": [row.meaning for row in facts.variants],
        "VENDOR_WORD": facts.vendor_names,
        "VENDOR_LABEL": [text for row in facts.vendors for text in (row.label, row.product)],
        "CODENAME": [row.codename for row in facts.releases],
        "FORM": [form.letters for form in forms],
        "EFFECT": [row.effect for row in facts.effects + facts.revisions],
        "COMPAT": [row.property for row in facts.compat],
        "REVISION": [row.release[0] for row in facts.revisions],
        "STATE_WORD": [name for row in facts.states for name in (row.word, row.nova)],
    }
    return [
        "#pragma once", "", "/* The numbers of the enumerations' last values. */",
        f"#define MT_ARCH_LAST {len(facts.archs)}",
        f"#define MT_FAMILY_LAST {len(facts.families)}",
        f"#define MT_VENDOR_LAST {len(facts.vendors) - 1}",
        f"#define MT_N_VARIANTS {len(facts.variants)}",
        "", "/* Room for the longest text, with its NUL. */",
        *(f"#define MT_{name}_SIZE {size_of(texts)}" for name, texts in sizes.items()),
        "", "/* PREFIX (byte at MT_FAMILY_BYTE, family, what its names start with) */",
        f"#define MT_FAMILY_BYTE {at}",
        f"#define MT_FAMILY_SHORTEST {min(map(len, prefixes.values()))}",
        "#define MT_FAMILY_PREFIXES(PREFIX) \\",
        " \\\n".join(f"  PREFIX ('{prefix[at]}', {family_enum(family)}, \"{prefix}\")"
                     for family, prefix in prefixes.items()),
        "", "/* FORM (what stands before a version that is all there is, whether it has three numbers) */",
        "#define MT_PLAIN_FORMS(FORM) \\",
        " \\\n".join(f"  FORM (\"{literal}\", {'TRUE' if three else 'FALSE'})"
                     for literal, three in plain),
    ]


def spellings(facts):
    """Every spelling that identifies one architecture; libvirt's first, because most names are
    these."""
    found = {}
    for names in (lambda row: [row.libvirt], lambda row: [row.glance, row.debian, *row.aliases]):
        for row in facts.archs:
            for name in filter(None, names(row)):
                if found.setdefault(name, row.arch) != row.arch:
                    facts.problems.add(row.place, f"'{name}' is {found[name]} already")
                if len(name) < 2 or name != name.lower():
                    facts.problems.add(row.place, f"'{name}' is too short, or not in lower case")
    return list(found.items())


def make_archs(facts, _):
    rows = [f"[{arch_enum(row.arch)}] = " + fields(
        libvirt=quote(row.libvirt), glance=quote(row.glance), uname=quote(row.uname),
        debian=quote(row.debian), qemu=quote(row.qemu), machine=quote(row.machine),
        package=quote(row.package), firmware_package=quote(row.firmware_package),
        kvm_on=arch_bits(row.kvm_on, facts), libvirt_from=quote(row.libvirt_from)) for row in facts.archs]
    found = spellings(facts)
    return [*array("ArchInfo archs", rows),
            *array("Spelling spellings", [fields(text=quote(name), length=str(len(name)),
                                                 arch=arch_enum(arch))
                                          for name, arch in found]),
            *finder("spelling", [name for name, _ in found])]


def make_boards(facts, _):
    rows = [fields(name=quote(row.name), arches=arch_bits(row.archs, facts),
                   vendor=vendor_enum(row.vendor),
                   is_alias=row.kind == "alias", introduced=row.introduced,
                   deprecated=row.deprecated, removed=row.removed) for row in facts.boards]
    return [*array("MtBoard boards", rows), *finder("board", [row.name for row in facts.boards])]


def aliases(facts):
    """The aliases of the families, and the others."""
    found = [(row.alias, row.family, "upstream", row) for row in facts.families]
    for row in facts.aliases:
        if row.alias in [name for name, *_ in found]:
            facts.problems.add(row.place, f"'{row.alias}' is the alias of a family")
        found.append((row.alias, row.family, row.vendor, row))
    return found


def form_array(name, forms):
    def bounds(form, at):
        numbers = [form.limits.get(number, (0, LAST_NUMBER))[at] for number in "XYZR"]
        return f"{{ {', '.join(map(str, numbers))} }}"
    rows = [fields(pattern=quote("".join(form.letters)), vendor=vendor_enum(form.row.vendor),
                   families=family_bits(form.row.families),
                   family=family_enum(form.row.families[0]) if form.whole else None,
                   low=bounds(form, 0), high=bounds(form, 1), version=form.row.version)
            for form in forms]
    return array(f"Form {name}", rows, [form.row.form for form in forms])


def make_parse(facts, forms):
    families = [f"[{family_enum(row.family)}] = " + fields(
        name=quote(row.name), alias=quote(row.alias), label=quote(row.label),
        length=str(len(row.name)), first=row.first, arches=arch_bits(row.archs, facts),
        later=arch_bits([late.arch for late in facts.later if late.family == row.family], facts),
        age_rule=row.age_rule) for row in facts.families]
    found = aliases(facts)
    behind = [form for form in forms if not form.whole]
    behind.sort(key=lambda form: not form.begins_with_number)
    return [*array("MtFamily families", families),
            *array("Later later_archs", [fields(family=family_enum(row.family),
                                                arches=arch_bits([row.arch], facts),
                                                first=row.first) for row in facts.later]),
            *array("Alias aliases", [fields(name=quote(name), family=family_enum(family),
                                            vendor=vendor_enum(vendor))
                                     for name, family, vendor, _ in found]),
            *finder("alias", [name for name, *_ in found]),
            "", "/* Behind a family's name; the first so many begin with a number. */",
            f"#define N_NUMBER_FORMS {sum(form.begins_with_number for form in behind)}",
            *form_array("forms", behind),
            *form_array("whole_forms", [form for form in forms if form.whole])]


def make_vendors(facts, _):
    rows = [f"[{vendor_enum(row.vendor)}] = " + fields(
        word=quote(row.vendor), label=quote(row.label), product=quote(row.product), counts_as=vendor_enum(row.counts_as),
        age_rule=row.age_rule, version_is_base=row.base == "version") for row in facts.vendors]
    codenames = {row.codename: row for row in facts.releases if row.codename}
    # The base of a variant or of a revision precedes that of the others.
    releases = [row for row in facts.releases if row.base]
    releases.sort(key=lambda row: (facts.vendor_names.index(row.vendor), row.variant == "" and row.revision == 0))
    return [*array("MtVendor vendors", rows),
            *array("MtVariant variants", [fields(
                name=quote(row.variant), meaning=quote(row.meaning), kept=row.kept)
                for row in facts.variants]),
            *array("Codename codenames",
                   [fields(name=quote(name), vendor=vendor_enum(row.vendor), version=row.version)
                    for name, row in codenames.items()]),
            *finder("codename", list(codenames)),
            *array("Release releases", [fields(
                vendor=vendor_enum(row.vendor), variant=variant_bit(row.variant, facts),
                revision=str(row.revision),
                any_minor=row.version[1] is None, version=(row.version[0], row.version[1] or 0),
                families=family_bits(row.families), base=row.base) for row in releases])]


def make_lifecycles(facts, _):
    lines = [f"static const AgeRule {row.event}_rule = "
             f"{{ {row.years}, {pair(row.since)} }};" for row in facts.rules]
    return ["", *lines, *array("Exception exceptions", [fields(
        family=family_enum(row.family), first=row.first, last=row.last, deprecated=row.deprecated,
        removed=row.removed) for row in facts.exceptions]),
            *array("Major majors", [fields(
                vendor=vendor_enum(row.vendor), major=str(row.major), last=str(row.last))
                for row in facts.majors]),
            *array("Micro micros", [fields(
                vendor=vendor_enum(row.vendor), families=family_bits(row.families), version=row.version, last=str(row.last))
                for row in facts.micros]),
            *array("Skipped skipped", [fields(
                vendor=vendor_enum(row.vendor), families=family_bits(row.families),
                first=row.first, last=row.last) for row in facts.skipped]),
            *array("VendorRule vendor_rules", [fields(
                vendor=vendor_enum(row.vendor), first=row.first, years=str(row.years),
                keeps=str(row.keeps))
                for row in facts.vendor_rules]),
            *array("VendorType vendor_types", [fields(
                vendor=vendor_enum(row.vendor), families=family_bits(row.families),
                first=row.first, last=row.last, deprecated=row.deprecated,
                last_seen=row.last_seen, removed=row.removed) for row in facts.vendor_types]),
            *array("EndOfLife ends_of_life", [fields(
                vendor=vendor_enum(row.vendor), version=row.version, until=quote(row.until))
                for row in facts.end_of_life])]


def make_emulators(facts, _):
    return [*array("Tagged tagged_types", [fields(name=quote(row.name)) for row in facts.tagged]),
            *array("Guest guests", [fields(
                arch=arch_enum(row.arch), gone=row.gone, misnamed=row.misnamed,
                taken_as=quote(row.taken_as)) for row in facts.guests]),
            *array("Bare bare_types", [fields(
                family=family_enum(row.family), arches=arch_bits([row.arch], facts),
                first=row.first) for row in facts.bare]),
            *array("Added added_boards", [fields(
                name=quote(row.board), arches=arch_bits(row.archs, facts), first=row.first)
                for row in facts.added]),
            *array("StandsFor stands_for", [fields(
                alias=quote(row.alias), first=row.first, last=row.last,
                machine=quote(row.stands_for)) for row in facts.stands_for]),
            *array("Lapsed lapsed_deprecations", [fields(
                name=quote(row.board), arches=arch_bits(row.archs, facts), first=row.first,
                last=row.last) for row in facts.lapsed])]


def steps_of(row, facts):
    """A row's types: one step for the families that have them on the same architectures."""
    for archs in dict.fromkeys(row.archs):
        families = [family for family, of in row.families if of == archs]
        common = {"families": family_bits(families), "arches": arch_bits([archs], facts)}
        if hasattr(row, "release"):
            label, of, number = row.release
            yield {**common, "release": quote(label), "version": of, "revision": str(number),
                   "vendor": vendor_enum(row.vendor), "later": row.later}
        else:
            yield {**common, "since": at(row.since), "until": at(row.until)}


def at(numbers):
    return f"VERSION ({', '.join(map(str, numbers))})" if numbers else ""


def make_effects(facts, _):
    """By version, and in the order of the table within one; those of a vendor's revisions last."""
    rows = sorted(facts.effects, key=lambda row: row.since) + facts.revisions
    steps, effects = [], []
    for effect in dict.fromkeys(row.effect for row in rows):
        mine = [row for row in rows if row.effect == effect]
        found = [step for row in mine for step in steps_of(row, facts)]
        families = dict.fromkeys(family for row in mine for family in row.parts)
        effects.append(fields(text=quote(effect), families=family_bits(families),
                              first=str(len(steps)), count=str(len(found))))
        steps += found
    return [*array("Step steps", [fields(**step) for step in steps]),
            *array("Effect effects", effects),
            *array("Property properties", [
                fields(families=family_bits(row.families), last=at((*row.last, 255)),
                       text=quote(row.property))
                for row in sorted(facts.compat, key=lambda row: row.last)])]


def make_states(facts, _):
    return array("StateWord state_words", [fields(
        word=quote(row.word), nova=quote(row.nova),
        state="MACHTYPE_STATE_" + row.state.upper().replace("-", "_")) for row in facts.states])


def make_platforms(source):
    """The text of the table without its comments: a newer one is read by the same code."""
    lines = (source / "platforms.tsv").read_bytes().splitlines(keepends=True)
    content = b"".join(line for line in lines if line.startswith(b"#:") or line[:1] not in b"#\n")
    rows = [", ".join(map(str, content[at:at + 24])) for at in range(0, len(content), 24)]
    return array("char platforms_text", rows)


OUTPUTS = {
    "tables.h": make_header, "archs.inc": make_archs, "boards.inc": make_boards,
    "parse.inc": make_parse, "vendors.inc": make_vendors, "lifecycles.inc": make_lifecycles,
    "effects.inc": make_effects, "emulators.inc": make_emulators, "states.inc": make_states,
}


def read_forms(facts):
    forms = []
    for row in facts.forms:
        try:
            forms.append(Form(row, facts))
        except Wrong as wrong:
            facts.problems.add(row.place, wrong)
    return forms


def give_up(problems):
    if problems.lines:
        sys.exit("\n".join(dict.fromkeys(problems.lines)))


def generate(source, output):
    problems = Problems()
    tables = {}
    for name, columns in FILES.items():
        tables.update(Reader(source / f"{name}.tsv", columns, problems).read())
    give_up(problems)
    facts = Facts(tables, problems)
    give_up(problems)
    forms = read_forms(facts)
    made = {name: make(facts, forms) for name, make in OUTPUTS.items()}
    made["platforms.inc"] = make_platforms(source)
    give_up(problems)
    for name, lines in made.items():
        head = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Made by generate.py. */\n"
        (output / name).write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    generate(*map(pathlib.Path, sys.argv[1:]))
