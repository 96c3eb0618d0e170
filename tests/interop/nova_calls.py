# SPDX-License-Identifier: LGPL-2.1-or-later
"""The calls of nova_recorder.py, asked of machtype.

Call(line, release).compare(program) is a list of differences, each what differs, Nova's answer and
machtype's. NotCompared: machtype has no question like this one, for a reason that features.md names.
"""

import json
import os
import re
import subprocess

import guest_facts
import nova_shared

# The host has what the newest Nova generates.
nova_shared.select(34)
UUID = "6e6f7661-0000-4000-8000-000000000001"
# Exceptions of Python, and those of Nova that only say that something is invalid.
NEED_A_HOST = ("hw_mem_encryption_model", "hw:mem_encryption_model", "os_secure_boot",
               "os:secure_boot")
NAMELESS = ("ValueError", "TypeError", "ValidationError", "KeyError", "Invalid", "AttributeError")
A_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What features.md says is not generated, because it needs a placement on the host.
NOT_GENERATED = re.compile(r"libmachtype does not generate [\w -]+")
# What the fake of libvirt lacks, whatever is requested.
HOST_ERRORS = ("MissingDomainCapabilityFeatureException", "InvalidCPUInfo")
# Of a hypervisor that Nova has dropped.
DROPPED = ("os:monitors", "os:resolution", "os:vram")
# The facts of a guest that depend on disks, interfaces and the host's name of a machine type.
NOT_REQUESTED = ("disk", "cdrom", "scsi", "nic", "queues", "topology", "packed", "arch", "os_type")


class NotCompared(Exception):
    """Why not."""


class Ran:
    """What a run of the program answered."""

    def __init__(self, run):
        self.status, self.stdout, self.stderr = run.returncode, run.stdout, run.stderr

    @property
    def said(self):
        """The JSON, or a refusal of the command line itself."""
        if self.stdout.strip():
            return json.loads(self.stdout)
        return {"error": self.status, "message": self.stderr.strip()}


class Program:
    """The program, with a store and files for each call."""

    def __init__(self, path, folder):
        self.path, self.folder, self.number = path, folder, 0
        self.env = dict(os.environ, MACHTYPE_CONF="")

    def run(self, *words):
        return Ran(subprocess.run([self.path, *words], env=self.env, capture_output=True, text=True,
                                  check=False))

    def file(self, content):
        self.number += 1
        path = os.path.join(self.folder, str(self.number))
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def host(self, call, arch):
        """The options for a host of this architecture: one that has everything, where the host decides
        whether a guest can have what is asked; else its name alone, for guests of any version."""
        if arch != "x86_64" or all(call.get(name) is None for name in NEED_A_HOST):
            return ["--host-arch", arch]
        words = ["--capabilities", self.file(nova_shared.capabilities_of(arch))]
        for machine in ("pc-i440fx", "pc-q35"):
            version = "-{}.{}".format(*nova_shared.VERSIONS[nova_shared.RELEASE][1])
            content = nova_shared.domain_capabilities(arch, machine + version, "kvm")
            words += ["--domain-capabilities", self.file(content)]
        return words

    def store(self, *instances):
        """The options of a new store with these instances, each as import reads it."""
        self.number += 1
        options = ["--store", os.path.join(self.folder, f"{self.number}.db")]
        lines = "".join(json.dumps(instance) + "\n" for instance in instances)
        run = self.run("import", self.file(lines), *options)
        if run.status != 0:
            raise SystemExit(f"machtype import: {run.status}: {run.stderr}\n{lines}")
        return options


def word(value):
    """As an image property or an extra spec is written."""
    return "true" if value is True else "false" if value is False else str(value)


def instance_from(inner, **more):
    """The record of an instance that a test's mock returns."""
    metadata = inner.get("system_metadata") or {}
    properties = {name[len("image_"):]: value for name, value in metadata.items()
                  if name.startswith("image_")}
    machine = properties.pop("hw_machine_type", None)
    return {"uuid": UUID, "machine": machine, "state": inner.get("vm_state") or "stopped",
            "properties": properties, **more}


class Call:
    """One call, and what Nova answered."""

    def __init__(self, line, release):
        read = json.loads(line)
        self.function, self.asked, self.answer = read["function"], read["asked"], read["answer"]
        self.test, self.release = read["test"], release

    def __str__(self):
        shown = {name: value for name, value in self.asked.items()
                 if name not in ("settings", "memory_mb") and value not in (None, {}, [])}
        return f"{self.function} {json.dumps(shown)} [{self.test.rpartition('.')[2]}]"

    @property
    def raises(self):
        return self.answer.get("raises")

    @property
    def returns(self):
        return self.answer.get("returns")

    def get(self, name):
        """An image property or an extra spec."""
        return self.asked.get("properties", {}).get(name, self.asked.get("extra_specs", {}).get(name))

    def compare(self, program):
        return COMPARE[self.function](self, program)

    def statuses(self, ran, expected):
        """The difference between exit statuses, if any."""
        if ran.status == expected:
            return []
        return [("status", expected, f"{ran.status}: {ran.stdout}{ran.stderr}".strip())]

    def request(self):
        """The options for the image and the flavor."""
        words = []
        for option, name in (("--property", "properties"), ("--extra-spec", "extra_specs")):
            for key, value in self.asked[name].items():
                if isinstance(value, (list, dict)) or value is None:
                    raise NotCompared("a value that is not one word")
                words += [option, f"{key}={word(value)}"]
        if self.asked.get("vcpus"):
            words += ["--vcpus", str(self.asked["vcpus"])]
        return words


# Machine types.

def update(call, program, existing, refusal, force=False):
    """Updates an instance to a machine type, and compares the exit status."""
    store = program.store({"uuid": UUID, "machine": existing, "state": "stopped"})
    options = ["--force"] if force else []
    ran = program.run("update-machine-type", UUID, call.asked["machine_type"], *options, *store)
    return call.statuses(ran, refusal if call.raises else 0), store


def compare_support(call, program):
    return update(call, program, None, 5)[0]


def compare_existing(call, program):
    return update(call, program, call.asked["existing"], 4)[0]


def compare_state(call, program):
    store = program.store({"uuid": UUID, "state": call.asked["vm_state"]})
    return call.statuses(program.run("update-machine-type", UUID, "pc", *store),
                         3 if call.raises else 0)


def compare_update(call, program):
    """What is recorded afterwards."""
    inner = call.asked["instance"]["returns"]
    wanted, before = call.returns
    existing = instance_from(inner)["machine"]
    assert existing == before or existing is None
    differences, store = update(call, program, existing, 4, call.asked["force"])
    if differences:
        return differences
    ran = program.run("get-machine-type", UUID, *store)
    return [] if ran.stdout.strip() == wanted else [("machine", wanted, ran.stdout.strip())]


def compare_unset(call, program):
    """The UUIDs of all instances without a machine type, of the cells that are asked for."""
    instances = [{**instance_from(each), "uuid": each["uuid"], "cell": cell}
                 for cell, members in call.asked["cells"].items()
                 for each in members if not each["deleted"]]
    if not instances:
        store = ["--store", os.path.join(program.folder, "none.db")]
    else:
        store = program.store(*instances)
    cell = ["--cell-uuid", call.asked["cell"]] if call.asked["cell"] else []
    ran = program.run("list-unset-machine-type", *cell, *store)
    ours = sorted(A_UUID.findall(ran.stdout))
    nova = sorted(each["uuid"] for each in call.returns)
    return [] if ours == nova else [("unset", nova, ours)]


def defaults(call):
    return [part for entry in call.asked["configured"] or () for part in ("--default", entry)]


def resolved(call, program, words):
    ran = program.run("resolve", "--json", *defaults(call), *words)
    if call.raises:
        return [] if ran.status in (1, 2) else [("refused", call.raises, ran.said.get("record"))]
    ours = ran.said.get("record")
    return [] if ours == call.returns else [("machine", call.returns, ours or ran.stderr.strip())]


def compare_image_type(call, program):
    """The image's machine type, or the default."""
    words = []
    for name in ("hw_machine_type", "hw_architecture", "hw_emulation_architecture"):
        if call.get(name) is not None:
            words += ["--property", f"{name}={call.get(name)}"]
    return resolved(call, program, words + ["--host-arch", call.asked["arch"]])


def compare_default_type(call, program):
    return resolved(call, program, ["--host-arch", call.asked["arch"]])


# Commands, and the exit statuses for which they print what Nova prints.
SPOKEN = {"LibvirtCommands.get_machine_type": (0,), "ImagePropertyCommands.show": (0,),
          "LibvirtCommands.update_machine_type": (0, 3, 4, 5)}


def unknown_failure(program):
    """A store that no program can open."""
    return ["--store", program.folder]


def absent(inner):
    return (inner or {}).get("raises") in ("InstanceNotFound", "InstanceMappingNotFound",
                                           "CellMappingNotFound")


def failed(inner):
    return (inner or {}).get("raises") == "Exception"


def compare_command(call, ran):
    """The exit status; of what is done or refused, also what is printed."""
    differences = call.statuses(ran, call.answer["status"])
    printed = call.answer["prints"].strip().replace(call.asked["arguments"]["instance_uuid"], UUID)
    # Of what is done or refused, the sentence about the machine type.
    last = printed.splitlines()[-1].lower() if printed else ""
    if (not differences and call.answer["status"] in SPOKEN.get(call.function, ())
            and ran.stdout.strip().lower() != last):
        differences.append(("prints", last, ran.stdout.strip()))
    return differences


def compare_get_command(call, program):
    inner = call.asked["inner"]["get_machine_type"]
    store = (unknown_failure(program) if failed(inner) else
             program.store(*([] if absent(inner) else
                             [{"uuid": UUID, "machine": inner["returns"], "state": "stopped"}])))
    return compare_command(call, program.run("get-machine-type", UUID, *store))


def situation(inner, wanted):
    """The machine type that is recorded, the state, and the type that is wanted, for which an update
    answers what a test's mock does."""
    about = inner.get("about", {})
    if "returns" in inner:
        return inner["returns"][1], "stopped", inner["returns"][0]
    return (about.get("existing_machine_type", "pc"), about.get("state", "stopped").lower(),
            about.get("machine_type", wanted if isinstance(wanted, str) and "<" not in wanted
                      else "pc-q35-7.2"))


def compare_update_command(call, program):
    inner = call.asked["inner"]["update_machine_type"]
    existing, state, wanted = situation(inner, call.asked["arguments"]["machine_type"])
    # A type that is not supported is refused before anything is compared.
    if inner.get("raises") == "UnsupportedMachineType":
        existing = None
    store = unknown_failure(program) if failed(inner) else program.store(
        *([] if absent(inner) else [{"uuid": UUID, "machine": existing, "state": state}]))
    force = ["--force"] if call.asked["arguments"].get("force") else []
    return compare_command(call, program.run("update-machine-type", UUID, wanted, *force, *store))


def compare_list_command(call, program):
    inner = call.asked["inner"]["get_instances_without_type"]
    cell = "6e6f7661-0000-4000-8000-00000000ce11"
    found = inner.get("returns")
    # A cell without instances has at least one with a machine type: it would be unknown.
    instances = [{"uuid": each["uuid"], "cell": cell} for each in found or ()] + [
        {"uuid": UUID, "cell": cell, "machine": "pc"}]
    store = unknown_failure(program) if failed(inner) else program.store(
        *([] if absent(inner) else instances))
    ran = program.run("list-unset-machine-type", "--cell-uuid", cell, *store)
    differences = call.statuses(ran, call.answer["status"])
    for each in found or ():
        if each["uuid"] not in ran.stdout:
            differences.append(("prints", each["uuid"], ran.stdout))
    return differences


def instance_store(call, program):
    """A store with the instance of a test's mocks, or without it."""
    inner = call.asked["inner"]
    if any(failed(each) for each in inner.values()):
        return unknown_failure(program)
    if any(absent(each) for each in inner.values()):
        return program.store()
    return program.store(instance_from(inner["Instance.get_by_uuid"]["returns"]))


def compare_show_command(call, program):
    name = call.asked["arguments"]["image_property"]
    return compare_command(call, program.run("image-property", "show", UUID, name,
                                             *instance_store(call, program)))


def compare_set_command(call, program):
    words = [part for each in call.asked["arguments"]["image_properties"]
             for part in ("--property", each)]
    return compare_command(call, program.run("image-property", "set", UUID, *words,
                                             *instance_store(call, program)))


# A flavor and an image.

def compare_spec(call, program):
    """Whether an extra spec is known, with a value that it can have."""
    name, value = call.asked["name"], word(call.asked["value"])
    if name in DROPPED and call.release < 34:
        raise NotCompared("an extra spec that Nova does not have any more")
    words = ["--host-arch", "x86_64", "--extra-spec", f"{name}={value}"]
    said = program.run("resolve", "--json", *words).said
    if "error" not in said and call.raises:
        # What is looked at when a guest is made, some of it only together with another spec.
        if name == "hw:cpu_realtime_mask":
            words += ["--extra-spec", "hw:cpu_realtime=yes", "--vcpus", "4"]
        said = program.run("domain-xml", "--json", *words).said
    refused = "error" in said and not NOT_GENERATED.search(said["message"])
    if refused == bool(call.raises):
        return []
    return [("refused" if refused else "accepted", call.raises, said.get("message"))]


def domain(call, program, *more):
    """What domain-xml answers: the XML, or an error."""
    said = program.run("domain-xml", "--json", *call.request(), *more).said
    reason = NOT_GENERATED.search(said.get("message") or "")
    if reason:
        raise NotCompared(reason.group())
    return said


def refusal(call, said):
    """The difference between two refusals: only where Nova's has a name."""
    name = call.raises
    if name in NAMELESS or said["message"].startswith(name + ":"):
        return []
    return [("refusal", f"{name}: {call.answer['message']}", said["message"])]


class Constraint:
    """A function that decides one fact. what(returned) is the fact; with: what else is requested, so
    that the fact can be seen."""

    def __init__(self, fact, what, ours=lambda value: value, **needs):
        self.fact, self.what, self.ours, self.needs = fact, what, ours, needs

    def __call__(self, call, program):
        more = [part for name, value in self.needed(call).items()
                for part in ("--property", f"{name}={value}")]
        words = [*program.host(call, "x86_64"), "--network", "bridge=br0", *self.options(call), *more]
        said = domain(call, program, *words)
        if call.raises:
            return refusal(call, said) if "error" in said else [
                ("accepted", f"{call.raises}: {call.answer['message']}", self.seen(said))]
        if "error" in said:
            return [("refused", call.returns, said["message"])]
        nova, ours = self.what(call.returns), self.seen(said)
        return [] if nova == ours else [(self.fact, nova, ours)]

    def needed(self, call):
        """What else is requested, and a machine type that the caller has chosen. Nothing is added to
        what is refused."""
        needs = {} if call.raises else dict(self.needs)
        if call.asked.get("machine_type"):
            needs["hw_machine_type"] = call.asked["machine_type"]
        return {name: value for name, value in needs.items()
                if call.get(name) is None and call.get(name.replace("_", ":", 1)) is None}

    @staticmethod
    def options(call):
        if call.get("hw:tpm_secret_security") is not None:
            return ["--tpm-secret", UUID]
        if call.get("hw_redirected_usb_ports") or call.get("hw:redirected_usb_ports"):
            return ["--graphics", "spice"]
        return []

    def seen(self, said):
        return self.ours(guest_facts.facts_of(said["xml"], 34)[self.fact])


def graphics(settings):
    names = [name for name in ("vnc", "spice") if settings[name + "_enabled"]]
    if len(names) > 1:
        raise NotCompared("two graphical consoles")
    return ["--graphics", *names] if names else ["--graphics", "none"]


def configured(call):
    """The options for what Nova takes from its configuration."""
    settings = call.asked["settings"]
    words = graphics(settings) + [
        part for entry in settings["hw_machine_type"] or () for part in ("--default", entry)]
    if settings["virt_type"] not in ("kvm", "qemu"):
        raise NotCompared("a hypervisor other than QEMU")
    if settings["virt_type"] == "qemu":
        words += ["--domain-type", "qemu"]
        if settings.get("tb_cache_size"):
            words += ["--tb-cache", str(settings["tb_cache_size"])]
    if settings["serial_console_enabled"]:
        ports = call.get("hw_serial_port_count") or call.get("hw:serial_port_count") or 1
        if str(ports).isdigit():
            words += ["--tcp-console", "127.0.0.1:10000"] * int(ports)
    if call.asked["os_type"] and call.get("os_type") is None:
        words += ["--property", "os_type=" + call.asked["os_type"]]
    if call.asked["kernel"]:
        words += ["--kernel", "/kernel"]
    if call.get("hw_tpm_version") or call.get("hw:tpm_version"):
        words += ["--tpm-secret", UUID]
    return words + ["--network", "bridge=br0", "--disk", "/disk.img"]


def check_host(call):
    """Whether it is what the image and the flavor request that decides."""
    if call.get("hw_architecture") is None and call.asked["host_arch"] != call.asked["arch"]:
        raise NotCompared("a host of two architectures")
    if call.asked["numa"]:
        raise NotCompared("NUMA that the scheduler has chosen")
    if call.asked["lacks"]:
        raise NotCompared("a host that the test describes: " + call.asked["lacks"][0])
    if "Unknown MemEncryptionModel" in call.answer.get("message", ""):
        raise NotCompared("a model that cannot be requested")
    if call.raises in HOST_ERRORS:
        raise NotCompared(f"a host that lacks something: {call.raises}")
    if call.raises and not call.asked["properties"] and not call.asked["extra_specs"]:
        raise NotCompared("a configuration that is refused")


def compare_guest(call, program):
    """The facts of a whole guest."""
    check_host(call)
    said = domain(call, program, *program.host(call, call.asked["host_arch"]), *configured(call))
    if call.raises:
        return refusal(call, said) if "error" in said else [
            ("accepted", f"{call.raises}: {call.answer['message']}", "a guest")]
    if "error" in said:
        return [("refused", "a guest", said["message"])]
    nova, ours = (guest_facts.facts_of(xml, call.release) for xml in (call.returns, said["xml"]))
    return [(fact, value, ours[fact]) for fact, value in nova.items()
            if fact not in NOT_REQUESTED and fact not in from_configuration(call)
            and value != ours[fact]]


def from_configuration(call):
    """The facts that Nova takes from configuration for which machtype has no option, and the keyboard
    that is not asked for."""
    settings, facts = call.asked["settings"], []
    if settings["spice_enabled"] and not settings["agent_enabled"]:
        facts.append("spice_agent")
    if settings["mem_stats_period_seconds"] != 10:
        facts.append("balloon")
    if settings["pointer_model"] != "usbtablet":
        facts += ["tablet", "usb"]
    if settings["virt_type"] == "qemu":
        facts += ["hpet", "hypervclock"]
    return facts + ["keyboard"] * (call.get("hw_input_bus") is None)


def topology(returned):
    return tuple(returned[name] for name in ("sockets", "cores", "threads"))


def pages(returned):
    """-1 to -3 are the words small, large and any; the host chooses the size."""
    return {-1: None, -2: "default", -3: None}.get(returned, returned and (int(returned),))


MODELS = {"sev": "amd-sev", "sev-snp": "amd-sev-snp", "tdx": "intel-tdx"}


def encryption_model(fact):
    """Nova's word for it: SEV-ES is a bit of SEV's policy."""
    if fact is None:
        return None
    attributes, policy = fact
    kind = dict(attributes)["type"]
    return "amd-sev-es" if kind == "sev" and policy & 4 else MODELS[kind]


COMPARE = {
    "LibvirtDriver._get_guest_config": compare_guest,
    "get_best_cpu_topology": Constraint("topology", topology),
    "_check_machine_type_support": compare_support,
    "_check_update_to_existing_type": compare_existing,
    "_check_vm_state": compare_state,
    "update_machine_type": compare_update,
    "get_instances_without_type": compare_unset,
    "get_machine_type": compare_image_type,
    "get_default_machine_type": compare_default_type,
    "LibvirtCommands.get_machine_type": compare_get_command,
    "LibvirtCommands.update_machine_type": compare_update_command,
    "LibvirtCommands.list_unset_machine_type": compare_list_command,
    "ImagePropertyCommands.show": compare_show_command,
    "ImagePropertyCommands.set": compare_set_command,
    "validate": compare_spec,
    "get_number_of_serial_ports": Constraint("serial_ports", lambda value: value),
    "get_mem_encryption_constraint": Constraint(
        "launch", lambda value: "amd-sev" if value is True else value or None, encryption_model,
        hw_firmware_type="uefi", hw_machine_type="q35"),
    "_get_numa_pagesize_constraint": Constraint("huge_pages", pages),
    "get_locked_memory_constraint": Constraint("locked", bool),
    "get_pmu_constraint": Constraint(
        "pmu", lambda value: None if value is None else "on" if value else "off"),
    "get_vif_multiqueue_constraint": Constraint("queues", bool, bool),
    "get_packed_virtqueue_constraint": Constraint("packed", lambda value: "on" if value else None),
    "get_vtpm_constraint": Constraint(
        "tpm", lambda value: value and (value.get("model"), value["version"])),
    "get_tpm_secret_security_constraint": Constraint("tpm_secret", bool, hw_tpm_version="2.0"),
    "get_secure_boot_constraint": Constraint(
        "secure_boot", lambda value: value in ("required", "optional"), hw_firmware_type="uefi",
        hw_machine_type="q35"),
    "get_stateless_firmware_constraint": Constraint("stateless", bool),
    "get_maxphysaddr_mode": Constraint("phys_bits", lambda value: value,
                                       lambda value: value and value["mode"]),
    "get_sound_model": Constraint("sound", lambda value: value),
    "get_usb_model": Constraint("usb", lambda value: value),
    "get_redirected_usb_ports": Constraint("redirected", lambda value: value),
}
