"""What a transcription would add, change and remove, check by check."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.checklist.drift import Drift, find_drift
from dataflow.checklist.features import HEADER
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from tests.cases import cases
from tests.checklist.documents import MADE_UP, ORDER_ROWS, REAL, all_forms, real_facts

ITEMS = REAL.document(REAL.usual("Items", "Item"))
ORDERS = REAL.document(REAL.usual("Invoices", "Order", ORDER_ROWS))
FEWER_ROWS = REAL.document(REAL.usual("Invoices", "Order", ORDER_ROWS[1:]))
ANOTHER_PAIR = MADE_UP.document(MADE_UP.usual("Client", "Account"))


def write(document: str, folder: Path) -> None:
    """Write the features of a document's text."""
    write_features(transcribe(parse_document(document)), folder)


def drift_to(document: str, folder: Path, *, takes_others: bool = False) -> Drift:
    """Return how a folder differs from a document's text."""
    texts = transcribe(parse_document(document))
    return find_drift(texts, folder, takes_others=takes_others)


def lines(drift: Drift) -> list[str]:
    """Return the lines of all features."""
    return [line for feature in drift.features for line in feature.lines()]


def test_right_features_do_not_differ(tmp_path: Path) -> None:
    """What was just written does not differ."""
    write(all_forms(), tmp_path)

    assert Drift((), ()) == drift_to(all_forms(), tmp_path)


def test_a_missing_folder_differs_in_everything(tmp_path: Path) -> None:
    """Where there is no folder, each check of each section is added."""
    drift = drift_to(real_facts(), tmp_path / "none")

    assert (95, [], []) == (
        sum(len(feature.added) for feature in drift.features),
        drift.removed,
        drift.stale,
    )


def test_a_check_that_is_lost_is_listed(tmp_path: Path) -> None:
    """A revision with fewer rows lists each check that the section loses."""
    write(ORDERS, tmp_path)
    removed = drift_to(FEWER_ROWS, tmp_path).removed

    assert (14, True) == (
        len(removed),
        all("currency" in check.partition(".")[2] for check in removed),
    )


def test_a_check_is_listed_once(tmp_path: Path) -> None:
    """A revision with one more row adds its checks, and changes those with tables."""
    write(FEWER_ROWS, tmp_path)
    found = lines(drift_to(ORDERS, tmp_path))

    assert [
        "invoices-order: 14 added, 34 changed",
        "  added    invoices-order.currency.edited-in-invoiced",
        "  changed  invoices-order.every.new-record: steps",
    ] == [found[0], found[1], found[15]]


@cases(
    "old, new, line",
    {
        "title": ("A new item gets", "An item gets", "title"),
        "basis": ("new-record @stated", "new-record @observed", "basis"),
        "steps": ("When a new item", "When a neighbour item", "steps"),
        "table": ("        | the item      |", "        | the items     |", "steps"),
        "keyword": ("And the sync has", "Given the sync has", "steps"),
    },
)
def test_what_changes_is_named(tmp_path: Path, old: str, new: str, line: str) -> None:
    """Of a check that changes, the parts that change are listed."""
    write(ITEMS, tmp_path)
    path = tmp_path / "items-item.feature"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

    assert [
        "items-item: 1 changed",
        f"  changed  items-item.every.new-record: {line}",
    ] == lines(drift_to(ITEMS, tmp_path))


def test_a_check_that_is_not_exercised_any_more_is_a_change(tmp_path: Path) -> None:
    """That a check is not exercised is a change, with the reason."""
    write(ITEMS, tmp_path)
    path = tmp_path / "items-item.feature"
    text = path.read_text("utf-8")
    there = text.replace("one item\n", "one item\n      Not exercised: so.\n", 1)
    path.write_text(there, "utf-8")
    back = lines(drift_to(ITEMS, tmp_path))[1]
    unknown = REAL.document(REAL.usual("Items", "Item", [("a", "b", '"string"')]))
    forth = lines(drift_to(unknown, tmp_path))[1]

    assert (
        "  changed  items-item.every.new-record: exercised",
        "  added    items-item.a.edited-in-invoiced",
    ) == (back, forth)


@cases(
    "content, line",
    {
        "line ends": (f"{HEADER}\r\n".encode(), "items-item: 21 added"),
        "no text": (HEADER.encode() + b"\xff", "items-item: 21 added"),
        "emptied": (b"", "items-item: 21 added"),
        "by hand": (b"Feature: Mine\n", "items-item: 21 added"),
    },
)
def test_a_file_that_is_no_feature_differs(
    tmp_path: Path, content: bytes, line: str
) -> None:
    """A file without a check differs, whatever it contains."""
    (tmp_path / "items-item.feature").write_bytes(content)

    assert line == lines(drift_to(ITEMS, tmp_path))[0]


def test_a_change_without_a_check_is_a_difference(tmp_path: Path) -> None:
    """A byte that belongs to no check is a difference, too."""
    write(ITEMS, tmp_path)
    path = tmp_path / "items-item.feature"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert ["items-item: description changed"] == lines(drift_to(ITEMS, tmp_path))


def test_a_section_that_is_gone_is_stale(tmp_path: Path) -> None:
    """A generated feature without a section is stale, and its checks are lost."""
    write(real_facts(), tmp_path)
    drift = drift_to(ITEMS, tmp_path)

    assert (["customers-person-customer.feature", "invoices-order.feature"], 74) == (
        drift.stale,
        len(drift.removed),
    )


def test_features_of_another_document_are_left_alone(tmp_path: Path) -> None:
    """A feature about other systems is neither stale nor a difference."""
    write(ITEMS, tmp_path)
    drift = drift_to(ANOTHER_PAIR, tmp_path)

    assert ([], ("items-item.feature",)) == (drift.stale, drift.others)


def test_features_of_another_document_are_stale_on_request(tmp_path: Path) -> None:
    """A feature about other systems is stale if the user asks for it."""
    write(ITEMS, tmp_path)
    drift = drift_to(ANOTHER_PAIR, tmp_path, takes_others=True)

    assert (["items-item.feature"], ()) == (drift.stale, drift.others)


@pytest.mark.parametrize("takes_others", [False, True])
@pytest.mark.parametrize(
    "content",
    [
        b"Feature: Mine\n",
        b"Feature: Mine\n\n" + HEADER.encode(),
        b"\xff\xfe no text at all",
    ],
)
def test_a_feature_by_hand_is_never_stale(
    tmp_path: Path, content: bytes, *, takes_others: bool
) -> None:
    """A file that was not generated is no part of a transcription."""
    (tmp_path / "mine.feature").write_bytes(content)
    (tmp_path / "more.feature").mkdir()
    write(ITEMS, tmp_path)

    assert Drift((), ()) == drift_to(ITEMS, tmp_path, takes_others=takes_others)


def test_looking_for_differences_writes_nothing(tmp_path: Path) -> None:
    """To look for differences changes nothing."""
    (tmp_path / "items-item.feature").write_text("by hand", "utf-8")
    drift_to(real_facts(), tmp_path)

    assert ["items-item.feature"] == [path.name for path in tmp_path.iterdir()]
