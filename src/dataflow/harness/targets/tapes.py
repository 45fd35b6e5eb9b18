"""What lies between a scenario and the network: nothing, a recorder, or a player."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from dataflow.network.guard import block_network
from dataflow.recordings.cassette import (
    SUFFIX,
    Cassette,
    CassetteError,
    OtherVersionError,
    Provenance,
    read_cassette,
    write_cassette,
)
from dataflow.recordings.replay import RECORD, Player, Recorder, insert_cassette
from dataflow.recordings.scrub import Scrubber

#: The folder of the cassettes, seen from the root.
CASSETTES = "cassettes"


class NoCassetteError(CassetteError):
    """A scenario has not been recorded yet."""


class Tape(Protocol):
    """Stands between one scenario and the network; `seed` names what it makes."""

    seed: str

    def start(self) -> None:
        """Begin with the scenario's first step."""
        ...

    def stop(self, *, held: bool) -> None:
        """End with its last; `held` tells whether all of them went well."""
        ...


class NoTape:
    """The scenario speaks to its target directly."""

    def __init__(self, check: str) -> None:
        self.seed = check

    def start(self) -> None:
        """Do nothing."""

    def stop(self, *, held: bool) -> None:
        """Do nothing."""
        del held


class RecordingTape:
    """Writes the scenario's cassette, if the scenario holds.

    `provenance` is asked at the end: what was assumed is known only then.
    """

    def __init__(
        self,
        check: str,
        path: Path,
        scrub: Scrubber,
        provenance: Callable[[], Provenance],
    ) -> None:
        _spare_what_is_damaged(path)
        self.seed = check
        self._path = path
        self._provenance = provenance
        self._stack = ExitStack()
        self._recorder = Recorder(scrub)

    def start(self) -> None:
        """Listen to every call of this process."""
        self._stack.enter_context(insert_cassette(self._recorder))

    def stop(self, *, held: bool) -> None:
        """Keep what was heard; what did not hold is no evidence."""
        self._stack.close()
        if held:
            exchanges = tuple(self._recorder.exchanges)
            write_cassette(self._path, Cassette(self._provenance(), exchanges))


class PlayingTape:
    """Answers from the scenario's cassette, to its end; `shown` is its name."""

    def __init__(self, cassette: Cassette, shown: str, scrub: Scrubber) -> None:
        self.cassette = cassette
        self.seed = self.cassette.provenance.seed
        self.player = Player(self.cassette, shown, scrub)
        self._stack = ExitStack()

    def start(self) -> None:
        """Let nothing through to the network."""
        self._stack.enter_context(insert_cassette(self.player))
        self._stack.enter_context(block_network(self.player.refuse))

    def stop(self, *, held: bool) -> None:
        """Ask that nothing of the recording was different, or is left over."""
        self._stack.close()
        self.player.check(to_the_end=held)


def cassette_of(check: str, path: Path, shown: str) -> Cassette:
    """Return the cassette of a check; `shown` is what an error calls it."""
    if not path.is_file():
        raise NoCassetteError(f"{shown} is not there: record it with `{RECORD}`.")
    cassette = read_cassette(path, shown)
    if cassette.provenance.check != check:
        raise NoCassetteError(
            f"{shown} was recorded of {cassette.provenance.check!r}, not of {check!r}:"
            f" record anew with `{RECORD}`."
        )
    return cassette


def cassette_path(folder: Path, check: str) -> Path:
    """Return where the cassette of a check stands."""
    section, _, name = check.partition(".")
    return folder / section / f"{name}{SUFFIX}"


def strays(folder: Path, checks: Iterable[str]) -> list[Path]:
    """Return the cassettes below a folder that are of none of these checks."""
    known = {cassette_path(folder, check) for check in checks}
    return sorted(p for p in folder.rglob(f"*{SUFFIX}") if p not in known)


def _spare_what_is_damaged(path: Path) -> None:
    """Raise for a cassette that cannot be read: it may be the only trace of a fault."""
    if path.exists():
        try:
            read_cassette(path, f"{CASSETTES}/{path.parent.name}/{path.name}")
        except OtherVersionError:
            return
