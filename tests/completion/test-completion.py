#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-completion.py words|bash|zsh|fish MACHTYPE SCRIPTS DATA LINES
#
# Completion in the build tree: words runs 'machtype complete' itself; the others are interactive
# shells on a terminal, where the test types lines, presses the key, and reads the line. With
# "installed" for the folder SCRIPTS, the shells use the installed scripts. Prints TAP.

import hashlib
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

FIRST = "6f1d4b5e-0000-4000-8000-000000000001"
SECOND = "7f1d4b5e-0000-4000-8000-000000000002"
INSTALLED = "installed"
# Seconds of silence after which a shell counts as hung.
HANG_LIMIT = 1800


def add(program, store, uuid, *options):
    subprocess.run([program, "instance", "add", uuid, "--store", store, *options], check=True)


def make_folder(program, data):
    """Where the lines are typed: a directory with the files and stores that they name."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.mkdir("folder")
    shutil.copy(f"{data}/hosts/x86_64.xml", "x86_64.xml")
    for name in "disk.img", "one file.xml", "two.xml":
        open(name, "w", encoding="utf-8").close()
    os.environ["MACHTYPE_CONF"] = ""
    add(program, "my store.db", FIRST, "--cell", "cell:1", "--host", "h1", "--name", "web",
        "--machine", "pc-q35-7.2", "--arch", "x86_64", "--property", "hw_disk_bus=scsi")
    add(program, "usual.db", SECOND)
    with open("machtype.conf", "w", encoding="utf-8") as conf:
        conf.write(f"[machtype]\nstore = {folder}/usual.db\n")
    os.environ["MACHTYPE_CONF"] = f"{folder}/machtype.conf"
    os.environ["PATH"] = os.path.dirname(program) + ":" + os.environ["PATH"]
    os.environ["HOME"] = folder
    os.environ.pop("LIBVIRT_DEFAULT_URI", None)
    return folder


class Terminal:
    """A shell on a terminal. The key ^G makes it print the line, and prompt again: the terminal itself
    would handle what is typed before the prompt."""

    def __init__(self, arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", COLUMNS="400", LINES="100", HISTFILE="", LC_ALL="C.UTF-8")
            os.execvp(arguments[0], arguments)

    def write(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, pattern, what):
        text = ""
        while not re.search(pattern, text, flags=re.S):
            if not select.select([self.fd], [], [], HANG_LIMIT)[0]:
                sys.exit(f"Bail out! no answer: {what}: {text!r}")
            text += os.read(self.fd, 65536).decode(errors="replace")
        return text

    def press(self, line):
        """The line after the key, and all output."""
        self.write(line + "\t")
        self.write("\x07")
        text = self.read_until(r"<<.*>>.*ready>", line)
        return re.search(r"<<(.*)>>", text, flags=re.S).group(1).replace("\r", ""), text

    def end_line(self):
        self.write("\x15")

    def close(self):
        self.write("\x15exit\r")
        os.waitpid(self.pid, 0)


def start_bash(scripts):
    loader = "/usr/share/bash-completion/bash_completion"
    if not os.path.exists(loader):
        skip("there is no bash-completion")
    os.makedirs("user/completions")
    if scripts != INSTALLED:
        # The first place that is searched, so that it is loaded like an installed one.
        os.symlink(f"{scripts}/machtype.bash", "user/completions/machtype")
    os.environ["BASH_COMPLETION_USER_DIR"] = os.path.abspath("user")
    shell = Terminal(["bash", "--norc", "--noprofile", "-i"])
    shell.write("PS1='rea''dy>'; bind 'set bell-style none'; bind 'set page-completions off'\r")
    shell.write("""bind -x '"\\C-g": printf "\\n<<%s>>\\n" "$READLINE_LINE"'\r""")
    shell.write(f". {loader}; complete -p machtype || echo 'not y''et'\r")
    shell.read_until("not yet.*ready>", "bash")
    return shell


def start_zsh(scripts):
    shell = Terminal(["zsh", "-f", "-i"])
    shell.write("PS1='rea''dy>'; unsetopt prompt_sp zle_bracketed_paste; LISTMAX=9999\r")
    path = "" if scripts == INSTALLED else scripts
    shell.write(f"fpath=({path} $fpath); autoload -U compinit; compinit -u -d $HOME/dump\r")
    shell.write("show() { zle -I; print -r -- \"<<$BUFFER>>\" }; zle -N show; bindkey '^G' show\r")
    shell.write("setopt no_list_beep no_beep; print -r -- not y''et\r")
    shell.read_until("not yet.*ready>", "zsh")
    return shell


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and line[0] != "#":
                yield line.rstrip("\n").split("\t")


def check_shell(start, name, scripts, lines):
    if shutil.which(name) is None:
        skip(f"there is no {name}")
    shell = start(scripts)
    for typed, wanted in read_lines(lines):
        if typed[0] == "@" and name != "bash":
            continue
        check_line(shell, "machtype " + typed.lstrip("@"), "machtype " + wanted.rstrip("|"))
    for before in "MACHTYPE_CONF= ", "true | ", "true; ":
        check_line(shell, before + "machtype domai", before + "machtype domain-xml ")
    if name == "zsh":
        # Its key expands words before it completes them, and so runs what is in them.
        shell.write("bindkey '^I' complete-word\r")
    shell.press('machtype parse "$(touch ran)$(touch ran) pc')
    tell(not os.path.exists("ran"), f"{name}: nothing of the line is run")
    shell.end_line()
    check_list(shell, name, "machtype ", "compare", "resolve", "update-machine-type")
    check_list(shell, name, "machtype compare pc-q35-7.", "pc-q35-7.1", "pc-q35-7.2")
    check_list(shell, name, "machtype domain-xml --graphics ", "none", "spice", "vnc")
    check_list(shell, name, "machtype instance ", "add", "delete", "set")
    check_list(shell, name, "machtype resolve --connect ", "qemu:///session", "test:///default")
    check_list(shell, name, "machtype resolve --connect qemu:///s", "session", "system")
    check_list(shell, name, "machtype lint ./", "two.xml", "folder")
    shell.close()


def check_line(shell, typed, wanted):
    got, text = shell.press(typed)
    tell(got == wanted, f"{typed} -> {wanted}", got, text)
    shell.end_line()


def check_list(shell, name, typed, *wanted):
    """What is shown if there are several candidates."""
    shell.write(typed + "\t\t")
    _, text = shell.press("")
    tell(all(re.search(rf"(^|[\s/]){re.escape(word)}(\s|/|$)", text, flags=re.M) for word in wanted),
         f"{name}: {typed}shows {', '.join(wanted)}", text)
    shell.end_line()


def check_fish(scripts, lines):
    """Fish can print what it would offer."""
    if shutil.which("fish") is None:
        skip("there is no fish")
    for typed, wanted in read_lines(lines):
        if typed[0] == "@":
            continue
        wanted = wanted.rstrip("|")
        got = ask_fish(scripts, "machtype " + typed)
        last = re.split(r"(?<!\\) ", wanted.rstrip(" "))[-1].replace("\\", "")
        tell(last in got or (wanted == typed and last not in got and len(got) != 1),
             f"fish: {typed} offers {last}", got)
    for typed, words in (("domain-xml --graphics ", ["none", "spice", "vnc"]),
                         ("instance ", ["add", "delete", "set"])):
        got = ask_fish(scripts, "machtype " + typed)
        tell(got == words, f"fish: {typed} offers {words}", got)


def ask_fish(scripts, typed):
    before = ["-c"] if scripts == INSTALLED else ["--no-config", "-c"]
    source = "" if scripts == INSTALLED else f"source {scripts}/machtype.fish; "
    told = subprocess.run(["fish", *before, f"{source}complete -C $argv[1]", typed],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    return sorted(line.split("\t")[0] for line in told.splitlines())


def ask(program, *words):
    """The completions of the last word."""
    return subprocess.run([program, "complete", "--", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


def told_by(program, *words):
    return [line.split("\t")[0] for line in ask(program, *words).stdout.decode().splitlines()]


def list_commands(program):
    told = subprocess.run([program, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.findall(r"^  ([a-z][a-z-]*(?: [a-z]+)?) ", told, flags=re.M)


def check_options(program):
    """Each command's options are those of its --help, with the same words."""
    commands = list_commands(program) + ["complete"]
    tell(len(commands) > 20, "there are commands", commands)
    for command in commands:
        words = command.split()
        text = subprocess.run([program, *words, "--help"], stdout=subprocess.PIPE,
                              check=True).stdout.decode()
        wanted = [f"{option}\t{what}" for option, what in
                  re.findall(r"^  (?:-\w, )?(--[\w-]+)\S*\s+(.*)$", text, flags=re.M)]
        got = ask(program, *words, "--").stdout.decode().splitlines()
        tell(len(wanted) > 0 and set(wanted) == set(got), f"options of {command}", wanted, got)
        tell(told_by(program, *words[:-1], words[-1])[0] == words[-1], f"{command} is offered")


def check_values(program):
    """Values that the lines of the shells do not cover."""
    archs = told_by(program, "parse", "--arch", "")
    tell({"x86_64", "aarch64", "s390x"} <= set(archs), "architectures", archs)
    for arch in archs:
        names = told_by(program, "parse", "--arch", arch, "")[1:]
        told = subprocess.run([program, "parse", "--arch", arch, "-"], stdout=subprocess.PIPE,
                              input="\n".join(names).encode(), check=True).stdout.decode()
        kinds = [line.split("\t")[1] for line in told.splitlines()]
        tell(len(kinds) == len(names) and not {"unknown", "invalid"} & set(kinds),
             f"of {arch}, {len(names)} machine types", names, kinds)
    machines = told_by(program, "parse", "")
    tell({"pc", "q35", "pc-q35-7.2", "virt-2.12", "pseries", "malta"} <= set(machines),
         "machine types", machines)
    tell("pc-q35-3.2" not in machines and "virt-2.5" not in machines, "none that never were")
    aarch64 = told_by(program, "compare", "--arch", "aarch64", "virt", "")
    tell("virt" in aarch64 and "q35" not in aarch64, "those of an architecture", aarch64)
    host = told_by(program, "check-change", "--capabilities", "x86_64.xml", "q35", "")
    tell("pc-q35-7.2" in host and "pc-q35-9.0" not in host, "those of a host", host)
    tell(told_by(program, "update-machine-type", "--store", "my store.db", FIRST, "virt") == [],
         "those of a recorded architecture")
    own = told_by(program, "update-machine-type", "--store", "my store.db", "web", "")
    tell("pc-q35-7.2" in own and not [name for name in own if "q35" not in name],
         "those of a recorded family", own)
    any_one = told_by(program, "update-machine-type", "--store", "my store.db", "--force", "web", "")
    tell("pc-i440fx-7.2" in any_one, "those of another family with force", any_one)
    tell(told_by(program, "undo", "--store", "my store.db", "") == ["web"], "a guest by its name")
    tell(told_by(program, "undo", "--store", "my store.db", "db", "") == ["web"], "and another one")
    for words in (["web", "db"], ["--all"], ["--host", "h1"]):
        tell("pc-q35-7.2" in told_by(program, "update-machine-type", *words, "pc-q35-7"),
             f"the machine type after {words}")
    tell("pc-q35-7.2" in told_by(program, "convert", "--current-machine", "pc*", "-m", "pc-q35"),
         "the new machine type of guests with another one")
    tell("stopped" in told_by(program, "convert", "--current-state", ""), "the state of guests")
    tell("-" in told_by(program, "convert", ""), "a domain on standard input")
    tell("--current-machine" in told_by(program, "convert", "--")
         and "--current-machine" not in told_by(program, "list", "--")
         and told_by(program, "list", "--current-m") == ["--current-machine"], "the second name of a filter")
    tell(told_by(program, "undo", "--store", "my store.db", FIRST[:4]) == [FIRST], "by its UUID")
    tell(told_by(program, "undo", "") == [SECOND], "one without a name")
    tell(told_by(program, "export", "--store", "my store.db", "--host", "") == ["h1"], "hosts")
    tell(told_by(program, "image-property", "set", "--store", "my store.db", FIRST, "--unset", "")
         == ["hw_disk_bus"], "properties that are kept")
    tell("hw_machine_type=" not in told_by(program, "image-property", "set", FIRST, "-p", "hw_m"),
         "a property that is not to be set")
    tell(told_by(program, "lint", "a", "") == [""], "files")
    tell("--arch" not in told_by(program, "parse", "--arch", "mips", "--"), "options come once")
    tell("--property" in told_by(program, "resolve", "-p", "a=b", "--"), "or again and again")
    tell(told_by(program, "nonsense", "") == [] and told_by(program, "instance", "x", "") == [],
         "of no command, nothing")


def check_properties(program):
    """The library accepts whatever is offered, and all that it accepts is offered."""
    for option, member in ("--property", "properties"), ("--extra-spec", "extra_specs"):
        names = told_by(program, "resolve", option, "")
        pairs = [pair for name in names for pair in told_by(program, "resolve", option, name)]
        cases = [json.dumps({"host_arch": "x86_64", member: dict([pair.split("=", 1)])})
                 for pair in pairs if not pair.endswith("=")]
        told = subprocess.run([program, "resolve", "-"], input="\n".join(cases).encode(),
                              stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
        refused = [line for line in told if "cannot be" in line]
        tell(len(names) > 25 and len(told) > 30 and not refused,
             f"{option}: {len(names)} names, {len(told)} values", names, refused)
    text = subprocess.run([program, "resolve", "--property", "hw_disk_bus=?"],
                          stderr=subprocess.PIPE, check=False).stderr.decode()
    wanted = re.search(r"one of: (.*)", text).group(1).split(", ")
    got = [pair.split("=")[1] for pair in told_by(program, "resolve", "-p", "hw_disk_bus=")]
    tell(wanted == got, "the values are those that the error lists", wanted, got)


def digest():
    return {name: hashlib.sha256(open(name, "rb").read()).hexdigest()
            for name in os.listdir(".") if os.path.isfile(name) and
            # SQLite creates these for readers, and leaves them to the next writer.
            not name.endswith(("-shm", "-wal"))}


def check_manners(program):
    """Silent, and nothing is written or opened."""
    before = digest()
    for words in (["get-machine-type", "--store", "none.db", ""], ["history", "--store", "x86_64.xml",
                  ""], ["host", "--capabilities", "none.xml", "--arch", ""],
                  ["history", "--store", "my store.db", ""], ["history", ""],
                  ["resolve", "--connect", "qemu+unix:///system?socket=nowhere", "--recorded", ""],
                  ["resolve", "--connect", f"qemu:///embed?root={os.getcwd()}/new", "--recorded",
                   ""],
                  ["lint", "--connect", "qemu+unix:///system?socket=nowhere", "--domain", ""],
                  ["lint", "--connect", f"qemu:///embed?root={os.getcwd()}/new", "--domain", ""],
                  ["lint", "--domain", ""], ["export", "--cell", ""], ["\xff", "\x01"], ["parse", "--arch", "no", ""]):
        done = ask(program, *words)
        tell(done.returncode == 0 and done.stderr == b"", f"silent: {words}", done)
    tell(digest() == before and not os.path.exists("new"), "nothing was written", before, digest())
    os.environ["MACHTYPE_CONF"] = "/nowhere/machtype.conf"
    done = ask(program, "history", "")
    tell(done.returncode == 0 and done.stderr == b"", "silent: no configuration", done)
    os.environ["MACHTYPE_CONF"] = ""
    for words in ["resolve", ""], ["resolve", "--connect", "test"], ["record", "--cell", ""]:
        environment = dict(os.environ, LD_DEBUG="libs", LD_DEBUG_OUTPUT=os.path.abspath("ld"))
        subprocess.run([program, "complete", "--", *words], env=environment,
                       stdout=subprocess.DEVNULL, check=True)
        logs = [name for name in os.listdir(".") if name.startswith("ld.")]
        text = "".join(open(name, encoding="utf-8").read() for name in logs)
        for name in logs:
            os.unlink(name)
        tell("libglib" in text and "libvirt" not in text, f"libvirt is not loaded: {words}")


def count_calls(program, *words):
    """The system calls of a process, except those that print."""
    log = os.path.abspath("calls")
    subprocess.run(["strace", "-f", "-e", "trace=!write", "-o", log, program, *words], stdout=subprocess.DEVNULL,
                   check=True)
    with open(log, encoding="utf-8", errors="replace") as calls:
        return sum(1 for _ in calls)


def check_work(program):
    """The user waits for it: it makes few more system calls than --version. tests/bench measures the
    time."""
    least = count_calls(program, "--version")
    for words in (["parse", ""], ["resolve", "-p", "hw"], ["domain-xml", "--"],
                  ["check-change", "--capabilities", "x86_64.xml", ""]):
        calls = count_calls(program, "complete", "--", *words)
        tell(calls < least + 50, f"{calls - least} system calls more than --version: {words}", least)


def check_large_store(program):
    """A store that may be too large to read at once: some or all are offered."""
    uuids = [f"6f1d4b5e-0000-4000-8000-{i:012}" for i in range(30000)]
    lines = "".join(f'{{"uuid":"{uuid}","machine":"q35"}}\n' for uuid in uuids)
    subprocess.run([program, "import", "--store", "large.db", "-"], input=lines.encode(),
                   stderr=subprocess.DEVNULL, check=True)
    for words in (["get-machine-type", "--store", "large.db", ""],
                  ["history", "--store", "large.db", uuids[0][:-4]]):
        done = ask(program, *words)
        offered = [line.split("\t")[0] for line in done.stdout.decode().splitlines()]
        tell(done.returncode == 0 and done.stderr == b"", f"silent: {words}", done.stderr)
        tell(offered and set(offered) <= set(uuids), f"{words}", offered[:3])


def check_words(program):
    if shutil.which("strace") is None:
        skip("there is no strace")
    for check in (check_options, check_values, check_properties, check_manners, check_work,
                  check_large_store):
        print(f"# {check.__name__}")
        check(program)


def main():
    kind, program, scripts, data, lines = sys.argv[1:]
    program = os.path.abspath(program)
    folder = make_folder(program, data)
    try:
        if kind == "bash":
            check_shell(start_bash, kind, scripts, lines)
        elif kind == "zsh":
            check_shell(start_zsh, kind, scripts, lines)
        elif kind == "fish":
            check_fish(scripts, lines)
        else:
            check_words(program)
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    end()


main()
