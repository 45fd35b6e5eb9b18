"""Chargebee: what holds for records of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import chargebee
import pytest

from tests.contract.chargebee.site import (
    A_DELETION,
    Record,
    Site,
    refused,
    taken,
    unknown,
)

#: Recorded properties that each record of a kind shows, with made-up values.
SAMPLES = Path(__file__).parent / "records"
KINDS = ("customer", "item_family", "item", "item_price", "invoice", "order")
every_kind = pytest.mark.parametrize("kind", KINDS)


def with_address(kind: str, site: Site) -> Record:
    """Make a record whose customer, where it has one, has a billing address."""
    if kind not in {"invoice", "order"}:
        return site.make(kind)
    customer = site.customer(billing_address={"city": "Oslo"})
    invoice = site.invoice(customer_id=customer["id"])
    return invoice if kind == "invoice" else site.order(invoice_id=invoice["id"])


def types(record: Record, sample: Record) -> dict[str, str]:
    """Return the type of each property that the sample has."""
    return {key: type(record.get(key)).__name__ for key in sample}


@pytest.mark.recorded
@every_kind
def test_a_record_shows(kind: str, site: Site) -> None:
    """A record shows all that recorded ones always show, each in the same type."""
    sample = json.loads((SAMPLES / f"{kind}.json").read_text("utf-8"))

    assert types(sample, sample) == types(with_address(kind, site), sample)


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("kind", "lines"), [("invoice", "line_items"), ("order", "order_line_items")]
)
def test_a_line_shows(kind: str, lines: str, site: Site) -> None:
    """A line shows all that recorded ones always show, each in the same type."""
    sample = json.loads((SAMPLES / f"{kind}.json").read_text("utf-8"))[lines][0]

    assert types(sample, sample) == types(site.make(kind)[lines][0], sample)


@pytest.mark.recorded
@every_kind
def test_what_is_absent_is_left_out(kind: str, site: Site) -> None:
    """A record does not show what it does not have."""
    made = site.make(kind)

    assert (False, False) == ("email" in made, None in made.values())


@pytest.mark.recorded
def test_an_item_shows_no_time_of_creation(site: Site) -> None:
    """An item has no created_at."""
    assert "created_at" not in site.item()


@pytest.mark.recorded
def test_a_price_shows_its_item(site: Site) -> None:
    """A price shows its item's id, type and family."""
    item = site.item()
    made = site.price(item)

    assert (item["id"], item["type"], item["item_family_id"]) == (
        made["item_id"],
        made["item_type"],
        made["item_family_id"],
    )


@pytest.mark.unconfirmed
@every_kind
def test_a_record_can_be_read(kind: str, site: Site) -> None:
    """A record is retrieved as its creation answered, and says what it is."""
    made = site.make(kind)

    assert (made, kind) == (site.read(made), made["object"])


@pytest.mark.sdk("chargebee.record.unknown")
@every_kind
def test_an_unknown_id_answers_404(kind: str, site: Site) -> None:
    """An id that nothing has answers 404."""
    gone = {"id": site.new("gone"), "object": kind}

    assert unknown() == refused(site.read, gone)


# Versions


@pytest.mark.recorded("chargebee.record.version")
@every_kind
def test_the_version_is_the_time_of_change(kind: str, site: Site) -> None:
    """updated_at is resource_version in whole seconds."""
    made = site.make(kind)

    assert made["updated_at"] == made["resource_version"] // 1000


@pytest.mark.recorded("chargebee.record.version")
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("customer", {"company": "Acme"}),
        ("item_family", {"description": "Long"}),
        ("item", {"description": "Long"}),
        ("item_price", {"price": 250}),
        ("order", {"note": "Ring"}),
    ],
)
def test_a_change_renews_the_version(kind: str, change: Record, site: Site) -> None:
    """An update changes what it carries and the version, within one second too."""
    made = site.make(kind)
    now = site.update(made, **change)
    version = {key: now[key] for key in ("resource_version", "updated_at")}

    assert made["resource_version"] < now["resource_version"]
    assert made | change | version == site.read(made)


@pytest.mark.unconfirmed("chargebee.record.update-without-change")
@pytest.mark.parametrize(
    ("kind", "same"), [("customer", {"company": "Acme"}), ("order", {"note": "Ring"})]
)
def test_an_update_without_a_change_renews(
    kind: str, same: Record, site: Site, later: Callable[[float], None]
) -> None:
    """An update that changes no value moves updated_at."""
    made = site.make(kind, **same)
    later(2)
    site.update(made, **same)

    assert made["updated_at"] < site.read(made)["updated_at"]


# Ids


@pytest.mark.unconfirmed
def test_an_id_is_generated(site: Site) -> None:
    """Customers without an id get ids of sixteen letters and digits that differ."""
    ids = {site.sdk.Customer.create({}).customer.id for _ in range(2)}

    assert [(16, True)] * 2 == [(len(each), each.isalnum()) for each in ids]


@pytest.mark.sdk("chargebee.record.duplicate")
@every_kind
def test_a_taken_id_is_a_duplicate(kind: str, site: Site) -> None:
    """A taken id answers 400 duplicate_entry."""
    used = site.make(kind)["id"]

    assert taken("id") == refused(site.make, kind, id=used)


@pytest.mark.sdk("chargebee.record.duplicate")
def test_a_taken_id_has_an_older_code(site: Site) -> None:
    """The older code of a taken id is param_not_unique."""
    used = site.customer()["id"]
    with pytest.raises(chargebee.InvalidRequestError) as caught:
        site.customer(id=used)

    assert "param_not_unique" == caught.value.error_code


# Deleted records


@pytest.fixture
def deleted(site: Site, later: Callable[[float], None]) -> Callable[[str], Record]:
    """Return what makes a record of a kind, deletes it, and returns it."""

    def delete(kind: str) -> Record:
        made = site.make(kind)
        site.delete(made)
        if kind == "customer":
            later(A_DELETION)
        return made

    return delete


@pytest.mark.unconfirmed("chargebee.record.deleted-id-stays-taken")
@pytest.mark.parametrize("kind", ["customer", "invoice", "order"])
def test_a_deleted_id_stays_taken(
    kind: str, site: Site, deleted: Callable[[str], Record]
) -> None:
    """The id of a deleted record cannot be given again."""
    assert taken("id") == refused(site.make, kind, id=deleted(kind)["id"])


@pytest.mark.unconfirmed("chargebee.record.deleted-is-retrievable")
@pytest.mark.parametrize("kind", ["customer", "order"])
def test_a_deleted_record_can_be_read(
    kind: str, site: Site, deleted: Callable[[str], Record]
) -> None:
    """A deleted record can be retrieved, and says that it is deleted."""
    assert site.read(deleted(kind))["deleted"] is True


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("item", marks=pytest.mark.documented),
        pytest.param("item_family", marks=pytest.mark.unconfirmed),
        pytest.param("item_price", marks=pytest.mark.unconfirmed),
    ],
)
def test_what_is_deleted_of_the_catalog_says_so(
    kind: str, site: Site, deleted: Callable[[str], Record]
) -> None:
    """A deleted item, family or price has the status deleted."""
    assert "deleted" == site.read(deleted(kind))["status"]


@pytest.mark.unconfirmed("chargebee.record.deleted-is-final")
def test_a_deleted_customer_cannot_be_changed(
    site: Site, deleted: Callable[[str], Record]
) -> None:
    """An update of a deleted customer answers 404."""
    assert unknown() == refused(site.update, deleted("customer"), company="Acme")


@pytest.mark.documented("chargebee.list.deleted-left-out")
@pytest.mark.parametrize(("asked", "count"), [(False, 0), (True, 1)])
@pytest.mark.parametrize("kind", ["customer", "order", "invoice"])
def test_a_deleted_record_is_listed_on_request(
    kind: str, site: Site, deleted: Callable[[str], Record], count: int, *, asked: bool
) -> None:
    """A deleted record is listed only where include_deleted asks for it."""
    mine = {"id": {"is": deleted(kind)["id"]}}

    assert count == len(site.listed(kind, **mine, include_deleted=asked))


@pytest.mark.unconfirmed
@pytest.mark.parametrize(
    ("kind", "query", "count"),
    [
        ("item", {}, 0),
        ("item", {"status": {"in": ["active", "deleted"]}}, 1),
        ("item", {"status": {"is": "active"}}, 0),
        ("item_family", {}, 0),
    ],
)
def test_deleted_items_are_found_by_their_status(
    kind: str, query: Record, count: int, site: Site, deleted: Callable[[str], Record]
) -> None:
    """A deleted item or family is listed only where its status is asked for."""
    mine = {"id": {"is": deleted(kind)["id"]}}

    assert count == len(site.listed(kind, **mine, **query))
