"""Writes the features: one Gherkin file a section, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from dataflow.checklist.check import Check, Rule, Table
from dataflow.checklist.errors import FolderError
from dataflow.checklist.model import Document, Section
from dataflow.checklist.rules import rules_of
from dataflow.files import write_whole
from dataflow.record_types import find_record_type

#: The first line of every feature, by which a file of ours is known.
HEADER = (
    "# Written by `dataflow transcribe`: a change by hand is lost with the next run."
)
QUESTION = "Open question: "
NONE_LISTED = "Listed properties: none"
LISTED = "Listed properties:"


def transcribe(document: Document) -> dict[str, str]:
    """Return the text of each feature by its file name."""
    return {
        f"{section.id}.feature": _feature(section, document)
        for section in document.sections
    }


def write_features(features: Mapping[str, str], folder: Path) -> list[str]:
    """Make the folder hold just these features; return the names of what changed.

    Each file is replaced whole. A feature of ours that is not among them is removed:
    its section is no longer in the document. Other files are left alone. Raises
    `FolderError` where the folder cannot be made or written to.
    """
    changed = drift(features, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            if name in features:
                write_whole(folder / name, features[name])
            else:
                (folder / name).unlink()
    except OSError as error:
        raise FolderError(
            f"The features cannot be written to {folder} ({error.strerror}): name a"
            " folder of your own with --features."
        ) from error
    return changed


def drift(features: Mapping[str, str], folder: Path) -> list[str]:
    """Return the names of the files in which the folder differs from these features."""
    wanted = {name: text.encode() for name, text in features.items()}
    there = {
        path.name: path.read_bytes()
        for path in folder.glob("*.feature")
        if path.is_file() and (path.name in features or _is_ours(path))
    }
    names = sorted(wanted.keys() | there.keys())
    return [name for name in names if wanted.get(name) != there.get(name)]


def _is_ours(path: Path) -> bool:
    return path.read_bytes().startswith(HEADER.encode())


def _feature(section: Section, document: Document) -> str:
    rules = rules_of(section, document)
    count = sum(len(rule.checks) for rule in rules)
    left, right = document.left_system, document.right_system
    lefts, rights = (find_record_type(n).many for n in (section.left, section.right))
    title = f"{left} {lefts}, {right} {rights}"
    lines = [
        HEADER,
        f"Feature: {title}",
        "",
        f"  Section {section.number} of {len(document.sections)}, {count} checks.",
        f'  Records: "{section.left}" of {left}, "{section.right}" of {right}.',
        "",
        *_listed(section, document),
    ]
    for rule in rules:
        lines += ["", *_rule(rule)]
    return "\n".join(lines) + "\n"


def _listed(section: Section, document: Document) -> Iterator[str]:
    if not section.properties:
        yield f"  {NONE_LISTED}."
        return
    yield f"  {LISTED}"
    head = (document.left_system, document.right_system, "type")
    rows = ((row.left, row.right, row.type) for row in section.properties)
    yield from _table((head, *rows), "    ")


def _rule(rule: Rule) -> Iterator[str]:
    yield f"  Rule: {rule.title}"
    if rule.questions:
        yield ""
    for question in rule.questions:
        yield f"    {QUESTION}{question}"
    for check in rule.checks:
        yield ""
        yield from _scenario(check)


def _scenario(check: Check) -> Iterator[str]:
    yield f"    @{check.id} @{check.standing}"
    yield f"    Scenario: {check.title}"
    for step in check.steps:
        yield f"      {step.keyword} {step.text}"
        yield from _table(step.table, "        ")


def _table(table: Table, indent: str) -> Iterator[str]:
    cells = [[_escaped(cell) for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (c.ljust(width) for c, width in zip(row, widths, strict=True))
        yield f"{indent}| {' | '.join(padded)} |"


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")
