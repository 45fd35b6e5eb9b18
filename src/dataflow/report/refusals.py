"""What must not be signed, with one sentence for each reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from dataflow.checklist.features import read_features
from dataflow.errors import FileError
from dataflow.harness.run_record import RunRecord
from dataflow.harness.verdicts import Verdict
from dataflow.recordings.provenance import find_commit
from dataflow.report.sheet import Meaning, Sheet

#: The clock of a run and that of Allure are read one after the other.
_SLACK = timedelta(seconds=2)


def refuse_unfit(
    root: Path, reports: Path, record: RunRecord, sheet: Sheet, meaning: Meaning
) -> None:
    """Raise `FileError` for a run that cannot be signed with this meaning."""
    reasons = [
        *_find_gaps(root, record, sheet),
        *_find_mixture(reports, record),
        *([] if meaning == "rejected" else _find_objections(record, sheet)),
    ]
    if reasons:
        raise FileError(f"The run cannot be signed as {meaning}: {reasons[0]}.")


def _find_gaps(root: Path, record: RunRecord, sheet: Sheet) -> Iterator[str]:
    """Yield why the sheet would not cover the checklist."""
    if not record.is_whole:
        yield "it is partial; run the whole checklist with `make checklist`"
    features = read_features(root / "features")
    scenarios = {each.ids[0] for one in features for each in one.scenarios}
    checks = {check.id for check in record.checks}
    if others := sorted(checks ^ scenarios):
        yield f"{others[0]} is not in both the features and the run; run it again"
    for check in sheet.list_checks():
        if check.verdict.is_result and check.evidence.kind == "none":
            yield f"{check.id} has no evidence; run it again"
    if (commit := find_commit(root)) != record.commit:
        yield (
            f"it is of commit {record.commit or 'unknown'}, and the tree is at"
            f" {commit or 'unknown'}; run it again"
        )


def _find_mixture(reports: Path, record: RunRecord) -> Iterator[str]:
    """Yield why the results of Allure are not those of this run alone."""
    seen: dict[str, int] = {}
    for path in sorted((reports / "allure-results").glob("*-result.json")):
        result = json.loads(path.read_bytes())
        began = datetime.fromtimestamp(result["start"] / 1000, record.start.tzinfo)
        if not record.start - _SLACK <= began <= record.end + _SLACK:
            yield f"{path.name} is a result of another run; run it again"
        seen[result["fullName"]] = seen.get(result["fullName"], 0) + 1
    for check in record.checks:
        if check.verdict is not Verdict.NOT_RUN and seen.get(check.id) != 1:
            count = seen.get(check.id, 0)
            yield f"{check.id} has {count} results in allure-results; run it again"


def _find_objections(record: RunRecord, sheet: Sheet) -> Iterator[str]:
    """Yield why the run can only be rejected."""
    for verdict in (Verdict.FAILS, Verdict.INCONCLUSIVE):
        found = [check.id for check in record.checks if check.verdict is verdict]
        if found:
            yield f"{found[0]} {_say(verdict)}; waive it, or use --meaning rejected"
    failed = [
        t.id for t in record.tests if not t.verdict.is_pass and t.verdict.is_result
    ]
    if failed:
        yield f"{failed[0]} fails; correct it, or use --meaning rejected"
    if not sheet.is_clean:
        yield "the tree had changes; commit them and run it again"


def _say(verdict: Verdict) -> str:
    return "fails" if verdict is Verdict.FAILS else "is inconclusive"
