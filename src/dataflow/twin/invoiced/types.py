"""Read the types of the fields that a request holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from dataflow.iso_codes import COUNTRIES, CURRENCIES
from dataflow.twin.evidence import Behaviour
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.account import Account, Record, is_id, parse_id
from dataflow.twin.invoiced.errors import (
    RefusalError,
    make_field_error,
    name_param,
)
from dataflow.twin.messages import Json, split_words
from dataflow.twin.resource import Type
from dataflow.twin.unbuilt import NotBuiltError


def refuse_longer(
    text: str, most: int, message: str, behaviour: Behaviour, param: str
) -> str:
    """Return a text of at most so many bytes; the service counts no characters."""
    if len(text.encode(errors="surrogatepass")) <= most:
        return text
    cause = behaviour if len(text) > most else b.LENGTH_IN_BYTES
    raise RefusalError(message, cause, param=param)


_DEFAULT_DIGITS = 2
#: Decimals of Invoiced's own table, which differs from ISO 4217 (unconfirmed).
_DIGITS = {
    **dict.fromkeys(
        split_words("bif clp djf gnf jpy kmf krw mga pyg rwf vuv xaf xof xpf"), 0
    ),
    "bhd": 3,
}
#: The currencies that have other decimals in ISO 4217.
OTHER_DIGITS = frozenset(split_words("iqd isk jod kwd lyd mga omr tnd ugx vnd"))
#: More digits than any sum of lines can have; the default of 28 is too small.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def minor(amount: Decimal | float, currency: str) -> int:
    """Return an amount of major units in minor units of the currency."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    scaled = exact.scaleb(_DIGITS.get(currency, _DEFAULT_DIGITS), _EXACT)
    return int(scaled.quantize(Decimal(1), context=_EXACT))


def major(amount: int, currency: str) -> int | float:
    """Return minor units in major units; whole amounts have no point."""
    exact = Decimal(amount).scaleb(-_DIGITS.get(currency, _DEFAULT_DIGITS), _EXACT)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def line_amount(quantity: float, unit_cost: float, currency: str) -> int:
    """Return the amount of a line in minor units."""
    cost = _EXACT.multiply(Decimal(str(quantity)), Decimal(str(unit_cost)))
    return minor(cost, currency)


def totals(record: Record) -> tuple[int, int]:
    """Return the subtotal, before all rates, and the total, in minor units."""
    currency = record["currency"]
    lines = record["items"]
    subtotal = sum(minor(line["amount"], currency) for line in lines)
    total = subtotal
    for holder in (record, *lines):
        total -= _sum_rates(holder["discounts"], currency)
        total += _sum_rates(holder["taxes"], currency)
    return subtotal, total


def _sum_rates(rates: Iterable[Record], currency: str) -> int:
    return sum(minor(rate["amount"], currency) for rate in rates)


#: The fields whose values are stored in a normal form.
_NORMALISED: Mapping[str, Behaviour] = {
    "country": b.CUSTOMER_COUNTRY,
    "currency": b.CURRENCY_LOWER,
    "email": b.CUSTOMER_EMAIL,
    "language": b.CUSTOMER_LANGUAGE,
}


def read(
    account: Account, sent: Mapping[str, Json], readers: Mapping[str, Type]
) -> Record:
    """Return the values to store of the sent fields that have a reader."""
    given: Record = {}
    for name, value in sent.items():
        reader = readers.get(name)
        if reader is not None and (reader is not not_built or not_built(name, value)):
            given[name] = reader(name, value)
    for name, value in given.items():
        if isinstance(value, str) and not value.isascii() and max(value) > "\uffff":
            account.cite(b.TEXT_OF_FOUR_BYTES)
        if value is None and sent[name] is not None:
            account.cite(b.EMPTY_IS_NULL)
        elif value != sent[name] and name in _NORMALISED:
            account.cite(_NORMALISED[name])
        elif name != "metadata" and type(value) is not type(sent[name]):
            account.cite(b.VALUE_CAST)
    return given


#: The limit of amounts, quantities and times, which also keeps sums exact.
LIMIT = 1_000_000_000_000
#: The length of a language's code.
LETTERS = 2
#: What PHP takes for an e-mail address: ASCII alone, and a domain with a dot.
_EMAIL = re.compile(
    r"(?=.{1,254}$)(?=.{1,64}@)"
    r"([a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r'|"([^"\\\t\r\n]|\\[ -~])*")'
    r"@(([a-z0-9]+(-+[a-z0-9]+)*\.)+[a-z][a-z0-9]*(-+[a-z0-9]+)*|\[[0-9a-f.:]+\])",
    re.ASCII,
)
_LEADING_NUMBER = re.compile(
    r"\s*([+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)", re.ASCII | re.IGNORECASE
)


def text(param: str, value: Json) -> Json:
    """Read a text that can be null; an empty one is null (unconfirmed).

    Numbers and booleans are stored as the database casts them to text.
    """
    if isinstance(value, dict | list):
        raise make_field_error(param, "a string")
    if isinstance(value, bool):
        value = "1" if value else ""
    return None if value is None else str(value) or None


def trimmed(param: str, value: Json) -> Json:
    """Read a text that can be null, without the spaces around it (unconfirmed)."""
    return text(param, value.strip() if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True)
class Text:
    """Texts of at most so many bytes; an `optional` one may be empty or null."""

    longest: int
    behaviour: Behaviour = b.VALUE_MISFIT
    optional: bool = True

    def __call__(self, param: str, value: Json) -> Json:
        """Read a text; an empty one is null."""
        if self.optional and (value is None or value == ""):
            return None
        field, longest = name_param(param), self.longest
        message = f"{field} must be a string between 1 and {longest} characters."
        if not isinstance(value, str) or not value:
            raise RefusalError(message, self.behaviour, param=param)
        return refuse_longer(value, longest, message, self.behaviour, param)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words, or else the refusal of a behaviour."""

    words: str
    behaviour: Behaviour

    def __call__(self, param: str, value: Json) -> Json:
        """Read one of the words."""
        if isinstance(value, str) and value in self.words.split():
            return value
        message = f"{name_param(param)} must be one of the allowed values"
        raise RefusalError(message, self.behaviour, param=param)


#: A name (documented), and the number of a customer or an invoice (unconfirmed).
NAME = Text(255, b.NAME_LENGTH, optional=False)
NUMBER = Text(32, b.NUMBER_TEXT, optional=False)


def boolean(param: str, value: Json) -> Json:
    """Read a boolean, never null; only what PHP takes for true is true."""
    if value is None:
        raise make_field_error(param, "a boolean")
    return cast_boolean(value)


def cast_boolean(value: Json) -> bool:
    """Return whether PHP's filter for booleans takes a value for true."""
    is_scalar = isinstance(value, bool | int | str)
    return is_scalar and str(value).strip().lower() in ("1", "true", "on", "yes")


def cast_number(param: str, value: Json) -> int | float:
    """Return the number that PHP casts a value to; a text counts as its beginning."""
    number: float = 0
    if isinstance(value, str):
        found = _LEADING_NUMBER.match(value)
        number = float(found[1]) if found else 0
    elif value is not None:
        number = value if isinstance(value, int | float) else bool(value)
    if not abs(number) < LIMIT:
        raise make_field_error(param, f"a number below {LIMIT}")
    return int(number) if number == int(number) else number


def integer(param: str, value: Json) -> Json:
    """Read a whole number that can be null."""
    return None if value is None else int(cast_number(param, value))


def reference(param: str, value: Json) -> Json:
    """Read the id of another record, or null."""
    if value is None:
        return None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and is_id(value)):
        return integer(param, value)
    raise make_field_error(param, "an id")


def parse_reference(sent: Json) -> int:
    """Return an id that may be sent as a text, or 0, which is no id."""
    if isinstance(sent, int) and not isinstance(sent, bool):
        return sent
    return parse_id(sent) if isinstance(sent, str) else 0


def timestamp(param: str, value: Json) -> Json:
    """Read seconds since the epoch (documented), or a date as text, never null."""
    if isinstance(value, str) and not is_numeric(value):
        return _read_date(param, value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise make_field_error(param, "a timestamp")
    return integer(param, value)


def is_numeric(text: str) -> bool:
    """Return whether PHP takes a whole text for a number."""
    return _LEADING_NUMBER.fullmatch(text.rstrip()) is not None


def optional_timestamp(param: str, value: Json) -> Json:
    """Read a timestamp that can be null; an empty text is null."""
    return None if value in (None, "") else timestamp(param, value)


def _read_date(param: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotBuiltError(f"dates in words in {param}") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def quantity(param: str, value: Json) -> Json:
    """Read any number; null is 0."""
    return cast_number(param, value)


def amount(param: str, value: Json) -> Json:
    """Read any number, in major units, that can be null."""
    return None if value in (None, "") else cast_number(param, value)


def email(param: str, value: Json) -> Json:
    """Read one email address: lower case, trimmed, can be null (unconfirmed)."""
    address = str(trimmed(param, value) or "").lower()
    if address and not (address.isascii() and _EMAIL.fullmatch(address)):
        message = "Email must be a valid email address"
        raise RefusalError(message, b.CUSTOMER_EMAIL_CHECKED, param=param)
    return address or None


def currency(_param: str, value: Json) -> Json:
    """Read a currency, in lower case (recorded); its refusal has no param."""
    code = str(value or "").lower()
    if code and code not in CURRENCIES:
        raise RefusalError(f"Invalid currency code: {value}", b.CURRENCY_CHECKED)
    return code or None


def set_currency(param: str, value: Json) -> Json:
    """Read the currency of an invoice, which cannot be unset (unconfirmed)."""
    code = currency(param, value)
    if code is None:
        message = "The currency cannot be unset."
        raise RefusalError(message, b.INVOICE_CURRENCY_UNSET, param=param)
    return code


def country(param: str, value: Json) -> Json:
    """Read a country, in upper case (unconfirmed)."""
    code = str(value or "").upper()
    if code and code not in COUNTRIES:
        message = f"Invalid country code: {value}"
        raise RefusalError(message, b.CUSTOMER_COUNTRY, param=param)
    return code or None


def language(param: str, value: Json) -> Json:
    """Read a language of two bytes, in lower case (unconfirmed)."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and len(value.encode(errors="surrogatepass")) == LETTERS:
        return value.lower()
    raise make_field_error(param, "a language of two letters")


def autopay(param: str, value: Json) -> Json:
    """Read autopay, which this account does not have (unconfirmed)."""
    if cast_boolean(value):
        message = "AutoPay is not available on this account."
        raise RefusalError(message, b.AUTOPAY_REFUSED, param=param)
    return False


def not_built(param: str, value: Json) -> Json:
    """Refuse a parameter that the twin lacks, unless it is empty."""
    if value in (None, "", [], {}):
        return None
    raise NotBuiltError(f"the parameter {param}")


def address(param: str, value: Json) -> Json:
    """Read a map of texts, or null."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise make_field_error(param, "an object")
    return {key: text(param, line) for key, line in value.items()}


def no_rates(param: str, value: Json) -> Json:
    """Read a list of tax rates, which must be empty: this twin has no rates."""
    if value in ([], None):
        return []
    if isinstance(value, list):
        raise NotBuiltError(f"tax rates in {param}")
    raise make_field_error(param, "a list")
