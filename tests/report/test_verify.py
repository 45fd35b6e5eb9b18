"""The tamper matrix: whatever is not what was signed is named."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import cases
from tests.report.signing import (
    BY,
    CHECK,
    SignedProject,
    copy,
    create,
    make_key,
)

pytestmark = pytest.mark.xdist_group("sign")

RESULT = f"allure-results/{CHECK}-one-result.json"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> SignedProject:
    """Return a project with a signed sheet."""
    keys = tmp_path_factory.mktemp("keys")
    for name in ("ada", "eve"):
        make_key(keys, name)
    project = create(tmp_path_factory.mktemp("signed"), keys)
    assert 0 == project.sign().exit_code
    return project


@pytest.fixture
def project(signed: SignedProject, tmp_path: Path) -> SignedProject:
    """Return a copy of it that may be damaged."""
    return copy(signed, tmp_path)


def flip(path: Path) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_is_unchanged_is_verified(project: SignedProject) -> None:
    """Nothing is named where nothing has changed."""
    assert [] == project.verify()


@cases(
    "name",
    {
        "a result": f"{RESULT}",
        "the run record": "run.json",
        "the page": "sign-off.html",
    },
)
def test_a_changed_byte_in_the_folder_is_named(
    project: SignedProject, name: str
) -> None:
    """The file with another byte is named, and no other one."""
    flip(project.bundle / name)

    assert [f"{name} is not the file that was signed."] == project.verify()


@cases(
    "name",
    {
        "a feature": "features/shop.feature",
        "a cassette": "cassettes/shop/every.one.json",
        "the waivers": "waivers.toml",
    },
)
def test_a_changed_byte_in_the_project_is_named(
    project: SignedProject, name: str
) -> None:
    """The results were made from other files than these."""
    flip(project.folder / name)

    assert [f"{name} is not the file that was signed."] == project.verify()


def test_a_missing_file_is_named(project: SignedProject) -> None:
    """A result that is gone is named."""
    (project.bundle / RESULT).unlink()

    assert [f"{RESULT} is missing."] == project.verify()


@cases(
    "folder, name",
    {
        "in the folder": ("bundle", "allure-results/more-result.json"),
        "among the features": ("folder", "features/more.feature"),
        "among the cassettes": ("folder", "cassettes/shop/more.json"),
    },
)
def test_an_added_file_is_named(project: SignedProject, folder: str, name: str) -> None:
    """A file that nobody has signed is named."""
    path: Path = getattr(project, folder) / name
    path.write_text("{}", "utf-8")

    assert [f"{name} is in the folder, and not in the statement."] == project.verify()


def test_a_raised_verdict_is_named(project: SignedProject) -> None:
    """The sheet with another verdict differs from the statement in this field."""
    path = project.bundle / "sign-off.json"
    text = path.read_text("utf-8").replace('"holds"', '"waived"')
    path.write_text(text, "utf-8")

    assert [
        "sign-off.json is not the file that was signed.",
        "sign-off.json and test-result.json differ in the field passed_tests.",
        "sign-off.json and test-result.json differ in the field warned_tests.",
    ] == project.verify()


def replace_in(path: Path, old: str, new: str) -> None:
    """Change a statement, and the copy of it in its envelope."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    envelope = path.with_suffix(".dsse.json")
    held = json.loads(envelope.read_bytes())
    held["payload"] = base64.b64encode(path.read_bytes()).decode()
    envelope.write_text(json.dumps(held), "utf-8")


def test_another_meaning_is_named(project: SignedProject) -> None:
    """Neither signature is one of the changed approval, and the field is named."""
    replace_in(project.bundle / "approval.json", '"accepted"', '"reviewed"')

    assert [
        f"approval.dsse.json is not approval.json signed by {BY}.",
        f"approval.json.sig is not the signature of approval.json by {BY}.",
        "sign-off.json and approval.json differ in the field meaning.",
    ] == project.verify()


def test_another_outcome_is_named(project: SignedProject) -> None:
    """A changed statement is named with its signatures, and the approval with it."""
    replace_in(project.bundle / "test-result.json", '"PASSED"', '"WARNED"')

    assert [
        f"test-result.dsse.json is not test-result.json signed by {BY}.",
        f"test-result.json.sig is not the signature of test-result.json by {BY}.",
        "test-result.json is not the file that was signed.",
        "sign-off.json and test-result.json differ in the field result.",
    ] == project.verify()


def _sign_again(project: SignedProject, key: str, namespace: str) -> None:
    path = project.bundle / "approval.json"
    Path(f"{path}.sig").unlink()
    command = "ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f"
    subprocess.run(
        [*command, str(project.keys / key), str(path)], check=True, capture_output=True
    )


@cases(
    "key, namespace",
    {
        "another key": ("eve", "dataflow-sign-off"),
        "another namespace": ("ada", "git"),
    },
)
def test_another_signature_is_named(
    project: SignedProject, key: str, namespace: str
) -> None:
    """A signature by another key, or for another purpose, does not count."""
    _sign_again(project, key, namespace)

    assert [
        f"approval.json.sig is not the signature of approval.json by {BY}."
    ] == project.verify()


def test_another_key_in_the_envelope_is_named(project: SignedProject) -> None:
    """An envelope whose signature is not of the signer's key does not count."""
    path = project.bundle / "approval.dsse.json"
    held = json.loads(path.read_bytes())
    held["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()
    path.write_text(json.dumps(held), "utf-8")

    assert [
        f"approval.dsse.json is not approval.json signed by {BY}."
    ] == project.verify()


@cases(
    "damage, is_accepted",
    {
        "nothing": (lambda _: None, True),
        "another meaning": (
            lambda p: replace_in(
                p.bundle / "approval.json", '"accepted"', '"reviewed"'
            ),
            False,
        ),
        "another namespace": (lambda p: _sign_again(p, "ada", "git"), False),
        "another key": (lambda p: _sign_again(p, "eve", "dataflow-sign-off"), False),
    },
)
def test_openssh_agrees(
    project: SignedProject,
    damage: Callable[[SignedProject], None],
    is_accepted: bool,  # noqa: FBT001 - a row of a table
) -> None:
    """`ssh-keygen -Y verify` alone, without this project, comes to the same result."""
    damage(project)
    bundle = project.bundle
    done = subprocess.run(
        [
            *("ssh-keygen", "-Y", "verify", "-n", "dataflow-sign-off", "-I", BY),
            *("-f", str(project.folder / "allowed_signers")),
            *("-s", f"{bundle}/approval.json.sig"),
        ],
        input=(bundle / "approval.json").read_bytes(),
        capture_output=True,
        check=False,
    )

    assert is_accepted == (done.returncode == 0)


@cases(
    "name, text, sentence",
    {
        "no statement": ("test-result.json", "", "test-result.json is not a signed"),
        "an older sheet": (
            "sign-off.json",
            '{"version": 0}',
            "is not a sign-off sheet of version 1",
        ),
        "no signers": ("../../allowed_signers", "ada ssh-ed25519 A", "allowed signers"),
    },
)
def test_a_damaged_file_is_one_sentence(
    project: SignedProject, name: str, text: str, sentence: str
) -> None:
    """A file that cannot be read is named, with status 1 and no traceback."""
    (project.bundle / name).write_text(text, "utf-8")
    done = project.dataflow("verify", str(project.bundle))

    assert (1, True) == (done.exit_code, sentence in done.output)


def test_an_unsigned_folder_is_named(project: SignedProject) -> None:
    """A folder without a statement is unsigned."""
    done = project.dataflow("verify", str(project.folder / "reports"))

    assert "reports is unsigned: sign it with `dataflow sign`" in done.output
