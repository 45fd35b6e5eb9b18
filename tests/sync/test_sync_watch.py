"""The loop of `dataflow sync --watch`: when it runs again, and when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from dataflow.errors import TryAgainError
from dataflow.sync.report import RunReport
from dataflow.sync.watch import Watch


def watch(outcomes: list[Callable[[], RunReport]]) -> tuple[list[float], int]:
    """Watch until each outcome was used; return the waits and the status."""
    waits: list[float] = []
    left = list(outcomes)

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return not left

    def run() -> RunReport:
        outcome = left.pop(0)
        return outcome()

    status = Watch(run, wait, lambda _text: None, shortest=10, longest=60)()
    return waits, status


def idle() -> RunReport:
    """Do nothing."""
    return RunReport()


def busy() -> RunReport:
    """Change one record."""
    return RunReport(counts=Counter(changed=1))


def unavailable() -> RunReport:
    """Get no answer."""
    raise TryAgainError("Chargebee is down: try again later.")


def test_an_idle_watch_waits_longer_each_time() -> None:
    """While nothing changes, each wait is twice as long, up to the longest."""
    waits, _ = watch([idle, idle, idle, idle])

    assert [20, 40, 60, 60] == waits


def test_a_change_makes_the_next_wait_short() -> None:
    """After a change, the next run begins soon."""
    waits, _ = watch([idle, idle, busy])

    assert [20, 40, 10] == waits


def test_a_vendor_that_is_down_does_not_end_a_watch() -> None:
    """An error that may pass is tried again."""
    waits, status = watch([unavailable, busy])

    assert ([20, 10], 0) == (waits, status)


def test_the_status_is_that_of_the_last_run() -> None:
    """A watch that ends during an outage has the status of a later attempt."""
    _, status = watch([busy, unavailable])

    assert 75 == status
