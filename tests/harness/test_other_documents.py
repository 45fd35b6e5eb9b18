"""Later revisions of the document: unknown record types, other properties."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from pytest_bdd.steps import step_function_context_registry

from dataflow.checklist.features import WrittenFeature, list_check_ids, read_features
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from dataflow.harness.mistakes import find_mistakes
from dataflow.harness.verdicts import Verdict
from tests.checklist.documents import (
    MADE_UP,
    ORDER_ROWS,
    REAL,
    Row,
    Writer,
    real_facts,
)
from tests.project import ROOT, Project, tally

#: They use one run.
pytestmark = pytest.mark.xdist_group("other documents")

#: The three known sections among three of unknown types.
LATER = REAL.document(
    REAL.usual("Customers person", "Customer"),
    REAL.usual(
        "Customers (organisation data)",
        "Business_entity",
        [("name", "name", '"string"')],
    ),
    REAL.usual(
        "Customers (location data)",
        "Address",
        [("address1", "addr", '"string"'), ("city", "city", '"string"')],
    ),
    REAL.usual("Invoices", "Order", ORDER_ROWS),
    REAL.usual(
        "Lineitem",
        "Order",
        [
            ("items.amount", "order_line_items.unit_price", '"integer"'),
            ("items.quantity", "order_line_items.fulfillment_quantity", '"integer"'),
        ],
    ),
    REAL.usual("Items", "Item"),
)
BACK = Writer("Chargebee", "Invoiced")
UNIQUE = '"name" of "Item" of Chargebee must be unique, but several records get a value'
KNOWN = {"customers-person-customer": 26, "invoices-order": 48, "items-item": 21}


def write(document: str, folder: Path) -> tuple[WrittenFeature, ...]:
    """Write the features of a document's text, and return them as they are read."""
    write_features(transcribe(parse_document(document)), folder)
    return read_features(folder)


def reasons(document: str, folder: Path) -> Counter[str]:
    """Return how many checks have each reason why they are not exercised."""
    scenarios = [each for one in write(document, folder) for each in one.scenarios]
    return Counter(each.not_exercised for each in scenarios)


def test_the_known_sections_are_exercised(tmp_path: Path) -> None:
    """Sections of unknown types take no check from the known ones."""
    features = write(LATER, tmp_path)

    assert KNOWN == {
        feature.section: len(feature.scenarios)
        for feature in features
        if not feature.not_exercised
    }


@pytest.mark.parametrize("section", KNOWN)
def test_a_known_section_does_not_change(section: str, tmp_path: Path) -> None:
    """Beside other sections, a known one is the same but for its number."""
    write(LATER, tmp_path)
    name = f"{section}.feature"
    lines = (tmp_path / name).read_text("utf-8").splitlines()
    now = (ROOT / "features" / name).read_text("utf-8").splitlines()

    assert (lines[:3], lines[4:]) == (now[:3], now[4:])


def test_each_unknown_section_has_its_reason(tmp_path: Path) -> None:
    """Each check of an unknown type states that there is no adapter, and for what."""
    organisation = '"Customers (organisation data)" of Invoiced'
    location = '"Customers (location data)" of Invoiced'

    assert {
        "": 95,
        f'no adapter for {organisation} and "Business_entity" of Chargebee': 21,
        f'no adapter for {location} and "Address" of Chargebee': 32,
        'no adapter for "Lineitem" of Invoiced': 37,
    } == reasons(LATER, tmp_path)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            REAL.document(REAL.usual("Items", "Order")),
            'no adapter for the pair "Items" of Invoiced and "Order" of Chargebee',
        ),
        (
            BACK.document(BACK.usual("Item", "Items")),
            'no adapter for the pair "Item" of Chargebee and "Items" of Invoiced',
        ),
        (
            MADE_UP.document(MADE_UP.usual("Items", "Item")),
            'no adapter for "Items" of Redbooks and "Item" of Bluebill',
        ),
        (
            REAL.document(REAL.usual("items", "Item")),
            'no adapter for "items" of Invoiced',
        ),
    ],
    ids=["pair", "direction", "systems", "spelling"],
)
def test_what_has_no_adapter_is_not_exercised(
    document: str, reason: str, tmp_path: Path
) -> None:
    """A pair of two known types, and known types of other systems, have none either."""
    assert [reason] == list(reasons(document, tmp_path))


@pytest.mark.parametrize(
    ("left", "right", "row", "reason"),
    [
        (
            "Items",
            "Item",
            ("colour", "name", '"string"'),
            'no such property "colour" in the adapter for "Items" of Invoiced',
        ),
        (
            "Invoices",
            "Order",
            ("notes", "remark", '"string"'),
            'no such property "remark" in the adapter for "Order" of Chargebee',
        ),
        (
            "Invoices",
            "Order",
            ("items.amount", "total", '"integer"'),
            'no such property "items.amount" in the adapter for "Invoices" of Invoiced',
        ),
        (
            "Invoices",
            "Order",
            ("total", "total", '"float"'),
            'not offered by the API: no call writes "total" of "Invoices" of Invoiced',
        ),
        (
            "Invoices",
            "Order",
            ("due_date", "note", '"string"'),
            '"due_date" of "Invoices" of Invoiced is of type integer, not string',
        ),
        (
            "Items",
            "Item",
            ("name", "name", '"string"'),
            UNIQUE,
        ),
    ],
    ids=["left", "right", "nested", "computed", "type", "unique"],
)
def test_a_row_that_the_table_lacks_is_not_exercised(
    left: str, right: str, row: Row, reason: str, tmp_path: Path
) -> None:
    """The checks of such a row have a reason, and no other check uses the row."""
    (feature,) = write(REAL.document(REAL.usual(left, right, [row])), tmp_path)
    own = [each for each in feature.scenarios if each.not_exercised]
    others = [each for each in feature.scenarios if not each.not_exercised]
    tables = [str(step.table) for each in others for step in each.steps]

    assert ({reason}, {row[0]}, []) == (
        {each.not_exercised for each in own},
        {each.ids[0].partition(".")[2].rpartition(".")[0] for each in own},
        [table for table in tables if f"Invoiced {row[0]}" in table],
    )


def test_all_features_are_collected(tmp_path: Path) -> None:
    """No section of a later revision stops the collection."""
    definitions = list(step_function_context_registry.values())
    features = write(LATER, tmp_path)

    assert [] == [each for one in features for each in find_mistakes(one, definitions)]


def test_only_exercised_checks_are_proven(tmp_path: Path) -> None:
    """`prove` and `acquit` run the checks that are exercised: no other can fail."""
    write(LATER, tmp_path)

    assert list_check_ids(ROOT / "features") == list_check_ids(tmp_path)


def test_an_unknown_section_stops_nothing(project: Project) -> None:
    """Beside unknown sections, pytest collects all, and the sync of the known runs."""
    write(LATER, project.folder / "features")
    collected = project.run("--collect-only")
    done = project.run("-m", "items-item.every.new-record", "--sync", "reference")

    assert ("185 tests collected", "1 passed, 184 deselected") == (
        tally(collected),
        tally(done),
    )


@pytest.mark.night
def test_unknown_sections_change_no_verdict(project: Project) -> None:
    """The known checks have the verdicts that they have without unknown sections."""
    shutil.copytree(ROOT / "cassettes", project.folder / "cassettes")
    write(real_facts(), project.folder / "features")
    alone = judge_all(project)
    write(LATER, project.folder / "features")
    beside = judge_all(project)

    assert 95 == len(alone)
    assert {Verdict.HOLDS: 92, Verdict.REFUSED: 3} == Counter(alone.values())
    assert alone == {name: beside.pop(name) for name in alone}
    assert {Verdict.NOT_EXERCISED: 90} == Counter(beside.values())


def judge_all(project: Project) -> dict[str, Verdict]:
    """Return the verdict of each check of a replay."""
    done = project.run("--target", "recorded", has_reports=True)
    return {check.id: check.verdict for check in done.record.checks}


@pytest.mark.parametrize(
    ("pair", "rows", "selection", "result"),
    [
        (
            ("Items", "Item"),
            [
                ("taxable", "is_giftable", '"boolean"'),
                ("description", "description", '"string"'),
            ],
            "all-sorts or taxable. or description.edited-in",
            "9 passed, 26 deselected",
        ),
        (
            ("Customers person", "Customer"),
            [
                ("name", "last_name", '"string"'),
                ("currency", "preferred_currency_code", '"string"'),
            ],
            "all-sorts or name.edited-again",
            "2 passed, 48 deselected",
        ),
    ],
    ids=["items", "persons"],
)
def test_listed_properties_are_exercised(
    project: Project,
    pair: tuple[str, str],
    rows: list[Row],
    selection: str,
    result: str,
) -> None:
    """Listed properties are created, edited and compared, each in its own type."""
    document = REAL.document(REAL.usual(*pair, rows))
    feature = write(document, project.folder / "features")[0]

    assert result == tally(project.run(str(feature.path), "-k", selection))
