"""Read features."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
#: What the name of QA's own feature ends with in all results.
_OWN = "(added by QA)"
QUESTION = "Open question: "
LISTED = "Listed properties:"


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One line of a scenario; `type` is `given`, `when` or `then`.

    `table` contains the rows below it; `has_text` is whether a text block is below it.
    """

    type: str
    text: str
    line: int
    keyword: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    has_text: bool = False


@dataclass(frozen=True, slots=True)
class WrittenScenario:
    """One scenario of a feature file; an outline is never run.

    `not_exercised` is the reason, of the scenario or of its feature; "" if exercised.
    Tags and the steps of a Background are inherited, as in Gherkin.
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
    """A section's feature file; `announced` checks stand in its description.

    QA's own feature, without the generated header, is a section too: it announces the
    number of its scenarios, and has no systems and properties.
    """

    path: Path
    name: str
    is_generated: bool
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
    background_descriptions: tuple[str, ...] = ()

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
            f"There is no feature in {folder}: run this in the folder of the project,"
            " or write them with `dataflow transcribe DOCUMENT`."
        )
    return tuple(sorted(found, key=lambda feature: feature.number))


def list_check_ids(folder: Path) -> tuple[str, ...]:
    """Return the ids of the exercised checks, in order; raises `FeatureError`."""
    scenarios = (each for one in read_features(folder) for each in one.scenarios)
    return tuple(each.ids[0] for each in scenarios if not each.not_exercised)


def read_document_features(folder: Path) -> tuple[WrittenFeature, ...]:
    """Read the features of the document, without QA's own; raises `FeatureError`."""
    found = tuple(each for each in read_features(folder) if each.is_generated)
    if not found:
        raise FeatureError(
            f"No feature in {folder} belongs to a document: write them with"
            " `dataflow transcribe DOCUMENT`."
        )
    return found


def read_feature(path: Path) -> WrittenFeature:
    """Read one feature file, or raise `FeatureError`."""
    try:
        text = path.read_text("utf-8-sig")
        if text.startswith(HEADER):
            return parse_feature(path, text)
        number, sections = _number_own(path)
        return replace(_parse_own(path, text), number=number, sections=sections)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FeatureError:
    # The first message of the parser causes most of the others.
    first = str(error).removeprefix("Parser errors:\n").splitlines()[0]
    return FeatureError(f"{path} cannot be read as a feature: {first}.")


def _number_own(path: Path) -> tuple[int, int]:
    """Return the number of QA's own feature, after the document's, and of all."""
    there = {*path.parent.glob("*.feature"), path}
    own = sorted(each for each in there if not _is_generated(each))
    texts = (each.read_text("utf-8", "replace") for each in there.difference(own))
    counts = (int(found[2]) for found in map(_COUNTS.search, texts) if found)
    of_document = max(counts, default=0)
    return of_document + own.index(path) + 1, of_document + len(own)


def _is_generated(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(HEADER.encode())


def _parse(path: Path, text: str) -> Any:  # noqa: ANN401 - a Gherkin tree
    try:
        return Parser().parse(text).get("feature")
    except CompositeParserException as error:
        raise _unreadable(path, error) from error


# The runs of `prove` and `acquit` are forked from a process that has read all features.
@functools.lru_cache(maxsize=64)
def parse_feature(path: Path, text: str) -> WrittenFeature:
    """Parse the text of a generated feature, or raise `FeatureError`."""
    tree = _parse(path, text)
    description = tree["description"] if tree else ""
    counts, records = _COUNTS.search(description), _RECORDS.search(description)
    if tree is None or counts is None or records is None:
        raise FeatureError(
            f"{path} has the generated header, but does not say which section it"
            " transcribes: write it anew with `dataflow transcribe DOCUMENT`, or remove"
            " its first line if it is yours."
        )
    descriptions = tuple(_read_descriptions(tree))
    reason = _find_reason(description)
    return WrittenFeature(
        path=path,
        name=tree["name"],
        is_generated=True,
        number=int(counts[1]),
        sections=int(counts[2]),
        announced=int(counts[3]),
        left=records[1],
        right=records[3],
        properties=tuple(_read_properties(description)),
        rules=tuple(_read_rules(tree)),
        questions=tuple(_read_questions(descriptions)),
        scenarios=tuple(_read_scenarios(tree, reason)),
        descriptions=descriptions,
        not_exercised=reason,
        systems=(records[2], records[4]),
        background_descriptions=tuple(_read_background_descriptions(tree)),
    )


@functools.lru_cache(maxsize=64)
def _parse_own(path: Path, text: str) -> WrittenFeature:
    tree = _parse(path, text)
    if tree is None:
        raise FeatureError(f"{path} has no line `Feature: NAME`: add it.")
    reason = _find_reason(tree["description"])
    scenarios = tuple(map(_infer_basis, _read_scenarios(tree, reason)))
    return WrittenFeature(
        path=path,
        name=f"{tree['name'] or path.stem} {_OWN}",
        is_generated=False,
        number=0,
        sections=0,
        announced=len(scenarios),
        left="",
        right="",
        properties=(),
        rules=tuple(_read_rules(tree)),
        questions=(),
        scenarios=scenarios,
        descriptions=tuple(_read_descriptions(tree)),
        not_exercised=reason,
        background_descriptions=tuple(_read_background_descriptions(tree)),
    )


def _infer_basis(scenario: WrittenScenario) -> WrittenScenario:
    """Return a scenario of QA, which QA has concluded unless a tag differs."""
    if scenario.bases:
        return scenario
    return replace(scenario, tags=(*scenario.tags, Basis.INFERRED))


def _read_rules(tree: Any) -> Iterator[str]:  # noqa: ANN401 - a Gherkin tree
    return (child["rule"]["name"] for child in tree["children"] if "rule" in child)


def _read_descriptions(tree: Any) -> Iterator[str]:  # noqa: ANN401 - a Gherkin tree
    """Yield the descriptions of a feature and of its rules."""
    yield tree["description"]
    for child in tree["children"]:
        if "rule" in child:
            yield child["rule"]["description"]


def _read_background_descriptions(tree: Any) -> Iterator[str]:  # noqa: ANN401 - a Gherkin tree
    for child in tree["children"]:
        if "background" in child:
            yield child["background"]["description"].strip()
        elif "rule" in child:
            yield from _read_background_descriptions(child["rule"])


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
    rule: str = "",
    tags: tuple[str, ...] = (),
    steps: tuple[WrittenStep, ...] = (),
) -> Iterator[WrittenScenario]:
    """Yield the scenarios of a feature or rule, which inherit these tags and steps."""
    tags += tuple(tag["name"].removeprefix("@") for tag in tree["tags"])
    for child in tree["children"]:
        if "background" in child:
            steps += tuple(_read_steps(child["background"]["steps"]))
        elif "rule" in child:
            inner = child["rule"]
            yield from _read_scenarios(inner, reason, inner["name"], tags, steps)
        else:
            yield _read_scenario(child["scenario"], reason, rule, tags, steps)


def _read_scenario(
    tree: Any,  # noqa: ANN401 - a Gherkin tree
    reason: str,
    rule: str,
    tags: tuple[str, ...],
    steps: tuple[WrittenStep, ...],
) -> WrittenScenario:
    description = tree["description"]
    own = tuple(tag["name"].removeprefix("@") for tag in tree["tags"])
    return WrittenScenario(
        name=tree["name"],
        rule=rule,
        tags=tuple(dict.fromkeys((*tags, *own))),
        description=_NOT_EXERCISED.sub("", description).strip(),
        steps=(*steps, *_read_steps(tree["steps"])),
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
        has_text = "docString" in step
        yield WrittenStep(kind, step["text"], line, keyword, table, has_text)
