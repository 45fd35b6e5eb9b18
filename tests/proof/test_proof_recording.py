"""A recording of the plain sync: which other syncs make the same calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broken.api import Chargebee, Connection, Invoiced
from broken.catalogue import find_sync
from broken.mutants import list_mutants
from broken.plain import PlainSync
from broken.recording import differs, read_recording, record_run

PERSON = {"id": 7, "type": "person", "name": "Ada Lovelace", "created_at": 100}


class Vendor(Connection):
    """Has one person in Invoiced, and nothing in Chargebee."""

    def __init__(self) -> None:
        super().__init__("http://vendor", "")

    def call(
        self, method: str, path: str, body: str | None = None, form: str = ""
    ) -> tuple[Any, str]:
        """Answer a read, and the creation of a customer."""
        del body, form
        if method == "POST":
            return {"customer": {"id": "7"}}, ""
        if "per_page" not in path:
            return {"list": []}, ""
        return ([PERSON] if path.startswith("/customers") else []), ""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a recording of one run."""
    monkeypatch.setenv("DATAFLOW_STATE_DIR", "state")
    monkeypatch.setenv("DATAFLOW_NOW", "200")
    file, invoiced, chargebee = tmp_path / "calls.jsonl", Vendor(), Vendor()
    sync = PlainSync(Invoiced(invoiced), Chargebee(chargebee), {}, 0)
    record_run(sync, invoiced, chargebee, file)
    return read_recording(file)[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("never-creates-customers", True),
        ("reads-shifting-pages", True),
        ("leaves-sent-out", False),
        ("drops-currency-edits", False),
    ],
)
def test_a_sync_differs_by_its_calls(
    runs: list[str],
    name: str,
    expected: bool,  # noqa: FBT001 - a column of a table
) -> None:
    """A sync differs if it makes another call, or one call less."""
    assert expected is differs(find_sync(name), runs)


def test_the_plain_sync_makes_its_own_calls(runs: list[str]) -> None:
    """A replay of the recorded sync has no difference."""
    assert not differs(PlainSync, runs)


def test_there_are_enough_mutants() -> None:
    """There are at least so many mutants, as the command promises."""
    assert len(list_mutants()) >= 300


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("leaves out customers that have no value in email", True),
        ("leaves out orders that have a value in notes", False),
        ("line 58: without `self.serve_all()`", True),
    ],
)
def test_a_mutant_differs_where_it_is_reached(
    runs: list[str],
    what: str,
    expected: bool,  # noqa: FBT001 - a column of a table
) -> None:
    """A mutant of the source or of the records differs by its calls, too."""
    (mutant,) = [m for m in list_mutants().values() if m.description == what]

    assert expected is differs(find_sync(mutant.name), runs)
