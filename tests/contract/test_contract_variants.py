"""The twins answer requests that are generated from the vendors' tables."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from dataflow.contract.confirmed import known_behaviours
from dataflow.contract.oracle import (
    Judged,
    Result,
    count,
    judge_call,
    read_reasons,
    render_counts,
)
from dataflow.contract.prepare import CallPlan, RequestTable
from dataflow.contract.senders import VENDORS, Vendor, generate_call
from dataflow.contract.variants import Kind, Variant, generate
from dataflow.twin.chargebee.vendor_calls import VendorParameter

#: All answers of one call are computed once.
pytestmark = pytest.mark.xdist_group("variants")

COUNTS = Path(__file__).with_name("variants.tsv")

every_call = pytest.mark.parametrize(
    ("vendor", "call"),
    [
        pytest.param(vendor, call, id=f"{vendor.name} {call}")
        for vendor in VENDORS
        for call in vendor.calls
    ],
)


@cache
def judged(vendor_name: str, call: str) -> tuple[Judged, ...]:
    """Return the requests of a call with the twin's answers, which take a while."""
    (vendor,) = (each for each in VENDORS if each.name == vendor_name)
    return tuple(judge_call(vendor, call))


def committed(vendor: Vendor, call: str) -> str:
    """Return the lines of the committed table."""
    lines = COUNTS.read_text("utf-8").splitlines(keepends=True)
    return "".join(
        line for line in lines if line.startswith(f"{vendor.name}\t{call}\t")
    )


@every_call
def test_each_answer_is_specified_or_has_a_reason(vendor: Vendor, call: str) -> None:
    """The twin accepts and refuses as the table says, or a behaviour states why not."""
    found = judged(vendor.name, call)

    assert [] == [str(each) for each in found if each.result is Result.DIFFERENT]


@every_call
def test_no_answer_is_lost(vendor: Vendor, call: str) -> None:
    """As many requests as committed are answered so; `make variants` commits others."""
    found = render_counts(vendor.name, count(call, judged(vendor.name, call)))

    assert committed(vendor, call) == found


def test_the_table_has_no_other_call() -> None:
    """The committed table has the built calls, and no other ones."""
    rows = [line.split("\t")[:2] for line in COUNTS.read_text("utf-8").splitlines()]
    built = {(vendor.name, call) for vendor in VENDORS for call in vendor.calls}
    listed = {(row[0], row[1]) for row in rows if not row[0].startswith("#")}

    assert built == listed - {("vendor", "call")}


@pytest.mark.parametrize("reason", read_reasons(), ids=str)
def test_each_reason_is_a_behaviour(reason: object) -> None:
    """A reason names a behaviour of the twins."""
    assert reason.behaviour in known_behaviours()  # type: ignore[attr-defined]


@pytest.mark.slow
def test_each_reason_is_needed() -> None:
    """Without a difference that it explains, a reason is to be removed."""
    used = {
        each.reason
        for vendor in VENDORS
        for call in vendor.calls
        for each in judged(vendor.name, call)
    }

    assert set() == set(read_reasons()) - used


# The generator


def plan(*, counts_bytes: bool = False, casts: bool = False) -> CallPlan:
    """Return the plan of a call that needs nothing beside its table."""
    table = RequestTable(
        casts=casts,
        counts_bytes=counts_bytes,
        unknown="dropped",
        paths={},
        records={},
        values={"owner": "{customer}", "cursor": "{skip}"},
        companions={"period": {"period_unit": "day"}},
        exclusive=[["period", "flag"]],
        calls={},
    )
    return table.plan("POST tools/{id}")


def parameter(
    type_: str = "string",
    *,
    required: bool = False,
    most: int | None = None,
    least: float | None = None,
    words: str = "",
) -> VendorParameter:
    """Return a parameter of a table."""
    return VendorParameter(type_, required, most, least, frozenset(words.split()))


def requests(
    kind: Kind, given: CallPlan | None = None, **table: VendorParameter
) -> dict[str, str | None]:
    """Return the expectations of one kind of requests by name."""
    every = generate("POST tools/{id}", table, given or plan())
    return {
        each.name: each.param if each.refused else None
        for each in every
        if each.kind is kind
    }


def test_the_ends_of_a_text_are_sent() -> None:
    """The longest text is accepted, in letters of two bytes too, but no longer one."""
    assert {
        "name: 50": None,
        "name: 50 letters of two bytes": None,
        "name: 51": "name",
    } == requests(Kind.BOUNDARY, name=parameter(most=50))


def test_bytes_are_counted_where_the_vendor_counts_them() -> None:
    """Where a vendor counts bytes, the longest text in letters of two is too long."""
    found = requests(Kind.BOUNDARY, plan(counts_bytes=True), name=parameter(most=50))

    assert found["name: 50 letters of two bytes"] == "name"


def test_the_ends_of_a_number_are_sent() -> None:
    """The least and the greatest number are accepted, those beyond are refused."""
    assert {
        "days: 1": None,
        "days: 0": "days",
        "days: 9": None,
        "days: 10": "days",
    } == (requests(Kind.BOUNDARY, days=parameter("int", most=9, least=1)))


def test_a_value_of_another_table_has_no_longest() -> None:
    """Of the id of a record, only what is too long is generated."""
    assert {"owner: 51": "owner"} == requests(Kind.BOUNDARY, owner=parameter(most=50))


def test_each_word_is_sent() -> None:
    """Each word and boolean is accepted, and an unknown word is refused."""
    assert {
        "colour: a": None,
        "colour: b": None,
        "colour: an unknown word": "colour",
        "flag: true": None,
        "flag: false": None,
    } == requests(
        Kind.ENUMERATION,
        colour=parameter("enum", words="a b"),
        flag=parameter("boolean"),
    )


def test_a_list_of_words_without_end_refuses_none() -> None:
    """Where the table leaves words out, another word may be one of them."""
    found = requests(Kind.ENUMERATION, colour=parameter("enum", words="a ..."))

    assert {"colour: a": None} == found


def test_each_optional_parameter_is_sent_alone() -> None:
    """Each optional parameter is sent alone; one without a known value is not."""
    found = requests(
        Kind.PERMUTATION,
        id=parameter(required=True),
        name=parameter(),
        note=parameter(),
        cursor=parameter(),
    )

    assert {"name: alone", "note: alone"} == {n for n in found if n.endswith("alone")}


def every(**table: VendorParameter) -> list[Variant]:
    """Return all requests of a table."""
    return list(generate("POST tools/{id}", table, plan()))


def test_requests_are_the_same_in_each_run() -> None:
    """Random requests derive from the name of their call."""
    table = {"name": parameter(), "days": parameter("int"), "note": parameter()}

    assert every(**table) == every(**table)


def test_only_built_parameters_are_sent_together() -> None:
    """A parameter that is not built is sent alone: it would hide the others."""
    table = {"name": parameter(), "days": parameter("int"), "note": parameter()}
    sent = [
        each.sent.keys()
        for each in generate("POST tools/{id}", table, plan(), ["name", "days"])
    ]

    assert {"note"} in sent
    assert [] == [names for names in sent if "note" in names and len(names) > 1]


def test_a_parameter_has_its_companions() -> None:
    """What the vendor asks for beside a parameter is sent along."""
    (alone,) = (
        each for each in every(period=parameter("int")) if each.name == "period: alone"
    )

    assert {"period_unit": "day", "period": 1} == alone.sent


def test_what_excludes_each_other_is_not_sent_together() -> None:
    """No request has two parameters that exclude each other."""
    table = {"period": parameter("int"), "flag": parameter("boolean")}

    assert [] == [
        each for each in every(**table) if {"period", "flag"} <= each.sent.keys()
    ]


def test_mistakes_are_sent() -> None:
    """A missing parameter, a wrong type and an unknown id are refused."""
    assert {
        "without name": "name",
        "days: no int": "days",
        "an unknown id": "",
        "an unknown parameter": None,
    } == requests(Kind.NEGATIVE, name=parameter(required=True), days=parameter("int"))


def test_a_vendor_that_casts_refuses_no_type() -> None:
    """Of a vendor that casts values, no refusal of a type is expected."""
    found = requests(Kind.NEGATIVE, plan(casts=True), days=parameter("int"))

    assert "days: no int" not in found


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_all_six_kinds_are_sent(vendor: Vendor) -> None:
    """The calls of each vendor get requests of all kinds."""
    kinds = Counter(
        each.kind for call in vendor.calls for each in generate_call(vendor, call)
    )

    assert set(Kind) == kinds.keys()
