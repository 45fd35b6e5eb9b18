"""A right sync of another kind, and the catalogue of what can be wrong with it."""
