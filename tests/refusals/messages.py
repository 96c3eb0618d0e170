# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt's refusals, sorted by their messages alone, never by what was broken or by what lint finds.

place: the message names a machine, controller, address, bus or model.
other: all others: values that no domain can have, missing attributes, names, UUIDs, ...
"""

import re

# The first row that matches.
SORTED = [
    # Addresses of networks are not of devices.
    ("other", re.compile(r"\b(mac|ip|network|listen|unicast|multicast) address|unable to parse mac")),
    ("other", re.compile(r"graphics 'listen' attribute '.*' must match 'address' attribute of first "
                         r"listen element")),
    ("place", re.compile(r"\b(machine ?types?|machines?|controllers?|address(es)?|bus(es)?|models?|"
                         r"modelName)\b", re.IGNORECASE)),
    ("other", re.compile("")),
]


def sort_message(message):
    return next(kind for kind, pattern in SORTED if pattern.search(message))
