"""What the features ask for, and what a run and its reports tell of it: check ids."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

#: Folders that hold no part of the project: what is installed, kept or left behind.
_NOT_OURS = re.compile(r"\..*|__pycache__|reports|node_modules")
_SCENARIO = re.compile(r"\s*(?:Scenario|Example|Scenario Outline|Scenario Template):")
_CHECK = re.compile(r"@([\w-]+(?:\.[\w-]+)+)")


def features_below(root: Path) -> list[Path]:
    """Return every feature file of a project, wherever it stands."""
    return [
        path
        for path in sorted(root.rglob("*.feature"))
        if not any(_NOT_OURS.fullmatch(part) for part in path.relative_to(root).parts)
    ]


def asked_for(features: Iterable[Path]) -> list[str]:
    """Return the check id of each scenario, sorted; one without stands as its line.

    The text is searched, and no Gherkin is read: what a parser skips is not skipped.
    """
    return sorted(check for path in features for check in _checks(path))


def _checks(path: Path) -> Iterator[str]:
    tags = ""
    for line in path.read_text("utf-8").splitlines():
        if _SCENARIO.match(line):
            found = _CHECK.search(tags)
            yield found[1] if found else line.strip()
        tags = line


def in_allure(folder: Path) -> list[str]:
    """Return the names in Allure's results below a run's folder, sorted."""
    files = (folder / "allure").glob("*-result.json")
    return sorted(json.loads(file.read_text("utf-8"))["fullName"] for file in files)


def in_junit(folder: Path) -> list[str]:
    """Return the check ids in the JUnit XML of a run's folder, sorted."""
    tree = ET.parse(folder / "junit.xml")  # noqa: S314 - pytest's own
    properties = tree.iterfind(".//testcase/properties/property[@name='check']")
    return sorted(str(each.get("value")) for each in properties)


def collected(said: str) -> list[str]:
    """Return the check ids in what `pytest --collect-only -q` says, sorted."""
    places = re.findall(r"^(?:.*/)?([^/]+)\.feature::(\S+)$", said, re.MULTILINE)
    return sorted(f"{section}.{name}" for section, name in places)


def unlike(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """Return a sentence for each check that is not found as often as it is wanted."""
    return [
        f"{check} is there {found.count(check)} times, not {wanted.count(check)}"
        for check in sorted({*wanted, *found})
        if found.count(check) != wanted.count(check)
    ]
