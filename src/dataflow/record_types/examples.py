"""Example values of the properties that a document lists, by pair of names or type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One value in the spelling of each side, as the feature shows it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Values of one property: of a new record, after each edit, of the neighbour.

    `given` states whether a record is created with the value; otherwise the value
    follows from the record itself.
    """

    first: Example
    edited_left: Example
    edited_right: Example
    neighbour: Example
    given: bool = True


#: Currencies that the features use, in the spelling of each side.
EUR, GBP, JPY, USD = (
    Example(code, code.upper()) for code in ("eur", "gbp", "jpy", "usd")
)

_CURRENCIES = Examples(
    first=EUR, edited_left=GBP, edited_right=USD, neighbour=JPY, given=False
)
_ITS = Example("its customer", "its customer")
_ANOTHER = Example("another customer", "another customer")
_REFERENCES = Examples(_ITS, _ANOTHER, _ANOTHER, _ITS, given=False)


def _plain(first: str, left: str, right: str, neighbour: str) -> Examples:
    return Examples(
        Example(first, first),
        Example(left, left),
        Example(right, right),
        Example(neighbour, neighbour),
    )


_BY_PAIR = {
    ("currency", "currency_code"): _CURRENCIES,
    ("currency", "preferred_currency_code"): _CURRENCIES,
    ("customer", "customer_id"): _REFERENCES,
    ("email", "email"): _plain(
        "first@example.com", "second@example.com", "third@example.com", "n@example.com"
    ),
}
_BY_TYPE = {
    "string": _plain("First", "Second", "Third", "Neighbour"),
    "integer": _plain("1", "2", "3", "4"),
    "float": _plain("1.5", "2.5", "3.5", "4.5"),
    "boolean": _plain("true", "false", "false", "true"),
}


def find_examples(left: str, right: str, value_type: str) -> Examples | None:
    """Return values to try a pair of properties with, None where none are known."""
    return _BY_PAIR.get((left, right), _BY_TYPE.get(value_type))
