"""`dataflow summary`: what came of a run, where a CI shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main

CHECK = "items-item.name.edited-in-invoiced"
ANOTHER = "items-item.every.new-record"

#: A check that holds, one that fails, one that nobody could tell, and a plain test.
JUNIT = f"""<?xml version='1.0' encoding='utf-8'?>
<testsuites><testsuite>
  <testcase classname="features" name="one">
    <properties><property name="check" value="items-item.every.other"/></properties>
  </testcase>
  <testcase classname="features" name="two">
    <properties><property name="check" value="{CHECK}"/></properties>
    <failure message="the name is&#10;&#10;`Old`">and a trace</failure>
  </testcase>
  <testcase classname="features" name="three">
    <properties>
      <property name="check" value="{ANOTHER}"/>
      <property name="verdict" value="inconclusive"/>
    </properties>
    <failure message="Chargebee could not be asked"/>
  </testcase>
  <testcase classname="tests.test_plain" name="test_plain">
    <error message="no account"/>
  </testcase>
</testsuite></testsuites>
"""

PROVED = {
    "proven": False,
    "unbroken": {"checks": 90, "wrongly_failed": [ANOTHER]},
    "broken": [
        {"name": "drops-edits", "verdict": "caught", "named": [CHECK], "met": {}},
        {
            "name": "drops-names",
            "verdict": "partly",
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
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, and where no CI listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    Path("reports").mkdir()


def summary(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["summary", *arguments])


def told(name: str, text: str) -> str:
    """Return what the command says of a file that holds this text."""
    path = Path("reports", name)
    path.write_text(text, "utf-8")
    return summary(str(path)).stdout


def test_a_run_of_checks_is_counted() -> None:
    """The headline counts what failed, what could not be told, and what passed."""
    assert (
        "### 2 failed, 1 inconclusive, 1 passed"
        == (told("junit.xml", JUNIT).splitlines()[0])
    )


def test_a_check_that_fails_is_named() -> None:
    """A failed check is named by its id, with what it says on one line."""
    assert f"- `{CHECK}` `the name is 'Old'`\n" in told("junit.xml", JUNIT)


def test_a_plain_test_that_fails_is_named() -> None:
    """A test that is no check is named as pytest does."""
    assert "- `tests.test_plain::test_plain` `no account`\n" in told("junit.xml", JUNIT)


def test_what_could_not_be_told_is_apart() -> None:
    """A vendor that could not be asked is not among what does not hold."""
    assert told("junit.xml", JUNIT).endswith(
        f"**What could not be told**\n\n- `{ANOTHER}` `Chargebee could not be asked`\n"
    )


def test_the_last_run_is_read_unless_told() -> None:
    """Without a name, the command tells of the last run of pytest."""
    named = told("junit.xml", JUNIT)

    assert named == summary().stdout


def test_where_it_ran_is_told() -> None:
    """The target and the versions of the SDKs stand in the headline."""
    folder = Path("reports", "allure-results")
    folder.mkdir()
    properties = "target=twin\nsync=command: a=b\nevidence=twin\nchargebee=4.0.0\n"
    (folder / "environment.properties").write_text(properties, "utf-8")
    headline = told("junit.xml", JUNIT).splitlines()[0]

    assert headline.endswith(
        "passed, target `twin`, sync `command: a=b`, chargebee `4.0.0`"
    )


@pytest.mark.parametrize(
    "line",
    [
        (
            "### Not proven: 1 of 2 broken syncs come out as they must, and the"
            " unbroken one fails 1 of 90 checks"
        ),
        f"- `drops-names` (partly) gets past `{CHECK}`",
        f"- `{ANOTHER}`",
    ],
)
def test_a_matrix_names_what_speaks_against_it(line: str) -> None:
    """Of the matrix, those syncs are named that get past a check that names them."""
    assert line in told("prove.json", json.dumps(PROVED)).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "### Not acquitted: of 3 runs of right syncs 1 red, 268 checks held",
        f"- `{CHECK}` `pytest -m it`",
        f"- `{ANOTHER}` of `loop` has no result",
    ],
)
def test_a_false_alarm_is_named(line: str) -> None:
    """Of the trials, each false alarm is named, with how to have it again."""
    assert line in told("acquit.json", json.dumps(ACQUITTED)).splitlines()


@pytest.mark.parametrize(
    ("name", "text"),
    [("junit.xml", "<testsuites>"), ("prove.json", ""), ("prove.json", "[]")],
)
def test_half_a_file_tells_that_the_run_was_stopped(name: str, text: str) -> None:
    """What a stopped run has left is no reason for silence, nor for a trace."""
    assert f"### {Path('reports', name)} tells nothing" in told(name, text)


def test_no_file_tells_that_the_run_was_stopped() -> None:
    """A run that never came to its end has no file, and that is told."""
    done = summary()

    assert (0, True) == (
        done.exit_code,
        done.stdout.startswith("### reports/junit.xml tells nothing"),
    )


def test_it_is_added_to_the_page_of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a CI names a file, the summary follows what other steps have put there."""
    Path("page.md").write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "page.md")
    done = summary()

    page = Path("page.md").read_text("utf-8")
    assert ("", True) == (
        done.stdout,
        page.startswith("before\n### reports/junit.xml tells nothing"),
    )


def test_a_page_that_cannot_be_written_is_one_sentence() -> None:
    """A folder that is not there is told, with what to do."""
    done = summary("--to", "nowhere/page.md")

    assert (1, True) == (
        done.exit_code,
        "nowhere/page.md cannot be written" in done.stderr,
    )
