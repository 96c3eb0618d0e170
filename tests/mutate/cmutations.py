# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where C can be mutated, and how. A mutation is (kind, start, end, text): what replaces a part of a
file. Comments, preprocessor lines except constants, assertions and checks of arguments are not mutated:
no test is meant to notice them."""

import re

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<cpp>(?<![^\n])[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])*')
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+(?:\.\d+)?[uUlLfF]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<space>\s+)
  | (?P<op>->|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|.)
""", re.S | re.X)

# The text of these calls is not behavior.
LEFT_ALONE = re.compile(r"^(g_return_if_fail|g_return_val_if_fail|g_assert\w*|G_STATIC_ASSERT\w*|"
                        r"G_GNUC_\w+|G_DEFINE_\w+|G_STRUCT_OFFSET|g_assert_not_reached)$")
# Without one of these only memory is leaked.
RELEASES = re.compile(r"\b(g_free|g_clear_\w+|\w+_unref|\w+_free|g_object_unref|va_end|va_start|"
                      r"g_strfreev|close|finalize|reset)\s*\(|^\(void\)")
SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||",
           "||": "&&"}


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)


def tokenize(text):
    """Everything except blanks and comments."""
    tokens = [Token(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text)]
    return [t for t in tokens if t.kind not in ("space", "comment")]


def find_end(tokens, i, opening="(", closing=")"):
    """The index of the token that closes tokens[i]."""
    depth = 0
    while i < len(tokens):
        if tokens[i].text == opening:
            depth += 1
        elif tokens[i].text == closing:
            depth -= 1
            if depth == 0:
                return i
        i += 1
    return len(tokens) - 1


def find_left_alone(tokens):
    """The indices of tokens in assertions and the like."""
    left = set()
    for i, token in enumerate(tokens[:-1]):
        if token.kind == "word" and LEFT_ALONE.match(token.text) and tokens[i + 1].text == "(":
            left.update(range(i, find_end(tokens, i + 1) + 1))
    return left


def find_tables(tokens):
    """(first, last) of the braces of each 'static const ... = { ... }'."""
    tables = []
    i = 0
    while i + 1 < len(tokens):
        if tokens[i].text == "static" and tokens[i + 1].text == "const":
            k = i
            while k < len(tokens) and tokens[k].text not in ("=", ";", "("):
                if tokens[k].text == "{":
                    k = find_end(tokens, k, "{", "}")
                k += 1
            if k + 1 < len(tokens) and tokens[k].text == "=" and tokens[k + 1].text == "{":
                tables.append((k + 1, find_end(tokens, k + 1, "{", "}")))
                i = tables[-1][1]
        i += 1
    return tables


def change_number(rng, text):
    """One more or one less, in the same notation."""
    match = re.match(r"(0[xX])?([0-9a-fA-F]+)([uUlL]*)$", text)
    if match is None:
        return None
    prefix, digits, suffix = match.group(1) or "", match.group(2), match.group(3)
    if not prefix and (not digits.isdigit() or (len(digits) > 1 and digits[0] == "0")):
        return None
    value = int(digits, 16 if prefix else 10)
    value += 1 if value == 0 else rng.choice((1, -1))
    return prefix + (f"{value:0{len(digits)}x}" if prefix else str(value)) + suffix


def change_letter(rng, text):
    """Another letter in one place; text includes its quotes, if any."""
    places = [i for i, c in enumerate(text)
              if c.isascii() and c.isalpha() and (i == 0 or text[i - 1] not in "\\%")]
    if not places:
        return None
    place = rng.choice(places)
    letter = text[place]
    other = chr(ord(letter) + (1 if letter not in "zZ" else -1))
    return text[:place] + other + text[place + 1:]


def find_rows(tokens, first, last):
    """(first, last) of the outermost elements between two braces."""
    rows = []
    start = first + 1
    depth = 0
    for i in range(first + 1, last + 1):
        if tokens[i].text in ("(", "{", "["):
            depth += 1
        elif tokens[i].text in (")", "}", "]") and i != last:
            depth -= 1
        if i == last or (depth == 0 and tokens[i].text == ","):
            if i > start:
                rows.append((start, i - 1))
            start = i + 1
    return rows


def is_set_part(tokens, i):
    """Whether a word is one of a set, such as B (PC) or ARM in A | B."""
    if tokens[i].kind != "word" or not tokens[i].text[0].isupper():
        return False
    return tokens[i - 1].text == "|" or (i + 1 < len(tokens) and tokens[i + 1].text == "|")


def find_others(tokens, i, words):
    """Those that are not yet in the expression around a '|'."""
    start = end = i
    while tokens[start - 1].text not in (",", "{", "="):
        start -= 1
    while tokens[end].text not in (",", "}", ";"):
        end += 1
    have = {token.text for token in tokens[start:end]}
    return [word for word in words if word not in have]


def add_bits(tokens, first, last, sites):
    """Removed: '| X' with its arguments. Added: a set from the same table."""
    words = sorted({tokens[i].text for i in range(first, last) if is_set_part(tokens, i)
                    and tokens[i + 1].text != "("})
    for i in range(first + 1, last):
        if tokens[i].text != "|":
            continue
        end = i + 1
        if end + 1 < last and tokens[end + 1].text == "(":
            end = find_end(tokens, end + 1)
        start = tokens[i].start
        sites.append(("bit", start, tokens[end].end, lambda rng: ""))
        others = find_others(tokens, i, words)
        if others:
            sites.append(("bit", tokens[end].end, tokens[end].end,
                          lambda rng, others=others: " | " + rng.choice(others)))


def add_rows(text, tokens, first, last, sites):
    rows = [r for r in find_rows(tokens, first, last)]
    for n, (start, end) in enumerate(rows):
        comma = tokens[end + 1].end if tokens[end + 1].text == "," else tokens[end].end
        sites.append(("row", tokens[start].start, comma, lambda rng: ""))
        # Fewer, because the order of many tables does not matter.
        if n % 4 == 0 and n + 1 < len(rows) and tokens[start].text != "[":
            after = rows[n + 1]
            one = text[tokens[start].start:tokens[end].end]
            other = text[tokens[after[0]].start:tokens[after[1]].end]
            between = text[tokens[end].end:tokens[after[0]].start]
            if one != other and "/*" not in between:
                sites.append(("row", tokens[start].start, tokens[after[1]].end,
                              lambda rng, t=other + between + one: t))


def add_table_token(token, sites):
    if token.kind == "number":
        sites.append(("number", token.start, token.end,
                      lambda rng, t=token.text: change_number(rng, t)))
    elif token.kind == "string":
        sites.append(("word", token.start, token.end,
                      lambda rng, t=token.text: change_letter(rng, t)))
    elif token.text in ("TRUE", "FALSE"):
        sites.append(("truth", token.start, token.end,
                      lambda rng, t=token.text: "FALSE" if t == "TRUE" else "TRUE"))


def add_constant(token, sites):
    """#define NAME 3, or a set of words."""
    match = re.match(r"[ \t]*#[ \t]*define[ \t]+\w+[ \t]+(\d+)$", token.text)
    if match:
        sites.append(("number", token.start + match.start(1), token.start + match.end(1),
                      lambda rng, t=match.group(1): change_number(rng, t)))
    match = re.match(r"[ \t]*#[ \t]*define[ \t]+\w+[ \t]+\((\w+ \(\w+\)|\w+)((?: \| (?:\w+ \(\w+\)|\w+))+)\)$",
                     token.text)
    if match:
        last = match.group(2).rindex(" | ")
        sites.append(("bit", token.start + match.start(2) + last, token.start + match.end(2),
                      lambda rng: ""))


def find_table_sites(text):
    """What differs by row: initializers of constant arrays, and constants."""
    tokens = tokenize(text)
    sites = []
    for first, last in find_tables(tokens):
        for i in range(first + 1, last):
            if tokens[i - 1].text != "[":
                add_table_token(tokens[i], sites)
        add_bits(tokens, first, last, sites)
        add_rows(text, tokens, first, last, sites)
    for token in tokens:
        if token.kind == "cpp":
            add_constant(token, sites)
    return sites


def find_bodies(tokens):
    """(first, last) of the braces of every function."""
    bodies = []
    i = 0
    while i < len(tokens):
        if tokens[i].text == "{":
            end = find_end(tokens, i, "{", "}")
            if i > 0 and tokens[i - 1].text == ")":
                bodies.append((i, end))
            i = end
        i += 1
    return bodies


def add_statements(text, tokens, first, last, skipped, sites):
    """Calls and assignments that are statements."""
    depth = 0
    for i in range(first, last):
        depth += {"(": 1, ")": -1}.get(tokens[i].text, 0)
        if (depth != 0 or i in skipped or tokens[i].text not in ("{", "}", ";")
                or tokens[i + 1].kind != "word"):
            continue
        end = i + 1
        while end < last and tokens[end].text not in (";", "{", "}"):
            end += 1
        body = text[tokens[i + 1].start:tokens[end].start]
        if tokens[end].text != ";" or i + 1 in skipped or RELEASES.search(body):
            continue
        called = re.match(r"\w+ \(", body) and not re.match(r"(if|for|while|switch|return)\b", body)
        assigned = re.match(r"[\w\[\]>.\-]+ [|&+-]?= ", body)
        if called or assigned:
            sites.append(("drop", tokens[i + 1].start, tokens[end].end, lambda rng: ";"))


def find_code_sites(text):
    tokens = tokenize(text)
    skipped = find_left_alone(tokens)
    for first, last in find_tables(tokens):
        skipped.update(range(first, last + 1))
    sites = []
    for first, last in find_bodies(tokens):
        for i in range(first, last):
            token = tokens[i]
            if i in skipped:
                continue
            if token.kind == "op" and token.text in SWAPPED:
                sites.append((token.text, token.start, token.end,
                              lambda rng, t=token.text: SWAPPED[t]))
            elif token.kind == "number" and tokens[i - 1].text != "[":
                sites.append(("constant", token.start, token.end,
                              lambda rng, t=token.text: change_number(rng, t)))
            elif token.text in ("TRUE", "FALSE"):
                sites.append(("truth", token.start, token.end,
                              lambda rng, t=token.text: "FALSE" if t == "TRUE" else "TRUE"))
        add_statements(text, tokens, first, last, skipped, sites)
    return sites


def find_tsv_sites(text):
    """Cells, parts of them that are lists, and rows of the tables in a file. The contents of a
    column 'source' or 'meaning' are not behavior."""
    sites = []
    at = 0
    names = []
    for line in text.split("\n"):
        if line.startswith("%"):
            names = []
        elif line and line[0] != "#" and not names:
            names = line.split("\t")
        elif line and line[0] != "#":
            sites.append(("row", at, at + len(line) + 1, lambda rng: ""))
            add_cells(line, at, names, sites)
        at += len(line) + 1
    return sites


def add_cells(line, at, names, sites):
    for n, cell in enumerate(line.split("\t")):
        if n >= len(names) or not re.match(r"(source|meaning)$", names[n]):
            for match in re.finditer(r"\d+", cell):
                sites.append(("number", at + match.start(), at + match.end(),
                              lambda rng, t=match.group(): change_number(rng, t)))
            for match in re.finditer(r"[A-Za-z][\w.+-]*", cell):
                sites.append(("word", at + match.start(), at + match.end(),
                              lambda rng, t=match.group(): change_letter(rng, t)))
            for match in re.finditer(r"[ ,|]+[\w.+-]+", cell):
                sites.append(("bit", at + match.start(), at + match.end(), lambda rng: ""))
        at += len(cell) + 1
