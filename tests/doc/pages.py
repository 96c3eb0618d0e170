#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pages.py FOLDER: each page of the site is complete.

It has one title, no unprocessed markup, and no place where gi-docgen found no text. Each page of the
interface has a Since.
"""

import html.parser
import os
import re
import sys

# The markup of doc comments and guides, outside of code.
MARKUP = re.compile(r"%[A-Z][A-Z_]{2,}|(?<!\w)@[a-z_]+|\[\w+@|\*\*|`|\|\s*---|^#+ ", re.MULTILINE)
INTERFACE = re.compile(r"(class|struct|enum|flags|error|callback|func|method|ctor|type_func|vfunc|"
                       r"const)\.")
SILENT = ("pre", "code", "script", "style")


class Page(html.parser.HTMLParser):
    """The text of what is not the sidebar, without code."""

    def __init__(self, path):
        super().__init__()
        self.main, self.silent, self.titles, self.text = False, 0, 0, ""
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        self.main |= tag == "section" and ("id", "main") in attrs
        self.silent += tag in SILENT
        self.titles += self.main and tag == "h1"

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, data):
        if self.main and not self.silent:
            self.text += data


def wrong_with(name, page):
    if page.titles != 1:
        yield f"{page.titles} titles"
    yield from (f"markup is left: {match.group(0)}" for match in MARKUP.finditer(page.text))
    if "No description available" in page.text:
        yield "something has no description"
    if INTERFACE.match(name) and not re.search(r"[Ss]ince: \d+\.\d+", page.text):
        yield "it does not say since when"


def main():
    folder, = sys.argv[1:]
    names = sorted(name for name in os.listdir(folder) if name.endswith(".html"))
    wrong = [f"{name}: {what}" for name in names
             for what in wrong_with(name, Page(os.path.join(folder, name)))]
    print(f"{len(names)} pages", *wrong, sep="\n")
    return 1 if wrong or len(names) < 200 else 0


sys.exit(main())
