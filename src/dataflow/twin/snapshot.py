"""The state of both twins as one JSON text: all records, the settings, the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from dataflow.errors import FileError
from dataflow.twin.clock import AdjustableClock, Clock
from dataflow.twin.messages import Json
from dataflow.twin.profile import Twin

#: Goes up when the form of the text changes. Version 1 held calls, to be repeated.
VERSION = 2

T = TypeVar("T")


class Sequence(Iterator[int]):
    """Whole numbers; `upcoming` is the next one."""

    def __init__(self, upcoming: int) -> None:
        self.upcoming = upcoming

    def __next__(self) -> int:
        """Return the next number."""
        self.upcoming += 1
        return self.upcoming - 1


def decode_part(value: Json, kind: type[T]) -> T:
    """Return a decoded part of the state; raise `FileError`."""
    try:
        return msgspec.convert(value, kind, str_keys=True)
    except msgspec.ValidationError as error:
        raise FileError(str(error)) from error


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The setting of the clock and the time, in milliseconds, and both twins."""

    version: int = VERSION
    ahead: int = 0
    stands_at: int | None = None
    at: int = 0
    twins: Mapping[str, Any] = {}

    def clock(self, base: Clock) -> AdjustableClock:
        """Return a clock with this setting, never before the time of the state."""
        ahead = max(self.ahead, self.at - base.milliseconds())
        return AdjustableClock(base, ahead=ahead, stands_at=self.stands_at)

    def restore(self, twins: Mapping[str, Twin]) -> None:
        """Load the state of each twin, by the vendor's name; raise `FileError`."""
        if self.twins.keys() != twins.keys():
            raise FileError(f"it has no {' and '.join(twins)}")
        for name, twin in twins.items():
            try:
                twin.load_state(self.twins[name])
            except (LookupError, TypeError, AttributeError) as error:
                raise FileError(f"{name} does not fit: {error!r}") from error


def take_state(twins: Mapping[str, Twin], clock: AdjustableClock) -> State:
    """Return the present state."""
    ahead, stands_at = clock.setting
    states = {name: twin.take_state() for name, twin in twins.items()}
    return State(VERSION, ahead, stands_at, clock.milliseconds(), states)


def encode_state(state: State) -> str:
    """Return a state as JSON, with letters of any language where that is possible."""
    try:
        return msgspec.json.encode(state).decode()
    except UnicodeEncodeError:  # half a character, which both vendors keep
        return json.dumps(msgspec.to_builtins(state, str_keys=True))


def decode_state(text: str) -> State:
    """Return the state in a text; raise `FileError`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"It is no JSON: {error}") from error
    version = value.get("version") if isinstance(value, dict) else None
    if version != VERSION:
        raise FileError(
            f"it has version {version}, and these twins read version {VERSION}"
        )
    return decode_part(value, State)
