"""The checklist meets strangers: it lets a right sync pass and notices a broken one.

The disease that this guards against: a checklist that is green whatever the sync does.
The stranger shares no code with the reference sync; each of its faults is named in
`tests/strangers/faults.py`. For each fault stand here the checks that say so, and some
bystanders: checks that the fault does not touch, which must stay green.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.strangers.faults import FAULTS

ROOT = Path(__file__).parents[1]
STRANGER = f"{sys.executable} tests/strangers/plain_sync.py"

PERSONS, INVOICES, ITEMS = (
    "customers-person-customer",
    "invoices-order",
    "items-item",
)
SECTIONS = (PERSONS, INVOICES, ITEMS)
NEW_RECORDS = {f"{section}.every.new-record" for section in SECTIONS}
CURRENCY_EDIT = {f"{INVOICES}.currency.edited-in-invoiced"}
NEW_PAIRS = {f"{INVOICES}.currency.new-pair", f"{INVOICES}.customer.new-pair"}
TYPES = {f"{INVOICES}.currency.type"}

#: For each fault: the checks that must notice it, and those that must not.
NOTICED: dict[str, tuple[set[str], set[str]]] = {
    "breaks-pair-on-edit-in-chargebee": (
        {
            f"{PERSONS}.other.last_name-in-chargebee",
            f"{INVOICES}.other.note-in-chargebee",
            f"{ITEMS}.other.description-in-chargebee",
        },
        {f"{INVOICES}.other.notes-in-invoiced"},
    ),
    "breaks-pair-on-unrelated-edit": (
        {
            f"{PERSONS}.other.phone-in-invoiced",
            f"{INVOICES}.other.notes-in-invoiced",
            f"{ITEMS}.other.description-in-invoiced",
        },
        {f"{INVOICES}.other.note-in-chargebee"},
    ),
    "copies-lower-case": (NEW_PAIRS, {f"{PERSONS}.every.new-record"}),
    "drops-currency-edits": (CURRENCY_EDIT, NEW_PAIRS),
    "duplicates-on-second-run": (
        {f"{section}.every.sync-again" for section in SECTIONS},
        {f"{INVOICES}.every.already-there"},
    ),
    "echoes-for-ever": (
        {f"{section}.every.sync-again" for section in SECTIONS},
        NEW_PAIRS,
    ),
    "echoes-in-invoiced": (
        {f"{section}.every.sync-again" for section in SECTIONS},
        NEW_RECORDS,
    ),
    "ends-with-an-error": (NEW_RECORDS, set()),
    "ignores-existing": (
        {f"{section}.every.already-there" for section in SECTIONS},
        set(),
    ),
    "leaves-old-customers-out": (
        {f"{INVOICES}.every.customer-older-than-the-sync"},
        NEW_RECORDS,
    ),
    "leaves-replaced-order-alive": (CURRENCY_EDIT, NEW_PAIRS),
    "loses-waiting-invoice": (
        {f"{INVOICES}.every.customer-not-linked-yet"},
        {f"{PERSONS}.every.new-record"},
    ),
    "misses-second-page": (
        {f"{section}.every.more-than-a-page" for section in SECTIONS},
        NEW_RECORDS,
    ),
    "names-another-customer": (
        {f"{INVOICES}.customer.new-pair"},
        {f"{PERSONS}.every.new-record"},
    ),
    "never-creates-items": ({f"{ITEMS}.every.new-record"}, NEW_PAIRS),
    "overwrites-neighbour": (CURRENCY_EDIT, NEW_PAIRS),
    "reports-success-does-nothing": (NEW_RECORDS, set()),
    "serves-only-its-first-run": (NEW_RECORDS | CURRENCY_EDIT, NEW_PAIRS),
    "spreads-edits-to-neighbours": (
        {
            f"{PERSONS}.other.phone-in-invoiced",
            f"{INVOICES}.other.notes-in-invoiced",
            f"{ITEMS}.other.description-in-invoiced",
        },
        NEW_RECORDS,
    ),
    "swaps-two-orders": (
        NEW_PAIRS
        | TYPES
        | {f"{INVOICES}.every.already-there", f"{INVOICES}.every.more-than-a-page"},
        {f"{PERSONS}.every.new-record", f"{ITEMS}.every.new-record"},
    ),
    "takes-companies-for-persons": ({f"{PERSONS}.every.company"}, NEW_RECORDS),
    "undoes-currency-edits": (CURRENCY_EDIT, NEW_PAIRS),
}


def run_checklist(
    sync: str, report: Path, *options: str
) -> tuple[dict[str, bool], str]:
    """Run the checklist in a process of its own: which checks held, and its output."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "features", "--target", "twin", "--sync", sync),
            *(f"--junit-xml={report}", *options),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - pytest's own report
    return {_check(case): len(case.findall("failure")) == 0 for case in cases}, (
        done.stdout + done.stderr
    )


def _check(case: ET.Element) -> str:
    properties = {p.get("name"): p.get("value") for p in case.iter("property")}
    return str(properties["check"])


def test_every_fault_is_looked_for() -> None:
    """No fault of the stranger is left without the checks that ought to notice it."""
    assert FAULTS.keys() == NOTICED.keys()


def test_a_right_stranger_passes(tmp_path: Path) -> None:
    """A right sync of another kind passes the whole checklist."""
    held, output = run_checklist(f"command: {STRANGER}", tmp_path / "report.xml")

    assert [] == [check for check, holds in held.items() if not holds], output
    assert 45 == len(held)


@pytest.mark.parametrize("fault", sorted(NOTICED))
def test_a_broken_stranger_is_noticed(fault: str, tmp_path: Path) -> None:
    """A broken sync fails in the checks that say so, and in no bystander."""
    must_fail, must_hold = NOTICED[fault]
    held, output = run_checklist(
        f"command: {STRANGER} --broken {fault}",
        tmp_path / "report.xml",
        "-m",
        " or ".join(sorted(must_fail | must_hold)),
    )

    assert must_fail == {check for check, holds in held.items() if not holds}, output
    assert must_hold == {check for check, holds in held.items() if holds}, output
