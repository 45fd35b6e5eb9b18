"""Chargebee: customers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.chargebee.site import Site, refused

#: The client of Chargebee's own makers waits as long for a customer to be gone.
A_DELETION = 180


@pytest.mark.sdk
def test_nothing_is_required(site: Site) -> None:
    """A customer needs nothing, not even an id."""
    assert site.sdk.Customer.create({}).customer.id


#: Keys that are always there, with the types of their values.
SHOWN = {
    "id": str,
    "object": str,
    "auto_collection": str,
    "net_term_days": int,
    "allow_direct_debit": bool,
    "taxability": str,
    "created_at": int,
    "updated_at": int,
    "resource_version": int,
    "pii_cleared": str,
    "channel": str,
    "deleted": bool,
    "card_status": str,
    "promotional_credits": int,
    "preferred_currency_code": str,
}


@pytest.mark.recorded
def test_a_customer_shows(site: Site) -> None:
    """A new customer has these keys, with values of these types."""
    made = site.customer()

    assert SHOWN == {key: type(made.get(key)) for key in SHOWN}


@pytest.mark.unconfirmed("chargebee.customer.currency-of-the-site")
def test_a_customer_gets_the_sites_currency(site: Site) -> None:
    """A customer without a preferred currency gets the site's first one."""
    listed = site.sdk.Currency.list().list

    assert (
        listed[0].currency.currency_code == site.customer()["preferred_currency_code"]
    )


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


@pytest.mark.recorded("chargebee.record.version")
def test_the_version_is_the_time_of_change(site: Site) -> None:
    """updated_at is resource_version in whole seconds."""
    made = site.customer()

    assert made["updated_at"] == made["resource_version"] // 1000


@pytest.mark.recorded("chargebee.record.version")
def test_a_change_renews_the_version(site: Site) -> None:
    """An update renews the version, within one second too."""
    made = site.customer()
    site.update(made, company="Acme")

    assert made["resource_version"] < site.read(made)["resource_version"]


@pytest.mark.unconfirmed("chargebee.record.update-without-change")
def test_an_update_without_a_change_renews(
    site: Site, later: Callable[[float], None]
) -> None:
    """An update that changes no value moves updated_at."""
    made = site.customer(company="Acme")
    later(2)
    site.update(made, company="Acme")

    assert made["updated_at"] < site.read(made)["updated_at"]


@pytest.mark.unconfirmed("chargebee.parameter.emptied-falls-back")
def test_what_every_customer_shows_falls_back(site: Site) -> None:
    """An emptied taxability goes back to its first value."""
    made = site.customer(taxability="exempt")
    site.update(made, taxability=None)

    assert "taxable" == site.read(made)["taxability"]


# The billing address


@pytest.mark.sdk
def test_billing_info_has_a_call_of_its_own(site: Site) -> None:
    """Address and VAT number are changed by update_billing_info."""
    made = site.customer()
    address = {"billing_address": {"city": "Oslo"}}
    site.sdk.Customer.update_billing_info(made["id"], address)

    assert "Oslo" == site.read(made)["billing_address"]["city"]


@pytest.mark.unconfirmed("chargebee.customer.update-ignores-billing-info")
def test_an_update_ignores_the_address(site: Site) -> None:
    """An update that carries a billing address is accepted, and leaves it alone."""
    made = site.customer(billing_address={"city": "Oslo"})
    site.update(made, company="Acme", billing_address={"city": "Rome"})
    now = site.read(made)

    assert ("Acme", "Oslo") == (now["company"], now["billing_address"]["city"])


@pytest.mark.unconfirmed("chargebee.address.merged")
def test_an_address_is_merged(site: Site) -> None:
    """An address that is sent again changes only in the parts that were sent."""
    made = site.customer(billing_address={"city": "Oslo", "zip": "0150"})
    address = {"billing_address": {"city": "Bergen"}}
    site.sdk.Customer.update_billing_info(made["id"], address)

    assert "0150" == site.read(made)["billing_address"]["zip"]


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_an_unknown_country_is_refused(site: Site) -> None:
    """A country that has no such code is refused."""
    address = {"country": "XX"}

    assert 400 == refused(lambda: site.customer(billing_address=address))[0]


@pytest.mark.documented("chargebee.address.state-from-code")
@pytest.mark.parametrize(
    ("country", "code", "state"), [("US", "CA", "California"), ("CA", "QC", "Quebec")]
)
def test_a_state_is_named_by_its_code(
    country: str, code: str, state: str, site: Site
) -> None:
    """The code of a state fills in its name."""
    made = site.customer(billing_address={"country": country, "state_code": code})

    assert state == made["billing_address"]["state"]


# A merge


def merged(site: Site, loser: str, winner: str) -> None:
    """Merge one customer into another."""
    named = {"from_customer_id": loser, "to_customer_id": winner}
    site.sdk.Customer.merge(named)


@pytest.mark.unconfirmed("chargebee.customer.merged")
def test_a_merge_moves_invoices(site: Site, later: Callable[[float], None]) -> None:
    """A merge gives a customer's invoice to the other customer."""
    invoice, winner = site.invoice(), site.customer()["id"]
    merged(site, invoice["customer_id"], winner)
    later(A_DELETION)

    assert winner == site.read(invoice)["customer_id"]


@pytest.mark.unconfirmed("chargebee.customer.merged")
def test_a_merged_customer_is_gone(site: Site, later: Callable[[float], None]) -> None:
    """A customer that was merged into another is no longer listed."""
    loser, winner = site.customer()["id"], site.customer()["id"]
    merged(site, loser, winner)
    later(A_DELETION)

    assert [] == site.listed("customer", id={"is": loser})


@pytest.mark.unconfirmed("chargebee.customer.merged-into-itself")
def test_a_customer_is_not_merged_with_itself(site: Site) -> None:
    """A merge of a customer with itself is refused."""
    made = site.customer()["id"]

    assert (400, "param_wrong_value") == refused(lambda: merged(site, made, made))[:2]


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


@pytest.mark.unconfirmed
def test_a_customer_can_be_read_while_it_goes(site: Site) -> None:
    """A customer whose deletion was asked for just now can still be retrieved."""
    made = site.customer()
    site.delete(made)

    assert made["id"] == site.read(made)["id"]


@pytest.mark.unconfirmed("chargebee.record.deleted-is-retrievable")
def test_a_deleted_customer_can_be_read(
    site: Site, later: Callable[[float], None]
) -> None:
    """A deleted customer can be retrieved, and says that it is deleted."""
    made = site.customer()
    site.delete(made)
    later(A_DELETION)

    assert site.read(made)["deleted"] is True


@pytest.mark.unconfirmed("chargebee.customer.deleted-at-once")
def test_a_customer_is_deleted_at_once(site: Site) -> None:
    """The answer to a delete shows a customer that is deleted."""
    assert site.delete(site.customer())["deleted"] is True


@pytest.mark.documented("chargebee.list.deleted-left-out")
@pytest.mark.parametrize(("asked", "count"), [(False, 0), (True, 1)])
def test_a_deleted_customer_is_listed_on_request(
    site: Site, later: Callable[[float], None], count: int, *, asked: bool
) -> None:
    """A deleted customer is listed only when include_deleted asks for it."""
    made = site.customer()
    site.delete(made)
    later(A_DELETION)
    listed = site.listed("customer", id={"is": made["id"]}, include_deleted=asked)

    assert count == len(listed)


@pytest.mark.documented("chargebee.customer.delete-cascades")
def test_a_customer_takes_its_invoices_along(
    site: Site, later: Callable[[float], None]
) -> None:
    """The invoice of a deleted customer is no longer listed."""
    invoice = site.invoice()
    site.sdk.Customer.delete(invoice["customer_id"])
    later(A_DELETION)

    assert [] == site.listed("invoice", id={"is": invoice["id"]})


@pytest.mark.unconfirmed("chargebee.record.deleted-id-stays-taken")
def test_a_deleted_customers_id_stays_taken(
    site: Site, later: Callable[[float], None]
) -> None:
    """The id of a deleted customer cannot be given again."""
    made = site.customer()
    site.delete(made)
    later(A_DELETION)

    assert (400, "duplicate_entry", "id") == refused(
        lambda: site.customer(id=made["id"])
    )


@pytest.mark.unconfirmed("chargebee.record.deleted-is-final")
def test_a_deleted_customer_cannot_be_changed(
    site: Site, later: Callable[[float], None]
) -> None:
    """An update of a deleted customer answers 404."""
    made = site.customer()
    site.delete(made)
    later(A_DELETION)

    assert 404 == refused(lambda: site.update(made, company="Acme"))[0]
