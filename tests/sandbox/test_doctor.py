"""`dataflow doctor` reports what sandbox accounts lack. Twins are the vendors."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.errors import FeatureError, SettingsError
from dataflow.network.guard import Guard
from dataflow.sandbox.doctor import (
    Finding,
    Needs,
    State,
    currencies_of,
    diagnose,
    examine,
    needs_of,
    status_of,
)
from dataflow.sync.create import SyncSettings
from dataflow.twin.clock import ManualClock
from dataflow.twin.messages import Response
from tests.project import ROOT, Project
from tests.sandbox.accounts import Accounts, accounts, refused

OK, MISSING, UNKNOWN = State.OK, State.MISSING, State.UNKNOWN

NEEDS = Needs(frozenset({"EUR", "USD"}), "invoiced")

#: The time of this machine's clock, and of the twins.
NOW = float(int(time.time()))

CONFIGURATIONS = "GET /api/v2/configurations"


@pytest.fixture
def there() -> Iterator[Accounts]:
    """Serve both twins by the clock of this machine, which stands still."""
    with accounts(ManualClock(int(NOW))) as twins:
        yield twins


@pytest.fixture(autouse=True)
def _with_the_time_of_the_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the command the same time, however late a test runs."""
    monkeypatch.setattr("dataflow.sandbox.command.time.time", lambda: NOW)


def examined(there: Accounts, needs: Needs = NEEDS) -> list[Finding]:
    """Return the findings about both twins."""
    with Guard().watching():
        return list(examine(there.connection, needs, lambda: NOW))


def found(there: Accounts, needs: Needs = NEEDS) -> Mapping[str, tuple[State, str]]:
    """Return the state and the sentence of each finding by its subject."""
    return {each.about: (each.state, each.says) for each in examined(there, needs)}


def test_the_twins_lack_nothing(there: Accounts) -> None:
    """On the twins nothing is missing, and what no read shows is not claimed."""
    states = {about: state for about, (state, _) in found(there).items()}

    assert {
        "Invoiced key": OK,
        "Invoiced environment": OK,
        "Invoiced currencies": UNKNOWN,
        "Invoiced clock": OK,
        "Invoiced rate": UNKNOWN,
        "Chargebee key": OK,
        "Chargebee environment": OK,
        "product catalog": OK,
        "multi-currency": OK,
        "currencies": OK,
        "item family": OK,
        "orders": UNKNOWN,
        "Chargebee clock": OK,
        "Chargebee rate": UNKNOWN,
    } == states


def test_the_doctor_only_reads(there: Accounts) -> None:
    """Each call is a read, and there are five."""
    examined(there)

    assert [
        "GET /customers",
        CONFIGURATIONS,
        "GET /api/v2/currencies/list",
        "GET /api/v2/item_families",
        "GET /api/v2/orders",
    ] == there.calls


@pytest.mark.parametrize(
    ("wrong", "about", "says"),
    [
        (
            {"invoiced_key": "wrong"},
            "Invoiced key",
            "set INVOICED_API_KEY to the values of the sandbox account.",
        ),
        (
            {"chargebee_key": "wrong"},
            "Chargebee key",
            "set CHARGEBEE_API_KEY and CHARGEBEE_SITE to the values of the test site.",
        ),
    ],
    ids=["Invoiced", "Chargebee"],
)
def test_a_wrong_key_is_missing(
    there: Accounts, wrong: dict[str, str], about: str, says: str
) -> None:
    """A key that a vendor refuses is reported; the other vendor is examined."""
    there.connection = replace(there.connection, **wrong)
    findings = examined(there)
    vendor, _, _ = about.partition(" ")
    (finding,) = (each for each in findings if each.about.startswith(vendor))

    assert (about, MISSING, "refused (401: ", True, 1) == (
        finding.about,
        finding.state,
        finding.says[:14],
        finding.says.endswith(says),
        status_of(findings),
    )


def test_a_key_of_another_site_is_missing(there: Accounts) -> None:
    """After a configuration that names another site, no other call is made."""
    there.connection = replace(there.connection, chargebee_site="other-test")
    says = (
        "The key for 'other-test' belongs to the site 'twin-test', according to its"
        " configuration: use a key of the test site."
    )

    assert ((MISSING, says), CONFIGURATIONS) == (
        found(there)["Chargebee environment"],
        there.calls[-1],
    )


def test_an_old_catalog_is_missing(there: Accounts) -> None:
    """A site with the product catalog v1 has no items, nor families of them."""
    there.switch(product_catalog="v1")
    findings = found(there)

    assert (MISSING, UNKNOWN) == (
        findings["product catalog"][0],
        findings["item family"][0],
    )


def test_missing_currencies_are_named(there: Accounts) -> None:
    """The currencies that the features use and the site lacks are named."""
    needs = Needs(frozenset({"EUR", "NZD", "ZAR"}), "invoiced")
    finding = (MISSING, "add NZD, ZAR in the site's settings.")

    assert finding == found(there, needs)["currencies"]


@pytest.mark.parametrize(
    "more",
    [[], [{"currency": {"currency_code": "EUR", "enabled": False}}]],
    ids=["one", "another that is disabled"],
)
def test_a_site_with_one_currency_lacks_others(
    there: Accounts, more: list[object]
) -> None:
    """A site with one currency has no multi-currency; a disabled one does not count."""
    listed = [{"currency": {"currency_code": "USD"}}, *more]
    body = json.dumps({"list": listed}).encode()
    there.instead["GET /api/v2/currencies/list"] = Response(200, body)
    findings = found(there)

    assert (
        (MISSING, "enable it in the site's settings."),
        (MISSING, "add EUR in the site's settings."),
    ) == (findings["multi-currency"], findings["currencies"])


@pytest.mark.parametrize(
    ("family", "says"),
    [
        (
            "invoiced",
            "'invoiced' is absent; the reference sync creates it with an item.",
        ),
        ("goods", "'goods'."),
    ],
)
def test_a_family_is_found_by_its_id(there: Accounts, family: str, says: str) -> None:
    """A family that does not exist is not missing: the sync will create it."""
    there.seed("/item_families", id="goods", name="Goods")

    assert (OK, says) == found(there, Needs(frozenset(), family))["item family"]


@pytest.mark.parametrize(
    ("path", "about", "state"),
    [
        ("/api/v2/orders", "orders", MISSING),
        ("/api/v2/currencies/list", "currencies", UNKNOWN),
        ("/api/v2/item_families", "item family", UNKNOWN),
        ("/api/v2/configurations", "Chargebee key", MISSING),
        ("/customers", "Invoiced key", MISSING),
    ],
)
@pytest.mark.parametrize("status", [403, 404])
def test_a_refused_read_has_its_reason(
    there: Accounts, path: str, about: str, state: State, status: int
) -> None:
    """What a vendor refuses to show is reported with its reason."""
    there.instead[f"GET {path}"] = refused(status)
    finding = found(there)[about]

    assert (state, True) == (finding[0], f"{status}: not now" in finding[1])


@pytest.mark.parametrize(
    ("date", "finding"),
    [
        (formatdate(NOW - 60), (OK, "60 s different from this machine's clock.")),
        (formatdate(NOW + 60), (OK, "60 s different from this machine's clock.")),
        (
            formatdate(NOW - 61),
            (MISSING, "this machine is 61 s ahead of it: set its clock."),
        ),
        (
            formatdate(NOW + 3600),
            (MISSING, "this machine is 3600 s behind it: set its clock."),
        ),
        ("soon", (UNKNOWN, "the vendor's answers have no date.")),
    ],
    ids=["behind", "ahead", "too far behind", "too far ahead", "no date"],
)
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_the_clock_is_compared(
    there: Accounts, vendor: str, date: str, finding: tuple[State, str]
) -> None:
    """A vendor that sends the time shows the error of this machine's clock."""
    there.headers["Date"] = date

    assert finding == found(there)[f"{vendor} clock"]


@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_the_calls_left_are_quoted(there: Accounts, vendor: str) -> None:
    """A vendor that sends the number of calls left is quoted."""
    there.headers["X-RateLimit-Remaining"] = "149"

    assert (OK, "149 calls left.") == found(there)[f"{vendor} rate"]


@pytest.mark.parametrize(
    "answer",
    [
        refused(429),
        refused(503),
        Response(200, b"<html>"),
        Response(200, b"[]"),
        Response(200, b'{"configurations": []}'),
    ],
    ids=["too many", "down", "no JSON", "another shape", "empty"],
)
def test_an_unavailable_vendor_is_reported(there: Accounts, answer: Response) -> None:
    """A vendor that does not answer is reported as such; the other one is examined."""
    there.instead[CONFIGURATIONS] = answer
    findings = examined(there)

    assert ("Chargebee", UNKNOWN, False, 6, 75) == (
        findings[-1].about,
        findings[-1].state,
        findings[-1].asked,
        len(findings),
        status_of(findings),
    )


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"list": [{}]}', b'{"list": 7}'])
def test_a_list_of_another_shape_is_reported(there: Accounts, body: bytes) -> None:
    """A list that cannot be read ends the examination in a sentence."""
    there.instead["GET /api/v2/currencies/list"] = Response(200, body)
    says = "Chargebee is not available: its answer has no 'list'. Try again later."

    assert (UNKNOWN, says) == found(there)["Chargebee"]


def test_a_dead_vendor_is_reported() -> None:
    """Where no server listens, each vendor is reported in one sentence."""
    variables = {
        "INVOICED_API_KEY": "a",
        "INVOICED_API_URL": "http://127.0.0.1:1",
        "CHARGEBEE_API_KEY": "b",
        "CHARGEBEE_SITE": "acme-test",
        "CHARGEBEE_API_URL": "http://127.0.0.1:1/api/v2",
    }
    says = [each.says for each in diagnose(variables, NEEDS, lambda: NOW)]

    assert ["all are set.", *[True] * 4] == [
        says[0],
        says[1].startswith("Invoiced is not available: "),
        "Connection refused" in says[1],
        says[1].endswith("Try again later."),
        says[2]
        == "Chargebee is not available: [Errno 111] Connection refused. Try again"
        " later.",
    ]


def test_missing_variables_are_named() -> None:
    """Without variables no call is made, and they are named."""
    says = (
        "The variables of the sandbox accounts are missing: set INVOICED_API_KEY,"
        " CHARGEBEE_API_KEY, CHARGEBEE_SITE."
    )

    assert [Finding("variables", MISSING, says)] == diagnose({}, NEEDS, lambda: NOW)


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([Finding("a", OK, "")], 0),
        ([Finding("a", UNKNOWN, "")], 0),
        ([Finding("a", UNKNOWN, "", asked=False)], 75),
        ([Finding("a", UNKNOWN, "", asked=False), Finding("b", MISSING, "")], 1),
    ],
)
def test_the_status_follows_the_findings(findings: list[Finding], status: int) -> None:
    """What is missing comes before a vendor that is not available."""
    assert status == status_of(findings)


# The command


def doctor(*arguments: str) -> Result:
    """Run the command in this process."""
    features = ("--features", str(ROOT / "features"))
    return CliRunner().invoke(main, ["doctor", *features, *arguments])


@pytest.fixture
def environment(
    there: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """Set the variables as the help text does, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    there.set_variables(monkeypatch, doctor("--help").stdout)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_the_example_of_the_help_works() -> None:
    """With the variables of the help, nothing is missing."""
    done = doctor()

    assert (0, True, False) == (
        done.exit_code,
        "ok           currencies             EUR, GBP, JPY, USD." in done.stdout,
        "missing" in done.stdout,
    )


@pytest.mark.usefixtures("environment")
def test_a_program_reads_json() -> None:
    """As JSON, each finding has its state and its sentence, and the status is there."""
    report = json.loads(doctor("--json").stdout)

    assert (0, {"about": "product catalog", "state": "ok", "says": "v2."}) == (
        report["status"],
        next(f for f in report["findings"] if f["about"] == "product catalog"),
    )


@pytest.mark.parametrize(
    ("name", "value", "status", "line"),
    [
        ("CHARGEBEE_SITE", "", 1, "missing  variables  The variables of the"),
        ("CHARGEBEE_API_URL", "http://127.0.0.1:1/api/v2", 75, "ok  "),
        ("CHARGEBEE_API_KEY", "wrong-secret", 1, "ok  "),
    ],
    ids=["missing", "down", "wrong key"],
)
def test_the_command_has_a_status_and_shows_no_key(
    environment: pytest.MonkeyPatch, name: str, value: str, status: int, line: str
) -> None:
    """Status 1: something is missing; 75: a vendor is not available."""
    environment.setenv(name, value)
    done = doctor()

    assert (status, True, False, False) == (
        done.exit_code,
        done.stdout.startswith(line),
        "wrong-secret" in done.output,
        "key-of-the" in done.output,
    )


# What the checklist needs


def test_the_currencies_are_those_of_the_features() -> None:
    """All currencies of the features and of new records are found."""
    assert {"EUR", "GBP", "JPY", "USD"} == currencies_of(ROOT / "features")


@pytest.mark.parametrize("text", ['"nzd"', "| nzd |", '"NZD"'])
def test_a_new_currency_is_found(text: str, tmp_path: Path) -> None:
    """A currency that only one step or one cell names is needed, too."""
    project = Project(tmp_path)
    project.append("features/items-item.feature", f"  # {text}\n")

    assert "NZD" in currencies_of(tmp_path / "features")


def test_a_folder_without_features_is_refused() -> None:
    """Without features the needs are unknown."""
    with pytest.raises(FeatureError):
        currencies_of(Path("nowhere"))


@pytest.mark.parametrize(
    ("text", "family"),
    [("", SyncSettings().item_family), ('[sync]\nitem_family = "goods"\n', "goods")],
    ids=["usual", "set"],
)
def test_the_family_is_that_of_the_settings(
    text: str, family: str, tmp_path: Path
) -> None:
    """The item family is the one of dataflow.toml, or the sync's usual one."""
    settings = tmp_path / "dataflow.toml"
    settings.write_text(text, "utf-8")

    assert family == needs_of(ROOT / "features", settings).item_family


@pytest.mark.parametrize("family", ["7", '" "'])
def test_a_family_that_is_no_text_is_refused(family: str, tmp_path: Path) -> None:
    """A wrong setting is shown in a sentence."""
    settings = tmp_path / "dataflow.toml"
    settings.write_text(f"[sync]\nitem_family = {family}\n", "utf-8")

    with pytest.raises(SettingsError, match=r"item_family is .*: write a text"):
        needs_of(ROOT / "features", settings)
