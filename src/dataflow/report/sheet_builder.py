"""Builds the sign-off sheet from the run record and the files of the project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from dataflow.checklist.features import WrittenFeature, read_document_features
from dataflow.errors import FileError
from dataflow.harness.run_record import RUN_RECORD, CheckRecord, RunRecord
from dataflow.harness.targets.base import CASSETTES, cassette_path
from dataflow.harness.waivers import describe_waiver
from dataflow.recordings.cassette import ACCOUNTS
from dataflow.recordings.provenance import Origin, read_origins
from dataflow.report.ci_summary import describe_score
from dataflow.report.headline import (
    describe_run,
    describe_tests,
    list_observations,
    list_questions,
)
from dataflow.report.settings import ReportSettings, read_report_settings
from dataflow.report.sheet import (
    SEVERITIES,
    VERSION,
    Evidence,
    EvidenceKind,
    Sheet,
    SheetCheck,
    SheetSection,
    SheetStatement,
    describe_age,
    judge_run,
    list_changes,
    shorten_reason,
)

#: The sheet in the folder of a run, as data and as a page.
SHEET = Path("sign-off.json")
#: The folder of signed sheets below the root of the project.
SIGNED = Path("sign-offs")
_RESULTS = Path("allure-results")
_REPORT = Path("html", "index.html")
_DIRTY = "-dirty"
_SCORES = ("prove.json", "acquit.json")


class _Source(msgspec.Struct):
    """The part of a cassette that states where it comes from."""

    target: str
    recorded_at: str


class _Header(msgspec.Struct):
    provenance: _Source


class SheetBuilder:
    """Collects what the sheet of one run states; `now` is the machine's time."""

    def __init__(
        self, root: Path, record: RunRecord, now: datetime, reports: Path | None = None
    ) -> None:
        self._root = root
        self._record = record
        self._now = now
        self._reports = reports or root / RUN_RECORD.parent
        self._settings: ReportSettings = read_report_settings(root)
        self._origins: Mapping[str, Origin] = read_origins(root / CASSETTES)
        self._links = find_links(self._reports)
        found = (text for c in record.checks for text in c.notes.unconfirmed)
        self._assumptions = sorted(set(found))

    def build(self) -> Sheet:
        """Return the sheet; raises `FileError` and `FeatureError`."""
        record = self._record
        sheet = Sheet(
            version=VERSION,
            document=record.document,
            generated=self._settings.generated,
            model=hash_model(read_document_features(self._root / "features")),
            commit=record.commit.removesuffix(_DIRTY),
            is_clean=bool(record.commit) and not record.commit.endswith(_DIRTY),
            target=record.target,
            sync=record.sync,
            sync_version=self._find_sync_version(),
            start=record.start,
            end=record.end,
            is_whole=record.is_whole,
            outcome=judge_run({check.verdict for check in record.checks}),
            headline=describe_run(record),
            evidence=record.evidence,
            sections=tuple(self._build_sections()),
            other_tests=describe_tests(record) if record.tests else "",
            waivers=record.waivers,
            observations=tuple(list_observations(record)),
            refused=tuple(
                (c.title, text) for c in record.checks for text in c.notes.refused
            ),
            questions=tuple(list_questions(record)),
            assumptions=tuple(self._assumptions),
            scores=tuple(self._list_scores()),
            waits=tuple(wait for c in record.checks for wait in c.notes.took),
        )
        before = find_last_signed(self._root / SIGNED, sheet)
        changes = None if before is None else tuple(list_changes(before, sheet))
        return msgspec.structs.replace(sheet, changes=changes)

    def _find_sync_version(self) -> str:
        if self._record.sync == "reference":
            return self._record.versions.get("dataflow", "")
        return self._settings.sync_version

    def _build_sections(self) -> Iterator[SheetSection]:
        for section in self._record.sections:
            statements: dict[str, list[SheetCheck]] = {}
            for check in self._record.checks:
                if check.section == section.id:
                    found = statements.setdefault(check.statement, [])
                    found.append(self._build_check(check))
            yield SheetSection(
                section.number,
                section.name,
                tuple(SheetStatement(t, tuple(c)) for t, c in statements.items()),
            )

    def _build_check(self, check: CheckRecord) -> SheetCheck:
        return SheetCheck(
            id=check.id,
            title=check.title,
            severity=SEVERITIES[check.basis],
            owner=check.waiver.owner if check.waiver else self._settings.owner,
            verdict=check.verdict,
            evidence=self._find_evidence(check),
            category=check.category or "",
            reason=shorten_reason(check),
            waiver=describe_waiver(check.waiver) if check.waiver else "",
            link=self._links.get(check.id, ""),
        )

    def _find_evidence(self, check: CheckRecord) -> Evidence:
        if not check.verdict.is_result or not check.notes.evidence:
            return Evidence(kind="none")
        numbers = tuple(
            self._assumptions.index(text) + 1 for text in check.notes.unconfirmed
        )
        source = "; ".join(check.notes.evidence)
        kind, at = self._find_kind(check)
        if kind == "none":
            return Evidence(kind=kind)
        age = describe_age(at, self._now) if at else "unknown"
        return Evidence(kind=kind, source=source, at=at, age=age, assumed=numbers)

    def _find_kind(self, check: CheckRecord) -> tuple[EvidenceKind, datetime | None]:
        """Return what answered, and when: an account's recording has its own time."""
        if self._record.target == "sandbox":
            return "live", self._record.start
        if self._record.target == "twin":
            return "twin only", self._record.start
        path = cassette_path(self._root / CASSETTES, check.id)
        if not path.is_file():
            return "none", None
        header = _read_header(path)
        if header.provenance.target == ACCOUNTS:
            return "recorded", datetime.fromisoformat(header.provenance.recorded_at)
        origin = self._origins.get(check.id)
        at = datetime.fromisoformat(origin.recorded_at) if origin else None
        return "twin only", at

    def _list_scores(self) -> Iterator[str]:
        for name in _SCORES:
            path = self._reports / name
            if path.is_file():
                day = datetime.fromtimestamp(path.stat().st_mtime, self._now.tzinfo)
                yield f"{describe_score(path)} ({day:%Y-%m-%d})"


def hash_model(features: Sequence[WrittenFeature]) -> str:
    """Return the hash of what the document states, whatever the checks are."""
    model = [
        [
            [f.number, f.section, *f.systems, f.left, f.right],
            [[row.left, row.right, row.type] for row in f.properties],
            [list(f.rules), list(f.questions)],
        ]
        for f in features
    ]
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def find_links(reports: Path) -> dict[str, str]:
    """Return the link to each check in Allure's report, beside the sheet.

    Allure names a result in its page by the MD5 hash of its id.
    """
    links = {}
    for path in sorted((reports / _RESULTS).glob("*-result.json")):
        held = json.loads(path.read_bytes())
        key = hashlib.md5(held["uuid"].encode(), usedforsecurity=False).hexdigest()
        links[held["fullName"]] = f"{_REPORT.as_posix()}#{key}"
    return links


def find_last_signed(folder: Path, sheet: Sheet) -> Sheet | None:
    """Return the newest signed sheet of the same document, target and sync."""
    found = [read_sheet(path) for path in folder.glob(f"*/{SHEET}")]
    alike = [
        each
        for each in found
        if each.approval is not None
        and (each.document, each.target, each.sync)
        == (sheet.document, sheet.target, sheet.sync)
    ]
    return max(alike, key=lambda each: each.end, default=None)


def read_sheet(path: Path) -> Sheet:
    """Return the sheet in a JSON file, or raise `FileError`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Sheet)
    except (OSError, msgspec.DecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FileError(
            f"{path} is not a sign-off sheet of version {VERSION} ({reason}): write it"
            " again with `dataflow report`."
        ) from error


def _read_header(path: Path) -> _Header:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Header)
    except (OSError, msgspec.DecodeError) as error:
        raise FileError(
            f"{path} is not a valid cassette: restore it from git, or record it again."
        ) from error
