"""Read the types of the parameters that a request holds."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import INVALID, RefusalError, missing, wrong_value
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.messages import Json, decode_pairs, open_group
from dataflow.twin.resource import Field

#: One object of the API, without absent properties, as in recorded answers.
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
    """Return a list of objects in a record, or an empty one if the record has none."""
    value = record.get(name)
    inner = value if isinstance(value, list) else []
    return [each for each in inner if isinstance(each, dict)]


def is_deleted(record: Record) -> bool:
    """Return whether a record is deleted, which the catalog shows by the status."""
    return record.get("deleted") is True or record.get("status") == "deleted"


def apply_changes(record: Record, values: Values, first: Record) -> Record:
    """Return the record with these values; None empties, back to the `first` value."""
    return {**first, **drop_fields({**record, **values})}


def drop_fields(record: Record) -> Record:
    """Return the record without the properties that are None."""
    return {name: value for name, value in record.items() if value is not None}


#: Decoded parameters: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`.
Form: TypeAlias = "dict[str, str | Form]"

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])*)")


def decode_body(body: bytes) -> tuple[tuple[str, str], ...]:
    """Decode a form; a body that cannot be decoded is refused with 400: unconfirmed."""
    try:
        return decode_pairs(body.decode())
    except ValueError:
        text = "The body is not percent-encoded UTF-8"
        raise RefusalError(400, INVALID, text, behaviours.UNREADABLE) from None


def nest_pairs(pairs: Iterable[tuple[str, str]]) -> Form:
    """Nest pairs by brackets (`lines[amount][0]`: sdk); the last equal key wins."""
    form: Form = {}
    for key, value in pairs:
        *groups, name = _split_key(key)
        open_group(form, groups)[name] = value
    return form


def _split_key(key: str) -> list[str]:
    match = _KEY.fullmatch(key) if "[" in key else None  # the usual case is plain
    if match is None:
        return [key]
    return [match[1], *re.findall(r"\[([^\[\]]+)\]", match[2])]


def parse_list(text: str) -> list[str] | None:
    """Read `["a","b"]` or `[1,2]` (documented), or `['a', 'b']` (sdk), or None.

    Connectors also send `[a, b]`, without quotes.
    """
    values = _parse_literal(text)
    if values is None and _BARE_LIST.fullmatch(text):
        return [each.strip() for each in text[1:-1].split(",")]
    if not isinstance(values, list):
        return None
    if not all(isinstance(value, str | int) for value in values):
        return None
    return [str(value) for value in values]


_BARE_LIST = re.compile(r"\[[^\[\]'\",]+(,[^\[\]'\",]+)*\]")


def _parse_literal(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


#: Decoded parameters; None empties a property.
Values: TypeAlias = dict[str, Json]

_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
# A longer number is in milliseconds: the vendor's own schemas ask for ten digits.
_MOMENT = re.compile(r"[0-9]{1,10}")


def read(form: Form, table: Mapping[str, Field], evidence: EvidenceLog) -> Values:
    """Return the decoded parameters of a call; an empty string becomes None."""
    if not form.keys() <= table.keys():
        evidence.cite(behaviours.UNKNOWN_PARAMETER)
    for param in table.values():
        if param.required and form.get(param.name, "") == "":
            raise missing(param.name)
    return {
        name: _read_value(table[name], given)
        for name, given in form.items()
        if name in table
    }


def _read_value(param: Field, given: str | Form) -> Json:
    if given != "":
        return param.type(param.name, given)
    if param.kept:
        raise wrong_value(param.name, "cannot be blank", behaviours.NOT_EMPTIED)
    return None


def _read_scalar(name: str, given: str | Form) -> str:
    if isinstance(given, dict):
        raise wrong_value(name, "is not a single value")
    return given


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most so many characters."""

    longest: int

    def __call__(self, name: str, given: str | Form) -> str:
        """Decode one value."""
        value = _read_scalar(name, given)
        if len(value) > self.longest:
            raise wrong_value(name, f"cannot be longer than {self.longest} characters")
        return value


@dataclass(frozen=True, slots=True)
class Currency(Text):
    """The code of a currency, which has to be enabled for the site."""

    longest: int = 3


@dataclass(frozen=True, slots=True)
class Checked(Text):
    """A text that a test accepts; `{}` in the refusal stands for the text."""

    is_valid: Callable[[str], object]
    refusal: str

    def __call__(self, name: str, given: str | Form) -> str:
        """Decode one value."""
        value = Text.__call__(self, name, given)
        if not self.is_valid(value):
            raise wrong_value(name, self.refusal.format(value))
        return value


#: An address of at most 70 characters, as in the vendor's schemas.
EMAIL = Checked(70, _MAIL.fullmatch, "is not a valid email address")


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between two ends."""

    least: int | None = None
    most: int | None = None

    def __call__(self, name: str, given: str | Form) -> int:
        """Decode one value."""
        value = _read_scalar(name, given)
        if _WHOLE.fullmatch(value) is None:
            raise wrong_value(name, f"{value} is not a whole number")
        if self.least is not None and int(value) < self.least:
            raise wrong_value(name, f"cannot be less than {self.least}")
        if self.most is not None and int(value) > self.most:
            raise wrong_value(name, f"cannot be more than {self.most}")
        return int(value)


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number between two ends."""

    least: float
    most: float

    def __call__(self, name: str, given: str | Form) -> float:
        """Decode one value."""
        value = _read_scalar(name, given)
        if _DECIMAL.fullmatch(value) is None:
            raise wrong_value(name, f"{value} is not a number")
        if not self.least <= float(value) <= self.most:
            raise wrong_value(name, f"is not between {self.least} and {self.most}")
        return float(value)


#: Documented: the greatest amount in cents, and with the feature High Value Currency.
GREATEST_AMOUNT, HIGH_VALUE_AMOUNT = 2_147_483_647, 9_007_199_254_740_991


@dataclass(frozen=True, slots=True)
class Amount(Integer):
    """An amount of money in cents; a site without a feature has a lower limit."""


def find_amounts(
    fields: Iterable[Field], values: Mapping[str, Json], template: str = "{}"
) -> Iterator[tuple[str, int]]:
    """Yield the amounts among decoded parameters, with their names."""
    for field in fields:
        name, value = template.format(field.name), values.get(field.name)
        match field.type, value:
            case Amount(), int():
                yield name, value
            case Group(fields=inner), dict():
                yield from find_amounts(inner, value, f"{name}[{{}}]")
            case Rows(fields=inner), list():
                for at, row in enumerate(value):
                    if isinstance(row, dict):
                        yield from find_amounts(inner, row, f"{name}[{{}}][{at}]")


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Seconds since the epoch."""

    def __call__(self, name: str, given: str | Form) -> int:
        """Decode one value."""
        value = _read_scalar(name, given)
        if _MOMENT.fullmatch(value) is None:
            raise wrong_value(name, f"{value} is not a time in seconds")
        return int(value)


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`; in lists also `True` and `False`, which connectors send."""

    any_case: bool = False

    def __call__(self, name: str, given: str | Form) -> bool:
        """Decode one value."""
        value = _read_scalar(name, given)
        value = value.lower() if self.any_case else value
        if value not in {"true", "false"}:
            raise wrong_value(name, f"{value} is neither true nor false")
        return value == "true"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these words, which are separated by blanks."""

    words: str

    def __call__(self, name: str, given: str | Form) -> str:
        """Decode one value."""
        value, words = _read_scalar(name, given), self.words.split()
        if value not in words:
            raise wrong_value(name, f"{value} is none of {', '.join(words)}")
        return value


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object of at most 65,535 characters."""

    def __call__(self, name: str, given: str | Form) -> Json:
        """Decode one value."""
        value = Text(65_535)(name, given)
        try:
            found: Json = json.loads(
                value, parse_constant=_refuse_constant, parse_float=_read_finite
            )
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not _is_shallow(found):
            raise wrong_value(name, "is not a JSON object")
        return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _read_finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refuse_constant(digits)


def _is_shallow(value: Json, levels: int = 100) -> bool:
    # A deeper value could be decoded but not encoded again.
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value)


@dataclass(frozen=True, slots=True)
class Group:
    """A nested group of values, such as an address."""

    fields: tuple[Field, ...]

    def __call__(self, name: str, given: str | Form) -> Json:
        """Decode one value."""
        if not isinstance(given, dict):
            raise wrong_value(name, "is not a group of values")
        table = {field.name: field for field in self.fields}
        return {
            key: field.type(f"{name}[{key}]", given[key]) if given[key] else None
            for key, field in table.items()
            if key in given
        }


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects, sent attribute by attribute."""

    fields: tuple[Field, ...]

    def __call__(self, name: str, given: str | Form) -> Json:
        """Decode one value."""
        if not isinstance(given, dict):
            raise wrong_value(name, "is not a list of objects")
        table = {field.name: field for field in self.fields}
        return [_read_row(name, at, row, table) for at, row in _transpose(name, given)]


def _transpose(name: str, given: Form) -> list[tuple[int, Form]]:
    found: dict[int, Form] = {}
    for attribute, column in given.items():
        for at, value in _read_column(f"{name}[{attribute}]", column).items():
            found.setdefault(at, {})[attribute] = value
    return sorted(found.items())


def _read_column(name: str, column: str | Form) -> dict[int, str | Form]:
    if not isinstance(column, dict) or not all(map(_WHOLE.fullmatch, column)):
        raise wrong_value(name, "has no indexes")
    return {int(at): value for at, value in column.items()}


def _read_row(name: str, at: int, row: Form, table: Mapping[str, Field]) -> Json:
    for field in table.values():
        if field.required and row.get(field.name, "") == "":
            raise missing(f"{name}[{field.name}][{at}]")
    return {
        attribute: table[attribute].type(f"{name}[{attribute}][{at}]", value)
        for attribute, value in row.items()
        if attribute in table and value != ""
    }


@dataclass(frozen=True, slots=True)
class Words:
    """A list of texts, `x[0]=a&x[1]=b`."""

    longest: int

    def __call__(self, name: str, given: str | Form) -> Json:
        """Decode one value."""
        column, one = sorted(_read_column(name, given).items()), Text(self.longest)
        return [one(f"{name}[{at}]", value) for at, value in column]
