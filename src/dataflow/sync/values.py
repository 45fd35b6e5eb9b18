"""Convert values between the forms that the two systems use."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from typing import ClassVar, Protocol, TypeAlias

from dataflow.sync.errors import MoneyError, WrongValueError

#: ISO 4217 currencies without decimals; Chargebee names JPY, KRW, XAF and XOF
#: among its own (documented), the others follow ISO 4217 (unconfirmed).
ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF"}
    | {"UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)

#: Sums that do not come out exactly are an error, and so are absurdly large ones.
_EXACT = Context(prec=28, Emax=27, traps=[Inexact])


def to_minor(amount: object, currency: str) -> int:
    """Return `amount`, in units of `currency`, as Chargebee counts it.

    Raises MoneyError for what is no amount or has more decimals than fit.
    """
    counted = _require_exact(_EXACT.multiply, _decimal(amount), currency)
    if counted != counted.to_integral_value():
        raise MoneyError(
            f"{amount} {currency.upper()} has more decimals than Chargebee can hold:"
            " round it in Invoiced."
        )
    return int(counted)


def round_to_minor(amount: object, currency: str) -> Decimal:
    """Return `amount`, in units of `currency`, as near to it as Chargebee can hold.

    A half goes up, away from zero. Raises MoneyError for what is no amount.
    """
    per_unit = _per_unit(currency)
    counted = _decimal(amount) * per_unit
    return counted.to_integral_value(ROUND_HALF_UP) / per_unit


def to_major(amount: int, currency: str) -> Decimal:
    """Return `amount`, as Chargebee counts it, in units of `currency`.

    Raises MoneyError for more digits than can be carried.
    """
    return _require_exact(_EXACT.divide, Decimal(amount), currency)


def _require_exact(
    reckon: Callable[[Decimal, int], Decimal], amount: Decimal, currency: str
) -> Decimal:
    try:
        return reckon(amount, _per_unit(currency))
    except Inexact:
        raise MoneyError(
            f"{amount} {currency.upper()} has more digits than can be carried: correct"
            " it in Invoiced."
        ) from None


def _per_unit(currency: str) -> int:
    return 1 if currency.upper() in ZERO_DECIMAL else 100


def _decimal(amount: object) -> Decimal:
    # Through text: a float's own digits are what Invoiced showed, not its binary tail.
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite():
        raise MoneyError(f"{amount!r} is no amount of money: correct it in Invoiced.")
    return number


#: What a property holds, in one spelling for both systems.
Value: TypeAlias = "bool | int | str | None"

#: Numbers are carried exactly up to so many digits on either side of the point.
DIGITS = 28

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Unix seconds of the first and the last second that a date can be written for.
FIRST, LAST = -62_135_596_800, 253_402_300_799

#: Chargebee's times have at most ten digits and no sign (sdk).
LAST_RIGHT = 9_999_999_999

_SECONDS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class References(Protocol):
    """Knows which record of one system is linked to which of the other."""

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the Chargebee id linked to this Invoiced id."""
        ...

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id linked to this Chargebee id."""
        ...


class Converter:
    """Text, which every other form is a stricter or kinder kind of."""

    #: The kind of record that a value of this form names, if it names one.
    refers_to: ClassVar[str | None] = None

    def read(self, raw: object) -> Value:
        """Return the canonical value of what either system holds."""
        if raw is None or raw == "":
            return None
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, (str, int, Decimal)):
            return str(raw)
        raise WrongValueError(f"{raw!r} is no text, as the checklist says it is.")

    def read_right(self, raw: object, references: References) -> Value:
        """Return the canonical value of what Chargebee holds."""
        del references
        return self.read(raw)

    def write(self, value: Value) -> object:
        """Return the value as both systems take it."""
        return value

    def write_right(self, value: Value, references: References) -> object:
        """Return the value as Chargebee takes it."""
        del references
        return self.write(value)

    def write_left(self, value: Value) -> object:
        """Return the value as Invoiced takes it."""
        return self.write(value)


class IntegerValue(Converter):
    """Whole numbers."""

    def read(self, raw: object) -> Value:
        """Return an int; `1.0` and `"1"` are 1."""
        number = _number(raw, "whole number")
        if number is None:
            return None
        if number != number.to_integral_value():
            raise WrongValueError(f"{raw!r} is no whole number.")
        return int(number)


class DecimalValue(Converter):
    """Decimal numbers, canonical as their shortest text, so that nothing is lost."""

    def read(self, raw: object) -> Value:
        """Return decimal text: `1.50` and `1.5` are `"1.5"`."""
        number = _number(raw, "number")
        if number is None:
            return None
        return f"{number.normalize() + 0:f}"

    def write(self, value: Value) -> object:
        """Return a JSON number; refuse one that floating point would change."""
        if value is None:
            return None
        exact = Decimal(str(value))
        if exact == exact.to_integral_value():
            return int(exact)
        if Decimal(repr(float(exact))) != exact:
            raise WrongValueError(f"{value} has more digits than JSON carries safely.")
        return float(exact)


class BooleanValue(Converter):
    """Yes or no."""

    def read(self, raw: object) -> Value:
        """Return a bool; the texts that both APIs use for one are understood."""
        if raw is None or raw == "":
            return None
        if isinstance(raw, bool):
            return raw
        known = {"true": True, "false": False, "1": True, "0": False}
        if (text := str(raw).lower()) in known:
            return known[text]
        raise WrongValueError(f"{raw!r} is neither true nor false.")


class CurrencyValue(Converter):
    """Currency codes: lower case in Invoiced (recorded), upper in Chargebee."""

    def read(self, raw: object) -> Value:
        """Return the code in upper case; refuse what is no code of three letters."""
        text = super().read(raw)
        if text is None:
            return None
        if not re.fullmatch("[A-Za-z]{3}", str(text)):
            raise WrongValueError(f"{raw!r} is no currency code of three letters.")
        return str(text).upper()

    def write_left(self, value: Value) -> object:
        """Return the code in lower case."""
        return value.lower() if isinstance(value, str) else None


class EmailValue(Converter):
    """Addresses, which Invoiced trims and lower-cases (unconfirmed)."""

    def read(self, raw: object) -> Value:
        """Return the address as Invoiced keeps it."""
        text = super().read(raw)
        return (text.strip().lower() or None) if isinstance(text, str) else None


class CustomerValue(Converter):
    """A customer named by another record, canonical as the Invoiced id in text."""

    refers_to: ClassVar[str | None] = "customer"

    def read_right(self, raw: object, references: References) -> Value:
        """Return the Invoiced id of the linked customer.

        A customer that is linked to nobody gets a value that no Invoiced id equals.
        """
        right_id = self.read(raw)
        if right_id is None:
            return None
        left_id = references.left_of("customer", str(right_id))
        return left_id if left_id is not None else f"unlinked:{right_id}"

    def write_right(self, value: Value, references: References) -> object:
        """Return the Chargebee id of the linked customer."""
        if value is None:
            return None
        right_id = references.right_of("customer", str(value))
        if right_id is None:
            raise WrongValueError(f"Customer {value} has no counterpart in Chargebee.")
        return right_id

    def write_left(self, value: Value) -> object:
        """Return the id as the number that it is in Invoiced (recorded)."""
        text = str(value)
        if not (text.isascii() and text.isdecimal()):
            raise WrongValueError(f"{text} is no customer of Invoiced.")
        return int(text)


class TimestampValue(Converter):
    """Points in time, canonical as unix seconds, which both systems hold (documented).

    Fractions of a second are dropped, and so is the zone of a text; one without a
    zone is UTC.
    """

    def read(self, raw: object) -> Value:
        """Return whole unix seconds, of a number or of an ISO 8601 text."""
        return _seconds(raw)

    def write_right(self, value: Value, references: References) -> object:
        """Return unix seconds; refuse those that Chargebee cannot hold."""
        del references
        return _require_range(value)


class DateValue(Converter):
    """Days, canonical as `2026-01-05`, held as the second in which they begin in UTC.

    The time of day is dropped.
    """

    def read(self, raw: object) -> Value:
        """Return the day of a time in UTC."""
        seconds = _seconds(raw)
        if seconds is None:
            return None
        return (EPOCH + timedelta(seconds=seconds)).date().isoformat()

    def write(self, value: Value) -> object:
        """Return the unix seconds at which the day begins in UTC."""
        return _seconds(value)

    def write_right(self, value: Value, references: References) -> object:
        """Return the same; refuse days that Chargebee cannot hold."""
        del references
        return _require_range(value)


class DateTextValue(DateValue):
    """Days that Chargebee's side holds as text, `2026-01-05`."""

    def write_right(self, value: Value, references: References) -> object:
        """Return the day as text."""
        del references
        return value


def _seconds(raw: object) -> int | None:
    if isinstance(raw, str) and raw and not _SECONDS.fullmatch(raw):
        seconds = Decimal(_parsed(raw))
    else:
        number = _number(raw, "time")
        if number is None:
            return None
        seconds = number
    if not FIRST <= seconds < LAST + 1:
        raise WrongValueError(f"{raw!r} is no time in the years 1 to 9999.")
    return math.floor(seconds)


def _parsed(text: str) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise WrongValueError(f"{text!r} is no time.") from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return (time - EPOCH) // timedelta(seconds=1)


def _require_range(value: Value) -> Value:
    seconds = _seconds(value)
    if seconds is not None and not 0 <= seconds <= LAST_RIGHT:
        raise WrongValueError(
            f"{value} is a time before 1970 or after 2286, which Chargebee cannot hold."
        )
    return seconds


def _number(raw: object, called: str) -> Decimal | None:
    if raw is None or raw == "":
        return None
    text = str(raw)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    # Decimal reads 1_000 and digits of other scripts too, which would come back other.
    plain = text.isascii() and "_" not in text
    if isinstance(raw, bool) or not plain or not number.is_finite():
        raise WrongValueError(f"{raw!r} is no {called}.")
    if number and not _format_decimal(number):
        raise WrongValueError(f"{raw!r} has more digits than the sync carries.")
    return number


def _format_decimal(number: Decimal) -> bool:
    digits = len(number.as_tuple().digits)
    return digits <= DIGITS and abs(number.adjusted()) < DIGITS
