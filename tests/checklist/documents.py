"""Made-up documents, in the sentence forms that are recognised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

#: One row of a table of properties, as the document writes it.
Row: TypeAlias = tuple[str, ...]

ORDER_ROWS = (
    ("currency", "currency_code", '"string"'),
    ("customer", "customer_id", '"string"'),
)


@dataclass(frozen=True)
class Writer:
    """Writes documents about two systems."""

    left: str
    right: str

    def document(self, *sections: str) -> str:
        """Return a whole document."""
        title = f"{self.left} to {self.right} Dataflow"
        head = f"{title}\n{'=' * len(title)}\n\nGenerated: 2030-01-02 03:04:05\n"
        return "\n".join([head, *sections])

    def section(self, left: str, right: str, *statements: str) -> str:
        """Return a section of these statements about two record types."""
        title = f"{self.left} {left} to {self.right} {right}"
        return "\n".join([f"{title}\n{'-' * len(title)}\n", *statements])

    def usual(self, left: str, right: str, rows: Iterable[Row] = ()) -> str:
        """Return a section of the three known forms."""
        return self.section(
            left,
            right,
            self.every(left, right),
            self.kept(left, right),
            self.listed(left, right, rows),
        )

    def every(self, left: str, right: str) -> str:
        """Return an *every* statement."""
        return (
            f"Every {self.left} {left} will be synchronized"
            f" with a {self.right} {right}.\n"
        )

    def kept(self, left: str, right: str) -> str:
        """Return a *kept in sync* statement."""
        return (
            f"Once a link between a {self.left} {left} and a {self.right} {right}"
            " is established, it will keep in sync,"
            " regardless of where it is edited.\n"
        )

    def listed(self, left: str, right: str, rows: Iterable[Row] = ()) -> str:
        """Return a *properties* statement with its table."""
        sentence = (
            "The following properties are synchronized between"
            f" a {self.left} {left} and a {self.right} {right}:\n"
        )
        return f"{sentence}\n{table([('left', 'right', 'type'), *rows])}"


def table(rows: Iterable[Row]) -> str:
    """Return a list-table; its first row is the header."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        marks = ["   * -", *["     -"] * (len(row) - 1)]
        lines += [f"{mark} {cell}" for mark, cell in zip(marks, row, strict=True)]
    return "\n".join([*lines, ""])


#: Two systems that do not exist.
MADE_UP = Writer("Redbooks", "Bluebill")

#: The two systems that the features are about.
REAL = Writer("Invoiced", "Chargebee")


def real_facts() -> str:
    """Return a document with the facts that the features of this project rest on."""
    return REAL.document(
        REAL.usual("Customers person", "Customer"),
        REAL.usual("Invoices", "Order", ORDER_ROWS),
        REAL.usual("Items", "Item"),
    )


def all_forms() -> str:
    """Return a made-up document with every form of statement and of row."""
    merged = table([("left", "right"), ("vat", "tax"), ("site.url", "homepage")])
    rows = (
        ("name", "title", '"string"'),
        ("Rank (only if known)", "grade", '"integer"'),
        ("", "origin", "N/A"),
        ("ended", "end_date", '"datetime-format","%Y|%m\\%d","_."]'),
    )
    return MADE_UP.document(
        "Introduction\n------------\n\nNobody uses these systems.\n",
        MADE_UP.section(
            "Client",
            "Account",
            "Before anything else, the two must be linked.\n",
            f"They are one if these match:\n\n{merged}",
            MADE_UP.kept("Client", "Account"),
            MADE_UP.listed("Client", "Account", rows),
        ),
        MADE_UP.section(
            "Deal",
            "Order",
            "When a Redbooks Deal is won, it  will be synchronized"
            " with a Bluebill Order.\n",
            MADE_UP.kept("Deal", "Order"),
            MADE_UP.listed(
                "Deal",
                "Order",
                [("amount", "total", '"float"'), ("paid", "is_paid", '"boolean"')],
            ),
        ),
        MADE_UP.usual("Deal", "Order"),
    )


def hand_written(folder: Path, steps: str) -> Path:
    """Write a feature with one scenario of these steps, and return where it is."""
    path = folder / "a.feature"
    path.write_text(
        "Feature: A\n\n"
        '  Section 1 of 1, 1 checks.\n  Records: "A" of B, "C" of D.\n\n'
        f"  @a.b @stated\n  Scenario: A\n{steps}".replace("\n\n  @", "\n  @"),
        "utf-8",
    )
    return path
