"""What a person says of a node: one clear sentence where it is wrong."""

from __future__ import annotations

import pytest

from dataflow.errors import DataflowError
from dataflow.harness.syncs.sesam import SesamSync
from dataflow.harness.syncs.sesam_settings import (
    MissingSesamSettingError,
    MissingTokenError,
    NoTokenError,
    SesamSettings,
    WrongSesamSettingError,
    sesam_settings,
    token_from,
)
from dataflow.sandbox.node import UnsafeNodeError
from tests.harness.sesam_node import JWT

WHOLE = {"node": "https://node.example/api", "pipes": ["a", "b"]}

UNSAFE = {
    "no TLS": "http://node.example/api",
    "no scheme": "node.example/api",
    "another scheme": "ftp://127.0.0.1/api",
    "a user": "https://ada:secret@node.example/api",
    "a query": "https://node.example/api?a=b",
    "a fragment": "https://node.example/api#a",
    "upper case": "https://NODE.example/api",
    "a homoglyph": "https://nod\u0435.example/api",
    "a line": "https://node.example/api\n",
    "a step up": "https://node.example/api/..",
    "a number": "https://2130706433/api",
    "a port that goes without saying": "https://node.example:443/api",
    "loopback as a user": "http://127.0.0.1@node.example/api",
    "loopback in a name": "http://127.0.0.1.node.example/api",
    "a vendor": "https://api.sandbox.invoiced.com",
    "a vendor's site": "https://acme-test.chargebee.com/api/v2",
}


def refusal_of(table: object) -> DataflowError:
    """Return what a table is refused with."""
    with pytest.raises(DataflowError) as caught:
        sesam_settings(table, "dataflow.toml")
    return caught.value


def test_settings_have_defaults() -> None:
    """Node and pipes are enough; a slash at the end says nothing."""
    said = sesam_settings({**WHOLE, "node": f"{WHOLE['node']}/"}, "dataflow.toml")

    assert SesamSettings("https://node.example/api", ("a", "b"), 60, 0.5) == said


def test_settings_are_read() -> None:
    """Deadline and polling are in seconds, whole or not."""
    said = sesam_settings({**WHOLE, "deadline": 90, "polling": 0.2}, "dataflow.toml")

    assert (90, 0.2) == (said.deadline, said.polling)


@pytest.mark.parametrize(
    ("table", "missing"),
    [
        (None, "node and pipes"),
        ({"node": "https://node.example"}, "pipes"),
        ({"pipes": ["a"]}, "node"),
    ],
)
def test_what_is_missing_is_named(table: object, missing: str) -> None:
    """What nobody can guess is asked for, with an example."""
    refusal = refusal_of(table)

    assert (
        MissingSesamSettingError,
        (
            f"dataflow.toml does not say {missing} in [sync.sesam]: --sync sesam needs"
            ' node = "https://NAME/api" and pipes = ["ID", "ID"].'
        ),
    ) == (type(refusal), str(refusal))


@pytest.mark.parametrize(
    "wrong",
    [
        {"node": 7},
        {"node": " "},
        {"pipes": "a"},
        {"pipes": []},
        {"pipes": [7]},
        {"deadline": 0},
        {"deadline": "60"},
        {"polling": True},
        {"polling": float("nan")},
        {"polling": float("inf")},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_named(wrong: dict[str, object]) -> None:
    """A value of the wrong form is shown with its name."""
    refusal = refusal_of({**WHOLE, **wrong})

    assert (WrongSesamSettingError, True) == (
        type(refusal),
        f"says {next(iter(wrong))} = " in str(refusal),
    )


def test_sesam_is_a_table() -> None:
    """A text in the place of the table is told, and not shown: it may be the token."""
    refusal = refusal_of(JWT)

    assert (WrongSesamSettingError, False) == (type(refusal), JWT in str(refusal))


def test_a_token_stands_in_no_file() -> None:
    """A token in the file is refused and not shown."""
    refusal = refusal_of({**WHOLE, "jwt": JWT})

    assert (
        WrongSesamSettingError,
        (
            "dataflow.toml has no setting 'jwt' in [sync.sesam]: use node, pipes,"
            " deadline, polling; the token is taken from SESAM_JWT alone."
        ),
    ) == (type(refusal), str(refusal))


def test_the_token_is_taken_from_the_environment() -> None:
    """The variable holds the token as it is."""
    assert JWT == token_from({"SESAM_JWT": JWT})


@pytest.mark.parametrize("environment", [{}, {"SESAM_JWT": ""}])
def test_a_missing_token_is_asked_for(environment: dict[str, str]) -> None:
    """Without a token nothing begins."""
    with pytest.raises(MissingTokenError, match="set SESAM_JWT"):
        token_from(environment)


@pytest.mark.parametrize(
    "text", ["key", f"Bearer {JWT}", f"{JWT}\n", f'"{JWT}"', "a.b"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """Another key that stands in the token's place is neither sent nor shown."""
    with pytest.raises(NoTokenError) as caught:
        token_from({"SESAM_JWT": text})

    assert text not in str(caught.value)


@pytest.mark.parametrize("unsafe", UNSAFE)
def test_no_token_goes_to_an_unsafe_address(unsafe: str) -> None:
    """An address without TLS, or one that clients read in several ways, is refused."""
    with pytest.raises(UnsafeNodeError):
        SesamSync(SesamSettings(UNSAFE[unsafe], ("a",)), JWT)


@pytest.mark.parametrize(
    "url",
    [
        "https://1a2b.sesam.cloud/api",
        "https://node.example:8443/api",
        "https://sesam/a/b",
        "http://127.0.0.1:9042/api",
        "http://localhost:9042",
    ],
)
def test_a_safe_address_is_taken(url: str) -> None:
    """A node in the cloud, one of one's own, and one on this machine are called."""
    assert url == SesamSync(SesamSettings(url, ("a",)), JWT).node.url


def test_a_password_in_an_address_is_not_shown() -> None:
    """The sentence about an address leaves out who one is there."""
    with pytest.raises(UnsafeNodeError) as caught:
        SesamSync(SesamSettings(UNSAFE["a user"], ("a",)), JWT)

    assert "secret" not in str(caught.value)
