"""Map one property of a pair in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.sync.errors import MappingError
from dataflow.sync.values import SPELLINGS, TYPES, Converter, References, Value


def get_at_path(record: Mapping[str, object], path: str) -> object:
    """Return the value at `path`, or None if it does not exist."""
    found: object = record
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def set_at_path(target: dict[str, object], path: str, value: object) -> None:
    """Set the value at `path`; objects on the path are copied or created."""
    first, _, rest = path.partition(".")
    if not rest:
        target[first] = value
        return
    inside = target.get(first)
    below = dict(inside) if isinstance(inside, Mapping) else {}
    set_at_path(below, rest, value)
    target[first] = below


def apply_edits(
    record: Mapping[str, object], values: Mapping[str, object]
) -> dict[str, object]:
    """Return whole objects with `values` set: Invoiced replaces them (unconfirmed)."""
    tops = dict.fromkeys(path.partition(".")[0] for path in values if "." in path)
    body: dict[str, object] = {top: record.get(top) for top in tops}
    for path, value in values.items():
        set_at_path(body, path, value)
    return body


@dataclass(frozen=True, slots=True)
class Lens:
    """One property of a pair, readable and writable on both sides."""

    left: str
    right: str
    converter: Converter

    @property
    def name(self) -> str:
        """Return the name of the property in the state file."""
        return f"{self.left}|{self.right}"

    @property
    def refers_to(self) -> str | None:
        """Return the kind of record that the property refers to, if any."""
        return self.converter.refers_to

    def from_left(self, record: Mapping[str, object]) -> Value:
        """Return the canonical value of an Invoiced record."""
        return self._read(record, self.left, "Invoiced")

    def from_right(self, record: Mapping[str, object], references: References) -> Value:
        """Return the canonical value; an unlinked reference equals no Invoiced id."""
        value = self._read(record, self.right, "Chargebee")
        if self.refers_to is None or value is None:
            return value
        left_id = references.left_of(self.refers_to, str(value))
        return f"unlinked:{value}" if left_id is None else left_id

    def to_left(self, value: Value) -> object:
        """Return the value in Invoiced's format."""
        return self.converter.write_left(value)

    def to_right(self, value: Value, references: References) -> object:
        """Return the value in Chargebee's format."""
        if self.refers_to is None or value is None:
            return self.converter.write_right(value)
        right_id = references.right_of(self.refers_to, str(value))
        if right_id is None:
            raise MappingError(f"Customer {value} has no counterpart in Chargebee.")
        return right_id

    def _read(self, record: Mapping[str, object], path: str, side: str) -> Value:
        try:
            return self.converter.read(get_at_path(record, path))
        except MappingError as error:
            raise MappingError(f"{path} in {side}: {error}") from None


def make_lens(left: str, right: str, type_name: str) -> Lens:
    """Return the lens of one row, or raise MappingError for an unknown type."""
    converter = TYPES.get(type_name.strip().strip('"').lower())
    if converter is None:
        raise MappingError(
            f"The checklist gives {left} and {right} the type {type_name!r}, which"
            f" this sync does not know: use one of {', '.join(TYPES)}."
        )
    if converter is TYPES["string"]:
        converter = SPELLINGS.get((left, right), converter)
    return Lens(left, right, converter)
