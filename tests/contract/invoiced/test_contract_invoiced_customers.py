"""Invoiced: customers, and what is stored of what they are sent with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.documented("invoiced.customer.name")
def test_a_customer_needs_a_name(account: Account) -> None:
    """A customer without a name is refused."""
    assert (400, "name") == refused(lambda: account.sdk.Customer.create(type="person"))


@pytest.mark.unconfirmed
def test_names_are_not_unique(account: Account) -> None:
    """Two customers may have one name."""
    name = account.new("Ada")

    assert account.customer(name=name)["id"] != account.customer(name=name)["id"]


@pytest.mark.documented("invoiced.name.length")
@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_name_has_1_to_255_characters(name: str, account: Account) -> None:
    """An empty name and one of 256 characters are refused."""
    assert (400, "name") == refused(lambda: account.customer(name=name))


#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": int,
    "object": str,
    "number": str,
    "autopay": bool,
    "autopay_delay_days": int,
    "country": str,
    "metadata": dict,
    "taxes": list,
    "created_at": int,
    "updated_at": int,
    "statement_url": str,
}


@pytest.mark.recorded("invoiced.customer.shape")
def test_a_customer_shows(account: Account) -> None:
    """A new customer has these keys, with values of these types."""
    made = account.customer()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.recorded("invoiced.customer.number")
def test_a_number_is_given(account: Account) -> None:
    """A customer without a number is given one of the form CUST-00001."""
    word, digits = account.customer()["number"].split("-")

    assert ("CUST", 5) == (word, len(digits))


@pytest.mark.recorded("invoiced.create.stamps")
def test_a_new_customer_was_not_updated(account: Account) -> None:
    """A new customer has the same created_at and updated_at."""
    made = account.customer()

    assert made["created_at"] == made["updated_at"]


@pytest.mark.recorded("invoiced.currency.lower")
def test_currencies_are_lower_case(account: Account) -> None:
    """A currency is stored in lower case."""
    assert "nok" == account.read(account.customer(currency="NOK"))["currency"]


@pytest.mark.documented
def test_a_customer_is_a_company(account: Account) -> None:
    """A customer without a type is a company."""
    assert "company" == account.customer()["type"]


@pytest.mark.documented
def test_a_customer_can_be_a_person(account: Account) -> None:
    """A customer can be of the type person."""
    assert "person" == account.customer(type="person")["type"]


@pytest.mark.unconfirmed("invoiced.customer.type-wider")
@pytest.mark.parametrize("kind", ["government", "non_profit"])
def test_a_customer_can_be_more(kind: str, account: Account) -> None:
    """A customer can be of these types, which the documentation lacks."""
    assert kind == account.customer(type=kind)["type"]


@pytest.mark.unconfirmed("invoiced.customer.type")
def test_an_unknown_type_is_refused(account: Account) -> None:
    """A customer of another type is refused."""
    assert (400, "type") == refused(lambda: account.customer(type="robot"))


@pytest.mark.unconfirmed("invoiced.customer.email-normalised")
def test_emails_are_normalised(account: Account) -> None:
    """An email is trimmed, and stored in lower case."""
    made = account.customer(email=" Ada@Example.COM ")

    assert "ada@example.com" == account.read(made)["email"]


@pytest.mark.unconfirmed("invoiced.customer.email-checked")
def test_an_email_is_checked(account: Account) -> None:
    """A text that is no email address is refused."""
    assert (400, "email") == refused(lambda: account.customer(email="ada"))


@pytest.mark.unconfirmed("invoiced.customer.country")
def test_countries_are_upper_case(account: Account) -> None:
    """A country is stored in upper case."""
    assert "NO" == account.customer(country="no")["country"]


@pytest.mark.unconfirmed("invoiced.customer.language")
def test_languages_are_lower_case(account: Account) -> None:
    """A language is stored in lower case."""
    assert "de" == account.customer(language="DE")["language"]


@pytest.mark.unconfirmed("invoiced.currency.checked")
def test_an_unknown_currency_has_no_param(account: Account) -> None:
    """A currency outside ISO 4217 is refused, without the name of the parameter."""
    assert (400, None) == refused(lambda: account.customer(currency="xyz"))


@pytest.mark.unconfirmed("invoiced.body.empty-text")
def test_an_empty_text_is_null(account: Account) -> None:
    """An empty text in a field that can be null is stored as null."""
    made = account.customer(notes="Pays late")
    made.save(notes="")

    assert account.read(made)["notes"] is None


@pytest.mark.unconfirmed("invoiced.body.value-misfit")
def test_a_text_is_no_number(account: Account) -> None:
    """A value of the wrong type is refused, and its parameter named."""
    assert (400, "phone") == refused(lambda: account.customer(phone=7))


@pytest.mark.unconfirmed("invoiced.body.unknown-keys")
def test_unknown_keys_are_ignored(account: Account) -> None:
    """An unknown key is ignored, without a word."""
    assert "shoe_size" not in account.customer(shoe_size=43)


@pytest.mark.unconfirmed("invoiced.body.blocked-keys")
@pytest.mark.parametrize("key", ["created_at", "updated_at"])
def test_computed_keys_are_refused(key: str, account: Account) -> None:
    """A time stamp in a body is refused."""
    assert 400 == refused(lambda: account.customer(**{key: 1}))[0]


# Numbers


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_numbers_are_unique(account: Account) -> None:
    """A number that another customer has is refused."""
    number = account.customer(number=account.new("N"))["number"]

    assert (400, "number") == refused(lambda: account.customer(number=number))


@pytest.mark.unconfirmed("invoiced.number.text")
@pytest.mark.parametrize("number", [7, "x" * 33])
def test_a_number_is_a_short_text(number: object, account: Account) -> None:
    """A number that is no text, or has 33 characters, is refused."""
    assert (400, "number") == refused(lambda: account.customer(number=number))


# Edits


@pytest.mark.documented
def test_an_edit_is_partial(account: Account) -> None:
    """A PATCH leaves alone what it does not name."""
    made = account.customer(phone="123")
    made.save(name=account.new("Bo"))

    assert "123" == account.read(made)["phone"]


@pytest.mark.unconfirmed("invoiced.patch.bumps")
def test_an_edit_without_a_change_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH that changes nothing moves updated_at."""
    made = account.customer()
    before = made["updated_at"]
    later(2)
    made.save(name=made["name"])

    assert before < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.patch.bumps", "invoiced.body.unknown-keys")
def test_an_edit_of_an_unknown_key_bumps(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH whose only key is ignored moves updated_at."""
    made = account.customer()
    before = made["updated_at"]
    later(2)
    made.save(shoe_size=43)

    assert before < account.read(made)["updated_at"]


@pytest.mark.unconfirmed("invoiced.patch.empty")
def test_an_empty_edit_does_not_bump(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH with an empty body leaves updated_at alone."""
    made = account.customer()
    later(2)
    account.raw.patch(f"/customers/{made['id']}", json={})

    assert made["updated_at"] == account.read(made)["updated_at"]


@pytest.mark.unconfirmed
def test_a_customers_edit_leaves_its_invoices(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of a customer leaves updated_at of its invoices alone."""
    customer = account.customer()
    invoice = account.invoice(customer=customer["id"])
    later(2)
    customer.save(phone="123")

    assert invoice["updated_at"] == account.read(invoice)["updated_at"]


@pytest.mark.documented
def test_the_currency_can_be_edited(account: Account) -> None:
    """A customer's currency can be edited at any time."""
    made = account.customer(currency="usd")
    made.save(currency="eur")

    assert "eur" == account.read(made)["currency"]


# The end of a customer


@pytest.mark.documented("invoiced.record.unknown")
def test_a_deleted_customer_is_gone(account: Account) -> None:
    """A deleted customer answers 404."""
    made = account.customer()
    number = made["id"]
    made.delete()

    assert 404 == refused(lambda: account.sdk.Customer.retrieve(number))[0]


@pytest.mark.unconfirmed("invoiced.customer.kept")
def test_a_customer_with_an_invoice_stays(account: Account) -> None:
    """A customer with a draft is not deleted."""
    customer = account.customer()
    account.invoice(customer=customer["id"], draft=True)

    assert (400, None) == refused(customer.delete)


@pytest.mark.unconfirmed("invoiced.customer.inactive")
def test_an_inactive_customer_gets_no_invoice(account: Account) -> None:
    """An invoice for an inactive customer is refused."""
    customer = account.customer(active=False)["id"]

    assert (400, "customer") == refused(lambda: account.invoice(customer=customer))


@pytest.mark.unconfirmed("invoiced.customer.credit-hold")
def test_a_customer_on_hold_gets_no_invoice(account: Account) -> None:
    """An invoice for a customer on credit hold is refused."""
    customer = account.customer(credit_hold=True)["id"]

    assert (400, "total") == refused(lambda: account.invoice(customer=customer))
