"""Invoiced: customers, and what is stored of what they are sent with."""

from __future__ import annotations

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
