"""Recordings: strict replay, where they come from, and what must not be in them."""
