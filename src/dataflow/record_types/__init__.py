"""The record types of both vendors: the only tables to edit for another one."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.errors import FeatureError
from dataflow.record_types import chargebee, invoiced
from dataflow.record_types.model import Kind, Noun, RecordType

#: By the system's name in the document, the left one first.
_TABLES: Mapping[str, Mapping[str, RecordType]] = {
    "Invoiced": invoiced.RECORD_TYPES,
    "Chargebee": chargebee.RECORD_TYPES,
}
#: The types of records that a scenario creates: the left ones.
_CREATED = tuple(invoiced.RECORD_TYPES.values())


def find_record_type(system: str, name: str) -> RecordType:
    """Return the record type that a document names so; its nouns are those words."""
    # No plural and no article is guessed for a type without a table.
    unknown = RecordType(f'record of "{name}"', f'records of "{name}"')
    return _TABLES.get(system, {}).get(name, unknown)


def find_pair(systems: tuple[str, str], types: tuple[str, str]) -> Kind | None:
    """Return the kind of pair of two record types; None if none is known."""
    left, right = map(find_record_type, systems, types)
    is_known = systems == tuple(_TABLES) and left.kind is right.kind
    return left.kind if is_known else None


def find_noun(noun: str) -> tuple[RecordType, Noun]:
    """Return the type and the noun of a record to create, or raise `FeatureError`."""
    for record_type in _CREATED:
        for known in record_type.nouns:
            if known.name == noun:
                return record_type, known
    raise FeatureError(
        f"No record can be created for {noun!r}: the nouns are"
        f" {', '.join(known.name for t in _CREATED for known in t.nouns)}"
        f" (several: {', '.join(t.many for t in _CREATED)})."
    )


def find_singular(nouns: str) -> str:
    """Return the noun of one of these records, or raise `FeatureError`."""
    for each in _CREATED:
        if nouns.endswith(each.many):
            nouns = nouns.removesuffix(each.many) + each.one
            break
    return find_noun(nouns)[1].name


def find_by_kind(kind: Kind) -> RecordType:
    """Return Chargebee's record type of a kind of pair."""
    return next(t for t in chargebee.RECORD_TYPES.values() if t.kind is kind)
