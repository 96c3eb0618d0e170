#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""contrast.py FOLDER: text of the site stands out 4.5 : 1 (WCAG 2.1, 1.4.3), in light and in dark.

The colors are those that the style sheets of the built site end with. The table that is printed has
every kind of code, and every pair of PAIRS.
"""

import os
import re
import sys

LEAST = 4.5
SCHEMES = ("light", "dark")
# Its name, the color of the text, and the colors behind it, the nearest first.
PAIRS = (
    ("text", "--text-color", ["--body-bg"]),
    ("muted text", "--text-color-muted", ["--body-bg"]),
    ("muted text on a card", "--text-color-muted", ["--card-bg"]),
    ("heading", "--heading-docblock-color", ["--body-bg"]),
    ("link", "--primary", ["--body-bg"]),
    ("link on a card", "--primary", ["--card-bg"]),
    ("link in code", "--primary", ["--box-bg", "--body-bg"]),
    ("link in code on a card", "--primary", ["--box-bg", "--card-bg"]),
    ("code in text", "--box-text-color", ["--box-bg", "--body-bg"]),
    ("what was searched for", "--text-color", ["--mark-bg"]),
    ("link of the sidebar", "--sidebar-primary", ["--sidebar-bg"]),
    ("text of the sidebar", "--sidebar-text-color", ["--sidebar-bg"]),
    ("current page", "#fff", ["--sidebar-selected-bg"]),
    ("search", "--sidebar-text-color", ["--sidebar-search-bg", "--sidebar-bg"]),
    ("search, empty", "#c9cdd2", ["--sidebar-search-bg", "--sidebar-bg"]),
    ("since", "--accent-fg-color", ["--accent-bg-color"]),
    ("deprecated", "--error-fg-color", ["--error-bg-color"]),
    ("unstable", "--warning-fg-color", ["--warning-bg-color", "--body-bg"]),
)


def rules_of(css, scheme):
    """(selector, property, value) of a style sheet, in order, as they apply to a scheme."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    open_blocks = []
    for match in re.finditer(r"([^{}]*)([{}])", css):
        text, mark = match.group(1).strip(), match.group(2)
        if mark == "{":
            # What has no block, such as an import, comes before the selector.
            open_blocks.append(text.rpartition(";")[2].strip())
            continue
        selector = open_blocks.pop()
        wanted = [re.search(r"prefers-color-scheme:\s*(\w+)", block) for block in open_blocks]
        if selector.startswith("@") or any(m and m.group(1) != scheme for m in wanted):
            continue
        for declaration in text.split(";"):
            name, colon, value = declaration.partition(":")
            if colon:
                for part in selector.split(","):
                    yield " ".join(part.split()), name.strip(), value.strip()


def read_style(folder, scheme):
    """style.css, after what it imports for the scheme."""
    with open(os.path.join(folder, "style.css"), encoding="utf-8") as file:
        css = file.read()
    rules = []
    for name, wanted in re.findall(r'@import url\("(.*?)"\) \(prefers-color-scheme: (\w+)\)', css):
        if wanted == scheme:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                rules += rules_of(file.read(), scheme)
    return rules + list(rules_of(css, scheme))


def variables_of(rules):
    return {name: value for selector, name, value in rules
            if selector == ":root" and name.startswith("--")}


def resolve(value, variables):
    while value.startswith(("--", "var(")):
        name = re.search(r"--[\w-]+", value).group(0)
        value = variables[name]
    return value


def color_of(value):
    """(red, green, blue, alpha), each from 0 to 1."""
    value = {"white": "#fff", "black": "#000", "none": "rgba(0,0,0,0)",
             "transparent": "rgba(0,0,0,0)"}.get(value, value)
    if value.startswith("#"):
        digits = value[1:] if len(value) == 7 else "".join(c + c for c in value[1:])
        return tuple(int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)) + (1.0,)
    numbers = [float(number) for number in re.findall(r"[\d.]+", value)]
    return tuple(n / 255 for n in numbers[:3]) + (numbers[3] if len(numbers) > 3 else 1.0,)


def over(top, below):
    return tuple(t * top[3] + b * (1 - top[3]) for t, b in zip(top[:3], below[:3])) + (1.0,)


def composed(colors):
    """The first one is on top; the last one is opaque."""
    result = colors[-1]
    for color in reversed(colors[:-1]):
        result = over(color, result)
    return result


def luminance(color):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(text, behind):
    """behind: the colors below the text, the nearest first."""
    back = composed(behind)
    light, dark = sorted((luminance(over(text, back)), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def last_value(rules, selectors, names):
    """All relevant rules have the same weight, so the last one counts."""
    found = None
    for selector, name, value in rules:
        if selector in selectors and name in names:
            found = value
    return found


def code_pairs(rules):
    """(class, color, background) of each kind of code that a style sheet names."""
    kinds = sorted({match.group(1) for selector, _, _ in rules
                    if (match := re.fullmatch(r"\.codehilite \.([a-z]\w*)", selector))})
    box = last_value(rules, [".codehilite"], ["background", "background-color"])
    yield "code", last_value(rules, [".codehilite"], ["color"]), [box]
    for kind in kinds:
        selectors = [f".codehilite .{kind}", ".codehilite [class]"]
        own = last_value(rules, selectors, ["background", "background-color"])
        yield f"code .{kind}", last_value(rules, selectors, ["color"]), [own or "none", box]


def main():
    folder, = sys.argv[1:]
    wrong = 0
    for scheme in SCHEMES:
        rules = read_style(folder, scheme)
        variables = variables_of(rules)
        pairs = list(PAIRS) + list(code_pairs(rules))
        for what, text, behind in pairs:
            text, behind = resolve(text, variables), [resolve(b, variables) for b in behind]
            value = ratio(color_of(text), [color_of(b) for b in behind])
            wrong += value < LEAST
            print(f"{scheme:5}  {what:24}  {text:22}  {' over '.join(behind):40}  {value:5.2f}"
                  f"{'' if value >= LEAST else '  too little'}")
        if len(pairs) < len(PAIRS) + 60:
            sys.exit("the style sheets name too few kinds of code")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
