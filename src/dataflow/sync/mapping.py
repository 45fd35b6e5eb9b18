"""Map one property of a pair in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataflow.sync.errors import UnknownTypeError, WrongValueError
from dataflow.sync.values import (
    BooleanValue,
    Converter,
    CurrencyValue,
    CustomerValue,
    DateTextValue,
    DateValue,
    DecimalValue,
    EmailValue,
    IntegerValue,
    References,
    TimestampValue,
    Value,
)


def get_at_path(record: Mapping[str, object], path: str) -> object:
    """Return what stands at `path`; what is not there is None."""
    found: object = record
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def set_at_path(target: dict[str, object], path: str, value: object) -> None:
    """Put `value` at `path`, with the objects on the way copied or made."""
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
    """Return the top-level properties of `record` that `values`, by path, edits.

    Invoiced replaces a whole object where one is sent (unconfirmed, for metadata),
    so what else the object holds goes along.
    """
    tops = dict.fromkeys(path.partition(".")[0] for path in values if "." in path)
    body: dict[str, object] = {top: record.get(top) for top in tops}
    for path, value in values.items():
        set_at_path(body, path, value)
    return body


#: What the checklist's third column may say.
TYPES: Mapping[str, Converter] = {
    "string": Converter(),
    "integer": IntegerValue(),
    "float": DecimalValue(),
    "number": DecimalValue(),
    "boolean": BooleanValue(),
    "date": DateValue(),
    "datetime": TimestampValue(),
    "timestamp": TimestampValue(),
    # What a document shows of a rule that writes the day of a time as text.
    'datetime-format","%y-%m-%d","_."]': DateTextValue(),
}

#: Texts that the two systems spell in two ways.
SPELLINGS: Mapping[tuple[str, str], Converter] = {
    ("currency", "currency_code"): CurrencyValue(),
    ("currency", "preferred_currency_code"): CurrencyValue(),
    ("customer", "customer_id"): CustomerValue(),
    ("email", "email"): EmailValue(),
}


@dataclass(frozen=True, slots=True)
class Lens:
    """Looks at one property of a pair, from either side."""

    left: str
    right: str
    converter: Converter

    @property
    def name(self) -> str:
        """What the property is called in the memory of the sync."""
        return f"{self.left}|{self.right}"

    @property
    def refers_to(self) -> str | None:
        """Return the kind of record that the property names, if it names one."""
        return self.converter.refers_to

    def from_left(self, record: Mapping[str, object]) -> Value:
        """Return the canonical value of an Invoiced record."""
        raw = get_at_path(record, self.left)
        try:
            return self.converter.read(raw)
        except WrongValueError as error:
            raise WrongValueError(f"{self.left} in Invoiced: {error}") from None

    def from_right(self, record: Mapping[str, object], references: References) -> Value:
        """Return the canonical value of a Chargebee record."""
        raw = get_at_path(record, self.right)
        try:
            return self.converter.read_right(raw, references)
        except WrongValueError as error:
            raise WrongValueError(f"{self.right} in Chargebee: {error}") from None

    def to_left(self, value: Value) -> object:
        """Return the value as Invoiced takes it."""
        return self.converter.write_left(value)

    def to_right(self, value: Value, references: References) -> object:
        """Return the value as Chargebee takes it."""
        return self.converter.write_right(value, references)


def make_lens(left: str, right: str, type_name: str) -> Lens:
    """Return the lens for one row: two property paths and the Chargebee type.

    Raises UnknownTypeError for a type that no form stands for.
    """
    form = TYPES.get(type_name.strip().strip('"').lower())
    if form is None:
        raise UnknownTypeError(
            f"The checklist gives {left} and {right} the type {type_name!r}, which"
            f" this sync does not know: use one of {', '.join(TYPES)}."
        )
    if type(form) is Converter:
        form = SPELLINGS.get((left, right), form)
    return Lens(left, right, form)
