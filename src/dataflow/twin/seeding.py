"""Seeding: calls that fill an account, made by the twin's own rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.twin.control_errors import ControlError
from dataflow.twin.vendor import Vendor
from dataflow.twin.wire import App, Json, Request, basic

_REFUSED = 400
#: `$0.id` is the `id` in the first answer: Invoiced chooses its ids by itself.
_REFERENCE = re.compile(r"\$(\d{1,9})((?:\.\w+)+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seed:
    """One call: where to, as `/customers`, and with what.

    A text such as `$0.id` in `path` or as a value in `body` stands for a value of an
    earlier answer: its number from 0, then the names on the way.
    """

    path: str
    body: Mapping[str, Json] = field(default_factory=dict)
    method: str = "POST"


class Seeder:
    """Makes the calls, with a key that the twin lets in."""

    def __init__(self, app: App, vendor: Vendor, key: str) -> None:
        self._app = app
        self._vendor = vendor
        self._headers = {"authorization": basic(key), "content-type": vendor.content}

    def perform(self, seeds: Iterable[Seed]) -> list[Json]:
        """Make the calls and return the answers; raises for the first refused one."""
        answers: list[Json] = []
        for seed in seeds:
            answers.append(self._call(seed, answers))
        return answers

    def _call(self, seed: Seed, answers: list[Json]) -> Json:
        path = _REFERENCE.sub(lambda found: str(_value(found, answers)), seed.path)
        body = _filled(dict(seed.body), answers)
        assert isinstance(body, dict)
        response = self._app(
            Request(
                seed.method,
                self._vendor.root + path,
                headers=self._headers,
                body=self._vendor.encode(body),
            )
        )
        if response.status >= _REFUSED:
            raise ControlError(
                f"Seed {len(answers)}, {seed.method} {path}, was refused with"
                f" {response.status}: {response.body.decode()}"
            )
        answer: Json = json.loads(response.body or b"null")
        return answer


def _filled(value: Json, answers: list[Json]) -> Json:
    """Return a value with the references in it replaced."""
    if isinstance(value, dict):
        return {name: _filled(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, answers) for each in value]
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else _value(found, answers)


def _value(found: re.Match[str], answers: list[Json]) -> Json:
    number = int(found[1])
    value = answers[number] if number < len(answers) else None
    for name in found[2].split(".")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise ControlError(f"No earlier answer has {found[0]}: see the answers before.")
    return value
