"""Sandbox accounts of both vendors: that no other is touched, and what they lack."""
