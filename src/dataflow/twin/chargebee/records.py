"""Records as the vendor shows them, and how sent values change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from dataflow.twin.chargebee.params import Values
from dataflow.twin.wire import Json

#: One object of the API. What is absent is left out, as in recorded answers.
Record: TypeAlias = "dict[str, Json]"


def string(record: Mapping[str, Json], name: str) -> str:
    """Return a text of a record, or an empty one if the record has none."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def number(record: Mapping[str, Json], name: str) -> int:
    """Return a whole number of a record, or zero if the record has none."""
    value = record.get(name)
    return value if isinstance(value, int) else 0


def objects(record: Mapping[str, Json], name: str) -> list[Record]:
    """Return a list of objects inside of a record, or none if the record has none."""
    value = record.get(name)
    inner = value if isinstance(value, list) else []
    return [each for each in inner if isinstance(each, dict)]


def is_deleted(record: Record) -> bool:
    """Tell whether a record is a deleted one; the catalog says so by its status."""
    return record.get("deleted") is True or record.get("status") == "deleted"


def changed(record: Record, values: Values, first: Record) -> Record:
    """Return the record with these values; None empties, back to the `first` value."""
    filled = dropped({**record, **values})
    return {**first, **filled}


def dropped(record: Record) -> Record:
    """Return the record without what is None."""
    return {name: value for name, value in record.items() if value is not None}
