"""Which differences of two recordings count, and what the command does with them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.recordings.cassette import Cassette, Provenance, write_cassette
from dataflow.recordings.compare import find_differences
from dataflow.recordings.provenance import Origin, read_origins, write_origins
from tests.cases import cases


@dataclass(frozen=True)
class Run:
    """The values that differ in each run."""

    customer: int = 1_000_001
    token: str = "b49e60"
    created: int = 1_795_411_260
    mark: str = "dataflow-1795411200-3fa9c1"


FIRST = Run()


def recording(run: Run = FIRST, reads: int = 1, **body: object) -> Cassette:
    """Return a recording in which a customer is created, searched, and listed."""
    customer, token, created, mark = astuple(run)
    record = {
        "id": customer,
        "name": f"Ada {token}-1",
        "created_at": created,
        "url": f"https://example.com/{customer}?token={token}",
        "active": True,
        **body,
    }
    path = f"/customers/{customer}"
    exchanges = [
        exchange("POST", "/customers", record, sent={"name": f"Ada {token}-1"}),
        *(exchange("GET", "/customers", []) for _ in range(reads)),
        exchange("GET", "/customers", [record, {"id": created, "name": f"Bob {mark}"}]),
        exchange("GET", path, record),
        exchange("PATCH", path, record, sent={"phone": "555-0100"}),
    ]
    provenance = Provenance(
        check="customers-person-customer.every.new-record",
        seed=f"{mark} {created} customers-person-customer.every.new-record",
        target="a sandbox",
        hosts={"Invoiced": "api.sandbox.invoiced.com", "Chargebee": "a.chargebee.com"},
        recorded_at="2026-11-23T05:00:00+00:00",
        versions={},
        assumed=(),
    )
    return Cassette(provenance, tuple(exchanges))


def listing(pages: list[tuple[dict[str, Any], dict[str, Any]]]) -> Cassette:
    """Return a recording in which the list has these pages."""
    usual = recording()
    return replace(
        usual, exchanges=(*usual.exchanges[:2], *pages, *usual.exchanges[3:])
    )


def exchange(
    method: str, path: str, body: object, sent: object = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an exchange."""
    request = {"method": method, "host": "api.sandbox.invoiced.com", "path": path}
    if sent is not None:
        request["body"] = sent  # type: ignore[assignment]
    return request, {"status": 200, "headers": {}, "body": body}


@cases(
    "other",
    {
        "ids": recording(replace(FIRST, customer=2_345_678)),
        "names": recording(replace(FIRST, token="0c1d2e")),
        "times": recording(replace(FIRST, created=FIRST.created + 86_400)),
        "run": recording(replace(FIRST, mark="dataflow-1795497600-a81f03")),
        "reads": recording(reads=5),
        "all": recording(Run(7_654_321, "9f9f9f", FIRST.created + 9), reads=2),
    },
)
def test_what_differs_in_each_run_does_not_count(other: Cassette) -> None:
    """Ids, names, times and the number of reads of a late list are not compared."""
    assert [] == find_differences(recording(), other)


def test_a_rate_does_not_count() -> None:
    """An exchange rate changes each day."""
    old, new = recording(exchange_rate=1.08), recording(exchange_rate=1.09)

    assert [] == find_differences(old, new)


def test_records_of_others_do_not_count() -> None:
    """A list may contain records of others, which come and go."""
    old, new = recording(), recording()
    new.exchanges[2][1]["body"].append({"id": 5_555_555, "name": "Cleo"})

    assert [] == find_differences(old, new)


@cases(
    "first, further",
    {
        "Invoiced": (["page=1", "per_page=100"], ["page=2", "per_page=100"]),
        "Chargebee": (["limit=100"], ["limit=100", 'offset=["1795437225000","1771"]']),
    },
)
def test_the_number_of_pages_does_not_count(
    first: list[str], further: list[str]
) -> None:
    """Records of others may move ours to a second page, and increase a count."""
    request, answer = recording().exchanges[2]
    others = [{"id": 5_555_555 + number} for number in range(100)]
    many = {"x-total-count": "102"}
    one_page = [({**request, "query": first}, answer)]
    two_pages = [
        ({**request, "query": first}, {**answer, "headers": many, "body": others}),
        ({**request, "query": further}, {**answer, "headers": many}),
    ]

    assert [] == find_differences(listing(one_page), listing(two_pages))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"active": False}, "active was True, and now is False"),
        ({"type": "person"}, "type was absent, and now is 'person'"),
        ({"total": 41}, "total was absent, and now is 41"),
        ({"email": None}, "email was absent, and now is None"),
    ],
)
def test_another_value_is_a_difference(body: dict[str, Any], sentence: str) -> None:
    """A value that differs is shown with its old value."""
    found = find_differences(recording(), recording(**body))

    assert f"the answer to POST /customers: body.{sentence}" == found[0]


def without_records(new: Cassette) -> Cassette:
    """Empty the list."""
    new.exchanges[2][1]["body"].clear()
    return new


def refused(new: Cassette) -> Cassette:
    """Refuse the last request."""
    new.exchanges[-1][1]["status"] = 400
    return new


def deleting(new: Cassette) -> Cassette:
    """Make another last request."""
    new.exchanges[-1][0]["method"] = "DELETE"
    return new


def longer(new: Cassette) -> Cassette:
    """Add one request."""
    return Cassette(new.provenance, (*new.exchanges, new.exchanges[0]))


def of_twins(new: Cassette) -> Cassette:
    """Name another target."""
    return replace(new, provenance=replace(new.provenance, target="the twins"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            without_records,
            "the answer to GET /customers: body had 1 entries, and now has 0",
        ),
        (refused, "the answer to PATCH /customers/#2: status was 200, and now is 400"),
        (deleting, "the request is DELETE /customers/#2, and was PATCH /customers/#2"),
        (longer, "the request is POST /customers, and was absent"),
        (of_twins, "the target is the twins, and was a sandbox"),
    ],
)
def test_another_exchange_is_a_difference(
    change: Callable[[Cassette], Cassette], sentence: str
) -> None:
    """Another list, status, request or target is shown, with the old one."""
    assert [sentence] == find_differences(recording(), change(recording()))


def test_another_id_in_one_place_is_a_difference() -> None:
    """An id is recognised where it is repeated: two in place of one are shown."""
    old, new = recording(parent=1_000_001), recording(parent=1_000_002)

    assert [] != find_differences(old, new)


# The command

CHECK = "customers-person-customer.every.new-record"
OTHER_IDS = Run(customer=2_345_678)


@pytest.fixture
def cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a committed recording in a project of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cassettes" / "customers" / "one.json"
    write_cassette(path, recording())
    subprocess.run(["git", "init", "-q"], check=True)
    _commit(tmp_path)
    return path


def _commit(folder: Path) -> None:
    author = ("-c", "user.name=Night", "-c", "user.email=night@example.com")
    for line in (("add", "."), (*author, "commit", "-qm", "Go on")):
        subprocess.run(["git", *line], cwd=folder, check=True)


def dataflow(*arguments: str) -> Result:
    """Run a command here."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def compared() -> Result:
    """Compare the recordings of this folder."""
    return dataflow("cassettes", "--changed")


def test_a_recording_without_a_difference_is_restored(cassette: Path) -> None:
    """A recording with other ids becomes the committed one again, to the byte."""
    before = cassette.read_bytes()
    write_cassette(cassette, recording(OTHER_IDS))

    output = compared().output

    assert ("1 of 1 have no new content and were restored from git.\n", before) == (
        output,
        cassette.read_bytes(),
    )


def test_a_recording_with_a_difference_stays(cassette: Path) -> None:
    """Its check and its first differences are shown, and the file is not changed."""
    write_cassette(cassette, recording(OTHER_IDS, active=False))
    after = cassette.read_bytes()

    lines = compared().output.splitlines()

    assert ([CHECK, 3 * "  the answer to"], "  and 1 more", after) == (
        [lines[0], "".join(line[:15] for line in lines[1:4])],
        lines[4],
        cassette.read_bytes(),
    )


@pytest.mark.parametrize("is_active", [True, False], ids=["restored", "kept"])
def test_the_origin_follows_the_recording(cassette: Path, *, is_active: bool) -> None:
    """Time and commit are restored with the recording that they belong to."""
    folder, old, new = cassette.parents[1], Origin("2026-11-01"), Origin("2026-11-29")
    write_origins(folder, {CHECK: old, "a.check": old})
    _commit(folder)
    write_cassette(cassette, recording(OTHER_IDS, active=is_active))
    write_origins(folder, {CHECK: new, "a.check": new})

    compared()

    assert {CHECK: old if is_active else new, "a.check": new} == read_origins(folder)


def test_an_origin_that_git_does_not_have_is_removed(cassette: Path) -> None:
    """A restored recording has no date where the committed one had none."""
    folder = cassette.parents[1]
    write_cassette(cassette, recording(OTHER_IDS))
    write_origins(folder, {CHECK: Origin("2026-11-29")})

    compared()

    assert {} == read_origins(folder)


@pytest.mark.usefixtures("cassette")
def test_no_new_recording_is_reported() -> None:
    """Without a new recording there is nothing to compare."""
    assert "No recording differs from git.\n" == compared().output


def test_a_new_check_is_ignored(cassette: Path) -> None:
    """A recording without a committed one is not changed."""
    added = cassette.with_name("two.json")
    write_cassette(added, recording())
    before = added.read_bytes()

    compared()

    assert before == added.read_bytes()


def test_an_error_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a repository the command ends with one sentence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "cassettes").mkdir()

    result = compared()

    assert (1, "Error: git cannot read the committed recordings in cassettes: ") == (
        result.exit_code,
        result.output[:62],
    )


def test_the_old_name_of_the_command(cassette: Path) -> None:
    """`dataflow news` does the same, and names the new command on standard error."""
    write_cassette(cassette, recording(OTHER_IDS))

    result = dataflow("news")

    notice = "`dataflow news` is now `dataflow cassettes --changed`: use the new name;"
    assert ("1 of 1 have no new content and were restored from git.\n", [notice]) == (
        result.stdout,
        [line[: len(notice)] for line in result.stderr.splitlines()],
    )
