"""A good sync of another design, and the catalogue of its broken variants."""
