"""The fields of a resource, as the calls of Invoiced need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from dataflow.twin import resource
from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import (
    RefusalError,
    name_param,
    refuse_blocked,
    refuse_unknown,
)
from dataflow.twin.messages import Json
from dataflow.twin.resource import Field, Filter, Sent, Type, unread

_IS = frozenset({"is"})
#: How filters and orders compare a field; booleans are numbers.
TEXT, NUMBER = Filter(types.text, _IS), Filter(types.quantity, _IS)

#: What the vendor adds to a record, and its lists compare.
STAMPS = tuple(
    resource.fields(
        unread, "id created_at updated_at", sent=Sent.NEVER, stored=False, filter=NUMBER
    )
)


class Fields(resource.Fields):
    """The fields of one kind of records; its list is sorted by what filters compare.

    A creation without a required field is refused with the behaviour `required`. A
    `strict` kind refuses unknown fields with that behaviour; others ignore them.
    """

    def __init__(
        self,
        kind: str,
        *every: Field,
        required: Behaviour | None = None,
        missing: str = "{} is missing",
        strict: Behaviour | None = None,
    ) -> None:
        super().__init__(*every)
        self._kind = kind
        self._required = required
        self._missing = missing
        self._strict = strict

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Return the names that a client can send."""
        hidden = (Sent.BLOCKED, Sent.NEVER)
        return _names(each for each in self.all if each.sent not in hidden)

    @cached_property
    def built(self) -> frozenset[str]:
        """Return the names that a client can send and that have their effect here."""
        unbuilt = _names(each for each in self.all if each.type is types.not_built)
        return self.parameters - unbuilt

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Return the names that only a creation sets."""
        return _names(each for each in self.all if each.sent is Sent.CREATE)

    @cached_property
    def first(self) -> Record:
        """Return the values that a new record has unless others are sent."""
        return {each.name: each.default for each in self.all if each.stored}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Return the names that no answer shows."""
        return _names(each for each in self.all if not each.shown)

    @cached_property
    def unique(self) -> Mapping[str, Behaviour]:
        """Return the fields whose values no other record has, and what refuses one."""
        return {each.name: each.unique for each in self.all if each.unique}

    def check(self, account: Account, body: Mapping[str, Json]) -> None:
        """Refuse blocked fields, and unknown ones if the kind is strict."""
        refuse_blocked(body, self._blocked, self._kind)
        if self._strict is not None:
            refuse_unknown(body, self.parameters, self._strict)
        elif not body.keys() <= self.parameters:
            account.cite(b.KEYS_IGNORED)

    def read_new(self, account: Account, body: Mapping[str, Json]) -> Record:
        """Return the values to store of a creation."""
        for name in self._needed:
            if self._required and body.get(name) is None:
                message = self._missing.format(name_param(name))
                raise RefusalError(message, self._required, param=name)
        given = {k: v for k, v in body.items() if (k, v) not in self._nulls}
        return types.read(account, given, self._of_creation)

    def read_edit(self, account: Account, body: Mapping[str, Json]) -> Record:
        """Return the values to store of an edit."""
        return types.read(account, body, self._of_edit)

    @cached_property
    def _blocked(self) -> frozenset[str]:
        return _names(each for each in self.all if each.sent is Sent.BLOCKED)

    @cached_property
    def _needed(self) -> list[str]:
        return [each.name for each in self.all if each.required]

    @cached_property
    def _nulls(self) -> list[tuple[str, Json]]:
        return [(each.name, None) for each in self.all if each.defaulted]

    @cached_property
    def _of_creation(self) -> Mapping[str, Type]:
        return _readers(self.of("create"))

    @cached_property
    def _of_edit(self) -> Mapping[str, Type]:
        return _readers(self.of("update"))


def _names(every: Iterable[Field]) -> frozenset[str]:
    return frozenset(each.name for each in every)


def _readers(every: Iterable[Field]) -> Mapping[str, Type]:
    return {each.name: each.type for each in every if each.type is not unread}
