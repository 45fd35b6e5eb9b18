"""The four rules of generated scenarios: what they find, and what they allow."""

from __future__ import annotations

import pytest

from dataflow.harness.generated.story import Event
from dataflow.scenarios.command import open_stage
from dataflow.scenarios.play import Scenario
from tests.project import ROOT

#: They share the twins.
pytestmark = pytest.mark.xdist_group("generated scenarios")

PLAIN = "python: broken/plain_sync.py"
INVOICE = Event("invoice B", "created", {"customer": "person A", "currency": "usd"})
ITEM = Event("item D", "created")
START = (Event("person A", "created"), INVOICE, ITEM)
GBP = Event("invoice B", "edited", {"currency": "gbp"})
ANOTHER = Event("invoice C", "created", {"customer": "person A", "currency": "eur"})
BLUE = Event("item D", "edited", {"description": "Now in blue"})
NOTE = {"note": "Ring twice", "tracking_id": "T-7"}


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the syncs where they are."""
    monkeypatch.chdir(ROOT)


def play(sync: str, *phases: tuple[Event, ...]) -> str:
    """Play a scenario with a sync, and return what is wrong, empty for nothing."""
    with open_stage(sync) as stage:
        try:
            stage.play(Scenario(phases))
        except AssertionError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    "phase",
    [
        (GBP, ANOTHER),
        (GBP, Event("invoice B", "paid")),
        (Event("invoice B", "voided"), ANOTHER),
        (Event("invoice B", "deleted"), BLUE),
        (Event("person A", "edited", {"phone": "555-0100"}), GBP),
        (Event("person A", "edited", {"type": "company"}), ANOTHER),
        (Event("person A", "deleted in Chargebee"),),
        (Event("invoice B", "edited in Chargebee", NOTE), BLUE),
        (Event("invoice B", "paid in Chargebee"), GBP),
        (Event("draft invoice E", "created", {"customer": "person A"}), BLUE),
    ],
    ids=lambda phase: ", then ".join(f"{e.record} {e.name}" for e in phase),
)
def test_a_good_sync_passes(phase: tuple[Event, ...]) -> None:
    """What the document allows is no finding."""
    found = play(PLAIN, START, phase)

    assert not found


@pytest.mark.parametrize(
    ("fault", "phase", "found"),
    [
        (
            "loses-edits-beside-new-invoices",
            (GBP, ANOTHER),
            "invoice B: currency 'gbp', 'USD'",
        ),
        (
            "leaves-closed-out",
            (Event("invoice C", "created", {"customer": "person A", "closed": True}),),
            "invoice C has 0 live counterparts: none",
        ),
        (
            "sets-terms-of-persons",
            (Event("person A", "edited", {"phone": "555-0100"}),),
            "payment_terms",
        ),
        (
            "cancels-unrelated-orders",
            (GBP,),
            "status",
        ),
        (
            "renames-items-with-each-order",
            (ANOTHER,),
            ": name",
        ),
        (
            "leaves-stray-customers",
            (ANOTHER,),
            "is the counterpart of no record",
        ),
        pytest.param(
            "echoes-for-ever",
            (BLUE,),
            "the sync still writes after 30 runs",
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.islower() else "",
)
def test_a_broken_sync_is_found(
    fault: str, phase: tuple[Event, ...], found: str
) -> None:
    """Each rule finds what no event explains."""
    assert found in play(f"{PLAIN} --broken {fault}", START, phase)
