#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-hostile.py MACHTYPE DATA: text from outside, in every input of every command.

The commands and their options are those that --help lists, so that a new one is tested as well.
Whatever the input, the output on either stream is valid UTF-8 without control characters (except line
feeds and tabs), without characters that change the direction of text, and without characters of zero
width; and no text creates a line or a field. What is stored is still the same text. Prints TAP.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET

PROGRAM, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
WRAPPER = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))
UUID = "6f1d4b5e-0000-4000-8000-00000000000{}"
TIMEOUT = 120  # a hang, not a measure

# What a line or a field that the text has forged starts with.
FORGED = "INJECTED"
# Everything that is valid UTF-8: controls, C1, directions, zero width, separators, tags, fillers.
VALID = ("a\x1b[31mb\x1b]0;t\x07c\x08\x0c\x7f\x01\u0085\u009b1m\u202eexe\u202a\u2066\u2069\u061c\u200e"
         "\u200b\u200d\u2060\ufeff\u2028\u2029\u00ad\U000e0041\U000e0100\ufe0f\u3164\ue000'\"%s%n")
LINES = f"x\n{FORGED}\r\n{FORGED}\t{FORGED}\v{FORGED}"
# Accepted everywhere: there are names like this.
KEPT = "n\u202egnp\u200b\u2066\u200d\ufeff\U000e0041\u2028é日"
TEXTS = {
    "valid": VALID.encode(),
    "lines": LINES.encode(),
    "kept": KEPT.encode(),
    "bytes": b"q\xff\xfe\x9b31m\xc2\xed\xa0\x80\xc0\x80\xf4\x90\x80\x80\xe2\x80",
    "long": ("x" * 63 + "\u202e" * 50 + "é" * 100).encode(),
}
if WRAPPER:
    TEXTS = {name: TEXTS[name] for name in ("valid", "bytes")}

DOMAIN = """<domain type='kvm'><name>{0}</name><uuid>{0}</uuid><title>{0}</title><memory unit='{0}'>{0}</memory>
<vcpu placement='{0}'>{0}</vcpu><os firmware='{0}'><type arch='x86_64' machine='pc-i440fx-6.2'>{0}</type><loader
 type='{0}'>{0}</loader></os><features><{1}/><gic version='{0}'/></features><cpu mode='{0}'><model>{0}</model></cpu>
<devices><emulator>{0}</emulator><disk type='{0}' device='{0}'><source file='{0}'/><target dev='{0}'
 bus='{0}'/><address type='{0}' bus='{0}'/></disk><disk device='disk'><target dev='{0}' bus='ide'/></disk><controller
 type='{0}' index='{0}' model='{0}'/><controller type='usb' model='{0}'/><controller type='pci' index='{0}'
 model='{0}'/><interface type='{0}'><mac address='{0}'/><model type='{0}'/></interface><input type='{0}'
 bus='{0}'/><video><model type='{0}'/></video><watchdog model='{0}'/><tpm model='{0}'/><iommu model='{0}'/><sound
 model='{0}'/><rng model='{0}'/><hostdev><address type='{0}'/></hostdev></devices></domain>"""


class Refused(Exception):
    pass


def is_hidden(character):
    if character in "\n\t":
        return False
    return (unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or
            character in "\u034f\u115f\u1160\u3164\uffa0" or "\ufe00" <= character <= "\ufe0f")


def check_text(data, stream):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{stream}: {error}: {data[max(0, error.start - 40):error.end + 20]!r}")
    for at, character in enumerate(text):
        if is_hidden(character):
            raise Refused(f"{stream}: U+{ord(character):04X}: {text[max(0, at - 60):at + 20]!r}")
    if stream == "XML":
        return text  # where a line's end in a text is one
    for field in re.split(r"[\n\t]", text):
        if field.startswith(FORGED):
            raise Refused(f"{stream}: a forged line or field: {text[:300]!r}")
    return text


class World:
    """A directory with a store in it."""

    def __init__(self, folder):
        self.folder = folder
        self.store = os.path.join(folder, "records.db")
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", HOME=folder, XDG_DATA_HOME=folder,
                                MACHTYPE_CONF="")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def run(self, *arguments, stdin=b"", **environment):
        """Returns (status, standard output); raises Refused."""
        run = subprocess.run([*WRAPPER, PROGRAM, *arguments], input=stdin, capture_output=True,
                             check=False, timeout=TIMEOUT, cwd=self.folder,
                             env=dict(self.environment, **environment))
        try:
            if run.returncode < 0:
                raise Refused(f"ended by signal {-run.returncode}")
            is_xml = arguments[0] == "convert" and "--json" not in arguments
            out = check_text(run.stdout, "XML" if is_xml else "stdout")
            check_text(run.stderr, "stderr")
        except Refused as problem:
            raise Refused(f"{[os.fsencode(a)[:200] for a in arguments]}: {problem}") from None
        return run.returncode, out


@contextlib.contextmanager
def new_world():
    with tempfile.TemporaryDirectory(prefix="machtype-hostile-") as folder:
        yield World(folder)


def list_commands(world):
    _, text = world.run("--help")
    found = re.findall(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", text, re.M)
    assert len(found) > 20, text
    # Help does not list commands that only shells call.
    return [(command, list_arguments(world, command)) for command in [*found, "complete"]]


def list_arguments(world, command):
    _, text = world.run(*command.split(), "--help")
    return re.search(r"^  machtype .*?\[OPTION\.\.\.\](.*)$", text, re.M).group(1)


def list_options(world, command):
    """The options with a value, and those without."""
    _, text = world.run(*command.split(), "--help")
    entries = re.findall(r"^  (?:-\w, )?--([a-z-]+)(=)?", text, re.M)
    return ([name for name, takes in entries if takes],
            [name for name, takes in entries if not takes and name != "help"])


def make_cases(world, text):
    """Command lines with the text in each possible place."""
    yield [text]
    yield [b"--" + text]
    for command, arguments in list_commands(world):
        words = [word.encode() for word in command.split()]
        valued, flags = list_options(world, command)
        plain = [UUID.format(1).encode() if word.startswith("UUID") else b"pc"
                 for word in re.findall(r"[A-Z.]+(?:\|-)?", arguments.replace("--connect URI", ""))]
        common = [b"--store", os.fsencode(world.store)] if "store" in valued else []
        json_flag = [[], [b"--json"]] if "json" in flags else [[]]
        yield words + [b"--" + text]
        yield words + [b"-" + text]
        for extra in json_flag:
            yield words + extra + common + [b"--"] + [text] * max(1, len(plain))
            for at in range(len(plain)):
                yield words + extra + common + plain[:at] + [text] + plain[at + 1:]
            for name in valued:
                option = b"--" + name.encode() + b"="
                others = [] if name == "store" else common
                yield words + extra + others + [option + text] + plain
                if name in ("property", "extra-spec", "default", "network", "disk"):
                    yield words + extra + others + [option + b"x86_64=" + text] + plain
                    yield words + extra + others + [option + text + b"=x"] + plain
                    for known in (b"hw_disk_bus=", b"hw_machine_type=", b"os_command_line=", b"hw:cpu_policy="):
                        yield words + extra + others + [option + known + text] + plain


def run_cases(world, cases):
    problems = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for future in [pool.submit(world.run, *case) for case in cases]:
            try:
                future.result()
            except Refused as problem:
                problems.append(str(problem))
    return problems


def add_instance(world, number, *options):
    status, _ = world.run("instance", "add", UUID.format(number), "--store", world.store, "--machine",
                          "pc-q35-6.2", "--arch", "x86_64", "--state", "stopped", *options)
    return status


def check_arguments(text):
    with new_world() as world:
        assert add_instance(world, 1) == 0
        cases = [case for case in make_cases(world, text) if b"\0" not in b"".join(case)]
        assert len(cases) > 400, len(cases)
        return run_cases(world, cases)


def check_environment(text):
    with new_world() as world:
        cases = [{name: text} for name in ("MACHTYPE_CONF", "MACHTYPE_MODULE_DIR", "HOME", "SUDO_USER",
                                           "LC_ALL", "LANGUAGE", "USER", "XDG_DATA_HOME")]
        problems = []
        for number, case in enumerate(cases):
            try:
                world.run("list-unset-machine-type", **case)
                world.run("resolve", "--connect", "test:///default", **case)
                world.run("instance", "add", UUID.format(number), "--store", world.store, **case)
                world.run("update-machine-type", UUID.format(number), "q35", "--store", world.store,
                          SUDO_UID=case.get("SUDO_USER", "0"), **case)
                world.run("history", UUID.format(number), "--store", world.store)
                world.run("history", "--json", UUID.format(number), "--store", world.store)
            except Refused as problem:
                problems.append(f"{list(case)}: {problem}")
        return problems


def as_json(text):
    return json.dumps(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def make_lines(text):
    """Standard input: the text as it is, and as a JSON string, escaped and raw."""
    flat = text.replace(b"\n", b"\\n")
    raw = b'"' + re.sub(rb'["\\\x00-\x1f]', b"", text) + b'"'
    yield flat
    yield flat + b"\tpc"
    yield b"pc\t" + flat
    yield b"pc\tq35\t" + flat
    yield b"pc\tq35\tstopped\t" + flat
    yield b"pc\tq35\tstopped\t-\t" + flat
    for quoted in (as_json(text), raw):
        yield quoted
        yield b"{" + quoted + b":1}"
        yield b"{" + quoted
        for member in ("properties", "extra_specs", "defaults", "host_arch", "recorded", "uuid", "name",
                       "host", "host_uuid", "cell", "arch", "state", "machine", "asked", "source",
                       "seen_at", "revision", "format", "qemu_version", "libvirt_version",
                       "recorded_at"):
            yield b'{"%s":%s}' % (member.encode(), quoted)
            if member != "uuid":
                yield b'{"uuid":"%s","%s":%s}' % (UUID.format(1).encode(), member.encode(), quoted)
        for shape in (b'{"properties":{%s:"x"}}', b'{"properties":{"hw_disk_bus":%s}}',
                      b'{"properties":{"hw_machine_type":%s}}', b'{"properties":{%s:%s}}',
                      b'{"extra_specs":{%s:"x"}}', b'{"extra_specs":{"hw:cpu_policy":%s}}',
                      b'{"defaults":[%s]}', b'{"uuid":"u","properties":{%s:%s}}',
                      b'{"uuid":"' + UUID.format(2).encode() + b'","properties":{"os_distro":%s,%s:"1"}}'):
            yield shape % ((quoted,) * shape.count(b"%s"))


def check_lines(text):
    with new_world() as world:
        lines = b"\n".join(make_lines(text)) + b"\n"
        store = ["--store", world.store]
        runs = [("parse", "-"), ("compare", "-"), ("check-change", "-"), ("resolve", "-"),
                ("import", "-", *store), ("import", "--dry-run", "-", *store),
                ("import", "--skip-bad", "-", *store), ("export", *store),
                ("list-unset-machine-type", *store)]
        runs += [run[:-1] + ("--json", "-") for run in runs[:3]]
        problems = []
        for run in runs:
            try:
                world.run(*run, stdin=lines)
            except Refused as problem:
                problems.append(str(problem))
        return problems


def quote(text, as_reference):
    """Escaped for XML, without the characters that XML cannot have."""
    allowed = [c for c in text.decode("utf-8", "replace")
               if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"]
    if as_reference:
        return "".join(f"&#x{ord(c):x};" for c in allowed)
    return "".join(allowed).translate({ord(c): f"&#{ord(c)};" for c in "<&\"'"})


def vary(xml, text):
    """The document once for each of its attributes and texts, with the hostile text there. Not for
    texts that differ only in characters that XML cannot have, or in length."""
    if text in (TEXTS["bytes"], TEXTS.get("long")):
        return
    root = ET.fromstring(xml)
    seen = set()
    for element in root.iter():
        for place in ["", *element.attrib]:
            if (element.tag, place) in seen:
                continue
            seen.add((element.tag, place))
            before = element.get(place) if place else element.text
            (element.set(place, "@@") if place else setattr(element, "text", "@@"))
            yield ET.tostring(root, "unicode").replace("@@", quote(text, True)).encode()
            (element.set(place, before) if place else setattr(element, "text", before))


def make_documents(text):
    for as_reference in (True, False):
        quoted = quote(text, as_reference)
        yield DOMAIN.format(quoted, "acpi").encode()
        yield DOMAIN.format("1", "acpi").replace("pc-i440fx-6.2", quoted).encode()
        yield DOMAIN.format("1", "acpi").replace("x86_64", quoted).encode()
        yield DOMAIN.format("1", "acpi").replace("<domain type='kvm'", f"<domain type='{quoted}'").encode()
    # A comment, a section and an instruction around it, in a well-formed document.
    inner = quote(text, False)
    yield (f"<!-- {inner} --><domain type='kvm'><!-- {inner} --><name><![CDATA[{inner}]]></name><?p {inner}?>"
           "<os><type arch='x86_64' machine='pc-i440fx-6.2'>hvm</type></os><devices/></domain>").encode()
    for shape in (b"%s", b"<%s/>", b"<a %s='1'/>", b"<a b='%s", b"<!DOCTYPE %s>", b"<?xml version='%s'?><a/>",
                  b"<?xml version='1.0' encoding='%s'?><a/>", b"<a>&%s;</a>", b"<a></%s>", b"<a>%s</a>", b"<%s:a/>",
                  b"<a %s:b=''/>", b"<a><%s></a>", b"<?%s"):
        yield shape % text


def check_documents(text):
    with new_world() as world:
        cases = []
        documents = list(make_documents(text))
        with open(os.path.join(DATA, "convert", "odd.xml"), "rb") as file:
            documents += list(vary(file.read(), text))
        for number, document in enumerate(documents):
            path = world.write(f"d{number}.xml", document)
            cases += [("lint", path), ("convert", "--force", "-m", "q35", path)]
            if number % 4 == 0:
                cases += [("lint", "--json", path), ("convert", "--json", "--force", "-m", "q35", path)]
        for name in ("alias-first.xml", "domcaps-odd.xml"):
            with open(os.path.join(DATA, "hosts", name), "rb") as file:
                documents = list(vary(file.read(), text))
            for number, document in enumerate(documents):
                path = world.write(f"{name}{number}", document)
                if name.startswith("domcaps"):
                    host = ("--capabilities", os.path.join(DATA, "hosts", "x86_64.xml"), "--domain-capabilities",
                            path)
                else:
                    host = ("--capabilities", path)
                cases += [("host", *host), ("resolve", "--explain", *host), ("domain-xml", *host),
                          ("host", "--arch", "x86_64", "--json", *host)]
        return run_cases(world, cases)


def make_configurations(text):
    for shape in (b"%s", b"[%s]\n", b"[machtype]\n%s=1\n", b"[machtype]\nstore=%s\n", b"[machtype]\npin=%s\n",
                  b"[machtype]\ndefaults=%s\n", b"[machtype]\ndefaults=x86_64=%s\n",
                  b"[machtype]\nhost=%s\ncell=%s\n", b"[machtype\n%s", b"[machtype]\npin=true\n[%s]\na=b\n",
                  b"[libvirt]\nhw_machine_type=x86_64=%s\n", b"[libvirt]\nhw_machine_type=%s\n",
                  b"[libvirt]\nhw_machine_type=%s=q35\n", b"[libvirt]\n%s\n", b"[libvirt %s\n"):
        yield shape % ((text,) * shape.count(b"%s"))


def check_configurations(text):
    with new_world() as world:
        problems = []
        for number, configuration in enumerate(make_configurations(text)):
            path = world.write(f"c{number}", configuration)
            store = ("--store", world.store)
            try:
                for command in (("resolve", "--explain"), ("resolve", "--json"), ("export",),
                                ("instance", "add", UUID.format(1), *store), ("host",),
                                ("record", "--connect", "test:///default", *store), ("domain-xml",)):
                    world.run(*command, MACHTYPE_CONF=path)
                for command in ("resolve", "domain-xml"):
                    world.run(command, "--config", path)
                    world.run(command, "--json", "--config", path)
            except Refused as problem:
                problems.append(f"{configuration[:100]!r}: {problem}")
        return problems


STORE_COMMANDS = [("export",), ("list-unset-machine-type",), ("upgrade-check",), ("upgrade-check", "--json"),
                  ("get-machine-type", UUID.format(1)), ("get-machine-type", "--json", UUID.format(1)),
                  ("history", UUID.format(1)), ("history", "--json", UUID.format(1)), ("undo", UUID.format(1)),
                  ("image-property", "show", UUID.format(1), "os_command_line"),
                  ("image-property", "set", UUID.format(1), "-p", "hw_disk_bus=scsi"),
                  ("update-machine-type", UUID.format(1), "pc"), ("resolve", "--instance", UUID.format(1)),
                  ("update-machine-type", "--json", UUID.format(1), "pc-q35-7.2"), ("undo", UUID.format(1)),
                  ("domain-xml", "--instance", UUID.format(1)), ("instance", "set", UUID.format(1)),
                  ("instance", "add", UUID.format(1)), ("instance", "delete", UUID.format(1))]


def run_store_commands(world):
    problems = []
    for command in STORE_COMMANDS:
        try:
            world.run(*command, "--store", world.store)
        except Refused as problem:
            problems.append(str(problem))
    return problems


def check_kept(text):
    """What records accept is unchanged in JSON, and each command prints it escaped."""
    with new_world() as world:
        options = []
        for option in ("--name", "--host", "--cell"):
            options += [option, text]
        options += ["--property", b"os_command_line=" + text]
        if add_instance(world, 1, *options) == 0:
            _, out = world.run("export", "--store", world.store)
            record = json.loads(out)
            kept = (record["name"], record["host"], record["cell"], record["properties"]["os_command_line"])
            if kept != (text.decode(),) * 4:
                return [f"another text was kept: {kept}"]
            status, out = world.run("domain-xml", "--name", text, "--cmdline", text, "--kernel", "/k")
            if status == 0 and ET.fromstring(out).findtext("name") != text.decode():
                return [f"another name in {out}"]
        elif text == TEXTS.get("kept"):
            return ["the text was not kept"]
        return run_store_commands(world)


# What SQLite quotes from a file: names in its schema.
SCHEMAS = ["CAST (x'fffefdfc' AS TEXT)", "char (27) || '[31m' || char (7, 10) || 'INJECTED'",
           "char (8238, 155, 8203)", "'x' || char (10) || 'INJECTED'"]
# The contents of its tables.
ROWS = ["UPDATE text SET text = CAST (x'ff9b' || text AS TEXT)", "UPDATE text SET text = char (27, 10) || 'INJECTED' || text",
        "UPDATE text SET text = char (8238, 8203) || text", "UPDATE record SET name = char (155, 10) || 'INJECTED'",
        "UPDATE record SET name = char (8238, 8203)", "UPDATE history SET who = 1",
        "UPDATE property_set SET properties = 'a=' || char (27, 10) || 'INJECTED'"]


def change_database(path, statements):
    with contextlib.closing(sqlite3.connect(path)) as database:
        for statement in statements:
            with contextlib.suppress(sqlite3.OperationalError, sqlite3.IntegrityError):
                database.execute(statement)
        database.commit()


def check_database(statements):
    with new_world() as world:
        assert add_instance(world, 1, "-p", "os_command_line=x") == 0
        world.run("update-machine-type", UUID.format(1), "pc-q35-7.0", "--store", world.store)
        change_database(world.store, statements)
        return run_store_commands(world)


def has_libvirt():
    with new_world() as world:
        status, _ = world.run("record", "--connect", "test:///default", "--store", world.store)
        return status == 0


def check_libvirt(text):
    """Names that users of libvirt can choose, and definitions that libvirt refuses."""
    with new_world() as world:
        name = quote(text, True)
        domain = ("<domain type='test'><name>{}</name><uuid>{}</uuid><memory>65536</memory><os><type "
                  "arch='i686'>hvm</type></os></domain>")
        node = world.write("node.xml", f"<node>{domain.format(name, UUID.format(1))}</node>".encode())
        broken = world.write("broken.xml", f"<node>{domain.format(name, name)}</node>".encode())
        problems = []
        for uri in ("test://" + node, "test://" + broken, b"test:///" + text, text + b":///x"):
            for command in (("record", "--dry-run"), ("record",), ("record", "--json"), ("record", "--mirror")):
                try:
                    world.run(*command, "--store", world.store, "--connect", uri)
                except Refused as problem:
                    problems.append(str(problem))
        problems += run_store_commands(world)
        for number, document in enumerate(make_documents(text)):
            if b"\0" in document:
                continue
            path = world.write(f"l{number}.xml", document)
            try:
                world.run("lint", "--connect", "test:///default", path)
            except Refused as problem:
                problems.append(str(problem))
        return problems


def main():
    checks = []
    for name, text in TEXTS.items():
        for check in (check_arguments, check_environment, check_lines, check_documents, check_configurations,
                      check_kept):
            checks.append((f"{check.__name__[6:]}: {name}", check, text))
    for number, name in enumerate(SCHEMAS):
        checks.append((f"database: schema {number}", check_database,
                       ["PRAGMA writable_schema = ON",
                        "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) "
                        f"VALUES ('index', {name}, 'record', 2, 'XXXATE INDEX')"]))
    for row in ROWS:
        checks.append((f"database: {row}", check_database, [row]))
    libvirt = not WRAPPER and has_libvirt()
    for name, text in TEXTS.items():
        checks.append((f"libvirt: {name}", check_libvirt if libvirt else None, text))
    print(f"1..{len(checks)}")
    failed = 0
    for number, (name, check, argument) in enumerate(checks, 1):
        if check is None:
            print(f"ok {number} - {name} # SKIP there is no libvirt module", flush=True)
            continue
        try:
            problems = check(argument)
        except Refused as problem:
            problems = [str(problem)]
        for problem in problems[:10]:
            print("# " + problem.replace("\n", "\\n"))
        print(f"{'not ' if problems else ''}ok {number} - {name}"
              f"{f': {len(problems)} problems' if problems else ''}", flush=True)
        failed += bool(problems)
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
