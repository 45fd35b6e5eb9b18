"""What a target is; its defaults control no clock or fault, and record nothing."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from dataflow.checklist.features import WrittenScenario
from dataflow.errors import TargetFailedError
from dataflow.harness.scenario.ledger import State
from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.scenario.world import World
from dataflow.network.guard import block_network
from dataflow.network.hooks import Exchange
from dataflow.recordings.cassette import (
    SUFFIX,
    Cassette,
    CassetteError,
    Provenance,
    read_cassette,
    write_cassette,
)
from dataflow.recordings.provenance import (
    PROVENANCE,
    Origin,
    add_origin,
    find_commit,
)
from dataflow.recordings.replay import RECORD, Player, Recorder, insert_cassette
from dataflow.recordings.scrub import Scrubber
from dataflow.vendors.connection import Connection

#: The targets of a run.
TARGETS = ("recorded", "twin", "sandbox")

#: The folder of the cassettes, relative to the root.
CASSETTES = "cassettes"

_PACKAGES = ("dataflow", "invoiced", "chargebee")
#: A scenario with so many new records exceeds the calls of one minute on an account.
_MANY_RECORDS = 99
_NEW_RECORDS = re.compile(r"\b(\d+) new ")
_LONG_TIME = re.compile(r"\bhours apart|\bdays pass")
#: The longest wait in real time, in seconds.
_LONGEST_WAIT = 60


class Session:
    """What connects one scenario to the systems; `seed` determines its names."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        #: The number of records that were compared as a whole, for a recording.
        self.compared = 0

    def start(self) -> None:
        """Start before the first step."""

    def stop(self, *, passed: bool) -> None:
        """Stop after the last step; `passed` states whether all steps passed."""


class LiveSession(Session):
    """A scenario that calls its target directly, unrecorded."""


class RecordingSession(Session):
    """Writes the cassette of a passing scenario; calls `provenance` at its end."""

    def __init__(
        self,
        seed: str,
        path: Path,
        scrub: Scrubber,
        provenance: Callable[[], Provenance],
    ) -> None:
        super().__init__(seed)
        _refuse_damaged(path)
        self._path = path
        self._provenance = provenance
        self._stack = ExitStack()
        self._recorder = Recorder(scrub)

    def start(self) -> None:
        """Record every call of this process."""
        self._stack.enter_context(insert_cassette(self._recorder))

    def stop(self, *, passed: bool) -> None:
        """Write the cassette: a scenario that failed is no evidence."""
        self._stack.close()
        if passed:
            exchanges, provenance = tuple(self._recorder.exchanges), self._provenance()
            write_cassette(self._path, Cassette(provenance, exchanges, self.compared))
            _store_origin(self._path.parents[1], provenance.check)


class ReplaySession(Session):
    """Answers from a cassette, to its end; errors call it `name`."""

    def __init__(self, cassette: Cassette, name: str, scrub: Scrubber) -> None:
        super().__init__(cassette.provenance.seed)
        self.cassette = cassette
        self.player = Player(cassette, name, scrub)
        self._stack = ExitStack()

    def start(self) -> None:
        """Replace the network by the cassette."""
        self._stack.enter_context(insert_cassette(self.player))
        self._stack.enter_context(block_network(self.player.refuse))

    def stop(self, *, passed: bool) -> None:
        """Check that no call differed, and that none is left after a pass."""
        self._stack.close()
        self.player.check(to_the_end=passed)


class Target:
    """Both systems; `connection` leads to the accounts of the current scenario."""

    connection: Connection
    #: How long to wait for an effect of the sync, by this target's clock.
    patience = PollPolicy()

    def start(self, check: str) -> Session:
        """Start a scenario, with empty accounts where the target has its own."""
        raise NotImplementedError

    def evidence(self) -> str:
        """Return on what the verdict of this scenario rests."""
        raise NotImplementedError

    def pop_exchanges(self) -> list[Exchange]:
        """Return the HTTP exchanges since the last call of this method."""
        raise NotImplementedError

    def list_records(self) -> State:
        """Return all records of both accounts, where that takes no call."""
        return {}

    def advance_step(self) -> None:
        """Let time pass between two steps."""

    def advance_minute(self) -> None:
        """Let a minute pass, for a sync that spares recently changed records."""

    def outlast(self) -> bool:
        """Let twenty minutes pass, if that costs no time, and return whether."""
        return False

    def advance(self, seconds: int) -> None:
        """Let so much of the vendors' time pass."""

    def now(self) -> int | None:
        """Return the vendors' time in unix seconds; None if it is the machine's."""
        return None

    def wait_for_lists(self) -> None:
        """Wait until the vendors' lists contain everything that was written."""

    def inject_faults(self) -> AbstractContextManager[None]:
        """Let the calls of one run of the sync meet the faults of this target."""
        return nullcontext()

    def faults_met(self) -> list[str]:
        """Return the faults that calls of this scenario have met."""
        return []

    def clean_up(self, world: World, *, passed: bool) -> None:
        """Remove what the scenario created, where accounts are shared."""

    def calls(self) -> Mapping[str, int]:
        """Return how many calls each vendor received, where calls are limited."""
        return {}

    def calls_of_sync(self) -> Mapping[str, tuple[int, int]] | None:
        """Return how many calls of the sync were made and refused in the whole run.

        They are by system; None where they cannot be seen.
        """
        return None

    def unconfirmed(self) -> list[str]:
        """Return the assumptions that this scenario rests on."""
        return []

    def dropped(self) -> list[str]:
        """Return the parameters of the sync's calls that a vendor drops, if known."""
        return []

    def pop_unbuilt(self) -> list[str]:
        """Return the calls that the vendors have and a twin lacks, as sentences."""
        return []

    def pop_failures(self, *, passed: bool) -> list[str]:
        """Return the new failures; if `passed`, those that it did not recover from."""
        del passed
        return []


def explain_real_time_skip(scenario: WrittenScenario) -> str | None:
    """Return why a scenario cannot run in real time; None if it can."""
    if any(_LONG_TIME.search(step.text) for step in scenario.steps):
        return "it needs days to pass, and this target runs in real time"
    return None


def explain_daytime_skip(scenario: WrittenScenario) -> str | None:
    """Return why a scenario does not run on accounts by day; None if it does."""
    counts = (
        int(count)
        for step in scenario.steps
        for count in _NEW_RECORDS.findall(step.text)
    )
    if max(counts, default=0) >= _MANY_RECORDS:
        return "it creates 100 or more records: run it with --night"
    return None


def wait_in_real_time(seconds: float, pause: Callable[[float], None]) -> None:
    """Wait; raise `TargetFailedError` for more than a minute."""
    if seconds > _LONGEST_WAIT:
        raise TargetFailedError(
            f"A step needs {seconds:g} s to pass, and this target runs in real time:"
            " run the check with --target twin."
        )
    pause(seconds)


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that influence a recording."""
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def load_cassette(check: str, path: Path, name: str) -> Cassette:
    """Return the cassette of a check; errors call it `name`."""
    if not path.is_file():
        raise CassetteError(f"{name} does not exist: record it with `{RECORD}`.")
    cassette = read_cassette(path, name)
    if cassette.provenance.check != check:
        raise CassetteError(
            f"{name} is a recording of {cassette.provenance.check!r}, not of {check!r}:"
            f" record again with `{RECORD}`."
        )
    return cassette


#: A tag can be edited by hand: it must not lead out of the folder.
_FILE_NAME = re.compile(r"(?!\.)[\w.-]+", re.ASCII)


def cassette_path(folder: Path, check: str) -> Path:
    """Return the path of the cassette of a check; raise `CassetteError` for another."""
    section, _, name = check.partition(".")
    if not all(map(_FILE_NAME.fullmatch, (section, name))):
        raise CassetteError(
            f"The check {check!r} cannot name a file of {folder.name}/: use letters,"
            " digits, dots and dashes in its tag."
        )
    return folder / section / f"{name}{SUFFIX}"


def find_stray_cassettes(folder: Path, checks: Iterable[str]) -> list[Path]:
    """Return the cassettes below a folder that belong to none of these checks."""
    known = {cassette_path(folder, check) for check in checks}
    known.add(folder / PROVENANCE)
    return sorted(p for p in folder.rglob(f"*{SUFFIX}") if p not in known)


def _store_origin(folder: Path, check: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        add_origin(folder, check, Origin(now, find_commit(folder.parent)))
    except OSError as error:
        raise CassetteError(
            f"{folder / PROVENANCE} cannot be written ({error.strerror}): check the"
            " free space and the permissions of the folder."
        ) from error


def _refuse_damaged(path: Path) -> None:
    """Raise for an unreadable cassette: it may be the only trace of a fault."""
    if path.exists():
        try:
            read_cassette(path, f"{CASSETTES}/{path.parent.name}/{path.name}")
        except CassetteError as error:
            if not error.has_other_version:
                raise
