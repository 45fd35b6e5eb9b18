"""The way of a call into a twin: lock, log, limit, faults, then the answer."""

from __future__ import annotations

import json
import re
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dataflow.twin.clock import Clock, ClockControl
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.fault_injection import FaultInjector, PageMemory
from dataflow.twin.faults import Faults
from dataflow.twin.messages import (
    App,
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    basic,
)
from dataflow.twin.profile import Twin, VendorProfile


class LockedTwin:
    """A twin behind a lock, `turn`, which whoever changes the twin has to hold."""

    def __init__(self, twin: Twin) -> None:
        self.turn = threading.Lock()
        self._twin = twin

    @property
    def evidence(self) -> EvidenceLog:
        """Return what the answers so far rested on."""
        return self._twin.evidence

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.turn:
            return self._twin.handle(request)

    def reset(self) -> None:
        """Start over with an empty account, of which nothing has been met yet."""
        with self.turn:
            self._twin.reset()
            self._twin.evidence.clear()

    def remember(self, request: Request, response: Response) -> None:
        """Keep an answer made elsewhere for the idempotency key of a request."""
        with self.turn:
            self._twin.remember(request, response)


#: So many calls are kept, the latest ones; all of them are counted.
KEPT = 500
#: So many bytes are kept of a body: with those above, 64 MB of bodies at most.
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    `number` counts from 1; `seconds` is when it was answered, by the twin's clock;
    `kind` is its method and its route, as `POST /customers/{id}`. A `response` with a
    `cut` has not arrived as it stands. Of a long body the first `LONGEST` bytes are
    kept: `body_left_out` and `answer_left_out` tell how many are missing.
    """

    number: int
    seconds: float
    kind: str
    request: Request
    response: Response
    body_left_out: int = 0
    answer_left_out: int = 0


class CallLog:
    """Remembers calls; `route_of` tells the route of a path."""

    def __init__(self, clock: Clock, route_of: Callable[[str], str]) -> None:
        self._clock = clock
        self._route_of = route_of
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all calls, and count from 1 again."""
        with self._lock:
            self._number = 0
            self._counts: Counter[str] = Counter()
            self._calls: deque[Call] = deque(maxlen=KEPT)

    def note(self, request: Request, response: Response) -> None:
        """Remember one call."""
        kind = f"{request.method} {self._route_of(request.path)}"
        seconds = self._clock.milliseconds() / 1000
        left_out = (_too_much(request.body), _too_much(response.body))
        if any(left_out):
            request = replace(request, body=request.body[:LONGEST])
            response = replace(response, body=response.body[:LONGEST])
        with self._lock:
            self._number += 1
            self._counts[kind] += 1
            call = Call(self._number, seconds, kind, request, response, *left_out)
            self._calls.append(call)

    def latest(self, most: int = KEPT) -> list[Call]:
        """Return the latest calls, the oldest first."""
        with self._lock:
            calls = list(self._calls)
        return calls[max(0, len(calls) - most) :]

    def counts(self) -> dict[str, int]:
        """Return how many calls of each kind there were, by kind."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    def count(self, kind: str) -> int:
        """Return how many calls of one kind there were."""
        return self._counts[kind]


def _too_much(body: bytes) -> int:
    return max(0, len(body) - LONGEST)


#: So many are kept, the latest ones: one alone is reason enough to look for a defect.
FAILURES_KEPT = 20


def _print(error: Exception) -> None:
    """Print the trace of an error on the standard error."""
    with suppress(OSError):  # the terminal is gone
        traceback.print_exception(error)


class Failures:
    """Catches what a twin has not foreseen, and remembers it as a sentence.

    `vendor` is the name of the twin's vendor; `say` is told of each error.
    """

    def __init__(self, vendor: str, say: Callable[[Exception], None] = _print) -> None:
        self._vendor = vendor
        self._say = say
        self._found: deque[str] = deque(maxlen=FAILURES_KEPT)

    def catch(self, app: App) -> App:
        """Return an app that answers 500 where this one raises.

        The answer is a plain text, unlike all that a vendor answers: who meets it has
        met no vendor's error, and no cut connection either.
        """

        def answer(request: Request) -> Response:
            try:
                return app(request)
            except Exception as error:  # noqa: BLE001  whatever it is, it is a defect
                return self._failed(request, error)

        return answer

    def all(self) -> list[str]:
        """Return the latest ones, the oldest first."""
        return list(self._found)

    def pop(self) -> list[str]:
        """Return them, and forget them."""
        found, self._found = self._found, deque(maxlen=FAILURES_KEPT)
        return list(found)

    def _failed(self, request: Request, error: Exception) -> Response:
        sentence = (
            f"The twin of {self._vendor} itself has failed at {request.method}"
            f" {request.path}, which says nothing about {self._vendor}:"
            f" {type(error).__name__}: {error}"
        )
        self._found.append(sentence)
        self._say(error)
        body = f"{sentence}\nIts output shows where.\n".encode(errors="replace")
        return Response(500, body, {"Content-Type": "text/plain; charset=utf-8"})


_REFUSED = 400
#: `$0.id` is the `id` in the first answer: Invoiced chooses its ids by itself.
_REFERENCE = re.compile(r"\$(\d{1,9})((?:\.\w+)+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seed:
    """One call: where to, as `/customers`, and with what.

    A text such as `$0.id` in `path` or as a value in `body` stands for a value of an
    earlier answer: its number from 0, then the names on the way.
    """

    path: str
    body: Mapping[str, Json] = field(default_factory=dict)
    method: str = "POST"


class Seeder:
    """Makes the calls, with a key that the twin lets in."""

    def __init__(self, app: App, vendor: VendorProfile, key: str) -> None:
        self._app = app
        self._vendor = vendor
        self._headers = {"authorization": basic(key), "content-type": vendor.content}

    def perform(self, seeds: Iterable[Seed]) -> list[Json]:
        """Make the calls and return the answers; raises for the first refused one."""
        answers: list[Json] = []
        for seed in seeds:
            answers.append(self._call(seed, answers))
        return answers

    def _call(self, seed: Seed, answers: list[Json]) -> Json:
        path = _REFERENCE.sub(lambda found: str(_value(found, answers)), seed.path)
        body = _filled(dict(seed.body), answers)
        assert isinstance(body, dict)
        response = self._app(
            Request(
                seed.method,
                self._vendor.root + path,
                headers=self._headers,
                body=self._vendor.encode(body),
            )
        )
        if response.status >= _REFUSED:
            raise ControlError(
                f"Seed {len(answers)}, {seed.method} {path}, was refused with"
                f" {response.status}: {response.body.decode()}"
            )
        answer: Json = json.loads(response.body or b"null")
        return answer


def _filled(value: Json, answers: list[Json]) -> Json:
    """Return a value with the references in it replaced."""
    if isinstance(value, dict):
        return {name: _filled(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else _value(found, answers)


def _value(found: re.Match[str], answers: list[Json]) -> Json:
    number = int(found[1])
    value = answers[number] if number < len(answers) else None
    for name in found[2].split(".")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise ControlError(f"No earlier answer has {found[0]}: see the answers before.")
    return value


#: Given arguments, it does what it is named after, and answers.
Knob: TypeAlias = Callable[[Arguments], Json]


def make_bump_switch(bump: Callable[[str, str], None]) -> Knob:
    """Return the knob that bumps the record of a `kind` that has this `id`."""

    def turn(given: Arguments) -> Json:
        given.only("kind", "id")
        bump(given.text("kind"), given.identifier("id"))
        return {}

    return turn


def make_merge_switch(merge: Callable[[str, str], None]) -> Knob:
    """Return the knob that merges the customer `from` into the customer `to`."""

    def turn(given: Arguments) -> Json:
        given.only("from", "to")
        merge(given.identifier("from"), given.identifier("to"))
        return {}

    return turn


#: Is told of each call at the edge of a twin, and of its answer.
Note: TypeAlias = Callable[[Request, Response], None]


def _nothing(_request: Request, _response: Response) -> None:
    """Let a call go by."""


class Gateway:
    """A twin and its edge: the log of calls, the limit, the faults, the clock.

    `app` is the twin as its callers meet it. The layers around it, from outside: the
    log, what catches failures, the limit, the faults, and one call at a time. `key` is
    one that the twin lets in; `pause` waits so many seconds; `note` is told of each
    call besides the log.
    """

    def __init__(  # noqa: PLR0913  an edge has that many sides
        self,
        twin: Twin,
        vendor: VendorProfile,
        clock: Clock,
        *,
        key: str,
        note: Note = _nothing,
        pause: Callable[[float], None] = time.sleep,
        knobs: Mapping[str, Knob] | None = None,
    ) -> None:
        self.vendor = vendor
        self.clock = ClockControl(clock)
        self.calls = CallLog(clock, vendor.route_of)
        self.faults = Faults(vendor.name, vendor.faults)
        self.failures = Failures(vendor.name)
        self.limit = vendor.limit(clock)
        self.knobs = dict(knobs or {})
        self._twin = LockedTwin(twin)
        self._pages = PageMemory(vendor)
        self._seeder = Seeder(self._twin.handle, vendor, key)
        self.app = self._layered(note, pause)

    def reset(self) -> None:
        """Empty the account, and forget faults, calls, failures and what was met.

        Ids, the clock, the limit and the knobs stay as they are.
        """
        self._twin.reset()
        self.faults.clear()
        self._pages.clear()
        self.calls.clear()
        self.failures.pop()
        self.limit.forget()

    def seed(self, seeds: Iterable[Seed]) -> list[Json]:
        """Make calls past log, limit and faults; return the answers.

        Raises `ControlError` at the first that the twin refuses; those before stay.
        """
        return self._seeder.perform(seeds)

    def set_switch(self, knob: str, arguments: Arguments) -> Json:
        """Turn one of the knobs while no call is under way inside of the twin."""
        with self._twin.turn:
            return self.knobs[knob](arguments)

    def _layered(self, note: Note, pause: Callable[[float], None]) -> App:
        faulty = FaultInjector(self._twin, self.faults, self._pages, self.vendor, pause)
        limited = self.limit.admit(faulty.handle, self._twin.evidence)
        caught = self.failures.catch(limited)

        def answer(request: Request) -> Response:
            response = caught(request)
            self.calls.note(request, response)
            note(request, response)
            return response

        return answer
