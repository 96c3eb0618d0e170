#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-man.py SOURCE BUILD
#
# The man pages, as mandoc and groff render them: whether they agree with the program (commands,
# options, metavariables, exit statuses) and with its source (keys of machtype.conf, environment
# variables, headers), and whether their examples are correct. Prints TAP.

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

PAGES = "machtype.1", "machtype.conf.5", "machtype-hook.8", "libmachtype.3"

# What GLib and the C library read, and the function that does.
INDIRECT = {"XDG_DATA_HOME": "g_get_user_data_dir"}


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          **options)


def read(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def render(path):
    """A page as plain text, in lines that are long enough not to wrap."""
    text = run("mandoc", "-T", "ascii", "-O", "width=300", path).stdout.decode()
    return re.sub(r".\x08", "", text)


def split(text, indent):
    """Titles at this indentation, and the text below each."""
    parts = re.split(rf"^ {{{indent}}}(\S.*)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def list_options(text):
    """The options that a section describes, as (short, long, metavariable)."""
    return set(re.findall(r"^ {5}(?:-(\w), )?--([\w-]+)(?: (\S+))?(?:  +\S.*)?$", text, flags=re.M))


def list_groups(text, title_indent, indent):
    """Titles that have commands below them, each with its commands and what they do."""
    groups = []
    for line in text.splitlines():
        found = re.match(rf"{indent}([a-z][a-z-]*(?: [a-z]+)?)  +(\S.*)", line)
        if found is not None:
            groups[-1][1].append(found.groups())
        elif re.match(rf"{title_indent}\S", line):
            groups.append((line.strip(), []))
    return [group for group in groups if group[1]]


def list_statuses(text):
    """The numbers of "Exit status: 0 done, 2 ...". """
    flat = re.sub(r"(?<!\n)\n *(?![\n ])", " ", text + "\n\n")
    found = re.search(r"Exit status: (.*?)(?:\n\n|\.\s)", flat, flags=re.S)
    return set(re.findall(r"\b\d+\b", found.group(1))) if found else set()


def check_render(build):
    for page in PAGES:
        path = f"{build}/doc/man/{page}"
        lint = run("mandoc", "-T", "lint", "-W", "warning", path)
        tell(lint.returncode == 0 and not lint.stdout, f"mandoc: {page}", lint)
        groff = run("groff", "-mandoc", "-ww", "-Tutf8", path)
        text = re.sub(r".\x08|\x1b\[[\d;]*m", "", groff.stdout.decode())
        tell(groff.returncode == 0 and not groff.stderr and len(text) > 2000, f"groff: {page}", groff.stderr)
        tell("BSD" not in text and " Manual " in text.splitlines()[0], f"header: {page}", text[:100])
        wide = [line for line in text.splitlines() if len(line) > 80]
        tell(not wide, f"no line is wider than 80 columns: {page}", wide)


def check_commands(program, page):
    """The page, 'machtype --help' and 'machtype COMMAND --help' agree, in both directions."""
    whole = run(program, "--help").stdout.decode()
    # Help does not list commands that only shells and libvirt's hook call.
    told = set(re.findall(r"^  ([a-z][a-z-]*(?: [a-z]+)?)  ", whole, flags=re.M)) | {"complete", "enforce"}
    groups = {title: list_options(text) for title, text in page.items() if title.endswith("OPTIONS")}
    described = split(page["COMMANDS"], 3)
    tell(len(told) > 20 and told == set(described), "the commands", told ^ set(described))
    overview = list_groups(whole, "", "  ")
    tell(len(overview) > 4 and overview == list_groups(page["DESCRIPTION"], " {5}", " {7}"),
         "the groups of --help", overview, page["DESCRIPTION"])
    ordered = [command for _, commands in overview for command, _ in commands]
    tell(ordered + ["complete", "enforce"] == list(described), "commands are in the order of --help", ordered,
         list(described))
    for command, text in described.items():
        check_command(program, command, text, groups)
    for title in groups:
        tell(any(title in text for text in described.values()), f"{title} are taken")
    numbers = set(re.findall(r"^ {5}(\d+) ", page["EXIT STATUS"], flags=re.M))
    by_help = set(re.findall(r"\b\d+\b", whole[whole.index("Exit status:"):]))
    tell(by_help and by_help <= numbers, "exit statuses of --help", by_help, numbers)
    return described, numbers


def check_command(program, command, text, groups):
    by_help = run(program, *command.split(), "--help").stdout.decode()
    usage = re.search(r"^  machtype (.*)$", by_help, flags=re.M).group(1)
    wanted = re.search(r"^ +machtype (.*)$", text, flags=re.M).group(1)
    tell(usage == wanted, f"usage of {command}", usage, wanted)
    options = set(re.findall(r"^  (?:-(\w), )?--([\w-]+)(?:=(\S+))?\s", by_help, flags=re.M))
    options.discard(("h", "help", ""))
    own = list_options(text)
    flat = " ".join(text.split())  # a title may be wrapped
    taken = [group for title, group in groups.items() if title in flat]
    tell(options == own.union(*taken), f"options of {command}", options ^ own.union(*taken))
    tell(len(own) + sum(map(len, taken)) == len(options), f"none twice: {command}", own, taken)
    statuses = list_statuses(by_help)
    tell(len(statuses) > 1 and statuses == list_statuses(text), f"exit statuses of {command}", statuses,
         list_statuses(text))


def check_statuses(source, described, numbers):
    """The page has each number that has a name in the program's header, and no other."""
    header = read(f"{source}/examples/machtype/machtype-program.h")
    known = set(re.findall(r"^  (?:STATUS|NOVA)_\w+ = (\d+),", header, flags=re.M))
    checks = read(f"{source}/examples/machtype/nova-commands.c")
    known |= set(re.findall(r"\bCHECK_\w+ = (\d+)", checks))
    for text in described.values():
        numbers |= list_statuses(text)
    tell(len(known) > 8 and known == numbers, "exit statuses of the source", known ^ numbers)


def list_variables(source):
    """The environment variables that are read, and the text of all sources."""
    texts = [read(os.path.join(folder, name)) for top in ("libmachtype", "examples/machtype")
             for folder, _, names in os.walk(f"{source}/{top}") for name in names
             if name.endswith(".c")]
    whole = "\n".join(texts)
    defined = dict(re.findall(r'^#define (\w+) "(\w+)"$', whole, flags=re.M))
    names = set()
    for name in re.findall(r"\b(?:g_getenv|g_setenv|getenv|secure_getenv) \(([^,)]+)", whole):
        names.add(name.strip('"') if name[0] == '"' else defined.get(name, name))
    return names, whole


def check_environment(source, pages):
    names, whole = list_variables(source)
    described = set()
    for page in pages.values():
        described |= set(re.findall(r"^ {5}([A-Z_]+)\b", page.get("ENVIRONMENT", ""), flags=re.M))
    tell(len(names) > 4 and names <= described, "what is read is described", names - described)
    for name in described - names:
        tell(INDIRECT.get(name, "nothing") in whole, f"what is described is read: {name}")


def check_keys(source, program, page):
    known = re.search(r"known\[\]\[\d+\] = \{(.*?)\}", read(f"{source}/libmachtype/config/file.c"),
                      flags=re.S).group(1)
    keys = set(re.findall(r'"(\w+)"', known))
    described = set(re.findall(r"^ {5}(\w+) = \S", page["DESCRIPTION"], flags=re.M))
    tell(len(keys) > 4 and keys == described, "keys of machtype.conf", keys ^ described)
    example = page["EXAMPLES"]
    tell(set(re.findall(r"^ +(\w+) = ", example, flags=re.M)) == keys, "all are in the example")
    with open("machtype.conf", "w", encoding="utf-8") as conf:
        conf.write(re.sub(r"^ +", "", example, flags=re.M))
    done = run(program, "resolve", "--host-arch", "x86_64",
               env=dict(os.environ, MACHTYPE_CONF="machtype.conf"))
    tell(b"q35" in done.stdout and b"machtype.conf" not in done.stderr, "the example is read", done)


def check_examples(program, text):
    """Those with $ are run in one shell, and print what is below them."""
    blocks = re.findall(r"(?:^ {11}.*\n)+", text, flags=re.M)
    lines = [line[11:] for block in blocks if block.lstrip().startswith("$")
             for line in block.splitlines()]
    script = "".join((re.sub(r"^\$ ", "", line) + "\n") if line[:2] == "$ " or line[:4] == "    "
                     else "" for line in lines)
    wanted = [line for line in lines if line[:2] != "$ " and line[:4] != "    "]
    script = "exec 2>&1\n" + script
    done = run("sh", "-c", script, env=dict(os.environ, MACHTYPE_CONF="",
                                            PATH=os.path.dirname(program) + ":" + os.environ["PATH"]))
    tell(len(wanted) > 8 and done.stdout.decode().splitlines() == wanted, "the examples are true",
         done.stdout, wanted)
    for block in blocks:
        for command in re.findall(r"^ +# machtype (.*(?:\\\n.*)*)", block, flags=re.M):
            words = command.split(" >")[0].replace("\\\n", " ").split()
            known = run(program, *words[:1], "--help").stdout.decode()
            bad = [word for word in words if word[:2] == "--" and word not in known]
            tell(known and not bad, f"options of the example {' '.join(words[:3])}", bad)


def check_guides(source, text):
    titles = {read(f"{source}/doc/{name}").splitlines()[0].lstrip("# ")
              for name in os.listdir(f"{source}/doc") if name.endswith(".md")}
    named = set(re.findall(r'"([^"]+)"', " ".join(text.split())))
    tell(len(named) > 4 and named <= titles, "the guides are there", named - titles)


def check_program(source, build, text):
    """The program of libmachtype(3)."""
    block = re.search(r"^ {5}#include .*?^ {5}\}$", text, flags=re.S | re.M).group(0)
    with open("tool.c", "w", encoding="utf-8") as code:
        code.write(re.sub(r"^ {5}", "", block, flags=re.M) + "\n")
    # The program must be executable.
    os.umask(0o022)
    flags = run("pkg-config", "--cflags", "--libs", "gobject-2.0").stdout.decode().split()
    done = run("gcc", "-Wall", "-Wextra", "-Werror", f"-I{source}/include", f"-I{build}/include",
               "tool.c", "-o", "tool", f"-L{build}/libmachtype", f"-Wl,-rpath,{build}/libmachtype",
               "-lmachtype", *flags)
    tell(done.returncode == 0, "the program of libmachtype(3) is compiled", done.stderr.decode())
    if done.returncode != 0:
        return
    for arguments, status, answer in ((("pc-q35-5.2", "pc-q35-7.2"), 0, b"allowed\n"),
                                      (("q35", "pc"), 1, b"refused-family\n"), ((), 2, b"")):
        done = run("./tool", *arguments)
        tell(done.returncode == status and done.stdout == answer, f"and run: {arguments}", done)


def check_headers(source, text):
    there = {name for name in os.listdir(f"{source}/include/machtype") if re.search(r"\.h$", name)}
    there = there - {"machtype.h"} | {"version.h"}
    described = re.findall(r"^ {5}<machtype/([\w-]+\.h)>$", text, flags=re.M)
    tell(len(there) > 15 and sorted(there) == sorted(described), "the headers",
         there ^ set(described))


def main():
    source, build = map(os.path.abspath, sys.argv[1:])
    program = f"{build}/examples/machtype/machtype"
    for tool in "mandoc", "groff":
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")
    pages = {name: split(render(f"{build}/doc/man/{name}"), 0) for name in PAGES}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        check_render(build)
        described, numbers = check_commands(program, pages["machtype.1"])
        check_statuses(source, described, numbers)
        check_environment(source, pages)
        check_keys(source, program, pages["machtype.conf.5"])
        check_examples(program, pages["machtype.1"]["DESCRIPTION"] + pages["machtype.1"]["EXAMPLES"])
        check_guides(source, pages["machtype.1"]["SEE ALSO"])
        check_headers(source, pages["libmachtype.3"]["DESCRIPTION"])
        check_program(source, build, pages["libmachtype.3"]["EXAMPLES"])
        os.chdir("/")
    end()


main()
