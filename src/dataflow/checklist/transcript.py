"""Write the features of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dataflow.checklist.checks import Rule, SectionChecks
from dataflow.checklist.document import Document, Section
from dataflow.checklist.features import (
    HEADER,
    LISTED,
    QUESTION,
    WrittenFeature,
    parse_feature,
)
from dataflow.checklist.templates import align_table, escape_cell
from dataflow.errors import FeatureError
from dataflow.files import write_whole

NONE_LISTED = "Listed properties: none"


def transcribe(document: Document) -> dict[str, str]:
    """Return the text of each feature by file name."""
    return {
        f"{section.id}.feature": _render_feature(section, document)
        for section in document.sections
    }


def write_features(
    features: Mapping[str, str], folder: Path, *, stale: Iterable[str] = ()
) -> list[str]:
    """Write features, and remove `stale` ones; return the files that changed.

    Raises `FeatureError`, before anything is written, for a file of this name that was
    not generated.
    """
    there = {name: _read_bytes(folder / name) for name in features}
    changed = [name for name in features if there[name] != features[name].encode()]
    for name in changed:
        if there[name] and not there[name].startswith(HEADER.encode()):
            raise FeatureError(
                f"{folder / name} was not written by `dataflow transcribe`: rename it,"
                " so that the section of this name can be written."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            write_whole(folder / name, features[name])
        for name in stale:
            (folder / name).unlink()
    except OSError as error:
        raise FeatureError(
            f"The features cannot be written to {folder} ({error.strerror}): name a"
            " folder of your own with --features."
        ) from error
    return sorted([*changed, *stale])


def _read_bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def read_section(section: Section, document: Document) -> WrittenFeature:
    """Return the feature of a section as it is read from its file."""
    path = Path(f"{section.id}.feature")
    return parse_feature(path, _render_feature(section, document))


def _render_feature(section: Section, document: Document) -> str:
    checks = SectionChecks(section, document)
    left, right, reason = checks.left, checks.right, checks.not_exercised
    rules = tuple(checks.derive_rules())
    count = sum(rule.gherkin.count("\n    Scenario: ") for rule in rules)
    lines = [
        HEADER,
        f"Feature: {left.system} {left.type.many}, {right.system} {right.type.many}",
        "",
        f"  Section {section.number} of {len(document.sections)}, {count} checks.",
        f'  Records: "{left.name}" of {left.system}, "{right.name}" of {right.system}.',
        *([f"  Not exercised: {reason}."] if reason else []),
        "",
        *_render_properties(section, document),
    ]
    return "".join([*(f"{line}\n" for line in lines), *map(_render_rule, rules)])


def _render_properties(section: Section, document: Document) -> Iterator[str]:
    if not section.properties:
        yield f"  {NONE_LISTED}."
        return
    yield f"  {LISTED}"
    head = (document.left_system, document.right_system, "type")
    rows = ((row.left, row.right, row.type) for row in section.properties)
    cells = (map(escape_cell, row) for row in (head, *rows))
    yield from align_table((f"| {' | '.join(row)} |" for row in cells), "    ")


def _render_rule(rule: Rule) -> str:
    questions = [f"    {QUESTION}{question}\n" for question in rule.questions]
    head = f"\n  Rule: {rule.title}\n"
    return "".join([head, *(["\n", *questions] if questions else []), rule.gherkin])
