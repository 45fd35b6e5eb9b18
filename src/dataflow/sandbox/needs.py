"""What the checklist needs of sandbox accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dataflow.checklist.features import read_features
from dataflow.harness.scenario.recipes import CURRENCIES as OF_CUSTOMERS
from dataflow.settings import read_settings
from dataflow.twin.codes import CURRENCIES

#: A word in quotes or a cell of a table that is as long as a currency's code.
_WORD = re.compile(r'"([A-Za-z]{3})"|(?<=\|)[ \t]*([A-Za-z]{3})[ \t]*(?=\|)')


@dataclass(frozen=True, slots=True)
class Needs:
    """Currencies by their codes in upper case, and the id of the items' family."""

    currencies: frozenset[str]
    item_family: str


def needs_of(features: Path, settings: Path) -> Needs:
    """Return what the features, and the sync's part of the settings, call for.

    Raises `FeatureError` or `DamagedSettingsError`.
    """
    # Imported here: nothing else of this knows the reference sync.
    from dataflow.sync.reference import decode_settings  # noqa: PLC0415

    table = read_settings(settings).get("sync", {})
    return Needs(currencies_of(features), decode_settings(table).item_family)


def currencies_of(features: Path) -> frozenset[str]:
    """Return the currencies of all features in a folder, and of the records made.

    Raises `FeatureError` where there is no feature.
    """
    texts = [each.path.read_text("utf-8") for each in read_features(features)]
    words = {
        (quoted or cell).lower()
        for text in texts
        for quoted, cell in _WORD.findall(text)
    }
    used = {word for word in words if word in CURRENCIES} | set(OF_CUSTOMERS)
    return frozenset(code.upper() for code in used)
