"""HTTP clients of the reference sync, one per system."""
