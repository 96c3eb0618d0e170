#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""links.py tree SOURCE | links.py site FOLDER: every relative link has a target.

tree: those of the markdown files in the tree, with the anchors that forges generate from headings.
site: those of every page of the site, and of its index for searching and for Devhelp.
"""

import html.parser
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

ELSEWHERE = re.compile(r"(https?|mailto|javascript):")


def without_code(text):
    text = re.sub(r"^(```|~~~).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "code", text)


def headings(path):
    """The anchors of a markdown file: letters, digits, - and _ of the heading, in lower case."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^(```|~~~).*?^\1$", "", file.read(), flags=re.DOTALL | re.MULTILINE)
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def markdown_files(source):
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in ("build", ".git"))
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".md"))


def tree_links(source):
    """(file, link, the file it leads to, anchor)"""
    for path in markdown_files(source):
        with open(path, encoding="utf-8") as file:
            text = without_code(file.read())
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if not ELSEWHERE.match(link):
                target, _, anchor = link.partition("#")
                yield path, link, os.path.join(os.path.dirname(path), target) if target else path, \
                    anchor


def check_tree(source):
    count = 0
    for path, link, target, anchor in tree_links(source):
        count += 1
        if not os.path.exists(target):
            yield f"{path}: {link}: no such file"
        elif anchor and anchor not in headings(target):
            yield f"{path}: {link}: no such heading"
    print(f"{count} links in the tree")
    if count < 10:
        yield f"only {count} links were found"


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = [], set()
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors.update(filter(None, (attrs.get("id"), attrs.get("name"))))
        # Where other libraries' pages are only their names; a script puts the address in.
        if "data-namespace" not in attrs:
            self.links += filter(None, (attrs.get("href"), attrs.get("src")))


def other_links(folder):
    with open(os.path.join(folder, "search-index.js"), encoding="utf-8") as file:
        index = json.loads(file.read().removeprefix("window.searchIndex = ").rstrip(";\n"))
    yield from (("search-index.js", entry["href"]) for entry in index)
    for book in (name for name in os.listdir(folder) if name.endswith(".devhelp2")):
        for node in ET.parse(os.path.join(folder, book)).iter():
            if node.get("link"):
                yield book, node.get("link")


def check_site(folder):
    pages = {name: Page(os.path.join(folder, name))
             for name in os.listdir(folder) if name.endswith(".html")}
    links = [(name, link) for name, page in pages.items() for link in page.links]
    links += other_links(folder)
    for name, link in links:
        if ELSEWHERE.match(link):
            continue
        target, _, anchor = urllib.parse.unquote(link).partition("#")
        target = target or name
        if not os.path.exists(os.path.join(folder, target)):
            yield f"{name}: {link}: no such page"
        elif anchor and anchor not in pages[target].anchors:
            yield f"{name}: {link}: no such anchor"
    print(f"{len(links)} links on {len(pages)} pages")
    if len(pages) < 200:
        yield f"only {len(pages)} pages were found"


def main():
    kind, folder = sys.argv[1:]
    dead = sorted(set({"tree": check_tree, "site": check_site}[kind](folder)))
    print("\n".join(dead))
    return 1 if dead else 0


sys.exit(main())
