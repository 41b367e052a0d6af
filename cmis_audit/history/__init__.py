"""HISTORY: audits over time, and what a team has decided about what they find. Pure."""
