# SPDX-License-Identifier: LGPL-2.1-or-later
"""Validates what commands print with --json against doc/machtype.schema.json."""

import json
import os
import re

try:
    import jsonschema
except ImportError:
    jsonschema = None

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "doc", "machtype.schema.json")


def read_schema():
    with open(PATH, encoding="utf-8") as file:
        return json.load(file)


def is_complete(name, part):
    """Whether a definition is an object with all its members, not a part of others."""
    return not name.endswith("-members") and ("properties" in part or part.get("$ref", "").endswith("-members"))


def tighten(schema):
    """A later release may add members; this one prints none that the schema does not have."""
    defs = {name: {**part, "unevaluatedProperties": False} if is_complete(name, part) else part
            for name, part in schema["$defs"].items()}
    return {**schema, "$defs": defs}


def list_commands(schema):
    """Their names in the schema, such as store-backup."""
    return {name[len("command-"):] for name in schema["$defs"] if name.startswith("command-")}


def find_command(commands, arguments):
    """The command of a call, by its name or Nova's: store-backup, libvirt get_machine_type."""
    words = [word.replace("_", "-") for word in arguments[:5] if not word.startswith("-")]
    for i in range(len(words)):
        for name in ("-".join(words[i:i + 2]), words[i]):
            if name in commands:
                return name
    return None


class Validator:
    """Each line is validated once."""

    def __init__(self):
        self.schema = tighten(read_schema())
        self.commands = list_commands(self.schema)
        self.seen = {}
        self.validators = {}

    def get_validator(self, name):
        if name not in self.validators:
            self.validators[name] = jsonschema.Draft202012Validator(
                {**self.schema, "type": "object", "$ref": f"#/$defs/{name}"})
        return self.validators[name]

    def find_problem(self, name, line):
        """None: the line is valid."""
        try:
            value = json.loads(line)
        except ValueError as error:
            return str(error)
        name = "error" if isinstance(value, dict) and "error" in value else name
        errors = sorted(self.get_validator(name).iter_errors(value), key=lambda error: len(error.path))
        return f"{name}: {list(errors[0].path)}: {errors[0].message[:300]}" if errors else None

    def check_line(self, name, line):
        if (name, line) not in self.seen:
            self.seen[name, line] = self.find_problem(name, line)
        return self.seen[name, line]

    def check(self, arguments, output):
        """The problems of an output of the program; it ends with a newline, or is interrupted."""
        command = find_command(self.commands, arguments)
        if "--help" in arguments:
            return []
        if command is None:
            return [f"no command-... in the schema for {arguments}"] if re.match(r"\s*\{", output) else []
        lines = output.split("\n")
        problems = [self.check_line(f"command-{command}", line) for line in lines if line]
        return [problem for problem in problems if problem is not None]
