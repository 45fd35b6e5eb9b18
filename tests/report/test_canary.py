"""No output of a run contains a secret: in no encoding, place or end of the run."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import NEW_ITEM, ROOT, Project, environment
from tests.report.canary import ENCODINGS, SECRET, find_files, find_secret

#: A sync that writes the secret to both of its streams, and then fails or waits.
SYNC = """
import sys, time
sys.path.append({root!r})
from tests.report.canary import ENCODINGS
for name, text in ENCODINGS.items():
    print(name, text)
    print(name, text, file=sys.stderr)
print("x" * 1990 + ENCODINGS["plain"], flush=True)
open("started", "w").close()
if {waits}:
    time.sleep(60)
raise SystemExit({status})
"""

#: What a user can write to, in a hook, a fixture and a test.
CONFTEST = """
import logging, sys, warnings
sys.path.append({root!r})
import allure, pytest
from tests.report.canary import ENCODINGS

TEXT = "\\n".join(f"{{name}}: {{text}}" for name, text in ENCODINGS.items())

def pytest_report_header():
    return TEXT

def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(TEXT)

def pytest_sessionfinish():
    if {raises}:
        raise RuntimeError("[/a] " + TEXT)

@pytest.fixture(autouse=True)
def _around(request):
    print(TEXT)
    print(TEXT, file=sys.stderr)
    logging.getLogger("canary").warning(TEXT)
    request.node.user_properties.append(("canary", TEXT))
    allure.attach(TEXT, "text")
    allure.attach(b"\\xff\\xfe" + ENCODINGS["plain"].encode(), "bytes")
    allure.dynamic.title("title " + TEXT)
    allure.dynamic.description(TEXT)
    allure.dynamic.link("https://x.example/" + ENCODINGS["percent"], name=TEXT)
    allure.dynamic.parameter("parameter", TEXT)
    allure.dynamic.label("label", ENCODINGS["base64"])
    yield
    print(TEXT)
    if {fails}:
        warnings.warn(TEXT)
"""

#: Where the conftest and the sync above write the secret.
PLACES = 18

#: The way in which a run ends, and the status of pytest.
ENDS = ("pass", "fail", "Ctrl-C", "SIGTERM", "hook", "full disk")


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(end, marks=() if end == "fail" else pytest.mark.night)
        for end in ENDS
    ],
)
def test_no_secret_is_written(end: str, project: Project) -> None:
    """All bytes of the terminal and of all files are searched; none is the secret."""
    folder = project.folder
    is_stopped = end in {"Ctrl-C", "SIGTERM"}
    (folder / "sync.py").write_text(
        SYNC.format(root=str(ROOT), waits=is_stopped, status=int(end == "fail"))
    )
    project.append(
        "conftest.py",
        CONFTEST.format(root=str(ROOT), raises=end == "hook", fails=end == "fail"),
    )
    sources = {path for path in folder.rglob("*") if path.is_file()}
    output = _run(folder, end)
    found = [str(path.relative_to(folder)) for path in find_files(folder, sources)]
    print(f"{len(ENCODINGS)} encodings x {PLACES} places x {len(ENDS)} ends")  # noqa: T201

    assert ([], "") == (found, find_secret(output))


def _run(folder: Path, end: str) -> bytes:
    """Run one check with the sync, end the run, and return its output."""
    sync = f"command: {shlex.quote(sys.executable)} sync.py"
    limit = "ulimit -f 4; " if end == "full disk" else ""
    command = shlex.join(
        [
            *(sys.executable, "-m", "pytest", "--target", "twin", "-v", "-rA"),
            *("--sync-env", "QA_ACCESS", "--sync", sync, NEW_ITEM),
        ]
    )
    with subprocess.Popen(
        ["bash", "-c", f"{limit}exec {command}"],
        cwd=folder,
        env=environment(has_reports=True) | {"QA_ACCESS": SECRET, "PY_COLORS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as run:
        if end in {"Ctrl-C", "SIGTERM"}:
            _wait_for(folder / "started", run)
            run.send_signal(signal.SIGINT if end == "Ctrl-C" else signal.SIGTERM)
        return run.communicate(timeout=120)[0]


def _wait_for(path: Path, run: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if path.exists():
            return
        try:
            run.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"there is no {path}")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_each_encoding(encoding: str) -> None:
    """The search would find what it looks for."""
    assert find_secret(f"some {ENCODINGS[encoding]} text".encode())
