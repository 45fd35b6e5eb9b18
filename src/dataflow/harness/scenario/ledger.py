"""What both accounts would be like without the sync, record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from dataflow.vendors.connection import Record


class Place(NamedTuple):
    """The place of a record: its system, the noun of its kind there, and its id."""

    system: str
    noun: str
    key: str


#: All records of both accounts; a record never changes in place.
State: TypeAlias = dict[Place, Record]

#: The path of a value in a record, such as `("billing_address", "phone")`.
Path: TypeAlias = tuple[str, ...]

#: The value of a path that a record does not have: a vendor may distinguish null.
ABSENT = object()


def read_nothing() -> State:
    """Return no records: a replay knows the calls alone."""
    return {}


class Change(NamedTuple):
    """A record that the sync has changed; None before it existed, or after its end."""

    place: Place
    before: Record | None
    after: Record | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A changed value of a record; without `path`, the record is gone or new."""

    place: Place
    path: Path = ()
    before: object = ABSENT
    after: object = ABSENT

    def __str__(self) -> str:
        """Return the difference as a sentence."""
        record = f"{self.place.noun} {self.place.key}"
        if not self.path:
            how = "is gone from" if self.after is ABSENT else "is new in"
            return f"{record} {how} {self.place.system}"
        name, before = ".".join(self.path), render_value(self.before)
        return f"{record}: {name} was{before[1:]} and is{render_value(self.after)[1:]}"


def render_value(value: object) -> str:
    """Return a value as the end of a sentence or a line."""
    return ": absent" if value is ABSENT else f": {value!r}"


@dataclass(eq=False, slots=True)
class Ledger:
    """Separates what the sync has changed from what the scenario and vendors have.

    What changes while the sync does not run, the scenario or a vendor has changed.
    `touched` has both values of each such path; `of_sync` are the records that appeared
    during a run, and `older` those from before the scenario.
    """

    read: Callable[[], State] = read_nothing
    #: Whether `read` costs no calls, so that it can be called after each run.
    is_free: bool = True
    touched: dict[Place, dict[Path, list[object]]] = field(default_factory=dict)
    of_sync: set[Place] = field(default_factory=set)
    older: set[Place] = field(default_factory=set)
    now: State = field(default_factory=dict)
    _expected: State = field(default_factory=dict)

    def begin(self) -> None:
        """Read the records from before the scenario."""
        self.now = self.read() if self.is_free else {}
        self._expected = dict(self.now)
        self.older = set(self.now)

    def note_scenario(self) -> None:
        """Note what has changed since the last run: the sync has not done it.

        The end of a record is no such change: a vendor may delete late, for the sync.
        """
        before, self.now = self.now, self.read()
        for place in _list_changed(before, self.now):
            after = self.now.get(place)
            if after is not None and not has_ended(after):
                self._note(place, before.get(place), after)

    def note_run(self) -> None:
        """Note what exists after a run of the sync."""
        if self.is_free:
            self._read_after_run()

    def settle(self) -> list[Change]:
        """Return what the sync has changed, and expect it from now on."""
        if self.is_free:
            self.note_scenario()
        else:
            self._read_after_run()
        changes = [
            Change(place, self._expected.get(place), self.now.get(place))
            for place in _list_changed(self._expected, self.now)
        ]
        self._expected = dict(self.now)
        return changes

    def _read_after_run(self) -> None:
        before, self.now = self.now, self.read()
        self.of_sync |= self.now.keys() - before.keys()

    def _note(self, place: Place, before: Record | None, after: Record) -> None:
        if before is None:
            self._expected[place] = after
            return
        touched = self.touched.setdefault(place, {})
        names = set()
        for path, old, new in list_changed_values(before, after):
            touched.setdefault(path, []).extend((old, new))
            names.add(path[0])
        if place in self._expected:
            kept = self._expected[place].items()
            changed = {name: after[name] for name in names if name in after}
            self._expected[place] = {k: v for k, v in kept if k not in names} | changed


def has_ended(record: Record) -> bool:
    """Return whether a record is deleted or archived; it may still be shown."""
    return bool(record.get("deleted") or record.get("archived"))


def _list_changed(before: State, after: State) -> list[Place]:
    """Return the places whose records are others, in the order of their creation."""
    return [
        place
        for place in dict.fromkeys((*before, *after))
        if (old := before.get(place)) is not (new := after.get(place)) and old != new
    ]


def list_changed_values(
    before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[tuple[Path, object, object]]:
    """Yield each path with a changed value, and both values."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if old != new or type(old) is not type(new):
            yield from _compare((name,), old, new)


def _compare(
    path: Path, old: object, new: object
) -> Iterator[tuple[Path, object, object]]:
    left, right = _open(old), _open(new)
    if left is None or right is None:
        yield path, old, new
        return
    for name, was, value in list_changed_values(left, right):
        yield (*path, *name), was, value


def _open(value: object) -> Mapping[str, object] | None:
    """Return the parts of a value by name; None for one without parts."""
    if isinstance(value, list):
        return {str(place): each for place, each in enumerate(value)}
    return value if isinstance(value, dict) else {} if value is ABSENT else None
