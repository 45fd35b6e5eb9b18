"""Bugs of the sync, each of which the scripts have to find: `make bugs`.

Each is a change of the source of one function, made in this process. An anchor that the
source does not have once is an error: such a bug would never be there.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pkgutil import resolve_name
from types import FunctionType

from properties.machine import fails, prepare
from properties.scripts import SCRIPTS, draw_script

#: The exit status if a bug is not found.
MISSED = 3


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug by its name: `old` in the source of a function becomes `new`.

    The function is named as in `merge:resolve`, by its module in the package of the
    sync.
    """

    name: str
    function: str
    old: str
    new: str

    @contextmanager
    def made(self) -> Iterator[None]:
        """Have the bug within the block."""
        function = inspect.unwrap(resolve_name(f"dataflow.sync.{self.function}"))
        if not isinstance(function, FunctionType):
            raise TypeError(f"{self.name}: {self.function} is no function")
        correct = function.__code__
        function.__code__ = self._compile(function).__code__
        try:
            yield
        finally:
            function.__code__ = correct

    def _compile(self, function: FunctionType) -> FunctionType:
        source = textwrap.dedent(inspect.getsource(function))
        source = re.sub(r"\A(@.*\n)+", "", source)
        if source.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.function} has not once {self.old!r}")
        changed = source.replace(self.old, self.new)
        made: dict[str, FunctionType] = {}
        header = "from __future__ import annotations\n"
        exec(header + changed, function.__globals__, made)  # noqa: S102 - our own code
        return made[function.__name__]


BUGS = (
    Bug(
        "a conflict is not reported",
        "plan:_Planner._report_differences",
        "elif resolution in DIFFERENT:",
        "elif False:",
    ),
    Bug(
        "one side always wins",
        "merge:_find_latest",
        "if _is_later(left, right):",
        "if True:",
    ),
    Bug("a tie has a winner", "merge:_is_later", ">= RESOLUTION", ">= 0"),
    Bug(
        "the earlier edit wins",
        "merge:_is_later",
        "one.earliest - other.latest",
        "other.latest - one.earliest",
    ),
    Bug(
        "a deletion is propagated unasked",
        "plan:_Planner._decide_on_survivor",
        "or not self.changes.propagates_deletions",
        "",
    ),
    Bug(
        "a deletion takes an edit along",
        "edit_times:is_unedited",
        "return bool(known) and known == find_fingerprint(flow, side, link, now)",
        "return True",
    ),
    Bug(
        "nothing is stored before a creation of two calls",
        "apply:Applier._create",
        'self._postpone(left.id, "got no order yet: the sync was stopped")',
        "pass",
    ),
    Bug(
        "no read before a write in Chargebee",
        "apply:Applier._patch_right",
        "now.values != operation.right.values",
        "False",
    ),
    Bug(
        "no read before a write in Invoiced",
        "apply:Applier._patch_left",
        "now.values != operation.left.values",
        "False",
    ),
    Bug(
        "the time of the record is taken for that of the edit",
        "edit_times:time_by_fingerprint",
        "return EditTime(None, now.updated_at)",
        "return EditTime(now.updated_at, now.updated_at)",
    ),
    Bug(
        "what a write in Chargebee intends is not stored",
        "apply:Applier._write_right",
        "self._save(replace(link, intent=Intent(RIGHT, values)))",
        "pass",
    ),
    Bug(
        "what a write in Invoiced intends is not stored",
        "apply:Applier._write_left",
        "self._save(replace(link, intent=Intent(LEFT, values)))",
        "pass",
    ),
    Bug(
        "a deletion in Invoiced is not noticed",
        "deletions:find_deletions",
        'verb == "deleted"',
        "False",
    ),
    Bug(
        "a second counterpart is created",
        "matching:choose_counterpart",
        "certain = _list_certain(flow, links, left, candidates)",
        "certain = []",
    ),
    Bug(
        "there is no guard",
        "guards:ChangeGuard.check",
        "if count > max(",
        "if 0 > max(",
    ),
    Bug(
        "the time moves on past a failure",
        "isolation:ErrorIsolation._quarantine",
        "self.replace_issues(kind, left_id, [issue], seen)",
        "pass",
    ),
    Bug(
        "an empty value empties the other side",
        "merge:_find_winner",
        "return Resolution.EMPTIED if left is None else Resolution.TO_RIGHT",
        "return Resolution.TO_RIGHT",
    ),
    Bug(
        "a replaced order stays",
        "plan:_Planner.decide",
        "removals = tuple(self._remove_superseded(order) for order in superseded)",
        "removals = ()",
    ),
    Bug(
        "the backing invoice of a replaced order stays",
        "backing_invoices:BackingInvoices.clear",
        "if not self._has_live_order",
        "if False and not self._has_live_order",
    ),
    Bug(
        "the error of one record ends the run",
        "isolation:ErrorIsolation.isolate",
        "if self.systems.is_foreign(error):",
        "if True:",
    ),
    Bug(
        "an edit is written back to its own side",
        "plan:_Planner._compare",
        "yield PatchLeft(link, left, right, values)",
        "yield PatchRight(link, left, right, values)",
    ),
    Bug(
        "a reference is not translated",
        "model:Links.right_of",
        "return None if link is None or RIGHT in link.deleted_in else link.right_id",
        "return None if link is None or RIGHT in link.deleted_in else left_id",
    ),
    Bug(
        "a failed record waits for ever",
        "isolation:find_delay",
        "if attempts <= 1:\n        return 0\n    return int(",
        "return 10**9 + int(",
    ),
    Bug(
        "a run that has failed counts as read",
        "run:_Work._set_cursors",
        "max(cursor, EMPTY)",
        "2**33",
    ),
    Bug(
        "the events of the other side are not read",
        "timing:EditTimer._time",
        "for side in (LEFT_SIDE, RIGHT_SIDE)",
        "for side in (LEFT_SIDE, LEFT_SIDE)",
    ),
)


def find(bug: Bug) -> int:
    """Return how many scripts it takes to find a bug, or 0 if they do not find it."""
    with bug.made():
        try:
            start = prepare()
        except AssertionError:
            return 1  # What all scripts begin with has found it.
        scripts = enumerate(map(draw_script, range(SCRIPTS)), start=1)
        return next((number for number, x in scripts if fails(x, start)), 0)


def main() -> int:
    """Print which bugs are found; return the exit status."""
    print("| bug | found | scripts | seconds |\n|---|---|---|---|")  # noqa: T201
    is_missed = False
    for bug in BUGS:
        started = time.monotonic()
        number = find(bug)
        seconds = time.monotonic() - started
        found = "yes" if number else "no"
        print(f"| {bug.name} | {found} | {number or SCRIPTS} | {seconds:.1f} |")  # noqa: T201
        is_missed |= not number
    return MISSED if is_missed else 0


if __name__ == "__main__":
    sys.exit(main())
