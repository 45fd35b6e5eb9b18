"""The twins as a target: stand-ins for both vendors, over real HTTP on loopback."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from dataflow.evidence.cassette import CassetteError, Provenance, read_cassette
from dataflow.evidence.hosts import Hosts
from dataflow.evidence.scrubbing import Scrubber
from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.targets.exchanges import Exchange
from dataflow.harness.targets.own_clock import own_clock
from dataflow.harness.targets.tapes import NoTape, RecordingTape, Tape, cassette_path
from dataflow.harness.targets.target import EVIDENCE
from dataflow.harness.targets.wire_log import WireLog
from dataflow.harness.vendors.connection import Connection
from dataflow.twin import pair
from dataflow.twin.clock import Clock, ManualClock, SystemClock

#: Where the twins' clock starts: 2036-01-07 09:00:00 UTC, a Monday. No machine's clock
#: is ahead of it, so that a sync that asks for what came since its last run, by its own
#: clock, misses nothing; and unix seconds of 32 bits last for two more years.
START = 2_083_309_200

#: The twins' clock moves this far between two steps: more than the vendors' grain.
STEP_SECONDS = 2
#: Some syncs leave a record alone until nothing has edited it for a while. Before each
#: further try this much more of the twins' time passes.
LINGER_SECONDS = 60

#: The hosts that a recording of the twins names: they can be nobody's.
HOSTS = {"Invoiced": "invoiced.twin", "Chargebee": "chargebee.twin"}

_TWIN = "twin"

_PACKAGES = ("dataflow", "invoiced", "chargebee")


@dataclass(eq=False)
class TwinTarget:
    """Both twins, with a clock that the harness moves."""

    twins: pair.TwinPair
    clock: ManualClock
    connection: Connection
    wire: WireLog
    #: What was done shows at once, or when the clock is moved.
    patience: PollPolicy = field(init=False, default_factory=PollPolicy)
    #: The clock of the machine, which the sync under test may go by.
    machine: Clock = field(default_factory=SystemClock, kw_only=True)

    def begin(self, check: str) -> Tape:
        """Begin with new accounts, at a time that is the same for each scenario."""
        self.clock = ManualClock(START)
        self.twins.renew(self.clock)
        self.wire.begin()
        return NoTape(check)

    def tick(self) -> None:
        """Move the twins' clock on."""
        self.let_pass(STEP_SECONDS)

    def linger(self) -> None:
        """Move the twins' clock on by a minute."""
        self.let_pass(LINGER_SECONDS)

    def let_pass(self, seconds: int) -> None:
        """Move the twins' clock on by so many seconds."""
        self.clock.advance(seconds)

    def delay(self, seconds: float) -> None:
        """Let an answer be slow by the twins' clock: nobody has to wait for it."""
        self.clock.advance(seconds)

    def now(self) -> int | None:
        """Return the twins' time."""
        return self.clock.seconds()

    def settle(self) -> None:
        """Do nothing: lists show everything at once."""

    def troubled(self) -> AbstractContextManager[None]:
        """Let calls go through as they are."""
        return nullcontext()

    def troubles(self) -> list[str]:
        """Return nothing: the weather is fair."""
        return []

    def calls(self) -> Mapping[str, int]:
        """Return nothing: these calls cost nobody anything."""
        return {}

    def evidence(self) -> str:
        """Say what twins are."""
        return EVIDENCE["twin"]

    def unconfirmed(self) -> list[str]:
        """Return which assumed behaviours of the twins were met, as sentences."""
        return [f"{met.name}: {met.description}" for met in self.twins.unconfirmed()]

    def take_failures(self, *, held: bool) -> list[str]:
        """Return at what the twins themselves have failed since this was last asked.

        One that has failed once may answer anything. That they have another time than
        the machine counts only where a scenario did not hold.
        """
        failures = self.twins.pop_failures()
        now = self.now()
        if not held and now is not None:
            failures += own_clock(self.wire.asked(), self.machine.seconds(), now)
        return failures

    def take_exchanges(self) -> list[Exchange]:
        """Return the calls that the twins answered since this was last asked."""
        return self.wire.take()


class LastingTwinTarget(TwinTarget):
    """Twins that keep their accounts."""

    def begin(self, check: str) -> Tape:
        """Begin with what is there."""
        return NoTape(check)


@dataclass(eq=False)
class RecordingTwinTarget(TwinTarget):
    """Twins whose exchanges are recorded below the folder `cassettes`."""

    cassettes: Path

    def begin(self, check: str) -> Tape:
        """Begin with new accounts, and listen, unless there is better evidence.

        A recording of the vendors themselves is not written over by one of their
        stand-ins.
        """
        tape = super().begin(check)
        path = cassette_path(self.cassettes, check)
        if _is_of_others(path):
            return tape
        names = {
            _root(self.connection.invoiced_url): HOSTS["Invoiced"],
            _root(self.connection.chargebee_url): HOSTS["Chargebee"],
        }
        return RecordingTape(
            check,
            path,
            Scrubber(Hosts(names), self.connection.owners()),
            lambda: self._provenance(check),
        )

    def _provenance(self, check: str) -> Provenance:
        now = datetime.fromtimestamp(self.clock.seconds(), UTC)
        return Provenance(
            check=check,
            seed=check,
            target=_TWIN,
            hosts=HOSTS,
            recorded_at=now.isoformat(),
            versions={name: importlib.metadata.version(name) for name in _PACKAGES},
            assumed=tuple(sorted(self.unconfirmed())),
        )


#: Makes a target of the twins, their clock, the way to them, and what travels there.
MakeTarget: TypeAlias = Callable[
    [pair.TwinPair, ManualClock, Connection, WireLog], TwinTarget
]


@contextmanager
def twin_target(
    invoiced_port: int, chargebee_port: int, make: MakeTarget = TwinTarget
) -> Iterator[TwinTarget]:
    """Serve both twins for the length of a run; port 0 takes a free one.

    `make` decides which kind of target it is.
    """
    clock, wire = ManualClock(START), WireLog()

    def pause(seconds: float) -> None:
        target.delay(seconds)

    twins = pair.TwinPair(clock, wire.note, pause=pause)
    with twins.serving(invoiced_port, chargebee_port) as addresses:
        target = make(twins, clock, _connection(addresses), wire)
        yield target


def _is_of_others(path: Path) -> bool:
    # What is damaged or of another version is for whoever records to judge.
    with suppress(CassetteError):
        return path.exists() and (
            read_cassette(path, path.name).provenance.target != _TWIN
        )
    return False


def twin_secrets() -> frozenset[str]:
    """Return the keys that the twins ask for: worthless, and treated like others."""
    return frozenset({pair.INVOICED_KEY, pair.CHARGEBEE_KEY})


def _connection(addresses: pair.Addresses) -> Connection:
    return Connection(
        invoiced_url=addresses.invoiced_url,
        invoiced_key=pair.INVOICED_KEY,
        chargebee_url=addresses.chargebee_url,
        chargebee_key=pair.CHARGEBEE_KEY,
        chargebee_site=pair.SITE,
    )


def _root(url: str) -> str:
    # vcrpy leaves out a port that goes without saying.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.removesuffix(':80')}"
