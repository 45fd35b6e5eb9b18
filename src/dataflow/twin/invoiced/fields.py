"""What a field holds: one reader a type, from what was sent to what is stored.

A reader takes the field's name and the value sent. It returns the value to store, and
raises `RefusedError` for one that does not fit. That wrong types and sizes are refused
is unconfirmed, except where a field's own rule says more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from dataflow.iso_codes import COUNTRIES, CURRENCIES
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.errors import RefusedError, misfit
from dataflow.twin.invoiced.forms import FormText
from dataflow.twin.wire import Json

#: From a field's name and what was sent to what is stored.
Reader: TypeAlias = "Callable[[str, Json], Json]"

#: Beyond this no amount, quantity or moment is believed; it also keeps sums exact.
LIMIT = 1_000_000_000_000
LONGEST_NAME = 255
LONGEST_NUMBER = 32
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_LANGUAGE = re.compile(r"[a-z]{2}")


def read(sent: Mapping[str, Json], readers: Mapping[str, Reader]) -> dict[str, Json]:
    """Return what is to be stored of the fields sent; keys without reader are left."""
    return {
        name: reader(name, sent[name])
        for name, reader in readers.items()
        if name in sent
    }


def text(param: str, value: Json) -> Json:
    """Read a text that can be null; an empty one is null (unconfirmed)."""
    if value is not None and not isinstance(value, str):
        raise misfit(param, "a string")
    return value or None


def trimmed(param: str, value: Json) -> Json:
    """Read a text that can be null, without the spaces around it (unconfirmed)."""
    return text(param, value.strip() if isinstance(value, str) else value)


def short(param: str, value: Json) -> Json:
    """Read a text that can be null, of at most 32 characters (unconfirmed)."""
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        raise misfit(param, f"a string of at most {LONGEST_NUMBER} characters")
    return text(param, value)


def name(param: str, value: Json) -> Json:
    """Read a name of 1 to 255 characters (documented)."""
    if isinstance(value, str) and 1 <= len(value) <= LONGEST_NAME:
        return value
    raise RefusedError(
        "Name must be a string between 1 and 255 characters.",
        b.NAME_LENGTH,
        param=param,
    )


def number(param: str, value: Json) -> Json:
    """Read the number of a customer or an invoice: a text, never null (unconfirmed)."""
    if isinstance(value, str) and value.strip() and len(value) <= LONGEST_NUMBER:
        return value
    raise RefusedError(
        "Number must be a string between 1 and 32 characters.",
        b.NUMBER_TEXT,
        param=param,
    )


def flag(param: str, value: Json) -> Json:
    """Read true or false; 1 and 0 will do."""
    value = meant(value)
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise misfit(param, "a boolean")


def meant(value: Json) -> Json:
    """Return what a text of a form stands for, and anything else as it is."""
    return value.value() if isinstance(value, FormText) else value


def whole(param: str, value: Json) -> Json:
    """Read a whole number that can be null."""
    if value is None:
        return None
    return moment(param, value)


def moment(param: str, value: Json) -> Json:
    """Read seconds since the epoch (documented), never null."""
    value = meant(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LIMIT:
        return value
    raise misfit(param, "a whole number")


def quantity(param: str, value: Json) -> Json:
    """Read any number, never null."""
    value = meant(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise misfit(param, "a number")
    if abs(value) >= LIMIT:
        raise misfit(param, f"a number below {LIMIT}")
    return value


def amount(param: str, value: Json) -> Json:
    """Read any number, in major units, that can be null."""
    return None if value is None else quantity(param, value)


def email(param: str, value: Json) -> Json:
    """Read one email address: trimmed, lower case, can be null (unconfirmed)."""
    address = trimmed(param, value)
    if address is None:
        return None
    if not _EMAIL.fullmatch(str(address)):
        raise RefusedError(
            "Email must be a valid email address",
            b.CUSTOMER_EMAIL_CHECKED,
            param=param,
        )
    return str(address).lower()


def currency(param: str, value: Json) -> Json:
    """Read a currency, in lower case (recorded); a wrong one has no param."""
    code = text(param, value)
    if code is None:
        return None
    if str(code).lower() not in CURRENCIES:
        raise RefusedError(f"Invalid currency code: {code}", b.CURRENCY_CHECKED)
    return str(code).lower()


def set_currency(param: str, value: Json) -> Json:
    """Read the currency of an invoice, which cannot be unset (unconfirmed)."""
    code = currency(param, value)
    if code is None:
        raise RefusedError(
            "The currency cannot be unset.", b.INVOICE_CURRENCY_UNSET, param=param
        )
    return code


def country(param: str, value: Json) -> Json:
    """Read a country, in upper case (unconfirmed)."""
    code = text(param, value)
    if code is not None and str(code).upper() not in COUNTRIES:
        raise RefusedError(
            f"Invalid country code: {code}", b.CUSTOMER_COUNTRY, param=param
        )
    return None if code is None else str(code).upper()


def language(param: str, value: Json) -> Json:
    """Read a language of two letters, in lower case (unconfirmed)."""
    code = text(param, value)
    if code is not None and not _LANGUAGE.fullmatch(str(code).lower()):
        raise misfit(param, "a language of two letters")
    return None if code is None else str(code).lower()


def autopay(param: str, value: Json) -> Json:
    """Read autopay, which this account cannot do (unconfirmed)."""
    if flag(param, value):
        raise RefusedError(
            "AutoPay is not available on this account.", b.AUTOPAY_REFUSED, param=param
        )
    return False


def address(param: str, value: Json) -> Json:
    """Read a map of texts, or null."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise misfit(param, "an object")
    return {key: text(param, line) for key, line in value.items()}


def no_rates(param: str, value: Json) -> Json:
    """Read a list of tax rates, which stays empty: rates are not built here."""
    if value in ([], None):
        return []
    raise RefusedError("This twin knows no tax rates", b.INVOICE_RATES, param=param)
