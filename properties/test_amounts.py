"""Amounts: decimals of the currency in Invoiced, minor units in Chargebee."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataflow.iso_codes import CURRENCIES
from dataflow.sync.errors import MappingError
from dataflow.sync.values import to_major, to_minor
from properties.values import Held

#: Counted whole by Chargebee (documented).
WHOLE = ("JPY", "KRW", "XAF", "XOF")

#: Counted in hundredths (documented), though two of them have thousandths.
HUNDREDTHS = ("USD", "EUR", "GBP", "NOK", "KWD", "BHD")

CODES = st.sampled_from(sorted(CURRENCIES)).flatmap(
    lambda code: st.sampled_from([code, code.upper()])
)
MINOR = st.integers(-(10**14), 10**14)


def ways_to_write(amount: Decimal) -> st.SearchStrategy[Held]:
    """Return an amount as JSON, and a program that reads JSON, may have it."""
    return st.sampled_from(
        [amount, str(amount), f"{amount:f}", Decimal(f"{amount:f}0")]
    )


@given(minor=MINOR, code=CODES)
def test_what_chargebee_counts_comes_back(minor: int, code: str) -> None:
    """Minor units, told in Invoiced, are the same minor units again."""
    assert minor == to_minor(to_major(minor, code), code)


@given(minor=MINOR, code=st.sampled_from(HUNDREDTHS), data=st.data())
def test_an_amount_in_hundredths(minor: int, code: str, data: st.DataObject) -> None:
    """Two decimals fit, however they are written, and come back."""
    amount = Decimal(f"{minor}e-2")
    counted = to_minor(data.draw(ways_to_write(amount)), code)

    assert (minor, amount) == (counted, to_major(counted, code))


@given(whole=MINOR, code=st.sampled_from(WHOLE), zeros=st.integers(0, 3))
def test_an_amount_without_decimals(whole: int, code: str, zeros: int) -> None:
    """A currency without decimals is counted in its own units, and comes back."""
    amount = Decimal(f"{whole}.{'0' * zeros}")
    counted = to_minor(amount, code)

    assert (whole, amount) == (counted, to_major(counted, code))


@given(
    whole=MINOR,
    places=st.integers(1, 4),
    last=st.integers(1, 9),
    code=st.sampled_from(WHOLE + HUNDREDTHS),
)
@example(whole=10, places=1, last=5, code="JPY")
@example(whole=1, places=3, last=4, code="KWD")
def test_more_decimals_than_fit_are_refused(
    whole: int, places: int, last: int, code: str
) -> None:
    """An amount that Chargebee cannot count is refused by its name, never rounded."""
    places += 0 if code in WHOLE else 2
    amount = Decimal(f"{whole}.{last:0>{places}}")
    with pytest.raises(MappingError) as error:
        to_minor(amount, code)

    assert f"{amount} {code}" in str(error.value)


@given(digits=st.integers(-(10**34), 10**34), places=st.integers(-3, 6), code=CODES)
def test_no_amount_is_rounded(digits: int, places: int, code: str) -> None:
    """However many digits an amount has, it comes back the same unless refused."""
    amount = Decimal(f"{digits}e{-places}")
    try:
        back = to_major(to_minor(amount, code), code)
    except MappingError as error:
        back = amount if str(amount) in str(error) else Decimal("NaN")

    assert amount == back


@given(
    amount=st.sampled_from(["ten", "", "nan", "-inf", "1,50", None, [], {}])
    | st.booleans(),
    code=CODES,
)
def test_what_is_no_amount_is_refused(amount: Held, code: str) -> None:
    """What is no amount is refused by its name."""
    with pytest.raises(MappingError) as error:
        to_minor(amount, code)

    assert repr(amount) in str(error.value)
