"""One lens a property pair: canonical values out of, and into, either system."""
