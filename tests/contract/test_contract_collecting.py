"""The contract suite says what it rests on, or is not run at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.contract.confirmed import known_behaviours
from tests.contract.suite import CONFIRMED, SHAPE, Suite

#: Tests that are marked wrongly, each in a way of its own.
WRONG = {
    "none": "",
    "two": "@pytest.mark.sdk\n@pytest.mark.recorded",
    "unknown": '@pytest.mark.documented("invoiced.nonsense")',
    "disagreeing": '@pytest.mark.sdk("invoiced.customer.name")',
}


def test_wrong_markers_stop_the_run(tmp_path: Path) -> None:
    """A test that is marked wrongly stops the collection: it would claim too much."""
    tests = [f"{marks}\ndef test_{name}(): ..." for name, marks in WRONG.items()]
    lines = Suite(tmp_path, "\n\n".join(["import pytest", *tests])).on_the_twin()
    one_of = (
        "mark a contract test with exactly one of recorded, documented, sdk,"
        " unconfirmed."
    )

    assert [
        f"none is marked with nothing: {one_of}",
        f"two is marked with recorded and sdk: {one_of}",
        (
            "unknown names the unknown behaviour 'invoiced.nonsense': use a name of"
            " `dataflow twin --behaviours`."
        ),
        (
            "disagreeing is marked sdk, but invoiced.customer.name is documented:"
            " correct one of them."
        ),
    ] == [line.partition("::test_")[2] for line in lines.splitlines() if "::" in line]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Suite, str]:
    """Return a suite that ran on the twin, and what was printed."""
    suite = Suite(tmp_path_factory.mktemp("ran"))
    return suite, suite.on_the_twin()


def test_the_numbers_are_told(ran: tuple[Suite, str]) -> None:
    """A run tells how many tests rest on what, and what no test settles."""
    _, output = ran
    count = len(known_behaviours())

    assert [
        "contract: 2 tests on the twins: 1 documented, 1 unconfirmed.",
        (
            f"behaviours: {count}, of which {count - 3} have no contract test in this"
            " run."
        ),
    ] == [
        line
        for line in output.splitlines()
        if line.startswith(("contract:", "behaviours:"))
    ]


def test_a_run_on_the_twin_claims_nothing(ran: tuple[Suite, str]) -> None:
    """A run on the twin writes neither dates nor shapes."""
    suite, _ = ran

    assert (False, False) == (
        (suite.folder / CONFIRMED).exists(),
        (suite.folder / SHAPE).exists(),
    )
