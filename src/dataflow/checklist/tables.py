"""Tables of a document, read from their source.

docutils refuses a list-table that has nothing but its header row, which is how the
documents say "no property". It would also resolve markup inside a cell, and a type
such as `"%Y-%m-%d","_."]` is no markup. So the cells are taken as they are written.
"""

from __future__ import annotations

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

_FIRST_CELL = re.compile(r"\*\s+-\s?(.*)")
_NEXT_CELL = re.compile(r"\s+-\s?(.*)")


class table_source(nodes.General, nodes.Element):  # noqa: N801 - docutils style
    """Stands in the tree for a list-table; `rows` are its cells, header row first."""


class ListTable(Directive):
    """The list-table directive, with every cell as it is written."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "header-rows": directives.nonnegative_int,
        "stub-columns": directives.nonnegative_int,
        "widths": directives.unchanged,
        "width": directives.unchanged,
        "align": directives.unchanged,
        "class": directives.unchanged,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return one node that carries the body's rows."""
        rows = read_rows("\n".join(self.content))
        return [table_source(rows=rows[self.options.get("header-rows", 0) :])]


def read_rows(source: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a list-table's source, white space folded."""
    rows: list[list[str]] = []
    for line in source.splitlines():
        if first := _FIRST_CELL.fullmatch(line):
            rows.append([first[1]])
        elif not rows:
            continue
        elif cell := _NEXT_CELL.fullmatch(line):
            rows[-1].append(cell[1])
        else:
            rows[-1][-1] += " " + line.strip()
    return tuple(tuple(" ".join(cell.split()) for cell in row) for row in rows)
