"""`dataflow sync`: one run of the reference sync, and what prevents it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataflow.sync.create import SyncSettings
from dataflow.sync.model import Issue, IssueKind
from dataflow.sync.report import RunReport
from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import LockedTwin
from dataflow.twin.http_server import LOOPBACK, TwinServer
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE
from tests.checklist.documents import REAL
from tests.cli.running import (
    VARIABLES,
    Environment,
    Twins,
    done,
    free_port,
    program,
    run,
    sync_variables,
)


def test_a_sync_makes_counterparts(one_of_each: Twins, features: Path) -> None:
    """A run of the sync makes a counterpart for each record."""
    done("sync", "--features", str(features), environment=one_of_each.environment)
    kinds = ("customer", "order", "item")

    assert [1, 1, 1] == [len(one_of_each.all_of(kind)) for kind in kinds]


@pytest.mark.usefixtures("features")
def test_a_sync_says_what_it_did(one_of_each: Twins) -> None:
    """A run of the sync prints how many records it created; another, that none is."""
    runs = [done("sync", environment=one_of_each.environment) for _ in range(2)]

    assert ["3 created", "nothing to do"] == [run.splitlines()[0] for run in runs]


@pytest.mark.usefixtures("features")
def test_a_listed_property_is_synchronised(one_of_each: Twins) -> None:
    """What the features list reaches the other system."""
    done("sync", environment=one_of_each.environment)
    (order,) = one_of_each.all_of("order")

    assert "EUR" == order["currency_code"]


@pytest.mark.usefixtures("features")
def test_a_record_of_no_section_is_not_synchronised(one_of_each: Twins) -> None:
    """What no feature speaks of is left alone."""
    Path("features/items-item.feature").unlink()
    done("sync", environment=one_of_each.environment)

    assert [] == one_of_each.all_of("item")


@pytest.mark.usefixtures("features")
def test_an_edit_is_synchronised(one_of_each: Twins) -> None:
    """An edit of what the features list reaches the other system."""
    done("sync", environment=one_of_each.environment)
    one_of_each.clock.advance(10)
    (invoice,) = one_of_each.invoiced.get("/invoices").json()
    one_of_each.invoiced.patch(f"/invoices/{invoice['id']}", json={"currency": "gbp"})
    done("sync", environment=one_of_each.environment)
    currencies = {order["currency_code"] for order in one_of_each.all_of("order")}

    assert "GBP" in currencies


def report_of(kind: IssueKind) -> RunReport:
    """Return a report of one issue."""
    return RunReport(issues=[("item", Issue("1", kind, "1 no"))])


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        (RunReport(), 0, "nothing to do\n"),
        (report_of(IssueKind.FAILED), 11, "nothing to do\nrefused: item 1 no\n"),
        (report_of(IssueKind.LATER), 75, "nothing to do\nno answer: item 1 no\n"),
    ],
    ids=["done", "refused", "no answer"],
)
def test_the_status_says_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, outcome: RunReport, status: int, said: str
) -> None:
    """The status differs for done, refused and try again; the output has the reason."""
    monkeypatch.setattr("dataflow.cli.sync.run_once", lambda *_, **__: outcome)
    result = run("sync")

    assert (status, said) == (result.exit_code, result.output)


def test_an_unclear_row_does_not_stop_a_sync(one_of_each: Twins) -> None:
    """A row that the checklist only asks about is none for the sync."""
    rows = [("", "sku", "N/A"), ("name (if known)", "name", '"string"')]
    Path("x.rst").write_text(REAL.document(REAL.usual("Items", "Item", rows)), "utf-8")
    done("transcribe", "x.rst")
    done("sync", environment=one_of_each.environment)

    assert 1 == len(one_of_each.all_of("item"))


def test_an_unknown_section_does_not_stop_a_sync(one_of_each: Twins) -> None:
    """A section of an unknown type is left out by name; the others are synchronised."""
    sections = REAL.usual("Lineitem", "Order"), REAL.usual("Items", "Item")
    Path("x.rst").write_text(REAL.document(*sections), "utf-8")
    done("transcribe", "x.rst")
    result = run("sync", "--no-log", environment=one_of_each.environment)

    sentence = (
        'left out: Invoiced records of "Lineitem", Chargebee orders: no adapter for'
        ' "Lineitem" of Invoiced\n'
    )

    assert (0, sentence, 1) == (
        result.exit_code,
        result.stderr,
        len(one_of_each.all_of("item")),
    )


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("options", [[], ["--full"]], ids=["changes", "full"])
def test_a_second_sync_writes_nothing(one_of_each: Twins, options: list[str]) -> None:
    """Another run, of changes or of everything, leaves Chargebee as it was."""
    kinds = ("customer", "order", "item", "invoice")
    done("sync", environment=one_of_each.environment)
    before = [one_of_each.all_of(kind) for kind in kinds]
    done("sync", *options, environment=one_of_each.environment)

    assert before == [one_of_each.all_of(kind) for kind in kinds]


@pytest.mark.usefixtures("features")
def test_the_settings_are_obeyed(one_of_each: Twins) -> None:
    """The settings in dataflow.toml are used."""
    Path("dataflow.toml").write_text('[sync]\nitem_family = "tools"\n', "utf-8")
    done("sync", environment=one_of_each.environment)
    (item,) = one_of_each.all_of("item")

    assert "tools" == item["item_family_id"]


@pytest.mark.usefixtures("features")
def test_a_program_syncs(one_of_each: Twins) -> None:
    """The installed program syncs, with its environment alone."""
    status, _, log = program("sync", environment=one_of_each.environment)

    assert (0, 3, 1) == (
        status,
        len([json.loads(line)["action"] for line in log.splitlines()]),
        len(one_of_each.all_of("order")),
    )


# What prevents a run


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[sync\n",
            (
                "dataflow.toml is not valid TOML (Expected ']' at the end of a table"
                " declaration (at line 1, column 6)): correct this line."
            ),
        ),
        (
            "sync = 1\n",
            (
                "dataflow.toml has sync = 1 outside of a table: put it below a"
                " heading such as [marks] or [sync]."
            ),
        ),
        (
            "[sync]\nfamily = 'x'\n",
            (
                "dataflow.toml has the unknown setting 'family' in [sync]: use"
                f" {', '.join(SyncSettings.__struct_fields__)}."
            ),
        ),
    ],
    ids=["no TOML", "no table", "no such setting"],
)
@pytest.mark.usefixtures("features")
def test_damaged_settings_are_one_sentence(
    twins: Twins, text: str, sentence: str
) -> None:
    """Settings that make no sense are one sentence, and status 1."""
    Path("dataflow.toml").write_text(text, "utf-8")
    result = run("sync", environment=twins.environment)

    assert (1, f"Error: {sentence}\n") == (result.exit_code, result.output)


def test_no_features_are_one_sentence(twins: Twins) -> None:
    """Without features there is nothing to sync by: one sentence, and status 1."""
    result = run("sync", environment=twins.environment)
    sentence = (
        "Error: There is no feature in features: run this in the folder of the project,"
        " or write them with `dataflow transcribe DOCUMENT`.\n"
    )

    assert (1, sentence) == (result.exit_code, result.output)


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("name", VARIABLES)
def test_a_missing_variable_is_one_sentence(twins: Twins, name: str) -> None:
    """A variable that is not set is named in one sentence, and status 1."""
    there = {key: value for key, value in twins.environment.items() if key != name}
    result = run("sync", environment=there)

    assert (1, f"Error: {name} is not set: the sync needs it.\n") == (
        result.exit_code,
        result.output,
    )


@pytest.mark.usefixtures("features")
def test_the_first_missing_variable_is_one_sentence_of_the_program() -> None:
    """The installed program prints it without a traceback."""
    sentence = "Error: DATAFLOW_INVOICED_URL is not set: the sync needs it.\n"

    assert (1, "", sentence) == program("sync")


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_an_unreachable_host_is_for_later(one_of_each: Twins, vendor: str) -> None:
    """A host that does not answer is one sentence, and status 75: try again."""
    name = f"DATAFLOW_{vendor.upper()}_URL"
    path = "/api/v2" if vendor == "Chargebee" else ""
    url = f"http://{LOOPBACK}:{free_port()}{path}"
    result = run("sync", environment={**one_of_each.environment, name: url})
    begin = f"Error: {vendor} did not answer at {url}"

    assert (75, True, 1) == (
        result.exit_code,
        result.output.startswith(begin),
        len(result.output.splitlines()),
    )


@pytest.mark.night
@pytest.mark.usefixtures("features")
def test_an_unreachable_host_is_for_later_in_the_program() -> None:
    """The installed program ends with status 75 and no traceback."""
    url = f"http://{LOOPBACK}:{free_port()}"
    status, output, complaint = program(
        "sync", environment=sync_variables(url, f"{url}/api/v2")
    )

    assert (75, "", 1) == (status, output, len(complaint.splitlines()))


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_a_wrong_key_is_one_sentence(vendor: str) -> None:
    """A key that is not accepted is one sentence, and status 1."""
    clock = ManualClock()
    keys = {"Invoiced": INVOICED_KEY, "Chargebee": CHARGEBEE_KEY, vendor: "another"}
    invoiced = InvoicedTwin(clock, key=keys["Invoiced"])
    chargebee = ChargebeeTwin(clock, key=keys["Chargebee"], site=SITE)
    with (
        TwinServer(LockedTwin(invoiced).handle) as left,
        TwinServer(LockedTwin(chargebee).handle) as right,
    ):
        result = run(
            "sync", environment=sync_variables(left.url, f"{right.url}/api/v2")
        )
    begin = f"Error: {vendor} does not accept the API key (401): "

    assert (1, True, 1) == (
        result.exit_code,
        result.output.startswith(begin),
        len(result.output.splitlines()),
    )


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    "wrong",
    [
        {"DATAFLOW_CHARGEBEE_KEY": "wrong"},
        {"DATAFLOW_CHARGEBEE_URL": f"http://{LOOPBACK}:1/api/v2"},
        {"DATAFLOW_SINCE": "yesterday"},
    ],
    ids=["key", "host", "time"],
)
def test_a_sync_that_cannot_begin_writes_nothing(
    one_of_each: Twins, wrong: Environment
) -> None:
    """Where the sync cannot begin, nothing is left behind, not even its memory."""
    result = run("sync", environment={**one_of_each.environment, **wrong})
    made = [one_of_each.all_of(kind) for kind in ("customer", "order", "item")]

    assert (True, False, [[], [], []]) == (
        result.exit_code != 0,
        Path("state").exists(),
        made,
    )
