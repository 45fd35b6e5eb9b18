"""The run record: its file, its notes, and what a run of pytest writes into it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from dataflow.checklist.check import Basis
from dataflow.errors import FileError
from dataflow.harness.run_record import (
    VERSION,
    CaseRecord,
    CheckRecord,
    NotesRecord,
    RunRecord,
    Wait,
    decode_notes,
    is_whole,
    read_run_record,
    write_run_record,
)
from dataflow.harness.verdicts import Verdict
from tests.cases import cases

CHECK = CheckRecord(
    id="shop.every.one",
    section="shop",
    title="One",
    basis=Basis.INFERRED,
    verdict=Verdict.INCONCLUSIVE,
    reason="No answer.",
    notes=NotesRecord(calls={"Chargebee": 12}, took=(Wait(what="one", seconds=1.5),)),
)
RUN = RunRecord(
    version=VERSION,
    target="twin",
    sync="reference",
    weather="rough:7",
    start=datetime(2026, 11, 29, 9, tzinfo=UTC),
    end=datetime(2026, 11, 29, 10, tzinfo=UTC),
    status=75,
    is_whole=False,
    checks=(CHECK,),
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A record that was written and read is equal, in a folder that is created."""
    path = tmp_path / "reports" / "run.json"
    write_run_record(path, RUN)

    assert RUN == read_run_record(path)


@cases(
    "text, reason",
    {
        "missing": (None, "No such file or directory"),
        "damaged": ("{", "Input data was truncated"),
        "another version": ('{"version": 1}', "Invalid enum value 1 - at `$.version`"),
        "incomplete": ('{"version": 2}', "Object missing required field `target`"),
    },
)
def test_another_file_is_refused(tmp_path: Path, text: str | None, reason: str) -> None:
    """What is no record of this version is refused with a reason."""
    path = tmp_path / "run.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(FileError) as caught:
        read_run_record(path)

    assert f"{path} is not a run record ({reason}): run pytest again." == str(
        caught.value
    )


def test_notes_are_decoded() -> None:
    """Texts of one name become a tuple, counts numbers; other names are ignored."""
    properties = [
        ("check", "shop.every.one"),
        ("observed", "First."),
        ("observed", "Second."),
        ("calls", "Chargebee, by the sync: 12"),
        ("took", "exactly one item: 1.5"),
        ("trouble", "lag"),
        ("verdict", "inconclusive"),
    ]

    assert NotesRecord(
        observed=("First.", "Second."),
        calls={"Chargebee, by the sync": 12},
        took=(Wait(what="exactly one item", seconds=1.5),),
        trouble=("lag",),
    ) == decode_notes(properties)


@pytest.mark.parametrize(
    ("verdict", "phase", "expected"),
    [
        (Verdict.HOLDS, "call", True),
        (Verdict.FAILS, "call", True),
        (Verdict.FAILS, "setup", False),
        (Verdict.FAILS, "teardown", False),
        (Verdict.FAILS, "???", False),
        (Verdict.INCONCLUSIVE, "setup", True),
        (Verdict.NOT_EXERCISED, "call", False),
        (Verdict.NOT_RUN, "call", False),
    ],
)
def test_a_case_has_a_result_if_its_steps_ran(
    verdict: Verdict, phase: str, *, expected: bool
) -> None:
    """A check that is not exercised, or that an error precedes, has no result."""
    case = CaseRecord(id="shop.every.one", verdict=verdict, phase=phase)

    assert expected is case.has_result


@cases(
    "verdicts, expected",
    {
        "all": ([Verdict.HOLDS, Verdict.FAILS, Verdict.INCONCLUSIVE], True),
        "declared": ([Verdict.HOLDS, Verdict.NOT_EXERCISED], True),
        "not run": ([Verdict.HOLDS, Verdict.NOT_RUN], False),
        "nothing": ([], False),
    },
)
def test_a_run_is_whole(verdicts: list[Verdict], *, expected: bool) -> None:
    """A run is whole if each check was run, or is declared not exercised."""
    checks = [structs.replace(CHECK, verdict=verdict) for verdict in verdicts]

    assert expected is is_whole(checks)
