"""The summary in the terminal, by section: a view of the run record."""

from __future__ import annotations

import io
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pytest
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from dataflow.checklist.check import Basis
from dataflow.harness.recorder import RECORD
from dataflow.harness.run_record import CheckRecord, RunRecord
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import describe_waiver
from dataflow.report.allure import attach_to_report
from dataflow.report.headline import (
    describe_result,
    describe_run,
    describe_sync,
    list_counts,
    list_observations,
    list_questions,
    list_sections,
)

#: Why a run ends with status 1 in which no check fails.
_PARTIAL = (
    "The run is partial, which --whole makes an error: run all checks, or remove"
    " --whole."
)
#: The width of the summary in the report, in characters.
_PAGE = 100

#: Stands for a space at which no line is broken: rich breaks at each kind of space.
_GLUE = "\ue000"
_NUMBER = re.compile(r"(\d+) ")
#: They have columns of their own.
_COUNTED_BESIDE = {Verdict.HOLDS, Verdict.REFUSED}
#: The styles of results; any other one is yellow.
_STYLES: Mapping[str, str] = {
    Verdict.HOLDS: "green",
    Verdict.REFUSED: "cyan",
    Verdict.FAILS: "bold red",
    Verdict.NOT_EXERCISED: "blue",
}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write the summary below pytest's own, and attach it to Allure's report."""
    record = config.stash.get(RECORD, None)
    if record is None:
        return
    width = terminalreporter._tw.fullwidth  # noqa: SLF001 - pytest has no other way
    colour = terminalreporter.hasmarkup
    # `report.failures` has shown the checks that failed, by cause.
    text = render(record, width=width, colour=colour, has_failures=False)
    terminalreporter.write(f"\n{text}")
    page = render(record, width=_PAGE) + render_assumptions(record, width=_PAGE)
    attach_to_report(config, "Summary", page)
    if config.get_verbosity() > 0:
        terminalreporter.write(render_assumptions(record, width=width))
    if config.getoption("--whole") and not record.is_whole:
        terminalreporter.write_line(f"\n{_PARTIAL}", red=True)


def render(
    record: RunRecord, *, width: int, colour: bool = False, has_failures: bool = True
) -> str:
    """Return the summary as text; `has_failures`: with the checks that failed."""
    console = _open_console(width=width, colour=colour)
    _print_headline(console, record)
    # Where checks fail and nothing holds, the rest would only repeat the headline.
    verdicts = {check.verdict for check in record.checks}
    is_brief = (
        not has_failures and Verdict.FAILS in verdicts and Verdict.HOLDS not in verdicts
    )
    if record.checks and not is_brief:
        console.print()
        console.print(_build_table(record))
    if has_failures:
        for title, verdict in (
            ("Failed checks", Verdict.FAILS),
            ("Inconclusive checks", Verdict.INCONCLUSIVE),
        ):
            _print_columns(console, title, _list_checks(record, verdict))
    _print_columns(console, "Waived failures", _list_waived(record))
    _print_columns(console, "Waivers", (("", text) for text in record.waivers))
    for title, rows in (
        ("Checks that are not exercised", _list_declarations(record)),
        (
            "Observed behaviour where the document leaves it open",
            list_observations(record),
        ),
        (
            "Open questions for the owner of the document",
            () if is_brief else list_questions(record),
        ),
        (
            "Edits that a vendor refused",
            ((c.title, text) for c in record.checks for text in c.notes.refused),
        ),
        ("Parameters of the sync that a vendor ignores", _list_dropped(record)),
    ):
        _print_columns(console, title, rows)
    if not is_brief:
        _print_assumed(console, record)
    for title, rows in (
        ("Calls of this run", _list_calls(record)),
        ("Seconds until the expected result", _list_waits(record)),
        (
            "Records that could not be removed",
            ((c.id, text) for c in record.checks for text in c.notes.litter),
        ),
    ):
        _print_columns(console, title, rows)
    return _read(console)


def render_assumptions(record: RunRecord, *, width: int) -> str:
    """Return the assumptions about the vendors, name and sentence."""
    console = _open_console(width=width)
    _print_columns(console, "Assumptions", _list_assumptions(record))
    return _read(console)


# The headline and the table


def _print_headline(console: Console, record: RunRecord) -> None:
    result, _, counts = describe_run(record).partition(". ")
    style = Style.parse(_style(describe_result(record.checks))) + Style(bold=True)
    # A number stays on the line of its word.
    console.print(Text(f"{result}.", style), Text(_NUMBER.sub(rf"\1{_GLUE}", counts)))
    about = Table.grid(padding=(0, 1, 0, 0))
    about.add_row("Tested:", Text(describe_sync(record)))
    for sentence in record.evidence or ("none",):
        about.add_row("Evidence:", Text(sentence))
    console.print(about)


def _build_table(record: RunRecord) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True
    )
    table.add_column("section")
    for name in (*Basis, Verdict.REFUSED):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("result")
    for section, checks in list_sections(record):
        refused = sum(check.verdict is Verdict.REFUSED for check in checks)
        table.add_row(
            f"{section.number}. {section.name}",
            *(_tally(c for c in checks if c.basis is basis) for basis in Basis),
            Text(str(refused or "-"), _style(Verdict.REFUSED) if refused else ""),
            _render_result(checks),
        )
    return table


def _tally(checks: Iterable[CheckRecord]) -> str:
    """Return how many of some checks hold."""
    verdicts = [check.verdict for check in checks]
    return f"{verdicts.count(Verdict.HOLDS)}/{len(verdicts)}" if verdicts else "-"


def _render_result(checks: Sequence[CheckRecord]) -> Text:
    """Return the result, and below it how many checks have another verdict."""
    result, counts = describe_result(checks), list(list_counts(checks))
    lines = [Text(result, _style(result))]
    lines += [
        Text(text, _style(verdict))
        for verdict, text in counts
        if verdict not in _COUNTED_BESIDE and len(counts) > 1
    ]
    return Text("\n").join(lines)


def _style(result: str) -> str:
    return _STYLES.get(result.partition(",")[0], "yellow")


# The lists below it: rows of two columns


def _list_checks(record: RunRecord, verdict: Verdict) -> Iterator[tuple[str, str]]:
    return ((c.title, c.id) for c in record.checks if c.verdict is verdict)


def _list_waived(record: RunRecord) -> Iterator[tuple[str, str]]:
    for check in record.checks:
        if (waiver := check.waiver) is not None:
            yield check.title, describe_waiver(waiver)


def _list_declarations(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield the reasons of each section, with the checks that have them."""
    for section, checks in list_sections(record):
        titles: dict[str, list[str]] = {}
        for check in checks:
            if check.verdict is Verdict.NOT_EXERCISED:
                titles.setdefault(check.reason, []).append(check.title)
        for reason, found in titles.items():
            name = found[0] if len(found) == 1 else f"{len(found)} checks"
            yield f"{section.number}. {name}", reason


def _list_assumptions(record: RunRecord) -> list[tuple[str, str]]:
    found = {text for check in record.checks for text in check.notes.unconfirmed}
    parts = (text.partition(": ") for text in sorted(found))
    return [(name, sentence) for name, _, sentence in parts]


def _list_dropped(record: RunRecord) -> list[tuple[str, str]]:
    found = {text for check in record.checks for text in check.notes.dropped}
    parts = (text.rpartition(": ") for text in sorted(found))
    return [(call, name) for call, _, name in parts]


def _print_assumed(console: Console, record: RunRecord) -> None:
    if assumed := _list_assumptions(record):
        title = "Assumptions about the vendors that no real account has confirmed"
        console.print(Text.assemble("\n", (title, "bold"), " (details: -v)"))
        console.print(Padding(", ".join(name for name, _ in assumed), (0, 0, 0, 2)))


# What a run on sandbox accounts cost


def _list_calls(record: RunRecord) -> Iterator[tuple[str, str]]:
    counts: dict[str, list[int]] = {}
    for check in record.checks:
        for vendor, count in check.notes.calls.items():
            counts.setdefault(vendor, []).append(count)
    for vendor, each in counts.items():
        mean = sum(each) / len(each)
        total = f"{sum(each)} in {len(each)} scenarios"
        yield vendor, f"{total}: mean {mean:.1f}, maximum {max(each)}"


def _list_waits(record: RunRecord) -> Iterator[tuple[str, str]]:
    waits: dict[str, list[float]] = {}
    for check in record.checks:
        for wait in check.notes.took:
            waits.setdefault(wait.what, []).append(wait.seconds)
    for what, seconds in waits.items():
        middle = statistics.median(seconds)
        yield what, f"median {middle:.1f}, maximum {max(seconds):.1f}"


# The console


def _print_columns(
    console: Console, title: str, rows: Iterable[tuple[str, str]]
) -> None:
    """Print a title with rows below it; nothing if there are none."""
    table = Table.grid(padding=(0, 2, 0, 0))
    # A name may take no more than this share of the line from its text.
    table.add_column(max_width=max(20, console.width * 2 // 5), overflow="fold")
    table.add_column()
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    if table.row_count:
        console.print(Text.assemble("\n", (title, "bold")))
        console.print(Padding(table, (0, 0, 0, 2)))


def _open_console(*, width: int, colour: bool = False) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        # Names of sections, checks and records may contain brackets.
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def _read(console: Console) -> str:
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    lines = text.replace(_GLUE, " ").splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"
