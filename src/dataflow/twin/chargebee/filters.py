"""Conditions of a list: `field[operator]=operand`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dataflow.twin.behaviours import Touched
from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import RefusalError, wrong_value
from dataflow.twin.chargebee.forms import Form, listed
from dataflow.twin.chargebee.params import flag, moment, text, whole
from dataflow.twin.chargebee.records import Record
from dataflow.twin.wire import Json

Operands: TypeAlias = tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """How a filter's operand is read, and which operators it has."""

    read: Callable[[str, str], Json]
    operators: frozenset[str]


def _filter(read: Callable[[str, str], Json], *operators: str) -> Filter:
    return Filter(read, frozenset(operators))


#: The kinds of filters of the vendor's SDK, with their operators.
ID = _filter(text(4000), "is", "is_not", "starts_with", "in", "not_in")
TEXT = _filter(text(4000), "is", "is_not", "starts_with", "is_present")
WORD = _filter(text(4000), "is", "is_not", "in", "not_in", "is_present")
FLAG = _filter(flag, "is", "is_present")
MOMENT = _filter(moment, "after", "before", "on", "between", "is_present")
NUMBER = _filter(
    whole(), "is", "is_not", "lt", "lte", "gt", "gte", "between", "is_present"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a listed record fulfils."""

    field: str
    operator: str
    operands: Operands

    def holds(self, record: Record) -> bool:
        """Tell whether the record fulfils it."""
        return _TESTS[self.operator](record.get(self.field), self.operands)


def conditions(
    form: Form, filters: Mapping[str, Filter], touched: Touched
) -> list[Condition]:
    """Return what a query asks of records; unknown filters are ignored: unconfirmed."""
    found = []
    for field, group in form.items():
        for operator, operand in _operators(group).items():
            kind = filters.get(field)
            if kind is None or operator not in kind.operators:
                touched.touch(behaviours.UNKNOWN_FILTER)
                continue
            _note(operator, touched)
            operands = _operands(f"{field}[{operator}]", operator, operand, kind)
            found.append(Condition(field, operator, operands))
    return found


def _operators(group: str | Form) -> Form:
    # A filter without an operator is like an unknown one.
    return group if isinstance(group, dict) else {"": group}


def _note(operator: str, touched: Touched) -> None:
    if operator in {"after", "before"}:
        touched.touch(behaviours.AFTER_EXCLUSIVE)
    if operator == "on":
        touched.touch(behaviours.ON_IS_THE_SECOND)


def _operands(name: str, operator: str, given: str | Form, kind: Filter) -> Operands:
    if isinstance(given, dict):
        raise wrong_value(name, "is not a single value", behaviours.FILTER_REFUSED)
    read = flag if operator == "is_present" else kind.read
    try:
        return tuple(read(name, each) for each in _each(name, operator, given))
    except RefusalError as error:
        raise wrong_value(name, str(error), behaviours.FILTER_REFUSED) from None


def _each(name: str, operator: str, given: str) -> list[str]:
    if operator not in {"in", "not_in", "between"}:
        return [given]
    values = listed(given)
    ends = 2
    if values is None or (operator == "between" and len(values) != ends):
        raise wrong_value(name, f"{given} is not a list", behaviours.FILTER_REFUSED)
    return values


def _starts(value: Json, operands: Operands) -> bool:
    return isinstance(value, str) and value.startswith(str(operands[0]))


def _compares(holds: Callable[[int, int], bool]) -> Callable[[Json, Operands], bool]:
    def test(value: Json, operands: Operands) -> bool:
        bound = operands[0]
        if not (isinstance(value, int) and isinstance(bound, int)):
            return False
        return holds(value, bound)

    return test


def _between(value: Json, operands: Operands) -> bool:
    low, high = operands
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    return isinstance(value, int) and low <= value <= high


#: Third parties measured that `after` and `before` leave their own second out.
_TESTS: Mapping[str, Callable[[Json, Operands], bool]] = {
    "is": lambda value, operands: value == operands[0],
    "is_not": lambda value, operands: value != operands[0],
    "on": lambda value, operands: value == operands[0],
    "in": lambda value, operands: value in operands,
    "not_in": lambda value, operands: value not in operands,
    "starts_with": _starts,
    "after": _compares(lambda value, bound: value > bound),
    "before": _compares(lambda value, bound: value < bound),
    "gt": _compares(lambda value, bound: value > bound),
    "lt": _compares(lambda value, bound: value < bound),
    "gte": _compares(lambda value, bound: value >= bound),
    "lte": _compares(lambda value, bound: value <= bound),
    "between": _between,
    "is_present": lambda value, operands: (value is not None) == operands[0],
}
