"""The summary in the terminal: by section, in words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.checklist.check import Standing
from dataflow.report.results import SectionResults, assumptions, refusals

_STYLES = {"holds": "green", "fails": "bold red"}


def render(
    sections: Sequence[SectionResults], *, basis: str, width: int, colour: bool
) -> str:
    """Return the summary as text; `basis` says what ran against what."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(_table(sections, basis))
    _failures(console, sections)
    _observations(console, sections)
    _questions(console, sections)
    _evidence(console, sections)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _table(sections: Iterable[SectionResults], basis: str) -> Table:
    table = Table(
        title=f"Checklist, {basis}",
        title_style="bold",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("section")
    for standing in Standing:
        table.add_column(standing, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for section in sections:
        table.add_row(
            f"{section.feature.number}. {section.feature.name}",
            *(section.tally(standing) for standing in Standing),
            Text(section.verdict, style=_STYLES.get(section.verdict, "yellow")),
        )
    return table


def _failures(console: Console, sections: Iterable[SectionResults]) -> None:
    failed = [r.scenario for s in sections for r in s.results if not r.held]
    _heading(console, "What does not hold", failed)
    for scenario in failed:
        _line(console, scenario.name, f"({scenario.ids[0]})")


def _observations(console: Console, sections: Iterable[SectionResults]) -> None:
    seen = [line for section in sections for line in section.observations]
    _heading(console, "What the sync does where the document leaves it open", seen)
    for subject, sentence in seen:
        _line(console, f"{subject}:", sentence)


def _questions(console: Console, sections: Iterable[SectionResults]) -> None:
    asked = [
        (section.feature, question)
        for section in sections
        for question in section.feature.questions
    ]
    _heading(console, "Open questions to the owner of the document", asked)
    for feature, question in asked:
        _line(console, f"Section {feature.number}, {feature.name}:", question)


def _evidence(console: Console, sections: Sequence[SectionResults]) -> None:
    refused = refusals(sections)
    _heading(console, "Edits that a vendor did not take", refused)
    for check, sentence in refused:
        _line(console, f"{check}:", sentence)
    assumed = assumptions(sections)
    if assumed:
        text = "assumption is" if len(assumed) == 1 else "assumptions are"
        console.print(
            f"\nThese verdicts rest on the twins: {len(assumed)} {text} made about the"
            " vendors that no real account has confirmed (-v lists them)."
        )


def assumption_list(sections: Sequence[SectionResults]) -> str:
    """Return the assumptions line by line."""
    return "".join(f"  {sentence}\n" for sentence in assumptions(sections))


def _heading(console: Console, title: str, lines: Sequence[object]) -> None:
    if lines:
        console.print(f"\n[bold]{title}[/bold]")


def _line(console: Console, first: str, rest: str) -> None:
    text = Text("- ").append(first, style="cyan").append(f" {rest}")
    console.print(Padding(text, (0, 0, 0, 2)))
