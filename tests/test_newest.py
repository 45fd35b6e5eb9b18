"""`make newest` reports how newer SDKs differ from the tables of vendor calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import newest
from tests.cases import cases
from tests.newest import Difference, compare
from tests.sdk_calls import (
    Calls,
    Parameter,
    read_client,
    read_schemas,
    read_source,
)

#: A table with one call that has a text, a choice, a group and a filter.
TABLE: Calls = {
    ("POST", "unicorns"): {
        "name": Parameter(most=50),
        "kind": Parameter(words=frozenset({"white", "black"})),
        "horn[length]": Parameter(least=1),
        "card[*]": None,
    }
}
#: The schema of this call in a made-up SDK that declares the same.
SCHEMA: Mapping[str, Any] = {
    "name": {"type": "string", "maxLength": 50},
    "kind": {"type": "string", "enum": ["white", "black"]},
    "horn": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"length": {"type": "integer", "minimum": 1}},
            "required": ["length"],
        },
    },
    "card": {"type": "object", "properties": {"number": {"type": "string"}}},
}

#: The source of a made-up SDK in Python.
SOURCE = """
class Unicorn:
    class Colour(Enum):
        WHITE = "white"
    class HornParams(TypedDict):
        length: NotRequired[int]
    class CreateParams(TypedDict):
        name: Required[str]
        colour: NotRequired["Unicorn.Colour"]
        horns: NotRequired[List["Unicorn.HornParams"]]
    class ListParams(TypedDict):
        name: NotRequired[Filters.StringFilter]
    def create(self, params: CreateParams, headers=None):
        return request.send("post", request.uri_path("unicorns"), self.env)
    def foals(self, id, params: ListParams = None, headers=None):
        return request.send_list_request(
            "get", request.uri_path("unicorns", id, "foals"), self.env
        )
"""


def declare(changed: Mapping[str, Any], path: str = "/unicorns") -> Calls:
    """Return what a made-up SDK declares; a parameter without a schema is left out."""
    schema = {name: each for name, each in {**SCHEMA, **changed}.items() if each}
    required = ["name"] if "required" in changed.get("name", {}) else []
    whole = {"properties": schema, "required": required}
    return read_schemas([{"method": "POST", "path": path, "schema": whole}])


def never(_method: str, _path: str) -> bool:
    """Return that no call is known outside a table."""
    return False


def test_an_equal_sdk_has_no_difference() -> None:
    """An SDK that declares what the table has differs in nothing."""
    assert [] == list(compare("V", TABLE, [declare({})], never))


@cases(
    "changed, parameter, change",
    {
        "added": ({"age": {"type": "integer"}}, "age", "added"),
        "removed": ({"horn": None}, "horn[length]", "removed"),
        "longer": ({"name": {"maxLength": 60}}, "name", "most: 50 -> 60"),
        "bounded": (
            {"name": {"maxLength": 50, "minLength": 2}},
            "name",
            "least: None -> 2",
        ),
        "required": (
            {"name": {"maxLength": 50, "required": True}},
            "name",
            "is_required: False -> True",
        ),
        "another word": (
            {"kind": {"enum": ["white", "red"]}},
            "kind",
            "words: black|white -> red|white",
        ),
    },
)
def test_a_changed_parameter_is_reported(
    changed: Mapping[str, Any], parameter: str, change: str
) -> None:
    """A parameter that was added, removed or changed is one difference."""
    expected = Difference("V", "POST unicorns", parameter, change)

    assert [expected] == list(compare("V", TABLE, [declare(changed)], never))


def test_another_call_is_reported() -> None:
    """A call that was added, and one that was removed, is a difference each."""
    found = compare("V", TABLE, [declare({}, "/foals")], never)

    assert [("POST foals", "added"), ("POST unicorns", "removed")] == [
        (each.call, each.change) for each in found
    ]


def test_a_call_that_the_twin_lacks_is_no_difference() -> None:
    """A call outside the table that the twin declares as not built is known."""
    sdks = [declare({}), declare({}, "/foals")]

    assert [] == list(compare("V", TABLE, sdks, lambda *call: call[1] == "foals"))


def test_the_more_exact_sdk_counts() -> None:
    """A name that only one SDK declares is added; limits are those of the first one."""
    named: Calls = {("POST", "unicorns"): {"name": None, "age": None}}
    exact = declare({"name": {"maxLength": 60}})
    found = compare("V", TABLE, [exact, named], never)

    assert {("age", "added"), ("name", "most: 50 -> 60")} == {
        (each.parameter, each.change) for each in found
    }


def test_the_source_of_an_sdk_is_read(tmp_path: Path) -> None:
    """The calls of a Python SDK are found, with the names of their parameters."""
    (tmp_path / "models" / "unicorn").mkdir(parents=True)
    (tmp_path / "models" / "unicorn" / "operations.py").write_text(SOURCE, "utf-8")

    assert {
        ("POST", "unicorns"): {"name": None, "colour": None, "horns[length]": None},
        ("GET", "unicorns/{id}/foals"): {"name[*]": None},
    } == read_source(tmp_path)


class Unicorn(dict[str, object]):
    """A resource of a made-up client of Invoiced."""

    def __init__(self, client: Any, _id: int = 0, _values: object = None) -> None:  # noqa: ANN401
        super().__init__()
        self._client = client

    def endpoint(self) -> None:
        """Make no call."""

    def endpoint_base(self) -> str:
        """Return no address of a parent."""
        return ""

    def set_endpoint_base(self, _base: str) -> None:
        """Have no parent."""

    def retrieve(self, id: int) -> None:  # noqa: A002 - as the vendor names it
        """Make one call."""
        self._client.request("get", f"/unicorns/{id}", {})


def test_the_calls_of_a_client_are_read() -> None:
    """The calls of Invoiced's client are found, and none is made."""
    client = SimpleNamespace()
    client.Unicorn = Unicorn(client)
    objects = SimpleNamespace(Customer=Unicorn, Invoice=Unicorn)

    assert {("GET", "/unicorns/{id}"): {}} == read_client(client, objects)


@cases(
    "found, status, text",
    {
        "differences": (
            [Difference("Chargebee", "POST unicorns", "age", "added")],
            1,
            "| Chargebee | POST unicorns | age       | added  |",
        ),
        "none": ([], 0, "The newest SDKs declare what the tables of the twins have."),
    },
)
def test_the_status_states_whether_there_are_differences(
    found: list[Difference],
    status: int,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Differences are a table and exit status 1; without any, the status is 0."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setattr(newest, "find_differences", lambda _environment: found)

    assert (status, True) == (newest.main("folder"), text in capsys.readouterr().out)
