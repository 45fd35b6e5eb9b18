"""The fields of a resource in one table: parameters, first values, filters, orders."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from dataflow.twin.evidence import Behaviour
from dataflow.twin.messages import Json

#: Decodes one value, given its name and what was sent, or refuses it.
Type: TypeAlias = Callable[[str, Any], Json]


def unread(_name: str, value: Json) -> Json:
    """Return what was sent: code reads it, or it has no effect."""
    return value


class Sent(enum.Enum):
    """The calls in which a client can send a field."""

    ALWAYS = enum.auto()
    CREATE = enum.auto()  # the field is immutable
    UPDATE = enum.auto()
    BLOCKED = enum.auto()  # refused by name
    NEVER = enum.auto()  # the vendor alone sets it


@dataclass(frozen=True, slots=True)
class Filter:
    """The type of a filter's operand, and its operators."""

    type: Type
    operators: frozenset[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource, or one parameter of a call.

    `required` holds for a creation; an update cannot empty a `kept` field. `unique` is
    the behaviour that refuses a value of another record; `reference` names the kind of
    record that the value identifies. A null in a creation stands for the default of a
    `defaulted` field. A field that is not `stored` has no first value, and one that is
    not `shown` is in no answer.
    """

    name: str
    type: Type = unread
    required: bool = False
    kept: bool = False
    sent: Sent = Sent.ALWAYS
    default: Json = None
    filter: Filter | None = None
    sort: bool = False
    unique: Behaviour | None = None
    reference: str | None = None
    defaulted: bool = False
    stored: bool = True
    shown: bool = True


def fields(type_: Type, names: str, **options: Any) -> Iterable[Field]:  # noqa: ANN401
    """Return fields that differ in their names only."""
    return [Field(name, type_, **options) for name in names.split()]


class Fields:
    """The fields of one resource, as each kind of call needs them."""

    def __init__(self, *every: Field) -> None:
        self.all = every

    @cached_property
    def created(self) -> tuple[Field, ...]:
        """Return the parameters of a creation."""
        sent = self._sent(Sent.CREATE)
        return tuple(replace(field, kept=False) for field in sent)

    @cached_property
    def updated(self) -> tuple[Field, ...]:
        """Return the parameters of an update, none of which is required."""
        sent = self._sent(Sent.UPDATE)
        return tuple(replace(field, required=False) for field in sent)

    @cached_property
    def first(self) -> dict[str, Json]:
        """Return the values that a new record has unless others are sent."""
        defaults = {field.name: field.default for field in self.all}
        return {name: value for name, value in defaults.items() if value is not None}

    @cached_property
    def filters(self) -> Mapping[str, Filter]:
        """Return the filters of the list."""
        return {field.name: field.filter for field in self.all if field.filter}

    @cached_property
    def sorts(self) -> tuple[str, ...]:
        """Return the properties by which the list can be sorted."""
        return tuple(field.name for field in self.all if field.sort)

    def _sent(self, call: Sent) -> list[Field]:
        return [field for field in self.all if field.sent in {Sent.ALWAYS, call}]
