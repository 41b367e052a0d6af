"""SCORE: findings become points, a grade, and what mending them would return."""

from cmis_audit.score.arithmetic import score, score_if_merged

__all__ = ["score", "score_if_merged"]
