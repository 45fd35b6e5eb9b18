"""What each Gherkin line does: few steps, general, each asserting on both APIs."""
