"""`make propose`: what a run on sandboxes has shown, as a pull request."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workflows import ROOT


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone in which a run on sandboxes has recorded something."""
    monkeypatch.chdir(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Night")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "night@example.com")
    clone = tmp_path / "clone"
    git("init", "--quiet", "--bare", "--initial-branch", "main", "origin")
    git("clone", "--quiet", "origin", str(clone))
    shutil.copy(ROOT / "Makefile", clone)
    (clone / "src" / "dataflow").mkdir(parents=True)
    for name in ("redact.py", "secret_forms.py", "secret_scan.py"):
        shutil.copy(ROOT / "src" / "dataflow" / name, clone / "src" / "dataflow")
    for name in ("cassettes", "tests/contract/shapes"):
        (clone / name).mkdir(parents=True)
        (clone / name / "one.json").write_text("{}\n")
    monkeypatch.chdir(clone)
    git("add", ".")
    git("commit", "--quiet", "--message", "Begin")
    git("push", "--quiet", "origin", "HEAD:main")
    (clone / "cassettes" / "two.json").write_text("{}\n")
    return clone


def git(*arguments: str) -> str:
    """Run git here, and return what it says."""
    done = subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def propose(folder: Path, monkeypatch: pytest.MonkeyPatch, opened: int = 0) -> str:
    """Run `make propose` where so many pull requests are open; return calls of gh."""
    gh = folder.parent / "bin" / "gh"
    gh.parent.mkdir(exist_ok=True)
    gh.write_text(f'#!/bin/sh\necho "$1 $2" >> {folder.parent}/calls\necho {opened}\n')
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", str(gh.parent), prepend=":")
    subprocess.run(["make", "propose"], cwd=folder, check=True)
    calls = folder.parent / "calls"
    return calls.read_text() if calls.is_file() else ""


def test_what_is_new_is_proposed(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded is pushed to a branch, and a pull request is opened."""
    calls = propose(recorded, monkeypatch)
    pushed = git("ls-tree", "--name-only", "origin/sandbox-recordings", "cassettes/")

    assert ("pr list\npr create\n", "cassettes/one.json\ncassettes/two.json\n") == (
        calls,
        pushed,
    )


def test_an_open_proposal_is_replaced(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request that waits gets the new recordings, and no second comes."""
    propose(recorded, monkeypatch)
    git("switch", "--quiet", "--discard-changes", "--detach", "origin/main")
    (recorded / "cassettes" / "one.json").write_text("[]\n")
    calls = propose(recorded, monkeypatch, opened=1)

    assert ("pr list\npr create\npr list\n", "[]\n") == (
        calls,
        git("show", "origin/sandbox-recordings:cassettes/one.json"),
    )


def test_nothing_new_is_not_proposed(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the sandboxes have shown nothing new, nobody is asked to read it."""
    (recorded / "cassettes" / "two.json").unlink()
    calls = propose(recorded, monkeypatch)

    assert ("", "main\n") == (
        calls,
        git("branch", "--remotes", "--format", "%(refname:lstrip=3)"),
    )


def test_other_files_are_not_proposed(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only recordings, confirmations and shapes are committed, and nothing else."""
    for name in ("cassettes/key.pem", "cassettes/.env", "tests/contract/x.json", "a"):
        (recorded / name).write_text("key")
    (recorded / "tests/contract/shapes/new.json").write_text("{}")
    git("add", "a")
    propose(recorded, monkeypatch)
    changed = git("diff", "--name-only", "origin/main", "origin/sandbox-recordings")

    assert "cassettes/two.json\ntests/contract/shapes/new.json\n" == changed


@pytest.mark.parametrize("secret", ["live_abcdefghij0123456789", "redis://:pw@host"])
def test_a_secret_is_not_proposed(
    secret: str, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is committed where a file contains what has the form of a secret."""
    (recorded / "cassettes" / "two.json").write_text(f'{{"a": "{secret}"}}')
    with pytest.raises(subprocess.CalledProcessError):
        propose(recorded, monkeypatch)

    assert "main" == git("branch", "--show-current").strip()
