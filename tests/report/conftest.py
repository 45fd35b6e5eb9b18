"""Runs of the checklist whose reports the tests read."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.project import ITEMS, NEW_ITEM, ROOT, ChecklistRun, Project

#: Secrets that no file may contain, each in the place of a real one.
SEEDED = {
    "key": "seeded-key-of-an-account",
    "other key": "seeded-key-of-a-site",
    "token": "SeededTokenOfInvoiced024",
    "cookie": "seeded-session-cookie",
    "bearer": "seeded-bearer-of-a-program",
}

_LEAKY_SYNC = f"""
import os, sys, urllib.request
key = os.environ["DATAFLOW_INVOICED_KEY"]
print("INVOICED", key, "Set-Cookie: session={SEEDED["cookie"]}; path=/")
print("Authorization: Bearer {SEEDED["bearer"]}")
print("see https://acme.invoiced.com/statements/{SEEDED["token"]}/pdf")
print("running in", os.getcwd(), "with", sys.executable)
passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
url = os.environ["DATAFLOW_INVOICED_URL"]
passwords.add_password(None, url, key, "", is_authenticated=True)
opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
body = b'''{{"name": "Ada", "type": "person", "notes": "%s",
    "metadata": {{"api_key": "{SEEDED["bearer"]}", "cookie": "{SEEDED["cookie"]}",
    "page_url": "https://acme.invoiced.com/statements/{SEEDED["token"]}/pdf"}}}}'''
opener.open(urllib.request.Request(
    url + "/customers?token={SEEDED["token"]}", body % key.encode(), method="POST",
    headers={{"Content-Type": "application/json", "Cookie": "{SEEDED["cookie"]}"}}))
sys.exit(1)
"""

_SEEDED_KEY = f"""
from dataflow.twin import pair

pair.INVOICED_KEY = {SEEDED["key"]!r}
pair.CHARGEBEE_KEY = {SEEDED["other key"]!r}
"""

#: Twins whose answers contain secrets; the harness and the sync both read them.
_LEAKY_TWINS = f"""
import dataclasses
import json

from dataflow.twin.invoiced import InvoicedTwin

answer = InvoicedTwin.handle

def handle(twin, request):
    response = answer(twin, request)
    held = json.loads(response.body)
    for record in held if isinstance(held, list) else [held]:
        record["statement_url"] = "https://acme.invoiced.com/x/{SEEDED["token"]}"
        record["metadata"] = {{
            **record.get("metadata", {{}}),
            "api_key": "{SEEDED["bearer"]}",
            "notes": "called with {SEEDED["key"]}",
        }}
    cookie = {{"Set-Cookie": "session={SEEDED["cookie"]}; path=/"}}
    headers = {{**response.headers, **cookie}}
    body = json.dumps(held).encode()
    return dataclasses.replace(response, body=body, headers=headers)

InvoicedTwin.handle = handle
"""

_PLAIN = '''
"""Plain tests with every outcome."""

import json
import pathlib

import allure
import hypothesis
import pytest


def test_passes():
    """It passes."""


def test_fails():
    """It fails where a library raises."""
    json.loads("{")


def test_compares(tmp_path):
    """It compares a path of this machine."""
    assert str(tmp_path) == str(pathlib.Path(__file__))


def test_prints():
    """It fails after it has said where it is."""
    print("printed in", pathlib.Path(__file__))
    raise AssertionError("printed")


@pytest.mark.parametrize("value", [7, "7"])
def test_parameters(value):
    """Its parameters look alike."""


@pytest.mark.parametrize("value", [chr(0xD800)])
def test_half_a_character(value):
    """It fails on what is no text."""
    assert value == ""


@pytest.fixture
def broken():
    """Fail."""
    raise ValueError("no fixture")


def test_set_up(broken):
    """It has no chance."""


def test_skips():
    """It is not for today."""
    pytest.skip("not for today")


@hypothesis.settings(database=None)
@hypothesis.given(hypothesis.strategies.lists(hypothesis.strategies.integers(0)))
def test_property(numbers):
    """It has a counter-example."""
    with allure.step(f"add {numbers}"):
        allure.attach(str(numbers), "numbers")
        assert sum(numbers) < 100
'''


#: What the reports show: a check that is stated, and two that are observed.
CHECKS = tuple(
    f"{ITEMS}::{name}"
    for name in (
        "every.new-record",
        "kept.deleted-in-invoiced",
        "kept.deleted-in-chargebee",
    )
)


@pytest.fixture(scope="session")
def passing(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run some checks of one section with the reference sync."""
    project = Project(tmp_path_factory.mktemp("passing"))
    return project.run(*CHECKS, has_reports=True)


@pytest.fixture(scope="session")
def failing(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run one of them with a sync that never creates an item."""
    project = Project(tmp_path_factory.mktemp("failing"))
    shutil.copytree(ROOT / "broken", project.folder / "broken")
    stranger = project.folder / "broken" / "plain_sync.py"
    sync = f"command: {sys.executable} {stranger} --broken never-creates-items"
    return project.run(NEW_ITEM, "--sync", sync, has_reports=True)


@pytest.fixture(scope="session")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Run a check with a sync that prints secrets, and plain tests of every outcome."""
    project = Project(tmp_path_factory.mktemp("leaky"))
    project.append("leaky_sync.py", _LEAKY_SYNC)
    project.append("conftest.py", _SEEDED_KEY)
    project.append("tests/test_plain.py", _PLAIN)
    sync = f"command: {sys.executable} {project.folder}/leaky_sync.py"
    return project.run(NEW_ITEM, "tests", "--sync", sync, has_reports=True)


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> ChecklistRun:
    """Record a check on twins whose answers contain secrets."""
    project = Project(tmp_path_factory.mktemp("recorded"))
    project.append("conftest.py", _SEEDED_KEY + _LEAKY_TWINS)
    return project.run(NEW_ITEM, "--record", has_reports=True)
