"""A fault, where it is, and how it is known."""

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.match import ImpliedReference
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Severity
from cmis_audit.model.traits import Traits
from cmis_audit.model.value import Value


class Facts(Value, frozen=True, kw_only=True):
    """All that a check may look at."""

    catalog: Catalog
    clusters: tuple[Cluster, ...]
    version_tables: tuple[tuple[TableRef, str], ...] = ()
    """Tables whose name is another's with a version marker, and the marker; sorted."""
    traits: tuple[Traits, ...] = ()
    """What their names say of the tables, those that MATCH folded left out; sorted by table."""
    references: tuple[ImpliedReference, ...] = ()
    """Columns that by their names refer to tables without a foreign key."""


class Finding(Value, frozen=True, kw_only=True):
    id: str
    """Stable between runs on the same objects."""
    rule: str
    severity: Severity
    subjects: tuple[TableRef, ...]
    message: str
    evidence: str
    clusters: tuple[str, ...] = ()
    """The ids of the clusters that it comes from."""
