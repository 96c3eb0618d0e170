#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pictures.py SOURCE MACHTYPE: the pictures of the documentation.

Each is well-formed, has a title, needs no other file, runs nothing, and is legible in light and in
dark. Each that a guide names exists and has an alternative text. What a picture says about two names
(data-compare) is what the program says.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import contrast

SVG = "{http://www.w3.org/2000/svg}"
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
# Which text is on which area: fill of the text's class, and of the areas.
ON = {"text": (".bg", ".box"), ".dim": (".bg", ".box"), ".on": (".act", ".keep")}


def markdown_files(source):
    for folder in (source, os.path.join(source, "doc")):
        yield from (os.path.join(folder, name) for name in sorted(os.listdir(folder))
                    if name.endswith(".md"))


def named_images(source):
    """(guide, alternative text, path)"""
    for path in markdown_files(source):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^```.*?^```", "", file.read(), flags=re.DOTALL | re.MULTILINE)
        for alternative, link in IMAGE.findall(text):
            if not re.match(r"https?:", link):
                yield path, alternative, os.path.normpath(os.path.join(os.path.dirname(path), link))


def wrong_with_elements(root):
    if root.tag != SVG + "svg" or not root.get("viewBox") or root.get("role") != "img":
        yield "it is not an image with a viewBox"
    if not (root.findtext(SVG + "title") or "").strip():
        yield "it has no title"
    for node in root.iter():
        if node.tag in (SVG + "script", SVG + "foreignObject", SVG + "image", SVG + "use"):
            yield f"it has a {node.tag.removeprefix(SVG)}"
        for name, value in node.attrib.items():
            if name.startswith("on") or name.endswith("href"):
                yield f"it has {name}"
            elif re.search(r"url\((?!#)", value):
                yield f"it refers to {value}"


def wrong_with_colors(root):
    css = "".join(node.text or "" for node in root.iter(SVG + "style"))
    if "prefers-color-scheme:dark" not in css or re.search(r"@import|url\((?!#)", css):
        yield "its style is not one for light and dark, complete in itself"
    used = {name for node in root.iter() for name in (node.get("class") or "").split()}
    for scheme in contrast.SCHEMES:
        rules = list(contrast.rules_of(css, scheme))
        for text, areas in ON.items():
            for area in (area for area in areas if area[1:] in used):
                if text != "text" and text[1:] not in used:
                    continue
                colors = [contrast.last_value(rules, [name], ["fill"]) for name in (text, area)]
                if None in colors:
                    continue
                value = contrast.ratio(*[contrast.color_of(colors[0])],
                                       [contrast.color_of(colors[1])])
                if value < contrast.LEAST:
                    yield f"{scheme}: {text} on {area} is {value:.2f} : 1"


def wrong_with_relations(root, machtype):
    for node in root.iter():
        if node.get("data-compare"):
            expected, *names = node.get("data-compare").split()
            said = subprocess.run([machtype, "compare", *names], capture_output=True, text=True,
                                  check=False).stdout.strip()
            if said != expected:
                yield f"{' and '.join(names)}: {said}, not {expected}"


def check(path, machtype):
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError as error:
        return [str(error)]
    return [*wrong_with_elements(root), *wrong_with_colors(root),
            *wrong_with_relations(root, machtype)]


def main():
    source, machtype = sys.argv[1:]
    folder = os.path.join(source, "doc")
    pictures = [os.path.join(folder, name) for name in sorted(os.listdir(folder))
                if name.endswith(".svg")]
    wrong = [f"{path}: {what}" for path in pictures for what in check(path, machtype)]
    named = list(named_images(source))
    for guide, alternative, path in named:
        if not os.path.exists(path):
            wrong.append(f"{guide}: there is no {path}")
        if len(alternative) < 20:
            wrong.append(f"{guide}: {path}: no text says what it shows")
    # The icon is that of the pages.
    wrong += [f"{path}: no guide names it" for path in pictures
              if path not in [path for _, _, path in named] and not path.endswith("icon.svg")]
    print(f"{len(pictures)} pictures, named {len(named)} times", *wrong, sep="\n")
    return 1 if wrong or len(pictures) < 6 else 0


sys.exit(main())
