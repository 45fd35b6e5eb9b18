"""The path of a call into a twin: log, failures, limit, faults, lock, answer."""

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
from email.utils import formatdate
from typing import TypeAlias

from dataflow.twin.clock import Clock, ClockControl
from dataflow.twin.fault_injection import FaultInjector, PageMemory
from dataflow.twin.faults import Faults
from dataflow.twin.messages import (
    TWIN_HEADER,
    UNBUILT_HEADER,
    App,
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    encode_basic_auth,
)
from dataflow.twin.profile import RecordsByKind, Twin, VendorProfile
from dataflow.twin.rate_limits import KeysInUse

#: A control of one vendor's twin alone: takes arguments and answers.
Switch: TypeAlias = Callable[[Arguments], Json]


class LockedTwin:
    """A twin behind a lock, which every change of the twin has to hold.

    `changes` counts the calls that could change it.
    """

    def __init__(self, twin: Twin) -> None:
        self.lock = threading.Lock()
        self.changes = 0
        self._twin = twin
        self.evidence = twin.evidence

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.lock:
            self.changes += request.method != "GET"
            return self._twin.handle(request)

    def reset(self) -> None:
        """Empty the account, and forget the cited behaviours."""
        with self.lock:
            self.changes += 1
            self._twin.reset()
            self._twin.evidence.clear()

    def remember(self, request: Request, response: Response) -> None:
        """Keep another component's answer for the idempotency key of a request."""
        with self.lock:
            self.changes += 1
            self._twin.remember(request, response)

    def use(self, switch: Switch, given: Arguments) -> Json:
        """Use a switch of the twin."""
        with self.lock:
            self.changes += 1
            return switch(given)

    def list_records(self) -> RecordsByKind:
        """Return all records as they are now, by kind and id; they never change."""
        with self.lock:
            return self._twin.list_records()

    def take_state(self) -> object:
        """Return the state, to be kept in a file: later changes are not in it."""
        with self.lock:
            return self._twin.take_state()

    def load_state(self, state: Json) -> None:
        """Replace the state; raise `FileError` if it is none of this twin."""
        with self.lock:
            self._twin.load_state(state)


#: The number of the latest calls that are kept; all calls are counted.
CALLS_KEPT = 500
#: The bytes that are kept of a body: with those above, 64 MB of bodies at most.
LONGEST_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    `number` counts from 1; `seconds` is the time of the answer, by the twin's clock;
    `kind` is the method and the route, as `POST /customers/{id}`. Of a long body the
    first `LONGEST` bytes are kept: `body_left_out` and `answer_left_out` are the
    numbers of missing bytes.
    """

    number: int
    seconds: float
    kind: str
    request: Request
    response: Response
    body_left_out: int = 0
    answer_left_out: int = 0


class CallLog:
    """The latest calls; `route_of` returns the route of a path."""

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
            self._dropped: Counter[tuple[str, str]] = Counter()
            self._calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    def add(self, request: Request, response: Response) -> None:
        """Remember one call."""
        kind = f"{request.method} {self._route_of(request.path)}"
        seconds = self._clock.milliseconds() / 1000
        bodies = request.body, response.body
        left_out = [max(0, len(body) - LONGEST_BODY) for body in bodies]
        if any(left_out):
            request = replace(request, body=request.body[:LONGEST_BODY])
            response = replace(response, body=response.body[:LONGEST_BODY])
        with self._lock:
            self._number += 1
            self._counts[kind] += 1
            self._dropped.update((kind, name) for name in response.dropped)
            call = Call(self._number, seconds, kind, request, response, *left_out)
            self._calls.append(call)

    def latest(self, most: int = CALLS_KEPT) -> list[Call]:
        """Return the latest calls, the oldest first."""
        with self._lock:
            calls = list(self._calls)
        return calls[max(0, len(calls) - most) :]

    def counts(self) -> dict[str, int]:
        """Return the number of calls of each kind."""
        with self._lock:
            return dict(sorted(self._counts.items()))

    def dropped(self) -> dict[str, int]:
        """Return how often each parameter was dropped, as `POST /orders/{id}: x`."""
        with self._lock:
            dropped = sorted(self._dropped.items())
        return {f"{kind}: {name}": number for (kind, name), number in dropped}

    def count(self, kind: str) -> int:
        """Return the number of calls of one kind."""
        return self._counts[kind]


#: The number of the latest failures that are kept; one alone is a defect.
FAILURES_KEPT = 20


class Failures:
    """Catches the errors of a twin's own code, and remembers the latest."""

    def __init__(self, vendor: str) -> None:
        self._vendor = vendor
        self._latest: deque[str] = deque(maxlen=FAILURES_KEPT)

    def catch(self, app: App) -> App:
        """Return an app that answers 500, in plain text unlike vendors, on an error."""

        def answer(request: Request) -> Response:
            try:
                return app(request)
            except Exception as error:  # noqa: BLE001  any exception is a defect
                return self._answer_failure(request, error)

        return answer

    def all(self) -> list[str]:
        """Return the latest failures, the oldest first."""
        return list(self._latest)

    def pop(self) -> list[str]:
        """Return the latest failures, and forget them."""
        latest = list(self._latest)
        self._latest.clear()
        return latest

    def _answer_failure(self, request: Request, error: Exception) -> Response:
        sentence = (
            f"The twin of {self._vendor} itself has failed at {request.method}"
            f" {request.path}, which says nothing about {self._vendor}:"
            f" {type(error).__name__}: {error}"
        )
        self._latest.append(sentence)
        with suppress(OSError):  # the terminal is gone
            traceback.print_exception(error)
        body = f"{sentence}\nIts output shows where.\n".encode(errors="replace")
        return Response(500, body, {"Content-Type": "text/plain; charset=utf-8"})


_REFUSED = 400
#: `$0.id` is the `id` in the first answer: Invoiced chooses its own ids.
_REFERENCE = re.compile(r"\$(\d{1,9})((?:\.\w+)+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seed:
    """One call that fills the account: path, such as `/customers`, body and method.

    A text such as `$0.id` in `path`, or as a value in `body`, stands for a value of an
    earlier answer: the number of the answer from 0, then the names within it.
    """

    path: str
    body: Mapping[str, Json] = field(default_factory=dict)
    method: str = "POST"


def _fill(value: Json, answers: list[Json]) -> Json:
    """Return a value with the references in it replaced."""
    if isinstance(value, dict):
        return {name: _fill(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, answers) for each in value]
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else _resolve(found, answers)


def _resolve(found: re.Match[str], answers: list[Json]) -> Json:
    number = int(found[1])
    value = answers[number] if number < len(answers) else None
    for name in found[2].split(".")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise ControlError(f"No earlier answer has {found[0]}: see the answers before.")
    return value


def make_record_switch(change: Callable[[str, str], None]) -> Switch:
    """Return the switch that changes the record of a `kind` that has this `id`."""

    def switch(given: Arguments) -> Json:
        given.refuse_others("kind", "id")
        change(given.text("kind"), given.identifier("id"))
        return {}

    return switch


def make_merge_switch(merge: Callable[[str, str], None]) -> Switch:
    """Return the switch that merges the customer `from` into the customer `to`."""

    def switch(given: Arguments) -> Json:
        given.refuse_others("from", "to")
        merge(given.identifier("from"), given.identifier("to"))
        return {}

    return switch


#: Receives each call to a twin, and its answer.
Note: TypeAlias = Callable[[Request, Response], None]


class Gateway:
    """A twin with its call log, limit, faults and clock.

    `app` is the twin as its clients meet it. Its layers, from outside: the log, the
    failures, the limits, the keys in use, the faults, the lock. `key` is valid at the
    twin; `pause` waits so many seconds; `note` receives each call besides the log.
    """

    def __init__(  # noqa: PLR0913  each layer takes one
        self,
        twin: Twin,
        vendor: VendorProfile,
        clock: Clock,
        *,
        key: str,
        note: Note = lambda _request, _response: None,
        pause: Callable[[float], None] = time.sleep,
        switches: Mapping[str, Switch] | None = None,
    ) -> None:
        self.vendor = vendor
        self.clock = ClockControl(clock)
        self.calls = CallLog(clock, vendor.find_route)
        self.faults = Faults(vendor.name, vendor.faults)
        self.failures = Failures(vendor.name)
        self.limit = vendor.limit(clock)
        self.switches = dict(switches or {})
        self.twin = LockedTwin(twin)
        self._pages = PageMemory(vendor)
        self._headers = {
            "authorization": encode_basic_auth(key),
            "content-type": vendor.content,
        }
        self.app = self._stack_layers(note, pause, clock)

    def reset(self) -> None:
        """Empty the account and its history; sequences, clock and switches stay."""
        self.twin.reset()
        self.faults.clear()
        self._pages.clear()
        self.calls.clear()
        self.failures.pop()
        self.limit.clear()

    def seed(self, seeds: Iterable[Seed]) -> list[Json]:
        """Make calls past log, limit and faults, up to a refusal: `ControlError`."""
        answers: list[Json] = []
        for seed in seeds:
            answers.append(self._seed_one(seed, answers))
        return answers

    def _seed_one(self, seed: Seed, answers: list[Json]) -> Json:
        path = _REFERENCE.sub(lambda found: str(_resolve(found, answers)), seed.path)
        values = {name: _fill(each, answers) for name, each in seed.body.items()}
        url, body = self.vendor.root + path, self.vendor.encode(values)
        request = Request(seed.method, url, headers=self._headers, body=body)
        response = self.twin.handle(request)
        if response.status >= _REFUSED:
            raise ControlError(
                f"Seed {len(answers)}, {seed.method} {path}, was refused with"
                f" {response.status}: {response.body.decode()}"
            )
        answer: Json = json.loads(response.body or b"null")
        return answer

    def set_switch(self, name: str, arguments: Arguments) -> Json:
        """Use one of the switches while the twin answers no call."""
        return self.twin.use(self.switches[name], arguments)

    def _identify(self, request: Request, response: Response) -> Response:
        """Return an answer that states its time, and that a twin has given it."""
        headers = {
            **response.headers,
            "Date": formatdate(self.clock.seconds(), usegmt=True),
            TWIN_HEADER: self.vendor.name.lower(),
        }
        if sentence := self.vendor.explain_unbuilt(request, response):
            headers[UNBUILT_HEADER] = sentence
        return replace(response, headers=headers)

    def _stack_layers(
        self, note: Note, pause: Callable[[float], None], clock: Clock
    ) -> App:
        injector = FaultInjector(
            self.twin, self.faults, self._pages, self.vendor, pause
        )
        evidence = self.twin.evidence
        keys = KeysInUse(self.vendor.key_header, self.vendor.key_in_use)
        limited = self.limit.admit(keys.guard(injector.handle, evidence), evidence)
        if self.vendor.at_once is not None:
            limited = self.vendor.at_once(clock).admit(limited, evidence)
        caught = self.failures.catch(limited)

        def answer(request: Request) -> Response:
            response = self._identify(request, caught(request))
            self.calls.add(request, response)
            note(request, response)
            return response

        return answer
