"""SCORE: findings become points, a grade, and what mending them would return."""

from cmis_audit.score.arithmetic import score

__all__ = ["score"]
