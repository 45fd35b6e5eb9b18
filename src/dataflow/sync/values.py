"""Convert values between the formats of the two systems."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from typing import Protocol, TypeAlias

from dataflow.sync.errors import MappingError

#: ISO 4217 currencies without decimals; Chargebee names JPY, KRW, XAF and XOF
#: among its own (documented), the others follow ISO 4217 (unconfirmed).
ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF"}
    | {"UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)

#: Inexact results are an error, and so are very large ones.
_EXACT = Context(prec=28, Emax=27, traps=[Inexact])


def to_minor(amount: object, currency: str) -> int:
    """Return `amount` in Chargebee's minor units, or raise MappingError."""
    counted = _require_exact(_EXACT.multiply, parse_amount(amount), currency)
    if counted != counted.to_integral_value():
        raise MappingError(
            f"{amount} {currency.upper()} has more decimals than Chargebee can hold:"
            " round it in Invoiced."
        )
    return int(counted)


def round_to_minor(amount: object, currency: str) -> Decimal:
    """Return `amount` rounded to minor units (half up), or raise MappingError."""
    per_unit = _per_unit(currency)
    counted = parse_amount(amount) * per_unit
    return counted.to_integral_value(ROUND_HALF_UP) / per_unit


def to_major(amount: int, currency: str) -> Decimal:
    """Return an amount of minor units in `currency`, or raise MappingError."""
    return _require_exact(_EXACT.divide, Decimal(amount), currency)


def _require_exact(
    compute: Callable[[Decimal, int], Decimal], amount: Decimal, currency: str
) -> Decimal:
    try:
        return compute(amount, _per_unit(currency))
    except Inexact:
        raise MappingError(
            f"{amount} {currency.upper()} has more digits than can be carried: correct"
            " it in Invoiced."
        ) from None


def _per_unit(currency: str) -> int:
    return 1 if currency.upper() in ZERO_DECIMAL else 100


def parse_amount(amount: object) -> Decimal:
    """Return an amount of money exactly, or raise MappingError."""
    # Through text: Invoiced shows a float's shortest digits, not its binary value.
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite() or not _fits(number):
        raise MappingError(f"{amount!r} is no amount of money: correct it in Invoiced.")
    return number


#: The canonical value of a property, the same for both systems.
Value: TypeAlias = "bool | int | str | None"

#: The sync keeps this many digits on either side of the decimal point exactly.
DIGITS = 28

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Unix seconds of the first and the last second that a date can express.
FIRST, LAST = -62_135_596_800, 253_402_300_799

#: Chargebee's times have at most ten digits and no sign (sdk).
LAST_RIGHT = 9_999_999_999

_SECONDS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class References(Protocol):
    """The links between the records of both systems."""

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the Chargebee id linked to this Invoiced id."""
        ...

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id linked to this Chargebee id."""
        ...


def _keep(value: Value) -> object:
    return value


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts values to canonical ones and back, or raises MappingError."""

    name: str
    read: Callable[[object], Value]
    write_left: Callable[[Value], object] = _keep
    write_right: Callable[[Value], object] = _keep
    refers_to: str | None = None


def _read_text(raw: object) -> Value:
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int, Decimal)):
        return str(raw)
    raise MappingError(f"{raw!r} is no text, as the checklist says it is.")


def _read_integer(raw: object) -> Value:
    """Return an int; `1.0` and `"1"` are 1."""
    number = _number(raw, "whole number")
    if number is None:
        return None
    if number != number.to_integral_value():
        raise MappingError(f"{raw!r} is no whole number.")
    return int(number)


def _read_decimal(raw: object) -> Value:
    """Return the shortest decimal text, which is exact: `1.50` is `"1.5"`."""
    number = _number(raw, "number")
    return None if number is None else f"{number.normalize() + 0:f}"


def _write_decimal(value: Value) -> object:
    """Return a JSON number; refuse one that a float would change."""
    if value is None:
        return None
    exact = Decimal(str(value))
    if exact == exact.to_integral_value():
        return int(exact)
    if Decimal(repr(float(exact))) != exact:
        raise MappingError(f"{value} has more digits than JSON carries safely.")
    return float(exact)


def _read_boolean(raw: object) -> Value:
    """Return a bool, also for the texts that both APIs use for it."""
    if isinstance(raw, bool):
        return raw
    if raw is None or raw == "":
        return None
    known = {"true": True, "false": False, "1": True, "0": False}
    if (text := str(raw).lower()) in known:
        return known[text]
    raise MappingError(f"{raw!r} is neither true nor false.")


def _read_currency(raw: object) -> Value:
    """Return the code in upper case; refuse one that has not three letters."""
    text = _read_text(raw)
    if text is None:
        return None
    if not re.fullmatch("[A-Za-z]{3}", str(text)):
        raise MappingError(f"{raw!r} is no currency code of three letters.")
    return str(text).upper()


def _write_currency_left(value: Value) -> object:
    return value.lower() if isinstance(value, str) else None


def _read_email(raw: object) -> Value:
    text = _read_text(raw)
    return (text.strip().lower() or None) if isinstance(text, str) else None


def _write_customer_left(value: Value) -> object:
    """Return the id as a number, as Invoiced has it (recorded)."""
    text = str(value)
    if not (text.isascii() and text.isdecimal()):
        raise MappingError(f"{text} is no customer of Invoiced.")
    return int(text)


def _read_seconds(raw: object) -> int | None:
    """Return the unix seconds of a number or of an ISO 8601 text."""
    if isinstance(raw, str) and raw and not _SECONDS.fullmatch(raw):
        seconds = Decimal(_parse_time(raw))
    else:
        number = _number(raw, "time")
        if number is None:
            return None
        seconds = number
    if not FIRST <= seconds < LAST + 1:
        raise MappingError(f"{raw!r} is no time in the years 1 to 9999.")
    return math.floor(seconds)


def _write_seconds_right(value: Value) -> object:
    seconds = _read_seconds(value)
    if seconds is not None and not 0 <= seconds <= LAST_RIGHT:
        raise MappingError(
            f"{value} is a time before 1970 or after 2286, which Chargebee cannot hold."
        )
    return seconds


def _read_day(raw: object) -> Value:
    """Return the day of a time in UTC, as `2026-01-05`."""
    seconds = _read_seconds(raw)
    if seconds is None:
        return None
    return (EPOCH + timedelta(seconds=seconds)).date().isoformat()


def _parse_time(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise MappingError(f"{text!r} is no time.") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return (time - EPOCH) // timedelta(seconds=1)


def _number(raw: object, noun: str) -> Decimal | None:
    if raw is None or raw == "":
        return None
    text = str(raw)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    # Decimal also reads 1_000 and digits of other scripts, which would be changed.
    plain = text.isascii() and "_" not in text
    if isinstance(raw, bool) or not plain or not number.is_finite():
        raise MappingError(f"{raw!r} is no {noun}.")
    if not _fits(number):
        raise MappingError(f"{raw!r} has more digits than the sync carries.")
    return number


def _fits(number: Decimal) -> bool:
    digits = len(number.as_tuple().digits)
    return not number or (digits <= DIGITS and abs(number.adjusted()) < DIGITS)


#: Canonical as the shortest text, which is exact.
_DECIMAL = Converter("decimal", _read_decimal, _write_decimal, _write_decimal)

#: Canonical as unix seconds, which both systems use (documented). Fractions of a second
#: and the zone of a text are dropped; a text without a zone is in UTC.
_TIME = Converter("time", _read_seconds, write_right=_write_seconds_right)

#: The converters of the types in the checklist's third column. A day is canonical as
#: `2026-01-05`, and stored as its first second in UTC.
TYPES: Mapping[str, Converter] = {
    "string": Converter("text", _read_text),
    "integer": Converter("integer", _read_integer),
    "float": _DECIMAL,
    "number": _DECIMAL,
    "boolean": Converter("boolean", _read_boolean),
    "date": Converter("day", _read_day, _read_seconds, _write_seconds_right),
    "datetime": _TIME,
    "timestamp": _TIME,
    # So the document shows a rule that formats a time as a day: text in Chargebee.
    'datetime-format","%y-%m-%d","_."]': Converter(
        "text day", _read_day, _read_seconds
    ),
}

_CURRENCY = Converter("currency", _read_currency, _write_currency_left)

#: The converters of texts that the two systems write differently: currencies are in
#: lower case in Invoiced (recorded), customers have ids of each system, and Invoiced
#: trims and lower-cases email addresses (unconfirmed).
SPELLINGS: Mapping[tuple[str, str], Converter] = {
    ("currency", "currency_code"): _CURRENCY,
    ("currency", "preferred_currency_code"): _CURRENCY,
    ("customer", "customer_id"): Converter(
        "customer", _read_text, _write_customer_left, refers_to="customer"
    ),
    ("email", "email"): Converter("email", _read_email),
}
