"""Where code trees create and use the tables of a catalog; reads files and executes nothing."""

from cmis_audit.codebase.search import survey

__all__ = ["survey"]
