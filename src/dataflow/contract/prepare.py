"""The valid requests of one vendor's calls, and the records that they need.

They are tables in `requests/`: what a call needs beside the vendor's own table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from dataflow.errors import TryAgainError
from dataflow.twin.messages import Json

_FOLDER = Path(__file__).with_name("requests")

#: In a text: letters of this request alone, and the mark of the run.
TOKEN, MARK = "{token}", "{mark}"
TOKEN_LENGTH = len(TOKEN)
#: A value that leaves its parameter out.
OMITTED = "{none}"
_SKIPPED = "{skip}"
_GONE = 404
_UNKNOWN_ID = "999999999999"
_ID = "{id}"

Values: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one call; `cited` are the behaviours that a twin rested on."""

    status: int
    body: Json = None
    is_unbuilt: bool = False
    cited: frozenset[str] = frozenset()

    @property
    def is_accepted(self) -> bool:
        """Return whether the call had its effect."""
        return 200 <= self.status < 300  # noqa: PLR2004

    def get(self, name: str) -> str:
        """Return a text of a refusal, such as `param`."""
        found = self.body.get(name) if isinstance(self.body, dict) else None
        return found if isinstance(found, str) else ""


#: Makes one call, given its method, path and parameters.
Send: TypeAlias = Callable[[str, str, Values], Answer]


class CallTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one call needs: `of` is the record in its path, if not the usual one."""

    sent: dict[str, Any] = {}
    values: dict[str, Any] = {}
    of: str = ""
    #: What the vendor does with an unknown parameter: "dropped", "refused", or open.
    unknown: str = ""
    is_safe: bool = True


class RecordTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The call that creates a record, where its id is, and the call that deletes it."""

    call: str
    id: str
    sent: dict[str, Any] = {}
    delete: str = ""
    #: Another record that exists before it.
    after: str = ""


class RequestTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The requests of one vendor.

    `paths` has the record behind each id by the steps before it. Names of parameters
    are patterns, `a.b.0` for `a[b][0]`: `values` has what is valid beside the table,
    `companions` what must be sent along, `exclusive` what excludes each other.
    """

    casts: bool
    counts_bytes: bool
    unknown: str
    paths: dict[str, str]
    records: dict[str, RecordTable]
    values: dict[str, Any]
    companions: dict[str, dict[str, Any]]
    exclusive: list[list[str]]
    calls: dict[str, CallTable]

    def plan(self, call: str) -> CallPlan:
        """Return the requests of one call, such as `POST customers/{id}`."""
        return CallPlan(self, call, self.calls.get(call, CallTable()))


@dataclass(frozen=True)
class CallPlan:
    """The valid requests of one call."""

    table: RequestTable
    call: str
    own: CallTable

    @property
    def casts(self) -> bool:
        """Return whether the vendor casts values of another type."""
        return self.table.casts

    @property
    def counts_bytes(self) -> bool:
        """Return whether the vendor counts the bytes of a text, not its letters."""
        return self.table.counts_bytes

    @property
    def unknown(self) -> str:
        """Return what the vendor does with an unknown parameter."""
        if self.call.startswith("GET"):
            return self.own.unknown
        return self.own.unknown or self.table.unknown

    @cached_property
    def _values(self) -> Mapping[str, Json]:
        return {**self.table.values, **self.own.values}

    def find_value(self, name: str) -> Json:
        """Return the value that fits, None if the vendor's table says enough."""
        dotted, found = to_dotted(name), None
        for pattern, value in self._values.items():
            if fnmatchcase(dotted, pattern):
                found = value  # the last pattern is the most special one
        return found

    def skips(self, name: str) -> bool:
        """Return whether no value of a parameter can be generated."""
        return self.find_value(name) == _SKIPPED

    def find_companions(self, name: str) -> Values:
        """Return what must be sent along."""
        dotted, found = to_dotted(name), dict[str, Json]()
        for pattern, values in self.table.companions.items():
            call, _, names = pattern.rpartition(" > ")
            if fnmatchcase(self.call, call or "*") and fnmatchcase(dotted, names):
                found |= values
        return found

    def exclude(self, one: str, other: str) -> bool:
        """Return whether two parameters exclude each other."""
        names = to_dotted(one), to_dotted(other)
        return any(
            all(any(fnmatchcase(name, p) for p in group) for name in names)
            for group in self.table.exclusive
        )


def to_dotted(name: str) -> str:
    """Return `a[b][0]` as `a.b.0`: patterns have another use for brackets."""
    return name.replace("[i]", "[0]").replace("[", ".").replace("]", "")


def read_requests(vendor: str) -> RequestTable:
    """Return the requests of a vendor, `chargebee` or `invoiced`."""
    text = (_FOLDER / f"{vendor}.toml").read_bytes()
    return msgspec.toml.decode(text, type=RequestTable)


@dataclass
class Preparation:
    """The records of one request, created when they are needed.

    `token` is in the names of all of them, and `mark` where the sweep looks for it.
    """

    send: Send
    table: RequestTable
    token: str
    mark: str
    _ids: dict[str, Json] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)

    def call(
        self, call: str, values: Values, *, has_unknown_id: bool = False
    ) -> Answer:
        """Make a call with these values over the smallest valid ones."""
        plan = self.table.plan(call)
        method, _, path = call.partition(" ")
        path = self._fill_path(path, plan.own.of, has_unknown_id=has_unknown_id)
        sent = {**plan.own.sent, **values}
        filled = {n: self.fill(v) for n, v in sent.items() if v != OMITTED}
        answer = self.send(method, path, filled)
        self._note(call, path, answer)
        return answer

    def fill(self, value: Json) -> Json:
        """Return a value with the ids of its records, the token and the mark."""
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if not isinstance(value, str) or "{" not in value:
            return value
        if value[1:-1] in self.table.records and value.startswith("{"):
            return self.make(value[1:-1])
        return value.replace(TOKEN, self.token).replace(MARK, self.mark)

    def make(self, record: str) -> Json:
        """Return the id of a record, which is created the first time."""
        if record not in self._ids:
            table = self.table.records[record]
            if table.after:
                self.make(table.after)
            answer = self.call(table.call, table.sent)
            self._ids[record] = _find(answer.body, table.id)
            if not answer.is_accepted or self._ids[record] is None:
                raise TryAgainError(
                    f"{table.call}, which prepares {record}, was answered with"
                    f" {answer.status} ({answer.get('message')}): correct its request"
                    " in contract/requests, or try again."
                )
        return self._ids[record]

    def clean_up(self) -> int:
        """Delete what was created, the newest first; return how many records stay."""
        calls = [call.split(" ", 1) for call in reversed(self._made)]
        answers = [self.send(method, path, {}) for method, path in calls]
        # 404: the request itself has deleted the record.
        return sum(not (each.is_accepted or each.status == _GONE) for each in answers)

    def _fill_path(self, path: str, of: str, *, has_unknown_id: bool) -> str:
        steps, names = path.split("/"), dict(self.table.paths)
        last = len(steps) - 1 - steps[::-1].index(_ID) if _ID in steps else -1
        for at, step in enumerate(steps):
            if step == _ID:
                before = "/".join(path.split("/")[:at])
                is_unknown = has_unknown_id and at == last
                record = of if of and at == last else names[before]
                steps[at] = _UNKNOWN_ID if is_unknown else str(self.make(record))
        return "/".join(steps)

    def _note(self, call: str, path: str, answer: Answer) -> None:
        """Note the call that deletes the record which a call has created."""
        for table in self.table.records.values():
            if table.call == call and table.delete and answer.is_accepted:
                found = str(_find(answer.body, table.id))
                delete = table.delete.replace("{path}", path).replace(_ID, found)
                self._made.append(delete)
                return


def _find(body: Json, place: str) -> Json:
    for name in place.split("."):
        if isinstance(body, list):
            body = body[int(name)] if body else None
        else:
            body = body.get(name) if isinstance(body, dict) else None
    return body


def encode_form(values: Values) -> list[tuple[str, str]]:
    """Return values as a form or query has them."""
    return [(name, _encode(value)) for name, value in values.items()]


def _encode(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
