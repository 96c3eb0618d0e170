# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python expects of values: PyGObject loads this with Machtype.

Names compare as machine types do: <, <=, > and >= raise TypeError for names of which neither is the
newer one, as Python does for values that have no order. sorted() needs an order for all: use
key=Machtype.Name.sort_key. Values that are equal are equal, and have the same hash. str() of a value
is its JSON text, of a name the name, of an enumeration its word. The length of a text can be left
out, because strings know theirs.
"""

import contextlib
import functools

from ..module import get_introspection_module

Machtype = get_introspection_module("Machtype")

__all__ = []

# Values, and which of their functions str() calls.
VALUES = {
    "AuditEntry": "to_json", "Change": "to_json", "Config": None, "ContainedDomain": "get_xml",
    "Conversion": "to_json", "DefinitionCheck": None, "Domain": "to_json", "DomainStatus": "to_json", "Finding": "to_json",
    "Guest": "get_xml", "HistoryEntry": "to_json", "Host": "to_json", "Intention": None,
    "Machine": "get_name", "Policy": "to_string", "Properties": "to_string", "Record": "to_json",
    "RecordClass": "to_json", "RecordQuery": "to_json", "Resolution": "to_json", "Settlement": None,
}
# What takes a text and its length, by class; None: functions of the module.
LENGTHS = {
    "Domain": ("convert", "lint", "list_contained", "new_from_xml", "xml_with_machine",
               "xml_with_name"),
    "DomainStatusBuilder": ("add_snapshot", "set_definition", "set_running", "set_saved"),
    "HistoryEntry": ("new_from_json",),
    "HostBuilder": ("add_domain_capabilities", "set_capabilities"),
    "PolicyBuilder": ("add_nova_conf",),
    "Record": ("new_from_json",),
    None: ("json_parse", "text_escape"),
}
ENUMERATIONS = {
    "Answer": "answer", "Arch": "arch", "ArchNaming": "arch_naming", "AuditCode": "audit_code",
    "Authority": "authority",
    "DomainPart": "domain_part", "Error": "error", "Family": "family",
    "GraphicsType": "graphics_type",
    "HistoryAction": "history_action", "InterfaceType": "interface_type", "NameKind": "name_kind",
    "Operation": "operation", "Order": "order", "Pinning": "pinning",
    "SettlementOutcome": "settlement_outcome", "Severity": "severity", "Source": "source",
    "State": "state", "StoreOutcome": "store_outcome", "ValueType": "value_type", "Vendor": "vendor",
    "Verdict": "verdict",
}


def _compared(wanted):
    """The operator that is true for these orders."""
    def operator(self, other):
        if not isinstance(other, Machtype.Name):
            return NotImplemented
        order = self.compare(other)
        if order in (Machtype.Order.INCOMPARABLE, Machtype.Order.INVALID):
            raise TypeError(f"{self} and {other} are {order}")
        return order in wanted
    return operator


def _equal_names(self, other):
    return Machtype.Name.equal(self, other) if isinstance(other, Machtype.Name) else NotImplemented


def _extend_name(cls):
    less, same, greater = Machtype.Order.LT, Machtype.Order.EQ, Machtype.Order.GT
    cls.__eq__ = _equal_names
    cls.__hash__ = cls.hash
    cls.__lt__, cls.__le__ = _compared((less,)), _compared((less, same))
    cls.__gt__, cls.__ge__ = _compared((greater,)), _compared((greater, same))
    cls.__str__ = cls.get_text
    cls.__repr__ = lambda self: f"<Machtype.Name {self.get_text()}>"
    cls.sort_key = staticmethod(functools.cmp_to_key(cls.collate))


def _extend_value(cls, text):
    def equal(self, other):
        return cls.equal(self, other) if isinstance(other, cls) else NotImplemented

    cls.__eq__ = equal
    cls.__hash__ = getattr(cls, "hash", lambda self: hash(self.to_json()))
    if text is not None:
        cls.__str__ = getattr(cls, text)
        cls.__repr__ = lambda self: f"<Machtype.{cls.__name__} {self}>"


def _with_optional_length(function, has_self):
    """The length may be passed, as in C; otherwise -1 stands for it."""
    names = [argument.get_name() for argument in function.get_arguments()]
    at, count = names.index("length") + has_self, len(names) + has_self

    @functools.wraps(function)
    def call(*arguments, **named):
        if "length" not in named and len(arguments) + len(named) < count:
            arguments = (*arguments[:at], -1, *arguments[at:])
        return function(*arguments, **named)
    return call


def _extend_lengths(owner, names):
    for name in names:
        function = getattr(owner, name)
        is_method = function.is_method()
        call = _with_optional_length(function, is_method)
        setattr(owner, name, call if is_method or owner is Machtype else staticmethod(call))


def _extend_enumeration(cls, function):
    cls.__str__ = lambda self: function(self)
    # f"{value}" would print the number.
    cls.__format__ = lambda self, spec: format(function(self), spec)


@contextlib.contextmanager
def _transaction(self):
    """with store.transaction (): everything is written, or (after an exception) nothing is."""
    self.begin()
    try:
        yield self
    except BaseException:
        self.rollback()
        raise
    self.commit()


def _continuing(method):
    """A function that returns nothing continues, as a loop does; only False stops."""
    @functools.wraps(method)
    def call(self, *arguments):
        *others, func = arguments
        return method(self, *others, func and (lambda *items: func(*items) is not False))
    return call


_extend_name(Machtype.Name)
for _name, _text in VALUES.items():
    _extend_value(getattr(Machtype, _name), _text)
for _name, _names in LENGTHS.items():
    _extend_lengths(getattr(Machtype, _name) if _name else Machtype, _names)
for _name, _prefix in ENUMERATIONS.items():
    _extend_enumeration(getattr(Machtype, _name), getattr(Machtype, _prefix + "_to_string"))
Machtype.Store.transaction = _transaction
for _cls, _name in ((Machtype.Store, "foreach"), (Machtype.Store, "foreach_unset"),
                    (Machtype.Store, "foreach_matching"), (Machtype.Store, "foreach_class"),
                    (Machtype.Connection, "foreach_status"), (Machtype.Recorder, "run")):
    setattr(_cls, _name, _continuing(getattr(_cls, _name)))
