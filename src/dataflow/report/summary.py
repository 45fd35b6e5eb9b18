"""The summary in the terminal: by section, in words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.checklist.check import Basis
from dataflow.report.costs import costs
from dataflow.report.results import SectionResults, Verdict, assumptions, refusals

_STYLES = {"holds": "green", "fails": "bold red"}


def render(
    sections: Sequence[SectionResults], *, basis: str, width: int, colour: bool
) -> str:
    """Return the summary as text; `basis` says what ran against what."""
    console = _console(width=width, colour=colour)
    console.print(_table(sections, basis))
    _failures(console, sections)
    _observations(console, sections)
    _questions(console, sections)
    _evidence(console, sections)
    for title, rows in costs(sections):
        _two_columns(console, title, rows)
    return _text(console)


def _table(sections: Iterable[SectionResults], basis: str) -> Table:
    table = Table(
        title=f"Checklist, {basis}",
        title_style="bold",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("section")
    for standing in Basis:
        table.add_column(standing, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for section in sections:
        table.add_row(
            f"{section.feature.number}. {section.feature.name}",
            *(section.tally(standing) for standing in Basis),
            Text(section.verdict, style=_STYLES.get(section.verdict, "yellow")),
        )
    return table


def _failures(console: Console, sections: Iterable[SectionResults]) -> None:
    for title, verdict in (
        ("What does not hold", Verdict.FAILS),
        ("What could not be told", Verdict.UNTOLD),
    ):
        found = [
            r.scenario for s in sections for r in s.results if r.verdict is verdict
        ]
        rows = [(scenario.name, scenario.ids[0]) for scenario in found]
        _two_columns(console, title, rows)


def _observations(console: Console, sections: Iterable[SectionResults]) -> None:
    rows = [row for section in sections for row in section.observations]
    _two_columns(console, "What the sync does where the document leaves it open", rows)


def _questions(console: Console, sections: Iterable[SectionResults]) -> None:
    askers: dict[str, list[str]] = {}
    for section in sections:
        for question in section.feature.questions:
            askers.setdefault(question, []).append(str(section.feature.number))
    rows = [
        (f"Section{'s' if len(numbers) > 1 else ''} {_listed(numbers)}", question)
        for question, numbers in askers.items()
    ]
    _two_columns(console, "Open questions to the owner of the document", rows)


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _evidence(console: Console, sections: Sequence[SectionResults]) -> None:
    _two_columns(console, "Edits that a vendor did not take", refusals(sections))
    assumed = assumptions(sections)
    if assumed:
        title = "Assumed of the vendors, confirmed by no real account yet"
        console.print(f"\n[bold]{title}[/bold] (in words with -v)")
        console.print(Padding(", ".join(name for name, _ in assumed), (0, 0, 0, 2)))


def assumptions_in_words(sections: Sequence[SectionResults], *, width: int) -> str:
    """Return what is assumed of the vendors, with its names."""
    console = _console(width=width, colour=False)
    _two_columns(console, "The assumptions in words", assumptions(sections))
    return _text(console)


def _two_columns(console: Console, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    # A name may take no more than this share of a line from what is said of it.
    table.add_column(max_width=max(20, console.width * 2 // 5), overflow="fold")
    table.add_column()
    for first, rest in rows:
        table.add_row(Text(first), Text(rest))
    console.print(f"\n[bold]{title}[/bold]")
    console.print(Padding(table, (0, 0, 0, 2)))


def _console(*, width: int, colour: bool) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )


def _text(console: Console) -> str:
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
