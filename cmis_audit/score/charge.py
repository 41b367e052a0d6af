"""What a rule charges for: distinct clusters, tables or findings, and what merging ends."""

from collections import Counter, defaultdict
from collections.abc import Set

from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule, Unit


class Charge:
    """What a rule found, by the unit that it charges for.

    A finding outside every cluster is a unit of its own where clusters are charged.
    """

    def __init__(self, rule: Rule, findings: list[Finding]) -> None:
        self.rule = rule
        self.findings = findings
        self._within: dict[str, list[int]] = defaultdict(list)
        self._times: Counter[str | TableRef] = Counter()
        for place, finding in enumerate(findings):
            self._times.update(self._charged(finding))
            for cluster in set(finding.clusters):
                self._within[cluster].append(place)

    def _charged(self, finding: Finding) -> Set[str | TableRef]:
        match self.rule.unit:
            case Unit.TABLE:
                return set(finding.subjects)
            case Unit.CLUSTER:
                return set(finding.clusters or (finding.id,))
            case Unit.FINDING:
                return {finding.id}

    def units(self, merged: frozenset[str] = frozenset()) -> int:
        """Return how many distinct units are charged if some clusters were merged.

        A finding goes when no other cluster holds it; one that stands in two clusters needs both.
        """
        if self.rule.unit is Unit.CLUSTER:
            return len(self._times) - sum(cluster in self._times for cluster in merged)
        gone: Counter[str | TableRef] = Counter()
        touched = {place for cluster in merged for place in self._within.get(cluster, ())}
        for finding in (self.findings[place] for place in touched):
            if merged.issuperset(finding.clusters):
                gone.update(self._charged(finding))
        return len(self._times) - sum(self._times[each] == times for each, times in gone.items())
