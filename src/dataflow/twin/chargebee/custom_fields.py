"""Custom fields: parameters `cf_…` of a site's own, and the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.errors import missing
from dataflow.twin.chargebee.types import Form, Record
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.messages import Arguments, ControlError, Json
from dataflow.twin.resource import Field, Type

PREFIX = "cf_"

#: The entities that can have custom fields (documented), as far as they are built.
ENTITIES = ("customer", "invoice", "item", "item_family", "item_price")

_TYPES: Mapping[str, Type] = {
    "string": types.Text(250),
    "long": types.Integer(),
    "double": types.Number(-(10.0**15), 10.0**15),
    "timestamp": types.Timestamp(),
    "email": types.EMAIL,
    "url": types.Text(250),
    "date": types.Text(10),
}


class CustomFields:
    """The custom fields of a site by entity: their names with their data types.

    Until they are defined, each name that a call sends is a field of type string. Then
    all other names are dropped, as on a site that does not have them.
    """

    def __init__(self, evidence: EvidenceLog) -> None:
        self._evidence = evidence
        self.known: dict[str, dict[str, str]] = {entity: {} for entity in ENTITIES}
        self.are_defined = False

    def find(self, entity: str, names: Iterable[str]) -> Mapping[str, Field]:
        """Return the fields among these names of parameters."""
        sent = dict.fromkeys(name for name in names if name.startswith(PREFIX))
        if not sent or entity not in self.known:
            return {}
        self._evidence.cite(behaviours.CUSTOM_FIELDS)
        known = self.known[entity]
        if not self.are_defined:
            known.update({name: known.get(name, "string") for name in sent})
        return {
            name: Field(name, _TYPES[known[name]]) for name in sent if name in known
        }

    def define(self, given: Arguments) -> Json:
        """Define the fields as in `{"customer": {"cf_colour": "string"}}`."""
        given.refuse_others(*ENTITIES)
        wanted = {
            entity: {
                name: Arguments(given.mapping(entity)).choice(name, *_TYPES)
                for name in given.mapping(entity)
            }
            for entity in given.given
        }
        for name in (name for fields in wanted.values() for name in fields):
            if not name.startswith(PREFIX):
                raise ControlError(f"A custom field begins with {PREFIX}: not {name}.")
        self.known = {entity: wanted.get(entity, {}) for entity in ENTITIES}
        self.are_defined = True
        return {entity: {**fields} for entity, fields in self.known.items()}

    def list_all(self, form: Form) -> list[Record]:
        """Return the fields of one entity; their shape is unconfirmed."""
        entity = form.get("entity_type")
        if not isinstance(entity, str) or not entity:
            raise missing("entity_type")
        self._evidence.cite(behaviours.CUSTOM_FIELDS)
        return [
            {
                "entity_type": entity,
                "api_name": name,
                "datatype": datatype,
                "required": False,
                "status": "active",
                "object": "custom_field_config",
            }
            for name, datatype in self.known.get(entity, {}).items()
        ]
