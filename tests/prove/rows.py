"""Rows and matrices made up for the tests."""

from __future__ import annotations

from dataflow.prove.catalogue import Broken, Catalogue
from dataflow.prove.matrix import UNBROKEN, Matrix, Row

CHECKS = ("people.new", "people.company", "bills.new", "bills.edited")


def broken(*caught_by: str, name: str = "loses-edits", hole: str = "") -> Broken:
    """Return a broken sync that these checks must notice."""
    return Broken(name, "loses an edit", "Edits are lost.", caught_by, hole)


def row(
    each: Broken, failed: tuple[str, ...] = (), missing: tuple[str, ...] = ()
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
