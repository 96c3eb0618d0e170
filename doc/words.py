# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text of guides and doc comments without its markup, and its first sentence."""

import html
import re

COMMENT = re.compile(r"^<!--.*?-->\n+", re.DOTALL | re.MULTILINE)
FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
# A dot in a number or an abbreviation does not end a sentence.
SENTENCE = re.compile(r"(.+?(?<!e\.g)(?<!i\.e)[.!?:])(?=\s|$)", re.DOTALL)
NO_PROSE = re.compile(r"[#|!<>`]|[-*+] |\d+\. ")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")


def paragraphs(markdown):
    """The prose, one line per paragraph: no headings, tables, lists, pictures or code."""
    text = FENCED.sub("", COMMENT.sub("", markdown))
    for block in re.split(r"\n\s*\n", text):
        block = block.strip()
        # A paragraph can start with code, but not with a table or a picture.
        if block and (not NO_PROSE.match(block) or re.match(r"`[^`]", block)):
            yield " ".join(block.split())


def first_sentence(text):
    """A text's first sentence; an introduction of a list or an example ends there."""
    match = SENTENCE.match(text)
    return (match.group(1) if match else text).rstrip(":").strip() + \
        ("." if match and match.group(1).endswith(":") else "")


def plain(text):
    """Without the markup of markdown and of doc comments."""
    text = LINK.sub(r"\1", text)
    text = re.sub(r"\[\w+@(?:Machtype\.)?([\w.:]+)\]", r"\1", text)
    text = re.sub(r"(?<!\w)[@%#](?=\w)|\*\*|`|^#+ ", "", text, flags=re.MULTILINE)
    return " ".join(text.split())


def inline(markdown):
    """A paragraph of markdown as HTML: links, code and bold words."""
    text = html.escape(markdown, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return LINK.sub(r'<a href="\2">\1</a>', text)
