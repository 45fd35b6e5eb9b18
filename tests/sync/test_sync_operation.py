"""What a run leaves for the user: its end, its log, and its progress."""

from __future__ import annotations

from contextlib import closing, suppress

import httpx
import pytest

from dataflow.errors import DataflowError, TryAgainError
from dataflow.sync.clients.waiting import pause_until_stopped
from dataflow.sync.progress import Progress
from dataflow.sync.state import StateStore
from dataflow.sync.status import Status, read_status
from tests.sync.world import World


def status_of(world: World) -> Status:
    """Return the status that the state file of a world holds."""
    with closing(StateStore.read(world.path)) as store:
        return read_status(store)


def test_the_end_of_a_run_is_stored(world: World) -> None:
    """The status of the state file has the time, exit status and counts of a run."""
    world.customer()
    world.sync()
    last = status_of(world).last_done

    assert (0, "1 created") == (last and last.status, last and last.text)


def test_a_failed_run_is_stored_as_such(world: World) -> None:
    """A run that ends with an error is the last one, but not the last one done."""
    world.customer()
    world.sync()
    done = status_of(world).last_done

    def refuse(*_: object) -> httpx.Response:
        return httpx.Response(401, json={"message": "no"})

    with world.failing(refuse), suppress(DataflowError):
        world.sync()
    found = status_of(world)

    assert (done, 1) == (found.last_done, found.last_run and found.last_run.status)


def test_each_write_is_in_the_audit_log(world: World) -> None:
    """A creation and an edit are logged with the values before and after."""
    world.rows["customer"] = (("name", "first_name"),)
    person = world.customer(name="Ada")
    world.sync()
    world.left("PATCH", f"/customers/{person}", {"name": "Augusta"})
    world.sync()
    with closing(StateStore.read(world.path)) as store:
        log = store.list_audit("customer", person)

    assert [
        ("Create", {}, {"name|first_name": "Ada"}),
        ("PatchRight", {"name|first_name": "Ada"}, {"name|first_name": "Augusta"}),
    ] == [(entry.action, entry.before, entry.after) for entry in log]


def test_a_stopped_run_reports_what_is_left(world: World) -> None:
    """After a signal, the current record is finished and the others are counted."""
    for name in ("Ada", "Grace", "Mary"):
        world.customer(name=name)
    outcome = world.sync(is_stopping=lambda: "POST /customers" in world.calls)

    assert (1, 2, 75) == (outcome.counts["created"], outcome.left, outcome.status)


def test_a_stopped_run_reads_no_further_page(world: World) -> None:
    """A signal while the lists of both systems are read ends each after a page."""
    for number in range(201):
        world.customer(name=f"Ada {number}")
    with suppress(TryAgainError):
        world.sync(is_stopping=lambda: "GET /customers" in world.calls)

    assert 2 == world.calls.count("GET /customers")


def test_a_stopped_run_waits_no_longer_for_a_vendor() -> None:
    """A signal ends the wait before another attempt."""
    waits: list[float] = []
    pause = pause_until_stopped(waits.append, lambda: len(waits) == 2)
    with suppress(TryAgainError):
        pause(60)

    assert [1, 1] == waits


def test_the_audit_log_names_the_order_that_was_removed(world: World) -> None:
    """The entry about a replaced order has the id of that order, not of the new one."""
    invoice = world.invoice(world.customer())
    world.sync()
    world.left("PATCH", f"/invoices/{invoice}", {"currency": "gbp"})
    world.sync()
    with closing(StateStore.read(world.path)) as store:
        log = store.list_audit("order", invoice)

    assert f"invoiced-{invoice}" == log[-1].right_id


def test_the_run_after_a_stopped_one_completes_it(world: World) -> None:
    """What a stopped run has left is not forgotten."""
    for name in ("Ada", "Grace", "Mary"):
        world.customer(name=name)
    world.sync(is_stopping=lambda: "POST /customers" in world.calls)
    world.sync()

    assert 3 == len(world.live("customer"))


def test_a_forgotten_person_is_not_restored(world: World) -> None:
    """A later sync neither creates nor edits a record that was forgotten."""
    person = world.customer(name="Ada")
    world.sync()
    with closing(StateStore.open(world.path, {})) as store:
        store.forget("customer", person, 0)
    world.left("PATCH", f"/customers/{person}", {"name": "Augusta"})
    world.sync(full=True)

    assert ([], b"Augusta" in world.path.read_bytes()) == (world.writes, False)


def test_a_later_invoice_of_a_forgotten_person_waits_for_the_user(
    world: World,
) -> None:
    """It gets no order; the report says what to do, and the person is not read."""
    person = world.customer(name="Ada")
    world.sync()
    with closing(StateStore.open(world.path, {})) as store:
        store.forget("customer", person, 0)
    for _ in range(2):
        world.clock.advance(3600)
        world.sync()
    invoice = world.invoice(person)

    outcome = world.sync()

    reads = f"GET /customers/{person}" in world.calls
    assert (11, [invoice], False) == (
        outcome.status,
        [issue.left_id for _, issue in outcome.issues if "forget it" in issue.text],
        reads,
    )


@pytest.mark.parametrize(
    ("done", "seconds", "line"),
    [
        (10, 4, []),
        (0, 5, []),
        (10, 10, ["items: 10 of 1,000, 30 calls, 1.0 records/s, 16 min left"]),
        (900, 10, ["items: 900 of 1,000, 30 calls, 90.0 records/s, 1 s left"]),
    ],
    ids=["too early", "nothing done", "long", "short"],
)
def test_a_long_run_shows_its_progress(
    done: int, seconds: float, line: list[str]
) -> None:
    """Every few seconds, a line shows records, calls, rate and the time left."""
    time, shown = [0.0], list[str]()
    progress = Progress(shown.append, lambda: time[0])
    progress.begin("items", 1_000)
    time[0] = seconds
    progress.update(done, 30)

    assert line == shown
