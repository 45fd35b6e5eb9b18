"""Forms: how a value of one type is read from and written to either system.

Every form reads both systems into one *canonical* value, so that two values agree
exactly when they are equal. Nothing (null, absent, the empty text) is None.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import ClassVar, Protocol, TypeAlias

from dataflow.mapping.errors import WrongValueError

#: What a property holds, in one spelling for both systems.
Value: TypeAlias = "bool | int | str | None"


class References(Protocol):
    """Knows which record of one system is linked to which of the other."""

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the Chargebee id linked to this Invoiced id."""
        ...

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the Invoiced id linked to this Chargebee id."""
        ...


class Form:
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


class Whole(Form):
    """Whole numbers."""

    def read(self, raw: object) -> Value:
        """Return an int; `1.0` and `"1"` are 1."""
        number = _number(raw, "whole number")
        if number is None:
            return None
        if number != number.to_integral_value():
            raise WrongValueError(f"{raw!r} is no whole number.")
        return int(number)


class Number(Form):
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


class Truth(Form):
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


class Currency(Form):
    """Currency codes: lower case in Invoiced (recorded), upper in Chargebee."""

    def read(self, raw: object) -> Value:
        """Return the code in upper case."""
        text = super().read(raw)
        return text.upper() if isinstance(text, str) else None

    def write_left(self, value: Value) -> object:
        """Return the code in lower case."""
        return value.lower() if isinstance(value, str) else None


class Email(Form):
    """Addresses, which Invoiced trims and lower-cases (unconfirmed)."""

    def read(self, raw: object) -> Value:
        """Return the address as Invoiced keeps it."""
        text = super().read(raw)
        return (text.strip().lower() or None) if isinstance(text, str) else None


class Customer(Form):
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
        if not text.isdecimal():
            raise WrongValueError(f"{text} is no customer of Invoiced.")
        return int(text)


def _number(raw: object, called: str) -> Decimal | None:
    if raw is None or raw == "":
        return None
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(raw, bool) or not number.is_finite():
        raise WrongValueError(f"{raw!r} is no {called}.")
    return number
