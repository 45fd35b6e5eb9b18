"""The tests of the contract suite: their names, their evidence, what they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from dataflow.contract.confirmed import known_behaviours
from dataflow.contract.outcomes import Compared
from dataflow.contract.shapes import Shapes
from dataflow.harness.collection import FEATURE
from dataflow.twin.evidence import Evidence

#: The folder of the suite, relative to the root; the tests of this plugin are beside.
SUITE = Path("tests", "contract")
VENDORS = ("invoiced", "chargebee")

#: The shapes of the answers to a test.
ANSWERS = pytest.StashKey[Shapes]()
#: The generated requests of a test, with their outcomes.
COMPARED = pytest.StashKey[list[Compared]]()


def is_contract(item: pytest.Item) -> bool:
    """Return whether a test belongs to the suite."""
    suite = item.config.rootpath / SUITE
    return any(suite / vendor in item.path.parents for vendor in VENDORS)


def name_test(item: pytest.Item) -> str:
    """Return the id of a test in the suite, such as `invoiced/test_x.py::test_y`."""
    return item.nodeid.removeprefix(f"{SUITE.as_posix()}/")


def settled_by(item: pytest.Item) -> tuple[str, ...]:
    """Return the names of the behaviours in the evidence marker of a test."""
    marker = item.get_closest_marker(_evidence_of(item))
    return () if marker is None else marker.args


def _evidence_of(item: pytest.Item) -> str:
    """Return the one evidence of a test; raises `UsageError` for none or several."""
    found = [each.name for each in item.iter_markers() if each.name in list(Evidence)]
    if len(found) != 1:
        marked = " and ".join(sorted(found)) or "nothing"
        raise pytest.UsageError(
            f"{item.nodeid} is marked with {marked}: mark a contract test with exactly"
            f" one of {', '.join(Evidence)}."
        )
    return found[0]


def refuse_wrong_markers(items: Iterable[pytest.Item]) -> None:
    """Stop the collection with a sentence for each test with a wrong marker."""
    wrong = []
    for item in items:
        try:
            _check_marker(item)
        except pytest.UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise pytest.UsageError(*wrong)


def _check_marker(item: pytest.Item) -> None:
    evidence, known = _evidence_of(item), known_behaviours()
    for name in settled_by(item):
        if name not in known:
            raise pytest.UsageError(
                f"{item.nodeid} names the unknown behaviour {name!r}: use a name of"
                " `dataflow twin --behaviours`."
            )
        if known[name].evidence != evidence:
            raise pytest.UsageError(
                f"{item.nodeid} is marked {evidence}, but {name} is"
                f" {known[name].evidence}: correct one of them."
            )


def refuse_mixture(items: Sequence[pytest.Item], suite: Sequence[pytest.Item]) -> None:
    """Refuse tests that cannot run on a sandbox, and the suite beside others."""
    foreign = [
        item for item in items if not (is_contract(item) or _may_stand_beside(item))
    ]
    if foreign or 0 < len(suite) < len(items):
        raise pytest.UsageError(
            "On a sandbox, run the checklist and the contract suite separately: add"
            " features to the command, or"
            f" {' '.join(f'{SUITE / vendor}' for vendor in VENDORS)}."
        )


def _may_stand_beside(item: pytest.Item) -> bool:
    """Return whether a test is a check, or a property, which has its own twins."""
    properties = item.config.rootpath / "properties"
    return FEATURE in item.stash or properties in item.path.parents
