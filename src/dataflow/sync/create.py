"""New customers and items in Chargebee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dataflow.mapping.paths import place
from dataflow.sync import defaults
from dataflow.sync.identity import ids, is_ours
from dataflow.sync.model import Link
from dataflow.systems.chargebee import Chargebee
from dataflow.systems.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.systems.http import Record
from dataflow.systems.kinds import ITEM, Kind

#: Good to have at creation; a site that refuses one gets the record without it.
OPTIONAL = frozenset(
    {"first_name", "last_name", "email", "preferred_currency_code", "description"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A Chargebee record; `before` says that it was there already."""

    record: Record
    before: bool = False


@dataclass(slots=True)
class Creator:
    """Makes customers and items; `tell` is told what had to be left out."""

    right: Chargebee
    settings: defaults.SyncSettings
    tell: Callable[[str], None]
    _family_is_there: bool = field(default=False, init=False)

    def create(self, kind: Kind, left: Record, wanted: dict[str, object]) -> Found:
        """Return the counterpart of `left`, made now or by a call that got lost.

        `wanted` holds the listed properties in Chargebee's own names. A record of
        somebody else's that has the id keeps it.
        """
        left_id = str(left["id"])
        for right_id in ids(left_id):
            for params in self._attempts(kind, left, wanted):
                params["id"] = right_id
                place(params, kind.mark, left_id)
                try:
                    return Found(self._create(kind, params, frozenset(wanted)))
                except DuplicateError:
                    existing = self.right.find(kind, right_id)
                if existing is not None and is_ours(kind, existing, left_id):
                    return Found(existing, before=True)
                if existing is not None:
                    break  # The id is taken; had it been free, the name would be.
        raise RefusedError(
            self.right.wire.vendor,
            400,
            f"every id or name for {kind.name} {left_id} is taken",
        )

    def update(self, kind: Kind, link: Link, body: Mapping[str, object]) -> Record:
        """Edit a counterpart; an item whose new name is taken gets its id beside."""
        if kind is not ITEM or not body.get("name"):
            return self.right.update(kind, link.right_id, body)
        *names, last = defaults.item_names(str(body["name"]), link.left_id)
        for name in names:
            with suppress(DuplicateError):
                return self.right.update(kind, link.right_id, {**body, "name": name})
        return self.right.update(kind, link.right_id, {**body, "name": last})

    def _attempts(
        self, kind: Kind, left: Record, wanted: dict[str, object]
    ) -> Iterator[dict[str, object]]:
        """Yield the parameters to try, one set for each name an item may get."""
        if kind is not ITEM:
            yield {**defaults.customer(left), **wanted}
            return
        self._make_family()
        params = {**defaults.item(left, self.settings), **wanted}
        name = str(params.get("name") or left.get("name") or "")
        for candidate in defaults.item_names(name, str(left["id"])):
            yield {**params, "name": candidate}

    def _create(
        self, kind: Kind, params: dict[str, object], listed: frozenset[str]
    ) -> Record:
        while True:
            try:
                return self.right.create(kind, params)
            except DuplicateError:
                raise
            except RefusedError as error:
                spare = OPTIONAL & params.keys() - listed
                if error.param not in spare:
                    raise
                del params[error.param]
                self.tell(f"{kind.name} {params['id']} has no {error.param}: {error}")

    def _make_family(self) -> None:
        if self._family_is_there:
            return
        family = self.settings.item_family
        try:
            self.right.item_family(family)
        except NotFoundError:
            self.right.create_item_family({"id": family, "name": family})
        self._family_is_there = True
