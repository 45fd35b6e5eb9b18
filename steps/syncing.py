"""The sync under test runs."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from dataflow.harness.categories import Category, MismatchError
from dataflow.harness.scenario.comparison import judge
from dataflow.harness.scenario.expectations import join_messages, require_none
from dataflow.harness.scenario.world import World, describe_counterparts, list_changes

#: Seconds: more than the resolution of the vendors' times.
RESOLUTION = 2
#: The number of runs that a sync may need where the document leaves it open.
TURNS = 5


@given("the sync has caught up")
def sync_has_caught_up(world: World) -> None:
    """Run the sync until every expected record has exactly one counterpart."""
    world.sync.start()
    world.sync.wait_until(
        "every record to have its counterpart", lambda: _check_all_paired(world)
    )
    world.snapshot_neighbour()
    judge(world)


@when("the sync catches up")
def sync_catches_up(world: World) -> None:
    """Run the sync once; the next lines wait for the result."""
    world.sync.start()


@given("the sync looks no further back than now")
def ignores_older_records(world: World) -> None:
    """Let the sync ignore records that are older than this moment."""
    world.since = int(world.subject.record["created_at"]) + 1
    # The vendors count whole seconds: the next records must be newer.
    world.advance(RESOLUTION)


@when("the sync runs again")
def sync_runs_again(world: World) -> None:
    """Run the sync where nothing is left to do."""
    world.before = world.snapshot_all()
    world.sync.run_again()


@when(parsers.parse("the sync runs {count:d} times more"))
def sync_runs_often(world: World, count: int) -> None:
    """Run the sync several times: a fault may appear late."""
    world.before = world.snapshot_all()
    for _ in range(count):
        world.sync.run_again()


@then("it stays so when the sync runs again")
def stays_so(world: World) -> None:
    """Check the last expectation again after another run."""
    assert world.holds is not None, "the scenario has no expectation yet"
    world.sync.run_again()
    world.holds()


@then("it stays so until the sync has come to rest")
def stays_so_until_rest(world: World) -> None:
    """Check the last expectation again after a run that writes nothing."""
    assert world.holds is not None, "the scenario has no expectation yet"
    for _ in range(TURNS):
        sync_runs_again(world)
        found = _written_since(world)
        if not found:
            break
    if found:
        sentence = f"still written after {TURNS} runs: {join_messages(found)}"
        raise MismatchError(sentence, Category.CHANGED)
    world.holds()


@then("nothing was written")
def nothing_was_written(world: World) -> None:
    """Expect the same raw records of all kinds as before, on both sides."""
    assert world.before, "the scenario has no records of before the run"
    require_none(_written_since(world), Category.CHANGED)


def _written_since(world: World) -> list[str]:
    after = world.snapshot_all()
    return [
        f"{place} {how}"
        for place, records in world.before.items()
        for how in list_changes(records, after[place])
    ]


def _check_all_paired(world: World) -> None:
    expected = [made for made in world.made if made.expected]
    # In the order of creation: a recording is the same in every run.
    kinds = dict.fromkeys(made.kind for made in expected)
    find = {
        kind: world.index_counterparts(kind, world.list_records(kind)) for kind in kinds
    }
    for made in expected:
        found = find[made.kind](made)
        if len(found) != 1:
            raise MismatchError(describe_counterparts(made, found))
