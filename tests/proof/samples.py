"""Syncs, rows, matrices and trials for the tests."""

from __future__ import annotations

from dataflow.harness.targets.weather import Severity, Weather
from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import REFERENCE, BrokenSync, Catalogue, GoodSync
from dataflow.proof.matrix import UNBROKEN, Matrix, Row
from dataflow.proof.trials import Result, Trial

CHECKS = ("people.new", "people.company", "bills.new", "bills.edited")
PLAIN = GoodSync("plain", "Plain.", "command: plain")


def broken(
    *caught_by: str, name: str = "loses-edits", known_gap: str = ""
) -> BrokenSync:
    """Return a broken sync that these checks must detect."""
    return BrokenSync(name, "loses an edit", "Edits are lost.", caught_by, known_gap)


def row(
    each: BrokenSync, failed: tuple[str, ...] = (), missing: tuple[str, ...] = ()
) -> Row:
    """Return the row of a broken sync that met all checks."""
    held = {c: c not in failed for c in CHECKS if c not in missing}
    return Row(each, held, CHECKS)


def matrix(
    *rows: Row, unbroken: tuple[str, ...] = (), blind: dict[str, str] | None = None
) -> Matrix:
    """Return a matrix of these rows; the unbroken sync fails these checks."""
    catalogue = Catalogue(tuple(each.broken for each in rows), blind or {})
    return Matrix(CHECKS, catalogue, rows, row(UNBROKEN, unbroken))


def result(*verdicts: Verdict, sync: GoodSync = REFERENCE, faults: int = 1) -> Result:
    """Return the result of a trial of two checks, with these verdicts in turn."""
    checks = "a.one", "a.two"
    missing = checks[len(verdicts) :]
    return Result(
        trial=Trial(sync, Weather(Severity.ROUGH, 7)),
        verdicts=dict(zip(checks, verdicts, strict=False)),
        missing=missing,
        faults={"slow": faults} if faults else {},
        output="the output of pytest" if missing else "",
        seconds=12.0,
    )
