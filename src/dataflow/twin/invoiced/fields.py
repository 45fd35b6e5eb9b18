"""The fields of a resource in one table: parameters, first values, filters, orders."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import (
    RefusalError,
    name_param,
    refuse_blocked,
    refuse_unknown,
)
from dataflow.twin.invoiced.types import Reader, not_built, read
from dataflow.twin.messages import Json


class Sent(enum.Enum):
    """The calls in which a client can send a field."""

    ALWAYS = enum.auto()
    CREATE = enum.auto()  # an edit accepts it without effect
    UPDATE = enum.auto()  # a creation accepts it without effect
    BLOCKED = enum.auto()  # refused by name
    NEVER = enum.auto()  # unknown, as far as clients are concerned


class Compare(enum.Enum):
    """How filters and orders compare a field; booleans are numbers."""

    TEXT = enum.auto()
    NUMBER = enum.auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource.

    Without a reader, a field that is sent is read by code, or has no effect. `required`
    is the behaviour that refuses a creation without it; a null in a creation stands for
    the default of a `defaulted` field. A field that is not `stored` has no first value.
    """

    name: str
    read: Reader | None = None
    compare: Compare | None = None
    sent: Sent = Sent.ALWAYS
    default: Json = None
    required: Behaviour | None = None
    defaulted: bool = False
    stored: bool = True


def fields(names: str, *values: Any, **options: Any) -> Iterable[Field]:  # noqa: ANN401
    """Return fields that differ in their names only."""
    return [Field(name, *values, **options) for name in names.split()]


class Fields:
    """The fields of one kind of records.

    A `strict` kind refuses unknown fields with this behaviour; others ignore them.
    """

    def __init__(
        self, kind: str, *every: Field, strict: Behaviour | None = None
    ) -> None:
        self.all = every
        self._kind = kind
        self._strict = strict

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Return the names that a client can send."""
        hidden = (Sent.BLOCKED, Sent.NEVER)
        return frozenset(each.name for each in self.all if each.sent not in hidden)

    @cached_property
    def built(self) -> frozenset[str]:
        """Return the names that a client can send and that have their effect here."""
        unbuilt = {each.name for each in self.all if each.read is not_built}
        return self.parameters - unbuilt

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Return the names that only a creation sets."""
        return frozenset(each.name for each in self.all if each.sent is Sent.CREATE)

    @cached_property
    def first(self) -> Record:
        """Return the values that a new record has unless others are sent."""
        return {each.name: each.default for each in self.all if each.stored}

    def compared(self, how: Compare) -> frozenset[str]:
        """Return the names that filters and orders compare in this way."""
        return frozenset(each.name for each in self.all if each.compare is how)

    def check(self, account: Account, body: Mapping[str, Json]) -> None:
        """Refuse blocked fields, and unknown ones if the kind is strict."""
        refuse_blocked(body, self._blocked, self._kind)
        if self._strict is not None:
            refuse_unknown(body, self.parameters, self._strict)
        elif not body.keys() <= self.parameters:
            account.cite(b.KEYS_IGNORED)

    def read_new(self, account: Account, body: Mapping[str, Json]) -> Record:
        """Return the values to store of a creation."""
        for each in self.all:
            if each.required is not None and body.get(each.name) is None:
                message = f"{name_param(each.name)} is missing"
                raise RefusalError(message, each.required, param=each.name)
        given = {k: v for k, v in body.items() if (k, v) not in self._nulls}
        return read(account, given, self._created)

    def read_edit(self, account: Account, body: Mapping[str, Json]) -> Record:
        """Return the values to store of an edit."""
        return read(account, body, self._updated)

    @cached_property
    def _blocked(self) -> frozenset[str]:
        return frozenset(each.name for each in self.all if each.sent is Sent.BLOCKED)

    @cached_property
    def _nulls(self) -> list[tuple[str, Json]]:
        return [(each.name, None) for each in self.all if each.defaulted]

    @cached_property
    def _created(self) -> Mapping[str, Reader]:
        return self._readers(Sent.CREATE)

    @cached_property
    def _updated(self) -> Mapping[str, Reader]:
        return self._readers(Sent.UPDATE)

    def _readers(self, call: Sent) -> Mapping[str, Reader]:
        return {
            each.name: each.read
            for each in self.all
            if each.read is not None and each.sent in (Sent.ALWAYS, call)
        }
