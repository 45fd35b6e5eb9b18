"""Play a script: people edit both systems, the sync runs in trouble, and comes to rest.

What has to be true then is known from the log of what people did alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from typing import NamedTuple

from dataflow.sync.create import SyncSettings
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.snapshot import decode_state, encode_state, take_state
from properties.accounts import (
    GUARDED,
    PROPAGATING,
    SETTINGS,
    Accounts,
    Ran,
    accounts,
    in_process,
)
from properties.log import Fate, Known
from properties.oracle import LEFT
from properties.people import CHECKLIST, People
from properties.resting import compare, rest
from properties.scripts import LAG, Round, Script
from properties.trouble import KilledError, Trouble


class Start(NamedTuple):
    """Both systems after a first sync: the twins, the state file, and the log."""

    twins: str
    files: Mapping[str, bytes]
    people: tuple[list[Known], dict[str, str], int]


def prepare() -> Start:
    """Synchronise a few pairs; one customer has not the usual id in Chargebee."""
    with accounts(in_process(), CHECKLIST) as world:
        people = People(world)
        for number in range(3):
            people.create("customer", has_stranger=number == 0)
        for kind in ("item", "item", "order", "order"):
            people.create(kind)
        compare(people, rest(people, is_loose=False))
        world.clock.advance(600)
        twins = encode_state(take_state(world.twins.both, world.twins.clocks[LEFT]))
        return Start(twins, world.read_files(), people.record())


def play(script: Script, start: Start, reached: Counter[str]) -> None:
    """Play a script, and count what it has reached."""
    with accounts(in_process(), CHECKLIST) as world:
        machine = Machine(world, reached)
        machine.begin(script, start)
        for each in script.rounds:
            machine.play(each)


def fails(script: Script, start: Start) -> bool:
    """Return whether a script fails, in whatever way."""
    try:
        play(script, start, Counter())
    except Exception:  # noqa: BLE001 - however it fails
        return True
    return False


class Machine:
    """Plays the rounds of one script."""

    def __init__(self, world: Accounts, reached: Counter[str]) -> None:
        self.world, self.reached = world, reached
        self.people = People(world)
        self.is_loose = False

    def begin(self, script: Script, start: Start) -> None:
        """Begin where the first sync has ended."""
        state = decode_state(start.twins)
        state.restore(self.world.twins.both)
        self.world.clock.advance(
            state.at / 1000 - self.world.clock.milliseconds() / 1000
        )
        self.world.write_files(start.files)
        self.people.resume(*deepcopy(start.people))
        self.world.settings = PROPAGATING if script.propagates else SETTINGS
        self.world.twins.chargebee.switches.list_lag = LAG if script.lags else 0
        side, seconds = script.ahead
        self.world.twins.clocks[side].advance(seconds)
        self.reached["clocks apart"] += seconds > 0
        self.reached["lists that lag"] += script.lags

    def play(self, each: Round) -> None:
        """Play a round: steps, trouble, steps, and rest."""
        for step in each.steps:
            self.people.do(step)
        self.world.clock.advance(each.pause)
        match each.trouble:
            case "kill":
                self._kill(each)
            case "fault":
                self._meet_fault(each)
            case "meanwhile":
                self._interfere(each)
            case "guard":
                self._guard()
            case "forget":
                self._forget()
        for step in each.after:
            self.people.do(step)
        self._rest()

    # What goes wrong

    def _kill(self, each: Round) -> None:
        """End a run at a point."""
        trouble = Trouble(each.at, each.call)
        ran = self._run(trouble)
        if isinstance(ran.ended, KilledError):
            self.reached[f"killed at an {trouble.killed}"] += 1

    def _meet_fault(self, each: Round) -> None:
        """Let a run meet a fault at one call, which ends no run, or at all calls."""
        kind = each.kind
        gateway = self.world.twins.gateways[each.vendor]
        if kind not in gateway.vendor.faults:
            return
        call = each.at or None
        after = 0 if kind is FaultKind.RATE_LIMIT else None
        fault = Fault(kind=kind, call=call, method=each.method, retry_after=after)
        gateway.faults.add(fault)
        ran = self._run(Trouble())
        self.reached[f"met a {kind}"] += len(ran.faults)

        assert call is None or ran.ended is None

    def _interfere(self, each: Round) -> None:
        """Edit while a run reads."""
        trouble = Trouble(meanwhile_at=each.at)

        def edit() -> None:
            self.people.note_run()
            self.people.do(each.meanwhile)
            self.reached["edited meanwhile"] += 1

        trouble.meanwhile = edit
        ran = self._run(trouble)

        assert ran.ended is None

    def _guard(self) -> None:
        """Run a sync that may overwrite nothing unless it is forced to."""
        is_due = self.people.is_overwriting_due() and not self._lags
        ran = self._run(Trouble(), GUARDED)
        self.reached["stopped by the guard"] += is_due

        assert not is_due or (ran.ended is not None and [] == ran.writes)

    def _forget(self) -> None:
        """Lose the state file, unless it alone knows that a record was deleted."""
        if not self.people.list_fated(Fate.DELETED_RIGHT):
            self.world.forget()
            self.people.forget()
            self.reached["state lost"] += 1

    # How it is done

    @property
    def _lags(self) -> bool:
        return self.world.twins.chargebee.switches.list_lag > 0

    def _run(self, trouble: Trouble, settings: SyncSettings | None = None) -> Ran:
        ran = self.world.sync(trouble, settings)
        self.is_loose |= ran.ended is not None or bool(ran.faults)
        self.people.note_run()
        return ran

    def _rest(self) -> None:
        """Run the sync until it should be quiet, and compare all with the log."""
        ran = rest(self.people, is_loose=self.is_loose)
        self.reached["further page"] += len(ran.further_pages)
        self.reached.update(compare(self.people, ran))
        self.is_loose = False
