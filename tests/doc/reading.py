#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""reading.py FOLDER GUIDE...: readers of the site can find their way.

Each page has its own title, a description, the icon, the search, the menu and a link home. The first
page links to each guide and has its first sentence. Each guide is marked in the list of guides, and
"next" leads through all of them.
"""

import html.parser
import os
import re
import sys

# The purpose of the first page, and where each of its readers goes.
DOORS = ("I run hosts", "I write a tool", "I come from Nova")
ONCE = ('id="search-input"', 'id="menu"', '<link rel="icon" type="image/svg+xml" href="icon.svg">',
        '<h3><a href="index.html">libmachtype</a></h3>')
# Marks of markdown, of doc comments and of HTML.
MARKUP = re.compile(r"\[\w+@|`|\*\*|(?<!\w)[%@]\w|</?\w+>|\]\(")


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


class Links(html.parser.HTMLParser):
    """(class, target, text) of each link."""

    def __init__(self, text):
        super().__init__()
        self.links, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            attrs = dict(attrs)
            self.links.append([attrs.get("class", ""), attrs.get("href", ""), ""])
            self.inside = True

    def handle_endtag(self, tag):
        self.inside &= tag != "a"

    def handle_data(self, data):
        if self.inside:
            self.links[-1][2] += data


def wrong_with_head(name, text, titles):
    title = re.search(r"<title>(.*?)</title>", text).group(1)
    if not re.fullmatch(r".+ – libmachtype|libmachtype – .+", title):
        yield f"the title is {title}"
    if title in titles:
        yield f"{titles[title]} has the same title"
    titles[title] = name
    description = re.search(r'<meta name="description" content="(.*?)">', text)
    if description is None or len(description.group(1)) < 10 or MARKUP.search(description.group(1)):
        yield f"the description is {description and description.group(1)}"
    yield from (f"{what} is there {text.count(what)} times" for what in ONCE
                if text.count(what) != 1)


def wrong_with_guide(name, text):
    current = [link for link in Links(text).links if "current" in link[0]]
    if [link[1] for link in current] != [name]:
        yield f"marked as current: {current}"
    if not re.search(r'<span class="group">', text):
        yield "the guides are in no groups"


def walk(folder, first):
    """The guides in the order of "next"."""
    order, page = [], first
    while page is not None and page not in order:
        order.append(page)
        match = re.search(r'<a rel="next" href="([^"]+)"', read(folder, page))
        page = match and match.group(1)
    return order


def wrong_with_index(text, guides):
    listed = text[text.index('id="guides"'):text.index('id="interface"')]
    for guide in guides:
        match = re.search(rf'<li><a href="{guide}">[^<]+</a> (.*?)</li>', listed)
        if match is None:
            yield f"it does not lead to {guide}"
        elif len(match.group(1)) < 10 or not match.group(1).endswith((".", "!", "?")):
            yield f"{guide}: the first sentence is {match.group(1)!r}"
    yield from (f"there is no door {door}" for door in DOORS if f"<h2>{door}</h2>" not in text)
    if 'src="flow.svg"' not in text:
        yield "it has no picture"


def main():
    folder, *guides = sys.argv[1:]
    guides = [os.path.basename(guide).lower().replace(".md", ".html") for guide in guides]
    guides.append("examples.html")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".html"))
    wrong, titles = [], {}
    for name in names:
        text = read(folder, name)
        wrong += [f"{name}: {what}" for what in wrong_with_head(name, text, titles)]
        if name in guides:
            wrong += [f"{name}: {what}" for what in wrong_with_guide(name, text)]
        if name.startswith("func.") and text.count('href="func.') < 10:
            wrong.append(f"{name}: it does not lead to its siblings")
    wrong += [f"index.html: {what}" for what in wrong_with_index(read(folder, "index.html"), guides)]
    order = walk(folder, guides[0])
    if sorted(order) != sorted(guides):
        wrong.append(f"\"next\" leads only to {order}")
    for table in ("effects.html", "features.html", "lint-rules.html"):
        if '<table class="cards">' not in read(folder, table):
            wrong.append(f"{table}: its tables do not fit a small screen")
    print(f"{len(names)} pages, {len(guides)} guides", *wrong, sep="\n")
    return 1 if wrong or len(names) < 200 else 0


sys.exit(main())
