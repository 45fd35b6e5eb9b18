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


class Sent(enum.StrEnum):
    """The usual operations in which a client can send a field, by name."""

    ALWAYS = "create update"
    CREATE = "create"  # the field is immutable
    UPDATE = "update"
    BLOCKED = "blocked"  # refused by name
    NEVER = ""  # the vendor alone sets it


@dataclass(frozen=True, slots=True)
class Filter:
    """The type of a filter's operand, and its operators."""

    type: Type
    operators: frozenset[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource, or one parameter of a call.

    `sent` names the operations that have it, by blanks. `required` holds for all but an
    update and a list; an update cannot empty a `kept` field. `unique` is the behaviour
    that refuses a value of another record; `reference` names the kind of record that
    the value identifies; `dropped` are the behaviours of an update without the field. A
    null in a creation stands for the default of a `defaulted` field. A field that is
    not `stored` has no first value, and one that is not `shown` is in no answer.
    """

    name: str
    type: Type = unread
    required: bool = False
    kept: bool = False
    sent: str = Sent.ALWAYS
    default: Json = None
    filter: Filter | None = None
    sort: bool = False
    unique: Behaviour | None = None
    reference: str | None = None
    dropped: tuple[Behaviour, ...] = ()
    defaulted: bool = False
    stored: bool = True
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Transition:
    """The statuses in which a call is accepted, the one that follows, the refusal."""

    sources: frozenset[str]
    target: str | None
    behaviour: Behaviour
    legacy: str | None = None


def fields(type_: Type, names: str, **options: Any) -> Iterable[Field]:  # noqa: ANN401
    """Return fields that differ in their names only."""
    return [Field(name, type_, **options) for name in names.split()]


def read_only(names: str, **options: Any) -> Iterable[Field]:  # noqa: ANN401
    """Return fields that the vendor alone sets."""
    return fields(unread, names, sent=Sent.NEVER, **options)


def first(**values: Json) -> Iterable[Field]:
    """Return fields that the vendor alone sets, with the values of a new record."""
    return [Field(name, sent=Sent.NEVER, default=values[name]) for name in values]


class Fields:
    """The fields of one resource, as each kind of call needs them."""

    def __init__(self, *every: Field) -> None:
        self.all = every

    def of(self, operation: str) -> tuple[Field, ...]:
        """Return the parameters of an operation."""
        is_partial, is_update = operation in {"update", "list"}, operation == "update"
        return tuple(
            replace(
                field,
                required=field.required and not is_partial,
                kept=field.kept and is_update,
            )
            for field in self.all
            if operation in field.sent.split()
        )

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
