"""The matrix told: as a table for the terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.prove.matrix import GOOD, Matrix, Row, Verdict

_BAD = "bold red"


def as_json(matrix: Matrix) -> dict[str, object]:
    """Return the whole matrix; a check that a broken sync did not meet is left out."""
    return {
        "proven": matrix.proven,
        "verdicts": tally(matrix),
        "unbroken": {
            "checks": len(matrix.unbroken.wanted),
            "wrongly_failed": list(matrix.wrongly_failed),
        },
        "broken": [_row_as_json(row) for row in matrix.rows],
        "known_holes": {each.name: each.hole for each in matrix.holes},
        "checks": {check: list(matrix.catchers(check)) for check in matrix.checks},
        "never_caught": matrix.never_caught,
    }


def _row_as_json(row: Row) -> dict[str, object]:
    return {
        "name": row.broken.name,
        "kind": row.broken.kind,
        "says": row.broken.says,
        "verdict": row.verdict,
        "named": list(row.broken.caught_by),
        "hole": row.broken.hole,
        "weather": row.broken.weather,
        "met": {check: _outcome(row, check) for check in row.wanted},
        "seconds": round(row.seconds, 1),
        "output": row.output,
    }


def _outcome(row: Row, check: str) -> str:
    if check not in row.held:
        return "no result"
    return "held" if row.held[check] else "failed"


def tally(matrix: Matrix) -> dict[str, int]:
    """Return how many rows have each verdict, those that none has left out."""
    counts = Counter(row.verdict for row in matrix.rows)
    return {str(verdict): counts[verdict] for verdict in Verdict if counts[verdict]}


def sentence(matrix: Matrix) -> str:
    """Return what came of it, in one sentence."""
    meant = [row for row in matrix.rows if not row.broken.hole]
    caught = sum(row.verdict is Verdict.CAUGHT for row in meant)
    wrongly = len(matrix.wrongly_failed)
    return (
        f"{caught} of {len(meant)} broken syncs are caught by every check that names"
        f" their fault; the unbroken sync fails {wrongly or 'none'} of"
        f" {len(matrix.unbroken.wanted)} checks."
    )


def as_table(matrix: Matrix) -> RenderableType:
    """Return the matrix by section for people, and the lists that follow from it.

    What is true of the whole catalogue alone is left out where only a part of it ran.
    """
    lists = [
        *_list("What speaks against the checklist", _complaints(matrix)),
        *_list("The unbroken sync fails", [(c, "") for c in matrix.wrongly_failed]),
    ]
    if matrix.is_complete:
        never, holes = matrix.never_caught.items(), matrix.holes
        told = [(each.name, f"{each.says} Why: {each.hole}.") for each in holes]
        lists += _list("Checks that have caught nothing", list(never))
        lists += _list("Known holes: what nobody notices yet", told)
    verdict = Text(sentence(matrix), style="green" if matrix.proven else _BAD)
    return Group(_table(matrix), *lists, "", verdict)


def _table(matrix: Matrix) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("broken sync")
    for section in sections(matrix.checks):
        table.add_column(section.partition("-")[0], justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in matrix.rows:
        cells = [_cell(row, section) for section in sections(matrix.checks)]
        style = "green" if row.verdict in GOOD else _BAD
        table.add_row(row.broken.name, *cells, Text(row.verdict, style=style))
    table.caption = "how many of the checks that it met have failed, by section"
    table.caption_justify = "left"
    return table


def sections(checks: Sequence[str]) -> tuple[str, ...]:
    """Return the sections of these checks, in their order."""
    return tuple(dict.fromkeys(check.partition(".")[0] for check in checks))


def _cell(row: Row, section: str) -> str:
    met = [check for check in row.wanted if check.startswith(f"{section}.")]
    failed = sum(check in row.failed for check in met)
    return f"{failed}/{len(met)}" if met else "-"


def _complaints(matrix: Matrix) -> Iterator[tuple[str, str]]:
    for row in matrix.rows:
        if row.verdict not in GOOD:
            yield row.broken.name, _complaint(row)


def _complaint(row: Row) -> str:
    if row.verdict is Verdict.NO_RESULT:
        return row.output
    told = f"{row.broken.says} It holds in {', '.join(row.let_pass)}"
    others = [check for check in row.failed if check not in row.broken.caught_by]
    return f"{told}, and fails in {', '.join(others)}" if others else told


def _list(title: str, lines: Iterable[tuple[str, str]]) -> list[RenderableType]:
    found: list[RenderableType] = []
    for first, rest in lines:
        found.append(Padding(Text(first, overflow="fold"), (0, 0, 0, 2)))
        found += [Padding(Text(rest), (0, 0, 0, 6))] if rest else []
    return ["", Text(title, style="bold"), *found] if found else []
