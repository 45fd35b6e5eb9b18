"""Compare a twin's answers to the generated requests with the vendor's table."""

from __future__ import annotations

import enum
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TypeAlias

from dataflow.contract.prepare import (
    TOKEN_LENGTH,
    Answer,
    Preparation,
    Send,
    read_requests,
    to_dotted,
)
from dataflow.contract.senders import (
    VENDORS,
    Vendor,
    call_twin,
    generate_call,
    make_twin,
)
from dataflow.contract.variants import Kind, Variant
from dataflow.twin.clock import ManualClock

_REASONS = Path(__file__).with_name("requests") / "reasons.tsv"
_HEAD = """\
# The answers of the twins to the generated requests, compared with the vendors' tables.
# No table has a documented example: that of a call is its smallest valid request.
# `make variants` writes this file; a test compares it with each run.
"""
#: A mark that no run has: these records are in a twin in this process.
_MARK = "dataflow-1767603600-000000"


class Result(enum.StrEnum):
    """How the answer to a request compares with the vendor's table."""

    SPECIFIED = "as specified"
    REASON = "for a reason"  # different, as a behaviour states
    UNBUILT = "not built"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """A behaviour of which the table says nothing, and the requests that meet it.

    `call` and `request` are patterns. An answer must cite the behaviour, unless the
    twin cannot know that it met it.
    """

    vendor: str
    call: str
    request: str
    behaviour: str
    is_cited: bool

    def explains(
        self, vendor: str, call: str, variant: Variant, answer: Answer
    ) -> bool:
        """Return whether an answer differs from the table for this reason."""
        return (
            vendor == self.vendor
            and fnmatchcase(call, self.call)
            and fnmatchcase(to_dotted(variant.name), self.request)
            and (self.behaviour in answer.cited or not self.is_cited)
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A request, its answer, the result, and the reason for a difference if known."""

    variant: Variant
    answer: Answer
    result: Result
    reason: Reason | None = None

    def __str__(self) -> str:
        """Return the request, what was expected, and the answer."""
        one = self.variant
        wanted = f"refused ({one.param})" if one.refused else "accepted"
        got = f"{self.answer.status} {self.answer.get('message')}".strip()
        return f"{one.kind}, {one.name}: {wanted} by the table, answered {got}"


#: The number of requests by call, kind and result.
Counts: TypeAlias = Counter[tuple[str, Kind, Result]]


@cache
def read_reasons() -> tuple[Reason, ...]:
    """Return the reasons for which a twin differs from its vendor's table."""
    lines = _REASONS.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(
        Reason(vendor, call, request, behaviour, is_cited == "cited")
        for vendor, call, request, behaviour, is_cited in rows
    )


def judge(vendor: str, call: str, variant: Variant, answer: Answer) -> Judged:
    """Return how an answer compares with the table."""
    if answer.is_unbuilt:
        return Judged(variant, answer, Result.UNBUILT)
    if _is_as_specified(variant, answer):
        return Judged(variant, answer, Result.SPECIFIED)
    for reason in read_reasons():
        if reason.explains(vendor, call, variant, answer):
            return Judged(variant, answer, Result.REASON, reason)
    return Judged(variant, answer, Result.DIFFERENT)


def _is_as_specified(variant: Variant, answer: Answer) -> bool:
    if not variant.refused:
        return answer.is_accepted
    is_refused = 400 <= answer.status < 500  # noqa: PLR2004
    return is_refused and variant.param in {"", answer.get("param")}


def make_token(seed: str, call: str, variant: Variant) -> str:
    """Return letters for the records of one request, the same ones in each run."""
    text = f"{seed} {call} {variant.kind} {variant.name}"
    return hashlib.sha256(text.encode()).hexdigest()[:TOKEN_LENGTH]


def judge_call(vendor: Vendor, call: str) -> Iterator[Judged]:
    """Send the requests of one call to the vendor's twin, and judge the answers."""
    table = read_requests(vendor.name)
    plan = table.plan(call)
    send: Send | None = None
    for variant in generate_call(vendor, call):
        if send is None or not plan.own.is_safe:  # settings of an account stay
            send = call_twin(vendor, make_twin(vendor, ManualClock()))
        token = make_token("", call, variant)
        records = Preparation(send, table, token, _MARK)
        answer = records.call(call, variant.sent, has_unknown_id=variant.has_unknown_id)
        yield judge(vendor.name, call, variant, answer)


def count(call: str, judged: Iterable[Judged]) -> Counts:
    """Return the number of requests of each kind and result."""
    return Counter((call, each.variant.kind, each.result) for each in judged)


def render_counts(vendor: str, counts: Mapping[tuple[str, Kind, Result], int]) -> str:
    """Return the lines of a table, one for each call and kind."""
    groups = dict.fromkeys((call, kind) for call, kind, _ in counts)
    return "".join(
        "\t".join(
            [vendor, call, kind, *(str(counts[call, kind, each]) for each in Result)]
        )
        + "\n"
        for call, kind in groups
    )


def count_all() -> str:
    """Return the committed table: the number of requests by call, kind and result."""
    head = "\t".join(["vendor", "call", "kind", *Result])
    rows = (
        render_counts(vendor.name, count(call, judge_call(vendor, call)))
        for vendor in VENDORS
        for call in vendor.calls
    )
    return f"{_HEAD}{head}\n" + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(count_all())
