"""Customers of the Invoiced twin."""

from __future__ import annotations

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.twin.invoiced.calling import JSON, Raw, refused, rests_on

#: The keys of a customer that the real service answered with.
RECORDED_KEYS = """
    ach_gateway ach_gateway_id active address1 address2 attention_to autopay
    autopay_delay_days avalara_entity_use_code avalara_exemption_number bill_to_parent
    cc_gateway cc_gateway_id chase chasing_cadence city consolidated convenience_fee
    country created_at credit_hold credit_limit currency email id language
    late_fee_schedule late_fee_schedule_id metadata name network_connection
    network_connection_id next_chase_step notes number object owner parent_customer
    payment_source payment_terms phone postal_code sign_up_page sign_up_url state
    statement_pdf_url statement_url tax_id taxable taxes type updated_at
"""


def test_a_customer_needs_a_name_and_nothing_else(
    invoiced_client: invoiced.Client,
) -> None:
    """A customer is created from its name alone."""
    customer = invoiced_client.Customer.create(name="Acme")

    assert "Acme" == customer["name"]


def test_a_customer_has_the_recorded_keys(invoiced_client: invoiced.Client) -> None:
    """A customer has the keys of the recorded one, no more and no less."""
    customer = invoiced_client.Customer.create(name="Acme")

    assert set(RECORDED_KEYS.split()) == set(customer)


def test_keys_are_sorted(invoiced_raw: Raw) -> None:
    """The keys of an answer come in alphabetical order."""
    keys = list(invoiced_raw("POST", "/customers", json={"name": "Acme"}).json())

    assert sorted(keys) == keys


def test_a_customer_defaults_to_the_recorded_values(
    invoiced_client: invoiced.Client,
) -> None:
    """What a new customer does not say is as it was on the recorded one."""
    customer = invoiced_client.Customer.create(name="Acme")

    expected: dict[str, object] = {
        "active": True,
        "autopay_delay_days": -1,
        "currency": None,
        "metadata": {},
        "number": "CUST-00001",
        "taxes": [],
        "type": "company",
    }
    assert expected == {key: customer[key] for key in expected}


def test_a_new_customer_bears_the_time_of_the_clock(
    invoiced_client: invoiced.Client,
) -> None:
    """A new customer has the same created_at and updated_at, in seconds."""
    customer = invoiced_client.Customer.create(name="Acme")

    assert (START, START) == (customer["created_at"], customer["updated_at"])


def test_ids_are_numbers_of_seven_digits(invoiced_client: invoiced.Client) -> None:
    """The first customer gets the first id."""
    assert 1_000_001 == invoiced_client.Customer.create(name="Acme")["id"]


def test_an_id_is_never_used_again(invoiced_client: invoiced.Client) -> None:
    """A deleted customer's id is not given to the next one."""
    gone = invoiced_client.Customer.create(name="Acme")
    first = gone["id"]
    gone.delete()

    assert first + 1 == invoiced_client.Customer.create(name="Again")["id"]


def test_ids_go_on_after_a_reset(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """A reset empties the account and leaves the sequence of ids alone."""
    first = invoiced_client.Customer.create(name="Acme")["id"]
    invoiced_twin.reset()

    assert first + 1 == invoiced_client.Customer.create(name="Acme")["id"]


def test_a_reset_empties_the_account(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """After a reset there is no customer."""
    invoiced_client.Customer.create(name="Acme")
    invoiced_twin.reset()

    assert [] == invoiced_client.Customer.list()[0]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 7}, "name"),
        ({"name": "Acme", "type": "charity"}, "type"),
        ({"name": "Acme", "type": None}, "type"),
        ({"name": "Acme", "type": ["person"]}, "type"),
        ({"name": "Acme", "email": "nobody"}, "email"),
        ({"name": "Acme", "email": "a@b.example, c@d.example"}, "email"),
        ({"name": "Acme", "currency": "xyz"}, None),
        ({"name": "Acme", "country": "XX"}, "country"),
        ({"name": "Acme", "language": "english"}, "language"),
        ({"name": "Acme", "number": 7}, "number"),
        ({"name": "Acme", "number": ""}, "number"),
        ({"name": "Acme", "number": "x" * 33}, "number"),
        ({"name": "Acme", "autopay": True}, "autopay"),
        ({"name": "Acme", "taxable": "maybe"}, "taxable"),
        ({"name": "Acme", "phone": 7}, "phone"),
        ({"name": "Acme", "owner": "me"}, "owner"),
        ({"name": "Acme", "credit_limit": "much"}, "credit_limit"),
        ({"name": "Acme", "credit_limit": 10**12}, "credit_limit"),
        ({"name": "Acme", "taxes": [1]}, "taxes"),
        ({"name": "Acme", "updated_at": 1}, None),
        ({"name": "Acme", "object": "customer"}, None),
        ({"name": "Acme", "statement_pdf_url": None}, None),
    ],
)
def test_a_customer_that_does_not_fit_is_refused(
    invoiced_client: invoiced.Client, sent: dict[str, object], param: str | None
) -> None:
    """A wrong value answers 400 with the field at fault, if it has one."""
    answer = refused(lambda: invoiced_client.Customer.create(**sent))

    assert (400, param) == answer


@pytest.mark.parametrize(
    ("field", "sent", "stored"),
    [
        ("email", "  Jim@Acme.Example ", "jim@acme.example"),
        ("email", "", None),
        ("currency", "EUR", "eur"),
        ("country", "de", "DE"),
        ("country", None, "US"),
        ("language", "EN", "en"),
        ("notes", "", None),
        ("credit_limit", 10.0, 10),
        ("number", None, "CUST-00001"),
        ("type", "government", "government"),
        ("type", "person", "person"),
        ("taxable", 0, False),
    ],
)
def test_a_value_is_normalised(
    invoiced_client: invoiced.Client, field: str, sent: object, stored: object
) -> None:
    """What is stored is not always spelt as it was sent."""
    customer = invoiced_client.Customer.create(name="Acme", **{field: sent})

    assert stored == customer[field]


def test_a_whole_amount_has_no_point(invoiced_raw: Raw) -> None:
    """A number that is whole is answered without a decimal point."""
    body = '{"name": "Acme", "credit_limit": 10.0}'

    answer = invoiced_raw("POST", "/customers", data=body, headers=JSON)

    assert '"credit_limit":10,' in answer.text


def test_names_are_not_unique(invoiced_client: invoiced.Client) -> None:
    """Two customers can have one name and one email address."""
    twins = [
        invoiced_client.Customer.create(name="Acme", email="a@acme.example")
        for _ in range(2)
    ]

    assert twins[0]["id"] != twins[1]["id"]


def test_unknown_keys_are_ignored(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """A key that no customer has leaves no trace but the note that it was met."""
    customer = invoiced_client.Customer.create(name="Acme", shoe_size=43)

    assert "shoe_size" not in customer
    assert rests_on(invoiced_twin, b.KEYS_IGNORED)


def test_an_id_cannot_be_chosen(invoiced_client: invoiced.Client) -> None:
    """An id in a new customer is ignored."""
    assert 1_000_001 == invoiced_client.Customer.create(name="Acme", id=5)["id"]


@pytest.mark.parametrize("again", ["A-1", "a-1", " A-1 "])
def test_a_number_is_unique(invoiced_client: invoiced.Client, again: str) -> None:
    """A number that is taken, in any case of letters, answers 400."""
    invoiced_client.Customer.create(name="Acme", number="A-1")

    answer = refused(lambda: invoiced_client.Customer.create(name="B", number=again))

    assert (400, "number") == answer


def test_a_given_number_steps_over_a_chosen_one(
    invoiced_client: invoiced.Client,
) -> None:
    """The sequence of numbers leaves out what is taken."""
    invoiced_client.Customer.create(name="Acme", number="CUST-00001")

    assert "CUST-00002" == invoiced_client.Customer.create(name="B")["number"]


def test_a_refused_customer_uses_no_number(invoiced_client: invoiced.Client) -> None:
    """A refused creation leaves the sequence of numbers alone."""
    refused(lambda: invoiced_client.Customer.create(name="Acme", email="nobody"))

    assert "CUST-00001" == invoiced_client.Customer.create(name="B")["number"]


def test_a_number_can_be_spelt_anew(invoiced_client: invoiced.Client) -> None:
    """A customer can keep its own number in another case."""
    customer = invoiced_client.Customer.create(name="Acme", number="a-1")
    customer.save(number="A-1")

    assert "A-1" == customer["number"]


def test_an_edited_number_frees_the_old_one(invoiced_client: invoiced.Client) -> None:
    """The number that a customer gives up can be taken by another."""
    invoiced_client.Customer.create(name="Acme", number="A-1").save(number="A-2")

    assert "A-1" == invoiced_client.Customer.create(name="B", number="A-1")["number"]


def test_an_edit_takes_no_other_number(invoiced_client: invoiced.Client) -> None:
    """A PATCH to another customer's number answers 400."""
    invoiced_client.Customer.create(name="Acme", number="A-1")
    other = invoiced_client.Customer.create(name="B")

    assert (400, "number") == refused(lambda: other.save(number="A-1"))


def test_a_number_cannot_be_unset(invoiced_client: invoiced.Client) -> None:
    """A PATCH of the number to null answers 400."""
    customer = invoiced_client.Customer.create(name="Acme")

    assert (400, "number") == refused(lambda: customer.save(number=None))


def test_an_edit_is_partial(invoiced_client: invoiced.Client) -> None:
    """A PATCH leaves alone what it does not name."""
    customer = invoiced_client.Customer.create(name="Acme", email="a@acme.example")
    customer.save(name="Acme Ltd")

    read = invoiced_client.Customer.retrieve(customer["id"])
    assert ("Acme Ltd", "a@acme.example") == (read["name"], read["email"])


def test_an_edit_is_all_or_nothing(invoiced_client: invoiced.Client) -> None:
    """A PATCH with one wrong value changes nothing."""
    customer = invoiced_client.Customer.create(name="Acme")
    refused(lambda: customer.save(name="Acme Ltd", email="nobody"))

    assert "Acme" == invoiced_client.Customer.retrieve(customer["id"])["name"]


def test_an_edit_can_empty_a_field(invoiced_client: invoiced.Client) -> None:
    """A PATCH to null empties what can be empty."""
    customer = invoiced_client.Customer.create(name="Acme", email="a@acme.example")
    customer.save(email=None)

    assert customer["email"] is None


@pytest.mark.parametrize(
    "change",
    [{"name": "Other"}, {"name": "Acme"}, {"shoe_size": 43}, {"metadata": {}}],
)
def test_an_edit_moves_updated_at(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    change: dict[str, object],
) -> None:
    """A PATCH with any key moves updated_at, also if nothing changes."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_clock.advance(5)
    customer.save(**change)

    assert START + 5 == customer["updated_at"]


def test_an_edit_leaves_created_at(
    invoiced_client: invoiced.Client, invoiced_clock: ManualClock
) -> None:
    """A PATCH does not move created_at."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_clock.advance(5)
    customer.save(name="Other")

    assert START == customer["created_at"]


def test_an_empty_edit_moves_nothing(
    invoiced_client: invoiced.Client, invoiced_clock: ManualClock, invoiced_raw: Raw
) -> None:
    """A PATCH with an empty body leaves updated_at alone."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_clock.advance(5)
    answer = invoiced_raw("PATCH", f"/customers/{customer['id']}", json={})

    assert (200, START) == (answer.status_code, answer.json()["updated_at"])


@pytest.mark.parametrize(
    "field",
    ["created_at", "object", "sign_up_url", "statement_pdf_url", "updated_at"],
)
def test_a_computed_field_cannot_be_edited(
    invoiced_client: invoiced.Client, field: str
) -> None:
    """A PATCH of what the service computes answers 400 without a param."""
    customer = invoiced_client.Customer.create(name="Acme")

    assert (400, None) == refused(lambda: customer.save(**{field: None}))


def test_a_deleted_customer_is_gone(invoiced_client: invoiced.Client) -> None:
    """A deleted customer answers 404, like one that never was."""
    customer = invoiced_client.Customer.create(name="Acme")
    identifier = customer["id"]
    customer.delete()

    answer = refused(lambda: invoiced_client.Customer.retrieve(identifier))

    assert (404, None) == answer


def test_a_deleted_customer_frees_its_number(invoiced_client: invoiced.Client) -> None:
    """The number of a deleted customer can be taken."""
    invoiced_client.Customer.create(name="Acme", number="A-1").delete()

    assert "A-1" == invoiced_client.Customer.create(name="B", number="A-1")["number"]


@pytest.mark.parametrize("body", [{"draft": True}, {"items": [{"unit_cost": 5}]}])
def test_a_customer_with_an_invoice_is_kept(
    invoiced_client: invoiced.Client, body: dict[str, object]
) -> None:
    """A customer with any invoice, be it a draft, cannot be deleted."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_client.Invoice.create(customer=customer["id"], **body)

    assert (400, None) == refused(customer.delete)


def test_a_customer_with_a_voided_invoice_is_kept(
    invoiced_client: invoiced.Client,
) -> None:
    """A customer whose only invoice is voided cannot be deleted."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_client.Invoice.create(
        customer=customer["id"], items=[{"unit_cost": 5}]
    ).void()

    assert (400, None) == refused(customer.delete)


def test_a_customer_without_its_invoices_can_go(
    invoiced_client: invoiced.Client,
) -> None:
    """A customer whose invoices are all deleted can be deleted."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_client.Invoice.create(customer=customer["id"], draft=True).delete()

    assert customer.delete()
