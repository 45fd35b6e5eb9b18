"""Runs the checklist in fresh environments: it must pass, or give one clear sentence.

`make environments` runs all of them; names as arguments select some. Each environment
is a copy of the project's files and a virtual environment of its own, which uv fills
from its cache. `CASES` is the table of what is expected.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: How a run ends that passes.
PASSED = r"(?m)^95 passed"
#: What no output may contain.
UNCLEAR = ("INTERNALERROR", "Traceback", "Error>", "\\u25")
PYTEST = ("{bin}/pytest", "--no-header", "-q", "features")
#: Root may write everywhere, unless a process has lost this right.
_AS_USER = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
_SECONDS = 600


@dataclass(frozen=True)
class Case:
    """One environment: its packages, command and variables, and how the run must end.

    `install` is what is installed, in the copy. `folder` is where the command runs,
    relative to the copy. `made_read_only` are the parts of the copy that lose the right
    to be written.
    """

    command: Sequence[str] = PYTEST
    packages: Sequence[str] = ()
    install: Sequence[str] = (".",)
    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = "."
    copy: str = "checkout"
    read_only: str = ""
    status: int = 0
    expected: str = PASSED


def _read_only(command: Sequence[str]) -> Sequence[str]:
    return (*_AS_USER, *command) if os.geteuid() == 0 else command


_STEPS = ("{bin}/dataflow", "steps", "caught up")
_WHERE = r"There is no check in \S+: run pytest in "

CASES: Mapping[str, Case] = {
    "pip install .": Case(),
    "pip install -e .": Case(install=("-e", ".")),
    "pytest-asyncio": Case(packages=("pytest-asyncio",)),
    "anyio": Case(packages=("anyio", "trio")),
    "pytest-randomly": Case(packages=("pytest-randomly",)),
    "pytest-randomly, used": Case(
        (*PYTEST, "-p", "randomly"), packages=("pytest-randomly",)
    ),
    "pytest-rerunfailures": Case(packages=("pytest-rerunfailures",)),
    "pytest-rerunfailures, used": Case(
        (*PYTEST, "--reruns", "2"),
        packages=("pytest-rerunfailures",),
        status=4,
        expected="ERROR: --reruns would report a check that fails as one that holds",
    ),
    "pytest-xdist": Case((*PYTEST, "-n", "2"), packages=("pytest-xdist",)),
    "plugin autoload disabled": Case(variables={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}),
    "read-only checkout": Case(
        _read_only(PYTEST),
        read_only=".",
        status=4,
        expected=r"ERROR: \S+/reports cannot be written \(Permission denied\)",
    ),
    "read-only, reports writable": Case(_read_only(PYTEST), read_only="reports"),
    "path with a space": Case(copy="a check out"),
    "path with a space, twins": Case(
        (*PYTEST, "--target", "twin", "-k", "new-record"),
        copy="a check out",
        expected=r"(?m)^3 passed",
    ),
    "80 columns": Case(variables={"COLUMNS": "80"}),
    "40 columns": Case(variables={"COLUMNS": "40"}),
    "no colour": Case(variables={"NO_COLOR": "1", "TERM": "dumb"}),
    "cp1252": Case(variables={"PYTHONIOENCODING": "cp1252"}),
    "locale C, ASCII": Case(
        variables={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ),
    "cp1252, dataflow steps": Case(
        _STEPS,
        variables={"PYTHONIOENCODING": "cp1252"},
        expected="Given the sync has caught up",
    ),
    "inside: features": Case((*PYTEST[:-1],), folder="features"),
    "inside: docs": Case((*PYTEST[:-1],), folder="docs", status=5, expected=_WHERE),
    "inside: dataflow steps": Case(
        _STEPS, folder="docs", expected="Given the sync has caught up"
    ),
    "outside: pytest": Case((*PYTEST[:-1],), folder="..", status=5, expected=_WHERE),
    "outside: pytest PATH": Case((*PYTEST[:-1], "{copy}/features"), folder=".."),
    "outside: dataflow steps": Case(
        _STEPS,
        folder="..",
        status=1,
        expected=r"Error: \S+ is in no project: start the command",
    ),
    "outside: dataflow sync": Case(
        ("{bin}/dataflow", "sync"),
        folder="..",
        status=1,
        expected="Error: There is no feature in features: run this in the folder of",
    ),
    "outside: dataflow prove": Case(
        ("{bin}/dataflow", "prove"),
        folder="..",
        status=1,
        expected="Error: This command runs the checklist of the folder that it is",
    ),
    "installed: dataflow prove": Case(
        ("{bin}/dataflow", "prove", "--only", "drops-currency-edits"),
        expected="Full matrix: reports/prove.html",
    ),
}


@dataclass(frozen=True)
class Result:
    """How a case ended; `complaint` is empty if it ended as expected."""

    name: str
    complaint: str
    line: str
    seconds: float


def run_case(name: str, case: Case, folder: Path) -> Result:
    """Build the environment of a case below a folder, and run its command there."""
    start = time.monotonic()
    copy = folder / case.copy
    _copy_project(copy)
    _install(folder, copy, case)
    if case.read_only:
        _make_read_only(copy, case.read_only)
    environment = folder / "environment"
    words = {"bin": str(environment / "bin"), "copy": str(copy)}
    done = subprocess.run(
        [word.format_map(words) for word in case.command],
        cwd=copy / case.folder,
        env={**_plain_variables(), **case.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    found = re.search(case.expected, output)
    line = output[found.start() :].splitlines()[0] if found else output[-2000:]
    return Result(
        name,
        _complain(case, done.returncode, output, is_found=found is not None),
        line.replace(f"{folder.resolve()}/", ""),
        time.monotonic() - start,
    )


def _complain(case: Case, status: int, output: str, *, is_found: bool) -> str:
    if status != case.status:
        return f"exit status {status} in place of {case.status}"
    if not is_found:
        return f"no output matches {case.expected!r}"
    unclear = next((text for text in UNCLEAR if text in output), None)
    return f"the output contains {unclear}" if unclear else ""


def _copy_project(copy: Path) -> None:
    """Copy what git has, with changes that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)


def _install(folder: Path, copy: Path, case: Case) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if uv is None:
        raise SystemExit("uv is not installed: run `make environments`.")
    environment = folder / "environment"
    target = ("--python", str(environment / "bin" / "python"))
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(environment)],
        [uv, "pip", "install", "--quiet", *target, *case.install, *case.packages],
    ):
        subprocess.run(command, cwd=copy, check=True, capture_output=True)


def _make_read_only(copy: Path, part: str) -> None:
    """Take the right to write away; `reports` means all except the reports."""
    for path in (copy, *copy.rglob("*")):
        is_kept = part == "reports" and copy / "reports" in (path, *path.parents)
        if not (is_kept or path.is_symlink()):
            path.chmod(path.stat().st_mode & ~0o222)


def _plain_variables() -> dict[str, str]:
    """Return the variables without those that would change how pytest runs."""
    left_out = "PYTEST", "PYTHON", "DATAFLOW_", "COLUMNS", "GITHUB_STEP_SUMMARY", "LC_"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    return {**kept, "LANG": "C.UTF-8"}


def _render(results: Iterable[Result]) -> str:
    """Return the results as a table of Markdown, which a terminal shows as well."""
    rows = [("environment", "result", "seconds", "last words")]
    for each in results:
        outcome = f"**{each.complaint}**" if each.complaint else "as expected"
        rows.append((each.name, outcome, f"{each.seconds:.0f}", each.line[:90]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def main(names: Sequence[str]) -> int:
    """Run the cases of these names, or all; return 1 if one ended unexpectedly."""
    results = []
    for name in names or CASES:
        print(f"{name} ...", file=sys.stderr, flush=True)  # noqa: T201 - a command
        with tempfile.TemporaryDirectory(prefix="dataflow-environment-") as folder:
            results.append(run_case(name, CASES[name], Path(folder)))
            _make_writable(Path(folder))
    table = _render(results)
    failed = [each for each in results if each.complaint]
    print(table, *(f"\n{e.name}:\n{e.line}" for e in failed))  # noqa: T201 - a command
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"### Environments\n\n{table}\n")
    return 1 if failed else 0


def _make_writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
