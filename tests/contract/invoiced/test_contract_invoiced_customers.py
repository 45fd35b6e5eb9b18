"""Invoiced: customers, what is stored of what they are sent with, and their end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

unconfirmed, documented = pytest.mark.unconfirmed, pytest.mark.documented
BYTES = unconfirmed("invoiced.body.length-in-bytes")
EMAIL = unconfirmed("invoiced.customer.email-checked")
CAST = unconfirmed("invoiced.body.value-cast")
MISFIT = unconfirmed("invoiced.body.value-misfit")
BLOCKED = unconfirmed("invoiced.body.blocked-keys")


@cases(
    "sent, param",
    [
        ({"type": "person"}, "name", documented("invoiced.customer.name")),
        ({"name": None}, "name", documented("invoiced.customer.name")),
        ({"name": ""}, "name", documented("invoiced.name.length")),
        ({"name": "x" * 256}, "name", documented("invoiced.name.length")),
        ({"name": "é" * 128}, "name", BYTES),
        ({"name": "A", "number": "é" * 17}, "number", BYTES),
        ({"name": "A", "payment_terms": "é" * 128}, "payment_terms", BYTES),
        ({"name": 7}, "name", MISFIT),
        ({"name": "A", "type": "robot"}, "type", unconfirmed("invoiced.customer.type")),
        ({"name": "A", "type": None}, "type", unconfirmed("invoiced.customer.type")),
        ({"name": "A", "type": ["person"]}, "type", MISFIT),
        ({"name": "A", "email": "nobody"}, "email", EMAIL),
        ({"name": "A", "email": "a@b.example, c@d.example"}, "email", EMAIL),
        ({"name": "A", "email": "a@acme"}, "email", EMAIL),
        ({"name": "A", "email": "x@ä.no"}, "email", EMAIL),
        ({"name": "A", "email": "é@acme.example"}, "email", EMAIL),
        ({"name": "A", "email": "a..b@acme.example"}, "email", EMAIL),
        ({"name": "A", "email": "a@acme_co.example"}, "email", EMAIL),
        ({"name": "A", "email": "a" * 65 + "@acme.example"}, "email", EMAIL),
        (
            {"name": "A", "currency": "xyz"},
            None,
            unconfirmed("invoiced.currency.checked"),
        ),
        (
            {"name": "A", "country": "XX"},
            "country",
            unconfirmed("invoiced.customer.country"),
        ),
        ({"name": "A", "language": "english"}, "language", MISFIT),
        ({"name": "A", "language": "ée"}, "language", MISFIT),
        ({"name": "A", "number": 7}, "number", unconfirmed("invoiced.number.text")),
        ({"name": "A", "number": ""}, "number", unconfirmed("invoiced.number.text")),
        (
            {"name": "A", "number": "x" * 33},
            "number",
            unconfirmed("invoiced.number.text"),
        ),
        (
            {"name": "A", "autopay": True},
            "autopay",
            unconfirmed("invoiced.autopay.refused"),
        ),
        ({"name": "A", "taxable": None}, "taxable", MISFIT),
        ({"name": "A", "phone": ["7"]}, "phone", MISFIT),
        ({"name": "A", "owner": "me"}, "owner", MISFIT),
        ({"name": "A", "credit_limit": 10**12}, "credit_limit", MISFIT),
        ({"name": "A", "statement_pdf_url": None}, None, BLOCKED),
    ],
)
def test_a_customer_that_does_not_fit_is_refused(
    sent: Record, param: str | None, account: Account
) -> None:
    """A wrong value answers 400 with the field at fault, if it has one."""
    assert (400, param) == refused(account.sdk.Customer.create, **sent)


@cases(
    "field, sent, stored",
    {
        "email": (
            "email",
            "  Jim@Acme.Example ",
            "jim@acme.example",
            unconfirmed("invoiced.customer.email-normalised"),
        ),
        "longest-local-part": (
            "email",
            "a" * 64 + "@acme.example",
            "a" * 64 + "@acme.example",
            EMAIL,
        ),
        "odd-email": ("email", "o'hara+1@a-b.example", "o'hara+1@a-b.example", EMAIL),
        "empty-email": ("email", "", None, unconfirmed("invoiced.body.empty-text")),
        "currency": (
            "currency",
            "EUR",
            "eur",
            pytest.mark.recorded("invoiced.currency.lower"),
        ),
        "country": ("country", "de", "DE", unconfirmed("invoiced.customer.country")),
        "language": ("language", "EN", "en", unconfirmed("invoiced.customer.language")),
        "empty-notes": ("notes", "", None, unconfirmed("invoiced.body.empty-text")),
        "amount": ("credit_limit", 10.0, 10, unconfirmed),
        "company": ("type", "company", "company", documented),
        "person": ("type", "person", "person", documented),
        "government": (
            "type",
            "government",
            "government",
            unconfirmed("invoiced.customer.type-wider"),
        ),
        "non-profit": (
            "type",
            "non_profit",
            "non_profit",
            unconfirmed("invoiced.customer.type-wider"),
        ),
        "one": ("credit_hold", 1, True, CAST),
        "yes": ("credit_hold", " Yes ", True, CAST),
        "on": ("credit_hold", "on", True, CAST),
        "true-as-text": ("credit_hold", "true", True, CAST),
        "zero": ("taxable", 0, False, CAST),
        "false-as-text": ("taxable", "false", False, CAST),
        "maybe": ("taxable", "maybe", False, CAST),
        "two": ("taxable", 2, False, CAST),
        "list": ("taxable", [1], False, CAST),
        "number-as-text": ("credit_limit", "100.50", 100.5, CAST),
        "number-in-front": ("credit_limit", "7 nok", 7, CAST),
        "no-number": ("credit_limit", "much", 0, CAST),
        "whole-number": ("autopay_delay_days", "3.9", 3, CAST),
        "id-as-text": ("parent_customer", "12", 12, CAST),
        "text-of-a-number": ("phone", 5550100, "5550100", CAST),
        "text-of-a-boolean": ("notes", True, "1", CAST),
        "four-bytes": ("notes", "😀", "😀", unconfirmed("invoiced.body.four-bytes")),
        "two-bytes": ("language", "é", "é", unconfirmed("invoiced.customer.language")),
    },
)
def test_a_value_is_normalised(
    field: str, sent: object, stored: object, account: Account
) -> None:
    """What is stored is not always spelt as it was sent, neither new nor edited."""
    new, edited = account.customer(**{field: sent}), account.customer()
    edited.save(**{field: sent})

    assert [stored] * 2 == [account.read(each)[field] for each in (new, edited)]


@pytest.mark.recorded("invoiced.customer.shape")
def test_a_customer_defaults_to_the_recorded_values(account: Account) -> None:
    """What a new customer does not say is as it was on the recorded one."""
    expected: Record = {
        "active": True,
        "autopay_delay_days": -1,
        "currency": None,
        "metadata": {},
        "taxes": [],
        "type": "company",
    }

    assert expected == {key: account.customer()[key] for key in expected}


@pytest.mark.unconfirmed
def test_names_are_not_unique(account: Account) -> None:
    """Two customers may have one name and one email address."""
    name = account.new("Ada")
    both = [account.customer(name=name, email="a@acme.example") for _ in range(2)]

    assert both[0]["id"] != both[1]["id"]


# Numbers


@pytest.mark.recorded("invoiced.customer.number")
@pytest.mark.parametrize("sent", [{}, {"number": None}])
def test_a_number_is_given(sent: Record, account: Account) -> None:
    """A customer without a number is given one of the form CUST-00001."""
    word, digits = account.customer(**sent)["number"].split("-")

    assert ("CUST", 5) == (word, len(digits))


@pytest.mark.unconfirmed("invoiced.number.taken")
@pytest.mark.parametrize(
    "spell", [str, str.lower, "{} ".format, lambda number: number.replace("é", "E")]
)
def test_numbers_are_unique(spell: Callable[[str], str], account: Account) -> None:
    """A taken number is refused, whatever its case, accents and blanks at the end."""
    number = account.customer(number=account.new("Né"))["number"]
    other = account.customer()

    assert [(400, "number")] * 2 == [
        refused(account.customer, number=spell(number)),
        refused(other.save, number=spell(number)),
    ]


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_a_blank_in_front_makes_another_number(account: Account) -> None:
    """A number with a blank in front of it is another number."""
    number = account.customer(number=account.new("N"))["number"]

    assert f" {number}" == account.customer(number=f" {number}")["number"]


@pytest.mark.unconfirmed("invoiced.number.taken")
def test_a_number_can_be_spelt_anew(account: Account) -> None:
    """A customer can keep its own number in another case."""
    number = account.new("n")
    made = account.customer(number=number)
    made.save(number=number.upper())

    assert number.upper() == account.read(made)["number"]


@pytest.mark.unconfirmed("invoiced.number.taken")
@pytest.mark.parametrize("end", ["edit", "delete"])
def test_a_former_number_is_free(end: str, account: Account) -> None:
    """A number that a customer gives up, or that is deleted with it, can be taken."""
    number = account.new("N")
    made = account.customer(number=number)
    if end == "edit":
        made.save(number=account.new("N"))
    else:
        made.delete()

    assert number == account.customer(number=number)["number"]


@pytest.mark.unconfirmed("invoiced.number.text")
def test_a_number_cannot_be_unset(account: Account) -> None:
    """A PATCH of the number to null answers 400."""
    assert (400, "number") == refused(account.customer().save, number=None)


# Edits


@pytest.mark.documented
def test_an_edit_is_partial(account: Account) -> None:
    """A PATCH leaves alone what it does not name."""
    made = account.customer(phone="123")
    name = account.new("Bo")
    made.save(name=name)
    now = account.read(made)

    assert (name, "123") == (now["name"], now["phone"])


@pytest.mark.unconfirmed
def test_an_edit_is_all_or_nothing(account: Account) -> None:
    """A PATCH with one wrong value changes nothing."""
    made = account.customer()
    name = made["name"]
    refused(made.save, name="Acme Ltd", email="nobody")

    assert name == account.read(made)["name"]


@pytest.mark.documented
@pytest.mark.parametrize(
    ("field", "before", "after"),
    [("currency", "usd", "eur"), ("email", "a@b.no", None)],
)
def test_a_field_can_be_edited(
    field: str, before: str, after: str | None, account: Account
) -> None:
    """A customer's currency can be edited at any time, and an email emptied."""
    made = account.customer(**{field: before})
    made.save(**{field: after})

    assert after == account.read(made)[field]


@pytest.mark.unconfirmed
def test_a_customers_edit_leaves_its_invoices(
    account: Account, later: Callable[[float], None]
) -> None:
    """A PATCH of a customer's currency leaves its invoices as they are."""
    customer = account.customer()
    invoice = account.invoice(customer=customer["id"])
    later(2)
    customer.save(currency="eur")

    assert invoice == account.read(invoice)


# The end of a customer


@pytest.mark.unconfirmed("invoiced.customer.kept")
@pytest.mark.parametrize("state", ["draft", "issued", "voided"])
def test_a_customer_with_an_invoice_stays(state: str, account: Account) -> None:
    """A customer with any invoice, be it a draft or voided, is not deleted."""
    customer = account.customer()
    invoice = account.invoice(customer=customer["id"], draft=state == "draft")
    if state == "voided":
        invoice.void()

    assert (400, None) == refused(customer.delete)


@pytest.mark.unconfirmed("invoiced.customer.kept")
def test_a_customer_without_its_invoices_can_go(account: Account) -> None:
    """A customer whose invoices are all deleted can be deleted."""
    customer = account.customer()
    account.invoice(customer=customer["id"], draft=True).delete()

    assert customer.delete()
