# SPDX-License-Identifier: LGPL-2.1-or-later
"""What remains of an answer without its words: statuses, codes, verdicts, XML and numbers.

Masked is what a person reads: messages, remedies, help texts. A line of standard error keeps its kind
and its code; JSON keeps everything except the members that are sentences. The order of a host's machine
types is not compared either.
"""

import json
import re

MASK = "~"
SENTENCES = {"message", "remedy", "error", "explanation", "steps", "warnings", "details", "problem"}

# "warning: lifecycle: ...", "FILE: error: uefi-without-acpi: /domain/os: ... [libvirt-define: ...]"
FINDING = re.compile(r"^((?:[^:\s]+: )??(?:error|warning|effect|reason|info|note|incompatible): [a-z0-9-]+: "
                     r"(?:/\S+: )?)(.*?)(\[[a-z-]+:? ?[^\]]*\])?$")
# What has no code: a message of the program, a step of an explanation, why a line is invalid.
PROGRAM = re.compile(r"^((?:machtype|libvirt|warning|because): *|  - |(?:-\t)?invalid\t).*$")
# Sentences without a code that mean the same; what differs between two of them is kept.
REWORDED = [(re.compile(pattern), word) for pattern, word in (
    (r"^(?:Took back|Undid) (?=the last change of )", "Undid "),
    (r", gone in ", ", removed in "),
    (r"(?<=: libvirt )agrees: .*", "agrees"),
    (r"(?<=: libvirt )would define what it .* (?:all the same|anyway)$", "accepts"),
    (r"(?<=: libvirt )refuses it, (?:and|although) lint found nothing: .*", "refuses it alone"),
    (r"(?<=: libvirt )refuses it for (?:something else|another reason): .*", "refuses it for another reason"),
    (r"(?<=: libvirt )(?:was not asked about|did not check): ", "did not check: "),
)]
# In the table of upgrade-check, up to the end of the box.
DETAILS = re.compile(r"^(\| Details: )(?!None\b)(?:.*\n)+?(?=\+)", re.M)
# What follows a candidate of completion.
DESCRIPTION = re.compile(r"^([^\t\n]+\t).*$", re.M)


def is_help(arguments):
    return not arguments or arguments[0] in ("--help", "-h", "help") or "--help" in arguments or "-h" in arguments


def mask_value(value, name=None):
    if isinstance(value, dict):
        return {key: mask_value(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [mask_value(member, name) for member in value]
    return MASK if name in SENTENCES and isinstance(value, str) else value


def mask_authority(text):
    return re.sub(r":.*", ": " + MASK + "]", text) if text else ""


def mask_line(line):
    finding = FINDING.match(line)
    if finding:
        return finding.group(1) + MASK + mask_authority(finding.group(3))
    if line[:1] in "{[":
        try:
            return json.dumps(mask_value(json.loads(line)))
        except ValueError:
            return line
    for pattern, word in REWORDED:
        line = pattern.sub(word, line)
    return PROGRAM.sub(r"\1" + MASK, line)


def mask_host(text):
    """Machine types in any order, in JSON as well."""
    if text[:1] == "{":
        return "\n".join(json.dumps(sort_lists(mask_value(json.loads(line))), sort_keys=True)
                         for line in text.splitlines())
    return "\n".join(sorted(mask_line(line) for line in text.split("\n")))


def sort_lists(value):
    if isinstance(value, dict):
        return {key: sort_lists(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted((sort_lists(member) for member in value), key=lambda member: json.dumps(member, sort_keys=True))
    return value


def mask_stream(stream):
    text = stream.decode(errors="surrogateescape")
    return "\n".join(mask_line(line) for line in text.split("\n"))


def mask_error_line(line):
    """What is not a finding is a sentence, whoever printed it."""
    masked = mask_line(line)
    return MASK if masked == line and line else masked


def mask_answer(arguments, answer):
    """The answer to a run, without words."""
    out, err = answer.out, answer.err
    if out is not None:
        command = arguments[0] if arguments else ""
        if is_help(arguments):
            out = MASK
        elif command == "host":
            out = mask_host(out.decode(errors="surrogateescape"))
        elif command == "complete":
            out = DESCRIPTION.sub(r"\1" + MASK, out.decode(errors="surrogateescape"))
            out = "\n".join(sorted(out.split("\n")))
        elif command == "upgrade-check":
            out = mask_stream(DETAILS.sub(r"\1" + MASK + "\n", out.decode(errors="surrogateescape")).encode(
                errors="surrogateescape"))
        else:
            out = mask_stream(out)
        out = out.encode(errors="surrogateescape")
    if err is not None:
        err = "\n".join(map(mask_error_line, err.decode(errors="surrogateescape").split("\n"))).encode()
    return answer._replace(out=out, err=err)
