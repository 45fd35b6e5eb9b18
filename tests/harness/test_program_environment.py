"""A program under test gets the variables of an allow-list, and no production key."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from pathlib import Path

import pytest

from dataflow.errors import NotASandboxError, SettingsError
from dataflow.harness.syncs.environment import program_environment, read_names
from dataflow.harness.syncs.program import CommandSync
from dataflow.harness.syncs.python import PythonSync

#: All that can be read of the environment: by name, and as the system shows it.
SHOW = "import os; print(dict(os.environ), open('/proc/self/environ').read())"

SHELL = {
    "PATH": "/bin",
    "HOME": "/home/qa",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "STRIPE_KEY": "sk_of_others",
    "DATAFLOW_INVOICED_KEY": "left over",
    "CB_KEY": "test_key",
}


@pytest.mark.parametrize("kind", [CommandSync, PythonSync])
def test_a_program_sees_nothing_of_the_shell(
    kind: type[CommandSync | PythonSync],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key of another product in the shell does not reach a program in any way."""
    monkeypatch.setenv("STRIPE_KEY", "sk_of_others")
    (tmp_path / "sync.py").write_text(SHOW)
    python = f"{shlex.quote(sys.executable)} " if kind is CommandSync else ""

    done = kind(f"{python}sync.py", tmp_path).run({"DATAFLOW_SINCE": "1"})

    assert ("sk_of_others" in done.output, "DATAFLOW_SINCE" in done.output) == (
        False,
        True,
    )


def test_the_list_is_closed() -> None:
    """Basic variables and those of the scenario pass, and no others."""
    expected = {
        "PATH": "/bin",
        "HOME": "/home/qa",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "DATAFLOW_SINCE": "1",
    }

    assert expected == program_environment({"DATAFLOW_SINCE": "1"}, (), SHELL)


def test_a_named_variable_passes() -> None:
    """What `--sync-env` or [sync.program] names is passed on."""
    assert "test_key" == program_environment({}, ["CB_KEY"], SHELL)["CB_KEY"]


def test_the_names_of_settings_and_options_add_up() -> None:
    """Both places can name variables."""
    assert ("A", "B") == read_names({"program": {"env": ["A"]}}, ["B"])


@pytest.mark.parametrize("name", ["", "A=B", "A B", "A\n"])
def test_a_wrong_name_is_refused(name: str) -> None:
    """A text that cannot name a variable is one sentence."""
    with pytest.raises(SettingsError, match="env"):
        read_names({}, [name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CB_KEY", "live_3kx81"),
        ("CB_AUTH", "Basic " + base64.b64encode(b"live_3kx81a:").decode()),
        ("CB", json.dumps({"key": "live_3kx81a"})),
        ("CB_URL", "https://acme.chargebee.com/api/v2"),
        ("CB_URL", "https://u:p@acme.chargebee.com/api/v2"),
        ("INVOICED", "https://api.invoiced.com"),
        ("CHARGEBEE_SITE", "acme"),
    ],
)
def test_a_key_of_production_is_refused(name: str, value: str) -> None:
    """A value whose form shows production is refused, although it is on the list."""
    with pytest.raises(NotASandboxError, match=f"variable {name} has a key") as caught:
        program_environment({}, [name], {name: value})

    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CB_KEY", "test_3kx81a"),
        ("CB_URL", "https://acme-test.chargebee.com/api/v2"),
        ("CHARGEBEE_SITE", "acme-test"),
        ("FOLDER", "/home/qa/delive_ry_notes"),
    ],
)
def test_a_value_of_a_test_account_passes(name: str, value: str) -> None:
    """Values of test accounts pass."""
    assert value == program_environment({}, [name], {name: value})[name]
