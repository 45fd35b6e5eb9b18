"""What an answer shows beside what was asked: the time there, and the calls left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from dataflow.sandbox.findings import Finding, State
from dataflow.sandbox.reading import Answer

#: Returns the time of this machine, in unix seconds.
Now: TypeAlias = Callable[[], float]

#: Seconds by which a clock may be off.
_CLOSE = 60

#: Headers in which others say how many calls are left.
_LEFT = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")


def circumstances(vendor: str, answer: Answer, now: Now) -> Iterator[Finding]:
    """Yield what any answer of a vendor shows of its clock and its limit of calls."""
    yield _clock(f"{vendor} clock", answer, now)
    yield _rate(f"{vendor} rate", answer)


def _clock(about: str, answer: Answer, now: Now) -> Finding:
    time = _date(answer)
    if time is None:
        return Finding(
            about, State.CANNOT_TELL, "no answer says what time it is there."
        )
    seconds = round(now() - time.timestamp())
    if abs(seconds) <= _CLOSE:
        return Finding(about, State.OK, f"{abs(seconds)} s apart from this one.")
    ahead = "ahead of" if seconds > 0 else "behind"
    says = f"this one is {abs(seconds)} s {ahead} it: set the clock of this machine."
    return Finding(about, State.MISSING, says)


def _date(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None


def _rate(about: str, answer: Answer) -> Finding:
    """Say how many calls are left; neither vendor is documented to tell."""
    for name, value in answer.headers.items():
        if name.lower() in _LEFT:
            return Finding(about, State.OK, f"{value} calls are left.")
    return Finding(about, State.CANNOT_TELL, "no answer says how many calls are left.")
