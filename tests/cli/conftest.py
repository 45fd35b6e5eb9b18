"""What the tests of the command share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow.twin.clock import ManualClock
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, TwinPair
from tests.checklist.documents import real_facts
from tests.cli.running import VARIABLES, Twins, client, done, sync_variables


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, and without a person's own variables."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in [*VARIABLES, "DATAFLOW_SINCE", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    # A repeated read waits for seconds of the real clock.
    monkeypatch.setattr("dataflow.sync.clients.waiting.ATTEMPTS", 1)


@pytest.fixture
def document() -> Path:
    """Return a document that lies in the current folder."""
    path = Path("document.rst")
    path.write_text(real_facts(), "utf-8")
    return path


@pytest.fixture
def features(document: Path) -> Path:
    """Return the features of that document, where `dataflow` looks for them."""
    done("transcribe", str(document))
    return Path("features")


@pytest.fixture
def twins() -> Iterator[Twins]:
    """Serve both twins, empty."""
    clock = ManualClock()
    with (
        TwinPair(clock).serve(0, 0) as addresses,
        client(addresses.invoiced_url, INVOICED_KEY) as invoiced,
        client(addresses.chargebee_url, CHARGEBEE_KEY) as chargebee,
    ):
        environment = sync_variables(addresses.invoiced_url, addresses.chargebee_url)
        yield Twins(invoiced, chargebee, clock, environment)


@pytest.fixture
def one_of_each(twins: Twins) -> Twins:
    """Serve twins with a person, an invoice and an item in Invoiced."""
    person = twins.make("customers", name="Ada Lovelace", type="person")
    lines = [{"name": "Paper", "quantity": 1, "unit_cost": 10}]
    twins.make("invoices", customer=person, currency="eur", items=lines)
    twins.make("items", id="paper", name="Paper", unit_cost=10)
    return twins
