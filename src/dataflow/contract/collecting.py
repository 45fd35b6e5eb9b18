"""What every contract test says of itself: one evidence, and what it settles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from dataflow.contract.known import known_behaviours
from dataflow.twin.evidence import Behaviour, Evidence

#: Where the contract suite is, seen from the root; what tests the suite lies beside.
SUITE = Path("tests", "contract")
VENDORS = ("invoiced", "chargebee")

#: All contract tests that were collected, chosen or not.
COLLECTED = pytest.StashKey[list[pytest.Item]]()


def is_contract(item: pytest.Item) -> bool:
    """Tell whether a test is one of the suite."""
    suite = item.config.rootpath / SUITE
    return any(suite / vendor in item.path.parents for vendor in VENDORS)


def test_id(item: pytest.Item) -> str:
    """Return a test's id within the suite, such as `invoiced/test_x.py::test_y`."""
    return item.nodeid.removeprefix(f"{SUITE.as_posix()}/")


def evidence_of(item: pytest.Item) -> str:
    """Return the name of a test's one evidence; raises for none or several."""
    found = [each.name for each in item.iter_markers() if each.name in list(Evidence)]
    if len(found) != 1:
        marked = " and ".join(sorted(found)) or "nothing"
        raise pytest.UsageError(
            f"{item.nodeid} is marked with {marked}: a contract test carries exactly"
            f" one of {', '.join(Evidence)}."
        )
    return found[0]


def settled_by(item: pytest.Item) -> tuple[str, ...]:
    """Return the names of the behaviours that a test's marker names."""
    marker = item.get_closest_marker(evidence_of(item))
    return () if marker is None else marker.args


def refuse_wrong(items: Iterable[pytest.Item]) -> None:
    """Stop the collection with a sentence for each test that is marked wrongly."""
    wrong = []
    for item in items:
        try:
            _check(item, known_behaviours())
        except pytest.UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise pytest.UsageError(*wrong)


def _check(item: pytest.Item, known: Mapping[str, Behaviour]) -> None:
    evidence = evidence_of(item)
    for name in settled_by(item):
        if name not in known:
            raise pytest.UsageError(
                f"{item.nodeid} settles {name!r}, which is no behaviour of a twin: see"
                " dataflow twin --behaviours."
            )
        if known[name].evidence != evidence:
            raise pytest.UsageError(
                f"{item.nodeid} is marked {evidence}, but {name} is"
                f" {known[name].evidence}: let one of them give in."
            )


def uncovered(items: Iterable[pytest.Item]) -> list[str]:
    """Return the names of the behaviours that no test settles."""
    covered = {name for item in items for name in settled_by(item)}
    return [name for name in known_behaviours() if name not in covered]
