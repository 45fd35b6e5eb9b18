"""The run record, which every report is a view of; to read it needs no pytest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from dataflow.checklist.check import Basis
from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.harness.categories import Category
from dataflow.harness.causes import find_cause
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import Waiver

#: The place of the record below the root of the project.
RUN_RECORD = Path("reports", "run.json")

#: Increased when a reader of the old form would misunderstand the new one.
VERSION: Literal[2] = 2


class _Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the document: a field with its default value is left out of it."""


class Wait(_Record, frozen=True, kw_only=True):
    """How many seconds passed before something became true."""

    what: str
    seconds: float


class NotesRecord(_Record, frozen=True, kw_only=True):
    """The notes of a check, by the names of JUnit's properties."""

    evidence: tuple[str, ...] = ()  # the source of the answers
    observed: tuple[str, ...] = ()  # the sync's choice where the document has none
    unharmed: tuple[str, ...] = ()  # edits of unlisted properties that are still there
    refused: tuple[str, ...] = ()  # edits that a vendor refused
    unconfirmed: tuple[str, ...] = ()  # `name: sentence`: assumed of a vendor
    dropped: tuple[str, ...] = ()  # `call: parameter` that a vendor ignores
    trouble: tuple[str, ...] = ()  # the faults that the sync met, by kind
    took: tuple[Wait, ...] = ()
    calls: Mapping[str, int] = {}  # HTTP calls, by vendor
    litter: tuple[str, ...] = ()  # records that could not be removed


class SectionRecord(_Record, frozen=True, kw_only=True):
    """A section of the checklist; its feature has `announced` checks."""

    id: str
    number: int
    name: str
    announced: int
    questions: tuple[str, ...] = ()


class CaseRecord(_Record, frozen=True, kw_only=True):
    """The result of one test; `id` is the node id, or the check id of a check.

    `reason` is the text of a failure, or why the test was not exercised. `phase` is
    pytest's word for the part that gave the verdict: `setup`, `call`, `teardown`,
    `collect`, or `???` where a worker crashed.
    """

    id: str
    verdict: Verdict
    phase: str = "call"
    reason: str = ""
    seconds: float = 0.0

    @property
    def has_result(self) -> bool:
        """Return whether the steps ran, or a vendor prevented them."""
        if self.verdict is Verdict.INCONCLUSIVE:
            return True
        return self.phase == "call" and self.verdict.is_result


class CheckRecord(CaseRecord, frozen=True, kw_only=True):
    """The result of one check; `message` is that of a failure, without the scenario.

    `statement` is the rule of the feature. `category` is that of a failure, or of a
    check without a result.
    """

    section: str
    title: str
    basis: Basis
    statement: str = ""
    message: str = ""
    category: Category | None = None
    waiver: Waiver | None = None
    notes: NotesRecord = NotesRecord()

    @property
    def cause(self) -> str:
        """Return the message without what differs between scenarios."""
        return find_cause(self.message)


class RunRecord(_Record, frozen=True, kw_only=True):
    """One run of pytest: its circumstances, and each check of the checklist.

    `document` names the systems that the checklist is about. `sync` is the text of
    `--sync`. `start` and `end` are the machine's time. `is_whole` is true if no check
    has the verdict *not run*. `evidence` states who has answered. `commit` is the one
    that was checked out, with `-dirty` beside changes, if git knows it. `versions` are
    those of this project and both SDKs. `waivers` are sentences about the waivers that
    waived nothing. `status` is the exit status. Checks are in the
    order of the features, other tests that ran in that of the run.
    """

    version: Literal[2]
    document: str = ""
    target: str
    sync: str
    weather: str
    start: datetime
    end: datetime
    status: int
    is_whole: bool
    evidence: tuple[str, ...] = ()
    commit: str = ""
    versions: Mapping[str, str] = {}
    waivers: tuple[str, ...] = ()
    sections: tuple[SectionRecord, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    tests: tuple[CaseRecord, ...] = ()


def is_whole(checks: Sequence[CheckRecord]) -> bool:
    """Return whether each of these checks was run, or declared not exercised."""
    return all(check.verdict is not Verdict.NOT_RUN for check in checks) and bool(
        checks
    )


def decode_notes(properties: Iterable[tuple[str, object]]) -> NotesRecord:
    """Return the notes among the `user_properties` of a test or of its report."""
    found: dict[str, list[str]] = {}
    for name, value in properties:
        if name in NotesRecord.__struct_fields__:
            found.setdefault(name, []).append(str(value))
    calls, took = (map(_split, found.pop(name, ())) for name in ("calls", "took"))
    return NotesRecord(
        calls={vendor: int(count) for vendor, count in calls},
        took=tuple(Wait(what=what, seconds=float(number)) for what, number in took),
        **{name: tuple(texts) for name, texts in found.items()},
    )


def _split(note: str) -> tuple[str, str]:
    """Return the parts of a note such as `Chargebee: 12`."""
    what, _, number = note.rpartition(": ")
    return what, number


def read_run_record(path: Path) -> RunRecord:
    """Return the record in a file, or raise `FileError`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except (OSError, msgspec.DecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FileError(
            f"{path} is not a run record ({reason}): run pytest again."
        ) from error


def write_run_record(path: Path, record: RunRecord) -> None:
    """Replace the record in a file, whose folder is created; raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(record), indent=1).decode()
    write_whole(path, f"{text}\n")
