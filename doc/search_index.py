# SPDX-License-Identifier: LGPL-2.1-or-later
"""The index of search.js: an entry for each section of each guide with its text, and one for each
name of the interface."""

import html.parser
import json
import os

# Their text is in the index of the guides that show them, or not useful there.
SILENT = ("script", "style")


class Sections(html.parser.HTMLParser):
    """The sections of a guide's page: [anchor, heading, text]. code: whether code is included."""

    def __init__(self, page, code):
        super().__init__()
        self.sections = [["", "", ""]]
        self.silent = SILENT if code else SILENT + ("pre",)
        self.main, self.depth, self.hidden, self.heading = False, 0, 0, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.main |= attrs.get("class") == "docblock"
        self.hidden += tag in self.silent
        if self.main and tag == "h2":
            self.sections.append([attrs.get("id", ""), "", ""])
        self.heading |= self.main and tag in ("h1", "h2")
        self.handle_data(" " if tag in ("td", "th", "p", "li", "tr", "h3") else "")

    def handle_endtag(self, tag):
        self.hidden -= tag in self.silent
        self.heading &= tag not in ("h1", "h2")
        self.main &= tag != "section"

    def handle_data(self, data):
        if self.main and not self.hidden:
            self.sections[-1][1 if self.heading else 2] += data


def guide_entries(folder, pages, titles):
    for page in pages:
        with open(os.path.join(folder, page), encoding="utf-8") as file:
            # The examples are found by their comments.
            sections = Sections(file.read(), page != "examples.html").sections
        for anchor, heading, text in sections:
            title = titles[page]
            yield {"kind": "guide", "name": f"{title}: {heading.strip()}" if anchor else title,
                   "href": f"{page}#{anchor}" if anchor else page, "text": " ".join(text.split())}


def name_entries(names, summaries):
    """names: the page of each name in C. Members of an enumeration have a separate summary."""
    for name, page in names.items():
        yield {"kind": "name", "name": name, "href": page,
               "text": summaries.get(page, "")}


def make(folder, pages, titles, names, summaries):
    entries = list(guide_entries(folder, pages, titles)) + list(name_entries(names, summaries))
    with open(os.path.join(folder, "search-index.js"), "w", encoding="utf-8") as file:
        file.write("window.searchIndex = ")
        json.dump(entries, file, ensure_ascii=False, separators=(",", ":"))
        file.write(";\n")
