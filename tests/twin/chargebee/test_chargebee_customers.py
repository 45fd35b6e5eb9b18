"""Customers of the twin: made, changed and deleted as on a site."""

from __future__ import annotations

import json

import pytest

from dataflow.twin.clock import START
from tests.twin.chargebee.acme import Acme, refused


def test_nothing_is_required(acme: Acme) -> None:
    """A customer can be created without any property."""
    made = acme.customer()

    assert "customer" == made["object"]


def test_an_id_is_kept(acme: Acme) -> None:
    """A customer gets the id that the caller chose."""
    assert "ada" == acme.customer(id="ada")["id"]


def test_an_id_is_generated(acme: Acme) -> None:
    """A customer without an id gets one of sixteen letters and digits."""
    made = acme.customer()

    assert (16, True) == (len(made["id"]), made["id"].isalnum())


def test_generated_ids_differ(acme: Acme) -> None:
    """Two customers without an id get two ids."""
    first, second = acme.customer(), acme.customer()

    assert first["id"] != second["id"]


def test_a_generated_id_outlives_a_reset(acme: Acme) -> None:
    """An id that was generated before a reset is not generated after it."""
    before = acme.customer()["id"]
    acme.twin.reset()

    assert before != acme.customer()["id"]


def test_a_reset_empties(acme: Acme) -> None:
    """A reset leaves an empty site."""
    acme.customer()
    acme.twin.reset()

    assert [] == acme.ids("Customer")


def test_a_taken_id_is_refused(acme: Acme) -> None:
    """An id that is taken is refused as a duplicate."""
    acme.customer(id="ada")

    answer = refused(lambda: acme.customer(id="ada"))

    assert (400, "duplicate_entry", "id") == answer


def test_the_id_of_a_deleted_customer_stays_taken(acme: Acme) -> None:
    """The id of a deleted customer is refused as a duplicate."""
    acme.customer(id="ada")
    acme.sdk.Customer.delete("ada")

    answer = refused(lambda: acme.customer(id="ada"))

    assert (400, "duplicate_entry", "id") == answer


def test_what_was_created_can_be_retrieved(acme: Acme) -> None:
    """A customer is retrieved as its creation answered."""
    made = acme.customer(id="ada", first_name="Ada", email="ada@example.com")

    assert made == acme.retrieved("Customer", "ada")


def test_an_unknown_customer_is_not_found(acme: Acme) -> None:
    """A customer that never was answers 404."""
    answer = refused(lambda: acme.retrieved("Customer", "ada"))

    assert (404, "resource_not_found", None) == answer


def test_created_at_is_the_clock(acme: Acme) -> None:
    """A customer was created when the clock says."""
    acme.clock.advance(7)

    assert START + 7 == acme.customer()["created_at"]


def test_updated_at_is_the_version_in_seconds(acme: Acme) -> None:
    """A customer's updated_at is its resource_version in whole seconds."""
    acme.clock.advance(1.5)
    made = acme.customer()

    assert (START * 1000 + 1500, START + 1) == (
        made["resource_version"],
        made["updated_at"],
    )


def test_the_version_grows_while_the_clock_stands(acme: Acme) -> None:
    """Two changes in the same millisecond still have two versions."""
    made = acme.customer(id="ada")
    after = acme.sdk.Customer.update("ada", {"first_name": "Ada"}).customer.raw_data

    assert made["resource_version"] < after["resource_version"]


def test_an_update_renews_updated_at(acme: Acme) -> None:
    """An update moves updated_at to the time of the clock."""
    acme.customer(id="ada")
    acme.clock.advance(60)
    after = acme.sdk.Customer.update("ada", {"first_name": "Ada"}).customer.raw_data

    assert START + 60 == after["updated_at"]


def test_an_update_leaves_the_rest(acme: Acme) -> None:
    """An update changes what it carries, and nothing else but the version."""
    made = acme.customer(id="ada", first_name="Ada", company="Engines")
    acme.sdk.Customer.update("ada", {"company": "Looms"})
    after = acme.retrieved("Customer", "ada")

    assert {**made, "company": "Looms"} == {
        **after,
        "resource_version": made["resource_version"],
    }


def test_an_update_without_change_renews_the_version(acme: Acme) -> None:
    """An update that changes no value renews the version, which is unconfirmed."""
    acme.customer(id="ada", first_name="Ada")
    acme.sdk.Customer.update("ada", {"first_name": "Ada"})

    assert "chargebee.record.update-without-change" in acme.met()


def test_an_empty_text_empties(acme: Acme) -> None:
    """A property that is sent empty is left out of the record."""
    acme.customer(id="ada", company="Engines")
    after = acme.sdk.Customer.update("ada", {"company": None}).customer.raw_data

    assert "company" not in after


def test_an_emptied_number_falls_back(acme: Acme) -> None:
    """A property that every customer shows falls back to its first value."""
    acme.customer(id="ada", net_term_days=30)
    after = acme.sdk.Customer.update("ada", {"net_term_days": ""}).customer.raw_data

    assert 0 == after["net_term_days"]


def test_an_update_cannot_change_the_id(acme: Acme) -> None:
    """An update that carries an id leaves the id as it is."""
    acme.customer(id="ada")
    after = acme.raw.post("customers/ada", data={"id": "eve"}).json()["customer"]

    assert "ada" == after["id"]


def test_an_update_ignores_the_billing_address(acme: Acme) -> None:
    """A billing address is not changed by a plain update, which is unconfirmed."""
    acme.customer(id="ada", billing_address={"city": "London"})
    acme.raw.post("customers/ada", data={"billing_address[city]": "Paris"})

    assert "London" == acme.retrieved("Customer", "ada")["billing_address"]["city"]


def test_an_ignored_address_is_told_once(acme: Acme) -> None:
    """An update with a billing address rests on that assumption, and on no other."""
    acme.customer(id="ada")
    before = acme.met()
    acme.raw.post("customers/ada", data={"billing_address[city]": "Paris", "phone": 1})

    assert {"chargebee.customer.update-ignores-billing-info"} == acme.met() - before


def test_a_billing_address_is_shown_whole(acme: Acme) -> None:
    """A billing address is an object that says that nobody has checked it."""
    made = acme.customer(billing_address={"city": "London"})

    assert {
        "city": "London",
        "validation_status": "not_validated",
        "object": "billing_address",
    } == made["billing_address"]


def test_a_billing_address_is_changed_in_parts(acme: Acme) -> None:
    """A billing address keeps the parts that are not sent again."""
    acme.customer(id="ada", billing_address={"city": "London", "zip": "N1"})
    acme.sdk.Customer.update_billing_info("ada", {"billing_address": {"zip": "N2"}})
    address = acme.retrieved("Customer", "ada")["billing_address"]

    assert ("London", "N2") == (address["city"], address["zip"])


def test_an_emptied_billing_address_is_left_out(acme: Acme) -> None:
    """A billing address whose last part is emptied is left out."""
    acme.customer(id="ada", billing_address={"city": "London"})
    acme.sdk.Customer.update_billing_info("ada", {"billing_address": {"city": ""}})

    assert "billing_address" not in acme.retrieved("Customer", "ada")


def test_a_vat_number_has_a_call_of_its_own(acme: Acme) -> None:
    """A VAT number is changed by update_billing_info."""
    acme.customer(id="ada")
    acme.sdk.Customer.update_billing_info("ada", {"vat_number": "GB1"})

    assert "GB1" == acme.retrieved("Customer", "ada")["vat_number"]


def test_meta_data_is_json(acme: Acme) -> None:
    """JSON that was sent as meta_data comes back as it was."""
    made = acme.customer(meta_data=json.dumps({"Key": ["Å", 1, None]}))

    assert {"Key": ["Å", 1, None]} == made["meta_data"]


def test_meta_data_that_is_no_json_is_refused(acme: Acme) -> None:
    """A dict that the SDK sends in Python's notation is refused."""
    answer = refused(lambda: acme.customer(meta_data={"key": "V"}))

    assert (400, "param_wrong_value", "meta_data") == answer


def test_a_currency_code_is_stored_as_sent(acme: Acme) -> None:
    """A currency code in lower case stays in lower case."""
    made = acme.customer(preferred_currency_code="eur")

    assert "eur" == made["preferred_currency_code"]


def test_a_stored_currency_code_is_noted(acme: Acme) -> None:
    """That a currency code is stored as it was sent is noted as unconfirmed."""
    acme.customer(preferred_currency_code="eur")

    assert "chargebee.currency-code.stored-as-sent" in acme.met()


def test_a_customer_gets_the_currency_of_the_site(acme: Acme) -> None:
    """A customer without a currency gets the site's own."""
    assert "USD" == acme.customer()["preferred_currency_code"]


def test_a_deleted_customer_says_so(acme: Acme) -> None:
    """A deleted customer is retrieved as deleted, which is unconfirmed."""
    acme.customer(id="ada")
    acme.sdk.Customer.delete("ada")

    assert acme.retrieved("Customer", "ada")["deleted"] is True


def test_a_deleted_customer_is_not_changed(acme: Acme) -> None:
    """An update of a deleted customer answers 404."""
    acme.customer(id="ada")
    acme.sdk.Customer.delete("ada")

    answer = refused(lambda: acme.sdk.Customer.update("ada", {"company": "Looms"}))

    assert (404, "resource_not_found", None) == answer


def test_a_deleted_customer_takes_its_invoices_along(shop: Acme) -> None:
    """The invoices of a deleted customer are deleted."""
    shop.sdk.Customer.delete("ada")

    assert shop.retrieved("Invoice", "inv_1")["deleted"] is True


def test_a_deleted_customer_takes_its_orders_along(shop: Acme) -> None:
    """The orders of a deleted customer's invoices are deleted."""
    shop.order(id="o1")
    shop.sdk.Customer.delete("ada")

    assert shop.retrieved("Order", "o1")["deleted"] is True


def test_a_deleted_customer_leaves_the_others(shop: Acme) -> None:
    """The invoices of another customer are not deleted along."""
    shop.customer(id="eve")
    shop.invoice(id="inv_2", customer_id="eve")
    shop.sdk.Customer.delete("ada")

    assert ["inv_2"] == shop.ids("Invoice")


# Places


@pytest.mark.parametrize("country", ["XX", "us", "Norway"])
def test_an_unknown_country_is_refused(acme: Acme, country: str) -> None:
    """A country that has no such code is refused."""
    address = {"country": country}

    assert (400, "param_wrong_value", "billing_address[country]") == refused(
        lambda: acme.customer(billing_address=address)
    )


@pytest.mark.parametrize(
    ("country", "code", "state"),
    [
        ("US", "DC", "District of Columbia"),
        ("CA", "QC", "Quebec"),
        ("IN", "KA", "Karnataka"),
        ("AE", "DU", "Dubai"),
        ("NO", "03", None),
        ("US", "ZZ", None),
    ],
)
def test_a_state_is_named_by_its_code(
    acme: Acme, country: str, code: str, state: str | None
) -> None:
    """The code of a state that the vendor knows fills in its name."""
    made = acme.customer(billing_address={"country": country, "state_code": code})

    assert state == made["billing_address"].get("state")


def test_a_new_code_has_a_new_name(acme: Acme) -> None:
    """An address that moves to another state gets the name of that one."""
    before = {"country": "US", "state_code": "CA"}
    acme.customer(id="ada", billing_address=before)
    moved = {"billing_address": {"state_code": "NY"}}
    acme.sdk.Customer.update_billing_info("ada", moved)

    address = acme.retrieved("Customer", "ada")["billing_address"]
    assert "New York" == address["state"]
