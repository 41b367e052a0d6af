"""Templates and schemas of the reports."""
