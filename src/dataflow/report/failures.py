"""Failed checks in the terminal: each cause once, and a command that repeats it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from dataflow.harness.causes import MISSING
from dataflow.harness.failures import Failure, get_failure
from dataflow.harness.judge import judge
from dataflow.harness.options import OPTIONS
from dataflow.harness.verdicts import Verdict
from dataflow.redact import hidden_in
from dataflow.report.repeat import Repeat

#: The lines of one cause without `-v`: with the summary, a run stays below 60.
_LINES = 25
#: The fewest lines for the ids of the other checks.
_ID_LINES = 3
#: The first and last lines of a long message, the lines of Python frames, those of the
#: sync's output, and the characters of a line.
_HEAD, _TAIL, _FRAMES, _OUTPUT, _CHARACTERS = 9, 3, 24, 4, 300

#: The title of the sections of a report with the output of each run of the sync.
_RUNS = "Captured sync under test"
#: The category in which pytest does not show reports.
_SHOWN_HERE = "shown by cause"


@dataclass(slots=True)
class Group:
    """The failed checks of one cause, of which `report` is the first.

    `nodes` are node ids by check id, `announced` the checks of each section.
    """

    report: pytest.TestReport
    failure: Failure
    verdict: Verdict
    nodes: dict[str, str] = field(default_factory=dict)
    announced: dict[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return how many checks there are, or the node id of the only one."""
        count = len(self.nodes)
        how = "fail" if self.verdict is Verdict.FAILS else "are inconclusive"
        return self.report.nodeid if count == 1 else f"{count} checks {how}, one cause"

    @property
    def text(self) -> str:
        """Return the report, without the worker of pytest-xdist that ran the check."""
        shown = self.report.longrepr
        return (shown if isinstance(shown, str) else self.report.longreprtext).strip()

    def list_sections(self) -> Iterator[tuple[str, list[str], bool]]:
        """Yield each section, its check ids, and whether these are all of them."""
        for section, announced in self.announced.items():
            ids = [each for each in self.nodes if each.startswith(f"{section}.")]
            yield section, ids, len(ids) == announced


def group_by_cause(reports: Sequence[pytest.TestReport]) -> list[Group]:
    """Return the failed checks by cause: failures first, then by number of checks."""
    groups: dict[tuple[Verdict, str], Group] = {}
    for report in reports:
        failure = get_failure(report)
        if failure is None:
            continue
        verdict = judge(report)
        new = Group(report, failure, verdict)
        group = groups.setdefault((verdict, failure.cause), new)
        group.nodes[failure.check] = report.nodeid
        group.announced[failure.check.partition(".")[0]] = failure.announced
    order = list(Verdict)
    return sorted(
        groups.values(), key=lambda g: (order.index(g.verdict), -len(g.nodes))
    )


# In place of pytest's own output


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[None]:
    """Keep failed checks from pytest, which shows each one, with every run's output."""
    stats = terminalreporter.stats
    before = {name: held for name, held in stats.items() if any(map(_is_ours, held))}
    for name, held in before.items():
        stats[name] = [each for each in held if not _is_ours(each)]
    stats[_SHOWN_HERE] = [each for held in before.values() for each in held]
    try:
        yield
    finally:
        del stats[_SHOWN_HERE]
        stats.update(before)


def _is_ours(report: object) -> bool:
    return isinstance(report, pytest.TestReport) and get_failure(report) is not None


class CauseReporter:
    """Writes the causes below pytest's own failures."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """Write each cause once."""
        found = terminalreporter.stats.get(_SHOWN_HERE, [])
        groups = group_by_cause([each for each in found if _is_ours(each)])
        if not groups or terminalreporter.no_summary:
            return
        is_failed = any(group.verdict is Verdict.FAILS for group in groups)
        title = "FAILED CHECKS" if is_failed else "INCONCLUSIVE CHECKS"
        terminalreporter.write_sep("=", title)
        for group in groups:
            self._write(terminalreporter, config, group)

    def _write(
        self, reporter: pytest.TerminalReporter, config: pytest.Config, group: Group
    ) -> None:
        secrets = config.stash[OPTIONS].secrets

        def redact(text: str) -> str:
            return hidden_in(text, secrets)

        style = {"red": True} if group.verdict is Verdict.FAILS else {"yellow": True}
        reporter.write_sep("_", group.title, bold=True, **style)
        text = CauseText(
            group,
            width=reporter._tw.fullwidth,  # noqa: SLF001 - pytest has no other way
            frames=config.getoption("tbstyle"),
            is_whole=config.get_verbosity() > 0,
            redact=redact,
        )
        for line in text.render_message():
            reporter.write_line(line, **style)
        for line in text.render_details():
            reporter.write_line(line)
        command = Repeat(config).write_command(list(group.list_sections()), group.nodes)
        what = "it" if len(group.nodes) == 1 else f"these {len(group.nodes)}"
        reporter.write_line(f"\nRun only {what} again:")
        reporter.write_line(f"  {redact(command)}", bold=True)


def pytest_configure(config: pytest.Config) -> None:
    """Register what writes, beside the hook of this module that hides."""
    config.pluginmanager.register(CauseReporter())


# The text of one cause


class CauseText:
    """One cause as lines; `is_whole` leaves nothing out; texts are redacted whole."""

    def __init__(
        self,
        group: Group,
        *,
        width: int,
        frames: str,
        is_whole: bool,
        redact: Callable[[str], str],
    ) -> None:
        self._redact = redact
        self._group = group
        self._width = width
        self._frames = frames
        self._is_whole = is_whole
        self._message = redact(group.failure.message)

    def render_message(self) -> list[str]:
        """Return the message; of a long one, its first and last lines."""
        if self._is_whole:
            return self._message.splitlines()
        output, _, missing = self._message.partition(f"\n{MISSING}")
        # The error of a program is at the end of its output.
        head, tail = (1, 2 * _TAIL) if missing else (_HEAD, _TAIL)
        lines = _shorten(output.splitlines(), head, tail)
        return [*lines, *(f"{MISSING}{line}" for line in missing.splitlines()[:1])]

    def render_details(self) -> Iterator[str]:
        """Yield the first scenario, its calls, and the ids of the other checks."""
        lines = [*self._render_scenario(), *self._render_output()]
        if calls := list(map(self._redact, self._group.failure.calls)):
            lines += ["", f"Calls in this step: {calls[0]}", *calls[1:]]
        yield from lines
        used = len(self.render_message()) + len(lines)
        yield from self._render_others(max(_ID_LINES, _LINES - used))

    def _render_scenario(self) -> Iterator[str]:
        text, first = self._redact(self._group.text), next(iter(self._group.nodes))
        if self._frames in {"line", "no"}:
            return
        if text.endswith(self._message) and self._frames == "short":
            scenario = text.removesuffix(self._message).rstrip()
            place, _, steps = scenario.partition("\n")
            yield from ("", f"{place} ({first})".strip(), *steps.splitlines())
        elif self._is_whole or self._frames != "short":
            yield from ("", first, *text.splitlines())
        else:
            yield from ("", first, *_shorten(text.splitlines(), 0, _FRAMES))

    def _render_output(self) -> Iterator[str]:
        """Yield what the sync printed in its last run, unless the message quotes it."""
        if self._is_whole:
            for title, text in self._group.report.sections:
                yield from ("", f"{title}:", *self._redact(text).splitlines())
            return
        texts = [text for _, text in self._group.report.get_sections(_RUNS)]
        runs = [self._redact(text).strip() for text in texts]
        if runs and runs[-1] and runs[-1] not in self._message:
            yield from ("", f"Output of the sync under test, run {len(runs)}:")
            yield from _shorten(runs[-1].splitlines(), 0, _OUTPUT)

    def _render_others(self, limit: int) -> Iterator[str]:
        first, *others = self._group.nodes
        if not others:
            return
        lines: list[str] = []
        for section, ids, is_complete in self._group.list_sections():
            names = [each.removeprefix(f"{section}.") for each in ids if each != first]
            if names:
                text = f"all {len(ids)} checks" if is_complete else ", ".join(names)
                lines += self._wrap(f"{section}: {text}")
        count = (
            "1 other check has" if len(others) == 1 else f"{len(others)} others have"
        )
        yield from ("", f"{count} the same cause:")
        if self._is_whole or len(lines) <= limit:
            yield from lines
        else:
            yield from (*lines[: limit - 1], "  ... (-v lists all)")

    def _wrap(self, text: str) -> list[str]:
        return textwrap.wrap(
            text,
            self._width,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _shorten(lines: Sequence[str], head: int, tail: int) -> list[str]:
    """Return the first and last lines, each cut, with the number of the others."""
    if left_out := max(0, len(lines) - head - tail):
        note = f"... {left_out} lines (-v shows all)"
        lines = [*lines[:head], note, *lines[len(lines) - tail :]]
    return [
        line if len(line) <= _CHARACTERS else f"{line[:_CHARACTERS]} ..."
        for line in lines
    ]
