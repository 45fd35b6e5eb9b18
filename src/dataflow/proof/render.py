"""The results of `prove` and `acquit`: as tables for the terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dataflow.harness.verdicts import Verdict
from dataflow.proof.catalogue import BrokenSync
from dataflow.proof.matrix import Detection, Matrix, Row
from dataflow.proof.trials import Result

_OK, _BAD = "green", "bold red"


# The broken syncs


def encode_matrix(matrix: Matrix) -> dict[str, object]:
    """Return the matrix for JSON; a check that a sync did not meet is left out."""
    counts = Counter(row.detection for row in matrix.rows)
    return {
        "proven": matrix.is_proven,
        "verdicts": {str(d): counts[d] for d in Detection if counts[d]},
        "unbroken": {
            "checks": len(matrix.unbroken.wanted),
            "wrongly_failed": list(matrix.wrongly_failed),
        },
        "kinds": {
            kind: {"detected": detected, "broken": total}
            for kind, detected, total in count_kinds(matrix)
        },
        "broken": [_encode_row(row) for row in matrix.rows],
        "dead": list(matrix.dead),
        "alike": [list(names) for names in matrix.alike],
        "known_holes": {each.name: each.known_gap for each in matrix.known_gaps},
        "checks": {check: list(matrix.find_detected(check)) for check in matrix.checks},
        "never_caught": matrix.never_failed,
    }


def _encode_row(row: Row) -> dict[str, object]:
    return {
        "name": row.broken.name,
        "kind": row.broken.kind,
        "says": row.broken.description,
        "verdict": row.detection,
        "ok": row.is_ok,
        "named": list(row.broken.caught_by),
        "hole": row.broken.known_gap,
        "weather": row.broken.weather,
        "met": {check: _encode_result(row, check) for check in row.wanted},
        "seconds": round(row.seconds, 1),
        "output": row.output,
        "unreached": list(row.unreached),
    }


def _encode_result(row: Row, check: str) -> str:
    if check not in row.held:
        return "no result"
    return "held" if row.held[check] else "failed"


def count_kinds(matrix: Matrix) -> list[tuple[str, int, int]]:
    """Return each kind of fault, and how many syncs of it fail a check, of how many."""
    total = Counter(row.broken.kind for row in matrix.rows)
    detected = Counter(row.broken.kind for row in matrix.rows if row.failed)
    return [(kind, detected[kind], count) for kind, count in total.items()]


def summarize_matrix(matrix: Matrix) -> str:
    """Return the result in one sentence."""
    meant = [row for row in matrix.rows if not row.broken.known_gap]
    caught = sum(row.detection is Detection.CAUGHT for row in meant)
    wrongly = len(matrix.wrongly_failed)
    return (
        f"{caught} of {len(meant)} broken syncs are caught by every check that names"
        f" their fault; the unbroken sync fails {wrongly or 'none'} of"
        f" {len(matrix.unbroken.wanted)} checks."
    )


def render_matrix(matrix: Matrix) -> RenderableType:
    """Return the matrix; lists that need the whole catalogue only with that."""
    kinds = [(f"{k}: {part} of {of}", "") for k, part, of in count_kinds(matrix)]
    lists = [
        *_list("Broken syncs that fail a check, by kind of fault", kinds),
        *_list("Faults that the checklist did not detect", _complaints(matrix)),
        *_list("Broken syncs that no check reaches", [(n, "") for n in matrix.dead]),
        *_list("The unbroken sync fails", [(c, "") for c in matrix.wrongly_failed]),
    ]
    if matrix.is_complete:
        gaps = [(e.name, describe_gap(e)) for e in matrix.known_gaps]
        never = matrix.never_failed.items()
        lists += _list("Checks that detected no fault", never)
        lists += _list("Known gaps: faults that no check detects", gaps)
    style = _OK if matrix.is_proven else _BAD
    return Group(_matrix(matrix), *lists, "", Text(summarize_matrix(matrix), style))


def name_detection(detection: Detection) -> str:
    """Return the name of a result for a reader; the JSON has the name of its format."""
    return detection.replace("hole", "gap")


def describe_gap(broken: BrokenSync) -> str:
    """Return what goes wrong in a broken sync, and why no check detects it."""
    return f"{broken.description} Why: {broken.known_gap}."


def _matrix(matrix: Matrix) -> Table:
    sections = dict.fromkeys(check.partition(".")[0] for check in matrix.checks)
    table = _table(
        "broken sync", "failed checks of those that ran with each sync, by section"
    )
    for section in sections:
        table.add_column(section.partition("-")[0], justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in matrix.rows:
        name = name_detection(row.detection)
        detection = Text(name, _OK if row.is_ok else _BAD)
        cells = (_count_failed(row, section) for section in sections)
        table.add_row(row.broken.name, *cells, detection)
    return table


def _count_failed(row: Row, section: str) -> str:
    met = [check for check in row.wanted if check.startswith(f"{section}.")]
    failed = sum(check in row.failed for check in met)
    return f"{failed}/{len(met)}" if met else "-"


def _complaints(matrix: Matrix) -> Iterator[tuple[str, str]]:
    for row in matrix.rows:
        if not row.is_ok:
            yield row.broken.name, _describe_miss(row)


def _describe_miss(row: Row) -> str:
    if row.detection is Detection.NO_RESULT:
        return row.output
    miss = f"{row.broken.description} These checks hold: {', '.join(row.missed_by)}"
    others = [check for check in row.failed if check not in row.broken.caught_by]
    return f"{miss}; others fail: {', '.join(others)}" if others else miss


# The good syncs


def encode_trials(results: Sequence[Result]) -> dict[str, object]:
    """Return all trials for JSON; of each, the checks that did not hold."""
    return {
        "acquitted": are_acquitted(results),
        "runs": len(results),
        "checks_held": _count(results, Verdict.HOLDS),
        "checks_refused": _count(results, Verdict.REFUSED),
        "troubles": dict(sorted(_add_faults(results).items())),
        "trials": [_encode_trial(result) for result in results],
    }


def _encode_trial(result: Result) -> dict[str, object]:
    repeat = result.trial.describe_repetition
    return {
        "sync": result.trial.sync.name,
        "weather": str(result.trial.weather),
        "held": len(result.list_checks(Verdict.HOLDS)),
        "refused": len(result.list_checks(Verdict.REFUSED)),
        "failed": {c: repeat(c) for c in result.list_checks(Verdict.FAILS)},
        "inconclusive": list(result.list_checks(Verdict.INCONCLUSIVE)),
        "missing": list(result.missing),
        "troubles": sum(result.faults.values()),
        "seconds": round(result.seconds, 1),
        "output": result.output,
    }


def are_acquitted(results: Sequence[Result]) -> bool:
    """Return whether there was no false alarm, and whether there were faults at all."""
    return not any(r.alarms for r in results) and bool(_add_faults(results))


def summarize_trials(results: Sequence[Result]) -> str:
    """Return the result in one sentence."""
    failed = sum(bool(result.alarms) for result in results)
    held, refused = (_count(results, v) for v in (Verdict.HOLDS, Verdict.REFUSED))
    faults = sum(_add_faults(results).values())
    inconclusive = _count(results, Verdict.INCONCLUSIVE)
    return (
        f"{len(results)} runs of good syncs, {failed or 'none'} failed:"
        f" {held} checks held, {refused or 'none'} refused,"
        f" {inconclusive or 'none'} inconclusive;"
        f" the syncs met {faults} faults."
    )


def render_trials(results: Sequence[Result]) -> RenderableType:
    """Return a line for each sync, and below it each false alarm."""
    table = _table(
        "good sync",
        "checks by verdict; faults that the sync met; median seconds per run",
    )
    for name in (
        "runs",
        "held",
        "refused",
        "inconclusive",
        "failed",
        "faults",
        "seconds",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for name, group in groupby(sorted(results, key=_name), key=_name):
        table.add_row(name, *_cells(list(group)))
    alarms = _list("False alarms", _alarms(results))
    style = _OK if are_acquitted(results) else _BAD
    return Group(table, *alarms, "", Text(summarize_trials(results), style))


def _name(result: Result) -> str:
    return result.trial.sync.name


def _cells(results: Sequence[Result]) -> Iterator[RenderableType]:
    failed = sum(len(result.alarms) for result in results)
    yield str(len(results))
    for verdict in (Verdict.HOLDS, Verdict.REFUSED, Verdict.INCONCLUSIVE):
        yield str(_count(results, verdict))
    yield Text(str(failed), _BAD if failed else _OK)
    yield str(sum(_add_faults(results).values()))
    yield f"{median(result.seconds for result in results):.0f}"


def _alarms(results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    for result in results:
        for check in result.alarms:
            yield f"{check}\n{result.trial.describe_repetition(check)}", ""
        if result.missing:
            yield "", result.output


def _count(results: Sequence[Result], verdict: Verdict) -> int:
    return sum(len(result.list_checks(verdict)) for result in results)


def _add_faults(results: Sequence[Result]) -> Counter[str]:
    return sum((Counter(result.faults) for result in results), Counter())


# Both


def _table(first: str, caption: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.caption, table.caption_justify = caption, "left"
    table.add_column(first)
    return table


def _list(title: str, lines: Iterable[tuple[str, str]]) -> list[RenderableType]:
    """Return a title and lines below it, each with a text; nothing without lines."""
    found: list[RenderableType] = []
    for first, rest in lines:
        if first:
            found.append(Padding(Text(first, overflow="fold"), (0, 0, 0, 2)))
        found += [Padding(Text(rest), (0, 0, 0, 6))] if rest else []
    return ["", Text(title, style="bold"), *found] if found else []
