#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""site.py --gi-docgen PROGRAM --config TOML --gir GIR --output DIR --files DIR --readme FILE
[--guide FILE]... [--example FILE]...

Makes the documentation site. The guides are written to be read in the tree: here each gets the
title that gi-docgen wants, its links to other guides lead to their pages, and the names of the
interface that stand in backticks become links. A name that does not exist is an error. The index
has the guides as the README has them, and one that the README leaves out is an error, too.
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

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"

FENCE = re.compile(r"^```")
COMMENT = re.compile(r"^<!--.*?-->\n+", re.DOTALL | re.MULTILINE)
FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
NAME = re.compile(r"(?<![\w/])(?:machtype_[a-z0-9_]+|Machtype[A-Z]\w*|Machtype\.[A-Za-z_.]+)")
# What begins like a name of the interface and is none.
NO_NAMES = {"machtype_dir"}


class Interface:
    """The page of each name, as C and as bindings spell it."""

    def __init__(self, gir):
        namespace = ET.parse(gir).getroot().find(CORE + "namespace")
        self.pages, self.since = {}, {}
        for node in namespace:
            self.add_type(node)
            self.add_callable(node, None)
            for child in node:
                self.add_callable(child, node)
                if child.tag == CORE + "member":
                    page = f"{self.pages[node.get(C + 'type')]}#{child.get('name')}"
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
        for name in (node.get(C + "type"), f"Machtype.{node.get('name')}"):
            self.pages[name] = page
        if node.get("{http://www.gtk.org/introspection/glib/1.0}is-gtype-struct-for"):
            # The page of the class shows it.
            owner = node.get("name").removesuffix("Class")
            self.pages[node.get(C + "type")] = f"class.{owner}.html#class-struct"

    def add_callable(self, node, owner):
        kind = {"function": "type_func" if owner is not None else "func", "method": "method",
                "constructor": "ctor", "function-macro": "func"}.get(node.tag.removeprefix(CORE))
        if kind is None:
            return
        if node.get("moved-to"):
            # Bindings have it under both names.
            self.pages[f"Machtype.{node.get('name')}"] = f"type_func.{node.get('moved-to')}.html"
            return
        name = node.get("name")
        if owner is not None:
            name = f"{owner.get('name')}.{name}"
        self.pages[node.get(C + "identifier")] = f"{kind}.{name}.html"
        self.pages[f"Machtype.{name}"] = f"{kind}.{name}.html"

    def unknown(self, text):
        """The names in a text that the interface does not have."""
        for name in NAME.findall(text):
            if name.rstrip(".") not in self.pages and name not in NO_NAMES and \
                    not name.endswith(("_", "_get_type")):
                yield name


class Guides:
    def __init__(self, interface, readme, guides, shown):
        self.interface = interface
        self.pages = {os.path.realpath(path): page_of(path) for path in guides}
        self.pages[os.path.realpath(readme)] = "index.html"
        for path in shown:
            self.pages[os.path.realpath(path)] = "examples.html#" + examples.anchor(path)
            self.pages[examples.folder(path)] = "examples.html"
        self.wrong = []

    def target(self, guide, link):
        """Where a link of the tree leads on the site; None if the file is not part of it."""
        if re.match(r"[a-z]+:", link) or link.startswith("#"):
            return link
        path, hash_, anchor = link.partition("#")
        page = self.pages.get(os.path.realpath(os.path.join(os.path.dirname(guide), path)))
        return page and page + hash_ + anchor

    def prose(self, guide, text):
        def link(match):
            target = self.target(guide, match.group(2))
            return match.group(1) if target is None else f"[{match.group(1)}]({target})"

        def code(match):
            page = self.interface.pages.get(re.sub(r" ?\(\)$", "", match.group(1)))
            return f"[{match.group(0)}]({page})" if page else match.group(0)

        # What is inside a link already gets no second one.
        parts = re.split(r"(\[[^\]]*\]\([^)\s]+\))", text)
        return "".join(LINK.sub(link, part) if i % 2 else CODE.sub(code, part)
                       for i, part in enumerate(parts))

    def complain(self, guide, lines):
        """Names that do not exist, and code that gi-docgen would take for prose."""
        inside = False
        for number, line in enumerate(lines, 1):
            # News tell of names that are gone as well.
            if os.path.basename(guide) != "NEWS.md":
                self.wrong += [f"{guide}:{number}: there is no {name}"
                               for name in self.interface.unknown(line)]
            inside ^= bool(FENCE.match(line))
            if not inside and re.search(r"`[@%#]\w", line):
                self.wrong.append(f"{guide}:{number}: gi-docgen would take the first mark away")
            if not inside and line.startswith("    ") and not lines[number - 2].strip():
                self.wrong.append(f"{guide}:{number}: code stands between ``` lines here")

    def page(self, guide):
        with open(guide, encoding="utf-8") as file:
            text = file.read()
        if not text.startswith("# "):
            raise SystemExit(f"{guide}:1: a guide begins with its title")
        self.complain(guide, text.splitlines())
        parts = FENCED.split(COMMENT.sub("", text))
        parts[0::2] = [self.prose(guide, part) for part in parts[0::2]]
        return f"Title: {text.splitlines()[0][2:]}\n\n" + "".join(parts)


def page_of(path):
    return os.path.basename(path).lower().replace(".md", ".html")


def title_of(page):
    with open(page, encoding="utf-8") as file:
        return re.search(r"<title>.*?: (.*)</title>", file.read()).group(1)


def change(path, function):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(function(text))


def edit(path, *changes):
    def apply(text):
        for pattern, replacement in changes:
            text, done = re.subn(pattern, lambda _, new=replacement: new, text)
            if not done:
                raise SystemExit(f"{path}: gi-docgen writes this page otherwise: no {pattern}")
        return text

    change(path, apply)


def read_groups(guides, readme):
    """The guides as the README lists them: a group, and its pages."""
    with open(readme, encoding="utf-8") as file:
        table = re.search(r"^## Guides\n(.*?)^##? ", file.read(), re.DOTALL | re.MULTILINE).group(1)
    for group, cell in re.findall(r"^\| ([\w ]+) \| (.*) \|$", table, re.MULTILINE):
        pages = [guides.target(readme, link) for _, link in LINK.findall(cell)]
        # What is in the tree only.
        pages = [page for page in pages if page is not None]
        if pages:
            yield group, pages


def make_list(folder, groups):
    items = ((group, "".join(f'<li><a href="{page}">{title_of(os.path.join(folder, page))}</a></li>'
                             for page in pages)) for group, pages in groups)
    return "".join(f"<dt>{group[0].upper()}{group[1:]}</dt><dd><ul>{links}</ul></dd>\n"
                   for group, links in items)


def edit_index(folder, groups):
    """The guides come first, and in groups; an address that is not set has no row."""
    edit(os.path.join(folder, "index.html"),
         (r'<tr><td><em>\w+</em></td><td><a href=""[^>]*></a></td></tr>\s*', ""),
         (r'<li><a href="classes_hierarchy.html"[^>]*>.*?</a></li>\s*', ""),
         (r"<h3>Namespace</h3>\s*<h1>[^<]*</h1>", "<h1>libmachtype</h1>"),
         (r'<section>\s*<div class="toggle-wrapper">\s*<h4 id="extra"(?s:.*?)</section>', ""),
         (r'<h5>Sections</h5>\s*<div class="links">',
          '<h5>Sections</h5>\n<div class="links">\n<a href="#guides">Guides</a>\n'),
         (r'<div class="meta build toggle-wrapper">',
          '<div class="toggle-wrapper">\n<h4 id="guides" style="display:flex;">Guides'
          '<a href="#guides" class="anchor"></a></h4>\n<div class="docblock guides"><dl>\n'
          f'{make_list(folder, groups)}</dl></div>\n</div>\n'
          '<div class="meta build toggle-wrapper">'))


def edit_sidebars(folder, guides):
    """gi-docgen has no way from guide to guide, and none from the interface to them."""
    links = "".join(f'<a href="{page}">{title_of(os.path.join(folder, page))}</a>\n'
                    for page in guides)
    for page in (name for name in os.listdir(folder) if name.endswith(".html")):
        shown = f"<h5>Guides</h5>\n<div class=\"links\">\n{links}</div>" if page in guides else \
            '<div class="links"><a href="index.html#guides">Guides</a></div>'
        if page != "index.html":
            edit(os.path.join(folder, page),
                 ('<div class="section generator">',
                  f'<div class="section">{shown}</div>\n<div class="section generator">'))


def edit_interface(folder, interface):
    """What gi-docgen leaves out: since when there is a constant, and what a class's functions do,
    for which it has pages."""
    for page, since in interface.since.items():
        if page.startswith("const."):
            edit(os.path.join(folder, page),
                 (r"<p></p>", f'<p><span class="emblem available">since: {since}</span></p>'))
    for page in filter(re.compile("class\\.").match, os.listdir(folder)):
        name = page.split(".")[1]
        # What a subclass has to do is no detail.
        edit(os.path.join(folder, page),
             ("class toggle-wrapper default-hide", "class toggle-wrapper"))
        change(os.path.join(folder, page), lambda text, name=name: re.sub(
            r"(<dt><code>(\w+): (?:(?!</dt>)(?s:.))*</dt>\s*<dd>)(?:<p>)?No description available\."
            # A paragraph from gi-docgen 2025 on.
            r"(?:</p>)?",
            rf'\1See <a href="vfunc.{name}.\2.html">its page</a>.', text))


NO_LINKS = re.compile(r'<div class="section">\s*<h5>[\w ]+</h5>\s*<div class="links">\s*</div>'
                      r"\s*</div>")
# What is a link or a listing already is left alone.
NAME_ALONE = re.compile(r"(?s)<a\b.*?</a>|<pre.*?</pre>|<code>(?P<name>\w+)(?:\(\))?</code>")


def edit_all(folder, interface):
    """Names of the interface lead to their pages, and a list without links goes."""
    for page in (name for name in os.listdir(folder) if name.endswith(".html")):
        def link(match, page=page):
            target = interface.pages.get(match.group("name"), page)
            return match.group(0) if target.partition("#")[0] == page else \
                f'<a href="{target}">{match.group(0)}</a>'

        change(os.path.join(folder, page),
               lambda text, link=link: NAME_ALONE.sub(link, NO_LINKS.sub("", text)))


def tidy(folder, interface, groups, pages):
    edit_index(folder, groups)
    # The hierarchy of a single class.
    edit(os.path.join(folder, "libmachtype.devhelp2"),
         (r'<sub name="Classes Hierarchy" [^>]*/>', ""))
    os.remove(os.path.join(folder, "classes_hierarchy.html"))
    edit_sidebars(folder, pages)
    edit_interface(folder, interface)
    edit_all(folder, interface)


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gi-docgen", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--gir", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--files", required=True)
    parser.add_argument("--readme", required=True)
    parser.add_argument("--guide", action="append", default=[])
    parser.add_argument("--example", action="append", default=[])
    given = parser.parse_args()

    interface = Interface(given.gir)
    guides = Guides(interface, given.readme, given.guide, given.example)
    pages = [page_of(guide) for guide in given.guide] + ["examples.html"]
    groups = list(read_groups(guides, given.readme))
    guides.wrong += [f"{given.readme}: the table of guides leaves {page} out" for page in pages
                     if page not in sum((listed for _, listed in groups), [])]
    with tempfile.TemporaryDirectory() as content:
        for guide in given.guide:
            write(content, page_of(guide).replace(".html", ".md"), guides.page(guide))
        write(content, "examples.md", examples.page(given.example))
        if guides.wrong:
            raise SystemExit("\n".join(guides.wrong))
        shutil.rmtree(given.output, ignore_errors=True)
        subprocess.run([given.gi_docgen, "generate", "--quiet", "--no-namespace-dir",
                        "--fatal-warnings", "--config", given.config, "--content-dir", content,
                        "--content-dir", given.files, "--output-dir", given.output, given.gir],
                       check=True)
    with open(os.path.join(given.files, "site.css"), encoding="utf-8") as ours, \
            open(os.path.join(given.output, "style.css"), "a", encoding="utf-8") as style:
        style.write(ours.read())
    tidy(given.output, interface, groups, pages)


if __name__ == "__main__":
    sys.exit(main())
