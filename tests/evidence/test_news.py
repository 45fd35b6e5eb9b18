"""What a recording of real accounts says anew, and what every recording has anew."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import Any

import pytest

from dataflow.evidence.cassette import Cassette, Provenance
from dataflow.evidence.news import news


@dataclass(frozen=True)
class Drawn:
    """What a run has of its own."""

    customer: int = 1_000_001
    token: str = "b49e60"
    made: int = 1_795_411_260
    run: str = "dataflow-1795411200-3fa9c1"


FIRST = Drawn()


def recording(
    drawn: Drawn = FIRST, looks: int = 1, target: str = "a sandbox", **body: object
) -> Cassette:
    """Return a recording in which a customer is made, looked up, and listed."""
    customer, token, made, run = astuple(drawn)
    record = {
        "id": customer,
        "name": f"Ada {token}-1",
        "created_at": made,
        "url": f"https://example.com/{customer}?token={token}",
        "active": True,
        **body,
    }
    path = f"/customers/{customer}"
    exchanges = [
        said("POST", "/customers", record, sent={"name": f"Ada {token}-1"}),
        *(said("GET", "/customers", []) for _ in range(looks)),
        said("GET", "/customers", [record, {"id": made, "name": f"Bob {run}"}]),
        said("GET", path, record),
        said("PATCH", path, record, sent={"phone": "555-0100"}),
    ]
    provenance = Provenance(
        check="customers-person-customer.every.new-record",
        seed=f"{run} {made} customers-person-customer.every.new-record",
        target=target,
        hosts={"Invoiced": "api.sandbox.invoiced.com", "Chargebee": "a.chargebee.com"},
        recorded_at="2026-11-23T05:00:00+00:00",
        versions={},
        assumed=(),
    )
    return Cassette(provenance, tuple(exchanges))


def listing(pages: list[tuple[dict[str, Any], dict[str, Any]]]) -> Cassette:
    """Return a recording in which the list was these pages."""
    usual = recording()
    return replace(
        usual, exchanges=(*usual.exchanges[:2], *pages, *usual.exchanges[3:])
    )


def said(
    method: str, path: str, body: object, sent: object = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an exchange."""
    request = {"method": method, "host": "api.sandbox.invoiced.com", "path": path}
    if sent is not None:
        request["body"] = sent  # type: ignore[assignment]
    return request, {"status": 200, "headers": {}, "body": body}


@pytest.mark.parametrize(
    "other",
    [
        recording(replace(FIRST, customer=2_345_678)),
        recording(replace(FIRST, token="0c1d2e")),
        recording(replace(FIRST, made=FIRST.made + 86_400)),
        recording(replace(FIRST, run="dataflow-1795497600-a81f03")),
        recording(looks=5),
        recording(Drawn(7_654_321, "9f9f9f", FIRST.made + 9), looks=2),
    ],
    ids=["ids", "names", "times", "run", "looks", "all"],
)
def test_what_every_run_has_of_its_own_is_no_news(other: Cassette) -> None:
    """Ids, names and times are drawn anew, and a late list is looked at again."""
    assert [] == news(recording(), other)


def test_a_rate_is_no_news() -> None:
    """A rate of exchange is another one each day."""
    old, new = recording(exchange_rate=1.08), recording(exchange_rate=1.09)

    assert [] == news(old, new)


def test_what_others_keep_there_is_no_news() -> None:
    """A list may hold records of others, which come and go."""
    old, new = recording(), recording()
    listed = new.exchanges[2][1]["body"]
    listed.append({"id": 5_555_555, "name": "Cleo"})

    assert [] == news(old, new)


@pytest.mark.parametrize(
    ("first", "further"),
    [
        (["page=1", "per_page=100"], ["page=2", "per_page=100"]),
        (["limit=100"], ["limit=100", 'offset=["1795437225000","1771"]']),
    ],
    ids=["Invoiced", "Chargebee"],
)
def test_how_many_pages_others_fill_is_no_news(
    first: list[str], further: list[str]
) -> None:
    """What others keep may push our record to a second page, and a count up."""
    request, answer = recording().exchanges[2]
    others = [{"id": 5_555_555 + number} for number in range(100)]
    many = {"x-total-count": "102"}
    one_page = [({**request, "query": first}, answer)]
    two_pages = [
        ({**request, "query": first}, {**answer, "headers": many, "body": others}),
        ({**request, "query": further}, {**answer, "headers": many}),
    ]

    assert [] == news(listing(one_page), listing(two_pages))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"active": False}, "active was True and is False"),
        ({"type": "person"}, "type was absent and is 'person'"),
        ({"total": 41}, "total was absent and is 41"),
        ({"email": None}, "email was absent and is None"),
    ],
)
def test_a_value_that_was_not_answered_before_is_news(
    body: dict[str, Any], sentence: str
) -> None:
    """What a vendor answers otherwise is told, with what it answered before."""
    told = news(recording(), recording(**body))

    assert f"the answer to POST /customers: body.{sentence}" == told[0]


def test_a_record_that_is_not_listed_is_news() -> None:
    """A list without what stood in it is told by how much it has, in few words."""
    new = recording()
    new.exchanges[2][1]["body"].clear()

    told = "the answer to GET /customers: body had 1 entries and has 0"
    assert [told] == news(recording(), new)


def test_another_status_is_news() -> None:
    """A refusal where there was none before is told."""
    new = recording()
    new.exchanges[-1][1]["status"] = 400

    told = "the answer to PATCH /customers/#2: status was 200 and is 400"
    assert [told] == news(recording(), new)


def test_one_id_in_the_place_of_another_is_news() -> None:
    """What is drawn is known again: two in the place of one are told."""
    old, new = recording(parent=1_000_001), recording(parent=1_000_002)

    assert news(old, new)


def test_another_request_is_news() -> None:
    """From the first other request on, nothing can be compared: that one is told."""
    old, new = recording(), recording()
    new.exchanges[-1][0]["method"] = "DELETE"

    assert ["DELETE /customers/#2 comes where PATCH /customers/#2 came"] == news(
        old, new
    )


def test_a_request_more_is_news() -> None:
    """A recording that goes on where the other one ends is told."""
    old, new = recording(), recording()
    more = Cassette(new.provenance, (*new.exchanges, new.exchanges[0]))

    assert ["POST /customers comes where nothing came"] == news(old, more)


def test_a_recording_of_something_else_is_news() -> None:
    """What comes from accounts takes the place of what comes from twins."""
    told = "it is of a sandbox, and was of the twins"

    assert [told] == news(recording(target="the twins"), recording())
