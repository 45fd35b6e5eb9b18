"""What came of a run in Markdown, for the page that a CI shows of a job."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from dataflow.prove.matrix import GOOD

#: How much of a sentence is shown, in characters; what follows is in the artefacts.
_MOST = 300

#: What stands in one of the files that a run leaves, as it was read from JSON.
_Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A headline, and under each title what there is to name."""

    headline: str
    names: Mapping[str, Sequence[str]]

    def as_markdown(self) -> str:
        """Return a heading, and a list for each title that has something under it."""
        lists = [
            f"**{title}**\n\n" + "".join(f"- {each}\n" for each in names)
            for title, names in self.names.items()
            if names
        ]
        return "\n".join([f"### {self.headline}\n", *lists])


def told_by(path: Path) -> Told:
    """Return what a file tells: JUnit's XML, or JSON of `prove` or `acquit`.

    A run that was stopped leaves no file, or half of one: that is told as well.
    """
    try:
        if path.suffix == ".xml":
            return _of_tests(ET.fromstring(path.read_bytes()), _circumstances(path))  # noqa: S314 - pytest's own
        found = json.loads(path.read_text("utf-8"))
        return _of_proof(found) if "proven" in found else _of_acquittal(found)
    except (OSError, ET.ParseError, ValueError, LookupError, TypeError):
        return Told(
            f"{path} tells nothing: what should have written it did not come to its"
            " end.",
            {},
        )


# A run of pytest


def _of_tests(report: ET.Element, circumstances: str) -> Told:
    cases = list(report.iter("testcase"))
    untold = [case for case in cases if _properties(case, "verdict")]
    red = [c for c in cases if c not in untold and _complaint(c) is not None]
    held = len(cases) - len(red) - len(untold)
    return Told(
        f"{len(red) or 'None'} failed, {len(untold) or 'none'} inconclusive,"
        f" {held} passed{circumstances}",
        {
            "What does not hold": [_named(case) for case in red],
            "What could not be told": [_named(case) for case in untold],
        },
    )


def _named(case: ET.Element) -> str:
    """Return the id of a check, or the name of a plain test, and what it says."""
    ids = _properties(case, "check")
    name = ids[0] if ids else f"{case.get('classname')}::{case.get('name')}"
    return f"{_code(name)} {_code(_complaint(case) or '')}"


def _complaint(case: ET.Element) -> str | None:
    found = case.find("failure")
    found = case.find("error") if found is None else found
    return None if found is None else found.get("message", "")


def _properties(case: ET.Element, name: str) -> list[str]:
    found = (each for each in case.iter("property") if each.get("name") == name)
    return [str(each.get("value")) for each in found]


def _circumstances(report: Path) -> str:
    """Return where it ran and with which SDKs, as the results for Allure say beside."""
    path = report.parent / "allure-results" / "environment.properties"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    told = dict(line.split("=", 1) for line in lines)
    names = "target", "sync", "invoiced", "chargebee"
    return "".join(f", {name} {_code(told[name])}" for name in names if name in told)


# The proofs


def _of_proof(matrix: _Json) -> Told:
    rows = matrix["broken"]
    wrongly = matrix["unbroken"]["wrongly_failed"]
    bad = [row for row in rows if row["verdict"] not in GOOD]
    return Told(
        f"{'Proven' if matrix['proven'] else 'Not proven'}: {len(rows) - len(bad)} of"
        f" {len(rows)} broken syncs come out as they must, and the unbroken one fails"
        f" {len(wrongly) or 'none'} of {matrix['unbroken']['checks']} checks",
        {
            "Broken syncs that do not": [_row(row) for row in bad],
            "Checks that the unbroken sync fails": [_code(check) for check in wrongly],
        },
    )


def _row(row: _Json) -> str:
    let_pass = [c for c in row["named"] if row["met"].get(c) != "failed"]
    checks = ", ".join(_code(check) for check in let_pass)
    by = f" gets past {checks}" if checks else ""
    return f"{_code(row['name'])} ({row['verdict']}){by}"


def _of_acquittal(results: _Json) -> Told:
    trials = results["trials"]
    red = [trial for trial in trials if trial["failed"] or trial["missing"]]
    met = "" if results["troubles"] else "; there was no trouble at all"
    return Told(
        f"{'Acquitted' if results['acquitted'] else 'Not acquitted'}: of"
        f" {results['runs']} runs of right syncs {len(red) or 'none'} red,"
        f" {results['checks_held']} checks held{met}",
        {
            "False alarms, and how to have them again": [
                line for trial in red for line in _alarms(trial)
            ]
        },
    )


def _alarms(trial: _Json) -> Iterator[str]:
    for check, again in trial["failed"].items():
        yield f"{_code(check)} {_code(again)}"
    for check in trial["missing"]:
        yield f"{_code(check)} of {_code(trial['sync'])} has no result"


def _code(text: str) -> str:
    """Return a text on one line as it is: nothing in it counts as Markdown."""
    line = " ".join(text.replace("`", "'").split())
    shown = line if len(line) <= _MOST else f"{line[:_MOST]} ..."
    return f"`{shown}`" if shown else ""
