"""Chargebee: customers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.chargebee.site import (
    A_DELETION,
    Record,
    Site,
    refused,
    unknown,
    wrong,
)


@pytest.mark.sdk
def test_nothing_is_required(site: Site) -> None:
    """A customer needs nothing, not even an id."""
    assert site.sdk.Customer.create({}).customer.id


@pytest.mark.unconfirmed("chargebee.customer.currency-of-the-site")
def test_a_customer_gets_the_sites_currency(site: Site) -> None:
    """A customer without a preferred currency gets the site's first one."""
    first = site.rows("currency")[0]

    assert first["currency_code"] == site.customer()["preferred_currency_code"]


@pytest.mark.unconfirmed("chargebee.currency-code.stored-as-sent")
def test_a_lower_case_currency_stays(site: Site) -> None:
    """A currency code in lower case is stored in lower case."""
    made = site.customer(preferred_currency_code="eur")

    assert "eur" == site.read(made)["preferred_currency_code"]


@pytest.mark.unconfirmed
def test_emails_are_not_unique(site: Site) -> None:
    """Two customers may have one email address."""
    email = f"{site.new('ada')}@example.com"
    for _ in range(2):
        site.customer(email=email)

    assert 2 == len(site.listed("customer", email={"is": email}))


@pytest.mark.documented
@pytest.mark.parametrize("known", [{"Other": [1, "a"]}, {"Key": ["Å", 1, None]}])
def test_metadata_is_json(known: Record, site: Site) -> None:
    """A customer's metadata is sent as JSON, and read back as an object."""
    made = site.customer(meta_data=json.dumps(known))

    assert known == site.read(made)["meta_data"]


@pytest.mark.sdk
def test_an_empty_value_clears(site: Site) -> None:
    """None is sent as an empty text, and empties a property."""
    made = site.customer(company="Acme")
    site.update(made, company=None)

    assert "company" not in site.read(made)


@pytest.mark.unconfirmed("chargebee.parameter.emptied-falls-back")
@pytest.mark.parametrize(
    ("param", "value", "first"),
    [("taxability", "exempt", "taxable"), ("net_term_days", 30, 0)],
)
def test_what_every_customer_shows_falls_back(
    param: str, value: object, first: object, site: Site
) -> None:
    """An emptied property that every customer shows goes back to its first value."""
    made = site.customer(**{param: value})
    site.update(made, **{param: None})

    assert first == site.read(made)[param]


# The billing address


@pytest.mark.sdk
@pytest.mark.parametrize(
    "sent", [{"billing_address": {"city": "Oslo"}}, {"vat_number": "GB1"}]
)
def test_billing_info_has_a_call_of_its_own(sent: Record, site: Site) -> None:
    """Address and VAT number are changed by update_billing_info."""
    made = site.customer()
    site.bill(made, **sent)
    now = site.read(made)

    assert sent.get("vat_number") == now.get("vat_number")
    assert "billing_address" not in sent or "Oslo" == now["billing_address"]["city"]


@pytest.mark.unconfirmed
def test_an_address_says_that_it_was_not_checked(site: Site) -> None:
    """A billing address is an object that says that it was not validated."""
    made = site.customer(billing_address={"city": "Oslo"})

    assert {
        "city": "Oslo",
        "validation_status": "not_validated",
        "object": "billing_address",
    } == made["billing_address"]


@pytest.mark.unconfirmed("chargebee.customer.update-ignores-billing-info")
def test_an_update_ignores_the_address(site: Site) -> None:
    """An update that carries a billing address is accepted, and leaves it alone."""
    made = site.customer(billing_address={"city": "Oslo"})
    site.update(made, company="Acme", billing_address={"city": "Rome"})
    now = site.read(made)

    assert ("Acme", "Oslo") == (now["company"], now["billing_address"]["city"])


@pytest.mark.documented("chargebee.customer.billing-info-replaced")
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"billing_address": {"city": "Bergen"}}, ("Bergen", None, None)),
        ({"vat_number": "GB2"}, (None, None, "GB2")),
    ],
)
def test_billing_info_is_replaced(
    sent: Record, expected: tuple[object, ...], site: Site
) -> None:
    """update_billing_info removes what it does not send, the VAT number included."""
    address = {"city": "Oslo", "zip": "0150"}
    made = site.customer(billing_address=address, vat_number="GB1")
    site.bill(made, **sent)
    now = site.read(made)
    parts = now.get("billing_address", {})

    assert expected == (parts.get("city"), parts.get("zip"), now.get("vat_number"))


@pytest.mark.sdk
@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("vat_number_prefix", "EL"),
        ("registered_for_gst", True),
        ("business_customer_without_vat_number", True),
        ("is_einvoice_enabled", True),
        ("einvoicing_method", "manual"),
        ("entity_identifier_scheme", "NO:ORG"),
        ("entity_identifier_standard", "iso6523-actorid-upis"),
    ],
)
def test_billing_info_has_more_parts(param: str, value: object, site: Site) -> None:
    """update_billing_info sets this property of a customer."""
    billed = site.bill(site.customer(), **{param: value})

    assert value == billed[param]


@pytest.mark.unconfirmed("chargebee.customer.billing-company-stays")
def test_the_company_of_an_address_stays(site: Site) -> None:
    """update_billing_info keeps the company of an address that it does not send."""
    made = site.customer(billing_address={"company": "Acme"})
    site.bill(made, vat_number="GB1")

    assert "Acme" == site.read(made)["billing_address"]["company"]


@pytest.mark.unconfirmed("chargebee.address.merged")
def test_a_shipping_address_is_merged(site: Site) -> None:
    """A shipping address changes only in the parts that were sent."""
    made = site.order(shipping_address={"city": "Oslo", "zip": "0150"})
    site.update(made, shipping_address={"city": "Bergen"})
    now = site.read(made)["shipping_address"]

    assert ("Bergen", "0150") == (now["city"], now["zip"])


@pytest.mark.unconfirmed
def test_an_emptied_address_is_left_out(site: Site) -> None:
    """A billing address whose last part is emptied is left out."""
    made = site.customer(billing_address={"city": "Oslo"})
    site.bill(made, billing_address={"city": ""})

    assert "billing_address" not in site.read(made)


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize("country", ["XX", "us", "Norway"])
def test_an_unknown_country_is_refused(country: str, site: Site) -> None:
    """A country that has no such code is refused."""
    address = {"country": country}

    assert wrong("billing_address[country]") == refused(
        site.customer, billing_address=address
    )


@pytest.mark.documented("chargebee.address.state-from-code")
@pytest.mark.parametrize(
    ("country", "code", "state"),
    [
        ("US", "CA", "California"),
        ("US", "DC", "District of Columbia"),
        ("CA", "QC", "Quebec"),
        ("IN", "KA", "Karnataka"),
        ("AE", "DU", "Dubai"),
        ("NO", "03", None),
        ("US", "ZZ", None),
    ],
)
def test_a_state_is_named_by_its_code(
    country: str, code: str, state: str | None, site: Site
) -> None:
    """The code of a state that the vendor knows fills in its name."""
    made = site.customer(billing_address={"country": country, "state_code": code})

    assert state == made["billing_address"].get("state")


@pytest.mark.documented("chargebee.address.state-from-code")
def test_a_new_code_has_a_new_name(site: Site) -> None:
    """An address that moves to another state gets the name of that one."""
    made = site.customer(billing_address={"country": "US", "state_code": "CA"})
    site.bill(made, billing_address={"country": "US", "state_code": "NY"})

    assert "New York" == site.read(made)["billing_address"]["state"]


# A merge


@pytest.mark.unconfirmed("chargebee.customer.merged")
def test_a_merge_moves_invoices_and_orders(
    site: Site, later: Callable[[float], None]
) -> None:
    """A merge gives a customer's invoice, its lines and its order to the other one."""
    order, winner = site.order(), site.customer()
    stays = site.merge({"id": order["customer_id"]}, winner)
    later(A_DELETION)
    invoice = site.sdk.Invoice.retrieve(order["invoice_id"]).invoice.raw_data

    assert [winner["id"]] * 4 == [
        stays["id"],
        invoice["customer_id"],
        invoice["line_items"][0]["customer_id"],
        site.read(order)["customer_id"],
    ]


@pytest.mark.unconfirmed("chargebee.customer.merged")
def test_a_merged_customer_is_gone(site: Site, later: Callable[[float], None]) -> None:
    """A customer that was merged into another is no longer listed."""
    loser, winner = site.customer(), site.customer()
    site.merge(loser, winner)
    later(A_DELETION)
    both = {"in": [loser["id"], winner["id"]]}

    assert [winner["id"]] == site.listed("customer", id=both)


@pytest.mark.documented("chargebee.customer.merged-later")
def test_a_merge_takes_its_time(site: Site) -> None:
    """A customer is unchanged right after the call that merges it into another."""
    loser, winner = site.customer(), site.customer()
    site.merge(loser, winner)

    assert (loser, winner) == (site.read(loser), site.read(winner))


NOBODY = {"id": "nobody"}


@cases(
    "merge, answer",
    {
        "itself": (
            lambda site, made: site.merge(made, made),
            wrong("from_customer_id"),
            pytest.mark.unconfirmed("chargebee.customer.merged-into-itself"),
        ),
        "no-loser": (
            lambda site, made: site.merge(NOBODY, made),
            unknown("from_customer_id"),
            pytest.mark.unconfirmed("chargebee.reference.unknown"),
        ),
        "no-winner": (
            lambda site, made: site.merge(made, NOBODY),
            unknown("to_customer_id"),
            pytest.mark.unconfirmed("chargebee.reference.unknown"),
        ),
    },
)
def test_a_merge_needs_two_customers(
    merge: Callable[[Site, Record], Record], answer: tuple[int, str, str], site: Site
) -> None:
    """A merge of a customer with itself, or with none, is refused."""
    made = site.customer()

    assert answer == refused(merge, site, made)


# The end of a customer


@pytest.mark.documented("chargebee.customer.deleted-later")
def test_a_deleted_customer_goes_within_minutes(
    site: Site, later: Callable[[float], None]
) -> None:
    """A customer is gone a few minutes after the call that asks for it."""
    made = site.customer()
    site.delete(made)
    later(A_DELETION)

    assert [] == site.listed("customer", id={"is": made["id"]})


@pytest.mark.documented("chargebee.customer.deleted-later")
def test_a_customer_can_be_read_while_it_goes(site: Site) -> None:
    """A customer whose deletion was asked for just now is not deleted yet."""
    made = site.customer()
    site.delete(made)

    assert made == site.read(made)


@pytest.mark.documented("chargebee.customer.delete-cascades")
def test_a_customer_takes_its_records_along(
    site: Site, later: Callable[[float], None]
) -> None:
    """A deleted customer's invoices and orders are no longer listed; others are."""
    order, other = site.order(), site.invoice()
    site.sdk.Customer.delete(order["customer_id"])
    later(A_DELETION)
    invoices = {"in": [order["invoice_id"], other["id"]]}

    assert [other["id"]] == site.listed("invoice", id=invoices)
    assert [] == site.listed("order", id={"is": order["id"]})
