"""What the harness makes and reads on both systems is what it says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from dataflow.harness.plugin import create_names
from dataflow.harness.scenario.recipes import YEAR, Kitchen, Made
from dataflow.harness.scenario.scope import Scope
from dataflow.harness.scenario.strangers import make_stranger
from dataflow.harness.targets.twin import TwinTarget, serve_twins
from dataflow.harness.vendors.chargebee_site import (
    ChargebeeSite,
    is_live,
    was_generated,
)
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import CUSTOMER, ITEM, ORDER, Kind
from dataflow.harness.vendors.refusal import RefusedError, TroubleError
from dataflow.harness.vendors.sdk import chargebee_client, invoiced_client


@dataclass(frozen=True)
class Both:
    """Both systems, empty, and what the harness reads and writes them with."""

    target: TwinTarget
    account: InvoicedAccount
    site: ChargebeeSite
    sdk: Any
    kitchen: Kitchen

    def customer(self, record_id: str, **values: object) -> None:
        """Make a Chargebee customer."""
        self.sdk.Customer.create({"id": record_id, **values})

    def item(self, record_id: str) -> None:
        """Make a Chargebee item, and a family for it."""
        self.sdk.ItemFamily.create({"id": f"of-{record_id}", "name": record_id})
        named = {"id": record_id, "name": record_id, "type": "charge"}
        self.sdk.Item.create({**named, "item_family_id": f"of-{record_id}"})

    def order(self, record_id: str) -> None:
        """Import a Chargebee order, with the customer and the invoice it needs."""
        now = int(self.kitchen.make("person", "eur", {}).record["created_at"])
        self.customer(f"of-{record_id}")
        self.sdk.Invoice.import_invoice(
            {
                "id": f"for-{record_id}",
                "customer_id": f"of-{record_id}",
                "currency_code": "EUR",
                "date": now,
                "total": 100,
                "line_items": [{"description": "A nail", "amount": 100}],
            }
        )
        dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), now)
        invoice = {"invoice_id": f"for-{record_id}", "status": "queued"}
        self.sdk.Order.import_order({"id": record_id, **invoice, **dates})

    def make_in_chargebee(self, kind: Kind, record_id: str) -> None:
        """Make a record of a kind."""
        makers = {CUSTOMER: self.customer, ITEM: self.item, ORDER: self.order}
        makers[kind](record_id)


@pytest.fixture
def both() -> Iterator[Both]:
    """Serve both twins."""
    numbers = itertools.count(1)
    with serve_twins() as target:
        account = InvoicedAccount(invoiced_client(target.connection))
        sdk = chargebee_client(target.connection)
        kitchen = Kitchen(account, lambda word: f"{word} {next(numbers)}")
        yield Both(target, account, ChargebeeSite(sdk), sdk, kitchen)


def made(both: Both, noun: str, currency: str = "eur", **values: object) -> Made:
    """Make a record in Invoiced as a feature would."""
    return both.kitchen.make(noun, currency, values)


# Recipes


@pytest.mark.parametrize("noun", ["person", "company"])
def test_a_customer_is_what_the_feature_calls_it(noun: str, both: Both) -> None:
    """A person is a person and a company a company: else the checks mean nothing."""
    assert noun == made(both, noun).record["type"]


@pytest.mark.parametrize("noun", ["person", "company", "item", "invoice"])
def test_a_record_has_the_currency_asked_for(noun: str, both: Both) -> None:
    """A record is in the currency of the feature: a default would hide mix-ups."""
    assert "jpy" == made(both, noun, "jpy").record["currency"]


def test_an_invoice_belongs_to_a_new_person_of_its_own(both: Both) -> None:
    """Two invoices have two customers: with one, nobody would see them swapped."""
    invoices = [made(both, "invoice").record["customer"] for _ in range(2)]

    assert 2 == len(set(invoices))


def test_an_invoice_of_somebody_is_theirs(both: Both) -> None:
    """An invoice that is made for a person is that person's."""
    person = made(both, "person")

    invoice = both.kitchen.make("invoice of that person", "eur", {}, person)

    assert (person.record["id"], person) == (
        invoice.record["customer"],
        invoice.customer,
    )


def test_an_invoice_of_a_company_is_a_companys(both: Both) -> None:
    """An invoice of a company has a company for its customer."""
    customer = made(both, "invoice of a company").customer

    assert customer is not None
    assert "company" == customer.record["type"]


def test_an_invoice_is_open(both: Both) -> None:
    """An issued invoice is no draft: a sync may skip drafts, and rightly."""
    record = made(both, "invoice").record

    assert (False, "not_sent") == (record["draft"], record["status"])


def test_an_invoice_is_due_a_year_ahead(both: Both) -> None:
    """An invoice is not past due: Chargebee would import it as another status."""
    record = made(both, "invoice").record

    assert YEAR == record["due_date"] - record["created_at"]


@pytest.mark.parametrize("currency", ["eur", "usd", "gbp", "jpy"])
def test_an_invoice_has_a_total(currency: str, both: Both) -> None:
    """A total is above zero in each currency: Chargebee imports no empty invoice."""
    assert 40 == made(both, "invoice", currency).record["total"]


def test_a_draft_is_a_draft(both: Both) -> None:
    """A draft invoice is one in Invoiced's own words."""
    assert made(both, "draft invoice").record["draft"] is True


def test_a_voided_invoice_is_voided(both: Both) -> None:
    """A voided invoice is voided before the sync meets it."""
    invoice = made(both, "voided invoice")

    record = both.account.get(ORDER, invoice.id)
    assert record is not None
    assert "voided" == record["status"]


def test_values_of_a_feature_win(both: Both) -> None:
    """A value that the feature names is the record's, whatever the recipe says."""
    assert "Red" == made(both, "item", name="Red").record["name"]


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("person", True),
        ("invoice", True),
        ("invoice of that person", True),
        ("item", True),
        ("company", False),
        ("draft invoice", False),
        ("voided invoice", False),
        ("invoice of a company", False),
    ],
)
def test_what_must_have_a_counterpart(
    noun: str,
    expected: bool,  # noqa: FBT001
    both: Both,
) -> None:
    """What every reading syncs is expected, and nothing else: no reading is forced."""
    assert expected is made(both, noun).expected


def test_names_do_not_repeat(both: Both) -> None:
    """Two items have two names and two ids: what clashes is not for strangers."""
    records = [made(both, "item").record for _ in range(3)]

    assert 6 == len({record["name"] for record in records} | {r["id"] for r in records})


def test_names_differ_between_scenarios() -> None:
    """Two scenarios share no name: on real accounts the records of others stay."""
    first, second = (
        create_names("features/a.feature::one"),
        create_names("features/a.feature::two"),
    )

    assert first("Ada") != second("Ada")


def test_names_are_the_same_in_the_next_run() -> None:
    """A scenario's names do not change from run to run: recordings are compared."""
    once, again = (
        create_names("features/a.feature::one"),
        create_names("features/a.feature::one"),
    )

    assert once("Ada") == again("Ada")


def test_a_record_is_named_by_noun_and_id(both: Both) -> None:
    """A message names a record so that a person finds it."""
    item = made(both, "item", id="red-hat")

    assert "item red-hat" == str(item)


# Invoiced


def test_a_created_record_reads_as_it_will_later(both: Both) -> None:
    """A record is kept as it reads, not as creation answered: else it seems changed."""
    person = made(both, "person")

    assert person.record == both.account.get(CUSTOMER, person.id)


def test_an_edit_in_invoiced_is_there_afterwards(both: Both) -> None:
    """An edit in Invoiced arrives: an edit that does nothing would be in sync."""
    person = made(both, "person")

    both.account.edit(CUSTOMER, person.id, {"phone": "555"})

    record = both.account.get(CUSTOMER, person.id)
    assert record is not None
    assert "555" == record["phone"]


def test_an_edit_in_invoiced_may_be_of_several_properties(both: Both) -> None:
    """Several properties are sent at once, each to its place."""
    person = made(both, "person")

    both.account.edit(CUSTOMER, person.id, {"phone": "555", "notes": "new"})

    record = both.account.get(CUSTOMER, person.id)
    assert record is not None
    assert ("new", "555") == (record["notes"], record["phone"])


def test_a_paid_invoice_is_paid_in_full(both: Both) -> None:
    """A payment leaves nothing to pay, and Invoiced closes the invoice."""
    invoice = made(both, "invoice")

    both.account.pay(invoice.record)

    record = both.account.get(ORDER, invoice.id)
    assert record is not None
    assert (0, True, True) == (record["balance"], record["paid"], record["closed"])


@pytest.mark.parametrize("kind", [CUSTOMER, ORDER, ITEM], ids=lambda kind: kind.name)
def test_a_stranger_is_there(kind: Kind, both: Both) -> None:
    """A stranger of each kind is made as the vendor takes it, and is listed."""
    stranger = make_stranger(both.site, kind, "Stranger 1", Scope("any"))

    assert stranger == both.site.everything(kind)[stranger["id"]]


def test_an_edit_in_invoiced_is_of_no_other_property(both: Both) -> None:
    """An edit sends what it names, and nothing of the edit before it."""
    one, two = made(both, "person"), made(both, "person")
    both.account.edit(CUSTOMER, one.id, {"phone": "555"})
    both.account.edit(CUSTOMER, two.id, {"notes": "new"})

    record = both.account.get(CUSTOMER, two.id)
    assert record is not None
    assert ("new", None) == (record["notes"], record["phone"])


def test_101_records_of_invoiced_are_all_read(both: Both) -> None:
    """More than a page is read to its end: a lost page would look like lost records."""
    ids = {made(both, "person").id for _ in range(101)}

    assert ids == set(both.account.everything(CUSTOMER))


def test_a_record_that_never_was_is_none(both: Both) -> None:
    """An id of nobody reads as None: a reference_id need not name an invoice."""
    assert both.account.get(ORDER, "PO-8") is None


def test_a_customer_deleted_in_invoiced_is_none(both: Both) -> None:
    """A deleted record reads as None, and is no crash of the look."""
    person = made(both, "person")

    both.account.delete(CUSTOMER, person.id)

    assert both.account.get(CUSTOMER, person.id) is None


def test_a_refusal_of_invoiced_is_a_refusal(both: Both) -> None:
    """An invoice's customer cannot be changed: what is refused is evidence."""
    invoice, other = made(both, "invoice"), made(both, "person")

    with pytest.raises(RefusedError) as caught:
        both.account.edit(ORDER, invoice.id, {"customer": other.record["id"]})

    assert ("Invoiced", 400) == (caught.value.vendor, caught.value.status)


def test_a_wrong_key_of_invoiced_is_no_refusal(both: Both) -> None:
    """A 401 is no refusal: with a wrong key every edit would count as refused."""
    connection = replace(both.target.connection, invoiced_key="wrong")
    account = InvoicedAccount(invoiced_client(connection))

    with pytest.raises(TroubleError, match=r"Invoiced could not be asked: \(401\)"):
        account.get(CUSTOMER, "1")


# Chargebee


def test_an_edit_in_chargebee_is_there_afterwards(both: Both) -> None:
    """An edit in Chargebee arrives: an edit that does nothing would be in sync."""
    both.customer("ada", last_name="Byron")

    both.site.edit(CUSTOMER, "ada", {"last_name": "Lovelace"})

    assert "Lovelace" == both.site.get(CUSTOMER, "ada")["last_name"]


@pytest.mark.parametrize("kind", [CUSTOMER, ORDER, ITEM], ids=lambda kind: kind.name)
def test_a_record_of_each_kind_is_read(kind: Kind, both: Both) -> None:
    """A list holds the records of its kind, as each reads alone."""
    both.make_in_chargebee(kind, "x1")

    assert both.site.get(kind, "x1") == both.site.everything(kind)["x1"]


@pytest.mark.parametrize("kind", [CUSTOMER, ORDER, ITEM], ids=lambda kind: kind.name)
def test_a_new_record_is_live(kind: Kind, both: Both) -> None:
    """A new record is live and nobody's invention: else nothing had a counterpart."""
    both.make_in_chargebee(kind, "x1")

    record = both.site.everything(kind)["x1"]
    assert (True, False) == (is_live(record), was_generated(kind, record))


@pytest.mark.parametrize("kind", [CUSTOMER, ORDER, ITEM], ids=lambda kind: kind.name)
def test_a_deleted_record_is_read_and_not_live(kind: Kind, both: Both) -> None:
    """A deleted record is still listed, and as one that is gone.

    The disease: a sync that deletes and makes anew seems to have written nothing.
    """
    both.make_in_chargebee(kind, "x1")

    both.site.delete(kind, "x1")

    assert not is_live(both.site.everything(kind)["x1"])


def test_101_records_of_chargebee_are_all_read(both: Both) -> None:
    """More than a page is read to its end: the second page holds the doubles."""
    ids = {f"c-{number}" for number in range(101)}
    for record_id in ids:
        both.customer(record_id)

    assert ids == set(both.site.everything(CUSTOMER))


def test_absent_values_stay_absent(both: Both) -> None:
    """A record is the JSON and no more: the SDK says None for what is not there."""
    both.customer("ada")

    assert "last_name" not in both.site.get(CUSTOMER, "ada")


def test_a_refusal_of_chargebee_is_a_refusal(both: Both) -> None:
    """An order's currency cannot be changed: what is refused is evidence."""
    both.order("o-1")

    with pytest.raises(RefusedError) as caught:
        both.site.edit(ORDER, "o-1", {"currency_code": "USD"})

    assert ("Chargebee", 400) == (caught.value.vendor, caught.value.status)


def test_a_record_that_is_not_there_is_a_refusal(both: Both) -> None:
    """An id of nobody is refused with 404."""
    with pytest.raises(RefusedError) as caught:
        both.site.get(CUSTOMER, "nobody")

    assert 404 == caught.value.status


def test_a_wrong_key_of_chargebee_is_no_refusal(both: Both) -> None:
    """A 401 is no refusal: with a wrong key every edit would count as refused."""
    connection = replace(both.target.connection, chargebee_key="wrong")
    site = ChargebeeSite(chargebee_client(connection))

    with pytest.raises(TroubleError, match="Chargebee could not be asked: 401"):
        site.get(CUSTOMER, "ada")
