# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON that the program of the first round printed (format 1), as it is written today (format 2).

What meant nothing is absent: a null, a time or version of 0, no properties. Times are ISO 8601, versions
are texts, warnings are findings, and some members have other names. Nothing else differs.
"""

import time

TIMES = ("recorded_at", "seen_at")
VERSIONS = ("qemu_version", "libvirt_version")
# Numbers whose 0 meant "none".
COUNTS = ("seen_at", "qemu_version", "libvirt_version", "revision", "undoes", "max_cpus")
RENAMED = {
    None: {"asked": "requested"},
    "history": {"time": "changed_at", "who": "author"},
    "update-machine-type": {"machine": "record"},
}


def is_absent(name, value):
    return value is None or (name in COUNTS and value == 0) or (name == "properties" and value == {})


def change_value(name, value):
    if name in TIMES and isinstance(value, int):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
    if name in VERSIONS and isinstance(value, int):
        return f"{value // 1000000}.{value // 1000 % 1000}.{value % 1000}"
    if name == "warnings":
        return [{"message": item} if isinstance(item, str) else modernize(item) for item in value]
    # Of a name.
    if name == "revision" and isinstance(value, str):
        return int(value)
    if name == "format":
        return 2
    return modernize(value)


def modernize(value, command=None):
    """An object of format 1 in format 2."""
    if isinstance(value, list):
        return [modernize(item) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {**RENAMED[None], **RENAMED.get(command, {})}
    return {renamed.get(name, name): change_value(name, member)
            for name, member in value.items() if not is_absent(name, member)}
