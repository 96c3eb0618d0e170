#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""phrases.py SOURCE: words that the field does not use.

Sources, documentation, man pages, help and tests are searched for phrases that read as translated.
Each row of PHRASES has a pattern, what to write instead, a sentence that it finds, and one that it
does not. After the tree, each sentence is planted in a copy of a file and has to be found.

A space in a pattern stands for any white space, and for the end of a line with what begins the
next one in a comment or a literal.
"""

import os
import re
import subprocess
import sys

PHRASES = (
    (r"(?<!there )(?:\bis|\bare|\bwas|\bbe) no (?!longer\b|more than\b|less than\b|earlier\b|later\b)", "is not a ..., is not a valid ...",
     "'q 35' is no machine type name", "There is no record; it is no longer offered"),
    (r"\b(?:leave|leaves|leaving|left)(?: [^\s.;]+){0,4} away\b", "remove ..., omit ...",
     "leave the TPM away", "it goes away; leave the address to libvirt"),
    (r"\bno(?:body| one) (?:knows|has seen|has tried|could|can|has|is)\b", "unknown, untested",
     "nobody knows machine type q36", "no host knows it"),
    (r"(?<!-u )(?<!--reuid )(?<!user )(?<!as-)\b(?:nobody|somebody)\b", "name who it is: another process, the operator, QEMU",
     "somebody else was faster", "sudo -u nobody; the user nobody"),
    (r"\btells\b", "shows, reports, returns, says",
     "Tells the family of a name", "tell them apart"),
    (r"\b(?:is|are|was|were|be) told\b", "gets an error, is reported",
     "who asks is told so", "the error is reported"),
    (r"\ball the same\b", "anyway, still", "record it all the same", "all of the same family"),
    (r"\bthat (?:is|are) none\b", "invalid", "UUIDs that are none", "none of them is set"),
    (r"(?<!there )\b(?:is|are) (?-i:none)\b(?! of)", "is invalid, is not a valid ...", "a text is none",
     "if value is None: there is none"),
    (r"\bgone in\b", "removed in", "gone in QEMU 13.2", "removed in QEMU 13.2"),
    (r"\bhas(?: not|n't) got\b", "does not offer, does not have", "the host has not got it",
     "the host does not offer it"),
    (r"\bdone again\b", "when run again", "done again, it changes nothing", "run it again"),
    (r"\bknown to nobody\b", "unknown", "the type is known to nobody", "the type is unknown"),
    (r"\b(?:Takes|Gives) a reference\b", "Increases (Decreases) the reference count of @x.",
     "Takes a reference.", "Increases the reference count of @host."),
    (r"\bone's own\b", "your own", "a store of one's own", "your own store"),
    (r"\bhave a look at\b|\bwhat comes of\b", "what results from", "what comes of a request",
     "what a request results in"),
    (r"\bfor the guest's good\b", "misbehaves in the guest", "starts, but not for the guest's good",
     "starts, but misbehaves in the guest"),
    (r"\bmay stand\b", "can be", "it may stand last", "it can be last"),
)

# What users have written, texts that are other people's, and patterns of the old words.
LEFT_OUT = re.compile(r"^(?:COPYING|tests/data/|tests/program/make-first-round\.py|tests/static/phrases\.py|tests/same/mask\.py|tests/mutate/.*\.tsv)")
TEXT = re.compile(r"\.(?:c|h|cc|in|inc|tsv|py|sh|md|js|css|toml|build|txt|xml|html|svg|yml|vala|lua|pl)$"
                  r"|/[^.]+$|^[^./]+$")
SPACE = r"""(?:[ \t]+|[ \t]*(?:\\n)?["']?\n[ \t]*(?:/?\*+|\#|//|\.\\"|f?["']|>|-)?[ \t]*)"""


def compile_phrase(pattern):
    # A look-behind has to be of one width: there a space is a space.
    parts = re.split(r"(\(\?<!.*?\))", pattern)
    return re.compile("".join(part if part.startswith("(?<!") else part.replace(" ", SPACE) for part in parts),
                      re.IGNORECASE)


ROWS = [(compile_phrase(pattern), instead, bad, good) for pattern, instead, bad, good in PHRASES]


def find_phrases(text):
    for pattern, instead, _, _ in ROWS:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, " ".join(match.group(0).split()), instead


def list_files(source):
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z"], stdout=subprocess.PIPE, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
    else: # no clone, as from an archive
        names = [os.path.relpath(os.path.join(folder, name), source)
                 for folder, _, files in os.walk(source) for name in files]
    return sorted(name for name in names if name and TEXT.search(name) and not LEFT_OUT.match(name)
                  and not name.startswith(("build/", ".git/")))


def check_tree(source):
    count = 0
    for name in list_files(source):
        path = os.path.join(source, name)
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        for line, found, instead in find_phrases(text):
            print(f"{name}:{line}: '{found}': {instead}")
            count += 1
    return count


def break_rules():
    """Each phrase is found, on one line and across two of a comment; its better words are not."""
    failures = 0
    for pattern, _, bad, good in ROWS:
        planted = [f"/* {bad}. */", f"\"{bad}\""]
        match = pattern.search(bad)
        if match and " " in match.group(0):
            at = match.start() + match.group(0).index(" ")
            planted += [f"/* {bad[:at]}\n * {bad[at + 1:]} */", f"\"{bad[:at]} \"\n    \"{bad[at + 1:]}\"",
                        f"# {bad[:at]}\n# {bad[at + 1:]}"]
        print(f"{bad} | {good}")
        for text in planted:
            if not any(True for _ in pattern.finditer(text)):
                print(f"not found: {text}")
                failures += 1
        if list(find_phrases(good)):
            print(f"found, and should not be: {good}")
            failures += 1
    return failures


def main():
    source = sys.argv[1]
    failures = break_rules()
    count = check_tree(source)
    print(f"{count} phrases in {len(list_files(source))} files, {len(ROWS)} patterns")
    return 1 if count or failures else 0


if __name__ == "__main__":
    sys.exit(main())
