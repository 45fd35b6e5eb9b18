"""The currencies of a site: added, changed, and asked for when used.

A real site keeps a currency for ever, so none is added there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.twin.chargebee import ChargebeeTwin
from tests.cases import cases
from tests.contract.chargebee.site import Record, Site, refused, taken, unknown, wrong

RATE = {"forex_type": "manual", "manual_exchange_rate": "1.1"}
CHF = {"currency_code": "CHF", "forex_type": "auto"}


def test_a_currency_can_be_added(site: Site) -> None:
    """A site is given another currency, which it lists last."""
    made = site.sdk.Currency.create({"currency_code": "CHF", **RATE}).currency.raw_data

    assert (made, "1.1") == (site.rows("currency")[-1], made["manual_exchange_rate"])


def test_a_currency_can_be_changed(site: Site) -> None:
    """A currency at the rate of the day shows no rate of its own."""
    site.sdk.Currency.update("cur_EUR", RATE)
    site.sdk.Currency.update("cur_EUR", {"forex_type": "auto"})

    known = site.read({"object": "currency", "id": "cur_EUR"})
    assert ("auto", False) == (known["forex_type"], "manual_exchange_rate" in known)


@cases(
    "params, answer",
    {
        "taken": ({"currency_code": "EUR"}, taken("currency_code")),
        "small-letters": ({"currency_code": "chf"}, wrong("currency_code")),
        "no-type": ({"forex_type": ""}, wrong("forex_type")),
        "no-rate": ({"forex_type": "manual"}, wrong("manual_exchange_rate")),
        "no-number": ({"manual_exchange_rate": "much"}, wrong("manual_exchange_rate")),
    },
)
def test_an_odd_currency_is_refused(
    site: Site, params: Record, answer: tuple[int, str, str]
) -> None:
    """A currency needs a code that is new, and a rate if it does not follow the day."""
    assert answer == refused(site.sdk.Currency.create, {**CHF, **params})


def test_an_unknown_currency_is_not_found(site: Site) -> None:
    """A currency that the site has not answers 404."""
    assert unknown() == refused(site.sdk.Currency.retrieve, "cur_CHF")


USES = {
    "invoice": lambda site: site.invoice(currency_code="CHF"),
    "item_price": lambda site: site.make("item_price", currency_code="CHF"),
    "customer": lambda site: site.customer(preferred_currency_code="CHF"),
    "changed-customer": lambda site: site.update(
        site.customer(), preferred_currency_code="CHF"
    ),
}


@pytest.fixture
def strict(site: Site, twin: ChargebeeTwin) -> Site:
    """Return a site that takes the currencies that it lists, and no other."""
    twin.switches.enabled_currencies_only = True
    return site


@cases("use", USES)
def test_a_currency_must_be_enabled(
    strict: Site, use: Callable[[Site], Record]
) -> None:
    """A strict site takes a currency only once it was added."""
    answer = refused(use, strict)
    strict.sdk.Currency.create(CHF)

    assert (400, "param_wrong_value", "currency_code") == (
        *answer[:2],
        str(answer[2]).removeprefix("preferred_"),
    )
    assert "CHF" in use(strict).values()


def test_letters_do_not_disable_a_currency(strict: Site) -> None:
    """A strict site takes a listed currency in small letters, as it was sent."""
    assert "nok" == strict.invoice(currency_code="nok")["currency_code"]
