"""Compare the answers of a twin and of an account to the same generated requests."""

from __future__ import annotations

import enum
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich import box
from rich.table import Table

from dataflow.contract.oracle import make_token
from dataflow.contract.prepare import (
    Answer,
    Preparation,
    RequestTable,
    Send,
    Values,
    read_requests,
)
from dataflow.contract.senders import Vendor, call_twin, generate_call, make_twin
from dataflow.contract.variants import Kind, Variant
from dataflow.errors import TryAgainError
from dataflow.twin.clock import SystemClock
from dataflow.twin.messages import Json
from dataflow.vendors.connection import is_refusal

_DIGITS = re.compile(r"\d+")
_INCONCLUSIVE = "inconclusive"


class Outcome(enum.StrEnum):
    """How a twin's answer to a request compares with the vendor's."""

    AGREE = "agree"
    TWIN_REFUSES = "twin refuses"
    TWIN_ACCEPTS = "twin accepts"
    OTHER_WORDING = "other wording"

    @property
    def is_fault(self) -> bool:
        """Return whether the twin must be corrected."""
        return self in {Outcome.TWIN_REFUSES, Outcome.TWIN_ACCEPTS}

    @property
    def meaning(self) -> str:
        """Return what the outcome says, as a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Outcome.AGREE: "Twin and vendor agree.",
    Outcome.TWIN_REFUSES: (
        "The twin refuses what the vendor accepts: a correct sync could fail."
    ),
    Outcome.TWIN_ACCEPTS: (
        "The twin accepts what the vendor refuses. Our assumption is wrong: a broken"
        " sync could pass."
    ),
    Outcome.OTHER_WORDING: "Both refuse, with different wording.",
}


def compare(twin: Answer, vendor: Answer) -> Outcome | None:
    """Return the outcome, or None if one of the answers is not about the request."""
    if not (_is_conclusive(twin) and _is_conclusive(vendor)):
        return None
    if twin.is_accepted and vendor.is_accepted:
        return Outcome.AGREE
    if vendor.is_accepted:
        return Outcome.TWIN_REFUSES
    if twin.is_accepted:
        return Outcome.TWIN_ACCEPTS
    is_same = _word(twin) == _word(vendor)
    return Outcome.AGREE if is_same else Outcome.OTHER_WORDING


def _is_conclusive(answer: Answer) -> bool:
    """Return whether an answer accepts or refuses the request itself."""
    return answer.is_accepted or is_refusal(answer.status)


def _word(answer: Answer) -> tuple[str, ...]:
    """Return a refusal without the ids and times that differ between accounts."""
    names = ("type", "api_error_code", "param", "message")
    wording = (_DIGITS.sub("#", answer.get(name)) for name in names)
    return (str(answer.status), *wording)


@dataclass(frozen=True, slots=True)
class Compared:
    """One request, both answers and the outcome; None is inconclusive, as `note` says.

    `left` is the number of created records that could not be deleted.
    """

    call: str
    variant: Variant
    outcome: Outcome | None
    twin: Answer | None = None
    vendor: Answer | None = None
    note: str = ""
    left: int = 0

    def __str__(self) -> str:
        """Return the request and both answers."""
        answers = f"the twin {_show(self.twin)}, the vendor {_show(self.vendor)}"
        return f"{self.call}, {self.variant.kind}, {self.variant.name}: {answers}"

    def as_json(self) -> dict[str, Json]:
        """Return the same as JSON."""
        return {
            "call": self.call,
            "kind": self.variant.kind,
            "request": self.variant.name,
            "outcome": self.outcome or _INCONCLUSIVE,
            "twin": _show(self.twin),
            "vendor": _show(self.vendor),
            "note": self.note,
        }


def _show(answer: Answer | None) -> str:
    if answer is None:
        return "has not answered"
    return f"answers {answer.status} {answer.get('message')}".strip()


@dataclass(frozen=True)
class Comparison:
    """Sends generated requests to an account and to an empty twin in this process.

    `pause` lets time pass before each call of the account, `seed` and `mark` are in the
    names of its records, and `most` is the number of requests of each kind and call.
    """

    vendor: Vendor
    account: Send
    pause: Callable[[], None]
    seed: str
    mark: str
    most: int

    def compare_call(self, call: str) -> list[Compared]:
        """Send the requests of one call, and delete the records that they created."""
        table = read_requests(self.vendor.name)
        variants = generate_call(self.vendor, call)
        twin = call_twin(self.vendor, make_twin(self.vendor, SystemClock()))
        return [self._compare(call, each, table, twin) for each in self._some(variants)]

    def _compare(
        self, call: str, variant: Variant, table: RequestTable, twin: Send
    ) -> Compared:
        token = make_token(self.seed, call, variant)
        ours = Preparation(twin, table, token, self.mark)
        theirs = Preparation(self._call_account, table, token, self.mark)
        try:
            mine = _ask(ours, call, variant)
            if mine.is_unbuilt:
                return Compared(call, variant, None, mine, note="not built")
            real = _ask(theirs, call, variant)
        except TryAgainError as error:
            left = theirs.clean_up()
            return Compared(call, variant, None, note=str(error), left=left)
        outcome, left = compare(mine, real), theirs.clean_up()
        return Compared(call, variant, outcome, mine, real, left=left)

    def _call_account(self, method: str, path: str, values: Values) -> Answer:
        self.pause()
        return self.account(method, path, values)

    def _some(self, variants: Iterable[Variant]) -> Iterator[Variant]:
        """Return so many requests of each kind, the same ones in each run."""
        kinds: dict[Kind, list[Variant]] = {}
        for variant in variants:
            kinds.setdefault(variant.kind, []).append(variant)
        for kind, found in kinds.items():
            count = min(self.most, len(found))
            yield from random.Random(kind).sample(found, count)  # noqa: S311


def _ask(records: Preparation, call: str, variant: Variant) -> Answer:
    return records.call(call, variant.sent, has_unknown_id=variant.has_unknown_id)


def find_safe_calls(vendor: Vendor) -> list[str]:
    """Return the calls that change no settings of an account."""
    table = read_requests(vendor.name)
    return [call for call in vendor.calls if table.plan(call).own.is_safe]


def count_by_behaviour(
    compared: Iterable[Compared],
) -> dict[str, dict[str, int]]:
    """Return the number of outcomes by the behaviours on which the twin rested."""
    found: dict[str, Counter[str]] = {}
    for each in compared:
        for name in each.twin.cited if each.twin is not None else ():
            found.setdefault(name, Counter())[each.outcome or _INCONCLUSIVE] += 1
    return {name: dict(sorted(found[name].items())) for name in sorted(found)}


def count_by_call(compared: Iterable[Compared]) -> Mapping[str, Counter[str]]:
    """Return the number of outcomes by call."""
    found: dict[str, Counter[str]] = {}
    for each in compared:
        counts = found.setdefault(each.call, Counter())
        counts[each.outcome or _INCONCLUSIVE] += 1
    return found


def render_outcomes(compared: Iterable[Compared]) -> Table:
    """Return a table with a line for each call."""
    columns = (*Outcome, _INCONCLUSIVE)
    table = Table("call", *columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for call, counts in count_by_call(compared).items():
        table.add_row(call, *(str(counts[each] or "") for each in columns))
    return table


def as_json(compared: Iterable[Compared], where: Mapping[str, str]) -> Json:
    """Return the outcomes by call, and each request that did not agree."""
    every = list(compared)
    counts = count_by_call(every)
    return {
        "accounts": dict(where),
        "meaning": {str(each): each.meaning for each in Outcome},
        "calls": {call: dict(found) for call, found in counts.items()},
        "requests": [
            each.as_json() for each in every if each.outcome is not Outcome.AGREE
        ],
        "records_left": sum(each.left for each in every),
    }
