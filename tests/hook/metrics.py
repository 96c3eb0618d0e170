#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""metrics.py MACHTYPE DATA [RULES]: "machtype audit --openmetrics", and the alert rules over it.

With RULES, promtool checks the metrics, and tests the rules with them: the audit of the same store on
QEMU 9.2, which deprecates a machine type, and then on QEMU 10.1, which does not have it any more.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

MACHTYPE, DATA = map(os.path.abspath, sys.argv[1:3])
RULES = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
WORK = tempfile.mkdtemp()
STORE = os.path.join(WORK, "records.db")
OUT = os.path.join(WORK, "machtype.prom")
OLD = 'host="compute-1",os_type_arch="x86_64",os_type_machine="pc-q35-2.4"'


def run(*words, **more):
    return subprocess.run([MACHTYPE, *words], capture_output=True, text=True, check=False, **more)


def add(number, machine, host, name):
    done = run("instance", "add", f"00000000-0000-0000-0000-{number:012x}", "--machine", machine, "--arch", "x86_64",
               "--host", host, "--name", name, "--store", STORE)
    assert done.returncode == 0, done


def audit(*words):
    done = run("audit", "--store", STORE, "--openmetrics", OUT, *words)
    with open(OUT, encoding="utf-8") as file:
        text = file.read()
    return done, text, dict(re.findall(r"^([^#\n].*) (\S+)$", text, re.MULTILINE))


def make_store():
    for number, (machine, host) in enumerate((("pc-q35-2.4", "compute-1"), ("pc-q35-2.4", "compute-1"),
                                              ("pc-q35-8.2", "compute-1"), ("q35", "compute-1"),
                                              ("pc-q35-9.2", "compute-1"), ("pc", 'a"b\\c'))):
        add(number + 1, machine, host, f"guest{number}")
    done = run("instance", "add", "00000000-0000-0000-0000-000000000099", "--store", STORE)
    assert done.returncode == 0, done


def check_values():
    done, text, values = audit("--on", "qemu-9.2")
    tap.tell(done.returncode == 1 and not done.stdout and not done.stderr, "prints nothing", done)
    tap.tell(values[f"machtype_guests{{{OLD}}}"] == "2" and
             values[f"machtype_machine_type_deprecated{{{OLD}}}"] == "1" and
             values[f"machtype_machine_type_removed{{{OLD}}}"] == "0", "deprecated", text)
    new = OLD.replace("2.4", "9.2")
    tap.tell(values[f"machtype_guests{{{new}}}"] == "2" and "\"q35\"" not in text,
             "an alias counts as its canonical type", text)
    tap.tell(values['machtype_findings{host="compute-1",code="deprecated",severity="warning"}'] == "2" and
             values['machtype_findings{host="compute-1",code="removed",severity="error"}'] == "0" and
             values['machtype_findings{host="compute-1",code="alias",severity="warning"}'] == "1", "findings", text)
    series = re.findall(r"^machtype_guests\{.*\}", text, re.MULTILINE)
    tap.tell(len(series) > 4 and series == sorted(series), "in order", series)
    nothing = 'host="",os_type_arch="unknown",os_type_machine=""'
    tap.tell(values[f"machtype_guests{{{nothing}}}"] == "1" and
             values['machtype_findings{host="",code="unrecorded",severity="warning"}'] == "1", "an empty record", text)
    tap.tell('{host="a\\"b\\\\c",' in text, "what is in a name is escaped", text)
    tap.tell(text.endswith("\n# EOF\n") and all(line.startswith("# TYPE machtype_") and line.endswith(" gauge")
                                                for line in text.splitlines() if line.startswith("# TYPE")),
             "the format", text)
    tap.tell(stat.S_IMODE(os.stat(OUT).st_mode) == 0o644, "for others to read")
    printed = run("audit", "--store", STORE, "--openmetrics", "-", "--on", "qemu-9.2").stdout
    tap.tell(re.sub(r"seconds \d+", "", printed) == re.sub(r"seconds \d+", "", text), "on standard output", printed)
    done, text, values = audit("--on", "qemu-10.1")
    tap.tell(done.returncode == 2 and values[f"machtype_guests{{{OLD}}}"] == "2" and
             values[f"machtype_machine_type_deprecated{{{OLD}}}"] == "1" and
             values[f"machtype_machine_type_removed{{{OLD}}}"] == "1", "removed: its series stay", text)


def check_not_offered():
    """Of a newer QEMU than the host's."""
    store = os.path.join(WORK, "other.db")
    for words in (("instance", "add", "00000000-0000-0000-0000-000000000001", "--machine", "pc-q35-10.0", "--arch",
                   "x86_64", "--host", "h"), ("audit", "--openmetrics", "-", "--on", "qemu-9.2")):
        text = run(*words, "--store", store).stdout
    labels = '{host="h",os_type_arch="x86_64",os_type_machine="pc-q35-10.0"} 1\n'
    tap.tell("machtype_machine_type_deprecated" + labels in text and "machtype_machine_type_removed" + labels in text,
             "not offered", text)


def check_failures():
    """The file is as it was."""
    _, before, _ = audit("--on", "qemu-9.2")
    done = run("audit", "--store", STORE, "--openmetrics", os.path.join(WORK, "none", "x"))
    tap.tell(done.returncode == 3 and "--openmetrics" in done.stderr, "no such folder", done)
    done = run("audit", "--store", STORE, "--openmetrics", OUT, "--json")
    tap.tell(done.returncode == 64 and "--json" in done.stderr, "with --json", done)
    with open(OUT, encoding="utf-8") as file:
        tap.tell(file.read() == before and sorted(os.listdir(WORK))[:1] == ["machtype.prom"], "nothing else is left",
                 os.listdir(WORK))
    hosts = [audit("--connect", uri) for uri in ("test:///no/such/file", "test:///default")]
    tap.tell([(values["machtype_audit_hosts"], values["machtype_audit_failed_hosts"]) for _, _, values in hosts] ==
             [("0", "1"), ("1", "0")] and hosts[0][0].returncode == 3, "hosts that answer, and do not", hosts)


def list_series(text, more):
    """What the node exporter would pass on, with the label of where it runs."""
    for name, labels, value in re.findall(r"^(machtype_\w+)(\{.*\})? (\S+)$", text, re.MULTILINE):
        inner = labels[1:-1] + "," if labels else ""
        yield f'{name}{{{inner}instance="node-1"}}', more.get(name, value)


def check_rules():
    """An hour before, three hours with the old QEMU, three with the new one."""
    old = dict(list_series(audit("--on", "qemu-9.2")[1], {}))
    new = dict(list_series(audit("--on", "qemu-10.1")[1], {}))
    tap.tell(not {name for name in old if "pc-q35-" in name} - set(new), "the series stay", set(old) - set(new))
    series = "".join(f"      - series: '{name}'\n        values: '{value}x180 {new.get(name, 'stale')}x180'\n"
                     for name, value in old.items() if "timestamp" not in name and "\\" not in name)
    labels = f'host: compute-1\n              instance: node-1\n              os_type_arch: x86_64\n' \
             f'              os_type_machine: pc-q35-2.4'
    expected = "".join(f"""      - eval_time: {time}
        alertname: {alert}
        exp_alerts:
{f'''          - exp_labels:
              severity: {severity}
              {labels}
            exp_annotations:
              summary: "{summary}"
              description: "{description}"
''' if fires else ''}""" for time, alert, severity, fires, summary, description in (
        ("30m", "MachineTypeDeprecated", "", False, "", ""),
        ("2h", "MachineTypeDeprecated", "warning", True,
         "2 guest(s) of compute-1 have the deprecated machine type pc-q35-2.4",
         "A later QEMU will not start them. 'machtype audit' names them, and says what to do."),
        ("5h", "MachineTypeDeprecated", "warning", True,
         "2 guest(s) of compute-1 have the deprecated machine type pc-q35-2.4",
         "A later QEMU will not start them. 'machtype audit' names them, and says what to do."),
        ("2h", "MachineTypeRemoved", "", False, "", ""),
        ("5h", "MachineTypeRemoved", "critical", True,
         "2 guest(s) of compute-1 cannot start: pc-q35-2.4 is not offered",
         "'machtype audit' names them, and says what to do."),
        ("5h", "MachineTypeDiffers", "", False, "", "")))
    path = os.path.join(WORK, "test.yml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"rule_files:\n  - {RULES}\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n"
                   f"    input_series:\n{series}    alert_rule_test:\n{expected}")
    for words in (["check", "rules", RULES], ["test", "rules", path]):
        done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
        tap.tell(done.returncode == 0, "promtool " + " ".join(words[:2]), done.stdout, done.stderr)
    text = audit("--on", "qemu-9.2")[1]
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    tap.tell(done.returncode == 0 and not done.stderr, "promtool check metrics", done)


if RULES and not shutil.which("promtool"):
    tap.skip("promtool is not installed (prometheus)")
make_store()
check_values()
check_not_offered()
check_failures()
if RULES:
    check_rules()
shutil.rmtree(WORK)
tap.end()
