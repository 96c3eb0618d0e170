# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page "Examples": of each file its name, what its head comment says, and the whole file."""

import ast
import os
import re

LANGUAGES = {".c": "c", ".cc": "cpp", ".py": "python", ".vala": "vala", ".js": "javascript",
             ".sh": "sh"}
HEAD = """Title: Examples

# Examples

These are the very files of the folder `examples`. Each is built and run by the test suite.
"""


def head_comment(text, language):
    """The first comment that is not the licence line, without its marks."""
    if language == "python":
        return ast.get_docstring(ast.parse(text)).splitlines()
    mark = r"#(?!!)" if language == "sh" else "//"
    text = re.sub(r".*SPDX-License-Identifier.*\n", "", text)
    match = re.search(rf"/\*+((?s:.*?))\*/|((?:^{mark}.*\n)+)", text, re.MULTILINE)
    if match is None:
        return []
    comment = next(group for group in match.groups() if group is not None)
    return [re.sub(rf"^\s*(?:\*|{mark})?(?: |$)", "", line)
            for line in comment.strip().splitlines()]


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
    """The folder `examples` that a file is in, at whatever depth."""
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
                     ["", f"```{language}", text.rstrip("\n"), "```", ""])


def page(paths):
    return HEAD + "".join(section(path) for path in paths)
