#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# words.py STATES FAMILIES BOARDS >words.h
#
# The words that 'machtype complete' offers and that the public interface can check but not list:
# states, families, boards, the newest QEMU. Taken from the library's tables at build time, so that
# no copy of them can become outdated.

import sys


def read_rows(path):
    """The rows of the first table in a file of libmachtype/data; generate.py checks them."""
    with open(path, encoding="utf-8") as source:
        lines = [line.split("\t") for line in source.read().splitlines()
                 if line and not line.startswith("#")]
    tables = [at for at, line in enumerate(lines) if line[0].startswith("%")]
    if tables:
        lines = lines[tables[0] + 1:(tables + [len(lines)])[1]]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def write(name, rows):
    if not rows:
        sys.exit(f"words.py: found no {name}: has its table changed?")
    # Arrays, not pointers: a pointer is relocated at every start of the program, for every command.
    sizes = [max(len(text.encode()) for text in column) + 1 for column in zip(*rows)]
    print(f"\nstatic const struct {{\n  char name[{sizes[0]}], values[{sizes[1]}];\n}} {name}[] = {{")
    for row, values in rows:
        print(f'  {{ "{row}", "{values}" }},')
    print("};")


def main():
    states, families, boards = sys.argv[1:]
    board_rows = read_rows(boards)
    newest = max(tuple(map(int, row["introduced"].split("."))) for row in board_rows
                 if row["introduced"] != "-")
    print("/* Made by words.py. */\n#pragma once\n")
    print(f"enum {{ NEWEST_MAJOR = {newest[0]}, NEWEST_MINOR = {newest[1]} }};")
    write("state_names", [(row["word"], row["nova"]) for row in read_rows(states)])
    write("families", [(row["alias"], row["name"]) for row in read_rows(families)])
    write("boards", [(row["name"], "") for row in board_rows])


main()
