"""`dataflow sync`: one run of the reference sync."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.sync.report import RunReport
from tests.checklist.documents import REAL
from tests.cli.running import Twins, done, program, run


def test_a_sync_makes_counterparts(one_of_each: Twins, features: Path) -> None:
    """A run of the sync makes a counterpart for each record."""
    done("sync", "--features", str(features), environment=one_of_each.environment)
    kinds = ("customer", "order", "item")

    assert [1, 1, 1] == [len(one_of_each.all_of(kind)) for kind in kinds]


@pytest.mark.usefixtures("features")
def test_a_sync_says_what_it_did(one_of_each: Twins) -> None:
    """A run of the sync says how many records it made."""
    first, *_ = done("sync", environment=one_of_each.environment).splitlines()

    assert "3 created" == first


@pytest.mark.usefixtures("features")
def test_a_listed_property_is_synchronised(one_of_each: Twins) -> None:
    """What the features list reaches the other system."""
    done("sync", environment=one_of_each.environment)
    (order,) = one_of_each.all_of("order")

    assert "EUR" == order["currency_code"]


@pytest.mark.usefixtures("features")
def test_a_record_of_no_section_is_not_synchronised(one_of_each: Twins) -> None:
    """What no feature speaks of is left alone."""
    Path("features/items-item.feature").unlink()
    done("sync", environment=one_of_each.environment)

    assert [] == one_of_each.all_of("item")


@pytest.mark.usefixtures("features")
def test_an_edit_is_synchronised(one_of_each: Twins) -> None:
    """An edit of what the features list reaches the other system."""
    done("sync", environment=one_of_each.environment)
    one_of_each.clock.advance(10)
    (invoice,) = one_of_each.invoiced.get("/invoices").json()
    one_of_each.invoiced.patch(f"/invoices/{invoice['id']}", json={"currency": "gbp"})
    done("sync", environment=one_of_each.environment)
    currencies = {order["currency_code"] for order in one_of_each.all_of("order")}

    assert "GBP" in currencies


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        (RunReport(), 0, "nothing to do\n"),
        (RunReport(failed=["item 1 no"]), 1, "nothing to do\nrefused: item 1 no\n"),
        (RunReport(later=["item 1 no"]), 75, "nothing to do\nno answer: item 1 no\n"),
    ],
    ids=["done", "refused", "no answer"],
)
def test_the_status_says_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, outcome: RunReport, status: int, said: str
) -> None:
    """The status tells done from refused and from try again, and words say why."""
    monkeypatch.setattr("dataflow.sync.reference.run_once", lambda *_, **__: outcome)
    result = run("sync")

    assert (status, said) == (result.exit_code, result.output)


def test_an_unclear_row_does_not_stop_a_sync(one_of_each: Twins) -> None:
    """A row that the checklist only asks about is none for the sync."""
    rows = [("", "sku", "N/A"), ("name (if known)", "name", '"string"')]
    Path("x.rst").write_text(REAL.document(REAL.usual("Items", "Item", rows)), "utf-8")
    done("transcribe", "x.rst")
    done("sync", environment=one_of_each.environment)

    assert 1 == len(one_of_each.all_of("item"))


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("options", [[], ["--full"]], ids=["changes", "full"])
def test_a_second_sync_writes_nothing(one_of_each: Twins, options: list[str]) -> None:
    """Another run, of changes or of everything, leaves Chargebee as it was."""
    kinds = ("customer", "order", "item", "invoice")
    done("sync", environment=one_of_each.environment)
    before = [one_of_each.all_of(kind) for kind in kinds]
    done("sync", *options, environment=one_of_each.environment)

    assert before == [one_of_each.all_of(kind) for kind in kinds]


@pytest.mark.usefixtures("features")
def test_a_second_sync_says_so(one_of_each: Twins) -> None:
    """Another run has nothing to do, and says so."""
    done("sync", environment=one_of_each.environment)
    first, *_ = done("sync", environment=one_of_each.environment).splitlines()

    assert "nothing to do" == first


@pytest.mark.usefixtures("features")
def test_the_settings_are_obeyed(one_of_each: Twins) -> None:
    """What dataflow.toml says of the sync is done."""
    Path("dataflow.toml").write_text('[sync]\nitem_family = "tools"\n', "utf-8")
    done("sync", environment=one_of_each.environment)
    (item,) = one_of_each.all_of("item")

    assert "tools" == item["item_family_id"]


@pytest.mark.usefixtures("features")
def test_a_program_syncs(one_of_each: Twins) -> None:
    """The installed program syncs, told by its environment alone."""
    status, _, complaint = program("sync", environment=one_of_each.environment)

    assert (0, "", 1) == (status, complaint, len(one_of_each.all_of("order")))
