# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page "Examples": for each file its name, its head comment, and the whole file."""

import os
import re

LANGUAGES = {".c": "c", ".cc": "cpp", ".py": "python", ".vala": "vala", ".js": "javascript",
             ".sh": "sh"}
HEAD = """Title: Examples

# Examples

These are the files of the folder `examples`, each without its head comment, which is the text above
it. The test suite builds and runs them all.
"""


def find_comment(text, language):
    """The first comment that is not the license line."""
    mark = r"#(?!!)" if language == "sh" else "//"
    comment = r'"""((?s:.*?))"""' if language == "python" else \
        rf"/\*+((?:(?!SPDX)(?s:.))*?)\*/|((?:^{mark}(?!.*SPDX).*\n)+)"
    return re.search(comment, text, re.MULTILINE)


def head_comment(text, language):
    """Its lines, without its marks."""
    match = find_comment(text, language)
    if match is None:
        return []
    comment = next(group for group in match.groups() if group is not None)
    mark = "#" if language == "sh" else "//"
    return [re.sub(rf"^\s*(?:\*|{mark})?(?: |$)", "", line) if language != "python" else line
            for line in comment.strip().splitlines()]


def without_comment(text, language):
    match = find_comment(text, language)
    if match is None:
        return text
    return text[:match.start()] + text[match.end():].lstrip("\n")


def markdown(comment):
    """Its indented lines are commands; the first line is usage and purpose."""
    output, inside = [], False
    usage, colon, purpose = comment[0].partition(": ") if comment else ("", "", "")
    if colon:
        comment = [f"`{usage}`: {purpose}"] + comment[1:]
    for line in comment + [""]:
        indented = line.startswith("    ")
        if indented != inside and (indented or line.strip()):
            output.append("```sh" if indented else "```")
            inside = indented
        output.append(line[4:] if indented else line)
    while output and not output[-1]:
        output.pop()
    return output + ["```"] * inside


def folder(path):
    """The subdirectory of `examples` that a file is in, at any depth."""
    while os.path.basename(path) not in ("examples", ""):
        path = os.path.dirname(path)
    return os.path.realpath(path)


def title(path):
    return os.path.relpath(os.path.realpath(path), folder(path))


def anchor(path):
    return re.sub(r"[^\w\s-]", "", title(path)).lower()


def section(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    language = LANGUAGES[os.path.splitext(path)[1]]
    return "\n".join(["", f"## {title(path)}", ""] + markdown(head_comment(text, language)) +
                     ["", f"```{language}", without_comment(text, language).rstrip("\n"), "```",
                      ""])


def page(paths):
    return HEAD + "".join(section(path) for path in paths)
