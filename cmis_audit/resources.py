"""Where shipped data lies, in an editable install and in a wheel alike."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def rule_packs() -> Traversable:
    """Return the folder that holds one folder a rule pack."""
    return files("cmis_audit.rules")


def report_templates() -> Traversable:
    """Return the folder of the report templates."""
    return files("cmis_audit.reports") / "templates"


def report_schemas() -> Traversable:
    """Return the folder of the JSON Schemas of what is written."""
    return files("cmis_audit.reports") / "schemas"


def demo_sql() -> Traversable:
    """Return the folder of the demo database's SQL files, to be run in name order."""
    return files("cmis_audit.demo") / "sql"


def catalog_queries() -> Traversable:
    """Return the folder of the catalog queries, one `.sql` file an object kind."""
    return files("cmis_audit.source") / "queries"


def plan_sql() -> Traversable:
    """Return the folder of the SQL that consolidation plans are made of."""
    return files("cmis_audit.plan") / "sql"
