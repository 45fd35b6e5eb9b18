"""The good syncs: how they are listed, how they end, and rough weather."""

from __future__ import annotations

import ast
import json
import random
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from dataflow.harness.syncs.python import PythonSync
from dataflow.twin.messages import NO_ANSWER, Request, Response
from dataflow.vendors.connection import NOW
from right.catalogue import GoodSync, catalogue, readings
from right.unhurried import UNHURRIED
from tests.strangers.world import World

ROOT = Path(__file__).resolve().parents[2]
LAG_SECONDS = 5
#: So many runs are more than any of them needs for what it is asked here.
MOST_RUNS = 40
#: Those that leave work for later runs, or hold it back for less than so many seconds.
UNHURRIED_NAMES = {name for name, sync in readings().items() if sync in UNHURRIED}
HELD_BACK = 20 * 60

LOCKED = b'{"message": "in use", "type": "operation_failed",'
LOCKED += b' "api_error_code": "lock_timeout"}'
TROUBLES = {
    "busy": Response(429, b'{"message": "later"}', {"Retry-After": "1"}),
    "locked": Response(429, LOCKED),
    "broken": Response(500, b'{"message": "no"}'),
    "gateway": Response(502, b"<html>"),
    "cut": NO_ANSWER,
}

every_one = pytest.mark.parametrize("right", catalogue(), ids=lambda each: each.name)
every_program = pytest.mark.parametrize(
    "right", catalogue()[:4], ids=lambda each: each.name
)


def run(world: World, right: GoodSync, **environment: str) -> tuple[int, str]:
    """Run a sync once, the clock moved before; return its status and what it said."""
    world.clock.advance(2 * LAG_SECONDS)
    told = {**world.environment(), NOW: str(world.clock.seconds()), **environment}
    done = PythonSync(shlex.join(right.command), ROOT).run(told)
    return done.status, done.output


def run_until_done(world: World, right: GoodSync) -> None:
    """Run a sync for as long as it asks for another try, an unhurried one longer."""
    done_runs = 5 if right.name in UNHURRIED_NAMES else 1
    for _ in range(MOST_RUNS):
        status, said = run(world, right)
        done_runs -= status != 75
        if not done_runs:
            break
        if right.name in UNHURRIED_NAMES:
            world.clock.advance(HELD_BACK)
    assert (0, "") == (status, said)


def rough(world: World) -> Callable[[Request], Response]:
    """Return a Chargebee that answers each eighth call or so with some trouble."""
    # Nobody's secret hangs on it, and it must be the same each time.
    chance = random.Random(5)  # noqa: S311
    troubles = list(TROUBLES.values())

    def handle(request: Request) -> Response:
        if chance.random() < 0.12:
            return chance.choice(troubles)
        return world.chargebee.handle(request)

    return handle


@every_one
def test_rough_weather_doubles_and_loses_nothing(world: World, right: GoodSync) -> None:
    """Trouble and late lists leave one counterpart of each, with the last currency."""
    world.chargebee.switches.list_lag = LAG_SECONDS
    world.interfere = rough(world)
    keys = world.one_of_each()
    run_until_done(world, right)
    world.edit("invoices", keys["orders"], currency="gbp")
    run_until_done(world, right)
    world.clock.advance(LAG_SECONDS)

    found = {kind: world.counterparts(kind, key) for kind, key in keys.items()}
    told = {
        kind: [
            record.get("currency_code")
            for record in records
            if record.get("status") != "cancelled"
        ]
        for kind, records in found.items()
    }
    assert {"customers": [None], "orders": ["GBP"], "items": [None]} == told


@every_program
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_asks_for_another_try(
    world: World, right: GoodSync, trouble: str
) -> None:
    """The exit status is 75 if a vendor is not up to it."""
    world.interfere = lambda _: TROUBLES[trouble]

    assert 75 == run(world, right, DATAFLOW_STATE_DIR=str(world.state))[0]


@every_program
def test_a_refusal_is_told_in_one_line(world: World, right: GoodSync) -> None:
    """A wrong key ends with status 1 and one line."""
    status, said = run(world, right, DATAFLOW_CHARGEBEE_KEY="wrong")

    assert (1, 1) == (status, len(said.splitlines()))


def test_the_list_is_the_catalogue() -> None:
    """`--list` shows every good sync, and how it is started."""
    command = [sys.executable, "right/right_sync.py", "--list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    expected = json.loads(json.dumps([asdict(each) for each in catalogue()]))
    assert expected == json.loads(done.stdout)


def test_names_are_unique() -> None:
    """Each good sync has a name of its own."""
    names = [each.name for each in catalogue()]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("module", ["amounts", "sdk_loop", "sdk_vendors"])
def test_the_loop_is_independent(module: str) -> None:
    """The loop shares no code with the plain sync: two of one mind prove less."""
    tree = ast.parse((ROOT / "right" / f"{module}.py").read_text("utf-8"))

    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert set() == {name for name in imported if str(name).startswith("broken")}
