"""A stateful stand-in for Chargebee's API, version 2 with product catalog 2.0."""

from dataflow.twin.chargebee.api import ChargebeeTwin

__all__ = ["ChargebeeTwin"]
