"""People work in both systems at random, the sync runs, and much goes wrong.

What has to be true is known from the log of what people did, and from nothing else.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from typing import ClassVar

from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from dataflow.sync.create import SyncSettings
from dataflow.twin.faults import Fault, FaultKind
from properties import people
from properties.accounts import (
    GUARDED,
    PROPAGATING,
    SETTINGS,
    Accounts,
    Ran,
    accounts,
    in_process,
)
from properties.actors import CHECKLIST, Actors
from properties.log import Fate
from properties.people import Contest, Edit, Event, Fit, New
from properties.resting import compare, rest
from properties.trouble import KilledError, Trouble

#: So many records of a kind; more would be edited too seldom.
ENOUGH = 5

#: The seconds by which Chargebee's lists lag, if they do.
LAG = 100


class SyncMachine(RuleBasedStateMachine):
    """Outside edits, runs in trouble, and runs until all is at rest, in any order.

    `reached` counts, over all examples, what the runs were tried on.
    """

    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        lent = accounts(in_process(), CHECKLIST)
        self.world: Accounts = self.closing.enter_context(lent)
        self.actors = Actors(self.world)
        self.is_loose = False

    @initialize(
        news=people.BEGINNING,
        edits=people.EDITS,
        lags=people.SELDOM,
        propagates=people.OFTEN,
    )
    def begin(
        self,
        news: Sequence[New],
        edits: Sequence[Edit],
        *,
        lags: bool,
        propagates: bool,
    ) -> None:
        """Start with a few pairs, and edit them."""
        self.reached["example"] += 1
        self.world.settings = PROPAGATING if propagates else SETTINGS
        for new in news:
            self.actors.make(new)
        self._rest()
        self.world.twins.chargebee.switches.list_lag = LAG if lags else 0
        self.edit(edits)

    # What people do: few rules, for each is left out of many an example

    @rule(new=people.CUSTOMERS | people.ITEMS | people.INVOICES | people.COMPANIES)
    def make(self, new: New) -> None:
        """Make a record in Invoiced."""
        if len(self.actors.list_of(new.kind)) < ENOUGH:
            self.actors.make(new)

    @rule(edits=people.EDITS)
    def edit(self, edits: Sequence[Edit]) -> None:
        """Edit here and there."""
        for edit in edits:
            self.actors.edit(edit)

    @rule(contest=people.CONTESTS)
    def contest(self, contest: Contest) -> None:
        """Edit one property on both sides."""
        self.actors.contest(contest)

    @rule(event=people.EVENTS)
    def happen(self, event: Event) -> None:
        """Let something else happen to some record, or to a clock."""
        match event.what:
            case "touch":
                self.actors.touch(event.which, event.side)
            case "merge":
                self.actors.merge(event.which)
            case "retype":
                self.actors.retype(event.which)
            case "move apart":
                self.actors.move_apart(event.side, event.seconds)
            case Fate() as fate:
                self.actors.end(event.which, fate, edits=event.edits)

    # What the sync does

    @rule(pause=people.PAUSES)
    def run(self, pause: int) -> None:
        """Run the sync once, in no trouble."""
        self.world.clock.advance(pause)
        self.world.sync()
        self.actors.see_all()

    @rule(point=people.POINTS, new=people.INVOICES, abandons=people.OFTEN)
    def crash(self, point: tuple[int, str], new: New, *, abandons: bool) -> None:
        """End a run that creates an order; perhaps its invoice is deleted then."""
        made = self.actors.make(new)
        trouble = Trouble(*point)
        ran = self._run_in_trouble(trouble)
        if isinstance(ran.ended, KilledError):
            self.reached[f"killed at an {trouble.killed}"] += 1
            if abandons and made is not None:
                self.actors.end_one(made, Fate.DELETED_LEFT)

    @rule(read=people.READS, contest=people.RACES)
    def interfere(self, read: int, contest: Contest) -> None:
        """Edit a property on one side before a run, and on the other while it runs."""
        edits = self.actors.list_edits(contest)
        for edit in edits[:1]:
            edit()
        trouble = Trouble(meanwhile_at=read)
        for edit in edits[1:]:
            trouble.meanwhile = edit
        ran = self._run_in_trouble(trouble)
        self.reached["edited meanwhile"] += bool(edits) and trouble.reads >= read

        assert ran.ended is None

    @rule(fits=people.FAULTS)
    def fail(self, fits: Sequence[Fit]) -> None:
        """Let the sync meet faults; one at a single call ends no run."""
        for fit in fits:
            fault = Fault(
                kind=fit.kind,
                method=fit.method,
                call=fit.call,
                retry_after=0 if fit.kind is FaultKind.RATE_LIMIT else None,
            )
            self.world.twins.gateways[fit.vendor].faults.add(fault)
        ran = self._run_in_trouble(Trouble())
        for met in ran.faults:
            self.reached[f"met a {met.kind}"] += 1

        assert len(fits) > 1 or fits[0].call is None or ran.ended is None

    @precondition(lambda self: not (self.is_loose or self.actors.lags))
    @rule()
    def guard(self) -> None:
        """Run a sync that may overwrite nothing unless it is forced to."""
        due = self.actors.is_overwriting_due()
        ran = self._run_in_trouble(Trouble(), GUARDED)
        self.reached["stopped by the guard"] += due

        assert not due or (ran.ended is not None and [] == ran.writes)

    @rule(pause=people.PAUSES, forgets=people.SELDOM)
    def sync(self, pause: int, forgets: bool) -> None:  # noqa: FBT001 - drawn
        """Run until all is at rest; then, perhaps, lose the state file."""
        self.world.clock.advance(pause)
        self._rest()
        if forgets and not self.actors.list_fated(Fate.DELETED_RIGHT):
            self.world.forget()
            self.actors.forget()
            self.reached["memory lost"] += 1
            self._rest()

    def teardown(self) -> None:
        """Come to rest, whatever the last rule was, unless that has failed."""
        with self.closing:
            if sys.exc_info()[0] is None:
                self._rest()

    # How it is done

    def _run_in_trouble(
        self, trouble: Trouble, settings: SyncSettings | None = None
    ) -> Ran:
        ran = self.world.sync(trouble, settings)
        self.is_loose = self.is_loose or ran.ended is not None or bool(ran.faults)
        if ran.ended is not None or ran.faults:
            self.actors.loosen()
        self.actors.see_all()
        return ran

    def _rest(self) -> None:
        """Run the sync until it should be quiet, and compare all with the log."""
        ran = rest(self.actors, is_loose=self.is_loose)
        self.reached["further page"] += len(ran.further_pages)
        self.reached.update(compare(self.actors, ran))
        self.reached["clocks apart"] += self.actors.apart > 0
        self.reached["lists that lag"] += self.actors.lags
        self.is_loose = False
