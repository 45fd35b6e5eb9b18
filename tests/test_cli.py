"""The `dataflow` command, as a person and as a program use it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from dataflow import __version__
from dataflow.checklist.transcript import HEADER
from dataflow.cli import main
from dataflow.sync.outcome import Outcome
from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.clock import HandClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, TwinPair
from dataflow.twin.server import LOOPBACK, TwinServer
from dataflow.twin.turns import InTurn
from tests.checklist.documents import MADE_UP, REAL, all_forms, real_facts

ROOT = Path(__file__).parents[1]

#: The command as it was installed beside this Python.
COMMAND = Path(sys.executable).with_name("dataflow")

COMMANDS = [
    "acquit",
    "checklist",
    "doctor",
    "news",
    "prove",
    "summary",
    "sweep",
    "sync",
    "transcribe",
    "twin",
]

VARIABLES = [
    "DATAFLOW_INVOICED_URL",
    "DATAFLOW_INVOICED_KEY",
    "DATAFLOW_CHARGEBEE_URL",
    "DATAFLOW_CHARGEBEE_KEY",
    "DATAFLOW_CHARGEBEE_SITE",
    "DATAFLOW_STATE_DIR",
]

#: Far longer than anything here takes.
SECONDS = 30

Environment: TypeAlias = dict[str, str]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, and without a person's own variables."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in [*VARIABLES, "DATAFLOW_SINCE", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def document() -> Path:
    """Return a document that lies in the current folder."""
    path = Path("document.rst")
    path.write_text(real_facts(), "utf-8")
    return path


@pytest.fixture
def features(document: Path) -> Path:
    """Return the features of that document, where `dataflow` looks for them."""
    done("transcribe", str(document))
    return Path("features")


@dataclass(frozen=True)
class Twins:
    """Both twins, and a way to call them."""

    invoiced: httpx.Client
    chargebee: httpx.Client
    clock: HandClock
    environment: Environment

    def make(self, kind: str, **fields: object) -> int:
        """Make a record in Invoiced and return its id."""
        answer = self.invoiced.post(f"/{kind}", json=fields)
        answer.raise_for_status()
        made: int = answer.json()["id"]
        return made

    def all_of(self, kind: str) -> list[dict[str, Any]]:
        """Return the records of one kind in Chargebee, as its list has them."""
        answer = self.chargebee.get(f"/{kind}s", params={"limit": "100"})
        return [entry[kind] for entry in answer.json()["list"]]


def client(url: str, key: str) -> httpx.Client:
    """Return a client of one twin."""
    return httpx.Client(base_url=url, auth=(key, ""))


@pytest.fixture
def twins() -> Iterator[Twins]:
    """Serve both twins, empty."""
    clock = HandClock()
    with (
        TwinPair(clock).serving(0, 0) as addresses,
        client(addresses.invoiced_url, INVOICED_KEY) as invoiced,
        client(addresses.chargebee_url, CHARGEBEE_KEY) as chargebee,
    ):
        environment = told(addresses.invoiced_url, addresses.chargebee_url)
        yield Twins(invoiced, chargebee, clock, environment)


@pytest.fixture
def one_of_each(twins: Twins) -> Twins:
    """Serve twins with a person, an invoice and an item in Invoiced."""
    person = twins.make("customers", name="Ada Lovelace", type="person")
    lines = [{"name": "Paper", "quantity": 1, "unit_cost": 10}]
    twins.make("invoices", customer=person, currency="eur", items=lines)
    twins.make("items", id="paper", name="Paper", unit_cost=10)
    return twins


def told(invoiced_url: str, chargebee_url: str) -> Environment:
    """Return the variables that the sync is told by."""
    return {
        "DATAFLOW_INVOICED_URL": invoiced_url,
        "DATAFLOW_INVOICED_KEY": INVOICED_KEY,
        "DATAFLOW_CHARGEBEE_URL": chargebee_url,
        "DATAFLOW_CHARGEBEE_KEY": CHARGEBEE_KEY,
        "DATAFLOW_CHARGEBEE_SITE": SITE,
        "DATAFLOW_STATE_DIR": "state",
    }


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, arguments, prog_name="dataflow", env=environment)


def done(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run the command, which has to end well, and return what it printed."""
    result = run(*arguments, environment=environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def program(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run the command as a program; return its status, output and complaint."""
    ended = subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


@contextmanager
def twin_program(*command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program that is `dataflow twin`; yield it and the line that it printed."""
    with subprocess.Popen(
        command or (str(COMMAND), "twin"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end; return the status, and what was printed since."""
    output, complaint = process.communicate(timeout=SECONDS)
    return process.returncode, output, complaint


def in_folder(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def example_of(command: str) -> list[str]:
    """Return the arguments of the example in a command's help."""
    found = re.search(r"Example: (.*)", " ".join(done(command, "--help").split()))
    assert found, "the help has no example"
    words = shlex.split(found[1].partition(", ")[0])
    return words[words.index("dataflow") + 1 :]


# Help


def test_the_help_names_all_commands() -> None:
    """Who asks for help is told every command, each with what it does."""
    _, _, listed = done("--help").partition("Commands:\n")

    assert COMMANDS == [line.split()[0] for line in listed.splitlines()]


def test_the_help_of_a_program() -> None:
    """The installed program gives the same help."""
    status, output, complaint = program("-h")

    assert (0, done("-h"), "") == (
        status,
        output,
        complaint,
    )


def test_the_version_is_told() -> None:
    """The command says which version it is."""
    assert f"dataflow, version {__version__}\n" == done("--version")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_example_is_understood(command: str) -> None:
    """The example in a command's help is of that command, and it takes every word."""
    name, *arguments = example_of(command)
    known = main.commands[name]
    with known.make_context(name, arguments, parent=click.Context(main)):
        assert command == name


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_an_example_works(command: str) -> None:
    """The example in a command's help works as it stands."""
    assert 0 == run(*example_of(command)).exit_code


@pytest.mark.usefixtures("features")
def test_the_example_of_sync_works(twins: Twins) -> None:
    """The example works once the other variables are set, as it says."""
    assert "nothing to do\n" == done(*example_of("sync"), environment=twins.environment)


@pytest.mark.parametrize("name", [*VARIABLES, "DATAFLOW_SINCE"])
def test_the_help_of_sync_names_each_variable(name: str) -> None:
    """Who asks how to sync is told all variables."""
    assert name in done("sync", "--help")


def test_the_help_of_sync_says_what_a_full_run_is_for() -> None:
    """Deletions and merges in Invoiced show in no list of changes."""
    help_text = " ".join(done("sync", "--help").split())

    assert "only that shows deletions and merges in Invoiced" in help_text


# checklist


def test_a_checklist_is_shown(document: Path) -> None:
    """Each section is shown with its id and how much is checked in it."""
    rows = [line.split() for line in done("checklist", str(document)).splitlines()]

    assert [
        ("1", "customers-person-customer", "26", "1"),
        ("2", "invoices-order", "48", "0"),
        ("3", "items-item", "21", "1"),
    ] == [(row[0], row[1], *row[-2:]) for row in rows if row and row[0].isdigit()]


def test_what_a_document_says_is_no_markup() -> None:
    """Brackets and colons of a document are shown, not obeyed."""
    rows = [("a[red]", ":x:", "[/no]")]
    Path("x.rst").write_text(
        MADE_UP.document(MADE_UP.usual("Client", "Account", rows)), "utf-8"
    )

    assert "a[red] = :x:" in done("checklist", "x.rst")


def test_a_checklist_is_shown_by_the_program(document: Path) -> None:
    """The installed program shows the same."""
    assert (0, done("checklist", str(document)), "") == program(
        "checklist", str(document)
    )


def test_json_has_the_whole_document(document: Path) -> None:
    """As JSON, the document has these parts."""
    found = json.loads(done("checklist", str(document), "--json"))

    assert {
        "title": "Invoiced to Chargebee Dataflow",
        "generated": "2030-01-02 03:04:05",
        "systems": ["Invoiced", "Chargebee"],
        "other_headings": [],
    } == {name: value for name, value in found.items() if name != "sections"}


def test_json_has_the_parts_of_a_section(document: Path) -> None:
    """As JSON, a section has these parts."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][1]

    assert {
        "number": 2,
        "id": "invoices-order",
        "left": "Invoices",
        "right": "Order",
        "properties": [
            {"left": "currency", "right": "currency_code", "type": "string"},
            {"left": "customer", "right": "customer_id", "type": "string"},
        ],
        "questions": [],
    } == {
        name: value
        for name, value in section.items()
        if name not in {"statements", "checks"}
    }


def test_json_has_the_statements(document: Path) -> None:
    """As JSON, a statement has its form, its text and its table."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][0]

    assert {
        "form": "every",
        "text": REAL.every("Customers person", "Customer").strip(),
        "table": [],
    } == section["statements"][0]


def test_json_has_the_checks(document: Path) -> None:
    """As JSON, a check has its id, its standing, its form and its title."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert {
        "id": "items-item.every.new-record",
        "standing": "stated",
        "form": "every",
        "title": "A new item gets exactly one item",
    } == section["checks"][0]


def test_json_has_the_questions(document: Path) -> None:
    """As JSON, a section has its open questions."""
    section = json.loads(done("checklist", str(document), "--json"))["sections"][2]

    assert [
        (
            "The document lists no property for this section. Is none meant to be"
            " synchronised, or is the list not filled in yet?"
        )
    ] == section["questions"]


def test_json_leaves_other_letters_as_they_are() -> None:
    """JSON is in UTF-8, for people to read."""
    Path("x.rst").write_text(MADE_UP.document(MADE_UP.usual("Ää", "Ö")), "utf-8")

    assert '"left": "Ää"' in done("checklist", "x.rst", "--json")


def test_a_checklist_writes_nothing(document: Path) -> None:
    """To look at a document changes nothing."""
    before = in_folder(Path())
    done("checklist", str(document))

    assert before == in_folder(Path())


# transcribe


def test_the_features_are_written(document: Path) -> None:
    """The features of a document are written, and the files told."""
    assert (
        "written: features/customers-person-customer.feature\n"
        "written: features/invoices-order.feature\n"
        "written: features/items-item.feature\n" == done("transcribe", str(document))
    )


def test_the_features_are_those_of_the_project(features: Path) -> None:
    """The command writes what is in the project, to the byte."""
    assert in_folder(ROOT / "features") == in_folder(features)


def test_right_features_are_told(document: Path, features: Path) -> None:
    """Where nothing differs, the command says so."""
    assert f"{features} says what {document} says: 3 sections.\n" == done(
        "transcribe", str(document)
    )


def test_a_removed_feature_is_told(document: Path, features: Path) -> None:
    """A feature of ours that has no section any longer is removed, and told."""
    (features / "old.feature").write_text(f"{HEADER}\n", "utf-8")

    assert "removed: features/old.feature\n" == done("transcribe", str(document))


def test_features_go_to_another_folder(document: Path) -> None:
    """The features are written to the folder that was named."""
    done("transcribe", str(document), "--features", "a/b")

    assert in_folder(ROOT / "features") == in_folder(Path("a/b"))


def test_right_features_pass_the_check(document: Path, features: Path) -> None:
    """Where nothing differs, the check ends with status 0."""
    assert (0, f"{features} says what {document} says: 3 sections.\n") == (
        (result := run("transcribe", str(document), "--check")).exit_code,
        result.output,
    )


def test_wrong_features_fail_the_check(document: Path, features: Path) -> None:
    """Where a feature was edited or is missing, the check ends with status 1."""
    (features / "items-item.feature").write_text("by hand", "utf-8")
    (features / "invoices-order.feature").unlink()
    result = run("transcribe", str(document), "--check")

    assert (
        1,
        (
            "differs: features/invoices-order.feature\n"
            "differs: features/items-item.feature\n"
        ),
    ) == (result.exit_code, result.output)


def test_a_check_writes_nothing(document: Path, features: Path) -> None:
    """The check changes nothing, whatever it finds."""
    (features / "items-item.feature").write_text("by hand", "utf-8")
    (features / "old.feature").write_text(f"{HEADER}\n", "utf-8")
    (features / "invoices-order.feature").unlink()
    before = in_folder(Path())
    run("transcribe", str(document), "--check")

    assert before == in_folder(Path())


def test_a_check_makes_no_folder(document: Path) -> None:
    """The check does not even make the folder."""
    run("transcribe", str(document), "--check")

    assert not Path("features").exists()


def test_a_program_checks(document: Path) -> None:
    """The installed program ends with status 1 where features differ."""
    status, _, complaint = program("transcribe", str(document), "--check")

    assert (1, "") == (status, complaint)


def test_every_form_is_transcribed() -> None:
    """A document with all forms of statement is transcribed, one file a section."""
    Path("x.rst").write_text(all_forms(), "utf-8")
    done("transcribe", "x.rst")

    assert {
        "client-account.feature",
        "deal-order.feature",
        "deal-order-2.feature",
    } == in_folder(Path("features")).keys()


# What a person can do wrong


NO_DOCUMENT = (
    "Error: There is no document to be read at none.rst: name a reStructuredText file,"
    " as in `dataflow checklist document.rst`.\n"
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["checklist", "none.rst"],
        ["checklist", "none.rst", "--json"],
        ["transcribe", "none.rst"],
        ["transcribe", "none.rst", "--check"],
    ],
    ids=" ".join,
)
def test_no_document_is_one_sentence(arguments: list[str]) -> None:
    """A document that is not there is one sentence, and status 1."""
    result = run(*arguments)

    assert (1, "", NO_DOCUMENT) == (result.exit_code, result.stdout, result.stderr)


def test_no_document_is_one_sentence_of_the_program() -> None:
    """The installed program says the same, without a traceback."""
    assert (1, "", NO_DOCUMENT) == program("checklist", "none.rst")


@pytest.mark.parametrize("command", ["checklist", "transcribe"])
def test_no_dataflow_document_is_one_sentence(command: str) -> None:
    """A text of another sort is one sentence, and status 1."""
    Path("x.rst").write_text("Shopping\n========\n\nMilk\n", "utf-8")
    result = run(command, "x.rst")

    assert (
        1,
        (
            "Error: x.rst is no dataflow document: its title must read"
            " 'A to B Dataflow', not 'Shopping'.\n"
        ),
    ) == (result.exit_code, result.output)


def test_a_bad_document_changes_no_feature(features: Path) -> None:
    """Where the document cannot be read, the features stay as they were."""
    before = in_folder(features)
    run("transcribe", "none.rst")

    assert before == in_folder(features)


def test_a_folder_that_cannot_be_made_is_one_sentence(document: Path) -> None:
    """Features that cannot be written are one sentence, and status 1."""
    result = run("transcribe", str(document), "--features", f"{document}/features")

    assert (
        1,
        (
            "Error: The features cannot be written to document.rst/features (Not a"
            " directory): name a folder of your own with --features.\n"
        ),
    ) == (result.exit_code, result.output)


# sync


def test_a_sync_makes_counterparts(one_of_each: Twins, features: Path) -> None:
    """A run of the sync makes a counterpart for each record."""
    done("sync", "--features", str(features), environment=one_of_each.environment)
    kinds = ("customer", "order", "item")

    assert [1, 1, 1] == [len(one_of_each.all_of(kind)) for kind in kinds]


@pytest.mark.usefixtures("features")
def test_a_sync_says_what_it_did(one_of_each: Twins) -> None:
    """A run of the sync says how many records it made."""
    first, *_ = done("sync", environment=one_of_each.environment).splitlines()

    assert "3 created" == first


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


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        (Outcome(), 0, "nothing to do\n"),
        (Outcome(failed=["item 1 no"]), 1, "nothing to do\nrefused: item 1 no\n"),
        (Outcome(later=["item 1 no"]), 75, "nothing to do\nno answer: item 1 no\n"),
    ],
    ids=["done", "refused", "no answer"],
)
def test_the_status_says_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, outcome: Outcome, status: int, said: str
) -> None:
    """The status tells done from refused and from try again, and words say why."""
    monkeypatch.setattr("dataflow.reference.run_once", lambda *_, **__: outcome)
    result = run("sync")

    assert (status, said) == (result.exit_code, result.output)


def test_an_unclear_row_does_not_stop_a_sync(one_of_each: Twins) -> None:
    """A row that the checklist only asks about is none for the sync."""
    rows = [("", "sku", "N/A"), ("name (if known)", "name", '"string"')]
    Path("x.rst").write_text(REAL.document(REAL.usual("Items", "Item", rows)), "utf-8")
    done("transcribe", "x.rst")
    done("sync", environment=one_of_each.environment)

    assert 1 == len(one_of_each.all_of("item"))


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
def test_a_second_sync_says_so(one_of_each: Twins) -> None:
    """Another run has nothing to do, and says so."""
    done("sync", environment=one_of_each.environment)
    first, *_ = done("sync", environment=one_of_each.environment).splitlines()

    assert "nothing to do" == first


@pytest.mark.usefixtures("features")
def test_the_settings_are_obeyed(one_of_each: Twins) -> None:
    """What dataflow.toml says of the sync is done."""
    Path("dataflow.toml").write_text('[sync]\nitem_family = "tools"\n', "utf-8")
    done("sync", environment=one_of_each.environment)
    (item,) = one_of_each.all_of("item")

    assert "tools" == item["item_family_id"]


@pytest.mark.usefixtures("features")
def test_a_program_syncs(one_of_each: Twins) -> None:
    """The installed program syncs, told by its environment alone."""
    status, _, complaint = program("sync", environment=one_of_each.environment)

    assert (0, "", 1) == (status, complaint, len(one_of_each.all_of("order")))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[sync\n",
            (
                "dataflow.toml cannot be read as TOML (Expected ']' at the end of a"
                " table declaration (at line 1, column 6)): mend that line."
            ),
        ),
        (
            "sync = 1\n",
            (
                "dataflow.toml says sync = 1 outside of a table: put it below a heading"
                " such as [marks] or [sync]."
            ),
        ),
        (
            "[sync]\nfamily = 'x'\n",
            "[sync] has no setting 'family': use item_family or item_type.",
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

    assert (
        1,
        (
            "Error: There is no feature in features: write them with"
            " `dataflow transcribe DOCUMENT`.\n"
        ),
    ) == (result.exit_code, result.output)


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
    """The installed program says it without a traceback."""
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


@pytest.mark.usefixtures("features")
def test_an_unreachable_host_is_for_later_in_the_program() -> None:
    """The installed program ends with status 75 and no traceback."""
    url = f"http://{LOOPBACK}:{free_port()}"
    status, output, complaint = program("sync", environment=told(url, f"{url}/api/v2"))

    assert (75, "", 1) == (status, output, len(complaint.splitlines()))


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_a_wrong_key_is_one_sentence(vendor: str) -> None:
    """A key that is not accepted is one sentence, and status 1."""
    clock = HandClock()
    keys = {"Invoiced": INVOICED_KEY, "Chargebee": CHARGEBEE_KEY, vendor: "another"}
    invoiced = InvoicedTwin(clock, key=keys["Invoiced"])
    chargebee = ChargebeeTwin(clock, key=keys["Chargebee"], site=SITE)
    with (
        TwinServer(InTurn(invoiced).handle) as left,
        TwinServer(InTurn(chargebee).handle) as right,
    ):
        result = run("sync", environment=told(left.url, f"{right.url}/api/v2"))
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


# twin


def test_twins_say_where_they_are() -> None:
    """The one line that is printed says where both are, with what opens them."""
    with twin_program() as (_, line):
        found = json.loads(line)
    ports = "(?:http://127.0.0.1:[0-9]+)"

    assert (
        {"invoiced": ["key", "url"], "chargebee": ["key", "site", "url"]},
        True,
        True,
    ) == (
        {name: sorted(values) for name, values in found.items()},
        bool(re.fullmatch(ports, found["invoiced"]["url"])),
        bool(re.fullmatch(f"{ports}/api/v2", found["chargebee"]["url"])),
    )


def test_twins_serve() -> None:
    """Both answer where they say they are, to the key that they name."""
    with twin_program() as (_, line):
        found = json.loads(line)
        answers = [
            httpx.get(f"{twin['url']}/customers", auth=(twin["key"], ""))
            for twin in (found["invoiced"], found["chargebee"])
        ]

    assert [(200, []), (200, {"list": []})] == [
        (answer.status_code, answer.json()) for answer in answers
    ]


def test_twins_by_hand_are_controlled() -> None:
    """Who runs the twins by hand can move their clock, though it goes by itself."""
    with twin_program() as (_, line):
        url = f"{json.loads(line)['invoiced']['url']}/_twin/clock"
        told = httpx.post(url, json={"frozen": True, "set": 9_000_000_000})

    assert {"seconds": 9_000_000_000, "frozen": True} == told.json()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_twins_end_when_asked(number: signal.Signals) -> None:
    """Ctrl-C and a request to end both end the twins, silently and with status 0."""
    with twin_program() as (process, _):
        process.send_signal(number)
        found = ended(process)

    assert (0, "", "") == found


def test_twins_in_the_background_end_when_asked() -> None:
    """Twins that a shell has started in the background, deaf to Ctrl-C, hear it."""
    deaf = 'trap "" INT; exec "$0" twin'
    with twin_program("sh", "-c", deaf, str(COMMAND)) as (process, _):
        process.send_signal(signal.SIGINT)
        found = ended(process)

    assert (0, "", "") == found


def test_twins_listen_where_they_are_told() -> None:
    """The ports can be chosen."""
    ports = [free_port(), free_port()]
    names = ["--invoiced-port", "--chargebee-port"]
    chosen = [
        word for each in zip(names, map(str, ports), strict=True) for word in each
    ]
    with twin_program(str(COMMAND), "twin", *chosen) as (_, line):
        found = json.loads(line)

    assert [
        f"http://{LOOPBACK}:{ports[0]}",
        f"http://{LOOPBACK}:{ports[1]}/api/v2",
    ] == [found["invoiced"]["url"], found["chargebee"]["url"]]


@pytest.mark.parametrize("option", ["--invoiced-port", "--chargebee-port"])
def test_a_taken_port_is_one_sentence(option: str) -> None:
    """A port on which another program listens is one sentence, and status 1."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        found = program("twin", option, str(port))

    assert (
        1,
        "",
        (
            f"Error: Port {port} cannot be listened on (Address already in use): choose"
            " another, or 0 for any that is free.\n"
        ),
    ) == found


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_what_is_no_port_is_refused(port: str) -> None:
    """What is no port is a wrong use of the command, and status 2."""
    result = run("twin", "--invoiced-port", port)

    assert (2, True) == (
        result.exit_code,
        "Error: Invalid value for '--invoiced-port'" in result.output,
    )


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port
