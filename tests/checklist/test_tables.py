"""Tables, read from their source."""

from __future__ import annotations

import pytest

from dataflow.checklist.reader import read_rows


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("", ()),
        ("* - a\n  - b", (("a", "b"),)),
        ("* - a\n  - b\n* - c\n  - d", (("a", "b"), ("c", "d"))),
        ("* - a", (("a",),)),
        ("* -\n  - b", (("", "b"),)),
        ("* - \n  - b", (("", "b"),)),
        ("*   -   a\n    -   b", (("a", "b"),)),
        ("* - a\n\n  - b\n", (("a", "b"),)),
        ("no row yet\n* - a", (("a",),)),
    ],
)
def test_rows_are_lists_of_cells(
    source: str, rows: tuple[tuple[str, ...], ...]
) -> None:
    """A star begins a row, a dash a cell; either may be empty."""
    assert rows == read_rows(source)


def test_a_cell_may_have_several_lines() -> None:
    """A line without a dash goes on with the cell before it."""
    assert (("a long name", "b"),) == read_rows("* - a long\n    name\n  - b")


def test_white_space_is_folded() -> None:
    """Runs of white space in a cell are one space."""
    assert (("a b",),) == read_rows("* -   a \t  b  ")


@pytest.mark.parametrize(
    "cell",
    ['"datetime-format","%Y-%m-%d","_."]', "*a* `b` |c|", "a\\b", "x: -1", "- - -"],
)
def test_markup_is_left_as_it_is(cell: str) -> None:
    """What would be markup elsewhere is plain text in a cell."""
    assert ((cell, "b"),) == read_rows(f"* - {cell}\n  - b")
