#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""site.py --gi-docgen PROGRAM --config TOML --gir GIR --output DIR --files DIR --readme FILE
--version VERSION [--guide FILE]... [--picture FILE]... [--example FILE]...

Generates the documentation site. The guides are written to be read in the tree: here each gets the
title that gi-docgen requires, its links to other guides lead to their pages, and the names of the
interface in backticks become links. A name that does not exist is an error. The index lists the guides
as the README does, and one that the README omits is also an error.

landing.py generates the first page, frame.py the sidebar and the head of each page, search_index.py the
index for search.js.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import examples
import landing
import search_index
from frame import Frame, read, replace, write
from words import COMMENT, FENCED, LINK, first_sentence, paragraphs, plain

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"

FENCE = re.compile(r"^```")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
NAME = re.compile(r"(?<![\w/])(?:machtype_[a-z0-9_]+|Machtype[A-Z]\w*|Machtype\.[A-Za-z_.]+)")
# Text that starts like a name of the interface and is not one.
NO_NAMES = {"machtype_dir", "machtype_guests", "machtype_machine_type_deprecated", "machtype_machine_type_removed",
            "machtype_findings", "machtype_audit_hosts", "machtype_audit_failed_hosts",
            "machtype_audit_timestamp_seconds"}
DESCRIPTION = re.compile(r'^description = "(.*)"$', re.MULTILINE)


class Interface:
    """The page of each name, in C's and in the bindings' spelling."""

    def __init__(self, gir):
        namespace = ET.parse(gir).getroot().find(CORE + "namespace")
        self.pages, self.since, self.summaries, self.virtual = {}, {}, {}, {}
        for node in namespace:
            self.add_type(node)
            self.add_callable(node, None)
            for child in node:
                self.add_callable(child, node)
                if child.tag == CORE + "virtual-method":
                    page = f"vfunc.{node.get('name')}.{child.get('name')}.html"
                    self.add_summary(page, child)
                    self.virtual[f"{node.get(C + 'type')}Class.{child.get('name')}"] = page
                if child.tag == CORE + "member":
                    page = f"{self.pages[node.get(C + 'type')]}#{child.get('name')}"
                    self.add_summary(page, child)
                    self.pages[child.get(C + "identifier")] = page
                    self.pages[f"Machtype.{node.get('name')}.{child.get('name').upper()}"] = page

    def add_type(self, node):
        kind = {"record": "struct", "class": "class", "callback": "callback", "constant": "const",
                "bitfield": "flags", "enumeration": "enum"}.get(node.tag.removeprefix(CORE))
        if kind is None:
            return
        if node.get("{http://www.gtk.org/introspection/glib/1.0}error-domain"):
            kind = "error"
        page = f"{kind}.{node.get('name')}.html"
        self.since[page] = node.get("version")
        self.add_summary(page, node)
        for name in (node.get(C + "type"), f"Machtype.{node.get('name')}"):
            self.pages[name] = page
        if node.get("{http://www.gtk.org/introspection/glib/1.0}is-gtype-struct-for"):
            # Shown on the page of the class.
            owner = node.get("name").removesuffix("Class")
            self.pages[node.get(C + "type")] = f"class.{owner}.html#class-struct"

    def add_callable(self, node, owner):
        kind = {"function": "type_func" if owner is not None else "func", "method": "method",
                "constructor": "ctor", "function-macro": "func"}.get(node.tag.removeprefix(CORE))
        if kind is None:
            return
        if node.get("moved-to"):
            # Bindings have both names.
            self.pages[f"Machtype.{node.get('name')}"] = f"type_func.{node.get('moved-to')}.html"
            return
        name = node.get("name")
        if owner is not None:
            name = f"{owner.get('name')}.{name}"
        self.add_summary(f"{kind}.{name}.html", node)
        self.pages[node.get(C + "identifier")] = f"{kind}.{name}.html"
        self.pages[f"Machtype.{name}"] = f"{kind}.{name}.html"

    def add_summary(self, page, node):
        text = node.findtext(CORE + "doc")
        if text:
            self.summaries[page] = first_sentence(plain(text.split("\n\n", maxsplit=1)[0]))

    def names(self):
        """The page of each name in C's spelling; of a virtual function, with its class."""
        return {name: page for name, page in self.pages.items() if name and "." not in name} | \
            self.virtual

    def unknown(self, text):
        """The names in a text that the interface does not have."""
        for name in NAME.findall(text):
            if name.rstrip(".") not in self.pages and name not in NO_NAMES and \
                    not name.endswith(("_", "_get_type")):
                yield name


class Guides:
    def __init__(self, interface, readme, guides, shown, pictures):
        self.interface = interface
        self.pages = {os.path.realpath(path): page_of(path) for path in guides}
        self.pages[os.path.realpath(readme)] = "index.html"
        self.pages.update((os.path.realpath(path), os.path.basename(path)) for path in pictures)
        for path in shown:
            self.pages[os.path.realpath(path)] = "examples.html#" + examples.anchor(path)
            self.pages[examples.folder(path)] = "examples.html"
        self.wrong = []

    def target(self, guide, link):
        """The target on the site of a link in the tree; None if the file is not part of the site.
        """
        if re.match(r"[a-z]+:", link) or link.startswith("#"):
            return link
        path, hash_, anchor = link.partition("#")
        page = self.pages.get(os.path.realpath(os.path.join(os.path.dirname(guide), path)))
        return page and page + hash_ + anchor

    def prose(self, guide, text):
        def link(match):
            target = self.target(guide, match.group(2))
            mark = "!" if match.group(0).startswith("!") else ""
            if mark and target is None:
                self.wrong.append(f"{guide}: doc/meson.build does not list {match.group(2)}")
            return match.group(1) if target is None else f"{mark}[{match.group(1)}]({target})"

        def code(match):
            page = self.interface.pages.get(re.sub(r" ?\(\)$", "", match.group(1)))
            return f"[{match.group(0)}]({page})" if page else match.group(0)

        # Inside a link no second one is added.
        parts = re.split(r"(!?\[[^\]]*\]\([^)\s]+\))", text)
        return "".join(LINK.sub(link, part) if i % 2 else CODE.sub(code, part)
                       for i, part in enumerate(parts))

    def complain(self, guide, lines):
        """Names that do not exist, and code that gi-docgen would treat as prose."""
        inside = False
        for number, line in enumerate(lines, 1):
            # News also mention names that were removed.
            if os.path.basename(guide) != "NEWS.md":
                self.wrong += [f"{guide}:{number}: there is no {name}"
                               for name in self.interface.unknown(line)]
            inside ^= bool(FENCE.match(line))
            if not inside and re.search(r"`[@%#]\w", line):
                self.wrong.append(f"{guide}:{number}: gi-docgen would take the first mark away")
            if not inside and line.startswith("    ") and not lines[number - 2].strip():
                self.wrong.append(f"{guide}:{number}: code stands between ``` lines here")

    def page(self, guide):
        text = read(guide)
        if not text.startswith("# "):
            raise SystemExit(f"{guide}:1: a guide begins with its title")
        self.complain(guide, text.splitlines())
        parts = FENCED.split(COMMENT.sub("", text))
        parts[0::2] = [self.prose(guide, part) for part in parts[0::2]]
        return f"Title: {text.splitlines()[0][2:]}\n\n" + "".join(parts)


def page_of(path):
    return os.path.basename(path).lower().replace(".md", ".html")


def title_of(guide):
    """The title of a guide in markdown."""
    return re.search(r"^# (.*)$", guide, re.MULTILINE).group(1).replace("`", "")


def summary_of(guide):
    """The first sentence of a guide in markdown, with the marks of code and links."""
    text = re.split(r"^# .*$", guide, maxsplit=1, flags=re.MULTILINE)[1]
    return first_sentence(next(paragraphs(text), "").replace("**", ""))


def change(path, function):
    write(path, function(read(path)))


def edit(path, *changes):
    change(path, lambda text: replace(path, text, *changes))


def read_groups(guides, readme):
    """The guides as the README lists them: a group, and its pages."""
    table = re.search(r"^## Guides\n(.*?)^##? ", read(readme), re.DOTALL | re.MULTILINE).group(1)
    for group, cell in re.findall(r"^\| ([\w ]+) \| (.*) \|$", table, re.MULTILINE):
        pages = [guides.target(readme, link) for _, link in LINK.findall(cell)]
        # Only in the tree.
        pages = [page for page in pages if page is not None]
        if pages:
            yield group[0].upper() + group[1:], pages


def edit_interface(folder, interface):
    """What gi-docgen omits: the Since of a constant, and what a class's functions do, for which it
    has pages."""
    for page, since in interface.since.items():
        if page.startswith("const."):
            edit(os.path.join(folder, page),
                 (r"<p></p>", f'<p><span class="emblem available">since: {since}</span></p>'))
    for page in filter(re.compile("class\\.").match, os.listdir(folder)):
        name = page.split(".")[1]
        # What a subclass has to implement is not a detail.
        edit(os.path.join(folder, page),
             ("class toggle-wrapper default-hide", "class toggle-wrapper"))
        change(os.path.join(folder, page), lambda text, name=name: re.sub(
            r"(<dt><code>(\w+): (?:(?!</dt>)(?s:.))*</dt>\s*<dd>)(?:<p>)?No description available\."
            # A paragraph from gi-docgen 2025 on.
            r"(?:</p>)?",
            rf'\1See <a href="vfunc.{name}.\2.html">its page</a>.', text))


NO_LINKS = re.compile(r'<div class="section">\s*<h5>[\w ]+</h5>\s*<div class="links">\s*</div>'
                      r"\s*</div>")
# Existing links and listings are left unchanged.
NAME_ALONE = re.compile(r"(?s)<a\b.*?</a>|<pre.*?</pre>|<code>(?P<name>\w+)(?:\(\))?</code>")


def edit_all(folder, interface):
    """Names of the interface become links to their pages, and a list without links is removed."""
    for page in (name for name in os.listdir(folder) if name.endswith(".html")):
        def link(match, page=page):
            target = interface.pages.get(match.group("name"), page)
            return match.group(0) if target.partition("#")[0] == page else \
                f'<a href="{target}">{match.group(0)}</a>'

        change(os.path.join(folder, page),
               lambda text, link=link: NAME_ALONE.sub(link, NO_LINKS.sub("", text)))


def titles_of(content, interface):
    """The title of each page, or its name in C."""
    titles = {page: title_of(text) for page, text in content.items()}
    for name, page in interface.names().items():
        titles.setdefault(page.partition("#")[0], name)
    return titles


def tidy(given, interface, guides, groups, content):
    folder = given.output
    sentences = {page: summary_of(text) for page, text in content.items()}
    summaries = dict(interface.summaries)
    summaries.update((page, plain(sentence)) for page, sentence in sentences.items())
    summaries["index.html"] = DESCRIPTION.search(read(given.config)).group(1)
    frame = Frame(folder, given.version, groups, titles_of(content, interface), summaries)
    landing.edit(folder, frame, guides, given.readme, sentences)
    edit(os.path.join(folder, "libmachtype.devhelp2"),
         (r'<sub name="Classes Hierarchy" [^>]*/>', ""))
    for name in ("classes_hierarchy.html", "fzy.js", "index.json"):
        os.remove(os.path.join(folder, name))
    for page in sorted(name for name in os.listdir(folder) if name.endswith(".html")):
        frame.decorate(page)
    edit_interface(folder, interface)
    edit_all(folder, interface)
    search_index.make(folder, frame.order, frame.titles, interface.names(), summaries)


def generate(given, content):
    """gi-docgen's output, with our style and our search."""
    with tempfile.TemporaryDirectory() as folder:
        for page, text in content.items():
            write(os.path.join(folder, page.replace(".html", ".md")), text)
        shutil.rmtree(given.output, ignore_errors=True)
        subprocess.run([given.gi_docgen, "generate", "--quiet", "--no-namespace-dir",
                        "--fatal-warnings", "--config", given.config, "--content-dir", folder,
                        "--content-dir", given.files, "--output-dir", given.output, given.gir],
                       check=True)
    shutil.copyfile(os.path.join(given.files, "search.js"),
                    os.path.join(given.output, "search.js"))
    style = os.path.join(given.output, "style.css")
    write(style, read(style) + read(os.path.join(given.files, "site.css")))


def main():
    parser = argparse.ArgumentParser()
    for name in ("gi-docgen", "config", "gir", "output", "files", "readme", "version"):
        parser.add_argument("--" + name, required=True)
    for name in ("guide", "picture", "example"):
        parser.add_argument("--" + name, action="append", default=[])
    given = parser.parse_args()

    interface = Interface(given.gir)
    guides = Guides(interface, given.readme, given.guide, given.example, given.picture)
    content = {page_of(guide): guides.page(guide) for guide in given.guide}
    content["examples.html"] = examples.page(given.example)
    groups = list(read_groups(guides, given.readme))
    listed = sum((pages for _, pages in groups), [])
    guides.wrong += [f"{given.readme}: the table of guides leaves {page} out" for page in content
                     if page not in listed]
    if guides.wrong:
        raise SystemExit("\n".join(guides.wrong))
    generate(given, content)
    tidy(given, interface, guides, groups, content)


if __name__ == "__main__":
    sys.exit(main())
