"""Sandbox accounts of both vendors: none but these, by one run at a time, swept."""
