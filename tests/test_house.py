"""The rules of the code that no linter checks.

The layers of the package are contracts of import-linter, in pyproject.toml.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.gates.code import functions

#: The files are parsed once.
pytestmark = pytest.mark.xdist_group("house")

ROOT = Path(__file__).resolve().parents[1]
SRC, STEPS, TESTS = ROOT / "src" / "dataflow", ROOT / "steps", ROOT / "tests"
PROPERTIES, BENCHMARKS = ROOT / "properties", ROOT / "benchmarks"
BROKEN, RIGHT = ROOT / "broken", ROOT / "right"
CODE = (SRC, STEPS, BROKEN, RIGHT, PROPERTIES, TESTS, BENCHMARKS)

#: What is under test, which the harness must not share code with.
UNDER_TEST = ("dataflow.sync",)
#: The one module that starts the reference sync.
STARTER = "dataflow.harness.syncs.reference"


def files_below(*folders: Path) -> list[Path]:
    """Return all Python files below these folders; an empty answer is an error."""
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    assert found, f"there is no Python file in {folders}"
    return found


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return where something stands, as an editor takes it."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{path.relative_to(ROOT)}{line}"


def is_in(module: str, packages: tuple[str, ...]) -> bool:
    """Tell whether a module is one of these or below one of them."""
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def imported_by(path: Path) -> set[str]:
    """Return the project's modules that a file imports, inside of functions too."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path, node)} imports relatively"
            found |= {_module(str(node.module), alias.name) for alias in node.names}
    return {name for name in found if is_in(name, ("dataflow",))}


def _module(package: str, name: str) -> str:
    inside = SRC.parent.joinpath(*package.split("."), name)
    is_module = inside.is_dir() or inside.with_suffix(".py").is_file()
    return f"{package}.{name}" if is_module else package


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    dotted = ".".join(path.relative_to(SRC.parent).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


# How tests are run


def test_a_group_of_tests_is_known_to_the_workers(
    request: pytest.FixtureRequest,
) -> None:
    """Tests of a group run in one worker: pytest-xdist adds the group to their ids."""
    has_groups = bool(request.config.getoption("loadgroup", default=False))

    assert has_groups == request.node.nodeid.endswith("@house")


# Who imports whom


def test_steps_import_neither_twins_nor_sync() -> None:
    """They would share an error with what they check."""
    names = {name for path in files_below(STEPS) for name in imported_by(path)}

    assert [] == [n for n in names if is_in(n, ("dataflow.twin", *UNDER_TEST))]


def test_an_import_inside_a_function_is_an_import(tmp_path: Path) -> None:
    """The rules above read what a function imports when it is called."""
    path = tmp_path / "late.py"
    path.write_text("def late():\n    from dataflow.sync.run import Run\n", "utf-8")

    assert {"dataflow.sync.run"} == imported_by(path)


def test_the_harness_loads_no_code_of_the_sync() -> None:
    """The harness imports neither the sync nor Jinja: a run reads features only."""
    modules = [module_name(path) for path in files_below(SRC / "harness")]
    modules += [f"steps.{path.stem}" for path in files_below(STEPS)]
    others = [name for name in modules if name != STARTER]
    loads = "import importlib, sys; [importlib.import_module(n) for n in sys.argv[1:]]"
    code = f"{loads}; print(*sys.modules, sep='\\n')"

    loaded = subprocess.run(
        [sys.executable, "-c", code, *others],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [] == [n for n in loaded.stdout.split() if is_in(n, (*UNDER_TEST, "jinja2"))]


def test_strangers_are_strangers() -> None:
    """Other syncs import nothing of the project: else they are no second opinion."""
    files = files_below(BROKEN, RIGHT)
    strange = {name for path in files for name in imported_by(path)}

    assert set() == strange


# How things are written


def test_every_module_says_what_it_is_about() -> None:
    """Each module begins with its one subject."""
    files = [ROOT / "conftest.py", *files_below(*CODE)]

    silent = [place(path) for path in files if not ast.get_docstring(tree_of(path))]
    assert [] == silent


def test_every_test_says_what_it_proves() -> None:
    """Each test's docstring is its statement: a name alone does not say the disease."""
    silent = [
        f"{place(path, function)} {function.name}"
        for path in files_below(PROPERTIES, TESTS)
        for function in functions(tree_of(path))
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert [] == silent


def test_test_modules_have_names_of_their_own() -> None:
    """Two test modules of one name: pytest would collect the first and refuse both."""
    files = files_below(PROPERTIES, TESTS)
    names = [path.name for path in files if path.name.startswith("test_")]

    assert sorted(set(names)) == sorted(names)


def test_nobody_sleeps() -> None:
    """Nothing sleeps on its own: what waits for the real clock gets the pause.

    A benchmark may: it simulates a network.
    """
    sleepy = [
        place(path, node)
        for path in files_below(*CODE)
        if path.parent.name != "benchmarks"
        for node in ast.walk(tree_of(path))
        if _is_sleep(node) and not (SRC in path.parents and node in _defaults(path))
    ]

    assert [] == sleepy


def _is_sleep(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "sleep") or (
        isinstance(node, ast.alias) and node.name == "sleep"
    )


def _defaults(path: Path) -> set[ast.AST]:
    """Return what stands for a parameter until something else is handed in."""
    return {
        default
        for function in functions(tree_of(path))
        for default in (*function.args.defaults, *function.args.kw_defaults)
        if default is not None
    }


def test_nothing_is_skipped_without_a_reason() -> None:
    """A test that does not run says why: a silent one is lost for good."""
    unreasoned = [
        place(path, node)
        for path in [ROOT / "conftest.py", *files_below(*CODE)]
        for node in ast.walk(tree_of(path))
        if _is_skip(node) and node not in _with_reasons(tree_of(path))
    ]

    assert [] == unreasoned


def _is_skip(node: ast.AST) -> bool:
    # The name first: it takes a hundredth of the time of writing out the code.
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"skip", "skipif", "xfail", "importorskip"}
        and ast.unparse(node.value) in {"pytest", "pytest.mark"}
    )


def _with_reasons(tree: ast.AST) -> set[ast.AST]:
    """Return the functions of those calls that give a reason."""
    return {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            any(keyword.arg == "reason" for keyword in node.keywords)
            or (ast.unparse(node.func) in {"pytest.skip", "pytest.xfail"} and node.args)
        )
    }


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_packages_come_from_wherever_the_reader_gets_them(name: str) -> None:
    """No file of packages names a host or a folder: it works on one machine only."""
    text = (ROOT / name).read_text("utf-8")

    a_host = r"\w+://|--(?:extra-)?index-url|--find-links"
    a_folder = r"(?<![\w.*)\]-])[/~]/?[A-Za-z]\w*|\b[A-Z]:\\"
    assert [] == re.findall(f"{a_host}|{a_folder}", text)


def test_the_tree_of_the_architecture_is_complete() -> None:
    """The tree in docs/architecture.md has each module but resources of the twins."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    _, tree, _ = page.split("```", 2)
    modules = {path for path in files_below(SRC) if path.stem != "__init__"}
    vendors = [SRC / "twin" / "invoiced", SRC / "twin" / "chargebee"]
    resources = {path for path in modules if path.parent in vendors}
    named = set(re.findall(r"\w+\.py", tree))

    assert (set(), set()) == (
        {path.name for path in modules - resources} - named,
        named - {path.name for path in modules},
    )
