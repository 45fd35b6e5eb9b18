"""A stateful stand-in for Chargebee's API, version 2 with product catalog 2.0."""

from dataflow.twin.chargebee.twin import ChargebeeTwin

__all__ = ["ChargebeeTwin"]
