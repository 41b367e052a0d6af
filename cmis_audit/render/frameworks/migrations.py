"""A plan as a row of migrations: one for each phase of each cluster, with its way back."""

import hashlib
import re
from collections.abc import Iterator

from cmis_audit.model.plan import ClusterPlan, Phase, Plan, Step
from cmis_audit.model.value import Value
from cmis_audit.render.frameworks.literals import comment

_SETTING = re.compile(r"^SET (\w+) = ", re.MULTILINE)
_ORDER = (Phase.EXPAND, Phase.BACKFILL, Phase.VERIFY, Phase.SWITCH, Phase.CONTRACT)

IRREVERSIBLE = "the old tables are dropped: only a backup brings them back"


class Migration(Value, frozen=True, kw_only=True):
    cluster: ClusterPlan
    phase: Phase
    forward: tuple[Step, ...]
    back: tuple[Step, ...]
    """None where the phase leaves nothing to take back, and of contract, which has no way back."""

    @property
    def slug(self) -> str:
        """Return its name: letters, digits and underscores."""
        return f"{self.cluster.folder.replace('-', '_')}_{self.phase.value}"

    @property
    def title(self) -> str:
        return comment("; ".join(step.title for step in self.forward))

    @property
    def files(self) -> str:
        return ", ".join(f"{self.cluster.folder}/{step.file}" for step in self.forward)

    @property
    def irreversible(self) -> bool:
        return self.phase == Phase.CONTRACT

    @property
    def settings(self) -> tuple[str, ...]:
        """Return the settings that its files change for the whole session."""
        texts = (step.sql for step in (*self.forward, *self.back))
        return tuple(dict.fromkeys(name for text in texts for name in _SETTING.findall(text)))

    def identity(self, fingerprint: str) -> str:
        """Return twelve hexadecimal digits that no other migration has."""
        said = [fingerprint, self.cluster.cluster, self.phase.value]
        said += [step.sql for step in (*self.forward, *self.back)]
        return hashlib.sha256("\x00".join(said).encode()).hexdigest()[:12]


def migrations(plan: Plan) -> Iterator[Migration]:
    """Yield them in the order in which they are to be run; contract only where it was asked for."""
    for cluster in plan.clusters:
        for phase in _ORDER:
            steps = [step for step in cluster.steps if step.phase == phase]
            forward = tuple(step for step in steps if step.by_default and not step.undo)
            if forward:
                back = tuple(step for step in steps if step.undo)
                yield Migration(cluster=cluster, phase=phase, forward=forward, back=back)
