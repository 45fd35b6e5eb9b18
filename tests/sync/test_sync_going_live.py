"""Going live between two full accounts: no record gets a second counterpart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from dataflow.sync.create import SyncSettings
from dataflow.sync.model import Links, PossibleMatch
from dataflow.sync.possible_matches import compare, make_query
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER, Kind
from tests.cases import cases
from tests.sync.world import Record, World

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


TEA = {"name": "Tea", "first_name": None, "last_name": None}


def create_customer(world: World, right_id: str = "theirs", **values: object) -> None:
    """Create a customer in Chargebee by hand, without a mark."""
    world.right("POST", "/customers", id=right_id, **{**ADA, **values})


def create_item(
    world: World, right_id: str = "delivery", name: str = "Delivery"
) -> None:
    """Create an item in Chargebee by hand, without a mark."""
    world.right("POST", "/item_families", id="theirs", name="theirs")
    params = {"type": "charge", "item_family_id": "theirs"}
    world.right("POST", "/items", id=right_id, name=name, **params)


def run_before(world: World) -> None:
    """Let an earlier run have read everything."""
    world.sync()
    world.clock.advance(3600)


@pytest.fixture(params=["first", "later"])
def begin(world: World, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Return what is done before the run: only a first run reads everything."""
    return (lambda: None) if request.param == "first" else lambda: run_before(world)


@cases(
    "kind, left, right, equal",
    {
        "both": (CUSTOMER, {"name": "A B", "email": "a@b.c"}, {}, ("name", "email")),
        "name": (CUSTOMER, {"name": "A B", "email": "d@b.c"}, {}, ("name",)),
        "email": (CUSTOMER, {"name": "D E", "email": "a@b.c"}, {}, ("email",)),
        "spelling": (
            CUSTOMER,
            {"name": "a  b ", "email": "A@B.C"},
            {},
            ("name", "email"),
        ),
        "id": (CUSTOMER, {"id": 9, "name": "D E"}, {}, ("id",)),
        "nothing": (CUSTOMER, {"name": "", "email": None}, {"email": None}, None),
        "marked": (
            CUSTOMER,
            {"name": "A B", "email": "a@b.c"},
            {"meta_data": {"invoiced_id": "8"}},
            None,
        ),
        "deleted": (CUSTOMER, {"name": "A B"}, {"deleted": True}, None),
        "item": (ITEM, {"id": 9, "name": "Tea"}, TEA, ("id", "name")),
        "other-item": (ITEM, {"id": "8", "name": "Milk"}, TEA, None),
        "order": (ORDER, {"id": 9, "name": "A B"}, {}, None),
    },
)
def test_what_makes_a_possible_match(
    kind: Kind, left: Record, right: Record, equal: tuple[str, ...] | None
) -> None:
    """Equal properties count, spelled in any way; a mark says whose a record is."""
    whole = {"id": "9", "first_name": "A", "last_name": "B", "email": "a@b.c", **right}

    found = compare(kind, {"id": 7, **left}, [whole], Links())

    assert ((PossibleMatch("9", equal),) if equal else ()) == found


@cases(
    "kind, left, query",
    {
        "email": (CUSTOMER, {"name": "A B", "email": "a@b.c"}, {"email[is]": "a@b.c"}),
        "name": (
            CUSTOMER,
            {"name": "A B"},
            {"first_name[is]": "A", "last_name[is]": "B"},
        ),
        "one-name": (CUSTOMER, {"name": "A"}, {"first_name[is]": "A"}),
        "nothing": (CUSTOMER, {}, {}),
        "item": (ITEM, {"id": "a", "name": "A"}, {}),
    },
)
def test_the_query_for_possible_matches(
    kind: Kind, left: Record, query: dict[str, str]
) -> None:
    """One filtered call finds those of a customer; an item needs none."""
    assert query == make_query(kind, left)


def test_an_equal_customer_waits_for_the_user(
    world: World, begin: Callable[[], None]
) -> None:
    """Fault 5: equal in name and e-mail, it gets no counterpart, and is reported."""
    begin()
    create_customer(world)
    person = world.customer(email="ada@example.com")

    outcome = world.sync()

    assert (["theirs"], [], [True]) == (
        world.ids("customer"),
        world.writes,
        [f"{person} has no counterpart" in text for text in outcome.decisions],
    )


def test_an_equal_item_waits_for_the_user(
    world: World, begin: Callable[[], None]
) -> None:
    """Fault 5: equal in id and name, it gets no counterpart, and is reported."""
    begin()
    create_item(world)
    world.item()

    outcome = world.sync()

    assert (["delivery"], 1) == (world.ids("item"), len(outcome.decisions))


@cases(
    "left",
    {
        "name": {"email": "other@example.com"},
        "email": {"name": "Augusta King", "email": "ada@example.com"},
    },
)
def test_one_equal_property_is_reported(world: World, left: Record) -> None:
    """A customer with the same name or address as another one gets its own."""
    create_customer(world)
    person = world.customer(**left)

    outcome = world.sync()

    assert (["theirs", person], 1, []) == (
        world.ids("customer"),
        sum("theirs" in note for note in outcome.notes),
        outcome.decisions,
    )


@cases("right_id, name", {"id": ("delivery", "Courier"), "name": ("post", "Delivery")})
def test_one_equal_property_of_an_item_is_reported(
    world: World, begin: Callable[[], None], right_id: str, name: str
) -> None:
    """An item with the same id or name as another one gets its own."""
    begin()
    create_item(world, right_id, name)
    world.item()

    outcome = world.sync()

    assert (2, 1, []) == (
        len(world.ids("item")),
        len(outcome.notes),
        outcome.decisions,
    )


def test_a_lost_state_and_mark_create_no_second_customer(world: World) -> None:
    """Fault 5: known by neither, the counterpart is a possible match."""
    person = world.customer(email="ada@example.com")
    world.sync()
    world.right("POST", f"/customers/{person}", meta_data={})
    world.path.unlink()

    outcome = world.sync()

    assert ([person], 1) == (world.ids("customer"), len(outcome.decisions))


def test_a_lost_state_adopts_by_mark(world: World) -> None:
    """Fault 5: without the state file, each record finds its counterpart again."""
    world.invoice(world.customer(email="ada@example.com"))
    world.item()
    world.sync()
    world.path.unlink()

    outcome = world.sync()

    assert ([], 3) == (world.writes, outcome.counts["adopted"])


@pytest.mark.parametrize("full", [False, True], ids=["ordinary", "full"])
def test_a_linked_record_is_no_possible_match(world: World, *, full: bool) -> None:
    """A customer with an emptied mark has a counterpart, which the state knows."""
    person = world.customer(email="ada@example.com")
    world.sync()
    world.right("POST", f"/customers/{person}", meta_data={})
    twin = world.customer(email="ada@example.com")

    outcome = world.sync(full=full)

    assert ([person, twin], []) == (world.ids("customer"), outcome.decisions)


def test_the_mark_settles_a_possible_match(world: World) -> None:
    """Set by the user, it makes the record the counterpart."""
    create_customer(world)
    person = world.customer(email="ada@example.com")
    world.sync()
    world.clock.advance(3600)
    world.right("POST", "/customers/theirs", meta_data={"invoiced_id": person})

    outcome = world.sync()

    assert (["theirs"], 1, []) == (
        world.ids("customer"),
        outcome.counts["adopted"],
        outcome.decisions,
    )


def test_another_mark_excludes_a_possible_match(world: World) -> None:
    """Set to anything else, the record gets a counterpart of its own."""
    create_customer(world)
    person = world.customer(email="ada@example.com")
    world.sync()
    world.clock.advance(3600)
    world.right("POST", "/customers/theirs", meta_data={"invoiced_id": "none"})

    outcome = world.sync()

    assert (["theirs", person], []) == (world.ids("customer"), outcome.decisions)


def test_a_deleted_match_is_no_match(world: World) -> None:
    """Deleted in Chargebee, it does not block the record any more."""
    create_item(world)
    world.item()
    world.sync()
    world.clock.advance(3600)
    world.right("POST", "/items/delivery/delete")

    outcome = world.sync()

    assert (["Delivery"], []) == (
        [found["name"] for found in world.listed("item")],
        outcome.decisions,
    )


def test_an_open_decision_is_reported_in_every_run(world: World) -> None:
    """It costs no call in a run in which nothing has changed."""
    create_customer(world)
    create_item(world)
    world.customer(email="ada@example.com")
    world.item()
    world.sync()
    world.clock.advance(3600)
    world.customer(name="Charles Babbage")
    world.item("other", name="Other")
    world.sync()
    run_and_list(world)
    first = run_and_list(world)

    assert (7, first) == (first[0], run_and_list(world))


def run_and_list(world: World) -> tuple[int, list[str]]:
    """Run the sync an hour later; return the number of calls, and the decisions."""
    world.clock.advance(3600)
    outcome = world.sync()
    return len(world.calls), outcome.decisions


def test_a_first_run_makes_no_call_for_matches(world: World) -> None:
    """It has read all records: a new one costs the call that creates it."""
    world.sync()
    idle = len(world.calls)
    world.path.unlink()
    for number in range(20):
        world.customer(name=f"Person {number}", email=f"p{number}@example.com")

    world.sync()

    assert idle + 20 == len(world.calls)


def test_a_later_run_makes_one_call_for_the_matches_of_a_customer(
    world: World,
) -> None:
    """A new customer costs a search and a creation, an item the creation alone."""
    world.item("first", name="First")
    run_before(world)
    run_before(world)
    idle = len(world.calls)
    world.customer(email="ada@example.com")
    world.item()
    world.sync()

    # The family of the items is read, too.
    assert idle + 2 + 1 + 1 == len(world.calls)


@pytest.mark.parametrize("full", [False, True], ids=["ordinary", "full"])
def test_a_deleted_item_waits_no_more(world: World, *, full: bool) -> None:
    """Deleted in Invoiced, a record that waits for the user is forgotten."""
    create_item(world)
    world.item()
    world.sync()
    world.left("DELETE", "/items/delivery")

    assert [] == world.sync(full=full).decisions


@pytest.mark.parametrize(
    ("matched_by", "waiting"), [(("email",), 1), (("name", "email"), 0)]
)
def test_the_user_names_what_makes_a_possible_match(
    world: World, matched_by: tuple[Literal["name", "email"], ...], waiting: int
) -> None:
    """A record waits if all the properties that the settings name are equal."""
    world.settings = SyncSettings(calls=1, match_customers=matched_by)
    create_customer(world, last_name="Byron")
    world.customer(email="ada@example.com")

    assert waiting == len(world.sync().decisions)
