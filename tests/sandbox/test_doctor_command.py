"""`dataflow doctor`, as a person and as a program use it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.errors import FeatureError
from dataflow.sandbox.needs import currencies_of
from dataflow.twin.clock import ManualClock
from dataflow.twin.pair import TwinPair
from tests.harness.project import ROOT, Project

FEATURES = ("--features", str(ROOT / "features"))

VARIABLES = [
    "INVOICED_API_URL",
    "INVOICED_API_KEY",
    "CHARGEBEE_API_URL",
    "CHARGEBEE_API_KEY",
    "CHARGEBEE_SITE",
]


def doctor(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["doctor", *FEATURES, *arguments])


@pytest.fixture(autouse=True)
def _nobody_s_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, and without a person's own variables."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _as_the_help_says(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve twins, and set the variables as the help text does."""
    told = doctor("--help").stdout
    with TwinPair(ManualClock()).serving(0, 0) as at:
        for name, value in re.findall(r"([A-Z_]+)=(\S+)", told):
            here = value.replace("http://127.0.0.1:8101", at.invoiced_url)
            here = here.replace("http://127.0.0.1:8102/api/v2", at.chargebee_url)
            monkeypatch.setenv(name, here)
        yield


@pytest.mark.usefixtures("_as_the_help_says")
def test_the_example_of_the_help_works() -> None:
    """Who does what the help says is told that nothing is missing."""
    done = doctor()

    assert (0, True, False) == (
        done.exit_code,
        "ok           currencies             EUR, GBP, JPY, USD." in done.stdout,
        "missing" in done.stdout,
    )


@pytest.mark.usefixtures("_as_the_help_says")
def test_a_program_reads_json() -> None:
    """As JSON, each finding has its state and its sentence, and the status is there."""
    found = json.loads(doctor("--json").stdout)

    assert (0, {"about": "product catalog", "state": "ok", "says": "v2."}) == (
        found["status"],
        next(f for f in found["findings"] if f["about"] == "product catalog"),
    )


def test_what_is_missing_has_a_status() -> None:
    """Where something is missing, the command ends with status 1."""
    done = doctor()

    assert (1, True) == (
        done.exit_code,
        done.stdout.startswith("missing  variables  The sandbox accounts are not"),
    )


@pytest.mark.usefixtures("_as_the_help_says")
def test_a_dead_vendor_has_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a vendor cannot be asked, the command ends with status 75."""
    monkeypatch.setenv("CHARGEBEE_API_URL", "http://127.0.0.1:1/api/v2")

    assert 75 == doctor().exit_code


@pytest.mark.usefixtures("_as_the_help_says")
def test_no_key_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed holds no key, whatever is wrong with it."""
    monkeypatch.setenv("CHARGEBEE_API_KEY", "wrong-secret")
    done = doctor()

    assert (1, False, False) == (
        done.exit_code,
        "secret" in done.output,
        "key-of-the-invoiced-twin" in done.output,
    )


@pytest.mark.usefixtures("_as_the_help_says")
def test_the_family_of_the_settings_is_looked_for() -> None:
    """The item family is the one that dataflow.toml names."""
    Path("dataflow.toml").write_text('[sync]\nitem_family = "goods"\n', "utf-8")

    assert "'goods' is not there" in doctor().stdout


# What the features need


def test_the_currencies_are_those_of_the_features() -> None:
    """All currencies of the features and of the records made for them are found."""
    assert {"EUR", "GBP", "JPY", "USD"} == currencies_of(ROOT / "features")


@pytest.mark.parametrize("text", ['"nzd"', "| nzd |", '"NZD"'])
def test_a_new_currency_is_found(text: str, tmp_path: Path) -> None:
    """A currency that only one step or one cell names is needed, too."""
    project = Project(tmp_path)
    project.append("features/items-item.feature", f"  # {text}\n")

    assert "NZD" in currencies_of(tmp_path / "features")


def test_no_features_are_told() -> None:
    """Without features nobody knows what is needed."""
    with pytest.raises(FeatureError):
        currencies_of(Path("nowhere"))
