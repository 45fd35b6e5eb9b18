"""The file of possible matches: `dataflow plan` writes it, the user decides in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dataflow.errors import FileError
from dataflow.files import write_whole
from dataflow.sync.model import Choice, Decision, Issue, IssueKind

_COLUMNS = ("type", "invoiced", "chargebee", "decision", "reason")

#: What the user writes in the column `decision`; an empty one is still open.
_CHOICES = ("link", "create")


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """The user's decision about one Invoiced record, in one line of the file."""

    kind: str
    left_id: str
    decision: Decision


def write_matches(path: Path, issues: Iterable[tuple[str, Issue]]) -> int:
    """Write a line for each candidate of each open match; return how many."""
    rows = [
        (kind, issue.left_id, right_id, "", issue.text)
        for kind, issue in issues
        if issue.kind is IssueKind.DECISION
        for right_id in issue.candidate_ids
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    try:
        write_whole(path, text.getvalue())
    except OSError as error:
        raise FileError(
            f"{path} cannot be written ({error.strerror}): name another file."
        ) from error
    return len(rows)


def read_matches(path: Path) -> list[MatchDecision]:
    """Return the decisions of a file; raise FileError for one that is not clear."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"{path} cannot be read ({error}): write it with dataflow plan --matches."
        ) from error
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise FileError(
            f"{path} has not the columns {', '.join(_COLUMNS)}: write it with dataflow"
            " plan --matches."
        )
    found = list(_decode(path, rows))
    _refuse_two_decisions(path, found)
    return found


def _decode(path: Path, rows: Iterable[dict[str, str]]) -> Iterator[MatchDecision]:
    for number, row in enumerate(rows, 2):
        choice = (row["decision"] or "").strip().lower()
        if choice and choice not in _CHOICES:
            raise FileError(
                f"{path}, line {number}: the decision {choice!r} is unknown: write"
                f" {' or '.join(_CHOICES)}, or nothing."
            )
        if choice:
            right_id = row["chargebee"] if choice == Choice.LINK else ""
            decision = Decision(Choice(choice), right_id)
            yield MatchDecision(row["type"], row["invoiced"], decision)


def _refuse_two_decisions(path: Path, found: Iterable[MatchDecision]) -> None:
    known: dict[tuple[str, str], Decision] = {}
    for each in found:
        before = known.setdefault((each.kind, each.left_id), each.decision)
        if before != each.decision:
            raise FileError(
                f"{path} has two decisions about {each.kind} {each.left_id}: keep one."
            )
