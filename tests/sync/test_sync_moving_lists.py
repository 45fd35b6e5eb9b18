"""Records that change while the lists are read, and accounts that ask for patience."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx

from tests.sync.world import World, meanwhile


def people_of(world: World) -> set[str]:
    """Return the ids of all customers in Chargebee, however many there are."""
    found: set[str] = set()
    offset: dict[str, str] = {}
    while True:
        answer = world.right("GET", "/customers", limit=100, **offset)
        found |= {entry["customer"]["id"] for entry in answer["list"]}
        if "next_offset" not in answer:
            return found
        offset = {"offset": answer["next_offset"]}


def test_an_edit_while_a_list_is_read_is_not_lost(world: World) -> None:
    """What was edited after its page was read is seen by the next run."""
    world.rows["customer"] = (("phone", "phone"),)
    people = [world.customer() for _ in range(150)]

    def edit() -> None:
        for person in (people[3], people[140]):
            world.clock.advance(30)
            world.left("PATCH", f"/customers/{person}", {"phone": "12"})

    with world.failing(meanwhile("GET /customers", edit, before=True, page="2")):
        world.sync()
    world.sync()

    assert ["12", "12"] == [
        world.right("GET", f"/customers/{person}")["customer"].get("phone")
        for person in (people[3], people[140])
    ]


def test_a_customer_read_by_itself_does_not_move_the_next_start(world: World) -> None:
    """A record fetched after the lists were read is later than what they hold."""
    company = world.customer(type="company")
    world.clock.advance(60)
    world.customer()
    world.sync()
    world.clock.advance(60)
    world.invoice(company)
    made: list[str] = []

    def happen() -> None:
        made.append(world.customer())
        world.clock.advance(60)
        world.left("PATCH", f"/customers/{company}", {"notes": "x"})

    with world.failing(meanwhile("GET /items", happen, before=True)):
        world.sync()
    world.sync()

    assert set(made) <= people_of(world)


def test_a_deletion_hidden_by_a_creation_loses_nobody(world: World) -> None:
    """A deletion pushes a person over the edge of a page that was read already."""
    people = []
    for _ in range(150):
        people.append(world.customer())
        world.clock.advance(10)
    deleted = {people[10], people[140]}

    def replace() -> None:
        for person in deleted:
            world.left("DELETE", f"/customers/{person}")
            world.customer()

    with world.failing(meanwhile("GET /customers", replace, before=True, page="2")):
        world.sync()
    world.clock.advance(3600)
    world.sync()

    assert set(people) - deleted <= people_of(world)


def test_a_list_that_stays_short_is_read_again(world: World) -> None:
    """Who was announced and not shown comes with the next run, which is asked for."""
    people = []
    for _ in range(5):
        people.append(world.customer())
        world.clock.advance(60)

    def short(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        response = answer()
        if "x-total-count" not in response.headers:
            return response
        shown = [x for x in json.loads(response.content) if str(x["id"]) != people[2]]
        headers = {"x-total-count": response.headers["x-total-count"]}
        return httpx.Response(200, json=shown, headers=headers)

    with world.failing(short):
        first = world.sync()
    world.sync()

    assert (75, set(people)) == (first.status, people_of(world))


def test_a_limit_by_the_minute_is_waited_for(world: World) -> None:
    """An account that takes more than a minute's calls to read is synchronised."""
    for number in range(1000):
        world.right("POST", "/customers", id=f"stranger-{number}")
    person = world.customer()
    stamps: list[float] = []

    def limited(
        _request: httpx.Request, answer: Callable[[], httpx.Response]
    ) -> httpx.Response:
        now = world.clock.milliseconds() / 1000
        if len([stamp for stamp in stamps if stamp > now - 60]) >= 5:
            return httpx.Response(429, json={"message": "blocked temporarily"})
        stamps.append(now)
        return answer()

    with world.failing(limited):
        outcome = world.sync()

    assert (0, True) == (outcome.status, person in people_of(world))
