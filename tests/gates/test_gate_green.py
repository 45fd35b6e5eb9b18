"""Gates: what must not be green is red.

The disease: a swallowed error, an expected failure, a skip that nobody explains, a test
that asks for nothing. pytest counts each of them beside what has passed.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.gates.code import asking_nothing, swallowing
from tests.project import ITEMS, ROOT, Project

#: They use one run.
pytestmark = pytest.mark.xdist_group("slipping")

#: What stands between a Then and pytest's verdict.
BETWEEN = (ROOT / "steps", ROOT / "src" / "dataflow" / "harness")
TESTS = (ROOT / "tests", ROOT / "properties")

#: Errors that may end where they are caught, by file and class, with the reason.
MAY_END = {
    ("sandbox.py", "VendorRefusedError"): "what was never made cannot be removed",
    (
        "sandbox.py",
        "VendorUnavailableError",
    ): "a lock that is not given back ends by itself",
    ("twin.py", "CassetteError"): "whoever records looks at the cassette again",
    ("python.py", "BaseException"): "a traceback becomes the output, and status 1",
    ("options.py", "ValueError"): "without pytest-rerunfailures, it has no setting",
    ("recorder.py", "FeatureError"): "the collection has stopped with this error",
    ("fork_server.py", "ProcessLookupError"): "the process to be killed has ended",
    ("fork_server.py", "KeyboardInterrupt"): "a server that is interrupted ends",
    (
        "fork_server.py",
        "ProcessLookupError, ChildProcessError",
    ): "a child that has ended needs no signal",
    ("reports_folder.py", "BlockingIOError"): "the run waits for the other one",
    (
        "story.py",
        "VendorRefusedError, _MissingError",
    ): "an event that cannot happen is listed as refused",
    ("waivers.py", "FileNotFoundError"): "a project without the file waives nothing",
}


def files(*folders: Path) -> list[Path]:
    """Return all Python files below these folders."""
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def swallowed() -> set[tuple[str, str]]:
    """Return where an error may vanish on its way to the verdict: file and class."""
    return {
        (path.name, found.partition(": ")[2])
        for path in files(*BETWEEN)
        for found in swallowing(ast.parse(path.read_text("utf-8")))
    }


def test_no_error_is_swallowed() -> None:
    """Between a Then and the verdict, what catches an error raises or reports it."""
    assert MAY_END.keys() == swallowed()


def test_every_test_asks_for_something() -> None:
    """Each of the project's own tests asserts, or calls what does."""
    trees = {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in files(*TESTS)
    }

    assert [] == asking_nothing(trees)


# In a run of the checklist


#: What the steps of a check do, and whether that is a reason.
SLIPPING = """
import pytest

DOES = {
    "every.new-record": lambda: pytest.skip(),
    "every.already-there": lambda: pytest.xfail("flaky"),
    "every.sync-again": lambda: pytest.skip("no network today"),
}

def pytest_bdd_before_step_call(request):
    DOES[request.node.name]()
"""

PLAIN = '''
import pytest

def test_skips():
    pytest.skip()

def test_skips_with_a_reason():
    pytest.skip("no account today")

@pytest.mark.skip
def test_is_marked():
    """It is left out."""

@pytest.mark.xfail(reason="a reason", strict=False)
def test_passes_all_the_same():
    """It was expected to fail."""

@pytest.mark.xfail(reason="a reason", run=False)
def test_is_not_run():
    """It is left out."""

def test_is_marked_late(request):
    request.applymarker(pytest.mark.xfail(reason="a reason"))
    raise AssertionError
'''

SKIPPED = "The test was skipped without a reason: give a reason."
UNDECLARED = (
    "The check was skipped (no network today), which gives no verdict: declare before"
    " the run that it is not exercised."
)
EXPECTED = "remove the mark, so that the test gives a verdict."


@pytest.fixture(scope="module")
def slipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what a run says of checks and tests that slip away, by name."""
    project = Project(tmp_path_factory.mktemp("slipping"))
    project.append("conftest.py", SLIPPING)
    project.append("test_plain.py", PLAIN)
    checks = "every.new-record", "every.already-there", "every.sync-again"
    places = [f"{ITEMS}::{check}" for check in checks]
    said = project.run("-rA", *places, "test_plain.py").output
    lines = re.findall(r"^_+ (?:ERROR at setup of )?(\S+) _+\n(.+)", said, re.MULTILINE)
    skipped = re.findall(r"^SKIPPED .*: (.+)$", said, re.MULTILINE)
    by_name = {place.rpartition("::")[2]: sentence for place, sentence in lines}
    return by_name | {"skipped": "; ".join(skipped)}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("every.new-record", SKIPPED),
        (
            "every.sync-again",
            UNDECLARED,
        ),
        ("test_skips", SKIPPED),
        ("test_is_marked", SKIPPED),
        ("every.already-there", f"The test has an xfail mark (flaky): {EXPECTED}"),
        (
            "test_passes_all_the_same",
            f"The test has an xfail mark (a reason): {EXPECTED}",
        ),
        (
            "test_is_not_run",
            f"The test has an xfail mark ([NOTRUN] a reason): {EXPECTED}",
        ),
        ("test_is_marked_late", f"The test has an xfail mark (a reason): {EXPECTED}"),
    ],
)
def test_who_slips_away_fails(
    slipped: dict[str, str], name: str, sentence: str
) -> None:
    """A skip that is not declared and an expected failure end with a sentence."""
    assert sentence == slipped.get(name)


def test_a_skip_with_a_reason_is_a_skip(slipped: dict[str, str]) -> None:
    """A test that is no check may be skipped with a reason."""
    assert "no account today" == slipped["skipped"]


# The gates themselves, on planted diseases


@pytest.mark.parametrize(
    ("handler", "where"),
    [
        ("except: pass", "3: everything"),
        ("except RefusedError: pass", "3: RefusedError"),
        ("except RefusedError as e: return", "3: RefusedError"),
        ("except Exception as e: note(e)", "3: Exception"),
        (
            "except (KeyError, AssertionError) as e: note(e)",
            "3: AssertionError, KeyError",
        ),
    ],
)
def test_a_swallowed_error_is_found(handler: str, where: str) -> None:
    """An error that ends where it is caught is found, with its line."""
    text = f"def step():\n    try: look()\n    {handler}"

    assert [where] == list(swallowing(ast.parse(text)))


def test_a_suppressed_error_is_found() -> None:
    """`suppress` swallows as well."""
    text = "with contextlib.suppress(AssertionError):\n    look()"

    assert ["1: AssertionError"] == list(swallowing(ast.parse(text)))


@pytest.mark.parametrize(
    "handler",
    [
        "except RefusedError as e: notes.refused(str(e))",
        "except Exception as e: raise OtherError from e",
        "except AssertionError:\n        tidy_up()\n        raise",
    ],
)
def test_an_error_that_is_told_is_not_blamed(handler: str) -> None:
    """Who raises an error, or tells one that is no finding, does not swallow it."""
    text = f"def step():\n    try: look()\n    {handler}"

    assert [] == list(swallowing(ast.parse(text)))


def test_a_test_that_asks_for_nothing_is_found() -> None:
    """A test that only does things, by the help of others too, is found."""
    text = "def helper(): run()\ndef test_it(): helper()"

    assert ["a.py:2 test_it"] == asking_nothing({"a.py": ast.parse(text)})


@pytest.mark.parametrize(
    "text",
    [
        "def test_it(): assert run()",
        "def test_it():\n    with pytest.raises(KeyError): run()",
        "def helper(): assert run()\ndef test_it(): helper()",
    ],
)
def test_a_test_that_asks_is_not_blamed(text: str) -> None:
    """A test may assert by itself, by what pytest lends, or through a helper."""
    assert [] == asking_nothing({"a.py": ast.parse(text)})
