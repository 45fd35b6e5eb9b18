"""A sweep: finds what runs have left behind in both accounts, and removes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import RenderableType

from dataflow.errors import DataflowError, TryAgainError
from dataflow.harness.scenario.marks import Mark
from dataflow.harness.vendors.refusal import RefusedError, TroubleError
from dataflow.sandbox.asking import PatientAccounts
from dataflow.sandbox.leftovers import Leftover, find_leftovers
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.outcomes import Outcome
from dataflow.sandbox.removing import Cleaner
from dataflow.sandbox.run_mark import RunMark
from dataflow.sandbox.sweep_told import as_calls, as_lines

#: So many removals take minutes, and the lock lasts for hours.
_REFRESHED_AFTER = 500


class SweepStoppedError(TryAgainError):
    """A vendor could not be asked, so that the sweep has come to no end."""


class SweepRefusedError(DataflowError):
    """A vendor refuses to show what there is to sweep, or to be locked."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep of both accounts; `marks` are those of the sync, `say` tells a person.

    Raises `SweepStoppedError` and `SweepRefusedError`.
    """

    accounts: PatientAccounts
    marks: Mapping[str, tuple[Mark, ...]]
    say: Callable[[RenderableType], None]

    def find(self, now: float, older_than: float | None) -> list[Leftover]:
        """Return what runs have left that are at least `older_than` seconds old.

        Without it, all of it: a run of a machine whose clock is ahead has no age yet.
        """
        with _in_sentences():
            found = find_leftovers(
                self.accounts.invoiced, self.accounts.chargebee, self.marks
            )
        if older_than is None:
            return found
        return [each for each in found if each.run.age(now) >= older_than]

    def remove(self, leftovers: Sequence[Leftover], run: RunMark) -> None:
        """Remove it while no run can begin, and tell what became of it.

        `run` is the sweep's own mark. Raises `AnotherRunError` where a run is at it.
        """
        invoiced, chargebee = self.accounts.invoiced, self.accounts.chargebee
        lock, done = Lock(chargebee, run), list[Outcome]()
        with _in_sentences(), lock.held():
            try:
                for each in Cleaner(invoiced, chargebee, self.marks).removing(
                    leftovers
                ):
                    done.append(each)
                    if len(done) % _REFRESHED_AFTER == 0:
                        lock.refresh()
            finally:
                for line in (*as_lines(done), as_calls(self.accounts.calls())):
                    self.say(line)


@contextmanager
def _in_sentences() -> Iterator[None]:
    try:
        yield
    except TroubleError as trouble:
        says = f"{str(trouble).rstrip('.')}. Sweep again later."
        raise SweepStoppedError(says) from trouble
    except RefusedError as refusal:
        says = f"{str(refusal).rstrip('.')}. See what is missing: dataflow doctor."
        raise SweepRefusedError(says) from refusal
