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
UNTIL_SETTLED = frozenset({"conflict", "decision", "refused"})

#: What can have happened to a record, in the order of the report.
OUTCOMES = ("created", "adopted", "changed", "replaced", "cleared", "deleted")


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
    waiting: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    halted: bool = False

    @property
    def status(self) -> int:
        """Return the exit status: 0 done, 11 done but for the user, 75 try again."""
        if self.is_incomplete:
            return TryAgainError.status
        waits = self.failed or any(x.kind in WAITS_FOR_USER for _, x in self.issues)
        return USER_STATUS if waits else 0

    @property
    def is_incomplete(self) -> bool:
        """Return whether another run can do now what this one has not done."""
        return self.halted or bool(self.later) or self.left > 0

    @property
    def written(self) -> int:
        """Return how many records were created, edited, replaced or removed."""
        return sum(self.counts[name] for name in OUTCOMES if name != "adopted")

    def add(self, issues: Iterable[Issue], type_name: str) -> None:
        """Add the issues of one record type."""
        lists = {
            IssueKind.WAITING: self.waiting,
            IssueKind.LEFT_OUT: self.left_out,
            IssueKind.CONFLICT: self.conflicts,
            IssueKind.DECISION: self.decisions,
            IssueKind.BROKEN: self.broken,
            IssueKind.FAILED: self.failed,
            IssueKind.LATER: self.later,
        }
        for issue in issues:
            self.issues.append((type_name, issue))
            lists[issue.kind].append(f"{type_name} {issue.text}")

    def lines(self) -> list[str]:
        """Return the lines of the report: the counts, then the open issues."""
        counts = [f"{self.counts[x]} {x}" for x in OUTCOMES if self.counts[x]]
        lines = [", ".join(counts) or "nothing to do"]
        for title, texts in (
            ("waiting", self.waiting),
            ("left out", self.left_out),
            ("conflict", self.conflicts),
            ("decision", self.decisions),
            ("broken", self.broken),
            ("refused", self.failed),
            ("no answer", self.later),
            ("note", self.notes),
        ):
            shown = len(texts) if title in UNTIL_SETTLED else SHOWN
            lines += [f"{title}: {text}" for text in texts[:shown]]
            if len(texts) > shown:
                lines.append(f"{title}: and {len(texts) - shown} more")
        if self.left:
            lines.append(f"stopped: {self.left} records are left for the next run")
        if self.halted:
            lines.append("stopped early: too many calls in a row got no answer")
        return lines
