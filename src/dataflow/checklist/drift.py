"""Compare the features of a document with those in a folder, check by check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dataflow.checklist.features import (
    HEADER,
    WrittenFeature,
    WrittenScenario,
    parse_feature,
)
from dataflow.errors import FeatureError


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """What changes in one feature; `after` is None if the section is gone."""

    name: str
    before: WrittenFeature | None
    after: WrittenFeature | None

    @property
    def removed(self) -> list[str]:
        """Return the ids of the checks that are lost."""
        after = _by_id(self.after)
        return [check for check in _by_id(self.before) if check not in after]

    @property
    def added(self) -> list[str]:
        """Return the ids of the new checks."""
        before = _by_id(self.before)
        return [check for check in _by_id(self.after) if check not in before]

    def lines(self) -> Iterator[str]:
        """Yield a headline, and one line for each check that changes."""
        before, after = _by_id(self.before), _by_id(self.after)
        both = {check: before[check] for check in before if check in after}
        changed = {
            check: what
            for check, old in both.items()
            if (what := ", ".join(_compare(old, after[check])))
        }
        counts = (
            (len(self.added), "added"),
            (len(changed), "changed"),
            (len(self.removed), "removed"),
        )
        parts = [f"{count} {done}" for count, done in counts if count]
        yield f"{Path(self.name).stem}: {', '.join(parts) or 'description changed'}"
        yield from (f"  added    {check}" for check in self.added)
        yield from (f"  changed  {check}: {what}" for check, what in changed.items())
        yield from (f"  removed  {check}" for check in self.removed)


@dataclass(frozen=True, slots=True)
class Drift:
    """All features that change, and the files of `others`: of other documents."""

    features: tuple[FeatureDrift, ...]
    others: tuple[str, ...]

    @property
    def stale(self) -> list[str]:
        """Return the files of sections that the document no longer has."""
        return [each.name for each in self.features if each.after is None]

    @property
    def removed(self) -> list[str]:
        """Return the ids of all checks that are lost."""
        return [check for each in self.features for check in each.removed]


def find_drift(
    texts: Mapping[str, str], folder: Path, *, takes_others: bool = False
) -> Drift:
    """Return how the features of a folder differ from the texts of a document.

    With `takes_others`, the features of other documents are stale as well.
    """
    wanted = {name: parse_feature(Path(name), text) for name, text in texts.items()}
    systems = {feature.systems for feature in wanted.values()}
    there = {path.name: path for path in folder.glob("*.feature") if path.is_file()}
    features, others = [], []
    for name in sorted(wanted.keys() | there.keys()):
        old = there[name].read_bytes() if name in there else b""
        is_ours = old.startswith(HEADER.encode())
        before = _read(name, old)
        if name in wanted:
            if old != texts[name].encode():
                features.append(FeatureDrift(name, before, wanted[name]))
        elif is_ours and (takes_others or before is None or before.systems in systems):
            features.append(FeatureDrift(name, before, None))
        elif is_ours:
            others.append(name)
    return Drift(tuple(features), tuple(others))


def _read(name: str, content: bytes) -> WrittenFeature | None:
    """Return a feature, None for a file that is none."""
    try:
        return parse_feature(Path(name), content.decode())
    except (FeatureError, UnicodeDecodeError):
        return None


def _by_id(feature: WrittenFeature | None) -> dict[str, WrittenScenario]:
    scenarios = feature.scenarios if feature else ()
    return {each.ids[0]: each for each in scenarios if each.ids}


def _compare(before: WrittenScenario, after: WrittenScenario) -> Iterator[str]:
    if before.name != after.name:
        yield "title"
    if before.bases != after.bases:
        yield "basis"
    if before.not_exercised != after.not_exercised:
        reason = after.not_exercised
        yield f"not exercised ({reason})" if reason else "exercised"
    if _steps(before) != _steps(after):
        yield "steps"


def _steps(scenario: WrittenScenario) -> list[tuple[object, ...]]:
    return [(step.keyword, step.text, step.table) for step in scenario.steps]
