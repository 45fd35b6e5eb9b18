"""Twins of the two vendors' APIs: stateful, over real HTTP, on loopback."""
