"""Report the result of a run to the user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dataflow.errors import TryAgainError
from dataflow.sync.model import WAITS_FOR_USER, Issue, IssueKind

#: The exit status of a run that is done, but for records that wait for the user.
USER_STATUS = 11

#: The report shows this many lines of one kind of issue, but all of those that end
#: only when the user acts.
SHOWN = 50

#: What lines of the report about a kind of issue begin with, in their order.
TITLES = {kind: kind.value for kind in IssueKind} | {
    IssueKind.FAILED: "refused",
    IssueKind.LATER: "no answer",
}

#: What can have happened to a record, in the order of the report.
OUTCOMES = ("created", "adopted", "changed", "replaced", "cleared", "deleted")


@dataclass(frozen=True, slots=True)
class _Texts:
    """An attribute of a report: the issues of one kind as texts."""

    kind: IssueKind

    def __get__(self, report: RunReport, _owner: type[RunReport]) -> list[str]:
        return report.list_texts(self.kind)


@dataclass(slots=True)
class RunReport:
    """The counts by outcome and the open issues of one run.

    `by_type` has the counts by record type and outcome, `issues` the issues with their
    record type, and `left` the number of records that a stopped run has not reached.
    """

    counts: Counter[str] = field(default_factory=Counter)
    by_type: Counter[tuple[str, str]] = field(default_factory=Counter)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    left: int = 0
    notes: list[str] = field(default_factory=list)
    halted: bool = False

    waiting = _Texts(IssueKind.WAITING)
    left_out = _Texts(IssueKind.LEFT_OUT)
    conflicts = _Texts(IssueKind.CONFLICT)
    decisions = _Texts(IssueKind.DECISION)
    broken = _Texts(IssueKind.BROKEN)
    failed = _Texts(IssueKind.FAILED)
    later = _Texts(IssueKind.LATER)

    @property
    def status(self) -> int:
        """Return the exit status: 0 done, 11 done but for the user, 75 try again."""
        if self.is_incomplete:
            return TryAgainError.status
        waits = any(issue.kind in WAITS_FOR_USER for _, issue in self.issues)
        return USER_STATUS if waits else 0

    @property
    def is_incomplete(self) -> bool:
        """Return whether another run can do now what this one has not done."""
        return self.halted or bool(self.later) or self.left > 0

    @property
    def written(self) -> int:
        """Return how many records were created, edited, replaced or removed."""
        return sum(self.counts[name] for name in OUTCOMES if name != "adopted")

    def add(self, issues: Iterable[Issue], subject: str) -> None:
        """Add issues of records of a type, or of a list."""
        self.issues += ((subject, issue) for issue in issues)

    def list_texts(self, kind: IssueKind) -> list[str]:
        """Return the issues of a kind, each with its subject."""
        return [f"{name} {one.text}" for name, one in self.issues if one.kind is kind]

    def lines(self) -> list[str]:
        """Return the lines of the report: the counts, then the open issues."""
        counts = [f"{self.counts[x]} {x}" for x in OUTCOMES if self.counts[x]]
        lines = [", ".join(counts) or "nothing to do"]
        found = [(title, self.list_texts(kind)) for kind, title in TITLES.items()]
        for title, texts in (*found, ("note", self.notes)):
            shown = SHOWN
            if title in {TITLES[kind] for kind in WAITS_FOR_USER}:
                shown = len(texts)
            lines += [f"{title}: {text}" for text in texts[:shown]]
            if len(texts) > shown:
                lines.append(f"{title}: and {len(texts) - shown} more")
        if self.left:
            lines.append(f"stopped: {self.left} records are left for the next run")
        if self.halted:
            lines.append("stopped early: too many calls in a row got no answer")
        return lines
