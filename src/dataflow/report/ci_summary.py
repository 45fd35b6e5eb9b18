"""The `dataflow summary` command: the results of runs as Markdown, for a CI's page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import click

from dataflow.errors import FileError
from dataflow.harness.run_record import (
    RUN_RECORD,
    CaseRecord,
    CheckRecord,
    RunRecord,
    read_run_record,
)
from dataflow.harness.verdicts import Verdict
from dataflow.harness.waivers import describe_waiver
from dataflow.project import in_project
from dataflow.report.headline import describe_run, describe_tests

_EPILOG = (
    "Example: dataflow summary reports/prove.json, where the file contains the output"
    " of `dataflow prove --json`"
)

#: The number of characters of a text that are shown; the artefacts have the rest.
_MOST = 300

_Json: TypeAlias = Mapping[str, Any]


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to",
    envvar="GITHUB_STEP_SUMMARY",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append the summary to this file; default: the file of $GITHUB_STEP_SUMMARY.",
)
def summary(files: tuple[Path, ...], to: Path | None) -> None:
    """Summarise runs in Markdown, with the checks that failed.

    FILES are run records, or the JSON of `dataflow prove` or `dataflow acquit`. Without
    FILES, reports/run.json is read. Exit status 0, whatever the results are.
    """
    text = "\n".join(
        render_file(path) for path in files or (in_project(*RUN_RECORD.parts)(),)
    )
    if to is None:
        click.echo(text, nl=False)
        return
    try:
        with to.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise FileError(
            f"{to} cannot be written ({error.strerror}): choose another file with --to."
        ) from error


def render_file(path: Path) -> str:
    """Return the summary of a file; it states that a run was stopped."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if "proven" in found:
            return _render_proof(found)
        if "acquitted" in found:
            return _render_acquittal(found)
        return _render_run(read_run_record(path))
    except (OSError, ValueError, LookupError, TypeError, FileError):
        return _render(
            f"{path} has no results: the run that writes it did not complete.", {}
        )


def describe_score(path: Path) -> str:
    """Return the result of `prove` or `acquit` in a file as one sentence."""
    return render_file(path).partition("\n")[0].removeprefix("### ")


def _render(headline: str, lists: Mapping[str, Sequence[str]]) -> str:
    """Return a heading, and a list below each title that has entries."""
    parts = [
        f"**{title}**\n\n" + "".join(f"- {entry}\n" for entry in entries)
        for title, entries in lists.items()
        if entries
    ]
    return "\n".join([f"### {headline}\n", *parts])


# A run of pytest


def _render_run(run: RunRecord) -> str:
    """Return the same counts as in the terminal, with other tests beside them."""
    cases = [*run.checks, *run.tests]
    failed = [case for case in cases if case.verdict is Verdict.FAILS]
    inconclusive = [case for case in cases if case.verdict is Verdict.INCONCLUSIVE]
    has_checks = any(check.verdict is not Verdict.NOT_RUN for check in run.checks)
    parts = [describe_run(run)] if has_checks or not run.tests else []
    parts += [describe_tests(run)] if run.tests else []
    return _render(
        f"{' '.join(parts)} {_render_circumstances(run)}",
        {
            "Failed checks": [_render_case(case) for case in failed],
            "Inconclusive checks": [_render_case(case) for case in inconclusive],
            "Waived failures": [
                _code(describe_waiver(c.waiver)) for c in run.checks if c.waiver
            ],
            "Waivers": [_code(sentence) for sentence in run.waivers],
        },
    )


def _render_case(case: CaseRecord) -> str:
    """Return the id of a check or the name of another test, and what failed."""
    if isinstance(case, CheckRecord):
        return f"{_code(case.id)} {_code(case.message or case.reason)}"
    return f"{_code(_render_name(case.id))} {_code(case.reason)}"


def _render_name(nodeid: str) -> str:
    """Return a test's name as JUnit has it: `tests.test_plain::test_plain`."""
    path, colons, name = nodeid.rpartition("::")
    dotted = path.replace(".py", "", 1).replace("/", ".").replace("::", ".")
    return f"{dotted}{colons}{name}"


def _render_circumstances(run: RunRecord) -> str:
    """Return where the run took place, and with which SDKs."""
    found = {"target": run.target, "sync": run.sync, **run.versions}
    names = "target", "sync", "invoiced", "chargebee"
    parts = [f"{name} {_code(found[name])}" for name in names if name in found]
    evidence = [f"evidence {_code(sentence)}" for sentence in run.evidence]
    return f"({', '.join([*parts, *evidence])})"


# The proofs


def _render_proof(matrix: _Json) -> str:
    rows, unbroken = matrix["broken"], matrix["unbroken"]
    wrongly = unbroken["wrongly_failed"]
    bad = [row for row in rows if not row["ok"]]
    return _render(
        f"{'Proven' if matrix['proven'] else 'Not proven'}: {len(rows) - len(bad)} of"
        f" {len(rows)} broken syncs have the expected result, and the unbroken one"
        f" fails {len(wrongly) or 'none'} of {unbroken['checks']} checks",
        {
            "Broken syncs with another result": [_render_row(row) for row in bad],
            "Checks that the unbroken sync fails": [_code(check) for check in wrongly],
        },
    )


def _render_row(row: _Json) -> str:
    held = [check for check in row["named"] if row["met"].get(check) != "failed"]
    checks = ", ".join(_code(check) for check in held)
    by = f" passes {checks}" if checks else ""
    return f"{_code(row['name'])} ({row['verdict']}){by}"


def _render_acquittal(results: _Json) -> str:
    trials = results["trials"]
    failed = [trial for trial in trials if trial["failed"] or trial["missing"]]
    met = "" if results["troubles"] else "; no fault occurred"
    return _render(
        f"{'Acquitted' if results['acquitted'] else 'Not acquitted'}: of"
        f" {results['runs']} runs of good syncs {len(failed) or 'none'} failed,"
        f" {results['checks_held']} checks held{met}",
        {
            "False alarms, and how to repeat them": [
                line for trial in failed for line in _list_alarms(trial)
            ]
        },
    )


def _list_alarms(trial: _Json) -> Iterator[str]:
    for check, command in trial["failed"].items():
        yield f"{_code(check)} {_code(command)}"
    for check in trial["missing"]:
        yield f"{_code(check)} of {_code(trial['sync'])} has no result"


def _code(text: str) -> str:
    """Return a text as code on one line, in which nothing counts as Markdown."""
    line = " ".join(text.replace("`", "'").split())
    shown = line if len(line) <= _MOST else f"{line[:_MOST]} ..."
    return f"`{shown}`" if shown else ""
