# SPDX-License-Identifier: LGPL-2.1-or-later
"""What surrounds the text of a page: its head, the sidebar, the links to the adjacent pages; and what
makes wide tables fit a small screen. gi-docgen has no links between guides, none from the interface to
the guides, and none at all on a phone."""

import html
import os
import re

META = re.compile(r'\s*<meta (?:property|priority|name)="(?:og|twitter):(?:title|description)"'
                  r"[^>]*/?>")
NAMESPACE = re.compile(r'(<div class="section namespace">).*?</div>', re.DOTALL)
TOC = re.compile(r'<li class="toc-list-item"><a href="(#[^"]+)">'
                 r'<span class="link-text">(.*?)</span>')
TABLE = re.compile(r"<table>\s*<thead>(.*?)</thead>(.*?)</table>", re.DOTALL)
KINDS = {"func": "Functions", "enum": "Enumerations", "flags": "Bitfields", "const": "Constants",
         "callback": "Callbacks"}
# A checked box unfolds the sidebar on a small screen, without a script.
MENU = ('<input type="checkbox" id="menu" aria-label="Show the menu">'
        '<label for="menu" aria-hidden="true">Menu</label>')


class Failure(SystemExit):
    pass


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def replace(path, text, *changes):
    """A copy of the text of a page; an error if gi-docgen's output differs."""
    for pattern, replacement in changes:
        text, done = re.subn(pattern, lambda _, new=replacement: new, text)
        if not done:
            raise Failure(f"{path}: gi-docgen writes this page otherwise: no {pattern}")
    return text


def attribute(text):
    return html.escape(text, quote=True)


class Frame:
    """groups: (title, pages) of the guides. titles, summaries: of every page, plain."""

    def __init__(self, folder, version, groups, titles, summaries):
        self.folder, self.version, self.groups = folder, version, groups
        self.titles, self.summaries = titles, summaries
        self.order = [page for _, pages in groups for page in pages]

    def head(self, page, text):
        title = "libmachtype – machine types of libvirt guests" if page == "index.html" else \
            f"{self.titles[page]} – libmachtype"
        summary = self.summaries.get(page, "")
        text = META.sub("", text)
        return replace(page, text, (r"<title>.*?</title>", "\n  ".join((
            f"<title>{attribute(title)}</title>",
            f'<meta name="description" content="{attribute(summary)}">',
            f'<meta property="og:title" content="{attribute(title)}">',
            f'<meta property="og:description" content="{attribute(summary)}">',
            '<link rel="icon" type="image/svg+xml" href="icon.svg">'))),
            # Ours needs no other script.
            (r'\s*<script src="fzy.js"></script>', ""))

    def top(self, page, text):
        """The product's name, the search and, on a small screen, the menu."""
        name = (f'<div class="section namespace">\n<h3><a href="index.html">libmachtype</a></h3>\n'
                f"<p>{self.version}</p>\n</div>\n{MENU}")
        return replace(page, text, (NAMESPACE, name), (
            r'<input id="search-input" type="text"[^>]*>',
            '<input id="search-input" type="search" name="q" placeholder="Search" '
            'aria-label="Search guides and functions" title="Press s to search">'))

    def link(self, target, page, title):
        current = ' class="current" aria-current="page"' if target == page else ""
        return f'<a{current} href="{target}">{html.escape(title, quote=False)}</a>\n'

    def guides(self, page, text):
        """The guides by groups; below the current one, if there is not enough room for the column
        on the right, its headings."""
        parts = []
        for group, pages in self.groups:
            parts.append(f'<span class="group">{group}</span>\n')
            for target in pages:
                parts.append(self.link(target, page, self.titles[target]))
                if target == page:
                    parts += [f'<a class="heading" href="{anchor}">{title}</a>\n'
                              for anchor, title in TOC.findall(text)]
        return f'<h5>Guides</h5>\n<div class="links guide-links">\n{"".join(parts)}</div>'

    def siblings(self, page):
        """Those of the same kind, which gi-docgen does not list."""
        kind = page.split(".")[0]
        if kind not in KINDS:
            return ""
        names = sorted((name for name in os.listdir(self.folder)
                        if name.startswith(kind + ".") and name.endswith(".html")), key=str.lower)
        links = "".join(self.link(name, page, name.split(".")[1]) for name in names)
        return f'<div class="section"><h5>{KINDS[kind]}</h5>\n<div class="links">\n{links}</div>' \
            "</div>"

    def sidebar(self, page, text):
        if page == "index.html":
            shown = ""
        elif page in self.order:
            shown = f'<div class="section">{self.guides(page, text)}</div>'
        else:
            shown = self.siblings(page) + '<div class="section"><div class="links">' \
                '<a href="index.html#guides">All guides</a>\n' \
                '<a href="index.html#interface">The whole interface</a></div></div>'
        return replace(page, text, ('<div class="section generator">',
                                    f'{shown}\n<div class="section generator">'))

    def pager(self, page, text):
        """Where to continue reading."""
        if page not in self.order:
            return text
        at = self.order.index(page)
        links = [f'<a rel="{rel}" href="{target}"><small>{word}</small> {self.titles[target]}</a>'
                 for rel, word, target in (
                     ("prev", "Previous", self.order[at - 1] if at > 0 else None),
                     ("next", "Next", self.order[at + 1] if at + 1 < len(self.order) else None))
                 if target is not None]
        return replace(page, text, (
            r'</section>\s*</section>\s*(?=<div id="toc"|<section id)',
            f'</section>\n<nav class="pager">{"".join(links)}</nav>\n</section>\n'))

    def decorate(self, page):
        path = os.path.join(self.folder, page)
        text = self.head(page, read(path))
        text = self.sidebar(page, self.top(page, text))
        # From gi-docgen 2025 on, above the heading with the same text.
        text = re.sub(r'<h4 id="title".*?</h4>', "", text, flags=re.DOTALL)
        write(path, label_tables(self.pager(page, text)))


def label_tables(text):
    """A table of three columns or more becomes cards on a small screen: each cell there has its
    column's name."""
    def label(match):
        names = [re.sub(r"<[^>]*>", "", name) for name in
                 re.findall(r"<th[^>]*>(.*?)</th>", match.group(1), re.DOTALL)]
        if len(names) < 3:
            return match.group(0)
        rows = []
        for row in match.group(2).split("<tr>"):
            cells = row.split("<td>")
            rows.append(cells[0] + "".join(
                f'<td data-label="{name}">{cell}' if name else f"<td>{cell}"
                # The first cell is the card's title.
                for name, cell in zip([""] + names[1:], cells[1:])))
        return f'<table class="cards"><thead>{match.group(1)}</thead>{"<tr>".join(rows)}</table>'

    return TABLE.sub(label, text)
