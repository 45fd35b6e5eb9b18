"""What a run states about the checklist: every summary counts and judges with this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from dataflow.checklist.check import Basis
from dataflow.harness.run_record import (
    CaseRecord,
    CheckRecord,
    RunRecord,
    SectionRecord,
)
from dataflow.harness.verdicts import Verdict, find_worst

#: How a sentence counts checks of each verdict, in its order.
_COUNTED = {
    Verdict.HOLDS: ("holds", "hold"),
    Verdict.REFUSED: ("refused", "refused"),
    Verdict.FAILS: ("fails", "fail"),
    Verdict.INCONCLUSIVE: ("inconclusive", "inconclusive"),
    Verdict.WAIVED: ("waived", "waived"),
    Verdict.NOT_EXERCISED: ("not exercised", "not exercised"),
    Verdict.NOT_RUN: ("not run", "not run"),
}
#: They are counted beside the checks that hold.
_BESIDE = {Verdict.NOT_EXERCISED, Verdict.REFUSED}
#: The result of some checks of which only a part was run.
PARTLY_RUN = "partly run"

_SYNCS = {
    "reference": "the reference sync",
    "wait": "a service that runs on its own",
    "sesam": "the pipes of a Sesam node",
    "none": "no sync",
}


def describe_run(record: RunRecord) -> str:
    """Return the verdict, how many checks of the whole were run, and their verdicts."""
    result = f"Checklist: {_describe_whole(record.checks)}."
    if not record.checks:
        return f"{result} Its features cannot be read."
    ran = sum(check.verdict.is_result for check in record.checks)
    total = len(record.checks)
    verb = "was" if ran == 1 else "were"
    return f"{result} {ran} of {total} checks {verb} run: {_count(record.checks)}."


def _describe_whole(checks: Collection[CheckRecord]) -> str:
    """Return the verdict of the checklist; one that rests on waivers states so."""
    result = describe_result(checks)
    is_waived = result.partition(",")[0] == Verdict.WAIVED
    return f"all failures are {result}" if is_waived else result


def describe_tests(record: RunRecord) -> str:
    """Return how many other tests ran, and their verdicts."""
    return f"Other tests: {_count(record.tests)}."


def describe_result(checks: Collection[CheckRecord]) -> str:
    """Return the verdict of some checks as a whole.

    They hold only if all of them were run and hold, except those that are refused or
    not exercised.
    """
    verdicts = {check.verdict for check in checks}
    if not any(verdict.is_result for verdict in verdicts):
        # No check at all is also one that was not run.
        return find_worst(verdicts or {Verdict.NOT_RUN})
    is_partial = Verdict.NOT_RUN in verdicts
    worst = find_worst(verdicts - _BESIDE - {Verdict.NOT_RUN})
    if worst is Verdict.HOLDS and is_partial:
        return PARTLY_RUN
    if worst is Verdict.HOLDS and Verdict.HOLDS not in verdicts:
        return Verdict.REFUSED
    return f"{worst}, {PARTLY_RUN}" if is_partial else worst


def describe_sync(record: RunRecord) -> str:
    """Return which sync was tested."""
    return _SYNCS.get(record.sync, record.sync)


def list_counts(cases: Collection[CaseRecord]) -> Iterator[tuple[Verdict, str]]:
    """Yield each verdict that occurs, with how many have it, such as `2 hold`."""
    counts = Counter(case.verdict for case in cases)
    for verdict, words in _COUNTED.items():
        if count := counts[verdict]:
            yield verdict, f"{count} {words[count != 1]}"


def _count(cases: Collection[CaseRecord]) -> str:
    return ", ".join(text for _, text in list_counts(cases))


def list_sections(
    record: RunRecord,
) -> Iterator[tuple[SectionRecord, list[CheckRecord]]]:
    """Yield each section, with its checks."""
    for section in record.sections:
        yield section, [c for c in record.checks if c.section == section.id]


def list_observations(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield what the sync did where the document leaves it open, by check."""
    for check in record.checks:
        # Where the document states the outcome, an edit that stayed is no news.
        unharmed = check.notes.unharmed if check.basis is Basis.OBSERVED else ()
        for text in chain(check.notes.observed, unharmed):
            yield check.title.partition(", of which")[0], text


def list_questions(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Yield the open questions of sections that were run."""
    askers: dict[str, list[str]] = {}
    for section, checks in list_sections(record):
        questions = (
            section.questions if any(c.verdict.is_result for c in checks) else ()
        )
        for question in questions:
            askers.setdefault(question, []).append(str(section.number))
    for question, numbers in askers.items():
        words = "Section" if len(numbers) == 1 else "Sections"
        yield f"{words} {_enumerate(numbers)}", question


def _enumerate(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
