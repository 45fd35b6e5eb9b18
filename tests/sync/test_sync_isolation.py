"""An error of one record or of one list affects nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

import httpx
import pytest

from dataflow.sync.errors import KeyRefusedError
from dataflow.sync.model import Issue
from dataflow.sync.run import StateFile
from tests.cases import cases
from tests.sync.world import ACCOUNTS, Fault, Json, World, call_of, refusing

#: Changes the rows of a list.
Spoil: TypeAlias = Callable[[list[Json]], list[Json]]


def spoiling(call: str, spoil: Spoil) -> Fault:
    """Return a fault that changes the rows of a list."""

    def fault(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        if call_of(request) != call:
            return response
        body = json.loads(response.content)
        changed = (
            spoil(body)
            if isinstance(body, list)
            else {**body, "list": spoil(body["list"])}
        )
        return httpx.Response(
            200, json=changed, headers={"date": response.headers["date"]}
        )

    return fault


def without(name: str) -> Spoil:
    """Return what removes a property of the first row."""

    def spoil(rows: list[Json]) -> list[Json]:
        return [{k: v for k, v in rows[0].items() if k != name}, *rows[1:]]

    return spoil


def people(world: World, *names: str) -> list[str]:
    """Make persons, each one later than the one before, and return their ids."""
    ids = []
    for name in names:
        ids.append(world.customer(name=name))
        world.clock.advance(60)
    return ids


def issues(world: World) -> list[Issue]:
    """Return the issues of customers in the state file."""
    store = StateFile(world.path, ACCOUNTS).open()
    assert store is not None
    try:
        return store.list_issues("customer")
    finally:
        store.close()


def test_a_403_on_one_record_affects_that_record_only(world: World) -> None:
    """A key that may not write one record writes the others (fault 4)."""
    ids = people(world, "Ada", "Secret", "Charles")
    with world.failing(refusing("POST /customers", "Secret", status=403)):
        outcome = world.sync()

    assert ({ids[0], ids[2]}, 1) == (set(world.ids("customer")), len(outcome.failed))


def test_a_list_that_is_refused_affects_its_kind_only(world: World) -> None:
    """A key that may not read items still synchronises customers."""
    person = world.customer()
    world.item()
    with world.failing(refusing("GET /items", "", status=403)):
        outcome = world.sync()

    assert ([person], []) == (world.ids("customer"), world.ids("item"))
    assert [True, True] == ["403" in text for text in outcome.failed]


def test_what_a_refused_list_held_comes_later(world: World) -> None:
    """The next run reads the list from where the last successful reading was."""
    world.item()
    with world.failing(refusing("GET /items", "", status=403)):
        world.sync()
    world.sync()

    assert ["delivery"] == world.ids("item")


def test_a_403_on_every_path_is_a_refused_key(world: World) -> None:
    """A key that may do nothing at all ends the run."""
    world.customer()

    def forbid(
        request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        if request.url.path.startswith("/api/v2"):
            return httpx.Response(403, json={"message": "no"})
        return answer()

    with world.failing(forbid), pytest.raises(KeyRefusedError, match="403"):
        world.sync()


@cases(
    "call, spoil",
    {
        "null": ("GET /customers", lambda rows: [None, *rows[1:]]),
        "text": ("GET /customers", lambda rows: ["nothing", *rows[1:]]),
        "no-id": ("GET /customers", without("id")),
        "no-object": ("GET /customers", lambda rows: [{}, *rows[1:]]),
        "no-currency": ("GET /invoices", without("currency")),
        "no-customer": ("GET /invoices", without("customer")),
    },
)
def test_an_unexpected_row_affects_that_record_only(
    world: World, call: str, spoil: Spoil
) -> None:
    """A row that is no record of its kind is reported; the others are synchronised."""
    person, other = people(world, "Ada", "Charles")
    invoice = world.invoice(person)
    world.clock.advance(60)
    world.invoice(other)
    world.right("POST", "/customers", id="stranger")
    with world.failing(spoiling(call, spoil)):
        outcome = world.sync()

    assert (True, True, True) == (
        person in world.ids("customer"),
        invoice in {order["reference_id"] for order in world.live("order")},
        bool(outcome.failed or outcome.waiting),
    )


def test_a_row_that_was_unusable_is_read_again(world: World) -> None:
    """The next run reads from before a row that was no record."""
    ids = people(world, "Ada", "Charles")
    with world.failing(spoiling("GET /customers", lambda rows: [None, *rows[1:]])):
        world.sync()
    world.clock.advance(7200)
    world.sync()

    assert set(ids) == set(world.ids("customer"))


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError(), ZeroDivisionError()]
)
def test_any_exception_affects_that_record_only(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """An error of the sync's own code at one record is quarantined like any other."""
    ids = people(world, "Ada", "Secret", "Charles")

    def fail(record: Json) -> Json:
        if record["name"] == "Secret":
            raise error
        return {"first_name": record["name"]}

    monkeypatch.setattr("dataflow.sync.create.customer_fields", fail)
    outcome = world.sync()

    assert ({ids[0], ids[2]}, 1) == (set(world.ids("customer")), len(outcome.failed))


def test_a_quarantined_record_is_tried_again_ever_later(world: World) -> None:
    """The second attempt is in the next run, each other one after twice the time."""
    world.customer(name="Secret")
    attempts = []
    with world.failing(refusing("POST /customers", "Secret")):
        for _ in range(10):
            world.sync()
            attempts.append(len(world.writes))
            world.clock.advance(40)

    assert [1, 1, 0, 1, 0, 0, 1, 0, 0, 0] == attempts


def test_a_failed_record_recovers_without_an_edit(world: World) -> None:
    """A record that is accepted at last is synchronised when its time has come."""
    person = world.customer(name="Secret")
    with world.failing(refusing("POST /customers", "Secret")):
        for _ in range(3):
            world.sync()
    world.clock.advance(3600)
    outcome = world.sync()

    assert ([person], [], []) == (world.ids("customer"), outcome.failed, issues(world))


def test_an_edited_record_is_tried_at_once(world: World) -> None:
    """An edit may have removed the cause, so the record does not wait."""
    person = world.customer(name="Secret")
    with world.failing(refusing("POST /customers", "Secret")):
        for _ in range(5):
            world.sync()
    world.left("PATCH", f"/customers/{person}", {"name": "Ada"})
    world.sync()

    assert [person] == world.ids("customer")


def test_a_quarantined_record_states_its_attempts(world: World) -> None:
    """The issue has the reason, the number of attempts and the time of the next one."""
    world.customer(name="Secret")
    with world.failing(refusing("POST /customers", "Secret")):
        for _ in range(2):
            world.sync()
    now = world.clock.seconds()
    (issue,) = issues(world)

    assert (2, True, "not today" in issue.text) == (
        issue.attempts,
        now + 50 < issue.next_attempt <= now + 60,
        True,
    )


def test_records_without_an_answer_do_not_stop_a_run(world: World) -> None:
    """While reads are answered, the records that fail are the cause."""
    people(world, "Poison", "Poison", "Poison", "Poison")
    person = world.customer(name="Ada")
    with world.failing(refusing("POST /customers", "Poison", status=500)):
        outcome = world.sync()

    assert (False, [person]) == (outcome.halted, world.ids("customer"))
