"""The sync under test gets its chance."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from dataflow.harness.scenario.expectations import join_messages
from dataflow.harness.scenario.world import World, describe_counterparts, list_changes

#: Seconds: more than the grain of the vendors' times.
GRAIN = 2
#: So many further runs may still do something where the document leaves it open.
TURNS = 5


@given("the sync has caught up")
def has_caught_up(world: World) -> None:
    """Begin with pairs that are whole: the rest would mean nothing without them."""
    world.sync.start()
    world.sync.wait_until("every record to have its counterpart", lambda: _whole(world))
    world.snapshot_neighbour()


@when("the sync catches up")
def catches_up(world: World) -> None:
    """Let the sync work; how long it may take, the next lines decide."""
    world.sync.start()


@given("the sync looks no further back than now")
def looks_no_further_back(world: World) -> None:
    """Tell the sync that what is older than this moment does not interest."""
    world.since = int(world.subject.record["created_at"]) + 1
    # The vendors count whole seconds: what comes next must not count as older.
    world.advance(GRAIN)


@when("the sync runs again")
def runs_again(world: World) -> None:
    """Let the sync work where there is nothing to do."""
    world.before = world.snapshot_all()
    world.sync.run_again()


@when(parsers.parse("the sync runs {count:d} times more"))
def runs_often(world: World, count: int) -> None:
    """Let the sync work again and again: what is wrong may come late."""
    world.before = world.snapshot_all()
    for _ in range(count):
        world.sync.run_again()


@then("it stays so when the sync runs again")
def stays_so(world: World) -> None:
    """Ask the last question once more, after one more turn of the sync."""
    assert world.holds is not None, "the scenario has asked for nothing yet"
    world.sync.run_again()
    world.holds()


@then("it stays so until the sync has come to rest")
def stays_so_until_rest(world: World) -> None:
    """Ask the last question once more, after as many turns as the sync needs.

    What the document leaves open may take a few; then nothing is left to be written.
    """
    assert world.holds is not None, "the scenario has asked for nothing yet"
    for _ in range(TURNS):
        runs_again(world)
        found = _written_since(world)
        if not found:
            break
    assert not found, f"still written after {TURNS} runs: {join_messages(found)}"
    world.holds()


@then("nothing was written")
def nothing_was_written(world: World) -> None:
    """Compare the raw records of all kinds on both sides with those before."""
    assert world.before, "the scenario has not looked before the sync ran again"
    found = _written_since(world)
    assert not found, join_messages(found)


def _written_since(world: World) -> list[str]:
    after = world.snapshot_all()
    return [
        f"{place} {how}"
        for place, records in world.before.items()
        for how in list_changes(records, after[place])
    ]


def _whole(world: World) -> None:
    expected = [made for made in world.made if made.expected]
    # In the order in which they were made: a recording is the same in every run.
    kinds = dict.fromkeys(made.kind for made in expected)
    records = {kind: world.list_records(kind) for kind in kinds}
    for made in expected:
        found = world.counterparts_among(made, records[made.kind])
        assert len(found) == 1, describe_counterparts(made, found)
