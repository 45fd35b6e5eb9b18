"""Report what a run has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dataflow.errors import TryAgainError
from dataflow.sync.model import Issue, IssueKind

#: Of one sort of news, so many are told in full.
SHOWN = 50

_SUMMED = ("created", "adopted", "changed", "replaced", "cleared")


@dataclass(slots=True)
class RunReport:
    """The counts and the open issues of one run, in words for people.

    Only what was refused (`failed`) asks for a person, and only what got no answer
    (`later`) for another try; the other lists are news. `notes` are said once.
    """

    counts: Counter[str] = field(default_factory=Counter)
    waiting: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    halted: bool = False

    @property
    def status(self) -> int:
        """Return what the command ends with: 0 done, 75 try again, 1 look at it."""
        if self.halted or self.later:
            return TryAgainError.status
        return 1 if self.failed else 0

    @property
    def written(self) -> int:
        """Return how many records were made, edited, replaced or cleared away."""
        return sum(self.counts[w] for w in _SUMMED if w != "adopted")

    def add(self, issues: Iterable[Issue], name: str) -> None:
        """File issues about one kind of record, which people call `name`."""
        lists = {
            IssueKind.WAITING: self.waiting,
            IssueKind.LEFT_OUT: self.left_out,
            IssueKind.CONFLICT: self.conflicts,
            IssueKind.CONTESTED: self.conflicts,
            IssueKind.BROKEN: self.broken,
            IssueKind.FAILED: self.failed,
            IssueKind.LATER: self.later,
        }
        for issue in issues:
            lists[issue.kind].append(f"{name} {issue.text}")

    def lines(self) -> list[str]:
        """Return the report: what was done first, then what stands open."""
        done = ", ".join(f"{self.counts[w]} {w}" for w in _SUMMED if self.counts[w])
        lines = [done or "nothing to do"]
        for title, texts in (
            ("waiting", self.waiting),
            ("left out", self.left_out),
            ("conflict", self.conflicts),
            ("broken", self.broken),
            ("refused", self.failed),
            ("no answer", self.later),
            ("note", self.notes),
        ):
            lines += [f"{title}: {text}" for text in texts[:SHOWN]]
            if len(texts) > SHOWN:
                lines.append(f"{title}: and {len(texts) - SHOWN} more")
        if self.halted:
            lines.append("stopped early: too many calls in a row got no answer")
        return lines
