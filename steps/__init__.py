"""The step definitions of the features: few, general, each checks both APIs."""
