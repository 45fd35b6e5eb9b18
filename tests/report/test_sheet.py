"""The sign-off sheet: what its data and its page state."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from dataflow.checklist.check import Basis
from dataflow.harness.run_record import Wait
from dataflow.harness.verdicts import Verdict
from dataflow.report.sheet import (
    Evidence,
    Sheet,
    SheetCheck,
    SheetSection,
    SheetStatement,
    describe_age,
    judge_run,
    list_changes,
)
from dataflow.report.sheet_builder import SheetBuilder
from dataflow.report.sheet_page import render_page
from tests.cases import cases
from tests.report.signing import (
    CHECK,
    HOLDS,
    SignedProject,
    create,
    make_key,
)

pytestmark = pytest.mark.xdist_group("sign")

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SignedProject:
    """Return a project with the results of a run."""
    keys = tmp_path_factory.mktemp("keys")
    make_key(keys, "ada")
    made = create(tmp_path_factory.mktemp("sheet"), keys)
    settings = '[report]\nowner = "Ada"\nsync_version = "7"\n'
    (made.folder / "dataflow.toml").write_text(settings, "utf-8")
    return made


def build(project: SignedProject, **changed: object) -> Sheet:
    """Return the sheet of a run with another field."""
    record = structs.replace(project.read_record(), **changed)
    return SheetBuilder(project.folder, record, NOW).build()


def a_check(check: str = CHECK, verdict: Verdict = Verdict.HOLDS) -> SheetCheck:
    """Return a check of a sheet."""
    return SheetCheck(
        id=check,
        title="One",
        severity="critical",
        owner="Ada",
        verdict=verdict,
        evidence=Evidence(kind="none"),
    )


def with_checks(sheet: Sheet, *checks: SheetCheck) -> Sheet:
    """Return a sheet with these checks."""
    section = SheetSection(1, "A shop", (SheetStatement("Every", tuple(checks)),))
    return structs.replace(sheet, sections=(section,))


def test_a_recording_of_accounts_has_the_age_of_the_vendor_s_time(
    project: SignedProject,
) -> None:
    """The evidence is as old as the vendor's time in the cassette."""
    (check,) = build(project).list_checks()

    assert (
        "recorded",
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        "9 days",
        (1,),
    ) == (
        check.evidence.kind,
        check.evidence.at,
        check.evidence.age,
        check.evidence.assumed,
    )


@cases(
    "target, kind", {"twins": ("twin", "twin only"), "accounts": ("sandbox", "live")}
)
def test_the_target_determines_the_kind_of_evidence(
    project: SignedProject, target: str, kind: str
) -> None:
    """A run on twins is evidence of twins only, one on accounts is live."""
    (check,) = build(project, target=target).list_checks()

    assert kind == check.evidence.kind


@cases(
    "basis, severity",
    {
        "stated": (Basis.STATED, "critical"),
        "inferred": (Basis.INFERRED, "normal"),
        "observed": (Basis.OBSERVED, "minor"),
    },
)
def test_the_basis_determines_the_severity(
    project: SignedProject, basis: Basis, severity: str
) -> None:
    """A stated check is critical, an inferred one normal, an observed one minor."""
    checks = (structs.replace(HOLDS, basis=basis),)
    (check,) = build(project, checks=checks).list_checks()

    assert (severity, "Ada") == (check.severity, check.owner)


@cases(
    "sync, version",
    {"the reference sync": ("reference", "0.1.0"), "a program": ("command: x", "7")},
)
def test_the_sync_has_its_version(
    project: SignedProject, sync: str, version: str
) -> None:
    """The version of another sync is a setting."""
    assert version == build(project, sync=sync).sync_version


@cases(
    "verdicts, expected",
    {
        "all hold": ({Verdict.HOLDS, Verdict.REFUSED}, "PASSED"),
        "waived": ({Verdict.HOLDS, Verdict.WAIVED}, "WARNED"),
        "inconclusive": ({Verdict.HOLDS, Verdict.INCONCLUSIVE}, "WARNED"),
        "not run": ({Verdict.HOLDS, Verdict.NOT_RUN}, "WARNED"),
        "not exercised": ({Verdict.HOLDS, Verdict.NOT_EXERCISED}, "WARNED"),
        "no check": (set(), "WARNED"),
        "fails": ({Verdict.FAILS, Verdict.WAIVED}, "FAILED"),
    },
)
def test_only_a_run_in_which_all_holds_has_passed(
    verdicts: set[Verdict], expected: str
) -> None:
    """What was not run or has no result is never better than a warning."""
    assert expected == judge_run(verdicts)


def test_changes_are_checks_gone_new_and_with_another_verdict(
    project: SignedProject,
) -> None:
    """A check that has the same verdict is no change."""
    sheet = build(project)
    before = with_checks(sheet, a_check("a"), a_check("b"), a_check("c"))
    now = with_checks(sheet, a_check("a"), a_check("b", Verdict.FAILS), a_check("d"))

    assert [
        "c is gone",
        "d is new",
        "b was *holds*, and is *fails*",
    ] == list_changes(before, now)


@cases("hour, expected", {"today": (1, "today"), "a day": (-13, "1 day")})
def test_an_age_is_in_days(hour: int, expected: str) -> None:
    """The age of evidence counts whole days."""
    at = datetime(2026, 11, 28 + (hour > 0), abs(hour) % 12, tzinfo=UTC)

    assert expected == describe_age(at, NOW)


def test_the_page_shows_each_check_with_verdict_severity_and_owner(
    project: SignedProject,
) -> None:
    """The row of a check leads to Allure's report."""
    page = render_page(build(project))
    row = page.partition(f'<tr id="{CHECK}">')[2].partition("</tr>")[0]
    key = hashlib.md5(f"{CHECK}-one".encode(), usedforsecurity=False).hexdigest()

    assert [] == [
        text
        for text in ("One", "holds", "critical", "Ada", f"html/index.html#{key}")
        if text not in row
    ]


def test_the_page_loads_nothing(project: SignedProject) -> None:
    """The page has no script, and no file or image from elsewhere."""
    page = render_page(build(project))

    assert [] == re.findall(r"<script|<link|<img|<iframe|\ssrc=|url\(|@import", page)


def test_a_failed_check_shows_why(project: SignedProject) -> None:
    """The page has the message, escaped, and the category."""
    message = "total is <40>, not 41"
    checks = (structs.replace(HOLDS, verdict=Verdict.FAILS, message=message),)
    page = render_page(build(project, checks=checks))

    assert "total is &lt;40&gt;, not 41" in page


def test_the_page_plots_the_waits_on_accounts(project: SignedProject) -> None:
    """There is a point for each wait, on a line for each record type."""
    waits = (Wait(what="one order", seconds=4), Wait(what="one item", seconds=2))
    page = render_page(structs.replace(build(project), waits=waits))

    assert (2, 1) == (page.count("<circle"), page.count('cx="580.0"'))


def test_data_and_page_have_the_same_content(project: SignedProject) -> None:
    """The page is rendered from what the JSON file states."""
    done = project.dataflow("report")
    folder = project.folder / "reports"
    held = json.loads((folder / "sign-off.json").read_bytes())

    assert 0 == done.exit_code, done.output
    assert held["model"][:16] in (folder / "sign-off.html").read_text("utf-8")


def test_a_damaged_run_record_is_one_sentence(
    project: SignedProject, tmp_path: Path
) -> None:
    """Damaged results end with status 1, and nothing is written."""
    (tmp_path / "run.json").write_text("{", "utf-8")
    done = project.dataflow("report", "--reports", str(tmp_path))

    assert (1, ["run.json"]) == (done.exit_code, [p.name for p in tmp_path.iterdir()])
    assert "run.json is not a run record" in done.output


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_prints_on_three_sheets_of_a4(
    project: SignedProject, tmp_path: Path
) -> None:
    """A sheet with 95 checks and 30 assumptions prints on at most three pages."""
    checks = [
        structs.replace(
            HOLDS, id=f"shop.every.{n}", title=f"A statement, {'long ' * 9}"
        )
        for n in range(95)
    ]
    assumed = tuple(f"chargebee.{n}: {'A sentence. ' * 8}" for n in range(30))
    sheet = structs.replace(build(project, checks=tuple(checks)), assumptions=assumed)
    (tmp_path / "sheet.html").write_text(render_page(sheet), "utf-8")
    subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu"),
            *(f"--user-data-dir={tmp_path}/profile", "--no-pdf-header-footer"),
            *(f"--print-to-pdf={tmp_path}/sheet.pdf", f"{tmp_path}/sheet.html"),
        ],
        check=True,
        capture_output=True,
    )
    content = (tmp_path / "sheet.pdf").read_bytes()

    assert content.count(b"/Type /Page\n") in {1, 2, 3}
