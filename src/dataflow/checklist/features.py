"""Read features."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gherkin.errors import CompositeParserException
from gherkin.parser import Parser

from dataflow.checklist.check import Basis
from dataflow.checklist.document import PropertyRow
from dataflow.errors import FeatureError

_COUNTS = re.compile(r"Section (\d+) of (\d+), (\d+) checks\.")
_RECORDS = re.compile(r'Records: "(.+)" of (.+), "(.+)" of (.+)\.')
_NOT_EXERCISED = re.compile(r"^\s*Not exercised: (.+)\.$", re.MULTILINE)
_CELL = re.compile(r"(?<!\\)\|")

#: The first line of every generated feature.
HEADER = (
    "# Written by `dataflow transcribe`: a change by hand is lost with the next run."
)
QUESTION = "Open question: "
LISTED = "Listed properties:"


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One line of a scenario; `type` is `given`, `when` or `then`."""

    type: str
    text: str
    line: int
    keyword: str = ""
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenScenario:
    """One scenario of a feature file; an outline is never run.

    `not_exercised` is the reason, of the scenario or of its feature; "" if exercised.
    """

    name: str
    rule: str
    tags: tuple[str, ...]
    description: str
    steps: tuple[WrittenStep, ...]
    line: int
    is_outline: bool = False
    not_exercised: str = ""

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Return the bases among the tags; a valid scenario has one."""
        return tuple(Basis(tag) for tag in self.tags if tag in list(Basis))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the check ids among the tags; a valid scenario has one."""
        return tuple(tag for tag in self.tags if tag not in list(Basis))


@dataclass(frozen=True, slots=True)
class WrittenFeature:
    """A section's feature file; `announced` checks stand in its description."""

    path: Path
    name: str
    number: int
    sections: int
    announced: int
    left: str
    right: str
    properties: tuple[PropertyRow, ...]
    rules: tuple[str, ...]
    questions: tuple[str, ...]
    scenarios: tuple[WrittenScenario, ...]
    descriptions: tuple[str, ...]
    not_exercised: str = ""
    systems: tuple[str, str] = ("", "")

    @property
    def section(self) -> str:
        """Return the id of the section, with which every check id begins."""
        return self.path.stem

    @property
    def pairs(self) -> tuple[tuple[str, str, str], ...]:
        """Return the rows with plain names: Invoiced name, Chargebee name and type."""
        rows = (row for row in self.properties if row.is_pair)
        return tuple((row.left, row.right, row.type) for row in rows)


def read_features(folder: Path) -> tuple[WrittenFeature, ...]:
    """Read all features of a folder in the order of sections; raises `FeatureError`."""
    found = [read_feature(path) for path in sorted(folder.glob("*.feature"))]
    if not found:
        raise FeatureError(
            f"There is no feature in {folder}: write them with"
            " `dataflow transcribe DOCUMENT`."
        )
    return tuple(sorted(found, key=lambda feature: feature.number))


def list_check_ids(folder: Path) -> tuple[str, ...]:
    """Return the ids of the exercised checks, in order; raises `FeatureError`."""
    scenarios = (each for one in read_features(folder) for each in one.scenarios)
    return tuple(each.ids[0] for each in scenarios if not each.not_exercised)


def read_feature(path: Path) -> WrittenFeature:
    """Read one feature file, or raise `FeatureError`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    return parse_feature(path, text)


def _unreadable(path: Path, error: Exception) -> FeatureError:
    # The first message of the parser causes most of the others.
    first = str(error).removeprefix("Parser errors:\n").splitlines()[0]
    return FeatureError(
        f"{path} cannot be read as a feature: {first}; write it anew with"
        " `dataflow transcribe DOCUMENT`."
    )


# The runs of `prove` and `acquit` are forked from a process that has read all features.
@functools.lru_cache(maxsize=64)
def parse_feature(path: Path, text: str) -> WrittenFeature:
    """Parse the text of a feature file, or raise `FeatureError`."""
    try:
        tree: Any = Parser().parse(text).get("feature")
    except CompositeParserException as error:
        raise _unreadable(path, error) from error
    description = tree["description"] if tree else ""
    counts, records = _COUNTS.search(description), _RECORDS.search(description)
    if tree is None or counts is None or records is None:
        raise FeatureError(
            f"{path} does not say which section it transcribes: features are written"
            " by `dataflow transcribe DOCUMENT`, not by hand."
        )
    rules = [child["rule"] for child in tree["children"] if "rule" in child]
    descriptions = (description, *(rule["description"] for rule in rules))
    reason = _find_reason(description)
    return WrittenFeature(
        path=path,
        name=tree["name"],
        number=int(counts[1]),
        sections=int(counts[2]),
        announced=int(counts[3]),
        left=records[1],
        right=records[3],
        properties=tuple(_read_properties(description)),
        rules=tuple(rule["name"] for rule in rules),
        questions=tuple(_read_questions(descriptions)),
        scenarios=tuple(_read_scenarios(tree, reason)),
        descriptions=descriptions,
        not_exercised=reason,
        systems=(records[2], records[4]),
    )


def _read_properties(description: str) -> Iterator[PropertyRow]:
    lines = [line.strip() for line in description.splitlines()]
    if LISTED not in lines:
        return
    for line in lines[lines.index(LISTED) + 2 :]:
        if not line.startswith("|"):
            return
        left, right, kind = (_unescape(cell) for cell in _CELL.split(line)[1:-1])
        yield PropertyRow(left, right, kind)


def _unescape(cell: str) -> str:
    return cell.strip().replace("\\|", "|").replace("\\\\", "\\")


def _read_questions(descriptions: tuple[str, ...]) -> Iterator[str]:
    for description in descriptions:
        for line in description.splitlines():
            if line.strip().startswith(QUESTION):
                yield line.strip().removeprefix(QUESTION)


def _find_reason(description: str) -> str:
    found = _NOT_EXERCISED.search(description)
    return found[1] if found else ""


def _read_scenarios(
    tree: Any,  # noqa: ANN401 - a Gherkin tree
    reason: str,
) -> Iterator[WrittenScenario]:
    for child in tree["children"]:
        rule = child.get("rule") or {"name": "", "children": [child]}
        for grandchild in rule["children"]:
            if "scenario" in grandchild:
                yield _read_scenario(grandchild["scenario"], rule["name"], reason)


def _read_scenario(
    tree: Any,  # noqa: ANN401 - a Gherkin tree
    rule: str,
    reason: str,
) -> WrittenScenario:
    description = tree["description"]
    return WrittenScenario(
        name=tree["name"],
        rule=rule,
        tags=tuple(tag["name"].removeprefix("@") for tag in tree["tags"]),
        description=_NOT_EXERCISED.sub("", description).strip(),
        steps=tuple(_read_steps(tree["steps"])),
        line=tree["location"]["line"],
        is_outline=tree["keyword"] not in _PLAIN,
        not_exercised=_find_reason(description) or reason,
    )


#: The keywords of a scenario that is no outline; an outline may have no examples.
_PLAIN = {"Scenario", "Example"}
_TYPES = {"Context": "given", "Action": "when", "Outcome": "then"}


def _read_steps(steps: Any) -> Iterator[WrittenStep]:  # noqa: ANN401 - a Gherkin tree
    kind = "given"
    for step in steps:
        kind = _TYPES.get(step["keywordType"], kind)
        rows = step.get("dataTable", {"rows": ()})["rows"]
        table = tuple(tuple(cell["value"] for cell in row["cells"]) for row in rows)
        line, keyword = step["location"]["line"], step["keyword"].strip()
        yield WrittenStep(kind, step["text"], line, keyword, table)
