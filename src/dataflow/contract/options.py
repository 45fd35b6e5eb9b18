"""What is chosen for a run of the contract suite."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from dataflow.errors import DataflowError
from dataflow.harness.targets.target import SECRETS
from dataflow.sandbox.accounts import sandbox_connection, with_keys
from dataflow.vendors.connection import Connection

#: The sandbox accounts, if the run is on them; the day; what names are made from.
SANDBOX = pytest.StashKey[Connection | None]()
TODAY = pytest.StashKey[date]()
SEED = pytest.StashKey[str]()


def add_options(parser: pytest.Parser) -> None:
    """Add the options of the suite beside --target, which it shares."""
    group = parser.getgroup("contract", "the contract suite, tests/contract")
    group.addoption(
        "--older-than",
        type=int,
        metavar="DAYS",
        help="run what no sandbox has confirmed for so many days",
    )
    group.addoption(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day that a confirmation is dated; the real one unless told",
    )
    group.addoption(
        "--seed",
        metavar="TEXT",
        help="what the names of records are made from; new on a sandbox unless told",
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def read_options(config: pytest.Config) -> None:
    """Read what was chosen, and the environment of a sandbox; raises `UsageError`."""
    days = config.getoption("--older-than")
    if days is not None and days < 0:
        raise pytest.UsageError(f"--older-than {days} is no number of days: from 0 on.")
    config.stash[TODAY] = config.getoption("--today") or datetime.now(UTC).date()
    try:
        variables = with_keys(os.environ, config.rootpath)
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error
    found = chosen_sandbox(
        config.getoption("--target"), config.getoption("numprocesses", None), variables
    )
    config.stash[SANDBOX] = found
    if found is not None:
        config.stash[SECRETS] |= {found.invoiced_key, found.chargebee_key}
    # A name that a sandbox has seen stays taken, even where its record is deleted.
    fresh = "twin" if found is None else secrets.token_hex(4)
    config.stash[SEED] = config.getoption("--seed") or fresh


def chosen_sandbox(
    target: str, workers: object, environment: Mapping[str, str]
) -> Connection | None:
    """Return the accounts of a run on a sandbox, else None; raises `UsageError`."""
    if target != "sandbox":
        return None
    if workers:
        raise pytest.UsageError("--target sandbox needs one worker: leave out -n.")
    try:
        return sandbox_connection(environment)
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error
