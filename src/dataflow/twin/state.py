"""The state as a text: the changes to repeat, so that the twins' rules allow it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.errors import DataflowError, FileError
from dataflow.twin.clock import AdjustableClock, Clock, MomentClock
from dataflow.twin.journal import Entry, Journal, encode_entry, read_entry
from dataflow.twin.messages import Arguments, ControlError, Json

#: Goes up when the form of the text changes.
VERSION = 1

_CLOCK = ("ahead", "stands_at")


@dataclass(frozen=True, slots=True)
class State:
    """The setting of the clock in milliseconds, and the changes by the twin's name."""

    ahead: int = 0
    stands_at: int | None = None
    entries: Mapping[str, list[Entry]] = field(default_factory=dict)

    def clock(self, base: Clock) -> MomentClock:
        """Return a clock with this setting, never before the latest change."""
        times = (entry.at for entries in self.entries.values() for entry in entries)
        latest = max(times, default=0)
        ahead = max(self.ahead, latest - base.milliseconds())
        stands_at = None if self.stands_at is None else max(self.stands_at, latest)
        return MomentClock(base, ahead=ahead, stands_at=stands_at)

    def restore(self, journals: Mapping[str, Journal]) -> None:
        """Repeat all changes; raise `FileError` if a twin answers otherwise."""
        for name, entries in self.entries.items():
            for number, entry in enumerate(entries, 1):
                try:
                    journals[name].repeat(entry)
                except DataflowError as error:
                    raise FileError(f"line {number} of {name}: {error}") from error


def take_state(journals: Mapping[str, Journal], clock: AdjustableClock) -> State:
    """Return the present state."""
    ahead, stands_at = clock.setting
    return State(
        ahead, stands_at, {name: [*each.entries] for name, each in journals.items()}
    )


def encode_state(state: State) -> str:
    """Return a state as JSON, with a line for each change."""
    stands_at = None if state.stands_at is None else state.stands_at / 1000
    clock: Json = {"ahead": state.ahead / 1000, "stands_at": stands_at}
    parts = [f'"version": {VERSION}', f'"clock": {_line(clock)}']
    for name, entries in state.entries.items():
        parts.append(f'"{name}": [{_lines(map(encode_entry, entries))}]')
    return "\n".join(["{", ",\n".join(parts), "}", ""])


def decode_state(text: str, keys: Mapping[str, str]) -> State:
    """Read a state of the twins with these API keys, by name; raise `FileError`."""
    try:
        return _read_state(Arguments(_parse_object(text)), keys)
    except ControlError as error:
        raise FileError(str(error)) from error


def _read_state(given: Arguments, keys: Mapping[str, str]) -> State:
    version = given.integer("version")
    if version != VERSION:
        raise FileError(
            f"it has version {version}, and these twins read version {VERSION}"
        )
    given.refuse_others("version", "clock", *keys)
    clock = Arguments(given.mapping("clock"))
    clock.refuse_others(*_CLOCK)
    stands_at = clock.get(clock.number, "stands_at", None)
    return State(
        round(clock.number("ahead") * 1000),
        None if stands_at is None else round(stands_at * 1000),
        {
            name: [read_entry(each, key) for each in given.items(name)]
            for name, key in keys.items()
        },
    )


def _parse_object(text: str) -> dict[str, Json]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ControlError(f"It is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise ControlError("It is no object of JSON.")
    return value


def _lines(values: Iterable[Json]) -> str:
    lines = ",\n  ".join(map(_line, values))
    return f"\n  {lines}\n" if lines else ""


def _line(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Bytes that are no UTF-8 have no letters of their own.
    return text if _is_text(text) else json.dumps(value)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
