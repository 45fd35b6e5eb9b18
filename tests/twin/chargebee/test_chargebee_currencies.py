"""The currencies of a site: listed, added, changed, and asked for when used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.twin.chargebee.acme import Acme, Record, refused

Query = dict[str, object]


def test_a_currency_can_be_added(acme: Acme) -> None:
    """A site is given another currency, which it lists last."""
    made: Record = acme.sdk.Currency.create(
        {"currency_code": "CHF", "forex_type": "manual", "manual_exchange_rate": "1.1"}
    ).currency.raw_data

    assert (made, "1.1") == (acme.listed("Currency")[-1], made["manual_exchange_rate"])


def test_a_currency_can_be_changed(acme: Acme) -> None:
    """A currency at the rate of the day shows no rate of its own."""
    rate = {"forex_type": "manual", "manual_exchange_rate": "1.1"}
    acme.sdk.Currency.update("cur_EUR", rate)
    acme.sdk.Currency.update("cur_EUR", {"forex_type": "auto"})

    known = acme.retrieved("Currency", "cur_EUR")
    assert ("auto", False) == (known["forex_type"], "manual_exchange_rate" in known)


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"currency_code": "EUR"}, (400, "duplicate_entry", "currency_code")),
        ({"currency_code": "chf"}, (400, "param_wrong_value", "currency_code")),
        ({"forex_type": ""}, (400, "param_wrong_value", "forex_type")),
        ({"forex_type": "manual"}, (400, "param_wrong_value", "manual_exchange_rate")),
        (
            {"manual_exchange_rate": "much"},
            (400, "param_wrong_value", "manual_exchange_rate"),
        ),
    ],
)
def test_an_odd_currency_is_refused(
    acme: Acme, params: Query, answer: tuple[int, str, str]
) -> None:
    """A currency needs a code that is new, and a rate if it does not follow the day."""
    known = {"currency_code": "CHF", "forex_type": "auto"}

    assert answer == refused(lambda: acme.sdk.Currency.create({**known, **params}))


def test_an_unknown_currency_is_not_found(acme: Acme) -> None:
    """A currency that the site has not answers 404."""
    assert (404, "resource_not_found", None) == refused(
        lambda: acme.sdk.Currency.retrieve("cur_CHF")
    )


USES: list[tuple[str, Callable[[Acme], object]]] = [
    ("currency_code", lambda shop: shop.invoice(id="new", currency_code="CHF")),
    ("currency_code", lambda shop: shop.price(currency_code="CHF")),
    (
        "preferred_currency_code",
        lambda shop: shop.customer(preferred_currency_code="CHF"),
    ),
    (
        "preferred_currency_code",
        lambda shop: shop.sdk.Customer.update(
            "ada", {"preferred_currency_code": "CHF"}
        ),
    ),
]


@pytest.fixture
def strict(shop: Acme) -> Acme:
    """Serve a site that takes the currencies that it lists, and no other."""
    shop.item()
    shop.twin.switches.enabled_currencies_only = True
    return shop


@pytest.mark.parametrize(("param", "use"), USES)
def test_a_currency_must_be_enabled(
    strict: Acme, param: str, use: Callable[[Acme], object]
) -> None:
    """A strict site refuses a currency that it was not given."""
    assert (400, "param_wrong_value", param) == refused(lambda: use(strict))


@pytest.mark.parametrize(("param", "use"), USES)
def test_an_added_currency_is_enabled(
    strict: Acme, param: str, use: Callable[[Acme], object]
) -> None:
    """A strict site takes a currency once that was added."""
    strict.sdk.Currency.create({"currency_code": "CHF", "forex_type": "auto"})
    use(strict)

    assert "chargebee.currency-code.stored-as-sent" in strict.met(), param


def test_letters_do_not_disable_a_currency(strict: Acme) -> None:
    """A strict site takes a listed currency in small letters, as it was sent."""
    assert "nok" == strict.invoice(id="new", currency_code="nok")["currency_code"]
