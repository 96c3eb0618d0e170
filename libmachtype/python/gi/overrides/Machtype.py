# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python expects of values: PyGObject loads this with Machtype.

Names compare as machine types do: <, <=, > and >= raise TypeError for names of which neither is the
newer one, as Python does for values that have no order. sorted() needs an order for all: use
key=Machtype.Name.sort_key. Values that are equal are equal, and have the same hash. str() of a value
is its JSON text, of a name the name, of an enumeration its word.
"""

import contextlib
import functools

from ..module import get_introspection_module

Machtype = get_introspection_module("Machtype")

__all__ = []

# Values with a JSON text.
VALUES = ("Change", "DomainStatus", "Finding", "HistoryEntry", "Record", "RecordClass", "RecordQuery",
          "Resolution")
ENUMERATIONS = {
    "Answer": "answer", "Arch": "arch", "ArchNaming": "arch_naming", "Authority": "authority",
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


def _extend_value(cls):
    def equal(self, other):
        return cls.equal(self, other) if isinstance(other, cls) else NotImplemented

    cls.__eq__ = equal
    cls.__hash__ = getattr(cls, "hash", lambda self: hash(self.to_json()))
    cls.__str__ = cls.to_json
    cls.__repr__ = lambda self: f"<Machtype.{cls.__name__} {self.to_json()}>"


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
for _name in VALUES:
    _extend_value(getattr(Machtype, _name))
for _name, _prefix in ENUMERATIONS.items():
    _extend_enumeration(getattr(Machtype, _name), getattr(Machtype, _prefix + "_to_string"))
Machtype.Store.transaction = _transaction
for _cls, _name in ((Machtype.Store, "foreach"), (Machtype.Store, "foreach_unset"),
                    (Machtype.Store, "foreach_matching"), (Machtype.Store, "foreach_class"),
                    (Machtype.Connection, "foreach_status"), (Machtype.Recorder, "run")):
    setattr(_cls, _name, _continuing(getattr(_cls, _name)))
