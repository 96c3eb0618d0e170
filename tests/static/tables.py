#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tables.py SOURCE: breaks copies of libmachtype/data, which generate.py must detect.

Each break is one that could be made when adding a row. The generator has to name the file, the line and
the error, and to write nothing.
"""

import pathlib
import re
import runpy
import shutil
import sys
import tempfile

BOARD = "z2\tarm32 aarch64\tboard\tupstream\t1.0\t9.0\t9.2\tsurvey\n"

# File, a text that is in it once, its replacement, the generator's message (a pattern), and how
# many lines below the start of the replacement it reports.
BREAKS = [
    ("boards", "removed\tsource", "removed\tcolour\tsource", "unknown column 'colour'", 0),
    ("boards", "removed\tsource", "removed\tremoved", "column 'removed' is there twice", 0),
    ("boards", "deprecated\tremoved\tsource", "deprecated\tremoved", "no column 'source'", 0),
    ("boards", BOARD, BOARD + BOARD, "'z2' is there already, at boards.tsv:", 1),
    ("boards", BOARD, BOARD.replace("\tsurvey", ""), "7 cells, 8 columns", 0),
    ("boards", BOARD, BOARD.replace("survey", "-"), "'-' is not a source that this file names", 0),
    ("boards", BOARD, BOARD.replace("upstream", "upstairs"), "column 'vendor': unknown 'upstairs'", 0),
    ("boards", BOARD, BOARD.replace("survey", "hearsay"), "'hearsay' is not a source", 0),
    ("boards", BOARD, BOARD.replace("survey", ""), "column 'source' is empty", 0),
    ("boards", BOARD, BOARD.replace("9.0", "9"), "'9' is not a version of QEMU", 0),
    ("boards", BOARD, BOARD.replace("9.0", "9.00"), "'9.00' is not a version of QEMU", 0),
    ("boards", BOARD, BOARD.replace("9.0", "256.0"), "'256.0' is not a version of QEMU", 0),
    ("boards", BOARD, BOARD.replace("9.0", "0.0"), "'0.0' is not a version of QEMU", 0),
    ("boards", BOARD, BOARD.replace("9.0", ""), "column 'deprecated' is empty", 0),
    ("boards", BOARD, BOARD.replace("arm32", "arm64"), "column 'archs': unknown 'arm64'", 0),
    ("boards", BOARD, BOARD.replace("board", "toy"), "'toy' is none of: board, alias", 0),
    ("boards", BOARD, BOARD.replace("z2", 'z"2'), "is not a word", 0),
    ("boards", "#: survey ", "#: \n#: survey ", "a source is '#: KEY TEXT'", 0),
    ("boards", "#: survey ", "#: unused  no source\n#: survey ", "no row has the source 'unused'", 0),
    ("boards", "#: survey ", "#: survey  a\n#: survey ", "source 'survey' is there already", 1),
    ("archs", "armv8 armv8a", "armv8 arm64 x64", "'x64' is aarch64 already", None),
    ("archs", "armv8 armv8a", "armv8 ARMv8a", "'ARMv8a' is too short, or not in lower case", 0),
    ("archs", "\tx86\tpc\tqemu-system-x86\tovmf-ia32", "\tia64\tpc\tqemu-system-x86\tovmf-ia32",
     "set 'ia64' is an architecture", 0),
    ("archs", "\tx86_64\t-\tvirarch", "\tx86-64\t-\tvirarch", "column 'kvm_on': unknown 'x86-64'", 0),
    ("families", "yes\tvirt", "maybe\tvirt", "'maybe' is none of: yes, no", 0),
    ("families", "Xen (fully", 'Xen ("fully"', "printable ASCII without quotes", 0),
    ("aliases", "\nubuntu\t", "\nq35\t", "'q35' is the alias of a family", 1),
    ("aliases", "pc-q35\tubuntu", "pc-q36\tubuntu", "column 'family': unknown 'pc-q36'", 0),
    ("vendors", "%forms", "%shapes", "unknown table 'shapes'", 0),
    ("vendors", "%vendors\n", "", "a row before the name of its table", 0),
    ("vendors", "Proxmox VE\tupstream", "Proxmox VE\tdownstream", "column 'counts_as': unknown", 0),
    ("vendors", "[-<hpb>]", "[-<hbp>]", "unknown variant 'hbp'", 0),
    ("vendors", "[-<hpb>]", "[-<hpb>", "do not match, or are nested", 0),
    ("vendors", "[-<hpb>]", "-<hpb>]", "do not match, or are nested", 0),
    ("vendors", "R{1-9999}", "R{9-1}", "the limits of a number are wrong", 0),
    ("vendors", "FAMILY-rhelX.Y.Z\t", "FAMILY-rhelX.Y.Y\t", "Y is there twice", 0),
    ("vendors", "FAMILY-rhelX.Y.Z\t", "FAMILY-rhel X.Y.Z\t", "cannot read ' X.Y.Z'", 0),
    ("vendors", "FAMILY-rhelX.Y.Z\t", "FAMILY-rhel\t", "which version is it", 0),
    ("vendors", "pc-i440fx\trhelX", "any\trhelX", "is of one family", 0),
    ("vendors", "\t12.04\tqemu-kvm", "\t12.*\tqemu-kvm", "column 'version': which one", 0),
    ("vendors", "ubuntu\t26.10\tstonking\t-\t-\t-", "ubuntu\t26.10\tstonking\tany\t-\t-",
     "a base is of families", 0),
    ("vendors", "ubuntu\t26.10\tstonking", "ubuntu\t26.10\tjammy", "'jammy' is another version", 0),
    ("vendors", "ubuntu\t26.10\tstonking", "ubuntu\t26.*\tstonking", "stands for one version", 0),
    ("vendors", "ubuntu\t26.10\tstonking", "ubuntu\t26.10\tStonking", "lower-case letters", 0),
    ("vendors", "rhel\t9.4\t", "rhel\t9\t", "'9' is not a version of a vendor", 0),
    ("lifecycles", "removed\t6\t", "removed\tsix\t", "'six' is not a number from 1 to 99", 0),
    ("lifecycles", "removed\t6\t10.1\tboards\n", "", "there are two rules", None),
    ("effects", "pseries\t9.0\t", "pseries\t9.x\t", "'9.x' is not a version of QEMU", 0),
    ("effects", "\t4.0\t4.0.1\t", "\t4.0\t4.0.999\t", "'4.0.999' is not a version of QEMU", 0),
    ("effects", "\t4.0\t4.0.1\t", "\t4.0\t4.0\t", "'until' is not after column 'since'", 0),
    ("effects", "pc-q35 virt:arm\t8.0", "pc-q35 virt:leg\t8.0", "unknown 'leg'", 0),
    ("effects", "\t9.2+pve1\t", "\t9.2+pve\t", "'9.2+pve' is not a revision", 0),
    ("effects", "\tnoble-v2\t", "\tnobel-v2\t", "unknown code name 'nobel'", 0),
    ("lifecycles", "upstream\t12\t2\t", "upstream\t12\t-\t", "'-' is not a number from 0", 0),
    ("lifecycles", "ubuntu\t22.04\t2027-06", "ubuntu\t22.04\t2027-13", "is not a month", 0),
    ("families", "virt\tm68k\t6.0", "virt\tm68l\t6.0", "unknown 'm68l'", 0),
    ("compat", "mch.smbase-smram=off", "mch smbase=off", "is not DRIVER.PROPERTY=VALUE", 0),
    ("states", "saved\tsaved\tsaved", "saved\tsaved\tsafe", "'safe' is none of", 0),
]


def copy_data(source, folder):
    data = folder / "data"
    shutil.copytree(source / "libmachtype" / "data", data)
    output = folder / "output"
    output.mkdir()
    return data, output


def run(generate, data, output):
    """The generator's final message, printed by Python; nothing for a success."""
    try:
        generate(data, output)
    except SystemExit as end:
        assert isinstance(end.code, str)
        return end.code
    return ""


def check_break(generate, source, name, old, new, message, offset):
    with tempfile.TemporaryDirectory() as folder:
        data, output = copy_data(source, pathlib.Path(folder))
        path = data / f"{name}.tsv"
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1, f"{name}: {before.count(old)} times {old!r}"
        path.write_text(before.replace(old, new), encoding="utf-8")
        said = run(generate, data, output)
        assert said != "", f"{name}: {new!r} is not seen"
        assert list(output.iterdir()) == [], f"{name}: {new!r}: something was written"
        line = before[:before.index(old)].count("\n") + 1
        place = rf"{name}\.tsv:\d+" if offset is None else rf"{name}\.tsv:{line + offset}"
        pattern = rf"^{place}: .*{re.escape(message)}"
        assert re.search(pattern, said, re.M), f"{new!r}: not {pattern}: {said[:500]}"


def check_whole(generate, source):
    """Without a break there is a result, and always the same one."""
    outputs = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            data, output = copy_data(source, pathlib.Path(folder))
            said = run(generate, data, output)
            assert said == "", said
            outputs.append({path.name: path.read_text(encoding="utf-8")
                            for path in output.iterdir()})
    assert outputs[0] and outputs[0] == outputs[1], "two runs differ"


def main():
    source = pathlib.Path(sys.argv[1])
    generate = runpy.run_path(str(source / "libmachtype/data/generate.py"))["generate"]
    check_whole(generate, source)
    for row in BREAKS:
        print(*map(repr, row), flush=True)
        check_break(generate, source, *row)
    print(f"{len(BREAKS)} breaks, all seen")


main()
