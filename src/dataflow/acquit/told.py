"""What came of the trials, told: as a table for the terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.acquit.trials import Result
from dataflow.prove.checklist_run import Outcome

_GOOD, _BAD = "green", "bold red"


def as_json(results: Sequence[Result]) -> dict[str, object]:
    """Return all trials; of each, the checks that did not hold."""
    return {
        "acquitted": acquitted(results),
        "runs": len(results),
        "checks_held": _count(results, Outcome.HELD),
        "troubles": dict(sorted(_troubles(results).items())),
        "trials": [_trial_as_json(result) for result in results],
    }


def _trial_as_json(result: Result) -> dict[str, object]:
    return {
        "sync": result.trial.right.name,
        "weather": str(result.trial.weather),
        "held": len(result.of(Outcome.HELD)),
        "failed": {c: result.trial.again(c) for c in result.of(Outcome.FAILED)},
        "inconclusive": list(result.of(Outcome.INCONCLUSIVE)),
        "missing": list(result.missing),
        "troubles": sum(result.troubles.values()),
        "seconds": round(result.seconds, 1),
        "output": result.output,
    }


def acquitted(results: Sequence[Result]) -> bool:
    """Tell whether no right sync was blamed, and whether there was trouble at all."""
    return not any(r.blamed for r in results) and bool(_troubles(results))


def sentence(results: Sequence[Result]) -> str:
    """Return what came of it, in one sentence."""
    red = sum(bool(result.blamed) for result in results)
    held = _count(results, Outcome.HELD)
    troubles = sum(_troubles(results).values())
    unsure = _count(results, Outcome.INCONCLUSIVE)
    return (
        f"{len(results)} runs of right syncs, {red or 'none'} red:"
        f" {held} checks held, {unsure or 'none'} inconclusive;"
        f" the syncs met trouble {troubles} times."
    )


def as_table(results: Sequence[Result]) -> RenderableType:
    """Return a line for each sync, and below it what speaks against the checklist."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("right sync")
    for name in ("runs", "held", "inconclusive", "red", "troubles", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    ordered = sorted(results, key=_name)
    for name, of_one in groupby(ordered, key=_name):
        table.add_row(name, *_cells(list(of_one)))
    table.caption = "checks that held, were inconclusive or red; seconds a run, median"
    table.caption_justify = "left"
    alarms = list(_alarms(results))
    if alarms:
        alarms = ["", Text("False alarms", style="bold"), *alarms]
    style = _GOOD if acquitted(results) else _BAD
    return Group(table, *alarms, "", Text(sentence(results), style=style))


def _name(result: Result) -> str:
    return result.trial.right.name


def _cells(results: Sequence[Result]) -> Iterator[RenderableType]:
    red = sum(len(result.blamed) for result in results)
    yield str(len(results))
    yield str(_count(results, Outcome.HELD))
    yield str(_count(results, Outcome.INCONCLUSIVE))
    yield Text(str(red), style=_BAD if red else _GOOD)
    yield str(sum(_troubles(results).values()))
    yield f"{median(result.seconds for result in results):.0f}"


def _alarms(results: Sequence[Result]) -> Iterator[RenderableType]:
    for result in results:
        for check in result.blamed:
            again = result.trial.again(check)
            yield Padding(Text(f"{check}\n{again}", overflow="fold"), (0, 0, 0, 2))
        if result.missing:
            yield Padding(Text(result.output), (0, 0, 0, 4))


def _count(results: Sequence[Result], outcome: Outcome) -> int:
    return sum(len(result.of(outcome)) for result in results)


def _troubles(results: Sequence[Result]) -> Counter[str]:
    met: Counter[str] = Counter()
    for result in results:
        met.update(result.troubles)
    return met
