"""Sandbox accounts of both vendors as a target: shared, full, slow and limited."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from dataflow.evidence.cassette import Provenance
from dataflow.evidence.hosts import Hosts
from dataflow.evidence.scrubbing import Scrubber
from dataflow.harness.scenario.polling import PollPolicy
from dataflow.harness.scenario.scope import Scope
from dataflow.harness.targets.exchanges import Exchange
from dataflow.harness.targets.overhearing import overhearing
from dataflow.harness.targets.pacing import Pace
from dataflow.harness.targets.real_time import wait
from dataflow.harness.targets.sandbox_settings import SandboxSettings
from dataflow.harness.targets.tapes import NoTape, RecordingTape, Tape, cassette_path
from dataflow.harness.targets.target import EVIDENCE
from dataflow.harness.vendors.connection import Connection
from dataflow.sandbox.places import is_host

CHECKLIST = "the checklist"

_TOO_MANY, _SERVER_FAULT = 429, 500

_PACKAGES = ("dataflow", "invoiced", "chargebee")


class SandboxTarget:
    """Both vendors' accounts, with what the run has called there so far.

    `run` is the mark of the run; `clock` returns unix seconds and `pause` lets seconds
    pass. With `cassettes`, each scenario is recorded below that folder. `before_each`
    is called before each scenario.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - where, whose, when, how, and what is kept
        self,
        connection: Connection,
        run: str,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        settings: SandboxSettings,
        cassettes: Path | None = None,
    ) -> None:
        self.connection = connection
        self.before_each: Callable[[], None] = _nothing
        self.patience = PollPolicy(pause=pause, clock=clock)
        self._calls: Counter[str] = Counter()
        self._caller = CHECKLIST
        self._run = run
        self._clock = clock
        self._pause = pause
        self._settings = settings
        self._cassettes = cassettes
        self._paces = {name: Pace(clock, pause) for name in self._roots()}
        self._exchanges: list[Exchange] = []
        self._trouble: list[str] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count and pace each call that is made in this process meanwhile."""
        with overhearing(self._note, self._wait):
            yield

    def begin(self, check: str) -> Tape:
        """Begin with what is there: others' records, and what the run left so far."""
        self.before_each()
        scope = self.scope(check)
        self._exchanges.clear()
        self._trouble.clear()
        self._calls.clear()
        if self._cassettes is None:
            return NoTape(scope.seed)
        return RecordingTape(
            scope.seed,
            cassette_path(self._cassettes, check),
            Scrubber(Hosts({}), self.connection.owners()),
            lambda: self._provenance(scope),
        )

    def scope(self, check: str) -> Scope:
        """Return which records are those of a scenario that begins now."""
        return Scope(check, self._run, int(self._clock()))

    def tick(self) -> None:
        """Do nothing: real time passes by itself."""

    def linger(self) -> None:
        """Do nothing: one has looked until the deadline."""

    def let_pass(self, seconds: int) -> None:
        """Wait for it: nobody moves the vendors' clocks."""
        wait(seconds, self._pause)

    def now(self) -> int | None:
        """Return nothing: the vendors have the time that the machine has."""
        return None

    def settle(self) -> None:
        """Let the vendors' lists show what was written."""
        self._pause(self._settings.list_lag)

    def troubled(self) -> AbstractContextManager[None]:
        """Count the calls that are made meanwhile as those of the sync."""
        return self._calling("the sync")

    def cleaning(self) -> AbstractContextManager[None]:
        """Count the calls that are made meanwhile by themselves."""
        return self._calling("the cleaning up")

    @contextmanager
    def _calling(self, caller: str) -> Iterator[None]:
        self._caller = caller
        try:
            yield
        finally:
            self._caller = CHECKLIST

    def troubles(self) -> list[str]:
        """Return nothing: what goes wrong here is in nobody's hand."""
        return []

    def calls(self) -> Mapping[str, int]:
        """Return how many calls this process has sent to each vendor, and for whom."""
        return dict(self._calls)

    def evidence(self) -> str:
        """Say which accounts these are."""
        return f"{self._place()}: {' and '.join(self._hosts().values())}"

    def unconfirmed(self) -> list[str]:
        """Return nothing: the vendors themselves have answered."""
        return []

    def take_failures(self, *, held: bool) -> list[str]:
        """Return the trouble that calls have met, where a scenario did not get over it.

        What an account does is not to be blamed on a sync.
        """
        met, self._trouble = self._trouble, []
        return [] if held else met

    def take_exchanges(self) -> list[Exchange]:
        """Return what this process has sent since this was last asked."""
        taken, self._exchanges = self._exchanges, []
        return taken

    def _roots(self) -> dict[str, str]:
        return {
            "Invoiced": self.connection.invoiced_url,
            "Chargebee": self.connection.chargebee_url,
        }

    def _hosts(self) -> dict[str, str]:
        return {name: urlsplit(url).netloc for name, url in self._roots().items()}

    def _place(self) -> str:
        """Say what answers: what stands in a vendor's place never passes for it."""
        if all(is_host(host) for host in self._hosts().values()):
            return EVIDENCE["sandbox"]
        return "something on loopback, in the vendors' place"

    def _vendor(self, url: str) -> str | None:
        for name, root in self._roots().items():
            if url.startswith(f"{root}/"):
                return name
        return None

    def _wait(self, url: str) -> None:
        vendor = self._vendor(url)
        if vendor is not None:
            self._paces[vendor].wait()
            self._calls[f"{vendor}, by {self._caller}"] += 1

    def _note(self, request: Any, response: Any) -> None:  # noqa: ANN401 - of either library
        vendor = self._vendor(str(request.url))
        if vendor is None:
            return
        status = 0 if response is None else response.status_code
        if status in {0, _TOO_MANY} or status >= _SERVER_FAULT:
            says = f"answered {status}" if status else "did not answer"
            self._trouble.append(f"{vendor} {says} to {request.method} {request.url}")
        if response is not None:
            self._exchanges.append(_exchange(vendor, request, response))

    def _provenance(self, scope: Scope) -> Provenance:
        now = datetime.fromtimestamp(self._clock(), UTC)
        return Provenance(
            check=scope.check,
            seed=scope.seed,
            target=self._place(),
            hosts=self._hosts(),
            recorded_at=now.isoformat(timespec="seconds"),
            versions={name: importlib.metadata.version(name) for name in _PACKAGES},
            assumed=(),
        )


def _nothing() -> None:
    """Do nothing between two scenarios."""


def _exchange(vendor: str, request: Any, response: Any) -> Exchange:  # noqa: ANN401 - of either library
    place = urlsplit(str(request.url))
    sent = request.content if isinstance(request, httpx.Request) else request.body
    return Exchange(
        system=vendor,
        method=str(request.method),
        path=unquote(place.path),
        query=tuple(parse_qsl(place.query, keep_blank_values=True)),
        body=sent.encode() if isinstance(sent, str) else sent or b"",
        status=response.status_code,
        answer=response.content,
    )
