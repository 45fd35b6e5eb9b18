"""Sandbox accounts of both vendors: checked, locked for one run, and cleaned up."""
