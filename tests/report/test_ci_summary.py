"""`dataflow summary`: the results of runs as Markdown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from dataflow.checklist.check import Basis
from dataflow.cli import main
from dataflow.harness.run_record import (
    RUN_RECORD,
    VERSION,
    CaseRecord,
    CheckRecord,
    RunRecord,
    write_run_record,
)
from dataflow.harness.verdicts import Verdict

MOMENT = datetime(2026, 11, 29, tzinfo=UTC)
CHECK = "items-item.name.edited-in-invoiced"
ANOTHER = "items-item.every.new-record"


def check(name: str, verdict: Verdict = Verdict.HOLDS, reason: str = "") -> CheckRecord:
    """Return a check of a run."""
    return CheckRecord(
        id=name,
        section="items-item",
        title="A title",
        basis=Basis.STATED,
        verdict=verdict,
        reason=reason,
    )


#: A check of each verdict, and a plain test.
RUN = RunRecord(
    version=VERSION,
    target="twin",
    sync="command: a=b",
    weather="fair",
    start=MOMENT,
    end=MOMENT,
    status=1,
    is_whole=False,
    versions={"dataflow": "1", "invoiced": "3.0.0", "chargebee": "4.0.0"},
    checks=(
        check("items-item.every.other"),
        check(CHECK, Verdict.FAILS, "the name is\n\n`Old`"),
        check(ANOTHER, Verdict.INCONCLUSIVE, "Chargebee is not available"),
        check("items-item.every.third", Verdict.REFUSED),
        check("items-item.every.fourth", Verdict.NOT_EXERCISED),
        check("items-item.every.fifth", Verdict.NOT_RUN),
    ),
    tests=(
        CaseRecord(
            id="tests/test_plain.py::test_plain",
            verdict=Verdict.FAILS,
            phase="setup",
            reason="no account",
        ),
    ),
)

PROVED = {
    "proven": False,
    "unbroken": {"checks": 90, "wrongly_failed": [ANOTHER]},
    "broken": [
        {"name": "drops-edits", "verdict": "caught", "ok": True, "named": [CHECK]},
        {
            "name": "drops-names",
            "verdict": "partly",
            "ok": False,
            "named": [CHECK, ANOTHER],
            "met": {CHECK: "held", ANOTHER: "failed"},
        },
    ],
}

ACQUITTED = {
    "acquitted": False,
    "runs": 3,
    "checks_held": 268,
    "troubles": {"lag": 7},
    "trials": [
        {"sync": "reference", "failed": {}, "missing": []},
        {"sync": "loop", "failed": {CHECK: "pytest -m it"}, "missing": [ANOTHER]},
    ],
}


@pytest.fixture(autouse=True)
def _run_in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, outside of a CI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    Path("reports").mkdir()


def summary(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["summary", *arguments])


def summary_of(name: str, text: str) -> str:
    """Return the summary of a file with this text."""
    path = Path("reports", name)
    path.write_text(text, "utf-8")
    return summary(str(path)).stdout


@pytest.fixture
def shown() -> str:
    """Return the summary of the last run, which is the default."""
    write_run_record(RUN_RECORD, RUN)
    return summary().stdout


@pytest.mark.parametrize(
    "text",
    [
        (
            "### Checklist: fails, partly run. 4 of 6 checks were run: 1 holds,"
            " 1 refused, 1 fails, 1 inconclusive, 1 not exercised, 1 not run. Other"
            " tests: 1 fails."
        ),
        (
            " (target `twin`, sync `command: a=b`, invoiced `3.0.0`, chargebee"
            " `4.0.0`)\n"
        ),
        (
            "**Failed checks**\n\n"
            f"- `{CHECK}` `the name is 'Old'`\n"
            "- `tests.test_plain::test_plain` `no account`\n"
        ),
        f"**Inconclusive checks**\n\n- `{ANOTHER}` `Chargebee is not available`\n",
    ],
    ids=["count", "circumstances", "failures", "inconclusive"],
)
def test_a_run_is_summarised(shown: str, text: str) -> None:
    """The summary counts verdicts, and names checks by id and tests like JUnit."""
    assert text in shown


def test_the_message_of_a_check_is_shown() -> None:
    """A failed check has its message, and not its scenario."""
    failed = check(CHECK, Verdict.FAILS, "features/x.feature:1 Given ... It is gone.")
    failed = msgspec.structs.replace(failed, message="It is gone.")
    write_run_record(RUN_RECORD, msgspec.structs.replace(RUN, checks=(failed,)))

    assert f"- `{CHECK}` `It is gone.`\n" in summary().stdout


def test_a_long_reason_is_cut() -> None:
    """Of a long reason, the beginning is shown."""
    run = msgspec.structs.replace(RUN, checks=(check(CHECK, Verdict.FAILS, "x" * 999),))
    write_run_record(RUN_RECORD, run)

    assert f"- `{CHECK}` `{'x' * 300} ...`\n" in summary().stdout


def test_a_named_record_is_read() -> None:
    """A record elsewhere is read where it is named."""
    write_run_record(Path("other.json"), RUN)

    assert "### Checklist: fails" in summary("other.json").stdout


@pytest.mark.parametrize(
    "line",
    [
        (
            "### Not proven: 1 of 2 broken syncs have the expected result, and the"
            " unbroken one fails 1 of 90 checks"
        ),
        f"- `drops-names` (partly) passes `{CHECK}`",
        f"- `{ANOTHER}`",
    ],
)
def test_a_proof_names_what_was_not_caught(line: str) -> None:
    """The summary names the broken syncs that a check of theirs did not catch."""
    assert line in summary_of("prove.json", json.dumps(PROVED)).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "### Not acquitted: of 3 runs of good syncs 1 failed, 268 checks held",
        f"- `{CHECK}` `pytest -m it`",
        f"- `{ANOTHER}` of `loop` has no result",
    ],
)
def test_a_false_alarm_is_named(line: str) -> None:
    """The summary names each false alarm, with the command that repeats it."""
    assert line in summary_of("acquit.json", json.dumps(ACQUITTED)).splitlines()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.json", '{"version": 2'),
        ("run.json", '{"version": 1}'),
        ("prove.json", ""),
        ("prove.json", "[]"),
        ("prove.json", '{"proven": true}'),
    ],
)
def test_a_damaged_file_is_reported(name: str, text: str) -> None:
    """Half a file, as a stopped run leaves it, is reported without a traceback."""
    assert f"### {Path('reports', name)} has no results" in summary_of(name, text)


def test_a_missing_file_is_reported() -> None:
    """A run that was stopped leaves no record, and the summary reports it."""
    done = summary()

    assert (0, True) == (
        done.exit_code,
        done.stdout.startswith("### reports/run.json has no results"),
    )


def test_the_summary_is_appended_to_the_page_of_the_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a file that a CI names, the summary follows that of other steps."""
    Path("page.md").write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "page.md")
    done = summary()

    page = Path("page.md").read_text("utf-8")
    assert ("", True) == (
        done.stdout,
        page.startswith("before\n### reports/run.json has no results"),
    )


def test_a_page_that_cannot_be_written_is_one_sentence() -> None:
    """A file that cannot be written ends the command with status 1."""
    done = summary("--to", "nowhere/page.md")

    assert (1, True) == (
        done.exit_code,
        "nowhere/page.md cannot be written" in done.stderr,
    )
